//! Samples of what happens to debtors, their invoices and payments.

use domain::invoice::ClosedAs;
use domain::payment::PaymentKind;
use domain::timeline::{ClosedInvoice, Event};

use super::{amount, case, invoice, reason};

pub(super) fn next_of_debtor(event: &Event) -> Option<Event> {
    Some(match event {
        Event::DebtorCreated => Event::DebtorChanged { fields: vec!["address".to_owned()] },
        Event::DebtorChanged { .. } => Event::DebtorDeleted,
        Event::DebtorDeleted => Event::EarlySignallingDisabled { reason: reason() },
        Event::EarlySignallingDisabled { .. } => Event::EarlySignallingEnabled { reason: reason() },
        _ => Event::InvoiceReceived {
            invoice: invoice("i1"),
            total: amount(),
            open: amount(),
            due_date: jiff::civil::date(2026, 9, 1),
        },
    })
}

pub(super) fn next_of_money(event: &Event) -> Option<Event> {
    let (payment, kind) = ("p1".parse().expect("an id"), PaymentKind::Payment);
    let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned();
    Some(match event {
        Event::InvoiceReceived { .. } => {
            Event::InvoiceChanged { invoice: invoice("i1"), fields: vec!["open".to_owned()], open: amount() }
        }
        Event::InvoiceChanged { .. } => Event::InvoicesClosed {
            invoices: ["i1", "i2"]
                .map(|id| ClosedInvoice { invoice: invoice(id), closed_as: ClosedAs::Paid })
                .into(),
        },
        Event::InvoicesClosed { .. } => Event::InvoiceReopened { invoice: invoice("i1"), open: amount() },
        Event::InvoiceReopened { .. } => Event::DocumentAdded { invoice: invoice("i1"), sha256 },
        Event::DocumentAdded { .. } => Event::DocumentRemoved { invoice: invoice("i1"), sha256 },
        Event::DocumentRemoved { .. } => {
            Event::CreditNoteApplied { credit_note: invoice("c1"), invoice: invoice("i1"), amount: amount() }
        }
        Event::CreditNoteApplied { .. } => {
            Event::PaymentReceived { payment, kind, amount: amount(), invoices: vec![invoice("i1")] }
        }
        Event::PaymentReceived { .. } => {
            Event::PaymentChanged { payment, kind, amount: amount(), invoices: vec![invoice("i1")] }
        }
        Event::PaymentChanged { .. } => {
            Event::PaymentUnbooked { payment, kind, amount: amount(), invoices: vec![invoice("i1")] }
        }
        Event::PaymentUnbooked { .. } => {
            Event::InvoiceDeleted { invoice: invoice("i1"), open: amount(), credit: amount() }
        }
        Event::InvoiceDeleted { .. } => {
            Event::PaymentDeleted { payment, kind, amount: amount(), invoices: vec![invoice("i1")] }
        }
        _ => Event::CaseOpened { case: case() },
    })
}
