//! The code by which a debtor opens their page, printed in one letter. Only its hash is kept.

use contracts::failure::Failure;
use sha2::{Digest, Sha256};

/// Crockford's alphabet: no I, L, O or U, which are read as something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Twelve signs of five bits: nobody guesses it, and people can type it.
const SIGNS: usize = 12;

/// A code that nobody has seen yet. Not shown by accident.
pub(crate) struct AccessCode {
    signs: String,
}

impl AccessCode {
    /// # Errors
    /// [`Failure::unavailable`] where the machine has no random bytes.
    pub(crate) fn fresh() -> Result<AccessCode, Failure> {
        let mut bytes = [0_u8; SIGNS];
        getrandom::fill(&mut bytes).map_err(|_| Failure::unavailable("no random bytes"))?;
        // 256 is a whole number of times 32: every sign is as likely as any other.
        let signs = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        Ok(AccessCode { signs })
    }

    /// As it is printed: in groups of four.
    pub(crate) fn printed(&self) -> String {
        let signs = &self.signs;
        format!("{}-{}-{}", &signs[..4], &signs[4..8], &signs[8..])
    }

    /// What is kept of it: SHA-256 of its signs without hyphens, in hexadecimal.
    pub(crate) fn hash(&self) -> String {
        hexadecimal_sha256(self.signs.as_bytes())
    }
}

pub(crate) fn hexadecimal_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_sixty_bits_in_three_groups() {
        let (one, other) = (AccessCode::fresh().unwrap(), AccessCode::fresh().unwrap());
        assert_ne!(one.printed(), other.printed());
        assert_eq!(one.printed().len(), SIGNS + 2);
        assert!(one.printed().bytes().all(|c| c == b'-' || ALPHABET.contains(&c)), "{}", one.printed());
        assert_eq!(one.hash(), hexadecimal_sha256(one.printed().replace('-', "").as_bytes()));
    }
}
