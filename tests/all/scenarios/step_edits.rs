//! Editing the next step: skip, reset, reschedule, preview, send now. FEATURES 2.5.

use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::stories::mail_days;
use tests::world::{Answer, World};

/// One invoice due on Tuesday 1 September 2026: by itself reminded on 8 and 22 September and 6 October.
async fn beginning() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world
}

async fn edit(world: &World, body: Value) -> Answer {
    world.call("POST", "/v1/invoices/i1/step", Some(&body)).await
}

async fn done(world: &World, body: Value) -> Value {
    let answer = edit(world, body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    answer.body
}

async fn refused(world: &World, body: Value) -> String {
    let answer = edit(world, body).await;
    assert!(matches!(answer.status.as_u16(), 400 | 404 | 409), "{} {}", answer.status, answer.body);
    let by_field = answer.body["errors"][0]["code"].as_str().map(str::to_owned);
    let by_type =
        answer.body["type"].as_str().unwrap_or_default().rsplit(['/', ':']).next().unwrap_or_default();
    by_field.unwrap_or(by_type.to_owned())
}

fn next(view: &Value) -> (String, String) {
    let next = &view["nextAction"];
    (next["step"].as_str().unwrap_or_default().to_owned(), next["on"].as_str().unwrap_or_default().to_owned())
}

fn expected(step: &str, on: &str) -> (String, String) {
    (step.to_owned(), on.to_owned())
}

#[tokio::test]
async fn a_skipped_step_is_left_out_and_named() {
    let world = beginning().await;
    world.go_to("2026-09-08T12:00:00Z").await;
    world.go_to("2026-09-10T08:00:00Z").await;
    let view = done(&world, json!({ "action": "skip" })).await;
    // The final reminder waits its 14 days from the day of the skip.
    assert_eq!(next(&view), expected("finalReminder", "2026-09-24"));
    world.go_to("2026-09-30T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-24"]);
    let skipped = world.timeline("d1").await.into_iter().find(|e| e["event"] == "StepSkipped").unwrap();
    assert_eq!(
        (&skipped["step"], &skipped["reason"], &skipped["policy"], &skipped["by"]),
        (&json!("reminder-2"), &json!("skipped by hand"), &json!("standard"), &json!("accounting tool"))
    );
}

#[tokio::test]
async fn a_step_leaves_on_the_day_that_was_set() {
    let world = beginning().await;
    let view = done(&world, json!({ "action": "reschedule", "on": "2026-09-17" })).await;
    assert_eq!(next(&view), expected("reminder", "2026-09-17"));
    world.go_to("2026-09-16T20:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    world.go_to("2026-09-17T12:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-17"]);
    // From there on the policy counts as ever.
    assert_eq!(next(&world.get("/v1/debtors/d1").await), expected("reminder", "2026-10-01"));
    for (body, code) in [
        (json!({ "action": "reschedule", "on": "2026-09-16" }), "step_in_past"),
        (json!({ "action": "reschedule", "on": "2026-09-20" }), "not_a_sending_day"),
        (json!({ "action": "reschedule", "on": "2027-12-25" }), "step_too_far"),
        (json!({ "action": "reschedule" }), "required"),
        (json!({ "action": "skip", "on": "2026-10-01" }), "not_with_this_action"),
        (json!({ "action": "reset", "step": "summons" }), "no_such_step"),
    ] {
        assert_eq!(refused(&world, body.clone()).await, code, "{body}");
    }
    assert_eq!(
        next(&world.get("/v1/debtors/d1").await),
        expected("reminder", "2026-10-01"),
        "nothing changed"
    );
}

#[tokio::test]
async fn sent_now_it_leaves_at_the_next_opening_whatever_the_interval() {
    let world = beginning().await;
    world.go_to("2026-09-08T19:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08"]);
    // The window has closed: it leaves the next morning, a day after the first reminder.
    let view = done(&world, json!({ "action": "send-now" })).await;
    assert_eq!(next(&view), expected("reminder", "2026-09-09"));
    world.go_to("2026-09-09T05:59:00Z").await;
    assert_eq!(mail_days(&world).len(), 1);
    world.go_to("2026-09-09T06:01:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-09"]);
    assert_eq!(next(&world.get("/v1/debtors/d1").await), expected("finalReminder", "2026-09-23"));
}

#[tokio::test]
async fn a_hold_is_stronger_than_send_now() {
    let world = beginning().await;
    world.go_to("2026-09-08T12:00:00Z").await;
    let hold = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    done(&world, json!({ "action": "send-now" })).await;
    world.go_to("2026-09-12T12:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 1);
    world.lift(&hold).await;
    // A Saturday: the window is open.
    world.go_to("2026-09-14T12:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-12"]);
}

#[tokio::test]
async fn reset_goes_back_and_waits_anew() {
    let world = beginning().await;
    world.go_to("2026-09-22T12:00:00Z").await;
    world.go_to("2026-09-28T08:00:00Z").await;
    let view = done(&world, json!({ "action": "reset", "step": "reminder-2" })).await;
    assert_eq!(next(&view), expected("reminder", "2026-10-12"));
    let view = done(&world, json!({ "action": "reset" })).await;
    assert_eq!(next(&view), expected("reminder", "2026-10-05"));
    assert_eq!(
        refused(&world, json!({ "action": "reset" })).await,
        "no_such_step",
        "nothing was taken since"
    );
    world.go_to("2026-10-20T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-22", "2026-10-05", "2026-10-19"]);
}

#[tokio::test]
async fn a_preview_says_what_would_leave_and_changes_nothing() {
    let world = beginning().await;
    let before = world.contents();
    let preview = done(&world, json!({ "action": "preview" })).await["preview"].clone();
    assert_eq!(world.changes(&before), [""; 0]);
    assert_eq!(
        (&preview["on"], &preview["kind"], &preview["channel"], &preview["amount"]),
        (&json!("2026-09-08"), &json!("reminder"), &json!("email"), &json!("121.00"))
    );
    world.go_to("2026-09-08T12:00:00Z").await;
    let mail = world.mail.taken().pop().unwrap().mail;
    assert_eq!(preview["subject"], json!(mail.subject));
    assert_eq!(preview["text"], json!(tests::stories::as_previewed(&mail.text)));
    // While a hold stands without an end nothing would leave.
    world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    assert_eq!(done(&world, json!({ "action": "preview" })).await["preview"], json!(null));
}

#[tokio::test]
async fn what_may_have_left_waits_for_a_person_who_decides() {
    let world = beginning().await;
    use tests::mail::Next::Vanishes;
    world.mail.next(&[Vanishes, Vanishes]);
    world.go_to("2026-09-10T08:00:00Z").await;
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "notice_failed");
    let view = done(&world, json!({ "action": "reschedule", "on": "2026-09-17" })).await;
    assert_eq!(next(&view), expected("reminder", "2026-09-17"));
    world.go_to("2026-09-17T12:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-17"]);
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"], json!([]));
}

#[tokio::test]
async fn nothing_can_be_edited_where_nothing_is_open_or_known() {
    let world = beginning().await;
    let answer = world.call("POST", "/v1/invoices/nobody/step", Some(&json!({ "action": "skip" }))).await;
    assert_eq!(answer.status.as_u16(), 404);
    world.put("/v1/payments/p1", &tests::bodies::payment("i1", "121.00", "2026-09-01")).await;
    assert_eq!(refused(&world, json!({ "action": "skip" })).await, "nothing_open");
}
