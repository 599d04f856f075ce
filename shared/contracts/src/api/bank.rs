//! Bank statements and their lines: what the bank says, what it was taken to be, and why.

use domain::Violation;
use domain::bank_line::{Doing, Done, Ignoring, KeptLine, LinePart, LineState, PartKind};
use domain::ids::{BankLineId, DebtorId, InvoiceId};
use domain::matching::{Part, Proposal, Reason};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// What a line is to be matched to: exactly one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MatchBody {
    /// Which of the line's proposals, from 0.
    pub proposal: Option<usize>,
    /// 1 to 15 parts, which together are the amount of the line.
    pub parts: Option<Vec<PartBody>>,
    /// Of a line that went out: the line whose money it took back.
    pub takes_back: Option<String>,
}

/// A part of a line: for an invoice, or for a debtor, whose oldest open invoices it then pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartBody {
    pub invoice_id: Option<String>,
    pub debtor_id: Option<String>,
    /// More than zero.
    #[schema(example = "121.00")]
    pub amount: String,
}

/// A match as somebody asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedMatch {
    Proposal(usize),
    Parts(Vec<AskedPart>),
    TakesBack(BankLineId),
}

/// One part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedPart {
    pub debtor: Option<DebtorId>,
    pub invoice: Option<InvoiceId>,
    pub amount: domain::Money,
}

impl MatchBody {
    /// The match that is asked for.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<AskedMatch, Vec<Violation>> {
        let mut fields = Fields::new();
        let asked = match (self.proposal, self.parts, self.takes_back) {
            (Some(place), None, None) => Some(AskedMatch::Proposal(place)),
            (None, Some(parts), None) => parts_of(&mut fields, &parts).map(AskedMatch::Parts),
            (None, None, Some(line)) => {
                fields.id("takesBack", &line, BankLineId::parse).map(AskedMatch::TakesBack)
            }
            _ => {
                fields.refuse("parts", "one_of_three", "is given, or `proposal` is, or `takesBack`");
                None
            }
        };
        fields.finish(asked)
    }
}

fn parts_of(fields: &mut Fields, parts: &[PartBody]) -> Option<Vec<AskedPart>> {
    if parts.is_empty() || parts.len() > domain::matching::MOST_PARTS {
        fields.refuse("parts", "number_of_parts", "has 1 to 15 parts");
        return None;
    }
    let read = parts.iter().enumerate().filter_map(|(i, part)| {
        let at = |field: &str| format!("parts[{i}].{field}");
        let invoice = part.invoice_id.as_deref();
        let invoice = invoice.and_then(|id| fields.id(&at("invoiceId"), id, InvoiceId::parse));
        let debtor = part.debtor_id.as_deref();
        let debtor = debtor.and_then(|id| fields.id(&at("debtorId"), id, DebtorId::parse));
        if part.invoice_id.is_none() && part.debtor_id.is_none() {
            fields.refuse(&at("invoiceId"), "required", "a part names an invoice or a debtor");
        }
        let amount = fields.amount(&at("amount"), &part.amount)?;
        if amount.is_zero() {
            fields.refuse(&at("amount"), "zero_amount", "is more than zero");
        }
        Some(AskedPart { debtor, invoice, amount })
    });
    Some(read.collect())
}

/// A bank line as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BankLineView {
    pub id: String,
    /// The administration's own account.
    pub account: String,
    #[schema(value_type = String, format = Date)]
    pub booked_on: Date,
    #[schema(value_type = Option<String>, format = Date)]
    pub valued_on: Option<Date>,
    /// Above zero came in, below zero went out.
    pub amount: String,
    /// The bank says that it takes an earlier movement back.
    pub reversal: bool,
    pub counterparty_name: Option<String>,
    pub counterparty_account: Option<String>,
    pub structured_reference: Option<String>,
    pub text: String,
    pub end_to_end_id: Option<String>,
    pub mandate_id: Option<String>,
    /// Why it came back, as ISO 20022 has it, such as AM04.
    pub return_reason: Option<String>,
    pub bank_reference: Option<String>,
    /// `unmatched`, `suggested`, `matching`, `matched`, `undoing`, `ignored` or `directDebits`.
    pub state: String,
    /// Why it is unmatched or ignored, or which direct debits it is of.
    pub state_reason: Option<ReasonView>,
    /// What it is booked as.
    pub parts: Vec<BookedPartView>,
    /// What it may be, the best first.
    pub proposals: Vec<ProposalView>,
    /// The line whose money this one took back.
    pub takes_back: Option<String>,
    /// The line that took the money of this one back.
    pub taken_back_by: Option<String>,
    /// Oldest first.
    pub history: Vec<DoneView>,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A reason by its name and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReasonView {
    pub code: String,
    pub words: String,
    /// What it adds to the confidence, in points of a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<i16>,
}

/// What a line may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalView {
    /// In points of a hundred.
    pub confidence: u8,
    pub parts: Vec<PartBody>,
    pub takes_back: Option<String>,
    pub reasons: Vec<ReasonView>,
}

/// One payment, reversal or removal that a line is booked as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookedPartView {
    /// `payment`, `reversal`, or `removal` of a payment of which something lay on account.
    pub kind: String,
    pub payment_id: String,
    pub debtor_id: String,
    pub invoice_id: Option<String>,
    pub amount: String,
    /// `false` while other debtors' parts are under way.
    pub booked: bool,
}

/// One thing that was done with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DoneView {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub by: String,
    /// `takenIn`, `matchedByRules`, `matchedByHand`, `undone`, `ignored`, `takenBack` or `notTakenBack`.
    pub did: String,
    /// What was said.
    pub reason: Option<String>,
    /// How certain the rules were.
    pub confidence: Option<u8>,
    pub reasons: Vec<ReasonView>,
    pub parts: Vec<PartBody>,
    /// The other line that it is about.
    pub line: Option<String>,
}

impl BankLineView {
    pub fn of(line: &KeptLine) -> BankLineView {
        let movement = &line.movement;
        BankLineView {
            id: movement.id.to_string(),
            account: line.account.clone(),
            booked_on: movement.booked_on,
            valued_on: movement.valued_on,
            amount: movement.amount.to_string(),
            reversal: movement.reversal,
            counterparty_name: movement.counterparty_name.clone(),
            counterparty_account: movement.counterparty_account.clone(),
            structured_reference: movement.structured_reference.clone(),
            text: movement.text.clone(),
            end_to_end_id: movement.end_to_end_id.clone(),
            mandate_id: movement.mandate_id.clone(),
            return_reason: movement.return_reason.clone(),
            bank_reference: movement.bank_reference.clone(),
            state: line.state.code().to_owned(),
            state_reason: state_reason(&line.state),
            parts: line.parts.iter().map(BookedPartView::of).collect(),
            proposals: line.proposals.iter().map(ProposalView::of).collect(),
            takes_back: line.takes_back.as_ref().map(ToString::to_string),
            taken_back_by: line.taken_back_by.as_ref().map(ToString::to_string),
            history: line.history.iter().map(DoneView::of).collect(),
            updated_at: line.updated_at,
        }
    }
}

fn state_reason(state: &LineState) -> Option<ReasonView> {
    match state {
        LineState::Unmatched(why) => {
            Some(ReasonView { code: code(why), words: why.words().to_owned(), weight: None })
        }
        LineState::Ignored(Ignoring::NotOurs) => Some(ReasonView {
            code: "notOurs".to_owned(),
            words: "the administration paid somebody, and no debtor's money went back".to_owned(),
            weight: None,
        }),
        LineState::Ignored(Ignoring::ByPerson(words)) => {
            Some(ReasonView { code: "byPerson".to_owned(), words: words.clone(), weight: None })
        }
        LineState::DirectDebits { reference } => Some(ReasonView {
            code: "directDebits".to_owned(),
            words: format!("it is of direct debits, which are booked by themselves: {reference}"),
            weight: None,
        }),
        LineState::Suggested | LineState::Matching | LineState::Matched | LineState::Undoing => None,
    }
}

/// The name that it is stored by.
fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

impl ReasonView {
    fn of(reason: &Reason) -> ReasonView {
        ReasonView { code: code(reason), words: reason.words().to_owned(), weight: Some(reason.weight()) }
    }
}

impl PartBody {
    fn of(part: &Part) -> PartBody {
        PartBody {
            invoice_id: part.invoice.as_ref().map(ToString::to_string),
            debtor_id: Some(part.debtor.to_string()),
            amount: part.amount.to_string(),
        }
    }
}

impl ProposalView {
    fn of(proposal: &Proposal) -> ProposalView {
        ProposalView {
            confidence: proposal.confidence,
            parts: proposal.parts.iter().map(PartBody::of).collect(),
            takes_back: proposal.takes_back.as_ref().map(ToString::to_string),
            reasons: proposal.reasons.iter().map(ReasonView::of).collect(),
        }
    }
}

impl BookedPartView {
    fn of(part: &LinePart) -> BookedPartView {
        let (kind, payment) = match &part.kind {
            PartKind::Payment => ("payment", &part.payment),
            PartKind::Reversal => ("reversal", &part.payment),
            PartKind::Removal(original) => ("removal", original),
        };
        BookedPartView {
            kind: kind.to_owned(),
            payment_id: payment.to_string(),
            debtor_id: part.debtor.to_string(),
            invoice_id: part.invoice.as_ref().map(ToString::to_string),
            amount: part.amount.to_string(),
            booked: part.booked,
        }
    }
}

impl DoneView {
    fn of(done: &Done) -> DoneView {
        let mut view = DoneView {
            at: done.at,
            by: done.by.clone(),
            did: String::new(),
            reason: None,
            confidence: None,
            reasons: Vec::new(),
            parts: Vec::new(),
            line: None,
        };
        view.did = match &done.what {
            Doing::TakenIn => "takenIn",
            Doing::MatchedByRules { confidence, reasons, parts } => {
                view.confidence = Some(*confidence);
                view.reasons = reasons.iter().map(ReasonView::of).collect();
                view.parts = parts.iter().map(PartBody::of).collect();
                "matchedByRules"
            }
            Doing::MatchedByHand { parts } => {
                view.parts = parts.iter().map(PartBody::of).collect();
                "matchedByHand"
            }
            Doing::Undone { reason } => {
                view.reason = Some(reason.clone());
                "undone"
            }
            Doing::Ignored { reason } => {
                view.reason = Some(reason.clone());
                "ignored"
            }
            Doing::TakenBack { by_line } => {
                view.line = Some(by_line.to_string());
                "takenBack"
            }
            Doing::NotTakenBack { by_line } => {
                view.line = Some(by_line.to_string());
                "notTakenBack"
            }
        }
        .to_owned();
        view
    }
}

/// A statement that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementView {
    pub id: String,
    pub account: String,
    pub number: Option<String>,
    #[schema(value_type = String, format = Date)]
    pub closed_on: Date,
    pub opening: String,
    pub closing: String,
    /// What became of its lines when they came in.
    pub counts: CountsView,
    /// The statement before it, where that ends in another balance: something between them is missing, or comes twice.
    pub gap: Option<GapView>,
    #[schema(value_type = String, format = DateTime)]
    pub taken_at: Timestamp,
    pub by: String,
}

/// How many lines of a statement became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountsView {
    pub lines: u32,
    /// Those that another statement had brought.
    pub known: u32,
    pub matched: u32,
    pub suggested: u32,
    pub unmatched: u32,
    pub ignored: u32,
}

/// Where the statement before one ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GapView {
    #[schema(value_type = String, format = Date)]
    pub closed_on: Date,
    pub closing: String,
    pub opening: String,
}

/// What became of the statements of one file, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementsTaken {
    pub statements: Vec<StatementView>,
}
