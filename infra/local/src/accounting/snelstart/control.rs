//! What a person at SnelStart's screen, or a test, does: changes of the books.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use domain::Money;
use serde::Deserialize;
use serde_json::Value;

use super::books::Kind;
use super::{SnelStart, Stand, absent};
use crate::problem;

pub(super) fn routes() -> Router<Arc<SnelStart>> {
    Router::new()
        .route("/books/relations/{id}", put(put_relation))
        .route("/books/invoices/{id}", put(put_invoice).delete(remove_invoice))
        .route("/books/invoices/{id}/payments", post(pay))
}

async fn put_relation(State(stand): Stand, Path(id): Path<String>, Json(fields): Json<Value>) -> Response {
    put_record(&stand, Kind::Relation, &id, &fields)
}

async fn put_invoice(State(stand): Stand, Path(id): Path<String>, Json(fields): Json<Value>) -> Response {
    put_record(&stand, Kind::Invoice, &id, &fields)
}

fn put_record(stand: &SnelStart, kind: Kind, id: &str, fields: &Value) -> Response {
    let put = stand.change(|books, now| {
        books.put(kind, id, fields, now);
        books.get(kind, id).cloned()
    });
    problem::or(put.map(|record| Json(record).into_response()))
}

async fn remove_invoice(State(stand): Stand, Path(id): Path<String>) -> Response {
    let removed = stand.change(|books, _| books.remove(Kind::Invoice, &id));
    problem::or(removed.map(|_| StatusCode::NO_CONTENT.into_response()))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Payment {
    amount: Money,
    /// Whether the invoice says that it changed; true when absent.
    moves: Option<bool>,
}

async fn pay(State(stand): Stand, Path(id): Path<String>, Json(payment): Json<Payment>) -> Response {
    let moves = payment.moves.unwrap_or(true);
    match stand.change(|books, now| books.pay(&id, payment.amount, moves, now)) {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => problem::answer(StatusCode::NOT_FOUND, &absent("invoice").to_string()),
        Err(failure) => problem::or(Err(failure)),
    }
}
