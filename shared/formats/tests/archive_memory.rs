//! How much memory an archive may cost. A test of its own process: what is measured is the process's own peak.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

use std::io::{Cursor, Write};

use formats::archive::{Archive, MAX_ENTRY_BYTES};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The most memory that this process had so far, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[test]
fn a_bomb_costs_no_more_than_one_entry() {
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let piece = vec![0; 1_000_000];
    for n in 0..8 {
        zip.start_file(format!("{n}.xml"), options).unwrap();
        for _ in 0..100 {
            zip.write_all(&piece).unwrap();
        }
    }
    let mut bomb = zip.finish().unwrap().into_inner();
    let before = peak();
    let mut archive = Archive::open(&bomb).unwrap();
    let refused = (0..archive.len()).filter(|place| archive.read(*place).unwrap().is_err()).count();
    assert_eq!(refused, 8);
    // As large as it is, each says that it is as large as one may be.
    let said = u32::try_from(MAX_ENTRY_BYTES).unwrap().to_le_bytes();
    let headers: Vec<usize> = (0..bomb.len()).filter(|at| bomb[*at..].starts_with(b"PK\x01\x02")).collect();
    for at in headers {
        // Packed into a tenth of that.
        bomb[at + 24..at + 28].copy_from_slice(&said);
    }
    let mut archive = Archive::open(&bomb).unwrap();
    let refused = (0..archive.len()).filter(|place| archive.read(*place).unwrap().is_err()).count();
    assert_eq!(refused, 8);
    let cost = peak() - before;
    assert!(cost < 3 * MAX_ENTRY_BYTES, "{cost} bytes");
}
