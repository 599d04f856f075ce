//! Editing the next step of an invoice, and what is claimed on one.

use domain::Violation;
use domain::claim::{Entry, Specification};
use domain::editing::Edit;
use domain::ids::{InvoiceId, StepId};
use domain::invoice::Invoice;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// What is wanted of the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepEditBody {
    pub action: StepAction,
    /// The day of a `reschedule`.
    pub on: Option<String>,
    /// The step that a `reset` goes back to; the first where it is absent.
    pub step: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepAction {
    /// Leave it out; the step after it waits from today.
    Skip,
    /// Go back, and wait anew from today.
    Reset,
    /// Take it on `on`. Holds and the window still count.
    Reschedule,
    /// Take it as soon as the window is open, whatever the interval between messages. Holds still count.
    SendNow,
    /// Change nothing; say what would be sent and when.
    Preview,
}

impl StepEditBody {
    /// The edit, or `None` for a preview.
    pub fn check(self) -> Result<Option<Edit>, Vec<Violation>> {
        let mut fields = Fields::new();
        let on = fields.optional_date("on", self.on.as_deref());
        let step = self.step.as_deref().and_then(|step| fields.id("step", step, StepId::parse));
        if self.on.is_some() && self.action != StepAction::Reschedule {
            fields.refuse("on", "not_with_this_action", "belongs to reschedule");
        }
        if self.step.is_some() && self.action != StepAction::Reset {
            fields.refuse("step", "not_with_this_action", "belongs to reset");
        }
        if self.on.is_none() && self.action == StepAction::Reschedule {
            fields.refuse("on", "required", "is the day of the step");
        }
        let edit = match self.action {
            StepAction::Skip => Some(Edit::Skip),
            StepAction::Reset => Some(Edit::Reset { to: step }),
            StepAction::Reschedule => on.map(|on| Edit::Reschedule { on }),
            StepAction::SendNow => Some(Edit::SendNow),
            StepAction::Preview => None,
        };
        fields.finish(Some(edit))
    }
}

/// The message that would leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewView {
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The heaviest kind of step in it.
    pub kind: String,
    pub channel: String,
    pub amount: String,
    pub invoice_ids: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What an edit came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepEditView {
    pub invoice_id: String,
    /// What happens next to the debtor; null where nothing does.
    pub next_action: Option<super::debtors::NextActionView>,
    pub no_action: Option<super::debtors::NoActionView>,
    /// Only for a preview: the next message about this invoice, if one would leave.
    pub preview: Option<PreviewView>,
}

/// What is claimed on an invoice on one day, in euros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimView {
    pub invoice_id: String,
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// Whether costs and interest are claimed on this day.
    pub claimed: bool,
    pub principal: String,
    /// Collection costs that are open.
    pub costs: String,
    /// Interest that is open, up to and including the day. Not part of `owed` before it is claimed.
    pub interest: String,
    pub owed: String,
    /// What is to be given back.
    pub over: String,
    /// How the interest came about.
    pub interest_periods: Vec<InterestPeriodView>,
    /// What was booked and charged, in order.
    pub lines: Vec<ClaimLineView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InterestPeriodView {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Inclusive.
    #[schema(value_type = String, format = Date)]
    pub through: Date,
    /// A year.
    pub percent: String,
    pub base: String,
    pub days: i32,
    pub amount: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimLineView {
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// `claimed`, `payment`, `reduction`, `reversal` or `charge`.
    pub entry: String,
    pub amount: String,
    /// By how much each part of what is open changed.
    pub costs: String,
    pub interest: String,
    pub principal: String,
}

impl ClaimView {
    pub fn of(invoice: &InvoiceId, specification: &Specification) -> ClaimView {
        let Specification { on, claimed, principal, costs, interest, over, periods, lines, .. } =
            specification;
        ClaimView {
            invoice_id: invoice.to_string(),
            on: *on,
            claimed: *claimed,
            principal: principal.to_string(),
            costs: costs.to_string(),
            interest: interest.to_string(),
            owed: specification.owed().total().to_string(),
            over: over.to_string(),
            interest_periods: periods
                .iter()
                .map(|p| InterestPeriodView {
                    from: p.from,
                    through: p.through,
                    percent: p.percent.normalize().to_string(),
                    base: p.base.to_string(),
                    days: p.days,
                    amount: p.amount.to_string(),
                })
                .collect(),
            lines: lines
                .iter()
                .map(|l| ClaimLineView {
                    on: l.on,
                    entry: entry_name(l.entry).to_owned(),
                    amount: l.amount.to_string(),
                    costs: l.moved.costs.to_string(),
                    interest: l.moved.interest.to_string(),
                    principal: l.moved.principal.to_string(),
                })
                .collect(),
        }
    }
}

fn entry_name(entry: Entry) -> &'static str {
    match entry {
        Entry::Claimed => "claimed",
        Entry::Payment => "payment",
        Entry::Reduction => "reduction",
        Entry::Reversal => "reversal",
        Entry::Charge => "charge",
    }
}

/// Costs and interest of an invoice as it is read, in euros; both zero until a step claims them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwedView {
    pub principal: String,
    pub costs: String,
    pub interest: String,
    pub total: String,
}

impl OwedView {
    pub fn of(invoice: &Invoice, on: Date) -> OwedView {
        let owed = invoice.owed_parts(on);
        OwedView {
            principal: owed.principal.to_string(),
            costs: owed.costs.to_string(),
            interest: owed.interest.to_string(),
            total: owed.total().to_string(),
        }
    }
}
