//! Who asked when, and the three limits of an administration: 500 a minute, 5,000 an hour, 50 at once.

use jiff::Timestamp;
use serde::Serialize;

const MOST_A_MINUTE: usize = 500;
const MOST_AN_HOUR: usize = 5_000;
const MOST_AT_ONCE: usize = 50;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    pub at: Timestamp,
    pub method: String,
    pub path: String,
    pub query: String,
    pub status: u16,
    /// Requests under way at that moment, this one included.
    pub at_once: usize,
}

#[derive(Debug, Default)]
pub(super) struct Traffic {
    asked: Vec<Asked>,
}

impl Traffic {
    pub fn note(&mut self, asked: Asked) {
        self.asked.push(asked);
    }

    pub fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// Seconds to wait where a limit is reached.
    pub fn wait(&self, now: Timestamp, at_once: usize) -> Option<u32> {
        let within = |seconds: i64| {
            self.asked.iter().rev().take_while(|a| now.duration_since(a.at).as_secs() < seconds).count()
        };
        if at_once > MOST_AT_ONCE {
            return Some(1);
        }
        if within(3_600) >= MOST_AN_HOUR {
            return Some(600);
        }
        (within(60) >= MOST_A_MINUTE).then_some(30)
    }
}
