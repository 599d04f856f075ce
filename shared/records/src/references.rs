//! Payment references for invoices that came without one.

use contracts::failure::Failure;
use domain::administration::Administration;
use domain::ids::InvoiceId;
use domain::invoice::{Invoice, PaymentReference, ReferenceScheme};
use domain::made_reference::digits_of_number;
use formats::reference::{ReferenceError, make_nl16, make_rf};
use sha2::{Digest, Sha256};

use crate::Records;

/// Tries at a number that no other invoice has, at most: that the first one is another's is not expected to happen at all.
const MOST_TRIES: u8 = 5;

impl Records {
    /// A reference that is this invoice's and no other's within the administration. It is claimed before the invoice is
    /// stored: an invoice that never comes leaves a claim behind, which harms nobody, and asking again gives the same.
    ///
    /// # Errors
    /// The store is away.
    pub(crate) async fn made_reference(
        &self,
        administration: &Administration,
        invoice: &Invoice,
    ) -> Result<PaymentReference, Failure> {
        let dutch = administration.import.dutch_references && administration.creditor.has_dutch_account();
        for digits in digits(&invoice.id, &invoice.number) {
            let reference = made(dutch, &digits).map_err(|e| Failure::bug(e.to_string()))?;
            if self.store.claim_reference(&administration.id, &reference.value, &invoice.id).await? {
                return Ok(reference);
            }
        }
        Err(Failure::bug("every payment reference of an invoice is another's"))
    }
}

fn made(dutch: bool, digits: &str) -> Result<PaymentReference, ReferenceError> {
    let (scheme, value) = if dutch {
        (ReferenceScheme::Nl16, make_nl16(digits)?)
    } else {
        (ReferenceScheme::Rf, make_rf(digits)?)
    };
    Ok(PaymentReference { scheme, value, made_here: true })
}

/// What a reference of this invoice is made of, best first: its own number, else digits that stand for its id. The same for
/// the same invoice whenever it is asked.
fn digits(id: &InvoiceId, number: &str) -> impl Iterator<Item = String> {
    let id = id.clone();
    digits_of_number(number).into_iter().chain((0..MOST_TRIES).map(move |tried| of_id(&id, tried)))
}

fn of_id(id: &InvoiceId, tried: u8) -> String {
    let hash = Sha256::new().chain_update([tried]).chain_update(id.as_str()).finalize();
    let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:015}", number % 10_u64.pow(15))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use formats::reference::{check_nl, check_rf};

    use super::*;

    fn all(id: &str, number: &str) -> Vec<String> {
        digits(&InvoiceId::parse(id).unwrap(), number).collect()
    }

    #[test]
    fn what_is_made_up_stands_for_the_invoice_and_is_the_same_every_time() {
        let (one, other) = (all("i1", "F-12"), all("i2", "F-12"));
        assert_eq!(one, all("i1", "F-13"));
        let different: BTreeSet<&String> = one.iter().chain(&other).collect();
        assert_eq!(different.len(), 2 * usize::from(MOST_TRIES));
        assert_eq!(all("i1", "2026-0017")[0], "20260017");
        assert_eq!(all("i1", "2026-0017")[1..], one);
    }

    #[test]
    fn what_is_made_passes_the_checks_of_what_comes_in() {
        for digits in all("i1", "2026-0017") {
            assert_eq!(check_nl(&made(true, &digits).unwrap().value), Ok(()), "{digits}");
            assert_eq!(check_rf(&made(false, &digits).unwrap().value), Ok(()), "{digits}");
        }
    }
}
