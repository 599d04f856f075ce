//! Policies: which steps follow an invoice that stays unpaid, and when.

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::StepId;
use crate::step::{SignalKind, StepKind};

/// An ordered list of steps. A policy that was stored has gone through [`Policy::check`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    pub id: String,
    pub version: u32,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub id: StepId,
    pub kind: StepKind,
    /// Days after the due date for the first step, after the previous step for the others.
    pub after_days: u16,
    /// The signal whose conditions are looked at once this step was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links_to: Option<SignalKind>,
    /// Invoices with less than this open are left alone at this step.
    #[serde(default)]
    pub minimum_open: Money,
}

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("a policy has 1 to 30 steps")]
    Length,
    #[error("step {0} stands in the policy twice")]
    Repeated(StepId),
    #[error("step {0}: kinds may only grow heavier along a policy")]
    Order(StepId),
    #[error("step {0}: waits at most 366 days")]
    Wait(StepId),
}

impl Policy {
    /// The policy of a new administration: reminders at 7, 21 and 35 days after the due date, the formal notice
    /// 14 days later and the announcement of the end of service 20 days after that.
    pub fn standard() -> Policy {
        let step = |id: &str, kind, after_days, links_to| {
            StepId::parse(id).map(|id| Step { id, kind, after_days, links_to, minimum_open: Money::ZERO })
        };
        let steps = [
            step("reminder-1", StepKind::Reminder, 7, None),
            step("reminder-2", StepKind::Reminder, 14, None),
            step("final-reminder", StepKind::FinalReminder, 14, Some(SignalKind::Early)),
            step("formal-notice", StepKind::FormalNotice, 14, None),
            step("end-of-service", StepKind::EndOfServiceAnnouncement, 20, Some(SignalKind::Crisis)),
        ];
        Policy { id: "standard".to_owned(), version: 1, steps: steps.into_iter().flatten().collect() }
    }

    pub fn check(&self) -> Result<(), PolicyError> {
        if self.steps.is_empty() || self.steps.len() > 30 {
            return Err(PolicyError::Length);
        }
        for (i, step) in self.steps.iter().enumerate() {
            let earlier = &self.steps[..i];
            if earlier.iter().any(|s| s.id == step.id) {
                return Err(PolicyError::Repeated(step.id.clone()));
            }
            if earlier.iter().any(|s| s.kind > step.kind) {
                return Err(PolicyError::Order(step.id.clone()));
            }
            if step.after_days > 366 {
                return Err(PolicyError::Wait(step.id.clone()));
            }
        }
        Ok(())
    }

    /// The step after this one; the first step after `None`. A last step that the policy no longer knows is
    /// matched by its kind, so that a changed policy goes on where the old one was and never back.
    pub fn step_after(&self, last: Option<(&StepId, StepKind)>) -> Option<&Step> {
        let Some((id, kind)) = last else {
            return self.steps.first();
        };
        let next = match self.steps.iter().position(|s| s.id == *id) {
            Some(at) => at + 1,
            None => self.steps.iter().rposition(|s| s.kind <= kind).map_or(0, |at| at + 1),
        };
        self.steps.get(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_policy_is_a_good_one() {
        let policy = Policy::standard();
        assert_eq!(policy.check(), Ok(()));
        let days: Vec<u16> = policy.steps.iter().map(|s| s.after_days).collect();
        assert_eq!(days, [7, 14, 14, 14, 20]);
    }

    #[test]
    fn a_step_that_is_gone_is_matched_by_its_kind() {
        let policy = Policy::standard();
        let gone = StepId::parse("reminder-9").unwrap();
        let next = policy.step_after(Some((&gone, StepKind::Reminder))).unwrap();
        assert_eq!(next.id.as_str(), "final-reminder");
        let last = &policy.steps[4];
        assert_eq!(policy.step_after(Some((&last.id, last.kind))), None);
    }

    #[test]
    fn policies_that_go_back_or_repeat_are_refused() {
        let mut policy = Policy::standard();
        policy.steps.swap(1, 3);
        assert!(matches!(policy.check(), Err(PolicyError::Order(_))));
        let mut policy = Policy::standard();
        policy.steps[1].id = policy.steps[0].id.clone();
        assert!(matches!(policy.check(), Err(PolicyError::Repeated(_))));
        policy.steps.clear();
        assert_eq!(policy.check(), Err(PolicyError::Length));
    }
}
