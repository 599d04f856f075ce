//! Callbacks of payment providers: checked, and turned into a hint to look. What a callback says is never believed:
//! `check-payment` fetches how things stand.
//!
//! The answer is 200 and empty, whatever came in: an unknown address, a forged signature and a payment that is not ours get
//! the same as the real thing, so that nothing can be found out here. Only a provider that cannot be asked about a
//! signature, or a queue or store that is away, is 503: then the provider calls again. An address that nobody was given
//! costs one read and nothing at the provider.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use contracts::failure::Failure;
use contracts::queues::{CheckPayment, ProviderReference};
use domain::ids::AdministrationId;
use domain::payment_request::PaymentProvider;
use http::{HeaderMap, StatusCode};
use outside::payments::{Account, CallbackError, Told};
use payment_requests::{PaymentRequests, callback_hash};
use runtime::hints::{Hints, hint};
use runtime::http::{ApiError, Path};

/// Length of the last step of a callback's address.
const TOKEN_LENGTH: usize = 32;

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Callbacks {
    pub requests: PaymentRequests,
    /// The queue of `check-payment`.
    pub checks: Arc<dyn Hints>,
}

pub fn router(callbacks: Callbacks) -> Router {
    Router::new().route("/callbacks/payments/{provider}/{token}", post(receive)).with_state(callbacks)
}

async fn receive(
    State(callbacks): State<Callbacks>,
    Path((provider, token)): Path<(String, String)>,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    if let (Ok(provider), TOKEN_LENGTH) = (provider.parse::<PaymentProvider>(), token.len()) {
        callbacks.take(provider, &token, &headers, &raw).await?;
    }
    Ok(StatusCode::OK.into_response())
}

impl Callbacks {
    async fn take(
        &self,
        provider: PaymentProvider,
        token: &str,
        headers: &HeaderMap,
        raw: &[u8],
    ) -> Result<(), Failure> {
        let store = &self.requests.records.store;
        let Some(administration) = store.payment_callback_owner(provider, &callback_hash(token)).await?
        else {
            return Ok(());
        };
        let Some(keys) = self.requests.providers.keys(&administration, provider).await? else {
            return Ok(());
        };
        let account = Account { keys: &keys, now: self.requests.records.now()? };
        match self.requests.providers.of(provider).read_callback(account, headers, raw).await {
            Ok(told) => self.hint(administration, provider, &told).await,
            Err(CallbackError::Unavailable(why)) => Err(Failure::unavailable(why)),
            Err(error @ (CallbackError::Forged | CallbackError::NotUnderstood)) => {
                // An alarm looks for it: a webhook id that is wrong in our settings shows like this too.
                tracing::warn!(%provider, %error, "a callback was not taken");
                Ok(())
            }
        }
    }

    async fn hint(
        &self,
        administration: AdministrationId,
        provider: PaymentProvider,
        told: &Told,
    ) -> Result<(), Failure> {
        let payment_request_id = self.requests.find_told(&administration, provider, told).await?;
        // Without a request that is known, the reference is looked up at the provider: the callback may have been quicker
        // than the answer to the call that made it.
        let reference = told.references.first().cloned();
        let told = reference.map(|reference| ProviderReference { provider, reference });
        if payment_request_id.is_none() && told.is_none() {
            return Ok(());
        }
        hint(&*self.checks, &CheckPayment { administration, payment_request_id, told }).await
    }
}
