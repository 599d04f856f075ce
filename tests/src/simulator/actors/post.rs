//! The mail service's reports: delivered, bounced, complained of, late, twice or never.

use outside::mail::{Mail, tag_value};
use outside::sms::Sms;
use serde_json::{Map, Value, json};

use super::super::Sim;
use super::super::calendar::{DAY, HOUR, Instant, SECOND};
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

impl Sim {
    /// A text message was taken in: what the network will tell of it, if it does.
    pub(in super::super) fn report_on_text(&mut self, notice: &str, sms: &Sms) {
        if happens(&mut self.rng, self.weather.report_lost) {
            self.trace.add(self.now, || format!("no report will tell of {notice}"));
            return;
        }
        let end = match self.rng.u32(..30) {
            0 => "TEXT_INVALID",
            1 => "TEXT_CARRIER_UNREACHABLE",
            2 => "TEXT_UNREACHABLE",
            _ => "TEXT_DELIVERED",
        };
        let mut at = self.now;
        for kind in ["TEXT_SENT", end] {
            at += match self.rng.u32(..10) {
                0 => self.rng.i64(HOUR..9 * HOUR),
                1 if !self.calmed && !self.calm_from_the_start => self.rng.i64(HOUR..3 * DAY),
                _ => self.rng.i64(1..20 * SECOND),
            };
            let copies = if happens(&mut self.rng, self.weather.twice) { 2 } else { 1 };
            for _ in 0..copies {
                let body = text_report(kind, at, sms);
                let message = Message { queue: QueueName::Reports, body, received: 0 };
                self.agenda.put(at, Event::Deliver(message));
            }
        }
    }
}

/// A status event of AWS End User Messaging.
fn text_report(kind: &str, at: Instant, sms: &Sms) -> String {
    let context: Map<String, Value> =
        sms.context.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let detail = json!({ "eventType": kind, "eventTimestamp": at, "isFinal": kind != "TEXT_SENT",
        "messageId": "t", "context": context });
    json!({ "detail-type": "Text Message Delivery Status Updated", "source": "aws.sms-voice", "detail": detail })
        .to_string()
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
