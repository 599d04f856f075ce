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
use domain::calling::{self, CALL, Made};
use domain::dossier::Dossier;
use domain::ids::{DebtorId, NoticeId};
use domain::notice::Notice;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use pages::own::Spoilt;
use runtime::http::{ApiError, Caller, Path, Query, require_json};

use crate::debtors::PageQuery;
use crate::{App, answers, page_size};

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
    let id = &caller.administration;
    let administration = app.administration(id).await?.value;
    let now = app.now()?;
    let page = app.store.tasks(id, Some(CALL), limit, query.cursor.as_deref()).await;
    let page = page.map_err(Failure::from)?;
    let mut debtors: Vec<DebtorId> = page.items.iter().map(|open| open.debtor.clone()).collect();
    debtors.sort();
    debtors.dedup();
    let dossiers = app.store.dossiers_of(id, &debtors).await.map_err(Failure::from)?;
    let mut items = Vec::new();
    for open in &page.items {
        let of_debtor = dossiers.iter().find(|d| d.debtor.id == open.debtor);
        let call = NoticeId::parse(&open.task.subject).ok();
        let found = of_debtor.and_then(|d| Some((d, d.notice(call.as_ref()?)?)));
        if let Some((dossier, notice)) = found {
            items.extend(view(&app, &administration, dossier, notice, now).await?);
        }
    }
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// Nothing where the call is not to be made any more.
async fn view(
    app: &App,
    administration: &Administration,
    dossier: &Dossier,
    notice: &Notice,
    now: Timestamp,
) -> Result<Option<CallView>, Failure> {
    let Some(to_say) = calling::to_say(dossier, notice, administration, now) else { return Ok(None) };
    let texts = app.store.texts_of(dossier, administration, &notice.id).await?;
    let told = pages::call::script(dossier, administration, notice, &to_say, today(now), &texts);
    let told = told.map_err(|error| Failure::bug(format!("a call cannot be written: {error}")))?;
    let spoilt = told.spoilt.map(|Spoilt { part, rule, .. }| format!("{part}: {rule}"));
    let call = CallView::of(dossier, administration, notice, &to_say, told.said, now);
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
    let missing = || Failure::not_found("call");
    let debtor = id.debtor().ok_or_else(missing)?;
    let recorded = app.change(caller, &debtor, missing, |draft, settings| {
        let call = draft.dossier.notice(id).and_then(|n| n.call.as_ref());
        let mut attempts = call.into_iter().flat_map(|c| &c.attempts);
        let again = attempts
            .any(|a| answers::is_repetition(a.request.as_ref(), made.request.as_ref(), a.at, draft.now));
        if again { Ok(()) } else { calling::record(draft, settings, id, made) }
    });
    let ((), dossier) = recorded.await?;
    // A promise or a dispute holds its invoices: what is on its way by another way is waited for.
    app.store.wait_for_calls(&caller.administration, &debtor, &|| app.now().ok()).await?;
    Ok(NoticeDetail::of(dossier.notice(id).ok_or_else(missing)?))
}
