//! Files in memory: the twin that tests run on.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Files, FilesError, Upload, Writing};

/// What the addresses begin with; the rest is the key.
const ADDRESS: &str = "memory:///";

/// Files in memory. A clone is the same files.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles {
    files: Arc<Mutex<BTreeMap<String, Stored>>>,
    largest_part: Arc<AtomicUsize>,
}

#[derive(Debug, Clone)]
struct Stored {
    bytes: Bytes,
    content_type: String,
}

impl MemoryFiles {
    pub fn new() -> MemoryFiles {
        MemoryFiles::default()
    }

    /// What whoever was told of an upload does. Whether it was taken in: a file that is there already is not replaced.
    pub fn take_upload(&self, upload: &Upload, bytes: Bytes) -> bool {
        let Some(key) = upload.url.strip_prefix(ADDRESS) else { return false };
        let mut files = self.lock();
        if files.contains_key(key) {
            return false;
        }
        let content_type = "application/octet-stream".to_owned();
        files.insert(key.to_owned(), Stored { bytes, content_type });
        true
    }

    /// What whoever has a download's address gets.
    pub fn download(&self, url: &str) -> Option<Bytes> {
        self.download_after(url, Duration::ZERO)
    }

    /// The same, so long after the address was given.
    pub fn download_after(&self, url: &str, after: Duration) -> Option<Bytes> {
        let (key, query) = url.strip_prefix(ADDRESS)?.split_once('?')?;
        let seconds: u64 = query.split_once("expires=")?.1.parse().ok()?;
        let stored = self.lock().get(key).map(|stored| stored.bytes.clone());
        stored.filter(|_| after < Duration::from_secs(seconds))
    }

    /// The most bytes that were handed over at once by whoever writes in parts.
    pub fn largest_part(&self) -> usize {
        self.largest_part.load(Ordering::SeqCst)
    }

    /// Every key with its content type, in order.
    pub fn all(&self) -> Vec<(String, String)> {
        self.lock().iter().map(|(key, stored)| (key.clone(), stored.content_type.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Stored>> {
        // Each change is one call on the map, so a panic elsewhere leaves it whole.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Files for MemoryFiles {
    async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), FilesError> {
        self.lock().insert(key.to_owned(), Stored { bytes, content_type: content_type.to_owned() });
        Ok(())
    }

    async fn begin(&self, key: &str, content_type: &str) -> Result<Box<dyn Writing>, FilesError> {
        let (files, key, content_type) = (self.clone(), key.to_owned(), content_type.to_owned());
        Ok(Box::new(Parts { files, key, content_type, bytes: Vec::new() }))
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, FilesError> {
        let bytes = self.lock().get(key).map(|stored| stored.bytes.clone()).ok_or(FilesError::Absent)?;
        let Some(range) = range else { return Ok(bytes) };
        let within = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let (from, to) = (within(range.start), within(range.end));
        Ok(bytes.slice(from..to.max(from)))
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, FilesError> {
        Ok(self.lock().get(key).map(|stored| stored.bytes.len() as u64))
    }

    async fn delete(&self, key: &str) -> Result<(), FilesError> {
        self.lock().remove(key);
        Ok(())
    }

    async fn upload(&self, key: &str, _expires_in: Duration) -> Result<Upload, FilesError> {
        Ok(Upload { url: format!("{ADDRESS}{key}"), headers: vec![] })
    }

    async fn download_url(&self, key: &str, name: &str, expires_in: Duration) -> Result<String, FilesError> {
        Ok(format!("{ADDRESS}{key}?name={name}&expires={}", expires_in.as_secs()))
    }
}

/// A file in memory that is being written.
#[derive(Debug)]
struct Parts {
    files: MemoryFiles,
    key: String,
    content_type: String,
    bytes: Vec<u8>,
}

#[async_trait]
impl Writing for Parts {
    async fn add(&mut self, part: Bytes) -> Result<(), FilesError> {
        self.files.largest_part.fetch_max(part.len(), Ordering::SeqCst);
        self.bytes.extend_from_slice(&part);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<(), FilesError> {
        self.files.put(&self.key, Bytes::from(self.bytes), &self.content_type).await
    }

    async fn abandon(self: Box<Self>) -> Result<(), FilesError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "uploads/1";

    #[tokio::test]
    async fn what_is_read_is_what_lies_in_the_range() {
        let files = MemoryFiles::new();
        files.put(FILE, Bytes::from_static(b"0123456789"), "text/plain").await.unwrap();
        let table: [(Option<Range<u64>>, &[u8]); 7] = [
            (None, b"0123456789"),
            (Some(0..4), b"0123"),
            (Some(8..20), b"89"),
            (Some(10..20), b""),
            (Some(30..40), b""),
            (Some(4..4), b""),
            (Some(0..u64::MAX), b"0123456789"),
        ];
        for (range, expected) in table {
            assert_eq!(files.read(FILE, range.clone()).await.unwrap(), expected, "{range:?}");
        }
        assert_eq!(files.read("uploads/2", None).await, Err(FilesError::Absent));
    }

    #[tokio::test]
    async fn a_file_in_parts_is_there_once_it_is_finished() {
        let files = MemoryFiles::new();
        let mut abandoned = files.begin(FILE, "text/plain").await.unwrap();
        abandoned.add(Bytes::from_static(b"0123")).await.unwrap();
        abandoned.abandon().await.unwrap();
        let mut writing = files.begin(FILE, "text/plain").await.unwrap();
        writing.add(Bytes::from_static(b"01")).await.unwrap();
        writing.add(Bytes::from_static(b"234")).await.unwrap();
        assert_eq!(files.size(FILE).await, Ok(None));
        writing.finish().await.unwrap();
        assert_eq!(files.read(FILE, None).await.unwrap(), "01234");
        assert_eq!(files.largest_part(), 4);
    }

    #[tokio::test]
    async fn an_address_works_until_it_expires() {
        let files = MemoryFiles::new();
        files.put(FILE, Bytes::from_static(b"x"), "text/plain").await.unwrap();
        let url = files.download_url(FILE, "a.csv", Duration::from_secs(60)).await.unwrap();
        for (after, works) in [(0, true), (59, true), (60, false), (61, false)] {
            assert_eq!(files.download_after(&url, Duration::from_secs(after)).is_some(), works, "{after}");
        }
    }

    #[tokio::test]
    async fn an_upload_replaces_nothing_and_deleting_twice_is_no_error() {
        let files = MemoryFiles::new();
        let upload = files.upload(FILE, Duration::from_secs(60)).await.unwrap();
        assert!(files.take_upload(&upload, Bytes::from_static(b"first")));
        assert!(!files.take_upload(&upload, Bytes::from_static(b"second")));
        assert_eq!(files.size(FILE).await, Ok(Some(5)));
        let url = files.download_url(FILE, "a.csv", Duration::from_secs(60)).await.unwrap();
        assert_eq!(files.download(&url), Some(Bytes::from_static(b"first")));
        for _ in 0..2 {
            files.delete(FILE).await.unwrap();
        }
        assert_eq!(files.size(FILE).await, Ok(None));
    }
}
