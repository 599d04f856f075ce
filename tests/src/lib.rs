#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

//! The harness that tests share: a world in one process, with every handler that production has, the store's twin in
//! memory, and a calendar that is moved.

pub mod accounting;
pub mod bodies;
pub mod callers;
pub mod chromium;
pub mod counting;
pub mod desk;
pub mod imports;
pub mod letters;
pub mod mail;
pub mod packages;
pub mod payments;
pub mod perils;
pub mod platforms;
pub mod queues;
pub mod simulator;
pub mod site;
pub mod sms;
pub mod stack;
pub mod stories;
pub mod voice;
pub mod webhooks;
pub mod world;
