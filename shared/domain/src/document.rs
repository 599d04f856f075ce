//! Documents beside an invoice: its PDF, its UBL, an image of a meter.
//!
//! What is absent: their bytes, and what a name means. A name may hold what people typed, so it stays with the document and
//! is on no timeline, in no event and in no key.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::InvoiceId;

/// Documents of one invoice at most.
pub const MOST_DOCUMENTS: usize = 50;

/// Largest document, in bytes.
pub const LARGEST_BYTES: u64 = 10_000_000;

/// A document of an invoice, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// The invoice or credit note that it belongs to.
    pub invoice: InvoiceId,
    /// What it is called, unique within the invoice but for upper and lower case.
    pub name: String,
    /// As HTTP names it, by its first bytes.
    pub content_type: String,
    /// Its size, in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// When these bytes came in.
    pub added_at: Timestamp,
    /// Who brought them, as the timeline names it.
    pub by: String,
}

impl Document {
    /// Whether the other one is the same file under the same name, whoever brought it and when.
    pub fn is_same_file(&self, other: &Document) -> bool {
        (&self.invoice, &self.name, &self.sha256) == (&other.invoice, &other.name, &other.sha256)
    }
}
