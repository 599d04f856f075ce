//! The sweep: puts whoever is due on the queue of `advance-case`. It reads the due index and nothing else, so it
//! costs what is due and not what exists. Whoever is not done stays in the index: the next sweep finds them again.
//!
//! A change of an administration's settings makes all its debtors due once: that is a *walk*, which stands in the same
//! index, and which the sweep goes on with after everything else.

use std::sync::Arc;

use contracts::failure::Failure;
use contracts::queues::AdvanceCase;
use domain::ids::AdministrationId;
use jiff::Timestamp;
use runtime::hints::{Hints, hint_all};
use serde::{Deserialize, Serialize};
use store::table::TableError;
use store::{Due, Store, keys};

/// Entries that one read of an index takes.
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
    /// Debtors put on the queue because something is due.
    pub queued: usize,
    /// Debtors put on the queue because their administration's settings changed.
    pub walked: usize,
    /// The time ran out before the end: the next sweep goes on, since what is done leaves the index.
    pub stopped_early: bool,
    /// The first instant after this sweep at which something falls due; null where nothing is known to.
    pub next_due_at: Option<Timestamp>,
}

impl Sweep {
    /// Puts everyone who is due at `now` on the queue, until `out_of_time` says so.
    pub async fn run(&self, now: Timestamp, out_of_time: impl Fn() -> bool) -> Result<Swept, Failure> {
        let mut swept = Swept { queued: 0, walked: 0, stopped_early: false, next_due_at: None };
        let mut walks = Vec::new();
        for shard in 0..keys::DUE_SHARDS {
            let mut cursor = None;
            loop {
                if out_of_time() {
                    swept.stopped_early = true;
                    return Ok(swept);
                }
                let page = self.store.due(shard, now, PAGE, cursor.as_deref()).await?;
                let mut hints = Vec::with_capacity(page.items.len());
                for due in page.items {
                    match due {
                        Due::Dossier(administration, debtor_id) => {
                            hints.push(AdvanceCase { administration, debtor_id });
                        }
                        Due::Walk(administration) => walks.push(administration),
                    }
                }
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
        for administration in walks {
            self.go_on(&administration, now, &out_of_time, &mut swept).await?;
        }
        Ok(swept)
    }

    /// Goes on with the walk over this administration's dossiers, page by page.
    async fn go_on(
        &self,
        administration: &AdministrationId,
        now: Timestamp,
        out_of_time: &impl Fn() -> bool,
        swept: &mut Swept,
    ) -> Result<(), Failure> {
        let mut walk = self.store.walk(administration).await?;
        // The index may be behind: the walk has ended, or began anew and is not due yet.
        while let Some(at) = walk.filter(|w| w.value.begins_at <= now) {
            if out_of_time() {
                swept.stopped_early = true;
                return Ok(());
            }
            let page = self.store.walk_page(administration, &at.value, PAGE).await?;
            let hint = |debtor_id| AdvanceCase { administration: administration.clone(), debtor_id };
            let hints: Vec<AdvanceCase> = page.items.into_iter().map(hint).collect();
            hint_all(&*self.cases, &hints).await?;
            swept.walked += hints.len();
            walk = match self.store.walked(administration, &at, page.next).await {
                Ok(next) => next,
                Err(TableError::Conflict { .. }) => return Ok(()),
                Err(other) => return Err(other.into()),
            };
        }
        Ok(())
    }
}
