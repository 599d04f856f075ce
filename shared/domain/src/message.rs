//! Messages between a debtor and the desk: what one wrote to the other, about an invoice or about nothing in particular.
//!
//! What is absent: the words on any timeline, in an event, a key, a log or a queue. They stand with the message, and with it alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{InvoiceId, MessageId, NoticeId};

/// Characters of one message at most.
pub const LONGEST_TEXT: usize = 4_000;

/// Files that go along with one message at most.
pub const MOST_ATTACHED: usize = 5;

/// Messages of one debtor that nobody at the desk has read, at most.
pub const MOST_UNREAD: usize = 40;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// `{debtor}.w{number}`.
    pub id: MessageId,
    /// Who wrote it to whom.
    pub author: Author,
    /// Who brought it, as the timeline names them: a person at the desk, the portal, an accounting tool.
    pub by: String,
    /// The invoice that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceId>,
    /// What was written. Lines end with `\n`.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
    /// The files that go along with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attached>,
    /// Since when whoever it was for has read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Read>,
    /// The notice by which it goes to the debtor. None where the debtor wrote it, or has no mail address that works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeId>,
    /// The request that brought it, by the hash of its idempotency key: repeated, it brings no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Author {
    /// It came in.
    Debtor,
    /// It goes out.
    Desk,
}

/// That a message was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Read {
    /// Since when.
    pub at: Timestamp,
    /// By whom, as the timeline would name them.
    pub by: String,
}

/// A file beside a message, without its bytes. Its name is no part of any key: people choose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attached {
    /// What it is called.
    pub name: String,
    /// As HTTP names it, by its first bytes.
    pub content_type: String,
    /// Its size, in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl Message {
    /// The desk has to look at it.
    pub fn waits_for_desk(&self) -> bool {
        self.author == Author::Debtor && self.read.is_none()
    }
}
