//! Deletions: what the source system has no longer. A version that is newer than the deletion brings a record back, and an
//! older deletion takes nothing away: whatever the order in which versions and deletions come, the newest one stands. Of a
//! version and a deletion of one instant the deletion does.
//!
//! A deleted invoice asks for nothing and its follow-up ends, wherever it was. Money that came in on it is the debtor's; a
//! credit note that made it smaller is open again. What was booked stays with it, so that it goes on where it was when it
//! comes back, and no step is taken twice.
//!
//! What is absent: nothing is erased here. That has a term of its own.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::dossier::{Dossier, Draft};
use crate::ids::InvoiceId;
use crate::intake::{record_reopened, settle, unbook};
use crate::invoice::{BookingKind, Invoice, InvoiceKind};
use crate::payment::Payment;
use crate::refusal::Refusal;
use crate::signal::{Signal, SignalState};
use crate::step::StepKind;
use crate::timeline::Event;

/// What taking a deletion in did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// The record is gone, or would be if it had come in before.
    Deleted,
    /// It was deleted already.
    Unchanged,
    /// The version that we have is newer: nothing was written.
    Older,
}

/// What the task is about that tells people to take back what they were asked to do about an invoice.
pub const INVOICE_DELETED: &str = "invoice_deleted";

/// The invoices or credit notes that this one shares credit with: to be given to [`delete_invoice`] where they are closed.
pub fn counterparts(invoice: &Invoice) -> BTreeSet<InvoiceId> {
    let of = |booking: &crate::invoice::Booking| match invoice.kind {
        InvoiceKind::Invoice => booking.credit_note.clone(),
        InvoiceKind::CreditNote => booking.went_to.clone(),
    };
    invoice.bookings.iter().filter_map(of).collect()
}

/// Deletes an invoice or credit note as of `at`, by the source system's clock. `known` is the invoice, open or closed;
/// `archived` its closed [`counterparts`].
pub fn delete_invoice(draft: &mut Draft, known: Invoice, at: Timestamp, archived: Vec<Invoice>) -> Deletion {
    let mut invoice = known;
    if let Some(deleted_at) = invoice.deleted_at {
        if at > deleted_at {
            // What comes between the two is then known as older.
            invoice.deleted_at = Some(at);
            draft.bring_back(invoice);
            draft.archive_closed();
        }
        return Deletion::Unchanged;
    }
    if at < invoice.modified_at {
        return Deletion::Older;
    }
    let id = invoice.id.clone();
    let open = invoice.open();
    let before_people = invoice.took(StepKind::ReadyForBailiff) || invoice.took(StepKind::EndOfService);
    for other in archived {
        draft.bring_back(other);
    }
    let closed = closed_ones(&draft.dossier);
    invoice.bookings.retain(|b| b.kind != BookingKind::Credit);
    invoice.deleted_at = Some(at);
    invoice.planned = None;
    invoice.closed_on = invoice.closed_on.or(Some(draft.today()));
    let credit = invoice.overpaid();
    draft.bring_back(invoice);
    release_credit(&mut draft.dossier, &id);
    draft.record(Event::InvoiceDeleted { invoice: id.clone(), open, credit });
    record_reopened(draft, &closed);
    if before_people {
        draft.open_task(INVOICE_DELETED, id.as_str());
    }
    settle(draft);
    Deletion::Deleted
}

/// Takes the credit that went between this invoice or credit note and others off those others.
fn release_credit(dossier: &mut Dossier, id: &InvoiceId) {
    for other in dossier.invoices.values_mut().filter(|i| i.id != *id) {
        other.bookings.retain(|b| b.credit_note.as_ref() != Some(id) && b.went_to.as_ref() != Some(id));
    }
}

fn closed_ones(dossier: &Dossier) -> Vec<InvoiceId> {
    dossier.invoices.values().filter(|i| i.closed_on.is_some()).map(|i| i.id.clone()).collect()
}

/// Deletes a payment: it is taken off wherever it was booked, and what it had closed is open again. `archived` are the
/// closed invoices that it was booked on. Whether the deletion is newer than the payment is [`supersedes`].
pub fn delete_payment(draft: &mut Draft, known: &Payment, archived: Vec<Invoice>) {
    for invoice in archived {
        draft.bring_back(invoice);
    }
    let closed = closed_ones(&draft.dossier);
    let booked = draft
        .dossier
        .invoices
        .values()
        .filter(|i| i.bookings.iter().any(|b| b.payment.as_ref() == Some(&known.id)));
    let invoices: Vec<InvoiceId> = booked.map(|i| i.id.clone()).collect();
    unbook(draft, &known.id);
    let Payment { id, kind, amount, .. } = known.clone();
    draft.record(Event::PaymentDeleted { payment: id, kind, amount, invoices });
    record_reopened(draft, &closed);
    settle(draft);
}

/// Whether a deletion of this instant takes away the version of the other.
pub fn supersedes(deleted_at: Timestamp, modified_at: Timestamp) -> bool {
    deleted_at >= modified_at
}

/// Deletes a debtor of whom nothing is open. The timeline stays, and a newer version brings the debtor back.
///
/// # Errors
/// [`Refusal::DebtorHasOpenItems`] or [`Refusal::SignalRuns`].
pub fn delete_debtor(draft: &mut Draft, at: Timestamp) -> Result<Deletion, Refusal> {
    if let Some(deleted_at) = draft.dossier.deleted_at {
        draft.dossier.deleted_at = Some(deleted_at.max(at));
        return Ok(Deletion::Unchanged);
    }
    if !supersedes(at, draft.dossier.debtor.modified_at) {
        return Ok(Deletion::Older);
    }
    if draft.dossier.open_invoices().next().is_some() || draft.dossier.credit().is_positive() {
        return Err(Refusal::DebtorHasOpenItems);
    }
    if draft.dossier.signals.iter().any(runs) {
        return Err(Refusal::SignalRuns);
    }
    draft.dossier.deleted_at = Some(at);
    draft.record(Event::DebtorDeleted);
    Ok(Deletion::Deleted)
}

/// The municipality knows of it, may come to know of it, or is helping.
fn runs(signal: &Signal) -> bool {
    let undecided = matches!(signal.state, SignalState::Prepared { .. } | SignalState::Unknown { .. });
    undecided || signal.is_on_its_way() || signal.is_live() || signal.help_runs()
}

#[cfg(test)]
#[path = "deleting_tests.rs"]
mod tests;
