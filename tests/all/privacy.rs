//! Nobody's name, address, mail address, phone number or birth date leaves the store but in a mail or a signal: not
//! in logs, not on queues, not on the bus, not in keys.

mod desk;
mod payment_providers;
mod portal;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use domain::channels::LetterProvider;
use domain::connection::Package;
use domain::notice::Channel;
use domain::provider::Provider;
use http::StatusCode;
use jiff::civil::date;
use local::accounting::Weather;
use local::accounting::snelstart::{Kind, sales_invoice};
use outside::accounting::Keys;
use outside::letters::Standing;
use outside::secrets::Secrets;
use outside::webhooks::Answered;
use serde_json::{Value, json};
use tests::accounting::{COUPLING_KEY, SUBSCRIPTION_KEY, keys_at};
use tests::bodies::{consumer, invoice, payment};
use tests::letters::Next as Letters;
use tests::mail::Next;
use tests::packages::AtPackage;
use tests::queues::{batch, deadline};
use tests::sms::Next as Sms;
use tests::stories::payment_of_everything;
use tests::world::World;
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

/// What identifies the resident of this story, in every form that a line could have it in.
const PLANTED: [&str; 22] = [
    "Zandvliet",
    "zandvliet",
    "Wilhelmina",
    "W.F.",
    "Kwikstaartlaan",
    "kwikstaart",
    "3511AA",
    "3511 AA",
    "wfz@example.nl",
    "second.address@example.nl",
    "@example.nl",
    "0687654321",
    "+31687654321",
    "0309876543",
    "1961-11-23",
    "23-11-1961",
    "23 november 1961",
    "19611123",
    "NL14TEST0123456789",
    "KL-778899",
    "Mevrouw",
    "123456782",
];

#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

/// Everything of ours, down to the finest level; of others what production shows: warnings.
fn targets() -> Targets {
    let ours = [
        "accounting_api",
        "accounting_callback",
        "build_dossier",
        "advance_case",
        "check_payment",
        "collect_debits",
        "poll_feedback",
        "project_overview",
        "contracts",
        "debtor_portal",
        "dispatch_webhooks",
        "domain",
        "evaluate_signal",
        "formats",
        "municipality_callback",
        "outside",
        "pages",
        "payment_callback",
        "payment_requests",
        "record_delivery",
        "records",
        "runtime",
        "send_letter",
        "send_notice",
        "staff_desk",
        "store",
        "submit_signal",
        "sweep_due",
        "sync_accounting",
        "tests",
    ];
    Targets::new().with_default(Level::WARN).with_targets(ours.map(|name| (name, Level::TRACE)))
}

/// Catches what this thread logs for as long as the answer lives.
fn catch(lines: &Lines) -> (tracing::Dispatch, tracing::subscriber::DefaultGuard) {
    let layer = tracing_subscriber::fmt::layer().json().with_writer(lines.clone()).with_filter(targets());
    // With a single subscriber, tracing asks only the thread that happens to log first, which may be another test's.
    let second = tracing::Dispatch::new(tracing_subscriber::registry().with(Targets::new()));
    (second, tracing::subscriber::set_default(tracing_subscriber::registry().with(layer)))
}

fn resident() -> Value {
    let mut debtor = consumer("KL-778899");
    debtor["name"] = json!("Mevrouw W.F. Zandvliet");
    debtor["person"] = json!({
        "initials": "W.F.", "prefix": null, "surname": "Zandvliet", "birthDate": "1961-11-23"
    });
    debtor["emails"] = json!(["wfz@example.nl", "second.address@example.nl"]);
    debtor["mobile"] = json!("+31687654321");
    debtor["phone"] = json!("0309876543");
    debtor["address"]["street"] = json!("Kwikstaartlaan");
    debtor
}

/// The story, with everything in it that goes wrong or is refused.
async fn story(world: &World) {
    world.put("/v1/debtors/d1", &resident()).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world.put("/v1/invoices/i2", &invoice("d1", "E-2", "2026-08-20", "2026-09-01", "121.00")).await;
    refused_requests(world).await;
    let note = json!({ "debtorId": "d1", "text": "Mevrouw Zandvliet, 0687654321" });
    world.call("POST", "/v1/notes", Some(&note)).await;
    let made = json!({ "outcome": "spoke", "note": "Zandvliet", "number": "0687654321" });
    world.call("POST", "/v1/calls/d1.n1/outcome", Some(&made)).await;
    world.mail.next(&[Next::Throttled, Next::AnswerLost]);
    world.inforing.lose_next_answer();
    world.go_to("2026-10-07T08:00:00Z").await;
    let reference = world.inforing.taken()[0].reference.clone();
    let accepted = world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await;
    assert_eq!(accepted, StatusCode::ACCEPTED);
    // A provider that says more than it should, signed and not.
    let body = json!({
        "specversion": "1.0", "id": "f9", "source": tests::world::INFORING_SOURCE,
        "type": "nl.vroegsignalering.feedback", "time": world.now().to_string(),
        "data": { "providerReference": reference, "code": "picked_up", "text": "Mevrouw Zandvliet" }
    });
    for key in [Provider::Inforing, Provider::Bkr] {
        world.callback(Provider::Inforing, key, "w9", world.now(), &body).await;
    }
    let mut strange = body.clone();
    strange["data"]["Zandvliet"] = json!("Kwikstaartlaan");
    world.callback(Provider::Inforing, Provider::Inforing, "w8", world.now(), &strange).await;
    world.go_to("2026-12-10T08:00:00Z").await;
    world.feedback(Provider::Inforing, &reference, "f2", "help_ended").await;
    world.mail.next(&[Next::Bounces]);
    world.go_to("2027-01-20T08:00:00Z").await;
    world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2027-01-20")).await;
    for (author, text) in [("debtor", "Zandvliet, Kwikstaartlaan"), ("desk", "Mevrouw Zandvliet")] {
        let message = json!({ "author": author, "invoiceId": "i1", "text": text });
        assert_eq!(world.call("POST", "/v1/messages", Some(&message)).await.status, StatusCode::CREATED);
    }
    world.go_to("2027-02-10T08:00:00Z").await;
}

async fn refused_requests(world: &World) {
    let before = world.table.all();
    let mut bodies = Vec::new();
    for (field, value) in [
        ("emails", json!(["Wilhelmina Zandvliet"])),
        ("iban", json!("NL14TEST0123456789")),
        ("mobile", json!("Mevrouw 0687654321")),
        ("bsn", json!("123456782")),
        ("Zandvliet", json!("x")),
        ("kind", json!("Zandvliet")),
        ("modifiedAt", json!("23-11-1961")),
        ("name", json!(["Zandvliet"])),
    ] {
        let mut body = resident();
        body[field] = value;
        bodies.push(body);
    }
    for body in bodies {
        let answer = world.call("PUT", "/v1/debtors/d1", Some(&body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        let bulk = json!({ "records": [{ "type": "debtor", "id": "d1", "body": body }] });
        assert_eq!(world.call("POST", "/v1/bulk", Some(&bulk)).await.body["results"][0]["status"], 400);
    }
    for path in [
        "/v1/debtors?q=Zandvliet",
        "/v1/debtors?Zandvliet=x",
        "/v1/debtors?cursor=wfz@example.nl",
        "/v1/debtors/Zandvliet",
        "/v1/debtors/wfz%40example.nl",
        "/v1/Zandvliet",
    ] {
        world.call("GET", path, None).await;
    }
    world.call("PUT", "/v1/payments/p0", Some(&payment("Zandvliet", "1.00", "2026-08-20"))).await;
    world.send_request("PUT", "/v1/debtors/d1", "text/Zandvliet", b"Zandvliet".to_vec(), &[]).await;
    world.send_request("PUT", "/v1/debtors/d1", "application/json", b"{\"Zandvliet".to_vec(), &[]).await;
    let xml = b"<Invoice><Zandvliet/></Invoice>".to_vec();
    world.send_request("POST", "/v1/invoices", "application/xml", xml, &[]).await;
    assert_eq!(world.table.all(), before);
}

/// Messages that are not ours, with a name in them.
async fn poisoned(world: &World) {
    let bodies = [
        r#"{"administration":"demo","debtorId":"Wilhelmina Zandvliet"}"#,
        r#"{"administration":"demo","debtorId":{"Zandvliet":1}}"#,
        "Zandvliet",
    ];
    let answer = runtime::queue::handle_batch::<contracts::queues::AdvanceCase, _, _>(
        &world.advance,
        &world.dead_letters,
        batch(&bodies.map(str::to_owned)),
        deadline(),
    );
    assert_eq!(answer.await.batch_item_failures.len(), 0);
}

fn assert_tells_nothing(what: &str, text: &str) {
    for planted in PLANTED {
        let around = text.find(planted).map(|at| {
            let from = text[..at].rfind('\n').map_or(0, |n| n + 1);
            text[from..].lines().next().unwrap_or_default().to_owned()
        });
        assert_eq!(around, None, "{planted} in {what}");
    }
}

#[tokio::test]
async fn no_log_line_queue_event_or_key_tells_who_it_is_about() {
    let lines = Lines::default();
    let _caught = catch(&lines);
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.keep_overview();
    let secret = world.subscribe("crm", "https://crm.example/hooks", None).await;
    world.subscribers.next(&[Answered::Status(500), Answered::Not("timeout")]);
    story(&world).await;
    poisoned(&world).await;

    // The story did what it tells: otherwise there was nothing to leak.
    assert!(world.mail.taken().iter().any(|t| t.mail.text.contains("Zandvliet")));
    let last = world.mail.taken().pop().expect("a mail");
    assert_eq!(last.mail.to, ["second.address@example.nl"]);
    assert_eq!(world.inforing.taken()[0].message.person.surname, "Zandvliet");
    let told = world.events("d1").await;
    for event in [
        "NoteAdded",
        "NoticeBounced",
        "NoticeRetried",
        "NoticeUnknown",
        "SignalUnknown",
        "HoldLifted",
        "CaseSettled",
    ] {
        assert!(told.iter().any(|e| e == event), "{event} is not in {told:?}");
    }

    let log = lines.text();
    for outcome in [
        "\"request\"",
        "\"outcome\":\"done\"",
        "\"outcome\":\"skipped\"",
        "\"outcome\":\"parked\"",
        "bad input",
    ] {
        assert!(log.contains(outcome), "the log was not caught: no {outcome}");
    }
    assert_tells_nothing("the log", &log);
    assert!(!log.contains(&secret));
    let told: Vec<String> = world.subscribers.arrived().iter().map(|m| m.body.to_string()).collect();
    assert!(told.len() > 10);
    assert_tells_nothing("a webhook", &told.join("\n"));
    let queues = [
        &world.cases,
        &world.notices,
        &world.evaluations,
        &world.submissions,
        &world.reports,
        &world.dispatches,
        &world.overviews,
    ];
    for queue in queues {
        let ever = queue.ever();
        assert!(!ever.is_empty());
        assert_tells_nothing("a queue", &ever.join("\n"));
    }
    let parked = world.dead_letters.all();
    assert_eq!(parked.len(), 3);
    parked.iter().for_each(|p| assert_tells_nothing("a dead letter's reason", &p.explanation));
    let bus: Vec<String> = world.bus().iter().map(|r| format!("{r:?}")).collect();
    assert!(bus.len() > 20);
    assert_tells_nothing("the bus", &bus.join("\n"));
    let keys: Vec<String> = world.table.all().iter().map(|r| format!("{r:?}")).collect();
    let keys = keys.iter().filter(|k| !k.contains("postcode#")).cloned().collect::<Vec<_>>().join("\n");
    assert_tells_nothing("a key", &keys);
    let timeline = world.timeline("d1").await;
    assert_tells_nothing("the timeline", &json!(timeline).to_string());
    // Tags go through the mail service's own logs.
    let tags: Vec<String> = world.mail.taken().iter().map(|t| format!("{:?}", t.mail)).collect();
    assert_tells_nothing("a mail's tags", &tags.join("\n"));
}

#[tokio::test]
async fn no_log_line_queue_event_or_key_tells_whom_a_text_message_went_to() {
    let lines = Lines::default();
    let _caught = catch(&lines);
    let world = World::at("2026-08-20T08:00:00Z").await;
    let settings = json!({ "channels": ["sms", "email"], "sms": { "identity": "Voorbeeld" } });
    world.put("/v1/settings", &settings).await;
    world.change_settings(|s| s.policies[0].steps[0].channels = vec![Channel::Sms]).await;
    world.put("/v1/debtors/d1", &resident()).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world.sms.next(&[Sms::Throttled, Sms::Vanishes, Sms::Ends("TEXT_INVALID")]);
    world.go_to("2026-09-30T08:00:00Z").await;

    assert_eq!(world.sms.taken()[0].sms.to, "+31687654321");
    let told = world.events("d1").await;
    for event in ["NoticeRetried", "NoticeUnknown", "NoticeBounced"] {
        assert!(told.iter().any(|e| e == event), "{event} is not in {told:?}");
    }
    assert_tells_nothing("the log", &lines.text());
    for queue in [&world.cases, &world.notices, &world.reports] {
        assert_tells_nothing("a queue", &queue.ever().join("\n"));
    }
    let bus: Vec<String> = world.bus().iter().map(|r| format!("{r:?}")).collect();
    assert_tells_nothing("the bus", &bus.join("\n"));
    assert_tells_nothing("the timeline", &json!(world.timeline("d1").await).to_string());
    let shown: Vec<String> = world.sms.taken().iter().map(|t| format!("{:?}", t.sms)).collect();
    assert_tells_nothing("a message that is shown", &shown.join("\n"));
}

#[tokio::test]
async fn no_log_line_queue_event_or_key_tells_whom_a_letter_went_to() {
    let lines = Lines::default();
    let _caught = catch(&lines);
    let world = World::at("2026-08-20T08:00:00Z").await;
    let secret = "canary-printer-secret-7c1e";
    let keys = json!({ "clientId": "client", "clientSecret": secret, "organisation": "org-1" });
    let shown = world.put("/v1/letter-providers/pingen", &keys).await.body;
    world
        .change_settings(|s| {
            s.channels = vec![Channel::Letter];
            s.letters.provider = Some(LetterProvider::Pingen);
            s.policies[0].steps.iter_mut().for_each(|step| step.channels = vec![Channel::Letter]);
        })
        .await;
    world.put("/v1/debtors/d1", &resident()).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world.letters.next(&[Letters::Throttled, Letters::Vanishes]);
    world.go_to("2026-09-09T08:00:00Z").await;
    let letter = world.letters.taken()[0].letter.clone();
    world.letters.stands(&letter.id, Standing::Undeliverable);
    world.go_to("2026-09-15T08:00:00Z").await;

    let told = world.events("d1").await;
    for event in ["NoticeRetried", "NoticeUnknown", "NoticeBounced"] {
        assert!(told.iter().any(|e| e == event), "{event} is not in {told:?}");
    }
    let texts = [
        ("the log", lines.text()),
        ("the queues", [&world.cases, &world.notices, &world.posts].map(|q| q.ever().join("\n")).join("\n")),
        ("the bus", world.bus().iter().map(|r| format!("{r:?}")).collect::<Vec<_>>().join("\n")),
        ("the timeline", json!(world.timeline("d1").await).to_string()),
        ("a file's name", world.files.all().into_iter().map(|(key, _)| key).collect::<Vec<_>>().join("\n")),
        ("a letter that is shown", format!("{letter:?}")),
        ("an answer", shown.to_string()),
    ];
    for (what, text) in &texts {
        assert_tells_nothing(what, text);
        assert!(!text.contains(secret), "the secret is in {what}");
    }
}

/// A key that a person gave, a code that a person brought, and a key of somebody else's.
const GIVEN_KEY: &str = "canary-given-key-51d3";
const BROUGHT_CODE: &str = "canary-brought-code-8fa2";
const WRONG_REFERENCE: &str = "canary-wrong-reference-c6b0";

/// What the stand-in's tokens begin with.
const TOKEN: &str = "snelstart-token-";

/// A connection to which everything happens that may go wrong. What the API answered, without the address that it shows
/// once, and the references that were in use.
async fn connected(world: &World) -> (Vec<String>, Vec<String>) {
    let books = world.offer_snelstart().await;
    let relation = json!({ "relatiecode": 1, "naam": "J. de Vries", "aanmaningsoort": "Consument" });
    let total = domain::Money::from_cents(121_00);
    let invoice = sales_invoice("V-1", "r1", date(2026, 11, 1), date(2026, 11, 15), total);
    let put = books.change(|books, now| {
        books.put(Kind::Relation, "r1", &relation, now);
        books.put(Kind::Invoice, "f1", &invoice, now);
    });
    put.expect("the books");
    let asked = json!({ "package": "snelstart" });
    let mut references = vec![world.connect_snelstart(&asked).await];
    world.settle().await;
    let weather = |weather| books.set_weather(weather);
    weather(Weather { refuse_tokens: 1, lose_answers: 1, limit: 1, ..Weather::default() });
    world.put("/v1/payments/p1", &payment("snelstart.f1", "21.00", "2026-11-20")).await;
    world.connections_until("2026-11-20T09:00:00Z").await;
    weather(Weather { outage: true, ..Weather::default() });
    world.connections_until("2026-11-20T10:00:00Z").await;
    weather(Weather::default());

    let mut answers = Vec::new();
    let mut call = async |method: &str, path: &str, body: &Value| {
        answers.push(world.call(method, path, Some(body)).await.body.to_string());
    };
    // A key that SnelStart does not know, bodies that hold one where none belongs, and a package that takes keys.
    call("PUT", "/v1/connections/snelstart/key", &json!({ "key": GIVEN_KEY })).await;
    world.connections_until("2026-11-20T12:00:00Z").await;
    call("GET", "/v1/connections/snelstart", &Value::Null).await;
    call("PUT", "/v1/connections/snelstart/key", &json!({ "key": [GIVEN_KEY] })).await;
    call("PUT", "/v1/connections/snelstart/key", &json!({ "key": GIVEN_KEY, "secret": GIVEN_KEY })).await;
    call("PUT", "/v1/connections/moneybird/key", &json!({ "key": GIVEN_KEY })).await;
    call("POST", "/v1/connections", &json!({ "package": GIVEN_KEY })).await;
    for body in [
        json!({ "koppelSleutel": GIVEN_KEY, "actionType": "Create", "referenceKey": WRONG_REFERENCE }),
        json!({ "koppelSleutel": [GIVEN_KEY], "actionType": "Create", "referenceKey": references[0] }),
        json!({ "koppelSleutel": GIVEN_KEY, "actionType": GIVEN_KEY, "referenceKey": references[0] }),
    ] {
        let path = "/callbacks/accounting/snelstart";
        answers.push(world.callback_of_package("POST", path, &body.to_string()).await.body.to_string());
    }
    for path in [
        format!("/callbacks/accounting/snelstart/authorised?code={BROUGHT_CODE}&state={}", references[0]),
        format!("/callbacks/accounting/moneybird/authorised?code={BROUGHT_CODE}&state={WRONG_REFERENCE}"),
        format!("/callbacks/accounting/{GIVEN_KEY}/authorised?code={BROUGHT_CODE}"),
    ] {
        answers.push(world.callback_of_package("GET", &path, "").await.body.to_string());
    }
    world
        .callback_of_package("POST", &format!("/callbacks/accounting/snelstart/{}", references[0]), "{}")
        .await;
    world.settle().await;
    references.push(world.connect_snelstart(&asked).await);
    world.connections_until("2026-11-21T09:00:00Z").await;
    (answers, references)
}

#[tokio::test]
async fn no_log_line_answer_queue_event_or_item_holds_a_secret_of_a_connection() {
    let lines = Lines::default();
    let _caught = catch(&lines);
    let world = World::at("2026-11-20T07:00:00Z").await;
    let (answers, references) = connected(&world).await;

    // The story did what it tells, and the secrets are where they belong.
    let invoice = world.get("/v1/invoices/snelstart.f1").await;
    assert_eq!(invoice["open"], "100.00");
    let view = world.get("/v1/connections/snelstart").await;
    assert_eq!((&view["state"], &view["counts"]["written"]), (&json!("active"), &json!(1)), "{view}");
    let kept = world.secrets.get("tijdig/demo/snelstart").await.unwrap().expect("keys");
    for secret in [COUPLING_KEY, TOKEN, &references[1]] {
        assert!(kept.expose().contains(secret), "{secret} is not kept");
    }

    let log = lines.text();
    for outcome in ["\"request\"", "\"outcome\":\"done\"", "bad input"] {
        assert!(log.contains(outcome), "the log was not caught: no {outcome}");
    }
    let bus: Vec<String> = world.bus().iter().map(|r| format!("{r:?}")).collect();
    let contents: Vec<String> = world.contents().into_iter().collect();
    assert!(contents.iter().any(|item| item.contains("snelstart#quota")));
    let shown = [
        ("the log", log),
        ("an answer", answers.join("\n")),
        ("a queue", world.syncs.ever().join("\n")),
        ("the bus", bus.join("\n")),
        ("the store", contents.join("\n")),
        ("the view", view.to_string()),
    ];
    let mut secrets = vec![COUPLING_KEY, SUBSCRIPTION_KEY, GIVEN_KEY, BROUGHT_CODE, WRONG_REFERENCE, TOKEN];
    secrets.extend(references.iter().map(String::as_str));
    for (what, text) in &shown {
        assert!(!text.is_empty(), "{what}");
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} in {what}");
        }
    }
}

/// A connection with any package to which everything happens that may go wrong. What its user got to see and brought back.
async fn connected_with(world: &World, package: Package) -> Vec<String> {
    let there = AtPackage::offered(world, package).await;
    there.put_contact(0);
    (0..3).for_each(|n| there.put_invoice(n, 0, 20_00, date(2026, 11, 16)));
    let mut brought = there.connect(world).await;
    there.set_weather(Weather { refuse_tokens: 1, lose_answers: 1, limit: 1, ..Weather::default() });
    world.put("/v1/payments/p1", &payment(&there.ours(1), "4.00", "2026-11-20")).await;
    world.connections_until("2026-11-20T12:00:00Z").await;
    there.set_weather(Weather { outage: true, ..Weather::default() });
    world.connections_until("2026-11-20T16:00:00Z").await;
    there.set_weather(Weather::default());
    there.spoil(2, "due_date", json!("geen dag"));
    world.connections_until("2026-11-21T12:00:00Z").await;
    there.assert_alike(world, "at the end").await;
    // Once more, and with a key or code that the package does not know.
    brought.extend(there.connect(world).await);
    let key = json!({ "key": GIVEN_KEY });
    world.call("PUT", &format!("/v1/connections/{package}/key"), Some(&key)).await;
    let state = brought.last().cloned().unwrap_or_default();
    let path = format!("/callbacks/accounting/{package}/authorised?code={BROUGHT_CODE}&state={state}");
    world.callback_of_package("GET", &path, "").await;
    world.connections_until("2026-11-21T13:00:00Z").await;
    brought
}

#[tokio::test]
async fn no_log_line_queue_event_or_item_holds_a_secret_of_any_package() {
    for package in Package::ALL {
        let lines = Lines::default();
        let _caught = catch(&lines);
        let world = World::at("2026-11-20T07:00:00Z").await;
        let brought = connected_with(&world, package).await;
        let view = world.get(&format!("/v1/connections/{package}")).await;
        assert_eq!(view["counts"]["written"], 1, "{package}: {view}");
        let kept = world.secrets.get(&format!("tijdig/demo/{package}")).await.unwrap().expect("keys");
        assert!(!kept.expose().is_empty());

        let (key, ours) = keys_at(package);
        let tokens = ["token", "refresh", "code"].map(|kind| format!("{package}-{kind}-"));
        let mut secrets = vec![key, ours, GIVEN_KEY, BROUGHT_CODE];
        secrets.extend(tokens.iter().chain(&brought).map(String::as_str));
        let bus: Vec<String> = world.bus().iter().map(|r| format!("{r:?}")).collect();
        let contents: Vec<String> = world.contents().into_iter().collect();
        let shown = [
            ("the log", lines.text()),
            ("a queue", world.syncs.ever().join("\n")),
            ("the bus", bus.join("\n")),
            ("the store", contents.join("\n")),
            ("the view", view.to_string()),
            ("the keys as they are shown", format!("{:?}", kept.parse::<Keys>().expect("keys"))),
        ];
        for (what, text) in &shown {
            assert!(!text.is_empty(), "{what}");
            for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
                assert!(!text.contains(secret), "{package}: {secret} in {what}");
            }
        }
    }
}
