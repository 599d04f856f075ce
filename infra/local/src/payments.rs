//! Stand-ins of payment providers, each as its vendor describes it, below `/local/payments`: Mollie's payments v2 and PayPal's
//! orders v2, their pages on which a person pays or does not, what goes back, and their calls to us.
//!
//! `GET /local/payments` shows what they have, for browsers as a page on which money is given back.
//!
//! What is absent: our own types for payments, cards and banks, and clocks that run by themselves: a payment whose time is over
//! is expired once somebody asks, and nobody is called about it, as if that call had been lost.

mod calls;
pub mod connecting;
mod mollie;
mod page;
mod paypal;
mod taking;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use domain::payment_request::PaymentProvider;
use jiff::Timestamp;
use outside::http;
use serde::{Deserialize, Serialize};

pub use calls::Called;
pub use taking::Choice;

use crate::failure::{Outcome, While};

/// A first answer of a function that was not warm may take a while.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(30);

/// What the stand-ins are made from.
#[derive(Clone)]
pub struct Settings {
    /// The one API key that Mollie knows.
    pub mollie_key: String,
    /// The one client that PayPal knows.
    pub paypal_client: String,
    pub paypal_secret: String,
    /// Where a person's browser finds this machine.
    pub page_base: String,
    /// Where calls to us go, whatever host an address had when it was given: the front door.
    pub callback_base: String,
    /// Where what they have is kept; nowhere in tests.
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
    /// So many requests are answered 429.
    pub limit: usize,
    /// So many requests do what they ask for, and their answer is lost.
    pub lose_answers: usize,
    /// So many calls to us are lost.
    pub lose_calls: usize,
}

/// What is kept from run to run.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Books {
    mollie: mollie::Books,
    paypal: paypal::Books,
}

#[derive(Debug, Default)]
struct Inside {
    books: Books,
    weather: Weather,
    calls: Vec<Called>,
}

/// Both stand-ins. Cheap to share.
#[derive(Debug)]
pub struct Payments {
    settings: Settings,
    inside: Mutex<Inside>,
    client: reqwest::Client,
}

type Stand = State<Arc<Payments>>;

impl Payments {
    /// Reads what an earlier run kept.
    pub fn open(settings: Settings) -> Outcome<Payments> {
        let books = match &settings.file {
            Some(file) => read(file)?,
            None => Books::default(),
        };
        let inside = Mutex::new(Inside { books, ..Inside::default() });
        let client = http::client(CALLBACK_TIMEOUT).during("building the callback client")?;
        Ok(Payments { settings, inside, client })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.settings.now)()
    }

    /// Changes what they have, and keeps it.
    fn change<T>(&self, change: impl FnOnce(&mut Books, Timestamp) -> T) -> Outcome<T> {
        let now = self.now();
        let mut inside = self.inside();
        let done = change(&mut inside.books, now);
        if let Some(file) = &self.settings.file {
            let text = serde_json::to_string(&inside.books).during("writing the payments")?;
            let next = file.with_extension("next");
            std::fs::write(&next, text).during("writing the payments")?;
            std::fs::rename(&next, file).during("writing the payments")?;
        }
        Ok(done)
    }

    pub fn set_weather(&self, weather: Weather) {
        self.inside().weather = weather;
    }

    /// What was called, oldest first.
    pub fn calls(&self) -> Vec<Called> {
        self.inside().calls.clone()
    }

    /// The last payment or order that was made there.
    pub fn last(&self, provider: PaymentProvider) -> Option<String> {
        let inside = self.inside();
        match provider {
            PaymentProvider::Mollie => inside.books.mollie.last(),
            PaymentProvider::PayPal => inside.books.paypal.last(),
        }
    }

    /// How many were made there.
    pub fn count(&self, provider: PaymentProvider) -> usize {
        let inside = self.inside();
        match provider {
            PaymentProvider::Mollie => inside.books.mollie.count(),
            PaymentProvider::PayPal => inside.books.paypal.count(),
        }
    }
}

fn read(file: &std::path::Path) -> Outcome<Books> {
    match std::fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text).during("reading the payments"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Books::default()),
        Err(error) => Err(error).during("reading the payments"),
    }
}

/// Every address of the stand-ins.
pub fn router(payments: Arc<Payments>) -> Router {
    let vendors = Router::new()
        .nest("/mollie", mollie::api())
        .nest("/paypal", paypal::api())
        .layer(middleware::from_fn_with_state(payments.clone(), weathered));
    let inner = vendors.merge(taking::routes()).merge(page::routes());
    Router::new().nest("/local/payments", inner).with_state(payments)
}

async fn weathered(State(stand): Stand, request: Request, next: Next) -> Response {
    {
        let mut inside = stand.inside();
        if inside.weather.outage {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        if inside.weather.limit > 0 {
            inside.weather.limit -= 1;
            return StatusCode::TOO_MANY_REQUESTS.into_response();
        }
    }
    let response = next.run(request).await;
    let mut inside = stand.inside();
    if inside.weather.lose_answers > 0 {
        inside.weather.lose_answers -= 1;
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    response
}
