//! Subscriptions to webhooks, and what was delivered.

use domain::Violation;
use domain::debtor::EmailAddress;
use domain::webhook::{
    Attempt, Choice, Delivery, DeliveryState, DisabledReason, MEMORY, NoticeOfIt, Subscription,
    SubscriptionState,
};
use domain::webhook_event::WebhookEvent;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// Longest address, in characters.
const LONGEST_URL: usize = 2_000;

/// A subscription, as it is put.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookBody {
    /// Where messages go: https, at a public address, without user or password.
    pub url: String,
    /// Which events are told, such as `invoice.paid`; everything when absent, names that come later included.
    #[serde(default)]
    pub events: Option<Vec<String>>,
    #[serde(default)]
    pub description: Option<String>,
    /// Who gets a mail when the subscription is disabled; the creditor's own address when absent.
    #[serde(default)]
    pub email: Option<String>,
}

impl WebhookBody {
    /// The choice. Whether the address may be called is looked at where addresses are known.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<Choice, Vec<Violation>> {
        let mut fields = Fields::new();
        let url = fields.text("url", &self.url, LONGEST_URL);
        let events = self.events.map(|named| events(&mut fields, &named));
        let description = fields.optional_text("description", self.description.as_deref(), 200);
        let email = fields.optional_text("email", self.email.as_deref(), 254);
        if let Some(Err(error)) = email.as_deref().map(EmailAddress::parse) {
            fields.refuse("email", "not_an_email_address", &error.to_string());
        }
        fields.finish(url.map(|url| Choice { url, events, description, email }))
    }
}

fn events(fields: &mut Fields, named: &[String]) -> Vec<WebhookEvent> {
    if named.is_empty() || named.len() > WebhookEvent::ALL.len() {
        let detail = "names at least one event and none twice, or is left out for all of them";
        fields.refuse("events", "number_of_events", detail);
        return Vec::new();
    }
    let mut events = Vec::new();
    for (i, name) in named.iter().enumerate() {
        match name.parse() {
            Ok(event) => events.push(event),
            Err(_) => fields.refuse(
                &format!("events[{i}]"),
                "unknown_event",
                "is the name of an event that is told",
            ),
        }
    }
    events
}

/// What is to be delivered again: what happened between two instants, or one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplayBody {
    /// From when on, at most 30 days ago.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Until when; until now when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// One delivery, by its id.
    #[serde(default)]
    pub delivery_id: Option<String>,
}

/// What is to be delivered again, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayOf {
    Between(Timestamp, Timestamp),
    One(String),
}

impl ReplayBody {
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self, now: Timestamp) -> Result<ReplayOf, Vec<Violation>> {
        let mut fields = Fields::new();
        let of = match (self.since, self.delivery_id) {
            (Some(since), None) => {
                let until = self.until.unwrap_or(now).min(now);
                if now.duration_since(since) > MEMORY {
                    fields.refuse("since", "too_long_ago", "is at most 30 days ago");
                }
                if since > until {
                    fields.refuse("until", "before_since", "is not before since, which is not after now");
                }
                Some(ReplayOf::Between(since, until))
            }
            (None, Some(id)) => {
                if self.until.is_some() {
                    fields.refuse("until", "goes_with_since", "goes with since and not with deliveryId");
                }
                Some(ReplayOf::One(id))
            }
            _ => {
                fields.refuse(
                    "since",
                    "one_of_two",
                    "exactly one of since and deliveryId says what is meant",
                );
                None
            }
        };
        fields.finish(of)
    }
}

/// A subscription as it is read. Its secret is shown when it is made and rotated, and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookView {
    pub id: String,
    pub url: String,
    /// Null where everything is told.
    #[schema(value_type = Option<Vec<String>>)]
    pub events: Option<Vec<WebhookEvent>>,
    pub description: Option<String>,
    pub email: Option<String>,
    pub state: WebhookStateName,
    /// Why nothing leaves.
    pub reason: Option<DisabledReasonName>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub disabled_at: Option<Timestamp>,
    /// What became of the mail about it; null where there is none.
    pub mail: Option<MailStateName>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub secret_made_at: Timestamp,
    /// Until when the secret before this one signs as well.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub old_secret_until: Option<Timestamp>,
    /// Deliveries are being marked to be made again.
    pub replaying: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum WebhookStateName {
    Enabled,
    Disabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DisabledReasonName {
    /// Ten attempts of one delivery failed, over three days.
    Failing,
    /// The receiver answered 410.
    Gone,
    /// Somebody asked for it.
    Asked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MailStateName {
    Waiting,
    /// It leaves now, or nobody knows whether it did: no second one is sent.
    Unknown,
    Sent,
    Refused,
}

impl WebhookView {
    pub fn of(subscription: &Subscription, now: Timestamp) -> WebhookView {
        let disabled = match &subscription.state {
            SubscriptionState::Enabled => None,
            SubscriptionState::Disabled { reason, at, mail } => Some((*reason, *at, *mail)),
        };
        WebhookView {
            id: subscription.id.to_string(),
            url: subscription.url.clone(),
            events: (!subscription.all).then(|| subscription.events.keys().copied().collect()),
            description: subscription.description.clone(),
            email: subscription.email.clone(),
            state: if disabled.is_none() { WebhookStateName::Enabled } else { WebhookStateName::Disabled },
            reason: disabled.map(|(reason, ..)| match reason {
                DisabledReason::Failing => DisabledReasonName::Failing,
                DisabledReason::Gone => DisabledReasonName::Gone,
                DisabledReason::Asked => DisabledReasonName::Asked,
            }),
            disabled_at: disabled.map(|(_, at, _)| at),
            mail: disabled.and_then(|(.., mail)| match mail {
                NoticeOfIt::None => None,
                NoticeOfIt::Due { .. } => Some(MailStateName::Waiting),
                NoticeOfIt::Claimed => Some(MailStateName::Unknown),
                NoticeOfIt::Sent => Some(MailStateName::Sent),
                NoticeOfIt::Refused => Some(MailStateName::Refused),
            }),
            created_at: subscription.created_at,
            updated_at: subscription.updated_at,
            secret_made_at: subscription.secret_made_at,
            old_secret_until: subscription.old_secret_until.filter(|until| *until > now),
            replaying: subscription.replay.is_some(),
        }
    }
}

/// A subscription whose secret is new.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookWithSecret {
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// With which messages are signed (`whsec_...`). Shown once; null where it is as it was.
    pub secret: Option<String>,
}

/// Shows no secret.
impl std::fmt::Debug for WebhookWithSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookWithSecret").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// All subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhooksView {
    pub items: Vec<WebhookView>,
    /// The events that are told.
    #[schema(value_type = Vec<String>)]
    pub events: Vec<WebhookEvent>,
}

/// A test message that is to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestAsked {
    /// Under which it will stand among the deliveries.
    pub delivery_id: String,
}

/// One message to a subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    /// The `webhook-id` that the receiver knows it by: the same for each attempt.
    pub id: String,
    pub event: String,
    /// Null for a test.
    pub debtor_id: Option<String>,
    /// Place on the debtor's timeline; the number of a test.
    pub sequence: u32,
    #[schema(value_type = String, format = DateTime)]
    pub happened_at: Timestamp,
    pub status: DeliveryStatusName,
    /// It is to be made again.
    pub again: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
    /// The last twenty.
    pub attempts: Vec<AttemptView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryStatusName {
    Waiting,
    Delivered,
    Failed,
}

/// One call to a receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptView {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub milliseconds: u32,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Why there was none, as a fixed word such as `timeout`.
    pub error: Option<String>,
}

impl DeliveryView {
    pub fn of(delivery: &Delivery) -> DeliveryView {
        let attempt = |a: &Attempt| AttemptView {
            at: a.at,
            milliseconds: a.milliseconds,
            status: a.status,
            error: a.error.clone(),
        };
        DeliveryView {
            id: delivery.id.clone(),
            event: delivery.event.clone(),
            debtor_id: delivery.debtor.as_ref().map(ToString::to_string),
            sequence: delivery.place.sequence,
            happened_at: delivery.happened_at,
            status: match delivery.state {
                DeliveryState::Waiting => DeliveryStatusName::Waiting,
                DeliveryState::Delivered => DeliveryStatusName::Delivered,
                DeliveryState::Failed => DeliveryStatusName::Failed,
            },
            again: delivery.again,
            next_attempt_at: delivery.next_attempt_at,
            attempts: delivery.attempts.iter().map(attempt).collect(),
        }
    }
}
