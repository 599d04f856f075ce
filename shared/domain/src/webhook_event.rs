//! What subscribers of webhooks can hear of: a stable vocabulary of its own, made from the timeline in one place.
//!
//! What is absent: a name that nothing is told under yet. One comes with what happens for the first time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ids::InvoiceId;
use crate::invoice::ClosedAs;
use crate::notice::Channel;
use crate::payment::PaymentKind;
use crate::timeline::{ClosedInvoice, Event};

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The name of something that happened, as subscribers know it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum WebhookEvent {
            $($(#[$doc])* $variant,)*
        }

        impl WebhookEvent {
            /// All of them.
            pub const ALL: &[WebhookEvent] = &[$(WebhookEvent::$variant),*];

            /// As it stands in subscriptions and messages.
            pub fn name(self) -> &'static str {
                match self {
                    $(WebhookEvent::$variant => $name,)*
                }
            }
        }
    };
}

vocabulary! {
    /// An invoice or credit note became known.
    InvoiceCreated = "invoice.created",
    /// Payments closed invoices.
    InvoicePaid = "invoice.paid",
    /// A credit note closed invoices.
    InvoiceCredited = "invoice.credited",
    /// The creditor gave invoices up.
    InvoiceWrittenOff = "invoice.written_off",
    /// Something that had closed it was taken back.
    InvoiceReopened = "invoice.reopened",
    /// A hold was placed: on the invoices that are named, or on everything of the debtor.
    InvoiceHeld = "invoice.held",
    /// That hold is no more; others may still stand.
    InvoiceResumed = "invoice.resumed",
    /// Steps of the policy were taken: a message left, or what is no message was done.
    StepTaken = "step.taken",
    /// A payment plan was proposed.
    PlanCreated = "plan.created",
    /// It runs.
    PlanApproved = "plan.approved",
    /// All of it came in.
    PlanFinished = "plan.finished",
    /// An instalment was not paid within the grace: the plan is over.
    PlanInstalmentMissed = "plan.instalment_missed",
    /// The first step was taken while nothing ran.
    CaseOpened = "case.opened",
    /// Nothing is open any more.
    CaseSettled = "case.settled",
    /// It is with a bailiff: nothing else follows the debtor up.
    CaseHandedOver = "case.handed_over",
    /// It is with the creditor again.
    CaseTakenBack = "case.taken_back",
    /// Every condition of a signal held.
    SignalPrepared = "signal.prepared",
    /// The municipality's platform took a signal in.
    SignalSent = "signal.sent",
    /// The municipality reported on a signal.
    SignalFeedback = "signal.feedback",
    /// The debtor wrote to the desk.
    MessageReceived = "message.received",
    /// A mail to the debtor came back.
    EmailBounced = "email.bounced",
    /// A text message to the debtor did not arrive.
    SmsFailed = "sms.failed",
    /// A letter to the debtor came back, or was not sent after all.
    LetterReturned = "letter.returned",
    /// Money came in.
    PaymentReceived = "payment.received",
    /// Money that had come in went back, whoever wanted it.
    PaymentChargedBack = "payment.charged_back",
    /// The debtor disputes an invoice.
    DisputeOpened = "dispute.opened",
    /// The desk said who is right.
    DisputeDecided = "dispute.decided",
}

/// A text that is the name of nothing that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an event that is told")]
pub struct UnknownEvent;

impl FromStr for WebhookEvent {
    type Err = UnknownEvent;

    fn from_str(name: &str) -> Result<WebhookEvent, UnknownEvent> {
        WebhookEvent::ALL.iter().find(|event| event.name() == name).copied().ok_or(UnknownEvent)
    }
}

impl fmt::Display for WebhookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for WebhookEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for WebhookEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WebhookEvent, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// One thing that subscribers are told of an entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What happened.
    pub event: WebhookEvent,
    /// The invoices that it is about, where those are not all that the entry names.
    pub invoices: Option<Vec<InvoiceId>>,
}

/// What subscribers are told of this entry, in order: nothing, one thing, or one for each way in which invoices closed.
pub fn told(event: &Event) -> Vec<Told> {
    if let Event::InvoicesClosed { invoices } = event {
        return closed(invoices);
    }
    one(event).map(|event| Told { event, invoices: None }).into_iter().collect()
}

/// Apart by how they closed: a subscriber of `invoice.paid` hears of those that were paid.
fn closed(invoices: &[ClosedInvoice]) -> Vec<Told> {
    let ways = [
        (ClosedAs::Paid, WebhookEvent::InvoicePaid),
        (ClosedAs::Credited, WebhookEvent::InvoiceCredited),
        (ClosedAs::WrittenOff, WebhookEvent::InvoiceWrittenOff),
    ];
    let of = |way: ClosedAs| {
        invoices.iter().filter(|i| i.closed_as == way).map(|i| i.invoice.clone()).collect::<Vec<_>>()
    };
    let told = ways.map(|(way, event)| Told { event, invoices: Some(of(way)) });
    told.into_iter().filter(|t| t.invoices.as_ref().is_some_and(|named| !named.is_empty())).collect()
}

fn one(event: &Event) -> Option<WebhookEvent> {
    match event {
        Event::InvoiceReceived { .. } => Some(WebhookEvent::InvoiceCreated),
        Event::InvoiceReopened { .. } => Some(WebhookEvent::InvoiceReopened),
        Event::HoldPlaced { .. } => Some(WebhookEvent::InvoiceHeld),
        Event::HoldLifted { .. } | Event::HoldEnded { .. } => Some(WebhookEvent::InvoiceResumed),
        // The steps of a message are taken when it left.
        Event::StepTaken { .. } => Some(WebhookEvent::StepTaken),
        // What somebody wrote, or asked to be sent, takes no step.
        Event::NoticeSent { kind, .. } => kind.is_follow_up().then_some(WebhookEvent::StepTaken),
        Event::MessageReceived { .. } => Some(WebhookEvent::MessageReceived),
        Event::PlanProposed { .. } => Some(WebhookEvent::PlanCreated),
        Event::PlanApproved { .. } => Some(WebhookEvent::PlanApproved),
        Event::PlanFinished { .. } => Some(WebhookEvent::PlanFinished),
        Event::PlanBroken { .. } => Some(WebhookEvent::PlanInstalmentMissed),
        Event::CaseOpened { .. } => Some(WebhookEvent::CaseOpened),
        Event::CaseSettled { .. } => Some(WebhookEvent::CaseSettled),
        Event::CaseHandedOver { .. } => Some(WebhookEvent::CaseHandedOver),
        Event::CaseTakenBack { .. } => Some(WebhookEvent::CaseTakenBack),
        Event::SignalPrepared { .. } => Some(WebhookEvent::SignalPrepared),
        Event::SignalSent { .. } => Some(WebhookEvent::SignalSent),
        Event::FeedbackReceived { .. } => Some(WebhookEvent::SignalFeedback),
        Event::NoticeBounced { channel, .. } => match channel {
            Channel::Email => Some(WebhookEvent::EmailBounced),
            Channel::Sms => Some(WebhookEvent::SmsFailed),
            Channel::Letter => Some(WebhookEvent::LetterReturned),
            // A call that reached nobody came back from nowhere.
            Channel::Phone => None,
        },
        Event::PaymentReceived { kind, .. } => match kind {
            PaymentKind::Payment => Some(WebhookEvent::PaymentReceived),
            PaymentKind::Reversal => Some(WebhookEvent::PaymentChargedBack),
            // No money moved.
            PaymentKind::Settlement | PaymentKind::WriteOff => None,
        },
        Event::DisputeOpened { .. } => Some(WebhookEvent::DisputeOpened),
        Event::DisputeDecided { .. } => Some(WebhookEvent::DisputeDecided),
        // Told by what each of them led to, or of no concern to others.
        Event::InvoicesClosed { .. }
        | Event::DossierRequested { .. }
        | Event::DossierBuilt { .. }
        | Event::DossierFailed { .. }
        | Event::DebtorCreated
        | Event::DebtorChanged { .. }
        | Event::DebtorDeleted
        | Event::EarlySignallingDisabled { .. }
        | Event::EarlySignallingEnabled { .. }
        | Event::InvoiceChanged { .. }
        | Event::InvoiceDeleted { .. }
        | Event::DocumentAdded { .. }
        | Event::DocumentRemoved { .. }
        | Event::CreditNoteApplied { .. }
        | Event::PaymentChanged { .. }
        | Event::PaymentUnbooked { .. }
        | Event::PaymentDeleted { .. }
        | Event::StepSkipped { .. }
        | Event::StepsReset { .. }
        | Event::StepRescheduled { .. }
        | Event::CostsCharged { .. }
        | Event::PlanRejected { .. }
        | Event::InstalmentPaid { .. }
        | Event::PlanEnded { .. }
        | Event::DisputeSettled { .. }
        | Event::PromiseMade { .. }
        | Event::PromiseKept { .. }
        | Event::PromiseBroken { .. }
        | Event::PromiseWithdrawn { .. }
        | Event::MandateGiven { .. }
        | Event::MandateAmended { .. }
        | Event::MandateWithdrawn { .. }
        | Event::MandateEnded { .. }
        | Event::DebitAnnounced { .. }
        | Event::DebitBatched { .. }
        | Event::DebitCollected { .. }
        | Event::DebitReturned { .. }
        | Event::DebitCancelled { .. }
        | Event::MessageSent { .. }
        | Event::NoticePrepared { .. }
        | Event::NoticePosted { .. }
        | Event::NoticeDelivered { .. }
        | Event::NoticeComplained { .. }
        | Event::NoticeUnknown { .. }
        | Event::NoticeRetried { .. }
        | Event::NoticeFailed { .. }
        | Event::NoticeCancelled { .. }
        | Event::AccessCodeAsked { .. }
        | Event::AccessCodeSent { .. }
        | Event::AccessCodeFailed { .. }
        | Event::PortalOpened { .. }
        | Event::SignalBlocked { .. }
        | Event::SignalApproved { .. }
        | Event::SignalReleased { .. }
        | Event::SignalRefused { .. }
        | Event::SignalUnknown { .. }
        | Event::SignalUpdateAsked { .. }
        | Event::SignalUpdated { .. }
        | Event::SignalWithdrawalAsked { .. }
        | Event::SignalWithdrawn { .. }
        | Event::PaymentRequested { .. }
        | Event::PaymentRequestOpened { .. }
        | Event::PaymentRequestUnknown { .. }
        | Event::PaymentRequestPaid { .. }
        | Event::PaymentRequestEnded { .. }
        | Event::PaymentTakenBack { .. }
        | Event::PaymentGivenBack { .. }
        | Event::CallAsked { .. }
        | Event::CallMade { .. }
        | Event::NoteAdded { .. }
        | Event::NoteRemoved { .. }
        | Event::TaskOpened { .. }
        | Event::TaskDone { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    use super::*;

    #[test]
    fn a_name_is_read_back_as_what_it_names() {
        for event in WebhookEvent::ALL {
            assert_eq!(event.name().parse(), Ok(*event));
            let text: StrDeserializer<'_, Error> = event.name().into_deserializer();
            assert_eq!(WebhookEvent::deserialize(text), Ok(*event));
        }
        for name in ["message.sent", "InvoiceReceived", "", "*"] {
            assert_eq!(name.parse::<WebhookEvent>(), Err(UnknownEvent), "{name}");
        }
    }

    #[test]
    fn invoices_that_closed_in_one_go_are_told_apart_by_how() {
        let closed = |id: &str, closed_as| ClosedInvoice { invoice: id.parse().unwrap(), closed_as };
        let event = Event::InvoicesClosed {
            invoices: vec![
                closed("i1", ClosedAs::WrittenOff),
                closed("i2", ClosedAs::Paid),
                closed("i3", ClosedAs::Paid),
            ],
        };
        let names = |ids: &[&str]| Some(ids.iter().map(|id| id.parse().unwrap()).collect::<Vec<InvoiceId>>());
        let expected = [
            Told { event: WebhookEvent::InvoicePaid, invoices: names(&["i2", "i3"]) },
            Told { event: WebhookEvent::InvoiceWrittenOff, invoices: names(&["i1"]) },
        ];
        assert_eq!(told(&event), expected);
        assert_eq!(told(&Event::DebtorCreated), []);
    }
}
