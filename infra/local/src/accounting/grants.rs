//! What a stand-in granted: access tokens, and with OAuth 2.0 (RFC 6749 section 4.1) codes and refresh tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::stand::{Ledger, Stand, ends};
use crate::problem;

/// Our name at every vendor.
pub const CLIENT_ID: &str = "Tijdig";

/// Tokens with their ends, and what they may be renewed with.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Grants {
    /// How many were given: it is in each of them, so that no two are alike.
    given: usize,
    tokens: Vec<(String, Timestamp)>,
    codes: Vec<String>,
    refresh: Option<String>,
    last: Option<Timestamp>,
}

impl Grants {
    pub fn knows(&self, token: &str, now: Timestamp) -> bool {
        self.tokens.iter().any(|(given, ends)| *given == token && *ends > now)
    }

    pub fn forget(&mut self, token: &str) {
        self.tokens.retain(|(given, _)| given != token);
    }

    /// An access token.
    pub fn token(&mut self, package: &str, seconds: i64, now: Timestamp) -> String {
        self.given += 1;
        let token = format!("{package}-token-{}", self.given);
        self.tokens.retain(|(_, ends)| *ends > now);
        self.tokens.push((token.clone(), ends(now, seconds)));
        self.last = Some(now);
        token
    }

    fn code(&mut self, package: &str) -> String {
        self.given += 1;
        let code = format!("{package}-code-{}", self.given);
        self.codes.push(code.clone());
        code
    }

    fn refresh(&mut self, package: &str) -> String {
        let token = format!("{package}-refresh-{}", self.given);
        self.refresh = Some(token.clone());
        token
    }
}

/// How a vendor does OAuth 2.0.
#[derive(Debug, Clone, Copy)]
pub(super) struct OAuth {
    /// A refresh token is worth nothing once it was used.
    pub rotates: bool,
    /// No new token is given within so many seconds of the one before.
    pub not_within: i64,
    /// How a code or refresh token that is worth nothing is answered.
    pub refusal: (StatusCode, &'static str),
}

#[derive(Debug, Deserialize)]
pub(super) struct Agreement {
    client_id: String,
    redirect_uri: String,
    state: String,
}

/// The page on which a person agrees: here they do at once.
pub(super) async fn authorise<B: Ledger>(
    State(stand): State<Arc<Stand<B>>>,
    Query(agreement): Query<Agreement>,
) -> Response {
    // What a vendor knows of us is the whole address; here only its path is always the same.
    let registered = format!("/callbacks/accounting/{}/authorised", stand.vendor.package);
    if agreement.client_id != CLIENT_ID || !agreement.redirect_uri.ends_with(&registered) {
        return (StatusCode::BAD_REQUEST, "De koppeling is onbekend.").into_response();
    }
    let code = stand.grant(|grants, _| grants.code(stand.vendor.package.code()));
    match code.map(|code| back_to(&agreement, &code)) {
        Ok(Some(address)) => Redirect::to(&address).into_response(),
        Ok(None) => StatusCode::BAD_REQUEST.into_response(),
        Err(failure) => problem::or(Err(failure)),
    }
}

fn back_to(agreement: &Agreement, code: &str) -> Option<String> {
    let mut address = reqwest::Url::parse(&agreement.redirect_uri).ok()?;
    address.query_pairs_mut().append_pair("code", code).append_pair("state", &agreement.state);
    Some(address.into())
}

/// A request for tokens.
#[derive(Deserialize)]
pub(super) struct Grant {
    grant_type: String,
    code: Option<String>,
    refresh_token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// Gives tokens for a code or a refresh token.
pub(super) fn tokens<B: Ledger>(
    stand: &Stand<B>,
    headers: &HeaderMap,
    grant: &Grant,
    oauth: OAuth,
) -> Response {
    let error = |status: StatusCode, code: &str| (status, Json(json!({ "error": code }))).into_response();
    if !is_our_client(stand, headers, grant) {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let (package, seconds) = (stand.vendor.package.code(), stand.vendor.token_seconds);
    let given = stand.grant(|grants, now| {
        match (grant.grant_type.as_str(), &grant.code, &grant.refresh_token) {
            ("authorization_code", Some(code), _) if grants.codes.contains(code) => {
                grants.codes.retain(|known| known != code);
            }
            ("refresh_token", _, Some(token)) if grants.refresh.as_ref() == Some(token) => {
                let soonest = grants.last.map(|last| last + SignedDuration::from_secs(oauth.not_within));
                if soonest.is_some_and(|soonest| now < soonest) {
                    return None;
                }
            }
            _ => return None,
        }
        let token = grants.token(package, seconds, now);
        let kept = grants.refresh.clone().filter(|_| !oauth.rotates);
        Some((token, kept.unwrap_or_else(|| grants.refresh(package))))
    });
    match given {
        Ok(Some((access, refresh))) => Json(json!({
            "access_token": access, "token_type": "bearer", "expires_in": seconds.to_string(), "refresh_token": refresh,
        }))
        .into_response(),
        Ok(None) => error(oauth.refusal.0, oauth.refusal.1),
        Err(failure) => problem::or(Err(failure)),
    }
}

/// In the header or in the form, as the vendor wants it.
fn is_our_client<B: Ledger>(stand: &Stand<B>, headers: &HeaderMap, grant: &Grant) -> bool {
    let in_header = headers.get("authorization").and_then(|v| v.to_str().ok()).and_then(|text| {
        let decoded = STANDARD.decode(text.strip_prefix("Basic ")?).ok()?;
        String::from_utf8(decoded).ok()
    });
    match in_header {
        Some(pair) => pair == format!("{CLIENT_ID}:{}", stand.settings.app_key),
        None => {
            grant.client_id.as_deref() == Some(CLIENT_ID)
                && grant.client_secret.as_ref() == Some(&stand.settings.app_key)
        }
    }
}
