//! The overview of signals: whatever is filtered by, one query finds it, and the counters say how much that is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::Money;
use domain::dossier::Draft;
use domain::feedback::{Help, Outcome};
use domain::overview::{Place, Standing};
use domain::provider::Provider;
use domain::signal::{Feedback, Operation, Signal, SignalState};
use domain::step::SignalKind;
use http::StatusCode;
use serde_json::{Value, json};
use store::{MemoryTable, SignalFilter, Store};
use tests::bodies::{consumer, payment};
use tests::counting::Counting;
use tests::perils::PERILS;
use tests::stories::{payment_of_everything, put_two_invoices, two_invoices, two_invoices_signalled};
use tests::world::World;

/// Every signal, by whatever filter is asked for, over pages of three.
async fn listed(world: &World, query: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut path = format!("/v1/signals?limit=3{query}");
    loop {
        let page = world.get(&path).await;
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["nextCursor"].as_str() else { return found };
        path = format!("/v1/signals?limit=3{query}&cursor={next}");
    }
}

fn ids(signals: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = signals.iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// Whether a signal is found by a status that `GET /v1/signals` takes; told from what the signal itself says.
fn stands(signal: &Value, status: &str) -> bool {
    let reports = signal["feedback"].as_array().unwrap();
    let outcome = |report: &Value| Outcome::from_code(report["outcome"].as_str().unwrap());
    match status {
        "deceased" => reports.iter().any(|report| outcome(report) == Outcome::Deceased),
        "help_running" => {
            let last = reports.iter().rev().map(outcome).find(|outcome| outcome.is_decisive());
            last.is_some_and(Outcome::pauses)
        }
        status => signal["status"] == status,
    }
}

/// Every filter finds what it should, and every counter says how much that is.
async fn audit(world: &World) -> usize {
    let all = listed(world, "").await;
    let mut of_debtors = Vec::new();
    let debtors = world.get("/v1/debtors?limit=200").await;
    for debtor in debtors["items"].as_array().unwrap() {
        let view = world.get(&format!("/v1/debtors/{}", debtor["id"].as_str().unwrap())).await;
        of_debtors.extend(view["signals"].as_array().unwrap().iter().cloned());
    }
    assert_eq!(ids(&all), ids(&of_debtors), "the overview is what the debtors' own pages show");
    let places = [
        "",
        "&municipality=0344",
        "&municipality=0363",
        "&provider=bkr",
        "&provider=inforing",
        "&municipality=0344&provider=inforing",
        "&municipality=0344&provider=bkr",
    ];
    for place in places {
        let is_there = |signal: &Value| {
            place
                .split('&')
                .filter_map(|part| part.split_once('='))
                .all(|(name, value)| signal[name] == value)
        };
        let there: Vec<Value> = all.iter().filter(|signal| is_there(signal)).cloned().collect();
        let counts = world.get(&format!("/v1/signals/counts?{}", place.trim_start_matches('&'))).await;
        assert_eq!(counts["total"], there.len(), "{place}");
        for standing in Standing::all() {
            let status = standing.name();
            let mut of_kinds = BTreeMap::new();
            for (kind, filter) in [("", ""), ("early", "&type=early"), ("crisis", "&type=crisis")] {
                let wanted = |s: &&Value| stands(s, status) && (kind.is_empty() || s["type"] == kind);
                let expected: Vec<Value> = there.iter().filter(wanted).cloned().collect();
                let found = listed(world, &format!("&status={status}{filter}{place}")).await;
                assert_eq!(ids(&found), ids(&expected), "{status}{filter}{place}");
                of_kinds.insert(kind, expected.len());
            }
            let by_status = counts["byStatus"].as_array().unwrap().iter().find(|c| c["status"] == status);
            let counted = by_status.map(|c| (c["early"].clone(), c["crisis"].clone()));
            let expected = (json!(of_kinds["early"]), json!(of_kinds["crisis"]));
            assert_eq!(counted, Some(expected), "{status}{place}");
        }
        for kind in ["early", "crisis"] {
            let expected: Vec<Value> = there.iter().filter(|s| s["type"] == kind).cloned().collect();
            assert_eq!(ids(&listed(world, &format!("&type={kind}{place}")).await), ids(&expected));
        }
    }
    let of = |name: &str| counts_of(&all, name);
    let counts = world.get("/v1/signals/counts").await;
    for name in ["preparedEarly", "preparedCrisis", "sentEarly", "sentCrisis"] {
        assert_eq!(counts[name], of(name), "{name}");
    }
    report_is_right(world, &all).await;
    all.len()
}

fn counts_of(all: &[Value], name: &str) -> usize {
    let (status, kind) = name.split_at(name.len() - name.trim_start_matches(char::is_lowercase).len());
    all.iter().filter(|s| s["status"] == status && s["type"] == kind.to_lowercase()).count()
}

/// The report of outcomes is what a look at every signal says.
async fn report_is_right(world: &World, all: &[Value]) {
    let report = world.get("/v1/reports/signals?from=2026-08&to=2027-06").await;
    let sent: Vec<&Value> = all.iter().filter(|s| !s["providerReference"].is_null()).collect();
    let reported = |codes: &[&str]| {
        let is =
            |report: &Value| codes.iter().any(|code| report["outcome"].as_str().unwrap().starts_with(code));
        sent.iter().filter(|s| s["feedback"].as_array().unwrap().iter().any(is)).count()
    };
    let totals = &report["totals"];
    assert_eq!(totals["signals"], sent.len());
    assert_eq!(totals["crisis"], sent.iter().filter(|s| s["type"] == "crisis").count());
    assert_eq!(totals["withdrawn"], sent.iter().filter(|s| s["status"] == "withdrawn").count());
    assert_eq!(totals["accepted"], reported(&["help_accepted"]));
    assert_eq!(totals["declined"], reported(&["help_declined"]));
    assert_eq!(totals["deceased"], reported(&["deceased"]));
    let reached = ["help_accepted", "help_declined", "help_ended", "solved_or_arranged", "lost_contact"];
    assert_eq!(totals["reached"], reported(&reached));
    let rows = report["rows"].as_array().unwrap();
    let of_rows: u64 = rows.iter().map(|row| row["signals"].as_u64().unwrap()).sum();
    assert_eq!(totals["signals"], of_rows);
}

/// Four debtors: two in Utrecht, two in Amsterdam, whose municipality reads the other platform.
async fn four_debtors() -> World {
    let world = two_invoices().await;
    world.store.put_postcode("1012AB", &store::PostcodeArea::within("0363")).await.unwrap();
    world.store.put_municipality("0363", Provider::Bkr).await.unwrap();
    for (debtor, postcode) in [("d2", "3511AA"), ("d3", "1012AB"), ("d4", "1012AB")] {
        put_two_invoices(&world, debtor).await;
        let mut body = consumer(&debtor.to_uppercase());
        body["address"]["postcode"] = json!(postcode);
        body["modifiedAt"] = json!("2026-08-20T07:00:00Z");
        world.put(&format!("/v1/debtors/{debtor}"), &body).await;
    }
    world
}

#[tokio::test]
async fn counters_are_always_a_count_over_the_signals() {
    const CODES: [&str; 9] = [
        "received",
        "picked_up",
        "help_accepted.financial",
        "help_ended",
        "deceased",
        "help_declined",
        "not_resident",
        "solved_or_arranged",
        "not_picked_up.repeated",
    ];
    for seed in 0..6 {
        let world = four_debtors().await;
        let mut random = fastrand::Rng::with_seed(seed);
        let automatic = random.bool();
        world.change_settings(|s| s.early.automatic = automatic).await;
        let mut now = "2026-10-05T08:00:00Z".parse::<jiff::Timestamp>().unwrap();
        let mut most = 0;
        for turn in 0..12 {
            now += jiff::SignedDuration::from_hours(24 * random.i64(1..=9));
            world.go_to(&now.to_string()).await;
            let debtor = format!("d{}", random.u8(1..=4));
            let signals = world.get(&format!("/v1/debtors/{debtor}")).await["signals"].clone();
            let signal = signals.as_array().unwrap().last().cloned().unwrap_or(Value::Null);
            let id = signal["id"].as_str().unwrap_or("none");
            match random.u8(0..6) {
                0 => {
                    let body = json!({ "signalIds": [id] });
                    world.call("POST", "/v1/signals/send", Some(&body)).await;
                }
                1 => {
                    let body = json!({ "signalIds": [id, "d1.s1"], "reason": "sent in error" });
                    world.call("POST", "/v1/signals/withdraw", Some(&body)).await;
                }
                2 => {
                    let body = json!({ "enabled": random.bool(), "reason": "x" });
                    world.call("POST", &format!("/v1/debtors/{debtor}/early-signalling"), Some(&body)).await;
                }
                3 => {
                    let paid = payment(&format!("{debtor}-1"), "60.00", &now.to_string()[..10]);
                    world.put(&format!("/v1/payments/p{turn}"), &paid).await;
                }
                _ => {
                    if let Some(reference) = signal["providerReference"].as_str() {
                        let provider: Provider = signal["provider"].as_str().unwrap().parse().unwrap();
                        let code = *random.choice(CODES.iter()).unwrap();
                        let answer = world.feedback(provider, reference, &format!("f{turn}"), code).await;
                        assert_eq!(answer, StatusCode::ACCEPTED);
                    }
                }
            }
            world.settle().await;
            most = most.max(audit(&world).await);
        }
        assert!(most >= 4, "seed {seed} made {most} signals");
    }
}

#[tokio::test]
async fn whatever_goes_wrong_the_counters_are_right() {
    for peril in PERILS {
        for step in 0.. {
            let (world, reference) = two_invoices_signalled().await;
            world.perils.plan(step, peril);
            world.feedback(Provider::Inforing, &reference, "f1", "help_accepted").await;
            world.feedback(Provider::Inforing, &reference, "f2", "help_ended").await;
            world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2026-10-07")).await;
            world.go_to("2026-10-09T08:00:00Z").await;
            let struck = world.perils.struck();
            audit(&world).await;
            if !struck {
                // Both reports and the payment are a write each.
                assert!(step >= 3, "{step}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_filter_that_is_none_is_refused_by_its_name() {
    let world = two_invoices().await;
    let query = "status=gone&provider=kpn&municipality=GM0344";
    let answer = world.call("GET", &format!("/v1/signals?{query}"), None).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let errors = answer.body["errors"].as_array().unwrap();
    let paths: Vec<&str> = errors.iter().map(|e| e["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["status", "provider", "municipality"]);
    let answer = world.call("GET", "/v1/signals/counts?provider=kpn", None).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

/// Signal number `number` of all: of either kind, in one of forty municipalities, and every standing in turn.
fn of_many(world_debtor: &domain::debtor::Debtor, number: u32, at: jiff::Timestamp) -> Signal {
    let operation = Operation::Create;
    let states = [
        SignalState::Blocked { conditions: vec!["notOptedOut".into()], again_on: None },
        SignalState::Prepared { released: false },
        SignalState::Queued { operation, not_before: None },
        SignalState::Sent,
        SignalState::Refused { errors: vec!["a: b".into()] },
        SignalState::Unknown { operation, since: at },
        SignalState::Withdrawn { reason: "paid".into() },
        SignalState::Sent,
    ];
    let outcome = [Outcome::HelpAccepted(Some(Help::Financial)), Outcome::Deceased, Outcome::PickedUp];
    let code = (number % 40) + 100;
    let went = number % 8 > 1;
    let report = Feedback {
        id: format!("f{number}"),
        at,
        raw_code: "x".into(),
        code_map: 1,
        outcome: outcome[number as usize % 3],
    };
    Signal {
        id: world_debtor.id.signal(1),
        kind: if number.is_multiple_of(5) { SignalKind::Crisis } else { SignalKind::Early },
        state: states[number as usize % 8].clone(),
        prepared_at: at + jiff::SignedDuration::from_secs(i64::from(number)),
        arrears: Money::from_cents(242_00),
        arrears_since: Some(jiff::civil::date(2026, 9, 1)),
        municipality: went.then(|| format!("{code:04}")),
        provider: went.then_some(if code.is_multiple_of(2) { Provider::Bkr } else { Provider::Inforing }),
        provider_reference: matches!(number % 8, 3 | 6 | 7).then(|| format!("R{number}")),
        sent_at: went.then_some(at),
        attempts: 1,
        rules_version: 1,
        feedback: if number % 8 == 7 { vec![report] } else { vec![] },
        updates: 0,
        told_first: None,
        changed_at: None,
        supersedes: None,
        withdrawal: None,
        approval: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_hundred_thousand_signals_a_filtered_page_takes_one_query() {
    const SIGNALS: u32 = 100_000;
    let world = two_invoices().await;
    let settings = world.store.administration(&world.administration).await.unwrap().unwrap().value;
    let debtor: domain::ids::DebtorId = domain::ids::DebtorId::parse("d1").unwrap();
    let known = world.store.dossier(&world.administration, &debtor).await.unwrap().unwrap().value.debtor;
    let table = MemoryTable::weighing_plain();
    let counting = Arc::new(Counting::of(&table));
    let store = Store::new(counting.clone());
    let at: jiff::Timestamp = "2026-10-07T08:00:00Z".parse().unwrap();
    let mut expected: BTreeMap<(Standing, SignalKind), u64> = BTreeMap::new();
    let before = table.units().write;
    for number in 0..SIGNALS {
        let id = domain::ids::DebtorId::parse(&format!("m{number}")).unwrap();
        let person = domain::debtor::Debtor { id, ..known.clone() };
        let signal = of_many(&person, number, at);
        for standing in Standing::of(&signal) {
            *expected.entry((standing, signal.kind)).or_default() += 1;
        }
        let mut draft = Draft::created(person, at, "import");
        draft.dossier.signals.push(signal);
        store.commit(&settings, &draft, None, vec![]).await.unwrap();
    }
    println!(
        "{:.1} write units a signal, its dossier included",
        (table.units().write - before) / f64::from(SIGNALS)
    );

    let utrecht = Place { municipality: Some("0107".into()), provider: None };
    let with_provider = Place { provider: Some(Provider::Inforing), ..utrecht.clone() };
    let places = [
        Place::default(),
        utrecht,
        with_provider,
        Place { municipality: None, provider: Some(Provider::Bkr) },
    ];
    let standings = Standing::all().map(Some).chain([None]);
    for standing in standings {
        for kind in [None, Some(SignalKind::Early), Some(SignalKind::Crisis)] {
            for place in &places {
                let filter = SignalFilter { standing, kind, place: place.clone() };
                counting.queries.store(0, Ordering::SeqCst);
                counting.others.store(0, Ordering::SeqCst);
                let before = table.units().read;
                let page = store.signals(&settings.id, &filter, 50, None).await.unwrap();
                let asked = (counting.queries.load(Ordering::SeqCst), counting.others.load(Ordering::SeqCst));
                assert_eq!(asked, (1, 1), "one query, and one look at what it found: {filter:?}");
                assert!(page.items.iter().all(|stored| filter.finds(&stored.signal)), "{filter:?}");
                let read = table.units().read - before;
                assert!(
                    read <= 3.0 + page.items.len() as f64,
                    "{read} units for {} signals",
                    page.items.len()
                );
                if page.items.len() < 50 {
                    assert_eq!(page.next, None, "a page that is not full is the last: {filter:?}");
                }
            }
        }
    }
    let before = table.units().read;
    let counts = store.signal_counts(&settings.id, &Place::default()).await.unwrap();
    assert_eq!(counts, expected);
    let read = table.units().read - before;
    assert!(read <= 20.0, "{read} units to count them all");
    println!("{read} read units to count {SIGNALS} signals of 40 municipalities");
}

#[tokio::test]
async fn under_four_eyes_whoever_approves_does_not_send() {
    let world = two_invoices().await;
    let rules = world.get("/v1/signal-rules/early").await;
    let mut body = rules.clone();
    for read_only in ["type", "version", "replacedAt", "replacedBy"] {
        body.as_object_mut().unwrap().remove(read_only);
    }
    body["fourEyes"] = json!(true);
    let both = world.call("PUT", "/v1/signal-rules/early", Some(&body)).await;
    assert_eq!((both.status, &both.body["errors"][0]["path"]), (StatusCode::BAD_REQUEST, &json!("fourEyes")));
    body["automatic"] = json!(false);
    world.put("/v1/signal-rules/early", &body).await;
    world.go_to("2026-10-12T08:00:00Z").await;

    let by = async |who: &str, path: &str, body: Option<&Value>| {
        let caller = runtime::http::Caller { subject: who.to_owned(), ..world.caller() };
        let body = body.map(Value::to_string).unwrap_or_default().into_bytes();
        let content_type = "application/json";
        let asked = tests::world::Asked {
            method: "POST",
            path,
            content_type,
            body,
            headers: &[],
            caller: Some(caller),
        };
        world.ask(&asked).await
    };
    let first = by("anna", "/v1/signals/d1.s1/send", None).await;
    assert_eq!((first.status, &first.body["status"]), (StatusCode::ACCEPTED, &json!("prepared")));
    assert_eq!(first.body["approvedBy"], "anna");
    let again = by("anna", "/v1/signals/d1.s1/send", None).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.body["type"], "urn:tijdig:problem:second_person_needed");
    let many = by("anna", "/v1/signals/send", Some(&json!({ "signalIds": ["d1.s1"] }))).await;
    assert_eq!(many.body["results"][0]["status"], 409);
    world.settle().await;
    assert_eq!(world.inforing.calls(), 0);
    let second = by("bert", "/v1/signals/d1.s1/send", None).await;
    assert_eq!(second.status, StatusCode::OK);
    world.settle().await;
    assert_eq!(world.inforing.taken().len(), 1);
    let events = world.events("d1").await;
    let said: Vec<&String> =
        events.iter().filter(|e| ["SignalApproved", "SignalReleased"].contains(&e.as_str())).collect();
    assert_eq!(said, ["SignalApproved", "SignalReleased"]);
}

#[tokio::test]
async fn an_approval_is_no_longer_good_once_a_condition_failed() {
    let world = two_invoices().await;
    world.change_settings(|s| (s.early.automatic, s.early.four_eyes) = (false, true)).await;
    world.go_to("2026-10-07T08:00:00Z").await;
    assert_eq!(world.call("POST", "/v1/signals/d1.s1/send", None).await.status, StatusCode::ACCEPTED);
    let body = json!({ "enabled": false, "reason": "x" });
    world.call("POST", "/v1/debtors/d1/early-signalling", Some(&body)).await;
    let caller = runtime::http::Caller { subject: "bert".to_owned(), ..world.caller() };
    let asked = tests::world::Asked {
        method: "POST",
        path: "/v1/signals/d1.s1/send",
        content_type: "application/json",
        body: vec![],
        headers: &[],
        caller: Some(caller),
    };
    let answer = world.ask(&asked).await;
    assert_eq!(answer.body["type"], "urn:tijdig:problem:conditions_no_longer_hold");
    assert_eq!(world.inforing.calls(), 0);
}

#[tokio::test]
async fn several_are_taken_back_at_once_with_a_result_for_each() {
    let (world, _) = two_invoices_signalled().await;
    let body = json!({ "signalIds": ["d1.s1", "d9.s1", "x"], "reason": "sent in error" });
    for _ in 0..2 {
        let answer = world.call("POST", "/v1/signals/withdraw", Some(&body)).await;
        let results = answer.body["results"].as_array().unwrap();
        let statuses: Vec<u64> = results.iter().map(|r| r["status"].as_u64().unwrap()).collect();
        assert_eq!(statuses, [200, 404, 404]);
        world.settle().await;
    }
    assert_eq!(world.inforing.taken().len(), 2, "the signal and its withdrawal");
    let none = json!({ "signalIds": ["d1.s1"], "reason": " " });
    let answer = world.call("POST", "/v1/signals/withdraw", Some(&none)).await;
    assert_eq!(
        (answer.status, &answer.body["errors"][0]["path"]),
        (StatusCode::BAD_REQUEST, &json!("reason"))
    );
}
