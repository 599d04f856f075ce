//! What nobody guesses: links to pages, codes in letters and messages, what a browser keeps. Each is seen by whom it is for,
//! and kept as its hash.

use std::fmt;

use contracts::failure::Failure;
use sha2::{Digest, Sha256};

/// Crockford's alphabet: no I, L, O or U, which are read as something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Twelve signs of five bits: nobody guesses it, and people can type it.
const SIGNS: usize = 12;

/// Digits of a code that is sent and typed over within minutes.
const DIGITS: usize = 6;

/// Bytes of what only browsers keep.
const TOKEN_BYTES: usize = 32;

/// Twelve signs that stand in a letter or a link. Not shown by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Signs(String);

impl Signs {
    /// Signs that nobody has seen yet.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] where the machine has no random bytes.
    pub fn fresh() -> Result<Signs, Failure> {
        let bytes = random::<SIGNS>()?;
        // 256 is a whole number of times 32: every sign is as likely as any other.
        Ok(Signs(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()))
    }

    /// Signs as people type them: in any case, with or without what parts them, and with the letters that look like digits.
    /// `None` for what are no signs.
    pub fn typed(text: &str) -> Option<Signs> {
        let signs: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(SIGNS + 1)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let good = signs.len() == SIGNS && signs.bytes().all(|byte| ALPHABET.contains(&byte));
        good.then_some(Signs(signs))
    }

    /// As it stands in a link.
    pub fn plain(&self) -> &str {
        &self.0
    }

    /// As it is printed: in groups of four.
    pub fn printed(&self) -> String {
        let signs = &self.0;
        format!("{}-{}-{}", &signs[..4], &signs[4..8], &signs[8..])
    }

    /// What is kept of it: SHA-256 of its signs without hyphens, in hexadecimal.
    pub fn hash(&self) -> String {
        hash(&[self.0.as_bytes()])
    }
}

impl fmt::Debug for Signs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signs(...)")
    }
}

/// Six digits.
///
/// # Errors
/// [`Failure::Unavailable`] where the machine has no random bytes.
pub fn digits() -> Result<String, Failure> {
    // Of 2^64 numbers none of the million ends is likelier by more than a part in 10^13.
    let number = u64::from_be_bytes(random()?) % 1_000_000;
    Ok(format!("{number:0DIGITS$}"))
}

/// What only a browser keeps: 256 bits, in hexadecimal.
///
/// # Errors
/// [`Failure::Unavailable`] where the machine has no random bytes.
pub fn token() -> Result<String, Failure> {
    Ok(hexadecimal(&random::<TOKEN_BYTES>()?))
}

/// Whether a text has the form of [`token`].
pub fn is_token(text: &str) -> bool {
    text.len() == 2 * TOKEN_BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// SHA-256 of these parts, in hexadecimal: what is kept of something that nobody else may have.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hexadecimal(&hasher.finalize())
}

/// What is kept of a code that was sent: it counts for the one that was asked for under this id, and for no other.
pub fn code_hash(id: &str, digits: &str) -> String {
    hash(&[id.as_bytes(), b" ", digits.as_bytes()])
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], Failure> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Failure::unavailable("no random bytes"))?;
    Ok(bytes)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_have_sixty_bits_in_three_groups() {
        let (one, other) = (Signs::fresh().unwrap(), Signs::fresh().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.printed().len(), SIGNS + 2);
        assert!(one.printed().bytes().all(|c| c == b'-' || ALPHABET.contains(&c)), "{}", one.printed());
        assert_eq!(one.hash(), hash(&[one.printed().replace('-', "").as_bytes()]));
        assert_eq!(format!("{one:?}"), "Signs(...)");
    }

    #[test]
    fn signs_are_read_as_people_type_them() {
        let table = [
            ("7K3M-9Q2X-W4TZ", Some("7K3M9Q2XW4TZ")),
            ("7k3m9q2xw4tz", Some("7K3M9Q2XW4TZ")),
            (" 7K3M 9Q2X W4T0 ", Some("7K3M9Q2XW4T0")),
            ("oil0-0000-0000", Some("011000000000")),
            ("7K3M-9Q2X-W4T", None),
            ("7K3M-9Q2X-W4TZ1", None),
            ("7K3M-9Q2X-W4TU", None),
            ("", None),
            ("é".repeat(12).as_str(), None),
        ]
        .map(|(text, expected)| (text.to_owned(), expected));
        for (text, expected) in table {
            assert_eq!(Signs::typed(&text).as_ref().map(Signs::plain), expected, "{text}");
        }
    }

    #[test]
    fn codes_are_six_digits_and_tokens_sixty_four() {
        for _ in 0..50 {
            let code = digits().unwrap();
            assert!(code.len() == DIGITS && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
        assert!(is_token(&token().unwrap()));
        assert!(!is_token("") && !is_token(&"g".repeat(64)) && !is_token(&"A".repeat(64)));
    }
}
