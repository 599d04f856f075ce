//! What is read from documents that are right.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::Money;
use formats::ubl::{UblDocument, UblId, UblKind, UblPaymentMeans, UblPrecedingInvoice, parse};
use jiff::civil::date;

const INVOICE: &str = include_str!("../../tests-data/invoice-consumer.xml");
const CREDIT_NOTE: &str = include_str!("../../tests-data/credit-note-business.xml");

fn read(xml: &str) -> UblDocument {
    parse(xml.as_bytes()).unwrap()
}

fn id(scheme: Option<&str>, id: &str) -> UblId {
    UblId { scheme: scheme.map(str::to_owned), id: id.to_owned() }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn an_invoice_gives_its_number_dates_references_and_texts() {
    let invoice = read(INVOICE);
    assert_eq!(invoice.kind, UblKind::Invoice);
    assert_eq!((invoice.type_code.as_str(), invoice.number.as_str()), ("380", "2026-0001"));
    assert_eq!((invoice.issue_date, invoice.due_date), (date(2026, 9, 1), Some(date(2026, 9, 15))));
    assert_eq!(invoice.currency, "EUR");
    assert_eq!(invoice.note, some("Stroom en warmte, september\nVragen? Bel ons & vertel het even."));
    assert_eq!((invoice.buyer_reference, invoice.order_reference), (some("K-1001"), some("CONTRACT-77")));
    assert_eq!(invoice.preceding_invoices, []);
    assert_eq!(invoice.payment_terms, some("Betalen binnen 14 dagen"));
}

#[test]
fn an_invoice_gives_its_parties() {
    let UblDocument { seller, buyer, .. } = read(INVOICE);
    assert_eq!(seller.name(), "Domstroom Energie B.V.");
    assert_eq!(seller.trading_name, some("Domstroom"));
    assert_eq!(seller.endpoint, Some(id(Some("0106"), "12345678")));
    assert_eq!(seller.identifiers, [id(Some("0106"), "12345678"), id(None, "LEV-9")]);
    assert_eq!(seller.legal_id, Some(id(Some("0106"), "12345678")));
    assert_eq!(seller.vat_id, some("NL123456782B90"));
    assert_eq!(buyer.name(), "A. Proefpersoon");
    assert_eq!((buyer.endpoint, buyer.legal_id, buyer.vat_id, buyer.trading_name), (None, None, None, None));
    assert_eq!(buyer.address.street, some("Voorbeeldgracht 1"));
    assert_eq!(buyer.address.additional, some("bis"));
    assert_eq!((buyer.address.postcode, buyer.address.city), (some("3511AA"), some("Utrecht")));
    assert_eq!(buyer.address.country, "NL");
    assert_eq!(buyer.contact.name, some("A. Proefpersoon"));
    assert_eq!(buyer.contact.phone, some("+31600000000"));
    assert_eq!(buyer.contact.email, some("proefpersoon@example.nl"));
}

#[test]
fn an_invoice_gives_its_amounts_to_the_cent() {
    let invoice = read(INVOICE);
    let amounts = [
        (invoice.tax_exclusive, 9_525),
        (invoice.tax, 2_006),
        (invoice.tax_inclusive, 11_531),
        (invoice.prepaid, 1_500),
        (invoice.rounding, -1),
        (invoice.payable, 10_030),
    ];
    for (amount, cents) in amounts {
        assert_eq!(amount, Money::from_cents(cents));
    }
    let lines: Vec<_> = invoice.lines.iter().map(|line| (line.id.as_str(), line.name.as_str())).collect();
    assert_eq!(lines, [("1", "Stroom"), ("2", "Correctie")]);
    assert_eq!(invoice.lines[0].quantity.to_string(), "200.0005");
    assert_eq!(invoice.lines[1].net_amount, Money::from_cents(-25));
    assert_eq!(invoice.tax_subtotals[0].category, some("S"));
    assert_eq!(invoice.tax_subtotals[0].percent.unwrap().normalize().to_string(), "21");
    assert_eq!(
        (invoice.tax_subtotals[1].taxable, invoice.tax_subtotals[1].tax),
        (Money::from_cents(-25), Money::ZERO)
    );
}

#[test]
fn an_invoice_gives_every_means_of_payment() {
    let transfer = UblPaymentMeans {
        code: "58".to_owned(),
        payment_id: some("5000056789012345"),
        iban: some("NL91ABNA0417164300"),
        account_name: some("Domstroom Energie"),
        bic: some("ABNANL2A"),
    };
    let debit = UblPaymentMeans {
        code: "59".to_owned(),
        payment_id: None,
        iban: None,
        account_name: None,
        bic: None,
    };
    assert_eq!(read(INVOICE).payment_means, [transfer, debit]);
}

#[test]
fn a_credit_note_under_other_prefixes_is_the_same_to_us() {
    let note = read(CREDIT_NOTE);
    assert_eq!((note.kind, note.type_code.as_str()), (UblKind::CreditNote, "381"));
    assert_eq!(note.number, "C-2026-7");
    assert_eq!(note.due_date, Some(date(2026, 10, 31)));
    assert_eq!(
        (note.payable, note.tax, note.prepaid),
        (Money::from_cents(12_100), Money::from_cents(2_100), Money::ZERO)
    );
    assert_eq!(note.seller.address.country, "NL");
    assert_eq!(note.lines[0].name, "Teruggaaf <warmte>");
    let preceding = [
        UblPrecedingInvoice { number: "2026-0001".to_owned(), issue_date: Some(date(2026, 9, 1)) },
        UblPrecedingInvoice { number: "2026-0002".to_owned(), issue_date: None },
    ];
    assert_eq!(note.preceding_invoices, preceding);
}

#[test]
fn what_the_rules_leave_open_is_accepted() {
    let table: [(&str, &str, &str); 11] = [
        ("a byte order mark", "<?xml", "\u{feff}<?xml"),
        ("no encoding", " encoding=\"UTF-8\"", ""),
        ("lower case encoding", "\"UTF-8\"", "'utf-8'"),
        ("no due date, but terms", "<cbc:DueDate>2026-09-15</cbc:DueDate>", ""),
        ("no terms, but a due date", "<cbc:Note>Betalen binnen 14 dagen</cbc:Note>", ""),
        ("a self-billed invoice", "380</cbc:Inv", "389</cbc:Inv"),
        ("an account that is no IBAN", "NL91ABNA0417164300", "IBAN32423940"),
        (
            "an order reference without a buyer reference",
            "<cbc:BuyerReference>K-1001</cbc:BuyerReference>",
            "",
        ),
        ("white space around values", ">2026-09-15<", ">\n 2026-09-15 \n<"),
        ("a plus sign and no whole part", ">5.5<", ">+05.5<"),
        ("the other word for true", ">true<", ">1<"),
    ];
    for (what, from, to) in table {
        assert!(INVOICE.contains(from), "{what}");
        let answer = parse(INVOICE.replacen(from, to, 1).as_bytes());
        assert!(answer.is_ok(), "{what}: {answer:?}");
    }
}

#[test]
fn an_invoice_may_be_settled_or_owed_by_the_seller() {
    for (prepaid, payable) in [("115.30", "0.00"), ("115.31", "-0.01")] {
        let xml =
            INVOICE.replace(">15.00<", &format!(">{prepaid}<")).replace(">100.30<", &format!(">{payable}<"));
        assert_eq!(read(&xml).payable.to_string(), payable);
    }
}

#[test]
fn a_corrective_invoice_names_what_it_corrects() {
    let reference = "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2026-0000</cbc:ID>\
        </cac:InvoiceDocumentReference></cac:BillingReference><cac:AccountingSupplierParty>";
    let xml =
        INVOICE.replace("380</cbc:Inv", "384</cbc:Inv").replace("<cac:AccountingSupplierParty>", reference);
    let invoice = read(&xml);
    assert_eq!(
        (invoice.type_code.as_str(), invoice.preceding_invoices[0].number.as_str()),
        ("384", "2026-0000")
    );
}
