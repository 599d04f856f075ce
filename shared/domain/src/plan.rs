//! Payment plans: what is open, paid in instalments. A plan that was proposed or runs holds its invoices.
//!
//! What came in counts for the first instalment first, whatever it is: a payment, a credit note, a write-off. So a
//! credit note makes the next instalments smaller, and not the last ones. Invoices that arrive later are no part of it.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::calendar::plus_days;
use crate::dossier::Dossier;
use crate::ids::{InvoiceId, PlanId};
use crate::opening::{Opening, came_in};

/// Instalments of one plan at most: three years of months.
pub const MOST_INSTALMENTS: u16 = 36;

/// An agreement to pay in instalments. While it is proposed or runs, its invoices are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentPlan {
    /// `{debtor}.p{number}`.
    pub id: PlanId,
    /// How far it is.
    pub state: PlanState,
    /// Its invoices, each with what was open on it when the plan was proposed.
    pub invoices: Vec<Opening>,
    /// The sum of its instalments, in euros: what was open on its invoices, and never more than the debtor owed.
    pub total: Money,
    /// The time between two instalments.
    pub every: Every,
    /// In the order of their days.
    pub instalments: Vec<Instalment>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// Whose proposal it is.
    pub proposed_by: Side,
    /// Who wrote it down.
    pub by: String,
    /// The template whose conditions it met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Days after an instalment's day in which it may still be paid: as they were when the plan was proposed.
    pub grace_days: u16,
    /// The last day on which the desk decides on a proposal before a task asks.
    pub decide_by: Date,
    /// The request that asked for it, by the hash of its idempotency key: repeated, it makes no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// Who asked for the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// It has to meet a template.
    Debtor,
    /// It may be any.
    Creditor,
}

/// Distance of two instalments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Every {
    /// Seven days.
    Week,
    /// The same day of the month; the month's last day where it has no such day.
    Month,
}

/// One part of a plan, with its last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instalment {
    /// From 1.
    pub number: u16,
    /// The last day to pay it, before the days of grace.
    pub due_on: Date,
    /// In euros; the last one takes the cents that are left.
    pub amount: Money,
    /// The day on which the reminder before it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_on: Option<Date>,
    /// The day on which it was found paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_on: Option<Date>,
    /// The day on which its payment was taken back: the grace counts from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened_on: Option<Date>,
}

impl Instalment {
    /// The last day on which a payment still keeps the plan.
    pub fn last_day(&self, grace_days: u16) -> Date {
        plus_days(self.due_on.max(self.reopened_on.unwrap_or(self.due_on)), i32::from(grace_days))
    }
}

impl PaymentPlan {
    /// Whether this invoice is one of its own.
    pub fn is_about(&self, invoice: &InvoiceId) -> bool {
        self.invoices.iter().any(|o| o.invoice == *invoice)
    }

    /// It was proposed or runs: its invoices are held.
    pub fn lives(&self) -> bool {
        matches!(self.state, PlanState::Proposed | PlanState::Active { .. })
    }

    /// It was approved and is neither finished nor broken nor ended.
    pub fn is_running(&self) -> bool {
        matches!(self.state, PlanState::Active { .. })
    }

    /// What was paid of it, in euros; never more than its total.
    pub fn paid(&self, dossier: &Dossier) -> Money {
        came_in(dossier, &self.invoices).max(Money::ZERO).min(self.total)
    }

    /// What has to be paid by the day of this instalment, the ones before it included, in euros.
    pub fn up_to(&self, number: u16) -> Money {
        self.instalments.iter().filter(|i| i.number <= number).map(|i| i.amount).sum()
    }

    /// The instalments that are not paid.
    pub fn unpaid(&self) -> impl Iterator<Item = &Instalment> {
        self.instalments.iter().filter(|i| i.paid_on.is_none())
    }

    /// The last day that passes before it breaks if nothing more is paid; `None` where all is paid.
    pub fn last_day(&self) -> Option<Date> {
        self.unpaid().map(|i| i.last_day(self.grace_days)).min()
    }

    /// The instalment with this number, from 1 on.
    pub fn instalment(&self, number: u16) -> Option<&Instalment> {
        self.instalments.iter().find(|i| i.number == number)
    }
}

/// The instalments of a plan. `None` where they cannot be: one would be less than a cent, or the first smaller than the
/// others.
pub(crate) fn instalments(
    total: Money,
    number: u16,
    every: Every,
    first_on: Date,
    first_amount: Option<Money>,
) -> Option<Vec<Instalment>> {
    let amounts = amounts(total, number, first_amount)?;
    let of = |(k, amount): (u16, Money)| Instalment {
        number: k + 1,
        due_on: day(first_on, every, k),
        amount,
        reminded_on: None,
        paid_on: None,
        reopened_on: None,
    };
    Some((0..number).zip(amounts).map(of).collect())
}

/// Equal amounts, down to the cent; the last one takes what is left by that.
fn amounts(total: Money, number: u16, first: Option<Money>) -> Option<Vec<Money>> {
    if number == 0 || number > MOST_INSTALMENTS {
        return None;
    }
    let Some(first) = first.filter(|_| number > 1) else {
        let fits = first.is_none_or(|first| first == total);
        return if fits { equal(total, number) } else { None };
    };
    let rest = equal(total - first, number - 1)?;
    let largest = rest.first().is_some_and(|share| first >= *share);
    largest.then(|| std::iter::once(first).chain(rest).collect())
}

fn equal(total: Money, number: u16) -> Option<Vec<Money>> {
    let share = total.decimal() / Decimal::from(number);
    let share = Money::new(share.round_dp_with_strategy(2, RoundingStrategy::ToZero)).ok()?;
    if !share.is_positive() {
        return None;
    }
    let mut amounts = vec![share; usize::from(number)];
    let before: Money = amounts.iter().skip(1).copied().sum();
    if let Some(last) = amounts.last_mut() {
        *last = total - before;
    }
    Some(amounts)
}

/// The day of the instalment that comes so many after the first.
pub(crate) fn day(first_on: Date, every: Every, after: u16) -> Date {
    match every {
        Every::Week => plus_days(first_on, 7 * i32::from(after)),
        // Added to the first day each time: 31 January, 28 February, 31 March.
        Every::Month => first_on.saturating_add(Span::new().months(i32::from(after))),
    }
}

/// How far a plan is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum PlanState {
    /// Waits for the desk.
    Proposed,
    /// It runs.
    Active {
        /// When it was approved.
        since: Timestamp,
    },
    /// The desk said no.
    Rejected {
        /// As the debtor may read it.
        reason: String,
    },
    /// Everything in it was paid.
    Finished {
        /// When the last of it came in.
        at: Timestamp,
    },
    /// This instalment was not paid within the grace: follow-up goes on.
    Broken {
        /// When that was seen.
        at: Timestamp,
        /// The first one that was not paid within the grace.
        instalment: u16,
    },
    /// Ended by somebody before it was finished.
    Ended {
        /// When it was ended by hand.
        at: Timestamp,
        /// As the debtor may read it.
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
    /// Its name within the administration.
    pub id: String,
    /// For a total of at least and at most so many euros.
    pub minimum_total: Money,
    /// In euros, itself included.
    pub maximum_total: Money,
    /// How many there may be.
    pub most_instalments: u16,
    /// The time between two instalments.
    pub every: Every,
    /// The first instalment falls due at most so many days after the proposal.
    pub first_within_days: u16,
    /// An instalment is at least so many euros.
    pub minimum_instalment: Money,
    /// Approved without the desk.
    pub automatic: bool,
}

impl PlanTemplate {
    /// Whether a proposal of today meets its conditions.
    pub(crate) fn fits(&self, plan: &PaymentPlan, today: Date) -> bool {
        let first = plan.instalments.first();
        let smallest = plan.instalments.iter().map(|i| i.amount).min();
        plan.total >= self.minimum_total
            && plan.total <= self.maximum_total
            && plan.instalments.len() <= usize::from(self.most_instalments)
            && plan.every == self.every
            && first.is_some_and(|i| i.due_on <= plus_days(today, i32::from(self.first_within_days)))
            && smallest.is_some_and(|amount| amount >= self.minimum_instalment)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn cents(all: &[i64]) -> Vec<Money> {
        all.iter().copied().map(Money::from_cents).collect()
    }

    #[test]
    fn amounts_are_equal_and_the_last_takes_the_cents_that_are_left() {
        // (total, number, first, amounts)
        type Row<'a> = (i64, u16, Option<i64>, Option<&'a [i64]>);
        let table: [Row<'_>; 13] = [
            (100_00, 3, None, Some(&[33_33, 33_33, 33_34])),
            (100_00, 4, None, Some(&[25_00, 25_00, 25_00, 25_00])),
            (100_01, 2, None, Some(&[50_00, 50_01])),
            (100_00, 1, None, Some(&[100_00])),
            (100_00, 3, Some(40_00), Some(&[40_00, 30_00, 30_00])),
            (100_00, 4, Some(50_00), Some(&[50_00, 16_66, 16_66, 16_68])),
            (100_00, 3, Some(33_33), Some(&[33_33, 33_33, 33_34])), // the share itself
            (100_00, 3, Some(33_30), None),                         // smaller than the others
            (100_00, 2, Some(100_00), None),                        // nothing is left for the second
            (100_00, 1, Some(50_00), None),
            (3, 3, None, Some(&[1, 1, 1])),
            (2, 3, None, None),
            (100_00, MOST_INSTALMENTS + 1, None, None),
        ];
        for (total, number, first, expected) in table {
            let found = amounts(Money::from_cents(total), number, first.map(Money::from_cents));
            assert_eq!(found, expected.map(cents), "{total} in {number}, first {first:?}");
        }
    }

    #[test]
    fn instalments_fall_on_the_same_day_or_on_the_months_last() {
        let days =
            |first, every, number| -> Vec<Date> { (0..number).map(|k| day(first, every, k)).collect() };
        let first = date(2026, 12, 31);
        assert_eq!(
            days(first, Every::Month, 5),
            [first, date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
        );
        assert_eq!(days(date(2028, 1, 30), Every::Month, 2)[1], date(2028, 2, 29));
        assert_eq!(days(first, Every::Week, 3), [first, date(2027, 1, 7), date(2027, 1, 14)]);
    }

    #[test]
    fn a_template_takes_what_lies_on_its_boundaries_and_nothing_beyond() {
        let today = date(2026, 9, 1);
        let template = PlanTemplate {
            id: "t".into(),
            minimum_total: Money::from_cents(60_00),
            maximum_total: Money::from_cents(120_00),
            most_instalments: 4,
            every: Every::Month,
            first_within_days: 31,
            minimum_instalment: Money::from_cents(20_00),
            automatic: true,
        };
        // (total, number, every, first day, fits)
        let in_days = |days| plus_days(today, days);
        let table = [
            (120_00, 4, Every::Month, in_days(31), true),
            (120_01, 4, Every::Month, in_days(31), false),
            (60_00, 3, Every::Month, in_days(0), true),
            (59_99, 1, Every::Month, in_days(0), false),
            (120_00, 5, Every::Month, in_days(0), false),
            (79_99, 4, Every::Month, in_days(0), false), // 19.99 each
            (80_00, 4, Every::Month, in_days(0), true),
            (120_00, 4, Every::Week, in_days(0), false),
            (120_00, 4, Every::Month, in_days(32), false),
        ];
        for (total, number, every, first_on, fits) in table {
            let total = Money::from_cents(total);
            let plan = PaymentPlan {
                id: crate::ids::DebtorId::parse("d").unwrap().plan(1),
                state: PlanState::Proposed,
                invoices: vec![],
                total,
                every,
                instalments: instalments(total, number, every, first_on, None).unwrap(),
                proposed_at: Timestamp::UNIX_EPOCH,
                proposed_by: Side::Debtor,
                by: "x".into(),
                template: None,
                grace_days: 7,
                decide_by: today,
                request: None,
            };
            assert_eq!(template.fits(&plan, today), fits, "{total} in {number} {every:?} from {first_on}");
        }
    }
}
