//! Civil time in the Netherlands: public holidays by rule, and the window in which messages may leave.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

/// Europe/Amsterdam, compiled in: `provided.al2023` may have no time zone database.
static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");

/// The civil date and time in the Netherlands at this instant.
pub fn amsterdam(at: Timestamp) -> Zoned {
    at.to_zoned(AMSTERDAM.clone())
}

/// The civil date in the Netherlands at this instant.
pub fn today(at: Timestamp) -> Date {
    amsterdam(at).date()
}

/// The instant at which this time of this day occurs in the Netherlands. A time that spring's clock change
/// skips is moved forward by the gap; one that autumn's repeats is its first occurrence.
pub fn instant(date: Date, time: Time) -> Timestamp {
    // Every civil date of this program's centuries lies within jiff's range of timestamps.
    AMSTERDAM
        .to_ambiguous_zoned(date.to_datetime(time))
        .compatible()
        .map_or(Timestamp::MAX, |z| z.timestamp())
}

/// The instant at which this day begins in the Netherlands.
pub fn midnight(date: Date) -> Timestamp {
    instant(date, Time::midnight())
}

/// `date` plus so many days; the calendar's last day where that lies beyond it.
pub fn plus_days(date: Date, days: i32) -> Date {
    date.saturating_add(Span::new().days(days))
}

/// Days from `from` to `to`: positive where `to` is later.
pub fn days_between(from: Date, to: Date) -> i32 {
    // A difference in days of two civil dates is at most 7.3 million.
    from.until(to).map_or(0, |span| span.get_days())
}

/// Easter Sunday by the Gregorian computus (anonymous algorithm, Nature, 20 April 1876).
pub fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let a = y % 19;
    let (b, c) = (y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    // The algorithm's month is 3 or 4 and its day 1 to 31.
    Date::new(year, month as i8, day as i8).unwrap_or(Date::ZERO)
}

/// The public holiday on this date, if it is one: article 3 of the Algemene termijnenwet, which puts Good
/// Friday on one line with them. 5 May counts every year. King's Day moves to 26 April when 27 is a Sunday.
pub fn holiday(date: Date) -> Option<&'static str> {
    let fixed = match (date.month(), date.day()) {
        (1, 1) => Some("Nieuwjaarsdag"),
        (4, 27) if date.weekday() != Weekday::Sunday => Some("Koningsdag"),
        (4, 26) if date.weekday() == Weekday::Saturday => Some("Koningsdag"),
        (5, 5) => Some("Bevrijdingsdag"),
        (12, 25) => Some("Eerste Kerstdag"),
        (12, 26) => Some("Tweede Kerstdag"),
        _ => None,
    };
    let moving = match days_between(easter(date.year()), date) {
        -2 => Some("Goede Vrijdag"),
        0 => Some("Eerste Paasdag"),
        1 => Some("Tweede Paasdag"),
        39 => Some("Hemelvaartsdag"),
        49 => Some("Eerste Pinksterdag"),
        50 => Some("Tweede Pinksterdag"),
        _ => None,
    };
    fixed.or(moving)
}

/// A day on which people work: Monday to Friday, no public holiday.
pub fn is_working_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && holiday(date).is_none()
}

/// The hours in which messages may leave, in Dutch civil time: from `opens` until just before `closes`,
/// Monday to Saturday, no public holidays (LAW.md section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendingWindow {
    /// From this time of the day on, in Amsterdam.
    pub opens: Time,
    /// Before this time of the day, in Amsterdam.
    pub closes: Time,
}

impl Default for SendingWindow {
    fn default() -> SendingWindow {
        SendingWindow { opens: Time::constant(8, 0, 0, 0), closes: Time::constant(20, 0, 0, 0) }
    }
}

impl SendingWindow {
    /// Whether messages may leave on this day at all.
    pub fn is_sending_day(&self, date: Date) -> bool {
        date.weekday() != Weekday::Sunday && holiday(date).is_none()
    }

    /// Whether a message may leave at this instant: a sending day, and between both times.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let local = amsterdam(at);
        self.is_sending_day(local.date()) && local.time() >= self.opens && local.time() < self.closes
    }

    /// The first instant at or after `at` at which the window is open.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        if self.is_open(at) {
            return at;
        }
        let local = amsterdam(at);
        let start = if local.time() < self.opens { local.date() } else { plus_days(local.date(), 1) };
        instant(self.first_sending_day(start), self.opens)
    }

    /// When the window closes on the day of this instant.
    pub fn closes_at(&self, at: Timestamp) -> Timestamp {
        instant(today(at), self.closes)
    }

    /// The first instant on or after this day at which the window is open.
    pub fn opening_on_or_after(&self, date: Date) -> Timestamp {
        instant(self.first_sending_day(date), self.opens)
    }

    /// The first day on or after `date` on which messages may leave.
    pub fn first_sending_day(&self, date: Date) -> Date {
        let mut day = date;
        // At most four closed days follow each other: Good Friday to Easter Monday leaves Saturday open, and
        // Christmas touches one Sunday.
        while !self.is_sending_day(day) && day < Date::MAX {
            day = day.saturating_add(1.day());
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        let table = [
            (2000, date(2000, 4, 23)),
            (2008, date(2008, 3, 23)),
            (2011, date(2011, 4, 24)),
            (2024, date(2024, 3, 31)),
            (2025, date(2025, 4, 20)),
            (2026, date(2026, 4, 5)),
            (2027, date(2027, 3, 28)),
            (2038, date(2038, 4, 25)),
        ];
        for (year, expected) in table {
            assert_eq!(easter(year), expected);
        }
    }

    #[test]
    fn holidays_of_2026_and_a_moved_kings_day() {
        let expected = [
            date(2026, 1, 1),
            date(2026, 4, 3),
            date(2026, 4, 5),
            date(2026, 4, 6),
            date(2026, 4, 27),
            date(2026, 5, 5),
            date(2026, 5, 14),
            date(2026, 5, 24),
            date(2026, 5, 25),
            date(2026, 12, 25),
            date(2026, 12, 26),
        ];
        let found: Vec<Date> =
            date(2026, 1, 1).series(1.day()).take(365).filter(|d| holiday(*d).is_some()).collect();
        assert_eq!(found, expected);
        // 27 April 2025 was a Sunday.
        assert_eq!(holiday(date(2025, 4, 26)), Some("Koningsdag"));
        assert_eq!(holiday(date(2025, 4, 27)), None);
    }

    #[test]
    fn the_window_opens_at_eight_and_closes_at_twenty() {
        let window = SendingWindow::default();
        // (instant, open?, next opening)
        let table = [
            ("2026-11-23T06:59:59Z", false, "2026-11-23T07:00:00Z"), // Monday, one second early
            ("2026-11-23T07:00:00Z", true, "2026-11-23T07:00:00Z"),
            ("2026-11-23T18:59:59Z", true, "2026-11-23T18:59:59Z"),
            ("2026-11-23T19:00:00Z", false, "2026-11-24T07:00:00Z"),
            ("2026-11-28T12:00:00Z", true, "2026-11-28T12:00:00Z"), // Saturday
            ("2026-11-29T12:00:00Z", false, "2026-11-30T07:00:00Z"), // Sunday
            ("2026-12-24T19:00:00Z", false, "2026-12-28T07:00:00Z"), // Christmas on Friday, then a weekend
            ("2026-06-01T06:00:00Z", true, "2026-06-01T06:00:00Z"), // summer time: 08:00
            ("2026-03-29T12:00:00Z", false, "2026-03-30T06:00:00Z"), // the clock goes forward this Sunday
            ("2026-10-25T12:00:00Z", false, "2026-10-26T07:00:00Z"), // and back this one
        ];
        for (instant, open, next) in table {
            assert_eq!(window.is_open(at(instant)), open, "{instant}");
            assert_eq!(window.next_open(at(instant)), at(next), "{instant}");
        }
    }

    #[test]
    fn a_day_begins_at_dutch_midnight() {
        assert_eq!(midnight(date(2026, 7, 1)), at("2026-06-30T22:00:00Z"));
        assert_eq!(midnight(date(2026, 12, 1)), at("2026-11-30T23:00:00Z"));
        assert_eq!(today(at("2026-11-30T23:30:00Z")), date(2026, 12, 1));
    }
}
