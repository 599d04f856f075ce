//! What is not here: records that the source system deleted, and those that a rule on import left out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bulk::RecordKind;

/// What a `DELETE` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DeletionOutcome {
    /// It is gone. Also where it was not known: an older version that comes later stays out.
    Deleted,
    /// It was deleted already.
    Unchanged,
    /// The stored version is newer than the deletion: it stays.
    Older,
}

/// The answer to a `DELETE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletionView {
    pub id: String,
    pub outcome: DeletionOutcome,
}

/// A record that was deleted and did not come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedView {
    pub kind: RecordKind,
    pub id: String,
    /// Null where the deletion came before the record.
    pub debtor_id: Option<String>,
    /// By the source system's clock.
    #[schema(value_type = String, format = DateTime)]
    pub modified_at: Timestamp,
    /// When the deletion came in.
    #[schema(value_type = String, format = DateTime)]
    pub deleted_at: Timestamp,
    pub by: String,
}

/// A record that a rule on import left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IgnoredView {
    pub kind: RecordKind,
    pub id: String,
    pub debtor_id: String,
    /// `zero_invoice`, `prepaid_invoice`, `credit_note`, `ignored_debtor`, `ignored_number`, `ignored_label`,
    /// `ignored_payment_condition` or, of a payment, `invoice_ignored`.
    pub rule: String,
    /// As the ignore list has it; null for the other rules.
    pub reason: Option<String>,
    /// Of the version that was left out last.
    #[schema(value_type = String, format = DateTime)]
    pub modified_at: Timestamp,
    /// When that was.
    #[schema(value_type = String, format = DateTime)]
    pub ignored_at: Timestamp,
}
