//! Payment providers: no key of theirs gets out of where keys are kept.

use domain::payment_request::PaymentProvider;
use http::StatusCode;
use local::payments::{Choice, Weather};
use outside::secrets::Secrets;
use serde_json::{Value, json};
use tests::payments::{MOLLIE_KEY, PAYPAL_CLIENT, PAYPAL_SECRET};
use tests::world::World;

use super::{Lines, catch};

/// Keys that a person gave and that no provider knows.
const WRONG_KEY: &str = "test_canary-wrong-key-b2d4";
const SIGNING_SECRET: &str = "canary-signing-secret-0c7e";

/// Payment providers to which everything happens that may go wrong. What was answered, without the address that is shown to
/// whoever gives the keys, and the last steps of those addresses.
async fn paid(world: &World) -> (Vec<String>, [String; 2]) {
    let payments = world.offer_payment_providers().await;
    let mut answers = Vec::new();
    let mut call = async |method: &str, path: &str, body: &Value| {
        let mut answer = world.call(method, path, Some(body)).await.body;
        answer["callbackUrl"] = Value::Null;
        answers.push(answer.to_string());
        answer["id"].as_str().unwrap_or_default().to_owned()
    };
    call("PUT", "/v1/payment-providers/mollie", &json!({ "signingSecrets": [SIGNING_SECRET] })).await;
    let weather = |weather| payments.set_weather(weather);
    for (provider, lost) in [(PaymentProvider::Mollie, 1), (PaymentProvider::PayPal, 2)] {
        let body = json!({ "debtorId": "d1", "provider": provider });
        // Their answer is lost, they are away, and the keys are wrong.
        weather(Weather { lose_answers: lost, ..Weather::default() });
        call("POST", "/v1/payment-requests", &body).await;
        call("POST", "/v1/payment-requests", &body).await;
        let there = payments.last(provider).expect("it was made there");
        payments.choose(provider, &there, Choice::Paid).await.expect("the page");
        world.settle().await;
        payments.refund(provider, &there, domain::Money::from_cents(242_00)).await.expect("the page");
        world.settle().await;
        let wrong = match provider {
            PaymentProvider::Mollie => json!({ "apiKey": WRONG_KEY }),
            PaymentProvider::PayPal => json!({ "clientSecret": WRONG_KEY }),
        };
        let path = format!("/v1/payment-providers/{provider}");
        call("PUT", &path, &wrong).await;
        call("POST", "/v1/payment-requests", &body).await;
        payments.call_again(provider, &there).await.expect("a call");
        world.settle().await;
        call("GET", &path, &Value::Null).await;
        // Bodies that hold a key where none belongs.
        call("PUT", &path, &json!({ "key": WRONG_KEY })).await;
        call("PUT", &path, &json!({ "apiKey": [WRONG_KEY], "clientId": { "x": WRONG_KEY } })).await;
        call(
            "PUT",
            &path,
            &json!({ "apiKey": format!("{WRONG_KEY} "), "clientId": format!("{WRONG_KEY} ") }),
        )
        .await;
        call("POST", "/v1/payment-requests", &json!({ "debtorId": "d1", "provider": WRONG_KEY })).await;
    }
    let paths = [world.payment_callback_path("mollie").await, world.payment_callback_path("paypal").await];
    let forged = [("x-mollie-signature", format!("sha256={SIGNING_SECRET}"))];
    for (path, headers, body) in [
        (&paths[0], &forged[..], "{}"),
        (&paths[0], &[], SIGNING_SECRET),
        (&paths[1], &[], WRONG_KEY),
        (&format!("{}x", paths[0]), &[], "id=tr_1"),
    ] {
        assert_eq!(world.payment_callback(path, headers, body).await, StatusCode::OK, "{path}");
    }
    world.settle().await;
    let token = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    (answers, [token(&paths[0]), token(&paths[1])])
}

#[tokio::test]
async fn no_log_line_answer_queue_event_or_item_holds_a_key_of_a_payment_provider() {
    let lines = Lines::default();
    let _caught = catch(&lines);
    let world = tests::stories::two_invoices().await;
    let (answers, tokens) = paid(&world).await;

    // The story did what it tells, and the keys are where they belong.
    assert_eq!(world.count("d1", "PaymentReceived").await, 4, "paid and given back, twice");
    assert!(answers.iter().any(|a| a.contains("unauthorized")), "{answers:?}");
    for (provider, keys) in [
        ("mollie", vec![WRONG_KEY, SIGNING_SECRET, &tokens[0]]),
        ("paypal", vec![PAYPAL_CLIENT, WRONG_KEY, "WHLOCAL", &tokens[1]]),
    ] {
        let kept = world.secrets.get(&format!("test/demo/payments/{provider}")).await.unwrap().expect("keys");
        keys.iter().for_each(|key| assert!(kept.expose().contains(key), "{key} is not kept"));
    }

    let log = lines.text();
    for outcome in ["\"request\"", "\"outcome\":\"done\"", "bad input", "a callback was not taken"] {
        assert!(log.contains(outcome), "the log was not caught: no {outcome}");
    }
    let bus: Vec<String> = world.bus().iter().map(|r| format!("{r:?}")).collect();
    let contents: Vec<String> = world.contents().into_iter().collect();
    let shown = [
        ("the log", log),
        ("an answer", answers.join("\n")),
        ("a queue", world.checks.ever().join("\n")),
        ("the bus", bus.join("\n")),
        ("the store", contents.join("\n")),
    ];
    let secrets = [MOLLIE_KEY, PAYPAL_CLIENT, PAYPAL_SECRET, WRONG_KEY, SIGNING_SECRET, "WHLOCAL"];
    let secrets = secrets.into_iter().chain(tokens.iter().map(String::as_str));
    for secret in secrets {
        for (what, text) in &shown {
            assert!(!text.is_empty(), "{what}");
            assert!(!text.contains(secret), "{secret} in {what}");
        }
    }
}
