//! What time it is. Only the HTTP edge and `main` ask; everything else is told.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contracts::failure::Failure;
use jiff::{SignedDuration, Timestamp};

use crate::config::{ConfigError, Environment};

/// Names the file of the moved calendar. Set in the local run only.
pub const CLOCK_FILE: &str = "TIJDIG_CLOCK_FILE";

/// The system's time, or in the local run the system's time moved by what a file says.
///
/// The file holds a signed whole number of milliseconds, which is added to the system's time. It is read anew
/// at every [`Clock::now`], so that the calendar of every running function moves at once; whoever writes it,
/// writes another file and renames it, or a reader may find it empty. A file that is missing or holds
/// something else is an error: quietly going back to today would send what is not due.
#[derive(Debug, Clone)]
pub struct Clock {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    System,
    Moved(PathBuf),
    Still(Timestamp),
    Shared(Arc<AtomicI64>),
}

impl Clock {
    /// The system's time.
    pub fn system() -> Clock {
        Clock { source: Source::System }
    }

    /// Always the same instant: for tests, and for a handler that is given its time by a message.
    pub fn still(at: Timestamp) -> Clock {
        Clock { source: Source::Still(at) }
    }

    /// Whatever instant is set, in milliseconds since 1970: for tests that move a calendar.
    pub fn shared(milliseconds: Arc<AtomicI64>) -> Clock {
        Clock { source: Source::Shared(milliseconds) }
    }

    /// The system's time, moved by the file that `TIJDIG_CLOCK_FILE` names, if it is set.
    pub fn from_environment(environment: &Environment) -> Result<Clock, ConfigError> {
        let source = match environment.optional(CLOCK_FILE)? {
            Some(path) => Source::Moved(PathBuf::from(path)),
            None => Source::System,
        };
        let clock = Clock { source };
        clock.now().map_err(|failure| ConfigError::invalid(CLOCK_FILE, failure))?;
        Ok(clock)
    }

    /// The instant that it is now. Fails only in the local run: see [`Clock`].
    pub fn now(&self) -> Result<Timestamp, Failure> {
        match &self.source {
            Source::System => Ok(Timestamp::now()),
            Source::Still(at) => Ok(*at),
            Source::Shared(milliseconds) => Timestamp::from_millisecond(milliseconds.load(Ordering::SeqCst))
                .map_err(|error| Failure::bug(format!("a shared clock: {error}"))),
            Source::Moved(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Failure::unavailable(format!("the clock's file: {error}")))?;
                moved(Timestamp::now(), text.trim())
            }
        }
    }
}

fn moved(now: Timestamp, milliseconds: &str) -> Result<Timestamp, Failure> {
    let unusable = |error: &dyn std::fmt::Display| Failure::unavailable(format!("the clock's file: {error}"));
    let offset = milliseconds.parse::<i64>().map_err(|error| unusable(&error))?;
    now.checked_add(SignedDuration::from_millis(offset)).map_err(|error| unusable(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_file_moves_the_time_either_way() {
        let now = at("2026-09-01T08:00:00Z");
        let table = [
            ("0", Some("2026-09-01T08:00:00Z")),
            ("86400000", Some("2026-09-02T08:00:00Z")),
            ("-1", Some("2026-09-01T07:59:59.999Z")),
            ("", None),
            ("1.5", None),
            ("tomorrow", None),
            ("9223372036854775807", None),
        ];
        for (text, expected) in table {
            assert_eq!(moved(now, text).ok(), expected.map(at), "{text}");
        }
    }

    #[test]
    fn the_file_is_read_anew_each_time_and_its_absence_is_an_error() {
        let path = std::env::temp_dir().join(format!("tijdig-clock-{}", std::process::id()));
        let environment = Environment::of([(CLOCK_FILE, path.to_str().unwrap())]);
        assert!(Clock::from_environment(&environment).is_err());

        std::fs::write(&path, "0\n").unwrap();
        let clock = Clock::from_environment(&environment).unwrap();
        let before = clock.now().unwrap();
        std::fs::write(&path, "3600000\n").unwrap();
        let after = clock.now().unwrap();
        assert!(after.duration_since(before) >= SignedDuration::from_hours(1), "{before} {after}");

        std::fs::remove_file(&path).unwrap();
        assert!(clock.now().is_err());
    }

    #[test]
    fn without_the_variable_it_is_the_systems_time() {
        let clock = Clock::from_environment(&Environment::of([])).unwrap();
        let (before, now, after) = (Timestamp::now(), clock.now().unwrap(), Timestamp::now());
        assert!(before <= now && now <= after);
        assert_eq!(Clock::still(before).now(), Ok(before));
    }
}
