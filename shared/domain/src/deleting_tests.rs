use jiff::civil::date;

use super::*;
use crate::Money;
use crate::calendar::plus_days;
use crate::ids::PaymentId;
use crate::invoice::TakenStep;
use crate::payment::PaymentKind;
use crate::signal_cases::{DAY, at, dossier, pay, sent};
use crate::step::SignalKind;

fn id(text: &str) -> InvoiceId {
    InvoiceId::parse(text).unwrap()
}

fn draft(dossier: Dossier) -> Draft {
    Draft::of(dossier, at(DAY), "ledger")
}

fn delete(draft: &mut Draft, invoice: &str, at: Timestamp) -> Deletion {
    let known = draft.dossier.invoices[&id(invoice)].clone();
    delete_invoice(draft, known, at, Vec::new())
}

#[test]
fn the_newest_of_version_and_deletion_stands() {
    // The invoice's version is of 20 August, ten o'clock.
    let version = at(date(2026, 8, 20));
    let second = jiff::SignedDuration::from_secs(1);
    let table = [
        (version - second, Deletion::Older),
        (version, Deletion::Deleted),
        (version + second, Deletion::Deleted),
    ];
    for (deleted_at, expected) in table {
        let mut draft = draft(dossier());
        assert_eq!(delete(&mut draft, "i1", deleted_at), expected, "{deleted_at}");
        assert_eq!(draft.is_unchanged(), expected == Deletion::Older, "{deleted_at}");
        assert_eq!(draft.dossier.open_invoices().count(), if expected == Deletion::Older { 2 } else { 1 });
    }
}

#[test]
fn a_second_deletion_changes_nothing_and_a_later_one_is_remembered() {
    let mut first = draft(dossier());
    delete(&mut first, "i1", at(DAY));
    let deleted = first.archived()[0].clone();
    for (again, remembered, changes) in [
        (at(plus_days(DAY, -1)), at(DAY), false),
        (at(DAY), at(DAY), false),
        (at(plus_days(DAY, 1)), at(plus_days(DAY, 1)), true),
    ] {
        let mut draft = draft(first.dossier.clone());
        assert_eq!(delete_invoice(&mut draft, deleted.clone(), again, Vec::new()), Deletion::Unchanged);
        assert_eq!(draft.is_unchanged(), !changes, "{again}");
        assert_eq!(draft.archived().first().unwrap_or(&deleted).deleted_at, Some(remembered));
        assert_eq!(draft.entries(), []);
    }
}

#[test]
fn what_came_in_is_the_debtors_and_what_was_given_up_is_not() {
    use BookingKind::{Payment, Reversal, Settlement, WriteOff};
    // (bookings, what the debtor has to their credit afterwards)
    let table: [(&[(BookingKind, i64)], i64); 7] = [
        (&[], 0),
        (&[(Payment, 50_00)], 50_00),
        (&[(Payment, 50_00), (Settlement, 10_00)], 60_00),
        (&[(Payment, 50_00), (WriteOff, 10_00)], 50_00),
        (&[(Payment, 50_00), (Reversal, 50_00)], 0),
        (&[(Payment, 121_00)], 121_00),
        // More went back than is known to have come in.
        (&[(Reversal, 50_00)], 0),
    ];
    for (bookings, credit) in table {
        let mut dossier = dossier();
        for (kind, cents) in bookings {
            pay(&mut dossier, "i1", *cents, *kind);
        }
        let mut draft = draft(dossier);
        assert_eq!(delete(&mut draft, "i1", at(DAY)), Deletion::Deleted);
        assert_eq!(draft.dossier.credit(), Money::from_cents(credit), "{bookings:?}");
        assert_eq!(draft.dossier.balance(DAY), Money::from_cents(121_00 - credit), "{bookings:?}");
        let told = draft.entries().iter().find_map(|e| match &e.event {
            Event::InvoiceDeleted { credit, .. } => Some(*credit),
            _ => None,
        });
        assert_eq!(told, Some(Money::from_cents(credit)), "{bookings:?}");
    }
}

#[test]
fn people_are_told_where_they_were_asked_to_act() {
    for (kind, asks) in [
        (StepKind::FinalReminder, false),
        (StepKind::NoticeOfDefault, false),
        (StepKind::EndOfService, true),
        (StepKind::ReadyForBailiff, true),
    ] {
        let mut dossier = dossier();
        let step = TakenStep { step: "s".parse().unwrap(), kind, notice: None, on: DAY, skipped: false };
        dossier.invoices.get_mut(&id("i1")).unwrap().steps.push(step);
        let mut draft = draft(dossier);
        delete(&mut draft, "i1", at(DAY));
        let asked = draft.dossier.tasks.iter().any(|t| t.about == INVOICE_DELETED && t.subject == "i1");
        assert_eq!(asked, asks, "{kind:?}");
    }
}

#[test]
fn a_deleted_payment_is_taken_off_and_the_invoice_is_open_again() {
    let mut dossier = dossier();
    pay(&mut dossier, "i1", 121_00, BookingKind::Payment);
    let mut closing = draft(dossier.clone());
    settle(&mut closing);
    let closed = closing.archived()[0].clone();
    let payment = Payment {
        id: PaymentId::parse("p").unwrap(),
        kind: PaymentKind::Payment,
        invoice: Some(id("i1")),
        debtor: dossier.debtor.id.clone(),
        amount: Money::from_cents(121_00),
        received_on: DAY,
        reference: None,
        reason_code: None,
        modified_at: at(DAY),
        among: Vec::new(),
        takes_back: None,
    };
    let mut draft = draft(closing.dossier);
    delete_payment(&mut draft, &payment, vec![closed]);
    assert_eq!(draft.dossier.balance(DAY), Money::from_cents(242_00));
    let names: Vec<_> = draft.entries().iter().map(|e| e.event.name()).collect();
    assert_eq!(names, ["PaymentDeleted", "InvoiceReopened"]);
}

#[test]
fn a_debtor_is_deleted_once_nothing_is_open_and_no_signal_runs() {
    let empty = || {
        let mut dossier = dossier();
        dossier.invoices.clear();
        dossier
    };
    let mut credit = empty();
    credit.set_credit(
        crate::dossier::CreditSource::Payment(PaymentId::parse("p").unwrap()),
        Money::from_cents(1),
    );
    let mut signalled = empty();
    sent(&mut signalled, SignalKind::Early, DAY);
    let mut prepared = signalled.clone();
    prepared.signals[0].state = SignalState::Prepared { released: false };
    let mut withdrawn = signalled.clone();
    withdrawn.signals[0].state = SignalState::Withdrawn { reason: "paid".into() };
    let before = at(date(2025, 12, 31));
    let table = [
        ("open", dossier(), at(DAY), Err(Refusal::DebtorHasOpenItems)),
        ("credit", credit, at(DAY), Err(Refusal::DebtorHasOpenItems)),
        ("signalled", signalled, at(DAY), Err(Refusal::SignalRuns)),
        ("prepared", prepared, at(DAY), Err(Refusal::SignalRuns)),
        ("withdrawn", withdrawn, at(DAY), Ok(Deletion::Deleted)),
        ("empty", empty(), at(DAY), Ok(Deletion::Deleted)),
        ("older", empty(), before, Ok(Deletion::Older)),
        ("of one instant", empty(), at(date(2026, 1, 1)), Ok(Deletion::Deleted)),
    ];
    for (name, dossier, deleted_at, expected) in table {
        let mut draft = draft(dossier);
        assert_eq!(delete_debtor(&mut draft, deleted_at), expected, "{name}");
        assert_eq!(draft.dossier.deleted_at.is_some(), expected == Ok(Deletion::Deleted), "{name}");
        assert_eq!(draft.is_unchanged(), expected != Ok(Deletion::Deleted), "{name}");
    }
}
