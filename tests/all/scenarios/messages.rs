//! The debtor writes, the desk is asked to look; the desk writes, and a mail leaves. FEATURES 3.3.

use bytes::Bytes;
use http::StatusCode;
use outside::files::Upload;
use serde_json::{Value, json};
use tests::mail::Next;
use tests::stories::{mail_days, put_two_invoices, two_invoices};
use tests::world::{Answer, World};

use crate::refusals::{errors, is_problem};

const PDF: &[u8] = b"%PDF-1.7\na photo of the meter";

/// What the debtor asks, and what the desk answers: neither may be seen anywhere but with the message.
const QUESTION: &str = "Waarom is de rekening zo hoog?";
const ANSWER: &str = "Goede vraag.\n\nDe meterstand was geschat.\nWij passen hem aan.";

async fn write(world: &World, author: &str, invoice: Option<&str>, text: &str) -> Answer {
    let body = json!({ "author": author, "debtorId": "d1", "invoiceId": invoice, "text": text });
    world.call("POST", "/v1/messages", Some(&body)).await
}

/// Two invoices, and the debtor's question about the first on Saturday 5 September.
async fn asked() -> World {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let answer = write(&world, "debtor", Some("d1-1"), QUESTION).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    world.settle().await;
    world
}

/// What the tasks of the debtor are about, each with its subject.
async fn tasks(world: &World) -> Vec<(String, String)> {
    let debtor = world.get("/v1/debtors/d1").await;
    let text = |t: &Value, name: &str| t[name].as_str().unwrap().to_owned();
    let tasks = debtor["tasks"].as_array().unwrap().iter();
    tasks.map(|t| (text(t, "about"), text(t, "subject"))).collect()
}

/// The ids of a list, in its order.
async fn listed(world: &World, query: &str) -> Vec<String> {
    let list = world.get(&format!("/v1/messages?{query}")).await;
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|m| m["id"].as_str().unwrap().to_owned()).collect()
}

fn refused_as(answer: &Answer) -> (u16, &str) {
    let code = answer.body["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default();
    (answer.status.as_u16(), code)
}

fn task(about: &str, subject: &str) -> (String, String) {
    (about.to_owned(), subject.to_owned())
}

#[tokio::test]
async fn a_question_waits_for_the_desk_until_it_is_answered_and_reminders_go_on_beside_it() {
    let world = asked().await;
    assert_eq!(tasks(&world).await, [task("message", "d1.w1")]);
    assert_eq!(listed(&world, "unread=true").await, ["d1.w1"]);
    let question = world.get("/v1/messages/d1.w1").await;
    assert_eq!(
        (&question["direction"], &question["author"], &question["text"], &question["readAt"]),
        (&json!("in"), &json!("debtor"), &json!(QUESTION), &Value::Null)
    );
    assert_eq!(mail_days(&world), [""; 0], "what the debtor writes goes to nobody by mail");

    let answer = write(&world, "desk", Some("d1-1"), ANSWER).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!((&answer.body["direction"], &answer.body["noticeId"]), (&json!("out"), &json!("d1.n1")));
    world.settle().await;
    assert_eq!(tasks(&world).await, []);
    assert_eq!(listed(&world, "unread=true").await, [""; 0]);
    assert_eq!(world.get("/v1/messages/d1.w1").await["readAt"], "2026-09-05T10:00:00Z");
    assert_eq!(mail_days(&world), ["2026-09-05"]);
    let mail = world.mail.taken().remove(0).mail;
    assert!(mail.subject.starts_with("Bericht van "), "{}", mail.subject);
    for said in ["Goede vraag.\n\nDe meterstand was geschat.\nWij passen hem aan.", "factuur d1-1"] {
        assert!(mail.text.contains(said), "{said} is not in {}", mail.text);
    }
    assert!(mail.html.contains("De meterstand was geschat.<br>Wij passen hem aan."), "{}", mail.html);
    assert!(mail.inline_images.is_empty(), "it asks for no payment");

    // No interval counts from it: the reminder leaves three days later, on its own day.
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-05", "2026-09-08"]);
    assert_eq!(world.get("/v1/messages/d1.w2").await["delivery"], "delivered");
    let told: Vec<String> = world.events("d1").await;
    for event in ["MessageReceived", "MessageSent", "NoticeSent"] {
        assert!(told.iter().any(|e| e == event), "{event} is not in {told:?}");
    }
}

#[tokio::test]
async fn an_answer_ends_what_was_asked_about_the_same_thing_and_nothing_else() {
    let world = asked().await;
    write(&world, "debtor", None, "Kan ik in delen betalen?").await;
    write(&world, "debtor", Some("d1-1"), "Hallo?").await;
    write(&world, "desk", Some("d1-1"), ANSWER).await;
    assert_eq!(tasks(&world).await, [task("message", "d1.w2")]);
    assert_eq!(listed(&world, "unread=true&debtorId=d1").await, ["d1.w2"]);
    write(&world, "desk", None, "Ja, dat kan.").await;
    assert_eq!(tasks(&world).await, []);
}

#[tokio::test]
async fn marking_it_as_read_ends_the_task_and_again_changes_nothing() {
    let world = asked().await;
    let read = world.call("POST", "/v1/messages/d1.w1/read", None).await;
    assert_eq!((read.status, &read.body["readBy"]), (StatusCode::OK, &json!("accounting tool")));
    assert_eq!(tasks(&world).await, []);
    assert_eq!(listed(&world, "unread=true").await, [""; 0]);
    let before = world.contents();
    let again = world.call("POST", "/v1/messages/d1.w1/read", None).await;
    assert_eq!(again.body["readAt"], read.body["readAt"]);
    assert_eq!(world.changes(&before), [""; 0]);

    write(&world, "desk", None, ANSWER).await;
    assert_eq!(world.get("/v1/messages/d1.w2").await["readAt"], Value::Null);
    let read = world.call("POST", "/v1/messages/d1.w2/read", None).await;
    assert_ne!(read.body["readAt"], Value::Null, "the debtor has read what the desk wrote");
    is_problem(&world.call("POST", "/v1/messages/d1.w9/read", None).await, 404);
    is_problem(&world.call("POST", "/v1/messages/d1.n1/read", None).await, 404);
}

#[tokio::test]
async fn what_the_desk_writes_at_night_leaves_when_the_window_opens() {
    let world = two_invoices().await;
    // Saturday, half past eight in the evening.
    world.go_to("2026-09-05T18:30:00Z").await;
    write(&world, "desk", None, ANSWER).await;
    world.go_to("2026-09-07T05:59:00Z").await;
    assert_eq!(mail_days(&world), [""; 0], "nor on Sunday");
    assert_eq!(world.get("/v1/messages/d1.w1").await["delivery"], "prepared");
    world.go_to("2026-09-07T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-07"]);
}

#[tokio::test]
async fn a_hold_on_reminders_lets_an_answer_pass_and_one_on_everything_stops_it() {
    let world = asked().await;
    world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    write(&world, "desk", Some("d1-1"), ANSWER).await;
    world.settle().await;
    assert_eq!(mail_days(&world), ["2026-09-05"]);

    world.hold(json!({ "invoiceId": "d1-2" }), "everything", None).await;
    let before = world.contents();
    let refused = write(&world, "desk", Some("d1-2"), ANSWER).await;
    assert_eq!(refused_as(&refused), (409, "everything_held"));
    assert_eq!(world.changes(&before), [""; 0]);
    assert_eq!(write(&world, "desk", Some("d1-1"), ANSWER).await.status, StatusCode::CREATED);
    world.hold(json!({ "debtorId": "d1" }), "everything", None).await;
    assert_eq!(refused_as(&write(&world, "desk", Some("d1-1"), ANSWER).await), (409, "everything_held"));
    let heard = write(&world, "debtor", Some("d1-2"), QUESTION).await;
    assert_eq!(heard.status, StatusCode::CREATED, "the debtor is heard all the same");
}

#[tokio::test]
async fn a_hold_on_everything_that_comes_before_the_mail_left_stops_it_and_says_so() {
    let world = two_invoices().await;
    world.go_to("2026-09-05T18:30:00Z").await;
    write(&world, "desk", Some("d1-1"), ANSWER).await;
    world.hold(json!({ "debtorId": "d1" }), "everything", None).await;
    world.go_to("2026-09-07T12:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    assert_eq!(world.get("/v1/messages/d1.w1").await["delivery"], "cancelled");
    assert_eq!(tasks(&world).await, [task("notice_not_delivered", "d1.n1")]);
}

#[tokio::test]
async fn a_mail_that_comes_back_marks_its_address_and_one_without_an_answer_is_tried_once_more() {
    let world = asked().await;
    world.mail.next(&[Next::Vanishes]);
    write(&world, "desk", Some("d1-1"), ANSWER).await;
    world.settle().await;
    assert_eq!(mail_days(&world), [""; 0]);
    world.go_to("2026-09-05T13:59:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    world.mail.next(&[Next::Bounces]);
    world.go_to("2026-09-05T16:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-05"]);
    assert_eq!(world.get("/v1/messages/d1.w2").await["delivery"], "bounced");
    assert_eq!(tasks(&world).await, [task("address_failed", "d1.n1")]);

    // The next one is there to be read, and nothing is sent.
    let answer = write(&world, "desk", None, ANSWER).await;
    assert_eq!((answer.status, &answer.body["noticeId"]), (StatusCode::CREATED, &Value::Null));
    world.settle().await;
    assert_eq!(mail_days(&world).len(), 1);
}

#[tokio::test]
async fn an_answer_of_which_nobody_knows_puts_no_reminder_off() {
    let world = two_invoices().await;
    world.go_to("2026-09-08T05:00:00Z").await;
    world.mail.next(&[Next::Refused]);
    write(&world, "desk", Some("d1-1"), ANSWER).await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08"], "the reminder, on its day");
    assert_eq!(world.mail.taken()[0].mail.text.matches("meterstand").count(), 0);
    assert_eq!(tasks(&world).await, [task("notice_not_delivered", "d1.n1")]);
}

/// Uploads a file for a message, and names it.
async fn uploaded(world: &World, bytes: &[u8], name: &str) -> Value {
    let begun = world.call("POST", "/v1/message-uploads", None).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
    let url = begun.body["url"].as_str().expect("an address").to_owned();
    let upload = Upload { url, headers: Vec::new() };
    assert!(world.files.take_upload(&upload, Bytes::copy_from_slice(bytes)));
    json!({ "uploadId": begun.body["uploadId"], "name": name })
}

#[tokio::test]
async fn files_go_along_with_a_message_and_its_mail() {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let file = uploaded(&world, PDF, "foto van J. de Vries.pdf").await;
    let body = json!({ "author": "desk", "invoiceId": "d1-1", "text": ANSWER, "attachments": [file] });
    let answer = world.call("POST", "/v1/messages", Some(&body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.body["debtorId"], "d1", "the invoice says whose it is");
    assert_eq!(answer.body["attachments"][0]["bytes"], PDF.len());
    world.settle().await;
    let mail = world.mail.taken().remove(0).mail;
    assert_eq!(
        (mail.attachments.len(), mail.attachments[0].file_name.as_str()),
        (1, "foto van J. de Vries.pdf")
    );
    assert_eq!(mail.attachments[0].bytes, PDF);
    assert!(mail.text.contains("Bij deze e-mail zit een bijlage."), "{}", mail.text);

    let view = world.get("/v1/messages/d1.w1/attachments/1").await;
    let url = view["url"].as_str().expect("an address");
    assert!(!url.contains("Vries"), "the address holds no name: {url}");
    assert_eq!(world.files.download(url).expect("a file"), PDF);
    for missing in ["0", "2"] {
        is_problem(&world.call("GET", &format!("/v1/messages/d1.w1/attachments/{missing}"), None).await, 404);
    }
    let keys: Vec<String> = world.files.all().into_iter().map(|(key, _)| key).collect();
    let kept = |folder: &str| keys.iter().filter(|key| key.starts_with(folder)).count();
    assert_eq!((kept("documents/"), kept("sent/"), keys.len()), (1, 1, 2), "each is kept once: {keys:?}");
    assert!(keys.iter().all(|key| !key.contains("Vries")), "{keys:?}");
}

#[tokio::test]
async fn a_file_that_may_not_go_along_is_refused_by_its_place_and_nothing_is_written() {
    let world = two_invoices().await;
    let good = uploaded(&world, PDF, "a.pdf").await;
    let mut large = PDF.to_vec();
    large.resize(5_000_001, 7);
    let table = [
        (json!([{ "uploadId": "0".repeat(32), "name": "a.pdf" }]), "attachments[0].uploadId", "not_uploaded"),
        (json!([{ "uploadId": "../secret", "name": "a.pdf" }]), "attachments[0].uploadId", "not_an_id"),
        (
            json!([good, uploaded(&world, b"MZ: a program", "a.pdf").await]),
            "attachments[1].uploadId",
            "unknown_kind_of_document",
        ),
        (json!([uploaded(&world, PDF, "../a.pdf").await]), "attachments[0].name", "not_a_file_name"),
        (json!([uploaded(&world, &large, "a.pdf").await]), "attachments", "attachments_too_large"),
        (json!([good, good, good, good, good, good]), "attachments", "too_many"),
    ];
    let before = world.contents();
    for (attachments, path, code) in table {
        let body = json!({ "author": "desk", "debtorId": "d1", "text": "x", "attachments": attachments });
        let answer = world.call("POST", "/v1/messages", Some(&body)).await;
        assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())], "{}", answer.body);
        assert_eq!(world.changes(&before), [""; 0], "{code}");
    }
}

#[tokio::test]
async fn messages_are_listed_by_debtor_and_by_invoice_page_by_page() {
    let world = asked().await;
    put_two_invoices(&world, "d2").await;
    write(&world, "debtor", None, "Kan ik in delen betalen?").await;
    write(&world, "desk", Some("d1-1"), ANSWER).await;
    let other = json!({ "author": "debtor", "invoiceId": "d2-1", "text": "Hallo" });
    world.call("POST", "/v1/messages", Some(&other)).await;
    assert_eq!(listed(&world, "debtorId=d1").await, ["d1.w3", "d1.w2", "d1.w1"]);
    assert_eq!(listed(&world, "invoiceId=d1-1").await, ["d1.w3", "d1.w1"]);
    assert_eq!(listed(&world, "debtorId=d1&invoiceId=d1-1").await, ["d1.w3", "d1.w1"]);
    assert_eq!(listed(&world, "invoiceId=d1-2").await, [""; 0]);
    assert_eq!(listed(&world, "unread=true").await, ["d1.w2", "d2.w1"]);
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.get(&format!("/v1/messages?debtorId=d1&limit=1{cursor}")).await;
        found.extend(page["items"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found, ["d1.w3", "d1.w2", "d1.w1"]);
    for (query, path) in [
        ("", "debtorId"),
        ("unread=false", "debtorId"),
        ("invoiceId=d1-1&unread=true", "unread"),
        ("debtorId=d2&invoiceId=d1-1", "invoiceId"),
        ("debtorId=d1&limit=0", "limit"),
    ] {
        let answer = world.call("GET", &format!("/v1/messages?{query}"), None).await;
        assert_eq!(errors(&answer)[0].0, path, "{query}");
    }
}

#[tokio::test]
async fn the_same_request_writes_one_message_and_sends_one_mail() {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let body = json!({ "author": "desk", "debtorId": "d1", "text": ANSWER });
    let key = [("Idempotency-Key", "k1")];
    let first = world.call_with("POST", "/v1/messages", Some(&body), &key).await;
    let second = world.call_with("POST", "/v1/messages", Some(&body), &key).await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.body, second.body);
    world.settle().await;
    assert_eq!((listed(&world, "debtorId=d1").await.len(), mail_days(&world).len()), (1, 1));
    let other = json!({ "author": "desk", "debtorId": "d1", "text": "Iets anders." });
    let refused = world.call_with("POST", "/v1/messages", Some(&other), &key).await;
    assert_eq!(refused_as(&refused), (422, "idempotency_key_reused"));
}

#[tokio::test]
async fn a_debtor_whom_nobody_reads_is_stopped_after_forty_messages() {
    let world = two_invoices().await;
    for number in 1..=40 {
        let answer = write(&world, "debtor", None, &format!("Vraag {number}")).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{number}");
    }
    assert_eq!(refused_as(&write(&world, "debtor", None, "Vraag 41").await), (409, "too_many_unread"));
    assert_eq!(world.call("POST", "/v1/messages/d1.w7/read", None).await.status, StatusCode::OK);
    assert_eq!(write(&world, "debtor", None, "Vraag 41").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_its_name() {
    let world = two_invoices().await;
    put_two_invoices(&world, "d2").await;
    let long = "x".repeat(4_001);
    let table = [
        (json!({ "author": "desk", "text": "x" }), "debtorId", "required"),
        (json!({ "author": "desk", "debtorId": "d 1", "text": "x" }), "debtorId", "not_an_id"),
        (json!({ "author": "desk", "debtorId": "d9", "text": "x" }), "debtorId", "unknown_debtor"),
        (json!({ "author": "desk", "invoiceId": "i9", "text": "x" }), "invoiceId", "unknown_invoice"),
        (
            json!({ "author": "desk", "debtorId": "d1", "invoiceId": "d2-1", "text": "x" }),
            "invoiceId",
            "invoice_of_another_debtor",
        ),
        (json!({ "author": "desk", "debtorId": "d1" }), "text", "required"),
        (json!({ "author": "desk", "debtorId": "d1", "text": " \n " }), "text", "length"),
        (json!({ "author": "desk", "debtorId": "d1", "text": long }), "text", "length"),
        (json!({ "author": "desk", "debtorId": "d1", "text": "a\u{7}b" }), "text", "control_character"),
        (
            json!({ "author": "desk", "debtorId": "d1", "text": "x", "standardTextId": "y" }),
            "text",
            "two_texts",
        ),
        (
            json!({ "author": "debtor", "debtorId": "d1", "standardTextId": "y" }),
            "standardTextId",
            "only_of_the_desk",
        ),
        (
            json!({ "author": "desk", "debtorId": "d1", "standardTextId": "y" }),
            "standardTextId",
            "unknown_text",
        ),
    ];
    let before = world.contents();
    for (body, path, code) in table {
        let answer = world.call("POST", "/v1/messages", Some(&body)).await;
        assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())], "{}", answer.body);
        assert_eq!(world.changes(&before), [""; 0], "{code}");
    }
}

fn meter(text: &str) -> Value {
    json!({ "title": "Meterstand", "language": "nl", "text": text })
}

#[tokio::test]
async fn a_standard_text_is_filled_for_one_debtor_and_sent() {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let path = "/v1/standard-texts/meter";
    let text = "{% if name %}Beste {{ name }},{% else %}Beste klant,{% endif %}\n\nWilt u de meterstand mailen naar \
                {{ email }}?{% if invoice_number %} Het gaat om {{ invoice_number }}.{% endif %}";
    let put = world.call("PUT", path, Some(&meter(text))).await;
    assert_eq!(put.status, StatusCode::CREATED, "{}", put.body);
    assert_eq!(world.call("PUT", path, Some(&meter(text))).await.status, StatusCode::OK);
    assert_eq!(world.get("/v1/standard-texts").await["items"][0]["id"], "meter");

    let about = json!({ "debtorId": "d1", "invoiceId": "d1-1" });
    let before = world.contents();
    let filled = world.call("POST", &format!("{path}/fill"), Some(&about)).await;
    let said = filled.body["text"].as_str().expect("a text").to_owned();
    assert!(
        said.starts_with("Beste J. de Vries,\n\nWilt u") && said.ends_with("Het gaat om d1-1."),
        "{said}"
    );
    assert_eq!(world.changes(&before), [""; 0], "it stores and sends nothing");
    let body = json!({ "author": "desk", "debtorId": "d1", "standardTextId": "meter" });
    let sent = world.call("POST", "/v1/messages", Some(&body)).await;
    assert!(!sent.body["text"].as_str().unwrap().contains("Het gaat om"), "{}", sent.body);
    world.settle().await;
    assert!(world.mail.taken()[0].mail.text.contains("Wilt u de meterstand mailen"));

    assert_eq!(world.call("DELETE", path, None).await.status, StatusCode::NO_CONTENT);
    is_problem(&world.call("GET", path, None).await, 404);
    is_problem(&world.call("DELETE", path, None).await, 404);
    is_problem(&world.call("POST", &format!("{path}/fill"), Some(&about)).await, 404);
}

#[tokio::test]
async fn a_standard_text_that_some_debtor_could_not_get_is_not_kept() {
    let world = two_invoices().await;
    let table = [
        ("Beste {{ name }},", "may_be_absent"),
        ("Het gaat om {{ invoice_number }}.", "may_be_absent"),
        ("{{ bsn }}", "unknown_variable"),
        ("{% for i in invoices %}{{ i.number }}{% endfor %}", "unknown_variable"),
        ("{{ range(9) }}", "no_functions"),
        ("{{ creditor|upper }}", "no_filters"),
        ("{% if business %}Geachte heer of mevrouw{% endif %}", "empty"),
        ("{{ creditor", "not_closed"),
        (" ", "length"),
    ];
    let before = world.contents();
    for (text, code) in table {
        let answer = world.call("PUT", "/v1/standard-texts/meter", Some(&meter(text))).await;
        assert_eq!(errors(&answer), [("text".to_owned(), code.to_owned())], "{text}");
        assert_eq!(world.changes(&before), [""; 0], "{text}");
    }
}

#[tokio::test]
async fn subscribers_are_told_that_the_debtor_wrote_and_not_what() {
    let world = two_invoices().await;
    world.subscribe("crm", "https://crm.example/hooks", None).await;
    write(&world, "debtor", Some("d1-1"), QUESTION).await;
    write(&world, "desk", Some("d1-1"), ANSWER).await;
    world.settle().await;
    let arrived = world.subscribers.arrived();
    let told: Vec<&Value> =
        arrived.iter().map(|m| &m.body).filter(|b| b["type"] == "message.received").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["data"]["messageId"], &told[0]["data"]["invoiceIds"]),
        (&json!("d1.w1"), &json!(["d1-1"]))
    );
    assert!(arrived.iter().all(|m| m.body["type"] != "step.taken"), "an answer takes no step");
    assert!(arrived.iter().all(|m| !m.body.to_string().contains("rekening zo hoog")));
}
