//! PayPal's callbacks, true and forged.

use serde_json::{Value, json};

use super::*;

const VERIFY: &str = "POST /v1/notifications/verify-webhook-signature HTTP";

const SIGNED: [(&str, &str); 5] = [
    ("paypal-auth-algo", "SHA256withRSA"),
    ("paypal-cert-url", "https://api.paypal.com/v1/notifications/certs/CERT-1"),
    ("paypal-transmission-id", "69cd13f0-d67a-11e5-baa3-778b53f4ae55"),
    ("paypal-transmission-sig", "lmI95Jx3Y9nhR5SJWlHVIWpg4AgFk7n9bCHSRxbrd8A="),
    ("paypal-transmission-time", "2026-11-20T09:00:00Z"),
];

fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
    of.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn verified(status: &str) -> Then {
    answer(200, &json!({ "verification_status": status }))
}

#[tokio::test]
async fn paypal_is_asked_about_a_signature_with_the_event_byte_for_byte() {
    // Numbers and spaces that another writer would write otherwise.
    let event = r#"{ "id":"WH-1",  "resource":{"id":"5O190127TN364715T","x":1.50 ,"y":"\u00e9"} }"#;
    let server = with_token(VERIFY, verified("SUCCESS")).await;
    let keys = keys();
    let service = paypal(&server.url(), PATIENT);
    let told = service.read_callback(account(&keys), &headers(&SIGNED), event.as_bytes()).await.unwrap();
    assert_eq!(told.references, ["5O190127TN364715T"]);
    let asked = own_requests(&server).remove(0);
    let (_, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(body.ends_with(&format!("\"webhook_event\":{event}}}")), "{body}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["webhook_id"], WEBHOOK_ID);
    for (header, value) in SIGNED {
        let field = header.trim_start_matches("paypal-").replace('-', "_");
        assert_eq!(body[&field], value, "{field}");
    }
}

#[tokio::test]
async fn only_a_callback_that_paypal_confirms_is_taken() {
    let event = r#"{"id":"WH-1","resource":{"id":"5O190127TN364715T"}}"#;
    let later = |why: &str| Err(CallbackError::Unavailable(why.to_owned()));
    let forged = || Err(CallbackError::Forged);
    let told = Told { references: vec!["5O190127TN364715T".to_owned()], request_id: None };
    let table = [
        (verified("SUCCESS"), Ok(told)),
        (verified("FAILURE"), forged()),
        (verified("success"), forged()),
        (answer(400, &problem("VALIDATION_ERROR", "INVALID")), forged()),
        (answer(422, &problem("UNPROCESSABLE_ENTITY", "INVALID")), forged()),
        (text(200, "", "{}"), later("answer_not_understood")),
        (text(200, "", "<html>"), later("answer_not_understood")),
        (text(403, "", ""), later("status_403")),
        (text(429, "", ""), later("status_429")),
        (text(500, "", ""), later("status_500")),
        (text(302, "Location: /elsewhere\r\n", ""), later("status_302")),
        (Then::Hang, later("timeout")),
        (Then::Reset, later("connection_broken")),
    ];
    let keys = keys();
    for (then, expected) in table {
        let server = with_token(VERIFY, then.clone()).await;
        let service = paypal(&server.url(), patience(&then));
        let read = service.read_callback(account(&keys), &headers(&SIGNED), event.as_bytes()).await;
        assert_eq!(read, expected, "{then:?}");
        assert_eq!(own_requests(&server).len(), 1, "{then:?}");
        assert_silent(&format!("{read:?}"));
    }
    let away = paypal(&deserted().await, PATIENT);
    let read = away.read_callback(account(&keys), &headers(&SIGNED), event.as_bytes()).await;
    assert!(matches!(read, Err(CallbackError::Unavailable(_))), "{read:?}");
}

#[tokio::test]
async fn a_callback_that_cannot_be_paypals_asks_nobody() {
    let event = r#"{"id":"WH-1","resource":{"id":"5O190127TN364715T"}}"#;
    let server = with_token(VERIFY, verified("SUCCESS")).await;
    let service = paypal(&server.url(), PATIENT);
    let keys = keys();
    for (absent, (name, _)) in SIGNED.iter().enumerate() {
        let mut some = SIGNED.to_vec();
        some.remove(absent);
        let read = service.read_callback(account(&keys), &headers(&some), event.as_bytes()).await;
        assert_eq!(read, Err(CallbackError::Forged), "without {name}");
    }
    let long = "x".repeat(501);
    let mut endless = SIGNED;
    endless[3].1 = &long;
    let read = service.read_callback(account(&keys), &headers(&endless), event.as_bytes()).await;
    assert_eq!(read, Err(CallbackError::Forged));
    let unnamed = ProviderKeys { webhook_id: None, ..keys.clone() };
    let read = service.read_callback(account(&unnamed), &headers(&SIGNED), event.as_bytes()).await;
    assert_eq!(read, Err(CallbackError::Forged), "nothing can be checked without the webhook's id");
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(LARGEST_CALLBACK));
    for body in ["", "<html>", r#"{"resource":7}"#, r#"{"a":1},"webhook_id":"mine","b":{}"#, large.as_str()] {
        let read = service.read_callback(account(&keys), &headers(&SIGNED), body.as_bytes()).await;
        assert_eq!(read, Err(CallbackError::NotUnderstood), "{body:.60}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_callback_names_what_it_is_about_whatever_its_resource_is() {
    let table = [
        // An order that the payer approved.
        (json!({ "id": "O1", "purchase_units": [{ "custom_id": "d1.q1" }] }), vec!["O1"], Some("d1.q1")),
        // A capture, which names its order.
        (
            json!({
                "id": "C1", "custom_id": "d1.q1", "supplementary_data": { "related_ids": { "order_id": "O1" } }
            }),
            vec!["O1", "C1"],
            Some("d1.q1"),
        ),
        // A refund, whose capture is above it.
        (
            json!({
                "id": "R1", "custom_id": "d1.q1",
                "links": [
                    { "rel": "self", "href": "https://api.paypal.com/v2/payments/refunds/R1" },
                    { "rel": "up", "href": "https://api.paypal.com/v2/payments/captures/C1" }
                ]
            }),
            vec!["R1", "C1"],
            Some("d1.q1"),
        ),
        // A dispute.
        (
            json!({
                "dispute_id": "PP-D-1",
                "disputed_transactions": [{ "seller_transaction_id": "C1", "custom": "d1.q1", "buyer": { "name": "J. de Vries" } }]
            }),
            vec!["C1"],
            Some("d1.q1"),
        ),
        (json!({ "id": "../1", "custom_id": null }), vec![], None),
        (json!({}), vec![], None),
    ];
    let keys = keys();
    for (resource, references, request) in table {
        let server = with_token(VERIFY, verified("SUCCESS")).await;
        let event = json!({ "id": "WH-1", "event_type": "X", "resource": resource }).to_string();
        let service = paypal(&server.url(), PATIENT);
        let told = service.read_callback(account(&keys), &headers(&SIGNED), event.as_bytes()).await.unwrap();
        assert_eq!(
            (told.references.iter().map(String::as_str).collect(), told.request_id.as_deref()),
            (references, request),
            "{resource}"
        );
    }
}
