//! The table in memory: the twin that scenarios and the simulator run on, with the same answers as the real one.
//!
//! Items are never removed because their time is over: the real table promises no moment for it either.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::cursor::{self, Cursor};
use crate::stored::{self, Prepared};
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
#[derive(Debug, Clone, Default)]
pub struct MemoryTable {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    items: BTreeMap<Key, Item>,
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

impl MemoryTable {
    pub fn new() -> MemoryTable {
        MemoryTable::default()
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
        self.lock()
            .items
            .values()
            .map(|item| item.record.clone())
            .collect()
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
        let after = cursor::read(None, partition, &range, cursor)?;
        let mut state = self.lock();
        state.fail(Moment::Read)?;
        let start = Key::new(partition, "");
        let entries: Vec<(IndexKey, Key, usize)> = state
            .items
            .range((Bound::Included(start), Bound::Unbounded))
            .take_while(|(key, _)| key.partition == partition)
            .map(|(key, item)| {
                (
                    IndexKey::new(key.partition.clone(), key.sort.clone()),
                    key.clone(),
                    item.size,
                )
            })
            .collect();
        let (page, size) = page(entries, None, &range, order, limit, after)?;
        state.units += Units::reads(blocks(size, 4_096));
        let items = page.items.iter().filter_map(|(_, key)| state.items.get(key));
        Ok(Page {
            items: items.map(|item| item.record.clone()).collect(),
            next: page.next,
        })
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
        let after = cursor::read(Some(index), partition, &range, cursor)?;
        let mut state = self.lock();
        state.fail(Moment::Read)?;
        let mut entries: Vec<(IndexKey, Key, usize)> = state
            .items
            .values()
            .filter_map(|item| Some((place(&item.record, index)?, &item.record.key)))
            .filter(|(at, _)| at.partition == partition)
            .map(|(at, key)| (at.clone(), key.clone(), entry_size(at, key)))
            .collect();
        entries.sort();
        let (page, size) = page(entries, Some(index), &range, order, limit, after)?;
        // An index is read eventually consistent: half.
        state.units += Units::reads(blocks(size, 4_096) / 2.0);
        Ok(page)
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), TableError> {
        let prepared = stored::prepare(writes)?;
        if prepared.is_empty() {
            return Ok(());
        }
        let mut state = self.lock();
        state.fail(Moment::BeforeWrite)?;
        state.charge(&prepared);
        if let Some(index) = prepared.iter().position(|one| !state.holds(&one.write)) {
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
        if !cursor::fits(&key.partition, &key.sort) {
            return Err(TableError::Bug("a key that is empty or too long".to_owned()));
        }
        let item = self.items.get(key);
        let units = Units::reads(blocks(item.map_or(0, |item| item.size), 4_096));
        let record = item.map(|item| item.record.clone());
        self.units += units;
        Ok(record)
    }

    fn holds(&self, write: &Write) -> bool {
        let version = self.items.get(write.key()).map(|item| item.record.version);
        match write.condition() {
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
            let old = self.items.get(one.write.key()).map_or(0, |item| item.size);
            self.units += Units::writes(factor * blocks(old.max(one.size), 1_024));
        }
    }

    fn charge_indexes(&mut self, prepared: &[Prepared]) {
        for one in prepared {
            let new = match &one.write {
                Write::Put { record, .. } => Some(record),
                Write::Delete { .. } => None,
                Write::Check { .. } => continue,
            };
            let old = self.items.get(one.write.key()).map(|item| &item.record);
            for index in [Index::Due, Index::Listed] {
                let old = old.and_then(|record| place(record, index));
                let new = new.and_then(|record| place(record, index));
                if old != new {
                    let cost = |at: &IndexKey| blocks(entry_size(at, one.write.key()), 1_024);
                    self.units += Units::writes(old.map_or(0.0, cost) + new.map_or(0.0, cost));
                }
            }
        }
    }

    fn apply(&mut self, one: Prepared) {
        match one.write {
            Write::Put { record, .. } => {
                let event = record.event.clone();
                let key = record.key.clone();
                let old = self.items.insert(
                    key.clone(),
                    Item {
                        record,
                        size: one.size,
                    },
                );
                if let (None, Some(event)) = (old, event) {
                    self.stream.push(StreamRecord {
                        sequence: self.sequence,
                        key,
                        event,
                    });
                    self.sequence += 1;
                }
            }
            Write::Delete { key, .. } => {
                self.items.remove(&key);
            }
            Write::Check { .. } => {}
        }
    }
}

/// More than one write is a transaction, and so is a check alone.
fn transactional(prepared: &[Prepared]) -> bool {
    prepared.len() > 1
        || matches!(
            prepared,
            [Prepared {
                write: Write::Check { .. },
                ..
            }]
        )
}

fn place(record: &Record, index: Index) -> Option<&IndexKey> {
    match index {
        Index::Due => record.due.as_ref(),
        Index::Listed => record.listed.as_ref(),
    }
}

/// The bytes of an entry of an index: the four keys and about their names.
fn entry_size(at: &IndexKey, key: &Key) -> usize {
    at.partition.len() + at.sort.len() + key.partition.len() + key.sort.len() + 16
}

/// Begun blocks of this many bytes, at least one.
fn blocks(size: usize, block: usize) -> f64 {
    let blocks = u32::try_from(size.div_ceil(block).max(1)).unwrap_or(u32::MAX);
    f64::from(blocks)
}

/// One page of the entries, which are in ascending order, and the bytes that were read for it.
fn page(
    mut entries: Vec<(IndexKey, Key, usize)>,
    index: Option<Index>,
    range: &SortRange,
    order: Order,
    limit: u32,
    after: Option<Cursor>,
) -> Result<(Page<(IndexKey, Key)>, usize), TableError> {
    if order == Order::Descending {
        entries.reverse();
    }
    let limit = limit.clamp(1, LARGEST_PAGE) as usize;
    let mut items: Vec<(IndexKey, Key)> = Vec::new();
    let mut size = 0;
    let mut full = false;
    for (at, key, bytes) in entries {
        let follows = after.as_ref().is_none_or(|after| match order {
            Order::Ascending => (&at, &key) > (&after.at, &after.key),
            Order::Descending => (&at, &key) < (&after.at, &after.key),
        });
        if follows && range.contains(&at.sort) {
            items.push((at, key));
            size += bytes;
            full = items.len() == limit || size > MOST_READ;
            if full {
                break;
            }
        }
    }
    let last = if full { items.last() } else { None };
    let next = last
        .map(|(at, key)| {
            cursor::write(
                index,
                Cursor {
                    at: at.clone(),
                    key: key.clone(),
                },
            )
        })
        .transpose()?;
    Ok((Page { items, next }, size))
}
