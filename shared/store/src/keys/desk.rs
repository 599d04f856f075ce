//! The keys of the desk's overview: a row of each debtor, work lists, counters and what is searched by.
//!
//! No key holds a name, an address or an amount that is searched for: a term is hashed with its administration. The hash has
//! no key of its own, since that would lie in the same table as the rows, which hold the names: what is kept out is personal
//! data where keys are shown, in logs, metrics and cursors.

use domain::desk_row::Need;
use domain::ids::{AdministrationId, DebtorId};
use domain::money::Money;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{hashed, ordered};
use crate::table::{IndexKey, Key};

/// Counters are spread over so many items: one takes some hundreds of transactions a second, and two at the same moment are in
/// each other's way.
const SHARDS: u32 = 16;

/// The same for what is due in one month, of which there are several.
const SHARDS_OF_MONTH: u32 = 8;

/// The row of a debtor.
pub fn desk_row(administration: &AdministrationId, debtor: &DebtorId) -> Key {
    Key::new(format!("{administration}#V#{debtor}"), "-")
}

/// Whose row this key is, if it is a row's.
pub fn desk_row_of(key: &Key) -> Option<(AdministrationId, DebtorId)> {
    let (administration, debtor) = key.partition.split_once("#V#").filter(|_| key.sort == "-")?;
    Some((AdministrationId::parse(administration).ok()?, DebtorId::parse(debtor).ok()?))
}

/// Debtors who owe something, by how much.
pub fn desk_rows(administration: &AdministrationId) -> String {
    format!("{administration}#V")
}

/// What the rows of those who owe exactly this begin with.
pub fn desk_rows_owing(cents: i64) -> String {
    format!("{cents:015}#")
}

/// Where a row stands among those who owe something.
pub fn listed_desk_row(administration: &AdministrationId, debtor: &DebtorId, cents: i64) -> IndexKey {
    IndexKey::new(desk_rows(administration), format!("{}{debtor}", desk_rows_owing(cents)))
}

/// Rows by the day on which something of theirs comes into the last bucket of ageing.
pub fn ageing_desk_rows(administration: &AdministrationId) -> String {
    format!("{administration}#V#ages")
}

/// Where a row stands among them.
pub fn ageing_desk_row(administration: &AdministrationId, debtor: &DebtorId, on: Date) -> IndexKey {
    IndexKey::new(ageing_desk_rows(administration), format!("{on}#{debtor}"))
}

/// The debtors for whom something of this kind waits.
pub fn work_list(administration: &AdministrationId, need: Need) -> String {
    format!("{administration}#Y#{need}")
}

/// One of them: what waits longest comes first.
pub fn work_list_entry(
    administration: &AdministrationId,
    need: Need,
    since: Timestamp,
    debtor: &DebtorId,
) -> Key {
    Key::new(work_list(administration, need), format!("{}#{debtor}", ordered(since)))
}

/// Whose entry of a work list this is.
pub fn debtor_of_work_list_entry(key: &Key) -> Option<DebtorId> {
    DebtorId::parse(key.sort.rsplit('#').next()?).ok()
}

/// Everything that is counted.
pub fn desk_counters(administration: &AdministrationId) -> String {
    format!("{administration}#Y")
}

/// What the counters of one generation begin with.
pub fn desk_generation(generation: u32) -> String {
    format!("{generation:010}#")
}

/// The counters of a generation in which a debtor counts: those of a month for what is due in it, the others where it is
/// `None`.
pub fn desk_counter(
    administration: &AdministrationId,
    generation: u32,
    month: Option<&str>,
    debtor: &DebtorId,
) -> Key {
    let shards = if month.is_some() { SHARDS_OF_MONTH } else { SHARDS };
    let shard = hashed(debtor.as_str()) % shards;
    let of = month.unwrap_or("t");
    Key::new(desk_counters(administration), format!("{}{of}#{shard:02}", desk_generation(generation)))
}

/// Which month these counters are of; `None` for the others.
pub fn month_of_desk_counter(key: &Key) -> Option<&str> {
    let of = key.sort.split('#').nth(1)?;
    (of != "t").then_some(of)
}

/// How far the overview of an administration is.
pub fn desk_state(administration: &AdministrationId) -> Key {
    Key::new(desk_counters(administration), "state")
}

/// The partition of the due index that overviews stand in: each is looked at by the schedule.
pub const DUE_DESKS: &str = "due#desks";

/// Where the overview of an administration stands in it.
pub fn due_desk(administration: &AdministrationId) -> IndexKey {
    IndexKey::new(DUE_DESKS, administration.as_str())
}

/// Whose overview this key is of, if it is a state's.
pub fn desk_state_of(key: &Key) -> Option<AdministrationId> {
    let administration = key.partition.strip_suffix("#Y").filter(|_| key.sort == "state")?;
    AdministrationId::parse(administration).ok()
}

/// Who is found by one term, which is hashed.
pub fn desk_found(administration: &AdministrationId, hash: &str) -> String {
    format!("{administration}#Z#{hash}")
}

/// One of those who are found.
pub fn desk_found_one(administration: &AdministrationId, hash: &str, debtor: &DebtorId) -> Key {
    Key::new(desk_found(administration, hash), debtor.as_str())
}

/// Whole cents, by which debtors are ordered.
pub fn cents(amount: Money) -> i64 {
    // Two decimals and at most some trillions: it fits.
    i64::try_from(amount.decimal().mantissa()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_desk_are_what_they_always_were() {
        let a = AdministrationId::parse("eneco").unwrap();
        let d = DebtorId::parse("d-1").unwrap();
        let at: Timestamp = "2026-11-23T07:00:00.5Z".parse().unwrap();
        let day = jiff::civil::date(2026, 11, 23);
        let key = |k: Key| format!("{} | {}", k.partition, k.sort);
        let index = |k: IndexKey| format!("{} | {}", k.partition, k.sort);
        let pinned = [
            (key(desk_row(&a, &d)), "eneco#V#d-1 | -"),
            (index(listed_desk_row(&a, &d, 242_00)), "eneco#V | 000000000024200#d-1"),
            (index(ageing_desk_row(&a, &d, day)), "eneco#V#ages | 2026-11-23#d-1"),
            (key(work_list_entry(&a, Need::Plan, at, &d)), "eneco#Y#plans | 2026-11-23T07:00:00Z#d-1"),
            (key(desk_counter(&a, 1, None, &d)), "eneco#Y | 0000000001#t#01"),
            (key(desk_counter(&a, 2, Some("2026-11"), &d)), "eneco#Y | 0000000002#2026-11#01"),
            (key(desk_state(&a)), "eneco#Y | state"),
            (index(due_desk(&a)), "due#desks | eneco"),
            (key(desk_found_one(&a, "ab", &d)), "eneco#Z#ab | d-1"),
        ];
        for (made, expected) in pinned {
            assert_eq!(made, expected);
        }
        assert_eq!(desk_row_of(&desk_row(&a, &d)), Some((a.clone(), d.clone())));
        assert_eq!(desk_row_of(&desk_state(&a)), None);
        assert_eq!(desk_state_of(&desk_state(&a)), Some(a.clone()));
        assert_eq!(desk_state_of(&desk_counter(&a, 1, None, &d)), None);
        assert_eq!(debtor_of_work_list_entry(&work_list_entry(&a, Need::Task, at, &d)), Some(d.clone()));
        assert_eq!(month_of_desk_counter(&desk_counter(&a, 1, Some("2026-11"), &d)), Some("2026-11"));
        assert_eq!(month_of_desk_counter(&desk_counter(&a, 1, None, &d)), None);
    }

    #[test]
    fn amounts_are_ordered_as_whole_cents() {
        for (text, expected) in [("0.00", 0), ("121", 121_00), ("0.05", 5), ("999999999.99", 99_999_999_999)]
        {
            assert_eq!(cents(text.parse().unwrap()), expected, "{text}");
        }
    }
}
