//! Early signalling: how many signals stand how, those that a filter finds, and what is done with several of them at once.

use askama::Template;
use domain::ids::{DebtorId, SignalId};
use domain::signal::{Signal, SignalState};
use domain::staff::Action;

use super::debtor::{needs_somebody, signal_kind, signal_notes};
use super::frame::Base;
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::texts::TextError;

/// What the list is filtered by, as it stands in an address; empty texts filter by nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The name of a standing.
    pub status: String,
    /// `early` or `crisis`.
    pub kind: String,
    /// Four digits, without "GM".
    pub municipality: String,
    /// `bkr` or `inforing`.
    pub provider: String,
}

impl Filter {
    fn query(&self) -> String {
        let parts = [
            ("status", &self.status),
            ("type", &self.kind),
            ("municipality", &self.municipality),
            ("provider", &self.provider),
        ];
        let set = parts.iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    fn address(&self) -> String {
        let query = self.query();
        if query.is_empty() { "/desk/signals".to_owned() } else { format!("/desk/signals?{query}") }
    }
}

/// The six filters of the overview and two more, with how many each finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub prepared_early: u64,
    pub prepared_crisis: u64,
    pub sent_early: u64,
    pub sent_crisis: u64,
    pub help_running: u64,
    pub deceased: u64,
    pub refused: u64,
    pub blocked: u64,
    pub total: u64,
}

/// A signal of the list, with whose it is.
#[derive(Debug, Clone)]
pub struct SignalRow {
    pub signal: Signal,
    pub debtor: DebtorId,
    /// As messages address them.
    pub name: String,
}

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Signals<'a> {
    pub filter: &'a Filter,
    pub counts: &'a Counts,
    pub rows: &'a [SignalRow],
    /// The page behind this one.
    pub cursor: Option<&'a str>,
    pub form: &'a Form,
}

pub(super) struct Count {
    pub href: String,
    pub label: String,
    pub count: u64,
    pub current: bool,
}

struct Row {
    id: String,
    href: String,
    name: String,
    kind: String,
    status: String,
    bad: bool,
    arrears: String,
    notes: String,
    place: String,
    choose: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/signals.html")]
struct Page {
    base: Base,
    counts: Vec<Count>,
    filter: Filter,
    rows: Vec<Row>,
    next: Option<String>,
    send: Option<String>,
    withdraw: Option<String>,
    problem: Option<String>,
}

/// The page.
///
/// # Errors
/// See [`PageError`].
pub fn signals(frame: &Frame<'_>, page: &Signals<'_>) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Signals, page.form, |t| t.signals_title())?;
    let t = &base.t;
    let may = |action: Action| frame.role.may(action);
    let button = |action: Action| may(action).then(|| t.signals_chosen(action.name())).transpose();
    let chooses = may(Action::SendSignal) || may(Action::WithdrawSignal);
    let page = Page {
        counts: counts(t, page.filter, page.counts)?,
        filter: page.filter.clone(),
        rows: page.rows.iter().map(|r| row(t, r, chooses)).collect::<Result<_, _>>()?,
        next: page.cursor.map(|cursor| {
            let query = page.filter.query();
            let joint = if query.is_empty() { "" } else { "&" };
            format!("/desk/signals?{query}{joint}cursor={cursor}")
        }),
        send: button(Action::SendSignal)?,
        withdraw: button(Action::WithdrawSignal)?,
        problem: page.form.problem_of(t, "signal")?,
        base,
    };
    Ok(page.render()?)
}

fn counts(t: &Words, filter: &Filter, counts: &Counts) -> Result<Vec<Count>, TextError> {
    let table = [
        ("prepared_early", "prepared", "early", counts.prepared_early),
        ("prepared_crisis", "prepared", "crisis", counts.prepared_crisis),
        ("sent_early", "sent", "early", counts.sent_early),
        ("sent_crisis", "sent", "crisis", counts.sent_crisis),
        ("help_running", "help_running", "", counts.help_running),
        ("deceased", "deceased", "", counts.deceased),
        ("refused", "refused", "", counts.refused),
        ("blocked", "blocked", "", counts.blocked),
        ("total", "", "", counts.total),
    ];
    let one = |(name, status, kind, count): (&str, &str, &str, u64)| {
        let to = Filter { status: status.to_owned(), kind: kind.to_owned(), ..filter.clone() };
        let current = to == *filter;
        let label = if name == "total" { t.count_all()? } else { t.count_label(name)? };
        Ok(Count { href: to.address(), label, count, current })
    };
    table.into_iter().map(one).collect()
}

fn row(t: &Words, row: &SignalRow, chooses: bool) -> Result<Row, TextError> {
    let signal = &row.signal;
    let open = matches!(signal.state, SignalState::Prepared { .. }) || signal.went_out();
    let name = one_line(&row.name);
    let (provider, municipality) = (signal.provider.map(|p| p.to_string()), signal.municipality.clone());
    Ok(Row {
        id: signal.id.to_string(),
        href: format!("/desk/debtors/{}", row.debtor),
        kind: t.signal_said(signal_kind(signal.kind))?,
        status: t.signal_status(signal.status())?,
        bad: needs_somebody(signal),
        arrears: t.money(&signal.arrears),
        notes: signal_notes(t, signal)?.join("; "),
        place: [municipality, provider].into_iter().flatten().collect::<Vec<_>>().join(", "),
        choose: (chooses && open && signal.withdrawal.is_none())
            .then(|| t.signals_choose(name.as_str()))
            .transpose()?,
        name,
    })
}

/// What became of one of several signals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was approved, and somebody else has to send it.
    Approved,
    /// A rule forbids it: its code.
    Refused(String),
}

/// What is done with several signals.
#[derive(Debug, Clone, Copy)]
pub enum Many<'a> {
    /// They are shown once more before it is done.
    Asked { signals: &'a [SignalId], form: &'a Form, once: &'a str },
    /// What became of each.
    Done(&'a [(SignalId, Outcome)]),
}

struct Became {
    id: String,
    said: String,
    bad: bool,
}

#[derive(Template)]
#[template(path = "desk/many.html")]
struct ManyPage {
    base: Base,
    text: String,
    to: &'static str,
    button: String,
    ids: Vec<String>,
    once: String,
    count: String,
    reason: Option<String>,
    reason_problem: Option<String>,
    reason_label: String,
    results: Vec<Became>,
    asked: bool,
}

/// The page: the question, or what came of it. `action` sends signals or takes them back.
///
/// # Errors
/// See [`PageError`].
pub fn many(frame: &Frame<'_>, action: Action, many: &Many<'_>) -> Result<String, PageError> {
    let empty = Form::default();
    let (signals, form, once, done): (&[SignalId], &Form, &str, &[(SignalId, Outcome)]) = match many {
        Many::Asked { signals, form, once } => (signals, form, once, &[]),
        Many::Done(done) => (&[], &empty, "", done),
    };
    let asked = matches!(many, Many::Asked { .. });
    let title = |t: &Words| if asked { t.many_title(action.name()) } else { t.many_result() };
    let base = Base::new(frame, Place::Signals, form, title)?;
    let t = &base.t;
    let withdraws = action == Action::WithdrawSignal;
    let result = |(id, outcome): &(SignalId, Outcome)| {
        let said = match outcome {
            Outcome::Done => t.many_done()?,
            Outcome::Approved => t.many_approved()?,
            Outcome::Refused(code) => t.refusal(code.as_str())?,
        };
        Ok::<_, TextError>(Became { id: id.to_string(), said, bad: matches!(outcome, Outcome::Refused(_)) })
    };
    let page = ManyPage {
        text: t.act_text(action.name())?,
        to: if withdraws { "/desk/signals/withdraw" } else { "/desk/signals/send" },
        button: t.act_button(action.name())?,
        ids: signals.iter().map(ToString::to_string).collect(),
        once: once.to_owned(),
        count: t.many_count(signals.len())?,
        reason: withdraws.then(|| form.value("reason").to_owned()),
        reason_problem: form.problem_of(t, "reason")?,
        reason_label: t.field("reason")?,
        results: done.iter().map(result).collect::<Result<_, _>>()?,
        asked,
        base,
    };
    Ok(page.render()?)
}
