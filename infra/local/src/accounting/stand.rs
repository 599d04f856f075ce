//! What the stand-ins have in common: books that are kept, tokens, limits, a log of who asked what, and switches for what
//! goes wrong. A vendor's module says what its requests and answers look like.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::connection::Package;
use jiff::{SignedDuration, Timestamp};
use outside::http;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::grants::Grants;
use super::traffic::{Asked, Limits, Traffic};
use crate::failure::{Outcome, While};

/// Longest call that a stand-in makes.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(30);
/// How long whoever is limited by a switch is told to wait, in seconds.
const WAIT: u32 = 20;

/// The books of an administration, whatever form a vendor keeps them in.
pub trait Ledger:
    fmt::Debug + Clone + Default + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The invoices, the last changed first.
    fn rows(&self) -> Vec<Row>;
    /// What Tijdig booked, the last first.
    fn bookings(&self) -> Vec<Booking>;
    /// Books the whole of what is open as paid. Whether there was anything.
    fn settle(&mut self, invoice: &str, now: Timestamp) -> bool;
}

/// An invoice as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    pub number: String,
    pub debtor: String,
    pub due: String,
    pub total: String,
    pub open: String,
    pub is_open: bool,
    pub changed: String,
}

/// A booking as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    pub document: String,
    pub description: String,
    pub received: String,
}

/// How a request shows who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// An access token in the header.
    Token,
    /// The administration's key itself in the header.
    Key,
    /// Something within the document: the vendor's module looks.
    Document,
}

/// What a vendor's stand-in is like.
#[derive(Debug)]
pub struct Vendor {
    pub package: Package,
    /// As it stands on the page.
    pub name: &'static str,
    pub admission: Admission,
    /// A second header, with our own key at the vendor.
    pub subscription: Option<&'static str>,
    pub limits: Limits,
    /// Seconds that an access token is good.
    pub token_seconds: i64,
    /// Whether a limited answer says how long to wait.
    pub tells_the_wait: bool,
}

/// What a stand-in is made from.
#[derive(Clone)]
pub struct Settings {
    /// The key of the one administration that it has, where it gives one.
    pub key: String,
    /// Ours: the subscription's key, or the client's secret.
    pub app_key: String,
    /// Where its messages go: the front door.
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
    /// Milliseconds that every answer takes.
    pub slow: u64,
    /// What a path contains that is answered 500; nothing is where this is empty.
    pub breaks: String,
}

#[derive(Debug)]
pub(super) struct Inside<B> {
    pub books: B,
    pub grants: Grants,
    pub weather: Weather,
    traffic: Traffic,
}

/// A stand-in. Cheap to share.
#[derive(Debug)]
pub struct Stand<B> {
    pub(super) vendor: &'static Vendor,
    pub(super) settings: Settings,
    pub(super) client: reqwest::Client,
    inside: Mutex<Inside<B>>,
    at_once: AtomicUsize,
}

impl<B: Ledger> Stand<B> {
    /// Reads what an earlier run kept.
    pub fn open_at(vendor: &'static Vendor, settings: Settings) -> Outcome<Stand<B>> {
        let (books, grants) = match &settings.file {
            Some(file) => (kept(file)?, kept(&grants_beside(file))?),
            None => (B::default(), Grants::default()),
        };
        let inside = Inside { books, grants, weather: Weather::default(), traffic: Traffic::default() };
        let client = http::client(CALLBACK_TIMEOUT).during("building a stand-in's client")?;
        Ok(Stand { vendor, settings, client, inside: Mutex::new(inside), at_once: AtomicUsize::new(0) })
    }

    pub(super) fn inside(&self) -> MutexGuard<'_, Inside<B>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.settings.now)()
    }

    /// Changes the books, as somebody at the package's screen would, and keeps them.
    pub fn change<T>(&self, change: impl FnOnce(&mut B, Timestamp) -> T) -> Outcome<T> {
        let now = self.now();
        let mut inside = self.inside();
        let done = change(&mut inside.books, now);
        if let Some(file) = &self.settings.file {
            keep(file, &inside.books)?;
        }
        Ok(done)
    }

    /// Changes what was granted, and keeps it.
    pub(super) fn grant<T>(&self, change: impl FnOnce(&mut Grants, Timestamp) -> T) -> Outcome<T> {
        let now = self.now();
        let mut inside = self.inside();
        let done = change(&mut inside.grants, now);
        if let Some(file) = &self.settings.file {
            keep(&grants_beside(file), &inside.grants)?;
        }
        Ok(done)
    }

    /// The books as they are.
    pub fn books(&self) -> B {
        self.inside().books.clone()
    }

    /// What was asked, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.inside().traffic.asked().to_vec()
    }

    /// How often it may be asked.
    pub fn limits(&self) -> &'static Limits {
        &self.vendor.limits
    }

    pub fn set_weather(&self, weather: Weather) {
        self.inside().weather = weather;
    }

    /// Whether this page is one after which a record changes.
    pub(super) fn churns(&self) -> bool {
        let mut inside = self.inside();
        let churns = inside.weather.churn > 0;
        inside.weather.churn -= usize::from(churns);
        churns
    }

    /// Whether the answer about this booking is lost.
    pub(super) fn loses_the_answer(&self) -> bool {
        let mut inside = self.inside();
        let lost = inside.weather.lose_answers > 0;
        inside.weather.lose_answers -= usize::from(lost);
        lost
    }

    /// Whether a token, or the key, is one that is good now.
    pub(super) fn admits(&self, presented: &str) -> bool {
        let now = self.now();
        let mut inside = self.inside();
        let known = match self.vendor.admission {
            Admission::Key => presented == self.settings.key,
            Admission::Token | Admission::Document => inside.grants.knows(presented, now),
        };
        if !known || inside.weather.refuse_tokens == 0 {
            return known;
        }
        inside.weather.refuse_tokens -= 1;
        inside.grants.forget(presented);
        false
    }

    /// Why a request does not get in, if it does not.
    fn stopped(&self, headers: &HeaderMap, at_once: usize) -> Option<Response> {
        if self.inside().weather.outage {
            return Some(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if self.vendor.subscription.is_some_and(|name| text(name) != self.settings.app_key) {
            return Some(StatusCode::UNAUTHORIZED.into_response());
        }
        let presented = text("authorization").strip_prefix("Bearer ").unwrap_or_default();
        if self.vendor.admission != Admission::Document && !self.admits(presented) {
            return Some(StatusCode::UNAUTHORIZED.into_response());
        }
        self.limited(at_once)
    }

    fn limited(&self, at_once: usize) -> Option<Response> {
        let now = self.now();
        let mut inside = self.inside();
        let by_switch = inside.weather.limit > 0;
        inside.weather.limit -= usize::from(by_switch);
        let wait =
            if by_switch { Some(WAIT) } else { inside.traffic.wait(&self.vendor.limits, now, at_once) };
        let status = StatusCode::TOO_MANY_REQUESTS;
        wait.map(|seconds| match self.vendor.tells_the_wait {
            true => (status, [(header::RETRY_AFTER, seconds.to_string())]).into_response(),
            false => status.into_response(),
        })
    }
}

/// What is around every request of an administration: the log, the outage, the token, the limits, and the calendar's time.
pub(super) async fn gate<B: Ledger>(
    State(stand): State<Arc<Stand<B>>>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let at_once = stand.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    let response = match stand.stopped(request.headers(), at_once) {
        Some(response) => response,
        None => {
            let (slow, breaks) = {
                let inside = stand.inside();
                (inside.weather.slow, inside.weather.breaks.clone())
            };
            tokio::time::sleep(Duration::from_millis(slow)).await;
            if !breaks.is_empty() && path.contains(&breaks) {
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            } else {
                next.run(request).await
            }
        }
    };
    stand.at_once.fetch_sub(1, Ordering::SeqCst);
    let at = stand.now();
    let status = response.status().as_u16();
    stand.inside().traffic.note(Asked { at, method, path, query, status, at_once });
    dated(response, at)
}

/// The outage is everywhere; a request for a token is not counted.
pub(super) async fn weathered<B: Ledger>(
    State(stand): State<Arc<Stand<B>>>,
    request: Request,
    next: Next,
) -> Response {
    if stand.inside().weather.outage {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    dated(next.run(request).await, stand.now())
}

/// With the calendar's time as the time of the answer.
fn dated(mut response: Response, at: Timestamp) -> Response {
    let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// The stand-in's own address, as whoever asks knows it.
pub(super) fn here(headers: &HeaderMap, package: Package) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}/local/accounting/{package}")
}

/// When a token that is given now ends.
pub(super) fn ends(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

fn grants_beside(file: &Path) -> PathBuf {
    file.with_extension("grants.json")
}

fn kept<T: DeserializeOwned + Default>(file: &Path) -> Outcome<T> {
    match std::fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text).during("reading a stand-in's books"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        Err(error) => Err(error).during("reading a stand-in's books"),
    }
}

fn keep<T: Serialize>(file: &Path, what: &T) -> Outcome<()> {
    let text = serde_json::to_string(what).during("writing a stand-in's books")?;
    let next = file.with_extension("next");
    std::fs::write(&next, text).during("writing a stand-in's books")?;
    std::fs::rename(&next, file).during("writing a stand-in's books")
}
