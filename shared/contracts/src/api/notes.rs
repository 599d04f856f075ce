//! Notes about a debtor or an invoice.

use domain::Violation;
use domain::ids::{DebtorId, InvoiceId};
use domain::note::{LONGEST_NOTE, Note};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// A note as it is made: about a debtor, or about an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoteBody {
    /// Needed where no invoice is named; else it is the invoice's.
    pub debtor_id: Option<String>,
    pub invoice_id: Option<String>,
    /// 1 to 4,000 characters; lines may be broken.
    pub text: String,
}

/// What a new note is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Debtor(DebtorId),
    Invoice(InvoiceId),
}

impl NoteBody {
    /// What it is about, and what it says.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<(About, String), Vec<Violation>> {
        let mut fields = Fields::new();
        let about = match (&self.debtor_id, &self.invoice_id) {
            (Some(debtor), None) => fields.id("debtorId", debtor, DebtorId::parse).map(About::Debtor),
            (None, Some(invoice)) => fields.id("invoiceId", invoice, InvoiceId::parse).map(About::Invoice),
            _ => {
                fields.refuse("debtorId", "one_of_them", "is there, or invoiceId is, and not both");
                None
            }
        };
        let text = self.text.trim();
        let length = text.chars().count();
        if !(1..=LONGEST_NOTE).contains(&length) {
            fields.refuse("text", "length", "has 1 to 4000 characters");
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            fields.refuse("text", "control_character", "holds a control character");
        }
        fields.finish(about.map(|about| (about, text.to_owned())))
    }
}

/// A note as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoteView {
    pub id: String,
    pub debtor_id: String,
    pub invoice_id: Option<String>,
    pub text: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub by: String,
}

impl NoteView {
    pub fn of(note: &Note, debtor: &DebtorId) -> NoteView {
        NoteView {
            id: note.id.to_string(),
            debtor_id: debtor.to_string(),
            invoice_id: note.invoice.as_ref().map(ToString::to_string),
            text: note.text.clone(),
            at: note.at,
            by: note.by.clone(),
        }
    }
}
