//! Disputes: open and decide.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::disputes::{DecisionBody, DisputeBody, DisputeView};
use contracts::failure::Failure;
use domain::dispute::{self, Objection};
use domain::dossier::Dossier;
use domain::ids::DisputeId;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Body, Caller, Path, require_json};

use crate::{App, answers};

const ROUTE: &str = "POST /v1/disputes";

/// Open a dispute about an invoice. It is held from now on, as by a hold, until the desk decides.
#[utoipa::path(post, path = "/v1/disputes", tag = "disputes", request_body = DisputeBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = DisputeView), (status = 400, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("disputes:write")?;
    require_json(&headers)?;
    let body: DisputeBody = runtime::json::from_slice(&raw)?;
    let objection = body.check(answers::key_hash(ROUTE, &headers)).map_err(Failure::from)?;
    answers::once(&app, &caller.administration, ROUTE, &headers, &raw, || async {
        Ok((StatusCode::CREATED, open(&app, &caller, &objection).await?))
    })
    .await
}

async fn open(app: &App, caller: &Caller, objection: &Objection) -> Result<DisputeView, Failure> {
    let unknown = || Failure::bad_input("invoiceId", "unknown_invoice", "names a known invoice");
    let owner = app.store.invoice_owner(&caller.administration, &objection.invoice).await?;
    let debtor = owner.ok_or_else(unknown)?;
    let (id, dossier) = app
        .change(caller, &debtor, unknown, |draft, _| {
            let opened_before = draft.dossier.disputes.iter().rev().find(|d| {
                answers::is_repetition(d.request.as_ref(), objection.request.as_ref(), d.opened_at, draft.now)
            });
            match opened_before {
                Some(dispute) => Ok(dispute.id.clone()),
                None => dispute::open(draft, objection),
            }
        })
        .await?;
    app.store.wait_for_calls(&caller.administration, &debtor, &|| app.now().ok()).await?;
    view(&dossier, &id)
}

fn view(dossier: &Dossier, id: &DisputeId) -> Result<DisputeView, Failure> {
    Ok(DisputeView::of(dispute::find(dossier, id)?, &dossier.debtor.id))
}

fn missing() -> Failure {
    Failure::not_found("dispute")
}

/// One dispute.
#[utoipa::path(get, path = "/v1/disputes/{disputeId}", tag = "disputes", params(("disputeId" = String, Path)),
    responses((status = 200, body = DisputeView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DisputeId>,
) -> Result<Json<DisputeView>, ApiError> {
    caller.require_scope("disputes:read")?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let found = app.store.dossier(&caller.administration, &debtor).await.map_err(Failure::from)?;
    Ok(Json(view(&found.ok_or_else(missing)?.value, &id)?))
}

/// Decide on a dispute. While the credit that was decided on did not come in, another decision may take its place.
#[utoipa::path(post, path = "/v1/disputes/{disputeId}/decide", tag = "disputes", params(("disputeId" = String, Path)),
    request_body = DecisionBody,
    responses((status = 200, body = DisputeView), (status = 400, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn decide(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DisputeId>,
    Body(body): Body<DecisionBody>,
) -> Result<Json<DisputeView>, ApiError> {
    caller.require_scope("disputes:write")?;
    let (decision, reason) = body.check()?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let decided = app.change(&caller, &debtor, missing, |draft, settings| {
        dispute::decide(draft, settings, &id, decision, &reason)
    });
    let (_, dossier) = decided.await?;
    Ok(Json(view(&dossier, &id)?))
}
