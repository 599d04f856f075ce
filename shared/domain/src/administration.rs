//! One creditor's settings: who they are, how they follow up, when they may signal.

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::calendar::SendingWindow;
use crate::hold::Hold;
use crate::ids::AdministrationId;
use crate::policy::Policy;
use crate::step::SignalKind;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Administration {
    pub id: AdministrationId,
    pub creditor: Creditor,
    pub sector: Sector,
    #[serde(default)]
    pub window: SendingWindow,
    /// Least number of days between two notices to one debtor.
    pub minimum_interval_days: u16,
    /// Days that a debtor gets after the last hold ended, before follow-up goes on.
    pub grace_days: u16,
    pub policy: Policy,
    pub early: SignalRules,
    pub crisis: SignalRules,
    /// Holds on everyone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
    #[serde(default)]
    pub holds_placed: u32,
}

impl Administration {
    /// An administration with the settings that a new one begins with.
    pub fn new(id: AdministrationId, creditor: Creditor, sector: Sector) -> Administration {
        Administration {
            id,
            creditor,
            sector,
            window: SendingWindow::default(),
            minimum_interval_days: 7,
            grace_days: 7,
            policy: Policy::standard(),
            early: SignalRules::standard(SignalKind::Early),
            crisis: SignalRules::standard(SignalKind::Crisis),
            holds: Vec::new(),
            holds_placed: 0,
        }
    }

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
    pub name: String,
    pub address_lines: Vec<String>,
    pub iban: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    pub phone: String,
    pub email: String,
    /// The address that notices are sent from; verified with the mail service.
    pub sender: String,
    /// When the phone is answered, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<String>,
    /// The number under which the platforms know this creditor.
    pub platform_identification: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sector {
    Energy,
    Heat,
    Water,
    Rent,
    HealthInsurance,
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

    /// Whether an objection of the debtor keeps a signal of this kind from being sent. Early signals: everywhere.
    /// Crisis signals: for rent (objection) and water (explicit refusal, Stcrt 2018, 26271) and health insurers;
    /// for energy and heat it does not block by itself, but a person decides (not settled law: LAW.md section 2).
    pub fn objection(self, kind: SignalKind) -> Objection {
        match (kind, self) {
            (SignalKind::Early, _) => Objection::Blocks,
            (SignalKind::Crisis, Sector::Energy | Sector::Heat) => Objection::AsksTheDesk,
            (SignalKind::Crisis, Sector::Water | Sector::Rent | Sector::HealthInsurance | Sector::Other) => {
                Objection::Blocks
            }
        }
    }
}

/// What a debtor's objection to early signalling does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    Blocks,
    /// The signal is prepared, but a person has to send it.
    AsksTheDesk,
}

/// The conditions under which a signal of one kind is prepared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignalRules {
    pub version: u32,
    /// Outstanding at least so many euros.
    pub minimum_outstanding: Money,
    /// At least so many open invoices that got a final reminder.
    pub minimum_final_reminders: u16,
    /// At least so many written reminders about what is open now.
    pub minimum_reminders: u16,
    /// At least so many efforts to get personal contact.
    pub minimum_contact_efforts: u16,
    /// The oldest arrears are at least so many days past their due date.
    pub minimum_days: u16,
    /// Sent without anyone's click once all conditions hold.
    pub automatic: bool,
}

impl SignalRules {
    /// Energy suppliers send at least three reminders before a signal; we keep to the strictest sector (LAW.md 2).
    /// A crisis signal takes the same facts: what makes it one is the end of service that was announced.
    pub fn standard(kind: SignalKind) -> SignalRules {
        SignalRules {
            version: 1,
            minimum_outstanding: Money::from_cents(100_00),
            minimum_final_reminders: match kind {
                SignalKind::Early => 2,
                SignalKind::Crisis => 1,
            },
            minimum_reminders: 3,
            minimum_contact_efforts: 2,
            minimum_days: 30,
            automatic: true,
        }
    }
}
