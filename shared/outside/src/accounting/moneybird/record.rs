//! Records of Moneybird as ours.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::PACKAGE;
use crate::accounting::Told;
use crate::accounting::draft::{Bill, Contact, record_id};
use crate::accounting::mark::MARK;
use crate::accounting::node::{Fault, Node};

/// The invoices that were sent, each with its contact before it (once) and its payments behind it.
pub(super) fn told(invoices: &[Value]) -> Vec<Told> {
    let mut told = Vec::new();
    let mut contacts = BTreeSet::new();
    for invoice in invoices.iter().map(Node).filter(|invoice| is_sent(*invoice)) {
        if let Some(known) = invoice.child("contact")
            && contacts.insert(known.text("id"))
        {
            told.push(contact(known));
        }
        match bill(invoice) {
            Ok(bill) => {
                told.push(bill);
                told.extend(payments(invoice));
            }
            Err(fault) => told.push(fault.of(own_id(invoice))),
        }
    }
    told
}

/// Drafts and what is planned were sent to nobody.
pub(super) fn is_sent(invoice: Node<'_>) -> bool {
    !matches!(invoice.text("state").as_deref(), Some("draft" | "scheduled"))
}

fn own_id(record: Node<'_>) -> String {
    record_id(PACKAGE, &record.text("id").unwrap_or_default())
}

pub(super) fn contact(node: Node<'_>) -> Told {
    match try_contact(node) {
        Ok(told) => told,
        Err(fault) => fault.of(own_id(node)),
    }
}

fn try_contact(node: Node<'_>) -> Result<Told, Fault> {
    let company = node.text("company_name");
    let contact = Contact {
        id: node.needed("id")?,
        number: node.text("customer_id"),
        is_business: Some(company.is_some()),
        name: company,
        first_name: node.text("firstname"),
        last_name: node.text("lastname"),
        emails: ["send_invoices_to_email", "email"].map(|field| node.text(field)).into(),
        phone: node.text("phone"),
        kvk_number: node.text("chamber_of_commerce"),
        vat_id: node.text("tax_number"),
        iban: node.text("sepa_iban").or_else(|| node.text("bank_account")),
        street: node.text("address1"),
        postcode: node.text("zipcode"),
        city: node.text("city"),
        country: node.text("country"),
        ..Contact::default()
    };
    Ok(contact.told(PACKAGE, node.instant("updated_at")?))
}

fn bill(node: Node<'_>) -> Result<Told, Fault> {
    let is_given_up = node.text("state").as_deref() == Some("uncollectible");
    let open = node.amount("total_unpaid")?;
    Bill {
        id: node.needed("id")?,
        debtor: node.needed("contact_id")?,
        number: node.needed("invoice_id")?,
        issued_on: node.date("invoice_date")?,
        due_on: node.date("due_date")?,
        currency: node.needed("currency")?,
        total: node.amount("total_price_incl_tax")?,
        open: if is_given_up { domain::Money::ZERO } else { open },
        reference: node.text("payment_reference"),
        condition: None,
        corrects: node.text("original_sales_invoice_id"),
        modified_at: changed_at(node)?,
    }
    .told(PACKAGE)
}

/// When the invoice or one of its payments changed last.
fn changed_at(invoice: Node<'_>) -> Result<Timestamp, Fault> {
    let of_payments = invoice.list("payments").filter_map(|payment| payment.instant("updated_at").ok());
    Ok(of_payments.fold(invoice.instant("updated_at")?, Timestamp::max))
}

/// Those that did not come from here. The open amount contains them, so their time is before the invoice's.
fn payments(invoice: Node<'_>) -> Vec<Told> {
    let from_elsewhere = |payment: &Node<'_>| {
        !payment.text("transaction_identifier").is_some_and(|mark| mark.starts_with(MARK))
    };
    invoice
        .list("payments")
        .filter(from_elsewhere)
        .filter_map(|node| match payment(invoice, node) {
            Ok(told) => told,
            Err(fault) => Some(fault.of(own_id(node))),
        })
        .collect()
}

fn payment(invoice: Node<'_>, node: Node<'_>) -> Result<Option<Told>, Fault> {
    let price = node.amount("price")?;
    // A payment of a credit note is money that went to the debtor: its open amount says enough.
    if price.is_zero() || invoice.amount("total_price_incl_tax")?.is_negative() {
        return Ok(None);
    }
    let before = changed_at(invoice)? - SignedDuration::from_millis(1);
    let kind = match (price.is_negative(), node.text("credit_invoice_id")) {
        (true, _) => "reversal",
        (false, Some(_)) => "settlement",
        (false, None) => "payment",
    };
    let body = json!({
        "kind": kind,
        "invoiceId": record_id(PACKAGE, &invoice.needed("id")?),
        "debtorId": null,
        "amount": price.abs(),
        "receivedOn": node.date("payment_date")?,
        "reference": null,
        "reasonCode": null,
        "modifiedAt": node.instant("updated_at")?.min(before),
    });
    Ok(Some(Told::Payment { id: record_id(PACKAGE, &node.needed("id")?), body }))
}
