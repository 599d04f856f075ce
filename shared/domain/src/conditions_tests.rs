use jiff::civil::date;

use super::*;
use crate::administration::Sector;
use crate::dispute::{Decision, DisputeState};
use crate::feedback::Outcome;
use crate::hold::{Covers, HoldReason, HoldScope};
use crate::invoice::BookingKind;
use crate::plan::PlanState;
use crate::promise::PromiseState;
use crate::signal_cases::{
    DAY, administration, at, dispute, dossier, draft, notice, pay, plan, promise, report, sent,
};

type Change = fn(&mut Dossier, &mut Administration);

/// Conditions that fail, each with the day on which time makes it hold.
type Failing = Vec<(&'static str, Option<Date>)>;

/// What fails after a change.
fn failing(kind: SignalKind, sector: Sector, on: Date, change: Change) -> Failing {
    let (mut dossier, mut administration) = (dossier(), administration(sector));
    change(&mut dossier, &mut administration);
    let found = conditions(&dossier, &administration, kind, at(on));
    found.into_iter().filter(|c| !c.holds).map(|c| (c.name, c.holds_on)).collect()
}

fn early(on: Date, change: Change) -> Failing {
    failing(SignalKind::Early, Sector::Energy, on, change)
}

fn first(dossier: &mut Dossier) -> &mut Invoice {
    dossier.invoices.values_mut().next().unwrap()
}

#[test]
fn nothing_fails_for_a_debtor_who_was_reminded_as_the_law_asks() {
    for sector in [Sector::Energy, Sector::Heat, Sector::Water, Sector::Rent, Sector::HealthInsurance] {
        assert_eq!(failing(SignalKind::Early, sector, DAY, |_, _| {}), [], "{sector:?}");
    }
}

#[test]
fn each_number_below_at_and_above_its_boundary() {
    // What is changed, and what fails then.
    let table: [(&str, Change, &[&str]); 17] = [
        (
            "one cent too little",
            |_, a| a.early.minimum_outstanding = Money::from_cents(242_01),
            &["minimumOutstanding"],
        ),
        ("just enough", |_, a| a.early.minimum_outstanding = Money::from_cents(242_00), &[]),
        ("more than enough", |_, a| a.early.minimum_outstanding = Money::from_cents(241_99), &[]),
        (
            "one final reminder too few",
            |_, a| a.early.minimum_final_reminders = 3,
            &["minimumFinalReminders"],
        ),
        ("enough final reminders", |_, a| a.early.minimum_final_reminders = 2, &[]),
        ("one final reminder to spare", |_, a| a.early.minimum_final_reminders = 1, &[]),
        (
            "one reminder too few",
            |_, a| a.early.minimum_reminders = 4,
            &["minimumReminders", "remindersApart"],
        ),
        ("enough reminders", |_, a| a.early.minimum_reminders = 3, &[]),
        ("one reminder to spare", |_, a| a.early.minimum_reminders = 2, &[]),
        ("one effort too few", |_, a| a.early.minimum_contact_efforts = 4, &["minimumContactEfforts"]),
        ("enough efforts", |_, a| a.early.minimum_contact_efforts = 3, &[]),
        ("one day too early", |_, a| a.early.minimum_days = 36, &["minimumDaysInArrears"]),
        ("on the day", |_, a| a.early.minimum_days = 35, &[]),
        ("a day later", |_, a| a.early.minimum_days = 34, &[]),
        ("a day too late", |_, a| a.early.maximum_days = Some(34), &["maximumDaysInArrears"]),
        ("on the last day", |_, a| a.early.maximum_days = Some(35), &[]),
        ("a day before the last", |_, a| a.early.maximum_days = Some(36), &[]),
    ];
    for (what, change, expected) in table {
        let names: Vec<&str> = early(DAY, change).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected, "{what}");
    }
}

#[test]
fn reminders_count_for_energy_and_heat_with_fourteen_days_between_them() {
    let move_second: [(&str, Change, bool); 4] = [
        ("13 days", |d, _| d.notices[1] = notice(2, StepKind::Reminder, date(2026, 9, 21)), false),
        ("14 days", |d, _| d.notices[1] = notice(2, StepKind::Reminder, date(2026, 9, 22)), true),
        ("15 days, then 13", |d, _| d.notices[1] = notice(2, StepKind::Reminder, date(2026, 9, 23)), false),
        (
            "one in between takes nothing away",
            |d, _| d.notices.push(notice(4, StepKind::Reminder, date(2026, 9, 15))),
            true,
        ),
    ];
    for (what, change, holds) in move_second {
        let expected: &[(&str, Option<Date>)] = if holds { &[] } else { &[("remindersApart", None)] };
        assert_eq!(early(DAY, change), expected, "{what}");
        assert_eq!(failing(SignalKind::Early, Sector::Heat, DAY, change), expected, "{what}");
        assert_eq!(failing(SignalKind::Early, Sector::Water, DAY, change), [], "{what}");
    }
}

#[test]
fn energy_and_heat_offer_an_arrangement_first() {
    let silent: Change = |d, _| {
        d.notices.iter_mut().for_each(|n| n.evidence.retain(|e| *e != Evidence::ArrangementOffer));
    };
    for (sector, fails) in
        [(Sector::Energy, true), (Sector::Heat, true), (Sector::Water, false), (Sector::Rent, false)]
    {
        let found = failing(SignalKind::Early, sector, DAY, silent);
        assert_eq!(!found.is_empty(), fails, "{sector:?} {found:?}");
    }
}

#[test]
fn time_alone_makes_some_conditions_hold_and_the_day_is_named() {
    let day = |d: Date| Some(d);
    let table: [(&str, Change, Failing); 6] = [
        (
            "too young",
            |_, a| a.early.minimum_days = 40,
            vec![("minimumDaysInArrears", day(date(2026, 10, 11)))],
        ),
        (
            "an invoice that is not due yet makes it enough",
            |d, _| {
                pay(d, "i2", 30_00, BookingKind::Payment);
                first(d).due_date = date(2026, 10, 6);
            },
            vec![("minimumOutstanding", day(date(2026, 10, 7)))],
        ),
        (
            "a hold that ends",
            |d, _| {
                let mut draft = draft(d, DAY);
                let asked = HoldReason::Asked { text: "x".into() };
                let until = Some(date(2026, 10, 9));
                crate::holding::place(&mut draft, HoldScope::Debtor, Covers::Reminders, asked, until, None);
                *d = draft.dossier;
            },
            vec![("notOnHold", day(date(2026, 10, 10)))],
        ),
        (
            "signalled before",
            |d, _| {
                sent(d, SignalKind::Early, date(2026, 6, 15));
            },
            vec![("notSignalledRecently", day(date(2026, 12, 15)))],
        ),
        (
            "too late for a health insurer",
            |_, a| a.early.maximum_days = Some(30),
            vec![("maximumDaysInArrears", None)],
        ),
        ("a plan", |d, _| plan(d, PlanState::Proposed), vec![("noActivePlan", None)]),
    ];
    for (what, change, expected) in table {
        assert_eq!(early(DAY, change), expected, "{what}");
    }
}

#[test]
fn the_same_arrears_are_signalled_again_after_six_months_or_when_they_rose() {
    let signalled: Change = |d, _| {
        sent(d, SignalKind::Early, DAY);
    };
    let again = date(2027, 4, 6);
    let blocked = [("notSignalledRecently", Some(again))];
    assert_eq!(early(date(2027, 4, 5), signalled), blocked);
    assert_eq!(early(again, signalled), []);
    // Risen, but by an invoice that got no final reminder yet; and risen by one that did.
    assert_eq!(
        early(date(2026, 11, 6), |d, _| {
            sent(d, SignalKind::Early, DAY).arrears_since.unwrap();
            d.signals[0].arrears = Money::from_cents(200_00);
        }),
        blocked
    );
    assert_eq!(
        early(date(2026, 11, 6), |d, _| {
            sent(d, SignalKind::Early, DAY);
            d.signals[0].arrears = Money::from_cents(200_00);
            first(d).steps[0].on = date(2026, 11, 5);
        }),
        []
    );
    // One that went to the wrong municipality told nothing.
    assert_eq!(
        early(date(2026, 11, 6), |d, _| {
            sent(d, SignalKind::Early, DAY);
            d.signals[0].feedback.push(report("f1", DAY, Outcome::NotResident));
        }),
        []
    );
}

#[test]
fn plans_and_promises_that_run_stand_in_the_way_and_those_that_ended_do_not() {
    let runs = |change: Change| early(DAY, change) == [("noActivePlan", None)];
    assert!(runs(|d, _| plan(d, PlanState::Proposed)));
    assert!(runs(|d, _| plan(d, PlanState::Active { since: at(DAY) })));
    assert!(runs(|d, _| promise(d, PromiseState::Open)));
    let over: [Change; 7] = [
        |d, _| plan(d, PlanState::Rejected { reason: "x".into() }),
        |d, _| plan(d, PlanState::Finished { at: at(DAY) }),
        |d, _| plan(d, PlanState::Broken { at: at(DAY), instalment: 1 }),
        |d, _| plan(d, PlanState::Ended { at: at(DAY), reason: "x".into() }),
        |d, _| promise(d, PromiseState::Kept),
        |d, _| promise(d, PromiseState::Broken),
        |d, _| promise(d, PromiseState::Withdrawn),
    ];
    for change in over {
        assert_eq!(early(DAY, change), []);
    }
}

#[test]
fn what_is_disputed_or_held_by_itself_is_neither_arrears_nor_finally_reminded() {
    let out: [(&str, Change); 4] = [
        ("a dispute", |d, _| dispute(d, "i1", DisputeState::Open)),
        ("a credit that is awaited", |d, _| {
            let decision = Decision::Accepted;
            dispute(
                d,
                "i1",
                DisputeState::AwaitingCredit { decision, decided_at: at(DAY), credited_then: Money::ZERO },
            );
        }),
        ("a hold of the desk on the invoice", |d, _| {
            let mut draft = draft(d, DAY);
            let scope = HoldScope::Invoice(d.invoices.keys().next().unwrap().clone());
            let asked = HoldReason::Asked { text: "x".into() };
            crate::holding::place(&mut draft, scope, Covers::Reminders, asked, None, None);
            *d = draft.dossier;
        }),
        ("paid", |d, _| pay(d, "i1", 121_00, BookingKind::Payment)),
    ];
    for (what, change) in out {
        assert_eq!(early(DAY, change), [("minimumFinalReminders", None)], "{what}");
        let (mut dossier, mut administration) = (dossier(), administration(Sector::Energy));
        change(&mut dossier, &mut administration);
        assert_eq!(arrears(&dossier, at(DAY)), Money::from_cents(121_00), "{what}");
    }
    let settled: Change = |d, _| dispute(d, "i1", DisputeState::Settled { decision: None, at: at(DAY) });
    assert_eq!(early(DAY, settled), []);
}

#[test]
fn an_objection_does_what_the_sector_says() {
    let object: Change = |d, _| d.early_signalling.enabled = false;
    let blocks = |kind, sector| failing(kind, sector, DAY, object).iter().any(|(n, _)| *n == "notOptedOut");
    for (sector, crisis) in [
        (Sector::Energy, false),
        (Sector::Heat, false),
        (Sector::Water, true),
        (Sector::Rent, true),
        (Sector::HealthInsurance, true),
    ] {
        assert!(blocks(SignalKind::Early, sector), "{sector:?}");
        assert_eq!(blocks(SignalKind::Crisis, sector), crisis, "{sector:?}");
    }
}

#[test]
fn a_crisis_signal_waits_four_weeks_after_an_early_one_that_reached_somebody() {
    let crisis = |on, change| failing(SignalKind::Crisis, Sector::Energy, on, change);
    let announced: Change = |d, _| announce(d);
    let early_sent: Change = |d, _| {
        announce(d);
        sent(d, SignalKind::Early, DAY);
    };
    let over = date(2026, 11, 3);
    assert_eq!(crisis(DAY, announced), [("earlySignalFirst", None)]);
    assert_eq!(crisis(date(2026, 11, 2), early_sent), [("earlySignalFirst", Some(over))]);
    assert_eq!(crisis(over, early_sent), []);
    let moved: Change = |d, _| {
        announce(d);
        sent(d, SignalKind::Early, DAY);
        d.signals[0].feedback.push(report("f1", DAY, Outcome::NotResident));
    };
    assert_eq!(crisis(over, moved), [("earlySignalFirst", None)]);
}

#[test]
fn a_crisis_signal_follows_an_announcement_about_what_is_still_open() {
    let crisis = |change| failing(SignalKind::Crisis, Sector::Energy, date(2026, 11, 3), change);
    let silent: Change = |d, _| {
        sent(d, SignalKind::Early, DAY);
    };
    assert_eq!(crisis(silent), [("endOfServiceAnnounced", None)]);
    let one_paid: Change = |d, a| {
        announce(d);
        sent(d, SignalKind::Early, DAY);
        a.crisis.minimum_outstanding = Money::from_cents(100_00);
        a.crisis.minimum_final_reminders = 1;
        pay(d, "i1", 121_00, BookingKind::Payment);
    };
    assert_eq!(crisis(one_paid), [], "the other invoice was announced as well");
    let what_was_announced_paid: Change = |d, a| {
        announce(d);
        d.notices.last_mut().unwrap().lines.retain(|l| l.invoice.to_string() == "i1");
        sent(d, SignalKind::Early, DAY);
        a.crisis.minimum_outstanding = Money::from_cents(100_00);
        a.crisis.minimum_final_reminders = 1;
        pay(d, "i1", 121_00, BookingKind::Payment);
    };
    assert_eq!(crisis(what_was_announced_paid), [("endOfServiceAnnounced", None)]);
}

/// The announcement of the end of service about both invoices.
fn announce(dossier: &mut Dossier) {
    dossier.notices.push(notice(4, StepKind::EndOfServiceAnnouncement, DAY));
}
