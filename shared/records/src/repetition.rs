//! Requests that come again: by the hash of their idempotency key, for a day.

use jiff::{SignedDuration, Timestamp};

/// How long the key of a request is remembered: repeated, it makes no second thing.
pub const MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// Whether something that was made at this time with this key's hash is what `asked` made before its process died.
pub fn is_repetition(
    made_by: Option<&String>,
    asked: Option<&String>,
    at: Timestamp,
    now: Timestamp,
) -> bool {
    asked.is_some() && made_by == asked && now.duration_since(at) < MEMORY
}
