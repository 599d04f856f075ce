//! What a line may be about: debtors with what they owe and what they owed until lately.

use jiff::civil::Date;

use super::names::KnownName;
use crate::Money;
use crate::dossier::Dossier;
use crate::ids::{DebtorId, InvoiceId};
use crate::invoice::{Invoice, InvoiceKind};

/// A debtor that a line may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who it is.
    pub debtor: DebtorId,
    /// Their name.
    pub name: KnownName,
    /// The line's account is one that they pay from.
    pub account: Option<AccountKnown>,
    /// The ledger knows another account of theirs.
    pub pays_elsewhere: bool,
    /// What is open, and what closed lately.
    pub items: Vec<Item>,
    /// What a running payment plan asks next, in euros.
    pub instalment: Option<Money>,
    /// Direct debits of ours that the line may be the outcome of.
    pub debits: Vec<Debit>,
}

/// How it is known that an account is a debtor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKnown {
    /// The ledger says so.
    ByLedger,
    /// A person matched a payment from it by hand.
    ByPerson,
}

/// An invoice that a line may pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The invoice.
    pub invoice: InvoiceId,
    /// As printed on it.
    pub number: String,
    /// What the debtor was asked to put in the payment.
    pub reference: Option<String>,
    /// All that is asked for it, claimed costs and interest included, in euros.
    pub owed: Money,
    /// Its principal alone, in euros.
    pub principal: Money,
    /// As the document has it, in euros.
    pub total: Money,
    /// The last day to pay.
    pub due_date: Date,
    /// Nothing is open on it any more.
    pub closed: bool,
}

/// A direct debit of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debit {
    /// The reference that it was ordered with.
    pub end_to_end_id: String,
    /// What it collects; `None` where that was the debtor's whole balance.
    pub invoice: Option<InvoiceId>,
}

impl Item {
    /// Of an invoice, as it stands on this day.
    pub fn of(invoice: &Invoice, on: Date) -> Item {
        Item {
            invoice: invoice.id.clone(),
            number: invoice.number.clone(),
            reference: invoice.payment_reference.as_ref().map(|r| r.value.clone()),
            owed: invoice.owed(on),
            principal: invoice.open(),
            total: invoice.total,
            due_date: invoice.due_date,
            closed: !invoice.is_open(),
        }
    }

    /// This amount pays all of it: with the costs and interest that are claimed, or the principal.
    pub(crate) fn is_paid_by(&self, amount: Money) -> bool {
        !self.closed && amount.is_positive() && (amount == self.owed || amount == self.principal)
    }
}

impl Candidate {
    /// A debtor as they stand on this day, with the closed invoices that the line may name.
    pub fn of(dossier: &Dossier, account: Option<AccountKnown>, closed: &[Invoice], on: Date) -> Candidate {
        let invoices = dossier.invoices.values().chain(closed);
        let mut items: Vec<Item> =
            invoices.filter(|i| i.kind == InvoiceKind::Invoice).map(|i| Item::of(i, on)).collect();
        items.sort_by(|a, b| (a.due_date, &a.invoice).cmp(&(b.due_date, &b.invoice)));
        Candidate {
            debtor: dossier.debtor.id.clone(),
            name: KnownName::of(&dossier.debtor),
            account,
            pays_elsewhere: account.is_none() && dossier.debtor.iban.is_some(),
            items,
            instalment: next_instalment(dossier),
            debits: Vec::new(),
        }
    }

    /// What is open, the oldest first.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Item> + Clone {
        self.items.iter().filter(|item| !item.closed)
    }
}

/// What is left of the first instalment that is not paid.
fn next_instalment(dossier: &Dossier) -> Option<Money> {
    let plan = dossier.plans.iter().find(|plan| plan.is_running())?;
    let next = plan.unpaid().next()?;
    let left = plan.up_to(next.number) - plan.paid(dossier);
    left.is_positive().then_some(left)
}
