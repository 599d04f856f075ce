//! Queries of the table and its indexes.

use super::harness::{delete, noise, on_both, put};
use super::{key, record};
use store::table::{Condition, Index, IndexKey, Key, Order, Record, SortRange, TableError};

fn between(low: &str, high: &str) -> SortRange {
    SortRange::Between(low.to_owned(), high.to_owned())
}

fn from(low: &str) -> SortRange {
    SortRange::From(low.to_owned())
}

fn prefix(prefix: &str) -> SortRange {
    SortRange::Prefix(prefix.to_owned())
}

#[tokio::test]
async fn a_query_finds_its_range_in_the_order_of_the_bytes() {
    let cases: [(SortRange, &[&str]); 16] = [
        (SortRange::all(), &["A", "a", "a#1", "a#10", "a#2", "b", "é"]),
        (prefix("a"), &["a", "a#1", "a#10", "a#2"]),
        (prefix("a#1"), &["a#1", "a#10"]),
        (prefix("c"), &[]),
        (prefix("é"), &["é"]),
        (from(""), &["A", "a", "a#1", "a#10", "a#2", "b", "é"]),
        (from("a#10"), &["a#10", "a#2", "b", "é"]),
        (from("a#11"), &["a#2", "b", "é"]),
        (from("ê"), &[]),
        (between("a", "a#1"), &["a", "a#1"]),
        (between("a#1", "a#1"), &["a#1"]),
        (between("", "A"), &["A"]),
        (between("B", "Z"), &[]),
        (between("b", "a"), &[]),
        (between("", ""), &[]),
        (between("b", ""), &[]),
    ];
    on_both(async |subject| {
        let sorts = ["b", "a#2", "a", "A", "a#10", "é", "a#1"];
        subject.fill(sorts.map(|sort| record(sort, 1))).await;
        subject
            .fill(
                ["a#0", "a#1", "a#11", "a#1#"]
                    .map(|other| Record { key: Key::new(other, "a"), ..record("a", 1) }),
            )
            .await;
        subject.write(vec![delete(&Key::new("a#1", "a#0"), Condition::None)]).await.unwrap();
        for (range, expected) in &cases {
            for limit in [1, 2, 3, 7, 8, 1_000, u32::MAX] {
                let found = subject.sorts("a#1", range.clone(), Order::Ascending, limit).await;
                assert_eq!(&found, expected, "{range:?} {limit} on {subject:?}");
                let mut found = subject.sorts("a#1", range.clone(), Order::Descending, limit).await;
                found.reverse();
                assert_eq!(&found, expected, "{range:?} {limit} descending on {subject:?}");
            }
        }
        assert_eq!(subject.sorts("nothing", SortRange::all(), Order::Ascending, 10).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn pages_hold_the_limit_and_whole_records() {
    on_both(async |subject| {
        let records: Vec<Record> = (0..25).map(|number| record(&format!("{number:02}"), number)).collect();
        subject.fill(records.clone()).await;
        for (limit, sizes) in [(10, vec![10, 10, 5]), (25, vec![25, 0]), (26, vec![25]), (0, vec![1; 25])] {
            let pages = subject.pages("a#1", SortRange::all(), Order::Ascending, limit).await;
            let found: Vec<usize> = pages.iter().map(|page| page.items.len()).take(sizes.len()).collect();
            assert_eq!(found, sizes, "{limit} on {subject:?}");
            let all: Vec<Record> = pages.into_iter().flat_map(|page| page.items).collect();
            assert_eq!(all, records);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_of_large_items_is_short_and_the_next_goes_on() {
    on_both(async |subject| {
        for number in 0..9 {
            let large = Record { document: noise(300_000, number), ..record(&format!("{number}"), 1) };
            subject.fill([large]).await;
        }
        let pages = subject.pages("a#1", SortRange::all(), Order::Ascending, 100).await;
        let sizes: Vec<usize> = pages.iter().map(|page| page.items.len()).collect();
        assert!(sizes[0] < 9 && sizes[0] > 0, "{sizes:?} on {subject:?}");
        let found: Vec<String> =
            pages.into_iter().flat_map(|page| page.items).map(|record| record.key.sort).collect();
        assert_eq!(found, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_written_while_a_list_is_paged_makes_no_gap_and_no_double() {
    on_both(async |subject| {
        subject.fill((0..10).map(|number| record(&format!("{number}"), 1))).await;
        let table = subject.table();
        let page = table.query("a#1", SortRange::all(), Order::Ascending, 4, None).await.unwrap();
        subject.write(vec![delete(&key("3"), Condition::None)]).await.unwrap();
        subject.fill([record("1x", 1), record("5x", 1)]).await;
        let next = page.next.unwrap();
        let rest = table.query("a#1", SortRange::all(), Order::Ascending, 100, Some(&next)).await.unwrap();
        let found: Vec<&str> = rest.items.iter().map(|record| record.key.sort.as_str()).collect();
        assert_eq!(found, ["4", "5", "5x", "6", "7", "8", "9"], "{subject:?}");
    })
    .await;
}

#[tokio::test]
async fn an_item_appears_in_an_index_moves_in_it_and_leaves_it() {
    on_both(async |subject| {
        let at = |partition: &str, sort: &str| Some(IndexKey::new(partition, sort));
        let steps: [(Option<Record>, &[&str], &[&str]); 7] = [
            (Some(record("m", 1)), &[], &[]),
            (Some(Record { due: at("due", "05"), ..record("m", 2) }), &["05"], &[]),
            (
                Some(Record { due: at("due", "09"), listed: at("list", "x"), ..record("m", 3) }),
                &["09"],
                &["x"],
            ),
            (Some(Record { due: at("other", "09"), listed: at("list", "x"), ..record("m", 4) }), &[], &["x"]),
            (Some(Record { due: at("due", "01"), listed: None, ..record("m", 5) }), &["01"], &[]),
            (None, &[], &[]),
            (Some(Record { listed: at("list", "y"), ..record("m", 6) }), &[], &["y"]),
        ];
        for (step, (record, due, listed)) in steps.into_iter().enumerate() {
            let write = match record {
                Some(record) => put(record, Condition::None),
                None => delete(&key("m"), Condition::Present),
            };
            subject.write(vec![write]).await.unwrap();
            for (index, partition, expected) in [(Index::Due, "due", due), (Index::Listed, "list", listed)] {
                let found = subject.entries(index, partition, Order::Ascending, 10).await;
                let expected: Vec<_> =
                    expected.iter().map(|sort| (IndexKey::new(partition, *sort), key("m"))).collect();
                assert_eq!(found, expected, "step {step}, {index:?} on {subject:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_index_is_paged_to_its_end_also_where_sort_keys_are_equal() {
    on_both(async |subject| {
        let records = (0..40).map(|number| Record {
            key: Key::new(format!("d#{}", number % 3), format!("{number:02}")),
            due: (number % 5 != 4).then(|| IndexKey::new("due", format!("day {}", number / 10))),
            ..record("m", 1)
        });
        let records: Vec<Record> = records.collect();
        subject.fill(records.clone()).await;
        let mut expected: Vec<(IndexKey, Key)> =
            records.into_iter().filter_map(|record| Some((record.due?, record.key))).collect();
        expected.sort();
        for limit in [1, 3, 7, 32, 100] {
            for order in [Order::Ascending, Order::Descending] {
                let mut found = subject.entries(Index::Due, "due", order, limit).await;
                let days: Vec<&IndexKey> = found.iter().map(|(at, _)| at).collect();
                let ordered = match order {
                    Order::Ascending => days.is_sorted(),
                    Order::Descending => days.iter().rev().is_sorted(),
                };
                assert!(ordered, "{limit} {order:?} on {subject:?}");
                found.sort();
                assert_eq!(found, expected, "{limit} {order:?} on {subject:?}");
            }
        }
        let range = SortRange::Between("day 1".into(), "day 2".into());
        let page =
            subject.table().query_index(Index::Due, "due", range, Order::Ascending, 100, None).await.unwrap();
        assert_eq!(page.items.len(), 16);
    })
    .await;
}

#[tokio::test]
async fn a_cursor_goes_on_only_with_the_query_that_gave_it() {
    on_both(async |subject| {
        let both = |sort: &str| Record { due: Some(IndexKey::new("a#1", sort)), ..record(sort, 1) };
        subject.fill(["a", "b", "c"].map(both)).await;
        let table = subject.table();
        let all = SortRange::all();
        let of_table =
            table.query("a#1", all.clone(), Order::Ascending, 1, None).await.unwrap().next.unwrap();
        let of_index = table.query_index(Index::Due, "a#1", all.clone(), Order::Ascending, 1, None).await;
        let of_index = of_index.unwrap().next.unwrap();
        assert!(of_table.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{of_table}");

        let longer = format!("{of_table}AAAA");
        let queries = [
            ("a#2", all.clone(), of_table.as_str()),
            ("a#1", SortRange::Prefix("b".into()), &of_table),
            ("a#1", SortRange::From("b".into()), &of_table),
            ("a#1", SortRange::Between("b".into(), "c".into()), &of_table),
            ("a#1", all.clone(), &of_index),
            ("a#1", all.clone(), ""),
            ("a#1", all.clone(), "not a cursor"),
            ("a#1", all.clone(), &longer),
        ];
        for (partition, range, cursor) in queries {
            let answer = table.query(partition, range.clone(), Order::Ascending, 1, Some(cursor)).await;
            assert_eq!(answer, Err(TableError::BadCursor), "{partition} {range:?} {cursor} on {subject:?}");
        }
        for (index, partition, cursor) in [
            (Index::Due, "a#2", &of_index),
            (Index::Listed, "a#1", &of_index),
            (Index::Due, "a#1", &of_table),
        ] {
            let answer =
                table.query_index(index, partition, all.clone(), Order::Ascending, 1, Some(cursor)).await;
            assert_eq!(answer, Err(TableError::BadCursor), "{index:?} {partition} on {subject:?}");
        }
        let answer = table.query("", all, Order::Ascending, 1, None).await;
        assert!(matches!(answer, Err(TableError::Bug(_))), "{answer:?}");
    })
    .await;
}
