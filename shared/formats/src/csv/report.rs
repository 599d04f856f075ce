//! What was refused, as CSV that a spreadsheet can open without doing anything that a cell says.

/// The refused records of a file: line, id, field, rule and the rule in words.
#[derive(Debug, Clone, Copy)]
pub struct Report;

impl Report {
    /// The first line.
    pub fn header() -> String {
        Report::row(&["line", "id", "field", "rule", "detail"])
    }

    /// One refusal. `id` is the record's own, as far as it was read.
    pub fn refusal(line: u64, id: &str, field: &str, rule: &str, detail: &str) -> String {
        Report::row(&[&line.to_string(), id, field, rule, detail])
    }

    /// Cells as one line, in quotation marks where needed. A cell that a spreadsheet would take for a formula gets an
    /// apostrophe in front.
    pub fn row(cells: &[&str]) -> String {
        let mut line = String::new();
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                line.push(',');
            }
            let cell = neutral(cell);
            if cell.contains(['"', ',', ';', '\n', '\r']) || cell.trim() != cell {
                line.push('"');
                line.push_str(&cell.replace('"', "\"\""));
                line.push('"');
            } else {
                line.push_str(&cell);
            }
        }
        line.push_str("\r\n");
        line
    }
}

/// Spreadsheets take what begins with one of these for a formula, also behind white space, and in full width.
fn neutral(cell: &str) -> String {
    const BEGIN: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let begins = cell.trim_start().starts_with(BEGIN) || cell.starts_with(['\t', '\r', '\n']);
    if begins { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        let table = [
            ("=1+1", "'=1+1\r\n"),
            ("+31612345678", "'+31612345678\r\n"),
            ("-2", "'-2\r\n"),
            ("@sum(a1)", "'@sum(a1)\r\n"),
            (" =1", "' =1\r\n"),
            ("\t=1", "'\t=1\r\n"),
            ("＝1", "'＝1\r\n"),
            ("=cmd|' /C calc'!A0,\"x\"", "\"'=cmd|' /C calc'!A0,\"\"x\"\"\"\r\n"),
            ("invoice.total", "invoice.total\r\n"),
            ("a=1", "a=1\r\n"),
            ("twee\nregels", "\"twee\nregels\"\r\n"),
            ("", "\r\n"),
        ];
        for (cell, expected) in table {
            assert_eq!(Report::row(&[cell]), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_refusal_is_a_line_that_reads_back() {
        let text = Report::header()
            + &Report::refusal(12, "=1+1", "invoice.total", "not_a_number", "is \"not\", an amount");
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(rows[0], ["line", "id", "field", "rule", "detail"]);
        assert_eq!(rows[1], ["12", "'=1+1", "invoice.total", "not_a_number", "is \"not\", an amount"]);
    }
}
