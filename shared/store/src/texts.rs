//! Own texts of an administration. Which there are stands with its settings: a text changes together with them.

use domain::administration::Administration;
use domain::dossier::Dossier;
use domain::ids::{AdministrationId, NoticeId};
use domain::texts::{KeptText, TextChange, TextName};
use jiff::Timestamp;

use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Order, Page, Record, SortRange, TableError, Write};
use crate::versions::Replaced;

impl Store {
    /// The text of this name.
    pub async fn text(
        &self,
        administration: &AdministrationId,
        name: &TextName,
    ) -> Result<Option<Versioned<KeptText>>, TableError> {
        self.get(&keys::text(administration, name)).await
    }

    /// The own texts that a notice speaks with, the most specific first. They are those of the settings that were read, as
    /// long as these have their version. Whoever has none costs no look.
    pub async fn texts_of(
        &self,
        dossier: &Dossier,
        administration: &Administration,
        notice: &NoticeId,
    ) -> Result<Vec<KeptText>, TableError> {
        let notice = dossier.notice(notice);
        let names = notice.map(|n| administration.texts_of(n, dossier.debtor.language)).unwrap_or_default();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: Vec<_> = names.iter().map(|name| keys::text(&administration.id, name)).collect();
        self.table.get_many(&wanted).await?.iter().map(decode).collect()
    }

    /// All texts, in the order of their names.
    pub async fn kept_texts(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<KeptText>, TableError> {
        let partition = keys::texts(administration);
        let page = self.table.query(&partition, SortRange::all(), Order::Ascending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// A version that is no longer in force; those of texts that were taken away are kept as well.
    pub async fn earlier_text(
        &self,
        administration: &AdministrationId,
        name: &TextName,
        version: u32,
    ) -> Result<Option<Replaced<KeptText>>, TableError> {
        let found = self.get(&keys::earlier_text(administration, name, version)).await?;
        Ok(found.map(|v| v.value))
    }

    /// Stores a change of a text under the version of the settings that were read: nobody else changed a text since. The
    /// version that it replaces is kept, with who ended it.
    pub async fn change_text(
        &self,
        name: &TextName,
        change: &TextChange,
        version: u64,
        by: &str,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let TextChange { administration, kept, earlier } = change;
        let id = &administration.id;
        let settings = Record::new(keys::administration(id), version + 1, encode(administration)?);
        let mut writes = vec![put(settings, Condition::Version(version))];
        let key = keys::text(id, name);
        writes.push(match kept {
            // Written under the version of the settings: no condition of its own.
            Some(kept) => put(Record::new(key, 1, encode(kept)?), Condition::None),
            None => Write::Delete { key, condition: Condition::None },
        });
        if let Some(earlier) = earlier {
            let key = keys::earlier_text(id, name, earlier.version);
            let replaced = Replaced { value: earlier, by: by.to_owned(), at: now };
            writes.push(put(Record::new(key, 1, encode(&replaced)?), Condition::None));
        }
        self.table.write(writes).await
    }
}
