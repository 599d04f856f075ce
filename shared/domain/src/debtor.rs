//! Who owes: a consumer or a business, with the ways to reach them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Language;
use crate::ids::{DebtorId, PolicyId};

/// A debtor as the accounting tool keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Debtor {
    pub id: DebtorId,
    /// The number that the creditor's own people and letters use.
    pub number: String,
    pub kind: DebtorKind,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<EmailAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    pub language: Language,
    /// Number in the trade register: whoever has one is a business, whatever `kind` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kvk_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<PolicyId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// When the source system last changed this record.
    pub modified_at: Timestamp,
}

impl Debtor {
    /// A business is never signalled and is followed up under trade terms. A trade register number outweighs
    /// a debtor that is marked as a consumer.
    pub fn is_business(&self) -> bool {
        self.kind == DebtorKind::Business || self.kvk_number.is_some()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DebtorKind {
    Consumer,
    Business,
}

/// The natural person behind a consumer. The citizen service number (BSN) has no place here by design: a
/// creditor may not process it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    pub initials: Option<String>,
    /// What stands between initials and surname, such as "van der".
    pub prefix: Option<String>,
    pub surname: String,
    pub birth_date: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub street: String,
    pub house_number: Option<String>,
    /// Letter or addition to the house number, such as "bis" or "A".
    pub suffix: Option<String>,
    /// Dutch postcodes are kept as "3511AA".
    pub postcode: Option<String>,
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

impl Address {
    /// The Dutch postcode in the form `1234AB`, if this text is one. The first digit is never 0; the letter
    /// pairs SA, SD and SS are not given out.
    pub fn dutch_postcode(text: &str) -> Option<String> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        let bytes = compact.as_bytes();
        let shape = bytes.len() == 6
            && bytes[0] != b'0'
            && bytes[..4].iter().all(u8::is_ascii_digit)
            && bytes[4..].iter().all(u8::is_ascii_uppercase);
        (shape && !matches!(&bytes[4..], b"SA" | b"SD" | b"SS")).then_some(compact)
    }
}

/// Something that can be written behind "To:": one address, no display name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an e-mail address")]
pub struct EmailError;

impl EmailAddress {
    /// Takes what mail systems deliver in practice: one '@', a local part without spaces or quotes, a domain with
    /// a dot. Longest 254 characters (RFC 5321, 4.5.3.1.3).
    pub fn parse(text: &str) -> Result<EmailAddress, EmailError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let local_ok = (1..=64).contains(&local.len())
            && local.chars().all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        if text.len() > 254 || !local_ok || !domain_ok {
            return Err(EmailError);
        }
        Ok(EmailAddress(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_are_four_digits_and_two_letters() {
        let table = [
            ("3511AA", Some("3511AA")),
            ("3511 aa", Some("3511AA")),
            ("0511AA", None),
            ("3511SS", None),
            ("35111A", None),
            ("456 34", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(Address::dutch_postcode(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn addresses_that_can_be_mailed_to() {
        for good in ["a@b.nl", "j.de-vries+x@sub.example.nl", " o'neil@example.com "] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "a", "a@b", "a b@c.nl", "a@b..nl", ".a@b.nl", "a@-b.nl", "a@b.nl\nBcc: c@d.nl", "\"a\"@b.nl"]
        {
            assert_eq!(EmailAddress::parse(bad), Err(EmailError), "{bad}");
        }
    }
}
