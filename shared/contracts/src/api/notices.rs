//! Notices: how each stands, what shows that it arrived, and what people report of a letter.

use domain::Violation;
use domain::calendar::{midnight, today};
use domain::notice::{Channel, Evidence, Notice, NoticeState};
use domain::posting::{self, Reported};
use domain::step::StepKind;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// What became of a letter, as somebody reports it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliveryBody {
    pub outcome: DeliveryOutcome,
    /// The day on which it happened; today where it is left out. Not in the future. The term of a formal notice follows from
    /// it.
    #[schema(format = Date)]
    pub on: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryOutcome {
    /// The post has it. It counts as delivered on the second day after, Sundays, Mondays and public holidays left out.
    Posted,
    /// It is known to have arrived.
    Delivered,
    /// It came back: nothing goes to that address any more.
    Returned,
    /// It was not printed, or lost before the post had it.
    NotSent,
}

impl DeliveryBody {
    /// What is reported, and as of when.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(&self, now: Timestamp) -> Result<(Reported, Timestamp), Vec<Violation>> {
        let mut fields = Fields::new();
        let on = self.on.as_deref().map_or(Some(today(now)), |on| fields.date("on", on));
        if on.is_some_and(|on| on > today(now)) {
            fields.refuse("on", "in_the_future", "is not in the future");
        }
        let reported = match self.outcome {
            DeliveryOutcome::Posted => Reported::Posted,
            DeliveryOutcome::Delivered => Reported::Delivered,
            DeliveryOutcome::Returned => Reported::Returned,
            DeliveryOutcome::NotSent => Reported::NotSent,
        };
        fields.finish(on.map(|on| (reported, midnight(on))))
    }
}

/// How a notice stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    pub id: String,
    /// `email`, `sms`, `letter` or `phone`.
    #[schema(value_type = String)]
    pub channel: Channel,
    /// Prepared, sending, unknown, sent, delivered, bounced, complained, failed or cancelled.
    pub status: String,
    #[schema(value_type = Option<String>, format = Date)]
    pub sent_on: Option<Date>,
    /// Of a letter: the day on which the post got it.
    #[schema(value_type = Option<String>, format = Date)]
    pub posted_on: Option<Date>,
    /// Of a letter: the day on which the law presumes that it is delivered.
    #[schema(value_type = Option<String>, format = Date)]
    pub presumed_delivered_on: Option<Date>,
}

impl NoticeView {
    pub fn of(notice: &Notice) -> NoticeView {
        let paper = notice.letter.as_ref();
        NoticeView {
            id: notice.id.to_string(),
            channel: notice.channel,
            status: notice.status().to_owned(),
            sent_on: notice.sent_on(),
            posted_on: paper.and_then(|p| p.posted_on),
            presumed_delivered_on: paper.and_then(posting::presumed_on),
        }
    }
}

/// A notice with everything that shows what was said, where it went and how it fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoticeDetail {
    #[serde(flatten)]
    pub notice: NoticeView,
    /// The heaviest step in it, such as `formalNotice`.
    #[schema(value_type = String, example = "reminder")]
    pub kind: StepKind,
    /// The invoices that it is about.
    pub invoices: Vec<String>,
    /// Where it went to, since it was claimed.
    pub address: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub prepared_at: Timestamp,
    /// What it asked for, in euros, when it was claimed.
    #[schema(example = "121.00")]
    pub amount: String,
    /// Statutory costs that it announced, in euros; only a formal notice does (article 6:96(6) BW).
    pub costs_announced: Option<String>,
    /// What its text did, as the conditions of signals ask for (Stcrt 2021, 45719 art. 1.2): `contactEffort`, `debtHelp`,
    /// `writtenReminder`, `municipalityOffer`, `arrangementOffer`.
    #[schema(value_type = Vec<String>)]
    pub evidence: Vec<Evidence>,
    /// When its state was last reported: taken in, delivered, come back, given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// The id under which the service that carries it took it in.
    pub message_id: Option<String>,
    /// Of one that came back: its address does not work.
    pub permanent: Option<bool>,
    /// Why it failed or was cancelled.
    pub reason: Option<String>,
    /// Of one that failed: it may have arrived all the same.
    pub may_have_left: bool,
}

impl NoticeDetail {
    pub fn of(notice: &Notice) -> NoticeDetail {
        let (since, message_id, permanent, reason) = match &notice.state {
            NoticeState::Prepared { .. } => (None, None, None, None),
            NoticeState::Claimed { at } => (Some(*at), None, None, None),
            NoticeState::Unknown { since, .. } => (Some(*since), None, None, None),
            NoticeState::Sent { at, message_id } => (Some(*at), message_id.clone(), None, None),
            NoticeState::Delivered { at, .. } | NoticeState::Complained { at, .. } => {
                (Some(*at), None, None, None)
            }
            NoticeState::Bounced { at, permanent, .. } => (Some(*at), None, Some(*permanent), None),
            NoticeState::Failed { at, reason, .. } | NoticeState::Cancelled { at, reason } => {
                (Some(*at), None, None, Some(reason.clone()))
            }
        };
        NoticeDetail {
            notice: NoticeView::of(notice),
            kind: notice.kind,
            invoices: notice
                .lines
                .iter()
                .map(|line| &line.invoice)
                .chain(&notice.stated)
                .map(ToString::to_string)
                .collect(),
            address: notice.address.clone(),
            prepared_at: notice.prepared_at,
            amount: notice.amount.to_string(),
            costs_announced: notice.costs_announced.map(|announced| announced.costs.to_string()),
            evidence: notice.evidence.clone(),
            since,
            message_id: notice.carried_as.clone().or(message_id),
            permanent,
            reason,
            may_have_left: notice.is_given_up(),
        }
    }
}

/// The notices of a debtor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoticesView {
    /// Newest first.
    pub items: Vec<NoticeDetail>,
}
