use super::*;
use crate::feedback::Outcome;
use crate::plan::PlanState;
use crate::promise::PromiseState;
use crate::signal::SignalState;
use crate::signal_cases::{DAY, administration, at, dossier, plan, promise, report, sent};

type Change = fn(&mut Dossier, &mut Administration);

/// The first lawful day, seen on `on`, after a change.
fn earliest_on(sector: Sector, on: Date, change: Change) -> Result<Date, &'static str> {
    let (mut dossier, mut administration) = (dossier(), administration(sector));
    change(&mut dossier, &mut administration);
    earliest(&dossier, &administration, at(on))
}

/// An early signal on 2 February 2027 and a crisis signal on this day.
fn signalled(dossier: &mut Dossier, crisis: Date) {
    sent(dossier, SignalKind::Early, date(2027, 2, 2));
    sent(dossier, SignalKind::Crisis, crisis);
}

#[test]
fn twenty_whole_working_days_lie_between() {
    let table = [
        // (from, whole working days, first day)
        (date(2026, 11, 2), 0, date(2026, 11, 3)),
        (date(2026, 11, 6), 0, date(2026, 11, 9)), // a Friday
        (date(2026, 11, 2), 19, date(2026, 11, 30)),
        (date(2026, 11, 2), 20, date(2026, 12, 1)),
        (date(2026, 12, 7), 20, date(2027, 1, 7)), // Christmas on a Friday and New Year's Day
        (date(2027, 3, 22), 20, date(2027, 4, 22)), // Good Friday and Easter Monday
        (date(2027, 4, 12), 20, date(2027, 5, 14)), // King's Day, Liberation Day and Ascension Day
    ];
    for (from, days, expected) in table {
        assert_eq!(after_working_days(from, days), expected, "{from} {days}");
        let between = |day: &Date| *day > from && *day < expected && is_working_day(*day);
        let found = from.series(jiff::ToSpan::days(1)).take(60).filter(between).count();
        assert_eq!(found, usize::from(days), "{from}");
    }
}

#[test]
fn the_winter_stop_covers_october_to_march() {
    let table = [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2027, 4, 1)),
        (date(2026, 12, 31), date(2027, 4, 1)),
        (date(2027, 1, 1), date(2027, 4, 1)),
        (date(2027, 3, 31), date(2027, 4, 1)),
        (date(2027, 4, 1), date(2027, 4, 1)),
    ];
    for (day, expected) in table {
        assert_eq!(after_winter(day), expected, "{day}");
    }
}

#[test]
fn energy_and_heat_wait_for_both_signals_their_terms_and_the_end_of_winter() {
    for sector in [Sector::Energy, Sector::Heat] {
        let on = date(2027, 4, 2);
        assert_eq!(earliest_on(sector, on, |_, _| {}), Err("no_early_signal"));
        let early: Change = |d, _| {
            sent(d, SignalKind::Early, DAY);
        };
        assert_eq!(earliest_on(sector, on, early), Err("no_crisis_signal"));
        // A crisis signal of 22 February: 20 working days end in the winter stop.
        let february: Change = |d, _| signalled(d, date(2027, 2, 22));
        assert_eq!(earliest_on(sector, date(2027, 3, 2), february), Ok(date(2027, 4, 1)));
        let april: Change = |d, _| signalled(d, date(2027, 4, 5));
        assert_eq!(earliest_on(sector, on, april), Ok(date(2027, 5, 7)));
        assert_eq!(earliest_on(sector, date(2027, 6, 1), april), Ok(date(2027, 6, 1)), "never in the past");
        assert_eq!(earliest_on(sector, date(2027, 10, 1), april), Ok(date(2028, 4, 1)), "the next winter");
        let no_winter: Change = |d, a| {
            signalled(d, date(2027, 2, 22));
            a.disconnection.winter_stop = false;
        };
        assert_eq!(earliest_on(sector, date(2027, 3, 2), no_winter), Ok(date(2027, 3, 23)));
        let nineteen: Change = |d, a| {
            signalled(d, date(2027, 4, 5));
            a.disconnection.working_days_after_crisis_signal = 19;
        };
        // The municipality's four weeks are over on 3 May; 19 whole working days on the 4th.
        assert_eq!(earliest_on(sector, on, nineteen), Ok(date(2027, 5, 4)));
    }
}

#[test]
fn each_reason_why_there_is_no_day_is_named() {
    let table: [(&str, Change, &str); 12] = [
        ("a plan that was proposed", |d, _| plan(d, PlanState::Proposed), "plan_kept"),
        ("a plan that runs", |d, _| plan(d, PlanState::Active { since: at(DAY) }), "plan_kept"),
        ("a promise", |d, _| promise(d, PromiseState::Open), "promise_open"),
        (
            "help",
            |d, _| d.signals[0].feedback.push(report("f", DAY, Outcome::HelpAccepted(None))),
            "help_running",
        ),
        (
            "known to debt help",
            |d, _| d.signals[1].feedback.push(report("f", DAY, Outcome::KnownToDebtHelp)),
            "help_running",
        ),
        ("a death", |d, _| d.signals[1].feedback.push(report("f", DAY, Outcome::Deceased)), "deceased"),
        (
            "an early signal that was withdrawn",
            |d, _| d.signals[0].state = SignalState::Withdrawn { reason: "x".into() },
            "no_early_signal",
        ),
        (
            "an early signal to the wrong municipality",
            |d, _| d.signals[0].feedback.push(report("f", DAY, Outcome::NotResident)),
            "no_early_signal",
        ),
        (
            "a crisis signal that nobody answered",
            |d, _| d.signals[1].provider_reference = None,
            "no_crisis_signal",
        ),
        (
            "signals about arrears that were paid since",
            |d, _| d.invoices.values_mut().for_each(|i| i.due_date = date(2027, 4, 30)),
            "no_early_signal",
        ),
        (
            "an objection before the early signal",
            |d, _| {
                d.signals.clear();
                d.early_signalling.enabled = false;
            },
            "debtor_objected_desk_decides",
        ),
        (
            "help that ended on one signal and runs on the other",
            |d, _| {
                d.signals[0].feedback.push(report("f", DAY, Outcome::HelpEnded));
                d.signals[1].feedback.push(report("f", DAY, Outcome::HelpAccepted(None)));
            },
            "help_running",
        ),
    ];
    for (what, change, reason) in table {
        let (mut dossier, mut administration) = (dossier(), administration(Sector::Energy));
        signalled(&mut dossier, date(2027, 4, 5));
        change(&mut dossier, &mut administration);
        assert_eq!(earliest(&dossier, &administration, at(date(2027, 5, 7))), Err(reason), "{what}");
        let named = rules(&dossier, &administration, at(date(2027, 5, 7)));
        assert!(named.iter().any(|r| r.from == Err(reason)), "{what}");
    }
    let over: [Change; 3] = [
        |d, _| plan(d, PlanState::Broken { at: at(DAY), instalment: 1 }),
        |d, _| promise(d, PromiseState::Broken),
        |d, _| {
            d.signals[0].feedback.push(report("f", DAY, Outcome::HelpAccepted(None)));
            d.signals[0].feedback.push(report("g", date(2027, 3, 1), Outcome::HelpEnded));
        },
    ];
    for change in over {
        let (mut dossier, mut administration) = (dossier(), administration(Sector::Energy));
        signalled(&mut dossier, date(2027, 4, 5));
        change(&mut dossier, &mut administration);
        assert_eq!(earliest(&dossier, &administration, at(date(2027, 5, 7))), Ok(date(2027, 5, 7)));
    }
}

#[test]
fn water_needs_a_signal_and_its_reminders_and_knows_no_winter() {
    let on = date(2026, 11, 10);
    let early: Change = |d, _| {
        sent(d, SignalKind::Early, date(2026, 11, 9));
    };
    assert_eq!(earliest_on(Sector::Water, on, |_, _| {}), Err("no_early_signal"));
    assert_eq!(earliest_on(Sector::Water, on, early), Ok(date(2026, 12, 7)));
    let silent: Change = |d, _| d.notices.clear();
    assert_eq!(earliest_on(Sector::Water, on, silent), Err("no_reminder"));
    let no_effort: Change = |d, _| {
        d.notices.iter_mut().for_each(|n| n.evidence.retain(|e| *e != Evidence::ContactEffort));
    };
    assert_eq!(earliest_on(Sector::Water, on, no_effort), Err("no_contact_effort"));
    let no_statement: Change = |d, _| d.invoices.values_mut().for_each(|i| i.steps.clear());
    assert_eq!(earliest_on(Sector::Water, on, no_statement), Err("no_notice_of_medical_statement"));
}

#[test]
fn businesses_and_other_sectors_have_no_calendar_and_a_lease_is_a_persons_decision() {
    let on = date(2026, 11, 10);
    let business: Change = |d, _| d.debtor.kvk_number = Some("12345678".into());
    for sector in [Sector::Energy, Sector::Heat, Sector::Water, Sector::HealthInsurance, Sector::Other] {
        assert_eq!(earliest_on(sector, on, business), Ok(on), "{sector:?}");
    }
    assert_eq!(earliest_on(Sector::Other, on, |_, _| {}), Ok(on));
    assert_eq!(earliest_on(Sector::Rent, on, business), Err("sector_desk_decides"));
    assert_eq!(earliest_on(Sector::HealthInsurance, on, |_, _| {}), Err("sector_desk_decides"));
}
