//! The course of events: the timeline in words, without what is nobody's business but the creditor's, the debtor's or the
//! municipality's.

use domain::Money;
use domain::hold::HoldReason;
use domain::ids::{InvoiceId, NoticeId};
use domain::payment::PaymentKind;
use domain::step::StepKind;
use domain::timeline::{Entry, Event};
use jiff::civil::Date;

use super::{Part, Set, Told, Writer, kind_of, moment, payment_word};
use crate::texts::TextError;

/// What an entry is said with: the words of its name, and what stands in them.
#[derive(Debug, Clone, Default)]
struct Said {
    what: String,
    amount: Option<Money>,
    day: Option<Date>,
    step: Option<StepKind>,
    payment: Option<PaymentKind>,
    notice: Option<NoticeId>,
}

/// To whom the case was handed over, where it was.
pub(super) fn bailiff<'a>(told: &Told<'a>) -> Option<&'a str> {
    told.dossier.holds.iter().rev().find_map(|hold| match &hold.reason {
        HoldReason::HandedOver { bailiff } if hold.stands_at(told.made.requested_at) => {
            Some(bailiff.as_str())
        }
        HoldReason::HandedOver { .. }
        | HoldReason::Asked { .. }
        | HoldReason::HelpRunning { .. }
        | HoldReason::Deceased { .. }
        | HoldReason::PaymentPlan { .. }
        | HoldReason::Dispute { .. }
        | HoldReason::Promise { .. }
        | HoldReason::DirectDebit { .. } => None,
    })
}

pub(super) fn part(writer: &Writer<'_>, told: &Told<'_>) -> Result<Part, TextError> {
    let mut rows = Vec::with_capacity(told.entries.len());
    let mut first = None;
    for entry in told.entries {
        let Some(said) = said(writer, &entry.event) else { continue };
        first = first.or(Some(entry));
        rows.push(vec![moment(entry.at), sentence(writer, entry, said)?]);
    }
    let columns = [("moment", Set::Narrow), ("what", Set::Wide)];
    let mut part = writer.listed(writer.heading("timeline")?, &columns, rows)?;
    if let Some(first) = first {
        let day = writer.day(domain::calendar::today(first.at))?;
        part.paragraphs.push(writer.texts.dossier_timeline_intro(day)?);
    }
    Ok(part)
}

fn sentence(writer: &Writer<'_>, entry: &Entry, said: Said) -> Result<String, TextError> {
    let kind = match (said.step, said.payment) {
        (Some(step), _) => kind_of(writer, step)?,
        (None, Some(payment)) => writer.word(payment_word(payment))?,
        (None, None) => String::new(),
    };
    writer.texts.dossier_entry(
        entry.event.name(),
        said.what,
        said.amount.map(|amount| writer.money(amount)).unwrap_or_default(),
        said.day.map(|day| writer.day(day)).transpose()?.unwrap_or_default(),
        kind,
        said.notice.map(|notice| notice.to_string()).unwrap_or_default(),
    )
}

/// What is said of an event; nothing where a dossier does not tell it.
fn said(writer: &Writer<'_>, event: &Event) -> Option<Said> {
    Some(match event {
        Event::DebtorCreated | Event::DebtorChanged { .. } => Said::default(),
        Event::InvoiceReceived { .. }
        | Event::InvoiceChanged { .. }
        | Event::InvoiceDeleted { .. }
        | Event::DocumentAdded { .. }
        | Event::DocumentRemoved { .. }
        | Event::InvoicesClosed { .. }
        | Event::InvoiceReopened { .. }
        | Event::CreditNoteApplied { .. }
        | Event::PaymentReceived { .. }
        | Event::PaymentChanged { .. }
        | Event::PaymentUnbooked { .. }
        | Event::PaymentDeleted { .. }
        | Event::CostsCharged { .. } => of_money(writer, event),
        Event::CaseOpened { case }
        | Event::CaseSettled { case }
        | Event::CaseHandedOver { case, .. }
        | Event::CaseTakenBack { case, .. } => Said { what: case.to_string(), ..Said::default() },
        // Without its reason: that may be the municipality's report, or what people typed.
        Event::HoldPlaced { .. } | Event::HoldLifted { .. } | Event::HoldEnded { .. } => Said::default(),
        Event::StepSkipped { .. }
        | Event::StepTaken { .. }
        | Event::StepsReset { .. }
        | Event::StepRescheduled { .. } => of_steps(writer, event),
        Event::PlanProposed { .. }
        | Event::PlanApproved { .. }
        | Event::PlanRejected { .. }
        | Event::InstalmentPaid { .. }
        | Event::PlanFinished { .. }
        | Event::PlanBroken { .. }
        | Event::PlanEnded { .. }
        | Event::DisputeOpened { .. }
        | Event::DisputeDecided { .. }
        | Event::DisputeSettled { .. }
        | Event::PromiseMade { .. }
        | Event::PromiseKept { .. }
        | Event::PromiseBroken { .. }
        | Event::PromiseWithdrawn { .. } => of_agreements(writer, event),
        Event::MandateGiven { .. }
        | Event::MandateAmended { .. }
        | Event::MandateWithdrawn { .. }
        | Event::MandateEnded { .. }
        | Event::DebitAnnounced { .. }
        | Event::DebitBatched { .. }
        | Event::DebitCollected { .. }
        | Event::DebitReturned { .. }
        | Event::DebitCancelled { .. } => of_debits(writer, event),
        Event::NoticeSent { .. }
        | Event::NoticePosted { .. }
        | Event::NoticeDelivered { .. }
        | Event::NoticeBounced { .. }
        | Event::NoticeComplained { .. }
        | Event::NoticeUnknown { .. }
        | Event::NoticeFailed { .. } => of_notices(writer, event),
        // Without what the desk noted.
        Event::CallMade { notice, outcome, .. } => Said {
            what: outcome.name().to_owned(),
            notice: Some(notice.clone()),
            ..Said::default()
        },
        Event::MessageReceived { .. } | Event::MessageSent { .. } => Said::default(),
        Event::SignalSent { municipality, .. } => Said { what: municipality.clone(), ..Said::default() },
        Event::SignalUpdated { arrears, .. } => Said { amount: Some(*arrears), ..Said::default() },
        Event::SignalWithdrawn { .. } => Said::default(),
        Event::PaymentRequested { amount, .. }
        | Event::PaymentRequestPaid { amount, .. }
        | Event::PaymentTakenBack { amount, .. }
        | Event::PaymentGivenBack { amount, .. } => Said { amount: Some(*amount), ..Said::default() },
        // What the municipality reported.
        Event::FeedbackReceived { .. }
        // A choice about the municipality, and none about the debt.
        | Event::EarlySignallingDisabled { .. }
        | Event::EarlySignallingEnabled { .. }
        // What stayed within: nothing left by it.
        | Event::NoticePrepared { .. }
        | Event::NoticeRetried { .. }
        | Event::NoticeCancelled { .. }
        | Event::SignalBlocked { .. }
        | Event::SignalPrepared { .. }
        | Event::SignalApproved { .. }
        | Event::SignalReleased { .. }
        | Event::SignalRefused { .. }
        | Event::SignalUnknown { .. }
        | Event::SignalUpdateAsked { .. }
        | Event::SignalWithdrawalAsked { .. }
        | Event::PaymentRequestOpened { .. }
        | Event::PaymentRequestUnknown { .. }
        | Event::PaymentRequestEnded { .. }
        // How debtors come to their own page is theirs.
        | Event::AccessCodeAsked { .. }
        | Event::AccessCodeSent { .. }
        | Event::AccessCodeFailed { .. }
        | Event::PortalOpened { .. }
        // Notes are the creditor's own.
        | Event::CallAsked { .. }
        | Event::NoteAdded { .. }
        | Event::NoteRemoved { .. }
        | Event::TaskOpened { .. }
        | Event::TaskDone { .. }
        | Event::DebtorDeleted
        // Told of themselves they would make each dossier another one.
        | Event::DossierRequested { .. }
        | Event::DossierBuilt { .. }
        | Event::DossierFailed { .. } => return None,
    })
}

fn of_money(writer: &Writer<'_>, event: &Event) -> Said {
    match event {
        Event::InvoiceReceived { invoice, open, due_date, .. } => Said {
            what: writer.invoice(invoice.as_str()),
            amount: Some(*open),
            day: Some(*due_date),
            ..Said::default()
        },
        Event::InvoiceChanged { invoice, open, .. }
        | Event::InvoiceDeleted { invoice, open, .. }
        | Event::InvoiceReopened { invoice, open } => {
            Said { what: writer.invoice(invoice.as_str()), amount: Some(*open), ..Said::default() }
        }
        Event::DocumentAdded { invoice, .. } | Event::DocumentRemoved { invoice, .. } => {
            Said { what: writer.invoice(invoice.as_str()), ..Said::default() }
        }
        Event::InvoicesClosed { invoices } => {
            let closed: Vec<InvoiceId> = invoices.iter().map(|closed| closed.invoice.clone()).collect();
            Said { what: named(writer, &closed), ..Said::default() }
        }
        Event::CreditNoteApplied { invoice, amount, .. } => {
            Said { what: writer.invoice(invoice.as_str()), amount: Some(*amount), ..Said::default() }
        }
        Event::PaymentReceived { kind, amount, invoices, .. }
        | Event::PaymentChanged { kind, amount, invoices, .. }
        | Event::PaymentUnbooked { kind, amount, invoices, .. }
        | Event::PaymentDeleted { kind, amount, invoices, .. } => Said {
            what: named(writer, invoices),
            amount: Some(*amount),
            payment: Some(*kind),
            ..Said::default()
        },
        Event::CostsCharged { invoices, amount, .. } => {
            Said { what: named(writer, invoices), amount: Some(*amount), ..Said::default() }
        }
        _ => Said::default(),
    }
}

fn of_steps(writer: &Writer<'_>, event: &Event) -> Said {
    match event {
        Event::StepSkipped { invoice, kind, .. } | Event::StepTaken { invoice, kind, .. } => {
            Said { what: writer.invoice(invoice.as_str()), step: Some(*kind), ..Said::default() }
        }
        Event::StepsReset { invoice, .. } => {
            Said { what: writer.invoice(invoice.as_str()), ..Said::default() }
        }
        Event::StepRescheduled { invoice, on, .. } => {
            Said { what: writer.invoice(invoice.as_str()), day: Some(*on), ..Said::default() }
        }
        _ => Said::default(),
    }
}

fn of_agreements(writer: &Writer<'_>, event: &Event) -> Said {
    match event {
        Event::PlanProposed { invoices, total, .. } => {
            Said { what: named(writer, invoices), amount: Some(*total), ..Said::default() }
        }
        Event::InstalmentPaid { instalment, .. } | Event::PlanBroken { instalment, .. } => {
            Said { what: instalment.to_string(), ..Said::default() }
        }
        Event::DisputeOpened { invoice, .. }
        | Event::DisputeDecided { invoice, .. }
        | Event::DisputeSettled { invoice, .. } => {
            Said { what: writer.invoice(invoice.as_str()), ..Said::default() }
        }
        Event::PromiseMade { invoices, amount, pay_by, .. } => Said {
            what: named(writer, invoices),
            amount: Some(*amount),
            day: Some(*pay_by),
            ..Said::default()
        },
        _ => Said::default(),
    }
}

fn of_debits(writer: &Writer<'_>, event: &Event) -> Said {
    match event {
        Event::DebitAnnounced { invoice, amount, collect_on, .. }
        | Event::DebitBatched { invoice, amount, collect_on, .. } => Said {
            what: writer.invoice(invoice.as_str()),
            amount: Some(*amount),
            day: Some(*collect_on),
            ..Said::default()
        },
        Event::DebitReturned { invoice, amount, .. } => {
            Said { what: writer.invoice(invoice.as_str()), amount: Some(*amount), ..Said::default() }
        }
        Event::DebitCollected { invoice, .. } | Event::DebitCancelled { invoice, .. } => {
            Said { what: writer.invoice(invoice.as_str()), ..Said::default() }
        }
        _ => Said::default(),
    }
}

fn of_notices(writer: &Writer<'_>, event: &Event) -> Said {
    match event {
        Event::NoticeSent { notice, kind, lines, amount, .. } => {
            let invoices: Vec<InvoiceId> = lines.iter().map(|line| line.invoice.clone()).collect();
            Said {
                what: named(writer, &invoices),
                amount: Some(*amount),
                step: Some(*kind),
                notice: Some(notice.clone()),
                ..Said::default()
            }
        }
        Event::NoticePosted { notice, posted_on } => {
            Said { day: Some(*posted_on), notice: Some(notice.clone()), ..Said::default() }
        }
        Event::NoticeDelivered { notice }
        | Event::NoticeBounced { notice, .. }
        | Event::NoticeComplained { notice }
        | Event::NoticeUnknown { notice }
        | Event::NoticeFailed { notice, .. } => Said { notice: Some(notice.clone()), ..Said::default() },
        _ => Said::default(),
    }
}

fn named(writer: &Writer<'_>, invoices: &[InvoiceId]) -> String {
    let numbers: Vec<String> = invoices.iter().map(|id| writer.invoice(id.as_str())).collect();
    numbers.join(", ")
}
