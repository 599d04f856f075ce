//! The keys of tasks and notes: tasks by when they are due, over all debtors and by what they are about; notes beside the dossier.
//!
//! A task has two rows: one among all of the administration, and one among those of its kind. Calls are a kind of task.

use domain::ids::{AdministrationId, DebtorId, NoteId, TaskId};
use jiff::Timestamp;

use super::{dossier_partition, ordered};
use crate::table::Key;

/// Open tasks of an administration: all of them, or those about one thing.
pub fn tasks(administration: &AdministrationId, about: Option<&str>) -> String {
    format!("{administration}#J#{}", about.unwrap_or("-"))
}

/// A row of one of these lists: what is due first comes first.
pub fn task_row(
    administration: &AdministrationId,
    about: Option<&str>,
    due_at: Timestamp,
    task: &TaskId,
) -> Key {
    Key::new(tasks(administration, about), format!("{}#{task}", ordered(due_at)))
}

/// What the notes about a debtor begin with.
pub const NOTE_PREFIX: &str = "N#";

/// By its number within the debtor's dossier, so that they are read in the order in which they were made.
pub fn note(administration: &AdministrationId, debtor: &DebtorId, note: &NoteId) -> Key {
    let number = note.number().unwrap_or_default();
    Key::new(dossier_partition(administration, debtor), format!("{NOTE_PREFIX}{number:010}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_tasks_and_notes_are_what_they_always_were() {
        let a = AdministrationId::parse("eneco").unwrap();
        let d = DebtorId::parse("d-1").unwrap();
        let at: Timestamp = "2026-11-23T07:00:00.5Z".parse().unwrap();
        let key = |k: Key| format!("{} | {}", k.partition, k.sort);
        let pinned = [
            (key(task_row(&a, None, at, &d.task(2))), "eneco#J#- | 2026-11-23T07:00:00Z#d-1.t2"),
            (key(task_row(&a, Some("call"), at, &d.task(2))), "eneco#J#call | 2026-11-23T07:00:00Z#d-1.t2"),
            (key(note(&a, &d, &d.note(3))), "eneco#D#d-1 | N#0000000003"),
        ];
        for (made, expected) in pinned {
            assert_eq!(made, expected);
        }
    }
}
