//! One part of a file: from where a record begins to where another one does.

use ::csv::ByteRecord;
use contracts::api::bulk::BulkRecord;
use domain::Violation;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::layout::{Layout, as_utf8, bytes_in_file, cells, end_of, reader};
use super::record;
use crate::refusal::FormatRefusal;

/// Longest record, in bytes of UTF-8. A longer one is refused, and reading goes on with the next line: more often than not
/// a quotation mark was never closed.
pub const MAX_RECORD: usize = 64 * 1024;

/// A part that is not the last holds at least this many bytes, so that a record ends within it.
pub const SMALLEST_PART: usize = 4 * MAX_RECORD;

/// Where a record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// In bytes from the beginning of the file.
    pub offset: u64,
    /// The line in the file, from 1.
    pub line: u64,
}

/// What one part of a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// In the order of the file; empty records are left out.
    pub rows: Vec<Row>,
    /// Where the next part begins.
    pub next: Position,
    /// There is nothing behind this part.
    pub finished: bool,
}

/// One record of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What it says, a debtor before their invoice before its payment; or everything that is wrong with it, each with the
    /// name of its field, such as `invoice.total`.
    pub records: Result<Vec<BulkRecord>, Vec<Violation>>,
}

/// Reads records from `bytes`, which begin at `from` in the file, until `most` are read or only a piece of one is left.
/// `last` says that the file ends with these bytes. A record that does not say when it was changed was at `imported_at`.
///
/// # Errors
/// `TIJDIG-LIMIT` where the part is smaller than [`SMALLEST_PART`] and holds no whole record.
pub fn read(
    layout: &Layout,
    bytes: &[u8],
    from: Position,
    last: bool,
    most: usize,
    imported_at: Timestamp,
) -> Result<Part, FormatRefusal> {
    let text = as_utf8(layout.encoding, bytes);
    let mut walk = Walk { text: &text, last, at: 0, line: from.line };
    let mut rows = Vec::new();
    // Each turn begins a reader anew: after a record that was refused as a whole, the next line begins one.
    let mut finished = false;
    while !finished && rows.len() < most {
        let start = walk.at;
        finished = walk.rows(layout, most, imported_at, &mut rows);
        if walk.at == start {
            break;
        }
    }
    if walk.at == 0 && !finished && most > 0 {
        let detail = format!("a part that is not the last has at least {SMALLEST_PART} bytes");
        return Err(FormatRefusal::new("TIJDIG-LIMIT", format!("line {}", from.line), detail));
    }
    let taken = if finished { bytes.len() } else { bytes_in_file(layout.encoding, &text[..walk.at]) };
    let offset = from.offset.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
    Ok(Part { rows, next: Position { offset, line: walk.line }, finished })
}

struct Walk<'t> {
    text: &'t [u8],
    last: bool,
    /// Where the next record begins, and its line in the file.
    at: usize,
    line: u64,
}

impl Walk<'_> {
    /// Reads on until there are `most` rows, or the text ends, or a record is too long; says whether the file has ended.
    fn rows(&mut self, layout: &Layout, most: usize, imported_at: Timestamp, rows: &mut Vec<Row>) -> bool {
        let begin = self.at;
        let mut reader = reader(&self.text[begin..], layout.delimiter);
        let mut record = ByteRecord::new();
        while rows.len() < most {
            // Reading from memory into bytes of any width cannot fail.
            if !reader.read_byte_record(&mut record).unwrap_or(false) {
                self.move_to(self.text.len());
                return self.last;
            }
            let end = begin + end_of(&reader, &self.text[begin..]);
            self.skip_line_ends();
            if end.saturating_sub(self.at) > MAX_RECORD {
                rows.push(self.too_long());
                return false;
            }
            if end >= self.text.len() && !self.last {
                return false;
            }
            let line = self.line;
            self.move_to(end);
            if record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                let records = record::records(layout, &cells(&record), imported_at);
                rows.push(Row { line, records });
            }
        }
        self.last && self.at >= self.text.len()
    }

    /// Refuses the line that the record begins on, and goes on behind it.
    fn too_long(&mut self) -> Row {
        let line = self.line;
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        self.move_to(self.at + length);
        self.skip_line_ends();
        let detail = "is longer than 65536 bytes: a quotation mark that is not closed?";
        Row { line, records: Err(vec![Violation::new("", "record_too_long", detail)]) }
    }

    fn skip_line_ends(&mut self) {
        let rest = &self.text[self.at..];
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.move_to(self.at + ends);
    }

    fn move_to(&mut self, end: usize) {
        self.line += count_lines(self.text.get(self.at..end).unwrap_or_default());
        self.at = end;
    }
}

/// Line ends: a line feed, a carriage return, or both together.
pub(super) fn count_lines(text: &[u8]) -> u64 {
    let follows = |at: usize| text.get(at + 1) == Some(&b'\n');
    let ends = text.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => !follows(*at),
        _ => false,
    });
    u64::try_from(ends.count()).unwrap_or(u64::MAX)
}
