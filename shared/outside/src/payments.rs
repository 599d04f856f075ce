//! Payment providers: one trait, one module for each.
//!
//! An adapter makes one attempt and says what is certain about it. What a callback says is never taken for true: it only
//! names what to fetch, and [`PaymentService::fetch`] says how that stands. A callback that is signed is checked all the
//! same, so that nobody can make us fetch at will.
//!
//! What is absent: card numbers, names and addresses of payers. What a provider tells of them is not read.

mod exchange;
pub mod mollie;
pub mod paypal;

use std::fmt::{self, Debug};

use async_trait::async_trait;
use domain::Money;
use domain::language::Language;
use domain::payment_request::{PaymentProvider, Report};
use domain::requesting::Creation;
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::http::Secret;

/// Largest callback that is read, in bytes.
pub const LARGEST_CALLBACK: usize = 64 * 1024;

/// What one administration authenticates itself with at a provider; kept among the secrets as one JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderKeys {
    /// Mollie: the API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret>,
    /// Mollie: the secrets of signed callbacks; several while they rotate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signing_secrets: Vec<Secret>,
    /// PayPal: the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Secret>,
    /// PayPal: its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// PayPal: the id of the webhook, which verification names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_id: Option<Secret>,
    /// The last step of the address at which the provider calls: nobody else knows it.
    pub callback_token: Secret,
}

/// With which keys, and when.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub keys: &'a ProviderKeys,
    pub now: Timestamp,
}

/// A payment request as a provider is asked for it. The same at every attempt under the same key. Shows its id only: the
/// address of callbacks is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Order<'a> {
    /// Our id: it comes back with everything that the provider tells of it.
    pub request_id: &'a str,
    pub idempotency_key: &'a str,
    /// In euros.
    pub amount: Money,
    pub description: &'a str,
    /// By the provider's names; all that the account has where there are none.
    pub methods: &'a [String],
    pub language: Language,
    /// Where the debtor goes afterwards.
    pub return_url: &'a str,
    /// Where the provider calls.
    pub callback_url: &'a str,
}

impl fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// Why a provider was not understood or did not answer. No personal data and no secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The keys are missing or not accepted (any more): a person has to look.
    #[error("the payment provider refuses our keys")]
    Unauthorized,
    /// It knows no such thing.
    #[error("the payment provider knows no such payment")]
    NotFound,
    /// Not reached, timed out, asked too often, or it failed: later.
    #[error("the payment provider is unavailable: {0}")]
    Unavailable(String),
    /// The answer is not what its description says.
    #[error("the payment provider answers otherwise than described: {0}")]
    Malformed(&'static str),
}

/// How something stands at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Our id, as it was given when the request was made; `None` for what was not made here.
    pub request_id: Option<String>,
    pub report: Report,
}

/// What is certain after one attempt to take money that the debtor approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Captured {
    /// Taken, now or before; fetching says how much.
    Done,
    /// The debtor's means of payment was declined, with the provider's code.
    Declined { reason: String },
    /// It certainly did not happen, and may later.
    NotNow,
    /// It may have happened: fetch.
    Unknown,
}

/// What is certain after one attempt to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// Nobody can pay it any more.
    Done,
    /// The provider does not cancel it: the debtor may be paying.
    RunsOn,
    /// It may have happened: fetch.
    Unknown,
}

/// What a callback is about. All of it is a hint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// References of the provider that it names: of the request, or of money that came in by it.
    pub references: Vec<String>,
    /// Our own id, where the callback carries it.
    pub request_id: Option<String>,
}

/// Why a callback is not looked into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Its signature does not hold, or it has none and needs one.
    #[error("the callback's signature does not hold")]
    Forged,
    /// It is not what the provider's description says.
    #[error("the callback is not understood")]
    NotUnderstood,
    /// It cannot be checked now: the provider has to call again.
    #[error("the callback cannot be checked now: {0}")]
    Unavailable(String),
}

/// A payment provider.
#[async_trait]
pub trait PaymentService: Send + Sync + Debug {
    fn provider(&self) -> PaymentProvider;

    /// Makes a request payable, once. The same order under the same key is the same request there.
    async fn create(&self, account: Account<'_>, order: &Order<'_>) -> Creation;

    /// How a request stands now, with everything that went back of it.
    async fn fetch(&self, account: Account<'_>, reference: &str) -> Result<Fetched, ProviderError>;

    /// Takes the money that the debtor approved, once.
    async fn capture(&self, account: Account<'_>, reference: &str, key: &str) -> Captured;

    /// Lets nobody pay it any more, once.
    async fn cancel(&self, account: Account<'_>, reference: &str) -> Cancelled;

    /// Checks a callback and says what it is about.
    async fn read_callback(
        &self,
        account: Account<'_>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Told, CallbackError>;
}

/// Where the providers are: the vendors' own addresses but for a test account or the local run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints<'a> {
    pub mollie: &'a str,
    pub paypal: &'a str,
}
