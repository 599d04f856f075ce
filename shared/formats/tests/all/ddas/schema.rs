//! As much of JSON Schema (2020-12) as the exchange model uses; a keyword that is not understood fails the test.
//!
//! A library for all of it turned on features of serde_json and of the HTTP stack for the whole workspace: what a test
//! needs would have changed what is deployed.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

/// Keywords that demand nothing.
const SAY_NOTHING: [&str; 6] = ["$schema", "$id", "$comment", "$defs", "title", "description"];

/// Everything in `value` that the schema does not allow: where, and the keyword.
pub fn faults(root: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look(root, root, value, "", &mut found);
    found
}

fn is_valid(root: &Value, schema: &Value, value: &Value) -> bool {
    let mut found = Vec::new();
    look(root, schema, value, "", &mut found);
    found.is_empty()
}

fn look(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
        if SAY_NOTHING.contains(&keyword.as_str()) {
            continue;
        }
        let holds = match keyword.as_str() {
            "$ref" => {
                let pointer =
                    wanted.as_str().and_then(|text| text.strip_prefix('#')).expect("of this document");
                look(root, root.pointer(pointer).expect("a definition"), value, at, found);
                true
            }
            "properties" => {
                for (name, schema) in wanted.as_object().expect("properties") {
                    if let Some(value) = value.get(name) {
                        look(root, schema, value, &format!("{at}/{name}"), found);
                    }
                }
                true
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    look(root, wanted, item, &format!("{at}/{number}"), found);
                }
                true
            }
            "type" => is_of(wanted.as_str().expect("one type"), value),
            "required" => value.as_object().is_none_or(|object| {
                wanted
                    .as_array()
                    .expect("names")
                    .iter()
                    .all(|name| object.contains_key(name.as_str().expect("a name")))
            }),
            "additionalProperties" => {
                assert_eq!(*wanted, false);
                let known = |name: &String| schema["properties"].get(name).is_some();
                value.as_object().is_none_or(|object| object.keys().all(known))
            }
            "enum" => wanted.as_array().expect("a list").contains(value),
            "minItems" => {
                value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().expect("a count"))
            }
            "uniqueItems" => value.as_array().is_none_or(|items| {
                items.iter().enumerate().all(|(number, item)| !items[..number].contains(item))
            }),
            "minLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 >= wanted.as_u64().expect("a length")),
            "maxLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 <= wanted.as_u64().expect("a length")),
            "format" => {
                value.as_str().is_none_or(|text| is_written(wanted.as_str().expect("a format"), text))
            }
            "oneOf" => {
                let schemas = wanted.as_array().expect("schemas").iter();
                schemas.filter(|schema| is_valid(root, schema, value)).count() == 1
            }
            "not" => !is_valid(root, wanted, value),
            other => panic!("{other} is not understood"),
        };
        if !holds {
            found.push(format!("{keyword} at {at}"));
        }
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("the type {other} is not understood"),
    }
}

fn is_written(format: &str, text: &str) -> bool {
    match format {
        "date" => text.len() == 10 && text.parse::<Date>().is_ok(),
        "date-time" => text.parse::<Timestamp>().is_ok(),
        "email" => text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')),
        "time" => text.parse::<jiff::civil::Time>().is_ok(),
        other => panic!("the format {other} is not understood"),
    }
}
