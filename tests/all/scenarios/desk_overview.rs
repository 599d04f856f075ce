//! The first page of the desk, the work lists and the search: what waits comes first, and a page costs the same however much is
//! stored. FEATURES 7.1.

use std::sync::Arc;

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Store;
use tests::bodies::{consumer, invoice, payment};
use tests::counting::Counting;
use tests::desk::Browser;
use tests::stories::put_two_invoices;
use tests::world::World;

async fn world() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.keep_overview();
    world
}

#[tokio::test]
async fn whoever_begins_is_told_what_to_do_first() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    let home = browser.get("/desk?lang=en").await;
    assert!(
        home.body.contains("id=\"begin\"") && home.body.contains("id=\"nothing\""),
        "{}",
        home.readable()
    );
    for list in ["tasks", "calls", "disputes", "plans", "signals", "failures"] {
        let page = browser.get(&format!("/desk/work/{list}")).await;
        assert_eq!(page.status, StatusCode::OK, "{list}");
        assert!(page.body.contains("id=\"none\"") && !page.body.contains("<table"), "{}", page.readable());
    }
    assert!(browser.get("/desk/debtors").await.body.contains("id=\"none\""));
    assert_eq!(browser.get("/desk/work/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_waits_stands_first_and_leads_to_whom_it_is_about() {
    let world = world().await;
    put_two_invoices(&world, "d1").await;
    put_two_invoices(&world, "d2").await;
    let dispute = json!({ "invoiceId": "d2-1", "reason": "complaint", "text": "it is broken" });
    let opened = world.call("POST", "/v1/disputes", Some(&dispute)).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    world.go_to("2026-09-09T08:00:00Z").await;

    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    let home = browser.get("/desk?lang=en").await;
    let (work, owed) = (home.body.find("id=\"work\""), home.body.find("id=\"outstanding\""));
    assert!(work.is_some() && work < owed, "what waits comes first");
    assert!(home.body.contains("<a href=\"/desk/work/disputes\"><strong>1</strong>"), "{}", home.readable());
    assert!(home.body.contains("<a href=\"/desk/work/plans\"><strong>0</strong>"), "{}", home.readable());
    for text in ["€484.00", "1 to 30 days overdue", "Disputed", "Up to date until"] {
        assert!(home.readable().contains(text), "{text}: {}", home.readable());
    }

    let list = browser.get("/desk/work/disputes").await;
    assert!(list.body.contains("/desk/debtors/d2\""), "{}", list.readable());
    assert!(!list.body.contains("/desk/debtors/d1\""), "{}", list.readable());
    let by_amount = browser.get("/desk/debtors").await;
    assert!(by_amount.body.contains("/desk/debtors/d1\"") && by_amount.body.contains("/desk/debtors/d2\""));
}

#[tokio::test]
async fn a_page_whose_counters_are_behind_says_so() {
    let world = world().await;
    put_two_invoices(&world, "d1").await;
    world.settle().await;
    world.set(world.now() + SignedDuration::from_secs(300));
    let behind = "seconds behind what happens";
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    assert!(!browser.get("/desk?lang=en").await.readable().contains(behind));
    world.overviews.lose(100);
    world.put("/v1/payments/p1", &payment("d1-1", "121.00", "2026-08-20")).await;
    world.settle().await;
    world.overviews.lose(0);
    world.set(world.now() + SignedDuration::from_secs(40));
    let home = browser.get("/desk").await.readable();
    assert!(home.contains(behind) && home.contains("€242.00"), "{home}");
    world.sweep_connections().await;
    let home = browser.get("/desk").await.readable();
    assert!(!home.contains(behind) && home.contains("€121.00"), "{home}");
}

#[tokio::test]
async fn more_than_a_page_of_debtors_is_gone_through_by_forms() {
    let world = world().await;
    for number in 0..45 {
        bring(&world, records(&format!("f{number}"), 1)).await;
    }
    world.settle().await;
    let mut browser = Browser::signed_in(&world, "demo-read-only").await;
    let first = browser.get("/desk/debtors").await;
    let on =
        |body: &str| (0..45).filter(|n| body.contains(&format!("/desk/debtors/f{n}\""))).collect::<Vec<_>>();
    assert_eq!(on(&first.body).len(), 40);
    assert!(!first.body.contains("?cursor="), "where it begins says what somebody owes");
    let cursor = first.hidden("cursor");
    let second = browser.post("/desk/debtors", &[("q", ""), ("cursor", &cursor)]).await;
    assert_eq!(second.status, StatusCode::OK);
    let mut all = [on(&first.body), on(&second.body)].concat();
    all.sort_unstable();
    assert_eq!(all, (0..45).collect::<Vec<_>>());
    let work = browser.get("/desk/work/disputes").await;
    assert!(work.body.contains("id=\"none\""));
}

/// Debtors beside the one with many invoices. More: `TIJDIG_DEBTORS=100000`.
fn debtors() -> usize {
    std::env::var("TIJDIG_DEBTORS").ok().map_or(120, |text| text.parse().expect("a number"))
}

/// Invoices of each of them.
const INVOICES: usize = 3;

async fn bring(world: &World, records: Vec<Value>) {
    for part in records.chunks(250) {
        let answer = world.call("POST", "/v1/bulk", Some(&json!({ "records": part }))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
}

fn records(debtor: &str, invoices: usize) -> Vec<Value> {
    let mut body = consumer(&debtor.to_uppercase());
    body["name"] = json!(format!("Familie {debtor}"));
    let mut records = vec![json!({ "type": "debtor", "id": debtor, "body": body })];
    records.extend((0..invoices).map(|n| {
        let number = format!("{debtor}-{n}");
        let due = format!("2026-{:02}-{:02}", n / 28 % 9 + 1, n % 28 + 1);
        let body = invoice(debtor, &number, "2025-12-01", &due, "121.00");
        json!({ "type": "invoice", "id": number, "body": body })
    }));
    records
}

/// Store calls and read units of one page, the session included. DynamoDB counts halves of units.
const MOST_CALLS: usize = 5;
const MOST_UNITS: f64 = 60.0;

#[tokio::test]
async fn a_page_costs_at_most_five_calls_and_sixty_units() {
    let mut world = world().await;
    for number in 0..debtors() {
        bring(&world, records(&format!("f{number}"), INVOICES)).await;
        if number.is_multiple_of(50) {
            world.settle().await;
        }
    }
    bring(&world, records("big", 200)).await;
    // More than a page of a work list.
    for number in 0..45 {
        let dispute = json!({ "invoiceId": format!("f{number}-0"), "reason": "complaint", "text": "no" });
        assert_eq!(world.call("POST", "/v1/disputes", Some(&dispute)).await.status, StatusCode::CREATED);
    }
    world.settle().await;
    let counting = Arc::new(Counting::of(&world.table));
    world.desk = tests::desk::router(&Store::new(counting.clone()), &world.clock(), &world.identity);
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    let mut costs = Vec::new();
    let gets = ["/desk", "/desk/work/disputes", "/desk/debtors", "/desk/debtors/f1", "/desk/debtors/big"];
    for path in gets {
        counting.asked();
        let before = world.table.units().read;
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        costs.push((path, counting.asked(), world.table.units().read - before));
    }
    for wanted in ["Familie", "F1", "121.00", "f1-1", "jan@example.nl"] {
        counting.asked();
        let before = world.table.units().read;
        let page = browser.post("/desk/debtors", &[("q", wanted)]).await;
        assert_eq!(page.status, StatusCode::OK, "{wanted}");
        costs.push((wanted, counting.asked(), world.table.units().read - before));
    }
    println!("{costs:?}");
    let dear: Vec<_> =
        costs.iter().filter(|(_, calls, units)| *calls > MOST_CALLS || *units > MOST_UNITS).collect();
    assert!(dear.is_empty(), "{dear:?}");
}
