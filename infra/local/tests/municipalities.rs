//! The import of municipalities at its full size: half a million postcodes, in bounded memory. Alone in its process, so that
//! its memory is its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use local::municipalities::import;
use store::table::{Index, IndexKey, Key, Order, Page, Record, SortRange, Table, TableError, Write};
use store::{MemoryTable, PostcodeArea, Store};

/// Postcodes of the whole country, about; each has this many lines.
const POSTCODES: usize = 500_000;
const LINES: usize = 4;

/// The letters of postcodes, without S: SA, SD and SS are on none.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNPQRTUVWXYZ";

/// Writes the table while it is read, so that nobody holds it.
struct Table500 {
    next: usize,
    line: Vec<u8>,
    at: usize,
}

impl Table500 {
    fn new() -> Table500 {
        Table500 { next: 0, line: b"PC6;Huisnummer;Buurt2025;Wijk2025;Gemeente2025\n".to_vec(), at: 0 }
    }
}

fn postcode(number: usize) -> String {
    let letters = LETTERS.len();
    let (first, second) = (LETTERS[number / letters % letters], LETTERS[number % letters]);
    format!("{:04}{}{}", 1_000 + number / (letters * letters), char::from(first), char::from(second))
}

impl Read for Table500 {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.line.len() {
            if self.next == POSTCODES * LINES {
                return Ok(0);
            }
            let (of, house) = (self.next / LINES, self.next % LINES + 1);
            // Every hundredth postcode crosses a border.
            let code = if of % 100 == 0 && house == LINES { 363 } else { 344 };
            self.line = format!("{};{house};3440111;34401;{code}\n", postcode(of)).into_bytes();
            (self.next, self.at) = (self.next + 1, 0);
        }
        let count = buffer.len().min(self.line.len() - self.at);
        buffer[..count].copy_from_slice(&self.line[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Takes every write and keeps none.
#[derive(Debug, Default)]
struct Nowhere(AtomicUsize);

#[async_trait]
impl Table for Nowhere {
    async fn get(&self, _: &Key) -> Result<Option<Record>, TableError> {
        Ok(None)
    }

    async fn get_many(&self, _: &[Key]) -> Result<Vec<Record>, TableError> {
        Ok(Vec::new())
    }

    async fn query(
        &self,
        _: &str,
        _: SortRange,
        _: Order,
        _: u32,
        _: Option<&str>,
    ) -> Result<Page<Record>, TableError> {
        Ok(Page { items: Vec::new(), next: None })
    }

    async fn query_index(
        &self,
        _: Index,
        _: &str,
        _: SortRange,
        _: Order,
        _: u32,
        _: Option<&str>,
    ) -> Result<Page<(IndexKey, Key)>, TableError> {
        Ok(Page { items: Vec::new(), next: None })
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), TableError> {
        self.0.fetch_add(writes.len(), Ordering::SeqCst);
        Ok(())
    }
}

/// The most memory that this process had, in KB, as Linux tells it.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn half_a_million_postcodes_are_read_in_bounded_memory() {
    let platforms = "municipality;provider\n344;inforing\n363;bkr\n";
    let before = peak();
    let table = Arc::new(Nowhere::default());
    let begun = Instant::now();
    let imported = import(&Store::new(table.clone()), Table500::new(), platforms.as_bytes()).await.unwrap();
    let took = begun.elapsed();
    assert_eq!((imported.postcodes, imported.municipalities), (expected(), 2));
    assert_eq!(table.0.load(Ordering::SeqCst), expected() + 2);
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before < 32 * 1024, "{} KB more than at the beginning", after - before);
        println!("peak {} KB, {} KB more than at the beginning", after, after - before);
    }

    // The same writes without the reading: what the import itself costs beside them.
    let begun = Instant::now();
    let store = Store::new(Arc::new(MemoryTable::new()));
    for number in 0..50_000 {
        store.put_postcode(&postcode(number), &PostcodeArea::within("0344")).await.unwrap();
    }
    let plain = begun.elapsed() * u32::try_from(POSTCODES / 50_000).unwrap();
    let lines = (POSTCODES * LINES) as u128 * 1_000 / took.as_millis().max(1);
    println!("{lines} lines a second; {took:?}, and {plain:?} for so many writes into the table in memory");
}

/// SA, SD and SS are on no postcode.
fn expected() -> usize {
    (0..POSTCODES).filter(|n| domain::debtor::Address::dutch_postcode(&postcode(*n)).is_some()).count()
}
