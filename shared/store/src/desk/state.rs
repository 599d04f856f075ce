//! How far the overview of an administration is: which generation of counters is shown, until when every change was looked
//! for, and the walk that makes everything anew.

use domain::desk_row::DESK_ROW;
use domain::ids::{AdministrationId, DebtorId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Kept;
use crate::WALK_BEGINS_AFTER;
use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::gone::RecordKind;
use crate::keys;
use crate::table::{Condition, Index, Order, Page, Record, SortRange, TableError, Write};

/// The generation that an administration begins with.
const FIRST: u32 = 1;

/// So long after a change the list of what changed last certainly shows it, and whoever was about to store an earlier one has
/// done so.
const LIST_LAGS: SignedDuration = WALK_BEGINS_AFTER;

/// Counters that one read brings.
const PAGE: u32 = 1_000;

/// The walk that makes the overview anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rebuild {
    /// The generation that it counts in.
    pub generation: u32,
    /// When whoever did not know of it has stored what they were about to, so that it misses nobody.
    pub begins_at: Timestamp,
    /// Debtors that it looked at.
    pub done: u64,
    /// The way in which it makes rows: see [`DESK_ROW`].
    #[serde(default)]
    pub made_as: u8,
    /// Where it stands in the list of debtors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// How far the overview of an administration is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskState {
    /// The generation of counters that is shown.
    pub generation: u32,
    /// Every change before this instant is in it, or was looked for.
    pub checked_until: Timestamp,
    /// The way in which its rows were made: see [`DESK_ROW`].
    #[serde(default)]
    pub made_as: u8,
    /// The walk that makes all of it anew, while there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<Rebuild>,
}

impl Default for DeskState {
    fn default() -> DeskState {
        let checked_until = Timestamp::UNIX_EPOCH;
        DeskState { generation: FIRST, checked_until, made_as: DESK_ROW, rebuild: None }
    }
}

impl DeskState {
    /// The generations that rows are counted in: the one that is shown, and the one that is being made.
    pub fn generations(&self) -> impl Iterator<Item = u32> + use<> {
        std::iter::once(self.generation).chain(self.rebuild.as_ref().map(|rebuild| rebuild.generation))
    }

    /// Its rows were made in another way than rows are made now, and nobody makes them anew.
    pub fn is_outdated(&self) -> bool {
        self.made_as != DESK_ROW && self.rebuild.is_none()
    }

    /// The last of them.
    pub fn newest_generation(&self) -> u32 {
        self.rebuild.as_ref().map_or(self.generation, |rebuild| rebuild.generation)
    }
}

/// Some debtors who changed, in the order in which they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedDebtors {
    pub debtors: Vec<DebtorId>,
    /// Everything that changed before this instant is among them, or among those of the pages before.
    pub until: Timestamp,
    /// More changed after them: where to go on.
    pub next: Option<String>,
}

impl Store {
    /// How far the overview is; version 0 of one that was never begun.
    pub async fn desk_state(
        &self,
        administration: &AdministrationId,
    ) -> Result<Versioned<DeskState>, TableError> {
        let found = self.get(&keys::desk_state(administration)).await?;
        Ok(found.unwrap_or(Versioned { value: DeskState::default(), version: 0 }))
    }

    /// Keeps how far it is, under the version that was read. From the first time on the schedule looks at it.
    pub async fn keep_desk_state(
        &self,
        administration: &AdministrationId,
        state: &DeskState,
        known: u64,
    ) -> Result<Versioned<DeskState>, TableError> {
        let mut record = Record::new(keys::desk_state(administration), known + 1, encode(state)?);
        record.due = Some(keys::due_desk(administration));
        let condition = if known == 0 { Condition::Absent } else { Condition::Version(known) };
        self.table.write(vec![put(record, condition)]).await?;
        Ok(Versioned { value: state.clone(), version: known + 1 })
    }

    /// Administrations that have an overview.
    pub async fn desks(
        &self,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<AdministrationId>, TableError> {
        let (index, partition, range) = (Index::Due, keys::DUE_DESKS, SortRange::all());
        let page = self.table.query_index(index, partition, range, Order::Ascending, limit, cursor).await?;
        let items = page.items.iter().filter_map(|(_, key)| keys::desk_state_of(key)).collect();
        Ok(Page { items, next: page.next })
    }

    /// Begins to make everything anew; a walk that is under way goes on as it is. What is shown stays until it is done.
    pub async fn begin_rebuild(
        &self,
        administration: &AdministrationId,
        now: Timestamp,
    ) -> Result<DeskState, TableError> {
        let known = self.desk_state(administration).await?;
        if known.value.rebuild.is_some() {
            return Ok(known.value);
        }
        let generation = known.value.generation + 1;
        let begins_at = now + WALK_BEGINS_AFTER;
        let rebuild = Some(Rebuild { generation, begins_at, done: 0, made_as: DESK_ROW, cursor: None });
        let state = DeskState { rebuild, ..known.value };
        Ok(self.keep_desk_state(administration, &state, known.version).await?.value)
    }

    /// The next debtors of a walk. It follows the list of debtors by last change to its end: whoever changes meanwhile moves
    /// ahead of it, and is met there.
    pub async fn rebuild_page(
        &self,
        administration: &AdministrationId,
        rebuild: &Rebuild,
        limit: u32,
    ) -> Result<Page<DebtorId>, TableError> {
        let partition = keys::listed_debtors(administration);
        let (cursor, order) = (rebuild.cursor.as_deref(), Order::Ascending);
        let page =
            self.table.query_index(Index::Listed, &partition, SortRange::all(), order, limit, cursor).await?;
        let debtors = page.items.iter().filter_map(|(_, key)| keys::dossier_of(key));
        Ok(Page { items: debtors.map(|(_, debtor)| debtor).collect(), next: page.next })
    }

    /// Keeps how far a walk came. Without a cursor it is at its end: what it counted is shown from now on.
    pub async fn walked_rebuild(
        &self,
        administration: &AdministrationId,
        known: &Versioned<DeskState>,
        debtors: usize,
        cursor: Option<String>,
    ) -> Result<Versioned<DeskState>, TableError> {
        let Some(rebuild) = &known.value.rebuild else { return Ok(known.clone()) };
        let state = match cursor {
            Some(cursor) => {
                let done = rebuild.done + debtors as u64;
                let rebuild = Rebuild { done, cursor: Some(cursor), ..rebuild.clone() };
                DeskState { rebuild: Some(rebuild), ..known.value.clone() }
            }
            None => DeskState {
                generation: rebuild.generation,
                made_as: rebuild.made_as,
                rebuild: None,
                ..known.value.clone()
            },
        };
        self.keep_desk_state(administration, &state, known.version).await
    }

    /// Deletes counters that nothing shows any more: those of earlier generations, and those of months before this one whose
    /// counts are all zero.
    pub async fn tidy_desk_counters(
        &self,
        administration: &AdministrationId,
        state: &DeskState,
        month: &str,
    ) -> Result<(), TableError> {
        let partition = keys::desk_counters(administration);
        let shown = keys::desk_generation(state.generation);
        let range = SortRange::Between("0".to_owned(), format!("{shown}{month}"));
        let mut cursor: Option<String> = None;
        loop {
            let page = self
                .table
                .query(&partition, range.clone(), Order::Ascending, PAGE, cursor.as_deref())
                .await?;
            for record in page.items {
                let is_earlier = record.key.sort < shown;
                if is_earlier || record.counts.values().all(|count| *count == 0) {
                    // One that counts meanwhile has another version, and stays.
                    let condition = Condition::Version(record.version);
                    match self.table.write(vec![Write::Delete { key: record.key, condition }]).await {
                        Ok(()) | Err(TableError::Conflict { .. }) => {}
                        Err(other) => return Err(other),
                    }
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// The debtors who changed since an instant. Each is to be projected: the list knows seconds alone, so that of two changes within one
    /// it does not tell whether a row shows the later.
    pub async fn changed_since(
        &self,
        administration: &AdministrationId,
        since: Timestamp,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<ChangedDebtors, TableError> {
        let partition = keys::listed_debtors(administration);
        let range = SortRange::From(keys::ordered(since));
        let (index, order) = (Index::Listed, Order::Ascending);
        let page = self.table.query_index(index, &partition, range, order, limit, cursor).await?;
        let last = page.items.last().and_then(|(at, _)| at.sort.split('#').next()?.parse().ok());
        let debtors = page.items.iter().filter_map(|(_, key)| keys::dossier_of(key));
        Ok(ChangedDebtors {
            debtors: debtors.map(|(_, debtor)| debtor).collect(),
            until: last.unwrap_or(since),
            next: page.next,
        })
    }

    /// Those who were deleted since an instant.
    pub async fn deleted_since(
        &self,
        administration: &AdministrationId,
        since: Timestamp,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DebtorId>, TableError> {
        let partition = keys::all_deleted(administration, RecordKind::Debtor.name());
        let range = SortRange::From(keys::ordered(since));
        let (index, order) = (Index::Listed, Order::Ascending);
        let page = self.table.query_index(index, &partition, range, order, limit, cursor).await?;
        let debtors = page.items.iter().filter_map(|(_, key)| keys::dossier_of(key));
        Ok(Page { items: debtors.map(|(_, debtor)| debtor).collect(), next: page.next })
    }

    /// Rows of which something has come into the last bucket of ageing by this day.
    pub async fn aged_rows(
        &self,
        administration: &AdministrationId,
        today: jiff::civil::Date,
        limit: u32,
    ) -> Result<Vec<DebtorId>, TableError> {
        let partition = keys::ageing_desk_rows(administration);
        // '$' comes after '#': all of the day is in.
        let range = SortRange::Between("0".to_owned(), format!("{today}$"));
        let (index, order) = (Index::Due, Order::Ascending);
        let page = self.table.query_index(index, &partition, range, order, limit, None).await?;
        let rows = page.items.iter().filter_map(|(_, key)| keys::desk_row_of(key));
        Ok(rows.map(|(_, debtor)| debtor).collect())
    }

    /// Those of these debtors whose row does not show a change of the second that is said beside them.
    pub(super) async fn not_shown(
        &self,
        administration: &AdministrationId,
        changed: &[(String, DebtorId)],
    ) -> Result<Vec<DebtorId>, TableError> {
        let wanted: Vec<_> =
            changed.iter().map(|(_, debtor)| keys::desk_row(administration, debtor)).collect();
        let mut shown = std::collections::BTreeMap::new();
        for record in self.table.get_many(&wanted).await? {
            let kept: Kept = decode(&record)?;
            if let Some(row) = kept.row {
                shown.insert(row.debtor, keys::ordered(row.updated_at));
            }
        }
        // Names of places in the list begin with the second of the change.
        let is_behind = |(at, debtor): &&(String, DebtorId)| {
            let changed = at.split('#').next().unwrap_or_default();
            shown.get(debtor).is_none_or(|shown| shown.as_str() < changed)
        };
        Ok(changed.iter().filter(is_behind).map(|(_, debtor)| debtor.clone()).collect())
    }
}

impl DeskState {
    /// With everything looked for that changed before `until`; the last minute before `now` is looked at again.
    pub fn checked_at(&self, until: Timestamp, now: Timestamp) -> DeskState {
        DeskState { checked_until: self.checked_until.max(until.min(now - LIST_LAGS)), ..self.clone() }
    }
}
