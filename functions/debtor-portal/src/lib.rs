//! The debtor's portal: pages and forms that need no scripts, ask nobody else for anything, and show nothing before
//! somebody was let in.
//!
//! Fetching a page changes nothing; what is done is done by a form of a page that was made for this session. Every decision
//! is one of the domain's, as the API makes it, with the debtor as the one who did it.

mod answers;
mod details;
mod dispute;
mod door;
mod forms;
mod invoice;
mod mandate;
mod messages;
mod municipality;
mod overview;
mod pay;
mod plan;
mod promise;
mod uploads;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::routing::{get, post};
use axum::{Router, middleware};
use contracts::failure::Failure;
use outside::files::{Files, S3Files};
use outside::secrets::SecretsManager;
use payment_requests::{PaymentRequests, Providers};
use records::{Documents, Records};
use runtime::clock::Clock;
use runtime::{Error, Start};
use store::{DynamoTable, Store};

/// Largest body, in bytes: a form with one file.
pub const BODY_BYTES: usize = 4_000_000;

/// An answer at the door takes as long as the slowest usual one: how long it took says nothing about a link.
const PACE: Duration = Duration::from_millis(500);

/// What every page needs.
#[derive(Debug, Clone)]
pub struct Portal {
    pub store: Store,
    pub clock: Clock,
    /// Where the documents of invoices are kept.
    pub files: Arc<dyn Files>,
    pub providers: Providers,
    /// Where the portal is, as debtors see it, without a slash at the end.
    pub portal_url: String,
    /// How long an answer at the door takes at least.
    pub pace: Duration,
}

impl Portal {
    /// As the environment names it.
    ///
    /// # Errors
    /// A variable is missing or no client can be made.
    pub fn of(start: &Start) -> Result<Portal, Error> {
        let text = |name: &str| start.environment.text(name).map(str::to_owned);
        let secrets = Arc::new(SecretsManager::new(&start.aws));
        Ok(Portal {
            store: Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?))),
            clock: start.clock.clone(),
            files: Arc::new(S3Files::new(&start.aws_for("S3")?, text("TIJDIG_BUCKET")?)),
            providers: Providers::from_environment(&start.environment, secrets)?,
            portal_url: text("TIJDIG_PORTAL_URL")?,
            pace: PACE,
        })
    }

    fn records(&self) -> Records {
        Records { store: self.store.clone(), clock: self.clock.clone() }
    }

    fn documents(&self) -> Documents {
        Documents { records: self.records(), files: self.files.clone() }
    }

    fn payment_requests(&self) -> PaymentRequests {
        PaymentRequests { records: self.records(), providers: self.providers.clone() }
    }

    fn now(&self) -> Result<jiff::Timestamp, Failure> {
        self.clock.now()
    }
}

/// All pages.
pub fn router(portal: Portal) -> Router {
    Router::new()
        .route("/portal", get(door::home))
        .route("/portal/", get(door::home))
        .route("/portal/letter", get(door::letter).post(door::enter_by_letter))
        .route("/portal/leave", post(door::leave))
        .route("/portal/{link}", get(door::link).post(door::at_link))
        .route("/portal/my", get(overview::get))
        .route("/portal/my/invoices", get(invoice::closed))
        .route("/portal/my/invoices/{invoice}", get(invoice::get))
        .route("/portal/my/invoices/{invoice}/documents/{document}", get(invoice::document))
        .route("/portal/my/invoices/{invoice}/dispute", get(dispute::get).post(dispute::post))
        .route("/portal/my/pay", get(pay::get).post(pay::post))
        .route("/portal/my/paid", get(pay::paid))
        .route("/portal/my/promise", get(promise::get).post(promise::post))
        .route("/portal/my/plan", get(plan::get).post(plan::post))
        .route("/portal/my/direct-debit", get(mandate::get).post(mandate::post))
        .route("/portal/my/details", get(details::get).post(details::post))
        .route("/portal/my/municipality", get(municipality::get).post(municipality::post))
        .route("/portal/my/messages", get(messages::get).post(messages::post))
        .route("/portal/my/messages/{message}/attachments/{number}", get(messages::attachment))
        .route("/portal/my/help", get(overview::help))
        .layer(middleware::from_fn(answers::around))
        .with_state(portal)
}
