//! Keys of webhooks.

use domain::ids::{AdministrationId, DebtorId, WebhookId};
use domain::webhook_lane::Place;
use jiff::Timestamp;

use super::{ordered, shard_of};
use crate::table::{IndexKey, Key};

/// The partition of an administration's subscriptions to webhooks.
pub fn subscriptions(administration: &AdministrationId) -> String {
    format!("{administration}#W")
}

pub fn subscription(administration: &AdministrationId, webhook: &WebhookId) -> Key {
    Key::new(subscriptions(administration), webhook.as_str())
}

/// What belongs to one subscription: the partition of its test messages, and its list of deliveries.
pub fn of_subscription(administration: &AdministrationId, webhook: &WebhookId) -> String {
    format!("{administration}#W#{webhook}")
}

pub fn webhook_test(administration: &AdministrationId, webhook: &WebhookId, number: u32) -> Key {
    Key::new(of_subscription(administration, webhook), format!("{number:010}"))
}

/// One subscription and one debtor.
pub fn lane_partition(administration: &AdministrationId, webhook: &WebhookId, debtor: &DebtorId) -> String {
    format!("{administration}#W#{webhook}#{debtor}")
}

const LANE: &str = "L";

pub fn lane(administration: &AdministrationId, webhook: &WebhookId, debtor: &DebtorId) -> Key {
    Key::new(lane_partition(administration, webhook, debtor), LANE)
}

/// Where a delivery stands among those of its lane: in the order in which they happened.
pub fn delivery_sort(place: Place) -> String {
    let Place { sequence, part } = place;
    format!("E#{sequence:010}#{part:03}")
}

pub fn delivery(
    administration: &AdministrationId,
    webhook: &WebhookId,
    debtor: &DebtorId,
    place: Place,
) -> Key {
    Key::new(lane_partition(administration, webhook, debtor), delivery_sort(place))
}

/// Whose lane or delivery this key is of, if it is of one.
pub fn of_lane(key: &Key) -> Option<(AdministrationId, WebhookId, DebtorId)> {
    let mut parts = key.partition.split('#');
    let (administration, letter) = (AdministrationId::parse(parts.next()?).ok()?, parts.next()?);
    let (webhook, debtor) = (WebhookId::parse(parts.next()?).ok()?, DebtorId::parse(parts.next()?).ok()?);
    (letter == "W" && parts.next().is_none()).then_some((administration, webhook, debtor))
}

/// Which subscription this key is of, if it is a subscription's.
pub fn subscription_of(key: &Key) -> Option<(AdministrationId, WebhookId)> {
    let administration = key.partition.strip_suffix("#W")?;
    Some((AdministrationId::parse(administration).ok()?, WebhookId::parse(&key.sort).ok()?))
}

/// Partitions of the due index that webhooks stand in: they are worked on by day and night.
pub fn webhook_shard(shard: u32) -> String {
    format!("webhooks#{shard}")
}

fn due_webhook(name: &str, at: Timestamp) -> IndexKey {
    IndexKey::new(webhook_shard(shard_of(name)), format!("{}#{name}", ordered(at)))
}

pub fn due_subscription(administration: &AdministrationId, webhook: &WebhookId, at: Timestamp) -> IndexKey {
    due_webhook(&format!("{administration}#{webhook}"), at)
}

pub fn due_lane(
    administration: &AdministrationId,
    webhook: &WebhookId,
    debtor: &DebtorId,
    at: Timestamp,
) -> IndexKey {
    due_webhook(&format!("{administration}#{webhook}#{debtor}"), at)
}

/// Lanes of a subscription that sleep. An id holds no `#`, so it is no list of deliveries.
pub fn sleeping_lanes(administration: &AdministrationId, webhook: &WebhookId) -> String {
    format!("{administration}#W#{webhook}#asleep")
}

pub fn sleeping_lane(administration: &AdministrationId, webhook: &WebhookId, debtor: &DebtorId) -> IndexKey {
    IndexKey::new(sleeping_lanes(administration, webhook), debtor.as_str())
}

/// By when it happened, and then by the debtor and its place with that one.
pub fn listed_delivery(
    administration: &AdministrationId,
    webhook: &WebhookId,
    of: Option<&DebtorId>,
    place: Place,
    happened_at: Timestamp,
) -> IndexKey {
    let of = of.map_or("", |debtor| debtor.as_str());
    let Place { sequence, part } = place;
    let sort = format!("{}#{of}#{sequence:010}#{part:03}", ordered(happened_at));
    IndexKey::new(of_subscription(administration, webhook), sort)
}
