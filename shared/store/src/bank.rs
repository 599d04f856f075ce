//! Bank statements and their lines.

use domain::Money;
use domain::bank::Statement;
use domain::bank_line::KeptLine;
use domain::ids::{AdministrationId, BankLineId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::found::short_hash;
use crate::keys;
use crate::table::{Condition, Key, Order, Page, Record, SortRange, TableError, Write};

/// A statement that was taken in, without its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredStatement {
    /// Made from what the bank says: the same statement again has the same.
    pub id: String,
    pub account: String,
    pub number: Option<String>,
    pub closed_on: Date,
    pub opening: Money,
    pub closing: Money,
    /// What became of its lines when they came in.
    pub counts: StatementCounts,
    pub taken_at: Timestamp,
    pub by: String,
}

/// How many lines of a statement became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementCounts {
    pub lines: u32,
    /// Those that another statement had brought.
    pub known: u32,
    pub matched: u32,
    pub suggested: u32,
    pub unmatched: u32,
    pub ignored: u32,
}

impl StatementCounts {
    /// Adds those of more lines.
    pub fn add(&mut self, more: StatementCounts) {
        self.lines += more.lines;
        self.known += more.known;
        self.matched += more.matched;
        self.suggested += more.suggested;
        self.unmatched += more.unmatched;
        self.ignored += more.ignored;
    }
}

impl StoredStatement {
    /// The id of a statement.
    pub fn id_of(statement: &Statement) -> String {
        let number = statement.number.as_deref().unwrap_or_default();
        let (day, opening, closing) =
            (statement.closed_on.to_string(), statement.opening.to_string(), statement.closing.to_string());
        short_hash(&[&statement.account, number, &day, &opening, &closing])
    }

    fn key(&self, administration: &AdministrationId) -> Key {
        let number = ordered_number(self.number.as_deref().unwrap_or_default());
        keys::statement(administration, &short_hash(&[&self.account]), self.closed_on, &number, &self.id)
    }
}

/// A statement's number so that 10 comes after 9, of letters and digits alone.
fn ordered_number(number: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut digits = false;
    for c in number.chars().filter(char::is_ascii_alphanumeric).take(35) {
        match parts.last_mut() {
            Some(part) if digits == c.is_ascii_digit() => part.push(c),
            _ => parts.push(c.to_string()),
        }
        digits = c.is_ascii_digit();
    }
    parts
        .iter()
        .map(|part| {
            if part.starts_with(|c: char| c.is_ascii_digit()) { format!("{part:0>12}") } else { part.clone() }
        })
        .collect()
}

impl Store {
    pub async fn bank_line(
        &self,
        administration: &AdministrationId,
        line: &BankLineId,
    ) -> Result<Option<Versioned<KeptLine>>, TableError> {
        self.get(&keys::bank_line(administration, line)).await
    }

    /// Stores a line by itself, under the version that it was read with; `None` for one that was not known.
    pub async fn put_bank_line(
        &self,
        administration: &AdministrationId,
        line: &KeptLine,
        known: Option<u64>,
    ) -> Result<(), TableError> {
        self.table.write(vec![bank_line(administration, line, known)?]).await
    }

    /// Lines of one state, those of the last day first.
    pub async fn bank_lines(
        &self,
        administration: &AdministrationId,
        state: &str,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<KeptLine>, TableError> {
        let partition = keys::listed_bank_lines(administration, state);
        let page = self.listed(&partition, None, Order::Descending, limit, cursor).await?;
        let items: Vec<Versioned<KeptLine>> = self.get_all(&page.items).await?;
        // The list follows a moment later than the lines.
        let items = items.into_iter().map(|v| v.value).filter(|line| line.state.code() == state);
        Ok(Page { items: items.collect(), next: page.next })
    }

    /// Keeps a statement whose lines were taken in. One that is known stays as it is.
    pub async fn put_statement(
        &self,
        administration: &AdministrationId,
        statement: &StoredStatement,
    ) -> Result<(), TableError> {
        let mut record = Record::new(statement.key(administration), 1, encode(statement)?);
        record.listed = Some(keys::listed_statement(administration, statement.closed_on, &statement.id));
        match self.table.write(vec![put(record, Condition::Absent)]).await {
            Err(TableError::Conflict { index: Some(_) }) => Ok(()),
            other => other,
        }
    }

    /// The statement of the same account that comes before this one.
    pub async fn statement_before(
        &self,
        administration: &AdministrationId,
        statement: &StoredStatement,
    ) -> Result<Option<StoredStatement>, TableError> {
        let key = statement.key(administration);
        let range = SortRange::Between("0".to_owned(), key.sort.clone());
        let page = self.table.query(&key.partition, range, Order::Descending, 2, None).await?;
        let before = page.items.iter().find(|record| record.key.sort != key.sort);
        before.map(decode).transpose()
    }

    /// Statements of all accounts, the last day first.
    pub async fn statements(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<StoredStatement>, TableError> {
        let partition = keys::listed_statements(administration);
        let page = self.listed(&partition, None, Order::Descending, limit, cursor).await?;
        let items: Vec<Versioned<StoredStatement>> = self.get_all(&page.items).await?;
        Ok(Page { items: items.into_iter().map(|v| v.value).collect(), next: page.next })
    }
}

pub(crate) fn bank_line(
    administration: &AdministrationId,
    line: &KeptLine,
    known: Option<u64>,
) -> Result<Write, TableError> {
    let key = keys::bank_line(administration, line.id());
    let mut record = Record::new(key, known.map_or(1, |v| v + 1), encode(line)?);
    let (state, day) = (line.state.code(), line.movement.booked_on);
    record.listed = Some(keys::listed_bank_line(administration, state, day, line.id()));
    Ok(put(record, known.map_or(Condition::Absent, Condition::Version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_statements_sort_as_they_count() {
        let numbers = ["9", "10", "2026-9", "2026-10", "00123/001", "00123/002"];
        let mut sorted: Vec<String> = numbers.iter().map(|n| ordered_number(n)).collect();
        sorted.sort();
        assert_eq!(ordered_number("9"), sorted[0]);
        for (earlier, later) in
            [("9", "10"), ("2026-9", "2026-10"), ("00123/001", "00123/002"), ("A9", "A10")]
        {
            assert!(ordered_number(earlier) < ordered_number(later), "{earlier} {later}");
        }
    }
}
