//! The claim: what each invoice comes to on the day, and how.

use domain::Money;
use domain::claim::Entry;
use domain::invoice::InvoiceKind;

use super::{Part, Set, Table, Told, ToldInvoice, Writer};
use crate::format::one_line;
use crate::texts::TextError;

pub(super) fn parts(writer: &Writer<'_>, told: &Told<'_>) -> Result<Vec<Part>, TextError> {
    let mut parts = vec![together(writer, told)?];
    for invoice in told.invoices {
        parts.push(one(writer, invoice)?);
    }
    Ok(parts)
}

/// All invoices, and what they come to.
fn together(writer: &Writer<'_>, told: &Told<'_>) -> Result<Part, TextError> {
    let claims = || told.invoices.iter().filter(|i| i.invoice.kind == InvoiceKind::Invoice);
    let owed = || claims().map(|i| i.specification.owed());
    let rows = claims().map(|told| {
        let owed = told.specification.owed();
        vec![
            one_line(&told.invoice.number),
            told.invoice.due_date.to_string(),
            writer.money(owed.principal),
            writer.money(owed.costs),
            writer.money(owed.interest),
            writer.money(owed.total()),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let sum: Money = owed().map(|owed| owed.total()).sum();
    let total = vec![
        writer.label("sum")?,
        String::new(),
        writer.money(owed().map(|owed| owed.principal).sum()),
        writer.money(owed().map(|owed| owed.costs).sum()),
        writer.money(owed().map(|owed| owed.interest).sum()),
        writer.money(sum),
    ];
    let columns = [
        ("invoice", Set::Wide),
        ("due", Set::Narrow),
        ("principal", Set::Amount),
        ("costs", Set::Amount),
        ("interest", Set::Amount),
        ("sum", Set::Amount),
    ];
    let mut paragraphs = vec![writer.texts.dossier_claim_intro(writer.day(writer.as_of)?)?];
    let next_day: Money = claims().filter_map(|told| told.next_day).sum();
    if next_day.is_positive() {
        paragraphs.push(writer.texts.dossier_per_day(writer.money(next_day))?);
    } else if !claims().any(bears_interest) {
        paragraphs.push(writer.texts.dossier_no_interest()?);
    }
    let credit = told.dossier.credit();
    let facts = vec![
        ("credit", credit.is_positive().then(|| writer.money(credit))),
        ("balance", Some(writer.money(sum - credit))),
    ];
    Ok(Part {
        heading: writer.heading("claim")?,
        paragraphs,
        facts: writer.facts(facts)?,
        tables: vec![Table { columns: writer.columns(&columns)?, rows, total: Some(total) }],
        ..Part::default()
    })
}

/// One invoice: what it is, what happened to it, and over which days it bore which interest.
fn one(writer: &Writer<'_>, told: &ToldInvoice) -> Result<Part, TextError> {
    let invoice = &told.invoice;
    let formal = invoice.formal_notice.as_ref().and_then(|formal| formal.received_on);
    let facts = writer.facts(vec![
        ("issued", Some(writer.day(invoice.issue_date)?)),
        ("due", Some(writer.day(invoice.due_date)?)),
        ("total", Some(writer.money(invoice.total))),
        ("reference", invoice.payment_reference.as_ref().map(|reference| one_line(&reference.value))),
        ("formal_notice", formal.map(|day| writer.day(day)).transpose()?),
        ("claimed_since", invoice.claimed.as_ref().map(|claimed| writer.day(claimed.on)).transpose()?),
        ("documents", Some(told.documents.join(", "))),
    ])?;
    let tables = [movements(writer, told)?, interest(writer, told)?];
    Ok(Part {
        heading: writer.texts.dossier_invoice(one_line(&invoice.number))?,
        is_within: true,
        facts,
        tables: tables.into_iter().filter(|table| !table.rows.is_empty()).collect(),
        ..Part::default()
    })
}

fn movements(writer: &Writer<'_>, told: &ToldInvoice) -> Result<Table, TextError> {
    let mut rows = Vec::with_capacity(told.specification.lines.len());
    for line in &told.specification.lines {
        let word = match line.entry {
            Entry::Claimed => "claimed",
            Entry::Payment => "payment",
            Entry::Reduction => "reduction",
            Entry::Reversal => "reversal",
            Entry::Charge => "charge",
        };
        rows.push(vec![
            line.on.to_string(),
            writer.word(word)?,
            writer.money(line.amount),
            writer.money(line.moved.costs),
            writer.money(line.moved.interest),
            writer.money(line.moved.principal),
        ]);
    }
    let columns = [
        ("day", Set::Narrow),
        ("what", Set::Wide),
        ("amount", Set::Amount),
        ("costs", Set::Amount),
        ("interest", Set::Amount),
        ("principal", Set::Amount),
    ];
    Ok(Table { columns: writer.columns(&columns)?, rows, total: None })
}

/// Nothing where it is not claimed: it is not asked then.
fn interest(writer: &Writer<'_>, told: &ToldInvoice) -> Result<Table, TextError> {
    let specification = &told.specification;
    let claimed = specification.claimed && bears_interest(told);
    let periods = if claimed { specification.periods.as_slice() } else { &[] };
    let rows = periods.iter().map(|period| {
        vec![
            period.from.to_string(),
            period.through.to_string(),
            period.days.to_string(),
            period.percent.normalize().to_string(),
            writer.money(period.base),
            writer.money(period.amount),
        ]
    });
    let columns = [
        ("from", Set::Narrow),
        ("through", Set::Wide),
        ("days", Set::Amount),
        ("percent", Set::Amount),
        ("over", Set::Amount),
        ("interest", Set::Amount),
    ];
    Ok(Table { columns: writer.columns(&columns)?, rows: rows.collect(), total: None })
}

fn bears_interest(told: &ToldInvoice) -> bool {
    told.invoice.claimed.as_ref().is_some_and(|claimed| claimed.interest.is_some())
}
