//! When sweep-due, collect-debits and poll-feedback run: the cron lines of infra/functions.yaml, followed by the calendar of the local run.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use crate::failure::{Outcome, While};

/// Bundled: the machine may have no time zone database.
static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");

const EVERY: SignedDuration = SignedDuration::from_mins(15);
const OPENS: Time = Time::constant(8, 0, 0, 0);
const CLOSES: Time = Time::constant(20, 0, 0, 0);

/// The first run for connections with accounting packages, and of poll-feedback, strictly after an instant: every quarter of
/// an hour.
pub fn next_pull_after(instant: Timestamp) -> Outcome<Timestamp> {
    // Amsterdam is whole hours from UTC, so quarters of an hour are the same everywhere on the line.
    let quarter = EVERY.as_secs();
    let next = (instant.as_second().div_euclid(quarter) + 1) * quarter;
    Timestamp::from_second(next).during("finding the next run")
}

/// The first run for debtors strictly after an instant.
pub fn next_tick_after(instant: Timestamp) -> Outcome<Timestamp> {
    first_open(next_pull_after(instant)?, &SWEEPS)
}

/// The first run of collect-debits strictly after an instant: every half hour, early on the days of the week on which banks
/// may be open.
pub fn next_collection_after(instant: Timestamp) -> Outcome<Timestamp> {
    let half = EVERY.as_secs() * 2;
    let next = (instant.as_second().div_euclid(half) + 1) * half;
    first_open(Timestamp::from_second(next).during("finding the next run")?, &COLLECTIONS)
}

/// The hours and days of a schedule.
struct Open {
    from: Time,
    to: Time,
    is_off: fn(Date) -> bool,
}

const SWEEPS: Open = Open { from: OPENS, to: CLOSES, is_off: |day| day.weekday() == Weekday::Sunday };

const COLLECTIONS: Open = Open {
    from: Time::constant(6, 0, 0, 0),
    to: Time::constant(8, 0, 0, 0),
    is_off: |day| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
};

/// This instant where the schedule runs then, else when it does next.
fn first_open(instant: Timestamp, open: &Open) -> Outcome<Timestamp> {
    let mut at = instant.to_zoned(AMSTERDAM.clone());
    loop {
        let day_off = (open.is_off)(at.date());
        if !day_off && (open.from..open.to).contains(&at.time()) {
            return Ok(at.timestamp());
        }
        at = opening(&at, open)?;
    }
}

/// When the hours begin next, on whichever day; a day off is looked at and passed over.
fn opening(at: &Zoned, open: &Open) -> Outcome<Zoned> {
    let day = if at.time() < open.from && !(open.is_off)(at.date()) {
        at.date()
    } else {
        at.date().checked_add(1.day()).during("finding the next run")?
    };
    day.to_datetime(open.from).to_zoned(at.time_zone().clone()).during("finding the next run")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line that [`next_tick_after`] follows.
    const CRON: &str = "cron(0/15 8-19 ? * MON-SAT *)";

    /// The line that [`next_pull_after`] follows.
    const CRON_OF_CONNECTIONS: &str = "cron(0/15 * * * ? *)";

    /// The line that [`next_collection_after`] follows.
    const CRON_OF_COLLECTIONS: &str = "cron(0/30 6-7 ? * MON-FRI *)";

    #[test]
    fn runs_follow_the_cron_line_in_local_time() {
        let table = [
            // after, next
            ("2026-11-20T07:59:59+01:00", "2026-11-20T08:00:00+01:00"),
            ("2026-11-20T08:00:00+01:00", "2026-11-20T08:15:00+01:00"),
            ("2026-11-20T08:14:59.999+01:00", "2026-11-20T08:15:00+01:00"),
            ("2026-11-20T19:44:00+01:00", "2026-11-20T19:45:00+01:00"),
            ("2026-11-20T19:45:00+01:00", "2026-11-21T08:00:00+01:00"),
            ("2026-11-21T19:45:00+01:00", "2026-11-23T08:00:00+01:00"),
            ("2026-11-22T10:00:00+01:00", "2026-11-23T08:00:00+01:00"),
            ("2026-11-22T03:00:00+01:00", "2026-11-23T08:00:00+01:00"),
            // Both changes of the clock fall on a Sunday; the Monday after them opens at eight by the new time.
            ("2026-03-28T19:45:00+01:00", "2026-03-30T08:00:00+02:00"),
            ("2026-10-24T19:45:00+02:00", "2026-10-26T08:00:00+01:00"),
        ];
        for (after, next) in table {
            let after: Timestamp = after.parse().unwrap();
            let next: Timestamp = next.parse().unwrap();
            assert_eq!(next_tick_after(after).unwrap(), next, "after {after}");
        }
    }

    #[test]
    fn connections_are_due_every_quarter_of_an_hour_by_day_and_night() {
        let table = [
            ("2026-11-22T02:59:59+01:00", "2026-11-22T03:00:00+01:00"),
            ("2026-11-22T03:00:00+01:00", "2026-11-22T03:15:00+01:00"),
            ("2026-10-25T02:59:59+02:00", "2026-10-25T02:00:00+01:00"),
        ];
        for (after, next) in table {
            let (after, next): (Timestamp, Timestamp) = (after.parse().unwrap(), next.parse().unwrap());
            assert_eq!(next_pull_after(after).unwrap(), next, "after {after}");
        }
    }

    #[test]
    fn debits_are_collected_early_on_working_days() {
        let table = [
            ("2026-11-20T05:59:59+01:00", "2026-11-20T06:00:00+01:00"),
            ("2026-11-20T06:00:00+01:00", "2026-11-20T06:30:00+01:00"),
            ("2026-11-20T07:29:00+01:00", "2026-11-20T07:30:00+01:00"),
            // A Friday, and the Monday after it.
            ("2026-11-20T07:30:00+01:00", "2026-11-23T06:00:00+01:00"),
            ("2026-11-21T06:10:00+01:00", "2026-11-23T06:00:00+01:00"),
            // Over the end of summer time.
            ("2026-10-23T07:30:00+02:00", "2026-10-26T06:00:00+01:00"),
        ];
        for (after, next) in table {
            let (after, next): (Timestamp, Timestamp) = (after.parse().unwrap(), next.parse().unwrap());
            assert_eq!(next_collection_after(after).unwrap(), next, "after {after}");
        }
    }

    #[test]
    fn the_template_has_the_same_lines() {
        let template = include_str!("../../functions.yaml");
        for line in [CRON, CRON_OF_CONNECTIONS, CRON_OF_COLLECTIONS] {
            assert!(template.contains(&format!("ScheduleExpression: {line}")), "{line}");
        }
        assert!(template.contains("ScheduleExpressionTimezone: Europe/Amsterdam"));
    }
}
