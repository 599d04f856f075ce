//! Everything outside Tijdig that it talks to, each behind a trait or a small function.
//!
//! An adapter makes one attempt and says what is certain about it: taken in, not taken in, or unknown. Whether
//! there is another attempt is decided by the caller from what is stored, never here.
//!
//! What is absent: retries, a clock, logging, and any place for a citizen service number (BSN).

pub mod accounting;
pub mod bkr;
pub mod files;
pub mod http;
pub mod identity;
pub mod inforing;
pub mod letters;
pub mod mail;
pub mod outcome;
pub mod payments;
pub mod pdok;
pub mod platform;
pub mod secrets;
pub mod sign_in;
pub mod sms;
pub mod snelstart;
pub mod voice;
pub mod webhook_signature;
pub mod webhooks;

#[cfg(test)]
mod loopback;
#[cfg(test)]
mod sample;
