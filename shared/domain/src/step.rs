//! What a step of a policy is, apart from when it is taken.

use serde::{Deserialize, Serialize};

use crate::notice::Channel;

/// The kinds of step, in the order of their weight: a notice that bundles several speaks with the heaviest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepKind {
    /// What somebody at the desk wrote to the debtor. No step of a policy, and no reminder: people speak for themselves.
    DeskMessage,
    /// All that is open, in one message, because somebody asked for it. No step of a policy, and no reminder.
    Statement,
    /// Reminds of an instalment of a payment plan. No step of a policy: plans have instalments of their own.
    InstalmentReminder,
    /// The invoice itself. It is no reminder: a hold on reminders lets it pass, and no interval counts from it.
    InvoiceSending,
    /// Before the due date.
    PreReminder,
    /// A first or further one.
    Reminder,
    /// The last before the formal notice; it points to debt help and links to the early signal.
    FinalReminder,
    /// The 14-day letter of article 6:96(6) BW.
    FormalNotice,
    /// Says when the supply is going to end; links to the crisis signal.
    EndOfServiceAnnouncement,
    /// The creditor's own people end the supply: a task, not before the lawful day.
    EndOfService,
    /// The first step of collection.
    Summons,
    /// Once more.
    SecondSummons,
    /// The last demand before the bailiff.
    NoticeOfDefault,
    /// The dossier is complete for the bailiff: a task.
    ReadyForBailiff,
}

impl StepKind {
    /// A written reminder in the sense of Stcrt 2021, 45719 art. 1.2(c).
    pub fn is_reminder(self) -> bool {
        matches!(self, StepKind::Reminder | StepKind::FinalReminder)
    }

    /// It is a message to the debtor. The others are tasks for the creditor's own people.
    pub fn is_notice(self) -> bool {
        !matches!(self, StepKind::EndOfService | StepKind::ReadyForBailiff)
    }

    /// It may stand in a policy.
    pub fn is_of_policy(self) -> bool {
        self.is_follow_up() && self != StepKind::InstalmentReminder
    }

    /// It follows a debtor up: a step of a policy, or the reminder of an instalment. The others are sent because somebody
    /// asked for them: no step is taken by them, and no interval counts from them.
    pub fn is_follow_up(self) -> bool {
        !matches!(self, StepKind::DeskMessage | StepKind::Statement)
    }

    /// Its message may go this way. A formal notice is a letter, on paper or by mail (article 6:96(6) BW). A text message
    /// cannot hold what an announcement of the end of service says about health and help, and whether it is the writing
    /// that a notice of default asks for (article 6:82 BW) is not settled.
    ///
    /// What people write goes by mail, and a list of all that is open goes where it can be read.
    pub fn may_go_by(self, channel: Channel) -> bool {
        match channel {
            Channel::Email => true,
            Channel::Letter => self != StepKind::DeskMessage,
            Channel::Sms => !matches!(
                self,
                StepKind::DeskMessage
                    | StepKind::Statement
                    | StepKind::FormalNotice
                    | StepKind::EndOfServiceAnnouncement
                    | StepKind::NoticeOfDefault
            ),
            Channel::Phone => self.is_follow_up() && self != StepKind::FormalNotice,
        }
    }

    /// A step of collection: it may claim costs and interest.
    pub fn is_collection(self) -> bool {
        self >= StepKind::Summons
    }

    /// The least interval between two messages holds for it, and counts from it.
    pub fn keeps_interval(self) -> bool {
        self.is_notice() && self.is_follow_up() && self != StepKind::InvoiceSending
    }

    /// Its name in JSON, such as `finalReminder`.
    pub fn name(self) -> &'static str {
        match self {
            StepKind::DeskMessage => "deskMessage",
            StepKind::Statement => "statement",
            StepKind::InstalmentReminder => "instalmentReminder",
            StepKind::InvoiceSending => "invoiceSending",
            StepKind::PreReminder => "preReminder",
            StepKind::Reminder => "reminder",
            StepKind::FinalReminder => "finalReminder",
            StepKind::FormalNotice => "formalNotice",
            StepKind::EndOfServiceAnnouncement => "endOfServiceAnnouncement",
            StepKind::EndOfService => "endOfService",
            StepKind::Summons => "summons",
            StepKind::SecondSummons => "secondSummons",
            StepKind::NoticeOfDefault => "noticeOfDefault",
            StepKind::ReadyForBailiff => "readyForBailiff",
        }
    }
}

/// The two kinds of signal to the municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignalKind {
    /// Arrears that are still small (Stb. 2020, 240).
    Early,
    /// The supply is about to end.
    Crisis,
}
