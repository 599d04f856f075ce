//! Hints to queues: messages that say which dossier to look at, and nothing else.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use contracts::failure::Failure;
use serde::Serialize;

/// Messages that one call to SQS takes.
const BATCH: usize = 10;

/// The longest that SQS puts a message off.
const LATEST: Duration = Duration::from_secs(900);

/// Times that entries which the queue refused are offered again.
const MOST_TRIES: u32 = 3;

/// Puts hints on one queue.
#[async_trait]
pub trait Hints: Send + Sync + std::fmt::Debug {
    /// Puts all of these bodies on the queue. A failure may come after some of them were put: hints may be repeated.
    async fn put(&self, bodies: Vec<String>) -> Result<(), Failure>;

    /// Puts one that is not seen before so much time has passed, at most a quarter of an hour. A queue that cannot do that
    /// loses it: whatever is due is found by a schedule too.
    async fn put_later(&self, _body: String, _after: Duration) -> Result<(), Failure> {
        Ok(())
    }
}

/// Puts one hint, as JSON.
pub async fn hint<T: Serialize>(queue: &dyn Hints, message: &T) -> Result<(), Failure> {
    hint_all(queue, std::slice::from_ref(message)).await
}

/// Puts one hint that is not seen before so much time has passed, as JSON.
pub async fn hint_later<T: Serialize>(
    queue: &dyn Hints,
    message: &T,
    after: Duration,
) -> Result<(), Failure> {
    let body = serde_json::to_string(message);
    queue.put_later(body.map_err(|e| Failure::bug(format!("a hint cannot be written: {e}")))?, after).await
}

/// Puts hints, as JSON.
pub async fn hint_all<T: Serialize>(queue: &dyn Hints, messages: &[T]) -> Result<(), Failure> {
    let bodies: Result<Vec<String>, _> = messages.iter().map(serde_json::to_string).collect();
    queue.put(bodies.map_err(|e| Failure::bug(format!("a hint cannot be written: {e}")))?).await
}

/// An SQS queue, in batches of ten, with the result of each entry checked.
#[derive(Debug, Clone)]
pub struct SqsHints {
    client: Client,
    queue_url: String,
}

impl SqsHints {
    pub fn new(client: Client, queue_url: String) -> SqsHints {
        SqsHints { client, queue_url }
    }

    /// Puts at most ten. Gives back those that the queue did not take.
    async fn put_batch(&self, bodies: &[String]) -> Result<Vec<String>, Failure> {
        let mut entries = Vec::with_capacity(bodies.len());
        for (i, body) in bodies.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder().id(i.to_string()).message_body(body);
            entries.push(entry.build().map_err(|e| Failure::bug(format!("a hint is incomplete: {e}")))?);
        }
        let sent = self
            .client
            .send_message_batch()
            .queue_url(&self.queue_url)
            .set_entries(Some(entries))
            .send()
            .await;
        let answer = sent.map_err(|e| Failure::unavailable(format!("the queue did not take hints: {e}")))?;
        let refused = answer.failed().iter().filter_map(|f| f.id().parse::<usize>().ok());
        Ok(refused.filter_map(|i| bodies.get(i).cloned()).collect())
    }
}

#[async_trait]
impl Hints for SqsHints {
    async fn put(&self, bodies: Vec<String>) -> Result<(), Failure> {
        for batch in bodies.chunks(BATCH) {
            let mut left = batch.to_vec();
            for _ in 0..MOST_TRIES {
                left = self.put_batch(&left).await?;
                if left.is_empty() {
                    break;
                }
            }
            if !left.is_empty() {
                return Err(Failure::unavailable("the queue refused hints three times"));
            }
        }
        Ok(())
    }

    async fn put_later(&self, body: String, after: Duration) -> Result<(), Failure> {
        let seconds = i32::try_from(after.min(LATEST).as_secs()).unwrap_or_default();
        let sent = self.client.send_message().queue_url(&self.queue_url).message_body(body);
        let sent = sent.delay_seconds(seconds).send().await;
        sent.map(|_| ()).map_err(|e| Failure::unavailable(format!("the queue did not take a hint: {e}")))
    }
}
