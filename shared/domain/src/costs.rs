//! Statutory collection costs (BIK): Besluit vergoeding voor buitengerechtelijke incassokosten, Stb. 2012, 141, art. 2.
//!
//! The bands, the minimum and the maximum are in `collection-costs.csv`. What is absent: whether costs may be charged
//! at all (a consumer gets a [formal notice](crate::formal_notice) first), and the rule against stacking costs of
//! recurring terms.

use std::sync::LazyLock;

use rust_decimal::{Decimal, RoundingStrategy, dec};

use crate::Money;
use crate::table::{self, TableError};

const FILE: &str = include_str!("../data/collection-costs.csv");

#[allow(clippy::expect_used, reason = "the file is compiled in, and a test reads it")]
static TARIFF: LazyLock<Tariff> = LazyLock::new(|| parse(FILE).expect("collection-costs.csv can be read"));

/// What the decree sets, in euros and percent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tariff {
    /// Upper bound of each band of principal, ascending, with the percentage that holds within it.
    bands: Vec<(Decimal, Decimal)>,
    minimum: Decimal,
    maximum: Decimal,
}

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
    for (to, percent) in &TARIFF.bands {
        if principal > from {
            costs += (principal.min(*to) - from) * percent / dec!(100);
        }
        from = *to;
    }
    let cents = costs.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    // Between 40 and 6,775 with two decimals: always an amount of money.
    Money::new(cents.clamp(TARIFF.minimum, TARIFF.maximum)).unwrap_or(Money::ZERO)
}

fn parse(text: &str) -> Result<Tariff, TableError> {
    let mut bands: Vec<(Decimal, Decimal)> = Vec::new();
    let (mut minimum, mut maximum) = (None, None);
    for row in table::parse::<3>(text, "kind,up_to,value")?.rows {
        let number = |cell: &str| Decimal::from_str_exact(cell).map_err(|_| TableError::row(&row));
        match row {
            ["band", up_to, percent] => {
                let up_to = if up_to.is_empty() { Decimal::MAX } else { number(up_to)? };
                if bands.last().is_some_and(|(before, _)| *before >= up_to) {
                    return Err(TableError::row(&row));
                }
                bands.push((up_to, number(percent)?));
            }
            ["minimum", "", euros] if minimum.is_none() => minimum = Some(number(euros)?),
            ["maximum", "", euros] if maximum.is_none() => maximum = Some(number(euros)?),
            _ => return Err(TableError::row(&row)),
        }
    }
    if bands.last().is_none_or(|(up_to, _)| *up_to < Decimal::MAX) {
        return Err(TableError::Lacks("last band"));
    }
    let minimum = minimum.ok_or(TableError::Lacks("minimum"))?;
    let maximum =
        maximum.filter(|most| *most >= minimum).ok_or(TableError::Lacks("maximum above its minimum"))?;
    Ok(Tariff { bands, minimum, maximum })
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

    #[test]
    fn several_claims_demanded_at_once_are_one_principal() {
        let three = |each: i64| [each; 3].into_iter().map(Money::from_cents).sum();
        assert_eq!(collection_costs(three(100_00)), Money::from_cents(45_00));
        assert_eq!(collection_costs(three(1000_00)), Money::from_cents(425_00));
    }

    #[test]
    fn without_a_principal_there_are_no_costs() {
        for (cents, costs) in [(-1, 0), (0, 0), (1, 40_00)] {
            assert_eq!(collection_costs(Money::from_cents(cents)), Money::from_cents(costs), "{cents}");
        }
    }

    #[test]
    fn the_decrees_numbers_are_read_as_they_stand() {
        let tariff = parse(FILE).unwrap();
        let bands = [
            (dec!(2500), dec!(15)),
            (dec!(5000), dec!(10)),
            (dec!(10000), dec!(5)),
            (dec!(200000), dec!(1)),
            (Decimal::MAX, dec!(0.5)),
        ];
        assert_eq!(tariff, Tariff { bands: bands.to_vec(), minimum: dec!(40), maximum: dec!(6775) });
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let row = |text: &str| TableError::Row(text.into());
        let table = [
            ("band,5000,10\n", "band,2500,10\n", row("band,2500,10")), // bands ascend
            ("band,5000,10\n", "band,5000,ten\n", row("band,5000,ten")),
            ("band,5000,10\n", "bend,5000,10\n", row("bend,5000,10")),
            ("band,,0.5\n", "", TableError::Lacks("last band")),
            ("minimum,,40\n", "", TableError::Lacks("minimum")),
            ("minimum,,40\n", "minimum,,40\nminimum,,41\n", row("minimum,,41")),
            ("maximum,,6775\n", "maximum,,39\n", TableError::Lacks("maximum above its minimum")),
            ("kind,up_to", "kind,above", TableError::Columns("kind,up_to,value")),
        ];
        for (from, to, expected) in table {
            assert!(FILE.contains(from), "{from}");
            assert_eq!(parse(&FILE.replace(from, to)), Err(expected), "{to}");
        }
    }

    #[test]
    fn the_maximum_may_be_the_minimum() {
        assert!(parse(&FILE.replace("maximum,,6775", "maximum,,40")).is_ok());
    }
}
