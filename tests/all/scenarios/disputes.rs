//! Disputes: the invoice waits until the desk decides, and where it is right for the credit note.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{invoice, payment};
use tests::stories::{mail_days, two_invoices};
use tests::world::{Answer, World};

/// The first of two invoices, disputed on 5 September.
async fn disputed() -> World {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let body = json!({ "invoiceId": "d1-1", "reason": "complaint", "text": "It was cold all week." });
    let answer = world.call("POST", "/v1/disputes", Some(&body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.body["status"], "open");
    let again = world.call("POST", "/v1/disputes", Some(&body)).await;
    assert_eq!(again.body["type"], "urn:tijdig:problem:disputed_already");
    world
}

async fn decide(world: &World, decision: &str, amount: Option<&str>) -> Answer {
    let body = json!({ "decision": decision, "amount": amount, "reason": "looked into it" });
    world.call("POST", "/v1/disputes/d1.d1/decide", Some(&body)).await
}

async fn credit(world: &World, id: &str, amount: &str, on: &str) {
    world.go_to(&format!("{on}T10:00:00Z")).await;
    let mut note = invoice("d1", id, on, on, amount);
    note["kind"] = json!("creditNote");
    note["corrects"] = json!("d1-1");
    note["open"] = json!(null);
    world.put(&format!("/v1/invoices/{id}"), &note).await;
}

async fn status(world: &World) -> Value {
    world.get("/v1/disputes/d1.d1").await["status"].clone()
}

/// How often the mails were about the disputed invoice.
fn about_it(world: &World) -> usize {
    world.mail.taken().iter().filter(|t| t.mail.text.contains("d1-1")).count()
}

#[tokio::test]
async fn a_disputed_invoice_waits_and_the_other_goes_on() {
    let world = disputed().await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(
        (&view["tasks"][0]["about"], &view["tasks"][0]["subject"]),
        (&json!("dispute"), &json!("d1.d1"))
    );
    assert_eq!(view["disputes"][0]["text"], "It was cold all week.");
    assert_eq!(world.get("/v1/invoices/d1-1").await["status"], "disputed");
    world.go_to("2026-10-07T20:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-22", "2026-10-06"]);
    assert_eq!(about_it(&world), 0);
}

#[tokio::test]
async fn a_dispute_that_is_rejected_resumes_after_the_grace() {
    let world = disputed().await;
    world.go_to("2026-09-10T10:00:00Z").await;
    assert_eq!(decide(&world, "rejected", None).await.body["status"], "settled");
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!((&view["tasks"], &view["holds"]), (&json!([]), &json!([])));
    // The 8th and five days of hold are the 13th; the grace ends on the 17th.
    assert_eq!(view["nextAction"]["on"], "2026-09-17");
    world.go_to("2026-09-16T20:00:00Z").await;
    assert_eq!(about_it(&world), 0);
    world.go_to("2026-09-17T20:00:00Z").await;
    assert_eq!(about_it(&world), 1);
    assert_eq!(
        decide(&world, "accepted", None).await.body["type"],
        "urn:tijdig:problem:dispute_decided_already"
    );
}

#[tokio::test]
async fn a_dispute_that_is_accepted_waits_for_the_credit_note_and_asks_after_a_month() {
    let world = disputed().await;
    assert_eq!(decide(&world, "accepted", None).await.body["status"], "awaitingCredit");
    // The same once more changes nothing.
    assert_eq!(decide(&world, "accepted", None).await.status, StatusCode::OK);
    assert_eq!(world.count("d1", "DisputeDecided").await, 1);
    let asked = |view: Value| view["tasks"].as_array().unwrap().iter().any(|t| t["about"] == "hold_review");
    world.go_to("2026-10-04T20:00:00Z").await;
    assert!(!asked(world.get("/v1/debtors/d1").await));
    world.go_to("2026-10-05T20:00:00Z").await;
    assert!(asked(world.get("/v1/debtors/d1").await));
    // A part of it is not enough.
    credit(&world, "c1", "100.00", "2026-10-10").await;
    assert_eq!(status(&world).await, "awaitingCredit");
    world.go_to("2026-11-20T10:00:00Z").await;
    assert_eq!(about_it(&world), 0);
    credit(&world, "c2", "21.00", "2026-11-20").await;
    assert_eq!(status(&world).await, "settled");
    assert_eq!(world.count("d1", "DisputeSettled").await, 1);
    assert_eq!(world.get("/v1/invoices/d1-1").await["status"], "credited");
}

#[tokio::test]
async fn a_dispute_that_is_right_in_part_ends_with_the_credit_of_that_part() {
    // (credited, whether that settles it)
    for (credited, settles) in [("49.99", false), ("50.00", true), ("60.00", true)] {
        let world = disputed().await;
        // What was credited before the decision does not count.
        credit(&world, "c0", "10.00", "2026-09-06").await;
        assert_eq!(decide(&world, "partly", Some("50.00")).await.body["amount"], "50.00");
        // A payment is no credit note.
        world.put("/v1/payments/p1", &payment("d1-1", "50.00", "2026-09-06")).await;
        credit(&world, "c1", credited, "2026-09-10").await;
        let expected = if settles { "settled" } else { "awaitingCredit" };
        assert_eq!(status(&world).await, expected, "{credited}");
        world.go_to("2026-09-16T20:00:00Z").await;
        assert_eq!(about_it(&world), 0, "{credited}");
        world.go_to("2026-09-17T20:00:00Z").await;
        assert_eq!(about_it(&world), usize::from(settles), "{credited}");
    }
}

#[tokio::test]
async fn an_invoice_that_is_paid_ends_its_dispute() {
    let world = disputed().await;
    world.put("/v1/payments/p1", &payment("d1-1", "121.00", "2026-09-06")).await;
    assert_eq!(status(&world).await, "settled");
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!((&view["tasks"], &view["holds"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_decision_that_says_too_much_or_too_little_is_refused() {
    let world = disputed().await;
    for (decision, amount) in
        [("partly", None), ("partly", Some("0.00")), ("rejected", Some("1.00")), ("accepted", Some("1.00"))]
    {
        let answer = decide(&world, decision, amount).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{decision} {amount:?}");
        assert_eq!(answer.body["errors"][0]["path"], "amount", "{decision} {amount:?}");
    }
    assert_eq!(status(&world).await, "open");
}
