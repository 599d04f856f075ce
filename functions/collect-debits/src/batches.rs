//! The life of a batch after its debits joined: sealed, written, given up, released.

use bytes::Bytes;
use contracts::failure::Failure;
use domain::Money;
use domain::administration::Administration;
use domain::debit_batch::{Batch, BatchEntry, BatchFile, BatchId, BatchState, Collector};
use domain::debiting;
use domain::dossier::Draft;
use domain::ids::AdministrationId;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::table::TableError;
use store::{Along, Versioned, until_no_conflict};

use crate::{BY, Collect, file};

/// Batches of one administration on one day at most.
pub(crate) const MOST_A_DAY: u32 = 100;

/// Entries that one read takes.
const PAGE: u32 = 500;

/// Where a batch's file is kept.
pub fn key(administration: &AdministrationId, batch: &BatchId) -> String {
    format!("direct-debits/{administration}/{batch}.xml")
}

impl Collect {
    /// Makes a batch, unless another run just did.
    pub(crate) async fn begin(
        &self,
        settings: &Administration,
        id: BatchId,
        day: Date,
    ) -> Result<Versioned<Batch>, Failure> {
        let now = self.clock.now()?;
        let creditor_id = settings.direct_debit.creditor_id.clone();
        let batch = Batch {
            id,
            day,
            created_at: now,
            creditor: Collector {
                name: settings.creditor.name.clone(),
                iban: settings.creditor.iban.clone(),
                bic: settings.creditor.bic.clone(),
                creditor_id: creditor_id.ok_or_else(|| Failure::bug("collecting without an identifier"))?,
            },
            state: BatchState::Open,
            file: None,
            updated_at: now,
        };
        self.store.put_batch(&settings.id, &batch, None).await?;
        Ok(Versioned { value: batch, version: 1 })
    }

    /// Seals a batch and writes its file. Whether it was this call that made it ready.
    pub(crate) async fn finish(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
    ) -> Result<bool, Failure> {
        self.seal(administration, batch).await?;
        self.write(administration, batch).await
    }

    /// From now on nothing joins it. One that is sealed already stays as it is.
    pub(crate) async fn seal(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
    ) -> Result<(), Failure> {
        let is_open = |b: &Batch| b.state == BatchState::Open;
        self.become_one(administration, batch, is_open, BatchState::Sealed).await
    }

    /// A batch of an earlier day that was not finished: the bank could not collect on its days any more.
    pub(crate) async fn give_up_late(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
        day: Date,
    ) -> Result<(), Failure> {
        let is_late = |b: &Batch| b.day < day && matches!(b.state, BatchState::Open | BatchState::Sealed);
        self.become_one(administration, batch, is_late, BatchState::Rejected).await
    }

    async fn become_one(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
        is_from: impl Fn(&Batch) -> bool,
        state: BatchState,
    ) -> Result<(), Failure> {
        until_no_conflict(|| async {
            let known = self.store.batch(administration, batch).await?;
            let Some(known) = known.filter(|k| is_from(&k.value)) else { return Ok(()) };
            let next = Batch { state, updated_at: self.clock.now()?, ..known.value };
            Ok(self.store.put_batch(administration, &next, Some(known.version)).await?)
        })
        .await
    }

    /// Writes the file of a sealed batch. Its entries are final, so that whoever else does so writes the same bytes.
    async fn write(&self, administration: &AdministrationId, batch: &BatchId) -> Result<bool, Failure> {
        let known = self.store.batch(administration, batch).await?;
        let Some(known) = known.filter(|k| k.value.state == BatchState::Sealed) else { return Ok(false) };
        let entries = self.entries(administration, batch).await?;
        let entries: Vec<BatchEntry> = entries.into_iter().map(|e| e.value).collect();
        if entries.is_empty() {
            // Whoever began it died before anything joined.
            return match self.store.delete_batch(administration, batch, known.version).await {
                Ok(()) | Err(TableError::Conflict { .. }) => Ok(false),
                Err(other) => Err(other.into()),
            };
        }
        let bytes = file::of(&known.value, &entries)?;
        let key = key(administration, batch);
        let written = BatchFile {
            count: u32::try_from(entries.len()).map_err(|e| Failure::bug(e.to_string()))?,
            total: entries.iter().map(|e| e.amount).sum::<Money>(),
            sha256: Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect(),
            key: key.clone(),
        };
        self.files.put(&key, Bytes::from(bytes), "application/xml").await?;
        let ready = Batch {
            state: BatchState::Ready,
            file: Some(written),
            updated_at: self.clock.now()?,
            ..known.value
        };
        match self.store.put_batch(administration, &ready, Some(known.version)).await {
            Ok(()) => Ok(true),
            // Another run wrote the same.
            Err(TableError::Conflict { .. }) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// Gives back the debits of a rejected batch. Whether it was this call that came to the end.
    pub(crate) async fn release(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
        day: Date,
    ) -> Result<bool, Failure> {
        let known = self.store.batch(administration, batch).await?;
        if known.is_none_or(|k| k.value.state != BatchState::Rejected) {
            return Ok(false);
        }
        for entry in self.entries(administration, batch).await? {
            if !entry.value.released {
                self.release_one(administration, &entry.value, day).await?;
            }
        }
        let is_rejected = |b: &Batch| b.state == BatchState::Rejected;
        self.become_one(administration, batch, is_rejected, BatchState::Released).await?;
        Ok(true)
    }

    async fn release_one(
        &self,
        administration: &AdministrationId,
        entry: &BatchEntry,
        day: Date,
    ) -> Result<(), Failure> {
        until_no_conflict(|| async {
            let settings = self.store.administration(administration).await?;
            let settings = settings.ok_or_else(|| Failure::bug("a batch of no administration"))?.value;
            let known = self.store.batch_entry(administration, &entry.batch, &entry.end_to_end_id).await?;
            let Some(known) = known.filter(|k| !k.value.released) else { return Ok(()) };
            let dossier = self.store.dossier(administration, &entry.debtor).await?;
            let dossier = dossier.ok_or_else(|| Failure::bug("a batch's entry of no debtor"))?;
            let mut draft = Draft::of(dossier.value, self.clock.now()?, BY);
            debiting::release(&mut draft, &settings, &known.value, day);
            let released = Box::new(BatchEntry { released: true, ..known.value });
            let along = vec![Along::BatchEntry { entry: released, known: Some(known.version) }];
            Ok(self.store.commit(&settings, &draft, Some(dossier.version), along).await?)
        })
        .await
    }

    /// Every transaction of a batch, in the order of their references.
    pub(crate) async fn entries(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
    ) -> Result<Vec<Versioned<BatchEntry>>, Failure> {
        let mut entries = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.store.batch_entries(administration, batch, PAGE, cursor.as_deref()).await?;
            entries.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(entries);
            }
        }
    }
}
