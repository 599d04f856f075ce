//! Misbehaviour on demand: `POST /local/platforms/{provider}/behaviour {"next": "timeout", "times": 2}`.

use std::future::pending;
use std::io;
use std::sync::{Arc, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use domain::provider::Provider;
use serde::{Deserialize, Serialize};

use super::Platforms;
use super::check::Fault;
use super::ledger::{Received, Taken};
use crate::problem;

/// What the next authenticated requests meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Behaviour {
    /// No answer, and nothing taken in.
    Timeout,
    /// Taken in, and no answer.
    TimeoutAfterAccepting,
    /// Status 500, and nothing taken in.
    Error500,
    /// The connection closes without an answer, and nothing is taken in.
    Reset,
    /// Refused, whatever it says.
    Refuse,
}

#[derive(Debug)]
pub(super) struct Planned {
    provider: Provider,
    next: Behaviour,
    times: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Plan {
    next: Behaviour,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

/// A later plan for the same provider takes the place of an earlier one; `times` 0 takes it away.
pub(super) fn routes(provider: Provider) -> Router<Arc<Platforms>> {
    let plan = move |State(platforms): State<Arc<Platforms>>, Json(plan): Json<Plan>| async move {
        platforms.plan(Planned { provider, next: plan.next, times: plan.times });
        Json(serde_json::json!({"provider": provider, "next": plan.next, "times": plan.times}))
    };
    Router::new().route("/behaviour", post(plan))
}

impl Platforms {
    fn plan(&self, plan: Planned) {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.retain(|earlier| earlier.provider != plan.provider);
        planned.push(plan);
    }

    fn next_behaviour(&self, provider: Provider) -> Option<Behaviour> {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = planned.iter_mut().find(|plan| plan.provider == provider && plan.times > 0)?;
        plan.times -= 1;
        Some(plan.next)
    }

    /// Takes an authenticated operation in and answers in the provider's words, unless a misbehaviour is planned.
    pub(super) async fn serve(&self, received: Received, answer: fn(Taken) -> Response) -> Response {
        match self.next_behaviour(received.provider) {
            None => self.take(received, answer),
            Some(Behaviour::Timeout) => pending().await,
            Some(Behaviour::TimeoutAfterAccepting) => {
                self.take(received, answer);
                pending().await
            }
            Some(Behaviour::Error500) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Some(Behaviour::Reset) => reset(),
            Some(Behaviour::Refuse) => answer(Taken::Refused(vec![Fault::new("bericht", "geweigerd")])),
        }
    }

    fn take(&self, received: Received, answer: fn(Taken) -> Response) -> Response {
        problem::or(self.ledger.take(received, self.now()).map(answer))
    }
}

/// A body that fails before its first byte: the server drops the connection instead of sending the head.
fn reset() -> Response {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(io::Error::other("asked to reset")) });
    Response::new(Body::from_stream(broken))
}
