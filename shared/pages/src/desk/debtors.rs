//! Debtors: those who owe something, or those that a search finds.

use askama::Template;
use domain::calendar::today;
use domain::desk_row::DeskRow;
use jiff::Timestamp;

use super::frame::Base;
use super::rows::Row;
use super::{Form, Frame, PageError, Place};

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Debtors<'a> {
    pub found: &'a [DeskRow],
    /// What was searched for; empty where nothing was.
    pub wanted: &'a str,
    /// The page behind this one.
    pub cursor: Option<&'a str>,
    pub now: Timestamp,
}

#[derive(Template)]
#[template(path = "desk/debtors.html")]
struct Page {
    base: Base,
    wanted: String,
    /// What stands in what order, where nothing was searched for.
    lead: Option<String>,
    rows: Vec<Row>,
    none: Option<String>,
    /// The page holds what was found.
    searched: bool,
    /// Where the page behind this one begins. That says what somebody owes, or what was searched for: it goes along in a form.
    next: Option<String>,
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
    let rows = Row::all(t, page.found, None, on)?;
    let none = match (rows.is_empty() && page.cursor.is_none(), searched) {
        (true, true) => Some(t.debtors_none_found()?),
        (true, false) => Some(t.debtors_none()?),
        (false, _) => None,
    };
    let next = page.cursor.map(str::to_owned);
    let lead = (!searched && !rows.is_empty()).then(|| t.debtors_lead()).transpose()?;
    let page = Page { wanted: page.wanted.to_owned(), lead, rows, none, searched, next, base };
    Ok(page.render()?)
}
