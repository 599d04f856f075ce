//! What holds of money whatever the amounts and the days: nothing is lost, nothing is made, and later days change no
//! earlier one.

use domain::Money;
use domain::allocation::{Claimable, Owed, Split, share_out, split};
use domain::claim::{Charge, ClaimBooking, ClaimBookingKind, ClaimFacts, Specification, specify};
use domain::costs::collection_costs;
use domain::ids::InvoiceId;
use domain::interest::{Change, InterestKind, InterestPeriod, interest};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

const FIRST: Date = date(2019, 1, 1);
/// Days from [`FIRST`] on that the table of rates holds.
const DAYS: i64 = 2900;

fn day() -> impl Strategy<Value = Date> {
    (0..DAYS).prop_map(|days| FIRST.checked_add(days.days()).unwrap())
}

fn amount(most: i64) -> impl Strategy<Value = Money> {
    prop_oneof![Just(0_i64), Just(1_i64), 0..=most, 0_i64..=100].prop_map(Money::from_cents)
}

fn owed() -> impl Strategy<Value = Owed> {
    (amount(100_00), amount(100_00), amount(1000_00)).prop_map(|(costs, interest, principal)| Owed {
        costs,
        interest,
        principal,
    })
}

fn kind() -> impl Strategy<Value = InterestKind> {
    prop_oneof![Just(InterestKind::Statutory), Just(InterestKind::Trade)]
}

/// Few days and few ranks, so that claims are often equally old and onerous.
fn claims() -> impl Strategy<Value = Vec<Claimable>> {
    let one = (1_i8..4, 0_i64..2, owed());
    vec(one, 0..6).prop_map(|rows| {
        let claim = |(at, (due, onerous, owed)): (usize, (i8, i64, Owed))| Claimable {
            id: InvoiceId::parse(&format!("i{at}")).unwrap(),
            due_date: date(2026, 11, due),
            onerous: Decimal::from(onerous),
            owed,
        };
        rows.into_iter().enumerate().map(claim).collect()
    })
}

fn total(periods: &[InterestPeriod]) -> Money {
    periods.iter().map(|period| period.amount).sum()
}

fn is_negative(split: &Split) -> bool {
    [split.costs, split.interest, split.principal, split.over].iter().any(|part| part.is_negative())
}

#[derive(Debug, Clone)]
struct Facts {
    principal: Money,
    due_date: Date,
    interest: Option<InterestKind>,
    claimed_on: Option<Date>,
    charges: Vec<Charge>,
    bookings: Vec<ClaimBooking>,
}

impl Facts {
    fn specify(&self, on: Date) -> Specification {
        let facts = ClaimFacts {
            principal: self.principal,
            due_date: self.due_date,
            interest: self.interest,
            claimed_on: self.claimed_on,
            charges: &self.charges,
            bookings: &self.bookings,
        };
        specify(&facts, on).unwrap()
    }

    /// The same without what is of a later day.
    fn through(&self, on: Date) -> Facts {
        let mut facts = self.clone();
        facts.charges.retain(|charge| charge.on <= on);
        facts.bookings.retain(|booking| booking.on <= on);
        facts.claimed_on = facts.claimed_on.filter(|claimed| *claimed <= on);
        facts
    }
}

/// Amounts of few kinds too, so that reversals find their payments.
fn facts() -> impl Strategy<Value = Facts> {
    let booked = prop_oneof![Just(Money::from_cents(50_00)), amount(1200_00)];
    let booking_kind = prop_oneof![
        3 => Just(ClaimBookingKind::Payment),
        1 => Just(ClaimBookingKind::Reduction),
        2 => Just(ClaimBookingKind::Reversal),
    ];
    let booking =
        (day(), booked, booking_kind).prop_map(|(on, amount, kind)| ClaimBooking { on, amount, kind });
    let charge = (day(), amount(200_00)).prop_map(|(on, amount)| Charge {
        amount,
        on,
        principal: Money::ZERO,
        notice: None,
    });
    let all = (
        amount(1000_00),
        day(),
        proptest::option::of(kind()),
        proptest::option::of(day()),
        vec(charge, 0..3),
        vec(booking, 0..8),
    );
    all.prop_map(|(principal, due_date, interest, claimed_on, charges, bookings)| Facts {
        principal,
        due_date,
        interest,
        claimed_on,
        charges,
        bookings,
    })
}

proptest! {
    #[test]
    fn dividing_a_payment_loses_and_makes_nothing(paid in amount(2000_00), owed in owed()) {
        let parts = split(paid, owed);
        prop_assert_eq!(parts.allocated() + parts.over, paid);
        prop_assert!(!is_negative(&parts));
        prop_assert!(parts.costs <= owed.costs && parts.interest <= owed.interest && parts.principal <= owed.principal);
        prop_assert!(parts.over.is_zero() || parts.allocated() == owed.total());
    }

    #[test]
    fn sharing_a_payment_out_loses_and_makes_nothing(
        paid in amount(3000_00),
        claims in claims(),
        chosen in proptest::option::of(0_usize..7),
        on in 0_i8..5,
    ) {
        let chosen = chosen.map(|at| InvoiceId::parse(&format!("i{at}")).unwrap());
        let on = date(2026, 11, 1).checked_add(i64::from(on).days()).unwrap();
        let (shares, over) = share_out(paid, &claims, chosen.as_ref(), on);
        let allocated: Money = shares.iter().map(|(_, parts)| parts.allocated()).sum();
        prop_assert_eq!(allocated + over, paid);
        let owed: Money = claims.iter().map(|claim| claim.owed.total()).sum();
        prop_assert_eq!(over, (paid - owed).max(Money::ZERO));
        for (id, parts) in &shares {
            let claim = claims.iter().find(|claim| claim.id == *id).unwrap();
            prop_assert!(!is_negative(parts) && parts.over.is_zero());
            prop_assert!(parts.allocated().is_positive() && parts.allocated() <= claim.owed.total());
        }
        let mut turned = claims.clone();
        turned.reverse();
        prop_assert_eq!(share_out(paid, &turned, chosen.as_ref(), on), (shares, over));
    }

    #[test]
    fn costs_never_fall_when_the_principal_rises(one in 0_i64..1_200_000_00, other in 0_i64..1_200_000_00) {
        let costs = |cents| collection_costs(Money::from_cents(cents));
        prop_assert!(costs(one.min(other)) <= costs(one.max(other)));
    }

    #[test]
    fn costs_never_fall_from_one_cent_to_the_next(cents in 0_i64..1_200_000_00) {
        prop_assert!(collection_costs(Money::from_cents(cents)) <= collection_costs(Money::from_cents(cents + 1)));
    }

    // A change that changes nothing splits its period in two. Unless the year turns later, only that period can differ.
    #[test]
    fn a_period_that_is_split_differs_by_a_cent_at_most(
        kind in kind(),
        principal in amount(100_000_00),
        due in day(),
        days in 1_i64..365,
        at in 0_i64..365,
    ) {
        let through = due.checked_add(days.days()).unwrap().min(date(2026, 12, 31));
        let on = due.checked_add(at.days()).unwrap();
        let whole = interest(kind, due, principal, &[], through).unwrap();
        let nothing = Change { on, principal, interest_paid: Money::ZERO };
        let parts = interest(kind, due, principal, &[nothing], through).unwrap();
        prop_assert!(parts.len() <= whole.len() + 1);
        prop_assert!((total(&whole) - total(&parts)).abs() <= Money::from_cents(1));
    }

    #[test]
    fn periods_follow_each_other_without_gap_or_overlap(
        kind in kind(),
        principal in 1_i64..100_000_00,
        due in day(),
        through in day(),
    ) {
        let periods = interest(kind, due, Money::from_cents(principal), &[], through).unwrap();
        let mut next = due.tomorrow().unwrap();
        for period in &periods {
            prop_assert_eq!(period.from, next);
            prop_assert!(period.through >= period.from && !period.amount.is_negative());
            prop_assert_eq!(period.days, period.from.until(period.through).unwrap().get_days() + 1);
            next = period.through.tomorrow().unwrap();
        }
        prop_assert_eq!(next, through.max(due).tomorrow().unwrap());
    }

    #[test]
    fn a_specification_loses_and_makes_nothing(facts in facts(), on in day()) {
        let found = facts.specify(on);
        let open = found.principal + found.costs + found.interest;
        let asked = facts.principal + found.raised + found.charged + found.accrued;
        prop_assert_eq!(asked, open + found.paid.allocated() + found.reduced);
        let booked: Money = facts.through(on).bookings.iter().map(|booking| match booking.kind {
            ClaimBookingKind::Reversal => -booking.amount,
            ClaimBookingKind::Payment | ClaimBookingKind::Reduction => booking.amount,
        }).sum();
        prop_assert_eq!(facts.principal + found.charged + found.accrued - booked, open - found.over);
        prop_assert_eq!(found.accrued, total(&found.periods));
        let parts = [found.principal, found.costs, found.interest, found.reduced, found.raised, found.over];
        prop_assert!(parts.iter().all(|part| !part.is_negative()) && !is_negative(&found.paid), "{:#?}", found);
        // Nobody is asked for money while his own is kept, but for what a reduction left over.
        prop_assert!(found.paid.over.is_zero() || found.owed().total().is_zero(), "{:#?}", found);
        prop_assert!(found.over.is_zero() || found.principal.is_zero(), "{:#?}", found);
    }

    #[test]
    fn a_specification_knows_nothing_of_later_days(facts in facts(), on in day()) {
        prop_assert_eq!(facts.specify(on), facts.through(on).specify(on));
    }

    #[test]
    fn a_specification_does_not_depend_on_the_order_of_its_facts(facts in facts(), on in day()) {
        let mut days: Vec<Date> = facts.bookings.iter().map(|booking| booking.on).collect();
        days.sort_unstable();
        days.dedup();
        prop_assume!(days.len() == facts.bookings.len());
        let mut turned = facts.clone();
        turned.bookings.reverse();
        prop_assert_eq!(turned.specify(on), facts.specify(on));
    }

    #[test]
    fn lines_add_up_to_what_is_open(facts in facts(), on in day()) {
        let found = facts.specify(on);
        let moved = |part: fn(&domain::claim::Movement) -> Money| -> Money {
            found.lines.iter().map(|line| part(&line.moved)).sum()
        };
        prop_assert_eq!(facts.principal + moved(|m| m.principal), found.principal);
        prop_assert_eq!(moved(|m| m.costs), found.costs);
        prop_assert_eq!(moved(|m| m.interest) + found.accrued, found.interest);
        prop_assert_eq!(moved(|m| m.over), found.over);
    }
}
