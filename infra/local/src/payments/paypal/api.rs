//! The addresses of PayPal's API.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::Money;
use jiff::SignedDuration;
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Payments, Stand};
use crate::credentials;
use crate::problem;

/// Seconds that a token is good, as PayPal says: nine hours.
const TOKEN_SECONDS: i64 = 32_400;

pub(in super::super) fn api() -> Router<Arc<Payments>> {
    Router::new()
        .route("/v1/oauth2/token", post(token))
        .route("/v1/notifications/verify-webhook-signature", post(verify))
        .route("/v2/checkout/orders", post(create))
        .route("/v2/checkout/orders/{id}", get(show))
        .route("/v2/checkout/orders/{id}/capture", post(capture))
        .route("/v1/customer/disputes", get(disputes))
        .route("/v1/customer/disputes/{id}", get(dispute))
}

/// A refusal as PayPal writes it.
fn refused(status: StatusCode, name: &str, issue: &str) -> Response {
    let body = json!({
        "name": name, "message": "The requested action could not be performed.", "debug_id": "local",
        "details": [{ "issue": issue, "description": issue }], "links": []
    });
    (status, Json(body)).into_response()
}

fn unprocessable(issue: &str) -> Response {
    refused(StatusCode::UNPROCESSABLE_ENTITY, "UNPROCESSABLE_ENTITY", issue)
}

fn absent() -> Response {
    refused(StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
}

#[derive(Deserialize)]
struct Grant {
    grant_type: String,
}

async fn token(State(stand): Stand, headers: HeaderMap, Form(grant): Form<Grant>) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let client = format!("{}:{}", stand.settings.paypal_client, stand.settings.paypal_secret);
    if given != format!("Basic {}", BASE64_STANDARD.encode(client))
        || grant.grant_type != "client_credentials"
    {
        let error = json!({ "error": "invalid_client", "error_description": "Client Authentication failed" });
        return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
    }
    let made = credentials::token().and_then(|token| {
        let ends = |now| now + SignedDuration::from_secs(TOKEN_SECONDS);
        stand.change(|books, now| {
            books.paypal.tokens.retain(|(_, until)| *until > now);
            books.paypal.tokens.push((token.clone(), ends(now)));
            json!({ "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS })
        })
    });
    problem::or(made.map(|answer| Json(answer).into_response()))
}

impl Payments {
    fn is_not_paypals_client(&self, headers: &HeaderMap) -> Option<Response> {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let token = given.strip_prefix("Bearer ").unwrap_or_default();
        let now = self.now();
        let known = self.inside().books.paypal.tokens.iter().any(|(t, until)| t == token && *until > now);
        let refusal = || refused(StatusCode::UNAUTHORIZED, "AUTHENTICATION_FAILURE", "INVALID_TOKEN");
        (!known).then(refusal)
    }
}

fn header_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
}

/// PayPal's code of what is wrong with an order that is asked for.
fn wrong(body: &Value) -> Option<&'static str> {
    let amount = &body["purchase_units"][0]["amount"];
    let value = amount["value"].as_str().and_then(|text| Money::parse_amount(text).ok());
    let context = &body["payment_source"]["paypal"]["experience_context"];
    let is_address = |field: &str| context[field].as_str().is_some_and(|text| Url::parse(text).is_ok());
    let description = body["purchase_units"][0]["description"].as_str().unwrap_or_default();
    match () {
        () if body["intent"] != "CAPTURE" => Some("UNSUPPORTED_INTENT"),
        () if amount["currency_code"] != "EUR" => Some("CURRENCY_NOT_SUPPORTED"),
        () if value.is_none_or(|value| !value.is_positive()) => Some("CANNOT_BE_ZERO_OR_NEGATIVE"),
        () if description.chars().count() > 127 => Some("INVALID_STRING_LENGTH"),
        () if !is_address("return_url") || !is_address("cancel_url") => Some("INVALID_PARAMETER_SYNTAX"),
        () => None,
    }
}

async fn create(State(stand): Stand, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = stand.is_not_paypals_client(&headers) {
        return refusal;
    }
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return refused(StatusCode::BAD_REQUEST, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON");
    };
    if let Some(issue) = wrong(&body) {
        return unprocessable(issue);
    }
    let key = header_of(&headers, "paypal-request-id");
    let base = stand.settings.page_base.clone();
    let made = stand.change(|books, now| {
        let books = &mut books.paypal;
        if let Some((_, before)) = key.as_ref().and_then(|key| books.keys.get(key)) {
            return (StatusCode::OK, before.clone());
        }
        let order = books.make(&body, &base, now);
        if let Some(key) = key {
            let id = order["id"].as_str().unwrap_or_default().to_owned();
            books.keys.insert(key, (id, order.clone()));
        }
        (StatusCode::CREATED, order)
    });
    problem::or(made.map(|(status, order)| (status, Json(order)).into_response()))
}

async fn show(State(stand): Stand, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refusal) = stand.is_not_paypals_client(&headers) {
        return refusal;
    }
    let found = stand.change(|books, now| {
        books.paypal.forget(now);
        books.paypal.get(&id).map(|order| order.shown.clone())
    });
    problem::or(found.map(|found| found.map_or_else(absent, |order| Json(order).into_response())))
}

async fn capture(State(stand): Stand, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refusal) = stand.is_not_paypals_client(&headers) {
        return refusal;
    }
    let key = header_of(&headers, "paypal-request-id");
    let taken = stand.change(|books, now| {
        let books = &mut books.paypal;
        if key.as_ref().and_then(|key| books.keys.get(key)).is_some_and(|(of, _)| *of == id) {
            return Ok((StatusCode::OK, None));
        }
        let event = books.take(&id, now)?;
        if let Some(key) = key {
            books.keys.insert(key, (id.clone(), Value::Null));
        }
        Ok((StatusCode::CREATED, Some(event)))
    });
    match taken {
        Ok(Ok((status, event))) => {
            if let Some(event) = event {
                stand.tell_later(id.clone(), event);
            }
            let shown = stand.inside().books.paypal.get(&id).map(|order| order.shown.clone());
            (status, Json(shown)).into_response()
        }
        Ok(Err("INVALID_RESOURCE_ID")) => absent(),
        Ok(Err(issue)) => unprocessable(issue),
        Err(failure) => problem::or(Err(failure)),
    }
}

#[derive(Deserialize)]
struct About {
    disputed_transaction_id: Option<String>,
}

async fn disputes(State(stand): Stand, Query(about): Query<About>, headers: HeaderMap) -> Response {
    if let Some(refusal) = stand.is_not_paypals_client(&headers) {
        return refusal;
    }
    let inside = stand.inside();
    let of = |dispute: &&Value| {
        let transaction = &dispute["disputed_transactions"][0]["seller_transaction_id"];
        about.disputed_transaction_id.as_deref().is_none_or(|asked| transaction == asked)
    };
    let short =
        |d: &Value| json!({ "dispute_id": d["dispute_id"], "reason": d["reason"], "status": d["status"] });
    let items: Vec<Value> = inside.books.paypal.disputes().filter(of).map(short).collect();
    Json(json!({ "items": items, "links": [] })).into_response()
}

async fn dispute(State(stand): Stand, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refusal) = stand.is_not_paypals_client(&headers) {
        return refusal;
    }
    let inside = stand.inside();
    let found = inside.books.paypal.disputes().find(|d| d["dispute_id"] == id.as_str());
    found.map_or_else(absent, |dispute| Json(dispute).into_response())
}

#[derive(Deserialize)]
struct Question {
    transmission_id: String,
    transmission_sig: String,
    transmission_time: String,
    webhook_id: String,
    webhook_event: Value,
}

async fn verify(State(stand): Stand, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = stand.is_not_paypals_client(&headers) {
        return refusal;
    }
    let Ok(question) = serde_json::from_slice::<Question>(&body) else {
        return refused(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", "MISSING_FIELD");
    };
    let Question { transmission_id, transmission_sig, transmission_time, webhook_id, webhook_event } =
        question;
    let inside = stand.inside();
    let books = &inside.books.paypal;
    let expected = books.signature(&transmission_id, &transmission_time, &webhook_id, &webhook_event);
    let holds = books.webhooks.contains_key(&webhook_id) && expected == transmission_sig;
    let status = if holds { "SUCCESS" } else { "FAILURE" };
    Json(json!({ "verification_status": status })).into_response()
}
