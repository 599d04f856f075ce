//! Catching up: what no hint brought, what only the days bring, and the walk that makes everything anew.
//!
//! All of it goes on where it was: how far it came is stored after each page. What is shown meanwhile stays as it is.

use std::time::Duration;

use contracts::failure::Failure;
use contracts::queues::ProjectOverview;
use domain::administration::Administration;
use domain::calendar::today;
use domain::ids::{AdministrationId, DebtorId};
use futures_util::future::try_join_all;
use runtime::hints::{hint, hint_later};
use runtime::invoke::Deadline;
use runtime::queue::Handled;
use store::table::TableError;
use store::{DeskState, Projected, Versioned};

use crate::{BUDGET, Project};

/// Debtors between two looks at the time.
const PAGE: u32 = 50;

/// Rows that are made at once.
const AT_ONCE: usize = 8;

/// Whether there was time for all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    ToItsEnd,
    SoFar,
}

impl Project {
    /// Brings the overview of an administration up to now, and goes on with the walk that makes it anew.
    pub(crate) async fn catch_up(&self, settings: &Administration) -> Result<Handled, Failure> {
        let until = Deadline::after(BUDGET);
        let id = &settings.id;
        let mut known = self.store.desk_state(id).await?;
        if known.value.is_outdated() {
            match self.store.begin_rebuild(id, self.now()?).await {
                Ok(_) | Err(TableError::Conflict { .. }) => {}
                Err(other) => return Err(other.into()),
            }
            known = self.store.desk_state(id).await?;
        }
        let found = self.find_lost(settings, &known, until).await?;
        let came = match found {
            Came::SoFar => Came::SoFar,
            Came::ToItsEnd => match self.age(settings, &known.value, until).await? {
                Came::SoFar => Came::SoFar,
                Came::ToItsEnd => self.rebuild(settings, until).await?,
            },
        };
        if came == Came::SoFar {
            hint(&*self.again, &about(id)).await?;
            return Ok(Handled::Done("handed_over"));
        }
        self.wait_for_rebuild(id).await?;
        Ok(Handled::Done("caught_up"))
    }

    /// Looks through what changed since this was done last.
    async fn find_lost(
        &self,
        settings: &Administration,
        known: &Versioned<DeskState>,
        until: Deadline,
    ) -> Result<Came, Failure> {
        let (id, begun) = (&settings.id, self.now()?);
        let since = known.value.checked_until;
        let mut cursor: Option<String> = None;
        loop {
            let page = self.store.deleted_since(id, since, PAGE, cursor.as_deref()).await?;
            self.project_all(settings, &page.items, &known.value).await?;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
            if until.is_within(Duration::ZERO) {
                return Ok(Came::SoFar);
            }
        }
        let mut cursor: Option<String> = None;
        loop {
            let page = self.store.changed_since(id, since, PAGE, cursor.as_deref()).await?;
            self.project_all(settings, &page.debtors, &known.value).await?;
            cursor = page.next;
            let came = match cursor {
                None => Came::ToItsEnd,
                Some(_) if until.is_within(Duration::ZERO) => Came::SoFar,
                Some(_) => continue,
            };
            let looked_until = if came == Came::ToItsEnd { begun } else { page.until };
            self.keep(id, &known.value.checked_at(looked_until, begun), known).await?;
            return Ok(came);
        }
    }

    /// Moves what came into the last bucket of ageing, where it stays, and forgets months of which nothing is left.
    async fn age(
        &self,
        settings: &Administration,
        state: &DeskState,
        until: Deadline,
    ) -> Result<Came, Failure> {
        let (id, on) = (&settings.id, today(self.now()?));
        loop {
            let debtors = self.store.aged_rows(id, on, PAGE).await?;
            let changed = self.project_all(settings, &debtors, state).await?;
            // The index may show for a moment what was done already.
            if debtors.len() < PAGE as usize || changed == 0 {
                break;
            }
            if until.is_within(Duration::ZERO) {
                return Ok(Came::SoFar);
            }
        }
        let month = format!("{:04}-{:02}", on.year(), on.month());
        self.store.tidy_desk_counters(id, state, &month).await?;
        Ok(Came::ToItsEnd)
    }

    /// Goes on with the walk that makes everything anew, where there is one.
    async fn rebuild(&self, settings: &Administration, until: Deadline) -> Result<Came, Failure> {
        let id = &settings.id;
        let mut known = self.store.desk_state(id).await?;
        while let Some(rebuild) = known.value.rebuild.clone().filter(|r| self.is_over(r.begins_at)) {
            if until.is_within(Duration::ZERO) {
                return Ok(Came::SoFar);
            }
            let page = self.store.rebuild_page(id, &rebuild, PAGE).await?;
            self.project_all(settings, &page.items, &known.value).await?;
            let is_last = page.next.is_none();
            known = match self.store.walked_rebuild(id, &known, page.items.len(), page.next).await {
                Ok(known) => known,
                // Somebody else goes on with it, or caught up meanwhile.
                Err(TableError::Conflict { .. }) => self.store.desk_state(id).await?,
                Err(other) => return Err(other.into()),
            };
            if is_last && known.value.rebuild.is_none() {
                let day = today(self.now()?);
                let month = format!("{:04}-{:02}", day.year(), day.month());
                self.store.tidy_desk_counters(id, &known.value, &month).await?;
            }
        }
        Ok(Came::ToItsEnd)
    }

    /// A walk that was asked for, and may not begin yet, comes back by a message.
    async fn wait_for_rebuild(&self, id: &AdministrationId) -> Result<(), Failure> {
        let state = self.store.desk_state(id).await?.value;
        let Some(rebuild) = state.rebuild else { return Ok(()) };
        let wait = rebuild.begins_at.duration_since(self.now()?);
        let wait = Duration::try_from(wait).unwrap_or_default() + Duration::from_secs(1);
        hint_later(&*self.again, &about(id), wait).await
    }

    fn is_over(&self, at: jiff::Timestamp) -> bool {
        self.now().is_ok_and(|now| at <= now)
    }

    /// Makes the rows of these debtors anew. How many were other ones before.
    async fn project_all(
        &self,
        settings: &Administration,
        debtors: &[DebtorId],
        state: &DeskState,
    ) -> Result<usize, Failure> {
        let mut changed = 0;
        for some in debtors.chunks(AT_ONCE) {
            let projected = some.iter().map(|debtor| self.project(settings, debtor, state));
            let projected = try_join_all(projected).await?;
            changed += projected.iter().filter(|projected| **projected == Projected::Changed).count();
        }
        Ok(changed)
    }

    /// Keeps how far it is; somebody else who did so meanwhile wins.
    async fn keep(
        &self,
        id: &AdministrationId,
        state: &DeskState,
        known: &Versioned<DeskState>,
    ) -> Result<(), Failure> {
        if *state == known.value && known.version > 0 {
            return Ok(());
        }
        match self.store.keep_desk_state(id, state, known.version).await {
            Ok(_) | Err(TableError::Conflict { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

fn about(administration: &AdministrationId) -> ProjectOverview {
    ProjectOverview { administration: administration.clone(), debtor_id: None }
}
