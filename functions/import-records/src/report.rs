//! What was refused, as one file for people: CSV that runs nothing.

use bytes::Bytes;
use contracts::failure::Failure;
use domain::file_import::report_name;
use domain::ids::{AdministrationId, ImportId};
use formats::csv::Report;
use outside::files::Files;
use store::Store;

/// Largest report, in bytes. What does not fit is counted in its last line.
const MOST_BYTES: usize = 32_000_000;

/// Writes the report of an import, in place of what it was before.
pub(crate) async fn write(
    store: &Store,
    files: &dyn Files,
    administration: &AdministrationId,
    import: &ImportId,
) -> Result<(), Failure> {
    let mut text = Report::header();
    let mut left_out = 0_u64;
    let mut cursor = None;
    loop {
        let page = store.refused_records(administration, import, cursor.as_deref()).await?;
        for refused in page.items {
            if text.len() > MOST_BYTES {
                left_out += 1;
                continue;
            }
            let id = refused.id.unwrap_or_default();
            text += &Report::refusal(refused.line, &id, &refused.field, &refused.rule, &refused.detail);
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if left_out > 0 {
        text += &Report::row(&["", "", "", "TIJDIG-LIMIT", &format!("{left_out} more are not told here")]);
    }
    let name = report_name(administration, import);
    Ok(files.put(&name, Bytes::from(text), "text/csv; charset=utf-8").await?)
}
