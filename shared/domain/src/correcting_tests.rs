use jiff::civil::Date;

use super::*;
use crate::administration::Sector;
use crate::dispute::DisputeState;
use crate::feedback::Outcome;
use crate::hold::{Covers, HoldReason, HoldScope};
use crate::holding;
use crate::invoice::BookingKind;
use crate::provider::{Capabilities, Provider};
use crate::signal_cases::{DAY, administration, at, dispute, dossier, draft, pay, report, sent};
use crate::signalling;
use crate::step::SignalKind;
use crate::submission::{
    MOST_SUBMISSIONS, Submission, SubmissionClaim, Whereabouts, claim_submission, complete_submission,
};

/// Two weeks after the signal.
const LATER: Date = jiff::civil::date(2026, 10, 20);

fn signalled() -> Dossier {
    let mut dossier = dossier();
    sent(&mut dossier, SignalKind::Early, DAY);
    dossier
}

fn accepted() -> Submission {
    Submission::Accepted { provider_reference: "bkr-d1.s1".into() }
}

/// What a change of facts asks of the early signal: nothing, `update` with its amount, or `withdraw` with its reason.
fn asked(dossier: &Dossier, administration: &Administration) -> String {
    let wakes = wake_at(dossier, administration, at(LATER));
    let mut draft = draft(dossier, LATER);
    correct(&mut draft, administration);
    let said = draft.entries().iter().map(|e| match &e.event {
        Event::SignalUpdateAsked { arrears, .. } => format!("update {arrears}"),
        Event::SignalWithdrawalAsked { reason, .. } => format!("withdraw {reason}"),
        Event::TaskOpened { about, .. } => format!("task {about}"),
        other => other.name().to_owned(),
    });
    let said = said.collect::<Vec<_>>().join(", ");
    if !said.is_empty() {
        assert_eq!(wakes, Some(at(LATER)), "whoever changes facts wakes it: {said}");
    }
    // The second time there is nothing to do, and nobody is woken for it.
    let after = draft.dossier.clone();
    correct(&mut draft, administration);
    assert_eq!(draft.dossier, after);
    assert_eq!(wake_at(&after, administration, at(LATER)).filter(|_| !said.is_empty()), None);
    said
}

#[test]
fn a_signal_follows_what_is_owed() {
    type Change = fn(&mut Dossier);
    let table: [(&str, Change, &str); 14] = [
        ("nothing changed", |_| {}, ""),
        ("49.99 paid", |d| pay(d, "i1", 49_99, BookingKind::Payment), ""),
        ("50.00 paid", |d| pay(d, "i1", 50_00, BookingKind::Payment), "update 192.00"),
        ("50.01 credited", |d| pay(d, "i1", 50_01, BookingKind::Credit), "update 191.99"),
        (
            "all but a cent paid",
            |d| {
                pay(d, "i1", 121_00, BookingKind::Payment);
                pay(d, "i2", 120_99, BookingKind::Payment);
            },
            "update 0.01",
        ),
        (
            "all paid",
            |d| {
                pay(d, "i1", 121_00, BookingKind::Payment);
                pay(d, "i2", 121_00, BookingKind::Payment);
            },
            "withdraw paid",
        ),
        ("one in dispute", |d| dispute(d, "i1", DisputeState::Open), "update 121.00"),
        (
            "both in dispute, which waits for the decision",
            |d| {
                dispute(d, "i1", DisputeState::Open);
                dispute(d, "i2", DisputeState::Open);
            },
            "",
        ),
        (
            "objected before anybody picked it up",
            |d| d.early_signalling.enabled = false,
            "withdraw opted out",
        ),
        (
            "objected after it came in",
            |d| {
                d.signals[0].feedback.push(report("f1", DAY, Outcome::Received));
                d.early_signalling.enabled = false;
            },
            "withdraw opted out",
        ),
        (
            "objected after it was picked up",
            |d| {
                d.signals[0].feedback.push(report("f1", DAY, Outcome::PickedUp));
                d.early_signalling.enabled = false;
            },
            "",
        ),
        (
            "told less before, and a payment came back",
            |d| {
                d.signals[0].told_first = Some(Money::from_cents(242_00));
                d.signals[0].arrears = Money::from_cents(121_00);
            },
            "update 242.00",
        ),
        (
            "told less at first: arrears that rose are a new signal",
            |d| {
                d.signals[0].arrears = Money::from_cents(121_00);
            },
            "",
        ),
        (
            "asked to be withdrawn before",
            |d| {
                d.signals[0].withdrawal = Some("x".into());
                pay(d, "i1", 121_00, BookingKind::Payment);
            },
            "",
        ),
    ];
    for (what, change, expected) in table {
        let mut dossier = signalled();
        change(&mut dossier);
        assert_eq!(asked(&dossier, &administration(Sector::Energy)), expected, "{what}");
    }
}

#[test]
fn an_objection_takes_back_what_it_blocks_in_this_sector() {
    for (sector, expected) in [(Sector::Energy, ""), (Sector::Water, "withdraw opted out")] {
        let mut dossier = dossier();
        sent(&mut dossier, SignalKind::Crisis, DAY);
        dossier.early_signalling.enabled = false;
        assert_eq!(asked(&dossier, &administration(sector)), expected, "{sector:?}");
    }
}

#[test]
fn only_what_the_municipality_still_works_on_is_corrected() {
    for (code, outcome) in Outcome::all() {
        let mut dossier = signalled();
        dossier.signals[0].feedback.push(report("f1", DAY, outcome));
        pay(&mut dossier, "i1", 121_00, BookingKind::Payment);
        let expected = if outcome.ends_signal() { "" } else { "update 121.00" };
        assert_eq!(asked(&dossier, &administration(Sector::Energy)), expected, "{code}");
    }
    // Help that began after it ended makes it live again.
    let mut dossier = signalled();
    dossier.signals[0].feedback.push(report("f1", DAY, Outcome::HelpEnded));
    dossier.signals[0].feedback.push(report("f2", LATER, Outcome::HelpAccepted(None)));
    pay(&mut dossier, "i1", 121_00, BookingKind::Payment);
    assert_eq!(asked(&dossier, &administration(Sector::Energy)), "update 121.00");
}

#[test]
fn what_a_platform_does_not_support_is_a_persons_task() {
    let mut administration = administration(Sector::Energy);
    let none =
        Capabilities { supports_update: false, supports_withdraw: false, ..Provider::Bkr.capabilities() };
    administration.capabilities.insert(Provider::Bkr, none);
    let mut dossier = signalled();
    pay(&mut dossier, "i1", 121_00, BookingKind::Payment);
    assert_eq!(asked(&dossier, &administration), "task update_by_hand");
    pay(&mut dossier, "i2", 121_00, BookingKind::Payment);
    assert_eq!(asked(&dossier, &administration), "task withdraw_by_hand");
    // The same where the message could not be written any more.
    let supported = crate::signal_cases::administration(Sector::Energy);
    let mut dossier = signalled();
    dossier.debtor.person = None;
    pay(&mut dossier, "i1", 121_00, BookingKind::Payment);
    assert_eq!(asked(&dossier, &supported), "task update_by_hand");
}

#[test]
fn a_crisis_signal_takes_the_early_ones_place_and_both_are_withdrawn() {
    let mut dossier = signalled();
    let early = dossier.signals[0].provider_reference.clone();
    sent(&mut dossier, SignalKind::Crisis, LATER);
    dossier.signals[1].supersedes = early;
    pay(&mut dossier, "i1", 121_00, BookingKind::Payment);
    let mut changed = draft(&dossier, LATER);
    correct(&mut changed, &administration(Sector::Energy));
    let told: Vec<bool> = changed.dossier.signals.iter().map(|s| s.state == SignalState::Sent).collect();
    assert_eq!(told, [true, false], "only the crisis signal hears the new amount");
    pay(&mut dossier, "i2", 121_00, BookingKind::Payment);
    assert_eq!(asked(&dossier, &administration(Sector::Energy)), "withdraw paid, withdraw paid");
}

#[test]
fn nothing_is_corrected_while_a_hold_on_everything_stands() {
    let administration = administration(Sector::Energy);
    for (covers, expected) in [(Covers::Reminders, "update 121.00"), (Covers::Everything, "")] {
        let mut held = draft(&signalled(), DAY);
        let reason = HoldReason::Asked { text: "x".into() };
        holding::place(&mut held, HoldScope::Debtor, covers, reason, Some(LATER), None);
        pay(&mut held.dossier, "i1", 121_00, BookingKind::Payment);
        assert_eq!(asked(&held.dossier, &administration), expected, "{covers:?}");
        if covers == Covers::Everything {
            let end = crate::calendar::midnight(plus_days(LATER, 1));
            assert_eq!(wake_at(&held.dossier, &administration, at(LATER)), Some(end));
        }
    }
}

/// A dossier in which 121 euros were paid and an update is asked for.
fn update_queued(administration: &Administration) -> Draft {
    let mut dossier = signalled();
    pay(&mut dossier, "i1", 121_00, BookingKind::Payment);
    let mut draft = draft(&dossier, LATER);
    correct(&mut draft, administration);
    draft
}

fn claim(draft: &mut Draft, administration: &Administration) -> SubmissionClaim {
    let id = draft.dossier.signals[0].id.clone();
    claim_submission(draft, administration, &id, &Whereabouts::Unknown).unwrap()
}

fn complete(draft: &mut Draft, operation: Operation, submission: Submission) {
    let id = draft.dossier.signals[0].id.clone();
    complete_submission(draft, &id, operation, submission).unwrap();
}

#[test]
fn an_update_without_answer_is_repeated_as_it_was_and_the_next_one_has_a_key_of_its_own() {
    let administration = administration(Sector::Energy);
    let mut draft = update_queued(&administration);
    assert_eq!(claim(&mut draft, &administration), SubmissionClaim::Granted(Operation::Update));
    assert_eq!(draft.dossier.signals[0].arrears, Money::from_cents(121_00));
    complete(&mut draft, Operation::Update, Submission::Unknown);
    // Meanwhile another 60 euros are paid: the repetition still says what the first try said.
    pay(&mut draft.dossier, "i2", 60_00, BookingKind::Payment);
    correct(&mut draft, &administration);
    draft.now = at(plus_days(LATER, 1));
    assert_eq!(claim(&mut draft, &administration), SubmissionClaim::Granted(Operation::Update));
    let key = |draft: &Draft| draft.dossier.signals[0].idempotency_key(Operation::Update);
    assert_eq!(
        (draft.dossier.signals[0].arrears, key(&draft)),
        (Money::from_cents(121_00), "d1.s1.update-1".into())
    );
    complete(&mut draft, Operation::Update, accepted());
    // Then the other amount goes out, under another key.
    correct(&mut draft, &administration);
    assert_eq!(claim(&mut draft, &administration), SubmissionClaim::Granted(Operation::Update));
    assert_eq!(
        (draft.dossier.signals[0].arrears, key(&draft)),
        (Money::from_cents(61_00), "d1.s1.update-2".into())
    );
    complete(&mut draft, Operation::Update, accepted());
    let names: Vec<&str> = draft.entries().iter().map(|e| e.event.name()).collect();
    assert_eq!(
        names,
        ["SignalUpdateAsked", "SignalUnknown", "SignalUpdated", "SignalUpdateAsked", "SignalUpdated"]
    );
}

#[test]
fn an_update_that_is_no_longer_needed_or_held_does_not_leave() {
    let administration = administration(Sector::Energy);
    let mut back = update_queued(&administration);
    pay(&mut back.dossier, "i1", 121_00, BookingKind::Reversal);
    assert_eq!(claim(&mut back, &administration), SubmissionClaim::NotNow("nothing_to_update"));
    assert_eq!(back.dossier.signals[0].state, SignalState::Sent);
    let mut held = update_queued(&administration);
    let reason = HoldReason::Asked { text: "x".into() };
    holding::place(&mut held, HoldScope::Debtor, Covers::Everything, reason, None, None);
    assert_eq!(claim(&mut held, &administration), SubmissionClaim::NotNow("on_hold"));
    let hold = held.dossier.holds[0].id.clone();
    holding::lift(&mut held, &hold, &administration, holding::Lifting::ByHand, "x").unwrap();
    assert_eq!(wake_at(&held.dossier, &administration, held.now), Some(held.now));
}

#[test]
fn a_withdrawal_overtakes_an_update_wherever_it_is() {
    let administration = administration(Sector::Energy);
    let withdraw = |draft: &mut Draft| {
        let id = draft.dossier.signals[0].id.clone();
        for _ in 0..2 {
            signalling::withdraw(draft, &administration, &id, "sent in error").unwrap();
        }
    };
    let finish = |draft: &mut Draft| {
        assert_eq!(claim(draft, &administration), SubmissionClaim::Granted(Operation::Withdraw));
        // A late answer to the update is not taken for one to the withdrawal.
        complete(draft, Operation::Update, accepted());
        assert!(matches!(draft.dossier.signals[0].state, SignalState::Claimed { .. }));
        complete(draft, Operation::Withdraw, accepted());
        let reason = "sent in error".to_owned();
        assert_eq!(draft.dossier.signals[0].state, SignalState::Withdrawn { reason });
        let asked = |e: &&crate::timeline::Entry| matches!(e.event, Event::SignalWithdrawalAsked { .. });
        assert_eq!(draft.entries().iter().filter(asked).count(), 1);
    };
    let mut queued = update_queued(&administration);
    withdraw(&mut queued);
    finish(&mut queued);

    let mut claimed = update_queued(&administration);
    assert_eq!(claim(&mut claimed, &administration), SubmissionClaim::Granted(Operation::Update));
    withdraw(&mut claimed);
    assert_eq!(claim(&mut claimed, &administration), SubmissionClaim::NotNow("claimed_already"));
    complete(&mut claimed, Operation::Update, accepted());
    finish(&mut claimed);

    let mut unknown = update_queued(&administration);
    assert_eq!(claim(&mut unknown, &administration), SubmissionClaim::Granted(Operation::Update));
    complete(&mut unknown, Operation::Update, Submission::Unknown);
    withdraw(&mut unknown);
    finish(&mut unknown);

    // The function that had claimed it died.
    let mut dead = update_queued(&administration);
    assert_eq!(claim(&mut dead, &administration), SubmissionClaim::Granted(Operation::Update));
    withdraw(&mut dead);
    dead.now = at(plus_days(LATER, 1));
    finish(&mut dead);
}

#[test]
fn a_refused_update_or_withdrawal_leaves_the_signal_standing_and_asks_a_person() {
    let administration = administration(Sector::Energy);
    let refused = || Submission::Refused { errors: vec!["x: y".into()] };
    let mut draft = update_queued(&administration);
    assert_eq!(claim(&mut draft, &administration), SubmissionClaim::Granted(Operation::Update));
    complete(&mut draft, Operation::Update, refused());
    assert_eq!(draft.dossier.signals[0].state, SignalState::Sent);
    correct(&mut draft, &administration);
    assert_eq!(draft.dossier.signals[0].state, SignalState::Sent, "it is not asked for again by itself");
    let id = draft.dossier.signals[0].id.clone();
    signalling::withdraw(&mut draft, &administration, &id, "x").unwrap();
    assert_eq!(claim(&mut draft, &administration), SubmissionClaim::Granted(Operation::Withdraw));
    complete(&mut draft, Operation::Withdraw, refused());
    assert!(draft.dossier.signals[0].went_out());
    let tasks: Vec<&str> = draft.dossier.tasks.iter().map(|t| t.about.as_str()).collect();
    assert_eq!(tasks, ["update_by_hand", "withdraw_by_hand"]);
}

#[test]
fn an_update_that_is_never_answered_is_put_before_a_person_and_tried_no_more() {
    let administration = administration(Sector::Energy);
    let mut draft = update_queued(&administration);
    for day in 0..i32::from(MOST_SUBMISSIONS) {
        draft.now = at(plus_days(LATER, day));
        assert_eq!(claim(&mut draft, &administration), SubmissionClaim::Granted(Operation::Update));
        complete(&mut draft, Operation::Update, Submission::Unknown);
    }
    assert_eq!(draft.dossier.tasks[0].about, "signal_unanswered");
    assert_eq!(signalling::wake_at(&draft.dossier, &administration, draft.now), None);
    assert_eq!(wake_at(&draft.dossier, &administration, draft.now), None);
}
