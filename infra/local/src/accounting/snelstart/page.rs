//! `GET /local/accounting/snelstart`: the books, as JSON or, for browsers, as a page on which payments can be booked.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::Money;
use serde::Deserialize;
use serde_json::Value;

use super::books::{Kind, money};
use super::{SnelStart, Stand};
use crate::failure::While;
use crate::problem;

#[derive(Debug, Template)]
#[template(path = "snelstart.html")]
struct Page {
    /// The last changed first.
    rows: Vec<Row>,
    bookings: Vec<Booking>,
}

#[derive(Debug)]
struct Row {
    id: String,
    number: String,
    relation: String,
    due: String,
    total: String,
    open: String,
    is_open: bool,
    changed: String,
}

#[derive(Debug)]
struct Booking {
    document: String,
    description: String,
    received: String,
}

pub(super) fn routes() -> Router<Arc<SnelStart>> {
    Router::new().route("/", get(show)).route("/pay", post(pay))
}

async fn show(State(stand): Stand, headers: HeaderMap) -> Response {
    let books = stand.books();
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return Json(books).into_response();
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let amount = |value: &Value| money(value).unwrap_or(Money::ZERO);
    let mut invoices = books.listed(Kind::Invoice, |_| true);
    invoices.reverse();
    let rows = invoices.iter().map(|invoice| {
        let relation = invoice["relatie"]["id"].as_str().unwrap_or_default();
        let name = books.get(Kind::Relation, relation).map(|r| text(&r["naam"]));
        Row {
            id: text(&invoice["id"]),
            number: text(&invoice["factuurnummer"]),
            relation: name.unwrap_or_else(|| relation.to_owned()),
            due: text(&invoice["vervalDatum"]).chars().take(10).collect(),
            total: amount(&invoice["factuurBedrag"]).to_string(),
            open: amount(&invoice["openstaandSaldo"]).to_string(),
            is_open: amount(&invoice["openstaandSaldo"]).is_positive(),
            changed: text(&invoice["modifiedOn"]),
        }
    });
    let bookings = books.listed(Kind::BankBooking, |_| true);
    let bookings = bookings.iter().rev().map(|booking| Booking {
        document: text(&booking["boekstuk"]),
        description: text(&booking["omschrijving"]),
        received: amount(&booking["bedragOntvangen"]).to_string(),
    });
    let page = Page { rows: rows.collect(), bookings: bookings.collect() };
    problem::or(page.render().during("writing the page").map(|page| Html(page).into_response()))
}

#[derive(Debug, Deserialize)]
struct Paid {
    invoice: String,
}

/// The whole of what is open, booked at SnelStart's own screen.
async fn pay(State(stand): Stand, Form(paid): Form<Paid>) -> Response {
    let booked = stand.change(|books, now| {
        let open = books.get(Kind::Invoice, &paid.invoice).and_then(|i| money(&i["openstaandSaldo"]));
        open.is_some_and(|open| books.pay(&paid.invoice, open, true, now))
    });
    match booked {
        Ok(true) => Redirect::to("/local/accounting/snelstart").into_response(),
        Ok(false) => problem::answer(StatusCode::NOT_FOUND, "There is no such invoice."),
        Err(failure) => problem::or(Err(failure)),
    }
}
