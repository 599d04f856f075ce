//! Feedback from municipalities: verified, applied exactly once, acknowledged. Pauses and resumes follow from it.
//!
//! 202 applied, applied already, or kept because the reference is not known (yet); 400 a body that is none; 401 a
//! signature that does not hold, without a word on why.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use contracts::failure::Failure;
use domain::Violation;
use domain::provider::Provider;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use outside::platform::RawReport;
use outside::webhook_signature::{Keys, verify};
use records::Records;
use runtime::clock::Clock;
use runtime::http::{ApiError, Path};
use serde::Deserialize;
use store::Store;

/// Type of the CloudEvents that are feedback.
const FEEDBACK_TYPE: &str = "nl.vroegsignalering.feedback";

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Callbacks {
    pub store: Store,
    pub clock: Clock,
    pub bkr: Sender,
    pub inforing: Sender,
}

/// How a provider proves that it is the sender.
#[derive(Debug, Clone)]
pub struct Sender {
    pub keys: Keys,
    /// The `source` that its events carry: a key is good for this one only.
    pub source: String,
}

/// A CloudEvents 1.0 envelope (NL GOV profile). Extension attributes are allowed, as the standard does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct CloudEvent {
    specversion: String,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    time: Timestamp,
    data: FeedbackData,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FeedbackData {
    provider_reference: String,
    code: String,
    /// Free text of the municipality: read over, never kept, since a reason is not ours to know.
    #[serde(default, rename = "text")]
    _text: Option<String>,
}

pub fn router(callbacks: Callbacks) -> Router {
    Router::new().route("/callbacks/municipality/{provider}", post(receive)).with_state(callbacks)
}

async fn receive(
    State(callbacks): State<Callbacks>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    let refused = || ApiError::status(StatusCode::UNAUTHORIZED, "unauthorized", "Not accepted");
    let provider: Provider = provider.parse().map_err(|_| refused())?;
    let sender = callbacks.sender(provider);
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (webhook, timestamp, signature) =
        (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let now = callbacks.clock.now()?;
    verify(&sender.keys, webhook, timestamp, signature, &raw, now).map_err(|_| refused())?;
    let event: CloudEvent = runtime::json::from_slice(&raw)?;
    if event.source != sender.source {
        return Err(refused());
    }
    let report = event.report()?;
    callbacks.records().take_report(provider, Some(webhook), &report).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

impl CloudEvent {
    /// What it reports, or everything that is wrong with it.
    fn report(self) -> Result<RawReport, Failure> {
        let mut violations = Vec::new();
        if self.specversion != "1.0" {
            violations.push(Violation::new("specversion", "unsupported", "is 1.0"));
        }
        if self.kind != FEEDBACK_TYPE {
            violations.push(Violation::new("type", "unsupported", format!("is {FEEDBACK_TYPE}")));
        }
        let report = RawReport {
            id: Some(self.id),
            reference: self.data.provider_reference,
            code: self.data.code,
            at: self.time,
        };
        violations.extend(report.check(["id", "data.providerReference", "data.code"]));
        if violations.is_empty() { Ok(report) } else { Err(Failure::BadInput(violations)) }
    }
}

impl Callbacks {
    fn sender(&self, provider: Provider) -> &Sender {
        match provider {
            Provider::Bkr => &self.bkr,
            Provider::Inforing => &self.inforing,
        }
    }

    fn records(&self) -> Records {
        Records { store: self.store.clone(), clock: self.clock.clone() }
    }
}
