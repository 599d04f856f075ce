//! The first page: what waits for somebody, then what is owed and how old that is.

use askama::Template;
use domain::Money;
use domain::desk_row::{Bucket, Need, Phase};
use jiff::Timestamp;
use rust_decimal::prelude::ToPrimitive;

use super::frame::Base;
use super::signals::Count;
use super::{Form, Frame, PageError, Place, Words};
use crate::texts::TextError;

/// A number of invoices and what is open on them, in euros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    pub invoices: u64,
    pub amount: Money,
}

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Today<'a> {
    /// Things that wait, by work list; a list without any may be left out.
    pub waiting: &'a [(Need, u64)],
    pub debtors: u64,
    pub outstanding: Open,
    pub overdue: Open,
    /// Every bucket of ageing, the youngest first.
    pub ageing: &'a [(Bucket, Open)],
    /// How far follow-up is; phases without an invoice are left out.
    pub phases: &'a [(Phase, Open)],
    /// What changed before this instant is counted.
    pub as_of: Timestamp,
    /// Seconds that the counters are behind what is stored.
    pub behind_seconds: u64,
    /// The counters are being made anew: how many debtors were looked at so far.
    pub rebuilding: Option<u64>,
}

/// An amount in a table, with a bar as wide as its part of the largest.
struct Bar {
    name: String,
    invoices: String,
    amount: String,
    /// Of [`WIDEST`].
    width: i64,
}

/// The width of the largest bar, in the units of its drawing.
const WIDEST: i64 = 100;

#[derive(Template)]
#[template(path = "desk/home.html")]
struct Page {
    base: Base,
    wanted: &'static str,
    /// No debtor is known yet.
    begins: bool,
    work: Vec<Count>,
    nothing_waits: bool,
    outstanding: String,
    outstanding_invoices: String,
    overdue: String,
    overdue_invoices: String,
    ageing: Vec<Bar>,
    phases: Vec<Bar>,
    standing: Vec<String>,
}

/// The page.
///
/// # Errors
/// See [`PageError`].
pub fn home(frame: &Frame<'_>, today: &Today<'_>) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Home, &Form::default(), |t| t.home_title())?;
    let t = &base.t;
    let work = Need::all().map(|need| {
        let things = today.waiting.iter().find(|(known, _)| *known == need).map_or(0, |(_, things)| *things);
        let href = format!("/desk/work/{need}");
        Ok(Count { href, label: t.work_list(need.name())?, count: things, current: false })
    });
    let mut standing = vec![t.standing_as_of(t.moment(today.as_of)?)?];
    if today.behind_seconds > 0 {
        standing.push(t.standing_behind(today.behind_seconds)?);
    }
    if let Some(debtors) = today.rebuilding {
        standing.push(t.standing_rebuilding(debtors)?);
    }
    let ageing = today.ageing.iter().map(|(bucket, open)| Ok((t.bucket(bucket_key(*bucket))?, *open)));
    let phases = today.phases.iter().map(|(phase, open)| Ok((phase_words(t, *phase)?, *open)));
    let page = Page {
        wanted: "",
        // Where the counters are not whole, that none is counted says nothing.
        begins: today.debtors == 0 && today.behind_seconds == 0 && today.rebuilding.is_none(),
        work: work.collect::<Result<_, TextError>>()?,
        nothing_waits: today.waiting.iter().all(|(_, things)| *things == 0),
        outstanding: t.money(&today.outstanding.amount),
        outstanding_invoices: t.invoices_count(today.outstanding.invoices)?,
        overdue: t.money(&today.overdue.amount),
        overdue_invoices: t.invoices_count(today.overdue.invoices)?,
        ageing: bars(t, ageing.collect::<Result<_, TextError>>()?)?,
        phases: bars(t, phases.collect::<Result<_, TextError>>()?)?,
        standing,
        base,
    };
    Ok(page.render()?)
}

/// Its name among the words: those begin with a letter.
fn bucket_key(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::NotDue => "not_due",
        Bucket::To30 => "to30",
        Bucket::To60 => "to60",
        Bucket::To90 => "to90",
        Bucket::Oldest => "over90",
    }
}

fn phase_words(t: &Words, phase: Phase) -> Result<String, TextError> {
    match phase {
        Phase::After(kind) => t.step(kind.name()),
        other => t.phase(other.name()),
    }
}

fn bars(t: &Words, rows: Vec<(String, Open)>) -> Result<Vec<Bar>, TextError> {
    let largest = rows.iter().map(|(_, open)| open.amount).max().unwrap_or(Money::ZERO);
    let bar = |(name, open): (String, Open)| {
        Ok(Bar {
            name,
            invoices: t.invoices_count(open.invoices)?,
            amount: t.money(&open.amount),
            width: width(open.amount, largest),
        })
    };
    rows.into_iter().map(bar).collect()
}

/// How wide the bar of an amount is beside the largest: something is never nothing.
fn width(amount: Money, largest: Money) -> i64 {
    if !amount.is_positive() || !largest.is_positive() {
        return 0;
    }
    let part = amount.decimal() * rust_decimal::Decimal::from(WIDEST) / largest.decimal();
    part.to_i64().unwrap_or(WIDEST).clamp(1, WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_wide_as_its_part_and_is_seen_where_there_is_something() {
        let table = [(0, 100, 0), (-5, 100, 0), (100, 100, 100), (50, 100, 50), (1, 1_000_000, 1), (0, 0, 0)];
        for (cents, largest, expected) in table {
            let of = (Money::from_cents(cents), Money::from_cents(largest));
            assert_eq!(width(of.0, of.1), expected, "{cents} of {largest}");
        }
    }
}
