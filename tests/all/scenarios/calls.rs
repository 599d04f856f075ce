//! Telephone calls: which are to be made, what is said in them, and what follows from what came of them. FEATURES 2.2, 7.1;
//! LAW 2.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::stories::{call_before_mailing, mail_days};
use tests::world::{Answer, World};

/// An invoice due on 1 September 2026 under a policy that calls, and mails where that comes to nothing. The first call is asked for
/// on the 8th.
async fn beginning() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    call_before_mailing(&world).await;
    put(&world, "d1").await;
    world
}

async fn put(world: &World, debtor: &str) {
    world.put(&format!("/v1/debtors/{debtor}"), &consumer(&debtor.to_uppercase())).await;
    let body = invoice(debtor, &format!("{debtor}-1"), "2026-08-20", "2026-09-01", "121.00");
    world.put(&format!("/v1/invoices/{debtor}-1"), &body).await;
}

/// The same at noon of the day on which the desk is asked to call.
async fn asked() -> World {
    let world = beginning().await;
    world.go_to("2026-09-08T12:00:00Z").await;
    assert_eq!(calls(&world).await, ["d1.n1"]);
    world
}

async fn calls(world: &World) -> Vec<String> {
    let list = world.get("/v1/calls").await;
    list["items"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect()
}

async fn outcome(world: &World, call: &str, body: Value) -> Answer {
    world.call("POST", &format!("/v1/calls/{call}/outcome"), Some(&body)).await
}

/// Records an outcome that has to be taken in. The notice as it is then.
async fn took(world: &World, call: &str, body: Value) -> Value {
    let answer = outcome(world, call, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

/// The name under which an outcome is refused.
async fn refused(world: &World, call: &str, body: Value) -> String {
    let answer = outcome(world, call, body).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    answer.body["type"].as_str().unwrap().replace("urn:tijdig:problem:", "")
}

async fn tasks(world: &World) -> Vec<String> {
    let list = world.get("/v1/tasks?debtorId=d1").await;
    list["items"].as_array().unwrap().iter().map(|t| t["about"].as_str().unwrap().to_owned()).collect()
}

async fn effort(world: &World) -> bool {
    let conditions = world.get("/v1/debtors/d1/signal-conditions?type=early").await;
    let all = conditions["conditions"].as_array().unwrap();
    all.iter().find(|c| c["name"] == "contactEffortMade").unwrap()["holds"].as_bool().unwrap()
}

#[tokio::test]
async fn a_call_says_whom_to_call_about_what_and_what_to_say() {
    let world = beginning().await;
    world.go_to("2026-09-07T18:00:00Z").await;
    assert_eq!(calls(&world).await, [""; 0]);
    world.go_to("2026-09-08T12:00:00Z").await;
    let call = &world.get("/v1/calls").await["items"][0];
    assert_eq!(call["numbers"], json!(["+31612345678"]));
    let expected = json!([{ "id": "d1-1", "number": "d1-1", "dueDate": "2026-09-01", "open": "121.00" }]);
    assert_eq!((&call["amount"], &call["invoices"]), (&json!("121.00"), &expected));
    assert_eq!((&call["callOn"], &call["lastDay"]), (&json!("2026-09-08"), &json!("2026-09-15")));
    assert_eq!((&call["kind"], &call["attempts"]), (&json!("reminder"), &json!([])));
    let script = call["script"].as_array().unwrap();
    let says = |text: &str| script.iter().any(|s| s.as_str().unwrap().replace('\u{a0}', " ").contains(text));
    for text in
        ["Voorbeeld Energie", "J. de Vries", "€ 121,00", "d1-1", "1 september 2026", "betalingsregeling"]
    {
        assert!(says(text), "{text}: {script:?}");
    }
    // To ask for a call takes no step, sends nothing and is no effort to get contact.
    assert_eq!(world.get("/v1/invoices/d1-1").await["steps"], json!([]));
    assert_eq!(
        (mail_days(&world).len(), effort(&world).await, tasks(&world).await),
        (0, false, vec!["call".to_owned()])
    );
}

#[tokio::test]
async fn whoever_was_spoken_to_was_contacted_and_the_next_step_calls_again() {
    let world = asked().await;
    let notice = took(&world, "d1.n1", json!({ "outcome": "spoke", "note": "belt morgen terug" })).await;
    assert_eq!((&notice["status"], &notice["evidence"]), (&json!("delivered"), &json!(["contactEffort"])));
    let shown = world.get("/v1/notices/d1.n1").await;
    let made = &shown["calls"][0];
    assert_eq!((&made["outcome"], &made["number"]), (&json!("spoke"), &json!("+31612345678")));
    assert_eq!((&made["note"], &made["by"]), (&json!("belt morgen terug"), &json!("accounting tool")));
    assert_eq!((effort(&world).await, calls(&world).await.len(), tasks(&world).await.len()), (true, 0, 0));
    let steps = world.get("/v1/invoices/d1-1").await["steps"].clone();
    assert_eq!((&steps[0]["step"], &steps[0]["on"]), (&json!("reminder-1"), &json!("2026-09-08")));
    assert_eq!(refused(&world, "d1.n1", json!({ "outcome": "spoke" })).await, "call_not_to_be_made");
    world.go_to("2026-09-21T18:00:00Z").await;
    assert_eq!(calls(&world).await, [""; 0]);
    world.go_to("2026-09-22T12:00:00Z").await;
    assert_eq!(calls(&world).await, ["d1.n2"]);
}

#[tokio::test]
async fn after_three_calls_that_reach_nobody_the_next_channel_takes_over() {
    let world = asked().await;
    for (at, again) in [("2026-09-08T12:30:00Z", "2026-09-10"), ("2026-09-10T12:00:00Z", "2026-09-12")] {
        world.go_to(at).await;
        took(&world, "d1.n1", json!({ "outcome": "notReached" })).await;
        assert_eq!(world.get("/v1/calls").await["items"][0]["callOn"], again);
    }
    world.go_to("2026-09-12T12:00:00Z").await;
    let notice = took(&world, "d1.n1", json!({ "outcome": "notReached" })).await;
    assert_eq!((&notice["status"], notice["calls"].as_array().unwrap().len()), (&json!("failed"), 3));
    assert_eq!((calls(&world).await.len(), tasks(&world).await.len(), effort(&world).await), (0, 0, false));
    // The 13th is a Sunday.
    world.go_to("2026-09-13T18:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    world.go_to("2026-09-14T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-14"]);
    // The next step calls first again.
    world.go_to("2026-09-28T12:00:00Z").await;
    assert_eq!((mail_days(&world).len(), calls(&world).await), (1, vec!["d1.n3".to_owned()]));
}

#[tokio::test]
async fn how_often_and_how_long_is_a_setting() {
    let world = asked().await;
    world.put("/v1/settings", &json!({ "calls": { "attempts": 1, "daysBetween": 1, "waitDays": 2 } })).await;
    assert_eq!(world.get("/v1/calls").await["items"][0]["lastDay"], "2026-09-10");
    took(&world, "d1.n1", json!({ "outcome": "notReached" })).await;
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-09"]);
}

#[tokio::test]
async fn a_call_that_nobody_makes_is_given_up() {
    let world = asked().await;
    world.go_to("2026-09-15T18:00:00Z").await;
    assert_eq!(calls(&world).await, ["d1.n1"]);
    world.go_to("2026-09-16T18:00:00Z").await;
    assert_eq!((calls(&world).await.len(), mail_days(&world).len()), (0, 0));
    assert_eq!(refused(&world, "d1.n1", json!({ "outcome": "spoke" })).await, "call_not_to_be_made");
    world.go_to("2026-09-17T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-17"]);
}

#[tokio::test]
async fn a_promise_by_telephone_is_a_promise_like_any_other() {
    let world = asked().await;
    let late = json!({ "outcome": "promised", "payBy": "2027-06-01" });
    assert_eq!(refused(&world, "d1.n1", late).await, "promise_too_late");
    assert_eq!((calls(&world).await, world.count("d1", "CallMade").await), (vec!["d1.n1".to_owned()], 0));
    took(&world, "d1.n1", json!({ "outcome": "promised", "payBy": "2026-09-25", "amount": "100.00" })).await;
    let promise = world.get("/v1/promises/d1.m1").await;
    assert_eq!((&promise["amount"], &promise["payBy"]), (&json!("100.00"), &json!("2026-09-25")));
    assert_eq!(world.get("/v1/debtors/d1").await["holds"].as_array().unwrap().len(), 1);
    world.go_to("2026-09-27T18:00:00Z").await;
    assert_eq!((calls(&world).await.len(), mail_days(&world).len()), (0, 0));
    // Its grace is over on the 28th, and nothing came in.
    world.go_to("2026-09-29T18:00:00Z").await;
    assert_eq!(world.get("/v1/promises/d1.m1").await["status"], "broken");
}

#[tokio::test]
async fn what_is_disputed_by_telephone_is_held_until_the_desk_decides() {
    let world = asked().await;
    let disputes =
        json!([{ "invoiceId": "d1-1", "reason": "alreadyPaid", "text": "zegt betaald te hebben" }]);
    let notice = took(&world, "d1.n1", json!({ "outcome": "disputes", "disputes": disputes })).await;
    assert_eq!(notice["status"], "delivered");
    assert_eq!(world.get("/v1/disputes/d1.d1").await["status"], "open");
    assert_eq!((calls(&world).await.len(), tasks(&world).await), (0, vec!["dispute".to_owned()]));
}

#[tokio::test]
async fn a_hold_takes_the_call_out_at_once_and_after_the_grace_there_is_another() {
    let world = asked().await;
    let hold = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    assert_eq!(calls(&world).await, [""; 0]);
    assert_eq!(refused(&world, "d1.n1", json!({ "outcome": "spoke" })).await, "call_not_to_be_made");
    world.go_to("2026-09-10T12:00:00Z").await;
    assert_eq!(
        (world.get("/v1/notices/d1.n1").await["status"].clone(), tasks(&world).await.len()),
        (json!("cancelled"), 0)
    );
    world.lift(&hold).await;
    assert_eq!(refused(&world, "d1.n1", json!({ "outcome": "spoke" })).await, "call_not_to_be_made");
    world.go_to("2026-09-16T18:00:00Z").await;
    assert_eq!(calls(&world).await, [""; 0]);
    world.go_to("2026-09-17T18:00:00Z").await;
    assert_eq!(calls(&world).await, ["d1.n2"]);
}

#[tokio::test]
async fn a_hold_on_everyone_takes_every_call_out() {
    let world = asked().await;
    world.hold(json!({ "administration": true }), "reminders", None).await;
    // It covers from twenty seconds after it was placed.
    world.go_to("2026-09-08T12:00:30Z").await;
    assert_eq!(calls(&world).await, [""; 0]);
    assert_eq!(refused(&world, "d1.n1", json!({ "outcome": "notReached" })).await, "call_not_to_be_made");
}

#[tokio::test]
async fn a_hold_on_one_invoice_leaves_the_call_about_the_other() {
    let world = beginning().await;
    world.put("/v1/invoices/d1-2", &invoice("d1", "d1-2", "2026-08-20", "2026-09-01", "50.00")).await;
    world.go_to("2026-09-08T12:00:00Z").await;
    world.hold(json!({ "invoiceId": "d1-1" }), "reminders", None).await;
    let call = &world.get("/v1/calls").await["items"][0];
    assert_eq!((&call["amount"], call["invoices"].as_array().unwrap().len()), (&json!("50.00"), 1));
    took(&world, "d1.n1", json!({ "outcome": "spoke" })).await;
    assert_eq!(world.get("/v1/invoices/d1-1").await["steps"], json!([]));
    assert_eq!(world.get("/v1/invoices/d1-2").await["steps"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_payment_closes_the_call() {
    let world = asked().await;
    world.put("/v1/payments/p1", &payment("d1-1", "121.00", "2026-09-08")).await;
    assert_eq!(calls(&world).await, [""; 0]);
    assert_eq!(refused(&world, "d1.n1", json!({ "outcome": "spoke" })).await, "call_not_to_be_made");
    world.go_to("2026-09-09T12:00:00Z").await;
    assert_eq!((tasks(&world).await.len(), world.count("d1", "NoticeCancelled").await), (0, 1));
}

#[tokio::test]
async fn a_wrong_number_is_not_used_any_more_and_the_next_channel_takes_over() {
    let world = asked().await;
    let notice = took(&world, "d1.n1", json!({ "outcome": "wrongNumber" })).await;
    assert_eq!(notice["status"], "failed");
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-09"]);
    world.go_to("2026-09-23T18:00:00Z").await;
    assert_eq!((mail_days(&world).len(), calls(&world).await.len()), (2, 0));
    // Another number comes in: calls go on with it.
    let mut body = consumer("D1");
    (body["mobile"], body["modifiedAt"]) = (json!("+31687654321"), json!("2026-09-24T08:00:00Z"));
    world.go_to("2026-09-24T08:00:00Z").await;
    world.put("/v1/debtors/d1", &body).await;
    world.go_to("2026-10-07T18:00:00Z").await;
    assert_eq!(calls(&world).await.len(), 1);
}

#[tokio::test]
async fn whoever_asks_not_to_be_called_is_not_called_again() {
    let world = asked().await;
    let notice = took(&world, "d1.n1", json!({ "outcome": "asksNoCalls" })).await;
    assert_eq!(notice["status"], "failed");
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-09"]);
    world.go_to("2026-10-30T18:00:00Z").await;
    assert_eq!((calls(&world).await.len(), world.count("d1", "CallAsked").await), (0, 1));
}

#[tokio::test]
async fn a_step_that_is_skipped_is_not_called_about() {
    let world = asked().await;
    let skip = world.call("POST", "/v1/invoices/d1-1/step", Some(&json!({ "action": "skip" }))).await;
    assert!(skip.status.is_success(), "{}", skip.body);
    assert_eq!((calls(&world).await.len(), tasks(&world).await.len()), (0, 0));
    assert_eq!(refused(&world, "d1.n1", json!({ "outcome": "spoke" })).await, "call_not_to_be_made");
}

#[tokio::test]
async fn an_invoice_is_sent_while_a_call_waits_and_a_reminder_is_not() {
    let world = beginning().await;
    let steps = json!({ "name": "Standard", "steps": [
        { "id": "sending", "kind": "invoiceSending", "afterDays": 0, "countedFrom": "issueDate", "channels": ["email"] },
        { "id": "reminder-1", "kind": "reminder", "afterDays": 7, "countedFrom": "dueDate", "channels": ["phone", "email"] } ] });
    world.put("/v1/policies/standard", &steps).await;
    world.go_to("2026-09-08T12:00:00Z").await;
    let waiting = calls(&world).await;
    assert_eq!((mail_days(&world).len(), waiting.len()), (1, 1));
    // Another reminder falls due on the 10th, and an invoice comes in to be sent.
    world.put("/v1/invoices/d1-2", &invoice("d1", "d1-2", "2026-08-20", "2026-09-03", "50.00")).await;
    world.put("/v1/invoices/d1-3", &invoice("d1", "d1-3", "2026-09-08", "2026-10-01", "50.00")).await;
    world.go_to("2026-09-12T18:00:00Z").await;
    assert_eq!(calls(&world).await, waiting);
    let mails = world.mail.taken();
    assert_eq!(mails.len(), 2, "{:?}", mail_days(&world));
    assert!(mails[1].mail.text.contains("d1-3") && !mails[1].mail.text.contains("d1-2"));
    took(&world, &waiting[0], json!({ "outcome": "spoke" })).await;
    assert_eq!(world.count("d1", "CallAsked").await, 1);
}

#[tokio::test]
async fn the_same_request_again_records_one_call() {
    let world = asked().await;
    let body = json!({ "outcome": "notReached" });
    for _ in 0..2 {
        let path = "/v1/calls/d1.n1/outcome";
        let answer = world.call_with("POST", path, Some(&body), &[("idempotency-key", "k1")]).await;
        assert_eq!(answer.body["calls"].as_array().unwrap().len(), 1, "{}", answer.body);
    }
    assert_eq!(world.count("d1", "CallMade").await, 1);
}

#[tokio::test]
async fn an_outcome_that_is_none_is_refused_with_its_place_and_changes_nothing() {
    let world = asked().await;
    let disputes = json!([{ "invoiceId": "a b", "reason": "other", "text": "x" }]);
    let table = [
        (json!({ "outcome": "hungUp" }), "outcome", "unknown_value"),
        (json!({ "outcome": "promised" }), "payBy", "required"),
        (json!({ "outcome": "promised", "payBy": "2026-09-07" }), "payBy", "in_the_past"),
        (json!({ "outcome": "promised", "payBy": "2026-09-09", "amount": "0.00" }), "amount", "not_positive"),
        (json!({ "outcome": "spoke", "payBy": "2026-09-09" }), "payBy", "not_of_this_outcome"),
        (json!({ "outcome": "spoke", "disputes": disputes }), "disputes", "not_of_this_outcome"),
        (json!({ "outcome": "disputes" }), "disputes", "number_of_disputes"),
        (json!({ "outcome": "disputes", "disputes": disputes }), "disputes[0].invoiceId", "not_an_id"),
        (json!({ "outcome": "spoke", "note": "x".repeat(1_001) }), "note", "length"),
    ];
    let before = world.contents();
    for (body, path, code) in table {
        let answer = outcome(&world, "d1.n1", body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(crate::refusals::errors(&answer), [(path.to_owned(), code.to_owned())], "{body}");
    }
    let other = json!({ "outcome": "spoke", "number": "+31600000000" });
    assert_eq!(refused(&world, "d1.n1", other).await, "not_a_number_of_the_call");
    for unknown in ["d1.n9", "d9.n1", "d1.t1"] {
        let answer = outcome(&world, unknown, json!({ "outcome": "spoke" })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}: {}", answer.body);
    }
    assert_eq!(world.changes(&before), [""; 0]);
}

#[tokio::test]
async fn a_mail_is_no_call() {
    let world = tests::stories::two_invoices().await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let answer = outcome(&world, "d1.n1", json!({ "outcome": "spoke" })).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
}

#[tokio::test]
async fn the_opening_of_a_call_may_be_in_own_words() {
    let world = asked().await;
    let path = "/v1/texts/reminder/phone/nl/formal";
    world.put(path, &json!({ "opening": "Ik bel over {{ total }} bij {{ creditor }}." })).await;
    let script = world.get("/v1/calls").await["items"][0]["script"].clone();
    let said = script[2].as_str().unwrap().replace('\u{a0}', " ");
    assert_eq!(said, "Ik bel over € 121,00 bij Voorbeeld Energie.");
}

#[tokio::test]
async fn calls_are_listed_by_page_those_that_are_due_first_first() {
    let world = beginning().await;
    for debtor in ["d2", "d3"] {
        put(&world, debtor).await;
    }
    world.go_to("2026-09-08T12:00:00Z").await;
    took(&world, "d1.n1", json!({ "outcome": "notReached" })).await;
    let first = world.get("/v1/calls?limit=2").await;
    let id = |call: &Value| call["id"].as_str().unwrap().to_owned();
    let ids: Vec<String> = first["items"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids, ["d2.n1", "d3.n1"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = world.get(&format!("/v1/calls?limit=2&cursor={cursor}")).await;
    assert_eq!(rest["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>(), ["d1.n1"]);
}
