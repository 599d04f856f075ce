//! Debtors, invoices and payments as CSV, in the columns and forms of whoever exported them.
//!
//! A [`ColumnMapping`] says which column is which field; it is kept with the administration. [`inspect`] looks at the first
//! bytes of a file and finds out what the mapping leaves open: encoding, delimiter, decimal mark, order of dates. The
//! [`Layout`] that it gives is small and can be kept between two calls. [`read`] turns a part of the file into records, from
//! any [`Position`] where a record begins, and says where the next part begins: a file is never held as a whole.
//!
//! Each line becomes the bodies that `PUT /v1/debtors`, `/v1/invoices` and `/v1/payments` take, or refusals that name the
//! field and the rule and never repeat the cell.
//!
//! What is absent: lines of invoices, spreadsheets' own formats, dates as counts of days, and guesses at what a column means.

mod date;
mod fields;
mod layout;
mod mapping;
mod number;
mod part;
mod record;
mod report;

pub use fields::field_names;
pub use layout::{Encoding, Layout, inspect};
pub use mapping::{Column, ColumnMapping, DateOrder, DecimalMark, Source};
pub use part::{MAX_RECORD, Part, Position, Row, SMALLEST_PART, read};
pub use report::Report;
