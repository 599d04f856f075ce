//! README.md: its links lead somewhere, and its tour goes as it says whenever it is begun.

use domain::provider::Provider;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::bodies::{consumer, invoice, payment};
use tests::stack::workspace;
use tests::world::World;

use super::{assert_complains, assert_tidy, read};

/// The places within this repository that a text links to.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with('#')).collect()
}

fn dead_links(text: &str) -> Vec<String> {
    let dead = links(text).into_iter().filter(|target| !workspace().join(target).exists());
    dead.map(|target| format!("README.md links to {target}, which is not there.")).collect()
}

/// Names of tests that the README says show something: the texts of links to Rust files, where they are one word.
fn missing_tests(text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (before, rest) in text.match_indices("](").map(|(at, _)| (&text[..at], &text[at + 2..])) {
        let name = before.rsplit('[').next().unwrap_or_default();
        let target = rest.split(')').next().unwrap_or_default();
        let is_test = name.matches('_').count() >= 2 && target.ends_with(".rs");
        let shown = name.trim_end_matches("...");
        if is_test && workspace().join(target).exists() && !read(target).contains(&format!("fn {shown}")) {
            complaints.push(format!("README.md names the test {shown}, which is not in {target}."));
        }
    }
    complaints
}

#[test]
fn every_link_leads_somewhere_and_every_test_named_is_there() {
    let text = read("README.md");
    assert!(links(&text).len() > 30, "{:?}", links(&text));
    assert_tidy(&dead_links(&text));
    assert_tidy(&missing_tests(&text));
}

#[test]
fn a_dead_link_and_a_missing_test_are_found() {
    let text = "[a](README.md), [b](docs/b.md), [c](https://example.nl/c), [no_such_test](tests/all/tidy/readme.rs), \
                [a_dead_link_and_a...](tests/all/tidy/readme.rs)";
    assert_complains(&dead_links(text), &["docs/b.md"]);
    assert_complains(&missing_tests(text), &["no_such_test"]);
}

/// Moves the calendar as the tour's `later` does.
async fn later(world: &World, days: i64) {
    world.go_to(&(world.now() + SignedDuration::from_hours(24 * days)).to_string()).await;
}

#[tokio::test]
async fn the_tour_goes_as_the_readme_says_whenever_it_is_begun() {
    // Working days, a Sunday, nights, before Christmas, before Easter, on both changes of the clock.
    let starts = [
        "2026-11-22T20:00:00Z",
        "2026-11-23T03:00:00Z",
        "2026-11-25T12:00:00Z",
        "2026-12-24T21:00:00Z",
        "2026-12-23T12:00:00Z",
        "2027-03-25T23:00:00Z",
        "2027-03-28T01:30:00Z",
        "2027-05-04T18:00:00Z",
        "2027-10-31T00:30:00Z",
    ];
    for start in starts {
        tour(start).await;
    }
}

async fn tour(start: &str) {
    let world = World::at(start).await;
    let mails = || world.mail.taken().len();
    world.put("/v1/debtors/tour", &consumer("T-1")).await;
    for month in ["08", "09", "10"] {
        let (issued, due) = (format!("2026-{month}-01"), format!("2026-{month}-15"));
        let body = invoice("tour", &format!("T-2026-{month}"), &issued, &due, "121.00");
        world.put(&format!("/v1/invoices/tour-{month}"), &body).await;
    }
    later(&world, 5).await;
    assert_eq!(mails(), 1, "{start}: reminder 1");
    later(&world, 17).await;
    assert_eq!((mails(), world.inforing.taken().len()), (2, 0), "{start}: reminder 2");
    later(&world, 17).await;
    assert_eq!((mails(), world.inforing.taken().len()), (3, 1), "{start}: final reminder and signal");

    let reference = world.inforing.taken()[0].reference.clone();
    let report = |id, code| world.feedback(Provider::Inforing, &reference, id, code);
    assert_eq!(report("f1", "help_accepted.financial").await, StatusCode::ACCEPTED);
    assert_eq!(world.get("/v1/debtors/tour").await["noAction"]["reason"], "held", "{start}");
    later(&world, 60).await;
    assert_eq!(mails(), 3, "{start}: silence");
    assert_eq!(report("f2", "help_ended").await, StatusCode::ACCEPTED);
    later(&world, 12).await;
    assert_eq!(mails(), 4, "{start}: one step after the grace");

    let mut paid = payment("", "363.00", "2026-11-20");
    paid["invoiceId"] = json!(null);
    paid["debtorId"] = json!("tour");
    world.put("/v1/payments/tour-1", &paid).await;
    assert_eq!(world.get("/v1/debtors/tour").await["balance"], "0.00", "{start}");
    assert_eq!(world.events("tour").await.last().map(String::as_str), Some("CaseSettled"), "{start}");
    assert!(world.now() > start.parse::<Timestamp>().expect("an instant"));
}
