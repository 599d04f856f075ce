//! Every class of answer that PayPal gives, in its documented form.

use std::time::Duration;

use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::http::client;
use crate::loopback::{Loopback, Then, deserted};
use crate::payments::ProviderKeys;

const CLIENT_ID: &str = "canary-client-id";
const CLIENT_SECRET: &str = "canary-client-secret";
const WEBHOOK_ID: &str = "canary-webhook-id";
const ACCESS_TOKEN: &str = "canary-access-token";

const TOKEN: &str = "POST /v1/oauth2/token";
const CREATE: &str = "POST /v2/checkout/orders HTTP";
const FETCH: &str = "GET /v2/checkout/orders/5O190127TN364715T HTTP";
const CAPTURE: &str = "POST /v2/checkout/orders/5O190127TN364715T/capture HTTP";
const DISPUTES: &str = "GET /v1/customer/disputes?disputed_transaction_id=3C679366HH908993F HTTP";
const DISPUTE: &str = "GET /v1/customer/disputes/PP-D-1 HTTP";

/// Long enough for a loaded machine.
const PATIENT: Duration = Duration::from_secs(30);
const IMPATIENT: Duration = Duration::from_millis(400);

fn keys() -> ProviderKeys {
    ProviderKeys {
        api_key: None,
        signing_secrets: Vec::new(),
        client_id: Some(Secret::new(CLIENT_ID)),
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        webhook_id: Some(Secret::new(WEBHOOK_ID)),
        callback_token: Secret::new("canary-callback-token"),
    }
}

fn account(keys: &ProviderKeys) -> Account<'_> {
    Account { keys, now: "2026-11-20T09:00:00Z".parse().unwrap() }
}

fn later<'a>(keys: &'a ProviderKeys, now: &str) -> Account<'a> {
    Account { keys, now: now.parse().unwrap() }
}

fn paypal(url: &str, timeout: Duration) -> PayPal {
    PayPal::new(client(timeout).unwrap(), url).unwrap()
}

fn order() -> Order<'static> {
    Order {
        request_id: "d1.q1",
        idempotency_key: "demo.d1.q1.create",
        amount: Money::from_cents(121_00),
        description: "Voorbeeld Energie, invoice E-1",
        methods: &[],
        language: Language::En,
        return_url: "https://portal.example/portal",
        callback_url: "https://api.example/callbacks/payments/paypal/canary-callback-token",
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

fn token() -> Then {
    named_token(ACCESS_TOKEN)
}

fn named_token(token: &str) -> Then {
    answer(
        200,
        &json!({
            "scope": "https://uri.paypal.com/services/payments/payment", "access_token": token,
            "token_type": "Bearer", "app_id": "APP-1", "expires_in": 32_400, "nonce": "2026"
        }),
    )
}

async fn with_token(route: &'static str, then: Then) -> Loopback {
    Loopback::routed(vec![(TOKEN, token()), (route, then)]).await
}

/// An order that the payer has not seen yet, with something else in some of its fields.
fn created(changes: &Value) -> Value {
    let mut order = json!({
        "id": "5O190127TN364715T", "status": "PAYER_ACTION_REQUIRED", "intent": "CAPTURE",
        "purchase_units": [{
            "reference_id": "default", "custom_id": "d1.q1",
            "amount": { "currency_code": "EUR", "value": "121.00" }, "payee": { "merchant_id": "M1" }
        }],
        "payment_source": { "paypal": { "email_address": "j.devries@example.nl" } },
        "links": [
            { "href": "https://api-m.paypal.com/v2/checkout/orders/5O190127TN364715T", "rel": "self", "method": "GET" },
            { "href": "https://www.paypal.com/checkoutnow?token=5O190127TN364715T", "rel": "payer-action", "method": "GET" }
        ]
    });
    for (field, value) in changes.as_object().unwrap() {
        order[field] = value.clone();
    }
    order
}

/// An order whose money was asked for, with what became of that.
fn completed(captures: &Value, refunds: &Value) -> Value {
    created(&json!({
        "status": "COMPLETED",
        "purchase_units": [{
            "reference_id": "default", "custom_id": "d1.q1", "payments": { "captures": captures, "refunds": refunds }
        }]
    }))
}

fn capture(status: &str) -> Value {
    json!({
        "id": "3C679366HH908993F", "status": status, "amount": { "currency_code": "EUR", "value": "121.00" },
        "final_capture": true, "create_time": "2026-11-20T23:30:00Z", "update_time": "2026-11-20T23:30:00Z"
    })
}

fn refund(id: &str, amount: &str, status: &str) -> Value {
    json!({
        "id": id, "status": status, "amount": { "currency_code": "EUR", "value": amount },
        "note_to_payer": "to J. de Vries", "create_time": "2026-11-22T10:00:00Z"
    })
}

fn problem(name: &str, issue: &str) -> Value {
    json!({
        "name": name, "message": "about j.devries@example.nl", "debug_id": "b1",
        "details": [{ "issue": issue, "description": "canary-client-secret" }]
    })
}

fn own_requests(server: &Loopback) -> Vec<String> {
    server.requests().into_iter().filter(|r| !r.starts_with(TOKEN)).collect()
}

#[tokio::test]
async fn an_order_is_asked_for_in_paypals_form_under_our_key() {
    let server = with_token(CREATE, answer(201, &created(&json!({})))).await;
    let keys = keys();
    let made = paypal(&server.url(), PATIENT).create(account(&keys), &order()).await;
    let expected = Creation::Made {
        reference: "5O190127TN364715T".to_owned(),
        checkout_url: "https://www.paypal.com/checkoutnow?token=5O190127TN364715T".to_owned(),
        expires_at: None,
    };
    assert_eq!(made, expected);

    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/oauth2/token HTTP/1.1\r\n"), "{head}");
    // canary-client-id:canary-client-secret
    let basic =
        "authorization: basic y2fuyxj5lwnsawvudc1pzdpjyw5hcnktY2xpZW50LXNlY3JldA==".to_ascii_lowercase();
    assert!(head.to_ascii_lowercase().contains(&basic), "{head}");
    assert_eq!(body, "grant_type=client_credentials");
    let (head, body) = requests[1].split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    for header in ["authorization: bearer canary-access-token", "paypal-request-id: demo.d1.q1.create"] {
        assert!(head.contains(header), "{header} in {head}");
    }
    let asked = json!({
        "intent": "CAPTURE",
        "purchase_units": [{
            "custom_id": "d1.q1", "description": "Voorbeeld Energie, invoice E-1",
            "amount": { "currency_code": "EUR", "value": "121.00" }
        }],
        "payment_source": { "paypal": { "experience_context": {
            "return_url": "https://portal.example/portal", "cancel_url": "https://portal.example/portal",
            "locale": "en-GB", "user_action": "PAY_NOW", "shipping_preference": "NO_SHIPPING"
        } } }
    });
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), asked);
}

#[tokio::test]
async fn the_older_name_of_the_payers_link_is_understood() {
    let links =
        json!([{ "href": "https://www.paypal.com/checkoutnow?token=1", "rel": "approve", "method": "GET" }]);
    let server =
        with_token(CREATE, answer(201, &created(&json!({ "status": "CREATED", "links": links })))).await;
    let keys = keys();
    let made = paypal(&server.url(), PATIENT).create(account(&keys), &order()).await;
    assert!(
        matches!(&made, Creation::Made { checkout_url, .. } if checkout_url.ends_with("token=1")),
        "{made:?}"
    );
}

#[tokio::test]
async fn every_answer_to_a_creation_is_sorted_and_tried_once() {
    let refused = |reason: &str| Creation::Refused { reason: reason.to_owned() };
    let table = [
        (answer(403, &problem("NOT_AUTHORIZED", "PERMISSION_DENIED")), refused("unauthorized")),
        (
            answer(422, &problem("UNPROCESSABLE_ENTITY", "CURRENCY_NOT_SUPPORTED")),
            refused("currency_not_supported"),
        ),
        (answer(400, &json!({ "name": "INVALID_REQUEST" })), refused("invalid_request")),
        (answer(422, &problem("UNPROCESSABLE_ENTITY", "J. de Vries")), refused("status_422")),
        (text(404, "", "<html>"), refused("status_404")),
        (answer(429, &problem("RATE_LIMIT_REACHED", "TOO_MANY_REQUESTS")), Creation::NotNow),
        (text(503, "", ""), Creation::NotNow),
        (text(409, "", ""), Creation::Unknown),
        (text(500, "", ""), Creation::Unknown),
        (text(502, "", "<html>"), Creation::Unknown),
        (text(504, "", ""), Creation::Unknown),
        (text(302, "Location: /elsewhere\r\n", ""), Creation::Unknown),
        (text(307, "Location: /elsewhere\r\n", ""), Creation::Unknown),
        (text(201, "", "{}"), Creation::Unknown),
        (text(201, "", "<html>"), Creation::Unknown),
        (answer(201, &created(&json!({ "links": [] }))), Creation::Unknown),
        (answer(201, &created(&json!({ "id": "../1" }))), Creation::Unknown),
        (flood(), Creation::Unknown),
        (Then::Hang, Creation::Unknown),
        (Then::Reset, Creation::Unknown),
        (Then::Break, Creation::Unknown),
    ];
    let keys = keys();
    for (then, expected) in table {
        let server = with_token(CREATE, then.clone()).await;
        let made = paypal(&server.url(), patience(&then)).create(account(&keys), &order()).await;
        assert_eq!(made, expected, "{then:.200?}");
        assert_eq!(own_requests(&server).len(), 1, "one attempt, and no redirect followed: {then:.200?}");
        assert_silent(&format!("{made:?}"));
    }
    let made = paypal(&deserted().await, PATIENT).create(account(&keys), &order()).await;
    assert_eq!(made, Creation::NotNow, "nobody listens, so nothing was made");
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    let table = [
        (
            answer(401, &json!({ "error": "invalid_client" })),
            Creation::Refused { reason: "unauthorized".to_owned() },
        ),
        (text(429, "", ""), Creation::NotNow),
        (text(500, "", ""), Creation::NotNow),
        (text(302, "Location: /elsewhere\r\n", ""), Creation::NotNow),
        (text(200, "", "{}"), Creation::NotNow),
        (text(200, "", "<html>"), Creation::NotNow),
        (flood(), Creation::NotNow),
        (Then::Hang, Creation::NotNow),
        (Then::Reset, Creation::NotNow),
    ];
    let keys = keys();
    for (then, expected) in table {
        let server = Loopback::routed(vec![(TOKEN, then.clone())]).await;
        let made = paypal(&server.url(), patience(&then)).create(account(&keys), &order()).await;
        assert_eq!(made, expected, "{then:.200?}");
        assert_eq!((server.requests().len(), own_requests(&server).len()), (1, 0), "{then:.200?}");
    }
    let server = Loopback::start(token()).await;
    for lacking in [
        ProviderKeys { client_id: None, ..keys.clone() },
        ProviderKeys { client_secret: None, ..keys.clone() },
    ] {
        let made = paypal(&server.url(), PATIENT).create(account(&lacking), &order()).await;
        assert_eq!(made, Creation::Refused { reason: "unauthorized".to_owned() });
    }
    assert_eq!(server.requests().len(), 0, "nothing is asked without keys");
}

#[tokio::test]
async fn a_token_is_kept_until_its_last_minute_and_asked_for_anew_where_it_is_not_accepted() {
    let keys = keys();
    let tokens = |server: &Loopback| server.requests().iter().filter(|r| r.starts_with(TOKEN)).count();
    let server = with_token(FETCH, answer(200, &created(&json!({})))).await;
    let service = paypal(&server.url(), PATIENT);
    // It lives nine hours. (now, tokens asked for so far)
    let table = [
        ("2026-11-20T09:00:00Z", 1),
        ("2026-11-20T09:00:00Z", 1),
        ("2026-11-20T17:58:59Z", 1),
        ("2026-11-20T17:59:00Z", 2),
        ("2026-11-20T18:00:00Z", 2),
    ];
    for (now, expected) in table {
        service.fetch(later(&keys, now), "5O190127TN364715T").await.unwrap();
        assert_eq!(tokens(&server), expected, "{now}");
    }
    // Another secret asks for its own.
    let other = ProviderKeys { client_secret: Some(Secret::new("canary-other")), ..keys.clone() };
    service.fetch(later(&other, "2026-11-20T18:00:00Z"), "5O190127TN364715T").await.unwrap();
    assert_eq!(tokens(&server), 3);

    // A token that was withdrawn costs one more try, under the same key.
    let server = Loopback::routed(vec![
        (TOKEN, token()),
        (TOKEN, named_token("canary-second-token")),
        (CREATE, answer(401, &problem("AUTHENTICATION_FAILURE", "TOKEN"))),
        (CREATE, answer(201, &created(&json!({})))),
    ])
    .await;
    let made = paypal(&server.url(), PATIENT).create(account(&keys), &order()).await;
    assert!(matches!(made, Creation::Made { .. }), "{made:?}");
    let asked = own_requests(&server);
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|r| r.to_ascii_lowercase().contains("paypal-request-id: demo.d1.q1.create")));
    assert!(asked[1].contains("canary-second-token"));

    // One that is never accepted is no reason to go on asking.
    let server = with_token(CREATE, answer(401, &problem("AUTHENTICATION_FAILURE", "TOKEN"))).await;
    let made = paypal(&server.url(), PATIENT).create(account(&keys), &order()).await;
    assert_eq!(made, Creation::Refused { reason: "unauthorized".to_owned() });
    assert_eq!(own_requests(&server).len(), 2);
}

#[tokio::test]
async fn every_state_of_an_order_is_told_as_it_stands() {
    let paid = Reported::Paid {
        payment: "3C679366HH908993F".to_owned(),
        amount: Money::from_cents(121_00),
        // Just before midnight in UTC it is the next day in Amsterdam.
        on: date(2026, 11, 21),
    };
    let failed = |reason: &str| Reported::Failed { reason: Some(reason.to_owned()) };
    let of = |captures: Value| completed(&captures, &json!([]));
    let table = [
        (created(&json!({})), Reported::Open),
        (created(&json!({ "status": "CREATED" })), Reported::Open),
        (created(&json!({ "status": "SAVED" })), Reported::Open),
        (created(&json!({ "status": "APPROVED" })), Reported::Approved),
        (created(&json!({ "status": "VOIDED" })), Reported::Cancelled),
        (of(json!([capture("COMPLETED")])), paid.clone()),
        (of(json!([capture("PARTIALLY_REFUNDED")])), paid.clone()),
        (of(json!([capture("REFUNDED")])), paid.clone()),
        (of(json!([capture("PENDING")])), Reported::Open),
        (of(json!([capture("DECLINED")])), failed("declined")),
        (of(json!([capture("FAILED")])), failed("failed")),
        // The debtor tried once more after a decline.
        (of(json!([capture("DECLINED"), capture("COMPLETED")])), paid),
    ];
    let keys = keys();
    for (body, expected) in table {
        let nothing = answer(200, &json!({ "items": [], "links": [] }));
        let routes = vec![(TOKEN, token()), (FETCH, answer(200, &body)), (DISPUTES, nothing)];
        let server = Loopback::routed(routes).await;
        let told = paypal(&server.url(), PATIENT).fetch(account(&keys), "5O190127TN364715T").await.unwrap();
        assert_eq!(told.report.state, expected, "{body}");
        assert_eq!((told.request_id.as_deref(), told.report.taken_back.len()), (Some("d1.q1"), 0), "{body}");
        let link = (expected == Reported::Open)
            .then_some("https://www.paypal.com/checkoutnow?token=5O190127TN364715T");
        assert_eq!(told.report.checkout_url.as_deref(), link, "{body}");
    }
    // An order that nobody approved within its time is gone.
    let server = with_token(FETCH, answer(404, &problem("RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID"))).await;
    let told = paypal(&server.url(), PATIENT).fetch(account(&keys), "5O190127TN364715T").await.unwrap();
    assert_eq!((told.request_id, told.report.state), (None, Reported::Expired));
}

fn movement(party: &str, kind: &str, amount: &str) -> Value {
    json!({
        "affected_party": party, "amount": { "currency_code": "EUR", "value": amount }, "type": kind,
        "initiated_time": "2026-11-25T10:00:00Z", "reason": "DISPUTE_SETTLEMENT"
    })
}

#[tokio::test]
async fn what_went_back_of_the_money_is_told_with_its_own_ids() {
    let back = |id: &str, kind, cents, undone| ReportedBack {
        id: id.to_owned(),
        kind,
        amount: Money::from_cents(cents),
        on: if kind == TakenBackKind::Refund { date(2026, 11, 22) } else { date(2026, 11, 25) },
        reason: None,
        undone,
    };
    use TakenBackKind::{Chargeback, Refund};
    let no_list = json!({ "items": [] });
    let list = json!({ "items": [{ "dispute_id": "PP-D-1", "reason": "UNAUTHORISED", "status": "OPEN" }] });
    let dispute =
        |movements: Value| answer(200, &json!({ "dispute_id": "PP-D-1", "money_movements": movements }));
    let none = || dispute(json!([]));
    let forbidden = answer(403, &problem("NOT_AUTHORIZED", "PERMISSION_DENIED"));
    // (refunds, the list of disputes, the dispute, what went back)
    let table = [
        (
            json!([refund("1JU08902781691411", "21.00", "COMPLETED")]),
            answer(200, &no_list),
            none(),
            vec![back("1JU08902781691411", Refund, 21_00, false)],
        ),
        (json!([refund("R1", "21.00", "PENDING")]), answer(200, &no_list), none(), vec![]),
        (
            json!([refund("R1", "21.00", "FAILED"), refund("R2", "1.00", "CANCELLED")]),
            answer(200, &no_list),
            none(),
            vec![back("R1", Refund, 21_00, true), back("R2", Refund, 1_00, true)],
        ),
        (json!([]), answer(200, &list), none(), vec![]),
        (
            json!([]),
            answer(200, &list),
            dispute(json!([movement("SELLER", "DEBIT", "121.00"), movement("BUYER", "CREDIT", "121.00")])),
            vec![back("PP-D-1", Chargeback, 121_00, false)],
        ),
        (
            json!([]),
            answer(200, &list),
            dispute(json!([movement("SELLER", "DEBIT", "121.00"), movement("SELLER", "CREDIT", "121.00")])),
            vec![back("PP-D-1", Chargeback, 121_00, true)],
        ),
        (
            json!([]),
            answer(200, &list),
            dispute(json!([movement("SELLER", "DEBIT", "121.00"), movement("SELLER", "CREDIT", "20.00")])),
            vec![back("PP-D-1", Chargeback, 121_00, false)],
        ),
        // An account that may not read disputes has none that are known.
        (
            json!([refund("R1", "1.00", "COMPLETED")]),
            forbidden,
            none(),
            vec![back("R1", Refund, 1_00, false)],
        ),
        (json!([]), text(404, "", ""), none(), vec![]),
    ];
    let keys = keys();
    for (refunds, list, dispute, expected) in table {
        let body = completed(&json!([capture("COMPLETED")]), &refunds);
        let routes = vec![
            (TOKEN, token()),
            (FETCH, answer(200, &body)),
            (DISPUTES, list.clone()),
            (DISPUTE, dispute.clone()),
        ];
        let server = Loopback::routed(routes).await;
        let told = paypal(&server.url(), PATIENT).fetch(account(&keys), "5O190127TN364715T").await.unwrap();
        assert_eq!(told.report.taken_back, expected, "{refunds} {list:?} {dispute:?}");
    }
}

#[tokio::test]
async fn every_answer_that_is_no_order_has_a_name() {
    let unavailable = |why: &str| ProviderError::Unavailable(why.to_owned());
    let malformed = ProviderError::Malformed;
    let of = |capture: Value, refunds: Value| answer(200, &completed(&json!([capture]), &refunds));
    let with = |field: &str, value: Value| {
        let mut capture = capture("COMPLETED");
        capture[field] = value;
        capture
    };
    let dollars = json!({ "currency_code": "USD", "value": "121.00" });
    let table = [
        (answer(401, &problem("AUTHENTICATION_FAILURE", "TOKEN")), ProviderError::Unauthorized),
        (answer(403, &problem("NOT_AUTHORIZED", "PERMISSION_DENIED")), ProviderError::Unauthorized),
        (text(422, "", ""), unavailable("status_422")),
        (text(429, "", ""), unavailable("status_429")),
        (text(500, "", ""), unavailable("status_500")),
        (text(503, "", ""), unavailable("status_503")),
        (text(301, "Location: /elsewhere\r\n", ""), unavailable("status_301")),
        (text(200, "", "{}"), malformed("body")),
        (text(200, "", "<html>"), malformed("body")),
        (answer(200, &created(&json!({ "status": "LOST" }))), malformed("status")),
        (answer(200, &created(&json!({ "status": "COMPLETED" }))), malformed("status")),
        (answer(200, &created(&json!({ "id": "a b" }))), malformed("id")),
        (of(with("id", json!("../1")), json!([])), malformed("id")),
        (of(with("amount", dollars), json!([])), malformed("currency")),
        (
            of(with("amount", json!({ "currency_code": "EUR", "value": "1e2" })), json!([])),
            malformed("amount"),
        ),
        (of(with("create_time", json!("yesterday")), json!([])), malformed("body")),
        (of(capture("COMPLETED"), json!([refund("R1", "1.00", "LOST")])), malformed("refund.status")),
        (flood(), unavailable("answer_broken")),
        (Then::Hang, unavailable("timeout")),
        (Then::Reset, unavailable("connection_broken")),
        (Then::Break, unavailable("answer_broken")),
    ];
    let keys = keys();
    for (then, expected) in table {
        let server = with_token(FETCH, then.clone()).await;
        let told = paypal(&server.url(), patience(&then)).fetch(account(&keys), "5O190127TN364715T").await;
        let error = told.expect_err("no order");
        assert_eq!(error, expected, "{then:.200?}");
        assert_silent(&format!("{error} {error:?}"));
    }
    // Disputes that cannot be read now: then nothing is said, and it is tried again.
    let order = answer(200, &completed(&json!([capture("COMPLETED")]), &json!([])));
    let routes = vec![(TOKEN, token()), (FETCH, order), (DISPUTES, text(500, "", ""))];
    let server = Loopback::routed(routes).await;
    let told = paypal(&server.url(), PATIENT).fetch(account(&keys), "5O190127TN364715T").await;
    assert_eq!(told, Err(unavailable("status_500")));
    let away = paypal(&deserted().await, PATIENT).fetch(account(&keys), "5O190127TN364715T").await;
    assert_eq!(away, Err(unavailable("not_connected")));
}

#[tokio::test]
async fn every_answer_to_a_capture_is_sorted_and_tried_once() {
    let declined = |reason: &str| Captured::Declined { reason: reason.to_owned() };
    let unprocessable = |issue: &str| answer(422, &problem("UNPROCESSABLE_ENTITY", issue));
    let table = [
        (answer(201, &completed(&json!([capture("COMPLETED")]), &json!([]))), Captured::Done),
        (answer(200, &completed(&json!([capture("PENDING")]), &json!([]))), Captured::Done),
        (unprocessable("ORDER_ALREADY_CAPTURED"), Captured::Done),
        (unprocessable("ORDER_NOT_APPROVED"), Captured::NotNow),
        (unprocessable("INSTRUMENT_DECLINED"), declined("instrument_declined")),
        (unprocessable("J. de Vries has no money"), declined("status_422")),
        (answer(400, &problem("INVALID_REQUEST", "MALFORMED")), declined("malformed")),
        (text(403, "", ""), Captured::NotNow),
        (text(404, "", ""), Captured::NotNow),
        (text(429, "", ""), Captured::NotNow),
        (text(503, "", ""), Captured::NotNow),
        (text(409, "", ""), Captured::Unknown),
        (text(500, "", ""), Captured::Unknown),
        (text(502, "", ""), Captured::Unknown),
        (text(307, "Location: /elsewhere\r\n", ""), Captured::Unknown),
        (flood(), Captured::Unknown),
        (Then::Hang, Captured::Unknown),
        (Then::Reset, Captured::Unknown),
        (Then::Break, Captured::Unknown),
    ];
    let keys = keys();
    for (then, expected) in table {
        let server = with_token(CAPTURE, then.clone()).await;
        let service = paypal(&server.url(), patience(&then));
        let outcome = service.capture(account(&keys), "5O190127TN364715T", "demo.d1.q1.capture").await;
        assert_eq!(outcome, expected, "{then:.200?}");
        let asked = own_requests(&server);
        assert_eq!(asked.len(), 1, "{then:.200?}");
        assert!(asked[0].to_ascii_lowercase().contains("paypal-request-id: demo.d1.q1.capture"));
        assert_silent(&format!("{outcome:?}"));
    }
    let away = paypal(&deserted().await, PATIENT).capture(account(&keys), "1", "k").await;
    assert_eq!(away, Captured::NotNow, "nobody listens, so nothing was taken");
    // What is not captured is not paid: there is nothing to call.
    let server = Loopback::start(Then::Reset).await;
    let cancelled = paypal(&server.url(), PATIENT).cancel(account(&keys), "1").await;
    assert_eq!((cancelled, server.requests().len()), (Cancelled::Done, 0));
}

/// What a person may see: no secret, and nothing that the provider quotes.
fn assert_silent(shown: &str) {
    for canary in ["canary", "devries", "de vries"] {
        assert!(!shown.to_ascii_lowercase().contains(canary), "{canary} in {shown}");
    }
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_key_or_a_token() {
    let keys = keys();
    let server = with_token(FETCH, answer(200, &created(&json!({})))).await;
    let service = paypal(&server.url(), PATIENT);
    service.fetch(account(&keys), "5O190127TN364715T").await.unwrap();
    assert!(service.tokens().values().any(|token| token.token.expose() == ACCESS_TOKEN), "one is kept");
    assert_silent(&format!("{keys:?} {:?} {service:?} {:?}", account(&keys), order()));
    assert!(PayPal::new(client(PATIENT).unwrap(), "http://api.paypal.example").is_err(), "only over TLS");
}

#[path = "paypal_callback_tests.rs"]
mod callbacks;
