//! What happens next to a debtor and when, or why nothing does. The same answer feeds the due index, the API and
//! the desk, so that a promise on a page is what the sweep does.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::administration::Administration;
use crate::calendar::{midnight, plus_days, today};
use crate::calling;
use crate::case_dossier;
use crate::correcting;
use crate::debiting;
use crate::direct_debit::is_of_debit;
use crate::dossier::Dossier;
use crate::follow_up::{NO_ADDRESS, OF_INSTALMENTS, Quiet, channel_for, channel_of, quiet, unsent};
use crate::hold::Hold;
use crate::ids::{InvoiceId, NoticeId, PlanId, StepId};
use crate::next_step::{NextStep, free_on, next_step};
use crate::notice::{Channel, NoticeState, UNKNOWN_AFTER};
use crate::planning;
use crate::posting;
use crate::promise;
use crate::requesting;
use crate::signalling;
use crate::step::StepKind;
use crate::voice::HEARD_WITHIN;

/// Distance of two sweeps within the window: what falls due after its last one leaves on the next day.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// What a debtor's page says about the future.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// On this day these steps are taken: a notice is sent, or a task put before the creditor's own people.
    Notice {
        /// The day on which it leaves.
        on: Date,
        /// What it bundles: invoice, step and kind.
        steps: Vec<(InvoiceId, StepId, StepKind)>,
    },
    /// On this day the debtor is reminded of an instalment.
    Instalment {
        /// The day on which it leaves.
        on: Date,
        /// The plan that it reminds of.
        plan: PlanId,
    },
    /// This notice is being sent, or its outcome is awaited.
    UnderWay(NoticeId),
    /// Nothing is sent, and why.
    Nothing(Nothing),
}

/// Why nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nothing {
    /// Everything is paid.
    NothingOpen,
    /// A hold stands; `until` where it ends by itself.
    Held {
        /// The hold that stands.
        hold: crate::ids::HoldId,
        /// The day on which it ends by itself, where it does.
        until: Option<Date>,
    },
    /// It is collected by direct debit: the first of these days.
    CollectedByDebit {
        /// The hold that stands for it.
        hold: crate::ids::HoldId,
        /// The day on which the money moves.
        on: Date,
    },
    /// What the debtor has to their credit covers it.
    CoveredByCredit,
    /// No address is left that a notice could go to.
    NoAddress,
    /// Whether the last notice left is not known, and it was tried twice: a person decides.
    NoticeFailed,
    /// Less is open than the step asks for.
    TooSmall,
    /// Nothing says that the formal notice arrived: costs cannot follow it.
    AwaitsDelivery {
        /// The formal notice of which no delivery is known.
        notice: NoticeId,
    },
    /// Interest would be claimed over days for which `interest-rates.csv` has no rate.
    RatesEnded,
    /// Supply may not end yet, for this reason.
    NotLawful(&'static str),
    /// The payment condition says that nothing follows.
    NoFollowUp,
    /// The policy has no further step.
    PolicyEnded,
}

impl Nothing {
    /// The stable name of the reason on the HTTP surface.
    pub fn code(&self) -> &'static str {
        match self {
            Nothing::NothingOpen => "nothing_open",
            Nothing::Held { .. } => "held",
            Nothing::CollectedByDebit { .. } => "collected_by_direct_debit",
            Nothing::CoveredByCredit => "covered_by_credit",
            Nothing::NoAddress => "no_address",
            Nothing::NoticeFailed => "notice_failed",
            Nothing::TooSmall => "below_minimum_amount",
            Nothing::AwaitsDelivery { .. } => "formal_notice_not_delivered",
            Nothing::RatesEnded => "interest_rates_ended",
            Nothing::NotLawful(reason) => reason,
            Nothing::NoFollowUp => "no_follow_up",
            Nothing::PolicyEnded => "policy_ended",
        }
    }
}

/// What happens next if nothing else happens before.
pub fn next(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Next {
    if let Some(notice) = dossier.notices.iter().find(|n| n.is_follow_up_under_way() && !n.is_to_call()) {
        return Next::UnderWay(notice.id.clone());
    }
    if dossier.followed_up().next().is_none() {
        return Next::Nothing(Nothing::NothingOpen);
    }
    let planned = planned(dossier, administration, now);
    let instalment = planning::next_reminder(dossier, administration, now);
    let on = first(&planned, &instalment);
    let planned = planned.filter(|p| Some(p.on) == on);
    let instalment = instalment.filter(|(day, _)| Some(*day) == on);
    let mut steps = planned.as_ref().map(|p| p.channels.clone()).unwrap_or_default();
    if instalment.is_some() {
        let channel = channel_for(dossier, administration, &OF_INSTALMENTS);
        steps.push((StepKind::InstalmentReminder, channel));
    }
    match quiet(dossier, &steps, on.unwrap_or(today(now))) {
        Some(Quiet::CoveredByCredit) => return Next::Nothing(Nothing::CoveredByCredit),
        Some(Quiet::NoAddress) if on.is_some() => return Next::Nothing(Nothing::NoAddress),
        Some(Quiet::NoAddress) | None => {}
    }
    let planned = planned.map(|together| together.by_one_channel(&steps)).filter(|p| !p.steps.is_empty());
    match (planned, instalment) {
        (Some(Together { on, steps, .. }), _) => Next::Notice { on, steps },
        (None, Some((on, plan))) => Next::Instalment { on, plan },
        (None, None) => match calling::to_make(dossier).next() {
            Some(call) => Next::UnderWay(call.id.clone()),
            None => Next::Nothing(why_nothing(dossier, administration, now)),
        },
    }
}

/// The day of what comes first.
fn first(planned: &Option<Together>, instalment: &Option<(Date, PlanId)>) -> Option<Date> {
    planned.iter().map(|p| p.on).chain(instalment.iter().map(|(on, _)| *on)).min()
}

/// Steps that are taken on the same day.
struct Together {
    on: Date,
    steps: Vec<(InvoiceId, StepId, StepKind)>,
    channels: Vec<(StepKind, Option<Channel>)>,
}

impl Together {
    /// Without the steps that do not ride along: the heaviest one chooses the channel, and not every message may go by it.
    fn by_one_channel(mut self, all: &[(StepKind, Option<Channel>)]) -> Together {
        let heaviest = all.iter().filter(|(kind, channel)| kind.is_notice() && channel.is_some());
        if let Some((_, Some(channel))) = heaviest.max_by_key(|(kind, _)| *kind) {
            self.steps.retain(|(_, _, kind)| !kind.is_notice() || kind.may_go_by(*channel));
        }
        self
    }
}

/// The next day on which steps are due together, and which.
fn planned(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Option<Together> {
    let days: Vec<_> = dossier
        .followed_up()
        .filter_map(|invoice| {
            let NextStep::On(planned) = next_step(dossier, invoice, administration, now) else { return None };
            let step = planned.step;
            if calling::goes_before(dossier, step.kind) {
                return None;
            }
            // A standing hold that ends by itself was counted in; nothing leaves before it ended.
            let held = dossier.standing_hold(&invoice.id, step.kind, &administration.holds, now);
            let end = held.and_then(Hold::ends_at).map(today);
            let free = free_on(dossier, administration, step.kind, planned.at_once);
            let day = [end, free].into_iter().flatten().fold(planned.day, Date::max);
            let channel = channel_of(dossier, administration, invoice, step);
            let channel = if step.kind.is_notice() { channel } else { Some(Channel::Email) };
            Some((
                sending_day(administration, day, now),
                (invoice.id.clone(), step.id.clone(), step.kind),
                channel,
            ))
        })
        .collect();
    let on = days.iter().map(|(on, ..)| *on).min()?;
    let due = || days.iter().filter(|(day, ..)| *day <= on);
    Some(Together {
        on,
        steps: due().map(|(_, step, _)| step.clone()).collect(),
        channels: due().map(|(_, step, channel)| (step.2, *channel)).collect(),
    })
}

/// The day on which what falls due on `day` is sent: not in the past, the window open.
pub(crate) fn sending_day(administration: &Administration, day: Date, now: Timestamp) -> Date {
    let mut on = day;
    if on <= today(now) {
        on = today(administration.window.next_open(now + SWEEP_EVERY));
    }
    administration.window.first_sending_day(on)
}

fn why_nothing(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Nothing {
    let mut reason = Nothing::PolicyEnded;
    for invoice in dossier.followed_up() {
        let holds = dossier.holds_on(&invoice.id, StepKind::Reminder, &administration.holds);
        let (of_debits, others): (Vec<&Hold>, Vec<&Hold>) =
            holds.filter(|h| h.stands_at(now)).partition(|h| is_of_debit(h));
        if let Some(hold) = others.first() {
            let until = hold.ends_at().map(today);
            return Nothing::Held { hold: hold.id.clone(), until };
        }
        if let Some((hold, debit)) = of_debits.first().zip(debiting::under_way(dossier, &invoice.id)) {
            let on = debit.collect_on;
            let sooner = match &reason {
                Nothing::PolicyEnded | Nothing::TooSmall => true,
                Nothing::CollectedByDebit { on: first, .. } => on < *first,
                _ => false,
            };
            if sooner {
                reason = Nothing::CollectedByDebit { hold: hold.id.clone(), on };
            }
            continue;
        }
        match next_step(dossier, invoice, administration, now) {
            NextStep::GivenUp(_) => reason = Nothing::NoticeFailed,
            NextStep::AwaitsDelivery { notice, .. } => reason = Nothing::AwaitsDelivery { notice },
            NextStep::RatesEnded => reason = Nothing::RatesEnded,
            NextStep::NotLawful(why) => reason = Nothing::NotLawful(why),
            NextStep::NoFollowUp if reason == Nothing::PolicyEnded => reason = Nothing::NoFollowUp,
            NextStep::TooSmall if reason == Nothing::PolicyEnded => reason = Nothing::TooSmall,
            _ => {}
        }
    }
    reason
}

/// The formal notices that costs wait for without a sign that they arrived, each with the day on which the costs' step
/// was due.
pub(crate) fn undelivered(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Vec<(NoticeId, Date)> {
    let waits = |invoice| match next_step(dossier, invoice, administration, now) {
        NextStep::AwaitsDelivery { notice, day } => Some((notice, day)),
        _ => None,
    };
    dossier.open_invoices().filter_map(waits).collect()
}

/// The next instant at which the dossier has to be looked at: its place in the due index. `None` while only the
/// outside can change anything. It holds for these settings: whoever changes them, or holds everyone, has every dossier
/// looked at again.
pub fn due_at(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Option<Timestamp> {
    let step = match next(dossier, administration, now) {
        Next::Notice { on, .. } => Some(administration.window.opening_on_or_after(on)),
        // On the day on which the notice would leave, a person is told; once.
        Next::Nothing(Nothing::NoAddress) if !dossier.tasks.iter().any(|t| t.about == NO_ADDRESS) => {
            let planned = planned(dossier, administration, now);
            let instalment = planning::next_reminder(dossier, administration, now);
            first(&planned, &instalment).map(|on| administration.window.opening_on_or_after(on))
        }
        Next::Instalment { on, .. } => Some(administration.window.opening_on_or_after(on)),
        Next::UnderWay(_) | Next::Nothing(_) => None,
    };
    let notices = dossier.notices.iter().filter_map(|n| match n.state {
        NoticeState::Prepared { not_before } => {
            Some(administration.window.next_open(not_before.unwrap_or(now).max(now)))
        }
        NoticeState::Claimed { at } => Some(at + UNKNOWN_AFTER),
        NoticeState::Dialled { at } => Some(at + HEARD_WITHIN),
        NoticeState::ToCall { .. } => calling::wake_at(dossier, n, administration, now),
        NoticeState::Unknown { claimed_at, .. } => Some(claimed_at + n.channel.second_try_after()),
        _ => None,
    });
    let letters = dossier.notices.iter().filter_map(posting::look_at);
    let holds = dossier.holds.iter().filter(|h| h.stands_at(now)).flat_map(|h| {
        let review = h.review_on.filter(|_| !h.review_asked).map(midnight);
        [h.ends_at(), review]
    });
    let undelivered = undelivered(dossier, administration, now)
        .into_iter()
        .filter(|(notice, _)| !dossier.tasks.iter().any(|t| t.subject == notice.as_str()))
        .map(|(_, day)| midnight(day).max(now));
    // Closed invoices that one write could not take along are archived by the next.
    let mut closed = dossier.invoices.values().filter(|i| i.closed_on.is_some() && !i.waits_to_be_sent());
    let closed = closed.next().map(|_| now);
    // What is not sent any more is done with; what waits may be so once its last day to pay is over.
    let unsent = unsent(dossier, administration, now).first().map(|_| now);
    let waiting = dossier.invoices.values().filter(|i| i.waits_to_be_sent() && i.due_date >= today(now));
    let over = waiting.map(|i| midnight(plus_days(i.due_date, 1))).min();
    step.into_iter()
        .chain(closed)
        .chain(unsent)
        .chain(over)
        .chain(notices)
        .chain(letters)
        .chain(holds.flatten())
        .chain(undelivered)
        .chain(debiting::wake_at(dossier, administration, now))
        .chain(planning::wake_at(dossier, now))
        .chain(promise::wake_at(dossier, now))
        .chain(requesting::wake_at(dossier))
        .chain(case_dossier::wake_at(dossier))
        .chain(signalling::wake_at(dossier, administration, now))
        .chain(correcting::wake_at(dossier, administration, now))
        .min()
}
