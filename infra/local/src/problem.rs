//! Refusals of the `/local` addresses, as RFC 9457 problems.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::failure::Outcome;

pub fn answer(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let body = serde_json::json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail});
    (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
}

/// The answer, or a problem that says what failed.
pub fn or(outcome: Outcome<Response>) -> Response {
    outcome.unwrap_or_else(|failure| answer(StatusCode::INTERNAL_SERVER_ERROR, &failure.to_string()))
}
