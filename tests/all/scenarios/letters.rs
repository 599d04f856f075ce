//! Letters: what they say, where they go, and what follows when they come back. FEATURES 2.2, 2.9; LAW 3.

use domain::calendar::today;
use domain::notice::Channel;
use http::StatusCode;
use outside::files::Files;
use outside::letters::Standing;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::letters::Next;
use tests::stories::mail_days;
use tests::world::World;

/// An invoice due on 1 September 2026 of a debtor without a mail address, under a policy that mails and else writes.
async fn beginning(provider: &str) -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    connect(&world, provider).await;
    let mut body = consumer("D1");
    body["emails"] = json!([]);
    world.put("/v1/debtors/d1", &body).await;
    let mut term = invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00");
    term["recurringTerm"] = json!(false);
    world.put("/v1/invoices/i1", &term).await;
    world
}

pub(super) async fn connect(world: &World, provider: &str) {
    let letters = json!({ "provider": provider, "product": "fast", "twoSided": true, "colour": false });
    let settings = json!({ "channels": ["email", "letter", "phone"], "letters": letters });
    world.put("/v1/settings", &settings).await;
    let keys = json!({ "clientId": "client", "clientSecret": "hush", "organisation": "org-1" });
    let view = world.put("/v1/letter-providers/pingen", &keys).await.body;
    assert_eq!(view, json!({ "provider": "pingen", "connected": true, "organisation": "org-1" }));
    world
        .change_settings(|settings| {
            for step in &mut settings.policies[0].steps {
                step.channels = vec![Channel::Email, Channel::Letter, Channel::Phone];
            }
        })
        .await;
}

fn days(world: &World) -> Vec<String> {
    world.letters.taken().iter().map(|t| today(t.at).to_string()).collect()
}

async fn tasks(world: &World) -> Vec<String> {
    let debtor = world.get("/v1/debtors/d1").await;
    let about = |t: &Value| t["about"].as_str().unwrap().to_owned();
    debtor["tasks"].as_array().unwrap().iter().map(about).collect()
}

async fn report(world: &World, notice: &str, body: &Value) -> (StatusCode, Value) {
    let answer = world.call("POST", &format!("/v1/notices/{notice}/delivery"), Some(body)).await;
    (answer.status, answer.body)
}

fn posted(at: &str) -> Standing {
    Standing::Posted { at: at.parse().ok() }
}

#[tokio::test]
async fn whoever_has_no_mail_address_gets_a_letter_with_a_code_of_which_only_the_hash_is_kept() {
    let world = beginning("pingen").await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((days(&world), mail_days(&world).len()), (vec!["2026-09-08".to_owned()], 0));
    let letter = &world.letters.taken()[0].letter;
    assert_eq!(letter.id, format!("{}.d1.n1", world.administration));
    assert!(letter.pdf.starts_with(b"%PDF-"));
    let kept =
        world.store.dossier(&world.administration, &"d1".parse().unwrap()).await.unwrap().unwrap().value;
    let paper = kept.notices[0].letter.as_ref().unwrap();
    assert_eq!((paper.codes.len(), paper.codes[0].len()), (1, 64));
    assert_eq!(world.files.read(&paper.file, None).await.unwrap(), letter.pdf);
    assert!(!paper.file.contains("d1"), "{}", paper.file);
    assert_eq!(kept.notices[0].address.as_deref(), Some("Oudegracht 1, 3511 AA  UTRECHT"));
    let timeline = world.timeline("d1").await;
    let prepared = timeline.iter().find(|e| e["event"] == "NoticePrepared").unwrap();
    assert_eq!(prepared["channel"], "letter");
}

#[tokio::test]
async fn a_formal_notice_by_post_counts_from_the_second_day_after_it_was_posted() {
    let world = beginning("pingen").await;
    let summons = json!({ "name": "Standard", "steps": [
        { "id": "formal-notice", "kind": "formalNotice", "afterDays": 7, "countedFrom": "dueDate", "channels": ["letter"] },
        { "id": "summons", "kind": "summons", "afterDays": 14, "countedFrom": "previousStep", "channels": ["letter"],
          "costs": "statutory" } ] });
    world.put("/v1/policies/standard", &summons).await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!(days(&world), ["2026-09-08"]);
    // Nothing says that it arrived: costs wait, and the desk is asked.
    world.go_to("2026-09-23T18:00:00Z").await;
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "formal_notice_not_delivered");
    assert_eq!(tasks(&world).await, ["formal_notice_not_delivered"]);
    // Posted on Friday 11 September: it is presumed delivered on Tuesday the 15th, and the 29th is the last day to pay.
    let id = format!("{}.d1.n1", world.administration);
    world.letters.stands(&id, posted("2026-09-11T15:00:00Z"));
    world.go_to("2026-09-25T18:00:00Z").await;
    let told: Vec<Value> =
        world.timeline("d1").await.into_iter().filter(|e| e["event"] == "NoticePosted").collect();
    assert_eq!((told.len(), &told[0]["postedOn"]), (1, &json!("2026-09-11")));
    world.go_to("2026-09-29T18:00:00Z").await;
    assert_eq!(days(&world).len(), 1);
    world.go_to("2026-10-02T18:00:00Z").await;
    let days = days(&world);
    assert_eq!(days.len(), 2, "{days:?}");
    assert!(days[1].as_str() > "2026-09-29", "{days:?}");
}

#[tokio::test]
async fn a_letter_that_comes_back_marks_the_address_and_the_next_step_calls() {
    let world = beginning("pingen").await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let id = format!("{}.d1.n1", world.administration);
    world.letters.stands(&id, posted("2026-09-09T08:00:00Z"));
    world.go_to("2026-09-10T18:00:00Z").await;
    world.letters.stands(&id, Standing::Undeliverable);
    world.go_to("2026-09-15T18:00:00Z").await;
    assert_eq!(tasks(&world).await, ["address_failed"]);
    world.go_to("2026-09-22T18:00:00Z").await;
    assert_eq!(days(&world).len(), 1);
    assert_eq!(tasks(&world).await, ["address_failed", "call"]);

    // Another address comes: letters go on with it.
    let mut body = consumer("D1");
    body["emails"] = json!([]);
    body["address"]["houseNumber"] = json!("2");
    body["modifiedAt"] = json!("2026-09-23T08:00:00Z");
    world.go_to("2026-09-23T08:00:00Z").await;
    world.put("/v1/debtors/d1", &body).await;
    world.go_to("2026-10-06T18:00:00Z").await;
    assert_eq!(days(&world), ["2026-09-08", "2026-10-06"]);
}

#[tokio::test]
async fn a_letter_that_the_printer_will_not_send_asks_a_person() {
    let world = beginning("pingen").await;
    world.go_to("2026-09-08T18:00:00Z").await;
    world.letters.stands(&format!("{}.d1.n1", world.administration), Standing::NotSent);
    world.go_to("2026-09-10T18:00:00Z").await;
    assert_eq!(tasks(&world).await, ["notice_not_delivered"]);
    // Once it is known, nobody asks any more.
    let looks = world.letters.looks();
    world.go_to("2026-09-20T18:00:00Z").await;
    assert_eq!(world.letters.looks(), looks);
}

#[tokio::test]
async fn the_printer_is_asked_for_a_month_and_no_longer() {
    let world = beginning("pingen").await;
    world.go_to("2026-09-08T12:00:00Z").await;
    world.put("/v1/policies/standard", &json!({ "name": "Standard", "steps": [
        { "id": "reminder-1", "kind": "reminder", "afterDays": 7, "countedFrom": "dueDate", "channels": ["letter"] } ] })).await;
    world.letters.stands(&format!("{}.d1.n1", world.administration), posted("2026-09-09T08:00:00Z"));
    world.go_to("2026-10-14T18:00:00Z").await;
    let looks = world.letters.looks();
    assert!((8..=14).contains(&looks), "{looks}");
    world.go_to("2026-12-31T18:00:00Z").await;
    assert_eq!(world.letters.looks(), looks);
    assert_eq!(world.count("d1", "NoticePosted").await, 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_under_the_same_id_and_sends_nothing_twice() {
    let world = beginning("pingen").await;
    world.letters.next(&[Next::AnswerLost]);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.letters.calls(), world.letters.taken().len()), (2, 1));
    assert_eq!(world.count("d1", "NoticeSent").await, 1);
    // Either letter may be the one that arrived: both codes open the page.
    let kept =
        world.store.dossier(&world.administration, &"d1".parse().unwrap()).await.unwrap().unwrap().value;
    assert_eq!(kept.notices[0].letter.as_ref().unwrap().codes.len(), 2);
}

#[tokio::test]
async fn a_letter_that_is_refused_is_tried_on_another_day_and_asks_a_person() {
    let world = beginning("pingen").await;
    world.letters.next(&[Next::Throttled, Next::Refused]);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.letters.calls(), tasks(&world).await), (2, vec!["notice_failed".to_owned()]));
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!(days(&world), ["2026-09-09"]);
    assert_eq!(tasks(&world).await, [""; 0]);
}

#[tokio::test]
async fn a_print_shop_finds_letters_in_a_folder_and_people_tell_what_becomes_of_them() {
    let world = beginning("handOff").await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!(world.letters.calls(), 0);
    let lying: Vec<String> =
        world.files.all().into_iter().map(|(key, _)| key).filter(|k| k.starts_with("hand-off/")).collect();
    let expected = format!("hand-off/{}/2026-09-08/", world.administration);
    assert_eq!(lying.len(), 2, "{lying:?}");
    assert!(lying.iter().all(|k| k.starts_with(&expected)), "{lying:?}");
    let manifest = lying.iter().find(|k| k.ends_with(".json")).unwrap();
    let manifest: Value = serde_json::from_slice(&world.files.read(manifest, None).await.unwrap()).unwrap();
    assert_eq!(manifest["id"], format!("{}.d1.n1", world.administration));

    let (status, body) = report(&world, "d1.n1", &json!({ "outcome": "posted", "on": "2026-09-09" })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    world.go_to("2026-09-10T08:00:00Z").await;
    let (status, body) = report(&world, "d1.n1", &json!({ "outcome": "posted", "on": "2026-09-09" })).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let expected = json!({ "id": "d1.n1", "channel": "letter", "status": "sent", "sentOn": "2026-09-08",
        "postedOn": "2026-09-09", "presumedDeliveredOn": "2026-09-11" });
    assert_eq!(body, expected);
    // The same again changes nothing.
    assert_eq!(
        report(&world, "d1.n1", &json!({ "outcome": "posted", "on": "2026-09-10" })).await.1,
        expected
    );
    let (_, body) = report(&world, "d1.n1", &json!({ "outcome": "returned" })).await;
    assert_eq!(body["status"], "bounced");
    assert_eq!(tasks(&world).await, ["address_failed"]);
    world.go_to("2026-09-22T18:00:00Z").await;
    assert_eq!(tasks(&world).await, ["address_failed", "call"]);
}

#[tokio::test]
async fn only_of_letters_that_left_is_anything_reported() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let returned = json!({ "outcome": "returned" });
    let (status, body) = report(&world, "d1.n1", &returned).await;
    assert_eq!((status, &body["detail"]), (StatusCode::CONFLICT, &body["detail"]), "{body}");
    assert_eq!(report(&world, "d1.n9", &returned).await.0, StatusCode::NOT_FOUND);
    assert_eq!(report(&world, "d9.n1", &returned).await.0, StatusCode::NOT_FOUND);
    assert_eq!(report(&world, "d1.n1", &json!({ "outcome": "eaten" })).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_address_at_which_no_letter_arrives_gets_none() {
    let world = beginning("pingen").await;
    let mut body = consumer("D1");
    body["emails"] = json!([]);
    body["address"]["houseNumber"] = json!(null);
    body["modifiedAt"] = json!("2026-08-21T08:00:00Z");
    world.put("/v1/debtors/d1", &body).await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.letters.calls(), tasks(&world).await), (0, vec!["call".to_owned()]));
}
