//! The rules of following debtors up: pure, exact, explained.
//!
//! What is absent: no AWS, no tokio, no clock and no input or output. A decision sees facts and `now`.

pub mod ids;
pub mod money;

pub use money::Money;
