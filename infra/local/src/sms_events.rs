//! What AWS End User Messaging tells on EventBridge about a text message ("Event types for SMS, MMS, and voice").

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::messages::Message;

/// What becomes of a message is decided by the last digits of its number. The first in the table says something bad of the
/// number, the others of the network or of nobody.
const FATES: [(&str, &[&str]); 6] = [
    ("0001", &["TEXT_INVALID"]),
    ("0002", &["TEXT_SENT", "TEXT_BLOCKED"]),
    ("0003", &["TEXT_SENT", "TEXT_UNREACHABLE"]),
    ("0004", &["TEXT_SENT", "TEXT_CARRIER_UNREACHABLE"]),
    ("0005", &["TEXT_SENT", "TEXT_TTL_EXPIRED"]),
    // The network never says what became of it.
    ("0006", &[]),
];

/// Whoever has a number that ends in this has answered STOP: nothing is taken in for it.
pub const OPTED_OUT: &str = "0009";

/// The kinds of event of a message, in the order in which they happen.
pub fn kinds(to: &str) -> &'static [&'static str] {
    let fate = FATES.iter().find(|(digits, _)| to.ends_with(digits));
    fate.map_or(&["TEXT_SENT", "TEXT_DELIVERED"], |(_, kinds)| kinds)
}

/// The event's detail. On EventBridge it does not name the number.
pub fn detail(kind: &str, message: &Message, now: Timestamp) -> Value {
    let status = kind.trim_start_matches("TEXT_");
    json!({
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": now.as_millisecond(),
        "isFinal": kind != "TEXT_SENT",
        "originationPhoneNumber": message.from,
        "isoCountryCode": "NL",
        "messageId": message.id,
        "messageRequestTimestamp": message.sent_at.as_millisecond(),
        "messageType": "TRANSACTIONAL",
        "messageStatus": status,
        "messageStatusDescription": format!("the stand-in says {status}"),
        "context": message.context,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_decides_what_becomes_of_a_message() {
        let table: [(&str, &[&str]); 4] = [
            ("+31612345678", &["TEXT_SENT", "TEXT_DELIVERED"]),
            ("+31612340001", &["TEXT_INVALID"]),
            ("+31612340004", &["TEXT_SENT", "TEXT_CARRIER_UNREACHABLE"]),
            ("+31612340006", &[]),
        ];
        for (to, expected) in table {
            assert_eq!(kinds(to), expected, "{to}");
        }
    }
}
