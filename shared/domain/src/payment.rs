//! Payments as the source system reports them, before they are booked on invoices.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::{DebtorId, InvoiceId, PaymentId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub id: PaymentId,
    pub kind: PaymentKind,
    /// The invoice that it was meant for. Without one it goes to the debtor's oldest open invoices
    /// (article 6:43 BW).
    pub invoice: Option<InvoiceId>,
    pub debtor: DebtorId,
    pub amount: Money,
    pub received_on: Date,
    pub reference: Option<String>,
    /// Why a direct debit came back, such as AM04.
    pub reason_code: Option<String>,
    pub modified_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaymentKind {
    Payment,
    Reversal,
    Settlement,
    WriteOff,
}
