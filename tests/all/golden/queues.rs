//! Batches of SQS: plain hints, events as a rule of the bus delivers them, and reports of SES.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use ::http::StatusCode;
use advance_case::Advance;
use async_trait::async_trait;
use aws_lambda_events::sqs::SqsEvent;
use contracts::failure::Failure;
use evaluate_signal::Evaluate;
use record_delivery::Record;
use runtime::invoke::Deadline;
use runtime::queue::{Parked, Parking, QueueHandler, handle_batch};
use send_notice::Send;
use serde::de::DeserializeOwned;
use submit_signal::Submit;
use tests::world::{Queue, World};

use super::{DUE, a_prepared_signal, count, golden, one_invoice, signal, still};

pub const FILES: &[&str] = &[
    "advance-case/hint.json",
    "evaluate-signal/from-bus.json",
    "evaluate-signal/hint.json",
    "record-delivery/bounced.json",
    "record-delivery/delivered.json",
    "send-notice/from-bus.json",
    "send-notice/hint.json",
    "submit-signal/from-bus.json",
    "submit-signal/hint.json",
];

/// Remembers why messages were put aside or off.
#[derive(Debug, Default)]
struct Aside(Mutex<Vec<String>>);

#[async_trait]
impl Parking for Aside {
    async fn park(&self, message: Parked<'_>) -> Result<(), Failure> {
        self.0.lock().unwrap().push(format!("parked: {} {}", message.reason, message.explanation));
        Ok(())
    }

    async fn postpone(&self, _receipt: &str, _seconds: u32) -> Result<(), Failure> {
        self.0.lock().unwrap().push("put off".to_owned());
        Ok(())
    }
}

/// Gives the batch to the handler as Lambda does; every message of it has to be done.
async fn deliver<M, H>(handler: &H, file: &str)
where
    M: DeserializeOwned + std::marker::Send,
    H: QueueHandler<M>,
{
    let event: SqsEvent =
        serde_json::from_str(&golden(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let aside = Aside::default();
    let deadline = Deadline::at(SystemTime::now() + Duration::from_secs(30));
    let response = handle_batch(handler, &aside, event, deadline).await;
    assert_eq!(aside.0.into_inner().unwrap(), Vec::<String>::new(), "{file}");
    assert!(response.batch_item_failures.is_empty(), "{file}: {response:?}");
}

fn advance(world: &World) -> Advance {
    let queue = || Arc::new(Queue::default());
    Advance {
        store: world.store.clone(),
        clock: still(DUE),
        notices: queue(),
        evaluations: queue(),
        submissions: queue(),
    }
}

fn send(world: &World) -> Send {
    Send {
        store: world.store.clone(),
        clock: still(DUE),
        mailer: world.mail.clone(),
        portal_url: "https://portal.example.nl/portal".to_owned(),
    }
}

/// A world in which the first reminder was prepared and sent.
async fn a_notice_sent() -> World {
    let world = one_invoice().await;
    deliver(&advance(&world), "advance-case/hint.json").await;
    deliver(&send(&world), "send-notice/from-bus.json").await;
    world
}

#[tokio::test]
async fn a_hint_advances_a_case_and_a_stranger_is_passed_over() {
    let world = one_invoice().await;
    deliver(&advance(&world), "advance-case/hint.json").await;
    deliver(&advance(&world), "advance-case/hint.json").await;
    assert_eq!(count(&world, "NoticePrepared").await, 1);
}

#[tokio::test]
async fn a_notice_is_sent_once_however_it_is_announced() {
    for first in ["send-notice/from-bus.json", "send-notice/hint.json"] {
        let world = one_invoice().await;
        deliver(&advance(&world), "advance-case/hint.json").await;
        deliver(&send(&world), first).await;
        assert_eq!((world.mail.calls(), count(&world, "NoticeSent").await), (1, 1), "{first}");
        for again in ["send-notice/from-bus.json", "send-notice/hint.json"] {
            deliver(&send(&world), again).await;
        }
        assert_eq!((world.mail.calls(), count(&world, "NoticeSent").await), (1, 1), "{first}");
    }
}

#[tokio::test]
async fn reports_of_the_mail_service_are_recorded() {
    let table = [
        ("record-delivery/delivered.json", "NoticeDelivered"),
        ("record-delivery/bounced.json", "NoticeBounced"),
    ];
    for (file, event) in table {
        let world = a_notice_sent().await;
        let record = Record { store: world.store.clone(), clock: still(DUE) };
        deliver(&record, file).await;
        deliver(&record, file).await;
        assert_eq!(count(&world, event).await, 1, "{file}");
    }
}

#[tokio::test]
async fn the_conditions_of_a_signal_are_looked_at_however_that_is_asked_for() {
    for file in ["evaluate-signal/from-bus.json", "evaluate-signal/hint.json"] {
        let world = a_notice_sent().await;
        let evaluate = Evaluate { store: world.store.clone(), clock: still(DUE) };
        deliver(&evaluate, file).await;
        // One reminder is not yet a ground.
        assert_eq!(count(&world, "SignalBlocked").await, 1, "{file}");
        assert_eq!(count(&world, "SignalPrepared").await, 0, "{file}");
    }
}

#[tokio::test]
async fn a_signal_is_submitted_once_however_it_is_announced() {
    for first in ["submit-signal/from-bus.json", "submit-signal/hint.json"] {
        let world = a_prepared_signal().await;
        let submit = Submit {
            store: world.store.clone(),
            clock: still(&world.now().to_string()),
            bkr: world.bkr.clone(),
            inforing: world.inforing.clone(),
        };
        deliver(&submit, first).await;
        assert_eq!(world.inforing.calls(), 0, "nobody released it yet");
        assert_eq!(world.call("POST", "/v1/signals/d1.s1/send", None).await.status, StatusCode::OK);
        deliver(&submit, first).await;
        for again in ["submit-signal/from-bus.json", "submit-signal/hint.json"] {
            deliver(&submit, again).await;
        }
        assert_eq!((world.inforing.calls(), world.bkr.calls()), (1, 0), "{first}");
        assert_eq!(signal(&world).await["status"], "sent", "{first}");
    }
}
