//! UBL documents: what they say of money, references and other documents arrives with the invoice.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::payment;
use tests::world::World;

const INVOICE: &str = include_str!("../../../shared/formats/tests-data/invoice-consumer.xml");
const CREDIT_NOTE: &str = include_str!("../../../shared/formats/tests-data/credit-note-business.xml");

/// The fixture with each of these replaced once.
fn changed(document: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(document.to_owned(), |document, (from, to)| {
        assert!(document.contains(from), "{from}");
        document.replacen(from, to, 1)
    })
}

/// The invoice that a document became.
async fn taken(world: &World, document: String) -> Value {
    let answer = world.send_request("POST", "/v1/invoices", "application/xml", document.into(), &[]).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    world.get(&format!("/v1/invoices/{}", answer.body["invoiceId"].as_str().unwrap())).await
}

#[tokio::test]
async fn what_was_paid_before_is_not_asked_again() {
    // The fixture: 115.31 with VAT, 15.00 paid before, a cent rounded off.
    let table = [
        ("15.00", "100.30", "115.30", "100.30"),
        ("115.30", "0.00", "115.30", "0.00"),
        ("0.00", "115.30", "115.30", "115.30"),
    ];
    for (prepaid, payable, total, open) in table {
        let world = World::at("2026-09-02T08:00:00Z").await;
        let changes = [(">15.00<", format!(">{prepaid}<")), (">100.30<", format!(">{payable}<"))];
        let changes: Vec<(&str, &str)> = changes.iter().map(|(from, to)| (*from, to.as_str())).collect();
        let invoice = taken(&world, changed(INVOICE, &changes)).await;
        assert_eq!((&invoice["total"], &invoice["open"]), (&json!(total), &json!(open)), "{prepaid}");
        if open != "0.00" {
            let id = invoice["id"].as_str().unwrap();
            world.put("/v1/payments/p1", &payment(id, open, "2026-09-03")).await;
            assert_eq!(world.get(&format!("/v1/invoices/{id}")).await["open"], "0.00");
        }
    }
}

#[tokio::test]
async fn a_document_names_what_it_corrects() {
    let preceding = "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2025-0999</cbc:ID>\
        </cac:InvoiceDocumentReference></cac:BillingReference><cac:AccountingSupplierParty>";
    let corrective =
        changed(INVOICE, &[("380</cbc:Inv", "384</cbc:Inv"), ("<cac:AccountingSupplierParty>", preceding)]);
    let table = [
        (INVOICE.to_owned(), "invoice", Value::Null),
        (corrective, "invoice", json!("2025-0999")),
        (CREDIT_NOTE.to_owned(), "creditNote", json!("2026-0001")),
    ];
    for (document, kind, corrects) in table {
        let world = World::at("2026-11-02T08:00:00Z").await;
        let invoice = taken(&world, document).await;
        assert_eq!((&invoice["kind"], &invoice["corrects"]), (&json!(kind), &corrects));
    }
}

#[tokio::test]
async fn a_reference_is_checked_and_kept_as_banks_carry_it() {
    let long = "x".repeat(36);
    let table = [
        ("5000056789012345", json!({ "scheme": "nl16", "value": "5000056789012345" })),
        ("5000 0567 8901 2345", json!({ "scheme": "nl16", "value": "5000056789012345" })),
        ("5000056789012346", json!({ "scheme": "text", "value": "5000056789012346" })),
        ("rf18 5390 0754 7034", json!({ "scheme": "rf", "value": "RF18539007547034" })),
        ("RF19539007547034", json!({ "scheme": "text", "value": "RF19539007547034" })),
        ("Klant 1001\n  september", json!({ "scheme": "text", "value": "Klant 1001 september" })),
        (&long, Value::Null),
    ];
    for (written, expected) in table {
        let world = World::at("2026-09-02T08:00:00Z").await;
        let invoice = taken(&world, changed(INVOICE, &[("5000056789012345", written)])).await;
        let reference = &invoice["paymentReference"];
        // One that was made here stands where none was given.
        if expected.is_null() {
            assert_ne!(reference["value"], written, "{written}");
        } else {
            assert_eq!(*reference, expected, "{written}");
        }
    }
}

#[tokio::test]
async fn texts_are_kept_as_long_as_a_records_are() {
    let world = World::at("2026-09-02T08:00:00Z").await;
    let long = "lang ".repeat(1_000);
    let name = format!("<cbc:RegistrationName>{long}</cbc:RegistrationName>");
    let buyer = "<cbc:RegistrationName>A. Proefpersoon</cbc:RegistrationName>";
    let document = changed(INVOICE, &[(buyer, &name), ("Stroom</cbc:Name>", &format!("{long}</cbc:Name>"))]);
    let invoice = taken(&world, document).await;
    assert_eq!(invoice["lines"][0]["description"].as_str().unwrap().len(), 199);
    let document = changed(INVOICE, &[("2026-0001", &"9".repeat(65))]);
    let answer = world.send_request("POST", "/v1/invoices", "application/xml", document.into(), &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let errors = json!([{ "path": "/*/cbc:ID", "code": "length", "detail": "has 1 to 64 characters" }]);
    assert_eq!(answer.body["errors"], errors);
}
