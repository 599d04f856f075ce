//! Notices: how they stand, and what people report of letters.

use axum::Json;
use axum::extract::State;
use contracts::api::notices::{DeliveryBody, NoticeDetail, NoticeView, NoticesView};
use contracts::failure::Failure;
use domain::dossier::Dossier;
use domain::ids::{DebtorId, NoticeId};
use domain::posting;
use runtime::http::{ApiError, Body, Caller, Path};

use crate::App;

fn missing() -> Failure {
    Failure::not_found("notice")
}

/// Every notice to a debtor, prepared, sent or given up, with what shows how it fared. Newest first.
#[utoipa::path(get, path = "/v1/debtors/{debtorId}/notices", tag = "notices", params(("debtorId" = String, Path)),
    responses((status = 200, body = NoticesView), (status = 404, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(debtor): Path<DebtorId>,
) -> Result<Json<NoticesView>, ApiError> {
    caller.require_scope("debtors:read")?;
    let dossier = read(&app, &caller, &debtor, || Failure::not_found("debtor")).await?;
    Ok(Json(NoticesView { items: dossier.notices.iter().rev().map(NoticeDetail::of).collect() }))
}

/// One notice, with what shows how it fared.
#[utoipa::path(get, path = "/v1/notices/{noticeId}", tag = "notices", params(("noticeId" = String, Path)),
    responses((status = 200, body = NoticeDetail), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<NoticeId>,
) -> Result<Json<NoticeDetail>, ApiError> {
    caller.require_scope("debtors:read")?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let dossier = read(&app, &caller, &debtor, missing).await?;
    Ok(Json(NoticeDetail::of(dossier.notice(&id).ok_or_else(missing)?)))
}

async fn read(
    app: &App,
    caller: &Caller,
    debtor: &DebtorId,
    missing: impl Fn() -> Failure,
) -> Result<Dossier, Failure> {
    let known = app.store.dossier(&caller.administration, debtor).await?;
    Ok(known.ok_or_else(missing)?.value)
}

/// Report what became of a letter: of those that a print shop took from the folder nobody else tells. A letter that came back
/// marks its address; the next step goes another way.
#[utoipa::path(post, path = "/v1/notices/{noticeId}/delivery", tag = "notices", params(("noticeId" = String, Path)),
    request_body = DeliveryBody,
    responses((status = 200, body = NoticeView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn delivery(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<NoticeId>,
    Body(body): Body<DeliveryBody>,
) -> Result<Json<NoticeView>, ApiError> {
    caller.require_scope("debtors:write")?;
    let (reported, at) = body.check(app.now()?).map_err(Failure::from)?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let recorded =
        app.change(&caller, &debtor, missing, |draft, _| posting::report(draft, &id, reported, at));
    let (_, dossier) = recorded.await?;
    Ok(Json(NoticeView::of(dossier.notice(&id).ok_or_else(missing)?)))
}
