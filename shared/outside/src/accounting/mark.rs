//! What we write into a package carries our own id, so that it is found again and not told back to us as news.

use sha2::{Digest, Sha256};

use super::{Answer, PackageError, WriteBack, WriteOutcome};

/// Stands before our id wherever a package gives room for one.
pub(super) const MARK: &str = "tijdig:";

/// Our id in at most so many characters: a longer one by its hash.
pub(super) fn mark(booking: &WriteBack, longest: usize) -> String {
    let whole = format!("{MARK}{}", booking.id);
    if whole.len() <= longest {
        return whole;
    }
    let hash = Sha256::digest(booking.id.as_bytes());
    let hash: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("{MARK}{hash}").chars().take(longest).collect()
}

/// What is certain after one attempt. `reference` reads the receipt.
pub(super) fn written(
    asked: Result<Answer, PackageError>,
    reference: impl Fn(&Answer) -> Option<String>,
) -> Result<WriteOutcome, PackageError> {
    match asked {
        Ok(answer) => Ok(match reference(&answer) {
            Some(reference) => WriteOutcome::Written { reference },
            None => WriteOutcome::Unknown { reason: "receipt_not_understood".to_owned() },
        }),
        Err(PackageError::NoAnswer(reason)) => Ok(WriteOutcome::Unknown { reason }),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use jiff::civil::date;

    use super::*;
    use crate::accounting::WrittenBack;

    #[test]
    fn a_mark_fits_where_it_is_put_and_is_the_same_at_every_try() {
        let booking = |id: &str| WriteBack {
            id: id.to_owned(),
            invoice: "1".to_owned(),
            what: WrittenBack::Payment,
            amount: Money::from_cents(100),
            on: date(2026, 11, 25),
            description: String::new(),
            journal: None,
            accounts: None,
        };
        assert_eq!(mark(&booking("p1"), 50), "tijdig:p1");
        let long = "9".repeat(64);
        let first = mark(&booking(&long), 50);
        assert!(first.len() <= 50 && first.starts_with(MARK), "{first}");
        assert_eq!(mark(&booking(&long), 50), first);
        assert_ne!(mark(&booking(&format!("{long}9")), 50), first);
        assert_eq!(mark(&booking(&long), 80), format!("tijdig:{long}"));
    }
}
