//! Many records in one call: each taken in by itself, in order, with its own result.

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
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Caller, require_json};
use serde::de::DeserializeOwned;

use crate::{App, answers, debtors, invoices, payments};

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
        let mut results = Vec::with_capacity(body.records.len());
        for record in body.records {
            results.push(take_in(&app, &caller, record).await?);
        }
        Ok((StatusCode::OK, BulkResults { results }))
    })
    .await
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
