//! The text message of a notice: what it says in at most two parts, and what it refuses to say.

use domain::notice::Channel;
use domain::step::StepKind;
use domain::{Language, Money};
use pages::mail::{ClaimedView, NoticeView};
use pages::sms::{Encoding, RenderedSms, SmsError, render};

mod views;

use views::notice;

#[allow(clippy::unwrap_used, reason = "helper of tests")]
fn sms(view: &NoticeView<'_>) -> RenderedSms {
    render(view).unwrap()
}

#[test]
fn every_kind_that_may_go_by_text_fits_in_two_parts_with_large_amounts_and_long_names() {
    for language in views::LANGUAGES {
        for kind in views::KINDS.into_iter().filter(|kind| kind.may_go_by(Channel::Sms)) {
            for count in [1, 40] {
                let mut view = notice(language, kind, count);
                view.creditor.name = "Energie- en Warmtebedrijf Überall voor Noord-Brabant en Limburg";
                if kind.is_collection() {
                    view.claimed = ClaimedView {
                        costs: Money::from_cents(6_775_00),
                        interest: Money::from_cents(12_345_67),
                    };
                    view.total_open = view.total_open + view.claimed.costs + view.claimed.interest;
                }
                let sms = render(&view).unwrap_or_else(|e| panic!("{language:?} {kind:?} {count}: {e}"));
                assert!(sms.size.parts <= 2, "{language:?} {kind:?}: {:?} {}", sms.size, sms.text);
                assert_eq!(sms.size.encoding, Encoding::Gsm, "{}", sms.text);
                assert!(sms.text.contains(view.portal_url), "{}", sms.text);
            }
        }
    }
}

#[test]
fn text_messages_read_as_agreed() {
    let table = [
        (
            Language::Nl,
            StepKind::Reminder,
            "Herinnering van Stroomvast Energie: er staat nog € 261,34 open. Wilt u dit betalen? Maak over op \
             NL91ABNA0417164300, kenmerk 5000056789012345. Meer: https://tijdig.example.nl/portal/3f9c2a7d41 Lukt dat \
             niet? Bel 088 123 45 67. Wij bellen ook terug. Een regeling kan. Al betaald? Dan hoeft u niets te doen.",
        ),
        (
            Language::Nl,
            StepKind::FinalReminder,
            "Laatste herinnering van Stroomvast Energie: er staat nog € 261,34 open. Betaal nu, of bel ons. Meer: \
             https://tijdig.example.nl/portal/3f9c2a7d41 Lukt dat niet? Bel 088 123 45 67. Wij bellen ook terug. \
             Een regeling kan. Geldzorgen? Geldfit helpt gratis: 0800-8115.",
        ),
        (
            Language::En,
            StepKind::PreReminder,
            "Stroomvast Energie: €261.34 is still open. Will you pay on time? Transfer to NL91ABNA0417164300, reference \
             5000056789012345. More: https://tijdig.example.nl/portal/3f9c2a7d41 Questions? Call 088 123 45 67. Already \
             paid? Then you do not have to do anything.",
        ),
    ];
    for (language, kind, expected) in table {
        assert_eq!(sms(&notice(language, kind, 2)).text, expected);
    }
}

#[test]
fn an_invoice_on_which_nothing_is_to_be_paid_names_no_way_to_pay() {
    let mut view = notice(Language::Nl, StepKind::InvoiceSending, 1);
    view.total_open = Money::ZERO;
    view.items[0].open = Money::ZERO;
    let sms = sms(&view);
    assert!(sms.text.contains("U hoeft niets te betalen") && !sms.text.contains("NL91"), "{}", sms.text);
}

#[test]
fn an_instalment_names_its_day() {
    let sms = sms(&views::instalment_reminder(Language::Nl, 0));
    assert!(sms.text.contains("11 oktober 2026") && sms.text.contains("60,50"), "{}", sms.text);
}

#[test]
fn what_a_step_has_to_say_is_never_left_out() {
    let address = format!("https://tijdig.example.nl/{}", "a".repeat(250));
    let view = NoticeView { portal_url: &address, ..notice(Language::Nl, StepKind::FinalReminder, 1) };
    assert!(matches!(render(&view), Err(SmsError::TooLong)));
}

#[test]
fn a_notice_that_has_to_be_a_letter_is_none() {
    for kind in [StepKind::FormalNotice, StepKind::EndOfServiceAnnouncement, StepKind::NoticeOfDefault] {
        assert!(matches!(render(&notice(Language::Nl, kind, 1)), Err(SmsError::NotByText)), "{kind:?}");
    }
    // Nor one that carries a formal notice beside something heavier.
    let mut view = notice(Language::Nl, StepKind::Summons, 2);
    view.items[1].step = StepKind::FormalNotice;
    assert!(matches!(render(&view), Err(SmsError::NotByText)));
}

#[test]
fn the_debtor_is_not_named() {
    for language in views::LANGUAGES {
        assert!(!sms(&notice(language, StepKind::Reminder, 1)).text.contains("Vries"));
    }
}
