//! What passes between functions and over HTTP: messages, request and response types, failures.

pub mod api;
pub mod bus;
pub mod failure;
pub mod problem;
pub mod queues;
pub mod webhooks;
