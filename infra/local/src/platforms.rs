//! Stand-ins of the municipal platforms: BKR under `/local/platforms/bkr`, Inforing under
//! `/local/platforms/inforing`. Each behaves as an outside HTTP service would: it authenticates, refuses what is wrong
//! with the name of the field, remembers idempotency keys, gives receipts, and misbehaves when it is asked to.
//!
//! Under `/local` besides: `GET /local/signals` (what they received), `POST /local/feedback` (the municipality
//! reports), `GET /local/platforms/{provider}/feedback.csv` (its file) and `POST /local/platforms/{provider}/behaviour`.
//!
//! What is absent: our own types for signals. The stand-ins read the wire as a stranger would.

mod behaviour;
mod bkr;
mod check;
mod feedback;
mod inforing;
mod ledger;
mod page;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use domain::provider::Provider;
use jiff::Timestamp;
use outside::http;
use outside::webhook_signature::Keys;

use crate::failure::{Outcome, While};

use behaviour::Planned;
pub use feedback::{Delivered, FeedbackRequest, Via};
use ledger::Ledger;
pub use ledger::{Operation, Refusal, Submission};

/// A first answer of a function that was not warm may take a while.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(30);

/// The calendar that the stand-ins live by.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How one platform is reached and how it signs.
#[derive(Clone)]
pub struct Account {
    /// What callers authenticate with: BKR's authorisation header, Inforing's API key.
    pub key: String,
    /// `whsec_...`: signs the callbacks.
    pub webhook_secret: String,
    /// The `source` of its callbacks.
    pub source: String,
}

pub struct Settings {
    pub bkr: Account,
    pub inforing: Account,
    /// Callbacks go to `{callback_base}/callbacks/municipality/{provider}`.
    pub callback_base: String,
    /// Keeps what was received from run to run, one JSON record a line.
    pub file: PathBuf,
    pub now: Now,
}

/// Both stand-ins and what they received.
pub struct Platforms {
    settings: Settings,
    bkr_keys: Keys,
    inforing_keys: Keys,
    ledger: Ledger,
    planned: Mutex<Vec<Planned>>,
    client: reqwest::Client,
}

impl Platforms {
    /// Reads what earlier runs received.
    pub fn open(settings: Settings) -> Outcome<Platforms> {
        Ok(Platforms {
            bkr_keys: Keys::parse(&settings.bkr.webhook_secret).during("reading BKR's webhook secret")?,
            inforing_keys: Keys::parse(&settings.inforing.webhook_secret)
                .during("reading Inforing's webhook secret")?,
            ledger: Ledger::open(&settings.file)?,
            planned: Mutex::new(Vec::new()),
            client: http::client(CALLBACK_TIMEOUT).during("building the callback client")?,
            settings,
        })
    }

    /// Everything that was taken in, oldest first.
    pub fn submissions(&self) -> Vec<Submission> {
        self.ledger.submissions()
    }

    fn now(&self) -> Timestamp {
        (self.settings.now)()
    }

    fn account(&self, provider: Provider) -> &Account {
        match provider {
            Provider::Bkr => &self.settings.bkr,
            Provider::Inforing => &self.settings.inforing,
        }
    }

    fn keys(&self, provider: Provider) -> &Keys {
        match provider {
            Provider::Bkr => &self.bkr_keys,
            Provider::Inforing => &self.inforing_keys,
        }
    }
}

impl fmt::Debug for Platforms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platforms").field("file", &self.settings.file).finish_non_exhaustive()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("file", &self.file).finish_non_exhaustive()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("source", &self.source).finish_non_exhaustive()
    }
}

/// What each stand-in has beside its wire.
fn beside(provider: Provider) -> Router<Arc<Platforms>> {
    behaviour::routes(provider).merge(feedback::file_routes(provider))
}

/// Every address of the stand-ins.
pub fn router(platforms: Arc<Platforms>) -> Router {
    Router::new()
        .nest("/local/platforms/bkr", bkr::routes().merge(beside(Provider::Bkr)))
        .nest("/local/platforms/inforing", inforing::routes().merge(beside(Provider::Inforing)))
        .merge(page::routes())
        .merge(feedback::routes())
        .with_state(platforms)
}
