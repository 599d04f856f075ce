//! The one table that everything is stored in, as little of it as the layer above needs.
//!
//! A [`Table`] knows keys, versions, two sparse indexes and a document that it does not look into. What the keys
//! mean, and which document is behind which, is the business of the layer above. Two implementations pass the
//! same contract tests: [`crate::DynamoTable`] and, for tests and the simulator, [`crate::MemoryTable`].

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::time::Duration;

use async_trait::async_trait;

/// Most writes in one call of [`Table::write`]: the limit of a DynamoDB transaction.
pub const MOST_WRITES: usize = 100;

/// Largest page of a query. A larger limit is taken as this one.
pub const LARGEST_PAGE: u32 = 1_000;

/// Longest partition key, of an item or an index, in bytes.
pub const LONGEST_PARTITION: usize = 2_048;

/// Longest sort key, of an item or an index, in bytes.
pub const LONGEST_SORT: usize = 1_024;

/// Where an item is: the partition groups what is read together, the sort key orders it by its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub partition: String,
    pub sort: String,
}

impl Key {
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Key {
        Key { partition: partition.into(), sort: sort.into() }
    }
}

/// Where an item stands in an index. An item without one is not in the index and costs nothing there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexKey {
    pub partition: String,
    pub sort: String,
}

impl IndexKey {
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> IndexKey {
        IndexKey { partition: partition.into(), sort: sort.into() }
    }
}

/// What the stream carries to the bus when the item is first written. No personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFields {
    /// Past tense name of what happened, such as `NoticeSent`.
    pub detail_type: String,
    /// JSON text of the message.
    pub detail: String,
    /// When it happened, RFC 3339.
    pub at: String,
}

/// One item, the same form for every kind: a few plain attributes for keys, conditions and indexes, and the rest as
/// a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    pub key: Key,
    /// Counted by the writer; [`Condition::Version`] compares it.
    pub version: u64,
    /// Plain JSON. Stored compressed where that is smaller; at most 4 MB plain and 400 KB as stored.
    pub document: Vec<u8>,
    pub due: Option<IndexKey>,
    pub listed: Option<IndexKey>,
    /// Epoch seconds after which the item may go. It goes hours or days later: until then it is read as any
    /// other, so the reader compares the time itself.
    pub expires_at: Option<i64>,
    pub event: Option<EventFields>,
    /// What [`Write::Count`] counted; nothing on an item that was put.
    pub counts: BTreeMap<String, i64>,
}

impl Debug for Record {
    /// All but the document, which may hold personal data: of it the size.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Record { key, version, document, due, listed, expires_at, event, counts } = self;
        f.debug_struct("Record")
            .field("key", key)
            .field("version", version)
            .field("document", &format_args!("{} bytes", document.len()))
            .field("due", due)
            .field("listed", listed)
            .field("expires_at", expires_at)
            .field("event", event)
            .field("counts", counts)
            .finish()
    }
}

impl Record {
    /// A record in no index, without an end and without an event.
    pub fn new(key: Key, version: u64, document: Vec<u8>) -> Record {
        Record {
            key,
            version,
            document,
            due: None,
            listed: None,
            expires_at: None,
            event: None,
            counts: BTreeMap::new(),
        }
    }
}

/// What must be true of the stored item for the write to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    None,
    /// There is no item with this key.
    Absent,
    /// There is one and it has this version.
    Version(u64),
    /// There is one.
    Present,
}

/// One part of [`Table::write`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every write is a put, so a box would only add an allocation"
)]
pub enum Write {
    /// Replaces the whole item.
    Put { record: Record, condition: Condition },
    /// Deleting what is not there, with [`Condition::None`], is done and no error.
    Delete { key: Key, condition: Condition },
    /// Writes nothing; the others are done only if this holds. Its condition is not [`Condition::None`].
    Check { key: Key, condition: Condition },
    /// Adds to named counters of an item that holds nothing else, and makes it where there is none. Two that count at once
    /// both count. Its version goes up by one.
    Count { key: Key, by: BTreeMap<String, i64> },
}

impl Write {
    pub fn key(&self) -> &Key {
        match self {
            Write::Put { record, .. } => &record.key,
            Write::Delete { key, .. } | Write::Check { key, .. } | Write::Count { key, .. } => key,
        }
    }

    pub fn condition(&self) -> Condition {
        match self {
            Write::Put { condition, .. }
            | Write::Delete { condition, .. }
            | Write::Check { condition, .. } => *condition,
            Write::Count { .. } => Condition::None,
        }
    }
}

/// Why the table did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Nothing was written by this call, or what it wrote is already there: load again and decide again.
    ///
    /// `index` is the first write whose condition was false. It is `None` where another transaction was in the way:
    /// no condition is known to be false then, so do not conclude from it that an item exists.
    #[error("another writer was first")]
    Conflict { index: Option<usize> },
    /// Throttled, timed out, not reached, or the service failed. Of a write it is unknown whether it was done.
    #[error("the table is unavailable: {0}")]
    Unavailable(String),
    /// The item or the transaction is larger than the table takes. Trying again does not help.
    #[error("too large for the table: {0}")]
    TooLarge(String),
    /// Not a cursor that this query gave out.
    #[error("not a cursor of this list")]
    BadCursor,
    /// What cannot be: a malformed request, a missing table or right, an item that this code did not write.
    #[error("the table was used wrongly: {0}")]
    Bug(String),
}

/// Which part of a partition, by the bytes of the sort key. An empty prefix or first key excludes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortRange {
    Prefix(String),
    /// Both ends included. Nothing if the first is after the second.
    Between(String, String),
    /// This one and all after it.
    From(String),
}

impl SortRange {
    pub const fn all() -> SortRange {
        SortRange::Prefix(String::new())
    }

    pub fn contains(&self, sort: &str) -> bool {
        match self {
            SortRange::Prefix(prefix) => sort.starts_with(prefix.as_str()),
            SortRange::Between(low, high) => low.as_str() <= sort && sort <= high.as_str(),
            SortRange::From(low) => low.as_str() <= sort,
        }
    }

    /// No sort key before this one is in it.
    pub(crate) fn first(&self) -> &str {
        match self {
            SortRange::Prefix(first) | SortRange::Between(first, _) | SortRange::From(first) => first,
        }
    }

    /// No sort key can be in it.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, SortRange::Between(low, high) if low > high || high.is_empty())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// The sparse indexes. Both hold keys only and follow the table a moment later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    Due,
    Listed,
}

/// A part of a list. Only `next: None` says that the list is at its end: a page may be short, or empty, before that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it to the same query for what follows. Safe in a URL; holds keys, so it is bound to the partition.
    pub next: Option<String>,
}

/// The table, real or in memory.
///
/// # A write whose answer was lost
/// A write may be done although the caller got no answer ([`TableError::Unavailable`]), and the retry inside the AWS
/// SDK of a single conditional write may meet what its own first attempt wrote: that is a [`TableError::Conflict`],
/// never a success. Both ask the same of the caller: load again and decide again. The version has moved on or the
/// item is there if the write was done, so the new decision finds nothing left to do. Several writes are one
/// transaction with a request token: the retry of the SDK then answers as the first attempt did.
#[async_trait]
pub trait Table: Send + Sync + Debug {
    /// The item, read consistently.
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError>;

    /// Those of the items that exist, read consistently one by one (not as one moment in time), in the order of the
    /// keys; a key named twice is read once. Any number of keys; a call to the service for every hundred.
    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Record>, TableError>;

    /// One page of a partition, read consistently.
    async fn query(
        &self,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Record>, TableError>;

    /// One page of an index: where each item stands, and its key. What was written a moment ago may be missing, and
    /// what was taken out may still be there: read the item before acting on it. Equal sort keys come in any order.
    async fn query_index(
        &self,
        index: Index,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<(IndexKey, Key)>, TableError>;

    /// All of the writes or none, each on another key, at most [`MOST_WRITES`]. No writes are no work.
    async fn write(&self, writes: Vec<Write>) -> Result<(), TableError>;

    /// Lets time pass before another look at an item. A table whose calendar is told lets it pass there.
    async fn pause(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
