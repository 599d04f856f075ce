//! The platforms through which municipalities receive signals.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The platforms that bring signals to municipalities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Provider {
    /// BKR's Vindplaats Schulden (VPS).
    Bkr,
    /// Inforing's RIS, now xxllnc Vroegsignalering.
    Inforing,
}

/// What a platform can do. Neither provider publishes it: what is not supported becomes a person's task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// It takes another amount for a signal that it has.
    pub supports_update: bool,
    /// It takes a signal back; otherwise a person is asked.
    pub supports_withdraw: bool,
    /// It reports that a person has died.
    pub supports_death: bool,
    /// How its reports reach us.
    pub feedback: FeedbackBy,
}

/// How feedback reaches us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FeedbackBy {
    /// It calls us.
    Push,
    /// We ask.
    Poll,
    /// It writes files.
    File,
}

impl Provider {
    /// What is assumed of this platform where an administration's settings say nothing else: deaths come only from
    /// BKR (LAW.md section 8); the rest was not verified.
    pub fn capabilities(self) -> Capabilities {
        Capabilities {
            supports_update: true,
            supports_withdraw: true,
            supports_death: self == Provider::Bkr,
            feedback: FeedbackBy::Push,
        }
    }
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
