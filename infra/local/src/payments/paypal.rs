//! PayPal's orders v2, after developer.paypal.com: tokens, orders, captures, disputes, and signed events that are verified here.
//! Orders are kept in PayPal's own form.
//!
//! The signature is a keyed hash and no certificate's: whoever verifies asks PayPal, and PayPal is here.

mod api;

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::Money;
use domain::payment_request::PaymentProvider;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;

pub(super) use api::api;

use super::Payments;
use super::calls::Message;
use crate::credentials;
use crate::failure::{Outcome, While};

/// How long an order waits for the payer.
const PAYABLE: SignedDuration = SignedDuration::from_hours(3);

/// Orders by their ids.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Books {
    orders: BTreeMap<String, Order>,
    /// What an idempotency key led to: the order, and whether it was made or captured by it.
    keys: BTreeMap<String, (String, Value)>,
    order: Vec<String>,
    /// Addresses to which events go, by the webhook's id.
    webhooks: BTreeMap<String, String>,
    /// With which events are signed.
    signing_key: String,
    tokens: Vec<(String, Timestamp)>,
    numbers: usize,
}

/// An order, with what PayPal knows beside what it shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    /// As it is shown.
    pub(super) shown: Value,
    pub(super) made_at: Timestamp,
    /// The payer's means of payment is declined when the money is taken.
    declines: bool,
    disputes: Vec<Value>,
}

impl Order {
    fn status(&self) -> &str {
        self.shown["status"].as_str().unwrap_or_default()
    }

    fn unit(&self) -> &Value {
        &self.shown["purchase_units"][0]
    }

    fn capture(&self) -> Option<&Value> {
        self.unit()["payments"]["captures"].as_array()?.last()
    }

    pub(super) fn amount(&self) -> Money {
        amount_of(&self.unit()["amount"])
    }

    /// What came in and has not gone back.
    pub(super) fn left(&self) -> Money {
        let Some(capture) = self.capture() else { return Money::ZERO };
        let refunds = self.unit()["payments"]["refunds"].as_array();
        let refunded: Money = refunds.into_iter().flatten().map(|r| amount_of(&r["amount"])).sum();
        let disputed: Money = self.disputes.iter().map(standing).sum();
        amount_of(&capture["amount"]) - refunded - disputed
    }
}

/// What a dispute still takes from the seller.
fn standing(dispute: &Value) -> Money {
    let of = |kind: &str| -> Money {
        let movements = dispute["money_movements"].as_array();
        movements.into_iter().flatten().filter(|m| m["type"] == kind).map(|m| amount_of(&m["amount"])).sum()
    };
    of("DEBIT") - of("CREDIT")
}

fn amount_of(amount: &Value) -> Money {
    amount["value"].as_str().and_then(|text| Money::parse_amount(text).ok()).unwrap_or(Money::ZERO)
}

fn euros(amount: Money) -> Value {
    json!({ "currency_code": "EUR", "value": amount.to_string() })
}

/// An event to be told, and what it is about.
pub(super) type Event = (&'static str, Value);

impl Books {
    pub(super) fn last(&self) -> Option<String> {
        self.order.last().cloned()
    }

    pub(super) fn count(&self) -> usize {
        self.order.len()
    }

    /// The last made first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Order> {
        self.order.iter().rev().filter_map(|id| self.orders.get(id))
    }

    pub(super) fn get(&self, id: &str) -> Option<&Order> {
        self.orders.get(id)
    }

    /// An id in the form of PayPal's.
    fn number(&mut self, prefix: &str) -> String {
        self.numbers += 1;
        format!("{prefix}LOCAL{:07}", self.numbers)
    }

    /// Orders that nobody approved in time are gone.
    pub(super) fn forget(&mut self, now: Timestamp) {
        let open = |o: &Order| matches!(o.status(), "PAYER_ACTION_REQUIRED" | "APPROVED");
        self.orders.retain(|_, order| !open(order) || order.made_at + PAYABLE > now);
    }

    fn make(&mut self, body: &Value, page_base: &str, now: Timestamp) -> Value {
        let id = self.number("O");
        let mut unit = body["purchase_units"][0].clone();
        unit["reference_id"] = json!("default");
        let context = &body["payment_source"]["paypal"]["experience_context"];
        let shown = json!({
            "id": id, "status": "PAYER_ACTION_REQUIRED", "intent": "CAPTURE", "create_time": now.to_string(),
            "purchase_units": [unit],
            "payment_source": { "paypal": { "experience_context": context } },
            "links": [
                { "href": format!("{page_base}/local/payments/paypal/v2/checkout/orders/{id}"), "rel": "self", "method": "GET" },
                { "href": format!("{page_base}/local/payments/paypal/checkout/{id}"), "rel": "payer-action", "method": "GET" }
            ]
        });
        let order = Order { shown: shown.clone(), made_at: now, declines: false, disputes: Vec::new() };
        self.order.push(id.clone());
        self.orders.insert(id, order);
        shown
    }

    /// The payer approves, with means that are there or not. What is told of it; `None` where that was not possible.
    pub(super) fn approve(&mut self, id: &str, declines: bool, now: Timestamp) -> Option<Event> {
        self.forget(now);
        let order = self.orders.get_mut(id).filter(|o| o.status() == "PAYER_ACTION_REQUIRED")?;
        order.shown["status"] = json!("APPROVED");
        order.declines = declines;
        Some(("CHECKOUT.ORDER.APPROVED", order.shown.clone()))
    }

    /// The payer lets it be, and PayPal forgets it at once. Nothing is told of that.
    pub(super) fn drop_order(&mut self, id: &str) -> bool {
        let is_open = self.orders.get(id).is_some_and(|o| o.status() == "PAYER_ACTION_REQUIRED");
        is_open && self.orders.remove(id).is_some()
    }

    /// Takes the money. What is told of it, or PayPal's code of why not.
    fn take(&mut self, id: &str, now: Timestamp) -> Result<Event, &'static str> {
        self.forget(now);
        let capture_id = self.number("C");
        let order = self.orders.get_mut(id).ok_or("INVALID_RESOURCE_ID")?;
        match order.status() {
            "APPROVED" if order.declines => return Err("INSTRUMENT_DECLINED"),
            "APPROVED" => {}
            "COMPLETED" => return Err("ORDER_ALREADY_CAPTURED"),
            _ => return Err("ORDER_NOT_APPROVED"),
        }
        let unit = order.unit();
        let capture = json!({
            "id": capture_id, "status": "COMPLETED", "amount": unit["amount"], "custom_id": unit["custom_id"],
            "final_capture": true, "create_time": now.to_string(),
            "supplementary_data": { "related_ids": { "order_id": id } }
        });
        order.shown["status"] = json!("COMPLETED");
        order.shown["purchase_units"][0]["payments"] = json!({ "captures": [capture], "refunds": [] });
        Ok(("PAYMENT.CAPTURE.COMPLETED", capture))
    }

    /// So much goes back to the payer. What is told of it; `None` where that was not possible.
    pub(super) fn refund(&mut self, id: &str, amount: Money, now: Timestamp) -> Option<Event> {
        let number = self.number("R");
        let order = self.orders.get_mut(id)?;
        let capture = order.capture()?.clone();
        let left = order.left();
        if !amount.is_positive() || amount > left {
            return None;
        }
        let above = format!("/v2/payments/captures/{}", capture["id"].as_str().unwrap_or_default());
        let refund = json!({
            "id": number, "status": "COMPLETED", "amount": euros(amount), "custom_id": capture["custom_id"],
            "create_time": now.to_string(), "links": [{ "rel": "up", "href": above, "method": "GET" }]
        });
        let payments = &mut order.shown["purchase_units"][0]["payments"];
        if let Some(refunds) = payments["refunds"].as_array_mut() {
            refunds.push(refund.clone());
        }
        let status = if amount == left { "REFUNDED" } else { "PARTIALLY_REFUNDED" };
        payments["captures"][0]["status"] = json!(status);
        Some(("PAYMENT.CAPTURE.REFUNDED", refund))
    }

    /// The payer disputes it, and PayPal takes the money. What is told of it; `None` where there is none to take.
    pub(super) fn charge_back(&mut self, id: &str, now: Timestamp) -> Option<Event> {
        let number = self.number("PP-D-");
        let order = self.orders.get_mut(id)?;
        let capture = order.capture()?.clone();
        let amount = order.left();
        if !amount.is_positive() {
            return None;
        }
        let dispute = json!({
            "dispute_id": number, "reason": "UNAUTHORISED", "status": "RESOLVED", "create_time": now.to_string(),
            "disputed_transactions": [{ "seller_transaction_id": capture["id"], "custom": capture["custom_id"] }],
            "money_movements": [movement("DEBIT", amount, now)]
        });
        order.disputes.push(dispute.clone());
        Some(("CUSTOMER.DISPUTE.CREATED", dispute))
    }

    /// The dispute is found for the seller. What is told of it; `None` where there is none.
    pub(super) fn reverse(&mut self, id: &str, now: Timestamp) -> Option<Event> {
        let order = self.orders.get_mut(id)?;
        let dispute = order.disputes.iter_mut().rev().find(|d| standing(d).is_positive())?;
        let back = movement("CREDIT", standing(dispute), now);
        if let Some(movements) = dispute["money_movements"].as_array_mut() {
            movements.push(back);
        }
        Some(("CUSTOMER.DISPUTE.RESOLVED", dispute.clone()))
    }

    fn disputes(&self) -> impl Iterator<Item = &Value> {
        self.orders.values().flat_map(|order| &order.disputes)
    }

    /// The signature over what PayPal's documentation names: the message's id and time, the webhook's id, and the event.
    fn signature(&self, id: &str, time: &str, webhook: &str, event: &Value) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.signing_key.as_bytes()) else {
            return String::new();
        };
        mac.update(format!("{id}|{time}|{webhook}|{event}").as_bytes());
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }

    /// The address to which events go, with the webhook's id.
    fn registered(&mut self, address: &str) -> String {
        if let Some((id, _)) = self.webhooks.iter().find(|(_, known)| *known == address) {
            return id.clone();
        }
        let id = self.number("WH");
        self.webhooks.insert(id.clone(), address.to_owned());
        id
    }
}

fn movement(kind: &str, amount: Money, now: Timestamp) -> Value {
    json!({
        "affected_party": "SELLER", "type": kind, "amount": euros(amount), "initiated_time": now.to_string(),
        "reason": "DISPUTE_SETTLEMENT"
    })
}

const SIGNED: [&str; 5] = [
    "paypal-auth-algo",
    "paypal-cert-url",
    "paypal-transmission-id",
    "paypal-transmission-sig",
    "paypal-transmission-time",
];

impl Payments {
    /// Registers an address for PayPal's events, as its owner does on PayPal's pages. The webhook's id; the same for the same
    /// address.
    pub fn register(&self, address: &str) -> Outcome<String> {
        let path = Url::parse(address).during("reading an address for calls")?.path().to_owned();
        let key = credentials::token()?;
        self.change(|books, _| {
            let books = &mut books.paypal;
            if books.signing_key.is_empty() {
                books.signing_key = key;
            }
            // The port may be another one in the next run.
            books.registered(&format!("http://localhost{path}"))
        })
    }

    /// PayPal's calls about an event, one for each webhook.
    pub(super) fn paypals_messages(&self, about: &str, event: &Event) -> Vec<Message> {
        let now = self.now();
        let mut inside = self.inside();
        let books = &mut inside.books.paypal;
        let (kind, resource) = event;
        let event = json!({
            "id": books.number("WH-E"), "event_version": "1.0", "create_time": now.to_string(),
            "event_type": kind, "resource": resource
        });
        let (id, time) = (books.number("T"), now.to_string());
        let books = &*books;
        let message = |(webhook, address): (&String, &String)| {
            let signature = books.signature(&id, &time, webhook, &event);
            let values = [
                "SHA256withRSA",
                "https://api.paypal.com/v1/notifications/certs/LOCAL",
                &id,
                &signature,
                &time,
            ];
            let mut headers = HeaderMap::new();
            for (name, value) in SIGNED.into_iter().zip(values) {
                if let Ok(value) = HeaderValue::from_str(value) {
                    headers.insert(HeaderName::from_static(name), value);
                }
            }
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            Message {
                provider: PaymentProvider::PayPal,
                about: about.to_owned(),
                address: address.clone(),
                headers,
                body: event.to_string(),
            }
        };
        books.webhooks.iter().map(message).collect()
    }
}
