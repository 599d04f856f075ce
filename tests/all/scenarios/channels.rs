//! Channels with fallback: without an address for one, the next takes over. FEATURES 2.2, 2.9.

use domain::notice::Channel;
use serde_json::json;
use tests::bodies::{consumer, invoice};
use tests::mail::Next;
use tests::stories::mail_days;
use tests::world::World;

/// An invoice due on 1 September 2026 under a policy that mails, and calls who cannot be mailed.
async fn beginning(emails: serde_json::Value, mobile: serde_json::Value) -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world
        .change_settings(|settings| {
            settings.channels = vec![Channel::Email, Channel::Phone];
            for step in &mut settings.policies[0].steps {
                step.channels = vec![Channel::Email, Channel::Letter, Channel::Phone];
            }
        })
        .await;
    let mut body = consumer("D1");
    (body["emails"], body["mobile"]) = (emails, mobile);
    world.put("/v1/debtors/d1", &body).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    world
}

async fn calls(world: &World) -> usize {
    let debtor = world.get("/v1/debtors/d1").await;
    debtor["tasks"].as_array().unwrap().iter().filter(|t| t["about"] == "call").count()
}

#[tokio::test]
async fn whoever_has_no_mail_address_is_called() {
    let world = beginning(json!([]), json!("+31612345678")).await;
    world.go_to("2026-09-07T18:00:00Z").await;
    assert_eq!(calls(&world).await, 0);
    world.go_to("2026-09-08T12:00:00Z").await;
    assert_eq!((mail_days(&world).len(), calls(&world).await), (0, 1));
    // To ask for a call takes no step, and is no effort to get contact: whether somebody called is not known yet.
    assert_eq!(world.get("/v1/invoices/i1").await["steps"], json!([]));
    let conditions = world.get("/v1/debtors/d1/signal-conditions?type=early").await;
    let effort =
        conditions["conditions"].as_array().unwrap().iter().find(|c| c["name"] == "contactEffortMade");
    assert_eq!(effort.unwrap()["holds"], false);
    // Nobody calls, and there is no other channel: the step is taken, a person is told, and two weeks later comes the next.
    world.go_to("2026-09-16T18:00:00Z").await;
    assert_eq!(calls(&world).await, 0);
    let steps = world.get("/v1/invoices/i1").await["steps"].clone();
    assert_eq!((&steps[0]["step"], &steps[0]["on"]), (&json!("reminder-1"), &json!("2026-09-16")));
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"][0]["about"], "notice_not_delivered");
    world.go_to("2026-09-29T18:00:00Z").await;
    assert_eq!(calls(&world).await, 0);
    world.go_to("2026-09-30T12:00:00Z").await;
    assert_eq!(calls(&world).await, 1);
}

#[tokio::test]
async fn after_a_hard_bounce_the_next_channel_takes_over() {
    let world = beginning(json!(["d1@example.nl"]), json!("+31612345678")).await;
    world.mail.next(&[Next::Bounces]);
    world.go_to("2026-09-08T12:00:00Z").await;
    assert_eq!((mail_days(&world), calls(&world).await), (vec!["2026-09-08".to_owned()], 0));
    world.go_to("2026-09-22T12:00:00Z").await;
    assert_eq!((mail_days(&world).len(), calls(&world).await), (1, 1));
}

#[tokio::test]
async fn without_any_channel_a_person_is_told_once() {
    let world = beginning(json!([]), json!(null)).await;
    world.go_to("2026-09-20T12:00:00Z").await;
    let debtor = world.get("/v1/debtors/d1").await;
    assert_eq!(debtor["noAction"]["reason"], "no_address");
    assert_eq!(world.count("d1", "TaskOpened").await, 1);
    // A telephone number comes in: the step is taken that day.
    let mut body = consumer("D1");
    body["emails"] = json!([]);
    body["modifiedAt"] = json!("2026-09-21T08:00:00Z");
    world.go_to("2026-09-21T08:00:00Z").await;
    world.put("/v1/debtors/d1", &body).await;
    world.go_to("2026-09-21T12:00:00Z").await;
    assert_eq!(calls(&world).await, 1);
}
