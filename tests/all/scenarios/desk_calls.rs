//! Calls at the desk: who is to be called, what is said, and what is written down about it; tasks that are closed, and a statement
//! of account that is sent. FEATURES 2.2, 7.1, 7.3.

use http::StatusCode;
use serde_json::json;
use tests::bodies::{consumer, invoice, payment};
use tests::desk::Browser;
use tests::mail::Next;
use tests::stories::{call_before_mailing, mail_days, two_invoices};
use tests::world::World;

/// Debtors with an invoice due on 1 September 2026 under a policy that calls, at noon of the day of the first call.
async fn asked(debtors: &[String]) -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    call_before_mailing(&world).await;
    for debtor in debtors {
        world.put(&format!("/v1/debtors/{debtor}"), &consumer(&debtor.to_uppercase())).await;
        let body = invoice(debtor, &format!("{debtor}-1"), "2026-08-20", "2026-09-01", "121.00");
        world.put(&format!("/v1/invoices/{debtor}-1"), &body).await;
    }
    world.go_to("2026-09-08T12:00:00Z").await;
    world
}

async fn one() -> World {
    asked(&["d1".to_owned()]).await
}

const CALL: &str = "/desk/debtors/d1/calls/d1.n1";
const OUTCOME: &str = "/desk/debtors/d1/calls/d1.n1/outcome";

#[tokio::test]
async fn nobody_to_call_is_said_and_a_call_stands_on_the_list_until_it_is_made() {
    let none = asked(&[]).await;
    let empty = Browser::signed_in(&none, "demo-communication").await.get("/desk/calls").await;
    assert!(empty.body.contains("id=\"none\"") && !empty.body.contains("<table"), "{}", empty.readable());

    let world = one().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let list = browser.get("/desk/calls").await;
    assert_eq!(list.status, StatusCode::OK);
    for text in [CALL, "+31612345678", "8 september 2026", "15 september 2026"] {
        assert!(list.body.contains(text), "{text}: {}", list.readable());
    }
    browser.done(OUTCOME, &[("outcome", "spoke")]).await;
    let list = browser.get("/desk/calls").await;
    assert!(!list.body.contains(CALL) && list.body.contains("id=\"none\""), "{}", list.readable());
    let made = browser.get(CALL).await;
    assert!(made.body.contains("id=\"over\"") && !made.body.contains("id=\"record\""), "{}", made.readable());
}

#[tokio::test]
async fn a_call_says_whom_to_call_what_is_open_what_to_say_and_what_follows() {
    let world = one().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    for (language, name) in [("nl", "call_nl"), ("en", "call_en")] {
        let page = browser.get(&format!("{CALL}?lang={language}")).await;
        for part in
            ["id=\"numbers\"", "id=\"rule\"", "id=\"asked\"", "id=\"say\"", "id=\"attempts\"", OUTCOME]
        {
            assert!(page.body.contains(part), "{language} {part}: {}", page.readable());
        }
        for text in ["href=\"tel:+31612345678\"", "121", "d1-1", "lang=\"nl\"", "Voorbeeld Energie"] {
            assert!(page.body.contains(text), "{language} {text}: {}", page.readable());
        }
        insta::assert_snapshot!(name, page.readable());
        insta::assert_snapshot!(
            format!("calls_{language}"),
            browser.get(&format!("/desk/calls?lang={language}")).await.readable()
        );
    }
    let mut reader = Browser::signed_in(&world, "demo-read-only").await;
    let page = reader.get(CALL).await;
    assert!(page.body.contains("id=\"say\"") && !page.body.contains(OUTCOME), "{}", page.readable());
}

#[tokio::test]
async fn nobody_reached_comes_back_on_the_day_that_the_settings_say_and_stands_among_the_attempts() {
    let world = one().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    browser.done(OUTCOME, &[("outcome", "not_reached"), ("note", "voicemail vol")]).await;
    let page = browser.get(CALL).await;
    for text in ["10 september 2026", "voicemail vol", "Niemand bereikt", "staff demo-communication"] {
        assert!(page.body.contains(text), "{text}: {}", page.readable());
    }
    assert_eq!(world.get("/v1/calls").await["items"][0]["callOn"], "2026-09-10");
}

#[tokio::test]
async fn a_promise_by_telephone_is_made_once_however_often_the_form_is_sent() {
    let world = one().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let once = browser.get(OUTCOME).await.hidden("once");
    let fields =
        [("once", once.as_str()), ("outcome", "promised"), ("pay_by", "2026-09-12"), ("amount", "100,00")];
    for _ in 0..2 {
        let page = browser.post(OUTCOME, &fields).await;
        assert_eq!(page.location(), "/desk/debtors/d1?done=record_call", "{}", page.readable());
    }
    assert_eq!(world.count("d1", "CallMade").await, 1);
    let promises = world.get("/v1/debtors/d1").await["promises"].clone();
    assert_eq!(promises.as_array().unwrap().len(), 1);
    assert_eq!((&promises[0]["amount"], &promises[0]["payBy"]), (&json!("100.00"), &json!("2026-09-12")));
    let said = browser.get("/desk/debtors/d1?done=record_call&lang=en").await;
    assert!(said.body.contains("What came of the call was written down."), "{}", said.readable());
}

#[tokio::test]
async fn a_wrong_number_and_no_calls_any_more_end_the_call() {
    for outcome in ["wrong_number", "asks_no_calls"] {
        let world = one().await;
        let mut browser = Browser::signed_in(&world, "demo-communication").await;
        browser.done(OUTCOME, &[("outcome", outcome), ("number", "+31612345678")]).await;
        assert!(!browser.get("/desk/calls").await.body.contains(CALL), "{outcome}");
        assert_eq!(world.get("/v1/calls").await["items"], json!([]), "{outcome}");
    }
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_no_rule_allows_changes_nothing() {
    let world = one().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let table: [(&[(&str, &str)], &str); 4] = [
        (&[], "outcome-problem"),
        (&[("outcome", "promised")], "pay_by-problem"),
        (&[("outcome", "promised"), ("pay_by", "2026-09-01")], "pay_by-problem"),
        (&[("outcome", "spoke"), ("pay_by", "2026-09-12")], "pay_by-problem"),
    ];
    for (fields, problem) in table {
        let page = browser.act(OUTCOME, fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(page.body.contains(&format!("id=\"{problem}\"")), "{fields:?}: {}", page.readable());
    }
    let other = browser.act(OUTCOME, &[("outcome", "spoke"), ("number", "+31699999999")]).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.readable());
    world.put("/v1/payments/p1", &payment("d1-1", "121.00", "2026-09-08")).await;
    let paid = browser.act(OUTCOME, &[("outcome", "not_reached")]).await;
    assert_eq!(paid.status, StatusCode::CONFLICT, "{}", paid.readable());
    assert!(browser.get(CALL).await.body.contains("id=\"over\""));
    assert_eq!(world.count("d1", "CallMade").await, 0);
}

#[tokio::test]
async fn many_calls_come_page_by_page_and_each_stands_on_one() {
    let debtors: Vec<String> = (1..=60).map(|at| format!("many{at}")).collect();
    let world = asked(&debtors).await;
    let mut browser = Browser::signed_in(&world, "demo-read-only").await;
    let (mut path, mut seen, mut pages) = ("/desk/calls".to_owned(), 0, 0);
    loop {
        let page = browser.get(&path).await;
        assert!(page.body.len() < 100 * 1024, "{}", page.body.len());
        seen += page.body.matches("/calls/many").count();
        pages += 1;
        let Some((before, _)) = page.body.split_once("\" rel=\"next\"") else { break };
        path = before.rsplit_once("href=\"").expect("an address").1.to_owned();
    }
    assert_eq!((seen, pages > 1), (60, true));
}

#[tokio::test]
async fn the_task_to_call_leads_to_the_call_and_is_not_closed_by_hand() {
    let world = one().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let page = browser.get("/desk/debtors/d1").await;
    assert!(page.body.contains(&format!("href=\"{CALL}\"")), "{}", page.readable());
    let task = world.get("/v1/tasks?debtorId=d1").await["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/desk/debtors/d1/tasks/{task}/done");
    assert!(!page.body.contains(&path), "{}", page.readable());
    assert_eq!(browser.act(&path, &[]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_task_is_closed_with_a_note_by_whoever_speaks_with_debtors() {
    let world = two_invoices().await;
    world.mail.next(&[Next::Bounces]);
    world.go_to("2026-09-08T18:00:00Z").await;
    let task = world.get("/v1/tasks?debtorId=d1").await["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/desk/debtors/d1/tasks/{task}/done");
    let reader = Browser::signed_in(&world, "demo-read-only").await.get("/desk/debtors/d1").await;
    assert!(!reader.body.contains(&path), "{}", reader.readable());
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    assert!(browser.get("/desk/debtors/d1").await.body.contains(&path));
    browser.done(&path, &[("note", "nieuw adres gevraagd")]).await;
    assert_eq!(world.get("/v1/tasks?debtorId=d1").await["items"], json!([]));
    let timeline = world.timeline("d1").await;
    let done = timeline.iter().find(|entry| entry["event"] == "TaskDone").expect("an entry");
    assert_eq!(
        (&done["note"], &done["by"]),
        (&json!("nieuw adres gevraagd"), &json!("staff demo-communication"))
    );
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_statement_of_account_is_sent_once_however_often_the_form_is_sent() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let path = "/desk/debtors/d1/statement";
    let once = browser.get(path).await.hidden("once");
    for _ in 0..2 {
        let page = browser.post(path, &[("once", once.as_str()), ("way", "email")]).await;
        assert_eq!(page.location(), "/desk/debtors/d1?done=send_statement", "{}", page.readable());
    }
    let before = mail_days(&world).len();
    world.go_to("2026-08-21T18:00:00Z").await;
    assert_eq!(mail_days(&world).len(), before + 1);
    world.hold(json!({ "debtorId": "d1" }), "everything", None).await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let held = browser.act(path, &[("way", "any")]).await;
    assert_eq!(held.status, StatusCode::CONFLICT);
    assert!(held.body.contains("Er staat een pauze op alles."), "{}", held.readable());
}
