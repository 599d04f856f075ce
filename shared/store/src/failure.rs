//! What a failing table means to a function, and the loop around load, decide, commit.

use std::future::Future;
use std::time::Duration;

use contracts::failure::Failure;
use domain::Violation;
use domain::ids::{AdministrationId, DebtorId};
use domain::notice::CALL_OVER_AFTER;
use jiff::Timestamp;

use crate::Store;
use crate::table::TableError;

/// Times that a decision is made anew before its conflict is the caller's.
const MOST_ROUNDS: u32 = 5;

impl From<TableError> for Failure {
    fn from(error: TableError) -> Failure {
        match error {
            TableError::Conflict { .. } => Failure::conflict("another writer was first"),
            TableError::Unavailable(why) => Failure::unavailable(why),
            TableError::TooLarge(_) => Failure::rejected(
                "dossier_too_large",
                "the debtor's dossier would grow beyond what is kept in one",
            ),
            TableError::BadCursor => {
                Violation::new("cursor", "bad_cursor", "is not a cursor of this list").into()
            }
            TableError::Bug(why) => Failure::bug(why),
        }
    }
}

/// Runs load, decide, commit until no other writer is in between, at most five times.
pub async fn until_no_conflict<T, F, Fut>(mut round: F) -> Result<T, Failure>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Failure>>,
{
    let mut rounds = 1;
    loop {
        match round().await {
            Err(Failure::Conflict { .. }) if rounds < MOST_ROUNDS => rounds += 1,
            done => return done,
        }
    }
}

/// How often a call that is under way is looked at again.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(200);

impl Store {
    /// Waits until no call about this debtor that was claimed before now can still leave, so that a hold that was
    /// just stored can be acknowledged. Nearly always that is at once; at most it is [`CALL_OVER_AFTER`].
    pub async fn wait_for_calls(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        now: &(dyn Fn() -> Option<Timestamp> + Sync),
    ) -> Result<(), Failure> {
        let rounds = CALL_OVER_AFTER.as_millis() / LOOK_AGAIN_AFTER.as_millis() as i128;
        for _ in 0..rounds {
            let dossier = self.dossier(administration, debtor).await?;
            let (Some(dossier), Some(now)) = (dossier, now()) else { return Ok(()) };
            if !dossier.value.has_call_in_flight(now) {
                return Ok(());
            }
            self.table.pause(LOOK_AGAIN_AFTER).await;
        }
        Ok(())
    }
}
