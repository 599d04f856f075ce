//! Counters: two that count at once both count, and a transaction that fails counts nothing.

use std::collections::BTreeMap;

use store::table::{Condition, Key, Record, Write};

use crate::harness::{check, on_both, put};
use crate::{conflict, key, record};

fn by(counts: &[(&str, i64)]) -> BTreeMap<String, i64> {
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

fn count(key: &Key, counts: &[(&str, i64)]) -> Write {
    Write::Count { key: key.clone(), by: by(counts) }
}

#[tokio::test]
async fn a_counter_begins_at_nothing_and_goes_up_and_down() {
    on_both(async |subject| {
        let counter = key("n");
        subject.write(vec![count(&counter, &[("sent.early", 2)])]).await.unwrap();
        let found = subject.get(&counter).await.unwrap();
        let expected =
            Record { counts: by(&[("sent.early", 2)]), ..Record::new(counter.clone(), 1, Vec::new()) };
        assert_eq!(found, expected, "{subject:?}");
        let more = count(&counter, &[("sent.early", -2), ("help_running.crisis", 1)]);
        subject.write(vec![more, put(record("m", 1), Condition::Absent)]).await.unwrap();
        let found = subject.get(&counter).await.unwrap();
        assert_eq!((found.counts, found.version), (by(&[("help_running.crisis", 1), ("sent.early", 0)]), 2));
        let page =
            subject.pages("a#1", store::table::SortRange::all(), store::table::Order::Ascending, 10).await;
        assert_eq!(page[0].items.len(), 2, "an item of counters is read with the others");
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_fails_counts_nothing() {
    on_both(async |subject| {
        let counter = key("n");
        subject.fill([record("m", 1)]).await;
        let failed = vec![count(&counter, &[("a", 1)]), put(record("m", 2), Condition::Version(7))];
        assert_eq!(subject.write(failed).await, conflict(1), "{subject:?}");
        assert_eq!(subject.get(&counter).await, None);
        let checked = vec![count(&counter, &[("a", 1)]), check(&key("m"), Condition::Version(1))];
        assert_eq!(subject.write(checked).await, Ok(()));
        assert_eq!(subject.get(&counter).await.unwrap().counts, by(&[("a", 1)]));
        assert!(subject.write(vec![count(&counter, &[])]).await.is_err(), "a count of nothing");
    })
    .await;
}

#[tokio::test]
async fn of_many_who_count_at_once_each_counts() {
    on_both(async |subject| {
        let counter = key("n");
        let writers: Vec<_> = (0..16)
            .map(|writer| {
                let (subject, counter) = (subject.clone(), counter.clone());
                tokio::spawn(async move {
                    let mine = record(&format!("m{writer}"), 1);
                    let writes = || vec![count(&counter, &[("a", 1)]), put(mine.clone(), Condition::Absent)];
                    // Another transaction may be in the way; then nothing was counted.
                    while let Err(error) = subject.write(writes()).await {
                        assert_eq!(error, store::table::TableError::Conflict { index: None });
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(subject.get(&counter).await.unwrap().counts, by(&[("a", 16)]), "{subject:?}");
    })
    .await;
}
