//! Mollie's payments v2, after docs.mollie.com: made, shown with what went back, cancelled. Payments are kept in Mollie's own form.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::Money;
use domain::payment_request::PaymentProvider;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::calls::Message;
use super::{Payments, Stand};
use crate::problem;

/// How long a payment waits for whoever pays: iDEAL's quarter of an hour.
const PAYABLE: SignedDuration = SignedDuration::from_mins(15);

/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 255;

const METHODS: [&str; 7] =
    ["ideal", "wero", "creditcard", "bancontact", "banktransfer", "directdebit", "paypal"];

/// Payments by their ids.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Books {
    payments: BTreeMap<String, Value>,
    /// Which payment an idempotency key made, and of what body.
    keys: BTreeMap<String, (String, Value)>,
    order: Vec<String>,
    taken_back: usize,
}

impl Books {
    pub(super) fn last(&self) -> Option<String> {
        self.order.last().cloned()
    }

    pub(super) fn count(&self) -> usize {
        self.order.len()
    }

    /// The last made first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.order.iter().rev().filter_map(|id| self.payments.get(id))
    }

    pub(super) fn get(&self, id: &str) -> Option<&Value> {
        self.payments.get(id)
    }

    fn make(&mut self, body: &Value, page_base: &str, now: Timestamp) -> Value {
        let id = format!("tr_Local{:06}", self.order.len() + 1);
        let methods = body["method"].clone();
        let cancelable = methods == json!("banktransfer") || methods == json!(["banktransfer"]);
        let payment = json!({
            "resource": "payment", "id": id, "mode": "test", "createdAt": now.to_string(), "status": "open",
            "isCancelable": cancelable, "expiresAt": (now + PAYABLE).to_string(),
            "amount": body["amount"], "description": body["description"], "method": null,
            "offered": methods, "metadata": body["metadata"], "locale": body["locale"],
            "profileId": "pfl_Local", "sequenceType": "oneoff",
            "redirectUrl": body["redirectUrl"], "webhookUrl": body["webhookUrl"],
            "refunds": [], "chargebacks": [],
            "_links": {
                "self": { "href": format!("{page_base}/local/payments/mollie/v2/payments/{id}"), "type": "application/hal+json" },
                "checkout": { "href": format!("{page_base}/local/payments/mollie/checkout/{id}"), "type": "text/html" }
            }
        });
        self.order.push(id.clone());
        self.payments.insert(id, payment.clone());
        payment
    }

    /// A payment whose time is over is expired.
    pub(super) fn expire(&mut self, now: Timestamp) {
        for payment in self.payments.values_mut() {
            let ends: Option<Timestamp> = payment["expiresAt"].as_str().and_then(|text| text.parse().ok());
            if payment["status"] == "open" && ends.is_some_and(|ends| ends <= now) {
                end(payment, "expired", now);
            }
        }
    }

    /// The person on the page pays, or does not. Whether that was possible.
    pub(super) fn choose(&mut self, id: &str, state: &str, now: Timestamp) -> bool {
        self.expire(now);
        let Some(payment) = self.payments.get_mut(id).filter(|p| p["status"] == "open") else { return false };
        end(payment, state, now);
        if state == "failed" {
            payment["details"] = json!({ "failureReason": "insufficient_funds" });
        }
        true
    }

    /// So much goes back to whoever paid. Whether that was possible.
    pub(super) fn refund(&mut self, id: &str, amount: Money, now: Timestamp) -> bool {
        let number = self.taken_back + 1;
        let Some(payment) = self.payments.get_mut(id) else { return false };
        if payment["status"] != "paid" || !amount.is_positive() || amount > left(payment) {
            return false;
        }
        let refund = json!({
            "resource": "refund", "id": format!("re_Local{number:06}"), "amount": euros(amount),
            "status": "refunded", "createdAt": now.to_string(), "paymentId": id, "description": ""
        });
        push(&mut payment["refunds"], refund);
        self.taken_back = number;
        true
    }

    /// The bank takes all of it back. Whether that was possible.
    pub(super) fn charge_back(&mut self, id: &str, now: Timestamp) -> bool {
        let number = self.taken_back + 1;
        let Some(payment) = self.payments.get_mut(id) else { return false };
        let amount = left(payment);
        if payment["status"] != "paid" || !amount.is_positive() {
            return false;
        }
        let chargeback = json!({
            "resource": "chargeback", "id": format!("chb_Local{number:06}"), "amount": euros(amount),
            "createdAt": now.to_string(), "reversedAt": null, "paymentId": id,
            "reason": { "code": "MD06", "description": "Refund request by end customer" }
        });
        push(&mut payment["chargebacks"], chargeback);
        self.taken_back = number;
        true
    }

    /// The bank finds for the creditor: the last chargeback is undone. Whether there was one.
    pub(super) fn reverse(&mut self, id: &str, now: Timestamp) -> bool {
        let chargebacks = self.payments.get_mut(id).and_then(|p| p["chargebacks"].as_array_mut());
        let standing = chargebacks.and_then(|all| all.iter_mut().rev().find(|c| c["reversedAt"].is_null()));
        standing.is_some_and(|chargeback| {
            chargeback["reversedAt"] = json!(now.to_string());
            true
        })
    }
}

fn end(payment: &mut Value, state: &str, now: Timestamp) {
    payment["status"] = json!(state);
    payment[format!("{state}At")] = json!(now.to_string());
    payment["isCancelable"] = json!(false);
    let offered = payment["offered"].as_str().map(str::to_owned);
    let offered = offered.or_else(|| payment["offered"][0].as_str().map(str::to_owned));
    payment["method"] = json!(offered.unwrap_or_else(|| "ideal".to_owned()));
    if let Some(links) = payment["_links"].as_object_mut() {
        links.remove("checkout");
    }
}

fn push(list: &mut Value, item: Value) {
    if let Some(list) = list.as_array_mut() {
        list.push(item);
    }
}

fn euros(amount: Money) -> Value {
    json!({ "currency": "EUR", "value": amount.to_string() })
}

fn amount_of(value: &Value) -> Money {
    value["amount"]["value"].as_str().and_then(|text| Money::parse_amount(text).ok()).unwrap_or(Money::ZERO)
}

/// What has not gone back yet.
pub(super) fn left(payment: &Value) -> Money {
    let sum = |list: &Value| -> Money {
        let standing = |c: &&Value| c["reversedAt"].is_null();
        list.as_array().into_iter().flatten().filter(standing).map(amount_of).sum()
    };
    amount_of(payment) - sum(&payment["refunds"]) - sum(&payment["chargebacks"])
}

impl Payments {
    /// Mollie's call about this payment, where whoever made it gave an address.
    pub(super) fn mollies_message(&self, id: &str) -> Option<Message> {
        let inside = self.inside();
        let payment = inside.books.mollie.get(id)?;
        let address = payment["webhookUrl"].as_str()?.to_owned();
        let mut headers = HeaderMap::new();
        let form = header::HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, form);
        let about = id.to_owned();
        Some(Message { provider: PaymentProvider::Mollie, about, address, headers, body: format!("id={id}") })
    }
}

pub(super) fn api() -> Router<Arc<Payments>> {
    Router::new().route("/v2/payments", post(create)).route("/v2/payments/{id}", get(show).delete(cancel))
}

/// A refusal as Mollie writes it.
fn refused(status: StatusCode, detail: &str, field: Option<&str>) -> Response {
    let mut body = json!({
        "status": status.as_u16(), "title": status.canonical_reason().unwrap_or_default(), "detail": detail,
        "_links": { "documentation": { "href": "https://docs.mollie.com/overview/handling-errors", "type": "text/html" } }
    });
    if let Some(field) = field {
        body["field"] = json!(field);
    }
    (status, [(header::CONTENT_TYPE, "application/hal+json")], Json(body)).into_response()
}

impl Payments {
    fn is_not_mollies_client(&self, headers: &HeaderMap) -> Option<Response> {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let known = given.strip_prefix("Bearer ").is_some_and(|key| key == self.settings.mollie_key);
        let missing = "Missing authentication, or failed to authenticate";
        (!known).then(|| refused(StatusCode::UNAUTHORIZED, missing, None))
    }
}

/// The first field that is wrong.
fn wrong(body: &Value) -> Option<(&'static str, &'static str)> {
    let text = |field: &str| body[field].as_str().filter(|text| !text.is_empty());
    let is_address = |field: &str| text(field).is_some_and(|t| Url::parse(t).is_ok());
    let amount = body["amount"]["value"].as_str();
    let two_decimals = |t: &&str| t.split_once('.').is_some_and(|(_, cents)| cents.len() == 2);
    let amount = amount.filter(two_decimals).and_then(|t| Money::parse_amount(t).ok());
    let methods: Vec<&Value> = match &body["method"] {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    };
    let is_method = |m: &&Value| m.as_str().is_some_and(|name| METHODS.contains(&name));
    if body["amount"]["currency"] != "EUR" || amount.is_none_or(|amount| !amount.is_positive()) {
        return Some(("amount", "The amount contains an invalid value"));
    }
    if text("description").is_none_or(|t| t.chars().count() > LONGEST_DESCRIPTION) {
        return Some(("description", "The description is invalid"));
    }
    if !is_address("redirectUrl") {
        return Some(("redirectUrl", "The redirect URL is invalid"));
    }
    if !body["webhookUrl"].is_null() && !is_address("webhookUrl") {
        return Some(("webhookUrl", "The webhook URL is invalid"));
    }
    (!methods.iter().all(is_method)).then_some(("method", "The payment method is invalid"))
}

async fn create(State(stand): Stand, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = stand.is_not_mollies_client(&headers) {
        return refusal;
    }
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return refused(StatusCode::BAD_REQUEST, "The body is no JSON", None);
    };
    if let Some((field, detail)) = wrong(&body) {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, detail, Some(field));
    }
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let base = stand.settings.page_base.clone();
    let made = stand.change(|books, now| {
        let books = &mut books.mollie;
        if let Some((id, before)) = key.as_ref().and_then(|key| books.keys.get(key)) {
            return (*before == body).then(|| books.payments.get(id).cloned()).flatten();
        }
        let payment = books.make(&body, &base, now);
        let id = payment["id"].as_str().unwrap_or_default().to_owned();
        if let Some(key) = key {
            books.keys.insert(key, (id, body));
        }
        Some(payment)
    });
    problem::or(made.map(|made| match made {
        Some(payment) => answer(StatusCode::CREATED, payment, ""),
        None => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, "The idempotency key was used for something else", None)
        }
    }))
}

/// A payment as the API shows it: what went back only where it is asked for.
fn answer(status: StatusCode, mut payment: Value, embed: &str) -> Response {
    let gone = ["refunds", "chargebacks"].map(|what| (what, payment[what].take()));
    if let Some(fields) = payment.as_object_mut() {
        ["refunds", "chargebacks", "offered"].iter().for_each(|field| {
            fields.remove(*field);
        });
    }
    for (what, list) in gone {
        if embed.split(',').any(|asked| asked == what) {
            payment["_embedded"][what] = list;
        }
    }
    (status, [(header::CONTENT_TYPE, "application/hal+json")], Json(payment)).into_response()
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    embed: String,
}

async fn show(
    State(stand): Stand,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = stand.is_not_mollies_client(&headers) {
        return refusal;
    }
    let found = stand.change(|books, now| {
        books.mollie.expire(now);
        books.mollie.get(&id).cloned()
    });
    problem::or(found.map(|found| match found {
        Some(payment) => answer(StatusCode::OK, payment, &asked.embed),
        None => refused(StatusCode::NOT_FOUND, "No payment exists with this id", None),
    }))
}

async fn cancel(State(stand): Stand, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refusal) = stand.is_not_mollies_client(&headers) {
        return refusal;
    }
    let done = stand.change(|books, now| {
        let books = &mut books.mollie;
        books.expire(now);
        let payment = books.payments.get_mut(&id)?;
        let cancelable = payment["isCancelable"] == true;
        if cancelable {
            end(payment, "canceled", now);
        }
        Some((cancelable, payment.clone()))
    });
    problem::or(done.map(|done| match done {
        Some((true, payment)) => answer(StatusCode::OK, payment, ""),
        Some((false, _)) => refused(StatusCode::UNPROCESSABLE_ENTITY, "The payment cannot be canceled", None),
        None => refused(StatusCode::NOT_FOUND, "No payment exists with this id", None),
    }))
}
