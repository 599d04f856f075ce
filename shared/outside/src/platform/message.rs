//! The signal as we know it, before an adapter writes it in a provider's words.

use std::fmt;

use domain::Money;
use domain::administration::Sector;
use domain::debtor::{Address, Debtor};
use domain::step::SignalKind;
use jiff::civil::Date;

/// One signal about one resident. What a municipality needs to reach somebody, and nothing else: the evidence for
/// the preconditions stays with us, and there is no field for a citizen service number (BSN).
///
/// Everything here has to be the same in every attempt under one idempotency key, `signalled_on` included:
/// a platform takes the same key with other contents for a mistake.
#[derive(Clone, PartialEq, Eq)]
pub struct SignalMessage {
    /// Our id of the signal.
    pub id: String,
    /// One for each operation on a signal; see `domain::signal::Signal::idempotency_key`.
    pub idempotency_key: String,
    pub kind: SignalKind,
    pub sector: Sector,
    /// The resident agreed to be introduced personally.
    pub warm_handover: bool,
    /// Outstanding, in euros.
    pub arrears: Money,
    /// Due date of the oldest open invoice.
    pub arrears_since: Date,
    /// Whole months since `arrears_since`.
    pub months_in_arrears: u16,
    /// The day of the signal: when it was decided, not when this attempt is made.
    pub signalled_on: Date,
    /// The creditor's own number for the resident.
    pub client_number: String,
    pub person: SignalPerson,
    pub address: SignalAddress,
    /// Four digits, without "GM".
    pub municipality_code: String,
    /// For an announced end of supply of energy, heat or water.
    pub planned_end_of_supply: Option<Date>,
    /// The platform's reference of the signal that is updated or withdrawn; of a new one, that of the earlier signal
    /// whose place it takes, if there is one.
    pub supersedes: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SignalPerson {
    pub initials: Option<String>,
    pub prefix: Option<String>,
    pub surname: String,
    /// Mandatory at both platforms.
    pub birth_date: Date,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SignalAddress {
    /// In the form `1234AB`.
    pub postcode: String,
    pub house_number: String,
    pub suffix: Option<String>,
    pub street: String,
    pub city: String,
}

/// A debtor cannot be signalled because this field is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not known")]
pub struct MissingField(pub &'static str);

impl SignalPerson {
    /// The natural person behind a debtor, with the ways to reach them.
    pub fn of(debtor: &Debtor) -> Result<SignalPerson, MissingField> {
        let person = debtor.person.as_ref().ok_or(MissingField("person"))?;
        Ok(SignalPerson {
            initials: person.initials.clone(),
            prefix: person.prefix.clone(),
            surname: person.surname.clone(),
            birth_date: person.birth_date.ok_or(MissingField("person.birthDate"))?,
            phones: debtor.mobile.iter().chain(&debtor.phone).cloned().collect(),
            emails: debtor.emails.iter().map(|email| email.as_str().to_owned()).collect(),
        })
    }
}

impl SignalAddress {
    /// The Dutch address of a debtor.
    pub fn of(debtor: &Debtor) -> Result<SignalAddress, MissingField> {
        let address = debtor.address.as_ref().ok_or(MissingField("address"))?;
        let postcode = address.postcode.as_deref().and_then(Address::dutch_postcode);
        Ok(SignalAddress {
            postcode: postcode.ok_or(MissingField("address.postcode"))?,
            house_number: address.house_number.clone().ok_or(MissingField("address.houseNumber"))?,
            suffix: address.suffix.clone(),
            street: address.street.clone(),
            city: address.city.clone(),
        })
    }
}

/// Shows the signal and nothing about the resident.
impl fmt::Debug for SignalMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignalMessage")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SignalPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignalPerson").finish_non_exhaustive()
    }
}

impl fmt::Debug for SignalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignalAddress").finish_non_exhaustive()
    }
}
