//! Which column holds which field, and what is known of how a file is written.

use std::collections::BTreeMap;

use domain::Violation;
use serde::{Deserialize, Serialize};

use super::fields::{self, Field};

/// Longest name of a column, and longest constant, in characters.
const LONGEST: usize = 200;
/// Most columns of a file.
pub(super) const MOST_COLUMNS: usize = 500;

/// How the columns of one kind of file become records. Whatever is absent is found out from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ColumnMapping {
    /// Where each field comes from, by its name: the record, a point, and the field's path in the body of the single `PUT`,
    /// such as `invoice.total` or `debtor.address.street`. [`field_names`](super::field_names) has all.
    pub fields: BTreeMap<String, Source>,
    /// One of `;`, `,`, `|` and a tab.
    #[serde(default)]
    pub delimiter: Option<char>,
    /// What stands before the cents.
    #[serde(default)]
    pub decimal_mark: Option<DecimalMark>,
    /// In which order a date that does not begin with its year is written.
    #[serde(default)]
    pub date_order: Option<DateOrder>,
    /// The first record names no columns. Then every column goes by its number.
    #[serde(default)]
    pub without_header: bool,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A column of the file.
    Column(Column),
    /// The same in every line, written as a cell would be.
    Constant(String),
}

/// A column, by its place from 1 or by its name in the header. Upper and lower case are the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// From 1.
    Number(u32),
    /// As it stands in the header.
    Name(String),
}

/// What stands before the cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DecimalMark {
    /// `1.234,56`
    Comma,
    /// `1,234.56`
    Point,
}

/// The order of a date that does not begin with its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DateOrder {
    /// `31-12-2026`
    DayFirst,
    /// `12/31/2026`
    MonthFirst,
}

impl ColumnMapping {
    /// Everything that is wrong with the mapping, before any file is read with it.
    pub fn check(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        if self.fields.is_empty() {
            wrong.push(Violation::new("fields", "required", "names at least one field"));
        } else if !["debtor", "invoice", "payment"].iter().any(|record| self.describes(record)) {
            wrong.push(Violation::new("fields", "required", "says more of a record than its number"));
        }
        for (name, source) in &self.fields {
            let path = format!("fields.{}", if fields::find(name).is_some() { name } else { "*" });
            if fields::find(name).is_none() {
                wrong.push(Violation::new(path, "unknown_field", "names a field of a record"));
                continue;
            }
            wrong.extend(self.check_source(&path, source));
        }
        if self.delimiter.is_some_and(|delimiter| !DELIMITERS.contains(&delimiter)) {
            let detail = "is a semicolon, a comma, a vertical bar or a tab";
            wrong.push(Violation::new("delimiter", "unknown_delimiter", detail));
        }
        wrong.extend(self.missing());
        wrong
    }

    fn check_source(&self, path: &str, source: &Source) -> Option<Violation> {
        let text = match source {
            Source::Column(Column::Number(number)) => {
                let good = usize::try_from(*number).is_ok_and(|n| (1..=MOST_COLUMNS).contains(&n));
                return (!good).then(|| Violation::new(path, "column_number", "is from 1 to 500"));
            }
            Source::Column(Column::Name(_)) if self.without_header => {
                let detail = "goes by its number, since the file has no header";
                return Some(Violation::new(path, "column_number", detail));
            }
            Source::Column(Column::Name(text)) | Source::Constant(text) => text,
        };
        let length = text.chars().count();
        let good = !text.trim().is_empty() && length <= LONGEST;
        (!good).then(|| Violation::new(path, "length", "has 1 to 200 characters"))
    }

    /// What a record cannot do without. Ids and numbers stand for each other where one of them is absent.
    fn missing(&self) -> Vec<Violation> {
        let has = |names: &[&str]| names.iter().any(|name| self.fields.contains_key(*name));
        let needs: [(&str, &[&str]); 10] = [
            ("debtor", &["debtor.id", "debtor.number"]),
            ("debtor", &["debtor.name", "debtor.person.surname"]),
            ("invoice", &["invoice.id", "invoice.number"]),
            ("invoice", &["invoice.debtorId", "debtor.id", "debtor.number"]),
            ("invoice", &["invoice.issueDate"]),
            ("invoice", &["invoice.total"]),
            ("payment", &["payment.id"]),
            (
                "payment",
                &["payment.invoiceId", "payment.debtorId", "invoice.id", "invoice.number", "debtor.id"],
            ),
            ("payment", &["payment.amount"]),
            ("payment", &["payment.receivedOn"]),
        ];
        let missing = needs.iter().filter(|(record, any)| self.describes(record) && !has(any));
        let violation = |(_, any): &(&str, &[&str])| {
            let path = format!("fields.{}", any.first().copied().unwrap_or_default());
            Violation::new(path, "required", format!("has one of {}", any.join(", ")))
        };
        missing.map(violation).collect()
    }

    /// Whether a line may hold this record. By id and number alone a debtor or an invoice is only named, as what another
    /// record belongs to.
    pub(super) fn describes(&self, record: &str) -> bool {
        self.fields.keys().any(|name| match name.split_once('.') {
            Some((own, "id" | "number")) => own == record && own == "payment",
            Some((own, _)) => own == record,
            None => false,
        })
    }

    /// The fields that come from columns, each with what it holds.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&'static Field, &Column)> {
        self.fields.iter().filter_map(|(name, source)| match source {
            Source::Column(column) => Some((fields::find(name)?, column)),
            Source::Constant(_) => None,
        })
    }
}

/// What may stand between two cells.
pub(super) const DELIMITERS: [char; 4] = [';', ',', '\t', '|'];
