//! A debtor mails, and the mail becomes a message: by what it answers, by its sender, or by a person. FEATURES 3.3.

use bytes::Bytes;
use http::StatusCode;
use outside::files::Upload;
use serde_json::{Value, json};
use tests::bodies::consumer;
use tests::stories::{put_two_invoices, two_invoices};
use tests::world::{Answer, World};

use crate::refusals::{errors, is_problem};

const PDF: &[u8] = b"%PDF-1.7\na photo of the meter";

fn mail(id: &str, from: &str, answers: Option<&str>) -> Value {
    json!({ "messageId": format!("<{id}@example.nl>"), "from": from, "subject": "Vraag over factuur",
        "text": "Klopt dit bedrag?\n\n> Beste J. de Vries,\n> Wilt u betalen?", "inReplyTo": answers })
}

async fn bring(world: &World, body: &Value) -> Answer {
    let answer = world.call("POST", "/v1/incoming-mails", Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer
}

async fn unfiled(world: &World) -> usize {
    world.get("/v1/incoming-mails").await["items"].as_array().expect("a list").len()
}

/// A household: two debtors with one mail address.
async fn household() -> World {
    let world = two_invoices().await;
    put_two_invoices(&world, "d2").await;
    let mut other = consumer("D2");
    other["emails"] = json!(["D1@Example.nl"]);
    other["modifiedAt"] = json!("2026-08-20T08:00:00Z");
    world.put("/v1/debtors/d2", &other).await;
    world
}

#[tokio::test]
async fn a_mail_of_the_only_debtor_with_its_address_becomes_a_message_once() {
    let world = two_invoices().await;
    let filed = bring(&world, &mail("m1", "D1@example.nl", None)).await;
    assert_eq!(filed.body["filedAs"], "d1.w1");
    assert_eq!(
        (&filed.body["from"], &filed.body["text"]),
        (&Value::Null, &Value::Null),
        "it is with the message"
    );
    let message = world.get("/v1/messages/d1.w1").await;
    assert_eq!(
        (&message["author"], &message["text"], &message["invoiceId"]),
        (&json!("debtor"), &json!("Klopt dit bedrag?"), &Value::Null)
    );
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"][0]["about"], "message");
    let before = world.contents();
    assert_eq!(bring(&world, &mail("m1", "D1@example.nl", None)).await.body["filedAs"], "d1.w1");
    assert_eq!(world.changes(&before), [""; 0]);
    assert_eq!(bring(&world, &mail("m2", "d1@example.nl", None)).await.body["filedAs"], "d1.w2");
    assert_eq!(unfiled(&world).await, 0);
}

#[tokio::test]
async fn where_two_have_the_address_the_notice_that_it_answers_decides() {
    let world = household().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let answer = json!({ "author": "desk", "invoiceId": "d2-1", "text": "Wij passen de factuur aan." });
    assert_eq!(world.call("POST", "/v1/messages", Some(&answer)).await.status, StatusCode::CREATED);
    world.settle().await;
    let carried = world.get("/v1/notices/d2.n1").await["messageId"].clone();
    let carried = carried.as_str().map(str::to_owned);
    let answers = carried.map(|id| format!("<{id}@eu-central-1.amazonses.com>"));
    assert!(answers.is_some());
    let filed = bring(&world, &mail("m1", "d1@example.nl", answers.as_deref())).await;
    assert_eq!(filed.body["filedAs"], "d2.w2");
    assert_eq!(world.get("/v1/messages/d2.w2").await["invoiceId"], "d2-1");
    let stranger = bring(&world, &mail("m2", "z@example.nl", answers.as_deref())).await;
    assert_eq!(stranger.body["filedAs"], Value::Null, "who answers it has to have the address");
}

#[tokio::test]
async fn what_nobody_can_tell_waits_for_a_person() {
    let world = household().await;
    let begun = world.call("POST", "/v1/message-uploads", None).await.body;
    let url = begun["url"].as_str().expect("an address").to_owned();
    assert!(world.files.take_upload(&Upload { url, headers: Vec::new() }, Bytes::from_static(PDF)));
    let mut body = mail("m1", "d1@example.nl", None);
    body["attachments"] = json!([{ "uploadId": begun["uploadId"], "name": "meter.pdf" }]);
    let waits = bring(&world, &body).await;
    assert_eq!((&waits.body["filedAs"], &waits.body["from"]), (&Value::Null, &json!("d1@example.nl")));
    assert_eq!(bring(&world, &body).await.body["id"], waits.body["id"], "the same again");
    assert_eq!(bring(&world, &mail("m2", "z@example.nl", None)).await.body["filedAs"], Value::Null);
    assert_eq!(unfiled(&world).await, 2);

    let id = waits.body["id"].as_str().unwrap();
    let path = format!("/v1/incoming-mails/{id}/file");
    let filed = world.call("POST", &path, Some(&json!({ "invoiceId": "d2-1" }))).await;
    assert_eq!((filed.status, &filed.body["filedAs"]), (StatusCode::OK, &json!("d2.w1")), "{}", filed.body);
    let message = world.get("/v1/messages/d2.w1").await;
    assert_eq!(
        (&message["invoiceId"], &message["attachments"][0]["name"]),
        (&json!("d2-1"), &json!("meter.pdf"))
    );
    let again = world.call("POST", &path, Some(&json!({ "debtorId": "d1" }))).await;
    assert_eq!(again.body["filedAs"], "d2.w1", "it stays where it is");
    let keys: Vec<String> = world.files.all().into_iter().map(|(key, _)| key).collect();
    assert!(keys.len() == 1 && keys[0].starts_with("documents/"), "{keys:?}");
    is_problem(&world.call("DELETE", &format!("/v1/incoming-mails/{id}"), None).await, 404);

    let other = world.get("/v1/incoming-mails").await["items"][0]["id"].as_str().unwrap().to_owned();
    let gone = world.call("DELETE", &format!("/v1/incoming-mails/{other}"), None).await;
    assert_eq!((gone.status, unfiled(&world).await), (StatusCode::NO_CONTENT, 0));
}

#[tokio::test]
async fn a_changed_address_moves_what_is_mailed_from_it() {
    let world = two_invoices().await;
    let mut debtor = consumer("D1");
    debtor["emails"] = json!(["new@example.nl"]);
    debtor["modifiedAt"] = json!("2026-08-20T08:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    assert_eq!(bring(&world, &mail("m1", "d1@example.nl", None)).await.body["filedAs"], Value::Null);
    assert_eq!(bring(&world, &mail("m2", "new@example.nl", None)).await.body["filedAs"], "d1.w1");
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_its_name_and_no_key_holds_an_address() {
    let world = two_invoices().await;
    let before = world.contents();
    let good = mail("m1", "d1@example.nl", None);
    for (field, value, code) in [
        ("messageId", json!("<>"), "length"),
        ("from", json!("J. de Vries"), "not_an_address"),
        ("subject", json!("x".repeat(999)), "length"),
        ("text", json!("x".repeat(200_001)), "length"),
        ("inReplyTo", json!("x".repeat(999)), "length"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answer = world.call("POST", "/v1/incoming-mails", Some(&body)).await;
        assert_eq!(errors(&answer), [(field.to_owned(), code.to_owned())], "{}", answer.body);
        assert_eq!(world.changes(&before), [""; 0], "{field}");
    }
    bring(&world, &mail("m1", "z@example.nl", None)).await;
    let keys = world.table.all().iter().map(|r| format!("{r:?}")).collect::<Vec<_>>().join("\n");
    assert!(!keys.contains("@example.nl"), "a key or a log would hold an address");
}
