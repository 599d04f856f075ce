//! Reports: what came of signals, per municipality and month; and files of feedback.

use std::collections::BTreeMap;

use domain::overview::Counted;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// What came of the signals that platforms took in during some months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignalReport {
    /// The first month: `YYYY-MM`.
    pub from: String,
    /// The last month.
    pub to: String,
    /// By month, and within it by municipality. Where there was no signal there is no row.
    pub rows: Vec<SignalReportRow>,
    pub totals: OutcomeCounts,
}

/// One municipality in one month: that in which the platform took the signals in, whenever something came of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignalReportRow {
    /// `YYYY-MM`.
    pub month: String,
    /// Four digits, without "GM".
    pub municipality: String,
    #[serde(flatten)]
    pub counts: OutcomeCounts,
}

/// How many signals each holds of; several may hold of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutcomeCounts {
    /// A platform took it in.
    pub signals: u64,
    /// It is a crisis signal.
    pub crisis: u64,
    /// The municipality acts on it.
    pub picked_up: u64,
    /// Somebody spoke with the person.
    pub reached: u64,
    /// Help was accepted.
    pub accepted: u64,
    /// The person did not want help.
    pub declined: u64,
    /// Solved or arranged without help.
    pub solved: u64,
    /// Contact did not come about.
    pub not_reached: u64,
    /// The municipality did not act on it.
    pub not_picked_up: u64,
    /// Help, or another trajectory, ran already.
    pub helped_already: u64,
    pub deceased: u64,
    pub not_resident: u64,
    /// Help that was accepted is over.
    pub help_ended: u64,
    /// It was taken back.
    pub withdrawn: u64,
    /// Nothing was reported on it but that it came in.
    pub silent: u64,
}

impl OutcomeCounts {
    /// These counts, and zero of what is not among them.
    pub fn of(counts: &BTreeMap<Counted, u64>) -> OutcomeCounts {
        let mut all = OutcomeCounts::default();
        for (counted, count) in counts {
            *all.place(*counted) += count;
        }
        all
    }

    /// Adds others to these.
    pub fn add(&mut self, others: &OutcomeCounts) {
        let mut others = *others;
        for counted in Counted::all() {
            *self.place(counted) += *others.place(counted);
        }
    }

    /// In the order of [`Counted::all`].
    pub fn values(&self) -> Vec<u64> {
        let mut counts = *self;
        Counted::all().map(|counted| *counts.place(counted)).collect()
    }

    fn place(&mut self, counted: Counted) -> &mut u64 {
        match counted {
            Counted::Signals => &mut self.signals,
            Counted::Crisis => &mut self.crisis,
            Counted::PickedUp => &mut self.picked_up,
            Counted::Reached => &mut self.reached,
            Counted::Accepted => &mut self.accepted,
            Counted::Declined => &mut self.declined,
            Counted::Solved => &mut self.solved,
            Counted::NotReached => &mut self.not_reached,
            Counted::NotPickedUp => &mut self.not_picked_up,
            Counted::HelpedAlready => &mut self.helped_already,
            Counted::Deceased => &mut self.deceased,
            Counted::NotResident => &mut self.not_resident,
            Counted::HelpEnded => &mut self.help_ended,
            Counted::Withdrawn => &mut self.withdrawn,
            Counted::Silent => &mut self.silent,
        }
    }
}

/// The month of a day: `YYYY-MM`.
pub fn month(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// The first day of a month that is written `YYYY-MM`, between 1900 and 2199.
pub fn first_of_month(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-').filter(|_| text.len() == 7)?;
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits(year) || !digits(month) {
        return None;
    }
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
    Some(day).filter(|day| (1900..2200).contains(&day.year()))
}

/// What came of a file of feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackFileView {
    /// Reports that were new, and are applied.
    pub applied: u64,
    /// Reports that were known, whichever way they came before.
    pub known: u64,
    /// Lines that are no report about a signal of this administration. The others are taken in all the same.
    pub refused: Vec<RefusedLine>,
}

/// A line that was refused: which, its column, and the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedLine {
    /// In the file; the names of the columns are line 1.
    pub line: u64,
    pub path: String,
    pub code: String,
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_place_of_its_own() {
        let each: BTreeMap<Counted, u64> = Counted::all().zip(1..).collect();
        let counts = OutcomeCounts::of(&each);
        assert_eq!(counts.values(), (1..=15).collect::<Vec<u64>>());
        let mut twice = counts;
        twice.add(&counts);
        assert_eq!(twice.values(), (1..=15).map(|n| 2 * n).collect::<Vec<u64>>());
        let written = serde_json::to_value(counts).unwrap();
        for (number, counted) in Counted::all().enumerate() {
            assert_eq!(written[counted.name()], number as u64 + 1, "{}", counted.name());
        }
    }

    #[test]
    fn a_month_is_a_year_and_a_month_and_nothing_else() {
        let table = [
            ("2026-11", Some(jiff::civil::date(2026, 11, 1))),
            ("2026-13", None),
            ("2026-1", None),
            ("2026-11-01", None),
            ("+026-11", None),
            ("1899-12", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(first_of_month(text), expected, "{text}");
        }
        assert_eq!(month(jiff::civil::date(2026, 3, 31)), "2026-03");
    }
}
