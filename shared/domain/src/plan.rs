//! Payment plans: what is open, paid in instalments. A plan that was proposed or runs holds its invoices.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::administration::Administration;
use crate::dossier::{Dossier, Draft};
use crate::ids::{InvoiceId, PlanId};
use crate::notice::InstalmentDue;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentPlan {
    pub id: PlanId,
    pub state: PlanState,
    pub invoices: Vec<InvoiceId>,
    /// What was open on its invoices when it began to count, in euros: the sum of its instalments.
    pub total: Money,
    pub every: Every,
    /// In the order of their days.
    pub instalments: Vec<Instalment>,
    pub proposed_at: Timestamp,
    pub proposed_by: Side,
    pub by: String,
    /// The template whose conditions it met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// Who asked for the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    Debtor,
    Creditor,
}

/// Distance of two instalments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Every {
    Week,
    /// The same day of the month; the month's last day where it has no such day.
    Month,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instalment {
    /// From 1.
    pub number: u16,
    pub due_on: Date,
    pub amount: Money,
    /// The day on which the reminder before it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_on: Option<Date>,
    /// The day on which it was found paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_on: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum PlanState {
    /// Waits for the desk.
    Proposed,
    Active {
        since: Timestamp,
    },
    Rejected {
        reason: String,
    },
    /// Everything in it was paid.
    Finished {
        at: Timestamp,
    },
    /// This instalment was not paid within the grace: follow-up goes on.
    Broken {
        at: Timestamp,
        instalment: u16,
    },
    /// Ended by somebody before it was finished.
    Ended {
        at: Timestamp,
        reason: String,
    },
}

/// How an administration agrees to plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanRules {
    /// Days after an instalment's day in which it may still be paid before the plan breaks.
    pub grace_days: u16,
    /// Days before an instalment's day on which the debtor is reminded of it.
    pub reminder_days: u16,
    /// Days in which the desk decides on a proposal; then a task asks.
    pub decide_days: u16,
    /// What debtors may choose from. A proposal within none of them can still be made by the creditor.
    pub templates: Vec<PlanTemplate>,
}

/// A kind of plan, with the conditions under which it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanTemplate {
    pub id: String,
    /// For a total of at least and at most so many euros.
    pub minimum_total: Money,
    pub maximum_total: Money,
    pub most_instalments: u16,
    pub every: Every,
    /// The first instalment falls due at most so many days after the proposal.
    pub first_within_days: u16,
    /// An instalment is at least so many euros.
    pub minimum_instalment: Money,
    /// Approved without the desk.
    pub automatic: bool,
}

impl Default for PlanRules {
    fn default() -> PlanRules {
        let template = |id: &str, maximum_total, most_instalments, automatic| PlanTemplate {
            id: id.to_owned(),
            minimum_total: Money::from_cents(50_00),
            maximum_total: Money::from_cents(maximum_total),
            most_instalments,
            every: Every::Month,
            first_within_days: 31,
            minimum_instalment: Money::from_cents(15_00),
            automatic,
        };
        PlanRules {
            grace_days: 7,
            reminder_days: 4,
            decide_days: 5,
            templates: vec![template("short", 500_00, 4, true), template("long", 5_000_00, 12, false)],
        }
    }
}

/// Brings plans up to now.
pub(crate) fn advance(_draft: &mut Draft, _administration: &Administration) {}

/// The instalment whose reminder is due now.
pub(crate) fn due_reminder(
    _dossier: &Dossier,
    _administration: &Administration,
    _now: Timestamp,
) -> Option<InstalmentDue> {
    None
}

/// The next day on which an instalment reminder leaves if nothing else happens.
pub(crate) fn next_reminder(
    _dossier: &Dossier,
    _administration: &Administration,
    _now: Timestamp,
) -> Option<(Date, PlanId)> {
    None
}

/// Whether the reminder of this instalment may still leave.
pub(crate) fn still_due(
    _dossier: &Dossier,
    _due: &InstalmentDue,
    _administration: &Administration,
    _now: Timestamp,
) -> bool {
    false
}

/// What is to be paid by this instalment's day, in euros.
pub(crate) fn amount_due(_dossier: &Dossier, _due: &InstalmentDue) -> Money {
    Money::ZERO
}

/// The reminder of this instalment left.
pub(crate) fn mark_reminded(_dossier: &mut Dossier, _due: &InstalmentDue, _on: Date) {}

/// The next instant at which a plan needs somebody.
pub(crate) fn wake_at(
    _dossier: &Dossier,
    _administration: &Administration,
    _now: Timestamp,
) -> Option<Timestamp> {
    None
}
