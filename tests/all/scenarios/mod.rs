//! Dated stories, in one process with a moved calendar.

mod disconnection;
mod feedback;
mod holds;
mod notices;
mod once;
mod payments;
mod promises;
mod signal_changes;
mod signals;
mod the_main_job;
