//! Errors as answers.

use ::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use ::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contracts::failure::Failure;
use contracts::problem::{PROBLEM_JSON, Problem, ProblemError};
use domain::Violation;
use domain::refusal::Refusal;

/// What a route answers instead of what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// Something went wrong in the work itself.
    Failure(Failure),
    /// The request never came to the work: who asks, which address, which form.
    Edge(Problem),
}

impl ApiError {
    /// A problem of HTTP itself, with a stable `code`. For what goes wrong in the work, see [`Failure`].
    pub fn status(status: StatusCode, code: &str, title: &str) -> ApiError {
        ApiError::Edge(Problem::new(status.as_u16(), code, title, None))
    }

    pub(super) fn body_too_large(most_bytes: usize) -> ApiError {
        let code = "body_too_large";
        let mut problem = Problem::new(413, code, "The body is too large", None);
        problem.errors.push(ProblemError {
            path: String::new(),
            code: code.to_owned(),
            detail: format!("at most {most_bytes} bytes"),
        });
        ApiError::Edge(problem)
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> ApiError {
        ApiError::Failure(failure)
    }
}

impl From<Violation> for ApiError {
    fn from(violation: Violation) -> ApiError {
        ApiError::Failure(violation.into())
    }
}

impl From<Vec<Violation>> for ApiError {
    fn from(violations: Vec<Violation>) -> ApiError {
        ApiError::Failure(violations.into())
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        ApiError::Failure(refusal.into())
    }
}

/// The problem as JSON. The failure goes along as an extension, for the one line in the log.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            ApiError::Failure(failure) => {
                let mut response = answer(&Problem::from(&failure));
                if let Failure::Unavailable { retry_after_seconds, .. } = &failure {
                    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
                }
                response.extensions_mut().insert(failure);
                response
            }
            ApiError::Edge(problem) => answer(&problem),
        }
    }
}

fn answer(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(problem)).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
