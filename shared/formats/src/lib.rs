//! The formats of others: UBL invoices, payment QR codes, payment references, IBANs.
//!
//! What is absent: input and output, clocks, and decisions about debtors.

pub mod epc;
pub mod iban;
pub mod reference;
pub mod ubl;
