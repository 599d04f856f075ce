//! Payments, reversals, settlements and write-offs.

use domain::Violation;
use domain::ids::{DebtorId, InvoiceId};
use domain::payment::{Payment, PaymentKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// A payment as it is put: on an invoice, or on a debtor, whose oldest open invoices it then pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentBody {
    pub kind: PaymentKindName,
    pub invoice_id: Option<String>,
    pub debtor_id: Option<String>,
    /// More than zero; the kind gives the sign.
    pub amount: String,
    pub received_on: String,
    pub reference: Option<String>,
    /// Why a direct debit came back, such as AM04.
    pub reason_code: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub modified_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum PaymentKindName {
    Payment,
    Reversal,
    Settlement,
    WriteOff,
}

/// A payment whose fields are right; whose it is may still have to be looked up from the invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPayment {
    pub kind: PaymentKind,
    pub invoice: Option<InvoiceId>,
    pub debtor: Option<DebtorId>,
    pub amount: domain::Money,
    pub received_on: jiff::civil::Date,
    pub reference: Option<String>,
    pub reason_code: Option<String>,
    pub modified_at: Timestamp,
}

impl PaymentBody {
    pub fn check(self) -> Result<CheckedPayment, Vec<Violation>> {
        let mut fields = Fields::new();
        let invoice = self.invoice_id.as_deref().and_then(|id| fields.id("invoiceId", id, InvoiceId::parse));
        let debtor = self.debtor_id.as_deref().and_then(|id| fields.id("debtorId", id, DebtorId::parse));
        if self.invoice_id.is_none() && self.debtor_id.is_none() {
            fields.refuse("invoiceId", "required", "a payment names an invoice or a debtor");
        }
        if self.kind == PaymentKindName::Reversal && self.invoice_id.is_none() {
            fields.refuse("invoiceId", "required", "a reversal names the invoice that it opens again");
        }
        let amount = fields.amount("amount", &self.amount);
        if amount.is_some_and(|a| a.is_zero()) {
            fields.refuse("amount", "zero_amount", "is more than zero");
        }
        let received_on = fields.date("receivedOn", &self.received_on);
        let reference = fields.optional_text("reference", self.reference.as_deref(), 140);
        let reason_code = fields.optional_text("reasonCode", self.reason_code.as_deref(), 8);
        let value = amount.zip(received_on).map(|(amount, received_on)| CheckedPayment {
            kind: match self.kind {
                PaymentKindName::Payment => PaymentKind::Payment,
                PaymentKindName::Reversal => PaymentKind::Reversal,
                PaymentKindName::Settlement => PaymentKind::Settlement,
                PaymentKindName::WriteOff => PaymentKind::WriteOff,
            },
            invoice,
            debtor,
            amount,
            received_on,
            reference,
            reason_code,
            modified_at: self.modified_at,
        });
        fields.finish(value)
    }
}

/// A payment as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentView {
    pub id: String,
    #[serde(flatten)]
    pub body: PaymentBody,
    /// The invoices that it was booked on.
    pub booked_on: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl PaymentView {
    pub fn of(payment: &Payment, booked_on: &[InvoiceId], updated_at: Timestamp) -> PaymentView {
        PaymentView {
            id: payment.id.to_string(),
            body: PaymentBody {
                kind: match payment.kind {
                    PaymentKind::Payment => PaymentKindName::Payment,
                    PaymentKind::Reversal => PaymentKindName::Reversal,
                    PaymentKind::Settlement => PaymentKindName::Settlement,
                    PaymentKind::WriteOff => PaymentKindName::WriteOff,
                },
                invoice_id: payment.invoice.as_ref().map(ToString::to_string),
                debtor_id: Some(payment.debtor.to_string()),
                amount: payment.amount.to_string(),
                received_on: payment.received_on.to_string(),
                reference: payment.reference.clone(),
                reason_code: payment.reason_code.clone(),
                modified_at: payment.modified_at,
            },
            booked_on: booked_on.iter().map(ToString::to_string).collect(),
            updated_at,
        }
    }
}
