//! The rules of following debtors up: pure, exact, explained.
//!
//! A handler loads a [`dossier::Dossier`], begins a [`dossier::Draft`], lets one of the functions here change it,
//! and stores the draft with the entries that say what happened.
//!
//! What is absent: no AWS, no tokio, no clock and no input or output. A decision sees facts and `now`.

#![warn(missing_docs)]

pub mod access;
pub mod administration;
pub mod allocation;
pub mod arrears;
pub mod bank;
pub mod bank_line;
pub mod calendar;
pub mod calling;
pub mod case_dossier;
pub mod changing;
pub mod channels;
pub mod claim;
pub mod collecting;
pub mod conditions;
pub mod connection;
pub mod contact;
pub mod correcting;
pub mod costs;
pub mod creditor_id;
pub mod debit_batch;
pub mod debiting;
pub mod debtor;
pub mod deleting;
pub mod desk_row;
pub mod desk_search;
pub mod direct_debit;
pub mod disconnection;
pub mod dispute;
pub mod document;
pub mod dossier;
pub mod editing;
pub mod feedback;
pub mod file_import;
pub mod follow_up;
pub mod formal_notice;
pub mod handing_over;
pub mod hold;
pub mod holding;
pub mod ids;
pub mod importing;
pub mod incoming_mail;
pub mod intake;
pub mod interest;
pub mod invoice;
pub mod language;
pub mod made_reference;
pub mod mandate;
pub mod matching;
pub mod message;
pub mod messaging;
pub mod money;
pub mod next;
pub mod next_step;
pub mod note;
pub mod notice;
pub mod opening;
pub mod overview;
pub mod payment;
pub mod payment_request;
pub mod phone;
pub mod plan;
pub mod planning;
pub mod policy;
pub mod posting;
pub mod preview;
pub mod promise;
pub mod provider;
pub mod refusal;
pub mod reporting;
pub mod requesting;
pub mod return_reason;
pub mod sending;
pub mod settings;
pub mod signal;
#[cfg(test)]
mod signal_cases;
pub mod signalling;
pub mod staff;
pub mod standard_text;
pub mod statement;
pub mod step;
pub mod submission;
mod table;
pub mod target2;
pub mod tasks;
pub mod texts;
pub mod timeline;
pub mod violation;
pub mod voice;
pub mod webhook;
pub mod webhook_brake;
pub mod webhook_event;
pub mod webhook_lane;
pub mod write_back;

pub use language::Language;
pub use money::Money;
pub use violation::Violation;
