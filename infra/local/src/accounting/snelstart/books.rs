//! The books of the one administration: relations, sales invoices and bookings, in SnelStart's own form.

use std::collections::BTreeMap;

use domain::Money;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::accounting::books::{money, number};
use crate::accounting::stand::{Booking, Ledger, Row};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Relation,
    Invoice,
    BankBooking,
    MemorialBooking,
}

/// Records by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Books {
    relations: BTreeMap<String, Value>,
    invoices: BTreeMap<String, Value>,
    bank_bookings: BTreeMap<String, Value>,
    memorial_bookings: BTreeMap<String, Value>,
}

impl Ledger for Books {
    fn rows(&self) -> Vec<Row> {
        let mut invoices = self.listed(Kind::Invoice, |_| true);
        invoices.reverse();
        invoices.iter().map(|invoice| self.row(invoice)).collect()
    }

    fn bookings(&self) -> Vec<Booking> {
        let booked = self.listed(Kind::BankBooking, |_| true);
        let booking = |booking: &Value| Booking {
            document: text(&booking["boekstuk"]),
            description: text(&booking["omschrijving"]),
            received: amount(&booking["bedragOntvangen"]).to_string(),
        };
        booked.iter().rev().map(booking).collect()
    }

    fn settle(&mut self, invoice: &str, now: Timestamp) -> bool {
        let open = self.get(Kind::Invoice, invoice).map(|invoice| amount(&invoice["openstaandSaldo"]));
        open.is_some_and(|open| open.is_positive() && self.pay(invoice, open, true, now))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn amount(value: &Value) -> Money {
    money(value).unwrap_or(Money::ZERO)
}

/// A code and a sentence.
type Refusal = (&'static str, &'static str);

impl Books {
    fn of(&self, kind: Kind) -> &BTreeMap<String, Value> {
        match kind {
            Kind::Relation => &self.relations,
            Kind::Invoice => &self.invoices,
            Kind::BankBooking => &self.bank_bookings,
            Kind::MemorialBooking => &self.memorial_bookings,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut BTreeMap<String, Value> {
        match kind {
            Kind::Relation => &mut self.relations,
            Kind::Invoice => &mut self.invoices,
            Kind::BankBooking => &mut self.bank_bookings,
            Kind::MemorialBooking => &mut self.memorial_bookings,
        }
    }

    pub fn get(&self, kind: Kind, id: &str) -> Option<&Value> {
        self.of(kind).get(id)
    }

    fn row(&self, invoice: &Value) -> Row {
        let relation = invoice["relatie"]["id"].as_str().unwrap_or_default();
        let name = self.get(Kind::Relation, relation).map(|relation| text(&relation["naam"]));
        let open = amount(&invoice["openstaandSaldo"]);
        Row {
            id: text(&invoice["id"]),
            number: text(&invoice["factuurnummer"]),
            debtor: name.unwrap_or_else(|| relation.to_owned()),
            due: text(&invoice["vervalDatum"]).chars().take(10).collect(),
            total: amount(&invoice["factuurBedrag"]).to_string(),
            open: open.to_string(),
            is_open: open.is_positive(),
            changed: text(&invoice["modifiedOn"]),
        }
    }

    /// Those that `takes` takes, in the order of their last change.
    pub fn listed(&self, kind: Kind, takes: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut found: Vec<Value> = self.of(kind).values().filter(|record| takes(record)).cloned().collect();
        let key = |record: &Value| {
            let text = |field: &str| record[field].as_str().unwrap_or_default().to_owned();
            (text("modifiedOn"), text("id"))
        };
        found.sort_by_key(key);
        found
    }

    /// Puts these fields of a record, a new one where there is none.
    pub fn put(&mut self, kind: Kind, id: &str, fields: &Value, now: Timestamp) {
        let record = self.of_mut(kind).entry(id.to_owned()).or_insert_with(|| json!({}));
        for (name, value) in fields.as_object().into_iter().flatten() {
            record[name.as_str()] = value.clone();
        }
        record["id"] = json!(id);
        record["modifiedOn"] = json!(written(now));
    }

    /// Changes nothing but when it was changed.
    pub fn touch(&mut self, kind: Kind, id: &str, now: Timestamp) {
        if let Some(record) = self.of_mut(kind).get_mut(id) {
            record["modifiedOn"] = json!(written(now));
        }
    }

    pub fn remove(&mut self, kind: Kind, id: &str) -> bool {
        self.of_mut(kind).remove(id).is_some()
    }

    /// Somebody paid, and it was booked there. `moves`: the record says that it changed, which nobody knows of SnelStart.
    pub fn pay(&mut self, invoice: &str, amount: Money, moves: bool, now: Timestamp) -> bool {
        let Some(record) = self.invoices.get_mut(invoice) else { return false };
        let open = money(&record["openstaandSaldo"]).unwrap_or(Money::ZERO) - amount;
        record["openstaandSaldo"] = number(open);
        if moves {
            record["modifiedOn"] = json!(written(now));
        }
        true
    }

    /// Takes a booking in, and what it does to its invoices.
    ///
    /// # Errors
    /// A rule of SnelStart's that it breaks.
    pub fn book(&mut self, kind: Kind, mut booking: Value, now: Timestamp) -> Result<Value, Refusal> {
        if booking["dagboek"]["id"].as_str().is_none_or(|id| !id.starts_with("dagboek-")) {
            return Err(("BOE-0003", "Het dagboek bestaat niet."));
        }
        let lines = booking["verkoopboekingBoekingsRegels"].as_array().cloned().unwrap_or_default();
        let mut changes = Vec::with_capacity(lines.len());
        let mut sum = Money::ZERO;
        for line in &lines {
            let sale = line["boekingId"]["id"].as_str().unwrap_or_default();
            let amount = money(&line["bedrag"]).ok_or(("BOE-0007", "Het bedrag is geen bedrag."))?;
            let of_sale = |record: &&Value| record["verkoopBoeking"]["id"] == sale;
            let invoice =
                self.invoices.values().find(of_sale).ok_or(("BOE-0012", "De boeking bestaat niet."))?;
            let id = invoice["id"].as_str().unwrap_or_default().to_owned();
            sum = sum + amount;
            changes.push((id, amount));
        }
        if kind == Kind::BankBooking {
            let received = money(&booking["bedragOntvangen"]).unwrap_or(Money::ZERO);
            let spent = money(&booking["bedragUitgegeven"]).unwrap_or(Money::ZERO);
            if received - spent != sum {
                return Err(("BOE-0009", "De boeking is niet in balans."));
            }
        }
        for (id, amount) in changes {
            self.pay(&id, amount, true, now);
        }
        let id = format!("boeking-{:06}", self.bank_bookings.len() + self.memorial_bookings.len() + 1);
        booking["id"] = json!(id);
        booking["modifiedOn"] = json!(written(now));
        self.of_mut(kind).insert(id, booking.clone());
        Ok(booking)
    }
}

/// Without a time zone, as SnelStart writes it.
fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

/// A sales invoice with all its fields.
pub fn invoice(
    number_: &str,
    relation: &str,
    issued: jiff::civil::Date,
    due: jiff::civil::Date,
    total: Money,
) -> Value {
    let mut fields = Map::new();
    fields.insert("factuurnummer".to_owned(), json!(number_));
    fields.insert("factuurDatum".to_owned(), json!(format!("{issued}T00:00:00")));
    fields.insert("vervalDatum".to_owned(), json!(format!("{due}T00:00:00")));
    fields.insert("factuurBedrag".to_owned(), number(total));
    fields.insert("openstaandSaldo".to_owned(), number(total));
    fields.insert("relatie".to_owned(), json!({ "id": relation, "uri": format!("/relaties/{relation}") }));
    fields.insert("verkoopBoeking".to_owned(), json!({ "id": format!("verkoop-{number_}") }));
    Value::Object(fields)
}
