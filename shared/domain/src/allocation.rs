//! Which claim a payment goes to, and what of it: articles 6:43 and 6:44 BW.
//!
//! Among claims: the debtor's choice, then what is due, then the most onerous, then the oldest, then in proportion.
//! Within one: costs, then the interest that has accrued, then the principal. Collection costs count as costs. What is absent:
//! whether costs or interest are claimed at all; what is not claimed is not in [`Owed`].

use std::cmp::Reverse;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::InvoiceId;

/// What is open on one claim, in euros. A part below zero counts as zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owed {
    /// Collection costs that are claimed, in euros.
    pub costs: Money,
    /// What has accrued up to and including the day of payment.
    pub interest: Money,
    /// What the invoice itself still asks, in euros.
    pub principal: Money,
}

/// How an amount was divided, in euros. Its four parts are the amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Split {
    /// What went to collection costs, in euros.
    pub costs: Money,
    /// What went to interest, in euros.
    pub interest: Money,
    /// What went to the principal, in euros.
    pub principal: Money,
    /// What was paid on top of all that was owed.
    pub over: Money,
}

/// One claim that a payment could go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimable {
    /// The invoice that the claim is about.
    pub id: InvoiceId,
    /// From this day on payment can be demanded; of two claims the one that is due first is the older.
    pub due_date: Date,
    /// The higher, the more onerous for the debtor: such as the percentage a year that it bears.
    pub onerous: Decimal,
    /// What is open on it, by kind.
    pub owed: Owed,
}

impl Owed {
    /// All of it, in euros.
    pub fn total(&self) -> Money {
        self.costs.max(Money::ZERO) + self.interest.max(Money::ZERO) + self.principal.max(Money::ZERO)
    }
}

impl Split {
    /// What went to the claim, in euros.
    pub fn allocated(&self) -> Money {
        self.costs + self.interest + self.principal
    }
}

/// Divides a payment of one claim (article 6:44(1) BW). An amount below zero pays nothing and is all over.
pub fn split(amount: Money, owed: Owed) -> Split {
    let mut left = amount;
    let mut pay = |mut part: Money| take(&mut part, &mut left);
    let (costs, interest, principal) = (pay(owed.costs), pay(owed.interest), pay(owed.principal));
    Split { costs, interest, principal, over: left }
}

/// Divides a payment of `on` among several claims (article 6:43 BW), and within each by [`split`]. Gives those that got
/// something, in the order in which they did, and what is left when all are paid.
///
/// `chosen` is the claim that the debtor named; it may be one that is not due yet. Claims that are equally due, onerous and
/// old share in proportion to what is open on them, to the cent: cents that do not divide go to the largest remainders, and of
/// those to the first id. Without a debtor's choice, what is not due yet comes after all that is.
pub fn share_out(
    amount: Money,
    claims: &[Claimable],
    chosen: Option<&InvoiceId>,
    on: Date,
) -> (Vec<(InvoiceId, Split)>, Money) {
    let rank = |claim: &Claimable| {
        let not_chosen = chosen != Some(&claim.id);
        (not_chosen, claim.due_date > on, Reverse(claim.onerous), claim.due_date)
    };
    let mut claims: Vec<&Claimable> =
        claims.iter().filter(|claim| claim.owed.total().is_positive()).collect();
    claims.sort_by_key(|claim| (rank(claim), claim.id.clone()));
    let mut left = amount.max(Money::ZERO);
    let mut shares = Vec::new();
    for equals in claims.chunk_by(|a, b| rank(a) == rank(b)) {
        let owed: Vec<Money> = equals.iter().map(|claim| claim.owed.total()).collect();
        for (claim, share) in equals.iter().zip(in_proportion(left, &owed)) {
            if share.is_positive() {
                left = left - share;
                shares.push((claim.id.clone(), split(share, claim.owed)));
            }
        }
    }
    // An amount below zero pays nothing, and is not lost either.
    (shares, left + amount.min(Money::ZERO))
}

/// Shares of an amount in proportion to `weights`, none larger than its weight: to the cent, by largest remainder.
/// All are zero or more.
fn in_proportion(amount: Money, weights: &[Money]) -> Vec<Money> {
    if amount >= weights.iter().copied().sum() { weights.to_vec() } else { pro_rata(amount, weights) }
}

/// Divides an amount in proportion to `weights`, zero or more each: to the cent, by largest remainder. Nothing where the
/// weights are all zero.
pub fn pro_rata(amount: Money, weights: &[Money]) -> Vec<Money> {
    let total: i128 = weights.iter().map(|weight| cents(*weight)).sum();
    let amount = cents(amount);
    if total == 0 {
        return vec![Money::ZERO; weights.len()];
    }
    let exact = |weight: &Money| amount * cents(*weight);
    let mut shares: Vec<i128> = weights.iter().map(|weight| exact(weight) / total).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|at| Reverse(weights.get(*at).map(exact).unwrap_or_default() % total));
    let spare = amount - shares.iter().sum::<i128>();
    for (at, _) in by_remainder.into_iter().zip(0..spare) {
        if let Some(share) = shares.get_mut(at) {
            *share += 1;
        }
    }
    // A share is no larger than what is owed, which is far below 64 bits of cents.
    shares.into_iter().map(|share| Money::from_cents(i64::try_from(share).unwrap_or(i64::MAX))).collect()
}

/// Takes as much from `from` as there is of what is `left` to take, and gives it.
pub(crate) fn take(from: &mut Money, left: &mut Money) -> Money {
    let taken = (*left).min(*from).max(Money::ZERO);
    *from = *from - taken;
    *left = *left - taken;
    taken
}

fn cents(money: Money) -> i128 {
    let mut euros = money.decimal();
    euros.rescale(2);
    euros.mantissa()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use rust_decimal::dec;

    fn euros(cents: i64) -> Money {
        Money::from_cents(cents)
    }

    fn owed(costs: i64, interest: i64, principal: i64) -> Owed {
        Owed { costs: euros(costs), interest: euros(interest), principal: euros(principal) }
    }

    #[test]
    fn a_payment_goes_to_costs_then_interest_then_principal() {
        let claim = owed(875_00, 600_00, 5000_00);
        // (paid, costs, interest, principal, over)
        let table = [
            (0, 0, 0, 0, 0),
            (500_00, 500_00, 0, 0, 0),
            (874_99, 874_99, 0, 0, 0),
            (875_00, 875_00, 0, 0, 0),
            (875_01, 875_00, 1, 0, 0),
            (1200_00, 875_00, 325_00, 0, 0),
            (1474_99, 875_00, 599_99, 0, 0),
            (1475_00, 875_00, 600_00, 0, 0),
            (1475_01, 875_00, 600_00, 1, 0),
            (2000_00, 875_00, 600_00, 525_00, 0),
            (6474_99, 875_00, 600_00, 4999_99, 0),
            (6475_00, 875_00, 600_00, 5000_00, 0),
            (6475_01, 875_00, 600_00, 5000_00, 1),
            (7000_00, 875_00, 600_00, 5000_00, 525_00),
            (-1, 0, 0, 0, -1),
        ];
        for (paid, costs, interest, principal, over) in table {
            let expected = Split {
                costs: euros(costs),
                interest: euros(interest),
                principal: euros(principal),
                over: euros(over),
            };
            assert_eq!(split(euros(paid), claim), expected, "{paid}");
        }
    }

    #[test]
    fn a_part_below_zero_takes_and_gives_nothing() {
        let paid = split(euros(10_00), owed(-5_00, 0, 8_00));
        let expected = Split { principal: euros(8_00), over: euros(2_00), ..Split::default() };
        assert_eq!(paid, expected);
        assert_eq!(owed(-5_00, 0, 8_00).total(), euros(8_00));
    }

    const ON: Date = date(2026, 11, 22);

    /// A claim of this id that was due on this day of November 2026, bears so many percent, and has so much principal open.
    fn claim(id: &str, due: i8, onerous: Decimal, cents: i64) -> Claimable {
        let id = InvoiceId::parse(id).unwrap();
        Claimable { id, due_date: date(2026, 11, due), onerous, owed: owed(0, 0, cents) }
    }

    fn shared(amount: i64, claims: &[Claimable], chosen: Option<&str>) -> (Vec<(String, i64)>, Money) {
        let chosen = chosen.map(|id| InvoiceId::parse(id).unwrap());
        let (shares, over) = share_out(euros(amount), claims, chosen.as_ref(), ON);
        let shares = shares.into_iter().map(|(id, split)| {
            assert_eq!(split.over, Money::ZERO, "{id}");
            (id.to_string(), i64::try_from(cents(split.allocated())).unwrap())
        });
        (shares.collect(), over)
    }

    #[test]
    fn a_payment_goes_to_claims_in_the_order_of_the_law() {
        let later = claim("later", 23, dec!(9), 10_00);
        let today = claim("today", 22, dec!(4), 10_00);
        let old = claim("old", 1, dec!(4), 10_00);
        let heavy = claim("heavy", 21, dec!(10.4), 10_00);
        let claims = [later, today, old, heavy];
        type Row<'a> = (i64, Option<&'a str>, &'a [(&'a str, i64)], i64);
        let table: [Row<'_>; 9] = [
            (0, None, &[], 0),
            (10_00, None, &[("heavy", 10_00)], 0), // most onerous before oldest
            (10_01, None, &[("heavy", 10_00), ("old", 1)], 0),
            (25_00, None, &[("heavy", 10_00), ("old", 10_00), ("today", 5_00)], 0),
            (35_00, None, &[("heavy", 10_00), ("old", 10_00), ("today", 10_00), ("later", 5_00)], 0),
            (40_01, None, &[("heavy", 10_00), ("old", 10_00), ("today", 10_00), ("later", 10_00)], 1),
            (12_00, Some("later"), &[("later", 10_00), ("heavy", 2_00)], 0), // the debtor's choice wins
            (12_00, Some("today"), &[("today", 10_00), ("heavy", 2_00)], 0),
            (12_00, Some("stranger"), &[("heavy", 10_00), ("old", 2_00)], 0),
        ];
        for (amount, chosen, expected, over) in table {
            let expected: Vec<(String, i64)> =
                expected.iter().map(|(id, c)| ((*id).to_owned(), *c)).collect();
            assert_eq!(shared(amount, &claims, chosen), (expected, euros(over)), "{amount} {chosen:?}");
        }
    }

    #[test]
    fn a_claim_is_due_from_its_due_date_on() {
        // Both bear the same; the lighter one is due for sure.
        for (due, first) in [(21, "heavy"), (22, "heavy"), (23, "light")] {
            let claims = [claim("light", 1, dec!(1), 10_00), claim("heavy", due, dec!(9), 10_00)];
            assert_eq!(shared(10_00, &claims, None).0, [(first.to_owned(), 10_00)], "due on {due}");
        }
    }

    #[test]
    fn equally_old_claims_share_in_proportion_to_the_cent() {
        type Row<'a> = (i64, &'a [i64], &'a [i64]);
        let table: [Row<'_>; 7] = [
            (10_00, &[10_00, 10_00, 10_00], &[3_34, 3_33, 3_33]), // the spare cent goes to the first id
            (20_00, &[10_00, 10_00, 10_00], &[6_67, 6_67, 6_66]),
            (30_00, &[10_00, 10_00, 10_00], &[10_00, 10_00, 10_00]),
            (1, &[1_00, 2_00], &[0, 1]), // largest remainder
            (1_00, &[1_00, 2_00], &[33, 67]),
            (2_99, &[1_00, 2_00], &[1_00, 1_99]), // 99.67 and 199.33
            (3_00, &[1_00, 2_00], &[1_00, 2_00]),
        ];
        for (amount, open, expected) in table {
            let claims: Vec<Claimable> =
                open.iter().zip(["a", "b", "c"]).map(|(cents, id)| claim(id, 1, dec!(4), *cents)).collect();
            let expected: Vec<(String, i64)> =
                expected.iter().zip(["a", "b", "c"]).map(|(c, id)| (id.to_owned(), *c)).collect();
            let expected: Vec<(String, i64)> = expected.into_iter().filter(|(_, cents)| *cents > 0).collect();
            assert_eq!(shared(amount, &claims, None).0, expected, "{amount} {open:?}");
            let reversed: Vec<Claimable> = claims.into_iter().rev().collect();
            assert_eq!(shared(amount, &reversed, None).0, expected, "{amount} {open:?}, the other way round");
        }
    }

    #[test]
    fn each_claim_divides_its_share_by_itself() {
        let mut first = claim("first", 1, dec!(4), 100_00);
        first.owed = owed(40_00, 1_00, 100_00);
        let mut second = claim("second", 2, dec!(4), 100_00);
        second.owed = owed(0, 2_00, 100_00);
        let (shares, over) = share_out(euros(150_00), &[second, first], None, ON);
        let of = |costs, interest, principal| Split {
            costs: euros(costs),
            interest: euros(interest),
            principal: euros(principal),
            over: Money::ZERO,
        };
        let splits: Vec<Split> = shares.iter().map(|(_, split)| *split).collect();
        assert_eq!(splits, [of(40_00, 1_00, 100_00), of(0, 2_00, 7_00)]);
        assert_eq!(over, Money::ZERO);
    }

    #[test]
    fn without_claims_all_is_over() {
        let paid_up = claim("paid", 1, dec!(4), 0);
        for amount in [0, 1, 10_00, -10_00] {
            assert_eq!(
                share_out(euros(amount), std::slice::from_ref(&paid_up), None, ON),
                (vec![], euros(amount))
            );
        }
    }
}
