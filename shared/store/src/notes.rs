//! Notes beside their debtor's dossier. They are made and taken away together with an entry of the timeline.

use domain::ids::{AdministrationId, DebtorId, NoteId};
use domain::note::Note;

use crate::dossiers::{Store, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Order, Page, Record, SortRange, TableError, Write};

impl Store {
    /// The notes about a debtor and their invoices, the last made first.
    pub async fn notes(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Note>, TableError> {
        let partition = keys::dossier_partition(administration, debtor);
        let range = SortRange::Prefix(keys::NOTE_PREFIX.to_owned());
        let page = self.table.query(&partition, range, Order::Descending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// One note, while it is there.
    pub async fn note(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        note: &NoteId,
    ) -> Result<Option<Note>, TableError> {
        Ok(self.get(&keys::note(administration, debtor, note)).await?.map(|found| found.value))
    }
}

pub(crate) fn note(
    administration: &AdministrationId,
    debtor: &DebtorId,
    note: &Note,
) -> Result<Write, TableError> {
    let key = keys::note(administration, debtor, &note.id);
    Ok(put(Record::new(key, 1, encode(note)?), Condition::Absent))
}

/// Only one that is there is taken away: whoever comes second is told that it is gone.
pub(crate) fn removal(administration: &AdministrationId, debtor: &DebtorId, note: &NoteId) -> Write {
    Write::Delete { key: keys::note(administration, debtor, note), condition: Condition::Present }
}
