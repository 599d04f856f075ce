//! Everything that is tested across packages, in one binary.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod browser;
mod bulk;
mod crashes;
mod e2e;
mod e2e_desk;
mod e2e_imports;
mod e2e_overview;
mod e2e_portal;
mod e2e_webhooks;
mod golden;
mod privacy;
mod refusals;
mod scenarios;
mod simulator;
mod tidy;
