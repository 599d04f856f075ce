//! What passes between functions and over HTTP: messages, request and response types, failures.

pub mod failure;
pub mod problem;
