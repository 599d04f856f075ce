//! Records as DynamoDB items and back.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::compress::{self, Packed};
use crate::cursor::Cursor;
use crate::stored::names;
use crate::table::{EventFields, Index, IndexKey, Key, Record, TableError};

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The key attributes of the table.
pub(super) fn key_item(key: Key) -> Item {
    HashMap::from([
        (names::PARTITION.to_owned(), text(key.partition)),
        (names::SORT.to_owned(), text(key.sort)),
    ])
}

/// The names of an index's key attributes.
pub(super) fn index_names(index: Index) -> (&'static str, &'static str) {
    match index {
        Index::Due => (names::DUE_PARTITION, names::DUE_SORT),
        Index::Listed => (names::LISTED_PARTITION, names::LISTED_SORT),
    }
}

/// Where a query goes on.
pub(super) fn start_item(index: Option<Index>, cursor: Cursor) -> Item {
    let mut item = key_item(cursor.key);
    if let Some(index) = index {
        put_index(&mut item, index, cursor.at);
    }
    item
}

fn put_index(item: &mut Item, index: Index, at: IndexKey) {
    let (partition, sort) = index_names(index);
    item.insert(partition.to_owned(), text(at.partition));
    item.insert(sort.to_owned(), text(at.sort));
}

/// The whole item. The document comes packed.
pub(super) fn to_item(record: Record, packed: Packed) -> Item {
    let mut item = key_item(record.key);
    item.insert(names::VERSION.to_owned(), number(record.version));
    item.insert(names::DOCUMENT.to_owned(), AttributeValue::B(Blob::new(packed.bytes)));
    if packed.deflated {
        item.insert(names::ENCODING.to_owned(), text(names::DEFLATE));
    }
    if let Some(at) = record.due {
        put_index(&mut item, Index::Due, at);
    }
    if let Some(at) = record.listed {
        put_index(&mut item, Index::Listed, at);
    }
    if let Some(expires_at) = record.expires_at {
        item.insert(names::EXPIRES_AT.to_owned(), number(expires_at));
    }
    if let Some(event) = record.event {
        item.insert(names::DETAIL_TYPE.to_owned(), text(event.detail_type));
        item.insert(names::DETAIL.to_owned(), text(event.detail));
        item.insert(names::AT.to_owned(), text(event.at));
    }
    item
}

/// The record that [`to_item`] wrote, or a bug that names the attribute.
pub(super) fn to_record(mut item: Item) -> Result<Record, TableError> {
    let key = take_key(&mut item)?;
    let version = take_number(&mut item, names::VERSION)?.ok_or_else(|| unreadable(names::VERSION))?;
    let counts = take_counts(&mut item)?;
    let document = if counts.is_empty() { take_document(&mut item)? } else { Vec::new() };
    let due = take_index(&mut item, Index::Due)?;
    let listed = take_index(&mut item, Index::Listed)?;
    let expires_at = take_number(&mut item, names::EXPIRES_AT)?;
    let event = match take_text(&mut item, names::DETAIL_TYPE)? {
        None => None,
        Some(detail_type) => Some(EventFields {
            detail_type,
            detail: take_text(&mut item, names::DETAIL)?.ok_or_else(|| unreadable(names::DETAIL))?,
            at: take_text(&mut item, names::AT)?.ok_or_else(|| unreadable(names::AT))?,
        }),
    };
    Ok(Record { key, version, document, due, listed, expires_at, event, counts })
}

pub(super) fn take_key(item: &mut Item) -> Result<Key, TableError> {
    let partition = take_text(item, names::PARTITION)?.ok_or_else(|| unreadable(names::PARTITION))?;
    let sort = take_text(item, names::SORT)?.ok_or_else(|| unreadable(names::SORT))?;
    Ok(Key { partition, sort })
}

/// Where the item stands in the index; both attributes or neither.
pub(super) fn take_index(item: &mut Item, index: Index) -> Result<Option<IndexKey>, TableError> {
    let (partition, sort) = index_names(index);
    match (take_text(item, partition)?, take_text(item, sort)?) {
        (None, None) => Ok(None),
        (Some(partition), Some(sort)) => Ok(Some(IndexKey { partition, sort })),
        (Some(_), None) => Err(unreadable(sort)),
        (None, Some(_)) => Err(unreadable(partition)),
    }
}

fn take_document(item: &mut Item) -> Result<Vec<u8>, TableError> {
    let Some(AttributeValue::B(bytes)) = item.remove(names::DOCUMENT) else {
        return Err(unreadable(names::DOCUMENT));
    };
    match take_text(item, names::ENCODING)?.as_deref() {
        None => Ok(bytes.into_inner()),
        Some(names::DEFLATE) => compress::inflate(bytes.as_ref()).map_err(|_| unreadable(names::DOCUMENT)),
        Some(_) => Err(unreadable(names::ENCODING)),
    }
}

fn take_counts(item: &mut Item) -> Result<BTreeMap<String, i64>, TableError> {
    let names: Vec<String> = item.keys().filter(|name| name.starts_with(names::COUNT)).cloned().collect();
    let mut counts = BTreeMap::new();
    for name in names {
        let count = take_number(item, &name)?.ok_or_else(|| unreadable(&name))?;
        counts.insert(name[names::COUNT.len()..].to_owned(), count);
    }
    Ok(counts)
}

/// The expression that adds to counters.
pub(super) struct Addition {
    pub text: String,
    pub names: HashMap<String, String>,
    pub values: Item,
}

impl Addition {
    pub fn of(by: &BTreeMap<String, i64>) -> Addition {
        let mut addition = Addition {
            text: "ADD #v :v".to_owned(),
            names: HashMap::from([("#v".to_owned(), names::VERSION.to_owned())]),
            values: HashMap::from([(":v".to_owned(), number(1))]),
        };
        for (at, (name, count)) in by.iter().enumerate() {
            addition.text.push_str(&format!(", #n{at} :n{at}"));
            addition.names.insert(format!("#n{at}"), format!("{}{name}", names::COUNT));
            addition.values.insert(format!(":n{at}"), number(count));
        }
        addition
    }
}

fn take_text(item: &mut Item, name: &str) -> Result<Option<String>, TableError> {
    match item.remove(name) {
        None => Ok(None),
        Some(AttributeValue::S(value)) => Ok(Some(value)),
        Some(_) => Err(unreadable(name)),
    }
}

fn take_number<N: std::str::FromStr>(item: &mut Item, name: &str) -> Result<Option<N>, TableError> {
    match item.remove(name) {
        None => Ok(None),
        Some(AttributeValue::N(value)) => value.parse().map(Some).map_err(|_| unreadable(name)),
        Some(_) => Err(unreadable(name)),
    }
}

fn unreadable(name: &str) -> TableError {
    TableError::Bug(format!("an item whose attribute `{name}` this code did not write"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Record {
        Record {
            key: Key::new("a#1", "debtor#7"),
            version: u64::MAX,
            document: br#"{"name":"x"}"#.repeat(20),
            due: Some(IndexKey::new("due#1", "2026-01-02")),
            listed: Some(IndexKey::new("list#1", "x")),
            expires_at: Some(1_767_225_600),
            event: Some(EventFields {
                detail_type: "NoticeSent".into(),
                detail: "{}".into(),
                at: "2026-01-02T08:00:00Z".into(),
            }),
            counts: BTreeMap::new(),
        }
    }

    #[test]
    fn a_record_becomes_an_item_with_the_pinned_names_and_comes_back() {
        let item = to_item(full(), compress::pack(&full().document).unwrap());
        let mut names: Vec<&str> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected = [
            "at",
            "detail",
            "detail_type",
            "doc",
            "due_pk",
            "due_sk",
            "enc",
            "list_pk",
            "list_sk",
            "pk",
            "sk",
            "ttl",
            "v",
        ];
        assert_eq!(names, expected);
        assert_eq!(to_record(item), Ok(full()));

        let plain = Record::new(Key::new("a#1", "x"), 0, b"{}".to_vec());
        let item = to_item(plain.clone(), compress::pack(b"{}").unwrap());
        assert_eq!(item.len(), 4);
        assert_eq!(to_record(item), Ok(plain));
    }

    #[test]
    fn an_item_that_this_code_did_not_write_is_a_bug_that_names_the_attribute() {
        let spoil: [(&str, Option<AttributeValue>); 9] = [
            ("pk", None),
            ("sk", Some(number(1))),
            ("v", Some(text("1"))),
            ("v", Some(number("-1"))),
            ("doc", Some(AttributeValue::B(Blob::new(b"not deflate".to_vec())))),
            ("enc", Some(text("brotli"))),
            ("due_sk", None),
            ("list_pk", None),
            ("at", None),
        ];
        for (name, value) in spoil {
            let mut item = to_item(full(), compress::pack(&full().document).unwrap());
            match value {
                Some(value) => item.insert(name.to_owned(), value),
                None => item.remove(name),
            };
            assert_eq!(to_record(item), Err(unreadable(name)));
        }
    }
}
