//! What was agreed with the debtor, or is not: payment plans, disputes, promises.

use domain::dispute::{Dispute, DisputeReason, DisputeState};
use domain::plan::{PaymentPlan, PlanState};
use domain::promise::{Promise, PromiseState};
use domain::staff::Action;

use super::Maker;
use crate::desk::part::{Line, Part};
use crate::format::one_line;
use crate::texts::TextError;

impl Maker<'_> {
    pub(super) fn plans(&self) -> Result<Part, TextError> {
        let lines = self.dossier.plans.iter().rev().map(|p| self.plan(p)).collect::<Result<_, _>>()?;
        self.part("plans", lines, Vec::new())
    }

    fn plan(&self, plan: &PaymentPlan) -> Result<Line, TextError> {
        let t = self.t;
        let state = match &plan.state {
            PlanState::Proposed => "proposed",
            PlanState::Active { .. } => "active",
            PlanState::Rejected { .. } => "rejected",
            PlanState::Finished { .. } => "finished",
            PlanState::Broken { .. } => "broken",
            PlanState::Ended { .. } => "ended",
        };
        let mut notes = vec![self.since_by(plan.proposed_at, &plan.by)?];
        if plan.state == PlanState::Proposed {
            notes.push(t.decide_by(t.day(&plan.decide_by)?)?);
        }
        if plan.lives() {
            notes.push(t.plan_paid(t.money(&plan.paid(self.dossier)))?);
            for part in &plan.instalments {
                let due = t.instalment(u32::from(part.number), t.day(&part.due_on)?)?;
                let paid = part.paid_on.map(|on| t.paid_on(t.day(&on)?)).transpose()?;
                let paid = paid.map(|paid| format!(" ({paid})")).unwrap_or_default();
                notes.push(format!("{due}: {}{paid}", t.money(&part.amount)));
            }
        }
        let acts = match &plan.state {
            PlanState::Proposed => {
                self.acts(&[(Action::DecidePlan, format!("/plans/{}/decide", plan.id), "")])?
            }
            PlanState::Active { .. } => {
                self.acts(&[(Action::EndPlan, format!("/plans/{}/end", plan.id), "")])?
            }
            PlanState::Rejected { .. }
            | PlanState::Finished { .. }
            | PlanState::Broken { .. }
            | PlanState::Ended { .. } => Vec::new(),
        };
        let said = t.plan_said(t.money(&plan.total), plan.instalments.len())?;
        let waits = plan.state == PlanState::Proposed;
        Ok(Line::new(said).standing(t.plan_state(state)?, waits).notes(notes).acts(acts))
    }

    pub(super) fn disputes(&self) -> Result<Part, TextError> {
        let lines = self.dossier.disputes.iter().rev().map(|d| self.dispute(d)).collect::<Result<_, _>>()?;
        self.part("disputes", lines, Vec::new())
    }

    fn dispute(&self, dispute: &Dispute) -> Result<Line, TextError> {
        let t = self.t;
        let reason = match dispute.reason {
            DisputeReason::NotDelivered => "not_delivered",
            DisputeReason::Complaint => "complaint",
            DisputeReason::ErrorOnInvoice => "error_on_invoice",
            DisputeReason::AlreadyPaid => "already_paid",
            DisputeReason::Other => "other",
        };
        let state = match &dispute.state {
            DisputeState::Open => "open",
            DisputeState::AwaitingCredit { .. } => "awaiting_credit",
            DisputeState::Settled { .. } => "settled",
        };
        let number = self.number_of(&dispute.invoice);
        let said = t.dispute_said(reason, number.as_str())?;
        let acts = match dispute.lives() {
            true => self.acts(&[(
                Action::DecideDispute,
                format!("/disputes/{}/decide", dispute.id),
                number.as_str(),
            )])?,
            false => Vec::new(),
        };
        let notes = vec![one_line(&dispute.text), self.since_by(dispute.opened_at, &dispute.by)?];
        let open = dispute.state == DisputeState::Open;
        Ok(Line::new(said).standing(t.dispute_state(state)?, open).notes(notes).acts(acts))
    }

    pub(super) fn promises(&self) -> Result<Part, TextError> {
        let lines = self.dossier.promises.iter().rev().map(|p| self.promise(p)).collect::<Result<_, _>>()?;
        let acts = self.acts(&[(Action::RegisterPromise, "/promise".to_owned(), "")])?;
        self.part("promises", lines, acts)
    }

    fn promise(&self, promise: &Promise) -> Result<Line, TextError> {
        let t = self.t;
        let state = match promise.state {
            PromiseState::Open => "open",
            PromiseState::Kept => "kept",
            PromiseState::Broken => "broken",
            PromiseState::Withdrawn => "withdrawn",
        };
        let said = t.promise_said(t.money(&promise.amount), t.day(&promise.pay_by)?)?;
        let acts = match promise.lives() {
            true => {
                self.acts(&[(Action::WithdrawPromise, format!("/promises/{}/withdraw", promise.id), "")])?
            }
            false => Vec::new(),
        };
        let notes = vec![self.since_by(promise.made_at, &promise.by)?];
        let broken = promise.state == PromiseState::Broken;
        Ok(Line::new(said).standing(t.promise_state(state)?, broken).notes(notes).acts(acts))
    }
}
