//! The sweep: puts whoever is due on the queue of `advance-case`. It reads the due index and nothing else, so it
//! costs what is due and not what exists. Whoever is not done stays in the index: the next sweep finds them again.
//!
//! Connections with accounting packages, imports of files and webhooks have partitions of the index, and a schedule, of their
//! own: they are worked on by day and night. An import that is due is one that nobody goes on with, though it is not at its end.
//!
//! A change of an administration's settings moves its debtors' places in the index: that is a *walk*, which stands in the
//! same index, and which the sweep goes on with after everything else. It stores each place itself, so that a message that
//! is lost leaves nobody where they were. What happens next to them may be another thing too, so the overview hears of each.

use std::sync::Arc;

use contracts::failure::Failure;
use contracts::queues::{AdvanceCase, DispatchWebhooks, ImportRecords, ProjectOverview, SyncAccounting};
use domain::administration::Administration;
use domain::dossier::Draft;
use domain::ids::{AdministrationId, DebtorId};
use domain::next::due_at;
use domain::signalling;
use jiff::Timestamp;
use runtime::hints::{Hints, hint_all};
use serde::{Deserialize, Serialize};
use store::table::TableError;
use store::{Due, DueImport, DueWebhook, Store, keys, until_no_conflict};

/// Entries that one read of an index takes.
const PAGE: u32 = 500;

/// Debtors between two looks at the time while a walk goes on: each is read, and written where its place changed.
const WALK_PAGE: u32 = 100;

/// Who the timeline would say did it; taking a place in the index is no entry.
const BY: &str = "schedule";

/// What the sweep works with.
#[derive(Debug, Clone)]
pub struct Sweep {
    pub store: Store,
    /// The queue of `advance-case`.
    pub cases: Arc<dyn Hints>,
    /// The queue of `sync-accounting`.
    pub syncs: Arc<dyn Hints>,
    /// The queue of `import-records`.
    pub imports: Arc<dyn Hints>,
    /// The queue of `dispatch-webhooks`.
    pub webhooks: Arc<dyn Hints>,
    /// The queue of `project-overview`.
    pub overviews: Arc<dyn Hints>,
}

/// What a schedule asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Of {
    /// Debtors for whom something is due.
    #[default]
    Debtors,
    /// Connections with accounting packages, imports of files, and webhooks.
    Connections,
}

/// The event of a schedule; what else it says is not looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Scheduled {
    #[serde(default)]
    pub of: Of,
}

/// What one sweep did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// Debtors, or connections, imports and webhooks, put on their queue because something is due.
    pub queued: usize,
    /// Debtors looked at because their administration's settings changed.
    pub walked: usize,
    /// The time ran out before the end: the next sweep goes on, since what is done leaves the index.
    pub stopped_early: bool,
    /// The first instant after this sweep at which something falls due; null where nothing is known to.
    pub next_due_at: Option<Timestamp>,
}

impl Sweep {
    /// Does what a schedule asks for.
    pub async fn scheduled(
        &self,
        event: Scheduled,
        now: Timestamp,
        out_of_time: impl Fn() -> bool,
    ) -> Result<Swept, Failure> {
        match event.of {
            Of::Debtors => self.run(now, out_of_time).await,
            Of::Connections => self.connections(now, out_of_time).await,
        }
    }

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

    /// Puts every connection, import and webhook that is due at `now` on its queue, until `out_of_time` says so.
    pub async fn connections(
        &self,
        now: Timestamp,
        out_of_time: impl Fn() -> bool,
    ) -> Result<Swept, Failure> {
        let mut swept = Swept { queued: 0, walked: 0, stopped_early: false, next_due_at: None };
        let mut cursor = None;
        loop {
            if out_of_time() {
                swept.stopped_early = true;
                return Ok(swept);
            }
            let page = self.store.due_connections(now, PAGE, cursor.as_deref()).await?;
            let hints: Vec<SyncAccounting> = page
                .items
                .into_iter()
                .map(|due| SyncAccounting {
                    administration: due.administration,
                    package: Some(due.package),
                    debtor_id: None,
                })
                .collect();
            hint_all(&*self.syncs, &hints).await?;
            swept.queued += hints.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        self.imports(now, &out_of_time, &mut swept).await?;
        self.webhooks(now, &out_of_time, &mut swept).await?;
        self.overviews(&out_of_time, &mut swept).await?;
        Ok(swept)
    }

    /// Has every overview caught up with what no hint brought. They are few, one an administration, and count as nothing that
    /// was due.
    async fn overviews(&self, out_of_time: impl Fn() -> bool, swept: &mut Swept) -> Result<(), Failure> {
        let mut cursor = None;
        loop {
            if out_of_time() {
                swept.stopped_early = true;
                return Ok(());
            }
            let page = self.store.desks(PAGE, cursor.as_deref()).await?;
            let hint = |administration| ProjectOverview { administration, debtor_id: None };
            let hints: Vec<ProjectOverview> = page.items.into_iter().map(hint).collect();
            hint_all(&*self.overviews, &hints).await?;
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn webhooks(
        &self,
        now: Timestamp,
        out_of_time: impl Fn() -> bool,
        swept: &mut Swept,
    ) -> Result<(), Failure> {
        for shard in 0..keys::DUE_SHARDS {
            let mut cursor = None;
            loop {
                if out_of_time() {
                    swept.stopped_early = true;
                    return Ok(());
                }
                let page = self.store.due_webhooks(shard, now, PAGE, cursor.as_deref()).await?;
                let hint = |due: DueWebhook| DispatchWebhooks {
                    administration: due.administration,
                    webhook_id: Some(due.webhook),
                    debtor_id: due.debtor,
                    sequence: None,
                };
                let hints: Vec<DispatchWebhooks> = page.items.into_iter().map(hint).collect();
                hint_all(&*self.webhooks, &hints).await?;
                swept.queued += hints.len();
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn imports(
        &self,
        now: Timestamp,
        out_of_time: impl Fn() -> bool,
        swept: &mut Swept,
    ) -> Result<(), Failure> {
        let mut cursor = None;
        loop {
            if out_of_time() {
                swept.stopped_early = true;
                return Ok(());
            }
            let page = self.store.due_imports(now, PAGE, cursor.as_deref()).await?;
            let due = page.items.into_iter();
            let hint = |due: DueImport| ImportRecords::GoOn {
                administration: due.administration,
                import_id: due.import,
            };
            let hints: Vec<ImportRecords> = due.map(hint).collect();
            hint_all(&*self.imports, &hints).await?;
            swept.queued += hints.len();
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
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
            let Some(settings) = self.store.administration(administration).await? else { return Ok(()) };
            let page = self.store.walk_page(administration, &at.value, WALK_PAGE).await?;
            let (mut hints, mut rows) = (Vec::new(), Vec::new());
            for debtor_id in page.items {
                swept.walked += 1;
                let debtor = Some(debtor_id.clone());
                rows.push(ProjectOverview { administration: administration.clone(), debtor_id: debtor });
                if self.replace(&settings.value, &debtor_id, now).await? {
                    hints.push(AdvanceCase { administration: administration.clone(), debtor_id });
                }
            }
            hint_all(&*self.cases, &hints).await?;
            hint_all(&*self.overviews, &rows).await?;
            walk = match self.store.walked(administration, &at, page.next).await {
                Ok(next) => next,
                Err(TableError::Conflict { .. }) => return Ok(()),
                Err(other) => return Err(other.into()),
            };
        }
        Ok(())
    }

    /// Gives a dossier the place in the due index that it has under these settings. Whether it is due now.
    async fn replace(
        &self,
        settings: &Administration,
        debtor: &DebtorId,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        until_no_conflict(|| async {
            let Some(placed) = self.store.placed_dossier(&settings.id, debtor).await? else {
                return Ok(false);
            };
            let version = placed.known.version;
            let mut draft = Draft::of(placed.known.value.clone(), now, BY);
            signalling::look_again_where_conditions_changed(&mut draft, settings);
            if !draft.is_unchanged() || !placed.is_right_for(&draft.dossier, settings, now) {
                self.store.commit(settings, &draft, Some(version), Vec::new()).await?;
            }
            Ok(due_at(&draft.dossier, settings, now).is_some_and(|at| at <= now))
        })
        .await
    }
}
