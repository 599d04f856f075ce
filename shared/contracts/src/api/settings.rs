//! Settings of an administration. What the law leaves open, or what was read in secondary sources only, is a setting whose
//! value at the beginning is the safe one; its description says so.

use std::collections::BTreeMap;

use domain::Violation;
use domain::administration::{
    Administration, ClaimRules, Creditor, DisconnectionRules, Objection, Objections, Sector,
};
use domain::calendar::SendingWindow;
use domain::calling::CallRules;
use domain::direct_debit::DirectDebitRules;
use domain::ids::PolicyId;
use domain::matching::BankRules;
use domain::notice::Channel;
use domain::payment_request::{PaymentProvider, PaymentRules, ProviderRules};
use domain::plan::{Every, PlanRules, PlanTemplate};
use domain::promise::PromiseRules;
use domain::return_reason::Treatment;
use domain::settings::Settings;
use domain::texts::Tone;
use jiff::Timestamp;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::channels::{LettersBody, MailBody, SmsBody, VoiceBody};
use super::fields::Fields;
use super::import_rules::ImportBody;
use super::platforms::PlatformsBody;

/// Settings as they are put. What is left out stays as it is; what is given is replaced as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettingsBody {
    pub window: Option<WindowBody>,
    /// Least number of days between two messages to one debtor: 1 to 60.
    #[schema(example = 7)]
    pub minimum_interval_days: Option<u16>,
    /// Days that a debtor gets after the last hold ended, before follow-up goes on: 0 to 60.
    #[schema(example = 7)]
    pub grace_days: Option<u16>,
    /// The policy of whoever has none of their own.
    pub default_policy: Option<String>,
    /// The policies of invoices with these payment conditions, at most 200. An invoice's own policy and its debtor's go
    /// before them, the default one comes after them.
    pub policy_of_condition: Option<Vec<ConditionPolicy>>,
    /// The channels that are connected: `email`, `sms`, `letter`, `phone`. Steps choose among them; a step's other channels
    /// are passed over.
    #[schema(value_type = Option<Vec<String>>, example = json!(["email", "sms", "phone"]))]
    pub channels: Option<Vec<Channel>>,
    pub mail: Option<MailBody>,
    pub sms: Option<SmsBody>,
    pub voice: Option<VoiceBody>,
    pub letters: Option<LettersBody>,
    /// How debtors are spoken to where a step does not say otherwise: `formal`, which is "u" in Dutch and the tone at the
    /// beginning; or `friendly`, which is "je". Formal notices, announcements of the end of service and everything after
    /// them are formal whatever stands here.
    #[schema(value_type = Option<String>, example = "formal")]
    pub tone: Option<Tone>,
    pub plans: Option<PlansBody>,
    pub promises: Option<PromisesBody>,
    pub calls: Option<CallsBody>,
    pub import: Option<ImportBody>,
    pub payments: Option<PaymentsBody>,
    pub claims: Option<ClaimsBody>,
    pub bank: Option<BankBody>,
    pub objections: Option<ObjectionsBody>,
    pub disconnection: Option<DisconnectionBody>,
    pub direct_debit: Option<DirectDebitBody>,
    pub platforms: Option<PlatformsBody>,
}

/// The hours in which messages may leave, Monday to Saturday, on no public holiday. Nothing leaves before 08:00 or after
/// 20:00: the hours come from the rules for collection agencies, read in secondary sources, and are the stricter ones
/// [not settled]. They can be made narrower, to an hour at least, and not wider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowBody {
    #[schema(example = "08:00")]
    pub opens: String,
    #[schema(example = "20:00")]
    pub closes: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConditionPolicy {
    /// The payment condition, as invoices name it.
    pub condition: String,
    pub policy_id: String,
}

/// How payment plans are agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlansBody {
    /// Days after an instalment's day in which it may still be paid before the plan breaks: 0 to 30.
    pub grace_days: u16,
    /// Days before an instalment's day on which the debtor is reminded of it: 0 to 30.
    pub reminder_days: u16,
    /// Days in which the desk decides on a proposal: 1 to 60. Then a task asks.
    pub decide_days: u16,
    /// What debtors may choose from: at most 20.
    pub templates: Vec<TemplateBody>,
}

/// A kind of plan, with the conditions under which it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateBody {
    pub id: String,
    /// For a total of at least so many euros.
    pub minimum_total: String,
    /// And of at most so many.
    pub maximum_total: String,
    /// 2 to 120.
    pub most_instalments: u16,
    /// `week` or `month`.
    #[schema(value_type = String, example = "month")]
    pub every: Every,
    /// The first instalment falls due at most so many days after the proposal: 1 to 92.
    pub first_within_days: u16,
    /// An instalment is at least so many euros.
    pub minimum_instalment: String,
    /// Approved without the desk.
    pub automatic: bool,
}

/// How promises to pay are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PromisesBody {
    /// A promise names a day at most so many days ahead: 1 to 366.
    pub most_days: u16,
    /// Days after that day in which a payment may still come in: 0 to 30.
    pub grace_days: u16,
    /// Promises about one invoice at most, kept ones left out: 1 to 10.
    pub most_promises: u16,
}

/// How debtors are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallsBody {
    /// Calls for one step that reach nobody, before the step's next channel takes over: 1 to 10.
    #[schema(example = 3)]
    pub attempts: u8,
    /// Days from a call that reached nobody to the next: 1 to 30.
    #[schema(example = 2)]
    pub days_between: u8,
    /// Days that a call waits to be made, before the step's next channel takes over: 1 to 60.
    #[schema(example = 7)]
    pub wait_days: u8,
}

/// Through which providers debtors may pay. Their keys are put at `/v1/payment-providers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentsBody {
    /// `mollie` or `paypal`: the one of requests that name none. It has to be enabled.
    #[schema(value_type = Option<String>, example = "mollie")]
    pub default_provider: Option<PaymentProvider>,
    pub mollie: ProviderBody,
    pub paypal: ProviderBody,
}

/// How one provider is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderBody {
    pub enabled: bool,
    /// The methods that debtors may choose from, by the provider's names, at most 20; empty: all that the account has. iDEAL
    /// becomes Wero between 2026 and 2028: the name is the provider's, and changes here.
    #[schema(example = json!(["ideal", "creditcard"]))]
    pub methods: Vec<String>,
}

impl PaymentsBody {
    fn read(self) -> PaymentRules {
        let rules = |body: ProviderBody| ProviderRules { enabled: body.enabled, methods: body.methods };
        PaymentRules {
            default_provider: self.default_provider,
            mollie: rules(self.mollie),
            paypal: rules(self.paypal),
        }
    }

    fn of(rules: &PaymentRules) -> PaymentsBody {
        let body =
            |rules: &ProviderRules| ProviderBody { enabled: rules.enabled, methods: rules.methods.clone() };
        PaymentsBody {
            default_provider: rules.default_provider,
            mollie: body(&rules.mollie),
            paypal: body(&rules.paypal),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimsBody {
    /// Collection costs on consumers' recurring terms as well. Since 2024-10-01 a rule against stacking limits them; it
    /// was read in secondary sources only [not settled]. Off at the beginning: no costs on recurring terms. Have a lawyer
    /// confirm it before this is turned on.
    pub costs_on_recurring_terms: bool,
}

/// How the lines of bank statements are matched to invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BankBody {
    /// A line is matched without anybody's word from this confidence on, in points of a hundred: 70 to 100. 90 at the
    /// beginning. Where anything else fits as well, a person is asked, whatever stands here.
    #[schema(example = 90)]
    pub automatic_from: u16,
}

/// What a debtor's objection to signalling does, by kind of signal: `blocks`, or `asksTheDesk`, with which the signal is
/// prepared and a person has to send it. Which it has to be is not settled for every sector [not settled]. At the
/// beginning an objection blocks everywhere, but for crisis signals of energy and heat suppliers, where the desk is asked.
/// A landlord's objections always block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObjectionsBody {
    #[schema(value_type = String, example = "blocks")]
    pub early: Objection,
    #[schema(value_type = String, example = "blocks")]
    pub crisis: Objection,
}

/// When supply of energy, heat or water may end at the earliest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisconnectionBody {
    /// No end of supply from 1 October until 1 April. It comes from an old text; whether it still holds was not read
    /// [not settled]. On at the beginning, which is the safe value.
    pub winter_stop: bool,
    /// Working days between the crisis signal and the end of supply: 20 to 260. Twenty is the least that was read for
    /// energy; the text of 2026 itself was not [not settled].
    #[schema(example = 20)]
    pub working_days_after_crisis_signal: u16,
}

/// How invoices are collected by direct debit. Off at the beginning. The invoice is the pre-notification: it has to name the
/// day of collection ("on or about") and the amount. What no invoice could name is not collected: an invoice from before the
/// mandate, costs and interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectDebitBody {
    pub enabled: bool,
    /// The SEPA creditor identifier, as the bank gave it. Needed once it is on.
    #[schema(example = "NL69ZZZ123456780000")]
    pub creditor_id: Option<String>,
    /// Days between the issue of an invoice and its collection: 1 to 60. The rulebooks ask for 14 where no shorter term was
    /// agreed with the debtor.
    #[schema(example = 14)]
    pub pre_notification_days: u16,
    /// TARGET days between submission and collection, under the Core scheme: 1 to 10. One by the rulebook; ask the bank.
    #[schema(example = 1)]
    pub lead_days_core: u16,
    /// The same under the scheme for businesses.
    #[schema(example = 1)]
    pub lead_days_b2b: u16,
    /// Debits of one batch at most: 1 to 25000.
    #[schema(example = 10000)]
    pub most_per_batch: u16,
    /// Days after a return until the invoice is collected once more, where that is what is done: 1 to 60.
    #[schema(example = 5)]
    pub retry_after_days: u16,
    /// How often an invoice is collected once more: 0 to 3.
    #[schema(example = 1)]
    pub most_retries: u16,
    /// What is done about returns with these codes, where it is not what is done by default: AM04 is collected once more;
    /// AC01, AC04, AC06, AC13, MD01 and MD07 end the mandate and ask a person; MD06 and MS02 let reminders go on; all others,
    /// and codes that nobody knows, ask a person. At most 100.
    pub returns: Vec<ReturnBody>,
}

/// What is done about a return with this code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReturnBody {
    #[schema(example = "AM04")]
    pub code: String,
    /// `retry`, `followUp`, `endMandate` or `askPerson`.
    #[schema(value_type = String, example = "followUp")]
    pub treatment: Treatment,
}

impl DirectDebitBody {
    fn read(self, fields: &mut Fields) -> DirectDebitRules {
        let creditor_id = self.creditor_id.filter(|id| !id.trim().is_empty());
        // One that is none is refused by the settings' own check.
        let creditor_id = creditor_id.map(|id| domain::creditor_id::check(&id).unwrap_or(id));
        let mut returns = BTreeMap::new();
        for (i, ReturnBody { code, treatment }) in self.returns.into_iter().enumerate() {
            if returns.insert(code, treatment).is_some() {
                fields.refuse(
                    &format!("directDebit.returns[{i}].code"),
                    "repeated_code",
                    "stands in the list twice",
                );
            }
        }
        DirectDebitRules {
            enabled: self.enabled,
            creditor_id,
            pre_notification_days: self.pre_notification_days,
            lead_days_core: self.lead_days_core,
            lead_days_b2b: self.lead_days_b2b,
            most_per_batch: self.most_per_batch,
            retry_after_days: self.retry_after_days,
            most_retries: self.most_retries,
            returns,
        }
    }

    fn of(rules: &DirectDebitRules) -> DirectDebitBody {
        let returns = rules.returns.iter();
        DirectDebitBody {
            enabled: rules.enabled,
            creditor_id: rules.creditor_id.clone(),
            pre_notification_days: rules.pre_notification_days,
            lead_days_core: rules.lead_days_core,
            lead_days_b2b: rules.lead_days_b2b,
            most_per_batch: rules.most_per_batch,
            retry_after_days: rules.retry_after_days,
            most_retries: rules.most_retries,
            returns: returns
                .map(|(code, treatment)| ReturnBody { code: code.clone(), treatment: *treatment })
                .collect(),
        }
    }
}

impl SettingsBody {
    /// The settings that this administration would have, or everything that is wrong with the body.
    pub fn check(self, administration: &Administration) -> Result<Settings, Vec<Violation>> {
        let mut fields = Fields::new();
        let mut wanted = Settings::of(administration);
        if let Some(window) = &self.window {
            let opens = time(&mut fields, "window.opens", &window.opens);
            let closes = time(&mut fields, "window.closes", &window.closes);
            if let (Some(opens), Some(closes)) = (opens, closes) {
                wanted.window = SendingWindow { opens, closes };
            }
        }
        wanted.minimum_interval_days = self.minimum_interval_days.unwrap_or(wanted.minimum_interval_days);
        wanted.grace_days = self.grace_days.unwrap_or(wanted.grace_days);
        let default = self.default_policy.as_deref();
        if let Some(id) = default.and_then(|id| fields.id("defaultPolicy", id, PolicyId::parse)) {
            wanted.default_policy = id;
        }
        wanted.channels = self.channels.unwrap_or(wanted.channels);
        if let Some(mail) = self.mail {
            wanted.mail = mail.read(&mut fields);
        }
        if let Some(sms) = self.sms {
            wanted.sms = sms.read();
        }
        if let Some(voice) = self.voice {
            wanted.voice = voice.read();
        }
        if let Some(letters) = self.letters {
            wanted.letters = letters.read();
        }
        wanted.tone = self.tone.unwrap_or(wanted.tone);
        if let Some(plans) = self.plans {
            wanted.plans = plans.read(&mut fields);
        }
        if let Some(PromisesBody { most_days, grace_days, most_promises }) = self.promises {
            wanted.promises = PromiseRules { most_days, grace_days, most_promises };
        }
        if let Some(CallsBody { attempts, days_between, wait_days }) = self.calls {
            wanted.calls = CallRules { attempts, days_between, wait_days };
        }
        if let Some(import) = self.import {
            wanted.import = import.read(&mut fields);
        }
        if let Some(payments) = self.payments {
            wanted.payments = payments.read();
        }
        if let Some(ClaimsBody { costs_on_recurring_terms }) = self.claims {
            wanted.claims = ClaimRules { costs_on_recurring_terms };
        }
        if let Some(BankBody { automatic_from }) = self.bank {
            wanted.bank = BankRules { automatic_from };
        }
        if let Some(ObjectionsBody { early, crisis }) = self.objections {
            wanted.objections = Objections { early, crisis };
        }
        if let Some(DisconnectionBody { winter_stop, working_days_after_crisis_signal }) = self.disconnection
        {
            wanted.disconnection = DisconnectionRules { winter_stop, working_days_after_crisis_signal };
        }
        if let Some(direct_debit) = self.direct_debit {
            wanted.direct_debit = direct_debit.read(&mut fields);
        }
        if let Some(platforms) = self.platforms {
            wanted.capabilities = platforms.read();
        }
        if let Some(list) = self.policy_of_condition {
            read_conditions(&mut fields, list, administration, &mut wanted);
        }
        for wrong in wanted.check(administration) {
            fields.add(wrong);
        }
        fields.finish(Some(wanted))
    }
}

/// Whether the policies exist is looked at here: the settings have lost the order of the list.
fn read_conditions(
    fields: &mut Fields,
    list: Vec<ConditionPolicy>,
    administration: &Administration,
    wanted: &mut Settings,
) {
    wanted.policy_of_condition.clear();
    if list.len() > domain::settings::MOST_CONDITIONS {
        fields.refuse("policyOfCondition", "too_many", "has at most 200 payment conditions");
        return;
    }
    for (i, ConditionPolicy { condition, policy_id }) in list.into_iter().enumerate() {
        let at = |field: &str| format!("policyOfCondition[{i}].{field}");
        let condition = fields.text(&at("condition"), &condition, 64);
        let policy = fields.id(&at("policyId"), &policy_id, PolicyId::parse);
        let (Some(condition), Some(policy)) = (condition, policy) else { continue };
        if administration.policy(&policy).is_none() {
            fields.refuse(&at("policyId"), "unknown_policy", "names a policy that exists");
        } else if wanted.policy_of_condition.insert(condition, policy).is_some() {
            fields.refuse(&at("condition"), "repeated_condition", "stands in the list twice");
        }
    }
}

/// A time of day: `HH:MM` and nothing else.
fn time(fields: &mut Fields, path: &str, text: &str) -> Option<Time> {
    let parsed = text.split_once(':').filter(|_| text.len() == 5).and_then(|(hours, minutes)| {
        let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        if !digits(hours) || !digits(minutes) {
            return None;
        }
        Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()
    });
    if parsed.is_none() {
        fields.refuse(path, "not_a_time", "is a time of the form HH:MM");
    }
    parsed
}

impl PlansBody {
    fn read(self, fields: &mut Fields) -> PlanRules {
        let templates = self.templates.into_iter().enumerate();
        PlanRules {
            grace_days: self.grace_days,
            reminder_days: self.reminder_days,
            decide_days: self.decide_days,
            templates: templates.filter_map(|(i, template)| template.read(fields, i)).collect(),
        }
    }

    fn of(rules: &PlanRules) -> PlansBody {
        let template = |t: &PlanTemplate| TemplateBody {
            id: t.id.clone(),
            minimum_total: t.minimum_total.to_string(),
            maximum_total: t.maximum_total.to_string(),
            most_instalments: t.most_instalments,
            every: t.every,
            first_within_days: t.first_within_days,
            minimum_instalment: t.minimum_instalment.to_string(),
            automatic: t.automatic,
        };
        PlansBody {
            grace_days: rules.grace_days,
            reminder_days: rules.reminder_days,
            decide_days: rules.decide_days,
            templates: rules.templates.iter().map(template).collect(),
        }
    }
}

impl TemplateBody {
    fn read(self, fields: &mut Fields, place: usize) -> Option<PlanTemplate> {
        let at = |field: &str| format!("plans.templates[{place}].{field}");
        let id = fields.text(&at("id"), &self.id, 40);
        let minimum_total = fields.amount(&at("minimumTotal"), &self.minimum_total);
        let maximum_total = fields.amount(&at("maximumTotal"), &self.maximum_total);
        let minimum_instalment = fields.amount(&at("minimumInstalment"), &self.minimum_instalment);
        Some(PlanTemplate {
            id: id?,
            minimum_total: minimum_total?,
            maximum_total: maximum_total?,
            most_instalments: self.most_instalments,
            every: self.every,
            first_within_days: self.first_within_days,
            minimum_instalment: minimum_instalment?,
            automatic: self.automatic,
        })
    }
}

/// Settings as they are read. An earlier version says until when it was in force, and who ended that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Counts up by one with every change. Timelines name it.
    pub version: u32,
    /// Who sends the messages. Read only: it is set where the administration is made.
    pub creditor: CreditorView,
    /// Read only.
    #[schema(value_type = String, example = "energy")]
    pub sector: Sector,
    #[serde(flatten)]
    pub body: SettingsBody,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub replaced_at: Option<Timestamp>,
    pub replaced_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreditorView {
    pub name: String,
    pub address_lines: Vec<String>,
    pub iban: String,
    pub bic: Option<String>,
    pub phone: String,
    pub email: String,
    pub sender: String,
    pub opening_hours: Option<String>,
    pub platform_identification: String,
}

impl SettingsView {
    /// These settings, of this administration.
    pub fn of(administration: &Administration, settings: &Settings) -> SettingsView {
        let Settings { window, plans, promises, payments, claims, bank, objections, disconnection, .. } =
            settings;
        let hours = |time: Time| time.strftime("%H:%M").to_string();
        let conditions = settings.policy_of_condition.iter();
        SettingsView {
            version: settings.version,
            creditor: creditor(&administration.creditor),
            sector: administration.sector,
            body: SettingsBody {
                window: Some(WindowBody { opens: hours(window.opens), closes: hours(window.closes) }),
                minimum_interval_days: Some(settings.minimum_interval_days),
                grace_days: Some(settings.grace_days),
                default_policy: Some(settings.default_policy.to_string()),
                policy_of_condition: Some(
                    conditions
                        .map(|(condition, policy)| ConditionPolicy {
                            condition: condition.clone(),
                            policy_id: policy.to_string(),
                        })
                        .collect(),
                ),
                channels: Some(settings.channels.clone()),
                mail: Some(MailBody::of(&settings.mail)),
                sms: Some(SmsBody::of(&settings.sms)),
                voice: Some(VoiceBody::of(&settings.voice)),
                letters: Some(LettersBody::of(&settings.letters)),
                tone: Some(settings.tone),
                plans: Some(PlansBody::of(plans)),
                promises: Some(PromisesBody {
                    most_days: promises.most_days,
                    grace_days: promises.grace_days,
                    most_promises: promises.most_promises,
                }),
                calls: Some(CallsBody {
                    attempts: settings.calls.attempts,
                    days_between: settings.calls.days_between,
                    wait_days: settings.calls.wait_days,
                }),
                import: Some(ImportBody::of(&settings.import)),
                payments: Some(PaymentsBody::of(payments)),
                claims: Some(ClaimsBody { costs_on_recurring_terms: claims.costs_on_recurring_terms }),
                bank: Some(BankBody { automatic_from: bank.automatic_from }),
                objections: Some(ObjectionsBody { early: objections.early, crisis: objections.crisis }),
                disconnection: Some(DisconnectionBody {
                    winter_stop: disconnection.winter_stop,
                    working_days_after_crisis_signal: disconnection.working_days_after_crisis_signal,
                }),
                direct_debit: Some(DirectDebitBody::of(&settings.direct_debit)),
                platforms: Some(PlatformsBody::of(&settings.capabilities)),
            },
            replaced_at: None,
            replaced_by: None,
        }
    }

    /// An earlier version. Who the creditor is has no versions: it is as it is now.
    pub fn replaced(
        administration: &Administration,
        settings: &Settings,
        by: &str,
        at: Timestamp,
    ) -> SettingsView {
        SettingsView {
            replaced_at: Some(at),
            replaced_by: Some(by.to_owned()),
            ..SettingsView::of(administration, settings)
        }
    }
}

fn creditor(creditor: &Creditor) -> CreditorView {
    CreditorView {
        name: creditor.name.clone(),
        address_lines: creditor.address_lines.clone(),
        iban: creditor.iban.clone(),
        bic: creditor.bic.clone(),
        phone: creditor.phone.clone(),
        email: creditor.email.clone(),
        sender: creditor.sender.clone(),
        opening_hours: creditor.opening_hours.clone(),
        platform_identification: creditor.platform_identification.clone(),
    }
}
