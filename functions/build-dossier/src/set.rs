//! From what was found to the pages that tell it.

use documents::DocumentError;
use documents::dossier::{self as paper, MOST_ROWS, print};
use documents::letter::Fact;
use domain::administration::Administration;
use domain::case_dossier::CaseDossier;
use domain::dossier::Dossier;
use pages::TextError;
use pages::dossier::{Column, Composed, Part, Table, Told, compose, split};

use crate::gather::Found;

/// Longest cell, in characters: what people typed is not longer than this by our own rules, but for a text of others.
const LONGEST_CELL: usize = 2_000;

/// What the dossier says.
pub(crate) fn composed(
    administration: &Administration,
    dossier: &Dossier,
    asked: &CaseDossier,
    found: &Found,
) -> Result<Composed, TextError> {
    let told = Told {
        administration,
        dossier,
        made: asked,
        invoices: &found.invoices,
        entries: &found.entries,
        payments: &found.payments,
        messages: &found.messages,
        sent: &found.sent,
    };
    compose(&told)
}

/// The dossier as one PDF, or as several where it is long.
pub(crate) fn pdfs(composed: Composed) -> Result<Vec<Vec<u8>>, DocumentError> {
    split(composed, MOST_ROWS).into_iter().map(|part| print(&set(part)).map(|printed| printed.pdf)).collect()
}

fn set(composed: Composed) -> paper::Dossier {
    paper::Dossier {
        language: composed.language.to_owned(),
        title: composed.title,
        creditor: composed.creditor,
        particulars: composed.particulars.into_iter().map(fact).collect(),
        parts: composed.parts.into_iter().map(part).collect(),
        footer: composed.footer,
    }
}

fn fact(fact: pages::letter::Fact) -> Fact {
    Fact { label: fact.label, value: fact.value }
}

fn part(part: Part) -> paper::Part {
    paper::Part {
        heading: part.heading,
        is_within: part.is_within,
        paragraphs: part.paragraphs,
        facts: part.facts.into_iter().map(fact).collect(),
        tables: part.tables.into_iter().map(table).collect(),
    }
}

fn table(table: Table) -> paper::Table {
    let cells = |row: Vec<String>| row.into_iter().map(cell).collect::<Vec<_>>();
    paper::Table {
        columns: table.columns.into_iter().map(column).collect(),
        rows: table.rows.into_iter().map(cells).collect(),
        total: table.total.map(cells),
    }
}

fn column(column: Column) -> paper::Column {
    paper::Column { name: column.name, is_amount: column.is_amount, is_wide: column.is_wide }
}

/// A row may not break over pages, so no cell is longer than a page.
fn cell(text: String) -> String {
    if text.chars().count() <= LONGEST_CELL {
        return text;
    }
    text.chars().take(LONGEST_CELL).chain(['\u{2026}']).collect()
}
