//! The desk's overview on the local cloud: from a record that comes in to what is counted, listed and found.

use std::time::{Duration, Instant};

use serde_json::json;
use tests::bodies::{consumer, invoice};
use tests::stack::Stack;

/// Far enough that nobody is reminded while other stories move the calendar.
const DUE: &str = "2098-08-15";

pub async fn the_overview_is_kept(stack: &Stack) {
    stack.put("/v1/debtors/desk", &consumer("DESK-7")).await;
    stack.put("/v1/invoices/desk-1", &invoice("desk", "DESK-1", "2026-08-01", DUE, "77.31")).await;
    let begun = Instant::now();
    loop {
        let found = stack.get("/v1/debtors?q=77,31").await;
        let view = stack.get("/v1/overview").await;
        if found["items"][0]["id"] == "desk" && view["behindSeconds"] == 0 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{found} {view}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let view = stack.get("/v1/overview").await;
    assert!(view["owingDebtors"].as_u64().is_some_and(|owing| owing > 0), "{view}");
    let mut cursor = String::new();
    for _ in 0..20 {
        let page = stack.get(&format!("/v1/work-lists/outstanding?limit=40{cursor}")).await;
        let rows = page["items"].as_array().expect("a list");
        if let Some(row) = rows.iter().find(|row| row["debtorId"] == "desk") {
            assert_eq!((&row["outstanding"], &row["overdue"]), (&json!("77.31"), &json!("0.00")), "{row}");
            return;
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    panic!("whoever owes something is in the list");
}
