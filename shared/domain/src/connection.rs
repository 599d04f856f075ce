//! Connections of an administration with accounting packages, as far as the rules know them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An accounting package that invoices come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Package {
    /// SnelStart, B2B API v2.
    SnelStart,
    /// Moneybird, API v2.
    Moneybird,
    /// Exact Online, REST API v1.
    ExactOnline,
    /// Twinfield, XML web services and browse codes.
    Twinfield,
    /// e-Boekhouden, REST API v1.
    EBoekhouden,
}

impl Package {
    /// All of them.
    pub const ALL: [Package; 5] = [
        Package::SnelStart,
        Package::Moneybird,
        Package::ExactOnline,
        Package::Twinfield,
        Package::EBoekhouden,
    ];

    /// As it stands in paths, keys and settings.
    pub fn code(self) -> &'static str {
        match self {
            Package::SnelStart => "snelstart",
            Package::Moneybird => "moneybird",
            Package::ExactOnline => "exact-online",
            Package::Twinfield => "twinfield",
            Package::EBoekhouden => "e-boekhouden",
        }
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
