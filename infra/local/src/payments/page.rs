//! Pages: what the providers have, and the provider's own page on which a person pays.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::Money;
use domain::payment_request::PaymentProvider;
use serde_json::{Value, json};

use super::{Called, Payments, Stand, mollie};
use crate::failure::While;
use crate::problem;

/// One payment or order, as both pages show it.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    provider: PaymentProvider,
    id: String,
    request: String,
    description: String,
    amount: String,
    state: String,
    /// What came in and has not gone back, in euros.
    left: Money,
    made_at: String,
    /// Somebody can still pay it.
    is_open: bool,
    /// Money came in by it.
    is_paid: bool,
}

#[derive(Debug, Template)]
#[template(path = "payments.html")]
struct List {
    rows: Vec<Row>,
    /// The last first.
    calls: Vec<Called>,
}

#[derive(Debug, Template)]
#[template(path = "checkout.html")]
struct Checkout {
    row: Row,
    name: &'static str,
}

pub(super) fn routes() -> Router<Arc<Payments>> {
    Router::new().route("/", get(show)).route("/{provider}/checkout/{id}", get(checkout))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Payments {
    fn rows(&self) -> Vec<Row> {
        let inside = self.inside();
        let of_mollie = inside.books.mollie.all().map(|payment| {
            let state = text(&payment["status"]);
            let is_paid = state == "paid";
            Row {
                provider: PaymentProvider::Mollie,
                id: text(&payment["id"]),
                request: text(&payment["metadata"]["requestId"]),
                description: text(&payment["description"]),
                amount: text(&payment["amount"]["value"]),
                left: if is_paid { mollie::left(payment) } else { Money::ZERO },
                made_at: text(&payment["createdAt"]),
                is_open: state == "open",
                is_paid,
                state,
            }
        });
        let of_paypal = inside.books.paypal.all().map(|order| {
            let (shown, state) = (&order.shown, text(&order.shown["status"]));
            let unit = &shown["purchase_units"][0];
            Row {
                provider: PaymentProvider::PayPal,
                id: text(&shown["id"]),
                request: text(&unit["custom_id"]),
                description: text(&unit["description"]),
                amount: order.amount().to_string(),
                left: order.left(),
                made_at: order.made_at.to_string(),
                is_open: state == "PAYER_ACTION_REQUIRED",
                is_paid: state == "COMPLETED",
                state,
            }
        });
        let mut rows: Vec<Row> = of_mollie.chain(of_paypal).collect();
        rows.sort_by(|a, b| b.made_at.cmp(&a.made_at));
        rows
    }

    fn row(&self, provider: PaymentProvider, id: &str) -> Option<Row> {
        let expired = self.change(|books, now| {
            books.mollie.expire(now);
            books.paypal.forget(now);
        });
        expired.ok()?;
        self.rows().into_iter().find(|row| row.provider == provider && row.id == id)
    }

    /// Where the person goes afterwards.
    pub(super) fn return_address(&self, provider: PaymentProvider, id: &str) -> Option<String> {
        let inside = self.inside();
        let address = match provider {
            PaymentProvider::Mollie => text(&inside.books.mollie.get(id)?["redirectUrl"]),
            PaymentProvider::PayPal => {
                let shown = &inside.books.paypal.get(id)?.shown;
                text(&shown["payment_source"]["paypal"]["experience_context"]["return_url"])
            }
        };
        Some(address)
    }
}

async fn show(State(stand): Stand, headers: HeaderMap) -> Response {
    let (rows, mut calls) = (stand.rows(), stand.calls());
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return Json(json!({ "items": rows, "calls": calls })).into_response();
    }
    calls.reverse();
    let page = List { rows, calls };
    problem::or(page.render().during("writing the page").map(|page| Html(page).into_response()))
}

async fn checkout(State(stand): Stand, Path((provider, id)): Path<(PaymentProvider, String)>) -> Response {
    let Some(row) = stand.row(provider, &id) else {
        return problem::answer(StatusCode::NOT_FOUND, "There is no such payment.");
    };
    let name = match provider {
        PaymentProvider::Mollie => "Mollie",
        PaymentProvider::PayPal => "PayPal",
    };
    let page = Checkout { row, name };
    problem::or(page.render().during("writing the page").map(|page| Html(page).into_response()))
}
