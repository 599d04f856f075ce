//! What the desk shows: counters, work lists, and debtors by what they owe. Each is a few reads, however many invoices there
//! are.

use std::collections::BTreeMap;

use domain::Money;
use domain::administration::Administration;
use domain::calendar::today;
use domain::desk_row::{Bucket, DeskRow, DueOn, Need, Phase, Sum};
use domain::ids::{AdministrationId, DebtorId};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{DeskState, Kept};
use crate::dossiers::{Store, decode};
use crate::keys;
use crate::table::{Index, Key, Order, Page, Record, SortRange, TableError};

/// Rows of one page at most: each is a read of its own.
pub const LARGEST_DESK_PAGE: u32 = 40;

/// Debtors who changed last, whose rows are looked at to say how far behind the overview is.
const LOOKED_AT: u32 = 20;

/// Pages of counters that one look reads at most.
const MOST_PAGES: usize = 4;

/// How up to date the overview is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskStanding {
    /// What changed before this instant is in it.
    pub as_of: Timestamp,
    /// Whole seconds that it is behind; 0 where nothing is missing.
    pub behind_seconds: u64,
    /// Debtors whose rows the walk that makes it anew has looked at, while there is one.
    pub rebuilding: Option<u64>,
}

/// What the overview counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeskCounts {
    /// Debtors that there are.
    pub debtors: u64,
    /// Those on whom something is open.
    pub owing: u64,
    /// Open invoices by how far follow-up is.
    pub phases: BTreeMap<Phase, InvoiceSum>,
    /// The same by how long they are due.
    pub ageing: BTreeMap<Bucket, InvoiceSum>,
    /// What waits for the desk: things, and debtors whom they are about.
    pub needs: BTreeMap<Need, (u64, u64)>,
}

/// So many invoices, and the principal that is open on them in euros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceSum {
    pub invoices: u64,
    pub amount: Money,
}

impl Default for InvoiceSum {
    fn default() -> InvoiceSum {
        InvoiceSum { invoices: 0, amount: Money::ZERO }
    }
}

impl InvoiceSum {
    fn add(&mut self, name: &str, count: i64) {
        if name == "c" {
            self.amount = self.amount + Money::from_cents(count);
        } else {
            self.invoices += u64::try_from(count).unwrap_or_default();
        }
    }

    fn is_nothing(&self) -> bool {
        self.invoices == 0 && self.amount.is_zero()
    }

    fn of(sum: Sum) -> InvoiceSum {
        InvoiceSum { invoices: sum.invoices.into(), amount: sum.amount }
    }

    fn and(self, other: InvoiceSum) -> InvoiceSum {
        InvoiceSum { invoices: self.invoices + other.invoices, amount: self.amount + other.amount }
    }
}

impl DeskCounts {
    /// Everything that is open.
    pub fn open(&self) -> InvoiceSum {
        self.phases.values().fold(InvoiceSum::default(), |all, one| all.and(*one))
    }

    /// What is open past its due date.
    pub fn overdue(&self) -> InvoiceSum {
        let late = self.ageing.iter().filter(|(bucket, _)| **bucket != Bucket::NotDue);
        late.fold(InvoiceSum::default(), |all, (_, one)| all.and(*one))
    }

    /// Takes one row in: what the counters of all rows have to come to.
    pub fn add(&mut self, row: &DeskRow, on: Date) {
        self.debtors += 1;
        self.owing += u64::from(row.open_invoices() > 0);
        for (phase, sum) in &row.phases {
            let one = self.phases.entry(*phase).or_default();
            *one = one.and(InvoiceSum::of(*sum));
        }
        for (due, sum) in &row.due {
            let one = self.ageing.entry(due.bucket(on)).or_default();
            *one = one.and(InvoiceSum::of(*sum));
        }
        for (need, waiting) in &row.needs {
            let (things, debtors) = self.needs.entry(*need).or_default();
            *things += u64::from(waiting.things);
            *debtors += 1;
        }
    }

    fn of(records: &[Record], on: Date) -> DeskCounts {
        let mut counts = DeskCounts::default();
        for record in records {
            let month = keys::month_of_desk_counter(&record.key);
            for (name, count) in &record.counts {
                match month {
                    Some(month) => counts.add_due(month, name, *count, on),
                    None => counts.add_named(name, *count),
                }
            }
        }
        counts.phases.retain(|_, one| !one.is_nothing());
        counts.ageing.retain(|_, one| !one.is_nothing());
        counts.needs.retain(|_, (things, _)| *things > 0);
        counts
    }

    fn add_due(&mut self, month: &str, name: &str, count: i64, on: Date) {
        let Some((day, of)) = name.split_once('.') else { return };
        let Ok(due) = format!("{month}-{day}").parse::<Date>() else { return };
        self.ageing.entry(DueOn::Day(due).bucket(on)).or_default().add(of, count);
    }

    fn add_named(&mut self, name: &str, count: i64) {
        let whole = u64::try_from(count).unwrap_or_default();
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            ["debtors"] => self.debtors += whole,
            ["owing"] => self.owing += whole,
            ["old", of] => self.ageing.entry(Bucket::Oldest).or_default().add(of, count),
            ["phase", phase, of] => {
                if let Some(phase) = Phase::named(phase) {
                    self.phases.entry(phase).or_default().add(of, count);
                }
            }
            ["need", need, of] => {
                if let Ok(need) = need.parse::<Need>() {
                    let (things, debtors) = self.needs.entry(need).or_default();
                    *(if *of == "d" { debtors } else { things }) += whole;
                }
            }
            _ => {}
        }
    }
}

impl Store {
    /// What the overview counts, and how up to date it is.
    pub async fn desk_counts(
        &self,
        administration: &AdministrationId,
        now: Timestamp,
    ) -> Result<(DeskCounts, DeskStanding), TableError> {
        let state = self.desk_state(administration).await?.value;
        self.desk_counts_of(administration, state, now).await
    }

    /// The same, with the settings of the administration, which are read in the same call as how far the overview is; none where
    /// there is no such administration.
    pub async fn desk_counts_with_settings(
        &self,
        administration: &AdministrationId,
        now: Timestamp,
    ) -> Result<(DeskCounts, DeskStanding, Option<Administration>), TableError> {
        let (of_settings, of_state) =
            (keys::administration(administration), keys::desk_state(administration));
        let found = self.table.get_many(&[of_settings.clone(), of_state.clone()]).await?;
        let at = |key: &Key| found.iter().find(|record| record.key == *key);
        let state = at(&of_state).map(decode).transpose()?.unwrap_or_default();
        let settings = at(&of_settings).map(decode).transpose()?;
        let (counts, standing) = self.desk_counts_of(administration, state, now).await?;
        Ok((counts, standing, settings))
    }

    async fn desk_counts_of(
        &self,
        administration: &AdministrationId,
        state: DeskState,
        now: Timestamp,
    ) -> Result<(DeskCounts, DeskStanding), TableError> {
        let partition = keys::desk_counters(administration);
        let mut records = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let range = SortRange::Prefix(keys::desk_generation(state.generation));
            let page =
                self.table.query(&partition, range, Order::Ascending, 1_000, cursor.as_deref()).await?;
            records.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        if cursor.is_some() {
            return Err(TableError::Bug("counters of more months than there are".to_owned()));
        }
        let counts = DeskCounts::of(&records, today(now));
        let missing = self.first_missing(administration, state.checked_until, now).await?;
        let as_of = missing.unwrap_or(now);
        // Of what changed a moment ago, too, it is said that it is missing.
        let behind = now.duration_since(as_of).as_secs().max(i64::from(missing.is_some()));
        let behind_seconds = u64::try_from(behind).unwrap_or_default();
        let rebuilding = state.rebuild.map(|rebuild| rebuild.done);
        Ok((counts, DeskStanding { as_of, behind_seconds, rebuilding }))
    }

    /// The instant of the first change that is not in the overview, as far as the debtors who changed last tell; none where all
    /// of theirs are. What was lost on its way longer ago is found by the schedule.
    async fn first_missing(
        &self,
        administration: &AdministrationId,
        checked_until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, TableError> {
        let partition = keys::listed_debtors(administration);
        let range = SortRange::From(keys::ordered(checked_until));
        let (index, order) = (Index::Listed, Order::Descending);
        let page = self.table.query_index(index, &partition, range, order, LOOKED_AT, None).await?;
        let changed: Vec<(String, DebtorId)> = page
            .items
            .iter()
            .filter_map(|(at, key)| Some((at.sort.clone(), keys::dossier_of(key)?.1)))
            .collect();
        let behind = self.not_shown(administration, &changed).await?;
        // Where none of them is in it, nor may those be that changed before them.
        if !behind.is_empty() && behind.len() == changed.len() && page.next.is_some() {
            return Ok(Some(checked_until.min(now)));
        }
        let first = changed.iter().rev().find(|(_, debtor)| behind.contains(debtor));
        let at = first.and_then(|(at, _)| at.split('#').next()?.parse::<Timestamp>().ok());
        Ok(at.map(|at| at.min(now)))
    }

    /// The debtors for whom something of this kind waits, the longest first.
    pub async fn work_list(
        &self,
        administration: &AdministrationId,
        need: Need,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DeskRow>, TableError> {
        let partition = keys::work_list(administration, need);
        let limit = limit.min(LARGEST_DESK_PAGE);
        let page = self.table.query(&partition, SortRange::all(), Order::Ascending, limit, cursor).await?;
        let debtors = page.items.iter().filter_map(|entry| keys::debtor_of_work_list_entry(&entry.key));
        let mut items = self.desk_rows(administration, debtors).await?;
        // One that was done since the entry was read.
        items.retain(|row| row.needs.contains_key(&need));
        Ok(Page { items, next: page.next })
    }

    /// The debtors who owe something, the largest amount first.
    pub async fn debtors_by_outstanding(
        &self,
        administration: &AdministrationId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DeskRow>, TableError> {
        let (partition, limit) = (keys::desk_rows(administration), limit.min(LARGEST_DESK_PAGE));
        let page = self.listed(&partition, None, Order::Descending, limit, cursor).await?;
        let debtors = page.items.iter().filter_map(keys::desk_row_of).map(|(_, debtor)| debtor);
        Ok(Page { items: self.desk_rows(administration, debtors).await?, next: page.next })
    }

    /// The rows of these debtors, as far as there are any, in this order.
    pub async fn desk_rows(
        &self,
        administration: &AdministrationId,
        debtors: impl Iterator<Item = DebtorId>,
    ) -> Result<Vec<DeskRow>, TableError> {
        let rows = self.kept_rows(administration, debtors).await?;
        Ok(rows.into_iter().filter_map(|kept| kept.row).collect())
    }

    pub(super) async fn kept_rows(
        &self,
        administration: &AdministrationId,
        debtors: impl Iterator<Item = DebtorId>,
    ) -> Result<Vec<Kept>, TableError> {
        Ok(self.kept_rows_beside(administration, debtors, None).await?.0)
    }

    /// The rows of these debtors, and one more item in the same call.
    pub(super) async fn kept_rows_beside(
        &self,
        administration: &AdministrationId,
        debtors: impl Iterator<Item = DebtorId>,
        beside: Option<&Key>,
    ) -> Result<(Vec<Kept>, Option<Record>), TableError> {
        let mut wanted: Vec<_> = debtors.map(|debtor| keys::desk_row(administration, &debtor)).collect();
        wanted.extend(beside.cloned());
        let (other, rows): (Vec<Record>, Vec<Record>) =
            self.table.get_many(&wanted).await?.into_iter().partition(|record| Some(&record.key) == beside);
        Ok((rows.iter().map(decode).collect::<Result<_, _>>()?, other.into_iter().next()))
    }
}
