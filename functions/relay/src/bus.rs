//! The bus on EventBridge.

use async_trait::async_trait;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contracts::bus::SOURCE;
use contracts::failure::Failure;
use runtime::Start;
use runtime::aws::unavailable;
use runtime::config::ConfigError;

use crate::{Bus, Entry};

/// Name of the bus.
pub const BUS: &str = "TIJDIG_BUS";

/// The bus that `TIJDIG_BUS` names.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Client,
    name: String,
}

impl EventBridge {
    pub fn new(start: &Start) -> Result<EventBridge, ConfigError> {
        Ok(EventBridge { client: Client::new(&start.aws), name: start.environment.text(BUS)?.to_owned() })
    }

    fn request(&self, entry: &Entry) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(&entry.detail_type)
            .detail(&entry.detail)
            .time(DateTime::from_millis(entry.at.as_millisecond()))
            .build()
    }
}

#[async_trait]
impl Bus for EventBridge {
    async fn put(&self, entries: &[&Entry]) -> Result<Vec<Option<String>>, Failure> {
        let requests = entries.iter().map(|entry| self.request(entry)).collect();
        let answer = self.client.put_events().set_entries(Some(requests)).send().await;
        let answer = answer.map_err(|error| unavailable("events PutEvents", &error))?;
        Ok(answer.entries.unwrap_or_default().into_iter().map(|result| result.error_code).collect())
    }
}
