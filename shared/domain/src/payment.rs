//! Payments as the source system reports them, before they are booked on invoices.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::{DebtorId, InvoiceId, PaymentId};

/// A payment, reversal, settlement or write-off, as an accounting tool or bank tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The source system's own id.
    pub id: PaymentId,
    /// What it does.
    pub kind: PaymentKind,
    /// The invoice that it was meant for. Without one it goes to the debtor's oldest open invoices
    /// (article 6:43 BW).
    pub invoice: Option<InvoiceId>,
    /// Whose dossier it is booked in; it never changes.
    pub debtor: DebtorId,
    /// In euros, above zero.
    pub amount: Money,
    /// The day from which it counts.
    pub received_on: Date,
    /// What the payer wrote.
    pub reference: Option<String>,
    /// Why a direct debit came back, such as AM04.
    pub reason_code: Option<String>,
    /// When the source system last changed this record.
    pub modified_at: Timestamp,
    /// The invoices that whoever paid chose without naming one (article 6:43(1) BW): it goes to no others, and what is over
    /// stays to the debtor's credit. Empty: all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub among: Vec<InvoiceId>,
    /// The payment that a reversal takes back, wherever it was booked: first from the credit that it left, then from its
    /// invoices, those that were due last first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_back: Option<PaymentId>,
}

/// What a payment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaymentKind {
    /// Money came in.
    Payment,
    /// Money went back, such as a direct debit that was returned.
    Reversal,
    /// Settled against something else of the same debtor.
    Settlement,
    /// The creditor gives it up.
    WriteOff,
}
