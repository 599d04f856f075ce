//! One exchange with a payment provider, and how sure it is that it happened.

use domain::Money;
use reqwest::RequestBuilder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ProviderError;
use crate::http;

/// Longest code of the provider that is kept, in characters.
const LONGEST_CODE: usize = 40;

/// Largest answer that is read, in bytes: a payment with a hundred things that went back of it is a tenth of that.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// What came of a request.
pub(super) enum Exchange {
    Answer {
        status: u16,
        body: Vec<u8>,
    },
    /// It never left.
    NotSent,
    /// It may have arrived.
    Unknown(&'static str),
}

pub(super) async fn exchange(request: RequestBuilder) -> Exchange {
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) if error.is_connect() || error.is_builder() => return Exchange::NotSent,
        Err(error) if error.is_timeout() => return Exchange::Unknown("timeout"),
        Err(_) => return Exchange::Unknown("connection_broken"),
    };
    let status = response.status().as_u16();
    match http::read_up_to(response, LARGEST_ANSWER).await {
        Some(body) => Exchange::Answer { status, body },
        None => Exchange::Unknown("answer_broken"),
    }
}

/// Reads what a request for something that exists brings.
pub(super) async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ProviderError> {
    match exchange(request).await {
        Exchange::Answer { status: 200..=299, body } => parse(&body),
        Exchange::Answer { status: 401 | 403, .. } => Err(ProviderError::Unauthorized),
        Exchange::Answer { status: 404 | 410, .. } => Err(ProviderError::NotFound),
        Exchange::Answer { status, .. } => Err(ProviderError::Unavailable(format!("status_{status}"))),
        Exchange::NotSent => Err(ProviderError::Unavailable("not_connected".to_owned())),
        Exchange::Unknown(why) => Err(ProviderError::Unavailable(why.to_owned())),
    }
}

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ProviderError> {
    serde_json::from_slice(body).map_err(|_| ProviderError::Malformed("body"))
}

/// A code of the provider, as far as it is one: free text may quote what was sent.
pub(super) fn code(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    ((1..=LONGEST_CODE).contains(&text.len()) && text.chars().all(plain)).then(|| text.to_ascii_lowercase())
}

/// An amount in a currency, under either vendor's name for that.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Amount {
    #[serde(alias = "currency_code")]
    currency: String,
    value: String,
}

impl Amount {
    pub(super) fn euros(&self) -> Result<Money, ProviderError> {
        if self.currency != "EUR" {
            return Err(ProviderError::Malformed("currency"));
        }
        Money::parse_amount(&self.value).map_err(|_| ProviderError::Malformed("amount"))
    }
}
