//! What a municipality's report does: help pauses, its end resumes, a death stops everything, the rest asks a person.

use jiff::civil::Date;

use crate::calendar::plus_days;
use crate::dossier::Draft;
use crate::feedback::Outcome;
use crate::hold::{Covers, Hold, HoldReason, HoldScope};
use crate::ids::SignalId;
use crate::refusal::Refusal;
use crate::signal::Feedback;
use crate::signalling::lapse;
use crate::timeline::Event;

/// Days after acceptance of help until somebody reviews the hold (Divosa monitor 2023: collection is suspended
/// for 30 days).
pub const HELP_REVIEW_DAYS: i32 = 30;

/// Applies one report of the municipality. The same report again changes nothing, whichever way it came. One that is older than a
/// report that decides whether reminders pause is kept but no longer acted on; a death is acted on whenever it comes.
/// Reports on a withdrawn signal count: somebody may be helped all the same. Says whether anything changed.
pub fn apply_feedback(draft: &mut Draft, id: &SignalId, feedback: Feedback) -> Result<bool, Refusal> {
    let signal = draft.dossier.signal_mut(id).ok_or(Refusal::NoSuchSignal)?;
    if signal.feedback.iter().any(|f| f.is_same(&feedback)) {
        return Ok(false);
    }
    let late = signal.current_feedback().is_some_and(|known| known.at > feedback.at);
    let overtaken = signal.decisive_feedback().is_some_and(|known| known.at > feedback.at);
    let outcome = feedback.outcome;
    let at = signal.feedback.partition_point(|f| f.at <= feedback.at);
    signal.feedback.insert(at, feedback);
    draft.record(Event::FeedbackReceived { signal: id.clone(), outcome: outcome.code().to_owned(), late });
    if overtaken && outcome != Outcome::Deceased {
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

fn lift_help(draft: &mut Draft, id: &SignalId, outcome: Outcome) {
    let now = draft.now;
    let running = HoldReason::HelpRunning { signal: id.clone() };
    let standing: Vec<Hold> =
        draft.dossier.holds.iter().filter(|h| h.reason == running && h.stands_at(now)).cloned().collect();
    for hold in standing {
        crate::holding::lift_standing(draft, &hold.id, outcome.code());
    }
}

#[cfg(test)]
#[path = "reporting_tests.rs"]
mod tests;
