//! Mail to debtors: one attempt, and what is certain about it afterwards.

mod mime;
pub mod senders;
mod ses;
mod tags;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

pub use ses::SesMailer;
pub use tags::{tag_value, untag_value};

pub use crate::outcome::{RefusalKind, SendOutcome};

/// Sends mail. One call is one attempt: an implementation never tries again by itself, because a second try after
/// an answer that got lost is a second mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    async fn send(&self, mail: &Mail) -> SendOutcome;
}

/// One message, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub from_name: String,
    pub from_address: String,
    pub to: Vec<String>,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub inline_images: Vec<InlineImage>,
    /// Files that the reader may save.
    pub attachments: Vec<Attachment>,
    /// Name and value pairs that come back in the delivery events, such as `administration` and `notice`: ids,
    /// never personal data. Values are written with [`tag_value`].
    pub tags: Vec<(String, String)>,
}

impl Mail {
    /// The mail as it is kept (RFC 5322): all that it says and carries, of this instant. Its Message-ID is this name, an id: the mail
    /// service gives the one that leaves. Nothing where such a mail could not be written, and so does not leave.
    pub fn copy(&self, name: &str, at: Timestamp) -> Option<Bytes> {
        mime::write_copy(self, name, at).map(Bytes::from).ok()
    }
}

/// An image that the HTML part shows with `src="cid:..."`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineImage {
    /// The name behind `cid:`, such as `qr`.
    pub cid: String,
    /// Such as `image/png`.
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// A file beside the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// As the reader saves it, such as `2026-0001.pdf`.
    pub file_name: String,
    /// Such as `application/pdf`.
    pub content_type: String,
    pub bytes: Bytes,
}

/// Shows no address, name or text: a mail that ends up in a log line tells nothing about a person.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("recipients", &self.to.len())
            .field("images", &self.inline_images.len())
            .field("attachments", &self.attachments.len())
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}
