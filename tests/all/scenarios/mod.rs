//! Dated stories, in one process with a moved calendar.

mod holds;
mod once;
mod payments;
mod the_main_job;
