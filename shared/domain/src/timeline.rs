//! The timeline: one entry per thing that happened to a debtor. It is the audit trail, the history on the
//! debtor's page and the outbox of events at once.

mod entry;
mod name;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::calling::CallOutcome;
use crate::dispute::{Decision, DisputeReason};
use crate::hold::{Covers, HoldReason, HoldScope};
use crate::ids::{
    AccessCodeId, BatchId, CaseDossierId, CaseId, DebitId, DisputeId, HoldId, InvoiceId, MandateId,
    MessageId, NoteId, NoticeId, PaymentId, PaymentRequestId, PlanId, PolicyId, PromiseId, SignalId, StepId,
    TaskId,
};
use crate::mandate::Scheme;
use crate::notice::{Channel, NoticeLine};
use crate::payment::PaymentKind;
use crate::payment_request::{PaymentProvider, RequestState, TakenBackKind};
use crate::return_reason::Treatment;
use crate::step::{SignalKind, StepKind};

pub use entry::{ClosedInvoice, Entry};

/// What a prepared notice went by while there was no choice.
fn by_mail() -> Channel {
    Channel::Email
}

/// What happened, in the past tense. Holds no personal data but what people typed as a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all_fields = "camelCase")]
pub enum Event {
    /// The debtor became known.
    DebtorCreated,
    /// A newer version of the record came in.
    DebtorChanged {
        /// Names of what changed, without values.
        fields: Vec<String>,
    },
    /// The debtor objected to early signalling.
    EarlySignallingDisabled {
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// The objection was taken back.
    EarlySignallingEnabled {
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// An invoice or credit note became known.
    InvoiceReceived {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// VAT included, in euros.
        total: Money,
        /// What is still to be paid on it, in euros.
        open: Money,
        /// The last day to pay.
        due_date: Date,
    },
    /// A newer version of the record came in.
    InvoiceChanged {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// Names of what changed, without values.
        fields: Vec<String>,
        /// What is still to be paid on it, in euros.
        open: Money,
    },
    /// A document was put beside an invoice, or took the place of one with the same name.
    DocumentAdded {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// SHA-256 of its bytes, in hexadecimal. Its name is not here: people choose it.
        sha256: String,
    },
    /// A document was taken away from an invoice.
    DocumentRemoved {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// SHA-256 of its bytes, in hexadecimal.
        sha256: String,
    },
    /// Nothing is open on them any more.
    InvoicesClosed {
        /// Which, and how.
        invoices: Vec<ClosedInvoice>,
    },
    /// Something that had closed it was taken back.
    InvoiceReopened {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// What is still to be paid on it, in euros.
        open: Money,
    },
    /// A credit note was set off against an invoice.
    CreditNoteApplied {
        /// The credit note.
        credit_note: InvoiceId,
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// In euros.
        amount: Money,
    },
    /// A payment, reversal, settlement or write-off was booked.
    PaymentReceived {
        /// The payment.
        payment: PaymentId,
        /// What it does to what is open.
        kind: PaymentKind,
        /// In euros.
        amount: Money,
        /// Those that it was booked on.
        invoices: Vec<InvoiceId>,
    },
    /// The same, in a newer version: what was booked before was taken off.
    PaymentChanged {
        /// The payment.
        payment: PaymentId,
        /// What it does to what is open.
        kind: PaymentKind,
        /// In euros.
        amount: Money,
        /// Those that it is booked on now.
        invoices: Vec<InvoiceId>,
    },
    /// A payment that was booked by mistake was taken off again, as if it had never come in.
    PaymentUnbooked {
        /// The payment.
        payment: PaymentId,
        /// What it did to what is open.
        kind: PaymentKind,
        /// In euros.
        amount: Money,
        /// Those that it was booked on.
        invoices: Vec<InvoiceId>,
    },
    /// The source system deleted an invoice or credit note: its follow-up ended.
    InvoiceDeleted {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// What was still to be paid on it, in euros.
        open: Money,
        /// What had been paid on it, in euros: the debtor's now.
        credit: Money,
    },
    /// The source system deleted a payment: it was taken off.
    PaymentDeleted {
        /// The payment.
        payment: PaymentId,
        /// What it did to what is open.
        kind: PaymentKind,
        /// In euros.
        amount: Money,
        /// Those that it was booked on.
        invoices: Vec<InvoiceId>,
    },
    /// The source system deleted the debtor.
    DebtorDeleted,
    /// The first step was taken while nothing ran.
    CaseOpened {
        /// The case.
        case: CaseId,
    },
    /// Nothing is open any more.
    CaseSettled {
        /// The case.
        case: CaseId,
    },
    /// It is with a bailiff: nothing else follows the debtor up.
    CaseHandedOver {
        /// The case.
        case: CaseId,
        /// The hold that stands for it.
        hold: HoldId,
        /// What the bailiff gets: the dossier that was built last, where one was.
        dossier: Option<CaseDossierId>,
    },
    /// It is with the creditor again.
    CaseTakenBack {
        /// The case.
        case: CaseId,
        /// The hold that stood for it.
        hold: HoldId,
    },
    /// Somebody asked for the dossier of a case.
    DossierRequested {
        /// The case.
        case: CaseId,
        /// The dossier.
        dossier: CaseDossierId,
    },
    /// It can be downloaded.
    DossierBuilt {
        /// The case.
        case: CaseId,
        /// The dossier.
        dossier: CaseDossierId,
        /// SHA-256 of its file, in hexadecimal.
        sha256: String,
    },
    /// It will not be built.
    DossierFailed {
        /// The case.
        case: CaseId,
        /// The dossier.
        dossier: CaseDossierId,
        /// Why, as a stable code.
        reason: String,
    },
    /// From now on nothing that it covers leaves.
    HoldPlaced {
        /// The hold.
        hold: HoldId,
        /// On what it is.
        scope: HoldScope,
        /// What may not leave.
        covers: Covers,
        /// Why it stands.
        reason: HoldReason,
        /// The last day on which it stands by itself.
        until: Option<Date>,
        /// The day on which a person looks at it.
        review_on: Option<Date>,
    },
    /// Lifted by somebody's word. `follow_up_from` counts the days of grace of these settings.
    HoldLifted {
        /// The hold.
        hold: HoldId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
        /// The first day after the grace.
        follow_up_from: Option<Date>,
        /// Of the settings under which that was decided.
        settings_version: Option<u32>,
    },
    /// Ended by itself. `follow_up_from` counts the days of grace of these settings.
    HoldEnded {
        /// The hold.
        hold: HoldId,
        /// The first day after the grace.
        follow_up_from: Option<Date>,
        /// Of the settings under which that was decided.
        settings_version: Option<u32>,
    },
    /// A step was left out, by somebody's word or because it is not meant for this debtor.
    StepSkipped {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// The policy's name of the step.
        step: StepId,
        /// What kind of step it is.
        kind: StepKind,
        /// By whose word or for what it was left out.
        reason: String,
        /// The policy under which that was decided.
        policy: PolicyId,
        /// Of the policy under which that was decided.
        policy_version: u32,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// A step that is no message to the debtor was taken.
    StepTaken {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// The policy's name of the step.
        step: StepId,
        /// What kind of step it is.
        kind: StepKind,
        /// The policy under which that was decided.
        policy: PolicyId,
        /// Of the policy under which that was decided.
        policy_version: u32,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// Follow-up of the invoice goes back to this step; to the first where there is none.
    StepsReset {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// The step that comes next; the first of the policy where there is none.
        to: Option<StepId>,
        /// The policy under which that was decided.
        policy: PolicyId,
        /// Of the policy under which that was decided.
        policy_version: u32,
    },
    /// Somebody set the day of the next step.
    StepRescheduled {
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// The policy's name of the step.
        step: StepId,
        /// The day on which it is taken.
        on: Date,
        /// As soon as the window is open, whatever the interval.
        at_once: bool,
        /// The policy under which that was decided.
        policy: PolicyId,
        /// Of the policy under which that was decided.
        policy_version: u32,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// Statutory collection costs were charged over this principal.
    CostsCharged {
        /// The notice.
        notice: NoticeId,
        /// The invoices that it is about.
        invoices: Vec<InvoiceId>,
        /// What they are reckoned over, in euros.
        principal: Money,
        /// Shared out over the invoices by principal, in euros.
        amount: Money,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// A payment plan was proposed: its invoices are held.
    PlanProposed {
        /// The payment plan.
        plan: PlanId,
        /// The invoices that it is about.
        invoices: Vec<InvoiceId>,
        /// VAT included, in euros.
        total: Money,
        /// How many there are.
        instalments: u16,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// It runs from now on.
    PlanApproved {
        /// The payment plan.
        plan: PlanId,
        /// By a template and not by a person.
        automatic: bool,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// The desk said no.
    PlanRejected {
        /// The payment plan.
        plan: PlanId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// All of this instalment came in.
    InstalmentPaid {
        /// The payment plan.
        plan: PlanId,
        /// Its number, from 1 on.
        instalment: u16,
    },
    /// All of it came in.
    PlanFinished {
        /// The payment plan.
        plan: PlanId,
    },
    /// This instalment was not paid within the grace.
    PlanBroken {
        /// The payment plan.
        plan: PlanId,
        /// The first one that was not paid within the grace.
        instalment: u16,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// It was ended by hand.
    PlanEnded {
        /// The payment plan.
        plan: PlanId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// The debtor disputes an invoice: it is held.
    DisputeOpened {
        /// The dispute.
        dispute: DisputeId,
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// What is said to be wrong.
        reason: DisputeReason,
    },
    /// The desk said who is right.
    DisputeDecided {
        /// The dispute.
        dispute: DisputeId,
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// Who is right, and about how much.
        decision: Decision,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// The credit that was decided on came in, or nothing is open any more.
    DisputeSettled {
        /// The dispute.
        dispute: DisputeId,
        /// The invoice that it is about.
        invoice: InvoiceId,
    },
    /// The debtor promised to pay: the invoices are held.
    PromiseMade {
        /// The promise.
        promise: PromiseId,
        /// The invoices that it is about.
        invoices: Vec<InvoiceId>,
        /// What is to come in, in euros.
        amount: Money,
        /// The last day of the promise.
        pay_by: Date,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// What was promised came in.
    PromiseKept {
        /// The promise.
        promise: PromiseId,
    },
    /// Its last day passed.
    PromiseBroken {
        /// The promise.
        promise: PromiseId,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// It was taken back.
    PromiseWithdrawn {
        /// The promise.
        promise: PromiseId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// The debtor gave leave to collect by direct debit.
    MandateGiven {
        /// The mandate.
        mandate: MandateId,
        /// The rules that it was signed under.
        scheme: Scheme,
    },
    /// Something about its account changed.
    MandateAmended {
        /// The mandate.
        mandate: MandateId,
        /// Names of what changed, without values.
        fields: Vec<String>,
    },
    /// The debtor took it back.
    MandateWithdrawn {
        /// The mandate.
        mandate: MandateId,
    },
    /// A returned debit said that it cannot be used any more.
    MandateEnded {
        /// The mandate.
        mandate: MandateId,
        /// The bank's reason code.
        code: String,
    },
    /// The invoice is collected by direct debit on a day that is fixed: it is held.
    DebitAnnounced {
        /// The debit.
        debit: DebitId,
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// The mandate.
        mandate: MandateId,
        /// The most that is collected, in euros.
        amount: Money,
        /// The day on which the money moves.
        collect_on: Date,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// A batch took it up: it goes to the bank.
    DebitBatched {
        /// The debit.
        debit: DebitId,
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// The mandate.
        mandate: MandateId,
        /// The batch.
        batch: BatchId,
        /// What is collected, in euros.
        amount: Money,
        /// The day on which the money moves.
        collect_on: Date,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// The money came in.
    DebitCollected {
        /// The debit.
        debit: DebitId,
        /// The invoice that it is about.
        invoice: InvoiceId,
    },
    /// It came back.
    DebitReturned {
        /// The debit.
        debit: DebitId,
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// In euros.
        amount: Money,
        /// The bank's reason code.
        code: String,
        /// What is done about it.
        treatment: Treatment,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// It was not collected.
    DebitCancelled {
        /// The debit.
        debit: DebitId,
        /// The invoice that it is about.
        invoice: InvoiceId,
        /// Why, as a stable code.
        reason: String,
    },
    /// The debtor wrote to the desk.
    MessageReceived {
        /// The message. Its words are not here.
        message: MessageId,
        /// The invoice that it is about, where it is about one.
        invoice: Option<InvoiceId>,
    },
    /// The desk wrote to the debtor.
    MessageSent {
        /// The message. Its words are not here.
        message: MessageId,
        /// The invoice that it is about, where it is about one.
        invoice: Option<InvoiceId>,
        /// The notice by which it goes; none where no mail address works.
        notice: Option<NoticeId>,
    },
    /// A message was decided on; it is claimed before it leaves.
    NoticePrepared {
        /// The notice.
        notice: NoticeId,
        /// The heaviest of its lines.
        kind: StepKind,
        /// The way that it goes. Entries of before there was a choice have none: they went by mail, or as a call.
        #[serde(default = "by_mail")]
        channel: Channel,
        /// Which steps of which invoices.
        lines: Vec<NoticeLine>,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// It left: its steps are taken.
    NoticeSent {
        /// The notice.
        notice: NoticeId,
        /// The heaviest of its lines.
        kind: StepKind,
        /// Which steps of which invoices.
        lines: Vec<NoticeLine>,
        /// What it asked for, in euros.
        amount: Money,
        /// The signals whose conditions are looked at now.
        evaluate: Vec<SignalKind>,
    },
    /// A letter is with the post.
    NoticePosted {
        /// The notice.
        notice: NoticeId,
        /// Since this day.
        posted_on: Date,
    },
    /// The receiving side took it in.
    NoticeDelivered {
        /// The notice.
        notice: NoticeId,
    },
    /// It came back.
    NoticeBounced {
        /// The notice.
        notice: NoticeId,
        /// The address does not work; otherwise it may still.
        permanent: bool,
        /// The way it went: by mail where an entry of before there were others does not say.
        #[serde(default = "by_mail")]
        channel: Channel,
    },
    /// The debtor marked it as unwanted.
    NoticeComplained {
        /// The notice.
        notice: NoticeId,
    },
    /// The call got no answer: it may have left.
    NoticeUnknown {
        /// The notice.
        notice: NoticeId,
    },
    /// The service refused it for now.
    NoticeRetried {
        /// The notice.
        notice: NoticeId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// It was given up, and a person is asked.
    NoticeFailed {
        /// The notice.
        notice: NoticeId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// Nothing of it stood any more when it was about to leave.
    NoticeCancelled {
        /// The notice.
        notice: NoticeId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// The debtor asked for a code to their page.
    AccessCodeAsked {
        /// The code.
        code: AccessCodeId,
        /// The message whose link they followed.
        notice: NoticeId,
    },
    /// It left.
    AccessCodeSent {
        /// The code.
        code: AccessCodeId,
    },
    /// It was not sent.
    AccessCodeFailed {
        /// The code.
        code: AccessCodeId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// The debtor opened their page, by this message.
    PortalOpened {
        /// The message.
        notice: NoticeId,
    },
    /// A step asked for a signal, and conditions failed.
    SignalBlocked {
        /// The signal.
        signal: SignalId,
        /// Early, or crisis.
        kind: SignalKind,
        /// The names of those that did not hold.
        conditions: Vec<String>,
        /// Of the signal rules under which that was decided.
        rules_version: u32,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// Every condition held.
    SignalPrepared {
        /// The signal.
        signal: SignalId,
        /// Early, or crisis.
        kind: SignalKind,
        /// The amount that the municipality is told, in euros.
        arrears: Money,
        /// Of the signal rules under which that was decided.
        rules_version: u32,
        /// Of the settings under which that was decided.
        settings_version: u32,
        /// It leaves without anybody's word.
        automatic: bool,
    },
    /// Somebody said that it may leave; under four eyes somebody else has to say so too.
    SignalApproved {
        /// The signal.
        signal: SignalId,
        /// Of the signal rules under which that was decided.
        rules_version: u32,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// Somebody sent it on its way.
    SignalReleased {
        /// The signal.
        signal: SignalId,
        /// Of the signal rules under which that was decided.
        rules_version: u32,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// The platform took it in.
    SignalSent {
        /// The signal.
        signal: SignalId,
        /// The platform.
        provider: String,
        /// Its code at Statistics Netherlands.
        municipality: String,
    },
    /// The platform refused it for good.
    SignalRefused {
        /// The signal.
        signal: SignalId,
        /// The platform's codes.
        errors: Vec<String>,
    },
    /// The call got no answer: it may have arrived.
    SignalUnknown {
        /// The signal.
        signal: SignalId,
    },
    /// The provider is to hear another amount.
    SignalUpdateAsked {
        /// The signal.
        signal: SignalId,
        /// The amount that the municipality is told, in euros.
        arrears: Money,
        /// Of the signal rules under which that was decided.
        rules_version: u32,
    },
    /// The provider knows the new amount.
    SignalUpdated {
        /// The signal.
        signal: SignalId,
        /// The amount that the municipality is told, in euros.
        arrears: Money,
    },
    /// The provider is to take it back.
    SignalWithdrawalAsked {
        /// The signal.
        signal: SignalId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// It was taken back, or never left.
    SignalWithdrawn {
        /// The signal.
        signal: SignalId,
        /// What people or services gave as the reason; stays on the timeline.
        reason: String,
    },
    /// The municipality reported on a signal.
    FeedbackReceived {
        /// The signal.
        signal: SignalId,
        /// As it came over the wire: the outcome, and a sub-code after a dot.
        outcome: String,
        /// Something newer was known: it changed nothing.
        late: bool,
    },
    /// The debtor is offered to pay through a provider.
    PaymentRequested {
        /// The payment request.
        payment_request: PaymentRequestId,
        /// Through whom.
        provider: PaymentProvider,
        /// What is asked, in euros.
        amount: Money,
        /// Of the settings under which that was decided.
        settings_version: u32,
    },
    /// The provider has it: the debtor can pay.
    PaymentRequestOpened {
        /// The payment request.
        payment_request: PaymentRequestId,
    },
    /// Two calls got no answer: the provider may have it.
    PaymentRequestUnknown {
        /// The payment request.
        payment_request: PaymentRequestId,
    },
    /// The money came in.
    PaymentRequestPaid {
        /// The payment request.
        payment_request: PaymentRequestId,
        /// The payment.
        payment: PaymentId,
        /// In euros.
        amount: Money,
    },
    /// It came to an end without a payment.
    PaymentRequestEnded {
        /// The payment request.
        payment_request: PaymentRequestId,
        /// Failed, expired or cancelled.
        state: RequestState,
        /// Why, as a stable code; the provider's own where it is one.
        reason: Option<String>,
    },
    /// Money that came in by it was given or taken back.
    PaymentTakenBack {
        /// The payment request.
        payment_request: PaymentRequestId,
        /// The reversal.
        payment: PaymentId,
        /// By whose will.
        kind: TakenBackKind,
        /// In euros.
        amount: Money,
    },
    /// What was taken back came in again.
    PaymentGivenBack {
        /// The payment request.
        payment_request: PaymentRequestId,
        /// The payment.
        payment: PaymentId,
        /// In euros.
        amount: Money,
    },
    /// The desk is asked to call the debtor.
    CallAsked {
        /// The notice that the call is of.
        notice: NoticeId,
        /// The first day on which it is to be made.
        call_on: Date,
    },
    /// A call was made: by the desk, or by a machine whom nobody answered.
    CallMade {
        /// The notice that the call is of.
        notice: NoticeId,
        /// What came of it.
        outcome: CallOutcome,
        /// Its number among the calls about this notice, from 1.
        attempt: u16,
        /// What the desk noted; stays on the timeline.
        note: Option<String>,
    },
    /// A note was made about the debtor or an invoice. What it says is not here.
    NoteAdded {
        /// The note.
        note: NoteId,
        /// The invoice that it is about, where it is about one.
        invoice: Option<InvoiceId>,
    },
    /// It was taken away.
    NoteRemoved {
        /// The note.
        note: NoteId,
        /// The invoice that it was about, where it was about one.
        invoice: Option<InvoiceId>,
    },
    /// Something waits for a person.
    TaskOpened {
        /// The task.
        task: TaskId,
        /// What it asks, as a stable name.
        about: String,
    },
    /// Somebody did what it asked for.
    TaskDone {
        /// The task.
        task: TaskId,
        /// What it asked, as a stable name.
        about: String,
        /// What people typed about it; stays on the timeline.
        note: Option<String>,
    },
}
