//! What a failing table means to a function, and the loop around load, decide, commit.

use std::future::Future;

use contracts::failure::Failure;
use domain::Violation;

use crate::table::TableError;

/// Times that a decision is made anew before its conflict is the caller's.
const MOST_ROUNDS: u32 = 5;

impl From<TableError> for Failure {
    fn from(error: TableError) -> Failure {
        match error {
            TableError::Conflict { .. } => Failure::conflict("another writer was first"),
            TableError::Unavailable(why) => Failure::unavailable(why),
            TableError::TooLarge(_) => {
                Failure::rejected("dossier_too_large", "the debtor's dossier would grow beyond what is kept in one")
            }
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
