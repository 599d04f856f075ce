//! stub
use jiff::civil::Date;

/// The last day of the term.
pub fn last_day_to_pay(received: Date) -> Date {
    crate::calendar::plus_days(received, 14)
}
