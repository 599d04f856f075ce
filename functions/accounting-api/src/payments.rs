//! Payments, reversals, settlements and write-offs.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use contracts::api::ListPage;
use contracts::api::payments::{CheckedPayment, PaymentBody, PaymentView};
use contracts::failure::Failure;
use domain::dossier::{Dossier, Draft};
use domain::holding;
use domain::ids::{DebtorId, InvoiceId, PaymentId};
use domain::intake::{self, Upsert};
use domain::invoice::Invoice;
use domain::payment::Payment;
use jiff::Timestamp;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use store::{Along, StoredPayment, Versioned, until_no_conflict};
use utoipa::IntoParams;

use crate::{App, answers, page_size};

/// Create or replace a payment by the source system's own id.
#[utoipa::path(put, path = "/v1/payments/{paymentId}", tag = "payments", request_body = PaymentBody,
    params(("paymentId" = String, Path, description = "the source system's own id")),
    responses((status = 201, body = contracts::api::bulk::UpsertView), (status = 200, body = contracts::api::bulk::UpsertView),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentId>,
    Body(body): Body<PaymentBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("payments:write")?;
    let checked = body.check().map_err(Failure::from)?;
    let upsert = store_payment(&app, &caller, &id, checked).await?;
    Ok(answers::upserted(id.as_str(), upsert))
}

pub async fn store_payment(
    app: &App,
    caller: &Caller,
    id: &PaymentId,
    checked: CheckedPayment,
) -> Result<Upsert, Failure> {
    let administration = app.administration(&caller.administration).await?.value;
    let debtor = owner(app, caller, &checked).await?;
    let payment = Payment {
        id: id.clone(),
        kind: checked.kind,
        invoice: checked.invoice,
        debtor: debtor.clone(),
        amount: checked.amount,
        received_on: checked.received_on,
        reference: checked.reference,
        reason_code: checked.reason_code,
        modified_at: checked.modified_at,
    };
    until_no_conflict(|| async {
        let now = app.now()?;
        let known = app.store.payment(&caller.administration, id).await?;
        let dossier = app.store.dossier(&caller.administration, &debtor).await?.ok_or_else(|| {
            Failure::bad_input("debtorId", "unknown_debtor", "names a debtor that is known")
        })?;
        let archived = closed_ones(app, caller, &dossier.value, &payment, known.as_ref()).await?;
        let mut draft = Draft::of(dossier.value, now, &caller.subject);
        let stored = known.as_ref().map(|k| &k.value.payment);
        let (upsert, booked_on) = intake::put_payment(&mut draft, payment.clone(), stored, archived)?;
        let booked_on = match (upsert, &known) {
            (Upsert::Created | Upsert::Changed, _) => booked_on,
            // The newer time stamp is kept: what came between the two versions is older than this one.
            (Upsert::Unchanged, Some(k)) if k.value.payment.modified_at < payment.modified_at => {
                k.value.booked_on.clone()
            }
            (Upsert::Unchanged | Upsert::Older, _) => return Ok(upsert),
        };
        holding::name_resumption(&mut draft, &administration);
        let stored = Box::new(StoredPayment { payment: payment.clone(), booked_on, updated_at: now });
        let along = vec![Along::Payment { stored, known: known.map(|k| k.version) }];
        app.store.commit(&administration, &draft, Some(dossier.version), along).await?;
        Ok(upsert)
    })
    .await
}

/// Whose payment it is: the invoice's debtor where it names an invoice.
async fn owner(app: &App, caller: &Caller, payment: &CheckedPayment) -> Result<DebtorId, Failure> {
    let Some(invoice) = &payment.invoice else {
        return payment.debtor.clone().ok_or_else(|| Failure::bug("a checked payment names nothing"));
    };
    let owner = app.store.invoice_owner(&caller.administration, invoice).await?;
    let owner = owner.ok_or_else(|| {
        Failure::bad_input("invoiceId", "unknown_invoice", "names an invoice that is known")
    })?;
    if payment.debtor.as_ref().is_some_and(|named| *named != owner) {
        let detail = "is the debtor of the invoice, or absent";
        return Err(Failure::bad_input("debtorId", "invoice_of_another_debtor", detail));
    }
    Ok(owner)
}

/// The closed invoices that the payment, or its stored version, is about.
async fn closed_ones(
    app: &App,
    caller: &Caller,
    dossier: &Dossier,
    payment: &Payment,
    known: Option<&Versioned<StoredPayment>>,
) -> Result<Vec<Invoice>, Failure> {
    let before = known.map(|k| k.value.booked_on.as_slice()).unwrap_or_default();
    let named: BTreeSet<&InvoiceId> = payment.invoice.iter().chain(before).collect();
    let mut closed = Vec::new();
    for id in named.into_iter().filter(|id| !dossier.invoices.contains_key(*id)) {
        match app.store.archived_invoice(&caller.administration, &payment.debtor, id).await? {
            Some(invoice) => closed.push(invoice),
            None if payment.invoice.as_ref() == Some(id) => {
                let detail = "names an invoice that is known";
                return Err(Failure::bad_input("invoiceId", "unknown_invoice", detail));
            }
            None => {}
        }
    }
    Ok(closed)
}

/// One payment.
#[utoipa::path(get, path = "/v1/payments/{paymentId}", tag = "payments", params(("paymentId" = String, Path)),
    responses((status = 200, body = PaymentView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentId>,
) -> Result<Json<PaymentView>, ApiError> {
    caller.require_scope("payments:read")?;
    let found = app.store.payment(&caller.administration, &id).await.map_err(Failure::from)?;
    let stored = found.ok_or(Failure::not_found("payment"))?.value;
    Ok(Json(PaymentView::of(&stored.payment, &stored.booked_on, stored.updated_at)))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ListQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Only what changed after this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    pub updated_after: Option<Timestamp>,
}

/// Payments in the order of their last change.
#[utoipa::path(get, path = "/v1/payments", tag = "payments", params(ListQuery),
    responses((status = 200, body = ListPage<PaymentView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<PaymentView>>, ApiError> {
    caller.require_scope("payments:read")?;
    let limit = page_size(query.limit)?;
    let cursor = query.cursor.as_deref();
    let page = app
        .store
        .payments(&caller.administration, query.updated_after, limit, cursor)
        .await
        .map_err(Failure::from)?;
    let items = page.items.iter().map(|p| PaymentView::of(&p.payment, &p.booked_on, p.updated_at)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}
