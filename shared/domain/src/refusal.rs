//! Why a rule forbids what was asked for. Every refusal has a name.

use crate::changing::MOST_POLICIES;
use crate::dossier::MOST_OPEN_INVOICES;
use crate::mandate::MOST_MANDATES;
use crate::message::MOST_UNREAD;
use crate::requesting::MOST_OPEN;
use crate::statement::MOST_STATED;
use crate::texts::MOST_TEXTS;

/// A rule that forbids what was asked, by its name. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A dossier holds so many open invoices and no more.
    #[error("the debtor has {MOST_OPEN_INVOICES} open invoices already")]
    TooManyOpenInvoices,
    /// The invoice is known, and another debtor's.
    #[error("the invoice belongs to another debtor")]
    InvoiceOfAnotherDebtor,
    /// An invoice does not become a credit note, nor the other way round.
    #[error("an invoice cannot become a credit note, nor the other way round")]
    KindIsFixed,
    /// The payment is known, and another debtor's.
    #[error("the payment was recorded for another debtor or invoice; reverse it and record a new one")]
    PaymentIsElsewhere,
    /// A reversal names the invoice that it opens again.
    #[error("a reversal needs the invoice that it opens again")]
    ReversalWithoutInvoice,
    /// No hold has this id.
    #[error("no such hold")]
    NoSuchHold,
    #[error(
        "this hold ends when the municipality reports that help ended; it is not lifted by hand without `force`"
    )]
    /// It is lifted by the municipality's report, or by hand with force.
    HoldOfMunicipality,
    /// It ends with its plan, dispute, promise or direct debit.
    #[error("this hold ends with the plan, dispute, promise or direct debit that it belongs to; end that")]
    HoldEndsWithItsCause,
    /// No signal has this id.
    #[error("no such signal")]
    NoSuchSignal,
    /// Only what is prepared is sent.
    #[error("the signal is not waiting to be sent")]
    SignalNotPrepared,
    /// Only what was sent is withdrawn.
    #[error("the signal was not sent or was withdrawn already")]
    SignalNotSent,
    /// Whoever approved a signal under four eyes does not send it.
    #[error("you approved this signal; somebody else has to send it")]
    SecondPersonNeeded,
    /// A condition failed since the signal was prepared.
    #[error("a condition of the signal no longer holds")]
    ConditionsNoLongerHold,
    /// Article 2 of Stb. 2020, 240 does not name the sector.
    #[error("this sector may not signal (Stb. 2020, 240)")]
    SectorMayNotSignal,
    /// Something still chooses the policy.
    #[error("the policy is the default, or that of a payment condition: name another there first")]
    PolicyInUse,
    /// An administration holds so many and no more.
    #[error("an administration has at most {MOST_POLICIES} policies")]
    TooManyPolicies,
    /// There is no first reminder whose wait could be set.
    #[error("the policy has no reminder whose wait could be set in weeks")]
    NoReminderInPolicy,
    /// No notice has this id.
    #[error("no such notice")]
    NoSuchNotice,
    /// Something stands that nothing may pass: a hold on everything.
    #[error("a hold on everything stands: nothing may leave; lift it first")]
    EverythingHeld,
    /// The debtor has no message of this id.
    #[error("no such message")]
    NoSuchMessage,
    /// Somebody has to read first.
    #[error("{MOST_UNREAD} messages of this debtor wait to be read already")]
    TooManyUnread,
    /// One list has an end.
    #[error("more than {MOST_STATED} invoices are open: one statement lists no more")]
    TooManyToState,
    /// No way is left that a statement could go.
    #[error(
        "the debtor has no address that works on a channel that is connected, or not on the one that was asked for"
    )]
    NoAddressThatWay,
    /// One statement at a time.
    #[error("a statement to this debtor is on its way already")]
    StatementUnderWay,
    /// Only of letters that left do people report what became of them.
    #[error("the notice is no letter, or it has not left")]
    NotALetter,
    /// The policy has no step that could be edited.
    #[error("no step of this invoice is next: nothing is open, or the policy has ended")]
    NoNextStep,
    /// A notice about the invoice is on its way.
    #[error("a notice about this invoice is being sent; try again when it has left")]
    NoticeUnderWay,
    /// The policy has no such step, or it was not taken.
    #[error("the policy has no such step, or it was not taken")]
    NoSuchStep,
    /// Nothing leaves on a Sunday or public holiday.
    #[error("nothing is sent on a Sunday or public holiday")]
    NotASendingDay,
    /// The day is over.
    #[error("the day lies in the past")]
    StepInPast,
    /// The day is more than a year ahead.
    #[error("the day is more than a year ahead")]
    StepTooFar,
    /// The law's own term is not over: costs before the fourteen days, the end of supply before its day.
    #[error("the law does not allow this step before that day")]
    NotBeforeItsTerm,
    /// No payment plan has this id.
    #[error("no such payment plan")]
    NoSuchPlan,
    /// Only what is proposed is decided.
    #[error("the payment plan does not wait for a decision")]
    PlanNotProposed,
    /// Only what is proposed or runs is ended.
    #[error("the payment plan does not run")]
    PlanNotRunning,
    /// It is in another plan.
    #[error("an invoice is in another payment plan")]
    InvoiceInPlan,
    /// No invoice is left that a plan could be about.
    #[error("nothing is open that the plan could be about")]
    NothingToPlan,
    /// No template allows it.
    #[error("the plan meets the conditions of no template")]
    PlanOutsideLimits,
    /// No dispute has this id.
    #[error("no such dispute")]
    NoSuchDispute,
    /// It was decided otherwise.
    #[error("the dispute was decided already")]
    DisputeDecidedAlready,
    /// A dispute about the invoice is open.
    #[error("the invoice is disputed already")]
    DisputedAlready,
    /// No promise has this id.
    #[error("no such promise")]
    NoSuchPromise,
    /// Only what is open is withdrawn.
    #[error("the promise was kept, broken or withdrawn already")]
    PromiseNotOpen,
    /// As many as the settings allow were made about it and not kept.
    #[error("promises about this invoice were made as often as the settings allow")]
    TooManyPromises,
    /// The day is later than the settings allow.
    #[error("the day lies further ahead than the settings allow")]
    PromiseTooLate,
    /// A promise about the invoice is open.
    #[error("a promise about this invoice is open already")]
    PromisedAlready,
    /// Nothing is open on it.
    #[error("nothing is open on this invoice")]
    NothingOpen,
    /// No mandate has this reference.
    #[error("no such mandate")]
    NoSuchMandate,
    /// The mandate is known, and another debtor's.
    #[error("the mandate belongs to another debtor")]
    MandateOfAnotherDebtor,
    /// What was signed does not change.
    #[error(
        "scheme, kind and day of signature of a mandate do not change; give a new mandate under a new reference"
    )]
    MandateIsFixed,
    /// It was withdrawn, used up or ended.
    #[error("the mandate has ended; give a new mandate under a new reference")]
    MandateEnded,
    /// Consumers cannot give it.
    #[error("a mandate under the scheme for businesses is given by a business")]
    SchemeForBusinesses,
    /// A debtor has so many and no more.
    #[error("the debtor has {MOST_MANDATES} mandates already")]
    TooManyMandates,
    /// No batch of direct debits has this id.
    #[error("no such batch of direct debits")]
    NoSuchBatch,
    /// A batch becomes submitted, accepted or rejected once its file is there, and only in that order.
    #[error("the batch cannot become this from what it is now")]
    BatchCannotBecome,
    /// None of our debits has this reference.
    #[error("no such direct debit")]
    NoSuchDebit,
    /// A rejected batch collects nothing, so nothing of it comes back.
    #[error("the batch of this direct debit was rejected as a whole")]
    BatchWasRejected,
    /// A debtor who owes something, or is owed something, is not deleted.
    #[error("the debtor has open items: an invoice, a credit note or money on account")]
    DebtorHasOpenItems,
    /// A debtor about whom the municipality was told is not deleted before that is over.
    #[error("a signal about the debtor runs, or help does")]
    SignalRuns,
    /// Nothing comes in for a debtor whom the source system deleted.
    #[error("the debtor was deleted; a newer version of the debtor comes first")]
    DebtorIsDeleted,
    /// The first instalment leaves nothing for the others.
    #[error("each instalment is at least a cent, and the first is not smaller than the others")]
    PlanDoesNotAddUp,
    /// The line is matched to something else.
    #[error("the bank line is matched already; undo that first")]
    LineIsMatched,
    /// Only what is matched is undone.
    #[error("the bank line is not matched")]
    LineNotMatched,
    /// A later line took its money back.
    #[error("a later bank line took this money back; undo that first")]
    LineWasTakenBack,
    /// Another match or undo of it has to end first.
    #[error("another change of the bank line is under way; repeat that one to end it")]
    LineIsUnderWay,
    /// The parts are the line, to the cent.
    #[error("the parts together are not the amount of the bank line")]
    PartsDoNotAddUp,
    /// Money that went out pays no invoice.
    #[error("money went out: name the bank line that it takes back instead of invoices")]
    LineBringsNothing,
    /// Only money that went out takes back what a line brought.
    #[error("the bank line that is named brought no money that this one could take back")]
    LineTakesNothingBack,
    /// None is named and none is the default, or it is not in use.
    #[error("no payment provider is named, or it is not in use")]
    NoPaymentProvider,
    /// The settings do not offer it.
    #[error("the settings do not offer this payment method")]
    MethodNotOffered,
    /// So many can be paid already.
    #[error("the debtor has {MOST_OPEN} open payment requests already")]
    TooManyPaymentRequests,
    /// No payment request has this id.
    #[error("no such payment request")]
    NoSuchPaymentRequest,
    /// It was paid, failed, expired or was cancelled.
    #[error("the payment request cannot be paid any more")]
    PaymentRequestOver,
    /// A call about it is under way.
    #[error("the provider is being asked about this payment request; try again in a minute")]
    PaymentRequestUnderWay,
    /// The provider does not cancel what the debtor may be paying.
    #[error("the provider lets this payment request run until it expires")]
    PaymentRequestRunsOn,
    /// No case of this id runs.
    #[error("no such case runs")]
    NoSuchCase,
    /// It has to be taken back first.
    #[error("the case is with another bailiff already; take it back first")]
    CaseHandedOver,
    /// Only what is handed over is taken back.
    #[error("the case is not handed over")]
    CaseNotHandedOver,
    /// What was agreed stands.
    #[error("a payment plan was proposed or runs; end it first")]
    CaseHasPlan,
    /// What is disputed is no claim yet.
    #[error("a dispute is not settled; decide on it first")]
    CaseHasDispute,
    /// The money may be on its way.
    #[error("an invoice is being collected by direct debit; wait for it or cancel it first")]
    CaseHasDebit,
    /// An administration holds so many and no more.
    #[error("an administration has at most {MOST_TEXTS} texts of its own")]
    TooManyTexts,
    /// Nothing is open that a message of this kind could be about.
    #[error("a message of this kind would say nothing to this debtor today")]
    NothingToSay,
    /// The provider names another payment than the one that was made for it.
    #[error("the provider's reference is another one than that of the payment request")]
    PaymentRequestOfAnotherReference,
}

impl Refusal {
    /// The stable code of this refusal on the HTTP surface.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::TooManyOpenInvoices => "too_many_open_invoices",
            Refusal::InvoiceOfAnotherDebtor => "invoice_of_another_debtor",
            Refusal::KindIsFixed => "kind_is_fixed",
            Refusal::PaymentIsElsewhere => "payment_is_elsewhere",
            Refusal::ReversalWithoutInvoice => "reversal_without_invoice",
            Refusal::NoSuchHold => "no_such_hold",
            Refusal::HoldOfMunicipality => "hold_of_municipality",
            Refusal::NoSuchSignal => "no_such_signal",
            Refusal::SignalNotPrepared => "signal_not_prepared",
            Refusal::SignalNotSent => "signal_not_sent",
            Refusal::SecondPersonNeeded => "second_person_needed",
            Refusal::ConditionsNoLongerHold => "conditions_no_longer_hold",
            Refusal::SectorMayNotSignal => "sector_may_not_signal",
            Refusal::PolicyInUse => "policy_in_use",
            Refusal::TooManyPolicies => "too_many_policies",
            Refusal::NoReminderInPolicy => "no_reminder_in_policy",
            Refusal::NoSuchNotice => "no_such_notice",
            Refusal::EverythingHeld => "everything_held",
            Refusal::NoSuchMessage => "no_such_message",
            Refusal::TooManyUnread => "too_many_unread",
            Refusal::TooManyToState => "too_many_to_state",
            Refusal::NoAddressThatWay => "no_address_that_way",
            Refusal::StatementUnderWay => "statement_under_way",
            Refusal::NotALetter => "not_a_letter",
            Refusal::HoldEndsWithItsCause => "hold_ends_with_its_cause",
            Refusal::NoNextStep => "no_next_step",
            Refusal::NoticeUnderWay => "notice_under_way",
            Refusal::NoSuchStep => "no_such_step",
            Refusal::NotASendingDay => "not_a_sending_day",
            Refusal::StepInPast => "step_in_past",
            Refusal::StepTooFar => "step_too_far",
            Refusal::NotBeforeItsTerm => "not_before_its_term",
            Refusal::NoSuchPlan => "no_such_plan",
            Refusal::PlanNotProposed => "plan_not_proposed",
            Refusal::PlanNotRunning => "plan_not_running",
            Refusal::InvoiceInPlan => "invoice_in_plan",
            Refusal::NothingToPlan => "nothing_to_plan",
            Refusal::PlanOutsideLimits => "plan_outside_limits",
            Refusal::NoSuchDispute => "no_such_dispute",
            Refusal::DisputeDecidedAlready => "dispute_decided_already",
            Refusal::DisputedAlready => "disputed_already",
            Refusal::NoSuchPromise => "no_such_promise",
            Refusal::PromiseNotOpen => "promise_not_open",
            Refusal::TooManyPromises => "too_many_promises",
            Refusal::PromiseTooLate => "promise_too_late",
            Refusal::PromisedAlready => "promised_already",
            Refusal::NothingOpen => "nothing_open",
            Refusal::NoSuchMandate => "no_such_mandate",
            Refusal::MandateOfAnotherDebtor => "mandate_of_another_debtor",
            Refusal::MandateIsFixed => "mandate_is_fixed",
            Refusal::MandateEnded => "mandate_ended",
            Refusal::SchemeForBusinesses => "scheme_for_businesses",
            Refusal::TooManyMandates => "too_many_mandates",
            Refusal::NoSuchBatch => "no_such_batch",
            Refusal::BatchCannotBecome => "batch_cannot_become",
            Refusal::NoSuchDebit => "no_such_debit",
            Refusal::BatchWasRejected => "batch_was_rejected",
            Refusal::PlanDoesNotAddUp => "plan_does_not_add_up",
            Refusal::LineIsMatched => "line_is_matched",
            Refusal::LineNotMatched => "line_not_matched",
            Refusal::LineWasTakenBack => "line_was_taken_back",
            Refusal::LineIsUnderWay => "line_is_under_way",
            Refusal::PartsDoNotAddUp => "parts_do_not_add_up",
            Refusal::LineBringsNothing => "line_brings_nothing",
            Refusal::LineTakesNothingBack => "line_takes_nothing_back",
            Refusal::DebtorHasOpenItems => "debtor_has_open_items",
            Refusal::SignalRuns => "signal_runs",
            Refusal::DebtorIsDeleted => "debtor_is_deleted",
            Refusal::NoPaymentProvider => "no_payment_provider",
            Refusal::MethodNotOffered => "method_not_offered",
            Refusal::TooManyPaymentRequests => "too_many_payment_requests",
            Refusal::NoSuchPaymentRequest => "no_such_payment_request",
            Refusal::PaymentRequestOver => "payment_request_over",
            Refusal::PaymentRequestUnderWay => "payment_request_under_way",
            Refusal::PaymentRequestRunsOn => "payment_request_runs_on",
            Refusal::PaymentRequestOfAnotherReference => "payment_request_of_another_reference",
            Refusal::TooManyTexts => "too_many_texts",
            Refusal::NothingToSay => "nothing_to_say",
            Refusal::NoSuchCase => "no_such_case",
            Refusal::CaseHandedOver => "case_handed_over",
            Refusal::CaseNotHandedOver => "case_not_handed_over",
            Refusal::CaseHasPlan => "case_has_plan",
            Refusal::CaseHasDispute => "case_has_dispute",
            Refusal::CaseHasDebit => "case_has_debit",
        }
    }
}
