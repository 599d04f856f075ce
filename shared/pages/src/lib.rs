//! What people read: the mail of a notice, the pages of the portal and those of the desk, in Dutch and English.
//!
//! Words live in `texts/*.ftl`, layout in `templates/`, and what is said when in [`mail`]. A mail is composed once
//! and laid out twice, so that its HTML and its text part tell the same facts.
//!
//! What is absent: no input or output, no clock, no store. Everything shown is in the view that the caller fills.

pub mod call;
pub mod code;
pub mod desk;
pub mod dossier;
mod format;
pub mod layout;
pub mod letter;
pub mod mail;
pub mod message_mail;
pub mod own;
pub mod portal;
mod section;
pub mod sms;
mod texts;
pub mod webhook_mail;

pub use texts::TextError;
