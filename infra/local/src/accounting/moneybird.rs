//! The stand-in of Moneybird: its API v2 as developer.moneybird.com describes it, with lists of versions, webhooks that are
//! tried when they are registered and repeated until they are answered with 200, and the limit of 150 requests in five
//! minutes.

mod record;
mod webhook;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::Money;
use domain::connection::Package;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::books::{Books, Payment};
use super::stand::{self, Admission, Settings, Stand, Vendor};
use super::traffic::{Limits, Window};
use super::{control, page, paper, switches};
use crate::failure::Outcome;
use crate::problem;

/// The one administration that there is.
pub const ADMINISTRATION: &str = "123456789012345678";
/// Ids that one request may ask for.
const MOST_IDS: usize = 100;

static VENDOR: Vendor = Vendor {
    package: Package::Moneybird,
    name: "Moneybird",
    admission: Admission::Key,
    subscription: None,
    limits: Limits { windows: &[Window { most: 150, seconds: 300, wait: 120 }], at_once: 50 },
    token_seconds: 0,
    tells_the_wait: true,
};

type Stood = State<Arc<Stand<Books>>>;

/// Reads the books that an earlier run kept.
pub fn open(settings: Settings) -> Outcome<Stand<Books>> {
    Stand::open_at(&VENDOR, settings)
}

/// Every address of the stand-in.
pub fn router(stand: Arc<Stand<Books>>) -> Router {
    let of_administration = Router::new()
        .route("/contacts/synchronization.json", get(listed_contacts).post(contacts))
        .route("/sales_invoices/synchronization.json", get(listed_invoices).post(invoices))
        .route("/sales_invoices/{id}", get(invoice))
        .route("/sales_invoices/{id}/download_pdf.json", get(download))
        .route("/sales_invoices/{id}/payments.json", post(pay))
        .route("/webhooks.json", get(webhook::list).post(webhook::register));
    let counted = Router::new()
        .route("/api/v2/administrations.json", get(administrations))
        .nest("/api/v2/{administration}", of_administration)
        .layer(middleware::from_fn_with_state(stand.clone(), stand::gate));
    let screen = control::routes()
        .merge(page::routes())
        .layer(middleware::from_fn_with_state(stand.clone(), webhook::telling));
    let inner = counted.merge(screen).merge(switches::routes()).route("/files/{id}", get(file));
    Router::new().nest("/local/accounting/moneybird", inner).with_state(stand)
}

fn absent() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "record not found" }))).into_response()
}

async fn administrations() -> Json<Value> {
    Json(json!([{ "id": ADMINISTRATION, "name": "Voorbeeld Energie", "language": "nl", "currency": "EUR",
        "country": "NL", "time_zone": "Europe/Amsterdam" }]))
}

async fn listed_contacts(State(stand): Stood) -> Json<Value> {
    let books = stand.books();
    let listed = books.contacts.iter().map(|(id, contact)| record::listed(id, contact.stamp));
    Json(listed.collect())
}

#[derive(Deserialize)]
struct Listing {
    filter: Option<String>,
}

async fn listed_invoices(State(stand): Stood, Query(listing): Query<Listing>) -> Json<Value> {
    let (books, today) = (stand.books(), domain::calendar::today(stand.now()));
    let states = listing.filter.as_deref().and_then(|filter| filter.strip_prefix("state:"));
    let takes = |id: &str| {
        states.is_none_or(|states| states.split('|').any(|state| state == record::state(&books, id, today)))
    };
    let listed = books.invoices.iter().filter(|(id, _)| takes(id));
    Json(listed.map(|(id, invoice)| record::listed(id, invoice.stamp)).collect())
}

#[derive(Deserialize)]
struct Ids {
    ids: Vec<String>,
}

fn too_many() -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": "Too many ids" }))).into_response()
}

async fn contacts(State(stand): Stood, Json(asked): Json<Ids>) -> Response {
    if asked.ids.len() > MOST_IDS {
        return too_many();
    }
    let books = stand.books();
    Json(asked.ids.iter().filter_map(|id| record::contact(&books, id)).collect::<Vec<_>>()).into_response()
}

async fn invoices(State(stand): Stood, Json(asked): Json<Ids>) -> Response {
    if asked.ids.len() > MOST_IDS {
        return too_many();
    }
    let (books, now) = (stand.books(), stand.now());
    let today = domain::calendar::today(now);
    let told: Vec<Value> = asked.ids.iter().filter_map(|id| record::invoice(&books, id, today)).collect();
    if stand.churns() {
        stand.inside().books.churn(&asked.ids, now);
    }
    Json(told).into_response()
}

/// An id with the form behind it.
fn plain(id: &str) -> &str {
    id.strip_suffix(".json").unwrap_or(id)
}

async fn invoice(State(stand): Stood, Path((_, id)): Path<(String, String)>) -> Response {
    let today = domain::calendar::today(stand.now());
    let told = record::invoice(&stand.books(), plain(&id), today);
    told.map_or_else(absent, |told| Json(told).into_response())
}

/// Sends on to a signed address, which is good for whoever has it.
async fn download(
    State(stand): Stood,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !stand.books().invoices.contains_key(&id) {
        return absent();
    }
    let address = format!("{}/files/{id}?signature=anybody", stand::here(&headers, Package::Moneybird));
    Redirect::to(&address).into_response()
}

async fn file(State(stand): Stood, Path(id): Path<String>) -> Response {
    let number = stand.books().invoices.get(&id).map(|invoice| invoice.is.number.clone());
    match number {
        Some(number) => ([(header::CONTENT_TYPE, "application/pdf")], paper::pdf(&number)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct NewPayment {
    payment: PaymentFields,
}

#[derive(Deserialize)]
struct PaymentFields {
    payment_date: Date,
    price: Money,
    transaction_identifier: Option<String>,
}

async fn pay(
    State(stand): Stood,
    Path((_, invoice)): Path<(String, String)>,
    Json(NewPayment { payment }): Json<NewPayment>,
) -> Response {
    let PaymentFields { payment_date: on, price: amount, transaction_identifier: mark } = payment;
    if amount.is_zero() {
        let error = json!({ "error": { "price": ["moet anders dan 0 zijn"] } });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response();
    }
    let paid = stand.change(|books, now| {
        let id = books.pay(Payment { invoice, amount, on, mark }, now)?;
        books.payments.get(&id).map(|payment| record::payment(&id, payment))
    });
    match paid {
        Ok(Some(_)) if stand.loses_the_answer() => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(Some(told)) => (StatusCode::CREATED, Json(told)).into_response(),
        Ok(None) => absent(),
        Err(failure) => problem::or(Err(failure)),
    }
}
