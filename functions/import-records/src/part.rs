//! The next part of a file, whatever its format.

use std::sync::Arc;

use domain::file_import::{FileFormat, FileImport, FilePart};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use outside::files::Files;
use records::{Origin, Records};
use store::RefusedRecord;

use crate::Stop;
use crate::bank::BankFile;
use crate::documents::UblArchive;
use crate::rows::Rows;

/// What one part brought.
#[derive(Debug)]
pub(crate) struct Part {
    pub part: FilePart,
    pub refused: Vec<RefusedRecord>,
    /// There is nothing behind it.
    pub finished: bool,
}

/// A file that is being read.
#[derive(Debug)]
pub(crate) enum Reader {
    Rows(Rows),
    Documents(UblArchive),
    Bank(BankFile),
}

impl Reader {
    pub async fn open(files: Arc<dyn Files>, name: String, import: &FileImport) -> Result<Reader, Stop> {
        let size = import.size.unwrap_or_default();
        Ok(match import.format {
            FileFormat::Ndjson | FileFormat::Csv => Reader::Rows(Rows::open(files, name, import).await?),
            FileFormat::UblZip => Reader::Documents(UblArchive::open(files, &name, size).await?),
            FileFormat::Camt053 | FileFormat::Mt940 => {
                Reader::Bank(BankFile::open(&*files, &name, size, import.format).await?)
            }
        })
    }

    /// How much there is, in the units of the position.
    pub fn total(&self) -> u64 {
        match self {
            Reader::Rows(rows) => rows.total(),
            Reader::Documents(documents) => documents.total(),
            Reader::Bank(bank) => bank.total(),
        }
    }

    /// Takes the next part in: at most so many records.
    pub fn take<'a>(
        &'a mut self,
        records: &'a Records,
        origin: &'a Origin,
        import: FileImport,
        most: usize,
    ) -> BoxFuture<'a, Result<Part, Stop>> {
        match self {
            Reader::Rows(rows) => rows.take(records, origin, import, most).boxed(),
            Reader::Documents(documents) => documents.take(records, origin, import, most).boxed(),
            Reader::Bank(bank) => bank.take(records, origin, import, most).boxed(),
        }
    }
}
