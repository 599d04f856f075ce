//! The stand-in of SnelStart: its B2B API v2 as the partner documentation describes it (LAW.md section 10), with the limits,
//! the errors and the oddities, and switches for what goes wrong.
//!
//! Lists are in the order of their last change, which is the worst that a reader by pages may meet: a record that changes
//! while the list is read moves everything behind it.

mod books;
mod control;
mod filter;
mod page;
mod traffic;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use jiff::Timestamp;
use outside::http;
use serde::Deserialize;
use serde_json::{Value, json};

pub use books::{Books, Kind, invoice as sales_invoice, money};
pub use traffic::Asked;

use crate::failure::{Failure, Outcome, While};
use filter::Filter;
use traffic::Traffic;

/// Seconds that a token is good, as SnelStart says.
const TOKEN_SECONDS: i64 = 3_599;
/// The most that one page holds.
const LARGEST_PAGE: usize = 500;
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(30);

/// What the stand-in is made from.
#[derive(Clone)]
pub struct Settings {
    /// The key of the one administration that it has.
    pub key: String,
    pub subscription_key: String,
    /// Where its messages about couplings go: the front door.
    pub callback_base: String,
    /// Where its books are kept; nowhere in tests.
    pub file: Option<PathBuf>,
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("file", &self.file).finish_non_exhaustive()
    }
}

/// What goes wrong next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Weather {
    /// Nothing is answered but 503.
    pub outage: bool,
    /// So many tokens are not accepted any more although they should be.
    pub refuse_tokens: usize,
    /// So many requests are answered 429 although there is room.
    pub limit: usize,
    /// So many bookings are made, and their answer is lost.
    pub lose_answers: usize,
    /// After so many pages a record of the page changes.
    pub churn: usize,
}

#[derive(Debug)]
struct Inside {
    books: Books,
    traffic: Traffic,
    weather: Weather,
    /// Tokens that were given, with their ends.
    tokens: Vec<(String, Timestamp)>,
    given: usize,
}

/// The stand-in. Cheap to share.
#[derive(Debug)]
pub struct SnelStart {
    settings: Settings,
    inside: Mutex<Inside>,
    at_once: AtomicUsize,
    client: reqwest::Client,
}

impl SnelStart {
    /// Reads the books that an earlier run kept.
    pub fn open(settings: Settings) -> Outcome<SnelStart> {
        let books = match &settings.file {
            Some(file) => Books::open(file)?,
            None => Books::default(),
        };
        let inside = Inside {
            books,
            traffic: Traffic::default(),
            weather: Weather::default(),
            tokens: Vec::new(),
            given: 0,
        };
        let client = http::client(CALLBACK_TIMEOUT).during("building the callback client")?;
        Ok(SnelStart { settings, inside: Mutex::new(inside), at_once: AtomicUsize::new(0), client })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.settings.now)()
    }

    /// Changes the books, as somebody at SnelStart's screen would, and keeps them.
    pub fn change<T>(&self, change: impl FnOnce(&mut Books, Timestamp) -> T) -> Outcome<T> {
        let now = self.now();
        let mut inside = self.inside();
        let done = change(&mut inside.books, now);
        if let Some(file) = &self.settings.file {
            inside.books.keep(file)?;
        }
        Ok(done)
    }

    /// The books as they are.
    pub fn books(&self) -> Books {
        self.inside().books.clone()
    }

    /// What was asked, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.inside().traffic.asked().to_vec()
    }

    pub fn set_weather(&self, weather: Weather) {
        self.inside().weather = weather;
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
        .layer(middleware::from_fn_with_state(snelstart.clone(), gate));
    let open = Router::new()
        .route("/b2b/token", post(token))
        .route("/couplings/activate/{name}", get(activate))
        .layer(middleware::from_fn_with_state(snelstart.clone(), weathered));
    let inner = counted.merge(open).merge(control::routes()).merge(page::routes());
    Router::new().nest("/local/accounting/snelstart", inner).with_state(snelstart)
}

type Stand = State<Arc<SnelStart>>;

/// A refusal as SnelStart writes it.
fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!([{ "errorCode": code, "message": message, "details": Value::Null }]))).into_response()
}

/// What is around every request of an administration: the log, the outage, the token, the subscription, the limits.
async fn gate(State(stand): Stand, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let at_once = stand.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    let stopped = stand.stopped(request.headers(), at_once);
    let response = match stopped {
        Some(response) => response,
        None => next.run(request).await,
    };
    stand.at_once.fetch_sub(1, Ordering::SeqCst);
    let at = stand.now();
    let status = response.status().as_u16();
    stand.inside().traffic.note(Asked { at, method, path, query, status, at_once });
    response
}

impl SnelStart {
    /// Why a request does not get in, if it does not.
    fn stopped(&self, headers: &HeaderMap, at_once: usize) -> Option<Response> {
        let now = self.now();
        let mut inside = self.inside();
        if inside.weather.outage {
            return Some(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if text("ocp-apim-subscription-key") != self.settings.subscription_key {
            return Some(StatusCode::UNAUTHORIZED.into_response());
        }
        let token = text("authorization").strip_prefix("Bearer ").unwrap_or_default().to_owned();
        let known = inside.tokens.iter().any(|(given, ends)| *given == token && *ends > now);
        if known && inside.weather.refuse_tokens > 0 {
            inside.weather.refuse_tokens -= 1;
            inside.tokens.retain(|(given, _)| *given != token);
            return Some(StatusCode::UNAUTHORIZED.into_response());
        }
        if !known {
            return Some(StatusCode::UNAUTHORIZED.into_response());
        }
        let limited = inside.weather.limit > 0;
        if limited {
            inside.weather.limit -= 1;
        }
        let wait = if limited { Some(20) } else { inside.traffic.wait(now, at_once) };
        wait.map(|seconds| {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())]).into_response()
        })
    }
}

/// The outage is everywhere; the token is not counted.
async fn weathered(State(stand): Stand, request: Request, next: Next) -> Response {
    if stand.inside().weather.outage {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
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
    let now = stand.now();
    let mut inside = stand.inside();
    inside.given += 1;
    let token = format!("snelstart-token-{}", inside.given);
    inside.tokens.retain(|(_, ends)| *ends > now);
    inside.tokens.push((token.clone(), now + jiff::SignedDuration::from_secs(TOKEN_SECONDS)));
    Json(json!({ "access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS }))
        .into_response()
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
        Some(_) => StatusCode::NO_CONTENT.into_response(),
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
        let mut inside = self.inside();
        let found = inside.books.listed(kind, |record| filter.as_ref().is_none_or(|f| f.takes(record)));
        let page: Vec<Value> = found.into_iter().skip(listing.skip.unwrap_or(0)).take(top).collect();
        if inside.weather.churn > 0 && !page.is_empty() {
            inside.weather.churn -= 1;
            let id = page.first().and_then(|r| r["id"].as_str()).unwrap_or_default().to_owned();
            inside.books.touch(kind, &id, now);
        }
        Json(page).into_response()
    }

    fn book(&self, kind: Kind, body: &[u8]) -> Response {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return refused(StatusCode::BAD_REQUEST, "GEN-0002", "Geen JSON.");
        };
        let booked = self.change(|books, now| books.book(kind, body, now));
        match booked {
            Ok(Ok(booking)) => {
                let mut inside = self.inside();
                if inside.weather.lose_answers > 0 {
                    inside.weather.lose_answers -= 1;
                    return StatusCode::GATEWAY_TIMEOUT.into_response();
                }
                (StatusCode::CREATED, Json(booking)).into_response()
            }
            Ok(Err((code, message))) => refused(StatusCode::BAD_REQUEST, code, message),
            Err(failure) => crate::problem::answer(StatusCode::INTERNAL_SERVER_ERROR, &failure.to_string()),
        }
    }
}

/// What is not there.
fn absent(what: &str) -> Failure {
    Failure::because(format!("there is no such {what}"))
}
