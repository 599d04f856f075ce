//! Policies, settings and rules that change while cases run: what was taken stays taken, and what comes is what is in
//! force then.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::stories::{mail_days, put_two_invoices, two_invoices, two_invoices_signalled};
use tests::world::{Answer, World};

use crate::refusals::{errors, is_problem, with};

fn step(id: &str, kind: &str, after_days: i32) -> Value {
    json!({ "id": id, "kind": kind, "afterDays": after_days })
}

fn policy(steps: &[Value]) -> Value {
    json!({ "name": "Ours", "steps": steps })
}

/// Reminders at 7, 21 and 35 days after the due date, as the standard policy has them, and nothing behind them.
fn three_reminders() -> Value {
    let last = with(&step("final-reminder", "finalReminder", 14), "linksTo", json!("early"));
    policy(&[step("reminder-1", "reminder", 7), step("reminder-2", "reminder", 14), last])
}

async fn put_policy(world: &World, id: &str, body: &Value) -> Value {
    world.put(&format!("/v1/policies/{id}"), body).await.body
}

fn next_on(view: &Value) -> &str {
    view["nextAction"]["on"].as_str().unwrap_or("never")
}

/// The steps that notices of a debtor took, in their order: day and step.
async fn taken(world: &World) -> Vec<String> {
    let timeline = world.timeline("d1").await;
    let prepared = timeline.iter().filter(|e| e["event"] == "NoticePrepared");
    prepared
        .map(|e| format!("{} {}", &e["at"].as_str().unwrap()[..10], e["lines"][0]["step"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_running_case_follows_a_policy_that_changes_never_back_and_never_twice() {
    let table: Vec<(&str, Value, Vec<&str>)> = vec![
        (
            "as it was",
            three_reminders(),
            vec!["2026-09-08 reminder-1", "2026-09-22 reminder-2", "2026-10-06 final-reminder"],
        ),
        (
            "a shorter wait",
            with(&three_reminders(), "steps.1.afterDays", json!(8)),
            vec!["2026-09-08 reminder-1", "2026-09-16 reminder-2", "2026-09-30 final-reminder"],
        ),
        (
            "a longer wait",
            with(&three_reminders(), "steps.1.afterDays", json!(20)),
            vec!["2026-09-08 reminder-1", "2026-09-28 reminder-2", "2026-10-12 final-reminder"],
        ),
        (
            "a step before the one that was taken",
            policy(&[
                step("reminder-0", "reminder", 3),
                step("reminder-1", "reminder", 4),
                step("reminder-2", "reminder", 14),
            ]),
            vec!["2026-09-08 reminder-1", "2026-09-22 reminder-2"],
        ),
        (
            "a step behind it",
            policy(&[
                step("reminder-1", "reminder", 7),
                step("reminder-1b", "reminder", 10),
                step("reminder-2", "reminder", 14),
            ]),
            vec!["2026-09-08 reminder-1", "2026-09-18 reminder-1b", "2026-10-02 reminder-2"],
        ),
        (
            "without the step that was taken",
            policy(&[step("reminder-2", "reminder", 14), step("final-reminder", "finalReminder", 14)]),
            vec!["2026-09-08 reminder-1", "2026-09-22 final-reminder"],
        ),
        (
            "other names for the same steps",
            policy(&[step("a", "reminder", 7), step("b", "reminder", 14), step("c", "finalReminder", 14)]),
            vec!["2026-09-08 reminder-1", "2026-09-22 b", "2026-10-06 c"],
        ),
        (
            "the taken step at the end",
            policy(&[step("reminder-2", "reminder", 14), step("reminder-1", "reminder", 7)]),
            vec!["2026-09-08 reminder-1"],
        ),
    ];
    for (what, changed, expected) in table {
        let world = two_invoices().await;
        put_policy(&world, "standard", &three_reminders()).await;
        world.go_to("2026-09-10T08:00:00Z").await;
        put_policy(&world, "standard", &changed).await;
        world.go_to("2026-12-20T08:00:00Z").await;
        assert_eq!(taken(&world).await, expected, "{what}");
        let days: Vec<&str> = expected.iter().map(|e| &e[..10]).collect();
        assert_eq!(mail_days(&world), days, "{what}");
    }
}

#[tokio::test]
async fn every_entry_names_the_version_that_it_was_decided_under() {
    let world = two_invoices().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    put_policy(&world, "standard", &with(&three_reminders(), "steps.1.afterDays", json!(8))).await;
    world.put("/v1/settings", &json!({ "graceDays": 3 })).await;
    let hold = world.hold(json!({ "debtorId": "d1" }), "reminders", None).await;
    world.lift(&hold).await;
    world.go_to("2026-09-20T08:00:00Z").await;
    let timeline = world.timeline("d1").await;
    let of = |event: &str, field: &str| -> Vec<Value> {
        timeline.iter().filter(|e| e["event"] == event).map(|e| e[field].clone()).collect()
    };
    assert_eq!(of("NoticePrepared", "settingsVersion"), [json!(1), json!(2)]);
    let lines = of("NoticePrepared", "lines");
    let versions: Vec<&Value> = lines.iter().map(|l| &l[0]["policyVersion"]).collect();
    assert_eq!(versions, [&json!(1), &json!(2)]);
    assert_eq!(of("HoldLifted", "settingsVersion"), [json!(2)]);
    assert_eq!(of("HoldLifted", "followUpFrom"), [json!("2026-09-13")]);
    // And each version can be read, with who ended it.
    let first = world.get("/v1/policies/standard?version=1").await;
    assert_eq!(
        (&first["steps"][1]["afterDays"], &first["replacedBy"]),
        (&json!(14), &json!("accounting tool"))
    );
    let second = world.get("/v1/policies/standard?version=2").await;
    assert_eq!((&second["steps"][1]["afterDays"], &second["replacedBy"]), (&json!(8), &Value::Null));
    assert_eq!(world.get("/v1/settings?version=1").await["graceDays"], 7);
    assert_eq!(world.get("/v1/settings").await["graceDays"], 3);
}

#[tokio::test]
async fn the_most_specific_policy_wins_also_under_a_running_case() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    for (id, days) in [("of-invoice", 8), ("of-debtor", 9), ("of-condition", 10)] {
        put_policy(&world, id, &policy(&[step("r", "reminder", days), step("f", "finalReminder", 14)])).await;
    }
    let conditions = json!([{ "condition": "monthly", "policyId": "of-condition" }]);
    world.put("/v1/settings", &json!({ "policyOfCondition": conditions })).await;
    // (policy of the invoice, of the debtor, payment condition, day of the first reminder)
    let table = [
        ("a", None, None, None, "2026-09-08"),
        ("b", None, None, Some("weekly"), "2026-09-08"),
        ("c", None, None, Some("monthly"), "2026-09-11"),
        ("d", None, Some("of-debtor"), Some("monthly"), "2026-09-10"),
        ("e", Some("of-invoice"), Some("of-debtor"), Some("monthly"), "2026-09-09"),
    ];
    for (debtor, of_invoice, of_debtor, condition, on) in table {
        let path = format!("/v1/debtors/{debtor}");
        world.put(&path, &with(&consumer(debtor), "policyId", json!(of_debtor))).await;
        let mut bill = invoice(debtor, "1", "2026-08-20", "2026-09-01", "121.00");
        bill["paymentCondition"] = json!(condition);
        bill["policyId"] = json!(of_invoice);
        world.put(&format!("/v1/invoices/{debtor}1"), &bill).await;
        assert_eq!(next_on(&world.get(&path).await), on, "{debtor}");
    }
    // Another policy for a debtor whose case runs: from there on.
    world.go_to("2026-09-10T18:00:00Z").await;
    let mut moved = with(&consumer("a"), "policyId", json!("of-debtor"));
    moved["modifiedAt"] = json!("2026-09-10T12:00:00Z");
    world.put("/v1/debtors/a", &moved).await;
    let next = world.get("/v1/debtors/a").await["nextAction"].clone();
    assert_eq!((&next["step"], &next["on"]), (&json!("finalReminder"), &json!("2026-09-22")));
    // A policy that goes makes room for the next one that applies.
    let gone = world.call("DELETE", "/v1/policies/of-debtor", None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let next = world.get("/v1/debtors/a").await["nextAction"].clone();
    assert_eq!((&next["step"], &next["on"]), (&json!("reminder"), &json!("2026-09-22")));
    is_problem(&world.call("DELETE", "/v1/policies/of-condition", None).await, 409);
    is_problem(&world.call("DELETE", "/v1/policies/standard", None).await, 409);
    // Made again, its versions go on.
    let again = put_policy(&world, "of-debtor", &policy(&[step("r", "reminder", 9)])).await;
    assert_eq!(again["version"], 2);
    assert_eq!(world.get("/v1/policies/of-debtor?version=1").await["replacedBy"], "accounting tool");
}

#[tokio::test]
async fn steps_are_passed_over_by_whom_they_are_not_meant_for() {
    let only = |id: &str, audience: Value| with(&step(id, "reminder", 7), "audience", audience);
    let world = World::at("2026-08-20T08:00:00Z").await;
    let steps = [
        only("businesses", json!({ "kind": "business" })),
        only("vips", json!({ "withLabel": "vip" })),
        only("not-vips", json!({ "withoutLabel": "vip" })),
        only("no-terms", json!({ "recurringTerm": false })),
        step("everyone", "finalReminder", 7),
    ];
    put_policy(&world, "standard", &policy(&steps)).await;
    for (debtor, labels) in [("d1", json!([])), ("d2", json!(["vip"]))] {
        world.put(&format!("/v1/debtors/{debtor}"), &with(&consumer(debtor), "labels", labels)).await;
        let bill = invoice(debtor, "1", "2026-08-20", "2026-09-01", "121.00");
        world.put(&format!("/v1/invoices/{debtor}1"), &bill).await;
    }
    world.go_to("2026-10-30T08:00:00Z").await;
    let story = async |debtor: &str| -> Vec<String> {
        let timeline = world.timeline(debtor).await;
        let steps = timeline.iter().filter_map(|e| match e["event"].as_str() {
            Some("StepSkipped") => Some(format!("without {}", e["step"].as_str()?)),
            Some("NoticePrepared") => Some(e["lines"][0]["step"].as_str()?.to_owned()),
            _ => None,
        });
        steps.collect()
    };
    let expected = ["without businesses", "without vips", "not-vips", "without no-terms", "everyone"];
    assert_eq!(story("d1").await, expected);
    let expected = ["without businesses", "vips", "without not-vips", "without no-terms", "everyone"];
    assert_eq!(story("d2").await, expected);
}

#[tokio::test]
async fn the_invoice_the_word_before_and_small_amounts_follow_their_steps() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let steps = [
        step("invoice", "invoiceSending", 0),
        step("before", "preReminder", -3),
        with(
            &with(&step("r", "reminder", 7), "countedFrom", json!("dueDate")),
            "minimumOpen",
            json!("10.00"),
        ),
    ];
    let put = put_policy(&world, "standard", &policy(&steps)).await;
    let counted: Vec<&Value> = (0..3).map(|i| &put["steps"][i]["countedFrom"]).collect();
    assert_eq!(counted, [&json!("issueDate"), &json!("dueDate"), &json!("dueDate")]);
    world.put("/v1/debtors/d1", &consumer("d1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "1", "2026-08-20", "2026-09-10", "9.99")).await;
    world.go_to("2026-12-01T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-08-20", "2026-09-07"]);
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "below_minimum_amount");
    // The bar is lowered: on the next sweep the reminder leaves.
    put_policy(&world, "standard", &with(&policy(&steps), "steps.2.minimumOpen", json!("9.99"))).await;
    world.go_to("2026-12-01T10:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-08-20", "2026-09-07", "2026-12-01"]);
}

#[tokio::test]
async fn weeks_before_a_reminder_are_one_setting() {
    let world = two_invoices().await;
    let put = world.call("PUT", "/v1/policies/standard", Some(&json!({ "weeksBeforeReminder": 2 }))).await;
    assert_eq!((put.status, put.header("etag")), (StatusCode::OK, "\"2\""));
    assert_eq!((&put.body["name"], &put.body["steps"][0]["afterDays"]), (&json!("Standard"), &json!(14)));
    world.go_to("2026-10-01T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-15", "2026-09-29"]);
    let made = world.call("PUT", "/v1/policies/slow", Some(&json!({ "weeksBeforeReminder": 8 }))).await;
    assert_eq!((made.status, &made.body["steps"][0]["afterDays"]), (StatusCode::CREATED, &json!(56)));
}

#[tokio::test]
async fn settings_take_effect_on_everyone_and_holds_on_everyone_as_well() {
    let world = two_invoices().await;
    put_two_invoices(&world, "d2").await;
    // The window opens at noon from now on.
    let window = json!({ "window": { "opens": "12:00", "closes": "18:00" } });
    world.put("/v1/settings", &window).await;
    world.go_to("2026-09-08T09:45:00Z").await;
    assert_eq!(world.mail.taken().len(), 0);
    world.go_to("2026-09-08T10:00:00Z").await;
    assert_eq!(world.mail.taken().len(), 2);
    // Held for two weeks, and lifted: the next sweep knows, and nobody has to wait for the next day.
    world.go_to("2026-09-10T10:00:00Z").await;
    let hold = world.hold(json!({ "administration": true }), "reminders", None).await;
    world.go_to("2026-09-24T06:00:00Z").await;
    world.put("/v1/settings", &json!({ "graceDays": 0 })).await;
    world.lift(&hold).await;
    world.go_to("2026-10-05T18:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 2);
    world.go_to("2026-10-06T18:00:00Z").await;
    assert_eq!(mail_days(&world)[2..], ["2026-10-06", "2026-10-06"]);
}

#[tokio::test]
async fn a_walk_writes_nothing_about_those_whom_the_change_does_not_touch() {
    let world = two_invoices().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    world
        .put("/v1/settings", &json!({ "promises": { "mostDays": 20, "graceDays": 3, "mostPromises": 2 } }))
        .await;
    let dossier =
        || world.table.all().into_iter().find(|r| r.key.partition == "demo#D#d1" && r.key.sort == "D");
    let before = dossier();
    let asked = world.cases.ever().len();
    world.go_to("2026-09-10T09:00:00Z").await;
    assert_eq!(world.cases.ever().len(), asked, "looked at by the walk itself");
    assert_eq!(dossier(), before);
    assert_eq!(world.store.walk(&world.administration).await.unwrap(), None);
}

#[tokio::test]
async fn a_signal_that_rules_blocked_is_sent_when_they_no_longer_do() {
    let world = two_invoices().await;
    let rules = world.get("/v1/signal-rules/early").await;
    let mut rules = json!({
        "minimumOutstanding": rules["minimumOutstanding"], "minimumFinalReminders": rules["minimumFinalReminders"],
        "minimumReminders": rules["minimumReminders"], "minimumContactEfforts": rules["minimumContactEfforts"],
        "minimumDays": rules["minimumDays"], "maximumDays": rules["maximumDays"],
        "minimumChange": rules["minimumChange"], "automatic": rules["automatic"],
    });
    rules["minimumOutstanding"] = json!("500.00");
    world.put("/v1/signal-rules/early", &rules).await;
    world.go_to("2026-10-07T08:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 0);
    let signal = world.get("/v1/debtors/d1").await["signals"][0].clone();
    assert_eq!((&signal["status"], &signal["reason"]), (&json!("blocked"), &json!("minimumOutstanding")));
    rules["minimumOutstanding"] = json!("200.00");
    world.put("/v1/signal-rules/early", &rules).await;
    world.go_to("2026-10-07T10:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 1);
    let timeline = world.timeline("d1").await;
    let versions: Vec<&Value> =
        timeline.iter().map(|e| &e["rulesVersion"]).filter(|v| !v.is_null()).collect();
    assert_eq!(versions, [&json!(2), &json!(3)]);
}

#[tokio::test]
async fn a_preview_tells_whom_a_change_would_touch_and_changes_nothing() {
    let (world, _) = two_invoices_signalled().await;
    for n in 2..6 {
        put_two_invoices(&world, &format!("d{n}")).await;
    }
    world.settle().await;
    let before = world.contents();
    let preview = async |path: &str, body: &Value| -> (Vec<Value>, u64, usize) {
        let (mut items, mut looked, mut pages) = (Vec::new(), 0, 0);
        let mut cursor = String::new();
        loop {
            let answer = world.call("POST", &format!("{path}/preview?limit=2{cursor}"), Some(body)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            items.extend(answer.body["items"].as_array().unwrap().iter().cloned());
            looked += answer.body["looked"].as_u64().unwrap();
            pages += 1;
            let Some(next) = answer.body["nextCursor"].as_str() else { return (items, looked, pages) };
            cursor = format!("&cursor={next}");
        }
    };
    // The first wait is over for d1, and not for the others, who are new and about to get it.
    let shorter = with(&three_reminders(), "steps.0.afterDays", json!(60));
    let (items, looked, pages) = preview("/v1/policies/standard", &shorter).await;
    assert_eq!((looked, pages), (5, 3));
    let touched: Vec<&str> = items.iter().map(|i| i["debtorId"].as_str().unwrap()).collect();
    assert_eq!(touched, ["d1", "d2", "d3", "d4", "d5"]);
    // d1 has nothing left in this policy; the others wait until sixty days after the due date.
    assert_eq!(items[0]["then"]["noAction"]["reason"], "policy_ended");
    assert_eq!(items[1]["then"]["nextAction"]["on"], "2026-10-31");
    let (items, ..) = preview("/v1/policies/nobodys", &three_reminders()).await;
    assert_eq!(items, [Value::Null; 0]);
    let (items, ..) = preview("/v1/settings", &json!({ "minimumIntervalDays": 60 })).await;
    assert_eq!(items.len(), 1);
    let rules = json!({ "minimumOutstanding": "300.00", "minimumFinalReminders": 2, "minimumReminders": 3,
        "minimumContactEfforts": 2, "minimumDays": 30, "maximumDays": null, "minimumChange": "50.00", "automatic": true });
    let (items, ..) = preview("/v1/signal-rules/early", &rules).await;
    assert_eq!(items.len(), 5);
    let failing = items[0]["then"]["early"].as_array().unwrap();
    assert!(failing.contains(&json!("minimumOutstanding")), "{failing:?}");
    assert_eq!(world.changes(&before), [""; 0]);
}

#[tokio::test]
async fn the_same_again_is_no_change_and_what_was_read_can_be_put() {
    let world = two_invoices().await;
    let before = world.contents();
    let mut own = world.get("/v1/policies/standard").await;
    for field in ["id", "version", "replacedAt", "replacedBy"] {
        own.as_object_mut().unwrap().remove(field);
    }
    let mut settings = world.get("/v1/settings").await;
    for field in ["version", "creditor", "sector", "replacedAt", "replacedBy"] {
        settings.as_object_mut().unwrap().remove(field);
    }
    let mut rules = world.get("/v1/signal-rules/crisis").await;
    for field in ["type", "version", "replacedAt", "replacedBy"] {
        rules.as_object_mut().unwrap().remove(field);
    }
    for (path, body) in
        [("/v1/policies/standard", own), ("/v1/settings", settings), ("/v1/signal-rules/crisis", rules)]
    {
        let answer = world.put(path, &body).await;
        assert_eq!((answer.status, answer.header("etag")), (StatusCode::OK, "\"1\""), "{path}");
        assert_eq!(world.changes(&before), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn if_match_keeps_one_from_overwriting_what_they_have_not_seen() {
    let world = two_invoices().await;
    let put = async |path: &str, body: &Value, tag: &str| -> Answer {
        world.call_with("PUT", path, Some(body), &[("if-match", tag)]).await
    };
    let grace = |days: u32| json!({ "graceDays": days });
    assert_eq!(world.call("GET", "/v1/settings", None).await.header("etag"), "\"1\"");
    assert_eq!(put("/v1/settings", &grace(3), "\"1\"").await.header("etag"), "\"2\"");
    let late = put("/v1/settings", &grace(4), "\"1\"").await;
    is_problem(&late, 412);
    assert_eq!(late.body["type"], "urn:tijdig:problem:other_version");
    assert_eq!(world.get("/v1/settings").await["graceDays"], 3);
    let weeks = json!({ "weeksBeforeReminder": 2 });
    is_problem(&put("/v1/policies/new", &weeks, "*").await, 412);
    is_problem(&put("/v1/policies/standard", &weeks, "\"7\"").await, 412);
    let gone = world.call_with("DELETE", "/v1/policies/standard", None, &[("if-match", "\"7\"")]).await;
    is_problem(&gone, 412);
    assert_eq!(put("/v1/policies/standard", &weeks, "\"1\"").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_wrong_with_a_policy_or_a_setting_is_named_all_at_once() {
    let world = two_invoices().await;
    let bad = policy(&[
        with(&with(&step("r 1", "reminder", 7), "minimumOpen", json!("-1")), "channels", json!(["sms"])),
        with(&step("r2", "reminder", 7), "countedFrom", json!("issueDate")),
        with(&step("r2", "preReminder", 4), "opening", json!({ "nl": "" })),
    ]);
    let rules = json!({ "minimumOutstanding": "1.005", "minimumFinalReminders": 21, "minimumReminders": 0,
        "minimumContactEfforts": 2, "minimumDays": 29, "maximumDays": null, "minimumChange": "50.00", "automatic": true });
    type Row = (&'static str, Value, Vec<(&'static str, &'static str)>);
    let table: Vec<Row> = vec![
        (
            "/v1/policies/p",
            bad,
            vec![
                ("steps[0].id", "not_an_id"),
                ("steps[0].minimumOpen", "negative_amount"),
                ("steps[1].countedFrom", "not_from_issue_date"),
                ("steps[2].id", "repeated_step"),
                ("steps[2].kind", "lighter_than_before"),
                ("steps[2].afterDays", "not_before_due"),
                ("steps[2].afterDays", "earlier_than_before"),
                ("steps[2].opening", "length"),
                ("steps[0].channels[0]", "channel_not_connected"),
            ],
        ),
        ("/v1/policies/p", json!({ "name": "x" }), vec![("steps", "steps_or_weeks")]),
        ("/v1/policies/p", json!({ "steps": [] }), vec![("name", "required"), ("steps", "number_of_steps")]),
        (
            "/v1/policies/p",
            json!({ "weeksBeforeReminder": 0 }),
            vec![("weeksBeforeReminder", "out_of_range")],
        ),
        (
            "/v1/policies/p",
            policy(&[step("r", "instalmentReminder", 7)]),
            vec![("steps[0].kind", "not_of_a_policy")],
        ),
        ("/v1/policies/p", policy(&[step("r", "poem", 7)]), vec![("steps[0].kind", "unknown_value")]),
        ("/v1/settings", json!({ "creditor": {} }), vec![("creditor", "unknown_field")]),
        ("/v1/settings", json!({ "sector": "rent" }), vec![("sector", "unknown_field")]),
        (
            "/v1/settings",
            json!({ "window": { "opens": "7:00", "closes": "20:01" }, "graceDays": 61, "defaultPolicy": "nobodys",
                "policyOfCondition": [{ "condition": "a", "policyId": "nobodys" },
                    { "condition": "b", "policyId": "standard" }, { "condition": "b", "policyId": "standard" }] }),
            vec![
                ("window.opens", "not_a_time"),
                ("policyOfCondition[0].policyId", "unknown_policy"),
                ("policyOfCondition[2].condition", "repeated_condition"),
                ("graceDays", "out_of_range"),
                ("defaultPolicy", "unknown_policy"),
            ],
        ),
        (
            "/v1/signal-rules/early",
            rules,
            vec![
                ("minimumOutstanding", "too_many_decimals"),
                ("minimumFinalReminders", "out_of_range"),
                ("minimumReminders", "out_of_range"),
                ("minimumDays", "too_early"),
            ],
        ),
    ];
    let before = world.table.all();
    for (path, body, expected) in table {
        for (method, path) in [("PUT", path.to_owned()), ("POST", format!("{path}/preview"))] {
            let answer = world.call(method, &path, Some(&body)).await;
            is_problem(&answer, 400);
            let found = errors(&answer);
            let found: Vec<_> = found.iter().map(|(p, c)| (p.as_str(), c.as_str())).collect();
            assert_eq!(found, expected, "{method} {path}");
            assert_eq!(world.table.all(), before, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_sector_that_may_not_signal_has_no_rules_to_set() {
    let world = two_invoices().await;
    world.change_settings(|s| s.sector = domain::administration::Sector::Other).await;
    let rules = json!({ "minimumOutstanding": "1.00", "minimumFinalReminders": 2, "minimumReminders": 3,
        "minimumContactEfforts": 2, "minimumDays": 1, "maximumDays": null, "minimumChange": "50.00", "automatic": true });
    for kind in ["early", "crisis"] {
        let answer = world.call("PUT", &format!("/v1/signal-rules/{kind}"), Some(&rules)).await;
        is_problem(&answer, 409);
        assert_eq!(answer.body["type"], "urn:tijdig:problem:sector_may_not_signal");
    }
    is_problem(&world.call("GET", "/v1/signal-rules/late", None).await, 400);
}

#[tokio::test]
async fn the_description_of_the_api_has_every_call_of_the_settings() {
    let world = two_invoices().await;
    let document = world.get("/openapi.json").await;
    let calls = [
        ("/v1/policies", vec!["get"]),
        ("/v1/policies/{policyId}", vec!["delete", "get", "put"]),
        ("/v1/policies/{policyId}/preview", vec!["post"]),
        ("/v1/texts", vec!["get"]),
        ("/v1/texts/{of}/{channel}/{language}/{tone}", vec!["delete", "get", "put"]),
        ("/v1/texts/{of}/{channel}/{language}/{tone}/default", vec!["get"]),
        ("/v1/texts/{of}/{channel}/{language}/{tone}/preview", vec!["post"]),
        ("/v1/settings", vec!["get", "put"]),
        ("/v1/settings/preview", vec!["post"]),
        ("/v1/signal-rules/{type}", vec!["get", "put"]),
        ("/v1/signal-rules/{type}/preview", vec!["post"]),
    ];
    for (path, expected) in calls {
        let mut found: Vec<&str> =
            document["paths"][path].as_object().unwrap().keys().map(String::as_str).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{path}");
    }
    // What is not settled law says so.
    for schema in ["WindowBody", "ClaimsBody", "ObjectionsBody", "DisconnectionBody", "SignalRulesBody"] {
        let text = document["components"]["schemas"][schema].to_string();
        assert!(text.contains("[not settled]"), "{schema}");
    }
}
