//! Amounts of money: euros with two decimals, never binary floating point.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest amount, either sign, that one record may carry, in euros.
pub const LARGEST: Decimal = Decimal::from_parts(1_215_752_191, 23, 0, false, 2);

/// An amount in euros with exactly two decimals. May be negative: a balance can be.
///
/// What comes from outside is parsed with [`Money::parse_amount`], which also refuses negative amounts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(Decimal);

/// Why a text is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// It is no decimal number.
    #[error("is not a decimal number such as \"121.00\"")]
    NotANumber,
    /// More than two decimals.
    #[error("has more than two decimals")]
    TooPrecise,
    /// Below zero where that has no meaning.
    #[error("is negative; the kind of the record gives the sign")]
    Negative,
    /// Further from zero than EUR 999,999,999.99.
    #[error("is larger than 999999999.99")]
    TooLarge,
}

impl MoneyError {
    /// The stable code of this refusal on the HTTP surface.
    pub fn code(self) -> &'static str {
        match self {
            MoneyError::NotANumber => "not_a_number",
            MoneyError::TooPrecise => "too_many_decimals",
            MoneyError::Negative => "negative_amount",
            MoneyError::TooLarge => "amount_too_large",
        }
    }
}

impl Money {
    /// No euros.
    pub const ZERO: Money = Money(Decimal::from_parts(0, 0, 0, false, 2));

    /// Takes a decimal that has at most two decimals and lies within [`LARGEST`].
    pub fn new(value: Decimal) -> Result<Money, MoneyError> {
        let normal = value.normalize();
        if normal.scale() > 2 {
            return Err(MoneyError::TooPrecise);
        }
        if normal.abs() > LARGEST {
            return Err(MoneyError::TooLarge);
        }
        let mut exact = normal;
        exact.rescale(2);
        Ok(Money(exact))
    }

    /// Parses an amount of a record from outside: zero or more, at most two decimals.
    pub fn parse_amount(text: &str) -> Result<Money, MoneyError> {
        let money: Money = text.parse()?;
        if money.is_negative() { Err(MoneyError::Negative) } else { Ok(money) }
    }

    /// Whole cents, for tests and tables of constants.
    pub fn from_cents(cents: i64) -> Money {
        Money(Decimal::new(cents, 2))
    }

    /// Euros, with two decimals.
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Below zero.
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }

    /// Exactly zero.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Above zero.
    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// Without its sign.
    pub fn abs(self) -> Money {
        Money(self.0.abs())
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Money, MoneyError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty()
            && digits.len() <= 20
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
            && !digits.starts_with('.')
            && !digits.ends_with('.');
        if !plain {
            return Err(MoneyError::NotANumber);
        }
        Money::new(Decimal::from_str_exact(text).map_err(|_| MoneyError::NotANumber)?)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "€{self}")
    }
}

// Sums stay far inside Decimal's 96 bits: a debtor's records are bounded in number and LARGEST bounds each.
impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Money;

    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;

    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_two_decimals_and_are_not_negative() {
        let table = [
            ("121", Ok("121.00")),
            ("121.5", Ok("121.50")),
            ("121.500", Ok("121.50")),
            ("0.00", Ok("0.00")),
            ("999999999.99", Ok("999999999.99")),
            ("1000000000.00", Err(MoneyError::TooLarge)),
            ("0.001", Err(MoneyError::TooPrecise)),
            ("-0.01", Err(MoneyError::Negative)),
            ("1,50", Err(MoneyError::NotANumber)),
            ("1e3", Err(MoneyError::NotANumber)),
            ("1_000", Err(MoneyError::NotANumber)),
            (".5", Err(MoneyError::NotANumber)),
            ("", Err(MoneyError::NotANumber)),
        ];
        for (text, expected) in table {
            let got = Money::parse_amount(text).map(|m| m.to_string());
            assert_eq!(got, expected.map(str::to_owned), "{text}");
        }
    }
}
