//! A brake on the calls of one subscription whose receiver takes its time, so that it occupies nobody else's.
//!
//! A receiver is slow once a call takes [`SLOW_FROM`] or longer; a call that ends without an answer took all its time. From
//! then on two calls to it are under way at most, each in a *turn* of its own. A lane that gets none is put off, and those
//! that are put off come back one after the other, at the pace at which the receiver works. Nothing is lost by it, and
//! the order on a lane stays. The brake is off once no call was slow for a while.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::DebtorId;
use crate::webhook::{Attempt, Subscription};
use crate::webhook_lane::LEASE;

/// Milliseconds from which on a call was slow: quick receivers answer first and work afterwards.
pub const SLOW_FROM: u32 = 2_000;

/// Calls that are under way at the same time while the brake is on. Subscriptions have a limit in number, so one administration
/// cannot take all that there is by having many of them.
pub const AT_ONCE: usize = 2;

/// How long it stays on after the last slow call.
const STAYS_ON: SignedDuration = SignedDuration::from_mins(10);

/// The longest that a lane is put off: within what a queue puts a hint off.
const PUT_OFF_AT_MOST: SignedDuration = SignedDuration::from_mins(14);

/// What is known of a slow receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brake {
    /// When it is off, if no other call is slow.
    pub until: Timestamp,
    /// How long the last call took, in milliseconds.
    pub took: u32,
    /// The lanes whose turn it is, each until when at most.
    pub turns: BTreeMap<DebtorId, Timestamp>,
    /// When the last one that was put off comes back.
    pub next_at: Timestamp,
}

/// Whether a lane may call now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may.
    Now,
    /// It comes back then.
    PutOff(Timestamp),
}

impl Subscription {
    /// Whether its receiver is known to be slow.
    pub fn is_braked(&self, now: Timestamp) -> bool {
        self.brake.as_ref().is_some_and(|brake| brake.until > now)
    }

    /// Asks for a turn. A lane that has one keeps it; whoever had one and died loses it with its lease.
    pub fn take_turn(&mut self, debtor: &DebtorId, now: Timestamp) -> Turn {
        if !self.is_braked(now) {
            self.brake = None;
        }
        let Some(brake) = &mut self.brake else { return Turn::Now };
        brake.turns.retain(|_, until| *until > now);
        if brake.turns.contains_key(debtor) || brake.turns.len() < AT_ONCE {
            brake.turns.insert(debtor.clone(), now + LEASE);
            return Turn::Now;
        }
        let pace = SignedDuration::from_millis(i64::from(brake.took) / AT_ONCE as i64);
        let at = (brake.next_at.max(now) + pace).min(now + PUT_OFF_AT_MOST);
        brake.next_at = at;
        Turn::PutOff(at)
    }

    /// A call of this lane ended: gives its turn back. `attempt` is `None` where no call was made.
    pub fn turn_ended(&mut self, debtor: &DebtorId, attempt: Option<&Attempt>, now: Timestamp) {
        if let Some(brake) = &mut self.brake {
            brake.turns.remove(debtor);
        }
        let Some(attempt) = attempt else { return };
        let took = attempt.milliseconds;
        match &mut self.brake {
            Some(brake) => {
                brake.took = took;
                if attempt.is_slow() {
                    brake.until = now + STAYS_ON;
                }
            }
            None if attempt.is_slow() => {
                let turns = BTreeMap::new();
                self.brake = Some(Brake { until: now + STAYS_ON, took, turns, next_at: now });
            }
            None => {}
        }
    }
}

impl Attempt {
    /// Whether the receiver took longer than it should.
    pub fn is_slow(&self) -> bool {
        self.milliseconds >= SLOW_FROM
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::Choice;

    const NOW: &str = "2026-11-30T10:00:00Z";

    fn at(seconds: i64) -> Timestamp {
        NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
    }

    fn debtor(number: u32) -> DebtorId {
        format!("d{number}").parse().unwrap()
    }

    fn took(milliseconds: u32) -> Attempt {
        Attempt { at: at(0), milliseconds, status: Some(204), error: None }
    }

    fn subscription() -> Subscription {
        let url = "https://hooks.example/in".to_owned();
        let choice = Choice { url, events: None, description: None, email: None };
        Subscription::new("crm".parse().unwrap(), choice, at(0))
    }

    fn slow() -> Subscription {
        let mut slow = subscription();
        slow.turn_ended(&debtor(0), Some(&took(8_000)), at(0));
        slow
    }

    #[test]
    fn a_receiver_is_slow_from_two_seconds_on() {
        for (milliseconds, braked) in [(0, false), (1_999, false), (2_000, true), (10_000, true)] {
            let mut told = subscription();
            told.turn_ended(&debtor(1), Some(&took(milliseconds)), at(0));
            assert_eq!(told.is_braked(at(0)), braked, "{milliseconds}");
        }
    }

    #[test]
    fn nobody_waits_for_a_turn_while_the_receiver_is_quick() {
        let mut quick = subscription();
        let before = quick.clone();
        for number in 0..100 {
            assert_eq!(quick.take_turn(&debtor(number), at(0)), Turn::Now);
            quick.turn_ended(&debtor(number), Some(&took(40)), at(0));
        }
        assert_eq!(quick, before, "nothing is written");
    }

    #[test]
    fn two_call_at_the_same_time_and_the_others_come_back_at_the_receivers_pace() {
        let mut slow = slow();
        assert_eq!(slow.take_turn(&debtor(1), at(0)), Turn::Now);
        assert_eq!(slow.take_turn(&debtor(2), at(0)), Turn::Now);
        assert_eq!(slow.take_turn(&debtor(2), at(0)), Turn::Now, "it has one");
        for (number, seconds) in [(3, 4), (4, 8), (5, 12)] {
            assert_eq!(slow.take_turn(&debtor(number), at(0)), Turn::PutOff(at(seconds)));
        }
        slow.turn_ended(&debtor(1), Some(&took(100)), at(1));
        assert_eq!(slow.take_turn(&debtor(6), at(1)), Turn::Now);
        for number in 100..30_000 {
            slow.take_turn(&debtor(number), at(1));
        }
        assert_eq!(slow.take_turn(&debtor(7), at(1)), Turn::PutOff(at(1) + PUT_OFF_AT_MOST));
    }

    #[test]
    fn a_turn_whose_holder_died_is_free_again_with_its_lease() {
        let mut slow = slow();
        slow.take_turn(&debtor(1), at(0));
        slow.take_turn(&debtor(2), at(0));
        assert!(matches!(slow.take_turn(&debtor(3), at(59)), Turn::PutOff(_)));
        assert_eq!(slow.take_turn(&debtor(3), at(60)), Turn::Now);
    }

    #[test]
    fn the_brake_is_off_ten_minutes_after_the_last_slow_call() {
        let mut told = slow();
        told.take_turn(&debtor(1), at(300));
        told.turn_ended(&debtor(1), Some(&took(50)), at(300));
        assert!(told.is_braked(at(599)) && !told.is_braked(at(600)));
        told.take_turn(&debtor(1), at(500));
        told.turn_ended(&debtor(1), Some(&took(3_000)), at(503));
        assert!(told.is_braked(at(1_102)) && !told.is_braked(at(1_103)));
        assert_eq!(told.take_turn(&debtor(1), at(1_103)), Turn::Now);
        assert_eq!(told.brake, None);
    }
}
