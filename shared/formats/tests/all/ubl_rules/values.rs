//! What a single value must be like.

use super::{CREDIT_NOTE, INVOICE, expect_one_refusal, refusals};

#[test]
fn amounts_have_two_decimals_as_written() {
    let total = "/Invoice/cac:LegalMonetaryTotal";
    let line = "/Invoice/cac:InvoiceLine";
    let vat = "/Invoice/cac:TaxTotal";
    let table = [
        (
            ">10.00</cbc:Amount",
            ">10.000</cbc:Amount",
            "BR-DEC-01",
            "/Invoice/cac:AllowanceCharge[1]/cbc:Amount".to_owned(),
        ),
        (
            ">100.00</cbc:Base",
            ">100.001</cbc:Base",
            "BR-DEC-02",
            "/Invoice/cac:AllowanceCharge[1]/cbc:BaseAmount".to_owned(),
        ),
        (">5.5<", ">5.501<", "BR-DEC-05", "/Invoice/cac:AllowanceCharge[2]/cbc:Amount".to_owned()),
        (">99.75<", ">99.750<", "BR-DEC-09", format!("{total}/cbc:LineExtensionAmount")),
        (">10.00</cbc:Allow", ">10.000</cbc:Allow", "BR-DEC-10", format!("{total}/cbc:AllowanceTotalAmount")),
        (">5.50</cbc:Charge", ">5.500</cbc:Charge", "BR-DEC-11", format!("{total}/cbc:ChargeTotalAmount")),
        (">95.25<", ">95.251<", "BR-DEC-12", format!("{total}/cbc:TaxExclusiveAmount")),
        (">20.06<", ">20.061<", "BR-DEC-13", format!("{vat}/cbc:TaxAmount")),
        (">115.31<", ">115.314<", "BR-DEC-14", format!("{total}/cbc:TaxInclusiveAmount")),
        (">15.00<", ">15.000<", "BR-DEC-16", format!("{total}/cbc:PrepaidAmount")),
        (">-0.01<", ">-0.010<", "BR-DEC-17", format!("{total}/cbc:PayableRoundingAmount")),
        (">100.30<", ">100.300<", "BR-DEC-18", format!("{total}/cbc:PayableAmount")),
        (">95.50<", ">95.500<", "BR-DEC-19", format!("{vat}/cac:TaxSubtotal[1]/cbc:TaxableAmount")),
        (">0<", ">0.000<", "BR-DEC-20", format!("{vat}/cac:TaxSubtotal[2]/cbc:TaxAmount")),
        (
            ">100.00</cbc:Line",
            ">100.000</cbc:Line",
            "BR-DEC-23",
            format!("{line}[1]/cbc:LineExtensionAmount"),
        ),
        (">2.00<", ">2.000<", "BR-DEC-24", format!("{line}[1]/cac:AllowanceCharge/cbc:Amount")),
        (">102.00<", ">102.000<", "BR-DEC-25", format!("{line}[1]/cac:AllowanceCharge/cbc:BaseAmount")),
    ];
    for (from, to, rule, path) in table {
        expect_one_refusal(INVOICE, &[(from, to, rule, &path)]);
    }
    expect_one_refusal(
        CREDIT_NOTE,
        &[(">241.50<", ">241.500<", "BR-DEC-15", "/CreditNote/cac:TaxTotal[2]/cbc:TaxAmount")],
    );
}

#[test]
fn values_have_the_type_of_the_schema() {
    let payable = "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount";
    let currency = "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount/@currencyID";
    let country = "cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode";
    let seller = format!("/Invoice/cac:AccountingSupplierParty/{country}");
    let table = [
        (">NL<", ">Nederland<", "BR-CL-14", seller.as_str()),
        (">NL<", ">N1<", "BR-CL-14", seller.as_str()),
        (">100.30<", ">1e2<", "XSD", payable),
        (">100.30<", ">100,30<", "XSD", payable),
        (">100.30<", ">NaN<", "XSD", payable),
        (">100.30<", ">--1<", "XSD", payable),
        (">100.30<", ">.<", "XSD", payable),
        (">100.30<", ">1000000000.00<", "TIJDIG-LIMIT", payable),
        (">100.30<", ">99999999999999999999999999999999999999999<", "TIJDIG-LIMIT", payable),
        (" currencyID=\"EUR\">100.30<", ">100.30<", "XSD", currency),
        ("\"EUR\">100.30<", "\"USD\">100.30<", "PEPPOL-EN16931-R051", currency),
        (">200.0005<", ">veel<", "XSD", "/Invoice/cac:InvoiceLine[1]/cbc:InvoicedQuantity"),
        (">true<", ">ja<", "XSD", "/Invoice/cac:AllowanceCharge[2]/cbc:ChargeIndicator"),
        (">2026-09-01<", ">01-09-2026<", "PEPPOL-EN16931-F001", "/Invoice/cbc:IssueDate"),
        (">2026-09-01<", ">20260901<", "PEPPOL-EN16931-F001", "/Invoice/cbc:IssueDate"),
        (">2026-09-01<", ">2026-09-01Z<", "PEPPOL-EN16931-F001", "/Invoice/cbc:IssueDate"),
        (">2026-09-15<", ">2026-02-29<", "PEPPOL-EN16931-F001", "/Invoice/cbc:DueDate"),
    ];
    expect_one_refusal(INVOICE, &table);
}

#[test]
fn only_euros_are_taken_in() {
    let dollars = INVOICE.replace("EUR", "USD");
    assert_eq!(refusals(&dollars), [("TIJDIG-CUR", "/Invoice/cbc:DocumentCurrencyCode".to_owned())]);
}

#[test]
fn what_may_be_there_once_is_not_there_twice() {
    let parties = "/Invoice/cac:AccountingCustomerParty/cac:Party";
    let name = format!("{parties}/cac:PartyLegalEntity[2]");
    let table = [
        ("<cbc:IssueDate>", "<cbc:ID>X</cbc:ID><cbc:IssueDate>", "TIJDIG-ONE", "/Invoice/cbc:ID[2]"),
        (
            "<cbc:PayableAmount",
            "<cbc:PayableAmount currencyID=\"EUR\">1.00</cbc:PayableAmount><cbc:PayableAmount",
            "TIJDIG-ONE",
            "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount[2]",
        ),
        ("<cac:Contact>", "<cac:PartyLegalEntity/><cac:Contact>", "TIJDIG-ONE", &name),
    ];
    // The doubled amount is also the wrong one, so its sum does not come out either.
    for (from, to, rule, path) in table {
        let got = refusals(&INVOICE.replacen(from, to, 1));
        assert!(got.contains(&(rule, path.to_owned())), "{got:?}");
    }
}

#[test]
fn charges_have_the_rules_of_charges() {
    let dal = "false</cbc:ChargeIndicator>\n            <cbc:AllowanceChargeReason>Dal";
    assert!(INVOICE.contains(dal));
    let charged = INVOICE.replace(dal, &dal.replacen("false", "true", 1));
    let charge = "/Invoice/cac:InvoiceLine[1]/cac:AllowanceCharge";
    let amount = "<cbc:Amount currencyID=\"EUR\">2.00</cbc:Amount>";
    expect_one_refusal(
        &charged,
        &[
            (amount, "", "BR-43", &format!("{charge}/cbc:Amount")),
            (">2.00<", ">2.000<", "BR-DEC-27", &format!("{charge}/cbc:Amount")),
            (">102.00<", ">102.000<", "BR-DEC-28", &format!("{charge}/cbc:BaseAmount")),
            (
                ">5.5</cbc:Amount>",
                ">5.5</cbc:Amount><cbc:BaseAmount currencyID=\"EUR\">1.001</cbc:BaseAmount>",
                "BR-DEC-06",
                "/Invoice/cac:AllowanceCharge[2]/cbc:BaseAmount",
            ),
        ],
    );
}
