//! The HTTP surface of `/v1`: bodies as they come in, and answers as they go out. `camelCase`, decimals and dates as
//! text, unknown fields refused. What is refused names the field's path and the rule.

pub mod bulk;
pub mod debtors;
pub mod fields;
pub mod holds;
pub mod invoices;
pub mod payments;
pub mod policies;
pub mod previews;
pub mod settings;
pub mod signal_rules;
pub mod signals;

use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list. `nextCursor` is null on the last page, and only there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListPage<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}
