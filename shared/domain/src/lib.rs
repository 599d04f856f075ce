//! The rules of following debtors up: pure, exact, explained.
//!
//! What is absent: no AWS, no tokio, no clock and no input or output. A decision sees facts and `now`.

pub mod ids;
pub mod language;
pub mod money;
pub mod step;
pub mod violation;

pub use language::Language;
pub use money::Money;
pub use violation::Violation;
