//! Archives: every entry by itself, within the bounds.

use formats::archive::{Archive, Document, MAX_ENTRIES, MAX_ENTRY_BYTES, MAX_UNPACKED_BYTES};
use formats::content::Content;

use super::assert_named;

/// Of any bytes.
pub fn check(bytes: &[u8]) {
    let mut archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(refusal) => return assert_named(&refusal),
    };
    assert!(archive.len() <= MAX_ENTRIES);
    let mut unpacked = 0;
    for place in 0..archive.len() {
        let Some(read) = archive.read(place) else { panic!("there is no entry {place}") };
        match &read {
            Ok(document) => {
                assert_document(document);
                unpacked += document.bytes.len();
            }
            Err(refusal) => {
                assert_named(refusal);
                assert!(refusal.path.starts_with("/entry["), "{}", refusal.path);
            }
        }
        // Reading leaves nothing behind.
        assert_eq!(archive.read(place), Some(read));
    }
    assert_eq!(archive.read(archive.len()), None);
    assert!(u64::try_from(unpacked).is_ok_and(|bytes| bytes <= MAX_UNPACKED_BYTES));
}

fn assert_document(document: &Document) {
    assert!(document.bytes.len() <= MAX_ENTRY_BYTES);
    assert_eq!(document.content, Content::of(&document.bytes));
    assert!(document.name.as_deref().is_none_or(|name| !name.contains(['/', '\\'])));
}
