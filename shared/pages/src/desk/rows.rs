//! Debtors as the overview keeps them: a table of rows, wherever a list of debtors is shown.

use domain::desk_row::{DeskRow, Need, RowNext};
use jiff::civil::Date;

use super::Words;
use crate::format::one_line;
use crate::texts::TextError;

/// One debtor, ready for a template.
pub(super) struct Row {
    pub href: String,
    pub name: String,
    pub number: String,
    pub owed: String,
    pub overdue: String,
    pub late: bool,
    pub next: String,
    /// What waits for the desk, with since when.
    pub waits: Vec<String>,
}

impl Row {
    /// `of` names the list that the row is in: only what waits there is told. `None` tells of all that waits.
    pub fn of(t: &Words, row: &DeskRow, of: Option<Need>, on: Date) -> Result<Row, TextError> {
        let overdue = row.overdue(on);
        let waits = row.needs.iter().filter(|(need, _)| of.is_none_or(|of| of == **need));
        let waits = waits.map(|(need, waiting)| {
            let since = t.day(&domain::calendar::today(waiting.since))?;
            t.waits(need.name(), waiting.things, since)
        });
        Ok(Row {
            href: format!("/desk/debtors/{}", row.debtor),
            name: one_line(&row.name),
            number: one_line(&row.number),
            owed: t.money(&row.outstanding),
            overdue: t.money(&overdue),
            late: overdue.is_positive(),
            next: next_of(t, &row.next)?.join(" "),
            waits: waits.collect::<Result<_, _>>()?,
        })
    }

    /// Each of them.
    pub fn all(t: &Words, rows: &[DeskRow], of: Option<Need>, on: Date) -> Result<Vec<Row>, TextError> {
        rows.iter().map(|row| Row::of(t, row, of, on)).collect()
    }
}

/// What happens next, as the row knows it.
fn next_of(t: &Words, next: &RowNext) -> Result<Vec<String>, TextError> {
    Ok(match next {
        RowNext::Step { kind: domain::step::StepKind::InstalmentReminder, on } => {
            vec![t.next_instalment(t.day(on)?)?]
        }
        RowNext::Step { kind, on } => {
            let (step, day) = (t.step(kind.name())?, t.day(on)?);
            vec![if kind.is_notice() { t.next_notice(step, day)? } else { t.next_task(step, day)? }]
        }
        RowNext::UnderWay { kind } => vec![t.next_on_its_way(t.step(kind.name())?)?],
        RowNext::Nothing { reason, until } => {
            let mut said = vec![t.next_nothing(reason.as_str())?];
            if let Some(until) = until {
                said.push(t.next_until(t.day(until)?)?);
            }
            said
        }
    })
}
