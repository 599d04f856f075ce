//! A case goes to the bailiff, and comes back. FEATURES 6.2.

use domain::policy::Policy;
use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::stories::mail_days;
use tests::world::{Answer, World};

/// A consumer whose invoice of 1,000.00 is due on 15 January 2026, after the first reminder of 22 January.
async fn beginning() -> World {
    let world = World::at("2026-01-02T08:00:00Z").await;
    world
        .change_settings(|settings| {
            settings.policies.push(Policy::collection());
            settings.default_policy = "collection".parse().unwrap();
        })
        .await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-01-01", "2026-01-15", "1000.00")).await;
    world.go_to("2026-01-22T12:00:00Z").await;
    world
}

async fn hand_over(world: &World, bailiff: &str) -> Answer {
    world.call("POST", "/v1/cases/d1.c1/hand-over", Some(&json!({ "bailiff": bailiff }))).await
}

fn refused_as(answer: &Answer) -> (u16, &str) {
    let code = answer.body["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default();
    (answer.status.as_u16(), code)
}

#[tokio::test]
async fn nothing_leaves_once_a_case_is_handed_over_and_follow_up_goes_on_when_it_is_taken_back() {
    let world = beginning().await;
    let running = world.get("/v1/cases/d1.c1").await;
    assert_eq!((&running["status"], &running["balance"]), (&json!("running"), &json!("1000.00")));
    let handed = hand_over(&world, "Gerechtsdeurwaarder Voorbeeld").await;
    assert_eq!(handed.status, StatusCode::OK, "{}", handed.body);
    assert_eq!(
        (&handed.body["status"], &handed.body["handedOverTo"]),
        (&json!("handedOver"), &json!("Gerechtsdeurwaarder Voorbeeld"))
    );
    assert_eq!(world.get("/v1/invoices/i1").await["status"], "handed_over");
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "held");
    // A new invoice of the debtor belongs to the same case.
    world.put("/v1/invoices/i2", &invoice("d1", "E-2", "2026-01-20", "2026-02-03", "50.00")).await;
    world.go_to("2026-06-01T12:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-01-22"], "silence");
    assert_eq!(world.get("/v1/debtors/d1").await["signals"], json!([]), "and no signal");

    let lifted = world.call("DELETE", "/v1/holds/d1.h1?force=true", None).await;
    assert_eq!(refused_as(&lifted), (409, "hold_ends_with_its_cause"));
    let back = world.call("POST", "/v1/cases/d1.c1/take-back", Some(&json!({ "reason": "moved" }))).await;
    assert_eq!((back.status, &back.body["status"]), (StatusCode::OK, &json!("running")));
    world.go_to("2026-06-07T18:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 1, "the days of grace");
    world.go_to("2026-06-30T12:00:00Z").await;
    assert!(mail_days(&world).len() > 1, "it goes on");
    let events = world.events("d1").await;
    for event in ["CaseHandedOver", "CaseTakenBack"] {
        assert_eq!(events.iter().filter(|e| *e == event).count(), 1, "{event}");
    }
}

#[tokio::test]
async fn to_the_same_bailiff_again_changes_nothing_and_to_another_is_refused() {
    let world = beginning().await;
    for _ in 0..2 {
        assert_eq!(hand_over(&world, "A").await.status, StatusCode::OK);
    }
    assert_eq!(world.count("d1", "CaseHandedOver").await, 1);
    assert_eq!(refused_as(&hand_over(&world, "B").await), (409, "case_handed_over"));
    assert_eq!(hand_over(&world, " ").await.status, StatusCode::BAD_REQUEST);
    for path in ["/v1/cases/d1.c2", "/v1/cases/d9.c1", "/v1/cases/loose"] {
        assert_eq!(world.call("GET", path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_was_agreed_or_is_disputed_has_to_end_first() {
    let plan = json!({ "debtorId": "d1", "instalments": 2, "every": "month", "firstOn": "2026-02-15",
        "proposedBy": "creditor" });
    let dispute = json!({ "invoiceId": "i1", "reason": "other", "text": "not mine" });
    let table: [(&str, Value, &str); 2] =
        [("/v1/payment-plans", plan, "case_has_plan"), ("/v1/disputes", dispute, "case_has_dispute")];
    for (path, body, code) in table {
        let world = beginning().await;
        let made = world.call("POST", path, Some(&body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        assert_eq!(refused_as(&hand_over(&world, "A").await), (409, code));
        assert_eq!(world.count("d1", "CaseHandedOver").await, 0);
    }
}

#[tokio::test]
async fn a_payment_to_the_creditor_ends_a_case_that_is_with_the_bailiff() {
    let world = beginning().await;
    hand_over(&world, "A").await;
    world.go_to("2026-02-10T08:00:00Z").await;
    world.put("/v1/payments/p1", &payment("i1", "1000.00", "2026-02-10")).await;
    assert_eq!(world.count("d1", "CaseSettled").await, 1);
    assert_eq!(world.call("GET", "/v1/cases/d1.c1", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/v1/debtors/d1").await["holds"], json!([]));
}
