//! The words, by language: fluent messages, parsed once, reached through one function a message.
//!
//! A friendly tone has messages of its own only where the words differ: those in `*.friendly.ftl`.
//!
//! A message and the variables that it takes are declared once, below. So code cannot ask for a message that does
//! not exist or forget a variable; that both languages hold exactly these messages is tested.

use std::sync::LazyLock;

use domain::Language;
use domain::texts::Tone;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::civil::Date;

const NL: &str = include_str!("../texts/nl.ftl");
const EN: &str = include_str!("../texts/en.ftl");
const NL_FRIENDLY: &str = include_str!("../texts/nl.friendly.ftl");
const EN_FRIENDLY: &str = include_str!("../texts/en.friendly.ftl");

pub(crate) const PORTAL_NL: &str = include_str!("../texts/portal.nl.ftl");
pub(crate) const PORTAL_EN: &str = include_str!("../texts/portal.en.ftl");

pub(crate) const DESK_NL: &str = include_str!("../texts/desk.nl.ftl");
pub(crate) const DESK_EN: &str = include_str!("../texts/desk.en.ftl");

type Parsed = Result<FluentBundle<FluentResource>, TextError>;

static DUTCH: LazyLock<Parsed> = LazyLock::new(|| parse("nl", NL));
static ENGLISH: LazyLock<Parsed> = LazyLock::new(|| parse("en", EN));
static PORTAL_DUTCH: LazyLock<Parsed> = LazyLock::new(|| parse("nl", PORTAL_NL));
static PORTAL_ENGLISH: LazyLock<Parsed> = LazyLock::new(|| parse("en", PORTAL_EN));
static DESK_DUTCH: LazyLock<Parsed> = LazyLock::new(|| parse("nl", DESK_NL));
static DESK_ENGLISH: LazyLock<Parsed> = LazyLock::new(|| parse("en", DESK_EN));
static FRIENDLY_DUTCH: LazyLock<Parsed> = LazyLock::new(|| parse("nl", NL_FRIENDLY));
static FRIENDLY_ENGLISH: LazyLock<Parsed> = LazyLock::new(|| parse("en", EN_FRIENDLY));

/// A defect of the texts themselves. Tests keep each from being built in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("the texts of language {0} do not parse")]
    Unreadable(&'static str),
    #[error("the texts lack the message {0}")]
    Missing(&'static str),
    #[error("the message {0} could not be put together")]
    Incomplete(&'static str),
}

fn parse(tag: &'static str, source: &str) -> Parsed {
    let unreadable = || TextError::Unreadable(tag);
    let resource = FluentResource::try_new(source.to_owned()).map_err(|_| unreadable())?;
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().map_err(|_| unreadable())?]);
    // Marks of isolation around every variable would end up in subjects and in what people copy and paste.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).map_err(|_| unreadable())?;
    Ok(bundle)
}

/// The texts of one language and tone.
pub(crate) struct Texts {
    bundle: &'static FluentBundle<FluentResource>,
    /// Looked at first.
    friendly: Option<&'static FluentBundle<FluentResource>>,
}

impl Texts {
    /// In the formal tone.
    pub(crate) fn of(language: Language) -> Result<Texts, TextError> {
        Texts::spoken(language, Tone::Formal)
    }

    pub(crate) fn spoken(language: Language, tone: Tone) -> Result<Texts, TextError> {
        let (formal, friendly) = match language {
            Language::Nl => (&*DUTCH, &FRIENDLY_DUTCH),
            Language::En => (&*ENGLISH, &FRIENDLY_ENGLISH),
        };
        let bundle = formal.as_ref().map_err(Clone::clone)?;
        let friendly = match tone {
            Tone::Formal => None,
            Tone::Friendly => Some((**friendly).as_ref().map_err(Clone::clone)?),
        };
        Ok(Texts { bundle, friendly })
    }

    /// The words of the portal, which has one tone. Declared in [`crate::portal`].
    pub(crate) fn portal(language: Language) -> Result<Texts, TextError> {
        let bundle = match language {
            Language::Nl => &*PORTAL_DUTCH,
            Language::En => &*PORTAL_ENGLISH,
        };
        Ok(Texts { bundle: bundle.as_ref().map_err(Clone::clone)?, friendly: None })
    }

    /// The words of the desk, which has one tone. Declared in [`crate::desk`].
    pub(crate) fn desk(language: Language) -> Result<Texts, TextError> {
        let bundle = match language {
            Language::Nl => &*DESK_DUTCH,
            Language::En => &*DESK_ENGLISH,
        };
        Ok(Texts { bundle: bundle.as_ref().map_err(Clone::clone)?, friendly: None })
    }

    /// A civil date in full, such as "7 oktober 2026".
    pub(crate) fn date_of(&self, date: Date) -> Result<String, TextError> {
        // The day and the year as text: they are no numbers to group or decline.
        self.date(date.day().to_string(), date.month(), date.year().to_string())
    }

    pub(crate) fn say(
        &self,
        key: &'static str,
        variables: &[(&'static str, FluentValue<'_>)],
    ) -> Result<String, TextError> {
        let found = self.friendly.and_then(|bundle| Some((bundle, bundle.get_message(key)?)));
        let found = found.or_else(|| Some((self.bundle, self.bundle.get_message(key)?)));
        let (bundle, message) = found.ok_or(TextError::Missing(key))?;
        let pattern = message.value().ok_or(TextError::Missing(key))?;
        let arguments: FluentArgs<'_> =
            variables.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        if errors.is_empty() { Ok(text) } else { Err(TextError::Incomplete(key)) }
    }
}

/// The BCP 47 tag of a language, for `lang` attributes.
pub(crate) fn tag(language: Language) -> &'static str {
    match language {
        Language::Nl => "nl",
        Language::En => "en",
    }
}

macro_rules! messages {
    ($($key:ident($($variable:ident),*);)*) => {
        impl Texts {
            $(
                pub(crate) fn $key(
                    &self,
                    $($variable: impl Into<FluentValue<'static>>),*
                ) -> Result<String, TextError> {
                    self.say(stringify!($key), &[$((stringify!($variable), $variable.into())),*])
                }
            )*
        }

        #[cfg(test)]
        const MESSAGES: &[(&str, &[&str])] = &[$((stringify!($key), &[$(stringify!($variable)),*])),*];
    };
}

messages! {
    date(day, month, year);

    webhook_subject(webhook);
    webhook_failing(webhook);
    webhook_gone(webhook);
    webhook_waits();
    webhook_enable(webhook);

    subject_message(creditor);
    subject_statement(creditor);
    subject_instalment(creditor);
    subject_invoice_sending(creditor, count);
    subject_credit_note(creditor, count);
    subject_pre_reminder(creditor, count);
    subject_reminder(creditor, count);
    subject_final_reminder(creditor, count);
    subject_formal_notice(creditor, count);
    subject_end_of_service(creditor, count);
    subject_summons(creditor, count);
    subject_second_summons(creditor, count);
    subject_notice_of_default(creditor, count);
    preheader();
    nothing_to_pay();

    heading_message(creditor);
    heading_statement();
    heading_instalment();
    heading_invoice_sending(count);
    heading_credit_note(count);
    heading_pre_reminder(count);
    heading_reminder(count);
    heading_final_reminder();
    heading_formal_notice();
    heading_formal_notice_costs();
    heading_end_of_service(sector);
    heading_summons();
    heading_second_summons();
    heading_notice_of_default();
    salutation_consumer(name);
    salutation_business();

    message_about(invoice);
    message_attachments(count);
    message_button();
    message_answer();

    intro_statement(count);
    intro_instalment(number, of, amount, date);
    instalment_trouble();
    intro_invoice_sending(count);
    intro_nothing_to_pay(count);
    intro_credit_note(count);
    intro_pre_reminder(count);
    intro_reminder(count);
    intro_final_reminder(count);
    intro_formal_notice(count);
    intro_end_of_service(count);
    intro_summons(count);
    intro_second_summons(count);
    intro_notice_of_default(count);

    default_declared();
    summons_follows();
    second_summons_follows();
    notice_of_default_follows();
    collection_prevent();

    formal_term(medium);
    formal_demand(principal, medium);
    formal_demand_part(principal, medium);
    formal_costs(costs, together);
    formal_part_payment();
    formal_no_costs();

    end_of_service_on(sector, date);
    end_of_service_undated(sector);
    end_of_service_prevent();
    label_end_of_service(sector);

    label_total();
    label_pay_before();
    label_pay_by();
    label_pay_within();
    button();
    portal_note();
    portal_note_letter();
    attached(count);
    label_code();
    label_date();
    label_customer();

    specification_heading(count);
    specification_heading_instalment();
    specification_heading_both();
    row_instalment(number, of);
    row_instalment_of_plan();
    column_invoice();
    column_due();
    column_open();
    label_invoice_total();
    item_issued(date);
    item_late(days);
    item_due_today();
    item_due_in(days);
    item_of_total(total);
    row_principal();
    row_costs();
    row_interest();
    row_credit();
    row_total();
    step_name(step);

    transfer_heading();
    transfer_intro();
    label_payee();
    label_iban();
    label_bic();
    label_amount();
    label_reference();
    reference_advice(count);
    qr_caption();
    qr_alt(total);
    already_paid();

    plan_heading();
    plan_runs(number, of, amount, date);
    plan_enough();

    contact_heading();
    contact_invite();
    contact_call_back();
    contact_arrangement();
    questions_heading();
    questions_intro();
    dispute();
    label_phone();
    label_hours();
    label_email();
    label_website();

    help_heading();
    help_intro();
    help_municipality();
    help_geldfit();
    label_geldfit_phone();
    label_geldfit_website();

    municipality_heading();
    municipality_offer();
    municipality_data();
    municipality_object();
    label_object_portal();
    object_portal();
    label_object_phone();

    health_heading();
    health_text(sector);

    closing();

    dossier_title(case);
    dossier_heading(part, date);
    dossier_invoice(number);
    dossier_instalments(number);
    dossier_none();
    dossier_claim_intro(date);
    dossier_per_day(amount);
    dossier_no_interest();
    dossier_signals_intro();
    dossier_timeline_intro(date);
    dossier_footer(creditor, case, date);
    dossier_label(label);
    dossier_word(word);
    dossier_entry(event, what, amount, day, kind, notice);

    sms_instalment(creditor, amount, date);
    sms_invoice_sending(creditor, amount);
    sms_nothing_to_pay(creditor);
    sms_pre_reminder(creditor, amount);
    sms_reminder(creditor, amount);
    sms_final_reminder(creditor, amount);
    sms_summons(creditor, amount);
    sms_second_summons(creditor, amount);
    sms_open(step, creditor, amount);
    sms_claimed(principal, interest, costs);
    sms_transfer(iban, reference);
    sms_link(url);
    sms_contact(phone);
    sms_questions(phone);
    sms_help(phone);
    sms_paid();
    call_greeting(creditor, name);
    call_identity();
    call_about(amount);
    call_nothing_to_pay();
    call_invoice(number, amount, date);
    call_more(count);
    call_instalment(amount, date);
    call_claimed(interest, costs);
    call_question(date);
    call_arrangement();
    call_help(phone);
    call_closing(phone);

    page_skip();
    page_language();
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

    use super::*;

    const SOURCES: [(Language, &str); 2] = [(Language::Nl, NL), (Language::En, EN)];

    #[test]
    fn both_languages_hold_exactly_the_messages_that_are_used_with_exactly_their_variables() {
        for (language, source) in SOURCES {
            let found = messages(source);
            let used = used();
            let missing: Vec<_> = used.difference(&found).collect();
            let unused: Vec<_> = found.difference(&used).collect();
            assert!(missing.is_empty() && unused.is_empty(), "{language:?}: {missing:?} / {unused:?}");
        }
    }

    fn used() -> BTreeSet<(&'static str, BTreeSet<&'static str>)> {
        MESSAGES.iter().map(|(key, names)| (*key, names.iter().copied().collect())).collect()
    }

    pub(crate) fn messages(source: &str) -> BTreeSet<(&str, BTreeSet<&str>)> {
        let resource = fluent_syntax::parser::parse(source).unwrap();
        let mut found = BTreeSet::new();
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                assert!(!matches!(entry, Entry::Junk { .. } | Entry::Term(_)), "{entry:?}");
                continue;
            };
            let mut variables = BTreeSet::new();
            collect(message.value.as_ref().unwrap(), &mut variables);
            assert!(found.insert((message.id.name, variables)), "{} stands there twice", message.id.name);
        }
        found
    }

    /// A word that is missing in one language would be said as the last of its list.
    #[test]
    fn dossiers_have_the_same_words_in_both_languages() {
        let choices = |source| {
            let of_dossiers = bodies(source).into_iter().filter(|(key, _)| key.starts_with("dossier_"));
            let keys = |text: &str| {
                let parts =
                    text.split('[').skip(1).filter_map(|part| Some(part.split_once(']')?.0.to_owned()));
                parts.collect::<BTreeSet<String>>()
            };
            of_dossiers.map(|(key, text)| (key.to_owned(), keys(&text))).collect::<Vec<_>>()
        };
        assert_eq!(choices(NL), choices(EN));
        assert!(choices(NL).iter().any(|(_, keys)| keys.len() > 60));
    }

    /// What has consequences in law has one tone; pages and mails to creditors are not in a debtor's tone.
    const FORMAL_ONLY: [&str; 9] = [
        "formal_",
        "_formal_notice",
        "end_of_service",
        "summons",
        "notice_of_default",
        "default_declared",
        "collection_prevent",
        "page_",
        "webhook_",
    ];

    /// Whether somebody is spoken to with "u" in this Dutch text.
    fn says_u(text: &str) -> bool {
        text.split(|c: char| !c.is_alphabetic()).any(|word| matches!(word, "u" | "U" | "uw" | "Uw"))
    }

    /// The source of each message, by its name.
    fn bodies(source: &str) -> Vec<(&str, String)> {
        let mut found: Vec<(&str, String)> = Vec::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            match line.split_once(" = ") {
                Some((key, text)) if !line.starts_with(' ') => found.push((key, text.to_owned())),
                _ => {
                    if let Some((_, text)) = found.last_mut() {
                        text.push_str(line);
                    }
                }
            }
        }
        found
    }

    #[test]
    fn a_friendly_message_is_one_of_ours_with_the_same_variables_and_other_words() {
        for (formal, friendly) in [(NL, NL_FRIENDLY), (EN, EN_FRIENDLY)] {
            let used = used();
            let other: Vec<_> =
                messages(friendly).into_iter().filter(|message| !used.contains(message)).collect();
            assert_eq!(other, []);
            let formal: BTreeSet<(&str, String)> = bodies(formal).into_iter().collect();
            for (key, text) in bodies(friendly) {
                assert!(!FORMAL_ONLY.iter().any(|part| key.contains(part)), "{key} has one tone");
                assert!(!formal.contains(&(key, text)), "{key} is the same in both tones");
            }
        }
    }

    #[test]
    fn nobody_is_spoken_to_with_u_in_a_friendly_dutch_message() {
        let friendly = bodies(NL_FRIENDLY);
        for (key, text) in &friendly {
            assert!(!says_u(text), "{key}");
        }
        for (key, text) in bodies(NL).iter().filter(|(_, text)| says_u(text)) {
            let formal_only = FORMAL_ONLY.iter().any(|part| key.contains(part));
            assert!(
                formal_only || friendly.iter().any(|(k, _)| k == key),
                "{key} has no words with je: {text}"
            );
        }
    }

    #[test]
    fn what_has_no_words_of_its_own_in_a_tone_is_said_as_in_the_other() {
        let of = |tone| Texts::spoken(Language::Nl, tone).unwrap();
        assert_eq!(of(Tone::Friendly).closing().unwrap(), "Hartelijke groet,");
        assert_eq!(of(Tone::Formal).closing().unwrap(), "Met vriendelijke groet,");
        assert_eq!(of(Tone::Friendly).label_total(), of(Tone::Formal).label_total());
    }

    fn collect<'s>(pattern: &Pattern<&'s str>, variables: &mut BTreeSet<&'s str>) {
        for element in &pattern.elements {
            let PatternElement::Placeable { expression } = element else {
                continue;
            };
            let (Expression::Inline(inline) | Expression::Select { selector: inline, .. }) = expression;
            if let InlineExpression::VariableReference { id } = inline {
                variables.insert(id.name);
            }
            if let Expression::Select { variants, .. } = expression {
                for variant in variants {
                    collect(&variant.value, variables);
                }
            }
        }
    }

    #[test]
    fn a_message_without_its_variable_is_refused() {
        let texts = Texts::of(Language::Nl).unwrap();
        assert_eq!(texts.say("item_of_total", &[]), Err(TextError::Incomplete("item_of_total")));
        assert_eq!(texts.say("no_such_text", &[]), Err(TextError::Missing("no_such_text")));
    }

    #[test]
    fn dates_are_written_in_full() {
        let table = [
            ((2026, 10, 7), "7 oktober 2026", "7 October 2026"),
            ((2026, 1, 1), "1 januari 2026", "1 January 2026"),
            ((2028, 2, 29), "29 februari 2028", "29 February 2028"),
            ((2026, 12, 31), "31 december 2026", "31 December 2026"),
        ];
        for ((year, month, day), nl, en) in table {
            let date = jiff::civil::date(year, month, day);
            assert_eq!(Texts::of(Language::Nl).unwrap().date_of(date).unwrap(), nl);
            assert_eq!(Texts::of(Language::En).unwrap().date_of(date).unwrap(), en);
        }
    }

    /// The term begins the day after receipt; any other wording voids the notice for good (HR 2016:2704).
    #[test]
    fn the_formal_notice_keeps_the_words_of_the_supreme_court() {
        let table = [
            (Language::Nl, "mail", "binnen vijftien dagen nadat deze e-mail bij u is bezorgd"),
            (Language::Nl, "letter", "binnen vijftien dagen nadat deze brief bij u is bezorgd"),
            (Language::En, "mail", "within fifteen days after this e-mail was delivered to you"),
            (Language::En, "letter", "within fifteen days after this letter was delivered to you"),
        ];
        for (language, medium, good) in table {
            let texts = Texts::of(language).unwrap();
            assert_eq!(texts.formal_term(medium).unwrap(), good);
            assert!(texts.formal_demand("€ 1", medium).unwrap().contains(good));
            assert!(texts.formal_demand_part("€ 1", medium).unwrap().contains(good));
        }
    }
}
