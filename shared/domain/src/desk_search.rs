//! What the desk finds debtors by: the beginnings of the words of their names, their number, their addresses for mail, and
//! what is open on their invoices.
//!
//! Numbers of invoices and payment references are found by what bank lines are found by ([`crate::matching`]), and what a
//! debtor owes in all by the order of the list of debtors: neither is a term.
//!
//! What is absent: likeness. A name that is misspelled is not found.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Money;
use crate::debtor::Debtor;
use crate::dossier::Dossier;
use crate::matching::{Found, fold, number_key};

/// Letters of a beginning that is a term. A longer word is looked for by the longest of these, and what is found is then
/// compared with all of the word.
const LENGTHS: [usize; 4] = [2, 3, 4, 6];

/// Words of a name that are looked at.
const MOST_WORDS: usize = 8;

/// Longest text that is searched for, in characters.
pub const LONGEST_SEARCH: usize = 100;

/// One thing that a debtor is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Term {
    /// What a word of the name begins with, or it and those after it without spaces: small letters without accents.
    Name(String),
    /// The debtor's number: capitals and digits.
    Number(String),
    /// An address for mail, in small letters.
    Email(String),
    /// What is open on one of the invoices, in euros.
    Open(Money),
}

impl Term {
    /// The kind of thing and the thing: two terms have the same text only where they are the same.
    pub fn parts(&self) -> (&'static str, String) {
        match self {
            Term::Name(text) => ("name", text.clone()),
            Term::Number(text) => ("number", text.clone()),
            Term::Email(text) => ("email", text.clone()),
            Term::Open(amount) => ("open", amount.to_string()),
        }
    }
}

/// The words of a text as names are compared: small letters and digits, without accents.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text).to_lowercase();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(MOST_WORDS).map(str::to_owned).collect()
}

/// Capitals and digits of a number.
fn compact(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// A name as it is compared with what is searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchedName(Vec<String>);

impl SearchedName {
    /// Of this debtor: as messages address them, and a person's surname with what stands before it.
    pub fn of(debtor: &Debtor) -> SearchedName {
        let mut all = words(&debtor.name);
        if let Some(person) = &debtor.person {
            let prefix = person.prefix.as_deref().unwrap_or_default();
            let surname = words(&format!("{prefix} {}", person.surname));
            // Most names hold it already.
            if !all.windows(surname.len().max(1)).any(|some| some == surname.as_slice()) {
                all.extend(surname);
            }
        }
        SearchedName(all)
    }

    /// From each word on, all of them without spaces.
    fn ends(&self) -> impl Iterator<Item = String> + '_ {
        (0..self.0.len()).map(|first| self.0[first..].concat())
    }

    /// Each word that is searched for begins one of the name's, in whatever order; or all of them do so together.
    pub fn fits(&self, searched: &[String]) -> bool {
        let begins = |text: &str| self.ends().any(|end| end.starts_with(text));
        searched.iter().all(|word| begins(word)) || begins(&searched.concat())
    }
}

fn beginning(text: &str, letters: usize) -> Option<String> {
    let taken: String = text.chars().take(letters).collect();
    (taken.chars().count() == letters).then_some(taken)
}

/// Everything that a debtor is found by.
pub fn terms(dossier: &Dossier) -> BTreeSet<Term> {
    let mut terms = BTreeSet::new();
    for end in SearchedName::of(&dossier.debtor).ends() {
        terms.extend(LENGTHS.iter().filter_map(|letters| beginning(&end, *letters)).map(Term::Name));
    }
    let number = compact(&dossier.debtor.number);
    if !number.is_empty() {
        terms.insert(Term::Number(number));
    }
    terms.extend(dossier.debtor.emails.iter().map(|e| Term::Email(e.as_str().to_lowercase())));
    let open = dossier.open_invoices().map(|invoice| invoice.open()).filter(|open| open.is_positive());
    terms.extend(open.map(Term::Open));
    terms
}

/// What somebody searches for, as far as the text can be read as each kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// A debtor's number or address for mail.
    pub exact: Vec<Term>,
    /// The number or payment reference of an invoice.
    pub invoice: Option<Found>,
    /// What is owed in all, or on one invoice, in euros.
    pub amount: Option<Money>,
    /// The words of a name, and the term that one of them is looked for by.
    pub name: Option<(Vec<String>, Term)>,
}

impl Search {
    /// Reads what was typed.
    pub fn read(text: &str) -> Search {
        let text = text.trim();
        if text.contains('@') {
            return Search { exact: vec![Term::Email(text.to_lowercase())], ..Search::default() };
        }
        let number = compact(text);
        let has_digit = number.bytes().any(|b| b.is_ascii_digit());
        let mut search = Search { amount: amount(text), ..Search::default() };
        if !number.is_empty() {
            search.exact.push(Term::Number(number));
        }
        if has_digit {
            search.invoice = number_key(text).map(Found::ByNumber);
        }
        let words = words(text);
        // The longest says most of whose name it is.
        let longest = words.iter().max_by_key(|word| word.chars().count());
        let term = longest.and_then(|word| LENGTHS.iter().rev().find_map(|l| beginning(word, *l)));
        search.name = term.map(|term| (words, Term::Name(term)));
        search
    }

    /// It can be read as nothing that is looked for.
    pub fn is_empty(&self) -> bool {
        *self == Search::default()
    }
}

/// An amount as people type one: with a point or a comma before the cents, or without cents.
fn amount(text: &str) -> Option<Money> {
    let text: String = text.trim_start_matches('€').chars().filter(|c| !c.is_whitespace()).collect();
    let cents = text.len().checked_sub(3).filter(|at| text.is_char_boundary(*at) && *at > 0);
    let separated = cents.filter(|at| matches!(text.as_bytes().get(*at), Some(b'.' | b',')));
    let (whole, cents) = match separated {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text.as_str(), "00"),
    };
    let mut groups = whole.split(['.', ',']).skip(1);
    if !groups.all(|group| group.len() == 3) {
        return None;
    }
    let whole: String = whole.chars().filter(|c| !matches!(c, '.' | ',')).collect();
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let read = (plain(&whole) && plain(cents)).then(|| Money::parse_amount(&format!("{whole}.{cents}")));
    read?.ok().filter(|amount| amount.is_positive())
}

#[cfg(test)]
#[path = "desk_search_tests.rs"]
mod tests;
