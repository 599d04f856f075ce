//! Who asked when, and how often a package may be asked.

use jiff::Timestamp;
use serde::Serialize;

/// At most so many requests within so many seconds of any beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub most: usize,
    pub seconds: i64,
    /// How long whoever asks more often is told to wait, in seconds.
    pub wait: u32,
}

/// What one administration may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub windows: &'static [Window],
    /// Requests under way at one moment.
    pub at_once: usize,
}

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

/// The log.
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
    pub fn wait(&self, limits: &Limits, now: Timestamp, at_once: usize) -> Option<u32> {
        let within = |seconds: i64| {
            self.asked.iter().rev().take_while(|a| now.duration_since(a.at).as_secs() < seconds).count()
        };
        if at_once > limits.at_once {
            return Some(1);
        }
        let full = limits.windows.iter().filter(|window| within(window.seconds) >= window.most);
        full.map(|window| window.wait).max()
    }
}
