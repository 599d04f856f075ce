//! The part of OData's `$filter` that is used: comparisons of one property with a literal, any of which may hold.

use domain::calendar;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter(Vec<Comparison>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Comparison {
    property: String,
    value: Literal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Literal {
    Is(Value),
    Above(i64),
}

/// `datetime'2026-11-25T10:00:00'`: the vendor's times are those of Amsterdam.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.strip_prefix("datetime'")?.strip_suffix('\'')?;
    let time: DateTime = text.parse().ok()?;
    Some(calendar::instant(time.date(), time.time()))
}

impl Filter {
    pub fn parse(text: &str) -> Result<Filter, &'static str> {
        text.split(" or ").map(Comparison::parse).collect::<Result<_, _>>().map(Filter)
    }

    pub fn takes(&self, record: &Value) -> bool {
        self.0.iter().any(|comparison| comparison.holds(record))
    }
}

impl Comparison {
    fn parse(text: &str) -> Result<Comparison, &'static str> {
        let mut words = text.splitn(3, ' ');
        let (Some(property), Some(operator), Some(value)) = (words.next(), words.next(), words.next()) else {
            return Err("Syntax error in the filter.");
        };
        let value = match operator {
            "eq" => Literal::Is(literal(value).ok_or("Unknown literal.")?),
            "gt" => {
                let number = value.strip_suffix('L').and_then(|digits| digits.parse().ok());
                Literal::Above(number.ok_or("Int64 expected.")?)
            }
            _ => return Err("Unknown operator."),
        };
        Ok(Comparison { property: property.to_owned(), value })
    }

    fn holds(&self, record: &Value) -> bool {
        let known = &record[self.property.as_str()];
        match &self.value {
            Literal::Is(value) => known == value,
            Literal::Above(number) => {
                known.as_str().and_then(|text| text.parse::<i64>().ok()).is_some_and(|known| known > *number)
            }
        }
    }
}

fn literal(text: &str) -> Option<Value> {
    let quoted = |text: &str| Some(text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"));
    match text {
        "true" | "false" => Some(Value::Bool(text == "true")),
        _ if text.starts_with("guid'") => quoted(text.strip_prefix("guid")?).map(Value::String),
        _ if text.starts_with('\'') => quoted(text).map(Value::String),
        _ => text.parse::<i64>().ok().map(Value::from),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_take_what_they_name() {
        let record =
            json!({ "Timestamp": "30", "ID": "0a", "IsFullyPaid": false, "Type": 12, "Description": "d'Or" });
        let table = [
            ("Timestamp gt 29L", Ok(true)),
            ("Timestamp gt 30L", Ok(false)),
            ("ID eq guid'0b' or ID eq guid'0a'", Ok(true)),
            ("ID eq guid'0b'", Ok(false)),
            ("IsFullyPaid eq false", Ok(true)),
            ("Type eq 12", Ok(true)),
            ("Description eq 'd''Or'", Ok(true)),
            ("Timestamp gt 29", Err("Int64 expected.")),
            ("Timestamp lt 29L", Err("Unknown operator.")),
            ("ID eq 0a", Err("Unknown literal.")),
            ("ID", Err("Syntax error in the filter.")),
        ];
        for (text, expected) in table {
            assert_eq!(Filter::parse(text).map(|filter| filter.takes(&record)), expected, "{text}");
        }
    }
}
