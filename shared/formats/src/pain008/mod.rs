//! pain.008: direct debits as a bank takes them in, versions 001.02 and 001.08 (ISO 20022), as the implementation
//! guidelines of the European Payments Council have it (EPC130-08, and EPC131-08 for the scheme between businesses).
//!
//! What is written is checked first: lengths, account numbers, the creditor identifier, at least one transaction, amounts
//! above zero. Sums are counted here and nowhere else. Names and texts are put into the Latin characters that every bank
//! takes ([`latin`]). The same message gives the same bytes.
//!
//! Not verified against a bank: that a changed account is told by `SMNDA` whichever bank it is at (as the guidelines say
//! since November 2016), and a missing BIC by `NOTPROVIDED`.

pub mod latin;
mod writer;

use domain::Money;
use domain::debit_batch::Sequence;
use domain::mandate::Scheme;
use jiff::Timestamp;
use jiff::civil::Date;

pub use writer::write;

/// Which version of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// pain.008.001.02, of the rulebooks before 2023.
    V02,
    /// pain.008.001.08, of the rulebooks since 2023.
    V08,
}

impl Version {
    /// The namespace of its document.
    pub fn namespace(self) -> &'static str {
        match self {
            Version::V02 => "urn:iso:std:iso:20022:tech:xsd:pain.008.001.02",
            Version::V08 => "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08",
        }
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Tells files of this creditor apart (MsgId): at most 35 characters.
    pub id: String,
    /// When it was made; written as Dutch civil time, to the second.
    pub created_at: Timestamp,
    /// Who collects, and gives the file to the bank.
    pub creditor: Creditor,
    /// At least one.
    pub blocks: Vec<Block>,
}

/// Who collects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creditor {
    /// The account holder: at most 70 characters.
    pub name: String,
    /// The account that the money comes to.
    pub iban: String,
    /// The bank of that account, where it is told.
    pub bic: Option<String>,
    /// The SEPA creditor identifier.
    pub creditor_id: String,
}

/// Transactions that have scheme, sequence and day in common (payment information).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Tells blocks apart (PmtInfId): at most 35 characters.
    pub id: String,
    /// `CORE` or `B2B`.
    pub scheme: Scheme,
    /// `FRST`, `RCUR` or `OOFF`.
    pub sequence: Sequence,
    /// The day on which the money moves.
    pub collect_on: Date,
    /// At least one.
    pub transactions: Vec<Transaction>,
}

/// One debit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Comes back on statements (EndToEndId): at most 35 characters.
    pub end_to_end_id: String,
    /// In euros, above zero.
    pub amount: Money,
    /// The unique mandate reference: at most 35 characters.
    pub mandate_id: String,
    /// The day of its signature.
    pub signed_on: Date,
    /// The account of the mandate is another one since its last use.
    pub account_changed: bool,
    /// Whose account it is.
    pub debtor_name: String,
    /// The account that is debited.
    pub debtor_iban: String,
    /// The bank of that account, where it is told.
    pub debtor_bic: Option<String>,
    /// What the debtor reads on their statement; the first 140 characters of it.
    pub text: String,
}

/// Why a message is not written. Says where, never what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Pain008Error {
    /// No block, or one without a transaction.
    #[error("a message and each of its blocks hold at least one transaction")]
    Empty,
    /// An identifier is empty, too long, or not of the Latin characters.
    #[error(
        "an identifier has 1 to 35 Latin characters, and neither begins nor ends with a slash nor has two of them"
    )]
    Identifier,
    /// A name of which nothing is left in Latin characters.
    #[error("a name has no Latin character")]
    Name,
    /// Not an account number.
    #[error("an account number is no IBAN")]
    Iban,
    /// Not a creditor identifier.
    #[error("the creditor identifier is none")]
    CreditorId,
    /// Zero, below zero, or more than the scheme takes.
    #[error("an amount lies between EUR 0.01 and EUR 999,999,999.99")]
    Amount,
    /// The document could not be written.
    #[error("the document could not be written")]
    Document,
}
