//! Everything that is tested across packages, in one binary.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod crashes;
mod privacy;
mod refusals;
mod scenarios;
