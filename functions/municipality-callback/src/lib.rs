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
use domain::dossier::Draft;
use domain::feedback::Outcome;
use domain::holding;
use domain::provider::Provider;
use domain::reporting;
use domain::signal::Feedback;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use outside::webhook_signature::{Keys, verify};
use runtime::clock::Clock;
use runtime::http::{ApiError, Path};
use serde::Deserialize;
use store::{Along, SignalOwner, Store, WEBHOOK_MEMORY, until_no_conflict};

/// Type of the CloudEvents that are feedback.
const FEEDBACK_TYPE: &str = "nl.vroegsignalering.feedback";

/// Longest id of a webhook, an event or a reference, in characters.
const LONGEST_ID: usize = 200;

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
    let event = event.check()?;
    callbacks.apply(provider, webhook, event).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

impl CloudEvent {
    fn check(self) -> Result<CloudEvent, Failure> {
        let mut violations = Vec::new();
        if self.specversion != "1.0" {
            violations.push(Violation::new("specversion", "unsupported", "is 1.0"));
        }
        if self.kind != FEEDBACK_TYPE {
            violations.push(Violation::new("type", "unsupported", format!("is {FEEDBACK_TYPE}")));
        }
        let named = [
            ("id", &self.id),
            ("data.providerReference", &self.data.provider_reference),
            ("data.code", &self.data.code),
        ];
        for (path, text) in named {
            let plain = text.chars().all(|c| c.is_ascii_graphic() && c != '#');
            if text.is_empty() || text.len() > LONGEST_ID || !plain {
                let detail = "has 1 to 200 visible ASCII characters, without '#'";
                violations.push(Violation::new(path, "not_an_id", detail));
            }
        }
        if violations.is_empty() { Ok(self) } else { Err(Failure::BadInput(violations)) }
    }
}

impl Callbacks {
    fn sender(&self, provider: Provider) -> &Sender {
        match provider {
            Provider::Bkr => &self.bkr,
            Provider::Inforing => &self.inforing,
        }
    }

    /// Applies one verified report. A webhook that was applied before changes nothing, but it too is acknowledged only
    /// when nothing that it holds can still leave: the first one may have died while it waited for that.
    async fn apply(&self, provider: Provider, webhook: &str, event: CloudEvent) -> Result<(), Failure> {
        let reference = event.data.provider_reference;
        let feedback = Feedback {
            id: event.id,
            at: event.time,
            outcome: Outcome::from_code(&event.data.code),
            raw_code: event.data.code,
        };
        let now = self.clock.now()?;
        match self.store.signal_owner(provider, &reference).await? {
            Some(owner) => self.apply_to(provider, webhook, &owner, &feedback).await,
            // The receipt may be on its way still; if it never comes, a person looks.
            None => {
                self.store.keep_early_feedback(provider, &reference, &feedback, now).await?;
                // Between look-up and keeping, the receipt may have been stored: then nobody else would find it.
                match self.store.signal_owner(provider, &reference).await? {
                    Some(owner) => self.apply_to(provider, webhook, &owner, &feedback).await,
                    None => Ok(()),
                }
            }
        }
    }

    async fn apply_to(
        &self,
        provider: Provider,
        webhook: &str,
        owner: &SignalOwner,
        feedback: &Feedback,
    ) -> Result<(), Failure> {
        let SignalOwner { administration, signal } = owner;
        let settings = self.store.administration(administration).await?;
        let settings = settings.ok_or_else(|| Failure::bug("a signal's administration is gone"))?.value;
        let debtor = signal.debtor().ok_or_else(|| Failure::bug("a signal's id names no debtor"))?;
        let by = format!("municipality/{provider}");
        let applied = until_no_conflict(|| async {
            if self.store.webhook_seen(provider, webhook).await? {
                return Ok(());
            }
            let known = self.store.dossier(administration, &debtor).await?;
            let known = known.ok_or_else(|| Failure::bug("a signal's dossier is gone"))?;
            let now = self.clock.now()?;
            let mut draft = Draft::of(known.value, now, &by);
            if !reporting::apply_feedback(&mut draft, signal, feedback.clone())? {
                return Ok(());
            }
            holding::name_resumption(&mut draft, &settings);
            let until = now + WEBHOOK_MEMORY;
            let along = vec![Along::WebhookSeen { provider, id: webhook.to_owned(), until }];
            self.store.commit(&settings, &draft, Some(known.version), along).await?;
            Ok(())
        });
        applied.await?;
        self.store.wait_for_calls(administration, &debtor, &|| self.clock.now().ok()).await?;
        Ok(())
    }
}
