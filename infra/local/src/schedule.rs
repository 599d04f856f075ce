//! When sweep-due runs: the cron lines of infra/functions.yaml, followed by the calendar of the local run.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use crate::failure::{Outcome, While};

/// Bundled: the machine may have no time zone database.
static AMSTERDAM: TimeZone = jiff::tz::get!("Europe/Amsterdam");

const EVERY: SignedDuration = SignedDuration::from_mins(15);
const OPENS: Time = Time::constant(8, 0, 0, 0);
const CLOSES: Time = Time::constant(20, 0, 0, 0);

/// The first run for connections with accounting packages strictly after an instant: every quarter of an hour.
pub fn next_pull_after(instant: Timestamp) -> Outcome<Timestamp> {
    // Amsterdam is whole hours from UTC, so quarters of an hour are the same everywhere on the line.
    let quarter = EVERY.as_secs();
    let next = (instant.as_second().div_euclid(quarter) + 1) * quarter;
    Timestamp::from_second(next).during("finding the next run")
}

/// The first run for debtors strictly after an instant.
pub fn next_tick_after(instant: Timestamp) -> Outcome<Timestamp> {
    let mut at = next_pull_after(instant)?.to_zoned(AMSTERDAM.clone());
    loop {
        let day_off = at.weekday() == Weekday::Sunday;
        if !day_off && (OPENS..CLOSES).contains(&at.time()) {
            return Ok(at.timestamp());
        }
        at = opening(&at)?;
    }
}

/// When the window opens next, on whichever day; a Sunday's opening is looked at and passed over.
fn opening(at: &Zoned) -> Outcome<Zoned> {
    let day = if at.time() < OPENS && at.weekday() != Weekday::Sunday {
        at.date()
    } else {
        at.date().checked_add(1.day()).during("finding the next run")?
    };
    day.to_datetime(OPENS).to_zoned(at.time_zone().clone()).during("finding the next run")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line that [`next_tick_after`] follows.
    const CRON: &str = "cron(0/15 8-19 ? * MON-SAT *)";

    /// The line that [`next_pull_after`] follows.
    const CRON_OF_CONNECTIONS: &str = "cron(0/15 * * * ? *)";

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
    fn the_template_has_the_same_lines() {
        let template = include_str!("../../functions.yaml");
        for line in [CRON, CRON_OF_CONNECTIONS] {
            assert!(template.contains(&format!("ScheduleExpression: {line}")), "{line}");
        }
        assert!(template.contains("ScheduleExpressionTimezone: Europe/Amsterdam"));
    }
}
