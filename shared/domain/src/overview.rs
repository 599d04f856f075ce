//! Where a signal stands in the overview, and what it counts for there and in the report of outcomes.
//!
//! Everything here follows from the signal alone and from no clock, so that whoever stores a signal can tell what changed
//! in the overview by comparing it with what was stored before.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::today;
use crate::feedback::Outcome;
use crate::provider::Provider;
use crate::signal::{Signal, SignalState};

/// The way in which rows and counters are made of signals. A dossier that was stored under another one gets them anew when
/// it is stored next. Count up when this module or the keys of the store make other ones.
pub const OVERVIEW: u8 = 1;

/// How a signal stands, as the overview is filtered by it.
///
/// The first eight are the status of a signal: it has exactly one of them. The last two say more about what the
/// municipality reported, and stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// All conditions hold; it waits for a word.
    Prepared,
    /// A condition does not hold.
    Blocked,
    /// On its way, or being sent.
    Sending,
    /// The platform took it in, and nobody reported on it.
    Sent,
    /// The platform refused it.
    Refused,
    /// It may have been taken in.
    Unknown,
    /// Taken back, or dropped before it left.
    Withdrawn,
    /// The municipality reported on it.
    Feedback,
    /// The municipality helps the person.
    HelpRunning,
    /// The person died.
    Deceased,
}

const NAMES: [(Standing, &str); 10] = [
    (Standing::Prepared, "prepared"),
    (Standing::Blocked, "blocked"),
    (Standing::Sending, "sending"),
    (Standing::Sent, "sent"),
    (Standing::Refused, "refused"),
    (Standing::Unknown, "unknown"),
    (Standing::Withdrawn, "withdrawn"),
    (Standing::Feedback, "feedback"),
    (Standing::HelpRunning, "help_running"),
    (Standing::Deceased, "deceased"),
];

impl Standing {
    /// Every standing there is.
    pub fn all() -> impl Iterator<Item = Standing> {
        NAMES.into_iter().map(|(standing, _)| standing)
    }

    /// As it is named on the HTTP surface (API.md).
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }

    /// It is a signal's status, of which it has exactly one.
    pub fn is_status(self) -> bool {
        !matches!(self, Standing::HelpRunning | Standing::Deceased)
    }

    /// The status of this signal.
    pub fn status_of(signal: &Signal) -> Standing {
        match &signal.state {
            SignalState::Blocked { .. } => Standing::Blocked,
            SignalState::Prepared { .. } => Standing::Prepared,
            SignalState::Queued { .. } | SignalState::Claimed { .. } => Standing::Sending,
            SignalState::Unknown { .. } => Standing::Unknown,
            SignalState::Sent if signal.feedback.is_empty() => Standing::Sent,
            SignalState::Sent => Standing::Feedback,
            SignalState::Refused { .. } => Standing::Refused,
            SignalState::Withdrawn { .. } => Standing::Withdrawn,
        }
    }

    /// Everything that the overview may be filtered by to find this signal: its status, and what stands beside it.
    pub fn of(signal: &Signal) -> BTreeSet<Standing> {
        let mut standings = BTreeSet::from([Standing::status_of(signal)]);
        if signal.feedback.iter().any(|f| f.outcome == Outcome::Deceased) {
            standings.insert(Standing::Deceased);
        }
        if signal.help_runs() {
            standings.insert(Standing::HelpRunning);
        }
        standings
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a text is no standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is prepared, blocked, sending, sent, refused, unknown, withdrawn, feedback, help_running or deceased"
)]
pub struct StandingError;

impl FromStr for Standing {
    type Err = StandingError;

    fn from_str(text: &str) -> Result<Standing, StandingError> {
        NAMES.iter().find(|(_, name)| *name == text).map(|(standing, _)| *standing).ok_or(StandingError)
    }
}

/// Where a signal went: nowhere yet, where both are `None`. The address says it when the signal leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Four digits, without "GM".
    pub municipality: Option<String>,
    /// The platform of that municipality at the time.
    pub provider: Option<Provider>,
}

impl Place {
    /// Where this signal went.
    pub fn of(signal: &Signal) -> Place {
        Place { municipality: signal.municipality.clone(), provider: signal.provider }
    }

    /// Every filter by place that finds this one, without one first.
    pub fn filters(&self) -> BTreeSet<Place> {
        let municipality = || self.municipality.clone();
        BTreeSet::from([
            Place::default(),
            Place { municipality: None, provider: self.provider },
            Place { municipality: municipality(), provider: None },
            Place { municipality: municipality(), provider: self.provider },
        ])
    }
}

/// What a signal that reached a platform counts for in the report of outcomes. Several may hold at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// The platform took it in.
    Signals,
    /// It is a crisis signal.
    Crisis,
    /// The municipality reported that it acts on it.
    PickedUp,
    /// Somebody spoke with the person.
    Reached,
    /// Help was accepted.
    Accepted,
    /// The person did not want help.
    Declined,
    /// Solved or arranged without help.
    Solved,
    /// Contact did not come about.
    NotReached,
    /// The municipality did not act on it.
    NotPickedUp,
    /// Help, or another trajectory, ran already.
    HelpedAlready,
    /// The person died.
    Deceased,
    /// Nobody of that name lives there.
    NotResident,
    /// Help that was accepted is over.
    HelpEnded,
    /// It was taken back.
    Withdrawn,
    /// Nothing was reported on it.
    Silent,
}

const COUNTED: [(Counted, &str); 15] = [
    (Counted::Signals, "signals"),
    (Counted::Crisis, "crisis"),
    (Counted::PickedUp, "pickedUp"),
    (Counted::Reached, "reached"),
    (Counted::Accepted, "accepted"),
    (Counted::Declined, "declined"),
    (Counted::Solved, "solved"),
    (Counted::NotReached, "notReached"),
    (Counted::NotPickedUp, "notPickedUp"),
    (Counted::HelpedAlready, "helpedAlready"),
    (Counted::Deceased, "deceased"),
    (Counted::NotResident, "notResident"),
    (Counted::HelpEnded, "helpEnded"),
    (Counted::Withdrawn, "withdrawn"),
    (Counted::Silent, "silent"),
];

impl Counted {
    /// Every column of the report.
    pub fn all() -> impl Iterator<Item = Counted> {
        COUNTED.into_iter().map(|(counted, _)| counted)
    }

    /// As the report names it.
    pub fn name(self) -> &'static str {
        COUNTED.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
    }

    /// What this signal counts for; nothing where no platform took it in.
    pub fn of(signal: &Signal) -> BTreeSet<Counted> {
        if signal.provider_reference.is_none() {
            return BTreeSet::new();
        }
        let mut counted = BTreeSet::from([Counted::Signals]);
        if signal.kind == crate::step::SignalKind::Crisis {
            counted.insert(Counted::Crisis);
        }
        if matches!(signal.state, SignalState::Withdrawn { .. }) {
            counted.insert(Counted::Withdrawn);
        }
        if !signal.is_picked_up() {
            counted.insert(Counted::Silent);
        }
        counted.extend(signal.feedback.iter().flat_map(|f| Counted::by(f.outcome)));
        counted
    }

    fn by(outcome: Outcome) -> &'static [Counted] {
        match outcome {
            Outcome::PickedUp => &[Counted::PickedUp],
            Outcome::HelpAccepted(_) => &[Counted::PickedUp, Counted::Reached, Counted::Accepted],
            Outcome::HelpDeclined => &[Counted::PickedUp, Counted::Reached, Counted::Declined],
            Outcome::SolvedOrArranged => &[Counted::PickedUp, Counted::Reached, Counted::Solved],
            // Contact broke off, so there was contact.
            Outcome::LostContact => &[Counted::PickedUp, Counted::Reached],
            Outcome::HelpEnded => &[Counted::PickedUp, Counted::Reached, Counted::HelpEnded],
            Outcome::NoContact => &[Counted::PickedUp, Counted::NotReached],
            Outcome::NotPickedUp(_) => &[Counted::NotPickedUp],
            Outcome::KnownToDebtHelp | Outcome::OtherTrajectory => &[Counted::HelpedAlready],
            Outcome::Deceased => &[Counted::Deceased],
            Outcome::NotResident => &[Counted::NotResident],
            Outcome::Received | Outcome::Unknown => &[],
        }
    }
}

/// The day on which a platform took this signal in, as far as one did: the report and the export go by it.
pub fn signalled_on(signal: &Signal) -> Option<Date> {
    signal.provider_reference.as_ref()?;
    signal.sent_at.map(today)
}

#[cfg(test)]
#[path = "overview_tests.rs"]
mod tests;
