//! `POST /local/feedback`: the municipality reports on a signal, and its platform calls back.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::provider::Provider;
use jiff::Timestamp;
use outside::webhook_signature::sign;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Platforms;
use super::ledger::Report;
use crate::failure::{Failure, Outcome, While};
use crate::problem;

/// What the municipality reports. Everything but the first two is for tests.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedbackRequest {
    pub provider_reference: String,
    /// A code such as `help_accepted.quick_fix`.
    pub outcome: String,
    #[serde(default)]
    pub text: Option<String>,
    /// The event's id, to send one again.
    #[serde(default)]
    pub id: Option<String>,
    /// When the callback is signed; now, unless it says otherwise.
    #[serde(default)]
    pub timestamp: Option<Timestamp>,
    /// When it happened; when it is signed, unless it says otherwise.
    #[serde(default)]
    pub time: Option<Timestamp>,
    /// Whose platform calls back; the one that has the signal, unless it says otherwise.
    #[serde(default)]
    pub provider: Option<Provider>,
    /// How the report reaches Tijdig: `push`, unless it says otherwise.
    #[serde(default)]
    pub via: Via,
}

/// How a report reaches Tijdig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Via {
    /// The platform calls. Whoever asks, or reads the file, finds the report as well.
    #[default]
    Push,
    /// It waits until somebody asks.
    Poll,
    /// It stands in the platform's file: `GET /local/platforms/{provider}/feedback.csv`.
    File,
}

/// Reports that one answer holds at most.
pub(super) const PAGE: usize = 50;

/// What the callback answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivered {
    pub id: String,
    pub status: u16,
    pub body: String,
}

pub(super) fn routes() -> Router<Arc<Platforms>> {
    Router::new().route("/local/feedback", post(report))
}

/// The file that this platform writes.
pub(super) fn file_routes(provider: Provider) -> Router<Arc<Platforms>> {
    let file = move |State(platforms): State<Arc<Platforms>>| async move { platforms.file_of(provider) };
    Router::new().route("/feedback.csv", get(file))
}

/// 200 with what the callback answered, whatever that was.
async fn report(State(platforms): State<Arc<Platforms>>, Json(request): Json<FeedbackRequest>) -> Response {
    if platforms.addressed(&request).is_none() {
        let detail = "No platform has a signal of this reference; name a provider to send it all the same.";
        return problem::answer(StatusCode::NOT_FOUND, detail);
    }
    match platforms.send_feedback_as(&request, platforms.now()).await {
        Ok(delivered) => Json(delivered).into_response(),
        Err(failure) => problem::answer(StatusCode::BAD_GATEWAY, &failure.to_string()),
    }
}

impl Platforms {
    /// Calls back that `outcome` happened to a signal. Answers with the callback's status and body.
    pub async fn send_feedback(
        &self,
        provider_reference: &str,
        outcome: &str,
        now: Timestamp,
    ) -> Outcome<(u16, String)> {
        let request = FeedbackRequest {
            provider_reference: provider_reference.to_owned(),
            outcome: outcome.to_owned(),
            ..FeedbackRequest::default()
        };
        self.send_feedback_as(&request, now).await.map(|delivered| (delivered.status, delivered.body))
    }

    /// The same with everything that a test may want to say itself.
    pub async fn send_feedback_as(&self, request: &FeedbackRequest, now: Timestamp) -> Outcome<Delivered> {
        let provider = self
            .addressed(request)
            .ok_or_else(|| Failure::because("no platform has a signal of this reference"))?;
        let id = match &request.id {
            Some(id) => id.clone(),
            None => format!("{provider}-feedback-{}", self.ledger.next_feedback()?),
        };
        let signed_at = request.timestamp.unwrap_or(now);
        self.ledger.keep(Report {
            provider,
            id: id.clone(),
            provider_reference: request.provider_reference.clone(),
            code: request.outcome.clone(),
            at: request.time.unwrap_or(signed_at),
        })?;
        if request.via != Via::Push {
            return Ok(Delivered { id, status: 202, body: "it waits to be asked for".to_owned() });
        }
        let body = self.event(provider, &id, request, signed_at).to_string();
        let signature =
            sign(self.keys(provider), &id, signed_at, body.as_bytes()).during("signing the callback")?;
        let base = self.settings.callback_base.trim_end_matches('/');
        let response = self
            .client
            .post(format!("{base}/callbacks/municipality/{provider}"))
            .header("content-type", "application/cloudevents+json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", signed_at.as_second().to_string())
            .header("webhook-signature", signature)
            .body(body)
            .send()
            .await
            .during("calling back")?;
        let status = response.status().as_u16();
        let body = response.text().await.during("reading the callback's answer")?;
        Ok(Delivered { id, status, body })
    }

    /// Every report of a platform, as CSV.
    fn file_of(&self, provider: Provider) -> Response {
        let mut text = "id;providerReference;code;at\r\n".to_owned();
        for report in self.ledger.all_reports(provider) {
            let Report { id, provider_reference, code, at, .. } = report;
            text.push_str(&format!("{id};{provider_reference};{code};{at}\r\n"));
        }
        ([("content-type", "text/csv; charset=utf-8")], text).into_response()
    }

    /// What is told after a mark, and the mark behind it; whether there is more.
    pub(super) fn told_after(
        &self,
        provider: Provider,
        identification: &str,
        mark: Option<&str>,
    ) -> (Vec<Report>, String, bool) {
        let from = mark.and_then(|mark| mark.parse().ok()).unwrap_or_default();
        let (reports, next) = self.ledger.reports(provider, identification, from, PAGE);
        let more = !self.ledger.reports(provider, identification, next, 1).0.is_empty();
        (reports, next.to_string(), more)
    }

    fn addressed(&self, request: &FeedbackRequest) -> Option<Provider> {
        request.provider.or_else(|| self.ledger.provider_of(&request.provider_reference))
    }

    /// CloudEvents 1.0, with exactly the fields that were agreed on.
    fn event(&self, provider: Provider, id: &str, request: &FeedbackRequest, signed_at: Timestamp) -> Value {
        json!({
            "specversion": "1.0",
            "id": id,
            "source": self.account(provider).source,
            "type": "nl.vroegsignalering.feedback",
            "time": request.time.unwrap_or(signed_at),
            "data": {
                "providerReference": request.provider_reference,
                "code": request.outcome,
                "text": request.text,
            },
        })
    }
}
