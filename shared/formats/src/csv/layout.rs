//! What is found out about a file before it is read: encoding, delimiter, columns, and how numbers and dates are written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ::csv::ByteRecord;
use serde::{Deserialize, Serialize};

use super::fields::Holds;
use super::mapping::{Column, ColumnMapping, DELIMITERS, DateOrder, DecimalMark, MOST_COLUMNS};
use super::part::{Position, count_lines};
use super::{date, number};
use crate::decode;
use crate::refusal::FormatRefusal;

/// Records that are looked at.
const SAMPLE: usize = 500;

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Encoding {
    /// UTF-8. A record that is not, is windows-1252.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// A mapping together with what was found out about one file. It holds nothing of the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layout {
    /// As it was given.
    pub mapping: ColumnMapping,
    /// How its characters are written.
    pub encoding: Encoding,
    /// What stands between two cells.
    pub delimiter: char,
    /// None where neither the mapping nor the first records tell: then each cell has to tell by itself.
    pub decimal_mark: Option<DecimalMark>,
    /// Likewise.
    pub date_order: Option<DateOrder>,
    /// The place of each field's column, from 0.
    pub columns: BTreeMap<String, usize>,
    /// Cells that every record has.
    pub width: usize,
    /// Where the first record begins.
    pub begin: Position,
}

/// Looks at the first bytes of a file. `whole` says that these are all: else a record that reaches their end is left out.
///
/// # Errors
/// `TIJDIG-COLUMN`: a column is not there. `TIJDIG-ONE`: two columns have a name that is used. `TIJDIG-LIMIT`: more columns
/// than are read.
pub fn inspect(head: &[u8], whole: bool, mapping: &ColumnMapping) -> Result<Layout, FormatRefusal> {
    if let Some(wrong) = mapping.check().into_iter().next() {
        return Err(FormatRefusal::new("TIJDIG-COLUMN", wrong.path, wrong.detail));
    }
    let (encoding, marks) = encoding_of(head);
    let text = as_utf8(encoding, head.get(marks..).unwrap_or_default());
    // Spreadsheets may say the delimiter first.
    let (told, told_length) = told_delimiter(&text);
    let rest = text.get(told_length..).unwrap_or_default();
    let delimiter = mapping.delimiter.or(told).unwrap_or_else(|| delimiter_of(rest, whole));
    let sample = sample(rest, delimiter, whole);
    let Some((first, _)) = sample.first() else {
        return Err(FormatRefusal::new("TIJDIG-COLUMN", "line 1", "there is no record"));
    };
    let names = cells(first);
    let width = names.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |last| last + 1);
    if width > MOST_COLUMNS {
        return Err(FormatRefusal::new(
            "TIJDIG-LIMIT",
            "line 1",
            format!("more than {MOST_COLUMNS} columns"),
        ));
    }
    let columns = places(mapping, names.get(..width).unwrap_or_default())?;
    let (skipped, records) =
        if mapping.without_header { (0, &sample[..]) } else { (sample[0].1, &sample[1..]) };
    let before = text.get(..told_length + skipped).unwrap_or(&text);
    let mut layout = Layout {
        mapping: mapping.clone(),
        encoding,
        delimiter,
        decimal_mark: mapping.decimal_mark,
        date_order: mapping.date_order,
        columns,
        width,
        begin: Position {
            offset: u64::try_from(marks + bytes_in_file(encoding, before)).unwrap_or(u64::MAX),
            line: 1 + count_lines(before),
        },
    };
    layout.find_forms(records);
    Ok(layout)
}

impl Layout {
    /// What the cells of amounts and dates show, if they agree.
    fn find_forms(&mut self, records: &[(ByteRecord, usize)]) {
        let (mut marks, mut orders) = (Vec::new(), Vec::new());
        for (field, _) in self.mapping.columns() {
            let Some(place) = self.columns.get(field.name) else { continue };
            for cell in records.iter().filter_map(|(record, _)| record.get(*place)) {
                let cell = decode::utf8_or_windows_1252(cell);
                match field.holds {
                    Holds::Amount => marks.extend(number::shows(&cell)),
                    Holds::Date | Holds::BirthDate | Holds::Instant => orders.extend(date::shows(&cell)),
                    Holds::Text
                    | Holds::Id
                    | Holds::Flag
                    | Holds::List
                    | Holds::Reference
                    | Holds::Choice(_) => {}
                }
            }
        }
        self.decimal_mark = self.decimal_mark.or_else(|| agreed(&marks));
        self.date_order = self.date_order.or_else(|| agreed(&orders));
    }
}

fn agreed<T: Copy + PartialEq>(shown: &[T]) -> Option<T> {
    shown.first().copied().filter(|first| shown.iter().all(|other| other == first))
}

/// The encoding, and how many bytes its mark takes.
fn encoding_of(head: &[u8]) -> (Encoding, usize) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        // Without a mark: every second byte of what is mostly ASCII is zero.
        _ => {
            let zeros = |from: usize| head.iter().take(64).skip(from).step_by(2).filter(|b| **b == 0).count();
            let half = head.len().min(64) / 2;
            match (zeros(0), zeros(1)) {
                (0, odd) if odd > half / 2 => (Encoding::Utf16Le, 0),
                (even, 0) if even > half / 2 => (Encoding::Utf16Be, 0),
                _ => (Encoding::Utf8, 0),
            }
        }
    }
}

/// The bytes as UTF-8; those of [`Encoding::Utf8`] as they are, right or wrong.
pub(super) fn as_utf8(encoding: Encoding, bytes: &[u8]) -> Cow<'_, [u8]> {
    let wide = |encoding: &'static encoding_rs::Encoding| {
        let whole = bytes.get(..bytes.len() / 2 * 2).unwrap_or_default();
        let (text, _) = encoding.decode_without_bom_handling(whole);
        Cow::Owned(text.into_owned().into_bytes())
    };
    match encoding {
        Encoding::Utf8 => Cow::Borrowed(bytes),
        Encoding::Utf16Le => wide(encoding_rs::UTF_16LE),
        Encoding::Utf16Be => wide(encoding_rs::UTF_16BE),
    }
}

/// How many bytes of the file this text took.
pub(super) fn bytes_in_file(encoding: Encoding, text: &[u8]) -> usize {
    match encoding {
        Encoding::Utf8 => text.len(),
        // Whatever was no character became one that takes as much.
        Encoding::Utf16Le | Encoding::Utf16Be => {
            String::from_utf8_lossy(text).chars().map(|c| c.len_utf16() * 2).sum()
        }
    }
}

/// `sep=;` on a line of its own: the delimiter and the length of the line.
fn told_delimiter(text: &[u8]) -> (Option<char>, usize) {
    let told = match text {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', mark, rest @ ..] => Some((char::from(*mark), rest)),
        _ => None,
    };
    match told {
        Some((mark, [b'\r', b'\n', ..])) if DELIMITERS.contains(&mark) => (Some(mark), 7),
        Some((mark, [b'\r' | b'\n', ..])) if DELIMITERS.contains(&mark) => (Some(mark), 6),
        _ => (None, 0),
    }
}

/// The delimiter that divides most records into as many cells as the first one.
fn delimiter_of(text: &[u8], whole: bool) -> char {
    let score = |delimiter: char| {
        let records = sample(text, delimiter, whole);
        let width = records.first().map_or(0, |(first, _)| first.len());
        let alike = records.iter().take(20).filter(|(record, _)| record.len() == width).count();
        if width > 1 { (alike, width) } else { (0, 0) }
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter));
    best.unwrap_or(';')
}

/// The first records, each with the place where it ends.
fn sample(text: &[u8], delimiter: char, whole: bool) -> Vec<(ByteRecord, usize)> {
    let mut reader = reader(text, delimiter);
    let (mut records, mut record) = (Vec::new(), ByteRecord::new());
    while records.len() < SAMPLE && reader.read_byte_record(&mut record).unwrap_or(false) {
        let end = end_of(&reader, text);
        if !whole && end >= text.len() {
            break;
        }
        records.push((record.clone(), end));
    }
    records
}

/// Reads records of any width and knows no header.
pub(super) fn reader(text: &[u8], delimiter: char) -> ::csv::Reader<&[u8]> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b';');
    ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text)
}

/// Where the record that was read last ends, its line end included.
pub(super) fn end_of(reader: &::csv::Reader<&[u8]>, text: &[u8]) -> usize {
    let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(text.len());
    // Of a carriage return and a line feed the library has taken the first.
    let half =
        end.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'\r') && text.get(end) == Some(&b'\n');
    if half { end + 1 } else { end }
}

/// The cells of a record, which is UTF-8 or else windows-1252.
pub(super) fn cells(record: &ByteRecord) -> Vec<Cow<'_, str>> {
    let utf8 = record.iter().all(|cell| std::str::from_utf8(cell).is_ok());
    let text = |cell| if utf8 { String::from_utf8_lossy(cell) } else { decode::windows_1252(cell) };
    record.iter().map(text).collect()
}

/// The place of each field's column.
fn places(mapping: &ColumnMapping, names: &[Cow<str>]) -> Result<BTreeMap<String, usize>, FormatRefusal> {
    let header: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let mut places = BTreeMap::new();
    for (field, column) in mapping.columns() {
        let refuse = |rule, detail| Err(FormatRefusal::new(rule, format!("fields.{}", field.name), detail));
        let place = match column {
            Column::Number(number) => usize::try_from(*number).unwrap_or(usize::MAX) - 1,
            Column::Name(name) => {
                let wanted = plain(name);
                let mut found = (0..header.len()).filter(|place| header[*place] == wanted);
                match (found.next(), found.next()) {
                    (Some(place), None) => place,
                    (Some(_), Some(_)) => return refuse("TIJDIG-ONE", "two columns have this name"),
                    (None, _) => return refuse("TIJDIG-COLUMN", "no column has this name"),
                }
            }
        };
        if place >= header.len() {
            return refuse("TIJDIG-COLUMN", "the file has fewer columns");
        }
        places.insert(field.name.to_owned(), place);
    }
    Ok(places)
}

fn plain(name: &str) -> String {
    crate::statement::one_space([name.trim_start_matches('\u{feff}')]).to_lowercase()
}
