//! Who may call `/v1`: API Gateway asks this function before it asks any other.
//!
//! A token is only ever stored as its SHA-256. It is a random text of our own making, so a plain hash will do: there
//! is nothing to guess. A token that is malformed, unknown or expired gets the same answer.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use contracts::failure::Failure;
use domain::ids::AdministrationId;
use jiff::Timestamp;
use runtime::clock::Clock;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod tokens;

/// Longest token that is looked up, in bytes.
const LONGEST_TOKEN: usize = 256;

/// What API Gateway asks (HTTP API, payload format 2.0): only what is needed of it.
#[derive(Debug, Default, Deserialize)]
pub struct Question {
    /// A name that comes twice has its values joined by a comma.
    #[serde(default)]
    pub headers: HashMap<String, String>,
}

/// What API Gateway is told (payload format 2.0, simple response). It keeps the answer for the authorizer's time to
/// live, so a token that was taken away works until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub is_authorized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
}

/// What the function that is called learns of its caller: [`runtime::http::Caller`] reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Context {
    pub administration: AdministrationId,
    /// Separated by spaces.
    pub scopes: String,
    pub subject: String,
}

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    pub administration: AdministrationId,
    pub scopes: Vec<String>,
    /// The token's or person's id; not a name.
    pub subject: String,
    /// The first instant at which it allows nothing any more.
    pub expires_at: Option<Timestamp>,
}

/// Where tokens are kept.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// The token whose SHA-256 is `hash`, as 64 lower-case hexadecimal digits.
    async fn find(&self, hash: &str) -> Result<Option<TokenRecord>, Failure>;
}

/// The function.
#[derive(Clone)]
pub struct Authorize {
    tokens: Arc<dyn TokenSource>,
    clock: Clock,
}

impl std::fmt::Debug for Authorize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorize").field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl Authorize {
    pub fn new(tokens: Arc<dyn TokenSource>, clock: Clock) -> Authorize {
        Authorize { tokens, clock }
    }

    /// Lets in whoever brings a token that is known and not expired.
    ///
    /// A store that is away is a failure, which API Gateway answers with 500: it says nothing about the token.
    pub async fn answer(&self, question: Question) -> Result<Answer, Failure> {
        let Some(token) = bearer(&question) else {
            return Ok(REFUSED);
        };
        let Some(record) = self.tokens.find(&hash(token)).await? else {
            return Ok(REFUSED);
        };
        let now = self.clock.now()?;
        if record.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Ok(REFUSED);
        }
        Ok(Answer {
            is_authorized: true,
            context: Some(Context {
                administration: record.administration,
                scopes: record.scopes.join(" "),
                subject: record.subject,
            }),
        })
    }
}

const REFUSED: Answer = Answer { is_authorized: false, context: None };

/// The token of `Authorization: Bearer <token>` (RFC 6750, section 2.1).
fn bearer(question: &Question) -> Option<&str> {
    let header = question.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let (scheme, token) = header?.1.trim().split_once(' ')?;
    let token = token.trim_start();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let well_formed = !token.is_empty() && token.len() <= LONGEST_TOKEN && token.bytes().all(allowed);
    (scheme.eq_ignore_ascii_case("bearer") && well_formed).then_some(token)
}

/// The SHA-256 of a token, as 64 lower-case hexadecimal digits: what tokens are stored under.
pub fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-22T08:00:00Z";

    /// Knows `good`, `old` (expired at `NOW`) and `young` (expires a second later); `away` breaks it.
    #[derive(Debug)]
    struct Tokens;

    #[async_trait]
    impl TokenSource for Tokens {
        async fn find(&self, wanted: &str) -> Result<Option<TokenRecord>, Failure> {
            let expires_at = match wanted {
                _ if wanted == hash("good") => None,
                _ if wanted == hash("old") => Some(NOW.parse().unwrap()),
                _ if wanted == hash("young") => Some("2026-11-22T08:00:01Z".parse().unwrap()),
                _ if wanted == hash("away") => return Err(Failure::unavailable("table")),
                _ => return Ok(None),
            };
            Ok(Some(TokenRecord {
                administration: "a1".parse().unwrap(),
                scopes: vec!["invoices:read".to_owned(), "signals:write".to_owned()],
                subject: "t1".to_owned(),
                expires_at,
            }))
        }
    }

    async fn ask(headers: serde_json::Value) -> Result<serde_json::Value, Failure> {
        let event = serde_json::json!({
            "version": "2.0", "type": "REQUEST", "routeArn": "arn", "identitySource": ["x"], "headers": headers,
            "requestContext": {"http": {"method": "GET"}},
        });
        let authorize = Authorize::new(Arc::new(Tokens), Clock::still(NOW.parse().unwrap()));
        let answer = authorize.answer(serde_json::from_value(event).unwrap()).await?;
        Ok(serde_json::to_value(answer).unwrap())
    }

    #[tokio::test]
    async fn only_a_known_token_that_has_not_expired_is_let_in() {
        let too_long = format!("Bearer {}", "x".repeat(LONGEST_TOKEN + 1));
        let table = [
            ("Bearer good", true),
            ("bearer  good", true),
            ("Bearer young", true),
            ("Bearer old", false),
            ("Bearer unknown", false),
            ("Bearer good,Bearer good", false),
            ("Bearer good extra", false),
            ("Bearer ", false),
            ("Bearer", false),
            ("Basic good", false),
            ("good", false),
            ("", false),
            (&too_long, false),
        ];
        let admitted = serde_json::json!({
            "isAuthorized": true,
            "context": {"administration": "a1", "scopes": "invoices:read signals:write", "subject": "t1"},
        });
        for (header, let_in) in table {
            let expected = if let_in { admitted.clone() } else { serde_json::json!({"isAuthorized": false}) };
            for name in ["authorization", "Authorization"] {
                assert_eq!(
                    ask(serde_json::json!({name: header})).await,
                    Ok(expected.clone()),
                    "{name}: {header}"
                );
            }
        }
        assert_eq!(ask(serde_json::json!({})).await, Ok(serde_json::json!({"isAuthorized": false})));
    }

    #[tokio::test]
    async fn a_store_that_is_away_is_no_verdict_on_the_token() {
        let answer = ask(serde_json::json!({"authorization": "Bearer away"})).await;
        assert_eq!(answer, Err(Failure::unavailable("table")));
    }

    /// FIPS 180-4's example of one block.
    #[test]
    fn the_hash_is_sha_256_in_hexadecimal() {
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
