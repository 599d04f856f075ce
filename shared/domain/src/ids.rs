//! Names of things. Ids come from the source system or are made here; neither holds personal data.
//!
//! Ids that Tijdig makes for a debtor's things begin with the debtor's id ([`DebtorId::notice`] and its
//! siblings), so that whoever has the id knows whose dossier to load without a look-up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

/// Longest id that a source system may use, in characters.
pub const LONGEST: usize = 64;

/// Longest id that Tijdig makes from a debtor's id.
const LONGEST_MADE: usize = LONGEST + 16;

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an id: 1 to 64 letters, digits, '-', '_' or '.'")]
pub struct IdError;

fn check(text: &str, longest: usize) -> Result<(), IdError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > longest || !text.chars().all(allowed) {
        return Err(IdError);
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $longest:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as it stands in a path or body.
            ///
            /// # Errors
            /// Says which rule of ids the text breaks.
            pub fn parse(text: &str) -> Result<$name, IdError> {
                check(text, $longest)?;
                Ok($name(text.to_owned()))
            }

            /// As it stands in keys and answers.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<$name, IdError> {
                $name::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = String::deserialize(deserializer)?;
                $name::parse(&text).map_err(de::Error::custom)
            }
        }
    };
}

id!(
    /// One creditor's books: the tenant. Every key in the store begins with it.
    AdministrationId,
    LONGEST
);
id!(
    /// A debtor, by the source system's own id.
    DebtorId,
    LONGEST
);
id!(
    /// An invoice or credit note, by the source system's own id.
    InvoiceId,
    LONGEST
);
id!(
    /// A payment, reversal, settlement or write-off, by the source system's own id.
    PaymentId,
    LONGEST
);
id!(
    /// A movement on a bank account, made from what the bank says of it.
    BankLineId,
    LONGEST
);
id!(
    /// A connection with an accounting package, a bank or a payment provider, unique within its administration.
    ConnectionId,
    LONGEST
);
id!(
    /// A file that is imported, unique within its administration.
    ImportId,
    LONGEST
);
id!(
    /// A kept mapping of columns to fields, unique within its administration.
    MappingId,
    LONGEST
);
id!(
    /// A mail that a debtor sent, unique within its administration.
    IncomingMailId,
    LONGEST
);
id!(
    /// A standard text of the desk, unique within its administration.
    StandardTextId,
    LONGEST
);
id!(
    /// A subscription to webhooks, unique within its administration.
    WebhookId,
    LONGEST
);
id!(
    /// A step of a policy, unique within it.
    StepId,
    LONGEST
);

impl StepId {
    /// A stand-in for the id of the step at this place, from 0, while its own is not one.
    pub fn unnamed(place: usize) -> StepId {
        StepId(format!("unnamed.{place}"))
    }
}

id!(
    /// A policy, unique within its administration.
    PolicyId,
    LONGEST
);

id!(
    /// A direct debit mandate, by its unique reference: letters, digits, hyphens and dots.
    MandateId,
    35
);
id!(
    /// Somebody who works at the desk, by the identity provider's own id of them. An address of theirs is none.
    StaffId,
    LONGEST
);
id!(
    /// A batch of direct debits, unique within its administration.
    BatchId,
    24
);

macro_rules! made_id {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $make:ident) => {
        id!($(#[$doc])* $name, LONGEST_MADE);

        impl $name {
            /// The debtor whose dossier holds this, if the id is one that Tijdig made.
            pub fn debtor(&self) -> Option<DebtorId> {
                let (debtor, rest) = self.0.rsplit_once('.')?;
                let number = rest.strip_prefix($letter)?;
                number.parse::<u32>().ok()?;
                DebtorId::parse(debtor).ok()
            }

            /// Its number within the debtor's dossier, if the id is one that Tijdig made.
            pub fn number(&self) -> Option<u32> {
                let (_, rest) = self.0.rsplit_once('.')?;
                rest.strip_prefix($letter)?.parse().ok()
            }
        }

        impl DebtorId {
            /// The id of this debtor's thing with this number.
            pub fn $make(&self, number: u32) -> $name {
                $name(format!("{}.{}{number}", self.0, $letter))
            }
        }
    };
}

made_id!(
    /// One message to a debtor.
    NoticeId,
    'n',
    notice
);
made_id!(
    /// One code that opens a debtor's page.
    AccessCodeId,
    'a',
    access_code
);
made_id!(
    /// One early or crisis signal.
    SignalId,
    's',
    signal
);
made_id!(
    /// One hold on a debtor, invoice or case.
    HoldId,
    'h',
    hold
);
made_id!(
    /// One round of following a debtor up, from the first overdue invoice to the last one settled.
    CaseId,
    'c',
    case
);
made_id!(
    /// One dossier of a case, for a bailiff.
    CaseDossierId,
    'z',
    case_dossier
);
made_id!(
    /// Something that a person has to look at.
    TaskId,
    't',
    task
);
made_id!(
    /// One note about a debtor or an invoice.
    NoteId,
    'k',
    note
);
made_id!(
    /// One payment plan.
    PlanId,
    'p',
    plan
);
made_id!(
    /// One dispute about an invoice.
    DisputeId,
    'd',
    dispute
);
made_id!(
    /// One promise to pay.
    PromiseId,
    'm',
    promise
);
made_id!(
    /// One message between the debtor and the desk.
    MessageId,
    'w',
    message
);
made_id!(
    /// One collection by direct debit.
    DebitId,
    'b',
    debit
);
made_id!(
    /// One request to pay through a payment provider.
    PaymentRequestId,
    'q',
    payment_request
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_plain() {
        for good in ["a", "D-1001", "a.b_c", &"x".repeat(64)] {
            assert!(DebtorId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "é", "a/b", "a#b", "a~b", &"x".repeat(65)] {
            assert_eq!(DebtorId::parse(bad), Err(IdError), "{bad}");
        }
    }

    #[test]
    fn a_made_id_names_its_debtor() {
        let debtor = DebtorId::parse("n.1").unwrap();
        assert_eq!(debtor.notice(12).as_str(), "n.1.n12");
        assert_eq!(debtor.notice(12).debtor(), Some(debtor.clone()));
        assert_eq!(debtor.notice(12).number(), Some(12));
        assert_eq!(NoticeId::parse("n.1.s12").unwrap().number(), None);
        assert_eq!(NoticeId::parse("n.1.s12").unwrap().debtor(), None);
        assert_eq!(NoticeId::parse("loose").unwrap().debtor(), None);
    }
}
