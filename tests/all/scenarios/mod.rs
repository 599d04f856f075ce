//! Dated stories, in one process with a moved calendar.

mod the_main_job;
