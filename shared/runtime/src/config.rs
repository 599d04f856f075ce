//! Configuration from the environment's variables, with errors that name the variable.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A variable that is missing or wrong. Never tells the value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("environment variable {name} is not set")]
    Missing { name: String },
    #[error("environment variable {name} is not Unicode text")]
    NotText { name: String },
    #[error("environment variable {name} {why}")]
    Invalid { name: String, why: String },
}

impl ConfigError {
    /// The variable is set, but `why` (a phrase such as `is not a URL`) it cannot be used.
    pub fn invalid(name: &str, why: impl fmt::Display) -> ConfigError {
        ConfigError::Invalid { name: name.to_owned(), why: why.to_string() }
    }
}

/// The variables of a process; a test makes its own.
#[derive(Clone)]
pub struct Environment {
    variables: Arc<HashMap<OsString, OsString>>,
}

impl Environment {
    /// The variables of this process, as they are now.
    pub fn of_process() -> Environment {
        Environment { variables: Arc::new(std::env::vars_os().collect()) }
    }

    /// Just these variables.
    pub fn of<const N: usize>(variables: [(&str, &str); N]) -> Environment {
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        Environment { variables: Arc::new(HashMap::from(variables)) }
    }

    /// A variable that has to be there and not be empty.
    pub fn text(&self, name: &str) -> Result<&str, ConfigError> {
        self.optional(name)?.ok_or_else(|| ConfigError::Missing { name: name.to_owned() })
    }

    /// A variable that may be absent. Empty counts as absent: a template cannot leave a variable out.
    pub fn optional(&self, name: &str) -> Result<Option<&str>, ConfigError> {
        let Some(value) = self.variables.get(std::ffi::OsStr::new(name)) else {
            return Ok(None);
        };
        let text = value.to_str().ok_or_else(|| ConfigError::NotText { name: name.to_owned() })?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// A variable that has to be there, as a `T`.
    pub fn parse<T: FromStr>(&self, name: &str) -> Result<T, ConfigError>
    where
        T::Err: fmt::Display,
    {
        parse(name, self.text(name)?)
    }

    /// A variable that may be absent, as a `T`.
    pub fn parse_optional<T: FromStr>(&self, name: &str) -> Result<Option<T>, ConfigError>
    where
        T::Err: fmt::Display,
    {
        self.optional(name)?.map(|text| parse(name, text)).transpose()
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = self.variables.keys().collect::<Vec<_>>();
        names.sort();
        f.debug_tuple("Environment").field(&names).finish()
    }
}

fn parse<T: FromStr>(name: &str, text: &str) -> Result<T, ConfigError>
where
    T::Err: fmt::Display,
{
    text.parse().map_err(|error| ConfigError::invalid(name, format!("cannot be used: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_variable_and_not_its_value() {
        let environment = Environment::of([("LIMIT", "s3cret"), ("EMPTY", "")]);
        let table = [
            (
                environment.parse::<u32>("LIMIT").map(drop),
                "environment variable LIMIT cannot be used: invalid digit found in string",
            ),
            (
                environment.parse_optional::<u32>("LIMIT").map(drop),
                "environment variable LIMIT cannot be used: invalid digit found in string",
            ),
            (environment.text("EMPTY").map(drop), "environment variable EMPTY is not set"),
            (environment.text("NONE").map(drop), "environment variable NONE is not set"),
        ];
        for (result, words) in table {
            assert_eq!(result.unwrap_err().to_string(), words);
        }
        assert!(!format!("{environment:?}").contains("s3cret"));
    }

    #[test]
    fn what_is_there_is_read_and_what_may_be_absent_may() {
        let environment = Environment::of([("LIMIT", "7"), ("EMPTY", "")]);
        assert_eq!(environment.parse::<u32>("LIMIT"), Ok(7));
        assert_eq!(environment.text("LIMIT"), Ok("7"));
        assert_eq!(environment.optional("EMPTY"), Ok(None));
        assert_eq!(environment.parse_optional::<u32>("NONE"), Ok(None));
    }
}
