//! Signals and the conditions behind them.

use domain::administration::Administration;
use domain::conditions::Condition;
use domain::disconnection;
use domain::dossier::Dossier;
use domain::ids::DebtorId;
use domain::overview::Standing;
use domain::signal::{Signal, SignalState};
use domain::step::SignalKind;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SignalKindName {
    Early,
    Crisis,
}

impl From<SignalKind> for SignalKindName {
    fn from(kind: SignalKind) -> SignalKindName {
        match kind {
            SignalKind::Early => SignalKindName::Early,
            SignalKind::Crisis => SignalKindName::Crisis,
        }
    }
}

impl From<SignalKindName> for SignalKind {
    fn from(kind: SignalKindName) -> SignalKind {
        match kind {
            SignalKindName::Early => SignalKind::Early,
            SignalKindName::Crisis => SignalKind::Crisis,
        }
    }
}

/// A signal as it is read. `status`: prepared, blocked, sending, sent, refused, unknown, withdrawn, feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignalView {
    pub id: String,
    pub debtor_id: String,
    #[serde(rename = "type")]
    pub kind: SignalKindName,
    pub status: String,
    /// Conditions that do not hold, errors of the provider, or why it was withdrawn.
    pub reason: Option<String>,
    pub arrears: String,
    #[schema(value_type = Option<String>, format = Date)]
    pub arrears_since: Option<Date>,
    /// Four digits, without "GM".
    pub municipality: Option<String>,
    pub provider: Option<String>,
    pub provider_reference: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub prepared_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sent_at: Option<Timestamp>,
    /// Who approved it under four eyes: somebody else has to send it.
    pub approved_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub approved_at: Option<Timestamp>,
    /// What the municipality reported, in the order of its own time stamps.
    pub feedback: Vec<FeedbackView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackView {
    pub id: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub outcome: String,
}

impl SignalView {
    pub fn of(signal: &Signal, debtor: &DebtorId) -> SignalView {
        let reason = match &signal.state {
            SignalState::Blocked { conditions, .. } => Some(conditions.join(", ")),
            SignalState::Refused { errors } => Some(errors.join(", ")),
            SignalState::Withdrawn { reason } => Some(reason.clone()),
            _ => None,
        };
        SignalView {
            id: signal.id.to_string(),
            debtor_id: debtor.to_string(),
            kind: signal.kind.into(),
            status: signal.status().to_owned(),
            reason,
            arrears: signal.arrears.to_string(),
            arrears_since: signal.arrears_since,
            municipality: signal.municipality.clone(),
            provider: signal.provider.map(|p| p.to_string()),
            provider_reference: signal.provider_reference.clone(),
            prepared_at: signal.prepared_at,
            sent_at: signal.sent_at,
            approved_by: signal.approval.as_ref().map(|a| a.by.clone()),
            approved_at: signal.approval.as_ref().map(|a| a.at),
            feedback: signal
                .feedback
                .iter()
                .map(|f| FeedbackView { id: f.id.clone(), at: f.at, outcome: f.outcome.code().to_owned() })
                .collect(),
        }
    }
}

/// One condition of a signal and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConditionView {
    pub name: String,
    pub holds: bool,
    /// What is the case.
    pub facts: String,
    /// What is asked, with its source where it is a law.
    pub requires: String,
    /// The day on which time alone makes it hold.
    #[schema(value_type = Option<String>, format = Date)]
    pub holds_on: Option<Date>,
}

impl From<&Condition> for ConditionView {
    fn from(condition: &Condition) -> ConditionView {
        ConditionView {
            name: condition.name.to_owned(),
            holds: condition.holds,
            facts: condition.facts.clone(),
            requires: condition.requires.clone(),
            holds_on: condition.holds_on.filter(|_| !condition.holds),
        }
    }
}

/// All conditions of one kind of signal for one debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConditionsView {
    #[serde(rename = "type")]
    pub kind: SignalKindName,
    /// All of them hold.
    pub holds: bool,
    pub rules_version: u32,
    pub conditions: Vec<ConditionView>,
}

/// Send several prepared signals.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendSignalsBody {
    /// At most 1,000.
    pub signal_ids: Vec<String>,
}

/// Take several signals back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WithdrawSignalsBody {
    /// At most 1,000.
    pub signal_ids: Vec<String>,
    pub reason: String,
}

/// How many signals each filter of the overview finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignalCountsView {
    /// All signals.
    pub total: u64,
    pub prepared_early: u64,
    pub prepared_crisis: u64,
    /// Sent, and nobody reported on it.
    pub sent_early: u64,
    pub sent_crisis: u64,
    pub help_running: u64,
    pub deceased: u64,
    pub refused: u64,
    pub blocked: u64,
    /// By each status that `GET /v1/signals` is filtered by; help_running and deceased are among those with feedback or
    /// withdrawn as well.
    pub by_status: Vec<StatusCountView>,
}

/// How many signals one filter finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusCountView {
    pub status: String,
    pub early: u64,
    pub crisis: u64,
}

impl SignalCountsView {
    /// The counts that `of` says there are of each standing and kind.
    pub fn of(of: impl Fn(Standing, SignalKind) -> u64) -> SignalCountsView {
        let both = |standing| of(standing, SignalKind::Early) + of(standing, SignalKind::Crisis);
        SignalCountsView {
            total: Standing::all().filter(|s| s.is_status()).map(both).sum(),
            prepared_early: of(Standing::Prepared, SignalKind::Early),
            prepared_crisis: of(Standing::Prepared, SignalKind::Crisis),
            sent_early: of(Standing::Sent, SignalKind::Early),
            sent_crisis: of(Standing::Sent, SignalKind::Crisis),
            help_running: both(Standing::HelpRunning),
            deceased: both(Standing::Deceased),
            refused: both(Standing::Refused),
            blocked: both(Standing::Blocked),
            by_status: Standing::all()
                .map(|standing| StatusCountView {
                    status: standing.name().to_owned(),
                    early: of(standing, SignalKind::Early),
                    crisis: of(standing, SignalKind::Crisis),
                })
                .collect(),
        }
    }
}

/// Take a signal back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WithdrawBody {
    pub reason: String,
}

/// The first day on which supply may lawfully end, and every rule behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectionView {
    /// Absent while something is missing that time alone does not bring.
    #[schema(value_type = Option<String>, format = Date)]
    pub earliest_on: Option<Date>,
    /// What is missing, such as `no_early_signal`.
    pub reason: Option<String>,
    pub steps: Vec<DisconnectionStepView>,
}

/// One rule of the disconnection calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectionStepView {
    pub rule: String,
    /// The first day on which this rule allows it.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// What is missing where it allows no day.
    pub reason: Option<String>,
    /// Where the rule comes from, and how certain that is.
    pub source: String,
}

impl DisconnectionView {
    pub fn of(dossier: &Dossier, administration: &Administration, now: Timestamp) -> DisconnectionView {
        let earliest = disconnection::earliest(dossier, administration, now);
        DisconnectionView {
            earliest_on: earliest.ok(),
            reason: earliest.err().map(str::to_owned),
            steps: disconnection::rules(dossier, administration, now)
                .into_iter()
                .map(|rule| DisconnectionStepView {
                    rule: rule.rule.to_owned(),
                    from: rule.from.ok(),
                    reason: rule.from.err().map(str::to_owned),
                    source: rule.source.to_owned(),
                })
                .collect(),
        }
    }
}
