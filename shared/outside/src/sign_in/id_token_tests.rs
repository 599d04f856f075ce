//! Tokens that are good, and every way in which one is not. The one of RS256 was signed by OpenSSL.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

use super::*;

const EXPECTED: Expected<'static> =
    Expected { issuer: "https://id.example", audience: "desk", nonce: "n1", groups_claim: "cognito:groups" };

const RSA_MODULUS: &str = "zTIngmK29dLyukpMbU0oC6JgFcNXAbBx0IXS1rReLPAQU0EEkkZfoXwAkUrTIJQck-vzUUgwYyCtG2f9B_jhkYjPfDacyPm5\
     n_vWXbhwqjMHKV2Tg1AvTycwatRXY2K8iR-i5PBZUmXzyx4cVWEpE4fkoJnFom4pjfCMCH4cGDCvBt4m5Gk6ZSXDR2X1LBfY\
     AR1ieB5rGpvhfxC3cjKcnCkFmtdHEIjpp5lXao9IBlHjSrig6jWVyazPs5Kukz38XLgxUvA_zxXfdnISgAGDaZNmflQlfZWS\
     8nw0pAocCL1fXN9-bTdxvqWTmYGmg1-OWaAvJbQiIM_QO7OTJx5N8Q";
const RSA_HEADER: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIn0";
const RSA_CLAIMS: &str = "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJkZXNrIiwic3ViIjoicy0xIiwibm9uY2UiOiJuMSIsImlhdCI6\
     MTc5NjAyNTYwMCwiZXhwIjoxNzk2MDI1OTAwLCJjb2duaXRvOmdyb3VwcyI6WyJkZW1vOmFkbWluIl19";
const RSA_SIGNATURE: &str = "S_bxA52kPcFuWlGrLR9GUlDT8pV3SGvgkUyZc-DgIHm_3zHrlyBAZrbEaX45MO9k6epafPQCFd6rBYFyv-kfYT9hEF4jQijV\
     fJ44R5_Aeq__P5bnL3ngjc4oZm8oNt-xgGpxbjCb4kVqrhyJbId4lUx-GkQMW5NmVFsKS9sEXQPdz6fZLzSRDb5-Qzj1SS1G\
     YEjPbZJkpV3oegRGWp6SEjwES7UZV6Abr6LrRnxG4FRBV3ppTqu9BrKhYVjGxlKMHIKA5Z50risxVEizkzJvaWxmLV_r2-Ru\
     yLFXf9hpDZv6f-Wqy2WrNl9iUHPN62si1xrifKKbP1IdRpQoxeLmgQ";

fn now() -> Timestamp {
    "2026-11-30T08:00:00Z".parse().unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A key of P-256, as whoever signs has it.
struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Signer {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
        Signer(pair.unwrap())
    }

    fn key(&self, kid: &str) -> Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        json!({
            "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)
        })
    }

    fn sign(&self, header: &Value, claims: &Value) -> Secret {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn keys(keys: &[Value]) -> KeySet {
    serde_json::from_value(json!({ "keys": keys })).unwrap()
}

fn header() -> Value {
    json!({ "alg": "ES256", "kid": "k1" })
}

fn claims() -> Value {
    let at = now().as_second();
    json!({
        "iss": "https://id.example", "aud": "desk", "sub": "s-1", "nonce": "n1", "iat": at, "exp": at + 300,
        "token_use": "id", "cognito:groups": ["demo:admin", "staff"], "email": "somebody@example.nl"
    })
}

fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}

#[test]
fn a_token_of_openssl_is_good_until_a_bit_of_it_is_another() {
    let set = keys(&[json!({ "kty": "RSA", "kid": "r1", "alg": "RS256", "n": RSA_MODULUS, "e": "AQAB" })]);
    let token = |claims: &str| Secret::new(format!("{RSA_HEADER}.{claims}.{RSA_SIGNATURE}"));
    let person = verify(&token(RSA_CLAIMS), &set, &EXPECTED, now()).unwrap();
    assert_eq!(person, Person { subject: "s-1".to_owned(), groups: vec!["demo:admin".to_owned()] });
    let other = RSA_CLAIMS.replacen('a', "b", 1);
    assert_eq!(verify(&token(&other), &set, &EXPECTED, now()), Err(Refused::Signature));
}

#[test]
fn what_a_token_says_is_held_against_what_this_sign_in_expects() {
    let signer = Signer::new();
    let set = keys(&[signer.key("k1")]);
    let at = now().as_second();
    let table = [
        ("as it should be", claims(), Ok(())),
        ("another issuer", with(claims(), "iss", json!("https://id.example/")), Err(Refused::Issuer)),
        ("another audience", with(claims(), "aud", json!("portal")), Err(Refused::Audience)),
        ("several, no party", with(claims(), "aud", json!(["desk", "x"])), Err(Refused::Audience)),
        ("several, ours", with(with(claims(), "aud", json!(["desk", "x"])), "azp", json!("desk")), Ok(())),
        ("one in a list", with(claims(), "aud", json!(["desk"])), Ok(())),
        ("asked by another", with(claims(), "azp", json!("x")), Err(Refused::Audience)),
        ("another sign-in", with(claims(), "nonce", json!("n2")), Err(Refused::Nonce)),
        ("no nonce", with(claims(), "nonce", Value::Null), Err(Refused::Nonce)),
        ("access token", with(claims(), "token_use", json!("access")), Err(Refused::NotAnIdToken)),
        ("expires in a second", with(claims(), "exp", json!(at + 1)), Ok(())),
        ("expires now", with(claims(), "exp", json!(at)), Err(Refused::Expired)),
        ("no end", with(claims(), "exp", Value::Null), Err(Refused::Malformed)),
        ("two minutes ahead", with(claims(), "iat", json!(at + 120)), Ok(())),
        ("further ahead", with(claims(), "iat", json!(at + 121)), Err(Refused::FromTheFuture)),
        ("nobody", with(claims(), "sub", Value::Null), Err(Refused::Malformed)),
    ];
    for (name, claims, expected) in table {
        let found = verify(&signer.sign(&header(), &claims), &set, &EXPECTED, now());
        assert_eq!(found.map(|_| ()), expected, "{name}");
    }
}

#[test]
fn who_signed_counts_and_not_who_a_token_says_did() {
    let (signer, other) = (Signer::new(), Signer::new());
    let set = keys(&[signer.key("k1"), other.key("k2")]);
    let alone = keys(&[signer.key("k1")]);
    let signed = |header: &Value| signer.sign(header, &claims());
    let unsigned = format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(&claims()));
    let table = [
        ("by another key", other.sign(&header(), &claims()), Err(Refused::Signature)),
        ("named as another", signed(&json!({ "alg": "ES256", "kid": "k2" })), Err(Refused::Signature)),
        ("an unknown key", signed(&json!({ "alg": "ES256", "kid": "k3" })), Err(Refused::UnknownKey)),
        ("no name, two keys", signed(&json!({ "alg": "ES256" })), Err(Refused::UnknownKey)),
        ("another algorithm", signed(&json!({ "alg": "RS256", "kid": "k1" })), Err(Refused::UnknownKey)),
        ("a shared secret", signed(&json!({ "alg": "HS256", "kid": "k1" })), Err(Refused::Algorithm)),
        (
            "an extension",
            signed(&json!({ "alg": "ES256", "kid": "k1", "crit": ["x"] })),
            Err(Refused::Malformed),
        ),
        ("no signature", Secret::new(unsigned), Err(Refused::Algorithm)),
        ("no token", Secret::new("a.b"), Err(Refused::Malformed)),
        ("too large", Secret::new("a".repeat(LARGEST + 1)), Err(Refused::Malformed)),
    ];
    for (name, token, expected) in table {
        assert_eq!(verify(&token, &set, &EXPECTED, now()).map(|_| ()), expected, "{name}");
    }
    assert!(verify(&signed(&json!({ "alg": "ES256" })), &alone, &EXPECTED, now()).is_ok());
}
