//! Own texts: what is put, what is read back, and what a preview shows.

use domain::texts::{KeptText, OwnText, TextName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Own words of a message, as templates: plain text with variables such as `{{ creditor }}`, choices (`{% if %}`) and the
/// list of invoices (`{% for %}`). What is left out is said in our words. HTML arrives as text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextBody {
    /// Mails and letters: at most 150 characters when filled. It names nobody: a locked screen shows it.
    #[schema(example = "{{ creditor }}: wilt u nog betalen?")]
    pub subject: Option<String>,
    /// Mails and letters: at most 150 characters when filled.
    pub heading: Option<String>,
    /// Mails and letters: the paragraphs after the salutation, each on a line of its own; at most 4,000 characters when
    /// filled. What the law asks for is said behind them.
    pub opening: Option<String>,
    /// Mails and letters: the words above the creditor's name; at most 200 characters when filled.
    pub closing: Option<String>,
    /// Text messages: what is said behind the creditor, the step and the amount; at most 160 characters when filled, and
    /// less where it would not fit in two parts.
    pub sentence: Option<String>,
}

impl TextBody {
    /// What is asked to be said. Line ends are those of Unix.
    pub fn read(self) -> OwnText {
        let lines = |text: Option<String>| text.map(|text| text.replace("\r\n", "\n"));
        OwnText {
            subject: lines(self.subject),
            heading: lines(self.heading),
            opening: lines(self.opening),
            closing: lines(self.closing),
            sentence: lines(self.sentence),
        }
    }

    pub fn of(text: &OwnText) -> TextBody {
        let OwnText { subject, heading, opening, closing, sentence } = text.clone();
        TextBody { subject, heading, opening, closing, sentence }
    }
}

/// Which text: the four parts of its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TextNameView {
    /// A kind of step, or one step of a policy as `policy:step`.
    #[schema(example = "reminder")]
    pub of: String,
    /// `email`, `letter` or `sms`.
    pub channel: String,
    /// `nl` or `en`.
    pub language: String,
    /// `formal` or `friendly`.
    pub tone: String,
}

impl TextNameView {
    pub fn of(name: &TextName) -> TextNameView {
        TextNameView {
            of: name.of.to_string(),
            channel: name.channel.name().to_owned(),
            language: name.language.name().to_owned(),
            tone: name.tone.name().to_owned(),
        }
    }
}

/// An own text as it is kept. An earlier version says until when it was in force, and who ended that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TextView {
    #[serde(flatten)]
    pub name: TextNameView,
    /// Counts up over all own texts: none ever comes back.
    pub version: u32,
    pub text: TextBody,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    pub updated_by: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub replaced_at: Option<Timestamp>,
    pub replaced_by: Option<String>,
}

impl TextView {
    pub fn of(kept: &KeptText) -> TextView {
        let KeptText { name, version, text, updated_at, by } = kept;
        TextView {
            name: TextNameView::of(name),
            version: *version,
            text: TextBody::of(text),
            updated_at: *updated_at,
            updated_by: by.clone(),
            replaced_at: None,
            replaced_by: None,
        }
    }

    /// An earlier version.
    pub fn replaced(kept: &KeptText, by: &str, at: Timestamp) -> TextView {
        TextView { replaced_at: Some(at), replaced_by: Some(by.to_owned()), ..TextView::of(kept) }
    }
}

/// What our words are, and what own ones may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefaultTextView {
    #[serde(flatten)]
    pub name: TextNameView,
    /// Ours, as templates to begin with: put them unchanged, and the same is said. A text message has one sentence of ours,
    /// which cannot be taken apart: `message` shows it.
    pub text: TextBody,
    /// For `sms`: the whole message as it is said now, to a debtor who does not exist.
    pub message: Option<String>,
    pub variables: Vec<VariableView>,
}

/// A variable that an own text of this name may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariableView {
    #[schema(example = "days_late")]
    pub name: String,
    /// `text`, `amount`, `date`, `number`, `flag` or `list`. Amounts and dates are written as the language writes them.
    pub holds: String,
    /// Some debtors do not have it: a text asks for it with `{% if %}` before it names it.
    pub may_be_absent: bool,
    pub about: String,
    /// The parts that may name it.
    pub parts: Vec<String>,
}

/// What a preview is to show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextPreviewBody {
    /// The debtor to whom it would be said today; one who does not exist where it is left out.
    pub debtor_id: Option<String>,
    /// Words that are not kept yet, in place of those that are.
    pub text: Option<TextBody>,
}

/// A message as it would be said today. Nothing is stored, and nothing leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TextPreviewView {
    /// Mails and letters.
    pub subject: Option<String>,
    /// Mails: the text part. Text messages: all of it.
    pub text: Option<String>,
    /// Mails.
    pub html: Option<String>,
    /// Text messages: how many it is on the air and on the bill.
    pub parts: Option<usize>,
    /// Letters: its words in the order in which they are read. The code for the portal is made when the letter is.
    pub lines: Option<Vec<String>>,
    /// The rule by which own words could not be said, as `part: rule`; ours are shown then.
    pub spoilt: Option<String>,
}
