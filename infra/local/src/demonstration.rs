//! The demonstration's data: some fifty debtors of an energy supplier whose stories are under way. They are told the way
//! they would happen: the supplier's books are at SnelStart's stand-in, a connection brings them here, and the calendar moves
//! on between what is booked there and what comes in here.

mod others;
mod people;

use std::net::SocketAddr;
use std::path::PathBuf;

use domain::calendar::{instant, today};
use domain::connection::Package;
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::accounting::StandIns;
use crate::accounting::snelstart::{Books, Kind, money};
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::failure::{Failure, Outcome, While};
use people::{Day, Person};

/// Days before today on which the first invoices are issued.
const BEGAN_DAYS_AGO: i64 = 118;

/// When records come in: before the window opens.
const MORNING: Time = Time::constant(7, 0, 0, 0);

/// What tells the story.
#[derive(Debug)]
pub struct Demonstration<'a> {
    pub door: SocketAddr,
    pub packages: &'a StandIns,
    pub credentials: &'a Credentials,
    pub calendar: &'a Calendar,
    pub clock: &'a Clock,
    /// A file that is there while the story is being told.
    pub begun: PathBuf,
}

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
        let http = Client::builder().build().during("preparing HTTP")?;
        let people = people::everybody(began);
        self.packages.snelstart.change(|books, at| {
            people.iter().for_each(|person| keep(books, Kind::Relation, &person.own, &person.relation, at));
        })?;
        self.connect(&http).await?;
        self.complete(&http, &people).await?;
        for (day, happened) in people::days(&people, began, today(now)) {
            let morning = instant(day, MORNING);
            if morning > self.calendar.now()? {
                self.clock.move_to(morning).await?;
            }
            self.packages.snelstart.change(|books, at| book(books, &happened, at))?;
            self.bulk(&http, happened.paid_here).await?;
        }
        self.clock.move_to(now.max(self.calendar.now()? + SignedDuration::from_secs(1))).await?;
        // What was booked today is not left to the next quarter of an hour.
        self.post(&http, "/v1/connections/snelstart/sync", &Value::Null).await?;
        self.clock.wait_until_idle().await?;
        self.connect_others(&http).await
    }

    /// Connects the administration as its user would: asks for a link, and follows it to SnelStart.
    async fn connect(&self, http: &Client) -> Outcome<()> {
        let asked_for = self.post(http, "/v1/connections", &json!({ "package": "snelstart" })).await?;
        let link = asked_for["activationUrl"].as_str().unwrap_or_default();
        let followed = http.get(link).send().await.during("activating the connection")?;
        followed.error_for_status().during("activating the connection")?;
        self.clock.wait_until_idle().await?;
        self.has_to_work(http, Package::SnelStart).await
    }

    async fn has_to_work(&self, http: &Client, package: Package) -> Outcome<()> {
        let connection = self.call(http.get(self.url(&format!("/v1/connections/{package}")))).await?;
        if connection["state"] == "active" && connection["succeededAt"].is_string() {
            Ok(())
        } else {
            Err(Failure::because(format!("the connection with {package} does not work: {connection}")))
        }
    }

    /// An accounting package knows no birth dates, initials or languages: the supplier's customer system tells them.
    async fn complete(&self, http: &Client, people: &[Person]) -> Outcome<()> {
        let debtor = |person: &Person| json!({ "type": "debtor", "id": person.id(), "body": person.body });
        self.bulk(http, people.iter().map(debtor).collect()).await?;
        for person in people.iter().filter(|person| person.opts_out) {
            let body = json!({ "enabled": false, "reason": "asked by phone" });
            self.post(http, &format!("/v1/debtors/{}/early-signalling", person.id()), &body).await?;
        }
        Ok(())
    }

    async fn bulk(&self, http: &Client, records: Vec<Value>) -> Outcome<()> {
        for records in records.chunks(200) {
            let answer = self.post(http, "/v1/bulk", &json!({ "records": records })).await?;
            let results = answer["results"].as_array().cloned().unwrap_or_default();
            if let Some(refused) = results.iter().find(|r| r["problem"].is_object()) {
                return Err(Failure::because(format!("the demonstration was refused: {refused}")));
            }
        }
        Ok(())
    }

    async fn post(&self, http: &Client, path: &str, body: &Value) -> Outcome<Value> {
        self.call(http.post(self.url(path)).json(body)).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.door)
    }

    async fn call(&self, request: RequestBuilder) -> Outcome<Value> {
        let answer = request
            .bearer_auth(&self.credentials.token)
            .send()
            .await
            .during("telling the demonstration's story")?;
        let status = answer.status();
        let body: Value = answer.json().await.during("reading an answer to the demonstration's story")?;
        if !status.is_success() {
            return Err(Failure::because(format!("the demonstration was refused: {status} {body}")));
        }
        Ok(body)
    }
}

/// A record there, unless an interrupted run put it there already.
fn keep(books: &mut Books, kind: Kind, id: &str, fields: &Value, at: Timestamp) {
    if books.get(kind, id).is_none() {
        books.put(kind, id, fields, at);
    }
}

/// What happens there on one day; what did happen already does not happen again.
fn book(books: &mut Books, happened: &Day, at: Timestamp) {
    for (id, invoice) in &happened.invoiced {
        keep(books, Kind::Invoice, id, invoice, at);
    }
    for id in &happened.paid_there {
        let open = books.get(Kind::Invoice, id).and_then(|invoice| money(&invoice["openstaandSaldo"]));
        if let Some(open) = open.filter(|open| open.is_positive()) {
            books.pay(id, open, true, at);
        }
    }
}
