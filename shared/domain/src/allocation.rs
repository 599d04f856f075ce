//! stub
use crate::Money;

/// Shares.
pub fn pro_rata(amount: Money, weights: &[Money]) -> Vec<Money> {
    let mut shares = vec![Money::ZERO; weights.len()];
    if let Some(first) = shares.first_mut() {
        *first = amount;
    }
    shares
}
