//! The timeline: one entry per thing that happened to a debtor. It is the audit trail, the history on the
//! debtor's page and the outbox of events at once.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::dispute::{Decision, DisputeReason};
use crate::hold::{Covers, HoldReason, HoldScope};
use crate::ids::{
    CaseId, DisputeId, HoldId, InvoiceId, NoticeId, PaymentId, PlanId, PolicyId, PromiseId, SignalId, StepId,
    TaskId,
};
use crate::invoice::ClosedAs;
use crate::notice::NoticeLine;
use crate::payment::PaymentKind;
use crate::step::{SignalKind, StepKind};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts up by one per debtor, from 1, without gaps.
    pub sequence: u32,
    pub at: Timestamp,
    /// Who did it: a token's subject, `schedule`, `municipality/bkr`, `mail service` ...
    pub by: String,
    #[serde(flatten)]
    pub event: Event,
}

/// An invoice without an open amount, and how it came to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClosedInvoice {
    pub invoice: InvoiceId,
    pub closed_as: ClosedAs,
}

/// What happened, in the past tense. Holds no personal data but what people typed as a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all_fields = "camelCase")]
pub enum Event {
    DebtorCreated,
    DebtorChanged {
        fields: Vec<String>,
    },
    EarlySignallingDisabled {
        reason: String,
    },
    EarlySignallingEnabled {
        reason: String,
    },
    InvoiceReceived {
        invoice: InvoiceId,
        total: Money,
        open: Money,
        due_date: Date,
    },
    InvoiceChanged {
        invoice: InvoiceId,
        fields: Vec<String>,
        open: Money,
    },
    InvoicesClosed {
        invoices: Vec<ClosedInvoice>,
    },
    InvoiceReopened {
        invoice: InvoiceId,
        open: Money,
    },
    CreditNoteApplied {
        credit_note: InvoiceId,
        invoice: InvoiceId,
        amount: Money,
    },
    PaymentReceived {
        payment: PaymentId,
        kind: PaymentKind,
        amount: Money,
        invoices: Vec<InvoiceId>,
    },
    PaymentChanged {
        payment: PaymentId,
        kind: PaymentKind,
        amount: Money,
        invoices: Vec<InvoiceId>,
    },
    CaseOpened {
        case: CaseId,
    },
    CaseSettled {
        case: CaseId,
    },
    HoldPlaced {
        hold: HoldId,
        scope: HoldScope,
        covers: Covers,
        reason: HoldReason,
        until: Option<Date>,
        review_on: Option<Date>,
    },
    /// Lifted by somebody's word. `follow_up_from` counts the days of grace of these settings.
    HoldLifted {
        hold: HoldId,
        reason: String,
        follow_up_from: Option<Date>,
        settings_version: Option<u32>,
    },
    /// Ended by itself. `follow_up_from` counts the days of grace of these settings.
    HoldEnded {
        hold: HoldId,
        follow_up_from: Option<Date>,
        settings_version: Option<u32>,
    },
    /// A step was left out, by somebody's word or because it is not meant for this debtor.
    StepSkipped {
        invoice: InvoiceId,
        step: StepId,
        kind: StepKind,
        reason: String,
        policy: PolicyId,
        policy_version: u32,
        settings_version: u32,
    },
    /// A step that is no message to the debtor was taken.
    StepTaken {
        invoice: InvoiceId,
        step: StepId,
        kind: StepKind,
        policy: PolicyId,
        policy_version: u32,
        settings_version: u32,
    },
    /// Follow-up of the invoice goes back to this step; to the first where there is none.
    StepsReset {
        invoice: InvoiceId,
        to: Option<StepId>,
        policy: PolicyId,
        policy_version: u32,
    },
    /// Somebody set the day of the next step.
    StepRescheduled {
        invoice: InvoiceId,
        step: StepId,
        on: Date,
        at_once: bool,
        policy: PolicyId,
        policy_version: u32,
        settings_version: u32,
    },
    /// Statutory collection costs were charged over this principal.
    CostsCharged {
        notice: NoticeId,
        invoices: Vec<InvoiceId>,
        principal: Money,
        amount: Money,
        settings_version: u32,
    },
    PlanProposed {
        plan: PlanId,
        invoices: Vec<InvoiceId>,
        total: Money,
        instalments: u16,
        settings_version: u32,
    },
    PlanApproved {
        plan: PlanId,
        automatic: bool,
        settings_version: u32,
    },
    PlanRejected {
        plan: PlanId,
        reason: String,
    },
    InstalmentPaid {
        plan: PlanId,
        instalment: u16,
    },
    PlanFinished {
        plan: PlanId,
    },
    /// This instalment was not paid within the grace.
    PlanBroken {
        plan: PlanId,
        instalment: u16,
        settings_version: u32,
    },
    PlanEnded {
        plan: PlanId,
        reason: String,
    },
    DisputeOpened {
        dispute: DisputeId,
        invoice: InvoiceId,
        reason: DisputeReason,
    },
    DisputeDecided {
        dispute: DisputeId,
        invoice: InvoiceId,
        decision: Decision,
        reason: String,
    },
    /// The credit that was decided on came in, or nothing is open any more.
    DisputeSettled {
        dispute: DisputeId,
        invoice: InvoiceId,
    },
    PromiseMade {
        promise: PromiseId,
        invoices: Vec<InvoiceId>,
        amount: Money,
        pay_by: Date,
        settings_version: u32,
    },
    PromiseKept {
        promise: PromiseId,
    },
    PromiseBroken {
        promise: PromiseId,
        settings_version: u32,
    },
    PromiseWithdrawn {
        promise: PromiseId,
        reason: String,
    },
    NoticePrepared {
        notice: NoticeId,
        kind: StepKind,
        lines: Vec<NoticeLine>,
        settings_version: u32,
    },
    NoticeSent {
        notice: NoticeId,
        kind: StepKind,
        lines: Vec<NoticeLine>,
        amount: Money,
        evaluate: Vec<SignalKind>,
    },
    NoticeDelivered {
        notice: NoticeId,
    },
    NoticeBounced {
        notice: NoticeId,
        permanent: bool,
    },
    NoticeComplained {
        notice: NoticeId,
    },
    NoticeUnknown {
        notice: NoticeId,
    },
    NoticeRetried {
        notice: NoticeId,
        reason: String,
    },
    NoticeFailed {
        notice: NoticeId,
        reason: String,
    },
    NoticeCancelled {
        notice: NoticeId,
        reason: String,
    },
    SignalBlocked {
        signal: SignalId,
        kind: SignalKind,
        conditions: Vec<String>,
        rules_version: u32,
        settings_version: u32,
    },
    SignalPrepared {
        signal: SignalId,
        kind: SignalKind,
        arrears: Money,
        rules_version: u32,
        settings_version: u32,
        automatic: bool,
    },
    SignalReleased {
        signal: SignalId,
        rules_version: u32,
        settings_version: u32,
    },
    SignalSent {
        signal: SignalId,
        provider: String,
        municipality: String,
    },
    SignalRefused {
        signal: SignalId,
        errors: Vec<String>,
    },
    SignalUnknown {
        signal: SignalId,
    },
    /// The provider is to hear another amount.
    SignalUpdateAsked {
        signal: SignalId,
        arrears: Money,
        rules_version: u32,
    },
    SignalUpdated {
        signal: SignalId,
        arrears: Money,
    },
    SignalWithdrawalAsked {
        signal: SignalId,
        reason: String,
    },
    SignalWithdrawn {
        signal: SignalId,
        reason: String,
    },
    FeedbackReceived {
        signal: SignalId,
        outcome: String,
        late: bool,
    },
    TaskOpened {
        task: TaskId,
        about: String,
    },
}

impl Event {
    /// The name of the event on the bus.
    pub fn name(&self) -> &'static str {
        match self {
            Event::DebtorCreated => "DebtorCreated",
            Event::DebtorChanged { .. } => "DebtorChanged",
            Event::EarlySignallingDisabled { .. } => "EarlySignallingDisabled",
            Event::EarlySignallingEnabled { .. } => "EarlySignallingEnabled",
            Event::InvoiceReceived { .. } => "InvoiceReceived",
            Event::InvoiceChanged { .. } => "InvoiceChanged",
            Event::InvoicesClosed { .. } => "InvoicesClosed",
            Event::InvoiceReopened { .. } => "InvoiceReopened",
            Event::CreditNoteApplied { .. } => "CreditNoteApplied",
            Event::PaymentReceived { .. } => "PaymentReceived",
            Event::PaymentChanged { .. } => "PaymentChanged",
            Event::CaseOpened { .. } => "CaseOpened",
            Event::CaseSettled { .. } => "CaseSettled",
            Event::HoldPlaced { .. } => "HoldPlaced",
            Event::HoldLifted { .. } => "HoldLifted",
            Event::HoldEnded { .. } => "HoldEnded",
            Event::StepSkipped { .. } => "StepSkipped",
            Event::StepTaken { .. } => "StepTaken",
            Event::StepsReset { .. } => "StepsReset",
            Event::StepRescheduled { .. } => "StepRescheduled",
            Event::CostsCharged { .. } => "CostsCharged",
            Event::PlanProposed { .. } => "PlanProposed",
            Event::PlanApproved { .. } => "PlanApproved",
            Event::PlanRejected { .. } => "PlanRejected",
            Event::InstalmentPaid { .. } => "InstalmentPaid",
            Event::PlanFinished { .. } => "PlanFinished",
            Event::PlanBroken { .. } => "PlanBroken",
            Event::PlanEnded { .. } => "PlanEnded",
            Event::DisputeOpened { .. } => "DisputeOpened",
            Event::DisputeDecided { .. } => "DisputeDecided",
            Event::DisputeSettled { .. } => "DisputeSettled",
            Event::PromiseMade { .. } => "PromiseMade",
            Event::PromiseKept { .. } => "PromiseKept",
            Event::PromiseBroken { .. } => "PromiseBroken",
            Event::PromiseWithdrawn { .. } => "PromiseWithdrawn",
            Event::NoticePrepared { .. } => "NoticePrepared",
            Event::NoticeSent { .. } => "NoticeSent",
            Event::NoticeDelivered { .. } => "NoticeDelivered",
            Event::NoticeBounced { .. } => "NoticeBounced",
            Event::NoticeComplained { .. } => "NoticeComplained",
            Event::NoticeUnknown { .. } => "NoticeUnknown",
            Event::NoticeRetried { .. } => "NoticeRetried",
            Event::NoticeFailed { .. } => "NoticeFailed",
            Event::NoticeCancelled { .. } => "NoticeCancelled",
            Event::SignalBlocked { .. } => "SignalBlocked",
            Event::SignalPrepared { .. } => "SignalPrepared",
            Event::SignalReleased { .. } => "SignalReleased",
            Event::SignalSent { .. } => "SignalSent",
            Event::SignalRefused { .. } => "SignalRefused",
            Event::SignalUnknown { .. } => "SignalUnknown",
            Event::SignalUpdateAsked { .. } => "SignalUpdateAsked",
            Event::SignalUpdated { .. } => "SignalUpdated",
            Event::SignalWithdrawalAsked { .. } => "SignalWithdrawalAsked",
            Event::SignalWithdrawn { .. } => "SignalWithdrawn",
            Event::FeedbackReceived { .. } => "FeedbackReceived",
            Event::TaskOpened { .. } => "TaskOpened",
        }
    }
}
