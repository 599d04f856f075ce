//! Tasks: what waits for a person, over all debtors.

use domain::Violation;
use domain::dossier::Task;
use domain::ids::DebtorId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// What somebody says who did what a task asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskDoneBody {
    /// At most 500 characters; stays on the timeline.
    pub note: Option<String>,
}

impl TaskDoneBody {
    /// The note.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(&self) -> Result<Option<String>, Vec<Violation>> {
        let mut fields = Fields::new();
        let note = fields.optional_text("note", self.note.as_deref(), 500);
        fields.finish(Some(note))
    }
}

/// A task that waits, with whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenTaskView {
    pub id: String,
    pub debtor_id: String,
    /// What has to be looked at, as a stable code such as `hold_review`.
    pub about: String,
    /// The id of the thing that it is about.
    pub subject: String,
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
}

impl OpenTaskView {
    pub fn of(task: &Task, debtor: &DebtorId) -> OpenTaskView {
        OpenTaskView {
            id: task.id.to_string(),
            debtor_id: debtor.to_string(),
            about: task.about.clone(),
            subject: task.subject.clone(),
            opened_at: task.opened_at,
        }
    }
}
