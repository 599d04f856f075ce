//! A receiver that is not ours: in Python, with the reference library of Standard Webhooks, over HTTP.

use std::process::Stdio;
use std::sync::Arc;

use domain::ids::WebhookId;
use domain::webhook::{Choice, Subscription};
use http::StatusCode;
use jiff::Timestamp;
use outside::webhooks::destination::{Destinations, SystemNames};
use outside::webhooks::secrets::{SigningSecrets, secrets_name};
use outside::webhooks::{Answered, HttpReceivers, Receivers, Signed};
use serde_json::{Value, json};
use tests::accounting::PREFIX;
use tests::bodies::{consumer, invoice};
use tests::stack::workspace;
use tests::world::World;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The receiver's process; it ends with the test.
struct Abroad {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Abroad {
    /// Starts one that knows this secret.
    async fn start(secret: &str) -> Abroad {
        let python = local::python::environment().await.expect("a Python environment");
        let mut process = Command::new(python)
            .arg(workspace().join("tests/receivers/standard_webhooks.py"))
            .env("WEBHOOK_SECRET", secret)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let port = lines.next_line().await.expect("a line").expect("a port");
        Abroad { _process: process, lines, url: format!("http://127.0.0.1:{port}/hooks") }
    }

    /// What it says about the next message.
    async fn says(&mut self) -> Value {
        let line = self.lines.next_line().await.expect("a line").expect("a message");
        serde_json::from_str(&line).expect("a line of JSON")
    }
}

#[tokio::test]
async fn a_receiver_with_the_reference_library_of_another_language_verifies_our_signatures() {
    // The library goes by the machine's clock.
    let mut world = World::at(&Timestamp::now().to_string()).await;
    let destinations = Destinations::for_local_run(Arc::new(SystemNames), true);
    let receivers = Arc::new(HttpReceivers::new(Arc::new(destinations)).expect("a client"));
    world.dispatch.receivers = receivers.clone();
    world.subscribe("other", "https://other.example/hooks", Some(&["case.opened"])).await;

    let secrets = SigningSecrets::new(&[7; 32]);
    let mut abroad = Abroad::start(secrets.current.expose()).await;
    let webhook: WebhookId = "abroad".parse().expect("an id");
    secrets
        .keep(&*world.secrets, &secrets_name(PREFIX, &world.administration, &webhook))
        .await
        .expect("a secret");
    let choice = Choice { url: abroad.url.clone(), events: None, description: None, email: None };
    let subscription = Subscription::new(webhook, choice, world.now());
    world.store.put_subscription(&world.administration, &subscription, None).await.expect("a write");

    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "1", "2026-11-30", "2027-06-30", "121.00")).await;
    world.settle().await;
    let said = abroad.says().await;
    assert_eq!((&said["verified"], &said["id"]), (&json!(true), &json!("abroad.d1.2-0")), "{said}");
    assert_eq!(said["said"]["data"]["invoiceIds"], json!(["i1"]));

    // While the secret rotates there are two signatures in one header, of which the receiver knows the second.
    let rotated = world.call("POST", "/v1/webhooks/abroad/rotate-secret", None).await;
    assert_eq!(rotated.status, StatusCode::OK, "{}", rotated.body);
    world.call("POST", "/v1/webhooks/abroad/test", None).await;
    world.settle().await;
    let said = abroad.says().await;
    assert_eq!((&said["verified"], &said["said"]["type"]), (&json!(true), &json!("webhook.test")), "{said}");
    assert!(world.delivery_log("abroad").await.iter().all(|d| d["status"] == "delivered"));

    // And what is not ours it refuses: the library does look.
    let forged = Signed {
        id: "abroad.d1.2-0".to_owned(),
        timestamp: world.now().as_second().to_string(),
        signatures: "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        body: b"{}".to_vec(),
    };
    assert_eq!(receivers.post(&abroad.url, &forged).await, Answered::Status(401));
    assert_eq!(abroad.says().await["verified"], json!(false));
}
