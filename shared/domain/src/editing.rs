//! Editing the next step of one invoice: skip it, send it now, set its day, or go back to an earlier step.

use jiff::civil::Date;

use crate::administration::Administration;
use crate::calendar::plus_days;
use crate::dossier::Draft;
use crate::ids::{InvoiceId, StepId};
use crate::invoice::{Invoice, PlannedStep, TakenStep};
use crate::next_step::{NextStep, next_step};
use crate::notice::{Notice, NoticeState};
use crate::policy::{Policy, Step};
use crate::refusal::Refusal;
use crate::timeline::Event;

/// How far ahead a step may be set, in days.
const FURTHEST: i32 = 366;

/// What somebody wants of the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It is left out; the step after it waits from today.
    Skip,
    /// Follow-up goes back to this step, to the first where none is named, and waits for it anew from today.
    Reset {
        /// The step that comes next; the first of the policy where none is named.
        to: Option<StepId>,
    },
    /// It is taken on this day, whatever its policy waits for. Holds and the window still count.
    Reschedule {
        /// A sending day, from today on.
        on: Date,
    },
    /// It is taken as soon as the window is open. Holds still count; the least interval between messages does not.
    SendNow,
}

/// Changes the next step of an invoice on somebody's word.
///
/// # Errors
/// Names the rule that forbids it; then nothing was changed.
pub fn edit(
    draft: &mut Draft,
    administration: &Administration,
    invoice: &InvoiceId,
    edit: &Edit,
) -> Result<(), Refusal> {
    let known = draft.dossier.invoices.get(invoice).filter(|i| i.is_open()).ok_or(Refusal::NothingOpen)?;
    if draft.dossier.notice_under_way(invoice).is_some() {
        return Err(Refusal::NoticeUnderWay);
    }
    let policy = administration.policy_of(&draft.dossier.debtor, known).ok_or(Refusal::NoNextStep)?;
    match edit {
        Edit::Skip => skip(draft, administration, policy, invoice),
        Edit::Reset { to } => reset(draft, policy, invoice, to.as_ref()),
        Edit::Reschedule { on } => plan(draft, administration, policy, invoice, *on, false),
        Edit::SendNow => {
            let today = draft.today();
            plan(draft, administration, policy, invoice, today, true)
        }
    }
}

/// The step that an edit is about: the first after those that were taken that is meant for this invoice.
fn next_of<'p>(draft: &Draft, policy: &'p Policy, invoice: &InvoiceId) -> Result<&'p Step, Refusal> {
    let known = draft.dossier.invoices.get(invoice).ok_or(Refusal::NothingOpen)?;
    let meant = |s: &&Step| s.audience.excludes(&draft.dossier.debtor, known).is_none();
    policy.steps_after(known).iter().find(meant).ok_or(Refusal::NoNextStep)
}

fn skip(
    draft: &mut Draft,
    administration: &Administration,
    policy: &Policy,
    id: &InvoiceId,
) -> Result<(), Refusal> {
    let step = next_of(draft, policy, id)?;
    let on = draft.today();
    settle_given_up(draft, id);
    with(draft, id, |invoice| {
        invoice.planned = None;
        let (step, kind) = (step.id.clone(), step.kind);
        invoice.steps.push(TakenStep { step, kind, notice: None, on, skipped: true });
    });
    draft.record(Event::StepSkipped {
        invoice: id.clone(),
        step: step.id.clone(),
        kind: step.kind,
        reason: "skipped by hand".to_owned(),
        policy: policy.id.clone(),
        policy_version: policy.version,
        settings_version: administration.settings_version,
    });
    Ok(())
}

/// What was sent stays on the timeline, and costs that were charged stay charged.
fn reset(draft: &mut Draft, policy: &Policy, id: &InvoiceId, to: Option<&StepId>) -> Result<(), Refusal> {
    let known = draft.dossier.invoices.get(id).ok_or(Refusal::NothingOpen)?;
    let keep = match to {
        None => 0,
        Some(step) => {
            let at = policy.steps.iter().position(|s| s.id == *step).ok_or(Refusal::NoSuchStep)?;
            let before = |taken: &TakenStep| policy.steps[..at].iter().any(|s| s.id == taken.step);
            let keep = known.steps.iter().take_while(|s| before(s)).count();
            if keep == known.steps.len() {
                return Err(Refusal::NoSuchStep);
            }
            keep
        }
    };
    if known.steps.is_empty() {
        return Err(Refusal::NoSuchStep);
    }
    let on = draft.today();
    settle_given_up(draft, id);
    with(draft, id, |invoice| {
        invoice.steps.truncate(keep);
        invoice.planned = None;
        invoice.restarted_on = Some(on);
        let noticed = invoice.took(crate::step::StepKind::FormalNotice);
        invoice.formal_notice = invoice.formal_notice.take().filter(|_| noticed);
    });
    draft.record(Event::StepsReset {
        invoice: id.clone(),
        to: to.cloned(),
        policy: policy.id.clone(),
        policy_version: policy.version,
    });
    Ok(())
}

fn plan(
    draft: &mut Draft,
    administration: &Administration,
    policy: &Policy,
    id: &InvoiceId,
    on: Date,
    at_once: bool,
) -> Result<(), Refusal> {
    let today = draft.today();
    let step = next_of(draft, policy, id)?.id.clone();
    if on < today {
        return Err(Refusal::StepInPast);
    }
    if on > plus_days(today, FURTHEST) {
        return Err(Refusal::StepTooFar);
    }
    if !at_once && !administration.window.is_sending_day(on) {
        return Err(Refusal::NotASendingDay);
    }
    settle_given_up(draft, id);
    with(draft, id, |invoice| invoice.planned = Some(PlannedStep { step: step.clone(), on, at_once }));
    let known = draft.dossier.invoices.get(id).ok_or(Refusal::NothingOpen)?;
    // The law's own terms are not set aside by hand: costs before the 14 days, an end of supply before its day.
    match next_step(&draft.dossier, known, administration, draft.now) {
        NextStep::On(planned) if planned.day > on && !is_held(draft, administration, known) => {
            return Err(Refusal::NotBeforeItsTerm);
        }
        NextStep::AwaitsDelivery { .. } | NextStep::NotLawful(_) => return Err(Refusal::NotBeforeItsTerm),
        _ => {}
    }
    draft.record(Event::StepRescheduled {
        invoice: id.clone(),
        step,
        on,
        at_once,
        policy: policy.id.clone(),
        policy_version: policy.version,
        settings_version: administration.settings_version,
    });
    Ok(())
}

fn is_held(draft: &Draft, administration: &Administration, invoice: &Invoice) -> bool {
    let kind = crate::step::StepKind::Reminder;
    draft.dossier.standing_hold(&invoice.id, kind, &administration.holds, draft.now).is_some()
}

/// Somebody decided about the notice that may have left or not: for this invoice it is over.
fn settle_given_up(draft: &mut Draft, id: &InvoiceId) {
    let about = |n: &&mut Notice| n.is_given_up() && n.lines.iter().any(|l| l.invoice == *id);
    for notice in draft.dossier.notices.iter_mut().filter(about) {
        notice.lines.retain(|l| l.invoice != *id);
        if notice.lines.is_empty()
            && let NoticeState::Failed { may_have_left, .. } = &mut notice.state
        {
            *may_have_left = false;
        }
    }
    if !draft.dossier.notices.iter().any(|n| n.kind.is_follow_up() && n.is_given_up()) {
        draft.dossier.tasks.retain(|t| t.about != "notice_failed");
    }
}

fn with(draft: &mut Draft, id: &InvoiceId, change: impl FnOnce(&mut Invoice)) {
    if let Some(invoice) = draft.dossier.invoices.get_mut(id) {
        change(invoice);
    }
}
