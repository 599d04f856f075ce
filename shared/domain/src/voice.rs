//! Voice calls: where an administration has a line for it, a machine says reminders by telephone before the desk is asked to call.
//!
//! It is off until a line is named. A call that was answered takes its step, as a text message that arrived does. One that nobody
//! answered, that could not be made, or of which nothing was heard, is put before the desk as if there were no machine
//! ([`crate::calling`]).
//!
//! What is absent: evidence. A machine seeks no personal contact (Stcrt 2021, 45719 art. 1.2(a)), writes nothing, and nobody
//! knows who listened. And whatever is heavier than a reminder: people say that.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Violation;
use crate::administration::Administration;
use crate::calling::{self, Attempt, CallOutcome};
use crate::dossier::{Dossier, Draft};
use crate::ids::NoticeId;
use crate::notice::{Channel, NoticeState};
use crate::phone::telephone_number;
use crate::refusal::Refusal;
use crate::sending;
use crate::step::StepKind;
use crate::timeline::Event;

/// Who the timeline says called, and the attempts of a call.
pub const MACHINE: &str = "voice call service";

/// A voice call that was asked for now is over after this long: a minute of ringing, and what is said. The sending window has to
/// be open until then.
pub const OVER_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// How long the end of a call that the service took in is waited for, before the desk is asked. Its events come within seconds,
/// "on a best effort basis" (Amazon Connect, "Contact events").
pub const HEARD_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Longest id of anything at the service, in characters (Amazon Connect, `StartOutboundVoiceContact`: 500, of which ids need 36).
const LONGEST_ID: usize = 100;

/// The line by which a machine calls, by its names at Amazon Connect. No instance: no machine calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoiceRules {
    /// The instance. The operator has it, and named it at deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// The flow that says what there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_flow_id: Option<String>,
    /// The queue whose number is shown to the debtor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_id: Option<String>,
    /// The number that is shown to the debtor, as `+31301234567`; goes before that of the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_phone_number: Option<String>,
}

impl VoiceRules {
    /// A machine may call.
    pub fn is_on(&self) -> bool {
        self.instance_id.is_some() && self.contact_flow_id.is_some()
    }
}

/// What is wrong with the line; paths are those of the API body.
pub(crate) fn check(voice: &VoiceRules) -> Vec<Violation> {
    let mut found = Vec::new();
    let VoiceRules { instance_id, contact_flow_id, queue_id, source_phone_number } = voice;
    let ids = [
        ("voice.instanceId", instance_id),
        ("voice.contactFlowId", contact_flow_id),
        ("voice.queueId", queue_id),
    ];
    for (path, id) in ids {
        if id.as_deref().is_some_and(|id| !is_id(id)) {
            found.push(Violation::new(path, "not_an_id", "has 1 to 100 letters, digits and '-'"));
        }
    }
    let number = source_phone_number.as_deref();
    if number.is_some_and(|number| telephone_number(number).as_deref() != Some(number)) {
        let detail = "is a number with its country code, such as +31301234567";
        found.push(Violation::new("voice.sourcePhoneNumber", "not_a_number", detail));
    }
    let any = contact_flow_id.is_some() || queue_id.is_some() || source_phone_number.is_some();
    if instance_id.is_none() && any {
        let detail = "is needed for voice calls; nothing stands beside it where there are none";
        found.push(Violation::new("voice.instanceId", "instance_missing", detail));
    }
    if instance_id.is_some() && contact_flow_id.is_none() {
        found.push(Violation::new("voice.contactFlowId", "flow_missing", "is needed for voice calls"));
    }
    if instance_id.is_some() && queue_id.is_none() && source_phone_number.is_none() {
        let detail = "a queue or a number is needed for voice calls: the debtor sees who calls";
        found.push(Violation::new("voice.sourcePhoneNumber", "caller_missing", detail));
    }
    found
}

fn is_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=LONGEST_ID).contains(&text.len()) && text.chars().all(allowed)
}

/// A machine may say this: that something is open, and how much. What has consequences is said by people.
fn may_say(kind: StepKind) -> bool {
    match kind {
        StepKind::InstalmentReminder
        | StepKind::PreReminder
        | StepKind::Reminder
        | StepKind::FinalReminder => true,
        StepKind::DeskMessage
        | StepKind::Statement
        | StepKind::InvoiceSending
        | StepKind::FormalNotice
        | StepKind::EndOfServiceAnnouncement
        | StepKind::EndOfService
        | StepKind::Summons
        | StepKind::SecondSummons
        | StepKind::NoticeOfDefault
        | StepKind::ReadyForBailiff => false,
    }
}

/// The number that a machine calls to say a notice of this kind; `None` where people call.
pub(crate) fn number_for(
    dossier: &Dossier,
    administration: &Administration,
    kind: StepKind,
) -> Option<String> {
    let machine = administration.voice.is_on() && may_say(kind);
    dossier.numbers().into_iter().find(|n| machine && telephone_number(n).as_ref() == Some(n))
}

/// The service took the call in: what comes of it, its events say.
pub(crate) fn mark_dialled(draft: &mut Draft, id: &NoticeId, claimed_at: Timestamp, contact: String) {
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.carried_as = Some(contact);
        notice.state = NoticeState::Dialled { at: claimed_at };
    }
}

/// Nobody told how the call ended: the desk is asked. The service took it in, so a machine does not call again.
pub(crate) fn ask_desk_when_unheard(draft: &mut Draft, id: &NoticeId) {
    let Some(notice) = draft.dossier.notice(id) else { return };
    if let NoticeState::Dialled { at } = notice.state
        && draft.now.duration_since(at) >= HEARD_WITHIN
    {
        calling::begin(draft, id);
    }
}

/// How a voice call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Somebody answered it.
    Answered,
    /// Nobody did, or a machine of the debtor's.
    NotAnswered,
}

/// Records how a voice call ended. That may be told twice, late, or before the answer of the call itself. Says whether it changed
/// anything.
///
/// # Errors
/// [`Refusal::NoSuchNotice`].
pub fn record_end(draft: &mut Draft, id: &NoticeId, ended: Ended, at: Timestamp) -> Result<bool, Refusal> {
    let notice = draft.dossier.notice(id).ok_or(Refusal::NoSuchNotice)?;
    if notice.channel != Channel::Phone || notice.attempts == 0 {
        return Ok(false);
    }
    let dialled_at = match notice.state {
        NoticeState::Claimed { at } | NoticeState::Dialled { at } => at,
        NoticeState::Unknown { claimed_at, .. } => claimed_at,
        // The second try was about to begin: this was the first.
        NoticeState::Prepared { .. } => draft.now,
        // The desk has it already, or it is over.
        NoticeState::ToCall { .. }
        | NoticeState::Sent { .. }
        | NoticeState::Delivered { .. }
        | NoticeState::Bounced { .. }
        | NoticeState::Complained { .. }
        | NoticeState::Failed { .. }
        | NoticeState::Cancelled { .. } => return Ok(false),
    };
    match ended {
        Ended::Answered => sending::mark_answered(draft, id, dialled_at, at),
        Ended::NotAnswered => {
            let number = notice.address.clone().unwrap_or_default();
            calling::begin(draft, id);
            note_attempt(draft, id, number);
        }
    }
    Ok(true)
}

/// The desk sees that a machine called. It is none of the calls after which the desk gives up.
fn note_attempt(draft: &mut Draft, id: &NoticeId, number: String) {
    let (now, outcome) = (draft.now, CallOutcome::NotReached);
    let Some(call) = draft.dossier.notice_mut(id).and_then(|n| n.call.as_mut()) else { return };
    let by = MACHINE.to_owned();
    call.attempts.push(Attempt { at: now, by, number, outcome, note: None, request: None });
    let attempt = u16::try_from(call.attempts.len()).unwrap_or(u16::MAX);
    draft.record(Event::CallMade { notice: id.clone(), outcome, attempt, note: None });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(line: [Option<&str>; 4]) -> VoiceRules {
        let [instance_id, contact_flow_id, queue_id, source_phone_number] =
            line.map(|part| part.map(str::to_owned));
        VoiceRules { instance_id, contact_flow_id, queue_id, source_phone_number }
    }

    #[test]
    fn a_line_is_named_whole_or_not_at_all() {
        type Row = ([Option<&'static str>; 4], &'static [(&'static str, &'static str)]);
        let table: [Row; 8] = [
            ([None; 4], &[]),
            ([Some("i-1"), Some("f-1"), Some("q-1"), None], &[]),
            ([Some("i-1"), Some("f-1"), None, Some("+31301234567")], &[]),
            ([Some("i-1"), Some("f-1"), None, None], &[("voice.sourcePhoneNumber", "caller_missing")]),
            ([Some("i-1"), None, Some("q-1"), None], &[("voice.contactFlowId", "flow_missing")]),
            ([None, Some("f-1"), Some("q-1"), None], &[("voice.instanceId", "instance_missing")]),
            (
                [Some("i-1"), Some("f-1"), None, Some("030 123 45 67")],
                &[("voice.sourcePhoneNumber", "not_a_number")],
            ),
            ([Some("i/../1"), Some("f-1"), Some("q-1"), None], &[("voice.instanceId", "not_an_id")]),
        ];
        for (line, expected) in table {
            let rules = rules(line);
            let found = check(&rules);
            let found: Vec<_> = found.iter().map(|v| (v.path.as_str(), v.code)).collect();
            assert_eq!(found, expected, "{line:?}");
            assert_eq!(rules.is_on(), line[0].is_some() && line[1].is_some(), "{line:?}");
        }
    }
}
