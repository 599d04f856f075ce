//! Many records in one call: each taken in by itself, in order, with its own result.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::bulk::{BulkBody, BulkRecord, BulkResult, BulkResults, MOST_RECORDS, RecordKind};
use contracts::api::debtors::DebtorBody;
use contracts::api::invoices::InvoiceBody;
use contracts::api::payments::PaymentBody;
use contracts::failure::Failure;
use contracts::problem::Problem;
use domain::ids::{DebtorId, IdError, InvoiceId, PaymentId};
use domain::intake::Upsert;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Caller, require_json};
use serde::de::DeserializeOwned;

use crate::{App, answers, debtors, invoices, payments};

/// Debtors whose records are taken in at once.
const AT_ONCE: usize = 16;

/// Take in up to 1,000 records. The order is kept; one that is refused does not keep the others out.
#[utoipa::path(post, path = "/v1/bulk", tag = "bulk", request_body = BulkBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BulkResults), (status = 400, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    for scope in ["debtors:write", "invoices:write", "payments:write"] {
        caller.require_scope(scope)?;
    }
    require_json(&headers)?;
    let body: BulkBody = runtime::json::from_slice(&raw)?;
    if body.records.len() > MOST_RECORDS {
        return Err(Failure::bad_input("records", "too_many", "has at most 1,000 records").into());
    }
    answers::once(&app, &caller.administration, "POST /v1/bulk", &headers, &raw, || async {
        let results = take_all_in(&app, &caller, body.records).await?;
        Ok((StatusCode::OK, BulkResults { results }))
    })
    .await
}

/// Takes records in, many debtors at once; those of one debtor one after the other, in their order.
async fn take_all_in(
    app: &App,
    caller: &Caller,
    records: Vec<BulkRecord>,
) -> Result<Vec<BulkResult>, Failure> {
    let count = records.len();
    let groups = by_debtor(records);
    let done = stream::iter(groups.into_iter().map(|group| async move {
        let mut results = Vec::with_capacity(group.len());
        for (place, record) in group {
            results.push((place, take_in(app, caller, record).await?));
        }
        Ok::<_, Failure>(results)
    }));
    let done: Vec<Vec<(usize, BulkResult)>> = done.buffer_unordered(AT_ONCE).try_collect().await?;
    let mut results: Vec<(usize, BulkResult)> = Vec::with_capacity(count);
    results.extend(done.into_iter().flatten());
    results.sort_by_key(|(place, _)| *place);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Records in groups that do not touch each other's dossiers, each with its place in the call. A payment on an invoice
/// goes with the invoice where that is in the same call.
fn by_debtor(records: Vec<BulkRecord>) -> Vec<Vec<(usize, BulkRecord)>> {
    let text = |record: &BulkRecord, field: &str| record.body[field].as_str().map(str::to_owned);
    let mut debtor_of_invoice = HashMap::new();
    let mut group_of_debtor: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<(usize, BulkRecord)>> = Vec::new();
    for (place, record) in records.into_iter().enumerate() {
        let debtor = match record.kind {
            RecordKind::Debtor => Some(record.id.clone()),
            RecordKind::Invoice => text(&record, "debtorId"),
            RecordKind::Payment => {
                let invoice = text(&record, "invoiceId");
                let of_invoice = invoice.as_ref().and_then(|id| debtor_of_invoice.get(id).cloned());
                of_invoice.or_else(|| text(&record, "debtorId")).or(invoice.map(|id| format!("invoice {id}")))
            }
        };
        // A record that names nobody is refused by itself.
        let debtor = debtor.unwrap_or_default();
        if record.kind == RecordKind::Invoice {
            debtor_of_invoice.insert(record.id.clone(), debtor.clone());
        }
        let group = *group_of_debtor.entry(debtor).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push((place, record));
    }
    groups
}

/// One record's result. Only what keeps every record out, such as a store that is away, fails the call: what was
/// taken in before is taken in, and sending all of it again changes nothing.
async fn take_in(app: &App, caller: &Caller, record: BulkRecord) -> Result<BulkResult, Failure> {
    let id = record.id.clone();
    let done = match record.kind {
        RecordKind::Debtor => debtor(app, caller, record).await,
        RecordKind::Invoice => invoice(app, caller, record).await,
        RecordKind::Payment => payment(app, caller, record).await,
    };
    match done {
        Ok(upsert) => Ok(BulkResult {
            id,
            status: answers::status(upsert).as_u16(),
            outcome: Some(answers::outcome(upsert)),
            problem: None,
        }),
        Err(failure @ (Failure::Unavailable { .. } | Failure::Bug { .. })) => Err(failure),
        Err(failure) => {
            let problem = Problem::from(&failure);
            Ok(BulkResult { id, status: problem.status, outcome: None, problem: Some(problem) })
        }
    }
}

fn id<T>(text: &str, parse: impl Fn(&str) -> Result<T, IdError>) -> Result<T, Failure> {
    parse(text).map_err(|e| Failure::bad_input("id", "not_an_id", e.to_string()))
}

fn body<T: DeserializeOwned>(value: &serde_json::Value) -> Result<T, Failure> {
    Ok(runtime::json::from_value(value)?)
}

async fn debtor(app: &App, caller: &Caller, record: BulkRecord) -> Result<Upsert, Failure> {
    let id = id(&record.id, DebtorId::parse)?;
    let debtor = debtors::checked(body::<DebtorBody>(&record.body)?, id)?;
    debtors::store_debtor(app, caller, debtor).await
}

async fn invoice(app: &App, caller: &Caller, record: BulkRecord) -> Result<Upsert, Failure> {
    let id = id(&record.id, InvoiceId::parse)?;
    let (debtor, invoice) = invoices::checked(body::<InvoiceBody>(&record.body)?, id)?;
    invoices::store_invoice(app, caller, &debtor, invoice, None).await
}

async fn payment(app: &App, caller: &Caller, record: BulkRecord) -> Result<Upsert, Failure> {
    let id = id(&record.id, PaymentId::parse)?;
    let checked = body::<PaymentBody>(&record.body)?.check()?;
    payments::store_payment(app, caller, &id, checked).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_of_one_debtor_stay_together_and_in_order() {
        let record = |kind, id: &str, body| BulkRecord { kind, id: id.to_owned(), body };
        let records = vec![
            record(RecordKind::Debtor, "d1", json!({})),
            record(RecordKind::Debtor, "d2", json!({})),
            record(RecordKind::Invoice, "i1", json!({ "debtorId": "d1" })),
            record(RecordKind::Payment, "p1", json!({ "invoiceId": "i1" })),
            record(RecordKind::Payment, "p2", json!({ "debtorId": "d2" })),
            record(RecordKind::Payment, "p3", json!({ "invoiceId": "elsewhere" })),
            record(RecordKind::Invoice, "i2", json!({})),
        ];
        let places: Vec<Vec<usize>> =
            by_debtor(records).iter().map(|g| g.iter().map(|(place, _)| *place).collect()).collect();
        assert_eq!(places, [vec![0, 2, 3], vec![1, 4], vec![5], vec![6]]);
    }
}
