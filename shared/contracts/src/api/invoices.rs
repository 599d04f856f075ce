//! Invoices and credit notes: what an accounting tool puts, and what it reads back.

use domain::Violation;
use domain::administration::Administration;
use domain::calendar::today;
use domain::dossier::Dossier;
use domain::hold::{Hold, HoldReason};
use domain::ids::{DebtorId, InvoiceId, PolicyId};
use domain::invoice::{
    ClosedAs, Invoice, InvoiceKind, InvoiceLine, LedgerOpen, Parties, PaymentReference, ReferenceScheme,
};
use domain::step::StepKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// Lines that one invoice may have.
const MOST_LINES: usize = 500;

/// An invoice or credit note as it is put. Amounts are zero or more: the kind gives the sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InvoiceBody {
    pub debtor_id: String,
    pub number: String,
    pub kind: InvoiceKindName,
    pub issue_date: String,
    /// Required for an invoice; a credit note without one takes its issue date.
    pub due_date: Option<String>,
    /// EUR.
    pub currency: String,
    pub total: String,
    /// What is open in the ledger now. It wins over our own sum of payments.
    pub open: Option<String>,
    /// One of a series of terms (energy, rent, premium).
    #[serde(default)]
    pub recurring_term: Option<bool>,
    pub payment_reference: Option<PaymentReferenceBody>,
    pub payment_condition: Option<String>,
    /// The policy that it follows, whatever its debtor and payment condition say.
    #[serde(default)]
    pub policy_id: Option<String>,
    /// Number or id of the invoice that this one corrects.
    pub corrects: Option<String>,
    #[serde(default)]
    pub lines: Option<Vec<InvoiceLineBody>>,
    #[serde(default)]
    pub labels: Option<Vec<String>>,
    /// When the source system last changed the record, RFC 3339. An older version never overwrites a newer one.
    #[schema(value_type = String, format = DateTime)]
    pub modified_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum InvoiceKindName {
    Invoice,
    CreditNote,
}

/// A structured reference: `nl16` (betalingskenmerk), `rf` (ISO 11649) or `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentReferenceBody {
    pub scheme: ReferenceSchemeName,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ReferenceSchemeName {
    Nl16,
    Rf,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InvoiceLineBody {
    pub description: String,
    pub amount: String,
}

impl InvoiceBody {
    /// Whose invoice it is and the invoice, or everything that is wrong with the body.
    pub fn into_invoice(self, id: InvoiceId) -> Result<(DebtorId, Invoice), Vec<Violation>> {
        let mut fields = Fields::new();
        let debtor = fields.id("debtorId", &self.debtor_id, DebtorId::parse);
        let number = fields.text("number", &self.number, 64);
        let issue_date = fields.date("issueDate", &self.issue_date);
        let due_date = fields.optional_date("dueDate", self.due_date.as_deref());
        if self.due_date.is_none() && self.kind == InvoiceKindName::Invoice {
            fields.refuse("dueDate", "required", "an invoice has a due date");
        }
        if self.currency != "EUR" {
            fields.refuse("currency", "not_eur", "is EUR; other currencies are not followed up");
        }
        let total = fields.amount("total", &self.total);
        let open = self.open.as_deref().and_then(|open| fields.amount("open", open));
        let reference = self.payment_reference.and_then(|r| reference(&mut fields, r));
        let payment_condition =
            fields.optional_text("paymentCondition", self.payment_condition.as_deref(), 64);
        let policy_id = self.policy_id.as_deref().and_then(|id| fields.id("policyId", id, PolicyId::parse));
        let corrects = fields.optional_text("corrects", self.corrects.as_deref(), 64);
        let lines = lines(&mut fields, self.lines.unwrap_or_default());
        let labels = fields.texts("labels", self.labels.as_deref(), 64);
        let all = debtor.zip(number).zip(issue_date).zip(total);
        let modified_at = self.modified_at;
        let value = all.map(|(((debtor, number), issue_date), total)| {
            let invoice = Invoice {
                id,
                number,
                kind: match self.kind {
                    InvoiceKindName::Invoice => InvoiceKind::Invoice,
                    InvoiceKindName::CreditNote => InvoiceKind::CreditNote,
                },
                issue_date,
                due_date: due_date.unwrap_or(issue_date),
                total,
                ledger: open.map(|open| LedgerOpen { open, modified_at, recorded: 0, by_write_back: false }),
                recurring_term: self.recurring_term.unwrap_or(false),
                payment_reference: reference,
                payment_condition,
                corrects,
                lines,
                parties: None,
                labels,
                modified_at,
                deleted_at: None,
                sending: domain::invoice::Sending::ByPolicy,
                bookings: Vec::new(),
                closed_on: None,
                steps: Vec::new(),
                policy_id,
                planned: None,
                restarted_on: None,
                formal_notice: None,
                charges: Vec::new(),
                claimed: None,
            };
            (debtor, invoice)
        });
        fields.finish(value)
    }
}

fn reference(fields: &mut Fields, body: PaymentReferenceBody) -> Option<PaymentReference> {
    let value = fields.text("paymentReference.value", &body.value, 35)?;
    let scheme = match body.scheme {
        ReferenceSchemeName::Nl16 => ReferenceScheme::Nl16,
        ReferenceSchemeName::Rf => ReferenceScheme::Rf,
        ReferenceSchemeName::Text => ReferenceScheme::Text,
    };
    Some(PaymentReference { scheme, value, made_here: false })
}

fn lines(fields: &mut Fields, bodies: Vec<InvoiceLineBody>) -> Vec<InvoiceLine> {
    if bodies.len() > MOST_LINES {
        fields.refuse("lines", "too_many", "has at most 500 lines");
        return Vec::new();
    }
    let mut lines = Vec::new();
    for (i, body) in bodies.into_iter().enumerate() {
        let description = fields.text(&format!("lines[{i}].description"), &body.description, 200);
        // A line may take something off; only the total may not be negative.
        let amount = body.amount.parse().map_err(|e: domain::money::MoneyError| e);
        match (description, amount) {
            (Some(description), Ok(amount)) => lines.push(InvoiceLine { description, amount }),
            (_, Err(error)) => {
                fields.refuse(&format!("lines[{i}].amount"), error.code(), &error.to_string());
            }
            (None, Ok(_)) => {}
        }
    }
    lines
}

/// An invoice or credit note as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceView {
    pub id: String,
    #[serde(flatten)]
    pub body: InvoiceBody,
    pub status: InvoiceStatus,
    /// What is owed on it today.
    pub owed: super::steps::OwedView,
    /// Why it stands as it does: the hold that stands.
    pub reason: Option<String>,
    /// Steps taken, oldest first.
    pub steps: Vec<StepView>,
    /// Seller and buyer as the document named them; null for records.
    pub parties: Option<PartiesView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    Open,
    Overdue,
    Held,
    InPlan,
    Disputed,
    Paid,
    Credited,
    WrittenOff,
    HandedOver,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    pub step: String,
    pub kind: String,
    /// The notice that left; null for a step that was skipped or is a task.
    pub notice_id: Option<String>,
    pub skipped: bool,
    pub on: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartiesView {
    pub seller: PartyView,
    pub buyer: PartyView,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartyView {
    pub name: String,
    pub trading_name: Option<String>,
    pub legal_id: Option<String>,
    pub vat_id: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
}

impl InvoiceView {
    pub fn of(
        invoice: &Invoice,
        dossier: &Dossier,
        administration: &Administration,
        now: Timestamp,
    ) -> InvoiceView {
        let standing = dossier
            .holds_on(&invoice.id, StepKind::Reminder, &administration.holds)
            .filter(|h| h.stands_at(now));
        // What people asked for says more than that it is being collected.
        let asked = |h: &&Hold| !matches!(h.reason, HoldReason::DirectDebit { .. });
        let handed_over = |h: &&Hold| matches!(h.reason, HoldReason::HandedOver { .. });
        let hold = standing.clone().find(handed_over).or_else(|| standing.clone().find(asked));
        let hold = hold.or_else(|| standing.clone().next());
        let status = if !invoice.is_open() {
            match invoice.closed_as() {
                ClosedAs::Paid => InvoiceStatus::Paid,
                ClosedAs::Credited => InvoiceStatus::Credited,
                ClosedAs::WrittenOff => InvoiceStatus::WrittenOff,
            }
        } else if let Some(hold) = hold {
            match hold.reason {
                HoldReason::PaymentPlan { .. } => InvoiceStatus::InPlan,
                HoldReason::Dispute { .. } => InvoiceStatus::Disputed,
                HoldReason::HandedOver { .. } => InvoiceStatus::HandedOver,
                HoldReason::Asked { .. }
                | HoldReason::HelpRunning { .. }
                | HoldReason::Deceased { .. }
                | HoldReason::DirectDebit { .. }
                | HoldReason::Promise { .. } => InvoiceStatus::Held,
            }
        } else if invoice.due_date < today(now) {
            InvoiceStatus::Overdue
        } else {
            InvoiceStatus::Open
        };
        InvoiceView {
            id: invoice.id.to_string(),
            body: body_of(invoice, &dossier.debtor.id),
            owed: super::steps::OwedView::of(invoice, today(now)),
            status,
            reason: hold.filter(|_| invoice.is_open()).map(|h| format!("hold {}", h.id)),
            steps: invoice
                .steps
                .iter()
                .map(|s| StepView {
                    step: s.step.to_string(),
                    kind: s.kind.name().to_owned(),
                    notice_id: s.notice.as_ref().map(ToString::to_string),
                    skipped: s.skipped,
                    on: s.on.to_string(),
                })
                .collect(),
            parties: invoice.parties.as_ref().map(parties_view),
        }
    }
}

fn parties_view(parties: &Parties) -> PartiesView {
    let view = |p: &domain::invoice::Party| PartyView {
        name: p.name.clone(),
        trading_name: p.trading_name.clone(),
        legal_id: p.legal_id.clone(),
        vat_id: p.vat_id.clone(),
        city: p.city.clone(),
        country: p.country.clone(),
    };
    PartiesView { seller: view(&parties.seller), buyer: view(&parties.buyer) }
}

fn body_of(invoice: &Invoice, debtor: &DebtorId) -> InvoiceBody {
    InvoiceBody {
        debtor_id: debtor.to_string(),
        number: invoice.number.clone(),
        kind: match invoice.kind {
            InvoiceKind::Invoice => InvoiceKindName::Invoice,
            InvoiceKind::CreditNote => InvoiceKindName::CreditNote,
        },
        issue_date: invoice.issue_date.to_string(),
        due_date: Some(invoice.due_date.to_string()),
        currency: "EUR".to_owned(),
        total: invoice.total.to_string(),
        open: Some(invoice.open().to_string()),
        recurring_term: Some(invoice.recurring_term),
        payment_reference: invoice.payment_reference.as_ref().map(|r| PaymentReferenceBody {
            scheme: match r.scheme {
                ReferenceScheme::Nl16 => ReferenceSchemeName::Nl16,
                ReferenceScheme::Rf => ReferenceSchemeName::Rf,
                ReferenceScheme::Text => ReferenceSchemeName::Text,
            },
            value: r.value.clone(),
        }),
        payment_condition: invoice.payment_condition.clone(),
        policy_id: invoice.policy_id.as_ref().map(ToString::to_string),
        corrects: invoice.corrects.clone(),
        lines: Some(
            invoice
                .lines
                .iter()
                .map(|l| InvoiceLineBody { description: l.description.clone(), amount: l.amount.to_string() })
                .collect(),
        ),
        labels: Some(invoice.labels.clone()),
        modified_at: invoice.modified_at,
    }
}

/// What a document that was taken in became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceMade {
    pub invoice_id: String,
    pub debtor_id: String,
}
