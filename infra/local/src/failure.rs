//! Why the local run could not go on: always told to a developer, never branched on, so one sentence and its cause.

use std::fmt::Display;

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub fn because(what: impl Into<String>) -> Failure {
        Failure(what.into())
    }
}

/// Says what was being done when something else failed.
pub trait While<T> {
    fn during(self, what: impl Display) -> Outcome<T>;
}

impl<T, E: std::error::Error> While<T> for Result<T, E> {
    fn during(self, what: impl Display) -> Outcome<T> {
        self.map_err(|error| {
            let mut sentence = format!("{what}: {error}");
            let mut cause = error.source();
            while let Some(inner) = cause {
                sentence.push_str(&format!(": {inner}"));
                cause = inner.source();
            }
            Failure(sentence)
        })
    }
}
