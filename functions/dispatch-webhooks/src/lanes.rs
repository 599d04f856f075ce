//! Work on one lane: what comes next for one subscription and one debtor, one message after the other.

use std::time::Duration;

use contracts::failure::Failure;
use contracts::webhooks::WebhookMessage;
use domain::ids::{AdministrationId, DebtorId, WebhookId};
use domain::timeline::Entry;
use domain::webhook::{Attempt, Delivery, DeliveryState, DisabledReason, MEMORY, Subscription};
use domain::webhook_brake;
use domain::webhook_event::{Told, told};
use domain::webhook_lane::{AfterFailure, Head, Lane, Place};
use jiff::Timestamp;
use runtime::hints::{hint, hint_later};
use runtime::invoke::Deadline;
use runtime::queue::Handled;
use store::table::Order;
use store::{Versioned, until_no_conflict};

use crate::{BUDGET, Dispatch};

/// Entries of a timeline that are read at once.
const PAGE: u32 = 50;

/// The longest that a queue puts a hint off; what comes back later is found by the schedule.
const LATEST_HINT: Duration = Duration::from_secs(900);

/// One lane with one debtor.
#[derive(Debug, Clone, Copy)]
struct On<'a> {
    administration: &'a AdministrationId,
    webhook: &'a WebhookId,
    debtor: &'a DebtorId,
}

/// What comes next on a lane.
#[derive(Debug)]
enum Next {
    Message(Box<Found>),
    /// Nothing up to here, which is the end.
    Nothing(Place),
    /// Nothing up to here, and there is more.
    More(Place),
}

/// A message whose turn it is.
#[derive(Debug)]
struct Found {
    entry: Entry,
    told: Told,
    place: Place,
    again: bool,
    /// Nothing else is told of the entry.
    is_last: bool,
}

/// What was claimed.
enum Turn {
    Claimed {
        subscription: Box<Subscription>,
        found: Box<Found>,
        head: Head,
    },
    Over(Handled),
    /// The receiver is slow, and others have the turns: then.
    PutOff(Timestamp),
    /// Something was passed over: look again.
    Further,
}

impl Dispatch {
    /// Notes on a lane that there is something to tell of this entry. A lane that is not known begins with what happened first
    /// of all that the subscription is told of.
    pub(crate) async fn note(
        &self,
        administration: &AdministrationId,
        subscription: &Subscription,
        debtor: &DebtorId,
        sequence: u32,
    ) -> Result<(), Failure> {
        let webhook = &subscription.id;
        until_no_conflict(|| async {
            let now = self.clock.now()?;
            let known = self.store.lane(administration, webhook, debtor).await?;
            let (mut lane, version) = match known {
                Some(known) => (known.value, Some(known.version)),
                None => {
                    let first =
                        self.first_to_tell(administration, subscription, debtor, sequence, now).await?;
                    (Lane::beginning_with(debtor.clone(), first, now), None)
                }
            };
            if lane.note(sequence, now) || version.is_none() {
                lane.touched_at = now;
                self.store.put_lane(administration, webhook, &lane, version, None, None).await?;
            }
            Ok(())
        })
        .await
    }

    /// The first entry up to this one that the subscription is told of.
    async fn first_to_tell(
        &self,
        administration: &AdministrationId,
        subscription: &Subscription,
        debtor: &DebtorId,
        sequence: u32,
        now: Timestamp,
    ) -> Result<u32, Failure> {
        let (mut first, mut from) = (sequence, sequence);
        loop {
            let (store, order) = (&self.store, Order::Descending);
            let entries = store.timeline_around(administration, debtor, from, order, PAGE).await?;
            for entry in &entries {
                if entry.at < subscription.created_at || now.duration_since(entry.at) > MEMORY {
                    return Ok(first);
                }
                if told(&entry.event).iter().any(|told| subscription.wants(told.event, entry.at, now)) {
                    first = entry.sequence;
                }
            }
            match entries.last() {
                Some(last) if last.sequence > 1 => from = last.sequence - 1,
                _ => return Ok(first),
            }
        }
    }

    /// Works on a lane until nothing is left to do, its turn is later, or the time is up.
    pub(crate) async fn work(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
    ) -> Result<Handled, Failure> {
        let on = On { administration, webhook, debtor };
        let until = Deadline::after(BUDGET);
        let mut done = None;
        loop {
            let (subscription, found, head) = match until_no_conflict(|| self.claim(on)).await? {
                Turn::Claimed { subscription, found, head } => (subscription, found, head),
                Turn::Over(handled) => return Ok(done.unwrap_or(handled)),
                Turn::PutOff(at) => {
                    self.come_back(on, at).await?;
                    return Ok(done.unwrap_or(Handled::Skipped("put_off")));
                }
                Turn::Further if until.is_within(Duration::ZERO) => {
                    hint(&*self.again, &Dispatch::lane_hint(administration, webhook, debtor)).await?;
                    return Ok(Handled::Done("handed_over"));
                }
                Turn::Further => continue,
            };
            let id = found.place.delivery_id(webhook, debtor);
            let message = WebhookMessage::of(administration, debtor, &found.entry, &found.told);
            let attempt = match self.call(administration, &subscription, &id, &message).await {
                Ok(attempt) => attempt,
                Err(failure) => {
                    // Something of ours: it was no attempt. Where that cannot be kept either, lease and turn end by themselves.
                    return match self.give_up(on, &subscription, &head).await {
                        Ok(()) | Err(_) => Err(failure),
                    };
                }
            };
            let ended = until_no_conflict(|| self.complete(on, &found, &head, &attempt)).await?;
            self.turn_ended(on, &subscription, Some(&attempt)).await?;
            match ended {
                Some(After::Delivered) if until.is_within(Duration::ZERO) => {
                    hint(&*self.again, &Dispatch::lane_hint(administration, webhook, debtor)).await?;
                    return Ok(Handled::Done("handed_over"));
                }
                Some(After::Delivered) => done = Some(Handled::Done("delivered")),
                Some(After::Waits(at)) => {
                    self.come_back(on, at).await?;
                    return Ok(Handled::Done("failed"));
                }
                Some(After::Disabled(reason)) => {
                    self.disable(on, reason).await?;
                    done = Some(Handled::Done("disabled"));
                }
                // Whoever took it over goes on with it.
                None => return Ok(Handled::Skipped("taken_over")),
            }
        }
    }

    /// Takes the lane for the message whose turn it is.
    async fn claim(&self, on: On<'_>) -> Result<Turn, Failure> {
        let On { administration, webhook, debtor } = on;
        let over = |why| Ok(Turn::Over(Handled::Skipped(why)));
        let Some(subscription) = self.store.subscription(administration, webhook).await? else {
            self.store.delete_lane(administration, webhook, debtor).await?;
            return over("no_such_subscription");
        };
        let Some(known) = self.store.lane(administration, webhook, debtor).await? else {
            return over("no_such_lane");
        };
        let (mut lane, version, now) = (known.value, Some(known.version), self.clock.now()?);
        if lane.asleep || lane.due_at.is_none() {
            return over(if lane.asleep { "disabled" } else { "nothing_to_tell" });
        }
        if lane.is_leased(now) {
            return over("under_way");
        }
        let Versioned { value: subscription, version: under } = subscription;
        if lane.waits(now) || (subscription.is_braked(now) && lane.is_later(now)) {
            return over("not_yet");
        }
        lane.touched_at = now;
        if !subscription.is_enabled() {
            lane.sleep();
            self.store.put_lane(administration, webhook, &lane, version, Some(under), None).await?;
            return over("disabled");
        }
        match self.next(on, &subscription, &lane, now).await? {
            Next::Message(found) => {
                if let webhook_brake::Turn::PutOff(at) = self.turn(on, &subscription, now).await? {
                    lane.put_off(at);
                    self.store.put_lane(administration, webhook, &lane, version, None, None).await?;
                    return Ok(Turn::PutOff(at));
                }
                let head = lane.claim(found.place, found.again, now);
                self.store.put_lane(administration, webhook, &lane, version, None, None).await?;
                Ok(Turn::Claimed { subscription: Box::new(subscription), found, head })
            }
            Next::More(through) => {
                lane.hand_over(through, now);
                self.store.put_lane(administration, webhook, &lane, version, None, None).await?;
                Ok(Turn::Further)
            }
            Next::Nothing(through) => {
                lane.rest(through);
                self.store.put_lane(administration, webhook, &lane, version, None, None).await?;
                over("nothing_to_tell")
            }
        }
    }

    /// Whether this lane may call now. Only of a slow receiver anything is written: quick ones wait for nobody.
    async fn turn(
        &self,
        on: On<'_>,
        subscription: &Subscription,
        now: Timestamp,
    ) -> Result<webhook_brake::Turn, Failure> {
        if subscription.brake.is_none() {
            return Ok(webhook_brake::Turn::Now);
        }
        let take = |subscription: &mut Subscription| Ok(subscription.take_turn(on.debtor, now));
        let taken = self.store.change_subscription(on.administration, on.webhook, take).await?;
        Ok(taken.map_or(webhook_brake::Turn::Now, |(turn, _)| turn))
    }

    /// Notes how long a call took, where that says anything, and gives the turn back that it was made in.
    async fn turn_ended(
        &self,
        on: On<'_>,
        subscription: &Subscription,
        attempt: Option<&Attempt>,
    ) -> Result<(), Failure> {
        if subscription.brake.is_none() && !attempt.is_some_and(Attempt::is_slow) {
            return Ok(());
        }
        let now = self.clock.now()?;
        let end = |subscription: &mut Subscription| {
            subscription.turn_ended(on.debtor, attempt, now);
            Ok(())
        };
        self.store.change_subscription(on.administration, on.webhook, end).await?;
        Ok(())
    }

    /// What comes next: first what is to be delivered again, which happened before everything else.
    async fn next(
        &self,
        on: On<'_>,
        subscription: &Subscription,
        lane: &Lane,
        now: Timestamp,
    ) -> Result<Next, Failure> {
        if let Some(between) = lane.again
            && let Some(found) = self.next_again(on, between).await?
        {
            return Ok(Next::Message(Box::new(found)));
        }
        let from = lane.through.sequence.max(1);
        let (store, order) = (&self.store, Order::Ascending);
        let entries = store.timeline_around(on.administration, on.debtor, from, order, PAGE).await?;
        let mut through = lane.through;
        for entry in &entries {
            let all = told(&entry.event);
            let last = all.len().saturating_sub(1);
            for (told, part) in all.into_iter().zip(0_u8..) {
                let place = Place { sequence: entry.sequence, part };
                if place > lane.through && subscription.wants(told.event, entry.at, now) {
                    let (entry, is_last) = (entry.clone(), usize::from(part) == last);
                    return Ok(Next::Message(Box::new(Found { entry, told, place, again: false, is_last })));
                }
            }
            through = through.max(Place::after(entry.sequence));
        }
        let is_page = u32::try_from(entries.len()).is_ok_and(|read| read >= PAGE);
        Ok(if is_page { Next::More(through) } else { Next::Nothing(through) })
    }

    async fn next_again(&self, on: On<'_>, between: (Place, Place)) -> Result<Option<Found>, Failure> {
        let On { administration, webhook, debtor } = on;
        let mut between = between;
        loop {
            let Some(delivery) = self.store.next_again(administration, webhook, debtor, between).await?
            else {
                return Ok(None);
            };
            let place = delivery.place;
            let entry = self.store.timeline_entry(administration, debtor, place.sequence).await?;
            let told = entry.as_ref().and_then(|entry| told(&entry.event).into_iter().nth(place.part.into()));
            if let (Some(entry), Some(told)) = (entry, told) {
                return Ok(Some(Found { entry, told, place, again: true, is_last: false }));
            }
            // What it told is erased.
            between.0 = Place { sequence: place.sequence, part: place.part.saturating_add(1) };
        }
    }

    /// Gives the lane back without an attempt, and the turn too.
    async fn give_up(&self, on: On<'_>, subscription: &Subscription, head: &Head) -> Result<(), Failure> {
        until_no_conflict(|| self.let_go(on, head)).await?;
        self.turn_ended(on, subscription, None).await
    }

    /// Gives the lane back without an attempt.
    async fn let_go(&self, on: On<'_>, head: &Head) -> Result<(), Failure> {
        let On { administration, webhook, debtor } = on;
        let known = self.store.lane(administration, webhook, debtor).await?;
        let Some(known) = known.filter(|known| known.value.is_claimed_for(head)) else { return Ok(()) };
        let mut lane = known.value;
        lane.let_go(self.clock.now()?);
        self.store.put_lane(administration, webhook, &lane, Some(known.version), None, None).await?;
        Ok(())
    }

    /// Keeps what came of an attempt. `None` where somebody else has the lane by now.
    async fn complete(
        &self,
        on: On<'_>,
        found: &Found,
        head: &Head,
        attempt: &Attempt,
    ) -> Result<Option<After>, Failure> {
        let On { administration, webhook, debtor } = on;
        let known = self.store.lane(administration, webhook, debtor).await?;
        let Some(known) = known.filter(|known| known.value.is_claimed_for(head)) else { return Ok(None) };
        let (mut lane, now) = (known.value, self.clock.now()?);
        let kept = self.store.deliveries_at(administration, webhook, debtor, &[found.place]).await?;
        let mut delivery = kept.into_iter().next().unwrap_or_else(|| first_of(on, found));
        delivery.attempted(attempt.clone());
        let after = if attempt.succeeded() {
            lane.delivered(now);
            if found.is_last && lane.is_level_with(found.place.sequence) {
                lane.rest(Place::after(found.place.sequence));
            }
            After::Delivered
        } else {
            match lane.failed(&delivery.id, now) {
                _ if attempt.is_gone() => After::Disabled(DisabledReason::Gone),
                AfterFailure::Again(at) => After::Waits(at),
                AfterFailure::Exhausted => After::Disabled(DisabledReason::Failing),
            }
        };
        if matches!(after, After::Disabled(_)) {
            // Looked at once more, and then it sleeps.
            lane.due_at = Some(now);
        }
        delivery.next_attempt_at = match after {
            After::Waits(at) => Some(at),
            After::Delivered | After::Disabled(_) => None,
        };
        match after {
            After::Delivered => {
                delivery.state = DeliveryState::Delivered;
                delivery.again = false;
            }
            // What is delivered again was delivered, whatever becomes of it now.
            _ if delivery.again => {}
            _ => delivery.state = DeliveryState::Waiting,
        }
        lane.touched_at = now;
        let version = Some(known.version);
        self.store.put_lane(administration, webhook, &lane, version, None, Some(&delivery)).await?;
        Ok(Some(after))
    }

    /// Has the lane looked at again then: by a message that is put off, or by the schedule.
    async fn come_back(&self, on: On<'_>, at: Timestamp) -> Result<(), Failure> {
        let wait = at.duration_since(self.clock.now()?);
        let wait = Duration::try_from(wait).unwrap_or_default();
        if wait > LATEST_HINT {
            return Ok(());
        }
        // A second more, since clocks differ.
        let hint = Dispatch::lane_hint(on.administration, on.webhook, on.debtor);
        hint_later(&*self.again, &hint, wait + Duration::from_secs(1)).await
    }

    async fn disable(&self, on: On<'_>, reason: DisabledReason) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let disable = |subscription: &mut Subscription| {
            subscription.disable(reason, now);
            Ok(())
        };
        let changed = self.store.change_subscription(on.administration, on.webhook, disable).await?;
        let disabled = changed.is_some_and(|(_, subscription)| subscription.due_at().is_some());
        if disabled {
            self.hint_chores(on.administration, on.webhook).await?;
        }
        Ok(())
    }

    /// Wakes a lane that slept.
    pub(crate) async fn wake(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
    ) -> Result<(), Failure> {
        let now = self.clock.now()?;
        until_no_conflict(|| async {
            let Some(known) = self.store.lane(administration, webhook, debtor).await? else { return Ok(()) };
            let mut lane = known.value;
            if lane.asleep {
                lane.wake(now);
                lane.touched_at = now;
                let version = Some(known.version);
                self.store.put_lane(administration, webhook, &lane, version, None, None).await?;
            }
            Ok(())
        })
        .await
    }
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Delivered,
    Waits(Timestamp),
    Disabled(DisabledReason),
}

/// A delivery that was not attempted before.
fn first_of(on: On<'_>, found: &Found) -> Delivery {
    Delivery {
        id: found.place.delivery_id(on.webhook, on.debtor),
        event: found.told.event.name().to_owned(),
        debtor: Some(on.debtor.clone()),
        place: found.place,
        happened_at: found.entry.at,
        state: DeliveryState::Waiting,
        attempts: Vec::new(),
        next_attempt_at: None,
        again: found.again,
    }
}
