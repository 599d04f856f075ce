//! Municipalities: where an address lies, who is told through which platform, and the three ways in which they report.

use domain::provider::{Capabilities, FeedbackBy, Provider};
use http::StatusCode;
use outside::platform::Operation::{Create, Update, Withdraw};
use outside::platform::{Operation, RawReport};
use poll_feedback::Polled;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::perils::PERILS;
use tests::platforms::Platform;
use tests::stories::{payment_of_everything, put_two_invoices, two_invoices, two_invoices_signalled};
use tests::world::World;

/// From now on Inforing's reports reach us in this way.
async fn reports_by(world: &World, feedback: FeedbackBy) {
    let body = json!({ "platforms": { "inforing": {
        "supportsUpdate": true, "supportsWithdraw": true, "supportsDeath": false,
        "feedback": serde_json::to_value(feedback).unwrap(),
    } } });
    let answer = world.call("PUT", "/v1/settings", Some(&body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    world.settle().await;
}

fn report(id: &str, reference: &str, code: &str, at: &str) -> RawReport {
    RawReport {
        id: Some(id.to_owned()),
        reference: reference.to_owned(),
        code: code.to_owned(),
        at: at.parse().unwrap(),
    }
}

async fn holds(world: &World) -> usize {
    world.get("/v1/debtors/d1").await["holds"].as_array().unwrap().len()
}

async fn upload(world: &World, file: &str) -> Value {
    let path = "/v1/feedback-files?provider=inforing";
    let answer = world.send_request("POST", path, "text/csv", file.as_bytes().to_vec(), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn a_platform_that_does_not_call_is_asked_and_only_by_whoever_wants_it() {
    let (world, reference) = two_invoices_signalled().await;
    world.inforing.report(report("f1", &reference, "received", "2026-10-07T09:00:00Z"));
    world.inforing.report(report("f2", &reference, "help_accepted.financial", "2026-10-07T10:00:00Z"));
    world.inforing.report(report("f3", "nobody's", "deceased", "2026-10-07T10:00:00Z"));
    assert_eq!(world.poll().await, Some(Polled::default()), "it calls, as far as anybody knows");
    reports_by(&world, FeedbackBy::Poll).await;
    let done = world.poll().await.unwrap();
    assert_eq!((done.applied, done.known, done.kept, done.not_asked), (2, 0, 1, 0));
    assert_eq!(holds(&world).await, 1);
    // Asked again, it tells what came since, and nothing else.
    assert_eq!(world.poll().await, Some(Polled::default()));
    world.inforing.report(report("f4", &reference, "help_ended", "2026-10-08T10:00:00Z"));
    assert_eq!(world.poll().await.unwrap().applied, 1);
    assert_eq!(holds(&world).await, 0);
    reports_by(&world, FeedbackBy::Push).await;
    world.inforing.report(report("f5", &reference, "deceased", "2026-10-09T10:00:00Z"));
    assert_eq!(world.poll().await, Some(Polled::default()));
}

#[tokio::test]
async fn a_report_that_comes_in_three_ways_is_one() {
    let (world, reference) = two_invoices_signalled().await;
    reports_by(&world, FeedbackBy::Poll).await;
    let at = world.now().to_string();
    let without_id = format!("providerReference,code,at\n{reference},help_accepted,{at}\n");
    // A file that has no ids first: what is called about later is the same report.
    let taken = upload(&world, &without_id).await;
    assert_eq!((&taken["applied"], &taken["known"]), (&json!(1), &json!(0)));
    world.inforing.report(report("f1", &reference, "help_accepted", &at));
    let done = world.poll().await.unwrap();
    assert_eq!((done.applied, done.known), (0, 1));
    let answer = world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await;
    assert_eq!(answer, StatusCode::ACCEPTED);
    let with_id = format!("id;code;at;providerReference;naam\nf1;help_accepted;{at};{reference};Vries\n");
    for file in [&with_id, &without_id] {
        assert_eq!(upload(&world, file).await["known"], 1);
    }
    assert_eq!((world.count("d1", "FeedbackReceived").await, holds(&world).await), (1, 1));
}

#[tokio::test]
async fn a_line_that_is_no_report_of_ours_is_named_and_the_others_are_taken_in() {
    let (world, reference) = two_invoices_signalled().await;
    let file = format!(
        "id;providerReference;code;at\nf1;{reference};help_accepted;2026-10-07T09:00:00Z\nf2;{reference};help_ended;soon\n\
         f3;R#1;help_ended;2026-10-07T09:00:00Z\nf4;elsewhere;deceased;2026-10-07T09:00:00Z\n"
    );
    let taken = upload(&world, &file).await;
    assert_eq!(taken["applied"], 1);
    let refused = taken["refused"].as_array().unwrap();
    let told: Vec<(u64, &str, &str)> = refused
        .iter()
        .map(|r| (r["line"].as_u64().unwrap(), r["path"].as_str().unwrap(), r["code"].as_str().unwrap()))
        .collect();
    let expected = [
        (3, "at", "not_an_instant"),
        (4, "providerReference", "not_an_id"),
        (5, "providerReference", "unknown_reference"),
    ];
    assert_eq!(told, expected);
    let path = "/v1/feedback-files?provider=inforing";
    let answer = world.send_request("POST", path, "text/csv", b"a;b\n1;2\n".to_vec(), &[]).await;
    assert_eq!(
        (answer.status, &answer.body["errors"][0]["path"]),
        (StatusCode::BAD_REQUEST, &json!("providerReference"))
    );
}

#[tokio::test]
async fn whatever_goes_wrong_a_report_that_is_asked_for_takes_effect_once() {
    for peril in PERILS {
        for step in 0.. {
            let (world, reference) = two_invoices_signalled().await;
            reports_by(&world, FeedbackBy::Poll).await;
            for (id, code) in [("f1", "received"), ("f2", "help_accepted"), ("f3", "help_ended")] {
                world.inforing.report(report(id, &reference, code, "2026-10-07T09:00:00Z"));
            }
            world.perils.plan(step, peril);
            let mut applied = 0;
            for _ in 0..3 {
                applied += world.poll().await.map_or(0, |done| done.applied);
            }
            assert!(applied <= 3, "{peril:?} at {step}");
            assert_eq!(world.count("d1", "FeedbackReceived").await, 3, "{peril:?} at {step}");
            if !world.perils.struck() {
                assert!(step > 4, "{step}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn where_the_table_does_not_know_an_address_the_register_is_asked_once() {
    let world = two_invoices().await;
    world.store.put_municipality("0363", Provider::Bkr).await.unwrap();
    world.register.know("1012AB", 7, "0363");
    let at_seven = |debtor: &str| {
        let mut body = consumer(&debtor.to_uppercase());
        body["address"]["postcode"] = json!("1012 AB");
        body["address"]["houseNumber"] = json!("7");
        body["modifiedAt"] = json!("2026-08-20T07:00:00Z");
        body
    };
    for debtor in ["d2", "d3"] {
        put_two_invoices(&world, debtor).await;
        world.put(&format!("/v1/debtors/{debtor}"), &at_seven(debtor)).await;
    }
    world.go_to("2026-10-07T08:00:00Z").await;
    let taken = world.bkr.taken();
    let codes: Vec<&str> = taken.iter().map(|t| t.message.municipality_code.as_str()).collect();
    assert_eq!(codes, ["0363", "0363"]);
    assert_eq!(world.register.asked(), 1, "the answer is kept, and Utrecht is in the table");
}

#[tokio::test]
async fn nobody_guesses_a_municipality_and_a_register_that_is_down_is_asked_again() {
    let world = two_invoices().await;
    let crossing = store::PostcodeArea {
        municipality: "0356".to_owned(),
        exceptions: [(3, "0344".to_owned())].into_iter().collect(),
        known: [1].into_iter().collect(),
    };
    world.store.put_postcode("3431AA", &crossing).await.unwrap();
    let mut body = consumer("D1");
    body["address"]["postcode"] = json!("3431AA");
    body["address"]["houseNumber"] = json!("5");
    body["modifiedAt"] = json!("2026-08-20T07:00:00Z");
    world.put("/v1/debtors/d1", &body).await;
    world.register.go_down(true);
    world.go_to("2026-10-07T08:00:00Z").await;
    let status = async || world.get("/v1/debtors/d1").await["signals"][0]["status"].clone();
    assert_eq!(status().await, "sending", "it waits for whoever may know");
    world.register.go_down(false);
    world.go_to("2026-10-07T10:00:00Z").await;
    // The register does not know it either: a postcode that crosses a border says nothing.
    assert_eq!(status().await, "blocked");
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(view["tasks"][0]["about"], "municipality_unknown");
    assert_eq!((world.bkr.calls(), world.inforing.calls()), (0, 0));
    body["address"]["houseNumber"] = json!("3");
    body["modifiedAt"] = json!("2026-10-07T10:00:00Z");
    world.put("/v1/debtors/d1", &body).await;
    world.go_to("2026-10-08T08:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 1);
}

#[tokio::test]
async fn the_directory_is_read_back_by_platform_and_a_change_takes_effect_on_its_day() {
    use store::{DatedPlatform, Merger, Municipality};
    let world = two_invoices().await;
    let day = jiff::civil::date(2026, 10, 6);
    let changes = Municipality {
        code: "0344".into(),
        platforms: vec![
            DatedPlatform { provider: Provider::Inforing, from: None },
            DatedPlatform { provider: Provider::Bkr, from: Some(day) },
        ],
        merged: None,
    };
    let gone = Municipality {
        code: "0501".into(),
        platforms: vec![DatedPlatform { provider: Provider::Bkr, from: None }],
        merged: Some(Merger { into: "0344".into(), on: jiff::civil::date(2026, 1, 1) }),
    };
    for municipality in [changes, gone] {
        world.store.put_in_directory(&municipality).await.unwrap();
    }
    let of = async |provider: &str| {
        let view = world.get(&format!("/v1/municipalities?provider={provider}")).await;
        let items = view["items"].as_array().unwrap().iter();
        items.map(|m| m["municipality"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((of("inforing").await, of("bkr").await), (vec!["0344".to_owned()], vec![]));
    let all = world.get("/v1/municipalities").await;
    assert_eq!(
        (&all["items"][1]["mergedInto"], &all["items"][1]["provider"]),
        (&json!("0344"), &json!(null))
    );
    let strange = world.call("GET", "/v1/municipalities?provider=kpn", None).await;
    assert_eq!(strange.status, StatusCode::BAD_REQUEST);
    world.go_to("2026-10-07T08:00:00Z").await;
    assert_eq!((world.bkr.taken().len(), world.inforing.taken().len()), (1, 0));
    assert_eq!(of("bkr").await, ["0344"]);
}

#[tokio::test]
async fn what_came_of_signals_is_told_per_municipality_and_month_and_exported() {
    let (world, reference) = two_invoices_signalled().await;
    world.feedback(Provider::Inforing, &reference, "f1", "help_accepted.quick_fix").await;
    let report = world.get("/v1/reports/signals?from=2026-09&to=2026-11").await;
    let row = json!({
        "month": "2026-10", "municipality": "0344", "signals": 1, "crisis": 0, "pickedUp": 1, "reached": 1,
        "accepted": 1, "declined": 0, "solved": 0, "notReached": 0, "notPickedUp": 0, "helpedAlready": 0,
        "deceased": 0, "notResident": 0, "helpEnded": 0, "withdrawn": 0, "silent": 0
    });
    assert_eq!(report["rows"], json!([row]));
    let asked = "/v1/reports/signals?from=2026-09&to=2026-11";
    let csv = world.send_request("GET", asked, "text/plain", Vec::new(), &[("accept", "text/csv")]).await;
    assert_eq!((csv.status, csv.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    let lines: Vec<Vec<&str>> = csv.body.as_str().unwrap().lines().map(|l| l.split(',').collect()).collect();
    assert_eq!((lines.len(), lines[0].len()), (2, row.as_object().unwrap().len()), "{}", csv.body);
    for (name, cell) in lines[0].iter().zip(&lines[1]) {
        let value = cell.parse().map_or(json!(cell), |number: u64| json!(number));
        let told = if *name == "municipality" { json!(cell) } else { value };
        assert_eq!(row[*name], told, "{name}");
    }
    let none = world.get("/v1/reports/signals?from=2026-09&to=2026-11&municipality=0363").await;
    assert_eq!((&none["rows"], &none["totals"]["signals"]), (&json!([]), &json!(0)));

    let path = "/v1/reports/signals/ddas?municipality=0344&month=2026-10";
    let answer = world.call("GET", path, None).await;
    assert_eq!((answer.status, answer.header("left-out")), (StatusCode::OK, "0"));
    let delivered = &answer.body["leveringen"][0];
    assert_eq!(delivered["vroegsignalen"][0]["client"]["postcode"], "3511AA");
    assert_eq!(delivered["vroegsignaalzaken"][0]["resultaat"], "(Budget)advies en/of quick fix");
    let other = world.get("/v1/reports/signals/ddas?municipality=0344&month=2026-09").await;
    assert_eq!(other["leveringen"][0]["vroegsignalen"], json!([]));
    for wrong in ["municipality=344&month=2026-10", "municipality=0344&month=2026"] {
        let answer = world.call("GET", &format!("/v1/reports/signals/ddas?{wrong}"), None).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

/// What a platform took in: the operation, and the key under which it is one however often it came.
fn told(platform: &Platform) -> Vec<(Operation, String)> {
    platform.taken().into_iter().map(|t| (t.operation, t.message.idempotency_key)).collect()
}

/// An early signal, another amount, the crisis signal that takes its place, and their withdrawal, at the platform of the debtor's
/// municipality.
async fn early_crisis_withdrawal(provider: Provider, disturb: impl AsyncFn(&World, &Platform, u32)) {
    let mut world = World::at("2026-08-20T08:00:00Z").await;
    // Each message comes four times, half of them at once.
    world.deliveries = 4;
    world.store.put_municipality("0344", provider).await.unwrap();
    put_two_invoices(&world, "d1").await;
    world.put("/v1/invoices/d1-3", &invoice("d1", "d1-3", "2026-08-20", "2026-09-01", "121.00")).await;
    let platform = match provider {
        Provider::Bkr => world.bkr.clone(),
        Provider::Inforing => world.inforing.clone(),
    };
    disturb(&world, &platform, 0).await;
    world.go_to("2026-10-08T08:00:00Z").await;
    assert_eq!(told(&platform), [(Create, "d1.s1.create".to_owned())], "{provider}");
    let reference = platform.taken()[0].reference.clone();
    disturb(&world, &platform, 1).await;
    world.put("/v1/payments/p1", &payment("d1-3", "121.00", "2026-10-08")).await;
    for id in ["f1", "f1", "f1"] {
        assert_eq!(world.feedback(provider, &reference, id, "received").await, StatusCode::ACCEPTED);
    }
    world.go_to("2026-10-09T12:00:00Z").await;
    disturb(&world, &platform, 2).await;
    // The end of service is announced on 9 November, and the crisis signal says so.
    world.go_to("2026-11-11T08:00:00Z").await;
    disturb(&world, &platform, 3).await;
    world.put("/v1/payments/p2", &payment_of_everything("d1", "242.00", "2026-11-11")).await;
    world.go_to("2026-11-13T08:00:00Z").await;
    let mut found = told(&platform);
    // Both signals are taken back in whichever order.
    found[3..].sort_by(|a, b| a.1.cmp(&b.1));
    let expected = [
        (Create, "d1.s1.create"),
        (Update, "d1.s1.update-1"),
        (Create, "d1.s2.create"),
        (Withdraw, "d1.s1.withdraw"),
        (Withdraw, "d1.s2.withdraw"),
    ];
    assert_eq!(found, expected.map(|(operation, key)| (operation, key.to_owned())), "{provider}");
    let crisis = &platform.taken()[2].message;
    assert_eq!(
        (crisis.kind, crisis.supersedes.as_deref()),
        (domain::step::SignalKind::Crisis, Some(reference.as_str()))
    );
    let other = if provider == Provider::Bkr { &world.inforing } else { &world.bkr };
    assert_eq!(other.calls(), 0);
    assert_eq!(world.count("d1", "FeedbackReceived").await, 1);
    let counts = world.get("/v1/signals/counts").await;
    assert_eq!(
        (&counts["total"], &counts["byStatus"][6]),
        (&json!(2), &json!({"status": "withdrawn", "early": 1, "crisis": 1}))
    );
}

#[tokio::test]
async fn an_early_signal_its_crisis_and_their_withdrawal_go_to_each_provider_once() {
    for provider in [Provider::Bkr, Provider::Inforing] {
        early_crisis_withdrawal(provider, async |_, _, _| {}).await;
        // The answers to each operation are lost, once and twice.
        for lost in 1..=2 {
            early_crisis_withdrawal(provider, async |_, platform, _| {
                (0..lost).for_each(|_| platform.lose_next_answer());
            })
            .await;
        }
    }
}

#[tokio::test]
async fn and_once_whatever_else_goes_wrong_on_the_way() {
    for provider in [Provider::Bkr, Provider::Inforing] {
        for (number, peril) in PERILS.into_iter().enumerate() {
            for chapter in 0..4 {
                early_crisis_withdrawal(provider, async |world, _, now| {
                    if now == chapter {
                        world.perils.plan(3 + 7 * number, peril);
                    }
                })
                .await;
            }
        }
    }
}

#[tokio::test]
async fn capabilities_are_settings_with_versions_and_what_is_assumed_needs_no_word() {
    let world = two_invoices().await;
    let before = world.get("/v1/settings").await;
    assert_eq!(before["platforms"]["bkr"]["supportsDeath"], true);
    assert_eq!(
        before["platforms"]["inforing"],
        json!({
            "supportsUpdate": true, "supportsWithdraw": true, "supportsDeath": false, "feedback": "push"
        })
    );
    reports_by(&world, FeedbackBy::File).await;
    let after = world.get("/v1/settings").await;
    assert_eq!(after["platforms"]["inforing"]["feedback"], "file");
    assert_eq!(after["version"].as_u64(), before["version"].as_u64().map(|version| version + 1));
    reports_by(&world, FeedbackBy::Push).await;
    let stored = world.store.administration(&world.administration).await.unwrap().unwrap().value;
    let assumed: Capabilities = Provider::Inforing.capabilities();
    assert_eq!((stored.capabilities.len(), stored.capabilities_of(Provider::Inforing)), (0, assumed));
}
