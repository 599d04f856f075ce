//! Every step of a story goes wrong once, in every way, and the story ends as if it had not.

use domain::provider::Provider;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::mail::Next;
use tests::perils::{PERILS, Peril};
use tests::stories::{as_previewed, mail_days, payment_of_everything, put_two_invoices, two_invoices};
use tests::world::World;

/// From two invoices to a settled case, with a step of every kind.
async fn story(world: &World) {
    put_two_invoices(world, "d1").await;
    world.go_to("2026-10-07T08:00:00Z").await;
    let reference = world.inforing.taken().first().map(|t| t.reference.clone()).unwrap_or_default();
    let accepted = world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await;
    assert_eq!(accepted, StatusCode::ACCEPTED);
    let third = invoice("d1", "d1-3", "2026-10-01", "2026-10-10", "50.00");
    world.put("/v1/invoices/d1-3", &third).await;
    world.go_to("2026-11-10T08:00:00Z").await;
    world.feedback(Provider::Inforing, &reference, "f2", "help_ended").await;
    world.go_to("2026-11-19T08:00:00Z").await;
    world.put("/v1/payments/p1", &payment_of_everything("d1", "292.00", "2026-11-19")).await;
    world.go_to("2026-12-10T08:00:00Z").await;
}

/// Leaves out when exactly things happened, and how often an answer had to be waited for.
fn without_instants(mut value: Value) -> Value {
    const INSTANTS: [&str; 6] = ["updatedAt", "preparedAt", "sentAt", "placedAt", "openedAt", "effectiveAt"];
    match &mut value {
        Value::Object(fields) => {
            fields.retain(|name, _| !INSTANTS.contains(&name.as_str()));
            fields.values_mut().for_each(|v| *v = without_instants(v.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|v| *v = without_instants(v.take())),
        _ => {}
    }
    value
}

/// How the story ended for everybody outside: debtor, invoices, mails by day, what the municipality got, what is told.
async fn ending(world: &World) -> Value {
    let mut read = Vec::new();
    for path in
        ["/v1/debtors/d1", "/v1/invoices/d1-1", "/v1/invoices/d1-2", "/v1/invoices/d1-3", "/v1/payments/p1"]
    {
        read.push(without_instants(world.get(path).await));
    }
    let mails: Vec<Value> = world
        .mail
        .taken()
        .iter()
        .zip(mail_days(world))
        .map(|(taken, day)| {
            json!([day, taken.mail.to, taken.mail.subject, as_previewed(&taken.mail.text), taken.mail.tags])
        })
        .collect();
    let signals: Vec<Value> = world
        .inforing
        .taken()
        .iter()
        .map(|t| {
            let message = &t.message;
            let (key, amount) = (&message.idempotency_key, message.arrears.to_string());
            let days = (message.arrears_since.to_string(), message.signalled_on.to_string());
            json!([
                format!("{:?}", t.operation),
                key,
                amount,
                days.0,
                days.1,
                message.municipality_code,
                t.reference
            ])
        })
        .collect();
    let only_of_trouble = ["NoticeUnknown", "NoticeRetried", "SignalUnknown"];
    let mut told = world.events("d1").await;
    told.retain(|event| !only_of_trouble.contains(&event.as_str()));
    // The report of a mail and the signal that the mail asked for may come in either order.
    told.sort();
    json!({ "read": read, "mails": mails, "signals": signals, "told": told })
}

async fn undisturbed() -> (Value, Vec<&'static str>) {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.perils.plan(usize::MAX, Peril::KilledBefore);
    story(&world).await;
    (ending(&world).await, world.perils.steps())
}

#[tokio::test]
async fn whatever_goes_wrong_at_whichever_step_the_story_ends_the_same() {
    let (expected, steps) = undisturbed().await;
    assert_eq!(expected["mails"].as_array().unwrap().len(), 4);
    assert_eq!(expected["signals"].as_array().unwrap().len(), 1);
    let count = |name| steps.iter().filter(|s| **s == name).count();
    assert!(steps.len() >= 40 && count("mail") == 4 && count("submission") == 1, "{steps:?}");
    for peril in PERILS {
        for (number, name) in steps.iter().enumerate() {
            let world = World::at("2026-08-20T08:00:00Z").await;
            world.perils.plan(number, peril);
            story(&world).await;
            assert!(world.perils.struck(), "{peril:?} at {number}, {name}");
            let found = ending(&world).await;
            for part in ["mails", "signals", "read", "told"] {
                assert_eq!(found[part], expected[part], "{peril:?} at {number}, {name}");
            }
        }
    }
}

#[tokio::test]
async fn every_process_dies_once_at_each_of_two_steps_and_the_story_ends_the_same() {
    // The second kill may fall into the repair of the first.
    let (expected, steps) = undisturbed().await;
    for first in 0..steps.len() {
        for between in [1, 2, 3] {
            let world = World::at("2026-08-20T08:00:00Z").await;
            world.perils.plan_two(first, between, Peril::KilledAfter, Peril::KilledBefore);
            story(&world).await;
            let found = ending(&world).await;
            for part in ["mails", "signals", "read"] {
                assert_eq!(found[part], expected[part], "killed at {first} and {between} later");
            }
        }
    }
}

/// The statuses of notices that were told, oldest first.
async fn told_of_notices(world: &World) -> Vec<String> {
    let mut told = world.events("d1").await;
    told.retain(|event| event.starts_with("Notice"));
    told
}

/// On the morning of the first reminder, 8 September, in summer time.
async fn on_the_first_morning(next: &[Next]) -> World {
    let world = two_invoices().await;
    world.mail.next(next);
    world.mail.keep_reports_back(true);
    world.go_to("2026-09-08T06:05:00Z").await;
    world
}

async fn shown(world: &World) -> (Value, Value) {
    let view = world.get("/v1/debtors/d1").await;
    (view["nextAction"]["noticeId"].clone(), view["nextAction"]["on"].clone())
}

#[tokio::test]
async fn a_lost_answer_shows_as_unknown_and_the_report_settles_it() {
    let world = on_the_first_morning(&[Next::AnswerLost]).await;
    assert_eq!(told_of_notices(&world).await, ["NoticePrepared", "NoticeUnknown"]);
    assert_eq!(shown(&world).await, (json!("d1.n1"), json!("2026-09-08")));
    assert_eq!(world.get("/v1/invoices/d1-1").await["steps"], json!([]));
    // Nobody sends it again while its report may still come.
    world.go_to("2026-09-08T09:59:00Z").await;
    assert_eq!(world.mail.calls(), 1);
    world.mail.keep_reports_back(false);
    world.settle().await;
    let settled = ["NoticePrepared", "NoticeUnknown", "NoticeSent", "NoticeDelivered"];
    assert_eq!(told_of_notices(&world).await, settled);
    assert_eq!(world.get("/v1/invoices/d1-1").await["steps"][0]["on"], "2026-09-08");
    world.go_to("2026-09-21T18:00:00Z").await;
    assert_eq!((world.mail.calls(), world.mail.taken().len()), (1, 1));
}

#[tokio::test]
async fn a_process_that_dies_after_the_call_leaves_an_unknown_that_the_report_settles() {
    let world = two_invoices().await;
    world.mail.keep_reports_back(true);
    // The sweep's hint, the prepared notice, the copy of its mail, its claim, the mail.
    world.go_to("2026-09-07T18:00:00Z").await;
    world.perils.plan(4, Peril::KilledAfter);
    world.go_to("2026-09-08T06:05:00Z").await;
    assert_eq!(world.perils.steps()[..5], ["hints", "write", "file", "write", "mail"]);
    assert_eq!(told_of_notices(&world).await, ["NoticePrepared"]);
    assert_eq!(shown(&world).await, (json!("d1.n1"), json!("2026-09-08")));
    world.go_to("2026-09-08T06:20:00Z").await;
    assert_eq!(told_of_notices(&world).await, ["NoticePrepared", "NoticeUnknown"]);
    world.mail.keep_reports_back(false);
    world.go_to("2026-09-09T06:20:00Z").await;
    let settled = ["NoticePrepared", "NoticeUnknown", "NoticeSent", "NoticeDelivered"];
    assert_eq!(told_of_notices(&world).await, settled);
    assert_eq!((world.mail.calls(), world.mail.taken().len()), (1, 1));
}

#[tokio::test]
async fn a_mail_that_vanished_is_tried_once_more_after_four_hours() {
    let world = on_the_first_morning(&[Next::Vanishes]).await;
    world.go_to("2026-09-08T09:55:00Z").await;
    assert_eq!(world.mail.calls(), 1);
    world.mail.keep_reports_back(false);
    world.go_to("2026-09-08T10:20:00Z").await;
    assert_eq!((world.mail.calls(), world.mail.taken().len()), (2, 1));
    let told = ["NoticePrepared", "NoticeUnknown", "NoticeRetried", "NoticeSent", "NoticeDelivered"];
    assert_eq!(told_of_notices(&world).await, told);
}

#[tokio::test]
async fn after_two_tries_without_a_word_a_person_decides_and_nothing_more_is_sent() {
    let world = on_the_first_morning(&[Next::Vanishes; 20]).await;
    world.go_to("2026-10-30T18:00:00Z").await;
    assert_eq!(world.mail.calls(), 2);
    let told = ["NoticePrepared", "NoticeUnknown", "NoticeRetried", "NoticeUnknown", "NoticeFailed"];
    assert_eq!(told_of_notices(&world).await, told);
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["noAction"]["reason"], "notice_failed", "{view}");
    assert_eq!(view["tasks"][0]["about"], "notice_failed");

    // A report that comes after all settles it, and the follow-up goes on.
    let tags = json!({ "administration": ["demo"], "notice": [outside::mail::tag_value("d1.n1")] });
    let detail = json!({ "eventType": "Delivery", "mail": { "tags": tags } });
    let event = json!({ "detail-type": "Email Event", "source": "aws.ses", "detail": detail });
    world.reports.push(event.to_string());
    world.settle().await;
    assert_eq!(told_of_notices(&world).await[5..], ["NoticeSent", "NoticeDelivered"]);
    assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["step"], "reminder");
}

#[tokio::test]
async fn a_refused_mail_is_tried_again_the_next_day_and_asks_a_person_meanwhile() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let mut debtor = consumer("D1");
    debtor["emails"] = json!(["old@example.nl", "new@example.nl"]);
    world.put("/v1/debtors/d1", &debtor).await;
    world.put("/v1/invoices/i1", &invoice("d1", "1", "2026-08-20", "2026-09-01", "121.00")).await;
    world.mail.next(&[Next::Refused]);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!(told_of_notices(&world).await, ["NoticePrepared", "NoticeFailed"]);
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["tasks"][0]["about"], "notice_failed");
    assert_eq!(view["nextAction"]["on"], "2026-09-09");
    world.go_to("2026-09-09T18:00:00Z").await;
    let told = ["NoticePrepared", "NoticeFailed", "NoticePrepared", "NoticeSent", "NoticeDelivered"];
    assert_eq!(told_of_notices(&world).await, told);
    // It was the message that was refused: nothing is known to be wrong with the address.
    assert_eq!(world.mail.taken()[0].mail.to, ["old@example.nl"]);
    assert_eq!(world.mail.calls(), 2);
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_throttled_mail_waits_a_quarter_of_an_hour_as_often_as_it_takes() {
    let world = on_the_first_morning(&[Next::Throttled; 5]).await;
    world.mail.keep_reports_back(false);
    world.go_to("2026-09-08T07:05:00Z").await;
    assert_eq!((world.mail.calls(), world.mail.taken().len()), (5, 0));
    world.go_to("2026-09-08T07:20:00Z").await;
    assert_eq!((world.mail.calls(), world.mail.taken().len()), (6, 1));
    assert_eq!(world.get("/v1/invoices/d1-1").await["steps"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_notice_that_is_paid_while_it_waits_is_cancelled() {
    let world = on_the_first_morning(&[Next::Throttled]).await;
    world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2026-09-08")).await;
    world.go_to("2026-09-20T18:00:00Z").await;
    assert_eq!(world.mail.taken().len(), 0);
    assert_eq!(told_of_notices(&world).await, ["NoticePrepared", "NoticeRetried", "NoticeCancelled"]);
}

#[tokio::test]
async fn a_signal_whose_answer_is_lost_is_asked_for_again_under_the_same_key() {
    let world = two_invoices().await;
    (0..3).for_each(|_| world.inforing.lose_next_answer());
    world.go_to("2026-10-06T06:10:00Z").await;
    let status = |view: Value| view["signals"][0]["status"].clone();
    assert_eq!(status(world.get("/v1/debtors/d1").await), "unknown");
    world.go_to("2026-10-06T08:00:00Z").await;
    assert_eq!((world.inforing.calls(), world.inforing.taken().len()), (4, 1));
    assert_eq!(status(world.get("/v1/debtors/d1").await), "sent");
}

#[tokio::test]
async fn a_signal_that_is_never_answered_is_put_before_a_person() {
    let world = two_invoices().await;
    (0..50).for_each(|_| world.inforing.lose_next_answer());
    world.go_to("2026-10-06T18:00:00Z").await;
    assert_eq!((world.inforing.calls(), world.inforing.taken().len()), (5, 1));
    let tasks = world.get("/v1/debtors/d1").await["tasks"].clone();
    assert_eq!(tasks[0]["about"], "signal_unanswered");
}

#[tokio::test]
async fn a_store_that_is_away_for_a_while_delays_and_loses_nothing() {
    use store::Moment;
    use store::table::TableError;
    let world = two_invoices().await;
    let away = || TableError::Unavailable("throttled".to_owned());
    for moment in [Moment::Read, Moment::BeforeWrite, Moment::AfterWrite, Moment::Read] {
        world.table.fail_next(moment, away());
    }
    world.set(world.now() + SignedDuration::from_hours(1));
    world.go_to("2026-10-07T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-22", "2026-10-06"]);
    assert_eq!(world.inforing.taken().len(), 1);
}
