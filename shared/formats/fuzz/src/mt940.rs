//! MT940: what is read adds up, and what is refused is told by rules.

use formats::mt940::parse;

use super::assert_named;
use super::statements::assert_statements;

/// Of any bytes.
pub fn check(bytes: &[u8]) {
    let read = parse(bytes);
    match &read {
        Ok(statements) => assert_statements(statements),
        Err(refusal) => {
            assert_named(refusal);
            let line = refusal.path.strip_prefix("line ").and_then(|line| line.parse::<usize>().ok());
            let whole = refusal.path == "/" && refusal.rule == "TIJDIG-LIMIT";
            assert!(whole || line.is_some_and(|line| line > 0), "{}", refusal.path);
        }
    }
    // SWIFT ends lines with two characters, and files on the way lose one of them.
    if !bytes.contains(&b'\r') {
        let mut windows = Vec::with_capacity(bytes.len() * 2);
        for byte in bytes {
            windows.extend(if *byte == b'\n' { &b"\r\n"[..] } else { std::slice::from_ref(byte) });
        }
        assert_eq!(parse(&windows), read);
        let old: Vec<u8> = bytes.iter().map(|byte| if *byte == b'\n' { b'\r' } else { *byte }).collect();
        assert_eq!(parse(&old), read);
    }
}
