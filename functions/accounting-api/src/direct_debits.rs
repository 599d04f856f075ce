//! Direct debits: the batches for the bank, what became of them, and what came back.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use contracts::api::ListPage;
use contracts::api::direct_debits::{
    BatchStatusBody, BatchView, BatchedDebitView, DebitReturnBody, DebitReturnView, DebitView,
};
use contracts::failure::Failure;
use domain::debit_batch::{Batch, BatchId, BatchState};
use domain::ids::DebitId;
use domain::refusal::Refusal;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use store::until_no_conflict;
use utoipa::IntoParams;

use crate::{App, origin, page_size};

/// How long the address of a batch's file works.
const DOWNLOAD: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ListQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// Batches of direct debits, the newest first.
#[utoipa::path(get, path = "/v1/direct-debits/batches", tag = "direct debits", params(ListQuery),
    responses((status = 200, body = ListPage<BatchView>)))]
pub async fn batches(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<BatchView>>, ApiError> {
    caller.require_scope("direct-debits:read")?;
    let limit = page_size(query.limit)?;
    let page = app.store.batches(&caller.administration, limit, query.cursor.as_deref()).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(|batch| BatchView::of(batch, None)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// One batch, with an address for its file once that is there.
#[utoipa::path(get, path = "/v1/direct-debits/batches/{batchId}", tag = "direct debits",
    params(("batchId" = String, Path)),
    responses((status = 200, body = BatchView), (status = 404, body = contracts::problem::Problem)))]
pub async fn batch(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BatchId>,
) -> Result<Json<BatchView>, ApiError> {
    caller.require_scope("direct-debits:read")?;
    let found = app.store.batch(&caller.administration, &id).await.map_err(Failure::from)?;
    let batch = found.ok_or(Refusal::NoSuchBatch).map_err(Failure::from)?.value;
    let url = match batch.file.as_ref().filter(|_| is_for_the_bank(&batch)) {
        Some(file) => {
            let url = app.files.download_url(&file.key, &format!("{id}.xml"), DOWNLOAD).await;
            Some(url.map_err(Failure::from)?)
        }
        None => None,
    };
    Ok(Json(BatchView::of(&batch, url)))
}

/// A file that the bank refused, or that was given up, is not handed out any more: nobody submits it by mistake.
fn is_for_the_bank(batch: &Batch) -> bool {
    matches!(batch.state, BatchState::Ready | BatchState::Submitted | BatchState::Accepted)
}

/// Transactions of one batch, in the order of their references.
#[utoipa::path(get, path = "/v1/direct-debits/batches/{batchId}/debits", tag = "direct debits",
    params(("batchId" = String, Path), ListQuery),
    responses((status = 200, body = ListPage<BatchedDebitView>),
        (status = 404, body = contracts::problem::Problem)))]
pub async fn entries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BatchId>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<BatchedDebitView>>, ApiError> {
    caller.require_scope("direct-debits:read")?;
    let limit = page_size(query.limit)?;
    let administration = &caller.administration;
    let found = app.store.batch(administration, &id).await.map_err(Failure::from)?;
    found.ok_or(Refusal::NoSuchBatch).map_err(Failure::from)?;
    let page = app.store.batch_entries(administration, &id, limit, query.cursor.as_deref()).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(|entry| (&entry.value).into()).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// Tell what became of a batch: submitted to the bank, accepted or rejected by it. Told again, it changes nothing. The
/// debits of a rejected batch are announced anew by the next morning's run.
#[utoipa::path(put, path = "/v1/direct-debits/batches/{batchId}/status", tag = "direct debits",
    params(("batchId" = String, Path)), request_body = BatchStatusBody,
    responses((status = 200, body = BatchView), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn put_status(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<BatchId>,
    Body(body): Body<BatchStatusBody>,
) -> Result<Json<BatchView>, ApiError> {
    caller.require_scope("direct-debits:write")?;
    let next = BatchState::from(body.status);
    let changed = until_no_conflict(|| async {
        let known = app.store.batch(&caller.administration, &id).await?.ok_or(Refusal::NoSuchBatch)?;
        if known.value.state == next
            || known.value.state == BatchState::Released && next == BatchState::Rejected
        {
            return Ok(known.value);
        }
        if !known.value.state.may_become(next) {
            return Err(Refusal::BatchCannotBecome.into());
        }
        let batch = Batch { state: next, updated_at: app.now()?, ..known.value };
        app.store.put_batch(&caller.administration, &batch, Some(known.version)).await?;
        Ok::<_, Failure>(batch)
    })
    .await?;
    Ok(Json(BatchView::of(&changed, None)))
}

/// One direct debit.
#[utoipa::path(get, path = "/v1/direct-debits/{debitId}", tag = "direct debits", params(("debitId" = String, Path)),
    responses((status = 200, body = DebitView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DebitId>,
) -> Result<Json<DebitView>, ApiError> {
    caller.require_scope("direct-debits:read")?;
    let missing = || Failure::from(Refusal::NoSuchDebit);
    let debtor = id.debtor().ok_or_else(missing)?;
    let found = app.store.dossier(&caller.administration, &debtor).await.map_err(Failure::from)?;
    let dossier = found.ok_or_else(missing)?.value;
    let debit = dossier.debits.iter().find(|d| d.id == id).ok_or_else(missing)?;
    Ok(Json(DebitView::of(debit, &debtor)))
}

/// Tell that a direct debit came back. Once: told again, here or by a bank statement, it changes nothing.
#[utoipa::path(post, path = "/v1/direct-debits/returns", tag = "direct debits", request_body = DebitReturnBody,
    responses((status = 200, body = DebitReturnView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn post_return(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<DebitReturnBody>,
) -> Result<Json<DebitReturnView>, ApiError> {
    caller.require_scope("direct-debits:write")?;
    let (reference, came_back) = body.check().map_err(Failure::from)?;
    let done = app.records().return_direct_debit(&origin(&caller), &reference, &came_back).await?;
    let entry = done.entry;
    Ok(Json(DebitReturnView {
        debit_id: entry.debit.to_string(),
        debtor_id: entry.debtor.to_string(),
        invoice_id: entry.invoice.to_string(),
        applied: done.treatment.is_some(),
        treatment: done.treatment,
        reversed: done.reversed,
    }))
}
