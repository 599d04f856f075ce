//! The functions of one simulation, each at its own edges.

use std::sync::Arc;

use accounting_api::{App, Connections};
use advance_case::Advance;
use async_trait::async_trait;
use axum::Router;
use contracts::failure::Failure;
use domain::channels::LetterProvider;
use domain::ids::AdministrationId;
use domain::provider::Provider;
use evaluate_signal::Evaluate;
use municipality_callback::{Callbacks, Sender};
use outside::http::Secret;
use outside::letters::{PrinterKeys, keys_name};
use outside::mail::senders::{SenderStanding, Senders};
use outside::secrets::{MemorySecrets, Secrets};
use project_overview::Project;
use record_delivery::Record;
use runtime::clock::Clock;
use runtime::hints::Hints;
use runtime::http::Caller;
use send_letter::Send as SendsLetters;
use send_notice::Send as SendsNotices;
use store::{PostcodeArea, Store};
use submit_signal::Submit;
use sweep_due::Sweep;

use super::edges::{
    FolderEdge, MailEdge, ParkingEdge, PlainPress, PlatformEdge, PrinterEdge, QueueEdge, QueueName, Shared,
    TableEdge, TextEdge,
};
use super::scene::{POSTCODES, Scene};
use super::weather::Function;
use crate::accounting::{LatePackages, PREFIX, Unheard};
use crate::payments::nobodys;
use crate::platforms::Register;
use crate::voice::NoLine;
use crate::world::{BKR_SOURCE, INFORING_SOURCE, keys_of};

/// Every function that the simulator runs.
#[derive(Debug)]
pub struct Plant {
    pub administration: AdministrationId,
    pub caller: Caller,
    pub api: Router,
    pub callbacks: Router,
    pub sweep: Sweep,
    pub advance: Advance,
    pub send: SendsNotices,
    pub write: SendsLetters,
    pub record: Record,
    pub evaluate: Evaluate,
    pub submit: Submit,
    pub project: Project,
    pub parking: ParkingEdge,
}

impl Plant {
    pub async fn new(shared: &Arc<Shared>, scene: &Scene, ahead: Option<Function>) -> Plant {
        let store = |function| Store::new(Arc::new(TableEdge { shared: shared.clone(), function }));
        let clock = |function| {
            let skewed = ahead == Some(function);
            Clock::shared(if skewed { shared.ahead.clone() } else { shared.clock.clone() })
        };
        let queue = |function, queue| Arc::new(QueueEdge { shared: shared.clone(), function, queue });
        let platform = |provider| Arc::new(PlatformEdge { shared: shared.clone(), provider });
        let administration = AdministrationId::parse("demo").expect("an id");
        let (api, callback) = (Function::AccountingApi, Function::MunicipalityCallback);
        let sender = |provider, source: &str| Sender { keys: keys_of(provider), source: source.to_owned() };
        let callbacks = Callbacks {
            store: store(callback),
            clock: clock(callback),
            bkr: sender(Provider::Bkr, BKR_SOURCE),
            inforing: sender(Provider::Inforing, INFORING_SOURCE),
        };
        let scopes = [
            "debtors", "invoices", "payments", "holds", "signals", "plans", "disputes", "promises",
            "settings", "tasks",
        ];
        let plant = Plant {
            caller: Caller {
                administration: administration.clone(),
                scopes: scopes.iter().flat_map(|s| [format!("{s}:read"), format!("{s}:write")]).collect(),
                subject: "accounting tool".to_owned(),
            },
            api: runtime::http::app(
                accounting_api::router(App {
                    store: store(api),
                    clock: clock(api),
                    portal_url: "https://portal.example.nl/portal".to_owned(),
                    files: Arc::new(outside::files::MemoryFiles::new()),
                    // Nobody pays through a provider in the simulator.
                    providers: nobodys(&clock(api)),
                    connections: Connections {
                        secrets: Arc::new(MemorySecrets::default()),
                        packages: Arc::new(LatePackages::default()),
                        syncs: Arc::new(Unheard),
                        prefix: PREFIX.to_owned(),
                    },
                    senders: Arc::new(NobodyListens),
                    // Nor does anybody subscribe.
                    webhooks: crate::webhooks::nobodys(),
                    imports: Arc::new(Unheard),
                    overviews: Arc::new(Unheard),
                }),
                accounting_api::BODY_BYTES,
            ),
            callbacks: runtime::http::app(municipality_callback::router(callbacks), 100_000),
            sweep: Sweep {
                store: store(Function::SweepDue),
                cases: queue(Function::SweepDue, QueueName::Cases),
                syncs: Arc::new(Unheard),
                imports: Arc::new(Unheard),
                webhooks: Arc::new(Unheard),
                overviews: Arc::new(Unheard),
            },
            advance: Advance {
                store: store(Function::AdvanceCase),
                clock: clock(Function::AdvanceCase),
                notices: queue(Function::AdvanceCase, QueueName::Notices),
                letters: queue(Function::AdvanceCase, QueueName::Letters),
                dossiers: Arc::new(NobodyListens),
                evaluations: queue(Function::AdvanceCase, QueueName::Evaluations),
                submissions: queue(Function::AdvanceCase, QueueName::Submissions),
                checks: Arc::new(NobodyListens),
            },
            send: SendsNotices {
                store: store(Function::SendNotice),
                clock: clock(Function::SendNotice),
                mailer: Arc::new(MailEdge { shared: shared.clone() }),
                texter: Arc::new(TextEdge { shared: shared.clone() }),
                caller: Arc::new(NoLine),
                files: Arc::new(outside::files::MemoryFiles::new()),
                portal_url: "https://portal.example.nl/portal".to_owned(),
            },
            write: SendsLetters {
                store: store(Function::SendLetter),
                clock: clock(Function::SendLetter),
                files: Arc::new(FolderEdge {
                    shared: shared.clone(),
                    files: outside::files::MemoryFiles::new(),
                }),
                secrets: printer_keys(&administration).await,
                pingen: Arc::new(PrinterEdge { shared: shared.clone() }),
                press: Arc::new(PlainPress),
                prefix: PREFIX.to_owned(),
                portal_url: "https://portal.example.nl/portal".to_owned(),
            },
            record: Record {
                store: store(Function::RecordDelivery),
                clock: clock(Function::RecordDelivery),
                caller: Arc::new(NoLine),
            },
            evaluate: Evaluate {
                store: store(Function::EvaluateSignal),
                clock: clock(Function::EvaluateSignal),
            },
            submit: Submit {
                store: store(Function::SubmitSignal),
                clock: clock(Function::SubmitSignal),
                bkr: platform(Provider::Bkr),
                inforing: platform(Provider::Inforing),
                places: Arc::new(Register::default()),
            },
            project: Project {
                store: store(Function::ProjectOverview),
                clock: clock(Function::ProjectOverview),
                again: Arc::new(Unheard),
            },
            parking: ParkingEdge { shared: shared.clone() },
            administration,
        };
        plant.provision(&store(api), scene).await;
        plant
    }

    async fn provision(&self, store: &Store, scene: &Scene) {
        let administration = scene.administration(&self.administration);
        store.put_administration(&administration, None).await.expect("a new administration");
        for (postcode, municipality, provider) in POSTCODES {
            let area = PostcodeArea::within(municipality);
            store.put_postcode(postcode, &area).await.expect("a postcode");
            let provider: Provider = provider.parse().expect("a provider");
            store.put_municipality(municipality, provider).await.expect("a municipality");
        }
    }
}

/// The keys for the printer that has some.
async fn printer_keys(administration: &AdministrationId) -> Arc<MemorySecrets> {
    let keys = PrinterKeys {
        client_id: Secret::new("client"),
        client_secret: Secret::new("hush"),
        organisation: "org-1".to_owned(),
    };
    let name = keys_name(PREFIX, administration.as_str(), LetterProvider::Pingen);
    let secrets = MemorySecrets::default();
    let text = serde_json::to_string(&keys).expect("JSON is written");
    secrets.put(&name, &Secret::new(text)).await.expect("the memory takes it");
    Arc::new(secrets)
}

/// What nothing may be put on, and nobody is reached by.
#[derive(Debug)]
struct NobodyListens;

#[async_trait]
impl Hints for NobodyListens {
    async fn put(&self, bodies: Vec<String>) -> Result<(), Failure> {
        assert!(bodies.is_empty(), "nobody made a payment request");
        Ok(())
    }
}

#[async_trait]
impl Senders for NobodyListens {
    async fn standing(&self, address: &str) -> Result<SenderStanding, Failure> {
        panic!("nobody has a sender of their own: {address}");
    }
}
