//! A dossier that is too long for one document is told in several, one after the other.

use super::{Composed, Part, Table};

/// The same as documents of at most so many rows each: the first has what fits, the others go on where it ended. One where
/// everything fits.
pub fn split(composed: Composed, most_rows: usize) -> Vec<Composed> {
    let mut groups: Vec<Vec<Part>> = vec![Vec::new()];
    let mut left = most_rows;
    for part in composed.parts {
        let Part { heading, is_within, paragraphs, facts, tables } = part;
        let mut begun = Part { heading, is_within, paragraphs, facts, tables: Vec::new() };
        for table in tables {
            for piece in pieces(table, left, most_rows) {
                let rows = piece.rows.len();
                if rows > left {
                    let heading = begun.heading.clone();
                    let full = std::mem::replace(&mut begun, Part { heading, is_within, ..Part::default() });
                    if !(full.tables.is_empty() && full.facts.is_empty() && full.paragraphs.is_empty()) {
                        push(&mut groups, full);
                    }
                    groups.push(Vec::new());
                    left = most_rows;
                }
                left = left.saturating_sub(rows);
                begun.tables.push(piece);
            }
        }
        push(&mut groups, begun);
    }
    let (language, title, creditor) = (composed.language, composed.title, composed.creditor);
    let (particulars, footer) = (composed.particulars, composed.footer);
    let document = |parts| Composed {
        language,
        title: title.clone(),
        creditor: creditor.clone(),
        particulars: particulars.clone(),
        parts,
        footer: footer.clone(),
    };
    groups.into_iter().map(document).collect()
}

fn push(groups: &mut [Vec<Part>], part: Part) {
    if let Some(last) = groups.last_mut() {
        last.push(part);
    }
}

/// A table in pieces: the first no longer than what is left, the others as long as a document may be. Its sum stands under the
/// last.
fn pieces(table: Table, left: usize, most: usize) -> Vec<Table> {
    let Table { columns, rows, total } = table;
    let mut pieces = Vec::new();
    let mut rows = rows.into_iter().peekable();
    let mut room = if left == 0 { most } else { left };
    loop {
        let taken: Vec<Vec<String>> = rows.by_ref().take(room.max(1)).collect();
        let is_last = rows.peek().is_none();
        let total = if is_last { total.clone() } else { None };
        pieces.push(Table { columns: columns.clone(), rows: taken, total });
        if is_last {
            return pieces;
        }
        room = most;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> Table {
        let rows = (0..rows).map(|row| vec![row.to_string()]).collect();
        Table { columns: Vec::new(), rows, total: Some(vec!["sum".to_owned()]) }
    }

    fn composed(tables: &[usize]) -> Composed {
        let part = |rows: &usize| Part {
            heading: format!("of {rows}"),
            tables: vec![table(*rows)],
            ..Part::default()
        };
        Composed {
            language: "nl",
            title: String::new(),
            creditor: String::new(),
            particulars: Vec::new(),
            parts: tables.iter().map(part).collect(),
            footer: String::new(),
        }
    }

    #[test]
    fn no_document_is_longer_than_it_may_be_and_every_row_is_in_one_of_them() {
        let table: [(&[usize], &[usize]); 7] = [
            (&[], &[0]),
            (&[0, 3], &[3]),
            (&[10], &[10]),
            (&[11], &[10, 1]),
            (&[4, 6], &[10]),
            (&[4, 7], &[10, 1]),
            (&[10, 25], &[10, 10, 10, 5]),
        ];
        for (rows, documents) in table {
            let split = split(composed(rows), 10);
            let tables =
                |c: &Composed| c.parts.iter().flat_map(|p| &p.tables).map(|t| t.rows.len()).sum::<usize>();
            assert_eq!(split.iter().map(tables).collect::<Vec<_>>(), documents, "{rows:?}");
            let sums = split.iter().flat_map(|c| &c.parts).flat_map(|p| &p.tables);
            assert_eq!(sums.filter(|t| t.total.is_some()).count(), rows.len(), "{rows:?}");
        }
    }
}
