//! Webhooks: subscriptions, how far each is with each debtor, and what was delivered.

use contracts::failure::Failure;
use domain::ids::{AdministrationId, DebtorId, WebhookId};
use domain::timeline::Entry;
use domain::webhook::{Delivery, DeliveryState, MEMORY, MOST_SUBSCRIPTIONS, Subscription};
use domain::webhook_lane::{LANE_MEMORY, Lane, Place};
use jiff::Timestamp;

use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::failure::until_no_conflict;
use crate::keys;
use crate::table::{Condition, Index, Key, Order, Page, Record, SortRange, TableError, Write};

/// What is due of webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueWebhook {
    pub administration: AdministrationId,
    pub webhook: WebhookId,
    /// With whom; the subscription as a whole where there is none.
    pub debtor: Option<DebtorId>,
}

impl Store {
    pub async fn subscription(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
    ) -> Result<Option<Versioned<Subscription>>, TableError> {
        self.get(&keys::subscription(administration, webhook)).await
    }

    /// All subscriptions of an administration, in the order of their ids.
    pub async fn subscriptions(
        &self,
        administration: &AdministrationId,
    ) -> Result<Vec<Subscription>, TableError> {
        let partition = keys::subscriptions(administration);
        let most = u32::try_from(MOST_SUBSCRIPTIONS).unwrap_or(u32::MAX).saturating_add(1);
        let page = self.table.query(&partition, SortRange::all(), Order::Ascending, most, None).await?;
        page.items.iter().map(decode).collect()
    }

    /// Stores a subscription under the version that it was read with. Its new version.
    pub async fn put_subscription(
        &self,
        administration: &AdministrationId,
        subscription: &Subscription,
        version: Option<u64>,
    ) -> Result<u64, TableError> {
        let key = keys::subscription(administration, &subscription.id);
        let next = version.map_or(1, |v| v + 1);
        let mut record = Record::new(key, next, encode(subscription)?);
        record.due =
            subscription.due_at().map(|at| keys::due_subscription(administration, &subscription.id, at));
        let condition = version.map_or(Condition::Absent, Condition::Version);
        self.table.write(vec![put(record, condition)]).await?;
        Ok(next)
    }

    /// Changes a subscription, as often as somebody else was first. What the change said, with the subscription as it is
    /// then; `None` where there is none.
    ///
    /// # Errors
    /// The store is away, or the change refuses.
    pub async fn change_subscription<T>(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        change: impl Fn(&mut Subscription) -> Result<T, Failure>,
    ) -> Result<Option<(T, Subscription)>, Failure> {
        until_no_conflict(|| async {
            let Some(known) = self.subscription(administration, webhook).await? else { return Ok(None) };
            let mut changed = known.value.clone();
            let said = change(&mut changed)?;
            if changed != known.value {
                self.put_subscription(administration, &changed, Some(known.version)).await?;
            }
            Ok(Some((said, changed)))
        })
        .await
    }

    /// Forgets a subscription. Its lanes go when somebody meets them, or by themselves.
    pub async fn delete_subscription(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        version: u64,
    ) -> Result<(), TableError> {
        let key = keys::subscription(administration, webhook);
        self.table.write(vec![Write::Delete { key, condition: Condition::Version(version) }]).await
    }

    pub async fn lane(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
    ) -> Result<Option<Versioned<Lane>>, TableError> {
        self.get(&keys::lane(administration, webhook, debtor)).await
    }

    /// Stores a lane under the version that it was read with, together with what became of a delivery. `under` is the version
    /// of the subscription that this was decided under, where it matters. The lane's new version.
    pub async fn put_lane(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        lane: &Lane,
        version: Option<u64>,
        under: Option<u64>,
        delivery: Option<&Delivery>,
    ) -> Result<u64, TableError> {
        let next = version.map_or(1, |v| v + 1);
        let mut writes = vec![lane_write(administration, webhook, lane, version)?];
        if let Some(under) = under {
            let key = keys::subscription(administration, webhook);
            writes.push(Write::Check { key, condition: Condition::Version(under) });
        }
        if let Some(delivery) = delivery {
            // Written under the lane's version: no condition of its own.
            writes.push(delivery_write(administration, webhook, delivery)?);
        }
        self.table.write(writes).await?;
        Ok(next)
    }

    /// Forgets a lane whose subscription is no more.
    pub async fn delete_lane(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
    ) -> Result<(), TableError> {
        let key = keys::lane(administration, webhook, debtor);
        self.table.write(vec![Write::Delete { key, condition: Condition::None }]).await
    }

    /// Lanes of a subscription that sleep.
    pub async fn sleeping_lanes(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DebtorId>, TableError> {
        let partition = keys::sleeping_lanes(administration, webhook);
        let page = self.listed(&partition, None, Order::Ascending, limit, cursor).await?;
        let debtors = page.items.iter().filter_map(keys::of_lane).map(|(_, _, debtor)| debtor);
        Ok(Page { items: debtors.collect(), next: page.next })
    }

    /// Keeps a test message, as it was asked for or as it ended.
    pub async fn put_test(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        delivery: &Delivery,
    ) -> Result<(), TableError> {
        self.table.write(vec![delivery_write(administration, webhook, delivery)?]).await
    }

    /// A test message, if it is kept.
    pub async fn test(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        number: u32,
    ) -> Result<Option<Delivery>, TableError> {
        let known = self.get(&keys::webhook_test(administration, webhook, number)).await?;
        Ok(known.map(|v| v.value))
    }

    /// Those of these deliveries that are kept, in the order of the places.
    pub async fn deliveries_at(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
        places: &[Place],
    ) -> Result<Vec<Delivery>, TableError> {
        let keys: Vec<Key> =
            places.iter().map(|place| keys::delivery(administration, webhook, debtor, *place)).collect();
        Ok(self.get_all(&keys).await?.into_iter().map(|v| v.value).collect())
    }

    /// The first delivery between these places, both included, that is to be made again.
    pub async fn next_again(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
        between: (Place, Place),
    ) -> Result<Option<Delivery>, TableError> {
        const PAGE: u32 = 50;
        let partition = keys::lane_partition(administration, webhook, debtor);
        let (first, last) = (keys::delivery_sort(between.0), keys::delivery_sort(between.1));
        let mut cursor: Option<String> = None;
        loop {
            let range = SortRange::Between(first.clone(), last.clone());
            let page = self.table.query(&partition, range, Order::Ascending, PAGE, cursor.as_deref()).await?;
            for record in &page.items {
                let delivery: Delivery = decode(record)?;
                if delivery.again {
                    return Ok(Some(delivery));
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(None);
            }
        }
    }

    /// Deliveries and tests, what happened last first.
    pub async fn deliveries(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Delivery>, TableError> {
        let partition = keys::of_subscription(administration, webhook);
        let page = self.listed(&partition, None, Order::Descending, limit, cursor).await?;
        let items: Vec<Versioned<Delivery>> = self.get_all(&page.items).await?;
        Ok(Page { items: items.into_iter().map(|v| v.value).collect(), next: page.next })
    }

    /// Deliveries of what happened between two instants, oldest first; no tests.
    pub async fn deliveries_between(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        between: (Timestamp, Timestamp),
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Delivery>, TableError> {
        let partition = keys::of_subscription(administration, webhook);
        let (since, until) = (keys::ordered(between.0), keys::ordered(between.1));
        // '$' comes after '#': everything within the last second is in.
        let range = SortRange::Between(since, format!("{until}$"));
        let (index, order) = (Index::Listed, Order::Ascending);
        let page = self.table.query_index(index, &partition, range, order, limit, cursor).await?;
        let of_lanes: Vec<Key> =
            page.items.into_iter().map(|(_, key)| key).filter(|key| keys::of_lane(key).is_some()).collect();
        let items: Vec<Versioned<Delivery>> = self.get_all(&of_lanes).await?;
        Ok(Page { items: items.into_iter().map(|v| v.value).collect(), next: page.next })
    }

    /// Marks deliveries of one lane to be made again: at most ninety. One that was not made yet is attempted now.
    ///
    /// # Errors
    /// The store is away.
    pub async fn repeat_deliveries(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
        places: &[Place],
        now: Timestamp,
    ) -> Result<(), Failure> {
        until_no_conflict(|| async {
            let Some(known) = self.lane(administration, webhook, debtor).await? else { return Ok(()) };
            let mut lane = known.value;
            // Read after the lane, whose version guards them all.
            let deliveries = self.deliveries_at(administration, webhook, debtor, places).await?;
            let mut writes = Vec::with_capacity(deliveries.len() + 1);
            for mut delivery in deliveries {
                if delivery.state == DeliveryState::Waiting {
                    lane.now(now);
                    continue;
                }
                delivery.again = true;
                lane.repeat(delivery.place, delivery.place, now);
                writes.push(delivery_write(administration, webhook, &delivery)?);
            }
            lane.touched_at = now;
            writes.push(lane_write(administration, webhook, &lane, Some(known.version))?);
            self.table.write(writes).await?;
            Ok(())
        })
        .await
    }

    /// What is due of webhooks at or before `now`, in one shard.
    pub async fn due_webhooks(
        &self,
        shard: u32,
        now: Timestamp,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DueWebhook>, TableError> {
        let range = SortRange::Between("0".to_owned(), format!("{}$", keys::ordered(now)));
        let (index, order, partition) = (Index::Due, Order::Ascending, keys::webhook_shard(shard));
        let page = self.table.query_index(index, &partition, range, order, limit, cursor).await?;
        let due = |key: &Key| {
            if let Some((administration, webhook, debtor)) = keys::of_lane(key) {
                return Some(DueWebhook { administration, webhook, debtor: Some(debtor) });
            }
            let (administration, webhook) = keys::subscription_of(key)?;
            Some(DueWebhook { administration, webhook, debtor: None })
        };
        Ok(Page { items: page.items.iter().filter_map(|(_, key)| due(key)).collect(), next: page.next })
    }

    /// One entry of a debtor's timeline.
    pub async fn timeline_entry(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        sequence: u32,
    ) -> Result<Option<Entry>, TableError> {
        Ok(self.get(&keys::timeline_entry(administration, debtor, sequence)).await?.map(|v| v.value))
    }

    /// Entries of a debtor's timeline from this one on, oldest first; those before it, newest first, where that is asked for.
    pub async fn timeline_around(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        sequence: u32,
        order: Order,
        limit: u32,
    ) -> Result<Vec<Entry>, TableError> {
        let this = keys::timeline_entry(administration, debtor, sequence);
        let end = if order == Order::Ascending { u32::MAX } else { 0 };
        let end = keys::timeline_entry(administration, debtor, end).sort;
        let range = match order {
            Order::Ascending => SortRange::Between(this.sort, end),
            Order::Descending => SortRange::Between(end, this.sort),
        };
        let page = self.table.query(&this.partition, range, order, limit, None).await?;
        page.items.iter().map(decode).collect()
    }
}

fn lane_write(
    administration: &AdministrationId,
    webhook: &WebhookId,
    lane: &Lane,
    version: Option<u64>,
) -> Result<Write, TableError> {
    let key = keys::lane(administration, webhook, &lane.debtor);
    let mut record = Record::new(key, version.map_or(1, |v| v + 1), encode(lane)?);
    record.due = lane.due_at.map(|at| keys::due_lane(administration, webhook, &lane.debtor, at));
    record.listed = lane.asleep.then(|| keys::sleeping_lane(administration, webhook, &lane.debtor));
    record.expires_at = Some((lane.touched_at + LANE_MEMORY).as_second());
    Ok(put(record, version.map_or(Condition::Absent, Condition::Version)))
}

fn delivery_write(
    administration: &AdministrationId,
    webhook: &WebhookId,
    delivery: &Delivery,
) -> Result<Write, TableError> {
    let (of, place) = (delivery.debtor.as_ref(), delivery.place);
    let key = match of {
        Some(debtor) => keys::delivery(administration, webhook, debtor, place),
        None => keys::webhook_test(administration, webhook, place.sequence),
    };
    let mut record = Record::new(key, 1, encode(delivery)?);
    record.listed = Some(keys::listed_delivery(administration, webhook, of, place, delivery.happened_at));
    let last = delivery.attempts.last().map_or(delivery.happened_at, |attempt| attempt.at);
    record.expires_at = Some((last.max(delivery.happened_at) + MEMORY).as_second());
    Ok(put(record, Condition::None))
}
