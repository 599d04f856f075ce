//! The next step of one invoice: which, on what day, or why none.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::administration::Administration;
use crate::calendar::{plus_days, today};
use crate::collecting::costs_may_follow;
use crate::disconnection;
use crate::dossier::Dossier;
use crate::formal_notice::last_day_to_pay;
use crate::hold::{Hold, day_after_grace, day_after_waiting};
use crate::ids::NoticeId;
use crate::interest::rates_valid_to;
use crate::invoice::{Invoice, Sending};
use crate::policy::{CountedFrom, Policy, Step, StepCosts};
use crate::step::StepKind;

/// The next step of one invoice: on which day, or why on none.
#[derive(Debug, Clone, PartialEq)]
pub enum NextStep<'p> {
    /// It is taken on a day that is known.
    On(Planned<'p>),
    /// A notice about it is under way.
    UnderWay(NoticeId),
    /// A notice about it may have left or not: a person decides.
    GivenUp(NoticeId),
    /// A hold without an end stands.
    Held,
    /// Less is open than the next step asks for.
    TooSmall,
    /// Costs follow the formal notice, and nothing says that it arrived: its term does not run. `day` is the step's own.
    AwaitsDelivery {
        /// The formal notice of which no delivery is known.
        notice: NoticeId,
        /// The day on which the policy would have taken it.
        day: Date,
    },
    /// The step claims interest of days for which no rate is known.
    RatesEnded,
    /// Supply may not end, for this reason.
    NotLawful(&'static str),
    /// The payment condition says that nothing follows.
    NoFollowUp,
    /// All steps were taken.
    PolicyEnded,
}

/// A step with its day.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned<'p> {
    /// The first day on which it may be taken; the sending window and the least interval may move it on.
    pub day: Date,
    /// What is taken.
    pub step: &'p Step,
    /// The policy that says so.
    pub policy: &'p Policy,
    /// Steps before it that are not meant for this invoice, and why.
    pub passed: Vec<(&'p Step, &'static str)>,
    /// Somebody asked for it now: no interval is kept.
    pub at_once: bool,
}

/// Where the follow-up of this invoice goes from here. Waiting time stands still during holds, and after the last
/// one ended the debtor gets the administration's days of grace first.
pub fn next_step<'p>(
    dossier: &Dossier,
    invoice: &Invoice,
    administration: &'p Administration,
    now: Timestamp,
) -> NextStep<'p> {
    if let Some(notice) = dossier.notice_under_way(&invoice.id) {
        return NextStep::UnderWay(notice.id.clone());
    }
    let about =
        |n: &&crate::notice::Notice| n.is_given_up() && n.lines.iter().any(|l| l.invoice == invoice.id);
    if let Some(notice) = dossier.notices.iter().find(about) {
        return NextStep::GivenUp(notice.id.clone());
    }
    planned_step(dossier, invoice, administration, now)
}

/// The same, whatever notices there are.
pub(crate) fn planned_step<'p>(
    dossier: &Dossier,
    invoice: &Invoice,
    administration: &'p Administration,
    now: Timestamp,
) -> NextStep<'p> {
    let Some(policy) = administration.policy_of(&dossier.debtor, invoice) else {
        return NextStep::NoFollowUp;
    };
    let mut passed = Vec::new();
    let only_sent = invoice.waits_to_be_sent();
    for step in policy.steps_after(invoice) {
        if only_sent && step.kind != StepKind::InvoiceSending {
            continue;
        }
        if let Some(why) = step.audience.excludes(&dossier.debtor, invoice) {
            passed.push((step, why));
            continue;
        }
        if step.kind == StepKind::InvoiceSending && invoice.sending == Sending::Never {
            passed.push((step, "a rule on import says that it is not sent"));
            continue;
        }
        let case = Case { dossier, invoice, administration, now, step };
        let on = match case.day() {
            Waiting::Until(day) => day,
            Waiting::Held => return NextStep::Held,
        };
        if case.comes_too_late(on) {
            passed.push((step, "the due date came first"));
            continue;
        }
        if !only_sent && invoice.open() < step.minimum_open {
            return NextStep::TooSmall;
        }
        let at_once = case.planned().is_some_and(|p| p.at_once);
        return case.within_the_law(Planned { day: on, step, policy, passed, at_once });
    }
    NextStep::PolicyEnded
}

/// The first day on which another notice may go to this debtor at all: the interval after one that left, and a day after
/// one that failed.
pub fn interval_over_on(dossier: &Dossier, administration: &Administration) -> Option<Date> {
    let interval = i32::from(administration.minimum_interval_days);
    let after_notice = dossier.last_notice_on.map(|on| plus_days(on, interval));
    let after_failure = dossier.last_failure_on.map(|on| plus_days(on, 1));
    after_notice.max(after_failure)
}

/// The first day on which a step of this kind may go to this debtor, whatever its own day says.
pub fn free_on(
    dossier: &Dossier,
    administration: &Administration,
    kind: StepKind,
    at_once: bool,
) -> Option<Date> {
    if kind.keeps_interval() && !at_once { interval_over_on(dossier, administration) } else { None }
}

enum Waiting {
    Until(Date),
    Held,
}

/// One step of one invoice while its day is found.
struct Case<'a, 'p> {
    dossier: &'a Dossier,
    invoice: &'a Invoice,
    administration: &'p Administration,
    now: Timestamp,
    step: &'p Step,
}

impl<'a> Case<'a, '_> {
    fn planned(&self) -> Option<&'a crate::invoice::PlannedStep> {
        self.invoice.planned.as_ref().filter(|p| p.step == self.step.id)
    }

    fn holds(&self) -> impl Iterator<Item = &Hold> + Clone {
        self.dossier.holds_on(&self.invoice.id, self.step.kind, &self.administration.holds)
    }

    /// The day on which it is due by its policy, its holds and whoever set a day for it.
    fn day(&self) -> Waiting {
        if self.holds().any(|h| h.stands_at(self.now) && h.ends_at().is_none()) {
            return Waiting::Held;
        }
        if let Some(planned) = self.planned() {
            let standing = self.holds().filter(|h| h.stands_at(self.now)).filter_map(Hold::ends_at).max();
            return Waiting::Until(standing.map_or(planned.on, |end| planned.on.max(today(end))));
        }
        let last = self.invoice.last_step().map(|s| s.on);
        let counted = match self.step.counted_from {
            CountedFrom::IssueDate => self.invoice.issue_date,
            CountedFrom::DueDate => self.invoice.due_date,
            CountedFrom::PreviousStep => last.unwrap_or(self.invoice.due_date),
        };
        let from = self.invoice.restarted_on.map_or(counted, |on| on.max(counted));
        let Some(waited) = day_after_waiting(from, i32::from(self.step.after_days), self.holds()) else {
            return Waiting::Held;
        };
        // A hold that ended before this wait began gave its grace already.
        let since = last.map_or(from, |on| on.max(from));
        let recent = self.holds().filter(|h| h.ends_at().is_some_and(|end| today(end) >= since));
        let grace = day_after_grace(i32::from(self.administration.grace_days), recent);
        Waiting::Until(grace.map_or(waited, |g| g.max(waited)))
    }

    /// What is said before the due date is not said after it.
    fn comes_too_late(&self, day: Date) -> bool {
        if !matches!(self.step.kind, StepKind::PreReminder | StepKind::InvoiceSending) {
            return false;
        }
        self.leaves_on(day, false) > self.invoice.due_date
    }

    /// The day on which it can leave: not within the interval, and on a day on which anything leaves.
    fn leaves_on(&self, day: Date, at_once: bool) -> Date {
        let free = free_on(self.dossier, self.administration, self.step.kind, at_once).unwrap_or(day);
        self.administration.window.first_sending_day(day.max(free).max(today(self.now)))
    }

    fn within_the_law<'p>(&self, mut planned: Planned<'p>) -> NextStep<'p> {
        if self.step.kind == StepKind::EndOfService {
            match disconnection::earliest(self.dossier, self.administration, self.now) {
                Ok(earliest) => planned.day = planned.day.max(earliest),
                Err(reason) => return NextStep::NotLawful(reason),
            }
        }
        if self.step.interest && self.leaves_on(planned.day, planned.at_once) > rates_valid_to() {
            return NextStep::RatesEnded;
        }
        let Some(notice) =
            self.invoice.formal_notice.as_ref().filter(|_| self.step.kind > StepKind::FormalNotice)
        else {
            return NextStep::On(planned);
        };
        if self.dossier.debtor.is_business() {
            return NextStep::On(planned);
        }
        match notice.received_on {
            Some(received) => planned.day = planned.day.max(plus_days(last_day_to_pay(received), 1)),
            None if self.step.costs == StepCosts::Statutory
                && costs_may_follow(self.dossier, self.administration, self.invoice) =>
            {
                return NextStep::AwaitsDelivery { notice: notice.notice.clone(), day: planned.day };
            }
            None => {}
        }
        NextStep::On(planned)
    }
}
