//! Rows and customers of Twinfield as ours.

use std::collections::BTreeMap;

use domain::{Money, calendar};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::PACKAGE;
use super::xml::Element;
use crate::accounting::draft::{Bill, Contact, record_id};
use crate::accounting::node::{Fault, amount};
use crate::accounting::{GoneKind, PackageError, Told};

/// What of a customer's line is asked for.
pub(super) const COLUMNS: [&str; 12] = [
    "fin.trs.head.code",
    "fin.trs.head.number",
    "fin.trs.head.status",
    "fin.trs.head.date",
    "fin.trs.head.curcode",
    "fin.trs.line.dim2",
    "fin.trs.line.valuesigned",
    "fin.trs.line.openvaluesigned",
    "fin.trs.line.invnumber",
    "fin.trs.line.datedue",
    "fin.trs.line.matchstatus",
    "fin.trs.line.modified",
];

/// Codes of transactions that are sales.
const SALES: [&str; 2] = ["VRK", "SLS"];

/// A row of browse data.
#[derive(Debug)]
pub(super) struct Row {
    code: String,
    number: String,
    fields: BTreeMap<String, String>,
}

impl Row {
    /// Code and number of its transaction: the package's own id of it.
    pub(super) fn id(&self) -> String {
        format!("{}-{}", self.code, self.number)
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn needed(&self, name: &'static str) -> Result<&str, Fault> {
        self.field(name).ok_or(Fault::new(name, "missing"))
    }

    fn amount(&self, name: &'static str) -> Result<Money, Fault> {
        amount(name, self.needed(name)?)
    }

    /// `YYYYMMDD`; a time behind it is left off.
    fn day(&self, name: &'static str) -> Result<Date, Fault> {
        let text = self.needed(name)?;
        let day = text.get(..8).and_then(|day| Date::strptime("%Y%m%d", day).ok());
        day.filter(|day| (1900..2200).contains(&day.year())).ok_or(Fault::new(name, "not_a_date"))
    }

    /// `YYYYMMDDhhmmss`, in Amsterdam.
    fn instant(&self, name: &'static str) -> Result<Timestamp, Fault> {
        let text = self.needed(name)?;
        let time = match text.len() {
            14 => DateTime::strptime("%Y%m%d%H%M%S", text).map_err(|_| Fault::new(name, "not_an_instant"))?,
            _ => self.day(name)?.to_datetime(jiff::civil::Time::midnight()),
        };
        Ok(calendar::instant(time.date(), time.time()))
    }
}

/// The rows of browse data, all of this company.
pub(super) fn rows(browse: &Element, office: &str) -> Result<Vec<Row>, PackageError> {
    let malformed = |what: &str| PackageError::Malformed(format!("browse: {what}"));
    if browse.is_refused() || browse.attribute("msgtype") == Some("error") {
        return Err(PackageError::Refused("browse_refused".to_owned()));
    }
    if browse.name != "browse" {
        return Err(malformed("not a table"));
    }
    let mut rows = Vec::new();
    for tr in browse.all("tr") {
        let key = tr.child("key").ok_or_else(|| malformed("key"))?;
        if key.text_of("office").as_deref() != Some(office) {
            return Err(malformed("another office"));
        }
        let code = key.text_of("code").ok_or_else(|| malformed("key code"))?;
        let number = key.text_of("number").ok_or_else(|| malformed("key number"))?;
        let fields = tr.all("td").filter_map(|td| Some((td.attribute("field")?.to_owned(), td.text.clone())));
        rows.push(Row { code, number, fields: fields.collect() });
    }
    Ok(rows)
}

/// An invoice or credit note: all its lines on the customer.
#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) id: String,
    pub(super) customer: String,
    /// Of the invoice, as printed.
    pub(super) number: String,
    lines: Vec<Row>,
}

/// The sales among them, in the order of their ids. Provisional ones are none yet.
pub(super) fn sales(rows: Vec<Row>) -> Vec<Transaction> {
    let mut transactions: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let provisional = row.field("fin.trs.head.status") == Some("temporary");
        if SALES.contains(&row.code.as_str()) && !provisional {
            transactions.entry(row.id()).or_default().push(row);
        }
    }
    let first = |lines: &[Row], name: &str| lines.iter().find_map(|line| line.field(name)).map(str::to_owned);
    transactions
        .into_iter()
        .map(|(id, lines)| Transaction {
            id,
            customer: first(&lines, "fin.trs.line.dim2").unwrap_or_default(),
            number: first(&lines, "fin.trs.line.invnumber").unwrap_or_default(),
            lines,
        })
        .collect()
}

impl Transaction {
    pub(super) fn told(&self) -> Told {
        self.bill().unwrap_or_else(|fault| fault.of(record_id(PACKAGE, &self.id)))
    }

    fn bill(&self) -> Result<Told, Fault> {
        let first = self.lines.first().ok_or(Fault::new("line", "missing"))?;
        let sum = |of: &dyn Fn(&Row) -> Result<Money, Fault>| {
            self.lines.iter().map(of).sum::<Result<Money, Fault>>()
        };
        let open = |line: &Row| match line.field("fin.trs.line.matchstatus") {
            Some("matched") => Ok(Money::ZERO),
            _ => line.amount("fin.trs.line.openvaluesigned"),
        };
        let changed: Vec<Timestamp> =
            self.lines.iter().map(|line| line.instant("fin.trs.line.modified")).collect::<Result<_, _>>()?;
        Bill {
            id: self.id.clone(),
            debtor: first.needed("fin.trs.line.dim2")?.to_owned(),
            number: first.needed("fin.trs.line.invnumber")?.to_owned(),
            issued_on: first.day("fin.trs.head.date")?,
            due_on: first.day("fin.trs.line.datedue")?,
            currency: first.needed("fin.trs.head.curcode")?.to_owned(),
            total: sum(&|line| line.amount("fin.trs.line.valuesigned"))?,
            open: sum(&open)?,
            reference: None,
            condition: None,
            corrects: None,
            modified_at: changed.into_iter().max().ok_or(Fault::new("fin.trs.line.modified", "missing"))?,
        }
        .told(PACKAGE)
    }
}

/// A customer, and whether they are to be dunned. `code` is the one that was asked for.
pub(super) fn customer(dimension: &Element, code: &str, at: Timestamp) -> Vec<Told> {
    let id = record_id(PACKAGE, code);
    if dimension.is_refused() || dimension.attribute("status") == Some("deleted") {
        return vec![Told::Gone { kind: GoneKind::Debtor, id }];
    }
    if dimension.name != "dimension" {
        return vec![Fault::new("dimension", "missing").of(id)];
    }
    let address = preferred(dimension, "addresses", "address");
    let of_address = |name: &str| address.and_then(|address| address.text_of(name));
    let credit = dimension.child("creditmanagement");
    let contact = Contact {
        id: code.to_owned(),
        number: Some(code.to_owned()),
        name: dimension.text_of("name"),
        emails: vec![credit.and_then(|credit| credit.text_of("reminderemail")), of_address("email")],
        phone: of_address("telephone"),
        // Where an administration has no fields of its own for them, the last lines of the address hold them.
        kvk_number: dimension.text_of("cocnumber").or_else(|| of_address("field5")),
        vat_id: dimension.text_of("vatnumber").or_else(|| of_address("field4")),
        iban: preferred(dimension, "banks", "bank").and_then(|bank| bank.text_of("iban")),
        street: of_address("field2"),
        postcode: of_address("postcode"),
        city: of_address("city"),
        country: of_address("country"),
        ..Contact::default()
    };
    let mut told = vec![contact.told(PACKAGE, at)];
    if let Some(sends) = credit.and_then(|credit| credit.text_of("sendreminder")) {
        told.push(Told::Dunning { debtor: id, wanted: sends != "false" });
    }
    told
}

/// The one that is marked as default, else the first.
fn preferred<'e>(dimension: &'e Element, list: &str, name: &'e str) -> Option<&'e Element> {
    let list = dimension.child(list)?;
    list.all(name).find(|one| one.attribute("default") == Some("true")).or_else(|| list.all(name).next())
}
