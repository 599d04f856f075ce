//! Subscriptions to webhooks, and the log of what was delivered. Secrets are kept elsewhere.
//!
//! A subscription holds what its subscriber chose, whether it is enabled, and what is yet to be done about it as a whole;
//! how far it is with each debtor is a [`Lane`](crate::webhook_lane::Lane).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{DebtorId, WebhookId};
use crate::webhook_brake::Brake;
use crate::webhook_event::WebhookEvent;
use crate::webhook_lane::{LEASE, Place};

/// Subscriptions of one administration at most: each costs a call for everything that happens.
pub const MOST_SUBSCRIPTIONS: usize = 20;

/// How long deliveries are kept, and how old an event may be that is still delivered: the bound on what piles up for a
/// receiver that is away.
pub const MEMORY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long the secret before the last one still signs beside it.
pub const OLD_SECRET_SIGNS: SignedDuration = SignedDuration::from_hours(24);

/// How long after enabling lanes that went to sleep are still looked for: longer than a function may live and an index may
/// be behind.
const WAKES_FOR: SignedDuration = SignedDuration::from_secs(60);

/// When a mail that was refused for now is tried again.
const MAIL_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// Attempts that a delivery remembers, the last ones.
pub const MOST_ATTEMPTS: usize = 20;

/// A subscription as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// The subscriber's own id.
    pub id: WebhookId,
    /// Where messages go.
    pub url: String,
    /// Everything that is told, names that come later included.
    pub all: bool,
    /// What was chosen, each since when: what happened before is not told.
    pub events: BTreeMap<WebhookEvent, Timestamp>,
    /// In the subscriber's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who is told when it is disabled; the creditor's own address where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// How it stands.
    pub state: SubscriptionState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When what the subscriber chose last changed.
    pub updated_at: Timestamp,
    /// When its secret was made.
    pub secret_made_at: Timestamp,
    /// Until when the secret before that signs as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<Timestamp>,
    /// Lanes that sleep are to be woken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wake: Option<Wake>,
    /// What was delivered is to be delivered again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
    /// Its receiver is slow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brake: Option<Brake>,
    /// Test messages so far.
    #[serde(default)]
    pub tests: u32,
    /// The last of them is to leave, since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_due: Option<Timestamp>,
    /// One is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub testing: Option<Testing>,
}

/// Whether anything leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum SubscriptionState {
    /// It does.
    Enabled,
    /// Nothing does until somebody enables it again.
    Disabled {
        /// Why.
        reason: DisabledReason,
        /// Since when.
        at: Timestamp,
        /// The mail that says so.
        mail: NoticeOfIt,
    },
}

/// Why a subscription is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DisabledReason {
    /// The last attempt of a delivery failed too, after three days.
    Failing,
    /// The receiver answered that it is gone (410).
    Gone,
    /// Somebody asked for it.
    Asked,
}

/// The one mail about a subscription that was disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "mail")]
pub enum NoticeOfIt {
    /// Nobody has to be told.
    None,
    /// It is to leave.
    Due {
        /// From when on.
        at: Timestamp,
    },
    /// It was claimed: it leaves, or it is not known whether it did.
    Claimed,
    /// The mail service took it in.
    Sent,
    /// The mail service refused it for good.
    Refused,
}

/// Lanes that are to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wake {
    /// When the subscription was enabled.
    pub enabled_at: Timestamp,
    /// When lanes are looked for next.
    pub next_at: Timestamp,
}

/// Deliveries that are to be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    /// Of what happened at or after this.
    pub since: Timestamp,
    /// And at or before this.
    pub until: Timestamp,
    /// Where it stands in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

/// A test message that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Testing {
    /// Which.
    pub number: u32,
    /// When it was claimed.
    pub at: Timestamp,
}

/// What is to be done about test messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestStep {
    /// This one was claimed just now: it is to be sent.
    Send(Testing),
    /// Whoever claimed this one is gone: nobody knows whether it left.
    Interrupted(Testing),
}

/// What a subscriber chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Where messages go.
    pub url: String,
    /// What is told; everything where it is `None`.
    pub events: Option<Vec<WebhookEvent>>,
    /// In the subscriber's words.
    pub description: Option<String>,
    /// Who is told when it is disabled.
    pub email: Option<String>,
}

/// What came of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// Taken in.
    Sent,
    /// Refused for good.
    Refused,
    /// Refused for now.
    RefusedForNow,
    /// Nobody knows.
    Unknown,
}

impl Subscription {
    /// A new one, which tells what happens from now on.
    pub fn new(id: WebhookId, choice: Choice, now: Timestamp) -> Subscription {
        let all = choice.events.is_none();
        let events = choice.events.as_deref().unwrap_or(WebhookEvent::ALL);
        Subscription {
            id,
            url: choice.url,
            all,
            events: events.iter().map(|event| (*event, now)).collect(),
            description: choice.description,
            email: choice.email,
            state: SubscriptionState::Enabled,
            created_at: now,
            updated_at: now,
            secret_made_at: now,
            old_secret_until: None,
            wake: None,
            replay: None,
            brake: None,
            tests: 0,
            test_due: None,
            testing: None,
        }
    }

    /// Takes another choice. What is told as before is told without a gap; what is new is told from now on.
    pub fn choose(&mut self, choice: Choice, now: Timestamp) {
        let before = self.clone();
        let events = choice.events.as_deref().unwrap_or(WebhookEvent::ALL);
        self.events = events.iter().map(|event| (*event, before.since(*event).unwrap_or(now))).collect();
        self.all = choice.events.is_none();
        self.url = choice.url;
        self.description = choice.description;
        self.email = choice.email;
        if *self != before {
            self.updated_at = now;
        }
    }

    /// Since when it hears of this; `None` where it does not.
    fn since(&self, event: WebhookEvent) -> Option<Timestamp> {
        self.events.get(&event).copied().or(self.all.then_some(self.created_at))
    }

    /// Whether it is told of this, which happened then. What is older than [`MEMORY`] is not told any more.
    pub fn wants(&self, event: WebhookEvent, happened_at: Timestamp, now: Timestamp) -> bool {
        let is_recent = now.duration_since(happened_at) <= MEMORY;
        is_recent && self.since(event).is_some_and(|since| happened_at >= since)
    }

    /// Whether messages leave.
    pub fn is_enabled(&self) -> bool {
        self.state == SubscriptionState::Enabled
    }

    /// Nothing leaves from now on. Whoever asked for it knows; else a mail is to say so. One that is disabled stays as it is.
    pub fn disable(&mut self, reason: DisabledReason, now: Timestamp) {
        if !self.is_enabled() {
            return;
        }
        let mail = match reason {
            DisabledReason::Asked => NoticeOfIt::None,
            DisabledReason::Failing | DisabledReason::Gone => NoticeOfIt::Due { at: now },
        };
        self.state = SubscriptionState::Disabled { reason, at: now, mail };
        self.wake = None;
    }

    /// What waits may leave again. One that is enabled stays as it is.
    pub fn enable(&mut self, now: Timestamp) {
        if !self.is_enabled() {
            self.state = SubscriptionState::Enabled;
            self.wake = Some(Wake { enabled_at: now, next_at: now });
        }
    }

    /// Every lane that slept was found. Some may have gone to sleep just before it was enabled: those are looked for once more.
    pub fn woken(&mut self, now: Timestamp) {
        self.wake = self.wake.and_then(|wake| {
            let last = wake.enabled_at + WAKES_FOR;
            (now < last).then_some(Wake { next_at: last, ..wake })
        });
    }

    /// Takes the mail about its end for oneself; only the first one gets it.
    pub fn claim_mail(&mut self, now: Timestamp) -> Option<DisabledReason> {
        let SubscriptionState::Disabled { reason, mail, .. } = &mut self.state else { return None };
        let NoticeOfIt::Due { at } = *mail else { return None };
        if at > now {
            return None;
        }
        *mail = NoticeOfIt::Claimed;
        Some(*reason)
    }

    /// Keeps what came of the mail. One of which nobody knows stays claimed: no second one is sent.
    pub fn mailed(&mut self, outcome: MailOutcome, now: Timestamp) {
        let SubscriptionState::Disabled { mail, .. } = &mut self.state else { return };
        if *mail != NoticeOfIt::Claimed {
            return;
        }
        *mail = match outcome {
            MailOutcome::Sent => NoticeOfIt::Sent,
            MailOutcome::Refused => NoticeOfIt::Refused,
            MailOutcome::RefusedForNow => NoticeOfIt::Due { at: now + MAIL_AGAIN },
            MailOutcome::Unknown => NoticeOfIt::Claimed,
        };
    }

    /// Its secret is another one from now on; the one before signs for a while too.
    pub fn rotated(&mut self, now: Timestamp) {
        self.secret_made_at = now;
        self.old_secret_until = Some(now + OLD_SECRET_SIGNS);
    }

    /// A test message is to leave. Its number. While one waits to leave, that is the one.
    pub fn ask_test(&mut self, now: Timestamp) -> u32 {
        if self.test_due.is_none() {
            self.tests = self.tests.saturating_add(1);
            self.test_due = Some(now);
        }
        self.tests
    }

    /// What is to be done about tests now: one at a time is under way, and one whose process died ends with its lease.
    pub fn claim_test(&mut self, now: Timestamp) -> Option<TestStep> {
        if let Some(testing) = self.testing {
            return (testing.at + LEASE <= now).then_some(TestStep::Interrupted(testing));
        }
        self.test_due.take()?;
        let testing = Testing { number: self.tests, at: now };
        self.testing = Some(testing);
        Some(TestStep::Send(testing))
    }

    /// How this test ended stands in the log.
    pub fn tested(&mut self, testing: Testing) {
        if self.testing == Some(testing) {
            self.testing = None;
        }
    }

    /// When something is to be done about it as a whole.
    pub fn due_at(&self) -> Option<Timestamp> {
        let mail = match &self.state {
            SubscriptionState::Disabled { mail: NoticeOfIt::Due { at }, .. } => Some(*at),
            _ => None,
        };
        let test = self.testing.map(|testing| testing.at + LEASE).or(self.test_due);
        let chores = [mail, self.wake.map(|w| w.next_at), self.replay.as_ref().map(|r| r.asked_at), test];
        chores.into_iter().flatten().min()
    }
}

/// A message to a subscriber, as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// What the receiver knows it by: the same for each attempt.
    pub id: String,
    /// The name of what it tells.
    pub event: String,
    /// Whom it is about; nobody in a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor: Option<DebtorId>,
    /// Where on the debtor's timeline it stands; the number of a test.
    pub place: Place,
    /// When what it tells happened.
    pub happened_at: Timestamp,
    /// How it stands.
    pub state: DeliveryState,
    /// The attempts, the last ones.
    pub attempts: Vec<Attempt>,
    /// When it is attempted next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// It is to be made once more, though it was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryState {
    /// It is attempted again, unless the subscription is disabled.
    Waiting,
    /// The receiver has it.
    Delivered,
    /// It is not attempted again.
    Failed,
}

/// One call to a receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub milliseconds: u32,
    /// The HTTP status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was none, as a fixed word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Attempt {
    /// Whether the receiver has the message.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver says that it never wants one again.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

impl Delivery {
    /// Keeps an attempt.
    pub fn attempted(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
        let over = self.attempts.len().saturating_sub(MOST_ATTEMPTS);
        self.attempts.drain(..over);
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
