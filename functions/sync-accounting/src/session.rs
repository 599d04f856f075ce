//! One run on one connection.

use std::collections::BTreeSet;
use std::sync::Arc;

use contracts::failure::Failure;
use domain::connection::{Connection, Stage};
use domain::ids::{AdministrationId, DebtorId, InvoiceId};
use jiff::{SignedDuration, Timestamp};
use outside::accounting::{
    AccountingPackage, Document, Keys, PackageError, Page, Pull, Rate, WriteBack, WriteOutcome,
};
use outside::secrets::SecretsError;
use records::{Origin, Records};
use runtime::invoke::Deadline;
use store::Versioned;
use store::table::TableError;

use crate::Sync;
use crate::quota::StoreQuota;
use crate::taking::{self, Taken};

/// Waits longer than this are not asked for.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);

/// Why a run ends before everything is done.
#[derive(Debug)]
pub(crate) enum Stop {
    NoTime,
    /// The package asks to wait.
    Wait(SignedDuration),
    /// Something over there; a fixed word or a code.
    Failed(String),
    /// The connection was changed by somebody else.
    Changed,
    /// Something of ours.
    Ours(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Ours(failure)
    }
}

impl From<TableError> for Stop {
    fn from(error: TableError) -> Stop {
        Stop::Ours(error.into())
    }
}

impl From<PackageError> for Stop {
    fn from(error: PackageError) -> Stop {
        match error {
            PackageError::Limited(wait) => {
                let wait = SignedDuration::try_from(wait).unwrap_or(LONGEST_WAIT);
                Stop::Wait(wait.min(LONGEST_WAIT))
            }
            PackageError::Unauthorized | PackageError::TokenExpired => {
                Stop::Failed("unauthorized".to_owned())
            }
            PackageError::Unavailable(reason) | PackageError::NoAnswer(reason) => Stop::Failed(reason),
            PackageError::Absent => Stop::Failed("absent".to_owned()),
            PackageError::Refused(code) => Stop::Failed(code),
            PackageError::Malformed(place) => Stop::Failed(format!("not as described: {place}")),
        }
    }
}

impl From<SecretsError> for Stop {
    fn from(error: SecretsError) -> Stop {
        match error {
            SecretsError::Unavailable(_) => Stop::Failed("secrets_unavailable".to_owned()),
            SecretsError::Bug(detail) => Stop::Ours(Failure::bug(detail)),
        }
    }
}

/// The keys of a connection with the package that they open.
#[derive(Debug)]
struct Open {
    adapter: Arc<dyn AccountingPackage>,
    keys: Keys,
    quota: StoreQuota,
}

#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub sync: &'a Sync,
    pub administration: AdministrationId,
    pub connection: Connection,
    pub records: Records,
    pub origin: Origin,
    /// What the sweep met, once it was read.
    pub met: Option<BTreeSet<InvoiceId>>,
    version: u64,
    open: Option<Open>,
}

impl<'a> Session<'a> {
    pub fn new(
        sync: &'a Sync,
        administration: AdministrationId,
        known: Versioned<Connection>,
    ) -> Session<'a> {
        let origin =
            Origin { administration: administration.clone(), by: known.value.package.code().to_owned() };
        Session {
            sync,
            administration,
            connection: known.value,
            records: Records { store: sync.store.clone(), clock: sync.clock.clone() },
            origin,
            met: None,
            version: known.version,
            open: None,
        }
    }

    pub fn now(&self) -> Result<Timestamp, Stop> {
        Ok(self.sync.clock.now()?)
    }

    /// Keeps where the run stands.
    pub async fn save(&mut self) -> Result<(), Stop> {
        let saved =
            self.sync.store.put_connection(&self.administration, &self.connection, Some(self.version));
        self.version = match saved.await {
            Ok(version) => version,
            Err(TableError::Conflict { index: Some(_) }) => return Err(Stop::Changed),
            Err(other) => return Err(other.into()),
        };
        Ok(())
    }

    /// Everything that is due, until the time is up.
    pub async fn all(&mut self, until: Deadline) -> Result<(), Stop> {
        self.authenticate().await?;
        self.subscribe().await?;
        self.tell().await?;
        let now = self.now()?;
        self.connection.begin(now);
        while self.connection.stage != Stage::Idle {
            self.step().await?;
            if self.connection.stage == Stage::Idle {
                break;
            }
            self.save().await?;
            if until.is_within(std::time::Duration::ZERO) {
                return Err(Stop::NoTime);
            }
        }
        let now = self.now()?;
        self.connection.succeeded(now);
        Ok(())
    }

    /// Only tells the package of payments, and of costs for this debtor. When the connection is due next stays as it was.
    pub async fn only_tell(&mut self, debtor: Option<&DebtorId>, due: Option<Timestamp>) -> Result<(), Stop> {
        if self.something_to_tell().await? {
            self.authenticate().await?;
            self.tell().await?;
        }
        if let Some(debtor) = debtor {
            let dossier = self.sync.store.dossier(&self.administration, debtor).await?;
            if let Some(dossier) = dossier {
                self.take_back(&dossier.value).await?;
                self.tell_costs(&dossier.value).await?;
            }
        }
        self.connection.due_at = due;
        self.connection.leased_until = None;
        Ok(())
    }

    /// One page of what is under way.
    async fn step(&mut self) -> Result<(), Stop> {
        match self.connection.stage.clone() {
            Stage::Idle => Ok(()),
            Stage::Changes { began_at, cursor } => {
                let since = self.connection.changes_since;
                let page = self.pull(&Pull::Changes { since }, cursor.as_deref()).await?;
                self.take(page.records).await?;
                match page.next {
                    Some(cursor) => {
                        self.connection.stage = Stage::Changes { began_at, cursor: Some(cursor) };
                    }
                    None => self.connection.changes_known(began_at),
                }
                Ok(())
            }
            Stage::OpenItems { began_at, cursor, page } => self.sweep(began_at, cursor, page).await,
            Stage::Comparing { began_at, cursor, pages } => self.compare(began_at, cursor, pages).await,
            stage @ Stage::Documents { .. } => self.fetch_documents(stage).await,
        }
    }

    /// Takes in what was told, and counts it.
    pub async fn take(&mut self, told: Vec<outside::accounting::Told>) -> Result<Taken, Stop> {
        let now = self.now()?;
        let documents = self.has_documents()?.then_some(self.connection.package);
        let options = &self.connection.options;
        let taken = taking::take(&self.records, &self.origin, options, documents, told, now).await?;
        let counts = &mut self.connection.counts;
        counts.created += taken.created;
        counts.changed += taken.changed;
        counts.unchanged += taken.unchanged;
        counts.ignored += taken.ignored;
        counts.gone += taken.gone;
        for odd in &taken.odd {
            self.connection.note_odd(odd.clone());
        }
        Ok(taken)
    }

    fn secret(&self) -> String {
        Keys::name(&self.sync.prefix, &self.administration, self.connection.package)
    }

    pub async fn authenticate(&mut self) -> Result<(), Stop> {
        if self.open.is_none() {
            let adapter = self.sync.packages.open(self.connection.package).await?;
            let kept = Keys::kept(&*self.sync.secrets, &self.secret()).await?;
            let keys = kept.ok_or_else(|| Stop::Failed("no_keys".to_owned()))?;
            let rates: &[Rate] = adapter.rates();
            let quota = StoreQuota::new(
                self.sync.store.clone(),
                self.sync.clock.clone(),
                self.administration.clone(),
                self.connection.package,
                rates,
            );
            self.open = Some(Open { adapter, keys, quota });
        }
        self.renew(false).await
    }

    /// A good access token, kept before it is used; `refused` where the one that there is was not accepted. What else is
    /// asked for once there is one (which books the keys open) is kept as well.
    async fn renew(&mut self, refused: bool) -> Result<(), Stop> {
        let open = self.opened()?;
        let mut before = if refused { open.keys.without_token() } else { open.keys.clone() };
        for _ in 0..2 {
            let now = self.now()?;
            let open = self.opened()?;
            let keys = open.adapter.authenticated(&before, &open.quota, now).await?;
            if keys == open.keys {
                break;
            }
            self.keep_keys(&keys).await?;
            before = keys;
        }
        Ok(())
    }

    /// Keeps other keys than before. Whoever brought others meanwhile, or ended the connection, is not overwritten.
    async fn keep_keys(&mut self, keys: &Keys) -> Result<(), Stop> {
        let name = self.secret();
        let there = Keys::kept(&*self.sync.secrets, &name).await?;
        let open = self.opened()?;
        if there.is_none_or(|there| open.keys.are_replaced_by(&there)) {
            return Err(Stop::Changed);
        }
        keys.keep(&*self.sync.secrets, &name).await?;
        self.opened()?.keys = keys.clone();
        Ok(())
    }

    fn opened(&mut self) -> Result<&mut Open, Stop> {
        self.open.as_mut().ok_or_else(|| Stop::Ours(Failure::bug("a package is asked before it is opened")))
    }

    /// Whether the package has documents of invoices to fetch.
    pub fn has_documents(&mut self) -> Result<bool, Stop> {
        Ok(self.opened()?.adapter.has_documents())
    }

    async fn subscribe(&mut self) -> Result<(), Stop> {
        if self.connection.subscribed {
            return Ok(());
        }
        let hooks = self.sync.hooks.clone();
        let package = self.connection.package;
        let open = self.opened()?;
        let Some(reference) = open.keys.reference.clone() else { return Ok(()) };
        let address = format!("{hooks}/{package}/{}", reference.expose());
        match open.adapter.subscribe(&open.keys, &open.quota, &address).await {
            Ok(()) => self.connection.subscribed = true,
            // It works without: the schedule asks.
            Err(PackageError::Refused(_) | PackageError::Absent) => {}
            Err(other) => return Err(other.into()),
        }
        Ok(())
    }

    /// One page of the package. A token that is not accepted is asked for anew, once.
    pub async fn pull(&mut self, pull: &Pull, cursor: Option<&str>) -> Result<Page, Stop> {
        let open = self.opened()?;
        match open.adapter.pull(&open.keys, &open.quota, pull, cursor).await {
            Err(PackageError::TokenExpired) => {}
            other => return Ok(other?),
        }
        self.renew(true).await?;
        let open = self.opened()?;
        Ok(open.adapter.pull(&open.keys, &open.quota, pull, cursor).await?)
    }

    /// The document of an invoice, by the package's own id. A token that is not accepted is asked for anew, once.
    pub async fn document(&mut self, invoice: &str) -> Result<Result<Option<Document>, PackageError>, Stop> {
        let open = self.opened()?;
        match open.adapter.document(&open.keys, &open.quota, invoice).await {
            Err(PackageError::TokenExpired) => {}
            other => return Ok(other),
        }
        self.renew(true).await?;
        let open = self.opened()?;
        Ok(open.adapter.document(&open.keys, &open.quota, invoice).await)
    }

    /// Tells the package of one booking. A token that is not accepted is asked for anew, once: it was refused before
    /// anything was booked.
    pub async fn write_back(
        &mut self,
        booking: &WriteBack,
    ) -> Result<Result<WriteOutcome, PackageError>, Stop> {
        let open = self.opened()?;
        match open.adapter.write_back(&open.keys, &open.quota, booking).await {
            Err(PackageError::TokenExpired) => {}
            other => return Ok(other),
        }
        self.renew(true).await?;
        let open = self.opened()?;
        Ok(open.adapter.write_back(&open.keys, &open.quota, booking).await)
    }
}
