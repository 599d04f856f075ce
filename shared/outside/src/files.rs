//! Files: what is too large for the table. Keys hold ids only, never personal data.

mod memory;
mod s3;

use std::fmt::Debug;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contracts::failure::Failure;

pub use memory::MemoryFiles;
pub use s3::S3Files;

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

impl From<FilesError> for Failure {
    fn from(error: FilesError) -> Failure {
        match error {
            FilesError::Absent => Failure::not_found("file"),
            FilesError::Unavailable(_) => Failure::unavailable(error.to_string()),
            FilesError::Bug(_) => Failure::bug(error.to_string()),
        }
    }
}

/// How one file may be uploaded by whoever is given this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where the file is `PUT`, until it expires.
    pub url: String,
    /// Headers that the `PUT` has to carry as they are.
    pub headers: Vec<(String, String)>,
}

/// Bytes of each part of a file that is written in parts, but for the last one, which may be shorter. S3 takes none below 5 MiB and
/// ten thousand at most.
pub const PART_BYTES: usize = 8 * 1024 * 1024;

/// A file that is being written. Nothing stands under its key before it is finished, and what stood there is replaced then.
#[async_trait]
pub trait Writing: Send + Debug {
    /// Adds the next part: of [`PART_BYTES`], or the last.
    async fn add(&mut self, part: Bytes) -> Result<(), FilesError>;

    /// All parts are there: the file is.
    async fn finish(self: Box<Self>) -> Result<(), FilesError>;

    /// The file will not be: its parts go.
    async fn abandon(self: Box<Self>) -> Result<(), FilesError>;
}

/// Where files are kept: S3, and in tests the memory.
#[async_trait]
pub trait Files: Send + Sync + Debug {
    /// Writes the whole file, in place of what was there.
    async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), FilesError>;

    /// Begins a file that is too large to be held whole.
    async fn begin(&self, key: &str, content_type: &str) -> Result<Box<dyn Writing>, FilesError>;

    /// Bytes of the file; fewer where it ends before, none where it ends before the first. `None` reads all of it: for
    /// files whose size is known to be small.
    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, FilesError>;

    /// How many bytes it has; `None` where there is no such file.
    async fn size(&self, key: &str) -> Result<Option<u64>, FilesError>;

    /// Deletes it; one that is not there is deleted already.
    async fn delete(&self, key: &str) -> Result<(), FilesError>;

    /// How whoever is told may `PUT` this one file, once: what lies there already is not replaced.
    async fn upload(&self, key: &str, expires_in: Duration) -> Result<Upload, FilesError>;

    /// An address from which whoever has it may download this one file under `name`, until it expires. `name` is part of
    /// the address: it says nothing about a person.
    async fn download_url(&self, key: &str, name: &str, expires_in: Duration) -> Result<String, FilesError>;
}
