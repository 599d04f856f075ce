//! Cursors: where a page ended, in a form that a client may hold and hand back.
//!
//! A cursor comes back from outside, so it is checked: it must be of the same list and partition and point into the
//! range that is asked for. What it can then do is start a page elsewhere in the caller's own partition.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::table::{Index, IndexKey, Key, LONGEST_PARTITION, LONGEST_SORT, SortRange, TableError};

/// Longest cursor, in characters: two keys of the longest, as escaped JSON in base64.
const LONGEST: usize = 12_000;

/// The last entry of a page. For a query of the table itself `at` is the item's own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub at: IndexKey,
    pub key: Key,
}

/// list, partition, sort; then, for an index, the item's own key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "l")]
    list: List,
    #[serde(rename = "p")]
    partition: String,
    #[serde(rename = "s")]
    sort: String,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    key: Option<(String, String)>,
}

#[derive(Serialize, Deserialize, PartialEq, Eq)]
enum List {
    #[serde(rename = "t")]
    Table,
    #[serde(rename = "d")]
    Due,
    #[serde(rename = "i")]
    Listed,
}

impl List {
    fn of(index: Option<Index>) -> List {
        match index {
            None => List::Table,
            Some(Index::Due) => List::Due,
            Some(Index::Listed) => List::Listed,
        }
    }
}

/// The cursor after this entry.
pub(crate) fn write(index: Option<Index>, cursor: Cursor) -> Result<String, TableError> {
    let written = Written {
        list: List::of(index),
        partition: cursor.at.partition,
        sort: cursor.at.sort,
        key: index.map(|_| (cursor.key.partition, cursor.key.sort)),
    };
    let json = serde_json::to_vec(&written).map_err(|error| TableError::Bug(format!("cursor: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// The cursor of a query of the table after this item.
pub(crate) fn after_item(key: &Key) -> Result<String, TableError> {
    let at = IndexKey::new(key.partition.clone(), key.sort.clone());
    write(None, Cursor { at, key: key.clone() })
}

/// The entry to go on after, if the cursor is one of this list, partition and range.
pub(crate) fn read(
    index: Option<Index>,
    partition: &str,
    range: &SortRange,
    cursor: Option<&str>,
) -> Result<Option<Cursor>, TableError> {
    let Some(text) = cursor else { return Ok(None) };
    let written = parse(text).ok_or(TableError::BadCursor)?;
    if written.list != List::of(index) || written.partition != partition || !range.contains(&written.sort) {
        return Err(TableError::BadCursor);
    }
    let at = IndexKey::new(written.partition, written.sort);
    let key = match (index, written.key) {
        (None, None) => Key::new(at.partition.clone(), at.sort.clone()),
        (Some(_), Some((partition, sort))) => Key::new(partition, sort),
        (None, Some(_)) | (Some(_), None) => return Err(TableError::BadCursor),
    };
    if fits(&at.partition, &at.sort) && fits(&key.partition, &key.sort) {
        Ok(Some(Cursor { at, key }))
    } else {
        Err(TableError::BadCursor)
    }
}

fn parse(text: &str) -> Option<Written> {
    if text.len() > LONGEST {
        return None;
    }
    let json = URL_SAFE_NO_PAD.decode(text).ok()?;
    serde_json::from_slice(&json).ok()
}

/// These can be the two parts of a key.
pub(crate) fn fits(partition: &str, sort: &str) -> bool {
    (1..=LONGEST_PARTITION).contains(&partition.len()) && (1..=LONGEST_SORT).contains(&sort.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(sort: &str) -> Cursor {
        Cursor { at: IndexKey::new("a#1", sort), key: Key::new("a#1", sort) }
    }

    #[test]
    fn a_cursor_is_read_back_in_its_own_list_partition_and_range_only() {
        let text = write(None, after("m")).unwrap();
        let all = SortRange::all();
        let cases: [(Option<Index>, &str, SortRange, bool); 7] = [
            (None, "a#1", all.clone(), true),
            (None, "a#1", SortRange::Between("m".into(), "m".into()), true),
            (None, "a#1", SortRange::From("n".into()), false),
            (None, "a#1", SortRange::Prefix("n".into()), false),
            (None, "a#2", all.clone(), false),
            (Some(Index::Due), "a#1", all.clone(), false),
            (Some(Index::Listed), "a#1", all, false),
        ];
        for (index, partition, range, good) in cases {
            let expected = if good { Ok(Some(after("m"))) } else { Err(TableError::BadCursor) };
            assert_eq!(
                read(index, partition, &range, Some(&text)),
                expected,
                "{index:?} {partition} {range:?}"
            );
        }
    }

    #[test]
    fn the_longest_keys_make_a_cursor_that_is_read_back() {
        let cursor = Cursor {
            at: IndexKey::new("p".repeat(LONGEST_PARTITION), "s".repeat(LONGEST_SORT)),
            key: Key::new("q".repeat(LONGEST_PARTITION), "t".repeat(LONGEST_SORT)),
        };
        let text = write(Some(Index::Due), cursor.clone()).unwrap();
        let back = read(Some(Index::Due), &cursor.at.partition, &SortRange::all(), Some(&text));
        assert_eq!(back, Ok(Some(cursor)));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
        for bad in [
            String::new(),
            "%%%".to_owned(),
            "x".repeat(LONGEST + 1),
            encode("[]"),
            encode(r#"{"l":"t","p":"a#1"}"#),
            encode(r#"{"l":"t","p":"a#1","s":""}"#),
            encode(r#"{"l":"t","p":"a#1","s":"m","k":["a","b"]}"#),
            encode(r#"{"l":"t","p":"a#1","s":"m","extra":1}"#),
            encode(&format!(r#"{{"l":"t","p":"a#1","s":"{}"}}"#, "s".repeat(LONGEST_SORT + 1))),
        ] {
            let answer = read(None, "a#1", &SortRange::all(), Some(&bad));
            assert_eq!(answer, Err(TableError::BadCursor), "{bad}");
        }
        let keyless = encode(r#"{"l":"d","p":"a#1","s":"m"}"#);
        let answer = read(Some(Index::Due), "a#1", &SortRange::all(), Some(&keyless));
        assert_eq!(answer, Err(TableError::BadCursor));
    }
}
