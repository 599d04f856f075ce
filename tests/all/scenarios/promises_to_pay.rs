//! Promises to pay: reminders wait for the day, and go on after it where nothing came.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::payment;
use tests::stories::{mail_days, payment_of_everything, two_invoices};
use tests::world::{Answer, World};

async fn promise(world: &World, body: Value) -> Answer {
    world.call("POST", "/v1/promises", Some(&body)).await
}

/// Promised on 5 September: everything, by the 18th; awaited until the 21st.
async fn promised() -> World {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let answer = promise(&world, json!({ "debtorId": "d1", "payBy": "2026-09-18" })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(
        (&answer.body["amount"], &answer.body["awaitedUntil"]),
        (&json!("242.00"), &json!("2026-09-21"))
    );
    world
}

async fn status(world: &World) -> Value {
    world.get("/v1/promises/d1.m1").await["status"].clone()
}

fn problem(answer: &Answer) -> &str {
    answer.body["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default()
}

#[tokio::test]
async fn a_promise_is_kept_until_its_last_day_and_broken_after_it() {
    // (paid on, how it stands on 22 September)
    let table =
        [("2026-09-17", "kept"), ("2026-09-18", "kept"), ("2026-09-21", "kept"), ("2026-09-22", "broken")];
    for (on, expected) in table {
        let world = promised().await;
        world.go_to(&format!("{on}T10:00:00Z")).await;
        world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", on)).await;
        world.go_to("2026-09-22T20:00:00Z").await;
        assert_eq!(status(&world).await, expected, "{on}");
        let broken = usize::from(expected == "broken");
        assert_eq!(world.count("d1", "PromiseBroken").await, broken, "{on}");
        assert_eq!(world.count("d1", "PromiseKept").await, 1 - broken, "{on}");
        assert_eq!(mail_days(&world), [""; 0], "{on}");
    }
}

#[tokio::test]
async fn a_promise_that_is_broken_is_followed_up_after_the_grace() {
    let world = promised().await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["promises"][0]["status"], "open");
    // The hold ends with the 21st; seven days of grace.
    assert_eq!(view["nextAction"]["on"], "2026-09-29");
    world.go_to("2026-09-28T20:00:00Z").await;
    assert_eq!((mail_days(&world).len(), status(&world).await), (0, json!("broken")));
    world.go_to("2026-09-29T20:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-29"]);
}

#[tokio::test]
async fn a_part_that_was_promised_is_kept_by_that_part_and_the_rest_goes_on() {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let body = json!({ "debtorId": "d1", "invoiceIds": ["d1-1"], "amount": "50.00", "payBy": "2026-09-18" });
    assert_eq!(promise(&world, body).await.status, StatusCode::CREATED);
    world.go_to("2026-09-09T10:00:00Z").await;
    // The other invoice goes on.
    assert_eq!(mail_days(&world), ["2026-09-08"]);
    world.put("/v1/payments/p1", &payment("d1-1", "49.99", "2026-09-09")).await;
    assert_eq!(status(&world).await, "open");
    world.put("/v1/payments/p2", &payment("d1-1", "0.01", "2026-09-09")).await;
    assert_eq!(status(&world).await, "kept");
    assert_eq!(world.get("/v1/debtors/d1").await["holds"], json!([]));
    world.go_to("2026-09-16T20:00:00Z").await;
    let last = world.mail.taken().pop().unwrap();
    assert!(last.mail.text.contains("d1-1") && last.mail.text.contains("71,00"), "{}", last.mail.text);
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-16"]);
}

#[tokio::test]
async fn a_promise_that_is_withdrawn_ends_its_hold() {
    let world = promised().await;
    world.go_to("2026-09-09T10:00:00Z").await;
    let body = json!({ "reason": "cannot" });
    let answer = world.call("POST", "/v1/promises/d1.m1/withdraw", Some(&body)).await;
    assert_eq!((answer.status, &answer.body["status"]), (StatusCode::OK, &json!("withdrawn")));
    assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["on"], "2026-09-16");
    let again = world.call("POST", "/v1/promises/d1.m1/withdraw", Some(&body)).await;
    assert_eq!((again.status, problem(&again)), (StatusCode::CONFLICT, "promise_not_open"));
    world.go_to("2026-10-01T10:00:00Z").await;
    assert_eq!(world.count("d1", "PromiseBroken").await, 0);
}

#[tokio::test]
async fn a_promise_has_limits() {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let by = |day: &str| json!({ "debtorId": "d1", "payBy": day });
    assert_eq!(promise(&world, by("2026-09-04")).await.body["errors"][0]["path"], "payBy");
    assert_eq!(problem(&promise(&world, by("2026-10-07")).await), "promise_too_late");
    assert_eq!(promise(&world, by("2026-10-06")).await.status, StatusCode::CREATED);
    let mut named = by("2026-09-18");
    named["invoiceIds"] = json!(["d1-1"]);
    assert_eq!(problem(&promise(&world, named.clone()).await), "promised_already");
    assert_eq!(problem(&promise(&world, by("2026-09-18")).await), "nothing_open");
    // Twice not kept is enough.
    let reason = json!({ "reason": "cannot" });
    world.call("POST", "/v1/promises/d1.m1/withdraw", Some(&reason)).await;
    assert_eq!(promise(&world, named.clone()).await.body["id"], "d1.m2");
    world.go_to("2026-09-22T10:00:00Z").await;
    assert_eq!(world.get("/v1/promises/d1.m2").await["status"], "broken");
    named["payBy"] = json!("2026-09-30");
    assert_eq!(problem(&promise(&world, named).await), "too_many_promises");
}

#[tokio::test]
async fn the_same_request_again_makes_no_second_promise() {
    let world = two_invoices().await;
    let body = json!({ "debtorId": "d1", "payBy": "2026-09-01" });
    let key = [("idempotency-key", "k1")];
    for _ in 0..2 {
        let answer = world.call_with("POST", "/v1/promises", Some(&body), &key).await;
        assert_eq!((answer.status, &answer.body["id"]), (StatusCode::CREATED, &json!("d1.m1")));
    }
    assert_eq!(world.count("d1", "PromiseMade").await, 1);
}
