//! JSON Schemas (draft 2020-12) of what is published: one for each event of the bus, and one for each message of webhooks, beside a
//! golden message. What they say is what a subscriber may rely on; more fields may come.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use contracts::webhooks::WebhookMessage;
use domain::invoice::ClosedAs;
use domain::notice::Channel;
use domain::payment::PaymentKind;
use domain::timeline::{ClosedInvoice, Entry, Event};
use domain::webhook_event::{WebhookEvent, told};
use serde_json::{Map, Value, json};
use tests::stack::workspace;

use super::published::{WRITE, debtor, published, samples};
use super::{events, golden, instant};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What one field of a detail holds.
fn field(name: &str) -> Value {
    let id = json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,80}$" });
    match name {
        "sequence" => {
            let description =
                "Place on the debtor's timeline. With administration and debtorId it identifies the event.";
            json!({ "type": "integer", "minimum": 1, "description": description })
        }
        "invoiceIds" => {
            let description = "At most the first fifty; whoever needs all reads the timeline.";
            json!({ "type": "array", "items": id, "maxItems": 50, "description": description })
        }
        "evaluate" => {
            let kinds = json!({ "enum": ["early", "crisis"] });
            json!({ "type": "array", "items": kinds, "description": "For our own functions." })
        }
        "channel" => {
            let ways = ["email", "sms", "letter", "phone"];
            json!({ "enum": ways, "description": "The way that the notice goes." })
        }
        "submit" => json!({ "const": true, "description": "For our own functions." }),
        "administration" => with(id, "The creditor's books."),
        "debtorId" => with(id, "By the source system's own id."),
        name if name.ends_with("Id") => id,
        other => panic!("{other} has no description here"),
    }
}

fn with(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}

/// What a detail like this one holds. What may be empty, or follows from more than the event's name, is not always there.
fn detail(sample: &Value) -> Value {
    const SOMETIMES: [&str; 3] = ["invoiceIds", "evaluate", "submit"];
    let sample = sample.as_object().expect("a detail is an object");
    let mut properties: Map<String, Value> = sample.keys().map(|name| (name.clone(), field(name))).collect();
    properties.insert("invoiceIds".to_owned(), field("invoiceIds"));
    let required: Vec<&String> = sample.keys().filter(|name| !SOMETIMES.contains(&name.as_str())).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn time() -> Value {
    json!({ "type": "string", "format": "date-time", "description": "When it happened, in UTC." })
}

fn schema_of_event(event: &Value) -> Value {
    let name = &event["detail-type"];
    json!({
        "$schema": DRAFT,
        "$id": format!("urn:tijdig:event:{}:v1", name.as_str().unwrap_or_default()),
        "title": name,
        "type": "object",
        "properties": {
            "source": { "const": "tijdig" },
            "detail-type": { "const": name },
            "time": time(),
            "detail": detail(&event["detail"]),
        },
        "required": ["source", "detail-type", "time", "detail"],
    })
}

fn schema_of_message(message: &Value) -> Value {
    let name = &message["type"];
    json!({
        "$schema": DRAFT,
        "$id": format!("urn:tijdig:webhook:{}:v1", name.as_str().unwrap_or_default()),
        "title": name,
        "type": "object",
        "properties": { "type": { "const": name }, "timestamp": time(), "data": detail(&message["data"]) },
        "required": ["type", "timestamp", "data"],
    })
}

/// A message for each name that subscribers know.
fn messages() -> BTreeMap<&'static str, Value> {
    let closed = |id: &str, closed_as| ClosedInvoice { invoice: id.parse().expect("an id"), closed_as };
    let back =
        |channel| Event::NoticeBounced { notice: "d1.n1".parse().expect("an id"), permanent: true, channel };
    // One sample of an event does not show every message that it may lead to.
    let more = [
        back(Channel::Sms),
        back(Channel::Letter),
        Event::InvoicesClosed {
            invoices: vec![
                closed("i1", ClosedAs::Paid),
                closed("i2", ClosedAs::Credited),
                closed("i3", ClosedAs::WrittenOff),
            ],
        },
        Event::PaymentReceived {
            payment: "p2".parse().expect("an id"),
            kind: PaymentKind::Reversal,
            amount: domain::Money::from_cents(121_00),
            invoices: std::iter::once("i1".parse().expect("an id")).collect(),
        },
    ];
    let mut messages = BTreeMap::new();
    for event in more.into_iter().chain(samples()) {
        let at = instant("2026-11-23T08:00:00Z");
        let entry = Entry { sequence: 7, at, by: "schedule".to_owned(), event };
        for told in told(&entry.event) {
            let message = WebhookMessage::of(&"demo".parse().expect("an id"), &debtor(), &entry, &told);
            let message = serde_json::to_value(&message).expect("a message is JSON");
            messages.entry(told.event.name()).or_insert(message);
        }
    }
    messages
}

/// What is to lie in a folder below events/published, by name. Written where that is asked for.
fn compare(folder: &str, expected: &BTreeMap<String, Value>) {
    let place = events().join(folder);
    if std::env::var_os(WRITE).is_some() {
        std::fs::create_dir_all(&place).unwrap();
        for (name, value) in expected {
            let text = serde_json::to_string_pretty(value).unwrap() + "\n";
            std::fs::write(place.join(name), text).unwrap();
        }
    }
    let again = format!("`{WRITE}=1 cargo test --workspace --test all golden` writes what is published now");
    assert_eq!(files(&place), expected.keys().cloned().collect::<Vec<_>>(), "{folder}: {again}");
    for (name, value) in expected {
        let kept: Value = serde_json::from_str(&golden(&format!("{folder}/{name}"))).unwrap();
        assert_eq!(&kept, value, "{folder}/{name}: {again}");
    }
}

/// The files of a folder, in order.
pub(super) fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = entries.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().unwrap().is_file());
    let mut names: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

/// What a schema is asked about: the kept message, and others that break its promise.
fn cases(schema: &str, message: &Value, detail: &str, name: &str) -> Vec<Value> {
    let schema: Value = serde_json::from_str(&golden(schema)).unwrap();
    let case = |message: &Value, holds: bool| json!({ "schema": schema, "message": message, "holds": holds });
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut message = message.clone();
        change(&mut message);
        case(&message, false)
    };
    let mut cases = vec![
        case(message, true),
        broken(&|m| m[name] = json!("SomethingElse")),
        broken(&|m| m[detail]["sequence"] = json!(0)),
        broken(&|m| m[detail]["debtorId"] = json!("J. de Vries")),
    ];
    for required in ["administration", "debtorId", "sequence"] {
        cases.push(broken(&|m| drop(m[detail].as_object_mut().unwrap().remove(required))));
    }
    cases
}

/// Has each case answered by the reference implementation of another language: a schema is for others to read.
async fn ask(cases: &[Value]) {
    let python = local::python::environment().await.expect("a Python environment");
    let mut process = Command::new(python)
        .arg(workspace().join("tests/receivers/json_schemas.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let input = serde_json::to_vec(cases).unwrap();
    let mut stdin = process.stdin.take().expect("its input");
    let written = tokio::task::spawn_blocking(move || stdin.write_all(&input));
    let output = tokio::task::spawn_blocking(move || process.wait_with_output()).await.unwrap().unwrap();
    written.await.unwrap().unwrap();
    assert!(output.status.success());
    let said: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).expect("a list of what is wrong");
    assert_eq!(said.len(), cases.len());
    for (case, wrong) in cases.iter().zip(said) {
        assert_eq!(wrong.is_empty(), case["holds"] == true, "{}: {wrong:?}", case["message"]);
    }
}

#[tokio::test]
async fn every_event_of_the_bus_has_a_schema_that_its_golden_file_keeps_to() {
    let all: Vec<Value> = samples().iter().map(published).collect();
    let name = |event: &Value| format!("{}.v1.schema.json", event["detail-type"].as_str().expect("a name"));
    compare("published/schemas", &all.iter().map(|event| (name(event), schema_of_event(event))).collect());
    let mut asked = Vec::new();
    for event in &all {
        let kept = format!("published/{}.v1.json", event["detail-type"].as_str().expect("a name"));
        let kept: Value = serde_json::from_str(&golden(&kept)).unwrap();
        asked.extend(cases(&format!("published/schemas/{}", name(event)), &kept, "detail", "detail-type"));
    }
    ask(&asked).await;
}

#[tokio::test]
async fn every_message_of_webhooks_is_pinned_and_has_a_schema_that_it_keeps_to() {
    let messages = messages();
    let told: Vec<&str> = messages.keys().copied().collect();
    let mut names: Vec<&str> = WebhookEvent::ALL.iter().map(|event| event.name()).collect();
    names.sort_unstable();
    assert_eq!(told, names, "every name is told by some event");
    let golden_files = messages.iter().map(|(name, message)| (format!("{name}.v1.json"), message.clone()));
    compare("published/webhooks", &golden_files.collect());
    let schemas =
        messages.iter().map(|(name, message)| (format!("{name}.v1.schema.json"), schema_of_message(message)));
    compare("published/webhooks/schemas", &schemas.collect());
    let mut asked = Vec::new();
    for (name, message) in &messages {
        asked.extend(cases(
            &format!("published/webhooks/schemas/{name}.v1.schema.json"),
            message,
            "data",
            "type",
        ));
        let text = message.to_string();
        assert!(
            !text.contains("must not be published") && !text.contains("evaluate") && !text.contains("submit")
        );
    }
    ask(&asked).await;
}
