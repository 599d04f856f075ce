//! The token in which an identity provider says who signed in (OpenID Connect Core 1.0, section 3.1.3.7), signed by RS256 or
//! ES256 (RFC 7515, RFC 7518).
//!
//! What is absent: other algorithms, `none` above all, and keys that a token brings along itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::http::Secret;

/// Largest token that is looked at, in bytes.
const LARGEST: usize = 16 * 1024;

/// Keys that are looked at, at most.
const MOST_KEYS: usize = 20;

/// Groups that are read, at most.
const MOST_GROUPS: usize = 500;

/// How far the provider's clock and ours may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);

/// Why nobody signed in by this token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("it is no token of this form")]
    Malformed,
    #[error("it is not signed by RS256 or ES256")]
    Algorithm,
    #[error("it is signed by a key that the provider does not have")]
    UnknownKey,
    #[error("its signature does not hold")]
    Signature,
    #[error("another issuer made it")]
    Issuer,
    #[error("it is meant for somebody else")]
    Audience,
    #[error("it belongs to another sign-in")]
    Nonce,
    #[error("it has expired")]
    Expired,
    #[error("it was made in the future")]
    FromTheFuture,
    #[error("it is a token of another kind")]
    NotAnIdToken,
}

/// The provider's keys (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeySet {
    keys: Vec<Jwk>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default, rename = "use")]
    used_for: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Es256,
}

impl Algorithm {
    fn of(name: &str) -> Option<Algorithm> {
        match name {
            "RS256" => Some(Algorithm::Rs256),
            "ES256" => Some(Algorithm::Es256),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Algorithm::Rs256 => "RS256",
            Algorithm::Es256 => "ES256",
        }
    }

    fn key_type(self) -> &'static str {
        match self {
            Algorithm::Rs256 => "RSA",
            Algorithm::Es256 => "EC",
        }
    }
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that have to be understood: none is.
    #[serde(default)]
    crit: Option<Value>,
}

/// What a token has to say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    /// Our own client id.
    pub audience: &'a str,
    /// What this sign-in was begun with.
    pub nonce: &'a str,
    /// The claim that holds the person's groups.
    pub groups_claim: &'a str,
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The provider's own id of them.
    pub subject: String,
    pub groups: Vec<String>,
}

/// Who signed in, as this token says.
///
/// # Errors
/// [`Refused`] names what is wrong with it.
pub fn verify(
    token: &Secret,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<Person, Refused> {
    let token = token.expose();
    if token.len() > LARGEST {
        return Err(Refused::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(Refused::Malformed)?;
    let header: Header = decoded(header)?;
    if header.crit.is_some() {
        return Err(Refused::Malformed);
    }
    let algorithm = Algorithm::of(&header.alg).ok_or(Refused::Algorithm)?;
    let key = keys.find(algorithm, header.kid.as_deref()).ok_or(Refused::UnknownKey)?;
    key.check(algorithm, signed.as_bytes(), &bytes(signature)?)?;
    person(&decoded(claims)?, expected, now)
}

fn bytes(text: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused::Malformed)
}

fn decoded<T: DeserializeOwned>(text: &str) -> Result<T, Refused> {
    serde_json::from_slice(&bytes(text)?).map_err(|_| Refused::Malformed)
}

impl KeySet {
    /// The key of this name; where a token names none, the only one of its kind.
    fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<&Jwk> {
        let fits = |key: &&Jwk| {
            key.kty == algorithm.key_type()
                && key.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
                && key.used_for.as_deref().is_none_or(|used_for| used_for == "sig")
        };
        let mut fitting = self.keys.iter().take(MOST_KEYS).filter(fits);
        match kid {
            Some(kid) => fitting.find(|key| key.kid.as_deref() == Some(kid)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}

impl Jwk {
    fn check(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> Result<(), Refused> {
        let part = |part: &Option<String>| bytes(part.as_deref().ok_or(Refused::UnknownKey)?);
        let holds = match algorithm {
            Algorithm::Rs256 => {
                let key = RsaPublicKeyComponents { n: part(&self.n)?, e: part(&self.e)? };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            Algorithm::Es256 => {
                if self.crv.as_deref() != Some("P-256") {
                    return Err(Refused::UnknownKey);
                }
                // An uncompressed point (SEC 1, section 2.3.3).
                let point = [vec![4], part(&self.x)?, part(&self.y)?].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
        };
        holds.map_err(|_| Refused::Signature)
    }
}

fn person(claims: &Map<String, Value>, expected: &Expected<'_>, now: Timestamp) -> Result<Person, Refused> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(Refused::Issuer);
    }
    if !is_for(claims, expected.audience) {
        return Err(Refused::Audience);
    }
    // Cognito's access tokens are signed by the same keys.
    if text("token_use").is_some_and(|used_for| used_for != "id") {
        return Err(Refused::NotAnIdToken);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Refused::Nonce);
    }
    let instant = |name: &str| {
        let seconds = claims.get(name).and_then(Value::as_i64).ok_or(Refused::Malformed)?;
        Timestamp::from_second(seconds).map_err(|_| Refused::Malformed)
    };
    if now.duration_since(instant("exp")?) >= SignedDuration::ZERO {
        return Err(Refused::Expired);
    }
    if instant("iat")?.duration_since(now) > CLOCKS_DIFFER {
        return Err(Refused::FromTheFuture);
    }
    Ok(Person {
        subject: text("sub").ok_or(Refused::Malformed)?.to_owned(),
        groups: groups(claims.get(expected.groups_claim)),
    })
}

/// One of several that it is meant for has to say that it asked for it.
fn is_for(claims: &Map<String, Value>, audience: &str) -> bool {
    let authorized = claims.get("azp").is_none_or(|party| party == audience);
    match claims.get("aud") {
        Some(Value::String(only)) => only == audience && authorized,
        Some(Value::Array(several)) => {
            several.iter().any(|one| one == audience)
                && (several.len() == 1 || claims.contains_key("azp"))
                && authorized
        }
        _ => false,
    }
}

fn groups(claim: Option<&Value>) -> Vec<String> {
    match claim {
        Some(Value::Array(groups)) => {
            groups.iter().filter_map(Value::as_str).take(MOST_GROUPS).map(str::to_owned).collect()
        }
        Some(Value::String(group)) => vec![group.clone()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[path = "id_token_tests.rs"]
mod tests;
