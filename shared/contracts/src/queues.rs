//! Hints on queues: which dossier to look at. The same types parse an event's detail, whose other fields they ignore.

use domain::ids::{AdministrationId, DebtorId, NoticeId, SignalId};
use domain::step::SignalKind;
use serde::{Deserialize, Serialize};

/// On `advance-case`: something may be due for this debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdvanceCase {
    pub administration: AdministrationId,
    pub debtor_id: DebtorId,
}

/// On `send-notice`: this notice may be waiting to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendNotice {
    pub administration: AdministrationId,
    pub notice_id: NoticeId,
}

/// On `evaluate-signal`: the conditions of these kinds of signal may hold now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluateSignal {
    pub administration: AdministrationId,
    pub debtor_id: DebtorId,
    pub evaluate: Vec<SignalKind>,
}

/// On `submit-signal`: this signal may be waiting to be submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmitSignal {
    pub administration: AdministrationId,
    pub signal_id: SignalId,
}
