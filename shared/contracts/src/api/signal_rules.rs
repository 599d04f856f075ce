//! Rules for signals: under which conditions one of a kind is prepared.

use domain::Violation;
use domain::administration::{Sector, SignalRules};
use domain::step::SignalKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;
use super::signals::SignalKindName;

/// Rules as they are put, all of them. What the law itself demands of a signal is no setting and always looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignalRulesBody {
    /// Past its due date at least so many euros.
    #[schema(example = "100.00")]
    pub minimum_outstanding: String,
    /// At least so many open invoices with a final reminder: 0 to 20.
    pub minimum_final_reminders: u16,
    /// At least so many written reminders about what is open: 1 to 20. One is what Stcrt 2021, 45719 demands; three is
    /// what was read for energy, of which the text of 2026 itself was not [not settled], and the value at the beginning.
    pub minimum_reminders: u16,
    /// At least so many days lie between two reminders that both count: 1 to 60; null for none. 14 at the beginning for
    /// energy and heat, of which the text of 2026 was not read [not settled].
    #[serde(default)]
    pub minimum_days_between_reminders: Option<u16>,
    /// A reminder offered a payment arrangement. On at the beginning for energy and heat [not settled].
    #[serde(default)]
    pub arrangement_offered: Option<bool>,
    /// At least so many efforts to get personal contact: 1 to 20. They are counted by written invitations to call or be
    /// called; whether that is enough is not settled, and two is the value at the beginning [not settled].
    pub minimum_contact_efforts: u16,
    /// The oldest arrears are at least so many days past their due date: 30 to 366 (VNG definitions).
    pub minimum_days: u16,
    /// And at most so many; null for no limit. A health insurer's early signal has a limit of at most 100.
    pub maximum_days: Option<u16>,
    /// The municipality hears another amount once the arrears fell by at least so many euros.
    #[schema(example = "50.00")]
    pub minimum_change: String,
    /// Sent without anyone's click once all conditions hold.
    pub automatic: bool,
    /// Two different people have to say that a signal may leave. Off when absent.
    #[serde(default)]
    pub four_eyes: Option<bool>,
}

impl SignalRulesBody {
    /// The rules, or everything that is wrong with the body. Their version is not counted here.
    pub fn check(self, kind: SignalKind, sector: Sector) -> Result<SignalRules, Vec<Violation>> {
        let mut fields = Fields::new();
        let minimum_outstanding = fields.amount("minimumOutstanding", &self.minimum_outstanding);
        let minimum_change = fields.amount("minimumChange", &self.minimum_change);
        let rules = SignalRules {
            version: 1,
            minimum_outstanding: minimum_outstanding.unwrap_or_default(),
            minimum_final_reminders: self.minimum_final_reminders,
            minimum_reminders: self.minimum_reminders,
            minimum_days_between_reminders: self.minimum_days_between_reminders,
            arrangement_offered: self.arrangement_offered.unwrap_or(false),
            minimum_contact_efforts: self.minimum_contact_efforts,
            minimum_days: self.minimum_days,
            maximum_days: self.maximum_days,
            minimum_change: minimum_change.unwrap_or_default(),
            automatic: self.automatic,
            four_eyes: self.four_eyes.unwrap_or(false),
        };
        for wrong in rules.check(kind, sector) {
            fields.add(wrong);
        }
        fields.finish(Some(rules))
    }
}

/// Rules as they are read. An earlier version says until when it was in force, and who ended that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignalRulesView {
    #[serde(rename = "type")]
    pub kind: SignalKindName,
    /// Counts up by one with every change. Timelines name it.
    pub version: u32,
    #[serde(flatten)]
    pub body: SignalRulesBody,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub replaced_at: Option<Timestamp>,
    pub replaced_by: Option<String>,
}

impl SignalRulesView {
    pub fn of(kind: SignalKind, rules: &SignalRules) -> SignalRulesView {
        SignalRulesView {
            kind: kind.into(),
            version: rules.version,
            body: SignalRulesBody {
                minimum_outstanding: rules.minimum_outstanding.to_string(),
                minimum_final_reminders: rules.minimum_final_reminders,
                minimum_reminders: rules.minimum_reminders,
                minimum_days_between_reminders: rules.minimum_days_between_reminders,
                arrangement_offered: Some(rules.arrangement_offered),
                minimum_contact_efforts: rules.minimum_contact_efforts,
                minimum_days: rules.minimum_days,
                maximum_days: rules.maximum_days,
                minimum_change: rules.minimum_change.to_string(),
                automatic: rules.automatic,
                four_eyes: Some(rules.four_eyes),
            },
            replaced_at: None,
            replaced_by: None,
        }
    }

    /// An earlier version.
    pub fn replaced(kind: SignalKind, rules: &SignalRules, by: &str, at: Timestamp) -> SignalRulesView {
        SignalRulesView {
            replaced_at: Some(at),
            replaced_by: Some(by.to_owned()),
            ..SignalRulesView::of(kind, rules)
        }
    }
}
