//! Calls that a machine makes: one attempt, what is certain about it afterwards, and whose call an event tells of.

mod connect;

use std::fmt;

use async_trait::async_trait;
use contracts::failure::Failure;
use jiff::Timestamp;

pub use connect::Connect;

use crate::outcome::SendOutcome;

/// Calls debtors. One call is one attempt, as with [`crate::mail::Mailer`].
#[async_trait]
pub trait Caller: Send + Sync {
    /// Has the machine call. Accepted means that it dials: how that ends, its events tell.
    async fn call(&self, call: &VoiceCall) -> SendOutcome;

    /// Whose call this contact of an instance is; `None` where it is none of ours. Changes nothing, so it may be asked again.
    async fn named(&self, instance: &str, contact: &str, now: Timestamp)
    -> Result<Option<Named>, VoiceError>;
}

/// One call, ready to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct VoiceCall {
    pub instance: String,
    pub flow: String,
    pub queue: Option<String>,
    /// The number that is shown, as `+31301234567`; that of the queue where it is none.
    pub from: Option<String>,
    /// A number in the form of E.164, as `+31612345678`.
    pub to: String,
    /// What an event's contact is known by afterwards, and the same call when it is asked for again.
    pub named: Named,
    /// Name and value pairs that the flow speaks with: never who the debtor is.
    pub says: Vec<(String, String)>,
    /// When it was claimed: the request is signed as of then.
    pub at: Timestamp,
}

/// The notice of a call. Ids, never personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub administration: String,
    pub notice: String,
}

/// Shows no number and no amount: a call that ends up in a log line tells nothing about a person.
impl fmt::Debug for VoiceCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VoiceCall").field("named", &self.named).finish_non_exhaustive()
    }
}

/// Why nobody said whose call a contact is. The reasons are codes: they hold no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    /// Throttled, timed out or not reached: asking again may help.
    #[error("the voice call service is unavailable: {0}")]
    Unavailable(String),
    /// A missing right, or a malformed request.
    #[error("the voice call service was asked wrongly: {0}")]
    Bug(String),
}

impl From<VoiceError> for Failure {
    fn from(error: VoiceError) -> Failure {
        match error {
            VoiceError::Unavailable(_) => Failure::unavailable(error.to_string()),
            VoiceError::Bug(_) => Failure::bug(error.to_string()),
        }
    }
}
