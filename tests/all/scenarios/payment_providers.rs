//! Mollie and PayPal as their vendors describe them: the stand-ins of the local run, over HTTP and with the adapters that
//! production has.

use std::sync::Arc;

use domain::Money;
use domain::payment_request::PaymentProvider::{self, Mollie, PayPal};
use http::StatusCode;
use local::payments::{Choice, Payments, Weather};
use serde_json::{Value, json};
use tests::stories::{mail_days, two_invoices};
use tests::world::{Answer, Asked, World};

const BOTH: [PaymentProvider; 2] = [Mollie, PayPal];

async fn connected() -> (World, Arc<Payments>) {
    let world = two_invoices().await;
    let payments = world.offer_payment_providers().await;
    (world, payments)
}

async fn ask(world: &World, provider: PaymentProvider) -> Answer {
    let body = json!({ "debtorId": "d1", "provider": provider });
    world.call("POST", "/v1/payment-requests", Some(&body)).await
}

/// A request for everything, made there. Its id here and there.
async fn made(world: &World, payments: &Payments, provider: PaymentProvider) -> (String, String) {
    let answer = ask(world, provider).await;
    assert_eq!(
        (answer.status, &answer.body["state"]),
        (StatusCode::CREATED, &json!("open")),
        "{}",
        answer.body
    );
    let there = payments.last(provider).expect("it was made there");
    assert_eq!(answer.body["providerReference"], json!(there));
    (answer.body["id"].as_str().expect("an id").to_owned(), there)
}

async fn request(world: &World, id: &str) -> Value {
    world.get(&format!("/v1/payment-requests/{id}")).await
}

async fn balance(world: &World) -> String {
    world.get("/v1/debtors/d1").await["balance"].as_str().expect("a balance").to_owned()
}

/// How the request and the debtor stand.
async fn stands(world: &World, id: &str) -> (String, String) {
    world.settle().await;
    let state = request(world, id).await["state"].as_str().expect("a state").to_owned();
    (state, balance(world).await)
}

fn so(state: &str, balance: &str) -> (String, String) {
    (state.to_owned(), balance.to_owned())
}

fn euros(cents: i64) -> Money {
    Money::from_cents(cents)
}

#[tokio::test]
async fn what_a_person_does_on_the_providers_page_arrives_as_it_is() {
    // (provider, what the person does, how the request stands, what is owed)
    let table = [
        (Mollie, Choice::Paid, "paid", "0.00"),
        (Mollie, Choice::Failed, "failed", "242.00"),
        (Mollie, Choice::Cancelled, "cancelled", "242.00"),
        (Mollie, Choice::Expired, "expired", "242.00"),
        (PayPal, Choice::Paid, "paid", "0.00"),
        (PayPal, Choice::Failed, "failed", "242.00"),
        // PayPal calls about neither: the request is looked at after its end.
        (PayPal, Choice::Cancelled, "open", "242.00"),
        (PayPal, Choice::Expired, "open", "242.00"),
    ];
    for (provider, choice, state, owed) in table {
        let (world, payments) = connected().await;
        let (id, there) = made(&world, &payments, provider).await;
        assert!(payments.choose(provider, &there, choice).await.unwrap(), "{provider} {choice:?}");
        assert_eq!(stands(&world, &id).await, so(state, owed), "{provider} {choice:?}");
        // Nobody can do two things.
        assert!(!payments.choose(provider, &there, Choice::Paid).await.unwrap(), "{provider} {choice:?}");
        world.go_to("2026-08-20T14:00:00Z").await;
        let end = if state == "open" { "expired" } else { state };
        assert_eq!(stands(&world, &id).await, so(end, owed), "{provider} {choice:?}");
        // What came to nothing can be asked for anew, and follow-up goes on.
        if owed != "0.00" {
            assert_ne!(made(&world, &payments, provider).await.0, id);
            world.go_to("2026-09-09T08:00:00Z").await;
            assert_eq!(mail_days(&world), ["2026-09-08"], "{provider} {choice:?}");
        }
    }
}

#[tokio::test]
async fn a_debtor_who_pays_and_gets_it_back_owes_it_again_and_not_twice() {
    for provider in BOTH {
        let (world, payments) = connected().await;
        let (id, there) = made(&world, &payments, provider).await;
        assert!(payments.choose(provider, &there, Choice::Paid).await.unwrap());
        assert_eq!(stands(&world, &id).await, so("paid", "0.00"), "{provider}");
        let paid = request(&world, &id).await["paid"]["paymentId"].clone();
        let payment = world.get(&format!("/v1/payments/{}", paid.as_str().unwrap())).await;
        assert_eq!((&payment["amount"], &payment["receivedOn"]), (&json!("242.00"), &json!("2026-08-20")));

        assert!(payments.refund(provider, &there, euros(42_00)).await.unwrap());
        assert_eq!(stands(&world, &id).await, so("paid", "42.00"), "{provider}");
        assert!(!payments.refund(provider, &there, euros(201_00)).await.unwrap(), "no more than there is");
        assert!(payments.charge_back(provider, &there).await.unwrap());
        assert_eq!(stands(&world, &id).await, so("charged_back", "242.00"), "{provider}");
        for _ in 0..3 {
            assert!(payments.call_again(provider, &there).await.unwrap());
            assert_eq!(stands(&world, &id).await, so("charged_back", "242.00"), "{provider}");
        }
        assert!(payments.reverse(provider, &there).await.unwrap());
        assert_eq!(stands(&world, &id).await, so("paid", "42.00"), "{provider}");
        assert!(payments.refund(provider, &there, euros(200_00)).await.unwrap());
        assert_eq!(stands(&world, &id).await.1, "242.00", "{provider}");
        assert_eq!(world.count("d1", "PaymentTakenBack").await, 3, "{provider}");
        assert!(payments.calls().iter().all(|call| call.status == Some(200)), "{:?}", payments.calls());
    }
}

#[tokio::test]
async fn calls_that_come_late_lost_or_never_end_in_the_same() {
    for provider in BOTH {
        let (world, payments) = connected().await;
        let (id, there) = made(&world, &payments, provider).await;
        // Nobody hears of the payment before money went back of it.
        payments.set_weather(Weather { lose_calls: 1, ..Weather::default() });
        assert!(payments.choose(provider, &there, Choice::Paid).await.unwrap());
        assert_eq!(stands(&world, &id).await, so("open", "242.00"), "{provider}");
        if provider == PayPal {
            // PayPal's money is taken by us, once the order is looked at.
            assert!(!payments.refund(provider, &there, euros(42_00)).await.unwrap());
            world.go_to("2026-08-20T10:58:00Z").await;
            assert!(payments.call_again(provider, &there).await.unwrap());
            assert_eq!(stands(&world, &id).await, so("paid", "0.00"));
        }
        payments.set_weather(Weather { lose_calls: 1, ..Weather::default() });
        assert!(payments.refund(provider, &there, euros(42_00)).await.unwrap());
        payments.set_weather(Weather { lose_calls: 1, ..Weather::default() });
        assert!(payments.charge_back(provider, &there).await.unwrap());
        // A late call, many times over, about all of it.
        for _ in 0..3 {
            assert!(payments.call_again(provider, &there).await.unwrap());
        }
        assert_eq!(stands(&world, &id).await, so("charged_back", "242.00"), "{provider}");
        // Nobody ever calls about the reversal: it is seen at the next look.
        payments.set_weather(Weather { lose_calls: 1, ..Weather::default() });
        assert!(payments.reverse(provider, &there).await.unwrap());
        world.go_to("2026-08-22T08:00:00Z").await;
        assert_eq!(stands(&world, &id).await, so("paid", "42.00"), "{provider}");
        assert_eq!(world.count("d1", "PaymentRequestPaid").await, 1, "{provider}");
    }
}

#[tokio::test]
async fn answers_that_are_lost_and_a_provider_that_is_away_make_nothing_twice() {
    for provider in BOTH {
        let (world, payments) = connected().await;
        // PayPal is first asked for a token.
        let lost = if provider == PayPal { 2 } else { 1 };
        payments.set_weather(Weather { lose_answers: lost, ..Weather::default() });
        let asked = Asked {
            method: "POST",
            path: "/v1/payment-requests",
            content_type: "application/json",
            body: json!({ "debtorId": "d1", "provider": provider }).to_string().into_bytes(),
            headers: &[],
            caller: Some(world.caller()),
        };
        for _ in 0..2 {
            world.ask_once(&asked).await.expect("an answer");
        }
        let answer = ask(&world, provider).await;
        assert_eq!(answer.body["state"], "open", "{provider}: {}", answer.body);
        assert_eq!(payments.count(provider), 1, "{provider}: one key, one payment");
        let (id, there) = (answer.body["id"].as_str().unwrap().to_owned(), payments.last(provider).unwrap());

        // It is paid, and nobody can ask about it for a while.
        payments.set_weather(Weather { outage: true, ..Weather::default() });
        assert!(payments.choose(provider, &there, Choice::Paid).await.unwrap());
        payments.set_weather(Weather::default());
        // The answer to taking the money is lost.
        let lost = usize::from(provider == PayPal) * 2;
        payments.set_weather(Weather { lose_answers: lost, ..Weather::default() });
        assert!(payments.call_again(provider, &there).await.unwrap());
        world.go_to("2026-08-20T12:00:00Z").await;
        assert_eq!(stands(&world, &id).await, so("paid", "0.00"), "{provider}");
        assert_eq!(world.count("d1", "PaymentReceived").await, 1, "{provider}");
    }
}

#[tokio::test]
async fn a_forged_id_or_signature_changes_nothing() {
    let (world, payments) = connected().await;
    let (_, mollie) = made(&world, &payments, Mollie).await;
    let (_, paypal) = made(&world, &payments, PayPal).await;
    let paths = (world.payment_callback_path("mollie").await, world.payment_callback_path("paypal").await);
    let event =
        json!({ "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": { "id": paypal } }).to_string();
    let signed = |signature: &str| {
        [
            ("paypal-auth-algo", "SHA256withRSA".to_owned()),
            ("paypal-cert-url", "https://api.paypal.com/v1/notifications/certs/LOCAL".to_owned()),
            ("paypal-transmission-id", "TLOCAL0000001".to_owned()),
            ("paypal-transmission-sig", signature.to_owned()),
            ("paypal-transmission-time", "2026-08-20T08:00:00Z".to_owned()),
        ]
    };
    let before = world.contents();
    for id in [mollie.as_str(), "tr_Local999999", "tr_x", "ord_1", ""] {
        let status = world.payment_callback(&paths.0, &[], &format!("id={id}&status=paid")).await;
        assert_eq!(status, StatusCode::OK, "{id}");
    }
    for signature in ["", "AAAA", "lmI95Jx3Y9nhR5SJWlHVIWpg4AgFk7n9bCHSRxbrd8A="] {
        let status = world.payment_callback(&paths.1, &signed(signature), &event).await;
        assert_eq!(status, StatusCode::OK, "{signature}");
    }
    world.settle().await;
    assert_eq!(world.changes(&before), Vec::<String>::new(), "nobody paid");
}

#[tokio::test]
async fn keys_that_are_not_accepted_are_named_and_nothing_is_made() {
    for provider in BOTH {
        let (world, payments) = connected().await;
        let wrong = match provider {
            Mollie => json!({ "apiKey": "test_wrong" }),
            PayPal => json!({ "clientSecret": "wrong" }),
        };
        world.put(&format!("/v1/payment-providers/{provider}"), &wrong).await;
        let answer = ask(&world, provider).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{provider}: {}", answer.body);
        assert!(answer.body.to_string().contains("unauthorized"), "{provider}: {}", answer.body);
        assert_eq!(payments.count(provider), 0);
    }
}
