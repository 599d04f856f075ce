//! The same binaries, the same template and the same AWS calls as in production, on the local cloud, over HTTP. One stack
//! serves all of it: starting one is what costs.

use std::time::{Duration, Instant};

use domain::Money;
use domain::calendar::{SendingWindow, instant, plus_days, today};
use domain::connection::Package;
use jiff::civil::{Date, time};
use jiff::{SignedDuration, Timestamp};
use local::accounting::own_id;
use local::accounting::snelstart::sales_invoice;
use outside::webhook_signature::{Keys, sign};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::stack::Stack;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deployed_stack_does_the_main_job() {
    let stack = Stack::start("e2e", true).await;
    documents(&stack).await;
    strangers_are_refused(&stack).await;
    let reference = the_story(&stack).await;
    crate::e2e_portal::a_debtor_comes_in(&stack, "s-1@").await;
    crate::e2e_desk::somebody_signs_in(&stack, "s1").await;
    callbacks_are_verified(&stack, &reference).await;
    a_poisoned_message_is_parked(&stack).await;
    a_lost_answer_is_settled_by_the_event(&stack).await;
    a_killed_function_loses_and_repeats_nothing(&stack).await;
    an_accounting_package_is_kept_alike(&stack).await;
    debtors_pay_through_each_provider(&stack).await;
    debtors_are_collected_from_by_the_calendar(&stack).await;
    every_other_package_is_kept_alike(&stack).await;
    crate::e2e_webhooks::subscribers_are_told(&stack).await;
    crate::e2e_overview::the_overview_is_kept(&stack).await;
    logs_name_nobody(&stack);
    stack.stop().await;
    data_survive_a_restart().await;
}

async fn documents(stack: &Stack) {
    let document = stack.get("/openapi.json").await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    for path in ["/v1/debtors/{debtorId}", "/v1/invoices", "/v1/bulk", "/v1/holds", "/v1/signals"] {
        assert!(document["paths"][path].is_object(), "{path} is described");
    }
    let (status, page) = stack.send("GET", "/portal?lang=en", &[], Vec::new()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.as_str().unwrap().contains("<html lang=\"en\""), "{page}");
}

async fn strangers_are_refused(stack: &Stack) {
    for token in ["Bearer wrong", "Bearer ", "Basic dGVzdDp0ZXN0"] {
        let (status, _) = stack.send("GET", "/v1/debtors", &[("authorization", token)], Vec::new()).await;
        assert!(matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN), "{token}: {status}");
    }
}

/// The first day on which a message may leave.
fn sending_day(day: Date) -> Date {
    SendingWindow::default().first_sending_day(day)
}

fn evening(day: Date) -> Timestamp {
    instant(day, time(20, 30, 0, 0))
}

/// On which days mails to this address left.
async fn days_of_mails(stack: &Stack, to: &str) -> Vec<Date> {
    let mails = stack.mails().await;
    let to_them = mails.iter().filter(|m| m["to"][0].as_str().is_some_and(|t| t.contains(to)));
    to_them.map(|m| today(m["sentAt"].as_str().unwrap().parse().unwrap())).collect()
}

/// Two invoices that fall due together and a third: reminded in one mail each time, signalled, helped, left alone,
/// resumed, paid. Gives the reference of the signal.
async fn the_story(stack: &Stack) -> String {
    let begin = today(stack.now().await);
    let due = plus_days(begin, 14);
    stack.put("/v1/debtors/s1", &consumer("S-1")).await;
    for (id, number) in [("s1-1", "S-2026-1"), ("s1-2", "S-2026-2")] {
        stack
            .put(
                &format!("/v1/invoices/{id}"),
                &invoice("s1", number, &begin.to_string(), &due.to_string(), "121.00"),
            )
            .await;
    }
    let first = sending_day(plus_days(due, 7));
    let second = sending_day(plus_days(first, 14));
    let last = sending_day(plus_days(second, 14));
    stack.go_to(evening(plus_days(first, -1))).await;
    assert_eq!(days_of_mails(stack, "s-1@").await, []);
    stack.go_to(evening(last)).await;
    assert_eq!(days_of_mails(stack, "s-1@").await, [first, second, last]);
    let mails = stack.mails().await;
    let mail = mails.last().unwrap();
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("S-2026-1") && text.contains("S-2026-2"), "one mail about both:\n{text}");
    assert!(mail["html"].as_str().unwrap().contains("cid:epc-qr"));
    for mail in &mails {
        let local = domain::calendar::amsterdam(mail["sentAt"].as_str().unwrap().parse().unwrap());
        assert!((8..20).contains(&local.hour()), "{local}");
    }

    let signals = stack.signals().await;
    assert_eq!(signals.len(), 1, "{}", stack.get("/v1/debtors/s1/signal-conditions?type=early").await);
    assert_eq!((&signals[0]["provider"], &signals[0]["municipality"]), (&json!("inforing"), &json!("0344")));
    assert_eq!(signals[0]["amount"], "242.00");
    let reference = signals[0]["providerReference"].as_str().unwrap().to_owned();

    help(stack, &reference, "help_accepted").await;
    stack
        .put(
            "/v1/invoices/s1-3",
            &invoice("s1", "S-2026-3", &last.to_string(), &plus_days(last, 10).to_string(), "121.00"),
        )
        .await;
    stack.go_to(evening(plus_days(last, 60))).await;
    assert_eq!(days_of_mails(stack, "s-1@").await.len(), 3, "sixty days of silence");
    let view = stack.get("/v1/debtors/s1").await;
    assert_eq!((&view["noAction"]["reason"], &view["balance"]), (&json!("held"), &json!("363.00")));

    help(stack, &reference, "help_ended").await;
    let promised: Date =
        stack.get("/v1/debtors/s1").await["nextAction"]["on"].as_str().unwrap().parse().unwrap();
    assert!(promised >= plus_days(last, 67), "a grace of seven days: {promised}");
    stack.go_to(evening(plus_days(promised, -1))).await;
    assert_eq!(days_of_mails(stack, "s-1@").await.len(), 3);
    stack.go_to(evening(promised)).await;
    assert_eq!(days_of_mails(stack, "s-1@").await[3..], [promised]);

    let mut everything = payment("s1-1", "363.00", &promised.to_string());
    everything["invoiceId"] = Value::Null;
    everything["debtorId"] = json!("s1");
    stack.put("/v1/payments/s1-p", &everything).await;
    let view = stack.get("/v1/debtors/s1").await;
    assert_eq!((&view["balance"], &view["caseId"]), (&json!("0.00"), &Value::Null));
    let told = stack.get("/v1/debtors/s1/timeline?limit=200").await;
    assert_eq!(told["items"][0]["event"], "CaseSettled");
    assert_eq!(stack.signals().await.len(), 1);
    reference
}

/// The stand-in sends the signed callback; it is acknowledged within a second by a function that is warm.
async fn help(stack: &Stack, reference: &str, outcome: &str) {
    let started = Instant::now();
    let body = json!({ "providerReference": reference, "outcome": outcome });
    let (status, answer) = stack.call("POST", "/local/feedback", Some(&body)).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!(202)), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(10), "acknowledged after {:?}", started.elapsed());
}

async fn callback(
    stack: &Stack,
    to: &str,
    keys: &str,
    source: &str,
    id: &str,
    at: Timestamp,
    reference: &str,
) -> StatusCode {
    let body = json!({
        "specversion": "1.0", "id": id, "source": source, "type": "nl.vroegsignalering.feedback", "time": at.to_string(),
        "data": { "providerReference": reference, "code": "picked_up", "text": null }
    })
    .to_string();
    let keys = Keys::parse(keys).expect("a secret");
    let signature = sign(&keys, id, at, body.as_bytes()).expect("a signature");
    let timestamp = at.as_second().to_string();
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", id),
        ("webhook-timestamp", &timestamp),
        ("webhook-signature", &signature),
    ];
    stack.send("POST", &format!("/callbacks/municipality/{to}"), &headers, body.into_bytes()).await.0
}

async fn callbacks_are_verified(stack: &Stack, reference: &str) {
    let (bkr, inforing) =
        (&stack.env["TIJDIG_WEBHOOK_SECRET_BKR"], &stack.env["TIJDIG_WEBHOOK_SECRET_INFORING"]);
    let source = &stack.env["TIJDIG_WEBHOOK_SOURCE_INFORING"];
    let other = &stack.env["TIJDIG_WEBHOOK_SOURCE_BKR"];
    let now = stack.now().await;
    let old = now - jiff::SignedDuration::from_secs(400);
    let before = stack.get("/v1/debtors/s1/timeline?limit=200").await;
    let refused = StatusCode::UNAUTHORIZED;
    assert_eq!(
        callback(stack, "inforing", bkr, source, "c1", now, reference).await,
        refused,
        "the other's key"
    );
    assert_eq!(
        callback(stack, "inforing", inforing, other, "c2", now, reference).await,
        refused,
        "the other's source"
    );
    assert_eq!(
        callback(stack, "inforing", inforing, source, "c3", old, reference).await,
        refused,
        "an old signature"
    );
    assert_eq!(
        callback(stack, "nobody", inforing, source, "c4", now, reference).await,
        refused,
        "no such provider"
    );
    assert_eq!(stack.get("/v1/debtors/s1/timeline?limit=200").await, before);
    for _ in 0..10 {
        let status = callback(stack, "inforing", inforing, source, "c5", now, reference).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    let after = stack.get("/v1/debtors/s1/timeline?limit=200").await;
    let count = |page: &Value| page["items"].as_array().unwrap().len();
    assert_eq!(count(&after), count(&before) + 1, "ten deliveries, one effect");
    let unknown = callback(stack, "inforing", inforing, source, "c6", now, "nobody-knows").await;
    assert_eq!(unknown, StatusCode::ACCEPTED, "an unknown reference is kept");
}

async fn queue(stack: &Stack, name: &str) -> String {
    let answer = stack.sqs("GetQueueUrl", &json!({ "QueueName": name })).await;
    answer["QueueUrl"].as_str().unwrap_or_else(|| panic!("queue {name}: {answer}")).to_owned()
}

async fn a_poisoned_message_is_parked(stack: &Stack) {
    let cases = queue(stack, "tijdig-advance-case").await;
    let parked = queue(stack, "tijdig-advance-case-dead-letter").await;
    let administration = &stack.env["TIJDIG_ADMINISTRATION"];
    let entries: Vec<Value> = (0..10)
        .map(|n| {
            let body = json!({ "administration": administration, "debtorId": "s1" }).to_string();
            let body = if n == 4 { "{\"administration\": 7}".to_owned() } else { body };
            json!({ "Id": n.to_string(), "MessageBody": body })
        })
        .collect();
    let sent = stack.sqs("SendMessageBatch", &json!({ "QueueUrl": cases, "Entries": entries })).await;
    assert_eq!(sent["Successful"].as_array().map(Vec::len), Some(10), "{sent}");
    for _ in 0..60 {
        let ask = json!({ "QueueUrl": parked, "MessageAttributeNames": ["All"], "WaitTimeSeconds": 1 });
        let found = stack.sqs("ReceiveMessage", &ask).await;
        if let Some(message) = found["Messages"].as_array().and_then(|m| m.first()) {
            assert_eq!(message["MessageAttributes"]["reason"]["StringValue"], "bad_input", "{message}");
            let counts = json!({ "QueueUrl": cases, "AttributeNames": ["ApproximateNumberOfMessages"] });
            let left = stack.sqs("GetQueueAttributes", &counts).await;
            assert_eq!(left["Attributes"]["ApproximateNumberOfMessages"], "0", "the other nine are done");
            return;
        }
    }
    panic!("the poisoned message was not parked");
}

/// An overdue invoice whose reminder leaves at the next sweep.
async fn somebody_overdue(stack: &Stack, id: &str) -> Date {
    let day = sending_day(plus_days(today(stack.now().await), 1));
    stack.put(&format!("/v1/debtors/{id}"), &consumer(&format!("X-{id}"))).await;
    let (issued, due) = (plus_days(day, -30).to_string(), plus_days(day, -8).to_string());
    stack
        .put(&format!("/v1/invoices/{id}-1"), &invoice(id, &format!("I-{id}"), &issued, &due, "80.00"))
        .await;
    day
}

async fn names_of_events(stack: &Stack, debtor: &str) -> Vec<String> {
    let told = stack.get(&format!("/v1/debtors/{debtor}/timeline?limit=200")).await;
    told["items"].as_array().unwrap().iter().rev().map(|e| e["event"].as_str().unwrap().to_owned()).collect()
}

async fn behave(stack: &Stack, behaviour: Value) {
    let (status, answer) = stack.call("POST", "/local/mail/behaviour", Some(&behaviour)).await;
    assert!(status.is_success(), "{answer}");
}

/// Waits for something that happens by itself.
async fn until(stack: &Stack, debtor: &str, event: &str) {
    for _ in 0..300 {
        if names_of_events(stack, debtor).await.iter().any(|e| e == event) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{event} did not happen: {:?}", names_of_events(stack, debtor).await);
}

async fn a_lost_answer_is_settled_by_the_event(stack: &Stack) {
    let day = somebody_overdue(stack, "lost").await;
    behave(stack, json!({ "next": "timeoutAfterAccepting", "times": 1, "events": "hold" })).await;
    let moved = stack.go_to(instant(day, time(9, 0, 0, 0)));
    let released = async {
        until(stack, "lost", "NoticeUnknown").await;
        behave(stack, json!({ "events": "release" })).await;
    };
    tokio::join!(moved, released);
    until(stack, "lost", "NoticeDelivered").await;
    assert_eq!(days_of_mails(stack, "x-lost@").await, [day]);
    stack.go_to(evening(plus_days(day, 3))).await;
    assert_eq!(days_of_mails(stack, "x-lost@").await, [day], "sent once");
    assert!(names_of_events(stack, "lost").await.iter().any(|e| e == "NoticeSent"));
}

async fn a_killed_function_loses_and_repeats_nothing(stack: &Stack) {
    let day = somebody_overdue(stack, "killed").await;
    // The mail is taken in and the answer hangs: the function is killed where only the mail service knows.
    behave(stack, json!({ "next": "timeoutAfterAccepting", "times": 1, "events": "hold" })).await;
    let moved = stack.go_to(instant(day, time(9, 0, 0, 0)));
    let killed = async {
        while days_of_mails(stack, "x-killed@").await.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let running = stack.processes("send-notice");
        assert!(!running.is_empty(), "send-notice runs while it waits");
        for id in running {
            let killed = std::process::Command::new("kill").args(["-9", &id.to_string()]).status().unwrap();
            assert!(killed.success());
        }
        behave(stack, json!({ "events": "release" })).await;
    };
    tokio::join!(moved, killed);
    until(stack, "killed", "NoticeDelivered").await;
    stack.go_to(evening(plus_days(day, 3))).await;
    assert_eq!(days_of_mails(stack, "x-killed@").await, [day], "neither lost nor sent twice");
}

/// Where SnelStart's stand-in is.
const SNELSTART: &str = "/local/accounting/snelstart";

/// Connected as its user would, read, changed there, told of a payment here, and ended.
async fn an_accounting_package_is_kept_alike(stack: &Stack) {
    let relation = json!({ "relatiecode": 7, "naam": "P. de Vries", "aanmaningsoort": "Consument" });
    stack.put(&format!("{SNELSTART}/books/relations/r7"), &relation).await;
    let total = Money::from_cents(121_00);
    let today = today(stack.now().await);
    let mut invoice = sales_invoice("V-7", "r7", today, plus_days(today, 14), total);
    stack.put(&format!("{SNELSTART}/books/invoices/f7"), &invoice).await;
    let asked = json!({ "package": "snelstart" });
    let (status, asked) = stack.call("POST", "/v1/connections", Some(&asked)).await;
    assert_eq!(status, StatusCode::CREATED, "{asked}");
    let page = stack.visit(asked["activationUrl"].as_str().expect("a link")).await;
    assert!(page.contains("U kunt dit venster sluiten"), "{page}");
    let minutes =
        async |minutes: i64| stack.go_to(stack.now().await + SignedDuration::from_mins(minutes)).await;
    minutes(1).await;
    let open = async || stack.get("/v1/invoices/snelstart.f7").await["open"].clone();
    assert_eq!(open().await, "121.00");

    let paid = json!({ "amount": "21.00" });
    let (status, answer) =
        stack.call("POST", &format!("{SNELSTART}/books/invoices/f7/payments"), Some(&paid)).await;
    assert!(status.is_success(), "{answer}");
    invoice = json!({ "vervalDatum": format!("{}T00:00:00", plus_days(today, 30)) });
    stack.put(&format!("{SNELSTART}/books/invoices/f7"), &invoice).await;
    minutes(16).await;
    assert_eq!(open().await, "100.00", "a payment there");
    let due = stack.get("/v1/invoices/snelstart.f7").await["dueDate"].clone();
    assert_eq!(due, plus_days(today, 30).to_string(), "a change there");

    stack.put("/v1/payments/e2e-bank", &payment("snelstart.f7", "50.00", &today.to_string())).await;
    minutes(31).await;
    minutes(31).await;
    let books = stack.get(SNELSTART).await;
    let booked: Vec<&Value> = books["bankBookings"].as_object().expect("bookings").values().collect();
    assert_eq!(booked.len(), 1, "{booked:?}");
    assert_eq!(booked[0]["verkoopboekingBoekingsRegels"][0]["boekingId"]["id"], "verkoop-V-7");
    assert_eq!(books["invoices"]["f7"]["openstaandSaldo"].to_string(), "50.0");
    assert_eq!(open().await, "50.00", "counted once");
    bad_weather_at_a_package_loses_nothing(stack).await;

    let (status, ended) = stack.call("DELETE", "/v1/connections/snelstart", None).await;
    assert_eq!((status, &ended["state"]), (StatusCode::OK, &json!("disconnected")));
}

/// Asked for here, paid on the provider's page, told by its call, given back in part; a forged call changes nothing.
async fn debtors_pay_through_each_provider(stack: &Stack) {
    let today = today(stack.now().await);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for provider in ["mollie", "paypal"] {
        let debtor = format!("pay-{provider}");
        stack.put(&format!("/v1/debtors/{debtor}"), &consumer(&format!("P-{provider}"))).await;
        let due = plus_days(today, 14).to_string();
        // Of the day before: what is paid today comes after the ledger's figure.
        let issued = plus_days(today, -1).to_string();
        let body = invoice(&debtor, &format!("P-{provider}-1"), &issued, &due, "121.00");
        stack.put(&format!("/v1/invoices/{debtor}-1"), &body).await;
        let asked = json!({ "invoiceId": format!("{debtor}-1"), "provider": provider });
        let (status, made) = stack.call("POST", "/v1/payment-requests", Some(&asked)).await;
        assert_eq!((status, &made["state"]), (StatusCode::CREATED, &json!("open")), "{made}");
        let checkout = made["checkoutUrl"].as_str().expect("a page");
        assert!(stack.visit(checkout).await.contains("EUR 121.00"));
        let page = checkout.strip_prefix(&stack.url).expect("on this machine");
        let (status, answer) = stack.send("POST", page, &form, b"choice=paid".to_vec()).await;
        assert!(status.is_success(), "{status} {answer}");
        until(stack, &debtor, "PaymentRequestPaid").await;
        let open = async || stack.get(&format!("/v1/invoices/{debtor}-1")).await["open"].clone();
        assert_eq!(open().await, "0.00", "{provider}");
        let there = made["providerReference"].as_str().expect("a reference");
        let refund = format!("/local/payments/{provider}/{there}/refund");
        let (status, answer) = stack.send("POST", &refund, &form, b"amount=21.00".to_vec()).await;
        assert!(status.is_success(), "{status} {answer}");
        until(stack, &debtor, "PaymentTakenBack").await;
        assert_eq!(open().await, "21.00", "{provider}");

        let before = names_of_events(stack, &debtor).await;
        let view = stack.get(&format!("/v1/payment-providers/{provider}")).await;
        let address = view["callbackUrl"].as_str().expect("an address").to_owned();
        let path = &address[address.find("/callbacks").expect("a path")..];
        let forged = json!({ "event_type": "PAYMENT.CAPTURE.REFUNDED", "resource": { "id": there } });
        for body in [format!("id={there}"), forged.to_string()] {
            let (status, answer) = stack.send("POST", path, &form, body.into_bytes()).await;
            assert_eq!((status, answer), (StatusCode::OK, json!("")), "{provider}");
        }
        stack.go_to(stack.now().await + SignedDuration::from_secs(1)).await;
        assert_eq!(names_of_events(stack, &debtor).await, before, "{provider}");
    }
    let listed = stack.get("/local/payments").await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2), "{listed}");
}

/// A mandate, an invoice, and a calendar that is moved over the morning on which its batch is made.
async fn debtors_are_collected_from_by_the_calendar(stack: &Stack) {
    let settings = stack.get("/v1/settings").await;
    let mut rules = settings["directDebit"].clone();
    rules["enabled"] = json!(true);
    rules["creditorId"] = json!("NL69ZZZ123456780000");
    stack.put("/v1/settings", &json!({ "directDebit": rules })).await;
    let today = today(stack.now().await);
    stack.put("/v1/debtors/dd", &consumer("DD-1")).await;
    let mandate = json!({
        "debtorId": "dd", "scheme": "core", "kind": "recurrent", "signedOn": today.to_string(),
        "iban": "NL20INGB0001234567", "bic": null, "holder": null, "lastUsedOn": null, "withdrawnOn": null,
        "modifiedAt": stack.now().await.to_string()
    });
    stack.put("/v1/mandates/DD-M-1", &mandate).await;
    let due = plus_days(today, 14);
    let body = invoice("dd", "DD-2026-1", &today.to_string(), &due.to_string(), "121.00");
    stack.put("/v1/invoices/dd-1", &body).await;
    stack.go_to(evening(plus_days(today, 2))).await;
    let debit = stack.get("/v1/debtors/dd").await["directDebits"][0].clone();
    assert_eq!(debit["status"], "announced", "{debit}");
    let collect_on: Date = debit["collectOn"].as_str().expect("a day").parse().expect("a day");
    stack.go_to(instant(collect_on, time(5, 0, 0, 0))).await;
    let batches = stack.get("/v1/direct-debits/batches").await;
    let batch = batches["items"][0].clone();
    assert_eq!((&batch["status"], &batch["total"]), (&json!("ready"), &json!("121.00")), "{batches}");
    let id = batch["id"].as_str().expect("an id");
    let batch = stack.get(&format!("/v1/direct-debits/batches/{id}")).await;
    let file = stack.visit(batch["downloadUrl"].as_str().expect("an address")).await;
    assert!(file.contains(&format!("<ReqdColltnDt>{collect_on}</ReqdColltnDt>")), "{file}");
    assert_eq!(days_of_mails(stack, "dd-1@").await, []);
}

/// Refused tokens, limits, lost answers and a day without SnelStart; and what its log says of how often it was asked.
async fn bad_weather_at_a_package_loses_nothing(stack: &Stack) {
    let weather = async |weather: Value| {
        let (status, answer) = stack.call("POST", &format!("{SNELSTART}/weather"), Some(&weather)).await;
        assert!(status.is_success(), "{answer}");
    };
    let hours = async |hours: i64| stack.go_to(stack.now().await + SignedDuration::from_hours(hours)).await;
    let today = today(stack.now().await).to_string();
    weather(json!({ "refuseTokens": 1, "limit": 1, "loseAnswers": 1, "churn": 1 })).await;
    stack.put("/v1/payments/e2e-bad", &payment("snelstart.f7", "10.00", &today)).await;
    hours(3).await;
    weather(json!({ "outage": true })).await;
    stack.put("/v1/payments/e2e-worse", &payment("snelstart.f7", "5.00", &today)).await;
    hours(24).await;
    assert_eq!(stack.get("/v1/connections/snelstart").await["state"], "failing");
    weather(json!({})).await;
    let paid = json!({ "amount": "1.00" });
    let path = format!("{SNELSTART}/books/invoices/f7/payments");
    let (status, answer) = stack.call("POST", &path, Some(&paid)).await;
    assert!(status.is_success(), "{answer}");
    hours(30).await;
    let view = stack.get("/v1/connections/snelstart").await;
    assert_eq!(view["state"], "active", "{view}");
    let books = stack.get(SNELSTART).await;
    assert_eq!(books["bankBookings"].as_object().map(|bookings| bookings.len()), Some(3));
    assert_eq!(books["invoices"]["f7"]["openstaandSaldo"].to_string(), "34.0");
    assert_eq!(stack.get("/v1/invoices/snelstart.f7").await["open"], "34.00");

    let log = stack.get(&format!("{SNELSTART}/log")).await;
    let asked: Vec<Timestamp> = log["items"].as_array().expect("a list").iter().map(at).collect();
    for (most, seconds) in [(500, 60), (5_000, 3_600)] {
        for (i, first) in asked.iter().enumerate() {
            let length = SignedDuration::from_secs(seconds);
            let within = asked[i..].iter().take_while(|at| at.duration_since(*first) < length).count();
            assert!(within <= most, "{within} within {seconds} s");
        }
    }
}

fn at(asked: &Value) -> Timestamp {
    asked["at"].as_str().expect("an instant").parse().expect("an instant")
}

/// Each connected as its user would, read, and paid there; Moneybird tells of that by itself.
async fn every_other_package_is_kept_alike(stack: &Stack) {
    for package in Package::ALL.into_iter().filter(|package| *package != Package::SnelStart) {
        let books = format!("/local/accounting/{package}/books");
        let (contact, invoice) = (own_id(package, false, 7), own_id(package, true, 7));
        let fields = json!({ "number": "1008", "name": "Vries", "firstName": "Pien" });
        stack.put(&format!("{books}/contacts/{contact}"), &fields).await;
        let today = today(stack.now().await);
        let fields = json!({ "number": "26700008", "contact": contact, "issued": today,
            "due": plus_days(today, 14), "total": "121.00" });
        stack.put(&format!("{books}/invoices/{invoice}"), &fields).await;
        connect(stack, package).await;

        let path = format!("/v1/invoices/{}", package.record_id(&invoice));
        assert_eq!(stack.get(&path).await["open"], "121.00", "{package}");
        let paid = json!({ "amount": "21.00" });
        let (status, answer) =
            stack.call("POST", &format!("{books}/invoices/{invoice}/payments"), Some(&paid)).await;
        assert!(status.is_success(), "{answer}");
        if package == Package::Moneybird {
            until_open(stack, &path, "100.00").await;
        }
        stack.go_to(stack.now().await + SignedDuration::from_mins(16)).await;
        assert_eq!(stack.get(&path).await["open"], "100.00", "{package}");
        let (status, _) = stack.call("DELETE", &format!("/v1/connections/{package}"), None).await;
        assert_eq!(status, StatusCode::OK);
    }
}

async fn connect(stack: &Stack, package: Package) {
    let journal = (package == Package::Twinfield).then_some("MEMO/1100");
    let asked = json!({ "package": package.code(), "journal": journal });
    let (status, asked) = stack.call("POST", "/v1/connections", Some(&asked)).await;
    assert_eq!(status, StatusCode::CREATED, "{asked}");
    match asked["activationUrl"].as_str() {
        Some(link) => {
            let page = stack.visit(link).await;
            assert!(page.contains("U kunt dit venster sluiten"), "{page}");
        }
        None => {
            let name = format!("TIJDIG_{}_KEY", package.code().to_uppercase().replace('-', "_"));
            let key = json!({ "key": stack.env[&name] });
            stack.put(&format!("/v1/connections/{package}/key"), &key).await;
        }
    }
    stack.go_to(stack.now().await + SignedDuration::from_mins(1)).await;
    let view = stack.get(&format!("/v1/connections/{package}")).await;
    assert!(view["state"] == "active" && view["succeededAt"].is_string(), "{view}");
}

async fn until_open(stack: &Stack, path: &str, open: &str) {
    for _ in 0..100 {
        if stack.get(path).await["open"] == open {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{path} is not open for {open}: {}", stack.get(path).await);
}

/// Whatever the functions wrote in the whole run.
fn logs_name_nobody(stack: &Stack) {
    let logs = std::fs::read_to_string(stack.state.join("functions.log")).expect("the functions' log");
    assert!(logs.contains("send-notice"), "the log is that of the functions");
    for planted in
        ["Vries", "Oudegracht", "3511AA", "s-1@example.nl", "example.nl", "612345678", "1985-04-12"]
    {
        assert!(!logs.contains(planted), "a log line holds {planted}");
    }
    for secret in [
        "TIJDIG_SNELSTART_KEY",
        "TIJDIG_SNELSTART_SUBSCRIPTION_KEY",
        "TIJDIG_MOLLIE_KEY",
        "TIJDIG_PAYPAL_CLIENT",
        "TIJDIG_PAYPAL_SECRET",
        "TIJDIG_MONEYBIRD_KEY",
        "TIJDIG_E_BOEKHOUDEN_KEY",
        "TIJDIG_EXACT_ONLINE_SECRET",
        "TIJDIG_TWINFIELD_SECRET",
        "TIJDIG_TOKEN",
    ] {
        assert!(!logs.contains(&stack.env[secret]), "a log line holds {secret}");
    }
    for granted in ["-token-", "-refresh-", "-code-"] {
        for package in Package::ALL {
            assert!(!logs.contains(&format!("{package}{granted}")), "a log line holds a {package}{granted}");
        }
    }
}

async fn data_survive_a_restart() {
    let stack = Stack::start("e2e", false).await;
    let took = stack.took;
    let view = stack.get("/v1/debtors/s1").await;
    assert_eq!(view["number"], "S-1");
    assert!(stack.mails().await.len() >= 6);
    stack.stop().await;
    assert!(took < Duration::from_secs(60), "the second start took {took:?}");
}
