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

impl Package {
    /// The package of this code.
    pub fn parse(code: &str) -> Option<Package> {
        Package::ALL.into_iter().find(|package| package.code() == code)
    }

    /// The id of a record here, from the package's own: it begins with the package's code and a dot.
    pub fn record_id(self, id: &str) -> String {
        format!("{}.{id}", self.code())
    }

    /// The package's own id of a record that comes from it.
    pub fn own_id(self, record: &str) -> Option<&str> {
        record.strip_prefix(self.code())?.strip_prefix('.').filter(|id| !id.is_empty())
    }

    /// The package that a record of this id comes from, if from any.
    pub fn of_record(record: &str) -> Option<Package> {
        Package::ALL.into_iter().find(|package| package.own_id(record).is_some())
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_records_id_tells_the_package_that_it_comes_from() {
        for package in Package::ALL {
            assert_eq!(Package::parse(package.code()), Some(package));
            let record = package.record_id("4f1c");
            assert_eq!((Package::of_record(&record), package.own_id(&record)), (Some(package), Some("4f1c")));
        }
        for record in ["z01", "snelstart", "snelstart.", "snelstart-1", "e-boekhouden2.1", ""] {
            assert_eq!(Package::of_record(record), None, "{record}");
        }
        assert_eq!(Package::Moneybird.own_id("snelstart.1"), None);
    }
}
