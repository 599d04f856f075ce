//! Direct debits beside their dossiers: whose mandate it is, what waits for a batch, batches and their entries.
//!
//! A dossier is the truth about a debit. What waits for a batch has an item of its own, written and deleted with the
//! dossier, so that collecting costs what is due and no debtor is searched. An entry of a batch is written in the same
//! transaction as the dossier that gave it, under the version of a batch that is open: a debit is in one batch and in the
//! dossier's own words, or in neither.

use domain::debit_batch::{Batch, BatchEntry};
use domain::direct_debit::Debit;
use domain::ids::{AdministrationId, BatchId, DebitId, DebtorId, MandateId};
use jiff::Timestamp;

use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Index, Order, Page, Record, SortRange, TableError, Write};

/// What there is to do about direct debits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueDebit {
    /// A debit waits for a batch of today.
    Debit(AdministrationId, DebtorId, DebitId),
    /// A batch is not finished, or its debits are to be released.
    Batch(AdministrationId, BatchId),
}

impl Store {
    /// Notes whose mandate this is before it is stored, so that it can be found by its reference alone. Says who has it
    /// where that is another debtor. A note without a mandate behind it harms nobody.
    pub async fn claim_mandate(
        &self,
        administration: &AdministrationId,
        mandate: &MandateId,
        debtor: &DebtorId,
    ) -> Result<Option<DebtorId>, TableError> {
        let record = Record::new(keys::mandate_owner(administration, mandate), 1, encode(debtor)?);
        match self.table.write(vec![Write::Put { record, condition: Condition::Absent }]).await {
            Ok(()) => Ok(None),
            // Without an index another transaction was in the way, and nothing is known to be there.
            Err(TableError::Conflict { index: Some(_) }) => {
                let owner = self.mandate_owner(administration, mandate).await?;
                Ok(owner.filter(|o| o != debtor))
            }
            Err(other) => Err(other),
        }
    }

    /// Whose mandate this is, if it is anybody's.
    pub async fn mandate_owner(
        &self,
        administration: &AdministrationId,
        mandate: &MandateId,
    ) -> Result<Option<DebtorId>, TableError> {
        let found = self.get(&keys::mandate_owner(administration, mandate)).await?;
        Ok(found.map(|v: Versioned<DebtorId>| v.value))
    }

    /// What is to be done about direct debits at or before `now`, in one shard. What is done leaves the index.
    pub async fn due_debits(
        &self,
        shard: u32,
        now: Timestamp,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DueDebit>, TableError> {
        // '$' comes after '#': everything that begins with this instant is in.
        let range = SortRange::Between("0".to_owned(), format!("{}$", keys::ordered(now)));
        let partition = keys::debit_shard(shard);
        let page =
            self.table.query_index(Index::Due, &partition, range, Order::Ascending, limit, cursor).await?;
        let due = |key| {
            let debit =
                keys::waiting_debit_of(key).map(|(a, debtor, debit)| DueDebit::Debit(a, debtor, debit));
            debit.or_else(|| keys::batch_of(key).map(|(a, batch)| DueDebit::Batch(a, batch)))
        };
        Ok(Page { items: page.items.iter().filter_map(|(_, key)| due(key)).collect(), next: page.next })
    }

    /// A batch, with its version.
    pub async fn batch(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
    ) -> Result<Option<Versioned<Batch>>, TableError> {
        self.get(&keys::batch(administration, batch)).await
    }

    /// Stores a batch under the version that was read; `None` for one that was not there. With it its place in the index,
    /// as long as the schedule has work to do on it.
    pub async fn put_batch(
        &self,
        administration: &AdministrationId,
        batch: &Batch,
        version: Option<u64>,
    ) -> Result<(), TableError> {
        let key = keys::batch(administration, &batch.id);
        let mut record = Record::new(key, version.map_or(1, |v| v + 1), encode(batch)?);
        record.listed = Some(keys::listed_batch(administration, &batch.id, batch.created_at));
        record.due =
            batch.state.is_under_way().then(|| keys::due_batch(administration, &batch.id, batch.created_at));
        let condition = version.map_or(Condition::Absent, Condition::Version);
        self.table.write(vec![put(record, condition)]).await
    }

    /// Deletes a batch that nothing joined, under the version that was read.
    pub async fn delete_batch(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
        version: u64,
    ) -> Result<(), TableError> {
        let key = keys::batch(administration, batch);
        self.table.write(vec![Write::Delete { key, condition: Condition::Version(version) }]).await
    }

    /// Batches, the newest first.
    pub async fn batches(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Batch>, TableError> {
        let partition = keys::listed_batches(administration);
        let range = SortRange::all();
        let (index, order) = (Index::Listed, Order::Descending);
        let page = self.table.query_index(index, &partition, range, order, limit, cursor).await?;
        let keys: Vec<_> = page.items.into_iter().map(|(_, key)| key).collect();
        let records = self.table.get_many(&keys).await?;
        Ok(Page { items: records.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// One transaction of a batch, with its version.
    pub async fn batch_entry(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
        end_to_end_id: &str,
    ) -> Result<Option<Versioned<BatchEntry>>, TableError> {
        self.get(&keys::batch_entry(administration, batch, end_to_end_id)).await
    }

    /// Transactions of a batch, in the order of their references, with their versions.
    pub async fn batch_entries(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Versioned<BatchEntry>>, TableError> {
        let partition = keys::batch(administration, batch).partition;
        let range = SortRange::Prefix(keys::ENTRY_PREFIX.to_owned());
        let page = self.table.query(&partition, range, Order::Ascending, limit, cursor).await?;
        let entry = |r: &Record| Ok(Versioned { value: decode(r)?, version: r.version });
        Ok(Page { items: page.items.iter().map(entry).collect::<Result<_, TableError>>()?, next: page.next })
    }
}

/// A debit that waits for a batch.
pub(crate) fn waiting(administration: &AdministrationId, debtor: &DebtorId, debit: &Debit) -> Write {
    let mut record = Record::new(keys::waiting_debit(administration, debtor, &debit.id), 1, b"null".to_vec());
    record.due = Some(keys::due_debit(administration, &debit.id, debit.submit_on));
    // Written under the dossier's version: no condition of its own.
    put(record, Condition::None)
}

/// It waits no more.
pub(crate) fn taken_up(administration: &AdministrationId, debtor: &DebtorId, debit: &Debit) -> Write {
    let key = keys::waiting_debit(administration, debtor, &debit.id);
    Write::Delete { key, condition: Condition::None }
}

/// A transaction of a batch, under the version that was read; `None` for one that joins.
pub(crate) fn entry(
    administration: &AdministrationId,
    entry: &BatchEntry,
    known: Option<u64>,
) -> Result<Write, TableError> {
    let key = keys::batch_entry(administration, &entry.batch, &entry.end_to_end_id);
    let record = Record::new(key, known.map_or(1, |v| v + 1), encode(entry)?);
    Ok(put(record, known.map_or(Condition::Absent, Condition::Version)))
}
