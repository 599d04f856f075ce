//! Stand-in of the identity provider, below `/local/sign-in`: OpenID Connect's authorization code flow with PKCE as Cognito and
//! others speak it, with a list of demonstration users in the place of passwords.
//!
//! It is as strict as they are: a code is good once, for five minutes, for who asked for it, and with the verifier whose hash
//! came before. What is absent: passwords, and sessions of its own.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::{RawForm, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::credentials;
use crate::failure::{Failure, Outcome};
use crate::mailbox_pages::page;
use crate::problem;

/// The client that it knows: the desk.
pub const CLIENT: &str = "tijdig-desk";

/// The claim that holds a user's groups.
pub const GROUPS: &str = "cognito:groups";

/// The name of its key.
const KEY: &str = "local-1";

const CODE_LASTS: SignedDuration = SignedDuration::from_mins(5);
const TOKEN_LASTS: SignedDuration = SignedDuration::from_mins(5);

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub struct User {
    pub id: String,
    /// As the page lists them; no token holds it.
    pub name: String,
    pub groups: Vec<String>,
}

impl User {
    pub fn new(id: &str, name: &str, groups: &[&str]) -> User {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        User { id: id.to_owned(), name: name.to_owned(), groups }
    }
}

/// Those of the demonstration: one for each role, a second controller for four eyes, and one without a role.
pub fn demonstration(administration: &str) -> Vec<User> {
    let of = |role: &str| format!("{administration}:{role}");
    let user = |id: &str, name: &str, role: &str| User::new(id, name, &[&of(role)]);
    vec![
        user("demo-admin", "Anna, beheer (admin)", "admin"),
        user("demo-controller", "Cor, creditmanagement (controller)", "controller"),
        user("demo-controller-2", "Carla, creditmanagement (a second controller)", "controller"),
        user("demo-communication", "Bo, klantcontact (communication)", "communication"),
        user("demo-read-only", "Lex, alleen lezen (read-only)", "read-only"),
        User::new("demo-nobody", "Nina, without a role", &[]),
    ]
}

/// What the stand-in is made from.
#[derive(Clone)]
pub struct Settings {
    /// As tokens name it: where functions find the stand-in.
    pub issuer: String,
    /// Where a person's browser finds it.
    pub page_base: String,
    /// Where browsers may be sent back to.
    pub redirect_uri: String,
    pub users: Vec<User>,
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What a code stands for.
struct Granted {
    user: User,
    nonce: String,
    challenge: String,
    at: Timestamp,
}

/// The stand-in.
pub struct SignIn {
    pub settings: Settings,
    key: EcdsaKeyPair,
    codes: Mutex<HashMap<String, Granted>>,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The parameters of a request.
pub type Parameters = Vec<(String, String)>;

fn value<'a>(parameters: &'a Parameters, name: &str) -> &'a str {
    let found = parameters.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn parameters(text: &[u8]) -> Parameters {
    form_urlencoded::parse(text).into_owned().collect()
}

impl SignIn {
    /// With a key that nobody else has, and that ends with this run.
    pub fn new(settings: Settings) -> Outcome<SignIn> {
        let random = SystemRandom::new();
        let no_key = |_| Failure::because("the identity provider's key could not be made");
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(no_key)?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random)
            .map_err(|_| Failure::because("the identity provider's key could not be read"))?;
        Ok(SignIn { settings, key, codes: Mutex::default() })
    }

    /// What it says of itself (OpenID Connect Discovery 1.0).
    pub fn description(&self) -> Value {
        let Settings { issuer, page_base, .. } = &self.settings;
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{page_base}/authorize"),
            "end_session_endpoint": format!("{page_base}/leave"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
        })
    }

    /// Its keys (RFC 7517).
    pub fn keys(&self) -> Value {
        // An uncompressed point: a byte that says so, and the two coordinates.
        let point = self.key.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY, "x": encoded(x), "y": encoded(y),
        }]})
    }

    /// What is wrong with a request to sign in; nothing where it is good.
    fn objection(&self, asked: &Parameters) -> Option<&'static str> {
        let rules = [
            (value(asked, "client_id") == CLIENT, "the client is not known"),
            (value(asked, "redirect_uri") == self.settings.redirect_uri, "nobody is sent back to there"),
            (value(asked, "response_type") == "code", "only codes are given"),
            (value(asked, "scope").split(' ').any(|scope| scope == "openid"), "the scope has to have openid"),
            (value(asked, "code_challenge_method") == "S256", "the challenge has to be a hash"),
            (value(asked, "code_challenge").len() == 43, "there is no challenge"),
            (!value(asked, "state").is_empty(), "there is no state"),
            (!value(asked, "nonce").is_empty(), "there is no nonce"),
        ];
        rules.into_iter().find(|(good, _)| !good).map(|(_, why)| why)
    }

    /// Where the browser of this user goes back to, with a code.
    ///
    /// # Errors
    /// The request is not one that this provider answers, or nobody has this id.
    pub fn grant(&self, asked: &Parameters, user: &str) -> Outcome<String> {
        if let Some(why) = self.objection(asked) {
            return Err(Failure::because(why));
        }
        let user = self.settings.users.iter().find(|known| known.id == user);
        let user = user.ok_or_else(|| Failure::because("there is no such user"))?.clone();
        let code = credentials::token()?;
        let granted = Granted {
            user,
            nonce: value(asked, "nonce").to_owned(),
            challenge: value(asked, "code_challenge").to_owned(),
            at: (self.settings.now)(),
        };
        self.codes.lock().unwrap_or_else(PoisonError::into_inner).insert(code.clone(), granted);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", value(asked, "state"))
            .finish();
        Ok(format!("{}?{query}", self.settings.redirect_uri))
    }

    /// The claims that a code stands for; nothing where it is not good.
    pub fn redeem(&self, sent: &Parameters) -> Option<Value> {
        let granted =
            self.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(value(sent, "code"))?;
        let now = (self.settings.now)();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(value(sent, "code_verifier").as_bytes()));
        let good = value(sent, "grant_type") == "authorization_code"
            && value(sent, "client_id") == CLIENT
            && value(sent, "redirect_uri") == self.settings.redirect_uri
            && challenge == granted.challenge
            && now.duration_since(granted.at) < CODE_LASTS;
        good.then(|| {
            json!({
                "iss": self.settings.issuer, "aud": CLIENT, "sub": granted.user.id, "nonce": granted.nonce,
                "iat": now.as_second(), "exp": (now + TOKEN_LASTS).as_second(), "token_use": "id",
                GROUPS: granted.user.groups,
            })
        })
    }

    /// These claims, signed by its key (RFC 7515).
    pub fn sign(&self, claims: &Value) -> Outcome<String> {
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(&json!({"alg": "ES256", "kid": KEY})), encoded(claims));
        let signature = self
            .key
            .sign(&SystemRandom::new(), signed.as_bytes())
            .map_err(|_| Failure::because("a token could not be signed"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

type Stand = State<Arc<SignIn>>;

/// Every address of the stand-in.
pub fn routes(sign_in: Arc<SignIn>) -> Router {
    let inner = Router::new()
        .route("/.well-known/openid-configuration", get(described))
        .route("/keys", get(keys))
        .route("/authorize", get(ask).post(chosen))
        .route("/token", post(token))
        .route("/leave", get(leave));
    Router::new().nest("/local/sign-in", inner).with_state(sign_in)
}

async fn described(State(stand): Stand) -> Json<Value> {
    Json(stand.description())
}

async fn keys(State(stand): Stand) -> Json<Value> {
    Json(stand.keys())
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Ask<'a> {
    users: &'a [User],
    asked: &'a Parameters,
}

async fn ask(State(stand): Stand, RawQuery(query): RawQuery) -> Response {
    let asked = parameters(query.unwrap_or_default().as_bytes());
    match stand.objection(&asked) {
        Some(why) => problem::answer(StatusCode::BAD_REQUEST, why),
        None => page(&Ask { users: &stand.settings.users, asked: &asked }),
    }
}

async fn chosen(State(stand): Stand, RawForm(body): RawForm) -> Response {
    let sent = parameters(&body);
    match stand.grant(&sent, value(&sent, "user")) {
        Ok(address) => to(&address),
        Err(why) => problem::answer(StatusCode::BAD_REQUEST, &why.to_string()),
    }
}

async fn token(State(stand): Stand, RawForm(body): RawForm) -> Response {
    let Some(claims) = stand.redeem(&parameters(&body)) else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    };
    problem::or(stand.sign(&claims).map(|token| {
        Json(json!({"id_token": token, "access_token": "none", "token_type": "Bearer", "expires_in": 300}))
            .into_response()
    }))
}

/// Nobody is signed in here, so nobody has to be signed out.
async fn leave(State(stand): Stand, RawQuery(query): RawQuery) -> Response {
    let asked = parameters(query.unwrap_or_default().as_bytes());
    let back = value(&asked, "logout_uri");
    // Back to the desk and nowhere else.
    let (desk, _) = stand.settings.redirect_uri.rsplit_once('/').unwrap_or_default();
    if value(&asked, "client_id") == CLIENT && !desk.is_empty() && back.starts_with(desk) {
        return to(back);
    }
    problem::answer(StatusCode::BAD_REQUEST, "Nobody is sent back to there.")
}

fn to(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => problem::answer(StatusCode::BAD_REQUEST, "That is no address."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand() -> SignIn {
        SignIn::new(Settings {
            issuer: "http://127.0.0.1:8400/local/sign-in".to_owned(),
            page_base: "http://localhost:8400/local/sign-in".to_owned(),
            redirect_uri: "http://localhost:8400/desk/signed-in".to_owned(),
            users: demonstration("demo"),
            now: Arc::new(|| Timestamp::from_second(1_796_000_000).unwrap()),
        })
        .unwrap()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Parameters {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn asked(challenge: &str) -> Parameters {
        pairs(&[
            ("client_id", CLIENT),
            ("redirect_uri", "http://localhost:8400/desk/signed-in"),
            ("response_type", "code"),
            ("scope", "openid"),
            ("code_challenge_method", "S256"),
            ("code_challenge", challenge),
            ("state", "s"),
            ("nonce", "n"),
        ])
    }

    #[test]
    fn a_code_is_good_once_and_with_its_verifier() {
        let stand = stand();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(b"v"));
        let code = || {
            let back = stand.grant(&asked(&challenge), "demo-admin").unwrap();
            let (_, query) = back.split_once('?').unwrap();
            value(&parameters(query.as_bytes()), "code").to_owned()
        };
        let redeem = |code: &str, verifier: &str| {
            let sent = pairs(&[
                ("grant_type", "authorization_code"),
                ("client_id", CLIENT),
                ("redirect_uri", "http://localhost:8400/desk/signed-in"),
                ("code", code),
                ("code_verifier", verifier),
            ]);
            stand.redeem(&sent).map(|claims| claims["sub"].clone())
        };
        let first = code();
        assert_eq!(redeem(&first, "v"), Some(json!("demo-admin")));
        assert_eq!(redeem(&first, "v"), None);
        assert_eq!(redeem(&code(), "w"), None);
    }

    #[test]
    fn nobody_is_sent_to_another_place() {
        let mut elsewhere = asked(&"c".repeat(43));
        for pair in &mut elsewhere {
            if pair.0 == "redirect_uri" {
                pair.1 = "http://localhost:8400/desk/signed-in/x".to_owned();
            }
        }
        assert!(stand().grant(&elsewhere, "demo-admin").is_err());
        assert!(stand().grant(&asked(&"c".repeat(43)), "nobody").is_err());
    }
}
