//! The life of a signal: evaluated, prepared, submitted under a claim, and what the municipality's feedback does.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::administration::{Administration, Objection};
use crate::calendar::{plus_days, today};
use crate::conditions::{Condition, arrears, conditions, holds_from};
use crate::dossier::{Dossier, Draft};
use crate::feedback::Outcome;
use crate::hold::{Covers, Hold, HoldReason, HoldScope};
use crate::ids::SignalId;
use crate::notice::UNKNOWN_AFTER;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::signal::{Feedback, Operation, Signal, SignalState};
use crate::step::SignalKind;
use crate::timeline::Event;

/// Days after acceptance of help until somebody reviews the hold (Divosa monitor 2023: collection is suspended
/// for 30 days).
pub const HELP_REVIEW_DAYS: i32 = 30;

/// Submissions of one operation at most; each repeats the same idempotency key.
pub const MOST_SUBMISSIONS: u8 = 5;

/// How long an unanswered or refused-for-now submission waits before it is repeated.
const RETRY_AFTER: SignedDuration = SignedDuration::from_mins(15);

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
    }
}

fn block(
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
        draft.record(Event::SignalBlocked { signal: id, kind, conditions: failing, rules_version });
    }
}

fn prepare(draft: &mut Draft, administration: &Administration, kind: SignalKind) {
    let rules = administration.rules(kind);
    let asks_desk = !draft.dossier.early_signalling.enabled
        && administration.sector.objection(kind) == Objection::AsksTheDesk;
    let automatic = rules.automatic && !asks_desk;
    let mut signal = blocked_or_new(draft, administration, kind);
    signal.state = if automatic {
        SignalState::Queued { operation: Operation::Create, not_before: None }
    } else {
        SignalState::Prepared { released: false }
    };
    signal.prepared_at = draft.now;
    signal.rules_version = rules.version;
    name_arrears(&draft.dossier, &mut signal, draft.today());
    let (id, amount) = (signal.id.clone(), signal.arrears);
    draft.dossier.signals.push(signal);
    draft.record(Event::SignalPrepared {
        signal: id.clone(),
        kind,
        arrears: amount,
        rules_version: rules.version,
        automatic,
    });
    if asks_desk {
        draft.open_task("signal_after_objection", id.as_str());
    }
}

fn name_arrears(dossier: &Dossier, signal: &mut Signal, on: Date) {
    signal.arrears = arrears(dossier, on);
    signal.arrears_since = dossier.open_invoices().map(|i| i.due_date).min();
}

/// Sends a prepared signal on its way on somebody's word. The conditions are looked at again.
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
    if let Some(signal) = draft.dossier.signal_mut(id) {
        signal.state = SignalState::Queued { operation: Operation::Create, not_before: None };
    }
    draft.record(Event::SignalReleased { signal: id.clone() });
    Ok(())
}

/// Takes a signal back: one that has not left is dropped, one that was sent is withdrawn at the provider.
pub fn withdraw(draft: &mut Draft, id: &SignalId, reason: &str) -> Result<(), Refusal> {
    let signal = draft.dossier.signal(id).ok_or(Refusal::NoSuchSignal)?;
    let reason = reason.to_owned();
    match &signal.state {
        SignalState::Prepared { .. } | SignalState::Blocked { .. } => drop_signal(draft, id, reason),
        SignalState::Queued { operation: Operation::Create, .. } if signal.attempts == 0 => {
            drop_signal(draft, id, reason);
        }
        SignalState::Sent => {
            if let Some(signal) = draft.dossier.signal_mut(id) {
                signal.attempts = 0;
                signal.state = SignalState::Queued { operation: Operation::Withdraw, not_before: None };
            }
            draft.record(Event::SignalWithdrawalAsked { signal: id.clone(), reason });
        }
        SignalState::Queued { operation: Operation::Withdraw, .. }
        | SignalState::Claimed { operation: Operation::Withdraw, .. }
        | SignalState::Withdrawn { .. } => {}
        SignalState::Queued { .. }
        | SignalState::Claimed { .. }
        | SignalState::Unknown { .. }
        | SignalState::Refused { .. } => return Err(Refusal::SignalNotSent),
    }
    Ok(())
}

fn drop_signal(draft: &mut Draft, id: &SignalId, reason: String) {
    if let Some(signal) = draft.dossier.signal_mut(id) {
        signal.state = SignalState::Withdrawn { reason: reason.clone() };
    }
    draft.record(Event::SignalWithdrawn { signal: id.clone(), reason });
}

/// Where a signal goes: looked up from the address just before it is submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Four digits, without "GM".
    pub municipality: String,
    pub provider: Provider,
}

/// What asking for a claim on a submission led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmissionClaim {
    /// The caller submits this operation, under the signal's idempotency key.
    Granted(Operation),
    /// A condition no longer holds: blocked again.
    Blocked,
    NotNow(&'static str),
}

/// Claims a submission. Conditions and holds are checked once more for an operation that was never tried.
pub fn claim_submission(
    draft: &mut Draft,
    administration: &Administration,
    id: &SignalId,
    destination: Option<&Destination>,
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
    let first_try = attempts == 0 && operation == Operation::Create;
    // Nobody knows whether what was tried was taken in, so a repetition may be what sends it.
    if attempts > 0 && operation == Operation::Create && is_stopped(&draft.dossier, administration, kind, now)
    {
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
    if operation == Operation::Create && destination.is_none() && attempts == 0 {
        block_queued(draft, administration, id, vec!["municipalityKnown".to_owned()], &[]);
        draft.open_task("municipality_unknown", id.as_str());
        return Ok(SubmissionClaim::Blocked);
    }
    let today = draft.today();
    let dossier = draft.dossier.clone();
    if let Some(signal) = draft.dossier.signal_mut(id) {
        if first_try {
            // The amount is that of the first try: a repetition under the same key must be the same message.
            name_arrears(&dossier, signal, today);
            signal.municipality = destination.map(|d| d.municipality.clone());
            signal.provider = destination.map(|d| d.provider);
            signal.sent_at = Some(now);
        }
        signal.attempts += 1;
        signal.state = SignalState::Claimed { operation, at: now };
    }
    Ok(SubmissionClaim::Granted(operation))
}

/// A hold, or the debtor's objection, keeps signals of this kind from leaving.
fn is_stopped(dossier: &Dossier, administration: &Administration, kind: SignalKind, now: Timestamp) -> bool {
    let objected = !dossier.early_signalling.enabled;
    let blocks = administration.sector.objection(kind) == Objection::Blocks;
    (objected && blocks) || dossier.standing_signal_hold(&administration.holds, now).is_some()
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
    }
}

/// What came of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    Accepted {
        provider_reference: String,
    },
    Refused {
        errors: Vec<String>,
    },
    /// Certainly not taken in; worth another try later.
    RefusedForNow,
    /// No answer: it may have been taken in.
    Unknown,
}

/// Records what came of the submission that was claimed.
pub fn complete_submission(draft: &mut Draft, id: &SignalId, submission: Submission) -> Result<(), Refusal> {
    let now = draft.now;
    let signal = draft.dossier.signal_mut(id).ok_or(Refusal::NoSuchSignal)?;
    let operation = match signal.state {
        SignalState::Claimed { operation, .. } | SignalState::Unknown { operation, .. } => operation,
        _ => return Ok(()),
    };
    let spent = signal.attempts >= MOST_SUBMISSIONS;
    match submission {
        Submission::Accepted { provider_reference } => {
            accept(draft, id, operation, provider_reference);
        }
        Submission::Refused { errors } => {
            signal.state = SignalState::Refused { errors: errors.clone() };
            draft.record(Event::SignalRefused { signal: id.clone(), errors });
            draft.open_task("signal_refused", id.as_str());
        }
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
    Ok(())
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
        Operation::Withdraw => {
            let reason = "accepted by the provider".to_owned();
            signal.state = SignalState::Withdrawn { reason: reason.clone() };
            draft.record(Event::SignalWithdrawn { signal: id.clone(), reason });
        }
    }
}

/// Applies one report of the municipality. The same report again (same id) changes nothing; one that is older
/// than what is known is kept but no longer acted on. Says whether anything changed.
pub fn apply_feedback(draft: &mut Draft, id: &SignalId, feedback: Feedback) -> Result<bool, Refusal> {
    let signal = draft.dossier.signal_mut(id).ok_or(Refusal::NoSuchSignal)?;
    if signal.feedback.iter().any(|f| f.id == feedback.id) {
        return Ok(false);
    }
    let late = signal.current_feedback().is_some_and(|known| known.at > feedback.at);
    let outcome = feedback.outcome;
    let at = signal.feedback.partition_point(|f| f.at <= feedback.at);
    signal.feedback.insert(at, feedback);
    draft.record(Event::FeedbackReceived { signal: id.clone(), outcome: outcome.code().to_owned(), late });
    if late && outcome != Outcome::Deceased {
        return Ok(true);
    }
    act_on(draft, id, outcome);
    Ok(true)
}

fn act_on(draft: &mut Draft, id: &SignalId, outcome: Outcome) {
    match outcome {
        Outcome::HelpAccepted(_) | Outcome::KnownToDebtHelp => {
            let reason = HoldReason::HelpRunning { signal: id.clone() };
            let review_on = Some(plus_days(draft.today(), HELP_REVIEW_DAYS));
            place_once(draft, Covers::Reminders, reason, review_on);
            lapse(draft, "help runs");
        }
        Outcome::Deceased => {
            place_once(draft, Covers::Everything, HoldReason::Deceased { signal: id.clone() }, None);
            draft.open_task("deceased", id.as_str());
            lapse(draft, "the person died");
        }
        Outcome::HelpEnded
        | Outcome::SolvedOrArranged
        | Outcome::HelpDeclined
        | Outcome::LostContact
        | Outcome::NoContact
        | Outcome::NotPickedUp(_) => lift_help(draft, id, outcome),
        Outcome::NotResident => draft.open_task("not_resident", id.as_str()),
        Outcome::OtherTrajectory => draft.open_task("other_trajectory", id.as_str()),
        Outcome::Unknown => draft.open_task("unknown_feedback", id.as_str()),
        Outcome::Received | Outcome::PickedUp => {}
    }
}

/// Places a hold unless one for the same reason stands.
fn place_once(draft: &mut Draft, covers: Covers, reason: HoldReason, review_on: Option<Date>) {
    let now = draft.now;
    if draft.dossier.holds.iter().any(|h| h.reason == reason && h.stands_at(now)) {
        return;
    }
    crate::holding::place(draft, HoldScope::Debtor, covers, reason, None, review_on);
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

fn lift_help(draft: &mut Draft, id: &SignalId, outcome: Outcome) {
    let now = draft.now;
    let running = HoldReason::HelpRunning { signal: id.clone() };
    let standing: Vec<Hold> =
        draft.dossier.holds.iter().filter(|h| h.reason == running && h.stands_at(now)).cloned().collect();
    for hold in standing {
        crate::holding::lift_standing(draft, &hold.id, outcome.code());
    }
}

/// The next instant at which something has to be done about signals by itself.
pub fn wake_at(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Option<Timestamp> {
    let asked = (!dossier.signals_asked.is_empty()).then_some(now);
    let of_signals = dossier.signals.iter().filter_map(|s| match &s.state {
        // Lifting a hold on everyone touches no dossier: looked at again the next day.
        SignalState::Queued { operation: Operation::Create, .. } | SignalState::Unknown { .. }
            if s.attempts > 0 && is_stopped(dossier, administration, s.kind, now) =>
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
    Evaluate(SignalKind),
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

/// Facts changed: what was blocked is worth another look today.
pub fn look_again(dossier: &mut Dossier, on: Date) {
    for signal in &mut dossier.signals {
        if let SignalState::Blocked { again_on, .. } = &mut signal.state {
            *again_on = Some(on);
        }
    }
}
