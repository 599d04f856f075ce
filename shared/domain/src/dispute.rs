//! Disputes: the debtor says that an invoice is wrong, and reminders about it wait for the desk's decision.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::{DisputeId, InvoiceId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dispute {
    pub id: DisputeId,
    pub invoice: InvoiceId,
    pub reason: DisputeReason,
    /// What the debtor wrote, in their own words.
    pub text: String,
    pub opened_at: Timestamp,
    pub by: String,
    pub state: DisputeState,
}

/// What the debtor says is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DisputeReason {
    NotDelivered,
    Complaint,
    ErrorOnInvoice,
    AlreadyPaid,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum DisputeState {
    /// The desk has to decide.
    Open,
    /// The debtor is right, wholly or in part: follow-up waits for the credit note.
    AwaitingCredit { decision: Decision, decided_at: Timestamp },
    /// Over: rejected, credited, or nothing is open any more.
    Settled { decision: Option<Decision>, at: Timestamp },
}

/// What the desk decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Decision {
    /// The invoice stands: follow-up goes on after the grace.
    Rejected,
    /// Nothing is owed: a credit note over all that is open is expected.
    Accepted,
    /// A credit note over this amount is expected, in euros; follow-up of the rest goes on once it came in.
    Partly { amount: Money },
}
