//! Tasks over all debtors, and notes about debtors and invoices. FEATURES 7.3.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::consumer;
use tests::mail::Next;
use tests::stories::{put_two_invoices, two_invoices};
use tests::world::World;

/// Two debtors whose first reminder bounced: each has a task about it.
async fn two_tasks() -> World {
    let world = two_invoices().await;
    put_two_invoices(&world, "d2").await;
    world.mail.next(&[Next::Bounces, Next::Bounces]);
    world.go_to("2026-09-08T18:00:00Z").await;
    world
}

async fn tasks(world: &World, query: &str) -> Vec<(String, String)> {
    let list = world.get(&format!("/v1/tasks{query}")).await;
    let of = |t: &Value| {
        let text = |name: &str| t[name].as_str().unwrap().to_owned();
        (text("debtorId"), text("about"))
    };
    list["items"].as_array().unwrap().iter().map(of).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[tokio::test]
async fn what_waits_for_a_person_is_listed_over_all_debtors_by_kind_and_by_debtor() {
    let world = two_tasks().await;
    let both = pairs(&[("d1", "address_failed"), ("d2", "address_failed")]);
    let mut all = tasks(&world, "").await;
    all.sort();
    assert_eq!(all, both);
    let dispute = json!({ "invoiceId": "d1-1", "reason": "other", "text": "x" });
    world.call("POST", "/v1/disputes", Some(&dispute)).await;
    assert_eq!(tasks(&world, "?about=dispute").await, pairs(&[("d1", "dispute")]));
    assert_eq!(tasks(&world, "?about=address_failed").await.len(), 2);
    assert_eq!(tasks(&world, "?debtorId=d1").await, pairs(&[("d1", "address_failed"), ("d1", "dispute")]));
    assert_eq!(tasks(&world, "?debtorId=d1&about=dispute").await, pairs(&[("d1", "dispute")]));
    assert_eq!(tasks(&world, "?about=nothing").await, []);
    let first = world.get("/v1/tasks?limit=2").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    assert_eq!(tasks(&world, &format!("?limit=2&cursor={cursor}")).await, pairs(&[("d1", "dispute")]));
}

#[tokio::test]
async fn a_task_that_is_done_waits_no_more() {
    let world = two_tasks().await;
    let id = world.get("/v1/tasks?debtorId=d1").await["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/tasks/{id}/done");
    let body = json!({ "note": "nieuw adres gevraagd" });
    assert_eq!(world.call("POST", &path, Some(&body)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(tasks(&world, "").await, pairs(&[("d2", "address_failed")]));
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"], json!([]));
    let timeline = world.timeline("d1").await;
    let done = timeline.iter().find(|e| e["event"] == "TaskDone").unwrap();
    assert_eq!((&done["about"], &done["note"]), (&json!("address_failed"), &json!("nieuw adres gevraagd")));
    assert_eq!(world.call("POST", &path, Some(&body)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_task_that_ends_with_its_cause_is_not_done_by_hand() {
    let world = two_invoices().await;
    let dispute = json!({ "invoiceId": "d1-1", "reason": "other", "text": "x" });
    world.call("POST", "/v1/disputes", Some(&dispute)).await;
    let id = world.get("/v1/tasks").await["items"][0]["id"].as_str().unwrap().to_owned();
    let before = world.contents();
    let answer = world.call("POST", &format!("/v1/tasks/{id}/done"), Some(&json!({}))).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert_eq!(answer.body["type"], "urn:tijdig:problem:task_ends_with_its_cause");
    let long = json!({ "note": "x".repeat(501) });
    let answer = world.call("POST", &format!("/v1/tasks/{id}/done"), Some(&long)).await;
    assert_eq!(crate::refusals::errors(&answer), [("note".to_owned(), "length".to_owned())]);
    assert_eq!(world.changes(&before), [""; 0]);
    let decision = json!({ "decision": "rejected", "amount": null, "reason": "x" });
    world.call("POST", "/v1/disputes/d1.d1/decide", Some(&decision)).await;
    assert_eq!(tasks(&world, "").await, []);
}

#[tokio::test]
async fn a_list_of_tasks_that_is_asked_for_wrongly_is_refused() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let table = [
        ("?limit=0", "limit", "out_of_range"),
        ("?limit=201", "limit", "out_of_range"),
        ("?about=A%23b", "about", "not_a_kind"),
        ("?about=", "about", "not_a_kind"),
        ("?debtorId=a%20b", "debtorId", "not_an_id"),
    ];
    for (query, path, code) in table {
        let answer = world.call("GET", &format!("/v1/tasks{query}"), None).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(crate::refusals::errors(&answer), [(path.to_owned(), code.to_owned())], "{query}");
    }
}

async fn notes(world: &World) -> Vec<Value> {
    world.get("/v1/debtors/d1/notes").await["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_note_is_read_where_it_was_made_until_it_is_taken_away() {
    let world = two_invoices().await;
    let of_debtor = json!({ "debtorId": "d1", "text": "  Belt liever na zessen.\nHeeft een hond. " });
    let made = world.call("POST", "/v1/notes", Some(&of_debtor)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let expected = json!({ "id": "d1.k1", "debtorId": "d1", "invoiceId": null,
        "text": "Belt liever na zessen.\nHeeft een hond.", "at": "2026-08-20T08:00:00Z", "by": "accounting tool" });
    assert_eq!(made.body, expected);
    let of_invoice = json!({ "invoiceId": "d1-2", "text": "kopie gestuurd" });
    world.call("POST", "/v1/notes", Some(&of_invoice)).await;
    let all = notes(&world).await;
    assert_eq!((all.len(), &all[0]["invoiceId"], &all[1]), (2, &json!("d1-2"), &expected));

    let taken = world.call("DELETE", "/v1/notes/d1.k1", None).await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT);
    assert_eq!(notes(&world).await.len(), 1);
    assert_eq!(world.call("DELETE", "/v1/notes/d1.k1", None).await.status, StatusCode::NOT_FOUND);
    // That it was there stays; what it said is nowhere.
    assert_eq!((world.count("d1", "NoteAdded").await, world.count("d1", "NoteRemoved").await), (2, 1));
    assert!(!world.contents().iter().any(|item| item.contains("hond")));
}

#[tokio::test]
async fn what_a_note_says_is_told_to_nobody() {
    let world = two_invoices().await;
    let note = json!({ "debtorId": "d1", "text": "een geheim dat niemand hoort" });
    world.call("POST", "/v1/notes", Some(&note)).await;
    world.go_to("2026-08-21T08:00:00Z").await;
    let told = world.bus().iter().any(|record| format!("{record:?}").contains("NoteAdded"));
    assert!(told);
    assert!(!world.bus().iter().any(|record| format!("{record:?}").contains("geheim")));
}

#[tokio::test]
async fn the_same_request_again_makes_one_note() {
    let world = two_invoices().await;
    let note = json!({ "debtorId": "d1", "text": "x" });
    for _ in 0..2 {
        let answer = world.call_with("POST", "/v1/notes", Some(&note), &[("idempotency-key", "k1")]).await;
        assert_eq!((answer.status, &answer.body["id"]), (StatusCode::CREATED, &json!("d1.k1")));
    }
    assert_eq!(notes(&world).await.len(), 1);
}

#[tokio::test]
async fn a_note_that_is_none_is_refused_with_its_place_and_rule() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    let table = [
        (json!({ "text": "x" }), "debtorId", "one_of_them"),
        (json!({ "debtorId": "d1", "invoiceId": "i1", "text": "x" }), "debtorId", "one_of_them"),
        (json!({ "debtorId": "a b", "text": "x" }), "debtorId", "not_an_id"),
        (json!({ "debtorId": "d9", "text": "x" }), "debtorId", "unknown_debtor"),
        (json!({ "invoiceId": "i9", "text": "x" }), "invoiceId", "unknown_invoice"),
        (json!({ "debtorId": "d1", "text": " " }), "text", "length"),
        (json!({ "debtorId": "d1", "text": "x".repeat(4_001) }), "text", "length"),
        (json!({ "debtorId": "d1", "text": "a\u{0}b" }), "text", "control_character"),
        (json!({ "debtorId": "d1", "text": "x", "bsn": "123456782" }), "bsn", "unknown_field"),
    ];
    let before = world.contents();
    for (body, path, code) in table {
        let answer = world.call("POST", "/v1/notes", Some(&body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(crate::refusals::errors(&answer), [(path.to_owned(), code.to_owned())], "{body}");
    }
    assert_eq!(world.changes(&before), [""; 0]);
}
