//! Records what the mail service reports about a notice: accepted, delivered, bounced, complained. The report names
//! the notice by the tags that it was sent with, so that it also settles a call whose answer never came.

use std::collections::BTreeMap;

use async_trait::async_trait;
use contracts::failure::Failure;
use domain::dossier::Draft;
use domain::ids::{AdministrationId, NoticeId};
use domain::sending::{self, Delivery as Report};
use jiff::Timestamp;
use outside::mail::untag_value;
use runtime::clock::Clock;
use runtime::queue::{Delivery, Handled, QueueHandler};
use serde::Deserialize;
use store::{Store, until_no_conflict};

/// Who the timeline says did it.
const BY: &str = "mail service";

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

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Record {
    pub store: Store,
    pub clock: Clock,
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
}

impl Record {
    pub async fn run(&self, event: &MailEvent) -> Result<Handled, Failure> {
        let Some(report) = event.report() else { return Ok(Handled::Skipped("changes_nothing")) };
        let (Some(administration), Some(notice)) = (event.tag("administration"), event.tag("notice")) else {
            return Ok(Handled::Skipped("not_a_notice"));
        };
        let (Ok(administration), Ok(notice)) =
            (AdministrationId::parse(&administration), NoticeId::parse(&notice))
        else {
            return Ok(Handled::Skipped("not_a_notice"));
        };
        let Some(debtor) = notice.debtor() else { return Ok(Handled::Skipped("not_a_notice")) };
        let Some(settings) = self.store.administration(&administration).await? else {
            return Ok(Handled::Skipped("no_such_administration"));
        };
        let settings = settings.value;
        until_no_conflict(|| async {
            let Some(known) = self.store.dossier(&administration, &debtor).await? else {
                return Ok(Handled::Skipped("no_such_debtor"));
            };
            let now = self.clock.now()?;
            let at = event.delivery.as_ref().and_then(|d| d.timestamp).unwrap_or(now);
            let mut draft = Draft::of(known.value, now, BY);
            if draft.dossier.notice(&notice).is_none() {
                return Ok(Handled::Skipped("notice_is_history"));
            }
            if !sending::record_delivery(&mut draft, &notice, report, at)? {
                return Ok(Handled::Skipped("known_already"));
            }
            self.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
            Ok(Handled::Done("recorded"))
        })
        .await
    }
}

#[async_trait]
impl QueueHandler<MailEvent> for Record {
    async fn handle(&self, event: MailEvent, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&event).await
    }
}
