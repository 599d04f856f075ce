//! Disputes: the debtor says that an invoice is wrong, and reminders about it wait for the desk's decision.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::administration::Administration;
use crate::calendar::plus_days;
use crate::dossier::{Dossier, Draft};
use crate::hold::{Covers, Hold, HoldReason, HoldScope};
use crate::holding;
use crate::ids::{DisputeId, InvoiceId};
use crate::invoice::BookingKind;
use crate::opening::prune;
use crate::planning::is_disputed;
use crate::refusal::Refusal;
use crate::timeline::Event;

/// What the task is about that asks the desk to decide on a dispute.
pub const DISPUTE: &str = "dispute";

/// Days in which the credit note that was decided on is expected; then a task asks.
const CREDIT_WITHIN_DAYS: i32 = 30;

/// A debtor's objection to one invoice. While it lives, the invoice is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dispute {
    /// `{debtor}.d{number}`.
    pub id: DisputeId,
    /// The invoice that is disputed.
    pub invoice: InvoiceId,
    /// What is said to be wrong.
    pub reason: DisputeReason,
    /// What the debtor wrote, in their own words.
    pub text: String,
    /// When it was made known.
    pub opened_at: Timestamp,
    /// Who wrote it down: the debtor, or the desk in their name.
    pub by: String,
    /// How far it is.
    pub state: DisputeState,
    /// The request that opened it, by the hash of its idempotency key: repeated, it opens no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What the debtor says is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DisputeReason {
    /// What was invoiced did not come.
    NotDelivered,
    /// It came, and was not what was agreed.
    Complaint,
    /// Amount, period or address are wrong.
    ErrorOnInvoice,
    /// The debtor says that it was paid.
    AlreadyPaid,
    /// Something else, said in the text.
    Other,
}

/// How far a dispute is: open, waiting for a credit note, or settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "is")]
pub enum DisputeState {
    /// The desk has to decide.
    Open,
    /// The debtor is right, wholly or in part: follow-up waits for the credit note.
    ///
    /// `credited_then` is what had been credited on the invoice before, in euros.
    /// The desk agreed, wholly or in part: the ledger's credit note is to come.
    AwaitingCredit {
        /// Who is right, and about how much.
        decision: Decision,
        /// When that was said.
        decided_at: Timestamp,
        /// What had been credited by then, in euros: only more than that is the credit that was agreed.
        credited_then: Money,
    },
    /// Over: rejected, credited, or nothing is open any more.
    /// Over: rejected, credited, or nothing is open any more.
    Settled {
        /// Who was right; `None` where it was paid before anybody decided.
        decision: Option<Decision>,
        /// When it was over.
        at: Timestamp,
    },
}

impl Dispute {
    /// It is not over: its invoice is held.
    pub fn lives(&self) -> bool {
        !matches!(self.state, DisputeState::Settled { .. })
    }
}

/// What the desk decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Decision {
    /// The invoice stands: follow-up goes on after the grace.
    Rejected,
    /// Nothing is owed: a credit note over all that is open is expected.
    Accepted,
    /// A credit note over this amount is expected, in euros; follow-up of the rest goes on once it came in.
    /// The debtor is right about this part, in euros.
    Partly {
        /// What is to be credited, in euros.
        amount: Money,
    },
}

/// A dispute as it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The invoice that is disputed.
    pub invoice: InvoiceId,
    /// What is said to be wrong.
    pub reason: DisputeReason,
    /// In the debtor's own words.
    pub text: String,
    /// The hash of the request's idempotency key: repeated, it opens no second dispute.
    pub request: Option<String>,
}

/// The debtor disputes an invoice: it is held until the desk decides.
pub fn open(draft: &mut Draft, objection: &Objection) -> Result<DisputeId, Refusal> {
    let invoice = &objection.invoice;
    if !draft.dossier.open_invoices().any(|i| i.id == *invoice) {
        return Err(Refusal::NothingOpen);
    }
    if is_disputed(&draft.dossier, invoice) {
        return Err(Refusal::DisputedAlready);
    }
    draft.dossier.counts.disputes += 1;
    let id = draft.dossier.debtor.id.dispute(draft.dossier.counts.disputes);
    draft.dossier.disputes.push(Dispute {
        id: id.clone(),
        invoice: invoice.clone(),
        reason: objection.reason,
        text: objection.text.clone(),
        opened_at: draft.now,
        by: draft.by().to_owned(),
        state: DisputeState::Open,
        request: objection.request.clone(),
    });
    let (dispute, reason) = (id.clone(), objection.reason);
    draft.record(Event::DisputeOpened { dispute, invoice: invoice.clone(), reason });
    let reason = HoldReason::Dispute { dispute: id.clone() };
    holding::place(draft, HoldScope::Invoice(invoice.clone()), Covers::Reminders, reason, None, None);
    draft.open_task(DISPUTE, id.as_str());
    Ok(id)
}

/// The dispute with this id.
///
/// # Errors
/// [`Refusal::NoSuchDispute`] where the debtor has none of this id.
pub fn find<'a>(dossier: &'a Dossier, id: &DisputeId) -> Result<&'a Dispute, Refusal> {
    dossier.disputes.iter().find(|d| d.id == *id).ok_or(Refusal::NoSuchDispute)
}

/// The desk decides. While the credit that it decided on did not come in, it may decide otherwise; the same decision
/// again changes nothing.
pub fn decide(
    draft: &mut Draft,
    administration: &Administration,
    id: &DisputeId,
    decision: Decision,
    reason: &str,
) -> Result<(), Refusal> {
    let (now, on) = (draft.now, draft.today());
    let dispute = find(&draft.dossier, id)?;
    match dispute.state {
        DisputeState::Open => {}
        DisputeState::AwaitingCredit { decision: before, .. } if before == decision => return Ok(()),
        DisputeState::AwaitingCredit { .. } => {}
        DisputeState::Settled { .. } => return Err(Refusal::DisputeDecidedAlready),
    }
    let invoice = dispute.invoice.clone();
    let credited_then = credited(&draft.dossier, &invoice);
    let (dispute, reason) = (id.clone(), reason.to_owned());
    draft.record(Event::DisputeDecided { dispute, invoice, decision, reason });
    draft.dossier.tasks.retain(|t| !(t.about == DISPUTE && t.subject == id.as_str()));
    if decision == Decision::Rejected {
        finish(draft, id, Some(decision), "dispute rejected");
        holding::name_resumption(draft, administration);
        return Ok(());
    }
    if let Some(dispute) = draft.dossier.disputes.iter_mut().find(|d| d.id == *id) {
        dispute.state = DisputeState::AwaitingCredit { decision, decided_at: now, credited_then };
    }
    if let Some(hold) = draft.dossier.holds.iter_mut().find(|h| is_of(h, id)) {
        (hold.review_on, hold.review_asked) = (Some(plus_days(on, CREDIT_WITHIN_DAYS)), false);
    }
    Ok(())
}

fn is_of(hold: &Hold, id: &DisputeId) -> bool {
    matches!(&hold.reason, HoldReason::Dispute { dispute } if dispute == id)
}

/// What was credited or written off on an invoice, in euros.
fn credited(dossier: &Dossier, invoice: &InvoiceId) -> Money {
    let bookings = dossier.invoices.get(invoice).map(|i| i.bookings.as_slice()).unwrap_or_default();
    let credit = bookings.iter().filter(|b| matches!(b.kind, BookingKind::Credit | BookingKind::WriteOff));
    credit.map(|b| b.amount).sum()
}

/// It is over: the invoice is held for it no more.
fn finish(draft: &mut Draft, id: &DisputeId, decision: Option<Decision>, why: &str) {
    let now = draft.now;
    if let Some(dispute) = draft.dossier.disputes.iter_mut().find(|d| d.id == *id) {
        dispute.state = DisputeState::Settled { decision, at: now };
    }
    draft.dossier.tasks.retain(|t| !(t.about == DISPUTE && t.subject == id.as_str()));
    let held = draft.dossier.holds.iter().find(|h| is_of(h, id) && h.stands_at(now)).map(|h| h.id.clone());
    if let Some(hold) = held {
        holding::lift_standing(draft, &hold, why);
    }
}

/// What came in was booked: disputes whose credit came in, or about which nothing is open any more, are over.
pub(crate) fn settle(draft: &mut Draft) {
    let mut over = Vec::new();
    for dispute in draft.dossier.disputes.iter().filter(|d| d.lives()) {
        let closed = draft.dossier.invoices.get(&dispute.invoice).is_none_or(|i| !i.is_open());
        let (decision, credited) = match dispute.state {
            DisputeState::AwaitingCredit {
                decision: decision @ Decision::Partly { amount },
                credited_then,
                ..
            } => {
                let since = credited(&draft.dossier, &dispute.invoice) - credited_then;
                (Some(decision), since >= amount)
            }
            DisputeState::AwaitingCredit { decision, .. } => (Some(decision), false),
            DisputeState::Open | DisputeState::Settled { .. } => (None, false),
        };
        if closed || credited {
            over.push((dispute.id.clone(), dispute.invoice.clone(), decision));
        }
    }
    for (id, invoice, decision) in over {
        draft.record(Event::DisputeSettled { dispute: id.clone(), invoice });
        finish(draft, &id, decision, "dispute settled");
    }
    let open: Vec<InvoiceId> = draft.dossier.invoices.keys().cloned().collect();
    prune(&mut draft.dossier.disputes, Dispute::lives, |d| open.contains(&d.invoice));
}
