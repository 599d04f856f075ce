//! Records that are not there, and why: deleted by the source system, or left out by a rule on import. What stands under a
//! record's own id says so, so that whoever brings the record again finds it without looking anywhere else.

use domain::ids::{AdministrationId, DebtorId, InvoiceId, PaymentId};
use domain::importing::IgnoredBy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, StoredPayment, Versioned, encode, put};
use crate::keys;
use crate::table::{Condition, Key, Order, Page, Record, TableError, Write};

/// The kinds of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RecordKind {
    Debtor,
    Invoice,
    Payment,
}

impl RecordKind {
    /// As keys have it.
    pub fn name(self) -> &'static str {
        match self {
            RecordKind::Debtor => "debtor",
            RecordKind::Invoice => "invoice",
            RecordKind::Payment => "payment",
        }
    }
}

/// A record that the source system deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tombstone {
    pub kind: RecordKind,
    pub id: String,
    /// Whose it was; nothing where the deletion came before the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor: Option<DebtorId>,
    /// By the source system's clock: a newer version brings the record back.
    pub deleted_at: Timestamp,
    /// When it was taken in here.
    pub recorded_at: Timestamp,
    pub by: String,
}

/// A record that a rule on import left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IgnoredRecord {
    pub kind: RecordKind,
    pub id: String,
    pub debtor: DebtorId,
    pub rule: IgnoredBy,
    /// As the ignore list has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of the version that was left out last, by the source system's clock.
    pub modified_at: Timestamp,
    /// When that was.
    pub ignored_at: Timestamp,
}

/// What stands under a record's own id: the record (or whose it is), or why it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Place<T> {
    Deleted(Tombstone),
    Ignored(IgnoredRecord),
    Taken(T),
}

impl<T> Place<T> {
    pub fn taken(self) -> Option<T> {
        match self {
            Place::Taken(taken) => Some(taken),
            Place::Deleted(_) | Place::Ignored(_) => None,
        }
    }
}

/// Why a record is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    Deleted(Tombstone),
    Ignored(IgnoredRecord),
}

impl Gone {
    fn key(&self, administration: &AdministrationId) -> Result<Key, TableError> {
        let (kind, id) = match self {
            Gone::Deleted(t) => (t.kind, &t.id),
            Gone::Ignored(i) => (i.kind, &i.id),
        };
        let wrong = |e: domain::ids::IdError| TableError::Bug(e.to_string());
        Ok(match kind {
            RecordKind::Debtor => keys::deleted_debtor(administration, &DebtorId::parse(id).map_err(wrong)?),
            RecordKind::Invoice => keys::invoice_owner(administration, &InvoiceId::parse(id).map_err(wrong)?),
            RecordKind::Payment => keys::payment(administration, &PaymentId::parse(id).map_err(wrong)?),
        })
    }

    /// The item that says so, under the version that was read: `None` where nothing stood there.
    pub(crate) fn write(
        &self,
        administration: &AdministrationId,
        known: Option<u64>,
    ) -> Result<Write, TableError> {
        let (document, listed) = match self {
            Gone::Deleted(t) => {
                (encode(t)?, keys::listed_deleted(administration, t.kind.name(), &t.id, t.recorded_at))
            }
            Gone::Ignored(i) => (encode(i)?, keys::listed_ignored(administration, &i.id, i.ignored_at)),
        };
        let mut record = Record::new(self.key(administration)?, known.map_or(1, |v| v + 1), document);
        record.listed = Some(listed);
        Ok(put(record, known.map_or(Condition::Absent, Condition::Version)))
    }
}

impl Store {
    /// Whose invoice this is, or why it is nobody's.
    pub async fn invoice_place(
        &self,
        administration: &AdministrationId,
        invoice: &InvoiceId,
    ) -> Result<Option<Versioned<Place<DebtorId>>>, TableError> {
        self.get(&keys::invoice_owner(administration, invoice)).await
    }

    /// The payment, or why there is none.
    pub async fn payment_place(
        &self,
        administration: &AdministrationId,
        payment: &PaymentId,
    ) -> Result<Option<Versioned<Place<StoredPayment>>>, TableError> {
        self.get(&keys::payment(administration, payment)).await
    }

    /// The deletion of a debtor, if it was deleted.
    pub async fn deleted_debtor(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
    ) -> Result<Option<Versioned<Tombstone>>, TableError> {
        self.get(&keys::deleted_debtor(administration, debtor)).await
    }

    /// Notes why a record is not there, under the version of what stood under its id. For records that no dossier holds.
    pub async fn put_gone(
        &self,
        administration: &AdministrationId,
        gone: &Gone,
        known: Option<u64>,
    ) -> Result<(), TableError> {
        self.table.write(vec![gone.write(administration, known)?]).await
    }

    /// What the source system deleted, of one kind, in the order in which it was taken in.
    pub async fn deleted(
        &self,
        administration: &AdministrationId,
        kind: RecordKind,
        updated_after: Option<Timestamp>,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Tombstone>, TableError> {
        let partition = keys::all_deleted(administration, kind.name());
        let page = self.listed(&partition, updated_after, Order::Ascending, limit, cursor).await?;
        // The index follows a moment later: what came back meanwhile is no longer one.
        let items: Vec<Versioned<Place<serde_json::Value>>> = self.get_all(&page.items).await?;
        let deleted = items.into_iter().filter_map(|item| match item.value {
            Place::Deleted(tombstone) => Some(tombstone),
            Place::Ignored(_) | Place::Taken(_) => None,
        });
        Ok(Page { items: deleted.collect(), next: page.next })
    }

    /// What rules on import left out, in the order in which it last was.
    pub async fn ignored(
        &self,
        administration: &AdministrationId,
        updated_after: Option<Timestamp>,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<IgnoredRecord>, TableError> {
        let partition = keys::all_ignored(administration);
        let page = self.listed(&partition, updated_after, Order::Ascending, limit, cursor).await?;
        let items: Vec<Versioned<Place<serde_json::Value>>> = self.get_all(&page.items).await?;
        let ignored = items.into_iter().filter_map(|item| match item.value {
            Place::Ignored(record) => Some(record),
            Place::Deleted(_) | Place::Taken(_) => None,
        });
        Ok(Page { items: ignored.collect(), next: page.next })
    }
}
