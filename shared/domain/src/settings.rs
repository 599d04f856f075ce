//! The settings that an administration may change by itself, and what they may be.

use std::collections::BTreeMap;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::administration::{
    Administration, ClaimRules, DisconnectionRules, Objection, Objections, Sector, SignalRules,
};
use crate::calendar::SendingWindow;
use crate::calling::CallRules;
use crate::channels::{self, LetterRules, MailRules, SmsRules};
use crate::direct_debit::DirectDebitRules;
use crate::ids::PolicyId;
use crate::importing::ImportRules;
use crate::matching::BankRules;
use crate::notice::Channel;
use crate::payment_request::{PaymentProvider, PaymentRules, is_method};
use crate::plan::{PlanRules, PlanTemplate};
use crate::promise::PromiseRules;
use crate::provider::{Capabilities, Provider};
use crate::return_reason::is_code;
use crate::step::SignalKind;
use crate::texts::Tone;
use crate::voice::{self, VoiceRules};
use crate::{Money, Violation, creditor_id};

/// Payment conditions that may have a policy of their own, at most.
pub const MOST_CONDITIONS: usize = 200;

/// Templates of payment plans at most.
pub const MOST_TEMPLATES: usize = 20;

/// Codes of returned debits that may be treated otherwise than by default, at most.
pub const MOST_RETURN_CODES: usize = 100;
/// Methods of one payment provider at most.
pub const MOST_METHODS: usize = 20;

/// Oldest arrears that a health insurer signals early, in days: over six months they go to CAK (VNG definitions).
const HEALTH_MOST_DAYS: u16 = 100;

/// What is neither a policy nor a rule for signals, nor who the creditor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Of the settings as they were read; counts up by one with every change.
    pub version: u32,
    /// When messages may leave.
    pub window: SendingWindow,
    /// Least number of days between two notices to one debtor.
    pub minimum_interval_days: u16,
    /// Days that a debtor gets after the last hold ended, before follow-up goes on.
    pub grace_days: u16,
    /// The policy of whoever has none of their own.
    pub default_policy: PolicyId,
    /// The policy of invoices with a payment condition.
    #[serde(default)]
    pub policy_of_condition: BTreeMap<String, PolicyId>,
    /// The channels that are connected; a step's other channels are passed over. Settings of before they could be changed
    /// had none of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// How mail is sent.
    #[serde(default)]
    pub mail: MailRules,
    /// How text messages are sent.
    #[serde(default)]
    pub sms: SmsRules,
    /// The line by which a machine calls, where there is one.
    #[serde(default)]
    pub voice: VoiceRules,
    /// How letters are sent.
    #[serde(default)]
    pub letters: LetterRules,
    /// How debtors are spoken to where a step does not say otherwise.
    #[serde(default)]
    pub tone: Tone,
    /// What payment plans may look like.
    pub plans: PlanRules,
    /// What promises to pay may look like.
    pub promises: PromiseRules,
    /// How debtors are called.
    #[serde(default)]
    pub calls: CallRules,
    /// What is done with records that come in.
    #[serde(default)]
    pub import: ImportRules,
    /// Through which providers debtors may pay.
    #[serde(default)]
    pub payments: PaymentRules,
    /// Which costs are claimed beside the principal.
    pub claims: ClaimRules,
    /// How bank lines are matched.
    #[serde(default)]
    pub bank: BankRules,
    /// What a debtor's objection to early signalling does.
    pub objections: Objections,
    /// When the supply may end.
    pub disconnection: DisconnectionRules,
    /// How it collects by direct debit.
    #[serde(default)]
    pub direct_debit: DirectDebitRules,
    /// What the municipalities' platforms can do, where it differs from what is assumed.
    #[serde(default)]
    pub capabilities: BTreeMap<Provider, Capabilities>,
}

impl Settings {
    /// Those that are in force.
    pub fn of(administration: &Administration) -> Settings {
        Settings {
            version: administration.settings_version,
            window: administration.window,
            minimum_interval_days: administration.minimum_interval_days,
            grace_days: administration.grace_days,
            default_policy: administration.default_policy.clone(),
            policy_of_condition: administration.policy_of_condition.clone(),
            channels: administration.channels.clone(),
            mail: administration.mail.clone(),
            sms: administration.sms.clone(),
            voice: administration.voice.clone(),
            letters: administration.letters.clone(),
            tone: administration.tone,
            plans: administration.plans.clone(),
            promises: administration.promises,
            calls: administration.calls,
            import: administration.import.clone(),
            payments: administration.payments.clone(),
            claims: administration.claims,
            bank: administration.bank,
            objections: administration.objections,
            disconnection: administration.disconnection,
            direct_debit: administration.direct_debit.clone(),
            capabilities: administration.capabilities.clone(),
        }
    }

    pub(crate) fn apply(self, administration: &mut Administration) {
        administration.settings_version = self.version;
        administration.window = self.window;
        administration.minimum_interval_days = self.minimum_interval_days;
        administration.grace_days = self.grace_days;
        administration.default_policy = self.default_policy;
        administration.policy_of_condition = self.policy_of_condition;
        administration.channels = self.channels;
        administration.mail = self.mail;
        administration.sms = self.sms;
        administration.voice = self.voice;
        administration.letters = self.letters;
        administration.tone = self.tone;
        administration.plans = self.plans;
        administration.promises = self.promises;
        administration.calls = self.calls;
        administration.import = self.import;
        administration.payments = self.payments;
        administration.claims = self.claims;
        administration.bank = self.bank;
        administration.objections = self.objections;
        administration.disconnection = self.disconnection;
        administration.direct_debit = self.direct_debit;
        administration.capabilities = self.capabilities;
    }

    /// Everything that is wrong with them for this administration; paths are those of the API body, in which payment
    /// conditions are a list in the order of this map.
    pub fn check(&self, administration: &Administration) -> Vec<Violation> {
        let mut found = Vec::new();
        check_window(self.window, &mut found);
        within(&mut found, "minimumIntervalDays", self.minimum_interval_days, 1, 60, "days");
        within(&mut found, "graceDays", self.grace_days, 0, 60, "days");
        let known = |id| administration.policy(id).is_some();
        if !known(&self.default_policy) {
            refuse(&mut found, "defaultPolicy", "unknown_policy", "names a policy that exists");
        }
        if self.policy_of_condition.len() > MOST_CONDITIONS {
            refuse(&mut found, "policyOfCondition", "too_many", "has at most 200 payment conditions");
        }
        for (i, policy) in self.policy_of_condition.values().enumerate() {
            if !known(policy) {
                let path = format!("policyOfCondition[{i}].policyId");
                refuse(&mut found, &path, "unknown_policy", "names a policy that exists");
            }
        }
        found.extend(channels::check(&self.channels, &self.sms, &self.letters));
        found.extend(voice::check(&self.voice));
        check_plans(&self.plans, &mut found);
        within(&mut found, "promises.mostDays", self.promises.most_days, 1, 366, "days");
        within(&mut found, "promises.graceDays", self.promises.grace_days, 0, 30, "days");
        within(&mut found, "promises.mostPromises", self.promises.most_promises, 1, 10, "promises");
        within(&mut found, "calls.attempts", self.calls.attempts.into(), 1, 10, "calls");
        within(&mut found, "calls.daysBetween", self.calls.days_between.into(), 1, 30, "days");
        within(&mut found, "calls.waitDays", self.calls.wait_days.into(), 1, 60, "days");
        // Below it lies what a person has to look at: see `matching::MOST_WITH_DOUBT`.
        within(&mut found, "bank.automaticFrom", self.bank.automatic_from, 70, 100, "points");
        found.extend(self.import.check().into_iter().map(|v| v.under("import")));
        check_references(self, administration, &mut found);
        check_no_follow_up(self, &mut found);
        check_payments(&self.payments, &mut found);
        check_objections(self.objections, administration.sector, &mut found);
        let days = self.disconnection.working_days_after_crisis_signal;
        within(&mut found, "disconnection.workingDaysAfterCrisisSignal", days, 20, 260, "working days");
        check_direct_debit(&self.direct_debit, &mut found);
        found
    }
}

fn check_payments(rules: &PaymentRules, found: &mut Vec<Violation>) {
    if rules.default_provider.is_some_and(|provider| !rules.of(provider).enabled) {
        refuse(found, "payments.defaultProvider", "not_enabled", "names a provider that is in use");
    }
    for provider in PaymentProvider::ALL {
        let methods = &rules.of(provider).methods;
        if methods.len() > MOST_METHODS {
            refuse(found, &format!("payments.{provider}.methods"), "too_many", "has at most 20 methods");
        }
        for (i, _) in methods.iter().enumerate().filter(|(_, method)| !is_method(method)) {
            let path = format!("payments.{provider}.methods[{i}]");
            refuse(found, &path, "not_a_method", "has 1 to 32 small letters, digits or '_'");
        }
    }
}

fn refuse(found: &mut Vec<Violation>, path: &str, code: &'static str, detail: &str) {
    found.push(Violation::new(path, code, detail));
}

/// A Dutch reference is one of Dutch banks.
fn check_references(settings: &Settings, administration: &Administration, found: &mut Vec<Violation>) {
    if settings.import.dutch_references && !administration.creditor.has_dutch_account() {
        let detail = "asks for a Dutch account: elsewhere references are those of ISO 11649";
        refuse(found, "import.dutchReferences", "not_a_dutch_account", detail);
    }
}

/// A payment condition has a policy or no follow-up.
fn check_no_follow_up(settings: &Settings, found: &mut Vec<Violation>) {
    for (i, condition) in settings.import.no_follow_up.iter().enumerate() {
        if settings.policy_of_condition.contains_key(condition) {
            let detail = "has a policy under `policyOfCondition`: it is followed up, or it is not";
            refuse(found, &format!("import.noFollowUp[{i}]"), "policy_of_condition", detail);
        }
    }
}

fn within(found: &mut Vec<Violation>, path: &str, value: u16, least: u16, most: u16, unit: &str) {
    if !(least..=most).contains(&value) {
        refuse(found, path, "out_of_range", &format!("is {least} to {most} {unit}"));
    }
}

/// Nothing leaves before 08:00 or after 20:00 (LAW.md section 6); and within an hour lies a sweep.
fn check_window(window: SendingWindow, found: &mut Vec<Violation>) {
    let (first, last) = (Time::constant(8, 0, 0, 0), Time::constant(20, 0, 0, 0));
    for (path, time) in [("window.opens", window.opens), ("window.closes", window.closes)] {
        if !(first..=last).contains(&time) {
            refuse(found, path, "outside_contact_hours", "lies between 08:00 and 20:00");
        }
    }
    let minutes = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    if window.opens >= window.closes {
        refuse(found, "window.closes", "closes_before_it_opens", "is later than the opening");
    } else if minutes(window.closes) - minutes(window.opens) < 60 {
        refuse(found, "window.closes", "window_too_short", "is at least an hour after the opening");
    }
}

fn check_plans(plans: &PlanRules, found: &mut Vec<Violation>) {
    within(found, "plans.graceDays", plans.grace_days, 0, 30, "days");
    within(found, "plans.reminderDays", plans.reminder_days, 0, 30, "days");
    within(found, "plans.decideDays", plans.decide_days, 1, 60, "days");
    if plans.templates.len() > MOST_TEMPLATES {
        refuse(found, "plans.templates", "too_many", "has at most 20 templates");
    }
    for (i, template) in plans.templates.iter().enumerate() {
        let violations = check_template(template, &plans.templates[..i]);
        found.extend(violations.into_iter().map(|v| v.under(&format!("plans.templates[{i}]"))));
    }
}

fn check_template(template: &PlanTemplate, earlier: &[PlanTemplate]) -> Vec<Violation> {
    let mut found = Vec::new();
    if earlier.iter().any(|t| t.id == template.id) {
        refuse(&mut found, "id", "repeated_template", "stands in the list twice");
    }
    if template.maximum_total < template.minimum_total {
        refuse(&mut found, "maximumTotal", "less_than_minimum", "is at least the minimum total");
    }
    within(&mut found, "mostInstalments", template.most_instalments, 2, 120, "instalments");
    within(&mut found, "firstWithinDays", template.first_within_days, 1, 92, "days");
    found
}

fn check_direct_debit(rules: &DirectDebitRules, found: &mut Vec<Violation>) {
    match &rules.creditor_id {
        None if rules.enabled => {
            let detail = "is needed to collect by direct debit";
            refuse(found, "directDebit.creditorId", "creditor_id_missing", detail);
        }
        None => {}
        Some(id) => {
            if let Err(error) = creditor_id::check(id) {
                refuse(found, "directDebit.creditorId", error.code(), &error.to_string());
            }
        }
    }
    let days = rules.pre_notification_days;
    within(found, "directDebit.preNotificationDays", days, 1, 60, "days");
    within(found, "directDebit.leadDaysCore", rules.lead_days_core, 1, 10, "TARGET days");
    within(found, "directDebit.leadDaysB2b", rules.lead_days_b2b, 1, 10, "TARGET days");
    within(found, "directDebit.mostPerBatch", rules.most_per_batch, 1, 25_000, "debits");
    within(found, "directDebit.retryAfterDays", rules.retry_after_days, 1, 60, "days");
    within(found, "directDebit.mostRetries", rules.most_retries, 0, 3, "times");
    if rules.returns.len() > MOST_RETURN_CODES {
        refuse(found, "directDebit.returns", "too_many", "has at most 100 codes");
    }
    for (i, code) in rules.returns.keys().enumerate() {
        if !is_code(code) {
            let path = format!("directDebit.returns[{i}].code");
            refuse(found, &path, "not_a_reason_code", "is four capital letters or digits, such as AM04");
        }
    }
}

/// Of a landlord an objection blocks: that is settled (LAW.md section 2). Elsewhere it is a setting.
fn check_objections(objections: Objections, sector: Sector, found: &mut Vec<Violation>) {
    for (path, objection) in
        [("objections.early", objections.early), ("objections.crisis", objections.crisis)]
    {
        if sector == Sector::Rent && objection != Objection::Blocks {
            refuse(found, path, "objection_blocks", "an objection to a landlord's signal blocks it");
        }
    }
}

impl SignalRules {
    /// Everything that is wrong with rules for signals of this kind in this sector; paths are those of the API body.
    pub fn check(&self, kind: SignalKind, sector: Sector) -> Vec<Violation> {
        let mut found = Vec::new();
        for (path, amount) in
            [("minimumOutstanding", self.minimum_outstanding), ("minimumChange", self.minimum_change)]
        {
            if amount < Money::ZERO {
                refuse(&mut found, path, "negative_amount", "is zero or more");
            }
        }
        within(&mut found, "minimumFinalReminders", self.minimum_final_reminders, 0, 20, "invoices");
        // Stcrt 2021, 45719 art. 1.2(a) and (c): one of each at least.
        within(&mut found, "minimumReminders", self.minimum_reminders, 1, 20, "reminders");
        within(&mut found, "minimumContactEfforts", self.minimum_contact_efforts, 1, 20, "efforts");
        if self.minimum_days < 30 {
            let detail = "is at least 30 days: a signal comes no earlier (VNG definitions)";
            refuse(&mut found, "minimumDays", "too_early", detail);
        } else {
            within(&mut found, "minimumDays", self.minimum_days, 30, 366, "days");
        }
        if self.maximum_days.is_some_and(|most| most < self.minimum_days || most > 1_000) {
            let detail = "is at least the minimum of days and at most 1,000";
            refuse(&mut found, "maximumDays", "out_of_range", detail);
        }
        let health = kind == SignalKind::Early && sector == Sector::HealthInsurance;
        if health && self.maximum_days.is_none_or(|most| most > HEALTH_MOST_DAYS) {
            let detail = "of a health insurer's early signal is at most 100 days (VNG definitions)";
            refuse(&mut found, "maximumDays", "too_late", detail);
        }
        if self.four_eyes && self.automatic {
            let detail = "is for signals that people send: automatic is off then";
            refuse(&mut found, "fourEyes", "automatic", detail);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::Creditor;
    use crate::ids::AdministrationId;
    use crate::return_reason::Treatment;

    fn administration(sector: Sector) -> Administration {
        let creditor = Creditor {
            name: "a".into(),
            address_lines: Vec::new(),
            iban: "NL91ABNA0417164300".into(),
            bic: None,
            phone: "1".into(),
            email: "a@b.nl".into(),
            sender: "a@b.nl".into(),
            opening_hours: None,
            platform_identification: "1".into(),
        };
        Administration::new(AdministrationId::parse("a").unwrap(), creditor, sector)
    }

    const SECTORS: [Sector; 6] =
        [Sector::Energy, Sector::Heat, Sector::Water, Sector::Rent, Sector::HealthInsurance, Sector::Other];

    fn codes(found: &[Violation]) -> Vec<(&str, &str)> {
        found.iter().map(|v| (v.path.as_str(), v.code)).collect()
    }

    #[test]
    fn what_a_new_administration_begins_with_is_good() {
        for sector in SECTORS {
            let new = administration(sector);
            assert_eq!(Settings::of(&new).check(&new), [], "{sector:?}");
            for kind in [SignalKind::Early, SignalKind::Crisis] {
                assert_eq!(new.rules(kind).check(kind, sector), [], "{sector:?} {kind:?}");
            }
        }
    }

    #[test]
    fn every_setting_has_its_bounds() {
        fn at(hour: i8, minute: i8) -> Time {
            Time::constant(hour, minute, 0, 0)
        }
        type Change = fn(&mut Settings);
        let table: Vec<(Change, &[(&str, &str)])> = vec![
            (|s| s.window.opens = at(8, 0), &[]),
            (|s| s.window.opens = at(7, 59), &[("window.opens", "outside_contact_hours")]),
            (|s| s.window.closes = at(20, 1), &[("window.closes", "outside_contact_hours")]),
            (|s| s.window.opens = at(19, 0), &[]),
            (|s| s.window.opens = at(19, 1), &[("window.closes", "window_too_short")]),
            (|s| s.window.opens = at(20, 0), &[("window.closes", "closes_before_it_opens")]),
            (|s| s.minimum_interval_days = 1, &[]),
            (|s| s.minimum_interval_days = 0, &[("minimumIntervalDays", "out_of_range")]),
            (|s| s.minimum_interval_days = 60, &[]),
            (|s| s.minimum_interval_days = 61, &[("minimumIntervalDays", "out_of_range")]),
            (|s| s.grace_days = 0, &[]),
            (|s| s.grace_days = 60, &[]),
            (|s| s.grace_days = 61, &[("graceDays", "out_of_range")]),
            (|s| s.default_policy = "x".parse().unwrap(), &[("defaultPolicy", "unknown_policy")]),
            (
                |s| {
                    s.policy_of_condition.insert("a".into(), "standard".parse().unwrap());
                    s.policy_of_condition.insert("b".into(), "x".parse().unwrap());
                },
                &[("policyOfCondition[1].policyId", "unknown_policy")],
            ),
            (|s| s.plans.grace_days = 31, &[("plans.graceDays", "out_of_range")]),
            (|s| s.plans.reminder_days = 31, &[("plans.reminderDays", "out_of_range")]),
            (|s| s.plans.decide_days = 0, &[("plans.decideDays", "out_of_range")]),
            (|s| s.plans.templates[1].id = "short".into(), &[("plans.templates[1].id", "repeated_template")]),
            (
                |s| s.plans.templates[0].maximum_total = Money::from_cents(1),
                &[("plans.templates[0].maximumTotal", "less_than_minimum")],
            ),
            (
                |s| s.plans.templates[0].most_instalments = 1,
                &[("plans.templates[0].mostInstalments", "out_of_range")],
            ),
            (
                |s| s.plans.templates[0].first_within_days = 0,
                &[("plans.templates[0].firstWithinDays", "out_of_range")],
            ),
            (
                |s| s.plans.templates = vec![s.plans.templates[0].clone(); 21],
                &[("plans.templates", "too_many")],
            ),
            (|s| s.promises.most_days = 0, &[("promises.mostDays", "out_of_range")]),
            (|s| s.promises.grace_days = 31, &[("promises.graceDays", "out_of_range")]),
            (|s| s.promises.most_promises = 0, &[("promises.mostPromises", "out_of_range")]),
            (|s| s.calls.attempts = 0, &[("calls.attempts", "out_of_range")]),
            (|s| s.calls.days_between = 0, &[("calls.daysBetween", "out_of_range")]),
            (|s| s.calls.wait_days = 61, &[("calls.waitDays", "out_of_range")]),
            (|s| s.direct_debit.enabled = true, &[("directDebit.creditorId", "creditor_id_missing")]),
            (|s| s.direct_debit.creditor_id = Some("NL69ZZZ123456780000".into()), &[]),
            (
                |s| s.direct_debit.creditor_id = Some("NL68ZZZ123456780000".into()),
                &[("directDebit.creditorId", "creditor_id_checksum")],
            ),
            (
                |s| s.direct_debit.pre_notification_days = 0,
                &[("directDebit.preNotificationDays", "out_of_range")],
            ),
            (|s| s.direct_debit.lead_days_core = 0, &[("directDebit.leadDaysCore", "out_of_range")]),
            (|s| s.direct_debit.lead_days_b2b = 11, &[("directDebit.leadDaysB2b", "out_of_range")]),
            (|s| s.direct_debit.most_per_batch = 0, &[("directDebit.mostPerBatch", "out_of_range")]),
            (|s| s.direct_debit.retry_after_days = 0, &[("directDebit.retryAfterDays", "out_of_range")]),
            (|s| s.direct_debit.most_retries = 4, &[("directDebit.mostRetries", "out_of_range")]),
            (
                |s| {
                    s.direct_debit.returns.insert("AM4".into(), Treatment::FollowUp);
                },
                &[("directDebit.returns[0].code", "not_a_reason_code")],
            ),
            (|s| s.bank.automatic_from = 70, &[]),
            (|s| s.bank.automatic_from = 69, &[("bank.automaticFrom", "out_of_range")]),
            (|s| s.bank.automatic_from = 101, &[("bank.automaticFrom", "out_of_range")]),
            (|s| s.objections.early = Objection::AsksTheDesk, &[]),
            (|s| s.disconnection.winter_stop = false, &[]),
            (
                |s| s.disconnection.working_days_after_crisis_signal = 19,
                &[("disconnection.workingDaysAfterCrisisSignal", "out_of_range")],
            ),
        ];
        let administration = administration(Sector::Energy);
        for (change, expected) in table {
            let mut settings = Settings::of(&administration);
            change(&mut settings);
            let found = settings.check(&administration);
            // Templates that are copies of each other say so as well.
            let shown: Vec<_> = if found.len() > 5 { vec![found[0].clone()] } else { found };
            assert_eq!(codes(&shown), expected);
        }
    }

    #[test]
    fn an_objection_to_a_landlord_blocks() {
        let landlord = administration(Sector::Rent);
        let mut settings = Settings::of(&landlord);
        settings.objections = Objections { early: Objection::AsksTheDesk, crisis: Objection::AsksTheDesk };
        let found = settings.check(&landlord);
        let expected = [("objections.early", "objection_blocks"), ("objections.crisis", "objection_blocks")];
        assert_eq!(codes(&found), expected);
    }

    #[test]
    fn every_rule_has_its_bounds() {
        type Change = fn(&mut SignalRules);
        type Row = (Sector, Change, &'static [(&'static str, &'static str)]);
        let table: Vec<Row> = vec![
            (Sector::Water, |r| r.minimum_days = 29, &[("minimumDays", "too_early")]),
            (Sector::Water, |r| r.minimum_days = 30, &[]),
            (Sector::Water, |r| r.minimum_days = 367, &[("minimumDays", "out_of_range")]),
            (
                Sector::Water,
                |r| r.minimum_outstanding = Money::from_cents(-1),
                &[("minimumOutstanding", "negative_amount")],
            ),
            (Sector::Water, |r| r.minimum_outstanding = Money::ZERO, &[]),
            (
                Sector::Water,
                |r| r.minimum_change = Money::from_cents(-1),
                &[("minimumChange", "negative_amount")],
            ),
            (Sector::Water, |r| r.minimum_reminders = 0, &[("minimumReminders", "out_of_range")]),
            (Sector::Water, |r| r.minimum_contact_efforts = 0, &[("minimumContactEfforts", "out_of_range")]),
            (Sector::Water, |r| r.minimum_final_reminders = 0, &[]),
            (Sector::Water, |r| r.minimum_final_reminders = 21, &[("minimumFinalReminders", "out_of_range")]),
            (Sector::Water, |r| r.maximum_days = Some(29), &[("maximumDays", "out_of_range")]),
            (Sector::Water, |r| r.maximum_days = None, &[]),
            (Sector::HealthInsurance, |r| r.maximum_days = Some(100), &[]),
            (Sector::HealthInsurance, |r| r.maximum_days = Some(101), &[("maximumDays", "too_late")]),
            (Sector::HealthInsurance, |r| r.maximum_days = None, &[("maximumDays", "too_late")]),
            (Sector::Water, |r| r.four_eyes = true, &[("fourEyes", "automatic")]),
            (Sector::Water, |r| (r.four_eyes, r.automatic) = (true, false), &[]),
        ];
        for (sector, change, expected) in table {
            let mut rules = SignalRules::standard(SignalKind::Early, sector);
            change(&mut rules);
            assert_eq!(codes(&rules.check(SignalKind::Early, sector)), expected, "{sector:?} {rules:?}");
        }
    }
}
