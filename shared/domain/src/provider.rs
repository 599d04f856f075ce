//! The platforms through which municipalities receive signals.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Provider {
    /// BKR's Vindplaats Schulden (VPS).
    Bkr,
    /// Inforing's RIS, now xxllnc Vroegsignalering.
    Inforing,
}

/// Why a text is not a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a provider: bkr or inforing")]
pub struct ProviderError;

impl FromStr for Provider {
    type Err = ProviderError;

    fn from_str(text: &str) -> Result<Provider, ProviderError> {
        match text {
            "bkr" => Ok(Provider::Bkr),
            "inforing" => Ok(Provider::Inforing),
            _ => Err(ProviderError),
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Provider::Bkr => "bkr",
            Provider::Inforing => "inforing",
        })
    }
}
