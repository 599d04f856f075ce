//! The life of a payment plan: proposed, approved, paid instalment by instalment, broken, ended; and the reminder before
//! each instalment.
//!
//! One hold over all its invoices stands from the proposal on. While the plan runs, the hold ends by itself after the last
//! day on which the next instalment may be paid, and each payment moves that day: whoever asks what happens next sees
//! what happens if nothing is paid.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::Money;
use crate::administration::Administration;
use crate::calendar::{midnight, plus_days, today};
use crate::dispute::DisputeState;
use crate::dossier::{Dossier, Draft};
use crate::hold::{Covers, Hold, HoldReason, HoldScope};
use crate::holding;
use crate::ids::{InvoiceId, PlanId};
use crate::next::sending_day;
use crate::notice::{InstalmentDue, Notice};
use crate::opening::{Opening, prune, raise};
use crate::plan::{Every, Instalment, PaymentPlan, PlanState, Side, day, instalments};
use crate::refusal::Refusal;
use crate::signalling::look_again;
use crate::timeline::Event;

/// What the task is about that asks the desk to decide on a proposal.
pub const PLAN_DECISION: &str = "plan_decision";

/// A day in the future at most so many days ahead.
const FURTHEST_DAYS: i32 = 366;

/// A plan as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// `None`: all open invoices that are neither disputed nor in another plan.
    pub invoices: Option<Vec<InvoiceId>>,
    /// How many: 1 to 36.
    pub instalments: u16,
    /// The time between two.
    pub every: Every,
    /// The last day to pay the first.
    pub first_on: Date,
    /// A larger first instalment, in euros.
    pub first_amount: Option<Money>,
    /// Whose proposal it is.
    pub by: Side,
    /// The creditor agrees with it by proposing it. A debtor's proposal is never approved by this.
    pub approved: bool,
    /// The hash of the request's idempotency key: repeated, it proposes no second plan.
    pub request: Option<String>,
}

/// Proposes a plan. Its invoices are held from now on.
///
/// A debtor's proposal has to meet the conditions of a template, and is approved at once where that one is automatic. A
/// creditor's may be any, and waits for a decision unless it was made as approved.
pub fn propose(
    draft: &mut Draft,
    administration: &Administration,
    proposal: &Proposal,
) -> Result<PlanId, Refusal> {
    let mut plan = drawn_up(draft, administration, proposal)?;
    let on = draft.today();
    let fitting = || administration.plans.templates.iter().filter(|t| t.fits(&plan, on));
    let template = fitting().find(|t| t.automatic).or_else(|| fitting().next());
    if proposal.by == Side::Debtor && template.is_none() {
        return Err(Refusal::PlanOutsideLimits);
    }
    let automatic = proposal.by == Side::Debtor && template.is_some_and(|t| t.automatic);
    let approved = proposal.by == Side::Creditor && proposal.approved;
    plan.template = template.map(|t| t.id.clone());
    draft.dossier.counts.plans += 1;
    let (id, decide_by) = (plan.id.clone(), plan.decide_by);
    let invoices: Vec<InvoiceId> = plan.invoices.iter().map(|o| o.invoice.clone()).collect();
    draft.record(Event::PlanProposed {
        plan: id.clone(),
        invoices: invoices.clone(),
        total: plan.total,
        instalments: proposal.instalments,
        settings_version: administration.settings_version,
    });
    draft.dossier.plans.push(plan);
    let reason = HoldReason::PaymentPlan { plan: id.clone() };
    let review_on = (!automatic && !approved).then_some(decide_by);
    let hold =
        holding::place(draft, HoldScope::Invoices(invoices), Covers::Reminders, reason, None, review_on);
    if let Some(hold) = draft.dossier.holds.iter_mut().find(|h| h.id == hold.id) {
        // The task about the decision asks instead.
        hold.review_asked = true;
    }
    if automatic || approved {
        activate(draft, administration, &id, automatic);
    }
    Ok(id)
}

/// The plan that is asked for, as far as it can be one.
fn drawn_up(
    draft: &Draft,
    administration: &Administration,
    proposal: &Proposal,
) -> Result<PaymentPlan, Refusal> {
    let (dossier, on) = (&draft.dossier, draft.today());
    if proposal.first_on < on {
        return Err(Refusal::StepInPast);
    }
    if proposal.first_on > plus_days(on, FURTHEST_DAYS) {
        return Err(Refusal::StepTooFar);
    }
    let invoices = chosen(dossier, proposal.invoices.as_deref())?;
    let openings = Opening::of(dossier, &invoices);
    let open: Money = openings.iter().map(|o| o.open).sum();
    let total = open.min(dossier.balance(on));
    if !total.is_positive() {
        return Err(Refusal::NothingToPlan);
    }
    let Proposal { every, first_on, first_amount, .. } = *proposal;
    let instalments = instalments(total, proposal.instalments, every, first_on, first_amount)
        .ok_or(Refusal::PlanDoesNotAddUp)?;
    Ok(PaymentPlan {
        id: dossier.debtor.id.plan(dossier.counts.plans + 1),
        state: PlanState::Proposed,
        invoices: openings,
        total,
        every,
        instalments,
        proposed_at: draft.now,
        proposed_by: proposal.by,
        by: draft.by().to_owned(),
        template: None,
        grace_days: administration.plans.grace_days,
        decide_by: plus_days(on, i32::from(administration.plans.decide_days)),
        request: proposal.request.clone(),
    })
}

fn chosen(dossier: &Dossier, named: Option<&[InvoiceId]>) -> Result<Vec<InvoiceId>, Refusal> {
    let Some(named) = named else {
        let free = dossier.open_invoices().filter(|i| !is_in_plan(dossier, &i.id));
        return Ok(free.filter(|i| !is_disputed(dossier, &i.id)).map(|i| i.id.clone()).collect());
    };
    if named.iter().any(|id| !dossier.open_invoices().any(|i| i.id == *id)) {
        return Err(Refusal::NothingOpen);
    }
    if named.iter().any(|id| is_in_plan(dossier, id)) {
        return Err(Refusal::InvoiceInPlan);
    }
    let mut chosen = named.to_vec();
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}

/// Whether a plan that was proposed or runs is about this invoice.
pub(crate) fn is_in_plan(dossier: &Dossier, invoice: &InvoiceId) -> bool {
    dossier.plans.iter().any(|p| p.lives() && p.is_about(invoice))
}

/// Whether a dispute about this invoice is not over.
pub(crate) fn is_disputed(dossier: &Dossier, invoice: &InvoiceId) -> bool {
    let over = |state: &DisputeState| matches!(state, DisputeState::Settled { .. });
    dossier.disputes.iter().any(|d| d.invoice == *invoice && !over(&d.state))
}

/// The desk agrees.
pub fn approve(draft: &mut Draft, administration: &Administration, id: &PlanId) -> Result<(), Refusal> {
    if !matches!(find(&draft.dossier, id)?.state, PlanState::Proposed) {
        return Err(Refusal::PlanNotProposed);
    }
    activate(draft, administration, id, false);
    Ok(())
}

/// A first day that passed while the proposal waited moves on to the next day of its rhythm.
fn activate(draft: &mut Draft, administration: &Administration, id: &PlanId, automatic: bool) {
    let (now, on) = (draft.now, draft.today());
    if let Some(plan) = draft.dossier.plans.iter_mut().find(|p| p.id == *id) {
        plan.state = PlanState::Active { since: now };
        let first = plan.instalments.first().map_or(on, |i| i.due_on);
        let passed = (0..).find(|k| day(first, plan.every, *k) >= on).unwrap_or(0);
        for (k, instalment) in (0..).zip(&mut plan.instalments) {
            instalment.due_on = day(first, plan.every, k + passed);
        }
    }
    forget_task(draft, id);
    let settings_version = administration.settings_version;
    draft.record(Event::PlanApproved { plan: id.clone(), automatic, settings_version });
    count(draft, id);
}

/// The desk does not agree: follow-up goes on after the grace.
pub fn reject(
    draft: &mut Draft,
    administration: &Administration,
    id: &PlanId,
    reason: &str,
) -> Result<(), Refusal> {
    if !matches!(find(&draft.dossier, id)?.state, PlanState::Proposed) {
        return Err(Refusal::PlanNotProposed);
    }
    let event = Event::PlanRejected { plan: id.clone(), reason: reason.to_owned() };
    finish(draft, id, PlanState::Rejected { reason: reason.to_owned() }, event, "payment plan rejected");
    holding::name_resumption(draft, administration);
    Ok(())
}

/// Ends a plan that runs before it is finished: follow-up goes on after the grace.
pub fn end(
    draft: &mut Draft,
    administration: &Administration,
    id: &PlanId,
    reason: &str,
) -> Result<(), Refusal> {
    if !find(&draft.dossier, id)?.is_running() {
        return Err(Refusal::PlanNotRunning);
    }
    let state = PlanState::Ended { at: draft.now, reason: reason.to_owned() };
    let event = Event::PlanEnded { plan: id.clone(), reason: reason.to_owned() };
    finish(draft, id, state, event, "payment plan ended");
    holding::name_resumption(draft, administration);
    Ok(())
}

/// The plan with this id.
///
/// # Errors
/// [`Refusal::NoSuchPlan`] where the debtor has none of this id.
pub fn find<'a>(dossier: &'a Dossier, id: &PlanId) -> Result<&'a PaymentPlan, Refusal> {
    dossier.plans.iter().find(|p| p.id == *id).ok_or(Refusal::NoSuchPlan)
}

/// It is over: nothing is held for it any more.
fn finish(draft: &mut Draft, id: &PlanId, state: PlanState, event: Event, why: &str) {
    if let Some(plan) = draft.dossier.plans.iter_mut().find(|p| p.id == *id) {
        plan.state = state;
    }
    forget_task(draft, id);
    draft.record(event);
    let now = draft.now;
    let held = hold_of(&draft.dossier, id).filter(|h| h.stands_at(now)).map(|h| h.id.clone());
    if let Some(hold) = held {
        holding::lift_standing(draft, &hold, why);
    }
}

fn forget_task(draft: &mut Draft, id: &PlanId) {
    draft.dossier.tasks.retain(|t| !(t.about == PLAN_DECISION && t.subject == id.as_str()));
}

fn hold_of<'a>(dossier: &'a Dossier, id: &PlanId) -> Option<&'a Hold> {
    dossier.holds.iter().find(|h| matches!(&h.reason, HoldReason::PaymentPlan { plan } if plan == id))
}

/// What came in was booked: counts it for the plans, and drops plans that are long over.
pub(crate) fn settle(draft: &mut Draft) {
    let living: Vec<PlanId> =
        draft.dossier.plans.iter().filter(|p| p.lives()).map(|p| p.id.clone()).collect();
    for id in living {
        count(draft, &id);
    }
    let open: Vec<InvoiceId> = draft.dossier.invoices.keys().cloned().collect();
    prune(&mut draft.dossier.plans, PaymentPlan::lives, |p| open.iter().any(|id| p.is_about(id)));
}

/// Counts what came in for one plan: instalments become paid, and open again where a payment was taken back. A payment
/// that comes in between the last day's end and the first look at the plan still keeps it.
fn count(draft: &mut Draft, id: &PlanId) {
    let on = draft.today();
    let Some(at) = draft.dossier.plans.iter().position(|p| p.id == *id) else {
        return;
    };
    let mut plan = draft.dossier.plans[at].clone();
    raise(&draft.dossier, &mut plan.invoices);
    let paid = plan.paid(&draft.dossier);
    let mut newly = Vec::new();
    let mut needed = Money::ZERO;
    for instalment in &mut plan.instalments {
        needed = needed + instalment.amount;
        match (instalment.paid_on, paid >= needed) {
            (None, true) => {
                instalment.paid_on = Some(on);
                newly.push(instalment.number);
            }
            (Some(_), false) => {
                instalment.paid_on = None;
                instalment.reopened_on = Some(on);
            }
            _ => {}
        }
    }
    let until = if plan.is_running() { plan.last_day() } else { None };
    let all = plan.unpaid().next().is_none();
    let running = plan.is_running();
    draft.dossier.plans[at] = plan;
    for instalment in newly {
        draft.record(Event::InstalmentPaid { plan: id.clone(), instalment });
    }
    if all {
        let state = PlanState::Finished { at: draft.now };
        finish(draft, id, state, Event::PlanFinished { plan: id.clone() }, "payment plan finished");
    } else if running {
        let is_its = |h: &&mut Hold| matches!(&h.reason, HoldReason::PaymentPlan { plan } if plan == id);
        if let Some(hold) = draft.dossier.holds.iter_mut().find(is_its) {
            (hold.until, hold.review_on) = (until, None);
        }
    }
}

/// Brings plans up to now: breaks those whose instalment was not paid within the grace, and asks for decisions. Their
/// holds end by themselves.
pub(crate) fn advance(draft: &mut Draft, administration: &Administration) {
    let (now, on) = (draft.now, draft.today());
    let settings_version = administration.settings_version;
    let mut missed = Vec::new();
    for plan in draft.dossier.plans.iter_mut().filter(|p| p.is_running()) {
        let grace_days = plan.grace_days;
        let late = plan.unpaid().find(|i| i.last_day(grace_days) < on).map(|i| i.number);
        if let Some(instalment) = late {
            plan.state = PlanState::Broken { at: now, instalment };
            missed.push((plan.id.clone(), instalment));
        }
    }
    for (plan, instalment) in missed {
        draft.record(Event::PlanBroken { plan, instalment, settings_version });
        // A signal that waited for the plan's end.
        look_again(&mut draft.dossier, on);
    }
    let undecided: Vec<PlanId> = draft
        .dossier
        .plans
        .iter()
        .filter(|p| p.state == PlanState::Proposed && p.decide_by <= on)
        .map(|p| p.id.clone())
        .collect();
    for id in undecided {
        draft.open_task(PLAN_DECISION, id.as_str());
    }
}

/// The next instant at which a plan needs somebody.
pub(crate) fn wake_at(dossier: &Dossier, now: Timestamp) -> Option<Timestamp> {
    let asked = |plan: &PaymentPlan| {
        dossier.tasks.iter().any(|t| t.about == PLAN_DECISION && t.subject == plan.id.as_str())
    };
    let wakes = dossier.plans.iter().filter_map(|plan| match plan.state {
        PlanState::Proposed if !asked(plan) => Some(midnight(plan.decide_by)),
        PlanState::Active { .. } => plan.last_day().map(|last| midnight(plan_breaks_on(last))),
        _ => None,
    });
    wakes.map(|at| at.max(now)).min()
}

fn plan_breaks_on(last_day: Date) -> Date {
    plus_days(last_day, 1)
}

/// The first day on which the reminder of this instalment may leave, as far as notices that failed before let it; `None`
/// where it does not leave any more.
fn reminder_on(
    dossier: &Dossier,
    plan: &PaymentPlan,
    instalment: &Instalment,
    administration: &Administration,
) -> Option<Date> {
    let about = |n: &&Notice| n.instalment.as_ref().is_some_and(|due| is(due, plan, instalment));
    if instalment.reminded_on.is_some() || dossier.notices.iter().filter(about).any(Notice::is_given_up) {
        return None;
    }
    let day = plus_days(instalment.due_on, -i32::from(administration.plans.reminder_days));
    // One that failed is tried again on a later day.
    Some(day.max(dossier.last_failure_on.map_or(day, |on| plus_days(on, 1))))
}

fn is(due: &InstalmentDue, plan: &PaymentPlan, instalment: &Instalment) -> bool {
    due.plan == plan.id && due.number == instalment.number && due.due_on == instalment.due_on
}

fn running(dossier: &Dossier) -> impl Iterator<Item = (&PaymentPlan, &Instalment)> {
    let plans = dossier.plans.iter().filter(|p| p.is_running());
    plans.flat_map(|plan| plan.unpaid().map(move |instalment| (plan, instalment)))
}

/// A hold that keeps messages that are about no single invoice from leaving.
fn holds_of_debtor<'a>(
    dossier: &'a Dossier,
    administration: &'a Administration,
    now: Timestamp,
) -> impl Iterator<Item = &'a Hold> {
    let case = dossier.case.as_ref();
    let all = dossier.holds.iter().chain(&administration.holds);
    all.filter(move |h| h.holds_debtor(case) && h.stands_at(now))
}

/// The instalment whose reminder is due now. No least interval is kept: the debtor agreed to be reminded.
pub(crate) fn due_reminder(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Option<InstalmentDue> {
    if holds_of_debtor(dossier, administration, now).next().is_some() {
        return None;
    }
    let on = today(now);
    let due = running(dossier).filter(|(plan, instalment)| {
        instalment.due_on >= on
            && reminder_on(dossier, plan, instalment, administration).is_some_and(|day| day <= on)
    });
    let (plan, instalment) = due.min_by_key(|(_, i)| i.due_on)?;
    Some(InstalmentDue { plan: plan.id.clone(), number: instalment.number, due_on: instalment.due_on })
}

/// The next day on which an instalment reminder leaves if nothing else happens: not if the plan would be broken by
/// then because nothing was paid.
pub(crate) fn next_reminder(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Option<(Date, PlanId)> {
    let mut free = today(now);
    for hold in holds_of_debtor(dossier, administration, now) {
        free = free.max(today(hold.ends_at()?));
    }
    let days = running(dossier).filter_map(|(plan, instalment)| {
        let day = reminder_on(dossier, plan, instalment, administration)?.max(free);
        let on = sending_day(administration, day, now);
        let breaks = plan.last_day().is_some_and(|last| on > last);
        (on <= instalment.due_on && !breaks).then(|| (on, plan.id.clone()))
    });
    days.min()
}

/// Whether the reminder of this instalment may still leave.
pub(crate) fn still_due(
    dossier: &Dossier,
    due: &InstalmentDue,
    administration: &Administration,
    now: Timestamp,
) -> bool {
    let unpaid = running(dossier).any(|(plan, instalment)| {
        is(due, plan, instalment) && instalment.reminded_on.is_none() && instalment.due_on >= today(now)
    });
    unpaid && holds_of_debtor(dossier, administration, now).next().is_none()
}

/// What is to be paid by this instalment's day, in euros: instalments before it that were not paid included, and what was
/// paid ahead taken off.
pub fn amount_due(dossier: &Dossier, due: &InstalmentDue) -> Money {
    let plan = dossier.plans.iter().find(|p| p.id == due.plan);
    plan.map_or(Money::ZERO, |plan| (plan.up_to(due.number) - plan.paid(dossier)).max(Money::ZERO))
}

/// The reminder of this instalment left.
pub(crate) fn mark_reminded(dossier: &mut Dossier, due: &InstalmentDue, on: Date) {
    let plan = dossier.plans.iter_mut().find(|p| p.id == due.plan);
    let instalments = plan.into_iter().flat_map(|p| &mut p.instalments);
    for instalment in instalments.filter(|i| i.number == due.number) {
        instalment.reminded_on = Some(on);
    }
}

/// The instalment of this plan that is to be paid next.
pub fn next_unpaid(dossier: &Dossier, plan: &PaymentPlan) -> Option<InstalmentDue> {
    let mut due = plan.instalments.iter().map(|i| InstalmentDue {
        plan: plan.id.clone(),
        number: i.number,
        due_on: i.due_on,
    });
    due.find(|due| amount_due(dossier, due).is_positive())
}
