//! A case is told to a bailiff: one archive with the claim, the course of events and all that was sent. FEATURES 6.1, 6.2.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use contracts::queues::BuildDossier;
use domain::administration::Administration;
use domain::calendar::today;
use domain::case_dossier;
use domain::channels::LetterProvider;
use domain::ids::{AdministrationId, DebtorId};
use domain::notice::Channel;
use domain::policy::{CountedFrom, Policy, Step};
use domain::provider::Provider;
use domain::step::StepKind;
use http::StatusCode;
use outside::files::{Files, PART_BYTES, Upload};
use pages::dossier::Composed;
use runtime::http::Caller;
use runtime::queue::Handled;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::mail::Next;
use tests::perils::{PERILS, Peril};
use tests::world::{Answer, Asked, World};
use zip::ZipArchive;

use crate::refusals::is_problem;

const PDF: &[u8] = b"%PDF-1.7\nthe invoice";

/// What the municipality reports of the debtor: nobody's business but theirs.
const OUTCOME: &str = "help_accepted.financial";

/// What people typed where it stays within.
const WITHIN: &str = "a reason that stays within";

/// Nine reminders with a week between them, the last by letter; the final reminder, the formal notice, and a summons that claims costs
/// and interest.
fn policy() -> Policy {
    let model = Policy::collection();
    let of = |kind: StepKind| model.steps.iter().find(|step| step.kind == kind).expect("a step").clone();
    let mut steps: Vec<Step> = Vec::new();
    for number in 1..=9 {
        let mut step = of(StepKind::Reminder);
        step.id = format!("reminder-{number}").parse().expect("an id");
        (step.after_days, step.counted_from) = match number {
            1 => (7, CountedFrom::DueDate),
            _ => (7, CountedFrom::PreviousStep),
        };
        if number == 9 {
            step.channels = vec![Channel::Letter];
        }
        steps.push(step);
    }
    steps.extend([StepKind::FinalReminder, StepKind::FormalNotice, StepKind::Summons].map(of));
    Policy { steps, ..model }
}

/// Three invoices of a consumer that are due on 15 January 2026.
async fn three_invoices() -> World {
    let world = World::at("2026-01-02T08:00:00Z").await;
    world
        .change_settings(|settings| {
            settings.channels = vec![Channel::Email, Channel::Letter];
            settings.letters.provider = Some(LetterProvider::HandOff);
            settings.policies.push(policy());
            settings.default_policy = "collection".parse().expect("an id");
        })
        .await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    for number in ["1", "2", "3"] {
        let body = invoice("d1", &format!("F-{number}"), "2026-01-01", "2026-01-15", "121.00");
        world.put(&format!("/v1/invoices/i{number}"), &body).await;
    }
    world
}

async fn put_document(world: &World, invoice: &str, name: &str, bytes: &[u8]) {
    let path = format!("/v1/invoices/{invoice}/documents/{name}");
    let put = world.send_request("PUT", &path, "application/octet-stream", bytes.to_vec(), &[]).await;
    assert_eq!(put.status, StatusCode::CREATED, "{}", put.body);
}

async fn write(world: &World, author: &str, text: &str, attachments: Value) {
    let body = json!({ "author": author, "debtorId": "d1", "text": text, "attachments": attachments });
    let written = world.call("POST", "/v1/messages", Some(&body)).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.body);
}

/// Four messages, the last with a file.
async fn four_messages(world: &World) {
    write(world, "debtor", "Waarom is de rekening zo hoog?", json!([])).await;
    write(world, "desk", "De meterstand was geschat.", json!([])).await;
    write(world, "debtor", "Dat klopt niet.", json!([])).await;
    let begun = world.call("POST", "/v1/message-uploads", None).await;
    let url = begun.body["url"].as_str().expect("an address").to_owned();
    assert!(world.files.take_upload(&Upload { url, headers: Vec::new() }, Bytes::from_static(PDF)));
    let file = json!({ "uploadId": begun.body["uploadId"], "name": "foto van de meter.pdf" });
    write(world, "debtor", "Zie de foto.", json!([file])).await;
    world.settle().await;
}

/// The whole case: twelve notices, a signal with the municipality's report on it, a plan that was ended, four messages.
async fn a_case() -> World {
    let world = three_invoices().await;
    put_document(&world, "i1", "factuur.pdf", PDF).await;
    put_document(&world, "i1", "bijlage.pdf", b"%PDF-1.7\nmore").await;
    put_document(&world, "i2", "factuur.pdf", PDF).await;
    world.go_to("2026-03-31T12:00:00Z").await;
    four_messages(&world).await;
    world.go_to("2026-04-03T12:00:00Z").await;
    let signals = world.inforing.taken();
    assert_eq!(signals.len(), 1, "the final reminder makes the early signal leave");
    let reference = signals[0].reference.clone();
    world.feedback(Provider::Inforing, &reference, "f1", OUTCOME).await;
    world.go_to("2026-04-08T12:00:00Z").await;
    world.feedback(Provider::Inforing, &reference, "f2", "help_ended").await;
    let plan = json!({ "debtorId": "d1", "instalments": 3, "every": "month", "firstOn": "2026-05-15",
        "proposedBy": "creditor" });
    let made = world.call("POST", "/v1/payment-plans", Some(&plan)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let approved = world.call("POST", "/v1/payment-plans/d1.p1/approve", None).await;
    assert_eq!(approved.status, StatusCode::OK, "{}", approved.body);
    let reason = json!({ "reason": WITHIN });
    let ended = world.call("POST", "/v1/payment-plans/d1.p1/end", Some(&reason)).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.body);
    world.go_to("2026-06-30T12:00:00Z").await;
    world
}

async fn ask(world: &World, language: &str) -> Answer {
    let asked = world.call("POST", &format!("/v1/cases/d1.c1/dossier?language={language}"), None).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.body);
    world.settle().await;
    asked
}

/// The dossier of the case as it is read, which has to be ready.
async fn ready(world: &World) -> Value {
    let view = world.get("/v1/cases/d1.c1/dossier").await;
    assert_eq!(view["status"], "ready", "{view}");
    view
}

fn address(view: &Value) -> &str {
    view["url"]["href"].as_str().expect("an address")
}

/// Every file of an archive, by its name.
fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut files = BTreeMap::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).expect("an entry");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("its bytes");
        files.insert(entry.name().expect("a name").into_owned(), content);
    }
    files
}

/// What the dossier that was asked for last says, part by part.
async fn told(world: &World) -> Composed {
    let settings = world.store.administration(&world.administration).await.unwrap().expect("settings").value;
    let debtor: DebtorId = "d1".parse().expect("an id");
    let dossier = world.store.dossier(&world.administration, &debtor).await.unwrap().expect("a debtor").value;
    let asked = case_dossier::latest(&dossier, &debtor.case(1)).expect("a dossier").clone();
    world.build.contents(&settings, &dossier, &asked).await.unwrap().expect("it can be told").composed
}

/// Cells of the tables under this heading, row by row.
fn rows(told: &Composed, heading: &str) -> Vec<Vec<String>> {
    let part = told.parts.iter().find(|part| part.heading == heading);
    let part = part.unwrap_or_else(|| panic!("no part {heading}"));
    part.tables.iter().flat_map(|table| table.rows.clone()).collect()
}

fn names(files: &BTreeMap<String, Vec<u8>>, folder: &str) -> Vec<String> {
    files.keys().filter(|name| name.starts_with(folder)).cloned().collect()
}

#[tokio::test]
async fn a_dossier_holds_the_case_and_nothing_of_what_the_municipality_reported() {
    let world = a_case().await;
    ask(&world, "nl").await;
    let view = ready(&world).await;
    let bytes = world.files.download(address(&view)).expect("a file");
    assert_eq!(view["bytes"], bytes.len());
    let files = unpacked(&bytes);
    assert_eq!(view["files"], files.len());

    assert!(files["dossier.pdf"].starts_with(b"%PDF-"));
    assert_eq!(
        names(&files, "invoices/"),
        ["invoices/F-1/bijlage.pdf", "invoices/F-1/factuur.pdf", "invoices/F-2/factuur.pdf"]
    );
    let sent = names(&files, "sent/");
    assert_eq!(sent.iter().filter(|name| name.ends_with(".pdf")).count(), 1, "{sent:?}");
    assert!(sent.iter().filter(|name| name.ends_with(".eml")).count() >= 11, "{sent:?}");
    let messages = names(&files, "messages/");
    assert_eq!(messages.iter().filter(|name| name.ends_with(".txt")).count(), 4, "{messages:?}");
    assert!(messages.contains(&"messages/d1.w4/foto_van_de_meter.pdf".to_owned()), "{messages:?}");

    let told = told(&world).await;
    let summed = rows(&told, "Vordering per 30 juni 2026");
    assert_eq!(summed.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["F-1", "F-2", "F-3"]);
    let follow_up = rows(&told, "Brieven en berichten").into_iter().filter(|row| row[1] != "Bericht");
    assert_eq!(follow_up.count(), 12);
    assert_eq!(rows(&told, "Berichten over en weer").len(), 4);
    assert_eq!(rows(&told, "Regeling d1.p1").len(), 3);
    let signals = rows(&told, "Meldingen vroegsignalering");
    assert_eq!(signals.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), ["Vroegsignaal"]);
    let course = rows(&told, "Verloop");
    for expected in
        ["Verstuurd: Laatste herinnering", "bezorgd, volgens de bezorger", "Melding vroegsignalering"]
    {
        assert!(course.iter().any(|row| row[1].contains(expected)), "{expected}: {course:#?}");
    }
    let words = format!("{told:?}").to_lowercase();
    for within in [OUTCOME, "help", "financ", WITHIN, "hulp"] {
        assert!(!words.contains(&within.to_lowercase()), "{within}");
    }
}

#[tokio::test]
async fn what_is_unpacked_is_what_the_list_of_hashes_says() {
    let world = three_invoices().await;
    put_document(&world, "i1", "factuur.pdf", PDF).await;
    world.go_to("2026-01-23T12:00:00Z").await;
    ask(&world, "en").await;
    let view = ready(&world).await;
    let bytes = world.files.download(address(&view)).expect("a file");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bailiffs-dossier");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("an old folder goes");
    }
    for (name, content) in unpacked(&bytes) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    let checked =
        Command::new("sha256sum").args(["--strict", "-c", "manifest.sha256"]).current_dir(&folder).output();
    let checked = checked.expect("sha256sum runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert_eq!(said.lines().count(), unpacked(&bytes).len() - 1, "{said}");
    // Another reader of archives than ours.
    let file = folder.join("all.zip");
    std::fs::write(&file, &bytes).expect("a file");
    let tested =
        Command::new("python3").args(["-m", "zipfile", "-t"]).arg(&file).output().expect("python runs");
    let said = String::from_utf8_lossy(&tested.stdout).into_owned();
    assert!(tested.status.success() && !said.contains("corrupted"), "{said}");
}

#[tokio::test]
async fn asked_for_twice_it_is_built_once() {
    let world = three_invoices().await;
    world.go_to("2026-01-23T12:00:00Z").await;
    let (first, again) = (ask(&world, "nl").await, ask(&world, "nl").await);
    assert_eq!((&first.body["id"], &again.body["status"]), (&again.body["id"], &json!("ready")));
    assert_eq!(world.count("d1", "DossierBuilt").await, 1);
}

#[tokio::test]
async fn the_same_state_is_the_same_bytes_under_the_same_name() {
    let world = three_invoices().await;
    put_document(&world, "i1", "factuur.pdf", PDF).await;
    world.go_to("2026-01-23T12:00:00Z").await;
    world.call("POST", "/v1/cases/d1.c1/dossier", None).await;
    // Nobody is told: it is built by hand.
    world.table.drain_stream();
    let debtor: DebtorId = "d1".parse().expect("an id");
    let known = world.store.dossier(&world.administration, &debtor).await.unwrap().expect("a debtor").value;
    let key = format!("dossiers/demo/d1.z1.{}.zip", known.counts.entries);
    let hint =
        BuildDossier { administration: world.administration.clone(), dossier_id: debtor.case_dossier(1) };
    let mut first = None;
    for step in 0..10 {
        // It is written, and that it was is lost.
        world.perils.plan(step, Peril::LostBefore);
        assert!(world.build.run(&hint).await.is_err(), "{step}");
        first = world.files.read(&key, None).await.ok();
        if first.is_some() {
            break;
        }
    }
    assert_eq!(world.build.run(&hint).await.unwrap(), Handled::Done("built"));
    assert_eq!(world.files.read(&key, None).await.ok(), first);
    assert_eq!(world.build.run(&hint).await.unwrap(), Handled::Skipped("built_already"));
}

#[tokio::test]
async fn what_happened_since_is_told_by_another_one() {
    let world = three_invoices().await;
    world.go_to("2026-01-23T12:00:00Z").await;
    let first = ask(&world, "nl").await.body["id"].clone();
    let before = ready(&world).await["sha256"].clone();
    world.go_to("2026-01-30T12:00:00Z").await;
    let second = ask(&world, "nl").await.body["id"].clone();
    assert_ne!(first, second);
    assert_ne!(ready(&world).await["sha256"], before);
    let id = first.as_str().expect("an id");
    let old = world.get(&format!("/v1/cases/d1.c1/dossier?id={id}")).await;
    assert_eq!((&old["sha256"], &old["asOf"]), (&before, &json!("2026-01-23")));
}

#[tokio::test]
async fn an_address_expires_and_is_nobody_elses() {
    let world = three_invoices().await;
    world.go_to("2026-01-23T12:00:00Z").await;
    ask(&world, "nl").await;
    let view = ready(&world).await;
    assert_eq!(view["url"]["expiresAt"], "2026-01-23T12:05:00Z");
    let downloaded = |seconds| world.files.download_after(address(&view), Duration::from_secs(seconds));
    assert!(downloaded(299).is_some() && downloaded(300).is_none());
    assert!(!address(&view).contains("Vries"), "{}", address(&view));

    let stranger = Caller { administration: AdministrationId::parse("other").unwrap(), ..world.caller() };
    let settings = world.store.administration(&world.administration).await.unwrap().expect("settings").value;
    let settings = Administration { id: stranger.administration.clone(), ..settings };
    world.store.put_administration(&settings, None).await.unwrap();
    for method in ["GET", "POST"] {
        let asked = Asked {
            method,
            path: "/v1/cases/d1.c1/dossier",
            content_type: "application/json",
            body: Vec::new(),
            headers: &[],
            caller: Some(stranger.clone()),
        };
        is_problem(&world.ask(&asked).await, 404);
    }
    for path in ["/v1/cases/d1.c2/dossier", "/v1/cases/loose/dossier", "/v1/cases/d9.c1/dossier"] {
        is_problem(&world.call("POST", path, None).await, 404);
        is_problem(&world.call("GET", path, None).await, 404);
    }
    let wrong = world.call("POST", "/v1/cases/d1.c1/dossier?language=de", None).await;
    is_problem(&wrong, 400);
}

#[tokio::test]
async fn large_documents_go_through_part_by_part() {
    let world = three_invoices().await;
    let large: Vec<u8> = [b"%PDF-1.7\n".as_slice(), &vec![7_u8; 9_000_000]].concat();
    for number in 0..4 {
        let begun = world.call("POST", &format!("/v1/invoices/i1/documents/{number}.pdf"), None).await;
        let url = begun.body["url"].as_str().expect("an address").to_owned();
        let mut bytes = large.clone();
        bytes[20] = number;
        assert!(world.files.take_upload(&Upload { url, headers: Vec::new() }, Bytes::from(bytes)));
        let id = begun.body["uploadId"].as_str().expect("an id");
        let path = format!("/v1/invoices/i1/documents/{number}.pdf?uploadId={id}");
        let put = world.send_request("PUT", &path, "application/octet-stream", Vec::new(), &[]).await;
        assert_eq!(put.status, StatusCode::CREATED, "{}", put.body);
    }
    world.go_to("2026-01-23T12:00:00Z").await;
    ask(&world, "nl").await;
    let view = ready(&world).await;
    assert!(view["bytes"].as_u64().expect("a size") > 36_000_000, "{view}");
    assert_eq!(world.files.largest_part(), PART_BYTES, "never more than one part at once");
    let files = unpacked(&world.files.download(address(&view)).expect("a file"));
    assert_eq!(files["invoices/F-1/3.pdf"].len(), large.len());
}

#[tokio::test]
async fn what_was_refused_has_no_copy_and_what_may_have_left_twice_has_two() {
    // (what the mail service does first, how many copies the dossier holds of that notice)
    for (first, copies) in [(Next::Throttled, 1), (Next::Refused, 0), (Next::Vanishes, 2)] {
        let world = three_invoices().await;
        world.mail.next(&[first]);
        world.go_to("2026-01-23T12:00:00Z").await;
        ask(&world, "nl").await;
        let view = ready(&world).await;
        let files = unpacked(&world.files.download(address(&view)).expect("a file"));
        assert_eq!(names(&files, "sent/d1.n1").len(), copies, "{first:?}: {:?}", files.keys());
    }
}

#[tokio::test]
async fn neither_a_dossier_nor_a_copy_tells_of_codes_and_of_who_came_to_their_page() {
    let world = three_invoices().await;
    world.go_to("2026-01-23T12:00:00Z").await;
    let copies = || -> Vec<String> {
        world.files.all().into_iter().map(|(key, _)| key).filter(|key| key.starts_with("sent/")).collect()
    };
    ask(&world, "nl").await;
    let (course, kept) = (rows(&told(&world).await, "Verloop"), copies());
    assert!(!course.is_empty() && !kept.is_empty(), "{course:?} {kept:?}");
    world.browser().come_in().await;
    let events = world.events("d1").await;
    for event in ["AccessCodeAsked", "AccessCodeSent", "PortalOpened"] {
        assert!(events.iter().any(|known| known == event), "{event}: {events:?}");
    }
    ask(&world, "nl").await;
    assert_eq!((rows(&told(&world).await, "Verloop"), copies()), (course, kept));
}

#[tokio::test]
async fn a_hand_over_names_the_dossier_as_it_was() {
    let world = three_invoices().await;
    world.go_to("2026-01-23T12:00:00Z").await;
    ask(&world, "nl").await;
    let before = ready(&world).await;
    let bailiff = json!({ "bailiff": "Gerechtsdeurwaarder Voorbeeld" });
    let handed = world.call("POST", "/v1/cases/d1.c1/hand-over", Some(&bailiff)).await;
    assert_eq!((handed.status, &handed.body["dossierId"]), (StatusCode::OK, &before["id"]));
    // One that is built later tells of the hand-over, and leaves what was handed over as it is.
    ask(&world, "nl").await;
    assert_ne!(ready(&world).await["id"], before["id"]);
    let told = told(&world).await;
    assert!(rows(&told, "Verloop").iter().any(|row| row[1].contains("overgedragen aan de deurwaarder")));
    let id = before["id"].as_str().expect("an id");
    let kept = world.get(&format!("/v1/cases/d1.c1/dossier?id={id}")).await;
    assert_eq!((&kept["sha256"], &kept["handedOverAt"]), (&before["sha256"], &json!("2026-01-23T12:00:00Z")));
    assert_eq!(world.get("/v1/cases/d1.c1").await["dossierId"], before["id"]);
}

#[tokio::test]
async fn a_hint_that_is_lost_is_given_again() {
    let world = three_invoices().await;
    world.go_to("2026-01-23T12:00:00Z").await;
    world.call("POST", "/v1/cases/d1.c1/dossier", None).await;
    // What the stream would have told is lost.
    world.table.drain_stream();
    assert_eq!(world.get("/v1/cases/d1.c1/dossier").await["status"], "building");
    world.go_to("2026-01-23T12:31:00Z").await;
    let view = ready(&world).await;
    assert_eq!(today(view["readyAt"].as_str().unwrap().parse().unwrap()).to_string(), "2026-01-23");
}

#[tokio::test]
async fn a_case_that_is_over_before_it_was_told_says_so() {
    let world = three_invoices().await;
    world.go_to("2026-01-23T12:00:00Z").await;
    world.call("POST", "/v1/cases/d1.c1/dossier", None).await;
    let all = tests::stories::payment_of_everything("d1", "363.00", "2026-01-23");
    world.put("/v1/payments/p1", &all).await;
    world.settle().await;
    let view = world.get("/v1/cases/d1.c1/dossier").await;
    assert_eq!((&view["status"], &view["reason"]), (&json!("failed"), &json!("case_over")));
    assert_eq!(view["url"], Value::Null);
}

#[tokio::test]
async fn whatever_is_lost_on_the_way_it_is_built_once() {
    let rehearsal = three_invoices().await;
    rehearsal.go_to("2026-01-23T12:00:00Z").await;
    rehearsal.perils.plan(usize::MAX, Peril::LostBefore);
    ask(&rehearsal, "nl").await;
    let steps = rehearsal.perils.steps().len();
    assert!(steps > 2, "{steps}");
    for step in 0..steps {
        for peril in PERILS {
            let world = three_invoices().await;
            world.go_to("2026-01-23T12:00:00Z").await;
            world.perils.plan(step, peril);
            ask(&world, "nl").await;
            world.go_to("2026-01-24T12:00:00Z").await;
            ready(&world).await;
            assert_eq!(world.count("d1", "DossierBuilt").await, 1, "{step}, {peril:?}");
        }
    }
}
