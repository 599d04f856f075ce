//! A file read by pieces: as much of it as the next part needs, and some more.

use std::sync::Arc;

use bytes::Bytes;
use outside::files::{Files, FilesError};

use crate::Stop;

/// Bytes of one read. More than any record, and little beside what a function may hold.
pub(crate) const WINDOW: u64 = 2 * 1024 * 1024;

/// A piece of a file in memory.
#[derive(Debug)]
pub(crate) struct Window {
    files: Arc<dyn Files>,
    name: String,
    size: u64,
    begins_at: u64,
    bytes: Bytes,
}

impl Window {
    pub fn new(files: Arc<dyn Files>, name: String, size: u64) -> Window {
        Window { files, name, size, begins_at: 0, bytes: Bytes::new() }
    }

    /// The bytes from here on, at least `least` of them where the file has so many; and whether the file ends with them.
    pub async fn from(&mut self, at: u64, least: usize) -> Result<(Bytes, bool), Stop> {
        let ends_at = self.begins_at + to_u64(self.bytes.len());
        let held = at >= self.begins_at && at <= ends_at;
        if !held || (ends_at - at < to_u64(least) && ends_at < self.size) {
            let end = (at + WINDOW.max(to_u64(least))).min(self.size);
            self.bytes = read(&*self.files, &self.name, at..end).await?;
            self.begins_at = at;
            if to_u64(self.bytes.len()) != end.saturating_sub(at) {
                return Err(Stop::refused("file_changed", "is not as long as it was"));
            }
        }
        let skipped = usize::try_from(at - self.begins_at).unwrap_or(usize::MAX).min(self.bytes.len());
        let bytes = self.bytes.slice(skipped..);
        let last = at + to_u64(bytes.len()) >= self.size;
        Ok((bytes, last))
    }
}

/// All of a file that is small enough to be held.
pub(crate) async fn whole(files: &dyn Files, name: &str, size: u64) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    while to_u64(bytes.len()) < size {
        let at = to_u64(bytes.len());
        let more = read(files, name, at..(at + 4 * WINDOW).min(size)).await?;
        if more.is_empty() {
            return Err(Stop::refused("file_changed", "is not as long as it was"));
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

async fn read(files: &dyn Files, name: &str, range: std::ops::Range<u64>) -> Result<Bytes, Stop> {
    match files.read(name, Some(range)).await {
        Ok(bytes) => Ok(bytes),
        Err(FilesError::Absent) => Err(Stop::refused("file_gone", "is no longer kept")),
        Err(other) => Err(other.into()),
    }
}

pub(crate) fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use outside::files::MemoryFiles;

    use super::*;

    #[tokio::test]
    async fn a_window_gives_what_is_asked_for_wherever_the_file_is_read() {
        let size = WINDOW + 1_000;
        let content: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let files = MemoryFiles::new();
        files.put("f", Bytes::from(content.clone()), "text/plain").await.unwrap();
        let mut window = Window::new(Arc::new(files.clone()), "f".to_owned(), size);
        for (at, least) in [(0, 10), (WINDOW - 20, 10), (WINDOW - 5, 10), (size - 3, 10), (size, 10), (4, 9)]
        {
            let (bytes, last) = window.from(at, least).await.unwrap();
            let begin = usize::try_from(at).unwrap();
            assert_eq!(bytes, content[begin..begin + bytes.len()], "{at}");
            assert!(bytes.len() >= least || last, "{at}");
            assert_eq!(last, begin + bytes.len() == content.len(), "{at}");
        }
        assert_eq!(whole(&files, "f", size).await.unwrap(), content);
    }

    #[tokio::test]
    async fn a_file_that_is_gone_or_shorter_ends_the_import() {
        let files = MemoryFiles::new();
        let reason = |stop| match stop {
            Stop::Refused { reason, .. } => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason(whole(&files, "f", 9).await.unwrap_err()), "file_gone");
        files.put("f", Bytes::from_static(b"short"), "text/plain").await.unwrap();
        assert_eq!(reason(whole(&files, "f", 9).await.unwrap_err()), "file_changed");
        let mut window = Window::new(Arc::new(files.clone()), "f".to_owned(), 9);
        assert_eq!(reason(window.from(0, 1).await.unwrap_err()), "file_changed");
    }
}
