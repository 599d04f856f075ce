//! The words of the desk, by language. Declared once: what a page asks for exists in both languages, with its variables.

use domain::calendar::amsterdam;
use domain::{Language, Money};
use fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::format::money;
use crate::texts::{TextError, Texts};

/// The words of one language.
pub(crate) struct Words {
    language: Language,
    texts: Texts,
    /// Of mails and letters: dates.
    shared: Texts,
}

impl Words {
    pub(crate) fn of(language: Language) -> Result<Words, TextError> {
        Ok(Words { language, texts: Texts::desk(language)?, shared: Texts::of(language)? })
    }

    /// What all pages say alike.
    pub(crate) fn shared(&self) -> &Texts {
        &self.shared
    }

    pub(crate) fn money(&self, amount: &Money) -> String {
        money(self.language, *amount)
    }

    pub(crate) fn day(&self, date: &Date) -> Result<String, TextError> {
        self.shared.date_of(*date)
    }

    /// A day and a time of it, in Amsterdam.
    pub(crate) fn moment(&self, at: Timestamp) -> Result<String, TextError> {
        let at = amsterdam(at);
        Ok(format!("{}, {:02}:{:02}", self.day(&at.date())?, at.hour(), at.minute()))
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
    nav_home();
    nav_debtors();
    nav_calls();
    nav_signals();
    nav_settings();
    sign_out();
    other_administration();
    role(role);
    problem_title();
    problem_heading();
    problem(code);
    refusal(code);
    done(action);
    back();
    next_page();
    first_page();

    sign_in_title();
    sign_in_lead();
    sign_in_button();
    sign_in_said(what);
    sign_in_elsewhere();
    choose_title();
    choose_lead();
    refused_title(what);
    refused_text(what);

    home_title();
    home_begin();
    home_work();
    home_no_work();
    home_owed();
    home_outstanding();
    home_overdue();
    home_ageing();
    home_phases();
    bucket(name);
    phase(name);
    invoices_count(count);
    standing_as_of(moment);
    standing_behind(seconds);
    standing_rebuilding(debtors);
    work_lists();
    work_list(name);
    work_lead(name);
    work_none(name);
    waits(name, things, since);

    debtors_title();
    debtors_lead();
    debtors_found();
    search_label();
    search_hint();
    search_button();
    search_page();
    debtors_none();
    debtors_none_found();

    column(name);
    part(name);
    empty(name);
    label(name);

    balance_owed();
    balance_credit();
    next_notice(step, date);
    next_task(step, date);
    next_instalment(date);
    next_under_way(step, channel);
    next_on_its_way(step);
    next_nothing(code);
    next_until(date);
    invoice_number(number);
    credit_number(number);
    due_on(date);
    due_late(days);
    last_step(step, date);
    step_from(step, date);
    no_step();
    hold_reason(kind);
    hold_scope(scope, about);
    covers(covers);
    since_by(date, by);
    until(date);
    review_on(date);
    plan_said(total, count);
    plan_paid(amount);
    plan_state(state);
    decide_by(date);
    instalment(number, date);
    paid_on(date);
    dispute_said(reason, number);
    dispute_state(state);
    promise_said(amount, date);
    promise_state(state);
    signal_said(kind);
    signal_status(status);
    signal_since(date);
    signal_sent(date, provider, municipality);
    signal_approved(by);
    outcome(code);
    reported(date, outcome);
    conditions_of(kind);
    conditions_hold();
    conditions_fail(count);
    condition(name);
    holds();
    holds_not();
    holds_on(date);
    task(about);
    since(date);
    notice_said(step, channel);
    notice_status(status);
    notice_on(date);
    evidence(name);
    objected();
    not_objected();
    failed_address(count);
    case_runs();
    case_handed_over(bailiff);
    event(name);
    by(who);
    step(kind);
    channel(name);
    timeline_title(name);
    all_of_it();

    act_title(action);
    act_text(action);
    act_button(action);
    act_link(action);
    field(name);
    hint(name);
    choice(name);
    chosen_first();
    cancel();

    look();
    calls_title();
    calls_lead();
    calls_none();
    calls_page_none();
    call_title(name);
    call_over();
    call_numbers();
    call_due(from);
    call_last(date);
    call_rule(attempts, days);
    call_asked();
    call_say();
    call_attempts();
    call_no_attempts();
    call_attempt(moment, number);
    call_outcome(name);

    signals_title();
    signals_lead();
    count_label(name);
    count_all();
    filter_heading();
    filter_button();
    filter_none();
    signals_none();
    signals_choose(signal);
    signals_chosen(action);
    many_title(action);
    many_result();
    many_done();
    many_approved();
    many_count(count);

    settings_title();
    settings_version(version);
    settings_earlier(version, by, date);
    settings_of_earlier(version);
    setting(name);
    yes();
    no();
    policy(name, version);
    step_when(days, from);
    days(count);
    signals_rules(kind, version);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::staff::{Action, Role};

    use super::*;
    use crate::texts::tests::messages;

    #[test]
    fn both_languages_hold_exactly_the_words_that_are_used_with_exactly_their_variables() {
        let used: BTreeSet<(&str, BTreeSet<&str>)> =
            WORDS.iter().map(|(key, names)| (*key, names.iter().copied().collect())).collect();
        for source in [crate::texts::DESK_NL, crate::texts::DESK_EN] {
            let found = messages(source);
            let missing: Vec<_> = used.difference(&found).collect();
            let unused: Vec<_> = found.difference(&used).collect();
            assert!(missing.is_empty() && unused.is_empty(), "{missing:?} / {unused:?}");
        }
    }

    #[test]
    fn every_action_and_role_has_words_of_its_own() {
        for language in [Language::Nl, Language::En] {
            let words = Words::of(language).unwrap();
            let other = [words.act_title("x"), words.act_text("x"), words.act_button("x"), words.done("x")];
            for action in Action::ALL.iter().map(|action| action.name()) {
                if matches!(action, "look" | "look_at_settings" | "lift_hold_of_municipality") {
                    continue;
                }
                let own = [
                    words.act_title(action),
                    words.act_text(action),
                    words.act_button(action),
                    words.done(action),
                ];
                for (own, other) in own.iter().zip(&other) {
                    assert_ne!(own, other, "{language:?} {action}");
                }
            }
            let roles: BTreeSet<String> = Role::ALL.map(|role| words.role(role.name()).unwrap()).into();
            assert_eq!(roles.len(), Role::ALL.len());
        }
    }
}
