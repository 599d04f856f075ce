//! A stand-in of AWS End User Messaging: takes `SendTextMessage`, keeps the message, and tells what became of it on the
//! default bus as the service does. On request it fails in the ways that the service fails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router, body::Bytes};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Notify;

use crate::calendar::Calendar;
use crate::cloud::Cloud;
use crate::failure::{Outcome, While};
use crate::faults::{Behaviour, Fault, Faults};
use crate::messages::{Message, Messages};
use crate::sms_events::{self, OPTED_OUT};

/// Longer than any caller waits.
const NEVER: Duration = Duration::from_secs(120);
/// After the cloud did not take an event.
const TELL_AGAIN: Duration = Duration::from_secs(1);
const CHANNEL: &str = "sms";

/// The stand-in. Its messages and events survive a restart, its faults do not.
#[derive(Debug)]
pub struct SmsService {
    messages: Messages,
    calendar: Calendar,
    faults: Faults,
    /// Messages taken in, minus messages whose events are on the bus.
    untold: AtomicU64,
    taken_in: Notify,
}

/// The part of SendTextMessage's body that is used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendTextMessage {
    destination_phone_number: String,
    origination_identity: Option<String>,
    message_body: Option<String>,
    #[serde(default)]
    context: BTreeMap<String, String>,
}

impl SmsService {
    pub fn new(messages: Messages, calendar: Calendar) -> Outcome<SmsService> {
        let untold = AtomicU64::new(messages.untold(CHANNEL)?.len() as u64);
        Ok(SmsService { messages, calendar, faults: Faults::default(), untold, taken_in: Notify::new() })
    }

    /// Whether every event that may be told was told.
    pub fn is_idle(&self) -> bool {
        self.faults.holds_events() || self.untold.load(Ordering::SeqCst) == 0
    }

    /// Puts the events of every message on the bus, in order, for as long as the run lasts.
    pub async fn tell_events(&self, cloud: &Cloud) {
        loop {
            let taken_in = self.taken_in.notified();
            match self.tell_waiting(cloud).await {
                Ok(()) => taken_in.await,
                Err(failure) => {
                    eprintln!("events of text messages wait: {failure}");
                    tokio::time::sleep(TELL_AGAIN).await;
                }
            }
        }
    }

    async fn tell_waiting(&self, cloud: &Cloud) -> Outcome<()> {
        for message in self.messages.untold(CHANNEL)? {
            for kind in sms_events::kinds(&message.to) {
                if self.faults.holds_events() {
                    return Ok(());
                }
                let detail = sms_events::detail(kind, &message, self.calendar.now()?);
                cloud.put_aws_event("aws.sms-voice", "Text Message Delivery Status Updated", &detail).await?;
                self.messages.note_told(&message.id, kind)?;
            }
            self.messages.note_all_told(&message.id)?;
            self.untold.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }

    fn take(&self, request: SendTextMessage) -> Outcome<String> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).during("naming a message")?;
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let message = Message {
            id: id.clone(),
            channel: CHANNEL.to_owned(),
            from: request.origination_identity.unwrap_or_default(),
            to: request.destination_phone_number,
            text: request.message_body.unwrap_or_default(),
            pdf: None,
            context: request.context,
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

/// The service's API at `path`, as its clients call it, and how it goes wrong at `/local/sms/behaviour`.
pub fn routes(service: Arc<SmsService>, path: &str) -> Router {
    Router::new()
        .route(path, post(call))
        .route(&format!("{path}/"), post(call))
        .route("/local/sms/behaviour", post(set_behaviour))
        .with_state(service)
}

async fn set_behaviour(
    State(service): State<Arc<SmsService>>,
    Json(behaviour): Json<Behaviour>,
) -> StatusCode {
    service.faults.ask_for(&behaviour);
    service.taken_in.notify_one();
    StatusCode::NO_CONTENT
}

/// One address for all operations: a header names which.
async fn call(State(service): State<Arc<SmsService>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    if target != "PinpointSMSVoiceV2.SendTextMessage" {
        return refusal("UnknownOperationException", None);
    }
    let Ok(request) = serde_json::from_slice::<SendTextMessage>(&body) else {
        return refusal("ValidationException", Some("CANNOT_PARSE"));
    };
    if !is_number(&request.destination_phone_number) {
        return refusal("ValidationException", Some("INVALID_PARAMETER"));
    }
    if request.destination_phone_number.ends_with(OPTED_OUT) {
        return refusal("ConflictException", Some("DESTINATION_PHONE_NUMBER_OPTED_OUT"));
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
        Some(Fault::Error500) => {
            let body = Json(json!({ "__type": "InternalServerException" }));
            (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
        }
        Some(Fault::Throttle) => refusal("ThrottlingException", None),
        Some(Fault::Reject) => refusal("ValidationException", Some("INVALID_REQUEST")),
    }
}

fn answer(taken: Outcome<String>) -> Response {
    match taken {
        Ok(id) => Json(json!({ "MessageId": id })).into_response(),
        Err(failure) => {
            let body = Json(json!({ "__type": "InternalServerException", "Message": failure.to_string() }));
            (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
        }
    }
}

fn refusal(kind: &str, reason: Option<&str>) -> Response {
    let body = json!({ "__type": kind, "Reason": reason, "Message": "refused by the stand-in" });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// In the form of E.164.
fn is_number(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|digits| (8..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit()))
}
