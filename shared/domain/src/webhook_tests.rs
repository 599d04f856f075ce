use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOW: &str = "2026-11-30T10:00:00Z";

fn choice(events: Option<&[WebhookEvent]>) -> Choice {
    Choice {
        url: "https://hooks.example/in".to_owned(),
        events: events.map(<[WebhookEvent]>::to_vec),
        description: None,
        email: None,
    }
}

fn subscription(events: Option<&[WebhookEvent]>) -> Subscription {
    Subscription::new("crm".parse().unwrap(), choice(events), at(NOW))
}

#[test]
fn what_was_chosen_is_told_from_then_on_and_not_once_it_is_old() {
    let paid = subscription(Some(&[WebhookEvent::InvoicePaid]));
    let (day, month) = (SignedDuration::from_hours(24), MEMORY);
    let second = SignedDuration::from_secs(1);
    // (event, happened, looked at, told)
    let table = [
        (WebhookEvent::InvoicePaid, at(NOW) - second, at(NOW), false),
        (WebhookEvent::InvoicePaid, at(NOW), at(NOW), true),
        (WebhookEvent::InvoiceCreated, at(NOW), at(NOW), false),
        (WebhookEvent::InvoicePaid, at(NOW) + day, at(NOW) + day + month, true),
        (WebhookEvent::InvoicePaid, at(NOW) + day, at(NOW) + day + month + second, false),
    ];
    for (event, happened_at, now, told) in table {
        assert_eq!(paid.wants(event, happened_at, now), told, "{event} {happened_at} {now}");
    }
    let all = subscription(None);
    assert!(WebhookEvent::ALL.iter().all(|event| all.wants(*event, at(NOW), at(NOW))));
}

#[test]
fn another_choice_leaves_no_gap_and_reaches_not_back() {
    let mut chosen = subscription(Some(&[WebhookEvent::InvoicePaid, WebhookEvent::CaseOpened]));
    let later = at(NOW) + SignedDuration::from_hours(1);
    chosen.choose(choice(Some(&[WebhookEvent::InvoicePaid, WebhookEvent::CaseSettled])), later);
    assert!(chosen.wants(WebhookEvent::InvoicePaid, at(NOW), later));
    assert!(!chosen.wants(WebhookEvent::CaseOpened, later, later));
    assert!(!chosen.wants(WebhookEvent::CaseSettled, at(NOW), later));
    assert!(chosen.wants(WebhookEvent::CaseSettled, later, later));
    assert_eq!(chosen.updated_at, later);
    let same = chosen.clone();
    let later = later + SignedDuration::from_hours(1);
    chosen.choose(choice(Some(&[WebhookEvent::InvoicePaid, WebhookEvent::CaseSettled])), later);
    assert_eq!(chosen, same, "nothing changed");
    chosen.choose(choice(None), later);
    assert!(chosen.wants(WebhookEvent::InvoicePaid, at(NOW), later));
    assert!(!chosen.wants(WebhookEvent::DisputeOpened, at(NOW), later));
}

#[test]
fn one_mail_says_that_it_is_disabled() {
    let mut failing = subscription(None);
    assert_eq!(failing.claim_mail(at(NOW)), None);
    failing.disable(DisabledReason::Failing, at(NOW));
    failing.disable(DisabledReason::Gone, at(NOW));
    assert_eq!(failing.due_at(), Some(at(NOW)));
    assert_eq!(failing.claim_mail(at(NOW)), Some(DisabledReason::Failing));
    assert_eq!((failing.claim_mail(at(NOW)), failing.due_at()), (None, None));
    failing.mailed(MailOutcome::Unknown, at(NOW));
    assert_eq!(failing.claim_mail(at(NOW)), None, "it may have left");

    let mut throttled = subscription(None);
    throttled.disable(DisabledReason::Gone, at(NOW));
    throttled.claim_mail(at(NOW));
    throttled.mailed(MailOutcome::RefusedForNow, at(NOW));
    assert_eq!(throttled.claim_mail(at(NOW)), None);
    let later = at(NOW) + MAIL_AGAIN;
    assert_eq!(throttled.claim_mail(later), Some(DisabledReason::Gone));
    throttled.mailed(MailOutcome::Sent, later);
    assert_eq!(throttled.claim_mail(later + MAIL_AGAIN), None);

    let mut asked = subscription(None);
    asked.disable(DisabledReason::Asked, at(NOW));
    assert_eq!((asked.claim_mail(at(NOW)), asked.due_at()), (None, None));
}

#[test]
fn whoever_went_to_sleep_just_before_it_was_enabled_is_looked_for_once_more() {
    let mut subscription = subscription(None);
    subscription.enable(at(NOW));
    assert_eq!(subscription.wake, None, "it was enabled");
    subscription.disable(DisabledReason::Asked, at(NOW));
    subscription.enable(at(NOW));
    assert_eq!(subscription.due_at(), Some(at(NOW)));
    subscription.woken(at(NOW) + SignedDuration::from_secs(1));
    assert_eq!(subscription.due_at(), Some(at(NOW) + WAKES_FOR));
    subscription.woken(at(NOW) + WAKES_FOR);
    assert_eq!(subscription.due_at(), None);
}

#[test]
fn one_test_is_under_way_at_a_time_and_ends_also_when_its_process_dies() {
    let mut told = subscription(None);
    assert_eq!((told.ask_test(at(NOW)), told.ask_test(at(NOW))), (1, 1), "one waits already");
    let first = Testing { number: 1, at: at(NOW) };
    assert_eq!(told.claim_test(at(NOW)), Some(TestStep::Send(first)));
    assert_eq!(told.ask_test(at(NOW)), 2);
    let second = SignedDuration::from_secs(1);
    assert_eq!((told.claim_test(at(NOW) + LEASE - second), told.due_at()), (None, Some(at(NOW) + LEASE)));
    assert_eq!(told.claim_test(at(NOW) + LEASE), Some(TestStep::Interrupted(first)));
    told.tested(first);
    assert_eq!(told.due_at(), Some(at(NOW)));
    let next = Testing { number: 2, at: at(NOW) + LEASE };
    assert_eq!(told.claim_test(at(NOW) + LEASE), Some(TestStep::Send(next)));
    told.tested(first);
    assert_eq!(told.testing, Some(next), "whoever comes late ends nothing else");
    told.tested(next);
    assert_eq!((told.claim_test(at(NOW) + LEASE), told.due_at()), (None, None));
}
