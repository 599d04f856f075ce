//! Sending a notice: claimed under the version that was read, completed with what came of the one call, and moved on by
//! the mail service's own reports.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::Money;
use crate::administration::Administration;
use crate::calendar::today;
use crate::collecting;
use crate::dossier::{Dossier, Draft};
use crate::follow_up::{Quiet, channel_for, heaviest, quiet};
use crate::ids::NoticeId;
use crate::invoice::{Invoice, SentFormalNotice, TakenStep};
use crate::messaging;
use crate::next_step::{NextStep, planned_step};
use crate::notice::{
    CALL_OVER_AFTER, Channel, Evidence, MOST_ATTEMPTS, NoticeLine, NoticeState, UNKNOWN_AFTER,
};
use crate::planning;
use crate::posting;
use crate::refusal::Refusal;
use crate::statement;
use crate::step::{SignalKind, StepKind};
use crate::timeline::Event;

/// A claim that was never answered becomes unknown; an unknown outcome gets one second try after the wait, and
/// after that a person.
pub(crate) fn settle_overdue_claims(draft: &mut Draft) {
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
    if now.duration_since(claimed_at) < notice.channel.second_try_after() {
        return;
    }
    if notice.attempts < MOST_ATTEMPTS {
        notice.state = NoticeState::Prepared { not_before: None };
        let reason = "no answer and no delivery event".to_owned();
        draft.record(Event::NoticeRetried { notice: id.clone(), reason });
    } else {
        // It may lie before the debtor: the least interval counts from it.
        if notice.kind.is_follow_up() {
            draft.dossier.last_notice_on = draft.dossier.last_notice_on.max(Some(today(claimed_at)));
        }
        fail(draft, id, "no answer and no delivery event after the second try", true);
    }
}

fn fail(draft: &mut Draft, id: &NoticeId, reason: &str, may_have_left: bool) {
    let now = draft.now;
    let mut follows_up = true;
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.state = NoticeState::Failed { at: now, reason: reason.to_owned(), may_have_left };
        follows_up = notice.kind.is_follow_up();
    }
    draft.record(Event::NoticeFailed { notice: id.clone(), reason: reason.to_owned() });
    if follows_up {
        draft.dossier.last_failure_on = Some(draft.today());
        let debtor = draft.dossier.debtor.id.clone();
        draft.open_task("notice_failed", debtor.as_str());
    } else {
        // No step waits for it: whoever asked for it is told, and nothing else is put off.
        draft.open_task(NOT_DELIVERED, id.as_str());
    }
}

/// What asking for a claim led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The caller, and nobody else, makes the one call.
    Granted,
    /// It is a telephone call: a task puts it before the desk, and the step is taken. Nothing is sent.
    PutBeforeDesk,
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
    match notice.kind {
        StepKind::DeskMessage => return Ok(messaging::claim(draft, id, administration)),
        StepKind::Statement => return Ok(statement::claim(draft, id, administration)),
        _ => {}
    }
    let lines: Vec<NoticeLine> = notice
        .lines
        .iter()
        .filter(|l| still_stands(&draft.dossier, l, administration, now))
        .cloned()
        .collect();
    let instalment =
        notice.instalment.clone().filter(|due| planning::still_due(&draft.dossier, due, administration, now));
    let channel = channel_for(&draft.dossier, administration, &[notice.channel]);
    let mut steps: Vec<_> = lines.iter().map(|l| (l.kind, channel)).collect();
    steps.extend(instalment.iter().map(|_| (StepKind::InstalmentReminder, channel)));
    let reason = match quiet(&draft.dossier, &steps, draft.today()) {
        _ if steps.is_empty() => Some("paid, held or changed since it was prepared"),
        Some(Quiet::CoveredByCredit) => Some("covered by the debtor's credit"),
        Some(Quiet::NoAddress) => Some("no address"),
        None => None,
    };
    if let Some(reason) = reason {
        cancel(draft, id, reason);
        return Ok(Claim::Cancelled);
    }
    collecting::claim(draft, administration, id, &lines);
    let today = draft.today();
    let of_plan = instalment.as_ref().map_or(Money::ZERO, |i| planning::amount_due(&draft.dossier, i));
    let due = amount_of(&draft.dossier, &lines, today) + of_plan;
    // A credit note, or an invoice that was paid before it came, asks for nothing.
    let amount = draft.dossier.balance(today).min(due).max(Money::ZERO);
    let evidence = match channel {
        // What a call achieved is known when it was made: the task alone is evidence of nothing.
        Some(Channel::Phone) | None => Vec::new(),
        Some(channel) => evidence_of(&draft.dossier, administration, heaviest(&lines), channel),
    };
    let costs_announced = collecting::announced(&draft.dossier, administration, &lines);
    let address = channel.and_then(|channel| draft.dossier.address_of(channel));
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.address = address;
        notice.kind = heaviest(&lines);
        notice.lines = lines;
        notice.instalment = instalment;
        notice.amount = amount;
        notice.evidence = evidence;
        notice.costs_announced = costs_announced;
        notice.attempts += 1;
        notice.state = NoticeState::Claimed { at: now };
        if notice.channel == Channel::Phone {
            mark_sent(draft, id, now, None);
            draft.open_task(CALL, id.as_str());
            return Ok(Claim::PutBeforeDesk);
        }
    }
    Ok(Claim::Granted)
}

/// What the task is about that asks for another address: this one does not work.
pub const ADDRESS_FAILED: &str = "address_failed";

/// What the task is about that asks to look at a message which did not arrive, although its address may work.
pub const NOT_DELIVERED: &str = "notice_not_delivered";

/// What the task is about that asks the desk to call a debtor.
pub const CALL: &str = "call";

fn still_stands(
    dossier: &Dossier,
    line: &NoticeLine,
    administration: &Administration,
    now: Timestamp,
) -> bool {
    let Some(invoice) = dossier.invoices.get(&line.invoice) else {
        return false;
    };
    // A hold that came and went since then has put it off: the debtor gets the days of grace first.
    let is_due = match planned_step(dossier, invoice, administration, now) {
        NextStep::On(planned) => planned.step.id == line.step && planned.day <= today(now),
        _ => false,
    };
    is_due
        && (invoice.is_open() || invoice.waits_to_be_sent())
        && dossier.standing_hold(&invoice.id, line.kind, &administration.holds, now).is_none()
}

pub(crate) fn amount_of(dossier: &Dossier, lines: &[NoticeLine], on: Date) -> Money {
    let invoices = lines.iter().filter_map(|l| dossier.invoices.get(&l.invoice));
    invoices.filter(|i| !i.waits_to_be_sent()).map(|i| i.owed(on)).sum()
}

/// What a notice of this kind says besides asking for payment, this way. It must match the texts.
///
/// A text message has no room for what is passed on to the municipality and how to object to it: the offer has to be
/// made in another message before a signal can follow.
pub fn evidence_of(
    dossier: &Dossier,
    administration: &Administration,
    kind: StepKind,
    channel: Channel,
) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    if kind >= StepKind::Reminder {
        let said = [Evidence::WrittenReminder, Evidence::ContactEffort, Evidence::ArrangementOffer];
        evidence.extend(said);
    }
    let signals_possible = administration.sector.may_signal() && !dossier.debtor.is_business();
    if kind >= StepKind::FinalReminder && signals_possible {
        evidence.push(Evidence::DebtHelp);
        if channel != Channel::Sms {
            evidence.push(Evidence::MunicipalityOffer);
        }
    }
    evidence
}

pub(crate) fn cancel(draft: &mut Draft, id: &NoticeId, reason: &str) {
    let now = draft.now;
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.state = NoticeState::Cancelled { at: now, reason: reason.to_owned() };
    }
    draft.record(Event::NoticeCancelled { notice: id.clone(), reason: reason.to_owned() });
}

/// What came of the one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// The service took it in.
    Accepted {
        /// The service's own id.
        message_id: String,
    },
    /// Certainly not sent, and trying again would not help.
    RefusedForGood {
        /// The service's code, without personal data.
        reason: String,
    },
    /// Certainly not sent, and nothing ever will be to this address: the next channel takes over.
    AddressRefused {
        /// The service's code, without personal data.
        reason: String,
    },
    /// Certainly not sent; worth another try later.
    RefusedForNow {
        /// The service's code, without personal data.
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
        Sending::AddressRefused { reason } => {
            mark_address_failed(draft, id);
            fail(draft, id, &reason, false);
            draft.open_task(ADDRESS_FAILED, id.as_str());
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
    if draft.dossier.is_address(&address) && !failed.contains(&address) {
        draft.dossier.failed_addresses.push(address);
    }
}

/// The notice left: its steps are taken, on the day of the claim.
fn mark_sent(draft: &mut Draft, id: &NoticeId, claimed_at: Timestamp, message_id: Option<String>) {
    let Some(notice) = draft.dossier.notice_mut(id) else {
        return;
    };
    notice.carried_as = message_id.clone().or(notice.carried_as.take());
    notice.state = NoticeState::Sent { at: claimed_at, message_id };
    let (lines, kind, amount) = (notice.lines.clone(), notice.kind, notice.amount);
    let announced = notice.costs_announced.map_or(Money::ZERO, |a| a.costs);
    let instalment = notice.instalment.clone();
    let on = today(claimed_at);
    for line in &lines {
        if let Some(invoice) = draft.dossier.invoices.get_mut(&line.invoice) {
            take(invoice, line, id, on, announced);
        }
    }
    if let Some(instalment) = instalment {
        planning::mark_reminded(&mut draft.dossier, &instalment, on);
    }
    if lines.iter().any(|l| l.kind.keeps_interval()) {
        draft.dossier.last_notice_on = draft.dossier.last_notice_on.max(Some(on));
    }
    if kind.is_follow_up() {
        draft.dossier.last_failure_on = None;
        // Another notice that was given up still waits for a person.
        if !draft.dossier.notices.iter().any(|n| n.kind.is_follow_up() && n.is_given_up()) {
            draft.dossier.tasks.retain(|t| t.about != "notice_failed");
        }
    } else {
        // A late report says that it left after all.
        draft.dossier.tasks.retain(|t| !(t.about == NOT_DELIVERED && t.subject == id.as_str()));
    }
    let evaluate = links(&lines);
    draft.dossier.signals_asked.extend(&evaluate);
    posting::begin_looking(draft, id);
    draft.record(Event::NoticeSent { notice: id.clone(), kind, lines, amount, evaluate });
}

fn take(invoice: &mut Invoice, line: &NoticeLine, notice: &NoticeId, on: Date, announced: Money) {
    if line.kind == StepKind::FormalNotice {
        invoice.formal_notice =
            Some(SentFormalNotice { notice: notice.clone(), received_on: None, announced });
    }
    invoice.planned = None;
    invoice.steps.push(TakenStep {
        step: line.step.clone(),
        kind: line.kind,
        notice: Some(notice.clone()),
        on,
        skipped: false,
    });
}

/// The signals whose conditions these lines ask to look at, early before crisis.
fn links(lines: &[NoticeLine]) -> Vec<SignalKind> {
    lines.iter().filter_map(|l| l.links_to).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What the service that took a notice reports about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The service took it in; says nothing about arrival.
    Accepted,
    /// The post has it: of letters. The law presumes when it is delivered.
    Posted,
    /// The receiving side took it in.
    Delivered,
    /// Permanent: the address does not work. Otherwise it may still arrive.
    Bounced {
        /// The address does not work; otherwise it may still.
        permanent: bool,
    },
    /// It arrived, and was marked as unwanted.
    Complained,
    /// The mail service took it and then did not send it.
    Rejected,
}

/// Records a report of the mail service, which may come twice, late, before the answer of the call, or in any
/// order. Says whether it changed anything.
///
/// `at` is when it happened by the mail service's clock: the term of a formal notice runs from it. One that cannot be (in
/// the future, or before the notice left) counts as now.
pub fn record_delivery(
    draft: &mut Draft,
    id: &NoticeId,
    delivery: Delivery,
    at: Timestamp,
) -> Result<bool, Refusal> {
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
    if let Some(left) = left_at {
        mark_sent(draft, id, left, None);
    }
    if delivery == Delivery::Posted {
        return Ok(posting::mark_posted(draft, id, at) || changed);
    }
    Ok(mark_delivery(draft, id, delivery, at) || changed)
}

fn mark_delivery(draft: &mut Draft, id: &NoticeId, delivery: Delivery, at: Timestamp) -> bool {
    let now = draft.now;
    let Some(notice) = draft.dossier.notice_mut(id) else {
        return false;
    };
    let Some(sent_on) = notice.sent_on() else {
        return false;
    };
    let channel = notice.channel;
    let (state, event) = match (delivery, &notice.state) {
        (Delivery::Accepted | Delivery::Posted, _) => return false,
        (Delivery::Delivered, NoticeState::Sent { .. }) => {
            (NoticeState::Delivered { at: now, sent_on }, Event::NoticeDelivered { notice: id.clone() })
        }
        (Delivery::Bounced { permanent }, NoticeState::Sent { .. } | NoticeState::Delivered { .. }) => (
            NoticeState::Bounced { at: now, sent_on, permanent },
            Event::NoticeBounced { notice: id.clone(), permanent, channel },
        ),
        (Delivery::Rejected, NoticeState::Sent { .. }) => (
            NoticeState::Bounced { at: now, sent_on, permanent: true },
            Event::NoticeBounced { notice: id.clone(), permanent: true, channel },
        ),
        (Delivery::Complained, NoticeState::Sent { .. } | NoticeState::Delivered { .. }) => {
            (NoticeState::Complained { at: now, sent_on }, Event::NoticeComplained { notice: id.clone() })
        }
        _ => return false,
    };
    let unreachable =
        matches!(state, NoticeState::Complained { .. } | NoticeState::Bounced { permanent: true, .. });
    let arrived = matches!(state, NoticeState::Delivered { .. } | NoticeState::Complained { .. });
    let failed = matches!(state, NoticeState::Bounced { .. });
    notice.state = state;
    let on = today(at).max(sent_on).min(today(now));
    for invoice in draft.dossier.invoices.values_mut() {
        if let Some(formal) = invoice.formal_notice.as_mut().filter(|f| f.notice == *id) {
            // What came back did not arrive, whatever was reported before.
            formal.received_on = match arrived {
                // The later of the day that was presumed and the one that was told: the term runs from receipt.
                true if channel == Channel::Letter => formal.received_on.max(Some(on)),
                true => formal.received_on.or(Some(on)),
                false => None,
            };
        }
    }
    draft.record(event);
    if unreachable {
        mark_address_failed(draft, id);
        draft.open_task(ADDRESS_FAILED, id.as_str());
    } else if failed && channel != Channel::Email {
        // A mailbox that is full may empty itself; a text message or a letter that failed is not tried again by anybody.
        draft.open_task(NOT_DELIVERED, id.as_str());
    }
    true
}
