//! Many records in one call, with a result for each.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;

/// Records that one call may carry.
pub const MOST_RECORDS: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkBody {
    /// At most 1,000. They are taken in in this order.
    pub records: Vec<BulkRecord>,
}

#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkRecord {
    #[serde(rename = "type")]
    pub kind: RecordKind,
    pub id: String,
    /// The body of the single `PUT`.
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RecordKind {
    Debtor,
    Invoice,
    Payment,
    Mandate,
}

/// The results, in the order of the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkResults {
    pub results: Vec<BulkResult>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkResult {
    pub id: String,
    /// What the single `PUT` would have answered: 201 created, 200 changed, unchanged, older or ignored, 4xx refused.
    pub status: u16,
    /// `created`, `changed`, `unchanged`, `older` or `ignored`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<UpsertOutcome>,
    /// The rule that left it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What a `PUT` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum UpsertOutcome {
    Created,
    Changed,
    /// The same record again: nothing was written.
    Unchanged,
    /// `modifiedAt` is older than that of the stored record or of its deletion: nothing was written.
    Older,
    /// A rule on import leaves it out: it is listed under `/v1/ignored`.
    Ignored,
}

/// The answer to a `PUT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpsertView {
    pub id: String,
    pub outcome: UpsertOutcome,
    /// The rule that left it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}
