//! Bank statements: one file a call, and what was taken in.

use axum::Json;
use axum::extract::State;
use contracts::api::ListPage;
use contracts::api::bank::{CountsView, GapView, StatementView};
use contracts::failure::Failure;
use records::{Gap, gap};
use runtime::http::{ApiError, Caller, Query};
use serde::Deserialize;
use store::StoredStatement;
use utoipa::IntoParams;

use crate::{App, page_size};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// Statements that were taken in, the last day first, each with whether it goes on where the one before it ended.
#[utoipa::path(get, path = "/v1/statements", tag = "bank", params(ListQuery),
    responses((status = 200, body = ListPage<StatementView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<StatementView>>, ApiError> {
    caller.require_scope("bank:read")?;
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let page = app.store.statements(&caller.administration, limit, cursor).await.map_err(Failure::from)?;
    let mut items = Vec::with_capacity(page.items.len());
    for statement in &page.items {
        let before = app.store.statement_before(&caller.administration, statement).await;
        items.push(view(statement, gap(before.map_err(Failure::from)?.as_ref(), statement)));
    }
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

fn view(statement: &StoredStatement, gap: Option<Gap>) -> StatementView {
    let counts = statement.counts;
    StatementView {
        id: statement.id.clone(),
        account: statement.account.clone(),
        number: statement.number.clone(),
        closed_on: statement.closed_on,
        opening: statement.opening.to_string(),
        closing: statement.closing.to_string(),
        counts: CountsView {
            lines: counts.lines,
            known: counts.known,
            matched: counts.matched,
            suggested: counts.suggested,
            unmatched: counts.unmatched,
            ignored: counts.ignored,
        },
        gap: gap.map(|gap| GapView {
            closed_on: gap.closed_on,
            closing: gap.closing.to_string(),
            opening: gap.opening.to_string(),
        }),
        taken_at: statement.taken_at,
        by: statement.by.clone(),
    }
}
