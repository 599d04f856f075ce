//! Standard texts: what the desk says often, kept under a name. A person picks one, and it is filled for one debtor.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Language;
use crate::ids::StandardTextId;

/// Standard texts of one administration at most.
pub const MOST_STANDARD_TEXTS: usize = 200;

/// A standard text as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StandardText {
    /// The administration's own name of it.
    pub id: StandardTextId,
    /// What people pick it by.
    pub title: String,
    /// The language that it is in.
    pub language: Language,
    /// A template, looked through before it was kept.
    pub text: String,
    /// When it was put.
    pub updated_at: Timestamp,
    /// A token's subject.
    pub by: String,
}
