//! Letters: what they say, where they go, and what follows when they come back. FEATURES 2.2, 2.9; LAW 3.

use std::collections::BTreeMap;

use domain::calendar::today;
use domain::notice::Channel;
use http::StatusCode;
use outside::files::Files;
use outside::letters::Standing;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::letters::Next;
use tests::perils::PERILS;
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
    let copy = world.files.read(&paper.file, None).await.unwrap();
    assert!(copy.starts_with(b"%PDF-") && copy != letter.pdf);
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
    let spoke = json!({ "outcome": "spoke" });
    let answer = world.call("POST", "/v1/calls/d1.n2/outcome", Some(&spoke)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);

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
async fn a_letter_of_which_nothing_is_known_gets_one_second_try_and_then_a_person() {
    let world = beginning("pingen").await;
    world.letters.next(&[Next::Vanishes]);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.letters.calls(), days(&world)), (2, vec!["2026-09-08".to_owned()]));

    let world = beginning("pingen").await;
    world.letters.next(&[Next::Vanishes; 5]);
    world.go_to("2026-09-30T18:00:00Z").await;
    assert_eq!((world.letters.calls(), world.letters.taken().len()), (2, 0));
    assert_eq!(tasks(&world).await, ["notice_failed"]);
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "notice_failed");
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

/// What lies in storage, in the print shop's folder or else.
async fn stored(world: &World, in_folder: bool) -> BTreeMap<String, Vec<u8>> {
    let mut stored = BTreeMap::new();
    for (key, _) in world.files.all() {
        if key.starts_with("hand-off/") == in_folder {
            let bytes = world.files.read(&key, None).await.unwrap();
            stored.insert(key, bytes.to_vec());
        }
    }
    stored
}

#[tokio::test]
async fn no_file_but_the_print_shops_own_holds_the_code() {
    for provider in ["pingen", "handOff"] {
        // The same story twice: the code is all that differs. What is the same in both does not hold it.
        let (one, other) = (beginning(provider).await, beginning(provider).await);
        for world in [&one, &other] {
            world.go_to("2026-09-08T18:00:00Z").await;
        }
        let kept = stored(&one, false).await;
        assert!(kept.values().any(|bytes| bytes.starts_with(b"%PDF-")), "{:?}", kept.keys());
        assert!(kept == stored(&other, false).await, "{provider}: {:?}", kept.keys());
        let folders = [stored(&one, true).await, stored(&other, true).await];
        match provider {
            "pingen" => {
                assert!(folders.iter().all(BTreeMap::is_empty));
                assert!(one.letters.taken()[0].letter.pdf != other.letters.taken()[0].letter.pdf);
            }
            _ => assert!(folders[0] != folders[1] && folders[0].keys().eq(folders[1].keys())),
        }
    }
}

#[tokio::test]
async fn whatever_goes_wrong_with_the_folder_one_letter_lies_in_it_and_is_recorded_once() {
    let planned = beginning("handOff").await;
    planned.perils.plan(usize::MAX, PERILS[0]);
    planned.go_to("2026-09-08T18:00:00Z").await;
    let steps = planned.perils.steps();
    let files = steps.iter().enumerate().filter(|(_, name)| **name == "file").map(|(number, _)| number);
    let files: Vec<usize> = files.collect();
    assert_eq!(files.len(), 3, "the copy, the letter and its manifest: {steps:?}");
    for peril in PERILS {
        for &number in &files {
            let world = beginning("handOff").await;
            world.perils.plan(number, peril);
            world.go_to("2026-09-08T18:00:00Z").await;
            assert!(world.perils.struck(), "{peril:?} at {number}");
            let lying = stored(&world, true).await;
            assert_eq!(lying.len(), 2, "{peril:?} at {number}: {:?}", lying.keys());
            let manifest = lying.iter().find(|(key, _)| key.ends_with(".json")).unwrap().1;
            let manifest: Value = serde_json::from_slice(manifest).unwrap();
            let letter = lying.iter().find(|(key, _)| key.ends_with(".pdf")).unwrap().1;
            assert_eq!(manifest["bytes"], letter.len(), "{peril:?} at {number}");
            assert_eq!(world.count("d1", "NoticeSent").await, 1, "{peril:?} at {number}");
        }
    }
}

#[tokio::test]
async fn a_letter_that_the_print_shop_did_not_post_asks_a_person() {
    let world = beginning("handOff").await;
    world.go_to("2026-09-10T08:00:00Z").await;
    let (status, body) = report(&world, "d1.n1", &json!({ "outcome": "notSent" })).await;
    assert_eq!((status, &body["status"]), (StatusCode::OK, &json!("bounced")), "{body}");
    // Nothing says that the address is a bad one: the next letter goes there too.
    assert_eq!(tasks(&world).await, ["notice_not_delivered"]);
    world.go_to("2026-09-22T18:00:00Z").await;
    assert_eq!(stored(&world, true).await.len(), 4);
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
