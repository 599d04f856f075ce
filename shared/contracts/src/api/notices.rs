//! Notices: what people report of a letter.

use domain::Violation;
use domain::calendar::{midnight, today};
use domain::notice::{Channel, Notice};
use domain::posting::{self, Reported};
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
