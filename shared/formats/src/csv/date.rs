//! Dates as spreadsheets and packages write them.
//!
//! With hyphens or points the day stands first, as everybody in the Netherlands writes it, unless the file shows otherwise.
//! With slashes it may be the month, and a year of two digits may be a day: refused where nothing tells.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::mapping::DateOrder;

/// Longest cell that is looked at as a date, in bytes.
const LONGEST: usize = 40;

/// Why a cell is no date: the rule, and in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateFault {
    NotADate,
    Ambiguous,
    ShortYear,
}

impl DateFault {
    pub(super) fn told(self) -> (&'static str, &'static str) {
        match self {
            DateFault::NotADate => ("not_a_date", "is not a date such as 2026-12-31 or 31-12-2026"),
            DateFault::Ambiguous => {
                ("ambiguous_date", "may be read in two orders: say which in the mapping (dateOrder)")
            }
            DateFault::ShortYear => {
                ("ambiguous_date", "has a year of two digits, which may be of two centuries")
            }
        }
    }
}

/// The date in a cell; a time behind it is left out.
pub(super) fn date(cell: &str, order: Option<DateOrder>) -> Result<Date, DateFault> {
    let text = day_of(cell).ok_or(DateFault::NotADate)?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() == 8 && digits(text) {
        return civil(&text[..4], &text[4..6], &text[6..]);
    }
    let mark = text.chars().find(|c| matches!(c, '-' | '/' | '.')).ok_or(DateFault::NotADate)?;
    let parts: Vec<&str> = text.split(mark).collect();
    let [first, second, third] = parts[..] else { return Err(DateFault::NotADate) };
    if !parts.iter().all(|part| digits(part)) {
        return Err(DateFault::NotADate);
    }
    let short = |part: &str| part.len() <= 2;
    match (first.len(), third.len()) {
        (4, _) if short(second) && short(third) => civil(first, second, third),
        (_, 4) if short(first) && short(second) => with_order(first, second, third, order, mark),
        (_, 2) if short(first) && short(second) => {
            // Which of the three is the year only the mapping or the other cells can tell.
            let order = order.ok_or(DateFault::Ambiguous)?;
            with_order(first, second, &format!("20{third}"), Some(order), mark)
        }
        _ => Err(DateFault::NotADate),
    }
}

/// A date of birth: a year of two digits would be of one century or the other.
pub(super) fn birth_date(cell: &str, order: Option<DateOrder>) -> Result<Date, DateFault> {
    let read = date(cell, order)?;
    let year = read.year().to_string();
    if day_of(cell).is_some_and(|text| text.contains(&year)) { Ok(read) } else { Err(DateFault::ShortYear) }
}

/// The order that this cell shows beyond doubt.
pub(super) fn shows(cell: &str) -> Option<DateOrder> {
    let text = day_of(cell)?;
    let mark = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let parts: Vec<&str> = text.split(mark).collect();
    let [first, second, third] = parts[..] else { return None };
    let (first, second): (u8, u8) = (first.parse().ok()?, second.parse().ok()?);
    match (third.len(), first, second) {
        (4, 13..=31, 1..=12) => Some(DateOrder::DayFirst),
        (4, 1..=12, 13..=31) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// An instant as RFC 3339 has it, or a date with or without a time in the Netherlands.
pub(super) fn instant(cell: &str, order: Option<DateOrder>) -> Result<Timestamp, DateFault> {
    let cell = cell.trim();
    if cell.len() > LONGEST {
        return Err(DateFault::NotADate);
    }
    if let Ok(instant) = cell.parse::<Timestamp>() {
        return Ok(instant);
    }
    let day = date(cell, order)?;
    let time = match cell.split_once(['T', ' ']) {
        Some((_, time)) => time.trim().parse::<Time>().map_err(|_| DateFault::NotADate)?,
        None => Time::midnight(),
    };
    Ok(domain::calendar::instant(day, time))
}

/// What stands before a time, if what stands behind it looks like one.
fn day_of(cell: &str) -> Option<&str> {
    let text = cell.trim();
    if text.len() > LONGEST {
        return None;
    }
    let Some((day, time)) = text.split_once(['T', ' ']) else { return Some(text) };
    let like_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z');
    time.trim().chars().all(like_time).then_some(day)
}

fn with_order(
    first: &str,
    second: &str,
    year: &str,
    order: Option<DateOrder>,
    mark: char,
) -> Result<Date, DateFault> {
    let order = match order {
        Some(order) => order,
        None if mark != '/' => DateOrder::DayFirst,
        None => {
            let above = |part: &str| part.parse::<u8>().is_ok_and(|number| number > 12);
            match (above(first), above(second), first == second) {
                (true, _, _) | (_, _, true) => DateOrder::DayFirst,
                (_, true, _) => DateOrder::MonthFirst,
                _ => return Err(DateFault::Ambiguous),
            }
        }
    };
    match order {
        DateOrder::DayFirst => civil(year, second, first),
        DateOrder::MonthFirst => civil(year, first, second),
    }
}

fn civil(year: &str, month: &str, day: &str) -> Result<Date, DateFault> {
    let year: i16 = year.parse().map_err(|_| DateFault::NotADate)?;
    let (month, day) =
        (month.parse().map_err(|_| DateFault::NotADate)?, day.parse().map_err(|_| DateFault::NotADate)?);
    if !(1900..2200).contains(&year) {
        return Err(DateFault::NotADate);
    }
    Date::new(year, month, day).map_err(|_| DateFault::NotADate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_forms_of_spreadsheets() {
        use DateFault::{Ambiguous, NotADate};
        use DateOrder::{DayFirst, MonthFirst};
        let last = Ok("2026-12-31");
        let table = [
            ("2026-12-31", None, last),
            ("2026/12/31", None, last),
            ("20261231", None, last),
            ("31-12-2026", None, last),
            ("31.12.2026", None, last),
            ("31/12/2026", None, last),
            ("12/31/2026", None, last),
            ("12/31/2026", Some(MonthFirst), last),
            ("12/31/2026", Some(DayFirst), Err(NotADate)),
            ("12-31-2026", None, Err(NotADate)),
            ("12-31-2026", Some(MonthFirst), last),
            ("2026-12-31T10:20:30Z", None, last),
            ("31-12-2026 00:00:00", None, last),
            ("31-12-2026 morgen", None, Err(NotADate)),
            ("5-6-2026", None, Ok("2026-06-05")),
            ("05-06-2026", Some(MonthFirst), Ok("2026-05-06")),
            ("05/06/2026", None, Err(Ambiguous)),
            ("06/06/2026", None, Ok("2026-06-06")),
            ("05/06/2026", Some(DayFirst), Ok("2026-06-05")),
            ("31/12/26", None, Err(Ambiguous)),
            ("31/12/26", Some(DayFirst), last),
            ("31-12-26", None, Err(Ambiguous)),
            ("29-02-2026", None, Err(NotADate)),
            ("29-02-2028", None, Ok("2028-02-29")),
            ("00-00-0000", None, Err(NotADate)),
            ("1899-12-31", None, Err(NotADate)),
            ("31-12", None, Err(NotADate)),
            ("31-12-2026-1", None, Err(NotADate)),
            ("46387", None, Err(NotADate)),
            ("morgen", None, Err(NotADate)),
            ("", None, Err(NotADate)),
            ("３１-12-2026", None, Err(NotADate)),
        ];
        for (cell, order, expected) in table {
            let read = date(cell, order).map(|date| date.to_string());
            assert_eq!(read, expected.map(str::to_owned), "{cell}");
        }
    }

    #[test]
    fn a_birth_date_has_its_whole_year() {
        assert_eq!(birth_date("12-04-1985", None).map(|d| d.to_string()), Ok("1985-04-12".to_owned()));
        assert_eq!(birth_date("12-04-85", Some(DateOrder::DayFirst)), Err(DateFault::ShortYear));
    }

    #[test]
    fn a_cell_shows_its_order_only_beyond_doubt() {
        let table = [
            ("31-12-2026", Some(DateOrder::DayFirst)),
            ("12/31/2026", Some(DateOrder::MonthFirst)),
            ("05-06-2026", None),
            ("31/12/26", None),
            ("2026-12-31", None),
        ];
        for (cell, expected) in table {
            assert_eq!(shows(cell), expected, "{cell}");
        }
    }

    #[test]
    fn instants_without_a_zone_are_of_the_netherlands() {
        let table = [
            ("2026-07-01T10:00:00Z", Some("2026-07-01T10:00:00Z")),
            ("2026-07-01 10:00", Some("2026-07-01T08:00:00Z")),
            ("01-07-2026 10:00:30", Some("2026-07-01T08:00:30Z")),
            ("01-07-2026", Some("2026-06-30T22:00:00Z")),
            ("01-07-2026 25:00", None),
        ];
        for (cell, expected) in table {
            assert_eq!(instant(cell, None).ok().map(|at| at.to_string()).as_deref(), expected, "{cell}");
        }
    }
}
