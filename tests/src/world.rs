//! Everything that production has, in one process.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accounting_api::App;
use advance_case::Advance;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use contracts::failure::Failure;
use contracts::queues::{AdvanceCase, EvaluateSignal, SendNotice, SubmitSignal};
use domain::administration::{Administration, Creditor, Sector};
use domain::calendar::SendingWindow;
use domain::ids::AdministrationId;
use domain::provider::Provider;
use evaluate_signal::Evaluate;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use municipality_callback::{Callbacks, Sender};
use outside::webhook_signature::{Keys, sign};
use record_delivery::{MailEvent, Record};
use runtime::clock::Clock;
use runtime::hints::Hints;
use runtime::http::Caller;
use send_notice::Send;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{MemoryTable, PostcodeArea, Store};
use submit_signal::Submit;
use sweep_due::Sweep;
use tower::ServiceExt;

use crate::mail::MailService;
use crate::platforms::Platform;

/// Distance of two sweeps.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(15);

const BKR_SOURCE: &str = "urn:bkr:vps:test";
const BKR_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
const INFORING_SOURCE: &str = "urn:inforing:ris:test";
const INFORING_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV8b5sSYspob7oDC2FVsBQIhrs=";

/// A queue in memory.
#[derive(Debug, Default)]
pub struct Queue(Mutex<VecDeque<String>>);

impl Queue {
    fn messages(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take<T: DeserializeOwned>(&self) -> Option<T> {
        let body = self.messages().pop_front()?;
        Some(serde_json::from_str(&body).expect("a queue holds what was put on it"))
    }
}

#[async_trait]
impl Hints for Queue {
    async fn put(&self, bodies: Vec<String>) -> Result<(), Failure> {
        self.messages().extend(bodies);
        Ok(())
    }
}

/// The world of one test.
#[derive(Debug)]
pub struct World {
    pub table: MemoryTable,
    pub store: Store,
    pub mail: Arc<MailService>,
    pub bkr: Arc<Platform>,
    pub inforing: Arc<Platform>,
    pub administration: AdministrationId,
    now: Arc<AtomicI64>,
    clock: Clock,
    api: Router,
    callbacks: Router,
    cases: Arc<Queue>,
    notices: Arc<Queue>,
    evaluations: Arc<Queue>,
    submissions: Arc<Queue>,
    sweep: Sweep,
    advance: Advance,
    send: Send,
    record: Record,
    evaluate: Evaluate,
    submit: Submit,
    /// How often each message is delivered.
    pub deliveries: usize,
}

/// An answer of the HTTP surface.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl World {
    /// An energy supplier's administration, at this instant.
    pub async fn at(now: &str) -> World {
        let now: Timestamp = now.parse().expect("an instant");
        let table = MemoryTable::new();
        let store = Store::new(Arc::new(table.clone()));
        let milliseconds = Arc::new(AtomicI64::new(now.as_millisecond()));
        let clock = Clock::shared(milliseconds.clone());
        let mail = Arc::new(MailService::new(clock.clone()));
        let (bkr, inforing) =
            (Arc::new(Platform::new(Provider::Bkr)), Arc::new(Platform::new(Provider::Inforing)));
        let queue = || Arc::new(Queue::default());
        let (cases, notices, evaluations, submissions) = (queue(), queue(), queue(), queue());
        let administration = AdministrationId::parse("demo").expect("an id");
        let callbacks = callbacks(&store, &clock);
        let world = World {
            api: runtime::http::app(
                accounting_api::router(App { store: store.clone(), clock: clock.clone() }),
                accounting_api::BODY_BYTES,
            ),
            callbacks: runtime::http::app(municipality_callback::router(callbacks), 100_000),
            sweep: Sweep { store: store.clone(), cases: cases.clone() },
            advance: Advance {
                store: store.clone(),
                clock: clock.clone(),
                notices: notices.clone(),
                evaluations: evaluations.clone(),
                submissions: submissions.clone(),
            },
            send: Send {
                store: store.clone(),
                clock: clock.clone(),
                mailer: mail.clone(),
                portal_url: "https://portal.example.nl/portal".to_owned(),
            },
            record: Record { store: store.clone(), clock: clock.clone() },
            evaluate: Evaluate { store: store.clone(), clock: clock.clone() },
            submit: Submit {
                store: store.clone(),
                clock: clock.clone(),
                bkr: bkr.clone(),
                inforing: inforing.clone(),
            },
            table,
            store,
            mail,
            bkr,
            inforing,
            administration,
            now: milliseconds,
            clock,
            cases,
            notices,
            evaluations,
            submissions,
            deliveries: 1,
        };
        world.provision().await;
        world
    }

    async fn provision(&self) {
        let creditor = Creditor {
            name: "Voorbeeld Energie".to_owned(),
            address_lines: vec!["Postbus 1".to_owned(), "3500 AA Utrecht".to_owned()],
            iban: "NL91ABNA0417164300".to_owned(),
            bic: None,
            phone: "030 123 45 67".to_owned(),
            email: "service@voorbeeld.example".to_owned(),
            sender: "facturen@voorbeeld.example".to_owned(),
            opening_hours: Some("maandag tot en met vrijdag, 9 tot 17 uur".to_owned()),
            platform_identification: "12345".to_owned(),
        };
        let administration = Administration::new(self.administration.clone(), creditor, Sector::Energy);
        self.store.put_administration(&administration, None).await.expect("a new administration");
        let area = PostcodeArea { municipality: "0344".to_owned(), exceptions: Default::default() };
        self.store.put_postcode("3511AA", &area).await.expect("a postcode");
        self.store.put_municipality("0344", Provider::Inforing).await.expect("a municipality");
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now().expect("a clock")
    }

    fn set(&self, now: Timestamp) {
        self.now.store(now.as_millisecond(), Ordering::SeqCst);
    }

    /// A request of an accounting tool.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.call_with(method, path, body, &[]).await
    }

    pub async fn call_with(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let bytes = body.map(|b| b.to_string()).unwrap_or_default();
        self.send_request(method, path, "application/json", bytes.into_bytes(), headers).await
    }

    pub async fn send_request(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("content-type", content_type);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).expect("a request");
        request.extensions_mut().insert(self.caller());
        answer(&self.api, request).await
    }

    fn caller(&self) -> Caller {
        let scopes = ["debtors", "invoices", "payments", "holds", "signals"];
        let scopes = scopes.iter().flat_map(|s| [format!("{s}:read"), format!("{s}:write")]).collect();
        Caller { administration: self.administration.clone(), scopes, subject: "accounting tool".to_owned() }
    }

    /// Puts a record that has to be taken in.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        let answer = self.call("PUT", path, Some(body)).await;
        assert!(answer.status.is_success(), "PUT {path}: {} {}", answer.status, answer.body);
        answer
    }

    /// Reads what has to be there.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "GET {path}: {}", answer.body);
        answer.body
    }

    /// The names of what happened to a debtor, oldest first.
    pub async fn events(&self, debtor: &str) -> Vec<String> {
        let page = self.get(&format!("/v1/debtors/{debtor}/timeline?limit=200")).await;
        let items = page["items"].as_array().expect("a list");
        items.iter().rev().map(|e| e["event"].as_str().expect("a name").to_owned()).collect()
    }

    /// A municipality's feedback about a signal, signed by the provider that has it.
    pub async fn feedback(&self, provider: Provider, reference: &str, id: &str, code: &str) -> StatusCode {
        let source = match provider {
            Provider::Bkr => BKR_SOURCE,
            Provider::Inforing => INFORING_SOURCE,
        };
        let body = json!({
            "specversion": "1.0", "id": id, "source": source, "type": "nl.vroegsignalering.feedback",
            "time": self.now().to_string(),
            "data": { "providerReference": reference, "code": code, "text": null }
        });
        self.callback(provider, provider, id, self.now(), &body).await
    }

    /// A callback to one provider's address, signed with the key of another where they differ.
    pub async fn callback(
        &self,
        to: Provider,
        signed_by: Provider,
        id: &str,
        signed_at: Timestamp,
        body: &Value,
    ) -> StatusCode {
        let keys = keys_of(signed_by);
        let text = body.to_string();
        let signature = sign(&keys, id, signed_at, text.as_bytes()).expect("a signature");
        let request = Request::builder()
            .method("POST")
            .uri(format!("/callbacks/municipality/{to}"))
            .header("content-type", "application/cloudevents+json")
            .header("webhook-id", id)
            .header("webhook-timestamp", signed_at.as_second().to_string())
            .header("webhook-signature", signature)
            .body(Body::from(text))
            .expect("a request");
        answer(&self.callbacks, request).await.status
    }

    /// Moves the calendar to this instant, running every sweep that falls due on the way.
    pub async fn go_to(&self, target: &str) {
        let target: Timestamp = target.parse().expect("an instant");
        let window = SendingWindow::default();
        self.settle().await;
        let mut tick = next_tick(self.now(), window);
        while tick <= target {
            self.set(tick);
            let next_due = self.sweep_and_settle().await;
            let following = tick + SignedDuration::from_secs(1);
            tick = next_tick(next_due.map_or(target, |due| due.max(following)).max(following), window);
        }
        self.set(target);
        self.settle().await;
    }

    async fn sweep_and_settle(&self) -> Option<Timestamp> {
        let mut last = usize::MAX;
        loop {
            let swept = self.sweep.run(self.now(), || false).await.expect("a sweep");
            self.settle().await;
            // Whoever stays due although everything was done waits for a later instant.
            if swept.queued == 0 || swept.queued >= last {
                return swept.next_due_at;
            }
            last = swept.queued;
        }
    }

    /// Carries and handles every message until none is left.
    pub async fn settle(&self) {
        for _ in 0..10_000 {
            let relayed = self.relay();
            let handled = self.handle_one().await;
            if !relayed && !handled {
                return;
            }
        }
        panic!("messages beget messages without end");
    }

    /// What the relay and the rules of the bus do.
    fn relay(&self) -> bool {
        let records = self.table.drain_stream();
        for record in &records {
            let detail: Value = serde_json::from_str(&record.event.detail).expect("a detail is JSON");
            for _ in 0..self.deliveries {
                let put = |queue: &Queue| queue.messages().push_back(record.event.detail.clone());
                if record.event.detail_type == "NoticePrepared" {
                    put(&self.notices);
                }
                if detail["evaluate"].is_array() {
                    put(&self.evaluations);
                }
                if detail["submit"] == json!(true) {
                    put(&self.submissions);
                }
            }
        }
        !records.is_empty()
    }

    async fn handle_one(&self) -> bool {
        if let Some(message) = self.cases.take::<AdvanceCase>() {
            self.advance.run(&message).await.expect("a case advances");
        } else if let Some(message) = self.notices.take::<SendNotice>() {
            self.send.run(&message).await.expect("a notice is sent");
        } else if let Some(message) = self.evaluations.take::<EvaluateSignal>() {
            self.evaluate.run(&message).await.expect("a signal is evaluated");
        } else if let Some(message) = self.submissions.take::<SubmitSignal>() {
            self.submit.run(&message).await.expect("a signal is submitted");
        } else if let Some(event) = self.mail.take_event() {
            for _ in 0..self.deliveries {
                let event: MailEvent = serde_json::from_value(event.clone()).expect("an event");
                self.record.run(&event).await.expect("a delivery is recorded");
            }
        } else {
            return false;
        }
        true
    }
}

fn keys_of(provider: Provider) -> Keys {
    let secret = match provider {
        Provider::Bkr => BKR_SECRET,
        Provider::Inforing => INFORING_SECRET,
    };
    Keys::parse(secret).expect("a secret")
}

fn callbacks(store: &Store, clock: &Clock) -> Callbacks {
    let sender = |provider, source: &str| Sender { keys: keys_of(provider), source: source.to_owned() };
    Callbacks {
        store: store.clone(),
        clock: clock.clone(),
        bkr: sender(Provider::Bkr, BKR_SOURCE),
        inforing: sender(Provider::Inforing, INFORING_SOURCE),
    }
}

/// The first sweep at or after this instant: every quarter of an hour within the window.
fn next_tick(from: Timestamp, window: SendingWindow) -> Timestamp {
    let every = SWEEP_EVERY.as_secs();
    let ceiling = from.as_second().div_euclid(every) * every;
    let tick =
        if ceiling < from.as_second() || from.subsec_nanosecond() > 0 { ceiling + every } else { ceiling };
    window.next_open(Timestamp::from_second(tick).expect("within the calendar"))
}

async fn answer(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("routers do not fail");
    let status = response.status();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer { status, body }
}
