//! Calls that a machine makes: off until there is a line, what is said, what follows from how they end, and what people say
//! instead. FEATURES 2.2; LAW 2, 6.

use domain::calendar::today;
use domain::notice::Channel;
use domain::step::StepKind;
use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::voice::Next;
use tests::world::World;

fn line() -> Value {
    json!({
        "instanceId": "i-1", "contactFlowId": "f-1", "queueId": null, "sourcePhoneNumber": "+31301234567",
    })
}

/// Reminders go by telephone, and by mail where that comes to nothing.
async fn by_phone(at: &str) -> World {
    let world = World::at(at).await;
    world
        .change_settings(|settings| {
            settings.channels = vec![Channel::Phone, Channel::Email];
            for step in &mut settings.policies[0].steps {
                step.channels = vec![Channel::Phone, Channel::Email];
            }
        })
        .await;
    world
}

async fn put_invoice(world: &World) {
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
}

/// An invoice due on 1 September 2026, and a machine that calls: the first time on the 8th, from eight in the morning on.
async fn beginning() -> World {
    let world = by_phone("2026-08-20T08:00:00Z").await;
    world.put("/v1/settings", &json!({ "voice": line() })).await;
    put_invoice(&world).await;
    world
}

async fn calls(world: &World) -> Vec<String> {
    let list = world.get("/v1/calls").await;
    list["items"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect()
}

async fn status(world: &World) -> String {
    world.get("/v1/notices/d1.n1").await["status"].as_str().unwrap().to_owned()
}

async fn steps_taken(world: &World) -> usize {
    world.get("/v1/invoices/i1").await["steps"].as_array().unwrap().len()
}

async fn effort(world: &World) -> bool {
    let conditions = world.get("/v1/debtors/d1/signal-conditions?type=early").await;
    let all = conditions["conditions"].as_array().unwrap();
    all.iter().find(|c| c["name"] == "contactEffortMade").unwrap()["holds"].as_bool().unwrap()
}

#[tokio::test]
async fn without_a_line_people_call() {
    let world = by_phone("2026-08-20T08:00:00Z").await;
    put_invoice(&world).await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.voice.calls(), calls(&world).await), (0, vec!["d1.n1".to_owned()]));
}

#[tokio::test]
async fn a_call_that_is_answered_takes_its_step_and_is_evidence_of_nothing() {
    let world = beginning().await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let taken = world.voice.taken();
    assert_eq!(taken.len(), 1);
    let call = &taken[0].call;
    assert_eq!((call.to.as_str(), call.from.as_deref()), ("+31612345678", Some("+31301234567")));
    assert_eq!((call.instance.as_str(), call.flow.as_str(), call.queue.as_deref()), ("i-1", "f-1", None));
    let said: Vec<(&str, &str)> = call.says.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let expected = [
        ("language", "nl"),
        ("amount", "121.00"),
        ("creditor", "Voorbeeld Energie"),
        ("creditorPhone", "030 123 45 67"),
        ("kind", "reminder"),
    ];
    assert_eq!(said, expected, "and not who the debtor is: whoever answers hears it");
    let events = world.events("d1").await;
    assert_eq!(events[events.len() - 3..], ["NoticePrepared", "NoticeSent", "NoticeDelivered"]);
    let notice = world.get("/v1/notices/d1.n1").await;
    assert_eq!((&notice["status"], &notice["evidence"]), (&json!("delivered"), &json!([])));
    assert_eq!((&notice["messageId"], &notice["address"]), (&json!("c1"), &json!("+31612345678")));
    assert_eq!(world.get("/v1/invoices/i1").await["steps"][0]["on"], "2026-09-08");
    assert_eq!((calls(&world).await.len(), effort(&world).await), (0, false));
    // The next reminder calls again.
    world.go_to("2026-09-22T18:00:00Z").await;
    assert_eq!((world.voice.calls(), effort(&world).await), (2, false));
}

#[tokio::test]
async fn whom_a_machine_does_not_reach_is_called_by_people() {
    let ends = [
        Next::NobodyAnswers("CUSTOMER_NEVER_ARRIVED"),
        Next::NobodyAnswers("TELECOM_BUSY"),
        Next::NobodyAnswers("OUTBOUND_DESTINATION_ENDPOINT_ERROR"),
        Next::AnsweredBy("VOICEMAIL_BEEP"),
        Next::AnsweredBy("SIT_TONE_BUSY"),
    ];
    for end in ends {
        let world = beginning().await;
        world.voice.next(&[end]);
        world.go_to("2026-09-08T12:00:00Z").await;
        assert_eq!((world.voice.calls(), calls(&world).await), (1, vec!["d1.n1".to_owned()]), "{end:?}");
        assert_eq!((steps_taken(&world).await, status(&world).await), (0, "to_call".to_owned()), "{end:?}");
        let made = &world.get("/v1/notices/d1.n1").await["calls"][0].clone();
        let said = (&made["outcome"], &made["number"], &made["by"]);
        assert_eq!(said, (&json!("notReached"), &json!("+31612345678"), &json!("voice call service")));
        // It is none of the three calls after which the desk gives up.
        for at in ["2026-09-08T12:30:00Z", "2026-09-10T12:00:00Z", "2026-09-12T12:00:00Z"] {
            world.go_to(at).await;
            assert_eq!(status(&world).await, "to_call", "{end:?} {at}");
            let outcome = json!({ "outcome": "notReached" });
            let answer = world.call("POST", "/v1/calls/d1.n1/outcome", Some(&outcome)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        }
        assert_eq!((status(&world).await, world.voice.calls()), ("failed".to_owned(), 1), "{end:?}");
    }
}

#[tokio::test]
async fn a_person_who_answers_is_told_from_a_machine_that_does() {
    let world = beginning().await;
    world.voice.next(&[Next::AnsweredBy("HUMAN_ANSWERED")]);
    world.go_to("2026-09-08T12:00:00Z").await;
    assert_eq!((status(&world).await, calls(&world).await.len()), ("delivered".to_owned(), 0));
}

#[tokio::test]
async fn a_call_that_cannot_be_made_is_made_by_people() {
    let world = beginning().await;
    world.voice.next(&[Next::Refused]);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.voice.calls(), calls(&world).await), (1, vec!["d1.n1".to_owned()]));
    assert_eq!((world.count("d1", "CallMade").await, steps_taken(&world).await), (0, 0));
}

#[tokio::test]
async fn a_service_that_is_busy_is_asked_again() {
    let world = beginning().await;
    world.voice.next(&[Next::Throttled]);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.voice.calls(), world.voice.taken().len()), (2, 1));
    assert_eq!((status(&world).await, calls(&world).await.len()), ("delivered".to_owned(), 0));
}

#[tokio::test]
async fn an_answer_that_is_lost_is_settled_by_the_event() {
    let world = beginning().await;
    world.voice.keep_reports_back(true);
    world.voice.next(&[Next::AnswerLost]);
    world.go_to("2026-09-08T09:00:00Z").await;
    assert_eq!(world.events("d1").await.last().unwrap(), "NoticeUnknown");
    world.voice.keep_reports_back(false);
    world.settle().await;
    world.go_to("2026-09-09T18:00:00Z").await;
    assert_eq!((world.voice.calls(), status(&world).await), (1, "delivered".to_owned()));
    assert_eq!(world.get("/v1/invoices/i1").await["steps"][0]["on"], "2026-09-08");
}

#[tokio::test]
async fn a_call_of_which_nothing_is_known_gets_one_second_try_and_then_a_person() {
    let world = beginning().await;
    world.voice.next(&[Next::Vanishes, Next::Vanishes]);
    world.go_to("2026-09-08T09:00:00Z").await;
    assert_eq!((world.voice.calls(), status(&world).await), (1, "unknown".to_owned()));
    world.go_to("2026-09-08T12:00:00Z").await;
    assert_eq!((world.voice.calls(), status(&world).await), (2, "unknown".to_owned()));
    world.go_to("2026-09-09T12:00:00Z").await;
    assert_eq!((world.voice.calls(), calls(&world).await), (2, vec!["d1.n1".to_owned()]));
    assert_eq!(steps_taken(&world).await, 0);
}

#[tokio::test]
async fn a_call_whose_end_is_not_told_is_made_by_people_and_not_by_a_machine_again() {
    let world = beginning().await;
    world.voice.keep_reports_back(true);
    world.go_to("2026-09-08T06:30:00Z").await;
    assert_eq!((status(&world).await, steps_taken(&world).await), ("dialled".to_owned(), 0));
    world.go_to("2026-09-08T09:00:00Z").await;
    assert_eq!((world.voice.calls(), calls(&world).await), (1, vec!["d1.n1".to_owned()]));
    // What is told later changes nothing: the desk has it.
    world.voice.keep_reports_back(false);
    world.settle().await;
    assert_eq!((status(&world).await, world.count("d1", "NoticeSent").await), ("to_call".to_owned(), 0));
}

#[tokio::test]
async fn whoever_is_held_while_a_machine_calls_is_not_called_by_people() {
    let world = beginning().await;
    world.voice.keep_reports_back(true);
    world.voice.next(&[Next::NobodyAnswers("CUSTOMER_NEVER_ARRIVED")]);
    world.go_to("2026-09-08T06:30:00Z").await;
    assert_eq!(status(&world).await, "dialled");
    world.hold(json!({ "debtorId": "d1" }), "everything", None).await;
    world.voice.keep_reports_back(false);
    world.settle().await;
    assert_eq!(calls(&world).await, [""; 0]);
    world.go_to("2026-09-30T18:00:00Z").await;
    assert_eq!((world.voice.calls(), calls(&world).await.len()), (1, 0));
}

#[tokio::test]
async fn nobody_is_called_whose_call_could_end_after_the_window() {
    let world = by_phone("2026-09-08T17:56:00Z").await;
    world.put("/v1/settings", &json!({ "voice": line() })).await;
    put_invoice(&world).await;
    world.go_to("2026-09-08T21:00:00Z").await;
    assert_eq!(world.voice.calls(), 0);
    world.go_to("2026-09-09T18:00:00Z").await;
    let days: Vec<String> = world.voice.taken().iter().map(|t| today(t.at).to_string()).collect();
    assert_eq!(days, ["2026-09-09"]);
}

#[tokio::test]
async fn what_is_heavier_than_a_reminder_is_said_by_people() {
    let world = beginning().await;
    world.change_settings(|settings| settings.policies[0].steps[0].kind = StepKind::Summons).await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.voice.calls(), calls(&world).await), (0, vec!["d1.n1".to_owned()]));
}

#[tokio::test]
async fn a_line_is_named_whole_and_can_be_taken_away() {
    let world = beginning().await;
    let half = json!({ "voice": { "instanceId": "i-1", "contactFlowId": "f-1" } });
    let answer = world.call("PUT", "/v1/settings", Some(&half)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let error = &answer.body["errors"][0];
    assert_eq!(
        (&error["path"], &error["code"]),
        (&json!("voice.sourcePhoneNumber"), &json!("caller_missing"))
    );
    assert_eq!(world.get("/v1/settings").await["voice"], line(), "nothing changed");
    world.put("/v1/settings", &json!({ "voice": {} })).await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!((world.voice.calls(), calls(&world).await), (0, vec!["d1.n1".to_owned()]));
}
