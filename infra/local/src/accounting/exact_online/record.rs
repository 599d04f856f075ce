//! Records as Exact Online writes them: accounts, and invoices as their payment terms.

use domain::Money;
use domain::calendar::amsterdam;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};

use crate::accounting::books::{Books, InvoiceFields, Kept, number, overlaid};

/// The account of the ledger that invoices stand on.
pub(super) const DEBTORS: &str = "00000000-0000-4000-8000-000000001300";
/// Row versions that one change of the books may take.
const EACH: i64 = 10;

/// A row with its version.
pub(super) struct Row {
    pub version: i64,
    pub at: Timestamp,
    pub told: Value,
}

/// Milliseconds as if the time stood in UTC.
fn written(time: DateTime) -> Value {
    let zoned = time.to_zoned(jiff::tz::TimeZone::UTC);
    let milliseconds = zoned.map_or(0, |zoned| zoned.timestamp().as_millisecond());
    format!("/Date({milliseconds})/").into()
}

fn day(day: Date) -> Value {
    written(day.to_datetime(jiff::civil::Time::midnight()))
}

fn time(at: Timestamp) -> Value {
    written(amsterdam(at).datetime())
}

/// The id of an entry.
pub(super) fn entry(id: &str) -> String {
    format!("00000000-0000-4000-9000-{id:0>12}")
}

pub(super) fn accounts(books: &Books) -> Vec<Row> {
    let row = |(id, contact): (&String, &Kept<_>)| {
        let is: &crate::accounting::books::ContactFields = &contact.is;
        let version = contact.stamp.revision * EACH;
        let told = json!({
            "ID": id, "Timestamp": version.to_string(), "Code": format!("{:>18}", is.number), "Name": is.name,
            "Status": "C", "Email": is.email, "Phone": is.phone, "AddressLine1": is.street, "Postcode": is.postcode,
            "City": is.city, "Country": "NL ", "ChamberOfCommerce": is.kvk, "VATNumber": null, "Language": "NL",
            "Modified": time(contact.stamp.at),
        });
        Row { version, at: contact.stamp.at, told: overlaid(told, &is.odd) }
    };
    books.contacts.iter().map(row).collect()
}

/// The terms of every invoice: one that is paid in part is two.
pub(super) fn terms(books: &Books) -> Vec<Row> {
    books.invoices.iter().flat_map(|(id, invoice)| terms_of(books, id, invoice)).collect()
}

fn terms_of(books: &Books, id: &str, invoice: &Kept<InvoiceFields>) -> Vec<Row> {
    let (total, open) = (invoice.is.total, books.open(id));
    let rest = if open.is_negative() == total.is_negative() { open } else { Money::ZERO };
    let parts = [('a', total - rest, true), ('b', rest, false)];
    let mut rows = Vec::with_capacity(parts.len());
    for (at, (letter, amount, paid)) in parts.into_iter().enumerate() {
        if amount.is_zero() && !total.is_zero() {
            continue;
        }
        let version = invoice.stamp.revision * EACH + i64::try_from(at).unwrap_or_default();
        let told = term(id, invoice, version, (letter, amount, paid));
        rows.push(Row { version, at: invoice.stamp.at, told });
    }
    rows
}

fn term(
    id: &str,
    invoice: &Kept<InvoiceFields>,
    version: i64,
    (letter, amount, paid): (char, Money, bool),
) -> Value {
    let is = &invoice.is;
    let printed = is.number.parse::<i64>().map_or_else(|_| json!(is.number), Value::from);
    let told = json!({
        "ID": format!("{letter}{}", id.get(1..).unwrap_or_default()), "Timestamp": version.to_string(), "LineType": 20,
        "Account": is.contact, "AmountDC": number(amount), "Currency": "EUR", "DueDate": day(is.due),
        "InvoiceDate": day(is.issued), "GLAccount": DEBTORS, "InvoiceNumber": printed, "IsFullyPaid": paid,
        "Modified": time(invoice.stamp.at), "PaymentCondition": "30", "PaymentReference": "",
        "Status": if paid { 50 } else { 20 }, "TransactionAmountDC": number(is.total),
        "TransactionDueDate": day(is.due), "TransactionEntryID": id,
        "TransactionType": if is.total.is_negative() { 21 } else { 20 }, "YourRef": "",
    });
    overlaid(told, &is.odd)
}
