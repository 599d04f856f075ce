//! Notices: one message to a debtor about one or more invoices, and how it fares.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::calling::Call;
use crate::ids::{InvoiceId, MessageId, NoticeId, PlanId, PolicyId, StepId};
use crate::step::{SignalKind, StepKind};

/// How long a claim gives its holder to make the one call to the outside. The holder does not begin the call
/// later than this, and the call itself is cut off before [`UNKNOWN_AFTER`].
pub const CLAIM_LEASE: SignedDuration = SignedDuration::from_secs(10);

/// After this long nothing of a claimed call can leave any more: the lease, the call's own limit of eight seconds, and
/// two to spare.
pub const CALL_OVER_AFTER: SignedDuration = SignedDuration::from_secs(20);

/// The clocks of two functions differ by less than this: whoever compares an instant of one with the clock of another
/// allows for it where the answer matters.
pub const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);

/// After this long without an answer the outcome of a claimed call counts as unknown: longer than a
/// function may live.
pub const UNKNOWN_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// How long an unknown outcome of a mail waits for the mail service's event before the one second try. Mail services
/// report acceptance within minutes; four hours leave the day's window for the second try.
const SECOND_MAIL_AFTER: SignedDuration = SignedDuration::from_hours(4);

/// The same for a text message. Networks report within 72 hours, after which the service itself reports that nothing was
/// heard (AWS End User Messaging, "Event destinations"): a message of which nothing was told by then was not taken in.
const SECOND_TEXT_AFTER: SignedDuration = SignedDuration::from_hours(73);

/// Attempts at most, the first included.
pub const MOST_ATTEMPTS: u8 = 2;

/// One message to a debtor, which bundles what is due together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// `{debtor}.n{number}`.
    pub id: NoticeId,
    /// The heaviest kind among its lines: the one that it speaks with.
    pub kind: StepKind,
    /// The way that it goes.
    pub channel: Channel,
    /// Where it goes to, since it was claimed; of a call the number that a machine dialled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What it is about; narrowed at the claim to what still stands.
    pub lines: Vec<NoticeLine>,
    /// When it was decided.
    pub prepared_at: Timestamp,
    /// Calls that were begun and not certainly refused; never more than two.
    pub attempts: u8,
    /// How far it is.
    pub state: NoticeState,
    /// What the text contains that later steps or signals must be able to show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Total asked for when it was claimed.
    #[serde(default)]
    pub amount: Money,
    /// Statutory costs that it announces (article 6:96(6) BW); only a formal notice does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs_announced: Option<AnnouncedCosts>,
    /// The instalment that it reminds of, beside its lines or instead of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalment: Option<InstalmentDue>,
    /// What the desk wrote, where it carries that. The words are not here: they stand with the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// The invoices that a statement lists, since it was claimed, or the one that the desk wrote about: no step is taken by
    /// these, so they have no lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stated: Vec<InvoiceId>,
    /// The request that asked for it, by the hash of its idempotency key: repeated, it asks for no second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The id under which the mail service took it in: answers name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_as: Option<String>,
    /// How far its paper is; only letters have any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Paper>,
    /// Its telephone call, since it was put before the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// Files with what left by mail or text message, one for each call that may have gone through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
    /// Version of the administration's settings that it was decided under. Policies are named by its lines.
    pub settings_version: u32,
}

/// A letter on its way: from the printer to the door.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Paper {
    /// The file with the letter as PDF, as it stood at the last claim, without the code.
    pub file: String,
    /// Hashes of the codes that the debtor opens their page with: of each claim one, since either letter may have arrived.
    pub codes: Vec<String>,
    /// The day on which the post got it, where that was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_on: Option<Date>,
    /// When the printer is asked next how it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_at: Option<Timestamp>,
}

/// The exact costs that a formal notice names, and the principal that they follow from, in euros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnnouncedCosts {
    /// What they are reckoned over, in euros.
    pub principal: Money,
    /// By the decree (Stb. 2012, 141), in euros.
    pub costs: Money,
}

/// An instalment of a payment plan that falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstalmentDue {
    /// The plan that it is of.
    pub plan: PlanId,
    /// From 1.
    pub number: u16,
    /// The last day to pay it.
    pub due_on: Date,
}

/// One step of one invoice in a notice, with the policy that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticeLine {
    /// The invoice that it is about.
    pub invoice: InvoiceId,
    /// The policy's name of the step.
    pub step: StepId,
    /// What kind of step it is.
    pub kind: StepKind,
    /// The signal whose conditions are looked at once it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links_to: Option<SignalKind>,
    /// The policy that it was decided under, and its version.
    pub policy: PolicyId,
    /// The version that held when it was prepared.
    pub policy_version: u32,
    /// The step claims collection costs, or interest.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub claims_costs: bool,
    /// Interest is claimed from it on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub claims_interest: bool,
}

/// The ways to reach a debtor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Channel {
    /// By the mail service.
    Email,
    /// A text message.
    Sms,
    /// On paper.
    Letter,
    /// A call task for the desk, or a voice call.
    Phone,
}

impl Channel {
    /// Its name in JSON, such as `email`.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
            Channel::Letter => "letter",
            Channel::Phone => "phone",
        }
    }

    /// How long an unknown outcome waits for a report before the one second try.
    pub fn second_try_after(self) -> SignedDuration {
        match self {
            Channel::Sms => SECOND_TEXT_AFTER,
            Channel::Email | Channel::Letter | Channel::Phone => SECOND_MAIL_AFTER,
        }
    }
}

/// What a notice did, as evidence for the preconditions of a signal (Stcrt 2021, 45719 art. 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evidence {
    /// (a) Sought personal contact: named a number to call and offered to call back, or spoke to the debtor by telephone.
    ContactEffort,
    /// (b) Pointed to debt help.
    DebtHelp,
    /// (c) Reminded in writing.
    WrittenReminder,
    /// (d) Offered to pass contact data to the municipality and said how to object.
    MunicipalityOffer,
    /// Offered a payment arrangement: asked of suppliers of energy and heat (LAW.md section 2).
    ArrangementOffer,
}

/// How far a notice is; each state keeps what the next decision needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum NoticeState {
    /// Decided; to be claimed and sent, not before `not_before` where that is set.
    Prepared {
        /// After a refusal that may pass: no new try before then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Timestamp>,
    },
    /// One function is making the call.
    Claimed {
        /// When the one call was granted.
        at: Timestamp,
    },
    /// A machine calls the debtor: how that ends is not told yet.
    Dialled {
        /// When the one call was granted.
        at: Timestamp,
    },
    /// The desk is asked to call the debtor: nothing is sent.
    ToCall {
        /// When it was put before the desk.
        since: Timestamp,
    },
    /// The call may or may not have gone through.
    Unknown {
        /// When its answer was given up.
        since: Timestamp,
        /// When the call was granted.
        claimed_at: Timestamp,
    },
    /// The mail service took it.
    Sent {
        /// When the call was granted: the step counts as taken then.
        at: Timestamp,
        /// The mail service's own id; `None` where only its report told of the message.
        message_id: Option<String>,
    },
    /// The receiving side took it in.
    Delivered {
        /// When that was recorded.
        at: Timestamp,
        /// The day on which it left.
        sent_on: Date,
    },
    /// It came back.
    Bounced {
        /// When that was recorded.
        at: Timestamp,
        /// The day on which it left.
        sent_on: Date,
        /// The address does not work; otherwise it may still.
        permanent: bool,
    },
    /// The debtor marked it as unwanted.
    Complained {
        /// When that was recorded.
        at: Timestamp,
        /// The day on which it left.
        sent_on: Date,
    },
    /// It will not be sent.
    Failed {
        /// When it was given up.
        at: Timestamp,
        /// In words without personal data.
        reason: String,
        /// No attempt was ever answered: it may have arrived, so its steps wait until a person or a late report says.
        #[serde(default)]
        may_have_left: bool,
    },
    /// Nothing of it stood any more when it was about to leave.
    Cancelled {
        /// When that was seen.
        at: Timestamp,
        /// What had changed.
        reason: String,
    },
}

/// Whether a call that was claimed at `at`, by another function's clock, may still be about to leave.
pub fn call_may_leave(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < CALL_OVER_AFTER + CLOCKS_DIFFER
}

impl Notice {
    /// A notice that was just decided on, with nothing in it yet.
    pub(crate) fn prepared(
        id: NoticeId,
        kind: StepKind,
        channel: Channel,
        now: Timestamp,
        settings_version: u32,
    ) -> Notice {
        Notice {
            id,
            kind,
            channel,
            address: None,
            lines: Vec::new(),
            prepared_at: now,
            attempts: 0,
            state: NoticeState::Prepared { not_before: None },
            evidence: Vec::new(),
            amount: Money::ZERO,
            costs_announced: None,
            instalment: None,
            message: None,
            stated: Vec::new(),
            request: None,
            carried_as: None,
            letter: None,
            call: None,
            copies: Vec::new(),
            settings_version,
        }
    }

    /// It follows the debtor up and is not settled: no other that does is prepared beside it.
    pub fn is_follow_up_under_way(&self) -> bool {
        self.kind.is_follow_up() && !self.is_settled()
    }

    /// Nothing more has to be done to get it out.
    pub fn is_settled(&self) -> bool {
        !matches!(
            self.state,
            NoticeState::Prepared { .. }
                | NoticeState::Claimed { .. }
                | NoticeState::Dialled { .. }
                | NoticeState::ToCall { .. }
                | NoticeState::Unknown { .. }
        )
    }

    /// The desk is asked to call.
    pub fn is_to_call(&self) -> bool {
        matches!(self.state, NoticeState::ToCall { .. })
    }

    /// Nobody knows whether it left, and it is not tried any more.
    pub fn is_given_up(&self) -> bool {
        matches!(self.state, NoticeState::Failed { may_have_left: true, .. })
    }

    /// A call was made whose outcome nobody knows.
    pub fn may_have_left(&self) -> bool {
        self.is_given_up()
            || matches!(
                self.state,
                NoticeState::Claimed { .. } | NoticeState::Dialled { .. } | NoticeState::Unknown { .. }
            )
    }

    /// The day on which it left, if it did.
    pub fn sent_on(&self) -> Option<Date> {
        match &self.state {
            NoticeState::Sent { at, .. } => Some(crate::calendar::today(*at)),
            NoticeState::Delivered { sent_on, .. }
            | NoticeState::Bounced { sent_on, .. }
            | NoticeState::Complained { sent_on, .. } => Some(*sent_on),
            NoticeState::Prepared { .. }
            | NoticeState::Claimed { .. }
            | NoticeState::Dialled { .. }
            | NoticeState::ToCall { .. }
            | NoticeState::Unknown { .. }
            | NoticeState::Failed { .. }
            | NoticeState::Cancelled { .. } => None,
        }
    }

    /// Left, and nothing says that it did not arrive.
    pub fn counts_as_evidence(&self) -> bool {
        self.sent_on().is_some() && !matches!(self.state, NoticeState::Bounced { .. })
    }

    /// A function may still be about to make the call: also where another one, whose clock is ahead, gave its answer up.
    pub fn is_in_flight(&self, now: Timestamp) -> bool {
        matches!(
            self.state,
            NoticeState::Claimed { at } | NoticeState::Unknown { claimed_at: at, .. } if call_may_leave(at, now)
        )
    }

    /// Its state in one word, as the API has it.
    pub fn status(&self) -> &'static str {
        match self.state {
            NoticeState::Prepared { .. } => "prepared",
            NoticeState::Claimed { .. } => "sending",
            NoticeState::Dialled { .. } => "dialled",
            NoticeState::ToCall { .. } => "to_call",
            NoticeState::Unknown { .. } => "unknown",
            NoticeState::Sent { .. } => "sent",
            NoticeState::Delivered { .. } => "delivered",
            NoticeState::Bounced { .. } => "bounced",
            NoticeState::Complained { .. } => "complained",
            NoticeState::Failed { .. } => "failed",
            NoticeState::Cancelled { .. } => "cancelled",
        }
    }
}
