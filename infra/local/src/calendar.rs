//! The calendar of the local run: this machine's clock plus an offset, kept in a file that every function reads.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::failure::{Failure, Outcome, While};

/// The file holds one signed number: milliseconds that the calendar is ahead of this machine's clock.
#[derive(Debug, Clone)]
pub struct Calendar {
    file: PathBuf,
}

impl Calendar {
    /// Opens the calendar; a new one follows this machine's clock.
    pub fn open(file: PathBuf) -> Outcome<Calendar> {
        let calendar = Calendar { file };
        if !calendar.file.exists() {
            calendar.write(SignedDuration::ZERO)?;
        }
        calendar.now()?;
        Ok(calendar)
    }

    pub fn now(&self) -> Outcome<Timestamp> {
        let text = std::fs::read_to_string(&self.file).during("reading the calendar")?;
        let offset_ms: i64 = text.trim().parse().during("reading the calendar")?;
        Timestamp::now().checked_add(SignedDuration::from_millis(offset_ms)).during("reading the calendar")
    }

    /// Makes it `now`, from here on.
    pub fn set(&self, now: Timestamp) -> Outcome<()> {
        self.write(now.duration_since(Timestamp::now()))
    }

    fn write(&self, offset: SignedDuration) -> Outcome<()> {
        let offset_ms = i64::try_from(offset.as_millis())
            .map_err(|_| Failure::because("the calendar cannot be moved that far"))?;
        // Renamed into place, so that no function ever reads half a number.
        let next = self.file.with_extension("next");
        std::fs::write(&next, offset_ms.to_string()).during("writing the calendar")?;
        std::fs::rename(&next, &self.file).during("writing the calendar")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(name: &str) -> Calendar {
        let file = std::env::temp_dir().join(format!("tijdig-calendar-{}-{name}", std::process::id()));
        if file.exists() {
            std::fs::remove_file(&file).unwrap();
        }
        Calendar::open(file).unwrap()
    }

    #[test]
    fn a_new_calendar_follows_the_clock_and_a_moved_one_stays_ahead_of_it() {
        let calendar = calendar("moves");
        let near = |a: Timestamp, b: Timestamp| a.duration_since(b).abs() < SignedDuration::from_secs(5);
        assert!(near(calendar.now().unwrap(), Timestamp::now()));
        let later = Timestamp::now() + SignedDuration::from_hours(2000);
        calendar.set(later).unwrap();
        assert!(near(calendar.now().unwrap(), later));
        let again = Calendar::open(calendar.file.clone()).unwrap();
        assert!(near(again.now().unwrap(), later));
    }

    #[test]
    fn a_spoiled_calendar_is_refused() {
        let calendar = calendar("spoiled");
        std::fs::write(&calendar.file, "tomorrow").unwrap();
        assert!(Calendar::open(calendar.file).is_err());
    }
}
