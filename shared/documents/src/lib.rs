//! Documents on paper, as PDF. The same content gives the same bytes.
//!
//! Words and amounts come from the caller, as text: nothing in them is read as markup. What is absent: no clock, no input
//! or output, no fonts but those that are compiled in (Libertinus, under the SIL Open Font License).

mod compile;
pub mod dossier;
pub mod letter;

pub use compile::{DocumentError, Printed};
