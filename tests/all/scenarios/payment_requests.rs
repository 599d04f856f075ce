//! Debtors pay through a provider: an invoice, an instalment, everything; what fails, expires, goes back, is told twice, late,
//! never, or by somebody else.

use domain::payment_request::{Reported, TakenBackKind};
use http::StatusCode;
use serde_json::{Value, json};
use tests::payments::Fault;
use tests::stories::{mail_days, payment_of_everything, two_invoices};
use tests::world::{Answer, World};

/// Two invoices of 121 euros, due on 1 September, and both providers connected.
async fn connected() -> World {
    let world = two_invoices().await;
    world.connect_payment_providers().await;
    world
}

async fn ask(world: &World, body: Value) -> Answer {
    world.call("POST", "/v1/payment-requests", Some(&body)).await
}

/// A request that has to be made. Its id.
async fn made(world: &World, body: Value) -> String {
    let answer = ask(world, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.body["id"].as_str().expect("an id").to_owned()
}

async fn request(world: &World, id: &str) -> Value {
    world.get(&format!("/v1/payment-requests/{id}")).await
}

async fn state(world: &World, id: &str) -> String {
    request(world, id).await["state"].as_str().expect("a state").to_owned()
}

async fn told(world: &World, reference: &str) {
    assert_eq!(world.mollie_calls(reference).await, StatusCode::OK);
    world.settle().await;
}

async fn invoice_status(world: &World, id: &str) -> String {
    world.get(&format!("/v1/invoices/{id}")).await["status"].as_str().expect("a status").to_owned()
}

async fn balance(world: &World) -> String {
    world.get("/v1/debtors/d1").await["balance"].as_str().expect("a balance").to_owned()
}

async fn tasks(world: &World, about: &str) -> usize {
    let debtor = "d1".parse().expect("an id");
    let dossier = world.store.dossier(&world.administration, &debtor).await.unwrap().expect("a dossier");
    dossier.value.tasks.iter().filter(|t| t.about == about).count()
}

#[tokio::test]
async fn an_invoice_is_paid_and_no_reminder_about_it_leaves() {
    let world = connected().await;
    let answer = ask(&world, json!({ "invoiceId": "d1-1" })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let body = &answer.body;
    assert_eq!((&body["state"], &body["amount"]), (&json!("open"), &json!("121.00")));
    assert_eq!(body["checkoutUrl"], json!(format!("https://pay.example/{}", world.mollie.last())));
    let asked = &world.mollie.asked()[0];
    assert_eq!(asked.methods, ["ideal", "creditcard"]);
    assert!(
        asked.description.starts_with("Voorbeeld Energie, factuur d1-1, kenmerk RF"),
        "{}",
        asked.description
    );
    // Nothing is paid yet: the callback says so.
    told(&world, &world.mollie.last()).await;
    assert_eq!(invoice_status(&world, "d1-1").await, "open");
    world.mollie.pay(&world.mollie.last());
    told(&world, &world.mollie.last()).await;
    assert_eq!(invoice_status(&world, "d1-1").await, "paid");
    let id = body["id"].as_str().unwrap();
    let paid = request(&world, id).await;
    let payment = paid["paid"]["paymentId"].as_str().expect("a payment");
    assert_eq!((paid["state"].as_str(), payment), (Some("paid"), "mollie.tr_mollie1"));
    assert!(paid["checkoutUrl"].is_null());
    let payment = world.get(&format!("/v1/payments/{payment}")).await;
    assert_eq!(payment["bookedOn"], json!(["d1-1"]));
    assert_eq!(payment["reference"], json!(id));
    world.go_to("2026-09-09T08:00:00Z").await;
    assert_eq!(world.mail.taken().len(), 1);
    assert!(!format!("{:?}", world.mail.taken()).contains("d1-1"), "only the other one is reminded of");
}

#[tokio::test]
async fn everything_is_paid_oldest_first_and_the_case_is_settled() {
    let world = connected().await;
    world.go_to("2026-09-09T08:00:00Z").await;
    let id = made(&world, json!({ "debtorId": "d1" })).await;
    world.mollie.pay(&world.mollie.last());
    told(&world, &world.mollie.last()).await;
    assert_eq!(state(&world, &id).await, "paid");
    assert_eq!(balance(&world).await, "0.00");
    assert_eq!(world.count("d1", "CaseSettled").await, 1);
    world.go_to("2026-12-01T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08"]);
}

#[tokio::test]
async fn an_instalment_counts_for_its_plan() {
    let world = connected().await;
    let plan = json!({
        "debtorId": "d1", "instalments": 2, "every": "month", "firstOn": "2026-09-10", "proposedBy": "debtor"
    });
    let plan = world.call("POST", "/v1/payment-plans", Some(&plan)).await;
    assert_eq!((plan.status, &plan.body["status"]), (StatusCode::CREATED, &json!("active")), "{}", plan.body);
    let plan = plan.body["id"].as_str().unwrap().to_owned();
    let id = made(&world, json!({ "planId": plan, "instalment": 1 })).await;
    assert_eq!(request(&world, &id).await["amount"], json!("121.00"));
    world.mollie.pay(&world.mollie.last());
    told(&world, &world.mollie.last()).await;
    assert_eq!(world.count("d1", "InstalmentPaid").await, 1);
    let again = ask(&world, json!({ "planId": plan, "instalment": 1 })).await;
    assert_eq!(
        (again.status, again.body["type"].as_str().map(|t| t.contains("nothing_open"))),
        (StatusCode::CONFLICT, Some(true))
    );
    // The charge back opens it again: the plan breaks after the grace, and follow-up goes on.
    world.mollie.take_back(&world.mollie.last(), "chb_1", TakenBackKind::Chargeback, "121.00");
    told(&world, &world.mollie.last()).await;
    world.go_to("2026-10-01T08:00:00Z").await;
    assert_eq!(world.count("d1", "PlanBroken").await, 1);
}

#[tokio::test]
async fn what_fails_or_expires_leaves_everything_as_it_was_and_can_be_asked_again() {
    let ends = [
        (Reported::Failed { reason: Some("declined".to_owned()) }, "failed"),
        (Reported::Expired, "expired"),
        (Reported::Cancelled, "cancelled"),
    ];
    for (end, expected) in ends {
        let world = connected().await;
        let id = made(&world, json!({ "invoiceId": "d1-1" })).await;
        world.mollie.set(&world.mollie.last(), end);
        told(&world, &world.mollie.last()).await;
        assert_eq!(state(&world, &id).await, expected);
        assert_eq!(balance(&world).await, "242.00");
        let next = made(&world, json!({ "invoiceId": "d1-1" })).await;
        assert_ne!(next, id);
        world.go_to("2026-09-09T08:00:00Z").await;
        assert_eq!(mail_days(&world), ["2026-09-08"]);
    }
}

#[tokio::test]
async fn asking_again_gives_the_same_one_and_a_key_makes_one() {
    let world = connected().await;
    let id = made(&world, json!({ "debtorId": "d1" })).await;
    let again = ask(&world, json!({ "debtorId": "d1" })).await;
    assert_eq!((again.status, &again.body["id"]), (StatusCode::OK, &json!(id)));
    assert_eq!(world.mollie.asked().len(), 1);
    let key = [("idempotency-key", "k1")];
    let body = json!({ "invoiceId": "d1-1" });
    let first = world.call_with("POST", "/v1/payment-requests", Some(&body), &key).await;
    let second = world.call_with("POST", "/v1/payment-requests", Some(&body), &key).await;
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    // Something was paid since: what is asked is another amount.
    world.put("/v1/payments/p1", &payment_of_everything("d1", "21.00", "2026-08-20")).await;
    let other = made(&world, json!({ "debtorId": "d1" })).await;
    assert_eq!(request(&world, &other).await["amount"], json!("221.00"));
    let list = world.get("/v1/debtors/d1/payment-requests").await;
    let ids: Vec<&str> = list["items"].as_array().unwrap().iter().filter_map(|r| r["id"].as_str()).collect();
    assert_eq!(ids, ["d1.q3", "d1.q2", "d1.q1"]);
}

#[tokio::test]
async fn refunds_and_charge_backs_open_again_what_was_paid_where_it_stopped() {
    let world = connected().await;
    // Reminder 1 on 8 September, then it is paid, then charged back.
    world.go_to("2026-09-09T08:00:00Z").await;
    let id = made(&world, json!({ "debtorId": "d1" })).await;
    let reference = world.mollie.last();
    world.mollie.pay(&reference);
    told(&world, &reference).await;
    world.go_to("2026-09-21T08:00:00Z").await;
    world.mollie.take_back(&reference, "re_1", TakenBackKind::Refund, "21.00");
    told(&world, &reference).await;
    assert_eq!((state(&world, &id).await.as_str(), balance(&world).await.as_str()), ("paid", "21.00"));
    world.mollie.take_back(&reference, "chb_1", TakenBackKind::Chargeback, "221.00");
    for _ in 0..3 {
        told(&world, &reference).await;
    }
    assert_eq!(
        (state(&world, &id).await.as_str(), balance(&world).await.as_str()),
        ("charged_back", "242.00")
    );
    let reversal = world.get("/v1/payments/mollie.chb_1").await;
    assert_eq!((&reversal["kind"], &reversal["reasonCode"]), (&json!("reversal"), &json!("MD06")));
    assert_eq!(world.count("d1", "PaymentTakenBack").await, 2);
    world.go_to("2026-10-10T08:00:00Z").await;
    assert_eq!(
        mail_days(&world)[..2],
        ["2026-09-08", "2026-09-22"],
        "reminder 2 follows, not reminder 1 again"
    );
    // The bank finds for the creditor: it is paid after all.
    world.mollie.undo(&reference, "chb_1");
    told(&world, &reference).await;
    assert_eq!((state(&world, &id).await.as_str(), balance(&world).await.as_str()), ("paid", "21.00"));
}

#[tokio::test]
async fn what_is_paid_twice_is_credit_and_a_task_whoever_was_first() {
    for bank_first in [true, false] {
        let world = connected().await;
        made(&world, json!({ "debtorId": "d1" })).await;
        let reference = world.mollie.last();
        let bank = payment_of_everything("d1", "242.00", "2026-08-20");
        if bank_first {
            world.put("/v1/payments/bank", &bank).await;
        }
        world.mollie.pay(&reference);
        told(&world, &reference).await;
        if !bank_first {
            world.put("/v1/payments/bank", &bank).await;
        }
        assert_eq!(balance(&world).await, "-242.00");
        assert_eq!(tasks(&world, "paid_too_much").await, 1);
        world.mollie.take_back(&reference, "re_1", TakenBackKind::Refund, "242.00");
        told(&world, &reference).await;
        assert_eq!(balance(&world).await, "0.00", "bank first: {bank_first}");
    }
}

#[tokio::test]
async fn two_requests_may_both_be_paid_and_the_second_is_credit() {
    let world = connected().await;
    made(&world, json!({ "invoiceId": "d1-1" })).await;
    let first = world.mollie.last();
    made(&world, json!({ "invoiceId": "d1-1", "method": "ideal" })).await;
    let second = world.mollie.last();
    for reference in [&first, &second] {
        world.mollie.pay(reference);
        told(&world, reference).await;
    }
    assert_eq!(balance(&world).await, "0.00", "121 open, 121 to the credit");
    assert_eq!(
        (invoice_status(&world, "d1-1").await.as_str(), tasks(&world, "paid_too_much").await),
        ("paid", 1)
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_once_more_under_the_same_key() {
    // (faults, status, asked at the provider, tries)
    let table: [(&[Fault], StatusCode, usize, usize); 5] = [
        (&[Fault::AnswerLost], StatusCode::CREATED, 1, 2),
        (&[Fault::NeverArrived], StatusCode::CREATED, 1, 2),
        (&[Fault::AnswerLost, Fault::AnswerLost], StatusCode::SERVICE_UNAVAILABLE, 1, 2),
        (&[Fault::NeverArrived, Fault::NeverArrived], StatusCode::SERVICE_UNAVAILABLE, 0, 2),
        (&[Fault::Refused], StatusCode::CONFLICT, 0, 1),
    ];
    for (faults, expected, asked, tries) in table {
        let world = connected().await;
        world.mollie.next(faults);
        let body = json!({ "invoiceId": "d1-1" });
        let once = tests::world::Asked {
            method: "POST",
            path: "/v1/payment-requests",
            content_type: "application/json",
            body: body.to_string().into_bytes(),
            headers: &[],
            caller: Some(world.caller()),
        };
        let answer = world.ask_once(&once).await.expect("an answer");
        assert_eq!(answer.status, expected, "{faults:?}: {}", answer.body);
        assert_eq!((world.mollie.asked().len(), world.mollie.calls("create")), (asked, tries), "{faults:?}");
        let unknown = usize::from(faults.len() == 2);
        assert_eq!(tasks(&world, "payment_request_unknown").await, unknown, "{faults:?}");
        // Whatever happened, the debtor can be asked again; what the provider had after all is found by its callback.
        if unknown == 1 && asked == 1 {
            told(&world, &world.mollie.last()).await;
            assert_eq!(state(&world, "d1.q1").await, "open");
            assert_eq!(tasks(&world, "payment_request_unknown").await, 0);
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_busy_is_asked_again_by_asking_again() {
    let world = connected().await;
    world.mollie.next(&[Fault::Busy, Fault::Busy]);
    let answer = ask(&world, json!({ "invoiceId": "d1-1" })).await;
    assert_eq!(answer.status, StatusCode::OK, "the third time, the same request: {}", answer.body);
    assert_eq!((answer.body["id"].as_str(), world.mollie.asked().len()), (Some("d1.q1"), 1));
}

#[tokio::test]
async fn a_callback_that_is_lost_delays_and_loses_nothing() {
    let world = connected().await;
    let id = made(&world, json!({ "debtorId": "d1" })).await;
    let reference = world.mollie.last();
    world.mollie.pay(&reference);
    // Nobody calls. The request is looked at after its end.
    world.go_to("2026-08-20T08:30:00Z").await;
    assert_eq!(state(&world, &id).await, "paid");
    // Nor does anybody about the refund: a day later it is found.
    world.mollie.take_back(&reference, "re_1", TakenBackKind::Refund, "42.00");
    world.go_to("2026-08-21T09:00:00Z").await;
    assert_eq!(balance(&world).await, "42.00");
    // Nor about a direct debit that is given back within eight weeks.
    world.mollie.take_back(&reference, "chb_1", TakenBackKind::Chargeback, "200.00");
    world.go_to("2026-10-21T09:00:00Z").await;
    assert_eq!(
        (state(&world, &id).await.as_str(), balance(&world).await.as_str()),
        ("charged_back", "242.00")
    );
}

#[tokio::test]
async fn one_that_expired_is_seen_without_a_callback_and_a_provider_that_is_away_is_asked_again() {
    let world = connected().await;
    let id = made(&world, json!({ "debtorId": "d1" })).await;
    world.mollie.set(&world.mollie.last(), Reported::Expired);
    world.mollie.set_away(true);
    world.set("2026-08-20T08:30:00Z".parse().unwrap());
    let message = json!({ "administration": "demo", "paymentRequestId": id }).to_string();
    let parked = tests::queues::DeadLetters::default();
    let batch = tests::queues::batch(&[message]);
    let answer = runtime::queue::handle_batch(&world.check, &parked, batch, tests::queues::deadline()).await;
    assert_eq!(answer.batch_item_failures.len(), 1, "it comes back");
    assert_eq!(state(&world, &id).await, "open");
    world.mollie.set_away(false);
    world.go_to("2026-08-20T09:00:00Z").await;
    assert_eq!(state(&world, &id).await, "expired");
}

#[tokio::test]
async fn a_callback_that_is_forged_unknown_or_not_understood_gets_the_same_answer_and_changes_nothing() {
    let world = connected().await;
    let id = made(&world, json!({ "debtorId": "d1" })).await;
    let reference = world.mollie.last();
    world.mollie.pay(&reference);
    let (mollie, paypal) =
        (world.payment_callback_path("mollie").await, world.payment_callback_path("paypal").await);
    let guessed = format!("{}{}", &mollie[..mollie.len() - 32], "0".repeat(32));
    let event = json!({ "resource": "event", "type": "payment.paid", "entityId": reference }).to_string();
    let forged = |signature: &str| vec![("x-mollie-signature", signature.to_owned())];
    let order =
        json!({ "event_type": "CHECKOUT.ORDER.APPROVED", "resource": { "id": reference } }).to_string();
    type Forged<'a> = (&'a str, Vec<(&'a str, String)>, String);
    let table: [Forged; 9] = [
        (&guessed, vec![], format!("id={reference}")),
        ("/callbacks/payments/mollie/short", vec![], format!("id={reference}")),
        ("/callbacks/payments/stripe/00000000000000000000000000000000", vec![], format!("id={reference}")),
        (&mollie, vec![], "id=ord_1".to_owned()),
        (&mollie, vec![], "nothing".to_owned()),
        (&mollie, forged("sha256=00"), event.clone()),
        (&mollie, forged(&format!("sha256={}", "0".repeat(64))), event.clone()),
        (&paypal, vec![("paypal-transmission-sig", "bad".to_owned())], order.clone()),
        (&paypal, vec![], order),
    ];
    let before = world.contents();
    for (path, headers, body) in &table {
        let status = world.payment_callback(path, headers, body).await;
        world.settle().await;
        assert_eq!(status, StatusCode::OK, "{path} {body}");
    }
    assert_eq!(world.changes(&before), Vec::<String>::new());
    assert_eq!(world.mollie.calls("fetch"), 0, "none of them made us ask anybody");
    // One that names a payment that is not ours is looked up, and nothing comes of it.
    assert_eq!(world.mollie_calls("tr_elsewhere").await, StatusCode::OK);
    world.settle().await;
    assert_eq!(world.changes(&before), Vec::<String>::new());
    // The real one, signed.
    let signed = tests::payments::sign_as_mollie("canarySigningSecret", &event);
    assert_eq!(
        world.payment_callback(&mollie, &[("x-mollie-signature", signed)], &event).await,
        StatusCode::OK
    );
    world.settle().await;
    assert_eq!(state(&world, &id).await, "paid");
}

#[tokio::test]
async fn a_callback_that_is_quicker_than_the_answer_finds_its_request() {
    let world = connected().await;
    world.mollie.next(&[Fault::AnswerLost, Fault::AnswerLost]);
    // Asked three times over: the request is unknown, and each new one is another.
    let once = tests::world::Asked {
        method: "POST",
        path: "/v1/payment-requests",
        content_type: "application/json",
        body: json!({ "debtorId": "d1" }).to_string().into_bytes(),
        headers: &[],
        caller: Some(world.caller()),
    };
    world.ask_once(&once).await.expect("an answer");
    let reference = world.mollie.last();
    assert!(request(&world, "d1.q1").await["providerReference"].is_null());
    world.mollie.pay(&reference);
    told(&world, &reference).await;
    assert_eq!((state(&world, "d1.q1").await.as_str(), balance(&world).await.as_str()), ("paid", "0.00"));
}

#[tokio::test]
async fn paypal_is_captured_by_us_once_and_only_while_it_is_owed() {
    let world = connected().await;
    let id = made(&world, json!({ "debtorId": "d1", "provider": "paypal" })).await;
    let reference = world.paypal.last();
    world.paypal.set(&reference, Reported::Approved);
    world.paypal.next(&[Fault::AnswerLost]);
    for _ in 0..3 {
        assert_eq!(world.paypal_calls(&reference).await, StatusCode::OK);
        world.settle().await;
    }
    assert_eq!((state(&world, &id).await.as_str(), world.paypal.calls("capture")), ("paid", 1));
    assert_eq!(balance(&world).await, "0.00");

    let world = connected().await;
    let id = made(&world, json!({ "debtorId": "d1", "provider": "paypal" })).await;
    let reference = world.paypal.last();
    world.put("/v1/payments/bank", &payment_of_everything("d1", "242.00", "2026-08-20")).await;
    world.paypal.set(&reference, Reported::Approved);
    world.paypal_calls(&reference).await;
    world.settle().await;
    let cancelled = request(&world, &id).await;
    assert_eq!((&cancelled["state"], &cancelled["reason"]), (&json!("cancelled"), &json!("no_longer_owed")));
    assert_eq!(world.paypal.calls("capture"), 0);
    assert_eq!(balance(&world).await, "0.00");
}

#[tokio::test]
async fn a_request_is_cancelled_where_the_provider_lets_it() {
    let world = connected().await;
    let mollie = made(&world, json!({ "invoiceId": "d1-1" })).await;
    let paypal = made(&world, json!({ "invoiceId": "d1-1", "provider": "paypal" })).await;
    let path = |id: &str| format!("/v1/payment-requests/{id}/cancel");
    let refused = world.call("POST", &path(&mollie), Some(&json!({}))).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body["type"].as_str().unwrap().contains("payment_request_runs_on"), "{}", refused.body);
    assert_eq!(state(&world, &mollie).await, "open");
    for _ in 0..2 {
        let done = world.call("POST", &path(&paypal), Some(&json!({}))).await;
        assert_eq!((done.status, &done.body["state"]), (StatusCode::OK, &json!("cancelled")));
    }
    // What is cancelled is not captured, whatever the payer does.
    world.paypal.set(&world.paypal.last(), Reported::Approved);
    world.paypal_calls(&world.paypal.last()).await;
    world.settle().await;
    assert_eq!(world.paypal.calls("capture"), 0);
    world.mollie.pay(&world.mollie.last());
    told(&world, &world.mollie.last()).await;
    let over = world.call("POST", &path(&mollie), Some(&json!({}))).await;
    assert!(over.body["type"].as_str().unwrap().contains("payment_request_over"), "{}", over.body);
}

#[tokio::test]
async fn wherever_the_process_dies_or_the_answer_is_lost_the_money_is_booked_once() {
    use tests::perils::PERILS;
    for peril in PERILS {
        for step in 0.. {
            let world = connected().await;
            world.perils.plan(step, peril);
            let body = json!({ "debtorId": "d1" });
            let asked = tests::world::Asked {
                method: "POST",
                path: "/v1/payment-requests",
                content_type: "application/json",
                body: body.to_string().into_bytes(),
                headers: &[],
                caller: Some(world.caller()),
            };
            // A debtor who was not answered comes back after a while.
            let mut answer = world.ask_once(&asked).await;
            for later in ["2026-08-20T08:20:00Z", "2026-08-20T08:40:00Z", "2026-08-20T09:00:00Z"] {
                if answer.as_ref().is_some_and(|a| a.status.is_success()) {
                    break;
                }
                world.go_to(later).await;
                answer = world.ask_once(&asked).await;
            }
            let again = answer.expect("an answer");
            assert!(again.status.is_success(), "{peril:?} at {step}: {} {}", again.status, again.body);
            let id = again.body["id"].as_str().unwrap().to_owned();
            let reference = again.body["providerReference"].as_str().unwrap().to_owned();
            world.mollie.pay(&reference);
            world.mollie_calls(&reference).await;
            world.settle().await;
            world.mollie.take_back(&reference, "re_1", TakenBackKind::Refund, "42.00");
            world.mollie_calls(&reference).await;
            world.settle().await;
            world.go_to("2026-08-22T09:00:00Z").await;
            assert_eq!(state(&world, &id).await, "paid", "{peril:?} at {step}");
            assert_eq!(balance(&world).await, "42.00", "{peril:?} at {step} of {:?}", world.perils.steps());
            assert_eq!(world.count("d1", "PaymentRequestPaid").await, 1, "{peril:?} at {step}");
            if !world.perils.struck() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn wherever_it_dies_or_the_answer_is_lost_money_that_was_approved_is_taken_once() {
    use tests::perils::PERILS;
    for peril in PERILS {
        for step in 0.. {
            let world = connected().await;
            let id = made(&world, json!({ "debtorId": "d1", "provider": "paypal" })).await;
            let reference = world.paypal.last();
            world.paypal.set(&reference, Reported::Approved);
            world.perils.plan(step, peril);
            world.paypal_calls(&reference).await;
            world.settle().await;
            // Whatever was left is found by the looks that follow.
            world.go_to("2026-08-22T09:00:00Z").await;
            let name = format!("{peril:?} at {step} of {:?}", world.perils.steps());
            assert_eq!(state(&world, &id).await, "paid", "{name}");
            assert_eq!(balance(&world).await, "0.00", "{name}");
            assert_eq!(world.count("d1", "PaymentReceived").await, 1, "{name}");
            assert!(world.paypal.calls("capture") <= 2, "{name}");
            if !world.perils.struck() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_name() {
    let world = two_invoices().await;
    // (body, status, code)
    let table = [
        (json!({ "invoiceId": "d1-1" }), StatusCode::CONFLICT, "no_payment_provider"),
        (json!({}), StatusCode::BAD_REQUEST, "one_of_three"),
        (json!({ "invoiceId": "d1-1", "debtorId": "d1" }), StatusCode::BAD_REQUEST, "one_of_three"),
        (json!({ "planId": "d1.p1" }), StatusCode::BAD_REQUEST, "goes_with_plan"),
        (json!({ "invoiceId": "d1-1", "instalment": 1 }), StatusCode::BAD_REQUEST, "goes_with_plan"),
        (json!({ "invoiceId": "d1-1", "provider": "stripe" }), StatusCode::BAD_REQUEST, "unknown_provider"),
        (json!({ "invoiceId": "d1-1", "method": "iDEAL" }), StatusCode::BAD_REQUEST, "not_a_method"),
        (
            json!({ "invoiceId": "d1-1", "returnUrl": "http://a.example" }),
            StatusCode::BAD_REQUEST,
            "not_an_address",
        ),
        (json!({ "invoiceId": "nobody" }), StatusCode::BAD_REQUEST, "unknown_invoice"),
        (json!({ "debtorId": "nobody" }), StatusCode::BAD_REQUEST, "unknown_debtor"),
    ];
    for (body, status, code) in table {
        let answer = ask(&world, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert!(answer.body.to_string().contains(code), "{body}: {}", answer.body);
    }
    let wrong = [
        (json!({ "clientId": "x" }), "of_another_provider"),
        (json!({ "apiKey": "a b" }), "not_a_key"),
        (json!({ "methods": ["iDEAL"] }), "not_a_method"),
        (json!({ "default": true }), "not_enabled"),
        (json!({ "signingSecrets": ["1", "2", "3", "4", "5"] }), "too_many"),
    ];
    for (body, code) in wrong {
        let answer = world.call("PUT", "/v1/payment-providers/mollie", Some(&body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.body);
        assert!(answer.body.to_string().contains(code), "{body}: {}", answer.body);
    }
    assert_eq!(world.secrets.names(), Vec::<String>::new(), "no key of a refused body is kept");
}

#[tokio::test]
async fn keys_are_kept_among_the_secrets_and_stay_where_nothing_new_is_given() {
    let world = connected().await;
    assert_eq!(world.secrets.names(), ["test/demo/payments/mollie", "test/demo/payments/paypal"]);
    let before = world.get("/v1/payment-providers/mollie").await;
    world.put("/v1/payment-providers/mollie", &json!({ "methods": ["wero"] })).await;
    let after = world.get("/v1/payment-providers/mollie").await;
    assert_eq!(after["callbackUrl"], before["callbackUrl"]);
    assert_eq!((&after["connected"], &after["signingSecrets"]), (&json!(true), &json!(1)));
    assert_eq!(after["methods"], json!(["wero"]));
    assert!(!after.to_string().contains("canary"), "{after}");
    assert!(!world.get("/v1/settings").await.to_string().contains("canary"));
    assert!(!format!("{:?}", world.contents()).contains("canary"), "nothing of it is in the table");
}
