use jiff::civil::Date;

use super::*;
use crate::administration::Sector;
use crate::calendar::today;
use crate::dossier::Dossier;
use crate::holding;
use crate::ids::HoldId;
use crate::signal::SignalState;
use crate::signal_cases::{DAY, administration, dossier, draft, report, sent};
use crate::step::SignalKind;

/// Two weeks after the signals.
const LATER: Date = jiff::civil::date(2026, 10, 20);

/// Two signals that were sent, and a hold of the desk beside them.
fn signalled() -> Draft {
    let mut dossier = dossier();
    sent(&mut dossier, SignalKind::Early, DAY);
    sent(&mut dossier, SignalKind::Crisis, DAY);
    let mut draft = draft(&dossier, LATER);
    let reason = HoldReason::Asked { text: "a question".into() };
    holding::place(&mut draft, HoldScope::Debtor, Covers::Reminders, reason, None, None);
    draft
}

fn signal(number: usize, draft: &Draft) -> SignalId {
    draft.dossier.signals[number - 1].id.clone()
}

/// Holds of the municipality that stand: what they cover, of which signal, and when somebody reviews them.
fn holds(dossier: &Dossier, draft: &Draft) -> Vec<(Covers, String, Option<Date>)> {
    let standing = dossier.holds.iter().filter(|h| h.stands_at(draft.now));
    standing
        .filter_map(|h| match &h.reason {
            HoldReason::HelpRunning { signal } | HoldReason::Deceased { signal } => {
                Some((h.covers, signal.to_string(), h.review_on))
            }
            _ => None,
        })
        .collect()
}

fn tasks(draft: &Draft) -> Vec<&str> {
    draft.dossier.tasks.iter().map(|t| t.about.as_str()).collect()
}

/// The hold and the task that an outcome leads to when it is the first.
fn expected(outcome: Outcome) -> (Option<Covers>, Option<&'static str>) {
    match outcome {
        Outcome::HelpAccepted(_) | Outcome::KnownToDebtHelp => (Some(Covers::Reminders), None),
        Outcome::Deceased => (Some(Covers::Everything), Some("deceased")),
        Outcome::NotResident => (None, Some("not_resident")),
        Outcome::OtherTrajectory => (None, Some("other_trajectory")),
        Outcome::Unknown => (None, Some("unknown_feedback")),
        Outcome::Received
        | Outcome::PickedUp
        | Outcome::NotPickedUp(_)
        | Outcome::NoContact
        | Outcome::LostContact
        | Outcome::HelpDeclined
        | Outcome::SolvedOrArranged
        | Outcome::HelpEnded => (None, None),
    }
}

fn stands_of_desk(draft: &Draft) -> bool {
    let desk: HoldId = draft.dossier.debtor.id.hold(1);
    draft.dossier.holds.iter().any(|h| h.id == desk && h.stands_at(draft.now))
}

#[test]
fn every_outcome_the_first_time_and_repeated() {
    for (code, outcome) in Outcome::all() {
        let mut draft = signalled();
        let id = signal(1, &draft);
        assert_eq!(apply_feedback(&mut draft, &id, report("f1", LATER, outcome)), Ok(true), "{code}");
        let (covers, task) = expected(outcome);
        let review = (covers == Some(Covers::Reminders)).then(|| plus_days(LATER, HELP_REVIEW_DAYS));
        let wanted: Vec<_> = covers.into_iter().map(|c| (c, id.to_string(), review)).collect();
        assert_eq!(holds(&draft.dossier, &draft), wanted, "{code}");
        assert_eq!(tasks(&draft), task.into_iter().collect::<Vec<_>>(), "{code}");
        // The same report again changes nothing; the same outcome in another report places no second hold.
        let before = draft.clone();
        assert_eq!(apply_feedback(&mut draft, &id, report("f1", LATER, outcome)), Ok(false), "{code}");
        assert_eq!(draft, before, "{code}");
        assert_eq!(apply_feedback(&mut draft, &id, report("f2", LATER, outcome)), Ok(true), "{code}");
        assert_eq!(holds(&draft.dossier, &draft), wanted, "{code}");
        assert_eq!(tasks(&draft), task.into_iter().collect::<Vec<_>>(), "{code}");
        assert!(stands_of_desk(&draft), "{code}");
    }
}

#[test]
fn every_outcome_while_help_runs_on_two_signals_and_the_desk_holds_too() {
    for (code, outcome) in Outcome::all() {
        let mut draft = signalled();
        for number in [1, 2] {
            let id = signal(number, &draft);
            let help = report("h", DAY, Outcome::HelpAccepted(None));
            apply_feedback(&mut draft, &id, help).unwrap();
        }
        let id = signal(1, &draft);
        apply_feedback(&mut draft, &id, report("f1", LATER, outcome)).unwrap();
        let standing = holds(&draft.dossier, &draft);
        let help_of =
            |n| standing.iter().any(|(c, s, _)| *c == Covers::Reminders && *s == format!("d1.s{n}"));
        assert_eq!(help_of(1), !outcome.resumes(), "{code}: that hold, and only by a report that ends help");
        assert!(help_of(2), "{code}: the other signal's help goes on");
        assert!(stands_of_desk(&draft), "{code}");
        assert_eq!(
            standing.len(),
            2 - usize::from(outcome.resumes()) + usize::from(outcome == Outcome::Deceased)
        );
    }
}

#[test]
fn a_late_report_does_not_undo_a_later_one_that_decides() {
    for (code, late) in Outcome::all() {
        for (known_code, known) in Outcome::all() {
            let mut draft = signalled();
            let id = signal(1, &draft);
            apply_feedback(&mut draft, &id, report("known", LATER, known)).unwrap();
            let before = (holds(&draft.dossier, &draft), draft.dossier.tasks.clone());
            apply_feedback(&mut draft, &id, report("late", DAY, late)).unwrap();
            let told = draft.dossier.signals[0].feedback.iter().map(|f| today(f.at)).collect::<Vec<_>>();
            assert_eq!(told, [DAY, LATER], "kept in the order of what happened");
            let after = (holds(&draft.dossier, &draft), draft.dossier.tasks.clone());
            if known.is_decisive() && late != Outcome::Deceased {
                assert_eq!(after, before, "{code} after {known_code}");
            } else if let (Some(covers), _) = expected(late) {
                assert!(after.0.iter().any(|(c, _, _)| *c == covers), "{code} after {known_code}");
            }
        }
    }
}

#[test]
fn every_outcome_on_a_withdrawn_signal_counts_all_the_same() {
    for (code, outcome) in Outcome::all() {
        let mut draft = signalled();
        draft.dossier.signals[0].state = SignalState::Withdrawn { reason: "paid".into() };
        let id = signal(1, &draft);
        apply_feedback(&mut draft, &id, report("f1", LATER, outcome)).unwrap();
        let (covers, task) = expected(outcome);
        assert_eq!(holds(&draft.dossier, &draft).first().map(|h| h.0), covers, "{code}");
        assert_eq!(tasks(&draft), task.into_iter().collect::<Vec<_>>(), "{code}");
        assert!(matches!(draft.dossier.signals[0].state, SignalState::Withdrawn { .. }), "{code}");
    }
}

#[test]
fn help_that_was_accepted_twice_is_one_hold_and_ends_once() {
    let mut draft = signalled();
    let id = signal(1, &draft);
    for (number, outcome) in [Outcome::KnownToDebtHelp, Outcome::HelpAccepted(None)].into_iter().enumerate() {
        apply_feedback(&mut draft, &id, report(&number.to_string(), LATER, outcome)).unwrap();
    }
    assert_eq!(holds(&draft.dossier, &draft).len(), 1);
    apply_feedback(&mut draft, &id, report("end", LATER, Outcome::HelpEnded)).unwrap();
    assert_eq!(holds(&draft.dossier, &draft), []);
    assert!(stands_of_desk(&draft));
    // Accepted again after it ended: it runs again.
    apply_feedback(&mut draft, &id, report("again", plus_days(LATER, 1), Outcome::HelpAccepted(None)))
        .unwrap();
}

#[test]
fn a_signal_that_nobody_knows_is_refused() {
    let mut draft = signalled();
    let id = draft.dossier.debtor.id.signal(9);
    let result = apply_feedback(&mut draft, &id, report("f1", LATER, Outcome::Received));
    assert_eq!(result, Err(Refusal::NoSuchSignal));
}

#[test]
fn a_second_signal_to_where_nobody_of_that_name_lives_does_not_leave() {
    use crate::provider::Provider;
    use crate::submission::{Destination, SubmissionClaim, Whereabouts, claim_submission};
    let administration = administration(Sector::Energy);
    for (municipality, expected) in [("0344", true), ("0363", false)] {
        let mut dossier = dossier();
        sent(&mut dossier, SignalKind::Early, DAY);
        dossier.signals[0].feedback.push(report("f1", DAY, Outcome::NotResident));
        sent(&mut dossier, SignalKind::Early, LATER);
        let second = &mut dossier.signals[1];
        second.attempts = 0;
        second.state = SignalState::Queued { operation: crate::signal::Operation::Create, not_before: None };
        let mut draft = draft(&dossier, LATER);
        let id = signal(2, &draft);
        let destination = Destination { municipality: municipality.into(), provider: Provider::Bkr };
        let claim =
            claim_submission(&mut draft, &administration, &id, &Whereabouts::Known(destination)).unwrap();
        assert_eq!(claim == SubmissionClaim::Blocked, expected, "{municipality} {claim:?}");
        assert_eq!(tasks(&draft) == ["municipality_unknown"], expected);
    }
}

#[test]
fn an_early_signal_without_an_answer_is_not_repeated_once_a_crisis_signal_was_tried() {
    use crate::provider::Provider;
    use crate::signal::Operation;
    use crate::signal_cases::at;
    use crate::signalling::wake_at;
    use crate::submission::{Destination, SubmissionClaim, Whereabouts, claim_submission};
    let administration = administration(Sector::Energy);
    let unknown = || SignalState::Unknown { operation: Operation::Create, since: at(DAY) };
    let refused = SignalState::Refused { errors: vec!["x".into()] };
    // What became of the crisis signal that was tried a day after the early one, and whether the early one is tried again.
    let table = [
        (None, true),
        (Some(SignalState::Sent), false),
        (Some(SignalState::Claimed { operation: Operation::Create, at: at(LATER) }), false),
        (Some(SignalState::Unknown { operation: Operation::Create, since: at(LATER) }), false),
        (Some(refused), true),
        (Some(SignalState::Withdrawn { reason: "x".into() }), true),
    ];
    for (crisis, again) in table {
        let mut dossier = dossier();
        sent(&mut dossier, SignalKind::Early, DAY);
        dossier.signals[0].state = unknown();
        if let Some(state) = &crisis {
            sent(&mut dossier, SignalKind::Crisis, LATER);
            dossier.signals[1].state = state.clone();
        }
        let mut draft = draft(&dossier, LATER);
        let id = signal(1, &draft);
        let destination = Destination { municipality: "0344".into(), provider: Provider::Bkr };
        let claim = claim_submission(&mut draft, &administration, &id, &Whereabouts::Known(destination));
        let expected =
            if again { SubmissionClaim::Granted(Operation::Create) } else { SubmissionClaim::NotNow("held") };
        assert_eq!(claim, Ok(expected), "{crisis:?}");
        assert_eq!(tasks(&draft) == ["signal_unanswered"], !again, "{crisis:?}");
        if crisis == Some(SignalState::Sent) {
            let next_day = crate::calendar::midnight(LATER.tomorrow().unwrap());
            assert_eq!(wake_at(&draft.dossier, &administration, at(LATER)), Some(next_day));
        }
    }
}
