//! Webhooks: who is told what, in which order, and what becomes of receivers that are away.

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use outside::webhooks::Answered;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::mail::Next;
use tests::perils::PERILS;
use tests::webhooks::Arrived;
use tests::world::World;

use crate::refusals::{errors, is_problem};

const CRM: &str = "https://crm.example/hooks";
const ERP: &str = "https://erp.example/hooks";
const BEGAN: &str = "2026-11-30T09:00:00Z";

const DOWN: Answered = Answered::Status(503);
const UP: Answered = Answered::Status(204);

/// A debtor with one invoice that is not due for months.
async fn owes(world: &World, debtor: &str) {
    world.put(&format!("/v1/debtors/{debtor}"), &consumer(debtor)).await;
    bill(world, debtor, 1).await;
}

async fn bill(world: &World, debtor: &str, number: u32) {
    let name = format!("{debtor}-{number}");
    let body = invoice(debtor, &name, "2026-11-30", "2027-06-30", "121.00");
    world.put(&format!("/v1/invoices/{name}"), &body).await;
    world.settle().await;
}

async fn pay(world: &World, debtor: &str, number: u32) {
    let body = payment(&format!("{debtor}-{number}"), "121.00", "2026-11-30");
    world.put(&format!("/v1/payments/p-{debtor}-{number}"), &body).await;
    world.settle().await;
}

fn later(world: &World, hours: i64) -> String {
    (world.now() + SignedDuration::from_hours(hours)).to_string()
}

/// What a receiver has been told of each debtor, each message once, in the order in which it was first taken.
fn told(world: &World, url: &str) -> BTreeMap<String, Vec<(u64, String)>> {
    let mut told: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
    let mut seen = Vec::new();
    for message in world.subscribers.taken().into_iter().filter(|m| m.url == url) {
        if !seen.contains(&message.id) {
            told.entry(message.debtor().to_owned())
                .or_default()
                .push((message.sequence(), message.event().to_owned()));
            seen.push(message.id);
        }
    }
    told
}

/// The same of one debtor: names alone.
fn names(world: &World, url: &str, debtor: &str) -> Vec<String> {
    told(world, url).remove(debtor).unwrap_or_default().into_iter().map(|(_, name)| name).collect()
}

/// No message was tried while an earlier one of the same debtor was not delivered.
fn assert_in_order(world: &World, url: &str) {
    let mut tried: BTreeMap<String, Arrived> = BTreeMap::new();
    for message in world.subscribers.arrived().into_iter().filter(|m| m.url == url) {
        if let Some(before) = tried.get(message.debtor())
            && before.id != message.id
        {
            assert!(before.is_taken(), "{} was tried before {} was delivered", message.id, before.id);
            assert!(before.sequence() <= message.sequence(), "{} after {}", message.id, before.id);
        }
        tried.insert(message.debtor().to_owned(), message);
    }
}

#[tokio::test]
async fn what_happens_is_told_signed_in_order_and_by_ids_alone() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    owes(&world, "d1").await;
    pay(&world, "d1", 1).await;
    // The receiver takes only what it can verify.
    let taken = world.subscribers.taken();
    let ids: Vec<&str> = taken.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(ids, ["crm.d1.2-0", "crm.d1.3-0", "crm.d1.4-0"]);
    let expected = [
        json!({ "type": "invoice.created", "timestamp": BEGAN,
            "data": { "administration": "demo", "debtorId": "d1", "sequence": 2, "invoiceIds": ["d1-1"] } }),
        json!({ "type": "payment.received", "timestamp": BEGAN,
            "data": { "administration": "demo", "debtorId": "d1", "sequence": 3, "invoiceIds": ["d1-1"],
                "paymentId": "p-d1-1" } }),
        json!({ "type": "invoice.paid", "timestamp": BEGAN,
            "data": { "administration": "demo", "debtorId": "d1", "sequence": 4, "invoiceIds": ["d1-1"] } }),
    ];
    assert_eq!(taken.iter().map(|m| m.body.clone()).collect::<Vec<_>>(), expected);
    assert!(taken.iter().all(|m| m.signatures == 1));
    let log = world.delivery_log("crm").await;
    assert_eq!(log.len(), 3);
    assert_eq!(log[0]["id"], "crm.d1.4-0");
    assert!(
        log.iter().all(|d| d["status"] == "delivered" && d["attempts"].as_array().unwrap().len() == 1),
        "{log:?}"
    );
    assert_eq!(log[0]["attempts"][0]["status"], 204);
    let lane = world.lane("crm", "d1").await.expect("a lane");
    assert_eq!((lane.due_at, lane.head), (None, None), "nothing is left to do");
}

#[tokio::test]
async fn only_what_was_chosen_and_happened_since_is_told() {
    let world = World::at(BEGAN).await;
    owes(&world, "d1").await;
    world.set(BEGAN.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(1));
    world.subscribe("crm", CRM, Some(&["invoice.paid", "invoice.held", "invoice.resumed"])).await;
    pay(&world, "d1", 1).await;
    let hold = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    world.lift(&hold).await;
    world.settle().await;
    assert_eq!(names(&world, CRM, "d1"), ["invoice.paid", "invoice.held", "invoice.resumed"]);
    let held = world.subscribers.taken()[1].body["data"]["holdId"].clone();
    assert_eq!(held, hold);
    // Another choice tells what is new from now on.
    let body = json!({ "url": CRM, "events": ["invoice.created"] });
    let changed = world.call("PUT", "/v1/webhooks/crm", Some(&body)).await;
    assert_eq!((changed.status, &changed.body["secret"]), (StatusCode::OK, &Value::Null));
    world.set(world.now() + SignedDuration::from_secs(1));
    bill(&world, "d1", 2).await;
    assert_eq!(names(&world, CRM, "d1").last().map(String::as_str), Some("invoice.created"));
    assert_eq!(names(&world, CRM, "d1").len(), 4);
}

#[tokio::test]
async fn hints_that_are_repeated_lost_or_late_change_nothing() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    // That the invoice came is hinted at by nobody.
    world.dispatches.lose(2);
    owes(&world, "d1").await;
    assert_eq!(told(&world, CRM), BTreeMap::new());
    pay(&world, "d1", 1).await;
    let expected = ["invoice.created", "payment.received", "invoice.paid"];
    assert_eq!(names(&world, CRM, "d1"), expected);
    let before = world.contents();
    let mut ever = world.dispatches.ever();
    ever.reverse();
    for hint in ever {
        for _ in 0..2 {
            world.dispatches.push(hint.clone());
        }
    }
    world.settle().await;
    assert_eq!(world.subscribers.arrived().len(), 3);
    assert_eq!(world.changes(&before), Vec::<String>::new());
}

#[tokio::test]
async fn each_message_arrives_once_however_many_work_at_it() {
    let mut world = World::at(BEGAN).await;
    world.deliveries = 4;
    world.subscribe("crm", CRM, None).await;
    world.subscribe("erp", ERP, None).await;
    for debtor in ["d1", "d2"] {
        owes(&world, debtor).await;
        pay(&world, debtor, 1).await;
    }
    world.webhooks_until(&later(&world, 1)).await;
    for url in [CRM, ERP] {
        let arrived = world.subscribers.arrived().into_iter().filter(|m| m.url == url).count();
        assert_eq!(arrived, 6, "{url}");
        assert_in_order(&world, url);
    }
}

#[tokio::test]
async fn a_receiver_that_was_away_for_two_days_gets_everything_afterwards_in_order_for_each_debtor() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    world.subscribe("erp", ERP, None).await;
    owes(&world, "d1").await;
    world.subscribers.answers(CRM, DOWN);
    let mut expected: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
    for day in 0..2 {
        for debtor in ["d1", "d2", "d3"] {
            if day == 0 && debtor != "d1" {
                owes(&world, debtor).await;
            }
            pay(&world, debtor, day + 1).await;
            bill(&world, debtor, day + 2).await;
            world.webhooks_until(&later(&world, 8)).await;
        }
    }
    assert_eq!(world.now(), BEGAN.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(48));
    // The other receiver got all of it at once: what it was told is what is to arrive here too.
    for (debtor, events) in told(&world, ERP) {
        assert_eq!(events.len(), 7, "{debtor}");
        expected.insert(debtor, events);
    }
    assert_eq!(told(&world, CRM)["d1"].len(), 1, "{:?}", told(&world, CRM));
    assert_eq!(world.get("/v1/webhooks/crm").await["state"], "enabled");

    world.subscribers.answers(CRM, UP);
    world.webhooks_until(&later(&world, 26)).await;
    assert_eq!(told(&world, CRM), expected);
    assert_in_order(&world, CRM);
    assert_in_order(&world, ERP);
    // Nobody hurried it: attempts became fewer and fewer.
    let tries = world.subscribers.arrived().into_iter().filter(|m| m.url == CRM && !m.is_taken()).count();
    assert!((15..=30).contains(&tries), "{tries}");
}

#[tokio::test]
async fn whatever_goes_wrong_at_whichever_step_everything_arrives_in_order() {
    async fn story(world: &World) {
        owes(world, "d1").await;
        pay(world, "d1", 1).await;
        world.webhooks_until(&later(world, 2)).await;
    }
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    world.perils.plan(usize::MAX, PERILS[0]);
    story(&world).await;
    let (expected, steps) = (told(&world, CRM), world.perils.steps());
    assert_eq!(expected["d1"].len(), 3);
    assert!(steps.iter().filter(|step| **step == "webhook").count() == 3 && steps.len() > 10, "{steps:?}");
    for peril in PERILS {
        for (number, name) in steps.iter().enumerate() {
            let world = World::at(BEGAN).await;
            world.subscribe("crm", CRM, None).await;
            world.perils.plan(number, peril);
            story(&world).await;
            assert!(world.perils.struck(), "{peril:?} at {number}, {name}");
            assert_eq!(told(&world, CRM), expected, "{peril:?} at {number}, {name}");
            assert_in_order(&world, CRM);
            let lane = world.lane("crm", "d1").await.expect("a lane");
            assert_eq!(lane.due_at, None, "{peril:?} at {number}, {name}");
        }
    }
}

#[tokio::test]
async fn one_that_fails_for_three_days_is_disabled_with_one_mail_and_goes_on_where_it_was_once_enabled() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    let body = json!({ "url": CRM, "email": "beheer@voorbeeld.example" });
    world.put("/v1/webhooks/crm", &body).await;
    world.subscribers.answers(CRM, DOWN);
    owes(&world, "d1").await;
    world.webhooks_until(&later(&world, 60)).await;
    assert_eq!(world.get("/v1/webhooks/crm").await["state"], "enabled");
    world.webhooks_until(&later(&world, 40)).await;
    let view = world.get("/v1/webhooks/crm").await;
    assert_eq!(
        (&view["state"], &view["reason"], &view["mail"]),
        (&json!("disabled"), &json!("failing"), &json!("sent"))
    );
    let tries = world.subscribers.arrived();
    assert_eq!(tries.len(), 10);
    assert!(tries.iter().all(|m| m.id == "crm.d1.2-0"));
    let mails = world.mail.taken();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].mail.to, ["beheer@voorbeeld.example"]);
    assert!(mails[0].mail.text.contains("drie dagen") && mails[0].mail.subject.contains("crm"));

    // Nothing is tried, however much happens and whoever hints.
    pay(&world, "d1", 1).await;
    owes(&world, "d2").await;
    for hint in world.dispatches.ever() {
        world.dispatches.push(hint);
    }
    world.webhooks_until(&later(&world, 24)).await;
    assert_eq!((world.subscribers.arrived().len(), world.mail.taken().len()), (10, 1));
    let again = json!({ "since": BEGAN });
    let refused = world.call("POST", "/v1/webhooks/crm/replay", Some(&again)).await;
    is_problem(&refused, 409);

    world.subscribers.answers(CRM, UP);
    let enabled = world.ask_webhook("crm", "enable", None).await;
    assert_eq!(enabled["state"], "enabled");
    world.webhooks_until(&later(&world, 1)).await;
    assert_eq!(names(&world, CRM, "d1"), ["invoice.created", "payment.received", "invoice.paid"]);
    assert_eq!(names(&world, CRM, "d2"), ["invoice.created"]);
    assert_in_order(&world, CRM);
    assert_eq!(world.mail.taken().len(), 1);
    // And it is told of what comes after that.
    pay(&world, "d2", 1).await;
    assert_eq!(names(&world, CRM, "d2").len(), 3);
}

#[tokio::test]
async fn one_that_says_it_is_gone_is_disabled_at_once() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    world.subscribers.answers(CRM, Answered::Status(410));
    owes(&world, "d1").await;
    let view = world.get("/v1/webhooks/crm").await;
    assert_eq!((&view["state"], &view["reason"]), (&json!("disabled"), &json!("gone")));
    assert_eq!(world.subscribers.arrived().len(), 1);
    let mails = world.mail.taken();
    assert_eq!((mails.len(), mails[0].mail.to.clone()), (1, vec!["service@voorbeeld.example".to_owned()]));
    assert!(mails[0].mail.text.contains("410"));
}

#[tokio::test]
async fn a_mail_of_which_nobody_knows_is_not_sent_again_and_one_that_was_refused_for_now_is() {
    let table = [
        (Next::AnswerLost, "unknown", 1, 1),
        (Next::Vanishes, "unknown", 0, 1),
        (Next::Refused, "refused", 0, 1),
        (Next::Throttled, "sent", 1, 2),
    ];
    for (next, state, mails, calls) in table {
        let world = World::at(BEGAN).await;
        world.subscribe("crm", CRM, None).await;
        world.subscribers.answers(CRM, Answered::Status(410));
        world.mail.next(&[next]);
        owes(&world, "d1").await;
        world.webhooks_until(&later(&world, 3)).await;
        assert_eq!(world.get("/v1/webhooks/crm").await["mail"], state, "{next:?}");
        assert_eq!((world.mail.taken().len(), world.mail.calls()), (mails, calls), "{next:?}");
    }
}

#[tokio::test]
async fn redirects_refusals_and_silence_are_failures_that_the_log_tells_apart() {
    let answers = [
        (Answered::Status(302), json!(302), Value::Null),
        (Answered::Status(404), json!(404), Value::Null),
        (Answered::Not("timeout"), Value::Null, json!("timeout")),
        (Answered::Not("not_public"), Value::Null, json!("not_public")),
    ];
    for (answer, status, error) in answers {
        let world = World::at(BEGAN).await;
        world.subscribe("crm", CRM, Some(&["invoice.created"])).await;
        world.subscribers.next(&[answer]);
        owes(&world, "d1").await;
        let log = world.delivery_log("crm").await;
        assert_eq!((log.len(), &log[0]["status"]), (1, &json!("waiting")), "{log:?}");
        let attempt = &log[0]["attempts"][0];
        assert_eq!((&attempt["status"], &attempt["error"]), (&status, &error));
        let next: Timestamp = log[0]["nextAttemptAt"].as_str().expect("an instant").parse().unwrap();
        let wait = next.duration_since(world.now()).as_millis();
        assert!((4_500..=5_500).contains(&wait), "{wait}");
        world.webhooks_until(&later(&world, 1)).await;
        let log = world.delivery_log("crm").await;
        assert_eq!((&log[0]["status"], &log[0]["nextAttemptAt"]), (&json!("delivered"), &Value::Null));
        assert_eq!(log[0]["attempts"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn the_secret_before_the_last_one_signs_too_for_a_day() {
    let world = World::at(BEGAN).await;
    let first = world.subscribe("crm", CRM, None).await;
    let rotated = world.ask_webhook("crm", "rotate-secret", None).await;
    let second = rotated["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(first, second);
    assert_eq!(rotated["oldSecretUntil"], "2026-12-01T09:00:00Z");
    // The receiver still knows the first one.
    owes(&world, "d1").await;
    assert_eq!(names(&world, CRM, "d1"), ["invoice.created"]);
    assert_eq!(world.subscribers.arrived()[0].signatures, 2);
    // A receiver that changed over in time.
    world.subscribers.knows(CRM, &second);
    pay(&world, "d1", 1).await;
    assert_eq!(names(&world, CRM, "d1").len(), 3);
    // A day later the first one is worth nothing.
    world.set("2026-12-01T09:00:00Z".parse().unwrap());
    world.subscribers.knows(CRM, &first);
    bill(&world, "d1", 2).await;
    let last = world.subscribers.arrived().pop().expect("a message");
    assert_eq!((last.signatures, last.answered), (1, Answered::Status(401)));
    world.subscribers.knows(CRM, &second);
    world.webhooks_until(&later(&world, 1)).await;
    assert_eq!(names(&world, CRM, "d1").len(), 4);
    for path in ["/v1/webhooks/crm", "/v1/webhooks"] {
        let shown = world.get(path).await.to_string();
        assert!(!shown.contains("whsec_"), "{shown}");
    }
    assert!(!world.contents().iter().any(|item| item.contains("whsec_")), "secrets are kept elsewhere");
}

#[tokio::test]
async fn what_was_delivered_is_delivered_again_under_its_own_id_and_before_what_is_new() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    for (debtor, at) in [("d1", "2026-11-30T09:00:00Z"), ("d2", "2026-11-30T10:00:00Z")] {
        world.set(at.parse().unwrap());
        owes(&world, debtor).await;
        pay(&world, debtor, 1).await;
    }
    world.set("2026-11-30T11:00:00Z".parse().unwrap());
    bill(&world, "d1", 2).await;
    let first: Vec<String> = world.subscribers.taken().into_iter().map(|m| m.id).collect();
    assert_eq!(first.len(), 7);
    let since =
        |world: &World| world.subscribers.taken().into_iter().skip(7).map(|m| m.id).collect::<Vec<_>>();

    let hour = json!({ "since": "2026-11-30T09:00:00Z", "until": "2026-11-30T09:30:00Z" });
    world.ask_webhook("crm", "replay", Some(&hour)).await;
    assert_eq!(since(&world), ["crm.d1.2-0", "crm.d1.3-0", "crm.d1.4-0"]);
    // One of them.
    let one = json!({ "deliveryId": "crm.d2.4-0" });
    world.ask_webhook("crm", "replay", Some(&one)).await;
    assert_eq!(since(&world).last().map(String::as_str), Some("crm.d2.4-0"));
    assert_eq!(since(&world).len(), 4);

    // All of it, while the receiver is away and something new happens.
    world.subscribers.answers(CRM, DOWN);
    world.ask_webhook("crm", "replay", Some(&json!({ "since": BEGAN }))).await;
    pay(&world, "d1", 2).await;
    world.subscribers.answers(CRM, UP);
    world.webhooks_until(&later(&world, 1)).await;
    let of_d1: Vec<String> =
        since(&world).into_iter().skip(4).filter(|id| id.starts_with("crm.d1")).collect();
    let expected = ["2-0", "3-0", "4-0", "5-0", "6-0", "7-0"].map(|place| format!("crm.d1.{place}"));
    assert_eq!(of_d1, expected);
    assert!(
        world.delivery_log("crm").await.iter().all(|d| d["status"] == "delivered" && d["again"] == false)
    );

    let missing = ["crm.d1.99-0", "crm.d9.2-0", "erp.d1.2-0", "crm.test-1", "x"];
    for id in missing {
        let answer = world.call("POST", "/v1/webhooks/crm/replay", Some(&json!({ "deliveryId": id }))).await;
        is_problem(&answer, 404);
    }
    let table = [
        (json!({}), "since", "one_of_two"),
        (json!({ "since": BEGAN, "deliveryId": "x" }), "since", "one_of_two"),
        (json!({ "since": "2026-10-01T00:00:00Z" }), "since", "too_long_ago"),
        (
            json!({ "since": "2026-11-30T10:00:00Z", "until": "2026-11-30T09:00:00Z" }),
            "until",
            "before_since",
        ),
        (json!({ "deliveryId": "x", "until": BEGAN }), "until", "goes_with_since"),
    ];
    for (body, path, code) in table {
        let answer = world.call("POST", "/v1/webhooks/crm/replay", Some(&body)).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())], "{body}");
    }
}

#[tokio::test]
async fn what_waits_is_bounded_by_thirty_days() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    world.ask_webhook("crm", "disable", None).await;
    owes(&world, "d1").await;
    world.set("2026-12-31T09:00:01Z".parse().unwrap());
    pay(&world, "d1", 1).await;
    assert_eq!((world.subscribers.arrived().len(), world.mail.taken().len()), (0, 0), "who asked knows");
    let lanes = world.table.all().into_iter().filter(|r| r.key.partition.contains("#W#")).count();
    assert_eq!(lanes, 1, "one item for each debtor, however much happens");
    world.ask_webhook("crm", "enable", None).await;
    assert_eq!(names(&world, CRM, "d1"), ["payment.received", "invoice.paid"]);
}

#[tokio::test]
async fn a_test_message_shows_whether_the_receiver_works_and_is_tried_once() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    let asked = world.ask_webhook("crm", "test", None).await;
    assert_eq!(asked["deliveryId"], "crm.test-1");
    let message = world.subscribers.taken().pop().expect("a message");
    assert_eq!(message.body["type"], "webhook.test");
    assert_eq!(message.body["data"], json!({ "administration": "demo", "webhookId": "crm" }));
    // Also to one that is disabled: whoever enables it wants to know first.
    world.ask_webhook("crm", "disable", None).await;
    world.subscribers.answers(CRM, DOWN);
    world.ask_webhook("crm", "test", None).await;
    world.webhooks_until(&later(&world, 2)).await;
    assert_eq!(world.subscribers.arrived().len(), 2);
    let log = world.delivery_log("crm").await;
    let shown: Vec<(&Value, &Value)> = log.iter().map(|d| (&d["id"], &d["status"])).collect();
    assert!(shown.contains(&(&json!("crm.test-1"), &json!("delivered"))), "{shown:?}");
    assert!(shown.contains(&(&json!("crm.test-2"), &json!("failed"))), "{shown:?}");
}

#[tokio::test]
async fn a_test_message_ends_wherever_its_process_dies_and_is_sent_once_at_most() {
    async fn story(world: &World) {
        let asked = world.call("POST", "/v1/webhooks/crm/test", None).await;
        assert_eq!(asked.body["deliveryId"], "crm.test-1");
        world.perils.plan(usize::MAX, PERILS[0]);
    }
    async fn goes_on(world: &World) {
        world.settle().await;
        world.webhooks_until(&later(world, 1)).await;
    }
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    story(&world).await;
    goes_on(&world).await;
    let steps = world.perils.steps();
    assert!(steps.contains(&"webhook") && steps.len() > 4, "{steps:?}");
    let mut ends = std::collections::BTreeSet::new();
    for peril in PERILS {
        for (number, name) in steps.iter().enumerate() {
            let world = World::at(BEGAN).await;
            world.subscribe("crm", CRM, None).await;
            story(&world).await;
            world.perils.plan(number, peril);
            goes_on(&world).await;
            assert!(world.perils.struck(), "{peril:?} at {number}, {name}");
            assert!(world.subscribers.arrived().len() <= 1, "{peril:?} at {number}, {name}");
            let log = world.delivery_log("crm").await;
            assert_eq!(
                (log.len(), &log[0]["id"]),
                (1, &json!("crm.test-1")),
                "{peril:?} at {number}, {name}"
            );
            let (status, why) = (&log[0]["status"], &log[0]["attempts"][0]["error"]);
            assert_ne!(status, "waiting", "{peril:?} at {number}, {name}");
            ends.insert((status.to_string(), why.to_string()));
            // The next one is not kept out by it.
            let asked = world.ask_webhook("crm", "test", None).await;
            assert_eq!(asked["deliveryId"], "crm.test-2");
            world.webhooks_until(&later(&world, 1)).await;
            assert!(world.subscribers.taken().iter().any(|message| message.id == "crm.test-2"));
        }
    }
    let words = |status: &str, why: &str| (format!("\"{status}\""), why.to_owned());
    assert!(ends.contains(&words("delivered", "null")), "{ends:?}");
    assert!(ends.contains(&words("failed", "\"interrupted\"")), "{ends:?}");
}

#[tokio::test]
async fn an_address_that_leads_inside_is_refused_when_it_is_put_and_when_it_is_called() {
    let world = World::at(BEGAN).await;
    let table = [
        ("https://169.254.169.254/latest/meta-data", "not_public"),
        ("https://localhost/hooks", "not_public"),
        ("https://127.0.0.1:8443/hooks", "not_public"),
        ("https://[::1]/hooks", "not_public"),
        ("https://[::ffff:10.0.0.1]/hooks", "not_public"),
        ("https://2852039166/hooks", "not_public"),
        ("https://inside.example/hooks", "not_public"),
        ("https://metadata.example/hooks", "not_public"),
        ("https://half.example/hooks", "not_public"),
        ("http://crm.example/hooks", "not_https"),
        ("https://user:pass@crm.example/hooks", "credentials_in_address"),
        ("https://crm.example:25/hooks", "port_not_allowed"),
        ("crm.example", "not_an_address"),
    ];
    let before = world.contents();
    for (url, code) in table {
        let answer = world.call("PUT", "/v1/webhooks/crm", Some(&json!({ "url": url }))).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer), [("url".to_owned(), code.to_owned())], "{url}");
    }
    assert_eq!(world.changes(&before), Vec::<String>::new());
    // One that was put while it led elsewhere.
    world.subscribe("crm", CRM, Some(&["invoice.created"])).await;
    let id = "crm".parse().expect("an id");
    let moved = world.store.change_subscription(&world.administration, &id, |subscription| {
        subscription.url = "https://metadata.example/hooks".to_owned();
        Ok(())
    });
    moved.await.expect("a write");
    owes(&world, "d1").await;
    assert_eq!(world.subscribers.arrived().len(), 0);
    assert_eq!(world.delivery_log("crm").await[0]["attempts"][0]["error"], "not_public");
}

#[tokio::test]
async fn a_subscription_is_put_read_listed_and_deleted() {
    let world = World::at(BEGAN).await;
    let secret = world.subscribe("crm", CRM, Some(&["invoice.paid", "case.opened"])).await;
    assert!(secret.starts_with("whsec_"));
    let view = world.get("/v1/webhooks/crm").await;
    assert_eq!((&view["url"], &view["events"]), (&json!(CRM), &json!(["invoice.paid", "case.opened"])));
    let list = world.get("/v1/webhooks").await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert!(list["events"].as_array().is_some_and(|events| events.contains(&json!("dispute.decided"))));
    for (events, path, code) in [
        (json!([]), "events", "number_of_events"),
        (json!(["invoice.paid", "letter.eaten"]), "events[1]", "unknown_event"),
    ] {
        let answer =
            world.call("PUT", "/v1/webhooks/crm", Some(&json!({ "url": CRM, "events": events }))).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())]);
    }
    let mail = json!({ "url": CRM, "email": "nobody" });
    let answer = world.call("PUT", "/v1/webhooks/crm", Some(&mail)).await;
    assert_eq!(errors(&answer), [("email".to_owned(), "not_an_email_address".to_owned())]);

    for number in 1..20 {
        world
            .put(&format!("/v1/webhooks/w{number}"), &json!({ "url": CRM, "events": ["case.opened"] }))
            .await;
    }
    let one_more = world.call("PUT", "/v1/webhooks/more", Some(&json!({ "url": CRM }))).await;
    is_problem(&one_more, 409);

    owes(&world, "d1").await;
    let deleted = world.call("DELETE", "/v1/webhooks/crm", None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert!(!world.secrets.names().iter().any(|name| name.ends_with("/webhooks/crm")));
    pay(&world, "d1", 1).await;
    assert_eq!(world.subscribers.arrived().len(), 0);
    for (method, path) in [
        ("GET", "/v1/webhooks/crm"),
        ("DELETE", "/v1/webhooks/crm"),
        ("GET", "/v1/webhooks/crm/deliveries"),
        ("POST", "/v1/webhooks/crm/enable"),
        ("POST", "/v1/webhooks/crm/rotate-secret"),
        ("POST", "/v1/webhooks/crm/test"),
    ] {
        is_problem(&world.call(method, path, None).await, 404);
    }
}

#[tokio::test]
async fn a_lane_whose_subscription_is_gone_goes_too_and_a_new_one_reaches_not_back() {
    let world = World::at(BEGAN).await;
    world.subscribe("crm", CRM, None).await;
    world.subscribers.answers(CRM, DOWN);
    owes(&world, "d1").await;
    assert!(world.lane("crm", "d1").await.is_some());
    world.call("DELETE", "/v1/webhooks/crm", None).await;
    world.webhooks_until(&later(&world, 1)).await;
    assert_eq!(world.lane("crm", "d1").await, None);
    world.subscribers.answers(CRM, UP);
    world.subscribe("crm", CRM, None).await;
    pay(&world, "d1", 1).await;
    assert_eq!(names(&world, CRM, "d1"), ["payment.received", "invoice.paid"]);
}
