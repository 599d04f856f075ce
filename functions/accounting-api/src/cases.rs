//! Cases: read one, hand it over to a bailiff, take it back.

use axum::Json;
use axum::extract::State;
use contracts::api::cases::{CaseView, HandOverBody, TakeBackBody};
use contracts::failure::Failure;
use domain::dossier::Dossier;
use domain::handing_over;
use domain::ids::{CaseId, DebtorId};
use runtime::http::{ApiError, Body, Caller, Path};

use crate::App;

fn missing() -> Failure {
    Failure::not_found("case")
}

fn debtor_of(case: &CaseId) -> Result<DebtorId, Failure> {
    case.debtor().ok_or_else(missing)
}

fn view(app: &App, dossier: &Dossier, case: &CaseId) -> Result<Json<CaseView>, ApiError> {
    let view = CaseView::of(dossier, case, app.now()?).ok_or_else(missing)?;
    Ok(Json(view))
}

/// A case that runs, with what is claimed in it today.
#[utoipa::path(get, path = "/v1/cases/{caseId}", tag = "cases", params(("caseId" = String, Path)),
    responses((status = 200, body = CaseView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CaseId>,
) -> Result<Json<CaseView>, ApiError> {
    caller.require_scope("cases:read")?;
    let dossier = app.dossier(&caller.administration, &debtor_of(&id)?).await.map_err(|_| missing())?;
    view(&app, &dossier.value, &id)
}

/// Hand a case over to a bailiff: once this is answered nothing else leaves about it, as under a hold. To the same bailiff again
/// it changes nothing. Refused while a payment plan, a dispute or a direct debit is under way.
#[utoipa::path(post, path = "/v1/cases/{caseId}/hand-over", tag = "cases", params(("caseId" = String, Path)),
    request_body = HandOverBody,
    responses((status = 200, body = CaseView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn hand_over(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CaseId>,
    Body(body): Body<HandOverBody>,
) -> Result<Json<CaseView>, ApiError> {
    caller.require_scope("cases:write")?;
    let bailiff = body.check().map_err(Failure::from)?;
    let debtor = debtor_of(&id)?;
    let handed =
        app.change(&caller, &debtor, missing, |draft, _| handing_over::hand_over(draft, &id, &bailiff));
    let (_, dossier) = handed.await?;
    app.store.wait_for_calls(&caller.administration, &debtor, &|| app.now().ok()).await?;
    view(&app, &dossier, &id)
}

/// Take a case back from the bailiff: the debtor gets the days of grace, and follow-up goes on where it was.
#[utoipa::path(post, path = "/v1/cases/{caseId}/take-back", tag = "cases", params(("caseId" = String, Path)),
    request_body = TakeBackBody,
    responses((status = 200, body = CaseView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn take_back(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CaseId>,
    Body(body): Body<TakeBackBody>,
) -> Result<Json<CaseView>, ApiError> {
    caller.require_scope("cases:write")?;
    let reason = body.check().map_err(Failure::from)?;
    let debtor = debtor_of(&id)?;
    let taken = app.change(&caller, &debtor, missing, |draft, settings| {
        handing_over::take_back(draft, &id, settings, &reason)
    });
    let (_, dossier) = taken.await?;
    view(&app, &dossier, &id)
}
