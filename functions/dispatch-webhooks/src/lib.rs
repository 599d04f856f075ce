//! Tells subscribers of webhooks what happened: signed messages that hold ids alone, in order for each debtor.
//!
//! A hint says that something happened to a debtor. For each subscription that is told of it there is a *lane* with that debtor,
//! which says how far the subscription is. What comes next is read from the debtor's timeline, so hints that are lost, late or
//! repeated change neither the order nor what arrives. Whoever has a lane's lease works on it, and nobody else; a lane that is not
//! done stands in the due index.
//!
//! A receiver that takes its time has a brake (`domain::webhook_brake`): two calls to it are under way at most, and what else is
//! due for it is put off, so that everybody else's goes on.
//!
//! Receivers get each message at least once, under the same id: a call without an answer is made again. They know a
//! repetition by that id.

mod chores;
mod lanes;
mod message;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::DispatchWebhooks;
use domain::ids::{AdministrationId, DebtorId, WebhookId};
use domain::webhook::Subscription;
use domain::webhook_event::told;
use outside::mail::Mailer;
use outside::secrets::Secrets;
use outside::webhooks::Receivers;
use runtime::clock::Clock;
use runtime::hints::{Hints, hint_all};
use runtime::queue::{Delivery, Handled, QueueHandler};
use store::Store;

/// How long one message is worked on before the rest is handed over: a call that was begun just before still ends within the
/// function's time.
const BUDGET: Duration = Duration::from_secs(10);

/// What the handler works with.
#[derive(Clone)]
pub struct Dispatch {
    pub store: Store,
    pub clock: Clock,
    pub secrets: Arc<dyn Secrets>,
    pub receivers: Arc<dyn Receivers>,
    pub mailer: Arc<dyn Mailer>,
    /// This function's own queue: what there is no time for is handed over.
    pub again: Arc<dyn Hints>,
    /// What the names of secrets begin with.
    pub prefix: String,
}

impl std::fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispatch").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Dispatch {
    pub async fn run(&self, message: &DispatchWebhooks) -> Result<Handled, Failure> {
        let administration = &message.administration;
        match (&message.webhook_id, &message.debtor_id) {
            (Some(webhook), Some(debtor)) => self.work(administration, webhook, debtor).await,
            (Some(webhook), None) => self.chores(administration, webhook).await,
            (None, Some(debtor)) => match message.sequence {
                Some(sequence) => self.happened(administration, debtor, sequence).await,
                None => Ok(Handled::Skipped("names_no_entry")),
            },
            (None, None) => Ok(Handled::Skipped("names_nobody")),
        }
    }

    /// Something happened to a debtor: notes it on the lane of each subscription that is told of it.
    async fn happened(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        sequence: u32,
    ) -> Result<Handled, Failure> {
        let subscriptions = self.store.subscriptions(administration).await?;
        if subscriptions.is_empty() {
            return Ok(Handled::Skipped("nobody_listens"));
        }
        let Some(entry) = self.store.timeline_entry(administration, debtor, sequence).await? else {
            return Ok(Handled::Skipped("no_such_entry"));
        };
        let (told, now) = (told(&entry.event), self.clock.now()?);
        let wants = |subscription: &Subscription| {
            told.iter().any(|told| subscription.wants(told.event, entry.at, now))
        };
        let listening: Vec<Subscription> = subscriptions.into_iter().filter(|s| wants(s)).collect();
        for subscription in &listening {
            self.note(administration, subscription, debtor, sequence).await?;
        }
        match listening.as_slice() {
            [] => Ok(Handled::Skipped("told_to_nobody")),
            [only] => self.work(administration, &only.id, debtor).await,
            // Each by itself: a receiver that takes its time keeps no other one waiting.
            several => {
                let hint = |subscription: &Subscription| {
                    Dispatch::lane_hint(administration, &subscription.id, debtor)
                };
                hint_all(&*self.again, &several.iter().map(hint).collect::<Vec<_>>()).await?;
                Ok(Handled::Done("handed_on"))
            }
        }
    }

    fn lane_hint(
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
    ) -> DispatchWebhooks {
        DispatchWebhooks {
            administration: administration.clone(),
            webhook_id: Some(webhook.clone()),
            debtor_id: Some(debtor.clone()),
            sequence: None,
        }
    }
}

#[async_trait]
impl QueueHandler<DispatchWebhooks> for Dispatch {
    async fn handle(&self, message: DispatchWebhooks, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
