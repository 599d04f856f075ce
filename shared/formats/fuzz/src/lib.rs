//! What holds of every input of the readers, good or bad: one module a target, each with a `check` that panics where it does
//! not hold.
//!
//! The same checks run over the fixtures with `cargo test` (`tests/fuzzed.rs`), so that a target cannot fall behind the
//! reader that it looks at. How long a reader takes and how much memory is bounded by the fuzzer's own limits (`run`).

pub mod archive;
pub mod camt053;
pub mod csv;
pub mod lines;
pub mod mt940;
pub mod references;
mod statements;
pub mod ubl;

use formats::FormatRefusal;

/// Longest place and longest reason of a refusal, in characters: whoever writes a document does not choose how much is
/// answered.
const LONGEST: usize = 5_000;

/// A refusal names a published rule or one of ours, and says where and why.
fn assert_named(refusal: &FormatRefusal) {
    let published = ["BR-", "PEPPOL-EN16931-"];
    let ours = [
        "XML",
        "XSD",
        "TIJDIG-CLOSING",
        "TIJDIG-COLUMN",
        "TIJDIG-CUR",
        "TIJDIG-LIMIT",
        "TIJDIG-ONE",
        "TIJDIG-OPENING",
        "TIJDIG-SUM",
        "TIJDIG-ZIP",
    ];
    let named = published.iter().any(|start| refusal.rule.starts_with(start)) || ours.contains(&refusal.rule);
    assert!(named, "{}", refusal.rule);
    let length = |text: &str| text.chars().count();
    assert!((1..LONGEST).contains(&length(&refusal.path)), "{}", length(&refusal.path));
    assert!((1..LONGEST).contains(&length(&refusal.detail)), "{}", length(&refusal.detail));
}
