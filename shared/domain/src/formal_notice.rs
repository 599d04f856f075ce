//! The term of the 14-day letter, which a consumer gets before collection costs may be charged: article 6:96(6) BW, and
//! ECLI:NL:HR:2016:2704.
//!
//! The term runs from receipt: a letter that counts from today or from sending is void and cannot be repaired. What is
//! absent: the words of the letter, and evidence that an e-mail was delivered; without it the letter goes by post.
//! A term that ends on a Saturday, Sunday or public holiday is not lengthened here.

use jiff::civil::{Date, Weekday};

use crate::calendar::{holiday, plus_days};

/// How many days the debtor has, counted from the day after receipt (article 6:96(6) BW).
pub const TERM_DAYS: i32 = 14;

/// On which counting day after posting a letter is presumed delivered.
const DELIVERY_DAYS: i32 = 2;

/// The day on which a letter by post is presumed delivered: the second day after `posted`, where Sundays, Mondays and
/// public holidays do not count (HR 2016:2704).
pub fn presumed_delivery_of_post(posted: Date) -> Date {
    let mut day = posted;
    let mut counted = 0;
    while counted < DELIVERY_DAYS && day < Date::MAX {
        day = plus_days(day, 1);
        if brings_post(day) {
            counted += 1;
        }
    }
    day
}

/// The last day on which the debtor pays without costs, having got the letter on `received`: the fourteenth day, where the
/// day after receipt is the first. Costs may be charged from the day after it.
pub fn last_day_to_pay(received: Date) -> Date {
    plus_days(received, TERM_DAYS)
}

fn brings_post(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Sunday | Weekday::Monday) && holiday(day).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn fourteen_days_run_from_the_presumed_delivery() {
        let d = date;
        // (posted, presumed delivered, last day to pay)
        let table = [
            (d(2026, 11, 3), d(2026, 11, 5), d(2026, 11, 19)),  // Tuesday
            (d(2026, 11, 4), d(2026, 11, 6), d(2026, 11, 20)),  // Wednesday
            (d(2026, 11, 5), d(2026, 11, 7), d(2026, 11, 21)),  // Thursday: Saturday counts
            (d(2026, 11, 6), d(2026, 11, 10), d(2026, 11, 24)), // Friday: Sunday and Monday do not
            (d(2026, 11, 7), d(2026, 11, 11), d(2026, 11, 25)), // Saturday
            (d(2026, 11, 8), d(2026, 11, 11), d(2026, 11, 25)), // Sunday
            (d(2026, 11, 9), d(2026, 11, 11), d(2026, 11, 25)), // Monday
            // Christmas on Friday and Saturday, then Sunday and Monday.
            (d(2026, 12, 22), d(2026, 12, 24), d(2027, 1, 7)),
            (d(2026, 12, 23), d(2026, 12, 29), d(2027, 1, 12)),
            (d(2026, 12, 24), d(2026, 12, 30), d(2027, 1, 13)),
            (d(2026, 12, 25), d(2026, 12, 30), d(2027, 1, 13)),
            // New Year's Day on Friday.
            (d(2026, 12, 30), d(2027, 1, 2), d(2027, 1, 16)),
            (d(2026, 12, 31), d(2027, 1, 5), d(2027, 1, 19)),
            // Good Friday on 3 April, Easter on 5 and 6 April.
            (d(2026, 3, 31), d(2026, 4, 2), d(2026, 4, 16)),
            (d(2026, 4, 1), d(2026, 4, 4), d(2026, 4, 18)),
            (d(2026, 4, 2), d(2026, 4, 7), d(2026, 4, 21)),
            (d(2026, 4, 3), d(2026, 4, 7), d(2026, 4, 21)),
            (d(2026, 4, 4), d(2026, 4, 8), d(2026, 4, 22)),
            // Ascension Day on Thursday 14 May.
            (d(2026, 5, 12), d(2026, 5, 15), d(2026, 5, 29)),
        ];
        for (posted, delivered, last) in table {
            assert_eq!(presumed_delivery_of_post(posted), delivered, "posted {posted}");
            assert_eq!(last_day_to_pay(delivered), last, "posted {posted}");
        }
    }

    #[test]
    fn the_end_of_the_calendar_ends_the_search() {
        assert_eq!(presumed_delivery_of_post(Date::MAX), Date::MAX);
    }
}
