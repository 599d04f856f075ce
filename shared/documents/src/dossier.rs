//! The dossier of a case, for a bailiff: headed parts with facts and tables, on A4, in the order in which they are given.

use serde::Serialize;

use crate::compile::{DocumentError, Printed, document};
use crate::letter::Fact;

/// Rows of all its tables at most: setting them takes memory that grows with their number. What is longer is set as more than
/// one document.
pub const MOST_ROWS: usize = 2_500;

const TEMPLATE: &str = include_str!("../templates/dossier.typ");

/// Everything that stands in a dossier. Each text is one paragraph, one line or one cell, without markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dossier {
    /// BCP 47, such as `nl`.
    pub language: String,
    /// Of the file, and of the first page.
    pub title: String,
    /// Who claims: the author of the file.
    pub creditor: String,
    /// Which case, and as of which day.
    pub particulars: Vec<Fact>,
    pub parts: Vec<Part>,
    /// At the foot of every page.
    pub footer: String,
}

/// A heading with what stands under it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Part {
    pub heading: String,
    /// Stands under the part before it.
    pub is_within: bool,
    pub paragraphs: Vec<String>,
    pub facts: Vec<Fact>,
    pub tables: Vec<Table>,
}

/// A table, whose head is repeated on every page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Table {
    pub columns: Vec<Column>,
    /// Each as many cells as there are columns.
    pub rows: Vec<Vec<String>>,
    /// Under a line; none for tables that add up to nothing.
    pub total: Option<Vec<String>>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    pub name: String,
    /// Amounts stand to the right.
    pub is_amount: bool,
    /// Takes what the others leave; long texts break in it.
    pub is_wide: bool,
}

/// The dossier, set and written.
///
/// # Errors
/// [`DocumentError::TooLong`] for more rows than there may be; otherwise a defect of this package or of its caller, such as a row
/// that has not as many cells as there are columns.
pub fn print(dossier: &Dossier) -> Result<Printed, DocumentError> {
    let tables = || dossier.parts.iter().flat_map(|part| &part.tables);
    if tables().map(|table| table.rows.len()).sum::<usize>() > MOST_ROWS {
        return Err(DocumentError::TooLong(MOST_ROWS));
    }
    let fits = |table: &Table| {
        let mut rows = table.rows.iter().chain(&table.total);
        !table.columns.is_empty() && rows.all(|row| row.len() == table.columns.len())
    };
    if !tables().all(fits) {
        return Err(DocumentError::NotSet);
    }
    document(TEMPLATE, dossier)
}
