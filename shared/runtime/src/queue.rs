//! One message at a time from a queue.
//!
//! A function says what it does with one message ([`QueueHandler`]); this module takes batches apart, keeps one
//! bad message from failing its neighbours, and gives every failure the treatment of its class:
//!
//! | Class | What happens to the message |
//! |---|---|
//! | `BadInput`, `Rejected`, `Bug` | parked: moved to the dead-letter queue with its reason; trying again changes nothing |
//! | `Conflict` | tried again at once, three times; then it comes back later |
//! | `Unavailable` | comes back later, each time later than before |
//!
//! A body is the message as JSON, or an event of the bus, whose `detail` is the message then. Messages are
//! hints: extra fields are the sender's business.
//!
//! A handler that panics has failed with a bug and its neighbours go on; that needs a profile that unwinds.

mod batch;
mod body;
mod parking;

use async_trait::async_trait;
use aws_lambda_events::sqs::SqsEvent;
use contracts::failure::Failure;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;

pub use batch::handle_batch;
pub use parking::{Parked, Parking, SqsParking};

use crate::invoke::Deadline;

/// Does what one message hints at.
#[async_trait]
pub trait QueueHandler<M>: Send + Sync {
    /// Loads, decides, commits. May get the same message again, late, or twice at once.
    async fn handle(&self, message: M, delivery: &Delivery) -> Result<Handled, Failure>;
}

/// What is known of a message beside its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The queue's id of the message.
    pub message_id: String,
    /// How often it was delivered, this time included: 1 and up.
    pub receive_count: u32,
    /// When it was put on the queue, by the queue's clock.
    pub sent_at: Option<Timestamp>,
    /// The event's `detail-type`, for a message that came over the bus.
    pub detail_type: Option<String>,
}

/// How a message ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// Something was done; what, as a fixed word for the log.
    Done(&'static str),
    /// There was nothing to do; why, as a fixed word for the log.
    Skipped(&'static str),
}

/// Answers batches by `handler` until the process is ended.
pub async fn run<M, H>(handler: H, parking: impl Parking) -> Result<(), Error>
where
    M: DeserializeOwned + Send,
    H: QueueHandler<M>,
{
    let (handler, parking) = (&handler, &parking);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        let deadline = Deadline::at(event.context.deadline());
        Ok::<_, Error>(handle_batch(handler, parking, event.payload, deadline).await)
    }))
    .await
}
