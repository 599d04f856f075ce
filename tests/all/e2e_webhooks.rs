//! Webhooks on the local cloud: from a record that comes in to a message at the receiver of the local run, and back from one that
//! was down.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::stack::Stack;

/// Far enough that nobody is reminded while other stories move the calendar.
const DUE: &str = "2098-08-15";

/// What the receiver got of this debtor, once there is so much of it.
async fn arrived(stack: &Stack, debtor: &str, least: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let shown = stack.get("/local/webhooks").await;
        let items = shown["items"].as_array().expect("a list").clone();
        let of_debtor: Vec<Value> =
            items.into_iter().filter(|item| item["body"]["data"]["debtorId"] == debtor).collect();
        if of_debtor.len() >= least {
            return of_debtor;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{of_debtor:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn bill(stack: &Stack, number: u32) {
    let body = invoice("hook", &format!("H-{number}"), "2026-08-01", DUE, "121.00");
    stack.put(&format!("/v1/invoices/hook-{number}"), &body).await;
}

pub async fn subscribers_are_told(stack: &Stack) {
    for url in ["https://169.254.169.254/latest", "https://10.0.0.7/hooks", "http://crm.example/hooks"] {
        let (status, answer) = stack.call("PUT", "/v1/webhooks/e2e", Some(&json!({ "url": url }))).await;
        assert_eq!(
            (status, &answer["errors"][0]["path"]),
            (StatusCode::BAD_REQUEST, &json!("url")),
            "{url}: {answer}"
        );
    }
    let url = format!("{}/local/webhooks/receiver", stack.url.replace("localhost", "127.0.0.1"));
    let body = json!({ "url": url, "events": ["invoice.created"] });
    let (status, made) = stack.call("PUT", "/v1/webhooks/e2e", Some(&body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let told = json!({ "secret": made["secret"] });
    assert_eq!(stack.call("POST", "/local/webhooks/secret", Some(&told)).await.0, StatusCode::NO_CONTENT);

    stack.put("/v1/debtors/hook", &consumer("HOOK")).await;
    bill(stack, 1).await;
    let first = arrived(stack, "hook", 1).await;
    assert_eq!((&first[0]["verified"], &first[0]["status"]), (&json!(true), &json!(204)), "{first:?}");
    assert_eq!(first[0]["body"]["data"]["invoiceIds"], json!(["hook-1"]));

    // Down while two more come in, and up again: both arrive, the earlier one first.
    let behave = async |behaviour: Value| {
        let changed = stack.call("POST", "/local/webhooks/behaviour", Some(&behaviour)).await;
        assert_eq!(changed.0, StatusCode::NO_CONTENT);
    };
    behave(json!({ "status": 503 })).await;
    bill(stack, 2).await;
    arrived(stack, "hook", 2).await;
    bill(stack, 3).await;
    behave(json!({})).await;
    stack.go_to(stack.now().await + SignedDuration::from_hours(1)).await;
    let all = arrived(stack, "hook", 4).await;
    let taken: Vec<&Value> = all.iter().filter(|item| item["status"] == 204).collect();
    let invoices: Vec<&Value> = taken.iter().map(|item| &item["body"]["data"]["invoiceIds"][0]).collect();
    assert_eq!(invoices, ["hook-1", "hook-2", "hook-3"], "{all:?}");
    assert!(all.iter().all(|item| item["verified"] == true));

    let log = stack.get("/v1/webhooks/e2e/deliveries").await;
    assert_eq!(log["items"].as_array().map(Vec::len), Some(3), "{log}");
    let (status, _) = stack.call("DELETE", "/v1/webhooks/e2e", None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}
