//! What AWS End User Messaging tells about a text message.

use std::collections::BTreeMap;

use domain::sending::Delivery as Report;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{Told, What};

/// A status event as EventBridge carries it ("Text Message Delivery Status Updated", and the service's "Example event
/// data"); what is not needed is ignored, the number above all.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SmsEvent {
    /// `TEXT_DELIVERED` and its like.
    pub event_type: String,
    pub message_id: String,
    /// In milliseconds since 1970.
    #[serde(default)]
    pub event_timestamp: Option<i64>,
    /// What the message was sent with.
    #[serde(default)]
    pub context: BTreeMap<String, String>,
}

impl SmsEvent {
    /// What it means for the notice ("Event types for SMS, MMS, and voice"); `None` for what is not about a text message.
    fn report(&self) -> Option<Report> {
        match self.event_type.as_str() {
            // On its way; after 72 hours without a word from the network, for good.
            "TEXT_QUEUED" | "TEXT_SENT" | "TEXT_PENDING" | "TEXT_UNKNOWN" => Some(Report::Accepted),
            // "May be used interchangeably", by country: the network took it, or the phone.
            "TEXT_SUCCESSFUL" | "TEXT_DELIVERED" => Some(Report::Delivered),
            // There is no such number, it takes nothing from us, or the phone behind it is not there.
            "TEXT_INVALID" | "TEXT_BLOCKED" | "TEXT_UNREACHABLE" => Some(Report::Bounced { permanent: true }),
            // The network, the hour or the message: the number may be a good one.
            "TEXT_CARRIER_UNREACHABLE"
            | "TEXT_CARRIER_BLOCKED"
            | "TEXT_TTL_EXPIRED"
            | "TEXT_SPAM"
            | "TEXT_INVALID_MESSAGE"
            | "TEXT_PROTECT_BLOCKED" => Some(Report::Bounced { permanent: false }),
            _ => None,
        }
    }

    pub(crate) fn told(&self) -> Told {
        Told {
            by: "text message service",
            administration: self.context.get("administration").cloned(),
            notice: self.context.get("notice").cloned(),
            report: self.report().map(What::Delivery),
            at: self.event_timestamp.and_then(|at| Timestamp::from_millisecond(at).ok()),
        }
    }
}
