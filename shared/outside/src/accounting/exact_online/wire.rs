//! OData as Exact Online speaks it.

use domain::Money;
use domain::calendar;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Number, Value};

use crate::accounting::PackageError;
use crate::accounting::node::{Fault, Node};
use crate::http::BaseUrl;

/// The records of one answer, and where it goes on.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) records: Vec<Value>,
    next: Option<String>,
}

impl Listed {
    /// `{"d": {"results": [...], "__next": "..."}}`, `{"d": [...]}` or `{"d": {...}}`, as the end point pleases.
    pub(super) fn read(bytes: &[u8], place: &str) -> Result<Listed, PackageError> {
        let malformed = |what: &str| PackageError::Malformed(format!("{place}: {what}"));
        let read: Value = serde_json::from_slice(bytes).map_err(|_| malformed("not JSON"))?;
        let Value::Object(mut body) = read else { return Err(malformed("d")) };
        match body.remove("d") {
            Some(Value::Array(records)) => Ok(Listed { records, next: None }),
            Some(Value::Object(mut d)) => match d.remove("results") {
                Some(Value::Array(records)) => {
                    let next = d.get("__next").and_then(Value::as_str).map(str::to_owned);
                    Ok(Listed { records, next })
                }
                Some(_) => Err(malformed("results")),
                None => Ok(Listed { records: vec![Value::Object(d)], next: None }),
            },
            Some(Value::Null) => Ok(Listed { records: Vec::new(), next: None }),
            Some(_) | None => Err(malformed("d")),
        }
    }

    /// The query of the next page. Only an address of the same package is followed: a token goes along.
    pub(super) fn next_query(&self, base: &BaseUrl) -> Result<Option<String>, PackageError> {
        let Some(next) = &self.next else { return Ok(None) };
        let query = base.query_of(next).ok_or(PackageError::Malformed("__next: elsewhere".to_owned()))?;
        serde_json::to_string(&query).map(Some).map_err(|_| PackageError::Malformed("__next".to_owned()))
    }
}

/// A text that is a GUID.
pub(super) fn guid(text: &str) -> Option<&str> {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    let hexadecimal = text.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
    (hexadecimal && parts == [8, 4, 4, 4, 12]).then_some(text)
}

/// These keys, in a filter.
pub(super) fn key_filter(field: &str, ids: &[String]) -> Result<String, PackageError> {
    let mut parts = Vec::with_capacity(ids.len());
    for id in ids {
        let id = guid(id).ok_or(PackageError::Refused("not_a_guid".to_owned()))?;
        parts.push(format!("{field} eq guid'{id}'"));
    }
    Ok(parts.join(" or "))
}

/// An amount as a JSON number.
pub(super) fn number(amount: Money) -> Value {
    amount.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}

/// The time as it stands there: `/Date(1764028800000)/`, or written out.
fn time(node: Node<'_>, field: &'static str) -> Result<DateTime, Fault> {
    let text = node.needed(field)?;
    let not = Fault::new(field, "not_a_date");
    let millis = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/"));
    let time = match millis {
        Some(millis) => {
            let millis = millis.parse::<i64>().map_err(|_| not)?;
            let instant = Timestamp::from_millisecond(millis).map_err(|_| not)?;
            instant.to_zoned(jiff::tz::TimeZone::UTC).datetime()
        }
        None => text.parse::<DateTime>().map_err(|_| not)?,
    };
    if (1900..2200).contains(&time.year()) { Ok(time) } else { Err(not) }
}

/// A civil day: midnight, without a zone.
pub(super) fn day(node: Node<'_>, field: &'static str) -> Result<Date, Fault> {
    Ok(time(node, field)?.date())
}

/// An instant. The package does not say of which zone its times are: read as of Amsterdam they are at worst an hour or
/// two too early, so that a payment which came in here meanwhile still counts.
pub(super) fn instant(node: Node<'_>, field: &'static str) -> Result<Timestamp, Fault> {
    let time = time(node, field)?;
    Ok(calendar::instant(time.date(), time.time()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_come_in_three_forms_and_anything_else_is_named() {
        let table = [
            (json!({"d": {"results": [1, 2], "__next": "x"}}), Ok(2)),
            (json!({"d": [1]}), Ok(1)),
            (json!({"d": {"CurrentDivision": 1}}), Ok(1)),
            (json!({"d": null}), Ok(0)),
            (json!({"d": {"results": 1}}), Err("Accounts: results")),
            (json!({"e": []}), Err("Accounts: d")),
            (json!([]), Err("Accounts: d")),
        ];
        for (body, expected) in table {
            let seen = Listed::read(body.to_string().as_bytes(), "Accounts").map(|l| l.records.len());
            assert_eq!(seen, expected.map_err(|what| PackageError::Malformed(what.to_owned())), "{body}");
        }
    }

    #[test]
    fn a_next_page_elsewhere_is_not_followed() {
        let base = BaseUrl::parse("https://start.exactonline.nl").unwrap();
        let next =
            |address: &str| Listed { records: Vec::new(), next: Some(address.to_owned()) }.next_query(&base);
        let good = "https://start.exactonline.nl/api/v1/1/cashflow/Receivables?$filter=a%20eq%20b&$skiptoken=guid'1'";
        let query = next(good).unwrap().unwrap();
        assert_eq!(query, r#"[["$filter","a eq b"],["$skiptoken","guid'1'"]]"#);
        for elsewhere in
            ["https://evil.example/api/v1/1?x=y", "http://start.exactonline.nl/api?x=y", "/relative?x=y", ""]
        {
            assert!(matches!(next(elsewhere), Err(PackageError::Malformed(_))), "{elsewhere}");
        }
    }

    #[test]
    fn days_and_times_are_read_in_both_forms() {
        let record = json!({"a": "/Date(1764028800000)/", "b": "2026-07-01T12:30:00", "c": "/Date(x)/", "d": "/Date(-9999999999999)/"});
        let node = Node(&record);
        assert_eq!(day(node, "a").unwrap().to_string(), "2025-11-25");
        assert_eq!(instant(node, "b").unwrap().to_string(), "2026-07-01T10:30:00Z");
        for bad in ["c", "d"] {
            assert_eq!(day(node, bad), Err(Fault::new(bad, "not_a_date")));
        }
    }

    #[test]
    fn only_guids_get_into_a_filter() {
        let id = "4f1c2d3e-0000-4000-8000-00000000000a".to_owned();
        let filter = key_filter("ID", &[id.clone(), id.clone()]).unwrap();
        assert_eq!(filter, format!("ID eq guid'{id}' or ID eq guid'{id}'"));
        for bad in ["", "1", "4f1c2d3e-0000-4000-8000-00000000000g", "x' or 1 eq 1 or '"] {
            assert!(key_filter("ID", &[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
