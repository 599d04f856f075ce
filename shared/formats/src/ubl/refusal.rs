//! Why an invoice is refused.

use std::fmt;

/// At most this many refusals are listed for one document; the last one then says that there are more.
pub const MAX_REFUSALS: usize = 100;

/// One reason why a document is not taken in.
///
/// `rule` is the number of the published rule (EN 16931 `BR-*`, Peppol `PEPPOL-EN16931-*`, NLCIUS `BR-NL-*`) or one of
/// ours: `XML` (not well-formed, not UTF-8, or with a DTD), `XSD` (not of the type that the UBL schema asks for),
/// `TIJDIG-CUR` (not in euros), `TIJDIG-ONE` (an element that may occur once occurs more often) and `TIJDIG-LIMIT`
/// (larger than we take).
///
/// `detail` is for people and never repeats text of the document, only amounts: it may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule} at {path}: {detail}")]
pub struct UblRefusal {
    pub rule: &'static str,
    /// XPath with the prefixes `cbc` and `cac` whatever the document calls them; `[n]` counts from 1 and is there only
    /// when the element is repeated. For `XML` it ends with the line and column.
    pub path: String,
    pub detail: String,
}

impl UblRefusal {
    pub(super) fn new(rule: &'static str, path: impl Into<String>, detail: impl fmt::Display) -> UblRefusal {
        UblRefusal { rule, path: path.into(), detail: detail.to_string() }
    }
}

/// The refusals of one document, each rule and path once, bounded by [`MAX_REFUSALS`].
#[derive(Debug, Default)]
pub(super) struct Refusals(Vec<UblRefusal>);

impl Refusals {
    pub(super) fn add(&mut self, rule: &'static str, path: impl Into<String>, detail: impl fmt::Display) {
        let path = path.into();
        if self.is_full() || self.0.iter().any(|known| known.rule == rule && known.path == path) {
            return;
        }
        self.0.push(UblRefusal::new(rule, path, detail));
        if self.0.len() == MAX_REFUSALS - 1 {
            self.0.push(UblRefusal::new("TIJDIG-LIMIT", "/", "there are more refusals than are listed"));
        }
    }

    /// Whether the rest need not be looked for: it bounds the work on a document that is wrong everywhere.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_REFUSALS
    }

    pub(super) fn into_vec(self) -> Vec<UblRefusal> {
        self.0
    }
}
