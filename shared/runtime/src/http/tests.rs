//! Routers as API Gateway calls them.

use axum::routing::{get, post, put};
use contracts::problem::Problem;
use domain::ids::DebtorId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u8>,
}

fn routes() -> Router {
    Router::new()
        .route("/v1/notes", post(async |Body(note): Body<Note>| axum::Json(note)))
        .route("/v1/debtors", get(async |Query(page): Query<Page>| page.limit.unwrap_or(0).to_string()))
        .route("/v1/debtors/{debtorId}", put(async |Path(id): Path<DebtorId>| id.to_string()))
        .route("/v1/whoami", get(whoami))
        .route("/v1/away", get(async || ApiError::from(Failure::unavailable("table"))))
        .route("/v1/bug", get(async || ApiError::from(Failure::bug("secret"))))
        .route("/v1/panic", get(panics))
}

async fn whoami(caller: Caller) -> Result<String, ApiError> {
    caller.require_scope("invoices:read")?;
    Ok(format!("{} {}", caller.administration, caller.subject))
}

async fn panics() -> String {
    panic!("on purpose")
}

/// An event of API Gateway's HTTP API, payload format 2.0.
fn event(
    method: &str,
    path: &str,
    content_type: &str,
    body: Option<&str>,
    authorizer: Option<Value>,
) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut event = json!({
        "version": "2.0",
        "routeKey": "ANY /v1/{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "api.example.nl", "content-type": content_type},
        "requestContext": {
            "accountId": "1", "apiId": "a", "stage": "$default", "requestId": "r", "routeKey": "ANY /v1/{proxy+}",
            "time": "22/Nov/2026:08:00:00 +0000", "timeEpoch": 0,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "t"},
        },
        "isBase64Encoded": false,
    });
    if let Some(body) = body {
        event["body"] = json!(body);
    }
    if let Some(authorizer) = authorizer {
        event["requestContext"]["authorizer"] = json!({"lambda": authorizer});
    }
    event.to_string()
}

/// Sends an event through lambda_http's own parsing and the whole app.
async fn send(event: &str, body_bytes: usize) -> (StatusCode, ::http::HeaderMap, String) {
    let request = lambda_http::request::from_str(event).unwrap();
    let response = app(routes(), body_bytes).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn every_refusal_is_a_problem_with_its_place_and_a_version() {
    const JSON: &str = "application/json";
    let big = format!(r#"{{"text":"{}"}}"#, "x".repeat(200));
    let table = [
        (
            "POST",
            "/v1/notes",
            JSON,
            Some(r#"{"text":"a","bsn":"1"}"#),
            400,
            "bad_input",
            Some(("bsn", "unknown_field")),
        ),
        ("POST", "/v1/notes", JSON, Some(r#"{"text":1}"#), 400, "bad_input", Some(("text", "wrong_type"))),
        ("POST", "/v1/notes", JSON, Some("{}"), 400, "bad_input", Some(("text", "missing_field"))),
        ("POST", "/v1/notes", JSON, Some("{"), 400, "bad_input", Some(("", "not_json"))),
        ("POST", "/v1/notes", JSON, None, 400, "bad_input", Some(("", "not_json"))),
        ("POST", "/v1/notes", JSON, Some(&big), 413, "body_too_large", Some(("", "body_too_large"))),
        ("POST", "/v1/notes", "text/plain", Some("{}"), 415, "unsupported_media_type", None),
        ("POST", "/v1/notes", "", Some("{}"), 415, "unsupported_media_type", None),
        ("GET", "/v1/debtors?limit=x", "", None, 400, "bad_input", Some(("limit", "wrong_form"))),
        ("GET", "/v1/debtors?limt=1", "", None, 400, "bad_input", Some(("limt", "unknown_field"))),
        ("PUT", "/v1/debtors/a%20b", "", None, 400, "bad_input", Some(("debtorId", "wrong_form"))),
        ("GET", "/v1/nowhere", "", None, 404, "no_such_route", None),
        ("DELETE", "/v1/notes", "", None, 405, "method_not_allowed", None),
        ("GET", "/v1/whoami", "", None, 401, "unauthenticated", None),
        ("GET", "/v1/away", "", None, 503, "unavailable", None),
        ("GET", "/v1/bug", "", None, 500, "internal_error", None),
        ("GET", "/v1/panic", "", None, 500, "internal_error", None),
    ];
    for (method, path, content_type, body, status, code, place) in table {
        let case = format!("{method} {path} {body:?}");
        let (seen, headers, body) = send(&event(method, path, content_type, body, None), 100).await;
        let problem =
            serde_json::from_str::<Problem>(&body).unwrap_or_else(|error| panic!("{case}: {error}: {body}"));
        assert_eq!((seen.as_u16(), problem.status, problem.code()), (status, status, code), "{case}");
        assert_eq!(headers["content-type"], "application/problem+json", "{case}");
        assert_eq!(headers["api-version"], "1", "{case}");
        let first = problem.errors.first().map(|error| (error.path.as_str(), error.code.as_str()));
        assert_eq!(first, place, "{case}");
        assert!(!body.contains("secret") && !body.contains("purpose"), "{body}");
    }
}

#[tokio::test]
async fn headers_say_when_to_come_back_how_to_identify_and_which_methods_there_are() {
    let table = [
        ("GET", "/v1/away", "retry-after", "5"),
        ("GET", "/v1/whoami", "www-authenticate", "Bearer"),
        ("DELETE", "/v1/notes", "allow", "POST"),
    ];
    for (method, path, header, value) in table {
        let (_, headers, _) = send(&event(method, path, "", None, None), BODY_BYTES).await;
        assert_eq!(headers.get(header).map(|value| value.to_str().unwrap()), Some(value), "{path}");
    }
}

#[tokio::test]
async fn what_is_right_is_answered() {
    let note = r#"{"text":"a"}"#;
    let table = [
        ("POST", "/v1/notes", "application/json", Some(note), note),
        ("POST", "/v1/notes", "Application/JSON; charset=utf-8", Some(note), note),
        ("POST", "/v1/notes", "application/merge-patch+json", Some(note), note),
        ("GET", "/v1/debtors?limit=7", "", None, "7"),
        ("GET", "/v1/debtors", "", None, "0"),
        ("PUT", "/v1/debtors/D-1", "", None, "D-1"),
    ];
    for (method, path, content_type, body, answer) in table {
        let (status, headers, body) = send(&event(method, path, content_type, body, None), 100).await;
        assert_eq!((status.as_u16(), body.as_str()), (200, answer), "{method} {path} {content_type}");
        assert_eq!(headers["api-version"], "1");
    }
}

#[tokio::test]
async fn the_caller_is_who_the_authorizer_says() {
    let table = [
        (
            json!({"administration": "a1", "scopes": "invoices:read signals:write", "subject": "t1"}),
            200,
            "a1 t1",
        ),
        (json!({"administration": "a1", "scopes": "invoices:write", "subject": "t1"}), 403, "missing_scope"),
        (json!({"administration": "a1", "scopes": "invoices", "subject": "t1"}), 403, "missing_scope"),
        (json!({"administration": "a1", "scopes": "", "subject": "t1"}), 403, "missing_scope"),
        (json!({"administration": "a 1", "scopes": "invoices:read", "subject": "t1"}), 500, "internal_error"),
        (json!({"scopes": "invoices:read", "subject": "t1"}), 401, "unauthenticated"),
        (json!(null), 401, "unauthenticated"),
    ];
    for (authorizer, status, answer) in table {
        let case = authorizer.to_string();
        let (seen, _, body) = send(&event("GET", "/v1/whoami", "", None, Some(authorizer)), BODY_BYTES).await;
        assert_eq!(seen.as_u16(), status, "{case}: {body}");
        assert!(body.contains(answer), "{case}: {body}");
    }
}

#[tokio::test]
async fn a_test_may_say_who_calls() {
    let caller = Caller {
        administration: "a1".parse().unwrap(),
        scopes: vec!["invoices:read".to_owned()],
        subject: "t1".to_owned(),
    };
    let request = Request::get("/v1/whoami").extension(caller).body(axum::body::Body::empty()).unwrap();
    let response = app(routes(), BODY_BYTES).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}
