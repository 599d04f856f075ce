//! Disputes.

use domain::Violation;
use domain::dispute::{Decision, Dispute, DisputeReason, DisputeState, Objection};
use domain::ids::{DebtorId, InvoiceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// A dispute as it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisputeBody {
    pub invoice_id: String,
    pub reason: DisputeReasonName,
    /// What the debtor says, in their own words.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DisputeReasonName {
    NotDelivered,
    Complaint,
    ErrorOnInvoice,
    AlreadyPaid,
    Other,
}

impl DisputeBody {
    /// The objection.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self, request: Option<String>) -> Result<Objection, Vec<Violation>> {
        let mut fields = Fields::new();
        let invoice = fields.id("invoiceId", &self.invoice_id, InvoiceId::parse);
        let text = fields.text("text", &self.text, 2_000);
        let reason = match self.reason {
            DisputeReasonName::NotDelivered => DisputeReason::NotDelivered,
            DisputeReasonName::Complaint => DisputeReason::Complaint,
            DisputeReasonName::ErrorOnInvoice => DisputeReason::ErrorOnInvoice,
            DisputeReasonName::AlreadyPaid => DisputeReason::AlreadyPaid,
            DisputeReasonName::Other => DisputeReason::Other,
        };
        let value = invoice.zip(text).map(|(invoice, text)| Objection { invoice, reason, text, request });
        fields.finish(value)
    }
}

/// What the desk decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionBody {
    pub decision: DecisionName,
    /// Of `partly` only: the credit note that is expected, in euros.
    pub amount: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DecisionName {
    /// The invoice stands: follow-up goes on after the grace.
    Rejected,
    /// Nothing is owed: follow-up waits for the credit note over all that is open.
    Accepted,
    /// A part is not owed: follow-up of the rest waits for the credit note over that part.
    Partly,
}

impl DecisionBody {
    /// The decision with its reason.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<(Decision, String), Vec<Violation>> {
        let mut fields = Fields::new();
        let reason = fields.text("reason", &self.reason, 500);
        let amount = self.amount.as_deref().map(|text| fields.amount("amount", text));
        let decision = match (self.decision, amount) {
            (DecisionName::Rejected, None) => Some(Decision::Rejected),
            (DecisionName::Accepted, None) => Some(Decision::Accepted),
            (DecisionName::Partly, Some(Some(amount))) if amount.is_positive() => {
                Some(Decision::Partly { amount })
            }
            (DecisionName::Partly, Some(None)) => None,
            (DecisionName::Partly, _) => {
                fields.refuse("amount", "not_positive", "of `partly` is what will be credited");
                None
            }
            (DecisionName::Rejected | DecisionName::Accepted, Some(_)) => {
                fields.refuse("amount", "only_partly", "belongs to `partly`");
                None
            }
        };
        fields.finish(decision.zip(reason))
    }
}

/// A dispute as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisputeView {
    pub id: String,
    pub debtor_id: String,
    pub invoice_id: String,
    pub reason: DisputeReasonName,
    pub text: String,
    /// `open`, `awaitingCredit` or `settled`.
    pub status: String,
    /// Null while nobody decided, and where nothing was open any more before anybody did.
    pub decision: Option<DecisionName>,
    /// Of `partly` only.
    pub amount: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    pub by: String,
}

impl DisputeView {
    pub fn of(dispute: &Dispute, debtor: &DebtorId) -> DisputeView {
        let (status, decision) = match dispute.state {
            DisputeState::Open => ("open", None),
            DisputeState::AwaitingCredit { decision, .. } => ("awaitingCredit", Some(decision)),
            DisputeState::Settled { decision, .. } => ("settled", decision),
        };
        DisputeView {
            id: dispute.id.to_string(),
            debtor_id: debtor.to_string(),
            invoice_id: dispute.invoice.to_string(),
            reason: match dispute.reason {
                DisputeReason::NotDelivered => DisputeReasonName::NotDelivered,
                DisputeReason::Complaint => DisputeReasonName::Complaint,
                DisputeReason::ErrorOnInvoice => DisputeReasonName::ErrorOnInvoice,
                DisputeReason::AlreadyPaid => DisputeReasonName::AlreadyPaid,
                DisputeReason::Other => DisputeReasonName::Other,
            },
            text: dispute.text.clone(),
            status: status.to_owned(),
            decision: decision.map(|d| match d {
                Decision::Rejected => DecisionName::Rejected,
                Decision::Accepted => DecisionName::Accepted,
                Decision::Partly { .. } => DecisionName::Partly,
            }),
            amount: decision.and_then(|d| match d {
                Decision::Partly { amount } => Some(amount.to_string()),
                Decision::Rejected | Decision::Accepted => None,
            }),
            opened_at: dispute.opened_at,
            by: dispute.by.clone(),
        }
    }
}
