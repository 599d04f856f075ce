//! One thing broken in a good document: one refusal, with the rule and the place.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod nlcius;
mod values;

use formats::ubl::{MAX_REFUSALS, parse};

const INVOICE: &str = include_str!("../../../tests-data/invoice-consumer.xml");
const CREDIT_NOTE: &str = include_str!("../../../tests-data/credit-note-business.xml");

/// The rule and path of every refusal.
fn refusals(xml: &str) -> Vec<(&'static str, String)> {
    let refused = parse(xml.as_bytes()).err().unwrap_or_default();
    refused.into_iter().map(|refusal| (refusal.rule, refusal.path)).collect()
}

/// Each row: what is replaced (its first occurrence), by what, and the one refusal that follows.
fn expect_one_refusal(source: &str, table: &[(&str, &str, &'static str, &str)]) {
    assert_eq!(refusals(source), []);
    for (from, to, rule, path) in table {
        assert!(source.contains(from), "{from} is not in the document");
        let broken = source.replacen(from, to, 1);
        assert_eq!(refusals(&broken), [(*rule, (*path).to_owned())], "{from} -> {to}");
    }
}

/// `source` without the first element of that name.
fn without(source: &str, name: &str) -> String {
    without_nth(source, name, 0)
}

fn without_nth(source: &str, name: &str, nth: usize) -> String {
    let (start, _) = source.match_indices(&format!("<{name}")).nth(nth).unwrap();
    let end_tag = format!("</{name}>");
    let end = start + source[start..].find(&end_tag).unwrap() + end_tag.len();
    format!("{}{}", &source[..start], &source[end..])
}

#[test]
fn each_thing_an_invoice_must_have_has_its_rule() {
    let (seller, buyer) =
        ("/Invoice/cac:AccountingSupplierParty/cac:Party", "/Invoice/cac:AccountingCustomerParty/cac:Party");
    let totals = "/Invoice/cac:LegalMonetaryTotal";
    let table = [
        ("cbc:CustomizationID", 0, "BR-01", "/Invoice/cbc:CustomizationID".to_owned()),
        ("cbc:ID", 0, "BR-02", "/Invoice/cbc:ID".to_owned()),
        ("cbc:IssueDate", 0, "BR-03", "/Invoice/cbc:IssueDate".to_owned()),
        ("cbc:InvoiceTypeCode", 0, "BR-04", "/Invoice/cbc:InvoiceTypeCode".to_owned()),
        ("cbc:DocumentCurrencyCode", 0, "BR-05", "/Invoice/cbc:DocumentCurrencyCode".to_owned()),
        ("cbc:RegistrationName", 0, "BR-06", format!("{seller}/cac:PartyLegalEntity/cbc:RegistrationName")),
        ("cbc:RegistrationName", 1, "BR-07", format!("{buyer}/cac:PartyLegalEntity/cbc:RegistrationName")),
        ("cac:PostalAddress", 0, "BR-08", format!("{seller}/cac:PostalAddress")),
        ("cac:Country", 0, "BR-09", format!("{seller}/cac:PostalAddress/cac:Country/cbc:IdentificationCode")),
        ("cac:PostalAddress", 1, "BR-10", format!("{buyer}/cac:PostalAddress")),
        ("cac:Country", 1, "BR-11", format!("{buyer}/cac:PostalAddress/cac:Country/cbc:IdentificationCode")),
        ("cbc:LineExtensionAmount", 0, "BR-12", format!("{totals}/cbc:LineExtensionAmount")),
        ("cbc:TaxExclusiveAmount", 0, "BR-13", format!("{totals}/cbc:TaxExclusiveAmount")),
        ("cbc:TaxInclusiveAmount", 0, "BR-14", format!("{totals}/cbc:TaxInclusiveAmount")),
        ("cbc:PayableAmount", 0, "BR-15", format!("{totals}/cbc:PayableAmount")),
        ("cbc:ID", 10, "BR-21", "/Invoice/cac:InvoiceLine[1]/cbc:ID".to_owned()),
        ("cbc:InvoicedQuantity", 1, "BR-22", "/Invoice/cac:InvoiceLine[2]/cbc:InvoicedQuantity".to_owned()),
        (
            "cbc:LineExtensionAmount",
            2,
            "BR-24",
            "/Invoice/cac:InvoiceLine[2]/cbc:LineExtensionAmount".to_owned(),
        ),
        ("cac:Item", 0, "BR-25", "/Invoice/cac:InvoiceLine[1]/cac:Item/cbc:Name".to_owned()),
        ("cbc:Amount", 0, "BR-31", "/Invoice/cac:AllowanceCharge[1]/cbc:Amount".to_owned()),
        ("cbc:Amount", 1, "BR-36", "/Invoice/cac:AllowanceCharge[2]/cbc:Amount".to_owned()),
        ("cbc:Amount", 2, "BR-41", "/Invoice/cac:InvoiceLine[1]/cac:AllowanceCharge/cbc:Amount".to_owned()),
        (
            "cbc:TaxableAmount",
            0,
            "BR-45",
            "/Invoice/cac:TaxTotal/cac:TaxSubtotal[1]/cbc:TaxableAmount".to_owned(),
        ),
        ("cbc:TaxAmount", 2, "BR-46", "/Invoice/cac:TaxTotal/cac:TaxSubtotal[2]/cbc:TaxAmount".to_owned()),
        ("cbc:PaymentMeansCode", 0, "BR-49", "/Invoice/cac:PaymentMeans[1]/cbc:PaymentMeansCode".to_owned()),
        ("cac:TaxTotal", 0, "BR-CO-15", "/Invoice/cac:TaxTotal/cbc:TaxAmount".to_owned()),
    ];
    for (name, nth, rule, path) in table {
        assert_eq!(refusals(&without_nth(INVOICE, name, nth)), [(rule, path)], "{name} {nth}");
    }
    let no_lines = without(&without(INVOICE, "cac:InvoiceLine"), "cac:InvoiceLine");
    assert_eq!(refusals(&no_lines), [("BR-16", "/Invoice/cac:InvoiceLine".to_owned())]);
}

#[test]
fn an_empty_element_is_as_good_as_none() {
    let table = [
        (">2026-0001<", ">  <", "BR-02", "/Invoice/cbc:ID"),
        (">2026-0001<", "><![CDATA[]]><", "BR-02", "/Invoice/cbc:ID"),
        (">Stroom<", "><", "BR-25", "/Invoice/cac:InvoiceLine[1]/cac:Item/cbc:Name"),
    ];
    expect_one_refusal(INVOICE, &table);
}

#[test]
fn totals_must_come_out() {
    let total = "/Invoice/cac:LegalMonetaryTotal";
    let at = |name: &str| format!("{total}/cbc:{name}");
    let table = [
        (
            ">99.75<",
            ">99.76<",
            vec![("BR-CO-10", at("LineExtensionAmount")), ("BR-CO-13", at("TaxExclusiveAmount"))],
        ),
        (
            ">10.00</cbc:Allo",
            ">10.01</cbc:Allo",
            vec![("BR-CO-11", at("AllowanceTotalAmount")), ("BR-CO-13", at("TaxExclusiveAmount"))],
        ),
        (
            ">5.50</cbc:Char",
            ">5.49</cbc:Char",
            vec![("BR-CO-12", at("ChargeTotalAmount")), ("BR-CO-13", at("TaxExclusiveAmount"))],
        ),
        (
            ">95.25<",
            ">95.26<",
            vec![("BR-CO-13", at("TaxExclusiveAmount")), ("BR-CO-15", at("TaxInclusiveAmount"))],
        ),
        (">0<", ">0.01<", vec![("BR-CO-14", "/Invoice/cac:TaxTotal/cbc:TaxAmount".to_owned())]),
        (
            ">115.31<",
            ">115.30<",
            vec![("BR-CO-15", at("TaxInclusiveAmount")), ("BR-CO-16", at("PayableAmount"))],
        ),
        (">100.30<", ">100.31<", vec![("BR-CO-16", at("PayableAmount"))]),
        (">15.00<", ">15.01<", vec![("BR-CO-16", at("PayableAmount"))]),
        (">-0.01<", ">0.01<", vec![("BR-CO-16", at("PayableAmount"))]),
    ];
    for (from, to, expected) in table {
        assert!(INVOICE.contains(from), "{from}");
        let mut got = refusals(&INVOICE.replacen(from, to, 1));
        // 0.01 more VAT in a row changes no total, only the sum of the rows.
        got.sort();
        assert_eq!(got, expected, "{from} -> {to}");
    }
}

#[test]
fn a_wrong_sum_says_both_amounts() {
    let refused = parse(INVOICE.replace(">100.30<", ">90.30<").as_bytes()).unwrap_err();
    let detail = "is 90.30, but the total with VAT less what was paid plus rounding make 100.30";
    assert_eq!(refused[0].detail, detail);
}

#[test]
fn an_amount_due_needs_a_due_date_or_terms_on_an_invoice() {
    let neither = without(&without(INVOICE, "cbc:DueDate"), "cac:PaymentTerms");
    assert_eq!(refusals(&neither), [("BR-CO-25", "/Invoice/cbc:DueDate".to_owned())]);
    let settled = neither.replace(">15.00<", ">115.30<").replace(">100.30<", ">0<");
    assert_eq!(refusals(&settled), []);
    assert_eq!(refusals(&without(CREDIT_NOTE, "PaymentDueDate")), []);
}

#[test]
fn a_credit_note_has_its_own_names() {
    let table = [
        ("CreditNoteTypeCode", "BR-04", "/CreditNote/cbc:CreditNoteTypeCode"),
        ("a:CreditNoteLine", "BR-16", "/CreditNote/cac:CreditNoteLine"),
        ("CreditedQuantity", "BR-22", "/CreditNote/cac:CreditNoteLine/cbc:CreditedQuantity"),
    ];
    for (name, rule, path) in table {
        assert_eq!(refusals(&without(CREDIT_NOTE, name)), [(rule, path.to_owned())], "{name}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let broken = without(INVOICE, "cbc:IssueDate").replace(">380<", ">999<").replace(">100.30<", ">x<");
    let rules: Vec<_> = refusals(&broken).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["BR-03", "XSD", "BR-NL-7"]);
    let empty = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>"#;
    let rules: Vec<_> = refusals(empty).into_iter().map(|(rule, _)| rule).collect();
    let expected = [
        "BR-01", "BR-02", "BR-03", "BR-04", "BR-05", "BR-06", "BR-08", "BR-07", "BR-10", "BR-16", "BR-CO-15",
        "BR-12", "BR-13", "BR-14", "BR-15",
    ];
    assert_eq!(rules, expected);
}

#[test]
fn refusals_are_bounded_and_do_not_repeat_the_document() {
    let line = "<cac:InvoiceLine><cbc:ID>geheim</cbc:ID><cbc:InvoicedQuantity>geheim</cbc:InvoicedQuantity></cac:InvoiceLine>";
    let many = INVOICE.replace("</Invoice>", &format!("{}</Invoice>", line.repeat(10_000)));
    let refused = parse(many.as_bytes()).unwrap_err();
    assert_eq!(refused.len(), MAX_REFUSALS);
    assert_eq!(refused[MAX_REFUSALS - 1].rule, "TIJDIG-LIMIT");
    assert!(refused.iter().all(|refusal| !refusal.to_string().contains("geheim")));
}
