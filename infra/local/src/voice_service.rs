//! A stand-in of Amazon Connect: takes `StartOutboundVoiceContact`, keeps what the flow would say, tells how the call ended on the
//! default bus as the service does, and answers `GetContactAttributes`. On request it fails in the ways that the service fails.
//!
//! No administration of the demonstration has a line: `{"voice": {"instanceId": "local", "contactFlowId": "reminder",
//! "sourcePhoneNumber": "+31301234567"}}` in its settings gives it one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router, body::Bytes};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::calendar::Calendar;
use crate::cloud::{ACCOUNT, Cloud, REGION};
use crate::failure::{Outcome, While};
use crate::faults::{Behaviour, Fault, Faults};
use crate::messages::{Message, Messages};

/// The one instance that there is.
pub const INSTANCE: &str = "local";

/// Longer than any caller waits.
const NEVER: Duration = Duration::from_secs(120);
/// After the cloud did not take an event.
const TELL_AGAIN: Duration = Duration::from_secs(1);
const CHANNEL: &str = "voice";

/// Why a call ended that nobody answered, by the last digits of its number.
const FATES: [(&str, &str); 3] =
    [("0001", "TELECOM_NUMBER_INVALID"), ("0003", "CUSTOMER_NEVER_ARRIVED"), ("0004", "TELECOM_BUSY")];

/// Of a call to a number that ends in this nothing is ever told.
const SILENT: &str = "0006";
/// Calls to numbers that end in this are not allowed.
const NOT_ALLOWED: &str = "0009";

/// The stand-in. Its calls and events survive a restart, its faults do not.
#[derive(Debug)]
pub struct VoiceService {
    messages: Messages,
    calendar: Calendar,
    faults: Faults,
    /// Calls taken in, minus calls whose end is on the bus.
    untold: AtomicU64,
    taken_in: Notify,
}

/// The part of the body that is used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StartOutboundVoiceContact {
    instance_id: String,
    contact_flow_id: String,
    destination_phone_number: String,
    source_phone_number: Option<String>,
    queue_id: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

impl VoiceService {
    pub fn new(messages: Messages, calendar: Calendar) -> Outcome<VoiceService> {
        let untold = AtomicU64::new(messages.untold(CHANNEL)?.len() as u64);
        let (faults, taken_in) = (Faults::default(), Notify::new());
        Ok(VoiceService { messages, calendar, faults, untold, taken_in })
    }

    /// Whether every end that may be told was told.
    pub fn is_idle(&self) -> bool {
        self.faults.holds_events() || self.untold.load(Ordering::SeqCst) == 0
    }

    /// Puts how each call ended on the bus, for as long as the run lasts.
    pub async fn tell_events(&self, cloud: &Cloud) {
        loop {
            let taken_in = self.taken_in.notified();
            match self.tell_waiting(cloud).await {
                Ok(()) => taken_in.await,
                Err(failure) => {
                    eprintln!("events of calls wait: {failure}");
                    tokio::time::sleep(TELL_AGAIN).await;
                }
            }
        }
    }

    async fn tell_waiting(&self, cloud: &Cloud) -> Outcome<()> {
        for call in self.messages.untold(CHANNEL)? {
            if self.faults.holds_events() {
                return Ok(());
            }
            if !call.to.ends_with(SILENT) {
                let (end, reason) = ended(&call);
                cloud.put_aws_event("aws.connect", "Amazon Connect Contact Event", &end).await?;
                self.messages.note_told(&call.id, reason)?;
            }
            self.messages.note_all_told(&call.id)?;
            self.untold.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }

    fn take(&self, request: StartOutboundVoiceContact) -> Outcome<String> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).during("naming a call")?;
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let said: Vec<String> =
            request.attributes.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let message = Message {
            id: id.clone(),
            channel: CHANNEL.to_owned(),
            from: request.source_phone_number.or(request.queue_id).unwrap_or_default(),
            to: request.destination_phone_number,
            text: format!("flow {} with {}", request.contact_flow_id, said.join(", ")),
            pdf: None,
            context: request.attributes,
            sent_at: self.calendar.now()?,
        };
        self.untold.fetch_add(1, Ordering::SeqCst);
        if let Err(failure) = self.messages.take(message) {
            self.untold.fetch_sub(1, Ordering::SeqCst);
            return Err(failure);
        }
        self.taken_in.notify_one();
        Ok(id)
    }
}

/// The detail of the event that tells how a call ended, and why in one word. It does not name the number.
fn ended(call: &Message) -> (Value, &'static str) {
    let fate = FATES.iter().find(|(digits, _)| call.to.ends_with(digits));
    let reason = fate.map_or("CUSTOMER_DISCONNECT", |(_, reason)| *reason);
    let at = call.sent_at.to_string();
    let mut detail = json!({
        "eventType": "DISCONNECTED",
        "contactId": call.id,
        "channel": "VOICE",
        "instanceArn": format!("arn:aws:connect:{REGION}:{ACCOUNT}:instance/{INSTANCE}"),
        "initiationMethod": "API",
        "initiationTimestamp": at,
        "disconnectTimestamp": at,
        "disconnectReason": reason,
    });
    if fate.is_none() {
        detail["connectedToSystemTimestamp"] = json!(at);
    }
    (detail, reason)
}

/// The service's API below `path`, as its clients call it, and how it goes wrong at `/local/voice/behaviour`.
pub fn routes(service: Arc<VoiceService>, path: &str) -> Router {
    Router::new()
        .route(&format!("{path}/contact/outbound-voice"), put(start))
        .route(&format!("{path}/contact/attributes/{{instance}}/{{contact}}"), get(attributes))
        .route("/local/voice/behaviour", post(set_behaviour))
        .with_state(service)
}

async fn set_behaviour(
    State(service): State<Arc<VoiceService>>,
    Json(behaviour): Json<Behaviour>,
) -> StatusCode {
    service.faults.ask_for(&behaviour);
    service.taken_in.notify_one();
    StatusCode::NO_CONTENT
}

async fn start(State(service): State<Arc<VoiceService>>, body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice::<StartOutboundVoiceContact>(&body) else {
        return refusal(StatusCode::BAD_REQUEST, "InvalidRequestException");
    };
    if request.instance_id != INSTANCE {
        return refusal(StatusCode::NOT_FOUND, "ResourceNotFoundException");
    }
    if request.destination_phone_number.ends_with(NOT_ALLOWED) {
        return refusal(StatusCode::FORBIDDEN, "DestinationNotAllowedException");
    }
    match service.faults.take() {
        None => answer(service.take(request)),
        Some(Fault::TimeoutAfterAccepting) => {
            let accepted = service.take(request);
            // The caller gives up long before.
            tokio::time::sleep(NEVER).await;
            answer(accepted)
        }
        Some(Fault::Timeout) => {
            tokio::time::sleep(NEVER).await;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Some(Fault::Error500) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceException"),
        Some(Fault::Throttle) => refusal(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException"),
        Some(Fault::Reject) => refusal(StatusCode::BAD_REQUEST, "InvalidParameterException"),
    }
}

async fn attributes(
    State(service): State<Arc<VoiceService>>,
    Path((instance, contact)): Path<(String, String)>,
) -> Response {
    let all = match service.messages.all() {
        Ok(all) => all,
        Err(_) => return refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceException"),
    };
    let call = all.into_iter().map(|shown| shown.message).find(|m| m.channel == CHANNEL && m.id == contact);
    match call.filter(|_| instance == INSTANCE) {
        Some(call) => Json(json!({ "Attributes": call.context })).into_response(),
        None => refusal(StatusCode::NOT_FOUND, "ResourceNotFoundException"),
    }
}

fn answer(taken: Outcome<String>) -> Response {
    match taken {
        Ok(id) => Json(json!({ "ContactId": id })).into_response(),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceException"),
    }
}

fn refusal(status: StatusCode, kind: &str) -> Response {
    let body = json!({ "__type": kind, "Message": "refused by the stand-in" });
    (status, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_decides_how_a_call_ends() {
        let table = [
            ("+31612345678", "CUSTOMER_DISCONNECT", true),
            ("+31612340003", "CUSTOMER_NEVER_ARRIVED", false),
            ("+31612340004", "TELECOM_BUSY", false),
        ];
        for (to, expected, answered) in table {
            let call = Message {
                id: "c".to_owned(),
                channel: CHANNEL.to_owned(),
                from: String::new(),
                to: to.to_owned(),
                text: String::new(),
                pdf: None,
                context: BTreeMap::new(),
                sent_at: jiff::Timestamp::UNIX_EPOCH,
            };
            let (detail, reason) = ended(&call);
            assert_eq!(
                (reason, detail.get("connectedToSystemTimestamp").is_some()),
                (expected, answered),
                "{to}"
            );
            assert!(!detail.to_string().contains(to), "{detail}");
        }
    }
}
