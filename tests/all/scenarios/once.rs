//! Whatever comes twice, late, out of order or from somebody else.

use domain::notice::CALL_OVER_AFTER;
use domain::provider::Provider;
use futures_util::future::join_all;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::callers::{feedback_body, signed};
use tests::queues::{batch, deadline};
use tests::stories::{mail_days, two_invoices, two_invoices_signalled};
use tests::world::{Answer, Asked, BKR_SOURCE, INFORING_SOURCE, World};

const UBL: &str = include_str!("../../../shared/formats/tests-data/invoice-consumer.xml");

/// The story up to help that runs, with every message delivered so often.
async fn up_to_help(deliveries: usize) -> World {
    let mut world = two_invoices().await;
    world.deliveries = deliveries;
    world.go_to("2026-10-07T08:00:00Z").await;
    let reference = world.inforing.taken()[0].reference.clone();
    world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await;
    world.go_to("2026-11-20T08:00:00Z").await;
    world
}

#[tokio::test]
async fn ten_deliveries_of_every_message_are_one() {
    let (once, ten) = (up_to_help(1).await, up_to_help(10).await);
    assert_eq!(mail_days(&ten), ["2026-09-08", "2026-09-22", "2026-10-06"]);
    assert_eq!(ten.mail.calls(), 3);
    assert_eq!((ten.inforing.taken().len(), ten.inforing.calls()), (1, 1));
    assert_eq!(ten.events("d1").await, once.events("d1").await);
    assert_eq!(ten.get("/v1/debtors/d1").await, once.get("/v1/debtors/d1").await);
}

#[tokio::test]
async fn every_message_that_there_ever_was_once_more_changes_nothing() {
    let world = up_to_help(1).await;
    let before = world.contents();
    let calls = (world.mail.calls(), world.inforing.calls());
    let mut replayed = 0;
    for queue in [&world.cases, &world.notices, &world.evaluations, &world.submissions, &world.reports] {
        let ever = queue.ever();
        assert!(!ever.is_empty());
        replayed += ever.len();
        // The last one first: order does not matter either.
        ever.into_iter().rev().for_each(|body| queue.push(body));
    }
    world.settle().await;
    assert!(replayed > 12, "{replayed}");
    assert_eq!(world.changes(&before), [""; 0]);
    assert_eq!((world.mail.calls(), world.inforing.calls()), calls);
}

#[tokio::test]
async fn ten_callbacks_at_once_and_later_are_one() {
    let (world, reference) = two_invoices_signalled().await;
    let time = world.now();
    let body = feedback_body(Provider::Inforing, &reference, "f1", "help_accepted", time);
    let callback = |webhook: &'static str| {
        world.callback(Provider::Inforing, Provider::Inforing, webhook, world.now(), &body)
    };
    let answers = join_all((0..10).map(|_| callback("w1"))).await;
    assert_eq!(answers, [StatusCode::ACCEPTED; 10]);
    let after_the_first = world.contents();
    world.go_to("2026-10-08T08:00:00Z").await;
    assert_eq!(callback("w1").await, StatusCode::ACCEPTED);
    // The provider may send the same event as another webhook.
    assert_eq!(callback("w2").await, StatusCode::ACCEPTED);
    assert_eq!(world.changes(&after_the_first), [""; 0]);
    let entries = (world.count("d1", "FeedbackReceived").await, world.count("d1", "HoldPlaced").await);
    assert_eq!(entries, (1, 1));
}

fn outcome(answer: &Answer) -> &str {
    answer.body["outcome"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn ten_upserts_of_the_same_record_are_one_and_an_older_one_is_ignored() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    // Each record, and the same with something else in it.
    let (debtor, bill) = (consumer("D1"), invoice("d1", "1", "2026-08-01", "2026-09-01", "121.00"));
    let paid = payment("i1", "21.00", "2026-08-10");
    let table = [
        ("/v1/debtors/d1", debtor, "name", "J. Jansen"),
        ("/v1/invoices/i1", bill, "number", "2"),
        ("/v1/payments/p1", paid, "amount", "22.00"),
    ];
    for (path, body, field, other) in table {
        let at_once = join_all((0..10).map(|_| world.call("PUT", path, Some(&body)))).await;
        let created = at_once.iter().filter(|a| outcome(a) == "created").count();
        let unchanged = at_once.iter().filter(|a| outcome(a) == "unchanged").count();
        assert_eq!((created, unchanged), (1, 9), "{path}");
        world.settle().await;
        let (before, units) = (world.table.all(), world.table.units());

        let mut older = body.clone();
        older[field] = json!(other);
        older["modifiedAt"] = json!("2025-12-31T23:59:59Z");
        let answer = world.call("PUT", path, Some(&older)).await;
        assert_eq!((answer.status, outcome(&answer)), (StatusCode::OK, "older"), "{path}");
        // Older and yet the same: it says nothing new either way.
        older[field] = body[field].clone();
        assert!(["older", "unchanged"].contains(&outcome(&world.call("PUT", path, Some(&older)).await)));
        // As old as the one that is stored, and changed: the last one counts.
        assert_eq!(world.table.all(), before, "{path}");
        assert_eq!(world.table.units().write, units.write, "{path}");
    }
    let told = ["DebtorCreated", "InvoiceReceived", "PaymentReceived"];
    assert_eq!(world.events("d1").await, told);
}

#[tokio::test]
async fn ten_posts_of_the_same_document_are_one() {
    let world = World::at("2026-09-01T08:00:00Z").await;
    let post = || world.send_request("POST", "/v1/invoices", "application/xml", UBL.into(), &[]);
    let answers = join_all((0..10).map(|_| post())).await;
    let before = world.table.all();
    world.set(world.now() + SignedDuration::from_hours(30));
    let late = post().await;
    for answer in answers.iter().chain([&late]) {
        assert_eq!((answer.status, &answer.body), (StatusCode::CREATED, &answers[0].body));
    }
    assert_eq!(world.table.all(), before);
    let debtor = answers[0].body["debtorId"].as_str().unwrap();
    assert_eq!(world.events(debtor).await, ["DebtorCreated", "InvoiceReceived", "DocumentAdded"]);
    let invoice =
        world.get(&format!("/v1/invoices/{}", answers[0].body["invoiceId"].as_str().unwrap())).await;
    assert_eq!(invoice["number"], "2026-0001");
}

/// A hold asked for with this key.
async fn hold_with_key(world: &World, key: &str, reason: &str) -> Answer {
    let body = json!({ "scope": { "debtorId": "d1" }, "covers": "reminders", "reason": reason });
    world.call_with("POST", "/v1/holds", Some(&body), &[("idempotency-key", key)]).await
}

#[tokio::test]
async fn an_idempotency_key_makes_ten_requests_one() {
    let world = two_invoices().await;
    let at_once = join_all((0..10).map(|_| hold_with_key(&world, "k1", "a question"))).await;
    let created: Vec<&Answer> = at_once.iter().filter(|a| a.status == StatusCode::CREATED).collect();
    let first = created.first().expect("one of them is done");
    for answer in &at_once {
        let same = answer.status == StatusCode::CREATED && answer.body == first.body;
        // Whoever comes while the first is running is told so.
        assert!(same || answer.status == StatusCode::CONFLICT, "{} {}", answer.status, answer.body);
    }
    for _ in 0..10 {
        let again = hold_with_key(&world, "k1", "a question").await;
        assert_eq!((again.status, &again.body), (StatusCode::CREATED, &first.body));
    }
    let before = world.table.all();
    let other = hold_with_key(&world, "k1", "another question").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.body["type"], "urn:tijdig:problem:idempotency_key_reused");
    assert_eq!(world.table.all(), before);
    assert_eq!(world.count("d1", "HoldPlaced").await, 1);

    // Another key is another request, and after a day the first one is forgotten.
    assert_eq!(hold_with_key(&world, "k2", "a question").await.status, StatusCode::CREATED);
    world.set(world.now() + SignedDuration::from_hours(24));
    assert_eq!(hold_with_key(&world, "k1", "another question").await.status, StatusCode::CREATED);
    assert_eq!(world.count("d1", "HoldPlaced").await, 3);
}

#[tokio::test]
async fn an_idempotency_key_keeps_the_answer_of_bulk_and_documents() {
    let world = World::at("2026-09-01T08:00:00Z").await;
    let key = [("idempotency-key", "k1")];
    let bulk = json!({ "records": [{ "type": "debtor", "id": "d1", "body": consumer("D1") }] });
    let first = world.call_with("POST", "/v1/bulk", Some(&bulk), &key).await;
    assert_eq!(first.body["results"][0]["outcome"], "created");
    let again = world.call_with("POST", "/v1/bulk", Some(&bulk), &key).await;
    assert_eq!((again.status, again.body), (first.status, first.body));
    // The key of one address is not that of another.
    let post =
        |body: String| world.send_request("POST", "/v1/invoices", "application/xml", body.into(), &key);
    let first = post(UBL.to_owned()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    assert_eq!(post(UBL.to_owned()).await.body, first.body);
    let other = post(UBL.replace("2026-0001", "2026-0002")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_request_that_failed_leaves_its_key_free() {
    let world = World::at("2026-09-01T08:00:00Z").await;
    let refused = hold_with_key(&world, "k1", "a question").await;
    assert_eq!(refused.body["errors"][0]["code"], "unknown_debtor");
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    assert_eq!(hold_with_key(&world, "k1", "a question").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_callback_that_proves_nothing_changes_nothing() {
    use Provider::{Bkr, Inforing};
    let (world, reference) = two_invoices_signalled().await;
    let now = world.now();
    let seconds = SignedDuration::from_secs;
    let own = feedback_body(Inforing, &reference, "f1", "help_accepted", now).to_string();
    let of_another_source = own.replace(INFORING_SOURCE, BKR_SOURCE);
    let tampered = own.replace("help_accepted", "deceased");
    let good = signed(Inforing, "w1", now, &own);
    let mut other_id = good.clone();
    other_id[0].1 = "w2".to_owned();
    let mut other_time = good.clone();
    other_time[1].1 = (now.as_second() + 1).to_string();
    let mut no_signature = good.clone();
    no_signature[2].1 = String::new();
    type Row<'a> = (&'a str, &'a str, &'a [(&'static str, String)], &'a str);
    let table: [Row<'_>; 12] = [
        ("a body that was changed", "inforing", &good, &tampered),
        ("another id", "inforing", &other_id, &own),
        ("another time", "inforing", &other_time, &own),
        ("no signature", "inforing", &no_signature, &own),
        ("no headers", "inforing", &[], &own),
        ("301 seconds ago", "inforing", &signed(Inforing, "w1", now - seconds(301), &own), &own),
        ("301 seconds ahead", "inforing", &signed(Inforing, "w1", now + seconds(301), &own), &own),
        ("the other provider's key", "inforing", &signed(Bkr, "w1", now, &own), &own),
        (
            "the other provider's key and source",
            "inforing",
            &signed(Bkr, "w1", now, &of_another_source),
            &of_another_source,
        ),
        (
            "the right key with the other's source",
            "inforing",
            &signed(Inforing, "w1", now, &of_another_source),
            &of_another_source,
        ),
        ("the other provider's address", "bkr", &good, &own),
        ("nobody's address", "kpn", &good, &own),
    ];
    let before = world.table.all();
    for (what, to, headers, body) in table {
        let status = world.callback_with(to, headers, body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{what}");
        assert_eq!(world.table.all(), before, "{what}");
    }
    // What proves itself but is no feedback: 400, and nothing changes either.
    for (from, to) in
        [("\"1.0\"", "\"0.3\""), ("vroegsignalering.feedback", "x"), ("code", "codes"), ("{", "[")]
    {
        let body = own.replacen(from, to, 1);
        let status = world.callback_with("inforing", &signed(Inforing, "w1", now, &body), &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{to}");
        assert_eq!(world.table.all(), before, "{to}");
    }
    // To the second, the tolerance is 300.
    for (id, at) in [("w3", now - seconds(300)), ("w4", now + seconds(300))] {
        let body = feedback_body(Inforing, &reference, id, "picked_up", now).to_string();
        let status = world.callback_with("inforing", &signed(Inforing, id, at, &body), &body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{id}");
    }
    assert_eq!(world.count("d1", "FeedbackReceived").await, 2);
}

#[tokio::test]
async fn feedback_about_nobodys_signal_is_kept_and_changes_nothing_else() {
    let (world, _) = two_invoices_signalled().await;
    let before = world.contents();
    for _ in 0..2 {
        let status = world.feedback(Provider::Inforing, "unheard-of", "f1", "help_accepted").await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    // The reference of one provider says nothing at the other.
    let status = world.feedback(Provider::Bkr, "inforing-1", "f2", "help_accepted").await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let kept = world.changes(&before);
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(kept.iter().all(|item| item.contains("help_accepted") && !before.contains(item)), "{kept:?}");
    assert_eq!(world.get("/v1/debtors/d1").await["holds"], json!([]));
}

#[tokio::test]
async fn feedback_that_comes_before_the_receipt_is_applied_with_it() {
    let world = two_invoices().await;
    world.inforing.lose_next_answer();
    world.go_to("2026-10-06T06:10:00Z").await;
    let reference = world.inforing.taken()[0].reference.clone();
    let signal = |view: Value| view["signals"][0]["status"].as_str().unwrap().to_owned();
    assert_eq!(signal(world.get("/v1/debtors/d1").await), "unknown");
    for (id, code) in [("f2", "help_accepted"), ("f1", "picked_up")] {
        let status = world.feedback(Provider::Inforing, &reference, id, code).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    assert_eq!(world.count("d1", "HoldPlaced").await, 0);
    // The same message again, a quarter of an hour later, gets the receipt.
    world.go_to("2026-10-06T07:00:00Z").await;
    assert_eq!((world.inforing.calls(), world.inforing.taken().len()), (2, 1));
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["holds"].as_array().unwrap().len(), 1);
    assert_eq!(view["holds"][0]["kind"], "helpRunning");
    assert_eq!(signal(view), "feedback");
    let after = world.contents();
    assert_eq!(
        world.feedback(Provider::Inforing, &reference, "f2", "help_accepted").await,
        StatusCode::ACCEPTED
    );
    assert_eq!(world.changes(&after), [""; 0]);
    assert_eq!(world.count("d1", "FeedbackReceived").await, 2);
}

#[tokio::test]
async fn what_the_municipality_said_last_counts_in_whatever_order_it_comes() {
    // (what comes, oldest first; the order in which it comes; help runs afterwards)
    let table: [(&[&str], &[usize], bool); 6] = [
        (&["help_accepted", "help_ended"], &[0, 1], false),
        (&["help_accepted", "help_ended"], &[1, 0], false),
        (&["help_declined", "help_accepted"], &[1, 0], true),
        (&["picked_up", "help_accepted", "help_ended"], &[2, 1, 0], false),
        (&["help_accepted", "help_ended", "help_accepted.quick_fix"], &[2, 0, 1], true),
        (&["help_accepted", "unheard_of"], &[0, 1], true),
    ];
    for (codes, order, helped) in table {
        let (world, reference) = two_invoices_signalled().await;
        let first = world.now() - SignedDuration::from_hours(12);
        for place in order {
            let time = first + SignedDuration::from_hours(*place as i64);
            let id = format!("f{place}");
            let status = world.feedback_of(Provider::Inforing, &reference, &id, codes[*place], time).await;
            assert_eq!(status, StatusCode::ACCEPTED);
        }
        let view = world.get("/v1/debtors/d1").await;
        let holds = view["holds"].as_array().unwrap();
        assert_eq!(holds.len(), usize::from(helped), "{codes:?} {order:?}: {holds:?}");
        world.go_to("2026-12-01T08:00:00Z").await;
        assert_eq!(world.mail.taken().len() == 3, helped, "{codes:?} {order:?}");
    }
}

/// Ten messages to one function, the fifth of which is poisoned: what came back, and what was parked why.
macro_rules! with_poison {
    ($world:expr, $message:ty, $handler:expr, $queue:expr) => {{
        let world: &World = $world;
        let mut bodies = Vec::new();
        for number in 1..=9 {
            bodies.push($queue(number));
        }
        bodies.insert(4, r#"{"administration":"demo","debtorId":"../d1","noticeId":7}"#.to_owned());
        let parked = world.dead_letters.all().len();
        let answer = runtime::queue::handle_batch::<$message, _, _>(
            $handler,
            &world.dead_letters,
            batch(&bodies),
            deadline(),
        )
        .await;
        assert_eq!(answer.batch_item_failures.len(), 0, stringify!($message));
        let parked = world.dead_letters.all().split_off(parked);
        assert_eq!(parked.len(), 1, "{parked:?}");
        assert_eq!((parked[0].message_id.as_str(), parked[0].reason.as_str()), ("4", "bad_input"));
        assert_eq!(parked[0].body, bodies[4]);
    }};
}

#[tokio::test]
async fn nine_messages_are_done_and_the_poisoned_one_is_parked_with_its_reason() {
    use contracts::queues::{AdvanceCase, EvaluateSignal, SendMessage, SubmitSignal};
    let world = World::at("2026-08-20T08:00:00Z").await;
    for number in 1..=9 {
        tests::stories::put_two_invoices(&world, &format!("d{number}")).await;
    }
    world.set("2026-09-08T08:00:00Z".parse().unwrap());
    let case = |n: u32| json!({ "administration": "demo", "debtorId": format!("d{n}") }).to_string();
    with_poison!(&world, AdvanceCase, &world.advance, case);
    let notice = |n: u32| json!({ "administration": "demo", "noticeId": format!("d{n}.n1") }).to_string();
    with_poison!(&world, SendMessage, &world.send, notice);
    assert_eq!(world.mail.taken().len(), 9);
    let reports: Vec<String> =
        std::iter::from_fn(|| world.mail.take_event()).map(|report| report.to_string()).collect();
    let delivered: Vec<String> = reports.iter().filter(|r| r.contains("Delivery")).cloned().collect();
    let report = |n: u32| delivered[n as usize - 1].clone();
    // Of a report, what is wrong is its form.
    with_poison!(&world, record_delivery::DeliveryEvent, &world.record, report);
    for number in 1..=9 {
        let events = world.events(&format!("d{number}")).await;
        assert_eq!(events[3..], ["CaseOpened", "NoticePrepared", "NoticeSent", "NoticeDelivered"]);
    }
    let evaluation = |n: u32| {
        json!({ "administration": "demo", "debtorId": format!("d{n}"), "evaluate": ["early"] }).to_string()
    };
    with_poison!(&world, EvaluateSignal, &world.evaluate, evaluation);
    // No step asked for a signal yet: a hint that says otherwise changes nothing.
    for number in 1..=9 {
        assert_eq!(world.count(&format!("d{number}"), "SignalBlocked").await, 0);
    }
    let submission = |n: u32| json!({ "administration": "demo", "signalId": format!("d{n}.s1") }).to_string();
    with_poison!(&world, SubmitSignal, &world.submit, submission);
}

#[tokio::test]
async fn a_dossier_that_cannot_be_read_parks_its_message_and_no_other() {
    use store::table::{Condition, Table, Write};
    let world = World::at("2026-08-20T08:00:00Z").await;
    for number in 1..=10 {
        tests::stories::put_two_invoices(&world, &format!("d{number}")).await;
    }
    let mut broken = world
        .table
        .all()
        .into_iter()
        .find(|r| r.document.windows(9).any(|w| w == b"\"id\":\"d5\""))
        .expect("the dossier of d5");
    broken.document = br#"{"debtor":"Wilhelmina"}"#.to_vec();
    world.table.write(vec![Write::Put { record: broken, condition: Condition::None }]).await.unwrap();
    world.set("2026-09-08T08:00:00Z".parse().unwrap());
    let bodies: Vec<String> = (1..=10)
        .map(|n| json!({ "administration": "demo", "debtorId": format!("d{n}") }).to_string())
        .collect();
    let handled = runtime::queue::handle_batch::<contracts::queues::AdvanceCase, _, _>(
        &world.advance,
        &world.dead_letters,
        batch(&bodies),
        deadline(),
    );
    assert_eq!(handled.await.batch_item_failures.len(), 0);
    let parked = world.dead_letters.all();
    assert_eq!(parked.len(), 1);
    assert_eq!((parked[0].message_id.as_str(), parked[0].reason.as_str()), ("4", "bug"));
    assert!(!parked[0].explanation.contains("Wilhelmina"), "{}", parked[0].explanation);
    let prepared =
        world.table.drain_stream().iter().filter(|r| r.event.detail_type == "NoticePrepared").count();
    assert_eq!(prepared, 9);
}

#[tokio::test]
async fn a_hold_is_acknowledged_only_when_no_call_can_still_leave() {
    let (world, reference) = two_invoices_signalled().await;
    // The process dies between its claim and the call: for the others, the call may still be made.
    world.set("2026-10-20T06:00:00Z".parse().unwrap());
    world.cases.push(json!({ "administration": "demo", "debtorId": "d1" }).to_string());
    world.perils.plan(3, tests::perils::Peril::KilledBefore);
    world.settle().await;
    assert_eq!(world.perils.steps(), ["write", "file", "write", "mail"]);
    assert!(world.perils.struck());
    let claimed_at = world.now();
    let feedback = || world.feedback_of(Provider::Inforing, &reference, "f1", "help_accepted", claimed_at);
    // Whoever waits passes time on the world's clock.
    assert_eq!(feedback().await, StatusCode::ACCEPTED);
    assert!(world.now() >= claimed_at + CALL_OVER_AFTER, "acknowledged too early");
    // The hold is stored and the provider asks again: that is no reason to acknowledge it earlier.
    assert_eq!(world.count("d1", "HoldPlaced").await, 1);
    world.set(claimed_at);
    assert_eq!(feedback().await, StatusCode::ACCEPTED);
    assert!(world.now() >= claimed_at + CALL_OVER_AFTER, "acknowledged too early the second time");
    for (path, body) in [
        (
            "/v1/holds",
            json!({ "scope": { "debtorId": "d1" }, "covers": "reminders", "reason": "a question" }),
        ),
        (
            "/v1/payment-plans",
            json!({ "debtorId": "d1", "invoiceIds": ["d1-2"], "instalments": 2, "every": "week",
                "firstOn": "2026-11-01", "proposedBy": "creditor" }),
        ),
        ("/v1/disputes", json!({ "invoiceId": "d1-1", "reason": "other", "text": "not mine" })),
        ("/v1/promises", json!({ "debtorId": "d1", "invoiceIds": ["d1-1"], "payBy": "2026-11-01" })),
    ] {
        world.set(claimed_at);
        let answer = world.call("POST", path, Some(&body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.body);
        assert!(world.now() >= claimed_at + CALL_OVER_AFTER, "{path} acknowledged too early");
    }
    // The clocks of two functions may differ by two minutes.
    let over = claimed_at + SignedDuration::from_secs(140);
    world.set(over);
    assert_eq!(feedback().await, StatusCode::ACCEPTED);
    assert_eq!(world.now(), over, "acknowledged at once");
    assert_eq!(world.count("d1", "FeedbackReceived").await, 1);
    world.go_to("2026-12-01T08:00:00Z").await;
    assert_eq!(world.mail.taken().len(), 3);
}

#[tokio::test]
async fn what_is_made_with_a_key_is_made_once_wherever_the_call_dies() {
    let hold = |scope| json!({ "scope": scope, "covers": "reminders", "reason": "a question" });
    let plan = json!({ "debtorId": "d1", "instalments": 2, "every": "month", "firstOn": "2026-09-01",
        "proposedBy": "debtor" });
    // (path, body, where the debtor's page shows what was made)
    let table = [
        ("/v1/holds", hold(json!({ "debtorId": "d1" })), "/holds/0/id"),
        ("/v1/holds", hold(json!({ "administration": true })), "/holds/0/id"),
        ("/v1/payment-plans", plan, "/plan/id"),
        ("/v1/promises", json!({ "debtorId": "d1", "payBy": "2026-09-01" }), "/promises/0/id"),
        (
            "/v1/disputes",
            json!({ "invoiceId": "d1-1", "reason": "other", "text": "not mine" }),
            "/disputes/0/id",
        ),
    ];
    for (path, body, shown) in table {
        for peril in tests::perils::PERILS {
            for step in 0.. {
                let world = two_invoices().await;
                let asked = Asked {
                    method: "POST",
                    path,
                    content_type: "application/json",
                    body: body.to_string().into_bytes(),
                    headers: &[("idempotency-key", "k1")],
                    caller: Some(world.caller()),
                };
                world.perils.plan(step, peril);
                let first = world.ask_once(&asked).await;
                if !world.perils.struck() {
                    assert!(step >= 3, "a claim of the key, the work, the answer: {step}");
                    break;
                }
                // Whoever gets no answer asks again, and once the first is certainly over is answered.
                let mut answer = world.ask(&asked).await;
                if answer.status == StatusCode::CONFLICT {
                    world.set(world.now() + SignedDuration::from_secs(61));
                    answer = world.ask(&asked).await;
                }
                let what = format!("{body} {peril:?} at {step}: {first:?}");
                assert_eq!(answer.status, StatusCode::CREATED, "{what}");
                let view = world.get("/v1/debtors/d1").await;
                assert_eq!(view["holds"].as_array().unwrap().len(), 1, "{what}");
                assert_eq!(view.pointer(shown), Some(&answer.body["id"]), "{what}");
            }
        }
    }
}
