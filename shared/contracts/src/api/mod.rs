//! The HTTP surface of `/v1`: bodies as they come in, and answers as they go out. `camelCase`, decimals and dates as
//! text, unknown fields refused. What is refused names the field's path and the rule.

pub mod bank;
pub mod bulk;
pub mod calls;
pub mod cases;
pub mod channels;
pub mod connections;
pub mod debtors;
pub mod desk;
pub mod direct_debits;
pub mod disputes;
pub mod documents;
pub mod fields;
pub mod gone;
pub mod holds;
pub mod import_rules;
pub mod imports;
pub mod incoming_mails;
pub mod invoices;
pub mod mandates;
pub mod messages;
pub mod municipalities;
pub mod notes;
pub mod notices;
pub mod payment_requests;
pub mod payments;
pub mod plans;
pub mod platforms;
pub mod policies;
pub mod previews;
pub mod promises;
pub mod reports;
pub mod settings;
pub mod signal_rules;
pub mod signals;
pub mod standard_texts;
pub mod steps;
pub mod tasks;
pub mod texts;
pub mod webhooks;

use domain::Violation;
use domain::ids::InvoiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use fields::Fields;

/// Invoices that one body may name.
const MOST_INVOICES: usize = domain::dossier::MOST_OPEN_INVOICES;

/// One page of a list. `nextCursor` is null on the last page, and only there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListPage<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

/// Why somebody did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReasonBody {
    pub reason: String,
}

impl ReasonBody {
    /// The reason, or what is wrong with it.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(&self) -> Result<String, Vec<Violation>> {
        let mut fields = Fields::new();
        let reason = fields.text("reason", &self.reason, 500);
        fields.finish(reason)
    }
}

/// The invoices that a body names; `None` where it names none.
fn invoice_ids(fields: &mut Fields, named: Option<&[String]>) -> Option<Vec<InvoiceId>> {
    let named = named?;
    if named.is_empty() || named.len() > MOST_INVOICES {
        fields.refuse("invoiceIds", "number_of_invoices", "names 1 to 1000 invoices, or is left out");
        return None;
    }
    let parsed = named.iter().enumerate();
    Some(parsed.filter_map(|(i, id)| fields.id(&format!("invoiceIds[{i}]"), id, InvoiceId::parse)).collect())
}
