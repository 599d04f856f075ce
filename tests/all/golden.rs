//! Golden files. `events/<function>/` holds inputs as AWS delivers them: each goes through the function's own reading
//! and handling, over a world that is as the file says. `events/published/` holds what subscribers of the bus get.

mod http;
mod published;
mod queues;
mod schemas;
mod streams;

use std::collections::BTreeSet;
use std::path::PathBuf;

use async_trait::async_trait;
use contracts::failure::Failure;
use jiff::Timestamp;
use runtime::clock::Clock;
use runtime::hints::Hints;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::stack::workspace;
use tests::world::World;

/// When the first reminder of invoice `i1` is due: seven days after its due date, in the morning.
const DUE: &str = "2026-09-08T08:00:00Z";

fn events() -> PathBuf {
    workspace().join("events")
}

/// A golden file's text, such as `relay/stream.json`.
fn golden(name: &str) -> String {
    let path = events().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A queue that takes every hint; what comes of hints is other tests' business.
#[derive(Debug)]
struct Taken;

#[async_trait]
impl Hints for Taken {
    async fn put(&self, _bodies: Vec<String>) -> Result<(), Failure> {
        Ok(())
    }
}

fn still(at: &str) -> Clock {
    Clock::still(instant(at))
}

fn instant(at: &str) -> Timestamp {
    at.parse().expect("an instant")
}

/// A debtor `d1` with one invoice `i1`, due on 1 September; nobody has done anything yet.
async fn one_invoice() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D-1001")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world
}

/// `d1` in arrears with three invoices, and an early signal `d1.s1` that waits for somebody's click.
async fn a_prepared_signal() -> World {
    let world = one_invoice().await;
    let known = world.store.administration(&world.administration).await.unwrap().expect("it is provisioned");
    let mut settings = known.value;
    settings.early.automatic = false;
    world.store.put_administration(&settings, Some(known.version)).await.unwrap();
    world.go_to("2026-09-08T18:00:00Z").await;
    world.put("/v1/invoices/i2", &invoice("d1", "E-2", "2026-09-20", "2026-10-01", "121.00")).await;
    world.go_to("2026-10-07T18:00:00Z").await;
    world.put("/v1/invoices/i3", &invoice("d1", "E-3", "2026-10-20", "2026-11-01", "121.00")).await;
    world.go_to("2026-11-16T18:00:00Z").await;
    assert_eq!(signal(&world).await["status"], json!("prepared"));
    world
}

/// The early signal of `d1`.
async fn signal(world: &World) -> Value {
    let signals = world.get("/v1/signals?type=early").await;
    let found = signals["items"].as_array().expect("a list").iter().find(|signal| signal["id"] == "d1.s1");
    found.unwrap_or_else(|| panic!("no early signal d1.s1 in {signals}")).clone()
}

async fn count(world: &World, event: &str) -> usize {
    world.events("d1").await.iter().filter(|name| *name == event).count()
}

#[test]
fn every_golden_input_is_used_by_a_test() {
    let used: BTreeSet<&str> = [http::FILES, queues::FILES, streams::FILES].concat().into_iter().collect();
    let folders = std::fs::read_dir(events()).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.filter(|folder| !folder.ends_with("published")).flat_map(|folder| {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let files = std::fs::read_dir(folder).unwrap();
        files.map(move |file| format!("{name}/{}", file.unwrap().file_name().to_string_lossy()))
    });
    let files: BTreeSet<String> = files.collect();
    assert_eq!(files.iter().map(String::as_str).collect::<BTreeSet<_>>(), used);
}
