//! Text messages to debtors: one attempt, and what is certain about it afterwards.

mod end_user_messaging;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

pub use end_user_messaging::EndUserMessaging;

use crate::outcome::SendOutcome;

/// Sends text messages. One call is one attempt, as with [`crate::mail::Mailer`].
#[async_trait]
pub trait Texter: Send + Sync {
    async fn send(&self, sms: &Sms) -> SendOutcome;
}

/// One text message, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Sms {
    /// Who it comes from: a sender id, a number, a pool, or the ARN of one.
    pub identity: String,
    /// A number in the form of E.164, as `+31612345678`.
    pub to: String,
    pub text: String,
    /// After so many seconds it is not handed to the network any more: nothing arrives at night.
    pub time_to_live_seconds: u32,
    /// Name and value pairs that come back in the status events, such as `administration` and `notice`: ids, never
    /// personal data.
    pub context: Vec<(String, String)>,
}

impl Sms {
    /// The message as it is kept: to whom, and what it says.
    pub fn copy(&self) -> Bytes {
        Bytes::from(format!("{}\n\n{}\n", self.to, self.text))
    }
}

/// Shows no number and no text: a message that ends up in a log line tells nothing about a person.
impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms").field("context", &self.context).finish_non_exhaustive()
    }
}
