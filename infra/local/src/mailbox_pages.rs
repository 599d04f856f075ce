//! `GET /local/mailbox`: a list and a view of the mails, or all of them as JSON.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::failure::Outcome;
use crate::mail_service::MailService;
use crate::mailbox::Mail;
use crate::problem;

#[derive(Debug, Template)]
#[template(path = "mailbox.html")]
struct List<'a> {
    /// Newest first: the page is read by a person.
    mails: Vec<&'a Mail>,
}

#[derive(Debug, Template)]
#[template(path = "mail.html")]
struct View<'a> {
    mail: &'a Mail,
}

pub fn routes(service: Arc<MailService>) -> Router {
    Router::new()
        .route("/local/mailbox", get(list))
        .route("/local/mailbox/{id}", get(view))
        .with_state(service)
}

/// JSON is oldest first: it is read by tests, which follow what happened.
async fn list(State(service): State<Arc<MailService>>, headers: HeaderMap) -> Response {
    problem::or(service.mailbox().mails().map(|mails| {
        if wants_json(&headers) {
            return Json(serde_json::json!({"items": mails})).into_response();
        }
        page(&List { mails: mails.iter().rev().collect() })
    }))
}

async fn view(
    State(service): State<Arc<MailService>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    problem::or(find(&service, &id).map(|found| match found {
        Some(mail) if wants_json(&headers) => Json(mail).into_response(),
        Some(mail) => page(&View { mail: &mail }),
        None => problem::answer(StatusCode::NOT_FOUND, "There is no such mail."),
    }))
}

fn find(service: &MailService, id: &str) -> Outcome<Option<Mail>> {
    Ok(service.mailbox().mails()?.into_iter().find(|mail| mail.id == id))
}

pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"))
}

pub(crate) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => problem::answer(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
