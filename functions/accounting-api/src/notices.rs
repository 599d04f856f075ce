//! Notices: what people report of letters.

use axum::Json;
use axum::extract::State;
use contracts::api::notices::{DeliveryBody, NoticeView};
use contracts::failure::Failure;
use domain::ids::NoticeId;
use domain::posting;
use runtime::http::{ApiError, Body, Caller, Path};

use crate::App;

fn missing() -> Failure {
    Failure::not_found("notice")
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
