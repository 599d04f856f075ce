//! The local run: the same binaries, template and AWS calls as in production, on this machine, with stand-ins for the outside parties
//! and a calendar that can be moved.

pub mod accounting;
mod binaries;
mod calendar;
mod clock;
mod cloud;
pub mod credentials;
pub mod demonstration;
mod deployment;
mod failure;
mod faults;
mod folders;
mod front_door;
pub mod import;
mod letter_service;
mod mail_events;
mod mail_service;
mod mailbox;
mod mailbox_pages;
mod messages;
mod messages_pages;
pub mod municipalities;
pub mod options;
pub mod payments;
pub mod pdok;
pub mod platforms;
mod problem;
pub mod provision;
pub mod python;
pub mod rebuild;
mod schedule;
pub mod sign_in;
mod sms_events;
mod sms_service;
mod voice_service;
pub mod webhooks;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use domain::connection::Package;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::accounting::StandIns;
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::cloud::{Cloud, StandInsOfAws};
use crate::credentials::Credentials;
use crate::demonstration::Demonstration;
use crate::deployment::STACK;
use crate::failure::While;
pub use crate::failure::{Failure, Outcome};
use crate::faults::Faults;
use crate::folders::Folders;
use crate::front_door::Api;
use crate::letter_service::LetterService;
use crate::mail_service::MailService;
use crate::mailbox::Mailbox;
use crate::messages::Messages;
use crate::options::Options;
use crate::payments::Payments;
use crate::payments::connecting::Connecting;
use crate::platforms::{Account, Platforms, Settings};
use crate::sign_in::SignIn;
use crate::sms_service::SmsService;
use crate::voice_service::VoiceService;
use crate::webhooks::{Receiver, Subscribing};

/// Where the stand-in of SES answers, behind the front door.
const MAIL_PATH: &str = "/local/ses";
/// And that of AWS End User Messaging.
const SMS_PATH: &str = "/local/sms-voice";
const VOICE_PATH: &str = "/local/connect";
/// Where the stand-in of Pingen answers.
const PINGEN_PATH: &str = "/local/pingen";
/// A function that is killed gives its message back after this; on AWS it is minutes, in a test it must not be.
const FUNCTION_TIMEOUT_SECONDS: u32 = 10;
const QUEUE_VISIBILITY_SECONDS: u32 = 12;

/// Runs until Ctrl-C or SIGTERM, then stops everything it started.
pub async fn run(options: Options) -> Outcome<()> {
    install_cryptography()?;
    let mut stop = Stop::listen()?;
    let folders = Folders::take(options.state.as_deref(), options.fresh)?;
    let listener = TcpListener::bind(("127.0.0.1", options.port))
        .await
        .during(format!("taking port {} for the front door (try --port)", options.port))?;
    let laid_in = folders.binaries();
    let binaries = tokio::select! {
        binaries = binaries::build(&laid_in) => binaries?,
        () = stop.asked() => return Ok(()),
    };
    let door = listener.local_addr().during("reading the front door's port")?;
    let (cloud, mut process) = cloud::start(&folders, &StandInsOfAws::at(door)).await?;
    let outcome = tokio::select! {
        outcome = serve(&options, &folders, &binaries, listener, cloud) => outcome,
        ended = process.ended() => ended,
        () = stop.asked() => Ok(()),
    };
    process.stop().await?;
    outcome
}

/// For whatever speaks HTTPS. Once in a process.
pub fn install_cryptography() -> Outcome<()> {
    let installed = rustls::crypto::ring::default_provider().install_default();
    installed.map_err(|_| Failure::because("a cryptography provider was installed twice"))
}

async fn serve(
    options: &Options,
    folders: &Folders,
    binaries: &BTreeMap<String, PathBuf>,
    listener: TcpListener,
    cloud: Cloud,
) -> Outcome<()> {
    let door = listener.local_addr().during("reading the front door's port")?;
    let url = format!("http://localhost:{}", door.port());
    let credentials = Credentials::keep(&folders.credentials(), &url)?;
    let calendar = Calendar::open(folders.clock())?;
    let mail = Arc::new(MailService::new(Mailbox::open(folders.mailbox())?, calendar.clone())?);
    let parameters = parameters(folders, &url, door, &credentials);
    let messages = Messages::open(folders.messages())?;
    let sms = Arc::new(SmsService::new(messages.clone(), calendar.clone())?);
    let voice = Arc::new(VoiceService::new(messages.clone(), calendar.clone())?);
    let letters = Arc::new(LetterService {
        messages: messages.clone(),
        calendar: calendar.clone(),
        folder: folders.letters(),
        door,
        secret: credentials.pingen_secret.clone(),
        faults: Faults::default(),
    });
    let deployment = deployment::deploy(&cloud, folders, binaries, &parameters).await?;
    let clock = Arc::new(Clock::new(
        calendar.clone(),
        cloud.clone(),
        mail.clone(),
        (sms.clone(), voice.clone()),
        STACK,
    )?);

    let platforms = Arc::new(stand_ins(folders, door, &credentials, &calendar)?);
    let packages = packages(folders, door, &credentials, &calendar)?;
    let payments = Arc::new(pays(folders, &url, door, &credentials, &calendar)?);
    let receiver = Arc::new(receives(folders, &calendar)?);
    let signs_in = Arc::new(signs_in(&url, door, &credentials, &calendar)?);
    let router = Router::new()
        .merge(platforms::router(platforms))
        .merge(pdok::router())
        .merge(sign_in::routes(signs_in))
        .merge(payments::router(payments.clone()))
        .merge(webhooks::router(receiver.clone()))
        .merge(packages.router())
        .merge(front_door::routes(Api::new(cloud.clone(), deployment.api_id.clone())))
        .merge(mailbox_pages::routes(mail.clone()))
        .merge(messages_pages::routes(messages))
        .merge(sms_service::routes(sms.clone(), SMS_PATH))
        .merge(voice_service::routes(voice.clone(), VOICE_PATH))
        .merge(letter_service::routes(letters, PINGEN_PATH))
        .merge(mail_service::behaviour(mail.clone()))
        .merge(clock::routes(clock.clone()))
        .nest(MAIL_PATH, mail_service::api(mail.clone()));
    let ready = async {
        let store = provision::store(cloud.endpoint(), &deployment.table)?;
        let new = provision::provision(&store, &credentials).await?;
        provision::keep_keys_of_packages(cloud.endpoint(), STACK, &credentials).await?;
        provision::keep_keys_of_printer(cloud.endpoint(), STACK, &credentials).await?;
        Connecting { door, credentials: &credentials, payments: &payments }.connect().await?;
        let demonstration = Demonstration {
            door,
            packages: &packages,
            credentials: &credentials,
            calendar: &calendar,
            clock: &clock,
            begun: folders.story_begun(),
        };
        demonstration.tell_if(new && !options.empty).await?;
        // After the story: what happens from now on is told.
        if !options.empty {
            Subscribing { door, credentials: &credentials, receiver: &receiver }.subscribe().await?;
        }
        announce(&url, &cloud, folders);
        clock.follow().await;
        Ok(())
    };
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served.during("serving the front door"),
        () = mail.tell_events(&cloud) => Ok(()),
        () = sms.tell_events(&cloud) => Ok(()),
        () = voice.tell_events(&cloud) => Ok(()),
        outcome = ready => outcome,
    }
}

/// Tells where things are; the last line is what scripts and tests wait for.
fn announce(url: &str, cloud: &Cloud, folders: &Folders) {
    println!("HTTP API      {url}/v1 (described at {url}/openapi.json)");
    println!("portal        {url}/portal");
    println!("desk          {url}/desk");
    println!("mailbox       {url}/local/mailbox");
    println!("messages      {url}/local/messages (SMS, letters and calls of a machine)");
    println!("calendar      {url}/local/clock");
    for package in Package::ALL {
        println!("{:<13} {url}/local/accounting/{package} (stand-in)", package.code());
    }
    println!("payments      {url}/local/payments (stand-ins of Mollie and PayPal)");
    println!("webhooks      {url}/local/webhooks (stand-in of a subscriber)");
    println!("credentials   {}", folders.credentials().display());
    println!("AWS endpoint  {} (region {})", cloud.endpoint(), cloud::REGION);
    println!("ready {url}");
}

/// The stand-ins of BKR and Inforing.
fn stand_ins(
    folders: &Folders,
    door: SocketAddr,
    credentials: &Credentials,
    calendar: &Calendar,
) -> Outcome<Platforms> {
    let account = |key: &str, secret: &str, source: &str| Account {
        key: key.to_owned(),
        webhook_secret: secret.to_owned(),
        source: source.to_owned(),
    };
    let calendar = calendar.clone();
    Platforms::open(Settings {
        bkr: account(&credentials.bkr_key, &credentials.webhook_secret_bkr, &credentials.webhook_source_bkr),
        inforing: account(
            &credentials.inforing_key,
            &credentials.webhook_secret_inforing,
            &credentials.webhook_source_inforing,
        ),
        callback_base: format!("http://{door}"),
        file: folders.platforms(),
        // A calendar that cannot be read stops the run elsewhere; a stand-in then goes by the machine's clock.
        now: Arc::new(move || calendar.now().unwrap_or_else(|_| jiff::Timestamp::now())),
    })
}

/// The stand-in of the identity provider of the desk.
fn signs_in(url: &str, door: SocketAddr, credentials: &Credentials, calendar: &Calendar) -> Outcome<SignIn> {
    let calendar = calendar.clone();
    SignIn::new(sign_in::Settings {
        issuer: format!("http://{door}/local/sign-in"),
        page_base: format!("{url}/local/sign-in"),
        redirect_uri: format!("{url}/desk/signed-in"),
        users: sign_in::demonstration(&credentials.administration),
        now: Arc::new(move || calendar.now().unwrap_or_else(|_| jiff::Timestamp::now())),
    })
}

/// The stand-ins of accounting packages.
fn packages(
    folders: &Folders,
    door: SocketAddr,
    credentials: &Credentials,
    calendar: &Calendar,
) -> Outcome<StandIns> {
    StandIns::open(|package| {
        let calendar = calendar.clone();
        accounting::Settings {
            key: credentials.key_at(package).to_owned(),
            app_key: credentials.ours_at(package).to_owned(),
            callback_base: format!("http://{door}"),
            file: Some(folders.books(package)),
            now: Arc::new(move || calendar.now().unwrap_or_else(|_| jiff::Timestamp::now())),
        }
    })
}

/// The stand-ins of Mollie and PayPal.
fn pays(
    folders: &Folders,
    url: &str,
    door: SocketAddr,
    credentials: &Credentials,
    calendar: &Calendar,
) -> Outcome<Payments> {
    let calendar = calendar.clone();
    Payments::open(payments::Settings {
        mollie_key: credentials.mollie_key.clone(),
        paypal_client: credentials.paypal_client.clone(),
        paypal_secret: credentials.paypal_secret.clone(),
        page_base: url.to_owned(),
        callback_base: format!("http://{door}"),
        file: Some(folders.payments()),
        now: Arc::new(move || calendar.now().unwrap_or_else(|_| jiff::Timestamp::now())),
    })
}

/// The receiver of our webhooks.
fn receives(folders: &Folders, calendar: &Calendar) -> Outcome<Receiver> {
    let calendar = calendar.clone();
    Receiver::open(webhooks::Settings {
        file: Some(folders.webhooks()),
        now: Arc::new(move || calendar.now().unwrap_or_else(|_| jiff::Timestamp::now())),
    })
}

/// What an operator would set; everything else is the template's own default.
fn parameters(
    folders: &Folders,
    url: &str,
    door: SocketAddr,
    credentials: &Credentials,
) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("Architecture", if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }.to_owned()),
        ("Schedules", "DISABLED".to_owned()),
        ("FunctionTimeoutSeconds", FUNCTION_TIMEOUT_SECONDS.to_string()),
        ("QueueVisibilitySeconds", QUEUE_VISIBILITY_SECONDS.to_string()),
        ("DeletionProtection", "false".to_owned()),
        ("PortalUrl", format!("{url}/portal")),
        ("ClockFile", folders.clock().display().to_string()),
        ("PaymentCallbacks", format!("http://{door}/callbacks/payments")),
        ("PdokEndpoint", format!("http://{door}/local/pdok")),
        ("MollieEndpoint", format!("http://{door}/local/payments/mollie")),
        ("PayPalEndpoint", format!("http://{door}/local/payments/paypal")),
        ("VoiceInstance", voice_service::INSTANCE.to_owned()),
        ("PingenEndpoint", format!("http://{door}{PINGEN_PATH}")),
        ("PingenIdentity", format!("http://{door}{PINGEN_PATH}")),
        ("BkrEndpoint", format!("http://{door}/local/platforms/bkr")),
        ("BkrKey", credentials.bkr_key.clone()),
        ("BkrWebhookSecret", credentials.webhook_secret_bkr.clone()),
        ("BkrWebhookSource", credentials.webhook_source_bkr.clone()),
        ("InforingEndpoint", format!("http://{door}/local/platforms/inforing")),
        ("InforingKey", credentials.inforing_key.clone()),
        ("InforingWebhookSecret", credentials.webhook_secret_inforing.clone()),
        ("InforingWebhookSource", credentials.webhook_source_inforing.clone()),
        ("DeskUrl", format!("{url}/desk")),
        ("SignInIssuer", format!("http://{door}/local/sign-in")),
        ("SignInClient", sign_in::CLIENT.to_owned()),
        ("SignInGroups", sign_in::GROUPS.to_owned()),
        ("AccountingCallbacks", format!("{url}/callbacks/accounting")),
        ("PackagesEndpoint", format!("http://{door}/local/accounting")),
        ("WebhooksToThisMachine", "yes".to_owned()),
    ])
}

/// The two ways in which a run is asked to stop.
#[derive(Debug)]
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn listen() -> Outcome<Stop> {
        let listen = |kind| signal(kind).during("listening for signals");
        Ok(Stop { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
