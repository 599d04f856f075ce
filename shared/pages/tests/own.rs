//! Own texts: what stays whatever is typed, what ours are, and what no template can do.

use std::collections::BTreeSet;

use domain::administration::{Administration, Creditor, Sector};
use domain::ids::AdministrationId;
use domain::invoice::{PaymentReference, ReferenceScheme};
use domain::notice::Channel;
use domain::step::StepKind;
use domain::texts::{KeptText, OwnText, Part, TextName, TextOf, Tone};
use domain::{Language, Money};
use jiff::civil::{Date, date};
use pages::mail::{ClaimedView, Medium, NoticeView};
use pages::own::{self, VARIABLES};
use pages::{letter, mail, sms};
use proptest::prelude::*;

mod views;

const TODAY: Date = date(2026, 10, 7);
const PORTAL: &str = "https://tijdig.example.nl/portal";

#[allow(clippy::expect_used, reason = "helper of tests")]
fn administration() -> Administration {
    let creditor = Creditor {
        name: "Stroomvast Energie".to_owned(),
        address_lines: vec!["Kanaalweg 12".to_owned()],
        iban: "NL91ABNA0417164300".to_owned(),
        bic: None,
        phone: "088 123 45 67".to_owned(),
        email: "betalen@stroomvast.example.nl".to_owned(),
        sender: "betalen@stroomvast.example.nl".to_owned(),
        opening_hours: None,
        platform_identification: "1".to_owned(),
    };
    Administration::new(AdministrationId::parse("a").expect("an id"), creditor, Sector::Energy)
}

fn name(kind: StepKind, channel: Channel, language: Language, tone: Tone) -> TextName {
    TextName { of: TextOf::Kind(kind), channel, language, tone }
}

#[allow(clippy::expect_used, reason = "helper of tests")]
fn kept(name: TextName, text: OwnText) -> KeptText {
    let updated_at = "2026-10-01T08:00:00Z".parse().expect("an instant");
    KeptText { name, version: 1, text, updated_at, by: "x".to_owned() }
}

fn only_x() -> OwnText {
    let x = || Some("x".to_owned());
    OwnText { subject: x(), heading: x(), opening: x(), closing: x(), sentence: None }
}

/// Every name that a mail or a letter can have.
fn names() -> Vec<TextName> {
    let mut all = Vec::new();
    for kind in views::KINDS.into_iter().chain([StepKind::InstalmentReminder]) {
        for channel in [Channel::Email, Channel::Letter] {
            for language in views::LANGUAGES {
                for tone in [Tone::Formal, Tone::Friendly] {
                    if tone == Tone::Formal || kind.may_be_friendly() {
                        all.push(name(kind, channel, language, tone));
                    }
                }
            }
        }
    }
    all
}

fn kind_of(name: &TextName) -> StepKind {
    match name.of {
        TextOf::Kind(kind) => kind,
        TextOf::Step { .. } => unreachable!("these are about kinds"),
    }
}

/// A notice of this kind with all that it may have to say.
fn full(name: &TextName) -> NoticeView<'static> {
    let kind = kind_of(name);
    let mut view = match kind {
        StepKind::InstalmentReminder => views::instalment_reminder(name.language, 0),
        _ => views::notice(name.language, kind, 3),
    };
    view.tone = name.tone;
    view.medium = if name.channel == Channel::Letter { Medium::Letter } else { Medium::Mail };
    if kind.is_collection() {
        view.claimed = ClaimedView { costs: Money::from_cents(63_49), interest: Money::from_cents(4_12) };
        view.total_open = view.total_open + view.claimed.costs + view.claimed.interest;
    }
    view
}

#[allow(clippy::unwrap_used, reason = "helper of tests")]
fn lines(view: &NoticeView<'_>) -> Vec<String> {
    let reference =
        PaymentReference { scheme: ReferenceScheme::Text, value: "D-1".to_owned(), made_here: false };
    letter::composed(view, TODAY, "D-1", reference).unwrap().lines()
}

#[test]
fn a_text_that_says_only_x_takes_away_nothing_but_heading_introduction_and_closing() {
    for name in names() {
        let view = full(&name);
        let (own, spoilt) = own::words(&view, &[kept(name.clone(), only_x())]).unwrap();
        assert_eq!(spoilt, None);
        let with: BTreeSet<String> =
            lines(&NoticeView { own: own.clone(), ..view.clone() }).into_iter().collect();
        let ours = lines(&view);
        let gone: Vec<&String> = ours.iter().filter(|line| !with.contains(*line)).collect();
        let intro = usize::from(kind_of(&name) != StepKind::InstalmentReminder);
        assert_eq!(gone.len(), 2 + intro, "{name}: {gone:?}");
        let mail = mail::render(&NoticeView { own, ..view.clone() }).unwrap();
        assert_eq!(mail.subject, "x");
        let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for law in of_law(&name) {
            assert!(with.iter().any(|line| line.contains(law)), "{name}: the letter lacks {law}");
            assert!(text.contains(law), "{name}: the mail lacks {law}: {text}");
        }
    }
}

/// LAW.md sections 1 to 3 and 6, FEATURES 2.2: what a message of this kind may not be without.
fn of_law(name: &TextName) -> Vec<&'static str> {
    let kind = kind_of(name);
    let dutch = name.language == Language::Nl;
    let friendly = name.tone == Tone::Friendly;
    let mut said = vec!["Stroomvast Energie", "Kanaalweg 12", "NL91 ABNA 0417 1643 00", "5000056789012345"];
    said.extend(["https://tijdig.example.nl/portal/3f9c2a7d41", "088 123 45 67"]);
    if kind == StepKind::FormalNotice {
        said.push(match (dutch, name.channel) {
            (true, Channel::Letter) => "binnen vijftien dagen nadat deze brief bij u is bezorgd",
            (true, _) => "binnen vijftien dagen nadat deze e-mail bij u is bezorgd",
            (false, Channel::Letter) => "within fifteen days after this letter was delivered to you",
            (false, _) => "within fifteen days after this e-mail was delivered to you",
        });
        said.push(if dutch { "63,49" } else { "€63.49" });
    }
    if kind >= StepKind::FinalReminder {
        said.extend(["0800-8115", "geldfit.nl"]);
        said.extend(match (dutch, friendly) {
            (true, false) => [
                "schuldhulpverlening",
                "contactgegevens door te geven aan uw gemeente",
                "kunt u bezwaar maken",
                "verklaring van een arts",
            ],
            (true, true) => [
                "schuldhulpverlening",
                "contactgegevens door te geven aan je gemeente",
                "kun je bezwaar maken",
                "verklaring van een arts",
            ],
            (false, _) => [
                "schuldhulpverlening",
                "pass your contact details to your municipality",
                "you can object",
                "doctor's statement",
            ],
        });
    }
    if kind.is_collection() {
        said.extend(if dutch {
            ["Incassokosten", "Rente", "deurwaarder"]
        } else {
            ["Collection costs", "Interest", "bailiff"]
        });
    }
    if kind == StepKind::NoticeOfDefault {
        said.push(if dutch { "stellen wij u in gebreke" } else { "give you notice of default" });
    }
    if kind == StepKind::EndOfServiceAnnouncement {
        said.push(if dutch { "stoppen op 16 november 2026" } else { "energy supply on 16 November 2026" });
    }
    if kind == StepKind::InstalmentReminder {
        said.push(if dutch { "uiterlijk op 11 oktober 2026" } else { "11 October 2026" });
    }
    said
}

#[test]
fn a_text_message_that_says_only_x_names_creditor_step_amount_link_and_help() {
    for language in views::LANGUAGES {
        for kind in views::KINDS.into_iter().filter(|kind| kind.may_go_by(Channel::Sms)) {
            let mut view = views::notice(language, kind, 2);
            view.offers_municipality = false;
            view.own.sentence = Some("x".to_owned());
            let amount = if language == Language::Nl { "€ 261,34" } else { "€261.34" };
            let text = sms::render(&view).unwrap().text;
            let mut said = vec!["Stroomvast Energie", amount, view.portal_url, " x "];
            if kind >= StepKind::Reminder {
                said.push("088 123 45 67");
            }
            if kind >= StepKind::FinalReminder {
                said.push("0800-8115");
            }
            for part in said {
                assert!(text.contains(part), "{language:?} {kind:?} lacks {part}: {text}");
            }
        }
    }
}

#[test]
fn ours_is_accepted_as_an_own_text_everywhere() {
    let administration = administration();
    for name in names() {
        let ours = own::ours(&administration, &name, kind_of(&name), TODAY).unwrap();
        assert_eq!(own::check(&ours, &name, &administration, TODAY, PORTAL).unwrap(), [], "{name} {ours:?}");
    }
}

#[test]
fn every_variable_can_be_named_where_it_may_stand_and_nowhere_else() {
    let administration = administration();
    let sms = [StepKind::Reminder, StepKind::InstalmentReminder]
        .map(|kind| name(kind, Channel::Sms, Language::Nl, Tone::Formal));
    let mails = [StepKind::InstalmentReminder, StepKind::Reminder, StepKind::FormalNotice, StepKind::Summons]
        .map(|kind| name(kind, Channel::Email, Language::En, Tone::Formal));
    for name in mails.into_iter().chain(sms) {
        for part in Part::ALL.into_iter().filter(|part| part.is_of(name.channel)) {
            for variable in VARIABLES {
                let one = variable.name;
                let template = Some(match variable.holds {
                    own::Holds::List => {
                        format!("x{{% for i in {one} %}}{{{{ i.number }}}}{{{{ i.open }}}}{{% endfor %}}")
                    }
                    own::Holds::Flag => format!("{{% if {one} %}}x{{% else %}}y{{% endif %}}"),
                    _ => format!("x{{% if {one} %}} {{{{ {one} }}}}{{% endif %}}"),
                });
                let mut text = OwnText::default();
                *match part {
                    Part::Subject => &mut text.subject,
                    Part::Heading => &mut text.heading,
                    Part::Opening => &mut text.opening,
                    Part::Closing => &mut text.closing,
                    Part::Sentence => &mut text.sentence,
                } = template;
                let found = own::check(&text, &name, &administration, TODAY, PORTAL).unwrap();
                let rules: Vec<&str> = found.iter().map(|v| v.code).collect();
                // A list of twenty invoices is too long for one line; elsewhere it fits.
                let long = one == "invoices" || one == "invoice_numbers";
                if !variable.is_for(part, kind_of(&name)) {
                    assert_eq!(rules, ["not_in_this_part"], "{name} {part:?} {one}");
                } else if long && part != Part::Opening && kind_of(&name) != StepKind::InstalmentReminder {
                    assert_eq!(rules, ["too_long"], "{name} {part:?} {one}");
                } else {
                    assert_eq!(rules, [""; 0], "{name} {part:?} {one}: {found:?}");
                }
            }
        }
    }
}

#[test]
fn the_longest_look_is_over_soon() {
    let administration = administration();
    let all: String = VARIABLES
        .iter()
        .filter(|v| v.may_be_absent)
        .map(|v| format!("{{% if {0} %}}{{{{ {0} }}}}{{% endif %}}", v.name))
        .collect();
    let list = "{% for i in invoices %}{% if i.number == \"x\" %}y{% endif %}{% endfor %}".repeat(70);
    let text = OwnText { opening: Some(format!("x{all}{list}")), ..OwnText::default() };
    let name = name(StepKind::Summons, Channel::Email, Language::Nl, Tone::Formal);
    let begun = std::time::Instant::now();
    let found = own::check(&text, &name, &administration, TODAY, PORTAL).unwrap();
    assert!(begun.elapsed().as_secs() < 20, "took {:?}: {found:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Pieces of templates in any order: they are refused or said, and nothing else happens.
    #[test]
    fn no_template_does_anything_but_be_refused_or_said(
        pieces in prop::collection::vec(prop::sample::select(&[
            "{{", "}}", "{%", "%}", "{#", "#}", " if ", " endif ", " for ", " in ", " invoices ", " endfor ", " else ",
            " creditor ", " costs ", " x ", ".", "\"", "'", "\\", "-", "+", "(", ")", "|", "[", "]", "~", "*", "\n", "é",
            " and ", " not ", " is ", " loop", ".first", " set ", " = ", " == ", "9", " defined ", " raw ", " endraw ",
        ][..]), 0..24)
    ) {
        let template: String = pieces.concat();
        let administration = administration();
        let name = name(StepKind::Reminder, Channel::Email, Language::Nl, Tone::Formal);
        let text = OwnText { opening: Some(template), ..OwnText::default() };
        let found = own::check(&text, &name, &administration, TODAY, PORTAL).unwrap();
        let view = views::notice(Language::Nl, StepKind::Reminder, 2);
        let (words, spoilt) = own::words(&view, &[kept(name, text)]).unwrap();
        if found.is_empty() {
            prop_assert!(spoilt.is_none() && words.opening.is_some());
        }
    }
}

#[test]
fn a_call_asks_who_answers_before_it_says_what_is_owed_and_opens_in_own_words() {
    for language in views::LANGUAGES {
        for tone in [Tone::Formal, Tone::Friendly] {
            let (kind, books) = (StepKind::Reminder, administration());
            let name = name(kind, Channel::Phone, language, tone);
            let view = own::sample(&books, &name, kind, TODAY, PORTAL);
            let said = pages::call::said(&view, &[]).unwrap().said;
            assert!(said[0].contains("Stroomvast Energie"), "{said:?}");
            let number = view.items[0].number;
            let first = said.iter().position(|paragraph| paragraph.contains(number)).unwrap();
            assert!(first > 2, "{said:?}");
            let text = OwnText { opening: Some("x".to_owned()), ..OwnText::default() };
            let own = pages::call::said(&view, &[kept(name, text)]).unwrap();
            assert_eq!((own.said[2].as_str(), own.spoilt), ("x", None));
            assert_eq!((&own.said[..2], &own.said[3..]), (&said[..2], &said[3..]));
        }
    }
}
