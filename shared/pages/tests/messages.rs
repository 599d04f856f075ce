//! The statement of account, and the mail that brings what somebody at the desk wrote.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

use domain::administration::{Administration, Creditor, Sector};
use domain::debtor::{Debtor, DebtorKind, EmailAddress};
use domain::dossier::Dossier;
use domain::ids::{AdministrationId, DebtorId};
use domain::message::{Attached, Author, Message};
use domain::step::StepKind;
use domain::texts::Tone;
use domain::{Language, Money};
use jiff::Timestamp;
use jiff::civil::date;
use pages::mail::{ClaimedView, InstalmentView, NoticeView, RenderedMail, render};
use pages::message_mail::{self, MessageMailError};
use pages::sms;

mod views;

const PORTAL: &str = "https://tijdig.example.nl/portal/3f9c2a7d41";

/// A statement about two late invoices, with costs, interest, a credit and a payment plan that runs.
fn statement(language: Language) -> NoticeView<'static> {
    let mut view = views::notice(language, StepKind::Statement, 2);
    let (costs, interest, credit) =
        (Money::from_cents(40_00), Money::from_cents(3_21), Money::from_cents(25_00));
    view.claimed = ClaimedView { costs, interest };
    view.total_open = view.total_open + costs + interest - credit;
    let amount = Money::from_cents(60_50);
    view.plan = Some(InstalmentView { number: 2, of: 4, amount, due_on: date(2026, 10, 11), days_left: 4 });
    view
}

fn tag(language: Language) -> String {
    format!("{language:?}").to_lowercase()
}

fn both(mail: &RenderedMail) -> String {
    format!("{}\n\n{}", mail.subject, mail.text)
}

#[test]
fn a_statement_reads_as_agreed() {
    for language in views::LANGUAGES {
        let mail = render(&statement(language)).unwrap();
        insta::assert_snapshot!(format!("{}_statement_text", tag(language)), both(&mail));
    }
    insta::assert_snapshot!("nl_statement_html", render(&statement(Language::Nl)).unwrap().html);
}

#[test]
fn a_statement_says_that_it_is_no_reminder_and_sets_no_day() {
    for (language, tone, no_reminder, day) in [
        (Language::Nl, Tone::Formal, "Dit is geen herinnering.", "Betaal vóór"),
        (Language::Nl, Tone::Friendly, "Dit is geen herinnering.", "Betaal vóór"),
        (Language::En, Tone::Formal, "This is not a reminder.", "Pay before"),
    ] {
        let mail = render(&NoticeView { tone, ..statement(language) }).unwrap();
        let text = mail.text.replace('\n', " ");
        assert!(text.contains(no_reminder), "{text}");
        assert!(!text.contains(day), "{text}");
    }
}

#[test]
fn a_statement_names_no_help_no_municipality_and_no_health() {
    let text = render(&statement(Language::Nl)).unwrap().text;
    for of_reminders in ["Geldfit", "gemeente", "gezondheid"] {
        assert!(!text.contains(of_reminders), "{of_reminders} is in {text}");
    }
}

#[test]
fn a_statement_is_no_text_message() {
    assert!(sms::render(&statement(Language::Nl)).is_err());
}

fn administration() -> Administration {
    let creditor = Creditor {
        name: "Stroomvast Energie".to_owned(),
        address_lines: vec!["Kanaalweg 12".to_owned(), "3526 KL Utrecht".to_owned()],
        iban: "NL91ABNA0417164300".to_owned(),
        bic: None,
        phone: "088 123 45 67".to_owned(),
        email: "betalen@stroomvast.example.nl".to_owned(),
        sender: "betalen@stroomvast.example.nl".to_owned(),
        opening_hours: None,
        platform_identification: "1".to_owned(),
    };
    Administration::new(AdministrationId::parse("a").unwrap(), creditor, Sector::Energy)
}

fn dossier(language: Language, name: &str) -> Dossier {
    let now: Timestamp = "2026-10-07T08:00:00Z".parse().unwrap();
    let debtor = Debtor {
        id: DebtorId::parse("d1").unwrap(),
        number: "D-1".to_owned(),
        kind: DebtorKind::Consumer,
        name: name.to_owned(),
        person: None,
        emails: vec![EmailAddress::parse("d1@example.nl").unwrap()],
        phone: None,
        mobile: None,
        language,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: None,
        policy_id: None,
        labels: Vec::new(),
        modified_at: now,
    };
    Dossier::new(debtor, now)
}

fn message(text: &str, files: usize) -> Message {
    let file = Attached {
        name: "meter.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        bytes: 9,
        sha256: "0".repeat(64),
    };
    Message {
        id: DebtorId::parse("d1").unwrap().message(1),
        author: Author::Desk,
        by: "desk".to_owned(),
        invoice: None,
        text: text.to_owned(),
        at: "2026-10-07T08:00:00Z".parse().unwrap(),
        attachments: vec![file; files],
        read: None,
        notice: None,
        request: None,
    }
}

fn written(language: Language, text: &str, files: usize) -> RenderedMail {
    let dossier = dossier(language, "J. de Vries");
    message_mail::written(&dossier, &administration(), &message(text, files), None, PORTAL).unwrap()
}

#[test]
fn a_message_of_the_desk_reads_as_agreed() {
    let text = "Goede vraag.\n\nDe meterstand was geschat.\nWij passen hem aan.";
    for language in views::LANGUAGES {
        insta::assert_snapshot!(format!("{}_message_text", tag(language)), both(&written(language, text, 2)));
    }
    insta::assert_snapshot!("nl_message_html", written(Language::Nl, text, 0).html);
}

#[test]
fn what_a_person_wrote_stays_text_and_asks_for_no_payment() {
    let mail = written(Language::Nl, "<b>hallo</b> & {{ name }}\n<script>x</script>", 0);
    assert!(!mail.html.contains("<b>hallo") && !mail.html.contains("<script>x"), "{}", mail.html);
    assert!(mail.text.contains("<b>hallo</b> & {{ name }}\n<script>x</script>"), "{}", mail.text);
    for of_notices in ["IBAN", "Betaal", "bijlage"] {
        assert!(!mail.text.contains(of_notices), "{of_notices} is in {}", mail.text);
    }
    assert!(!mail.subject.contains("hallo"), "a locked screen shows it: {}", mail.subject);
}

#[test]
fn lines_of_the_text_part_stay_within_78_columns() {
    let long = "een heel lang verhaal over een meter ".repeat(40);
    let text = written(Language::Nl, &long, 1).text;
    assert!(text.lines().all(|line| line.chars().count() < 78), "{text}");
}

#[test]
fn a_page_that_is_no_web_address_is_never_made_a_link() {
    let (dossier, text) = (dossier(Language::Nl, ""), message("x", 0));
    let made = message_mail::written(&dossier, &administration(), &text, None, "javascript:alert(1)");
    assert!(matches!(made, Err(MessageMailError::PortalAddress)));
}
