//! Accounting packages for stories: none until one is asked for, and then the stand-in of the local run, on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use accounting_api::Connections;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use contracts::failure::Failure;
use domain::connection::Package;
use http::{Request, StatusCode};
use jiff::Timestamp;
use local::accounting::snelstart::{Settings, SnelStart, router};
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
    /// Starts SnelStart's stand-in and offers it from now on.
    pub async fn offer_snelstart(
        &self,
        secrets: &Arc<MemorySecrets>,
        now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Arc<SnelStart> {
        let settings = Settings {
            key: COUPLING_KEY.to_owned(),
            subscription_key: SUBSCRIPTION_KEY.to_owned(),
            callback_base: "http://127.0.0.1:9".to_owned(),
            file: None,
            now,
        };
        let snelstart = Arc::new(SnelStart::open(settings).expect("a stand-in"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let app = router(snelstart.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        let own = json!({ "clientId": "Tijdig", "subscriptionKey": SUBSCRIPTION_KEY });
        let name = format!("{PREFIX}/packages/snelstart");
        secrets.put(&name, &Secret::new(own.to_string())).await.expect("a secret");
        let below = Some(format!("http://{address}/local/accounting"));
        let catalogue = Catalogue::new(
            secrets.clone(),
            PREFIX.to_owned(),
            client(TIMEOUT).expect("a client"),
            below,
            CALLBACKS.to_owned(),
        );
        *lock(&self.0) = Some(Arc::new(catalogue));
        snelstart
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
        let clock = self.clock();
        let now = Arc::new(move || clock.now().expect("a clock"));
        self.packages.offer_snelstart(&self.secrets, now).await
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

    /// The connections' schedule, every quarter of an hour until this instant.
    pub async fn connections_until(&self, target: &str) {
        let target: Timestamp = target.parse().expect("an instant");
        while self.now() + SWEEP_EVERY <= target {
            self.set(self.now() + SWEEP_EVERY);
            self.run_connections().await;
        }
        self.set(target);
    }
}
