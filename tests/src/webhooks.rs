//! Receivers of webhooks for stories: each at an address of its own, which checks signatures as a receiver would, and goes
//! wrong as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounting_api::Webhooks;
use async_trait::async_trait;
use contracts::failure::Failure;
use domain::ids::WebhookId;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use outside::secrets::MemorySecrets;
use outside::webhook_signature::{Keys, verify};
use outside::webhooks::destination::{Destinations, Names};
use outside::webhooks::{Answered, Receivers, Signed};
use runtime::clock::Clock;
use serde_json::{Value, json};

use crate::accounting::{PREFIX, Unheard};
use crate::perils::Perils;
use crate::queues::{Queue, lock};
use crate::world::{SWEEP_EVERY, World};

/// A message that arrived, and whether the receiver said that it has it.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub url: String,
    pub id: String,
    pub at: Timestamp,
    /// How many signatures the header has.
    pub signatures: usize,
    pub body: Value,
    pub answered: Answered,
}

impl Arrived {
    /// What it tells.
    pub fn event(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// Whom it is about.
    pub fn debtor(&self) -> &str {
        self.body["data"]["debtorId"].as_str().unwrap_or_default()
    }

    pub fn sequence(&self) -> u64 {
        self.body["data"]["sequence"].as_u64().unwrap_or_default()
    }

    pub fn is_taken(&self) -> bool {
        matches!(self.answered, Answered::Status(200..=299))
    }
}

#[derive(Debug, Default)]
struct State {
    arrived: Vec<Arrived>,
    /// What each address answers from now on.
    answers: BTreeMap<String, Answered>,
    /// And before that, one after the other, whichever address it is.
    next: VecDeque<Answered>,
    secrets: BTreeMap<String, String>,
}

/// The receivers of one world, and the names under which they are found.
#[derive(Debug)]
pub struct Subscribers {
    clock: Clock,
    perils: Arc<Perils>,
    state: Mutex<State>,
    listening: AtomicBool,
    destinations: Mutex<Option<Arc<Destinations>>>,
}

/// Names that lead where a story says; every other one to a public address.
#[derive(Debug)]
struct OfStory(Mutex<BTreeMap<String, Vec<IpAddr>>>);

#[async_trait]
impl Names for OfStory {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let told = lock(&self.0).get(host).cloned();
        let public = || "93.184.216.34".parse().map(|address| vec![address]).map_err(io::Error::other);
        told.map_or_else(public, Ok)
    }
}

/// Webhooks that nobody hears of, where addresses lead where their names say.
pub fn nobodys() -> Webhooks {
    Webhooks {
        secrets: Arc::new(MemorySecrets::default()),
        destinations: Arc::new(Destinations::new(Arc::new(OfStory(Mutex::default())))),
        dispatches: Arc::new(Unheard),
        prefix: PREFIX.to_owned(),
    }
}

impl Subscribers {
    pub(crate) fn new(clock: Clock, perils: Arc<Perils>) -> Subscribers {
        Subscribers {
            clock,
            perils,
            state: Mutex::default(),
            listening: AtomicBool::new(false),
            destinations: Mutex::default(),
        }
    }

    pub(crate) fn api(&self, secrets: &Arc<MemorySecrets>, dispatches: &Arc<Queue>) -> Webhooks {
        let names: BTreeMap<String, Vec<IpAddr>> = [
            ("inside.example", vec!["10.0.0.7"]),
            ("localhost", vec!["127.0.0.1", "::1"]),
            ("metadata.example", vec!["169.254.169.254"]),
            ("half.example", vec!["93.184.216.34", "127.0.0.1"]),
        ]
        .into_iter()
        .map(|(name, to)| (name.to_owned(), to.iter().filter_map(|text| text.parse().ok()).collect()))
        .collect();
        let destinations = Arc::new(Destinations::new(Arc::new(OfStory(Mutex::new(names)))));
        *lock(&self.destinations) = Some(destinations.clone());
        Webhooks {
            secrets: secrets.clone(),
            destinations,
            dispatches: dispatches.clone(),
            prefix: PREFIX.to_owned(),
        }
    }

    pub(crate) fn somebody_listens(&self) -> bool {
        self.listening.load(Ordering::SeqCst)
    }

    /// Whoever is at this address knows this secret from now on.
    pub fn knows(&self, url: &str, secret: &str) {
        lock(&self.state).secrets.insert(url.to_owned(), secret.to_owned());
    }

    /// Whoever is at this address answers like that from now on.
    pub fn answers(&self, url: &str, answer: Answered) {
        lock(&self.state).answers.insert(url.to_owned(), answer);
    }

    /// The next calls are answered like this, one after the other.
    pub fn next(&self, answers: &[Answered]) {
        lock(&self.state).next.extend(answers);
    }

    /// Everything that arrived, in order.
    pub fn arrived(&self) -> Vec<Arrived> {
        lock(&self.state).arrived.clone()
    }

    /// What the receivers said that they have, in order.
    pub fn taken(&self) -> Vec<Arrived> {
        self.arrived().into_iter().filter(Arrived::is_taken).collect()
    }

    fn receive(&self, url: &str, message: &Signed) -> Answered {
        let now = self.clock.now().unwrap_or(Timestamp::UNIX_EPOCH);
        let mut state = lock(&self.state);
        let usual = state.answers.get(url).copied().unwrap_or(Answered::Status(204));
        let mut answered = state.next.pop_front().unwrap_or(usual);
        // A receiver that is there refuses what it cannot verify.
        if let (Some(secret), Answered::Status(200..=299)) = (state.secrets.get(url), answered) {
            let keys = Keys::parse(secret).expect("a secret");
            let Signed { id, timestamp, signatures, body } = message;
            if verify(&keys, id, timestamp, signatures, body, now).is_err() {
                answered = Answered::Status(401);
            }
        }
        if answered != Answered::Not("not_connected") {
            state.arrived.push(Arrived {
                url: url.to_owned(),
                id: message.id.clone(),
                at: now,
                signatures: message.signatures.split(' ').count(),
                body: serde_json::from_slice(&message.body).expect("a message is JSON"),
                answered,
            });
        }
        answered
    }
}

#[async_trait]
impl Receivers for Subscribers {
    async fn post(&self, url: &str, message: &Signed) -> Answered {
        let destinations = lock(&self.destinations).clone();
        if let Some(destinations) = destinations
            && let Err(error) = destinations.find(url).await
        {
            return Answered::Not(error.code());
        }
        let lost = Answered::Not("timeout");
        self.perils.step("webhook", lost, async { self.receive(url, message) }).await
    }
}

impl World {
    /// Subscribes an address to these events, or to all of them. Its receiver checks signatures from now on.
    pub async fn subscribe(&self, id: &str, url: &str, events: Option<&[&str]>) -> String {
        self.subscribers.listening.store(true, Ordering::SeqCst);
        let body = json!({ "url": url, "events": events });
        let answer = self.call("PUT", &format!("/v1/webhooks/{id}"), Some(&body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let secret = answer.body["secret"].as_str().expect("a secret").to_owned();
        self.subscribers.knows(url, &secret);
        secret
    }

    /// Something asked of a subscription that has to be answered with success.
    pub async fn ask_webhook(&self, id: &str, what: &str, body: Option<&Value>) -> Value {
        let answer = self.call("POST", &format!("/v1/webhooks/{id}/{what}"), body).await;
        assert!(answer.status.is_success(), "{what}: {} {}", answer.status, answer.body);
        self.settle().await;
        answer.body
    }

    /// The deliveries of a subscription, what happened last first.
    pub async fn delivery_log(&self, id: &str) -> Vec<Value> {
        let page = self.get(&format!("/v1/webhooks/{id}/deliveries?limit=200")).await;
        page["items"].as_array().expect("a list").clone()
    }

    /// How far a subscription is with a debtor, as it is stored.
    pub async fn lane(&self, webhook: &str, debtor: &str) -> Option<domain::webhook_lane::Lane> {
        let (webhook, debtor): (WebhookId, _) =
            (webhook.parse().expect("an id"), debtor.parse().expect("an id"));
        let found = self.store.lane(&self.administration, &webhook, &debtor).await.expect("a read");
        found.map(|lane| lane.value)
    }

    /// The calendar goes on to this instant: what was put off comes back, and the schedule runs every quarter of an hour.
    pub async fn webhooks_until(&self, target: &str) {
        let target: Timestamp = target.parse().expect("an instant");
        let mut put_off: Vec<(Timestamp, String)> = Vec::new();
        let mut swept = self.now();
        loop {
            let now = self.now();
            let after = |after: Duration| SignedDuration::try_from(after).expect("a wait");
            let new = self.dispatches.take_put_off().into_iter();
            put_off.extend(new.map(|(wait, body)| (now + after(wait), body)));
            put_off.sort();
            let tick = swept + SWEEP_EVERY;
            let next = put_off.first().map_or(tick, |(at, _)| tick.min(*at));
            if next > target {
                break;
            }
            self.set(next.max(now));
            if next < tick {
                let (_, body) = put_off.remove(0);
                self.dispatches.push(body);
                self.settle().await;
            } else {
                swept = tick;
                // The next run of the schedule finds what this one left.
                match self.perils.survive(self.sweep.connections(self.now(), || false)).await {
                    None | Some(Ok(_) | Err(Failure::Unavailable { .. })) => {}
                    Some(Err(failure)) => panic!("a sweep: {failure}"),
                }
                self.settle().await;
            }
        }
        self.set(target.max(self.now()));
        self.settle().await;
    }
}
