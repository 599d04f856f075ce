//! Tasks: what waits for a person, since when, and what somebody ends by saying that it is done.

use jiff::Timestamp;

use crate::calendar::midnight;
use crate::calling::CALL;
use crate::dispute::DISPUTE;
use crate::dossier::{Dossier, Draft, Task};
use crate::follow_up::{FORMAL_NOTICE_NOT_DELIVERED, NO_ADDRESS};
use crate::ids::{NoticeId, TaskId};
use crate::planning::PLAN_DECISION;
use crate::refusal::Refusal;
use crate::requesting::{REQUEST_STUCK, REQUEST_UNKNOWN};
use crate::timeline::Event;

/// Tasks that end with what they are about: the call that is made, the dispute or plan that is decided on, the address that comes
/// in, the formal notice that is known to have arrived, the request that the provider tells of. Rules read whether they stand.
const END_WITH_THEIR_CAUSE: [&str; 7] =
    [CALL, DISPUTE, PLAN_DECISION, NO_ADDRESS, FORMAL_NOTICE_NOT_DELIVERED, REQUEST_UNKNOWN, REQUEST_STUCK];

/// Since when a person has to look at a task: a call from its day on, everything else since it was opened.
pub fn due_at(dossier: &Dossier, task: &Task) -> Timestamp {
    let call = (task.about == CALL).then(|| NoticeId::parse(&task.subject).ok()).flatten();
    let call = call.and_then(|id| dossier.notice(&id)?.call.as_ref());
    call.map_or(task.opened_at, |call| midnight(call.call_on).max(task.opened_at))
}

/// Whether somebody ends this task by saying that it is done; others end with what they are about.
pub fn ends_by_hand(task: &Task) -> bool {
    !END_WITH_THEIR_CAUSE.contains(&task.about.as_str())
}

/// Somebody did what a task asked for: it waits no more.
///
/// # Errors
/// [`Refusal::NoSuchTask`]; [`Refusal::TaskEndsWithItsCause`].
pub fn done(draft: &mut Draft, id: &TaskId, note: Option<String>) -> Result<(), Refusal> {
    let task = draft.dossier.tasks.iter().find(|t| t.id == *id).ok_or(Refusal::NoSuchTask)?;
    if !ends_by_hand(task) {
        return Err(Refusal::TaskEndsWithItsCause);
    }
    let about = task.about.clone();
    draft.dossier.tasks.retain(|t| t.id != *id);
    draft.record(Event::TaskDone { task: id.clone(), about, note });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal_cases;

    #[test]
    fn what_is_done_waits_no_more_and_what_ends_with_its_cause_is_not_done_by_hand() {
        let dossier = signal_cases::dossier();
        let now = dossier.updated_at;
        let mut draft = Draft::of(dossier, now, "desk");
        draft.open_task("address_failed", "d1.n1");
        draft.open_task(CALL, "d1.n2");
        let ids: Vec<TaskId> = draft.dossier.tasks.iter().map(|t| t.id.clone()).collect();
        assert_eq!(done(&mut draft, &ids[1], None), Err(Refusal::TaskEndsWithItsCause));
        assert_eq!(done(&mut draft, &ids[0], Some("another address".to_owned())), Ok(()));
        assert_eq!(done(&mut draft, &ids[0], None), Err(Refusal::NoSuchTask));
        let left: Vec<&str> = draft.dossier.tasks.iter().map(|t| t.about.as_str()).collect();
        assert_eq!(left, [CALL]);
    }
}
