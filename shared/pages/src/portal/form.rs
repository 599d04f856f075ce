//! What somebody filled in, and what is wrong with it: shown again as it was typed, the problem beside its field.

use std::collections::BTreeMap;

use askama::Template;

use super::Words;
use crate::texts::TextError;

/// The fields of a form as they were sent, with their problems. Empty before anybody sent it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    values: BTreeMap<String, String>,
    problems: Vec<(String, String)>,
}

impl Form {
    /// What was sent.
    pub fn of(values: BTreeMap<String, String>) -> Form {
        Form { values, problems: Vec::new() }
    }

    /// What a field has before anybody typed.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Form {
        self.values.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        self
    }

    /// As it was typed, without blanks around it; empty where nothing was.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default().trim()
    }

    /// Puts a problem beside a field: a code of the words' `problem`.
    pub fn refuse(&mut self, name: &str, code: &str) {
        self.problems.push((name.to_owned(), code.to_owned()));
    }

    /// Nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    pub(crate) fn problem_of(&self, t: &Words, name: &str) -> Result<Option<String>, TextError> {
        let found = self.problems.iter().find(|(field, _)| field == name);
        found.map(|(_, code)| t.problem(code.as_str())).transpose()
    }

    /// The summary above the form: each with the field that it leads to.
    pub(crate) fn summary(&self, t: &Words) -> Result<Vec<(String, String)>, TextError> {
        self.problems.iter().map(|(field, code)| Ok((field.clone(), t.problem(code.as_str())?))).collect()
    }
}

/// One line to type in, with its label, hint and problem.
#[derive(Template)]
#[template(path = "portal/field.html")]
pub(crate) struct Field {
    pub name: &'static str,
    pub label: String,
    pub hint: Option<String>,
    pub problem: Option<String>,
    pub value: String,
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub inputmode: &'static str,
    pub required: bool,
    pub most: u16,
    /// `min` and `max` of a date; empty where there is none.
    pub least: String,
    pub largest: String,
    pub class: &'static str,
}

impl Field {
    /// A line of text.
    pub(crate) fn text(
        form: &Form,
        t: &Words,
        name: &'static str,
        label: String,
    ) -> Result<Field, TextError> {
        Ok(Field {
            name,
            label,
            hint: None,
            problem: form.problem_of(t, name)?,
            value: form.value(name).to_owned(),
            kind: "text",
            autocomplete: "off",
            inputmode: "text",
            required: true,
            most: 200,
            least: String::new(),
            largest: String::new(),
            class: "",
        })
    }

    pub(crate) fn hinted(self, hint: String) -> Field {
        Field { hint: Some(hint), ..self }
    }

    pub(crate) fn kind(
        self,
        kind: &'static str,
        autocomplete: &'static str,
        inputmode: &'static str,
    ) -> Field {
        Field { kind, autocomplete, inputmode, ..self }
    }

    pub(crate) fn optional(self) -> Field {
        Field { required: false, ..self }
    }
}

/// One of several that may be chosen.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}
