//! The mail service's reports: delivered, bounced, complained of, late, twice or never.

use outside::mail::{Mail, tag_value};
use serde_json::{Map, Value, json};

use super::super::Sim;
use super::super::calendar::{DAY, HOUR, SECOND};
use super::super::edges::QueueName;
use super::super::engine::{Event, Message};
use super::super::weather::happens;

impl Sim {
    /// A mail was taken in: what the mail service will tell of it.
    pub(in super::super) fn report_on(&mut self, debtor: usize, notice: &str, mail: &Mail) {
        let (rng, weather) = (&mut self.rng, &self.weather);
        if happens(rng, weather.report_lost) {
            self.trace.add(self.now, || format!("no report will tell of {notice}"));
            return;
        }
        let fate = rng.u32(..60);
        let english = self.debtors[debtor].person.english;
        self.trace.add(self.now, || format!("{notice} is delivered with {fate}, in English: {english}"));
        let mut reports = vec![report("Send", mail)];
        match fate {
            0 => reports.push(bounce("Permanent", mail)),
            1 => reports.push(bounce("Transient", mail)),
            2 => reports.extend([report("Delivery", mail), report("Complaint", mail)]),
            3 => reports.extend([report("Delivery", mail), report("DeliveryDelay", mail)]),
            _ => reports.push(report("Delivery", mail)),
        }
        let mut at = self.now;
        for report in reports {
            at += match self.rng.u32(..10) {
                0 => self.rng.i64(HOUR..9 * HOUR),
                1 if !self.calmed && !self.calm_from_the_start => self.rng.i64(HOUR..3 * DAY),
                _ => self.rng.i64(1..20 * SECOND),
            };
            let copies = if happens(&mut self.rng, self.weather.twice) { 2 } else { 1 };
            for _ in 0..copies {
                let message = Message { queue: QueueName::Reports, body: report.clone(), received: 0 };
                self.agenda.put(at, Event::Deliver(message));
            }
        }
    }
}

fn detail(kind: &str, mail: &Mail) -> Value {
    let tags: Map<String, Value> =
        mail.tags.iter().map(|(name, value)| (name.clone(), json!([tag_value(value)]))).collect();
    json!({ "eventType": kind, "mail": { "tags": tags } })
}

fn report(kind: &str, mail: &Mail) -> String {
    on_the_bus(detail(kind, mail))
}

fn bounce(kind: &str, mail: &Mail) -> String {
    let mut detail = detail("Bounce", mail);
    detail["bounce"] = json!({ "bounceType": kind });
    on_the_bus(detail)
}

fn on_the_bus(detail: Value) -> String {
    json!({ "detail-type": "Email Event", "source": "aws.ses", "detail": detail }).to_string()
}
