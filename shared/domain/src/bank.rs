//! Bank statements, whatever format they came in: what the bank says moved on an account.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::BankLineId;

/// One statement of one account: camt.053 or MT940.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// The account that it is about, as the bank names it: an IBAN where the bank gives one.
    pub account: String,
    /// The bank's own number of the statement.
    pub number: Option<String>,
    /// The day of its closing balance.
    pub closed_on: Date,
    /// What stood on the account before the first line, in euros; negative when overdrawn.
    pub opening: Money,
    /// What stood on it after the last line.
    pub closing: Money,
    /// Every movement, in the bank's order. A batch that the bank gives in parts is its parts.
    pub lines: Vec<BankLine>,
}

/// One movement on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BankLine {
    /// Made from what the bank says of the movement, so that the same line in another file is the same line.
    pub id: BankLineId,
    /// The day on which the bank booked it.
    pub booked_on: Date,
    /// The day from which it counts, where the bank says.
    pub valued_on: Option<Date>,
    /// In euros: above zero came in, below zero went out.
    pub amount: Money,
    /// The bank says that it takes an earlier movement back.
    pub reversal: bool,
    /// Who paid or was paid.
    pub counterparty_name: Option<String>,
    /// Their account. Whatever the bank gives: never a reason to refuse the line.
    pub counterparty_account: Option<String>,
    /// A structured reference (ISO 11649 or Dutch), without spaces.
    pub structured_reference: Option<String>,
    /// What the payer wrote, the parts joined by a space.
    pub text: String,
    /// The reference that whoever ordered the payment gave it (EndToEndId); `NOTPROVIDED` is none.
    pub end_to_end_id: Option<String>,
    /// The mandate of a direct debit.
    pub mandate_id: Option<String>,
    /// The batch that it was ordered in (PmtInfId), such as a collection of direct debits.
    #[serde(default)]
    pub batch_id: Option<String>,
    /// Why a direct debit or transfer came back: an ISO 20022 reason code such as AM04.
    pub return_reason: Option<String>,
    /// The bank's own reference of the movement.
    pub bank_reference: Option<String>,
}
