//! Reading JSON and query strings into types, with what is wrong told by place, rule and words.
//!
//! The words never repeat a value of the caller: it may be personal data.

use contracts::failure::UNKNOWN_FIELD;
use domain::Violation;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Longest path that an answer repeats, in characters: its end is the caller's own text.
const LONGEST_PATH: usize = 200;

/// How the messages of our own types begin: the field is their subject. They quote examples, never the value.
const OWN_WORDS: [&str; 4] = ["is ", "has ", "may ", "must "];

/// Reads a whole text as JSON.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, Violation> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(violation_in_json)?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

/// Reads JSON that was parsed already.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Violation> {
    serde_path_to_error::deserialize(value).map_err(violation_in_json)
}

/// Reads a query string (`application/x-www-form-urlencoded`).
pub fn from_query<T: DeserializeOwned>(query: &str) -> Result<T, Violation> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
        .map_err(|error| violation(&error.path().to_string(), &error.inner().to_string()))
}

fn violation_in_json(error: serde_path_to_error::Error<serde_json::Error>) -> Violation {
    let (path, error) = (error.path().to_string(), error.into_inner());
    if error.is_syntax() || error.is_eof() || error.is_io() {
        return not_json(&error);
    }
    let words = error.to_string();
    // serde_json adds the place in the text to every message of a type.
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    violation(&path, words)
}

fn not_json(error: &serde_json::Error) -> Violation {
    let detail = format!("is not one JSON text: line {}, column {}", error.line(), error.column());
    Violation::new("", "not_json", detail)
}

/// Takes serde's message apart. Its forms are those of the constructors of [`serde::de::Error`].
fn violation(path: &str, words: &str) -> Violation {
    let path = if path == "." { "" } else { path };
    if let Some(field) = between(words, "missing field `", "`") {
        return Violation::new(member(path, field), "missing_field", "has to be there");
    }
    if let Some(field) = between(words, "duplicate field `", "`") {
        return Violation::new(member(path, field), "duplicate_field", "is there twice");
    }
    if words.starts_with("unknown field `") {
        return Violation::new(shortened(path), UNKNOWN_FIELD, "is not a field here");
    }
    let (code, detail) = match (serde_form(words), words.rsplit_once(", expected ")) {
        (Some(code), Some((_, expected))) => (code, format!("expected {expected}")),
        _ if OWN_WORDS.iter().any(|start| words.starts_with(start)) => ("wrong_form", words.to_owned()),
        // Of others: date libraries quote what they could not read.
        _ => ("wrong_form", "has the wrong form".to_owned()),
    };
    Violation::new(shortened(path), code, detail)
}

/// The code of a message that serde itself made, all of which end in what was expected.
fn serde_form(words: &str) -> Option<&'static str> {
    let forms = [
        ("unknown variant `", "unknown_value"),
        ("invalid type: ", "wrong_type"),
        ("invalid value: ", "wrong_form"),
        ("invalid length ", "wrong_form"),
    ];
    forms.into_iter().find(|(start, _)| words.starts_with(start)).map(|(_, code)| code)
}

fn between<'a>(words: &'a str, before: &str, after: &str) -> Option<&'a str> {
    words.strip_prefix(before)?.split_once(after).map(|(field, _)| field)
}

fn member(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

fn shortened(path: &str) -> String {
    path.chars().take(LONGEST_PATH).collect()
}

#[cfg(test)]
mod tests {
    use domain::ids::DebtorId;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    #[allow(dead_code, reason = "only read from JSON")]
    struct Letter {
        debtor_id: DebtorId,
        kind: Kind,
        lines: Vec<Line>,
        sent_on: Option<jiff::civil::Date>,
        fee: Option<domain::Money>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Reminder,
        Summons,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only read from JSON")]
    struct Line {
        count: u8,
    }

    #[test]
    fn what_is_wrong_is_told_by_place_rule_and_words_without_the_value() {
        let table = [
            (
                r#"{"debtorId":"d","kind":"reminder","lines":[],"bsn":"123"}"#,
                "bsn",
                "unknown_field",
                "is not a field here",
            ),
            (
                r#"{"lines":[{"count":1},{"jan":"x"}]}"#,
                "lines[1].jan",
                "unknown_field",
                "is not a field here",
            ),
            (r#"{"lines":[{"count":1},{}]}"#, "lines[1].count", "missing_field", "has to be there"),
            (r#"{"kind":"reminder","lines":[]}"#, "debtorId", "missing_field", "has to be there"),
            (r#"{"debtorId":"d","debtorId":"e"}"#, "debtorId", "duplicate_field", "is there twice"),
            (r#"{"lines":[{"count":"jan, expected x"}]}"#, "lines[0].count", "wrong_type", "expected u8"),
            (r#"{"lines":[{"count":300}]}"#, "lines[0].count", "wrong_form", "expected u8"),
            (r#"{"kind":"jan"}"#, "kind", "unknown_value", "expected `reminder` or `summons`"),
            (
                r#"{"debtorId":"Jan Jansen"}"#,
                "debtorId",
                "wrong_form",
                "is not an id: 1 to 64 letters, digits, '-', '_' or '.'",
            ),
            (r#"{"sentOn":"jan"}"#, "sentOn", "wrong_form", "has the wrong form"),
            (r#"{"sentOn":"1985-02-30"}"#, "sentOn", "wrong_form", "has the wrong form"),
            (r#"{"fee":"12,30"}"#, "fee", "wrong_form", "is not a decimal number such as \"121.00\""),
            (r#"[]"#, "", "wrong_form", "expected struct Letter with 5 elements"),
            (r#""jan""#, "", "wrong_type", "expected struct Letter"),
            (r#"{"kind":"#, "", "not_json", "is not one JSON text: line 1, column 8"),
            (
                r#"{"debtorId":"d","kind":"reminder","lines":[]} {}"#,
                "",
                "not_json",
                "is not one JSON text: line 1, column 47",
            ),
            ("", "", "not_json", "is not one JSON text: line 1, column 0"),
        ];
        for (json, path, code, detail) in table {
            let violation = from_slice::<Letter>(json.as_bytes()).unwrap_err();
            assert_eq!(
                (violation.path.as_str(), violation.code, violation.detail.as_str()),
                (path, code, detail),
                "{json}"
            );
            if code != "not_json" && code != "duplicate_field" {
                let value = serde_json::from_str::<Value>(json).unwrap();
                assert_eq!(from_value::<Letter>(&value).unwrap_err(), violation, "{json}");
            }
        }
    }

    #[test]
    fn a_path_is_never_longer_than_its_bound() {
        let json = format!(r#"{{"{}":1}}"#, "x".repeat(10_000));
        assert_eq!(from_slice::<Letter>(json.as_bytes()).unwrap_err().path.len(), LONGEST_PATH);
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Page {
        limit: Option<u8>,
    }

    #[test]
    fn a_query_is_read_and_refused_the_same_way() {
        assert_eq!(from_query("limit=20"), Ok(Page { limit: Some(20) }));
        assert_eq!(from_query(""), Ok(Page { limit: None }));
        let table = [
            ("limit=many", "limit", "wrong_form", "has the wrong form"),
            ("limit=300", "limit", "wrong_form", "has the wrong form"),
            ("limt=3", "limt", "unknown_field", "is not a field here"),
            ("limit=1&limit=2", "limit", "duplicate_field", "is there twice"),
        ];
        for (query, path, code, detail) in table {
            let violation = from_query::<Page>(query).unwrap_err();
            assert_eq!(
                (violation.path.as_str(), violation.code, violation.detail.as_str()),
                (path, code, detail),
                "{query}"
            );
        }
    }
}
