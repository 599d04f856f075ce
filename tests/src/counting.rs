//! How often a table is asked, for pages and answers that have to cost the same however much is stored.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use store::MemoryTable;
use store::table::{Index, IndexKey, Key, Order, Page, Record, SortRange, Table, TableError, Write};

/// A table that counts what it is asked.
#[derive(Debug)]
pub struct Counting {
    pub table: MemoryTable,
    pub queries: AtomicUsize,
    pub others: AtomicUsize,
}

#[async_trait]
impl Table for Counting {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.others.fetch_add(1, Ordering::SeqCst);
        self.table.get(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Record>, TableError> {
        self.others.fetch_add(1, Ordering::SeqCst);
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
        self.queries.fetch_add(1, Ordering::SeqCst);
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
        self.queries.fetch_add(1, Ordering::SeqCst);
        self.table.query_index(index, partition, range, order, limit, cursor).await
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), TableError> {
        self.table.write(writes).await
    }
}

impl Counting {
    /// Counts what this table is asked from now on.
    pub fn of(table: &MemoryTable) -> Counting {
        Counting { table: table.clone(), queries: AtomicUsize::new(0), others: AtomicUsize::new(0) }
    }

    /// How often it was asked since this was asked last.
    pub fn asked(&self) -> usize {
        self.queries.swap(0, Ordering::SeqCst) + self.others.swap(0, Ordering::SeqCst)
    }
}
