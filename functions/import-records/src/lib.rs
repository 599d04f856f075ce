//! Takes uploaded files in: lines of JSON, columns, archives of UBL documents, bank statements.
//!
//! One message is one import. It is taken in part by part, for as long as there is time; the rest is handed over by a
//! message on this function's own queue. After each part one write keeps where it ended, what it counted and what it
//! refused, under the version of the import that the part began with. So whatever dies, the part that was under way is
//! taken in again from its beginning, and counted once: its records change nothing the second time.
//!
//! Whoever begins a part moves the version, so that of two who work on the same import only the last one stores anything.
//! A part that never comes to its end is tried in smaller and smaller pieces, and then ends the import by name. An import
//! that nobody goes on with stands in the due index, where the sweep finds it.
//!
//! Memory: a window of a file of lines or columns; an archive or a bank's file as a whole, within the bounds of its format.

mod bank;
mod documents;
mod part;
mod report;
mod rows;
mod take;
mod window;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::failure::{Class, Failure};
use contracts::queues::ImportRecords;
use domain::file_import::{FileImport, upload_name};
use domain::ids::{AdministrationId, ImportId};
use outside::files::Files;
use records::{Origin, Records};
use runtime::clock::Clock;
use runtime::hints::{Hints, hint};
use runtime::invoke::Deadline;
use runtime::queue::{Delivery, Handled, QueueHandler};
use store::table::TableError;
use store::{RefusedRecord, Store, Versioned};

use part::{Part, Reader};

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Import {
    pub store: Store,
    pub clock: Clock,
    pub files: Arc<dyn Files>,
    /// This function's own queue: what there is no time for is handed over.
    pub again: Arc<dyn Hints>,
    pub limits: Limits,
}

/// How much is done at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Records of one part.
    pub records: usize,
    /// How long one message is worked on before the rest is handed over: a part that was begun just before still ends
    /// within the function's time, and before the queue gives the message to somebody else.
    pub budget: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { records: 200, budget: Duration::from_secs(6) }
    }
}

/// Why an import does not go on now.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The file cannot be read any further, whoever tries.
    Refused { reason: String, detail: String },
    /// Something of ours is in the way.
    Ours(Failure),
    /// Somebody else began this part after us.
    Taken,
}

impl Stop {
    pub(crate) fn refused(reason: &str, detail: &str) -> Stop {
        Stop::Refused { reason: reason.to_owned(), detail: detail.to_owned() }
    }
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Stop {
        Stop::Ours(error.into())
    }
}

impl Import {
    pub async fn run(&self, message: &ImportRecords) -> Result<Handled, Failure> {
        let deadline = Deadline::after(self.limits.budget);
        let Some((administration, id)) = message.import() else {
            return Ok(Handled::Skipped("no_upload"));
        };
        let Some(known) = self.store.import(&administration, &id).await? else {
            return Ok(Handled::Skipped("no_such_import"));
        };
        let Some(known) = self.begin(&administration, known).await? else {
            return Ok(Handled::Skipped("nothing_to_take_in"));
        };
        let mut running = Running { of: self.clone(), administration, known };
        let done = match running.go_on(deadline).await {
            Ok(handled) => return Ok(handled),
            Err(Stop::Refused { reason, detail }) => running.fail(&reason, &detail).await,
            Err(Stop::Ours(failure)) if matches!(failure.class(), Class::Unavailable | Class::Conflict) => {
                return Err(failure);
            }
            Err(Stop::Ours(failure)) => {
                tracing::error!(failure = %failure, "an import ends");
                running.fail(failure.code(), "something went wrong here; it may be resumed").await
            }
            Err(Stop::Taken) => Err(Stop::Taken),
        };
        match done {
            Ok(()) => Ok(Handled::Done("failed")),
            Err(Stop::Ours(failure)) => Err(failure),
            Err(Stop::Taken | Stop::Refused { .. }) => Ok(Handled::Skipped("somebody_else_goes_on")),
        }
    }

    /// Begins the next part; `None` where there is none to begin, because the file is not there or the import has ended.
    async fn begin(
        &self,
        administration: &AdministrationId,
        mut known: Versioned<FileImport>,
    ) -> Result<Option<Versioned<FileImport>>, Failure> {
        let before = known.value.clone();
        let now = self.clock.now()?;
        let import = &mut known.value;
        if !import.has_ended() && !import.is_running() {
            match self.files.size(&upload_name(administration, &import.id)).await? {
                Some(size) => import.uploaded(size, now),
                None => import.expire(now),
            }
        }
        if import.is_running() {
            import.begin_part(now);
        }
        if *import == before {
            return Ok(None);
        }
        known.version =
            self.store.put_import(administration, &known.value, Some(known.version), None).await?;
        Ok(known.value.is_running().then_some(known))
    }
}

/// An import that this process goes on with.
#[derive(Debug)]
struct Running {
    of: Import,
    administration: AdministrationId,
    known: Versioned<FileImport>,
}

impl Running {
    /// Takes parts in until the file or the time ends.
    async fn go_on(&mut self, deadline: Deadline) -> Result<Handled, Stop> {
        let import = &self.known.value;
        let origin = Origin { administration: self.administration.clone(), by: import.by.clone() };
        let records = Records { store: self.of.store.clone(), clock: self.of.clock.clone() };
        let name = upload_name(&self.administration, &import.id);
        let mut reader = Reader::open(self.of.files.clone(), name, import).await?;
        if import.total != Some(reader.total()) {
            self.known.value.total = Some(reader.total());
        }
        loop {
            let mut next = self.known.value.clone();
            let (from, most) = (next.position, next.records_at_once(self.of.limits.records));
            let Part { part, refused, finished } = reader.take(&records, &origin, next.clone(), most).await?;
            next.take(&part, self.of.clock.now()?);
            self.store(next, Some((from, &refused))).await?;
            if finished {
                return self.finish().await;
            }
            if deadline.is_within(Duration::ZERO) {
                return self.hand_over().await;
            }
        }
    }

    async fn hand_over(&self) -> Result<Handled, Stop> {
        let (administration, import_id) = (self.administration.clone(), self.id().clone());
        hint(&*self.of.again, &ImportRecords::GoOn { administration, import_id }).await?;
        Ok(Handled::Done("handed_over"))
    }

    /// The report first: whoever sees that the import has ended finds it.
    async fn finish(&mut self) -> Result<Handled, Stop> {
        self.report().await?;
        let mut ended = self.known.value.clone();
        ended.finish(self.of.clock.now()?);
        self.store(ended, None).await?;
        // Where this fails the file goes by itself, some days later.
        let name = upload_name(&self.administration, self.id());
        if let Err(error) = self.of.files.delete(&name).await {
            tracing::warn!(failure = %Failure::from(error), "an upload was not deleted");
        }
        Ok(Handled::Done("taken_in"))
    }

    async fn fail(&mut self, reason: &str, detail: &str) -> Result<(), Stop> {
        self.report().await?;
        let mut ended = self.known.value.clone();
        ended.fail(reason, detail, self.of.clock.now()?);
        self.store(ended, None).await
    }

    fn id(&self) -> &ImportId {
        &self.known.value.id
    }

    async fn report(&self) -> Result<(), Failure> {
        report::write(&self.of.store, &*self.of.files, &self.administration, self.id()).await
    }

    /// Stores the import as it is now, unless somebody else began this part after us.
    async fn store(
        &mut self,
        import: FileImport,
        refused: Option<(domain::file_import::FilePosition, &[RefusedRecord])>,
    ) -> Result<(), Stop> {
        let (store, administration) = (&self.of.store, &self.administration);
        let stored = store.put_import(administration, &import, Some(self.known.version), refused).await;
        let version = match stored {
            Ok(version) => version,
            Err(TableError::Conflict { .. }) => {
                // The client may have met what its own first attempt wrote.
                let there = store.import(administration, &import.id).await?;
                let ours = there.filter(|t| t.value == import && t.version == self.known.version + 1);
                ours.ok_or(Stop::Taken)?.version
            }
            Err(other) => return Err(other.into()),
        };
        self.known = Versioned { value: import, version };
        Ok(())
    }
}

#[async_trait]
impl QueueHandler<ImportRecords> for Import {
    async fn handle(&self, message: ImportRecords, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
