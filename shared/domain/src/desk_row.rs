//! One debtor as the desk's overview shows them: one row, made of the dossier alone.
//!
//! What is counted, listed and shown of a debtor follows from the row. What moves with the days (what is overdue, in which
//! bucket of ageing it is) is kept by the day on which it was due, so that a row stays right without being made anew at
//! midnight.
//!
//! A new kind of thing that waits for somebody at the desk is one variant of [`Need`], one arm in [`waiting`], and one more of
//! [`DESK_ROW`].
//!
//! Not to be confused with [`crate::overview`], which is that of signals and is written with the dossier.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::administration::Administration;
use crate::calendar::{days_between, today};
use crate::calling::CALL;
use crate::dispute::DisputeState;
use crate::dossier::{Dossier, Task};
use crate::follow_up::{FORMAL_NOTICE_NOT_DELIVERED, NO_ADDRESS};
use crate::hold::HoldReason;
use crate::ids::DebtorId;
use crate::invoice::Invoice;
use crate::next::{Next, Nothing, next};
use crate::plan::PlanState;
use crate::requesting::{REQUEST_STUCK, REQUEST_UNKNOWN};
use crate::sending::{ADDRESS_FAILED, NOT_DELIVERED};
use crate::signal::SignalState;
use crate::step::StepKind;
use crate::{debiting, dispute, planning};

/// The way in which rows are made of dossiers, and what they are found by. An overview that was made another way is made anew by
/// itself. Count up when this module or [`crate::desk_search`] make other ones of the same dossier.
pub const DESK_ROW: u8 = 1;

/// The last bucket of ageing begins after so many days: what is in it stays there.
pub const OLDEST_AFTER_DAYS: i32 = 90;

/// Tasks that say that something did not get where it was to go. The others are [`Need::Task`].
const FAILURES: [&str; 10] = [
    "notice_failed",
    "signal_refused",
    "signal_unanswered",
    ADDRESS_FAILED,
    NOT_DELIVERED,
    NO_ADDRESS,
    FORMAL_NOTICE_NOT_DELIVERED,
    REQUEST_UNKNOWN,
    REQUEST_STUCK,
    debiting::DEBIT_RETURNED,
];

/// What waits for somebody at the desk: each is a work list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Need {
    /// Something to look at that is in no other list.
    Task,
    /// A debtor to call.
    Call,
    /// A dispute to decide.
    Dispute,
    /// A payment plan to approve or reject.
    Plan,
    /// A signal whose conditions hold, and which waits for a word.
    Signal,
    /// Something that did not arrive, was refused or came back.
    Failure,
}

const NEEDS: [(Need, &str); 6] = [
    (Need::Task, "tasks"),
    (Need::Call, "calls"),
    (Need::Dispute, "disputes"),
    (Need::Plan, "plans"),
    (Need::Signal, "signals"),
    (Need::Failure, "failures"),
];

impl Need {
    /// Every kind there is.
    pub fn all() -> impl Iterator<Item = Need> {
        NEEDS.into_iter().map(|(need, _)| need)
    }

    /// The name of its work list, such as `disputes`.
    pub fn name(self) -> &'static str {
        NEEDS.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a text names no work list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is tasks, calls, disputes, plans, signals or failures")]
pub struct NeedError;

impl FromStr for Need {
    type Err = NeedError;

    fn from_str(text: &str) -> Result<Need, NeedError> {
        NEEDS.iter().find(|(_, name)| *name == text).map(|(need, _)| *need).ok_or(NeedError)
    }
}

/// How far follow-up is with an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// No step was taken.
    Begins,
    /// This one was taken or skipped last.
    After(StepKind),
    /// In a payment plan that runs.
    InPlan,
    /// In dispute, or waiting for the credit note that was agreed.
    Disputed,
    /// With a bailiff.
    HandedOver,
}

const BEGINS: &str = "notBegun";
const IN_PLAN: &str = "inPlan";
const DISPUTED: &str = "disputed";
const HANDED_OVER: &str = "handedOver";

const STEPS: [StepKind; 12] = [
    StepKind::InstalmentReminder,
    StepKind::InvoiceSending,
    StepKind::PreReminder,
    StepKind::Reminder,
    StepKind::FinalReminder,
    StepKind::FormalNotice,
    StepKind::EndOfServiceAnnouncement,
    StepKind::EndOfService,
    StepKind::Summons,
    StepKind::SecondSummons,
    StepKind::NoticeOfDefault,
    StepKind::ReadyForBailiff,
];

impl Phase {
    /// Every phase there is, in the order of follow-up.
    pub fn all() -> impl Iterator<Item = Phase> {
        let steps = STEPS.into_iter().filter(|kind| kind.is_of_policy()).map(Phase::After);
        std::iter::once(Phase::Begins).chain(steps).chain([Phase::InPlan, Phase::Disputed, Phase::HandedOver])
    }

    /// Its name: that of the step, such as `finalReminder`, or `notBegun`, `inPlan`, `disputed` and `handedOver`.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Begins => BEGINS,
            Phase::After(kind) => kind.name(),
            Phase::InPlan => IN_PLAN,
            Phase::Disputed => DISPUTED,
            Phase::HandedOver => HANDED_OVER,
        }
    }

    /// The phase with this name.
    pub fn named(text: &str) -> Option<Phase> {
        Phase::all().find(|phase| phase.name() == text)
    }

    /// Of an open invoice. What was agreed or is not settled says more than the step before it.
    fn of(invoice: &Invoice, dossier: &Dossier, now: Timestamp) -> Phase {
        let handed_over = |reason: &HoldReason| match reason {
            HoldReason::HandedOver { .. } => true,
            HoldReason::Asked { .. }
            | HoldReason::HelpRunning { .. }
            | HoldReason::Deceased { .. }
            | HoldReason::PaymentPlan { .. }
            | HoldReason::Dispute { .. }
            | HoldReason::Promise { .. }
            | HoldReason::DirectDebit { .. } => false,
        };
        let holds = dossier.holds_on(&invoice.id, StepKind::Reminder, &[]);
        if holds.filter(|h| h.stands_at(now)).any(|h| handed_over(&h.reason)) {
            return Phase::HandedOver;
        }
        if dossier.disputes.iter().any(|d| d.lives() && d.invoice == invoice.id) {
            return Phase::Disputed;
        }
        let of_plan = |plan: &crate::plan::PaymentPlan| {
            plan.is_running() && plan.invoices.iter().any(|i| i.invoice == invoice.id)
        };
        if dossier.plans.iter().any(of_plan) {
            return Phase::InPlan;
        }
        invoice.last_step().map_or(Phase::Begins, |step| Phase::After(step.kind))
    }
}

/// A number of invoices and what is open on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How many invoices.
    pub invoices: u32,
    /// The principal that is open on them, in euros.
    pub amount: Money,
}

impl Default for Sum {
    fn default() -> Sum {
        Sum { invoices: 0, amount: Money::ZERO }
    }
}

impl Sum {
    /// Takes in one more invoice, or those of another sum.
    pub fn add(&mut self, other: Sum) {
        self.invoices += other.invoices;
        self.amount = self.amount + other.amount;
    }
}

/// When something was due, as far as it matters for what is overdue and how old that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DueOn {
    /// So long ago that it is in the last bucket, and stays there.
    LongAgo,
    /// On this day.
    Day(Date),
}

impl DueOn {
    fn of(due: Date, today: Date) -> DueOn {
        if days_between(due, today) > OLDEST_AFTER_DAYS { DueOn::LongAgo } else { DueOn::Day(due) }
    }

    /// The bucket that this is in on a day.
    pub fn bucket(self, on: Date) -> Bucket {
        match self {
            DueOn::LongAgo => Bucket::Oldest,
            DueOn::Day(due) => match days_between(due, on) {
                ..=0 => Bucket::NotDue,
                1..=30 => Bucket::To30,
                31..=60 => Bucket::To60,
                61..=OLDEST_AFTER_DAYS => Bucket::To90,
                _ => Bucket::Oldest,
            },
        }
    }
}

/// How many days something is past its due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Bucket {
    /// It is due today or later.
    NotDue,
    /// 1 to 30.
    To30,
    /// 31 to 60.
    To60,
    /// 61 to 90.
    To90,
    /// More than 90.
    Oldest,
}

impl Bucket {
    /// Every bucket, the youngest first.
    pub fn all() -> [Bucket; 5] {
        [Bucket::NotDue, Bucket::To30, Bucket::To60, Bucket::To90, Bucket::Oldest]
    }

    /// Its name: `notDue`, `1-30`, `31-60`, `61-90` or `over90`.
    pub fn name(self) -> &'static str {
        match self {
            Bucket::NotDue => "notDue",
            Bucket::To30 => "1-30",
            Bucket::To60 => "31-60",
            Bucket::To90 => "61-90",
            Bucket::Oldest => "over90",
        }
    }
}

/// What waits for the desk of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// How many.
    pub things: u32,
    /// Since when the first of them waits.
    pub since: Timestamp,
}

/// What happens next to a debtor, as a row says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum RowNext {
    /// A step is taken on this day.
    Step {
        /// The heaviest kind of what is taken together.
        kind: StepKind,
        /// The day.
        on: Date,
    },
    /// Something is being sent, or its outcome is awaited.
    UnderWay {
        /// What it is.
        kind: StepKind,
    },
    /// Nothing is sent.
    Nothing {
        /// Why, by the stable name of [`Nothing::code`].
        reason: String,
        /// The day on which that ends by itself, where it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
}

impl RowNext {
    fn of(dossier: &Dossier, administration: &Administration, now: Timestamp) -> RowNext {
        match next(dossier, administration, now) {
            Next::Notice { on, steps } => {
                let kind = steps.iter().map(|(_, _, kind)| *kind).max();
                RowNext::Step { kind: kind.unwrap_or(StepKind::Reminder), on }
            }
            Next::Instalment { on, .. } => RowNext::Step { kind: StepKind::InstalmentReminder, on },
            Next::UnderWay(id) => {
                let kind = dossier.notice(&id).map(|notice| notice.kind);
                RowNext::UnderWay { kind: kind.unwrap_or(StepKind::Reminder) }
            }
            Next::Nothing(nothing) => {
                let reason = nothing.code().to_owned();
                let until = match nothing {
                    Nothing::Held { until, .. } => until,
                    Nothing::CollectedByDebit { on, .. } => Some(on),
                    Nothing::NothingOpen
                    | Nothing::CoveredByCredit
                    | Nothing::NoAddress
                    | Nothing::NoticeFailed
                    | Nothing::TooSmall
                    | Nothing::AwaitsDelivery { .. }
                    | Nothing::RatesEnded
                    | Nothing::NotLawful(_)
                    | Nothing::NoFollowUp
                    | Nothing::PolicyEnded => None,
                };
                RowNext::Nothing { reason, until }
            }
        }
    }
}

/// One debtor in the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskRow {
    /// Whose row it is.
    pub debtor: DebtorId,
    /// The number that the creditor's own people use.
    pub number: String,
    /// As messages address them.
    pub name: String,
    /// The principal of the open invoices, in euros.
    pub outstanding: Money,
    /// The open invoices by when they are due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<(DueOn, Sum)>,
    /// The same invoices by how far follow-up is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<(Phase, Sum)>,
    /// What happens next, or why nothing does.
    pub next: RowNext,
    /// What waits for the desk.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub needs: BTreeMap<Need, Waiting>,
    /// The creditor's own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// When the dossier last changed that the row was made of.
    pub updated_at: Timestamp,
}

impl DeskRow {
    /// The row of a dossier; none of a debtor whom the source system deleted.
    pub fn of(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Option<DeskRow> {
        if dossier.deleted_at.is_some() {
            return None;
        }
        let mut due: BTreeMap<DueOn, Sum> = BTreeMap::new();
        let mut phases: BTreeMap<Phase, Sum> = BTreeMap::new();
        for invoice in dossier.open_invoices() {
            let one = Sum { invoices: 1, amount: invoice.open() };
            let due_on = DueOn::of(invoice.due_date, today(now));
            due.entry(due_on).or_default().add(one);
            phases.entry(Phase::of(invoice, dossier, now)).or_default().add(one);
        }
        Some(DeskRow {
            debtor: dossier.debtor.id.clone(),
            number: dossier.debtor.number.clone(),
            name: dossier.debtor.name.clone(),
            outstanding: dossier.outstanding(),
            due: due.into_iter().collect(),
            phases: phases.into_iter().collect(),
            next: RowNext::of(dossier, administration, now),
            needs: waiting(dossier),
            labels: dossier.debtor.labels.clone(),
            updated_at: dossier.updated_at,
        })
    }

    /// Open invoices.
    pub fn open_invoices(&self) -> u32 {
        self.due.iter().map(|(_, sum)| sum.invoices).sum()
    }

    /// What is open past its due date on a day, in euros.
    pub fn overdue(&self, on: Date) -> Money {
        let late = self.due.iter().filter(|(due, _)| due.bucket(on) != Bucket::NotDue);
        late.map(|(_, sum)| sum.amount).sum()
    }
}

/// What waits for the desk, by kind.
fn waiting(dossier: &Dossier) -> BTreeMap<Need, Waiting> {
    let mut needs = BTreeMap::new();
    let tasks = dossier.tasks.iter().filter_map(|task| Some((of_task(task)?, task.opened_at)));
    let open = |state: &DisputeState| match state {
        DisputeState::Open => true,
        DisputeState::AwaitingCredit { .. } | DisputeState::Settled { .. } => false,
    };
    let disputes = dossier.disputes.iter().filter(|d| open(&d.state)).map(|d| (Need::Dispute, d.opened_at));
    let plans = dossier.plans.iter().filter(|p| matches!(p.state, PlanState::Proposed));
    let plans = plans.map(|p| (Need::Plan, p.proposed_at));
    let signals = dossier.signals.iter().filter_map(|signal| match signal.state {
        SignalState::Prepared { released: false } => Some((Need::Signal, signal.prepared_at)),
        SignalState::Prepared { released: true }
        | SignalState::Refused { .. }
        | SignalState::Blocked { .. }
        | SignalState::Queued { .. }
        | SignalState::Claimed { .. }
        | SignalState::Unknown { .. }
        | SignalState::Sent
        | SignalState::Withdrawn { .. } => None,
    });
    for (need, since) in tasks.chain(disputes).chain(plans).chain(signals) {
        let waiting = needs.entry(need).or_insert(Waiting { things: 0, since });
        waiting.things += 1;
        waiting.since = waiting.since.min(since);
    }
    needs
}

/// The list that a task is in; none where what it is about is in one itself.
fn of_task(task: &Task) -> Option<Need> {
    match task.about.as_str() {
        dispute::DISPUTE | planning::PLAN_DECISION => None,
        CALL => Some(Need::Call),
        about if FAILURES.contains(&about) => Some(Need::Failure),
        _ => Some(Need::Task),
    }
}

#[cfg(test)]
#[path = "desk_row_tests.rs"]
mod tests;
