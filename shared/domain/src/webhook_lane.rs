//! A lane: how far one subscription is with one debtor. What a debtor's timeline tells is delivered along it, one message
//! after the other: none is attempted while an earlier one is not delivered.
//!
//! A lane holds no messages. They are made from the timeline when their turn comes, so a receiver that is away costs one
//! item a debtor, and a hint that is lost or late leaves nothing out of order.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{DebtorId, WebhookId};

/// How long whoever works on a lane has it to itself: longer than the function may live.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// How long a lane with nothing to do is kept: longer than events are delivered, so that none is delivered twice when it goes.
pub const LANE_MEMORY: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How old what is kept of a sleeping lane may be before it is written again, so that it does not end.
const REFRESHED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Waits between the attempts of one delivery, in seconds: those that Standard Webhooks suggests, three days together.
const WAITS: [i64; 9] = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];

/// Attempts of one delivery.
pub const MOST_TRIES: u32 = WAITS.len() as u32 + 1;

/// Where a message stands: the entry of the timeline, and which of those that the entry is told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Of the entry, from 1.
    pub sequence: u32,
    /// From 0.
    pub part: u8,
}

impl Place {
    /// Before everything that this entry is told by.
    pub fn before(sequence: u32) -> Place {
        Place { sequence: sequence.saturating_sub(1), part: u8::MAX }
    }

    /// After everything that this entry is told by.
    pub fn after(sequence: u32) -> Place {
        Place { sequence, part: u8::MAX }
    }

    /// The id of the message that stands here.
    pub fn delivery_id(self, webhook: &WebhookId, debtor: &DebtorId) -> String {
        format!("{webhook}.{debtor}.{self}")
    }

    /// The id of a test message: no id of a delivery looks like it.
    pub fn test_id(webhook: &WebhookId, number: u32) -> String {
        format!("{webhook}.test-{number}")
    }

    /// Whose message and which, from its id.
    pub fn of_delivery(webhook: &WebhookId, id: &str) -> Option<(DebtorId, Place)> {
        let rest = id.strip_prefix(webhook.as_str())?.strip_prefix('.')?;
        let (debtor, place) = rest.rsplit_once('.')?;
        let (sequence, part) = place.split_once('-')?;
        let place = Place { sequence: sequence.parse().ok()?, part: part.parse().ok()? };
        Some((DebtorId::parse(debtor).ok()?, place))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.sequence, self.part)
    }
}

/// How far a subscription is with a debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lane {
    /// With whom.
    pub debtor: DebtorId,
    /// Everything up to here is delivered, or not to be told.
    pub through: Place,
    /// The last entry that somebody hinted at. Whoever works on the lane reads to the timeline's end anyhow: a newer hint only
    /// changes the lane, so that nobody lays it to rest who has not seen that entry.
    pub newest: u32,
    /// The first and the last of those that are to be delivered again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<(Place, Place)>,
    /// The message whose turn it is, once it was attempted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// Until when somebody has it to itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leased_until: Option<Timestamp>,
    /// When it is worked on next; `None` where there is nothing to do, or while it sleeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// There is something to do, and the subscription is disabled.
    #[serde(default)]
    pub asleep: bool,
    /// It slept: the timeline may tell more than anybody hinted at.
    #[serde(default)]
    pub behind: bool,
    /// When it was last written.
    pub touched_at: Timestamp,
}

/// The message whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Where it stands.
    pub place: Place,
    /// It was delivered before.
    pub again: bool,
    /// Attempts that were begun.
    pub tries: u32,
}

/// What follows from an attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Another one, then.
    Again(Timestamp),
    /// That was the last one.
    Exhausted,
}

impl Lane {
    /// One on which everything before this entry is of no concern.
    pub fn beginning_with(debtor: DebtorId, sequence: u32, now: Timestamp) -> Lane {
        Lane {
            debtor,
            through: Place::before(sequence),
            newest: sequence,
            again: None,
            head: None,
            leased_until: None,
            due_at: Some(now),
            asleep: false,
            behind: false,
            touched_at: now,
        }
    }

    /// There may be something to tell of this entry. Whether that is news, or what is kept of it gets old.
    pub fn note(&mut self, sequence: u32, now: Timestamp) -> bool {
        let ages = self.asleep && now.duration_since(self.touched_at) > REFRESHED_AFTER;
        if sequence <= self.newest {
            return ages;
        }
        self.newest = sequence;
        if self.due_at.is_none() && !self.asleep {
            self.due_at = Some(now);
        }
        // Whoever wakes it reads the timeline to its end.
        !self.asleep || ages
    }

    /// Whether somebody else works on it.
    pub fn is_leased(&self, now: Timestamp) -> bool {
        self.leased_until.is_some_and(|until| until > now)
    }

    /// Whether it comes back later, for whichever reason.
    pub fn is_later(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|at| at > now)
    }

    /// Whether the message whose turn it is has to wait.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.head.is_some() && self.is_later(now)
    }

    /// Takes it for oneself, to attempt this message.
    pub fn claim(&mut self, place: Place, again: bool, now: Timestamp) -> Head {
        let tries = self.head.filter(|h| h.place == place && h.again == again).map_or(0, |h| h.tries);
        let head = Head { place, again, tries: tries.saturating_add(1) };
        self.head = Some(head);
        self.leased_until = Some(now + LEASE);
        // If whoever has it dies, it is found again then.
        self.due_at = self.leased_until;
        head
    }

    /// Whether it is still as it was when this message was claimed.
    pub fn is_claimed_for(&self, head: &Head) -> bool {
        self.head.as_ref() == Some(head) && self.leased_until.is_some()
    }

    /// The message whose turn it was is delivered: on with the next one.
    pub fn delivered(&mut self, now: Timestamp) {
        if let Some(head) = self.head.take() {
            if head.again {
                let next = Place { sequence: head.place.sequence, part: head.place.part.saturating_add(1) };
                self.again = self.again.map(|(_, last)| (next, last)).filter(|(first, last)| first <= last);
            } else {
                self.through = self.through.max(head.place);
            }
        }
        self.leased_until = None;
        self.due_at = Some(now);
    }

    /// The message whose turn it is was not delivered: later, each time later than before, spread by the message's id so
    /// that what failed together does not come back together.
    pub fn failed(&mut self, delivery_id: &str, now: Timestamp) -> AfterFailure {
        self.leased_until = None;
        let tries = self.head.map_or(1, |head| head.tries).max(1);
        let wait = usize::try_from(tries - 1).ok().and_then(|tried| WAITS.get(tried));
        let Some(wait) = wait else {
            self.due_at = Some(now);
            return AfterFailure::Exhausted;
        };
        let at = now + SignedDuration::from_millis(wait * spread(delivery_id, tries));
        self.due_at = Some(at);
        AfterFailure::Again(at)
    }

    /// Nothing is left to do, up to here.
    pub fn rest(&mut self, through: Place) {
        self.through = self.through.max(through);
        self.again = None;
        self.head = None;
        self.leased_until = None;
        self.due_at = None;
        self.behind = false;
    }

    /// Whether nothing is known to be left once everything up to this entry is delivered.
    pub fn is_level_with(&self, sequence: u32) -> bool {
        !self.behind && self.again.is_none() && self.newest <= sequence
    }

    /// Gives it back without an attempt.
    pub fn let_go(&mut self, now: Timestamp) {
        self.head = self.head.map(|head| Head { tries: head.tries.saturating_sub(1), ..head });
        self.leased_until = None;
        self.due_at = Some(now);
    }

    /// Its receiver is slow, and others have the turns: it comes back then.
    pub fn put_off(&mut self, at: Timestamp) {
        self.due_at = Some(at);
    }

    /// There is more, and no time left.
    pub fn hand_over(&mut self, through: Place, now: Timestamp) {
        self.through = self.through.max(through);
        self.leased_until = None;
        self.due_at = Some(now);
    }

    /// The subscription is disabled: it waits until somebody enables it.
    pub fn sleep(&mut self) {
        self.asleep = true;
        self.behind = true;
        self.leased_until = None;
        self.due_at = None;
    }

    /// The subscription was enabled: the message whose turn it is has all its attempts again.
    pub fn wake(&mut self, now: Timestamp) {
        self.asleep = false;
        self.head = self.head.map(|head| Head { tries: 0, ..head });
        self.now(now);
    }

    /// These are to be delivered again, before anything that is new.
    pub fn repeat(&mut self, first: Place, last: Place, now: Timestamp) {
        let (from, to) = self.again.unwrap_or((first, last));
        self.again = Some((from.min(first), to.max(last)));
        self.now(now);
    }

    /// The message whose turn it is, is attempted now and not later.
    pub fn now(&mut self, now: Timestamp) {
        if !self.asleep && !self.is_leased(now) {
            self.due_at = Some(now);
        }
    }
}

/// Milliseconds in which a second of waiting passes: nine to eleven hundred, by the message and the attempt.
fn spread(delivery_id: &str, tries: u32) -> i64 {
    // FNV-1a: stable across builds, which the standard hasher is not.
    let hash = delivery_id
        .bytes()
        .chain(tries.to_le_bytes())
        .fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    900 + i64::from(hash % 201)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const NOW: &str = "2026-11-30T10:00:00Z";

    fn lane() -> Lane {
        Lane::beginning_with("d.1".parse().unwrap(), 7, at(NOW))
    }

    fn place(sequence: u32, part: u8) -> Place {
        Place { sequence, part }
    }

    #[test]
    fn the_id_of_a_message_names_whose_it_is_and_which() {
        let (webhook, debtor) = ("crm.a".parse().unwrap(), "d.1".parse().unwrap());
        let id = place(7, 2).delivery_id(&webhook, &debtor);
        assert_eq!(id, "crm.a.d.1.7-2");
        assert_eq!(Place::of_delivery(&webhook, &id), Some((debtor, place(7, 2))));
        for other in [
            "crm.b.d.1.7-2",
            "crm.a",
            "crm.a.d.1",
            "crm.a.d.1.7",
            "crm.a.7-2",
            "crm.a.d#1.7-2",
            "crm.a.test-1",
            "",
        ] {
            assert_eq!(Place::of_delivery(&webhook, other), None, "{other}");
        }
    }

    #[test]
    fn attempts_are_spread_over_three_days_and_then_end() {
        let mut lane = lane();
        let (mut now, mut tries) = (at(NOW), 0);
        loop {
            tries += 1;
            assert_eq!(lane.claim(place(7, 0), false, now).tries, tries);
            match lane.failed("crm.d1.7-0", now) {
                AfterFailure::Again(next) => {
                    let wait = WAITS[usize::try_from(tries - 1).unwrap()];
                    let (least, most) = (wait * 900, wait * 1_100);
                    let waited = i64::try_from(next.duration_since(now).as_millis()).unwrap();
                    assert!((least..=most).contains(&waited), "{waited} after {tries}");
                    assert!(lane.waits(now) && !lane.waits(next));
                    now = next;
                }
                AfterFailure::Exhausted => break,
            }
        }
        assert_eq!(tries, MOST_TRIES);
        let days = now.duration_since(at(NOW)).as_hours() / 24;
        assert_eq!(days, 3, "{now}");
    }

    #[test]
    fn the_spread_follows_the_message_and_the_attempt_alone() {
        assert_eq!(spread("a", 1), spread("a", 1));
        let all: std::collections::BTreeSet<i64> = (0..200).map(|n| spread(&format!("m{n}"), 1)).collect();
        assert!(all.len() > 80, "{}", all.len());
        assert!(all.iter().all(|s| (900..=1_100).contains(s)));
        assert_ne!(spread("a", 1), spread("a", 2));
    }

    #[test]
    fn one_works_on_a_lane_at_a_time_and_a_dead_one_is_found_again() {
        let mut lane = lane();
        let head = lane.claim(place(7, 0), false, at(NOW));
        assert!(lane.is_leased(at(NOW)) && lane.is_claimed_for(&head));
        assert_eq!(lane.due_at, Some(at(NOW) + LEASE));
        assert!(!lane.is_leased(at(NOW) + LEASE));
        assert_eq!(lane.claim(place(7, 0), false, at(NOW) + LEASE).tries, 2);
        assert!(!lane.is_claimed_for(&head), "somebody else took it over");
        lane.delivered(at(NOW));
        assert_eq!((lane.through, lane.head, lane.due_at), (place(7, 0), None, Some(at(NOW))));
        assert_eq!(lane.claim(place(9, 0), false, at(NOW)).tries, 1);
    }

    #[test]
    fn what_is_new_is_noted_once_and_a_sleeping_lane_is_written_once_a_day() {
        let mut lane = lane();
        lane.rest(Place::after(7));
        assert!(!lane.note(7, at(NOW)));
        assert!(lane.note(9, at(NOW)));
        assert_eq!(lane.due_at, Some(at(NOW)));
        lane.sleep();
        assert_eq!(lane.due_at, None);
        assert!(!lane.note(10, at(NOW)), "it is known that there is more");
        let day = SignedDuration::from_hours(25);
        assert!(lane.note(10, at(NOW) + day));
        lane.wake(at(NOW) + day);
        assert_eq!((lane.asleep, lane.due_at), (false, Some(at(NOW) + day)));
    }

    #[test]
    fn what_is_delivered_again_comes_first_and_moves_nothing_back() {
        let mut lane = lane();
        lane.rest(Place::after(20));
        lane.repeat(place(9, 0), place(12, 0), at(NOW));
        lane.repeat(place(8, 1), place(10, 0), at(NOW));
        assert_eq!(lane.again, Some((place(8, 1), place(12, 0))));
        lane.claim(place(8, 1), true, at(NOW));
        lane.delivered(at(NOW));
        assert_eq!((lane.again, lane.through), (Some((place(8, 2), place(12, 0))), Place::after(20)));
        lane.claim(place(12, 0), true, at(NOW));
        lane.delivered(at(NOW));
        assert_eq!((lane.again, lane.through), (None, Place::after(20)));
    }
}
