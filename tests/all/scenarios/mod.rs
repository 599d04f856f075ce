//! Dated stories, in one process with a moved calendar.

mod once;
mod the_main_job;
