//! One thing that is wrong with what came in.

/// A field that breaks a rule: where, which rule, and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the body, such as `address.postcode` or `records[3].body.total`.
    pub path: String,
    /// Stable, machine-readable name of the rule, such as `negative_amount`.
    pub code: &'static str,
    /// The rule in words. Never repeats the value: it may be personal data.
    pub detail: String,
}

impl Violation {
    /// `path` in the body, a stable code, and a sentence for people.
    pub fn new(path: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Violation {
        Violation { path: path.into(), code, detail: detail.into() }
    }

    /// The same violation, seen from the thing that holds the field.
    pub fn under(mut self, prefix: &str) -> Violation {
        self.path = if self.path.is_empty() { prefix.to_owned() } else { format!("{prefix}.{}", self.path) };
        self
    }
}
