//! Text messages: what they say, where they go, and what follows when they fail. FEATURES 2.2, 2.9.

use domain::calendar::today;
use domain::notice::Channel;
use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::sms::Next;
use tests::stories::mail_days;
use tests::world::World;

/// An invoice due on 1 September 2026 of a debtor with a mobile number, under a policy that texts first and then calls.
async fn beginning(mobile: &str) -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    connect(&world).await;
    let mut body = consumer("D1");
    body["mobile"] = json!(mobile);
    world.put("/v1/debtors/d1", &body).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world
}

/// Text messages are connected as an administration connects them; its reminders go by them.
async fn connect(world: &World) {
    let settings = json!({ "channels": ["email", "sms", "phone"], "sms": { "identity": "Voorbeeld" } });
    world.put("/v1/settings", &settings).await;
    world
        .change_settings(|settings| {
            for step in &mut settings.policies[0].steps {
                if step.kind.may_go_by(Channel::Sms) {
                    step.channels = vec![Channel::Sms, Channel::Email, Channel::Phone];
                }
            }
        })
        .await;
}

fn days(world: &World) -> Vec<String> {
    world.sms.taken().iter().map(|t| today(t.at).to_string()).collect()
}

fn texts(world: &World) -> Vec<String> {
    world.sms.taken().into_iter().map(|t| t.sms.text).collect()
}

async fn tasks(world: &World) -> Vec<String> {
    let debtor = world.get("/v1/debtors/d1").await;
    let about = |t: &Value| t["about"].as_str().unwrap().to_owned();
    debtor["tasks"].as_array().unwrap().iter().map(about).collect()
}

#[tokio::test]
async fn what_does_not_fit_in_a_text_message_is_put_before_a_person_and_not_sent() {
    let world = beginning("06 - 1234 5678").await;
    world.change_settings(|settings| settings.creditor.phone = "030 123 45 67 ".repeat(25)).await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((texts(&world).len(), mail_days(&world).len()), (0, 0));
    assert_eq!(world.count("d1", "NoticeFailed").await, 1);
    assert_eq!(tasks(&world).await, ["notice_failed"]);
    world.change_settings(|settings| settings.creditor.phone = "030 123 45 67".to_owned()).await;
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!(days(&world), ["2026-09-09"], "the next day it fits");
}

#[tokio::test]
async fn a_reminder_goes_by_text_message_where_the_step_says_so() {
    let world = beginning("06 - 1234 5678").await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let taken = world.sms.taken();
    assert_eq!((days(&world), mail_days(&world).len()), (vec!["2026-09-08".to_owned()], 0));
    let sms = &taken[0].sms;
    assert_eq!((sms.to.as_str(), sms.identity.as_str()), ("+31612345678", "Voorbeeld"));
    for part in ["Voorbeeld Energie", "€ 121,00", "https://portal.example.nl/portal", "030 123 45 67"] {
        assert!(sms.text.contains(part), "{part}: {}", sms.text);
    }
    assert!(!sms.text.contains("Vries"), "a locked screen shows it: {}", sms.text);
    assert!(pages::sms::size(&sms.text).parts <= 2, "{}", sms.text);
    // Not handed to the network after eight in the evening.
    let closes = "2026-09-08T18:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let left = closes.duration_since(taken[0].at).as_secs();
    assert_eq!(i64::from(sms.time_to_live_seconds), left);
    let events = world.events("d1").await;
    assert_eq!(events[events.len() - 3..], ["NoticePrepared", "NoticeSent", "NoticeDelivered"]);
    let timeline = world.timeline("d1").await;
    let prepared = timeline.iter().find(|e| e["event"] == "NoticePrepared").unwrap();
    assert_eq!(prepared["channel"], "sms", "{prepared}");
}

#[tokio::test]
async fn whoever_has_no_number_that_takes_texts_gets_the_next_channel() {
    let world = beginning("030 123 45 67").await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.sms.calls(), mail_days(&world)), (0, vec!["2026-09-08".to_owned()]));
}

#[tokio::test]
async fn a_number_that_takes_nothing_is_marked_and_the_next_channel_takes_over() {
    for kind in ["TEXT_INVALID", "TEXT_BLOCKED", "TEXT_UNREACHABLE"] {
        let world = beginning("+31612345678").await;
        world.sms.next(&[Next::Ends(kind)]);
        world.go_to("2026-09-08T18:00:00Z").await;
        let told = world.events("d1").await;
        assert_eq!(told[told.len() - 3..], ["NoticeSent", "NoticeBounced", "TaskOpened"], "{kind}");
        assert_eq!(tasks(&world).await, ["address_failed"], "{kind}");
        world.go_to("2026-09-22T18:00:00Z").await;
        assert_eq!((days(&world).len(), mail_days(&world)), (1, vec!["2026-09-22".to_owned()]), "{kind}");

        // Another number comes: text messages go on with it.
        let mut body = consumer("D1");
        body["mobile"] = json!("+31687654321");
        body["modifiedAt"] = json!("2026-09-23T08:00:00Z");
        world.go_to("2026-09-23T08:00:00Z").await;
        world.put("/v1/debtors/d1", &body).await;
        world.go_to("2026-10-06T18:00:00Z").await;
        assert_eq!(world.sms.taken()[1].sms.to, "+31687654321", "{kind}");
    }
}

#[tokio::test]
async fn a_network_that_fails_does_not_mark_the_number_and_asks_a_person() {
    let failures = ["TEXT_CARRIER_UNREACHABLE", "TEXT_CARRIER_BLOCKED", "TEXT_TTL_EXPIRED", "TEXT_SPAM"];
    for kind in failures {
        let world = beginning("+31612345678").await;
        world.sms.next(&[Next::Ends(kind)]);
        world.go_to("2026-09-08T18:00:00Z").await;
        assert_eq!(tasks(&world).await, ["notice_not_delivered"], "{kind}");
        world.go_to("2026-09-22T18:00:00Z").await;
        assert_eq!(days(&world), ["2026-09-08", "2026-09-22"], "{kind}");
    }
}

#[tokio::test]
async fn whoever_answered_stop_is_reached_another_way_the_next_day() {
    let world = beginning("+31612345678").await;
    world.sms.next(&[Next::OptedOut]);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((days(&world).len(), mail_days(&world).len()), (0, 0));
    assert_eq!(tasks(&world).await, ["notice_failed", "address_failed"]);
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!((world.sms.calls(), mail_days(&world)), (1, vec!["2026-09-09".to_owned()]));
}

#[tokio::test]
async fn a_message_that_is_refused_is_tried_on_another_day_and_asks_a_person() {
    let world = beginning("+31612345678").await;
    world.sms.next(&[Next::Throttled, Next::Refused]);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.sms.calls(), tasks(&world).await), (2, vec!["notice_failed".to_owned()]));
    assert_eq!((days(&world).len(), mail_days(&world).len()), (0, 0));
    // It was the message or its sender that was refused: nothing is known to be wrong with the number.
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!(days(&world), ["2026-09-09"]);
    assert_eq!(tasks(&world).await, [""; 0]);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_settled_by_the_status_event() {
    let world = beginning("+31612345678").await;
    world.sms.keep_reports_back(true);
    world.sms.next(&[Next::AnswerLost]);
    world.go_to("2026-09-08T12:00:00Z").await;
    assert_eq!(world.events("d1").await.last().unwrap(), "NoticeUnknown");
    // Networks tell within 72 hours: until then nothing is sent again.
    world.go_to("2026-09-10T18:00:00Z").await;
    assert_eq!(world.sms.calls(), 1);
    world.sms.keep_reports_back(false);
    world.settle().await;
    world.go_to("2026-09-15T18:00:00Z").await;
    assert_eq!((world.sms.calls(), world.count("d1", "NoticeDelivered").await), (1, 1));
    assert_eq!(world.get("/v1/invoices/i1").await["steps"][0]["on"], "2026-09-08");
}

#[tokio::test]
async fn a_message_of_which_nothing_is_told_gets_one_second_try_and_then_a_person() {
    let world = beginning("+31612345678").await;
    world.sms.next(&[Next::Vanishes, Next::Vanishes]);
    world.go_to("2026-09-11T06:30:00Z").await;
    assert_eq!(world.sms.calls(), 1);
    world.go_to("2026-09-11T18:00:00Z").await;
    assert_eq!(world.sms.calls(), 2);
    world.go_to("2026-09-30T18:00:00Z").await;
    assert_eq!((world.sms.calls(), tasks(&world).await), (2, vec!["notice_failed".to_owned()]));
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "notice_failed");
}

#[tokio::test]
async fn a_final_reminder_by_text_points_to_help_and_is_no_offer_to_tell_the_municipality() {
    let world = beginning("+31612345678").await;
    world.go_to("2026-10-06T18:00:00Z").await;
    let texts = texts(&world);
    assert_eq!(texts.len(), 3);
    assert!(texts[2].contains("Laatste herinnering") && texts[2].contains("Geldfit"), "{}", texts[2]);
    assert!(pages::sms::size(&texts[2]).parts <= 2, "{}", texts[2]);
    let conditions = world.get("/v1/debtors/d1/signal-conditions?type=early").await;
    let holds = |name: &str| {
        let all = conditions["conditions"].as_array().unwrap();
        all.iter().find(|c| c["name"] == name).unwrap_or_else(|| panic!("{name}: {conditions}"))["holds"]
            .clone()
    };
    assert_eq!(holds("contactEffortMade"), true);
    assert_eq!(holds("pointedToDebtHelp"), true);
    assert_eq!(holds("offeredToPassData"), false);
    // The formal notice is a letter: it goes by mail.
    world.go_to("2026-10-20T18:00:00Z").await;
    assert_eq!((days(&world).len(), mail_days(&world)), (3, vec!["2026-10-20".to_owned()]));
}

#[tokio::test]
async fn what_a_text_message_cannot_hold_is_refused_in_policies_and_settings() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let answer = world.call("PUT", "/v1/settings", Some(&json!({ "channels": ["email", "sms"] }))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["errors"][0]["path"], "sms.identity");
    connect(&world).await;
    let step = |kind: &str, days: i32| json!({ "id": kind, "kind": kind, "afterDays": days, "countedFrom": "dueDate", "channels": ["sms"] });
    let steps = [
        step("reminder", 7),
        step("formalNotice", 21),
        step("endOfServiceAnnouncement", 42),
        step("noticeOfDefault", 60),
    ];
    let policy = json!({ "name": "By text", "steps": steps });
    let answer = world.call("PUT", "/v1/policies/by-text", Some(&policy)).await;
    let errors: Vec<(&str, &str)> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["path"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    let expected = [
        ("steps[1].channels", "not_in_writing"),
        ("steps[2].channels", "too_much_for_a_text_message"),
        ("steps[3].channels", "too_much_for_a_text_message"),
    ];
    assert_eq!(errors, expected, "{}", answer.body);
}
