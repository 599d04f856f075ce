//! Keeps an administration and its accounting package alike: tells the package of payments that came in here and of costs
//! that were charged here, and takes in what changed there. One message is one connection; whoever has its lease works on it, and nobody else.
//!
//! A run first tells, then reads: what it reads afterwards contains what it told. It reads what changed since the last time,
//! with an overlap; once a night it reads everything that is open, and asks one by one for what is open here and was not met
//! there: changed, paid or gone. Where it stands is kept after each page, so a run that dies or has no time left is gone on
//! with. Whatever goes wrong over there is kept with the connection and tried again later: only a store that is away brings
//! the message back.
//!
//! When there is nothing else to read, it fetches the documents of invoices that came in.
//!
//! Nobody else talks to a package, so that tokens which change with every use are used by one.

mod documents;
mod quota;
mod session;
mod sweeping;
mod taking;
mod telling;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::SyncAccounting;
use domain::connection::{PULL_EVERY, Package};
use domain::ids::{AdministrationId, DebtorId};
use outside::accounting::Packages;
use outside::files::Files;
use outside::secrets::Secrets;
use runtime::clock::Clock;
use runtime::hints::{Hints, hint, hint_later};
use runtime::invoke::Deadline;
use runtime::queue::{Delivery, Handled, QueueHandler};
use store::Store;
use store::table::TableError;

use session::{Session, Stop};

/// How long one message is worked on before the rest is handed over: a page that was begun just before still ends within
/// the function's time.
const BUDGET: Duration = Duration::from_secs(10);

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Sync {
    pub store: Store,
    pub clock: Clock,
    pub secrets: Arc<dyn Secrets>,
    pub packages: Arc<dyn Packages>,
    /// Where documents of invoices lie.
    pub files: Arc<dyn Files>,
    /// This function's own queue: what there is no time for is handed over.
    pub again: Arc<dyn Hints>,
    /// What the names of secrets begin with.
    pub prefix: String,
    /// Where packages may tell of changes, without a slash at the end.
    pub hooks: String,
}

/// What a message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work<'a> {
    /// Everything that is due.
    All,
    /// Only to tell the package of payments, and of costs that were charged for this debtor: something happened here.
    Tell(Option<&'a DebtorId>),
}

impl Sync {
    pub async fn run(&self, message: &SyncAccounting) -> Result<Handled, Failure> {
        let administration = &message.administration;
        if let Some(package) = message.package {
            return self.work(administration, package, Work::All).await;
        }
        let mut handled = Handled::Skipped("no_connection");
        for connection in self.store.connections(administration).await? {
            if connection.value.works() && connection.value.options.write_back {
                handled = self
                    .work(administration, connection.value.package, Work::Tell(message.debtor_id.as_ref()))
                    .await?;
            }
        }
        Ok(handled)
    }

    async fn work(
        &self,
        administration: &AdministrationId,
        package: Package,
        work: Work<'_>,
    ) -> Result<Handled, Failure> {
        let Some(mut known) = self.store.connection(administration, package).await? else {
            return Ok(Handled::Skipped("no_such_connection"));
        };
        let now = self.clock.now()?;
        if !known.value.lease(now) {
            return Ok(Handled::Skipped("under_way_or_waiting"));
        }
        let due = known.value.due_at;
        let leased = self.store.put_connection(administration, &known.value, Some(known.version)).await;
        known.version = match leased {
            Ok(version) => version,
            Err(TableError::Conflict { .. }) => return Ok(Handled::Skipped("under_way_or_waiting")),
            Err(other) => return Err(other.into()),
        };
        let mut session = Session::new(self, administration.clone(), known);
        let done = match work {
            Work::All => session.all(Deadline::after(BUDGET)).await,
            Work::Tell(debtor) => session.only_tell(debtor, due).await,
        };
        self.end(session, done).await
    }

    /// Keeps how the run ended, and lets go of the connection.
    async fn end(&self, mut session: Session<'_>, done: Result<(), Stop>) -> Result<Handled, Failure> {
        let now = self.clock.now()?;
        let connection = &mut session.connection;
        let mut later = None;
        let handled = match done {
            Ok(()) => Handled::Done("synchronised"),
            Err(Stop::NoTime) => {
                connection.hand_over(now);
                Handled::Done("handed_over")
            }
            // Short enough for whoever comes next to wait it out.
            Err(Stop::Wait(wait)) if wait <= quota::WAITS_OUT => {
                connection.hand_over(now);
                Handled::Done("handed_over")
            }
            Err(Stop::Wait(wait)) => {
                connection.wait(now, wait);
                later = Some(wait);
                Handled::Done("limited")
            }
            Err(Stop::Failed(reason)) => {
                connection.failed(now, &reason);
                Handled::Done("failed")
            }
            // Somebody changed or ended the connection meanwhile: theirs stands.
            Err(Stop::Changed) => return Ok(Handled::Skipped("changed_meanwhile")),
            Err(Stop::Ours(failure)) => {
                // What was done is done; the lease is let go, so that the message that comes back finds it free.
                session.connection.leased_until = None;
                // Where that fails too, the lease ends by itself.
                return match session.save().await {
                    Ok(()) | Err(_) => Err(failure),
                };
            }
        };
        match session.save().await {
            Ok(()) => {}
            Err(Stop::Ours(failure)) => return Err(failure),
            Err(_) => return Ok(Handled::Skipped("changed_meanwhile")),
        }
        let more = SyncAccounting {
            administration: session.administration.clone(),
            package: Some(session.connection.package),
            debtor_id: None,
        };
        if handled == Handled::Done("handed_over") {
            hint(&*self.again, &more).await?;
        }
        if let Some(wait) = later.filter(|wait| *wait < PULL_EVERY) {
            // Before the schedule comes round; a second more, since clocks differ.
            let wait = Duration::from_secs(wait.as_secs().unsigned_abs() + 1);
            hint_later(&*self.again, &more, wait).await?;
        }
        Ok(handled)
    }
}

#[async_trait]
impl QueueHandler<SyncAccounting> for Sync {
    async fn handle(&self, message: SyncAccounting, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
