//! Signals to the municipality: from the evaluation that asked for one to what became of it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::feedback::Outcome;
use crate::ids::SignalId;
use crate::notice::call_may_leave;
use crate::overview::Standing;
use crate::provider::Provider;
use crate::step::SignalKind;

/// A report of one person's arrears to their municipality (article 2 of Stb. 2020, 240).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signal {
    /// `{debtor}.s{number}`; the platforms' idempotency key.
    pub id: SignalId,
    /// Early, or crisis.
    pub kind: SignalKind,
    /// How far it is.
    pub state: SignalState,
    /// When its conditions held.
    pub prepared_at: Timestamp,
    /// Outstanding when it was prepared, in euros.
    pub arrears: Money,
    /// Due date of the oldest open invoice.
    pub arrears_since: Option<Date>,
    /// Four digits, without "GM".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// The platform of the municipality of the address; chosen at the claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// The platform's own name of it: reports find it by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_reference: Option<String>,
    /// When the call was granted that the platform took in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// Calls that were begun.
    pub attempts: u8,
    /// Version of the signal rules that it was decided under.
    pub rules_version: u32,
    /// What the municipality reported, in the order of its own time stamps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<Feedback>,
    /// Updates that were asked for: each has an idempotency key of its own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub updates: u32,
    /// What the provider was told first, where it heard another amount since. No update goes above it: arrears that rose
    /// are a new signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_first: Option<Money>,
    /// When the last update or withdrawal was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// The provider's reference of the earlier signal whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// Why it is to be withdrawn, once that was decided. It stands although the provider may refuse or not know
    /// withdrawals: then a person was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<String>,
    /// Who said first, under four eyes, that it may leave: somebody else has to say so too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
}

/// The first of two words that a signal needs under four eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// A token's subject.
    pub by: String,
    /// When it was said.
    pub at: Timestamp,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// One report of the municipality about one signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Feedback {
    /// The CloudEvent's id: the same id is the same report.
    pub id: String,
    /// When it happened according to the provider.
    pub at: Timestamp,
    /// As the platform sent it.
    pub raw_code: String,
    /// Version of the provider's map of codes that the outcome was read with.
    #[serde(default = "first_map")]
    pub code_map: u32,
    /// What that means for follow-up.
    pub outcome: Outcome,
}

fn first_map() -> u32 {
    1
}

/// What an id begins with that was made here, of a report that came without one.
const MADE: &str = "made-";

impl Feedback {
    /// The id of a report that has none: the same for the same report about the same signal.
    pub fn made_id(raw_code: &str, at: Timestamp) -> String {
        format!("{MADE}{raw_code}-{}", at.as_millisecond())
    }

    /// The same report, however it reached us. One that came without an id, in a file, is known by what it says and when.
    pub fn is_same(&self, other: &Feedback) -> bool {
        let says_the_same = self.raw_code == other.raw_code && self.at == other.at;
        let is_made = self.id.starts_with(MADE) || other.id.starts_with(MADE);
        self.id == other.id || (is_made && says_the_same)
    }
}

/// What a platform is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operation {
    /// Take a new signal in.
    Create,
    /// Another amount.
    Update,
    /// Paid, opted out or sent in error.
    Withdraw,
}

/// How far a signal is; each state keeps what the next decision needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum SignalState {
    /// A step asked for it and a condition does not hold; looked at again when the facts change or on `again_on`.
    Blocked {
        /// The names of those that did not hold.
        conditions: Vec<String>,
        /// The day on which time alone could make them hold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again_on: Option<Date>,
    },
    /// All conditions held. `release` says whether it may leave: by rule, or because somebody sent it.
    Prepared {
        /// Somebody sent it on its way.
        released: bool,
    },
    /// An operation is to be submitted, not before `not_before`.
    Queued {
        /// What is to be done.
        operation: Operation,
        /// After a refusal that may pass: no new try before then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Timestamp>,
    },
    /// One function is making the call.
    Claimed {
        /// What is being done.
        operation: Operation,
        /// When the one call was granted.
        at: Timestamp,
    },
    /// The call may or may not have gone through; it is repeated under the same idempotency key.
    Unknown {
        /// What may have been done.
        operation: Operation,
        /// When its answer was given up.
        since: Timestamp,
    },
    /// The platform took it in.
    Sent,
    /// The provider refused it for good.
    Refused {
        /// The platform's codes, without personal data.
        errors: Vec<String>,
    },
    /// It was taken back, or never left.
    Withdrawn {
        /// In words without personal data.
        reason: String,
    },
}

impl Signal {
    /// The status on the HTTP surface (API.md).
    pub fn status(&self) -> &'static str {
        Standing::status_of(self).name()
    }

    /// It reached, or may have reached, the provider and was not taken back.
    pub fn went_out(&self) -> bool {
        match &self.state {
            SignalState::Sent | SignalState::Unknown { .. } | SignalState::Claimed { .. } => true,
            SignalState::Queued { operation, .. } => *operation != Operation::Create,
            SignalState::Blocked { .. }
            | SignalState::Prepared { .. }
            | SignalState::Refused { .. }
            | SignalState::Withdrawn { .. } => false,
        }
    }

    /// A function may still be about to make the call: also where another one, whose clock is ahead, gave its answer up.
    pub fn is_in_flight(&self, now: Timestamp) -> bool {
        matches!(
            self.state,
            SignalState::Claimed { at, .. } | SignalState::Unknown { since: at, .. } if call_may_leave(at, now)
        )
    }

    /// Nothing but the call to the provider is left to do.
    pub fn is_on_its_way(&self) -> bool {
        matches!(self.state, SignalState::Queued { .. } | SignalState::Claimed { .. })
    }

    /// It is on its way or still to be decided: a second one of its kind is not begun beside it.
    pub fn is_pending(&self) -> bool {
        match &self.state {
            SignalState::Blocked { .. } | SignalState::Prepared { .. } => true,
            SignalState::Queued { operation, .. }
            | SignalState::Claimed { operation, .. }
            | SignalState::Unknown { operation, .. } => *operation == Operation::Create,
            SignalState::Sent | SignalState::Refused { .. } | SignalState::Withdrawn { .. } => false,
        }
    }

    /// The provider took it in and nobody takes it back.
    pub fn stands_at_provider(&self) -> bool {
        let standing = match &self.state {
            SignalState::Sent => true,
            SignalState::Queued { operation, .. }
            | SignalState::Claimed { operation, .. }
            | SignalState::Unknown { operation, .. } => *operation == Operation::Update,
            SignalState::Blocked { .. }
            | SignalState::Prepared { .. }
            | SignalState::Refused { .. }
            | SignalState::Withdrawn { .. } => false,
        };
        standing && self.provider_reference.is_some()
    }

    /// It stands at the provider, and the municipality did not report that it is done with it.
    pub fn is_live(&self) -> bool {
        self.stands_at_provider() && !self.feedback.iter().any(|f| self.ends(f))
    }

    /// Ended it, and nothing that pauses was reported since.
    fn ends(&self, report: &Feedback) -> bool {
        let since = |f: &&Feedback| f.at > report.at && f.outcome.pauses();
        report.outcome.ends_signal() && !self.feedback.iter().any(|f| since(&f))
    }

    /// The municipality said on this signal that the person is being helped, and not that it ended.
    pub fn help_runs(&self) -> bool {
        self.decisive_feedback().is_some_and(|f| f.outcome.pauses())
    }

    /// Nobody of that name lives in the municipality that it went to: it told nothing.
    pub fn missed_resident(&self) -> bool {
        self.current_feedback().is_some_and(|f| f.outcome == Outcome::NotResident)
    }

    /// The municipality works on it, or did: reports that it only came in do not count.
    pub fn is_picked_up(&self) -> bool {
        self.feedback.iter().any(|f| f.outcome != Outcome::Received)
    }

    /// The last report that says whether reminders pause.
    pub fn decisive_feedback(&self) -> Option<&Feedback> {
        self.feedback.iter().filter(|f| f.outcome.is_decisive()).max_by_key(|f| f.at)
    }

    /// The key under which the provider sees every repetition of this operation as the same one.
    pub fn idempotency_key(&self, operation: Operation) -> String {
        match operation {
            Operation::Create => format!("{}.create", self.id),
            Operation::Update => format!("{}.update-{}", self.id, self.updates),
            Operation::Withdraw => format!("{}.withdraw", self.id),
        }
    }

    /// The report that holds now: the latest by the provider's own time.
    pub fn current_feedback(&self) -> Option<&Feedback> {
        self.feedback.iter().max_by_key(|f| f.at)
    }
}
