//! What a person at a package's screen, or a test, does with its books.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use domain::Money;
use serde::Deserialize;

use super::books::{Books, ContactFields, InvoiceFields, Payment};
use super::stand::Stand;
use crate::problem;

type Stood = State<Arc<Stand<Books>>>;

pub(super) fn routes() -> Router<Arc<Stand<Books>>> {
    Router::new()
        .route("/books/contacts/{id}", put(put_contact))
        .route("/books/invoices/{id}", put(put_invoice).delete(remove_invoice))
        .route("/books/invoices/{id}/payments", post(pay))
}

fn done(outcome: crate::Outcome<bool>) -> Response {
    problem::or(outcome.map(|done| match done {
        true => StatusCode::NO_CONTENT.into_response(),
        false => problem::answer(StatusCode::NOT_FOUND, "There is no such invoice."),
    }))
}

async fn put_contact(
    State(stand): Stood,
    Path(id): Path<String>,
    Json(fields): Json<ContactFields>,
) -> Response {
    done(stand.change(|books, now| books.put_contact(&id, fields, now)).map(|()| true))
}

async fn put_invoice(
    State(stand): Stood,
    Path(id): Path<String>,
    Json(fields): Json<InvoiceFields>,
) -> Response {
    done(stand.change(|books, now| books.put_invoice(&id, fields, now)).map(|()| true))
}

async fn remove_invoice(State(stand): Stood, Path(id): Path<String>) -> Response {
    done(stand.change(|books, _| books.remove_invoice(&id)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Paid {
    amount: Money,
}

async fn pay(State(stand): Stood, Path(invoice): Path<String>, Json(paid): Json<Paid>) -> Response {
    done(stand.change(|books, now| {
        let on = domain::calendar::today(now);
        books.pay(Payment { invoice, amount: paid.amount, on, mark: None }, now).is_some()
    }))
}
