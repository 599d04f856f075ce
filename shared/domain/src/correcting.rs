//! Keeps what municipalities were told true: another amount once the arrears changed, a withdrawal once nothing is owed or
//! the debtor objected. Decided whenever a debtor is brought up to now; whoever changes facts wakes that.
//!
//! What is absent: an update above what was told first. Arrears that rose are a new signal, which has to be picked up
//! (LAW.md section 2).

use jiff::Timestamp;

use crate::Money;
use crate::administration::{Administration, Objection};
use crate::arrears::{arrears, counted, is_in_arrears};
use crate::calendar::{midnight, plus_days, today};
use crate::conditions::can_be_described;
use crate::dossier::{Dossier, Draft};
use crate::ids::SignalId;
use crate::signal::{Operation, Signal, SignalState};
use crate::signalling::{UPDATE_BY_HAND, take_back};
use crate::timeline::Event;

/// Why a signal is withdrawn by itself when nothing is owed any more.
pub const PAID: &str = "paid";

/// Why a signal is withdrawn by itself when the debtor objected before it was picked up.
pub const OPTED_OUT: &str = "opted out";

/// What a signal needs to be true again.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Correction {
    Update(SignalId, Money),
    Withdraw(SignalId, &'static str),
}

/// Asks for the updates and withdrawals that are due. Doing it twice does nothing the second time.
pub(crate) fn correct(draft: &mut Draft, administration: &Administration) {
    if draft.dossier.standing_signal_hold(&administration.holds, draft.now).is_some() {
        return;
    }
    for correction in corrections(&draft.dossier, administration, draft.now) {
        match correction {
            Correction::Update(id, amount) => ask_update(draft, administration, &id, amount),
            Correction::Withdraw(id, reason) => take_back(draft, administration, &id, reason),
        }
    }
}

/// When corrections have to be asked for: now, or once no hold keeps signals from leaving. A hold on everyone is lifted
/// without touching this debtor: the next day looks again.
pub(crate) fn wake_at(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Option<Timestamp> {
    if corrections(dossier, administration, now).is_empty() {
        return None;
    }
    match dossier.standing_signal_hold(&administration.holds, now) {
        None => Some(now),
        Some(hold) => hold
            .ends_at()
            .or_else(|| administration.holds.contains(hold).then(|| midnight(plus_days(today(now), 1)))),
    }
}

fn corrections(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Vec<Correction> {
    let live = dossier.signals.iter().filter(|s| s.is_live() && s.withdrawal.is_none());
    live.filter_map(|signal| {
        if let Some(reason) = ground_to_withdraw(dossier, administration, signal, now) {
            return Some(Correction::Withdraw(signal.id.clone(), reason));
        }
        let amount = amount_to_tell(dossier, administration, signal, now)?;
        (signal.state == SignalState::Sent).then(|| Correction::Update(signal.id.clone(), amount))
    })
    .collect()
}

fn ground_to_withdraw(
    dossier: &Dossier,
    administration: &Administration,
    signal: &Signal,
    now: Timestamp,
) -> Option<&'static str> {
    if !is_in_arrears(dossier, now) {
        return Some(PAID);
    }
    let blocks = administration.objections.of(signal.kind) == Objection::Blocks;
    (!dossier.early_signalling.enabled && blocks && !signal.is_picked_up()).then_some(OPTED_OUT)
}

/// The amount that the provider has to hear, if it differs enough from what it was told: never more than it was told
/// first. `None` for a signal whose place another has taken, and where nothing is left but what is in dispute: that
/// waits for the decision.
pub(crate) fn amount_to_tell(
    dossier: &Dossier,
    administration: &Administration,
    signal: &Signal,
    now: Timestamp,
) -> Option<Money> {
    let superseded = |other: &Signal| {
        other.went_out() && other.supersedes.is_some() && other.supersedes == signal.provider_reference
    };
    if !signal.is_live() || dossier.signals.iter().any(superseded) {
        return None;
    }
    let amount = arrears(dossier, now).min(signal.told_first.unwrap_or(signal.arrears));
    let change = (amount - signal.arrears).max(signal.arrears - amount);
    let enough = change.is_positive() && change >= administration.rules(signal.kind).minimum_change;
    (enough && amount.is_positive()).then_some(amount)
}

/// Writes down what the provider is told from here on.
pub(crate) fn tell(dossier: &Dossier, signal: &mut Signal, amount: Money, now: Timestamp) {
    signal.told_first.get_or_insert(signal.arrears);
    signal.arrears = amount;
    signal.arrears_since = counted(dossier, now).map(|i| i.due_date).min().or(signal.arrears_since);
}

fn ask_update(draft: &mut Draft, administration: &Administration, id: &SignalId, amount: Money) {
    let now = draft.now;
    let dossier = draft.dossier.clone();
    let Some(signal) = draft.dossier.signal_mut(id) else {
        return;
    };
    let supported = signal.provider.is_some_and(|p| administration.capabilities_of(p).supports_update);
    if !(supported && can_be_described(&dossier)) {
        tell(&dossier, signal, amount, now);
        draft.open_task(UPDATE_BY_HAND, id.as_str());
        return;
    }
    signal.updates += 1;
    signal.attempts = 0;
    signal.changed_at = Some(now);
    signal.state = SignalState::Queued { operation: Operation::Update, not_before: None };
    let rules_version = administration.rules(signal.kind).version;
    draft.record(Event::SignalUpdateAsked { signal: id.clone(), arrears: amount, rules_version });
}

#[cfg(test)]
#[path = "correcting_tests.rs"]
mod tests;
