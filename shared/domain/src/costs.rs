//! Statutory collection costs (BIK): Besluit vergoeding voor buitengerechtelijke incassokosten, Stb. 2012, 141, art. 2.

use rust_decimal::{Decimal, RoundingStrategy, dec};

use crate::Money;

/// Upper bound of each band of principal in euros, with the percentage that holds within it.
const BANDS: [(Decimal, Decimal); 5] = [
    (dec!(2500), dec!(15)),
    (dec!(5000), dec!(10)),
    (dec!(10000), dec!(5)),
    (dec!(200000), dec!(1)),
    (Decimal::MAX, dec!(0.5)),
];
const MINIMUM: Decimal = dec!(40);
const MAXIMUM: Decimal = dec!(6775);

/// The most that may be charged for collecting this principal out of court, in euros, rounded half up to cents.
///
/// The principal excludes interest; of several claims demanded at once it is their sum (art. 2(2) BIK by
/// article 6:96(5) BW). No VAT is added. There are no costs where there is no principal.
pub fn collection_costs(principal: Money) -> Money {
    if !principal.is_positive() {
        return Money::ZERO;
    }
    let principal = principal.decimal();
    let mut from = Decimal::ZERO;
    let mut costs = Decimal::ZERO;
    for (to, percent) in BANDS {
        if principal > from {
            costs += (principal.min(to) - from) * percent / dec!(100);
        }
        from = to;
    }
    let cents = costs.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    // Between 40 and 6,775 with two decimals: always an amount of money.
    Money::new(cents.clamp(MINIMUM, MAXIMUM)).unwrap_or(Money::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_follow_the_published_vectors() {
        let vectors = include_str!("../data/bik-vectors.csv");
        let mut seen = 0;
        for line in vectors.lines().skip(1).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let (principal, costs) = line.split_once(',').unwrap();
            let principal = Money::new(principal.parse().unwrap()).unwrap();
            assert_eq!(collection_costs(principal), Money::new(costs.parse().unwrap()).unwrap(), "{line}");
            seen += 1;
        }
        assert!(seen >= 30, "only {seen} vectors");
    }
}
