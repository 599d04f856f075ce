//! The life of a direct debit: announced, taken up by a batch, collected, returned, cancelled.
//!
//! What was announced is looked at once more when a batch takes it up: a hold, a payment, a withdrawn mandate that came in
//! between wins. What the outcome of a batch is nobody guesses: money that came in closes a debit, a return opens it, and
//! where neither is told within a week after the day of collection a person is asked, by the review of its hold.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::Language;
use crate::Money;
use crate::administration::Administration;
use crate::calendar::plus_days;
use crate::debit_batch::{BatchEntry, BatchId, EntryReturn, Sequence, end_to_end_id};
use crate::direct_debit::{
    Debit, DebitState, NotCollected, collectable, collection_days, days_from, stands, usable,
};
use crate::dossier::{Dossier, Draft};
use crate::hold::{Covers, HoldReason, HoldScope};
use crate::holding;
use crate::ids::{DebitId, HoldId, InvoiceId, MandateId};
use crate::mandate::{self, Mandate, MandateKind, MandateState};
use crate::opening::prune;
use crate::return_reason::Treatment;
use crate::timeline::Event;

/// Invoices that one look at a debtor announces the collection of at most; the next look goes on.
const MOST_AT_ONCE: usize = 15;

/// Days after the day of collection on which a person is asked about a debit of which nothing was told.
const OUTCOME_DAYS: i32 = 7;

/// What the task is about that asks for a new mandate.
pub const MANDATE_ENDED: &str = "mandate_ended";

/// What the task is about that asks what to do about a returned debit.
pub const DEBIT_RETURNED: &str = "direct_debit_returned";

/// The debtor's bank reported that the debtor died.
const DIED: &str = "MD07";

/// Days after such a report until a person looks again.
const DEATH_REVIEW_DAYS: i32 = 30;

fn find(dossier: &Dossier, id: &DebitId) -> Option<Debit> {
    dossier.debits.iter().find(|d| d.id == *id).cloned()
}

fn set(draft: &mut Draft, id: &DebitId, change: impl FnOnce(&mut Debit)) {
    if let Some(debit) = draft.dossier.debits.iter_mut().find(|d| d.id == *id) {
        change(debit);
    }
}

/// Invoices of which the collection is to be announced.
fn waiting<'a>(
    dossier: &'a Dossier,
    administration: &'a Administration,
    now: Timestamp,
) -> impl Iterator<Item = &'a InvoiceId> {
    let on = administration.direct_debit.enabled;
    let open = dossier.open_invoices().filter(move |_| on);
    open.filter(move |i| collectable(dossier, administration, i, now).is_ok()).map(|i| &i.id)
}

/// The next instant at which something is to be announced.
pub(crate) fn wake_at(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Option<Timestamp> {
    waiting(dossier, administration, now).next().map(|_| now)
}

/// Fixes the day of collection of what is collected by direct debit, and holds it.
pub(crate) fn announce(draft: &mut Draft, administration: &Administration) {
    let found = waiting(&draft.dossier, administration, draft.now).take(MOST_AT_ONCE);
    for id in found.cloned().collect::<Vec<_>>() {
        let dossier = &draft.dossier;
        let Some(invoice) = dossier.invoices.get(&id) else { continue };
        let Ok(mandate) = collectable(dossier, administration, invoice, draft.now) else { continue };
        // Today's batch may have been made already.
        let from = plus_days(draft.today(), 1);
        let days = collection_days(dossier, administration, invoice, mandate.scheme, from);
        let (mandate, amount) = (mandate.id.clone(), invoice.open());
        add(draft, administration, Planned { invoice: id, mandate, amount, days, attempt: 1 });
    }
}

/// A collection before it is one.
struct Planned {
    invoice: InvoiceId,
    mandate: MandateId,
    amount: Money,
    /// Of collection and of submission.
    days: (Date, Date),
    attempt: u16,
}

fn add(draft: &mut Draft, administration: &Administration, planned: Planned) {
    draft.dossier.counts.debits += 1;
    let id = draft.dossier.debtor.id.debit(draft.dossier.counts.debits);
    let Planned { invoice, mandate, amount, days: (collect_on, submit_on), attempt } = planned;
    draft.dossier.debits.push(Debit {
        id: id.clone(),
        invoice,
        mandate,
        amount,
        collect_on,
        submit_on,
        attempt,
        batch: None,
        announced_at: draft.now,
        state: DebitState::Announced,
    });
    record_announced(draft, administration, &id);
}

/// Tells that it is announced, and holds its invoice.
fn record_announced(draft: &mut Draft, administration: &Administration, id: &DebitId) {
    let Some(Debit { invoice, mandate, amount, collect_on, .. }) = find(&draft.dossier, id) else { return };
    draft.record(Event::DebitAnnounced {
        debit: id.clone(),
        invoice: invoice.clone(),
        mandate,
        amount,
        collect_on,
        settings_version: administration.settings_version,
    });
    if hold_of(&draft.dossier, id, draft.now).is_none() {
        let reason = HoldReason::DirectDebit { debit: id.clone() };
        holding::place(draft, HoldScope::Invoice(invoice), Covers::Reminders, reason, None, None);
    }
    review_after(draft, id, collect_on);
}

fn hold_of(dossier: &Dossier, id: &DebitId, now: Timestamp) -> Option<HoldId> {
    let is_its = |reason: &HoldReason| matches!(reason, HoldReason::DirectDebit { debit } if debit == id);
    dossier.holds.iter().find(|h| is_its(&h.reason) && h.stands_at(now)).map(|h| h.id.clone())
}

fn review_after(draft: &mut Draft, id: &DebitId, collect_on: Date) {
    let Some(hold) = hold_of(&draft.dossier, id, draft.now) else { return };
    if let Some(hold) = draft.dossier.holds.iter_mut().find(|h| h.id == hold) {
        hold.review_on = Some(plus_days(collect_on, OUTCOME_DAYS));
        hold.review_asked = false;
    }
}

/// It is over: its invoice is not held for it any more.
fn finish(draft: &mut Draft, id: &DebitId, state: DebitState, event: Event, why: &str) {
    set(draft, id, |debit| debit.state = state);
    draft.record(event);
    if let Some(hold) = hold_of(&draft.dossier, id, draft.now) {
        holding::lift_standing(draft, &hold, why);
    }
}

fn cancel(draft: &mut Draft, id: &DebitId, reason: &str) {
    let Some(debit) = find(&draft.dossier, id).filter(Debit::lives) else { return };
    let state = DebitState::Cancelled { on: draft.today(), reason: reason.to_owned() };
    let event =
        Event::DebitCancelled { debit: id.clone(), invoice: debit.invoice, reason: reason.to_owned() };
    finish(draft, id, state, event, "direct debit cancelled");
}

/// Cancels what was announced under a mandate. What a batch holds is on its way.
pub(crate) fn cancel_under(draft: &mut Draft, mandate: &MandateId, reason: &str) {
    let announced = draft.dossier.debits.iter().filter(|d| d.is_announced() && d.mandate == *mandate);
    for id in announced.map(|d| d.id.clone()).collect::<Vec<_>>() {
        cancel(draft, &id, reason);
    }
}

/// What a look at an announced debit found, before a batch takes it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighed {
    /// It is not announced, or not to be submitted yet: another run was first.
    NotDue,
    /// It may not be collected any more: it was cancelled.
    Cancelled(NotCollected),
    /// A batch may take it up.
    Stands,
}

/// Looks at an announced debit once more, and cancels it where it may not be collected any more.
pub fn weigh(draft: &mut Draft, administration: &Administration, id: &DebitId) -> Weighed {
    let on = draft.today();
    let due = find(&draft.dossier, id).filter(|d| d.is_announced() && d.submit_on <= on);
    let Some(debit) = due else { return Weighed::NotDue };
    let found = match stands(&draft.dossier, administration, &debit, draft.now) {
        Ok(_) if !to_collect(draft, &debit).is_positive() => Err(NotCollected::CoveredByCredit),
        other => other.map(|_| ()),
    };
    match found {
        Ok(()) => Weighed::Stands,
        Err(why) => {
            cancel(draft, id, why.code());
            holding::name_resumption(draft, administration);
            Weighed::Cancelled(why)
        }
    }
}

/// What is collected: not more than was announced, than is open, and than the debtor owes after their credit and what is
/// being collected already.
fn to_collect(draft: &Draft, debit: &Debit) -> Money {
    let dossier = &draft.dossier;
    let open = dossier.invoices.get(&debit.invoice).map_or(Money::ZERO, |i| i.open());
    let batched = |d: &&Debit| matches!(d.state, DebitState::Batched { .. });
    let under_way: Money = dossier.debits.iter().filter(batched).map(|d| d.amount).sum();
    debit.amount.min(open).min(dossier.balance(draft.today()) - under_way)
}

/// A batch takes up a debit that was just weighed. `None` where it does not stand.
pub fn join(
    draft: &mut Draft,
    administration: &Administration,
    id: &DebitId,
    batch: &BatchId,
) -> Option<BatchEntry> {
    let debit = find(&draft.dossier, id).filter(Debit::is_announced)?;
    let mandate = stands(&draft.dossier, administration, &debit, draft.now).ok()?.clone();
    let invoice = draft.dossier.invoices.get(&debit.invoice)?;
    let (open_before, text) = (invoice.open(), remittance(&draft.dossier, &invoice.number));
    let amount = to_collect(draft, &debit);
    let rules = &administration.direct_debit;
    let (collect_on, _) = days_from(rules, mandate.scheme, debit.collect_on, draft.today());
    let entry = BatchEntry {
        end_to_end_id: end_to_end_id(batch, id),
        batch: batch.clone(),
        debit: id.clone(),
        debtor: draft.dossier.debtor.id.clone(),
        invoice: debit.invoice.clone(),
        amount,
        open_before,
        collect_on,
        scheme: mandate.scheme,
        sequence: sequence(&mandate),
        mandate: mandate.id.clone(),
        signed_on: mandate.signed_on,
        iban: mandate.iban.clone(),
        bic: mandate.bic.clone(),
        name: mandate.holder.clone().unwrap_or_else(|| draft.dossier.debtor.name.clone()),
        amended_from: mandate.amended_from.clone(),
        text,
        last_used_before: mandate.last_used_on,
        attempt: debit.attempt,
        booked_on: None,
        returned: None,
        released: false,
    };
    set(draft, id, |debit| {
        debit.amount = amount;
        debit.collect_on = collect_on;
        debit.mandate = mandate.id.clone();
        debit.batch = Some(batch.clone());
        debit.state = DebitState::Batched { open_before };
    });
    review_after(draft, id, collect_on);
    draft.record(Event::DebitBatched {
        debit: id.clone(),
        invoice: debit.invoice,
        mandate: mandate.id.clone(),
        batch: batch.clone(),
        amount,
        collect_on,
        settings_version: administration.settings_version,
    });
    use_mandate(draft, &mandate, collect_on);
    Some(entry)
}

fn sequence(mandate: &Mandate) -> Sequence {
    match (mandate.kind, mandate.last_used_on) {
        (MandateKind::OneOff, _) => Sequence::OneOff,
        (MandateKind::Recurrent, None) => Sequence::First,
        (MandateKind::Recurrent, Some(_)) => Sequence::Recurrent,
    }
}

fn remittance(dossier: &Dossier, number: &str) -> String {
    match dossier.debtor.language {
        Language::Nl => format!("Factuur {number}"),
        Language::En => format!("Invoice {number}"),
    }
}

fn use_mandate(draft: &mut Draft, used: &Mandate, on: Date) {
    if let Some(mandate) = draft.dossier.mandates.iter_mut().find(|m| m.id == used.id) {
        mandate.last_used_on = Some(on);
        mandate.amended_from = None;
        if mandate.kind == MandateKind::OneOff {
            mandate.state = MandateState::Used { on };
        }
    }
    if used.kind == MandateKind::OneOff {
        // What else was announced under it needs leave of its own.
        cancel_under(draft, &used.id, NotCollected::NoMandate.code());
    }
}

/// The batch of this entry was rejected: its debit is announced anew, for the first day that a batch of `submit_from` or
/// later can bring, or is cancelled where it may not be collected any more.
pub fn release(draft: &mut Draft, administration: &Administration, entry: &BatchEntry, submit_from: Date) {
    let in_this =
        |d: &Debit| matches!(d.state, DebitState::Batched { .. }) && d.batch.as_ref() == Some(&entry.batch);
    if !find(&draft.dossier, &entry.debit).is_some_and(|d| in_this(&d)) {
        return;
    }
    if let Some(mandate) = draft.dossier.mandates.iter_mut().find(|m| m.id == entry.mandate) {
        // A later collection under it counts by itself.
        if mandate.last_used_on == Some(entry.collect_on) {
            mandate.last_used_on = entry.last_used_before;
        }
        if mandate.state == (MandateState::Used { on: entry.collect_on }) {
            mandate.state = MandateState::Active;
        }
        if mandate.amended_from.is_none() {
            mandate.amended_from = entry.amended_from.clone();
        }
    }
    let invoice = draft.dossier.invoices.get(&entry.invoice);
    let usable = match invoice {
        Some(invoice) => usable(&draft.dossier, administration, invoice, draft.now).map(|m| m.scheme),
        None => Err(NotCollected::NothingOpen),
    };
    match usable {
        Ok(scheme) => {
            let rules = &administration.direct_debit;
            let (collect_on, submit_on) = days_from(rules, scheme, entry.collect_on, submit_from);
            set(draft, &entry.debit, |debit| {
                debit.state = DebitState::Announced;
                (debit.collect_on, debit.submit_on) = (collect_on, submit_on);
            });
            record_announced(draft, administration, &entry.debit);
        }
        Err(why) => {
            cancel(draft, &entry.debit, why.code());
            holding::name_resumption(draft, administration);
        }
    }
}

/// A debit came back. What was booked of it is taken back before this. Says what is done about it.
pub fn returned(
    draft: &mut Draft,
    administration: &Administration,
    entry: &BatchEntry,
    came_back: &EntryReturn,
) -> Treatment {
    let EntryReturn { code, on } = came_back;
    let rules = &administration.direct_debit;
    let treatment = rules.treatment(code);
    if find(&draft.dossier, &entry.debit).is_none() {
        draft.dossier.debits.push(remembered(entry, draft.now));
    }
    let event = Event::DebitReturned {
        debit: entry.debit.clone(),
        invoice: entry.invoice.clone(),
        amount: entry.amount,
        code: code.clone(),
        treatment,
        settings_version: administration.settings_version,
    };
    let state = DebitState::Returned { on: *on, code: code.clone() };
    let was_held = hold_of(&draft.dossier, &entry.debit, draft.now).is_some();
    finish(draft, &entry.debit, state, event, "direct debit returned");
    match treatment {
        Treatment::Retry => once_more(draft, administration, entry),
        Treatment::FollowUp => {}
        Treatment::EndMandate => {
            let on = draft.today();
            mandate::end(draft, &entry.mandate, on, code);
            draft.open_task(MANDATE_ENDED, entry.mandate.as_str());
        }
        Treatment::AskPerson => draft.open_task(DEBIT_RETURNED, entry.debit.as_str()),
    }
    if !was_held {
        give_grace(draft, entry);
    }
    if code == DIED {
        let reason = HoldReason::Asked { text: "the bank reported that the debtor died".to_owned() };
        let review_on = plus_days(draft.today(), DEATH_REVIEW_DAYS);
        holding::place(draft, HoldScope::Debtor, Covers::Everything, reason, None, Some(review_on));
    }
    holding::name_resumption(draft, administration);
    treatment
}

/// The hold of a debit that was booked ended with that. What comes back later is followed up after the days of grace all the
/// same, and not on the next morning: the debtor thought it paid.
fn give_grace(draft: &mut Draft, entry: &BatchEntry) {
    let is_open = draft.dossier.invoices.get(&entry.invoice).is_some_and(|i| i.is_open());
    if !is_open || under_way(&draft.dossier, &entry.invoice).is_some() {
        return;
    }
    let (scope, covers) = (HoldScope::Invoice(entry.invoice.clone()), Covers::Reminders);
    let reason = HoldReason::DirectDebit { debit: entry.debit.clone() };
    let hold = holding::place(draft, scope, covers, reason, None, None);
    holding::lift_standing(draft, &hold.id, "direct debit returned");
}

/// A debit that the dossier has forgotten, as its entry tells of it.
fn remembered(entry: &BatchEntry, now: Timestamp) -> Debit {
    Debit {
        id: entry.debit.clone(),
        invoice: entry.invoice.clone(),
        mandate: entry.mandate.clone(),
        amount: entry.amount,
        collect_on: entry.collect_on,
        submit_on: entry.collect_on,
        attempt: entry.attempt,
        batch: Some(entry.batch.clone()),
        announced_at: now,
        state: DebitState::Batched { open_before: entry.open_before },
    }
}

/// Announces that it is collected once more, some days after the return, unless that was done often enough.
fn once_more(draft: &mut Draft, administration: &Administration, entry: &BatchEntry) {
    let rules = &administration.direct_debit;
    if entry.attempt > rules.most_retries {
        return;
    }
    let Some(invoice) = draft.dossier.invoices.get(&entry.invoice) else { return };
    let Ok(mandate) = usable(&draft.dossier, administration, invoice, draft.now) else { return };
    let wanted = plus_days(draft.today(), i32::from(rules.retry_after_days));
    let days = days_from(rules, mandate.scheme, wanted, plus_days(draft.today(), 1));
    let planned = Planned {
        invoice: entry.invoice.clone(),
        mandate: mandate.id.clone(),
        // Not more than the first time announced.
        amount: entry.amount.min(invoice.open()),
        days,
        attempt: entry.attempt + 1,
    };
    add(draft, administration, planned);
}

/// What came in was booked: a debit of which the amount came in is collected, and one of which nothing is open any more is
/// not to be.
pub(crate) fn settle(draft: &mut Draft) {
    let on = draft.today();
    for debit in draft.dossier.debits.iter().filter(|d| d.lives()).cloned().collect::<Vec<_>>() {
        let invoice = draft.dossier.invoices.get(&debit.invoice).filter(|i| i.is_open());
        let open = invoice.map(|i| i.open());
        match (&debit.state, open) {
            (DebitState::Announced, None) => cancel(draft, &debit.id, NotCollected::NothingOpen.code()),
            (DebitState::Batched { open_before }, open)
                if open.is_none_or(|open| open <= *open_before - debit.amount) =>
            {
                let event = Event::DebitCollected { debit: debit.id.clone(), invoice: debit.invoice.clone() };
                finish(draft, &debit.id, DebitState::Collected { on }, event, "collected by direct debit");
            }
            _ => {}
        }
    }
    let open: Vec<InvoiceId> = draft.dossier.invoices.keys().cloned().collect();
    prune(&mut draft.dossier.debits, Debit::lives, |d| open.contains(&d.invoice));
}

/// The debit that an invoice is held for, and the day of its collection.
pub fn under_way<'a>(dossier: &'a Dossier, invoice: &InvoiceId) -> Option<&'a Debit> {
    dossier.debits.iter().find(|d| d.lives() && d.invoice == *invoice)
}

#[cfg(test)]
#[path = "debiting_tests.rs"]
mod tests;
