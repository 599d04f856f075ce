//! Debtors: all of them, or those that a search finds.

use askama::Template;
use domain::calendar::today;
use domain::dossier::Dossier;
use jiff::Timestamp;

use super::debtor::next_words;
use super::frame::Base;
use super::{Form, Frame, PageError, Place};
use crate::format::one_line;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Debtors<'a> {
    pub found: &'a [Dossier],
    /// What was searched for; empty where nothing was.
    pub wanted: &'a str,
    /// The page behind this one.
    pub cursor: Option<&'a str>,
    pub now: Timestamp,
}

struct Row {
    href: String,
    name: String,
    number: String,
    owed: String,
    overdue: String,
    late: bool,
    next: String,
}

#[derive(Template)]
#[template(path = "desk/debtors.html")]
struct Page {
    base: Base,
    wanted: String,
    rows: Vec<Row>,
    none: Option<String>,
    /// The address of the page behind a list, and the place of that behind a search.
    next: Option<String>,
    again: Option<String>,
}

/// The page.
///
/// # Errors
/// See [`PageError`].
pub fn debtors(frame: &Frame<'_>, page: &Debtors<'_>) -> Result<String, PageError> {
    let searched = !page.wanted.is_empty();
    let title = |t: &super::Words| if searched { t.debtors_found() } else { t.debtors_title() };
    let base = Base::new(frame, Place::Debtors, &Form::default(), title)?;
    let (t, on) = (&base.t, today(page.now));
    let row = |dossier: &Dossier| -> Result<Row, PageError> {
        let overdue = dossier.overdue(on);
        Ok(Row {
            href: format!("/desk/debtors/{}", dossier.debtor.id),
            name: one_line(&dossier.debtor.name),
            number: one_line(&dossier.debtor.number),
            owed: t.money(&dossier.balance(on)),
            overdue: t.money(&overdue),
            late: overdue.is_positive(),
            next: next_words(t, dossier, frame.administration, page.now)?.join(" "),
        })
    };
    let rows = page.found.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let none = match (rows.is_empty() && page.cursor.is_none(), searched) {
        (true, true) => Some(t.debtors_none_found()?),
        (true, false) => Some(t.debtors_none()?),
        (false, _) => None,
    };
    let cursor = page.cursor.map(str::to_owned);
    let (next, again) = match searched {
        true => (None, cursor),
        false => (cursor.map(|cursor| format!("/desk/debtors?cursor={cursor}")), None),
    };
    let page = Page { wanted: page.wanted.to_owned(), rows, none, next, again, base };
    Ok(page.render()?)
}
