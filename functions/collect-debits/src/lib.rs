//! Collection by direct debit: takes what is to be submitted today into a batch, and writes its file for the bank.
//!
//! It reads the index of what waits and nothing else. A debit joins a batch in one write with its dossier, under the
//! condition that the batch is open and that nobody held everyone meanwhile; so it is in one batch, once, whoever else runs.
//! Then the batch is sealed: nothing joins it any more, its entries are final, and its file is the same however often it is
//! written. Wherever this dies, the next run goes on: what is open is joined and sealed, what is sealed is written. A batch
//! that was not finished on its day is given up, and its debits are announced anew: its day of collection could not be kept.
//!
//! What is absent: sending the file to the bank. Somebody downloads it, submits it, and says so.

mod batches;
pub mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contracts::failure::Failure;
use domain::calendar::today;
use domain::debit_batch::{Batch, BatchId, BatchState};
use domain::debiting::{self, Weighed};
use domain::dossier::Draft;
use domain::ids::{AdministrationId, DebitId, DebtorId};
use domain::target2;
use jiff::civil::Date;
use outside::files::Files;
use runtime::clock::Clock;
use serde::{Deserialize, Serialize};
use store::{Along, DueDebit, Store, Versioned, keys, until_no_conflict};

/// Entries that one read of the index takes.
const PAGE: u32 = 500;

/// Debits that one run takes up at most; the next goes on, half an hour later.
const MOST_DEBITS: usize = 50_000;

/// Who the timeline says did it.
const BY: &str = "schedule";

/// What the function works with.
#[derive(Debug, Clone)]
pub struct Collect {
    pub store: Store,
    pub clock: Clock,
    pub files: Arc<dyn Files>,
}

/// What one run did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Collected {
    /// Debits that joined a batch.
    pub joined: usize,
    /// Debits that may not be collected any more.
    pub cancelled: usize,
    /// Batches whose file was written.
    pub ready: usize,
    /// Rejected batches whose debits were given back.
    pub released: usize,
    /// The time ran out before the end: the next run goes on.
    pub stopped_early: bool,
}

/// What became of one debit.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Joined {
    /// It joined this batch.
    Batch(BatchId),
    /// It may not be collected any more.
    Cancelled,
    /// Another run was first.
    NotDue,
}

/// What there is to do, as the index tells.
#[derive(Debug, Default)]
struct Due {
    debits: Vec<(AdministrationId, DebtorId, DebitId)>,
    batches: BTreeSet<(AdministrationId, BatchId)>,
    more: bool,
}

impl Collect {
    /// Does what is due today, until `out_of_time` says so. On a day on which banks do not settle it does nothing.
    ///
    /// # Errors
    /// The first failure, after everything that does not depend on it was done.
    pub async fn run(&self, out_of_time: impl Fn() -> bool) -> Result<Collected, Failure> {
        let day = today(self.clock.now()?);
        let mut done = Collected::default();
        if !target2::is_open(day) {
            return Ok(done);
        }
        let mut due = self.due().await?;
        done.stopped_early = due.more;
        let mut failed = None;
        for (administration, batch) in &due.batches {
            let given_up = self.give_up_late(administration, batch, day).await;
            note(&mut failed, given_up);
            match self.release(administration, batch, day).await {
                Ok(released) => done.released += usize::from(released),
                Err(failure) => note(&mut failed, Err(failure)),
            }
        }
        let mut sizes: BTreeMap<(AdministrationId, BatchId), usize> = BTreeMap::new();
        for (administration, debtor, debit) in &due.debits {
            if out_of_time() {
                // What is open stays open: the next run goes on with it.
                done.stopped_early = true;
                return ended(done, failed);
            }
            match self.join(administration, debtor, debit, day).await {
                Ok(Joined::Batch(batch)) => {
                    done.joined += 1;
                    let of = (administration.clone(), batch);
                    let filled = self.fill(&mut sizes, &of).await;
                    note(&mut failed, filled);
                    due.batches.insert(of);
                }
                Ok(Joined::Cancelled) => done.cancelled += 1,
                Ok(Joined::NotDue) => {}
                Err(failure) => note(&mut failed, Err(failure)),
            }
        }
        for (administration, batch) in &due.batches {
            if out_of_time() {
                done.stopped_early = true;
                break;
            }
            match self.finish(administration, batch).await {
                Ok(written) => done.ready += usize::from(written),
                Err(failure) => note(&mut failed, Err(failure)),
            }
        }
        ended(done, failed)
    }

    async fn due(&self) -> Result<Due, Failure> {
        let now = self.clock.now()?;
        let mut due = Due::default();
        for shard in 0..keys::DUE_SHARDS {
            let mut cursor = None;
            loop {
                let page = self.store.due_debits(shard, now, PAGE, cursor.as_deref()).await?;
                for item in page.items {
                    match item {
                        DueDebit::Debit(administration, debtor, debit) => {
                            due.debits.push((administration, debtor, debit));
                        }
                        DueDebit::Batch(administration, batch) => {
                            due.batches.insert((administration, batch));
                        }
                    }
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
                if due.debits.len() >= MOST_DEBITS {
                    due.more = true;
                    return Ok(due);
                }
            }
        }
        Ok(due)
    }

    /// Lets one debit join the day's batch, or cancels it where it may not be collected any more.
    async fn join(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        debit: &DebitId,
        day: Date,
    ) -> Result<Joined, Failure> {
        until_no_conflict(|| async {
            let settings = self.store.administration(administration).await?;
            let settings = settings.ok_or_else(|| Failure::bug("a debit of no administration"))?;
            let Some(known) = self.store.dossier(administration, debtor).await? else {
                return Ok(Joined::NotDue);
            };
            let mut draft = Draft::of(known.value, self.clock.now()?, BY);
            // No hold on everyone came in between.
            let unchanged = Along::AdministrationUnchanged { version: settings.version };
            let settings = &settings.value;
            match debiting::weigh(&mut draft, settings, debit) {
                Weighed::NotDue => Ok(Joined::NotDue),
                Weighed::Cancelled(_) => {
                    self.store.commit(settings, &draft, Some(known.version), vec![unchanged]).await?;
                    Ok(Joined::Cancelled)
                }
                Weighed::Stands => {
                    let batch = self.open_batch(settings, day).await?;
                    let (id, version) = (batch.value.id, batch.version);
                    let Some(entry) = debiting::join(&mut draft, settings, debit, &id) else {
                        return Err(Failure::bug("a debit that stands does not join"));
                    };
                    let open = Along::BatchUnchanged { batch: id.clone(), version };
                    let entry = Along::BatchEntry { entry: Box::new(entry), known: None };
                    let along = vec![open, entry, unchanged];
                    self.store.commit(settings, &draft, Some(known.version), along).await?;
                    Ok(Joined::Batch(id))
                }
            }
        })
        .await
    }

    /// Counts what joined, and seals a batch that is full.
    async fn fill(
        &self,
        sizes: &mut BTreeMap<(AdministrationId, BatchId), usize>,
        of: &(AdministrationId, BatchId),
    ) -> Result<(), Failure> {
        let (administration, batch) = of;
        let size = match sizes.get(of) {
            Some(size) => size + 1,
            // An earlier run may have begun it.
            None => self.entries(administration, batch).await?.len(),
        };
        sizes.insert(of.clone(), size);
        let settings = self.store.administration(administration).await?;
        let most = settings.map(|s| s.value.direct_debit.most_per_batch);
        if most.is_some_and(|most| size >= usize::from(most)) {
            self.seal(administration, batch).await?;
        }
        Ok(())
    }

    /// The batch that debits join now, made where there is none.
    async fn open_batch(
        &self,
        settings: &domain::administration::Administration,
        day: Date,
    ) -> Result<Versioned<Batch>, Failure> {
        for number in 1..=batches::MOST_A_DAY {
            let id = BatchId::of(day, number);
            match self.store.batch(&settings.id, &id).await? {
                Some(known) if known.value.state == BatchState::Open => return Ok(known),
                Some(_) => {}
                None => return self.begin(settings, id, day).await,
            }
        }
        Err(Failure::rejected("too_many_batches", "the day has as many batches as it may have"))
    }
}

/// Keeps the first failure, and logs all but it: whoever called logs that one.
fn note(first: &mut Option<Failure>, result: Result<(), Failure>) {
    if let Err(failure) = result {
        if first.is_some() {
            tracing::error!(reason = failure.code(), "collecting: {failure}");
        } else {
            *first = Some(failure);
        }
    }
}

fn ended(done: Collected, failed: Option<Failure>) -> Result<Collected, Failure> {
    failed.map_or(Ok(done), Err)
}
