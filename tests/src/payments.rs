//! A payment provider in memory: keeps what it is asked for, once for each idempotency key, and lets a test pay, fail, give
//! back and charge back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::Money;
use domain::payment_request::{PaymentProvider, Report, Reported, ReportedBack, TakenBackKind};
use domain::requesting::Creation;
use http::HeaderMap;
use jiff::SignedDuration;
use local::payments::{Payments, Settings, router};
use outside::http::{TIMEOUT, client};
use outside::payments::mollie::Mollie;
use outside::payments::paypal::PayPal;
use outside::payments::{
    Account, CallbackError, Cancelled, Captured, Fetched, Order, PaymentService, ProviderError, Told,
};
use outside::secrets::Secrets;
use payment_requests::Providers;
use runtime::clock::Clock;

use crate::perils::Perils;
use crate::queues::lock;
use crate::world::World;

/// How the next call to make or to take goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is done, and the answer is lost.
    AnswerLost,
    /// It is not done, and there is no answer.
    NeverArrived,
    /// It is not done, and the provider says so.
    Busy,
    /// It is refused for good.
    Refused,
}

/// A request as the provider has it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub reference: String,
    pub request_id: String,
    pub amount: Money,
    pub methods: Vec<String>,
    pub description: String,
    pub callback_url: String,
    pub state: Reported,
    pub taken_back: Vec<ReportedBack>,
}

#[derive(Debug, Default)]
struct State {
    asked: Vec<Asked>,
    keys: BTreeMap<String, String>,
    faults: VecDeque<Fault>,
    away: bool,
    /// Creations, fetches, captures and cancellations, as they were tried.
    calls: Vec<&'static str>,
}

/// The stand-in of a provider.
#[derive(Debug)]
pub struct StandIn {
    provider: PaymentProvider,
    perils: Arc<Perils>,
    clock: Clock,
    state: Mutex<State>,
    real: Mollie,
    /// Who answers in its place: the provider's adapter, which calls the stand-in of the local run.
    instead: Mutex<Option<Arc<dyn PaymentService>>>,
}

impl StandIn {
    pub fn new(provider: PaymentProvider, clock: Clock, perils: Arc<Perils>) -> StandIn {
        // Only its reading of callbacks is used: it calls nobody.
        let real = Mollie::new(client(TIMEOUT).expect("a client"), "http://127.0.0.1:9").expect("an address");
        StandIn { provider, perils, clock, state: Mutex::default(), real, instead: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves everything to this one from now on.
    fn make_way(&self, for_it: Arc<dyn PaymentService>) {
        *lock(&self.instead) = Some(for_it);
    }

    fn instead(&self) -> Option<Arc<dyn PaymentService>> {
        lock(&self.instead).clone()
    }

    /// Lets the next calls that do something go wrong.
    pub fn next(&self, faults: &[Fault]) {
        self.state().faults.extend(faults);
    }

    /// Nothing can be fetched until it is back.
    pub fn set_away(&self, away: bool) {
        self.state().away = away;
    }

    /// What was asked of it, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// How often this was tried: `create`, `fetch`, `capture` or `cancel`.
    pub fn calls(&self, what: &str) -> usize {
        self.state().calls.iter().filter(|call| **call == what).count()
    }

    /// The last request's reference.
    pub fn last(&self) -> String {
        self.state().asked.last().expect("something was asked").reference.clone()
    }

    /// Lets a request stand like this.
    pub fn set(&self, reference: &str, state: Reported) {
        self.change(reference, |asked| asked.state = state);
    }

    /// The debtor pays all of it.
    pub fn pay(&self, reference: &str) {
        let on = domain::calendar::today(self.clock.now().expect("a clock"));
        self.change(reference, |asked| {
            asked.state = Reported::Paid { payment: asked.reference.clone(), amount: asked.amount, on };
        });
    }

    /// So much goes back.
    pub fn take_back(&self, reference: &str, id: &str, kind: TakenBackKind, amount: &str) {
        let on = domain::calendar::today(self.clock.now().expect("a clock"));
        let amount = amount.parse().expect("an amount");
        let reason = (kind == TakenBackKind::Chargeback).then(|| "MD06".to_owned());
        let back = ReportedBack { id: id.to_owned(), kind, amount, on, reason, undone: false };
        self.change(reference, |asked| asked.taken_back.push(back));
    }

    /// What went back is here again.
    pub fn undo(&self, reference: &str, id: &str) {
        self.change(reference, |asked| {
            asked.taken_back.iter_mut().filter(|b| b.id == id).for_each(|b| b.undone = true);
        });
    }

    fn change(&self, reference: &str, change: impl FnOnce(&mut Asked)) {
        let mut state = self.state();
        let found = state.asked.iter_mut().find(|a| a.reference == reference);
        change(found.expect("a request that was asked for"));
    }

    fn make(&self, order: &Order<'_>, expires_at: jiff::Timestamp) -> Creation {
        let mut state = self.state();
        state.calls.push("create");
        let fault = state.faults.pop_front();
        match fault {
            Some(Fault::NeverArrived) => return Creation::Unknown,
            Some(Fault::Busy) => return Creation::NotNow,
            Some(Fault::Refused) => return Creation::Refused { reason: "amount".to_owned() },
            Some(Fault::AnswerLost) | None => {}
        }
        let known = state.keys.get(order.idempotency_key).cloned();
        let reference = known.unwrap_or_else(|| {
            let reference = format!("tr_{}{}", self.provider, state.asked.len() + 1);
            state.keys.insert(order.idempotency_key.to_owned(), reference.clone());
            state.asked.push(Asked {
                reference: reference.clone(),
                request_id: order.request_id.to_owned(),
                amount: order.amount,
                methods: order.methods.to_vec(),
                description: order.description.to_owned(),
                callback_url: order.callback_url.to_owned(),
                state: Reported::Open,
                taken_back: Vec::new(),
            });
            reference
        });
        if fault == Some(Fault::AnswerLost) {
            return Creation::Unknown;
        }
        let checkout_url = format!("https://pay.example/{reference}");
        Creation::Made { reference, checkout_url, expires_at: Some(expires_at) }
    }

    fn find(&self, reference: &str) -> Result<Fetched, ProviderError> {
        let mut state = self.state();
        state.calls.push("fetch");
        if state.away {
            return Err(ProviderError::Unavailable("timeout".to_owned()));
        }
        let found = state.asked.iter().find(|a| a.reference == reference).ok_or(ProviderError::NotFound)?;
        let report = Report {
            reference: found.reference.clone(),
            state: found.state.clone(),
            checkout_url: None,
            expires_at: None,
            taken_back: found.taken_back.clone(),
        };
        Ok(Fetched { request_id: Some(found.request_id.clone()), report })
    }

    fn take(&self, reference: &str) -> Captured {
        let fault = {
            let mut state = self.state();
            state.calls.push("capture");
            state.faults.pop_front()
        };
        match fault {
            Some(Fault::NeverArrived) => return Captured::Unknown,
            Some(Fault::Busy) => return Captured::NotNow,
            Some(Fault::Refused) => {
                return Captured::Declined { reason: "instrument_declined".to_owned() };
            }
            Some(Fault::AnswerLost) | None => {}
        }
        self.pay(reference);
        if fault == Some(Fault::AnswerLost) { Captured::Unknown } else { Captured::Done }
    }
}

#[async_trait]
impl PaymentService for StandIn {
    fn provider(&self) -> PaymentProvider {
        self.provider
    }

    async fn create(&self, account: Account<'_>, order: &Order<'_>) -> Creation {
        if let Some(real) = self.instead() {
            return real.create(account, order).await;
        }
        let expires_at = account.now + SignedDuration::from_mins(15);
        self.perils.step("creation", Creation::Unknown, async { self.make(order, expires_at) }).await
    }

    async fn fetch(&self, account: Account<'_>, reference: &str) -> Result<Fetched, ProviderError> {
        if let Some(real) = self.instead() {
            return real.fetch(account, reference).await;
        }
        let lost = Err(ProviderError::Unavailable("timeout".to_owned()));
        self.perils.step("fetch", lost, async { self.find(reference) }).await
    }

    async fn capture(&self, account: Account<'_>, reference: &str, key: &str) -> Captured {
        if let Some(real) = self.instead() {
            return real.capture(account, reference, key).await;
        }
        self.perils.step("capture", Captured::Unknown, async { self.take(reference) }).await
    }

    async fn cancel(&self, account: Account<'_>, reference: &str) -> Cancelled {
        if let Some(real) = self.instead() {
            return real.cancel(account, reference).await;
        }
        self.state().calls.push("cancel");
        if self.provider == PaymentProvider::Mollie {
            return Cancelled::RunsOn;
        }
        self.set(reference, Reported::Cancelled);
        Cancelled::Done
    }

    async fn read_callback(
        &self,
        account: Account<'_>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Told, CallbackError> {
        if let Some(real) = self.instead() {
            return real.read_callback(account, headers, body).await;
        }
        if self.provider == PaymentProvider::Mollie {
            return self.real.read_callback(account, headers, body).await;
        }
        // What PayPal's own answer about a signature would be.
        if headers.get("paypal-transmission-sig").is_none_or(|signature| signature != "good") {
            return Err(CallbackError::Forged);
        }
        let event: serde_json::Value =
            serde_json::from_slice(body).map_err(|_| CallbackError::NotUnderstood)?;
        let text = |name: &str| event["resource"][name].as_str().map(str::to_owned);
        Ok(Told { references: text("id").into_iter().collect(), request_id: text("custom_id") })
    }
}

/// Both providers, with keys that are kept in these secrets.
pub fn providers(
    secrets: Arc<dyn Secrets>,
    mollie: Arc<dyn PaymentService>,
    paypal: Arc<dyn PaymentService>,
) -> Providers {
    Providers {
        secrets,
        secrets_prefix: "test".to_owned(),
        mollie,
        paypal,
        callbacks_url: "https://api.example.nl/callbacks/payments".to_owned(),
        return_url: "https://portal.example.nl/portal".to_owned(),
    }
}

/// Providers that nobody is connected with.
pub fn nobodys(clock: &Clock) -> Providers {
    let stand_in = |provider| Arc::new(StandIn::new(provider, clock.clone(), Arc::default()));
    let secrets = Arc::new(outside::secrets::MemorySecrets::default());
    providers(secrets, stand_in(PaymentProvider::Mollie), stand_in(PaymentProvider::PayPal))
}

/// The keys of the administration at the stand-ins of the local run, which must never be seen outside the secrets and the
/// requests that need them.
pub const MOLLIE_KEY: &str = "test_canaryMollieKey";
pub const PAYPAL_CLIENT: &str = "canary-paypal-client";
pub const PAYPAL_SECRET: &str = "canary-paypal-secret";

impl World {
    /// Connects the administration with the stand-ins of the local run, over HTTP and with the adapters that production has.
    /// What they call arrives here.
    pub async fn offer_payment_providers(&self) -> Arc<Payments> {
        let bind = || tokio::net::TcpListener::bind("127.0.0.1:0");
        let (callbacks, listener) = (bind().await.expect("a port"), bind().await.expect("a port"));
        let base = |listener: &tokio::net::TcpListener| {
            format!("http://{}", listener.local_addr().expect("an address"))
        };
        let clock = self.clock();
        let settings = Settings {
            mollie_key: MOLLIE_KEY.to_owned(),
            paypal_client: PAYPAL_CLIENT.to_owned(),
            paypal_secret: PAYPAL_SECRET.to_owned(),
            page_base: base(&listener),
            callback_base: base(&callbacks),
            file: None,
            now: Arc::new(move || clock.now().expect("a clock")),
        };
        let below = format!("{}/local/payments", settings.page_base);
        let payments = Arc::new(Payments::open(settings).expect("stand-ins"));
        let (ours, theirs) = (self.payment_callbacks.clone(), router(payments.clone()));
        tokio::spawn(async move { axum::serve(callbacks, ours).await.expect("it serves") });
        tokio::spawn(async move { axum::serve(listener, theirs).await.expect("it serves") });
        let client = client(TIMEOUT).expect("a client");
        let mollie = Mollie::new(client.clone(), &format!("{below}/mollie")).expect("an address");
        let paypal = PayPal::new(client, &format!("{below}/paypal")).expect("an address");
        self.mollie.make_way(Arc::new(mollie));
        self.paypal.make_way(Arc::new(paypal));
        let keys = serde_json::json!({ "apiKey": MOLLIE_KEY, "enabled": true, "default": true });
        self.put("/v1/payment-providers/mollie", &keys).await;
        let keys = serde_json::json!({ "clientId": PAYPAL_CLIENT, "clientSecret": PAYPAL_SECRET });
        self.put("/v1/payment-providers/paypal", &keys).await;
        let view = self.get("/v1/payment-providers/paypal").await;
        let webhook = payments.register(view["callbackUrl"].as_str().expect("an address"));
        let keys = serde_json::json!({ "webhookId": webhook.expect("a webhook"), "enabled": true });
        self.put("/v1/payment-providers/paypal", &keys).await;
        payments
    }
}

/// The header with which Mollie signs a callback.
pub fn sign_as_mollie(secret: &str, body: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any key is one");
    mac.update(body.as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256={hex}")
}
