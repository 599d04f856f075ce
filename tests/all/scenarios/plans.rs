//! Payment plans: what is agreed is what happens, to the day and to the cent.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::stories::{mail_days, payment_of_everything, two_invoices};
use tests::world::{Answer, World};

fn plan(by: &str, instalments: u16, first_on: &str) -> Value {
    json!({
        "debtorId": "d1", "instalments": instalments, "every": "month", "firstOn": first_on, "proposedBy": by
    })
}

async fn ask(world: &World, body: &Value) -> Answer {
    world.call("POST", "/v1/payment-plans", Some(body)).await
}

async fn propose(world: &World, body: &Value) -> Value {
    let answer = ask(world, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.body
}

async fn act(world: &World, what: &str) -> Answer {
    let body = json!({ "reason": "so we said" });
    let body = (what != "approve").then_some(&body);
    world.call("POST", &format!("/v1/payment-plans/d1.p1/{what}"), body).await
}

async fn status(world: &World) -> String {
    world.get("/v1/payment-plans/d1.p1").await["status"].as_str().unwrap().to_owned()
}

fn of_each<'v>(plan: &'v Value, field: &str) -> Vec<&'v str> {
    plan["instalments"].as_array().unwrap().iter().map(|i| i[field].as_str().unwrap_or("-")).collect()
}

async fn next(world: &World) -> (String, String) {
    let action = world.get("/v1/debtors/d1").await["nextAction"].clone();
    let text = |field: &str| action[field].as_str().unwrap_or("-").to_owned();
    (text("step"), text("on"))
}

fn reminder(on: &str) -> (String, String) {
    ("instalmentReminder".to_owned(), on.to_owned())
}

async fn pay(world: &World, id: &str, invoice: &str, amount: &str, on: &str) {
    world.go_to(&format!("{on}T10:00:00Z")).await;
    world.put(&format!("/v1/payments/{id}"), &payment(invoice, amount, on)).await;
}

async fn pay_something(world: &World, id: &str, amount: &str, on: &str) {
    world.go_to(&format!("{on}T10:00:00Z")).await;
    world.put(&format!("/v1/payments/{id}"), &payment_of_everything("d1", amount, on)).await;
}

async fn take_back(world: &World, id: &str, invoice: &str, amount: &str, on: &str) {
    world.go_to(&format!("{on}T10:00:00Z")).await;
    let mut storno = payment(invoice, amount, on);
    storno["kind"] = json!("reversal");
    world.put(&format!("/v1/payments/{id}"), &storno).await;
}

/// 242.00 in three months from 15 September, agreed on 20 August.
async fn in_three() -> World {
    let world = two_invoices().await;
    let made = propose(&world, &plan("debtor", 3, "2026-09-15")).await;
    assert_eq!((&made["status"], &made["template"]), (&json!("active"), &json!("short")));
    assert_eq!(of_each(&made, "amount"), ["80.66", "80.66", "80.68"]);
    world
}

#[tokio::test]
async fn a_plan_that_is_kept_reminds_before_each_instalment_and_of_nothing_else() {
    let world = in_three().await;
    assert_eq!(world.get("/v1/invoices/d1-1").await["status"], "in_plan");
    assert_eq!(next(&world).await, reminder("2026-09-11"));
    world.go_to("2026-09-10T20:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    world.go_to("2026-09-11T20:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-11"]);
    let first = world.mail.taken()[0].mail.clone();
    assert!(first.text.contains("80,66") && first.text.contains("15 september 2026"), "{}", first.text);
    assert!(!first.text.contains("242,00"), "{}", first.text);
    // What happens if nothing is paid: broken after 22 September, and seven days of grace.
    assert_eq!(next(&world).await, ("reminder".to_owned(), "2026-09-30".to_owned()));

    // Without the invoice's id: booked on the oldest.
    pay_something(&world, "p1", "80.66", "2026-09-15").await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(of_each(&view["plan"], "paidOn"), ["2026-09-15", "-", "-"]);
    assert_eq!(view["plan"]["paid"], "80.66");
    // 11 October is a Sunday.
    assert_eq!(next(&world).await, reminder("2026-10-12"));
    // On the last day of the grace.
    pay_something(&world, "p2", "80.66", "2026-10-22").await;
    pay_something(&world, "p3", "80.68", "2026-11-20").await;
    assert_eq!(status(&world).await, "finished");
    world.go_to("2027-03-01T10:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-11", "2026-10-12", "2026-11-11"]);
    assert_eq!(world.count("d1", "InstalmentPaid").await, 3);
    assert_eq!(world.count("d1", "PlanFinished").await, 1);
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!((&view["holds"], &view["plan"], &view["balance"]), (&json!([]), &Value::Null, &json!("0.00")));
}

#[tokio::test]
async fn an_instalment_may_be_paid_until_the_last_day_of_the_grace() {
    // (paid on, how the plan is then, the days of mail until November)
    let table = [
        ("2026-09-15", "active", vec!["2026-09-11", "2026-10-12", "2026-10-30"]),
        ("2026-09-21", "active", vec!["2026-09-11", "2026-10-12", "2026-10-30"]),
        ("2026-09-22", "active", vec!["2026-09-11", "2026-10-12", "2026-10-30"]),
        ("2026-09-23", "broken", vec!["2026-09-11", "2026-09-30", "2026-10-14", "2026-10-28"]),
        ("2026-09-24", "broken", vec!["2026-09-11", "2026-09-30", "2026-10-14", "2026-10-28"]),
    ];
    for (on, expected, days) in table {
        let world = in_three().await;
        pay_something(&world, "p1", "80.66", on).await;
        assert_eq!(status(&world).await, expected, "{on}");
        // The second instalment is missed.
        world.go_to("2026-11-01T10:00:00Z").await;
        assert_eq!(mail_days(&world), days, "{on}");
        assert_eq!(world.count("d1", "PlanBroken").await, 1, "{on}");
    }
}

#[tokio::test]
async fn a_payment_of_the_night_after_the_last_day_still_keeps_the_plan() {
    let world = in_three().await;
    world.go_to("2026-09-23T03:00:00Z").await;
    world.put("/v1/payments/p1", &payment_of_everything("d1", "80.66", "2026-09-22")).await;
    world.go_to("2026-09-25T10:00:00Z").await;
    assert_eq!(status(&world).await, "active");
    assert_eq!(next(&world).await, reminder("2026-10-12"));
}

#[tokio::test]
async fn instalments_fall_on_month_ends_and_the_last_takes_the_cents() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "1", "2026-08-20", "2026-09-01", "100.00")).await;
    let made = propose(&world, &plan("debtor", 3, "2026-08-31")).await;
    assert_eq!(of_each(&made, "dueOn"), ["2026-08-31", "2026-09-30", "2026-10-31"]);
    assert_eq!(of_each(&made, "amount"), ["33.33", "33.33", "33.34"]);
    assert_eq!(of_each(&made, "lastDay"), ["2026-09-07", "2026-10-07", "2026-11-07"]);
}

#[tokio::test]
async fn what_is_approved_at_once_and_what_waits_follows_the_templates() {
    // (total, instalments, first day, answer)
    let table = [
        ("500.00", 4, "2026-09-20", "active"),
        ("500.01", 4, "2026-09-20", "proposed"),
        ("500.00", 5, "2026-09-20", "proposed"),
        ("500.00", 4, "2026-09-21", "plan_outside_limits"),
        ("500.00", 13, "2026-09-20", "plan_outside_limits"),
        ("49.99", 2, "2026-09-20", "plan_outside_limits"),
        ("60.00", 4, "2026-09-20", "active"),
        ("59.99", 4, "2026-09-20", "plan_outside_limits"),
        ("0.02", 3, "2026-09-20", "plan_does_not_add_up"),
    ];
    for (total, instalments, first_on, expected) in table {
        let world = World::at("2026-08-20T08:00:00Z").await;
        world.put("/v1/debtors/d1", &consumer("D1")).await;
        world.put("/v1/invoices/i1", &invoice("d1", "1", "2026-08-20", "2026-09-01", total)).await;
        let answer = ask(&world, &plan("debtor", instalments, first_on)).await;
        let found = answer.body["status"].as_str().map(str::to_owned);
        let found = found
            .unwrap_or_else(|| answer.body["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned());
        assert_eq!(found, expected, "{total} {instalments} {first_on}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_proposal_waits_for_the_desk_which_is_asked_once() {
    let world = two_invoices().await;
    let mut body = plan("creditor", 24, "2026-12-31");
    body["every"] = json!("week");
    let made = propose(&world, &body).await;
    assert_eq!((&made["status"], &made["template"]), (&json!("proposed"), &Value::Null));
    world.go_to("2026-08-24T20:00:00Z").await;
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"], json!([]));
    world.go_to("2026-10-01T20:00:00Z").await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["tasks"][0]["about"], "plan_decision");
    assert_eq!(view["noAction"]["reason"], "held");
    assert_eq!((mail_days(&world).len(), world.count("d1", "TaskOpened").await), (0, 1));
    assert_eq!(act(&world, "approve").await.body["status"], "active");
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"], json!([]));
    assert_eq!(next(&world).await, reminder("2026-12-28"));
    // Decided once.
    for (what, code) in [("approve", "plan_not_proposed"), ("reject", "plan_not_proposed")] {
        let answer = act(&world, what).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(answer.body["type"], format!("urn:tijdig:problem:{code}"));
    }
}

#[tokio::test]
async fn a_first_day_that_passed_before_approval_moves_on_in_its_rhythm() {
    let world = two_invoices().await;
    propose(&world, &plan("creditor", 3, "2026-08-31")).await;
    world.go_to("2026-09-30T10:00:00Z").await;
    let approved = act(&world, "approve").await.body;
    assert_eq!(of_each(&approved, "dueOn"), ["2026-09-30", "2026-10-31", "2026-11-30"]);
}

#[tokio::test]
async fn what_is_rejected_or_ended_is_followed_up_after_the_grace() {
    for (approve, what, event) in [(false, "reject", "PlanRejected"), (true, "end", "PlanEnded")] {
        let world = two_invoices().await;
        world.go_to("2026-09-05T10:00:00Z").await;
        let mut body = plan("creditor", 3, "2026-10-01");
        body["approve"] = json!(approve);
        assert_eq!(propose(&world, &body).await["status"], if approve { "active" } else { "proposed" });
        world.go_to("2026-09-08T20:00:00Z").await;
        assert_eq!(mail_days(&world), [""; 0]);
        let answer = act(&world, what).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body["reason"], "so we said");
        let told = world.timeline("d1").await;
        let lifted = told.iter().find(|e| e["event"] == "HoldLifted").unwrap();
        assert_eq!(lifted["follow_up_from"].as_str().or(lifted["followUpFrom"].as_str()), Some("2026-09-15"));
        assert_eq!(world.count("d1", event).await, 1);
        world.go_to("2026-09-14T20:00:00Z").await;
        assert_eq!(mail_days(&world), [""; 0]);
        world.go_to("2026-09-15T20:00:00Z").await;
        assert_eq!(mail_days(&world), ["2026-09-15"]);
        assert_eq!(act(&world, what).await.status, StatusCode::CONFLICT);
    }
}

#[tokio::test]
async fn a_payment_that_is_taken_back_opens_its_instalment_again_with_a_grace_of_its_own() {
    for (paid_again, expected) in [("2026-10-08", "active"), ("2026-10-09", "broken")] {
        let world = in_three().await;
        pay(&world, "p1", "d1-1", "80.66", "2026-09-14").await;
        take_back(&world, "p2", "d1-1", "80.66", "2026-10-01").await;
        let view = world.get("/v1/payment-plans/d1.p1").await;
        assert_eq!((&view["status"], &view["paid"]), (&json!("active"), &json!("0.00")));
        assert_eq!(of_each(&view, "lastDay")[0], "2026-10-08");
        pay(&world, "p3", "d1-1", "80.66", paid_again).await;
        assert_eq!(status(&world).await, expected);
    }
}

#[tokio::test]
async fn a_closed_invoice_that_opens_again_is_still_in_the_plan() {
    let world = two_invoices().await;
    let mut body = plan("debtor", 3, "2026-09-15");
    body["firstAmount"] = json!("121.00");
    assert_eq!(of_each(&propose(&world, &body).await, "amount"), ["121.00", "60.50", "60.50"]);
    pay(&world, "p1", "d1-1", "121.00", "2026-09-14").await;
    assert_eq!(world.get("/v1/invoices/d1-1").await["status"], "paid");
    assert_eq!(world.get("/v1/payment-plans/d1.p1").await["paid"], "121.00");
    take_back(&world, "p2", "d1-1", "121.00", "2026-09-20").await;
    assert_eq!(world.get("/v1/invoices/d1-1").await["status"], "in_plan");
    assert_eq!(world.get("/v1/payment-plans/d1.p1").await["paid"], "0.00");
    pay(&world, "p3", "d1-1", "121.00", "2026-09-27").await;
    pay(&world, "p4", "d1-2", "121.00", "2026-10-20").await;
    assert_eq!(status(&world).await, "finished");
}

#[tokio::test]
async fn what_is_paid_ahead_makes_the_next_reminder_ask_for_less() {
    let world = in_three().await;
    // More than one invoice is: 29.00 of it stay with the debtor, and count.
    pay(&world, "p1", "d1-1", "150.00", "2026-09-01").await;
    let view = world.get("/v1/payment-plans/d1.p1").await;
    assert_eq!(view["paid"], "150.00");
    world.go_to("2026-10-12T20:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-10-12"]);
    let text = world.mail.taken()[0].mail.text.clone();
    assert!(text.contains("11,32") && !text.contains("80,66"), "{text}");
    // A credit note counts for the next instalment as well.
    world.go_to("2026-10-13T10:00:00Z").await;
    let mut note = invoice("d1", "C-1", "2026-10-13", "2026-10-13", "11.32");
    note["kind"] = json!("creditNote");
    note["corrects"] = json!("d1-2");
    note["open"] = json!(null);
    world.put("/v1/invoices/c1", &note).await;
    let view = world.get("/v1/payment-plans/d1.p1").await;
    assert_eq!(of_each(&view, "paidOn"), ["2026-09-01", "2026-10-13", "-"]);
    pay_something(&world, "p2", "500.00", "2026-11-01").await;
    assert_eq!(status(&world).await, "finished");
    world.go_to("2027-02-01T20:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-10-12"]);
}

#[tokio::test]
async fn an_invoice_that_comes_later_is_no_part_of_it_and_rides_along_where_the_days_meet() {
    let world = in_three().await;
    world.put("/v1/invoices/d1-3", &invoice("d1", "d1-3", "2026-08-21", "2026-09-04", "50.00")).await;
    assert_eq!(next(&world).await, ("reminder".to_owned(), "2026-09-11".to_owned()));
    world.go_to("2026-09-11T20:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-11"]);
    let text = world.mail.taken()[0].mail.text.clone();
    for part in ["d1-3", "50,00", "80,66", "130,66"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("d1-1"), "{text}");
    assert_eq!(of_each(&world.get("/v1/payment-plans/d1.p1").await, "remindedOn")[0], "2026-09-11");
}

#[tokio::test]
async fn a_hold_on_the_debtor_keeps_the_reminder_back_and_not_longer_than_its_day() {
    // (held until, the days of mail)
    let table =
        [("2026-09-13", vec!["2026-09-14"]), ("2026-09-14", vec!["2026-09-15"]), ("2026-09-15", vec![])];
    for (until, days) in table {
        let world = in_three().await;
        world.hold(json!({ "debtorId": "d1" }), "reminders", Some(until)).await;
        world.go_to("2026-09-20T20:00:00Z").await;
        assert_eq!(mail_days(&world), days, "{until}");
    }
}

#[tokio::test]
async fn the_same_request_again_makes_no_second_plan() {
    let world = two_invoices().await;
    let body = plan("debtor", 3, "2026-09-15");
    let key = [("idempotency-key", "k1")];
    for _ in 0..2 {
        let answer = world.call_with("POST", "/v1/payment-plans", Some(&body), &key).await;
        assert_eq!((answer.status, &answer.body["id"]), (StatusCode::CREATED, &json!("d1.p1")));
    }
    assert_eq!(world.get("/v1/debtors/d1").await["holds"].as_array().unwrap().len(), 1);
    // A second plan finds nothing that is not in the first.
    let answer = ask(&world, &body).await;
    assert_eq!(answer.body["type"], "urn:tijdig:problem:nothing_to_plan", "{}", answer.body);
    let mut named = body.clone();
    named["invoiceIds"] = json!(["d1-1"]);
    assert_eq!(ask(&world, &named).await.body["type"], "urn:tijdig:problem:invoice_in_plan");
}

#[tokio::test]
async fn the_plans_hold_is_not_lifted_by_itself() {
    let world = in_three().await;
    let answer = world.call("DELETE", "/v1/holds/d1.h1?force=true", None).await;
    assert_eq!(answer.body["type"], "urn:tijdig:problem:hold_ends_with_its_cause");
}
