//! The desk's overview: what it counts, lists and finds is what a look at every debtor would, however the hints that it is made by
//! come; and it says when it is behind.

use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::today;
use domain::desk_row::DeskRow;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::table::{Table, Write};
use store::{DeskCounts, keys};
use tests::bodies::{consumer, invoice, payment};
use tests::perils::PERILS;
use tests::stories::put_two_invoices;
use tests::world::World;

/// Two invoices of 121 euros that fall due on 1 September, with somebody who looks at the desk.
async fn story() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.keep_overview();
    put_two_invoices(&world, "d1").await;
    world.settle().await;
    world
}

/// What the counters have to come to: a count over every dossier.
async fn counted(world: &World) -> DeskCounts {
    let settings = world.store.administration(&world.administration).await.unwrap().unwrap().value;
    let (mut counts, now) = (DeskCounts::default(), world.now());
    let mut cursor: Option<String> = None;
    loop {
        let page = world.store.dossiers(&world.administration, None, 100, cursor.as_deref()).await.unwrap();
        for known in &page.items {
            if let Some(row) = DeskRow::of(&known.value, &settings, now) {
                counts.add(&row, today(now));
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return counts;
        }
    }
}

async fn assert_right(world: &World, when: &str) {
    let (counts, standing) = world.store.desk_counts(&world.administration, world.now()).await.unwrap();
    assert_eq!(counts, counted(world).await, "{when}");
    assert_eq!(standing.behind_seconds, 0, "{when}");
}

fn wait(world: &World, seconds: i64) {
    world.set(world.now() + SignedDuration::from_secs(seconds));
}

async fn amounts(world: &World) -> (String, String) {
    let view = world.get("/v1/overview").await;
    let text = |what: &str| view[what]["amount"].as_str().expect("an amount").to_owned();
    (text("outstanding"), text("overdue"))
}

/// The names of what is not nothing in a list of the overview, each with its number of invoices.
async fn by_name(world: &World, list: &str) -> BTreeMap<String, u64> {
    let view = world.get("/v1/overview").await;
    let items = view[list].as_array().expect("a list").iter();
    let named = items.map(|i| (i["name"].as_str().unwrap().to_owned(), i["invoices"].as_u64().unwrap()));
    named.filter(|(_, invoices)| *invoices > 0).collect()
}

fn only(name: &str, invoices: u64) -> BTreeMap<String, u64> {
    BTreeMap::from([(name.to_owned(), invoices)])
}

/// Whose rows are in a work list, in its order.
async fn listed(world: &World, kind: &str) -> Vec<String> {
    let list = world.get(&format!("/v1/work-lists/{kind}")).await;
    let rows = list["items"].as_array().expect("a list").iter();
    rows.map(|row| row["debtorId"].as_str().unwrap().to_owned()).collect()
}

/// Who is found, page by page.
async fn found(world: &World, text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut cursor = String::new();
    for _ in 0..20 {
        let page = world.get(&format!("/v1/debtors?q={text}&limit=1{cursor}")).await;
        let items = page["items"].as_array().expect("a list").iter();
        all.extend(items.map(|i| i["id"].as_str().unwrap().to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
    panic!("a search without an end");
}

#[tokio::test]
async fn the_overview_follows_an_invoice_from_its_arrival_to_its_payment() {
    let world = story().await;
    assert_eq!(amounts(&world).await, ("242.00".into(), "0.00".into()));
    assert_eq!(by_name(&world, "ageing").await, only("notDue", 2));
    assert_eq!(by_name(&world, "phases").await, only("notBegun", 2));
    let row = world.get("/v1/work-lists/outstanding").await["items"][0].clone();
    assert_eq!(
        (&row["name"], &row["outstanding"], &row["openInvoices"], &row["nextAction"]),
        (
            &json!("J. de Vries"),
            &json!("242.00"),
            &json!(2),
            &json!({ "step": "reminder", "on": "2026-09-08" })
        )
    );

    // The second of September begins in Amsterdam. Nothing happens to the debtor.
    world.set("2026-09-01T21:59:59Z".parse().unwrap());
    assert_eq!(amounts(&world).await.1, "0.00");
    world.set("2026-09-01T22:00:00Z".parse().unwrap());
    assert_eq!(amounts(&world).await.1, "242.00");
    assert_eq!(by_name(&world, "ageing").await, only("1-30", 2));

    world.go_to("2026-09-09T08:00:00Z").await;
    assert_eq!(by_name(&world, "phases").await, only("reminder", 2));
    let body = json!({ "invoiceId": "d1-1", "reason": "complaint", "text": "It was cold all week." });
    world.call("POST", "/v1/disputes", Some(&body)).await;
    world.settle().await;
    assert_eq!(
        by_name(&world, "phases").await,
        BTreeMap::from([("disputed".into(), 1), ("reminder".into(), 1)])
    );
    assert_eq!(listed(&world, "disputes").await, ["d1"]);
    assert_eq!(listed(&world, "tasks").await, [""; 0], "it is in one list");
    let decision = json!({ "decision": "rejected", "amount": null, "reason": "looked into it" });
    world.call("POST", "/v1/disputes/d1.d1/decide", Some(&decision)).await;
    world.settle().await;
    assert_eq!(listed(&world, "disputes").await, [""; 0]);

    world.put("/v1/payments/p1", &payment("d1-1", "121.00", "2026-09-09")).await;
    world.settle().await;
    assert_eq!(amounts(&world).await, ("121.00".into(), "121.00".into()));
    world.put("/v1/payments/p2", &payment("d1-2", "121.00", "2026-09-09")).await;
    world.settle().await;
    let view = world.get("/v1/overview").await;
    assert_eq!((&view["owingDebtors"], &view["debtors"]), (&json!(0), &json!(1)));
    assert_eq!(listed(&world, "outstanding").await, [""; 0]);
    assert_right(&world, "everything is paid").await;
}

#[tokio::test]
async fn debtors_are_found_by_name_number_address_and_amount() {
    let world = story().await;
    let mut other = consumer("C-77");
    other["name"] = json!("Zoë Müller");
    other["person"] = json!(null);
    other["emails"] = json!(["Zoe@Example.nl"]);
    world.put("/v1/debtors/d2", &other).await;
    world.put("/v1/invoices/x1", &invoice("d2", "F2026-0815", "2026-08-20", "2026-09-01", "242.00")).await;
    world.settle().await;
    let table: [(&str, &[&str]); 17] = [
        ("vries", &["d1"]),
        ("devries", &["d1"]),
        ("de%20Vries", &["d1"]),
        ("vr", &["d1"]),
        ("muller", &["d2"]),
        ("M%C3%BCller", &["d2"]),
        ("zoe%20mul", &["d2"]),
        ("D1", &["d1"]),
        ("c77", &["d2"]),
        ("d1-2", &["d1"]),
        ("F2026-0815", &["d2"]),
        ("d1@example.nl", &["d1"]),
        ("zoe@example.nl", &["d2"]),
        ("121.00", &["d1"]),
        ("121,00", &["d1"]),
        // One owes it in all, the other on one invoice.
        ("242.00", &["d1", "d2"]),
        ("jansen", &[]),
    ];
    for (text, expected) in table {
        let expected: BTreeSet<String> = expected.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(found(&world, text).await, expected, "{text}");
    }
    // Another name, and nothing of the old one.
    let mut renamed = consumer("D1");
    renamed["name"] = json!("J. Bakker");
    renamed["person"]["prefix"] = json!(null);
    renamed["person"]["surname"] = json!("Bakker");
    renamed["modifiedAt"] = json!("2026-08-20T09:00:00Z");
    world.put("/v1/debtors/d1", &renamed).await;
    world.put("/v1/payments/p1", &payment("d1-1", "121.00", "2026-08-20")).await;
    world.settle().await;
    for (text, expected) in [("vries", 0), ("bakker", 1), ("242.00", 1), ("121.00", 1)] {
        assert_eq!(found(&world, text).await.len(), expected, "{text}");
    }
    let long = "x".repeat(101);
    let answer = world.call("GET", &format!("/v1/debtors?q={long}"), None).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let strange = world.call("GET", "/v1/work-lists/everything", None).await;
    assert_eq!(strange.body["errors"][0]["code"], "unknown_list");
}

#[tokio::test]
async fn hints_that_repeat_or_come_late_change_nothing() {
    let mut world = World::at("2026-08-20T08:00:00Z").await;
    world.keep_overview();
    world.deliveries = 3;
    put_two_invoices(&world, "d1").await;
    put_two_invoices(&world, "d2").await;
    world.go_to("2026-09-23T08:00:00Z").await;
    world.put("/v1/payments/p1", &payment("d1-1", "121.00", "2026-09-23")).await;
    world.settle().await;
    assert_right(&world, "each hint three times").await;
    let before = world.contents();
    for hint in world.overviews.ever().iter().rev().take(10) {
        world.overviews.push(hint.clone());
    }
    world.settle().await;
    assert_eq!(world.changes(&before), Vec::<String>::new(), "the last ones again, backwards");
}

#[tokio::test]
async fn what_a_lost_hint_left_is_said_to_be_missing_and_found_by_the_schedule() {
    let world = story().await;
    wait(&world, 300);
    world.overviews.lose(100);
    world.put("/v1/payments/p1", &payment("d1-1", "121.00", "2026-08-20")).await;
    world.settle().await;
    world.overviews.lose(0);
    for (seconds, behind) in [(0, 1), (40, 40), (60, 100)] {
        wait(&world, seconds);
        let view = world.get("/v1/overview").await;
        assert_eq!(view["behindSeconds"], behind, "{view}");
        assert_eq!(
            (&view["asOf"], &view["outstanding"]["amount"]),
            (&json!("2026-08-20T08:05:00Z"), &json!("242.00"))
        );
    }
    world.sweep_connections().await;
    let view = world.get("/v1/overview").await;
    assert_eq!((&view["behindSeconds"], &view["outstanding"]["amount"]), (&json!(0), &json!("121.00")));
    assert_right(&world, "caught up").await;
}

#[tokio::test]
async fn a_debtor_who_is_deleted_is_gone_from_the_overview_even_where_no_hint_says_so() {
    for lost in [0, 100] {
        let world = story().await;
        world.overviews.lose(lost);
        for path in ["/v1/invoices/d1-1", "/v1/invoices/d1-2", "/v1/debtors/d1"] {
            let path = format!("{path}?modifiedAt=2026-08-20T08:00:00Z");
            let answer = world.call("DELETE", &path, None).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        }
        world.settle().await;
        world.overviews.lose(0);
        world.sweep_connections().await;
        assert_eq!(world.get("/v1/overview").await["debtors"], 0, "{lost}");
        assert_eq!(found(&world, "vries").await, BTreeSet::new());
        let kept =
            |partition: &str| ["demo#V#", "demo#Z#", "demo#Y#"].iter().any(|p| partition.starts_with(p));
        let left = world.table.all().into_iter().filter(|record| kept(&record.key.partition)).count();
        assert_eq!(left, 0, "nothing of them is left");
    }
}

#[tokio::test]
async fn what_is_ninety_days_old_stays_in_the_last_bucket_and_its_month_is_forgotten() {
    let world = story().await;
    world.go_to("2026-11-30T22:59:59Z").await;
    assert_eq!(by_name(&world, "ageing").await, only("61-90", 2));
    let months = |world: &World| {
        let all = world.table.all();
        all.iter().filter(|r| r.key.partition == "demo#Y" && r.key.sort.contains("#2026-09#")).count()
    };
    assert_eq!(months(&world), 1);
    // The first of December, 91 days after.
    world.set("2026-11-30T23:00:00Z".parse().unwrap());
    assert_eq!(by_name(&world, "ageing").await, only("over90", 2));
    world.sweep_connections().await;
    assert_eq!(by_name(&world, "ageing").await, only("over90", 2));
    assert_eq!(months(&world), 0);
    assert_right(&world, "in the last bucket").await;
}

/// Makes a counter wrong, as no function does.
async fn spoil(world: &World) {
    let debtor = "d1".parse().unwrap();
    let key = keys::desk_counter(&world.administration, 1, None, &debtor);
    let by = BTreeMap::from([("owing".to_owned(), 5)]);
    world.table.write(vec![Write::Count { key, by }]).await.unwrap();
}

#[tokio::test]
async fn a_rebuild_makes_everything_anew_and_shows_the_old_until_it_is_done() {
    let world = story().await;
    put_two_invoices(&world, "d2").await;
    world.settle().await;
    spoil(&world).await;
    assert_eq!(world.get("/v1/overview").await["owingDebtors"], 7);
    let asked = world.call("POST", "/v1/overview/rebuild", None).await;
    assert_eq!(
        (asked.status, &asked.body["beginsAt"]),
        (StatusCode::ACCEPTED, &json!("2026-08-20T08:01:00Z"))
    );
    let again = world.call("POST", "/v1/overview/rebuild", None).await;
    assert_eq!(again.body, asked.body, "one walk");
    world.settle().await;
    // What happens meanwhile counts in what is shown and in what is made.
    world.put("/v1/payments/p1", &payment("d2-1", "121.00", "2026-08-20")).await;
    world.settle().await;
    let view = world.get("/v1/overview").await;
    assert_eq!((&view["owingDebtors"], &view["outstanding"]["amount"]), (&json!(7), &json!("363.00")));
    assert_eq!(view["rebuiltDebtors"], 0);
    wait(&world, 61);
    world.sweep_connections().await;
    let view = world.get("/v1/overview").await;
    assert_eq!((&view["owingDebtors"], &view["rebuiltDebtors"]), (&json!(2), &Value::Null));
    assert_right(&world, "made anew").await;
    let old = |r: &store::table::Record| r.key.partition == "demo#Y" && r.key.sort.starts_with("0000000001#");
    assert!(!world.table.all().iter().any(old), "the counters of before are deleted");
}

#[tokio::test]
async fn an_overview_that_was_made_another_way_is_made_anew_by_itself() {
    let world = story().await;
    spoil(&world).await;
    let known = world.store.desk_state(&world.administration).await.unwrap();
    let old = store::DeskState { made_as: 0, ..known.value };
    world.store.keep_desk_state(&world.administration, &old, known.version).await.unwrap();
    world.sweep_connections().await;
    let view = world.get("/v1/overview").await;
    assert_eq!((&view["owingDebtors"], &view["rebuiltDebtors"]), (&json!(6), &json!(0)));
    wait(&world, 61);
    world.sweep_connections().await;
    assert_right(&world, "made anew").await;
    let after = world.store.desk_state(&world.administration).await.unwrap().value;
    assert!(after.rebuild.is_none() && !after.is_outdated());
}

#[tokio::test]
async fn a_rebuild_that_dies_anywhere_goes_on_and_ends_the_same() {
    for peril in PERILS {
        for step in 0.. {
            let world = story().await;
            put_two_invoices(&world, "d2").await;
            world.settle().await;
            spoil(&world).await;
            world.call("POST", "/v1/overview/rebuild", None).await;
            wait(&world, 61);
            world.perils.plan(step, peril);
            world.settle().await;
            let struck = world.perils.struck();
            wait(&world, 1);
            world.sweep_connections().await;
            world.sweep_connections().await;
            assert_right(&world, &format!("{peril:?} at step {step}")).await;
            assert_eq!(world.get("/v1/overview").await["rebuiltDebtors"], Value::Null, "{peril:?} {step}");
            if !struck {
                assert!(step > 4, "a rebuild takes some steps");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_row_that_dies_anywhere_is_counted_once() {
    for peril in PERILS {
        for step in 0.. {
            let world = World::at("2026-08-20T08:00:00Z").await;
            put_two_invoices(&world, "d1").await;
            world.settle().await;
            world.keep_overview();
            let hint = json!({ "administration": "demo", "debtorId": "d1" }).to_string();
            world.overviews.push(hint.clone());
            world.perils.plan(step, peril);
            world.settle().await;
            let struck = world.perils.struck();
            world.overviews.push(hint);
            world.settle().await;
            assert_right(&world, &format!("{peril:?} at step {step}")).await;
            if !struck {
                assert!(step > 0);
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_debtor_with_a_thousand_invoices_is_counted_and_found() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    for call in 0..4 {
        let record = |n: i64| {
            let number = call * 250 + n;
            let due = format!("{}-{:02}-{:02}", 2027 + number / 336, number / 28 % 12 + 1, number % 28 + 1);
            let amount = format!("{number}.50");
            let body = invoice("d1", &format!("E-{number}"), "2026-08-20", &due, &amount);
            json!({ "type": "invoice", "id": format!("i{number}"), "body": body })
        };
        let records: Vec<Value> = (1..=250).map(record).collect();
        let answer = world.call("POST", "/v1/bulk", Some(&json!({ "records": records }))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    world.settle().await;
    world.keep_overview();
    world.overviews.push(json!({ "administration": "demo", "debtorId": "d1" }).to_string());
    world.settle().await;
    assert_eq!(
        world.get("/v1/overview").await["outstanding"],
        json!({ "invoices": 1000, "amount": "501000.00" })
    );
    for amount in ["1.50", "500.50", "1000.50", "501000.00"] {
        assert_eq!(found(&world, amount).await, BTreeSet::from(["d1".to_owned()]), "{amount}");
    }
    assert_right(&world, "in more than one transaction").await;
}

#[tokio::test]
async fn a_hold_on_everyone_is_shown_on_every_row() {
    let world = story().await;
    world.hold(json!({ "administration": "demo" }), "reminders", None).await;
    world.go_to("2026-08-21T08:00:00Z").await;
    let row = world.get("/v1/work-lists/outstanding").await["items"][0].clone();
    assert_eq!((&row["nextAction"], &row["noAction"]["reason"]), (&Value::Null, &json!("held")), "{row}");
}
