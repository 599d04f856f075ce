//! Standard texts of the desk.

use domain::Language;
use domain::Violation;
use domain::ids::{DebtorId, InvoiceId, StandardTextId};
use domain::standard_text::StandardText;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// Characters of the template of a standard text at most.
const LONGEST: usize = 8_000;

/// A standard text as it is put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StandardTextBody {
    /// What people pick it by.
    #[schema(example = "Meterstand doorgeven")]
    pub title: String,
    /// `nl` or `en`.
    #[schema(value_type = String, example = "nl")]
    pub language: Language,
    /// A template, as those of `/v1/texts`. Variables: `creditor`, `phone`, `email`, `opening_hours`, `business`, `name`,
    /// `invoice_number`, `invoice_open`, `due_date`, `total`.
    #[schema(
        example = "Beste {% if name %}{{ name }}{% else %}klant{% endif %},\n\nWilt u ons uw meterstand mailen?"
    )]
    pub text: String,
}

impl StandardTextBody {
    /// The text, before its template is looked through.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self, id: StandardTextId, by: &str, now: Timestamp) -> Result<StandardText, Vec<Violation>> {
        let mut fields = Fields::new();
        let title = fields.text("title", &self.title, 100);
        let text = self.text.replace("\r\n", "\n");
        if text.trim().is_empty() || text.chars().count() > LONGEST {
            fields.refuse("text", "length", "has 1 to 8000 characters");
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            fields.refuse("text", "control_character", "holds a control character");
        }
        let language = self.language;
        let kept =
            title.map(|title| StandardText { id, title, language, text, updated_at: now, by: by.to_owned() });
        fields.finish(kept)
    }
}

/// A standard text as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StandardTextView {
    pub id: String,
    pub title: String,
    #[schema(value_type = String)]
    pub language: Language,
    pub text: String,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    pub by: String,
}

impl StandardTextView {
    pub fn of(text: &StandardText) -> StandardTextView {
        StandardTextView {
            id: text.id.to_string(),
            title: text.title.clone(),
            language: text.language,
            text: text.text.clone(),
            updated_at: text.updated_at,
            by: text.by.clone(),
        }
    }
}

/// For whom a standard text is filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FillBody {
    pub debtor_id: String,
    /// The invoice that the message will be about.
    pub invoice_id: Option<String>,
}

impl FillBody {
    /// For whom, and about what.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<(DebtorId, Option<InvoiceId>), Vec<Violation>> {
        let mut fields = Fields::new();
        let debtor = fields.id("debtorId", &self.debtor_id, DebtorId::parse);
        let invoice = self.invoice_id.as_deref().and_then(|id| fields.id("invoiceId", id, InvoiceId::parse));
        fields.finish(debtor.map(|debtor| (debtor, invoice)))
    }
}

/// A standard text as it reads for one debtor: to be changed or sent as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FilledView {
    pub text: String,
}
