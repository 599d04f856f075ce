//! Browse data: rows of the columns that are asked for, under conditions on columns.

use std::collections::BTreeMap;

use domain::Money;
use domain::calendar::amsterdam;
use jiff::Timestamp;
use jiff::civil::Date;
use quick_xml::escape::escape;
use roxmltree::Node;
use serde_json::Value;

use super::{OFFICE, text};
use crate::accounting::books::{Books, InvoiceFields, Kept};

/// One line of a transaction.
pub(super) struct Row {
    code: String,
    number: String,
    line: u8,
    fields: BTreeMap<&'static str, String>,
    /// The invoice that it is of.
    pub invoice: Option<String>,
}

/// A condition on a column.
pub(super) struct Condition {
    field: String,
    from: String,
    /// Empty for one that asks for equality.
    to: String,
}

impl Condition {
    /// Texts of one width are in the order of what they say.
    pub fn holds(&self, row: &Row) -> bool {
        let known = row.fields.get(self.field.as_str()).map(String::as_str).unwrap_or_default();
        if self.to.is_empty() {
            return known == self.from;
        }
        (self.from.as_str()..=self.to.as_str()).contains(&known)
    }
}

fn of_columns<'a, 'i>(asked: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    asked.children().filter(|node| node.tag_name().name() == "column")
}

pub(super) fn columns(asked: Node<'_, '_>) -> Vec<String> {
    of_columns(asked).filter_map(|column| text(column, "field").map(str::to_owned)).collect()
}

pub(super) fn conditions(asked: Node<'_, '_>) -> Vec<Condition> {
    let asks = of_columns(asked).filter(|column| text(*column, "ask") == Some("true"));
    let of = |column: Node<'_, '_>, name: &str| text(column, name).unwrap_or_default().to_owned();
    asks.map(|column| Condition {
        field: of(column, "field"),
        from: of(column, "from"),
        to: if text(column, "operator") == Some("between") { of(column, "to") } else { String::new() },
    })
    .collect()
}

fn day(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

/// In Amsterdam's time.
fn time(at: Timestamp) -> String {
    amsterdam(at).strftime("%Y%m%d%H%M%S").to_string()
}

/// Year and period of the books: a period is a month.
fn period(day: Date) -> String {
    format!("{}/{:02}", day.year(), day.month())
}

/// The lines of customers: their invoices, and what was paid on them.
pub(super) fn of_customers(books: &Books) -> Vec<Row> {
    let mut rows: Vec<Row> =
        books.invoices.iter().map(|(id, invoice)| of_invoice(books, id, invoice)).collect();
    for (id, payment) in &books.payments {
        let Some(invoice) = books.invoices.get(&payment.is.invoice) else { continue };
        let mut row = of_invoice(books, &payment.is.invoice, invoice);
        (row.code, row.number, row.line, row.invoice) = ("BNK".to_owned(), id.clone(), 2, None);
        row.fields.extend([
            ("fin.trs.head.code", "BNK".to_owned()),
            ("fin.trs.head.number", id.clone()),
            ("fin.trs.line.valuesigned", (-payment.is.amount).to_string()),
            ("fin.trs.line.openvaluesigned", Money::ZERO.to_string()),
            ("fin.trs.line.matchstatus", "matched".to_owned()),
        ]);
        rows.push(row);
    }
    rows
}

fn of_invoice(books: &Books, id: &str, invoice: &Kept<InvoiceFields>) -> Row {
    let (is, open) = (&invoice.is, books.open(id));
    let (code, number) = id.split_once('-').unwrap_or(("VRK", id));
    let status = if open.is_zero() { "matched" } else { "available" };
    let mut fields = BTreeMap::from([
        ("fin.trs.head.yearperiod", period(is.issued)),
        ("fin.trs.head.code", code.to_owned()),
        ("fin.trs.head.number", number.to_owned()),
        ("fin.trs.head.status", "final".to_owned()),
        ("fin.trs.head.date", day(is.issued)),
        ("fin.trs.head.curcode", "EUR".to_owned()),
        ("fin.trs.line.dim2", is.contact.clone()),
        ("fin.trs.line.valuesigned", is.total.to_string()),
        ("fin.trs.line.openvaluesigned", open.to_string()),
        ("fin.trs.line.invnumber", is.number.clone()),
        ("fin.trs.line.datedue", day(is.due)),
        ("fin.trs.line.matchstatus", status.to_owned()),
        ("fin.trs.line.modified", time(invoice.stamp.at)),
    ]);
    for (name, value) in &mut fields {
        if let Some(odd) = is.odd.get(*name).and_then(Value::as_str) {
            odd.clone_into(value);
        }
    }
    Row { code: code.to_owned(), number: number.to_owned(), line: 1, fields, invoice: Some(id.to_owned()) }
}

/// The lines of what was booked in a general journal.
pub(super) fn of_journals(books: &Books) -> Vec<Row> {
    let payments = books.payments.iter().filter_map(|(id, p)| Some((id, p.is.mark.clone()?, p.is.on)));
    let entries = books
        .entries
        .iter()
        .map(|(id, entry)| (id, entry.is.mark.clone(), domain::calendar::today(entry.stamp.at)));
    let row = |(id, mark, on): (&String, String, Date)| Row {
        code: "MEMO".to_owned(),
        number: id.clone(),
        line: 1,
        fields: BTreeMap::from([
            ("fin.trs.head.yearperiod", period(on)),
            ("fin.trs.head.code", "MEMO".to_owned()),
            ("fin.trs.head.number", id.clone()),
            ("fin.trs.line.description", mark),
        ]),
        invoice: None,
    };
    payments.chain(entries).map(row).collect()
}

pub(super) fn answer(rows: &[Row], columns: &[String]) -> String {
    let mut table = format!("<browse result=\"1\" first=\"1\" last=\"{0}\" total=\"{0}\"><th/>", rows.len());
    for row in rows {
        table.push_str("<tr>");
        for column in columns {
            let value = row.fields.get(column.as_str()).map(String::as_str).unwrap_or_default();
            table.push_str(&format!(
                "<td field=\"{}\" hideforuser=\"false\" type=\"String\">{}</td>",
                escape(column),
                escape(value)
            ));
        }
        table.push_str(&format!(
            "<key><office>{OFFICE}</office><code>{}</code><number>{}</number><line>{}</line></key></tr>",
            escape(&row.code),
            escape(&row.number),
            row.line
        ));
    }
    table + "</browse>"
}
