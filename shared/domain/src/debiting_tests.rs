use jiff::civil::{Date, date};

use super::*;
use crate::administration::Sector;
use crate::dossier::CreditSource;
use crate::hold::{Covers, HoldReason, HoldScope};
use crate::ids::{DebtorId, PaymentId, StepId};
use crate::invoice::{BookingKind, InvoiceKind, TakenStep};
use crate::mandate::Scheme;
use crate::return_reason::KNOWN;
use crate::signal_cases::{self, at, draft, pay};
use crate::step::StepKind;

/// The invoices were issued on 20 August and fall due on 1 September, a Tuesday.
const ISSUED: Date = date(2026, 8, 20);
const EARLY: Date = date(2026, 8, 21);
/// Fourteen days after the issue: a Thursday. The batch leaves the day before.
const COLLECTED: Date = date(2026, 9, 3);
const SUBMITTED: Date = date(2026, 9, 2);

fn i1() -> InvoiceId {
    InvoiceId::parse("i1").unwrap()
}

fn m1() -> MandateId {
    MandateId::parse("M-1").unwrap()
}

fn d1() -> DebtorId {
    DebtorId::parse("d1").unwrap()
}

fn administration() -> Administration {
    let mut administration = signal_cases::administration(Sector::Energy);
    administration.direct_debit.enabled = true;
    administration.direct_debit.creditor_id = Some("NL69ZZZ123456780000".into());
    administration
}

fn mandate(signed_on: Date) -> Mandate {
    Mandate {
        id: m1(),
        scheme: Scheme::Core,
        kind: MandateKind::Recurrent,
        signed_on,
        iban: "NL91ABNA0417164300".into(),
        bic: None,
        holder: None,
        state: MandateState::Active,
        last_used_on: None,
        amended_from: None,
        modified_at: at(signed_on),
    }
}

/// Two invoices of 121 euros and a mandate that was signed before them; nothing was asked yet.
fn dossier() -> Dossier {
    let mut dossier = signal_cases::dossier();
    dossier.notices.clear();
    dossier.invoices.values_mut().for_each(|i| i.steps.clear());
    dossier.mandates = vec![mandate(date(2026, 8, 1))];
    dossier
}

fn hold(dossier: &mut Dossier, reason: HoldReason) {
    let mut draft = draft(dossier, EARLY);
    holding::place(&mut draft, HoldScope::Invoice(i1()), Covers::Reminders, reason, None, None);
    *dossier = draft.dossier;
}

fn debit(dossier: &mut Dossier, state: DebitState) {
    dossier.debits.push(Debit {
        id: d1().debit(9),
        invoice: i1(),
        mandate: m1(),
        amount: Money::from_cents(121_00),
        collect_on: COLLECTED,
        submit_on: SUBMITTED,
        attempt: 1,
        batch: None,
        announced_at: at(EARLY),
        state,
    });
}

fn step(dossier: &mut Dossier, kind: StepKind, skipped: bool) {
    let id = StepId::parse("s").unwrap();
    let invoice = dossier.invoices.get_mut(&i1()).unwrap();
    invoice.steps.push(TakenStep { step: id, kind, notice: None, on: EARLY, skipped });
}

#[test]
fn what_is_collected_and_what_is_not() {
    type Change = fn(&mut Dossier, &mut Administration);
    let on = date(2026, 9, 2);
    let table: [(&str, Change, Option<&str>); 25] = [
        ("nothing is in the way", |_, _| {}, None),
        ("it is off", |_, a| a.direct_debit.enabled = false, Some("direct_debit_off")),
        ("nobody gave an identifier", |_, a| a.direct_debit.creditor_id = None, Some("direct_debit_off")),
        ("no mandate", |d, _| d.mandates.clear(), Some("no_mandate")),
        ("withdrawn", |d, _| d.mandates[0].state = MandateState::Withdrawn { on: EARLY }, Some("no_mandate")),
        ("used up", |d, _| d.mandates[0].state = MandateState::Used { on: EARLY }, Some("no_mandate")),
        ("lapses today", |d, _| d.mandates[0].signed_on = date(2023, 9, 2), None),
        ("lapsed yesterday", |d, _| d.mandates[0].signed_on = date(2023, 9, 1), Some("mandate_lapsed")),
        ("signed on the day of issue", |d, _| d.mandates[0].signed_on = ISSUED, None),
        ("signed a day later", |d, _| d.mandates[0].signed_on = EARLY, Some("issued_before_mandate")),
        ("all but a cent paid", |d, _| pay(d, "i1", 120_99, BookingKind::Payment), None),
        ("all paid", |d, _| pay(d, "i1", 121_00, BookingKind::Payment), Some("nothing_open")),
        (
            "a credit note",
            |d, _| d.invoices.get_mut(&i1()).unwrap().kind = InvoiceKind::CreditNote,
            Some("nothing_open"),
        ),
        (
            "credit of a cent less than is open",
            |d, _| {
                let source = CreditSource::Payment(PaymentId::parse("p").unwrap());
                d.set_credit(source, Money::from_cents(241_99));
            },
            None,
        ),
        (
            "credit for all that is open",
            |d, _| {
                let source = CreditSource::Payment(PaymentId::parse("p").unwrap());
                d.set_credit(source, Money::from_cents(242_00));
            },
            Some("covered_by_credit"),
        ),
        ("in a plan", |d, _| hold(d, HoldReason::PaymentPlan { plan: d1().plan(1) }), Some("in_plan")),
        ("disputed", |d, _| hold(d, HoldReason::Dispute { dispute: d1().dispute(1) }), Some("disputed")),
        ("promised", |d, _| hold(d, HoldReason::Promise { promise: d1().promise(1) }), Some("promised")),
        ("held", |d, _| hold(d, HoldReason::Asked { text: "x".into() }), Some("held")),
        ("a reminder left", |d, _| step(d, StepKind::Reminder, false), Some("followed_up")),
        ("a reminder was skipped", |d, _| step(d, StepKind::Reminder, true), None),
        ("ready for the bailiff", |d, _| step(d, StepKind::ReadyForBailiff, false), Some("handed_over")),
        ("announced", |d, _| debit(d, DebitState::Announced), Some("under_way")),
        (
            "came back",
            |d, _| debit(d, DebitState::Returned { on: EARLY, code: "AM04".into() }),
            Some("returned_before"),
        ),
        ("was cancelled", |d, _| debit(d, DebitState::Cancelled { on: EARLY, reason: "held".into() }), None),
    ];
    for (name, change, expected) in table {
        let (mut dossier, mut administration) = (dossier(), administration());
        change(&mut dossier, &mut administration);
        let invoice = &dossier.invoices[&i1()];
        let found = collectable(&dossier, &administration, invoice, at(on));
        assert_eq!(found.err().map(NotCollected::code), expected, "{name}");
    }
}

/// What happened, and what tasks are about.
fn told(draft: &Draft) -> Vec<String> {
    let name = |e: &Event| match e {
        Event::TaskOpened { about, .. } => format!("task {about}"),
        Event::DebitCancelled { reason, .. } => format!("cancelled: {reason}"),
        other => other.name().to_owned(),
    };
    draft.entries().iter().map(|e| name(&e.event)).collect()
}

/// The same dossier on a later day.
fn on(draft: Draft, day: Date) -> Draft {
    signal_cases::draft(&draft.dossier, day)
}

fn announced() -> Draft {
    let mut draft = draft(&dossier(), EARLY);
    announce(&mut draft, &administration());
    draft
}

fn batch() -> BatchId {
    BatchId::of(SUBMITTED, 1)
}

/// Both invoices are in a batch, with their entries.
fn batched(dossier: &Dossier) -> (Draft, Vec<BatchEntry>) {
    let mut draft = draft(dossier, EARLY);
    announce(&mut draft, &administration());
    let mut draft = on(draft, SUBMITTED);
    let mut entries = Vec::new();
    for number in [1, 2] {
        let id = d1().debit(number);
        assert_eq!(weigh(&mut draft, &administration(), &id), Weighed::Stands);
        entries.push(join(&mut draft, &administration(), &id, &batch()).unwrap());
    }
    (draft, entries)
}

#[test]
fn an_announced_invoice_is_held_until_a_week_after_its_day_and_announced_once() {
    let mut draft = announced();
    assert_eq!(told(&draft), ["DebitAnnounced", "HoldPlaced", "DebitAnnounced", "HoldPlaced"]);
    let debit = &draft.dossier.debits[0];
    assert_eq!((debit.collect_on, debit.submit_on), (COLLECTED, SUBMITTED));
    assert_eq!(draft.dossier.holds[0].review_on, Some(date(2026, 9, 10)));
    let before = draft.dossier.clone();
    announce(&mut draft, &administration());
    assert_eq!(draft.dossier, before);
    assert_eq!(wake_at(&before, &administration(), at(EARLY)), None);
    assert_eq!(wake_at(&dossier(), &administration(), at(EARLY)), Some(at(EARLY)));
}

#[test]
fn a_debtor_with_many_invoices_is_announced_in_parts() {
    let mut dossier = dossier();
    let first = dossier.invoices[&i1()].clone();
    for number in 0..20 {
        let id = InvoiceId::parse(&format!("more-{number}")).unwrap();
        dossier.invoices.insert(id.clone(), crate::invoice::Invoice { id, ..first.clone() });
    }
    let mut draft = draft(&dossier, EARLY);
    let mut counts = Vec::new();
    while wake_at(&draft.dossier, &administration(), at(EARLY)).is_some() {
        announce(&mut draft, &administration());
        counts.push(draft.dossier.debits.len());
    }
    assert_eq!(counts, [MOST_AT_ONCE, 22]);
}

#[test]
fn what_comes_in_between_wins() {
    type Change = fn(&mut Dossier, &mut Administration);
    let table: [(&str, Change, &str); 9] = [
        ("held", |d, _| hold(d, HoldReason::Asked { text: "x".into() }), "cancelled: held"),
        ("disputed", |d, _| hold(d, HoldReason::Dispute { dispute: d1().dispute(1) }), "cancelled: disputed"),
        ("paid", |d, _| pay(d, "i1", 121_00, BookingKind::Payment), "cancelled: nothing_open"),
        ("ended", |d, _| d.mandates.clear(), "cancelled: no_mandate"),
        (
            "due a day later than it is collected",
            |d, _| d.invoices.get_mut(&i1()).unwrap().due_date = date(2026, 9, 4),
            "cancelled: due_later",
        ),
        ("due on the day", |d, _| d.invoices.get_mut(&i1()).unwrap().due_date = COLLECTED, "stands"),
        ("off", |_, a| a.direct_debit.enabled = false, "cancelled: direct_debit_off"),
        ("paid in part", |d, _| pay(d, "i1", 21_00, BookingKind::Payment), "stands"),
        ("too early", |d, _| d.debits[0].submit_on = date(2026, 9, 3), "not due"),
    ];
    for (name, change, expected) in table {
        let (mut dossier, mut administration) = (announced().dossier, administration());
        change(&mut dossier, &mut administration);
        let mut draft = draft(&dossier, SUBMITTED);
        let found = match weigh(&mut draft, &administration, &d1().debit(1)) {
            Weighed::Stands => "stands".to_owned(),
            Weighed::NotDue => "not due".to_owned(),
            Weighed::Cancelled(why) => format!("cancelled: {}", why.code()),
        };
        assert_eq!(found, expected, "{name}");
        let lifted = usize::from(found.starts_with("cancelled"));
        let still = |h: &&crate::hold::Hold| is_debits(h) && h.stands_at(at(SUBMITTED));
        assert_eq!(draft.dossier.holds.iter().filter(still).count(), 2 - lifted, "{name}");
    }
}

fn is_debits(hold: &crate::hold::Hold) -> bool {
    matches!(hold.reason, HoldReason::DirectDebit { .. })
}

#[test]
fn not_more_is_collected_than_was_announced_than_is_open_and_than_is_owed() {
    type Change = fn(&mut Dossier);
    let table: [(&str, Change, [&str; 2]); 4] = [
        ("as announced", |_| {}, ["121.00", "121.00"]),
        ("paid in part", |d| pay(d, "i1", 21_00, BookingKind::Payment), ["100.00", "121.00"]),
        (
            "more is open than was announced",
            |d| d.invoices.get_mut(&i1()).unwrap().total = Money::from_cents(200_00),
            ["121.00", "121.00"],
        ),
        (
            "credit for a part of one",
            |d| {
                let source = CreditSource::Payment(PaymentId::parse("p").unwrap());
                d.set_credit(source, Money::from_cents(50_00));
            },
            ["121.00", "71.00"],
        ),
    ];
    for (name, change, expected) in table {
        let mut dossier = announced().dossier;
        change(&mut dossier);
        let mut draft = draft(&dossier, SUBMITTED);
        let amounts = [1, 2].map(|number| {
            let id = d1().debit(number);
            assert_eq!(weigh(&mut draft, &administration(), &id), Weighed::Stands, "{name}");
            join(&mut draft, &administration(), &id, &batch()).unwrap().amount.to_string()
        });
        assert_eq!(amounts, expected, "{name}");
    }
}

#[test]
fn the_first_collection_is_a_first_and_those_after_it_are_recurrent() {
    let (draft, entries) = batched(&dossier());
    assert_eq!(
        entries.iter().map(|e| e.sequence).collect::<Vec<_>>(),
        [Sequence::First, Sequence::Recurrent]
    );
    assert_eq!(draft.dossier.mandates[0].last_used_on, Some(COLLECTED));
}

#[test]
fn a_mandate_for_one_collection_is_used_up_by_it() {
    let mut dossier = dossier();
    dossier.mandates[0].kind = MandateKind::OneOff;
    let mut draft = draft(&dossier, EARLY);
    announce(&mut draft, &administration());
    let mut draft = on(draft, SUBMITTED);
    let entry = join(&mut draft, &administration(), &d1().debit(1), &batch()).unwrap();
    assert_eq!(entry.sequence, Sequence::OneOff);
    assert_eq!(draft.dossier.mandates[0].state, MandateState::Used { on: COLLECTED });
    assert_eq!(told(&draft), ["DebitBatched", "cancelled: no_mandate", "HoldLifted"]);
}

#[test]
fn a_changed_account_is_told_to_the_bank_once() {
    let mut dossier = dossier();
    dossier.mandates[0].last_used_on = Some(date(2026, 8, 3));
    dossier.mandates[0].amended_from = Some("NL20INGB0001234567".into());
    let (draft, entries) = batched(&dossier);
    let from: Vec<Option<&str>> = entries.iter().map(|e| e.amended_from.as_deref()).collect();
    assert_eq!(from, [Some("NL20INGB0001234567"), None]);
    assert_eq!(draft.dossier.mandates[0].amended_from, None);
}

#[test]
fn a_rejected_batch_leaves_nothing_behind_and_is_announced_anew() {
    let mut before = dossier();
    before.mandates[0].last_used_on = Some(date(2026, 8, 3));
    let (draft, entries) = batched(&before);
    let mut draft = on(draft, COLLECTED);
    for entry in entries.iter().rev() {
        release(&mut draft, &administration(), entry, COLLECTED);
    }
    assert_eq!(draft.dossier.mandates[0].last_used_on, Some(date(2026, 8, 3)));
    let days: Vec<_> =
        draft.dossier.debits.iter().map(|d| (d.is_announced(), d.submit_on, d.collect_on)).collect();
    // A Friday.
    assert_eq!(days, [(true, COLLECTED, date(2026, 9, 4)); 2]);
    let once = draft.dossier.clone();
    release(&mut draft, &administration(), &entries[0], COLLECTED);
    assert_eq!(draft.dossier, once);
}

#[test]
fn money_that_came_in_ends_the_collection() {
    let (draft, _) = batched(&dossier());
    let mut dossier = draft.dossier;
    pay(&mut dossier, "i1", 120_99, BookingKind::Payment);
    let mut first = signal_cases::draft(&dossier, COLLECTED);
    settle(&mut first);
    assert_eq!(told(&first), [""; 0]);
    pay(&mut dossier, "i1", 1, BookingKind::Payment);
    let mut second = signal_cases::draft(&dossier, COLLECTED);
    settle(&mut second);
    assert_eq!(told(&second), ["DebitCollected", "HoldLifted"]);
    assert_eq!(second.dossier.debits[0].state, DebitState::Collected { on: COLLECTED });
}

#[test]
fn each_reason_of_a_return_is_treated_by_the_policy() {
    let (batched, entries) = batched(&dossier());
    let back_on = date(2026, 9, 4);
    for (code, treatment) in
        KNOWN.iter().map(|(code, t, _)| (*code, *t)).chain([("XX99", Treatment::AskPerson)])
    {
        let mut draft = signal_cases::draft(&batched.dossier, back_on);
        let came_back = EntryReturn { code: code.to_owned(), on: back_on };
        assert_eq!(returned(&mut draft, &administration(), &entries[0], &came_back), treatment, "{code}");
        let mandate_ended = !draft.dossier.mandates[0].is_active();
        let tasks: Vec<&str> = draft.dossier.tasks.iter().map(|t| t.about.as_str()).collect();
        let again = draft.dossier.debits.iter().find(|d| d.is_announced());
        let expected: (bool, &[&str], Option<(Date, u16)>) = match treatment {
            // Five days later is Wednesday the 9th.
            Treatment::Retry => (false, &[], Some((date(2026, 9, 9), 2))),
            Treatment::FollowUp => (false, &[], None),
            Treatment::EndMandate => (true, &[MANDATE_ENDED], None),
            Treatment::AskPerson => (false, &[DEBIT_RETURNED], None),
        };
        let again = again.map(|d| (d.collect_on, d.attempt));
        assert_eq!((mandate_ended, tasks.as_slice(), again), expected, "{code}");
        let of_everything = |h: &&crate::hold::Hold| h.covers == Covers::Everything;
        let held = draft.dossier.holds.iter().filter(of_everything).count();
        assert_eq!(held, usize::from(code == "MD07"), "{code}: nothing is sent to somebody who died");
    }
}

#[test]
fn an_invoice_is_collected_once_more_as_often_as_the_settings_say() {
    for (most, attempt, again) in [(0, 1, false), (1, 1, true), (1, 2, false), (3, 3, true), (3, 4, false)] {
        let (batched, mut entries) = batched(&dossier());
        entries[0].attempt = attempt;
        let mut administration = administration();
        administration.direct_debit.most_retries = most;
        let mut draft = on(batched, date(2026, 9, 4));
        let came_back = EntryReturn { code: "AM04".to_owned(), on: date(2026, 9, 4) };
        returned(&mut draft, &administration, &entries[0], &came_back);
        assert_eq!(draft.dossier.debits.iter().any(Debit::is_announced), again, "{most}, attempt {attempt}");
    }
}
