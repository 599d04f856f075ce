//! Dated stories, in one process with a moved calendar.

mod disorder;
mod holds;
mod notices;
mod once;
mod payments;
mod promises;
mod signals;
mod the_main_job;
