//! What a step of a policy is, apart from when it is taken.

use serde::{Deserialize, Serialize};

/// The kinds of step, in the order of their weight: a notice that bundles several speaks with the heaviest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepKind {
    PreReminder,
    Reminder,
    FinalReminder,
    /// The 14-day letter of article 6:96(6) BW.
    FormalNotice,
    EndOfServiceAnnouncement,
}

impl StepKind {
    /// A written reminder in the sense of Stcrt 2021, 45719 art. 1.2(c).
    pub fn is_reminder(self) -> bool {
        matches!(self, StepKind::Reminder | StepKind::FinalReminder)
    }
}

/// The two kinds of signal to the municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignalKind {
    Early,
    Crisis,
}
