//! The formats of others: UBL invoices, archives of them, CSV, bank statements, payment QR codes, payment references, IBANs.
//!
//! What is absent: input and output, clocks, and decisions about debtors.

pub mod archive;
pub mod camt053;
pub mod content;
pub mod csv;
pub mod ddas;
mod decode;
pub mod epc;
pub mod feedback_file;
pub mod iban;
pub mod lines;
pub mod mt940;
pub mod packing;
pub mod pain008;
pub mod reference;
mod refusal;
pub mod statement;
pub mod ubl;
mod xml;

pub use refusal::FormatRefusal;
