//! One record of a file as the bodies that the API takes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use contracts::api::bulk::{BulkRecord, RecordKind};
use domain::{Money, Violation};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::fields::{self, Field, Holds};
use super::layout::Layout;
use super::mapping::Source;
use super::{date, number};
use crate::reference;
use crate::statement::one_space;

/// Longest id, in characters, before one is made from it.
const LONGEST_ID: usize = domain::ids::LONGEST;

/// What the record says, or everything that is wrong with it.
pub(super) fn records(
    layout: &Layout,
    cells: &[Cow<str>],
    imported_at: Timestamp,
) -> Result<Vec<BulkRecord>, Vec<Violation>> {
    let filled = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    if filled > layout.width || cells.len() < layout.width {
        let detail = format!("has as many cells as the first record: {}", layout.width);
        return Err(vec![Violation::new("", "cell_count", detail)]);
    }
    let mut row = Row { layout, values: BTreeMap::new(), wrong: Vec::new() };
    row.fill(cells);
    let made = [row.debtor(imported_at), row.invoice(imported_at), row.payment(imported_at)];
    let made: Vec<BulkRecord> = made.into_iter().flatten().collect();
    if !row.wrong.is_empty() {
        return Err(row.wrong);
    }
    if made.is_empty() {
        return Err(vec![Violation::new("", "empty_record", "fills at least one field of a record")]);
    }
    Ok(made)
}

struct Row<'l> {
    layout: &'l Layout,
    /// Each field that is filled, as JSON has it. Amounts have their sign.
    values: BTreeMap<&'static str, Value>,
    wrong: Vec<Violation>,
}

impl Row<'_> {
    fn fill(&mut self, cells: &[Cow<str>]) {
        for (name, source) in &self.layout.mapping.fields {
            let Some(field) = fields::find(name) else { continue };
            let cell = match source {
                Source::Constant(text) => text.as_str(),
                Source::Column(_) => {
                    let place = self.layout.columns.get(name);
                    place.and_then(|place| cells.get(*place)).map_or("", |cell| cell.as_ref())
                }
            };
            let cell = one_space([cell]);
            if cell.is_empty() {
                continue;
            }
            match self.value(field, &cell) {
                Ok(value) => {
                    self.values.insert(field.name, value);
                }
                Err((rule, detail)) => self.refuse(field.name, rule, &detail),
            }
        }
    }

    fn value(&self, field: &Field, cell: &str) -> Result<Value, (&'static str, String)> {
        let told = |(rule, detail): (&'static str, &str)| (rule, detail.to_owned());
        let order = self.layout.date_order;
        match field.holds {
            Holds::Text => Ok(json!(cell)),
            Holds::Id => Ok(json!(plain_id(cell))),
            Holds::Amount => {
                let amount = number::amount(cell, self.layout.decimal_mark);
                amount.map(|amount| json!(amount)).map_err(|fault| told(fault.told()))
            }
            Holds::Date => date::date(cell, order).map(|on| json!(on)).map_err(|fault| told(fault.told())),
            Holds::BirthDate => {
                date::birth_date(cell, order).map(|on| json!(on)).map_err(|fault| told(fault.told()))
            }
            Holds::Instant => {
                date::instant(cell, order).map(|at| json!(at)).map_err(|fault| told(fault.told()))
            }
            Holds::Flag => match cell.to_lowercase().as_str() {
                "true" | "1" | "yes" | "y" | "ja" | "j" | "waar" | "x" => Ok(json!(true)),
                "false" | "0" | "no" | "n" | "nee" | "onwaar" | "-" => Ok(json!(false)),
                _ => Err(("unknown_word", "is yes or no".to_owned())),
            },
            Holds::List => {
                let parts = cell.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
                Ok(parts.collect())
            }
            Holds::Reference => Ok(payment_reference(cell)),
            Holds::Choice(words) => {
                let lower = cell.to_lowercase();
                let meant = words.iter().find(|(word, _)| *word == lower).map(|(_, meaning)| json!(meaning));
                meant.ok_or_else(|| ("unknown_word", format!("is one of {}", known(words))))
            }
        }
    }

    fn refuse(&mut self, field: &str, rule: &'static str, detail: &str) {
        self.wrong.push(Violation::new(field, rule, detail));
    }

    /// Whether the record is there at all: a field of its own is filled, by a column where it has one.
    fn has(&self, record: &str) -> bool {
        let own = |name: &str| name.split_once('.').is_some_and(|(kind, _)| kind == record);
        let by_column = |name: &str| matches!(self.layout.mapping.fields.get(name), Some(Source::Column(_)));
        let refused = self.wrong.iter().any(|wrong| own(&wrong.path));
        refused || self.values.keys().any(|name| own(name) && by_column(name))
    }

    fn text(&self, field: &str) -> Option<String> {
        self.values.get(field)?.as_str().map(str::to_owned)
    }

    fn amount(&self, field: &str) -> Option<Money> {
        self.values.get(field)?.as_str()?.parse().ok()
    }

    fn was_refused(&self, field: &str) -> bool {
        self.wrong.iter().any(|wrong| wrong.path == field)
    }

    /// The first of these that is filled; what is missing is refused under the name of the first.
    fn required(&mut self, names: [&str; 2]) -> String {
        let found = names.iter().find_map(|name| self.text(name));
        found.unwrap_or_else(|| {
            if !names.iter().any(|name| self.was_refused(name)) {
                self.refuse(names[0], "required", "is filled");
            }
            String::new()
        })
    }

    fn debtor_id(&self) -> Option<String> {
        self.text("debtor.id").or_else(|| self.text("debtor.number").map(|number| plain_id(&number)))
    }

    fn invoice_id(&self) -> Option<String> {
        self.text("invoice.id").or_else(|| self.text("invoice.number").map(|number| plain_id(&number)))
    }

    fn or_null(&self, field: &str) -> Value {
        self.values.get(field).cloned().unwrap_or(Value::Null)
    }

    fn changed_at(&self, field: &str, imported_at: Timestamp) -> Value {
        self.values.get(field).cloned().unwrap_or_else(|| json!(imported_at))
    }

    fn debtor(&mut self, imported_at: Timestamp) -> Option<BulkRecord> {
        if !self.layout.mapping.describes("debtor") || !self.has("debtor") {
            return None;
        }
        let number = self.required(["debtor.number", "debtor.id"]);
        let name = self.text("debtor.name").or_else(|| self.person_name());
        if name.is_none() {
            self.refuse("debtor.name", "required", "is filled");
        }
        let business =
            ["debtor.kvkNumber", "debtor.vatId"].iter().any(|field| self.values.contains_key(field));
        let by_itself = if business { "business" } else { "consumer" };
        let mut body = json!({
            "number": number,
            "kind": self.values.get("debtor.kind").cloned().unwrap_or_else(|| json!(by_itself)),
            "name": name,
            "person": self.person(),
            "address": self.address(),
            "modifiedAt": self.changed_at("debtor.modifiedAt", imported_at),
        });
        let rest = ["emails", "phone", "mobile", "kvkNumber", "vatId", "iban", "policyId", "labels"]
            .map(|key| (key, true));
        self.add(&mut body, "debtor", &rest);
        self.add(&mut body, "debtor", &[("language", false)]);
        Some(BulkRecord { kind: RecordKind::Debtor, id: self.debtor_id().unwrap_or_default(), body })
    }

    /// Adds fields under their own names; those that are not filled as null, or not at all.
    fn add(&self, body: &mut Value, record: &str, keys: &[(&str, bool)]) {
        for (key, or_null) in keys {
            let value = self.or_null(&format!("{record}.{key}"));
            if *or_null || !value.is_null() {
                body[*key] = value;
            }
        }
    }

    fn person_name(&self) -> Option<String> {
        let surname = self.text("debtor.person.surname")?;
        let first = ["debtor.person.initials", "debtor.person.prefix"].map(|field| self.text(field));
        Some(one_space(first.iter().flatten().map(String::as_str).chain([surname.as_str()])))
    }

    fn person(&mut self) -> Value {
        let Some(person) = self.part("debtor.person.", &["initials", "prefix", "surname", "birthDate"])
        else {
            return Value::Null;
        };
        if person["surname"].is_null() {
            self.refuse("debtor.person.surname", "required", "is filled where the person is");
        }
        person
    }

    fn address(&mut self) -> Value {
        let keys = ["street", "houseNumber", "suffix", "postcode", "city", "country"];
        let Some(mut address) = self.part("debtor.address.", &keys) else { return Value::Null };
        // A country alone is what every line has.
        if ["street", "city", "postcode"].iter().all(|key| address[*key].is_null()) {
            return Value::Null;
        }
        for (key, field) in [("street", "debtor.address.street"), ("city", "debtor.address.city")] {
            if address[key].is_null() {
                self.refuse(field, "required", "is filled where the address is");
                address[key] = json!("");
            }
        }
        address
    }

    /// The fields under `prefix` as an object, if any is filled.
    fn part(&self, prefix: &str, keys: &[&str]) -> Option<Value> {
        let value = |key: &&str| ((*key).to_owned(), self.or_null(&format!("{prefix}{key}")));
        let object: Map<String, Value> = keys.iter().map(value).collect();
        object.values().any(|value| !value.is_null()).then_some(Value::Object(object))
    }

    fn invoice(&mut self, imported_at: Timestamp) -> Option<BulkRecord> {
        if !self.layout.mapping.describes("invoice") || !self.has("invoice") {
            return None;
        }
        let number = self.required(["invoice.number", "invoice.id"]);
        let debtor = self.text("invoice.debtorId").or_else(|| self.debtor_id());
        if debtor.is_none() {
            self.refuse("invoice.debtorId", "required", "is filled");
        }
        self.required(["invoice.issueDate"; 2]);
        self.required(["invoice.total"; 2]);
        let kind = self.invoice_kind();
        if kind == "invoice" {
            self.required(["invoice.dueDate"; 2]);
        }
        let mut body = json!({
            "debtorId": debtor,
            "number": number,
            "kind": kind,
            "currency": self.values.get("invoice.currency").cloned().unwrap_or_else(|| json!("EUR")),
            "total": self.without_sign("invoice.total", kind),
            "open": self.without_sign("invoice.open", kind),
            "modifiedAt": self.changed_at("invoice.modifiedAt", imported_at),
        });
        let rest = [
            "issueDate",
            "dueDate",
            "recurringTerm",
            "paymentReference",
            "paymentCondition",
            "policyId",
            "corrects",
            "labels",
        ];
        self.add(&mut body, "invoice", &rest.map(|key| (key, true)));
        Some(BulkRecord { kind: RecordKind::Invoice, id: self.invoice_id().unwrap_or_default(), body })
    }

    /// Where no column says it, the sign of the total does.
    fn invoice_kind(&self) -> &'static str {
        match self.text("invoice.kind").as_deref() {
            Some("creditNote") => "creditNote",
            Some(_) => "invoice",
            None if self.amount("invoice.total").is_some_and(Money::is_negative) => "creditNote",
            None => "invoice",
        }
    }

    /// The amount as the API wants it: the kind gives the sign. What is open has the sign of the total.
    fn without_sign(&mut self, field: &str, kind: &str) -> Value {
        let Some(amount) = self.amount(field) else { return Value::Null };
        let total = self.amount("invoice.total").unwrap_or(amount);
        let against = !amount.is_zero() && !total.is_zero() && amount.is_negative() != total.is_negative();
        if (amount.is_negative() && kind == "invoice") || against {
            self.refuse(field, "negative_amount", "has the sign that the kind of the invoice gives");
        }
        json!(amount.abs())
    }

    fn payment(&mut self, imported_at: Timestamp) -> Option<BulkRecord> {
        if !self.has("payment") {
            return None;
        }
        let id = self.required(["payment.id"; 2]);
        self.required(["payment.amount"; 2]);
        self.required(["payment.receivedOn"; 2]);
        let invoice = self.text("payment.invoiceId").or_else(|| self.invoice_id());
        let debtor = self.text("payment.debtorId").or_else(|| self.debtor_id());
        if invoice.is_none() && debtor.is_none() {
            self.refuse("payment.invoiceId", "required", "is filled, or the debtor is");
        }
        let amount = self.amount("payment.amount").unwrap_or_default();
        let kind = self.text("payment.kind");
        if amount.is_negative() && kind.as_deref().is_some_and(|kind| kind != "reversal") {
            self.refuse("payment.amount", "negative_amount", "is negative for a reversal only");
        }
        let by_itself = if amount.is_negative() { "reversal" } else { "payment" };
        let mut body = json!({
            "kind": kind.unwrap_or_else(|| by_itself.to_owned()),
            "invoiceId": invoice,
            "debtorId": debtor,
            "amount": amount.abs(),
            "modifiedAt": self.changed_at("payment.modifiedAt", imported_at),
        });
        self.add(&mut body, "payment", &["receivedOn", "reference", "reasonCode"].map(|key| (key, true)));
        Some(BulkRecord { kind: RecordKind::Payment, id, body })
    }
}

fn known(words: &[(&str, &str)]) -> String {
    words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
}

/// The text itself where it is an id; else what an id can hold of it, and a hash that keeps ids apart.
fn plain_id(text: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.len() <= LONGEST_ID && text.chars().all(|c| allowed(&c)) {
        return text.to_owned();
    }
    let plain: String = text.chars().filter(allowed).take(40).collect();
    let hash: String = Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{plain}-{hash}")
}

fn payment_reference(cell: &str) -> Value {
    let plain: String = cell.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    if reference::check_rf(&plain).is_ok() {
        json!({ "scheme": "rf", "value": plain })
    } else if plain.len() == 16 && reference::check_nl(&plain).is_ok() {
        json!({ "scheme": "nl16", "value": plain })
    } else {
        json!({ "scheme": "text", "value": cell })
    }
}
