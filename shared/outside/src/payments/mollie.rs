//! Mollie, payments v2.
//!
//! **Certain** (docs.mollie.com): `POST /v2/payments` with an API key as bearer, amounts as `{currency, value}` with two
//! decimals as text, `Idempotency-Key` (kept for an hour), `method` as a name or a list; states open, pending, authorized,
//! paid, failed, canceled, expired; `DELETE` cancels only while `isCancelable`. The classic callback is a form with only `id`,
//! unsigned: what it says is fetched. Signed callbacks carry `X-Mollie-Signature`: HMAC-SHA256 over the raw body, and were
//! in beta when this was written.
//! **Assumed**: the signature is hexadecimal behind `sha256=`; the body of a signed callback names the payment in `entityId`
//! or is the payment itself; refunds and chargebacks of a payment are all embedded with it (`embed=refunds,chargebacks`); a
//! refund counts from `processing` on and is undone by `failed` or `canceled`; a chargeback is undone by `reversedAt`.

use async_trait::async_trait;
use domain::calendar::today;
use domain::language::Language;
use domain::payment_request::{PaymentProvider, Report, Reported, ReportedBack, TakenBackKind, is_reference};
use domain::requesting::Creation;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::exchange::{Amount, Exchange, code, exchange, parse, read};
use super::{
    Account, CallbackError, Cancelled, Captured, Fetched, LARGEST_CALLBACK, Order, PaymentService,
    ProviderError, Told,
};
use crate::http::{BaseUrl, HttpError, Secret};

const SIGNATURE: &str = "x-mollie-signature";

/// The adapter.
#[derive(Debug, Clone)]
pub struct Mollie {
    client: Client,
    base: BaseUrl,
}

impl Mollie {
    /// `client` is one of [`crate::http::client`].
    pub fn new(client: Client, base_url: &str) -> Result<Mollie, HttpError> {
        Ok(Mollie { client, base: BaseUrl::parse(base_url)? })
    }

    fn request(
        &self,
        account: Account<'_>,
        method: Method,
        segments: &[&str],
        query: Option<&str>,
    ) -> Result<RequestBuilder, ProviderError> {
        let key = account.keys.api_key.as_ref().ok_or(ProviderError::Unauthorized)?;
        let mut url =
            self.base.join("v2/payments", segments).map_err(|_| ProviderError::Malformed("reference"))?;
        url.set_query(query);
        Ok(self.client.request(method, url).bearer_auth(key.expose()))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewPayment<'a> {
    amount: NewAmount,
    description: &'a str,
    redirect_url: &'a str,
    webhook_url: &'a str,
    locale: &'static str,
    metadata: Metadata,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    method: &'a [String],
}

#[derive(Serialize)]
struct NewAmount {
    currency: &'static str,
    value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    request_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    id: String,
    status: String,
    amount: Amount,
    /// Whatever whoever made it put there: ours is an object with our id.
    #[serde(default)]
    metadata: serde_json::Value,
    #[serde(default)]
    paid_at: Option<Timestamp>,
    #[serde(default)]
    expires_at: Option<Timestamp>,
    #[serde(default)]
    details: Option<Details>,
    #[serde(default, rename = "_links")]
    links: Links,
    #[serde(default, rename = "_embedded")]
    embedded: Embedded,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default)]
    failure_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Links {
    #[serde(default)]
    checkout: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    href: String,
}

#[derive(Default, Deserialize)]
struct Embedded {
    #[serde(default)]
    refunds: Vec<Refund>,
    #[serde(default)]
    chargebacks: Vec<Chargeback>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refund {
    id: String,
    amount: Amount,
    status: String,
    created_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chargeback {
    id: String,
    amount: Amount,
    #[serde(default)]
    reason: Option<Reason>,
    created_at: Timestamp,
    #[serde(default)]
    reversed_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Reason {
    code: String,
}

/// A refusal; its text may quote what was sent, the name of the field does not.
#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    field: Option<String>,
}

impl Payment {
    fn state(&self) -> Result<Reported, ProviderError> {
        Ok(match self.status.as_str() {
            "open" | "pending" | "authorized" => Reported::Open,
            "paid" => Reported::Paid {
                payment: self.id.clone(),
                amount: self.amount.euros()?,
                on: today(self.paid_at.ok_or(ProviderError::Malformed("paidAt"))?),
            },
            "failed" => {
                let reason = self.details.as_ref().and_then(|d| d.failure_reason.as_deref());
                Reported::Failed { reason: reason.and_then(code) }
            }
            "canceled" => Reported::Cancelled,
            "expired" => Reported::Expired,
            _ => return Err(ProviderError::Malformed("status")),
        })
    }

    fn taken_back(&self) -> Result<Vec<ReportedBack>, ProviderError> {
        let mut all = Vec::new();
        for refund in &self.embedded.refunds {
            let undone = match refund.status.as_str() {
                "queued" | "pending" => continue,
                "processing" | "refunded" => false,
                "failed" | "canceled" => true,
                _ => return Err(ProviderError::Malformed("refund.status")),
            };
            all.push(ReportedBack {
                id: checked(&refund.id)?,
                kind: TakenBackKind::Refund,
                amount: refund.amount.euros()?,
                on: today(refund.created_at),
                reason: None,
                undone,
            });
        }
        for chargeback in &self.embedded.chargebacks {
            all.push(ReportedBack {
                id: checked(&chargeback.id)?,
                kind: TakenBackKind::Chargeback,
                amount: chargeback.amount.euros()?,
                on: today(chargeback.created_at),
                reason: chargeback.reason.as_ref().map(|r| r.code.clone()),
                undone: chargeback.reversed_at.is_some(),
            });
        }
        Ok(all)
    }

    fn fetched(self) -> Result<Fetched, ProviderError> {
        let report = Report {
            reference: checked(&self.id)?,
            state: self.state()?,
            taken_back: self.taken_back()?,
            checkout_url: self.links.checkout.map(|link| link.href),
            expires_at: self.expires_at,
        };
        let metadata: Option<Metadata> = serde_json::from_value(self.metadata).ok();
        Ok(Fetched { request_id: metadata.map(|m| m.request_id), report })
    }
}

fn checked(reference: &str) -> Result<String, ProviderError> {
    if is_reference(reference) { Ok(reference.to_owned()) } else { Err(ProviderError::Malformed("id")) }
}

#[async_trait]
impl PaymentService for Mollie {
    fn provider(&self) -> PaymentProvider {
        PaymentProvider::Mollie
    }

    async fn create(&self, account: Account<'_>, order: &Order<'_>) -> Creation {
        let Ok(request) = self.request(account, Method::POST, &[], None) else {
            return Creation::Refused { reason: "unauthorized".to_owned() };
        };
        let request = request.header("Idempotency-Key", order.idempotency_key).json(&NewPayment {
            amount: NewAmount { currency: "EUR", value: order.amount.to_string() },
            description: order.description,
            redirect_url: order.return_url,
            webhook_url: order.callback_url,
            locale: match order.language {
                Language::Nl => "nl_NL",
                Language::En => "en_GB",
            },
            metadata: Metadata { request_id: order.request_id.to_owned() },
            method: order.methods,
        });
        match exchange(request).await {
            Exchange::Answer { status: 200..=299, body } => made(&body),
            Exchange::Answer { status: 401 | 403, .. } => {
                Creation::Refused { reason: "unauthorized".to_owned() }
            }
            // 409: the first attempt under this key is still being worked on.
            Exchange::Answer { status: 425 | 429 | 503, .. } | Exchange::NotSent => Creation::NotNow,
            Exchange::Answer { status: status @ (400 | 404 | 410 | 422), body } => {
                let field = parse::<Problem>(&body).ok().and_then(|p| p.field).and_then(|f| code(&f));
                Creation::Refused { reason: field.unwrap_or_else(|| format!("status_{status}")) }
            }
            Exchange::Answer { .. } | Exchange::Unknown(_) => Creation::Unknown,
        }
    }

    async fn fetch(&self, account: Account<'_>, reference: &str) -> Result<Fetched, ProviderError> {
        let embed = Some("embed=refunds,chargebacks");
        read::<Payment>(self.request(account, Method::GET, &[reference], embed)?).await?.fetched()
    }

    /// Mollie takes the money by itself.
    async fn capture(&self, _account: Account<'_>, _reference: &str, _key: &str) -> Captured {
        Captured::Done
    }

    async fn cancel(&self, account: Account<'_>, reference: &str) -> Cancelled {
        let Ok(request) = self.request(account, Method::DELETE, &[reference], None) else {
            return Cancelled::RunsOn;
        };
        match exchange(request).await {
            Exchange::Answer { status: 200..=299, .. } => Cancelled::Done,
            Exchange::Answer { status: 400..=499, .. } | Exchange::NotSent => Cancelled::RunsOn,
            Exchange::Answer { .. } | Exchange::Unknown(_) => Cancelled::Unknown,
        }
    }

    async fn read_callback(
        &self,
        account: Account<'_>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Told, CallbackError> {
        if body.len() > LARGEST_CALLBACK {
            return Err(CallbackError::NotUnderstood);
        }
        let reference = match headers.get(SIGNATURE) {
            Some(signature) => {
                let signature = signature.to_str().map_err(|_| CallbackError::Forged)?;
                if !is_signed(&account.keys.signing_secrets, signature, body) {
                    return Err(CallbackError::Forged);
                }
                reference_of_event(body)
            }
            None => form_urlencoded::parse(body)
                .find(|(name, _)| name == "id")
                .map(|(_, value)| value.into_owned()),
        };
        let reference = reference.filter(|text| is_reference(text) && text.starts_with("tr_"));
        let reference = reference.ok_or(CallbackError::NotUnderstood)?;
        Ok(Told { references: vec![reference], request_id: None })
    }
}

fn made(body: &[u8]) -> Creation {
    let Ok(payment) = parse::<Payment>(body) else { return Creation::Unknown };
    let checkout = payment.links.checkout.as_ref().map(|link| link.href.clone());
    match checkout {
        Some(checkout_url) if is_reference(&payment.id) => {
            Creation::Made { reference: payment.id, checkout_url, expires_at: payment.expires_at }
        }
        // It may have been made: the same key answers the same once more.
        _ => Creation::Unknown,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    resource: Option<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    entity_id: Option<String>,
}

fn reference_of_event(body: &[u8]) -> Option<String> {
    let event: Event = serde_json::from_slice(body).ok()?;
    event.entity_id.or(event.id.filter(|_| event.resource.as_deref() == Some("payment")))
}

/// Whether one of the secrets made this signature. Comparison takes the same time wherever it differs.
fn is_signed(secrets: &[Secret], signature: &str, body: &[u8]) -> bool {
    let Some(signature) = signature.strip_prefix("sha256=").and_then(from_hex) else { return false };
    secrets.iter().any(|secret| {
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).is_ok_and(|mut mac| {
            mac.update(body);
            mac.verify_slice(&signature).is_ok()
        })
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
#[path = "mollie_tests.rs"]
mod tests;
