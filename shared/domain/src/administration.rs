//! One creditor's settings: who they are, how they follow up, when they may signal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::calendar::SendingWindow;
use crate::calling::CallRules;
use crate::channels::{LetterRules, MailRules, SmsRules};
use crate::debtor::Debtor;
use crate::debtor::EmailAddress;
use crate::direct_debit::DirectDebitRules;
use crate::hold::Hold;
use crate::ids::{AdministrationId, PolicyId};
use crate::importing::ImportRules;
use crate::invoice::Invoice;
use crate::matching::BankRules;
use crate::notice::Channel;
use crate::payment_request::PaymentRules;
use crate::plan::PlanRules;
use crate::policy::Policy;
use crate::promise::PromiseRules;
use crate::provider::{Capabilities, Provider};
use crate::step::SignalKind;
use crate::texts::{OwnTexts, Tone};
use crate::voice::VoiceRules;

/// One creditor's administration: its settings, policies and signal rules. Everything else belongs to exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Administration {
    /// Begins every key of the store; comes from the caller's token.
    pub id: AdministrationId,
    /// Who asks for payment, as letters and signals name them.
    pub creditor: Creditor,
    /// Decides whether and how the creditor may signal.
    pub sector: Sector,
    /// When messages may leave.
    #[serde(default)]
    pub window: SendingWindow,
    /// Least number of days between two notices to one debtor.
    pub minimum_interval_days: u16,
    /// Days that a debtor gets after the last hold ended, before follow-up goes on.
    pub grace_days: u16,
    /// Counts up by one with every change of the settings; policies and signal rules count their own.
    #[serde(default = "first")]
    pub settings_version: u32,
    /// All policies; at least the one that [`Administration::default_policy`] names.
    pub policies: Vec<Policy>,
    /// The policy of whoever has none of their own.
    pub default_policy: PolicyId,
    /// The policy of invoices with this payment condition.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policy_of_condition: BTreeMap<String, PolicyId>,
    /// Channels that are connected; a step's other channels are passed over.
    #[serde(default = "by_email")]
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
    /// What it says in its own words.
    #[serde(default, skip_serializing_if = "OwnTexts::is_unused")]
    pub texts: OwnTexts,
    /// What payment plans may look like.
    #[serde(default)]
    pub plans: PlanRules,
    /// What promises to pay may look like.
    #[serde(default)]
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
    #[serde(default)]
    pub claims: ClaimRules,
    /// How bank lines are matched.
    #[serde(default)]
    pub bank: BankRules,
    /// What a debtor's objection to early signalling does.
    pub objections: Objections,
    /// When the supply may end.
    #[serde(default)]
    pub disconnection: DisconnectionRules,
    /// How it collects by direct debit.
    #[serde(default)]
    pub direct_debit: DirectDebitRules,
    /// The conditions of early signals.
    pub early: SignalRules,
    /// The conditions of crisis signals.
    pub crisis: SignalRules,
    /// What a platform can do where that differs from [`Provider::capabilities`], which is assumed and not verified.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub capabilities: BTreeMap<Provider, Capabilities>,
    /// Holds on everyone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
    /// How many holds on everyone there ever were: the next one's number comes from it.
    #[serde(default)]
    pub holds_placed: u32,
}

fn first() -> u32 {
    1
}

fn by_email() -> Vec<Channel> {
    vec![Channel::Email]
}

impl Administration {
    /// The address that mails come from.
    pub fn sender(&self) -> &str {
        self.mail.sender.as_ref().map_or(&self.creditor.sender, EmailAddress::as_str)
    }

    /// An administration with the settings that a new one begins with.
    pub fn new(id: AdministrationId, creditor: Creditor, sector: Sector) -> Administration {
        let standard = Policy::standard();
        Administration {
            id,
            creditor,
            sector,
            window: SendingWindow::default(),
            minimum_interval_days: 7,
            grace_days: 7,
            settings_version: 1,
            default_policy: standard.id.clone(),
            policies: vec![standard],
            policy_of_condition: BTreeMap::new(),
            channels: by_email(),
            mail: MailRules::default(),
            sms: SmsRules::default(),
            voice: VoiceRules::default(),
            letters: LetterRules::default(),
            tone: Tone::default(),
            texts: OwnTexts::default(),
            plans: PlanRules::default(),
            promises: PromiseRules::default(),
            calls: CallRules::default(),
            import: ImportRules::default(),
            payments: PaymentRules::default(),
            claims: ClaimRules::default(),
            bank: BankRules::default(),
            objections: Objections::standard(sector),
            disconnection: DisconnectionRules::default(),
            direct_debit: DirectDebitRules::default(),
            early: SignalRules::standard(SignalKind::Early, sector),
            crisis: SignalRules::standard(SignalKind::Crisis, sector),
            capabilities: BTreeMap::new(),
            holds: Vec::new(),
            holds_placed: 0,
        }
    }

    /// The policy with this id.
    pub fn policy(&self, id: &PolicyId) -> Option<&Policy> {
        self.policies.iter().find(|p| p.id == *id)
    }

    /// The policy that an invoice follows: its own, its debtor's, that of its payment condition, the administration's;
    /// the most specific wins. A name that no policy has makes room for the next. `None` where the payment condition says
    /// that nothing follows.
    pub fn policy_of(&self, debtor: &Debtor, invoice: &Invoice) -> Option<&Policy> {
        let own = [invoice.policy_id.as_ref(), debtor.policy_id.as_ref()];
        if let Some(policy) = own.into_iter().flatten().find_map(|id| self.policy(id)) {
            return Some(policy);
        }
        let condition = invoice.payment_condition.as_ref();
        if condition.is_some_and(|condition| self.import.no_follow_up.contains(condition)) {
            return None;
        }
        let of_condition = condition.and_then(|condition| self.policy_of_condition.get(condition));
        [of_condition, Some(&self.default_policy)].into_iter().flatten().find_map(|id| self.policy(id))
    }

    /// What this platform can do for this administration.
    pub fn capabilities_of(&self, provider: Provider) -> Capabilities {
        self.capabilities.get(&provider).copied().unwrap_or_else(|| provider.capabilities())
    }

    /// The conditions of signals of this kind.
    pub fn rules(&self, kind: SignalKind) -> &SignalRules {
        match kind {
            SignalKind::Early => &self.early,
            SignalKind::Crisis => &self.crisis,
        }
    }
}

/// Who sends the messages, as debtors see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Creditor {
    /// As debtors know it; the account holder in payment data.
    pub name: String,
    /// Lines of the postal address under the name.
    pub address_lines: Vec<String>,
    /// The account that debtors pay to.
    pub iban: String,
    /// Of the same account; not needed within the Netherlands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    /// As printed in messages.
    pub phone: String,
    /// Where answers go.
    pub email: String,
    /// The address that notices are sent from; verified with the mail service.
    pub sender: String,
    /// When the phone is answered, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<String>,
    /// The number under which the platforms know this creditor.
    pub platform_identification: String,
}

impl Creditor {
    /// The account that debtors pay to is held in the Netherlands.
    pub fn has_dutch_account(&self) -> bool {
        self.iban.trim_start().starts_with("NL")
    }
}

/// The kinds of creditor that Stb. 2020, 240 article 2 names, and all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sector {
    /// Suppliers of electricity and gas.
    Energy,
    /// Suppliers of heat.
    Heat,
    /// Drinking water companies.
    Water,
    /// Landlords of homes.
    Rent,
    /// Health insurers.
    HealthInsurance,
    /// Any other creditor: it may not signal.
    Other,
}

impl Sector {
    /// Only landlords, suppliers of energy, heat and drinking water, and health insurers may signal
    /// (Stb. 2020, 240).
    pub fn may_signal(self) -> bool {
        match self {
            Sector::Energy | Sector::Heat | Sector::Water | Sector::Rent | Sector::HealthInsurance => true,
            Sector::Other => false,
        }
    }
}

/// What a debtor's objection to early signalling does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Objection {
    /// No signal leaves.
    Blocks,
    /// The signal is prepared, but a person has to send it.
    AsksTheDesk,
}

/// What an objection does, by kind of signal: not settled law for every sector (LAW.md section 2), hence a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Objections {
    /// For early signals.
    pub early: Objection,
    /// For crisis signals.
    pub crisis: Objection,
}

impl Objections {
    /// Early signals: an objection blocks everywhere. Crisis signals: it blocks for rent (objection), water (explicit
    /// refusal, Stcrt 2018, 26271) and health insurers; for energy and heat a person decides.
    pub fn standard(sector: Sector) -> Objections {
        let crisis = match sector {
            Sector::Energy | Sector::Heat => Objection::AsksTheDesk,
            Sector::Water | Sector::Rent | Sector::HealthInsurance | Sector::Other => Objection::Blocks,
        };
        Objections { early: Objection::Blocks, crisis }
    }

    /// What an objection does to signals of this kind.
    pub fn of(self, kind: SignalKind) -> Objection {
        match kind {
            SignalKind::Early => self.early,
            SignalKind::Crisis => self.crisis,
        }
    }
}

/// What an administration claims beside the principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimRules {
    /// Collection costs on consumers' recurring terms as well. Off: the anti-stacking rule of 2024-10-01 was not
    /// confirmed by a lawyer (LAW.md section 1).
    #[serde(default)]
    pub costs_on_recurring_terms: bool,
}

/// When supply may end at the earliest (energy, heat, water).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectionRules {
    /// No end of supply from 1 October up to and including 31 March. From an old text; on, because that is the safe value (LAW.md
    /// section 2).
    pub winter_stop: bool,
    /// Whole working days between the crisis signal and the end of supply (energy and heat).
    pub working_days_after_crisis_signal: u16,
}

impl Default for DisconnectionRules {
    fn default() -> DisconnectionRules {
        DisconnectionRules { winter_stop: true, working_days_after_crisis_signal: 20 }
    }
}

/// The conditions under which a signal of one kind is prepared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignalRules {
    /// Counts up by one with every change; decisions name it.
    pub version: u32,
    /// Outstanding at least so many euros.
    pub minimum_outstanding: Money,
    /// At least so many open invoices that got a final reminder.
    pub minimum_final_reminders: u16,
    /// At least so many written reminders about what is open now.
    pub minimum_reminders: u16,
    /// At least so many days lie between two reminders that both count. Energy and heat: 14 (LAW.md section 2; the text
    /// of 2026 was not read: a safe value). Whether several channels were used is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_days_between_reminders: Option<u16>,
    /// A reminder offered a payment arrangement. Energy and heat (LAW.md section 2; not verified).
    #[serde(default)]
    pub arrangement_offered: bool,
    /// At least so many efforts to get personal contact.
    pub minimum_contact_efforts: u16,
    /// The oldest arrears are at least so many days past their due date.
    pub minimum_days: u16,
    /// The oldest arrears are at most so many days past their due date: health insurers signal between 30 and 100 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_days: Option<u16>,
    /// The provider hears another amount once the arrears changed by at least so many euros.
    #[serde(default = "small_change")]
    pub minimum_change: Money,
    /// Sent without anyone's click once all conditions hold.
    pub automatic: bool,
    /// Two different people have to say that it may leave. Nothing is automatic then.
    #[serde(default)]
    pub four_eyes: bool,
}

fn small_change() -> Money {
    Money::from_cents(50_00)
}

impl SignalRules {
    /// Energy suppliers send at least three reminders before a signal; we keep to the strictest sector (LAW.md 2).
    /// A crisis signal takes the same facts: what makes it one is the end of service that was announced.
    pub fn standard(kind: SignalKind, sector: Sector) -> SignalRules {
        let strict = matches!(sector, Sector::Energy | Sector::Heat);
        SignalRules {
            version: 1,
            minimum_outstanding: Money::from_cents(100_00),
            minimum_final_reminders: match kind {
                SignalKind::Early => 2,
                SignalKind::Crisis => 1,
            },
            minimum_reminders: 3,
            minimum_days_between_reminders: strict.then_some(14),
            arrangement_offered: strict,
            minimum_contact_efforts: 2,
            minimum_days: 30,
            maximum_days: (kind == SignalKind::Early && sector == Sector::HealthInsurance).then_some(100),
            minimum_change: small_change(),
            automatic: true,
            four_eyes: false,
        }
    }
}
