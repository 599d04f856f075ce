//! What the bus carries: that something happened, with ids and no personal data. A message is a hint: whoever gets
//! one loads what is stored and decides anew.

use domain::hold::HoldScope;
use domain::ids::{
    AccessCodeId, AdministrationId, BatchId, CaseDossierId, CaseId, DebitId, DebtorId, DisputeId, HoldId,
    InvoiceId, MandateId, MessageId, NoteId, NoticeId, PaymentId, PaymentRequestId, PlanId, PromiseId,
    SignalId,
};
use domain::notice::Channel;
use domain::step::SignalKind;
use domain::timeline::{Entry, Event};
use serde::{Deserialize, Serialize};

/// `source` of everything that Tijdig puts on the bus.
pub const SOURCE: &str = "tijdig";

/// The detail of every event. Which of the optional ids are there follows from the event's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    pub administration: AdministrationId,
    pub debtor_id: DebtorId,
    /// Place on the debtor's timeline: 1, 2, 3 ... without gaps. With the debtor it identifies the event.
    pub sequence: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invoice_ids: Vec<InvoiceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier_id: Option<CaseDossierId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_id: Option<NoticeId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note_id: Option<NoteId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal_id: Option<SignalId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<PlanId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute_id: Option<DisputeId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise_id: Option<PromiseId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate_id: Option<MandateId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit_id: Option<DebitId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_request_id: Option<PaymentRequestId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_code_id: Option<AccessCodeId>,
    /// The way that a notice goes that was prepared: who sends it follows from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The signals whose conditions are to be looked at because of this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evaluate: Vec<SignalKind>,
    /// `true` where the signal is to be submitted because of this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub submit: bool,
}

/// Invoice ids that one event names at most, so that it stays far below the bus's 256 KB. Whoever needs all reads
/// the timeline.
pub const MOST_INVOICES: usize = 50;

impl Detail {
    /// The detail that goes with an entry of a debtor's timeline.
    pub fn of(administration: &AdministrationId, debtor: &DebtorId, entry: &Entry) -> Detail {
        let mut invoice_ids = invoices(&entry.event);
        invoice_ids.truncate(MOST_INVOICES);
        Detail {
            administration: administration.clone(),
            debtor_id: debtor.clone(),
            sequence: entry.sequence,
            invoice_ids,
            payment_id: payment(&entry.event),
            case_id: case(&entry.event),
            dossier_id: case_dossier(&entry.event),
            hold_id: hold(&entry.event),
            notice_id: notice(&entry.event),
            message_id: message(&entry.event),
            note_id: match &entry.event {
                Event::NoteAdded { note, .. } | Event::NoteRemoved { note, .. } => Some(note.clone()),
                _ => None,
            },
            signal_id: signal(&entry.event),
            plan_id: plan(&entry.event),
            dispute_id: dispute(&entry.event),
            promise_id: promise(&entry.event),
            mandate_id: mandate(&entry.event),
            debit_id: debit(&entry.event),
            batch_id: match &entry.event {
                Event::DebitBatched { batch, .. } => Some(batch.clone()),
                _ => None,
            },
            payment_request_id: payment_request(&entry.event),
            access_code_id: access_code(&entry.event),
            channel: match &entry.event {
                Event::NoticePrepared { channel, .. } => Some(*channel),
                _ => None,
            },
            evaluate: match &entry.event {
                Event::NoticeSent { evaluate, .. } => evaluate.clone(),
                _ => Vec::new(),
            },
            submit: matches!(
                &entry.event,
                Event::SignalPrepared { automatic: true, .. }
                    | Event::SignalReleased { .. }
                    | Event::SignalUpdateAsked { .. }
                    | Event::SignalWithdrawalAsked { .. }
            ),
        }
    }
}

fn invoices(event: &Event) -> Vec<InvoiceId> {
    match event {
        Event::InvoiceReceived { invoice, .. }
        | Event::InvoiceChanged { invoice, .. }
        | Event::InvoiceReopened { invoice, .. }
        | Event::DocumentAdded { invoice, .. }
        | Event::DocumentRemoved { invoice, .. }
        | Event::InvoiceDeleted { invoice, .. } => vec![invoice.clone()],
        Event::InvoicesClosed { invoices } => invoices.iter().map(|i| i.invoice.clone()).collect(),
        Event::CreditNoteApplied { credit_note, invoice, .. } => vec![credit_note.clone(), invoice.clone()],
        Event::PaymentReceived { invoices, .. }
        | Event::PaymentChanged { invoices, .. }
        | Event::PaymentUnbooked { invoices, .. }
        | Event::PaymentDeleted { invoices, .. } => invoices.clone(),
        Event::StepSkipped { invoice, .. }
        | Event::StepTaken { invoice, .. }
        | Event::StepsReset { invoice, .. }
        | Event::StepRescheduled { invoice, .. }
        | Event::DisputeOpened { invoice, .. }
        | Event::DisputeDecided { invoice, .. }
        | Event::DisputeSettled { invoice, .. }
        | Event::DebitAnnounced { invoice, .. }
        | Event::DebitBatched { invoice, .. }
        | Event::DebitCollected { invoice, .. }
        | Event::DebitReturned { invoice, .. }
        | Event::DebitCancelled { invoice, .. } => vec![invoice.clone()],
        Event::MessageReceived { invoice, .. }
        | Event::MessageSent { invoice, .. }
        | Event::NoteAdded { invoice, .. }
        | Event::NoteRemoved { invoice, .. } => invoice.iter().cloned().collect(),
        Event::HoldPlaced { scope: HoldScope::Invoice(invoice), .. } => vec![invoice.clone()],
        Event::HoldPlaced { scope: HoldScope::Invoices(invoices), .. }
        | Event::CostsCharged { invoices, .. }
        | Event::PlanProposed { invoices, .. }
        | Event::PromiseMade { invoices, .. } => invoices.clone(),
        Event::NoticePrepared { lines, .. } | Event::NoticeSent { lines, .. } => {
            lines.iter().map(|l| l.invoice.clone()).collect()
        }
        _ => Vec::new(),
    }
}

fn payment(event: &Event) -> Option<PaymentId> {
    match event {
        Event::PaymentReceived { payment, .. }
        | Event::PaymentChanged { payment, .. }
        | Event::PaymentUnbooked { payment, .. }
        | Event::PaymentDeleted { payment, .. }
        | Event::PaymentRequestPaid { payment, .. }
        | Event::PaymentTakenBack { payment, .. }
        | Event::PaymentGivenBack { payment, .. } => Some(payment.clone()),
        _ => None,
    }
}

fn case(event: &Event) -> Option<CaseId> {
    match event {
        Event::CaseOpened { case }
        | Event::CaseSettled { case }
        | Event::CaseHandedOver { case, .. }
        | Event::CaseTakenBack { case, .. }
        | Event::DossierRequested { case, .. }
        | Event::DossierBuilt { case, .. }
        | Event::DossierFailed { case, .. } => Some(case.clone()),
        _ => None,
    }
}

/// Of a hand-over it is not told: whoever needs it reads the case.
fn case_dossier(event: &Event) -> Option<CaseDossierId> {
    match event {
        Event::DossierRequested { dossier, .. }
        | Event::DossierBuilt { dossier, .. }
        | Event::DossierFailed { dossier, .. } => Some(dossier.clone()),
        _ => None,
    }
}

fn hold(event: &Event) -> Option<HoldId> {
    match event {
        Event::HoldPlaced { hold, .. }
        | Event::HoldLifted { hold, .. }
        | Event::HoldEnded { hold, .. }
        | Event::CaseHandedOver { hold, .. }
        | Event::CaseTakenBack { hold, .. } => Some(hold.clone()),
        _ => None,
    }
}

fn notice(event: &Event) -> Option<NoticeId> {
    match event {
        Event::CostsCharged { notice, .. }
        | Event::NoticePrepared { notice, .. }
        | Event::NoticeSent { notice, .. }
        | Event::NoticePosted { notice, .. }
        | Event::NoticeDelivered { notice }
        | Event::NoticeBounced { notice, .. }
        | Event::NoticeComplained { notice }
        | Event::NoticeUnknown { notice }
        | Event::NoticeRetried { notice, .. }
        | Event::NoticeFailed { notice, .. }
        | Event::NoticeCancelled { notice, .. }
        | Event::CallAsked { notice, .. }
        | Event::CallMade { notice, .. }
        | Event::AccessCodeAsked { notice, .. }
        | Event::PortalOpened { notice } => Some(notice.clone()),
        _ => None,
    }
}

fn access_code(event: &Event) -> Option<AccessCodeId> {
    match event {
        Event::AccessCodeAsked { code, .. }
        | Event::AccessCodeSent { code }
        | Event::AccessCodeFailed { code, .. } => Some(code.clone()),
        _ => None,
    }
}

fn message(event: &Event) -> Option<MessageId> {
    match event {
        Event::MessageReceived { message, .. } | Event::MessageSent { message, .. } => Some(message.clone()),
        _ => None,
    }
}

fn signal(event: &Event) -> Option<SignalId> {
    match event {
        Event::SignalBlocked { signal, .. }
        | Event::SignalPrepared { signal, .. }
        | Event::SignalApproved { signal, .. }
        | Event::SignalReleased { signal, .. }
        | Event::SignalSent { signal, .. }
        | Event::SignalRefused { signal, .. }
        | Event::SignalUnknown { signal }
        | Event::SignalUpdateAsked { signal, .. }
        | Event::SignalUpdated { signal, .. }
        | Event::SignalWithdrawalAsked { signal, .. }
        | Event::SignalWithdrawn { signal, .. }
        | Event::FeedbackReceived { signal, .. } => Some(signal.clone()),
        _ => None,
    }
}

fn plan(event: &Event) -> Option<PlanId> {
    match event {
        Event::PlanProposed { plan, .. }
        | Event::PlanApproved { plan, .. }
        | Event::PlanRejected { plan, .. }
        | Event::InstalmentPaid { plan, .. }
        | Event::PlanFinished { plan }
        | Event::PlanBroken { plan, .. }
        | Event::PlanEnded { plan, .. } => Some(plan.clone()),
        _ => None,
    }
}

fn dispute(event: &Event) -> Option<DisputeId> {
    match event {
        Event::DisputeOpened { dispute, .. }
        | Event::DisputeDecided { dispute, .. }
        | Event::DisputeSettled { dispute, .. } => Some(dispute.clone()),
        _ => None,
    }
}

fn promise(event: &Event) -> Option<PromiseId> {
    match event {
        Event::PromiseMade { promise, .. }
        | Event::PromiseKept { promise }
        | Event::PromiseBroken { promise, .. }
        | Event::PromiseWithdrawn { promise, .. } => Some(promise.clone()),
        _ => None,
    }
}

fn mandate(event: &Event) -> Option<MandateId> {
    match event {
        Event::MandateGiven { mandate, .. }
        | Event::MandateAmended { mandate, .. }
        | Event::MandateWithdrawn { mandate }
        | Event::MandateEnded { mandate, .. }
        | Event::DebitAnnounced { mandate, .. }
        | Event::DebitBatched { mandate, .. } => Some(mandate.clone()),
        _ => None,
    }
}

fn debit(event: &Event) -> Option<DebitId> {
    match event {
        Event::DebitAnnounced { debit, .. }
        | Event::DebitBatched { debit, .. }
        | Event::DebitCollected { debit, .. }
        | Event::DebitReturned { debit, .. }
        | Event::DebitCancelled { debit, .. } => Some(debit.clone()),
        _ => None,
    }
}

fn payment_request(event: &Event) -> Option<PaymentRequestId> {
    match event {
        Event::PaymentRequested { payment_request, .. }
        | Event::PaymentRequestOpened { payment_request }
        | Event::PaymentRequestUnknown { payment_request }
        | Event::PaymentRequestPaid { payment_request, .. }
        | Event::PaymentRequestEnded { payment_request, .. }
        | Event::PaymentTakenBack { payment_request, .. }
        | Event::PaymentGivenBack { payment_request, .. } => Some(payment_request.clone()),
        _ => None,
    }
}
