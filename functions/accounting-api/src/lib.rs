//! The HTTP surface for accounting tools: records in, everything back, holds and signals. Stateless; every call's
//! administration comes from its token.

mod account_statements;
mod answers;
mod bank;
mod bulk;
mod calls;
mod case_dossiers;
mod cases;
mod changes;
mod connections;
mod debtors;
mod desk;
mod direct_debits;
mod disputes;
mod documents;
mod feedback_files;
mod gone;
mod holds;
mod import_mappings;
mod imports;
mod incoming_mails;
mod invoices;
mod letters;
mod mandates;
mod messages;
mod municipalities;
mod notes;
mod notices;
mod payment_providers;
mod payment_requests;
mod payments;
mod plans;
mod policies;
mod promises;
mod reports;
mod settings;
mod signal_rules;
mod signals;
mod standard_texts;
mod statements;
mod steps;
mod tasks;
mod text_previews;
mod texts;
mod ubl;
mod unguessable;
mod webhooks;

use std::sync::Arc;

use ::payment_requests::{PaymentRequests, Providers};
pub use connections::Connections;
pub use webhooks::Webhooks;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::{Json, Router};
use contracts::failure::Failure;
use domain::access::LINK_SIGNS;
use domain::administration::Administration;
use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, DebtorId};
use domain::notice::Channel;
use domain::refusal::Refusal;
use jiff::Timestamp;
use outside::files::{Files, S3Files};
use outside::mail::senders::{Senders, SesSenders};
use outside::secrets::SecretsManager;
use records::{Documents, Messages, Origin, Records};
use runtime::clock::Clock;
use runtime::hints::{Hints, SqsHints};
use runtime::http::Caller;
use runtime::{Error, Start};
use store::{DynamoTable, Store, Versioned};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest body, in bytes: a thousand records of usual size. Larger files go through imports.
pub const BODY_BYTES: usize = 1_500_000;

/// Items of one page of a list at most.
const MOST_ITEMS: u32 = 200;

/// What every route needs.
#[derive(Debug, Clone)]
pub struct App {
    pub store: Store,
    pub clock: Clock,
    /// Where the portal is, without a slash at the end: previews of mails name it.
    pub portal_url: String,
    pub files: Arc<dyn Files>,
    /// The payment providers, and how they reach us.
    pub providers: Providers,
    pub connections: Connections,
    /// Says whether an address may be the sender of mails.
    pub senders: Arc<dyn Senders>,
    pub webhooks: Webhooks,
    /// The queue of `import-records`.
    pub imports: Arc<dyn Hints>,
    /// The queue of `project-overview`.
    pub overviews: Arc<dyn Hints>,
}

impl App {
    /// As the environment names it.
    ///
    /// # Errors
    /// A variable is missing or no client can be made.
    pub fn of(start: &Start) -> Result<App, Error> {
        let text = |name: &str| start.environment.text(name).map(str::to_owned);
        let secrets = Arc::new(SecretsManager::new(&start.aws));
        let sqs = aws_sdk_sqs::Client::new(&start.aws);
        Ok(App {
            store: Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?))),
            clock: start.clock.clone(),
            portal_url: text("TIJDIG_PORTAL_URL")?,
            files: Arc::new(S3Files::new(&start.aws_for("S3")?, text("TIJDIG_BUCKET")?)),
            providers: Providers::from_environment(&start.environment, secrets)?,
            connections: Connections::of(start)?,
            senders: Arc::new(SesSenders::new(&start.aws_for("SESV2")?)),
            webhooks: Webhooks::of(start)?,
            imports: Arc::new(SqsHints::new(sqs.clone(), text("TIJDIG_IMPORT_RECORDS_QUEUE_URL")?)),
            overviews: Arc::new(SqsHints::new(sqs, text("TIJDIG_PROJECT_OVERVIEW_QUEUE_URL")?)),
        })
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tijdig",
        version = "1",
        description = "Debtor management and early detection of debt. Decimals are text (\"121.00\"), dates \
                       YYYY-MM-DD, instants RFC 3339 in UTC. Unknown fields are refused with their path. Errors are \
                       problems (RFC 9457). Scopes of tokens: debtors, invoices, payments, holds, signals, plans, \
                       disputes, promises, messages, tasks (and calls), notes, bank, direct-debits, cases, dossiers, connections and \
                        webhooks, each with :read or :write."
    ),
    security(("token" = []))
)]
struct Document;

/// All routes, with the document that describes them.
pub fn router(app: App) -> Router {
    let (router, document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(debtors::put, debtors::get, gone::debtor))
        .routes(routes!(debtors::list))
        .routes(routes!(debtors::timeline))
        .routes(routes!(desk::overview))
        .routes(routes!(desk::rebuild))
        .routes(routes!(desk::work_list))
        .routes(routes!(debtors::early_signalling))
        .routes(routes!(signals::conditions))
        .routes(routes!(signals::disconnection))
        .routes(routes!(invoices::put, invoices::get, gone::invoice))
        .routes(routes!(invoices::list, ubl::post))
        .routes(routes!(documents::put, documents::upload, documents::get, documents::delete))
        .routes(routes!(documents::list))
        .routes(routes!(steps::post))
        .routes(routes!(steps::claim))
        .routes(routes!(payments::put, payments::get, gone::payment))
        .routes(routes!(gone::deleted))
        .routes(routes!(gone::ignored))
        .routes(routes!(payments::list))
        .routes(routes!(payment_requests::post))
        .routes(routes!(payment_requests::get))
        .routes(routes!(payment_requests::list))
        .routes(routes!(payment_requests::cancel))
        .routes(routes!(payment_providers::get, payment_providers::put))
        .routes(routes!(settings::sender))
        .routes(routes!(letters::get, letters::put))
        .routes(routes!(notices::list))
        .routes(routes!(notices::get))
        .routes(routes!(notices::delivery))
        .routes(routes!(calls::list))
        .routes(routes!(calls::outcome))
        .routes(routes!(tasks::list))
        .routes(routes!(tasks::done))
        .routes(routes!(notes::post))
        .routes(routes!(notes::list))
        .routes(routes!(notes::delete))
        .routes(routes!(bulk::post))
        .routes(routes!(imports::post, imports::list))
        .routes(routes!(imports::get))
        .routes(routes!(imports::refused))
        .routes(routes!(imports::resume))
        .routes(routes!(import_mappings::list))
        .routes(routes!(import_mappings::get, import_mappings::put, import_mappings::delete))
        .routes(routes!(bank::list))
        .routes(routes!(bank::get))
        .routes(routes!(bank::match_line))
        .routes(routes!(bank::undo))
        .routes(routes!(bank::ignore))
        .routes(routes!(statements::list))
        .routes(routes!(holds::post))
        .routes(routes!(holds::delete))
        .routes(routes!(plans::post))
        .routes(routes!(plans::get))
        .routes(routes!(plans::approve))
        .routes(routes!(plans::reject))
        .routes(routes!(plans::end))
        .routes(routes!(cases::get))
        .routes(routes!(cases::hand_over))
        .routes(routes!(cases::take_back))
        .routes(routes!(case_dossiers::post, case_dossiers::get))
        .routes(routes!(disputes::post))
        .routes(routes!(disputes::get))
        .routes(routes!(disputes::decide))
        .routes(routes!(promises::post))
        .routes(routes!(promises::get))
        .routes(routes!(promises::withdraw))
        .routes(routes!(messages::post, messages::list))
        .routes(routes!(messages::get))
        .routes(routes!(messages::read))
        .routes(routes!(messages::upload))
        .routes(routes!(messages::attachment))
        .routes(routes!(incoming_mails::post, incoming_mails::list))
        .routes(routes!(incoming_mails::delete))
        .routes(routes!(incoming_mails::file))
        .routes(routes!(account_statements::post))
        .routes(routes!(mandates::get, mandates::put, mandates::delete))
        .routes(routes!(direct_debits::batches))
        .routes(routes!(direct_debits::batch))
        .routes(routes!(direct_debits::entries))
        .routes(routes!(direct_debits::put_status))
        .routes(routes!(direct_debits::get))
        .routes(routes!(direct_debits::post_return))
        .routes(routes!(signals::list))
        .routes(routes!(signals::counts))
        .routes(routes!(signals::send))
        .routes(routes!(signals::withdraw))
        .routes(routes!(signals::send_many))
        .routes(routes!(signals::withdraw_many))
        .routes(routes!(feedback_files::post))
        .routes(routes!(municipalities::list))
        .routes(routes!(reports::signals))
        .routes(routes!(reports::ddas))
        .routes(routes!(policies::list))
        .routes(routes!(policies::get, policies::put, policies::delete))
        .routes(routes!(policies::preview))
        .routes(routes!(texts::list))
        .routes(routes!(texts::get, texts::put, texts::delete))
        .routes(routes!(texts::default))
        .routes(routes!(text_previews::post))
        .routes(routes!(standard_texts::list))
        .routes(routes!(standard_texts::get, standard_texts::put, standard_texts::delete))
        .routes(routes!(standard_texts::fill))
        .routes(routes!(settings::get, settings::put))
        .routes(routes!(settings::preview))
        .routes(routes!(signal_rules::get, signal_rules::put))
        .routes(routes!(signal_rules::preview))
        .routes(routes!(connections::list, connections::post))
        .routes(routes!(connections::get, connections::delete))
        .routes(routes!(connections::put_key))
        .routes(routes!(connections::sync))
        .routes(routes!(webhooks::list))
        .routes(routes!(webhooks::get, webhooks::put, webhooks::delete))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(webhooks::enable))
        .routes(routes!(webhooks::disable))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::replay))
        .routes(routes!(webhooks::deliveries))
        .split_for_parts();
    let document = with_token(document);
    router
        .route("/openapi.json", axum::routing::get(move || async move { Json(document) }))
        .route("/healthz", axum::routing::get(healthz))
        .with_state(app)
}

fn with_token(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", scheme);
    document
}

/// Alive, and the clock can be read.
async fn healthz(State(app): State<App>) -> impl IntoResponse {
    match app.clock.now() {
        Ok(_) => http::StatusCode::OK,
        Err(_) => http::StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl App {
    fn records(&self) -> Records {
        Records { store: self.store.clone(), clock: self.clock.clone() }
    }

    fn documents(&self) -> Documents {
        Documents { records: self.records(), files: self.files.clone() }
    }

    fn messages(&self) -> Messages {
        Messages { records: self.records(), files: self.files.clone() }
    }

    fn payment_requests(&self) -> PaymentRequests {
        PaymentRequests { records: self.records(), providers: self.providers.clone() }
    }

    fn now(&self) -> Result<Timestamp, Failure> {
        self.clock.now()
    }

    /// The debtor's page as previews name it: as long as in a message that goes this way, and leading nowhere. Letters have
    /// a code instead.
    fn portal_link(&self, channel: Channel) -> String {
        match channel {
            Channel::Letter => self.portal_url.clone(),
            Channel::Email | Channel::Sms | Channel::Phone => {
                format!("{}/{}", self.portal_url, "0".repeat(LINK_SIGNS))
            }
        }
    }

    /// The settings of the caller's administration. Its token names it, so it is there.
    async fn administration(&self, id: &AdministrationId) -> Result<Versioned<Administration>, Failure> {
        let found = self.store.administration(id).await?;
        found.ok_or_else(|| Failure::bug("a token names an administration that has no settings"))
    }

    /// The dossier of a debtor who is known and not deleted.
    async fn dossier(&self, id: &AdministrationId, debtor: &DebtorId) -> Result<Versioned<Dossier>, Failure> {
        let found = self.store.dossier(id, debtor).await?;
        found.filter(|d| d.value.deleted_at.is_none()).ok_or(Failure::not_found("debtor"))
    }

    /// Lets `decide` change a debtor's dossier and stores it, as often as somebody else was first. What it decided, with
    /// the dossier as it is now; `missing` is the failure where there is no such debtor.
    async fn change<T>(
        &self,
        caller: &Caller,
        debtor: &DebtorId,
        missing: impl Fn() -> Failure,
        decide: impl Fn(&mut Draft, &Administration) -> Result<T, Refusal>,
    ) -> Result<(T, Dossier), Failure> {
        self.records().change(&origin(caller), debtor, missing, decide).await
    }
}

fn unknown_debtor() -> Failure {
    Failure::bad_input("debtorId", "unknown_debtor", "names a debtor that is known")
}

/// On whose behalf this caller brings records.
fn origin(caller: &Caller) -> Origin {
    Origin { administration: caller.administration.clone(), by: caller.subject.clone() }
}

/// The size of a page: what was asked for, 50 where nothing was.
fn page_size(limit: Option<u32>) -> Result<u32, Failure> {
    match limit {
        None => Ok(50),
        Some(limit) if (1..=MOST_ITEMS).contains(&limit) => Ok(limit),
        Some(_) => Err(Failure::bad_input("limit", "out_of_range", "is 1 to 200")),
    }
}
