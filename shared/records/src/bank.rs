//! Bank statements taken in, and what a person does with their lines.
//!
//! A line and the payments that it is booked as are one write: neither is ever without the other. A line of several debtors
//! is one such write for each, in which the line itself says how far it is; whoever tells the line again, or repeats the
//! call, goes on where it stopped. Each decision is made on what is stored at that moment, and made anew where somebody else
//! was first.

mod booking;
mod by_hand;
mod candidates;
mod collected;
mod returned;
mod statements;

use domain::ids::{BankLineId, PaymentId};
use sha2::{Digest, Sha256};

pub use by_hand::PartByHand;
pub use statements::{Gap, StatementTaken, gap};

/// Longest id of a line that its payments' ids begin with.
const LONGEST_LINE: usize = 53;

/// The payment with this number that a line is booked as.
fn payment_id(line: &BankLineId, number: u32) -> PaymentId {
    let text = line.as_str();
    let stem = if text.len() <= LONGEST_LINE {
        text.to_owned()
    } else {
        Sha256::digest(text).iter().take(20).map(|b| format!("{b:02x}")).collect()
    };
    let id = PaymentId::parse(&format!("{stem}.{number}"));
    // Of what an id may have, and short enough.
    id.unwrap_or_else(|_| unreachable!("an id and a number are an id"))
}

/// The line whose payment this may be.
fn line_of(payment: &PaymentId) -> Option<BankLineId> {
    let (line, number) = payment.as_str().rsplit_once('.')?;
    number.parse::<u32>().ok()?;
    BankLineId::parse(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_tells_its_line_where_the_lines_id_is_short_enough() {
        for (length, tells) in [(1, true), (53, true), (54, false), (64, false)] {
            let line = BankLineId::parse(&"x".repeat(length)).unwrap();
            let payment = payment_id(&line, u32::MAX);
            assert!(payment.as_str().len() <= domain::ids::LONGEST);
            assert_eq!(line_of(&payment) == Some(line), tells, "{length}");
        }
    }
}
