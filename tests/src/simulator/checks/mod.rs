//! What is checked, where it happens. No check asks the rule that it checks.

mod costs;
mod desk;
mod end;
mod letter;
mod mail;
mod signal;
mod ways;

use super::scene::Cents;

/// Collection costs as the decree has them (Stb. 2012, 141, article 2): whole cents, half up.
pub fn collection_costs(principal: Cents) -> Cents {
    // Width of each band in cents, and its rate in tenths of a percent.
    const BANDS: [(Cents, Cents); 4] = [(2_500_00, 150), (2_500_00, 100), (5_000_00, 50), (190_000_00, 10)];
    let (mut left, mut thousandths) = (principal, 0);
    for (width, rate) in BANDS {
        let part = left.min(width);
        thousandths += part * rate;
        left -= part;
    }
    thousandths += left * 5;
    if principal <= 0 { 0 } else { ((thousandths + 500) / 1_000).clamp(40_00, 6_775_00) }
}

/// An amount as the mails write it.
pub fn written(amount: Cents, english: bool) -> String {
    let (euros, cents) = ((amount / 100).to_string(), amount % 100);
    let separator = if english { "," } else { "." };
    let mut grouped = String::new();
    for (place, digit) in euros.chars().enumerate() {
        if place > 0 && (euros.len() - place).is_multiple_of(3) {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    if english { format!("€{grouped}.{cents:02}") } else { format!("€ {grouped},{cents:02}") }
}

/// An amount as the API writes it.
pub fn decimal(amount: Cents) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", amount.abs() / 100, amount.abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_those_of_the_decree() {
        // The vectors of the law's explanation, in cents.
        let table = [
            (0, 0),
            (100_00, 40_00),
            (300_00, 45_00),
            (1_000_50, 150_08),
            (2_500_00, 375_00),
            (5_000_00, 625_00),
            (10_000_00, 875_00),
            (999_998_00, 6_774_99),
            (2_000_000_00, 6_775_00),
        ];
        for (principal, costs) in table {
            assert_eq!(collection_costs(principal), costs, "{principal}");
        }
        assert_eq!(
            (written(1_234_56, false), written(1_234_56, true)),
            ("€ 1.234,56".into(), "€1,234.56".into())
        );
        assert_eq!((decimal(-5), decimal(121_00)), ("-0.05".into(), "121.00".into()));
    }
}
