//! From what a package tells to the bodies of our API.
//!
//! What people typed about a debtor is mapped leniently: an e-mail address, telephone number, postcode or number of the
//! chamber of commerce that is none is left out, so that nobody's invoice is refused over a field of their contact.
//! Money, days, ids and currencies are strict: what is wrong there makes the record unreadable, by the field's name.

use domain::Money;
use domain::connection::Package;
use domain::debtor::{Address, EmailAddress};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Told;
use super::node::Fault;

/// Longest id of a package that is kept as it is: with the package's code before it, it fits in ours.
const LONGEST_ID: usize = 50;
const MOST_EMAILS: usize = 10;

/// A package's own id in the letters that ours may have. One that is not plain gets a part of its hash, so that two of
/// them never meet.
pub(super) fn plain_id(id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=LONGEST_ID).contains(&id.len()) && id.chars().all(plain) {
        return id.to_owned();
    }
    let kept: String = id.chars().map(|c| if plain(c) { c } else { '-' }).take(24).collect();
    let hash: String =
        Sha256::digest(id.as_bytes()).iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    format!("{kept}.{hash}")
}

/// Our id of a record.
pub(super) fn record_id(package: Package, own: &str) -> String {
    package.record_id(&plain_id(own))
}

/// A debtor as a package has them: texts as people typed them.
#[derive(Debug, Default)]
pub(super) struct Contact {
    pub(super) id: String,
    /// The number that people use; the id where there is none.
    pub(super) number: Option<String>,
    /// Name of the company or, where the package has one name for everybody, that name.
    pub(super) name: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    /// What the package itself says of it; where it does not, the numbers of a company decide.
    pub(super) is_business: Option<bool>,
    /// Each may hold several, separated by commas or semicolons.
    pub(super) emails: Vec<Option<String>>,
    pub(super) phone: Option<String>,
    pub(super) mobile: Option<String>,
    pub(super) language: Option<String>,
    pub(super) kvk_number: Option<String>,
    pub(super) vat_id: Option<String>,
    pub(super) iban: Option<String>,
    /// Street with house number.
    pub(super) street: Option<String>,
    pub(super) postcode: Option<String>,
    pub(super) city: Option<String>,
    pub(super) country: Option<String>,
}

impl Contact {
    pub(super) fn told(self, package: Package, modified_at: Timestamp) -> Told {
        let kvk = self.kvk_number.as_deref().and_then(kvk);
        let vat = self.vat_id.as_deref().and_then(vat);
        let is_business = self.is_business.unwrap_or(false) || kvk.is_some() || vat.is_some();
        let number = self.number.as_deref().and_then(|n| text(n, 64)).unwrap_or_else(|| cut(&self.id, 64));
        let full_name = [self.first_name.as_deref(), self.last_name.as_deref()];
        let full_name = full_name.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = self.name.as_deref().and_then(|n| text(n, 200));
        let name = name.or_else(|| text(&full_name, 200)).unwrap_or_else(|| number.clone());
        let mut body = json!({
            "number": number,
            "kind": if is_business { "business" } else { "consumer" },
            "name": name,
            "emails": emails(&self.emails),
            "phone": self.phone.as_deref().and_then(phone),
            "mobile": self.mobile.as_deref().and_then(phone),
            "kvkNumber": kvk,
            "vatId": vat,
            "iban": self.iban.as_deref().and_then(iban),
            "address": address(&self),
            "modifiedAt": modified_at,
        });
        if let Some(language) = self.language.as_deref().and_then(language) {
            body["language"] = language.into();
        }
        let last_name = self.last_name.as_deref().filter(|_| !is_business);
        if let Some(person) = last_name.and_then(|last| person(self.first_name.as_deref(), last)) {
            body["person"] = person;
        }
        Told::Debtor { id: record_id(package, &self.id), body }
    }
}

/// An invoice or credit note as a package has it. Amounts are of either sign; the total's says which of the two it is.
#[derive(Debug)]
pub(super) struct Bill {
    pub(super) id: String,
    pub(super) debtor: String,
    pub(super) number: String,
    pub(super) issued_on: Date,
    pub(super) due_on: Date,
    pub(super) currency: String,
    pub(super) total: Money,
    pub(super) open: Money,
    pub(super) reference: Option<String>,
    pub(super) condition: Option<String>,
    /// Own id of what it corrects.
    pub(super) corrects: Option<String>,
    pub(super) modified_at: Timestamp,
}

impl Bill {
    /// What is paid too much leaves nothing open. A total of nothing is an invoice of nothing.
    pub(super) fn told(self, package: Package) -> Result<Told, Fault> {
        if self.currency != "EUR" {
            return Err(Fault::new("currency", "not_eur"));
        }
        let number = text(&self.number, 64).ok_or(Fault::new("number", "missing"))?;
        let is_credit = self.total.is_negative();
        let open = if is_credit { -self.open } else { self.open };
        let open = if open.is_negative() { Money::ZERO } else { open };
        let reference = self.reference.as_deref().and_then(|r| text(r, 35));
        let body = json!({
            "debtorId": record_id(package, &self.debtor),
            "number": number,
            "kind": if is_credit { "creditNote" } else { "invoice" },
            "issueDate": self.issued_on,
            "dueDate": self.due_on,
            "currency": "EUR",
            "total": self.total.abs(),
            "open": open,
            "paymentReference": reference.map(|value| json!({"scheme": "text", "value": value})),
            "paymentCondition": self.condition.as_deref().and_then(|c| text(c, 64)),
            "corrects": self.corrects.as_deref().map(|id| record_id(package, id)),
            "modifiedAt": self.modified_at,
        });
        Ok(Told::Invoice { id: record_id(package, &self.id), body })
    }
}

/// Trimmed, without control characters, at most so many characters; `None` where nothing is left.
pub(super) fn text(text: &str, longest: usize) -> Option<String> {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Some(cut(plain.trim(), longest)).filter(|text| !text.is_empty())
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect::<String>().trim_end().to_owned()
}

fn emails(fields: &[Option<String>]) -> Vec<String> {
    let mut good: Vec<String> = Vec::new();
    for part in fields.iter().flatten().flat_map(|field| field.split([',', ';'])) {
        if let Ok(email) = EmailAddress::parse(part)
            && !good.iter().any(|known| known.eq_ignore_ascii_case(email.as_str()))
            && good.len() < MOST_EMAILS
        {
            good.push(email.as_str().to_owned());
        }
    }
    good
}

fn phone(typed: &str) -> Option<String> {
    let typed = text(typed, 30)?;
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let allowed = typed.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    (allowed && (7..=15).contains(&digits)).then_some(typed)
}

fn kvk(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    (digits.len() == 8 && digits.chars().all(|c| c.is_ascii_digit())).then_some(digits)
}

fn vat(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let starts_with_country = compact.chars().take(2).all(|c| c.is_ascii_uppercase());
    (starts_with_country && (8..=20).contains(&compact.len())).then_some(compact)
}

fn iban(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let looks_right =
        (15..=34).contains(&compact.len()) && compact.chars().all(|c| c.is_ascii_alphanumeric());
    looks_right.then_some(compact)
}

fn language(code: &str) -> Option<&'static str> {
    match code.get(..2)?.to_ascii_lowercase().as_str() {
        "nl" => Some("nl"),
        "en" => Some("en"),
        _ => None,
    }
}

/// Only what can be read from a name: no birth date.
fn person(first: Option<&str>, last: &str) -> Option<Value> {
    let last = text(last, 120)?;
    let words: Vec<&str> = last.split_whitespace().collect();
    let small = words.iter().take_while(|word| word.chars().all(char::is_lowercase)).count();
    let (prefix, surname) = if small < words.len() { words.split_at(small) } else { words.split_at(0) };
    let letters = first.into_iter().flat_map(str::split_whitespace).filter_map(|name| name.chars().next());
    let initials: String = letters.filter(|c| c.is_alphabetic()).take(10).map(|c| format!("{c}.")).collect();
    let prefix = prefix.join(" ");
    Some(json!({
        "initials": (!initials.is_empty()).then_some(initials),
        "prefix": text(&prefix, 30),
        "surname": surname.join(" "),
    }))
}

fn address(contact: &Contact) -> Option<Value> {
    let line = text(contact.street.as_deref()?, 200)?;
    let city = text(contact.city.as_deref()?, 100)?;
    let country = country(contact.country.as_deref());
    let postcode = contact.postcode.as_deref().and_then(|p| text(p, 16));
    let postcode =
        if country == "NL" { postcode.as_deref().and_then(Address::dutch_postcode) } else { postcode };
    let (street, number, suffix) = split_street(&line);
    Some(json!({
        "street": street, "houseNumber": number, "suffix": suffix, "postcode": postcode, "city": city, "country": country,
    }))
}

/// A code of two letters; where it is anything else, the Netherlands.
fn country(typed: Option<&str>) -> String {
    let code = typed.map(|c| c.trim().to_uppercase()).unwrap_or_default();
    let is_code = code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase());
    if is_code { code } else { "NL".to_owned() }
}

/// `Oudegracht 1 bis` as street, house number and suffix: the last word that begins with a digit is the number, unless it
/// is the first word. A line that cannot be divided is a street.
fn split_street(line: &str) -> (String, Option<String>, Option<String>) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let whole = || (line.to_owned(), None, None);
    let begins_with_digit = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    let Some(place) = words.iter().rposition(begins_with_digit).filter(|place| *place > 0) else {
        return whole();
    };
    let word = words[place];
    let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (number, glued) = word.split_at(digits);
    let glued = glued.trim_start_matches(['-', '/']);
    let rest = std::iter::once(glued).chain(words[place + 1..].iter().copied());
    let suffix = rest.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if number.len() > 10 || suffix.chars().count() > 20 {
        return whole();
    }
    (words[..place].join(" "), Some(number.to_owned()), Some(suffix).filter(|s| !s.is_empty()))
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
