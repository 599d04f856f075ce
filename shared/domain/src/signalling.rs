//! The life of a signal until it leaves, and what is due about it: evaluated, prepared, released, taken back.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::administration::{Administration, Objection};
use crate::arrears::{arrears, counted};
use crate::calendar::{plus_days, today};
use crate::conditions::{Condition, can_be_described, conditions, holds_from};
use crate::dossier::{Dossier, Draft};
use crate::ids::SignalId;
use crate::notice::UNKNOWN_AFTER;
use crate::refusal::Refusal;
use crate::signal::{Approval, Operation, Signal, SignalState};
use crate::step::SignalKind;
use crate::submission::{MOST_SUBMISSIONS, RETRY_AFTER};
use crate::timeline::Event;

/// What the task is about that asks to tell the municipality another amount by hand.
pub const UPDATE_BY_HAND: &str = "update_by_hand";

/// What the task is about that asks to take a signal back by hand.
pub const WITHDRAW_BY_HAND: &str = "withdraw_by_hand";

/// Looks at all conditions of a signal that a step asked for, and prepares it or says what blocks it.
///
/// Does nothing while a signal of this kind is on its way already, nor where no step asked since the last one. Doing
/// it twice does nothing the second time, however much later that is.
pub fn evaluate(draft: &mut Draft, administration: &Administration, kind: SignalKind) {
    let asked = draft.dossier.signals_asked.remove(&kind);
    if !administration.sector.may_signal() || draft.dossier.debtor.is_business() {
        // Not a case for signalling at all: no record is kept about it.
        draft.dossier.signals.retain(|s| !(s.kind == kind && matches!(s.state, SignalState::Blocked { .. })));
        return;
    }
    if draft
        .dossier
        .signals
        .iter()
        .any(|s| s.kind == kind && s.is_pending() && !matches!(s.state, SignalState::Blocked { .. }))
    {
        return;
    }
    let is_blocked = |s: &Signal| s.kind == kind && matches!(s.state, SignalState::Blocked { .. });
    if !asked && !draft.dossier.signals.iter().any(is_blocked) {
        return;
    }
    let found = conditions(&draft.dossier, administration, kind, draft.now);
    let failing: Vec<String> = found.iter().filter(|c| !c.holds).map(|c| c.name.to_owned()).collect();
    if failing.is_empty() {
        prepare(draft, administration, kind);
    } else {
        block(draft, administration, kind, failing, &found);
    }
}

/// Somebody asks for a signal without a step that did: the conditions are looked at as if one had.
///
/// # Errors
/// [`Refusal::SectorMayNotSignal`] where the law names no signals of this sector.
pub fn ask(draft: &mut Draft, administration: &Administration, kind: SignalKind) -> Result<(), Refusal> {
    if !administration.sector.may_signal() {
        return Err(Refusal::SectorMayNotSignal);
    }
    draft.dossier.signals_asked.insert(kind);
    evaluate(draft, administration, kind);
    Ok(())
}

fn blocked_or_new(draft: &mut Draft, administration: &Administration, kind: SignalKind) -> Signal {
    let blocked = draft
        .dossier
        .signals
        .iter()
        .position(|s| s.kind == kind && matches!(s.state, SignalState::Blocked { .. }));
    if let Some(at) = blocked {
        return draft.dossier.signals.remove(at);
    }
    draft.dossier.counts.signals += 1;
    Signal {
        id: draft.dossier.debtor.id.signal(draft.dossier.counts.signals),
        kind,
        state: SignalState::Prepared { released: false },
        prepared_at: draft.now,
        arrears: crate::Money::ZERO,
        arrears_since: None,
        municipality: None,
        provider: None,
        provider_reference: None,
        sent_at: None,
        attempts: 0,
        rules_version: administration.rules(kind).version,
        feedback: Vec::new(),
        updates: 0,
        told_first: None,
        changed_at: None,
        supersedes: None,
        withdrawal: None,
        approval: None,
    }
}

pub(crate) fn block(
    draft: &mut Draft,
    administration: &Administration,
    kind: SignalKind,
    failing: Vec<String>,
    found: &[Condition],
) {
    let day = draft.today();
    let mut signal = blocked_or_new(draft, administration, kind);
    let known = matches!(&signal.state, SignalState::Blocked { conditions, .. } if *conditions == failing);
    let again_on = holds_from(found).filter(|on| *on > day);
    signal.state = SignalState::Blocked { conditions: failing.clone(), again_on };
    let id = signal.id.clone();
    let rules_version = administration.rules(kind).version;
    draft.dossier.signals.push(signal);
    if !known {
        draft.record(Event::SignalBlocked {
            signal: id,
            kind,
            conditions: failing,
            rules_version,
            settings_version: administration.settings_version,
        });
    }
}

fn prepare(draft: &mut Draft, administration: &Administration, kind: SignalKind) {
    let rules = administration.rules(kind);
    let asks_desk = !draft.dossier.early_signalling.enabled
        && administration.objections.of(kind) == Objection::AsksTheDesk;
    let automatic = rules.automatic && !rules.four_eyes && !asks_desk;
    let mut signal = blocked_or_new(draft, administration, kind);
    signal.state = if automatic {
        SignalState::Queued { operation: Operation::Create, not_before: None }
    } else {
        SignalState::Prepared { released: false }
    };
    signal.prepared_at = draft.now;
    signal.approval = None;
    signal.rules_version = rules.version;
    name_arrears(&draft.dossier, &mut signal, draft.now);
    let (id, amount) = (signal.id.clone(), signal.arrears);
    draft.dossier.signals.push(signal);
    draft.record(Event::SignalPrepared {
        signal: id.clone(),
        kind,
        arrears: amount,
        rules_version: rules.version,
        settings_version: administration.settings_version,
        automatic,
    });
    if asks_desk {
        draft.open_task("signal_after_objection", id.as_str());
    }
}

pub(crate) fn name_arrears(dossier: &Dossier, signal: &mut Signal, now: Timestamp) {
    signal.arrears = arrears(dossier, now);
    signal.arrears_since = counted(dossier, now).map(|i| i.due_date).min();
}

/// Sends a prepared signal on its way on somebody's word. The conditions are looked at again. Under four eyes the first
/// word only approves it, and whoever gave that may not give the second.
pub fn release(draft: &mut Draft, administration: &Administration, id: &SignalId) -> Result<(), Refusal> {
    let signal = draft.dossier.signal(id).ok_or(Refusal::NoSuchSignal)?;
    let kind = signal.kind;
    match signal.state {
        SignalState::Prepared { .. } => {}
        SignalState::Queued { .. } | SignalState::Claimed { .. } | SignalState::Sent => return Ok(()),
        SignalState::Blocked { .. }
        | SignalState::Unknown { .. }
        | SignalState::Refused { .. }
        | SignalState::Withdrawn { .. } => return Err(Refusal::SignalNotPrepared),
    }
    if conditions(&draft.dossier, administration, kind, draft.now).iter().any(|c| !c.holds) {
        return Err(Refusal::ConditionsNoLongerHold);
    }
    let (by, now) = (draft.by().to_owned(), draft.now);
    let Some(signal) = draft.dossier.signal_mut(id) else { return Err(Refusal::NoSuchSignal) };
    if administration.rules(kind).four_eyes {
        match &signal.approval {
            None => {
                signal.approval = Some(Approval { by, at: now });
                draft.record(Event::SignalApproved {
                    signal: id.clone(),
                    rules_version: administration.rules(kind).version,
                    settings_version: administration.settings_version,
                });
                return Ok(());
            }
            Some(approval) if approval.by == by => return Err(Refusal::SecondPersonNeeded),
            Some(_) => {}
        }
    }
    signal.state = SignalState::Queued { operation: Operation::Create, not_before: None };
    draft.record(Event::SignalReleased {
        signal: id.clone(),
        rules_version: administration.rules(kind).version,
        settings_version: administration.settings_version,
    });
    Ok(())
}

/// Takes a signal back: one that has not left is dropped, one that was sent is withdrawn at the provider. An update that
/// was not taken in yet is dropped. Where the provider does not know withdrawals, a person is asked.
pub fn withdraw(
    draft: &mut Draft,
    administration: &Administration,
    id: &SignalId,
    reason: &str,
) -> Result<(), Refusal> {
    use Operation::{Create, Withdraw};
    let signal = draft.dossier.signal(id).ok_or(Refusal::NoSuchSignal)?;
    match &signal.state {
        SignalState::Prepared { .. } | SignalState::Blocked { .. } => {
            drop_signal(draft, id, reason.to_owned())
        }
        SignalState::Queued { operation: Create, .. } if signal.attempts == 0 => {
            drop_signal(draft, id, reason.to_owned());
        }
        SignalState::Unknown { operation: Withdraw, .. } if signal.attempts >= MOST_SUBMISSIONS => {
            queue_withdrawal(draft, administration, id, reason);
        }
        SignalState::Queued { operation: Withdraw, .. }
        | SignalState::Claimed { operation: Withdraw, .. }
        | SignalState::Unknown { operation: Withdraw, .. }
        | SignalState::Withdrawn { .. } => {}
        SignalState::Queued { operation: Create, .. }
        | SignalState::Claimed { operation: Create, .. }
        | SignalState::Unknown { operation: Create, .. }
        | SignalState::Refused { .. } => return Err(Refusal::SignalNotSent),
        _ => take_back(draft, administration, id, reason),
    }
    Ok(())
}

/// Takes back a signal that stands at the provider.
pub(crate) fn take_back(draft: &mut Draft, administration: &Administration, id: &SignalId, reason: &str) {
    let Some(signal) = draft.dossier.signal_mut(id).filter(|s| s.stands_at_provider()) else {
        return;
    };
    if !matches!(signal.state, SignalState::Claimed { .. }) {
        return queue_withdrawal(draft, administration, id, reason);
    }
    // The answer to an update is awaited; the withdrawal follows it.
    if signal.withdrawal.is_none() {
        signal.withdrawal = Some(reason.to_owned());
        draft.record(Event::SignalWithdrawalAsked { signal: id.clone(), reason: reason.to_owned() });
    }
}

fn queue_withdrawal(draft: &mut Draft, administration: &Administration, id: &SignalId, reason: &str) {
    let (now, describable) = (draft.now, can_be_described(&draft.dossier));
    let Some(signal) = draft.dossier.signal_mut(id) else {
        return;
    };
    let supported = signal.provider.is_some_and(|p| administration.capabilities_of(p).supports_withdraw);
    signal.withdrawal = Some(reason.to_owned());
    if supported && describable {
        signal.attempts = 0;
        signal.changed_at = Some(now);
        signal.state = SignalState::Queued { operation: Operation::Withdraw, not_before: None };
        draft.record(Event::SignalWithdrawalAsked { signal: id.clone(), reason: reason.to_owned() });
    } else {
        signal.state = SignalState::Sent;
        draft.open_task(WITHDRAW_BY_HAND, id.as_str());
    }
}

fn drop_signal(draft: &mut Draft, id: &SignalId, reason: String) {
    if let Some(signal) = draft.dossier.signal_mut(id) {
        signal.state = SignalState::Withdrawn { reason: reason.clone() };
    }
    draft.record(Event::SignalWithdrawn { signal: id.clone(), reason });
}

/// Signals that have not left lose their ground: a step has to ask for them again.
pub(crate) fn lapse(draft: &mut Draft, reason: &str) {
    draft.dossier.signals_asked.clear();
    let waiting = draft.dossier.signals.iter().filter(|s| match s.state {
        SignalState::Blocked { .. } | SignalState::Prepared { .. } => true,
        SignalState::Queued { operation: Operation::Create, .. } => s.attempts == 0,
        _ => false,
    });
    let ids: Vec<SignalId> = waiting.map(|s| s.id.clone()).collect();
    for id in ids {
        drop_signal(draft, &id, reason.to_owned());
    }
}

/// A hold, or the debtor's objection, keeps signals of this kind from leaving.
pub(crate) fn is_stopped(
    dossier: &Dossier,
    administration: &Administration,
    kind: SignalKind,
    now: Timestamp,
) -> bool {
    let objected = !dossier.early_signalling.enabled;
    let blocks = administration.objections.of(kind) == Objection::Blocks;
    (objected && blocks) || dossier.standing_signal_hold(&administration.holds, now).is_some()
}

/// Nobody knows whether this early signal was taken in, and a crisis signal was tried after it: that told the same arrears, and
/// nothing is told beside it.
pub(crate) fn is_overtaken(dossier: &Dossier, signal: &Signal) -> bool {
    let unanswered = matches!(
        signal.state,
        SignalState::Queued { operation: Operation::Create, .. }
            | SignalState::Unknown { operation: Operation::Create, .. }
    );
    let over =
        |other: &Signal| matches!(other.state, SignalState::Refused { .. } | SignalState::Withdrawn { .. });
    signal.kind == SignalKind::Early
        && unanswered
        && signal.sent_at.is_some()
        && dossier
            .signals
            .iter()
            .any(|other| other.kind == SignalKind::Crisis && other.sent_at > signal.sent_at && !over(other))
}

/// The next instant at which something has to be done about signals by itself.
pub fn wake_at(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Option<Timestamp> {
    let asked = (!dossier.signals_asked.is_empty()).then_some(now);
    let of_signals = dossier.signals.iter().filter_map(|s| match &s.state {
        // Lifting a hold on everyone touches no dossier: looked at again the next day.
        SignalState::Queued { operation: Operation::Create, .. } | SignalState::Unknown { .. }
            if (s.attempts > 0 && is_stopped(dossier, administration, s.kind, now))
                || (s.attempts < MOST_SUBMISSIONS && is_overtaken(dossier, s)) =>
        {
            Some(crate::calendar::midnight(plus_days(today(now), 1)))
        }
        SignalState::Blocked { again_on, .. } => again_on.map(crate::calendar::midnight),
        SignalState::Queued { not_before, .. } => Some(not_before.unwrap_or(now)),
        SignalState::Claimed { at, .. } => Some(*at + UNKNOWN_AFTER),
        SignalState::Unknown { since, .. } if s.attempts < MOST_SUBMISSIONS => Some(*since + RETRY_AFTER),
        SignalState::Unknown { .. }
        | SignalState::Prepared { .. }
        | SignalState::Sent
        | SignalState::Refused { .. }
        | SignalState::Withdrawn { .. } => None,
    });
    asked.into_iter().chain(of_signals).min()
}

/// What has to be done about signals now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignalWork {
    /// The conditions of signals of these kinds are to be looked at.
    Evaluate(SignalKind),
    /// This signal is to go to its platform.
    Submit(SignalId),
}

/// The work on signals that is due at `now`.
pub fn due_work(dossier: &Dossier, now: Timestamp) -> Vec<SignalWork> {
    let day = today(now);
    let asked = dossier.signals_asked.iter().map(|kind| SignalWork::Evaluate(*kind));
    let of_signals = dossier.signals.iter().filter_map(|s| match &s.state {
        SignalState::Blocked { again_on: Some(on), .. } if *on <= day => Some(SignalWork::Evaluate(s.kind)),
        SignalState::Queued { not_before, .. } if not_before.is_none_or(|at| at <= now) => {
            Some(SignalWork::Submit(s.id.clone()))
        }
        SignalState::Claimed { at, .. } if now.duration_since(*at) >= UNKNOWN_AFTER => {
            Some(SignalWork::Submit(s.id.clone()))
        }
        SignalState::Unknown { since, .. }
            if s.attempts < MOST_SUBMISSIONS && now.duration_since(*since) >= RETRY_AFTER =>
        {
            Some(SignalWork::Submit(s.id.clone()))
        }
        _ => None,
    });
    asked.chain(of_signals).collect()
}

/// Other conditions stand in the way of a blocked signal than those that were written down: rules or settings changed, or
/// a hold on everyone. It is worth another look today.
pub fn look_again_where_conditions_changed(draft: &mut Draft, administration: &Administration) {
    let today = draft.today();
    for at in 0..draft.dossier.signals.len() {
        let signal = &draft.dossier.signals[at];
        let SignalState::Blocked { conditions: known, again_on } = &signal.state else { continue };
        if again_on.is_some_and(|on| on <= today) {
            continue;
        }
        let found = conditions(&draft.dossier, administration, signal.kind, draft.now);
        let failing = || found.iter().filter(|c| !c.holds).map(|c| c.name);
        let later = holds_from(&found).filter(|on| *on > today);
        if failing().eq(known.iter().map(String::as_str)) && later == *again_on {
            continue;
        }
        if let SignalState::Blocked { again_on, .. } = &mut draft.dossier.signals[at].state {
            *again_on = Some(today);
        }
    }
}

/// Facts changed: what was blocked is worth another look today.
pub fn look_again(dossier: &mut Dossier, on: Date) {
    for signal in &mut dossier.signals {
        if let SignalState::Blocked { again_on, .. } = &mut signal.state {
            *again_on = Some(on);
        }
    }
}
