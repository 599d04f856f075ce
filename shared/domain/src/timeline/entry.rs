//! An entry of the timeline, and what several events hold.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Event;
use crate::ids::InvoiceId;
use crate::invoice::ClosedAs;

/// One thing that happened: number, instant, by whom, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts up by one per debtor, from 1, without gaps.
    pub sequence: u32,
    /// The instant of the decision.
    pub at: Timestamp,
    /// Who did it: a token's subject, `schedule`, `municipality/bkr`, `mail service` ...
    pub by: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// An invoice without an open amount, and how it came to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClosedInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Paid, credited or written off.
    pub closed_as: ClosedAs,
}
