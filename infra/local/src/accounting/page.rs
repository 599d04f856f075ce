//! `GET /local/accounting/{package}`: the books, as JSON or, for browsers, as a page on which payments can be booked.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::stand::{Booking, Ledger, Row, Stand};
use crate::failure::While;
use crate::problem;

#[derive(Debug, Template)]
#[template(path = "accounting.html")]
struct Page {
    package: &'static str,
    name: &'static str,
    /// The last changed first.
    rows: Vec<Row>,
    bookings: Vec<Booking>,
}

pub(super) fn routes<B: Ledger>() -> Router<Arc<Stand<B>>> {
    Router::new().route("/", get(show)).route("/pay", post(pay))
}

async fn show<B: Ledger>(State(stand): State<Arc<Stand<B>>>, headers: HeaderMap) -> Response {
    let books = stand.books();
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return Json(books).into_response();
    }
    let (package, name) = (stand.vendor.package.code(), stand.vendor.name);
    let page = Page { package, name, rows: books.rows(), bookings: books.bookings() };
    problem::or(page.render().during("writing the page").map(|page| Html(page).into_response()))
}

#[derive(Debug, Deserialize)]
struct Paid {
    invoice: String,
}

/// The whole of what is open, booked at the package's own screen.
async fn pay<B: Ledger>(State(stand): State<Arc<Stand<B>>>, Form(paid): Form<Paid>) -> Response {
    match stand.change(|books, now| books.settle(&paid.invoice, now)) {
        Ok(true) => {
            let address = format!("/local/accounting/{}", stand.vendor.package);
            Redirect::to(&address).into_response()
        }
        Ok(false) => problem::answer(StatusCode::NOT_FOUND, "There is no such invoice."),
        Err(failure) => problem::or(Err(failure)),
    }
}
