//! Files that are imported: each format once, whatever dies on the way, twice, and wrong in every way.

use std::io::Write;
use std::time::Duration;

use domain::importing::Treatment;
use http::StatusCode;
use import_records::Limits;
use runtime::http::Caller;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::imports::{made_file, rows_of_report};
use tests::perils::{PERILS, Peril};
use tests::world::{Answer, Asked, World};

use crate::refusals::{errors, is_problem};

const NOW: &str = "2026-09-01T08:00:00Z";

async fn world() -> World {
    World::at(NOW).await
}

fn ndjson() -> Value {
    json!({ "format": "ndjson", "fileName": "september.ndjson" })
}

fn counts(view: &Value) -> [u64; 5] {
    let counts = &view["counts"];
    ["read", "accepted", "unchanged", "ignored", "refused"]
        .map(|name| counts[name].as_u64().expect("a count"))
}

/// Everything that is stored beside imports themselves.
fn records(world: &World) -> Vec<String> {
    world.contents().into_iter().filter(|item| !item.contains("demo#U")).collect()
}

#[tokio::test]
async fn a_file_is_taken_in_and_exactly_what_is_wrong_is_reported() {
    let world = world().await;
    let file = made_file(600, 30, 7);
    let asked = world.call("POST", "/v1/imports", Some(&ndjson())).await;
    assert_eq!(asked.status, StatusCode::CREATED);
    let (id, most) = (asked.body["importId"].as_str().unwrap(), asked.body["mostBytes"].as_u64());
    assert_eq!((most, &asked.body["expiresAt"]), (Some(1_000_000_000), &json!("2026-09-01T09:00:00Z")));
    let waiting = world.get(&format!("/v1/imports/{id}")).await;
    assert_eq!((&waiting["status"], &waiting["bytes"]), (&json!("awaitingUpload"), &Value::Null));
    let early = world.call("GET", &format!("/v1/imports/{id}/refused"), None).await;
    assert_eq!(
        (early.status, &early.body["type"]),
        (StatusCode::CONFLICT, &json!("urn:tijdig:problem:not_ended"))
    );

    let view = world.import_file(&ndjson(), file.text.clone()).await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("done"), &Value::Null), "{view}");
    assert_eq!(counts(&view), [600, 570, 0, 0, 30]);
    let bytes = file.text.len();
    assert_eq!(view["progress"], json!({ "done": bytes, "total": bytes, "unit": "bytes", "line": 601 }));
    assert_eq!(view["fileName"], "september.ndjson");
    let report = world.refused_report(view["id"].as_str().unwrap()).await;
    let expected: Vec<_> = file
        .wrong
        .iter()
        .map(|(line, (id, field, rule))| (*line, id.clone(), field.clone(), rule.clone()))
        .collect();
    assert_eq!(rows_of_report(&report), expected);
    assert_eq!(world.get("/v1/invoices/m3-1").await["open"], "100.00");
    assert_eq!(world.files.all().len(), 1, "the upload is deleted, the report is kept");

    // The same file once more.
    let before = records(&world);
    let again = world.import_file(&ndjson(), file.text).await;
    assert_eq!(counts(&again), [600, 570, 570, 0, 30]);
    assert_eq!(records(&world), before, "nothing changes");
    assert_eq!(world.refused_report(again["id"].as_str().unwrap()).await, report);
    let list = world.get("/v1/imports?limit=2").await;
    let listed: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|i| &i["format"]).collect();
    assert_eq!((listed, list["nextCursor"].is_string()), (vec![&json!("ndjson"), &json!("ndjson")], true));
}

/// A world whose imports are taken in seven records at a time, each by a message of its own.
async fn world_of_small_parts() -> World {
    let mut world = world().await;
    world.import.limits = Limits { records: 7, budget: Duration::ZERO };
    world
}

/// What is known of the debtors of a small file, in whatever order it came: a payment on an invoice of an earlier part may
/// come in before or after another invoice of its debtor.
async fn books(world: &World) -> Vec<Value> {
    let mut books = Vec::new();
    for debtor in ["m0", "m1", "m2", "m3"] {
        let mut told = world.events(debtor).await;
        told.sort();
        let balance = world.get(&format!("/v1/debtors/{debtor}")).await["balance"].clone();
        let list = world.get(&format!("/v1/invoices?debtorId={debtor}")).await;
        let mut invoices: Vec<String> =
            list["items"].as_array().unwrap().iter().map(|i| format!("{} {}", i["id"], i["open"])).collect();
        invoices.sort();
        books.push(json!([debtor, balance, invoices, told]));
    }
    books
}

/// The end of an import: what is known then, what it counted, what it reported.
async fn ending(world: &World, id: &str) -> (Vec<Value>, Value, Value, String) {
    let mut view = world.get(&format!("/v1/imports/{id}")).await;
    // What a part that was begun twice brought the first time says nothing new the second time.
    view["counts"]["unchanged"] = Value::Null;
    (books(world).await, view["status"].clone(), view["counts"].clone(), world.refused_report(id).await)
}

async fn small_import(world: &World) -> String {
    let id = world.upload(&ndjson(), made_file(20, 4, 11).text).await;
    world.settle().await;
    id
}

#[tokio::test]
async fn whatever_goes_wrong_at_whichever_step_of_an_import_it_ends_the_same() {
    let world = world_of_small_parts().await;
    world.perils.plan(usize::MAX, Peril::KilledBefore);
    let id = small_import(&world).await;
    let (expected, steps) = (ending(&world, &id).await, world.perils.steps());
    assert_eq!(expected.1, "done");
    assert_eq!(
        expected.2,
        json!({ "read": 20, "accepted": 16, "unchanged": null, "ignored": 0, "refused": 4 })
    );
    assert!(steps.iter().filter(|s| **s == "hints").count() >= 2, "several parts: {steps:?}");
    // The first writes are those of the request, which is asked again under another id.
    let begun = 1;
    for peril in PERILS {
        for (number, name) in steps.iter().enumerate().skip(begun) {
            let world = world_of_small_parts().await;
            world.perils.plan(number, peril);
            let id = small_import(&world).await;
            assert!(world.perils.struck(), "{peril:?} at {number}, {name}");
            assert_eq!(ending(&world, &id).await, expected, "{peril:?} at {number}, {name}");
        }
    }
}

#[tokio::test]
async fn a_message_that_comes_several_times_at_once_counts_nothing_twice() {
    let expected = {
        let world = world_of_small_parts().await;
        let id = small_import(&world).await;
        ending(&world, &id).await
    };
    for deliveries in [2, 3, 6] {
        let mut world = world_of_small_parts().await;
        world.deliveries = deliveries;
        let id = small_import(&world).await;
        assert_eq!(ending(&world, &id).await, expected, "{deliveries} deliveries");
    }
}

const MAPPING: &str = r#"{ "fields": {
    "debtor.number": { "column": "Relatie" }, "debtor.name": { "column": "Naam" },
    "debtor.modifiedAt": { "constant": "2026-08-31" },
    "invoice.number": { "column": "Factuur" }, "invoice.issueDate": { "column": "Datum" },
    "invoice.dueDate": { "column": "Vervalt" }, "invoice.total": { "column": "Bedrag" },
    "invoice.open": { "column": "Open" }, "invoice.modifiedAt": { "constant": "2026-08-31" } } }"#;

#[tokio::test]
async fn columns_are_read_as_a_kept_mapping_says() {
    let world = world_of_small_parts().await;
    let mapping: Value = serde_json::from_str(MAPPING).unwrap();
    let answer = world.call("PUT", "/v1/import-mappings/erp", Some(&mapping)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(world.call("PUT", "/v1/import-mappings/erp", Some(&mapping)).await.status, StatusCode::OK);
    assert_eq!(world.get("/v1/import-mappings/erp").await["mapping"]["fields"], mapping["fields"]);
    assert_eq!(world.get("/v1/import-mappings").await["items"][0]["id"], "erp");

    let mut text = "Relatie;Naam;Factuur;Datum;Vervalt;Bedrag;Open\r\n".to_owned();
    for n in 1..=30 {
        text += &format!(
            "K{n};\"Caf\u{e9} {n}; De Hoek\";F{n};{:02}-07-2026;15-08-2026;1.0{n:02},50;1.000,00\r\n",
            n
        );
    }
    text += "K31;Iemand;F31;31-06-2026;15-08-2026;10,00;10,00\r\n";
    // As a spreadsheet of that kind writes it: one byte a character.
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let asked = json!({ "format": "csv", "mappingId": "erp" });
    let view = world.import_file(&asked, bytes.clone()).await;
    assert_eq!((&view["status"], counts(&view)), (&json!("done"), [31, 30, 0, 0, 1]), "{view}");
    let report = world.refused_report(view["id"].as_str().unwrap()).await;
    let rows = rows_of_report(&report);
    assert_eq!(rows, [(32, String::new(), "invoice.issueDate".to_owned(), "not_a_date".to_owned())]);
    assert_eq!(world.get("/v1/debtors/K7").await["name"], "Caf\u{e9} 7; De Hoek");
    let invoice = world.get("/v1/invoices/F7").await;
    assert_eq!((&invoice["total"], &invoice["issueDate"]), (&json!("1007.50"), &json!("2026-07-07")));
    let before = records(&world);
    assert_eq!(counts(&world.import_file(&asked, bytes).await), [31, 30, 30, 0, 1]);
    assert_eq!(records(&world), before);

    // A mapping that is gone refuses the next file and not those before.
    assert_eq!(world.call("DELETE", "/v1/import-mappings/erp", None).await.status, StatusCode::NO_CONTENT);
    let answer = world.call("POST", "/v1/imports", Some(&asked)).await;
    assert_eq!(errors(&answer), [("mappingId".to_owned(), "unknown_mapping".to_owned())]);
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn an_archive_is_taken_in_document_by_document() {
    const CONSUMER: &str = include_str!("../../../shared/formats/tests-data/invoice-consumer.xml");
    const CREDIT: &str = include_str!("../../../shared/formats/tests-data/credit-note-business.xml");
    let world = world_of_small_parts().await;
    let broken =
        CONSUMER.replace("<cbc:IssueDate>", "<cbc:IssueDay>").replace("</cbc:IssueDate>", "</cbc:IssueDay>");
    let archive = zip(&[
        ("2026/a.xml", CONSUMER.as_bytes()),
        ("2026/b.xml", broken.as_bytes()),
        ("readme.txt", b"not a document"),
        ("c.xml", CREDIT.as_bytes()),
        ("again.xml", CONSUMER.as_bytes()),
    ]);
    let asked = json!({ "format": "ublZip" });
    let view = world.import_file(&asked, archive.clone()).await;
    assert_eq!((&view["status"], counts(&view)), (&json!("done"), [5, 3, 1, 0, 2]), "{view}");
    assert_eq!(view["progress"], json!({ "done": 5, "total": 5, "unit": "documents", "line": 6 }));
    let rows = rows_of_report(&world.refused_report(view["id"].as_str().unwrap()).await);
    let of = |line: u64| rows.iter().filter(move |row| row.0 == line).cloned().collect::<Vec<_>>();
    assert!(of(2).iter().any(|row| row.1 == "b.xml" && row.3 == "BR-03"), "{rows:?}");
    assert_eq!(of(3)[0].3, "XML", "{rows:?}");
    let invoices = world.get("/v1/invoices").await["items"].as_array().unwrap().clone();
    assert_eq!(invoices.len(), 2);
    for invoice in invoices {
        // Each document is kept beside its invoice.
        let id = invoice["id"].as_str().unwrap();
        let kept = world.get(&format!("/v1/invoices/{id}/documents")).await["items"].clone();
        assert_eq!(
            (kept.as_array().unwrap().len(), &kept[0]["contentType"]),
            (1, &json!("application/xml")),
            "{id}"
        );
    }
    let before = records(&world);
    assert_eq!(counts(&world.import_file(&asked, archive).await), [5, 3, 3, 0, 2]);
    assert_eq!(records(&world), before);
}

#[tokio::test]
async fn bank_statements_are_taken_in_line_by_line() {
    let table: [(&str, &[u8]); 2] = [
        ("camt053", include_bytes!("../../../shared/formats/tests-data/bank/rabobank.camt053.xml")),
        ("mt940", include_bytes!("../../../shared/formats/tests-data/bank/ing.940")),
    ];
    for (format, file) in table {
        let mut world = world().await;
        world.import.limits = Limits { records: 1, budget: Duration::ZERO };
        let view = world.import_file(&json!({ "format": format }), file).await;
        assert_eq!(view["status"], "done", "{view}");
        let [read, accepted, unchanged, ignored, refused] = counts(&view);
        assert!(read >= 2, "{view}");
        assert_eq!((accepted, unchanged, ignored, refused), (read, 0, 0, 0), "{view}");
        assert_eq!(view["progress"]["done"], view["progress"]["total"]);
        let statements = world.get("/v1/statements").await;
        let lines = |name: &str| -> u64 {
            let all = statements["items"].as_array().unwrap().iter();
            all.map(|s| s["counts"][name].as_u64().unwrap()).sum()
        };
        assert_eq!((lines("lines"), lines("known")), (read, 0), "{statements}");
        let before = records(&world);
        assert_eq!(
            counts(&world.import_file(&json!({ "format": format }), file).await),
            [read, read, read, 0, 0]
        );
        assert_eq!(records(&world), before, "{format}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_fails_with_the_name_of_the_rule() {
    let csv = |mapping: &str| json!({ "format": "csv", "mapping": serde_json::from_str::<Value>(mapping).unwrap() });
    let table: Vec<(Value, &[u8], &str)> = vec![
        (csv(MAPPING), b"Klant;Naam\r\n1;A\r\n", "TIJDIG-COLUMN"),
        (csv(MAPPING), b"", "TIJDIG-COLUMN"),
        (json!({ "format": "ublZip" }), b"no archive", "TIJDIG-ZIP"),
        (json!({ "format": "camt053" }), b"<!DOCTYPE x [<!ENTITY a 'b'>]><Document/>", "XML"),
        (json!({ "format": "camt053" }), b"<Document/>", "XSD"),
        (json!({ "format": "mt940" }), b"nothing of the kind", "XSD"),
    ];
    for (asked, file, reason) in table {
        let world = world().await;
        let before = records(&world);
        let view = world.import_file(&asked, file).await;
        assert_eq!((&view["status"], &view["reason"]), (&json!("failed"), &json!(reason)), "{view}");
        assert!(!view["detail"].as_str().unwrap().is_empty());
        assert_eq!((counts(&view), records(&world)), ([0; 5], before), "{reason}");
        assert_eq!(rows_of_report(&world.refused_report(view["id"].as_str().unwrap()).await), []);
    }
}

#[tokio::test]
async fn an_empty_file_and_one_of_blank_lines_are_done_at_once() {
    for text in ["", "\n", "\r\n\r\n  \n"] {
        let view = world().await.import_file(&ndjson(), text).await;
        assert_eq!((&view["status"], counts(&view)), (&json!("done"), [0; 5]), "{text:?}");
    }
}

#[tokio::test]
async fn nothing_in_a_report_runs_and_nothing_of_a_record_but_its_id_is_in_it() {
    let world = world().await;
    let record = |id: &str, body: Value| json!({ "type": "debtor", "id": id, "body": body }).to_string();
    let mut strange = consumer("D1");
    strange["=HYPERLINK(1)"] = json!("J. de Vries");
    let text = [
        record("=cmd|' /C calc'!A0", consumer("D1")),
        record("d1", strange),
        record(&"x".repeat(500), consumer("D2")),
    ];
    let view = world.import_file(&ndjson(), text.join("\n")).await;
    let report = world.refused_report(view["id"].as_str().unwrap()).await;
    let expected = format!(
        "line,id,field,rule,detail\r\n\
         1,'=cmd|' /C calc'!A0,id,not_an_id,\"is not an id: 1 to 64 letters, digits, '-', '_' or '.'\"\r\n\
         2,d1,'=HYPERLINK(1),unknown_field,is not a field here\r\n\
         3,{},id,not_an_id,\"is not an id: 1 to 64 letters, digits, '-', '_' or '.'\"\r\n",
        "x".repeat(64)
    );
    assert_eq!(report, expected);
    assert!(!report.contains("Vries"));
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused_with_its_field() {
    let world = world().await;
    let before = world.contents();
    let table = [
        (json!({ "format": "xlsx" }), "format", "unknown_value"),
        (json!({ "format": "csv" }), "mapping", "required"),
        (json!({ "format": "csv", "mappingId": "erp" }), "mappingId", "unknown_mapping"),
        (json!({ "format": "csv", "mapping": { "fields": {} } }), "mapping.fields", "required"),
        (json!({ "format": "csv", "mapping": { "columns": {} } }), "mapping.columns", "unknown_field"),
        (json!({ "format": "mt940", "mapping": {} }), "mapping", "not_for_this_format"),
        (json!({ "format": "ndjson", "path": "/etc" }), "path", "unknown_field"),
    ];
    for (body, path, code) in table {
        let answer = world.call("POST", "/v1/imports", Some(&body)).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())], "{body}");
    }
    let answer = world
        .call("PUT", "/v1/import-mappings/erp", Some(&json!({ "fields": { "x.y": { "column": 1 } } })))
        .await;
    assert!(
        errors(&answer).contains(&("fields.*".to_owned(), "unknown_field".to_owned())),
        "{}",
        answer.body
    );
    assert_eq!(world.contents(), before);
}

#[tokio::test]
async fn the_same_request_twice_is_one_import() {
    let world = world().await;
    let ask = || world.call_with("POST", "/v1/imports", None, &[("idempotency-key", "k1")]);
    is_problem(&ask().await, 400);
    let body = ndjson();
    let ask = || world.call_with("POST", "/v1/imports", Some(&body), &[("idempotency-key", "k1")]);
    let (first, second) = (ask().await, ask().await);
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.body, second.body);
    assert_eq!(world.get("/v1/imports").await["items"].as_array().unwrap().len(), 1);
}

async fn ask_as(world: &World, caller: Caller, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let caller = Some(caller);
    world.ask(&Asked { method, path, content_type: "application/json", body, headers: &[], caller }).await
}

#[tokio::test]
async fn an_import_is_its_own_administrations_and_asks_for_what_its_records_ask_for() {
    let world = world().await;
    let view = world.import_file(&ndjson(), "x").await;
    let id = view["id"].as_str().unwrap();
    let stranger = || Caller { administration: "other".parse().unwrap(), ..world.caller() };
    for (method, path) in [
        ("GET", format!("/v1/imports/{id}")),
        ("GET", format!("/v1/imports/{id}/refused")),
        ("POST", format!("/v1/imports/{id}/resume")),
    ] {
        let answer = ask_as(&world, stranger(), method, &path, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let list = ask_as(&world, stranger(), "GET", "/v1/imports", &Value::Null).await;
    assert_eq!(list.body["items"], json!([]));

    let with = |scopes: &[&str]| Caller {
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        ..world.caller()
    };
    let records = ["debtors:write", "invoices:write", "payments:write"];
    let table: [(&str, &[&str], StatusCode); 6] = [
        ("ndjson", &records, StatusCode::CREATED),
        ("ndjson", &records[..2], StatusCode::FORBIDDEN),
        ("ublZip", &records[..2], StatusCode::CREATED),
        ("ublZip", &records[1..], StatusCode::FORBIDDEN),
        ("mt940", &["bank:write"], StatusCode::CREATED),
        ("camt053", &records, StatusCode::FORBIDDEN),
    ];
    for (format, scopes, expected) in table {
        let answer = ask_as(&world, with(scopes), "POST", "/v1/imports", &json!({ "format": format })).await;
        assert_eq!(answer.status, expected, "{format} {scopes:?}");
    }
    let of_the_bank = ask_as(&world, with(&["bank:read"]), "GET", "/v1/imports", &Value::Null).await;
    let formats: Vec<&Value> =
        of_the_bank.body["items"].as_array().unwrap().iter().map(|i| &i["format"]).collect();
    assert_eq!(formats, [&json!("mt940")]);
    let answer =
        ask_as(&world, with(&["bank:read"]), "GET", &format!("/v1/imports/{id}"), &Value::Null).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

/// Follows the schedule of connections and imports up to this instant.
async fn sweep(world: &World, until: &str) {
    world.connections_until(until).await;
    world.settle().await;
}

#[tokio::test]
async fn an_upload_whose_event_is_lost_is_found_and_one_that_never_came_is_over() {
    let world = world().await;
    world.imports.lose(1);
    let id = world.upload(&ndjson(), made_file(10, 0, 1).text).await;
    let never = world.call("POST", "/v1/imports", Some(&ndjson())).await.body["importId"].clone();
    let status = async |id: &str| world.get(&format!("/v1/imports/{id}")).await["status"].clone();
    sweep(&world, "2026-09-01T09:59:00Z").await;
    assert_eq!(status(&id).await, "awaitingUpload");
    sweep(&world, "2026-09-01T10:14:00Z").await;
    assert_eq!(status(&id).await, "done");
    let over = world.get(&format!("/v1/imports/{}", never.as_str().unwrap())).await;
    assert_eq!((&over["status"], &over["reason"]), (&json!("failed"), &json!("not_uploaded")));
    let answer = world.call("POST", &format!("/v1/imports/{}/resume", never.as_str().unwrap()), None).await;
    assert_eq!(
        (answer.status, &answer.body["type"]),
        (StatusCode::CONFLICT, &json!("urn:tijdig:problem:not_resumable"))
    );
}

#[tokio::test]
async fn an_import_whose_message_is_lost_halfway_goes_on_at_the_next_sweep_or_when_it_is_asked_for() {
    for by_sweep in [true, false] {
        let world = world_of_small_parts().await;
        let id = world.upload(&ndjson(), made_file(20, 4, 11).text).await;
        world.imports.lose(1);
        world.settle().await;
        let path = format!("/v1/imports/{id}");
        let halfway = world.get(&path).await;
        assert_eq!((&halfway["status"], counts(&halfway)[0]), (&json!("running"), 7), "{halfway}");
        if by_sweep {
            sweep(&world, "2026-09-01T08:15:00Z").await;
        } else {
            let answer = world.call("POST", &format!("{path}/resume"), None).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED);
            world.settle().await;
        }
        let done = world.get(&path).await;
        assert_eq!((&done["status"], counts(&done)), (&json!("done"), [20, 16, 0, 0, 4]), "{done}");
    }
}

#[tokio::test]
async fn an_import_that_failed_halfway_goes_on_where_it_stopped() {
    let world = world_of_small_parts().await;
    let text = made_file(20, 4, 11).text;
    let id = world.upload(&ndjson(), text.clone()).await;
    world.imports.lose(1);
    world.settle().await;
    let name = format!("uploads/demo/{id}");
    outside::files::Files::delete(&world.files, &name).await.unwrap();
    let path = format!("/v1/imports/{id}");
    assert_eq!(world.call("POST", &format!("{path}/resume"), None).await.status, StatusCode::ACCEPTED);
    world.settle().await;
    let failed = world.get(&path).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("failed"), &json!("file_gone")), "{failed}");
    assert_eq!(counts(&failed)[0], 7, "what was taken in stays");
    let bytes = bytes::Bytes::from(text);
    outside::files::Files::put(&world.files, &name, bytes, "text/plain").await.unwrap();
    assert_eq!(world.call("POST", &format!("{path}/resume"), None).await.status, StatusCode::ACCEPTED);
    world.settle().await;
    let done = world.get(&path).await;
    assert_eq!((&done["status"], counts(&done)), (&json!("done"), [20, 16, 0, 0, 4]), "{done}");
}

#[tokio::test]
async fn a_rule_on_import_keeps_records_of_a_file_out_as_it_does_everywhere() {
    let world = world().await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    let mut old = invoice("d1", "1", "2026-08-01", "2026-08-15", "0.00");
    old["open"] = json!("0.00");
    let new = invoice("d1", "2", "2026-08-01", "2026-08-15", "10.00");
    world
        .change_settings(|administration| {
            administration.import.zero = Treatment::Ignore;
        })
        .await;
    let line = |id: &str, body: &Value| json!({ "type": "invoice", "id": id, "body": body }).to_string();
    let view = world.import_file(&ndjson(), [line("i1", &old), line("i2", &new)].join("\n")).await;
    assert_eq!(counts(&view), [2, 1, 0, 1, 0]);
}

#[tokio::test]
async fn a_forged_message_changes_nothing() {
    let world = world().await;
    let done = world.import_file(&ndjson(), made_file(10, 1, 3).text).await;
    let id = done["id"].as_str().unwrap();
    let before = world.contents();
    let uploaded =
        |key: &str| json!({ "detail-type": "Object Created", "detail": { "object": { "key": key } } });
    for body in [
        world.upload_event(id),
        json!({ "administration": "demo", "importId": id }),
        json!({ "administration": "demo", "importId": "nobody" }),
        json!({ "administration": "other", "importId": id }),
        uploaded("imports/demo/x/refused.csv"),
        uploaded("uploads/../demo"),
    ] {
        world.imports.push(body.to_string());
        world.settle().await;
        assert_eq!(world.contents(), before, "{body}");
    }
}
