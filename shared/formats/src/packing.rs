//! A ZIP archive as it is written, piece by piece, with a list of hashes at its end.
//!
//! The same files give the same bytes: the time of each is given, none is compressed, and nothing of the machine is in it. Sizes and
//! checks stand behind each file, so that nothing has to be known before; whoever opens it reads the directory at its end, as unzip
//! and Python's zipfile do. `sha256sum -c manifest.sha256` tells whether what was unpacked is what was packed.
//!
//! What is absent: input and output. Whoever packs takes the bytes away as they come.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// The last file of the archive: the hashes of all others.
pub const MANIFEST: &str = "manifest.sha256";

/// Longest name of one folder or file.
const LONGEST_NAME: usize = 80;

/// Why an archive cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackingError {
    /// A defect of the caller: a file before it was begun, a name twice, or one that is a path elsewhere.
    #[error("the archive was used wrongly")]
    Misused,
    /// An archive of this size or of so many files cannot be written.
    #[error("the archive could not be written")]
    NotWritten,
}

/// An archive that is being written.
pub struct Packing {
    zip: ZipWriter<StreamWriter<Sink>>,
    made: Sink,
    options: SimpleFileOptions,
    /// The file that is being written, with what was written of it.
    file: Option<(String, Sha256)>,
    manifest: String,
    names: BTreeSet<String>,
}

/// What was written and not taken yet.
#[derive(Debug, Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Packing {
    /// How many files instead of their names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packing").field("files", &self.names.len()).finish_non_exhaustive()
    }
}

impl Packing {
    /// An archive whose files all bear this day.
    pub fn of(day: Date) -> Packing {
        let made = Sink::default();
        let (year, month, day) =
            (day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs());
        // A day that ZIP cannot write down is its first.
        let time = DateTime::from_date_and_time(year, month, day, 0, 0, 0).unwrap_or(DateTime::DEFAULT);
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(time)
            .system(System::Unix)
            .unix_permissions(0o644);
        Packing {
            zip: ZipWriter::new_stream(made.clone()),
            made,
            options,
            file: None,
            manifest: String::new(),
            names: BTreeSet::new(),
        }
    }

    /// Begins the next file; what is written from now on is in it. Parts of the name between slashes are folders.
    ///
    /// # Errors
    /// The name is no plain one (see [`plain`]), or was there before.
    pub fn begin(&mut self, name: &str) -> Result<(), PackingError> {
        self.end();
        let is_plain = name.split('/').all(|part| plain(part) == part);
        if !is_plain || name == MANIFEST || !self.names.insert(name.to_ascii_lowercase()) {
            return Err(PackingError::Misused);
        }
        self.zip.start_file(name, self.options).map_err(|_| PackingError::NotWritten)?;
        self.file = Some((name.to_owned(), Sha256::new()));
        Ok(())
    }

    /// More of the file that was begun last.
    ///
    /// # Errors
    /// None was begun.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), PackingError> {
        let (_, hash) = self.file.as_mut().ok_or(PackingError::Misused)?;
        hash.update(bytes);
        self.zip.write_all(bytes).map_err(|_| PackingError::NotWritten)
    }

    /// How many bytes wait to be taken.
    pub fn waiting(&self) -> usize {
        self.made.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Takes so many bytes of the archive, or as many as there are.
    pub fn take(&mut self, most: usize) -> Vec<u8> {
        let mut made = self.made.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = most.min(made.len());
        let rest = made.split_off(taken);
        std::mem::replace(&mut *made, rest)
    }

    /// Ends the archive with its list of hashes. The bytes that are left, and how many files there are, that list included.
    ///
    /// # Errors
    /// The archive cannot be written.
    pub fn finish(mut self) -> Result<(Vec<u8>, u32), PackingError> {
        self.end();
        let files = u32::try_from(self.names.len() + 1).map_err(|_| PackingError::NotWritten)?;
        self.zip.start_file(MANIFEST, self.options).map_err(|_| PackingError::NotWritten)?;
        self.zip.write_all(self.manifest.as_bytes()).map_err(|_| PackingError::NotWritten)?;
        self.zip.finish().map_err(|_| PackingError::NotWritten)?;
        let mut made = self.made.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((std::mem::take(&mut *made), files))
    }

    fn end(&mut self) {
        if let Some((name, hash)) = self.file.take() {
            let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            self.manifest.push_str(&format!("{hash}  {name}\n"));
        }
    }
}

/// A name that is not taken: this one, or the same with a number behind it.
pub fn free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') && !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut number = 2_u32;
    loop {
        let other = format!("{stem}-{number}{ending}");
        if !taken(&other) {
            return other;
        }
        number += 1;
    }
}

/// A text as the name of one file or folder that every system can write: letters, digits and `.-_`; not hidden, not a way up, and not
/// longer than it has to be. The ending stays.
pub fn plain(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut name: String = text.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    if name.len() > LONGEST_NAME {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_owned()).filter(|e| e.len() <= 8);
        name.truncate(LONGEST_NAME - ending.as_ref().map_or(0, |ending| ending.len() + 1));
        if let Some(ending) = ending {
            name = format!("{name}.{ending}");
        }
    }
    // A dot in front hides a file, and two are a way up; one behind is lost on Windows. A hyphen in front is an option.
    if name.starts_with(['.', '-']) {
        name.replace_range(0..1, "_");
    }
    if name.ends_with('.') {
        name.replace_range(name.len() - 1.., "_");
    }
    if name.is_empty() { "_".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use jiff::civil::date;
    use zip::ZipArchive;

    use super::*;

    const DAY: Date = date(2026, 11, 30);

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut packing = Packing::of(DAY);
        let mut bytes = Vec::new();
        for (name, content) in files {
            packing.begin(name).unwrap();
            for piece in content.chunks(3) {
                packing.write(piece).unwrap();
                bytes.extend(packing.take(2));
            }
        }
        let (rest, count) = packing.finish().unwrap();
        assert_eq!(count as usize, files.len() + 1);
        bytes.extend(rest);
        bytes
    }

    #[test]
    fn what_was_packed_is_unpacked_with_its_hashes() {
        let files: [(&str, &[u8]); 3] = [("a.txt", b"abc"), ("b/c.txt", b"0123456789"), ("empty", b"")];
        let mut archive = ZipArchive::new(Cursor::new(packed(&files))).unwrap();
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let mut manifest = String::new();
        for (name, content) in files {
            assert_eq!(read(name), content, "{name}");
            let hash: String = Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect();
            manifest.push_str(&format!("{hash}  {name}\n"));
        }
        assert_eq!(read(MANIFEST), manifest.as_bytes());
    }

    #[test]
    fn the_same_files_are_the_same_bytes() {
        let files: [(&str, &[u8]); 2] = [("a.txt", b"abc"), ("b.txt", b"def")];
        assert_eq!(packed(&files), packed(&files));
    }

    #[test]
    fn names_are_plain_and_there_once() {
        let table = [
            ("factuur 1.pdf", "factuur_1.pdf"),
            ("../x", "_._x"),
            (".hidden", "_hidden"),
            ("-rf", "_rf"),
            ("a/b\\c", "a_b_c"),
            ("caf\u{e9}.pdf", "caf_.pdf"),
            ("", "_"),
            ("end.", "end_"),
        ];
        for (text, name) in table {
            assert_eq!(plain(text), name, "{text}");
            assert_eq!(plain(name), name, "{text}");
        }
        let long = plain(&format!("{}.pdf", "x".repeat(300)));
        assert_eq!((long.len(), long.ends_with(".pdf")), (LONGEST_NAME, true));
        let mut packing = Packing::of(DAY);
        packing.begin("a.pdf").unwrap();
        for bad in ["a.pdf", "A.PDF", "../a", "/a", "a//b", "a b", MANIFEST] {
            assert_eq!(packing.begin(bad), Err(PackingError::Misused), "{bad}");
        }
        let taken = |name: &str| ["a.pdf", "a-2.pdf", "x/b"].contains(&name);
        assert_eq!([free("a.pdf", taken), free("b.pdf", taken)], ["a-3.pdf", "b.pdf"]);
        assert_eq!(free("x/b", taken), "x/b-2");
    }

    #[test]
    fn nothing_is_written_before_a_file_is_begun() {
        assert_eq!(Packing::of(DAY).write(b"x"), Err(PackingError::Misused));
    }
}
