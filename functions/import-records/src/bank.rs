//! Bank statements: a file holds some of them, each with its lines.

use domain::bank::Statement;
use domain::file_import::{FileCounts, FileFormat, FileImport, FilePart, FilePosition};
use formats::{camt053, mt940};
use outside::files::Files;
use records::{Origin, Records};
use store::StatementCounts;

use crate::Stop;
use crate::part::Part;
use crate::rows::told;
use crate::window::{to_u64, whole};

/// A bank's file, read.
#[derive(Debug)]
pub(crate) struct BankFile {
    statements: Vec<Statement>,
}

impl BankFile {
    pub async fn open(
        files: &dyn Files,
        name: &str,
        size: u64,
        format: FileFormat,
    ) -> Result<BankFile, Stop> {
        let bytes = whole(files, name, size).await?;
        let read = match format {
            FileFormat::Mt940 => mt940::parse(&bytes),
            _ => camt053::parse(&bytes),
        };
        Ok(BankFile { statements: read.map_err(|refusal| told(&refusal))? })
    }

    /// How many statements there are.
    pub fn total(&self) -> u64 {
        to_u64(self.statements.len())
    }

    /// Takes lines of one statement in; with the last of them, the statement.
    pub async fn take(
        &mut self,
        records: &Records,
        origin: &Origin,
        import: FileImport,
        most: usize,
    ) -> Result<Part, Stop> {
        let place = usize::try_from(import.position.at).unwrap_or(usize::MAX);
        let Some(statement) = self.statements.get(place) else {
            let part = FilePart { counts: FileCounts::default(), next: import.position, kept: None };
            return Ok(Part { part, refused: Vec::new(), finished: true });
        };
        let begin = usize::try_from(import.position.line).unwrap_or(usize::MAX).min(statement.lines.len());
        let end = begin.saturating_add(most).min(statement.lines.len());
        let taken = records.take_lines(origin, statement, begin..end).await?;
        let mut counts = before(&import)?;
        counts.add(taken);
        let (lines, known) = (u64::from(taken.lines), u64::from(taken.known));
        let read = FileCounts { read: lines, accepted: lines, unchanged: known, ..FileCounts::default() };
        let part = if end == statement.lines.len() {
            records.keep_statement(origin, statement, counts).await?;
            let next = FilePosition { at: to_u64(place) + 1, line: 0, within_line: false };
            FilePart { counts: read, next, kept: None }
        } else {
            let next = FilePosition { line: to_u64(end), ..import.position };
            let kept = serde_json::to_string(&counts);
            let kept = kept.map_err(|_| contracts::failure::Failure::bug("counts cannot be written"))?;
            FilePart { counts: read, next, kept: Some(kept) }
        };
        let finished = part.next.at >= self.total();
        Ok(Part { part, refused: Vec::new(), finished })
    }
}

/// What the lines of this statement that were taken in before became.
fn before(import: &FileImport) -> Result<StatementCounts, Stop> {
    let Some(kept) = &import.kept else { return Ok(StatementCounts::default()) };
    let counts = serde_json::from_str(kept);
    Ok(counts.map_err(|_| contracts::failure::Failure::bug("kept counts of a statement"))?)
}
