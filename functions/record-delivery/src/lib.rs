//! Records what became of a notice: accepted, delivered, bounced, complained, as the service that took it reports. The
//! report names the notice by what it was sent with, so that it also settles a call whose answer never came.

mod mail;
mod sms;
mod voice;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::failure::Failure;
use domain::dossier::Draft;
use domain::ids::{AdministrationId, NoticeId};
use domain::sending::{self, Delivery as Report};
use domain::voice::{Ended, record_end};
use jiff::Timestamp;
use outside::voice::Caller;
use runtime::clock::Clock;
use runtime::queue::{Delivery, Handled, QueueHandler};
use serde::Deserialize;
use store::{Store, until_no_conflict};

pub use mail::MailEvent;
pub use sms::SmsEvent;
pub use voice::VoiceEvent;

/// An event of one of the services, told apart by what only its events have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum DeliveryEvent {
    Mail(MailEvent),
    Sms(SmsEvent),
    Voice(VoiceEvent),
}

/// What an event says, in our words.
#[derive(Debug)]
pub(crate) struct Told {
    /// Who the timeline says did it.
    by: &'static str,
    administration: Option<String>,
    notice: Option<String>,
    /// `None` where it changes nothing.
    report: Option<What>,
    /// By the service's own clock, where it says so.
    at: Option<Timestamp>,
}

/// What became of it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    Delivery(Report),
    /// Of a machine's call.
    Ended(Ended),
}

/// What the handler works with.
#[derive(Clone)]
pub struct Record {
    pub store: Store,
    pub clock: Clock,
    /// Says whose call an event is about: it does not say so itself.
    pub caller: Arc<dyn Caller>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Record {
    pub async fn run(&self, event: &DeliveryEvent) -> Result<Handled, Failure> {
        let told = match event {
            DeliveryEvent::Mail(event) => event.told(),
            DeliveryEvent::Sms(event) => event.told(),
            DeliveryEvent::Voice(event) => event.told(self.caller.as_ref(), self.clock.now()?).await?,
        };
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
            let at = told.at.unwrap_or(now);
            let changed = match report {
                What::Delivery(report) => sending::record_delivery(&mut draft, &notice, report, at)?,
                What::Ended(ended) => record_end(&mut draft, &notice, ended, at)?,
            };
            if !changed {
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
