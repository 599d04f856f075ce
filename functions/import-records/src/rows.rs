//! Files of lines of JSON, and of columns.

use std::sync::Arc;

use contracts::api::bulk::{BulkRecord, RecordKind};
use domain::Violation;
use domain::file_import::{FileFormat, FileImport, FilePart, FilePosition};
use formats::FormatRefusal;
use formats::csv::{self, ColumnMapping, Layout, Position};
use formats::lines::{self, LinePosition, MAX_LINE};
use jiff::Timestamp;
use outside::files::Files;
use records::{Origin, Records};

use crate::Stop;
use crate::part::Part;
use crate::take::{Row, take};
use crate::window::Window;

/// Bytes of a file of columns that are looked at to find out how it is written.
const HEAD: usize = 512 * 1024;

/// A file of which each line, or each record of columns, is taken in by itself.
#[derive(Debug)]
pub(crate) struct Rows {
    window: Window,
    size: u64,
    layout: Option<Layout>,
    /// When a record was changed that does not say so itself: the same for the whole file, however often it is begun.
    imported_at: Timestamp,
}

/// Rows of one part, and where the next one begins.
struct Found {
    rows: Vec<Row>,
    next: FilePosition,
    finished: bool,
}

impl Rows {
    pub async fn open(files: Arc<dyn Files>, name: String, import: &FileImport) -> Result<Rows, Stop> {
        let size = import.size.unwrap_or_default();
        let mut window = Window::new(files, name, size);
        let layout = match (import.format, &import.kept) {
            (FileFormat::Csv, Some(kept)) => Some(
                serde_json::from_str(kept).map_err(|_| contracts::failure::Failure::bug("a kept layout"))?,
            ),
            (FileFormat::Csv, None) => {
                let (head, whole) = window.from(0, HEAD).await?;
                let mapping = mapping(import)?;
                Some(csv::inspect(&head, whole, &mapping).map_err(|refusal| told(&refusal))?)
            }
            _ => None,
        };
        let imported_at = import.started_at.unwrap_or(import.created_at);
        Ok(Rows { window, size, layout, imported_at })
    }

    pub fn total(&self) -> u64 {
        self.size
    }

    pub async fn take(
        &mut self,
        records: &Records,
        origin: &Origin,
        import: FileImport,
        most: usize,
    ) -> Result<Part, Stop> {
        let Found { rows, next, finished } = self.read(import.position, most).await?;
        let (counts, refused) = take(records, origin, rows).await?;
        let kept = self.layout.as_ref().map(serde_json::to_string).transpose();
        let kept = kept.map_err(|_| contracts::failure::Failure::bug("a layout cannot be written"))?;
        Ok(Part { part: FilePart { counts, next, kept }, refused, finished })
    }

    async fn read(&mut self, from: FilePosition, most: usize) -> Result<Found, Stop> {
        let Some(layout) = &self.layout else {
            let (bytes, last) = self.window.from(from.at, lines::SMALLEST_PART).await?;
            let at = LinePosition { offset: from.at, line: from.line, within_line: from.within_line };
            let part = lines::read(&bytes, at, last, most);
            let rows = part.lines.iter().map(|line| json_row(line.number, line.text)).collect();
            let LinePosition { offset, line, within_line } = part.next;
            let next = FilePosition { at: offset, line, within_line };
            return Ok(Found { rows, next, finished: part.finished });
        };
        let begin = Position { offset: from.at, line: from.line };
        let begin = if from.at == 0 { layout.begin } else { begin };
        let (bytes, last) = self.window.from(begin.offset, csv::SMALLEST_PART).await?;
        let part = csv::read(layout, &bytes, begin, last, most, self.imported_at);
        let part = part.map_err(|refusal| told(&refusal))?;
        let rows = part.rows.into_iter().map(|row| csv_row(row.line, row.records)).collect();
        let next = FilePosition { at: part.next.offset, line: part.next.line, within_line: false };
        Ok(Found { rows, next, finished: part.finished })
    }
}

fn mapping(import: &FileImport) -> Result<ColumnMapping, Stop> {
    let text = import.mapping.as_deref().unwrap_or_default();
    serde_json::from_str(text).map_err(|_| Stop::refused("no_mapping", "has no mapping of its columns"))
}

/// Why a file is refused as a whole.
pub(crate) fn told(refusal: &FormatRefusal) -> Stop {
    Stop::refused(refusal.rule, &format!("{}: {}", refusal.path, refusal.detail))
}

/// A line as a record of a bulk call.
fn json_row(line: u64, text: Option<&[u8]>) -> Row {
    let Some(text) = text else {
        let detail = format!("is longer than {MAX_LINE} bytes");
        return Row::refused(line, None, vec![Violation::new("", "line_too_long", detail)]);
    };
    match runtime::json::from_slice::<BulkRecord>(text) {
        Ok(record) => Row::of(line, vec![(record, None)]),
        Err(mut violation) => {
            // Its lines are those of the text, which is one line of the file.
            violation.detail = violation.detail.replace("line 1, ", "");
            Row::refused(line, id_in(text), vec![violation])
        }
    }
}

/// The id of a record that is not one, if it says so much.
fn id_in(text: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(text).ok()?;
    value.get("id")?.as_str().map(str::to_owned)
}

/// A record of columns: its fields are named as its mapping names them.
fn csv_row(line: u64, records: Result<Vec<BulkRecord>, Vec<Violation>>) -> Row {
    match records {
        Ok(records) => Row::of(
            line,
            records.into_iter().map(|r| (r.kind, r)).map(|(k, r)| (r, Some(prefix(k)))).collect(),
        ),
        Err(violations) => Row::refused(line, None, violations),
    }
}

fn prefix(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Debtor => "debtor",
        RecordKind::Invoice => "invoice",
        RecordKind::Payment => "payment",
        RecordKind::Mandate => "mandate",
    }
}
