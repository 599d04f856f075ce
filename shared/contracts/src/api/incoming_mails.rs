//! Mails that debtors send to the creditor, as whatever receives them brings them.

use domain::Violation;
use domain::debtor::EmailAddress;
use domain::ids::{DebtorId, InvoiceId};
use domain::incoming_mail::IncomingMail;
use domain::message::MOST_ATTACHED;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;
use super::messages::AttachmentBody;

/// A mail that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IncomingMailBody {
    /// Its `Message-ID`, with or without brackets: the same mail again is filed once.
    pub message_id: String,
    /// The address that it says it comes from, and nothing but that.
    pub from: String,
    pub subject: String,
    /// Its text part. Of a mail that has none, what its HTML says.
    pub text: String,
    /// Its `In-Reply-To`, where it has one.
    pub in_reply_to: Option<String>,
    /// Files that were uploaded before by `/v1/message-uploads`: at most five, of 5 MB together.
    pub attachments: Option<Vec<AttachmentBody>>,
}

/// A mail as it came in, before its files were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBrought {
    pub message_id: String,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub in_reply_to: Option<String>,
    pub attachments: Vec<AttachmentBody>,
}

/// Bytes of a mail's text at most.
const LONGEST_MAIL: usize = 200_000;

impl IncomingMailBody {
    /// What came in.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<MailBrought, Vec<Violation>> {
        let mut fields = Fields::new();
        let bare = |id: &str| id.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
        let message_id = fields.text("messageId", &bare(&self.message_id), 998);
        if EmailAddress::parse(&self.from).is_err() {
            fields.refuse("from", "not_an_address", "is an e-mail address");
        }
        if self.subject.chars().count() > 998 {
            fields.refuse("subject", "length", "has at most 998 characters");
        }
        if self.text.len() > LONGEST_MAIL {
            fields.refuse("text", "length", "has at most 200000 bytes");
        }
        let in_reply_to = self.in_reply_to.as_deref().map(bare);
        if in_reply_to.as_ref().is_some_and(|id| id.len() > 998) {
            fields.refuse("inReplyTo", "length", "has at most 998 characters");
        }
        let attachments = self.attachments.unwrap_or_default();
        if attachments.len() > MOST_ATTACHED {
            fields.refuse("attachments", "too_many", "has at most 5 entries");
        }
        let (from, subject, text) = (self.from.trim().to_owned(), self.subject, self.text);
        let brought = message_id.map(|message_id| MailBrought {
            message_id,
            from,
            subject,
            text,
            in_reply_to,
            attachments,
        });
        fields.finish(brought)
    }
}

/// A mail that came in, as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncomingMailView {
    pub id: String,
    /// Null once it is filed, as is what it says: then it stands with the message.
    pub from: Option<String>,
    pub subject: Option<String>,
    pub text: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub by: String,
    /// How many files came along.
    pub attachments: usize,
    /// The message that it became; null while a person has to say whose it is.
    pub filed_as: Option<String>,
}

impl IncomingMailView {
    pub fn of(mail: &IncomingMail) -> IncomingMailView {
        let unfiled = |text: &String| mail.filed.is_none().then(|| text.clone());
        IncomingMailView {
            id: mail.id.to_string(),
            from: unfiled(&mail.from),
            subject: unfiled(&mail.subject),
            text: unfiled(&mail.text),
            at: mail.at,
            by: mail.by.clone(),
            attachments: mail.files.len(),
            filed_as: mail.filed.as_ref().map(ToString::to_string),
        }
    }
}

/// Whose a mail is, as a person says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileBody {
    pub debtor_id: Option<String>,
    /// The invoice that it is about, where it is about one.
    pub invoice_id: Option<String>,
}

impl FileBody {
    /// Whose it is, and what it is about.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<(Option<DebtorId>, Option<InvoiceId>), Vec<Violation>> {
        let mut fields = Fields::new();
        let debtor = self.debtor_id.as_deref().and_then(|id| fields.id("debtorId", id, DebtorId::parse));
        let invoice = self.invoice_id.as_deref().and_then(|id| fields.id("invoiceId", id, InvoiceId::parse));
        if self.debtor_id.is_none() && self.invoice_id.is_none() {
            fields.refuse("debtorId", "required", "is there, or `invoiceId` is");
        }
        fields.finish(Some((debtor, invoice)))
    }
}
