//! What SES tells about a mail.

use std::collections::BTreeMap;

use domain::sending::Delivery as Report;
use jiff::Timestamp;
use outside::mail::untag_value;
use serde::Deserialize;

use crate::{Told, What};

/// An event of SES as EventBridge carries it (Amazon SES, "Contents of event data"); what is not needed is ignored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailEvent {
    pub event_type: String,
    pub mail: MailFacts,
    #[serde(default)]
    pub bounce: Option<Bounce>,
    #[serde(default)]
    pub delivery: Option<Arrival>,
}

/// When the receiver's mail server took the mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Arrival {
    #[serde(default)]
    pub timestamp: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailFacts {
    #[serde(default)]
    pub tags: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounce {
    /// `Permanent`, `Transient` or `Undetermined`.
    pub bounce_type: String,
}

impl MailEvent {
    fn tag(&self, name: &str) -> Option<String> {
        untag_value(self.mail.tags.get(name)?.first()?)
    }

    /// What it means for the notice; `None` for events that change nothing, such as a delay.
    fn report(&self) -> Option<Report> {
        match self.event_type.as_str() {
            "Send" => Some(Report::Accepted),
            "Delivery" => Some(Report::Delivered),
            "Bounce" => {
                let permanent = self.bounce.as_ref().is_some_and(|b| b.bounce_type == "Permanent");
                Some(Report::Bounced { permanent })
            }
            "Complaint" => Some(Report::Complained),
            "Reject" | "Rendering Failure" => Some(Report::Rejected),
            _ => None,
        }
    }

    pub(crate) fn told(&self) -> Told {
        Told {
            by: "mail service",
            administration: self.tag("administration"),
            notice: self.tag("notice"),
            report: self.report().map(What::Delivery),
            at: self.delivery.as_ref().and_then(|d| d.timestamp),
        }
    }
}
