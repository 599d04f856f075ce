//! The adapters against the stand-ins of the platforms, over HTTP on this machine.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail the test")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use domain::Money;
use domain::administration::Sector;
use domain::provider::Provider;
use domain::step::SignalKind;
use jiff::Timestamp;
use jiff::civil::date;
use local::platforms::{Account, Operation as Kept, Platforms, Settings, router};
use outside::bkr::{Bkr, BkrConfig};
use outside::http::{Secret, client};
use outside::inforing::{Inforing, InforingConfig};
use outside::platform::{
    MunicipalPlatform, Operation, SignalAddress, SignalMessage, SignalPerson, SubmitOutcome,
};
use outside::webhook_signature::{Keys, SignatureError, verify};
use serde_json::{Value, json};

const NOW: &str = "2026-11-24T09:00:00Z";
const BKR_SECRET: &str = "whsec_YmtyLWJrci1ia3ItYmtyLWJrci1ia3ItYmty";
const INFORING_SECRET: &str = "whsec_aW5mb3JpbmctaW5mb3JpbmctaW5mb3Jpbmc=";
/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// For those who are known to get no answer.
const IMPATIENCE: Duration = Duration::from_secs(2);

type Callbacks = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

struct Stage {
    url: String,
    platforms: Arc<Platforms>,
    callbacks: Callbacks,
    file: PathBuf,
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn called_back(
    State(callbacks): State<Callbacks>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    callbacks.lock().unwrap().push((headers, body));
    (StatusCode::ACCEPTED, "{}")
}

fn new_file() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name =
        format!("tijdig-signals-{}-{}.jsonl", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let file = std::env::temp_dir().join(name);
    if file.exists() {
        std::fs::remove_file(&file).unwrap();
    }
    file
}

impl Stage {
    async fn new() -> Stage {
        Stage::with(new_file()).await
    }

    async fn with(file: PathBuf) -> Stage {
        let callbacks = Callbacks::default();
        let receiver = Router::new()
            .route("/callbacks/municipality/{provider}", post(called_back))
            .with_state(callbacks.clone());
        let account = |key: &str, secret: &str, source: &str| Account {
            key: key.to_owned(),
            webhook_secret: secret.to_owned(),
            source: source.to_owned(),
        };
        let settings = Settings {
            bkr: account("bkr-key", BKR_SECRET, "urn:bkr"),
            inforing: account("inforing-key", INFORING_SECRET, "urn:inforing"),
            callback_base: serve(receiver).await,
            file: file.clone(),
            now: Arc::new(now),
        };
        let platforms = Arc::new(Platforms::open(settings).unwrap());
        let url = serve(router(platforms.clone())).await;
        Stage { url, platforms, callbacks, file }
    }

    fn adapter(&self, provider: Provider) -> Box<dyn MunicipalPlatform> {
        self.adapter_with(provider, &format!("{provider}-key"), PATIENCE)
    }

    fn adapter_with(&self, provider: Provider, key: &str, timeout: Duration) -> Box<dyn MunicipalPlatform> {
        let client = client(timeout).unwrap();
        let base = format!("{}/local/platforms/{provider}", self.url);
        match provider {
            Provider::Bkr => Box::new(Bkr::new(client, BkrConfig::new(base, Secret::new(key))).unwrap()),
            Provider::Inforing => {
                Box::new(Inforing::new(client, InforingConfig::new(base, Secret::new(key))).unwrap())
            }
        }
    }

    async fn plan(&self, provider: Provider, next: &str, times: u32) {
        let address = format!("{}/local/platforms/{provider}/behaviour", self.url);
        let answer =
            client(PATIENCE).unwrap().post(address).json(&json!({"next": next, "times": times})).send().await;
        assert_eq!(answer.unwrap().status(), 200);
    }

    async fn get(&self, accept: &str) -> String {
        let address = format!("{}/local/signals", self.url);
        client(PATIENCE)
            .unwrap()
            .get(address)
            .header("accept", accept)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    async fn feedback(&self, body: Value) -> (u16, Value) {
        let answer =
            client(PATIENCE).unwrap().post(format!("{}/local/feedback", self.url)).json(&body).send().await;
        let answer = answer.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn message() -> SignalMessage {
    SignalMessage {
        id: "d1.s1".to_owned(),
        idempotency_key: "d1.s1.create".to_owned(),
        kind: SignalKind::Early,
        sector: Sector::Energy,
        warm_handover: false,
        arrears: Money::from_cents(363_00),
        arrears_since: date(2026, 9, 15),
        months_in_arrears: 2,
        signalled_on: date(2026, 11, 24),
        client_number: "D-1001".to_owned(),
        person: SignalPerson {
            initials: Some("J.".to_owned()),
            prefix: None,
            surname: "Ångström".to_owned(),
            birth_date: date(1985, 4, 12),
            phones: vec!["+31612345678".to_owned()],
            emails: vec!["j.angstrom@example.nl".to_owned()],
        },
        address: SignalAddress {
            postcode: "3511AA".to_owned(),
            house_number: "1".to_owned(),
            suffix: None,
            street: "Oudegracht".to_owned(),
            city: "Utrecht".to_owned(),
        },
        municipality_code: "0344".to_owned(),
        planned_end_of_supply: None,
        supersedes: None,
    }
}

fn receipt(outcome: SubmitOutcome) -> String {
    match outcome {
        SubmitOutcome::Accepted(receipt) => receipt.provider_reference,
        other => panic!("not accepted: {other:?}"),
    }
}

const BOTH: [Provider; 2] = [Provider::Bkr, Provider::Inforing];

#[tokio::test]
async fn a_signal_lives_from_creation_to_withdrawal() {
    for provider in BOTH {
        let stage = Stage::new().await;
        let adapter = stage.adapter(provider);
        let reference = receipt(adapter.submit(Operation::Create, &message(), "4711").await);

        let update = SignalMessage {
            kind: SignalKind::Crisis,
            arrears: Money::from_cents(484_00),
            idempotency_key: "d1.s1.update".to_owned(),
            supersedes: Some(reference.clone()),
            ..message()
        };
        assert_eq!(receipt(adapter.submit(Operation::Update, &update, "4711").await), reference);
        let withdraw = SignalMessage { idempotency_key: "d1.s1.withdraw".to_owned(), ..update };
        assert_eq!(receipt(adapter.submit(Operation::Withdraw, &withdraw, "4711").await), reference);

        let kept: Vec<_> = stage.platforms.submissions();
        let seen: Vec<_> = kept.iter().map(|s| (s.operation, s.kind.as_str(), s.amount.as_str())).collect();
        let expected = [
            (Kept::Create, "early", "363.00"),
            (Kept::Update, "crisis", "484.00"),
            (Kept::Withdraw, "crisis", "484.00"),
        ];
        assert_eq!(seen, expected, "{provider}");
        assert!(
            kept.iter()
                .all(|s| s.provider == provider && s.municipality == "0344" && s.identification == "4711")
        );

        let again = SignalMessage { idempotency_key: "d1.s1.update2".to_owned(), ..withdraw };
        let outcome = adapter.submit(Operation::Update, &again, "4711").await;
        assert_eq!(outcome, SubmitOutcome::Rejected { errors: vec!["status: ingetrokken".to_owned()] });
    }
}

#[tokio::test]
async fn ten_submissions_under_one_key_are_one_signal() {
    for provider in BOTH {
        let stage = Stage::new().await;
        let adapter = stage.adapter(provider);
        let reference = receipt(adapter.submit(Operation::Create, &message(), "4711").await);
        for _ in 1..10 {
            assert_eq!(receipt(adapter.submit(Operation::Create, &message(), "4711").await), reference);
        }
        let changed = SignalMessage { arrears: Money::from_cents(999_00), ..message() };
        let outcome = adapter.submit(Operation::Create, &changed, "4711").await;
        assert_eq!(outcome, SubmitOutcome::Unknown { reason: "status_409".to_owned() });
        let other = SignalMessage { idempotency_key: "d1.s2.create".to_owned(), ..message() };
        assert_ne!(receipt(adapter.submit(Operation::Create, &other, "4711").await), reference);
        assert_eq!(stage.platforms.submissions().len(), 2, "{provider}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    type Spoil = fn(&mut SignalMessage);
    let table: [(Spoil, &str, &str); 7] = [
        (
            |m| m.address.postcode = "0511AA".to_owned(),
            "adres.postcode: ongeldig",
            "melding.inwoner.woonadres.postcode: ongeldig",
        ),
        (
            |m| m.address.house_number = "1bis".to_owned(),
            "adres.huisnummer: ongeldig",
            "melding.inwoner.woonadres.nummer: ongeldig",
        ),
        (
            |m| m.person.birth_date = date(2030, 1, 1),
            "persoon.geboortedatum: ongeldig",
            "melding.inwoner.geboortedatum: ongeldig",
        ),
        (|m| m.person.surname.clear(), "persoon.achternaam: ongeldig", "melding.inwoner.naam: ongeldig"),
        (
            |m| m.municipality_code = "GM0344".to_owned(),
            "gemeentecode: ongeldig",
            "melding.gemeente: ongeldig",
        ),
        (|m| m.client_number.clear(), "klantnummer: ongeldig", "melding.klantnr: ongeldig"),
        (|m| m.arrears = Money::ZERO, "bedrag: ongeldig", "melding.achterstand.bedrag: ongeldig"),
    ];
    let stage = Stage::new().await;
    for (spoil, at_bkr, at_inforing) in table {
        let mut message = message();
        spoil(&mut message);
        for (provider, error) in [(Provider::Bkr, at_bkr), (Provider::Inforing, at_inforing)] {
            let outcome = stage.adapter(provider).submit(Operation::Create, &message, "4711").await;
            assert_eq!(outcome, SubmitOutcome::Rejected { errors: vec![error.to_owned()] });
        }
    }
    assert!(stage.platforms.submissions().is_empty());
}

#[tokio::test]
async fn raw_bodies_are_read_as_a_stranger_would() {
    let stage = Stage::new().await;
    let reference = receipt(stage.adapter(Provider::Bkr).submit(Operation::Create, &message(), "4711").await);
    let good = stage.platforms.submissions()[0].body.clone();
    assert!(reference.starts_with("VPS-2026-"));
    type Spoil = fn(&mut Value);
    let table: [(Spoil, &str, &str); 4] = [
        (|b| b["persoon"]["geboortedatum"] = Value::Null, "persoon.geboortedatum", "ontbreekt"),
        (|b| b["persoon"]["bsn"] = json!("123456782"), "persoon.bsn", "onbekend_veld"),
        (|b| b["bedrag"] = json!(0), "bedrag", "ongeldig"),
        (|b| b["bedrag"] = json!(-5), "bedrag", "ongeldig"),
    ];
    for (number, (spoil, field, code)) in table.into_iter().enumerate() {
        let mut body = good.clone();
        spoil(&mut body);
        let answer = client(PATIENCE)
            .unwrap()
            .post(format!("{}/local/platforms/bkr/signalen", stage.url))
            .header("x-bkr-authorization", "bkr-key")
            .header("x-identificatienummer", "4711")
            .header("idempotency-key", format!("raw-{number}"))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 422, "{field}");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer, json!({"fouten": [{"pad": field, "code": code}]}));
    }
    let shown: Value = serde_json::from_str(&stage.get("application/json").await).unwrap();
    assert_eq!(shown["refused"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn strangers_and_unknown_signals_are_turned_away() {
    for provider in BOTH {
        let stage = Stage::new().await;
        let outcome = stage
            .adapter_with(provider, "wrong", PATIENCE)
            .submit(Operation::Create, &message(), "4711")
            .await;
        assert_eq!(outcome, SubmitOutcome::Temporary { reason: "status_401".to_owned() });
        let outcome = stage.adapter(provider).submit(Operation::Create, &message(), "").await;
        assert_eq!(
            outcome,
            SubmitOutcome::Temporary { reason: "status_401".to_owned() },
            "no identification"
        );
        let stray = SignalMessage { supersedes: Some("NO-SUCH".to_owned()), ..message() };
        for operation in [Operation::Update, Operation::Withdraw] {
            let outcome = stage.adapter(provider).submit(operation, &stray, "4711").await;
            assert_eq!(outcome, SubmitOutcome::Rejected { errors: vec!["status_404".to_owned()] });
        }
        assert!(stage.platforms.submissions().is_empty());
    }
}

#[tokio::test]
async fn misbehaviour_is_told_apart_and_a_repetition_settles_it() {
    let unknown = |reason: &str| SubmitOutcome::Unknown { reason: reason.to_owned() };
    let table = [
        ("timeout", unknown("timeout"), 0),
        ("timeoutAfterAccepting", unknown("timeout"), 1),
        ("error500", unknown("status_500"), 0),
        ("reset", unknown("connection_broken"), 0),
        ("refuse", SubmitOutcome::Rejected { errors: vec!["bericht: geweigerd".to_owned()] }, 0),
    ];
    for provider in BOTH {
        for (behaviour, expected, taken_in) in &table {
            let stage = Stage::new().await;
            stage.plan(provider, behaviour, 1).await;
            let adapter = stage.adapter(provider);
            let timeout = if behaviour.starts_with("timeout") { IMPATIENCE } else { PATIENCE };
            let key = format!("{provider}-key");
            let first = stage.adapter_with(provider, &key, timeout);
            assert_eq!(&first.submit(Operation::Create, &message(), "4711").await, expected, "{behaviour}");
            assert_eq!(stage.platforms.submissions().len(), *taken_in, "{behaviour}");
            receipt(adapter.submit(Operation::Create, &message(), "4711").await);
            assert_eq!(stage.platforms.submissions().len(), 1, "{behaviour}");
        }
    }
}

#[tokio::test]
async fn a_plan_is_for_one_provider_and_so_many_times() {
    let stage = Stage::new().await;
    stage.plan(Provider::Bkr, "error500", 2).await;
    receipt(stage.adapter(Provider::Inforing).submit(Operation::Create, &message(), "4711").await);
    let bkr = stage.adapter(Provider::Bkr);
    for _ in 0..2 {
        let outcome = bkr.submit(Operation::Create, &message(), "4711").await;
        assert_eq!(outcome, SubmitOutcome::Unknown { reason: "status_500".to_owned() });
    }
    receipt(bkr.submit(Operation::Create, &message(), "4711").await);
}

#[tokio::test]
async fn a_restart_keeps_signals_and_keys() {
    let first = Stage::new().await;
    let reference = receipt(first.adapter(Provider::Bkr).submit(Operation::Create, &message(), "4711").await);
    let (_, feedback) = first.feedback(json!({"providerReference": reference, "outcome": "received"})).await;

    let second = Stage::with(first.file.clone()).await;
    assert_eq!(second.platforms.submissions(), first.platforms.submissions());
    assert_eq!(
        receipt(second.adapter(Provider::Bkr).submit(Operation::Create, &message(), "4711").await),
        reference
    );
    let (_, later) = second.feedback(json!({"providerReference": reference, "outcome": "received"})).await;
    assert_ne!(feedback["id"], later["id"], "an id is never used twice");
}

#[tokio::test]
async fn feedback_is_a_signed_cloud_event() {
    let stage = Stage::new().await;
    let table =
        [(Provider::Bkr, BKR_SECRET, "urn:bkr"), (Provider::Inforing, INFORING_SECRET, "urn:inforing")];
    for (provider, secret, source) in table {
        let reference = receipt(stage.adapter(provider).submit(Operation::Create, &message(), "4711").await);
        let sent = stage.platforms.send_feedback(&reference, "help_accepted.quick_fix", now()).await.unwrap();
        assert_eq!(sent, (202, "{}".to_owned()));

        let (headers, body) = stage.callbacks.lock().unwrap().pop().unwrap();
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let (id, at, signature) =
            (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
        let check = |secret: &str| verify(&Keys::parse(secret).unwrap(), &id, &at, &signature, &body, now());
        assert_eq!(check(secret), Ok(()));
        let other = if secret == BKR_SECRET { INFORING_SECRET } else { BKR_SECRET };
        assert_eq!(check(other), Err(SignatureError::Mismatch));
        let event: Value = serde_json::from_slice(&body).unwrap();
        let expected = json!({
            "specversion": "1.0", "id": id, "source": source, "type": "nl.vroegsignalering.feedback", "time": NOW,
            "data": {"providerReference": reference, "code": "help_accepted.quick_fix", "text": null},
        });
        assert_eq!(event, expected);
    }
}

#[tokio::test]
async fn a_test_may_name_the_id_and_the_times_of_a_feedback() {
    let stage = Stage::new().await;
    let reference = receipt(stage.adapter(Provider::Bkr).submit(Operation::Create, &message(), "4711").await);
    let old = json!({"providerReference": reference, "outcome": "help_ended", "id": "fb-1",
        "timestamp": "2026-11-24T08:00:00Z", "time": "2026-11-20T08:00:00Z"});
    for _ in 0..2 {
        let (status, delivered) = stage.feedback(old.clone()).await;
        assert_eq!((status, &delivered), (200, &json!({"id": "fb-1", "status": 202, "body": "{}"})));
    }
    let callbacks = stage.callbacks.lock().unwrap().clone();
    assert_eq!(callbacks.len(), 2);
    assert_eq!(callbacks[0].0["webhook-timestamp"], "1795507200");
    let event: Value = serde_json::from_slice(&callbacks[0].1).unwrap();
    assert_eq!(event["time"], "2026-11-20T08:00:00Z");

    let (status, _) = stage.feedback(json!({"providerReference": "NO-SUCH", "outcome": "received"})).await;
    assert_eq!(status, 404);
    let stray = json!({"providerReference": "NO-SUCH", "outcome": "received", "provider": "inforing"});
    let (status, delivered) = stage.feedback(stray).await;
    assert_eq!((status, &delivered["status"]), (200, &json!(202)));
}

#[tokio::test]
async fn the_overview_is_json_for_programs_and_a_page_for_people() {
    let stage = Stage::new().await;
    let reference =
        receipt(stage.adapter(Provider::Inforing).submit(Operation::Create, &message(), "4711").await);
    let shown: Value = serde_json::from_str(&stage.get("*/*").await).unwrap();
    let first = &shown["items"][0];
    let expected = [
        ("provider", "inforing"),
        ("providerReference", &reference),
        ("operation", "create"),
        ("kind", "early"),
        ("amount", "363.00"),
        ("municipality", "0344"),
        ("receivedAt", NOW),
    ];
    for (field, value) in expected {
        assert_eq!(first[field], value, "{field}");
    }
    let page = stage.get("text/html,application/xhtml+xml,*/*;q=0.8").await;
    assert!(page.starts_with("<!doctype html>") && page.contains(&reference));
}

#[tokio::test]
async fn reports_are_told_to_whoever_asks_page_by_page_and_to_nobody_else() {
    for provider in BOTH {
        let stage = Stage::new().await;
        let adapter = stage.adapter(provider);
        let reference = receipt(adapter.submit(Operation::Create, &message(), "4711").await);
        let nothing = adapter.reports("4711", None).await.unwrap();
        assert_eq!((nothing.reports.len(), nothing.more), (0, false));
        for number in 0..60 {
            let body = json!({
                "providerReference": reference, "outcome": "received", "via": "poll", "id": format!("f{number}")
            });
            assert_eq!(stage.feedback(body).await.1["status"], 202);
        }
        assert_eq!(stage.callbacks.lock().unwrap().len(), 0, "nobody called");
        let first = adapter.reports("4711", None).await.unwrap();
        assert_eq!((first.reports.len(), first.more, first.unreadable), (50, true, 0), "{provider}");
        let report = &first.reports[0];
        assert_eq!((report.id.as_deref(), report.code.as_str(), report.at), (Some("f0"), "received", now()));
        assert_eq!(report.reference, reference);
        let rest = adapter.reports("4711", first.mark.as_deref()).await.unwrap();
        assert_eq!((rest.reports.len(), rest.more), (10, false));
        let after = adapter.reports("4711", rest.mark.as_deref()).await.unwrap();
        assert_eq!((after.reports.len(), &after.mark), (0, &rest.mark));
        assert_eq!(adapter.reports("4712", None).await.unwrap().reports, [], "another creditor's");
        let stranger = stage.adapter_with(provider, "another key", PATIENCE);
        assert!(stranger.reports("4711", None).await.is_err());

        let address = format!("{}/local/platforms/{provider}/feedback.csv", stage.url);
        let file = client(PATIENCE).unwrap().get(address).send().await.unwrap().bytes().await.unwrap();
        let lines = formats::feedback_file::parse(&file).unwrap();
        assert_eq!((lines.len(), lines[0].reference.as_str()), (60, reference.as_str()));
        // Another run of the stand-in still has them.
        let again = Stage::with(stage.file.clone()).await;
        assert_eq!(again.adapter(provider).reports("4711", None).await.unwrap().reports.len(), 50);
    }
}
