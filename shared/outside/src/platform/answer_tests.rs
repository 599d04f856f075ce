use std::time::Duration;

use super::*;
use crate::loopback::{Loopback, Then, deserted};

fn read(body: &[u8]) -> Option<Answered> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let faults = body["faults"].as_array().into_iter().flatten();
    Some(Answered {
        reference: body["reference"].as_str().map(str::to_owned),
        faults: faults
            .map(|f| (f["field"].as_str().unwrap().to_owned(), f["code"].as_str().unwrap().to_owned()))
            .collect(),
    })
}

/// Long enough for a loaded machine.
const PATIENT: Duration = Duration::from_secs(30);
const IMPATIENT: Duration = Duration::from_millis(400);

async fn ask(url: &str, timeout: Duration) -> SubmitOutcome {
    let client = http::client(timeout).unwrap();
    outcome_of(client.post(url).body("{}"), read).await
}

fn rejected(error: &str) -> SubmitOutcome {
    SubmitOutcome::Rejected { errors: vec![error.to_owned()] }
}

#[tokio::test]
async fn every_answer_is_sorted_and_tried_once() {
    let answer = |status, body| Then::Answer { status, headers: "", body };
    let table = [
        (
            answer(201, r#"{"reference":"R-1"}"#),
            SubmitOutcome::Accepted(Receipt { provider_reference: "R-1".to_owned() }),
        ),
        (answer(201, r#"{"reference":"Jan Jansen"}"#), unknown("receipt_not_understood")),
        (answer(200, "{}"), unknown("receipt_not_understood")),
        (answer(200, "<html>"), unknown("receipt_not_understood")),
        (
            answer(422, r#"{"faults":[{"field":"person.birth","code":"missing"}]}"#),
            rejected("person.birth: missing"),
        ),
        (
            answer(422, r#"{"faults":[{"field":"name","code":"Jan Jansen is not known"}]}"#),
            rejected("status_422"),
        ),
        (answer(400, "no json"), rejected("status_400")),
        (answer(404, ""), rejected("status_404")),
        (answer(401, ""), temporary("status_401")),
        (answer(403, ""), temporary("status_403")),
        (answer(429, ""), temporary("status_429")),
        (answer(503, ""), temporary("status_503")),
        (answer(408, ""), unknown("status_408")),
        (answer(409, ""), unknown("status_409")),
        (answer(500, ""), unknown("status_500")),
        (answer(502, ""), unknown("status_502")),
        (Then::Answer { status: 303, headers: "Location: /other\r\n", body: "" }, unknown("status_303")),
        (Then::Hang, unknown("timeout")),
        (Then::Reset, unknown("connection_broken")),
        (Then::Break, unknown("receipt_not_understood")),
    ];
    for (then, expected) in table {
        let server = Loopback::start(then.clone()).await;
        let timeout = if matches!(then, Then::Hang) { IMPATIENT } else { PATIENT };
        assert_eq!(ask(&server.url(), timeout).await, expected, "{then:?}");
        assert_eq!(server.requests().len(), 1, "one attempt: {then:?}");
    }
}

#[tokio::test]
async fn it_was_not_taken_in_when_there_was_no_connection() {
    assert_eq!(ask(&deserted().await, PATIENT).await, temporary("not_connected"));
}
