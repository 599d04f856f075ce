//! From the formal notice to the bailiff: its term, costs, interest, and where a payment goes. FEATURES 2.1, 5.1, 6.1.

use domain::policy::Policy;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::stories::mail_days;
use tests::world::World;

/// A consumer with one invoice of 1,000.00, no recurring term, due on Thursday 15 January 2026, under the collection policy:
/// reminders on 22 January, 5 and 19 February, the formal notice on 5 March.
async fn beginning() -> World {
    let world = World::at("2026-01-02T08:00:00Z").await;
    world
        .change_settings(|settings| {
            settings.policies.push(Policy::collection());
            settings.default_policy = "collection".parse().unwrap();
        })
        .await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &one_thousand("i1", "2026-01-15")).await;
    world
}

fn one_thousand(number: &str, due: &str) -> Value {
    let mut body = invoice("d1", number, "2026-01-01", due, "1000.00");
    body["recurringTerm"] = json!(false);
    body["open"] = json!(null);
    body
}

async fn owed(world: &World, invoice: &str) -> [String; 4] {
    let view = world.get(&format!("/v1/invoices/{invoice}")).await;
    ["principal", "costs", "interest", "total"].map(|part| view["owed"][part].as_str().unwrap().to_owned())
}

async fn step_days(world: &World) -> Vec<String> {
    let view = world.get("/v1/invoices/i1").await;
    let steps = view["steps"].as_array().unwrap().iter();
    steps.map(|s| format!("{} {}", s["on"].as_str().unwrap(), s["kind"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_consumer_pays_costs_and_interest_only_after_the_formal_notices_term() {
    let world = beginning().await;
    world.go_to("2026-03-05T12:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-01-22", "2026-02-05", "2026-02-19", "2026-03-05"]);
    let letter = world.mail.taken().pop().unwrap().mail.text;
    assert!(letter.contains("150,00"), "the formal notice names the exact costs: {letter}");
    // Delivered on 5 March: 6 to 19 March are the 14 days. Nothing is added within them, nor up to the summons.
    for day in ["2026-03-19T18:00:00Z", "2026-03-20T12:00:00Z", "2026-03-24T12:00:00Z"] {
        world.go_to(day).await;
        assert_eq!(owed(&world, "i1").await, ["1000.00", "0.00", "0.00", "1000.00"], "{day}");
        assert_eq!(mail_days(&world).len(), 4, "{day}");
    }
    let next = world.get("/v1/debtors/d1").await["nextAction"].clone();
    assert_eq!((next["step"].as_str(), next["on"].as_str()), (Some("summons"), Some("2026-03-25")));
    world.go_to("2026-03-25T12:00:00Z").await;
    // 16 January to 25 March are 69 days at 4 %: 7.56. Costs: 15 % of 1,000.
    assert_eq!(owed(&world, "i1").await, ["1000.00", "150.00", "7.56", "1157.56"]);
    let debtor = world.get("/v1/debtors/d1").await;
    assert_eq!((&debtor["balance"], &debtor["overdue"]), (&json!("1157.56"), &json!("1000.00")));
    let summons = world.mail.taken().pop().unwrap().mail.text;
    assert!(summons.contains("1.157,56"), "{summons}");
    assert_eq!(world.count("d1", "CostsCharged").await, 1);

    // Five days later 200.00 come in: first costs, then interest (74 days: 8.11), then principal (6:44 BW).
    world.go_to("2026-03-30T08:00:00Z").await;
    world.put("/v1/payments/p1", &payment("i1", "200.00", "2026-03-30")).await;
    assert_eq!(owed(&world, "i1").await, ["958.11", "0.00", "0.00", "958.11"]);
    // The claim of any day is the same whenever it is asked for.
    let claim = world.get("/v1/invoices/i1/claim?on=2026-03-29").await;
    assert_eq!(
        (&claim["owed"], &claim["costs"], &claim["interest"]),
        (&json!("1158.00"), &json!("150.00"), &json!("8.00"))
    );

    world.go_to("2026-05-10T12:00:00Z").await;
    let steps = step_days(&world).await;
    assert_eq!(
        steps[4..],
        [
            "2026-03-25 summons",
            "2026-04-08 secondSummons",
            "2026-04-22 noticeOfDefault",
            "2026-05-06 readyForBailiff"
        ]
    );
    assert_eq!(world.count("d1", "CostsCharged").await, 1, "costs are charged once");
    let debtor = world.get("/v1/debtors/d1").await;
    assert_eq!(debtor["tasks"][0]["about"], "ready_for_bailiff");
    assert_eq!(debtor["noAction"]["reason"], "policy_ended");
    assert_eq!(mail_days(&world).len(), 7, "the bailiff's step is no message");
}

#[tokio::test]
async fn the_term_waits_for_the_delivery() {
    let world = beginning().await;
    world.go_to("2026-03-05T05:00:00Z").await;
    world.mail.keep_reports_back(true);
    // The summons would be due on 25 March; nothing says that the letter arrived.
    world.go_to("2026-04-20T12:00:00Z").await;
    assert_eq!(mail_days(&world).last().unwrap(), "2026-03-05");
    let debtor = world.get("/v1/debtors/d1").await;
    assert_eq!(debtor["noAction"]["reason"], "formal_notice_not_delivered");
    assert!(debtor["tasks"].to_string().contains("formal_notice_not_delivered"), "{debtor}");
    let sent_now = world.call("POST", "/v1/invoices/i1/step", Some(&json!({ "action": "send-now" }))).await;
    assert_eq!(
        (
            sent_now.status.as_u16(),
            sent_now.body["type"].as_str().unwrap_or_default().ends_with("not_before_its_term")
        ),
        (409, true),
        "{}",
        sent_now.body
    );
    // The report comes late: from then on the term runs.
    world.mail.keep_reports_back(false);
    world.go_to("2026-04-20T13:00:00Z").await;
    let next = world.get("/v1/debtors/d1").await["nextAction"].clone();
    // 21 April to 4 May; 5 May is a public holiday.
    assert_eq!((next["step"].as_str(), next["on"].as_str()), (Some("summons"), Some("2026-05-06")));
    world.go_to("2026-05-06T12:00:00Z").await;
    assert_eq!(owed(&world, "i1").await[1], "150.00");
}

#[tokio::test]
async fn what_is_paid_within_the_term_costs_nothing() {
    let world = beginning().await;
    world.go_to("2026-03-19T08:00:00Z").await;
    world.put("/v1/payments/p1", &payment("i1", "900.00", "2026-03-19")).await;
    world.go_to("2026-03-25T12:00:00Z").await;
    // 15 % of the rest is 15.00, the least is 40.00. Interest: 63 days over 1,000 and 6 over 100.
    assert_eq!(owed(&world, "i1").await, ["100.00", "40.00", "6.97", "146.97"]);
}

#[tokio::test]
async fn a_consumers_recurring_terms_cost_nothing_unless_the_settings_say_so() {
    for (allowed, costs) in [(false, "0.00"), (true, "150.00")] {
        let world = beginning().await;
        world.change_settings(|settings| settings.claims.costs_on_recurring_terms = allowed).await;
        let mut body = one_thousand("i1", "2026-01-15");
        body["recurringTerm"] = json!(true);
        body["modifiedAt"] = json!("2026-01-03T08:00:00Z");
        world.put("/v1/invoices/i1", &body).await;
        world.go_to("2026-03-25T12:00:00Z").await;
        assert_eq!(owed(&world, "i1").await[1], costs);
    }
}

#[tokio::test]
async fn a_business_pays_trade_interest_and_costs_over_all_that_is_demanded_at_once() {
    let world = beginning().await;
    let mut body = consumer("D1");
    body["kind"] = json!("business");
    body["modifiedAt"] = json!("2026-01-03T08:00:00Z");
    world.put("/v1/debtors/d1", &body).await;
    for id in ["i2", "i3"] {
        world.put(&format!("/v1/invoices/{id}"), &one_thousand(id, "2026-01-15")).await;
    }
    world.go_to("2026-03-25T12:00:00Z").await;
    // One demand of 3,000: 425, not three times 150.
    let mut costs = Vec::new();
    for id in ["i1", "i2", "i3"] {
        costs.push(owed(&world, id).await[1].clone());
    }
    assert_eq!(costs, ["141.67", "141.67", "141.66"]);
    let claim = world.get("/v1/invoices/i1/claim").await;
    assert_eq!(claim["interestPeriods"][0]["percent"], "10.15");
    // A payment without an invoice goes to the oldest debts in proportion; nothing of it is lost.
    world.go_to("2026-03-26T08:00:00Z").await;
    world.put("/v1/payments/p1", &json!({
        "kind": "payment", "invoiceId": null, "debtorId": "d1", "amount": "100.00", "receivedOn": "2026-03-26",
        "reference": null, "reasonCode": null, "modifiedAt": "2026-03-26T12:00:00Z"
    })).await;
    let mut left = Vec::new();
    for id in ["i1", "i2", "i3"] {
        left.push(owed(&world, id).await[1].clone());
    }
    assert_eq!(left, ["108.33", "108.34", "108.33"]);
}

#[tokio::test]
async fn writing_off_everything_leaves_nothing_open() {
    let world = beginning().await;
    world.go_to("2026-03-25T12:00:00Z").await;
    let mut body = payment("i1", "1157.56", "2026-03-25");
    body["kind"] = json!("writeOff");
    world.put("/v1/payments/w1", &body).await;
    let view = world.get("/v1/invoices/i1").await;
    assert_eq!((&view["status"], &view["owed"]["total"]), (&json!("written_off"), &json!("0.00")));
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "0.00");
    assert_eq!(world.events("d1").await.last().unwrap(), "CaseSettled");
}

#[tokio::test]
async fn a_claim_beyond_the_table_of_rates_is_refused_by_its_name() {
    let world = beginning().await;
    world.go_to("2026-03-25T12:00:00Z").await;
    let answer = world.call("GET", "/v1/invoices/i1/claim?on=2027-01-01", None).await;
    assert_eq!(answer.status.as_u16(), 409);
    assert!(answer.body["detail"].as_str().unwrap().contains("interest-rates.csv"), "{}", answer.body);
    assert_eq!(world.get("/v1/invoices/i1/claim?on=2026-12-31").await["costs"], "150.00");
}
