//! Work lists: the debtors for whom something of one kind waits, whoever waits longest first.

use askama::Template;
use domain::calendar::today;
use domain::desk_row::{DeskRow, Need};
use jiff::Timestamp;

use super::frame::Base;
use super::rows::Row;
use super::{Form, Frame, PageError, Place};

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct WorkList<'a> {
    pub need: Need,
    pub rows: &'a [DeskRow],
    /// The page behind this one.
    pub cursor: Option<&'a str>,
    pub now: Timestamp,
}

struct Other {
    href: String,
    name: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "desk/work.html")]
struct Page {
    base: Base,
    lead: String,
    others: Vec<Other>,
    rows: Vec<Row>,
    none: String,
    first: String,
    next: Option<String>,
}

/// The page.
///
/// # Errors
/// See [`PageError`].
pub fn work_list(frame: &Frame<'_>, page: &WorkList<'_>) -> Result<String, PageError> {
    let name = page.need.name();
    let base = Base::new(frame, Place::Home, &Form::default(), |t| t.work_list(name))?;
    let t = &base.t;
    let address = |need: Need| format!("/desk/work/{need}");
    let other = |need: Need| {
        let (href, name) = (address(need), t.work_list(need.name())?);
        Ok(Other { href, name, current: need == page.need })
    };
    let page = Page {
        lead: t.work_lead(name)?,
        others: Need::all().map(other).collect::<Result<_, PageError>>()?,
        rows: Row::all(t, page.rows, Some(page.need), today(page.now))?,
        none: t.work_none(name)?,
        first: address(page.need),
        next: page.cursor.map(|cursor| format!("{}?cursor={cursor}", address(page.need))),
        base,
    };
    Ok(page.render()?)
}
