//! Holds: reasons not to follow up for a while. Several may stand at once; lifting one lifts only that one.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{midnight, plus_days, today};
use crate::ids::{CaseId, DebitId, DisputeId, HoldId, InvoiceId, PlanId, PromiseId, SignalId};
use crate::step::StepKind;

/// A reason not to follow up for a while: on what, what it covers, why, who, since when and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// `{debtor}.h{number}`; of a hold on everyone `administration.h{number}`.
    pub id: HoldId,
    /// On what it is.
    pub scope: HoldScope,
    /// What may not leave.
    pub covers: Covers,
    /// Why it stands; every hold explains itself.
    pub reason: HoldReason,
    /// Who placed it.
    pub by: String,
    /// When it was placed, by the clock of whoever did.
    pub placed_at: Timestamp,
    /// The last day on which it stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The day on which somebody looks whether it should still stand. It does not end by itself then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_on: Option<Date>,
    /// When it ended, by somebody's word or after its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<Timestamp>,
    /// The review was put before a person.
    #[serde(default)]
    pub review_asked: bool,
    /// The request that asked for it, by the hash of its idempotency key: repeated, it places no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// On what a hold is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HoldScope {
    /// Everything about one debtor.
    Debtor,
    /// One invoice.
    Invoice(InvoiceId),
    /// The invoices of one plan or promise: one hold, however many they are.
    Invoices(Vec<InvoiceId>),
    /// The case that runs; it ends with the case.
    Case(CaseId),
    /// Everyone in the administration; kept with its settings.
    Administration,
}

/// What a hold keeps from leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Covers {
    /// Nothing that asks for payment leaves; signals and other messages still may.
    Reminders,
    /// Nothing leaves at all, signals included.
    Everything,
}

/// Why a hold stands, and with that who may lift it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum HoldReason {
    /// Somebody at the desk or an accounting tool asked for it.
    Asked {
        /// The words of whoever asked.
        text: String,
    },
    /// The municipality reported that help runs on this signal.
    HelpRunning {
        /// The signal that was reported on.
        signal: SignalId,
    },
    /// The municipality reported that the person died.
    Deceased {
        /// The signal that was reported on.
        signal: SignalId,
    },
    /// A payment plan was proposed or runs.
    PaymentPlan {
        /// The plan: the hold ends with it.
        plan: PlanId,
    },
    /// The debtor disputes the invoice.
    Dispute {
        /// The dispute: the hold ends with it.
        dispute: DisputeId,
    },
    /// The debtor promised to pay by a day.
    Promise {
        /// The promise: the hold ends with it.
        promise: PromiseId,
    },
    /// The case is with a bailiff.
    HandedOver {
        /// To whom, in the creditor's own words.
        bailiff: String,
    },
    /// The invoice is collected by direct debit.
    DirectDebit {
        /// The debit: the hold ends with it.
        debit: DebitId,
    },
}

impl Hold {
    /// The instant at which it ended or will end by itself; `None` while only a person can end it.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let by_itself = self.until.map(|day| midnight(plus_days(day, 1)));
        match (self.lifted_at, by_itself) {
            (Some(lifted), Some(end)) => Some(lifted.min(end)),
            (lifted, end) => lifted.or(end),
        }
    }

    /// Whether it has not ended. It stands from the moment on which it is stored: the clock of whoever placed it may be
    /// ahead.
    pub fn stands_at(&self, now: Timestamp) -> bool {
        self.ends_at().is_none_or(|end| now < end)
    }

    /// Whether it keeps a step of this kind about this invoice from being taken. `case` is the debtor's running case.
    pub fn holds_step(&self, kind: StepKind, invoice: &InvoiceId, case: Option<&CaseId>) -> bool {
        let covers = self.covers == Covers::Everything || kind != StepKind::InvoiceSending;
        covers
            && match &self.scope {
                HoldScope::Debtor | HoldScope::Administration => true,
                HoldScope::Case(held) => case == Some(held),
                HoldScope::Invoice(held) => held == invoice,
                HoldScope::Invoices(held) => held.contains(invoice),
            }
    }

    /// Whether it keeps messages that are about no single invoice from leaving: instalment reminders.
    pub fn holds_debtor(&self, case: Option<&CaseId>) -> bool {
        match &self.scope {
            HoldScope::Debtor | HoldScope::Administration => true,
            HoldScope::Case(held) => case == Some(held),
            HoldScope::Invoice(_) | HoldScope::Invoices(_) => false,
        }
    }

    /// Whether it keeps signals about the debtor from leaving.
    pub fn holds_signals(&self) -> bool {
        self.covers == Covers::Everything && self.is_whole_debtor()
    }

    /// It is about the debtor as a whole and not about single invoices.
    pub fn is_whole_debtor(&self) -> bool {
        !matches!(self.scope, HoldScope::Invoice(_) | HoldScope::Invoices(_))
    }

    /// The days on which it stood: from the first up to but not including the day it ended. `None` as end
    /// while it stands.
    fn days(&self) -> (Date, Option<Date>) {
        (today(self.placed_at), self.ends_at().map(today))
    }
}

/// Where waiting time begins and how long it is, with the days of these holds taken out: the day on which
/// `wait_days` days without a hold have passed since `from`. `None` while a hold without an end stands.
pub fn day_after_waiting<'a>(
    from: Date,
    wait_days: i32,
    holds: impl Iterator<Item = &'a Hold>,
) -> Option<Date> {
    let mut spells: Vec<(Date, Option<Date>)> = holds.map(Hold::days).collect();
    spells.sort_by_key(|(start, _)| *start);
    let mut day = plus_days(from, wait_days);
    let mut counted_to = from;
    for (start, end) in spells {
        let start = start.max(counted_to);
        let end = end?;
        // A hold that begins on the day itself, when the wait is over, keeps the day.
        if start >= day {
            continue;
        }
        if end > start {
            day = plus_days(day, crate::calendar::days_between(start, end));
            counted_to = end;
        }
    }
    Some(day)
}

/// The first day after the grace that the debtor gets when the last of these holds has ended.
pub fn day_after_grace<'a>(grace_days: i32, holds: impl Iterator<Item = &'a Hold>) -> Option<Date> {
    holds.filter_map(|h| h.days().1).max().map(|ended| plus_days(ended, grace_days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::DebtorId;
    use jiff::civil::date;

    fn hold(from: Date, lifted: Option<Date>) -> Hold {
        Hold {
            id: DebtorId::parse("d").unwrap().hold(1),
            scope: HoldScope::Debtor,
            covers: Covers::Reminders,
            reason: HoldReason::Asked { text: "x".into() },
            by: "desk".into(),
            placed_at: midnight(from),
            until: None,
            review_on: None,
            lifted_at: lifted.map(midnight),
            review_asked: false,
            request: None,
        }
    }

    #[test]
    fn waiting_time_stands_still_during_holds() {
        let d = |day| date(2026, 3, day);
        type Row<'a> = (&'a [(Date, Option<Date>)], Option<Date>);
        // Ten days from 1 March.
        let table: [Row<'_>; 8] = [
            (&[], Some(d(11))),
            (&[(d(5), Some(d(8)))], Some(d(14))),
            (&[(d(5), Some(d(8))), (d(6), Some(d(9)))], Some(d(15))), // overlap counts once
            (&[(d(5), Some(d(8))), (d(13), Some(d(15)))], Some(d(16))), // the second falls in the longer wait
            (&[(d(11), Some(d(20)))], Some(d(11))),                   // began when the wait was over
            (&[(d(5), None)], None),
            (&[(date(2026, 2, 20), Some(d(3)))], Some(d(13))), // only what falls in the wait counts
            (&[(d(5), Some(d(5)))], Some(d(11))),
        ];
        for (spells, expected) in table {
            let holds: Vec<Hold> = spells.iter().map(|(from, to)| hold(*from, *to)).collect();
            assert_eq!(day_after_waiting(d(1), 10, holds.iter()), expected, "{spells:?}");
        }
    }

    #[test]
    fn a_hold_stands_through_its_last_day_whatever_the_clock_of_whoever_placed_it() {
        let mut hold = hold(date(2026, 3, 1), None);
        hold.until = Some(date(2026, 3, 5));
        let end: Timestamp = "2026-03-05T23:00:00Z".parse().unwrap();
        assert!(hold.stands_at(end - jiff::SignedDuration::from_secs(1)));
        assert!(!hold.stands_at(end));
        assert!(hold.stands_at(hold.placed_at - jiff::SignedDuration::from_secs(1)));
    }
}
