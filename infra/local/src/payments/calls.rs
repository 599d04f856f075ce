//! Calls to us: Mollie's form with nothing but an id, and PayPal's signed events. What is not answered 200 is called again.

use std::time::Duration;

use axum::http::HeaderMap;
use domain::payment_request::PaymentProvider;
use jiff::Timestamp;
use reqwest::Url;
use serde::Serialize;

use super::Payments;
use crate::failure::{Outcome, While};

/// Attempts at one call: the vendors' own ten, spread over a day, are not waited for.
const MOST_ATTEMPTS: u32 = 3;
const BETWEEN: Duration = Duration::from_millis(300);

/// One attempt at a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Called {
    pub at: Timestamp,
    pub provider: PaymentProvider,
    /// The payment or order that it is about.
    pub about: String,
    /// What was answered; `None` where the call was lost.
    pub status: Option<u16>,
}

/// What is sent.
pub(super) struct Message {
    pub provider: PaymentProvider,
    pub about: String,
    /// As it was given to us; only its path counts.
    pub address: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Payments {
    pub(super) async fn call(&self, message: &Message) -> Outcome<()> {
        let path = Url::parse(&message.address).during("reading an address for calls")?;
        let address = format!("{}{}", self.settings.callback_base, path.path());
        for attempt in 0..MOST_ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(BETWEEN).await;
            }
            let status = if self.loses_call() { None } else { self.call_once(&address, message).await };
            let at = self.now();
            let (provider, about) = (message.provider, message.about.clone());
            self.inside().calls.push(Called { at, provider, about, status });
            // One that is lost looks answered to whoever called.
            if status.is_none_or(|status| status == 200) {
                break;
            }
        }
        Ok(())
    }

    fn loses_call(&self) -> bool {
        let mut inside = self.inside();
        let loses = inside.weather.lose_calls > 0;
        inside.weather.lose_calls = inside.weather.lose_calls.saturating_sub(1);
        loses
    }

    async fn call_once(&self, address: &str, message: &Message) -> Option<u16> {
        let request = self.client.post(address).headers(message.headers.clone()).body(message.body.clone());
        request.send().await.ok().map(|answer| answer.status().as_u16())
    }
}
