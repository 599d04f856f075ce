//! Messages between debtors and the desk, and the statement of account.

use domain::Violation;
use domain::dossier::Dossier;
use domain::ids::{DebtorId, InvoiceId, StandardTextId};
use domain::message::{Attached, Author, LONGEST_TEXT, MOST_ATTACHED, Message};
use domain::notice::Channel;
use domain::statement::Asked;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// A message as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageBody {
    pub author: AuthorName,
    /// Whom it is from or for. May be left out where an invoice is named.
    pub debtor_id: Option<String>,
    /// The invoice that it is about; left out where it is about none in particular.
    pub invoice_id: Option<String>,
    /// What is written: at most 4,000 characters. Paragraphs are parted by an empty line.
    pub text: Option<String>,
    /// A standard text in place of words: it is filled for this debtor. Of the desk only.
    pub standard_text_id: Option<String>,
    /// Files that were uploaded before: at most five, of 5 MB together.
    pub attachments: Option<Vec<AttachmentBody>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthorName {
    /// The debtor wrote it; it is put before the desk.
    Debtor,
    /// The desk writes; it goes to the debtor by mail.
    Desk,
}

/// A file that was uploaded, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttachmentBody {
    /// As the upload gave it.
    pub upload_id: String,
    /// Ends as its kind: PDF, PNG, JPEG or XML, by its first bytes.
    pub name: String,
}

/// What a message says: words, or a standard text that is still to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    Text(String),
    Standard(StandardTextId),
}

/// A message as it was asked for, before its files were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageAsked {
    pub author: Author,
    pub debtor: Option<DebtorId>,
    pub invoice: Option<InvoiceId>,
    pub words: Words,
    pub attachments: Vec<AttachmentBody>,
}

impl MessageBody {
    /// What is asked for.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<MessageAsked, Vec<Violation>> {
        let mut fields = Fields::new();
        let author = match self.author {
            AuthorName::Debtor => Author::Debtor,
            AuthorName::Desk => Author::Desk,
        };
        let debtor = self.debtor_id.as_deref().and_then(|id| fields.id("debtorId", id, DebtorId::parse));
        let invoice = self.invoice_id.as_deref().and_then(|id| fields.id("invoiceId", id, InvoiceId::parse));
        if self.debtor_id.is_none() && self.invoice_id.is_none() {
            fields.refuse("debtorId", "required", "is there, or `invoiceId` is");
        }
        let standard = self.standard_text_id.as_deref();
        let words = match (self.text.as_deref(), standard) {
            (Some(text), None) => words(&mut fields, text).map(Words::Text),
            (None, Some(_)) if author == Author::Debtor => {
                fields.refuse(
                    "standardTextId",
                    "only_of_the_desk",
                    "is of the desk: a debtor writes their own",
                );
                None
            }
            (None, Some(id)) => fields.id("standardTextId", id, StandardTextId::parse).map(Words::Standard),
            (Some(_), Some(_)) => {
                fields.refuse("text", "two_texts", "is left out where `standardTextId` is there");
                None
            }
            (None, None) => {
                fields.refuse("text", "required", "is there, or `standardTextId` is");
                None
            }
        };
        let attachments = self.attachments.unwrap_or_default();
        if attachments.len() > MOST_ATTACHED {
            fields.refuse("attachments", "too_many", "has at most 5 entries");
        }
        let asked = words.map(|words| MessageAsked { author, debtor, invoice, words, attachments });
        fields.finish(asked)
    }
}

/// What a person wrote: lines are kept, other control characters are not taken.
fn words(fields: &mut Fields, text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > LONGEST_TEXT {
        fields.refuse("text", "length", "has 1 to 4000 characters");
        return None;
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        fields.refuse("text", "control_character", "holds a control character");
        return None;
    }
    Some(text.to_owned())
}

/// A message as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    pub id: String,
    /// `in` where the debtor wrote it, `out` where the desk did.
    pub direction: String,
    pub author: AuthorName,
    /// Who brought it.
    pub by: String,
    pub debtor_id: String,
    pub invoice_id: Option<String>,
    pub text: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub attachments: Vec<AttachmentView>,
    /// Since when whoever it was for has read it; null while they have not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
    pub read_by: Option<String>,
    /// The notice by which it goes to the debtor. Null where the debtor wrote it, or no mail address works: then it can be read
    /// on the debtor's page only.
    pub notice_id: Option<String>,
    /// How that notice stands, for thirty days; null in lists.
    pub delivery: Option<String>,
}

impl MessageView {
    /// `dossier` where how its notice stands is to be told.
    pub fn of(message: &Message, dossier: Option<&Dossier>) -> MessageView {
        let notice = message.notice.as_ref();
        let found = notice.zip(dossier).and_then(|(id, dossier)| dossier.notice(id));
        MessageView {
            id: message.id.to_string(),
            direction: match message.author {
                Author::Debtor => "in",
                Author::Desk => "out",
            }
            .to_owned(),
            author: match message.author {
                Author::Debtor => AuthorName::Debtor,
                Author::Desk => AuthorName::Desk,
            },
            by: message.by.clone(),
            debtor_id: message.id.debtor().map(|d| d.to_string()).unwrap_or_default(),
            invoice_id: message.invoice.as_ref().map(ToString::to_string),
            text: message.text.clone(),
            at: message.at,
            attachments: message
                .attachments
                .iter()
                .enumerate()
                .map(|(i, a)| AttachmentView::of(i, a, None))
                .collect(),
            read_at: message.read.as_ref().map(|r| r.at),
            read_by: message.read.as_ref().map(|r| r.by.clone()),
            notice_id: notice.map(ToString::to_string),
            delivery: found.map(|n| n.status().to_owned()),
        }
    }
}

/// A file beside a message, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentView {
    /// From 1: by it the file is asked for. Names are no part of addresses.
    pub number: usize,
    pub name: String,
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// Where it can be downloaded for five minutes by whoever has this address; null beside its message.
    pub url: Option<String>,
}

impl AttachmentView {
    /// Of the attachment at this place, from 0.
    pub fn of(place: usize, attached: &Attached, url: Option<String>) -> AttachmentView {
        AttachmentView {
            number: place + 1,
            name: attached.name.clone(),
            content_type: attached.content_type.clone(),
            bytes: attached.bytes,
            sha256: attached.sha256.clone(),
            url,
        }
    }
}

/// How a statement of account is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatementBody {
    /// Left out: by mail where there is an address that works, else as a letter.
    pub channel: Option<StatementChannelName>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum StatementChannelName {
    Email,
    Letter,
}

impl StatementBody {
    /// What is asked for.
    pub fn asked(&self, request: Option<String>) -> Asked {
        let channel = self.channel.map(|channel| match channel {
            StatementChannelName::Email => Channel::Email,
            StatementChannelName::Letter => Channel::Letter,
        });
        Asked { channel, request }
    }
}
