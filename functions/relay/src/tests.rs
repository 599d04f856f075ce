//! Batches over a bus that refuses what it is told to.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;

/// A bus that refuses the entry with this detail so many times, and breaks down as often as it is told.
#[derive(Debug, Default)]
struct Told {
    refusals: Mutex<HashMap<String, u32>>,
    break_downs: Mutex<u32>,
    calls: Mutex<Vec<Vec<String>>>,
}

#[async_trait]
impl Bus for Told {
    async fn put(&self, entries: &[&Entry]) -> Result<Vec<Option<String>>, Failure> {
        self.calls.lock().unwrap().push(entries.iter().map(|entry| entry.detail.clone()).collect());
        let mut break_downs = self.break_downs.lock().unwrap();
        if *break_downs > 0 {
            *break_downs -= 1;
            return Err(Failure::unavailable("events"));
        }
        let mut refusals = self.refusals.lock().unwrap();
        let refuse = |entry: &&Entry| {
            let left = refusals.get_mut(&entry.detail).filter(|left| **left > 0)?;
            *left -= 1;
            Some("ThrottlingException".to_owned())
        };
        Ok(entries.iter().map(refuse).collect())
    }
}

fn insert(number: usize) -> Value {
    json!({
        "eventID": "e", "eventName": "INSERT", "eventSource": "aws:dynamodb", "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_790_000_000,
            "Keys": {"pk": {"S": "a#d"}, "sk": {"S": "t#1"}},
            "NewImage": {
                "pk": {"S": "a#d"}, "sk": {"S": "t#1"}, "v": {"N": "1"}, "doc": {"B": "AAAA"},
                "detail_type": {"S": "NoticeSent"}, "detail": {"S": format!("{number}")},
                "at": {"S": "2026-11-22T08:00:00Z"},
            },
            "SequenceNumber": format!("s{number}"), "SizeBytes": 1, "StreamViewType": "NEW_IMAGE",
        },
    })
}

fn batch(records: impl IntoIterator<Item = Value>) -> StreamEvent {
    serde_json::from_value(json!({"Records": records.into_iter().collect::<Vec<_>>()})).unwrap()
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn entries_go_out_in_order_ten_at_a_time() {
    let bus = Told::default();
    assert_eq!(relay(&bus, batch((0..23).map(insert))).await, StreamResponse::default());
    assert_eq!(bus.calls.into_inner().unwrap(), [numbers(0..10), numbers(10..20), numbers(20..23)]);
}

#[tokio::test]
async fn only_new_items_with_all_three_attributes_are_events() {
    let without = |name: &str| {
        let mut record = insert(0);
        record["dynamodb"]["NewImage"].as_object_mut().unwrap().remove(name).unwrap();
        record
    };
    let with = |path: &str, value: Value| {
        let mut record = insert(0);
        *record.pointer_mut(path).unwrap() = value;
        record
    };
    let table = [
        ("new", insert(0), true),
        ("changed", with("/eventName", json!("MODIFY")), false),
        ("removed", with("/eventName", json!("REMOVE")), false),
        ("without image", with("/dynamodb/NewImage", Value::Null), false),
        ("without type", without("detail_type"), false),
        ("without detail", without("detail"), false),
        ("without time", without("at"), false),
        ("time as number", with("/dynamodb/NewImage/at", json!({"N": "5"})), false),
        ("time that is none", with("/dynamodb/NewImage/at/S", json!("yesterday")), false),
    ];
    for (name, record, carried) in table {
        let bus = Told::default();
        assert_eq!(relay(&bus, batch([record])).await, StreamResponse::default(), "{name}");
        assert_eq!(bus.calls.into_inner().unwrap().len(), usize::from(carried), "{name}");
    }
}

#[tokio::test]
async fn an_event_tells_its_type_detail_and_time() {
    let event = batch([insert(7)]);
    let expected = Entry {
        detail_type: "NoticeSent".to_owned(),
        detail: "7".to_owned(),
        at: "2026-11-22T08:00:00Z".parse().unwrap(),
    };
    assert_eq!(entry(&event.records[0]), Some(expected));
}

#[tokio::test]
async fn a_refused_entry_is_offered_three_times_and_then_ends_the_batch() {
    let table = [
        (vec![(3, 1)], 0, None, 4),
        (vec![(3, 2)], 0, None, 5),
        (vec![(3, 3)], 0, Some("s3"), 3),
        (vec![(3, 1), (7, 3)], 0, Some("s7"), 3),
        (vec![(7, 9), (3, 9)], 0, Some("s3"), 3),
        (vec![(12, 9)], 0, Some("s12"), 4),
        (vec![], 2, None, 5),
        (vec![], 3, Some("s0"), 3),
    ];
    for (refusals, break_downs, failed_from, calls) in table {
        let bus = Told {
            refusals: Mutex::new(
                refusals.iter().map(|(number, times)| (number.to_string(), *times)).collect(),
            ),
            break_downs: Mutex::new(break_downs),
            calls: Mutex::default(),
        };
        let response = relay(&bus, batch((0..25).map(insert))).await;
        let expected = failed_from.map(StreamResponse::failed_from).unwrap_or_default();
        assert_eq!(response, expected, "{refusals:?} {break_downs}");
        assert_eq!(bus.calls.into_inner().unwrap().len(), calls, "{refusals:?} {break_downs}");
    }
}

#[tokio::test]
async fn only_what_was_refused_is_offered_again() {
    let bus = Told {
        refusals: Mutex::new(HashMap::from([("1".to_owned(), 1), ("2".to_owned(), 2)])),
        ..Told::default()
    };
    assert_eq!(relay(&bus, batch((0..4).map(insert))).await, StreamResponse::default());
    assert_eq!(bus.calls.into_inner().unwrap(), [numbers(0..4), numbers(1..3), numbers(2..3)]);
}

#[test]
fn a_failure_is_reported_as_lambda_wants_it() {
    let json = serde_json::to_value(StreamResponse::failed_from("s7")).unwrap();
    assert_eq!(json, json!({"batchItemFailures": [{"itemIdentifier": "s7"}]}));
    let none = serde_json::to_value(StreamResponse::default()).unwrap();
    assert_eq!(none, json!({"batchItemFailures": []}));
}
