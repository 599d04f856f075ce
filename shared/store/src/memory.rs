//! The table in memory: the twin that scenarios and the simulator run on, with the same answers as the real one.
//!
//! Items are never removed because their time is over: the real table promises no moment for it either.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::cursor::{self, Cursor};
use crate::stored::{self, Prepared, Weighed, names};
use crate::table::{
    Condition, EventFields, Index, IndexKey, Key, LARGEST_PAGE, Order, Page, Record, SortRange, Table,
    TableError, Write,
};
use crate::units::Units;

/// What one query reads at most, in bytes, before it ends its page.
const MOST_READ: usize = 1024 * 1024;

/// When a planned failure strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// On the next read of any kind.
    Read,
    /// On the next write; nothing is written.
    BeforeWrite,
    /// On the next write that is done: it is written, and the caller gets the error instead of the answer.
    AfterWrite,
}

/// What the stream carries for one inserted record that has an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRecord {
    /// Counts up in the order of the writes, without a gap.
    pub sequence: u64,
    pub key: Key,
    pub event: EventFields,
}

/// The table in memory. A clone is the same table.
#[derive(Clone, Default)]
pub struct MemoryTable {
    state: Arc<Mutex<State>>,
    weighed: Weighed,
}

#[derive(Debug, Default)]
struct State {
    items: BTreeMap<Key, Item>,
    due: BTreeSet<(IndexKey, Key)>,
    listed: BTreeSet<(IndexKey, Key)>,
    stream: Vec<StreamRecord>,
    sequence: u64,
    failures: VecDeque<(Moment, TableError)>,
    units: Units,
}

#[derive(Debug)]
struct Item {
    record: Record,
    size: usize,
}

impl fmt::Debug for MemoryTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTable").field("items", &self.lock().items.len()).finish_non_exhaustive()
    }
}

impl MemoryTable {
    pub fn new() -> MemoryTable {
        MemoryTable::default()
    }

    /// The same, but documents are weighed as they are: for the simulator, which stores much and counts no units.
    pub fn weighing_plain() -> MemoryTable {
        MemoryTable { weighed: Weighed::Plain, ..MemoryTable::default() }
    }

    /// The next operation of this kind fails with this error. Several wait for their turn, in order.
    pub fn fail_next(&self, moment: Moment, error: TableError) {
        self.lock().failures.push_back((moment, error));
    }

    /// What was inserted with an event since the last call, in the order of the writes. A record that replaces
    /// another is no insert.
    pub fn drain_stream(&self) -> Vec<StreamRecord> {
        std::mem::take(&mut self.lock().stream)
    }

    /// What everything so far would have cost on DynamoDB.
    pub fn units(&self) -> Units {
        self.lock().units
    }

    /// Every record, in the order of the keys: for tests that look at the whole state.
    pub fn all(&self) -> Vec<Record> {
        self.lock().items.values().map(|item| item.record.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A state is changed only after every check has passed, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Table for MemoryTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        let mut state = self.lock();
        state.fail(Moment::Read)?;
        state.read_one(key)
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Record>, TableError> {
        let mut state = self.lock();
        state.fail(Moment::Read)?;
        let mut seen = HashSet::with_capacity(keys.len());
        let mut records = Vec::with_capacity(keys.len());
        for key in keys.iter().filter(|key| seen.insert(*key)) {
            records.extend(state.read_one(key)?);
        }
        Ok(records)
    }

    async fn query(
        &self,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Record>, TableError> {
        stored::check_partition(partition)?;
        let after = cursor::read(None, partition, &range, cursor)?;
        let mut state = self.lock();
        state.fail(Moment::Read)?;
        let start = Key::new(partition, range.first());
        let end = Key::new(after_partition(partition), "");
        let entries = state.items.range(start..end).map(|(key, item)| {
            (IndexKey::new(key.partition.clone(), key.sort.clone()), key.clone(), item.size)
        });
        let (page, size) = page(entries, None, &range, order, limit, after)?;
        state.units += Units::reads(blocks(size, 4_096));
        let items = page.items.iter().filter_map(|(_, key)| state.items.get(key));
        Ok(Page { items: items.map(|item| item.record.clone()).collect(), next: page.next })
    }

    async fn query_index(
        &self,
        index: Index,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<(IndexKey, Key)>, TableError> {
        stored::check_partition(partition)?;
        let after = cursor::read(Some(index), partition, &range, cursor)?;
        let mut state = self.lock();
        state.fail(Moment::Read)?;
        let nothing = Key::new("", "");
        let start = (IndexKey::new(partition, range.first()), nothing.clone());
        let end = (IndexKey::new(after_partition(partition), ""), nothing);
        let entries = state
            .index(index)
            .range(start..end)
            .map(|(at, key)| (at.clone(), key.clone(), entry_size(index, at, key)));
        let (page, size) = page(entries, Some(index), &range, order, limit, after)?;
        // An index is read eventually consistent: half.
        state.units += Units::reads(blocks(size, 4_096) / 2.0);
        Ok(page)
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), TableError> {
        let prepared = stored::prepare(writes, self.weighed)?;
        if prepared.is_empty() {
            return Ok(());
        }
        let mut state = self.lock();
        state.fail(Moment::BeforeWrite)?;
        state.charge(&prepared);
        if let Some(index) = prepared.iter().position(|one| !state.holds(one)) {
            return Err(TableError::Conflict { index: Some(index) });
        }
        state.charge_indexes(&prepared);
        for one in prepared {
            state.apply(one);
        }
        state.fail(Moment::AfterWrite)
    }
}

impl State {
    fn fail(&mut self, moment: Moment) -> Result<(), TableError> {
        let planned = self.failures.iter().position(|(at, _)| *at == moment);
        match planned.and_then(|position| self.failures.remove(position)) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    fn read_one(&mut self, key: &Key) -> Result<Option<Record>, TableError> {
        stored::check_key(key)?;
        let item = self.items.get(key);
        let units = Units::reads(blocks(item.map_or(0, |item| item.size), 4_096));
        let record = item.map(|item| item.record.clone());
        self.units += units;
        Ok(record)
    }

    fn holds(&self, one: &Prepared) -> bool {
        let version = self.items.get(one.key()).map(|item| item.record.version);
        match one.condition() {
            Condition::None => true,
            Condition::Absent => version.is_none(),
            Condition::Version(expected) => version == Some(expected),
            Condition::Present => version.is_some(),
        }
    }

    /// The larger of the old and the new item; double in a transaction. A false condition costs the same.
    fn charge(&mut self, prepared: &[Prepared]) {
        let factor = if transactional(prepared) { 2.0 } else { 1.0 };
        for one in prepared {
            let old = self.items.get(one.key()).map_or(0, |item| item.size);
            // An item of counters grows by the names that it did not have, which are few.
            self.units += Units::writes(factor * blocks(old.max(one.size()), 1_024));
        }
    }

    fn charge_indexes(&mut self, prepared: &[Prepared]) {
        for one in prepared {
            let new = match one {
                Prepared::Put { record, .. } => Some(record),
                Prepared::Delete { .. } => None,
                Prepared::Check { .. } | Prepared::Count { .. } => continue,
            };
            let old = self.items.get(one.key()).map(|item| &item.record);
            for index in [Index::Due, Index::Listed] {
                let old = old.and_then(|record| place(record, index));
                let new = new.and_then(|record| place(record, index));
                if old != new {
                    let cost = |at: &IndexKey| blocks(entry_size(index, at, one.key()), 1_024);
                    self.units += Units::writes(old.map_or(0.0, cost) + new.map_or(0.0, cost));
                }
            }
        }
    }

    fn apply(&mut self, one: Prepared) {
        match one {
            Prepared::Put { record, size, .. } => {
                let known = self.remove(&record.key);
                for index in [Index::Due, Index::Listed] {
                    if let Some(at) = place(&record, index) {
                        self.index_mut(index).insert((at.clone(), record.key.clone()));
                    }
                }
                if let (false, Some(event)) = (known, &record.event) {
                    let sequence = self.sequence;
                    self.stream.push(StreamRecord {
                        sequence,
                        key: record.key.clone(),
                        event: event.clone(),
                    });
                    self.sequence += 1;
                }
                self.items.insert(record.key.clone(), Item { record, size });
            }
            Prepared::Delete { key, .. } => {
                self.remove(&key);
            }
            Prepared::Check { .. } => {}
            Prepared::Count { key, by } => self.count(key, by),
        }
    }

    fn count(&mut self, key: Key, by: BTreeMap<String, i64>) {
        let item = self
            .items
            .entry(key.clone())
            .or_insert_with(|| Item { record: Record::new(key, 0, Vec::new()), size: 0 });
        item.record.version += 1;
        for (name, count) in by {
            *item.record.counts.entry(name).or_default() += count;
        }
        item.size = stored::counters_size(&item.record);
    }

    /// Takes the item out of the table and its indexes; whether there was one.
    fn remove(&mut self, key: &Key) -> bool {
        let Some(old) = self.items.remove(key) else {
            return false;
        };
        for index in [Index::Due, Index::Listed] {
            if let Some(at) = place(&old.record, index) {
                self.index_mut(index).remove(&(at.clone(), key.clone()));
            }
        }
        true
    }

    fn index(&self, index: Index) -> &BTreeSet<(IndexKey, Key)> {
        match index {
            Index::Due => &self.due,
            Index::Listed => &self.listed,
        }
    }

    fn index_mut(&mut self, index: Index) -> &mut BTreeSet<(IndexKey, Key)> {
        match index {
            Index::Due => &mut self.due,
            Index::Listed => &mut self.listed,
        }
    }
}

/// More than one write is a transaction, and so is a check or a count alone.
fn transactional(prepared: &[Prepared]) -> bool {
    prepared.len() > 1 || matches!(prepared, [Prepared::Check { .. } | Prepared::Count { .. }])
}

fn place(record: &Record, index: Index) -> Option<&IndexKey> {
    match index {
        Index::Due => record.due.as_ref(),
        Index::Listed => record.listed.as_ref(),
    }
}

/// The bytes of an entry of an index: the four keys and their names.
fn entry_size(index: Index, at: &IndexKey, key: &Key) -> usize {
    let (partition, sort) = match index {
        Index::Due => (names::DUE_PARTITION, names::DUE_SORT),
        Index::Listed => (names::LISTED_PARTITION, names::LISTED_SORT),
    };
    let of_names = names::PARTITION.len() + names::SORT.len() + partition.len() + sort.len();
    of_names + at.partition.len() + at.sort.len() + key.partition.len() + key.sort.len()
}

/// The first text after this one: no partition is between them.
fn after_partition(partition: &str) -> String {
    format!("{partition}\0")
}

/// Begun blocks of this many bytes, at least one.
fn blocks(size: usize, block: usize) -> f64 {
    let blocks = u32::try_from(size.div_ceil(block).max(1)).unwrap_or(u32::MAX);
    f64::from(blocks)
}

/// One page of the entries, which are in ascending order, and the bytes that were read for it.
fn page(
    entries: impl DoubleEndedIterator<Item = (IndexKey, Key, usize)>,
    index: Option<Index>,
    range: &SortRange,
    order: Order,
    limit: u32,
    after: Option<Cursor>,
) -> Result<(Page<(IndexKey, Key)>, usize), TableError> {
    let follows = |at: &IndexKey, key: &Key| {
        after.as_ref().is_none_or(|after| match order {
            Order::Ascending => (at, key) > (&after.at, &after.key),
            Order::Descending => (at, key) < (&after.at, &after.key),
        })
    };
    let entries = entries.filter(|(at, key, _)| range.contains(&at.sort) && follows(at, key));
    match order {
        Order::Ascending => fill(entries, index, limit),
        Order::Descending => fill(entries.rev(), index, limit),
    }
}

/// A page ends at its limit or after [`MOST_READ`], and then it has a cursor, even where nothing follows.
fn fill(
    entries: impl Iterator<Item = (IndexKey, Key, usize)>,
    index: Option<Index>,
    limit: u32,
) -> Result<(Page<(IndexKey, Key)>, usize), TableError> {
    let limit = limit.clamp(1, LARGEST_PAGE) as usize;
    let mut items = Vec::new();
    let mut size = 0;
    for (at, key, bytes) in entries {
        size += bytes;
        if items.len() + 1 == limit || size > MOST_READ {
            let next = cursor::write(index, Cursor { at: at.clone(), key: key.clone() })?;
            items.push((at, key));
            return Ok((Page { items, next: Some(next) }, size));
        }
        items.push((at, key));
    }
    Ok((Page { items, next: None }, size))
}
