//! Bank lines: what they are taken to be, and what a person does with them.

use axum::Json;
use axum::extract::State;
use contracts::api::bank::{AskedMatch, BankLineView, MatchBody};
use contracts::api::{ListPage, ReasonBody};
use contracts::failure::Failure;
use domain::bank_line::LineState;
use domain::ids::BankLineId;
use records::PartByHand;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{App, origin, page_size};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `unmatched`, `suggested`, `matching`, `matched`, `undoing`, `ignored` or `directDebits`.
    pub state: String,
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// Bank lines of one state, those of the last day first.
#[utoipa::path(get, path = "/v1/bank-lines", tag = "bank", params(ListQuery),
    responses((status = 200, body = ListPage<BankLineView>), (status = 400, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<BankLineView>>, ApiError> {
    caller.require_scope("bank:read")?;
    let limit = page_size(query.limit)?;
    if !LineState::CODES.contains(&query.state.as_str()) {
        return Err(Failure::bad_input("state", "unknown_value", "is a state of bank lines").into());
    }
    let cursor = query.cursor.as_deref();
    let page = app.store.bank_lines(&caller.administration, &query.state, limit, cursor).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(BankLineView::of).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// One bank line, with its proposals, the reasons of each, and what was done with it.
#[utoipa::path(get, path = "/v1/bank-lines/{lineId}", tag = "bank", params(("lineId" = String, Path)),
    responses((status = 200, body = BankLineView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BankLineId>,
) -> Result<Json<BankLineView>, ApiError> {
    caller.require_scope("bank:read")?;
    let found = app.store.bank_line(&caller.administration, &id).await.map_err(Failure::from)?;
    Ok(Json(BankLineView::of(&found.ok_or(Failure::not_found("bank line"))?.value)))
}

/// Match a line: to one of its proposals, to invoices and debtors, or, where its money went out, to the line that had
/// brought it. The same again changes nothing. Its account counts as the debtor's from then on.
#[utoipa::path(post, path = "/v1/bank-lines/{lineId}/match", tag = "bank", params(("lineId" = String, Path)),
    request_body = MatchBody,
    responses((status = 200, body = BankLineView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn match_line(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BankLineId>,
    Body(body): Body<MatchBody>,
) -> Result<Json<BankLineView>, ApiError> {
    caller.require_scope("bank:write")?;
    let (records, origin) = (app.records(), origin(&caller));
    let line = match wanted(&app, &caller, &id, body).await? {
        Wanted::Parts(parts) => records.match_line(&origin, &id, &parts).await?,
        Wanted::TakesBack(original) => records.take_back(&origin, &id, &original).await?,
    };
    Ok(Json(BankLineView::of(&line)))
}

enum Wanted {
    Parts(Vec<PartByHand>),
    TakesBack(BankLineId),
}

async fn wanted(app: &App, caller: &Caller, id: &BankLineId, body: MatchBody) -> Result<Wanted, Failure> {
    let place = match body.check()? {
        AskedMatch::TakesBack(original) => return Ok(Wanted::TakesBack(original)),
        AskedMatch::Parts(parts) => {
            let parts = parts.into_iter();
            let parts = parts.map(|p| PartByHand { debtor: p.debtor, invoice: p.invoice, amount: p.amount });
            return Ok(Wanted::Parts(parts.collect()));
        }
        AskedMatch::Proposal(place) => place,
    };
    let found = app.store.bank_line(&caller.administration, id).await?;
    let line = found.ok_or(Failure::not_found("bank line"))?.value;
    let unknown = || Failure::bad_input("proposal", "unknown_proposal", "is the place of a proposal, from 0");
    let proposal = line.proposals.into_iter().nth(place).ok_or_else(unknown)?;
    if let Some(original) = proposal.takes_back {
        return Ok(Wanted::TakesBack(original));
    }
    let parts = proposal.parts.into_iter();
    let parts = parts.map(|p| PartByHand { debtor: Some(p.debtor), invoice: p.invoice, amount: p.amount });
    Ok(Wanted::Parts(parts.collect()))
}

/// Undo a match: its payments are taken off, what they closed opens again, and the line is open with its history.
#[utoipa::path(post, path = "/v1/bank-lines/{lineId}/undo", tag = "bank", params(("lineId" = String, Path)),
    request_body = ReasonBody,
    responses((status = 200, body = BankLineView), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn undo(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BankLineId>,
    Body(body): Body<ReasonBody>,
) -> Result<Json<BankLineView>, ApiError> {
    caller.require_scope("bank:write")?;
    let reason = body.check()?;
    Ok(Json(BankLineView::of(&app.records().undo_line(&origin(&caller), &id, &reason).await?)))
}

/// Set a line aside that is none of a debtor's. Matching it later is still possible.
#[utoipa::path(post, path = "/v1/bank-lines/{lineId}/ignore", tag = "bank", params(("lineId" = String, Path)),
    request_body = ReasonBody,
    responses((status = 200, body = BankLineView), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn ignore(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BankLineId>,
    Body(body): Body<ReasonBody>,
) -> Result<Json<BankLineView>, ApiError> {
    caller.require_scope("bank:write")?;
    let reason = body.check()?;
    Ok(Json(BankLineView::of(&app.records().ignore_line(&origin(&caller), &id, &reason).await?)))
}
