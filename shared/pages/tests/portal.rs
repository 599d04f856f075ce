//! Pages of the portal: whole by themselves, in both languages, with what was typed where something is wrong.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

use std::collections::BTreeMap;

use domain::administration::{Administration, Creditor, Sector};
use domain::debtor::{Address, Debtor, DebtorKind, EmailAddress};
use domain::dossier::Dossier;
use domain::invoice::{Invoice, InvoiceKind, Sending};
use domain::{Language, Money};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use pages::portal::{self, Details, Done, Form, Frame, Said};

const LANGUAGES: [Language; 2] = [Language::Nl, Language::En];

fn now() -> Timestamp {
    "2026-09-08T08:00:00Z".parse().unwrap()
}

fn administration() -> Administration {
    let creditor = Creditor {
        name: "Stroomvast Energie".to_owned(),
        address_lines: vec!["Postbus 1".to_owned(), "3500 AA Utrecht".to_owned()],
        iban: "NL91ABNA0417164300".to_owned(),
        bic: None,
        phone: "030 123 45 67".to_owned(),
        email: "service@stroomvast.example".to_owned(),
        sender: "facturen@stroomvast.example".to_owned(),
        opening_hours: None,
        platform_identification: "12345".to_owned(),
    };
    Administration::new("demo".parse().unwrap(), creditor, Sector::Energy)
}

fn invoice(id: &str, due: Date, cents: i64) -> Invoice {
    Invoice {
        id: id.parse().unwrap(),
        number: format!("2026-{id}"),
        kind: InvoiceKind::Invoice,
        issue_date: date(2026, 8, 18),
        due_date: due,
        total: Money::from_cents(cents),
        ledger: None,
        recurring_term: true,
        payment_reference: None,
        payment_condition: None,
        corrects: None,
        lines: Vec::new(),
        parties: None,
        labels: Vec::new(),
        modified_at: now(),
        deleted_at: None,
        sending: Sending::ByPolicy,
        bookings: Vec::new(),
        closed_on: None,
        steps: Vec::new(),
        policy_id: None,
        planned: None,
        restarted_on: None,
        formal_notice: None,
        charges: Vec::new(),
        claimed: None,
    }
}

fn debtor(name: &str) -> Debtor {
    Debtor {
        id: "d1".parse().unwrap(),
        number: "T-1".to_owned(),
        kind: DebtorKind::Consumer,
        name: name.to_owned(),
        person: None,
        emails: vec![EmailAddress::parse("j.devries@example.nl").unwrap()],
        phone: None,
        mobile: Some("06 12345678".to_owned()),
        language: Language::Nl,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: Some(Address {
            street: "Oudegracht".to_owned(),
            house_number: Some("1".to_owned()),
            suffix: None,
            postcode: Some("3511AA".to_owned()),
            city: "Utrecht".to_owned(),
            country: "NL".to_owned(),
        }),
        policy_id: None,
        labels: Vec::new(),
        modified_at: now(),
    }
}

/// Two invoices: one is late, of the other today is the last day.
fn dossier() -> Dossier {
    let mut dossier = Dossier::new(debtor("J. de Vries"), now());
    for invoice in [invoice("1", date(2026, 9, 1), 121_00), invoice("2", date(2026, 9, 8), 60_50)] {
        dossier.invoices.insert(invoice.id.clone(), invoice);
    }
    dossier
}

fn frame(administration: &Administration, language: Language) -> Frame<'_> {
    let creditor = &administration.creditor;
    Frame { language, creditor, form_token: "form-token", once: "once", done: None }
}

/// A page without its stylesheet, which is looked at elsewhere.
fn body(page: &str) -> String {
    page.replace(pages::layout::STYLESHEET, "")
}

#[test]
fn the_door_shows_nothing_of_anybody() {
    for language in LANGUAGES {
        let door = portal::door(language, "form-token", Some(Said::Asked)).unwrap();
        insta::assert_snapshot!(format!("portal_{language:?}_door").to_lowercase(), body(&door));
        let letter = portal::letter(language, "form-token", Some(Said::Wrong)).unwrap();
        insta::assert_snapshot!(format!("portal_{language:?}_letter").to_lowercase(), body(&letter));
    }
}

#[test]
fn the_overview_says_what_is_owed_and_what_comes_next() {
    let administration = administration();
    for language in LANGUAGES {
        let frame = Frame { done: Some(Done::Promise), ..frame(&administration, language) };
        let page = portal::overview(&frame, &dossier(), &administration, now()).unwrap();
        insta::assert_snapshot!(format!("portal_{language:?}_overview").to_lowercase(), body(&page));
    }
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let administration = administration();
    let typed = [("email", "no <address>"), ("mobile", ""), ("phone", ""), ("language", "nl")];
    let typed: BTreeMap<String, String> =
        typed.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for language in LANGUAGES {
        let mut form = Form::of(typed.clone());
        form.refuse("email", "not_an_email");
        let page = portal::details(&frame(&administration, language), Details(&debtor("J. de Vries")), &form)
            .unwrap();
        for said in [
            "value=\"no &#60;address&#62;\"",
            "aria-invalid=\"true\"",
            "aria-describedby=\"email-problem\"",
            "href=\"#email\"",
            "role=\"alert\"",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        insta::assert_snapshot!(format!("portal_{language:?}_details").to_lowercase(), body(&page));
    }
}

#[test]
fn a_thousand_invoices_are_still_a_page_for_a_phone() {
    let administration = administration();
    let mut dossier = dossier();
    for number in 3..1_000 {
        let invoice = invoice(&number.to_string(), date(2026, 9, 1), 10_00);
        dossier.invoices.insert(invoice.id.clone(), invoice);
    }
    let page =
        portal::overview(&frame(&administration, Language::Nl), &dossier, &administration, now()).unwrap();
    assert!(page.len() < 100_000, "{}", page.len());
    assert!(page.contains("En nog 939 facturen"), "{page}");
}

#[test]
fn a_name_of_a_creditor_or_invoice_is_escaped() {
    let mut administration = administration();
    administration.creditor.name = "</title><script>alert(1)</script>".to_owned();
    let mut dossier = dossier();
    let mut hostile = invoice("9", date(2026, 9, 1), 1_00);
    hostile.number = "<img src=x>".to_owned();
    dossier.invoices.insert(hostile.id.clone(), hostile);
    let page =
        portal::overview(&frame(&administration, Language::En), &dossier, &administration, now()).unwrap();
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
}
