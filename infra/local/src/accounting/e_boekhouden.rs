//! The stand-in of e-Boekhouden: its REST API v1, with sessions, lists by `limit` and `offset` in the order of ids, and no
//! times of change at all.
//!
//! No limit is published. Here there is one, so that whoever asks too much is told.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::Money;
use domain::connection::Package;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::books::{Books, InvoiceFields, Kept, Payment, money, number, overlaid};
use super::stand::{self, Admission, Settings, Stand, Vendor};
use super::traffic::{Limits, Window};
use super::{control, page, switches};
use crate::failure::Outcome;
use crate::problem;

const SESSION_SECONDS: i64 = 3_600;
const LARGEST_PAGE: usize = 2_000;
/// The ledger's accounts: of debtors, of the bank, of sales.
const DEBTORS: i64 = 1300;
const BANK: i64 = 1010;
const SALES: i64 = 8000;
/// Types of mutations: an invoice sent, and a payment of one.
const SENT: &str = "2";
const RECEIVED: &str = "3";

static VENDOR: Vendor = Vendor {
    package: Package::EBoekhouden,
    name: "e-Boekhouden",
    admission: Admission::Token,
    subscription: None,
    limits: Limits { windows: &[Window { most: 90, seconds: 60, wait: 60 }], at_once: 10 },
    token_seconds: SESSION_SECONDS,
    tells_the_wait: false,
};

type Stood = State<Arc<Stand<Books>>>;

/// Reads the books that an earlier run kept.
pub fn open(settings: Settings) -> Outcome<Stand<Books>> {
    Stand::open_at(&VENDOR, settings)
}

/// Every address of the stand-in.
pub fn router(stand: Arc<Stand<Books>>) -> Router {
    let counted = Router::new()
        .route("/v1/mutation", get(mutations).post(book))
        .route("/v1/mutation/{id}", get(mutation))
        .route("/v1/mutation/invoice/outstanding", get(outstanding))
        .route("/v1/relation/{id}", get(relation))
        .route("/v1/ledger", get(ledgers))
        .layer(middleware::from_fn_with_state(stand.clone(), stand::gate));
    let open = Router::new()
        .route("/v1/session", post(session))
        .layer(middleware::from_fn_with_state(stand.clone(), stand::weathered));
    let inner = counted.merge(open).merge(control::routes()).merge(switches::routes()).merge(page::routes());
    Router::new().nest("/local/accounting/e-boekhouden", inner).with_state(stand)
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "type": "error", "title": "Fout", "code": code, "message": message });
    (status, Json(body)).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    access_token: String,
    source: String,
}

async fn session(State(stand): Stood, Json(asked): Json<Session>) -> Response {
    if asked.access_token != stand.settings.key {
        return refused(StatusCode::UNAUTHORIZED, "API_001", "De API-token is niet geldig.");
    }
    if !(1..=10).contains(&asked.source.len()) {
        return refused(StatusCode::BAD_REQUEST, "API_004", "Source is ten hoogste tien tekens.");
    }
    let token = stand.grant(|grants, now| grants.token("e-boekhouden", SESSION_SECONDS, now));
    problem::or(
        token.map(|token| Json(json!({ "token": token, "expiresIn": SESSION_SECONDS })).into_response()),
    )
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    limit: Option<usize>,
    offset: Option<usize>,
    r#type: Option<String>,
    date: Option<String>,
    invoice_number: Option<String>,
    category: Option<String>,
}

impl Listing {
    /// This part of a list, and how many there are.
    fn part(&self, items: Vec<Value>) -> Response {
        let limit = self.limit.unwrap_or(100);
        if limit > LARGEST_PAGE {
            return refused(StatusCode::BAD_REQUEST, "API_010", "Limit is ten hoogste 2000.");
        }
        let count = items.len();
        let items: Vec<Value> = items.into_iter().skip(self.offset.unwrap_or(0)).take(limit).collect();
        Json(json!({ "items": items, "count": count })).into_response()
    }

    fn takes(&self, number: &str, on: Date) -> bool {
        let from = self.date.as_deref().and_then(|date| date.strip_prefix("[gte]")).map(str::parse::<Date>);
        let is_late_enough = from.is_none_or(|from| from.is_ok_and(|from| on >= from));
        is_late_enough && self.invoice_number.as_deref().is_none_or(|wanted| wanted == number)
    }
}

/// Ids are numbers, and lists are in their order.
fn id_number(id: &str) -> i64 {
    id.parse().unwrap_or(0)
}

async fn mutations(State(stand): Stood, Query(listing): Query<Listing>) -> Response {
    let books = stand.books();
    let mut items: Vec<(i64, Value)> = Vec::new();
    for (id, invoice) in &books.invoices {
        let is = &invoice.is;
        if listing.r#type.as_deref().is_none_or(|kind| kind == SENT) && listing.takes(&is.number, is.issued) {
            let item = json!({ "id": id_number(id), "type": 2, "date": is.issued, "invoiceNumber": is.number,
                "ledgerId": DEBTORS, "amount": number(is.total), "entryNumber": "" });
            items.push((id_number(id), item));
        }
    }
    for (id, payment) in &books.payments {
        let of = books.invoices.get(&payment.is.invoice).map(|invoice| invoice.is.number.clone());
        let of = of.unwrap_or_default();
        if listing.r#type.as_deref().is_none_or(|kind| kind == RECEIVED) && listing.takes(&of, payment.is.on)
        {
            let item = json!({ "id": id_number(id), "type": 3, "date": payment.is.on, "invoiceNumber": of,
                "ledgerId": BANK, "amount": number(payment.is.amount), "entryNumber": payment.is.mark });
            items.push((id_number(id), item));
        }
    }
    items.sort_by_key(|(id, _)| *id);
    churned(&stand, &books, &listing);
    listing.part(items.into_iter().map(|(_, item)| item).collect())
}

/// Only pages of more than one invoice change.
fn churned(stand: &Stand<Books>, books: &Books, listing: &Listing) {
    if listing.invoice_number.is_none() && stand.churns() {
        stand.inside().books.churn(books.invoices.keys(), stand.now());
    }
}

async fn mutation(State(stand): Stood, Path(id): Path<String>) -> Response {
    let books = stand.books();
    match books.invoices.get(&id) {
        Some(invoice) => Json(told(&id, invoice)).into_response(),
        None => refused(StatusCode::NOT_FOUND, "MUT_001", "De mutatie bestaat niet."),
    }
}

fn told(id: &str, invoice: &Kept<InvoiceFields>) -> Value {
    let is = &invoice.is;
    let term = is.issued.until(is.due).map_or(0, |term| term.get_days());
    let record = json!({
        "id": id_number(id), "type": 2, "date": is.issued, "description": "", "termOfPayment": term,
        "ledgerId": DEBTORS, "relationId": id_number(&is.contact), "invoiceNumber": is.number, "entryNumber": "",
        "inExVat": "IN", "rows": [{ "ledgerId": SALES, "vatCode": "HOOG_VERK_21", "amount": number(is.total),
            "description": "Levering" }],
        "vat": [],
    });
    overlaid(record, &is.odd)
}

async fn outstanding(State(stand): Stood, Query(listing): Query<Listing>) -> Response {
    let books = stand.books();
    let mut items: Vec<(i64, Value)> = Vec::new();
    for (id, invoice) in &books.invoices {
        let (is, open) = (&invoice.is, books.open(id));
        if open.is_zero() || listing.invoice_number.as_deref().is_some_and(|wanted| wanted != is.number) {
            continue;
        }
        let item = json!({
            "invoiceNumber": is.number, "date": is.issued, "mutationId": id_number(id),
            "relationId": id_number(&is.contact), "totalAmount": number(is.total),
            "paidAmount": number(is.total - open), "outstandingAmount": number(open),
        });
        items.push((id_number(id), overlaid(item, &is.odd)));
    }
    items.sort_by_key(|(id, _)| *id);
    churned(&stand, &books, &listing);
    listing.part(items.into_iter().map(|(_, item)| item).collect())
}

async fn relation(State(stand): Stood, Path(id): Path<String>) -> Response {
    let books = stand.books();
    let Some(contact) = books.contacts.get(&id) else {
        return refused(StatusCode::NOT_FOUND, "REL_001", "De relatie bestaat niet.");
    };
    let is = &contact.is;
    let record = json!({
        "id": id_number(&id), "type": if is.is_business { "B" } else { "P" }, "code": is.number, "name": is.name,
        "contact": is.first_name, "gender": "", "address": is.street, "postalCode": is.postcode, "city": is.city,
        "country": "Nederland", "phoneNumber": is.phone, "mobilePhoneNumber": "", "emailAddress": is.email,
        "emailAddressInvoice": "", "emailAddressReminder": "", "vatNumber": "",
        "companyRegistrationNumber": is.kvk, "iban": "", "termOfPayment": 14, "active": true,
    });
    Json(overlaid(record, &is.odd)).into_response()
}

async fn ledgers(Query(listing): Query<Listing>) -> Response {
    let known = [(DEBTORS, "DEB", "Debiteuren"), (BANK, "FIN", "Bank"), (SALES, "VW", "Omzet")];
    let wanted = |kind: &str| listing.category.as_deref().is_none_or(|category| category == kind);
    let ledger = |(id, kind, name): (i64, &str, &str)| json!({ "id": id, "code": id.to_string(), "description": name, "category": kind });
    listing.part(known.into_iter().filter(|(_, kind, _)| wanted(kind)).map(ledger).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewMutation {
    r#type: u8,
    date: Date,
    ledger_id: i64,
    entry_number: Option<String>,
    invoice_number: String,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    amount: Value,
}

async fn book(State(stand): Stood, Json(new): Json<NewMutation>) -> Response {
    if new.r#type != 3 || new.ledger_id != BANK {
        return refused(StatusCode::BAD_REQUEST, "MUT_120", "Het grootboek past niet bij de mutatie.");
    }
    let amounts: Option<Vec<Money>> = new.rows.iter().map(|row| money(&row.amount)).collect();
    let Some(amounts) = amounts else {
        return refused(StatusCode::BAD_REQUEST, "MUT_110", "Het bedrag is geen bedrag.");
    };
    let amount = amounts.into_iter().fold(Money::ZERO, |sum, amount| sum + amount);
    let paid = stand.change(|books, now| {
        let invoice = books.numbered(&new.invoice_number)?.clone();
        books.pay(Payment { invoice, amount, on: new.date, mark: new.entry_number }, now)
    });
    match paid {
        Ok(Some(_)) if stand.loses_the_answer() => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(Some(id)) => (StatusCode::CREATED, Json(json!({ "id": id_number(&id) }))).into_response(),
        Ok(None) => refused(StatusCode::BAD_REQUEST, "MUT_104", "De factuur bestaat niet."),
        Err(failure) => problem::or(Err(failure)),
    }
}
