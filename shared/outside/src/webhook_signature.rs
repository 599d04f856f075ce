//! Signatures of webhooks as Standard Webhooks 1.0 has them: `v1` (HMAC-SHA256) and `v1a` (ed25519).
//!
//! What is signed is `{id}.{timestamp}.{body}`. The caller remembers ids (a message that verifies twice is a
//! repetition) and binds the keys to the source that uses them.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// How far a message's timestamp may be from now, either way, in seconds.
pub const TOLERANCE_SECONDS: i64 = 300;

/// Longest `webhook-id`, in bytes.
const LONGEST_ID: usize = 256;

/// Most signatures that are looked at in one header: a sender has one for each of its keys while rotating.
const MOST_SIGNATURES: usize = 16;

/// The keys under which a sender's messages are accepted: several while they rotate.
#[derive(Clone)]
pub struct Keys {
    secrets: Vec<Vec<u8>>,
    public: Vec<VerifyingKey>,
}

/// Why a text is not a key. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("a key begins with whsec_ (secret) or whpk_ (ed25519 public key)")]
    Prefix,
    #[error("the key is not base64")]
    Encoding,
    #[error("a secret has 24 to 64 bytes")]
    SecretLength,
    #[error("is not an ed25519 public key")]
    PublicKey,
    #[error("there is no key")]
    None,
    #[error("a message is signed with a secret, and there is none")]
    NoSecret,
}

/// Why a message is not taken for genuine. To the sender nothing is said about which one it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the id is empty, too long or not plain text")]
    Id,
    #[error("the timestamp is not a number of seconds")]
    Timestamp,
    #[error("the timestamp is too long ago")]
    TooOld,
    #[error("the timestamp lies in the future")]
    TooNew,
    #[error("the signature header holds no signature of a known version")]
    NoSignature,
    #[error("no signature matches a key")]
    Mismatch,
}

impl Keys {
    /// Reads keys written as `whsec_...` (base64 of 24 to 64 bytes) or `whpk_...` (base64 of an ed25519 public
    /// key), separated by spaces or commas.
    pub fn parse(text: &str) -> Result<Keys, KeyError> {
        let mut keys = Keys { secrets: Vec::new(), public: Vec::new() };
        for key in text.split([' ', ',', '\n']).filter(|key| !key.is_empty()) {
            keys.add(key)?;
        }
        if keys.secrets.is_empty() && keys.public.is_empty() { Err(KeyError::None) } else { Ok(keys) }
    }

    fn add(&mut self, key: &str) -> Result<(), KeyError> {
        if let Some(secret) = key.strip_prefix("whsec_") {
            let secret = BASE64_STANDARD.decode(secret).map_err(|_| KeyError::Encoding)?;
            if !(24..=64).contains(&secret.len()) {
                return Err(KeyError::SecretLength);
            }
            self.secrets.push(secret);
        } else if let Some(public) = key.strip_prefix("whpk_") {
            let public = BASE64_STANDARD.decode(public).map_err(|_| KeyError::Encoding)?;
            let public: [u8; 32] = public.try_into().map_err(|_| KeyError::PublicKey)?;
            let public = VerifyingKey::from_bytes(&public).map_err(|_| KeyError::PublicKey)?;
            // With a weak key, a signature that fits every message can be made.
            if public.is_weak() {
                return Err(KeyError::PublicKey);
            }
            self.public.push(public);
        } else {
            return Err(KeyError::Prefix);
        }
        Ok(())
    }
}

/// Shows how many keys there are, and none of them.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("secrets", &self.secrets.len())
            .field("public", &self.public.len())
            .finish()
    }
}

/// Checks the three `webhook-*` headers of a message against its body. `body` is what came in, byte for byte.
///
/// The timestamp's range is checked before anything is computed with it. Comparison takes the same time
/// whether and wherever the signature differs.
pub fn verify(
    keys: &Keys,
    id: &str,
    timestamp: &str,
    signatures: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), SignatureError> {
    if !is_id(id) {
        return Err(SignatureError::Id);
    }
    check_age(timestamp, now)?;
    let mut seen = false;
    for signature in signatures.split(' ').filter(|s| !s.is_empty()).take(MOST_SIGNATURES) {
        let Some((version, encoded)) = signature.split_once(',') else { continue };
        // Other versions are left to those who know them, as the specification asks.
        if !matches!(version, "v1" | "v1a") {
            continue;
        }
        seen = true;
        let Ok(signature) = BASE64_STANDARD.decode(encoded) else { continue };
        let matches = match version {
            "v1" => keys.secrets.iter().any(|key| matches_secret(key, id, timestamp, body, &signature)),
            _ => matches_public(&keys.public, id, timestamp, body, &signature),
        };
        if matches {
            return Ok(());
        }
    }
    Err(if seen { SignatureError::Mismatch } else { SignatureError::NoSignature })
}

/// The `webhook-signature` header for a message: one `v1` signature for each secret.
/// The `webhook-timestamp` header that goes with it is `timestamp` in whole seconds.
pub fn sign(keys: &Keys, id: &str, timestamp: Timestamp, body: &[u8]) -> Result<String, KeyError> {
    let seconds = timestamp.as_second().to_string();
    let signatures: Vec<String> = keys
        .secrets
        .iter()
        .filter_map(|secret| mac(secret, id, &seconds, body))
        .map(|mac| format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
        .collect();
    if signatures.is_empty() { Err(KeyError::NoSecret) } else { Ok(signatures.join(" ")) }
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.chars().all(|c| c.is_ascii_graphic())
}

fn check_age(timestamp: &str, now: Timestamp) -> Result<(), SignatureError> {
    // Eleven digits reach beyond the year 5000 and cannot overflow.
    let plain = (1..=11).contains(&timestamp.len()) && timestamp.bytes().all(|b| b.is_ascii_digit());
    if !plain {
        return Err(SignatureError::Timestamp);
    }
    let seconds: i64 = timestamp.parse().map_err(|_| SignatureError::Timestamp)?;
    let age = now.as_second() - seconds;
    if age > TOLERANCE_SECONDS {
        Err(SignatureError::TooOld)
    } else if age < -TOLERANCE_SECONDS {
        Err(SignatureError::TooNew)
    } else {
        Ok(())
    }
}

fn mac(secret: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    // HMAC takes keys of every length: there is always one.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

fn matches_secret(secret: &[u8], id: &str, timestamp: &str, body: &[u8], signature: &[u8]) -> bool {
    mac(secret, id, timestamp, body).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}

fn matches_public(keys: &[VerifyingKey], id: &str, timestamp: &str, body: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_slice(signature) else { return false };
    let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    keys.iter().any(|key| key.verify_strict(&message, &signature).is_ok())
}

#[cfg(test)]
#[path = "webhook_signature_tests.rs"]
mod tests;
