//! Follow-up: brings a debtor up to now. Ends holds that ran out, takes the steps that are due, and prepares the notice that
//! bundles them.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::administration::Administration;
use crate::calendar::{plus_days, today};
use crate::correcting;
use crate::debiting;
use crate::dossier::{Dossier, Draft};
use crate::ids::{InvoiceId, PlanId};
use crate::invoice::{Invoice, Sending, TakenStep};
use crate::next::undelivered;
use crate::next_step::{NextStep, Planned, free_on, next_step};
use crate::notice::{Channel, Notice, NoticeLine};
use crate::planning;
use crate::policy::{Step, StepCosts};
use crate::promise;
use crate::sending::settle_overdue_claims;
use crate::signalling::{self, look_again_where_conditions_changed};
use crate::step::StepKind;
use crate::timeline::Event;

/// What the task is about that asks for an address.
pub const NO_ADDRESS: &str = "no_address";

/// Why no notice is prepared although invoices are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quiet {
    /// What the debtor has to their credit covers what they owe.
    CoveredByCredit,
    /// No address is left that a notice could go to.
    NoAddress,
}

/// What keeps a debtor quiet whatever the steps say. The invoice itself goes out although credit covers it.
pub fn quiet(dossier: &Dossier, steps: &[(StepKind, Option<Channel>)], on: Date) -> Option<Quiet> {
    let sending = steps.iter().any(|(kind, _)| *kind == StepKind::InvoiceSending);
    if !sending && dossier.is_covered(on) {
        return Some(Quiet::CoveredByCredit);
    }
    if steps.iter().all(|(_, channel)| channel.is_none()) {
        return Some(Quiet::NoAddress);
    }
    None
}

/// How a debtor is reminded of an instalment, in the order in which it is tried: plans have no steps that say so.
pub const OF_INSTALMENTS: [Channel; 3] = [Channel::Email, Channel::Sms, Channel::Letter];

/// The channel that a message takes: the first of these that is connected and has an address of this debtor.
pub fn channel_for(
    dossier: &Dossier,
    administration: &Administration,
    wanted: &[Channel],
) -> Option<Channel> {
    wanted.iter().copied().filter(|c| administration.channels.contains(c)).find(|channel| match channel {
        Channel::Email => dossier.email().is_some(),
        Channel::Sms => dossier.mobile().is_some(),
        Channel::Letter => dossier.postal_address().is_some(),
        Channel::Phone => dossier.debtor.phone.is_some() || dossier.debtor.mobile.is_some(),
    })
}

/// Brings the dossier up to `now`: ends holds that ran out, asks for reviews, settles calls that never answered,
/// and prepares the notice that is due. Doing it twice does nothing the second time.
pub fn advance(draft: &mut Draft, administration: &Administration) {
    leave_unsent(draft, administration);
    draft.archive_closed();
    planning::advance(draft, administration);
    promise::advance(draft, administration);
    end_holds(draft, administration);
    debiting::announce(draft, administration);
    look_again_where_conditions_changed(draft, administration);
    settle_overdue_claims(draft);
    correcting::correct(draft, administration);
    ask_about_undelivered(draft, administration);
    take_tasks(draft, administration);
    prepare_notice(draft, administration);
}

/// What is not sent any more, since its day went by or no step sends it, is done with.
fn leave_unsent(draft: &mut Draft, administration: &Administration) {
    let unsent = unsent(&draft.dossier, administration, draft.now);
    for id in unsent {
        if let Some(invoice) = draft.dossier.invoices.get_mut(&id) {
            invoice.sending = Sending::ByPolicy;
        }
    }
}

/// Those that wait to be sent although nothing is asked on them, and never will be.
pub(crate) fn unsent(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Vec<InvoiceId> {
    let never = |i: &&Invoice| {
        let next = next_step(dossier, i, administration, now);
        matches!(next, NextStep::PolicyEnded | NextStep::NoFollowUp)
    };
    let waiting = dossier.invoices.values().filter(|i| i.waits_to_be_sent());
    waiting.filter(never).map(|i| i.id.clone()).collect()
}

fn end_holds(draft: &mut Draft, administration: &Administration) {
    let now = draft.now;
    let day = draft.today();
    let ended: Vec<_> = draft
        .dossier
        .holds
        .iter()
        .filter(|h| h.lifted_at.is_none() && !h.stands_at(now))
        .filter_map(|h| h.ends_at().map(|end| (h.id.clone(), end)))
        .collect();
    for (id, end) in ended {
        if let Some(hold) = draft.dossier.holds.iter_mut().find(|h| h.id == id) {
            hold.lifted_at = Some(end);
        }
        let follow_up_from = Some(plus_days(today(end), i32::from(administration.grace_days)));
        let settings_version = Some(administration.settings_version);
        draft.record(Event::HoldEnded { hold: id, follow_up_from, settings_version });
        signalling::look_again(&mut draft.dossier, day);
    }
    let reviews: Vec<_> = draft
        .dossier
        .holds
        .iter_mut()
        .filter(|h| h.stands_at(now) && !h.review_asked && h.review_on.is_some_and(|on| on <= day))
        .map(|h| {
            h.review_asked = true;
            h.id.clone()
        })
        .collect();
    for id in reviews {
        draft.open_task("hold_review", id.as_str());
    }
}

/// What the task is about that asks to deliver a formal notice by another way.
pub const FORMAL_NOTICE_NOT_DELIVERED: &str = "formal_notice_not_delivered";

fn ask_about_undelivered(draft: &mut Draft, administration: &Administration) {
    let day = draft.today();
    for (notice, due) in undelivered(&draft.dossier, administration, draft.now) {
        if due <= day {
            draft.open_task(FORMAL_NOTICE_NOT_DELIVERED, notice.as_str());
        }
    }
}

/// A step that is due, with its notice's line and the steps that it passed over.
struct DueStep<'p> {
    line: NoticeLine,
    due_date: Date,
    channel: Option<Channel>,
    planned: Planned<'p>,
}

fn due_steps<'p>(dossier: &Dossier, administration: &'p Administration, now: Timestamp) -> Vec<DueStep<'p>> {
    let day = today(now);
    let mut due: Vec<DueStep<'p>> = dossier
        .followed_up()
        .filter_map(|invoice| match next_step(dossier, invoice, administration, now) {
            NextStep::On(planned) => Some((invoice, planned)),
            _ => None,
        })
        .filter(|(invoice, planned)| {
            let free = free_on(dossier, administration, planned.step.kind, planned.at_once);
            let held = dossier.standing_hold(&invoice.id, planned.step.kind, &administration.holds, now);
            planned.day <= day && free.is_none_or(|on| on <= day) && held.is_none()
        })
        .map(|(invoice, planned)| DueStep {
            line: line(invoice, &planned),
            due_date: invoice.due_date,
            channel: channel_for(dossier, administration, &planned.step.channels),
            planned,
        })
        .collect();
    due.sort_by(|a, b| (a.due_date, &a.line.invoice).cmp(&(b.due_date, &b.line.invoice)));
    due
}

fn line(invoice: &Invoice, planned: &Planned<'_>) -> NoticeLine {
    let Step { id, kind, links_to, costs, interest, .. } = planned.step;
    NoticeLine {
        invoice: invoice.id.clone(),
        step: id.clone(),
        kind: *kind,
        links_to: *links_to,
        policy: planned.policy.id.clone(),
        policy_version: planned.policy.version,
        claims_costs: *costs == StepCosts::Statutory,
        claims_interest: *interest,
    }
}

/// Takes the steps that are no messages: each puts a task before the creditor's own people.
fn take_tasks(draft: &mut Draft, administration: &Administration) {
    if !administration.window.is_open(draft.now) {
        return;
    }
    let due = due_steps(&draft.dossier, administration, draft.now);
    for step in due.into_iter().filter(|d| !d.line.kind.is_notice()) {
        record_passed(draft, administration, &step);
        open_case(draft);
        let NoticeLine { invoice, step, kind, policy, policy_version, .. } = step.line;
        let on = draft.today();
        if let Some(invoice) = draft.dossier.invoices.get_mut(&invoice) {
            invoice.planned = None;
            invoice.steps.push(TakenStep { step: step.clone(), kind, notice: None, on, skipped: false });
        }
        let about = if kind == StepKind::EndOfService { END_OF_SERVICE } else { READY_FOR_BAILIFF };
        let debtor = draft.dossier.debtor.id.clone();
        let settings_version = administration.settings_version;
        draft.record(Event::StepTaken { invoice, step, kind, policy, policy_version, settings_version });
        draft.open_task(about, debtor.as_str());
    }
}

/// What the task is about that asks to end the supply.
pub const END_OF_SERVICE: &str = "end_of_service";

/// What the task is about that asks to hand over.
pub const READY_FOR_BAILIFF: &str = "ready_for_bailiff";

fn record_passed(draft: &mut Draft, administration: &Administration, due: &DueStep<'_>) {
    for (step, why) in &due.planned.passed {
        draft.record(Event::StepSkipped {
            invoice: due.line.invoice.clone(),
            step: step.id.clone(),
            kind: step.kind,
            reason: (*why).to_owned(),
            policy: due.line.policy.clone(),
            policy_version: due.line.policy_version,
            settings_version: administration.settings_version,
        });
    }
}

fn prepare_notice(draft: &mut Draft, administration: &Administration) {
    let now = draft.now;
    if !administration.window.is_open(now) || draft.dossier.notices.iter().any(Notice::is_follow_up_under_way)
    {
        return;
    }
    let mut due = due_steps(&draft.dossier, administration, now);
    due.retain(|d| d.line.kind.is_notice());
    let instalment = planning::due_reminder(&draft.dossier, administration, now);
    if due.is_empty() && instalment.is_none() {
        return;
    }
    let of_plan = channel_for(&draft.dossier, administration, &OF_INSTALMENTS);
    let mut steps: Vec<_> = due.iter().map(|d| (d.line.kind, d.channel)).collect();
    steps.extend(instalment.iter().map(|_| (StepKind::InstalmentReminder, of_plan)));
    match quiet(&draft.dossier, &steps, draft.today()) {
        Some(Quiet::CoveredByCredit) => return,
        Some(Quiet::NoAddress) => {
            let debtor = draft.dossier.debtor.id.clone();
            draft.open_task(NO_ADDRESS, debtor.as_str());
            return;
        }
        None => {}
    }
    let Some((_, Some(channel))) = steps.iter().filter(|(_, c)| c.is_some()).max_by_key(|(kind, _)| *kind)
    else {
        return;
    };
    // A formal notice is a letter: it does not ride along with a call or a text message.
    due.retain(|d| d.line.kind.may_go_by(*channel));
    for step in &due {
        record_passed(draft, administration, step);
    }
    let lines: Vec<NoticeLine> = due.into_iter().map(|d| d.line).collect();
    let asks = |l: &NoticeLine| draft.dossier.invoices.get(&l.invoice).is_some_and(|i| !i.waits_to_be_sent());
    if lines.iter().any(asks) {
        open_case(draft);
    }
    draft.dossier.counts.notices += 1;
    let id = draft.dossier.debtor.id.notice(draft.dossier.counts.notices);
    let kind = heaviest(&lines);
    let settings_version = administration.settings_version;
    let channel = *channel;
    let notice = id.clone();
    draft.record(Event::NoticePrepared { notice, kind, channel, lines: lines.clone(), settings_version });
    let prepared = Notice::prepared(id, kind, channel, now, settings_version);
    draft.dossier.notices.push(Notice { lines, instalment, ..prepared });
    prune_notices(&mut draft.dossier, now);
}

/// What a notice with these lines speaks with; one without lines reminds of an instalment.
pub(crate) fn heaviest(lines: &[NoticeLine]) -> StepKind {
    lines.iter().map(|l| l.kind).max().unwrap_or(StepKind::InstalmentReminder)
}

fn open_case(draft: &mut Draft) {
    if draft.dossier.case.is_none() {
        draft.dossier.counts.cases += 1;
        let case = draft.dossier.debtor.id.case(draft.dossier.counts.cases);
        draft.dossier.case = Some(case.clone());
        draft.record(Event::CaseOpened { case });
    }
}

/// How long a settled notice that nobody follows up by is kept: reports of what became of it come within that.
const TOLD_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Settled notices about nothing that is still open tell nothing more; the timeline keeps them.
pub(crate) fn prune_notices(dossier: &mut Dossier, now: Timestamp) {
    let open: Vec<InvoiceId> = dossier.invoices.keys().cloned().collect();
    let plans: Vec<PlanId> = dossier.plans.iter().filter(|p| p.is_running()).map(|p| p.id.clone()).collect();
    let about_plan = |n: &Notice| n.instalment.as_ref().is_some_and(|due| plans.contains(&due.plan));
    let told = |n: &Notice| !n.kind.is_follow_up() && now.duration_since(n.prepared_at) < TOLD_WITHIN;
    dossier.notices.retain(|n| {
        !n.is_settled() || told(n) || about_plan(n) || n.lines.iter().any(|l| open.contains(&l.invoice))
    });
}
