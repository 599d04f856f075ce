//! Books as most packages have them: contacts, invoices, the payments of those, and other bookings. What they look like over
//! the wire is each vendor's module's business; a value that is to look wrong there is laid over it.

use std::collections::BTreeMap;

use domain::Money;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::stand::{Booking, Ledger, Row};

/// When a record changed last, and the how manieth change of the books that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub at: Timestamp,
    pub revision: i64,
}

/// What somebody types about a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactFields {
    pub number: String,
    /// The company's name, or the person's last name.
    pub name: String,
    pub first_name: Option<String>,
    pub is_business: bool,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub kvk: Option<String>,
    /// Street with house number.
    pub street: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    /// They are not to be dunned, where the package knows such a thing.
    pub not_dunned: bool,
    /// Laid over the record as it is told, by the vendor's own names.
    pub odd: BTreeMap<String, Value>,
}

/// What somebody types about an invoice, or a credit note: its total is negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceFields {
    pub number: String,
    pub contact: String,
    pub issued: Date,
    pub due: Date,
    pub total: Money,
    /// Laid over the record as it is told, by the vendor's own names.
    #[serde(default)]
    pub odd: BTreeMap<String, Value>,
}

/// A contact, invoice, payment or other booking, with when it changed last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept<T> {
    pub is: T,
    pub stamp: Stamp,
}

/// Money that came in on an invoice, or went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub invoice: String,
    pub amount: Money,
    pub on: Date,
    /// What whoever booked it over the API wrote with it.
    pub mark: Option<String>,
}

/// A booking that is no payment of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub mark: String,
    /// As it came.
    pub told: Value,
}

/// The books of one administration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Books {
    pub contacts: BTreeMap<String, Kept<ContactFields>>,
    pub invoices: BTreeMap<String, Kept<InvoiceFields>>,
    pub payments: BTreeMap<String, Kept<Payment>>,
    pub entries: BTreeMap<String, Kept<Entry>>,
    /// Where changes are told, for packages that tell of them.
    pub hooks: Vec<String>,
    revision: i64,
}

impl Books {
    fn stamp(&mut self, at: Timestamp) -> Stamp {
        self.revision += 1;
        Stamp { at, revision: self.revision }
    }

    pub fn put_contact(&mut self, id: &str, is: ContactFields, now: Timestamp) {
        let stamp = self.stamp(now);
        self.contacts.insert(id.to_owned(), Kept { is, stamp });
    }

    pub fn put_invoice(&mut self, id: &str, is: InvoiceFields, now: Timestamp) {
        let stamp = self.stamp(now);
        self.invoices.insert(id.to_owned(), Kept { is, stamp });
    }

    /// Changes an invoice. Whether there is one.
    pub fn change_invoice(
        &mut self,
        id: &str,
        now: Timestamp,
        change: impl FnOnce(&mut InvoiceFields),
    ) -> bool {
        let stamp = self.stamp(now);
        let Some(invoice) = self.invoices.get_mut(id) else { return false };
        change(&mut invoice.is);
        invoice.stamp = stamp;
        true
    }

    /// It was never there.
    pub fn remove_invoice(&mut self, id: &str) -> bool {
        self.payments.retain(|_, payment| payment.is.invoice != id);
        self.invoices.remove(id).is_some()
    }

    /// What is open of an invoice, of the total's sign.
    pub fn open(&self, id: &str) -> Money {
        let total = self.invoices.get(id).map_or(Money::ZERO, |invoice| invoice.is.total);
        self.payments_of(id).fold(total, |open, (_, payment)| open - payment.is.amount)
    }

    pub fn payments_of(&self, invoice: &str) -> impl Iterator<Item = (&String, &Kept<Payment>)> {
        self.payments.iter().filter(move |(_, payment)| payment.is.invoice == invoice)
    }

    /// Books money on an invoice. The payment's id; `None` where there is no such invoice.
    pub fn pay(&mut self, payment: Payment, now: Timestamp) -> Option<String> {
        let stamp = self.stamp(now);
        let invoice = self.invoices.get_mut(&payment.invoice)?;
        invoice.stamp = stamp;
        let id = (9_000_000 + self.payments.len() + self.entries.len()).to_string();
        self.payments.insert(id.clone(), Kept { is: payment, stamp });
        Some(id)
    }

    /// Books something else. Its id.
    pub fn enter(&mut self, entry: Entry, now: Timestamp) -> String {
        let stamp = self.stamp(now);
        let id = (9_000_000 + self.payments.len() + self.entries.len()).to_string();
        self.entries.insert(id.clone(), Kept { is: entry, stamp });
        id
    }

    /// The invoice of this number.
    pub fn numbered(&self, number: &str) -> Option<&String> {
        self.invoices.iter().find(|(_, invoice)| invoice.is.number == number).map(|(id, _)| id)
    }

    /// Of a page of invoices the first that is open is paid in full, as by somebody at the screen.
    pub(super) fn churn<'a>(&mut self, page: impl IntoIterator<Item = &'a String>, now: Timestamp) {
        let open = page.into_iter().find(|id| self.open(id).is_positive());
        if let Some(id) = open {
            self.settle(id, now);
        }
    }
}

/// With what is to look wrong laid over it.
pub(super) fn overlaid(mut record: Value, odd: &BTreeMap<String, Value>) -> Value {
    for (name, value) in odd {
        record[name.as_str()] = value.clone();
    }
    record
}

/// An amount that stands there as a number.
pub fn money(value: &Value) -> Option<Money> {
    let decimal: Decimal = value.as_number()?.to_string().parse().ok()?;
    Money::new(decimal).ok()
}

/// An amount as a number, as it is written.
pub(super) fn number(amount: Money) -> Value {
    amount.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}

impl Ledger for Books {
    fn rows(&self) -> Vec<Row> {
        let mut invoices: Vec<_> = self.invoices.iter().collect();
        invoices.sort_by_key(|(_, invoice)| std::cmp::Reverse(invoice.stamp.revision));
        let row = |(id, invoice): (&String, &Kept<InvoiceFields>)| {
            let name = self.contacts.get(&invoice.is.contact).map(|contact| contact.is.name.clone());
            let open = self.open(id);
            Row {
                id: id.clone(),
                number: invoice.is.number.clone(),
                debtor: name.unwrap_or_else(|| invoice.is.contact.clone()),
                due: invoice.is.due.to_string(),
                total: invoice.is.total.to_string(),
                open: open.to_string(),
                is_open: open.is_positive(),
                changed: invoice.stamp.at.to_string(),
            }
        };
        invoices.into_iter().map(row).collect()
    }

    fn bookings(&self) -> Vec<Booking> {
        let ours = self.payments.iter().filter_map(|(id, p)| Some((id, p, p.is.mark.clone()?)));
        let mut booked: Vec<(i64, Booking)> = ours
            .map(|(id, payment, mark)| {
                let booking = Booking {
                    document: id.clone(),
                    description: mark,
                    received: payment.is.amount.to_string(),
                };
                (payment.stamp.revision, booking)
            })
            .collect();
        booked.sort_by_key(|(revision, _)| std::cmp::Reverse(*revision));
        booked.into_iter().map(|(_, booking)| booking).collect()
    }

    fn settle(&mut self, invoice: &str, now: Timestamp) -> bool {
        let amount = self.open(invoice);
        let on = domain::calendar::today(now);
        let payment = Payment { invoice: invoice.to_owned(), amount, on, mark: None };
        amount.is_positive() && self.pay(payment, now).is_some()
    }
}
