//! The statement of account: all that is open of one debtor in one message, because somebody asked for it.
//!
//! It is no reminder: it takes no step, keeps no interval and none counts from it. A hold on reminders lets it pass, one on
//! everything does not. It is drawn up when it leaves and not when it is asked for, and not before a reminder that leaves on the
//! same day: so both name the same amounts, whatever costs the reminder brings.

use jiff::{SignedDuration, Timestamp};

use crate::Money;
use crate::administration::Administration;
use crate::calendar::today;
use crate::dossier::{Dossier, Draft};
use crate::follow_up::channel_for;
use crate::ids::{InvoiceId, NoticeId};
use crate::messaging::{next_notice, prepare, standing_hold};
use crate::next::{Next, next};
use crate::notice::{Channel, Notice, NoticeState};
use crate::refusal::Refusal;
use crate::sending::{Claim, cancel};
use crate::step::StepKind;

/// Invoices that one statement lists at most.
pub const MOST_STATED: usize = 500;

/// How a statement goes where nobody says how, in the order in which it is tried.
const WAYS: [Channel; 2] = [Channel::Email, Channel::Letter];

/// How long a statement waits for a reminder before it is looked at again.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// A statement as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The way that it is to go; the first that is connected and has an address where it is left out.
    pub channel: Option<Channel>,
    /// The hash of the request's idempotency key: repeated, it asks for no second one.
    pub request: Option<String>,
}

/// Prepares a statement. Asking for one that waits already, the same way, gives that one.
///
/// # Errors
/// [`Refusal::EverythingHeld`], [`Refusal::NothingOpen`] (also where what the debtor has to their credit covers it),
/// [`Refusal::TooManyToState`], [`Refusal::NoAddressThatWay`], and [`Refusal::StatementUnderWay`] while another leaves.
pub fn ask(draft: &mut Draft, administration: &Administration, asked: &Asked) -> Result<NoticeId, Refusal> {
    let now = draft.now;
    let dossier = &draft.dossier;
    if standing_hold(dossier, None, &administration.holds, now).is_some() {
        return Err(Refusal::EverythingHeld);
    }
    let stated = to_state(dossier, administration, now);
    if stated.is_empty() || dossier.is_covered(draft.today()) {
        return Err(Refusal::NothingOpen);
    }
    if stated.len() > MOST_STATED {
        return Err(Refusal::TooManyToState);
    }
    let wanted = asked.channel.map_or(WAYS.to_vec(), |channel| vec![channel]);
    let channel = channel_for(dossier, administration, &wanted).ok_or(Refusal::NoAddressThatWay)?;
    if let Some(waiting) = dossier.notices.iter().find(|n| n.kind == StepKind::Statement && !n.is_settled()) {
        let same = matches!(waiting.state, NoticeState::Prepared { .. }) && waiting.channel == channel;
        return if same { Ok(waiting.id.clone()) } else { Err(Refusal::StatementUnderWay) };
    }
    let id = next_notice(draft);
    let version = administration.settings_version;
    let statement = Notice::prepared(id.clone(), StepKind::Statement, channel, now, version);
    prepare(draft, Notice { request: asked.request.clone(), ..statement });
    Ok(id)
}

/// The open invoices that a statement lists now, the oldest first: all but those of which nothing at all may leave.
fn to_state(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Vec<InvoiceId> {
    let held = |id: &InvoiceId| standing_hold(dossier, Some(id), &administration.holds, now).is_some();
    let mut open: Vec<_> = dossier.open_invoices().filter(|i| !held(&i.id)).collect();
    open.sort_by(|a, b| (a.due_date, &a.id).cmp(&(b.due_date, &b.id)));
    open.into_iter().map(|i| i.id.clone()).collect()
}

/// Claims a statement: draws it up as of today.
pub(crate) fn claim(draft: &mut Draft, id: &NoticeId, administration: &Administration) -> Claim {
    let (now, day) = (draft.now, draft.today());
    let Some(notice) = draft.dossier.notice(id).cloned() else { return Claim::NotNow("no_such_notice") };
    if waits_for_reminder(&draft.dossier, &notice, administration, now) {
        if let Some(notice) = draft.dossier.notice_mut(id) {
            notice.state = NoticeState::Prepared { not_before: Some(now + LOOK_AGAIN_AFTER) };
        }
        return Claim::NotNow("reminder_first");
    }
    let stated = to_state(&draft.dossier, administration, now);
    let channel = channel_for(&draft.dossier, administration, &[notice.channel]);
    let reason = if standing_hold(&draft.dossier, None, &administration.holds, now).is_some() {
        Some("held since it was asked for")
    } else if stated.is_empty() || draft.dossier.is_covered(day) {
        Some("nothing is open any more")
    } else if stated.len() > MOST_STATED {
        Some("more is open than one statement lists")
    } else if channel.is_none() {
        Some("no address")
    } else {
        None
    };
    if let Some(reason) = reason {
        cancel(draft, id, reason);
        return Claim::Cancelled;
    }
    let owed: Money = stated.iter().filter_map(|i| draft.dossier.invoices.get(i)).map(|i| i.owed(day)).sum();
    let amount = draft.dossier.balance(day).min(owed);
    let address = draft.dossier.address_of(notice.channel);
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.address = address;
        notice.stated = stated;
        notice.amount = amount;
        notice.attempts += 1;
        notice.state = NoticeState::Claimed { at: now };
    }
    Claim::Granted
}

/// A reminder that is on its way, or leaves on the day on which the statement was asked for, goes first. On a later day the
/// statement waits for none that is only planned: it always leaves in the end.
fn waits_for_reminder(
    dossier: &Dossier,
    notice: &Notice,
    administration: &Administration,
    now: Timestamp,
) -> bool {
    let day = today(now);
    match next(dossier, administration, now) {
        Next::UnderWay(_) => true,
        Next::Notice { on, .. } | Next::Instalment { on, .. } => {
            on == day && today(notice.prepared_at) == day
        }
        Next::Nothing(_) => false,
    }
}
