//! Lanes and deliveries of webhooks: on both tables.

use std::sync::Arc;

use domain::dossier::Draft;
use domain::ids::{AdministrationId, DebtorId, WebhookId};
use domain::webhook::{Attempt, Choice, Delivery, DeliveryState, DisabledReason, Subscription};
use domain::webhook_lane::{Lane, Place};
use jiff::{SignedDuration, Timestamp};
use store::table::{Order, TableError};
use store::{DueWebhook, Store, keys};

use crate::harness::{Subject, on_both};
use crate::settings::{administration, debtor};

fn store(subject: &Subject) -> Store {
    match subject {
        Subject::Memory(table) => Store::new(Arc::new(table.clone())),
        Subject::Dynamo(table) => Store::new(Arc::new(table.clone())),
    }
}

fn now() -> Timestamp {
    "2026-11-30T09:00:00Z".parse().unwrap()
}

fn ids() -> (AdministrationId, WebhookId, DebtorId) {
    (administration().id, "crm".parse().unwrap(), "d1".parse().unwrap())
}

fn subscription(id: &str) -> Subscription {
    let url = "https://crm.example".to_owned();
    Subscription::new(
        id.parse().unwrap(),
        Choice { url, events: None, description: None, email: None },
        now(),
    )
}

fn delivery(debtor: &DebtorId, sequence: u32, part: u8, minutes: i64) -> Delivery {
    let place = Place { sequence, part };
    let happened_at = now() + SignedDuration::from_mins(minutes);
    Delivery {
        id: place.delivery_id(&"crm".parse().unwrap(), debtor),
        event: "invoice.paid".to_owned(),
        debtor: Some(debtor.clone()),
        place,
        happened_at,
        state: DeliveryState::Delivered,
        attempts: vec![Attempt { at: happened_at, milliseconds: 12, status: Some(204), error: None }],
        next_attempt_at: None,
        again: false,
    }
}

async fn due(store: &Store, at: Timestamp) -> Vec<DueWebhook> {
    let mut all = Vec::new();
    for shard in 0..keys::DUE_SHARDS {
        all.extend(store.due_webhooks(shard, at, 100, None).await.unwrap().items);
    }
    all
}

#[tokio::test]
async fn subscriptions_are_listed_apart_from_what_belongs_to_them() {
    on_both(async |subject| {
        let (store, (a, webhook, d)) = (store(&subject), ids());
        for id in ["erp", "crm"] {
            assert_eq!(store.put_subscription(&a, &subscription(id), None).await, Ok(1));
        }
        let lane = Lane::beginning_with(d.clone(), 3, now());
        store.put_lane(&a, &webhook, &lane, None, None, Some(&delivery(&d, 3, 0, 0))).await.unwrap();
        let listed = store.subscriptions(&a).await.unwrap();
        assert_eq!(listed.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["crm", "erp"]);
        assert_eq!(store.subscriptions(&"other".parse().unwrap()).await.unwrap(), []);
        let late = store.put_subscription(&a, &subscription("crm"), Some(7)).await;
        assert!(matches!(late, Err(TableError::Conflict { .. })));
        store.delete_subscription(&a, &webhook, 1).await.unwrap();
        assert_eq!(store.subscription(&a, &webhook).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_due_is_found_when_it_is_and_a_sleeping_lane_among_those_that_sleep() {
    on_both(async |subject| {
        let (store, (a, webhook, d)) = (store(&subject), ids());
        let mut owner = subscription("crm");
        store.put_subscription(&a, &owner, None).await.unwrap();
        let mut lane = Lane::beginning_with(d.clone(), 3, now());
        store.put_lane(&a, &webhook, &lane, None, None, None).await.unwrap();
        let of_lane =
            DueWebhook { administration: a.clone(), webhook: webhook.clone(), debtor: Some(d.clone()) };
        assert_eq!(due(&store, now() - SignedDuration::from_secs(1)).await, []);
        assert_eq!(due(&store, now()).await, [of_lane]);

        owner.disable(DisabledReason::Gone, now());
        store.put_subscription(&a, &owner, Some(1)).await.unwrap();
        lane.sleep();
        // Whoever decided under the subscription as it was before has to look again.
        let late = store.put_lane(&a, &webhook, &lane, Some(1), Some(1), None).await;
        assert!(matches!(late, Err(TableError::Conflict { .. })));
        store.put_lane(&a, &webhook, &lane, Some(1), Some(2), None).await.unwrap();
        let sleeping = store.sleeping_lanes(&a, &webhook, 10, None).await.unwrap();
        assert_eq!((sleeping.items, sleeping.next), (vec![d.clone()], None));
        let of_owner = DueWebhook { administration: a.clone(), webhook: webhook.clone(), debtor: None };
        assert_eq!(due(&store, now()).await, [of_owner]);
        lane.wake(now());
        store.put_lane(&a, &webhook, &lane, Some(2), None, None).await.unwrap();
        assert_eq!(store.sleeping_lanes(&a, &webhook, 10, None).await.unwrap().items, []);
        assert_eq!(due(&store, now()).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_listed_by_when_they_happened_and_marked_under_their_lane() {
    on_both(async |subject| {
        let (store, (a, webhook, d1)) = (store(&subject), ids());
        let d2: DebtorId = "d2".parse().unwrap();
        let mut lane = Lane::beginning_with(d1.clone(), 3, now());
        let mut version = None;
        for (sequence, part, minutes) in [(3, 0, 0), (3, 1, 0), (5, 0, 20)] {
            let kept = delivery(&d1, sequence, part, minutes);
            version = Some(store.put_lane(&a, &webhook, &lane, version, None, Some(&kept)).await.unwrap());
        }
        lane.rest(Place::after(5));
        store.put_lane(&a, &webhook, &lane, version, None, None).await.unwrap();
        let other = Lane::beginning_with(d2.clone(), 1, now());
        store.put_lane(&a, &webhook, &other, None, None, Some(&delivery(&d2, 1, 0, 10))).await.unwrap();
        let test = Delivery { debtor: None, ..delivery(&d1, 1, 0, 15) };
        store.put_test(&a, &webhook, &test).await.unwrap();

        let shown = |items: &[Delivery]| {
            let name = |d: &Delivery| d.debtor.as_ref().map_or("test", |debtor| debtor.as_str()).to_owned();
            items.iter().map(|d| (name(d), d.place.to_string())).collect::<Vec<_>>()
        };
        let row = |debtor: &str, place: &str| (debtor.to_owned(), place.to_owned());
        let page = store.deliveries(&a, &webhook, 10, None).await.unwrap();
        let newest_first =
            [row("d1", "5-0"), row("test", "1-0"), row("d2", "1-0"), row("d1", "3-1"), row("d1", "3-0")];
        assert_eq!(shown(&page.items), newest_first);
        let between = (now(), now() + SignedDuration::from_mins(15));
        let page = store.deliveries_between(&a, &webhook, between, 10, None).await.unwrap();
        assert_eq!(shown(&page.items), [row("d1", "3-0"), row("d1", "3-1"), row("d2", "1-0")]);

        let places =
            [Place { sequence: 3, part: 1 }, Place { sequence: 5, part: 0 }, Place { sequence: 9, part: 0 }];
        store.repeat_deliveries(&a, &webhook, &d1, &places, now()).await.unwrap();
        let marked = store.lane(&a, &webhook, &d1).await.unwrap().unwrap().value;
        assert_eq!((marked.again, marked.due_at), (Some((places[0], places[1])), Some(now())));
        let next = store.next_again(&a, &webhook, &d1, (Place::before(1), places[1])).await.unwrap();
        assert_eq!(next.map(|d| d.place), Some(places[0]));
        let after = Place { sequence: 3, part: 2 };
        let next = store.next_again(&a, &webhook, &d1, (after, places[1])).await.unwrap();
        assert_eq!(next.map(|d| d.place), Some(places[1]));
        let none =
            store.next_again(&a, &webhook, &d1, (after, Place { sequence: 4, part: 0 })).await.unwrap();
        assert_eq!(none, None);
    })
    .await;
}

#[tokio::test]
async fn a_timeline_is_read_from_an_entry_on_and_back_from_it() {
    on_both(async |subject| {
        let (store, a) = (store(&subject), administration());
        store.put_administration(&a, None).await.unwrap();
        let mut draft = Draft::created(debtor("d1"), now(), "tool");
        for _ in 0..3 {
            draft.record(domain::timeline::Event::DebtorChanged { fields: vec!["name".to_owned()] });
        }
        store.commit(&a, &draft, None, Vec::new()).await.unwrap();
        let d = "d1".parse().unwrap();
        let read = async |from, order, limit| {
            let entries = store.timeline_around(&a.id, &d, from, order, limit).await.unwrap();
            entries.into_iter().map(|entry| entry.sequence).collect::<Vec<_>>()
        };
        assert_eq!(read(2, Order::Ascending, 10).await, [2, 3, 4]);
        assert_eq!(read(2, Order::Ascending, 2).await, [2, 3]);
        assert_eq!(read(3, Order::Descending, 10).await, [3, 2, 1]);
        assert_eq!(read(5, Order::Ascending, 10).await, [] as [u32; 0]);
        assert_eq!(store.timeline_entry(&a.id, &d, 4).await.unwrap().map(|entry| entry.sequence), Some(4));
        assert_eq!(store.timeline_entry(&a.id, &d, 5).await.unwrap(), None);
    })
    .await;
}
