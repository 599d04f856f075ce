//! Carries each new entry of a timeline from the table's stream to the bus.
//!
//! The timeline is the outbox: whoever commits writes the entry with the change, and this function is what publishes
//! it. A stream record is carried if it is new and has `detail_type`, `detail` and `at`; every other write passes by.
//!
//! Records of one debtor come in the order in which they were committed, and go out in it. Where one cannot be put on
//! the bus, the batch ends there: the stream delivers that record and all after it again. So an event may be on the
//! bus twice, which changes nothing, since events are hints.

use async_trait::async_trait;
use contracts::failure::Failure;
use jiff::Timestamp;

pub mod bus;
pub mod stream;

use stream::{Record, StreamEvent, StreamResponse};

/// Entries that the bus takes in one call.
const ENTRIES_A_CALL: usize = 10;

/// How often an entry is offered to the bus in one invocation.
const ATTEMPTS: u32 = 3;

/// One event for the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub detail_type: String,
    /// JSON: ids, no personal data.
    pub detail: String,
    /// When it happened.
    pub at: Timestamp,
}

/// Where events go.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Offers at most ten entries. Answers one result for each, in order: nothing where it was taken, else the code
    /// of the error. A failure means that it is unknown of all.
    async fn put(&self, entries: &[&Entry]) -> Result<Vec<Option<String>>, Failure>;
}

/// Carries a batch of the stream to the bus.
pub async fn relay(bus: &dyn Bus, event: StreamEvent) -> StreamResponse {
    let entries = event.records.iter().filter_map(|record| entry(record).map(|entry| (record, entry)));
    let entries = entries.collect::<Vec<_>>();
    for chunk in entries.chunks(ENTRIES_A_CALL) {
        if let Some(first) = put(bus, chunk).await {
            return StreamResponse::failed_from(&chunk[first].0.change.sequence_number);
        }
    }
    tracing::info!(records = event.records.len(), relayed = entries.len(), "relayed");
    StreamResponse::default()
}

/// The event that a record carries, if it carries one.
fn entry(record: &Record) -> Option<Entry> {
    let (detail_type, detail, at) = record.outgoing()?;
    match at.parse() {
        Ok(at) => Some(Entry { detail_type: detail_type.to_owned(), detail: detail.to_owned(), at }),
        // Trying again would stop the stream for good; the entry itself is safe on the timeline.
        Err(error) => {
            let sequence_number = &record.change.sequence_number;
            tracing::error!(sequence_number, detail_type, error = %error, "an entry's time cannot be read: passed over");
            None
        }
    }
}

/// Offers entries until all are taken or the attempts are used up. The place of the first that was not taken.
async fn put(bus: &dyn Bus, chunk: &[(&Record, Entry)]) -> Option<usize> {
    let mut left = (0..chunk.len()).collect::<Vec<_>>();
    for attempt in 1..=ATTEMPTS {
        let offered = left.iter().map(|index| &chunk[*index].1).collect::<Vec<_>>();
        let results = match bus.put(&offered).await {
            Ok(results) if results.len() == left.len() => results,
            Ok(results) => {
                let counts = format!("{} results for {} entries", results.len(), left.len());
                tracing::error!(attempt, failure = counts, "the bus was not clear");
                continue;
            }
            Err(failure) => {
                tracing::warn!(attempt, failure = %failure, "the bus took nothing");
                continue;
            }
        };
        let refused = left.iter().zip(results).filter_map(|(index, code)| code.map(|code| (*index, code)));
        let refused = refused.collect::<Vec<_>>();
        for (index, code) in &refused {
            let sequence_number = &chunk[*index].0.change.sequence_number;
            tracing::warn!(attempt, sequence_number, code, "the bus refused an entry");
        }
        left = refused.into_iter().map(|(index, _)| index).collect();
        if left.is_empty() {
            return None;
        }
    }
    left.first().copied()
}

#[cfg(test)]
mod tests;
