//! The namespaces of UBL 2.1.

use crate::xml::Vocabulary;

pub(super) const INVOICE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
pub(super) const CREDIT_NOTE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
const AGGREGATE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASIC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// The namespaces that the rules speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Invoice,
    CreditNote,
    Aggregate,
    Basic,
    Other,
}

impl Vocabulary for Namespace {
    const ATTRIBUTES: &'static [&'static str] = &["schemeID", "currencyID", "mimeCode", "filename"];
    const ENCODINGS: &'static [&'static str] = &["UTF-8"];

    fn of(uri: &str) -> Namespace {
        match uri {
            INVOICE => Namespace::Invoice,
            CREDIT_NOTE => Namespace::CreditNote,
            AGGREGATE => Namespace::Aggregate,
            BASIC => Namespace::Basic,
            _ => Namespace::Other,
        }
    }

    fn other() -> Namespace {
        Namespace::Other
    }

    fn prefix(self) -> &'static str {
        match self {
            Namespace::Invoice | Namespace::CreditNote => "",
            Namespace::Aggregate => "cac:",
            Namespace::Basic => "cbc:",
            Namespace::Other => "*:",
        }
    }

    /// `cbc:ID`, always by the usual prefix. Of the two roots there are no children.
    fn is_called(self, local: &str, name: &str) -> bool {
        let prefix = self.prefix();
        !prefix.is_empty() && name.strip_prefix(prefix).is_some_and(|rest| rest == local)
    }
}
