//! Everything that production has, in one process.

mod addresses;
mod days;
pub mod portal;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use accounting_api::{App, Connections};
use accounting_callback::Callbacks as Couplings;
use advance_case::Advance;
use axum::Router;
use axum::body::Body;
use build_dossier::Build;
use check_payment::Check;
use collect_debits::Collect;
use debtor_portal::Portal;
use dispatch_webhooks::Dispatch;
use domain::administration::{Administration, Creditor, Sector};
use domain::ids::AdministrationId;
use domain::payment_request::PaymentProvider;
use domain::provider::Provider;
use evaluate_signal::Evaluate;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use import_records::{Import, Limits};
use jiff::{SignedDuration, Timestamp};
use municipality_callback::{Callbacks, Sender};
use outside::files::MemoryFiles;
use outside::secrets::MemorySecrets;
use outside::webhook_signature::Keys;
use payment_callback::Callbacks as PaymentCallbacks;
use payment_requests::PaymentRequests;
use poll_feedback::Poll;
use project_overview::Project;
use record_delivery::Record;
use runtime::clock::Clock;
use runtime::http::Caller;
use send_letter::Send as SendsLetters;
use send_notice::Send as SendsNotices;
use serde_json::{Value, json};
use store::{MemoryTable, PostcodeArea, Store, StreamRecord};
use submit_signal::Submit;
use sweep_due::Sweep;
use sync_accounting::Sync;
use tower::ServiceExt;

pub use addresses::Addresses;

use crate::accounting::{LatePackages, PREFIX};
use crate::desk::DeskSignIn;
use crate::letters::PrintShop;
use crate::mail::MailService;
use crate::payments::{StandIn, providers};
use crate::perils::{PerilousFiles, PerilousTable, Perils};
use crate::platforms::{Platform, Register};
use crate::queues::{DeadLetters, Queue, lock};
use crate::sms::SmsService;
use crate::voice::VoiceService;
use crate::webhooks::Subscribers;

/// Distance of two sweeps.
pub(crate) const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// How often whoever asks repeats a request that was not answered.
const MOST_REQUESTS: usize = 3;

pub const BKR_SOURCE: &str = "urn:bkr:vps:test";
const BKR_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
pub const INFORING_SOURCE: &str = "urn:inforing:ris:test";
const INFORING_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV8b5sSYspob7oDC2FVsBQIhrs=";

/// The world of one test.
#[derive(Debug)]
pub struct World {
    pub table: MemoryTable,
    pub store: Store,
    pub files: MemoryFiles,
    pub perils: Arc<Perils>,
    pub mail: Arc<MailService>,
    pub sms: Arc<SmsService>,
    pub voice: Arc<VoiceService>,
    pub letters: Arc<PrintShop>,
    pub bkr: Arc<Platform>,
    pub inforing: Arc<Platform>,
    pub register: Arc<Register>,
    pub poll: Poll,
    pub mollie: Arc<StandIn>,
    pub paypal: Arc<StandIn>,
    pub secrets: Arc<MemorySecrets>,
    pub administration: AdministrationId,
    now: Arc<AtomicI64>,
    pub(crate) clock: Clock,
    api: Router,
    pub(crate) callbacks: Router,
    pub desk: Router,
    /// Where the desk's people sign in.
    pub identity: Arc<DeskSignIn>,
    pub(crate) payment_callbacks: Router,
    pub portal: Router,
    pub cases: Arc<Queue>,
    pub notices: Arc<Queue>,
    /// The queue of `send-letter`.
    pub posts: Arc<Queue>,
    /// The queue of `build-dossier`.
    pub dossiers: Arc<Queue>,
    pub evaluations: Arc<Queue>,
    pub submissions: Arc<Queue>,
    pub checks: Arc<Queue>,
    pub reports: Arc<Queue>,
    pub syncs: Arc<Queue>,
    pub imports: Arc<Queue>,
    pub import: Import,
    pub(crate) packages: Arc<LatePackages>,
    pub(crate) couplings: Router,
    pub sync: Sync,
    pub dispatches: Arc<Queue>,
    pub dispatch: Dispatch,
    /// Whoever receives webhooks. What happens is told to nobody before one of them is there.
    pub subscribers: Arc<Subscribers>,
    pub overviews: Arc<Queue>,
    pub project: Project,
    /// Whether anybody looks at the desk: see [`World::keep_overview`].
    keeps_overview: AtomicBool,
    pub dead_letters: DeadLetters,
    bus: Mutex<Vec<StreamRecord>>,
    pub(crate) sweep: Sweep,
    pub collect: Collect,
    pub advance: Advance,
    pub send: SendsNotices,
    pub write: SendsLetters,
    pub build: Build,
    pub record: Record,
    pub evaluate: Evaluate,
    pub submit: Submit,
    pub check: Check,
    /// How often each message is delivered: half of them at once, the others one after the other.
    pub deliveries: usize,
}

/// An answer of the HTTP surface.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

/// A request, which may have to be made more than once.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub content_type: &'a str,
    pub body: Vec<u8>,
    pub headers: &'a [(&'a str, &'a str)],
    pub caller: Option<Caller>,
}

impl Asked<'_> {
    fn request(&self) -> Request<Body> {
        let mut request =
            Request::builder().method(self.method).uri(self.path).header("content-type", self.content_type);
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(self.body.clone())).expect("a request");
        if let Some(caller) = &self.caller {
            request.extensions_mut().insert(caller.clone());
        }
        request
    }
}

impl World {
    /// An energy supplier's administration, at this instant.
    pub async fn at(now: &str) -> World {
        World::found_at(&Addresses::default(), now).await
    }

    /// The same, whose pages browsers find at these addresses.
    pub async fn found_at(addresses: &Addresses, now: &str) -> World {
        let portal_url = &addresses.portal;
        let now: Timestamp = now.parse().expect("an instant");
        let table = MemoryTable::new();
        let perils = Arc::new(Perils::default());
        let milliseconds = Arc::new(AtomicI64::new(now.as_millisecond()));
        let perilous =
            PerilousTable { table: table.clone(), perils: perils.clone(), clock: milliseconds.clone() };
        let store = Store::new(Arc::new(perilous));
        let clock = Clock::shared(milliseconds.clone());
        let mail = Arc::new(MailService::new(clock.clone(), perils.clone()));
        let sms = Arc::new(SmsService::new(clock.clone(), perils.clone()));
        let voice = Arc::new(VoiceService::new(clock.clone(), perils.clone()));
        let letters = Arc::new(PrintShop::new(clock.clone(), perils.clone()));
        let (posts, dossiers) = (Queue::new(&perils), Queue::new(&perils));
        let platform = |provider| Arc::new(Platform::new(provider, perils.clone()));
        let (bkr, inforing) = (platform(Provider::Bkr), platform(Provider::Inforing));
        let register = Arc::new(Register::default());
        let queue = || Queue::new(&perils);
        let (cases, notices, evaluations, submissions) = (queue(), queue(), queue(), queue());
        let checks = queue();
        let pays = |provider| Arc::new(StandIn::new(provider, clock.clone(), perils.clone()));
        let (mollie, paypal) = (pays(PaymentProvider::Mollie), pays(PaymentProvider::PayPal));
        let secrets = Arc::new(MemorySecrets::default());
        let mut providers = providers(secrets.clone(), mollie.clone(), paypal.clone());
        providers.return_url.clone_from(portal_url);
        let records = records::Records { store: store.clone(), clock: clock.clone() };
        let requests = PaymentRequests { records, providers: providers.clone() };
        let payment_callbacks = PaymentCallbacks { requests: requests.clone(), checks: checks.clone() };
        let (syncs, imports) = (queue(), queue());
        let packages = Arc::new(LatePackages::default());
        let connections = Connections {
            secrets: secrets.clone(),
            packages: packages.clone(),
            syncs: syncs.clone(),
            prefix: PREFIX.to_owned(),
        };
        let couplings = Couplings {
            store: store.clone(),
            clock: clock.clone(),
            secrets: secrets.clone(),
            syncs: syncs.clone(),
            prefix: PREFIX.to_owned(),
        };
        let administration = AdministrationId::parse("demo").expect("an id");
        let overviews = queue();
        let (dispatches, subscribers) = (queue(), Arc::new(Subscribers::new(clock.clone(), perils.clone())));
        let callbacks = callbacks(&store, &clock);
        let identity = Arc::new(DeskSignIn::new(&clock, addresses));
        let files = MemoryFiles::new();
        let portal = Portal {
            store: store.clone(),
            clock: clock.clone(),
            files: Arc::new(PerilousFiles { files: files.clone(), perils: perils.clone() }),
            providers: providers.clone(),
            portal_url: portal_url.clone(),
            pace: std::time::Duration::ZERO,
        };
        let world = World {
            api: runtime::http::app(
                accounting_api::router(App {
                    store: store.clone(),
                    clock: clock.clone(),
                    portal_url: portal_url.clone(),
                    files: Arc::new(PerilousFiles { files: files.clone(), perils: perils.clone() }),
                    providers,
                    connections,
                    senders: mail.clone(),
                    webhooks: subscribers.api(&secrets, &dispatches),
                    imports: imports.clone(),
                    overviews: overviews.clone(),
                }),
                accounting_api::BODY_BYTES,
            ),
            couplings: runtime::http::app(
                accounting_callback::router(couplings),
                accounting_callback::BODY_BYTES,
            ),
            sync: Sync {
                store: store.clone(),
                clock: clock.clone(),
                secrets: secrets.clone(),
                packages: packages.clone(),
                files: Arc::new(PerilousFiles { files: files.clone(), perils: perils.clone() }),
                again: syncs.clone(),
                prefix: PREFIX.to_owned(),
                hooks: "https://tijdig.example/callbacks/accounting".to_owned(),
            },
            dispatch: Dispatch {
                store: store.clone(),
                clock: clock.clone(),
                secrets: secrets.clone(),
                receivers: subscribers.clone(),
                mailer: mail.clone(),
                again: dispatches.clone(),
                prefix: PREFIX.to_owned(),
            },
            secrets: secrets.clone(),
            packages,
            desk: crate::desk::router(&store, &clock, &identity),
            identity,
            callbacks: runtime::http::app(municipality_callback::router(callbacks), 100_000),
            portal: runtime::http::app(debtor_portal::router(portal), debtor_portal::BODY_BYTES),
            payment_callbacks: runtime::http::app(payment_callback::router(payment_callbacks), 100_000),
            sweep: Sweep {
                store: store.clone(),
                cases: cases.clone(),
                syncs: syncs.clone(),
                imports: imports.clone(),
                webhooks: dispatches.clone(),
                overviews: overviews.clone(),
            },
            project: Project { store: store.clone(), clock: clock.clone(), again: overviews.clone() },
            keeps_overview: AtomicBool::new(false),
            import: Import {
                store: store.clone(),
                clock: clock.clone(),
                files: Arc::new(PerilousFiles { files: files.clone(), perils: perils.clone() }),
                again: imports.clone(),
                limits: Limits::default(),
            },
            collect: Collect {
                store: store.clone(),
                clock: clock.clone(),
                files: Arc::new(PerilousFiles { files: files.clone(), perils: perils.clone() }),
            },
            advance: Advance {
                store: store.clone(),
                clock: clock.clone(),
                notices: notices.clone(),
                letters: posts.clone(),
                evaluations: evaluations.clone(),
                submissions: submissions.clone(),
                checks: checks.clone(),
                dossiers: dossiers.clone(),
            },
            send: SendsNotices {
                store: store.clone(),
                clock: clock.clone(),
                mailer: mail.clone(),
                texter: sms.clone(),
                caller: voice.clone(),
                files: Arc::new(PerilousFiles { files: files.clone(), perils: perils.clone() }),
                portal_url: portal_url.clone(),
            },
            write: SendsLetters {
                store: store.clone(),
                clock: clock.clone(),
                files: Arc::new(PerilousFiles { files: files.clone(), perils: perils.clone() }),
                secrets: secrets.clone(),
                pingen: letters.clone(),
                press: Arc::new(send_letter::press::Typst),
                prefix: PREFIX.to_owned(),
                portal_url: portal_url.clone(),
            },
            build: Build {
                store: store.clone(),
                clock: clock.clone(),
                files: Arc::new(PerilousFiles { files: files.clone(), perils: perils.clone() }),
            },
            record: Record { store: store.clone(), clock: clock.clone(), caller: voice.clone() },
            evaluate: Evaluate { store: store.clone(), clock: clock.clone() },
            submit: Submit {
                store: store.clone(),
                clock: clock.clone(),
                bkr: bkr.clone(),
                inforing: inforing.clone(),
                places: register.clone(),
            },
            poll: Poll {
                records: records::Records { store: store.clone(), clock: clock.clone() },
                bkr: bkr.clone(),
                inforing: inforing.clone(),
            },
            register,
            check: Check { requests },
            reports: queue(),
            syncs,
            imports,
            dispatches,
            subscribers,
            overviews,
            dead_letters: DeadLetters::default(),
            bus: Mutex::default(),
            table,
            store,
            files,
            perils,
            mail,
            sms,
            voice,
            letters: letters.clone(),
            posts: posts.clone(),
            dossiers,
            bkr,
            inforing,
            mollie,
            paypal,
            administration,
            now: milliseconds,
            clock,
            cases,
            notices,
            evaluations,
            submissions,
            checks,
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
        let area = PostcodeArea::within("0344");
        self.store.put_postcode("3511AA", &area).await.expect("a postcode");
        self.store.put_municipality("0344", Provider::Inforing).await.expect("a municipality");
    }

    /// Changes the settings of the administration.
    pub async fn change_settings(&self, change: impl FnOnce(&mut Administration)) {
        let found = self.store.administration(&self.administration).await.expect("a read");
        let mut found = found.expect("an administration");
        change(&mut found.value);
        self.store.put_administration(&found.value, Some(found.version)).await.expect("a write");
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now().expect("a clock")
    }

    /// The clock that every function reads.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// From now on what happens is brought to project-overview too. Most stories look at nothing that it makes.
    pub fn keep_overview(&self) {
        self.keeps_overview.store(true, Ordering::SeqCst);
    }

    fn overview_is_kept(&self) -> bool {
        self.keeps_overview.load(Ordering::SeqCst)
    }

    /// Moves the clock without running anything.
    pub fn set(&self, now: Timestamp) {
        self.now.store(now.as_millisecond(), Ordering::SeqCst);
    }

    /// Everything that is stored, without the versions: one text an item.
    pub fn contents(&self) -> BTreeSet<String> {
        let text = |r: store::table::Record| {
            let document = String::from_utf8_lossy(&r.document).into_owned();
            format!("{:?}: {document} {:?} {:?} {:?} {:?}", r.key, r.due, r.listed, r.expires_at, r.counts)
        };
        self.table.all().into_iter().map(text).collect()
    }

    /// What differs from what was stored before.
    pub fn changes(&self, before: &BTreeSet<String>) -> Vec<String> {
        self.contents().symmetric_difference(before).cloned().collect()
    }

    /// Everything that went over the bus.
    pub fn bus(&self) -> Vec<StreamRecord> {
        lock(&self.bus).clone()
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
        let caller = Some(self.caller());
        self.ask(&Asked { method, path, content_type, body, headers, caller }).await
    }

    /// Asks until there is an answer: what dies or is not available for a moment is asked again.
    pub async fn ask(&self, asked: &Asked<'_>) -> Answer {
        self.insist(&self.api, || asked.request()).await
    }

    /// Asks once. `None` where the function died.
    pub async fn ask_once(&self, asked: &Asked<'_>) -> Option<Answer> {
        self.perils.survive(answer(&self.api, asked.request())).await
    }

    pub(crate) async fn insist(&self, router: &Router, request: impl Fn() -> Request<Body>) -> Answer {
        for _ in 0..MOST_REQUESTS {
            match self.perils.survive(answer(router, request())).await {
                Some(answer) if answer.status != StatusCode::SERVICE_UNAVAILABLE => return answer,
                _ => {}
            }
        }
        panic!("no answer, {MOST_REQUESTS} times");
    }

    /// The accounting tool, with every scope.
    pub fn caller(&self) -> Caller {
        let both = |about: &str| [format!("{about}:read"), format!("{about}:write")];
        let scopes = crate::callers::SCOPES.split(' ').flat_map(both).collect();
        Caller { administration: self.administration.clone(), scopes, subject: "accounting tool".to_owned() }
    }

    /// Puts a record that has to be taken in.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        let answer = self.call("PUT", path, Some(body)).await;
        assert!(answer.status.is_success(), "PUT {path}: {} {}", answer.status, answer.body);
        answer
    }

    /// Places a hold that has to be placed. Its id.
    pub async fn hold(&self, scope: Value, covers: &str, until: Option<&str>) -> String {
        let body = json!({ "scope": scope, "covers": covers, "reason": "asked by the desk", "until": until });
        let answer = self.call("POST", "/v1/holds", Some(&body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.body["id"].as_str().expect("an id").to_owned()
    }

    /// Lifts a hold that stands.
    pub async fn lift(&self, hold: &str) {
        let answer = self.call("DELETE", &format!("/v1/holds/{hold}"), None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    /// Reads what has to be there.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "GET {path}: {}", answer.body);
        answer.body
    }

    /// The entries of a debtor's timeline, oldest first.
    pub async fn timeline(&self, debtor: &str) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut path = format!("/v1/debtors/{debtor}/timeline?limit=200");
        loop {
            let page = self.get(&path).await;
            entries.extend(page["items"].as_array().expect("a list").iter().cloned());
            let Some(next) = page["nextCursor"].as_str() else { break };
            path = format!("/v1/debtors/{debtor}/timeline?limit=200&cursor={next}");
        }
        entries.reverse();
        entries
    }

    /// The names of what happened to a debtor, oldest first.
    pub async fn events(&self, debtor: &str) -> Vec<String> {
        let name = |entry: &Value| entry["event"].as_str().expect("a name").to_owned();
        self.timeline(debtor).await.iter().map(name).collect()
    }

    /// How often this happened to a debtor.
    pub async fn count(&self, debtor: &str, event: &str) -> usize {
        self.events(debtor).await.iter().filter(|e| *e == event).count()
    }
}

pub(crate) fn keys_of(provider: Provider) -> Keys {
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

async fn answer(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("routers do not fail");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let is_csv =
        parts.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/csv"));
    let body = match is_csv {
        true => Value::String(String::from_utf8_lossy(&bytes).into_owned()),
        false => serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    };
    Answer { status: parts.status, headers: parts.headers, body }
}
