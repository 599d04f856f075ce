//! Arrears as a signal names them: what is past its due date and not in dispute.

use jiff::Timestamp;

use crate::Money;
use crate::calendar::today;
use crate::dispute::DisputeState;
use crate::dossier::Dossier;
use crate::hold::{HoldReason, HoldScope};
use crate::ids::InvoiceId;
use crate::invoice::Invoice;

/// The open invoices that count for a signal: not those in dispute, nor those that are being
/// collected by direct debit or that somebody holds by themselves. An
/// invoice in a plan or promised counts: the plan or promise is a condition of its own.
pub fn counted(dossier: &Dossier, now: Timestamp) -> impl Iterator<Item = &Invoice> {
    dossier.open_invoices().filter(move |i| !is_disputed(dossier, &i.id) && !is_held(dossier, &i.id, now))
}

fn is_disputed(dossier: &Dossier, invoice: &InvoiceId) -> bool {
    let open = |state: &DisputeState| match state {
        DisputeState::Open | DisputeState::AwaitingCredit { .. } => true,
        DisputeState::Settled { .. } => false,
    };
    dossier.disputes.iter().any(|d| d.invoice == *invoice && open(&d.state))
}

fn is_held(dossier: &Dossier, invoice: &InvoiceId, now: Timestamp) -> bool {
    dossier.holds.iter().any(|h| {
        matches!(&h.scope, HoldScope::Invoice(held) if held == invoice)
            && matches!(
                h.reason,
                HoldReason::Asked { .. } | HoldReason::Dispute { .. } | HoldReason::DirectDebit { .. }
            )
            && h.stands_at(now)
    })
}

/// The amount that a signal names: what counts and is past its due date, less what the debtor has to their credit, in
/// euros.
pub fn arrears(dossier: &Dossier, now: Timestamp) -> Money {
    let day = today(now);
    let overdue: Money = counted(dossier, now).filter(|i| i.due_date < day).map(Invoice::open).sum();
    (overdue - dossier.credit()).max(Money::ZERO)
}

/// Whether anything is past its due date after all that the debtor has to their credit, disputed or not.
pub fn is_in_arrears(dossier: &Dossier, now: Timestamp) -> bool {
    (dossier.overdue(today(now)) - dossier.credit()).is_positive()
}
