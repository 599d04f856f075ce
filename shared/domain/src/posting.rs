//! What becomes of a letter between the printer and the door.
//!
//! A printer that tells is asked: daily until the post has the letter, then every third day while it may still come back. The
//! day on which it is delivered is presumed by the law (HR 2016:2704), unless somebody reports a later one.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::{days_between, today};
use crate::dossier::{Dossier, Draft};
use crate::formal_notice::presumed_delivery_of_post;
use crate::ids::NoticeId;
use crate::notice::{Channel, Notice, NoticeState, Paper};
use crate::refusal::Refusal;
use crate::sending::{Delivery, record_delivery};
use crate::timeline::Event;

/// After a letter was sent, and until it is posted, between two looks.
const UNTIL_POSTED: SignedDuration = SignedDuration::from_hours(24);

/// Between two looks at a letter that is with the post.
const UNTIL_RETURNED: SignedDuration = SignedDuration::from_hours(72);

/// Days after which a letter that did not come back has arrived.
const RETURNS_WITHIN_DAYS: i32 = 30;

/// Notes the letter of a notice that was just claimed: the file with its PDF, and the hash of the code in it.
pub fn write(draft: &mut Draft, id: &NoticeId, file: String, code: String) {
    if let Some(notice) = draft.dossier.notice_mut(id) {
        let paper = notice.letter.get_or_insert_default();
        paper.file = file;
        paper.codes.push(code);
    }
}

/// The letter left: from now on the printer is asked. One that does not tell is asked no more after the first look.
pub(crate) fn begin_looking(draft: &mut Draft, id: &NoticeId) {
    let now = draft.now;
    if let Some(paper) = draft.dossier.notice_mut(id).and_then(|n| n.letter.as_mut()) {
        paper.look_at = Some(now + UNTIL_POSTED);
    }
}

/// When the printer of this notice is asked next.
pub(crate) fn look_at(notice: &Notice) -> Option<Timestamp> {
    let paper = notice.letter.as_ref()?;
    paper.look_at.filter(|_| matches!(notice.state, NoticeState::Sent { .. } | NoticeState::Delivered { .. }))
}

/// The notices whose printer is to be asked now.
pub fn to_look_at(dossier: &Dossier, now: Timestamp) -> impl Iterator<Item = &Notice> {
    dossier.notices.iter().filter(move |n| look_at(n).is_some_and(|at| at <= now))
}

/// Somebody looked, or there is nobody to ask (`tells` is false): says when to look again.
pub fn looked(draft: &mut Draft, id: &NoticeId, tells: bool) {
    let (now, day) = (draft.now, draft.today());
    let Some(notice) = draft.dossier.notice_mut(id) else { return };
    let sent_on = notice.sent_on().unwrap_or(day);
    let Some(paper) = notice.letter.as_mut() else { return };
    let again = now + if paper.posted_on.is_some() { UNTIL_RETURNED } else { UNTIL_POSTED };
    let over = days_between(sent_on, day) >= RETURNS_WITHIN_DAYS;
    paper.look_at = (tells && !over).then_some(again);
}

/// The post has the letter, since `at` by the printer's clock. Whether that was new.
pub(crate) fn mark_posted(draft: &mut Draft, id: &NoticeId, at: Timestamp) -> bool {
    let day = draft.today();
    let Some(notice) = draft.dossier.notice_mut(id) else { return false };
    let (Some(sent_on), NoticeState::Sent { .. }) = (notice.sent_on(), &notice.state) else { return false };
    let Some(paper) = notice.letter.as_mut().filter(|p| p.posted_on.is_none()) else { return false };
    let posted_on = today(at).max(sent_on).min(day);
    paper.posted_on = Some(posted_on);
    let presumed = presumed_delivery_of_post(posted_on);
    for invoice in draft.dossier.invoices.values_mut() {
        if let Some(formal) = invoice.formal_notice.as_mut().filter(|f| f.notice == *id) {
            formal.received_on = formal.received_on.max(Some(presumed));
        }
    }
    draft.record(Event::NoticePosted { notice: id.clone(), posted_on });
    true
}

/// What people may report of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// The post has it.
    Posted,
    /// It is known to have arrived.
    Delivered,
    /// It came back.
    Returned,
    /// It was not printed, or lost before the post had it.
    NotSent,
}

/// Records what somebody reports of a letter, as of `on`. Says whether it changed anything.
///
/// # Errors
/// [`Refusal::NotALetter`] for a notice that went another way, or has not left; [`Refusal::NoSuchNotice`].
pub fn report(draft: &mut Draft, id: &NoticeId, reported: Reported, at: Timestamp) -> Result<bool, Refusal> {
    let notice = draft.dossier.notice(id).ok_or(Refusal::NoSuchNotice)?;
    if notice.channel != Channel::Letter || notice.attempts == 0 {
        return Err(Refusal::NotALetter);
    }
    let delivery = match reported {
        Reported::Posted => Delivery::Posted,
        Reported::Delivered => Delivery::Delivered,
        Reported::Returned => Delivery::Bounced { permanent: true },
        Reported::NotSent => Delivery::Bounced { permanent: false },
    };
    record_delivery(draft, id, delivery, at)
}

/// The day on which a letter counts as delivered, where the post has it.
pub fn presumed_on(paper: &Paper) -> Option<Date> {
    paper.posted_on.map(presumed_delivery_of_post)
}
