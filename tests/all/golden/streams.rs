//! What comes from a schedule and from the table's stream.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use collect_debits::{Collect, Collected};
use contracts::failure::Failure;
use domain::connection::{Connection, Options, Package};
use relay::stream::{StreamEvent, StreamResponse};
use relay::{Bus, Entry, relay};
use serde_json::{Value, json};
use store::names;
use sweep_due::{Scheduled, Sweep};
use tests::world::World;

use super::{DUE, Taken, golden, instant, one_invoice, still};

pub const FILES: &[&str] = &[
    "collect-debits/schedule.json",
    "poll-feedback/schedule.json",
    "relay/stream.json",
    "sweep-due/connections.json",
    "sweep-due/schedule.json",
];

/// Takes everything.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<Entry>>);

#[async_trait]
impl Bus for Told {
    async fn put(&self, entries: &[&Entry]) -> Result<Vec<Option<String>>, Failure> {
        self.0.lock().unwrap().extend(entries.iter().map(|entry| (*entry).clone()));
        Ok(vec![None; entries.len()])
    }
}

#[tokio::test]
async fn the_stream_puts_timeline_entries_on_the_bus_and_nothing_else() {
    let event: StreamEvent = serde_json::from_str(&golden("relay/stream.json")).unwrap();
    assert_eq!(event.records.len(), 4);
    let bus = Told::default();
    assert_eq!(relay(&bus, event).await, StreamResponse::default());
    let told = bus.0.into_inner().unwrap();
    let names: Vec<(&str, String)> =
        told.iter().map(|entry| (entry.detail_type.as_str(), entry.at.to_string())).collect();
    let expected = [
        ("NoticePrepared", "2026-09-08T08:00:00Z".to_owned()),
        ("NoticeSent", "2026-09-08T08:00:01.25Z".to_owned()),
    ];
    assert_eq!(names, expected);
    let detail: Value = serde_json::from_str(&told[0].detail).unwrap();
    assert_eq!((&detail["debtorId"], &detail["noticeId"]), (&json!("d1"), &json!("d1.n1")));
}

/// What the store writes is what the golden stream has.
#[test]
fn the_golden_stream_has_the_attributes_that_the_store_writes() {
    let stream: Value = serde_json::from_str(&golden("relay/stream.json")).unwrap();
    let image = stream["Records"][1]["dynamodb"]["NewImage"].as_object().unwrap();
    let mut known = [
        names::PARTITION,
        names::SORT,
        names::VERSION,
        names::DOCUMENT,
        names::DETAIL_TYPE,
        names::DETAIL,
        names::AT,
    ];
    known.sort_unstable();
    let mut found: Vec<&str> = image.keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, known);
}

fn sweep_of(world: &World) -> Sweep {
    let (cases, syncs, imports) = (Arc::new(Taken), Arc::new(Taken), Arc::new(Taken));
    let (webhooks, overviews) = (Arc::new(Taken), Arc::new(Taken));
    Sweep { store: world.store.clone(), cases, syncs, imports, webhooks, overviews }
}

#[tokio::test]
async fn the_schedule_queues_whoever_is_due() {
    let schedule: Scheduled = serde_json::from_str(&golden("sweep-due/schedule.json")).unwrap();
    let world = one_invoice().await;
    let sweep = sweep_of(&world);
    for (at, queued) in [("2026-09-07T18:00:00Z", 0), (DUE, 1)] {
        let swept = sweep.scheduled(schedule, instant(at), || false).await.unwrap();
        assert_eq!((swept.queued, swept.walked, swept.stopped_early), (queued, 0, false), "{at}");
    }
}

#[tokio::test]
async fn the_schedule_of_connections_queues_those_that_are_due_and_no_debtor() {
    let schedule: Scheduled = serde_json::from_str(&golden("sweep-due/connections.json")).unwrap();
    let world = one_invoice().await;
    let options = Options::default();
    let asked_at = instant(DUE);
    let mut connection = Connection::asked_for(Package::SnelStart, "ab".to_owned(), options, asked_at);
    connection.authorised(asked_at);
    world.store.put_connection(&world.administration, &connection, None).await.unwrap();
    let sweep = sweep_of(&world);
    for (at, queued) in [("2026-09-08T07:59:59Z", 0), (DUE, 1)] {
        let swept = sweep.scheduled(schedule, instant(at), || false).await.unwrap();
        assert_eq!((swept.queued, swept.walked, swept.stopped_early), (queued, 0, false), "{at}");
    }
}

#[tokio::test]
async fn a_morning_with_nothing_to_collect_writes_nothing() {
    // The function takes whatever a schedule says: it goes by its own clock.
    let _: Value = serde_json::from_str(&golden("collect-debits/schedule.json")).unwrap();
    let world = one_invoice().await;
    let before = world.contents();
    let files = Arc::new(world.files.clone());
    let collect = Collect { store: world.store.clone(), clock: still("2026-09-14T04:00:00Z"), files };
    assert_eq!(collect.run(|| false).await.unwrap(), Collected::default());
    assert_eq!((world.changes(&before), world.files.all()), (vec![], vec![]));
}

#[tokio::test]
async fn a_run_that_has_nobody_to_ask_asks_nobody() {
    let world = one_invoice().await;
    // The function reads nothing of its event.
    let _: Value = serde_json::from_str(&golden("poll-feedback/schedule.json")).unwrap();
    assert_eq!(world.poll.run(|| false).await.unwrap(), poll_feedback::Polled::default());
}
