//! Calls: which are to be made, with what to say, and what came of them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::ListPage;
use contracts::api::calls::{CallOutcomeBody, CallView};
use contracts::api::notices::NoticeDetail;
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::calendar::today;
use domain::calling::{Made, ToSay};
use domain::dossier::Dossier;
use domain::ids::NoticeId;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use pages::own::Spoilt;
use records::ToCall;
use runtime::http::{ApiError, Caller, Path, Query, require_json};

use crate::debtors::PageQuery;
use crate::{App, answers, origin, page_size};

/// The calls that are to be made, those that are due first first. A call that is paid, held or changed is not among them: a page
/// may hold fewer than were asked for, and there are more as long as it names a cursor.
#[utoipa::path(get, path = "/v1/calls", tag = "calls", params(PageQuery),
    responses((status = 200, body = ListPage<CallView>), (status = 400, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<ListPage<CallView>>, ApiError> {
    caller.require_scope("tasks:read")?;
    let limit = page_size(query.limit)?;
    let administration = app.administration(&caller.administration).await?.value;
    let now = app.now()?;
    let page = app.records().calls(&administration, limit, query.cursor.as_deref()).await?;
    let mut items = Vec::new();
    for ToCall { dossier, call, to_say } in &page.items {
        items.extend(view(&app, &administration, dossier, call, to_say, now).await?);
    }
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

async fn view(
    app: &App,
    administration: &Administration,
    dossier: &Dossier,
    call: &NoticeId,
    to_say: &ToSay,
    now: Timestamp,
) -> Result<Option<CallView>, Failure> {
    let Some(notice) = dossier.notice(call) else { return Ok(None) };
    let texts = app.store.texts_of(dossier, administration, &notice.id).await?;
    let told = pages::call::script(dossier, administration, notice, to_say, today(now), &texts);
    let told = told.map_err(|error| Failure::bug(format!("a call cannot be written: {error}")))?;
    let spoilt = told.spoilt.map(|Spoilt { part, rule, .. }| format!("{part}: {rule}"));
    let call = CallView::of(dossier, administration, notice, to_say, told.said, now);
    Ok(call.map(|call| CallView { spoilt, ..call }))
}

/// Record what came of a call. Refused once the call is not to be made any more: it was made, or what it was about is paid, held
/// or changed.
#[utoipa::path(post, path = "/v1/calls/{callId}/outcome", tag = "calls",
    params(("callId" = String, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = CallOutcomeBody,
    responses((status = 200, body = NoticeDetail), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn outcome(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<NoticeId>,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("tasks:write")?;
    require_json(&headers)?;
    let body: CallOutcomeBody = runtime::json::from_slice(&raw)?;
    let route = format!("POST /v1/calls/{id}/outcome");
    let request = answers::key_hash(&route, &headers);
    let made = body.check(today(app.now()?), request).map_err(Failure::from)?;
    answers::once(&app, &caller.administration, &route, &headers, &raw, || async {
        Ok((StatusCode::OK, record(&app, &caller, &id, &made).await?))
    })
    .await
}

async fn record(app: &App, caller: &Caller, id: &NoticeId, made: &Made) -> Result<NoticeDetail, Failure> {
    let dossier = app.records().record_call(&origin(caller), id, made).await?;
    Ok(NoticeDetail::of(dossier.notice(id).ok_or_else(|| Failure::not_found("call"))?))
}
