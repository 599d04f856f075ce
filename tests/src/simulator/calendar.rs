//! The simulator's own calendar. It shares nothing with the rules: its holidays are a list from the almanac.

use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Milliseconds since 1970: the instants of a simulation.
pub type Instant = i64;

pub const SECOND: Instant = 1_000;
pub const MINUTE: Instant = 60 * SECOND;
pub const HOUR: Instant = 60 * MINUTE;
pub const DAY: Instant = 24 * HOUR;

static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");

/// The public holidays of the simulated years, as the government lists them; Good Friday and every 5 May with them.
const HOLIDAYS: [Date; 22] = [
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
    date(2027, 1, 1),
    date(2027, 3, 26),
    date(2027, 3, 28),
    date(2027, 3, 29),
    date(2027, 4, 27),
    date(2027, 5, 5),
    date(2027, 5, 6),
    date(2027, 5, 16),
    date(2027, 5, 17),
    date(2027, 12, 25),
    date(2027, 12, 26),
];

pub fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_millisecond(at).expect("within the calendar")
}

/// The civil day in the Netherlands.
pub fn day(at: Instant) -> Date {
    timestamp(at).to_zoned(AMSTERDAM.clone()).date()
}

/// The civil time of day in the Netherlands.
pub fn time(at: Instant) -> Time {
    timestamp(at).to_zoned(AMSTERDAM.clone()).time()
}

/// This time of this day in the Netherlands. No simulated time lies in the gap of a clock change.
pub fn instant(day: Date, hour: i8, minute: i8) -> Instant {
    let civil = day.at(hour, minute, 0, 0);
    let zoned = AMSTERDAM.to_ambiguous_zoned(civil).compatible().expect("within the calendar");
    zoned.timestamp().as_millisecond()
}

pub fn plus(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).expect("within the calendar")
}

pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).expect("within the calendar").get_days()
}

/// Whether anything may be sent to debtors on this day at all.
pub fn is_sending_day(day: Date) -> bool {
    day.weekday() != Weekday::Sunday && !HOLIDAYS.contains(&day)
}

/// The next instant at or after `from` at which the schedule calls the sweep: every quarter of an hour from eight to
/// a quarter to eight at night, Monday to Saturday, holidays as well. `opens` is eight unless the schedule is broken.
pub fn next_sweep(from: Instant, opens: i8) -> Instant {
    // A quarter of an hour in the Netherlands is one everywhere.
    let quarter = 15 * MINUTE;
    let at = (from + quarter - 1).div_euclid(quarter) * quarter;
    let (on, hour) = (day(at), time(at).hour());
    let first = if hour < opens { on } else { plus(on, 1) };
    match (on.weekday() == Weekday::Sunday, (opens..20).contains(&hour)) {
        (false, true) => at,
        _ if first.weekday() == Weekday::Sunday => instant(plus(first, 1), opens, 0),
        _ => instant(first, opens, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_calls_every_quarter_and_never_on_sunday() {
        // (from, next): 28 March 2026 is a Saturday before the clock goes forward, 1 January a holiday.
        let table = [
            ((date(2026, 1, 5), 7, 59), (date(2026, 1, 5), 8, 0)),
            ((date(2026, 1, 5), 8, 0), (date(2026, 1, 5), 8, 0)),
            ((date(2026, 1, 5), 8, 1), (date(2026, 1, 5), 8, 15)),
            ((date(2026, 1, 5), 19, 46), (date(2026, 1, 6), 8, 0)),
            ((date(2026, 3, 28), 19, 46), (date(2026, 3, 30), 8, 0)),
            ((date(2027, 1, 1), 3, 0), (date(2027, 1, 1), 8, 0)),
        ];
        for ((on, hour, minute), (then, at, past)) in table {
            assert_eq!(
                next_sweep(instant(on, hour, minute), 8),
                instant(then, at, past),
                "{on} {hour}:{minute}"
            );
        }
    }
}
