//! The mail of a notice: what it says, what it refuses to say, and that data stay data.

use domain::administration::Sector;
use domain::debtor::DebtorKind;
use domain::step::StepKind;
use domain::{Language, Money};
use pages::mail::{CostsView, MOST_ITEMS, MailError, NoticeView, RenderedMail, render};
use proptest::prelude::*;

mod views;

use views::notice;

#[allow(clippy::unwrap_used, reason = "helper of tests")]
fn mail(view: &NoticeView<'_>) -> RenderedMail {
    render(view).unwrap()
}

#[test]
fn a_dutch_final_reminder_of_two_invoices_reads_as_agreed() {
    let mail = mail(&notice(Language::Nl, StepKind::FinalReminder, 2));
    insta::assert_snapshot!("nl_final_reminder_text", format!("{}\n\n{}", mail.subject, mail.text));
    insta::assert_snapshot!("nl_final_reminder_html", mail.html);
}

#[test]
fn an_english_formal_notice_reads_as_agreed() {
    let mail = mail(&notice(Language::En, StepKind::FormalNotice, 1));
    insta::assert_snapshot!("en_formal_notice_text", format!("{}\n\n{}", mail.subject, mail.text));
    insta::assert_snapshot!("en_formal_notice_html", mail.html);
}

#[test]
fn the_other_kinds_read_as_agreed() {
    let kinds =
        [StepKind::InvoiceSending, StepKind::Summons, StepKind::SecondSummons, StepKind::NoticeOfDefault];
    for language in views::LANGUAGES {
        for kind in kinds {
            let mail = mail(&notice(language, kind, 2));
            let name = format!("{}_{}_text", format!("{language:?}").to_lowercase(), kind.name());
            insta::assert_snapshot!(name, format!("{}\n\n{}", mail.subject, mail.text));
        }
    }
}

#[test]
fn a_mail_with_documents_says_that_they_are_there() {
    let table = [
        (Language::Nl, 0, None),
        (Language::Nl, 1, Some("Bij deze e-mail zit een bijlage.")),
        (Language::Nl, 3, Some("Bij deze e-mail zitten 3 bijlagen.")),
        (Language::En, 1, Some("There is one document attached to this e-mail.")),
        (Language::En, 2, Some("There are 2 documents attached to this e-mail.")),
    ];
    for (language, attached, sentence) in table {
        let view = notice(language, StepKind::InvoiceSending, 1);
        let mail = mail(&NoticeView { attached, ..view });
        for part in [&mail.text, &mail.html] {
            match sentence {
                Some(sentence) => assert!(part.contains(sentence), "{part}"),
                None => assert!(!part.contains("bijlage") && !part.contains("attached"), "{part}"),
            }
        }
    }
}

#[test]
fn an_instalment_reminder_reads_as_agreed() {
    for language in views::LANGUAGES {
        for count in [0, 1] {
            let mail = mail(&views::instalment_reminder(language, count));
            let name = format!("{}_instalment_{count}_text", format!("{language:?}").to_lowercase());
            insta::assert_snapshot!(name, format!("{}\n\n{}", mail.subject, mail.text));
        }
    }
    insta::assert_snapshot!("nl_instalment_html", mail(&views::instalment_reminder(Language::Nl, 1)).html);
}

#[test]
fn both_parts_of_an_instalment_reminder_name_its_number_amount_and_day() {
    for (language, parts) in [
        (Language::Nl, ["Termijn 2 van 4", "€ 60,50", "11 oktober 2026"]),
        (Language::En, ["Instalment 2 of 4", "€60.50", "11 October 2026"]),
    ] {
        for count in [0, 2] {
            let mail = mail(&views::instalment_reminder(language, count));
            let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let html = unescaped(&mail.html).replace('\u{a0}', " ");
            for part in parts {
                assert!(text.contains(part), "{part}: {text}");
                assert!(html.contains(part), "{part}: {html}");
            }
            assert!(!mail.subject.contains("60"), "{}", mail.subject);
        }
    }
}

#[test]
fn the_creditors_own_opening_takes_the_place_of_ours_and_the_law_stays() {
    let own = "Wij missen\nuw betaling <b>nog</b>.";
    let mut view = notice(Language::Nl, StepKind::FormalNotice, 1);
    let ours = "Daarom krijgt u nu deze aanmaning";
    assert!(mail(&view).text.split_whitespace().collect::<Vec<_>>().join(" ").contains(ours));
    view.own_opening = Some(own);
    let mail = mail(&view);
    let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Wij missen uw betaling <b>nog</b>.") && !text.contains(ours), "{text}");
    assert!(text.contains("binnen vijftien dagen nadat deze e-mail bij u is bezorgd"), "{text}");
    assert!(!mail.html.contains("<b>nog</b>"));
}

#[test]
fn an_item_may_ask_for_more_than_its_invoice() {
    let mut view = notice(Language::Nl, StepKind::Summons, 1);
    view.items[0].open = view.items[0].total + Money::from_cents(40_00);
    view.total_open = view.items[0].open;
    let text = mail(&view).text;
    assert!(text.contains("201,34"), "{text}");
}

#[test]
fn whoever_is_pressed_is_pointed_to_help_whatever_the_sector() {
    let mut view = notice(Language::Nl, StepKind::Summons, 1);
    (view.offers_municipality, view.offers_debt_help, view.sector) = (false, false, Sector::Other);
    assert!(mail(&view).text.contains("Geldfit"));
    view.debtor_kind = DebtorKind::Business;
    assert!(!mail(&view).text.contains("Geldfit"));
}

#[test]
fn both_parts_of_every_mail_tell_the_same_facts() {
    for language in views::LANGUAGES {
        for kind in views::KINDS {
            for count in [1, 3, 40] {
                let mail = mail(&notice(language, kind, count));
                let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
                let html = unescaped(&mail.html).replace('\u{a0}', " ");
                for fact in facts(language, count) {
                    assert!(text.contains(fact), "{language:?} {kind:?} {count}: text lacks {fact}");
                    assert!(html.contains(fact), "{language:?} {kind:?} {count}: html lacks {fact}");
                }
            }
        }
    }
}

fn facts(language: Language, count: i32) -> Vec<&'static str> {
    let (total, late) = match (language, count) {
        (Language::Nl, 1) => ("€ 161,34", "2026"),
        (Language::Nl, 3) => ("€ 423,28", "€ 161,64"),
        (Language::Nl, _) => ("€ 6.625,96", "€ 161,64"),
        (Language::En, 1) => ("€161.34", "2026"),
        (Language::En, 3) => ("€423.28", "€161.64"),
        (Language::En, _) => ("€6,625.96", "€161.64"),
    };
    vec![
        total,
        late,
        "Stroomvast Energie",
        "J. de Vries",
        "2026-0001",
        "NL91 ABNA 0417 1643 00",
        "ABNANL2A",
        "5000056789012345",
        "https://tijdig.example.nl/portal/3f9c2a7d41",
        "088 123 45 67",
        "betalen@stroomvast.example.nl",
        "Kanaalweg 12",
    ]
}

#[test]
fn a_formal_notice_counts_from_delivery_and_names_no_day() {
    for (language, words, day) in [
        (Language::Nl, "binnen vijftien dagen nadat deze e-mail bij u is bezorgd", "21 oktober 2026"),
        (Language::En, "within fifteen days after this e-mail was delivered to you", "21 October 2026"),
    ] {
        for kind in [StepKind::FormalNotice, StepKind::EndOfServiceAnnouncement] {
            let mut view = notice(language, kind, 2);
            view.items[0].step = StepKind::FormalNotice;
            let mail = mail(&view);
            assert!(mail.html.contains(words), "{kind:?}");
            assert!(mail.text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{kind:?}");
            assert!(!mail.html.contains(day) && !mail.text.contains(day), "{kind:?}");
            assert!(!mail.text.contains("14"), "{kind:?}: {}", mail.text);
        }
    }
}

#[test]
fn costs_are_named_to_the_cent_or_denied() {
    let mut view = notice(Language::Nl, StepKind::FormalNotice, 3);
    let with = mail(&view).text;
    // 15 % of 423.28, and both together.
    assert!(with.contains("€ 63,49 incassokosten") && with.contains("€ 486,77"), "{with}");
    view.costs = None;
    let without = mail(&view).text;
    assert!(without.contains("geen incassokosten") && !without.contains("63,49"), "{without}");
}

#[test]
fn a_formal_notice_in_a_bundle_demands_only_its_own_invoices() {
    let mut view = notice(Language::Nl, StepKind::FormalNotice, 3);
    view.items[2].step = StepKind::Reminder;
    view.costs = None;
    let text = mail(&view).text;
    assert!(text.contains("Betaal € 261,34 binnen vijftien dagen"), "{text}");
    assert!(text.contains("\"Aanmaning\""), "{text}");
}

#[test]
fn a_credit_is_deducted_in_sight() {
    let mut view = notice(Language::Nl, StepKind::Reminder, 2);
    view.total_open = Money::from_cents(200_00);
    let text = mail(&view).text;
    assert!(text.contains("Tegoed dat wij verrekenen: € -61,34"), "{text}");
    assert!(text.contains("Totaal te betalen: € 200,00"), "{text}");
}

#[test]
fn what_asks_for_nothing_says_so_and_shows_no_way_to_pay() {
    // (language, a credit note, what is said, what is not)
    let table = [
        (Language::Nl, false, ["Uw factuur van", "U hoeft niets te betalen", "van € 161,34"], "IBAN"),
        (
            Language::Nl,
            true,
            ["Uw creditnota van", "U hoeft niets te betalen", "Factuurbedrag: € -161,34"],
            "IBAN",
        ),
        (
            Language::En,
            false,
            ["Your invoice from", "You do not have to pay anything", "of €"],
            "bank transfer",
        ),
        (
            Language::En,
            true,
            ["Your credit note from", "You do not have to pay anything", "-"],
            "bank transfer",
        ),
    ];
    for (language, is_credit_note, said, not_said) in table {
        let mut view = notice(language, StepKind::InvoiceSending, 1);
        (view.items[0].open, view.items[0].is_credit_note) = (Money::ZERO, is_credit_note);
        view.total_open = Money::ZERO;
        let mail = mail(&view);
        let all = format!("{}\n{}\n{}", mail.subject, mail.text, mail.html.replace('\u{a0}', " "));
        for words in said {
            assert!(all.contains(words), "{words}: {all}");
        }
        assert!(!mail.text.contains(not_said) && !mail.html.contains(not_said), "{}", mail.text);
    }
}

#[test]
fn what_does_not_add_up_is_refused() {
    type Change = fn(&mut NoticeView<'static>);
    let table: [(&str, Change, &str); 11] = [
        ("nothing in it", |v| v.items.clear(), "NoItems"),
        ("too much in it", |v| v.items = vec![v.items[0].clone(); MOST_ITEMS + 1], "TooManyItems"),
        ("lighter kind", |v| v.kind = StepKind::Reminder, "KindDiffers"),
        ("heavier kind", |v| v.kind = StepKind::EndOfServiceAnnouncement, "KindDiffers"),
        ("more than open", |v| v.total_open = v.total_open + Money::from_cents(1), "TotalDiffers"),
        ("nothing to pay", |v| v.total_open = Money::ZERO, "TotalDiffers"),
        (
            "costs over more than is asked for",
            |v| {
                v.costs =
                    Some(CostsView { principal: v.total_open + Money::from_cents(1), ..v.costs.unwrap() })
            },
            "PrincipalDiffers",
        ),
        ("costs over another step's invoice", |v| v.items[0].step = StepKind::Reminder, "PrincipalDiffers"),
        (
            "costs of nothing",
            |v| v.costs = Some(CostsView { costs: Money::ZERO, ..v.costs.unwrap() }),
            "CostsWithoutFormalNotice",
        ),
        (
            "costs without formal notice",
            |v| {
                v.kind = StepKind::Reminder;
                v.items.iter_mut().for_each(|i| i.step = StepKind::Reminder);
            },
            "CostsWithoutFormalNotice",
        ),
        ("a script for a page", |v| v.portal_url = "javascript:alert(1)", "PortalAddress"),
    ];
    for (what, change, expected) in table {
        let mut view = notice(Language::Nl, StepKind::FormalNotice, 3);
        change(&mut view);
        let refusal: MailError = render(&view).expect_err(what);
        assert_eq!(format!("{refusal:?}"), expected, "{what}");
    }
}

#[test]
fn sections_follow_their_flags_and_the_sector() {
    let offer = "Mogen wij uw gemeente vragen";
    let help = "Geldfit";
    let talk = "laat ons u bellen";
    let health = "gevaarlijk voor uw gezondheid";
    let mut view = notice(Language::Nl, StepKind::FinalReminder, 1);
    let full = mail(&view).text;
    assert!([offer, help, talk, health].iter().all(|words| full.contains(words)), "{full}");
    (view.offers_municipality, view.offers_debt_help, view.invites_contact) = (false, false, false);
    view.sector = Sector::Rent;
    let bare = mail(&view).text;
    assert!(![offer, help, talk, health].iter().any(|words| bare.contains(words)), "{bare}");
    assert!(bare.contains("088 123 45 67"), "{bare}");
}

#[test]
fn the_end_that_is_announced_is_that_of_the_sector() {
    let table = [
        (Sector::Energy, "energie te stoppen op 16 november 2026"),
        (Sector::Heat, "warmte te stoppen op 16 november 2026"),
        (Sector::Water, "drinkwater te stoppen op 16 november 2026"),
        (Sector::Rent, "de rechter te vragen het huurcontract te beëindigen"),
        (Sector::HealthInsurance, "aan te melden bij het CAK op 16 november 2026"),
        (Sector::Other, "onze dienst te stoppen op 16 november 2026"),
    ];
    for (sector, words) in table {
        let mut view = notice(Language::Nl, StepKind::EndOfServiceAnnouncement, 1);
        view.sector = sector;
        let text = mail(&view).text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(words), "{sector:?}: {text}");
        view.end_of_service_on = None;
        assert!(!mail(&view).text.contains("16 november"), "{sector:?}");
    }
}

#[test]
fn a_business_is_not_addressed_by_name_and_not_asked_after_its_health() {
    let mut view = notice(Language::Nl, StepKind::FinalReminder, 1);
    view.debtor_kind = DebtorKind::Business;
    let text = mail(&view).text;
    assert!(text.contains("Geachte heer of mevrouw,") && !text.contains("de Vries"), "{text}");
    assert!(!text.contains("gezondheid"), "{text}");
}

#[test]
fn forty_invoices_stay_below_what_mail_clients_clip() {
    for kind in views::KINDS {
        // Gmail cuts a message off after 102 kB.
        assert!(mail(&notice(Language::Nl, kind, 40)).html.len() < 60_000);
    }
}

#[test]
fn a_website_that_is_no_web_address_is_shown_but_not_linked() {
    let mut view = notice(Language::Nl, StepKind::Reminder, 1);
    view.creditor.website = Some("javascript:alert(1)");
    let html = mail(&view).html;
    assert!(html.contains("javascript:alert(1)") && !html.contains("href=\"javascript"));
}

/// Every tag, with the values of its attributes taken out: what escaped data can never change.
fn skeleton(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let mut quoted = false;
        let mut tag = String::new();
        let mut length = 0;
        for character in rest[start..].chars() {
            length += character.len_utf8();
            if character == '"' {
                quoted = !quoted;
            } else if !quoted {
                tag.push(character);
                if character == '>' {
                    break;
                }
            }
        }
        tags.push(tag);
        rest = &rest[start + length..];
    }
    tags
}

fn unescaped(html: &str) -> String {
    html.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

/// Texts that try to get out: of an element, an attribute, a line, or a reading direction.
fn hostile() -> impl Strategy<Value = String> {
    let fragments = prop::sample::select(vec![
        "<",
        ">",
        "\"",
        "'",
        "&",
        "</p>",
        "<script>",
        "-->",
        "<!--",
        "]]>",
        "\r\n",
        "\u{202e}",
        "{{",
        "{ $x }",
        "é",
        "a",
        " ",
        "=",
        "/",
        "javascript:",
    ]);
    prop_oneof![".{0,80}", prop::collection::vec(fragments, 1..12).prop_map(|parts| parts.concat())]
}

/// The same shape of mail needs names that are there: an empty one leaves its salutation out.
fn name() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| format!("N{text}"))
}

proptest! {
    #[test]
    fn no_text_breaks_out_of_the_html(
        debtor in name(), creditor in name(), number in name(), line in name(), email in name(), reference in name(),
        hours in name(), path in "[!-~]{0,40}",
    ) {
        let portal_url = format!("https://tijdig.example.nl/{path}");
        let mut view = notice(Language::Nl, StepKind::FinalReminder, 1);
        let plain = skeleton(&mail(&view).html);
        view.debtor_name = &debtor;
        view.creditor.name = &creditor;
        view.creditor.address_lines = vec![&line, &line];
        view.creditor.email = &email;
        view.creditor.opening_hours = Some(&hours);
        view.creditor.iban = &reference;
        view.items[0].number = &number;
        view.payment_reference = Some(&reference);
        view.epc_qr_cid = Some(&reference);
        view.portal_url = &portal_url;
        let mail = mail(&view);
        prop_assert_eq!(skeleton(&mail.html), plain);
        prop_assert!(!mail.subject.contains(['\r', '\n']) && mail.subject.chars().count() < 130);
    }

    #[test]
    fn lines_of_text_stay_under_78_columns(
        debtor in name(), creditor in name(), number in name(), hours in name(), reference in name(),
        path in "[a-z0-9]{0,120}",
    ) {
        let portal_url = format!("https://tijdig.example.nl/{path}");
        let mut view = notice(Language::En, StepKind::FinalReminder, 2);
        view.debtor_name = &debtor;
        view.creditor.name = &creditor;
        view.items[1].number = &number;
        view.creditor.opening_hours = Some(&hours);
        view.payment_reference = Some(&reference);
        view.portal_url = &portal_url;
        let text = mail(&view).text;
        for line in text.lines().filter(|line| *line != portal_url) {
            prop_assert!(textwrap::core::display_width(line) < 78, "{line}");
        }
        prop_assert!(text.contains(&portal_url));
    }
}
