//! A batch of messages: apart, side by side, and one outcome each.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use contracts::failure::{Class, Failure};
use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::body::{self, Body};
use super::{Delivery, Handled, Parked, Parking, QueueHandler};
use crate::invoke::Deadline;
use crate::json;

/// Messages of a batch that are under way at the same time.
const AT_ONCE: usize = 4;

/// How often a message is tried again at once when somebody else changed the same thing first.
const RETRIES_OF_CONFLICT: u32 = 3;

/// With less time left than this, no other message is begun.
const TIME_FOR_ONE: Duration = Duration::from_secs(2);

/// Longest time that a message is put off, in seconds.
const LONGEST_DELAY_SECONDS: u32 = 15 * 60;

/// Does each message of a batch, and names those that the queue has to deliver again.
pub async fn handle_batch<M, H, P>(
    handler: &H,
    parking: &P,
    event: SqsEvent,
    deadline: Deadline,
) -> SqsBatchResponse
where
    M: DeserializeOwned + Send,
    H: QueueHandler<M> + ?Sized,
    P: Parking + ?Sized,
{
    let mut back = stream::iter(event.records.iter().enumerate())
        .map(async |(index, record)| (index, handle_record(handler, parking, record, deadline).await))
        .buffer_unordered(AT_ONCE)
        .filter_map(async |(index, outcome)| (outcome == Outcome::ComesBack).then_some(index))
        .collect::<Vec<_>>()
        .await;
    back.sort_unstable();
    let mut response = SqsBatchResponse::default();
    for index in back {
        // Without an id the whole batch comes back, which is right: nothing may be lost.
        response.add_failure(event.records[index].message_id.clone().unwrap_or_default());
    }
    response
}

/// What the queue does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Forgotten,
    ComesBack,
}

async fn handle_record<M, H, P>(handler: &H, parking: &P, record: &SqsMessage, deadline: Deadline) -> Outcome
where
    M: DeserializeOwned + Send,
    H: QueueHandler<M> + ?Sized,
    P: Parking + ?Sized,
{
    let started = Instant::now();
    let mut delivery = delivery(record);
    if deadline.is_within(TIME_FOR_ONE) {
        log(&delivery, started, "not_begun", "too little time left", None);
        return Outcome::ComesBack;
    }
    match attempt(handler, record, &mut delivery).await {
        Ok(Handled::Done(what)) => {
            log(&delivery, started, "done", what, None);
            Outcome::Forgotten
        }
        Ok(Handled::Skipped(reason)) => {
            log(&delivery, started, "skipped", reason, None);
            Outcome::Forgotten
        }
        Err(failure) => settle(parking, record, &delivery, started, &failure).await,
    }
}

fn delivery(record: &SqsMessage) -> Delivery {
    let number = |name: &str| record.attributes.get(name).and_then(|text| text.parse::<i64>().ok());
    Delivery {
        message_id: record.message_id.clone().unwrap_or_default(),
        receive_count: number("ApproximateReceiveCount")
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(1),
        sent_at: number("SentTimestamp").and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        detail_type: None,
    }
}

async fn attempt<M, H>(handler: &H, record: &SqsMessage, delivery: &mut Delivery) -> Result<Handled, Failure>
where
    M: DeserializeOwned + Send,
    H: QueueHandler<M> + ?Sized,
{
    let Body { message, detail_type } = body::parse(record.body.as_deref().unwrap_or_default())?;
    delivery.detail_type = detail_type;
    let mut conflicts = 0;
    loop {
        let message = json::from_value::<M>(&message)?;
        // What a broken invariant left behind is in the store or nowhere, so nothing half-done is seen again.
        let handled = AssertUnwindSafe(handler.handle(message, delivery)).catch_unwind().await;
        match handled.unwrap_or_else(|_| Err(Failure::bug("the handler panicked"))) {
            Err(Failure::Conflict { .. }) if conflicts < RETRIES_OF_CONFLICT => conflicts += 1,
            handled => return handled,
        }
    }
}

async fn settle<P>(
    parking: &P,
    record: &SqsMessage,
    delivery: &Delivery,
    started: Instant,
    failure: &Failure,
) -> Outcome
where
    P: Parking + ?Sized,
{
    let (outcome, result, back) = match failure.class() {
        Class::BadInput | Class::Rejected | Class::Bug => {
            let parked = Parked {
                message_id: &delivery.message_id,
                body: record.body.as_deref().unwrap_or_default(),
                reason: failure.code(),
                explanation: failure.to_string(),
            };
            let result = parking.park(parked).await;
            let back = if result.is_ok() { Outcome::Forgotten } else { Outcome::ComesBack };
            ("parked", result, back)
        }
        Class::Conflict | Class::Unavailable => {
            let receipt = record.receipt_handle.as_deref().unwrap_or_default();
            let seconds = delay_seconds(delivery.receive_count, failure, fastrand::u32);
            // Not put off, it still comes back: when the queue's own visibility timeout ends.
            ("comes_back", parking.postpone(receipt, seconds).await, Outcome::ComesBack)
        }
    };
    match &result {
        Ok(()) => log(delivery, started, outcome, failure.code(), Some(failure)),
        Err(second) => {
            log(delivery, started, "comes_back", failure.code(), Some(failure));
            tracing::error!(message_id = delivery.message_id, failure = %second, "message was not put aside");
        }
    }
    back
}

/// How long a message is put off: doubled with every delivery, and spread between half and all of it, so that
/// what failed together does not come back together.
fn delay_seconds(
    receive_count: u32,
    failure: &Failure,
    random: impl Fn(std::ops::RangeInclusive<u32>) -> u32,
) -> u32 {
    let first = match failure {
        Failure::Unavailable { retry_after_seconds, .. } => (*retry_after_seconds).max(1),
        _ => 1,
    };
    let doublings = receive_count.saturating_sub(1).min(16);
    let full = first.saturating_mul(1 << doublings).min(LONGEST_DELAY_SECONDS);
    random(full.div_ceil(2)..=full)
}

fn log(delivery: &Delivery, started: Instant, outcome: &str, reason: &str, failure: Option<&Failure>) {
    let (id, count) = (delivery.message_id.as_str(), delivery.receive_count);
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match failure {
        None => tracing::info!(message_id = id, receive_count = count, outcome, reason, ms, "message"),
        Some(failure) if failure.class() == Class::Bug => {
            tracing::error!(message_id = id, receive_count = count, outcome, reason, ms, failure = %failure, "message");
        }
        Some(failure) => {
            tracing::warn!(message_id = id, receive_count = count, outcome, reason, ms, failure = %failure, "message");
        }
    }
}

#[cfg(test)]
mod tests;
