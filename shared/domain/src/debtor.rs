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
    /// The source system's own id.
    pub id: DebtorId,
    /// The number that the creditor's own people and letters use.
    pub number: String,
    /// As the source system has it; a trade register number makes a business of either.
    pub kind: DebtorKind,
    /// As messages address them.
    pub name: String,
    /// Parts of a natural person's name and their birth date, which signals need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// In the order in which they are tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<EmailAddress>,
    /// As the source system has it: 7 to 15 digits, with spaces, `+`, `-` and brackets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Also for text messages; written as [`Debtor::phone`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// Of everything that is written to them.
    pub language: Language,
    /// Number in the trade register: whoever has one is a business, whatever `kind` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kvk_number: Option<String>,
    /// VAT identification number, with its country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    /// The account that they usually pay from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    /// Where letters go, and by which the municipality is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The policy of their invoices, where it is not the administration's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<PolicyId>,
    /// The creditor's own words; steps may be meant for some of them.
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

/// Whether rules for consumers apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DebtorKind {
    /// A natural person who does not act for a profession or business.
    Consumer,
    /// Everybody else: no signals, trade interest, no formal notice needed before costs.
    Business,
}

/// The natural person behind a consumer. The citizen service number (BSN) has no place here by design: a
/// creditor may not process it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// With full stops, as `J.`.
    pub initials: Option<String>,
    /// What stands between initials and surname, such as "van der".
    pub prefix: Option<String>,
    /// Without its prefix.
    pub surname: String,
    /// The platforms refuse a signal without one.
    pub birth_date: Option<Date>,
}

/// A postal address, Dutch or foreign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Without the house number.
    pub street: String,
    /// With the postcode it is one Dutch address.
    pub house_number: Option<String>,
    /// Letter or addition to the house number, such as "bis" or "A".
    pub suffix: Option<String>,
    /// Dutch postcodes are kept as "3511AA".
    pub postcode: Option<String>,
    /// As written on letters.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

impl Address {
    /// Under the name, as an envelope has them: street with number, postcode with town, and the country where it is not the
    /// Netherlands.
    pub fn lines(&self) -> Vec<String> {
        let joined = |parts: &[Option<&str>]| {
            parts.iter().flatten().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(" ")
        };
        let street = joined(&[Some(&self.street), self.house_number.as_deref(), self.suffix.as_deref()]);
        let dutch = self.postcode.as_deref().and_then(Address::dutch_postcode).filter(|_| self.is_dutch());
        let town = match dutch {
            // As the post reads it best: a blank within the postcode, two behind it, the town in capitals.
            Some(postcode) => {
                format!("{} {}  {}", &postcode[..4], &postcode[4..], self.city.to_uppercase())
            }
            None => joined(&[self.postcode.as_deref(), Some(&self.city)]),
        };
        let country = (!self.is_dutch()).then(|| self.country.to_uppercase());
        [Some(street), Some(town), country].into_iter().flatten().collect()
    }

    /// A letter to it can arrive: a Dutch one has a house number and a postcode.
    pub fn takes_letters(&self) -> bool {
        let filled = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        let named = !self.street.trim().is_empty() && !self.city.trim().is_empty();
        let dutch = || self.postcode.as_deref().and_then(Address::dutch_postcode).is_some();
        named && (!self.is_dutch() || (filled(&self.house_number) && dutch()))
    }

    fn is_dutch(&self) -> bool {
        self.country.eq_ignore_ascii_case("NL")
    }

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

    /// As it was given, without surrounding spaces.
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
    fn an_envelope_has_the_lines_that_the_post_reads() {
        let address =
            |street: &str, number: Option<&str>, postcode: Option<&str>, city: &str, country: &str| Address {
                street: street.to_owned(),
                house_number: number.map(str::to_owned),
                suffix: Some("bis".to_owned()),
                postcode: postcode.map(str::to_owned),
                city: city.to_owned(),
                country: country.to_owned(),
            };
        let utrecht = address("Oudegracht", Some("1"), Some("3511AA"), "Utrecht", "NL");
        assert_eq!(utrecht.lines(), ["Oudegracht 1 bis", "3511 AA  UTRECHT"]);
        let ghent = address("Veldstraat", Some("12"), Some("9000"), "Gent", "BE");
        assert_eq!(ghent.lines(), ["Veldstraat 12 bis", "9000 Gent", "BE"]);
        let table = [
            (utrecht.clone(), true),
            (ghent, true),
            (Address { house_number: None, ..utrecht.clone() }, false),
            (Address { postcode: Some("9000".to_owned()), ..utrecht.clone() }, false),
            (Address { street: " ".to_owned(), ..utrecht.clone() }, false),
            (Address { house_number: None, postcode: None, country: "FR".to_owned(), ..utrecht }, true),
        ];
        for (address, expected) in table {
            assert_eq!(address.takes_letters(), expected, "{address:?}");
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
