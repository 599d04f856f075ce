//! Accounting packages for stories: none until one is asked for, and then the stand-in of the local run, on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounting_api::Connections;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use contracts::failure::Failure;
use domain::connection::Package;
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use local::accounting::snelstart::SnelStart;
use local::accounting::{CLIENT_ID, Settings, StandIns};
use outside::accounting::{AccountingPackage, Catalogue, PackageError, Packages};
use outside::http::{Secret, TIMEOUT, client};
use outside::secrets::{MemorySecrets, Secrets};
use runtime::hints::Hints;
use serde_json::{Value, json};

use crate::queues::lock;
use crate::world::{Answer, SWEEP_EVERY, World};

/// What the names of secrets begin with in tests.
pub const PREFIX: &str = "tijdig";

/// The keys that must never be seen outside the secrets and the requests that need them.
pub const COUPLING_KEY: &str = "canary-coupling-key-7c1f";
pub const SUBSCRIPTION_KEY: &str = "canary-subscription-key-e09b";
const MONEYBIRD_KEY: &str = "canary-moneybird-key-41aa";
const E_BOEKHOUDEN_KEY: &str = "canary-e-boekhouden-key-9d02";
const EXACT_ONLINE_SECRET: &str = "canary-exact-online-secret-b7e5";
const TWINFIELD_SECRET: &str = "canary-twinfield-secret-3c68";

/// The administration's key at a package, and ours at its vendor; empty where there is none.
pub fn keys_at(package: Package) -> (&'static str, &'static str) {
    match package {
        Package::SnelStart => (COUPLING_KEY, SUBSCRIPTION_KEY),
        Package::Moneybird => (MONEYBIRD_KEY, ""),
        Package::ExactOnline => ("", EXACT_ONLINE_SECRET),
        Package::Twinfield => ("", TWINFIELD_SECRET),
        Package::EBoekhouden => (E_BOEKHOUDEN_KEY, ""),
    }
}

/// Where callbacks go in tests: nobody listens, and stories bring them by hand.
const CALLBACKS: &str = "https://tijdig.example/callbacks/accounting";

/// Takes every hint and tells nobody.
#[derive(Debug)]
pub struct Unheard;

#[async_trait]
impl Hints for Unheard {
    async fn put(&self, _bodies: Vec<String>) -> Result<(), Failure> {
        Ok(())
    }
}

/// The packages of one world.
#[derive(Debug, Default)]
pub struct LatePackages(Mutex<Option<Arc<Catalogue>>>);

#[async_trait]
impl Packages for LatePackages {
    async fn open(&self, package: Package) -> Result<Arc<dyn AccountingPackage>, PackageError> {
        let there = lock(&self.0).clone();
        match there {
            Some(catalogue) => catalogue.open(package).await,
            None => Err(PackageError::Refused("not_offered".to_owned())),
        }
    }
}

impl LatePackages {
    /// Starts the stand-ins and offers their packages from now on.
    pub async fn offer(
        &self,
        secrets: &Arc<MemorySecrets>,
        now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> StandIns {
        let stand_ins = StandIns::open(|package| {
            let (key, app_key) = keys_at(package);
            Settings {
                key: key.to_owned(),
                app_key: app_key.to_owned(),
                callback_base: "http://127.0.0.1:9".to_owned(),
                file: None,
                now: now.clone(),
            }
        });
        let stand_ins = stand_ins.expect("stand-ins");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let app = stand_ins.router();
        tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        for package in [Package::SnelStart, Package::ExactOnline, Package::Twinfield] {
            let (_, ours) = keys_at(package);
            let field = if package == Package::SnelStart { "subscriptionKey" } else { "clientSecret" };
            let own = json!({ "clientId": CLIENT_ID, field: ours });
            let name = format!("{PREFIX}/packages/{package}");
            secrets.put(&name, &Secret::new(own.to_string())).await.expect("a secret");
        }
        let below = Some(format!("http://{address}/local/accounting"));
        let catalogue = Catalogue::new(
            secrets.clone(),
            PREFIX.to_owned(),
            client(TIMEOUT).expect("a client"),
            below,
            CALLBACKS.to_owned(),
        );
        *lock(&self.0) = Some(Arc::new(catalogue));
        stand_ins
    }
}

impl World {
    /// What takes in what comes back from packages.
    pub fn couplings(&self) -> &Router {
        &self.couplings
    }

    /// What connections need, as the accounting API has it.
    pub fn connections(&self) -> Connections {
        Connections {
            secrets: self.secrets.clone(),
            packages: self.packages.clone(),
            syncs: self.syncs.clone(),
            prefix: PREFIX.to_owned(),
        }
    }

    /// SnelStart's stand-in, offered from now on.
    pub async fn offer_snelstart(&self) -> Arc<SnelStart> {
        self.offer_packages().await.snelstart
    }

    /// The stand-ins of all packages, offered from now on.
    pub async fn offer_packages(&self) -> StandIns {
        let clock = self.clock();
        let now = Arc::new(move || clock.now().expect("a clock"));
        self.packages.offer(&self.secrets, now).await
    }

    /// The adapter of a package that is offered.
    pub async fn adapter(&self, package: Package) -> Arc<dyn AccountingPackage> {
        self.packages.open(package).await.expect("a package that is offered")
    }

    /// Connects the administration with a package, as its user would. What its user got to see and brought back.
    pub async fn connect_package(&self, package: Package, body: &Value) -> Vec<String> {
        if package == Package::SnelStart {
            return vec![self.connect_snelstart(body).await];
        }
        let asked = self.call("POST", "/v1/connections", Some(body)).await;
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
        let Some(link) = asked.body["activationUrl"].as_str() else {
            let (key, _) = keys_at(package);
            self.put(&format!("/v1/connections/{package}/key"), &json!({ "key": key })).await;
            return Vec::new();
        };
        let agreed = client(TIMEOUT).expect("a client").get(link).send().await.expect("an answer");
        let back = agreed.headers()["location"].to_str().expect("an address").to_owned();
        let query = back.split_once('?').expect("a query").1.to_owned();
        let path = format!("/callbacks/accounting/{package}/authorised?{query}");
        assert_eq!(self.callback_of_package("GET", &path, "").await.status, StatusCode::OK);
        query.split('&').filter_map(|pair| Some(pair.split_once('=')?.1.to_owned())).collect()
    }

    /// Connects the administration with the stand-in, as its user would. The reference of the connection.
    pub async fn connect_snelstart(&self, body: &Value) -> String {
        let answer = self.call("POST", "/v1/connections", Some(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let address = answer.body["activationUrl"].as_str().expect("an address").to_owned();
        let reference = address.split("referenceKey=").nth(1).and_then(|rest| rest.split('&').next());
        let reference = reference.expect("a reference").to_owned();
        assert_eq!(self.couple(&reference, "Create").await, StatusCode::ACCEPTED);
        reference
    }

    /// SnelStart's message about a coupling.
    pub async fn couple(&self, reference: &str, action: &str) -> StatusCode {
        let body = json!({ "koppelSleutel": COUPLING_KEY, "actionType": action, "referenceKey": reference });
        self.callback_of_package("POST", "/callbacks/accounting/snelstart", &body.to_string()).await.status
    }

    /// Anything that comes back from a package.
    pub async fn callback_of_package(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = || {
            let request =
                Request::builder().method(method).uri(path).header("content-type", "application/json");
            request.body(Body::from(body.to_owned())).expect("a request")
        };
        self.insist(&self.couplings, request).await
    }

    /// One run of the connections' schedule, with all that it leads to.
    pub async fn run_connections(&self) {
        let swept = self.sweep.connections(self.now(), || false).await.expect("a sweep");
        assert!(!swept.stopped_early);
        self.settle().await;
    }

    /// The connections' schedule, every quarter of an hour until this instant, and what was put off in between.
    pub async fn connections_until(&self, target: &str) {
        let target: Timestamp = target.parse().expect("an instant");
        while self.now() + SWEEP_EVERY <= target {
            let tick = self.now() + SWEEP_EVERY;
            self.put_off_until(tick).await;
            self.set(tick.max(self.now()));
            self.run_connections().await;
        }
        self.put_off_until(target).await;
        self.set(target.max(self.now()));
    }

    /// Messages that were put off and are seen before this instant.
    async fn put_off_until(&self, target: Timestamp) {
        let mut waiting: Vec<(Timestamp, String)> = Vec::new();
        loop {
            let after = |after: Duration| SignedDuration::try_from(after).expect("a wait");
            let new = self.syncs.take_put_off().into_iter();
            waiting.extend(new.map(|(wait, body)| (self.now() + after(wait), body)));
            waiting.sort();
            // What comes later than this is found by the schedule.
            let Some((at, body)) = waiting.first().filter(|(at, _)| *at < target).cloned() else { return };
            waiting.remove(0);
            self.set(at.max(self.now()));
            self.syncs.push(body);
            self.settle().await;
        }
    }
}
