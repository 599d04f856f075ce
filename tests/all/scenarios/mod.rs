//! Dated stories, in one process with a moved calendar.

mod channels;
mod collecting;
mod holds;
mod notices;
mod once;
mod payments;
mod promises;
mod signals;
mod step_edits;
mod the_main_job;
