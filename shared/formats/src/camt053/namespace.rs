//! The namespace of camt.053.

use crate::xml::Vocabulary;

/// Before the two digits of the version.
const CAMT_053: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";

/// Versions that have what we read in the same places.
const VERSIONS: [&str; 7] = ["02", "03", "04", "05", "06", "07", "08"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Iso {
    Message,
    Other,
}

impl Vocabulary for Iso {
    const ATTRIBUTES: &'static [&'static str] = &["Ccy"];
    const ENCODINGS: &'static [&'static str] = &["UTF-8", "US-ASCII", "ISO-8859-1", "WINDOWS-1252"];

    fn of(uri: &str) -> Iso {
        match uri.strip_prefix(CAMT_053) {
            Some(version) if VERSIONS.contains(&version) => Iso::Message,
            _ => Iso::Other,
        }
    }

    fn other() -> Iso {
        Iso::Other
    }

    fn prefix(self) -> &'static str {
        match self {
            Iso::Message => "",
            Iso::Other => "*:",
        }
    }

    fn is_called(self, local: &str, name: &str) -> bool {
        self == Iso::Message && local == name
    }
}
