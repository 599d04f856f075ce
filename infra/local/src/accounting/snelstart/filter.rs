//! The part of OData's `$filter` that is used: one comparison of one property, whose name begins with a capital.

use domain::Money;
use serde_json::Value;

use crate::accounting::books::money;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    property: String,
    comparison: Comparison,
    value: Literal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    After,
    AtOrAfter,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Literal {
    Text(String),
    Amount(Money),
}

impl Filter {
    pub fn parse(text: &str) -> Result<Filter, &'static str> {
        let mut words = text.splitn(3, ' ');
        let (Some(property), Some(comparison), Some(value)) = (words.next(), words.next(), words.next())
        else {
            return Err("Het filter is onleesbaar.");
        };
        if !property.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Err("De eigenschap bestaat niet.");
        }
        let comparison = match comparison {
            "eq" => Comparison::Equal,
            "ne" => Comparison::NotEqual,
            "gt" => Comparison::After,
            "ge" => Comparison::AtOrAfter,
            _ => return Err("De vergelijking bestaat niet."),
        };
        let quoted = value.strip_prefix("datetime").unwrap_or(value);
        let value = match quoted.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')) {
            Some(text) => Literal::Text(text.to_owned()),
            None => Literal::Amount(value.parse().map_err(|_| "De waarde is onleesbaar.")?),
        };
        let (first, rest) = property.split_at(1);
        Ok(Filter { property: format!("{}{rest}", first.to_ascii_lowercase()), comparison, value })
    }

    pub fn takes(&self, record: &Value) -> bool {
        let field = &record[self.property.as_str()];
        match &self.value {
            // Instants are of one width, so their order is that of their texts.
            Literal::Text(text) => field.as_str().is_some_and(|known| match self.comparison {
                Comparison::Equal => known == text,
                Comparison::NotEqual => known != text,
                Comparison::After => known > text.as_str(),
                Comparison::AtOrAfter => known >= text.as_str(),
            }),
            Literal::Amount(amount) => money(field).is_some_and(|known| match self.comparison {
                Comparison::Equal => known == *amount,
                Comparison::NotEqual => known != *amount,
                Comparison::After => known > *amount,
                Comparison::AtOrAfter => known >= *amount,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_compare_one_property() {
        let record =
            json!({ "modifiedOn": "2026-11-25T10:00:00.000", "openstaandSaldo": 12.5, "boekstuk": "a" });
        let table = [
            ("ModifiedOn gt datetime'2026-11-25T10:00:00.000'", Ok(false)),
            ("ModifiedOn ge datetime'2026-11-25T10:00:00.000'", Ok(true)),
            ("ModifiedOn ge datetime'2026-11-25T10:00:00.001'", Ok(false)),
            ("OpenstaandSaldo ne 0", Ok(true)),
            ("OpenstaandSaldo eq 12.50", Ok(true)),
            ("Boekstuk eq 'a'", Ok(true)),
            ("Boekstuk eq 'b'", Ok(false)),
            ("modifiedOn gt datetime'2026-11-25T10:00:00.000'", Err("De eigenschap bestaat niet.")),
            ("ModifiedOn after 1", Err("De vergelijking bestaat niet.")),
            ("ModifiedOn", Err("Het filter is onleesbaar.")),
        ];
        for (text, expected) in table {
            assert_eq!(Filter::parse(text).map(|filter| filter.takes(&record)), expected, "{text}");
        }
    }
}
