//! Webhooks: tried when they are registered, and after every change at the screen until they are answered with 200.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ADMINISTRATION, Stood};
use crate::accounting::books::{Books, InvoiceFields, Kept};
use crate::accounting::stand::Stand;
use crate::problem;

/// How often one message is sent.
const MOST_TRIES: u32 = 10;
/// Before the second try; every further one waits twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

pub(super) async fn list(State(stand): Stood) -> Json<Value> {
    let hooks = stand.books().hooks;
    Json(hooks.iter().enumerate().map(|(at, url)| hook(at, url)).collect())
}

fn hook(at: usize, url: &str) -> Value {
    json!({ "id": (at + 1).to_string(), "administration_id": ADMINISTRATION, "url": url, "last_http_status": "200",
        "last_http_body": "", "token": "not-looked-at" })
}

#[derive(Deserialize)]
pub(super) struct Registration {
    url: String,
}

pub(super) async fn register(State(stand): Stood, Json(asked): Json<Registration>) -> Response {
    let trial = json!({ "administration_id": ADMINISTRATION, "action": "test_webhook" });
    if is_here(&asked.url) && !push(&stand, &asked.url, "trial", &trial).await {
        let error = json!({ "error": { "url": ["is niet bereikbaar"] } });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response();
    }
    let at = stand.change(|books, _| {
        books.hooks.push(asked.url.clone());
        books.hooks.len() - 1
    });
    problem::or(at.map(|at| (StatusCode::CREATED, Json(hook(at, &asked.url))).into_response()))
}

/// Whether it is on this machine: nobody is called elsewhere.
fn is_here(address: &str) -> bool {
    let host = reqwest::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_some_and(|host| host == "localhost" || host == "127.0.0.1")
}

/// Whether it was answered with 200.
async fn push(stand: &Stand<Books>, address: &str, key: &str, message: &Value) -> bool {
    let request = stand.client.post(address).header("Idempotency-Key", key).json(message);
    request.send().await.is_ok_and(|answer| answer.status() == StatusCode::OK)
}

/// Tells of what changes at the screen, before the screen answers.
pub(super) async fn telling(
    State(stand): State<Arc<Stand<Books>>>,
    request: Request,
    next: Next,
) -> Response {
    let before = stand.books();
    let response = next.run(request).await;
    let after = stand.books();
    for (id, invoice) in &after.invoices {
        if before.invoices.get(id).map(|known| known.stamp) != Some(invoice.stamp) {
            tell(&stand, &after, id, invoice).await;
        }
    }
    response
}

async fn tell(stand: &Stand<Books>, books: &Books, id: &str, invoice: &Kept<InvoiceFields>) {
    let today = domain::calendar::today(stand.now());
    let message = json!({
        "administration_id": ADMINISTRATION, "webhook_id": "1", "webhook_token": "not-looked-at",
        "entity_type": "SalesInvoice", "entity_id": id, "action": "sales_invoice_updated",
        "state": super::record::state(books, id, today), "entity": super::record::invoice(books, id, today),
    });
    let key = format!("{id}-{}", invoice.stamp.revision);
    for address in books.hooks.iter().filter(|address| is_here(address)) {
        let mut wait = FIRST_WAIT;
        for _ in 0..MOST_TRIES {
            if push(stand, address, &key, &message).await {
                break;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}
