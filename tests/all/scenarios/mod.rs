//! Dated stories, in one process with a moved calendar. Where each part of what the product does is told:
//!
//! | What | Stories |
//! |---|---|
//! | Policies and their steps | [`policies`], [`collecting`], [`disconnection`] |
//! | Channels with fallback | [`channels`], [`notices`] |
//! | Bundling, least interval, sending window | [`notices`] |
//! | Editing the next step | [`step_edits`] |
//! | Holds | [`holds`], [`disorder`] |
//! | Reasons not to act, and what happens next | [`promises`], [`notices`] |
//! | Payments, credit notes, reversals, write-offs | [`payments`], [`collecting`] |
//! | Bank lines: matched, suggested, undone, returned | [`bank`] |
//! | Direct debit: mandates, batches, what came back | [`direct_debits`] |
//! | What the ledger deletes | [`deletions`] |
//! | Payment requests, and the providers that take the money | [`payment_requests`], [`payment_providers`] |
//! | Payment plans | [`plans`] |
//! | Disputes, and promises to pay | [`disputes`], [`promises_to_pay`] |
//! | Conditions of a signal, prepared and sent | [`signals`] |
//! | Update and withdrawal | [`signal_changes`] |
//! | Feedback of the municipality | [`feedback`], [`once`] |
//! | Accounting packages | [`accounting`] |
//! | All of it together | [`the_main_job`] |

mod accounting;
mod bank;
mod channels;
mod collecting;
mod deletions;
mod direct_debits;
mod disconnection;
mod disorder;
mod disputes;
mod feedback;
mod holds;
mod lookalikes;
mod notices;
mod once;
mod payment_providers;
mod payment_requests;
mod payments;
mod plans;
mod policies;
mod promises;
mod promises_to_pay;
mod signal_changes;
mod signals;
mod step_edits;
mod the_main_job;
