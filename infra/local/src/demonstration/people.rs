//! Who is in the demonstration and what happens to them, day by day: what is booked at SnelStart, and what comes in here.

use std::collections::BTreeMap;

use domain::Money;
use domain::connection::Package;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::accounting::snelstart::sales_invoice;

/// Days between an invoice and its due date.
const TERM_DAYS: i64 = 14;

/// Distance of two invoices of a debtor, in days.
const EVERY_DAYS: i64 = 28;

const COUNT: usize = 52;

/// How a debtor pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// Days after the due date, as SnelStart's own bank link books it.
    PaysThereAfter(i64),
    /// Days after the due date, as it comes in here.
    PaysHereAfter(i64),
    Never,
    /// The first invoice only.
    PaysFirst,
}

/// One made-up debtor.
#[derive(Debug)]
pub struct Person {
    /// SnelStart's own id.
    pub own: String,
    /// As SnelStart knows them.
    pub relation: Value,
    /// As the creditor's customer system does: with a birth date.
    pub body: Value,
    habit: Habit,
    cents: i64,
    pub opts_out: bool,
}

impl Person {
    /// Their id here.
    pub fn id(&self) -> String {
        Package::SnelStart.record_id(&self.own)
    }
}

/// What happens on one day.
#[derive(Debug, Default)]
pub struct Day {
    /// New invoices there, with their ids.
    pub invoiced: Vec<(String, Value)>,
    /// Invoices that are paid there.
    pub paid_there: Vec<String>,
    /// Payments that come in here, as records of a bulk call.
    pub paid_here: Vec<Value>,
}

const NAMES: [(&str, Option<&str>, &str); 20] = [
    ("A.", Some("van den"), "Berg"),
    ("F.", None, "Yilmaz"),
    ("J.", Some("de"), "Vries"),
    ("M.", None, "Jansen"),
    ("S.", Some("el"), "Amrani"),
    ("P.", None, "Bakker"),
    ("K.", None, "Kowalski"),
    ("T.", Some("van"), "Dijk"),
    ("R.", None, "Ramdin"),
    ("H.", None, "Visser"),
    ("L.", None, "Smit"),
    ("N.", None, "Nguyen"),
    ("C.", Some("de"), "Boer"),
    ("E.", None, "Mulder"),
    ("W.", None, "de Groot"),
    ("B.", None, "Bos"),
    ("D.", None, "Demir"),
    ("G.", None, "Hendriks"),
    ("I.", Some("van"), "Leeuwen"),
    ("O.", None, "Okafor"),
];

const ADDRESSES: [(&str, &str, &str, &str); 8] = [
    ("Oudegracht", "1", "3511AA", "Utrecht"),
    ("Dam", "2", "1012JS", "Amsterdam"),
    ("Coolsingel", "40", "3011AD", "Rotterdam"),
    ("Grote Markt", "5", "9711LM", "Groningen"),
    ("Stationsplein", "7", "5611AZ", "Eindhoven"),
    ("Plein 1944", "12", "6511PP", "Nijmegen"),
    ("Breestraat", "20", "2312AX", "Leiden"),
    ("Dorpsstraat", "3", "3431AA", "Nieuwegein"),
];

/// Everybody.
pub fn everybody(began: Date) -> Vec<Person> {
    (0..COUNT).map(|n| person(n, began)).collect()
}

fn person(n: usize, began: Date) -> Person {
    let (initials, prefix, surname) = NAMES[n % NAMES.len()];
    let (street, number, postcode, city) = ADDRESSES[(n * 3 + n / 8) % ADDRESSES.len()];
    let business = n % 13 == 12;
    let name = match prefix {
        _ if business => format!("{surname} Techniek B.V."),
        Some(prefix) => format!("{initials} {prefix} {surname}"),
        None => format!("{initials} {surname}"),
    };
    let code = 10_000 + n * 7;
    let email = match n {
        17 => None,
        31 => Some(format!("bounce+{n}@simulator.amazonses.com")),
        _ => Some(format!("debtor{n:02}@example.nl")),
    };
    let mobile = format!("+3161234{:04}", 5_600 + n);
    let kvk = business.then(|| format!("{:08}", 12_340_000 + n));
    let dunning = match n {
        _ if business => "Onderneming",
        48 => "Nee",
        _ => "Consument",
    };
    let relation = json!({
        "relatiesoort": ["Klant"], "relatiecode": code, "naam": name, "aanmaningsoort": dunning,
        "vestigingsAdres": { "straat": format!("{street} {number}"), "postcode": postcode, "plaats": city, "land": null },
        "email": email, "mobieleTelefoon": mobile, "kvkNummer": kvk,
    });
    let born = (!business && n != 23)
        .then(|| format!("{}-{:02}-{:02}", 1950 + (n * 7) % 50, 1 + n % 12, 1 + n % 28));
    let person = json!({ "initials": initials, "prefix": prefix, "surname": surname, "birthDate": born });
    let body = json!({
        "number": code.to_string(),
        "kind": if business { "business" } else { "consumer" },
        "name": name,
        "person": if business { Value::Null } else { person },
        "emails": email.into_iter().collect::<Vec<_>>(),
        "phone": null,
        "mobile": mobile,
        "language": if n % 9 == 6 { "en" } else { "nl" },
        "kvkNumber": kvk,
        "vatId": null, "iban": null,
        "address": { "street": street, "houseNumber": number, "suffix": null, "postcode": postcode, "city": city,
            "country": "NL" },
        "policyId": null, "labels": [],
        "modifiedAt": format!("{began}T06:00:00Z"),
    });
    let habit = match n % 10 {
        0 | 1 | 4 => Habit::PaysThereAfter(-2),
        2 | 7 => Habit::PaysHereAfter(9),
        3 => Habit::PaysThereAfter(24),
        5 => Habit::PaysFirst,
        6 => Habit::PaysHereAfter(37),
        _ => Habit::Never,
    };
    let cents = 8_450 + i64::try_from(n).unwrap_or_default() * 391 % 14_000;
    Person { own: format!("z{n:02}"), relation, body, habit, cents, opts_out: n % 20 == 9 }
}

/// Everything that happens, day by day.
pub fn days(people: &[Person], began: Date, until: Date) -> BTreeMap<Date, Day> {
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for (n, person) in people.iter().enumerate() {
        // Two days of invoicing, so that the story has quiet days too.
        let first = began.saturating_add((1 + 14 * i64::from(n % 2 == 1)).days());
        for month in 0_u8.. {
            let issued = first.saturating_add((EVERY_DAYS * i64::from(month)).days());
            if issued > until {
                break;
            }
            let due = issued.saturating_add(TERM_DAYS.days());
            let id = format!("{}-{}", person.own, month + 1);
            let number = format!("2026-{:05}", 1_000 + n * 20 + usize::from(month));
            let total = Money::from_cents(person.cents);
            let invoice = sales_invoice(&number, &person.own, issued, due, total);
            days.entry(issued).or_default().invoiced.push((id.clone(), invoice));
            let (paid_after, there) = match person.habit {
                Habit::PaysThereAfter(days) => (Some(days), true),
                Habit::PaysHereAfter(days) => (Some(days), false),
                Habit::PaysFirst if month == 0 => (Some(3), true),
                Habit::PaysFirst | Habit::Never => (None, true),
            };
            let paid = paid_after.map(|days| due.saturating_add(days.days())).filter(|paid| *paid <= until);
            match paid.map(|paid| (paid, days.entry(paid).or_default())) {
                Some((_, day)) if there => day.paid_there.push(id),
                Some((paid, day)) => day.paid_here.push(payment(&id, total, paid)),
                None => {}
            }
        }
    }
    days
}

fn payment(invoice: &str, amount: Money, paid: Date) -> Value {
    let body = json!({
        "kind": "payment", "invoiceId": Package::SnelStart.record_id(invoice), "debtorId": null, "amount": amount,
        "receivedOn": paid, "reference": null, "reasonCode": null, "modifiedAt": format!("{paid}T06:00:00Z"),
    });
    json!({ "type": "payment", "id": format!("bank-{invoice}"), "body": body })
}
