//! Files of numbers that change by decree: when they were checked, until when they are known, and rows of cells.
//!
//! They are compiled in. A file names in its comment `checked_on` (a day) and `valid_to` (a day, or `open` where
//! the decree has no end), then its columns, then rows. What is absent: quoting; no cell holds a comma.

use jiff::civil::Date;

/// The cells of one such file, as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table<'a, const COLUMNS: usize> {
    /// The last day that the numbers are known for; `None` where they have no end.
    pub valid_to: Option<Date>,
    pub rows: Vec<[&'a str; COLUMNS]>,
}

/// A defect of a file of numbers. Tests keep each from being built in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TableError {
    #[error("its comment does not say {0} and a day")]
    NoDay(&'static str),
    #[error("its columns are not {0}")]
    Columns(&'static str),
    #[error("the row {0} does not fit")]
    Row(String),
    #[error("it has no {0}")]
    Lacks(&'static str),
}

impl TableError {
    /// This row is wrong.
    pub fn row(cells: &[&str]) -> TableError {
        TableError::Row(cells.join(","))
    }
}

/// Reads such a file. `columns` is its line of column names, as it has to be.
pub(crate) fn parse<'a, const COLUMNS: usize>(
    text: &'a str,
    columns: &'static str,
) -> Result<Table<'a, COLUMNS>, TableError> {
    let is_day = |word: &str| word.parse::<Date>().ok();
    said(text, "checked_on").and_then(is_day).ok_or(TableError::NoDay("checked_on"))?;
    let valid_to = match said(text, "valid_to").ok_or(TableError::NoDay("valid_to"))? {
        "open" => None,
        day => Some(is_day(day).ok_or(TableError::NoDay("valid_to"))?),
    };
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    if lines.next() != Some(columns) {
        return Err(TableError::Columns(columns));
    }
    let cells = |line: &'a str| {
        let cells: Vec<&str> = line.split(',').collect();
        cells.try_into().map_err(|_| TableError::row(&[line]))
    };
    Ok(Table { valid_to, rows: lines.map(cells).collect::<Result<_, _>>()? })
}

/// The word behind `name` in the comment.
fn said<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut words = text.lines().filter(|line| line.starts_with('#')).flat_map(str::split_whitespace);
    words.find(|word| *word == name)?;
    words.next().map(|word| word.trim_end_matches([',', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_file_says_until_when_it_is_known() {
        let table = [
            ("# checked_on 2026-11-22, valid_to 2026-12-31.\na,b\n1,2\n", Ok(Some(date(2026, 12, 31)))),
            ("# checked_on 2026-11-22, valid_to open.\n# more\na,b\n\n1,2\n", Ok(None)),
            ("# valid_to open.\na,b\n1,2\n", Err(TableError::NoDay("checked_on"))),
            ("# checked_on lately, valid_to open.\na,b\n", Err(TableError::NoDay("checked_on"))),
            ("# checked_on 2026-11-22.\na,b\n1,2\n", Err(TableError::NoDay("valid_to"))),
            ("# checked_on 2026-11-22, valid_to never.\na,b\n", Err(TableError::NoDay("valid_to"))),
            ("# checked_on 2026-11-22, valid_to open.\na,c\n", Err(TableError::Columns("a,b"))),
            ("# checked_on 2026-11-22, valid_to open.\na,b\n1\n", Err(TableError::Row("1".into()))),
            ("# checked_on 2026-11-22, valid_to open.\na,b\n1,2,3\n", Err(TableError::Row("1,2,3".into()))),
        ];
        for (text, expected) in table {
            let got = parse::<2>(text, "a,b");
            if let Ok(table) = &got {
                assert_eq!(table.rows, [["1", "2"]], "{text}");
            }
            assert_eq!(got.map(|table| table.valid_to), expected, "{text}");
        }
    }
}
