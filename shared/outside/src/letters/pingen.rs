//! Pingen (API v2, <https://api.pingen.com/documentation>): client credentials, an address to put the PDF at, the letter.
//!
//! A letter is created with `auto_send`: Pingen prints it as soon as it has read the address off it. Creating carries our id
//! as `Idempotency-Key`: again under the same key it answers with the letter of the first time, so a second try after an
//! answer that was lost sends nothing twice. The states that a letter goes through are not part of the public description:
//! those known are sorted below, and one that is not is under way.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Account, HandedIn, Letter, Printer, PrinterError, PrinterKeys, Standing};
use crate::http::{self, BaseUrl, HttpError, Secret, file_address, read_bounded};
use crate::outcome::{RefusalKind, SendOutcome, refused};

/// The media type of what is sent and answered (JSON:API).
const JSON_API: &str = "application/vnd.api+json";

/// Where Pingen is.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// `https://api.pingen.com`, or `https://api-staging.pingen.com`.
    pub api: BaseUrl,
    /// `https://identity.pingen.com`, or `https://identity-staging.pingen.com`.
    pub identity: BaseUrl,
}

/// Letters by Pingen.
#[derive(Debug)]
pub struct Pingen {
    client: Client,
    addresses: Addresses,
    /// By client id, until one is refused.
    tokens: Mutex<HashMap<String, Secret>>,
}

impl Pingen {
    /// # Errors
    /// [`HttpError`] where the client cannot be built.
    pub fn new(addresses: Addresses) -> Result<Pingen, HttpError> {
        Pingen::with_timeout(addresses, http::TIMEOUT)
    }

    fn with_timeout(addresses: Addresses, timeout: Duration) -> Result<Pingen, HttpError> {
        Ok(Pingen { client: http::client(timeout)?, addresses, tokens: Mutex::default() })
    }

    fn known_token(&self, keys: &PrinterKeys) -> Option<Secret> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(keys.client_id.expose()).cloned()
    }

    fn forget_token(&self, keys: &PrinterKeys) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).remove(keys.client_id.expose());
    }

    async fn token(&self, keys: &PrinterKeys) -> Result<Secret, PrinterError> {
        #[derive(Deserialize)]
        struct Token {
            access_token: Secret,
        }
        if let Some(token) = self.known_token(keys) {
            return Ok(token);
        }
        let url =
            self.addresses.identity.join("auth/access-tokens", &[]).map_err(|_| unavailable("address"))?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", keys.client_id.expose()),
            ("client_secret", keys.client_secret.expose()),
            ("scope", "letter"),
        ];
        let answer = self.client.post(url).form(&form).send().await;
        let answer = answer.map_err(|_| unavailable("no token"))?;
        match answer.status() {
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(PrinterError::Unauthorized);
            }
            status if !status.is_success() => return Err(unavailable(status.as_str())),
            _ => {}
        }
        let body = read_bounded(answer).await.ok_or_else(|| unavailable("token broke off"))?;
        let token: Token = serde_json::from_slice(&body).map_err(|_| PrinterError::Malformed("token"))?;
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(keys.client_id.expose().to_owned(), token.access_token.clone());
        Ok(token.access_token)
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        segments: &[&str],
        token: &Secret,
    ) -> Result<RequestBuilder, PrinterError> {
        let url = self.addresses.api.join(path, segments).map_err(|_| unavailable("address"))?;
        Ok(self.client.request(method, url).bearer_auth(token.expose()).header("accept", JSON_API))
    }

    /// Asks for something that changes nothing.
    async fn read(&self, path: &str, segments: &[&str], keys: &PrinterKeys) -> Result<Value, PrinterError> {
        let token = self.token(keys).await?;
        let answer = self.request(Method::GET, path, segments, &token)?.send().await;
        let answer = answer.map_err(|_| unavailable("no answer"))?;
        match answer.status() {
            StatusCode::UNAUTHORIZED => {
                // It has run out: the next attempt asks for another.
                self.forget_token(keys);
                return Err(unavailable("the token was refused"));
            }
            StatusCode::FORBIDDEN => return Err(PrinterError::Unauthorized),
            StatusCode::NOT_FOUND => return Err(PrinterError::NotFound),
            status if !status.is_success() => return Err(unavailable(status.as_str())),
            _ => {}
        }
        let body = read_bounded(answer).await.ok_or_else(|| unavailable("answer broke off"))?;
        serde_json::from_slice(&body).map_err(|_| PrinterError::Malformed("no JSON"))
    }

    async fn upload(&self, letter: &Letter, keys: &PrinterKeys) -> Result<HandedIn, PrinterError> {
        let slot = self.read("file-upload", &[], keys).await?;
        let text = |name: &str| slot["data"]["attributes"][name].as_str().map(Secret::new);
        let (Some(place), Some(proof)) = (text("url"), text("url_signature")) else {
            return Err(PrinterError::Malformed("file-upload"));
        };
        let url = file_address(&place).map_err(|_| PrinterError::Malformed("file-upload: url"))?;
        let put = self.client.put(url).header("content-type", "application/pdf").body(letter.pdf.clone());
        let answer = put.send().await.map_err(|_| unavailable("no upload"))?;
        if !answer.status().is_success() {
            return Err(unavailable(answer.status().as_str()));
        }
        Ok(HandedIn { place, proof })
    }
}

fn unavailable(detail: &str) -> PrinterError {
    PrinterError::Unavailable(detail.to_owned())
}

/// Nothing was sent yet: the letter may go later, unless a person has to mend the keys first.
fn not_ready(error: &PrinterError) -> SendOutcome {
    let kind = match error {
        PrinterError::Unauthorized => RefusalKind::Permanent,
        PrinterError::NotFound | PrinterError::Unavailable(_) | PrinterError::Malformed(_) => {
            RefusalKind::Temporary
        }
    };
    refused(kind, error.to_string())
}

#[async_trait]
impl Printer for Pingen {
    async fn hand_in(&self, letter: &Letter, account: &Account) -> Result<HandedIn, SendOutcome> {
        let keys = keys(account).map_err(|error| not_ready(&error))?;
        self.upload(letter, keys).await.map_err(|error| not_ready(&error))
    }

    async fn send(&self, letter: &Letter, handed_in: &HandedIn, account: &Account) -> SendOutcome {
        let unknown = |reason: &str| SendOutcome::Unknown { reason: reason.to_owned() };
        let keys = match keys(account) {
            Ok(keys) => keys,
            Err(error) => return not_ready(&error),
        };
        let token = match self.token(keys).await {
            Ok(token) => token,
            Err(error) => return not_ready(&error),
        };
        let segments = [keys.organisation.as_str(), "deliveries", "letters"];
        let request = match self.request(Method::POST, "organisations", &segments, &token) {
            Ok(request) => request,
            Err(error) => return not_ready(&error),
        };
        let attributes = json!({
            "file_original_name": format!("{}.pdf", letter.id),
            "file_url": handed_in.place.expose(),
            "file_url_signature": handed_in.proof.expose(),
            "address_position": "left",
            "auto_send": true,
            "delivery_product": letter.rules.product,
            "print_mode": if letter.rules.two_sided { "duplex" } else { "simplex" },
            "print_spectrum": if letter.rules.colour { "color" } else { "grayscale" },
        });
        let body = json!({ "data": { "type": "letters", "attributes": attributes } });
        let answer = request
            .header("content-type", JSON_API)
            .header("idempotency-key", &letter.id)
            .body(body.to_string())
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => return refused(RefusalKind::Temporary, "not_connected"),
            Err(error) if error.is_timeout() => return unknown("timeout"),
            Err(_) => return unknown("connection_broken"),
        };
        let status = answer.status();
        match status.as_u16() {
            200..=299 => {}
            401 => {
                self.forget_token(keys);
                return refused(RefusalKind::Temporary, "401");
            }
            // The same key is being worked on: what comes of it is asked for again under it.
            409 => return unknown("409"),
            402 | 403 | 424 | 429 | 503 => return refused(RefusalKind::Temporary, status.as_str()),
            400..=499 => return refused(RefusalKind::Permanent, status.as_str()),
            _ => return unknown(status.as_str()),
        }
        let Some(body) = read_bounded(answer).await else { return unknown("answer_broke_off") };
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        match body["data"]["id"].as_str() {
            Some(id) => SendOutcome::Accepted { message_id: id.to_owned() },
            None => unknown("answer_without_id"),
        }
    }

    async fn look(&self, id: &str, account: &Account) -> Result<Option<Standing>, PrinterError> {
        let keys = keys(account)?;
        let segments = [keys.organisation.as_str(), "deliveries", "letters", id];
        let letter = self.read("organisations", &segments, keys).await?;
        let attributes = &letter["data"]["attributes"];
        let status = attributes["status"].as_str().ok_or(PrinterError::Malformed("status"))?;
        let at = attributes["updated_at"].as_str().and_then(instant);
        Ok(Some(standing(status, at)))
    }
}

fn keys(account: &Account) -> Result<&PrinterKeys, PrinterError> {
    account.keys.as_ref().ok_or(PrinterError::Unauthorized)
}

fn standing(status: &str, at: Option<Timestamp>) -> Standing {
    match status {
        "sent" => Standing::Posted { at },
        "delivered" => Standing::Delivered { at },
        "undeliverable" => Standing::Undeliverable,
        "invalid" | "unprintable" | "action_required" | "cancelled" | "expired" | "rejected" => {
            Standing::NotSent
        }
        // validating, valid, submitted, accepted, printing, processing, transferring, inspection, awaiting_credits ...
        _ => Standing::UnderWay,
    }
}

/// `2020-11-19T09:42:48+0100`, as Pingen writes instants, or RFC 3339.
fn instant(text: &str) -> Option<Timestamp> {
    let compact = || jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%z", text).ok()?.to_timestamp().ok();
    text.parse().ok().or_else(compact)
}

#[cfg(test)]
#[path = "pingen_tests.rs"]
mod tests;
