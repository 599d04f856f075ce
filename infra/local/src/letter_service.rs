//! A stand-in of Pingen: takes letters in by its API, shows them, and says how each stands.
//!
//! A letter is printed on the day on which it was created and posted the day after, unless `POST /local/letters/{id}` told
//! otherwise.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router, body::Bytes};
use domain::calendar::{days_between, today};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::calendar::Calendar;
use crate::failure::{Outcome, While};
use crate::faults::{Behaviour, Fault, Faults};
use crate::messages::{Message, Messages};
use crate::problem;

/// Longer than any caller waits.
const NEVER: Duration = Duration::from_secs(120);
/// Pingen's own limit for a file.
const LARGEST_BYTES: usize = 20 * 1024 * 1024;
const CHANNEL: &str = "letter";
const TOKEN: &str = "local-pingen-token";
/// What tells a key from another in a letter's context.
const KEY: &str = "idempotencyKey";

/// What the stand-in works with.
#[derive(Debug)]
pub struct LetterService {
    pub messages: Messages,
    pub calendar: Calendar,
    /// Where the PDFs are.
    pub folder: PathBuf,
    pub door: SocketAddr,
    /// The only client secret that gets a token.
    pub secret: String,
    pub faults: Faults,
}

/// The API below `path`, the PDFs, and how it goes wrong.
pub fn routes(service: Arc<LetterService>, path: &str) -> Router {
    let below = |rest: &str| format!("{path}/{rest}");
    Router::new()
        .route(&below("auth/access-tokens"), post(token))
        .route(&below("file-upload"), get(slot))
        .route(&below("files/{file}"), put(upload))
        .route(&below("organisations/{organisation}/deliveries/letters"), post(create))
        .route(&below("organisations/{organisation}/deliveries/letters/{id}"), get(look))
        .route("/local/messages/{file}", get(pdf))
        .route("/local/letters/behaviour", post(set_behaviour))
        .route("/local/letters/{id}", post(tell))
        .layer(DefaultBodyLimit::max(LARGEST_BYTES))
        .with_state(service)
}

#[derive(Debug, Deserialize)]
struct Client {
    grant_type: String,
    client_secret: String,
}

async fn token(State(service): State<Arc<LetterService>>, Form(client): Form<Client>) -> Response {
    if client.grant_type != "client_credentials" || client.client_secret != service.secret {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    Json(json!({ "token_type": "Bearer", "expires_in": 43_200, "access_token": TOKEN })).into_response()
}

fn has_token(headers: &HeaderMap) -> bool {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    sent == Some(&format!("Bearer {TOKEN}"))
}

fn refusal(status: StatusCode, title: &str) -> Response {
    (status, Json(json!({ "errors": [{ "title": title }] }))).into_response()
}

async fn slot(State(service): State<Arc<LetterService>>, headers: HeaderMap) -> Response {
    if !has_token(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, "unauthenticated");
    }
    problem::or(fresh_id().map(|file| {
        let url = format!("http://{}{}/files/{file}?signature=local", service.door, crate::PINGEN_PATH);
        let attributes = json!({ "url": url, "url_signature": format!("$2y$10${file}") });
        Json(json!({ "data": { "id": file, "type": "file_uploads", "attributes": attributes } }))
            .into_response()
    }))
}

async fn upload(
    State(service): State<Arc<LetterService>>,
    Path(file): Path<String>,
    body: Bytes,
) -> Response {
    if !is_id(&file) || !body.starts_with(b"%PDF-") {
        return refusal(StatusCode::FORBIDDEN, "not a file that was asked for");
    }
    let kept = std::fs::write(service.folder.join(format!("{file}.pdf")), &body).during("keeping a letter");
    problem::or(kept.map(|()| StatusCode::OK.into_response()))
}

async fn create(
    State(service): State<Arc<LetterService>>,
    Path(organisation): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    if !has_token(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, "unauthenticated");
    }
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    let take = || answer(service.take(&organisation, &key, &body));
    match service.faults.take() {
        None => take(),
        Some(Fault::TimeoutAfterAccepting) => {
            let accepted = take();
            tokio::time::sleep(NEVER).await;
            accepted
        }
        Some(Fault::Timeout) => {
            tokio::time::sleep(NEVER).await;
            refusal(StatusCode::SERVICE_UNAVAILABLE, "asked to time out")
        }
        Some(Fault::Error500) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "asked to fail"),
        Some(Fault::Throttle) => refusal(StatusCode::TOO_MANY_REQUESTS, "asked too often"),
        Some(Fault::Reject) => refusal(StatusCode::UNPROCESSABLE_ENTITY, "asked to refuse"),
    }
}

fn answer(taken: Outcome<Option<String>>) -> Response {
    match taken {
        Ok(Some(id)) => {
            let body =
                json!({ "data": { "id": id, "type": "letters", "attributes": { "status": "validating" } } });
            (StatusCode::CREATED, Json(body)).into_response()
        }
        Ok(None) => refusal(StatusCode::UNPROCESSABLE_ENTITY, "no such file"),
        Err(failure) => problem::or(Err(failure)),
    }
}

async fn look(
    State(service): State<Arc<LetterService>>,
    Path((_organisation, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !has_token(&headers) {
        return refusal(StatusCode::UNAUTHORIZED, "unauthenticated");
    }
    problem::or(service.standing(&id).map(|standing| match standing {
        None => refusal(StatusCode::NOT_FOUND, "no such letter"),
        Some((status, at)) => {
            let attributes = json!({ "status": status, "updated_at": at });
            Json(json!({ "data": { "id": id, "type": "letters", "attributes": attributes } })).into_response()
        }
    }))
}

async fn pdf(State(service): State<Arc<LetterService>>, Path(file): Path<String>) -> Response {
    let name = file.strip_suffix(".pdf").filter(|name| is_id(name));
    let read = name.and_then(|name| std::fs::read(service.folder.join(format!("{name}.pdf"))).ok());
    match read {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response(),
        None => problem::answer(StatusCode::NOT_FOUND, "There is no such letter."),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    status: String,
}

/// What becomes of a letter from now on, in Pingen's own words.
async fn tell(
    State(service): State<Arc<LetterService>>,
    Path(id): Path<String>,
    Json(told): Json<Told>,
) -> Response {
    problem::or(service.standing(&id).and_then(|standing| match standing {
        None => Ok(problem::answer(StatusCode::NOT_FOUND, "There is no such letter.")),
        Some(_) => {
            service.messages.note_told(&id, &told.status)?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
    }))
}

async fn set_behaviour(
    State(service): State<Arc<LetterService>>,
    Json(behaviour): Json<Behaviour>,
) -> StatusCode {
    service.faults.ask_for(&behaviour);
    StatusCode::NO_CONTENT
}

impl LetterService {
    /// Takes a letter in: under a key that is known it is the letter of before. `None` where its file was not uploaded.
    fn take(&self, organisation: &str, key: &str, body: &Value) -> Outcome<Option<String>> {
        let known = self.messages.all()?.into_iter().find(|m| {
            m.message.channel == CHANNEL && m.message.context.get(KEY).is_some_and(|other| other == key)
        });
        if let Some(known) = known {
            return Ok(Some(known.message.id));
        }
        let attributes = &body["data"]["attributes"];
        let text = |name: &str| attributes[name].as_str().unwrap_or_default();
        let file = text("file_url_signature").trim_start_matches("$2y$10$").to_owned();
        if !is_id(&file) || !self.folder.join(format!("{file}.pdf")).exists() {
            return Ok(None);
        }
        let shown = format!(
            "letter: {}, {}, {}",
            text("delivery_product"),
            text("print_mode"),
            text("print_spectrum")
        );
        let message = Message {
            id: file.clone(),
            channel: CHANNEL.to_owned(),
            from: organisation.to_owned(),
            to: String::new(),
            text: shown,
            pdf: Some(format!("/local/messages/{file}.pdf")),
            context: BTreeMap::from([(KEY.to_owned(), key.to_owned())]),
            sent_at: self.calendar.now()?,
        };
        self.messages.take(message)?;
        Ok(Some(file))
    }

    /// How a letter stands, and since when; `None` where there is none of this id.
    fn standing(&self, id: &str) -> Outcome<Option<(String, String)>> {
        let all = self.messages.all()?;
        let Some(letter) = all.into_iter().find(|m| m.message.channel == CHANNEL && m.message.id == id)
        else {
            return Ok(None);
        };
        let (created, now) = (letter.message.sent_at, self.calendar.now()?);
        let told = self.messages.last_told(id)?;
        let posted = days_between(today(created), today(now)) >= 1;
        let status = told.unwrap_or_else(|| if posted { "sent" } else { "printing" }.to_owned());
        Ok(Some((status, now.to_string())))
    }
}

fn fresh_id() -> Outcome<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).during("naming a letter")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// One of ours: it names a file.
fn is_id(text: &str) -> bool {
    text.len() == 32 && text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
}
