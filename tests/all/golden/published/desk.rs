//! Samples of what the desk does: tasks and notes.

use domain::step::StepKind;
use domain::timeline::Event;

use super::{debtor, invoice, policy, reason, task};

pub(super) fn next_of_tasks(event: &Event) -> Option<Event> {
    let note = || debtor().note(1);
    Some(match event {
        Event::TaskOpened { .. } => {
            Event::TaskDone { task: task(), about: "address_failed".to_owned(), note: Some(reason()) }
        }
        Event::TaskDone { .. } => Event::NoteAdded { note: note(), invoice: Some(invoice("i1")) },
        Event::NoteAdded { .. } => Event::NoteRemoved { note: note(), invoice: Some(invoice("i1")) },
        _ => Event::StepSkipped {
            invoice: invoice("i1"),
            step: "reminder-2".parse().expect("an id"),
            kind: StepKind::Reminder,
            reason: reason(),
            policy: policy(),
            policy_version: 1,
            settings_version: 1,
        },
    })
}
