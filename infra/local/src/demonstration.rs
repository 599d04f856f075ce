//! The demonstration's data: some fifty debtors of an energy supplier whose stories are under way. They are told the way
//! they would happen: records come in over HTTP as from an accounting tool, and the calendar moves on between them.

use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::failure::{Failure, Outcome, While};
use domain::calendar::{instant, today};

/// Days before today on which the first invoices are issued.
const BEGAN_DAYS_AGO: i64 = 118;

/// When records come in: before the window opens.
const MORNING: Time = Time::constant(7, 0, 0, 0);

/// Days between an invoice and its due date.
const TERM_DAYS: i64 = 14;

/// Distance of two invoices of a debtor, in days.
const EVERY_DAYS: i64 = 28;

const COUNT: usize = 52;

/// How a debtor pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// Days after the due date.
    PaysAfter(i64),
    Never,
    /// The first invoice only.
    PaysFirst,
}

/// One made-up debtor.
#[derive(Debug)]
struct Person {
    id: String,
    body: Value,
    habit: Habit,
    cents: i64,
    opts_out: bool,
}

/// What tells the story.
#[derive(Debug)]
pub struct Demonstration<'a> {
    pub door: SocketAddr,
    pub credentials: &'a Credentials,
    pub calendar: &'a Calendar,
    pub clock: &'a Clock,
    /// A file that is there while the story is being told.
    pub begun: PathBuf,
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

impl Demonstration<'_> {
    /// Tells the story if it is to be told anew, or goes on where a run that was stopped left it: records that came
    /// in already change nothing.
    pub async fn tell_if(&self, anew: bool) -> Outcome<()> {
        let now = Timestamp::now();
        if anew {
            let began = today(now).saturating_add((-BEGAN_DAYS_AGO).days());
            std::fs::write(&self.begun, began.to_string()).during("beginning the demonstration's story")?;
            self.calendar.set(instant(began, MORNING))?;
        }
        let began = match std::fs::read_to_string(&self.begun) {
            Ok(text) => text.trim().parse::<Date>().during("reading when the demonstration's story began")?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).during("reading when the demonstration's story began"),
        };
        println!("telling the demonstration's story: some fifty debtors, four months");
        self.tell(began, now).await?;
        std::fs::remove_file(&self.begun).during("ending the demonstration's story")
    }

    async fn tell(&self, began: Date, now: Timestamp) -> Outcome<()> {
        let http = reqwest::Client::builder().build().during("preparing HTTP")?;
        let people: Vec<Person> = (0..COUNT).map(|n| person(n, began)).collect();
        let debtors = people.iter().map(|p| record("debtor", &p.id, &p.body)).collect();
        self.bulk(&http, debtors).await?;
        for person in people.iter().filter(|p| p.opts_out) {
            let body = json!({ "enabled": false, "reason": "asked by phone" });
            let path = format!("/v1/debtors/{}/early-signalling", person.id);
            self.post(&http, &path, &body).await?;
        }
        for (day, records) in days(&people, began, today(now)) {
            let morning = instant(day, MORNING);
            if morning > self.calendar.now()? {
                self.clock.move_to(morning).await?;
            }
            self.bulk(&http, records).await?;
        }
        self.clock.move_to(now.max(self.calendar.now()? + SignedDuration::from_secs(1))).await
    }

    async fn bulk(&self, http: &reqwest::Client, records: Vec<Value>) -> Outcome<()> {
        for records in records.chunks(200) {
            let answer = self.post(http, "/v1/bulk", &json!({ "records": records })).await?;
            let results = answer["results"].as_array().cloned().unwrap_or_default();
            if let Some(refused) = results.iter().find(|r| r["problem"].is_object()) {
                return Err(Failure::because(format!("the demonstration was refused: {refused}")));
            }
        }
        Ok(())
    }

    async fn post(&self, http: &reqwest::Client, path: &str, body: &Value) -> Outcome<Value> {
        let url = format!("http://{}{path}", self.door);
        let request = http.post(url).bearer_auth(&self.credentials.token).json(body);
        let answer = request.send().await.during("telling the demonstration's story")?;
        let status = answer.status();
        let body: Value = answer.json().await.during("reading an answer to the demonstration's story")?;
        if !status.is_success() {
            return Err(Failure::because(format!("the demonstration was refused: {status} {body}")));
        }
        Ok(body)
    }
}

fn record(kind: &str, id: &str, body: &Value) -> Value {
    json!({ "type": kind, "id": id, "body": body })
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
    let email = match n {
        17 => None,
        31 => Some(format!("bounce+{n}@simulator.amazonses.com")),
        _ => Some(format!("debtor{n:02}@example.nl")),
    };
    let born = (!business && n != 23)
        .then(|| format!("{}-{:02}-{:02}", 1950 + (n * 7) % 50, 1 + n % 12, 1 + n % 28));
    let person = json!({ "initials": initials, "prefix": prefix, "surname": surname, "birthDate": born });
    let body = json!({
        "number": format!("Z-{:05}", 10_000 + n * 7),
        "kind": if business { "business" } else { "consumer" },
        "name": name,
        "person": if business { Value::Null } else { person },
        "emails": email.into_iter().collect::<Vec<_>>(),
        "phone": null,
        "mobile": format!("+3161234{:04}", 5_600 + n),
        "language": if n % 9 == 6 { "en" } else { "nl" },
        "kvkNumber": if business { Some(format!("{:08}", 12_340_000 + n)) } else { None },
        "vatId": null, "iban": null,
        "address": { "street": street, "houseNumber": number, "suffix": null, "postcode": postcode, "city": city,
            "country": "NL" },
        "policyId": null, "labels": [],
        "modifiedAt": format!("{began}T06:00:00Z"),
    });
    let habit = match n % 10 {
        0 | 1 | 4 => Habit::PaysAfter(-2),
        2 | 7 => Habit::PaysAfter(9),
        3 => Habit::PaysAfter(24),
        5 => Habit::PaysFirst,
        6 => Habit::PaysAfter(37),
        _ => Habit::Never,
    };
    let cents = 8_450 + i64::try_from(n).unwrap_or_default() * 391 % 14_000;
    Person { id: format!("z{n:02}"), body, habit, cents, opts_out: n % 20 == 9 }
}

/// Everything that comes in, day by day.
fn days(people: &[Person], began: Date, until: Date) -> Vec<(Date, Vec<Value>)> {
    let mut days: std::collections::BTreeMap<Date, Vec<Value>> = std::collections::BTreeMap::new();
    for (n, person) in people.iter().enumerate() {
        // Two days of invoicing, so that the story has quiet days too.
        let first = began.saturating_add((1 + 14 * i64::from(n % 2 == 1)).days());
        for month in 0.. {
            let issued = first.saturating_add((EVERY_DAYS * month).days());
            if issued > until {
                break;
            }
            let due = issued.saturating_add(TERM_DAYS.days());
            let id = format!("{}-{}", person.id, month + 1);
            days.entry(issued).or_default().push(record(
                "invoice",
                &id,
                &invoice(person, n, month, issued, due),
            ));
            let paid_after = match person.habit {
                Habit::PaysAfter(days) => Some(days),
                Habit::PaysFirst if month == 0 => Some(3),
                Habit::PaysFirst | Habit::Never => None,
            };
            if let Some(paid) = paid_after.map(|d| due.saturating_add(d.days())).filter(|paid| *paid <= until)
            {
                days.entry(paid).or_default().push(record(
                    "payment",
                    &format!("p-{id}"),
                    &payment(person, &id, paid),
                ));
            }
        }
    }
    days.into_iter().collect()
}

fn euros(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn invoice(person: &Person, n: usize, month: i64, issued: Date, due: Date) -> Value {
    let total = euros(person.cents);
    json!({
        "debtorId": person.id, "number": format!("2026-{:05}", 1_000 + n * 20 + usize::try_from(month).unwrap_or_default()),
        "kind": "invoice", "issueDate": issued.to_string(), "dueDate": due.to_string(), "currency": "EUR",
        "total": total, "open": total, "recurringTerm": true, "paymentReference": null, "paymentCondition": null,
        "corrects": null, "lines": [{ "description": "Termijnbedrag stroom en gas", "amount": total }], "labels": [],
        "modifiedAt": format!("{issued}T06:00:00Z"),
    })
}

fn payment(person: &Person, invoice: &str, paid: Date) -> Value {
    json!({
        "kind": "payment", "invoiceId": invoice, "debtorId": null, "amount": euros(person.cents),
        "receivedOn": paid.to_string(), "reference": null, "reasonCode": null,
        "modifiedAt": format!("{paid}T06:00:00Z"),
    })
}
