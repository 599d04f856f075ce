//! Debtors: upsert, reads, timeline, the debtor's own say in early signalling.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use contracts::api::ListPage;
use contracts::api::debtors::{DebtorBody, DebtorView, EarlySignallingBody};
use contracts::api::fields::Fields;
use contracts::failure::Failure;
use domain::desk_search::LONGEST_SEARCH;
use domain::dossier::Dossier;
use domain::ids::{AdministrationId, DebtorId};
use domain::timeline::Entry;
use jiff::Timestamp;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use store::table::Page;
use utoipa::IntoParams;

use crate::{App, answers, origin, page_size};

/// Create or replace a debtor by the source system's own id.
#[utoipa::path(put, path = "/v1/debtors/{debtorId}", tag = "debtors", request_body = DebtorBody,
    params(("debtorId" = String, Path, description = "the source system's own id")),
    responses((status = 201, body = contracts::api::bulk::UpsertView), (status = 200, body = contracts::api::bulk::UpsertView),
        (status = 400, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DebtorId>,
    Body(body): Body<DebtorBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("debtors:write")?;
    let debtor = records::checked_debtor(body, id.clone())?;
    let upsert = app.records().put_debtor(&origin(&caller), debtor).await?;
    Ok(answers::upserted(id.as_str(), upsert))
}

/// One debtor: the record, how they stand, and what happens next or why nothing does.
#[utoipa::path(get, path = "/v1/debtors/{debtorId}", tag = "debtors", params(("debtorId" = String, Path)),
    responses((status = 200, body = DebtorView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DebtorId>,
) -> Result<Json<DebtorView>, ApiError> {
    caller.require_scope("debtors:read")?;
    let administration = app.administration(&caller.administration).await?.value;
    let dossier = app.dossier(&caller.administration, &id).await?.value;
    Ok(Json(DebtorView::of(&dossier, &administration, app.now()?)))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ListQuery {
    /// The beginnings of words of the name, the number of the debtor or of an invoice, a payment reference, an e-mail address, or
    /// an amount that is owed, in all or on one invoice. What changed a moment ago may not be found yet.
    pub q: Option<String>,
    /// 1 to 200; 50 when absent. With `q` a page holds some 40 at most.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Only what changed after this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    pub updated_after: Option<Timestamp>,
}

/// Debtors in the order of their last change; with `q` those who are found by it. A page may then be short, or empty, before the
/// last one.
#[utoipa::path(get, path = "/v1/debtors", tag = "debtors", params(ListQuery),
    responses((status = 200, body = ListPage<DebtorView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<DebtorView>>, ApiError> {
    caller.require_scope("debtors:read")?;
    let limit = page_size(query.limit)?;
    let administration = app.administration(&caller.administration).await?.value;
    let now = app.now()?;
    let page = match query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        Some(text) => found(&app, &caller.administration, text, limit, &query).await?,
        None => {
            let (after, cursor) = (query.updated_after, query.cursor.as_deref());
            let page = app.store.dossiers(&caller.administration, after, limit, cursor).await;
            let page = page.map_err(Failure::from)?;
            Page { items: page.items.into_iter().map(|known| known.value).collect(), next: page.next }
        }
    };
    let items = page.items.iter().map(|d| DebtorView::of(d, &administration, now)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// The dossiers of those who are found by a text.
async fn found(
    app: &App,
    administration: &AdministrationId,
    text: &str,
    limit: u32,
    query: &ListQuery,
) -> Result<Page<Dossier>, Failure> {
    if text.chars().count() > LONGEST_SEARCH {
        return Err(Failure::bad_input("q", "too_long", format!("has at most {LONGEST_SEARCH} characters")));
    }
    let page = app.store.search_desk(administration, text, limit, query.cursor.as_deref()).await?;
    let debtors: Vec<DebtorId> = page.items.into_iter().map(|row| row.debtor).collect();
    let mut items = app.store.dossiers_of(administration, &debtors).await?;
    let is_asked =
        |d: &Dossier| d.deleted_at.is_none() && query.updated_after.is_none_or(|at| d.updated_at > at);
    items.retain(is_asked);
    Ok(Page { items, next: page.next })
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// Everything that happened to a debtor, newest first.
#[utoipa::path(get, path = "/v1/debtors/{debtorId}/timeline", tag = "debtors", params(("debtorId" = String, Path), PageQuery),
    responses((status = 200, description = "Entries: sequence, at, by, event and its facts", body = ListPage<serde_json::Value>)))]
pub async fn timeline(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DebtorId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ListPage<Entry>>, ApiError> {
    caller.require_scope("debtors:read")?;
    let limit = page_size(query.limit)?;
    // That of a deleted one as well: it is the audit trail.
    let known = app.store.dossier(&caller.administration, &id).await.map_err(Failure::from)?;
    known.ok_or(Failure::not_found("debtor"))?;
    let page = app
        .store
        .timeline(&caller.administration, &id, limit, query.cursor.as_deref())
        .await
        .map_err(Failure::from)?;
    Ok(Json(ListPage { items: page.items, next_cursor: page.next }))
}

/// Opt a debtor out of early signalling, or in again.
#[utoipa::path(post, path = "/v1/debtors/{debtorId}/early-signalling", tag = "signals",
    params(("debtorId" = String, Path)), request_body = EarlySignallingBody,
    responses((status = 200, body = contracts::api::debtors::EarlySignallingView)))]
pub async fn early_signalling(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DebtorId>,
    Body(body): Body<EarlySignallingBody>,
) -> Result<Json<contracts::api::debtors::EarlySignallingView>, ApiError> {
    caller.require_scope("signals:write")?;
    let mut fields = Fields::new();
    let reason = fields.text("reason", &body.reason, 500);
    let reason = fields.finish(reason)?;
    app.records().set_early_signalling(&origin(&caller), &id, body.enabled, &reason).await?;
    Ok(Json(contracts::api::debtors::EarlySignallingView { enabled: body.enabled, reason: Some(reason) }))
}
