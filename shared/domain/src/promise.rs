//! Promises to pay: the debtor names a day, and reminders wait for it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::administration::Administration;
use crate::calendar::{midnight, plus_days};
use crate::dossier::{Dossier, Draft};
use crate::hold::{Covers, HoldReason, HoldScope};
use crate::holding;
use crate::ids::{InvoiceId, PromiseId};
use crate::opening::{Opening, came_in, prune, raise};
use crate::planning::{is_disputed, is_in_plan};
use crate::refusal::Refusal;
use crate::timeline::Event;

/// A debtor's word to pay by a day. While it is open, its invoices are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Promise {
    /// `{debtor}.m{number}`.
    pub id: PromiseId,
    /// Its invoices, each with what was open on it when the promise was made.
    pub invoices: Vec<Opening>,
    /// What was promised, in euros; never more than what was open.
    pub amount: Money,
    /// The day by which the debtor pays.
    pub pay_by: Date,
    /// The last day on which a payment still keeps it: `pay_by` and the administration's grace.
    pub awaited_until: Date,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who wrote it down.
    pub by: String,
    /// What became of it.
    pub state: PromiseState,
    /// The request that made it, by the hash of its idempotency key: repeated, it makes no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

impl Promise {
    /// Neither kept nor broken nor withdrawn: its invoices are held.
    pub fn lives(&self) -> bool {
        self.state == PromiseState::Open
    }

    /// Whether this invoice is one of its own.
    pub fn is_about(&self, invoice: &InvoiceId) -> bool {
        self.invoices.iter().any(|o| o.invoice == *invoice)
    }

    /// What was paid of it, in euros; never more than was promised.
    pub fn paid(&self, dossier: &Dossier) -> Money {
        came_in(dossier, &self.invoices).max(Money::ZERO).min(self.amount)
    }
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PromiseState {
    /// Its day is to come.
    Open,
    /// What was promised came in.
    Kept,
    /// Its last day passed.
    Broken,
    /// It was taken back.
    Withdrawn,
}

/// How an administration takes promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromiseRules {
    /// A promise names a day at most so many days ahead.
    pub most_days: u16,
    /// Days after the named day in which a payment may still come in: banks take a night, weekends longer.
    pub grace_days: u16,
    /// Promises about one invoice at most, kept ones left out.
    pub most_promises: u16,
}

impl Default for PromiseRules {
    fn default() -> PromiseRules {
        PromiseRules { most_days: 31, grace_days: 3, most_promises: 2 }
    }
}

/// A promise as it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// `None`: all open invoices without an open promise, a plan or a dispute.
    pub invoices: Option<Vec<InvoiceId>>,
    /// `None`: everything that is open on them.
    pub amount: Option<Money>,
    /// The last day, today at the earliest.
    pub pay_by: Date,
    /// The hash of the request's idempotency key: repeated, it makes no second promise.
    pub request: Option<String>,
}

/// The debtor promises to pay by a day: reminders about these invoices wait for it.
pub fn make(
    draft: &mut Draft,
    administration: &Administration,
    promised: &Promised,
) -> Result<PromiseId, Refusal> {
    let (rules, on) = (administration.promises, draft.today());
    if promised.pay_by < on {
        return Err(Refusal::StepInPast);
    }
    if promised.pay_by > plus_days(on, i32::from(rules.most_days)) {
        return Err(Refusal::PromiseTooLate);
    }
    let invoices = chosen(&draft.dossier, promised.invoices.as_deref())?;
    let made = |id: &InvoiceId| {
        let about = draft.dossier.promises.iter().filter(|p| p.is_about(id));
        about.filter(|p| p.state != PromiseState::Kept).count()
    };
    if invoices.iter().any(|id| made(id) >= usize::from(rules.most_promises)) {
        return Err(Refusal::TooManyPromises);
    }
    let openings = Opening::of(&draft.dossier, &invoices);
    let open: Money = openings.iter().map(|o| o.open).sum();
    let amount = promised.amount.map_or(open, |amount| amount.min(open));
    if !amount.is_positive() {
        return Err(Refusal::NothingOpen);
    }
    draft.dossier.counts.promises += 1;
    let id = draft.dossier.debtor.id.promise(draft.dossier.counts.promises);
    let awaited_until = plus_days(promised.pay_by, i32::from(rules.grace_days));
    draft.dossier.promises.push(Promise {
        id: id.clone(),
        invoices: openings,
        amount,
        pay_by: promised.pay_by,
        awaited_until,
        made_at: draft.now,
        by: draft.by().to_owned(),
        state: PromiseState::Open,
        request: promised.request.clone(),
    });
    draft.record(Event::PromiseMade {
        promise: id.clone(),
        invoices: invoices.clone(),
        amount,
        pay_by: promised.pay_by,
        settings_version: administration.settings_version,
    });
    let reason = HoldReason::Promise { promise: id.clone() };
    let scope = HoldScope::Invoices(invoices);
    holding::place(draft, scope, Covers::Reminders, reason, Some(awaited_until), None);
    Ok(id)
}

fn chosen(dossier: &Dossier, named: Option<&[InvoiceId]>) -> Result<Vec<InvoiceId>, Refusal> {
    let promised = |id: &InvoiceId| dossier.promises.iter().any(|p| p.lives() && p.is_about(id));
    let Some(named) = named else {
        let ids = dossier.open_invoices().map(|i| &i.id);
        let free = ids.filter(|id| !promised(id) && !is_in_plan(dossier, id) && !is_disputed(dossier, id));
        return Ok(free.cloned().collect());
    };
    for id in named {
        if !dossier.open_invoices().any(|i| i.id == *id) {
            return Err(Refusal::NothingOpen);
        }
        if promised(id) {
            return Err(Refusal::PromisedAlready);
        }
        if is_in_plan(dossier, id) {
            return Err(Refusal::InvoiceInPlan);
        }
    }
    let mut chosen = named.to_vec();
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}

/// The promise with this id.
///
/// # Errors
/// [`Refusal::NoSuchPromise`] where the debtor has none of this id.
pub fn find<'a>(dossier: &'a Dossier, id: &PromiseId) -> Result<&'a Promise, Refusal> {
    dossier.promises.iter().find(|p| p.id == *id).ok_or(Refusal::NoSuchPromise)
}

/// Takes a promise back: follow-up goes on after the grace.
pub fn withdraw(
    draft: &mut Draft,
    administration: &Administration,
    id: &PromiseId,
    reason: &str,
) -> Result<(), Refusal> {
    if !find(&draft.dossier, id)?.lives() {
        return Err(Refusal::PromiseNotOpen);
    }
    let event = Event::PromiseWithdrawn { promise: id.clone(), reason: reason.to_owned() };
    finish(draft, id, PromiseState::Withdrawn, event, "promise withdrawn");
    holding::name_resumption(draft, administration);
    Ok(())
}

/// It is over: nothing is held for it any more.
fn finish(draft: &mut Draft, id: &PromiseId, state: PromiseState, event: Event, why: &str) {
    if let Some(promise) = draft.dossier.promises.iter_mut().find(|p| p.id == *id) {
        promise.state = state;
    }
    draft.record(event);
    let now = draft.now;
    let is_its = |reason: &HoldReason| matches!(reason, HoldReason::Promise { promise } if promise == id);
    let held = draft.dossier.holds.iter().find(|h| is_its(&h.reason) && h.stands_at(now));
    if let Some(hold) = held.map(|h| h.id.clone()) {
        holding::lift_standing(draft, &hold, why);
    }
}

/// What came in was booked: promises that are kept by it are over, and what they left open is followed up after the
/// grace. What comes in after the last day, but before anybody looked, still keeps a promise.
pub(crate) fn settle(draft: &mut Draft) {
    let mut kept = Vec::new();
    let mut promises = std::mem::take(&mut draft.dossier.promises);
    for promise in promises.iter_mut().filter(|p| p.lives()) {
        raise(&draft.dossier, &mut promise.invoices);
        if promise.paid(&draft.dossier) >= promise.amount {
            kept.push(promise.id.clone());
        }
    }
    draft.dossier.promises = promises;
    for id in kept {
        let event = Event::PromiseKept { promise: id.clone() };
        finish(draft, &id, PromiseState::Kept, event, "promise kept");
    }
    let open: Vec<InvoiceId> = draft.dossier.invoices.keys().cloned().collect();
    prune(&mut draft.dossier.promises, Promise::lives, |p| open.iter().any(|id| p.is_about(id)));
}

/// Brings promises up to now: those of which the last day passed are broken. Their holds end by themselves.
pub(crate) fn advance(draft: &mut Draft, administration: &Administration) {
    let on = draft.today();
    let mut broken = Vec::new();
    for promise in draft.dossier.promises.iter_mut().filter(|p| p.lives() && p.awaited_until < on) {
        promise.state = PromiseState::Broken;
        broken.push(promise.id.clone());
    }
    let settings_version = administration.settings_version;
    for promise in broken {
        draft.record(Event::PromiseBroken { promise, settings_version });
    }
}

/// The next instant at which a promise is broken if nothing comes in.
pub(crate) fn wake_at(dossier: &Dossier, now: Timestamp) -> Option<Timestamp> {
    let open = dossier.promises.iter().filter(|p| p.lives());
    open.map(|p| midnight(plus_days(p.awaited_until, 1)).max(now)).min()
}
