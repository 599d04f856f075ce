//! Dated stories, in one process with a moved calendar.

mod channels;
mod collecting;
mod disconnection;
mod disorder;
mod disputes;
mod feedback;
mod holds;
mod notices;
mod once;
mod payments;
mod plans;
mod policies;
mod promises;
mod promises_to_pay;
mod signal_changes;
mod signals;
mod step_edits;
mod the_main_job;
