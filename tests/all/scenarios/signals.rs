//! Who is signalled to the municipality, when, and who never is.

use domain::provider::Provider;
use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::stories::{mail_days, put_two_invoices, two_invoices, two_invoices_signalled};
use tests::world::World;

/// Kind, status and what blocks it, of each signal.
async fn signals(world: &World, debtor: &str) -> Vec<(String, String, String)> {
    let view = world.get(&format!("/v1/debtors/{debtor}")).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let signals = view["signals"].as_array().unwrap();
    signals.iter().map(|s| (text(&s["type"]), text(&s["status"]), text(&s["reason"]))).collect()
}

fn signal(kind: &str, status: &str, reason: &str) -> (String, String, String) {
    (kind.to_owned(), status.to_owned(), reason.to_owned())
}

#[tokio::test]
async fn an_objection_blocks_the_early_signal_and_taking_it_back_sends_it() {
    let world = two_invoices().await;
    let say = async |enabled: bool| {
        let body = json!({ "enabled": enabled, "reason": "said so on the phone" });
        let answer = world.call("POST", "/v1/debtors/d1/early-signalling", Some(&body)).await;
        assert_eq!(answer.status, StatusCode::OK);
    };
    say(false).await;
    say(false).await;
    assert_eq!(world.count("d1", "EarlySignallingDisabled").await, 1);
    world.go_to("2026-10-20T05:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 3, "an objection stops signals, not reminders");
    assert_eq!(signals(&world, "d1").await, [signal("early", "blocked", "notOptedOut")]);
    assert_eq!(world.inforing.calls(), 0);
    let conditions = world.get("/v1/debtors/d1/signal-conditions?type=early").await;
    let failing: Vec<&Value> =
        conditions["conditions"].as_array().unwrap().iter().filter(|c| c["holds"] == false).collect();
    assert_eq!((failing.len(), &failing[0]["name"]), (1, &json!("notOptedOut")));
    say(true).await;
    world.go_to("2026-10-20T05:30:00Z").await;
    assert_eq!(world.inforing.calls(), 0, "signals wait for the morning's sweep as notices do");
    world.go_to("2026-10-20T10:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 1);
    assert_eq!(signals(&world, "d1").await, [signal("early", "sent", "")]);
}

#[tokio::test]
async fn an_objection_after_the_signal_was_prepared_still_blocks_it() {
    let world = two_invoices().await;
    world.change_settings(|s| s.early.automatic = false).await;
    world.go_to("2026-10-07T08:00:00Z").await;
    assert_eq!(signals(&world, "d1").await, [signal("early", "prepared", "")]);
    let body = json!({ "enabled": false, "reason": "x" });
    world.call("POST", "/v1/debtors/d1/early-signalling", Some(&body)).await;
    let sent = world.call("POST", "/v1/signals/d1.s1/send", None).await;
    assert_eq!(sent.status, StatusCode::CONFLICT);
    assert_eq!(sent.body["type"], "urn:tijdig:problem:conditions_no_longer_hold");
    world.go_to("2026-10-12T08:00:00Z").await;
    assert_eq!(world.inforing.calls(), 0);
}

#[tokio::test]
async fn a_prepared_signal_leaves_on_a_click_and_once() {
    let world = two_invoices().await;
    world.change_settings(|s| s.early.automatic = false).await;
    world.go_to("2026-10-12T08:00:00Z").await;
    assert_eq!(world.inforing.calls(), 0);
    let ids = json!({ "signalIds": ["d1.s1", "d1.s1", "d9.s1", "x"] });
    let answer = world.call("POST", "/v1/signals/send", Some(&ids)).await;
    let statuses: Vec<u64> =
        answer.body["results"].as_array().unwrap().iter().map(|r| r["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 200, 404, 404]);
    world.settle().await;
    let again = world.call("POST", "/v1/signals/d1.s1/send", None).await;
    assert_eq!(again.status, StatusCode::OK);
    world.settle().await;
    assert_eq!((world.inforing.calls(), world.inforing.taken().len()), (1, 1));
    assert_eq!(world.count("d1", "SignalReleased").await, 1);
}

#[tokio::test]
async fn a_signal_that_was_sent_is_withdrawn_at_the_provider_once() {
    use outside::platform::Operation;
    let (world, reference) = two_invoices_signalled().await;
    for _ in 0..3 {
        let body = json!({ "reason": "paid at the door" });
        let answer = world.call("POST", "/v1/signals/d1.s1/withdraw", Some(&body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        world.settle().await;
    }
    let taken = world.inforing.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[1].operation, Operation::Withdraw);
    assert_eq!(taken[1].message.supersedes.as_deref(), Some(reference.as_str()));
    assert_eq!(signals(&world, "d1").await[0].1, "withdrawn");
}

#[tokio::test]
async fn a_business_is_never_signalled() {
    for (what, value) in [("kvkNumber", "12345678"), ("kind", "business")] {
        let world = two_invoices().await;
        let mut debtor = consumer("D1");
        debtor[what] = json!(value);
        debtor["modifiedAt"] = json!("2026-08-20T07:00:00Z");
        world.put("/v1/debtors/d1", &debtor).await;
        world.go_to("2027-03-01T08:00:00Z").await;
        assert_eq!(mail_days(&world).len(), 5, "{what}");
        assert_eq!(signals(&world, "d1").await, [], "{what}");
        assert_eq!((world.inforing.calls(), world.bkr.calls()), (0, 0), "{what}");
        let texts: Vec<String> = world.mail.taken().into_iter().map(|t| t.mail.text).collect();
        assert!(!texts.iter().any(|t| t.contains("gemeente")), "a business is not offered it: {what}");
    }
}

#[tokio::test]
async fn a_sector_that_may_not_signal_never_does() {
    let world = two_invoices().await;
    world.change_settings(|s| s.sector = domain::administration::Sector::Other).await;
    world.go_to("2027-03-01T08:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 5);
    assert_eq!(signals(&world, "d1").await, []);
    assert_eq!(world.inforing.calls(), 0);
}

#[tokio::test]
async fn each_condition_that_fails_alone_blocks_and_is_named() {
    type Change<'a> = &'a (dyn Fn(&mut Value) + Sync);
    let no_birth_date: Change<'_> = &|d| d["person"]["birthDate"] = json!(null);
    let no_number: Change<'_> = &|d| d["address"]["houseNumber"] = json!(null);
    let abroad: Change<'_> = &|d| d["address"]["country"] = json!("BE");
    let unknown_place: Change<'_> = &|d| d["address"]["postcode"] = json!("9999ZZ");
    let table = [
        (no_birth_date, "birthDateKnown"),
        (no_number, "addressKnown"),
        (abroad, "addressKnown"),
        (unknown_place, "municipalityKnown"),
    ];
    for (change, condition) in table {
        let world = two_invoices().await;
        let mut debtor = consumer("D1");
        change(&mut debtor);
        debtor["modifiedAt"] = json!("2026-08-20T07:00:00Z");
        world.put("/v1/debtors/d1", &debtor).await;
        world.go_to("2026-10-08T08:00:00Z").await;
        assert_eq!(signals(&world, "d1").await, [signal("early", "blocked", condition)]);
        assert_eq!(world.inforing.calls(), 0, "{condition}");
        // Once it is mended the signal leaves by itself.
        let mut debtor = consumer("D1");
        debtor["modifiedAt"] = json!("2026-10-08T08:00:00Z");
        world.put("/v1/debtors/d1", &debtor).await;
        world.go_to("2026-10-09T08:00:00Z").await;
        assert_eq!(world.inforing.taken().len(), 1, "{condition}");
        assert_eq!(signals(&world, "d1").await, [signal("early", "sent", "")]);
    }
}

#[tokio::test]
async fn one_invoice_or_too_little_is_no_reason_for_an_early_signal() {
    for (invoices, total, condition) in
        [(1, "242.00", "minimumFinalReminders"), (2, "49.99", "minimumOutstanding")]
    {
        let world = World::at("2026-08-20T08:00:00Z").await;
        world.put("/v1/debtors/d1", &consumer("D1")).await;
        for number in 0..invoices {
            let body = invoice("d1", &format!("E-{number}"), "2026-08-20", "2026-09-01", total);
            world.put(&format!("/v1/invoices/i{number}"), &body).await;
        }
        world.go_to("2026-10-20T08:00:00Z").await;
        assert_eq!(signals(&world, "d1").await, [signal("early", "blocked", condition)]);
        assert_eq!(world.inforing.calls(), 0);
    }
}

#[tokio::test]
async fn the_signal_goes_to_the_provider_of_the_municipality_of_the_address() {
    let world = two_invoices().await;
    let area = store::PostcodeArea {
        municipality: "0363".to_owned(),
        exceptions: [(7, "0344".to_owned())].into_iter().collect(),
        known: [6].into_iter().collect(),
    };
    world.store.put_postcode("1012AB", &area).await.unwrap();
    world.store.put_municipality("0363", Provider::Bkr).await.unwrap();
    for (debtor, number) in [("d2", "6"), ("d3", "7")] {
        put_two_invoices(&world, debtor).await;
        let mut body = consumer(&debtor.to_uppercase());
        body["address"]["postcode"] = json!("1012 ab");
        body["address"]["houseNumber"] = json!(number);
        body["modifiedAt"] = json!("2026-08-20T07:00:00Z");
        world.put(&format!("/v1/debtors/{debtor}"), &body).await;
    }
    world.go_to("2026-10-07T08:00:00Z").await;
    let of = |taken: Vec<tests::platforms::Taken>| {
        let mut found: Vec<(String, String)> =
            taken.into_iter().map(|t| (t.message.id, t.message.municipality_code)).collect();
        found.sort();
        found
    };
    let pair = |id: &str, code: &str| (id.to_owned(), code.to_owned());
    assert_eq!(of(world.bkr.taken()), [pair("d2.s1", "0363")]);
    assert_eq!(of(world.inforing.taken()), [pair("d1.s1", "0344"), pair("d3.s1", "0344")]);
    let listed = world.get("/v1/signals?provider=bkr").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["debtorId"], "d2");
}

#[tokio::test]
async fn a_crisis_signal_comes_at_the_earliest_four_weeks_after_the_early_one() {
    // The early signal is kept back until its birth date is known, on 5 November; service ends on the 9th.
    let world = two_invoices().await;
    let mut debtor = consumer("D1");
    debtor["person"]["birthDate"] = json!(null);
    debtor["modifiedAt"] = json!("2026-08-20T07:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    world.go_to("2026-11-05T06:00:00Z").await;
    let mut debtor = consumer("D1");
    debtor["modifiedAt"] = json!("2026-11-05T06:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    world.go_to("2026-11-10T08:00:00Z").await;
    assert_eq!(mail_days(&world).last().unwrap(), "2026-11-09");
    let early = signal("early", "sent", "");
    assert_eq!(signals(&world, "d1").await, [early.clone(), signal("crisis", "blocked", "earlySignalFirst")]);
    world.go_to("2026-12-02T18:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 1);
    world.go_to("2026-12-03T18:00:00Z").await;
    assert_eq!(signals(&world, "d1").await, [early, signal("crisis", "sent", "")]);
    let taken = world.inforing.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[1].message.signalled_on.to_string(), "2026-12-03");
}

#[tokio::test]
async fn nobody_is_signalled_twice_for_the_same_arrears_within_six_months() {
    let (world, _) = two_invoices_signalled().await;
    // A third invoice that gets its own final reminder on the way makes the arrears rise.
    world.go_to("2027-03-01T08:00:00Z").await;
    let kinds: Vec<domain::step::SignalKind> =
        world.inforing.taken().iter().map(|t| t.message.kind).collect();
    assert_eq!(kinds, [domain::step::SignalKind::Early, domain::step::SignalKind::Crisis]);
    world.put("/v1/invoices/d1-3", &invoice("d1", "d1-3", "2027-03-01", "2027-03-02", "80.00")).await;
    world.go_to("2027-04-05T08:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 2);
    world.go_to("2027-04-07T08:00:00Z").await;
    let taken = world.inforing.taken();
    assert_eq!(taken.len(), 3, "{:?}", signals(&world, "d1").await);
    assert_eq!(taken[2].message.arrears.to_string(), "322.00");
}

#[tokio::test]
async fn while_help_runs_nothing_is_signalled_and_what_waited_lapses() {
    let world = two_invoices().await;
    world.change_settings(|s| s.crisis.automatic = false).await;
    world.go_to("2026-11-10T08:00:00Z").await;
    let (early, crisis) = (signal("early", "sent", ""), signal("crisis", "prepared", ""));
    assert_eq!(signals(&world, "d1").await, [early, crisis]);
    let reference = world.inforing.taken()[0].reference.clone();
    world.feedback(Provider::Inforing, &reference, "f1", "known_to_debt_help").await;
    assert_eq!(signals(&world, "d1").await[1], signal("crisis", "withdrawn", "help runs"));
    let sent = world.call("POST", "/v1/signals/d1.s2/send", None).await;
    assert_eq!(sent.status, StatusCode::CONFLICT);
    world.go_to("2027-06-10T08:00:00Z").await;
    assert_eq!(world.inforing.calls(), 1);
}

#[tokio::test]
async fn what_is_paid_is_not_signalled_any_more() {
    let world = two_invoices().await;
    world.change_settings(|s| s.early.automatic = false).await;
    world.go_to("2026-10-07T08:00:00Z").await;
    let paid = tests::stories::payment_of_everything("d1", "242.00", "2026-10-07");
    world.put("/v1/payments/p1", &paid).await;
    assert_eq!(signals(&world, "d1").await[0].1, "withdrawn");
    let sent = world.call("POST", "/v1/signals/d1.s1/send", None).await;
    assert_eq!(sent.status, StatusCode::CONFLICT);
    assert_eq!(world.inforing.calls(), 0);
}
