//! The one address of the local run: `/local` is answered here, the rest goes to the HTTP API in the local cloud.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::any};

use crate::cloud::Cloud;
use crate::failure::{Outcome, While};
use crate::problem;

/// API Gateway's own limit.
const LARGEST_BYTES: usize = 10 * 1024 * 1024;
const FORWARDED: [&str; 6] = ["/v1", "/openapi.json", "/healthz", "/portal", "/desk", "/callbacks"];
/// Headers about one connection, not about what it carries (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [HeaderName; 6] = [
    header::CONNECTION,
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
];

/// The HTTP API in the cloud.
#[derive(Debug, Clone)]
pub struct Api {
    cloud: Cloud,
    id: String,
}

impl Api {
    pub fn new(cloud: Cloud, id: String) -> Api {
        Api { cloud, id }
    }

    async fn forward(&self, request: Request) -> Outcome<Response> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let address = format!("{}/_aws/execute-api/{}/$default{path}", self.cloud.endpoint(), self.id);
        let body = axum::body::to_bytes(body, LARGEST_BYTES).await.during("reading the request")?;
        let answer = self
            .cloud
            .http()
            .request(parts.method, address)
            .headers(end_to_end(&parts.headers))
            .body(body)
            .send()
            .await
            .during("forwarding the request")?;
        let (status, headers) = (answer.status(), end_to_end(answer.headers()));
        let body: Bytes = answer.bytes().await.during("reading the answer")?;
        Ok((status, headers, Body::from(body)).into_response())
    }
}

pub fn routes(api: Api) -> Router {
    let mut router = Router::new();
    for path in FORWARDED {
        router = router.route(path, any(forward)).route(&format!("{path}/{{*rest}}"), any(forward));
    }
    router.layer(DefaultBodyLimit::max(LARGEST_BYTES)).with_state(api)
}

async fn forward(State(api): State<Api>, request: Request) -> Response {
    let too_large = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
        .is_some_and(|length| length > LARGEST_BYTES);
    if too_large {
        return problem::answer(StatusCode::PAYLOAD_TOO_LARGE, "A request may have 10 MB.");
    }
    api.forward(request)
        .await
        .unwrap_or_else(|failure| problem::answer(StatusCode::BAD_GATEWAY, &failure.to_string()))
}

fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    headers
        .iter()
        .filter(|(name, _)| !HOP_BY_HOP.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
