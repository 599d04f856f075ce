//! HTTP functions: an axum router behind API Gateway's HTTP API (payload format 2.0).
//!
//! Every answer carries `API-Version`, every error is a problem (RFC 9457), and every request leaves one line in
//! the log: method, the route's pattern, status, milliseconds. What is absent from that line: the path, since it
//! holds ids, the query, and anything of the body.

mod caller;
mod error;
mod input;

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use ::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::Router;
use axum::body::HttpBody;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use contracts::failure::{Class, Failure};
use futures_util::FutureExt;
use lambda_runtime::Error;

pub use caller::{Caller, source_of};
pub use error::ApiError;
pub use input::{Body, Path, Query, require_json};

/// Largest body of a request, in bytes, unless a function says otherwise.
pub const BODY_BYTES: usize = 1024 * 1024;

/// Value of the header `API-Version`.
pub const API_VERSION: &str = "1";

const API_VERSION_HEADER: HeaderName = HeaderName::from_static("api-version");

/// Answers requests by `router` until the process is ended. Bodies are at most [`BODY_BYTES`].
pub async fn serve(router: Router) -> Result<(), Error> {
    serve_with(router, BODY_BYTES).await
}

/// The same, for a function whose bodies are at most `body_bytes` long.
pub async fn serve_with(router: Router, body_bytes: usize) -> Result<(), Error> {
    lambda_http::run(app(router, body_bytes)).await
}

/// A router with all that this module promises, bodies being at most `body_bytes` long: what [`serve`] runs, and
/// what a test calls in its own process.
pub fn app(router: Router, body_bytes: usize) -> Router {
    router
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(body_bytes))
        .layer(middleware::from_fn_with_state(body_bytes, edge))
}

async fn no_such_route() -> ApiError {
    ApiError::status(StatusCode::NOT_FOUND, "no_such_route", "No such address")
}

async fn no_such_method() -> ApiError {
    ApiError::status(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address has no such method")
}

/// What is around every route: the bound on the body, the net under a panic, the version, the line in the log.
async fn edge(State(body_bytes): State<usize>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    // On Lambda the body is there as a whole, so its length is known before anybody reads it.
    let mut response = if request.body().size_hint().lower() > body_bytes as u64 {
        ApiError::body_too_large(body_bytes).into_response()
    } else {
        match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(_) => ApiError::from(Failure::bug("the handler panicked")).into_response(),
        }
    };
    response.headers_mut().insert(API_VERSION_HEADER, HeaderValue::from_static(API_VERSION));
    log(&method, route.as_ref().map_or("-", MatchedPath::as_str), &response, started);
    response
}

fn log(method: &Method, route: &str, response: &Response, started: Instant) {
    let (method, status) = (method.as_str(), response.status().as_u16());
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match response.extensions().get::<Failure>() {
        None => tracing::info!(method, route, status, ms, "request"),
        Some(failure) => match failure.class() {
            Class::BadInput | Class::Rejected | Class::Conflict => {
                tracing::info!(method, route, status, ms, failure = %failure, "request");
            }
            Class::Unavailable => tracing::warn!(method, route, status, ms, failure = %failure, "request"),
            Class::Bug => tracing::error!(method, route, status, ms, failure = %failure, "request"),
        },
    }
}

#[cfg(test)]
mod tests;
