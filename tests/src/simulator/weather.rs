//! What goes wrong in one seed, and how often.

use fastrand::Rng;

use super::calendar::{DAY, HOUR, Instant, MINUTE};

/// The functions that the simulator runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    AccountingApi,
    SweepDue,
    AdvanceCase,
    SendNotice,
    SendLetter,
    RecordDelivery,
    EvaluateSignal,
    SubmitSignal,
    MunicipalityCallback,
    ProjectOverview,
}

/// Each whose clock may be ahead: what a row says is not by the minute, and few seeds have letters.
pub const FUNCTIONS: [Function; 8] = [
    Function::AccountingApi,
    Function::SweepDue,
    Function::AdvanceCase,
    Function::SendNotice,
    Function::RecordDelivery,
    Function::EvaluateSignal,
    Function::SubmitSignal,
    Function::MunicipalityCallback,
];

/// Chances, in parts of a thousand. Zero everywhere: nothing goes wrong.
#[derive(Debug, Clone, Default)]
pub struct Weather {
    /// A process is killed before a step takes effect, or after.
    pub killed: u32,
    /// The answer of a step is lost; half of these steps took effect.
    pub unanswered: u32,
    /// The store, the mail service or a platform takes nothing for a moment.
    pub throttled: u32,
    /// Another transaction is in the way.
    pub conflict: u32,
    /// A step takes seconds.
    pub slow: u32,
    /// A hint is lost.
    pub hint_lost: u32,
    /// A hint, a report or a record of the stream comes twice.
    pub twice: u32,
    /// Something on a queue or stream comes hours late.
    pub late: u32,
    /// The same, by days.
    pub very_late: u32,
    /// The mail service's report never comes.
    pub report_lost: u32,
    /// An actor acts while a call about the same debtor is under way.
    pub meanwhile: u32,
    /// One function's clock is a minute ahead.
    pub ahead: Option<Function>,
}

impl Weather {
    /// How long something is on its way.
    pub fn delay(&self, rng: &mut Rng) -> Instant {
        if happens(rng, self.very_late) {
            rng.i64(DAY..5 * DAY)
        } else if happens(rng, self.late) {
            rng.i64(MINUTE..10 * HOUR)
        } else {
            rng.i64(20..400)
        }
    }

    pub fn drawn(rng: &mut Rng) -> Weather {
        // One seed in five is calm: there, every promise has to be kept to the day.
        if rng.u32(..5) == 0 {
            return Weather { meanwhile: 100, ..Weather::default() };
        }
        let harsh = if rng.u32(..4) == 0 { 4 } else { 1 };
        let mut drawn = |most: u32| rng.u32(..=most) * harsh;
        Weather {
            killed: drawn(6),
            unanswered: drawn(6),
            throttled: drawn(8),
            conflict: drawn(8),
            slow: drawn(10),
            hint_lost: drawn(60),
            twice: drawn(60),
            late: drawn(20),
            very_late: drawn(6),
            report_lost: drawn(60),
            meanwhile: drawn(60),
            ahead: if drawn(2) > 0 { Some(FUNCTIONS[rng.usize(..FUNCTIONS.len())]) } else { None },
        }
    }

    /// In a seed with letters it may be the clock of their function that is ahead.
    pub fn with_letters(&mut self, rng: &mut Rng) {
        if self.ahead.is_some() && rng.u32(..6) == 0 {
            self.ahead = Some(Function::SendLetter);
        }
    }

    /// Nothing goes wrong, so nothing may be late.
    pub fn is_calm(&self) -> bool {
        let Weather {
            killed,
            unanswered,
            throttled,
            conflict,
            slow,
            hint_lost,
            twice,
            late,
            very_late,
            report_lost,
            ahead,
            ..
        } = self;
        let chances =
            [killed, unanswered, throttled, conflict, slow, hint_lost, twice, late, very_late, report_lost];
        chances.into_iter().all(|chance| *chance == 0) && ahead.is_none()
    }
}

/// Whether something with this chance in a thousand happens.
pub fn happens(rng: &mut Rng, chance: u32) -> bool {
    chance > 0 && rng.u32(..1_000) < chance
}

/// How one step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Done,
    KilledBefore,
    KilledAfter,
    LostBefore,
    LostAfter,
    Throttled,
    Conflict,
}
