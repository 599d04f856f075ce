//! What people do at the desk: each action by its form, with what it changes, who did it, and what a rule forbids.

use domain::provider::Provider;
use http::StatusCode;
use serde_json::{Value, json};
use tests::desk::Browser;
use tests::stories::{mail_days, put_two_invoices, two_invoices, two_invoices_signalled};
use tests::world::World;

/// Who did the last thing that happened under this name.
async fn by(world: &World, debtor: &str, event: &str) -> String {
    let entries = world.timeline(debtor).await;
    let last = entries.iter().rev().find(|entry| entry["event"] == event);
    last.and_then(|entry| entry["by"].as_str()).unwrap_or_default().to_owned()
}

/// A form's address, what is filled in, and the problem that stands beside its field.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

async fn of_debtor(world: &World, what: &str) -> Value {
    world.get("/v1/debtors/d1").await[what].clone()
}

#[tokio::test]
async fn a_pause_keeps_mails_back_until_it_is_lifted_and_a_form_sent_twice_places_one() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let form = browser.get("/desk/debtors/d1/hold").await;
    let once = form.hidden("once");
    let fields = [("once", once.as_str()), ("covers", "reminders"), ("reason", "belt maandag terug")];
    for _ in 0..2 {
        let page = browser.post("/desk/debtors/d1/hold", &fields).await;
        assert_eq!(page.location(), "/desk/debtors/d1?done=place_hold", "{}", page.readable());
    }
    assert_eq!(of_debtor(&world, "holds").await.as_array().unwrap().len(), 1);
    assert_eq!(by(&world, "d1", "HoldPlaced").await, "staff demo-communication");
    let page = browser.get("/desk/debtors/d1?done=place_hold").await;
    assert!(page.body.contains("belt maandag terug") && page.body.contains("De pauze staat."));
    assert!(!page.body.contains("/holds/d1.h1/lift"), "who only speaks with debtors lifts nothing");
    world.go_to("2026-09-20T08:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0]);
    let mut controller = Browser::signed_in(&world, "demo-controller").await;
    assert!(controller.get("/desk/debtors/d1").await.body.contains("/holds/d1.h1/lift"));
    controller.done("/desk/debtors/d1/holds/d1.h1/lift", &[]).await;
    assert_eq!(by(&world, "d1", "HoldLifted").await, "staff demo-controller");
    world.go_to("2026-10-20T08:00:00Z").await;
    assert!(!mail_days(&world).is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_a_form_stands_beside_its_field_and_changes_nothing() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    let before = world.timeline("d1").await.len();
    let table: [Row<'_>; 7] = [
        ("hold", &[("covers", "reminders"), ("reason", " ")], "reason-problem"),
        ("hold", &[("covers", "everything"), ("reason", "x"), ("until", "2026-08-19")], "until-problem"),
        ("hold", &[("reason", "x")], "covers-problem"),
        ("promise", &[], "pay_by-problem"),
        ("promise", &[("pay_by", "2026-09-01"), ("amount", "veel")], "amount-problem"),
        ("invoices/d1-1/step", &[("edit", "reschedule")], "on-problem"),
        ("early-signalling", &[("enabled", "off")], "reason-problem"),
    ];
    for (path, fields, problem) in table {
        let page = browser.act(&format!("/desk/debtors/d1/{path}"), fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.body.contains(&format!("id=\"{problem}\"")), "{path}: {}", page.readable());
        assert!(page.body.contains("role=\"alert\""), "{path}");
        for (_, typed) in fields.iter().filter(|(name, _)| *name == "amount") {
            assert!(page.body.contains(typed), "what was typed is still there");
        }
    }
    assert_eq!(world.timeline("d1").await.len(), before);
}

#[tokio::test]
async fn the_next_step_is_skipped_put_off_and_put_back() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    let path = "/desk/debtors/d1/invoices/d1-1/step";
    let sunday = browser.act(path, &[("edit", "reschedule"), ("on", "2026-09-13")]).await;
    assert_eq!(sunday.status, StatusCode::CONFLICT);
    assert!(sunday.body.contains("zondagen"), "{}", sunday.readable());
    browser.done(path, &[("edit", "reschedule"), ("on", "2026-09-14")]).await;
    assert_eq!(by(&world, "d1", "StepRescheduled").await, "staff demo-controller");
    browser.done(path, &[("edit", "skip")]).await;
    assert_eq!(world.count("d1", "StepSkipped").await, 1);
    browser.done(path, &[("edit", "reset"), ("step", "")]).await;
    assert_eq!(world.count("d1", "StepsReset").await, 1);
    let foreign = browser.get("/desk/debtors/d1/invoices/d2-1/step").await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_promise_is_written_down_with_a_comma_and_taken_back() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let fields = [("pay_by", "2026-09-10"), ("amount", "€ 121,50")];
    browser.done("/desk/debtors/d1/promise", &fields).await;
    let promise = of_debtor(&world, "promises").await[0].clone();
    assert_eq!((&promise["amount"], &promise["by"]), (&json!("121.50"), &json!("staff demo-communication")));
    let again = browser.act("/desk/debtors/d1/promise", &fields).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.readable());
    browser.done("/desk/debtors/d1/promises/d1.m1/withdraw", &[("reason", "vergissing")]).await;
    assert_eq!(of_debtor(&world, "promises").await[0]["status"], "withdrawn");
}

#[tokio::test]
async fn a_dispute_is_decided_in_part() {
    let world = two_invoices().await;
    world.go_to("2026-09-05T10:00:00Z").await;
    let body = json!({ "invoiceId": "d1-1", "reason": "complaint", "text": "Het was koud." });
    world.call("POST", "/v1/disputes", Some(&body)).await;
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    let page = browser.get("/desk/debtors/d1").await;
    assert!(page.body.contains("Het was koud.") && page.body.contains("/disputes/d1.d1/decide"));
    let path = "/desk/debtors/d1/disputes/d1.d1/decide";
    let without = browser.act(path, &[("decision", "partly"), ("reason", "half")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.body.contains("id=\"amount-problem\""));
    browser.done(path, &[("decision", "partly"), ("amount", "21"), ("reason", "een week")]).await;
    assert_eq!(by(&world, "d1", "DisputeDecided").await, "staff demo-controller");
    assert_eq!(of_debtor(&world, "disputes").await[0]["status"], "awaitingCredit");
}

#[tokio::test]
async fn a_plan_is_approved_or_rejected_with_a_reason_and_ended() {
    let world = two_invoices().await;
    let propose = async || {
        let body = json!({ "debtorId": "d1", "instalments": 2, "every": "month", "firstOn": "2026-09-01",
            "proposedBy": "creditor" });
        let answer = world.call("POST", "/v1/payment-plans", Some(&body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    };
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    propose().await;
    let path = "/desk/debtors/d1/plans/d1.p1/decide";
    let silent = browser.act(path, &[("answer", "reject")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.done(path, &[("answer", "reject"), ("reason", "te lang")]).await;
    assert_eq!(by(&world, "d1", "PlanRejected").await, "staff demo-controller");
    let late = browser.act(path, &[("answer", "approve")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    propose().await;
    browser.done("/desk/debtors/d1/plans/d1.p2/decide", &[("answer", "approve")]).await;
    assert_eq!(of_debtor(&world, "plan").await["status"], "active");
    browser.done("/desk/debtors/d1/plans/d1.p2/end", &[("reason", "verhuisd")]).await;
    assert_eq!(by(&world, "d1", "PlanEnded").await, "staff demo-controller");
}

#[tokio::test]
async fn under_four_eyes_two_people_send_a_signal_and_one_takes_it_back() {
    let world = two_invoices().await;
    world.change_settings(|s| (s.early.automatic, s.early.four_eyes) = (false, true)).await;
    world.go_to("2026-10-07T08:00:00Z").await;
    let mut first = Browser::signed_in(&world, "demo-controller").await;
    let path = "/desk/debtors/d1/signals/d1.s1/send";
    first.done(path, &[]).await;
    assert_eq!(by(&world, "d1", "SignalApproved").await, "staff demo-controller");
    let again = first.act(path, &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("Iemand anders moet het verzenden"), "{}", again.readable());
    world.settle().await;
    assert_eq!(world.inforing.calls(), 0);
    let mut second = Browser::signed_in(&world, "demo-controller-2").await;
    assert!(second.get("/desk/debtors/d1").await.body.contains("Goedgekeurd door staff demo-controller"));
    second.done(path, &[]).await;
    world.settle().await;
    assert_eq!(world.inforing.taken().len(), 1);
    second.done("/desk/debtors/d1/signals/d1.s1/withdraw", &[("reason", "vergissing")]).await;
    assert_eq!(by(&world, "d1", "SignalWithdrawalAsked").await, "staff demo-controller-2");
}

#[tokio::test]
async fn a_signal_that_nobody_asked_for_is_looked_at_and_says_what_blocks_it() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    browser.done("/desk/debtors/d1/signals/prepare", &[("kind", "early")]).await;
    let signals = of_debtor(&world, "signals").await;
    assert_eq!(signals[0]["status"], "blocked");
    assert_eq!(by(&world, "d1", "SignalBlocked").await, "staff demo-controller");
    let page = browser.get("/desk/debtors/d1").await;
    assert!(page.body.contains("Genoeg laatste herinneringen"), "{}", page.readable());
}

#[tokio::test]
async fn an_objection_is_written_down_and_taken_back() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-communication").await;
    let path = "/desk/debtors/d1/early-signalling";
    browser.done(path, &[("enabled", "off"), ("reason", "wil dit niet")]).await;
    assert_eq!(of_debtor(&world, "earlySignalling").await["enabled"], false);
    assert_eq!(by(&world, "d1", "EarlySignallingDisabled").await, "staff demo-communication");
    browser.done(path, &[("enabled", "on"), ("reason", "toch wel")]).await;
    assert_eq!(of_debtor(&world, "earlySignalling").await["enabled"], true);
}

#[tokio::test]
async fn a_case_goes_to_the_bailiff_and_comes_back() {
    let world = two_invoices().await;
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    let early = browser.get("/desk/debtors/d1/case/hand-over").await;
    assert_eq!(early.status, StatusCode::NOT_FOUND, "no case runs yet");
    world.go_to("2026-09-09T08:00:00Z").await;
    // The session ended while the calendar went on.
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    browser.done("/desk/debtors/d1/case/hand-over", &[("bailiff", "Deurwaarder Voorbeeld")]).await;
    assert_eq!(by(&world, "d1", "CaseHandedOver").await, "staff demo-controller");
    assert!(browser.get("/desk/debtors/d1").await.body.contains("Deurwaarder Voorbeeld"));
    browser.done("/desk/debtors/d1/case/take-back", &[("reason", "toch betaald")]).await;
    assert_eq!(by(&world, "d1", "CaseTakenBack").await, "staff demo-controller");
    let twice = browser.act("/desk/debtors/d1/case/take-back", &[("reason", "x")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_the_municipality_reported_is_set_aside_by_an_admin_and_by_nobody_else() {
    let (world, reference) = two_invoices_signalled().await;
    world.feedback(Provider::Inforing, &reference, "f1", "help_accepted.financial").await;
    let mut controller = Browser::signed_in(&world, "demo-controller").await;
    let path = "/desk/debtors/d1/holds/d1.h1/lift";
    let page = controller.get("/desk/debtors/d1").await;
    assert!(page.body.contains("De gemeente helpt") && !page.body.contains(path), "{}", page.readable());
    assert_eq!(controller.get(path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(controller.post(path, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.count("d1", "HoldLifted").await, 0);
    let mut admin = Browser::signed_in(&world, "demo-admin").await;
    assert!(admin.get(path).await.body.contains("zet u haar melding opzij"));
    admin.done(path, &[]).await;
    assert_eq!(by(&world, "d1", "HoldLifted").await, "staff demo-admin");
}

#[tokio::test]
async fn signals_are_counted_filtered_and_sent_together_after_a_question() {
    let world = two_invoices().await;
    put_two_invoices(&world, "d2").await;
    world.change_settings(|s| s.early.automatic = false).await;
    world.go_to("2026-10-07T08:00:00Z").await;
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    let all = browser.get("/desk/signals").await;
    assert!(all.body.contains("<strong>2</strong> vroeg, klaar"), "{}", all.readable());
    let filtered = browser.get("/desk/signals?status=prepared&type=early").await;
    for debtor in ["d1", "d2"] {
        assert!(filtered.body.contains(&format!("value=\"{debtor}.s1\"")), "{}", filtered.readable());
    }
    let elsewhere = browser.get("/desk/signals?municipality=0363").await;
    assert!(!elsewhere.body.contains("d1.s1") && elsewhere.body.contains("Geen signalen met dit filter"));
    let wrong = browser.get("/desk/signals?municipality=Utrecht").await;
    assert!(wrong.body.contains("href=\"#municipality\""), "{}", wrong.readable());

    let chosen = [("signal", "d1.s1"), ("signal", "d2.s1"), ("signal", "d9.s1")];
    let question = browser.post("/desk/signals/send", &chosen).await;
    assert!(question.body.contains("3 signalen"), "{}", question.readable());
    assert_eq!(world.count("d1", "SignalReleased").await, 0, "a question sends nothing");
    let mut confirmed = chosen.to_vec();
    confirmed.push(("confirmed", "yes"));
    let done = browser.post("/desk/signals/send", &confirmed).await;
    assert!(done.body.matches("gedaan").count() == 2, "{}", done.readable());
    assert!(done.body.contains("Dit is er niet"), "{}", done.readable());
    world.settle().await;
    assert_eq!(world.inforing.taken().len(), 2);

    let none = browser.post("/desk/signals/withdraw", &[]).await;
    assert_eq!(none.location(), "/desk/signals");
    let mut withdrawn = vec![("signal", "d1.s1"), ("confirmed", "yes")];
    let silent = browser.post("/desk/signals/withdraw", &withdrawn).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    withdrawn.push(("reason", "vergissing"));
    let done = browser.post("/desk/signals/withdraw", &withdrawn).await;
    assert!(done.body.contains("gedaan"), "{}", done.readable());
    assert_eq!(by(&world, "d1", "SignalWithdrawalAsked").await, "staff demo-controller");
}

#[tokio::test]
async fn a_page_shows_no_action_that_its_reader_may_not_take() {
    let (world, _) = two_invoices_signalled().await;
    let mut browser = Browser::signed_in(&world, "demo-read-only").await;
    let page = browser.get("/desk/debtors/d1").await;
    let acts = page.body.matches("href=\"/desk/debtors/d1/").count();
    assert_eq!(acts, 1, "the timeline and nothing else: {}", page.readable());
    let list = browser.get("/desk/signals").await;
    assert!(!list.body.contains("<input type=\"checkbox\"") && !list.body.contains("formaction"));
}

#[tokio::test]
async fn the_timeline_goes_back_to_the_beginning_page_by_page() {
    let (world, _) = two_invoices_signalled().await;
    for day in 1..=120 {
        let body = json!({ "enabled": day % 2 == 0, "reason": format!("dag {day}") });
        world.call("POST", "/v1/debtors/d1/early-signalling", Some(&body)).await;
        world.call("POST", "/v1/debtors/d1/early-signalling", Some(&body)).await;
    }
    let entries = world.timeline("d1").await.len();
    let mut browser = Browser::signed_in(&world, "demo-read-only").await;
    let (mut path, mut shown, mut pages) = ("/desk/debtors/d1/timeline".to_owned(), 0, 0);
    loop {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        shown += page.body.matches("<h3>").count();
        pages += 1;
        let next = page.body.split_once("/desk/debtors/d1/timeline?cursor=");
        let Some((_, rest)) = next else { break };
        let cursor = rest.split('"').next().unwrap();
        path = format!("/desk/debtors/d1/timeline?cursor={cursor}");
    }
    assert_eq!(shown, entries);
    assert_eq!(pages, entries.div_ceil(100));
}

#[tokio::test]
async fn settings_are_shown_with_the_versions_before() {
    let world = two_invoices().await;
    let settings = json!({ "graceDays": 9 });
    world.put("/v1/settings", &settings).await;
    let version = world.get("/v1/settings").await["version"].as_u64().unwrap();
    let mut browser = Browser::signed_in(&world, "demo-read-only").await;
    let page = browser.get("/desk/settings").await;
    assert!(page.body.contains("9 dagen"), "{}", page.readable());
    let before = format!("/desk/settings?version={}", version - 1);
    assert!(page.body.contains(&before), "{}", page.readable());
    let earlier = browser.get(&before).await;
    assert!(earlier.body.contains("vervangen door accounting tool"), "{}", earlier.readable());
    assert_eq!(browser.get("/desk/settings?version=99").await.status, StatusCode::NOT_FOUND);
}

/// The whole page in both languages: what a reader gets, word by word.
#[tokio::test]
async fn the_pages_of_a_debtor_who_was_signalled() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.keep_overview();
    put_two_invoices(&world, "d1").await;
    world.go_to("2026-10-07T08:00:00Z").await;
    let mut browser = Browser::signed_in(&world, "demo-controller").await;
    for language in ["nl", "en"] {
        let paths = [
            ("home", "/desk"),
            ("work", "/desk/work/tasks"),
            ("debtors", "/desk/debtors"),
            ("debtor", "/desk/debtors/d1"),
            ("hold", "/desk/debtors/d1/hold"),
            ("step", "/desk/debtors/d1/invoices/d1-1/step"),
            ("signals", "/desk/signals"),
            ("settings", "/desk/settings"),
        ];
        for (name, path) in paths {
            let page = browser.get(&format!("{path}?lang={language}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            insta::assert_snapshot!(format!("desk_{language}_{name}"), page.readable());
        }
    }
}
