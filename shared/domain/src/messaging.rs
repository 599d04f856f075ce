//! Writing and reading messages: the debtor writes, and the desk is asked to look; the desk writes, and a mail leaves.
//!
//! A mail that carries what a person wrote is no reminder: a hold on reminders lets it pass, no interval is kept before it and
//! none counts from it. A hold on everything stops it, and it waits for the sending window like all others.

use jiff::Timestamp;

use crate::administration::Administration;
use crate::dossier::{Dossier, Draft};
use crate::follow_up::prune_notices;
use crate::hold::{Covers, Hold, HoldScope};
use crate::ids::{InvoiceId, MessageId, NoticeId};
use crate::message::{Attached, Author, MOST_UNREAD, Message, Read};
use crate::notice::{Channel, Notice, NoticeState};
use crate::refusal::Refusal;
use crate::sending::{Claim, NOT_DELIVERED, cancel};
use crate::step::StepKind;
use crate::timeline::Event;

/// What the task is about that asks the desk to read what the debtor wrote.
pub const MESSAGE: &str = "message";

/// A message as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Who writes.
    pub author: Author,
    /// The invoice that it is about; it is this debtor's.
    pub invoice: Option<InvoiceId>,
    /// What is written.
    pub text: String,
    /// The files that go along.
    pub attachments: Vec<Attached>,
    /// The hash of the request's idempotency key: repeated, it writes no second message.
    pub request: Option<String>,
}

/// The messages of the debtor that wait to be read at the desk.
pub fn unread(dossier: &Dossier) -> impl Iterator<Item = MessageId> {
    let waiting = dossier.tasks.iter().filter(|task| task.about == MESSAGE);
    waiting.filter_map(|task| MessageId::parse(&task.subject).ok())
}

/// Writes a message. One of the debtor's is put before the desk; one of the desk's answers what the debtor wrote about the same
/// thing, and leaves by mail where there is an address that works. `waiting` are the messages of [`unread`].
///
/// # Errors
/// [`Refusal::EverythingHeld`] while nothing may leave; [`Refusal::TooManyUnread`].
pub fn write(
    draft: &mut Draft,
    administration: &Administration,
    written: &Written,
    waiting: &[Message],
) -> Result<Message, Refusal> {
    may_write(draft, administration, written)?;
    draft.dossier.counts.messages += 1;
    let mut message = Message {
        id: draft.dossier.debtor.id.message(draft.dossier.counts.messages),
        author: written.author,
        by: draft.by().to_owned(),
        invoice: written.invoice.clone(),
        text: written.text.clone(),
        at: draft.now,
        attachments: written.attachments.clone(),
        read: None,
        notice: None,
        request: written.request.clone(),
    };
    match written.author {
        Author::Debtor => {
            let (id, invoice) = (message.id.clone(), message.invoice.clone());
            draft.record(Event::MessageReceived { message: id, invoice });
            draft.open_task(MESSAGE, message.id.as_str());
        }
        Author::Desk => {
            for answered in waiting.iter().filter(|m| m.invoice == written.invoice) {
                read(draft, answered);
            }
            send(draft, administration, &mut message);
        }
    }
    draft.keep_message(message.clone());
    Ok(message)
}

fn may_write(draft: &Draft, administration: &Administration, written: &Written) -> Result<(), Refusal> {
    let everyone = &administration.holds;
    let held = || standing_hold(&draft.dossier, written.invoice.as_ref(), everyone, draft.now).is_some();
    match written.author {
        Author::Debtor if unread(&draft.dossier).count() >= MOST_UNREAD => Err(Refusal::TooManyUnread),
        Author::Desk if held() => Err(Refusal::EverythingHeld),
        Author::Debtor | Author::Desk => Ok(()),
    }
}

/// Prepares the mail that brings it, where there is an address that works.
fn send(draft: &mut Draft, administration: &Administration, message: &mut Message) {
    let goes = draft.dossier.email().is_some() && administration.channels.contains(&Channel::Email);
    message.notice = goes.then(|| next_notice(draft));
    let (id, invoice, notice) = (message.id.clone(), message.invoice.clone(), message.notice.clone());
    draft.record(Event::MessageSent { message: id, invoice, notice });
    if let Some(notice) = &message.notice {
        let (kind, version) = (StepKind::DeskMessage, administration.settings_version);
        let mail = Notice::prepared(notice.clone(), kind, Channel::Email, draft.now, version);
        let stated = message.invoice.iter().cloned().collect();
        prepare(draft, Notice { message: Some(message.id.clone()), stated, ..mail });
    }
}

/// Whoever it was for has read it: the desk what the debtor wrote, the debtor what the desk wrote. Reading it again changes
/// nothing. Gives the message as it is now.
pub fn read(draft: &mut Draft, message: &Message) -> Message {
    draft.dossier.tasks.retain(|t| !(t.about == MESSAGE && t.subject == message.id.as_str()));
    let mut message = message.clone();
    if message.read.is_none() {
        message.read = Some(Read { at: draft.now, by: draft.by().to_owned() });
        draft.keep_message(message.clone());
    }
    message
}

/// The hold that keeps what is about this invoice, or about none in particular, from leaving now: one on everything.
pub fn standing_hold<'a>(
    dossier: &'a Dossier,
    invoice: Option<&InvoiceId>,
    everyone: &'a [Hold],
    now: Timestamp,
) -> Option<&'a Hold> {
    dossier.holds.iter().chain(everyone).find(|hold| {
        let covers = match &hold.scope {
            HoldScope::Debtor | HoldScope::Administration => true,
            HoldScope::Case(held) => dossier.case.as_ref() == Some(held),
            HoldScope::Invoice(held) => invoice == Some(held),
            HoldScope::Invoices(held) => invoice.is_some_and(|invoice| held.contains(invoice)),
        };
        covers && hold.covers == Covers::Everything && hold.stands_at(now)
    })
}

pub(crate) fn next_notice(draft: &mut Draft) -> NoticeId {
    draft.dossier.counts.notices += 1;
    draft.dossier.debtor.id.notice(draft.dossier.counts.notices)
}

/// Prepares a notice that takes no step.
pub(crate) fn prepare(draft: &mut Draft, prepared: Notice) {
    draft.record(Event::NoticePrepared {
        notice: prepared.id.clone(),
        kind: prepared.kind,
        channel: prepared.channel,
        lines: Vec::new(),
        settings_version: prepared.settings_version,
    });
    prune_notices(&mut draft.dossier, draft.now);
    draft.dossier.notices.push(prepared);
}

/// Claims the mail of what the desk wrote. Whoever wrote it is told where it does not leave any more.
pub(crate) fn claim(draft: &mut Draft, id: &NoticeId, administration: &Administration) -> Claim {
    let now = draft.now;
    let about = draft.dossier.notice(id).and_then(|n| n.message.clone());
    let invoice = draft.dossier.notice(id).and_then(|n| n.stated.first().cloned());
    let held = standing_hold(&draft.dossier, invoice.as_ref(), &administration.holds, now).is_some();
    let address = draft.dossier.address_of(Channel::Email);
    let reason = match (held, &address, about) {
        (true, ..) => Some("held since it was written"),
        (false, None, _) => Some("no address"),
        (false, Some(_), None) => Some("it carries no message"),
        (false, Some(_), Some(_)) => None,
    };
    if let Some(reason) = reason {
        cancel(draft, id, reason);
        draft.open_task(NOT_DELIVERED, id.as_str());
        return Claim::Cancelled;
    }
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.address = address;
        notice.attempts += 1;
        notice.state = NoticeState::Claimed { at: now };
    }
    Claim::Granted
}
