//! Submitting a signal, an update or a withdrawal: claimed under the version that was read, completed with what came of the
//! one call, repeated under the same idempotency key.

use jiff::SignedDuration;

use crate::administration::Administration;
use crate::arrears::is_in_arrears;
use crate::conditions::{Condition, can_be_described, conditions};
use crate::correcting::{amount_to_tell, tell};
use crate::dossier::{Dossier, Draft};
use crate::ids::SignalId;
use crate::notice::UNKNOWN_AFTER;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::signal::{Operation, Signal, SignalState};
use crate::signalling::{
    UPDATE_BY_HAND, WITHDRAW_BY_HAND, block, is_overtaken, is_stopped, look_again, name_arrears,
};
use crate::step::SignalKind;
use crate::timeline::Event;

/// Submissions of one operation at most; each repeats the same idempotency key.
pub const MOST_SUBMISSIONS: u8 = 5;

/// How long an unanswered or refused-for-now submission waits before it is repeated.
pub(crate) const RETRY_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Where a signal goes: looked up from the address just before it is submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Four digits, without "GM".
    pub municipality: String,
    /// The platform that the municipality reads.
    pub provider: Provider,
}

/// What is known of where a signal goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// It goes there.
    Known(Destination),
    /// Nobody knows: a person looks.
    Unknown,
    /// Whoever may know did not answer: asked again later.
    NotAnswered,
}

/// What asking for a claim on a submission led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmissionClaim {
    /// The caller submits this operation, under the signal's idempotency key.
    Granted(Operation),
    /// A condition no longer holds: blocked again.
    Blocked,
    /// Not now, or not any more: why.
    NotNow(&'static str),
}

/// Claims a submission. Conditions and holds are checked once more for an operation that was never tried.
pub fn claim_submission(
    draft: &mut Draft,
    administration: &Administration,
    id: &SignalId,
    whereabouts: &Whereabouts,
) -> Result<SubmissionClaim, Refusal> {
    let now = draft.now;
    mark_unknown_when_overdue(draft, id);
    let signal = draft.dossier.signal(id).ok_or(Refusal::NoSuchSignal)?;
    let (kind, attempts) = (signal.kind, signal.attempts);
    let operation = match &signal.state {
        SignalState::Queued { not_before, .. } if not_before.is_some_and(|at| now < at) => {
            return Ok(SubmissionClaim::NotNow("not_before"));
        }
        SignalState::Queued { operation, .. } => *operation,
        SignalState::Unknown { operation, since } => {
            if now.duration_since(*since) < RETRY_AFTER {
                return Ok(SubmissionClaim::NotNow("outcome_unknown"));
            }
            *operation
        }
        SignalState::Claimed { .. } => return Ok(SubmissionClaim::NotNow("claimed_already")),
        SignalState::Blocked { .. } | SignalState::Prepared { .. } => {
            return Ok(SubmissionClaim::NotNow("not_released"));
        }
        SignalState::Sent | SignalState::Refused { .. } | SignalState::Withdrawn { .. } => {
            return Ok(SubmissionClaim::NotNow("settled_already"));
        }
    };
    if operation != Operation::Create && attempts == 0 {
        return Ok(claim_change(draft, administration, id, operation));
    }
    let first_try = attempts == 0 && operation == Operation::Create;
    // Nobody knows whether what was tried was taken in, so a repetition may be what sends it.
    let stopped = is_stopped(&draft.dossier, administration, kind, now)
        || draft.dossier.signal(id).is_some_and(|signal| is_overtaken(&draft.dossier, signal))
        || !is_in_arrears(&draft.dossier, now);
    if !first_try && operation == Operation::Create && stopped {
        draft.open_task("signal_unanswered", id.as_str());
        return Ok(SubmissionClaim::NotNow("held"));
    }
    if first_try {
        let found = conditions(&draft.dossier, administration, kind, now);
        let failing: Vec<String> = found.iter().filter(|c| !c.holds).map(|c| c.name.to_owned()).collect();
        if !failing.is_empty() {
            block_queued(draft, administration, id, failing, &found);
            return Ok(SubmissionClaim::Blocked);
        }
    }
    if first_try && *whereabouts == Whereabouts::NotAnswered {
        if let Some(signal) = draft.dossier.signal_mut(id) {
            signal.state = SignalState::Queued { operation, not_before: Some(now + RETRY_AFTER) };
        }
        return Ok(SubmissionClaim::NotNow("municipality_not_answered"));
    }
    let destination = match whereabouts {
        Whereabouts::Known(destination) => Some(destination),
        Whereabouts::Unknown | Whereabouts::NotAnswered => None,
    };
    if first_try && destination.is_none_or(|d| lives_elsewhere(&draft.dossier, d)) {
        block_queued(draft, administration, id, vec!["municipalityKnown".to_owned()], &[]);
        draft.open_task("municipality_unknown", id.as_str());
        return Ok(SubmissionClaim::Blocked);
    }
    let dossier = draft.dossier.clone();
    if let Some(signal) = draft.dossier.signal_mut(id) {
        if first_try {
            // The amount is that of the first try: a repetition under the same key must be the same message.
            name_arrears(&dossier, signal, now);
            signal.municipality = destination.map(|d| d.municipality.clone());
            signal.provider = destination.map(|d| d.provider);
            signal.sent_at = Some(now);
            signal.supersedes =
                destination.and_then(|d| reference_of_earlier(&dossier, id, kind, d.provider));
        }
        signal.attempts += 1;
        signal.state = SignalState::Claimed { operation, at: now };
    }
    Ok(SubmissionClaim::Granted(operation))
}

/// The municipality reported before that nobody of that name lives there.
fn lives_elsewhere(dossier: &Dossier, destination: &Destination) -> bool {
    dossier
        .signals
        .iter()
        .any(|s| s.municipality.as_deref() == Some(&destination.municipality) && s.missed_resident())
}

/// The reference of the signal whose place this one takes at the same provider: the last of its kind, or for a crisis
/// signal the early one that the municipality still has.
fn reference_of_earlier(
    dossier: &Dossier,
    id: &SignalId,
    kind: SignalKind,
    provider: Provider,
) -> Option<String> {
    let earlier = |s: &&Signal| {
        s.id != *id
            && s.provider == Some(provider)
            && s.stands_at_provider()
            && !s.missed_resident()
            && (s.kind == kind || (kind == SignalKind::Crisis && s.is_live()))
    };
    dossier.signals.iter().filter(earlier).max_by_key(|s| s.sent_at)?.provider_reference.clone()
}

/// The first try of an update or a withdrawal. The amount is that of this moment, and that of every repetition.
fn claim_change(
    draft: &mut Draft,
    administration: &Administration,
    id: &SignalId,
    operation: Operation,
) -> SubmissionClaim {
    let now = draft.now;
    let dossier = draft.dossier.clone();
    let Some(signal) = draft.dossier.signal_mut(id) else {
        return SubmissionClaim::NotNow("settled_already");
    };
    let held = dossier.standing_signal_hold(&administration.holds, now).is_some();
    let possible =
        signal.provider.map(|p| administration.capabilities_of(p)).filter(|_| can_be_described(&dossier));
    let by_hand = match operation {
        Operation::Update if held => {
            signal.state = SignalState::Sent;
            return SubmissionClaim::NotNow("on_hold");
        }
        Operation::Update => {
            let Some(amount) = amount_to_tell(&dossier, administration, signal, now) else {
                signal.state = SignalState::Sent;
                return SubmissionClaim::NotNow("nothing_to_update");
            };
            tell(&dossier, signal, amount, now);
            if possible.is_some_and(|c| c.supports_update) { None } else { Some(UPDATE_BY_HAND) }
        }
        Operation::Create | Operation::Withdraw => {
            if possible.is_some_and(|c| c.supports_withdraw) {
                None
            } else {
                Some(WITHDRAW_BY_HAND)
            }
        }
    };
    if let Some(task) = by_hand {
        signal.state = SignalState::Sent;
        draft.open_task(task, id.as_str());
        return SubmissionClaim::NotNow("left_to_a_person");
    }
    signal.attempts = 1;
    signal.state = SignalState::Claimed { operation, at: now };
    SubmissionClaim::Granted(operation)
}

fn block_queued(
    draft: &mut Draft,
    administration: &Administration,
    id: &SignalId,
    failing: Vec<String>,
    found: &[Condition],
) {
    let Some(signal) = draft.dossier.signal_mut(id) else {
        return;
    };
    let kind = signal.kind;
    signal.state = SignalState::Blocked { conditions: Vec::new(), again_on: None };
    block(draft, administration, kind, failing, found);
}

fn mark_unknown_when_overdue(draft: &mut Draft, id: &SignalId) {
    let now = draft.now;
    let Some(signal) = draft.dossier.signal_mut(id) else {
        return;
    };
    if let SignalState::Claimed { operation, at } = signal.state
        && now.duration_since(at) >= UNKNOWN_AFTER
    {
        signal.state = SignalState::Unknown { operation, since: at };
        draft.record(Event::SignalUnknown { signal: id.clone() });
        follow_with_withdrawal(draft, id, operation);
    }
}

/// What came of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    /// The platform took it in.
    Accepted {
        /// Its own name of the signal.
        provider_reference: String,
    },
    /// Certainly not taken in, and trying again would not help.
    Refused {
        /// The platform's codes, without personal data.
        errors: Vec<String>,
    },
    /// Certainly not taken in; worth another try later.
    RefusedForNow,
    /// No answer: it may have been taken in.
    Unknown,
}

/// Records what came of the submission of `operation` that was claimed. An answer to an operation that was overtaken
/// by another changes nothing.
pub fn complete_submission(
    draft: &mut Draft,
    id: &SignalId,
    operation: Operation,
    submission: Submission,
) -> Result<(), Refusal> {
    let now = draft.now;
    let signal = draft.dossier.signal_mut(id).ok_or(Refusal::NoSuchSignal)?;
    match signal.state {
        SignalState::Claimed { operation: of, .. } | SignalState::Unknown { operation: of, .. }
            if of == operation => {}
        _ => return Ok(()),
    }
    let spent = signal.attempts >= MOST_SUBMISSIONS;
    match submission {
        Submission::Accepted { provider_reference } => {
            accept(draft, id, operation, provider_reference);
        }
        Submission::Refused { errors } => refuse(draft, id, operation, errors),
        Submission::RefusedForNow if !spent => {
            signal.state = SignalState::Queued { operation, not_before: Some(now + RETRY_AFTER) };
        }
        Submission::Unknown | Submission::RefusedForNow => {
            signal.state = SignalState::Unknown { operation, since: now };
            draft.record(Event::SignalUnknown { signal: id.clone() });
            if spent {
                draft.open_task("signal_unanswered", id.as_str());
            }
        }
    }
    follow_with_withdrawal(draft, id, operation);
    Ok(())
}

/// A withdrawal that was asked for while an update was under way takes its place.
fn follow_with_withdrawal(draft: &mut Draft, id: &SignalId, ended: Operation) {
    let now = draft.now;
    if let Some(signal) = draft.dossier.signal_mut(id).filter(|s| s.withdrawal.is_some())
        && ended == Operation::Update
    {
        signal.attempts = 0;
        signal.changed_at = Some(now);
        signal.state = SignalState::Queued { operation: Operation::Withdraw, not_before: None };
    }
}

/// A signal whose update or withdrawal is refused stands at the provider as before: a person sees to it.
fn refuse(draft: &mut Draft, id: &SignalId, operation: Operation, errors: Vec<String>) {
    if let Some(signal) = draft.dossier.signal_mut(id) {
        signal.state = match operation {
            Operation::Create => SignalState::Refused { errors: errors.clone() },
            Operation::Update | Operation::Withdraw => SignalState::Sent,
        };
    }
    draft.record(Event::SignalRefused { signal: id.clone(), errors });
    let task = match operation {
        Operation::Create => "signal_refused",
        Operation::Update => UPDATE_BY_HAND,
        Operation::Withdraw => WITHDRAW_BY_HAND,
    };
    draft.open_task(task, id.as_str());
}

fn accept(draft: &mut Draft, id: &SignalId, operation: Operation, provider_reference: String) {
    let Some(signal) = draft.dossier.signal_mut(id) else {
        return;
    };
    match operation {
        Operation::Create => {
            signal.state = SignalState::Sent;
            signal.provider_reference = Some(provider_reference);
            let provider = signal.provider.map(|p| p.to_string()).unwrap_or_default();
            let municipality = signal.municipality.clone().unwrap_or_default();
            draft.record(Event::SignalSent { signal: id.clone(), provider, municipality });
        }
        Operation::Update => {
            signal.state = SignalState::Sent;
            let arrears = signal.arrears;
            draft.record(Event::SignalUpdated { signal: id.clone(), arrears });
        }
        Operation::Withdraw => {
            let reason = signal.withdrawal.clone().unwrap_or_else(|| "accepted by the provider".to_owned());
            signal.state = SignalState::Withdrawn { reason: reason.clone() };
            draft.record(Event::SignalWithdrawn { signal: id.clone(), reason });
            let today = draft.today();
            look_again(&mut draft.dossier, today);
        }
    }
}
