//! Archives of documents, good ones and those that are made to cost time or memory.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use formats::archive::{Archive, Document, MAX_BYTES, MAX_ENTRIES, MAX_ENTRY_BYTES};
use formats::content::Content;
use formats::ubl;
use proptest::prelude::*;
use zip::CompressionMethod::{Deflated, Stored};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const INVOICE: &[u8] = include_bytes!("../../tests-data/invoice-consumer.xml");
const CREDIT_NOTE: &[u8] = include_bytes!("../../tests-data/credit-note-business.xml");

fn packed(entries: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Each document in turn, or the rule that it was refused with.
fn documents(zip: &[u8]) -> Vec<Result<Document, &'static str>> {
    let mut archive = Archive::open(zip).unwrap();
    let all: Vec<_> = (0..archive.len()).filter_map(|place| archive.read(place)).collect();
    assert_eq!((all.len(), archive.read(all.len()).is_none()), (archive.len(), true));
    all.into_iter().map(|read| read.map_err(|refusal| refusal.rule)).collect()
}

fn refusal(zip: &[u8]) -> (&'static str, String) {
    let refusal = Archive::open(zip).unwrap_err();
    (refusal.rule, refusal.detail)
}

/// Overwrites what stands `offset` bytes behind every record with this signature.
fn patched(zip: &[u8], signature: &[u8; 4], offset: usize, with: &[u8]) -> Vec<u8> {
    let mut patched = zip.to_vec();
    let found: Vec<usize> = (0..zip.len()).filter(|at| zip[*at..].starts_with(signature)).collect();
    assert!(!found.is_empty());
    for at in found {
        patched[at + offset..at + offset + with.len()].copy_from_slice(with);
    }
    patched
}

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";

#[test]
fn each_document_comes_out_as_it_went_in() {
    for method in [Stored, Deflated] {
        let zip = packed(
            &[
                ("2026/", b""),
                ("2026/2026-0001.xml", INVOICE),
                ("__MACOSX/2026/._2026-0001.xml", b"\0\x05\x16\x07"),
                ("2026/.DS_Store", b"x"),
                ("2026\\C-2026-7.xml", CREDIT_NOTE),
                ("2026/2026-0001.pdf", b"%PDF-1.7"),
                ("leeg.xml", b""),
            ],
            method,
        );
        let told: Vec<_> = documents(&zip)
            .into_iter()
            .map(|document| document.map(|d| (d.name.unwrap(), d.content, d.bytes.len())).unwrap())
            .collect();
        let expected = [
            ("2026-0001.xml".to_owned(), Some(Content::Xml), INVOICE.len()),
            ("C-2026-7.xml".to_owned(), Some(Content::Xml), CREDIT_NOTE.len()),
            ("2026-0001.pdf".to_owned(), Some(Content::Pdf), 8),
            ("leeg.xml".to_owned(), None, 0),
        ];
        assert_eq!(told, expected);
        let first = documents(&zip).remove(0).unwrap();
        assert_eq!(ubl::parse(&first.bytes).unwrap().number, "2026-0001");
    }
    assert!(Archive::open(&packed(&[], Stored)).unwrap().is_empty());
}

#[test]
fn what_is_no_archive_that_is_taken_is_refused_as_a_whole() {
    let good = packed(&[("a.xml", INVOICE), ("b.xml", INVOICE)], Deflated);
    let end = good.len() - 22;
    let locator = [&good[..end], b"PK\x06\x07".as_slice(), &[0; 16], &good[end..]].concat();
    let to_the_first = patched(&good, CENTRAL, 42, &[0; 4]);
    let one_name = patched(&patched(&good, LOCAL, 30, b"a"), CENTRAL, 46, b"a");
    let table = [
        ("text", INVOICE.to_vec(), "is no ZIP archive, or a damaged one"),
        ("nothing", Vec::new(), "is no ZIP archive, or a damaged one"),
        ("cut off", good[..good.len() - 30].to_vec(), "is no ZIP archive, or a damaged one"),
        ("without its beginning", good[100..].to_vec(), "is no ZIP archive, or a damaged one"),
        ("ZIP64", locator, "is a ZIP64 archive"),
        ("one content for two names", to_the_first, "has entries that share bytes"),
        ("one name for two contents", one_name, "has two entries of the same name"),
        (
            "a directory of other disks",
            patched(&good, END, 4, &[1, 0]),
            "is no ZIP archive, or a damaged one",
        ),
    ];
    for (what, zip, detail) in table {
        let refused = refusal(&zip);
        assert_eq!((refused.0, refused.1.as_str()), ("TIJDIG-ZIP", detail), "{what}");
    }
}

#[test]
fn an_entry_that_cannot_be_read_leaves_the_others() {
    let inner = packed(&[("a.xml", INVOICE)], Stored);
    let zip = packed(&[("a.zip", &inner), ("b.xml", INVOICE)], Deflated);
    let read = documents(&zip);
    assert_eq!(
        (read[0].clone().unwrap_err(), read[1].clone().unwrap().bytes.len()),
        ("TIJDIG-ZIP", INVOICE.len())
    );
    let one = packed(&[("a.xml", INVOICE)], Deflated);
    let table = [
        ("encrypted", patched(&patched(&one, LOCAL, 6, &[1, 0]), CENTRAL, 8, &[1, 0])),
        ("another method", patched(&patched(&one, LOCAL, 8, &[12, 0]), CENTRAL, 10, &[12, 0])),
        ("another checksum", patched(&one, CENTRAL, 16, &[1, 2, 3, 4])),
        ("larger than it says", patched(&one, CENTRAL, 24, &[100, 0, 0, 0])),
        ("smaller than it says", patched(&one, CENTRAL, 24, &[0, 0, 0x0f, 0])),
        ("packed otherwise", patched(&one, LOCAL, 30 + 5, &[0xff; 20])),
    ];
    for (what, zip) in table {
        assert_eq!(documents(&zip), [Err("TIJDIG-ZIP")], "{what}");
    }
}

#[test]
fn the_bounds_on_number_and_size_hold_at_their_edge() {
    let of = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("{n}.xml")).collect();
        packed(&names.iter().map(|name| (name.as_str(), [].as_slice())).collect::<Vec<_>>(), Stored)
    };
    assert_eq!(Archive::open(&of(MAX_ENTRIES)).unwrap().len(), MAX_ENTRIES);
    assert_eq!(refusal(&of(MAX_ENTRIES + 1)).0, "TIJDIG-LIMIT");
    assert_eq!(refusal(&vec![0; MAX_BYTES + 1]).0, "TIJDIG-LIMIT");
    assert_eq!(refusal(&vec![0; MAX_BYTES]).0, "TIJDIG-ZIP");
    for (size, expected) in
        [(MAX_ENTRY_BYTES, Ok(MAX_ENTRY_BYTES)), (MAX_ENTRY_BYTES + 1, Err("TIJDIG-LIMIT"))]
    {
        let read = documents(&packed(&[("a.xml", &vec![b' '; size])], Stored)).remove(0);
        assert_eq!(read.map(|document| document.bytes.len()), expected);
    }
}

#[test]
fn bombs_are_refused_without_going_off() {
    let zeros = vec![0; MAX_ENTRY_BYTES];
    // A thousand times its size: refused by its own entry.
    assert_eq!(documents(&packed(&[("a.xml", &zeros)], Deflated)), [Err("TIJDIG-LIMIT")]);
    // That says it is small: not unpacked further than it says.
    let liar = patched(&packed(&[("a.xml", &zeros)], Deflated), CENTRAL, 24, &[0, 1, 0, 0]);
    assert_eq!(documents(&liar), [Err("TIJDIG-ZIP")]);
    // Many that are each small enough.
    let names: Vec<String> = (0..1_100).map(|n| format!("{n}.xml")).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), &zeros[..950_000])).collect();
    let many = packed(&many, Deflated);
    assert_eq!(refusal(&many).0, "TIJDIG-LIMIT");
    // A tail full of ends, each with the directory to look at.
    let mut ends = packed(&[("a.xml", INVOICE)], Stored);
    let end: Vec<u8> = ends[ends.len() - 22..].to_vec();
    ends.extend(end.repeat(65_000 / end.len()));
    let started = Instant::now();
    // Whichever of them the library takes, it looks at each at most once.
    assert!(Archive::open(&patched(&ends, END, 20, &[1, 0])).map_or(0, |archive| archive.len()) <= 1);
    assert!(Archive::open(&patched(&ends, END, 16, &[1, 1, 1, 1])).is_err());
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_damage_makes_the_reader_panic(place in 0_usize..700, junk in proptest::collection::vec(any::<u8>(), 0..6), cut in 0_usize..8) {
        let mut zip = packed(&[("a.xml", b"<a/>"), ("b.xml", &INVOICE[..500]), ("c.zip", b"PK\x03\x04")], Deflated);
        let place = place.min(zip.len());
        let end = (place + cut).min(zip.len());
        zip.splice(place..end, junk);
        if let Ok(mut archive) = Archive::open(&zip) {
            for place in 0..archive.len() {
                if let Some(Ok(document)) = archive.read(place) {
                    prop_assert!(document.bytes.len() <= 500);
                }
            }
        }
    }
}
