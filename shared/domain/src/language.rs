//! The languages in which a debtor can be written to.

use serde::{Deserialize, Serialize};

/// The languages that debtors are written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}
