use jiff::civil::date;

use super::*;
use crate::administration::Sector;
use crate::follow_up;
use crate::ids::PolicyId;
use crate::signal_cases::{administration as supplier, at, dossier as debtor_of_case};

/// The day after the case's final reminder: the next step of its policy is far away, so the test sets its own.
const DAY: Date = date(2026, 10, 20);

/// A debtor with two numbers, and a policy whose next step goes by telephone and then by mail where `mail` says so.
fn case(mail: bool) -> (Dossier, Administration) {
    let mut dossier = debtor_of_case();
    dossier.counts.notices = u32::try_from(dossier.notices.len()).unwrap();
    (dossier.debtor.mobile, dossier.debtor.phone) =
        (Some("06 12345678".to_owned()), Some("030-1234567".to_owned()));
    if mail {
        dossier.debtor.emails = vec![crate::debtor::EmailAddress::parse("d1@example.nl").unwrap()];
    }
    let mut administration = supplier(Sector::Energy);
    administration.channels = vec![Channel::Phone, Channel::Email];
    let policy = &mut administration.policies[0];
    policy.steps.retain(|s| s.kind == StepKind::FinalReminder);
    policy.steps[0].channels = if mail { vec![Channel::Phone, Channel::Email] } else { vec![Channel::Phone] };
    policy.steps[0].counted_from = crate::policy::CountedFrom::DueDate;
    policy.steps[0].after_days = 1;
    for invoice in dossier.invoices.values_mut() {
        invoice.steps.clear();
    }
    (dossier, administration)
}

/// The same once the desk is asked to call.
fn asked(mail: bool) -> (Draft, Administration, NoticeId) {
    let (dossier, administration) = case(mail);
    let mut draft = Draft::of(dossier, at(DAY), "desk");
    follow_up::advance(&mut draft, &administration);
    let id = draft.dossier.notices.iter().find(|n| !n.is_settled()).unwrap().id.clone();
    assert_eq!(sending::claim(&mut draft, &id, &administration), Ok(sending::Claim::PutBeforeDesk));
    (draft, administration, id)
}

fn made(said: Said) -> Made {
    Made { number: None, said, note: None, request: None }
}

fn status(draft: &Draft, id: &NoticeId) -> &'static str {
    draft.dossier.notice(id).unwrap().status()
}

fn tasks(draft: &Draft) -> Vec<&str> {
    draft.dossier.tasks.iter().map(|t| t.about.as_str()).collect()
}

#[test]
fn to_ask_for_a_call_takes_no_step_and_is_no_evidence() {
    let (draft, administration, id) = asked(true);
    let notice = draft.dossier.notice(&id).unwrap();
    assert_eq!((status(&draft, &id), notice.evidence.len(), tasks(&draft)), ("to_call", 0, vec![CALL]));
    assert!(draft.dossier.invoices.values().all(|i| i.steps.is_empty()));
    assert_eq!(draft.dossier.numbers(), ["+31612345678", "+31301234567"]);
    assert_eq!(last_day(notice, &administration), Some(date(2026, 10, 27)));
}

#[test]
fn what_came_of_a_call_decides_what_follows() {
    // Outcome; with another channel: status and tasks; without one: the same.
    let pay_by = date(2026, 10, 30);
    let promised = Said::Promised { invoices: None, amount: None, pay_by };
    type Row = (Said, (&'static str, &'static [&'static str]), (&'static str, &'static [&'static str]));
    let table: [Row; 4] = [
        (Said::Spoke, ("delivered", &[]), ("delivered", &[])),
        (promised, ("delivered", &[]), ("delivered", &[])),
        (Said::AsksNoCalls, ("failed", &[]), ("bounced", &["notice_not_delivered"])),
        (Said::WrongNumber, ("to_call", &[CALL]), ("to_call", &[CALL])),
    ];
    for (said, with, without) in table {
        for (mail, expected) in [(true, with), (false, without)] {
            let (mut draft, administration, id) = asked(mail);
            assert_eq!(record(&mut draft, &administration, &id, &made(said.clone())), Ok(()));
            let found = (status(&draft, &id), tasks(&draft));
            assert_eq!(found, (expected.0, expected.1.to_vec()), "{said:?}, mail: {mail}");
        }
    }
}

#[test]
fn whoever_was_spoken_to_was_contacted_and_whoever_was_not_reached_was_not() {
    let (mut draft, administration, id) = asked(true);
    record(&mut draft, &administration, &id, &made(Said::Spoke)).unwrap();
    let notice = draft.dossier.notice(&id).unwrap();
    assert_eq!(notice.evidence, [Evidence::ContactEffort]);
    assert!(draft.dossier.invoices.values().all(|i| i.took(StepKind::FinalReminder)));
    let again = record(&mut draft, &administration, &id, &made(Said::Spoke));
    assert_eq!(again, Err(Refusal::CallNotToBeMade));

    let (mut draft, administration, id) = asked(true);
    record(&mut draft, &administration, &id, &made(Said::NotReached)).unwrap();
    let notice = draft.dossier.notice(&id).unwrap();
    assert!(notice.evidence.is_empty());
    assert_eq!(notice.call.as_ref().unwrap().call_on, date(2026, 10, 22));
}

#[test]
fn after_the_last_call_the_next_channel_takes_over_on_the_next_day() {
    let (mut draft, administration, id) = asked(true);
    for (day, expected) in [(20, "to_call"), (22, "to_call"), (24, "failed")] {
        draft.now = at(date(2026, 10, day));
        record(&mut draft, &administration, &id, &made(Said::NotReached)).unwrap();
        assert_eq!(status(&draft, &id), expected, "on the {day}th");
    }
    // The 25th is a Sunday.
    for (day, notices) in [(24, 0), (25, 0), (26, 1)] {
        draft.now = at(date(2026, 10, day));
        follow_up::advance(&mut draft, &administration);
        let prepared = draft.dossier.notices.iter().filter(|n| !n.is_settled());
        let channels: Vec<Channel> = prepared.map(|n| n.channel).collect();
        assert_eq!(channels, vec![Channel::Email; notices], "on the {day}th");
    }
}

#[test]
fn a_call_that_nobody_makes_is_given_up_after_its_last_day() {
    let (mut draft, administration, id) = asked(true);
    for (day, expected) in [(27, "to_call"), (28, "failed")] {
        draft.now = at(date(2026, 10, day));
        follow_up::advance(&mut draft, &administration);
        assert_eq!(status(&draft, &id), expected, "on the {day}th");
    }
}

#[test]
fn both_numbers_have_to_be_wrong() {
    let (mut draft, administration, id) = asked(true);
    let named = |number: &str| Made { number: Some(number.to_owned()), ..made(Said::WrongNumber) };
    assert_eq!(
        record(&mut draft, &administration, &id, &named("+31611111111")),
        Err(Refusal::NotANumberOfTheCall)
    );
    record(&mut draft, &administration, &id, &named("+31612345678")).unwrap();
    assert_eq!((status(&draft, &id), draft.dossier.mobile()), ("to_call", None));
    record(&mut draft, &administration, &id, &named("+31301234567")).unwrap();
    assert_eq!((status(&draft, &id), draft.dossier.numbers().len()), ("failed", 0));
}

#[test]
fn what_is_paid_or_held_is_not_called_about() {
    let (mut draft, administration, id) = asked(true);
    let policy = PolicyId::parse("standard").unwrap();
    assert_eq!(draft.dossier.notice(&id).unwrap().lines[0].policy, policy);
    let first = draft.dossier.invoices.keys().next().unwrap().clone();
    draft.dossier.invoices.remove(&first);
    follow_up::advance(&mut draft, &administration);
    assert_eq!((status(&draft, &id), draft.dossier.notice(&id).unwrap().lines.len()), ("to_call", 1));
    draft.dossier.invoices.clear();
    assert_eq!(record(&mut draft, &administration, &id, &made(Said::Spoke)), Err(Refusal::CallNotToBeMade));
    let notice = draft.dossier.notice(&id).unwrap();
    assert_eq!(wake_at(&draft.dossier, notice, &administration, draft.now), Some(draft.now));
    advance(&mut draft, &administration);
    assert_eq!((status(&draft, &id), tasks(&draft)), ("cancelled", Vec::<&str>::new()));
}
