use jiff::civil::date;

use super::*;
use crate::claim::Charge;
use crate::invoice::{Booking, InvoiceKind, Sending};

const PACKAGE: Package = Package::SnelStart;
const FIRST: &str = "2026-11-20T09:00:00Z";
const SECOND: &str = "2026-11-22T09:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-25T09:00:00Z")
}

/// An invoice with these bookings of payment `p1`: kind, cents, whether the ledger has it.
fn invoice(id: &str, bookings: &[(BookingKind, i64, bool)]) -> Invoice {
    let booking = |(kind, cents, in_ledger): &(BookingKind, i64, bool)| Booking {
        payment: Some(PaymentId::parse("p1").unwrap()),
        credit_note: None,
        went_to: None,
        takes_back: None,
        kind: *kind,
        amount: Money::from_cents(*cents),
        on: date(2026, 11, 20),
        modified_at: at(FIRST),
        recorded: 1,
        in_ledger: *in_ledger,
    };
    Invoice {
        id: InvoiceId::parse(id).unwrap(),
        number: "1".into(),
        kind: InvoiceKind::Invoice,
        issue_date: date(2026, 11, 1),
        due_date: date(2026, 11, 15),
        total: Money::from_cents(121_00),
        ledger: None,
        recurring_term: true,
        payment_reference: None,
        payment_condition: None,
        corrects: None,
        lines: vec![],
        parties: None,
        labels: vec![],
        modified_at: at(FIRST),
        bookings: bookings.iter().map(booking).collect(),
        closed_on: None,
        steps: vec![],
        policy_id: None,
        planned: None,
        restarted_on: None,
        formal_notice: None,
        charges: vec![],
        claimed: None,
        deleted_at: None,
        sending: Sending::ByPolicy,
    }
}

/// What is wanted of payment `p1` in the version of this instant, in short.
fn asked(payment: &str, version: &str, invoices: &[Invoice], told: &[Line]) -> Vec<String> {
    let payment = PaymentId::parse(payment).unwrap();
    let lines = wanted(PACKAGE, &payment, at(version), invoices, told, now());
    assert!(lines.iter().all(|line| line.state == LineState::Claimed { at: now() }));
    let short = |line: &Line| {
        let back = if line.takes_back { " back" } else { "" };
        format!("{:?} {} on {}{back}", line.kind, line.amount, line.invoice)
    };
    lines.iter().map(short).collect()
}

/// A payment of 21.00 on `snelstart.f1` that was told in its first version.
fn told(state: LineState) -> Line {
    Line {
        invoice: InvoiceId::parse("snelstart.f1").unwrap(),
        kind: LineKind::Payment,
        amount: Money::from_cents(21_00),
        on: date(2026, 11, 20),
        version: at(FIRST),
        takes_back: false,
        state,
    }
}

fn written_there() -> Line {
    told(LineState::Written { reference: "b1".into() })
}

#[test]
fn a_package_is_told_of_money_on_its_own_invoices_that_it_does_not_know_of() {
    use BookingKind::{Payment, Reversal, WriteOff};
    let f1 = |bookings: &[(BookingKind, i64, bool)]| vec![invoice("snelstart.f1", bookings)];
    let table: [(&str, &str, Vec<Invoice>, &[&str]); 8] = [
        ("a payment", "p1", f1(&[(Payment, 21_00, false)]), &["Payment 21.00 on snelstart.f1"]),
        ("money back", "p1", f1(&[(Reversal, 21_00, false)]), &["Reversal 21.00 on snelstart.f1"]),
        ("no money", "p1", f1(&[(WriteOff, 21_00, false)]), &[]),
        ("in its ledger", "p1", f1(&[(Payment, 21_00, true)]), &[]),
        ("its own payment", "snelstart.p1", f1(&[(Payment, 21_00, false)]), &[]),
        ("another payment", "p2", f1(&[(Payment, 21_00, false)]), &[]),
        (
            "an invoice of another package",
            "p1",
            vec![invoice("moneybird.1", &[(Payment, 21_00, false)])],
            &[],
        ),
        (
            "several invoices",
            "p1",
            vec![
                invoice("snelstart.f1", &[(Payment, 21_00, false)]),
                invoice("i2", &[(Payment, 5_00, false)]),
                invoice("snelstart.f3", &[(Payment, 7_00, false)]),
            ],
            &["Payment 21.00 on snelstart.f1", "Payment 7.00 on snelstart.f3"],
        ),
    ];
    for (what, payment, invoices, expected) in table {
        assert_eq!(asked(payment, FIRST, &invoices, &[]), expected, "{what}");
    }
}

/// What happened, the payment's time, the invoices, what was told, and what is to be told now.
type Case = (&'static str, &'static str, Vec<Invoice>, Vec<Line>, &'static [&'static str]);

#[test]
fn what_was_told_is_not_told_again_and_what_changed_is_taken_back_first() {
    let booked = |cents| vec![invoice("snelstart.f1", &[(BookingKind::Payment, cents, false)])];
    let claimed = told(LineState::Claimed { at: now() });
    let refused = told(LineState::Refused { code: "BOE-1".into() });
    let taken_back = Line { takes_back: true, kind: LineKind::Reversal, ..written_there() };
    const NEW: &str = "Payment 30.00 on snelstart.f1";
    const BACK: &str = "Reversal 21.00 on snelstart.f1 back";
    let table: [Case; 7] = [
        ("the same", FIRST, booked(21_00), vec![written_there()], &[]),
        ("under way", FIRST, booked(21_00), vec![claimed.clone()], &[]),
        ("another amount", SECOND, booked(30_00), vec![written_there()], &[BACK, NEW]),
        ("taken back already", SECOND, booked(30_00), vec![written_there(), taken_back], &[NEW]),
        ("it is nothing any more", SECOND, vec![], vec![written_there()], &[BACK]),
        ("it was never written", SECOND, booked(30_00), vec![refused], &[NEW]),
        // Whether it stands there is looked up first; then it is taken back.
        ("it may be written", SECOND, booked(30_00), vec![claimed], &[NEW]),
    ];
    for (what, version, invoices, told, expected) in table {
        assert_eq!(asked("p1", version, &invoices, &told), expected, "{what}");
    }
}

#[test]
fn costs_on_its_own_invoices_are_told_once() {
    let mut charged = invoice("snelstart.f1", &[]);
    let charge = |cents| Charge {
        amount: Money::from_cents(cents),
        on: date(2026, 11, 20),
        principal: Money::from_cents(121_00),
        notice: None,
    };
    charged.charges = vec![charge(40_00), charge(0)];
    let lines = wanted_costs(PACKAGE, &charged, &[], now());
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(
        (line.kind, line.amount, line.on),
        (LineKind::Costs, Money::from_cents(40_00), date(2026, 11, 20))
    );
    assert_eq!(wanted_costs(PACKAGE, &charged, &lines, now()), []);
    assert_eq!(wanted_costs(Package::Moneybird, &charged, &[], now()), []);
}
