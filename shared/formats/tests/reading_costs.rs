//! How much time and memory hostile files may cost. A test of its own process: what is measured is the process's own peak.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use formats::{FormatRefusal, archive, camt053, mt940, ubl};

/// The most memory that this process had since that was last set back, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// `part` over and over between `before` and `after`, in so many bytes.
fn filled(before: &str, part: &str, after: &str, size: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size);
    bytes.extend(before.bytes());
    while bytes.len() + part.len() + after.len() <= size {
        bytes.extend(part.bytes());
    }
    bytes.extend(after.bytes());
    bytes
}

type Read = fn(&[u8]) -> Result<(), &'static str>;

/// The rule of the first refusal.
fn as_ubl(bytes: &[u8]) -> Result<(), &'static str> {
    ubl::parse(bytes).map(|_| ()).map_err(|refusals| refusals[0].rule)
}

fn rule(refusal: FormatRefusal) -> &'static str {
    refusal.rule
}

fn as_camt053(bytes: &[u8]) -> Result<(), &'static str> {
    camt053::parse(bytes).map(|_| ()).map_err(rule)
}

fn as_mt940(bytes: &[u8]) -> Result<(), &'static str> {
    mt940::parse(bytes).map(|_| ()).map_err(rule)
}

fn as_archive(bytes: &[u8]) -> Result<(), &'static str> {
    archive::Archive::open(bytes).map(|_| ()).map_err(rule)
}

const MB: usize = 1_000_000;

const CBC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
const CAMT: &str = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>";
const ENTRY: &str = "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
    <BookgDt><Dt>2026-11-02</Dt></BookgDt></Ntry>";
const MT: &str = ":20:1\n:25:NL20INGB0001234567\n:28C:1\n:60F:C261102EUR0,00\n";

fn invoice(before: &str, part: &str, after: &str, size: usize) -> Vec<u8> {
    let root = format!(
        "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" xmlns:b=\"{CBC}\">"
    );
    filled(&format!("{root}{before}"), part, &format!("{after}</Invoice>"), size)
}

fn entities_within_entities() -> Vec<u8> {
    let bombs: String = (0..40).map(|n| format!("<!ENTITY e{n} \"&e{};&e{};\">", n + 1, n + 1)).collect();
    format!("<!DOCTYPE Invoice [{bombs}]><Invoice>&e0;</Invoice>").into_bytes()
}

fn utf_16() -> Vec<u8> {
    invoice("", " ", "", 7 * MB).into_iter().flat_map(|byte| [byte, 0]).collect()
}

/// What a file is, the file, how it is read, the rule that refuses it, and how much memory the process may have beside it.
type Row = (&'static str, fn() -> Vec<u8>, Read, &'static str, usize);

const TABLE: [Row; 16] = [
    ("50 MB of anything", || invoice("", "<b:ID>1</b:ID>", "", 50 * MB), as_ubl, "TIJDIG-LIMIT", 20 * MB),
    ("50 MB as a statement", || filled(CAMT, ENTRY, "", 50 * MB), as_camt053, "TIJDIG-LIMIT", 20 * MB),
    ("50 MB of lines", || filled(MT, ":61:261102C1,NTRF\n", "", 50 * MB), as_mt940, "TIJDIG-LIMIT", 20 * MB),
    ("50 MB that is no archive", || filled("", "P", "", 50 * MB), as_archive, "TIJDIG-ZIP", 20 * MB),
    ("more than 50 MB", || filled("", "P", "", 50 * MB + 1), as_archive, "TIJDIG-LIMIT", 20 * MB),
    ("UTF-16", utf_16, as_ubl, "XML", 20 * MB),
    ("entities within entities", entities_within_entities, as_ubl, "XML", 20 * MB),
    ("comments", || invoice("", "<!-- a -->", "", 15 * MB), as_ubl, "BR-01", 20 * MB),
    ("elements", || invoice("", "<b:ID/>", "", 15 * MB), as_ubl, "TIJDIG-LIMIT", 50 * MB),
    ("references", || invoice("<b:ID>", "&amp;", "</b:ID>", 15 * MB), as_ubl, "BR-01", 80 * MB),
    ("one long text", || invoice("<b:ID>", "a", "</b:ID>", 15 * MB), as_ubl, "BR-01", 80 * MB),
    ("one long attribute", || invoice("<b:ID schemeID='", "a", "'/>", 15 * MB), as_ubl, "BR-01", 80 * MB),
    ("one long name", || invoice("<", "a", "/>", 15 * MB), as_ubl, "BR-01", 80 * MB),
    ("too many entries", || filled(CAMT, ENTRY, "", 31 * MB), as_camt053, "TIJDIG-LIMIT", 120 * MB),
    ("one text of a statement", || filled(CAMT, "a", "", 31 * MB), as_camt053, "XML", 120 * MB),
    ("a field without end", || filled(MT, "a", "", 31 * MB), as_mt940, "TIJDIG-CLOSING", 120 * MB),
];

#[test]
fn the_largest_files_take_bounded_time_and_memory() {
    for (what, file, read, expected, most) in TABLE {
        let bytes = file();
        // 5 sets the peak back to what there is now.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let started = Instant::now();
        let answer = read(&bytes);
        let (took, beside) = (started.elapsed(), peak().saturating_sub(bytes.len()));
        println!("{what}: {} bytes, {took:?}, {} kB beside them", bytes.len(), beside / 1_000);
        assert_eq!(answer, Err(expected), "{what}");
        assert!(beside <= most, "{what}: {beside} bytes");
        // Each takes a few seconds at most, also where everything else is busy.
        assert!(took < Duration::from_secs(20), "{what}: {took:?}");
    }
}
