//! Statutory interest (consumers, article 6:119 BW) and trade interest (article 6:119a BW), to the cent.
//!
//! Interest runs from the day after the due date up to and including the day of payment: actual days of a year of 365,
//! also in leap years. A new period begins at a change of rate, on each anniversary of default and at each payment, and
//! each period is rounded half up to cents. On the anniversary the interest of the year that is over, as far as it was not
//! paid, joins the base (6:119(2)). The rates are in `interest-rates.csv`; beyond its `valid_to` there is an error.
//!
//! A payment takes interest before principal (6:44), and the oldest interest first: so what has joined the base is paid
//! before what still runs. [`Accrual`] keeps the unpaid interest of each year apart for that, and whoever books
//! payments ([`crate::claim`]) drives it from day to day. What is absent: interest by contract, and whether interest is
//! claimed at all.

use std::sync::LazyLock;

use jiff::Span;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy, dec};
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::allocation::take;
use crate::calendar::{days_between, plus_days};
use crate::table::{self, TableError};

const FILE: &str = include_str!("../data/interest-rates.csv");

#[allow(clippy::expect_used, reason = "the file is compiled in, and a test reads it")]
static RATES: LazyLock<Rates> = LazyLock::new(|| parse(FILE).expect("interest-rates.csv can be read"));

/// Which of the two statutory rates a claim bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InterestKind {
    /// Of consumers, and of whatever is no trade: article 6:119 BW.
    Statutory,
    /// Of a contract between businesses: article 6:119a BW.
    Trade,
}

/// Why interest cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InterestError {
    /// The table has to be brought up to date first: a rate is never guessed.
    #[error("interest-rates.csv holds rates up to {valid_to}, and {day} lies after it")]
    AfterTable {
        /// The day that bears interest.
        day: Date,
        /// The last day that the table holds.
        valid_to: Date,
    },
    /// Interest begins before the first day of the table.
    #[error("interest-rates.csv holds rates of this kind from {first}, and {day} lies before it")]
    BeforeTable {
        /// The day that bears interest.
        day: Date,
        /// The first day that the table holds.
        first: Date,
    },
}

/// So many days at one rate over one base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InterestPeriod {
    /// Its first day.
    pub from: Date,
    /// Its last day, which still bears interest.
    pub through: Date,
    /// Percent a year.
    pub percent: Decimal,
    /// The principal, and the unpaid interest of earlier years.
    pub base: Money,
    /// Days that bear interest, the first and the last included.
    pub days: i32,
    /// Rounded half up to cents.
    pub amount: Money,
}

/// What a day does to the interest of the days after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Its own interest still runs over the principal of before.
    pub on: Date,
    /// What is outstanding from the day after it on, without interest and costs.
    pub principal: Money,
    /// What was paid on the interest up to and including this day. What exceeds the unpaid interest is left alone.
    pub interest_paid: Money,
}

/// The last day for which the rates are known.
pub fn rates_valid_to() -> Date {
    RATES.valid_to
}

/// The interest on a principal that was due on `due` and changed on the days of `changes`, up to and including `through`.
///
/// A change on or before the due date sets what interest begins with. Changes after `through` count for nothing.
pub fn interest(
    kind: InterestKind,
    due: Date,
    principal: Money,
    changes: &[Change],
    through: Date,
) -> Result<Vec<InterestPeriod>, InterestError> {
    let mut changes: Vec<&Change> = changes.iter().filter(|change| change.on <= through).collect();
    changes.sort_by_key(|change| change.on);
    let mut accrual = Accrual::new(kind, due, principal);
    for change in changes {
        accrual.run_through(change.on)?;
        accrual.pay(change.interest_paid);
        accrual.set_principal(change.principal);
    }
    accrual.run_through(through)?;
    Ok(accrual.periods)
}

/// Interest as it grows from day to day. Every year of default is a layer of its own: the unpaid interest of the layers
/// before the last has joined the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accrual {
    kind: InterestKind,
    /// The first day of default.
    start: Date,
    /// The last day that was counted.
    through: Date,
    principal: Money,
    /// Unpaid interest of each year of default, the one that runs last. Never empty.
    unpaid: Vec<Money>,
    periods: Vec<InterestPeriod>,
}

/// Interest that a payment took, by the year of default that it was of. It can be given back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InterestPaid(Vec<Money>);

impl InterestPaid {
    /// All of it, in euros.
    pub fn total(&self) -> Money {
        self.0.iter().copied().sum()
    }

    /// Takes this much of it out, the youngest interest first, as if the payment had been so much smaller.
    pub fn take_back(&mut self, amount: Money) -> InterestPaid {
        let mut left = amount;
        let mut taken = vec![Money::ZERO; self.0.len()];
        for (paid, taken) in self.0.iter_mut().zip(&mut taken).rev() {
            *taken = take(paid, &mut left);
        }
        InterestPaid(taken)
    }

    /// The same payment took this as well.
    pub fn add(&mut self, more: &InterestPaid) {
        put(&mut self.0, more);
    }
}

impl Accrual {
    /// Nothing has accrued yet. A principal below zero counts as zero.
    pub fn new(kind: InterestKind, due: Date, principal: Money) -> Accrual {
        Accrual {
            kind,
            start: plus_days(due, 1),
            through: due,
            principal: principal.max(Money::ZERO),
            unpaid: vec![Money::ZERO],
            periods: Vec::new(),
        }
    }

    /// Counts every day up to and including this one. A day that was counted is not counted again.
    ///
    /// # Errors
    /// A day that bears interest lies outside the table. Days with nothing to bear it need no rate.
    pub fn run_through(&mut self, day: Date) -> Result<(), InterestError> {
        while self.through < day {
            let from = plus_days(self.through, 1);
            let mut anniversary = self.anniversary();
            if anniversary == Some(from) {
                self.unpaid.push(Money::ZERO);
                anniversary = self.anniversary();
            }
            let mut through = anniversary.map_or(day, |next| day.min(plus_days(next, -1)));
            let base = self.base();
            if base.is_positive() {
                let rate = RATES.on(self.kind, from)?;
                through = rate.through.map_or(through, |last| through.min(last));
                if through > RATES.valid_to {
                    return Err(InterestError::AfterTable { day, valid_to: RATES.valid_to });
                }
                self.accrue(from, through, rate.percent, base);
            }
            self.through = through;
        }
        Ok(())
    }

    /// What is outstanding from the day after the last one that was counted. Below zero counts as zero.
    pub fn set_principal(&mut self, principal: Money) {
        self.principal = principal.max(Money::ZERO);
    }

    /// Pays interest, the oldest first, as far as any is unpaid. Gives what was taken.
    pub fn pay(&mut self, amount: Money) -> InterestPaid {
        let mut left = amount;
        InterestPaid(self.unpaid.iter_mut().map(|layer| take(layer, &mut left)).collect())
    }

    /// Makes interest unpaid again that a payment had taken, in the years that it was of.
    pub fn give_back(&mut self, paid: &InterestPaid) {
        put(&mut self.unpaid, paid);
    }

    /// What has accrued and was not paid, in euros.
    pub fn unpaid(&self) -> Money {
        self.unpaid.iter().copied().sum()
    }

    /// All that has accrued, paid or not, in euros.
    pub fn accrued(&self) -> Money {
        self.periods.iter().map(|period| period.amount).sum()
    }

    /// The periods so far, in order.
    pub fn periods(&self) -> &[InterestPeriod] {
        &self.periods
    }

    /// What bears interest: the principal, and the unpaid interest of years that are over.
    fn base(&self) -> Money {
        let joined = self.unpaid.split_last().map_or(Money::ZERO, |(_, over)| over.iter().copied().sum());
        self.principal + joined
    }

    /// The day on which the year that runs is over: that of the first day of default, and 28 February where that was the
    /// 29th and the year has none. `None` beyond the calendar.
    fn anniversary(&self) -> Option<Date> {
        let years = i64::try_from(self.unpaid.len()).ok()?;
        self.start.checked_add(Span::new().try_years(years).ok()?).ok()
    }

    fn accrue(&mut self, from: Date, through: Date, percent: Decimal, base: Money) {
        let days = days_between(from, through) + 1;
        let amount = to_cents(base.decimal() * percent * Decimal::from(days) / dec!(36500));
        self.periods.push(InterestPeriod { from, through, percent, base, days, amount });
        if let Some(running) = self.unpaid.last_mut() {
            *running = *running + amount;
        }
    }
}

/// Adds each year's amount to its layer.
fn put(layers: &mut Vec<Money>, more: &InterestPaid) {
    if layers.len() < more.0.len() {
        layers.resize(more.0.len(), Money::ZERO);
    }
    for (layer, more) in layers.iter_mut().zip(&more.0) {
        *layer = *layer + *more;
    }
}

fn to_cents(euros: Decimal) -> Money {
    let mut cents = euros.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    cents.rescale(2);
    // A debtor's principal is bounded far below 64 bits of cents, and a period's interest is a part of its base.
    Money::from_cents(i64::try_from(cents.mantissa()).unwrap_or(i64::MAX))
}

/// The file's rows, those of a kind ascending by day.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rates {
    valid_to: Date,
    statutory: Vec<(Date, Decimal)>,
    trade: Vec<(Date, Decimal)>,
}

/// The percentage of a day, and its last day before another one; `None` for the last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    percent: Decimal,
    through: Option<Date>,
}

impl Rates {
    fn on(&self, kind: InterestKind, day: Date) -> Result<Rate, InterestError> {
        if day > self.valid_to {
            return Err(InterestError::AfterTable { day, valid_to: self.valid_to });
        }
        let rows = match kind {
            InterestKind::Statutory => &self.statutory,
            InterestKind::Trade => &self.trade,
        };
        let (past, future) = rows.split_at(rows.partition_point(|(from, _)| *from <= day));
        let first = rows.first().map_or(self.valid_to, |(from, _)| *from);
        let (_, percent) = past.last().ok_or(InterestError::BeforeTable { day, first })?;
        Ok(Rate { percent: *percent, through: future.first().map(|(next, _)| plus_days(*next, -1)) })
    }
}

fn parse(text: &str) -> Result<Rates, TableError> {
    let table = table::parse::<3>(text, "kind,from,percent")?;
    let valid_to = table.valid_to.ok_or(TableError::NoDay("valid_to"))?;
    let (mut statutory, mut trade) = (Vec::new(), Vec::new());
    for row in table.rows {
        let wrong = || TableError::row(&row);
        let [kind, from, percent] = row;
        let rows: &mut Vec<(Date, Decimal)> = match kind {
            "statutory" => &mut statutory,
            "trade" => &mut trade,
            _ => return Err(wrong()),
        };
        let from: Date = from.parse().map_err(|_| wrong())?;
        if from > valid_to || rows.last().is_some_and(|(before, _)| *before >= from) {
            return Err(wrong());
        }
        rows.push((from, Decimal::from_str_exact(percent).map_err(|_| wrong())?));
    }
    if statutory.is_empty() || trade.is_empty() {
        return Err(TableError::Lacks("rate of one kind"));
    }
    Ok(Rates { valid_to, statutory, trade })
}

#[cfg(test)]
mod tests;
