//! What subscribers of webhooks get: that something happened, when, and ids to look it up by. No personal data.

use domain::ids::{AdministrationId, DebtorId, InvoiceId, WebhookId};
use domain::timeline::Entry;
use domain::webhook_event::Told;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::bus::Detail;

/// The name under which a test message is told.
pub const TEST: &str = "webhook.test";

/// A message, as Standard Webhooks suggests its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookMessage<D> {
    /// What happened, as subscribers know it.
    #[serde(rename = "type")]
    pub event: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Which ids it is about.
    pub data: D,
}

/// What a test message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestData {
    pub administration: AdministrationId,
    pub webhook_id: WebhookId,
}

impl WebhookMessage<Detail> {
    /// The message that tells this of an entry of a debtor's timeline: the same ids as on the bus, without what is for our own
    /// functions.
    pub fn of(administration: &AdministrationId, debtor: &DebtorId, entry: &Entry, told: &Told) -> Self {
        let mut data = Detail::of(administration, debtor, entry);
        data.evaluate.clear();
        data.submit = false;
        if let Some(invoices) = &told.invoices {
            data.invoice_ids = most(invoices);
        }
        WebhookMessage { event: told.event.name().to_owned(), timestamp: entry.at, data }
    }
}

fn most(invoices: &[InvoiceId]) -> Vec<InvoiceId> {
    invoices.iter().take(crate::bus::MOST_INVOICES).cloned().collect()
}

impl WebhookMessage<TestData> {
    /// A message that says nothing but that it arrives.
    pub fn test(administration: &AdministrationId, webhook: &WebhookId, now: Timestamp) -> Self {
        let data = TestData { administration: administration.clone(), webhook_id: webhook.clone() };
        WebhookMessage { event: TEST.to_owned(), timestamp: now, data }
    }
}
