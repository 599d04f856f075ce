use ed25519_dalek::{Signer, SigningKey};

use super::*;

// The example of the specification and of its reference libraries.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIMESTAMP: &str = "1614265330";
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const OTHER_SECRET: &str = "whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldA==";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn now() -> Timestamp {
    at(1_614_265_330)
}

fn keys() -> Keys {
    Keys::parse(SECRET).unwrap()
}

#[test]
fn the_example_of_the_specification_verifies_and_is_what_we_sign() {
    assert_eq!(verify(&keys(), ID, TIMESTAMP, SIGNATURE, BODY, now()), Ok(()));
    assert_eq!(sign(&keys(), ID, now(), BODY).as_deref(), Ok(SIGNATURE));
}

#[test]
fn anything_changed_does_not_verify() {
    type Case = (&'static str, &'static str, &'static str, &'static str, &'static [u8], SignatureError);
    let table: [Case; 13] = [
        ("id", "msg_other", TIMESTAMP, SIGNATURE, BODY, SignatureError::Mismatch),
        ("timestamp", ID, "1614265331", SIGNATURE, BODY, SignatureError::Mismatch),
        ("body", ID, TIMESTAMP, SIGNATURE, br#"{"test": 2432232315}"#, SignatureError::Mismatch),
        ("empty body", ID, TIMESTAMP, SIGNATURE, b"", SignatureError::Mismatch),
        (
            "one bit",
            ID,
            TIMESTAMP,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=",
            BODY,
            SignatureError::Mismatch,
        ),
        ("truncated", ID, TIMESTAMP, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJE", BODY, SignatureError::Mismatch),
        ("empty signature", ID, TIMESTAMP, "v1,", BODY, SignatureError::Mismatch),
        ("not base64", ID, TIMESTAMP, "v1,%%%", BODY, SignatureError::Mismatch),
        (
            "other version",
            ID,
            TIMESTAMP,
            "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            BODY,
            SignatureError::NoSignature,
        ),
        (
            "asymmetric label",
            ID,
            TIMESTAMP,
            "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            BODY,
            SignatureError::Mismatch,
        ),
        (
            "no version",
            ID,
            TIMESTAMP,
            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            BODY,
            SignatureError::NoSignature,
        ),
        ("no header", ID, TIMESTAMP, "", BODY, SignatureError::NoSignature),
        ("no id", "", TIMESTAMP, SIGNATURE, BODY, SignatureError::Id),
    ];
    for (what, id, timestamp, signatures, body, expected) in table {
        assert_eq!(verify(&keys(), id, timestamp, signatures, body, now()), Err(expected), "{what}");
    }
    let others = Keys::parse(OTHER_SECRET).unwrap();
    assert_eq!(verify(&others, ID, TIMESTAMP, SIGNATURE, BODY, now()), Err(SignatureError::Mismatch));
}

#[test]
fn the_boundary_between_id_and_timestamp_cannot_be_moved() {
    // "a" + "1614265330" and "a.1614265330" + ... sign different texts unless the id may hold what it likes.
    let signature = sign(&keys(), "a.1", now(), BODY).unwrap();
    assert_eq!(verify(&keys(), "a", TIMESTAMP, &signature, BODY, now()), Err(SignatureError::Mismatch));
}

#[test]
fn a_message_is_good_for_five_minutes_either_way() {
    let table = [
        (0, Ok(())),
        (300, Ok(())),
        (301, Err(SignatureError::TooOld)),
        (-300, Ok(())),
        (-301, Err(SignatureError::TooNew)),
    ];
    for (later, expected) in table {
        let now = at(1_614_265_330 + later);
        assert_eq!(verify(&keys(), ID, TIMESTAMP, SIGNATURE, BODY, now), expected, "{later} seconds later");
    }
}

#[test]
fn strange_timestamps_are_refused_before_they_are_used() {
    let table = [
        ("", SignatureError::Timestamp),
        ("-1", SignatureError::Timestamp),
        ("+1614265330", SignatureError::Timestamp),
        (" 1614265330", SignatureError::Timestamp),
        ("1614265330.5", SignatureError::Timestamp),
        ("9223372036854775807", SignatureError::Timestamp),
        ("-9223372036854775808", SignatureError::Timestamp),
        ("99999999999999999999999", SignatureError::Timestamp),
        ("2021-02-25T15:02:10Z", SignatureError::Timestamp),
        ("١٦١٤٢٦٥٣٣٠", SignatureError::Timestamp),
        ("0", SignatureError::TooOld),
        ("99999999999", SignatureError::TooNew),
    ];
    for (timestamp, expected) in table {
        for now in [now(), Timestamp::MIN, Timestamp::MAX] {
            let got = verify(&keys(), ID, timestamp, SIGNATURE, BODY, now);
            assert!(got.is_err(), "{timestamp}");
        }
        assert_eq!(verify(&keys(), ID, timestamp, SIGNATURE, BODY, now()), Err(expected), "{timestamp}");
    }
}

#[test]
fn old_and_new_key_verify_while_they_rotate() {
    let both = Keys::parse(&format!("{OTHER_SECRET} {SECRET}")).unwrap();
    assert_eq!(verify(&both, ID, TIMESTAMP, SIGNATURE, BODY, now()), Ok(()));

    let two = sign(&both, ID, now(), BODY).unwrap();
    assert_eq!(two.split(' ').count(), 2);
    for one in [SECRET, OTHER_SECRET] {
        assert_eq!(verify(&Keys::parse(one).unwrap(), ID, TIMESTAMP, &two, BODY, now()), Ok(()));
    }
    let noisy = format!("v2,x  v1,%% v1a,AAAA {SIGNATURE}");
    assert_eq!(verify(&keys(), ID, TIMESTAMP, &noisy, BODY, now()), Ok(()));
}

#[test]
fn ed25519_signatures_verify_under_the_public_key_only() {
    let signing = SigningKey::from_bytes(&[7; 32]);
    let public = format!("whpk_{}", BASE64_STANDARD.encode(signing.verifying_key().as_bytes()));
    let message = [ID.as_bytes(), b".", TIMESTAMP.as_bytes(), b".", BODY].concat();
    let signature = format!("v1a,{}", BASE64_STANDARD.encode(signing.sign(&message).to_bytes()));
    let keys = Keys::parse(&public).unwrap();

    assert_eq!(verify(&keys, ID, TIMESTAMP, &signature, BODY, now()), Ok(()));
    assert_eq!(verify(&keys, ID, TIMESTAMP, &signature, b"{}", now()), Err(SignatureError::Mismatch));
    assert_eq!(verify(&keys, "msg_2", TIMESTAMP, &signature, BODY, now()), Err(SignatureError::Mismatch));
    let as_v1 = signature.replace("v1a,", "v1,");
    assert_eq!(verify(&keys, ID, TIMESTAMP, &as_v1, BODY, now()), Err(SignatureError::Mismatch));

    let other = SigningKey::from_bytes(&[8; 32]);
    let other = format!("whpk_{}", BASE64_STANDARD.encode(other.verifying_key().as_bytes()));
    let others = Keys::parse(&other).unwrap();
    assert_eq!(verify(&others, ID, TIMESTAMP, &signature, BODY, now()), Err(SignatureError::Mismatch));
    assert_eq!(sign(&keys, ID, now(), BODY), Err(KeyError::NoSecret));
}

#[test]
fn keys_have_a_prefix_and_the_right_length() {
    let secret = |bytes: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![1_u8; bytes]));
    let table = [
        (secret(23), Some(KeyError::SecretLength)),
        (secret(24), None),
        (secret(64), None),
        (secret(65), Some(KeyError::SecretLength)),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(), Some(KeyError::Prefix)),
        ("whsec_***".to_owned(), Some(KeyError::Encoding)),
        ("whpk_AAAA".to_owned(), Some(KeyError::PublicKey)),
        // The neutral point: whoever trusts it trusts everyone.
        (
            format!("whpk_{}", BASE64_STANDARD.encode([[1].as_slice(), &[0; 31]].concat())),
            Some(KeyError::PublicKey),
        ),
        (String::new(), Some(KeyError::None)),
    ];
    for (text, expected) in table {
        assert_eq!(Keys::parse(&text).err(), expected);
    }
}

#[test]
fn keys_are_not_shown() {
    assert_eq!(format!("{:?}", keys()), "Keys { secrets: 1, public: 0 }");
}
