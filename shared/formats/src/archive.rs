//! ZIP archives of documents: each entry by itself, with bounds on everything that an attacker chooses.
//!
//! Opening reads the directory only. An entry is unpacked when it is asked for, into at most [`MAX_ENTRY_BYTES`], so that
//! one at a time is in memory. A rule of ours, beside those of [`FormatRefusal`]: `TIJDIG-ZIP` (no archive that is taken,
//! or damaged).
//!
//! What is absent: archives within archives, encryption, ZIP64, methods other than stored and deflated, and paths: no
//! entry's name is ever a place to write to.

use std::fmt;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::content::Content;
use crate::refusal::FormatRefusal;

/// Largest archive, in bytes.
pub const MAX_BYTES: usize = 50_000_000;
/// Most entries of one archive, folders included.
pub const MAX_ENTRIES: usize = 20_000;
/// Largest entry once it is unpacked, in bytes.
pub const MAX_ENTRY_BYTES: usize = crate::ubl::MAX_BYTES;
/// Most bytes that all entries together say they unpack to.
pub const MAX_UNPACKED_BYTES: u64 = 1_000_000_000;
/// How many times its size an entry of more than [`FREE_BYTES`] may unpack to: XML of real invoices does some 20.
pub const MAX_RATIO: u64 = 200;
/// Up to this size nobody asks how well an entry was packed.
pub const FREE_BYTES: u64 = 1_000_000;

/// An archive whose directory was read and is within the bounds.
pub struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// Places in the directory of the entries that are documents.
    documents: Vec<usize>,
}

/// One document of an archive, unpacked. It holds personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The last part of its name, as the archive has it: to tell by, never to open. None where it is no text.
    pub name: Option<String>,
    /// What its first bytes say that it is; none for every other kind.
    pub content: Option<Content>,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Archive<'_> {
    /// How many documents instead of the documents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("documents", &self.documents.len()).finish_non_exhaustive()
    }
}

impl<'b> Archive<'b> {
    /// Reads the directory.
    ///
    /// # Errors
    /// `TIJDIG-LIMIT` beyond a bound; `TIJDIG-ZIP` where it is no archive, or one that is not taken.
    pub fn open(bytes: &'b [u8]) -> Result<Archive<'b>, FormatRefusal> {
        if bytes.len() > MAX_BYTES {
            return Err(limit("/", format!("larger than {MAX_BYTES} bytes")));
        }
        if has_zip64_directory(bytes) {
            return Err(refused("/", "is a ZIP64 archive"));
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refused("/", told(&error)))?;
        if zip.len() > MAX_ENTRIES {
            return Err(limit("/", format!("more than {MAX_ENTRIES} entries")));
        }
        if !says_to_have(bytes, zip.len()) {
            return Err(refused("/", "has two entries of the same name"));
        }
        if zip.has_overlapping_entries().map_err(|error| refused("/", told(&error)))? {
            return Err(refused("/", "has entries that share bytes"));
        }
        let documents = documents(&zip)?;
        Ok(Archive { zip, documents })
    }

    /// How many documents there are. Folders, and what operating systems add, are none.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Unpacks the document at `place`, from 0 in the order of the directory; none behind the last one.
    ///
    /// # Errors
    /// `TIJDIG-LIMIT` and `TIJDIG-ZIP`, about this entry only: the others can still be read.
    pub fn read(&mut self, place: usize) -> Option<Result<Document, FormatRefusal>> {
        let index = *self.documents.get(place)?;
        Some(self.unpack(index, &format!("/entry[{}]", place + 1)))
    }

    fn unpack(&mut self, index: usize, path: &str) -> Result<Document, FormatRefusal> {
        let mut entry = self.zip.by_index(index).map_err(|error| refused(path, told(&error)))?;
        let (size, packed) = (entry.size(), entry.compressed_size());
        if size > to_u64(MAX_ENTRY_BYTES) {
            return Err(limit(path, format!("unpacks to more than {MAX_ENTRY_BYTES} bytes")));
        }
        if size > FREE_BYTES && size / MAX_RATIO > packed {
            return Err(limit(path, format!("unpacks to more than {MAX_RATIO} times its size")));
        }
        let name = std::str::from_utf8(entry.name_raw()).ok().map(|name| last_part(name).to_owned());
        let mut bytes = Vec::new();
        // The size is what the archive says: never read further than that, whatever is packed.
        let read = entry.by_ref().take(size + 1).read_to_end(&mut bytes);
        if read.is_err() || to_u64(bytes.len()) != size {
            return Err(refused(path, "is damaged, or not of the size that the archive says"));
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return Err(refused(path, "is an archive itself"));
        }
        Ok(Document { name, content: Content::of(&bytes), bytes })
    }
}

/// The entries that are documents, once the bounds on all of them hold.
fn documents(zip: &ZipArchive<Cursor<&[u8]>>) -> Result<Vec<usize>, FormatRefusal> {
    let (mut documents, mut unpacked) = (Vec::new(), 0_u64);
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(|error| refused("/", told(&error)))?;
        unpacked = unpacked.saturating_add(entry.size());
        if is_document(entry.name_raw()) {
            documents.push(index);
        }
    }
    if unpacked > MAX_UNPACKED_BYTES {
        return Err(limit("/", format!("unpacks to more than {MAX_UNPACKED_BYTES} bytes")));
    }
    Ok(documents)
}

/// Not a folder, and not what macOS and Windows put beside files.
fn is_document(name: &[u8]) -> bool {
    let text = String::from_utf8_lossy(name);
    let last = last_part(&text);
    !last.is_empty() && !last.starts_with('.') && !text.starts_with("__MACOSX/") && last != "Thumbs.db"
}

fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Where a record that may be the end of a directory begins: it has 22 bytes and a comment of at most 65,535.
fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let from = bytes.len().saturating_sub(22 + 65_535);
    let windows = bytes[from..].windows(4).enumerate();
    windows.filter(|(_, window)| *window == b"PK\x05\x06").map(move |(at, _)| from + at)
}

/// Whether a locator of a ZIP64 directory stands before an end of directory. In ZIP64 an archive may claim any number of
/// entries, for which the library would make room before it reads them; without it at most 65,535.
fn has_zip64_directory(bytes: &[u8]) -> bool {
    let locator = |end: usize| end.checked_sub(20).is_some_and(|at| bytes[at..].starts_with(b"PK\x06\x07"));
    ends(bytes).any(locator)
}

/// Whether the directory says that it has this many entries. The library keeps the last one of each name only.
fn says_to_have(bytes: &[u8], count: usize) -> bool {
    let said = |end: usize| match bytes.get(end + 10..end + 12) {
        Some([low, high]) => usize::from(u16::from_le_bytes([*low, *high])) == count,
        _ => false,
    };
    ends(bytes).any(said)
}

/// What is wrong, without the names that the archive holds.
fn told(error: &ZipError) -> &'static str {
    match error {
        ZipError::InvalidArchive(_) => "is no ZIP archive, or a damaged one",
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            "is encrypted, in parts, or packed in a way that is not read"
        }
        _ => "cannot be read",
    }
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn refused(path: &str, detail: &str) -> FormatRefusal {
    FormatRefusal::new("TIJDIG-ZIP", path, detail)
}

fn limit(path: &str, detail: String) -> FormatRefusal {
    FormatRefusal::new("TIJDIG-LIMIT", path, detail)
}
