//! The stand-in of SnelStart: its B2B API v2 as the partner documentation describes it (LAW.md section 10), with the limits,
//! the errors and the oddities, and switches for what goes wrong.
//!
//! Lists are in the order of their last change, which is the worst that a reader by pages may meet: a record that changes
//! while the list is read moves everything behind it.

mod books;
mod control;
mod filter;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use domain::connection::Package;
use serde::Deserialize;
use serde_json::{Value, json};

pub use super::books::money;
pub use books::{Books, Kind, invoice as sales_invoice};

use super::stand::{self, Admission, Settings, Vendor};
use super::traffic::{Limits, Window};
use super::{page, paper, switches};
use crate::failure::{Failure, Outcome, While};
use crate::problem;
use filter::Filter;

/// Seconds that a token is good, as SnelStart says.
const TOKEN_SECONDS: i64 = 3_599;
/// The most that one page holds.
const LARGEST_PAGE: usize = 500;

static VENDOR: Vendor = Vendor {
    package: Package::SnelStart,
    name: "SnelStart",
    admission: Admission::Token,
    subscription: Some("ocp-apim-subscription-key"),
    limits: Limits {
        windows: &[
            Window { most: 500, seconds: 60, wait: 30 },
            Window { most: 5_000, seconds: 3_600, wait: 600 },
        ],
        at_once: 50,
    },
    token_seconds: TOKEN_SECONDS,
    tells_the_wait: true,
};

/// The stand-in. Cheap to share.
pub type SnelStart = stand::Stand<Books>;

impl SnelStart {
    /// Reads the books that an earlier run kept.
    pub fn open(settings: Settings) -> Outcome<SnelStart> {
        stand::Stand::open_at(&VENDOR, settings)
    }

    /// Activates a coupling, as its user would: tells whoever waits for it.
    pub async fn couple(&self, reference: &str, action: &str) -> Outcome<StatusCode> {
        let message = json!({
            "koppelSleutel": self.settings.key, "actionType": action, "referenceKey": reference
        });
        let address = format!("{}/callbacks/accounting/snelstart", self.settings.callback_base);
        let answer = self.client.post(address).json(&message).send().await.during("telling of a coupling")?;
        Ok(answer.status())
    }
}

/// Every address of the stand-in.
pub fn router(snelstart: Arc<SnelStart>) -> Router {
    let counted = Router::new()
        .route("/v2/relaties", get(relations))
        .route("/v2/landen", get(countries))
        .route("/v2/dagboeken", get(journals))
        .route("/v2/verkoopfacturen", get(invoices))
        .route("/v2/verkoopfacturen/{id}", get(invoice))
        .route("/v2/verkoopfacturen/{id}/ubl", get(ubl))
        .route("/v2/bankboekingen", get(bank_bookings).post(book))
        .route("/v2/memoriaalboekingen", get(memorial_bookings).post(book_memorial))
        .layer(middleware::from_fn_with_state(snelstart.clone(), stand::gate));
    let open = Router::new()
        .route("/b2b/token", post(token))
        .route("/couplings/activate/{name}", get(activate))
        .layer(middleware::from_fn_with_state(snelstart.clone(), stand::weathered));
    let inner = counted.merge(open).merge(control::routes()).merge(switches::routes()).merge(page::routes());
    Router::new().nest("/local/accounting/snelstart", inner).with_state(snelstart)
}

type Stand = State<Arc<SnelStart>>;

/// A refusal as SnelStart writes it.
fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!([{ "errorCode": code, "message": message, "details": Value::Null }]))).into_response()
}

#[derive(Deserialize)]
struct Grant {
    grant_type: String,
    clientkey: String,
}

async fn token(State(stand): Stand, Form(grant): Form<Grant>) -> Response {
    if grant.grant_type != "clientkey" || grant.clientkey != stand.settings.key {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let given = stand.grant(|grants, now| grants.token("snelstart", TOKEN_SECONDS, now));
    problem::or(given.map(|token| {
        Json(json!({ "access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS }))
            .into_response()
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activation {
    reference_key: String,
    success_url: Option<String>,
}

/// The link that a person follows: here they agree at once.
async fn activate(
    State(stand): Stand,
    Path(_name): Path<String>,
    Query(activation): Query<Activation>,
) -> Response {
    match stand.couple(&activation.reference_key, "Create").await {
        Ok(status) if status.is_success() => match activation.success_url {
            Some(address) => Redirect::to(&address).into_response(),
            None => "De koppeling is gemaakt.".into_response(),
        },
        Ok(_) | Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

#[derive(Debug, Deserialize)]
struct Listing {
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skip")]
    skip: Option<usize>,
    #[serde(rename = "$filter")]
    filter: Option<String>,
}

async fn relations(State(stand): Stand, Query(listing): Query<Listing>) -> Response {
    stand.list(Kind::Relation, &listing)
}

async fn invoices(State(stand): Stand, Query(listing): Query<Listing>) -> Response {
    stand.list(Kind::Invoice, &listing)
}

async fn bank_bookings(State(stand): Stand, Query(listing): Query<Listing>) -> Response {
    stand.list(Kind::BankBooking, &listing)
}

async fn memorial_bookings(State(stand): Stand, Query(listing): Query<Listing>) -> Response {
    stand.list(Kind::MemorialBooking, &listing)
}

async fn countries() -> Response {
    let countries = [("land-nl", "NL"), ("land-be", "BE"), ("land-de", "DE")];
    let land =
        |(id, iso): (&str, &str)| json!({ "id": id, "naam": iso, "landcodeISO": iso, "landcode": iso });
    Json(countries.map(land)).into_response()
}

async fn journals() -> Response {
    Json(json!([
        { "id": "dagboek-memoriaal", "nummer": 90, "omschrijving": "Memoriaal", "soort": "Memoriaal", "nonactief": false },
        { "id": "dagboek-bank", "nummer": 20, "omschrijving": "Bank", "soort": "Bank", "nonactief": false },
    ]))
    .into_response()
}

async fn invoice(State(stand): Stand, Path(id): Path<String>) -> Response {
    match stand.inside().books.get(Kind::Invoice, &id) {
        Some(invoice) => Json(invoice.clone()).into_response(),
        None => refused(StatusCode::NOT_FOUND, "GEN-0001", "Niet gevonden."),
    }
}

async fn ubl(State(stand): Stand, Path(id): Path<String>) -> Response {
    match stand.inside().books.get(Kind::Invoice, &id) {
        Some(invoice) => {
            let text = |field: &str| invoice[field].as_str().unwrap_or_default().to_owned();
            let issued = text("factuurDatum").get(..10).unwrap_or_default().to_owned();
            let document = paper::ubl(&text("factuurnummer"), &issued, &invoice["factuurBedrag"].to_string());
            ([(header::CONTENT_TYPE, "application/xml")], document).into_response()
        }
        None => refused(StatusCode::NOT_FOUND, "GEN-0001", "Niet gevonden."),
    }
}

async fn book(State(stand): Stand, body: Bytes) -> Response {
    stand.book(Kind::BankBooking, &body)
}

async fn book_memorial(State(stand): Stand, body: Bytes) -> Response {
    stand.book(Kind::MemorialBooking, &body)
}

impl SnelStart {
    fn list(&self, kind: Kind, listing: &Listing) -> Response {
        let top = listing.top.unwrap_or(LARGEST_PAGE);
        if top == 0 || top > LARGEST_PAGE {
            return refused(StatusCode::BAD_REQUEST, "GEN-0010", "$top is ten hoogste 500.");
        }
        let filter = match listing.filter.as_deref().map(Filter::parse).transpose() {
            Ok(filter) => filter,
            Err(what) => return refused(StatusCode::BAD_REQUEST, "GEN-0011", what),
        };
        let now = self.now();
        let found = self.books().listed(kind, |record| filter.as_ref().is_none_or(|f| f.takes(record)));
        let page: Vec<Value> = found.into_iter().skip(listing.skip.unwrap_or(0)).take(top).collect();
        if let Some(id) = page.first().and_then(|r| r["id"].as_str())
            && self.churns()
        {
            self.inside().books.touch(kind, id, now);
        }
        Json(page).into_response()
    }

    fn book(&self, kind: Kind, body: &[u8]) -> Response {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return refused(StatusCode::BAD_REQUEST, "GEN-0002", "Geen JSON.");
        };
        let booked = self.change(|books, now| books.book(kind, body, now));
        match booked {
            Ok(Ok(_)) if self.loses_the_answer() => StatusCode::GATEWAY_TIMEOUT.into_response(),
            Ok(Ok(booking)) => (StatusCode::CREATED, Json(booking)).into_response(),
            Ok(Err((code, message))) => refused(StatusCode::BAD_REQUEST, code, message),
            Err(failure) => problem::answer(StatusCode::INTERNAL_SERVER_ERROR, &failure.to_string()),
        }
    }
}

/// What is not there.
fn absent(what: &str) -> Failure {
    Failure::because(format!("there is no such {what}"))
}
