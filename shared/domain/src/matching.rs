//! Which invoices a movement on the bank account pays: from one line and the debtors that it may come from to proposals,
//! each with its reasons and a confidence.
//!
//! Who may be a candidate is found elsewhere, by the keys that [`keys_of_line`] gives and [`Found`] names; here everything
//! is looked at anew, so that a key that led astray changes nothing. What is absent: anything learned, and any guess at a
//! misspelt name. A line is matched by itself only from the administration's threshold on, and never where something else
//! fits as well.

mod candidate;
mod incoming;
mod names;
mod outgoing;
mod reading;
mod reason;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::bank::BankLine;
use crate::dossier::Dossier;
use crate::ids::{BankLineId, DebtorId, InvoiceId};
use crate::incoming_mail::address_key;
use crate::invoice::{Invoice, InvoiceKind};

pub use candidate::{AccountKnown, Candidate, Debit, Item};
pub use incoming::match_incoming;
pub use names::KnownName;
pub(crate) use names::fold;
pub use outgoing::{Booked, BookedPart, Outgoing, match_outgoing};
pub(crate) use reading::core as digits_that_tell;
pub use reading::{number_key, reference_key};
pub use reason::{NoMatch, Reason};

/// Below this, in points of a hundred, a proposal is not worth a look.
pub const WORTH_A_LOOK: u8 = 30;

/// What a proposal that a person has to look at gets at most. Every threshold lies above it.
pub const MOST_WITH_DOUBT: u8 = 60;

/// Proposals that are kept for one line.
pub const MOST_PROPOSALS: usize = 5;

/// Invoices that one line pays at most: a transaction of the store takes so much.
pub const MOST_PARTS: usize = 15;

/// How an administration matches its bank lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BankRules {
    /// From this confidence on a line is matched without anybody's word, in points of a hundred.
    pub automatic_from: u16,
}

impl Default for BankRules {
    fn default() -> BankRules {
        BankRules { automatic_from: 90 }
    }
}

/// What of a line goes where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Whose it is.
    pub debtor: DebtorId,
    /// The invoice; without one it goes to what the debtor owes, in the order of article 6:43 BW.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceId>,
    /// In euros, above zero.
    pub amount: Money,
}

/// What a line may be, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// In points of a hundred.
    pub confidence: u8,
    /// Together they are the amount of the line.
    pub parts: Vec<Part>,
    /// What speaks for it and against it.
    pub reasons: Vec<Reason>,
    /// The line whose money it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_back: Option<BankLineId>,
}

impl Proposal {
    /// Weighs the reasons.
    fn new(parts: Vec<Part>, mut reasons: Vec<Reason>) -> Proposal {
        reasons.dedup();
        let mut proposal = Proposal { confidence: 0, parts, reasons, takes_back: None };
        proposal.weigh();
        proposal
    }

    /// It takes back what this line brought, of which these are the parts. Where it is not `certain`, a person chooses.
    pub fn taking_back(line: &BankLineId, parts: Vec<Part>, reason: Reason, certain: bool) -> Proposal {
        let doubt = (!certain).then_some(Reason::NotTheOnlyOne);
        let reasons = std::iter::once(reason).chain(doubt).collect();
        Proposal { takes_back: Some(line.clone()), ..Proposal::new(parts, reasons) }
    }

    /// The sum of the weights, whatever the bounds of a confidence.
    fn points(&self) -> i16 {
        self.reasons.iter().map(|reason| reason.weight()).sum()
    }

    fn weigh(&mut self) {
        let sum = self.points();
        let most = if self.asks_a_person() { i16::from(MOST_WITH_DOUBT) } else { 100 };
        self.confidence = u8::try_from(sum.clamp(0, most)).unwrap_or_default();
    }

    /// It is never booked without somebody's word.
    pub fn asks_a_person(&self) -> bool {
        self.reasons.iter().any(|reason| reason.asks_a_person())
    }

    fn add(&mut self, reason: Reason) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
            self.weigh();
        }
    }
}

/// What is made of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Certain enough to be booked.
    Automatic(Proposal),
    /// A person chooses; the best first.
    Suggested(Vec<Proposal>),
    /// Nothing is proposed.
    Unmatched(NoMatch),
}

/// Proposals for a line, the best first, under the rules of the administration.
pub fn judge(proposals: Vec<Proposal>, rules: &BankRules, nothing: NoMatch) -> Verdict {
    let none = if proposals.is_empty() { nothing } else { NoMatch::TooLittle };
    let mut proposals: Vec<Proposal> =
        proposals.into_iter().filter(|p| p.confidence >= WORTH_A_LOOK).take(MOST_PROPOSALS).collect();
    match proposals.first() {
        None => Verdict::Unmatched(none),
        Some(best) if u16::from(best.confidence) >= rules.automatic_from && !best.asks_a_person() => {
            Verdict::Automatic(proposals.swap_remove(0))
        }
        Some(_) => Verdict::Suggested(proposals),
    }
}

/// What a debtor or an invoice is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// An invoice, by its number or its payment reference: [`number_key`] and [`reference_key`].
    ByNumber(String),
    /// A debtor, by the account that they pay from.
    ByAccount(String),
    /// A debtor, by a word of their name.
    ByName(String),
    /// A debtor, by an address that they mail from: [`address_key`].
    ByEmail(String),
    /// What was ordered or booked under this reference of a direct debit.
    ByEndToEnd(String),
    /// The same, by its mandate.
    ByMandate(String),
}

/// An account as it is compared: capitals, without spaces. Whatever a bank gives is taken.
pub fn account_key(account: &str) -> Option<String> {
    let key: String =
        account.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    (key.len() >= 5 && key.len() <= 40).then_some(key)
}

/// What the debtors and invoices that a line may be about are found by: references and numbers, and the account.
pub fn keys_of_line(line: &BankLine) -> Vec<Found> {
    let numbers = reading::Reading::of(line).keys().into_iter().map(Found::ByNumber);
    let account = line.counterparty_account.as_deref().and_then(account_key).map(Found::ByAccount);
    let ordered = reading::end_to_end(line).map(|id| Found::ByEndToEnd(id.to_owned()));
    numbers.chain(account).chain(ordered).collect()
}

/// And by the payer's name.
pub fn name_keys_of_line(line: &BankLine) -> Vec<Found> {
    let keys = line.counterparty_name.as_deref().map(names::payer_keys).unwrap_or_default();
    keys.into_iter().map(Found::ByName).collect()
}

/// What a debtor is found by.
pub fn keys_of_debtor(dossier: &Dossier) -> Vec<Found> {
    let names = KnownName::of(&dossier.debtor).keys().into_iter().map(Found::ByName);
    let account = dossier.debtor.iban.as_deref().and_then(account_key).map(Found::ByAccount);
    let emails = dossier.debtor.emails.iter().map(|e| Found::ByEmail(address_key(e.as_str())));
    names.chain(account).chain(emails).collect()
}

/// What an invoice is found by. A credit note is not paid.
pub fn keys_of_invoice(invoice: &Invoice) -> Vec<Found> {
    if invoice.kind != InvoiceKind::Invoice {
        return Vec::new();
    }
    let number = number_key(&invoice.number);
    let reference = invoice.payment_reference.as_ref().and_then(reference_key);
    let reference = reference.filter(|key| number.as_ref() != Some(key));
    number.into_iter().chain(reference).map(Found::ByNumber).collect()
}
