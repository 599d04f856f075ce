//! What a test does with any stand-in: sends the weather, reads who asked what.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::stand::{Ledger, Stand, Weather};

pub(super) fn routes<B: Ledger>() -> Router<Arc<Stand<B>>> {
    Router::new().route("/weather", post(weather)).route("/log", get(log))
}

async fn weather<B: Ledger>(State(stand): State<Arc<Stand<B>>>, Json(weather): Json<Weather>) -> StatusCode {
    stand.set_weather(weather);
    StatusCode::NO_CONTENT
}

async fn log<B: Ledger>(State(stand): State<Arc<Stand<B>>>) -> Json<Value> {
    Json(json!({ "items": stand.asked() }))
}
