//! Mandates for direct debit: given, read, withdrawn.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use contracts::api::mandates::{MandateBody, MandateView};
use contracts::failure::Failure;
use domain::calendar::today;
use domain::dossier::Dossier;
use domain::ids::MandateId;
use domain::mandate;
use domain::refusal::Refusal;
use runtime::http::{ApiError, Body, Caller, Path};

use crate::{App, answers, origin};

/// Give a mandate under its unique mandate reference, or tell that its account changed. With `withdrawnOn` it is taken back.
#[utoipa::path(put, path = "/v1/mandates/{mandateId}", tag = "direct debits", request_body = MandateBody,
    params(("mandateId" = String, Path, description = "the unique mandate reference")),
    responses((status = 201, body = contracts::api::bulk::UpsertView), (status = 200, body = contracts::api::bulk::UpsertView),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MandateId>,
    Body(body): Body<MandateBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("direct-debits:write")?;
    let (debtor, told) = records::checked_mandate(body, id.clone(), today(app.now()?))?;
    let upsert = app.records().put_mandate(&origin(&caller), &debtor, told).await?;
    Ok(answers::upserted(id.as_str(), upsert))
}

/// One mandate.
#[utoipa::path(get, path = "/v1/mandates/{mandateId}", tag = "direct debits", params(("mandateId" = String, Path)),
    responses((status = 200, body = MandateView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MandateId>,
) -> Result<Json<MandateView>, ApiError> {
    caller.require_scope("direct-debits:read")?;
    let missing = || Failure::from(Refusal::NoSuchMandate);
    let owner = app.store.mandate_owner(&caller.administration, &id).await.map_err(Failure::from)?;
    let debtor = owner.ok_or_else(missing)?;
    let found = app.store.dossier(&caller.administration, &debtor).await.map_err(Failure::from)?;
    view(&app, &found.ok_or_else(missing)?.value, &id)
}

/// The debtor takes a mandate back, today. What was announced under it is not collected any more; what a batch holds is.
/// Once more changes nothing. The mandate stays readable.
#[utoipa::path(delete, path = "/v1/mandates/{mandateId}", tag = "direct debits", params(("mandateId" = String, Path)),
    responses((status = 200, body = MandateView), (status = 404, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MandateId>,
) -> Result<Json<MandateView>, ApiError> {
    caller.require_scope("direct-debits:write")?;
    let on = today(app.now()?);
    let dossier = app.records().withdraw_mandate(&origin(&caller), &id, on).await?;
    view(&app, &dossier, &id)
}

fn view(app: &App, dossier: &Dossier, id: &MandateId) -> Result<Json<MandateView>, ApiError> {
    let mandate = mandate::find(dossier, id).map_err(Failure::from)?;
    Ok(Json(MandateView::of(mandate, &dossier.debtor.id, today(app.now()?))))
}
