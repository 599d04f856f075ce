//! What is true of the table, whichever it is. Each fact is tested on the table in memory and on a DynamoDB that runs in
//! this process, over HTTP and through the AWS SDK.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod counters;
mod desk;
mod harness;
mod network;
mod queries;
mod settings;
mod twin;
mod webhooks;

use harness::{check, delete, noise, on_both, put};
use store::table::{Condition, EventFields, IndexKey, Key, Record, TableError, Write};

fn key(sort: &str) -> Key {
    Key::new("a#1", sort)
}

fn record(sort: &str, version: u64) -> Record {
    Record::new(key(sort), version, format!(r#"{{"sort":"{sort}","version":{version}}}"#).into_bytes())
}

fn conflict(index: usize) -> Result<(), TableError> {
    Err(TableError::Conflict { index: Some(index) })
}

#[tokio::test]
async fn a_record_comes_back_as_it_was_written() {
    on_both(async |subject| {
        let full = Record {
            due: Some(IndexKey::new("due", "2026-01-02")),
            listed: Some(IndexKey::new("list", "x")),
            expires_at: Some(1_767_225_600),
            event: Some(EventFields {
                detail_type: "NoticeSent".into(),
                detail: r#"{"notice":"d.n1"}"#.into(),
                at: "2026-01-02T08:00:00Z".into(),
            }),
            ..record("full", u64::MAX)
        };
        let documents: [(&str, Vec<u8>); 4] = [
            ("empty", vec![]),
            ("text", br#"{"line":"een herinnering","amount":"121.00"},"#.repeat(2_300)),
            ("noise", noise(100_000, 1)),
            ("bomb", vec![b' '; 4 * 1024 * 1024]),
        ];
        let documents = documents.into_iter().map(|(sort, document)| Record { document, ..record(sort, 0) });
        for written in documents.chain([full]) {
            assert_eq!(subject.get(&written.key).await, None);
            subject.write(vec![put(written.clone(), Condition::Absent)]).await.unwrap();
            let read = subject.get(&written.key).await;
            assert!(read == Some(written.clone()), "{} on {subject:?}", written.key.sort);
        }
    })
    .await;
}

#[tokio::test]
async fn a_put_replaces_the_whole_item() {
    on_both(async |subject| {
        let old = Record {
            due: Some(IndexKey::new("due", "1")),
            expires_at: Some(1),
            event: Some(EventFields { detail_type: "A".into(), detail: "{}".into(), at: "x".into() }),
            document: b"long ".repeat(100),
            ..record("m", 1)
        };
        subject.fill([old]).await;
        subject.fill([record("m", 2)]).await;
        assert_eq!(subject.get(&key("m")).await, Some(record("m", 2)));
    })
    .await;
}

#[tokio::test]
async fn a_write_is_done_only_if_its_condition_holds() {
    let cases: [(Option<u64>, Condition, bool); 12] = [
        (None, Condition::None, true),
        (None, Condition::Absent, true),
        (None, Condition::Present, false),
        (None, Condition::Version(0), false),
        (Some(0), Condition::None, true),
        (Some(0), Condition::Absent, false),
        (Some(0), Condition::Present, true),
        (Some(0), Condition::Version(0), true),
        (Some(7), Condition::Version(6), false),
        (Some(7), Condition::Version(7), true),
        (Some(7), Condition::Version(8), false),
        (Some(u64::MAX), Condition::Version(u64::MAX), true),
    ];
    on_both(async |subject| {
        for (number, (stored, condition, holds)) in cases.into_iter().enumerate() {
            let expected = if holds { Ok(()) } else { conflict(0) };
            let stored = |sort: &str| stored.map(|version| record(sort, version));
            for operation in ["put", "delete", "check"] {
                let sort = format!("{number}-{operation}");
                subject.fill(stored(&sort)).await;
                let (write, after) = match operation {
                    "put" => (put(record(&sort, 100), condition), Some(record(&sort, 100))),
                    "delete" => (delete(&key(&sort), condition), None),
                    _ if condition == Condition::None => continue,
                    _ => (check(&key(&sort), condition), stored(&sort)),
                };
                let case = format!("{operation} {:?} over {:?} on {subject:?}", condition, stored(&sort));
                assert_eq!(subject.write(vec![write]).await, expected, "{case}");
                let after = if holds { after } else { stored(&sort) };
                assert_eq!(subject.get(&key(&sort)).await, after, "{case}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing_and_names_the_first_false_condition() {
    on_both(async |subject| {
        subject.fill([record("old", 3), record("gone", 1), record("fence", 5)]).await;
        let good = vec![
            put(record("new", 0), Condition::Absent),
            put(record("old", 4), Condition::Version(3)),
            delete(&key("gone"), Condition::Version(1)),
            check(&key("fence"), Condition::Version(5)),
        ];
        let spoiled: [(usize, Write); 4] = [
            (0, put(record("fence", 0), Condition::Absent)),
            (1, put(record("old", 4), Condition::Version(2))),
            (2, delete(&key("gone"), Condition::Version(9))),
            (3, check(&key("fence"), Condition::Version(6))),
        ];
        for (index, write) in spoiled {
            let mut writes = good.clone();
            if index == 0 {
                writes.pop();
            }
            writes[index] = write;
            assert_eq!(subject.write(writes).await, conflict(index), "{subject:?}");
            assert_eq!(subject.get(&key("new")).await, None);
            assert_eq!(subject.get(&key("old")).await, Some(record("old", 3)));
            assert_eq!(subject.get(&key("gone")).await, Some(record("gone", 1)));
        }
        let mut two_false = good.clone();
        two_false[1] = put(record("old", 4), Condition::Version(2));
        two_false[3] = check(&key("fence"), Condition::Absent);
        assert_eq!(subject.write(two_false).await, conflict(1));

        assert_eq!(subject.write(good).await, Ok(()));
        assert_eq!(subject.get(&key("new")).await, Some(record("new", 0)));
        assert_eq!(subject.get(&key("old")).await, Some(record("old", 4)));
        assert_eq!(subject.get(&key("gone")).await, None);
        assert_eq!(subject.get(&key("fence")).await, Some(record("fence", 5)));
    })
    .await;
}

#[tokio::test]
async fn many_are_read_in_the_order_of_their_keys() {
    on_both(async |subject| {
        let sorts: Vec<String> = (0..250).map(|number| format!("{number:03}")).collect();
        subject.fill(sorts.iter().map(|sort| record(sort, 1))).await;
        let mut keys: Vec<Key> = sorts.iter().rev().map(|sort| key(sort)).collect();
        keys.insert(7, key("absent"));
        keys.insert(150, Key::new("a#2", "007"));
        keys.push(key("000"));
        let found = subject.table().get_many(&keys).await.unwrap();
        let expected: Vec<Record> = sorts.iter().rev().map(|sort| record(sort, 1)).collect();
        assert_eq!(found, expected);
        assert_eq!(subject.table().get_many(&[]).await, Ok(vec![]));
    })
    .await;
}

#[tokio::test]
async fn many_large_ones_are_read_although_one_answer_cannot_hold_them() {
    on_both(async |subject| {
        let records: Vec<Record> = (0..60)
            .map(|number| Record { document: noise(390_000, number), ..record(&format!("{number:02}"), 1) })
            .collect();
        for record in &records {
            subject.fill([record.clone()]).await;
        }
        let keys: Vec<Key> = records.iter().map(|record| record.key.clone()).collect();
        assert!(subject.table().get_many(&keys).await.unwrap() == records, "{subject:?}");
    })
    .await;
}

#[tokio::test]
async fn of_concurrent_writers_with_one_version_exactly_one_wins() {
    on_both(async |subject| {
        subject.fill([record("m", 1), record("n", 1)]).await;
        let writers: Vec<_> = (0..16)
            .map(|writer| {
                let subject = subject.clone();
                tokio::spawn(async move {
                    let mine = Record { document: vec![b'0' + writer], ..record("m", 2) };
                    let mut writes = vec![put(mine, Condition::Version(1))];
                    if writer % 2 == 1 {
                        writes.push(check(&key("n"), Condition::Version(1)));
                    }
                    (writer, subject.write(writes).await)
                })
            })
            .collect();
        let mut winners = Vec::new();
        for task in writers {
            match task.await.unwrap() {
                (writer, Ok(())) => winners.push(b'0' + writer),
                (_, Err(error)) => assert!(matches!(error, TableError::Conflict { .. }), "{error}"),
            }
        }
        assert_eq!(winners.len(), 1, "{subject:?}");
        assert_eq!(subject.get(&key("m")).await.unwrap().document, winners);
    })
    .await;
}

#[tokio::test]
async fn an_item_is_as_large_as_the_service_takes_and_no_larger() {
    // pk a#1, sk m, v 1, doc: 2+3 + 2+1 + 1+2 + 3 bytes beside the document.
    let room = 400 * 1024 - 14;
    on_both(async |subject| {
        for (length, taken) in [(room, true), (room + 1, false)] {
            let large = Record { document: noise(length, 3), ..record("m", 1) };
            for writes in [
                vec![put(large.clone(), Condition::None)],
                vec![put(large.clone(), Condition::None), put(record("n", 1), Condition::None)],
            ] {
                let answer = subject.write(writes).await;
                if taken {
                    assert_eq!(answer, Ok(()), "{subject:?}");
                } else {
                    assert!(matches!(answer, Err(TableError::TooLarge(_))), "{answer:?} on {subject:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_no_table_takes_is_refused_before_anything_is_written() {
    let large = |number: u64| Record { document: noise(390_000, number), ..record(&format!("l{number}"), 1) };
    let puts = |count: u64| -> Vec<Write> {
        (0..count).map(|number| put(record(&format!("{number:03}"), 1), Condition::None)).collect()
    };
    on_both(async |subject| {
        let with = |mut writes: Vec<Write>, write: Write| {
            writes.push(write);
            writes
        };
        let too_large = [
            puts(101),
            (0..11).map(|number| put(large(number), Condition::None)).collect(),
            with(
                puts(1),
                put(Record { document: vec![b' '; 4 * 1024 * 1024 + 1], ..record("m", 1) }, Condition::None),
            ),
        ];
        for writes in too_large {
            let answer = subject.write(writes).await;
            assert!(matches!(answer, Err(TableError::TooLarge(_))), "{answer:?}");
        }
        let indexed = |sort: &str| Record { due: Some(IndexKey::new("due", sort)), ..record("m", 1) };
        let wrong = [
            with(puts(1), put(record("000", 2), Condition::None)),
            with(puts(1), delete(&key("000"), Condition::None)),
            with(puts(1), check(&key("m"), Condition::None)),
            with(puts(1), put(record("", 1), Condition::None)),
            with(puts(1), delete(&Key::new("", "m"), Condition::None)),
            with(puts(1), check(&key(&"s".repeat(1_025)), Condition::Absent)),
            with(puts(1), delete(&Key::new("p".repeat(2_049), "m"), Condition::None)),
            with(puts(1), put(indexed(""), Condition::None)),
            with(puts(1), put(indexed(&"s".repeat(1_025)), Condition::None)),
        ];
        for writes in wrong {
            let answer = subject.write(writes.clone()).await;
            assert!(matches!(answer, Err(TableError::Bug(_))), "{answer:?} to {writes:?}");
        }
        assert_eq!(subject.get(&key("000")).await, None);
        assert_eq!(subject.write(vec![]).await, Ok(()));
        assert_eq!(subject.write(puts(100)).await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn the_longest_keys_are_taken() {
    on_both(async |subject| {
        let longest = Record {
            key: Key::new("p".repeat(2_048), "s".repeat(1_024)),
            due: Some(IndexKey::new("d".repeat(2_048), "t".repeat(1_024))),
            ..record("m", 1)
        };
        subject.fill([longest.clone()]).await;
        assert_eq!(subject.get(&longest.key).await, Some(longest));
    })
    .await;
}

#[test]
fn what_is_printed_of_a_record_has_no_document() {
    let secret = Record { document: b"Jansen".to_vec(), ..record("m", 1) };
    let printed = format!("{secret:?} {:?}", put(secret.clone(), Condition::None));
    assert!(
        printed.contains("6 bytes") && !printed.contains("Jansen") && !printed.contains("74, 97"),
        "{printed}"
    );
}
