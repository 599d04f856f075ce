//! Why a direct debit came back, and what is done about it.
//!
//! Codes are those of ISO 20022's external code set as the European Payments Council allows them for R-transactions of
//! direct debits (EPC173-14, guidance on reason codes). What is done by code is not laid down there: it is a choice, and a
//! setting ([`crate::direct_debit::DirectDebitRules`]) may choose otherwise. A code that is not in the table leads to
//! nothing by itself, and a person is asked.

use serde::{Deserialize, Serialize};

/// What is done about a debit that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Treatment {
    /// It is collected once more after some days; came it back again, reminders go on.
    Retry,
    /// Reminders go on where they stopped. The mandate stays.
    FollowUp,
    /// The mandate ends, reminders go on, and a person is asked for a new mandate.
    EndMandate,
    /// Nothing is collected again by itself, reminders go on, and a person is asked.
    AskPerson,
}

/// The codes that are known, what is done by default, and what they say.
pub const KNOWN: [(&str, Treatment, &str); 33] = [
    ("AC01", Treatment::EndMandate, "the account number is wrong"),
    ("AC04", Treatment::EndMandate, "the account was closed"),
    ("AC06", Treatment::EndMandate, "the account is blocked"),
    ("AC13", Treatment::EndMandate, "a consumer's account, debited under the scheme for businesses"),
    ("AG01", Treatment::AskPerson, "direct debits are not allowed on this account"),
    ("AG02", Treatment::AskPerson, "the operation code or the sequence is wrong"),
    ("AM04", Treatment::Retry, "the balance is insufficient"),
    ("AM05", Treatment::AskPerson, "it was collected twice"),
    ("BE05", Treatment::AskPerson, "the creditor identifier is wrong"),
    ("BE07", Treatment::AskPerson, "the debtor's address is missing"),
    ("CNOR", Treatment::AskPerson, "the creditor's bank is not registered under this BIC"),
    ("DNOR", Treatment::AskPerson, "the debtor's bank is not registered under this BIC"),
    ("DT01", Treatment::AskPerson, "the date is wrong"),
    ("ED05", Treatment::AskPerson, "the settlement failed"),
    ("FF01", Treatment::AskPerson, "the file format is wrong"),
    ("FF05", Treatment::AskPerson, "the scheme is wrong"),
    ("FOCR", Treatment::AskPerson, "cancelled at the creditor's or the bank's request"),
    ("MD01", Treatment::EndMandate, "there is no mandate, or the refund was claimed as not authorised"),
    ("MD02", Treatment::AskPerson, "data of the mandate are missing or wrong"),
    ("MD06", Treatment::FollowUp, "the debtor asked the money back within eight weeks"),
    ("MD07", Treatment::EndMandate, "the debtor died"),
    ("MS02", Treatment::FollowUp, "the debtor refused it, without a reason"),
    ("MS03", Treatment::AskPerson, "the bank gave no reason"),
    ("RC01", Treatment::AskPerson, "the BIC is wrong"),
    ("RR01", Treatment::AskPerson, "regulation: the debtor's account or identification is missing"),
    ("RR02", Treatment::AskPerson, "regulation: the debtor's name or address is missing"),
    ("RR03", Treatment::AskPerson, "regulation: the creditor's name or address is missing"),
    ("RR04", Treatment::AskPerson, "regulation"),
    ("SL01", Treatment::AskPerson, "the debtor blocked this creditor, or all direct debits, at the bank"),
    ("SL11", Treatment::AskPerson, "the debtor allows other creditors only"),
    ("SL12", Treatment::AskPerson, "the debtor blocked this creditor"),
    ("TM01", Treatment::AskPerson, "it came in after the cut-off"),
    ("FF03", Treatment::AskPerson, "the payment type is wrong"),
];

/// What is done about this code where no setting says otherwise; `None` where the code is not known.
pub fn by_default(code: &str) -> Option<Treatment> {
    KNOWN.iter().find(|(known, ..)| *known == code).map(|(_, treatment, _)| *treatment)
}

/// Whether this may be a reason code: four capital letters or digits.
pub fn is_code(text: &str) -> bool {
    text.len() == 4 && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_code_and_stands_once() {
        for (place, (code, ..)) in KNOWN.iter().enumerate() {
            assert!(is_code(code), "{code}");
            assert!(!KNOWN[..place].iter().any(|(other, ..)| other == code), "{code}");
        }
        for bad in ["AM4", "am04", "AM041", "AM 4", ""] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_done_by_default() {
        let table = [
            ("AM04", Some(Treatment::Retry)),
            ("AC01", Some(Treatment::EndMandate)),
            ("AC04", Some(Treatment::EndMandate)),
            ("AC06", Some(Treatment::EndMandate)),
            ("MD01", Some(Treatment::EndMandate)),
            ("MD07", Some(Treatment::EndMandate)),
            ("MD06", Some(Treatment::FollowUp)),
            ("MS02", Some(Treatment::FollowUp)),
            ("MS03", Some(Treatment::AskPerson)),
            ("SL01", Some(Treatment::AskPerson)),
            ("XX99", None),
        ];
        for (code, expected) in table {
            assert_eq!(by_default(code), expected, "{code}");
        }
    }
}
