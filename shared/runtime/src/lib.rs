//! Plumbing that every function shares: one message at a time from a queue, HTTP with problems, configuration
//! from the environment, clients, the clock, logs.
//!
//! A function's `main` is a few lines: [`start`], make the handler, then [`queue::run`], [`http::serve`] or
//! [`invoke::run`]. What is absent: no rule of the domain, and no personal data in anything that is logged.

pub mod aws;
pub mod clock;
pub mod config;
pub mod hints;
pub mod http;
pub mod invoke;
pub mod json;
pub mod queue;
pub mod start;
pub mod telemetry;
pub mod unguessable;

pub use lambda_runtime::Error;
pub use start::{Start, start};
