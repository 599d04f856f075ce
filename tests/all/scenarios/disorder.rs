//! What the simulator found, as the shortest story that shows it.

use domain::notice::CALL_OVER_AFTER;
use domain::provider::Provider;
use futures_util::future::join;
use http::StatusCode;
use serde_json::{Value, json};
use store::Moment;
use store::table::TableError;
use tests::bodies::{consumer, invoice, payment};
use tests::mail::Next;
use tests::perils::Peril;
use tests::stories::{mail_days, payment_of_everything, two_invoices, two_invoices_signalled};
use tests::world::World;

#[tokio::test]
async fn an_invoice_is_found_although_another_transaction_was_in_the_way() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.table.fail_next(Moment::BeforeWrite, TableError::Conflict { index: None });
    world.put("/v1/invoices/i1", &invoice("d1", "1", "2026-08-20", "2026-09-01", "121.00")).await;
    assert_eq!(world.get("/v1/invoices/i1").await["open"], "121.00");
    world.put("/v1/payments/p1", &payment("i1", "21.00", "2026-08-21")).await;
}

#[tokio::test]
async fn a_version_that_changes_nothing_still_makes_those_before_it_old() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let at = |mut body: Value, day: u32| {
        body["modifiedAt"] = json!(format!("2026-08-{day:02}T12:00:00Z"));
        body
    };
    let table = [
        ("/v1/debtors/d1", consumer("D1"), "name", "J. Jansen"),
        ("/v1/invoices/i1", invoice("d1", "1", "2026-08-01", "2026-09-01", "121.00"), "number", "2"),
        ("/v1/payments/p1", payment("i1", "121.00", "2026-08-10"), "amount", "22.00"),
        // Once more, now that it is closed.
        ("/v1/invoices/i1", invoice("d1", "1", "2026-08-01", "2026-09-01", "121.00"), "number", "2"),
    ];
    for (place, (path, mut body, field, other)) in table.into_iter().enumerate() {
        let first = u32::try_from(place).unwrap() * 4 + 11;
        if path.contains("invoices") {
            body["open"] = json!(null);
        }
        world.put(path, &at(body.clone(), first)).await;
        assert_eq!(
            world.put(path, &at(body.clone(), first + 2)).await.body["outcome"],
            "unchanged",
            "{path}"
        );
        let units = world.table.units().write;
        world.put(path, &at(body.clone(), first + 2)).await;
        assert_eq!(world.table.units().write, units, "the same version once more costs nothing");
        let mut between = at(body, first + 1);
        between[field] = json!(other);
        assert_eq!(world.put(path, &between).await.body["outcome"], "older", "{path}");
    }
}

#[tokio::test]
async fn the_same_version_of_an_invoice_changes_nothing_after_its_payment() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    let bill = invoice("d1", "1", "2026-08-20", "2026-09-01", "121.00");
    world.put("/v1/invoices/i1", &bill).await;
    for amount in ["100.00", "21.00"] {
        world.put(&format!("/v1/payments/p{amount}"), &payment("i1", amount, "2026-08-22")).await;
        let before = world.contents();
        assert_eq!(world.put("/v1/invoices/i1", &bill).await.body["outcome"], "unchanged");
        assert_eq!(world.changes(&before), [""; 0]);
    }
}

#[tokio::test]
async fn a_signal_that_a_lost_message_asked_for_is_looked_at_by_the_next_sweep() {
    let world = two_invoices().await;
    world.evaluations.lose(1);
    world.go_to("2026-10-06T06:20:00Z").await;
    assert_eq!((mail_days(&world).len(), world.inforing.taken().len()), (3, 1));
    assert_eq!(world.count("d1", "SignalPrepared").await, 1);
}

#[tokio::test]
async fn a_notice_that_was_given_up_stays_before_a_person_when_another_leaves() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    for (id, due) in [("i1", "2026-09-01"), ("i2", "2026-09-20")] {
        world.put(&format!("/v1/invoices/{id}"), &invoice("d1", id, "2026-08-20", due, "121.00")).await;
    }
    world.mail.next(&[Next::Vanishes, Next::Vanishes]);
    world.go_to("2026-09-28T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-28"], "the second invoice is followed up");
    let tasks = world.get("/v1/debtors/d1").await["tasks"].clone();
    assert_eq!((tasks.as_array().unwrap().len(), &tasks[0]["about"]), (1, &json!("notice_failed")));
}

#[tokio::test]
async fn a_bounce_is_about_the_address_that_the_mail_went_to() {
    let world = two_invoices().await;
    world.mail.next(&[Next::Bounces]);
    world.mail.keep_reports_back(true);
    world.go_to("2026-09-08T08:00:00Z").await;
    let mut moved = consumer("D1");
    (moved["emails"], moved["modifiedAt"]) = (json!(["new@example.nl"]), json!("2026-09-08T08:00:00Z"));
    world.put("/v1/debtors/d1", &moved).await;
    world.mail.keep_reports_back(false);
    world.go_to("2026-09-22T18:00:00Z").await;
    assert_eq!(world.count("d1", "NoticeBounced").await, 1);
    assert_eq!(world.mail.taken()[1].mail.to, ["new@example.nl"]);
}

#[tokio::test]
async fn lifting_a_hold_on_everyone_before_its_end_lets_follow_up_go_on_from_there() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let hold = world.hold(json!({ "administration": true }), "reminders", Some("2026-12-31")).await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "1", "2026-08-20", "2026-09-01", "121.00")).await;
    world.go_to("2026-09-20T08:00:00Z").await;
    world.lift(&hold).await;
    let promised = world.get("/v1/debtors/d1").await["nextAction"]["on"].clone();
    world.go_to("2026-11-01T08:00:00Z").await;
    assert_eq!(promised, mail_days(&world)[0].as_str());
    assert_eq!(mail_days(&world)[0], "2026-09-28");
}

/// On the day of the final reminder, when a process has claimed the submission and died before the call.
async fn a_submission_under_way() -> World {
    let world = two_invoices().await;
    world.go_to("2026-10-05T18:00:00Z").await;
    world.perils.plan(usize::MAX, Peril::KilledBefore);
    world.go_to("2026-10-06T06:00:00Z").await;
    let steps = world.perils.steps();
    let submission = steps.iter().position(|step| *step == "submission").unwrap();
    let world = two_invoices().await;
    world.go_to("2026-10-05T18:00:00Z").await;
    world.perils.plan(submission, Peril::KilledBefore);
    world.go_to("2026-10-06T06:00:00Z").await;
    assert!(world.perils.struck() && world.inforing.taken().is_empty());
    world
}

#[tokio::test]
async fn nobody_is_told_that_signals_are_stopped_while_one_may_still_leave() {
    let world = a_submission_under_way().await;
    let claimed_at = world.now();
    for (path, body) in [
        (
            "/v1/holds",
            json!({ "scope": { "debtorId": "d1" }, "covers": "everything", "reason": "a question" }),
        ),
        ("/v1/debtors/d1/early-signalling", json!({ "enabled": false, "reason": "said so" })),
    ] {
        // Whoever waits passes time on the world's clock.
        world.set(claimed_at);
        let answer = world.call("POST", path, Some(&body)).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
        assert!(world.now() >= claimed_at + CALL_OVER_AFTER, "{path} is acknowledged too early");
    }
}

#[tokio::test]
async fn a_signal_of_which_nobody_knows_is_not_repeated_after_an_objection() {
    let world = a_submission_under_way().await;
    world.set("2026-10-06T06:10:00Z".parse().unwrap());
    let say = async |enabled: bool| {
        let body = json!({ "enabled": enabled, "reason": "said so" });
        assert_eq!(
            world.call("POST", "/v1/debtors/d1/early-signalling", Some(&body)).await.status,
            StatusCode::OK
        );
    };
    say(false).await;
    world.go_to("2026-10-09T18:00:00Z").await;
    assert_eq!(world.inforing.calls(), 0);
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(
        (&view["signals"][0]["status"], &view["tasks"][0]["about"]),
        (&json!("unknown"), &json!("signal_unanswered"))
    );
    say(true).await;
    world.go_to("2026-10-12T18:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 1);
}

#[tokio::test]
async fn a_notice_that_waited_while_a_hold_came_and_went_gives_the_grace_first() {
    let world = two_invoices().await;
    world.mail.next(&[Next::Throttled]);
    world.go_to("2026-09-08T06:05:00Z").await;
    let hold = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    world.lift(&hold).await;
    world.go_to("2026-09-20T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-15"]);
}

#[tokio::test]
async fn a_call_that_would_end_after_the_window_closes_is_not_begun() {
    let world = two_invoices().await;
    // Summer time: eight at night is 18:00.
    world.set("2026-09-08T17:59:50Z".parse().unwrap());
    world.cases.push(json!({ "administration": "demo", "debtorId": "d1" }).to_string());
    world.settle().await;
    assert_eq!(world.mail.calls(), 0);
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-09"]);
}

#[tokio::test]
async fn a_report_that_comes_while_the_receipt_is_stored_takes_effect() {
    // However far the receipt is when the report comes.
    for between in 0..30 {
        let world = two_invoices().await;
        world.go_to("2026-10-06T05:55:00Z").await;
        let sweep = world.go_to("2026-10-06T06:00:00Z");
        let report = async {
            while world.inforing.taken().is_empty() {
                tokio::task::yield_now().await;
            }
            for _ in 0..between {
                tokio::task::yield_now().await;
            }
            let reference = world.inforing.taken()[0].reference.clone();
            world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await
        };
        let ((), answer) = join(sweep, report).await;
        assert_eq!(answer, StatusCode::ACCEPTED);
        world.go_to("2026-10-07T06:00:00Z").await;
        let told = (world.count("d1", "FeedbackReceived").await, world.count("d1", "HoldPlaced").await);
        assert_eq!(told, (1, 1), "{between} steps on");
    }
}

#[tokio::test]
async fn who_paid_what_the_end_of_service_was_about_is_not_signalled_as_a_crisis() {
    let (world, _) = two_invoices_signalled().await;
    // The announcement follows the final reminder, without a formal notice whose term it would wait for. It asks for a
    // crisis signal, which waits for the four weeks that the municipality has.
    world
        .change_settings(|s| {
            s.policies[0].steps.remove(3);
            s.policies[0].steps[3].after_days = 7;
        })
        .await;
    // A third invoice is not announced yet when the first two are paid.
    world.put("/v1/invoices/i3", &invoice("d1", "3", "2026-08-20", "2026-09-25", "500.00")).await;
    world.go_to("2026-10-30T08:00:00Z").await;
    let names = |view: &Value| {
        view["signals"].as_array().unwrap().iter().map(|s| s["type"].clone()).collect::<Vec<_>>()
    };
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(names(&view), ["early", "crisis"], "{view}");
    world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2026-10-30")).await;
    world.go_to("2026-11-12T08:00:00Z").await;
    let view = world.get("/v1/debtors/d1").await;
    let blocked_by = view["signals"][1]["reason"].as_str().unwrap();
    assert!(blocked_by.contains("endOfServiceAnnounced"), "{blocked_by}");
    assert_eq!(world.inforing.taken().len(), 1);
}
