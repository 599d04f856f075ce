//! Telephone calls: a step that goes by telephone puts a call before the desk, and what came of the call takes the step.
//!
//! A call that is to be made is a notice that has not settled. It goes by itself when it is paid, held or changed; when nobody
//! is reached as often as the settings say, or nobody calls for too long, the step's next channel takes over.
//!
//! What is absent: evidence of what was said. A call that reached the debtor is contact that was sought (Stcrt 2021, 45719 art.
//! 1.2(a)); whether debt help was pointed to in it, only a written message shows.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::administration::Administration;
use crate::calendar::{midnight, plus_days, today};
use crate::dispute::{self, Objection};
use crate::dossier::{Dossier, Draft};
use crate::follow_up::{channel_for, heaviest};
use crate::ids::{InvoiceId, NoticeId, StepId};
use crate::invoice::Invoice;
use crate::notice::{Channel, Evidence, Notice, NoticeLine, NoticeState};
use crate::planning;
use crate::promise::{self, Promised};
use crate::refusal::Refusal;
use crate::sending;
use crate::step::StepKind;
use crate::timeline::Event;
use crate::voice::MACHINE;

/// What the task is about that asks the desk to call a debtor.
pub const CALL: &str = "call";

/// Characters of what the desk notes about one call, at most.
pub const LONGEST_NOTE: usize = 1_000;

/// How an administration calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRules {
    /// How often a debtor is called for one step before the next channel takes over.
    pub attempts: u8,
    /// Days from a call that reached nobody to the next.
    pub days_between: u8,
    /// Days that a call waits for the desk; then the next channel takes over.
    pub wait_days: u8,
}

impl Default for CallRules {
    fn default() -> CallRules {
        CallRules { attempts: 3, days_between: 2, wait_days: 7 }
    }
}

/// The call of a notice: when it is to be made, and how often it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// When it was put before the desk.
    pub since: Timestamp,
    /// The first day on which it is to be made next.
    pub call_on: Date,
    /// The calls that were made, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// The telephone came to nothing: another channel speaks for these steps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
}

/// One call that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it was recorded.
    pub at: Timestamp,
    /// Who recorded it.
    pub by: String,
    /// The number that was called, as [`Dossier::numbers`] writes it.
    pub number: String,
    /// What came of it.
    pub outcome: CallOutcome,
    /// What the desk noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Hash of the request's idempotency key: the same request again records no second call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallOutcome {
    /// The debtor promised to pay.
    Promised,
    /// The debtor was spoken to.
    Spoke,
    /// The debtor disputes an invoice.
    Disputes,
    /// Nobody answered, or somebody else did.
    NotReached,
    /// The number is not the debtor's.
    WrongNumber,
    /// The debtor does not want to be called.
    AsksNoCalls,
}

impl CallOutcome {
    /// Its name among the words of pages.
    pub fn name(self) -> &'static str {
        match self {
            CallOutcome::Promised => "promised",
            CallOutcome::Spoke => "spoke",
            CallOutcome::Disputes => "disputes",
            CallOutcome::NotReached => "not_reached",
            CallOutcome::WrongNumber => "wrong_number",
            CallOutcome::AsksNoCalls => "asks_no_calls",
        }
    }

    /// The debtor was spoken to about what is open.
    pub fn is_contact(self) -> bool {
        match self {
            CallOutcome::Promised | CallOutcome::Spoke | CallOutcome::Disputes => true,
            CallOutcome::NotReached | CallOutcome::WrongNumber | CallOutcome::AsksNoCalls => false,
        }
    }
}

/// What the debtor said, as the desk tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// To pay by a day: a promise is made by the same rules as any other.
    Promised {
        /// Those that the call is about, where none are named.
        invoices: Option<Vec<InvoiceId>>,
        /// Everything that is open on them, where none is named.
        amount: Option<Money>,
        /// The last day of the promise.
        pay_by: Date,
    },
    /// Something that changes nothing here.
    Spoke,
    /// That these invoices are wrong: each is disputed from now on.
    Disputes(Vec<Objection>),
    /// Nothing: nobody was reached.
    NotReached,
    /// That the number is not the debtor's.
    WrongNumber,
    /// Not to be called.
    AsksNoCalls,
}

impl Said {
    fn outcome(&self) -> CallOutcome {
        match self {
            Said::Promised { .. } => CallOutcome::Promised,
            Said::Spoke => CallOutcome::Spoke,
            Said::Disputes(_) => CallOutcome::Disputes,
            Said::NotReached => CallOutcome::NotReached,
            Said::WrongNumber => CallOutcome::WrongNumber,
            Said::AsksNoCalls => CallOutcome::AsksNoCalls,
        }
    }
}

/// A call that was made, as the desk records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The number that was called: the first of the call's, where none is named.
    pub number: Option<String>,
    /// What was said.
    pub said: Said,
    /// What the desk notes about it, at most [`LONGEST_NOTE`] characters.
    pub note: Option<String>,
    /// Hash of the request's idempotency key.
    pub request: Option<String>,
}

/// Puts the call of a notice that was claimed before the desk: instead of a machine's call, or after it.
pub(crate) fn begin(draft: &mut Draft, id: &NoticeId) {
    let (now, call_on) = (draft.now, draft.today());
    if let Some(notice) = draft.dossier.notice_mut(id) {
        notice.state = NoticeState::ToCall { since: now };
        notice.call = Some(Call { since: now, call_on, attempts: Vec::new(), given_up: false });
        draft.record(Event::CallAsked { notice: id.clone(), call_on });
        draft.open_task(CALL, id.as_str());
    }
}

/// What of a notice still has to be said by telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSay {
    /// The lines that still stand.
    pub lines: Vec<NoticeLine>,
    /// It also reminds of the instalment that the notice is about.
    pub instalment: bool,
}

/// What of this notice is to be said by telephone now. `None` where it is no call that is to be made: it was made, or what it
/// is about is paid, held or changed, or the debtor cannot be called any more.
pub fn to_say(
    dossier: &Dossier,
    notice: &Notice,
    administration: &Administration,
    now: Timestamp,
) -> Option<ToSay> {
    if !notice.is_to_call() || dossier.numbers().is_empty() {
        return None;
    }
    let stands = |l: &&NoticeLine| sending::still_stands(dossier, l, administration, now);
    let lines: Vec<NoticeLine> = notice.lines.iter().filter(stands).cloned().collect();
    let due = notice.instalment.as_ref();
    let instalment = due.is_some_and(|due| planning::still_due(dossier, due, administration, now));
    let something = !lines.is_empty() || instalment;
    (something && !dossier.is_covered(today(now))).then_some(ToSay { lines, instalment })
}

/// What is asked for in a call that says this, in euros.
pub fn amount_of(dossier: &Dossier, notice: &Notice, to_say: &ToSay, on: Date) -> Money {
    let of_plan = notice.instalment.as_ref().filter(|_| to_say.instalment);
    let of_plan = of_plan.map_or(Money::ZERO, |due| planning::amount_due(dossier, due));
    let due = sending::amount_of(dossier, &to_say.lines, on) + of_plan;
    dossier.balance(on).min(due).max(Money::ZERO)
}

/// Records what came of a call. Nothing changes where it is refused.
///
/// # Errors
/// [`Refusal::NoSuchCall`] where the notice is no call; [`Refusal::CallNotToBeMade`] where it is not to be made (any more);
/// [`Refusal::NotANumberOfTheCall`]; what a promise or a dispute is refused for.
pub fn record(
    draft: &mut Draft,
    administration: &Administration,
    id: &NoticeId,
    made: &Made,
) -> Result<(), Refusal> {
    let called = |n: &&Notice| n.channel == Channel::Phone && n.call.is_some();
    let notice = draft.dossier.notice(id).filter(called).ok_or(Refusal::NoSuchCall)?;
    let to_say = to_say(&draft.dossier, notice, administration, draft.now);
    let to_say = to_say.ok_or(Refusal::CallNotToBeMade)?;
    let numbers = draft.dossier.numbers();
    let number = match &made.number {
        Some(named) => numbers.iter().find(|n| *n == named),
        None => numbers.first(),
    };
    let number = number.cloned().ok_or(Refusal::NotANumberOfTheCall)?;
    let about: Vec<InvoiceId> = to_say.lines.iter().map(|l| l.invoice.clone()).collect();
    narrow(draft, id, &to_say);
    note_attempt(draft, administration, id, &number, made);
    match &made.said {
        Said::Spoke => reach(draft, id),
        Said::Promised { invoices, amount, pay_by } => {
            reach(draft, id);
            let invoices = invoices.clone().or_else(|| (!about.is_empty()).then_some(about));
            let promised =
                Promised { invoices, amount: *amount, pay_by: *pay_by, request: made.request.clone() };
            promise::make(draft, administration, &promised)?;
        }
        Said::Disputes(objections) => {
            reach(draft, id);
            for objection in objections {
                dispute::open(draft, objection)?;
            }
        }
        Said::NotReached => {
            if attempts(draft, id) >= usize::from(administration.calls.attempts) {
                give_up(draft, administration, id, "nobody was reached", false);
            }
        }
        Said::WrongNumber => {
            draft.dossier.failed_addresses.push(number);
            if draft.dossier.numbers().is_empty() {
                give_up(draft, administration, id, "no number is the debtor's", true);
            }
        }
        Said::AsksNoCalls => {
            draft.dossier.no_calls_since = Some(draft.now);
            give_up(draft, administration, id, "the debtor asked not to be called", false);
        }
    }
    Ok(())
}

fn attempts(draft: &Draft, id: &NoticeId) -> usize {
    draft.dossier.notice(id).and_then(|n| n.call.as_ref()).map_or(0, |c| {
        c.attempts.iter().filter(|a| a.outcome == CallOutcome::NotReached && a.by != MACHINE).count()
    })
}

fn note_attempt(
    draft: &mut Draft,
    administration: &Administration,
    id: &NoticeId,
    number: &str,
    made: &Made,
) {
    let (now, by, outcome) = (draft.now, draft.by().to_owned(), made.said.outcome());
    let again = plus_days(draft.today(), i32::from(administration.calls.days_between));
    let again = administration.window.first_sending_day(again);
    let Some(call) = draft.dossier.notice_mut(id).and_then(|n| n.call.as_mut()) else { return };
    let (note, request) = (made.note.clone(), made.request.clone());
    call.attempts.push(Attempt { at: now, by, number: number.to_owned(), outcome, note, request });
    if outcome == CallOutcome::NotReached {
        call.call_on = again;
    }
    let attempt = u16::try_from(call.attempts.len()).unwrap_or(u16::MAX);
    draft.record(Event::CallMade { notice: id.clone(), outcome, attempt, note: made.note.clone() });
}

/// The debtor was spoken to: the steps are taken, and the notice has arrived.
fn reach(draft: &mut Draft, id: &NoticeId) {
    forget_task(draft, id);
    if let Some(notice) = draft.dossier.notice_mut(id)
        && notice.kind >= StepKind::Reminder
    {
        notice.evidence = vec![Evidence::ContactEffort];
    }
    sending::mark_reached(draft, id);
}

/// The telephone came to nothing. Where a step has another channel it is tried from the next day on; else the steps are taken,
/// as with a text message that did not arrive, and a person is told.
fn give_up(
    draft: &mut Draft,
    administration: &Administration,
    id: &NoticeId,
    reason: &str,
    wrong_number: bool,
) {
    forget_task(draft, id);
    let Some(notice) = draft.dossier.notice_mut(id) else { return };
    if let Some(call) = notice.call.as_mut() {
        call.given_up = true;
    }
    let lines = notice.lines.clone();
    let follows = lines.iter().any(|line| another_channel(&draft.dossier, administration, line).is_some());
    if follows {
        sending::pass_on(draft, id, reason);
    } else {
        sending::mark_unreached(draft, id, wrong_number);
    }
}

/// The channel by which this line's step goes when not by telephone.
fn another_channel(dossier: &Dossier, administration: &Administration, line: &NoticeLine) -> Option<Channel> {
    let policy = administration.policy(&line.policy)?;
    let step = policy.steps.iter().find(|s| s.id == line.step)?;
    let others: Vec<Channel> = step.channels.iter().copied().filter(|c| *c != Channel::Phone).collect();
    channel_for(dossier, administration, &others)
}

/// The telephone came to nothing for this step of this invoice, since its steps were last set back.
pub(crate) fn was_given_up(dossier: &Dossier, invoice: &Invoice, step: &StepId) -> bool {
    dossier.notices.iter().any(|n| {
        n.call.as_ref().is_some_and(|c| c.given_up)
            && invoice.restarted_on.is_none_or(|on| on <= today(n.prepared_at))
            && n.lines.iter().any(|l| l.invoice == invoice.id && l.step == *step)
    })
}

/// Brings calls up to now: those that are not to be made any more go, and those that nobody made are given up.
pub(crate) fn advance(draft: &mut Draft, administration: &Administration) {
    let waiting: Vec<NoticeId> = to_make(&draft.dossier).map(|n| n.id.clone()).collect();
    for id in waiting {
        let Some(notice) = draft.dossier.notice(&id) else { continue };
        match to_say(&draft.dossier, notice, administration, draft.now) {
            None => {
                forget_task(draft, &id);
                sending::cancel(draft, &id, "paid, held or changed since the desk was asked to call");
            }
            Some(to_say) => {
                let last = last_day(notice, administration);
                narrow(draft, &id, &to_say);
                if last.is_some_and(|last| last < draft.today()) {
                    give_up(draft, administration, &id, "nobody called in time", false);
                }
            }
        }
    }
}

/// What does not stand any more is no part of the call.
fn narrow(draft: &mut Draft, id: &NoticeId, to_say: &ToSay) {
    let Some(notice) = draft.dossier.notice_mut(id) else { return };
    if notice.lines != to_say.lines {
        notice.lines = to_say.lines.clone();
        notice.kind = heaviest(&notice.lines);
    }
    if !to_say.instalment {
        notice.instalment = None;
    }
}

/// Somebody edits the next step of this invoice: a call about it does not say that step any more.
pub(crate) fn take_out(draft: &mut Draft, invoice: &InvoiceId) {
    let about = |n: &&Notice| n.lines.iter().any(|l| l.invoice == *invoice);
    let Some(id) = to_make(&draft.dossier).find(about).map(|n| n.id.clone()) else { return };
    let Some(notice) = draft.dossier.notice_mut(&id) else { return };
    if notice.lines.len() > 1 || notice.instalment.is_some() {
        notice.lines.retain(|l| l.invoice != *invoice);
        notice.kind = heaviest(&notice.lines);
    } else {
        forget_task(draft, &id);
        sending::cancel(draft, &id, "the step was edited");
    }
}

/// The notices whose call is put before the desk.
pub fn to_make(dossier: &Dossier) -> impl Iterator<Item = &Notice> {
    dossier.notices.iter().filter(|n| n.is_to_call())
}

/// While the desk is asked to call, nothing else is said to the debtor that keeps a distance to what was said before: invoices are
/// sent, and instalments reminded of, all the same.
pub(crate) fn goes_before(dossier: &Dossier, kind: StepKind) -> bool {
    kind.keeps_interval() && to_make(dossier).next().is_some()
}

/// The last day on which the desk may make the call before the next channel takes over.
pub fn last_day(notice: &Notice, administration: &Administration) -> Option<Date> {
    let call = notice.call.as_ref()?;
    Some(plus_days(call.call_on, i32::from(administration.calls.wait_days)))
}

/// When this call has to be looked at: at once where it is not to be made any more, else after its last day.
pub(crate) fn wake_at(
    dossier: &Dossier,
    notice: &Notice,
    administration: &Administration,
    now: Timestamp,
) -> Option<Timestamp> {
    if to_say(dossier, notice, administration, now).is_none() {
        return Some(now);
    }
    last_day(notice, administration).map(|last| midnight(plus_days(last, 1)).max(now))
}

fn forget_task(draft: &mut Draft, id: &NoticeId) {
    draft.dossier.tasks.retain(|t| !(t.about == CALL && t.subject == id.as_str()));
}

#[cfg(test)]
#[path = "calling_tests.rs"]
mod tests;
