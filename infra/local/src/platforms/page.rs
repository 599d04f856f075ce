//! `GET /local/signals`: what the platforms received, as JSON or, for browsers, as a page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::ledger::{Refusal, Submission};
use super::{Operation, Platforms};
use crate::failure::While;
use crate::problem;

#[derive(Debug, Template)]
#[template(path = "signals.html")]
struct List<'a> {
    /// Newest first: the page is read by a person.
    rows: Vec<Row<'a>>,
    refused: Vec<(&'a Refusal, String)>,
}

#[derive(Debug)]
struct Row<'a> {
    submission: &'a Submission,
    operation: &'static str,
}

pub(super) fn routes() -> Router<Arc<Platforms>> {
    Router::new().route("/local/signals", get(signals))
}

/// JSON is oldest first: it is read by tests, which follow what happened.
async fn signals(State(platforms): State<Arc<Platforms>>, headers: HeaderMap) -> Response {
    let submissions = platforms.submissions();
    let refusals = platforms.ledger.refusals();
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return Json(serde_json::json!({"items": submissions, "refused": refusals})).into_response();
    }
    let rows =
        submissions.iter().rev().map(|s| Row { submission: s, operation: word(s.operation) }).collect();
    let page =
        List { rows, refused: refusals.iter().rev().map(|refusal| (refusal, faults(refusal))).collect() };
    problem::or(page.render().during("writing the page").map(|page| Html(page).into_response()))
}

fn word(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "created",
        Operation::Update => "updated",
        Operation::Withdraw => "withdrawn",
    }
}

fn faults(refusal: &Refusal) -> String {
    let faults: Vec<String> = refusal.faults.iter().map(|f| format!("{}: {}", f.field, f.code)).collect();
    faults.join(", ")
}
