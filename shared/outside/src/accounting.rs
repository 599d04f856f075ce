//! Accounting packages: one trait, one module for each.
//!
//! An adapter maps what its package tells to the same bodies that the API takes, so that a record from a package is taken
//! in as any other. It keeps nothing: tokens come in and go out with [`Keys`], how far a pull came is in its cursor, and
//! every request is counted beforehand by [`Quota`], which all functions share.
//!
//! Ids of records are [`Package::record_id`] of the package's own, so that two packages of one administration do not meet
//! and everybody sees where a record comes from.

mod books;
mod catalogue;
mod cursor;
mod draft;
pub mod e_boekhouden;
pub mod exact_online;
mod exchange;
mod mark;
pub mod moneybird;
mod node;
mod oauth;
pub mod twinfield;

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use domain::Money;
use domain::connection::Package;
use domain::ids::AdministrationId;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::http::Secret;
use crate::secrets::{Secrets, SecretsError};

pub use domain::connection::Accounts;

pub use catalogue::{AppKeys, Catalogue, Connector, Packages};
#[cfg(test)]
pub(crate) use exchange::tests::Plenty;
pub(crate) use exchange::{Answer, BROKEN_OR_TOO_LARGE, ask, json, plain_code, redirected};
pub use oauth::{ClientAuthentication, OAuth};

/// What a connection authenticates itself with; kept among the secrets as one JSON text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keys {
    /// Ours: the unguessable name under which the package, or whoever comes back from it, speaks about this connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Secret>,
    /// The administration's own key or API token, for packages that give one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Secret>,
    /// OAuth2: the authorization code that a person brought back, until it is exchanged: once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    /// OAuth2: what the next access token is asked for with. Some packages change it with every use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// The access token that is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// Until when that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Which of the books that the keys open, where they open several: the package's own id. No secret, but it belongs to
    /// the keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub books: Option<String>,
}

impl Keys {
    /// The access token, where it is good for another minute.
    pub fn good_token(&self, now: Timestamp) -> Option<&Secret> {
        self.token_good_for(TO_SPARE, now)
    }

    /// The access token, where it is good for longer than this.
    pub fn token_good_for(&self, spare: SignedDuration, now: Timestamp) -> Option<&Secret> {
        let lasts = self.expires_at.is_none_or(|at| at.duration_since(now) > spare);
        self.access_token.as_ref().filter(|_| lasts)
    }

    /// The same without the access token: the next one is asked for anew.
    #[must_use]
    pub fn without_token(&self) -> Keys {
        Keys { access_token: None, expires_at: None, ..self.clone() }
    }
}

impl Keys {
    /// The name under which a connection's keys are kept. `prefix` is the stack.
    pub fn name(prefix: &str, administration: &AdministrationId, package: Package) -> String {
        format!("{prefix}/{administration}/{package}")
    }

    /// The keys that are kept under this name.
    ///
    /// # Errors
    /// The secrets are away, or hold something else.
    pub async fn kept(secrets: &dyn Secrets, name: &str) -> Result<Option<Keys>, SecretsError> {
        let Some(kept) = secrets.get(name).await? else { return Ok(None) };
        let keys = serde_json::from_str(kept.expose());
        keys.map(Some).map_err(|_| SecretsError::Bug("kept keys are not as they were written".to_owned()))
    }

    /// Keeps them under this name.
    ///
    /// # Errors
    /// The secrets are away.
    pub async fn keep(&self, secrets: &dyn Secrets, name: &str) -> Result<(), SecretsError> {
        let text = serde_json::to_string(self);
        let text = text.map_err(|_| SecretsError::Bug("keys cannot be written".to_owned()))?;
        secrets.put(name, &Secret::new(text)).await
    }

    /// Whether a person, or the package, brought other keys than these.
    pub fn are_replaced_by(&self, other: &Keys) -> bool {
        (&self.reference, &self.key, &self.code) != (&other.reference, &other.key, &other.code)
    }
}

/// The hash under which a reference is known in the store, where secrets have no place.
pub fn reference_hash(reference: &Secret) -> String {
    let digest = Sha256::digest(reference.expose().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A token that ends within this is not used any more, where the package gives new ones at any time.
const TO_SPARE: SignedDuration = SignedDuration::from_mins(1);

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
    #[error("the package asks to wait {} s", .0.as_secs())]
    Limited(Duration),
    /// It is certain that it was not done, and it may be later.
    #[error("the package is unavailable: {0}")]
    Unavailable(String),
    /// It may have been done: the answer timed out, broke off, or told of a failure over there. Of something that was only
    /// asked for, the same as unavailable.
    #[error("the package did not answer: {0}")]
    NoAnswer(String),
    /// It has nothing of this id.
    #[error("the package has no such thing")]
    Absent,
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
    /// Every invoice and credit note that is open, whatever its last change: the nightly sweep. What we hold open and the
    /// sweep does not meet is asked for by [`Pull::These`].
    OpenItems,
    /// These invoices, by the package's own ids: each is told, or told to be gone. At most [`MOST_THESE`].
    These { invoices: Vec<String> },
}

/// Invoices that one [`Pull::These`] names at most: some packages are asked for them one by one, with several requests
/// each.
pub const MOST_THESE: usize = 10;

/// One record as a package tells it. Every `id` is [`Package::record_id`] of the package's own.
///
/// A body may leave out what its package does not know at all (a birth date, labels): what is known here stays then.
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
    /// Debtors who are not to be dunned, as the package says: one way or the other, whatever was said before.
    Dunning { debtor: String, wanted: bool },
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
    /// Ids and numbers only: no name.
    pub description: String,
    /// The journal that the creditor chose, by the package's own id; else the package's first that fits.
    pub journal: Option<String>,
    /// For [`WrittenBack::Costs`]: the accounts to book them on, by the package's own ids. They never go on the invoice
    /// itself: there they would come back as principal.
    pub accounts: Option<Accounts>,
}

/// What a [`WriteBack`] books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WrittenBack {
    /// Money that came in here.
    Payment,
    /// Money that went back.
    Reversal,
    /// Collection costs or interest that were charged.
    Costs,
}

/// What is certain after one attempt to write back. That it was not written is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It stands in the package, under this id of the package's.
    Written { reference: String },
    /// It may stand there: look for our `id` before trying again.
    Unknown { reason: String },
}

/// How a person connects an administration with a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connecting {
    /// By going to this address. It holds the reference, so it is for that person only.
    Visit(String),
    /// By giving the key that the package shows them: `PUT /v1/connections/{id}/key`.
    GiveKey,
}

/// At most so many requests within so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub most: u32,
    pub within: Duration,
}

/// An accounting package, as one administration is connected with it.
#[async_trait]
pub trait AccountingPackage: Send + Sync + Debug {
    fn package(&self) -> Package;

    /// What the package allows one administration, with headroom. A bound on requests at once is one within
    /// [`crate::http::TIMEOUT`]: no request takes longer.
    fn rates(&self) -> &'static [Rate];

    /// How a person connects. `reference` comes back with them, or with the package's own message about it.
    fn connecting(&self, reference: &Secret) -> Result<Connecting, PackageError>;

    /// Keys with an access token that is good for a minute at least. The same where they are that already; new ones have to
    /// be kept before they are used. Exchanges a code that was brought back.
    async fn authenticated(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        now: Timestamp,
    ) -> Result<Keys, PackageError>;

    /// Asks the package to tell of changes at `address`, once a connection works. Doing so again changes nothing. A message
    /// there is a hint to pull; what it says is not believed.
    async fn subscribe(&self, _keys: &Keys, _quota: &dyn Quota, _address: &str) -> Result<(), PackageError> {
        Ok(())
    }

    /// One page. `cursor` is the page before's `next`.
    async fn pull(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        pull: &Pull,
        cursor: Option<&str>,
    ) -> Result<Page, PackageError>;

    /// Whether it has documents of invoices at all.
    fn has_documents(&self) -> bool;

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
