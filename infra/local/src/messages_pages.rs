//! `GET /local/messages`: what went another way than by mail, as a page or as JSON.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::mailbox_pages::{page, wants_json};
use crate::messages::{Messages, Shown};
use crate::problem;

#[derive(Debug, Template)]
#[template(path = "messages.html")]
struct List<'a> {
    /// Newest first: the page is read by a person.
    messages: Vec<&'a Shown>,
}

pub fn routes(messages: Messages) -> Router {
    Router::new().route("/local/messages", get(list)).with_state(messages)
}

/// JSON is oldest first: it is read by tests, which follow what happened.
async fn list(State(messages): State<Messages>, headers: HeaderMap) -> Response {
    problem::or(messages.all().map(|messages| {
        if wants_json(&headers) {
            return Json(serde_json::json!({ "items": messages })).into_response();
        }
        page(&List { messages: messages.iter().rev().collect() })
    }))
}
