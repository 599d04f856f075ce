//! The overview of signals: rows to page through by any filter, and counters that say how many there are.
//!
//! Both are written in the transaction that stores the dossier whose signals moved, from the difference between what was
//! stored and what is stored now. So they are what a look at every signal would find, whoever dies when, and neither a
//! page nor a count costs more the more signals there are.
//!
//! What is absent: a way to correct counters. Nothing but a commit writes them.

use std::collections::{BTreeMap, BTreeSet};

use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, DebtorId};
use domain::overview::{Counted, OVERVIEW, Place, Standing, signalled_on};
use domain::signal::Signal;
use domain::step::SignalKind;
use jiff::civil::Date;

use crate::dossiers::{Store, StoredSignal, encode, put};
use crate::keys;
use crate::table::{Condition, Key, Order, Page, Record, SortRange, TableError, Write};

/// What a page of the overview is filtered by; nothing at all where everything is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignalFilter {
    pub standing: Option<Standing>,
    pub kind: Option<SignalKind>,
    pub place: Place,
}

impl SignalFilter {
    /// It finds this signal.
    pub fn finds(&self, signal: &Signal) -> bool {
        self.standing.is_none_or(|standing| Standing::of(signal).contains(&standing))
            && self.kind.is_none_or(|kind| kind == signal.kind)
            && Place::of(signal).filters().contains(&self.place)
    }
}

/// How many signals stand how, by standing and kind.
pub type SignalCounts = BTreeMap<(Standing, SignalKind), u64>;

/// What came of the signals of one municipality and month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// The first day of the month in which platforms took them in.
    pub month: Date,
    /// Four digits, without "GM".
    pub municipality: String,
    pub counts: BTreeMap<Counted, u64>,
}

/// Pages of counters that one look reads at most; they hold every municipality there is many times over.
const MOST_PAGES: usize = 20;

impl Store {
    /// One page of the signals that a filter finds: those of crisis before early ones, the last prepared first.
    pub async fn signals(
        &self,
        administration: &AdministrationId,
        filter: &SignalFilter,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<StoredSignal>, TableError> {
        let partition = keys::overview(administration, &filter.place, filter.standing);
        let range = SortRange::Prefix(filter.kind.map(keys::overview_kind).unwrap_or_default().to_owned());
        let page = self.table.query(&partition, range, Order::Descending, limit, cursor).await?;
        let rows = page.items.iter().map(|row| &row.key);
        let mut items = self.of_rows(administration, rows).await?;
        // One that moved since the rows were read is found where it went.
        items.retain(|stored| filter.finds(&stored.signal));
        Ok(Page { items, next: page.next })
    }

    /// The signals that the platform of one municipality took in on these days, the first day first.
    pub async fn signalled(
        &self,
        administration: &AdministrationId,
        municipality: &str,
        (from, to): (Date, Date),
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<StoredSignal>, TableError> {
        let partition = keys::signalled(administration, municipality);
        // '$' comes after '#': all of the last day is in.
        let range = SortRange::Between(from.to_string(), format!("{to}$"));
        let page = self.table.query(&partition, range, Order::Ascending, limit, cursor).await?;
        let items = self.of_rows(administration, page.items.iter().map(|row| &row.key)).await?;
        Ok(Page { items, next: page.next })
    }

    async fn of_rows(
        &self,
        administration: &AdministrationId,
        rows: impl Iterator<Item = &Key>,
    ) -> Result<Vec<StoredSignal>, TableError> {
        let wanted = rows.filter_map(|row| {
            let signal = keys::signal_of_row(row)?;
            Some(keys::signal(administration, &signal.debtor()?, &signal))
        });
        let found = self.get_all(&wanted.collect::<Vec<_>>()).await?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// How many signals stand how: everywhere, in one municipality, at one provider, or both.
    pub async fn signal_counts(
        &self,
        administration: &AdministrationId,
        place: &Place,
    ) -> Result<SignalCounts, TableError> {
        let prefix = place.municipality.as_deref().map(keys::counters_of).unwrap_or_default();
        let records = self.counters(&keys::counters(administration), prefix).await?;
        let provider = place.provider.map(|p| p.to_string());
        let wanted = |record: &&Record| {
            let of = keys::place_of_counter(&record.key);
            of.is_some_and(|(_, of)| provider.is_none() || of == provider.as_deref())
        };
        let mut counts = SignalCounts::new();
        for (name, count) in records.iter().filter(wanted).flat_map(|record| &record.counts) {
            if let Some(cell) = cell_of(name) {
                *counts.entry(cell).or_default() += u64::try_from(*count).unwrap_or_default();
            }
        }
        counts.retain(|_, count| *count > 0);
        Ok(counts)
    }

    /// What came of the signals of one month, by municipality.
    pub async fn signal_outcomes(
        &self,
        administration: &AdministrationId,
        month: Date,
    ) -> Result<Vec<Outcomes>, TableError> {
        let records = self.counters(&keys::outcomes(administration, month), String::new()).await?;
        let mut of: BTreeMap<&str, BTreeMap<Counted, u64>> = BTreeMap::new();
        for record in &records {
            let Some(municipality) = keys::municipality_of_outcomes(&record.key) else { continue };
            let counts = of.entry(municipality).or_default();
            for counted in Counted::all() {
                let count = record.counts.get(counted.name()).copied().unwrap_or_default();
                *counts.entry(counted).or_default() += u64::try_from(count).unwrap_or_default();
            }
        }
        let some = |counts: &BTreeMap<Counted, u64>| counts.values().any(|count| *count > 0);
        let outcomes = of.into_iter().filter(|(_, counts)| some(counts));
        Ok(outcomes
            .map(|(municipality, counts)| Outcomes { month, municipality: municipality.to_owned(), counts })
            .collect())
    }

    async fn counters(&self, partition: &str, prefix: String) -> Result<Vec<Record>, TableError> {
        let mut records = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let range = SortRange::Prefix(prefix.clone());
            let page = self.table.query(partition, range, Order::Ascending, 1_000, cursor.as_deref()).await?;
            records.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(records);
            }
        }
        Err(TableError::Bug("counters of more places than there are".to_owned()))
    }
}

/// What a draft changes of the overview: rows that come and go, counters that move.
pub(crate) fn writes(administration: &AdministrationId, draft: &Draft) -> Result<Vec<Write>, TableError> {
    // Of a dossier that was stored in another way nothing is known of what stands in the overview.
    let before = draft.before().filter(|before| before.overview == OVERVIEW);
    let old = Shown::of(administration, before);
    let new = Shown::of(administration, Some(&draft.dossier));
    let mut writes = Vec::new();
    for row in new.rows.difference(&old.rows) {
        // Written under the dossier's version: no condition of its own.
        writes.push(put(Record::new(row.clone(), 1, encode(&())?), Condition::None));
    }
    for row in old.rows.difference(&new.rows) {
        writes.push(Write::Delete { key: row.clone(), condition: Condition::None });
    }
    let known = |signal: &&Signal| draft.dossier.signal(&signal.id).is_none();
    for gone in draft.before().into_iter().flat_map(|before| &before.signals).filter(known) {
        let key = keys::signal(administration, &draft.dossier.debtor.id, &gone.id);
        writes.push(Write::Delete { key, condition: Condition::None });
    }
    writes.extend(moved(&old.counted, &new.counted));
    Ok(writes)
}

/// How often something counts, by where it is counted and as what.
type Tally = BTreeMap<Key, BTreeMap<String, i64>>;

/// What one dossier's signals are in the overview.
#[derive(Default)]
struct Shown {
    rows: BTreeSet<Key>,
    counted: Tally,
}

impl Shown {
    fn of(administration: &AdministrationId, dossier: Option<&Dossier>) -> Shown {
        let mut shown = Shown::default();
        if let Some(dossier) = dossier {
            for signal in &dossier.signals {
                shown.add(administration, &dossier.debtor.id, signal);
            }
        }
        shown
    }

    fn add(&mut self, administration: &AdministrationId, debtor: &DebtorId, signal: &Signal) {
        let standings = Standing::of(signal);
        let place = Place::of(signal);
        let filters = standings.iter().copied().map(Some).chain([None]);
        for standing in filters {
            for place in place.filters() {
                let (kind, at) = (signal.kind, signal.prepared_at);
                self.rows.insert(keys::overview_row(administration, &place, standing, kind, at, &signal.id));
            }
        }
        let counter = keys::counter(administration, &place, debtor);
        for standing in standings {
            self.count(&counter, cell_name(standing, signal.kind));
        }
        let Some((on, municipality)) = signalled_on(signal).zip(place.municipality) else { return };
        self.rows.insert(keys::signalled_row(administration, &municipality, on, &signal.id));
        let outcomes = keys::outcome_counter(administration, &municipality, on, debtor);
        for counted in Counted::of(signal) {
            self.count(&outcomes, counted.name().to_owned());
        }
    }

    fn count(&mut self, key: &Key, name: String) {
        *self.counted.entry(key.clone()).or_default().entry(name).or_default() += 1;
    }
}

/// What has to be added to which counter, so that what was counted becomes what is.
fn moved(old: &Tally, new: &Tally) -> Vec<Write> {
    let mut moved: Tally = new.clone();
    for (key, counts) in old {
        let by = moved.entry(key.clone()).or_default();
        for (name, count) in counts {
            *by.entry(name.clone()).or_default() -= count;
        }
    }
    let counts = moved.into_iter().filter_map(|(key, mut by)| {
        by.retain(|_, count| *count != 0);
        (!by.is_empty()).then_some(Write::Count { key, by })
    });
    counts.collect()
}

fn cell_name(standing: Standing, kind: SignalKind) -> String {
    format!("{standing}.{}", kind_name(kind))
}

fn cell_of(name: &str) -> Option<(Standing, SignalKind)> {
    let (standing, kind) = name.split_once('.')?;
    let kind = [SignalKind::Early, SignalKind::Crisis].into_iter().find(|k| kind_name(*k) == kind)?;
    Some((standing.parse().ok()?, kind))
}

fn kind_name(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Early => "early",
        SignalKind::Crisis => "crisis",
    }
}
