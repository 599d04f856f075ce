//! The refusals of one document, each rule and path once.

use std::fmt;

use crate::refusal::FormatRefusal;

/// At most this many refusals are listed for one document; the last one then says that there are more.
pub const MAX_REFUSALS: usize = 100;

/// The refusals of one document, each rule and path once, bounded by [`MAX_REFUSALS`].
#[derive(Debug, Default)]
pub(super) struct Refusals(Vec<FormatRefusal>);

impl Refusals {
    pub(super) fn add(&mut self, rule: &'static str, path: impl Into<String>, detail: impl fmt::Display) {
        let path = path.into();
        if self.is_full() || self.0.iter().any(|known| known.rule == rule && known.path == path) {
            return;
        }
        self.0.push(FormatRefusal::new(rule, path, detail));
        if self.0.len() == MAX_REFUSALS - 1 {
            self.0.push(FormatRefusal::new("TIJDIG-LIMIT", "/", "there are more refusals than are listed"));
        }
    }

    /// Whether the rest need not be looked for: it bounds the work on a document that is wrong everywhere.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_REFUSALS
    }

    pub(super) fn into_vec(self) -> Vec<FormatRefusal> {
        self.0
    }
}
