//! Follow-up: which step is due when, the notice that takes it, and how sending it is claimed and completed.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::Money;
use crate::administration::Administration;
use crate::calendar::{plus_days, today};
use crate::dossier::{Dossier, Draft};
use crate::hold::{day_after_grace, day_after_waiting};
use crate::ids::{InvoiceId, NoticeId};
use crate::invoice::{Invoice, TakenStep};
use crate::notice::{
    CALL_OVER_AFTER, Channel, Evidence, MOST_ATTEMPTS, Notice, NoticeLine, NoticeState, SECOND_TRY_AFTER,
    UNKNOWN_AFTER,
};
use crate::policy::Step;
use crate::refusal::Refusal;
use crate::step::{SignalKind, StepKind};
use crate::timeline::Event;

/// The next step of one invoice: on which day, or why on none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep<'p> {
    On {
        day: Date,
        step: &'p Step,
    },
    /// A notice about it is under way.
    UnderWay(NoticeId),
    /// A notice about it may have left or not: a person decides.
    GivenUp(NoticeId),
    /// A hold without an end stands.
    Held,
    /// Less is open than the next step asks for.
    TooSmall,
    /// All steps were taken.
    PolicyEnded,
}

/// Where the follow-up of this invoice goes from here. Waiting time stands still during holds, and after the last
/// one ended the debtor gets the administration's days of grace first.
pub fn next_step<'p>(
    dossier: &Dossier,
    invoice: &Invoice,
    administration: &'p Administration,
    now: Timestamp,
) -> NextStep<'p> {
    if let Some(notice) = dossier.notice_under_way(&invoice.id) {
        return NextStep::UnderWay(notice.id.clone());
    }
    let about = |n: &&Notice| n.is_given_up() && n.lines.iter().any(|l| l.invoice == invoice.id);
    if let Some(notice) = dossier.notices.iter().find(about) {
        return NextStep::GivenUp(notice.id.clone());
    }
    let last = invoice.last_step();
    let Some(step) = administration.policy.step_after(last.map(|s| (&s.step, s.kind))) else {
        return NextStep::PolicyEnded;
    };
    if invoice.open() < step.minimum_open {
        return NextStep::TooSmall;
    }
    let from = last.map_or(invoice.due_date, |s| s.on);
    let holds = dossier.holds_on(&invoice.id, &administration.holds);
    let Some(waited) = day_after_waiting(from, i32::from(step.after_days), holds.clone()) else {
        return NextStep::Held;
    };
    if holds.clone().any(|h| h.stands_at(now) && h.ends_at().is_none()) {
        return NextStep::Held;
    }
    // A hold that ended before this wait began gave its grace already.
    let recent = holds.filter(|h| h.ends_at().is_some_and(|end| today(end) >= from));
    let grace = day_after_grace(i32::from(administration.grace_days), recent);
    NextStep::On { day: grace.map_or(waited, |g| g.max(waited)), step }
}

/// The first day on which another notice may go to this debtor at all: the interval after one that left, and a day after
/// one that failed.
pub fn interval_over_on(dossier: &Dossier, administration: &Administration) -> Option<Date> {
    let interval = i32::from(administration.minimum_interval_days);
    let after_notice = dossier.last_notice_on.map(|on| plus_days(on, interval));
    let after_failure = dossier.last_failure_on.map(|on| plus_days(on, 1));
    after_notice.max(after_failure)
}

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

/// What keeps the whole debtor quiet whatever the steps say.
pub fn quiet(dossier: &Dossier) -> Option<Quiet> {
    if !dossier.balance().is_positive() {
        return Some(Quiet::CoveredByCredit);
    }
    if dossier.email().is_none() {
        return Some(Quiet::NoAddress);
    }
    None
}

/// Brings the dossier up to `now`: ends holds that ran out, asks for reviews, settles calls that never answered,
/// and prepares the notice that is due. Doing it twice does nothing the second time.
pub fn advance(draft: &mut Draft, administration: &Administration) {
    draft.archive_closed();
    end_holds(draft, administration);
    settle_overdue_claims(draft);
    prepare_notice(draft, administration);
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
        draft.record(Event::HoldEnded { hold: id, follow_up_from });
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

/// A claim that was never answered becomes unknown; an unknown outcome gets one second try after the wait, and
/// after that a person.
fn settle_overdue_claims(draft: &mut Draft) {
    let ids: Vec<NoticeId> =
        draft.dossier.notices.iter().filter(|n| !n.is_settled()).map(|n| n.id.clone()).collect();
    for id in ids {
        mark_unknown_when_overdue(draft, &id);
        retry_unknown(draft, &id);
    }
}

fn mark_unknown_when_overdue(draft: &mut Draft, id: &NoticeId) {
    let now = draft.now;
    let Some(notice) = draft.dossier.notice_mut(id) else {
        return;
    };
    let NoticeState::Claimed { at } = notice.state else {
        return;
    };
    if now.duration_since(at) >= UNKNOWN_AFTER {
        notice.state = NoticeState::Unknown { since: now, claimed_at: at };
        draft.record(Event::NoticeUnknown { notice: id.clone() });
    }
}

fn retry_unknown(draft: &mut Draft, id: &NoticeId) {
    let now = draft.now;
    let Some(notice) = draft.dossier.notice_mut(id) else {
        return;
    };
    let NoticeState::Unknown { claimed_at, .. } = notice.state else {
        return;
    };
    if now.duration_since(claimed_at) < SECOND_TRY_AFTER {
        return;
    }
    if notice.attempts < MOST_ATTEMPTS {
        notice.state = NoticeState::Prepared { not_before: None };
        let reason = "no answer and no delivery event".to_owned();
        draft.record(Event::NoticeRetried { notice: id.clone(), reason });
    } else {
        // It may lie before the debtor: the least interval counts from it.
        draft.dossier.last_notice_on = draft.dossier.last_notice_on.max(Some(today(claimed_at)));
        fail(draft, id, "no answer and no delivery event after the second try", true);
    }
}

fn fail(draft: &mut Draft, id: &NoticeId, reason: &str, may_have_left: bool) {
    let now = draft.now;
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.state = NoticeState::Failed { at: now, reason: reason.to_owned(), may_have_left };
    }
    draft.dossier.last_failure_on = Some(draft.today());
    draft.record(Event::NoticeFailed { notice: id.clone(), reason: reason.to_owned() });
    let debtor = draft.dossier.debtor.id.clone();
    draft.open_task("notice_failed", debtor.as_str());
}

fn prepare_notice(draft: &mut Draft, administration: &Administration) {
    let (now, day) = (draft.now, draft.today());
    if !administration.window.is_open(now)
        || draft.dossier.notices.iter().any(|n| !n.is_settled())
        || interval_over_on(&draft.dossier, administration).is_some_and(|on| day < on)
    {
        return;
    }
    let lines = due_lines(&draft.dossier, administration, now, day);
    if lines.is_empty() {
        return;
    }
    match quiet(&draft.dossier) {
        Some(Quiet::CoveredByCredit) => return,
        Some(Quiet::NoAddress) => {
            let debtor = draft.dossier.debtor.id.clone();
            draft.open_task(NO_ADDRESS, debtor.as_str());
            return;
        }
        None => {}
    }
    open_case(draft);
    draft.dossier.counts.notices += 1;
    let id = draft.dossier.debtor.id.notice(draft.dossier.counts.notices);
    let kind = heaviest(&lines);
    let policy_version = administration.policy.version;
    draft.record(Event::NoticePrepared { notice: id.clone(), kind, lines: lines.clone(), policy_version });
    draft.dossier.notices.push(Notice {
        id,
        kind,
        channel: Channel::Email,
        address: None,
        lines,
        prepared_at: now,
        attempts: 0,
        state: NoticeState::Prepared { not_before: None },
        evidence: Vec::new(),
        amount: Money::ZERO,
        policy_version,
    });
    prune_notices(&mut draft.dossier);
}

fn due_lines(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
    day: Date,
) -> Vec<NoticeLine> {
    let mut lines: Vec<(Date, NoticeLine)> = Vec::new();
    for invoice in dossier.open_invoices() {
        if dossier.standing_hold(&invoice.id, &administration.holds, now).is_some() {
            continue;
        }
        if let NextStep::On { day: due, step } = next_step(dossier, invoice, administration, now)
            && due <= day
        {
            lines.push((
                invoice.due_date,
                NoticeLine {
                    invoice: invoice.id.clone(),
                    step: step.id.clone(),
                    kind: step.kind,
                    links_to: step.links_to,
                },
            ));
        }
    }
    lines.sort_by(|a, b| (a.0, &a.1.invoice).cmp(&(b.0, &b.1.invoice)));
    lines.into_iter().map(|(_, line)| line).collect()
}

fn heaviest(lines: &[NoticeLine]) -> StepKind {
    lines.iter().map(|l| l.kind).max().unwrap_or(StepKind::PreReminder)
}

fn open_case(draft: &mut Draft) {
    if draft.dossier.case.is_none() {
        draft.dossier.counts.cases += 1;
        let case = draft.dossier.debtor.id.case(draft.dossier.counts.cases);
        draft.dossier.case = Some(case.clone());
        draft.record(Event::CaseOpened { case });
    }
}

/// Settled notices about nothing that is still open tell nothing more; the timeline keeps them.
fn prune_notices(dossier: &mut Dossier) {
    let open: Vec<InvoiceId> = dossier.invoices.keys().cloned().collect();
    dossier.notices.retain(|n| !n.is_settled() || n.lines.iter().any(|l| open.contains(&l.invoice)));
}

/// What asking for a claim led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The caller, and nobody else, makes the one call.
    Granted,
    /// Nothing of it may be sent any more; it was cancelled.
    Cancelled,
    /// Not now, or not any more: why.
    NotNow(&'static str),
}

/// Claims a notice for sending: checks window, holds and open amounts once more and drops the lines that no longer
/// stand. Stored before the call is made.
pub fn claim(draft: &mut Draft, id: &NoticeId, administration: &Administration) -> Result<Claim, Refusal> {
    let now = draft.now;
    mark_unknown_when_overdue(draft, id);
    let notice = draft.dossier.notice(id).ok_or(Refusal::NoSuchNotice)?;
    match notice.state {
        NoticeState::Prepared { not_before } if not_before.is_some_and(|at| now < at) => {
            return Ok(Claim::NotNow("not_before"));
        }
        NoticeState::Prepared { .. } => {}
        NoticeState::Claimed { .. } => return Ok(Claim::NotNow("claimed_already")),
        NoticeState::Unknown { .. } => return Ok(Claim::NotNow("outcome_unknown")),
        NoticeState::Sent { .. }
        | NoticeState::Delivered { .. }
        | NoticeState::Bounced { .. }
        | NoticeState::Complained { .. }
        | NoticeState::Failed { .. }
        | NoticeState::Cancelled { .. } => return Ok(Claim::NotNow("settled_already")),
    }
    // The call may still be under way for a while: the window has to be open until it is over.
    if ![now, now + CALL_OVER_AFTER].iter().all(|at| administration.window.is_open(*at)) {
        return Ok(Claim::NotNow("window_closed"));
    }
    let lines: Vec<NoticeLine> = notice
        .lines
        .iter()
        .filter(|l| still_stands(&draft.dossier, l, administration, now))
        .cloned()
        .collect();
    let reason = match quiet(&draft.dossier) {
        _ if lines.is_empty() => Some("paid, held or changed since it was prepared"),
        Some(Quiet::CoveredByCredit) => Some("covered by the debtor's credit"),
        Some(Quiet::NoAddress) => Some("no address"),
        None => None,
    };
    if let Some(reason) = reason {
        cancel(draft, id, reason);
        return Ok(Claim::Cancelled);
    }
    let amount = draft.dossier.balance().min(amount_of(&draft.dossier, &lines));
    let evidence = evidence_of(&draft.dossier, administration, heaviest(&lines));
    let address = draft.dossier.email().map(str::to_owned);
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.address = address;
        notice.kind = heaviest(&lines);
        notice.lines = lines;
        notice.amount = amount;
        notice.evidence = evidence;
        notice.attempts += 1;
        notice.state = NoticeState::Claimed { at: now };
    }
    Ok(Claim::Granted)
}

fn still_stands(
    dossier: &Dossier,
    line: &NoticeLine,
    administration: &Administration,
    now: Timestamp,
) -> bool {
    let Some(invoice) = dossier.invoices.get(&line.invoice) else {
        return false;
    };
    invoice.open().is_positive()
        && !invoice.steps.iter().any(|s| s.step == line.step)
        && dossier.standing_hold(&invoice.id, &administration.holds, now).is_none()
}

fn amount_of(dossier: &Dossier, lines: &[NoticeLine]) -> Money {
    lines.iter().filter_map(|l| dossier.invoices.get(&l.invoice)).map(Invoice::open).sum()
}

/// What a notice of this kind says besides asking for payment. It must match the texts.
pub fn evidence_of(dossier: &Dossier, administration: &Administration, kind: StepKind) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    if kind >= StepKind::Reminder {
        evidence.extend([Evidence::WrittenReminder, Evidence::ContactEffort]);
    }
    let signals_possible = administration.sector.may_signal() && !dossier.debtor.is_business();
    if kind >= StepKind::FinalReminder && signals_possible {
        evidence.extend([Evidence::DebtHelp, Evidence::MunicipalityOffer]);
    }
    evidence
}

fn cancel(draft: &mut Draft, id: &NoticeId, reason: &str) {
    let now = draft.now;
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.state = NoticeState::Cancelled { at: now, reason: reason.to_owned() };
    }
    draft.record(Event::NoticeCancelled { notice: id.clone(), reason: reason.to_owned() });
}

/// What came of the one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    Accepted {
        message_id: String,
    },
    /// Certainly not sent, and trying again would not help.
    RefusedForGood {
        reason: String,
    },
    /// Certainly not sent; worth another try later.
    RefusedForNow {
        reason: String,
    },
    /// No answer: it may have been sent.
    Unknown,
}

/// How long a notice waits after a refusal that may pass.
const RETRY_REFUSED_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Records what came of the call that was claimed.
pub fn complete(draft: &mut Draft, id: &NoticeId, sending: Sending) -> Result<(), Refusal> {
    let now = draft.now;
    let notice = draft.dossier.notice(id).ok_or(Refusal::NoSuchNotice)?;
    let claimed_at = match notice.state {
        NoticeState::Claimed { at } => at,
        NoticeState::Unknown { claimed_at, .. } => claimed_at,
        // A delivery event was faster than the answer.
        _ => return Ok(()),
    };
    match sending {
        Sending::Accepted { message_id } => mark_sent(draft, id, claimed_at, Some(message_id)),
        Sending::RefusedForGood { reason } => {
            // It is the sender that was refused, or the message: a bounce says what is wrong with an address.
            fail(draft, id, &reason, false);
        }
        Sending::RefusedForNow { reason } => {
            if let Some(notice) = draft.dossier.notice_mut(id) {
                // It was certainly not sent: this attempt does not count.
                notice.attempts -= 1;
                notice.state = NoticeState::Prepared { not_before: Some(now + RETRY_REFUSED_AFTER) };
            }
            draft.record(Event::NoticeRetried { notice: id.clone(), reason });
        }
        Sending::Unknown => {
            if let Some(notice) = draft.dossier.notice_mut(id) {
                notice.state = NoticeState::Unknown { since: now, claimed_at };
            }
            draft.record(Event::NoticeUnknown { notice: id.clone() });
        }
    }
    Ok(())
}

/// The address that the notice went to does not work, if it is still one of the debtor's.
fn mark_address_failed(draft: &mut Draft, id: &NoticeId) {
    let Some(address) = draft.dossier.notice(id).and_then(|n| n.address.clone()) else {
        return;
    };
    let failed = &draft.dossier.failed_addresses;
    if draft.dossier.debtor.emails.iter().any(|e| e.as_str() == address) && !failed.contains(&address) {
        draft.dossier.failed_addresses.push(address);
    }
}

/// The notice left: its steps are taken, on the day of the claim.
fn mark_sent(draft: &mut Draft, id: &NoticeId, claimed_at: Timestamp, message_id: Option<String>) {
    let Some(notice) = draft.dossier.notice_mut(id) else {
        return;
    };
    notice.state = NoticeState::Sent { at: claimed_at, message_id };
    let (lines, kind, amount) = (notice.lines.clone(), notice.kind, notice.amount);
    let on = today(claimed_at);
    for line in &lines {
        if let Some(invoice) = draft.dossier.invoices.get_mut(&line.invoice) {
            invoice.steps.push(TakenStep {
                step: line.step.clone(),
                kind: line.kind,
                notice: id.clone(),
                on,
            });
        }
    }
    draft.dossier.last_notice_on = draft.dossier.last_notice_on.max(Some(on));
    draft.dossier.last_failure_on = None;
    // Another notice that was given up still waits for a person.
    if !draft.dossier.notices.iter().any(Notice::is_given_up) {
        draft.dossier.tasks.retain(|t| t.about != "notice_failed");
    }
    let evaluate = links(&lines);
    draft.dossier.signals_asked.extend(&evaluate);
    draft.record(Event::NoticeSent { notice: id.clone(), kind, lines, amount, evaluate });
}

/// The signals whose conditions these lines ask to look at, early before crisis.
fn links(lines: &[NoticeLine]) -> Vec<SignalKind> {
    lines.iter().filter_map(|l| l.links_to).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What the mail service reports about a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    Accepted,
    Delivered,
    /// Permanent: the address does not work. Otherwise it may still arrive.
    Bounced {
        permanent: bool,
    },
    Complained,
    /// The mail service took it and then did not send it.
    Rejected,
}

/// Records a report of the mail service, which may come twice, late, before the answer of the call, or in any
/// order. Says whether it changed anything.
pub fn record_delivery(draft: &mut Draft, id: &NoticeId, delivery: Delivery) -> Result<bool, Refusal> {
    let now = draft.now;
    let notice = draft.dossier.notice(id).ok_or(Refusal::NoSuchNotice)?;
    let attempts = notice.attempts;
    if attempts == 0 {
        return Ok(false);
    }
    let left_at = match notice.state {
        NoticeState::Claimed { at } => Some(at),
        NoticeState::Unknown { claimed_at, .. } => Some(claimed_at),
        // The second try was about to begin, or a person was about to look: the report settles the first.
        NoticeState::Prepared { .. } | NoticeState::Failed { .. } | NoticeState::Cancelled { .. } => {
            Some(now)
        }
        NoticeState::Sent { .. }
        | NoticeState::Delivered { .. }
        | NoticeState::Bounced { .. }
        | NoticeState::Complained { .. } => None,
    };
    let changed = left_at.is_some();
    if let Some(at) = left_at {
        mark_sent(draft, id, at, None);
    }
    Ok(mark_delivery(draft, id, delivery) || changed)
}

fn mark_delivery(draft: &mut Draft, id: &NoticeId, delivery: Delivery) -> bool {
    let now = draft.now;
    let Some(notice) = draft.dossier.notice_mut(id) else {
        return false;
    };
    let Some(sent_on) = notice.sent_on() else {
        return false;
    };
    let (state, event) = match (delivery, &notice.state) {
        (Delivery::Accepted, _) => return false,
        (Delivery::Delivered, NoticeState::Sent { .. }) => {
            (NoticeState::Delivered { at: now, sent_on }, Event::NoticeDelivered { notice: id.clone() })
        }
        (Delivery::Bounced { permanent }, NoticeState::Sent { .. } | NoticeState::Delivered { .. }) => (
            NoticeState::Bounced { at: now, sent_on, permanent },
            Event::NoticeBounced { notice: id.clone(), permanent },
        ),
        (Delivery::Rejected, NoticeState::Sent { .. }) => (
            NoticeState::Bounced { at: now, sent_on, permanent: true },
            Event::NoticeBounced { notice: id.clone(), permanent: true },
        ),
        (Delivery::Complained, NoticeState::Sent { .. } | NoticeState::Delivered { .. }) => {
            (NoticeState::Complained { at: now, sent_on }, Event::NoticeComplained { notice: id.clone() })
        }
        _ => return false,
    };
    let unreachable =
        matches!(state, NoticeState::Complained { .. } | NoticeState::Bounced { permanent: true, .. });
    notice.state = state;
    draft.record(event);
    if unreachable {
        mark_address_failed(draft, id);
        draft.open_task("address_failed", id.as_str());
    }
    true
}
