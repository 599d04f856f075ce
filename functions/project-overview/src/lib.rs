//! Keeps the desk's overview: a row of each debtor, the counters that move with it, work lists, and what is searched by.
//!
//! A hint says that a debtor's dossier may have changed; the row is made anew from what is stored. Hints that repeat or come out
//! of order therefore change nothing. One that was lost is found by the schedule, which has each overview *caught up*: it looks
//! through what changed since it did so last.
//!
//! What is absent: anything that decides by what stands in the overview.

mod catching_up;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::ProjectOverview;
use domain::administration::Administration;
use domain::ids::{AdministrationId, DebtorId};
use jiff::Timestamp;
use runtime::clock::Clock;
use runtime::hints::Hints;
use runtime::queue::{Delivery, Handled, QueueHandler};
use store::table::TableError;
use store::{DeskState, Projected, Store, until_no_conflict};

/// How long one message is worked on before the rest is handed over. Whoever reads how far an overview is uses that for less than
/// a walk waits before it begins.
const BUDGET: Duration = Duration::from_secs(10);

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Project {
    pub store: Store,
    pub clock: Clock,
    /// This function's own queue: what there is no time for is handed over.
    pub again: Arc<dyn Hints>,
}

impl Project {
    pub async fn run(&self, message: &ProjectOverview) -> Result<Handled, Failure> {
        let id = &message.administration;
        let Some(settings) = self.store.administration(id).await? else {
            return Ok(Handled::Skipped("no_such_administration"));
        };
        let Some(debtor) = &message.debtor_id else {
            return self.catch_up(&settings.value).await;
        };
        let state = self.store.desk_state(id).await?;
        let projected = self.project(&settings.value, debtor, &state.value).await?;
        if state.version == 0 {
            self.begin(id).await?;
        }
        Ok(match projected {
            Projected::Changed => Handled::Done("projected"),
            Projected::Unchanged => Handled::Skipped("nothing_new"),
        })
    }

    async fn project(
        &self,
        settings: &Administration,
        debtor: &DebtorId,
        state: &DeskState,
    ) -> Result<Projected, Failure> {
        let now = self.clock.now()?;
        until_no_conflict(|| async { Ok(self.store.project(settings, debtor, state, now).await?) }).await
    }

    /// From now on the schedule looks at this overview: at first at everything that there is.
    async fn begin(&self, administration: &AdministrationId) -> Result<(), Failure> {
        match self.store.keep_desk_state(administration, &DeskState::default(), 0).await {
            Ok(_) | Err(TableError::Conflict { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    fn now(&self) -> Result<Timestamp, Failure> {
        self.clock.now()
    }
}

#[async_trait]
impl QueueHandler<ProjectOverview> for Project {
    async fn handle(&self, message: ProjectOverview, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
