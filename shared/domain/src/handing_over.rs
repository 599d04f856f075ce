//! Handing a case over to a bailiff, and taking it back. Once it is handed over, nothing else follows the debtor up: the bailiff
//! speaks for the creditor, and two voices would contradict each other.
//!
//! A case that is handed over is one that is held: by a hold on everything that ends with the case, or when it is taken back.
//! Payments still come in and end it as always.

use jiff::Timestamp;

use crate::administration::Administration;
use crate::case_dossier;
use crate::debiting;
use crate::dispute::DisputeState;
use crate::dossier::{Dossier, Draft};
use crate::follow_up::READY_FOR_BAILIFF;
use crate::hold::{Covers, Hold, HoldReason, HoldScope};
use crate::holding;
use crate::ids::CaseId;
use crate::plan::{PaymentPlan, PlanState};
use crate::refusal::Refusal;
use crate::timeline::Event;

/// The hold that a handed-over case stands under, if it is.
pub fn handed_over<'a>(dossier: &'a Dossier, case: &CaseId, now: Timestamp) -> Option<&'a Hold> {
    dossier
        .holds
        .iter()
        .find(|h| is_of_hand_over(h) && h.scope == HoldScope::Case(case.clone()) && h.stands_at(now))
}

fn is_of_hand_over(hold: &Hold) -> bool {
    matches!(hold.reason, HoldReason::HandedOver { .. })
}

/// Hands the case over to a bailiff, with the dossier that was built last, as it is. Doing so again, to the same one, changes
/// nothing.
///
/// # Errors
/// The case does not run, is with another bailiff, or something was agreed or is not settled: a payment plan, a dispute, a
/// collection by direct debit. That has to end first, by somebody's word or by itself.
pub fn hand_over(draft: &mut Draft, case: &CaseId, bailiff: &str) -> Result<Hold, Refusal> {
    if draft.dossier.case.as_ref() != Some(case) {
        return Err(Refusal::NoSuchCase);
    }
    if let Some(hold) = handed_over(&draft.dossier, case, draft.now) {
        let same = matches!(&hold.reason, HoldReason::HandedOver { bailiff: with } if with == bailiff);
        return if same { Ok(hold.clone()) } else { Err(Refusal::CaseHandedOver) };
    }
    let agreed = |plan: &PaymentPlan| matches!(plan.state, PlanState::Proposed | PlanState::Active { .. });
    if draft.dossier.plans.iter().any(agreed) {
        return Err(Refusal::CaseHasPlan);
    }
    let disputed =
        |state: &DisputeState| matches!(state, DisputeState::Open | DisputeState::AwaitingCredit { .. });
    if draft.dossier.disputes.iter().any(|d| disputed(&d.state)) {
        return Err(Refusal::CaseHasDispute);
    }
    let dossier = &draft.dossier;
    if dossier.open_invoices().any(|i| debiting::under_way(dossier, &i.id).is_some()) {
        return Err(Refusal::CaseHasDebit);
    }
    draft.dossier.tasks.retain(|t| t.about != READY_FOR_BAILIFF);
    let reason = HoldReason::HandedOver { bailiff: bailiff.to_owned() };
    let hold = holding::place(draft, HoldScope::Case(case.clone()), Covers::Everything, reason, None, None);
    let dossier = case_dossier::hand_over(draft, case);
    draft.record(Event::CaseHandedOver { case: case.clone(), hold: hold.id.clone(), dossier });
    Ok(hold)
}

/// Takes the case back: the debtor gets the days of grace, and then follow-up goes on where it was.
///
/// # Errors
/// The case is not handed over.
pub fn take_back(
    draft: &mut Draft,
    case: &CaseId,
    administration: &Administration,
    reason: &str,
) -> Result<(), Refusal> {
    let hold = handed_over(&draft.dossier, case, draft.now).ok_or(Refusal::CaseNotHandedOver)?;
    let id = hold.id.clone();
    holding::lift_standing(draft, &id, reason);
    draft.record(Event::CaseTakenBack { case: case.clone(), hold: id });
    holding::name_resumption(draft, administration);
    Ok(())
}
