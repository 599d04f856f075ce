//! Accounting packages: one trait, one module for each.
//!
//! An adapter maps what its package tells to the same bodies that the API takes, so that a record from a package is taken
//! in as any other. It keeps nothing: tokens come in and go out with [`Keys`], how far a pull came is in its cursor, and
//! every request is counted beforehand by [`Quota`], which all functions share.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use domain::Money;
use domain::connection::Package;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::Secret;

/// What a connection authenticates itself with; kept among the secrets as one JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keys {
    /// The administration's own key or API token, for packages that give one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Secret>,
    /// OAuth2: what the next access token is asked for with. Some packages change it with every use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// The access token that is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// Until when that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Why a package did not do what was asked. No personal data and no secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// The keys are not accepted (any more): a person has to connect again.
    #[error("the package refuses our keys")]
    Unauthorized,
    /// The access token is not accepted: ask for a new one and try once more.
    #[error("the access token has expired")]
    TokenExpired,
    /// Asked too often: not before this much time has passed.
    #[error("the package asks to wait {}", .0.as_secs())]
    Limited(Duration),
    /// Not reached, timed out, or it failed: later.
    #[error("the package is unavailable: {0}")]
    Unavailable(String),
    /// It refuses this one request for good, with its own code.
    #[error("the package refuses: {0}")]
    Refused(String),
    /// The answer is not what its description says.
    #[error("the package answers otherwise than described: {0}")]
    Malformed(String),
}

/// Counts requests before they are made, over every function that talks for the same administration.
#[async_trait]
pub trait Quota: Send + Sync + Debug {
    /// Room for one request.
    ///
    /// # Errors
    /// [`PackageError::Limited`] where there is none left: not before that much time has passed.
    async fn take(&self) -> Result<(), PackageError>;
}

/// What is asked of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pull {
    /// What changed at or after this instant; everything where there is none.
    Changes { since: Option<Timestamp> },
    /// Everything that is open, whatever its last change: the nightly sweep. What we hold open and the sweep does not
    /// meet is asked for by [`Pull::These`].
    OpenItems,
    /// These invoices, by the package's ids: each is told, or told to be gone.
    These { invoices: Vec<String> },
}

/// One record as a package tells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A debtor: the body of `PUT /v1/debtors/{id}`.
    Debtor { id: String, body: Value },
    /// An invoice or credit note: the body of `PUT /v1/invoices/{id}`.
    Invoice { id: String, body: Value },
    /// A payment: the body of `PUT /v1/payments/{id}`.
    Payment { id: String, body: Value },
    /// The package has no such record any more.
    Gone { kind: GoneKind, id: String },
    /// A record that cannot be mapped, and why: for a person to look at.
    Unreadable { id: String, field: String, why: String },
}

/// What is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoneKind {
    Debtor,
    Invoice,
    Payment,
}

/// One page of a pull.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Debtors before their invoices, invoices before their payments.
    pub records: Vec<Told>,
    /// Where it goes on; `None` at the end.
    pub next: Option<String>,
}

/// A document of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// What is told back to the package. `id` is ours and the same at every try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteBack {
    pub id: String,
    /// The invoice, by the package's id.
    pub invoice: String,
    pub what: WrittenBack,
    pub amount: Money,
    pub on: Date,
    pub description: String,
}

/// What a [`WriteBack`] books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenBack {
    /// Money that came in here.
    Payment,
    /// Money that went back.
    Reversal,
    /// Collection costs or interest that were charged.
    Costs,
}

/// What is certain after one attempt to write back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It stands in the package, under this id of the package's.
    Written { reference: String },
    /// It may stand there: look for our `id` before trying again.
    Unknown { reason: String },
}

/// An accounting package, as one administration is connected with it.
#[async_trait]
pub trait AccountingPackage: Send + Sync + Debug {
    fn package(&self) -> Package;

    /// Keys with an access token that is good for a minute at least. The same where they are that already; new ones have to
    /// be kept before they are used.
    async fn authenticated(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        now: Timestamp,
    ) -> Result<Keys, PackageError>;

    /// One page. `cursor` is the page before's `next`.
    async fn pull(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        pull: &Pull,
        cursor: Option<&str>,
    ) -> Result<Page, PackageError>;

    /// The document of an invoice, PDF or UBL; `None` where the package has none.
    async fn document(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        invoice: &str,
    ) -> Result<Option<Document>, PackageError>;

    /// Tells it back, once. Looks first whether `id` stands there already, where the package can be asked.
    async fn write_back(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        booking: &WriteBack,
    ) -> Result<WriteOutcome, PackageError>;
}
