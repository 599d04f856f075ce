//! Answers to upserts, and `Idempotency-Key`: the same request again gets the same answer, for 24 hours.

use std::future::Future;

use axum::Json;
use axum::response::{IntoResponse, Response};
use contracts::api::bulk::{UpsertOutcome, UpsertView};
use contracts::failure::Failure;
use domain::ids::AdministrationId;
use domain::intake::Upsert;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use records::MEMORY;
pub use records::is_repetition;
use runtime::http::ApiError;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::Answered;

use crate::App;

/// How long a request that never finished keeps its key: longer than a function may live.
const RUNNING: SignedDuration = SignedDuration::from_secs(60);

pub fn outcome(upsert: Upsert) -> UpsertOutcome {
    match upsert {
        Upsert::Created => UpsertOutcome::Created,
        Upsert::Changed => UpsertOutcome::Changed,
        Upsert::Unchanged => UpsertOutcome::Unchanged,
        Upsert::Older => UpsertOutcome::Older,
        Upsert::Ignored(_) => UpsertOutcome::Ignored,
    }
}

pub fn status(upsert: Upsert) -> StatusCode {
    match upsert {
        Upsert::Created => StatusCode::CREATED,
        Upsert::Changed | Upsert::Unchanged | Upsert::Older | Upsert::Ignored(_) => StatusCode::OK,
    }
}

/// The rule that left it out.
pub fn rule(upsert: Upsert) -> Option<String> {
    match upsert {
        Upsert::Ignored(by) => Some(by.name().to_owned()),
        Upsert::Created | Upsert::Changed | Upsert::Unchanged | Upsert::Older => None,
    }
}

/// The answer to a `PUT`.
pub fn upserted(id: &str, upsert: Upsert) -> Response {
    let view = UpsertView { id: id.to_owned(), outcome: outcome(upsert), rule: rule(upsert) };
    (status(upsert), Json(view)).into_response()
}

fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// The key of this request at this address as it is stored; `None` where it came without one.
pub fn key_hash(route: &str, headers: &HeaderMap) -> Option<String> {
    headers.get("idempotency-key").map(|key| hash(&[route.as_bytes(), key.as_bytes()]))
}

/// Does `work` once for a key: a repetition gets the first answer, another body with the same key 422, and one that
/// comes while the first is running 409. Without a key, `work` is simply done.
///
/// Where the process dies between the work and its answer, the work is done again: it has to find what it did.
pub async fn once<T, F, Fut>(
    app: &App,
    administration: &AdministrationId,
    route: &str,
    headers: &HeaderMap,
    body: &[u8],
    work: F,
) -> Result<Response, ApiError>
where
    T: Serialize,
    F: FnOnce() -> Fut,
    Fut: Future<Output = Result<(StatusCode, T), Failure>>,
{
    let (Some(key), Some(key_hash)) = (headers.get("idempotency-key"), key_hash(route, headers)) else {
        let (status, answer) = work().await?;
        return Ok((status, Json(answer)).into_response());
    };
    if key.is_empty() || key.len() > 255 {
        return Err(Failure::bad_input("Idempotency-Key", "length", "has 1 to 255 characters").into());
    }
    let now = app.now()?;
    let request = hash(&[body]);
    let running = Answered { request: request.clone(), answer: None, until: now + RUNNING };
    if let Some(known) =
        app.store.begin_answer(administration, &key_hash, &running, now).await.map_err(Failure::from)?
    {
        return repeated(known, &request);
    }
    let (status, answer) = match work().await {
        Ok(done) => done,
        Err(failure) => {
            // Nothing was done: the key is free again.
            let free = Answered { until: Timestamp::UNIX_EPOCH, ..running };
            app.store.finish_answer(administration, &key_hash, &free).await.map_err(Failure::from)?;
            return Err(failure.into());
        }
    };
    let text = serde_json::to_string(&answer).map_err(|e| Failure::bug(e.to_string()))?;
    let answered = Answered { request, answer: Some((status.as_u16(), text)), until: now + MEMORY };
    app.store.finish_answer(administration, &key_hash, &answered).await.map_err(Failure::from)?;
    Ok((status, Json(answer)).into_response())
}

fn repeated(known: Answered, request: &str) -> Result<Response, ApiError> {
    if known.request != request {
        return Err(ApiError::status(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "This Idempotency-Key was used with another body",
        ));
    }
    let Some((status, body)) = known.answer else {
        return Err(Failure::conflict("the first request with this Idempotency-Key is still running").into());
    };
    let status = StatusCode::from_u16(status).map_err(|e| Failure::bug(e.to_string()))?;
    Ok((status, [(http::header::CONTENT_TYPE, "application/json")], body).into_response())
}
