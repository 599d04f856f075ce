//! Money that a report tells of: what came in, what went back, and what was given back again. Each id is booked once.

use jiff::civil::Date;

use super::{AtHand, Booked, REQUEST_STUCK, REQUEST_UNKNOWN, find, forget_task, next_look};
use crate::Money;
use crate::dossier::{Dossier, Draft};
use crate::ids::{InvoiceId, PaymentId, PaymentRequestId, PlanId};
use crate::intake;
use crate::invoice::Invoice;
use crate::payment::{Payment, PaymentKind};
use crate::payment_request::{Received, ReportedBack, RequestAbout, RequestState, TakenBack, TakenBackKind};
use crate::refusal::Refusal;
use crate::timeline::Event;

/// Longest code of a reason with a reversal, in characters: as in the records that tools put.
const LONGEST_REASON: usize = 8;

/// One report being applied.
pub(super) struct Work {
    pub id: PaymentRequestId,
    pub at_hand: AtHand,
    pub booked: Vec<Booked>,
}

impl Work {
    pub fn receive(
        &mut self,
        draft: &mut Draft,
        payment: &str,
        amount: Money,
        on: Date,
    ) -> Result<(), Refusal> {
        let now = draft.now;
        let request = find(&draft.dossier, &self.id)?;
        if request.received.is_some() || !amount.is_positive() {
            return Ok(());
        }
        let payment = request.provider.payment_id(payment).ok_or(Refusal::NoSuchPaymentRequest)?;
        let Some(request) = draft.dossier.payment_request_mut(&self.id) else { return Ok(()) };
        request.state = RequestState::Paid;
        request.received = Some(Received { payment: payment.clone(), amount, at: now });
        request.reason = None;
        request.call = None;
        request.look_at = next_look(request, now);
        forget_task(draft, REQUEST_UNKNOWN, &self.id);
        forget_task(draft, REQUEST_STUCK, &self.id);
        draft.record(Event::PaymentRequestPaid {
            payment_request: self.id.clone(),
            payment: payment.clone(),
            amount,
        });
        let payment = self.money_in(draft, payment, amount, on)?;
        self.book(draft, payment)
    }

    /// Money for what the request is about: as whoever paid it chose.
    fn money_in(&self, draft: &Draft, id: PaymentId, amount: Money, on: Date) -> Result<Payment, Refusal> {
        let dossier = &draft.dossier;
        let request = find(dossier, &self.id)?;
        let is_known = |id: &InvoiceId| {
            dossier.invoices.contains_key(id) || self.at_hand.archived.iter().any(|i| i.id == *id)
        };
        let (invoice, among) = match &request.about {
            RequestAbout::Invoice { invoice } if is_known(invoice) => (Some(invoice.clone()), Vec::new()),
            // The invoice is gone: all of it stays to the debtor's credit.
            RequestAbout::Invoice { invoice } => (None, vec![invoice.clone()]),
            RequestAbout::Instalment { plan, .. } => (None, invoices_of_plan(dossier, plan)),
            RequestAbout::Everything => (None, Vec::new()),
        };
        Ok(Payment {
            id,
            kind: PaymentKind::Payment,
            invoice,
            debtor: dossier.debtor.id.clone(),
            amount,
            received_on: on,
            reference: Some(self.id.to_string()),
            reason_code: None,
            modified_at: draft.now,
            among,
            takes_back: None,
        })
    }

    pub fn take_back(&mut self, draft: &mut Draft, back: &ReportedBack) -> Result<(), Refusal> {
        let request = find(&draft.dossier, &self.id)?;
        let Some(received) = request.received.clone() else { return Ok(()) };
        let known = request.taken_back.iter().find(|t| t.id == back.id).cloned();
        // More than came in cannot go back; what is undone before it was seen here never counted.
        let amount = back.amount.min(received.amount - request.gone());
        if known.is_none() && (back.undone || !amount.is_positive()) {
            return Ok(());
        }
        let mut known = known.unwrap_or(TakenBack {
            id: back.id.clone(),
            kind: back.kind,
            amount,
            booked: Money::ZERO,
            parts: 0,
            undone: false,
        });
        if known.booked < known.amount {
            self.reverse(draft, &received.payment, &mut known, back)?;
        } else if back.undone && !known.undone {
            known.undone = true;
            let id = self.payment_id(draft, &format!("{}-back", back.id))?;
            draft.record(Event::PaymentGivenBack {
                payment_request: self.id.clone(),
                payment: id.clone(),
                amount: known.amount,
            });
            let payment = self.money_in(draft, id, known.amount, draft.today())?;
            self.book(draft, payment)?;
        }
        let Some(request) = draft.dossier.payment_request_mut(&self.id) else { return Ok(()) };
        match request.taken_back.iter_mut().find(|t| t.id == known.id) {
            Some(place) => *place = known,
            None => request.taken_back.push(known),
        }
        Ok(())
    }

    /// Books as much of it as is at hand: all, but for payments of very many invoices.
    fn reverse(
        &mut self,
        draft: &mut Draft,
        received: &PaymentId,
        back: &mut TakenBack,
        told: &ReportedBack,
    ) -> Result<(), Refusal> {
        let rest = back.amount - back.booked;
        let part = if self.at_hand.more { rest.min(self.reachable(draft, received)) } else { rest };
        if !part.is_positive() {
            return Ok(());
        }
        let name = if back.parts == 0 { back.id.clone() } else { format!("{}-{}", back.id, back.parts + 1) };
        let id = self.payment_id(draft, &name)?;
        back.parts += 1;
        back.booked = back.booked + part;
        draft.record(Event::PaymentTakenBack {
            payment_request: self.id.clone(),
            payment: id.clone(),
            kind: back.kind,
            amount: part,
        });
        let payment = Payment {
            id,
            kind: PaymentKind::Reversal,
            invoice: None,
            debtor: draft.dossier.debtor.id.clone(),
            amount: part,
            received_on: told.on,
            reference: Some(self.id.to_string()),
            reason_code: reason_code(told),
            modified_at: draft.now,
            among: Vec::new(),
            takes_back: Some(received.clone()),
        };
        self.book(draft, payment)
    }

    /// What can be taken back of this payment from its credit and the invoices that are at hand, in euros.
    fn reachable(&self, draft: &Draft, received: &PaymentId) -> Money {
        let open = draft.dossier.invoices.values();
        let closed = self.at_hand.archived.iter().filter(|i| !draft.dossier.invoices.contains_key(&i.id));
        let booked: Money = open.chain(closed).map(|i| intake::booked_of(i, received)).sum();
        booked + draft.dossier.credit_left_of(received).max(Money::ZERO)
    }

    fn payment_id(&self, draft: &Draft, reference: &str) -> Result<PaymentId, Refusal> {
        let provider = find(&draft.dossier, &self.id)?.provider;
        provider.payment_id(reference).ok_or(Refusal::NoSuchPaymentRequest)
    }

    fn book(&mut self, draft: &mut Draft, payment: Payment) -> Result<(), Refusal> {
        // What is in the dossier already is newer than its archived copy.
        let archived = self.at_hand.archived.iter().filter(|i| !draft.dossier.invoices.contains_key(&i.id));
        let archived = archived.cloned().collect();
        let (_, invoices) = intake::put_payment(draft, payment.clone(), None, archived)?;
        // From here on the draft knows them, open or archived anew.
        let settled = |i: &Invoice| draft.archived().iter().find(|a| a.id == i.id).cloned();
        for invoice in &mut self.at_hand.archived {
            if let Some(newer) = settled(invoice) {
                *invoice = newer;
            }
        }
        let known = |draft: &Draft, id: &InvoiceId| draft.archived().iter().find(|a| a.id == *id).cloned();
        for id in &invoices {
            if !self.at_hand.archived.iter().any(|i| i.id == *id) {
                self.at_hand.archived.extend(known(draft, id));
            }
        }
        self.booked.push(Booked { payment, invoices });
        Ok(())
    }
}

fn invoices_of_plan(dossier: &Dossier, plan: &PlanId) -> Vec<InvoiceId> {
    let plan = dossier.plans.iter().find(|p| p.id == *plan);
    plan.map(|p| p.invoices.iter().map(|o| o.invoice.clone()).collect()).unwrap_or_default()
}

/// The provider's code where it is short enough to be one, else what kind of thing it was.
fn reason_code(back: &ReportedBack) -> Option<String> {
    let plain =
        |text: &&String| text.len() <= LONGEST_REASON && text.chars().all(|c| c.is_ascii_alphanumeric());
    let kind = match back.kind {
        TakenBackKind::Refund => "REFUND",
        TakenBackKind::Chargeback => "CHARGEBK",
    };
    Some(back.reason.as_ref().filter(plain).cloned().unwrap_or_else(|| kind.to_owned()))
}
