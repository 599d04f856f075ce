//! Files: what is too large for the table. Keys hold ids only, never personal data.

use std::fmt::Debug;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

/// Why a file was not read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// There is no file of this name.
    #[error("there is no such file")]
    Absent,
    /// Throttled, timed out or not reached: trying again may help.
    #[error("the files are unavailable: {0}")]
    Unavailable(String),
    /// A missing bucket or right, or a malformed request.
    #[error("the files were used wrongly: {0}")]
    Bug(String),
}

/// Where files are kept: S3, and in tests the memory.
#[async_trait]
pub trait Files: Send + Sync + Debug {
    /// Writes the whole file, in place of what was there.
    async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), FilesError>;

    /// Bytes of the file; fewer where it ends before. `None` reads all of it.
    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, FilesError>;

    /// How many bytes it has; `None` where there is no such file.
    async fn size(&self, key: &str) -> Result<Option<u64>, FilesError>;

    /// Deletes it; one that is not there is deleted already.
    async fn delete(&self, key: &str) -> Result<(), FilesError>;

    /// An address to which whoever has it may `PUT` this one file, until it expires.
    async fn upload_url(&self, key: &str, expires_in: Duration) -> Result<String, FilesError>;

    /// An address from which whoever has it may download this one file under `name`, until it expires.
    async fn download_url(&self, key: &str, name: &str, expires_in: Duration) -> Result<String, FilesError>;
}
