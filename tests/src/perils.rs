//! What can go wrong at one step of a story: the process is killed, or the other side does not answer.
//!
//! Every write to the store and every call to the outside is a step. A peril strikes at one of them, before or after
//! it takes effect. Each step also lets other work go first, so that what runs at once really interleaves.

use std::future::Future;
use std::ops::Range;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use outside::files::{Files, FilesError, MemoryFiles, Upload, Writing};
use store::MemoryTable;
use store::table::{Index, IndexKey, Key, Order, Page, Record, SortRange, Table, TableError, Write};

/// How a step goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peril {
    KilledBefore,
    KilledAfter,
    /// The step is not taken, and the caller learns that there is no answer.
    LostBefore,
    /// The step is taken, and the caller learns that there is no answer.
    LostAfter,
}

/// Each of them.
pub const PERILS: [Peril; 4] = [Peril::KilledBefore, Peril::KilledAfter, Peril::LostBefore, Peril::LostAfter];

#[derive(Debug, Default)]
struct State {
    /// What each step was, in order.
    steps: Vec<&'static str>,
    planned: Option<(usize, Peril)>,
    /// So many steps after the first one struck.
    then: Option<(usize, Peril)>,
}

/// The perils of one world.
#[derive(Debug, Default)]
pub struct Perils {
    state: Mutex<State>,
    dead: AtomicBool,
}

impl Perils {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts steps from now on, the first as 0, and lets one of them go wrong.
    pub fn plan(&self, step: usize, peril: Peril) {
        *self.state() = State { steps: Vec::new(), planned: Some((step, peril)), then: None };
    }

    /// The same, and another peril so many steps after the first.
    pub fn plan_two(&self, step: usize, between: usize, first: Peril, second: Peril) {
        *self.state() =
            State { steps: Vec::new(), planned: Some((step, first)), then: Some((between, second)) };
    }

    /// What the steps were since the last plan.
    pub fn steps(&self) -> Vec<&'static str> {
        self.state().steps.clone()
    }

    /// Whether the planned peril has struck.
    pub fn struck(&self) -> bool {
        self.state().planned.is_none()
    }

    /// Takes one step, unless its peril is before it. `lost` is what the caller gets where there is no answer.
    pub async fn step<T>(&self, name: &'static str, lost: T, effect: impl Future<Output = T>) -> T {
        tokio::task::yield_now().await;
        match self.begin(name) {
            None => effect.await,
            Some(Peril::KilledBefore) => self.die().await,
            Some(Peril::LostBefore) => lost,
            Some(Peril::KilledAfter) => {
                effect.await;
                self.die().await
            }
            Some(Peril::LostAfter) => {
                effect.await;
                lost
            }
        }
    }

    fn begin(&self, name: &'static str) -> Option<Peril> {
        let mut state = self.state();
        let number = state.steps.len();
        state.steps.push(name);
        let (_, peril) = state.planned.take_if(|(step, _)| *step == number)?;
        state.planned = state.then.take().map(|(between, second)| (number + between, second));
        Some(peril)
    }

    async fn die<T>(&self) -> T {
        self.dead.store(true, Ordering::SeqCst);
        std::future::pending().await
    }

    /// Runs one function's work until it is done or its process is killed: then `None`, and nothing of it goes on.
    pub async fn survive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        std::future::poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.dead.swap(false, Ordering::SeqCst) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}

/// The table in memory, with a step at each write.
#[derive(Debug)]
pub struct PerilousTable {
    pub table: MemoryTable,
    pub perils: std::sync::Arc<Perils>,
    /// Milliseconds of the world's clock, for pauses to pass in.
    pub clock: std::sync::Arc<std::sync::atomic::AtomicI64>,
}

#[async_trait]
impl Table for PerilousTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        tokio::task::yield_now().await;
        self.table.get(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Record>, TableError> {
        self.table.get_many(keys).await
    }

    async fn query(
        &self,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Record>, TableError> {
        self.table.query(partition, range, order, limit, cursor).await
    }

    async fn query_index(
        &self,
        index: Index,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<(IndexKey, Key)>, TableError> {
        self.table.query_index(index, partition, range, order, limit, cursor).await
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), TableError> {
        let lost = Err(TableError::Unavailable("no answer".to_owned()));
        self.perils.step("write", lost, self.table.write(writes)).await
    }

    async fn pause(&self, duration: std::time::Duration) {
        self.clock.fetch_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        tokio::task::yield_now().await;
    }
}

/// The files in memory, with a step at each write.
#[derive(Debug)]
pub struct PerilousFiles {
    pub files: MemoryFiles,
    pub perils: std::sync::Arc<Perils>,
}

#[async_trait]
impl Files for PerilousFiles {
    async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), FilesError> {
        let lost = Err(FilesError::Unavailable("no answer".to_owned()));
        self.perils.step("file", lost, self.files.put(key, bytes, content_type)).await
    }

    async fn begin(&self, key: &str, content_type: &str) -> Result<Box<dyn Writing>, FilesError> {
        let writing = self.files.begin(key, content_type).await?;
        Ok(Box::new(PerilousWriting { writing, perils: self.perils.clone() }))
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, FilesError> {
        self.files.read(key, range).await
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, FilesError> {
        self.files.size(key).await
    }

    async fn delete(&self, key: &str) -> Result<(), FilesError> {
        let lost = Err(FilesError::Unavailable("no answer".to_owned()));
        self.perils.step("file", lost, self.files.delete(key)).await
    }

    async fn upload(&self, key: &str, expires_in: Duration) -> Result<Upload, FilesError> {
        self.files.upload(key, expires_in).await
    }

    async fn download_url(&self, key: &str, name: &str, expires_in: Duration) -> Result<String, FilesError> {
        self.files.download_url(key, name, expires_in).await
    }
}

/// A file in parts whose end may be lost on the way.
#[derive(Debug)]
struct PerilousWriting {
    writing: Box<dyn Writing>,
    perils: std::sync::Arc<Perils>,
}

#[async_trait]
impl Writing for PerilousWriting {
    async fn add(&mut self, part: Bytes) -> Result<(), FilesError> {
        self.writing.add(part).await
    }

    async fn finish(self: Box<Self>) -> Result<(), FilesError> {
        let lost = Err(FilesError::Unavailable("no answer".to_owned()));
        self.perils.step("file", lost, self.writing.finish()).await
    }

    async fn abandon(self: Box<Self>) -> Result<(), FilesError> {
        self.writing.abandon().await
    }
}
