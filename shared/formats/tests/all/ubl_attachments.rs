//! Documents that are embedded in an invoice.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use formats::content::Content;
use formats::ubl::{MAX_ATTACHED_BYTES, MAX_ATTACHMENTS, MAX_BYTES, UblAttachment, parse};

const INVOICE: &str = include_str!("../../tests-data/invoice-consumer.xml");
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

/// The invoice with what stands between the references and the parties.
fn with(references: &str) -> String {
    let place = "<cac:AccountingSupplierParty>";
    assert!(INVOICE.contains(place));
    INVOICE.replacen(place, &format!("{references}{place}"), 1)
}

fn embedded(name: &str, claimed: &str, base64: &str) -> String {
    format!(
        "<cac:AdditionalDocumentReference><cbc:ID>D</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject \
         mimeCode=\"{claimed}\" filename=\"{name}\">{base64}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>\
         </cac:AdditionalDocumentReference>"
    )
}

fn read(references: &str) -> Vec<UblAttachment> {
    parse(with(references).as_bytes()).unwrap().attachments
}

fn rules(references: &str) -> Vec<(&'static str, String)> {
    let refused = parse(with(references).as_bytes()).unwrap_err();
    refused.into_iter().map(|refusal| (refusal.rule, refusal.path)).collect()
}

#[test]
fn a_pdf_is_kept_with_its_reference_name_and_description() {
    let reference = "<cac:AdditionalDocumentReference><cbc:ID>F-1</cbc:ID>\
        <cbc:DocumentDescription>De factuur zelf</cbc:DocumentDescription><cac:Attachment>\
        <cbc:EmbeddedDocumentBinaryObject mimeCode=\"application/pdf\" filename=\"Factuur 2026-0001.pdf\">\n\
        JVBERi0xLjcK\r\n  MSAwIG9iago=\n</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>";
    let expected = UblAttachment {
        reference: "F-1".to_owned(),
        description: Some("De factuur zelf".to_owned()),
        file_name: "Factuur 2026-0001.pdf".to_owned(),
        content: Content::Pdf,
        bytes: PDF.to_vec(),
    };
    assert_eq!(read(reference), [expected]);
}

#[test]
fn what_is_kept_goes_by_its_content_and_not_by_what_is_said() {
    let png = STANDARD.encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let pdf = STANDARD.encode(PDF);
    let table = [
        ("factuur.pdf", "application/pdf", pdf.as_str(), Some(("factuur.pdf", Content::Pdf))),
        ("factuur.exe", "application/octet-stream", &pdf, Some(("factuur.exe.pdf", Content::Pdf))),
        ("factuur.pdf", "application/pdf", &png, Some(("factuur.pdf.png", Content::Png))),
        ("../../x.png", "image/png", &png, Some(("x.png", Content::Png))),
        ("", "", &pdf, Some(("document-1.pdf", Content::Pdf))),
        ("factuur.pdf", "application/pdf", "TVqQAAMAAAA=", None),
        ("uren.csv", "text/csv", "YTtiCjE7Mgo=", None),
        ("factuur.pdf", "application/pdf", "", None),
        // Without its padding.
        ("factuur.pdf", "application/pdf", pdf.trim_end_matches('='), Some(("factuur.pdf", Content::Pdf))),
    ];
    for (name, claimed, base64, expected) in table {
        let kept = read(&embedded(name, claimed, base64));
        let kept: Vec<_> = kept.iter().map(|kept| (kept.file_name.as_str(), kept.content)).collect();
        assert_eq!(kept, expected.into_iter().collect::<Vec<_>>(), "{name:?} {claimed} {base64}");
    }
}

#[test]
fn two_of_one_name_have_two_names() {
    let pdf = STANDARD.encode(PDF);
    let kept =
        read(&(embedded("a.pdf", "application/pdf", &pdf) + &embedded("A.PDF", "application/pdf", &pdf)));
    assert_eq!(kept.iter().map(|kept| kept.file_name.as_str()).collect::<Vec<_>>(), ["a.pdf", "2-A.pdf"]);
}

#[test]
fn what_lies_elsewhere_is_not_fetched() {
    let elsewhere = "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cac:ExternalReference>\
        <cbc:URI>https://example.nl/factuur.pdf</cbc:URI></cac:ExternalReference></cac:Attachment>\
        </cac:AdditionalDocumentReference>";
    let object = "<cac:AdditionalDocumentReference><cbc:ID schemeID=\"ABT\">871687120000000000</cbc:ID>\
        <cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>";
    assert_eq!(read(&format!("{elsewhere}{object}")), []);
}

#[test]
fn what_is_wrong_with_an_attachment_has_its_rule() {
    let object = "/Invoice/cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject";
    let missing = embedded("a.pdf", "application/pdf", "").replace("<cbc:ID>D</cbc:ID>", "");
    let twice = embedded("a.pdf", "application/pdf", "")
        .replace("<cbc:ID>D</cbc:ID>", "<cbc:ID>D</cbc:ID><cbc:ID>E</cbc:ID>");
    let table = [
        (missing, "BR-52", "/Invoice/cac:AdditionalDocumentReference/cbc:ID"),
        (twice, "TIJDIG-ONE", "/Invoice/cac:AdditionalDocumentReference/cbc:ID[2]"),
        (embedded("a.pdf", "application/pdf", "JVBERi0x*"), "XSD", object),
        (embedded("a.pdf", "application/pdf", "JVBERi0xL"), "XSD", object),
    ];
    for (reference, rule, path) in table {
        assert_eq!(rules(&reference), [(rule, path.to_owned())], "{reference}");
    }
}

#[test]
fn the_bounds_on_number_and_size_hold_at_their_edge() {
    let pdf = STANDARD.encode(PDF);
    let many = |count: usize| embedded("a.pdf", "application/pdf", &pdf).repeat(count);
    assert_eq!(read(&many(MAX_ATTACHMENTS)).len(), MAX_ATTACHMENTS);
    assert_eq!(rules(&many(MAX_ATTACHMENTS + 1))[0].0, "TIJDIG-LIMIT");
    let of_size = |size: usize| {
        let mut bytes = PDF.to_vec();
        bytes.resize(size, b' ');
        embedded("a.pdf", "application/pdf", &STANDARD.encode(bytes))
    };
    assert_eq!(read(&of_size(MAX_ATTACHED_BYTES))[0].bytes.len(), MAX_ATTACHED_BYTES);
    assert_eq!(rules(&of_size(MAX_ATTACHED_BYTES + 1))[0].0, "TIJDIG-LIMIT");
    // All of them together, and the invoice has room for them.
    let halves = of_size(MAX_ATTACHED_BYTES / 2);
    assert!(with(&halves.repeat(2)).len() < MAX_BYTES);
    assert_eq!(read(&halves.repeat(2)).len(), 2);
    assert_eq!(rules(&(halves.repeat(2) + &embedded("a.pdf", "application/pdf", &pdf)))[0].0, "TIJDIG-LIMIT");
}
