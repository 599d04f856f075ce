//! Queues and dead-letter queues in memory, and batches as functions get them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use contracts::failure::Failure;
use runtime::hints::Hints;
use runtime::invoke::Deadline;
use runtime::queue::{Parked, Parking};

use crate::perils::Perils;

/// A queue in memory, which also remembers everything that was ever put on it.
#[derive(Debug)]
pub struct Queue {
    perils: Arc<Perils>,
    waiting: Mutex<VecDeque<String>>,
    ever: Mutex<Vec<String>>,
    put_off: Mutex<Vec<(Duration, String)>>,
    loses: AtomicUsize,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    pub(crate) fn new(perils: &Arc<Perils>) -> Arc<Queue> {
        Arc::new(Queue {
            perils: perils.clone(),
            waiting: Mutex::default(),
            ever: Mutex::default(),
            put_off: Mutex::default(),
            loses: AtomicUsize::new(0),
        })
    }

    pub(crate) fn take(&self) -> Option<String> {
        lock(&self.waiting).pop_front()
    }

    /// Loses the next messages that are put on it.
    pub fn lose(&self, messages: usize) {
        self.loses.store(messages, Ordering::SeqCst);
    }

    pub fn push(&self, body: String) {
        lock(&self.ever).push(body.clone());
        if self.loses.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return;
        }
        lock(&self.waiting).push_back(body);
    }

    /// A message that was not done comes back.
    pub(crate) fn give_back(&self, body: String) {
        lock(&self.waiting).push_back(body);
    }

    /// What is to be put on it so much later: whoever moves the calendar does that.
    pub(crate) fn take_put_off(&self) -> Vec<(Duration, String)> {
        std::mem::take(&mut lock(&self.put_off))
    }

    /// Every body that was ever put on it.
    pub fn ever(&self) -> Vec<String> {
        lock(&self.ever).clone()
    }
}

#[async_trait]
impl Hints for Queue {
    async fn put(&self, bodies: Vec<String>) -> Result<(), Failure> {
        if bodies.is_empty() {
            return Ok(());
        }
        let lost = Err(Failure::unavailable("no answer of the queue"));
        self.perils
            .step("hints", lost, async {
                bodies.into_iter().for_each(|body| self.push(body));
                Ok(())
            })
            .await
    }

    async fn put_later(&self, body: String, after: Duration) -> Result<(), Failure> {
        let lost = Err(Failure::unavailable("no answer of the queue"));
        self.perils
            .step("hints", lost, async {
                lock(&self.put_off).push((after, body));
                Ok(())
            })
            .await
    }
}

/// The dead-letter queues.
#[derive(Debug, Default)]
pub struct DeadLetters(Mutex<Vec<DeadLetter>>);

/// A message that is never going to be done as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    pub message_id: String,
    pub body: String,
    pub reason: String,
    pub explanation: String,
}

impl DeadLetters {
    pub fn all(&self) -> Vec<DeadLetter> {
        lock(&self.0).clone()
    }
}

#[async_trait]
impl Parking for DeadLetters {
    async fn park(&self, message: Parked<'_>) -> Result<(), Failure> {
        lock(&self.0).push(DeadLetter {
            message_id: message.message_id.to_owned(),
            body: message.body.to_owned(),
            reason: message.reason.to_owned(),
            explanation: message.explanation,
        });
        Ok(())
    }

    async fn postpone(&self, _receipt: &str, _seconds: u32) -> Result<(), Failure> {
        Ok(())
    }
}

/// Messages as a function gets them, named `0`, `1` and so on.
pub fn batch(bodies: &[String]) -> SqsEvent {
    let mut event = SqsEvent::default();
    for (number, body) in bodies.iter().enumerate() {
        let mut message = SqsMessage::default();
        message.message_id = Some(number.to_string());
        message.receipt_handle = Some(format!("receipt {number}"));
        message.body = Some(body.clone());
        event.records.push(message);
    }
    event
}

/// Time enough.
pub fn deadline() -> Deadline {
    Deadline::at(SystemTime::now() + Duration::from_secs(300))
}
