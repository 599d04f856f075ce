//! What holds whatever the amounts, the days and the order of things.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod follow_up;
mod matching;
mod money;
