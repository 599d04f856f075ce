//! Why a rule forbids what was asked for. Every refusal has a name.

use crate::changing::MOST_POLICIES;
use crate::dossier::MOST_OPEN_INVOICES;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the debtor has {MOST_OPEN_INVOICES} open invoices already")]
    TooManyOpenInvoices,
    #[error("the invoice belongs to another debtor")]
    InvoiceOfAnotherDebtor,
    #[error("an invoice cannot become a credit note, nor the other way round")]
    KindIsFixed,
    #[error("the payment was recorded for another debtor or invoice; reverse it and record a new one")]
    PaymentIsElsewhere,
    #[error("a reversal needs the invoice that it opens again")]
    ReversalWithoutInvoice,
    #[error("no such hold")]
    NoSuchHold,
    #[error(
        "this hold ends when the municipality reports that help ended; it is not lifted by hand without `force`"
    )]
    HoldOfMunicipality,
    #[error("this hold ends with the plan, dispute or promise that it belongs to; end that")]
    HoldEndsWithItsCause,
    #[error("no such signal")]
    NoSuchSignal,
    #[error("the signal is not waiting to be sent")]
    SignalNotPrepared,
    #[error("the signal was not sent or was withdrawn already")]
    SignalNotSent,
    #[error("a condition of the signal no longer holds")]
    ConditionsNoLongerHold,
    #[error("this sector may not signal (Stb. 2020, 240)")]
    SectorMayNotSignal,
    #[error("the policy is the default, or that of a payment condition: name another there first")]
    PolicyInUse,
    #[error("an administration has at most {MOST_POLICIES} policies")]
    TooManyPolicies,
    #[error("the policy has no reminder whose wait could be set in weeks")]
    NoReminderInPolicy,
    #[error("no such notice")]
    NoSuchNotice,
    #[error("no step of this invoice is next: nothing is open, or the policy has ended")]
    NoNextStep,
    #[error("a notice about this invoice is being sent; try again when it has left")]
    NoticeUnderWay,
    #[error("the policy has no such step, or it was not taken")]
    NoSuchStep,
    #[error("nothing is sent on a Sunday or public holiday")]
    NotASendingDay,
    #[error("the day lies in the past")]
    StepInPast,
    #[error("the day is more than a year ahead")]
    StepTooFar,
    #[error("the law does not allow this step before that day")]
    NotBeforeItsTerm,
    #[error("no such payment plan")]
    NoSuchPlan,
    #[error("the payment plan does not wait for a decision")]
    PlanNotProposed,
    #[error("the payment plan does not run")]
    PlanNotRunning,
    #[error("an invoice is in another payment plan")]
    InvoiceInPlan,
    #[error("nothing is open that the plan could be about")]
    NothingToPlan,
    #[error("the plan meets the conditions of no template")]
    PlanOutsideLimits,
    #[error("no such dispute")]
    NoSuchDispute,
    #[error("the dispute was decided already")]
    DisputeDecidedAlready,
    #[error("the invoice is disputed already")]
    DisputedAlready,
    #[error("no such promise")]
    NoSuchPromise,
    #[error("the promise was kept, broken or withdrawn already")]
    PromiseNotOpen,
    #[error("promises about this invoice were made as often as the settings allow")]
    TooManyPromises,
    #[error("the day lies further ahead than the settings allow")]
    PromiseTooLate,
    #[error("a promise about this invoice is open already")]
    PromisedAlready,
    #[error("nothing is open on this invoice")]
    NothingOpen,
    #[error("each instalment is at least a cent, and the first is not smaller than the others")]
    PlanDoesNotAddUp,
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
            Refusal::ConditionsNoLongerHold => "conditions_no_longer_hold",
            Refusal::SectorMayNotSignal => "sector_may_not_signal",
            Refusal::PolicyInUse => "policy_in_use",
            Refusal::TooManyPolicies => "too_many_policies",
            Refusal::NoReminderInPolicy => "no_reminder_in_policy",
            Refusal::NoSuchNotice => "no_such_notice",
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
            Refusal::PlanDoesNotAddUp => "plan_does_not_add_up",
        }
    }
}
