//! Walks: every dossier of an administration is looked at once more, page by page.
//!
//! A dossier's place in the due index follows from the settings that it was last stored under. When those change, or
//! everyone is held or no longer held, a walk is stored in the same transaction. It stands in the due index itself: the
//! sweep comes across it, goes on from its cursor and leaves it there until it has come to its end.
//!
//! It follows the list of debtors by last change, in which a dossier that changes moves ahead. None is missed: the walk
//! begins when nobody can still be deciding under what was before. A dossier that moves away from the walk after that
//! was stored under the new settings and needs no look; one that does not move is met. So nothing that moved behind the
//! beginning is walked either, and the walk does not follow its own footsteps.

use domain::ids::{AdministrationId, DebtorId};
use domain::notice::UNKNOWN_AFTER;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, Versioned, encode, put};
use crate::keys;
use crate::table::{Condition, Index, Order, Page, Record, SortRange, TableError, Write};

/// How long after the change a walk begins: longer than a function may live, so that whoever decided under the
/// settings of before has stored it or never will.
pub const WALK_BEGINS_AFTER: SignedDuration = UNKNOWN_AFTER;

/// A walk under way, or about to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Walk {
    pub begins_at: Timestamp,
    /// Where it stands in the list of debtors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

impl Store {
    /// The write that begins a walk. One that is under way begins anew.
    pub(crate) async fn begin_walk(
        &self,
        administration: &AdministrationId,
        now: Timestamp,
    ) -> Result<Write, TableError> {
        let under_way = self.walk(administration).await?.map(|w| w.version);
        let walk = Walk { begins_at: now + WALK_BEGINS_AFTER, cursor: None };
        let record = walking(administration, &walk, under_way.map_or(1, |v| v + 1))?;
        Ok(put(record, under_way.map_or(Condition::Absent, Condition::Version)))
    }

    pub async fn walk(
        &self,
        administration: &AdministrationId,
    ) -> Result<Option<Versioned<Walk>>, TableError> {
        self.get(&keys::walk(administration)).await
    }

    /// The next debtors of a walk.
    pub async fn walk_page(
        &self,
        administration: &AdministrationId,
        walk: &Walk,
        limit: u32,
    ) -> Result<Page<DebtorId>, TableError> {
        // '$' comes after '#': what changed within the second of the beginning is in.
        let range = SortRange::Between("0".to_owned(), format!("{}$", keys::ordered(walk.begins_at)));
        let partition = keys::listed_debtors(administration);
        let (index, cursor) = (Index::Listed, walk.cursor.as_deref());
        let page = self.table.query_index(index, &partition, range, Order::Ascending, limit, cursor).await?;
        let debtors =
            page.items.iter().filter_map(|(_, key)| keys::dossier_of(key)).map(|(_, debtor)| debtor);
        Ok(Page { items: debtors.collect(), next: page.next })
    }

    /// Keeps how far a walk came; without a cursor it has ended. A conflict means that it began anew, or that somebody
    /// else goes on with it.
    pub async fn walked(
        &self,
        administration: &AdministrationId,
        walk: &Versioned<Walk>,
        cursor: Option<String>,
    ) -> Result<Option<Versioned<Walk>>, TableError> {
        let condition = Condition::Version(walk.version);
        if cursor.is_none() {
            let key = keys::walk(administration);
            self.table.write(vec![Write::Delete { key, condition }]).await?;
            return Ok(None);
        }
        let next =
            Versioned { value: Walk { begins_at: walk.value.begins_at, cursor }, version: walk.version + 1 };
        let record = walking(administration, &next.value, next.version)?;
        self.table.write(vec![put(record, condition)]).await?;
        Ok(Some(next))
    }
}

fn walking(administration: &AdministrationId, walk: &Walk, version: u64) -> Result<Record, TableError> {
    let mut record = Record::new(keys::walk(administration), version, encode(walk)?);
    record.due = Some(keys::due_walk(administration, walk.begins_at));
    Ok(record)
}
