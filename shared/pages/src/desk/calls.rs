//! Calls: those that are to be made, and one with whom to call, what to say and what came of it before.

use askama::Template;
use domain::Language;
use domain::calendar::today;
use domain::calling::{Attempt, ToSay, amount_of, last_day};
use domain::dossier::Dossier;
use domain::notice::{Notice, NoticeLine};
use jiff::Timestamp;

use super::frame::Base;
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::texts::TextError;

/// A call that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct CallRow<'a> {
    /// Of the debtor to call.
    pub dossier: &'a Dossier,
    /// That of the call.
    pub notice: &'a Notice,
    /// What still has to be said.
    pub to_say: &'a ToSay,
}

/// What the list is made from.
#[derive(Debug, Clone, Copy)]
pub struct Calls<'a> {
    /// In the order in which they are due.
    pub rows: &'a [CallRow<'a>],
    /// The page behind this one.
    pub cursor: Option<&'a str>,
    pub now: Timestamp,
}

/// What the page of one call is made from.
#[derive(Debug, Clone, Copy)]
pub struct CallPage<'a> {
    /// Of the debtor to call.
    pub dossier: &'a Dossier,
    /// That of the call.
    pub notice: &'a Notice,
    /// Nothing where the call is not to be made any more.
    pub to_say: Option<&'a ToSay>,
    /// What to say, paragraph by paragraph, in the debtor's language.
    pub script: &'a [String],
    /// The reader may write down what came of it.
    pub may_record: bool,
    pub now: Timestamp,
}

struct Row {
    href: String,
    name: String,
    debtor: String,
    due: String,
    last: Option<String>,
    numbers: String,
    tries: usize,
    amount: String,
}

#[derive(Template)]
#[template(path = "desk/calls.html")]
struct ListPage {
    base: Base,
    rows: Vec<Row>,
    next: Option<String>,
}

/// The calls that are to be made.
///
/// # Errors
/// See [`PageError`].
pub fn calls(frame: &Frame<'_>, page: &Calls<'_>) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Calls, &Form::default(), |t| t.calls_title())?;
    let row = |row: &CallRow<'_>| row_of(&base.t, frame, row, page.now);
    let rows = page.rows.iter().map(row).collect::<Result<_, _>>()?;
    let next = page.cursor.map(|cursor| format!("/desk/calls?cursor={cursor}"));
    Ok(ListPage { rows, next, base }.render()?)
}

fn row_of(t: &Words, frame: &Frame<'_>, row: &CallRow<'_>, now: Timestamp) -> Result<Row, TextError> {
    let CallRow { dossier, notice, to_say } = row;
    let (debtor, call) = (&dossier.debtor, notice.call.as_ref());
    let call_on = call.map_or_else(|| today(now), |call| call.call_on);
    let last = last_day(notice, frame.administration);
    Ok(Row {
        href: format!("/desk/debtors/{}/calls/{}", debtor.id, notice.id),
        name: one_line(&debtor.name),
        debtor: one_line(&debtor.number),
        due: t.call_due(t.day(&call_on)?)?,
        last: last.map(|day| t.call_last(t.day(&day)?)).transpose()?,
        numbers: dossier.numbers().join(", "),
        tries: call.map_or(0, |call| call.attempts.len()),
        amount: t.money(&amount_of(dossier, notice, to_say, today(now))),
    })
}

struct Open {
    number: String,
    due: String,
    amount: String,
}

struct Made {
    what: String,
    outcome: String,
    by: String,
    note: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/call.html")]
struct OnePage {
    base: Base,
    debtor: String,
    number: String,
    back: String,
    /// Whom to call and when; nothing where the call is not to be made any more.
    todo: Option<Todo>,
    attempts: Vec<Made>,
}

struct Todo {
    numbers: Vec<(String, String)>,
    due: String,
    last: Option<String>,
    rule: String,
    asked: String,
    open: Vec<Open>,
    script: Vec<String>,
    /// The language of the script, as HTML names it.
    language: &'static str,
    /// Where what came of it is written down.
    outcome: Option<String>,
}

/// One call.
///
/// # Errors
/// See [`PageError`].
pub fn call(frame: &Frame<'_>, page: &CallPage<'_>) -> Result<String, PageError> {
    let name = one_line(&page.dossier.debtor.name);
    let base = Base::new(frame, Place::Calls, &Form::default(), |t| t.call_title(name.as_str()))?;
    let t = &base.t;
    let attempts = page.notice.call.iter().flat_map(|call| &call.attempts);
    let page = OnePage {
        debtor: name,
        number: one_line(&page.dossier.debtor.number),
        back: format!("/desk/debtors/{}", page.dossier.debtor.id),
        todo: page.to_say.map(|to_say| todo(t, frame, page, to_say)).transpose()?,
        attempts: attempts.map(|attempt| made(t, attempt)).collect::<Result<_, _>>()?,
        base,
    };
    Ok(page.render()?)
}

fn todo(t: &Words, frame: &Frame<'_>, page: &CallPage<'_>, to_say: &ToSay) -> Result<Todo, TextError> {
    let CallPage { dossier, notice, .. } = page;
    let (on, rules) = (today(page.now), frame.administration.calls);
    let call_on = notice.call.as_ref().map_or(on, |call| call.call_on);
    let last = last_day(notice, frame.administration);
    let invoice = |line: &NoticeLine| {
        let invoice = dossier.invoices.get(&line.invoice)?;
        Some(t.day(&invoice.due_date).and_then(|due| {
            Ok(Open {
                number: t.invoice_number(one_line(&invoice.number))?,
                due: t.due_on(due)?,
                amount: t.money(&invoice.owed(on)),
            })
        }))
    };
    let to = format!("/desk/debtors/{}/calls/{}/outcome", dossier.debtor.id, notice.id);
    Ok(Todo {
        numbers: dossier.numbers().into_iter().map(|n| (format!("tel:{n}"), n)).collect(),
        due: t.call_due(t.day(&call_on)?)?,
        last: last.map(|day| t.call_last(t.day(&day)?)).transpose()?,
        rule: t.call_rule(u32::from(rules.attempts), t.days(u32::from(rules.days_between))?)?,
        asked: t.money(&amount_of(dossier, notice, to_say, on)),
        open: to_say.lines.iter().filter_map(invoice).collect::<Result<_, _>>()?,
        script: page.script.to_vec(),
        language: match dossier.debtor.language {
            Language::Nl => "nl",
            Language::En => "en",
        },
        outcome: page.may_record.then_some(to),
    })
}

fn made(t: &Words, attempt: &Attempt) -> Result<Made, TextError> {
    Ok(Made {
        what: t.call_attempt(t.moment(attempt.at)?, attempt.number.as_str())?,
        outcome: t.call_outcome(attempt.outcome.name())?,
        by: t.by(attempt.by.as_str())?,
        note: attempt.note.as_deref().map(one_line),
    })
}
