//! Reading a package's JSON record by record: strictly where money, days and ids stand, leniently where people typed.

use domain::Money;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use super::{PackageError, Told};

/// What is wrong with one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) field: &'static str,
    pub(super) why: &'static str,
}

impl Fault {
    pub(super) fn new(field: &'static str, why: &'static str) -> Fault {
        Fault { field, why }
    }

    /// The record that has it, for a person to look at.
    pub(super) fn of(self, id: impl Into<String>) -> Told {
        Told::Unreadable { id: id.into(), field: self.field.to_owned(), why: self.why.to_owned() }
    }
}

/// One JSON object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a>(pub(super) &'a Value);

impl<'a> Node<'a> {
    /// A text or number, trimmed; `None` where there is none or it is empty.
    pub(super) fn text(self, field: &str) -> Option<String> {
        let text = match self.0.get(field)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }

    pub(super) fn needed(self, field: &'static str) -> Result<String, Fault> {
        self.text(field).ok_or(Fault::new(field, "missing"))
    }

    pub(super) fn flag(self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(super) fn number(self, field: &str) -> Option<i64> {
        self.text(field)?.parse().ok()
    }

    pub(super) fn child(self, field: &str) -> Option<Node<'a>> {
        self.0.get(field).filter(|value| value.is_object()).map(Node)
    }

    pub(super) fn list(self, field: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.0.get(field).and_then(Value::as_array).into_iter().flatten().map(Node)
    }

    /// An amount in euros, of either sign.
    pub(super) fn amount(self, field: &'static str) -> Result<Money, Fault> {
        amount(field, &self.needed(field)?)
    }

    /// A civil day; a time behind it is left off.
    pub(super) fn date(self, field: &'static str) -> Result<Date, Fault> {
        let text = self.needed(field)?;
        day(field, text.get(..10).unwrap_or(&text))
    }

    pub(super) fn instant(self, field: &'static str) -> Result<Timestamp, Fault> {
        self.needed(field)?.parse().map_err(|_| Fault::new(field, "not_an_instant"))
    }
}

/// The list that an answer is.
pub(super) fn list<'a>(value: &'a Value, place: &str) -> Result<&'a [Value], PackageError> {
    match value.as_array() {
        Some(list) => Ok(list),
        None => Err(PackageError::Malformed(format!("{place}: not a list"))),
    }
}

/// An amount in euros, of either sign. What binary floating point leaves behind the cents is rounded off; anything more
/// than that is not an amount.
pub(super) fn amount(field: &'static str, text: &str) -> Result<Money, Fault> {
    let parsed = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text));
    let value = parsed.map_err(|_| Fault::new(field, "not_an_amount"))?;
    let cents = value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    if (value - cents).abs() > Decimal::new(1, 6) {
        return Err(Fault::new(field, "more_than_two_decimals"));
    }
    Money::new(cents).map_err(|_| Fault::new(field, "not_an_amount"))
}

/// A day as `YYYY-MM-DD`.
pub(super) fn day(field: &'static str, text: &str) -> Result<Date, Fault> {
    let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
    date.filter(|date| (1900..2200).contains(&date.year())).ok_or(Fault::new(field, "not_a_date"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_read_strictly_whatever_they_are_written_in() {
        let not = |why| Err(Fault::new("total", why));
        let table = [
            (json!("121.0"), Ok("121.00")),
            (json!("-121.00"), Ok("-121.00")),
            (json!(121), Ok("121.00")),
            (json!(121.1), Ok("121.10")),
            (json!(0.1 + 0.2), Ok("0.30")),
            (json!(1e3), Ok("1000.00")),
            (json!("1.005"), not("more_than_two_decimals")),
            (json!("1.234,56"), not("not_an_amount")),
            (json!("EUR 1"), not("not_an_amount")),
            (json!(""), not("missing")),
            (json!(null), not("missing")),
            (json!(true), not("missing")),
        ];
        for (value, expected) in table {
            let record = json!({"total": value});
            assert_eq!(
                Node(&record).amount("total").map(|m| m.to_string()),
                expected.map(str::to_owned),
                "{value}"
            );
        }
    }

    #[test]
    fn days_are_read_strictly() {
        let not = Err(Fault::new("on", "not_a_date"));
        let table = [
            ("2026-11-25", Ok("2026-11-25")),
            ("2026-11-25T00:00:00", Ok("2026-11-25")),
            ("2026-02-29", not),
            ("25-11-2026", not),
            ("1899-12-31", not),
            ("2026-1-1", not),
        ];
        for (text, expected) in table {
            let record = json!({"on": text});
            assert_eq!(
                Node(&record).date("on").map(|d| d.to_string()),
                expected.map(str::to_owned),
                "{text}"
            );
        }
    }
}
