//! Ids and references that nobody guesses.

use contracts::failure::Failure;

/// So many random bytes, in hexadecimal.
pub fn hexadecimal<const BYTES: usize>() -> Result<String, Failure> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Failure::unavailable("no random bytes"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
