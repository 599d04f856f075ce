//! Mails: which documents go along, and whose address they come from.

use http::StatusCode;
use serde_json::json;
use tests::bodies::{consumer, invoice};
use tests::world::{Answer, World};

use crate::refusals::errors;

const PDF: &[u8] = b"%PDF-1.7\nthe invoice";
const UBL: &[u8] = include_bytes!("../../../shared/formats/tests-data/invoice-consumer.xml");

/// An invoice that is sent on 24 August and reminded of on 8 September, with its PDF and its UBL beside it.
async fn beginning(kind: &str) -> World {
    let world = World::at("2026-08-24T04:00:00Z").await;
    let policy = json!({ "name": "Standard", "steps": [
        { "id": "invoice", "kind": "invoiceSending", "afterDays": 0, "countedFrom": "issueDate", "channels": ["email"] },
        { "id": "reminder-1", "kind": "reminder", "afterDays": 7, "countedFrom": "dueDate", "channels": ["email"] } ] });
    world.put("/v1/policies/standard", &policy).await;
    let mut debtor = consumer("D1");
    debtor["kind"] = json!(kind);
    world.put("/v1/debtors/d1", &debtor).await;
    world.put("/v1/invoices/i1", &invoice("d1", "F-1", "2026-08-24", "2026-09-01", "121.00")).await;
    put(&world, "F-1.pdf", PDF).await;
    put(&world, "F-1.xml", UBL).await;
    world
}

async fn put(world: &World, name: &str, bytes: &[u8]) {
    let path = format!("/v1/invoices/i1/documents/{name}");
    let answer = world.send_request("PUT", &path, "application/octet-stream", bytes.to_vec(), &[]).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
}

async fn attach(world: &World, which: &str) {
    world.put("/v1/settings", &json!({ "mail": { "attach": which } })).await;
}

/// Names of what each mail carries.
fn carried(world: &World) -> Vec<Vec<String>> {
    let names = |mail: &outside::mail::Mail| mail.attachments.iter().map(|a| a.file_name.clone()).collect();
    world.mail.taken().iter().map(|taken| names(&taken.mail)).collect()
}

#[tokio::test]
async fn a_mail_carries_the_documents_of_its_invoice_as_the_settings_say() {
    type Row = (&'static str, Option<&'static str>, [&'static [&'static str]; 2]);
    let table: [Row; 5] = [
        ("consumer", None, [&["F-1.pdf"], &[]]),
        ("consumer", Some("never"), [&[], &[]]),
        ("consumer", Some("always"), [&["F-1.pdf"], &["F-1.pdf"]]),
        ("business", Some("invoiceSending"), [&["F-1.pdf", "F-1.xml"], &[]]),
        ("business", Some("always"), [&["F-1.pdf", "F-1.xml"], &["F-1.pdf", "F-1.xml"]]),
    ];
    for (kind, which, expected) in table {
        let world = beginning(kind).await;
        if let Some(which) = which {
            attach(&world, which).await;
        }
        world.go_to("2026-09-09T08:00:00Z").await;
        assert_eq!(carried(&world), expected, "{kind} {which:?}");
        for taken in world.mail.taken() {
            let says = [&taken.mail.text, &taken.mail.html].map(|part| part.contains("bijlage"));
            assert_eq!(says, [!taken.mail.attachments.is_empty(); 2], "{kind} {which:?}");
        }
        for attachment in world.mail.taken().iter().flat_map(|taken| &taken.mail.attachments) {
            let pdf = attachment.content_type == "application/pdf";
            assert_eq!(attachment.bytes, if pdf { PDF } else { UBL });
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_or_is_gone_stays_behind_and_the_mail_leaves() {
    let world = beginning("consumer").await;
    let mut quarter = PDF.to_vec();
    quarter.resize(1_250_000, b' ');
    let large = ["A-1.pdf", "A-2.pdf", "A-3.pdf", "A-4.pdf"];
    for name in large {
        put(&world, name, &quarter).await;
    }
    world.go_to("2026-08-25T08:00:00Z").await;
    assert_eq!(carried(&world), [large], "not a byte fits beside them");

    let world = beginning("consumer").await;
    for (key, _) in world.files.all() {
        outside::files::Files::delete(&world.files, &key).await.expect("it is there");
    }
    world.go_to("2026-08-25T08:00:00Z").await;
    assert_eq!(carried(&world), [[""; 0]]);
}

async fn sender(world: &World, address: &str) -> Answer {
    let settings = json!({ "mail": { "sender": address, "attach": "never" } });
    world.call("PUT", "/v1/settings", Some(&settings)).await
}

#[tokio::test]
async fn an_address_becomes_the_sender_once_its_domain_is_verified_and_signs() {
    let world = beginning("consumer").await;
    let before = world.get("/v1/mail/sender").await["sender"].clone();
    let refused = [
        ("facturen@unsigned.example", "sender_not_ready"),
        ("facturen@unverified.example", "sender_not_ready"),
        ("facturen@elsewhere.nl", "sender_not_ready"),
        ("no address", "not_an_address"),
    ];
    for (address, code) in refused {
        let answer = sender(&world, address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        assert_eq!(errors(&answer), [("mail.sender".to_owned(), code.to_owned())], "{address}");
        assert_eq!(world.get("/v1/mail/sender").await["sender"], before);
    }
    let answer = sender(&world, "facturen@warmte.example").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let view = world.get("/v1/mail/sender").await;
    assert_eq!(view, json!({ "sender": "facturen@warmte.example", "status": "good" }));
    world.go_to("2026-08-25T08:00:00Z").await;
    assert_eq!(world.mail.taken()[0].mail.from_address, "facturen@warmte.example");
}
