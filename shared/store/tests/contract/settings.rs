//! What a change of settings keeps, and the walk that follows it: on both tables.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::administration::{Administration, Creditor, Sector};
use domain::changing::{Change, put_policy, put_rules, put_settings, remove_policy};
use domain::debtor::{Debtor, DebtorKind};
use domain::dossier::Draft;
use domain::ids::{AdministrationId, DebtorId, PolicyId};
use domain::policy::Policy;
use domain::settings::Settings;
use domain::step::SignalKind;
use jiff::{SignedDuration, Timestamp};
use store::table::TableError;
use store::{Due, Store, Versioned, WALK_BEGINS_AFTER, keys};

use crate::harness::{Subject, on_both};

fn store(subject: &Subject) -> Store {
    match subject {
        Subject::Memory(table) => Store::new(Arc::new(table.clone())),
        Subject::Dynamo(table) => Store::new(Arc::new(table.clone())),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn administration() -> Administration {
    let creditor = Creditor {
        name: "a".into(),
        address_lines: Vec::new(),
        iban: "NL91ABNA0417164300".into(),
        bic: None,
        phone: "1".into(),
        email: "a@b.nl".into(),
        sender: "a@b.nl".into(),
        opening_hours: None,
        platform_identification: "1".into(),
    };
    Administration::new(AdministrationId::parse("a").unwrap(), creditor, Sector::Energy)
}

pub(crate) fn debtor(id: &str) -> Debtor {
    Debtor {
        id: DebtorId::parse(id).unwrap(),
        number: id.to_owned(),
        name: id.to_owned(),
        kind: DebtorKind::Consumer,
        person: None,
        emails: Vec::new(),
        phone: None,
        mobile: None,
        language: domain::Language::Nl,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: None,
        policy_id: None,
        labels: Vec::new(),
        modified_at: at("2026-01-01T00:00:00Z"),
    }
}

async fn stored(store: &Store) -> Versioned<Administration> {
    store.administration(&administration().id).await.unwrap().unwrap()
}

/// Stores a change on top of what is there.
async fn change(store: &Store, now: &str, decide: impl Fn(&Administration) -> Change) {
    let found = stored(store).await;
    store.change_administration(&decide(&found.value), found.version, "desk", at(now)).await.unwrap();
}

#[tokio::test]
async fn every_version_that_was_replaced_is_kept() {
    on_both(async |subject| {
        let (store, a) = (store(&subject), administration().id);
        store.put_administration(&administration(), None).await.unwrap();
        let soft = PolicyId::parse("soft").unwrap();
        let named = |name: &str| Policy { id: soft.clone(), name: name.to_owned(), ..Policy::standard() };
        assert_eq!(store.last_replaced_policy(&a, &soft).await.unwrap(), 0);
        change(&store, "2026-01-01T09:00:00Z", |s| put_policy(s, named("one"), 0).unwrap().unwrap()).await;
        change(&store, "2026-01-02T09:00:00Z", |s| put_policy(s, named("two"), 0).unwrap().unwrap()).await;
        change(&store, "2026-01-03T09:00:00Z", |s| remove_policy(s, &soft).unwrap().unwrap()).await;
        assert_eq!(store.last_replaced_policy(&a, &soft).await.unwrap(), 2);
        for (version, name, day) in [(1, "one", "2026-01-02T09:00:00Z"), (2, "two", "2026-01-03T09:00:00Z")] {
            let earlier = store.earlier_policy(&a, &soft, version).await.unwrap().unwrap();
            assert_eq!((earlier.value.name.as_str(), earlier.value.version), (name, version));
            assert_eq!((earlier.by.as_str(), earlier.at), ("desk", at(day)));
        }
        assert_eq!(store.earlier_policy(&a, &soft, 3).await.unwrap(), None);
        // Of an id that begins with this one nothing is taken for its own.
        let softer = PolicyId::parse("softer").unwrap();
        assert_eq!(store.last_replaced_policy(&a, &softer).await.unwrap(), 0);

        change(&store, "2026-01-04T09:00:00Z", |s| {
            put_settings(s, &Settings { grace_days: 3, ..Settings::of(s) }).unwrap()
        })
        .await;
        let earlier = store.earlier_settings(&a, 1).await.unwrap().unwrap().value;
        assert_eq!(earlier, Settings::of(&administration()));
        let rules = administration().early;
        change(&store, "2026-01-05T09:00:00Z", |s| {
            let rules = domain::administration::SignalRules { automatic: false, ..rules.clone() };
            put_rules(s, SignalKind::Early, &rules).unwrap().unwrap()
        })
        .await;
        let earlier = store.earlier_rules(&a, SignalKind::Early, 1).await.unwrap().unwrap().value;
        assert_eq!(earlier, rules);
        assert_eq!(store.earlier_rules(&a, SignalKind::Crisis, 1).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_change_under_an_old_version_stores_nothing() {
    on_both(async |subject| {
        let store = store(&subject);
        store.put_administration(&administration(), None).await.unwrap();
        let found = stored(&store).await;
        let settings = Settings { grace_days: 3, ..Settings::of(&found.value) };
        let change = put_settings(&found.value, &settings).unwrap();
        let late =
            store.change_administration(&change, found.version + 1, "desk", at("2026-01-01T09:00:00Z"));
        assert!(matches!(late.await, Err(TableError::Conflict { .. })));
        assert_eq!(stored(&store).await, found);
        assert_eq!(store.earlier_settings(&found.value.id, 1).await.unwrap(), None);
        assert_eq!(store.walk(&found.value.id).await.unwrap(), None);
    })
    .await;
}

/// Whether the walk stands in the due index at this instant.
async fn is_due(store: &Store, now: Timestamp) -> bool {
    for shard in 0..keys::DUE_SHARDS {
        let page = store.due(shard, now, 100, None).await.unwrap();
        if page.items.contains(&Due::Walk(administration().id)) {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn a_walk_meets_every_dossier_that_nobody_stored_since_and_ends() {
    on_both(async |subject| {
        let (store, a) = (store(&subject), administration());
        store.put_administration(&a, None).await.unwrap();
        let put = async |id: &str, now: Timestamp| {
            let draft = Draft::created(debtor(id), now, "tool");
            store.commit(&a, &draft, None, Vec::new()).await.unwrap();
        };
        let changed_at = at("2026-01-02T09:00:00Z");
        let begins_at = changed_at + WALK_BEGINS_AFTER;
        for n in 0..7 {
            put(&format!("d{n}"), at("2026-01-01T09:00:00Z") + SignedDuration::from_mins(n)).await;
        }
        change(&store, "2026-01-02T09:00:00Z", |s| {
            put_settings(s, &Settings { grace_days: 3, ..Settings::of(s) }).unwrap()
        })
        .await;
        assert!(!is_due(&store, begins_at - SignedDuration::from_secs(1)).await);
        assert!(is_due(&store, begins_at).await);
        // Somebody who still decided under the old settings; and two who came later.
        put("slow", changed_at + SignedDuration::from_secs(30)).await;
        put("later", begins_at + SignedDuration::from_secs(1)).await;

        let mut walk = store.walk(&a.id).await.unwrap().unwrap();
        let first = store.walk_page(&a.id, &walk.value, 3).await.unwrap();
        let mut met: BTreeSet<String> = first.items.iter().map(ToString::to_string).collect();
        // One that was not met yet moves ahead, under the new settings.
        let moving = DebtorId::parse("d5").unwrap();
        let known = store.dossier(&a.id, &moving).await.unwrap().unwrap();
        let mut draft = Draft::of(known.value, begins_at + SignedDuration::from_secs(2), "tool");
        draft.open_task("x", "y");
        store.commit(&stored(&store).await.value, &draft, Some(known.version), Vec::new()).await.unwrap();

        let stale = walk.clone();
        let mut next = store.walked(&a.id, &walk, first.next).await.unwrap();
        while let Some(at) = next {
            walk = at;
            assert!(is_due(&store, begins_at).await);
            let page = store.walk_page(&a.id, &walk.value, 3).await.unwrap();
            met.extend(page.items.iter().map(ToString::to_string));
            next = store.walked(&a.id, &walk, page.next).await.unwrap();
        }
        let expected = ["d0", "d1", "d2", "d3", "d4", "d6", "slow"].map(str::to_owned);
        assert_eq!(met, BTreeSet::from(expected));
        assert!(!is_due(&store, begins_at + SignedDuration::from_hours(24)).await);
        assert!(matches!(
            store.walked(&a.id, &stale, Some("x".into())).await,
            Err(TableError::Conflict { .. })
        ));
    })
    .await;
}

#[tokio::test]
async fn a_change_during_a_walk_begins_it_anew() {
    on_both(async |subject| {
        let (store, a) = (store(&subject), administration());
        store.put_administration(&a, None).await.unwrap();
        for n in 0..3 {
            let draft = Draft::created(debtor(&format!("d{n}")), at("2026-01-01T09:00:00Z"), "tool");
            store.commit(&a, &draft, None, Vec::new()).await.unwrap();
        }
        let grace = |days| {
            move |s: &Administration| {
                put_settings(s, &Settings { grace_days: days, ..Settings::of(s) }).unwrap()
            }
        };
        change(&store, "2026-01-02T09:00:00Z", grace(3)).await;
        let walk = store.walk(&a.id).await.unwrap().unwrap();
        let page = store.walk_page(&a.id, &walk.value, 1).await.unwrap();
        let walk = store.walked(&a.id, &walk, page.next).await.unwrap().unwrap();
        change(&store, "2026-01-02T10:00:00Z", grace(4)).await;
        let ended = store.walked(&a.id, &walk, None).await;
        assert!(matches!(ended, Err(TableError::Conflict { .. })), "{ended:?}");
        let anew = store.walk(&a.id).await.unwrap().unwrap().value;
        assert_eq!(anew.begins_at, at("2026-01-02T10:00:00Z") + WALK_BEGINS_AFTER);
        assert_eq!(store.walk_page(&a.id, &anew, 10).await.unwrap().items.len(), 3);
        // A hold on everyone is such a change as well.
        let found = stored(&store).await;
        store.hold_everyone(&found.value, found.version, at("2026-01-02T11:00:00Z")).await.unwrap();
        let anew = store.walk(&a.id).await.unwrap().unwrap().value;
        assert_eq!(anew.begins_at, at("2026-01-02T11:00:00Z") + WALK_BEGINS_AFTER);
    })
    .await;
}
