//! Placing and lifting holds, and the debtor's own say in early signalling.

use jiff::civil::Date;

use crate::administration::Administration;
use crate::calendar::plus_days;
use crate::dossier::{Draft, EarlySignalling};
use crate::hold::{Covers, Hold, HoldReason, HoldScope};
use crate::ids::HoldId;
use crate::refusal::Refusal;
use crate::signalling::look_again;
use crate::timeline::Event;

/// Places a hold on the debtor, one invoice or the case.
pub fn place(
    draft: &mut Draft,
    scope: HoldScope,
    covers: Covers,
    reason: HoldReason,
    until: Option<Date>,
    review_on: Option<Date>,
) -> Hold {
    draft.dossier.counts.holds += 1;
    let hold = Hold {
        id: draft.dossier.debtor.id.hold(draft.dossier.counts.holds),
        scope,
        covers,
        reason,
        by: draft.by().to_owned(),
        placed_at: draft.now,
        until,
        review_on,
        lifted_at: None,
        review_asked: false,
        request: None,
    };
    draft.record(Event::HoldPlaced {
        hold: hold.id.clone(),
        scope: hold.scope.clone(),
        covers,
        reason: hold.reason.clone(),
        until,
        review_on,
    });
    draft.dossier.holds.push(hold.clone());
    forget_old_holds(draft);
    hold
}

/// Who asks to lift a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifting {
    /// By hand: holds that were placed by hand.
    ByHand,
    /// By hand, and knowing that the municipality's report is set aside: its holds as well.
    ByHandWithForce,
}

/// Lifts one hold and no other. Lifting one that was lifted already changes nothing.
///
/// A hold of the municipality (help runs, the person died) is lifted by its report, or by hand with force. One of a
/// payment plan, a dispute, a promise, a direct debit or a hand-over ends with it and cannot be lifted by itself.
pub fn lift(
    draft: &mut Draft,
    id: &HoldId,
    administration: &Administration,
    lifting: Lifting,
    reason: &str,
) -> Result<(), Refusal> {
    let now = draft.now;
    let hold = draft.dossier.holds.iter().find(|h| h.id == *id).ok_or(Refusal::NoSuchHold)?;
    if hold.stands_at(now) {
        match (&hold.reason, lifting) {
            (HoldReason::Asked { .. }, _)
            | (HoldReason::HelpRunning { .. } | HoldReason::Deceased { .. }, Lifting::ByHandWithForce) => {}
            (HoldReason::HelpRunning { .. } | HoldReason::Deceased { .. }, Lifting::ByHand) => {
                return Err(Refusal::HoldOfMunicipality);
            }
            (
                HoldReason::PaymentPlan { .. }
                | HoldReason::Dispute { .. }
                | HoldReason::Promise { .. }
                | HoldReason::DirectDebit { .. }
                | HoldReason::HandedOver { .. },
                Lifting::ByHand | Lifting::ByHandWithForce,
            ) => return Err(Refusal::HoldEndsWithItsCause),
        }
        lift_standing(draft, id, reason);
        name_resumption(draft, administration);
    }
    Ok(())
}

pub(crate) fn lift_standing(draft: &mut Draft, id: &HoldId, reason: &str) {
    let now = draft.now;
    if let Some(hold) = draft.dossier.holds.iter_mut().find(|h| h.id == *id) {
        hold.lifted_at = Some(now);
    }
    draft.dossier.tasks.retain(|t| !(t.about == "hold_review" && t.subject == id.as_str()));
    draft.record(Event::HoldLifted {
        hold: id.clone(),
        reason: reason.to_owned(),
        follow_up_from: None,
        settings_version: None,
    });
    let today = draft.today();
    look_again(&mut draft.dossier, today);
}

/// Adds to the entries of lifted holds from which day follow-up may go on.
pub fn name_resumption(draft: &mut Draft, administration: &Administration) {
    let from = plus_days(draft.today(), i32::from(administration.grace_days));
    draft.name_follow_up(from, administration.settings_version);
}

/// The debtor, or the desk in their name, objects to early signalling or takes that back.
pub fn set_early_signalling(draft: &mut Draft, enabled: bool, reason: &str) -> bool {
    if draft.dossier.early_signalling.enabled == enabled {
        return false;
    }
    draft.dossier.early_signalling = EarlySignalling { enabled, reason: Some(reason.to_owned()) };
    let reason = reason.to_owned();
    let today = draft.today();
    look_again(&mut draft.dossier, today);
    draft.record(if enabled {
        Event::EarlySignallingEnabled { reason }
    } else {
        Event::EarlySignallingDisabled { reason }
    });
    true
}

/// Ended holds matter while an invoice may still be waiting for a step that they froze. Two years is longer than
/// any policy waits.
fn forget_old_holds(draft: &mut Draft) {
    let long_ago = plus_days(draft.today(), -732);
    draft.dossier.holds.retain(|h| h.ends_at().is_none_or(|end| crate::calendar::today(end) >= long_ago));
}
