//! What happens to a message that was not done.

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;
use contracts::failure::Failure;

use crate::aws::unavailable;
use crate::config::ConfigError;
use crate::start::Start;

/// Address of the queue that the function reads, to put off what it cannot do yet.
pub const QUEUE_URL: &str = "TIJDIG_QUEUE_URL";

/// Address of that queue's dead-letter queue.
pub const DEAD_LETTER_URL: &str = "TIJDIG_DEAD_LETTER_URL";

/// A message that is never going to be done as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked<'a> {
    /// The queue's id of the message, which its copy does not keep.
    pub message_id: &'a str,
    pub body: &'a str,
    /// Why: the failure's code.
    pub reason: &'a str,
    /// Why in words, without personal data.
    pub explanation: String,
}

/// Puts messages aside and off.
#[async_trait]
pub trait Parking: Send + Sync {
    /// Moves a message to where a person looks at it.
    async fn park(&self, message: Parked<'_>) -> Result<(), Failure>;

    /// Keeps a message from being delivered for so many seconds from now. `receipt` is this delivery's handle.
    async fn postpone(&self, receipt: &str, seconds: u32) -> Result<(), Failure>;
}

/// Parks in a queue's dead-letter queue.
#[derive(Debug, Clone)]
pub struct SqsParking {
    client: Client,
    function: &'static str,
    queue_url: String,
    dead_letter_url: String,
}

impl SqsParking {
    /// Needs `TIJDIG_QUEUE_URL` and `TIJDIG_DEAD_LETTER_URL`.
    pub fn new(start: &Start) -> Result<SqsParking, ConfigError> {
        Ok(SqsParking {
            client: Client::new(&start.aws),
            function: start.function,
            queue_url: start.environment.text(QUEUE_URL)?.to_owned(),
            dead_letter_url: start.environment.text(DEAD_LETTER_URL)?.to_owned(),
        })
    }
}

#[async_trait]
impl Parking for SqsParking {
    async fn park(&self, message: Parked<'_>) -> Result<(), Failure> {
        self.client
            .send_message()
            .queue_url(&self.dead_letter_url)
            .message_body(message.body)
            .message_attributes("function", text(self.function)?)
            .message_attributes("reason", text(message.reason)?)
            .message_attributes("explanation", text(&message.explanation)?)
            .message_attributes("message_id", text(message.message_id)?)
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable("sqs SendMessage", &error))
    }

    async fn postpone(&self, receipt: &str, seconds: u32) -> Result<(), Failure> {
        let seconds = i32::try_from(seconds).map_err(|_| Failure::bug("a delay of more than an i32"))?;
        self.client
            .change_message_visibility()
            .queue_url(&self.queue_url)
            .receipt_handle(receipt)
            .visibility_timeout(seconds)
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable("sqs ChangeMessageVisibility", &error))
    }
}

fn text(value: &str) -> Result<MessageAttributeValue, Failure> {
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(attribute(value))
        .build()
        .map_err(|error| Failure::bug(error.to_string()))
}

/// A queue refuses an attribute that is empty or has control characters.
fn attribute(value: &str) -> String {
    const LONGEST: usize = 1000;
    let plain = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect::<String>();
    if plain.is_empty() { "-".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_what_a_queue_takes() {
        let long = "x".repeat(2000);
        let table = [("bad_input", "bad_input"), ("", "-"), ("a\nb\0c", "a b c"), (&long, &long[..1000])];
        for (value, expected) in table {
            assert_eq!(attribute(value), expected);
        }
    }
}
