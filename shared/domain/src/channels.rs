//! How an administration reaches its debtors: which channels are connected, and under which name each is used.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Violation;
use crate::access::BY_DEBTOR;
use crate::debtor::EmailAddress;
use crate::document::Document;
use crate::notice::Channel;
use crate::step::StepKind;

/// Longest name of an origination identity, in characters (an ARN; AWS End User Messaging, `SendTextMessage`).
const LONGEST_IDENTITY: usize = 256;

/// Documents of invoices that go along with one mail at most.
pub const MOST_ATTACHMENTS: usize = 10;

/// Bytes of documents that go along with one mail at most: with base64 well below what most mailboxes take (10 MB).
pub const MOST_ATTACHED_BYTES: u64 = 5_000_000;

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailRules {
    /// The address that mails come from; where there is none, the one that the operator gave the creditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<EmailAddress>,
    /// Which mails carry the documents of their invoices.
    #[serde(default)]
    pub attach: Attach,
}

/// Which mails carry the documents of their invoices: the PDF, and for a business the XML beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Attach {
    /// None does.
    Never,
    /// The mail with which an invoice is sent.
    #[default]
    InvoiceSending,
    /// Every mail about invoices.
    Always,
}

impl Attach {
    /// A mail of this kind carries them.
    pub fn to(self, kind: StepKind) -> bool {
        match self {
            Attach::Never => false,
            Attach::InvoiceSending => kind == StepKind::InvoiceSending,
            Attach::Always => kind.is_of_policy(),
        }
    }
}

/// Which of these documents go along with one mail, in the order in which they stand: those that fit beside the ones
/// before them. `business`: its software reads the XML.
pub fn attached(documents: &[Document], business: bool) -> Vec<&Document> {
    let mut left = MOST_ATTACHED_BYTES;
    let mut chosen = Vec::new();
    for document in documents.iter().filter(|d| d.by != BY_DEBTOR) {
        let wanted = match document.content_type.as_str() {
            "application/pdf" => true,
            "application/xml" => business,
            _ => false,
        };
        if wanted && document.bytes <= left && chosen.len() < MOST_ATTACHMENTS {
            left -= document.bytes;
            chosen.push(document);
        }
    }
    chosen
}

/// How text messages are sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SmsRules {
    /// Who they come from: a sender id, a number, a pool, or the ARN of one. The operator owns them at AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// Who puts letters into envelopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LetterProvider {
    /// Pingen, by its API: it tells what becomes of each letter.
    Pingen,
    /// A folder that a print shop empties: people tell what becomes of each letter.
    HandOff,
}

impl LetterProvider {
    /// Each of them.
    pub const ALL: [LetterProvider; 2] = [LetterProvider::Pingen, LetterProvider::HandOff];

    /// Its name in JSON and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            LetterProvider::Pingen => "pingen",
            LetterProvider::HandOff => "handOff",
        }
    }

    /// It says by itself how a letter stands, when it is asked.
    pub fn tells(self) -> bool {
        self == LetterProvider::Pingen
    }
}

impl fmt::Display for LetterProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no provider of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no provider of letters")]
pub struct UnknownLetterProvider;

impl FromStr for LetterProvider {
    type Err = UnknownLetterProvider;

    fn from_str(text: &str) -> Result<LetterProvider, UnknownLetterProvider> {
        LetterProvider::ALL.into_iter().find(|p| p.name() == text).ok_or(UnknownLetterProvider)
    }
}

/// How letters are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LetterRules {
    /// By whom; none where no letters are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<LetterProvider>,
    /// How fast, by the provider's own name of it. Of a formal notice the law presumes that it is delivered on the second day
    /// (HR 2016:2704): slower post does not fit it.
    pub product: String,
    /// Printed on both sides of the paper.
    pub two_sided: bool,
    /// Printed in colour; otherwise in grey.
    pub colour: bool,
}

impl Default for LetterRules {
    fn default() -> LetterRules {
        LetterRules { provider: None, product: "fast".to_owned(), two_sided: true, colour: false }
    }
}

/// What is wrong with channels and how they are used; paths are those of the API body.
pub(crate) fn check(channels: &[Channel], sms: &SmsRules, letters: &LetterRules) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut refuse = |path: &str, code, detail: &str| found.push(Violation::new(path, code, detail));
    if channels.is_empty() {
        refuse("channels", "no_channel", "names at least one channel");
    }
    if channels.iter().enumerate().any(|(i, c)| channels[..i].contains(c)) {
        refuse("channels", "repeated_channel", "names each channel once");
    }
    match &sms.identity {
        None if channels.contains(&Channel::Sms) => {
            refuse("sms.identity", "identity_missing", "is needed to send text messages");
        }
        Some(identity) if !is_identity(identity) => {
            let detail = "has 1 to 256 letters, digits, '_', ':', '/', '+' and '-': \
                          a sender id, a number, a pool or an ARN";
            refuse("sms.identity", "not_an_identity", detail);
        }
        _ => {}
    }
    if channels.contains(&Channel::Letter) && letters.provider.is_none() {
        refuse("letters.provider", "provider_missing", "is needed to send letters");
    }
    let product = &letters.product;
    let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !(1..=40).contains(&product.len()) || !product.chars().all(named) {
        refuse("letters.product", "not_a_product", "has 1 to 40 small letters, digits or '_'");
    }
    found
}

fn is_identity(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_:/+-".contains(c);
    (1..=LONGEST_IDENTITY).contains(&text.len()) && text.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_connected_once_and_with_what_it_needs() {
        use Channel::{Email, Letter, Phone, Sms};
        type Row = (&'static [Channel], Option<&'static str>, &'static [(&'static str, &'static str)]);
        let table: [Row; 9] = [
            (&[Email, Letter], None, &[("letters.provider", "provider_missing")]),
            (&[Email], None, &[]),
            (&[Sms, Email, Phone], Some("Voorbeeld"), &[]),
            (&[Sms], Some("arn:aws:sms-voice:eu-central-1:111122223333:sender-id/VOORBEELD/NL"), &[]),
            (&[], None, &[("channels", "no_channel")]),
            (&[Email, Phone, Email], None, &[("channels", "repeated_channel")]),
            (&[Email, Sms], None, &[("sms.identity", "identity_missing")]),
            (&[Email], Some("Voorbeeld Energie"), &[("sms.identity", "not_an_identity")]),
            (&[Email], Some(""), &[("sms.identity", "not_an_identity")]),
        ];
        for (channels, identity, expected) in table {
            let found =
                check(channels, &SmsRules { identity: identity.map(str::to_owned) }, &LetterRules::default());
            let found: Vec<_> = found.iter().map(|v| (v.path.as_str(), v.code)).collect();
            assert_eq!(found, expected, "{channels:?} {identity:?}");
        }
    }

    #[test]
    fn providers_are_known_by_their_names() {
        for provider in LetterProvider::ALL {
            assert_eq!(provider.name().parse(), Ok(provider));
        }
        assert_eq!("Pingen".parse::<LetterProvider>(), Err(UnknownLetterProvider));
        let rules = LetterRules {
            provider: Some(LetterProvider::HandOff),
            product: "Fast".to_owned(),
            ..LetterRules::default()
        };
        let found = check(&[Channel::Letter], &SmsRules::default(), &rules);
        assert_eq!(found.iter().map(|v| v.code).collect::<Vec<_>>(), ["not_a_product"]);
    }
}
