//! What a request brings, read into types.

use ::http::header::CONTENT_TYPE;
use ::http::request::Parts;
use ::http::{HeaderMap, StatusCode};
use axum::body::Bytes;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use contracts::failure::Failure;
use domain::Violation;
use serde::de::DeserializeOwned;

use super::ApiError;
use crate::json;

/// A JSON body. What is wrong is told with its path; `T` should say `#[serde(deny_unknown_fields)]`.
///
/// Another content type than JSON is 415: a page of another site can make a browser send forms and text without
/// asking first, but not JSON.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, ApiError> {
        require_json(request.headers())?;
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => ApiError::body_too_large(super::BODY_BYTES),
                _ => Failure::bad_input("", "unreadable_body", "could not be read").into(),
            })?;
        Ok(Body(json::from_slice(&bytes)?))
    }
}

/// Refuses another content type than JSON with 415: for routes that read the raw body themselves.
pub fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.get(CONTENT_TYPE).is_some_and(|value| is_json(value.as_bytes())) {
        return Ok(());
    }
    let title = "The body has to be application/json";
    Err(ApiError::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", title))
}

fn is_json(content_type: &[u8]) -> bool {
    let essence = content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let essence = essence.to_ascii_lowercase();
    essence == b"application/json" || (essence.starts_with(b"application/") && essence.ends_with(b"+json"))
}

/// The query. What is wrong is told with the parameter's name.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Query<T>, ApiError> {
        Ok(Query(json::from_query(parts.uri.query().unwrap_or_default())?))
    }
}

/// The variable segments of the path. What is wrong is told with the segment's name.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, ApiError> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Path(value)),
            Err(rejection) => {
                let names = RawPathParams::from_request_parts(parts, state).await;
                let segments = names.iter().flatten().map(|(name, _)| name).collect::<Vec<_>>();
                Err(refused(rejection, &segments))
            }
        }
    }
}

/// `segments` are the names of the route's variable segments: where there is one, it is the one that is wrong.
fn refused(rejection: PathRejection, segments: &[&str]) -> ApiError {
    let error = match rejection {
        PathRejection::FailedToDeserializePathParams(error) => error,
        // A route without parameters whose handler wants some.
        _ => return Failure::bug("the route has no path parameters").into(),
    };
    let segment = match error.into_kind() {
        ErrorKind::ParseErrorAtKey { key, .. }
        | ErrorKind::DeserializeError { key, .. }
        | ErrorKind::InvalidUtf8InPathParam { key } => key,
        ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. } => {
            return Failure::bug("the route's path parameters do not fit its handler").into();
        }
        _ if segments.len() == 1 => segments.concat(),
        _ => String::new(),
    };
    Violation::new(segment, "wrong_form", "is not what this part of the address may be").into()
}
