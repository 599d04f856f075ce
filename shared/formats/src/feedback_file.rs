//! Reports of municipalities as CSV, for a platform that writes files and does not call.
//!
//! **Assumed**, because neither provider publishes what its files look like: a first line with the names of the columns,
//! `providerReference`, `code`, `at` and, where there is one, `id`, in any order, separated by `;` or `,`. Other columns
//! are passed over: what they say is not ours to know. `at` is an instant (RFC 3339).

use csv::{ReaderBuilder, StringRecord};
use jiff::Timestamp;

use crate::FormatRefusal;

/// Lines of one file at most, the first one left out.
pub const MOST_LINES: usize = 500;

/// One line: a report, or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    /// In the file, from 1; the names of the columns are line 1.
    pub line: u64,
    /// The same id is the same report.
    pub id: Option<String>,
    pub reference: String,
    /// In the platform's own words.
    pub code: String,
    /// The instant, or the text that is none.
    pub at: Option<Timestamp>,
}

/// Reads a whole file, or says why it is none.
pub fn parse(bytes: &[u8]) -> Result<Vec<ReportLine>, FormatRefusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| refused("encoding", "is not UTF-8 text"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header =
        reader.headers().map_err(|_| refused("header", "has a first line that names its columns"))?;
    let columns = Columns::of(header)?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| refused("csv", "is CSV to its end"))?;
        if lines.len() == MOST_LINES {
            return Err(refused("too_many_lines", "has at most 500 lines beside the first"));
        }
        // Behind the header. The reader's own count is one less where lines end as on Windows.
        let line = lines.len() as u64 + 2;
        lines.push(columns.read(&record, line));
    }
    Ok(lines)
}

fn refused(rule: &'static str, detail: &str) -> FormatRefusal {
    FormatRefusal::new(rule, "file", detail)
}

/// Where the columns stand.
struct Columns {
    id: Option<usize>,
    reference: usize,
    code: usize,
    at: usize,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Columns, FormatRefusal> {
        let find = |name: &str| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
        let must = |name: &str| {
            find(name).ok_or_else(|| FormatRefusal::new("column", name, "is the name of a column"))
        };
        Ok(Columns {
            id: find("id"),
            reference: must("providerReference")?,
            code: must("code")?,
            at: must("at")?,
        })
    }

    fn read(&self, record: &StringRecord, line: u64) -> ReportLine {
        let text = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
        ReportLine {
            line,
            id: self.id.map(text).filter(|id| !id.is_empty()),
            reference: text(self.reference),
            code: text(self.code),
            at: text(self.at).parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        text.parse().ok()
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let file = "\u{feff}Code;at;naam;ID;providerReference\r\n\
            deceased;2026-11-23T07:00:00Z;J. de Vries;f1;VPS-1\r\nhelp_ended;gisteren;x;;VPS-2\r\n";
        let line = |line, id: Option<&str>, reference: &str, code: &str, at| ReportLine {
            line,
            id: id.map(str::to_owned),
            reference: reference.to_owned(),
            code: code.to_owned(),
            at,
        };
        let expected = [
            line(2, Some("f1"), "VPS-1", "deceased", at("2026-11-23T07:00:00Z")),
            line(3, None, "VPS-2", "help_ended", None),
        ];
        assert_eq!(parse(file.as_bytes()).unwrap(), expected);
        let bare = parse(b"providerReference,code,at\nVPS-1,picked_up,2026-11-23T08:00:00+01:00\n").unwrap();
        assert_eq!(bare, [line(2, None, "VPS-1", "picked_up", at("2026-11-23T07:00:00Z"))]);
    }

    #[test]
    fn a_file_that_is_none_is_refused_by_its_rule() {
        let long = format!("providerReference,code,at\n{}", "a,b,c\n".repeat(MOST_LINES + 1));
        let full = format!("providerReference,code,at\n{}", "a,b,c\n".repeat(MOST_LINES));
        assert_eq!(parse(full.as_bytes()).map(|lines| lines.len()), Ok(MOST_LINES));
        let table: [(&[u8], &str, &str); 4] = [
            (b"", "column", "providerReference"),
            (b"providerReference,at\nx,y\n", "column", "code"),
            (b"providerReference,code,at\n\xff,b,c\n", "encoding", "file"),
            (long.as_bytes(), "too_many_lines", "file"),
        ];
        for (file, rule, path) in table {
            let refusal = parse(file).unwrap_err();
            assert_eq!((refusal.rule, refusal.path.as_str()), (rule, path));
        }
    }
}
