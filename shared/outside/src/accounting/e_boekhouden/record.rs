//! Records of e-Boekhouden as ours.

use domain::{Money, calendar};
use jiff::Timestamp;
use serde_json::{Number, Value};

use super::PACKAGE;
use crate::accounting::Told;
use crate::accounting::draft::{Bill, Contact, record_id};
use crate::accounting::node::{Fault, Node};

pub(super) fn relation(node: Node<'_>, at: Timestamp) -> Told {
    let Ok(id) = node.needed("id") else {
        return Fault::new("id", "missing").of(record_id(PACKAGE, ""));
    };
    Contact {
        id,
        number: node.text("code"),
        name: node.text("name"),
        is_business: Some(node.text("type").as_deref() == Some("B")),
        emails: ["emailAddressReminder", "emailAddressInvoice", "emailAddress"].map(|f| node.text(f)).into(),
        phone: node.text("phoneNumber"),
        mobile: node.text("mobilePhoneNumber"),
        kvk_number: node.text("companyRegistrationNumber"),
        vat_id: node.text("vatNumber"),
        iban: node.text("iban"),
        street: node.text("address"),
        postcode: node.text("postalCode"),
        city: node.text("city"),
        country: node.text("country"),
        ..Contact::default()
    }
    .told(PACKAGE, at)
}

/// An invoice by its mutation, and by the line of what is open, if it is.
pub(super) fn invoice(
    id: &str,
    mutation: Node<'_>,
    open: Option<Node<'_>>,
    term_days: i32,
    at: Timestamp,
) -> Told {
    bill(id, mutation, open, term_days, at).unwrap_or_else(|fault| fault.of(record_id(PACKAGE, id)))
}

fn bill(
    id: &str,
    mutation: Node<'_>,
    open: Option<Node<'_>>,
    term_days: i32,
    at: Timestamp,
) -> Result<Told, Fault> {
    let issued_on = mutation.date("date")?;
    let (total, still) = match open {
        Some(open) => (open.amount("totalAmount")?, open.amount("outstandingAmount")?),
        None => (total(mutation)?, Money::ZERO),
    };
    Bill {
        id: id.to_owned(),
        debtor: mutation.needed("relationId")?,
        number: mutation.needed("invoiceNumber")?,
        issued_on,
        due_on: calendar::plus_days(issued_on, term_days),
        currency: "EUR".to_owned(),
        total,
        open: still,
        reference: None,
        condition: None,
        corrects: None,
        modified_at: at,
    }
    .told(PACKAGE)
}

/// The rows, and the VAT on them where they are without it.
fn total(mutation: Node<'_>) -> Result<Money, Fault> {
    let rows: Money = mutation.list("rows").map(|row| row.amount("amount")).sum::<Result<_, _>>()?;
    if mutation.text("inExVat").as_deref() != Some("EX") {
        return Ok(rows);
    }
    let vat: Money = mutation.list("vat").map(|vat| vat.amount("amount")).sum::<Result<_, _>>()?;
    Ok(rows + vat)
}

/// An amount as a JSON number.
pub(super) fn number(amount: Money) -> Value {
    amount.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}
