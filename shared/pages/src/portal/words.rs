//! The words of the portal, by language. Declared once, as those of mails are: what a template asks for exists in both
//! languages, with its variables.

use domain::{Language, Money};
use fluent_bundle::FluentValue;
use jiff::civil::Date;

use crate::format::money;
use crate::texts::{TextError, Texts};

/// The words of one language.
pub(crate) struct Words {
    language: Language,
    texts: Texts,
    /// Of mails and letters: dates, and where help is.
    shared: Texts,
}

impl Words {
    pub(crate) fn of(language: Language) -> Result<Words, TextError> {
        Ok(Words { language, texts: Texts::portal(language)?, shared: Texts::of(language)? })
    }

    /// What mails and the portal say alike.
    pub(crate) fn shared(&self) -> &Texts {
        &self.shared
    }

    pub(crate) fn money(&self, amount: &Money) -> String {
        money(self.language, *amount)
    }

    pub(crate) fn day(&self, date: &Date) -> Result<String, TextError> {
        self.shared.date_of(*date)
    }
}

macro_rules! words {
    ($($key:ident($($variable:ident),*);)*) => {
        #[allow(clippy::extra_unused_lifetimes, reason = "words without variables name no lifetime")]
        impl Words {
            $(
                pub(crate) fn $key<'v>(
                    &self,
                    $($variable: impl Into<FluentValue<'v>>),*
                ) -> Result<String, TextError> {
                    self.texts.say(stringify!($key), &[$((stringify!($variable), $variable.into())),*])
                }
            )*
        }

        #[cfg(test)]
        const WORDS: &[(&str, &[&str])] = &[$((stringify!($key), &[$(stringify!($variable)),*])),*];
    };
}

words! {
    nav_label();
    nav_overview();
    nav_pay();
    nav_details();
    nav_help();
    leave();
    back();
    more();
    amount_label();
    problem_title();
    problem_heading();
    questions(creditor, phone, email);

    door_title();
    door_lead();
    door_send_heading();
    door_send_email();
    door_send_sms();
    door_send_note();
    door_code_heading();
    door_code();
    door_code_hint();
    door_enter();
    door_asked();
    door_wrong();
    door_privacy();
    door_letter();
    home_lead();
    home_link();
    home_letter();
    letter_title();
    letter_code();
    letter_code_hint();
    letter_birth_date();
    letter_birth_date_hint();
    letter_postcode();
    letter_postcode_hint();
    letter_wrong();
    expired();
    left();
    form_old();
    not_found();
    trouble();

    code_subject(creditor);
    code_intro(creditor);
    code_is();
    code_lasts();
    code_not_you();
    code_sms(code, creditor);

    overview_title(creditor);
    overview_owed();
    overview_overdue(amount);
    overview_nothing();
    overview_nothing_text();
    overview_credit(amount);
    overview_pay();
    overview_next();
    overview_invoices();
    overview_actions();
    overview_closed();
    closed_title();
    closed_none();
    closed_on(date);
    overview_others(count);
    action_promise();
    action_plan();
    action_question();
    action_dispute();
    action_dispute_hint();
    action_debit();
    action_municipality();
    action_help();
    invoice_number(number);
    credit_number(number);
    due_on(date);
    status_overdue(days);
    status_due_today();
    status_due_in(days);
    status_disputed();
    status_awaiting_credit();
    status_plan();
    status_plan_asked();
    status_promise(date);
    status_debit(date);
    next_step(step, date);
    next_task(step, date);
    next_instalment(date);
    next_under_way();
    next_nothing(reason);
    next_held_until(date);
    next_debit(date);

    plan_heading();
    plan_running(total, count, paid);
    plan_proposed(total, count, date);
    plan_instalment(number);
    plan_paid();
    plan_pay();
    promise_made(amount, date);

    done(what);

    invoice_facts();
    invoice_issued();
    invoice_due();
    invoice_total();
    invoice_paid();
    invoice_costs();
    invoice_interest();
    invoice_owed();
    invoice_lines();
    invoice_documents();
    invoice_no_documents();
    invoice_download(kind, size);
    invoice_sent();
    invoice_nothing_sent();
    invoice_sent_line(date, step, channel);
    invoice_pay();
    invoice_dispute();
    invoice_promise();
    invoice_question();

    pay_title();
    pay_all();
    pay_one(number);
    pay_instalment(number);
    pay_choose();
    pay_show();
    pay_online();
    pay_online_text(provider);
    pay_with(provider);
    pay_go_title();
    pay_go_text(amount, provider);
    pay_go(provider);
    pay_transfer();
    pay_transfer_text();
    pay_payee();
    pay_iban();
    pay_reference();
    pay_qr(amount);
    pay_nothing();
    pay_refused();
    paid_title();
    paid_text();

    dispute_title(number);
    dispute_lead();
    dispute_reason();
    dispute_kind(kind);
    dispute_text();
    dispute_text_hint();
    dispute_file();
    dispute_file_hint();
    dispute_send();

    messages_title();
    messages_earlier();
    messages_none();
    message_about(number);
    message_text();
    message_file();
    message_from_you(date);
    message_from_us(creditor, date);
    message_new();
    message_attachment(number, kind, size);

    promise_title();
    promise_lead(about);
    promise_total(amount);
    promise_day();
    promise_day_hint(date);
    promise_send();
    promise_none();

    plan_title();
    plan_lead(total);
    plan_limits();
    plan_limit(every, count, minimum, days, automatic);
    plan_count();
    plan_every();
    plan_every_week();
    plan_every_month();
    plan_first();
    plan_preview();
    plan_preview_heading();
    plan_day();
    plan_automatic();
    plan_by_desk(date);
    plan_ask();
    plan_none();
    plan_exists();

    mandate_title();
    mandate_lead();
    mandate_current(ending, reference);
    mandate_withdraw();
    mandate_withdraw_text();
    mandate_iban();
    mandate_holder();
    mandate_agree(creditor, id);
    mandate_give();
    mandate_none(creditor);

    details_title();
    details_lead();
    details_email();
    details_mobile();
    details_phone();
    details_language();
    details_save();
    details_address();

    municipality_title();
    municipality_lead();
    municipality_data();
    municipality_on();
    municipality_off();
    municipality_effect(effect);
    municipality_neutral();
    municipality_object();
    municipality_withdraw();
    municipality_not(creditor);

    help_title();
    help_town(town);
    help_creditor();

    problem(code);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::texts::tests::messages;

    #[test]
    fn both_languages_hold_exactly_the_words_that_are_used_with_exactly_their_variables() {
        let used: BTreeSet<(&str, BTreeSet<&str>)> =
            WORDS.iter().map(|(key, names)| (*key, names.iter().copied().collect())).collect();
        for source in [crate::texts::PORTAL_NL, crate::texts::PORTAL_EN] {
            let found = messages(source);
            let missing: Vec<_> = used.difference(&found).collect();
            let unused: Vec<_> = found.difference(&used).collect();
            assert!(missing.is_empty() && unused.is_empty(), "{missing:?} / {unused:?}");
        }
    }

    #[test]
    fn a_word_follows_its_number_and_its_kind() {
        let nl = Words::of(Language::Nl).unwrap();
        assert_eq!(nl.status_overdue(1).unwrap(), "1 dag te laat");
        assert_eq!(nl.status_overdue(2).unwrap(), "2 dagen te laat");
        assert_eq!(nl.problem("required").unwrap(), "Vul dit in.");
        assert_eq!(nl.problem("never heard of").unwrap(), "Dit kan zo niet.");
    }
}
