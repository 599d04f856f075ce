//! What the formats take and refuse. What measures its own process's memory stands beside this, in processes of their own.

mod archive;
mod bank_generated;
mod bank_statements;
mod csv;
mod ddas;
mod epc;
mod fuzzed;
mod pain008;
mod ubl_attachments;
mod ubl_documents;
mod ubl_hostile;
mod ubl_rules;
mod written;
