//! Imports of files: how far each was taken in, what was refused, and the mappings of their columns.

use domain::file_import::{FileImport, FilePosition, MEMORY};
use domain::ids::{AdministrationId, ImportId, MappingId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Index, Key, Order, Page, Record, SortRange, TableError, Write};

/// Parts that one read takes: each holds some hundred refusals at most.
const PARTS: u32 = 20;

/// Which import is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueImport {
    pub administration: AdministrationId,
    pub import: ImportId,
}

/// Why one record of a file was not taken in. A record may be refused for several reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedRecord {
    /// The line in the file, or the number of the document in an archive, from 1.
    pub line: u64,
    /// The record's own id, as far as it was read.
    pub id: Option<String>,
    pub field: String,
    pub rule: String,
    /// The rule in words.
    pub detail: String,
}

/// A mapping of columns as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptMapping {
    pub id: MappingId,
    /// As the reader of columns writes it: JSON.
    pub mapping: String,
    pub updated_at: Timestamp,
    pub by: String,
}

impl Store {
    pub async fn import(
        &self,
        administration: &AdministrationId,
        import: &ImportId,
    ) -> Result<Option<Versioned<FileImport>>, TableError> {
        self.get(&keys::import(administration, import)).await
    }

    /// Stores an import under the version that it was read with, together with what was refused of the part that began at
    /// `from`. Its new version.
    pub async fn put_import(
        &self,
        administration: &AdministrationId,
        import: &FileImport,
        version: Option<u64>,
        refused: Option<(FilePosition, &[RefusedRecord])>,
    ) -> Result<u64, TableError> {
        let next = version.map_or(1, |v| v + 1);
        let ends = (import.created_at + MEMORY).as_second();
        let mut record = Record::new(keys::import(administration, &import.id), next, encode(import)?);
        record.listed = Some(keys::listed_import(administration, &import.id, import.created_at));
        record.due = import.due_at.map(|at| keys::due_import(administration, &import.id, at));
        record.expires_at = Some(ends);
        let mut writes = vec![put(record, version.map_or(Condition::Absent, Condition::Version))];
        if let Some((from, refused)) = refused.filter(|(_, refused)| !refused.is_empty()) {
            let key = keys::refused_part(administration, &import.id, from.at, from.line);
            let mut part = Record::new(key, 1, encode(&refused)?);
            part.expires_at = Some(ends);
            // Written under the import's version: no condition of its own.
            writes.push(put(part, Condition::None));
        }
        self.table.write(writes).await?;
        Ok(next)
    }

    /// Imports, the newest first.
    pub async fn imports(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<FileImport>, TableError> {
        let partition = keys::listed_imports(administration);
        let page = self.listed(&partition, None, Order::Descending, limit, cursor).await?;
        let items: Vec<Versioned<FileImport>> = self.get_all(&page.items).await?;
        Ok(Page { items: items.into_iter().map(|v| v.value).collect(), next: page.next })
    }

    /// What was refused, in the order of the file, some parts at a time.
    pub async fn refused_records(
        &self,
        administration: &AdministrationId,
        import: &ImportId,
        cursor: Option<&str>,
    ) -> Result<Page<RefusedRecord>, TableError> {
        let partition = keys::import(administration, import).partition;
        let range = SortRange::Prefix(keys::REFUSED_PREFIX.to_owned());
        let page = self.table.query(&partition, range, Order::Ascending, PARTS, cursor).await?;
        let mut items = Vec::new();
        for part in &page.items {
            items.extend(decode::<Vec<RefusedRecord>>(part)?);
        }
        Ok(Page { items, next: page.next })
    }

    /// Imports that are due at or before `now`.
    pub async fn due_imports(
        &self,
        now: Timestamp,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DueImport>, TableError> {
        let range = SortRange::Between("0".to_owned(), format!("{}$", keys::ordered(now)));
        let (index, order) = (Index::Due, Order::Ascending);
        let page = self.table.query_index(index, keys::DUE_IMPORTS, range, order, limit, cursor).await?;
        let due = |key: &Key| {
            let (administration, import) = keys::import_of(key)?;
            Some(DueImport { administration, import })
        };
        Ok(Page { items: page.items.iter().filter_map(|(_, key)| due(key)).collect(), next: page.next })
    }

    pub async fn mapping(
        &self,
        administration: &AdministrationId,
        mapping: &MappingId,
    ) -> Result<Option<Versioned<KeptMapping>>, TableError> {
        self.get(&keys::mapping(administration, mapping)).await
    }

    /// Keeps a mapping, in place of the one that has its id. Imports that were asked for keep theirs.
    pub async fn put_mapping(
        &self,
        administration: &AdministrationId,
        mapping: &KeptMapping,
        version: Option<u64>,
    ) -> Result<(), TableError> {
        let key = keys::mapping(administration, &mapping.id);
        let record = Record::new(key, version.map_or(1, |v| v + 1), encode(mapping)?);
        self.table.write(vec![put(record, version.map_or(Condition::Absent, Condition::Version))]).await
    }

    pub async fn delete_mapping(
        &self,
        administration: &AdministrationId,
        mapping: &MappingId,
        version: u64,
    ) -> Result<(), TableError> {
        let key = keys::mapping(administration, mapping);
        self.table.write(vec![Write::Delete { key, condition: Condition::Version(version) }]).await
    }

    /// Mappings in the order of their ids.
    pub async fn kept_mappings(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<KeptMapping>, TableError> {
        let partition = keys::mappings(administration);
        let page = self.table.query(&partition, SortRange::all(), Order::Ascending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }
}
