//! The desk's overview: a row of each debtor, counters, work lists and what is searched by, made of the dossiers.
//!
//! Nothing here is written with a dossier. Whoever hears that one changed makes its row anew ([`Store::project`]): the row, the
//! counters that move with it and its entries are one transaction, under the version of the row that was read. The row is read
//! before the dossier, so that whoever writes it last read the dossier last: hints that repeat, come late or come out of
//! order make nothing older. The row holds what it counts for and which entries it has, to the letter; so what a transaction
//! has no room for is written by the next, and whoever dies between two leaves nothing that is counted twice.
//!
//! Counters have a *generation*. They are made anew by a walk that counts every row in the next generation beside the one that is
//! shown, and shows it when all are in it ([`DeskState`]).
//!
//! What is absent: a place in which anything is decided by what stands here. It may be some seconds behind, and says so.

mod reads;
mod search;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use domain::administration::Administration;
use domain::calendar::plus_days;
use domain::desk_row::{DeskRow, DueOn, Need, OLDEST_AFTER_DAYS};
use domain::desk_search::{SearchedName, Term, terms};
use domain::dossier::Dossier;
use domain::ids::{AdministrationId, DebtorId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, decode, encode, put};
use crate::found::short_hash;
use crate::keys;
use crate::table::{Condition, IndexKey, Record, TableError, Write};

pub use reads::{DeskCounts, DeskStanding, InvoiceSum, LARGEST_DESK_PAGE};
pub use state::{ChangedDebtors, DeskState, Rebuild};

/// Items that one transaction changes beside the row.
const MOST_MOVES: usize = 80;

/// Transactions that one debtor's row may take: a thousand invoices need some fifty.
const MOST_STEPS: usize = 200;

/// How often something counts, by the counter's place within its generation: `{month or t}|{name}`.
type Tally = BTreeMap<String, i64>;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projected {
    /// It is another one than before.
    Changed,
    /// It was right already.
    Unchanged,
}

/// A row as it is kept: with what it counts for and is found by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Kept {
    /// `None` while a row that is no more is taken away.
    pub row: Option<DeskRow>,
    /// What it counts for in each generation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counted: BTreeMap<u32, Tally>,
    /// Its entries in work lists.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waits: BTreeMap<Need, Timestamp>,
    /// What it is found by.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub terms: BTreeSet<Term>,
    /// The name that its entries say.
    pub name: Option<SearchedName>,
    /// The generation for which all of its entries were written anew.
    pub written_for: u32,
}

/// What a row should be.
struct Wanted {
    row: Option<DeskRow>,
    counted: Tally,
    waits: BTreeMap<Need, Timestamp>,
    terms: BTreeSet<Term>,
    name: Option<SearchedName>,
}

impl Wanted {
    fn of(dossier: Option<&Dossier>, administration: &Administration, now: Timestamp) -> Wanted {
        let row = dossier.and_then(|dossier| DeskRow::of(dossier, administration, now));
        let known = dossier.filter(|_| row.is_some());
        Wanted {
            counted: row.as_ref().map(tally).unwrap_or_default(),
            waits: row.iter().flat_map(|row| &row.needs).map(|(need, w)| (*need, w.since)).collect(),
            terms: known.map(terms).unwrap_or_default(),
            name: known.map(|dossier| SearchedName::of(&dossier.debtor)),
            row,
        }
    }
}

/// What a row counts for.
fn tally(row: &DeskRow) -> Tally {
    let mut tally = Tally::new();
    let mut count = |month: Option<String>, name: String, by: i64| {
        *tally.entry(format!("{}|{name}", month.as_deref().unwrap_or("t"))).or_default() += by;
    };
    for (phase, sum) in &row.phases {
        count(None, format!("phase.{}.n", phase.name()), sum.invoices.into());
        count(None, format!("phase.{}.c", phase.name()), keys::cents(sum.amount));
    }
    for (need, waiting) in &row.needs {
        count(None, format!("need.{need}.n"), waiting.things.into());
        count(None, format!("need.{need}.d"), 1);
    }
    if row.open_invoices() > 0 {
        count(None, "owing".to_owned(), 1);
    }
    count(None, "debtors".to_owned(), 1);
    for (due, sum) in &row.due {
        let (month, of) = match due {
            DueOn::LongAgo => (None, "old".to_owned()),
            DueOn::Day(day) => {
                (Some(format!("{:04}-{:02}", day.year(), day.month())), format!("{:02}", day.day()))
            }
        };
        count(month.clone(), format!("{of}.n"), sum.invoices.into());
        count(month, format!("{of}.c"), keys::cents(sum.amount));
    }
    tally.retain(|_, by| *by != 0);
    tally
}

impl Store {
    /// Makes the row of a debtor what their dossier says, with everything that is counted and found by it.
    ///
    /// A conflict means that somebody else did so at the same time: whoever gets one does it again.
    pub async fn project(
        &self,
        administration: &Administration,
        debtor: &DebtorId,
        state: &DeskState,
        now: Timestamp,
    ) -> Result<Projected, TableError> {
        let mut projected = Projected::Unchanged;
        for _ in 0..MOST_STEPS {
            // The row first: what is read of the dossier then is at least as new as what the row was made of.
            let record = self.table.get(&keys::desk_row(&administration.id, debtor)).await?;
            let kept: Option<Kept> = record.as_ref().map(decode).transpose()?;
            let dossier = self.dossier(&administration.id, debtor).await?;
            let wanted = Wanted::of(dossier.as_ref().map(|known| &known.value), administration, now);
            let version = record.map(|record| record.version);
            let Some(step) = Step::next(&administration.id, debtor, kept, wanted, state)? else {
                return Ok(projected);
            };
            let writes = step.writes(&administration.id, debtor, version)?;
            if !writes.is_empty() {
                self.table.write(writes).await?;
            }
            projected = Projected::Changed;
            if step.is_last {
                return Ok(projected);
            }
        }
        Err(TableError::Bug("a row of the overview that does not come to its end".to_owned()))
    }
}

/// One transaction on the way to a row.
struct Step {
    kept: Kept,
    moves: Vec<Write>,
    is_last: bool,
}

impl Step {
    /// The next one; none where everything is as it should be.
    fn next(
        administration: &AdministrationId,
        debtor: &DebtorId,
        kept: Option<Kept>,
        wanted: Wanted,
        state: &DeskState,
    ) -> Result<Option<Step>, TableError> {
        let before = kept.unwrap_or_default();
        if before.row.is_none() && wanted.row.is_none() && before == Kept::default() {
            return Ok(None);
        }
        let mut step = Step { kept: before.clone(), moves: Vec::new(), is_last: true };
        step.forget(&wanted, state);
        step.count(administration, debtor, &wanted, state);
        step.list(administration, debtor, &wanted)?;
        step.find(administration, debtor, &wanted)?;
        step.kept.row = wanted.row;
        step.kept.name = wanted.name;
        let is_same = step.moves.is_empty() && step.kept == before;
        Ok((!is_same).then_some(step))
    }

    /// What is to be written anew, although it may stand there, is taken as not written.
    fn forget(&mut self, wanted: &Wanted, state: &DeskState) {
        let kept = &mut self.kept;
        kept.counted.retain(|generation, _| state.generations().any(|g| g == *generation));
        if kept.written_for < state.newest_generation() {
            kept.waits.retain(|need, since| wanted.waits.get(need) != Some(&*since));
            kept.terms.retain(|term| !wanted.terms.contains(term));
            kept.written_for = state.newest_generation();
        } else if kept.name != wanted.name {
            // Each entry of a name says the whole of it.
            let is_name = |term: &Term| matches!(term, Term::Name(_));
            kept.terms.retain(|term| !is_name(term) || !wanted.terms.contains(term));
        }
    }

    /// Whether there is room for one more.
    fn has_room(&mut self) -> bool {
        let has = self.moves.len() < MOST_MOVES;
        self.is_last &= has;
        has
    }

    fn count(
        &mut self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        wanted: &Wanted,
        state: &DeskState,
    ) {
        for generation in state.generations() {
            let had = self.kept.counted.get(&generation).cloned().unwrap_or_default();
            let mut items: BTreeMap<&str, BTreeMap<String, i64>> = BTreeMap::new();
            let places: BTreeSet<&String> = had.keys().chain(wanted.counted.keys()).collect();
            for place in places {
                let by = count_of(&wanted.counted, place) - count_of(&had, place);
                if let Some((month, name)) = place.split_once('|').filter(|_| by != 0) {
                    items.entry(month).or_default().insert(name.to_owned(), by);
                }
            }
            let mut has = had.clone();
            for (month, by) in items {
                if !self.has_room() {
                    break;
                }
                for (name, by) in &by {
                    *has.entry(format!("{month}|{name}")).or_default() += by;
                }
                let of = (month != "t").then_some(month);
                let key = keys::desk_counter(administration, generation, of, debtor);
                self.moves.push(Write::Count { key, by });
            }
            has.retain(|_, count| *count != 0);
            self.kept.counted.insert(generation, has);
        }
        self.kept.counted.retain(|_, tally| !tally.is_empty());
    }

    fn list(
        &mut self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        wanted: &Wanted,
    ) -> Result<(), TableError> {
        for need in Need::all() {
            let (had, has) = (self.kept.waits.get(&need).copied(), wanted.waits.get(&need).copied());
            // Two instants of one second are one entry.
            let entry = |since: Timestamp| keys::work_list_entry(administration, need, since, debtor);
            let (old, new) = (had.map(entry), has.map(entry));
            if had == has || !self.has_room() {
                continue;
            }
            if let Some(key) = old.filter(|old| Some(old) != new.as_ref()) {
                self.moves.push(Write::Delete { key, condition: Condition::None });
            }
            match (has, new) {
                (Some(since), Some(key)) => {
                    self.moves.push(put(Record::new(key, 1, encode(&())?), Condition::None));
                    self.kept.waits.insert(need, since);
                }
                _ => {
                    self.kept.waits.remove(&need);
                }
            }
        }
        Ok(())
    }

    fn find(
        &mut self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        wanted: &Wanted,
    ) -> Result<(), TableError> {
        let gone: Vec<Term> = self.kept.terms.difference(&wanted.terms).cloned().collect();
        for term in gone {
            if !self.has_room() {
                return Ok(());
            }
            let key = keys::desk_found_one(administration, &term_hash(administration, &term), debtor);
            self.moves.push(Write::Delete { key, condition: Condition::None });
            self.kept.terms.remove(&term);
        }
        let new: Vec<Term> = wanted.terms.difference(&self.kept.terms).cloned().collect();
        for term in new {
            if !self.has_room() {
                return Ok(());
            }
            let key = keys::desk_found_one(administration, &term_hash(administration, &term), debtor);
            let name = wanted.name.as_ref().filter(|_| matches!(term, Term::Name(_)));
            self.moves.push(put(Record::new(key, 1, encode(&name)?), Condition::None));
            self.kept.terms.insert(term);
        }
        Ok(())
    }

    fn writes(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        version: Option<u64>,
    ) -> Result<Vec<Write>, TableError> {
        let key = keys::desk_row(administration, debtor);
        let mut writes = Vec::with_capacity(self.moves.len() + 1);
        match (&self.kept.row, version) {
            // It counts for nothing and is found by nothing.
            (None, Some(known)) if self.is_last => {
                writes.push(Write::Delete { key, condition: Condition::Version(known) });
            }
            (row, version) => {
                let mut record = Record::new(key, version.map_or(1, |v| v + 1), encode(&self.kept)?);
                if let Some(row) = row {
                    (record.listed, record.due) = places(administration, row);
                }
                writes.push(put(record, version.map_or(Condition::Absent, Condition::Version)));
            }
        }
        writes.extend(self.moves.iter().cloned());
        Ok(writes)
    }
}

fn count_of(tally: &Tally, place: &str) -> i64 {
    tally.get(place).copied().unwrap_or_default()
}

/// Where a row stands among those who owe something, and among those of whom something comes into the last bucket of ageing.
fn places(administration: &AdministrationId, row: &DeskRow) -> (Option<IndexKey>, Option<IndexKey>) {
    let owed = Some(keys::cents(row.outstanding)).filter(|cents| *cents > 0);
    let days = row.due.iter().filter_map(|(due, _)| match due {
        DueOn::LongAgo => None,
        DueOn::Day(day) => Some(*day),
    });
    let ages_on: Option<Date> = days.min().map(|day| plus_days(day, OLDEST_AFTER_DAYS + 1));
    (
        owed.map(|cents| keys::listed_desk_row(administration, &row.debtor, cents)),
        ages_on.map(|on| keys::ageing_desk_row(administration, &row.debtor, on)),
    )
}

/// A term as keys have it.
fn term_hash(administration: &AdministrationId, term: &Term) -> String {
    let (kind, text) = term.parts();
    short_hash(&["desk", administration.as_str(), kind, &text])
}
