//! What holds of every input, over the fixtures and over damaged ones: the fuzzer's own checks, so that they always build.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../fuzz/src/lib.rs"]
mod checks;

use std::fs;

/// Every file of a folder of fixtures.
fn fixtures(folder: &str, ends: &[&str]) -> Vec<Vec<u8>> {
    let folder = format!("{}/tests-data/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let wanted = |path: &&std::path::PathBuf| ends.iter().any(|end| path.to_string_lossy().ends_with(end));
    paths.iter().filter(wanted).map(|path| fs::read(path).unwrap()).collect()
}

/// Each as it is, cut off in several places, and with one byte turned into another in many.
fn over(files: &[Vec<u8>], check: fn(&[u8])) {
    assert!(!files.is_empty());
    for file in files {
        check(file);
        for place in 0..40 {
            check(&file[..file.len() * place / 40]);
        }
        for (turn, place) in (0..file.len()).step_by(file.len() / 150 + 1).enumerate() {
            let mut damaged = file.clone();
            damaged[place] ^= 1 << (turn % 8);
            check(&damaged);
        }
    }
}

#[test]
fn of_every_ubl_document() {
    over(&fixtures("", &[".xml"]), checks::ubl::check);
}

#[test]
fn of_every_archive() {
    over(&fixtures("archive", &[".zip"]), checks::archive::check);
}

#[test]
fn of_every_csv_file() {
    let files: Vec<Vec<u8>> = fixtures("csv", &[".csv"]);
    over(&files, checks::csv::check);
}

#[test]
fn of_every_file_of_lines() {
    over(&fixtures("lines", &[".ndjson"]), checks::lines::check);
}

#[test]
fn of_every_camt053_file() {
    over(&fixtures("bank", &[".xml"]), checks::camt053::check);
}

#[test]
fn of_every_mt940_file() {
    over(&fixtures("bank", &[".940"]), checks::mt940::check);
}

#[test]
fn of_every_text_with_references() {
    over(&fixtures("references", &[".txt"]), checks::references::check);
}
