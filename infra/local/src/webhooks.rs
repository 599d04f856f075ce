//! A receiver of our webhooks, at `/local/webhooks/receiver`: it checks each message as a subscriber would, with the secret that
//! it was given when it subscribed. `GET /local/webhooks` shows what arrived, as JSON or, for browsers, as a page.
//! `POST /local/webhooks/secret` tells it another secret, `POST /local/webhooks/behaviour` has it answer otherwise from then on: `{"status": 503}`, `{"slowSeconds": 12}`; `{}` ends that.

mod subscribing;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use outside::webhook_signature::{Keys, verify};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::failure::{Outcome, While};
use crate::problem;

pub use subscribing::Subscribing;

/// Messages that are kept, the last ones.
const MOST_MESSAGES: usize = 500;

/// Longest message that is kept, in bytes; ours are far smaller.
const LONGEST_BODY: usize = 64 * 1024;

/// What the receiver is made from.
#[derive(Clone)]
pub struct Settings {
    /// Where what arrived, and the secret, are kept; nowhere in tests.
    pub file: Option<PathBuf>,
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("file", &self.file).finish_non_exhaustive()
    }
}

/// How the receiver answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Behaviour {
    /// The status of every answer, whatever arrives.
    pub status: Option<u16>,
    /// It answers so much later.
    pub slow_seconds: u64,
}

/// A message that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Arrived {
    /// Its `webhook-id`.
    pub id: String,
    /// What it tells.
    pub event: String,
    pub received_at: Timestamp,
    /// Its signature is ours, and not old.
    pub verified: bool,
    /// What it was answered with.
    pub status: u16,
    pub body: Value,
}

/// What is kept from run to run.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    secret: Option<String>,
    messages: Vec<Arrived>,
}

#[derive(Default)]
struct Inside {
    kept: Kept,
    behaviour: Behaviour,
}

/// The receiver.
pub struct Receiver {
    settings: Settings,
    inside: Mutex<Inside>,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Receiver {
    /// Reads what an earlier run kept.
    pub fn open(settings: Settings) -> Outcome<Receiver> {
        let kept = match settings.file.as_ref().map(std::fs::read) {
            None => Kept::default(),
            Some(Ok(text)) => {
                serde_json::from_slice(&text).during("reading what the webhook receiver kept")?
            }
            Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Kept::default(),
            Some(Err(error)) => Err(error).during("reading what the webhook receiver kept")?,
        };
        Ok(Receiver { settings, inside: Mutex::new(Inside { kept, ..Inside::default() }) })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, kept: &Kept) -> Outcome<()> {
        let Some(file) = &self.settings.file else { return Ok(()) };
        let text = serde_json::to_vec(kept).during("keeping what the webhook receiver got")?;
        std::fs::write(file, text).during("keeping what the webhook receiver got")
    }

    /// The secret that messages are signed with from now on.
    pub fn learn(&self, secret: &str) -> Outcome<()> {
        let mut inside = self.inside();
        inside.kept.secret = Some(secret.to_owned());
        self.save(&inside.kept)
    }

    /// Whether it knows a secret.
    pub fn knows_a_secret(&self) -> bool {
        self.inside().kept.secret.is_some()
    }

    /// Checks a message and keeps it. The status to answer with.
    fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Outcome<u16> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (id, timestamp, signatures) =
            (text("webhook-id"), text("webhook-timestamp"), text("webhook-signature"));
        let (now, mut inside) = ((self.settings.now)(), self.inside());
        let keys = inside.kept.secret.as_deref().and_then(|secret| Keys::parse(secret).ok());
        let verified = keys.is_some_and(|keys| verify(&keys, id, timestamp, signatures, body, now).is_ok());
        let status = inside.behaviour.status.unwrap_or(if verified { 204 } else { 401 });
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        inside.kept.messages.push(Arrived {
            id: id.to_owned(),
            event: body["type"].as_str().unwrap_or_default().to_owned(),
            received_at: now,
            verified,
            status,
            body,
        });
        let over = inside.kept.messages.len().saturating_sub(MOST_MESSAGES);
        inside.kept.messages.drain(..over);
        self.save(&inside.kept)?;
        Ok(status)
    }
}

pub fn router(receiver: Arc<Receiver>) -> Router {
    Router::new()
        .route("/local/webhooks", get(show))
        .route("/local/webhooks/receiver", post(receive))
        .route("/local/webhooks/behaviour", post(behave))
        .route("/local/webhooks/secret", post(told))
        .layer(axum::extract::DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(receiver)
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> Response {
    let slow = receiver.inside().behaviour.slow_seconds;
    tokio::time::sleep(Duration::from_secs(slow)).await;
    let status = receiver.receive(&headers, &body);
    let answer = |status| StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    problem::or(status.map(|status| answer(status).into_response()))
}

async fn behave(State(receiver): State<Arc<Receiver>>, Json(behaviour): Json<Behaviour>) -> StatusCode {
    receiver.inside().behaviour = behaviour;
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Told {
    secret: String,
}

async fn told(State(receiver): State<Arc<Receiver>>, Json(told): Json<Told>) -> Response {
    problem::or(receiver.learn(&told.secret).map(|()| StatusCode::NO_CONTENT.into_response()))
}

#[derive(Debug, Template)]
#[template(path = "webhooks.html")]
struct Page {
    /// The last first: the page is read by a person.
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    arrived: Arrived,
    data: String,
}

/// JSON is oldest first: it is read by tests, which follow what happened.
async fn show(State(receiver): State<Arc<Receiver>>, headers: HeaderMap) -> Response {
    let messages = receiver.inside().kept.messages.clone();
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return Json(json!({ "items": messages })).into_response();
    }
    let row = |arrived: Arrived| Row { data: arrived.body["data"].to_string(), arrived };
    let page = Page { rows: messages.into_iter().rev().map(row).collect() };
    problem::or(page.render().during("writing the page").map(|page| Html(page).into_response()))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use outside::webhook_signature::sign;
    use tower::ServiceExt;

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    async fn call(
        router: &Router,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &str,
    ) -> (u16, Value) {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    #[tokio::test]
    async fn a_message_is_checked_kept_and_answered_as_it_is_told_to() {
        let now: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
        let receiver = Receiver::open(Settings { file: None, now: Arc::new(move || now) }).unwrap();
        receiver.learn(SECRET).unwrap();
        let router = router(Arc::new(receiver));
        let body = r#"{"type":"invoice.paid","timestamp":"2026-11-30T10:00:00Z","data":{"debtorId":"d1"}}"#;
        let signature = sign(&Keys::parse(SECRET).unwrap(), "m1", now, body.as_bytes()).unwrap();
        let headers = |signature: &str| {
            [
                ("webhook-id", "m1".to_owned()),
                ("webhook-timestamp", now.as_second().to_string()),
                ("webhook-signature", signature.to_owned()),
            ]
        };
        let path = "/local/webhooks/receiver";
        assert_eq!(call(&router, "POST", path, &headers(&signature), body).await.0, 204);
        assert_eq!(call(&router, "POST", path, &headers("v1,AAAA"), body).await.0, 401);
        let changed = json!({ "status": 503 }).to_string();
        assert_eq!(call(&router, "POST", "/local/webhooks/behaviour", &[], &changed).await.0, 204);
        assert_eq!(call(&router, "POST", path, &headers(&signature), body).await.0, 503);
        let (_, shown) = call(&router, "GET", "/local/webhooks", &[], "").await;
        let told = |i: usize| (shown["items"][i]["verified"].clone(), shown["items"][i]["status"].clone());
        assert_eq!(
            [told(0), told(1), told(2)],
            [(json!(true), json!(204)), (json!(false), json!(401)), (json!(true), json!(503)),]
        );
        let html = [("accept", "text/html".to_owned())];
        assert_eq!(call(&router, "GET", "/local/webhooks", &html, "").await.0, 200);
    }
}
