//! Why a rule forbids what was asked for. Every refusal has a name.

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
    #[error("no such notice")]
    NoSuchNotice,
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
            Refusal::NoSuchNotice => "no_such_notice",
        }
    }
}
