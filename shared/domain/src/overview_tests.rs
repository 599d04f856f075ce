use super::*;
use crate::feedback::{self, Help};
use crate::signal::Operation;
use crate::signal_cases::{DAY, dossier, sent};
use crate::step::SignalKind;

/// A signal that was sent, with these reports, a minute between each two.
fn reported(outcomes: &[Outcome]) -> Signal {
    let mut dossier = dossier();
    sent(&mut dossier, SignalKind::Early, DAY);
    let mut signal = dossier.signals.remove(0);
    let first = signal.sent_at.unwrap();
    for (number, outcome) in outcomes.iter().enumerate() {
        let at = first + jiff::SignedDuration::from_mins(number as i64 + 1);
        signal.feedback.push(crate::signal::Feedback {
            id: format!("f{number}"),
            at,
            raw_code: outcome.code().to_owned(),
            code_map: 1,
            outcome: *outcome,
        });
    }
    signal
}

fn in_state(state: SignalState) -> Signal {
    Signal { state, ..reported(&[]) }
}

#[test]
fn a_signal_has_one_status_and_what_stands_beside_it() {
    let accepted = Outcome::HelpAccepted(Some(Help::QuickFix));
    let operation = Operation::Create;
    let at = reported(&[]).sent_at.unwrap();
    let table: [(Signal, &[&str]); 14] = [
        (in_state(SignalState::Blocked { conditions: vec![], again_on: None }), &["blocked"]),
        (in_state(SignalState::Prepared { released: false }), &["prepared"]),
        (in_state(SignalState::Queued { operation, not_before: None }), &["sending"]),
        (in_state(SignalState::Claimed { operation, at }), &["sending"]),
        (in_state(SignalState::Unknown { operation, since: at }), &["unknown"]),
        (in_state(SignalState::Refused { errors: vec![] }), &["refused"]),
        (in_state(SignalState::Withdrawn { reason: "paid".into() }), &["withdrawn"]),
        (reported(&[]), &["sent"]),
        (reported(&[Outcome::Received]), &["feedback"]),
        (reported(&[accepted]), &["feedback", "help_running"]),
        (reported(&[Outcome::KnownToDebtHelp]), &["feedback", "help_running"]),
        (reported(&[accepted, Outcome::HelpEnded]), &["feedback"]),
        (reported(&[accepted, Outcome::Deceased]), &["feedback", "deceased"]),
        (reported(&[Outcome::Deceased, Outcome::Received]), &["feedback", "deceased"]),
    ];
    for (signal, expected) in table {
        let standings = Standing::of(&signal);
        let names: Vec<&str> = standings.iter().map(|s| s.name()).collect();
        assert_eq!(names, expected);
        assert_eq!(standings.iter().filter(|s| s.is_status()).count(), 1);
        assert!(standings.contains(&Standing::status_of(&signal)));
        assert_eq!(signal.status(), expected[0]);
    }
}

#[test]
fn every_standing_is_read_by_its_name_and_nothing_else_is() {
    for standing in Standing::all() {
        assert_eq!(standing.name().parse(), Ok(standing));
    }
    assert_eq!(Standing::all().count(), 10);
    for strange in ["", "Sent", "helpRunning", "sent "] {
        assert_eq!(strange.parse::<Standing>(), Err(StandingError), "{strange}");
    }
}

#[test]
fn a_place_is_found_by_each_of_its_parts_and_without_a_filter() {
    let nowhere = Place::default();
    assert_eq!(nowhere.filters(), BTreeSet::from([nowhere.clone()]));
    let utrecht = Place { municipality: Some("0344".into()), provider: Some(Provider::Inforing) };
    let by_municipality = Place { provider: None, ..utrecht.clone() };
    let by_provider = Place { municipality: None, ..utrecht.clone() };
    let expected = BTreeSet::from([nowhere, by_municipality, by_provider, utrecht.clone()]);
    assert_eq!(utrecht.filters(), expected);
}

#[test]
fn the_report_counts_what_was_ever_reported() {
    use Counted::*;
    let accepted = Outcome::HelpAccepted(None);
    let table: [(&[Outcome], &[Counted]); 12] = [
        (&[], &[Silent]),
        (&[Outcome::Received], &[Silent]),
        (&[Outcome::PickedUp], &[PickedUp]),
        (&[accepted], &[PickedUp, Reached, Accepted]),
        (&[accepted, Outcome::HelpEnded], &[PickedUp, Reached, Accepted, HelpEnded]),
        (&[Outcome::NoContact, Outcome::HelpDeclined], &[PickedUp, Reached, Declined, NotReached]),
        (&[Outcome::LostContact], &[PickedUp, Reached]),
        (&[Outcome::SolvedOrArranged], &[PickedUp, Reached, Solved]),
        (&[Outcome::NotPickedUp(feedback::NotPickedUp::Repeated)], &[NotPickedUp]),
        (&[Outcome::OtherTrajectory], &[HelpedAlready]),
        (&[Outcome::Deceased], &[Deceased]),
        (&[Outcome::NotResident], &[NotResident]),
    ];
    for (outcomes, expected) in table {
        let expected: BTreeSet<Counted> = expected.iter().copied().chain([Signals]).collect();
        assert_eq!(Counted::of(&reported(outcomes)), expected, "{outcomes:?}");
    }
    let withdrawn = in_state(SignalState::Withdrawn { reason: "paid".into() });
    assert_eq!(Counted::of(&withdrawn), BTreeSet::from([Signals, Withdrawn, Silent]));
    let dropped = Signal { provider_reference: None, ..withdrawn };
    assert_eq!((Counted::of(&dropped), signalled_on(&dropped)), (BTreeSet::new(), None));
    assert_eq!(signalled_on(&reported(&[])), Some(DAY));
}
