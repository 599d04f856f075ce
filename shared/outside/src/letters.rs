//! Letters on paper: a print provider, or a folder that a print shop empties.
//!
//! A letter leaves in two steps. Handing in makes it ready at the other side and sends nothing; it may be done again. Sending
//! is the one attempt that is claimed. Both sides know a letter by our id: the same one again is the same letter.

pub mod hand_off;
pub mod pingen;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use domain::channels::{LetterProvider, LetterRules};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::Secret;
use crate::outcome::SendOutcome;

/// Where letters are put into envelopes.
#[async_trait]
pub trait Printer: Send + Sync {
    /// Makes the letter ready. Nothing is sent by it.
    ///
    /// # Errors
    /// What is certain where it is not ready: it was refused, now or for good.
    async fn hand_in(&self, letter: &Letter, account: &Account) -> Result<HandedIn, SendOutcome>;

    /// Sends what was handed in: one attempt.
    async fn send(&self, letter: &Letter, handed_in: &HandedIn, account: &Account) -> SendOutcome;

    /// How a letter stands that was sent, by the id that it was accepted under. `None` for a printer that does not tell:
    /// people do.
    ///
    /// # Errors
    /// [`PrinterError`].
    async fn look(&self, id: &str, account: &Account) -> Result<Option<Standing>, PrinterError>;
}

/// One letter, ready to be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Ours, the same at every attempt: of administration and notice.
    pub id: String,
    /// The PDF, with the address in the left window.
    pub pdf: Bytes,
    /// How it is printed.
    pub rules: LetterRules,
    pub made_at: Timestamp,
}

/// Shows nothing of the letter but its id.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("id", &self.id).field("bytes", &self.pdf.len()).finish_non_exhaustive()
    }
}

/// Whose letters they are, at the printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub administration: String,
    /// `None` for a printer that needs none.
    pub keys: Option<PrinterKeys>,
}

/// What one administration authenticates itself with at Pingen; kept among the secrets as one JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrinterKeys {
    pub client_id: Secret,
    pub client_secret: Secret,
    /// The organisation's id there.
    pub organisation: String,
}

/// The name of an administration's keys among the secrets of a stack.
pub fn keys_name(stack: &str, administration: &str, provider: LetterProvider) -> String {
    format!("{stack}/letters/{administration}/{provider}")
}

/// A letter that is ready at the printer's, as the printer names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    pub place: Secret,
    pub proof: Secret,
}

/// How a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is checked, printed or on its way to the post.
    UnderWay,
    /// The post has it, since then.
    Posted { at: Option<Timestamp> },
    /// The post delivered it: of letters that are tracked.
    Delivered { at: Option<Timestamp> },
    /// It came back.
    Undeliverable,
    /// The printer will not send it: nothing says that the address is a bad one.
    NotSent,
}

/// Why nothing is known of a letter. No personal data and no secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrinterError {
    #[error("the printer refuses our keys")]
    Unauthorized,
    #[error("the printer knows no such letter")]
    NotFound,
    #[error("the printer is unavailable: {0}")]
    Unavailable(String),
    #[error("the printer answers otherwise than described: {0}")]
    Malformed(&'static str),
}
