//! What SES tells on EventBridge about a mail (SES developer guide, "Event data that Amazon SES publishes to EventBridge").

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cloud::{ACCOUNT, REGION};
use crate::mailbox::Mail;

/// What becomes of a mail is decided by its address, as at SES's mailbox simulator: the part before `@` (a label after `+` aside).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Delivered,
    Bounced,
    Complained,
}

fn fate(mail: &Mail) -> Fate {
    let first = mail.to.first().map(String::as_str).unwrap_or_default();
    let name = first.split('@').next().unwrap_or_default();
    match name.split('+').next().unwrap_or_default() {
        "bounce" => Fate::Bounced,
        "complaint" => Fate::Complained,
        _ => Fate::Delivered,
    }
}

/// Detail types and details, in the order in which they happen.
pub fn of(mail: &Mail, now: Timestamp) -> Vec<(&'static str, Value)> {
    let mut events = vec![("Email Sent", event("Send", mail, "send", json!({})))];
    let delivery = json!({
        "timestamp": now.to_string(),
        "processingTimeMillis": 100,
        "recipients": mail.to,
        "smtpResponse": "250 2.0.0 OK",
        "reportingMTA": "mta.local",
    });
    match fate(mail) {
        Fate::Delivered => events.push(("Email Delivered", event("Delivery", mail, "delivery", delivery))),
        Fate::Bounced => {
            let recipients: Vec<Value> = mail
                .to
                .iter()
                .map(|to| json!({"emailAddress": to, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}))
                .collect();
            let bounce = json!({
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": recipients,
                "timestamp": now.to_string(),
                "feedbackId": mail.id,
                "reportingMTA": "dns; mta.local",
            });
            events.push(("Email Bounced", event("Bounce", mail, "bounce", bounce)));
        }
        Fate::Complained => {
            let recipients: Vec<Value> = mail.to.iter().map(|to| json!({"emailAddress": to})).collect();
            let complaint = json!({
                "complainedRecipients": recipients,
                "timestamp": now.to_string(),
                "feedbackId": mail.id,
                "complaintFeedbackType": "abuse",
            });
            events.push(("Email Delivered", event("Delivery", mail, "delivery", delivery)));
            events.push(("Email Complaint Received", event("Complaint", mail, "complaint", complaint)));
        }
    }
    events
}

fn event(kind: &str, mail: &Mail, part: &str, about: Value) -> Value {
    let mut tags: serde_json::Map<String, Value> =
        mail.tags.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
    if let Some(set) = &mail.configuration_set {
        tags.insert("ses:configuration-set".to_owned(), json!([set]));
    }
    let domain = mail.from.rsplit('@').next().unwrap_or_default().trim_end_matches('>');
    tags.insert("ses:from-domain".to_owned(), json!([domain]));
    let mut detail = json!({
        "eventType": kind,
        "mail": {
            "timestamp": mail.sent_at.to_string(),
            "source": mail.from,
            "sourceArn": format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}"),
            "sendingAccountId": ACCOUNT,
            "messageId": mail.id,
            "destination": mail.to,
            "headersTruncated": false,
            "headers": [],
            "commonHeaders": {"from": [mail.from], "to": mail.to, "messageId": mail.id, "subject": mail.subject},
            "tags": tags,
        },
    });
    if let Some(detail) = detail.as_object_mut() {
        detail.insert(part.to_owned(), about);
    }
    detail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail_to(to: &str) -> Mail {
        Mail {
            id: "m".to_owned(),
            from: "a@example.nl".to_owned(),
            to: vec![to.to_owned()],
            subject: String::new(),
            text: None,
            html: None,
            attachments: Vec::new(),
            tags: [("notice".to_owned(), "n1".to_owned())].into(),
            configuration_set: Some("tijdig".to_owned()),
            sent_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_address_decides_what_becomes_of_a_mail() {
        let table = [
            ("j@example.nl", vec!["Send", "Delivery"]),
            ("success@simulator.amazonses.com", vec!["Send", "Delivery"]),
            ("bounce@simulator.amazonses.com", vec!["Send", "Bounce"]),
            ("bounce+d1@example.nl", vec!["Send", "Bounce"]),
            ("complaint@simulator.amazonses.com", vec!["Send", "Delivery", "Complaint"]),
        ];
        for (to, expected) in table {
            let events = of(&mail_to(to), Timestamp::UNIX_EPOCH);
            let kinds: Vec<_> =
                events.iter().map(|(_, detail)| detail["eventType"].as_str().unwrap()).collect();
            assert_eq!(kinds, expected, "{to}");
        }
    }

    #[test]
    fn every_event_carries_the_tags_as_lists() {
        for (_, detail) in of(&mail_to("complaint@example.nl"), Timestamp::UNIX_EPOCH) {
            assert_eq!(detail["mail"]["tags"]["notice"], json!(["n1"]));
            assert_eq!(detail["mail"]["tags"]["ses:configuration-set"], json!(["tijdig"]));
        }
    }
}
