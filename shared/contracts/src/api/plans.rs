//! Payment plans.

use domain::Violation;
use domain::dossier::Dossier;
use domain::ids::DebtorId;
use domain::plan::{Every, Instalment, MOST_INSTALMENTS, PaymentPlan, PlanState, Side};
use domain::planning::Proposal;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;
use super::invoice_ids;

/// A plan as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanBody {
    pub debtor_id: String,
    /// All open invoices that are neither disputed nor in another plan, when absent.
    pub invoice_ids: Option<Vec<String>>,
    /// 1 to 36.
    pub instalments: u16,
    pub every: EveryName,
    /// The day of the first instalment, within a year.
    pub first_on: String,
    /// A first instalment that is larger than the others.
    pub first_amount: Option<String>,
    pub proposed_by: SideName,
    /// Approved by proposing it. Of a creditor's plan only: a debtor's is approved by the settings, or by the desk.
    #[serde(default)]
    pub approve: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum EveryName {
    Week,
    Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SideName {
    Debtor,
    Creditor,
}

impl PlanBody {
    /// Whose plan, and the proposal.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self, today: Date, request: Option<String>) -> Result<(DebtorId, Proposal), Vec<Violation>> {
        let mut fields = Fields::new();
        let debtor = fields.id("debtorId", &self.debtor_id, DebtorId::parse);
        let invoices = invoice_ids(&mut fields, self.invoice_ids.as_deref());
        let first_on = fields.date("firstOn", &self.first_on);
        let first_amount = self.first_amount.as_deref().and_then(|text| fields.amount("firstAmount", text));
        let by = match self.proposed_by {
            SideName::Debtor => Side::Debtor,
            SideName::Creditor => Side::Creditor,
        };
        let approved = self.approve == Some(true);
        if first_on.is_some_and(|day| day < today) {
            fields.refuse("firstOn", "in_the_past", "is today or later");
        }
        if !(1..=MOST_INSTALMENTS).contains(&self.instalments) {
            fields.refuse("instalments", "out_of_range", "is 1 to 36");
        }
        if approved && by == Side::Debtor {
            let detail = "is for plans of the creditor; approve a debtor's plan by itself";
            fields.refuse("approve", "not_the_creditors", detail);
        }
        let every = match self.every {
            EveryName::Week => Every::Week,
            EveryName::Month => Every::Month,
        };
        let instalments = self.instalments;
        let value = debtor.zip(first_on).map(|(debtor, first_on)| {
            let proposal =
                Proposal { invoices, instalments, every, first_on, first_amount, by, approved, request };
            (debtor, proposal)
        });
        fields.finish(value)
    }
}

/// A plan as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    pub id: String,
    pub debtor_id: String,
    /// `proposed`, `active`, `rejected`, `finished`, `broken` or `ended`.
    pub status: String,
    /// Why it was rejected or ended, or which instalment was missed.
    pub reason: Option<String>,
    pub invoice_ids: Vec<String>,
    /// The sum of the instalments, in euros.
    pub total: String,
    /// What was paid, credited or written off on its invoices since, in euros; never more than the total.
    pub paid: String,
    pub every: EveryName,
    pub instalments: Vec<InstalmentView>,
    #[schema(value_type = String, format = DateTime)]
    pub proposed_at: Timestamp,
    pub proposed_by: SideName,
    pub by: String,
    /// The template of the settings whose conditions it met.
    pub template: Option<String>,
    /// Days after an instalment's day in which it may still be paid.
    pub grace_days: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstalmentView {
    /// From 1.
    pub number: u16,
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    pub amount: String,
    /// The last day on which it may be paid before the plan is broken.
    #[schema(value_type = String, format = Date)]
    pub last_day: Date,
    #[schema(value_type = Option<String>, format = Date)]
    pub reminded_on: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    pub paid_on: Option<Date>,
}

impl PlanView {
    pub fn of(plan: &PaymentPlan, dossier: &Dossier) -> PlanView {
        let (status, reason) = match &plan.state {
            PlanState::Proposed => ("proposed", None),
            PlanState::Active { .. } => ("active", None),
            PlanState::Rejected { reason } => ("rejected", Some(reason.clone())),
            PlanState::Finished { .. } => ("finished", None),
            PlanState::Broken { instalment, .. } => {
                ("broken", Some(format!("instalment {instalment} was not paid")))
            }
            PlanState::Ended { reason, .. } => ("ended", Some(reason.clone())),
        };
        PlanView {
            id: plan.id.to_string(),
            debtor_id: dossier.debtor.id.to_string(),
            status: status.to_owned(),
            reason,
            invoice_ids: plan.invoices.iter().map(|o| o.invoice.to_string()).collect(),
            total: plan.total.to_string(),
            paid: plan.paid(dossier).to_string(),
            every: match plan.every {
                Every::Week => EveryName::Week,
                Every::Month => EveryName::Month,
            },
            instalments: plan.instalments.iter().map(|i| instalment_view(i, plan.grace_days)).collect(),
            proposed_at: plan.proposed_at,
            proposed_by: match plan.proposed_by {
                Side::Debtor => SideName::Debtor,
                Side::Creditor => SideName::Creditor,
            },
            by: plan.by.clone(),
            template: plan.template.clone(),
            grace_days: plan.grace_days,
        }
    }
}

fn instalment_view(instalment: &Instalment, grace_days: u16) -> InstalmentView {
    InstalmentView {
        number: instalment.number,
        due_on: instalment.due_on,
        amount: instalment.amount.to_string(),
        last_day: instalment.last_day(grace_days),
        reminded_on: instalment.reminded_on,
        paid_on: instalment.paid_on,
    }
}
