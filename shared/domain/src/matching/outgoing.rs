//! Money that went out: direct debits and transfers that came back, and what is none of ours.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reading::end_to_end;
use super::{Reason, account_key};
use crate::Money;
use crate::bank::BankLine;
use crate::ids::{BankLineId, DebtorId, InvoiceId, PaymentId};

/// A line that was matched before, as far as another may take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The line.
    pub line: BankLineId,
    /// What it brought in, in euros.
    pub amount: Money,
    /// The day on which the bank booked it.
    pub booked_on: Date,
    /// Who paid.
    pub account: Option<String>,
    /// The reference that it was ordered with.
    pub end_to_end_id: Option<String>,
    /// The mandate of the direct debit.
    pub mandate_id: Option<String>,
    /// It was taken back already.
    pub taken_back: bool,
    /// What it paid.
    pub parts: Vec<BookedPart>,
}

/// What a line paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookedPart {
    /// The payment that it was booked as.
    pub payment: PaymentId,
    /// Whose it is.
    pub debtor: DebtorId,
    /// The invoice that it named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceId>,
    /// In euros.
    pub amount: Money,
}

/// What a line that went out is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// It takes this line back.
    TakesBack {
        /// The line that had brought the money.
        line: BankLineId,
        /// Why that is certain.
        reason: Reason,
    },
    /// It takes something back, and it is not clear what: these may be it, the newest first.
    MayTakeBack(Vec<(BankLineId, Reason)>),
    /// It takes something back that is not known.
    OriginalNotFound,
    /// Nothing of a debtor's: the administration paid somebody.
    NotOurs,
}

/// What money that went out took back. `earlier` are matched lines that it may belong to.
pub fn match_outgoing(line: &BankLine, earlier: &[Booked]) -> Outgoing {
    let gone = -line.amount;
    let told_back = line.reversal || line.return_reason.is_some();
    let standing = || earlier.iter().filter(|b| !b.taken_back && b.booked_on <= line.booked_on);
    let id = end_to_end(line);
    let ordered: Vec<&Booked> =
        standing().filter(|b| id.is_some() && b.end_to_end_id.as_deref() == id).collect();
    let by_id: Vec<&Booked> = ordered.iter().copied().filter(|b| b.amount == gone).collect();
    if let [only] = by_id.as_slice()
        && (told_back || line.mandate_id.is_some())
    {
        return Outgoing::TakesBack { line: only.line.clone(), reason: Reason::SamePayment };
    }
    if !told_back {
        return Outgoing::NotOurs;
    }
    let account = line.counterparty_account.as_deref().and_then(account_key);
    let same_mandate = |b: &&Booked| line.mandate_id.is_some() && b.mandate_id == line.mandate_id;
    let same_account =
        |b: &&Booked| account.is_some() && b.account.as_deref().and_then(account_key) == account;
    let of_amount = || standing().filter(|b| b.amount == gone);
    for (found, reason) in [
        (of_amount().filter(same_mandate).collect::<Vec<_>>(), Reason::SameMandateAndAmount),
        (of_amount().filter(same_account).collect(), Reason::SameAccountAndAmount),
    ] {
        match found.as_slice() {
            [] => {}
            // One that was ordered under another reference is another one.
            [only] if id.is_none() || only.end_to_end_id.is_none() || only.end_to_end_id.as_deref() == id => {
                return Outgoing::TakesBack { line: only.line.clone(), reason };
            }
            several => return Outgoing::MayTakeBack(newest_first(several, reason)),
        }
    }
    let other_amount: Vec<&Booked> = if by_id.is_empty() { ordered } else { by_id };
    if other_amount.is_empty() {
        return Outgoing::OriginalNotFound;
    }
    Outgoing::MayTakeBack(newest_first(&other_amount, Reason::SamePayment))
}

fn newest_first(found: &[&Booked], reason: Reason) -> Vec<(BankLineId, Reason)> {
    let mut found: Vec<&Booked> = found.to_vec();
    found.sort_by(|a, b| (b.booked_on, &b.line).cmp(&(a.booked_on, &a.line)));
    found.into_iter().take(super::MOST_PROPOSALS).map(|b| (b.line.clone(), reason)).collect()
}
