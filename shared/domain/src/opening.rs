//! What was open on invoices when an agreement about them began, and what came in on them since.
//!
//! Everything counts by itself: payments, credit notes, write-offs, reversals and the ledger's own amount, since all of them
//! change what is open. An invoice that is no part of the dossier any more is closed: all of it came in.

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::dossier::{CreditSource, Dossier};
use crate::ids::InvoiceId;

/// What was open on one invoice, in euros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opening {
    /// The invoice that it is about.
    pub invoice: InvoiceId,
    /// The principal that was open then, in euros.
    pub open: Money,
}

impl Opening {
    /// What is open on these invoices now.
    pub(crate) fn of(dossier: &Dossier, invoices: &[InvoiceId]) -> Vec<Opening> {
        invoices.iter().map(|id| Opening { invoice: id.clone(), open: open_on(dossier, id) }).collect()
    }
}

fn open_on(dossier: &Dossier, invoice: &InvoiceId) -> Money {
    dossier.invoices.get(invoice).map_or(Money::ZERO, |i| i.open())
}

/// What came in on these invoices since, in euros: what was paid too much on one of them included.
pub fn came_in(dossier: &Dossier, openings: &[Opening]) -> Money {
    let closed: Money = openings.iter().map(|o| o.open - open_on(dossier, &o.invoice)).sum();
    let over = dossier.on_account.iter().filter(|credit| match &credit.source {
        CreditSource::Invoice(id) => openings.iter().any(|o| o.invoice == *id),
        CreditSource::Payment(_) | CreditSource::TakenBack { .. } => false,
    });
    closed + over.map(|credit| credit.amount).sum()
}

/// More is open on an invoice than when it began: an older payment was taken back. That is no part of the agreement, and
/// must not hide what came in for it.
pub(crate) fn raise(dossier: &Dossier, openings: &mut [Opening]) {
    for opening in openings {
        opening.open = opening.open.max(open_on(dossier, &opening.invoice));
    }
}

/// Agreements that are over and about something open, at most so many.
const MOST_OVER: usize = 100;

/// Agreements that are over and about nothing open, at most so many: for whoever reads what became of them.
const LAST_OVER: usize = 5;

/// Drops old agreements that are over; the timeline keeps them. The newest come last.
pub(crate) fn prune<T>(items: &mut Vec<T>, lives: impl Fn(&T) -> bool, about_open: impl Fn(&T) -> bool) {
    let over: Vec<bool> = items.iter().rev().map(|item| !lives(item)).collect();
    let mut newer = 0;
    let mut kept: Vec<bool> = Vec::with_capacity(items.len());
    for (item, over) in items.iter().rev().zip(over) {
        let most = if about_open(item) { MOST_OVER } else { LAST_OVER };
        kept.push(!over || newer < most);
        newer += usize::from(over);
    }
    let mut kept = kept.into_iter().rev();
    items.retain(|_| kept.next().unwrap_or(true));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_is_over_the_last_stay_and_longer_where_something_is_open() {
        // (lives, about something open), oldest first
        let mut items = vec![(false, false); 4];
        items.insert(0, (true, false));
        items.insert(1, (false, true));
        items.extend([(false, false); 3]);
        prune(&mut items, |i| i.0, |i| i.1);
        let over = items.iter().filter(|i| **i == (false, false)).count();
        assert_eq!((items.len(), over), (LAST_OVER + 2, LAST_OVER));
        let mut many = vec![(false, true); 130];
        prune(&mut many, |i| i.0, |i| i.1);
        assert_eq!(many.len(), MOST_OVER);
    }
}
