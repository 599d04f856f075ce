//! What happens next to a debtor and when, or why nothing does. The same answer feeds the due index, the API and
//! the desk, so that a promise on a page is what the sweep does.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::administration::Administration;
use crate::calendar::{midnight, plus_days, today};
use crate::dossier::Dossier;
use crate::follow_up::{NO_ADDRESS, NextStep, Quiet, interval_over_on, next_step, quiet};
use crate::ids::{InvoiceId, NoticeId, StepId};
use crate::notice::{NoticeState, SECOND_TRY_AFTER, UNKNOWN_AFTER};
use crate::signalling;
use crate::step::StepKind;

/// Distance of two sweeps within the window: what falls due after its last one leaves on the next day.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// What a debtor's page says about the future.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// On this day a notice about these steps is sent.
    Notice {
        on: Date,
        steps: Vec<(InvoiceId, StepId, StepKind)>,
    },
    /// This notice is being sent, or its outcome is awaited.
    UnderWay(NoticeId),
    Nothing(Nothing),
}

/// Why nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nothing {
    NothingOpen,
    /// A hold stands; `until` where it ends by itself.
    Held {
        hold: crate::ids::HoldId,
        until: Option<Date>,
    },
    CoveredByCredit,
    NoAddress,
    /// Whether the last notice left is not known, and it was tried twice: a person decides.
    NoticeFailed,
    TooSmall,
    PolicyEnded,
}

impl Nothing {
    /// The stable name of the reason on the HTTP surface.
    pub fn code(&self) -> &'static str {
        match self {
            Nothing::NothingOpen => "nothing_open",
            Nothing::Held { .. } => "held",
            Nothing::CoveredByCredit => "covered_by_credit",
            Nothing::NoAddress => "no_address",
            Nothing::NoticeFailed => "notice_failed",
            Nothing::TooSmall => "below_minimum_amount",
            Nothing::PolicyEnded => "policy_ended",
        }
    }
}

/// What happens next if nothing else happens before.
pub fn next(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Next {
    if let Some(notice) = dossier.notices.iter().find(|n| !n.is_settled()) {
        return Next::UnderWay(notice.id.clone());
    }
    if dossier.open_invoices().next().is_none() {
        return Next::Nothing(Nothing::NothingOpen);
    }
    let planned = planned(dossier, administration, now);
    match quiet(dossier) {
        Some(Quiet::CoveredByCredit) => return Next::Nothing(Nothing::CoveredByCredit),
        Some(Quiet::NoAddress) if planned.is_some() => return Next::Nothing(Nothing::NoAddress),
        Some(Quiet::NoAddress) | None => {}
    }
    match planned {
        Some((on, steps)) => Next::Notice { on, steps },
        None => Next::Nothing(why_nothing(dossier, administration, now)),
    }
}

type Steps = Vec<(InvoiceId, StepId, StepKind)>;

/// The next day on which steps are due together, and which.
fn planned(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Option<(Date, Steps)> {
    let days = step_days(dossier, administration, now);
    let first = days.iter().map(|(day, ..)| *day).min()?;
    let on = sending_day(dossier, administration, first, now);
    let due = days.into_iter().filter(|(day, ..)| *day <= on);
    Some((on, due.map(|(_, invoice, step, kind)| (invoice, step, kind)).collect()))
}

/// The day on which what falls due on `day` is sent: not in the past, the interval over, the window open.
fn sending_day(dossier: &Dossier, administration: &Administration, day: Date, now: Timestamp) -> Date {
    let today = today(now);
    let mut on = day.max(interval_over_on(dossier, administration).unwrap_or(day));
    if on <= today {
        on = crate::calendar::today(administration.window.next_open(now + SWEEP_EVERY));
    }
    administration.window.first_sending_day(on)
}

fn step_days(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Vec<(Date, InvoiceId, StepId, StepKind)> {
    dossier
        .open_invoices()
        .filter_map(|invoice| match next_step(dossier, invoice, administration, now) {
            NextStep::On { day, step } => {
                // A standing hold that ends by itself was counted in; nothing leaves before it ended.
                let end = dossier
                    .standing_hold(&invoice.id, &administration.holds, now)
                    .and_then(|h| h.ends_at())
                    .map(today);
                let day = end.map_or(day, |e| e.max(day));
                Some((day, invoice.id.clone(), step.id.clone(), step.kind))
            }
            NextStep::UnderWay(_)
            | NextStep::GivenUp(_)
            | NextStep::Held
            | NextStep::TooSmall
            | NextStep::PolicyEnded => None,
        })
        .collect()
}

fn why_nothing(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Nothing {
    let mut reason = Nothing::PolicyEnded;
    for invoice in dossier.open_invoices() {
        if let Some(hold) = dossier.standing_hold(&invoice.id, &administration.holds, now) {
            let until = hold.ends_at().map(today);
            return Nothing::Held { hold: hold.id.clone(), until };
        }
        match next_step(dossier, invoice, administration, now) {
            NextStep::GivenUp(_) => reason = Nothing::NoticeFailed,
            NextStep::TooSmall if reason == Nothing::PolicyEnded => reason = Nothing::TooSmall,
            _ => {}
        }
    }
    reason
}

/// The next instant at which the dossier has to be looked at: its place in the due index. `None` while only the
/// outside can change anything.
pub fn due_at(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Option<Timestamp> {
    // Lifting a hold on everyone touches no dossier: while one stands, each is looked at again the next day.
    let everyone = administration.holds.iter().any(|h| h.stands_at(now));
    let tomorrow = plus_days(today(now), 1);
    let step = match next(dossier, administration, now) {
        Next::Notice { on, .. } => {
            let on = if everyone { on.min(tomorrow) } else { on };
            Some(administration.window.opening_on_or_after(on))
        }
        Next::Nothing(Nothing::Held { .. }) if everyone => {
            Some(administration.window.opening_on_or_after(tomorrow))
        }
        // On the day on which the notice would leave, a person is told; once.
        Next::Nothing(Nothing::NoAddress) if !dossier.tasks.iter().any(|t| t.about == NO_ADDRESS) => {
            planned(dossier, administration, now).map(|(on, _)| administration.window.opening_on_or_after(on))
        }
        Next::UnderWay(_) | Next::Nothing(_) => None,
    };
    let notices = dossier.notices.iter().filter_map(|n| match n.state {
        NoticeState::Prepared { not_before } => {
            Some(administration.window.next_open(not_before.unwrap_or(now).max(now)))
        }
        NoticeState::Claimed { at } => Some(at + UNKNOWN_AFTER),
        NoticeState::Unknown { claimed_at, .. } => Some(claimed_at + SECOND_TRY_AFTER),
        _ => None,
    });
    let holds = dossier.holds.iter().filter(|h| h.stands_at(now)).flat_map(|h| {
        let review = h.review_on.filter(|_| !h.review_asked).map(midnight);
        [h.ends_at(), review]
    });
    // Closed invoices that one write could not take along are archived by the next.
    let closed = dossier.invoices.values().any(|i| i.closed_on.is_some()).then_some(now);
    step.into_iter()
        .chain(closed)
        .chain(notices)
        .chain(holds.flatten())
        .chain(signalling::wake_at(dossier, administration, now))
        .min()
}
