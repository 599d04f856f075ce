use super::*;
use jiff::civil::date;

use ClaimBookingKind::{Payment, Reduction, Reversal};

fn euros(cents: i64) -> Money {
    Money::from_cents(cents)
}

/// 36,500 euros due on 10 March 2026 at 4 percent: 4 euros of interest a day from 11 March on. Claimed from 1 April on, with
/// 40 euros of costs charged on that day.
const PRINCIPAL: i64 = 36500_00;
const DUE: Date = date(2026, 3, 10);
const CLAIMED: Date = date(2026, 4, 1);

fn march(day: i8) -> Date {
    date(2026, 3, day)
}

fn april(day: i8) -> Date {
    date(2026, 4, day)
}

fn charge(on: Date, cents: i64) -> Charge {
    Charge { amount: euros(cents), on, principal: euros(PRINCIPAL), notice: None }
}

fn bookings(rows: &[(Date, ClaimBookingKind, i64)]) -> Vec<ClaimBooking> {
    rows.iter()
        .map(|(on, kind, cents)| ClaimBooking { on: *on, amount: euros(*cents), kind: *kind })
        .collect()
}

/// The example's facts with these bookings.
fn specified(rows: &[(Date, ClaimBookingKind, i64)], on: Date) -> Specification {
    let facts = ClaimFacts {
        principal: euros(PRINCIPAL),
        due_date: DUE,
        interest: Some(InterestKind::Statutory),
        claimed_on: Some(CLAIMED),
        charges: &[charge(CLAIMED, 40_00)],
        bookings: &bookings(rows),
    };
    let specification = specify(&facts, on).unwrap();
    assert_conserved(&facts, &specification);
    specification
}

/// What came in, accrued and was charged is what is open, paid and given up; from the result and from the facts.
fn assert_conserved(facts: &ClaimFacts<'_>, found: &Specification) {
    let open = found.principal + found.costs + found.interest;
    let asked = facts.principal.max(Money::ZERO) + found.raised + found.charged + found.accrued;
    assert_eq!(asked, open + found.paid.allocated() + found.reduced, "{found:#?}");
    let booked: Money = facts
        .bookings
        .iter()
        .filter(|booking| booking.on <= found.on)
        .map(|booking| if booking.kind == Reversal { -booking.amount } else { booking.amount })
        .sum();
    assert_eq!(facts.principal + found.charged + found.accrued - booked, open - found.over, "{found:#?}");
}

/// Costs, interest and principal that are open, in cents, and what is over.
fn open(found: &Specification) -> [Money; 4] {
    [found.costs, found.interest, found.principal, found.over]
}

#[test]
fn costs_and_interest_are_claimed_from_a_day_on() {
    // (day, claimed, costs, interest)
    let table = [
        (march(10), false, 0, 0),
        (march(11), false, 0, 4_00),
        (march(31), false, 0, 84_00),
        (april(1), true, 40_00, 88_00),
        (april(2), true, 40_00, 92_00),
    ];
    for (on, claimed, costs, interest) in table {
        let found = specified(&[], on);
        assert_eq!(open(&found), [costs, interest, PRINCIPAL, 0].map(euros), "{on}");
        assert_eq!(found.claimed, claimed, "{on}");
        let part = |cents| if claimed { euros(cents) } else { Money::ZERO };
        let owed = Owed { costs: part(costs), interest: part(interest), principal: euros(PRINCIPAL) };
        assert_eq!(found.owed(), owed, "{on}");
    }
}

#[test]
fn a_payment_before_the_day_of_claiming_goes_to_the_principal() {
    // (paid on, costs, interest, principal) on 2 April, of a payment of 100 euros
    let table = [
        (march(9), 40_00, 91_75, 36400_00), // before the due date: 23 days over 36,400
        (march(31), 40_00, 91_98, 36400_00), // 84.00 and two days over 36,400
        (april(1), 40_00, 4_00, 36488_00), // 88 to interest, 12 to principal: the charge of that day comes after it
        (april(2), 0, 32_00, 36500_00),    // 40 to costs, 60 of 92 to interest
        (april(3), 40_00, 92_00, 36500_00), // not paid yet
    ];
    for (paid, costs, interest, principal) in table {
        let found = specified(&[(paid, Payment, 100_00)], april(2));
        assert_eq!(open(&found), [costs, interest, principal, 0].map(euros), "paid on {paid}");
    }
}

#[test]
fn while_nothing_is_claimed_all_goes_to_the_principal() {
    let facts = ClaimFacts {
        principal: euros(PRINCIPAL),
        due_date: DUE,
        interest: Some(InterestKind::Statutory),
        claimed_on: None,
        charges: &[charge(april(1), 40_00)],
        bookings: &bookings(&[(april(5), Payment, 36510_00)]),
    };
    let found = specify(&facts, april(9)).unwrap();
    assert_conserved(&facts, &found);
    assert_eq!(open(&found), [40_00, 104_00, 0, 10_00].map(euros));
    assert_eq!(found.owed(), Owed::default());
    // What was paid over is set off on the day from which costs and interest are claimed: costs first.
    for (claimed_on, expected) in [
        (april(8), [30_00, 104_00, 0, 0]),
        (april(9), [30_00, 104_00, 0, 0]),
        (april(10), [40_00, 104_00, 0, 10_00]),
    ] {
        let facts = ClaimFacts { claimed_on: Some(claimed_on), ..facts };
        let found = specify(&facts, april(9)).unwrap();
        assert_conserved(&facts, &found);
        assert_eq!(open(&found), expected.map(euros), "claimed on {claimed_on}");
    }
}

#[test]
fn without_interest_there_is_none() {
    let facts = ClaimFacts {
        principal: euros(100_00),
        due_date: DUE,
        interest: None,
        claimed_on: Some(CLAIMED),
        charges: &[charge(CLAIMED, 40_00)],
        bookings: &bookings(&[(april(2), Payment, 60_00)]),
    };
    // Far outside the table of rates, too.
    let found = specify(&facts, date(2050, 1, 1)).unwrap();
    assert_conserved(&facts, &found);
    assert_eq!(open(&found), [0, 0, 80_00, 0].map(euros));
    assert_eq!(found.periods, vec![]);
}

#[test]
fn a_reduction_goes_to_the_principal_only() {
    // (bookings, costs, interest, principal, over, reduced) on 3 April
    type Row<'a> = (&'a [(Date, ClaimBookingKind, i64)], [i64; 4], i64);
    let table: [Row<'_>; 6] = [
        (&[(april(3), Reduction, 100_00)], [40_00, 96_00, 36400_00, 0], 100_00),
        (&[(april(3), Reduction, 36500_00)], [40_00, 96_00, 0, 0], 36500_00),
        (&[(april(3), Reduction, 36500_01)], [40_00, 96_00, 0, 1], 36500_00), // never pays costs or interest
        (&[(april(3), Reduction, -100_00)], [40_00, 96_00, 36600_00, 0], 0),
        // Paid, then credited: over. The payment taken back: it covers what is open again.
        (&[(april(3), Payment, 36636_00), (april(3), Reduction, 36500_00)], [0, 0, 0, 36500_00], 0),
        (
            &[(april(3), Payment, 36636_00), (april(3), Reduction, 36500_00), (april(3), Reversal, 36636_00)],
            [40_00, 96_00, 0, 0],
            36500_00,
        ),
    ];
    for (rows, expected, reduced) in table {
        let found = specified(rows, april(3));
        assert_eq!(open(&found), expected.map(euros), "{rows:?}");
        assert_eq!(found.reduced, euros(reduced), "{rows:?}");
    }
}

#[test]
fn a_reversal_undoes_its_payment_in_the_same_shares() {
    let paid = (april(2), Payment, 36600_00); // 40 to costs, 92 to interest, 36,468 to principal
    // (what follows, costs, interest, principal, over, raised) on 10 April; 32 euros of principal bear nothing yet.
    type Row<'a> = (&'a [(Date, ClaimBookingKind, i64)], [i64; 4], i64);
    let table: [Row<'_>; 8] = [
        (&[paid], [0, 3, 32_00, 0], 0),
        // Taken back on 10 April: all of it is open again; the days in between keep their little interest.
        (&[paid, (april(10), Reversal, 36600_00)], [40_00, 92_03, 36500_00, 0], 0),
        // The day before the reversal: not yet.
        (&[paid, (april(11), Reversal, 36600_00)], [0, 3, 32_00, 0], 0),
        // A part of it: as if so much less had been paid.
        (&[paid, (april(10), Reversal, 36468_00)], [0, 3, 36500_00, 0], 0),
        (&[paid, (april(10), Reversal, 36478_00)], [0, 10_03, 36500_00, 0], 0),
        (&[paid, (april(10), Reversal, 36561_00)], [1_00, 92_03, 36500_00, 0], 0),
        // More than was ever paid: the rest raises the principal.
        (&[paid, (april(10), Reversal, 36601_00)], [40_00, 92_03, 36501_00, 0], 1_00),
        (&[(april(10), Reversal, 1_00)], [40_00, 124_00, 36501_00, 0], 1_00),
    ];
    for (rows, expected, raised) in table {
        let found = specified(rows, april(10));
        assert_eq!(open(&found), expected.map(euros), "{rows:?}");
        assert_eq!(found.raised, euros(raised), "{rows:?}");
    }
}

#[test]
fn a_reversal_finds_the_last_payment_of_its_amount() {
    // On 2 April 132 euros of costs and interest are open.
    let rows = [
        (april(2), Payment, 60_00),  // 40 costs, 20 interest
        (april(2), Payment, 100_00), // 72 interest, 28 principal
        (april(2), Payment, 70_00),  // principal
    ];
    let found = |reversals: &[i64]| {
        let reversals = reversals.iter().map(|cents| (april(2), Reversal, *cents));
        let rows: Vec<_> = rows.into_iter().chain(reversals).collect();
        open(&specified(&rows, april(2)))
    };
    assert_eq!(found(&[]), [0, 0, 36402_00, 0].map(euros));
    assert_eq!(found(&[60_00]), [40_00, 20_00, 36402_00, 0].map(euros));
    assert_eq!(found(&[100_00]), [0, 72_00, 36430_00, 0].map(euros));
    assert_eq!(found(&[70_00]), [0, 0, 36472_00, 0].map(euros));
    // Twice the same amount, but one payment of it: the second undoes what was paid last.
    assert_eq!(found(&[60_00, 60_00]), [40_00, 20_00, 36462_00, 0].map(euros));
    assert_eq!(found(&[60_00, 100_00, 70_00]), [40_00, 92_00, 36500_00, 0].map(euros));
}

#[test]
fn of_two_payments_of_one_amount_the_last_is_undone_first() {
    let rows = [
        (april(2), Payment, 60_00), // 40 costs, 20 interest
        (april(2), Payment, 60_00), // interest
        (april(2), Payment, 70_00), // 12 interest, 58 principal
    ];
    let table: [(&[i64], [i64; 4]); 3] = [
        (&[60_00], [0, 60_00, 36442_00, 0]),
        (&[60_00, 60_00], [40_00, 80_00, 36442_00, 0]),
        (&[60_00, 60_00, 60_00], [40_00, 82_00, 36500_00, 0]), // 58 principal and 2 interest of the last one
    ];
    for (reversals, expected) in table {
        let reversals = reversals.iter().map(|cents| (april(2), Reversal, *cents));
        let rows: Vec<_> = rows.into_iter().chain(reversals).collect();
        assert_eq!(open(&specified(&rows, april(2))), expected.map(euros), "{rows:?}");
    }
}

#[test]
fn what_is_set_off_covers_the_interest_of_its_day() {
    // A year's interest, 730.00, has joined the base, then 32 days at 2.04; after the payment 730.00 bear 4 cents a day.
    let facts = ClaimFacts {
        principal: euros(PRINCIPAL),
        due_date: date(2018, 5, 9),
        interest: Some(InterestKind::Statutory),
        claimed_on: Some(date(2019, 7, 10)),
        charges: &[],
        bookings: &bookings(&[(date(2019, 6, 10), Payment, 46500_00)]),
    };
    let table = [
        (date(2019, 7, 9), [0, 796_44, 0, 10000_00]),
        (date(2019, 7, 10), [0, 0, 0, 9203_52]),
        (date(2019, 7, 11), [0, 0, 0, 9203_52]),
    ];
    for (on, expected) in table {
        let found = specify(&facts, on).unwrap();
        assert_conserved(&facts, &found);
        assert_eq!(open(&found), expected.map(euros), "{on}");
    }
    let claimed = specify(&facts, date(2019, 7, 10)).unwrap().lines.pop().unwrap();
    assert_eq!((claimed.entry, claimed.moved.interest), (Entry::Claimed, euros(-796_48)));
}

#[test]
fn what_was_paid_over_is_kept_and_pays_what_comes_later() {
    let all = 36500_00 + 40_00 + 92_00;
    let paid = (april(2), Payment, all + 30_00);
    type Row<'a> = (&'a [(Date, ClaimBookingKind, i64)], [i64; 4]);
    let table: [Row<'_>; 6] = [
        (&[(april(2), Payment, all - 1)], [0, 0, 1, 0]),
        (&[(april(2), Payment, all)], [0, 0, 0, 0]),
        (&[(april(2), Payment, all + 1)], [0, 0, 0, 1]),
        (&[paid, (april(5), Reversal, 30_00)], [0, 0, 0, 0]), // given back to the debtor
        (&[paid, (april(5), Reversal, 31_00)], [0, 0, 1_00, 0]),
        // The first payment is taken back; what the second paid over covers costs first.
        (&[paid, (april(3), Payment, 50_00), (april(5), Reversal, all + 30_00)], [0, 82_00, 36500_00, 0]),
    ];
    for (rows, expected) in table {
        assert_eq!(open(&specified(rows, april(5))), expected.map(euros), "{rows:?}");
    }
    let facts = ClaimFacts {
        principal: euros(PRINCIPAL),
        due_date: DUE,
        interest: Some(InterestKind::Statutory),
        claimed_on: Some(CLAIMED),
        charges: &[charge(CLAIMED, 40_00), charge(april(4), 45_00)],
        bookings: &bookings(&[paid]),
    };
    for (on, expected) in [(april(3), [0, 0, 0, 30_00]), (april(4), [15_00, 0, 0, 0])] {
        let found = specify(&facts, on).unwrap();
        assert_conserved(&facts, &found);
        assert_eq!(open(&found), expected.map(euros), "{on}");
    }
}

#[test]
fn an_amount_below_zero_does_the_opposite() {
    let table = [((Payment, -10_00), (Reversal, 10_00)), ((Reversal, -10_00), (Payment, 10_00))];
    for ((kind, cents), (opposite, same)) in table {
        let paid = (april(2), Payment, 10_00);
        let one = specified(&[paid, (april(3), kind, cents)], april(9));
        let other = specified(&[paid, (april(3), opposite, same)], april(9));
        assert_eq!(open(&one), open(&other), "{kind:?}");
    }
    let facts = ClaimFacts {
        principal: euros(-50_00),
        due_date: DUE,
        interest: Some(InterestKind::Statutory),
        claimed_on: Some(CLAIMED),
        charges: &[charge(CLAIMED, -40_00)],
        bookings: &[],
    };
    let found = specify(&facts, april(9)).unwrap();
    assert_conserved(&facts, &found);
    assert_eq!(open(&found), [0, 0, 0, 50_00].map(euros));
}

#[test]
fn interest_that_was_paid_does_not_compound() {
    // 730 euros of interest in the first year at 2 percent; due on 9 May 2018, claimed at once.
    let base = |paid: Option<(Date, i64)>, on: Date| {
        let rows: Vec<_> = paid.into_iter().map(|(day, cents)| (day, Payment, cents)).collect();
        let facts = ClaimFacts {
            principal: euros(PRINCIPAL),
            due_date: date(2018, 5, 9),
            interest: Some(InterestKind::Statutory),
            claimed_on: Some(date(2018, 5, 10)),
            charges: &[],
            bookings: &bookings(&rows),
        };
        let found = specify(&facts, on).unwrap();
        assert_conserved(&facts, &found);
        found.periods.last().map(|period| period.base)
    };
    let (eve, anniversary, after) = (date(2019, 5, 9), date(2019, 5, 10), date(2019, 5, 11));
    let table = [
        (None, eve, 36500_00),
        (None, anniversary, 37230_00),
        (Some((eve, 730_00)), anniversary, 36500_00),
        (Some((eve, 630_00)), anniversary, 36600_00),
        (Some((eve, 830_00)), anniversary, 36400_00), // 100 to the principal
        (Some((anniversary, 730_00)), anniversary, 37230_00), // still in the base on the day of payment
        (Some((anniversary, 730_00)), after, 36500_00),
    ];
    for (paid, on, expected) in table {
        assert_eq!(base(paid, on), Some(euros(expected)), "{paid:?} on {on}");
    }
}

#[test]
fn a_reader_can_follow_what_happened() {
    let rows = [(april(2), Payment, 36600_00), (march(20), Reduction, 500_00), (april(8), Payment, 40_00)];
    let found = specified(&rows, april(9));
    let moved = |costs, interest, principal, over| Movement {
        costs: euros(costs),
        interest: euros(interest),
        principal: euros(principal),
        over: euros(over),
    };
    let lines: Vec<_> = found.lines.iter().map(|l| (l.on, l.entry, l.amount, l.moved, l.principal)).collect();
    // 10 days over 36,500 and 13 over 36,000: 40.00 and 51.29.
    let expected = [
        (march(20), Entry::Reduction, euros(500_00), moved(0, 0, -500_00, 0), euros(36000_00)),
        (april(1), Entry::Charge, euros(40_00), moved(40_00, 0, 0, 0), euros(36000_00)),
        (april(2), Entry::Payment, euros(36600_00), moved(-40_00, -91_29, -36000_00, 468_71), euros(0)),
        (april(8), Entry::Payment, euros(40_00), moved(0, 0, 0, 40_00), euros(0)),
    ];
    assert_eq!(lines, expected);
    let periods: Vec<_> = found.periods.iter().map(|p| (p.from, p.through, p.base, p.amount)).collect();
    // Charging and claiming on 1 April begin no period.
    let expected = [
        (march(11), march(20), euros(36500_00), euros(40_00)),
        (march(21), april(2), euros(36000_00), euros(51_29)),
    ];
    assert_eq!(periods, expected);
}

#[test]
fn a_day_outside_the_table_is_an_error_where_interest_runs() {
    let facts = |rows| ClaimFacts {
        principal: euros(PRINCIPAL),
        due_date: DUE,
        interest: Some(InterestKind::Statutory),
        claimed_on: Some(CLAIMED),
        charges: &[],
        bookings: rows,
    };
    let (last, day) = (date(2026, 12, 31), date(2027, 1, 1));
    assert!(specify(&facts(&[]), last).is_ok());
    assert_eq!(specify(&facts(&[]), day), Err(InterestError::AfterTable { day, valid_to: last }));
    // Paid with all its interest: nothing runs.
    let paid = bookings(&[(april(2), Payment, 36592_00)]);
    assert!(specify(&facts(&paid), day).is_ok());
}

#[test]
fn after_the_last_known_rate_what_is_paid_still_counts_and_no_day_bears_interest() {
    let last = crate::interest::rates_valid_to();
    let after = |days: i32| crate::calendar::plus_days(last, days);
    let bookings = bookings(&[(after(40), Payment, 1000_00)]);
    let facts = ClaimFacts {
        principal: euros(PRINCIPAL),
        due_date: DUE,
        interest: Some(InterestKind::Statutory),
        claimed_on: Some(CLAIMED),
        charges: &[charge(CLAIMED, 40_00)],
        bookings: &bookings,
    };
    assert!(specify(&facts, after(50)).is_err());
    let of_last_day = specify(&facts, last).unwrap();
    let before = specify_as_far_as_known(&facts, after(39)).unwrap();
    assert_eq!((before.interest, before.principal), (of_last_day.interest, of_last_day.principal));
    let paid = specify_as_far_as_known(&facts, after(50)).unwrap();
    assert_conserved(&facts, &paid);
    assert_eq!(paid.owed().total(), of_last_day.owed().total() - euros(1000_00));
    assert_eq!(specify_as_far_as_known(&facts, last).unwrap(), of_last_day);
}
