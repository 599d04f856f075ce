//! camt.053: what is read adds up, and what is refused is told by rules.

use formats::camt053::parse;

use super::assert_named;
use super::statements::assert_statements;

/// Of any bytes.
pub fn check(bytes: &[u8]) {
    match parse(bytes) {
        Ok(statements) => assert_statements(&statements),
        Err(refusal) => {
            assert_named(&refusal);
            assert!(refusal.path.starts_with('/'), "{}", refusal.path);
        }
    }
}
