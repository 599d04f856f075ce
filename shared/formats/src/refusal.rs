//! Why a document is refused.

use std::fmt;

/// One reason why a document is not taken in.
///
/// `rule` is the number of the published rule (EN 16931 `BR-*`, Peppol `PEPPOL-EN16931-*`, NLCIUS `BR-NL-*`) or one of
/// ours: `XML` (not well-formed, not in an encoding that is taken, or with a DTD), `XSD` (not of the type that the
/// format's schema asks for), `TIJDIG-CUR` (not in euros), `TIJDIG-ONE` (an element that may occur once occurs more often),
/// `TIJDIG-LIMIT` (larger than we take), and those that a format's own module names.
///
/// `detail` is for people and never repeats text of the document, only amounts: it may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule} at {path}: {detail}")]
pub struct FormatRefusal {
    pub rule: &'static str,
    /// Where in the document. Of XML an XPath with the usual prefixes (`cbc`, `cac`) whatever the document calls them;
    /// `[n]` counts from 1 and is there only when the element is repeated. For `XML` it ends with the line and column.
    pub path: String,
    pub detail: String,
}

impl FormatRefusal {
    pub(crate) fn new(
        rule: &'static str,
        path: impl Into<String>,
        detail: impl fmt::Display,
    ) -> FormatRefusal {
        FormatRefusal { rule, path: path.into(), detail: detail.to_string() }
    }
}
