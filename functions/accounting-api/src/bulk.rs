//! Many records in one call: each taken in by itself, in order, with its own result.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::bulk::{BulkBody, BulkResult, BulkResults, MOST_RECORDS};
use contracts::failure::Failure;
use contracts::problem::Problem;
use http::{HeaderMap, StatusCode};
use records::Taken;
use runtime::http::{ApiError, Caller, require_json};

use crate::{App, answers, origin};

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
        let ids: Vec<String> = body.records.iter().map(|r| r.id.clone()).collect();
        let taken = app.records().take_all_in(&origin(&caller), body.records).await?;
        let results = ids.into_iter().zip(taken).map(|(id, taken)| result(id, taken)).collect();
        Ok((StatusCode::OK, BulkResults { results }))
    })
    .await
}

/// One record's result, as the single `PUT` would have answered.
fn result(id: String, taken: Taken) -> BulkResult {
    match taken {
        Ok(upsert) => BulkResult {
            id,
            status: answers::status(upsert).as_u16(),
            outcome: Some(answers::outcome(upsert)),
            rule: answers::rule(upsert),
            problem: None,
        },
        Err(failure) => {
            let problem = Problem::from(&failure);
            BulkResult { id, status: problem.status, outcome: None, rule: None, problem: Some(problem) }
        }
    }
}
