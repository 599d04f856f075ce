//! Holds: pause and resume.

use domain::Violation;
use domain::hold::{Covers, Hold, HoldReason, HoldScope};
use domain::ids::{AdministrationId, CaseId, DebtorId, InvoiceId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// A hold as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HoldBody {
    pub scope: ScopeBody,
    pub covers: CoversName,
    pub reason: String,
    /// The last day on which it stands by itself.
    pub until: Option<String>,
    /// The day on which somebody looks whether it should still stand.
    pub review_on: Option<String>,
}

/// Exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScopeBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debtor_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<String>,
    /// The id of the administration, or true.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub administration: Option<serde_json::Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CoversName {
    Reminders,
    Everything,
}

/// Where a hold that is asked for belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedScope {
    Debtor(DebtorId),
    Invoice(InvoiceId),
    Case(CaseId),
    Administration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedHold {
    pub scope: AskedScope,
    pub covers: Covers,
    pub reason: String,
    pub until: Option<Date>,
    pub review_on: Option<Date>,
}

impl HoldBody {
    pub fn check(self, own: &AdministrationId, today: Date) -> Result<AskedHold, Vec<Violation>> {
        let mut fields = Fields::new();
        let scope = scope(&mut fields, self.scope, own);
        let reason = fields.text("reason", &self.reason, 500);
        let until = fields.optional_date("until", self.until.as_deref());
        let review_on = fields.optional_date("reviewOn", self.review_on.as_deref());
        if until.is_some_and(|day| day < today) {
            fields.refuse("until", "in_the_past", "is today or later");
        }
        if review_on.is_some_and(|day| day < today) {
            fields.refuse("reviewOn", "in_the_past", "is today or later");
        }
        let covers = match self.covers {
            CoversName::Reminders => Covers::Reminders,
            CoversName::Everything => Covers::Everything,
        };
        let value =
            scope.zip(reason).map(|(scope, reason)| AskedHold { scope, covers, reason, until, review_on });
        fields.finish(value)
    }
}

fn scope(fields: &mut Fields, body: ScopeBody, own: &AdministrationId) -> Option<AskedScope> {
    match body {
        ScopeBody { debtor_id: Some(id), invoice_id: None, case_id: None, administration: None } => {
            fields.id("scope.debtorId", &id, DebtorId::parse).map(AskedScope::Debtor)
        }
        ScopeBody { debtor_id: None, invoice_id: Some(id), case_id: None, administration: None } => {
            fields.id("scope.invoiceId", &id, InvoiceId::parse).map(AskedScope::Invoice)
        }
        ScopeBody { debtor_id: None, invoice_id: None, case_id: Some(id), administration: None } => {
            fields.id("scope.caseId", &id, CaseId::parse).map(AskedScope::Case)
        }
        ScopeBody { debtor_id: None, invoice_id: None, case_id: None, administration: Some(named) } => {
            if named == serde_json::Value::Bool(true) || named.as_str() == Some(own.as_str()) {
                return Some(AskedScope::Administration);
            }
            let detail = "is true or the id of the token's own administration";
            fields.refuse("scope.administration", "not_your_administration", detail);
            None
        }
        _ => {
            let detail = "names exactly one of debtorId, invoiceId, caseId and administration";
            fields.refuse("scope", "one_scope", detail);
            None
        }
    }
}

/// A hold as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HoldView {
    pub id: String,
    pub scope: ScopeView,
    pub covers: CoversName,
    /// `asked`, `helpRunning`, `deceased`, `paymentPlan`, `dispute` or `promise`.
    pub kind: String,
    pub reason: String,
    pub by: String,
    #[schema(value_type = String, format = DateTime)]
    pub placed_at: Timestamp,
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    pub review_on: Option<Date>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub lifted_at: Option<Timestamp>,
    /// From when on nothing that it covers leaves any more. Later than `placedAt` only for a hold on everyone, by
    /// the seconds in which calls that had begun may still end.
    #[schema(value_type = String, format = DateTime)]
    pub effective_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScopeView {
    /// `debtor`, `invoice`, `invoices`, `case` or `administration`.
    pub kind: String,
    pub id: Option<String>,
    /// Of `invoices` only: those of a plan or promise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invoice_ids: Vec<String>,
}

impl HoldView {
    pub fn of(hold: &Hold) -> HoldView {
        let mut invoice_ids = Vec::new();
        let (scope_kind, id) = match &hold.scope {
            HoldScope::Debtor => ("debtor", hold.id.debtor().map(|d| d.to_string())),
            HoldScope::Invoice(invoice) => ("invoice", Some(invoice.to_string())),
            HoldScope::Invoices(held) => {
                invoice_ids = held.iter().map(ToString::to_string).collect();
                ("invoices", None)
            }
            HoldScope::Case(case) => ("case", Some(case.to_string())),
            HoldScope::Administration => ("administration", None),
        };
        let (kind, reason) = match &hold.reason {
            HoldReason::Asked { text } => ("asked", text.clone()),
            HoldReason::HelpRunning { signal } => ("helpRunning", format!("help runs on signal {signal}")),
            HoldReason::PaymentPlan { plan } => ("paymentPlan", format!("payment plan {plan}")),
            HoldReason::Dispute { dispute } => ("dispute", format!("dispute {dispute}")),
            HoldReason::Promise { promise } => ("promise", format!("promise {promise}")),
            HoldReason::DirectDebit { debit } => ("directDebit", format!("direct debit {debit}")),
            HoldReason::HandedOver { bailiff } => ("handedOver", bailiff.clone()),
            HoldReason::Deceased { signal } => ("deceased", format!("reported on signal {signal}")),
        };
        let effective_at = match hold.scope {
            HoldScope::Administration => hold.placed_at + domain::notice::CALL_OVER_AFTER,
            HoldScope::Debtor | HoldScope::Invoice(_) | HoldScope::Invoices(_) | HoldScope::Case(_) => {
                hold.placed_at
            }
        };
        HoldView {
            id: hold.id.to_string(),
            scope: ScopeView { kind: scope_kind.to_owned(), id, invoice_ids },
            covers: match hold.covers {
                Covers::Reminders => CoversName::Reminders,
                Covers::Everything => CoversName::Everything,
            },
            kind: kind.to_owned(),
            reason,
            by: hold.by.clone(),
            placed_at: hold.placed_at,
            until: hold.until,
            review_on: hold.review_on,
            lifted_at: hold.lifted_at,
            effective_at,
        }
    }
}
