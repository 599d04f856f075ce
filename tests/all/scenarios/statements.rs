//! All that is open of one debtor in one message, because somebody asked for it. FEATURES 2.10.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::consumer;
use tests::stories::{mail_days, payment_of_everything, two_invoices};
use tests::world::{Answer, World};

use super::letters::connect;
use crate::refusals::{errors, is_problem};

async fn ask(world: &World, body: Value) -> Answer {
    world.call("POST", "/v1/debtors/d1/statement", Some(&body)).await
}

/// Two invoices that fell due on 1 September; it is Saturday 5 September.
async fn saturday() -> World {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    world
}

fn refused_as(answer: &Answer) -> (u16, &str) {
    let code = answer.body["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default();
    (answer.status.as_u16(), code)
}

/// The subjects of the mails that left, oldest first.
fn subjects(world: &World) -> Vec<String> {
    world.mail.taken().into_iter().map(|t| t.mail.subject).collect()
}

#[tokio::test]
async fn a_statement_lists_everything_and_puts_no_reminder_off() {
    let world = saturday().await;
    let asked = ask(&world, json!({})).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    assert_eq!(
        (&asked.body["id"], &asked.body["kind"], &asked.body["channel"], &asked.body["status"]),
        (&json!("d1.n1"), &json!("statement"), &json!("email"), &json!("prepared"))
    );
    let next = world.get("/v1/debtors/d1").await["nextAction"].clone();
    assert_eq!((&next["step"], &next["on"]), (&json!("reminder"), &json!("2026-09-08")));
    world.settle().await;
    assert_eq!(mail_days(&world), ["2026-09-05"]);
    let mail = world.mail.taken().remove(0).mail;
    assert!(mail.subject.starts_with("Rekeningoverzicht van "), "{}", mail.subject);
    let text = mail.text.replace('\n', " ");
    for said in ["d1-1", "d1-2", "4 dagen te laat", "€ 242,00", "Dit is geen herinnering."] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    assert!(!text.contains("Betaal vóór"), "it sets no day: {text}");
    let notice = world.get("/v1/notices/d1.n1").await;
    assert_eq!(
        (&notice["invoices"], &notice["amount"], &notice["evidence"]),
        (&json!(["d1-1", "d1-2"]), &json!("242.00"), &json!([]))
    );

    world.go_to("2026-09-22T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-05", "2026-09-08", "2026-09-22"], "each reminder on its day");
    assert_eq!(world.get("/v1/notices/d1.n1").await["status"], "delivered");
}

#[tokio::test]
async fn a_reminder_of_the_same_day_goes_first() {
    let world = two_invoices().await;
    // Seven in the morning, before the window opens; the first reminder is due on this day.
    world.go_to("2026-09-08T05:00:00Z").await;
    assert_eq!(ask(&world, json!({})).await.status, StatusCode::CREATED);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-08"]);
    let subjects = subjects(&world);
    assert!(subjects[0].starts_with("Herinnering van "), "{subjects:?}");
    assert!(subjects[1].starts_with("Rekeningoverzicht van "), "{subjects:?}");
    let amounts: Vec<bool> = world.mail.taken().iter().map(|t| t.mail.text.contains("€ 242,00")).collect();
    assert_eq!(amounts, [true, true], "both name the same amount");
}

#[tokio::test]
async fn the_day_before_and_after_a_reminder_the_statement_leaves_at_once() {
    for day in ["07", "09"] {
        let world = two_invoices().await;
        world.go_to(&format!("2026-09-{day}T10:00:00Z")).await;
        let before = mail_days(&world).len();
        ask(&world, json!({})).await;
        world.settle().await;
        assert_eq!(mail_days(&world).len(), before + 1, "{day}");
    }
}

#[tokio::test]
async fn a_statement_tells_of_a_payment_plan_that_runs_and_passes_its_hold() {
    let world = saturday().await;
    let plan = json!({ "debtorId": "d1", "instalments": 2, "every": "month", "firstOn": "2026-10-01",
        "proposedBy": "creditor" });
    assert_eq!(world.call("POST", "/v1/payment-plans", Some(&plan)).await.status, StatusCode::CREATED);
    world.call("POST", "/v1/payment-plans/d1.p1/approve", None).await;
    assert_eq!(world.get("/v1/payment-plans/d1.p1").await["status"], "active");
    assert_eq!(ask(&world, json!({})).await.status, StatusCode::CREATED);
    world.settle().await;
    let text = world.mail.taken().remove(0).mail.text.replace('\n', " ");
    for said in ["termijn 1 van 2", "1 oktober 2026", "€ 121,00"] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
}

#[tokio::test]
async fn what_was_paid_ahead_is_deducted() {
    let world = saturday().await;
    let mut paid = payment_of_everything("d1", "42.00", "2026-09-04");
    paid["invoiceId"] = json!("d1-1");
    paid["debtorId"] = json!(null);
    world.put("/v1/payments/p1", &paid).await;
    ask(&world, json!({ "channel": "email" })).await;
    world.settle().await;
    let text = world.mail.taken().remove(0).mail.text;
    assert!(text.contains("€ 79,00") && text.contains("€ 200,00"), "{text}");
    assert_eq!(world.get("/v1/notices/d1.n1").await["amount"], "200.00");
}

#[tokio::test]
async fn a_statement_may_speak_in_the_creditors_own_words_and_what_people_write_may_not() {
    let world = saturday().await;
    let own = json!({ "opening": "{{ creditor }} zet {{ count }} posten op een rij: {{ total }}." });
    let put = world.call("PUT", "/v1/texts/statement/email/nl/formal", Some(&own)).await;
    assert_eq!(put.status, StatusCode::CREATED, "{}", put.body);
    ask(&world, json!({})).await;
    world.settle().await;
    let text = world.mail.taken().remove(0).mail.text.replace('\n', " ");
    assert!(text.contains("zet 2 posten op een rij: € 242,00."), "{text}");
    for (path, field, code) in [
        ("statement/sms/nl/formal", "channel", "not_by_this_channel"),
        ("deskMessage/email/nl/formal", "of", "no_text"),
    ] {
        let answer = world.call("PUT", &format!("/v1/texts/{path}"), Some(&own)).await;
        assert_eq!(errors(&answer), [(field.to_owned(), code.to_owned())], "{path}");
    }
}

#[tokio::test]
async fn a_statement_goes_by_letter_where_that_is_asked_for() {
    let world = saturday().await;
    let refused = ask(&world, json!({ "channel": "letter" })).await;
    assert_eq!(refused_as(&refused), (409, "no_address_that_way"), "no letters are connected");
    connect(&world, "pingen").await;
    let asked = ask(&world, json!({ "channel": "letter" })).await;
    assert_eq!((asked.status, &asked.body["channel"]), (StatusCode::CREATED, &json!("letter")));
    world.settle().await;
    assert_eq!((world.letters.taken().len(), mail_days(&world).len()), (1, 0));
}

#[tokio::test]
async fn without_a_mail_address_it_goes_by_letter_by_itself() {
    let world = saturday().await;
    connect(&world, "pingen").await;
    let mut debtor = consumer("D1");
    debtor["emails"] = json!([]);
    debtor["modifiedAt"] = json!("2026-09-05T09:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    assert_eq!(ask(&world, json!({})).await.body["channel"], "letter");
    assert_eq!(refused_as(&ask(&world, json!({ "channel": "email" })).await), (409, "no_address_that_way"));
}

#[tokio::test]
async fn asking_twice_at_night_sends_one_statement_in_the_morning() {
    let world = two_invoices().await;
    world.go_to("2026-09-04T18:30:00Z").await;
    let (first, second) = (ask(&world, json!({})).await, ask(&world, json!({})).await);
    assert_eq!((&first.body["id"], &second.body["id"]), (&json!("d1.n1"), &json!("d1.n1")));
    world.go_to("2026-09-05T12:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-05"]);
    // One that left is no answer to whoever asks again.
    assert_eq!(ask(&world, json!({})).await.body["id"], "d1.n2");
}

#[tokio::test]
async fn the_same_request_asks_once_even_after_it_left() {
    let world = saturday().await;
    let key = [("Idempotency-Key", "k1")];
    let path = "/v1/debtors/d1/statement";
    let first = world.call_with("POST", path, Some(&json!({})), &key).await;
    world.settle().await;
    let second = world.call_with("POST", path, Some(&json!({})), &key).await;
    assert_eq!(first.body, second.body);
    world.settle().await;
    assert_eq!(mail_days(&world).len(), 1);
}

#[tokio::test]
async fn what_is_paid_before_it_leaves_cancels_it() {
    let world = two_invoices().await;
    world.go_to("2026-09-04T18:30:00Z").await;
    ask(&world, json!({})).await;
    world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2026-09-04")).await;
    world.go_to("2026-09-05T12:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    assert_eq!(world.get("/v1/notices/d1.n1").await["status"], "cancelled");
}

#[tokio::test]
async fn a_hold_on_reminders_lets_it_pass_and_one_on_everything_does_not() {
    let world = saturday().await;
    world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    assert_eq!(ask(&world, json!({})).await.status, StatusCode::CREATED);
    world.settle().await;
    assert_eq!(mail_days(&world), ["2026-09-05"]);
    // Of an invoice of which nothing may leave, the statement says nothing.
    world.hold(json!({ "invoiceId": "d1-1" }), "everything", None).await;
    ask(&world, json!({})).await;
    world.settle().await;
    assert_eq!(world.get("/v1/notices/d1.n2").await["invoices"], json!(["d1-2"]));
    assert_eq!(world.get("/v1/notices/d1.n2").await["amount"], "121.00");
    world.hold(json!({ "debtorId": "d1" }), "everything", None).await;
    assert_eq!(refused_as(&ask(&world, json!({})).await), (409, "everything_held"));
}

#[tokio::test]
async fn nothing_open_and_nobody_known_are_refused_and_change_nothing() {
    let world = saturday().await;
    let unknown = world.call("POST", "/v1/debtors/d9/statement", Some(&json!({}))).await;
    is_problem(&unknown, 404);
    is_problem(&ask(&world, json!({ "channel": "sms" })).await, 400);
    is_problem(&ask(&world, json!({ "channels": [] })).await, 400);
    world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2026-09-05")).await;
    world.settle().await;
    let before = world.contents();
    assert_eq!(refused_as(&ask(&world, json!({})).await), (409, "nothing_open"));
    assert_eq!(world.changes(&before), [""; 0]);
}
