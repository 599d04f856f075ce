use super::*;
use jiff::civil::date;

use InterestKind::{Statutory, Trade};

fn euros(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn total(periods: &[InterestPeriod]) -> Money {
    periods.iter().map(|period| period.amount).sum()
}

fn simple(kind: InterestKind, cents: i64, due: Date, through: Date) -> Vec<InterestPeriod> {
    interest(kind, due, euros(cents), &[], through).unwrap()
}

#[test]
fn interest_follows_the_vectors() {
    let table = [
        (Statutory, 5000_00, date(2024, 3, 14), date(2026, 2, 16), 623_82),
        (Trade, 1210_00, date(2026, 5, 31), date(2026, 8, 31), 31_47),
        (Statutory, 1210_00, date(2026, 5, 31), date(2026, 8, 31), 12_20),
        (Trade, 5000_00, date(2024, 6, 15), date(2026, 11, 22), 1437_56),
    ];
    for (kind, principal, due, through, expected) in table {
        let periods = simple(kind, principal, due, through);
        assert_eq!(total(&periods), euros(expected), "{kind:?} {due} {through}: {periods:#?}");
    }
}

#[test]
fn interest_begins_the_day_after_the_due_date() {
    let due = date(2026, 3, 10);
    // 36,500 at 4 percent: 4 euros a day.
    for (through, expected) in [(9, 0), (10, 0), (11, 4_00), (12, 8_00)] {
        let periods = simple(Statutory, 36500_00, due, date(2026, 3, through));
        assert_eq!(total(&periods), euros(expected), "through {through}");
    }
}

#[test]
fn each_day_bears_the_rate_of_its_own() {
    // Trade: 10.15 percent until 30 June 2026, 10.40 after it.
    let due = date(2026, 6, 28);
    type Row<'a> = (Date, &'a [(i8, i8, i32)]);
    let table: [Row<'_>; 4] = [
        (date(2026, 6, 29), &[(29, 29, 1)]),
        (date(2026, 6, 30), &[(29, 30, 2)]),
        (date(2026, 7, 1), &[(29, 30, 2), (1, 1, 1)]),
        (date(2026, 7, 2), &[(29, 30, 2), (1, 2, 2)]),
    ];
    for (through, expected) in table {
        let periods = simple(Trade, 100_00, due, through);
        let found: Vec<_> = periods.iter().map(|p| (p.from.day(), p.through.day(), p.days)).collect();
        assert_eq!(found, expected, "through {through}");
        let rates: Vec<Decimal> = periods.iter().map(|p| p.percent).collect();
        assert_eq!(rates, [dec!(10.15), dec!(10.40)][..expected.len()], "through {through}");
    }
}

#[test]
fn a_leap_year_has_366_days_of_a_365th() {
    // Statutory, 2024: 7 percent all year.
    let periods = simple(Statutory, 36500_00, date(2023, 12, 31), date(2024, 12, 31));
    assert_eq!(periods.len(), 1);
    assert_eq!((periods[0].days, periods[0].amount), (366, euros(2562_00)));
}

#[test]
fn unpaid_interest_joins_the_base_on_the_anniversary() {
    // The first day of default is the 10th. 2016 to 2022: 2 percent all the time.
    let due = date(2018, 5, 9);
    let table: [(Date, &[i64]); 4] = [
        (date(2019, 5, 9), &[36500_00]), // the last day of the first year
        (date(2019, 5, 10), &[36500_00, 37230_00]),
        (date(2019, 5, 11), &[36500_00, 37230_00]),
        (date(2020, 5, 10), &[36500_00, 37230_00, 3_797_664]),
    ];
    for (through, expected) in table {
        let periods = simple(Statutory, 36500_00, due, through);
        let bases: Vec<Money> = periods.iter().map(|p| p.base).collect();
        let expected: Vec<Money> = expected.iter().map(|cents| euros(*cents)).collect();
        assert_eq!(bases, expected, "through {through}");
    }
}

#[test]
fn the_anniversary_of_29_february_is_28_february_where_there_is_no_29th() {
    let periods = simple(Statutory, 1000_00, date(2016, 2, 28), date(2020, 3, 1));
    let turns: Vec<Date> = periods.iter().map(|p| p.from).collect();
    let expected = [
        date(2016, 2, 29),
        date(2017, 2, 28),
        date(2018, 2, 28),
        date(2019, 2, 28),
        date(2020, 2, 29), // again, where there is one
    ];
    assert_eq!(turns, expected);
}

#[test]
fn a_lower_principal_counts_from_the_day_after() {
    let due = date(2026, 3, 10);
    let paid = |on| Change { on, principal: euros(18250_00), interest_paid: Money::ZERO };
    // Four days, 11 to 14 March, at 4 euros a day and 2 euros after the payment.
    let table = [
        (date(2026, 3, 9), 8_00),
        (date(2026, 3, 10), 8_00),
        (date(2026, 3, 11), 10_00),
        (date(2026, 3, 12), 12_00),
        (date(2026, 3, 14), 16_00),
        (date(2026, 3, 15), 16_00), // after the last day: counts for nothing
    ];
    for (on, expected) in table {
        let through = date(2026, 3, 14);
        let periods = interest(Statutory, due, euros(36500_00), &[paid(on)], through).unwrap();
        assert_eq!(total(&periods), euros(expected), "paid on {on}");
    }
}

#[test]
fn interest_that_was_paid_does_not_compound() {
    let due = date(2018, 5, 9);
    let paid = |on, cents| Change { on, principal: euros(36500_00), interest_paid: euros(cents) };
    // 730 euros of interest in the first year, two a day. Where one was paid, the base is lower after the anniversary.
    let table = [
        (date(2019, 5, 8), 700_00, 36530_00),
        (date(2019, 5, 9), 730_00, 36500_00),
        (date(2019, 5, 9), 800_00, 36500_00), // more than there was: the rest is left alone
        (date(2019, 5, 9), 0, 37230_00),
    ];
    for (on, cents, base) in table {
        let through = date(2019, 5, 12);
        let periods = interest(Statutory, due, euros(36500_00), &[paid(on, cents)], through).unwrap();
        assert_eq!(periods.last().map(|p| p.base), Some(euros(base)), "paid {cents} on {on}");
    }
    // After the anniversary the oldest interest goes first: it leaves the base the day after.
    let later = date(2019, 5, 10);
    let periods =
        interest(Statutory, due, euros(36500_00), &[paid(later, 730_00)], date(2019, 5, 11)).unwrap();
    let bases: Vec<Money> = periods.iter().map(|p| p.base).collect();
    assert_eq!(bases, [euros(36500_00), euros(37230_00), euros(36500_00)]);
}

#[test]
fn interest_that_is_given_back_is_of_the_year_it_was_of() {
    let mut accrual = Accrual::new(Statutory, date(2018, 5, 9), euros(36500_00));
    accrual.run_through(date(2019, 5, 9)).unwrap();
    let mut paid = accrual.pay(euros(730_00));
    assert_eq!((paid.total(), accrual.unpaid()), (euros(730_00), Money::ZERO));
    accrual.run_through(date(2019, 5, 19)).unwrap(); // ten days of the next year
    let back = paid.take_back(euros(100_00));
    accrual.give_back(&back);
    assert_eq!((paid.total(), accrual.unpaid()), (euros(630_00), euros(120_00)));
    accrual.run_through(date(2019, 5, 20)).unwrap();
    assert_eq!(accrual.periods().last().map(|p| p.base), Some(euros(36600_00)));
}

#[test]
fn of_a_smaller_payment_the_youngest_interest_is_unpaid_first() {
    let mut accrual = Accrual::new(Statutory, date(2018, 5, 9), euros(36500_00));
    accrual.run_through(date(2019, 5, 19)).unwrap(); // 730.00 in the first year, and ten days at 2.04
    let mut paid = accrual.pay(accrual.unpaid());
    assert_eq!(paid.total(), euros(750_40));
    // (taken back, base of the day after)
    for (cents, base) in [(20_00, 36500_00), (40, 36500_00), (1, 36500_01)] {
        accrual.give_back(&paid.take_back(euros(cents)));
        let mut next = accrual.clone();
        next.run_through(date(2019, 5, 20)).unwrap();
        assert_eq!(next.periods().last().map(|p| p.base), Some(euros(base)), "{cents}");
    }
    assert_eq!(paid.take_back(euros(1000_00)).total(), euros(729_99));
}

#[test]
fn a_day_outside_the_table_is_an_error_that_names_the_file() {
    let last = date(2026, 12, 31);
    assert_eq!(rates_valid_to(), last);
    let owed = |kind, due, through| interest(kind, due, euros(100_00), &[], through).map(|p| p.len());
    let after = |day| Err(InterestError::AfterTable { day, valid_to: last });
    let before = |day, first| Err(InterestError::BeforeTable { day, first });
    let table = [
        (Statutory, date(2026, 12, 1), date(2026, 12, 30), Ok(1)),
        (Statutory, date(2026, 12, 1), last, Ok(1)),
        (Statutory, date(2026, 12, 1), date(2027, 1, 1), after(date(2027, 1, 1))),
        (Trade, date(2026, 12, 31), date(2027, 1, 1), after(date(2027, 1, 1))),
        (Trade, date(2024, 12, 1), date(2030, 1, 1), after(date(2030, 1, 1))),
        (Trade, date(2027, 2, 1), date(2027, 1, 1), Ok(0)), // not due yet
        (Trade, date(2002, 11, 30), date(2002, 12, 1), Ok(1)),
        (Trade, date(2002, 11, 29), date(2002, 12, 1), before(date(2002, 11, 30), date(2002, 12, 1))),
        (Statutory, date(1998, 12, 31), date(1999, 1, 1), Ok(1)),
        (Statutory, date(1998, 12, 30), date(1999, 1, 1), before(date(1998, 12, 31), date(1999, 1, 1))),
    ];
    for (kind, due, through, expected) in table {
        assert_eq!(owed(kind, due, through), expected, "{kind:?} {due} {through}");
    }
    let error = owed(Statutory, date(2026, 12, 1), date(2027, 1, 1)).unwrap_err().to_string();
    assert!(error.contains("interest-rates.csv") && error.contains("2027-01-01"), "{error}");
}

#[test]
fn where_nothing_bears_interest_no_rate_is_needed() {
    for principal in [euros(0), euros(-100_00)] {
        assert_eq!(interest(Statutory, date(1980, 1, 1), principal, &[], Date::MAX), Ok(vec![]));
    }
    let paid = Change { on: date(2026, 12, 11), principal: Money::ZERO, interest_paid: euros(1_00) };
    let periods = interest(Statutory, date(2026, 12, 1), euros(912_50), &[paid], Date::MAX).unwrap();
    assert_eq!(total(&periods), euros(1_00));
    // A cent of interest less than accrued: it joins the base a year after default, and needs a rate from then on.
    let less = Change { interest_paid: euros(99), ..paid };
    let owed = |through| interest(Statutory, date(2026, 12, 1), euros(912_50), &[less], through);
    assert!(owed(date(2027, 12, 1)).is_ok());
    assert!(owed(date(2027, 12, 2)).is_err());
}

#[test]
fn a_period_is_rounded_half_up() {
    // One day at 6 percent: 273.75 gives the exact 4.5 cents, 91.25 gives 1.5.
    for (principal, expected) in [(91_24, 1), (91_25, 2), (91_26, 2), (273_74, 4), (273_75, 5), (273_76, 5)] {
        let periods = simple(Statutory, principal, date(2025, 3, 10), date(2025, 3, 11));
        assert_eq!(total(&periods), euros(expected), "{principal}");
    }
}

#[test]
fn the_files_rows_are_read_as_they_stand() {
    let rates = parse(FILE).unwrap();
    assert_eq!((rates.statutory.len(), rates.trade.len()), (16, 31));
    let table = [
        (Statutory, date(2025, 12, 31), dec!(6)),
        (Statutory, date(2026, 1, 1), dec!(4)),
        (Trade, date(2013, 3, 15), dec!(7.75)),
        (Trade, date(2013, 3, 16), dec!(8.75)),
        (Trade, date(2026, 12, 31), dec!(10.40)),
    ];
    for (kind, day, percent) in table {
        assert_eq!(rates.on(kind, day).map(|rate| rate.percent), Ok(percent), "{kind:?} {day}");
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let row = |text: &str| TableError::Row(text.into());
    let table = [
        ("trade,2026-07-01,10.40", "trade,2025-07-01,10.40", row("trade,2025-07-01,10.40")), // twice
        ("trade,2026-07-01,10.40", "trade,2027-01-01,10.40", row("trade,2027-01-01,10.40")), // beyond the end
        ("trade,2026-07-01,10.40", "trade,2026-07-01,x", row("trade,2026-07-01,x")),
        ("trade,2026-07-01,10.40", "barter,2026-07-01,10.40", row("barter,2026-07-01,10.40")),
        ("valid_to 2026-12-31", "valid_to open", TableError::NoDay("valid_to")),
        ("kind,from,percent", "kind,from,rate", TableError::Columns("kind,from,percent")),
    ];
    for (from, to, expected) in table {
        assert!(FILE.contains(from), "{from}");
        assert_eq!(parse(&FILE.replace(from, to)), Err(expected), "{to}");
    }
    let last_day = FILE.replace("trade,2026-07-01,10.40", "trade,2026-12-31,10.40");
    assert!(parse(&last_day).is_ok());
    let no_trade: String =
        FILE.lines().filter(|l| !l.starts_with("trade")).map(|l| format!("{l}\n")).collect();
    assert_eq!(parse(&no_trade), Err(TableError::Lacks("rate of one kind")));
}
