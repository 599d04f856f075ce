//! Requests as API Gateway's HTTP API hands them to a function (payload format 2.0).

use ::http::StatusCode;
use authorize::Authorize;
use axum::Router;
use domain::connection::{Connection, Options, Package};
use domain::hold::HoldReason;
use domain::payment_request::PaymentProvider;
use http_body_util::BodyExt;
use municipality_callback::{Callbacks, Sender};
use outside::accounting::reference_hash;
use outside::http::Secret;
use outside::secrets::Secrets;
use outside::webhook_signature::Keys;
use payment_requests::KeysChange;
use serde_json::{Value, json};
use store::Token;
use tests::world::World;
use tower::ServiceExt;

use super::{a_prepared_signal, golden, one_invoice, still};

pub const FILES: &[&str] = &[
    "accounting-api/get-timeline.json",
    "accounting-api/get-without-authorizer.json",
    "accounting-api/post-ubl-invoice.json",
    "accounting-api/put-debtor.json",
    "accounting-api/put-invoice.json",
    "accounting-api/put-negative-invoice.json",
    "accounting-callback/authorised.json",
    "accounting-callback/coupled.json",
    "accounting-callback/wrong-reference.json",
    "authorize/known-token.json",
    "authorize/unknown-token.json",
    "debtor-portal/get-page.json",
    "municipality-callback/help-accepted.json",
    "municipality-callback/wrong-signature.json",
    "payment-callback/mollie-classic.json",
    "payment-callback/mollie-forged.json",
    "payment-callback/mollie-signed.json",
    "payment-callback/paypal-approved.json",
    "payment-callback/paypal-forged.json",
    "staff-desk/get-sign-in.json",
];

/// The key of the golden callbacks; no other installation has it.
const SECRET: &str = "whsec_dGhlIGdvbGRlbiBmaWxlcycgc2VjcmV0IG9mIDMyIGI=";
const CALLED_BACK_AT: &str = "2026-11-17T09:00:00Z";

/// Reads the event as `lambda_http` does on Lambda, and asks the router.
async fn ask(router: &Router, file: &str) -> (StatusCode, Value) {
    let request =
        lambda_http::request::from_str(&golden(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let response = router.clone().oneshot(request).await.expect("routers do not fail");
    let status = response.status();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    let text = String::from_utf8_lossy(&bytes);
    (status, serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned())))
}

#[tokio::test]
async fn an_accounting_tools_requests_are_taken_in_and_read_back() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let app = accounting_api::App {
        store: world.store.clone(),
        clock: still("2026-08-20T08:00:00Z"),
        portal_url: "https://portal.example.nl/portal".to_owned(),
        files: std::sync::Arc::new(outside::files::MemoryFiles::new()),
        providers: tests::payments::nobodys(&still("2026-08-20T08:00:00Z")),
        senders: world.mail.clone(),
        connections: world.connections(),
        webhooks: tests::webhooks::nobodys(),
        imports: world.imports.clone(),
        overviews: world.overviews.clone(),
    };
    let router = runtime::http::app(accounting_api::router(app), accounting_api::BODY_BYTES);
    let table = [
        ("accounting-api/put-debtor.json", StatusCode::CREATED),
        ("accounting-api/put-invoice.json", StatusCode::CREATED),
        ("accounting-api/put-negative-invoice.json", StatusCode::BAD_REQUEST),
        ("accounting-api/post-ubl-invoice.json", StatusCode::CREATED),
        ("accounting-api/get-timeline.json", StatusCode::OK),
        ("accounting-api/get-without-authorizer.json", StatusCode::UNAUTHORIZED),
    ];
    let mut answers = Vec::new();
    for (file, expected) in table {
        let (status, body) = ask(&router, file).await;
        assert_eq!(status, expected, "{file}: {body}");
        answers.push(body);
    }
    assert_eq!(answers[2]["errors"][0]["path"], "total", "{}", answers[2]);
    let told = answers[4]["items"].as_array().expect("a list");
    let told: Vec<&str> = told.iter().rev().filter_map(|entry| entry["event"].as_str()).collect();
    assert_eq!(told[..2], ["DebtorCreated", "InvoiceReceived"]);
    assert_eq!(answers[4]["items"][0]["by"], "accounting-tool");
    let made = answers[3]["invoiceId"].as_str().expect("an id");
    assert_eq!(world.get(&format!("/v1/invoices/{made}")).await["number"], "2026-0001");
}

#[tokio::test]
async fn the_portals_page_is_in_the_language_that_was_asked_for() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let (status, page) = ask(&world.portal, "debtor-portal/get-page.json").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.as_str().is_some_and(|page| page.contains("<html lang=\"en\"")), "{page}");
}

#[tokio::test]
async fn the_desks_door_is_in_the_language_that_was_asked_for() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let (status, page) = ask(&world.desk, "staff-desk/get-sign-in.json").await;
    assert_eq!(status, StatusCode::OK);
    let page = page.as_str().unwrap_or_default();
    assert!(page.contains("<html lang=\"en\"") && page.contains("You are signed out."), "{page}");
}

#[tokio::test]
async fn a_municipalitys_report_pauses_and_a_forged_one_changes_nothing() {
    let world = a_prepared_signal().await;
    let released = world.call("POST", "/v1/signals/d1.s1/send", None).await;
    assert!(released.status.is_success(), "{}", released.body);
    world.settle().await;
    assert_eq!(world.inforing.taken().len(), 1);

    let keys = Keys::parse(SECRET).expect("a key");
    let sender = |source: &str| Sender { keys: keys.clone(), source: source.to_owned() };
    let callbacks = Callbacks {
        store: world.store.clone(),
        clock: still(CALLED_BACK_AT),
        bkr: sender("urn:bkr:vps:golden"),
        inforing: sender("urn:inforing:ris:golden"),
    };
    let router = runtime::http::app(municipality_callback::router(callbacks), runtime::http::BODY_BYTES);

    let (status, _) = ask(&router, "municipality-callback/wrong-signature.json").await;
    assert_eq!((status, holds(&world).await), (StatusCode::UNAUTHORIZED, 0));
    for _ in 0..2 {
        let (status, _) = ask(&router, "municipality-callback/help-accepted.json").await;
        assert_eq!((status, holds(&world).await), (StatusCode::ACCEPTED, 1));
    }
}

/// Holds on `d1` because help runs.
async fn holds(world: &World) -> usize {
    let debtor = "d1".parse().expect("an id");
    let dossier =
        world.store.dossier(&world.administration, &debtor).await.unwrap().expect("a dossier").value;
    let helped = |hold: &&domain::hold::Hold| matches!(hold.reason, HoldReason::HelpRunning { .. });
    dossier.holds.iter().filter(helped).count()
}

/// A connection that waits for a person who comes back with this reference.
async fn waits(world: &World, package: Package, reference: &str) {
    let reference = reference_hash(&Secret::new(reference));
    let connection = Connection::asked_for(package, reference, Options::default(), world.now());
    world.store.put_connection_asked_for(&world.administration, &connection, None).await.unwrap();
}

#[tokio::test]
async fn what_comes_back_from_a_package_reaches_the_connection_whose_reference_it_has() {
    let world = World::at("2026-11-25T07:00:00Z").await;
    waits(&world, Package::SnelStart, "golden-reference").await;
    waits(&world, Package::ExactOnline, "golden-state").await;
    let (waiting, active) = (json!("waitingForAuthorisation"), json!("active"));
    // (what comes, the answer, SnelStart, Exact Online)
    let table = [
        ("accounting-callback/wrong-reference.json", StatusCode::ACCEPTED, &waiting, &waiting),
        ("accounting-callback/coupled.json", StatusCode::ACCEPTED, &active, &waiting),
        ("accounting-callback/authorised.json", StatusCode::OK, &active, &active),
    ];
    for (file, expected, snelstart, exact) in table {
        let (status, body) = ask(world.couplings(), file).await;
        assert_eq!(status, expected, "{file}: {body}");
        assert!(!body.to_string().contains("golden"), "{file}: {body}");
        assert_eq!(&world.get("/v1/connections/snelstart").await["state"], snelstart, "{file}");
        assert_eq!(&world.get("/v1/connections/exact-online").await["state"], exact, "{file}");
    }
    for (package, brought) in [("snelstart", "golden-coupling-key"), ("exact-online", "golden-code")] {
        let kept = world.secrets.get(&format!("tijdig/demo/{package}")).await.unwrap();
        assert!(kept.expect("it is kept").expose().contains(brought), "{package}");
    }
}

#[tokio::test]
async fn a_providers_callback_is_answered_alike_and_only_a_true_one_is_a_hint_to_look() {
    let world = one_invoice().await;
    let requests = world.check.requests.clone();
    let secret = |text: &str| Some(Secret::new(text));
    let changes = [
        (
            PaymentProvider::Mollie,
            KeysChange {
                api_key: secret("test_golden"),
                signing_secrets: Some(vec![Secret::new("golden-signing-secret")]),
                ..KeysChange::default()
            },
        ),
        (
            PaymentProvider::PayPal,
            KeysChange {
                client_id: secret("golden"),
                client_secret: secret("golden"),
                webhook_id: secret("golden"),
                ..KeysChange::default()
            },
        ),
    ];
    for (provider, change) in changes {
        requests.connect(&world.administration, provider, change, &[0x5a; 16]).await.unwrap();
    }
    let callbacks = payment_callback::Callbacks { requests, checks: world.checks.clone() };
    let router = runtime::http::app(payment_callback::router(callbacks), runtime::http::BODY_BYTES);
    let hints = |provider: &str, reference: &str| json!({ "administration": "demo", "told": { "provider": provider, "reference": reference } });
    let table = [
        ("payment-callback/mollie-classic.json", vec![hints("mollie", "tr_mollie1")]),
        ("payment-callback/mollie-signed.json", vec![hints("mollie", "tr_mollie1")]),
        ("payment-callback/mollie-forged.json", vec![]),
        ("payment-callback/paypal-approved.json", vec![hints("paypal", "tr_paypal1")]),
        ("payment-callback/paypal-forged.json", vec![]),
    ];
    for (file, expected) in table {
        let before = world.checks.ever().len();
        let (status, body) = ask(&router, file).await;
        assert_eq!((status, body), (StatusCode::OK, json!("")), "{file}");
        let hinted: Vec<Value> =
            world.checks.ever()[before..].iter().map(|body| serde_json::from_str(body).unwrap()).collect();
        assert_eq!(hinted, expected, "{file}");
    }
}

#[tokio::test]
async fn the_authorizer_says_whose_token_it_is() {
    let world = one_invoice().await;
    let token = Token {
        administration: world.administration.clone(),
        scopes: vec!["debtors:read".to_owned(), "invoices:write".to_owned()],
        subject: "accounting-tool".to_owned(),
        expires_at: None,
    };
    world.store.put_token(&authorize::hash("tijdig_golden"), &token).await.unwrap();
    let authorize = Authorize::new(std::sync::Arc::new(world.store.clone()), still(CALLED_BACK_AT));
    let context = json!({
        "administration": "demo", "scopes": "debtors:read invoices:write", "subject": "accounting-tool"
    });
    let table = [
        ("authorize/known-token.json", json!({ "isAuthorized": true, "context": context })),
        ("authorize/unknown-token.json", json!({ "isAuthorized": false })),
    ];
    for (file, expected) in table {
        let question = serde_json::from_str(&golden(file)).expect("a question");
        let answer = authorize.answer(question).await.expect("an answer");
        assert_eq!(serde_json::to_value(answer).unwrap(), expected, "{file}");
    }
}
