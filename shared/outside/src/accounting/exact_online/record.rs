//! Records of Exact Online as ours.

use domain::Money;
use jiff::Timestamp;
use serde_json::Value;

use super::PACKAGE;
use super::wire::{day, instant};
use crate::accounting::Told;
use crate::accounting::draft::{Bill, Contact, record_id};
use crate::accounting::node::{Fault, Node};

/// Line type of a term that a customer pays.
const RECEIVABLE: i64 = 20;
/// Status of a term that is matched.
const MATCHED: i64 = 50;

/// An account that is a customer; suspects and suppliers are none.
pub(super) fn customer(node: Node<'_>) -> Option<Told> {
    (node.text("Status").as_deref() == Some("C")).then(|| account(node))
}

pub(super) fn account(node: Node<'_>) -> Told {
    match try_account(node) {
        Ok(told) => told,
        Err(fault) => fault.of(record_id(PACKAGE, &node.text("ID").unwrap_or_default())),
    }
}

fn try_account(node: Node<'_>) -> Result<Told, Fault> {
    let contact = Contact {
        id: node.needed("ID")?,
        number: node.text("Code"),
        name: node.text("Name"),
        emails: vec![node.text("Email")],
        phone: node.text("Phone"),
        language: node.text("Language"),
        kvk_number: node.text("ChamberOfCommerce"),
        vat_id: node.text("VATNumber"),
        street: node.text("AddressLine1"),
        postcode: node.text("Postcode"),
        city: node.text("City"),
        country: node.text("Country"),
        ..Contact::default()
    };
    Ok(contact.told(PACKAGE, instant(node, "Modified")?))
}

/// Our id of a term's transaction; of the term itself where it has none.
pub(super) fn own_id(term: Node<'_>) -> String {
    let id = term.text("TransactionEntryID").or_else(|| term.text("ID"));
    record_id(PACKAGE, &id.unwrap_or_default())
}

/// A term of a sales invoice or credit note; bank lines and purchases are none.
pub(super) fn is_receivable(term: Node<'_>) -> bool {
    let line = term.number("LineType").is_none_or(|line| line == RECEIVABLE);
    line && matches!(term.number("TransactionType"), Some(20 | 21))
}

/// Whether there must be other terms.
pub(super) fn is_split(term: Node<'_>) -> bool {
    term.text("AmountDC") != term.text("TransactionAmountDC")
}

/// The terms of one transaction.
#[derive(Debug, Default)]
pub(super) struct Terms {
    rows: Vec<Value>,
}

impl Terms {
    /// A term that is known already is replaced.
    pub(super) fn add(&mut self, row: Value) {
        let id = Node(&row).text("ID");
        self.rows.retain(|known| Node(known).text("ID") != id);
        self.rows.push(row);
    }

    fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.rows.iter().map(Node)
    }

    fn first(&self) -> Result<Node<'_>, Fault> {
        self.nodes().next().ok_or(Fault::new("TransactionEntryID", "no_terms"))
    }

    fn sum(&self, counts: impl Fn(Node<'_>) -> bool) -> Result<Money, Fault> {
        self.nodes().filter(|term| counts(*term)).map(|term| term.amount("AmountDC")).sum()
    }

    /// Whether these are all of them. What cannot be read is not asked for again.
    pub(super) fn add_up(&self) -> bool {
        let total = self.first().and_then(|term| term.amount("TransactionAmountDC"));
        match (total, self.sum(|_| true)) {
            (Ok(total), Ok(sum)) => total == sum,
            (Err(_), _) | (_, Err(_)) => true,
        }
    }

    pub(super) fn customer(&self) -> Option<String> {
        self.first().ok()?.text("Account")
    }

    /// The account of the ledger that it stands on.
    pub(super) fn account(&self) -> Option<String> {
        self.first().ok()?.text("GLAccount")
    }

    pub(super) fn number(&self) -> Option<String> {
        self.first().ok()?.text("InvoiceNumber")
    }

    pub(super) fn told(&self, entry: &str) -> Told {
        self.bill(entry).unwrap_or_else(|fault| fault.of(record_id(PACKAGE, entry)))
    }

    fn bill(&self, entry: &str) -> Result<Told, Fault> {
        let term = self.first()?;
        let is_open = |term: Node<'_>| !term.flag("IsFullyPaid") && term.number("Status") != Some(MATCHED);
        let changed: Vec<Timestamp> =
            self.nodes().map(|term| instant(term, "Modified")).collect::<Result<_, _>>()?;
        Bill {
            id: entry.to_owned(),
            debtor: term.needed("Account")?,
            number: term.needed("InvoiceNumber")?,
            issued_on: day(term, "InvoiceDate")?,
            due_on: match term.text("TransactionDueDate") {
                Some(_) => day(term, "TransactionDueDate")?,
                None => day(term, "DueDate")?,
            },
            currency: term.needed("Currency")?,
            total: term.amount("TransactionAmountDC")?,
            open: self.sum(is_open)?,
            reference: term.text("PaymentReference"),
            condition: term.text("PaymentCondition"),
            corrects: None,
            modified_at: changed.into_iter().max().ok_or(Fault::new("Modified", "missing"))?,
        }
        .told(PACKAGE)
    }
}
