//! The rules of the Netherlands.

use super::{CREDIT_NOTE, INVOICE, expect_one_refusal, refusals, without};

#[test]
fn the_rules_for_sellers_in_the_netherlands_hold_for_them() {
    let (seller, buyer) =
        ("/Invoice/cac:AccountingSupplierParty/cac:Party", "/Invoice/cac:AccountingCustomerParty/cac:Party");
    let kvk = "<cbc:CompanyID schemeID=\"0106\">12345678</cbc:CompanyID>";
    let table = [
        (kvk, "", "BR-NL-1", format!("{seller}/cac:PartyLegalEntity/cbc:CompanyID")),
        (
            kvk,
            "<cbc:CompanyID schemeID=\"0183\">1</cbc:CompanyID>",
            "BR-NL-1",
            format!("{seller}/cac:PartyLegalEntity/cbc:CompanyID"),
        ),
        ("Stationsplein 12", "", "BR-NL-3", format!("{seller}/cac:PostalAddress/cbc:StreetName")),
        ("3511 ED", "", "BR-NL-3", format!("{seller}/cac:PostalAddress/cbc:PostalZone")),
        ("3511AA", "", "BR-NL-4", format!("{buyer}/cac:PostalAddress/cbc:PostalZone")),
        (
            "A. Proefpersoon</cbc:RegistrationName>",
            "A</cbc:RegistrationName><cbc:CompanyID schemeID=\"0183\">1</cbc:CompanyID>",
            "BR-NL-10",
            format!("{buyer}/cac:PartyLegalEntity/cbc:CompanyID"),
        ),
        (">59<", ">1<", "BR-NL-12", "/Invoice/cac:PaymentMeans[2]/cbc:PaymentMeansCode".to_owned()),
    ];
    for (from, to, rule, path) in table {
        expect_one_refusal(INVOICE, &[(from, to, rule, &path)]);
    }
    let no_reference = without(&without(INVOICE, "cbc:BuyerReference"), "cac:OrderReference");
    assert_eq!(refusals(&no_reference), [("BR-NL-2", "/Invoice/cbc:BuyerReference".to_owned())]);
    let no_means = without(&without(INVOICE, "cac:PaymentMeans"), "cac:PaymentMeans");
    assert_eq!(refusals(&no_means), [("BR-NL-11", "/Invoice/cac:PaymentMeans".to_owned())]);
    let representative = "/CreditNote/cac:TaxRepresentativeParty/cac:PostalAddress/cbc:CityName";
    expect_one_refusal(CREDIT_NOTE, &[("Rotterdam", "", "BR-NL-5", representative)]);
}

#[test]
fn the_rules_for_sellers_in_the_netherlands_do_not_hold_for_others() {
    let abroad = INVOICE.replacen(">NL<", ">BE<", 1);
    for name in ["cac:PaymentMeans", "cbc:StreetName", "cbc:BuyerReference", "cac:OrderReference"] {
        assert_eq!(refusals(&without(&abroad, name)), [], "{name}");
    }
    assert_eq!(refusals(&abroad.replace("\"0106\"", "\"0183\"").replace(">58<", ">1<")), []);
}

#[test]
fn types_that_we_cannot_follow_up_are_refused_for_every_seller() {
    let reference = "/Invoice/cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID";
    let table = [
        ("380</cbc:Inv", "386</cbc:Inv", "BR-NL-7", "/Invoice/cbc:InvoiceTypeCode"),
        ("380</cbc:Inv", "381</cbc:Inv", "BR-NL-8", "/Invoice/cbc:InvoiceTypeCode"),
        ("380</cbc:Inv", "384</cbc:Inv", "BR-NL-9", reference),
    ];
    expect_one_refusal(INVOICE, &table);
    expect_one_refusal(&INVOICE.replacen(">NL<", ">BE<", 1), &table);
    let table = [
        ("381</Cred", "380</Cred", "BR-NL-8", "/CreditNote/cbc:CreditNoteTypeCode"),
        ("381</Cred", "261</Cred", "BR-NL-7", "/CreditNote/cbc:CreditNoteTypeCode"),
        (
            "<ID>2026-0002</ID>",
            "",
            "BR-55",
            "/CreditNote/cac:BillingReference[2]/cac:InvoiceDocumentReference/cbc:ID",
        ),
    ];
    expect_one_refusal(CREDIT_NOTE, &table);
}
