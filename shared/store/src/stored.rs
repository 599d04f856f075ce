//! Records as they are stored: checked, packed and weighed the same way by both tables.

use std::collections::{BTreeMap, HashSet};

use crate::compress::{self, CompressError, Packed};
use crate::cursor::fits;
use crate::table::{Condition, Key, LONGEST_PARTITION, MOST_WRITES, Record, TableError, Write};

/// Largest item as stored, names and values together, in bytes: DynamoDB's limit.
pub(crate) const LARGEST_ITEM: usize = 400 * 1024;

/// Largest transaction as stored, in bytes: DynamoDB's limit.
pub(crate) const LARGEST_TRANSACTION: usize = 4 * 1024 * 1024;

/// The attributes of an item. The stream's reader knows them by these names.
pub mod names {
    pub const PARTITION: &str = "pk";
    pub const SORT: &str = "sk";
    pub const VERSION: &str = "v";
    pub const DOCUMENT: &str = "doc";
    /// How the document is packed; there only if it is.
    pub const ENCODING: &str = "enc";
    pub const DUE_PARTITION: &str = "due_pk";
    pub const DUE_SORT: &str = "due_sk";
    pub const LISTED_PARTITION: &str = "list_pk";
    pub const LISTED_SORT: &str = "list_sk";
    pub const EXPIRES_AT: &str = "ttl";
    pub const DETAIL_TYPE: &str = "detail_type";
    pub const DETAIL: &str = "detail";
    pub const AT: &str = "at";
    /// What the name of a counter's attribute begins with.
    pub const COUNT: &str = "n.";
    /// The value of [`ENCODING`].
    pub const DEFLATE: &str = "deflate";
    /// The index behind [`crate::table::Index::Due`].
    pub const DUE_INDEX: &str = "due";
    /// The index behind [`crate::table::Index::Listed`].
    pub const LISTED_INDEX: &str = "listed";
}

/// A write that passed the checks; the document of a put is packed and the item weighed.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every write is a put, so a box would only add an allocation"
)]
pub(crate) enum Prepared {
    Put { record: Record, packed: Packed, size: usize, condition: Condition },
    Delete { key: Key, condition: Condition },
    Check { key: Key, condition: Condition },
    Count { key: Key, by: BTreeMap<String, i64> },
}

impl Prepared {
    pub fn key(&self) -> &Key {
        match self {
            Prepared::Put { record, .. } => &record.key,
            Prepared::Delete { key, .. } | Prepared::Check { key, .. } | Prepared::Count { key, .. } => key,
        }
    }

    pub fn condition(&self) -> Condition {
        match self {
            Prepared::Put { condition, .. }
            | Prepared::Delete { condition, .. }
            | Prepared::Check { condition, .. } => *condition,
            Prepared::Count { .. } => Condition::None,
        }
    }

    /// Of the item as it will be stored, in bytes; zero where none is.
    pub fn size(&self) -> usize {
        match self {
            Prepared::Put { size, .. } => *size,
            // What a counter's item weighs is known to whoever has it.
            Prepared::Delete { .. } | Prepared::Check { .. } | Prepared::Count { .. } => 0,
        }
    }
}

/// A partition that can be queried.
pub(crate) fn check_partition(partition: &str) -> Result<(), TableError> {
    if (1..=LONGEST_PARTITION).contains(&partition.len()) {
        Ok(())
    } else {
        Err(TableError::Bug("a partition that is empty or too long".to_owned()))
    }
}

/// A key that an item can have.
pub(crate) fn check_key(key: &Key) -> Result<(), TableError> {
    if fits(&key.partition, &key.sort) {
        Ok(())
    } else {
        Err(TableError::Bug("a key that is empty or too long".to_owned()))
    }
}

/// How documents are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Weighed {
    /// In the form in which they are stored.
    #[default]
    Packed,
    /// As they are: quicker by the packing, and heavier.
    Plain,
}

/// Checks what no table takes, packs the documents and weighs the items.
pub(crate) fn prepare(writes: Vec<Write>, weighed: Weighed) -> Result<Vec<Prepared>, TableError> {
    if writes.len() > MOST_WRITES {
        return Err(TableError::TooLarge(format!("{} writes in one transaction", writes.len())));
    }
    let mut keys = HashSet::with_capacity(writes.len());
    if !writes.iter().all(|write| keys.insert(write.key())) {
        return Err(TableError::Bug("two writes on one item".to_owned()));
    }
    let prepared = writes.into_iter().map(|write| prepare_one(write, weighed));
    let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
    if prepared.len() > 1 && prepared.iter().map(Prepared::size).sum::<usize>() > LARGEST_TRANSACTION {
        return Err(TableError::TooLarge("a transaction of more than 4 MB".to_owned()));
    }
    Ok(prepared)
}

fn prepare_one(write: Write, weighed: Weighed) -> Result<Prepared, TableError> {
    check_key(write.key())?;
    match write {
        Write::Put { record, condition } => {
            let packed = pack(&record, weighed)?;
            let size = item_size(&record, &packed);
            if size > LARGEST_ITEM {
                return Err(TableError::TooLarge(format!("an item of {size} bytes")));
            }
            Ok(Prepared::Put { record, packed, size, condition })
        }
        Write::Delete { key, condition } => Ok(Prepared::Delete { key, condition }),
        Write::Check { condition: Condition::None, .. } => {
            Err(TableError::Bug("a check without a condition".to_owned()))
        }
        Write::Check { key, condition } => Ok(Prepared::Check { key, condition }),
        Write::Count { by, .. } if by.is_empty() => Err(TableError::Bug("a count of nothing".to_owned())),
        Write::Count { key, by } => Ok(Prepared::Count { key, by }),
    }
}

fn pack(record: &Record, weighed: Weighed) -> Result<Packed, TableError> {
    if ![&record.due, &record.listed].into_iter().flatten().all(|at| fits(&at.partition, &at.sort)) {
        return Err(TableError::Bug("an index key that is empty or too long".to_owned()));
    }
    if weighed == Weighed::Plain && record.document.len() <= compress::LARGEST_PLAIN {
        return Ok(Packed { bytes: record.document.clone(), deflated: false });
    }
    compress::pack(&record.document).map_err(|error| match error {
        CompressError::TooLarge => TableError::TooLarge(error.to_string()),
        CompressError::Corrupt => TableError::Bug(error.to_string()),
    })
}

/// The bytes that DynamoDB counts for the item: every attribute's name and value.
fn item_size(record: &Record, packed: &Packed) -> usize {
    let text = |name: &str, value: &str| name.len() + value.len();
    let mut size = text(names::PARTITION, &record.key.partition)
        + text(names::SORT, &record.key.sort)
        + names::VERSION.len()
        + number_size(record.version)
        + names::DOCUMENT.len()
        + packed.bytes.len();
    if packed.deflated {
        size += text(names::ENCODING, names::DEFLATE);
    }
    if let Some(due) = &record.due {
        size += text(names::DUE_PARTITION, &due.partition) + text(names::DUE_SORT, &due.sort);
    }
    if let Some(listed) = &record.listed {
        size += text(names::LISTED_PARTITION, &listed.partition) + text(names::LISTED_SORT, &listed.sort);
    }
    if let Some(expires_at) = record.expires_at {
        size += names::EXPIRES_AT.len() + number_size(expires_at.unsigned_abs());
    }
    if let Some(event) = &record.event {
        size += text(names::DETAIL_TYPE, &event.detail_type)
            + text(names::DETAIL, &event.detail)
            + text(names::AT, &event.at);
    }
    size
}

/// The bytes of an item of counters.
pub(crate) fn counters_size(record: &Record) -> usize {
    let counts = record.counts.iter();
    let counts: usize =
        counts.map(|(name, count)| names::COUNT.len() + name.len() + number_size(count.unsigned_abs())).sum();
    names::PARTITION.len()
        + record.key.partition.len()
        + names::SORT.len()
        + record.key.sort.len()
        + names::VERSION.len()
        + number_size(record.version)
        + counts
}

/// About one byte for two significant digits, and one more.
fn number_size(number: u64) -> usize {
    let digits = number.to_string().trim_end_matches('0').len();
    digits.div_ceil(2) + 1
}
