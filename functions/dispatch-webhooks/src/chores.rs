//! What is to be done about a subscription as a whole: a test message, the mail that it was disabled, lanes to wake, deliveries to
//! make again. All of it stands with the subscription, and the subscription in the due index, until it is done.

use std::collections::BTreeMap;
use std::time::Duration;

use contracts::failure::Failure;
use contracts::queues::DispatchWebhooks;
use contracts::webhooks::{TEST, WebhookMessage};
use domain::ids::{AdministrationId, DebtorId, WebhookId};
use domain::webhook::{
    Attempt, Delivery, DeliveryState, DisabledReason, MailOutcome, Replay, Subscription, TestStep, Testing,
};
use domain::webhook_lane::Place;
use jiff::Timestamp;
use outside::mail::{Mail, RefusalKind, SendOutcome};
use pages::webhook_mail::{self, Cause};
use runtime::hints::{hint, hint_all};
use runtime::invoke::Deadline;
use runtime::queue::Handled;

use crate::{BUDGET, Dispatch};

/// Lanes and deliveries that are looked at between two looks at the time.
const PAGE: u32 = 50;

/// Why a test has no answer whose process died on the way.
const INTERRUPTED: &str = "interrupted";

/// A test message as the log keeps it before it is sent.
fn test_delivery(webhook: &WebhookId, testing: Testing) -> Delivery {
    Delivery {
        id: Place::test_id(webhook, testing.number),
        event: TEST.to_owned(),
        debtor: None,
        place: Place { sequence: testing.number, part: 0 },
        happened_at: testing.at,
        state: DeliveryState::Waiting,
        attempts: Vec::new(),
        next_attempt_at: None,
        again: false,
    }
}

impl Dispatch {
    /// Does what is due about a subscription, until the time is up.
    pub(crate) async fn chores(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
    ) -> Result<Handled, Failure> {
        let Some(known) = self.store.subscription(administration, webhook).await? else {
            return Ok(Handled::Skipped("no_such_subscription"));
        };
        let (subscription, now) = (known.value, self.clock.now()?);
        if subscription.due_at().is_none_or(|at| at > now) {
            return Ok(Handled::Skipped("nothing_to_do"));
        }
        let until = Deadline::after(BUDGET);
        self.test(administration, webhook).await?;
        self.mail(administration, webhook).await?;
        let all = self.wake_lanes(administration, webhook, until).await?
            && self.replay(administration, webhook, until).await?;
        if all {
            return Ok(Handled::Done("done"));
        }
        self.hint_chores(administration, webhook).await?;
        Ok(Handled::Done("handed_over"))
    }

    pub(crate) async fn hint_chores(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
    ) -> Result<(), Failure> {
        let more = DispatchWebhooks {
            administration: administration.clone(),
            webhook_id: Some(webhook.clone()),
            debtor_id: None,
            sequence: None,
        };
        hint(&*self.again, &more).await
    }

    /// Sends a test message that was asked for. It is tried once: whoever asked looks at how it went. One whose process died on
    /// the way ends as failed, since nobody knows whether it left.
    async fn test(&self, administration: &AdministrationId, webhook: &WebhookId) -> Result<(), Failure> {
        loop {
            let now = self.clock.now()?;
            let claim = |subscription: &mut Subscription| Ok(subscription.claim_test(now));
            let claimed = self.store.change_subscription(administration, webhook, claim).await?;
            let Some((Some(step), subscription)) = claimed else { return Ok(()) };
            let (testing, sent) = match step {
                TestStep::Send(testing) => {
                    self.send_test(administration, &subscription, testing).await?;
                    (testing, true)
                }
                TestStep::Interrupted(testing) => {
                    self.interrupted(administration, webhook, testing).await?;
                    (testing, false)
                }
            };
            let tested = |subscription: &mut Subscription| {
                subscription.tested(testing);
                Ok(subscription.test_due.is_some())
            };
            let changed = self.store.change_subscription(administration, webhook, tested).await?;
            if sent {
                // There is no time for a second call: whoever asked meanwhile is next.
                let is_next = changed.is_some_and(|(is_next, _)| is_next);
                return if is_next { self.hint_chores(administration, webhook).await } else { Ok(()) };
            }
        }
    }

    async fn send_test(
        &self,
        administration: &AdministrationId,
        subscription: &Subscription,
        testing: Testing,
    ) -> Result<(), Failure> {
        let webhook = &subscription.id;
        let message = WebhookMessage::test(administration, webhook, testing.at);
        let mut delivery = test_delivery(webhook, testing);
        self.store.put_test(administration, webhook, &delivery).await?;
        let attempt = self.call(administration, subscription, &delivery.id, &message).await?;
        delivery.state = if attempt.succeeded() { DeliveryState::Delivered } else { DeliveryState::Failed };
        delivery.attempted(attempt);
        Ok(self.store.put_test(administration, webhook, &delivery).await?)
    }

    /// Ends a test of which nobody knows how it went; one that ended in the log stays as it is.
    async fn interrupted(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        testing: Testing,
    ) -> Result<(), Failure> {
        let kept = self.store.test(administration, webhook, testing.number).await?;
        let mut delivery = kept.unwrap_or_else(|| test_delivery(webhook, testing));
        if delivery.state == DeliveryState::Waiting {
            delivery.state = DeliveryState::Failed;
            let error = Some(INTERRUPTED.to_owned());
            delivery.attempted(Attempt { at: testing.at, milliseconds: 0, status: None, error });
            self.store.put_test(administration, webhook, &delivery).await?;
        }
        Ok(())
    }

    /// Tells, once, that the subscription was disabled.
    async fn mail(&self, administration: &AdministrationId, webhook: &WebhookId) -> Result<(), Failure> {
        let now = self.clock.now()?;
        let due = |subscription: &Subscription| {
            let mut copy = subscription.clone();
            copy.claim_mail(now)
        };
        let Some(known) = self.store.subscription(administration, webhook).await? else { return Ok(()) };
        let Some(reason) = due(&known.value) else { return Ok(()) };
        // Written before it is claimed: a text that cannot be written claims nothing.
        let mail = self.mail_about(administration, &known.value, reason).await?;
        let claim = |subscription: &mut Subscription| Ok(subscription.claim_mail(now));
        let claimed = self.store.change_subscription(administration, webhook, claim).await?;
        if claimed.is_none_or(|(reason, _)| reason.is_none()) {
            return Ok(());
        }
        let outcome = match self.mailer.send(&mail).await {
            SendOutcome::Accepted { .. } => MailOutcome::Sent,
            SendOutcome::Refused { kind: RefusalKind::Permanent | RefusalKind::Address, .. } => {
                MailOutcome::Refused
            }
            SendOutcome::Refused { kind: RefusalKind::Temporary, .. } => MailOutcome::RefusedForNow,
            SendOutcome::Unknown { .. } => MailOutcome::Unknown,
        };
        let now = self.clock.now()?;
        let complete = |subscription: &mut Subscription| {
            subscription.mailed(outcome, now);
            Ok(())
        };
        self.store.change_subscription(administration, webhook, complete).await?;
        Ok(())
    }

    async fn mail_about(
        &self,
        administration: &AdministrationId,
        subscription: &Subscription,
        reason: DisabledReason,
    ) -> Result<Mail, Failure> {
        let settings = self.store.administration(administration).await?;
        let settings =
            settings.ok_or_else(|| Failure::bug("a subscription of an administration without settings"))?;
        let creditor = settings.value.creditor;
        let cause = match reason {
            DisabledReason::Gone => Cause::Gone,
            DisabledReason::Failing | DisabledReason::Asked => Cause::Failing,
        };
        let written = webhook_mail::render(subscription.id.as_str(), cause)
            .map_err(|error| Failure::bug(format!("the mail about a webhook: {error}")))?;
        Ok(Mail {
            from_name: creditor.name,
            from_address: creditor.sender,
            to: vec![subscription.email.clone().unwrap_or(creditor.email)],
            reply_to: None,
            subject: written.subject,
            text: written.text,
            html: written.html,
            inline_images: Vec::new(),
            attachments: Vec::new(),
            tags: vec![
                ("administration".to_owned(), administration.to_string()),
                ("webhook".to_owned(), subscription.id.to_string()),
            ],
        })
    }

    /// Wakes the lanes that slept while the subscription was disabled. Whether all of them were found.
    async fn wake_lanes(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        until: Deadline,
    ) -> Result<bool, Failure> {
        let begun = self.clock.now()?;
        let wake = self.store.subscription(administration, webhook).await?.and_then(|s| s.value.wake);
        if wake.is_none_or(|wake| wake.next_at > begun) {
            return Ok(true);
        }
        let mut cursor: Option<String> = None;
        loop {
            let page = self.store.sleeping_lanes(administration, webhook, PAGE, cursor.as_deref()).await?;
            for debtor in &page.items {
                self.wake(administration, webhook, debtor).await?;
            }
            let hint = |debtor: &DebtorId| Dispatch::lane_hint(administration, webhook, debtor);
            hint_all(&*self.again, &page.items.iter().map(hint).collect::<Vec<_>>()).await?;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
            if until.is_within(Duration::ZERO) {
                return Ok(false);
            }
        }
        let woken = |subscription: &mut Subscription| {
            if subscription.wake == wake {
                subscription.woken(begun);
            }
            Ok(())
        };
        self.store.change_subscription(administration, webhook, woken).await?;
        Ok(true)
    }

    /// Marks what is to be delivered again. Whether it came to the end.
    async fn replay(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        until: Deadline,
    ) -> Result<bool, Failure> {
        loop {
            let known = self.store.subscription(administration, webhook).await?;
            let Some(replay) = known.and_then(|s| s.value.replay) else { return Ok(true) };
            if until.is_within(Duration::ZERO) {
                return Ok(false);
            }
            let between: (Timestamp, Timestamp) = (replay.since, replay.until);
            let (store, cursor) = (&self.store, replay.cursor.as_deref());
            let page = store.deliveries_between(administration, webhook, between, PAGE, cursor).await?;
            let mut lanes: BTreeMap<DebtorId, Vec<Place>> = BTreeMap::new();
            for delivery in page.items {
                if let Some(debtor) = delivery.debtor {
                    lanes.entry(debtor).or_default().push(delivery.place);
                }
            }
            for (debtor, places) in &lanes {
                self.repeat(administration, webhook, debtor, places).await?;
            }
            let next = page.next.map(|cursor| Replay { cursor: Some(cursor), ..replay.clone() });
            let further = |subscription: &mut Subscription| {
                if subscription.replay.as_ref() == Some(&replay) {
                    subscription.replay = next.clone();
                }
                Ok(())
            };
            self.store.change_subscription(administration, webhook, further).await?;
        }
    }

    /// Marks deliveries of one lane to be made again, and has the lane looked at.
    async fn repeat(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: &DebtorId,
        places: &[Place],
    ) -> Result<(), Failure> {
        self.store.repeat_deliveries(administration, webhook, debtor, places, self.clock.now()?).await?;
        hint(&*self.again, &Dispatch::lane_hint(administration, webhook, debtor)).await
    }
}
