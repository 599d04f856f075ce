//! Promises to pay.

use domain::Violation;
use domain::dossier::Dossier;
use domain::ids::DebtorId;
use domain::promise::{Promise, PromiseState, Promised};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;
use super::invoice_ids;

/// A promise as it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PromiseBody {
    pub debtor_id: String,
    /// All open invoices without an open promise, a plan or a dispute, when absent.
    pub invoice_ids: Option<Vec<String>>,
    /// Everything that is open on them, when absent; more than that counts as that.
    pub amount: Option<String>,
    /// The day by which the debtor pays.
    pub pay_by: String,
}

impl PromiseBody {
    /// Whose promise, and the promise.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self, today: Date, request: Option<String>) -> Result<(DebtorId, Promised), Vec<Violation>> {
        let mut fields = Fields::new();
        let debtor = fields.id("debtorId", &self.debtor_id, DebtorId::parse);
        let invoices = invoice_ids(&mut fields, self.invoice_ids.as_deref());
        let amount = self.amount.as_deref().and_then(|text| fields.amount("amount", text));
        let pay_by = fields.date("payBy", &self.pay_by);
        if amount.is_some_and(|amount| !amount.is_positive()) {
            fields.refuse("amount", "not_positive", "is more than nothing");
        }
        if pay_by.is_some_and(|day| day < today) {
            fields.refuse("payBy", "in_the_past", "is today or later");
        }
        let value = debtor
            .zip(pay_by)
            .map(|(debtor, pay_by)| (debtor, Promised { invoices, amount, pay_by, request }));
        fields.finish(value)
    }
}

/// A promise as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromiseView {
    pub id: String,
    pub debtor_id: String,
    /// `open`, `kept`, `broken` or `withdrawn`.
    pub status: String,
    pub invoice_ids: Vec<String>,
    pub amount: String,
    /// What came in of it, in euros.
    pub paid: String,
    #[schema(value_type = String, format = Date)]
    pub pay_by: Date,
    /// The last day on which a payment still keeps it.
    #[schema(value_type = String, format = Date)]
    pub awaited_until: Date,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    pub by: String,
}

impl PromiseView {
    pub fn of(promise: &Promise, dossier: &Dossier) -> PromiseView {
        let status = match promise.state {
            PromiseState::Open => "open",
            PromiseState::Kept => "kept",
            PromiseState::Broken => "broken",
            PromiseState::Withdrawn => "withdrawn",
        };
        PromiseView {
            id: promise.id.to_string(),
            debtor_id: dossier.debtor.id.to_string(),
            status: status.to_owned(),
            invoice_ids: promise.invoices.iter().map(|o| o.invoice.to_string()).collect(),
            amount: promise.amount.to_string(),
            paid: promise.paid(dossier).to_string(),
            pay_by: promise.pay_by,
            awaited_until: promise.awaited_until,
            made_at: promise.made_at,
            by: promise.by.clone(),
        }
    }
}
