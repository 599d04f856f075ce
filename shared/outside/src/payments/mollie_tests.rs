//! Every class of answer that Mollie gives, in its documented form, and callbacks true and forged.

use std::time::Duration;

use domain::Money;
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::http::client;
use crate::loopback::{Loopback, Then, deserted};
use crate::payments::ProviderKeys;

const API_KEY: &str = "test_canaryKeyOfMollie";
const SIGNING_SECRETS: [&str; 2] = ["canary-old-secret", "canary-new-secret"];
const CALLBACK_TOKEN: &str = "canary-callback-token";

/// Long enough for a loaded machine.
const PATIENT: Duration = Duration::from_secs(30);
const IMPATIENT: Duration = Duration::from_millis(400);

fn keys() -> ProviderKeys {
    ProviderKeys {
        api_key: Some(Secret::new(API_KEY)),
        signing_secrets: SIGNING_SECRETS.map(Secret::new).to_vec(),
        client_id: None,
        client_secret: None,
        webhook_id: None,
        callback_token: Secret::new(CALLBACK_TOKEN),
    }
}

fn account(keys: &ProviderKeys) -> Account<'_> {
    Account { keys, now: "2026-11-20T09:00:00Z".parse().unwrap() }
}

fn mollie(url: &str, timeout: Duration) -> Mollie {
    Mollie::new(client(timeout).unwrap(), url).unwrap()
}

const METHODS: [&str; 2] = ["ideal", "creditcard"];

fn order(methods: &[String]) -> Order<'_> {
    Order {
        request_id: "d1.q1",
        idempotency_key: "demo.d1.q1.create",
        amount: Money::from_cents(121_00),
        description: "Voorbeeld Energie, factuur E-1",
        methods,
        language: Language::Nl,
        return_url: "https://portal.example/portal",
        callback_url: "https://api.example/callbacks/payments/mollie/canary-callback-token",
    }
}

fn answer(status: u16, body: &Value) -> Then {
    Then::Answer { status, headers: "", body: Box::leak(body.to_string().into_boxed_str()) }
}

fn text(status: u16, headers: &'static str, body: &'static str) -> Then {
    Then::Answer { status, headers, body }
}

/// Larger than anything that is read.
fn flood() -> Then {
    text(200, "", Box::leak(" ".repeat(1024 * 1024 + 1).into_boxed_str()))
}

fn patience(then: &Then) -> Duration {
    if matches!(then, Then::Hang) { IMPATIENT } else { PATIENT }
}

/// A payment as `GET /v2/payments/{id}` shows it, with something else in some of its fields.
fn payment(changes: &Value) -> Value {
    let mut payment = json!({
        "resource": "payment", "id": "tr_7UhSN1zuXS", "mode": "test", "status": "open",
        "createdAt": "2026-11-20T08:59:00+00:00", "expiresAt": "2026-11-20T09:14:00+00:00",
        "amount": { "value": "121.00", "currency": "EUR" }, "description": "Voorbeeld Energie, factuur E-1",
        "method": null, "metadata": { "requestId": "d1.q1" }, "isCancelable": false, "sequenceType": "oneoff",
        "profileId": "pfl_QkEhN94Ba", "redirectUrl": "https://portal.example/portal",
        "_links": {
            "self": { "href": "https://api.mollie.com/v2/payments/tr_7UhSN1zuXS", "type": "application/hal+json" },
            "checkout": { "href": "https://www.mollie.com/checkout/select-method/7UhSN1zuXS", "type": "text/html" }
        }
    });
    for (field, value) in changes.as_object().unwrap() {
        payment[field] = value.clone();
    }
    payment
}

fn problem(status: u16, field: &str) -> Value {
    json!({ "status": status, "title": "Refused", "field": field, "detail": "The key test_canaryKeyOfMollie of j.devries@example.nl" })
}

#[tokio::test]
async fn a_payment_is_asked_for_in_mollies_form_under_our_key() {
    let server = Loopback::start(answer(201, &payment(&json!({})))).await;
    let methods = METHODS.map(str::to_owned);
    let (mollie, keys) = (mollie(&server.url(), PATIENT), keys());
    let made = mollie.create(account(&keys), &order(&methods)).await;
    let expected = Creation::Made {
        reference: "tr_7UhSN1zuXS".to_owned(),
        checkout_url: "https://www.mollie.com/checkout/select-method/7UhSN1zuXS".to_owned(),
        expires_at: Some("2026-11-20T09:14:00Z".parse().unwrap()),
    };
    assert_eq!(made, expected);
    assert_eq!(mollie.create(account(&keys), &Order { methods: &[], ..order(&methods) }).await, expected);

    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v2/payments HTTP/1.1\r\n"), "{head}");
    let head = head.to_ascii_lowercase();
    for header in ["authorization: bearer test_canarykeyofmollie", "idempotency-key: demo.d1.q1.create"] {
        assert!(head.contains(header), "{header} in {head}");
    }
    let body: Value = serde_json::from_str(body).unwrap();
    let asked = json!({
        "amount": { "currency": "EUR", "value": "121.00" }, "description": "Voorbeeld Energie, factuur E-1",
        "redirectUrl": "https://portal.example/portal",
        "webhookUrl": "https://api.example/callbacks/payments/mollie/canary-callback-token",
        "locale": "nl_NL", "metadata": { "requestId": "d1.q1" }, "method": ["ideal", "creditcard"]
    });
    assert_eq!(body, asked);
    let (_, body) = requests[1].split_once("\r\n\r\n").unwrap();
    assert!(!body.contains("\"method\""), "without methods the account's own are offered: {body}");
}

#[tokio::test]
async fn every_answer_to_a_creation_is_sorted_and_tried_once() {
    let refused = |reason: &str| Creation::Refused { reason: reason.to_owned() };
    let table = [
        (answer(401, &problem(401, "")), refused("unauthorized")),
        (answer(403, &problem(403, "")), refused("unauthorized")),
        (answer(422, &problem(422, "amount")), refused("amount")),
        (answer(422, &problem(422, "a field of j.devries@example.nl")), refused("status_422")),
        (answer(400, &json!({})), refused("status_400")),
        (text(404, "", "<html>"), refused("status_404")),
        (answer(410, &problem(410, "method")), refused("method")),
        (answer(429, &problem(429, "")), Creation::NotNow),
        (text(503, "", ""), Creation::NotNow),
        // The first attempt under the same key is still being worked on.
        (answer(409, &problem(409, "")), Creation::Unknown),
        (text(408, "", ""), Creation::Unknown),
        (text(500, "", ""), Creation::Unknown),
        (text(502, "", "<html>"), Creation::Unknown),
        (text(504, "", ""), Creation::Unknown),
        (text(302, "Location: /elsewhere\r\n", ""), Creation::Unknown),
        (text(307, "Location: /elsewhere\r\n", ""), Creation::Unknown),
        (text(201, "", "{}"), Creation::Unknown),
        (text(201, "", "<html>"), Creation::Unknown),
        (text(201, "", ""), Creation::Unknown),
        (answer(201, &payment(&json!({ "_links": {} }))), Creation::Unknown),
        (answer(201, &payment(&json!({ "id": "../tr_1" }))), Creation::Unknown),
        (flood(), Creation::Unknown),
        (Then::Hang, Creation::Unknown),
        (Then::Reset, Creation::Unknown),
        (Then::Break, Creation::Unknown),
    ];
    let keys = keys();
    for (then, expected) in table {
        let server = Loopback::start(then.clone()).await;
        let made = mollie(&server.url(), patience(&then)).create(account(&keys), &order(&[])).await;
        assert_eq!(made, expected, "{then:.200?}");
        assert_eq!(server.requests().len(), 1, "one attempt, and no redirect followed: {then:.200?}");
        assert_silent(&format!("{made:?}"));
    }
    let made = mollie(&deserted().await, PATIENT).create(account(&keys), &order(&[])).await;
    assert_eq!(made, Creation::NotNow, "nobody listens, so nothing was made");
    let server = Loopback::start(answer(201, &payment(&json!({})))).await;
    let none = ProviderKeys { api_key: None, ..keys };
    let made = mollie(&server.url(), PATIENT).create(account(&none), &order(&[])).await;
    assert_eq!(
        (made, server.requests().len()),
        (refused("unauthorized"), 0),
        "nothing is asked without a key"
    );
}

#[tokio::test]
async fn every_state_of_a_payment_is_told_as_it_stands() {
    let paid = Reported::Paid {
        payment: "tr_7UhSN1zuXS".to_owned(),
        amount: Money::from_cents(121_00),
        on: date(2026, 11, 21),
    };
    let failed = |reason: Option<&str>| Reported::Failed { reason: reason.map(str::to_owned) };
    // Just before midnight in UTC it is the next day in Amsterdam.
    let paid_at = json!("2026-11-20T23:30:00+00:00");
    let table = [
        (json!({}), Reported::Open),
        (json!({ "status": "pending" }), Reported::Open),
        (json!({ "status": "authorized" }), Reported::Open),
        (json!({ "status": "paid", "paidAt": paid_at }), paid.clone()),
        (json!({ "status": "failed" }), failed(None)),
        (json!({ "status": "failed", "details": {} }), failed(None)),
        (
            json!({ "status": "failed", "details": { "failureReason": "insufficient_funds" } }),
            failed(Some("insufficient_funds")),
        ),
        (json!({ "status": "failed", "details": { "failureReason": "Card of J. de Vries" } }), failed(None)),
        (json!({ "status": "canceled" }), Reported::Cancelled),
        (json!({ "status": "expired" }), Reported::Expired),
    ];
    let keys = keys();
    for (changes, expected) in table {
        let server = Loopback::start(answer(200, &payment(&changes))).await;
        let told = mollie(&server.url(), PATIENT).fetch(account(&keys), "tr_7UhSN1zuXS").await.unwrap();
        assert_eq!(told.report.state, expected, "{changes}");
        assert_eq!(
            (told.request_id.as_deref(), told.report.taken_back.len()),
            (Some("d1.q1"), 0),
            "{changes}"
        );
        let head = server.requests().remove(0);
        let path = "GET /v2/payments/tr_7UhSN1zuXS?embed=refunds,chargebacks HTTP/1.1\r\n";
        assert!(head.starts_with(path), "{head}");
    }
    // What was not made here has other metadata, or none.
    for metadata in
        [json!(null), json!("order 12"), json!({ "order": 12 }), json!([1]), json!({ "requestId": 7 })]
    {
        let server = Loopback::start(answer(200, &payment(&json!({ "metadata": metadata })))).await;
        let told = mollie(&server.url(), PATIENT).fetch(account(&keys), "tr_7UhSN1zuXS").await.unwrap();
        assert_eq!(told.request_id, None, "{metadata}");
    }
}

/// A refund as it is embedded.
fn refund(id: &str, amount: &str, status: &str) -> Value {
    json!({
        "resource": "refund", "id": id, "amount": { "currency": "EUR", "value": amount }, "status": status,
        "createdAt": "2026-11-22T10:00:00+00:00", "paymentId": "tr_7UhSN1zuXS", "description": "to J. de Vries"
    })
}

fn chargeback(changes: &Value) -> Value {
    let mut chargeback = json!({
        "resource": "chargeback", "id": "chb_n9z0tp", "amount": { "currency": "EUR", "value": "121.00" },
        "settlementAmount": { "currency": "EUR", "value": "-121.00" }, "createdAt": "2026-11-25T10:00:00+00:00",
        "reason": { "code": "AC01", "description": "Account identifier incorrect" }, "reversedAt": null,
        "paymentId": "tr_7UhSN1zuXS"
    });
    for (field, value) in changes.as_object().unwrap() {
        chargeback[field] = value.clone();
    }
    chargeback
}

#[tokio::test]
async fn what_went_back_of_a_payment_is_told_with_its_own_ids() {
    let gone = |id: &str, cents, undone| ReportedBack {
        id: id.to_owned(),
        kind: TakenBackKind::Refund,
        amount: Money::from_cents(cents),
        on: date(2026, 11, 22),
        reason: None,
        undone,
    };
    let charged = |reason: Option<&str>, undone| ReportedBack {
        id: "chb_n9z0tp".to_owned(),
        kind: TakenBackKind::Chargeback,
        amount: Money::from_cents(121_00),
        on: date(2026, 11, 25),
        reason: reason.map(str::to_owned),
        undone,
    };
    let partly = [refund("re_1", "21.00", "refunded"), refund("re_2", "50.00", "processing")];
    // (refunds, chargebacks, what went back)
    let table = [
        (json!(partly), json!([]), vec![gone("re_1", 21_00, false), gone("re_2", 50_00, false)]),
        (json!([refund("re_1", "121.00", "refunded")]), json!([]), vec![gone("re_1", 121_00, false)]),
        (json!([refund("re_1", "121.00", "queued"), refund("re_2", "1.00", "pending")]), json!([]), vec![]),
        (
            json!([refund("re_1", "21.00", "failed"), refund("re_2", "1.00", "canceled")]),
            json!([]),
            vec![gone("re_1", 21_00, true), gone("re_2", 1_00, true)],
        ),
        (json!([]), json!([chargeback(&json!({}))]), vec![charged(Some("AC01"), false)]),
        (json!([]), json!([chargeback(&json!({ "reason": null }))]), vec![charged(None, false)]),
        (
            json!([]),
            json!([chargeback(&json!({ "reversedAt": "2026-11-28T10:00:00+00:00" }))]),
            vec![charged(Some("AC01"), true)],
        ),
        (
            json!([refund("re_1", "21.00", "refunded")]),
            json!([chargeback(&json!({}))]),
            vec![gone("re_1", 21_00, false), charged(Some("AC01"), false)],
        ),
    ];
    let keys = keys();
    for (refunds, chargebacks, expected) in table {
        let embedded = json!({ "refunds": refunds, "chargebacks": chargebacks });
        let changes =
            json!({ "status": "paid", "paidAt": "2026-11-20T09:05:00+00:00", "_embedded": embedded });
        let server = Loopback::start(answer(200, &payment(&changes))).await;
        let told = mollie(&server.url(), PATIENT).fetch(account(&keys), "tr_7UhSN1zuXS").await.unwrap();
        assert_eq!(told.report.taken_back, expected, "{embedded}");
        assert!(matches!(told.report.state, Reported::Paid { .. }), "{embedded}");
    }
}

#[tokio::test]
async fn a_payment_with_a_hundred_refunds_is_still_read() {
    let refunds: Vec<Value> = (1..=100)
        .map(|number| {
            let mut refund = refund(&format!("re_{number}"), "1.00", "refunded");
            refund["description"] = json!("x".repeat(1_000));
            refund
        })
        .collect();
    let changes = json!({
        "status": "paid", "paidAt": "2026-11-20T09:05:00+00:00", "_embedded": { "refunds": refunds }
    });
    let server = Loopback::start(answer(200, &payment(&changes))).await;
    let keys = keys();
    let told = mollie(&server.url(), PATIENT).fetch(account(&keys), "tr_7UhSN1zuXS").await.unwrap();
    assert_eq!(told.report.taken_back.len(), 100);
}

#[tokio::test]
async fn every_answer_that_is_no_payment_has_a_name() {
    let unavailable = |why: &str| ProviderError::Unavailable(why.to_owned());
    let malformed = ProviderError::Malformed;
    let with = |changes: &Value| answer(200, &payment(changes));
    let back = |embedded: &Value| with(&json!({ "_embedded": embedded }));
    let table = [
        (answer(401, &problem(401, "")), ProviderError::Unauthorized),
        (answer(403, &problem(403, "")), ProviderError::Unauthorized),
        (answer(404, &problem(404, "")), ProviderError::NotFound),
        (answer(410, &problem(410, "")), ProviderError::NotFound),
        (answer(422, &problem(422, "id")), unavailable("status_422")),
        (answer(429, &problem(429, "")), unavailable("status_429")),
        (text(500, "", ""), unavailable("status_500")),
        (text(502, "", "<html>"), unavailable("status_502")),
        (text(503, "", ""), unavailable("status_503")),
        (text(302, "Location: /elsewhere\r\n", ""), unavailable("status_302")),
        (text(200, "", "{}"), malformed("body")),
        (text(200, "", "<html>"), malformed("body")),
        (text(200, "", ""), malformed("body")),
        (with(&json!({ "status": "lost" })), malformed("status")),
        (with(&json!({ "status": 7 })), malformed("body")),
        (with(&json!({ "status": "paid" })), malformed("paidAt")),
        (with(&json!({ "id": "tr/../1" })), malformed("id")),
        (
            with(&json!({
                "status": "paid", "paidAt": "2026-11-20T09:05:00+00:00",
                "amount": { "value": "121.00", "currency": "USD" }
            })),
            malformed("currency"),
        ),
        (
            with(&json!({
                "status": "paid", "paidAt": "2026-11-20T09:05:00+00:00",
                "amount": { "value": "121.001", "currency": "EUR" }
            })),
            malformed("amount"),
        ),
        (back(&json!({ "refunds": [refund("re_1", "1.00", "lost")] })), malformed("refund.status")),
        (back(&json!({ "refunds": [refund("re 1", "1.00", "refunded")] })), malformed("id")),
        (back(&json!({ "chargebacks": [chargeback(&json!({ "id": "" }))] })), malformed("id")),
        (flood(), unavailable("answer_broken")),
        (Then::Hang, unavailable("timeout")),
        (Then::Reset, unavailable("connection_broken")),
        (Then::Break, unavailable("answer_broken")),
    ];
    let keys = keys();
    for (then, expected) in table {
        let server = Loopback::start(then.clone()).await;
        let told = mollie(&server.url(), patience(&then)).fetch(account(&keys), "tr_7UhSN1zuXS").await;
        let error = told.expect_err("no payment");
        assert_eq!(error, expected, "{then:.200?}");
        assert_eq!(server.requests().len(), 1, "one attempt, and no redirect followed: {then:.200?}");
        assert_silent(&format!("{error} {error:?}"));
    }
    let away = mollie(&deserted().await, PATIENT).fetch(account(&keys), "tr_7UhSN1zuXS").await;
    assert_eq!(away, Err(unavailable("not_connected")));
}

#[tokio::test]
async fn every_answer_to_a_cancellation_is_sorted_and_tried_once() {
    let table = [
        (answer(200, &payment(&json!({ "status": "canceled" }))), Cancelled::Done),
        (text(204, "", ""), Cancelled::Done),
        (answer(401, &problem(401, "")), Cancelled::RunsOn),
        (answer(404, &problem(404, "")), Cancelled::RunsOn),
        (answer(422, &problem(422, "")), Cancelled::RunsOn),
        (answer(429, &problem(429, "")), Cancelled::RunsOn),
        (text(500, "", ""), Cancelled::Unknown),
        (text(503, "", ""), Cancelled::Unknown),
        (text(307, "Location: /elsewhere\r\n", ""), Cancelled::Unknown),
        (Then::Hang, Cancelled::Unknown),
        (Then::Reset, Cancelled::Unknown),
    ];
    let keys = keys();
    for (then, expected) in table {
        let server = Loopback::start(then.clone()).await;
        let outcome = mollie(&server.url(), patience(&then)).cancel(account(&keys), "tr_7UhSN1zuXS").await;
        assert_eq!(outcome, expected, "{then:.200?}");
        let requests = server.requests();
        assert_eq!(requests.len(), 1, "{then:.200?}");
        assert!(requests[0].starts_with("DELETE /v2/payments/tr_7UhSN1zuXS HTTP/1.1\r\n"), "{}", requests[0]);
    }
    assert_eq!(mollie(&deserted().await, PATIENT).cancel(account(&keys), "tr_1").await, Cancelled::RunsOn);
    // Mollie takes money by itself: there is nothing to call.
    let server = Loopback::start(Then::Reset).await;
    let captured = mollie(&server.url(), PATIENT).capture(account(&keys), "tr_1", "k").await;
    assert_eq!((captured, server.requests().len()), (Captured::Done, 0));
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256={hex}")
}

#[tokio::test]
async fn a_classic_callback_only_names_what_to_fetch() {
    use CallbackError::NotUnderstood;
    let long = format!("id=tr_{}", "x".repeat(60));
    let large = format!("id=tr_1&x={}", "x".repeat(LARGEST_CALLBACK));
    let told = |id: &str| Ok(Told { references: vec![id.to_owned()], request_id: None });
    let table = [
        ("id=tr_7UhSN1zuXS", told("tr_7UhSN1zuXS")),
        // What else it says is not read.
        ("status=paid&id=tr_1&amount=9999", told("tr_1")),
        ("id=tr%5F1", told("tr_1")),
        // The first counts.
        ("id=tr_1&id=tr_2", told("tr_1")),
        ("", Err(NotUnderstood)),
        ("id=", Err(NotUnderstood)),
        ("id=ord_1", Err(NotUnderstood)),
        ("id=tr_1%2F..%2F2", Err(NotUnderstood)),
        ("id=tr_1 2", Err(NotUnderstood)),
        (&long, Err(NotUnderstood)),
        (&large, Err(NotUnderstood)),
        ("{\"id\":\"tr_1\"}", Err(NotUnderstood)),
        ("\u{fffd}\u{0}", Err(NotUnderstood)),
    ];
    let (server, keys) = (Loopback::start(Then::Reset).await, keys());
    let mollie = mollie(&server.url(), PATIENT);
    for (body, expected) in table {
        let read = mollie.read_callback(account(&keys), &HeaderMap::new(), body.as_bytes()).await;
        assert_eq!(read, expected, "{body:.80}");
    }
    assert_eq!(server.requests().len(), 0, "reading a callback asks nobody");
}

#[tokio::test]
async fn a_signed_callback_is_taken_with_any_secret_in_use_and_no_other() {
    let event = r#"{"resource":"event","id":"event_1","type":"payment.paid","entityId":"tr_1"}"#;
    let itself = r#"{"resource":"payment","id":"tr_2","status":"paid"}"#;
    let names_nothing = r#"{"resource":"event","id":"event_1"}"#;
    let changed = event.replace("tr_1", "tr_9");
    let of = signature;
    let [old, new] = SIGNING_SECRETS;
    let told = |id: &str| Ok(Told { references: vec![id.to_owned()], request_id: None });
    let forged = Err(CallbackError::Forged);
    let table = [
        (event, of(old, event), told("tr_1")),
        (event, of(new, event), told("tr_1")),
        (event, of(new, event).to_ascii_uppercase().replace("SHA256", "sha256"), told("tr_1")),
        (itself, of(new, itself), told("tr_2")),
        (names_nothing, of(new, names_nothing), Err(CallbackError::NotUnderstood)),
        ("id=tr_1", of(new, "id=tr_1"), Err(CallbackError::NotUnderstood)),
        (&changed, of(new, event), forged.clone()),
        (event, of("another secret", event), forged.clone()),
        (event, of("", event), forged.clone()),
        (event, String::new(), forged.clone()),
        (event, "sha256=".to_owned(), forged.clone()),
        (event, of(new, event).replace("sha256=", ""), forged.clone()),
        (event, of(new, event).replace("sha256=", "sha1="), forged.clone()),
        (event, format!("{}00", of(new, event)), forged.clone()),
        (event, format!("sha256={}", "zz".repeat(32)), forged.clone()),
        // A form is no way around the signature once there is one.
        ("id=tr_1", of(new, event), forged.clone()),
    ];
    let (server, keys) = (Loopback::start(Then::Reset).await, keys());
    let mollie = mollie(&server.url(), PATIENT);
    for (body, signature, expected) in table {
        let headers = HeaderMap::from_iter([(SIGNATURE.parse().unwrap(), signature.parse().unwrap())]);
        let read = mollie.read_callback(account(&keys), &headers, body.as_bytes()).await;
        assert_eq!(read, expected, "{signature} of {body}");
    }
    let none = ProviderKeys { signing_secrets: Vec::new(), ..keys };
    let headers = HeaderMap::from_iter([(SIGNATURE.parse().unwrap(), of(new, event).parse().unwrap())]);
    let read = mollie.read_callback(account(&none), &headers, event.as_bytes()).await;
    assert_eq!(read, forged, "nobody signs where nobody gave a secret");
}

/// What a person may see: no secret, and nothing that the provider quotes.
fn assert_silent(shown: &str) {
    for canary in ["canary", "devries", "de Vries"] {
        assert!(!shown.to_ascii_lowercase().contains(&canary.to_ascii_lowercase()), "{canary} in {shown}");
    }
}

#[test]
fn nothing_that_is_shown_holds_a_key() {
    let keys = keys();
    let mollie = mollie("http://127.0.0.1:9", PATIENT);
    assert_silent(&format!("{keys:?} {:?} {mollie:?} {:?}", account(&keys), order(&[])));
    assert!(serde_json::to_string(&keys).unwrap().contains(API_KEY), "kept among the secrets it is whole");
    assert!(Mollie::new(client(PATIENT).unwrap(), "http://api.mollie.example").is_err(), "only over TLS");
}
