//! PayPal, orders v2.
//!
//! **Certain** (developer.paypal.com): a token by client credentials at `/v1/oauth2/token`; `POST /v2/checkout/orders` with
//! `PayPal-Request-Id` (kept for six hours), the payer approves behind the link `payer-action` or `approve`, within three
//! hours unless the account says otherwise; the money is taken by `POST .../capture`, by us and only then; `custom_id` comes
//! back with the order, its captures and their refunds; callbacks are checked at `/v1/notifications/verify-webhook-signature`
//! with five headers, the webhook's id and the event as it came.
//! **Assumed**: an order that PayPal does not find any more has expired; refunds of a capture stand in the order under
//! `payments.refunds`; what a dispute took from the seller stands in its `money_movements` and in no refund as well. Where it
//! stands in both it counts once: no more goes back than came in. An account without the right to read disputes has none.
//!
//! There is no call that cancels an order: one that is cancelled here is never captured, so nobody can pay it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::calendar::today;
use domain::language::Language;
use domain::payment_request::{PaymentProvider, Report, Reported, ReportedBack, TakenBackKind, is_reference};
use domain::requesting::Creation;
use domain::{Money, calendar};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, Url};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::exchange::{Amount, Exchange, code, exchange, parse};
use super::{
    Account, CallbackError, Cancelled, Captured, Fetched, LARGEST_CALLBACK, Order, PaymentService,
    ProviderError, Told,
};
use crate::http::{BaseUrl, HttpError, Secret};

/// A token is not used in its last minute.
const TO_SPARE: SignedDuration = SignedDuration::from_mins(1);

/// Disputes about one payment that are looked into at most.
const MOST_DISPUTES: usize = 5;

/// Accounts whose tokens are kept in one process at most.
const MOST_TOKENS: usize = 1_000;

#[derive(Debug, Clone)]
struct Token {
    token: Secret,
    until: Timestamp,
}

/// Whose token it is: a hash, since the client's secret is part of the name.
type TokenName = [u8; 32];

/// The adapter. Keeps tokens for as long as the process lives.
#[derive(Debug, Clone)]
pub struct PayPal {
    client: Client,
    base: BaseUrl,
    tokens: Arc<Mutex<HashMap<TokenName, Token>>>,
}

impl PayPal {
    /// `client` is one of [`crate::http::client`].
    pub fn new(client: Client, base_url: &str) -> Result<PayPal, HttpError> {
        Ok(PayPal { client, base: BaseUrl::parse(base_url)?, tokens: Arc::default() })
    }

    async fn token(&self, account: Account<'_>) -> Result<Secret, ProviderError> {
        let keys = account.keys;
        let (Some(id), Some(secret)) = (&keys.client_id, &keys.client_secret) else {
            return Err(ProviderError::Unauthorized);
        };
        // A token belongs to the client and the secret: another secret asks for its own.
        let name: TokenName = Sha256::digest(format!("{}\u{0}{}", id.expose(), secret.expose())).into();
        if let Some(known) = self.tokens().get(&name).filter(|t| account.now + TO_SPARE < t.until) {
            return Ok(known.token.clone());
        }
        let url = self.url("v1/oauth2/token", &[])?;
        let request = self
            .client
            .post(url)
            .basic_auth(id.expose(), Some(secret.expose()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let answer: TokenAnswer = super::exchange::read(request).await?;
        let until = account.now + SignedDuration::from_secs(answer.expires_in.clamp(0, 86_400));
        let token = Token { token: answer.access_token, until };
        let mut tokens = self.tokens();
        if tokens.len() >= MOST_TOKENS {
            tokens.clear();
        }
        tokens.insert(name, token.clone());
        Ok(token.token)
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, HashMap<TokenName, Token>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn url(&self, path: &str, segments: &[&str]) -> Result<Url, ProviderError> {
        self.base.join(path, segments).map_err(|_| ProviderError::Malformed("reference"))
    }

    /// Makes an exchange with a token; where that one is not accepted (any more), once more with a new one: a request that
    /// was not let in did nothing.
    async fn exchange(
        &self,
        account: Account<'_>,
        request: impl Fn(&Client) -> RequestBuilder + Send + Sync,
    ) -> Result<Exchange, ProviderError> {
        let token = self.token(account).await?;
        let answer = exchange(request(&self.client).bearer_auth(token.expose())).await;
        if !matches!(answer, Exchange::Answer { status: 401, .. }) {
            return Ok(answer);
        }
        self.tokens().retain(|_, known| known.token != token);
        let token = self.token(account).await?;
        Ok(exchange(request(&self.client).bearer_auth(token.expose())).await)
    }

    async fn read<T: serde::de::DeserializeOwned>(
        &self,
        account: Account<'_>,
        url: Url,
    ) -> Result<T, ProviderError> {
        match self.exchange(account, |client| client.request(Method::GET, url.clone())).await? {
            Exchange::Answer { status: 200..=299, body } => parse(&body),
            Exchange::Answer { status: 401 | 403, .. } => Err(ProviderError::Unauthorized),
            Exchange::Answer { status: 404 | 410, .. } => Err(ProviderError::NotFound),
            Exchange::Answer { status, .. } => Err(ProviderError::Unavailable(format!("status_{status}"))),
            Exchange::NotSent => Err(ProviderError::Unavailable("not_connected".to_owned())),
            Exchange::Unknown(why) => Err(ProviderError::Unavailable(why.to_owned())),
        }
    }

    /// What disputes took of this money.
    async fn disputes(
        &self,
        account: Account<'_>,
        capture: &str,
    ) -> Result<Vec<ReportedBack>, ProviderError> {
        let mut url = self.url("v1/customer/disputes", &[])?;
        url.query_pairs_mut().append_pair("disputed_transaction_id", capture);
        let list = match self.read::<Disputes>(account, url).await {
            Ok(list) => list,
            Err(ProviderError::NotFound | ProviderError::Unauthorized) => return Ok(Vec::new()),
            Err(other) => return Err(other),
        };
        let mut all = Vec::new();
        for item in list.items.into_iter().take(MOST_DISPUTES) {
            let url = self.url("v1/customer/disputes", &[&item.dispute_id])?;
            let dispute: Dispute = self.read(account, url).await?;
            all.extend(dispute.taken_back()?);
        }
        Ok(all)
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Secret,
    expires_in: i64,
}

#[derive(Serialize)]
struct NewOrder<'a> {
    intent: &'static str,
    purchase_units: [NewUnit<'a>; 1],
    payment_source: NewSource<'a>,
}

#[derive(Serialize)]
struct NewUnit<'a> {
    custom_id: &'a str,
    description: &'a str,
    amount: NewAmount,
}

#[derive(Serialize)]
struct NewAmount {
    currency_code: &'static str,
    value: String,
}

#[derive(Serialize)]
struct NewSource<'a> {
    paypal: NewPayPal<'a>,
}

#[derive(Serialize)]
struct NewPayPal<'a> {
    experience_context: Experience<'a>,
}

#[derive(Serialize)]
struct Experience<'a> {
    return_url: &'a str,
    cancel_url: &'a str,
    locale: &'static str,
    user_action: &'static str,
    shipping_preference: &'static str,
}

#[derive(Deserialize)]
struct PayPalOrder {
    id: String,
    status: String,
    #[serde(default)]
    purchase_units: Vec<Unit>,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Unit {
    #[serde(default)]
    custom_id: Option<String>,
    #[serde(default)]
    payments: Payments,
}

#[derive(Default, Deserialize)]
struct Payments {
    #[serde(default)]
    captures: Vec<Capture>,
    #[serde(default)]
    refunds: Vec<Refund>,
}

#[derive(Deserialize)]
struct Capture {
    id: String,
    status: String,
    amount: Amount,
    create_time: Timestamp,
}

#[derive(Deserialize)]
struct Refund {
    id: String,
    status: String,
    amount: Amount,
    create_time: Timestamp,
}

#[derive(Deserialize)]
struct Link {
    href: String,
    rel: String,
}

#[derive(Deserialize)]
struct Disputes {
    #[serde(default)]
    items: Vec<DisputeItem>,
}

#[derive(Deserialize)]
struct DisputeItem {
    dispute_id: String,
}

#[derive(Deserialize)]
struct Dispute {
    dispute_id: String,
    #[serde(default)]
    money_movements: Vec<Movement>,
}

#[derive(Deserialize)]
struct Movement {
    affected_party: String,
    amount: Amount,
    initiated_time: Timestamp,
    #[serde(rename = "type")]
    kind: String,
}

impl Dispute {
    fn taken_back(&self) -> Result<Option<ReportedBack>, ProviderError> {
        let (mut taken, mut returned, mut at) = (Money::ZERO, Money::ZERO, None);
        for movement in self.money_movements.iter().filter(|m| m.affected_party == "SELLER") {
            match movement.kind.as_str() {
                "DEBIT" => {
                    taken = taken + movement.amount.euros()?;
                    at.get_or_insert(movement.initiated_time);
                }
                "CREDIT" => returned = returned + movement.amount.euros()?,
                _ => return Err(ProviderError::Malformed("money_movements.type")),
            }
        }
        let Some(at) = at else { return Ok(None) };
        Ok(Some(ReportedBack {
            id: checked(&self.dispute_id)?,
            kind: TakenBackKind::Chargeback,
            amount: taken,
            on: calendar::today(at),
            reason: None,
            undone: returned >= taken,
        }))
    }
}

impl PayPalOrder {
    fn payer_link(&self) -> Option<String> {
        let link = |rel| self.links.iter().find(|l| l.rel == rel);
        link("payer-action").or_else(|| link("approve")).map(|l| l.href.clone())
    }

    fn captures(&self) -> impl Iterator<Item = &Capture> {
        self.purchase_units.iter().flat_map(|u| &u.payments.captures)
    }

    /// The capture that decides: money that came in before money on its way, before what was declined.
    fn deciding(&self) -> Option<&Capture> {
        let of = |wanted: &[&str]| self.captures().find(|c| wanted.contains(&c.status.as_str()));
        of(&["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"])
            .or_else(|| of(&["PENDING"]))
            .or_else(|| of(&["DECLINED", "FAILED"]))
    }

    fn state(&self) -> Result<Reported, ProviderError> {
        if let Some(capture) = self.deciding() {
            return Ok(match capture.status.as_str() {
                "PENDING" => Reported::Open,
                "DECLINED" | "FAILED" => Reported::Failed { reason: code(&capture.status) },
                _ => Reported::Paid {
                    payment: checked(&capture.id)?,
                    amount: capture.amount.euros()?,
                    on: today(capture.create_time),
                },
            });
        }
        match self.status.as_str() {
            "CREATED" | "SAVED" | "PAYER_ACTION_REQUIRED" => Ok(Reported::Open),
            "APPROVED" => Ok(Reported::Approved),
            "VOIDED" => Ok(Reported::Cancelled),
            // Completed without a capture that is known.
            _ => Err(ProviderError::Malformed("status")),
        }
    }

    fn refunds(&self) -> Result<Vec<ReportedBack>, ProviderError> {
        let mut all = Vec::new();
        for refund in self.purchase_units.iter().flat_map(|u| &u.payments.refunds) {
            let undone = match refund.status.as_str() {
                "PENDING" => continue,
                "COMPLETED" => false,
                "CANCELLED" | "FAILED" => true,
                _ => return Err(ProviderError::Malformed("refund.status")),
            };
            all.push(ReportedBack {
                id: checked(&refund.id)?,
                kind: TakenBackKind::Refund,
                amount: refund.amount.euros()?,
                on: today(refund.create_time),
                reason: None,
                undone,
            });
        }
        Ok(all)
    }
}

fn checked(reference: &str) -> Result<String, ProviderError> {
    if is_reference(reference) { Ok(reference.to_owned()) } else { Err(ProviderError::Malformed("id")) }
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    issue: String,
}

impl Problem {
    /// The provider's code of what is wrong.
    fn issue(body: &[u8], status: u16) -> String {
        let problem: Option<Problem> = parse(body).ok();
        let issue = problem.and_then(|p| p.details.into_iter().map(|d| d.issue).next().or(p.name));
        issue.as_deref().and_then(code).unwrap_or_else(|| format!("status_{status}"))
    }
}

#[async_trait]
impl PaymentService for PayPal {
    fn provider(&self) -> PaymentProvider {
        PaymentProvider::PayPal
    }

    async fn create(&self, account: Account<'_>, order: &Order<'_>) -> Creation {
        let Ok(url) = self.url("v2/checkout/orders", &[]) else { return Creation::NotNow };
        let body = NewOrder {
            intent: "CAPTURE",
            purchase_units: [NewUnit {
                custom_id: order.request_id,
                description: order.description,
                amount: NewAmount { currency_code: "EUR", value: order.amount.to_string() },
            }],
            payment_source: NewSource {
                paypal: NewPayPal {
                    experience_context: Experience {
                        return_url: order.return_url,
                        cancel_url: order.return_url,
                        locale: match order.language {
                            Language::Nl => "nl-NL",
                            Language::En => "en-GB",
                        },
                        user_action: "PAY_NOW",
                        shipping_preference: "NO_SHIPPING",
                    },
                },
            },
        };
        let answer = self
            .exchange(account, |client| {
                client.post(url.clone()).header("PayPal-Request-Id", order.idempotency_key).json(&body)
            })
            .await;
        match answer {
            Ok(Exchange::Answer { status: 200..=299, body }) => made(&body),
            Ok(Exchange::Answer { status: 401 | 403, .. }) | Err(ProviderError::Unauthorized) => {
                Creation::Refused { reason: "unauthorized".to_owned() }
            }
            // Without a token nothing was asked.
            Ok(Exchange::Answer { status: 429 | 503, .. } | Exchange::NotSent) | Err(_) => Creation::NotNow,
            Ok(Exchange::Answer { status: status @ (400 | 404 | 422), body }) => {
                Creation::Refused { reason: Problem::issue(&body, status) }
            }
            Ok(Exchange::Answer { .. } | Exchange::Unknown(_)) => Creation::Unknown,
        }
    }

    async fn fetch(&self, account: Account<'_>, reference: &str) -> Result<Fetched, ProviderError> {
        let url = self.url("v2/checkout/orders", &[reference])?;
        let order = match self.read::<PayPalOrder>(account, url).await {
            Ok(order) => order,
            Err(ProviderError::NotFound) => return Ok(gone(reference)),
            Err(other) => return Err(other),
        };
        let state = order.state()?;
        let mut taken_back = order.refunds()?;
        if let Reported::Paid { payment, .. } = &state {
            taken_back.extend(self.disputes(account, payment).await?);
        }
        let request_id = order.purchase_units.iter().find_map(|u| u.custom_id.clone());
        let checkout_url = order.payer_link().filter(|_| state == Reported::Open);
        let report =
            Report { reference: checked(&order.id)?, state, checkout_url, expires_at: None, taken_back };
        Ok(Fetched { request_id, report })
    }

    async fn capture(&self, account: Account<'_>, reference: &str, key: &str) -> Captured {
        let Ok(url) = self.url("v2/checkout/orders", &[reference, "capture"]) else {
            return Captured::NotNow;
        };
        let answer = self
            .exchange(account, |client| {
                client
                    .post(url.clone())
                    .header("PayPal-Request-Id", key)
                    .header("Content-Type", "application/json")
                    .body("{}")
            })
            .await;
        match answer {
            Ok(Exchange::Answer { status: 200..=299, .. }) => Captured::Done,
            Ok(Exchange::Answer { status: status @ (400 | 422), body }) => {
                match Problem::issue(&body, status).as_str() {
                    "order_already_captured" => Captured::Done,
                    // Approved a moment ago, as it was told, and not any more.
                    "order_not_approved" => Captured::NotNow,
                    issue => Captured::Declined { reason: issue.to_owned() },
                }
            }
            Ok(Exchange::Answer { status: 401 | 403 | 404 | 429 | 503, .. } | Exchange::NotSent) => {
                Captured::NotNow
            }
            Err(_) => Captured::NotNow,
            Ok(Exchange::Answer { .. } | Exchange::Unknown(_)) => Captured::Unknown,
        }
    }

    /// Nothing to call: what is not captured is not paid.
    async fn cancel(&self, _account: Account<'_>, _reference: &str) -> Cancelled {
        Cancelled::Done
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
        let event: Event = serde_json::from_slice(body).map_err(|_| CallbackError::NotUnderstood)?;
        let question = question(account, headers, body).ok_or(CallbackError::Forged)?;
        let url = self.url("v1/notifications/verify-webhook-signature", &[]);
        let url = url.map_err(|_| CallbackError::NotUnderstood)?;
        let answer = self
            .exchange(account, |client| {
                client.post(url.clone()).header("Content-Type", "application/json").body(question.clone())
            })
            .await;
        let later = |why: String| CallbackError::Unavailable(why);
        match answer {
            Ok(Exchange::Answer { status: 200..=299, body }) => match parse::<Verification>(&body) {
                Ok(verification) if verification.verification_status == "SUCCESS" => Ok(event.told()),
                Ok(_) => Err(CallbackError::Forged),
                Err(_) => Err(later("answer_not_understood".to_owned())),
            },
            // What PayPal does not even take as a question was not signed by it.
            Ok(Exchange::Answer { status: 400 | 422, .. }) => Err(CallbackError::Forged),
            Ok(Exchange::Answer { status, .. }) => Err(later(format!("status_{status}"))),
            Ok(Exchange::NotSent) => Err(later("not_connected".to_owned())),
            Ok(Exchange::Unknown(why)) => Err(later(why.to_owned())),
            Err(error) => Err(later(error.to_string())),
        }
    }
}

fn made(body: &[u8]) -> Creation {
    let Ok(order) = parse::<PayPalOrder>(body) else { return Creation::Unknown };
    match order.payer_link() {
        Some(checkout_url) if is_reference(&order.id) => {
            Creation::Made { reference: order.id, checkout_url, expires_at: None }
        }
        _ => Creation::Unknown,
    }
}

fn gone(reference: &str) -> Fetched {
    let report = Report {
        reference: reference.to_owned(),
        state: Reported::Expired,
        checkout_url: None,
        expires_at: None,
        taken_back: Vec::new(),
    };
    Fetched { request_id: None, report }
}

#[derive(Deserialize)]
struct Verification {
    verification_status: String,
}

/// What PayPal is asked about a callback: the event goes in byte for byte, since its signature is over these bytes. `None`:
/// a header is missing or is not one, so it was not PayPal.
fn question(account: Account<'_>, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let header = |name: &str, longest: usize| {
        let text = headers.get(name)?.to_str().ok()?;
        (1..=longest).contains(&text.len()).then(|| text.to_owned())
    };
    let address = header("paypal-cert-url", 500)?;
    let fields = serde_json::json!({
        "auth_algo": header("paypal-auth-algo", 100)?,
        "cert_url": address,
        "transmission_id": header("paypal-transmission-id", 50)?,
        "transmission_sig": header("paypal-transmission-sig", 500)?,
        "transmission_time": header("paypal-transmission-time", 100)?,
        "webhook_id": account.keys.webhook_id.as_ref()?.expose(),
    });
    let event = std::str::from_utf8(body).ok()?;
    let fields = fields.to_string();
    Some(format!("{},\"webhook_event\":{event}}}", fields.strip_suffix('}')?))
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    resource: Resource,
}

/// The parts of an event's resource that name something: an order, a capture, a refund or a dispute.
#[derive(Default, Deserialize)]
struct Resource {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    custom_id: Option<String>,
    #[serde(default)]
    purchase_units: Vec<EventUnit>,
    #[serde(default)]
    supplementary_data: Option<Supplementary>,
    #[serde(default)]
    links: Vec<Link>,
    #[serde(default)]
    disputed_transactions: Vec<Disputed>,
}

#[derive(Deserialize)]
struct EventUnit {
    #[serde(default)]
    custom_id: Option<String>,
}

#[derive(Deserialize)]
struct Supplementary {
    #[serde(default)]
    related_ids: Option<Related>,
}

#[derive(Deserialize)]
struct Related {
    #[serde(default)]
    order_id: Option<String>,
}

#[derive(Deserialize)]
struct Disputed {
    #[serde(default)]
    seller_transaction_id: Option<String>,
    #[serde(default)]
    custom: Option<String>,
}

impl Event {
    fn told(self) -> Told {
        let resource = self.resource;
        let order = resource.supplementary_data.and_then(|s| s.related_ids).and_then(|r| r.order_id);
        // The capture that a refund is of.
        let up = resource.links.iter().filter(|l| l.rel == "up").filter_map(|l| l.href.rsplit('/').next());
        let disputed = resource.disputed_transactions.iter().filter_map(|d| d.seller_transaction_id.clone());
        let references = order
            .into_iter()
            .chain(resource.id)
            .chain(up.map(str::to_owned))
            .chain(disputed)
            .filter(|text| is_reference(text))
            .take(8)
            .collect();
        let units = resource.purchase_units.into_iter().find_map(|u| u.custom_id);
        let custom = resource.disputed_transactions.into_iter().find_map(|d| d.custom);
        Told { references, request_id: resource.custom_id.or(units).or(custom) }
    }
}

#[cfg(test)]
#[path = "paypal_tests.rs"]
mod tests;
