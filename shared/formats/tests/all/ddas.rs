//! What is exported is valid by the exchange model of DDAS 1.2, whatever municipalities reported.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "ddas/schema.rs"]
mod schema;

use domain::administration::Sector;
use domain::debtor::{Address, Debtor, DebtorKind, Person};
use domain::feedback::Outcome;
use domain::ids::DebtorId;
use domain::provider::Provider;
use domain::signal::{Feedback, Signal, SignalState};
use domain::step::SignalKind;
use domain::{Language, Money};
use formats::ddas::Document;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const FROM: Date = date(2026, 11, 1);
const TO: Date = date(2026, 11, 30);

fn at() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn debtor() -> Debtor {
    Debtor {
        id: DebtorId::parse("d1").unwrap(),
        number: "D1".into(),
        kind: DebtorKind::Consumer,
        name: "J. de Vries".into(),
        person: Some(Person {
            initials: None,
            prefix: Some("de".into()),
            surname: "Vries".into(),
            birth_date: Some(date(1985, 4, 12)),
        }),
        emails: vec![],
        phone: None,
        mobile: None,
        language: Language::Nl,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: Some(Address {
            street: "Oudegracht".into(),
            house_number: Some("1".into()),
            suffix: Some("bis".into()),
            postcode: Some("3511 AA".into()),
            city: "Utrecht".into(),
            country: "NL".into(),
        }),
        policy_id: None,
        labels: vec![],
        modified_at: at(),
    }
}

fn signal(number: u32, kind: SignalKind, outcomes: &[Outcome]) -> Signal {
    let report = |(minutes, outcome): (usize, &Outcome)| Feedback {
        id: format!("f{minutes}"),
        at: at() + SignedDuration::from_mins(minutes as i64 + 1),
        raw_code: outcome.code().to_owned(),
        code_map: 1,
        outcome: *outcome,
    };
    Signal {
        id: debtor().id.signal(number),
        kind,
        state: SignalState::Sent,
        prepared_at: at(),
        arrears: Money::from_cents(363_50),
        arrears_since: Some(date(2026, 9, 15)),
        municipality: Some("0344".into()),
        provider: Some(Provider::Inforing),
        provider_reference: Some("RIS1".into()),
        sent_at: Some(at()),
        attempts: 1,
        rules_version: 1,
        feedback: outcomes.iter().enumerate().map(report).collect(),
        updates: 0,
        told_first: None,
        changed_at: None,
        supersedes: None,
        withdrawal: None,
        approval: None,
    }
}

fn document() -> Document {
    Document::new((FROM, TO), at(), "tijdig", "0344", "Voorbeeld Energie")
}

/// The rules that were written anew, and the official file where one is named.
fn schemas() -> Vec<Value> {
    let ours = include_str!("ddas/uitwisselmodel-1.2.json").to_owned();
    let official =
        std::env::var("TIJDIG_DDAS_SCHEMA").ok().map(|path| std::fs::read_to_string(path).unwrap());
    [ours].into_iter().chain(official).map(|text| serde_json::from_str(&text).unwrap()).collect()
}

fn faults(document: &Value) -> Vec<String> {
    schemas().iter().flat_map(|schema| schema::faults(schema, document)).collect()
}

#[test]
fn whatever_was_reported_the_document_is_valid() {
    let sectors = [Sector::Energy, Sector::Heat, Sector::Water, Sector::Rent, Sector::HealthInsurance];
    for sector in sectors {
        let mut document = document();
        let mut number = 0;
        let mut add = |kind, outcomes: &[Outcome]| {
            number += 1;
            assert!(document.add(&signal(number, kind, outcomes), sector, &debtor()));
        };
        add(SignalKind::Early, &[]);
        add(SignalKind::Crisis, &[]);
        for (_, outcome) in Outcome::all() {
            add(SignalKind::Early, &[outcome]);
            add(SignalKind::Crisis, &[Outcome::PickedUp, outcome]);
        }
        assert_eq!(faults(&serde_json::to_value(&document).unwrap()), Vec::<String>::new(), "{sector:?}");
    }
    assert_eq!(faults(&serde_json::to_value(document()).unwrap()), Vec::<String>::new(), "an empty one");
}

#[test]
fn a_signal_and_its_case_are_told_in_the_words_of_the_model() {
    let mut told = document();
    let accepted = Outcome::from_code("help_accepted.financial");
    told.add(&signal(3, SignalKind::Crisis, &[accepted, Outcome::HelpEnded]), Sector::Energy, &debtor());
    let expected = json!({
        "startdatumLevering": "2026-11-01", "einddatumLevering": "2026-11-30",
        "aanleverdatumEnTijd": "2026-11-23T09:00:00Z", "codeGegevensleverancier": "tijdig",
        "leveringen": [{
            "teller": 1, "gemeentecode": "0344", "aanleverendeOrganisatie": {"naam": "Voorbeeld Energie"},
            "vroegsignalen": [{
                "ID": "d1.s3", "crisissignaal": true, "warmeOverdracht": false, "bedrag": 364,
                "ontstaansdatum": "2026-09-15", "signaaldatum": "2026-11-23", "status": "Opgepakt",
                "signaalpartner": {"type": "Energie"},
                "client": {"geboortedatum": "1985-04-12", "postcode": "3511AA", "huisnummer": "1",
                    "huisnummertoevoeging": "bis"}
            }],
            "vroegsignaalzaken": [{
                "resultaat": "Vervolghulp en/of verwijzing financieel", "datumOpgepakt": "2026-11-23",
                "vroegsignalen": [{"ID": "d1.s3"}]
            }]
        }]
    });
    assert_eq!(serde_json::to_value(&told).unwrap(), expected);
}

#[test]
fn whoever_cannot_be_told_is_left_out() {
    let mut told = document();
    let not_sent = Signal { provider_reference: None, ..signal(1, SignalKind::Early, &[]) };
    let nowhere = Debtor { address: None, ..debtor() };
    let good = signal(1, SignalKind::Early, &[]);
    assert!(!told.add(&not_sent, Sector::Energy, &debtor()));
    assert!(!told.add(&good, Sector::Energy, &nowhere));
    assert!(!told.add(&good, Sector::Other, &debtor()));
    assert_eq!(told, document());
}

#[test]
fn the_rules_find_what_is_wrong() {
    let mut told = document();
    told.add(&signal(1, SignalKind::Early, &[]), Sector::Energy, &debtor());
    let good = serde_json::to_value(&told).unwrap();
    type Spoil = fn(&mut Value);
    let spoils: [(&str, Spoil); 8] = [
        ("amounts are whole", |s| s["bedrag"] = json!(363.5)),
        ("statuses are a list", |s| s["status"] = json!("opgepakt")),
        ("partners are a list", |s| s["signaalpartner"]["type"] = json!("Warmte")),
        ("days are days", |s| s["signaaldatum"] = json!("23-11-2026")),
        ("nothing beside what is named", |s| s["naam"] = json!("Vries")),
        ("a client has an address", |s| {
            s["client"].as_object_mut().unwrap().remove("postcode");
        }),
        ("or a number, and then nothing else", |s| s["client"]["burgerservicenummer"] = json!("123456782")),
        ("a signal has an id", |s| {
            s.as_object_mut().unwrap().remove("ID");
        }),
    ];
    assert_eq!(faults(&good), Vec::<String>::new());
    for (rule, spoil) in spoils {
        let mut bad = good.clone();
        spoil(&mut bad["leveringen"][0]["vroegsignalen"][0]);
        assert!(!faults(&bad).is_empty(), "{rule}");
    }
}
