//! Reading a body as a stranger would: field by field, naming everything that is wrong.

use domain::debtor::Address;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub field: String,
    pub code: String,
}

impl Fault {
    pub(super) fn new(field: &str, code: &str) -> Fault {
        Fault { field: field.to_owned(), code: code.to_owned() }
    }
}

/// What the overview shows of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) kind: String,
    pub(super) amount: String,
    pub(super) municipality: String,
}

/// A body and what was found wrong with it.
pub(super) struct Check<'a> {
    body: &'a Value,
    faults: Vec<Fault>,
}

const MISSING: &str = "ontbreekt";
const BAD: &str = "ongeldig";
const NOT_KNOWN: &str = "onbekend_veld";

impl<'a> Check<'a> {
    /// `fields` are the paths of all fields that exist. A field that does not, a citizen service number for one,
    /// is a fault.
    pub(super) fn new(body: &'a Value, fields: &[&str]) -> Check<'a> {
        let mut check = Check { body, faults: Vec::new() };
        if body.is_object() {
            check.refuse_strangers(body, "", fields);
        } else {
            check.fault("bericht", BAD);
        }
        check
    }

    fn refuse_strangers(&mut self, value: &Value, path: &str, fields: &[&str]) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.refuse_strangers(member, &path, fields);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.refuse_strangers(item, path, fields)),
            _ if fields.contains(&path) => {}
            // A group that is null is missing, which its fields tell.
            Value::Null if fields.iter().any(|field| field.starts_with(path)) => {}
            _ => self.fault(path, NOT_KNOWN),
        }
    }

    pub(super) fn fault(&mut self, field: &str, code: &str) {
        self.faults.push(Fault::new(field, code));
    }

    pub(super) fn done(self, facts: Facts) -> Result<Option<Facts>, Vec<Fault>> {
        if self.faults.is_empty() { Ok(Some(facts)) } else { Err(self.faults) }
    }

    /// For a message that says nothing about a signal.
    pub(super) fn nothing_but_faults(self) -> Result<Option<Facts>, Vec<Fault>> {
        if self.faults.is_empty() { Ok(None) } else { Err(self.faults) }
    }

    fn at(&self, field: &str) -> Option<&'a Value> {
        let value = field.split('.').try_fold(self.body, |value, name| value.get(name))?;
        (!value.is_null()).then_some(value)
    }

    /// A mandatory field that `read` understands.
    pub(super) fn must<T>(&mut self, field: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        match self.at(field) {
            None => {
                self.fault(field, MISSING);
                None
            }
            Some(value) => {
                let read = read(value);
                if read.is_none() {
                    self.fault(field, BAD);
                }
                read
            }
        }
    }

    /// An optional field that `read` understands.
    pub(super) fn may<T>(&mut self, field: &str, read: impl FnOnce(&'a Value) -> Option<T>) {
        if let Some(value) = self.at(field)
            && read(value).is_none()
        {
            self.fault(field, BAD);
        }
    }

    /// One of the words.
    pub(super) fn word(&mut self, field: &str, words: &[&str]) -> Option<&'a str> {
        self.must(field, |value| value.as_str().filter(|word| words.contains(word)))
    }
}

pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty() && text.chars().count() <= 200)
}

pub(super) fn date(value: &Value) -> Option<Date> {
    value.as_str()?.parse().ok()
}

pub(super) fn postcode(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| Address::dutch_postcode(text).as_deref() == Some(text))
}

pub(super) fn house_number(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn municipality(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn texts(value: &Value) -> Option<()> {
    value.as_array()?.iter().all(|item| text(item).is_some()).then_some(())
}

pub(super) fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_fault_is_named_once() {
        let body = json!({"a": {"date": "2026-02-30", "bsn": "123456782"}, "postcode": "0511AA", "kind": "z",
            "list": [{"deep": 1}], "none": null});
        let mut check = Check::new(&body, &["a.date", "a.name", "postcode", "kind", "none"]);
        assert_eq!(check.must("a.date", date), None);
        assert_eq!(check.must("a.name", text), None);
        assert_eq!(check.must("postcode", postcode), None);
        assert_eq!(check.word("kind", &["x", "y"]), None);
        check.may("none", text);
        let facts = Facts { kind: String::new(), amount: String::new(), municipality: String::new() };
        let mut faults: Vec<String> =
            check.done(facts).unwrap_err().into_iter().map(|f| format!("{}: {}", f.field, f.code)).collect();
        faults.sort();
        let expected = [
            "a.bsn: onbekend_veld",
            "a.date: ongeldig",
            "a.name: ontbreekt",
            "kind: ongeldig",
            "list.deep: onbekend_veld",
            "postcode: ongeldig",
        ];
        assert_eq!(faults, expected);
    }
}
