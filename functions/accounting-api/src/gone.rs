//! Deletions by the source system, and the lists of what is not here: deleted, or left out by a rule on import.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::ListPage;
use contracts::api::bulk::RecordKind;
use contracts::api::gone::{DeletedView, DeletionOutcome, DeletionView, IgnoredView};
use contracts::failure::Failure;
use domain::deleting::Deletion;
use domain::ids::{DebtorId, InvoiceId, PaymentId};
use jiff::Timestamp;
use runtime::http::{ApiError, Caller, Path, Query};
use serde::Deserialize;
use store::{IgnoredRecord, Tombstone};
use utoipa::IntoParams;

use crate::{App, origin, page_size};

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct DeletionQuery {
    /// When the source system deleted the record, RFC 3339. A version that is newer stays, and one that comes later brings
    /// the record back.
    #[param(value_type = String, format = DateTime)]
    pub modified_at: Timestamp,
}

/// Delete an invoice or credit note. Its follow-up ends, what was paid on it is to the debtor's credit, and a credit note
/// that made it smaller is open again. One that is not known is remembered as deleted.
#[utoipa::path(delete, path = "/v1/invoices/{invoiceId}", tag = "invoices",
    params(("invoiceId" = String, Path), DeletionQuery),
    responses((status = 200, body = DeletionView), (status = 400, body = contracts::problem::Problem)))]
pub async fn invoice(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvoiceId>,
    Query(query): Query<DeletionQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("invoices:write")?;
    let deletion = app.records().delete_invoice(&origin(&caller), &id, query.modified_at).await?;
    Ok(answer(id.as_str(), deletion))
}

/// Delete a payment: it is taken off wherever it was booked, and opens again what it had closed. One that is not known is
/// remembered as deleted.
#[utoipa::path(delete, path = "/v1/payments/{paymentId}", tag = "payments",
    params(("paymentId" = String, Path), DeletionQuery),
    responses((status = 200, body = DeletionView), (status = 400, body = contracts::problem::Problem)))]
pub async fn payment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentId>,
    Query(query): Query<DeletionQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("payments:write")?;
    let deletion = app.records().delete_payment(&origin(&caller), &id, query.modified_at).await?;
    Ok(answer(id.as_str(), deletion))
}

/// Delete a debtor of whom nothing is open: refused while an invoice, a credit note or money on account is, and while a
/// signal or help runs. The timeline stays readable; nothing is erased. One who is not known is remembered as deleted.
#[utoipa::path(delete, path = "/v1/debtors/{debtorId}", tag = "debtors",
    params(("debtorId" = String, Path), DeletionQuery),
    responses((status = 200, body = DeletionView), (status = 400, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn debtor(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<DebtorId>,
    Query(query): Query<DeletionQuery>,
) -> Result<Response, ApiError> {
    caller.require_scope("debtors:write")?;
    let deletion = app.records().delete_debtor(&origin(&caller), &id, query.modified_at).await?;
    Ok(answer(id.as_str(), deletion))
}

fn answer(id: &str, deletion: Deletion) -> Response {
    let outcome = match deletion {
        Deletion::Deleted => DeletionOutcome::Deleted,
        Deletion::Unchanged => DeletionOutcome::Unchanged,
        Deletion::Older => DeletionOutcome::Older,
    };
    Json(DeletionView { id: id.to_owned(), outcome }).into_response()
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct DeletedQuery {
    /// `debtor`, `invoice` or `payment`.
    pub kind: RecordKind,
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Only what was deleted here after this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    pub updated_after: Option<Timestamp>,
}

/// What was deleted and did not come back, of one kind, in the order in which the deletions came in. A page may be short,
/// or empty, before the last one.
#[utoipa::path(get, path = "/v1/deleted", tag = "deletions", params(DeletedQuery),
    responses((status = 200, body = ListPage<DeletedView>), (status = 400, body = contracts::problem::Problem)))]
pub async fn deleted(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<DeletedQuery>,
) -> Result<Json<ListPage<DeletedView>>, ApiError> {
    let (scope, kind) = match query.kind {
        RecordKind::Debtor => ("debtors:read", store::RecordKind::Debtor),
        RecordKind::Invoice => ("invoices:read", store::RecordKind::Invoice),
        RecordKind::Payment => ("payments:read", store::RecordKind::Payment),
        RecordKind::Mandate => {
            let detail = "is debtor, invoice or payment: a mandate is withdrawn and not deleted";
            return Err(Failure::bad_input("kind", "not_deleted", detail).into());
        }
    };
    caller.require_scope(scope)?;
    let limit = page_size(query.limit)?;
    let page = app
        .store
        .deleted(&caller.administration, kind, query.updated_after, limit, query.cursor.as_deref())
        .await
        .map_err(Failure::from)?;
    let items = page.items.into_iter().map(deleted_view).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

fn deleted_view(tombstone: Tombstone) -> DeletedView {
    DeletedView {
        kind: kind_of(tombstone.kind),
        id: tombstone.id,
        debtor_id: tombstone.debtor.map(|d| d.to_string()),
        modified_at: tombstone.deleted_at,
        deleted_at: tombstone.recorded_at,
        by: tombstone.by,
    }
}

fn kind_of(kind: store::RecordKind) -> RecordKind {
    match kind {
        store::RecordKind::Debtor => RecordKind::Debtor,
        store::RecordKind::Invoice => RecordKind::Invoice,
        store::RecordKind::Payment => RecordKind::Payment,
    }
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct IgnoredQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Only what was left out after this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    pub updated_after: Option<Timestamp>,
}

/// Invoices, credit notes and payments that rules on import left out, each with its rule and reason. Of such a record
/// nothing else is kept: it comes in when it is told again after the rule changed, and then leaves this list.
#[utoipa::path(get, path = "/v1/ignored", tag = "settings", params(IgnoredQuery),
    responses((status = 200, body = ListPage<IgnoredView>), (status = 400, body = contracts::problem::Problem)))]
pub async fn ignored(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<IgnoredQuery>,
) -> Result<Json<ListPage<IgnoredView>>, ApiError> {
    for scope in ["invoices:read", "payments:read"] {
        caller.require_scope(scope)?;
    }
    let limit = page_size(query.limit)?;
    let page = app
        .store
        .ignored(&caller.administration, query.updated_after, limit, query.cursor.as_deref())
        .await
        .map_err(Failure::from)?;
    let items = page.items.into_iter().map(ignored_view).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

fn ignored_view(record: IgnoredRecord) -> IgnoredView {
    IgnoredView {
        kind: kind_of(record.kind),
        id: record.id,
        debtor_id: record.debtor.to_string(),
        rule: record.rule.name().to_owned(),
        reason: record.reason,
        modified_at: record.modified_at,
        ignored_at: record.ignored_at,
    }
}
