//! How often a package was asked, by everybody who asks for the same administration.
//!
//! Requests are counted in slots of time and not one by one. A sum over a window takes in every slot that touches it, and a
//! grant counts in the slot that it was given in and must be used within it: so no window of any beginning ever sees more
//! requests than its rate allows, and some see fewer.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Seconds of a slot for windows of minutes, of hours, and of a day.
const FINE: i64 = 4;
const COARSE: i64 = 60;
const WIDE: i64 = 1_800;

/// The longest window that slots of each width are kept for, in seconds.
const FINE_WINDOW: i64 = 60;
const COARSE_WINDOW: i64 = 3_600;
const WIDE_WINDOW: i64 = 24 * 3_600;

/// How long a grant is good, at most: to the end of its slot.
pub const GRANT_LASTS: SignedDuration = SignedDuration::from_secs(FINE);

/// The slot in which a grant of this instant has to be used ends here.
pub fn grant_ends(now: Timestamp) -> Timestamp {
    let end = (now.as_second().div_euclid(FINE) + 1) * FINE;
    Timestamp::from_second(end).unwrap_or(now)
}

/// Requests by the beginning of their slot, in seconds, oldest first.
type Slots = Vec<(i64, u32)>;

/// What was asked within the last day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spent {
    fine: Slots,
    coarse: Slots,
    #[serde(default)]
    wide: Slots,
}

/// How long until there is room for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(pub SignedDuration);

impl Spent {
    /// Takes room for up to `wanted` requests under all of these rates: at most so many within so long.
    pub fn take(
        &mut self,
        rates: &[(u32, SignedDuration)],
        wanted: u32,
        now: Timestamp,
    ) -> Result<u32, Wait> {
        let second = now.as_second();
        self.fine.retain(|(slot, _)| slot + FINE > second - FINE_WINDOW);
        self.coarse.retain(|(slot, _)| slot + COARSE > second - COARSE_WINDOW);
        self.wide.retain(|(slot, _)| slot + WIDE > second - WIDE_WINDOW);
        let mut granted = wanted;
        let mut wait = 0;
        for (most, within) in rates {
            let window = within.as_secs();
            let (slots, width) = if window <= FINE_WINDOW {
                (&self.fine, FINE)
            } else if window <= COARSE_WINDOW {
                (&self.coarse, COARSE)
            } else {
                (&self.wide, WIDE)
            };
            let touching = slots.iter().filter(|(slot, _)| slot + width > second - window);
            let spent: u32 = touching.clone().map(|(_, count)| count).sum();
            granted = granted.min(most.saturating_sub(spent));
            if spent >= *most {
                // There is room again once enough of the oldest slots have left the window.
                let mut left = spent;
                let leaves = touching.clone().find(|(_, count)| {
                    left = left.saturating_sub(*count);
                    left < *most
                });
                let until = leaves.map_or(window, |(slot, _)| slot + width + window - second);
                wait = wait.max(until);
            }
        }
        if granted == 0 {
            return Err(Wait(SignedDuration::from_secs(wait.max(1))));
        }
        add(&mut self.fine, second.div_euclid(FINE) * FINE, granted);
        add(&mut self.coarse, second.div_euclid(COARSE) * COARSE, granted);
        add(&mut self.wide, second.div_euclid(WIDE) * WIDE, granted);
        Ok(granted)
    }
}

fn add(slots: &mut Slots, slot: i64, count: u32) {
    match slots.last_mut() {
        Some((last, known)) if *last == slot => *known += count,
        // A clock that is behind counts in the slot that is there: a grant is never forgotten.
        Some((last, known)) if *last > slot => *known += count,
        _ => slots.push((slot, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [(u32, SignedDuration); 3] = [
        (45, SignedDuration::from_secs(8)),
        (450, SignedDuration::from_secs(60)),
        (4_500, SignedDuration::from_secs(3_600)),
    ];

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    #[test]
    fn no_window_of_any_beginning_sees_more_than_its_rate_allows() {
        let mut spent = Spent::default();
        let mut asked: Vec<(i64, u32)> = Vec::new();
        // Two hours of asking for as much as there is, in steps that no slot divides.
        let (mut now, mut step) = (0, 0);
        while now < 7_200 {
            match spent.take(&RATES, 7, second(now)) {
                // Used at the very end of its slot, which is the worst that may happen.
                Ok(granted) => asked.push((now, granted)),
                Err(Wait(wait)) => now += wait.as_secs() - 1,
            }
            step = (step + 1) % 3;
            now += step;
        }
        for (most, within) in RATES {
            let within = within.as_secs();
            let mut fullest = 0;
            for (i, (begin, _)) in asked.iter().enumerate() {
                // A grant may be used up to four seconds after it was given.
                let inside = asked[i..].iter().take_while(|(at, _)| *at < begin + within);
                fullest = fullest.max(inside.map(|(_, count)| count).sum());
            }
            assert!(fullest <= most, "{fullest} within {within} s");
        }
        let all: u32 = asked.iter().map(|(_, count)| count).sum();
        assert!(all > 8_000, "{all}: what is allowed is used");
    }

    #[test]
    fn a_grant_is_as_large_as_the_tightest_rate_allows_and_then_there_is_a_wait() {
        let mut spent = Spent::default();
        let table = [
            // (second, wanted, granted or the wait)
            (0, 10, Ok(10)),
            (1, 40, Ok(35)),
            (2, 1, Err(10)), // the slot from 0 to 4 leaves the window of 8 at 12
            (11, 1, Err(1)),
            (12, 50, Ok(45)),
        ];
        for (at, wanted, expected) in table {
            let now = Timestamp::from_second(1_795_000_000 + at).unwrap();
            let seen = spent.take(&RATES, wanted, now).map_err(|Wait(wait)| wait.as_secs());
            assert_eq!(seen, expected, "{at}");
        }
    }

    #[test]
    fn the_limit_of_a_day_is_kept_through_the_day() {
        let rates = [(50, SignedDuration::from_secs(60)), (4_500, SignedDuration::from_hours(24))];
        let mut spent = Spent::default();
        let mut asked: Vec<(i64, u32)> = Vec::new();
        let mut now = 0;
        while now < 3 * 86_400 {
            match spent.take(&rates, 5, second(now)) {
                Ok(granted) => asked.push((now, granted)),
                Err(Wait(wait)) => now += wait.as_secs() - 1,
            }
            now += 1;
        }
        for (begin, _) in &asked {
            let within = asked.iter().filter(|(at, _)| (*begin..begin + 86_400).contains(at));
            let sum: u32 = within.map(|(_, count)| count).sum();
            assert!(sum <= 4_500, "{sum} within a day of {begin}");
        }
        let all: u32 = asked.iter().map(|(_, count)| count).sum();
        assert!(all > 12_000, "{all}: what is allowed is used");
    }

    #[test]
    fn a_clock_that_is_behind_forgets_nothing() {
        let mut spent = Spent::default();
        assert_eq!(spent.take(&RATES, 40, second(8)), Ok(40));
        assert_eq!(spent.take(&RATES, 40, second(6)), Ok(5));
        assert!(spent.take(&RATES, 1, second(9)).is_err());
    }

    #[test]
    fn a_grant_ends_with_its_slot() {
        for (at, end) in [(0, 4), (3, 4), (4, 8)] {
            let at = Timestamp::from_second(1_795_000_000 + at).unwrap();
            assert_eq!(grant_ends(at).as_second() - 1_795_000_000, end);
        }
    }
}
