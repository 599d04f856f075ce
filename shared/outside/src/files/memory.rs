//! Files in memory: the twin that tests run on.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Files, FilesError, Upload};

/// What the addresses begin with; the rest is the key.
const ADDRESS: &str = "memory:///";

/// Files in memory. A clone is the same files.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles {
    files: Arc<Mutex<BTreeMap<String, Stored>>>,
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
        let key = url.strip_prefix(ADDRESS)?.split('?').next()?;
        self.lock().get(key).map(|stored| stored.bytes.clone())
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

    async fn download_url(&self, key: &str, name: &str, _expires_in: Duration) -> Result<String, FilesError> {
        Ok(format!("{ADDRESS}{key}?name={name}"))
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
