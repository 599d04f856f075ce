//! The dossier of a case, for a bailiff: asked for, and downloaded once it is built.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::cases::{DossierView, DownloadView};
use contracts::failure::Failure;
use domain::Language;
use domain::case_dossier::{self, CaseDossier, CaseDossierState};
use domain::ids::{AdministrationId, CaseDossierId, CaseId, DebtorId};
use http::StatusCode;
use runtime::http::{ApiError, Caller, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;

/// How long the address of a dossier works.
const DOWNLOAD: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct AskQuery {
    /// In which it is written: `nl` or `en`; Dutch when absent.
    #[param(value_type = Option<String>)]
    pub language: Option<Language>,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ReadQuery {
    /// Which one, such as that of the hand-over; the one that was asked for last when absent.
    #[param(value_type = Option<String>)]
    pub id: Option<CaseDossierId>,
}

/// Ask for the dossier of a case. Asking again while it is built, or on the same day while nothing happened, is answered with that one.
#[utoipa::path(post, path = "/v1/cases/{caseId}/dossier", tag = "cases",
    params(("caseId" = String, Path), AskQuery),
    responses((status = 202, body = DossierView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CaseId>,
    Query(query): Query<AskQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("dossiers:write")?;
    let (debtor, language) = (debtor_of(&id)?, query.language.unwrap_or_default());
    let asked =
        app.change(&caller, &debtor, missing_case, |draft, _| case_dossier::request(draft, &id, language));
    let (asked, _) = asked.await?;
    let view = view(&app, &caller.administration, &asked).await?;
    Ok((StatusCode::ACCEPTED, Json(view)).into_response())
}

/// The dossier of a case, with an address for its file once it is built. It stays when the case is over.
#[utoipa::path(get, path = "/v1/cases/{caseId}/dossier", tag = "cases",
    params(("caseId" = String, Path), ReadQuery),
    responses((status = 200, body = DossierView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CaseId>,
    Query(query): Query<ReadQuery>,
) -> Result<Json<DossierView>, ApiError> {
    caller.require_scope("dossiers:read")?;
    let known = app.dossier(&caller.administration, &debtor_of(&id)?).await.map_err(|_| missing_case())?;
    let found = match &query.id {
        Some(named) => case_dossier::find(&known.value, named).filter(|found| found.case == id),
        None => case_dossier::latest(&known.value, &id),
    };
    let found = found.ok_or(Failure::not_found("dossier"))?;
    Ok(Json(view(&app, &caller.administration, found).await?))
}

fn missing_case() -> Failure {
    Failure::not_found("case")
}

fn debtor_of(case: &CaseId) -> Result<DebtorId, Failure> {
    case.debtor().ok_or_else(missing_case)
}

async fn view(
    app: &App,
    administration: &AdministrationId,
    dossier: &CaseDossier,
) -> Result<DossierView, Failure> {
    let CaseDossierState::Ready { file, .. } = &dossier.state else {
        return Ok(DossierView::of(dossier, None));
    };
    let (key, name) = (dossier.file(administration, file.entries), format!("{}.zip", dossier.id));
    let href = app.files.download_url(&key, &name, DOWNLOAD).await?;
    let expires_at = app.now()? + DOWNLOAD;
    Ok(DossierView::of(dossier, Some(DownloadView { href, expires_at })))
}
