//! Reading fields: what is wrong is collected, so that one answer names all of it.

use std::fmt::Display;
use std::str::FromStr;

use domain::ids::IdError;
use domain::{Money, Violation};
use jiff::civil::Date;

/// What was wrong with a body so far.
#[derive(Debug, Default)]
pub struct Fields {
    violations: Vec<Violation>,
}

impl Fields {
    pub fn new() -> Fields {
        Fields::default()
    }

    pub fn refuse(&mut self, path: &str, code: &'static str, detail: &str) {
        self.violations.push(Violation::new(path, code, detail));
    }

    /// Adds what was found to be wrong elsewhere.
    pub fn add(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    /// The value, if nothing was wrong.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Violation>> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            _ => Err(self.violations),
        }
    }

    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// Text of 1 to `longest` characters, without control characters.
    pub fn text(&mut self, path: &str, text: &str, longest: usize) -> Option<String> {
        let trimmed = text.trim();
        let length = trimmed.chars().count();
        if length == 0 || length > longest {
            self.violations.push(Violation::new(path, "length", format!("has 1 to {longest} characters")));
            return None;
        }
        if trimmed.chars().any(char::is_control) {
            self.refuse(path, "control_character", "holds a control character");
            return None;
        }
        Some(trimmed.to_owned())
    }

    /// Like [`Fields::text`], but absent and empty are the same.
    pub fn optional_text(&mut self, path: &str, text: Option<&str>, longest: usize) -> Option<String> {
        let text = text.map(str::trim).filter(|t| !t.is_empty())?;
        self.text(path, text, longest)
    }

    /// Short texts in a list, at most 50.
    pub fn texts(&mut self, path: &str, texts: Option<&[String]>, longest: usize) -> Vec<String> {
        let texts = texts.unwrap_or_default();
        if texts.len() > 50 {
            self.refuse(path, "too_many", "has at most 50 entries");
            return Vec::new();
        }
        texts.iter().enumerate().filter_map(|(i, t)| self.text(&format!("{path}[{i}]"), t, longest)).collect()
    }

    /// An amount in euros: zero or more, at most two decimals.
    pub fn amount(&mut self, path: &str, text: &str) -> Option<Money> {
        match Money::parse_amount(text) {
            Ok(money) => Some(money),
            Err(error) => {
                self.violations.push(Violation::new(path, error.code(), error.to_string()));
                None
            }
        }
    }

    /// A civil date between 1900 and 2199, `YYYY-MM-DD` and nothing else.
    pub fn date(&mut self, path: &str, text: &str) -> Option<Date> {
        let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
        let date = date.filter(|d| (1900..2200).contains(&d.year()));
        if date.is_none() {
            self.refuse(path, "not_a_date", "is not a date of the form YYYY-MM-DD between 1900 and 2199");
        }
        date
    }

    pub fn optional_date(&mut self, path: &str, text: Option<&str>) -> Option<Date> {
        self.date(path, text?)
    }

    /// A value that reads itself, such as one of a few words; the error says which.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, path: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.violations.push(Violation::new(path, "unknown_value", error.to_string()));
                None
            }
        }
    }

    pub fn id<T>(&mut self, path: &str, text: &str, parse: impl Fn(&str) -> Result<T, IdError>) -> Option<T> {
        match parse(text) {
            Ok(id) => Some(id),
            Err(error) => {
                self.violations.push(Violation::new(path, "not_an_id", error.to_string()));
                None
            }
        }
    }
}
