//! What somebody filled in, and what is wrong with it: shown again as it was typed, the problem beside its field.

use super::Words;
use crate::texts::TextError;

/// The fields of a form as they were sent, with their problems. Empty before anybody sent it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    problems: Vec<(String, String)>,
    /// A rule that forbids all of it, by its code.
    refusal: Option<String>,
}

impl Form {
    /// What was sent. A name may come several times.
    pub fn of(values: Vec<(String, String)>) -> Form {
        Form { values, ..Form::default() }
    }

    /// What a field has before anybody typed.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Form {
        if !self.values.iter().any(|(known, _)| known == name) {
            self.values.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// As it was typed, without blanks around it; empty where nothing was.
    pub fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The same; `None` where it is empty.
    pub fn optional(&self, name: &str) -> Option<&str> {
        Some(self.value(name)).filter(|value| !value.is_empty())
    }

    /// Every value of a name that may come several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// Puts a problem beside a field: a code of the words' `problem`.
    pub fn refuse(&mut self, name: &str, code: &str) {
        self.problems.push((name.to_owned(), code.to_owned()));
    }

    /// Puts the rule above the form that forbids what it asks: a code of the words' `refusal`.
    pub fn forbid(&mut self, code: &str) {
        self.refusal = Some(code.to_owned());
    }

    pub(crate) fn problem_of(&self, t: &Words, name: &str) -> Result<Option<String>, TextError> {
        let found = self.problems.iter().find(|(field, _)| field == name);
        found.map(|(_, code)| t.problem(code.as_str())).transpose()
    }

    /// The summary above the form: each with the field that it leads to, empty where it is about no field.
    pub(crate) fn summary(&self, t: &Words) -> Result<Vec<(String, String)>, TextError> {
        let refusal = self.refusal.iter().map(|code| Ok((String::new(), t.refusal(code.as_str())?)));
        let problems =
            self.problems.iter().map(|(field, code)| Ok((field.clone(), t.problem(code.as_str())?)));
        refusal.chain(problems).collect()
    }
}
