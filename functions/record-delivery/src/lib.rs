//! Records what became of a notice: accepted, delivered, bounced, complained, as the service that took it reports. The
//! report names the notice by what it was sent with, so that it also settles a call whose answer never came.

mod mail;
mod sms;

use async_trait::async_trait;
use contracts::failure::Failure;
use domain::dossier::Draft;
use domain::ids::{AdministrationId, NoticeId};
use domain::sending::{self, Delivery as Report};
use jiff::Timestamp;
use runtime::clock::Clock;
use runtime::queue::{Delivery, Handled, QueueHandler};
use serde::Deserialize;
use store::{Store, until_no_conflict};

pub use mail::MailEvent;
pub use sms::SmsEvent;

/// An event of one of the services, told apart by what only its events have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum DeliveryEvent {
    Mail(MailEvent),
    Sms(SmsEvent),
}

impl DeliveryEvent {
    fn told(&self) -> Told {
        match self {
            DeliveryEvent::Mail(event) => event.told(),
            DeliveryEvent::Sms(event) => event.told(),
        }
    }
}

/// What an event says, in our words.
#[derive(Debug)]
pub(crate) struct Told {
    /// Who the timeline says did it.
    by: &'static str,
    administration: Option<String>,
    notice: Option<String>,
    /// `None` where it changes nothing.
    report: Option<Report>,
    /// By the service's own clock, where it says so.
    at: Option<Timestamp>,
}

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Record {
    pub store: Store,
    pub clock: Clock,
}

impl Record {
    pub async fn run(&self, event: &DeliveryEvent) -> Result<Handled, Failure> {
        let told = event.told();
        let Some(report) = told.report else { return Ok(Handled::Skipped("changes_nothing")) };
        let (Some(administration), Some(notice)) = (&told.administration, &told.notice) else {
            return Ok(Handled::Skipped("not_a_notice"));
        };
        let (Ok(administration), Ok(notice)) =
            (AdministrationId::parse(administration), NoticeId::parse(notice))
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
            let mut draft = Draft::of(known.value, now, told.by);
            if draft.dossier.notice(&notice).is_none() {
                return Ok(Handled::Skipped("notice_is_history"));
            }
            if !sending::record_delivery(&mut draft, &notice, report, told.at.unwrap_or(now))? {
                return Ok(Handled::Skipped("known_already"));
            }
            self.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
            Ok(Handled::Done("recorded"))
        })
        .await
    }
}

#[async_trait]
impl QueueHandler<DeliveryEvent> for Record {
    async fn handle(&self, event: DeliveryEvent, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&event).await
    }
}
