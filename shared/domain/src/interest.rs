//! stub
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Which interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InterestKind {
    Statutory,
    Trade,
}

/// The last day for which rates are known.
pub fn rates_valid_to() -> Date {
    Date::constant(2026, 12, 31)
}
