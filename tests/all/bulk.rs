//! Many records in one call.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};

use crate::refusals::{errors, is_problem, with, world};

#[tokio::test]
async fn a_thousand_records_are_taken_in_and_a_thousand_and_one_are_not() {
    let world = world().await;
    let record =
        |n: usize| json!({ "type": "debtor", "id": format!("b{n}"), "body": consumer(&format!("B{n}")) });
    let body = |records: usize| json!({ "records": (0..records).map(record).collect::<Vec<_>>() });
    let before = world.table.all();
    let answer = world.call("POST", "/v1/bulk", Some(&body(1_001))).await;
    is_problem(&answer, 400);
    assert_eq!(errors(&answer), [("records".to_owned(), "too_many".to_owned())]);
    assert_eq!(world.table.all(), before);
    let answer = world.call("POST", "/v1/bulk", Some(&body(1_000))).await;
    assert_eq!(answer.status, StatusCode::OK);
    let results = answer.body["results"].as_array().unwrap();
    assert_eq!(results.len(), 1_000);
    assert!(results.iter().all(|r| r["status"] == 201 && r["outcome"] == "created"));
}

#[tokio::test]
async fn a_bulk_call_takes_the_good_records_in_and_says_what_is_wrong_with_the_others() {
    let world = world().await;
    let record = |kind: &str, id: &str, body: Value| json!({ "type": kind, "id": id, "body": body });
    let bill = |debtor: &str, number: &str| invoice(debtor, number, "2026-09-01", "2026-09-15", "121.00");
    let mut older = consumer("D1");
    older["name"] = json!("A. Older");
    older["modifiedAt"] = json!("2025-01-01T00:00:00Z");
    let records = [
        record("debtor", "d3", consumer("D3")),
        record("invoice", "i3", bill("d3", "3")),
        record("payment", "p3", payment("i3", "121.00", "2026-09-10")),
        record("invoice", "i4", with(&bill("d3", "4"), "total", json!("-1.00"))),
        record("debtor", "d1", consumer("D1")),
        record("debtor", "d1", older),
        record("invoice", "i1", bill("d2", "1")),
        record("payment", "p4", payment("i4", "1.00", "2026-09-10")),
        record("debtor", "d 5", consumer("D5")),
        record("debtor", "d6", with(&consumer("D6"), "bsn", json!("123456782"))),
        record("invoice", "i5", bill("d3", "5")),
    ];
    let answer = world.call("POST", "/v1/bulk", Some(&json!({ "records": records }))).await;
    assert_eq!(answer.status, StatusCode::OK);
    let results: Vec<(String, u64, String)> = answer.body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            let problem = &r["problem"];
            let error = &problem["errors"][0];
            let what = match r["outcome"].as_str() {
                Some(outcome) => outcome.to_owned(),
                None if error.is_object() => {
                    format!("{} {}", error["path"].as_str().unwrap(), error["code"].as_str().unwrap())
                }
                None => problem["type"].as_str().unwrap().to_owned(),
            };
            (r["id"].as_str().unwrap().to_owned(), r["status"].as_u64().unwrap(), what)
        })
        .collect();
    let expected = [
        ("d3", 201, "created"),
        ("i3", 201, "created"),
        ("p3", 201, "created"),
        ("i4", 400, "total negative_amount"),
        ("d1", 200, "unchanged"),
        ("d1", 200, "older"),
        ("i1", 409, "urn:tijdig:problem:invoice_of_another_debtor"),
        ("p4", 400, "invoiceId unknown_invoice"),
        ("d 5", 400, "id not_an_id"),
        ("d6", 400, "bsn unknown_field"),
        ("i5", 201, "created"),
    ];
    assert_eq!(results, expected.map(|(id, status, what)| (id.to_owned(), status, what.to_owned())));
    assert_eq!(world.get("/v1/invoices/i3").await["status"], "paid");
    assert_eq!(world.get("/v1/debtors/d3").await["balance"], "121.00");
    assert_eq!(world.get("/v1/debtors/d1").await["name"], "J. de Vries");
    for path in ["/v1/debtors/d6", "/v1/invoices/i4", "/v1/payments/p4"] {
        assert_eq!(world.call("GET", path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_record_of_an_unknown_kind_or_with_a_strange_field_refuses_the_call() {
    let world = world().await;
    let before = world.table.all();
    let table = [
        (json!({ "type": "dispute", "id": "x", "body": {} }), "records[1].type", "unknown_value"),
        (json!({ "type": "debtor", "id": "x", "body": {}, "bsn": 1 }), "records[1].bsn", "unknown_field"),
        (json!({ "type": "debtor", "body": {} }), "records[1].id", "missing_field"),
    ];
    for (record, path, code) in table {
        let good = json!({ "type": "debtor", "id": "d3", "body": consumer("D3") });
        let answer = world.call("POST", "/v1/bulk", Some(&json!({ "records": [good, record] }))).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())]);
        assert_eq!(world.table.all(), before);
    }
}
