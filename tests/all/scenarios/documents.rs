//! Documents beside invoices: put by the API, or brought by the invoice's own UBL document.

use bytes::Bytes;
use http::StatusCode;
use outside::files::{MemoryFiles, Upload};
use serde_json::{Value, json};
use tests::perils::PERILS;
use tests::stories::two_invoices;
use tests::world::{Answer, World};

use crate::refusals::{errors, is_problem};

const PDF: &[u8] = b"%PDF-1.7\nthe invoice";
const UBL: &str = include_str!("../../../shared/formats/tests-data/invoice-consumer.xml");

async fn put(world: &World, name: &str, bytes: &[u8]) -> Answer {
    let path = format!("/v1/invoices/d1-1/documents/{name}");
    world.send_request("PUT", &path, "application/octet-stream", bytes.to_vec(), &[]).await
}

/// Name and size of each document of an invoice.
async fn listed(world: &World, invoice: &str) -> Vec<(String, u64)> {
    let list = world.get(&format!("/v1/invoices/{invoice}/documents")).await;
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|d| (d["name"].as_str().unwrap().to_owned(), d["bytes"].as_u64().unwrap())).collect()
}

/// What is behind the address that the API gives.
async fn downloaded(world: &World, invoice: &str, name: &str) -> (Value, Bytes) {
    let view = world.get(&format!("/v1/invoices/{invoice}/documents/{name}")).await;
    let bytes = world.files.download(view["url"].as_str().expect("an address")).expect("a file");
    (view, bytes)
}

#[tokio::test]
async fn a_document_is_put_listed_downloaded_replaced_and_taken_away() {
    let world = two_invoices().await;
    let answer = put(&world, "factuur.pdf", PDF).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.body, json!({ "name": "factuur.pdf", "outcome": "added" }));
    assert_eq!(listed(&world, "d1-1").await, [("factuur.pdf".to_owned(), PDF.len() as u64)]);
    assert_eq!(listed(&world, "d1-2").await, []);
    let (view, bytes) = downloaded(&world, "d1-1", "factuur.pdf").await;
    assert_eq!(
        (view["contentType"].as_str(), view["by"].as_str()),
        (Some("application/pdf"), Some("accounting tool"))
    );
    assert!(!view["url"].as_str().unwrap().contains("factuur"), "the address holds no name: {}", view["url"]);
    assert_eq!(bytes, PDF);

    // The same again changes nothing; other bytes take its place, in whichever case the name is.
    let before = world.contents();
    assert_eq!(put(&world, "factuur.pdf", PDF).await.body["outcome"], "unchanged");
    assert_eq!(world.changes(&before), [""; 0]);
    assert_eq!(put(&world, "Factuur.pdf", b"%PDF-1.7\nanother").await.body["outcome"], "replaced");
    assert_eq!(listed(&world, "d1-1").await, [("Factuur.pdf".to_owned(), 16)]);
    assert_eq!(downloaded(&world, "d1-1", "FACTUUR.pdf").await.1, b"%PDF-1.7\nanother".as_slice());

    let path = "/v1/invoices/d1-1/documents/factuur.pdf";
    assert_eq!(world.call("DELETE", path, None).await.status, StatusCode::NO_CONTENT);
    is_problem(&world.call("DELETE", path, None).await, 404);
    is_problem(&world.call("GET", path, None).await, 404);
    assert_eq!(listed(&world, "d1-1").await, []);
    let told: Vec<String> =
        world.events("d1").await.into_iter().filter(|e| e.starts_with("Document")).collect();
    assert_eq!(told, ["DocumentAdded", "DocumentAdded", "DocumentRemoved"]);
    let timeline = json!(world.timeline("d1").await).to_string();
    assert!(!timeline.to_lowercase().contains("factuur"), "a name may hold what people typed: {timeline}");
}

#[tokio::test]
async fn what_is_no_document_is_refused_with_its_rule_and_nothing_is_kept() {
    let world = two_invoices().await;
    let before = (world.contents(), world.files.all());
    let table: [(&str, &[u8], &str, &str); 8] = [
        ("factuur.pdf", b"", "body", "unknown_kind_of_document"),
        ("factuur.pdf", b"MZ\x90\0 a program", "body", "unknown_kind_of_document"),
        ("factuur.html", b"<html><script>", "body", "unknown_kind_of_document"),
        ("factuur.png", PDF, "name", "not_a_file_name"),
        ("factuur.pdf.exe", PDF, "name", "not_a_file_name"),
        ("factuur%2F..%2Fx.pdf", PDF, "name", "not_a_file_name"),
        ("con.pdf", PDF, "name", "not_a_file_name"),
        ("factuur", PDF, "name", "not_a_file_name"),
    ];
    for (name, bytes, path, code) in table {
        let answer = put(&world, name, bytes).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())], "{name}");
    }
    let unknown =
        world.send_request("PUT", "/v1/invoices/other/documents/a.pdf", "application/pdf", PDF.to_vec(), &[]);
    is_problem(&unknown.await, 404);
    assert_eq!((world.contents(), world.files.all()), before);
}

#[tokio::test]
async fn a_large_document_is_uploaded_first() {
    let world = two_invoices().await;
    let path = "/v1/invoices/d1-1/documents/scan.png";
    let begun = world.call("POST", path, None).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
    let put = format!("{path}?uploadId={}", begun.body["uploadId"].as_str().unwrap());
    // Not there yet, or of nobody.
    for early in [put.as_str(), &format!("{path}?uploadId={}", "0".repeat(32))] {
        let answer = world.call("PUT", early, None).await;
        assert_eq!(errors(&answer), [("uploadId".to_owned(), "not_uploaded".to_owned())]);
    }
    let outside = world.call("PUT", &format!("{path}?uploadId=..%2Fdocuments"), None).await;
    assert_eq!(errors(&outside), [("uploadId".to_owned(), "not_an_id".to_owned())]);
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    image.resize(9_000_000, 7);
    upload(&world.files, &begun.body, image.clone());
    assert_eq!(world.call("PUT", &put, None).await.status, StatusCode::CREATED);
    assert_eq!(downloaded(&world, "d1-1", "scan.png").await.1, image);
    assert!(!world.files.all().iter().any(|(key, _)| key.starts_with("staged/")), "it is kept once");

    let begun = world.call("POST", path, None).await;
    image.resize(10_000_001, 7);
    upload(&world.files, &begun.body, image);
    let put = format!("{path}?uploadId={}", begun.body["uploadId"].as_str().unwrap());
    let answer = world.call("PUT", &put, None).await;
    assert_eq!(errors(&answer), [("uploadId".to_owned(), "document_too_large".to_owned())]);
}

fn upload(files: &MemoryFiles, begun: &Value, bytes: Vec<u8>) {
    let url = begun["url"].as_str().expect("an address").to_owned();
    assert!(files.take_upload(&Upload { url, headers: Vec::new() }, Bytes::from(bytes)));
}

#[tokio::test]
async fn a_ubl_invoice_brings_itself_and_what_it_embeds() {
    let world = World::at("2026-09-01T08:00:00Z").await;
    let embedded = "<cac:AdditionalDocumentReference><cbc:ID>D</cbc:ID><cac:Attachment>\
        <cbc:EmbeddedDocumentBinaryObject mimeCode=\"application/pdf\" filename=\"uw factuur.pdf\">JVBERi0xLjcKYQ==\
        </cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>\
        <cac:AccountingSupplierParty>";
    let ubl = UBL.replacen("<cac:AccountingSupplierParty>", embedded, 1);
    let sent =
        || world.send_request("POST", "/v1/invoices", "application/xml", ubl.clone().into_bytes(), &[]);
    let answer = sent().await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let id = answer.body["invoiceId"].as_str().unwrap().to_owned();
    let names: Vec<String> = listed(&world, &id).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(names[1], "uw factuur.pdf");
    assert_eq!(downloaded(&world, &id, "uw%20factuur.pdf").await.1, b"%PDF-1.7\na".as_slice());
    assert_eq!(downloaded(&world, &id, &names[0]).await.1, ubl.as_bytes());
    let before = world.contents();
    assert_eq!(sent().await.status, StatusCode::CREATED);
    assert_eq!(world.changes(&before), [""; 0], "the same document again");
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_way_a_document_is_whole_or_not_there() {
    let steps = 2;
    for peril in PERILS {
        for step in 0..steps {
            let world = two_invoices().await;
            world.perils.plan(step, peril);
            let answer = put(&world, "factuur.pdf", PDF).await;
            assert!(
                world.perils.struck() && answer.status.is_success(),
                "{peril:?} at {step}: {}",
                answer.body
            );
            assert_eq!(downloaded(&world, "d1-1", "factuur.pdf").await.1, PDF);
            assert_eq!(world.count("d1", "DocumentAdded").await, 1, "{peril:?} at {step}");

            world.perils.plan(step, peril);
            let path = "/v1/invoices/d1-1/documents/factuur.pdf";
            let answer = world.call("DELETE", path, None).await;
            assert!(world.perils.struck(), "{peril:?} at {step}");
            // Where only the answer was lost, the repetition says that there is none any more.
            assert!(matches!(answer.status.as_u16(), 204 | 404), "{peril:?} at {step}: {}", answer.body);
            assert_eq!(listed(&world, "d1-1").await, [], "{peril:?} at {step}");
            assert!(world.files.all().is_empty(), "{peril:?} at {step}: {:?}", world.files.all());
            assert_eq!(world.count("d1", "DocumentRemoved").await, 1, "{peril:?} at {step}");
        }
    }
}
