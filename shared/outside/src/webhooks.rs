//! Calls to subscribers of webhooks: whoever subscribes names the address, so nothing inside may be reached by one.
//!
//! An address is looked at before each call: https, a port that no other service of old has, and a name that resolves to
//! nothing but public addresses. The call then goes to those addresses and to no others: a name that is resolved once more could
//! lead elsewhere. Redirects are not followed and proxies not used, and of the answer nothing but the status is read.

pub mod destination;
pub mod public_address;
pub mod secrets;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};

use crate::http::{HttpError, client_to, tls};
use destination::Destinations;

/// How long one call may take, looking its name up included: a receiver answers first and works afterwards.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// A signed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The same for each attempt.
    pub id: String,
    /// When it was signed, in whole seconds since 1970.
    pub timestamp: String,
    /// One for each secret.
    pub signatures: String,
    pub body: Vec<u8>,
}

/// What came of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// The HTTP status.
    Status(u16),
    /// There was none: why, as a fixed word.
    Not(&'static str),
}

/// Whoever receives messages. One call is one attempt.
#[async_trait]
pub trait Receivers: Send + Sync + Debug {
    async fn post(&self, url: &str, message: &Signed) -> Answered;
}

/// Receivers anywhere on the web.
#[derive(Debug)]
pub struct HttpReceivers {
    destinations: Arc<Destinations>,
    tls: rustls::ClientConfig,
}

impl HttpReceivers {
    /// # Errors
    /// The TLS settings are not usable.
    pub fn new(destinations: Arc<Destinations>) -> Result<HttpReceivers, HttpError> {
        Ok(HttpReceivers { destinations, tls: tls()? })
    }
}

#[async_trait]
impl Receivers for HttpReceivers {
    async fn post(&self, url: &str, message: &Signed) -> Answered {
        let called = tokio::time::timeout(TIMEOUT, self.call(url, message)).await;
        called.unwrap_or(Answered::Not("timeout"))
    }
}

impl HttpReceivers {
    async fn call(&self, url: &str, message: &Signed) -> Answered {
        let destination = match self.destinations.find(url).await {
            Ok(destination) => destination,
            Err(error) => return Answered::Not(error.code()),
        };
        // A client of its own: it knows the addresses that were looked at, and no others.
        let Ok(client) = client_to(self.tls.clone(), destination.addresses(), TIMEOUT) else {
            return Answered::Not("no_client");
        };
        let sent = client
            .post(destination.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "Tijdig-Webhooks/1")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", &message.timestamp)
            .header("webhook-signature", &message.signatures)
            .body(message.body.clone())
            .send()
            .await;
        match sent {
            Ok(answer) => Answered::Status(answer.status().as_u16()),
            Err(error) if error.is_timeout() => Answered::Not("timeout"),
            Err(error) if error.is_connect() => Answered::Not("not_connected"),
            Err(_) => Answered::Not("connection_broken"),
        }
    }
}

#[cfg(test)]
#[path = "webhooks_tests.rs"]
mod tests;
