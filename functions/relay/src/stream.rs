//! The table's stream as Lambda delivers it: only what is needed of it.
//!
//! The ready-made types decode every attribute of every item, the packed documents included; here all but three are
//! skipped unread.

use serde::{Deserialize, Serialize};

/// A batch of the stream.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// One write to the table.
#[derive(Debug, Deserialize)]
pub struct Record {
    /// `INSERT`, `MODIFY` or `REMOVE`.
    #[serde(rename = "eventName")]
    pub event_name: String,
    #[serde(rename = "dynamodb")]
    pub change: Change,
}

/// What a write did.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// The record's place in the stream: what a failure is reported by.
    pub sequence_number: String,
    pub new_image: Option<Image>,
}

/// The attributes of an item that make it an event.
#[derive(Debug, Deserialize)]
pub struct Image {
    detail_type: Option<Text>,
    detail: Option<Text>,
    at: Option<Text>,
}

/// An attribute, if it is text.
#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: Option<String>,
}

impl Record {
    /// The type, detail and time of the event that this write put on the timeline, if it did.
    pub fn outgoing(&self) -> Option<(&str, &str, &str)> {
        let image = self.change.new_image.as_ref().filter(|_| self.event_name == "INSERT")?;
        Some((read(&image.detail_type)?, read(&image.detail)?, read(&image.at)?))
    }
}

fn read(attribute: &Option<Text>) -> Option<&str> {
    attribute.as_ref()?.text.as_deref()
}

/// Where the stream has to go on from: nothing if after this batch.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamResponse {
    batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

impl StreamResponse {
    /// This record and all after it are to be delivered again.
    pub fn failed_from(sequence_number: &str) -> StreamResponse {
        let item_identifier = sequence_number.to_owned();
        StreamResponse { batch_item_failures: vec![BatchItemFailure { item_identifier }] }
    }
}
