//! What the table in memory has beside the contract: the stream, failures on order, and the same costs.

use super::harness::{Subject, check, delete, dynamo, noise, put};
use super::{key, record};
use store::table::{
    Condition, EventFields, Index, IndexKey, Key, Order, Record, SortRange, Table, TableError, Write,
};
use store::{MemoryTable, Moment, Units};

fn event(number: u64) -> EventFields {
    EventFields { detail_type: "NoticeSent".into(), detail: format!(r#"{{"n":{number}}}"#), at: "x".into() }
}

#[tokio::test]
async fn the_stream_has_what_was_inserted_with_an_event_once_and_in_order() {
    let table = MemoryTable::new();
    let with = |sort: &str, number| Record { event: Some(event(number)), ..record(sort, 1) };
    let writes = [
        vec![
            put(with("t1", 1), Condition::Absent),
            put(record("case", 1), Condition::None),
            put(with("t2", 2), Condition::Absent),
        ],
        vec![put(with("t1", 3), Condition::None)],
        vec![put(with("t3", 4), Condition::Absent), check(&key("case"), Condition::Version(9))],
        vec![delete(&key("t1"), Condition::None)],
        vec![put(with("t1", 5), Condition::Absent)],
    ];
    for writes in writes {
        let done = table.write(writes).await;
        assert!(matches!(done, Ok(()) | Err(TableError::Conflict { index: Some(1) })), "{done:?}");
    }
    let stream = table.drain_stream();
    let found: Vec<_> =
        stream.iter().map(|entry| (entry.sequence, entry.key.sort.as_str(), entry.event.clone())).collect();
    assert_eq!(found, [(0, "t1", event(1)), (1, "t2", event(2)), (2, "t1", event(5))]);
    assert_eq!(table.drain_stream(), []);
}

#[tokio::test]
async fn a_failure_on_order_strikes_once_before_or_after_the_write() {
    let table = MemoryTable::new();
    let lost = || TableError::Unavailable("lost".to_owned());
    table.fail_next(Moment::AfterWrite, lost());
    table.fail_next(Moment::BeforeWrite, lost());
    table.fail_next(Moment::Read, lost());
    assert_eq!(table.get(&key("m")).await, Err(lost()));

    let first = vec![put(Record { event: Some(event(1)), ..record("m", 1) }, Condition::Absent)];
    assert_eq!(table.write(first.clone()).await, Err(lost()));
    assert_eq!(table.get(&key("m")).await, Ok(None));
    assert_eq!(table.write(first.clone()).await, Err(lost()));
    assert_eq!(table.get(&key("m")).await.unwrap().unwrap().version, 1);
    assert_eq!(table.drain_stream().len(), 1);
    assert_eq!(table.write(first).await, Err(TableError::Conflict { index: Some(0) }));
}

#[derive(Debug)]
enum Work {
    Write(Vec<Write>),
    Get(Key),
    GetMany(Vec<Key>),
    Query(&'static str, u32),
    QueryIndex(&'static str),
}

/// Every shape of work, with sizes on both sides of the units' edges.
fn work() -> Vec<Work> {
    let at = |sort: &str| Some(IndexKey::new("due", sort));
    let sized = |sort: &str, length: usize| Record { document: noise(length, 5), ..record(sort, 1) };
    // pk a#1, sk of one letter, v, doc: 14 bytes beside the document.
    let edge = 1_024 - 14;
    vec![
        Work::Write(vec![put(sized("a", edge), Condition::None)]),
        Work::Write(vec![put(sized("b", edge + 1), Condition::Absent)]),
        Work::Write(vec![put(sized("b", 10), Condition::Version(1))]),
        Work::Write(vec![put(Record { due: at("1"), ..sized("c", 10) }, Condition::None)]),
        Work::Write(vec![put(Record { due: at("1"), ..sized("c", 90) }, Condition::None)]),
        Work::Write(vec![put(Record { due: at("2"), listed: at("2"), ..sized("c", 90) }, Condition::None)]),
        Work::Write(vec![put(sized("c", 90), Condition::None)]),
        Work::Write(vec![put(sized("large", 300_000), Condition::None)]),
        Work::Write(vec![put(Record { version: 10_203_040, ..sized("n", 1_024 - 17) }, Condition::None)]),
        Work::Write(vec![put(
            Record { expires_at: Some(1_767_225_600), ..sized("x", edge - 9) },
            Condition::None,
        )]),
        Work::Write(vec![put(Record { event: Some(event(1)), ..sized("e", edge - 38) }, Condition::None)]),
        Work::Write(vec![
            put(sized("d", edge + 1), Condition::None),
            put(Record { due: at("3"), ..sized("e", 10) }, Condition::None),
            check(&key("b"), Condition::Present),
            check(&key("z"), Condition::Absent),
            delete(&key("a"), Condition::None),
        ]),
        Work::Write(vec![check(&key("large"), Condition::Present)]),
        Work::Write(vec![delete(&key("e"), Condition::None)]),
        Work::Write(vec![delete(&key("z"), Condition::None)]),
        Work::Get(key("b")),
        Work::Get(key("large")),
        Work::Get(key("z")),
        Work::GetMany(vec![key("b"), key("c"), key("z"), key("large")]),
        Work::Query("a#1", 100),
        Work::Query("a#1", 2),
        Work::Query("nothing", 2),
        Work::QueryIndex("due"),
        Work::QueryIndex("nothing"),
        Work::Write(vec![delete(&key("large"), Condition::None)]),
    ]
}

async fn cost(subject: &Subject, work: &Work) -> Units {
    let before = subject.units();
    let table = subject.table();
    let all = SortRange::all();
    match work {
        Work::Write(writes) => table.write(writes.clone()).await.unwrap(),
        Work::Get(key) => drop(table.get(key).await.unwrap()),
        Work::GetMany(keys) => drop(table.get_many(keys).await.unwrap()),
        Work::Query(partition, limit) => {
            drop(table.query(partition, all, Order::Ascending, *limit, None).await.unwrap())
        }
        Work::QueryIndex(partition) => {
            drop(table.query_index(Index::Due, partition, all, Order::Ascending, 100, None).await.unwrap());
        }
    }
    subject.units() - before
}

#[tokio::test]
async fn the_twin_counts_the_units_that_the_service_says() {
    let memory = Subject::Memory(MemoryTable::new());
    let service = Subject::Dynamo(dynamo().await.0);
    let mut total = Units::default();
    for (number, work) in work().iter().enumerate() {
        let said = cost(&service, work).await;
        assert_eq!(cost(&memory, work).await, said, "work {number}");
        assert!(said.read + said.write > 0.0, "work {number} costs");
        total += said;
    }
    assert_eq!(memory.units(), total);
}
