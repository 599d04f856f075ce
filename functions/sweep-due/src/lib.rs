//! The sweep: puts whoever is due on the queue of `advance-case`. It reads the due index and nothing else, so it
//! costs what is due and not what exists. Whoever is not done stays in the index: the next sweep finds them again.

use std::sync::Arc;

use contracts::failure::Failure;
use contracts::queues::AdvanceCase;
use jiff::Timestamp;
use runtime::hints::{Hints, hint_all};
use serde::{Deserialize, Serialize};
use store::{Store, keys};

/// Entries that one read of the index takes.
const PAGE: u32 = 500;

/// What the sweep works with.
#[derive(Debug, Clone)]
pub struct Sweep {
    pub store: Store,
    /// The queue of `advance-case`.
    pub cases: Arc<dyn Hints>,
}

/// What one sweep did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// Debtors put on the queue.
    pub queued: usize,
    /// The time ran out before the end: the next sweep goes on, since what is done leaves the index.
    pub stopped_early: bool,
    /// The first instant after this sweep at which something falls due; null where nothing is known to.
    pub next_due_at: Option<Timestamp>,
}

impl Sweep {
    /// Puts everyone who is due at `now` on the queue, until `out_of_time` says so.
    pub async fn run(&self, now: Timestamp, out_of_time: impl Fn() -> bool) -> Result<Swept, Failure> {
        let mut swept = Swept { queued: 0, stopped_early: false, next_due_at: None };
        for shard in 0..keys::DUE_SHARDS {
            let mut cursor = None;
            loop {
                if out_of_time() {
                    swept.stopped_early = true;
                    return Ok(swept);
                }
                let page = self.store.due(shard, now, PAGE, cursor.as_deref()).await?;
                let hints: Vec<AdvanceCase> = page
                    .items
                    .into_iter()
                    .map(|(administration, debtor_id)| AdvanceCase { administration, debtor_id })
                    .collect();
                hint_all(&*self.cases, &hints).await?;
                swept.queued += hints.len();
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            let next = self.store.next_due(shard, now).await?;
            swept.next_due_at = swept.next_due_at.into_iter().chain(next).min();
        }
        Ok(swept)
    }
}
