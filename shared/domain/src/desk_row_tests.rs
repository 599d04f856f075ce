use jiff::civil::date;

use super::*;
use crate::administration::Sector;
use crate::calendar::plus_days;
use crate::ids::{HoldId, InvoiceId};
use crate::invoice::{BookingKind, Invoice};
use crate::signal_cases::{self, DAY, at, dossier, pay, sent};
use crate::step::SignalKind;

fn row(dossier: &Dossier, on: Date) -> DeskRow {
    DeskRow::of(dossier, &signal_cases::administration(Sector::Energy), at(on)).unwrap()
}

fn invoice<'a>(dossier: &'a mut Dossier, id: &str) -> &'a mut Invoice {
    dossier.invoices.get_mut(&InvoiceId::parse(id).unwrap()).unwrap()
}

fn sum(invoices: u32, cents: i64) -> Sum {
    Sum { invoices, amount: Money::from_cents(cents) }
}

fn task(dossier: &mut Dossier, about: &str, on: Date) {
    dossier.counts.tasks += 1;
    let id = dossier.debtor.id.task(dossier.counts.tasks);
    dossier.tasks.push(Task { id, opened_at: at(on), about: about.into(), subject: "d1".into() });
}

#[test]
fn a_row_says_what_is_open_when_it_is_due_and_how_far_follow_up_is() {
    let mut dossier = dossier();
    invoice(&mut dossier, "i2").due_date = date(2026, 11, 1);
    invoice(&mut dossier, "i2").steps.clear();
    pay(&mut dossier, "i1", 21_00, BookingKind::Payment);
    let row = row(&dossier, DAY);
    assert_eq!((row.outstanding, row.open_invoices()), (Money::from_cents(221_00), 2));
    assert_eq!(
        row.due,
        [(DueOn::Day(date(2026, 9, 1)), sum(1, 100_00)), (DueOn::Day(date(2026, 11, 1)), sum(1, 121_00)),]
    );
    assert_eq!(
        row.phases,
        [(Phase::Begins, sum(1, 121_00)), (Phase::After(StepKind::FinalReminder), sum(1, 100_00))]
    );
    for (day, overdue) in [
        (date(2026, 9, 1), 0),
        (date(2026, 9, 2), 100_00),
        (date(2026, 11, 1), 100_00),
        (date(2026, 11, 2), 221_00),
    ] {
        assert_eq!(row.overdue(day), Money::from_cents(overdue), "{day}");
    }
}

#[test]
fn buckets_begin_the_day_after_the_one_before_ends() {
    let due = date(2026, 9, 1);
    let table = [
        (-400, Bucket::NotDue),
        (-1, Bucket::NotDue),
        (0, Bucket::NotDue),
        (1, Bucket::To30),
        (30, Bucket::To30),
        (31, Bucket::To60),
        (60, Bucket::To60),
        (61, Bucket::To90),
        (90, Bucket::To90),
        (91, Bucket::Oldest),
        (4_000, Bucket::Oldest),
    ];
    for (days, bucket) in table {
        let on = plus_days(due, days);
        assert_eq!(DueOn::Day(due).bucket(on), bucket, "{days}");
        // What a row was made of long ago says the same as one that is made today.
        assert_eq!(DueOn::of(due, on).bucket(on), bucket, "{days}");
        assert_eq!(DueOn::of(due, on).bucket(plus_days(on, 100)), DueOn::Day(due).bucket(plus_days(on, 100)));
    }
}

#[test]
fn what_was_agreed_says_more_than_the_last_step() {
    use crate::dispute::{Decision, DisputeState};
    let phases = |dossier: &Dossier| {
        let row = row(dossier, DAY);
        row.phases.iter().map(|(phase, sum)| (*phase, sum.invoices)).collect::<Vec<_>>()
    };
    let mut disputed = dossier();
    signal_cases::dispute(&mut disputed, "i1", DisputeState::Open);
    let final_reminder = Phase::After(StepKind::FinalReminder);
    assert_eq!(phases(&disputed), [(final_reminder, 1), (Phase::Disputed, 1)]);
    disputed.disputes[0].state = DisputeState::Settled { decision: Some(Decision::Rejected), at: at(DAY) };
    assert_eq!(phases(&disputed), [(final_reminder, 2)]);

    let mut planned = dossier();
    signal_cases::plan(&mut planned, PlanState::Proposed);
    assert_eq!(phases(&planned), [(final_reminder, 2)], "it waits for the desk");
    planned.plans[0].state = PlanState::Active { since: at(DAY) };
    assert_eq!(phases(&planned), [(Phase::InPlan, 2)]);

    let mut handed_over = dossier();
    let case = handed_over.debtor.id.case(1);
    handed_over.case = Some(case.clone());
    handed_over.holds.push(crate::hold::Hold {
        id: HoldId::parse("d1.h1").unwrap(),
        scope: crate::hold::HoldScope::Case(case),
        covers: crate::hold::Covers::Everything,
        reason: HoldReason::HandedOver { bailiff: "x".into() },
        by: "desk".into(),
        placed_at: at(DAY),
        until: None,
        review_on: None,
        lifted_at: None,
        review_asked: false,
        request: None,
    });
    assert_eq!(phases(&handed_over), [(Phase::HandedOver, 2)]);
}

#[test]
fn each_thing_that_waits_is_in_one_list() {
    use crate::dispute::DisputeState;
    let mut dossier = dossier();
    assert_eq!(row(&dossier, DAY).needs, BTreeMap::new());
    signal_cases::dispute(&mut dossier, "i1", DisputeState::Open);
    signal_cases::plan(&mut dossier, PlanState::Proposed);
    task(&mut dossier, dispute::DISPUTE, DAY);
    task(&mut dossier, planning::PLAN_DECISION, DAY);
    task(&mut dossier, CALL, DAY);
    task(&mut dossier, "notice_failed", plus_days(DAY, 1));
    task(&mut dossier, ADDRESS_FAILED, plus_days(DAY, -1));
    task(&mut dossier, "hold_review", DAY);
    sent(&mut dossier, SignalKind::Early, DAY);
    dossier.signals[0].state = SignalState::Prepared { released: false };
    let needs = row(&dossier, DAY).needs;
    let found: Vec<(Need, u32)> = needs.iter().map(|(need, waiting)| (*need, waiting.things)).collect();
    let expected = [
        (Need::Task, 1),
        (Need::Call, 1),
        (Need::Dispute, 1),
        (Need::Plan, 1),
        (Need::Signal, 1),
        (Need::Failure, 2),
    ];
    assert_eq!(found, expected);
    assert_eq!(needs[&Need::Failure].since, at(plus_days(DAY, -1)), "since the first of them");
    dossier.signals[0].state = SignalState::Prepared { released: true };
    dossier.tasks.retain(|t| t.about != CALL);
    let needs = row(&dossier, DAY).needs;
    assert!(!needs.contains_key(&Need::Signal) && !needs.contains_key(&Need::Call));
}

#[test]
fn a_row_says_what_happens_next_or_why_nothing_does() {
    let mut dossier = dossier();
    dossier.debtor.emails = vec![crate::debtor::EmailAddress::parse("j@example.nl").unwrap()];
    for id in ["i1", "i2"] {
        invoice(&mut dossier, id).steps.clear();
    }
    let RowNext::Step { kind, on } = row(&dossier, DAY).next else { panic!("a reminder is due") };
    assert!(kind == StepKind::Reminder && on >= DAY, "{kind:?} on {on}");
    for id in ["i1", "i2"] {
        pay(&mut dossier, id, 121_00, BookingKind::Payment);
    }
    let nothing = RowNext::Nothing { reason: "nothing_open".into(), until: None };
    assert_eq!(row(&dossier, DAY).next, nothing);
}

#[test]
fn a_debtor_who_was_deleted_has_no_row() {
    let mut dossier = dossier();
    dossier.deleted_at = Some(at(DAY));
    assert_eq!(DeskRow::of(&dossier, &signal_cases::administration(Sector::Energy), at(DAY)), None);
}

#[test]
fn names_are_read_back_and_nothing_else_is() {
    for phase in Phase::all() {
        assert_eq!(Phase::named(phase.name()), Some(phase));
    }
    for need in Need::all() {
        assert_eq!(need.name().parse(), Ok(need));
    }
    assert_eq!(Need::all().count(), 6);
    for strange in ["", "Tasks", "task", "outstanding"] {
        assert_eq!(strange.parse::<Need>(), Err(NeedError), "{strange}");
        assert_eq!(Phase::named(strange), None, "{strange}");
    }
}
