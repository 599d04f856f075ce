//! Search: each reading of what was typed is one place to look, and a page looks in one of them.
//!
//! The first page also has whoever is found by a number or an address: few are. What is found is compared with the rows, so that an
//! entry that is older than its row finds nobody.

use std::collections::BTreeSet;

use domain::Money;
use domain::administration::Administration;
use domain::desk_row::DeskRow;
use domain::desk_search::{Search, SearchedName, Term};
use domain::ids::{AdministrationId, DebtorId};

use super::reads::LARGEST_DESK_PAGE;
use super::{Kept, term_hash};
use crate::dossiers::{Store, decode};
use crate::keys;
use crate::table::{Index, Key, Order, Page, Record, SortRange, TableError};

/// Debtors who are found by one number or address at most.
const MOST_EXACT: u32 = 10;

/// Entries of names that one page compares with what was typed.
const COMPARED: u32 = 200;

/// A place to look page by page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Invoices of this amount.
    OnOneInvoice,
    /// Debtors who owe this in all.
    InAll,
    /// Names.
    Name,
}

const LETTERS: [(Place, &str); 3] = [(Place::OnOneInvoice, "i"), (Place::InAll, "a"), (Place::Name, "n")];

impl Place {
    fn letter(self) -> &'static str {
        LETTERS.iter().find(|(known, _)| *known == self).map_or("", |(_, letter)| letter)
    }

    /// The places for what was typed, in the order in which they are looked in.
    fn of(search: &Search) -> Vec<Place> {
        let amount = search.amount.map(|_| [Place::OnOneInvoice, Place::InAll]);
        let name = search.name.as_ref().map(|_| Place::Name);
        amount.into_iter().flatten().chain(name).collect()
    }
}

/// Where a search goes on: the place, and the cursor within it.
fn read(cursor: &str, places: &[Place]) -> Result<(usize, Option<String>), TableError> {
    let (letter, rest) = cursor.split_once('.').ok_or(TableError::BadCursor)?;
    let at = places.iter().position(|place| place.letter() == letter).ok_or(TableError::BadCursor)?;
    Ok((at, Some(rest.to_owned()).filter(|rest| !rest.is_empty())))
}

impl Store {
    /// The debtors who are found by what was typed: a number, an address for mail, an amount that is owed, or the beginnings of
    /// the words of a name. A page may be short, or empty, before the last one.
    pub async fn search_desk(
        &self,
        administration: &AdministrationId,
        text: &str,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DeskRow>, TableError> {
        Ok(self.search_desk_beside(administration, text, limit, cursor, None).await?.0)
    }

    /// The same, with the settings of the administration in the same call as the rows; none where there is no such administration.
    pub async fn search_desk_with_settings(
        &self,
        administration: &AdministrationId,
        text: &str,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<(Page<DeskRow>, Option<Administration>), TableError> {
        let settings = keys::administration(administration);
        let (page, record) =
            self.search_desk_beside(administration, text, limit, cursor, Some(&settings)).await?;
        Ok((page, record.as_ref().map(decode).transpose()?))
    }

    /// Searches, and reads one more item beside the rows.
    async fn search_desk_beside(
        &self,
        administration: &AdministrationId,
        text: &str,
        limit: u32,
        cursor: Option<&str>,
        beside: Option<&Key>,
    ) -> Result<(Page<DeskRow>, Option<Record>), TableError> {
        let search = Search::read(text);
        let places = Place::of(&search);
        let limit = limit.clamp(1, LARGEST_DESK_PAGE);
        let mut found: Vec<DebtorId> = Vec::new();
        let (at, inner) = match cursor {
            Some(cursor) => read(cursor, &places)?,
            None => {
                found = self.exactly(administration, &search).await?;
                (0, None)
            }
        };
        let exact: BTreeSet<DebtorId> = found.iter().cloned().collect();
        let mut next = None;
        if let Some(place) = places.get(at) {
            let page = self.look_in(administration, *place, &search, limit, inner.as_deref()).await?;
            found.extend(page.items.into_iter().filter(|debtor| !exact.contains(debtor)));
            let here = page.next.map(|rest| format!("{}.{rest}", place.letter()));
            next = here.or_else(|| places.get(at + 1).map(|place| format!("{}.", place.letter())));
        }
        let (rows, other) = self.kept_rows_beside(administration, found.into_iter(), beside).await?;
        let place = places.get(at).copied();
        let is_it = |kept: &Kept| {
            let is_exact = kept.row.as_ref().is_some_and(|row| exact.contains(&row.debtor));
            is_exact || place.is_some_and(|place| fits(kept, &search, place))
        };
        let items = rows.into_iter().filter(is_it).filter_map(|kept| kept.row).collect();
        Ok((Page { items, next }, other))
    }

    /// Whoever is found by a number or an address.
    async fn exactly(
        &self,
        administration: &AdministrationId,
        search: &Search,
    ) -> Result<Vec<DebtorId>, TableError> {
        let mut debtors = Vec::new();
        for term in &search.exact {
            let partition = keys::desk_found(administration, &term_hash(administration, term));
            let (range, order) = (SortRange::all(), Order::Ascending);
            let page = self.table.query(&partition, range, order, MOST_EXACT, None).await?;
            debtors.extend(page.items.iter().filter_map(found_debtor));
        }
        if let Some(by) = &search.invoice {
            debtors
                .extend(self.found(administration, by, MOST_EXACT).await?.into_iter().map(|one| one.debtor));
        }
        let mut seen = BTreeSet::new();
        debtors.retain(|debtor| seen.insert(debtor.clone()));
        Ok(debtors)
    }

    async fn look_in(
        &self,
        administration: &AdministrationId,
        place: Place,
        search: &Search,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DebtorId>, TableError> {
        let amount = search.amount.unwrap_or(Money::ZERO);
        match place {
            Place::OnOneInvoice => {
                let term = Term::Open(amount);
                let partition = keys::desk_found(administration, &term_hash(administration, &term));
                let (range, order) = (SortRange::all(), Order::Ascending);
                let page = self.table.query(&partition, range, order, limit, cursor).await?;
                Ok(Page { items: page.items.iter().filter_map(found_debtor).collect(), next: page.next })
            }
            Place::InAll => {
                let partition = keys::desk_rows(administration);
                let range = SortRange::Prefix(keys::desk_rows_owing(keys::cents(amount)));
                let (index, order) = (Index::Listed, Order::Ascending);
                let page = self.table.query_index(index, &partition, range, order, limit, cursor).await?;
                let rows = page.items.iter().filter_map(|(_, key)| keys::desk_row_of(key));
                Ok(Page { items: rows.map(|(_, debtor)| debtor).collect(), next: page.next })
            }
            Place::Name => self.look_in_names(administration, search, limit, cursor).await,
        }
    }

    /// Entries say the whole name, so that only those that fit are read further. A page ends where as many as it holds fit: what
    /// comes after them is looked at by the next.
    async fn look_in_names(
        &self,
        administration: &AdministrationId,
        search: &Search,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<DebtorId>, TableError> {
        let nobody = Page { items: Vec::new(), next: None };
        let Some((words, term)) = &search.name else { return Ok(nobody) };
        let partition = keys::desk_found(administration, &term_hash(administration, term));
        // Where the term is all that was typed, each entry fits.
        let is_whole = matches!((words.as_slice(), term), ([word], Term::Name(text)) if word == text);
        let compared = if is_whole { limit } else { COMPARED };
        let (range, order) = (SortRange::all(), Order::Ascending);
        let page = self.table.query(&partition, range, order, compared, cursor).await?;
        let mut items = Vec::new();
        for entry in &page.items {
            let name: Option<SearchedName> = decode(entry)?;
            let debtor = found_debtor(entry).filter(|_| name.is_some_and(|name| name.fits(words)));
            let Some(debtor) = debtor else { continue };
            items.push(debtor);
            if items.len() == limit as usize && !is_whole {
                let next = crate::cursor::after_item(&entry.key)?;
                return Ok(Page { items, next: Some(next) });
            }
        }
        Ok(Page { items, next: page.next })
    }
}

/// Whether a row is found in this place now.
fn fits(kept: &Kept, search: &Search, place: Place) -> bool {
    let on_one = search.amount.is_some_and(|amount| kept.terms.contains(&Term::Open(amount)));
    // On the first page already.
    if search.exact.iter().any(|term| kept.terms.contains(term)) {
        return false;
    }
    match place {
        Place::OnOneInvoice => on_one,
        // Who owes it on one invoice was found by that.
        Place::InAll => !on_one && kept.row.as_ref().map(|row| row.outstanding) == search.amount,
        Place::Name => {
            let words = search.name.as_ref().map(|(words, _)| words.as_slice());
            kept.name.as_ref().zip(words).is_some_and(|(name, words)| name.fits(words))
        }
    }
}

fn found_debtor(entry: &Record) -> Option<DebtorId> {
    DebtorId::parse(&entry.key.sort).ok()
}
