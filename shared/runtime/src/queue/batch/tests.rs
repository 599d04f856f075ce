//! Batches over a parking that remembers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::SystemTime;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hint {
    debtor_id: String,
}

/// Fails as the debtor's id says, and counts.
#[derive(Debug, Default)]
struct AsTheIdSays {
    calls: AtomicU32,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

#[async_trait]
impl QueueHandler<Hint> for AsTheIdSays {
    async fn handle(&self, hint: Hint, delivery: &Delivery) -> Result<Handled, Failure> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        match hint.debtor_id.as_str() {
            "done" => Ok(Handled::Done("noted")),
            "nothing" => Ok(Handled::Skipped("nothing_due")),
            "rejected" => Err(Failure::rejected("kind_is_fixed", "words")),
            "bug" => Err(Failure::bug("broken")),
            "panic" => panic!("on purpose"),
            "conflict" => Err(Failure::conflict("version")),
            "conflict-twice" if call <= 2 => Err(Failure::conflict("version")),
            "conflict-twice" => Ok(Handled::Done("noted")),
            "away" => Err(Failure::unavailable("table")),
            "event" => {
                assert_eq!(delivery.detail_type.as_deref(), Some("NoticeSent"));
                assert_eq!(delivery.sent_at, Timestamp::from_millisecond(1_700_000_000_000).ok());
                Ok(Handled::Done("noted"))
            }
            "slow" => {
                let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
                self.most_under_way.fetch_max(now, Ordering::SeqCst);
                // Long enough that the deadline of the test passes meanwhile.
                tokio::time::sleep(Duration::from_millis(300)).await;
                self.under_way.fetch_sub(1, Ordering::SeqCst);
                Ok(Handled::Done("noted"))
            }
            other => panic!("no such case: {other}"),
        }
    }
}

/// Remembers what was parked (id, reason, explanation) and put off (receipt, seconds).
#[derive(Debug, Default)]
struct Remembered {
    parked: Mutex<Vec<(String, String, String)>>,
    postponed: Mutex<Vec<(String, u32)>>,
    broken: bool,
}

#[async_trait]
impl Parking for Remembered {
    async fn park(&self, message: Parked<'_>) -> Result<(), Failure> {
        if self.broken {
            return Err(Failure::unavailable("sqs"));
        }
        let parked = (message.message_id.to_owned(), message.reason.to_owned(), message.explanation);
        self.parked.lock().unwrap().push(parked);
        Ok(())
    }

    async fn postpone(&self, receipt: &str, seconds: u32) -> Result<(), Failure> {
        if self.broken {
            return Err(Failure::unavailable("sqs"));
        }
        self.postponed.lock().unwrap().push((receipt.to_owned(), seconds));
        Ok(())
    }
}

fn hint(debtor_id: &str) -> String {
    json!({"administration": "a", "debtorId": debtor_id}).to_string()
}

fn event(bodies: &[String]) -> SqsEvent {
    let records = bodies.iter().enumerate().map(|(index, body)| {
        json!({
            "messageId": format!("m{index}"),
            "receiptHandle": format!("r{index}"),
            "body": body,
            "attributes": {"ApproximateReceiveCount": "3", "SentTimestamp": "1700000000000"},
        })
    });
    serde_json::from_value(json!({"Records": records.collect::<Vec<Value>>()})).unwrap()
}

fn in_seconds(seconds: u64) -> Deadline {
    Deadline::at(SystemTime::now() + Duration::from_secs(seconds))
}

fn failed(response: SqsBatchResponse) -> Vec<String> {
    response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
}

/// What became of one message.
#[derive(Debug, PartialEq, Eq)]
enum Became {
    Forgotten,
    Parked(&'static str),
    PutOff,
}

#[tokio::test(flavor = "current_thread")]
async fn each_failure_gets_the_treatment_of_its_class() {
    let bus = |detail: Value| {
        json!({"detail-type": "NoticeSent", "source": "tijdig", "detail": detail}).to_string()
    };
    let table = [
        (hint("done"), 1, Became::Forgotten),
        (hint("nothing"), 1, Became::Forgotten),
        (bus(json!({"debtorId": "event"})), 1, Became::Forgotten),
        (hint("conflict-twice"), 3, Became::Forgotten),
        (hint("rejected"), 1, Became::Parked("kind_is_fixed")),
        (hint("bug"), 1, Became::Parked("bug")),
        (hint("panic"), 1, Became::Parked("bug")),
        ("not json".to_owned(), 0, Became::Parked("bad_input")),
        (json!({"administration": "a"}).to_string(), 0, Became::Parked("bad_input")),
        (bus(json!({"debtorId": 7})), 0, Became::Parked("bad_input")),
        (hint("conflict"), 4, Became::PutOff),
        (hint("away"), 1, Became::PutOff),
    ];
    for (body, calls, became) in table {
        let (handler, parking) = (AsTheIdSays::default(), Remembered::default());
        let response =
            handle_batch(&handler, &parking, event(std::slice::from_ref(&body)), in_seconds(60)).await;
        let seen =
            match (parking.parked.into_inner().unwrap().pop(), parking.postponed.into_inner().unwrap().pop())
            {
                (None, None) => Became::Forgotten,
                (Some((id, reason, _)), None) => {
                    assert_eq!(id, "m0");
                    Became::Parked(reason.leak())
                }
                (None, Some((receipt, _))) => {
                    assert_eq!(receipt, "r0");
                    Became::PutOff
                }
                both => panic!("{both:?}"),
            };
        assert_eq!(seen, became, "{body}");
        assert_eq!(!failed(response).is_empty(), became == Became::PutOff, "{body}");
        assert_eq!(handler.calls.into_inner(), calls, "{body}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn one_poisoned_message_leaves_the_other_nine_done() {
    for poison in [hint("panic"), hint("bug"), "{".to_owned()] {
        let mut bodies = vec![hint("done"); 10];
        bodies[4] = poison;
        let (handler, parking) = (AsTheIdSays::default(), Remembered::default());
        let response = handle_batch(&handler, &parking, event(&bodies), in_seconds(60)).await;
        assert_eq!(failed(response), Vec::<String>::new());
        let parked = parking.parked.into_inner().unwrap();
        assert_eq!(parked.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(), ["m4"]);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn what_cannot_be_put_aside_comes_back() {
    let bodies = [hint("done"), hint("rejected"), hint("away")];
    let parking = Remembered { broken: true, ..Remembered::default() };
    let response = handle_batch(&AsTheIdSays::default(), &parking, event(&bodies), in_seconds(60)).await;
    assert_eq!(failed(response), ["m1", "m2"]);
}

#[tokio::test(flavor = "current_thread")]
async fn a_parked_message_tells_no_value_of_its_body() {
    let parking = Remembered::default();
    let body = json!({"debtorId": {"name": "J. de Vries"}}).to_string();
    handle_batch(&AsTheIdSays::default(), &parking, event(&[body]), in_seconds(60)).await;
    let (_, _, explanation) = parking.parked.into_inner().unwrap().remove(0);
    assert_eq!(explanation, "bad input: debtorId:wrong_type");
}

#[tokio::test(flavor = "current_thread")]
async fn four_messages_are_under_way_at_once_and_none_is_begun_near_the_deadline() {
    let handler = AsTheIdSays::default();
    // 2.1 s: enough to begin the first four, which take longer than the 0.1 s that is left after them.
    let deadline = Deadline::at(SystemTime::now() + Duration::from_millis(2100));
    let response =
        handle_batch(&handler, &Remembered::default(), event(&vec![hint("slow"); 6]), deadline).await;
    assert_eq!(failed(response), ["m4", "m5"]);
    assert_eq!(handler.most_under_way.into_inner(), 4);
    assert_eq!(handler.calls.into_inner(), 4);
}

#[test]
fn a_message_is_put_off_longer_each_time_and_at_most_a_quarter_of_an_hour() {
    let away = |seconds| Failure::Unavailable { detail: String::new(), retry_after_seconds: seconds };
    let table = [
        (1, away(5), 3, 5),
        (2, away(5), 5, 10),
        (5, away(5), 40, 80),
        (9, away(5), 450, 900),
        (u32::MAX, away(5), 450, 900),
        (1, away(0), 1, 1),
        (1, away(u32::MAX), 450, 900),
        (0, away(5), 3, 5),
        (1, Failure::conflict(""), 1, 1),
        (3, Failure::conflict(""), 2, 4),
    ];
    for (receive_count, failure, least, most) in table {
        let bound = |pick: fn(&std::ops::RangeInclusive<u32>) -> u32| {
            delay_seconds(receive_count, &failure, |range| pick(&range))
        };
        let seen = (bound(|range| *range.start()), bound(|range| *range.end()));
        assert_eq!(seen, (least, most), "{receive_count} {failure:?}");
    }
}
