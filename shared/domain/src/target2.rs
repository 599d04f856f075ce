//! The days on which banks settle in euros: the TARGET calendar, which direct debits follow.
//!
//! Closed on Saturdays and Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December (European Central
//! Bank, long-term calendar of 14 December 2000, taken over by T2 in March 2023). What is absent: national holidays. King's
//! Day is a day on which banks settle.

use jiff::civil::{Date, Weekday};

use crate::calendar::{days_between, easter, plus_days};

/// Whether banks settle on this day.
pub fn is_open(day: Date) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let fixed = matches!((day.month(), day.day()), (1, 1) | (5, 1) | (12, 25) | (12, 26));
    let easter = matches!(days_between(easter(day.year()), day), -2 | 1);
    !(weekend || fixed || easter)
}

/// This day, or the first open one after it.
pub fn on_or_after(day: Date) -> Date {
    let mut day = day;
    while !is_open(day) && day < Date::MAX {
        day = plus_days(day, 1);
    }
    day
}

/// The open day that comes so many open days after this one; with none, [`on_or_after`].
pub fn after(day: Date, open_days: u16) -> Date {
    let mut day = if open_days == 0 { on_or_after(day) } else { day };
    for _ in 0..open_days {
        day = on_or_after(plus_days(day, 1));
    }
    day
}

/// The open day that comes so many open days before this one.
pub fn before(day: Date, open_days: u16) -> Date {
    let mut day = day;
    for _ in 0..open_days {
        day = plus_days(day, -1);
        while !is_open(day) && day > Date::MIN {
            day = plus_days(day, -1);
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    #[test]
    fn closed_days_of_2026_that_are_no_weekend() {
        let expected = [
            date(2026, 1, 1),
            date(2026, 4, 3), // Good Friday
            date(2026, 4, 6), // Easter Monday
            date(2026, 5, 1),
            date(2026, 12, 25), // 26 December is a Saturday
        ];
        let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let year = date(2026, 1, 1).series(1.day()).take(365);
        let closed: Vec<Date> = year.filter(|day| !is_open(*day) && !weekend(day)).collect();
        assert_eq!(closed, expected);
        // Dutch holidays on which banks settle: King's Day, Liberation Day, Ascension Day, Whit Monday.
        for day in [date(2026, 4, 27), date(2026, 5, 5), date(2026, 5, 14), date(2026, 5, 25)] {
            assert!(is_open(day), "{day}");
        }
    }

    #[test]
    fn open_days_are_counted_over_weekends_easter_and_christmas() {
        // (from, open days, after, before)
        let table = [
            (date(2026, 11, 25), 0, date(2026, 11, 25), date(2026, 11, 25)),
            (date(2026, 11, 25), 1, date(2026, 11, 26), date(2026, 11, 24)),
            (date(2026, 11, 27), 1, date(2026, 11, 30), date(2026, 11, 26)), // a Friday
            (date(2026, 11, 28), 0, date(2026, 11, 30), date(2026, 11, 28)), // a Saturday
            (date(2026, 11, 28), 1, date(2026, 11, 30), date(2026, 11, 27)),
            (date(2026, 11, 30), 1, date(2026, 12, 1), date(2026, 11, 27)), // a Monday
            (date(2026, 4, 2), 1, date(2026, 4, 7), date(2026, 4, 1)),      // Maundy Thursday
            (date(2026, 4, 7), 1, date(2026, 4, 8), date(2026, 4, 2)),      // the Tuesday after Easter
            (date(2026, 4, 1), 2, date(2026, 4, 7), date(2026, 3, 30)),
            (date(2026, 4, 30), 1, date(2026, 5, 4), date(2026, 4, 29)), // 1 May is a Friday
            (date(2026, 12, 24), 1, date(2026, 12, 28), date(2026, 12, 23)), // Christmas
            (date(2026, 12, 28), 1, date(2026, 12, 29), date(2026, 12, 24)),
            (date(2026, 12, 31), 1, date(2027, 1, 4), date(2026, 12, 30)), // the new year
            (date(2028, 12, 22), 1, date(2028, 12, 27), date(2028, 12, 21)), // 25 and 26 on Monday and Tuesday
        ];
        for (from, days, later, earlier) in table {
            assert_eq!(after(from, days), later, "{days} after {from}");
            assert_eq!(before(from, days), earlier, "{days} before {from}");
        }
    }
}
