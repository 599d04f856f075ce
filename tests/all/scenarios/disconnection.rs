//! Supply never ends before the day that the law allows.

use domain::administration::Administration;
use domain::step::StepKind;
use serde_json::{Value, json};
use tests::bodies::consumer;
use tests::stories::{mail_days, two_invoices};
use tests::world::World;

/// The standard policy, with the end of service 14 days after its announcement.
fn ends_supply(settings: &mut Administration) {
    let policy = &mut settings.policies[0];
    let mut step = policy.steps.last().unwrap().clone();
    step.id = "cut-off".parse().unwrap();
    step.kind = StepKind::EndOfService;
    step.links_to = None;
    step.after_days = 14;
    policy.steps.push(step);
    policy.version += 1;
    assert_eq!(policy.check(), []);
}

async fn calendar(world: &World) -> (Value, Value) {
    let view = world.get("/v1/debtors/d1/disconnection").await;
    (view["earliestOn"].clone(), view["reason"].clone())
}

async fn tasks(world: &World) -> Vec<String> {
    let view = world.get("/v1/debtors/d1").await;
    let about = |t: &Value| t["about"].as_str().unwrap().to_owned();
    view["tasks"].as_array().unwrap().iter().map(about).collect()
}

#[tokio::test]
async fn supply_of_energy_ends_after_both_signals_and_the_winter() {
    let world = two_invoices().await;
    world.change_settings(ends_supply).await;
    assert_eq!(calendar(&world).await, (json!(null), json!("no_early_signal")));
    world.go_to("2026-10-07T08:00:00Z").await;
    assert_eq!(calendar(&world).await, (json!(null), json!("no_crisis_signal")));
    // Announced on 9 November, with the crisis signal; 14 days later would be the 23rd.
    world.go_to("2026-11-10T08:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 2);
    assert_eq!(calendar(&world).await, (json!("2027-04-01"), json!(null)));
    let view = world.get("/v1/debtors/d1/disconnection").await;
    let rule = |name: &str| {
        let steps = view["steps"].as_array().unwrap();
        steps.iter().find(|s| s["rule"] == name).map(|s| s["from"].clone())
    };
    assert_eq!(rule("four_weeks_of_municipality"), Some(json!("2026-12-07")));
    assert_eq!(rule("working_days_after_crisis_signal"), Some(json!("2026-12-08")));
    assert_eq!(rule("winter_stop"), Some(json!("2027-04-01")));
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["nextAction"]["on"], "2027-04-01");
    world.go_to("2027-03-31T18:00:00Z").await;
    assert_eq!((tasks(&world).await, world.count("d1", "StepTaken").await), (vec![], 0));
    world.go_to("2027-04-01T18:00:00Z").await;
    assert_eq!(tasks(&world).await, ["end_of_service"]);
    assert_eq!(world.count("d1", "StepTaken").await, 2, "one for each invoice");
    world.go_to("2027-06-01T18:00:00Z").await;
    assert_eq!(world.count("d1", "StepTaken").await, 2);
    assert_eq!(mail_days(&world).len(), 5);
}

#[tokio::test]
async fn without_a_winter_stop_twenty_working_days_still_have_to_pass() {
    let world = two_invoices().await;
    world.change_settings(ends_supply).await;
    world.change_settings(|s| s.disconnection.winter_stop = false).await;
    world.go_to("2026-12-07T18:00:00Z").await;
    assert_eq!(calendar(&world).await, (json!("2026-12-08"), json!(null)));
    assert_eq!(tasks(&world).await, [""; 0]);
    world.go_to("2026-12-08T18:00:00Z").await;
    assert_eq!(tasks(&world).await, ["end_of_service"]);
}

#[tokio::test]
async fn where_nobody_was_signalled_supply_never_ends_and_the_reason_is_named() {
    let world = two_invoices().await;
    world.change_settings(ends_supply).await;
    let mut debtor = consumer("D1");
    debtor["person"]["birthDate"] = json!(null);
    debtor["modifiedAt"] = json!("2026-08-20T07:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    world.go_to("2027-07-01T18:00:00Z").await;
    assert_eq!((tasks(&world).await, world.count("d1", "StepTaken").await), (vec![], 0));
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "no_early_signal");
}

#[tokio::test]
async fn help_that_runs_and_ended_moves_the_day() {
    let world = two_invoices().await;
    world.change_settings(ends_supply).await;
    world.go_to("2026-11-10T08:00:00Z").await;
    let reference = world.inforing.taken()[1].reference.clone();
    let provider = domain::provider::Provider::Inforing;
    world.feedback(provider, &reference, "f1", "help_accepted").await;
    assert_eq!(calendar(&world).await, (json!(null), json!("help_running")));
    world.go_to("2027-04-20T18:00:00Z").await;
    assert_eq!(tasks(&world).await, ["hold_review"]);
    world.feedback(provider, &reference, "f2", "help_ended").await;
    // 14 days of waiting, of which one had passed before help began, and then the end of service is due.
    world.go_to("2027-05-02T18:00:00Z").await;
    assert_eq!(tasks(&world).await, [""; 0]);
    world.go_to("2027-05-03T18:00:00Z").await;
    assert_eq!(tasks(&world).await, ["end_of_service"]);
}

#[tokio::test]
async fn supply_to_a_business_ends_when_its_policy_says() {
    let world = two_invoices().await;
    world.change_settings(ends_supply).await;
    let mut debtor = consumer("D1");
    debtor["kvkNumber"] = json!("12345678");
    debtor["modifiedAt"] = json!("2026-08-20T07:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    world.go_to("2026-11-22T18:00:00Z").await;
    assert_eq!(tasks(&world).await, [""; 0]);
    world.go_to("2026-11-23T18:00:00Z").await;
    assert_eq!(tasks(&world).await, ["end_of_service"]);
}
