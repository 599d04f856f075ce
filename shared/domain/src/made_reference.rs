//! Payment references that are made here, for invoices that came without one.
//!
//! A reference is made once and stays: the debtor may have it on paper. What the ledger tells later takes its place, and a
//! ledger that tells back what was made here tells nothing new. What is absent: check digits, which are a matter of the
//! format, and whose reference it is already, which is a matter of the store.

use crate::invoice::{Invoice, InvoiceKind, PaymentReference};
use crate::matching::digits_that_tell;

/// Digits in a reference at most, without its check digits: as many as a Dutch one has.
pub const MOST_DIGITS: usize = 15;

/// Whether a reference has to be made for what came in. Credit notes are not paid, and an older version changes nothing.
pub fn is_wanted(invoice: &Invoice, known: Option<&Invoice>) -> bool {
    let nothing_told = invoice.kind == InvoiceKind::Invoice && invoice.payment_reference.is_none();
    let made = known.is_some_and(|k| made_of(k).is_some());
    nothing_told && !made && known.is_none_or(|k| k.modified_at <= invoice.modified_at)
}

/// Keeps the reference that was made for the known version where the newer one brings none, or the same.
pub(crate) fn keep(invoice: &mut Invoice, known: &Invoice) {
    let Some(made) = made_of(known) else { return };
    let told = invoice.payment_reference.as_ref();
    if told.is_none_or(|told| (told.scheme, &told.value) == (made.scheme, &made.value)) {
        invoice.payment_reference = Some(made.clone());
    }
}

fn made_of(invoice: &Invoice) -> Option<&PaymentReference> {
    invoice.payment_reference.as_ref().filter(|r| r.made_here)
}

/// The digits of an invoice's number, where they say enough to make a reference of: then one look finds it by either.
pub fn digits_of_number(number: &str) -> Option<String> {
    digits_that_tell(number).filter(|digits| digits.len() <= MOST_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoices_own_number_is_used_where_it_says_enough() {
        let table = [
            ("2026-0017", Some("20260017")),
            ("F 00012345", Some("12345")),
            ("123456789012345", Some("123456789012345")),
            ("1234567890123456", None),
            ("2026", None),
            ("F-12", None),
            ("ABC", None),
        ];
        for (number, expected) in table {
            assert_eq!(digits_of_number(number).as_deref(), expected, "{number}");
        }
    }
}
