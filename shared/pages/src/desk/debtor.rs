//! The page of one debtor: what is owed, what comes next and why nothing does, and everything that stands, runs, was sent and
//! happened, each with what may be done about it.

mod agreed;
mod told;

use askama::Template;
use domain::administration::Administration;
use domain::calendar::{days_between, today};
use domain::calling::CALL;
use domain::dossier::{Dossier, Task};
use domain::handing_over::handed_over;
use domain::hold::{Covers, Hold, HoldReason, HoldScope};
use domain::ids::DebtorId;
use domain::invoice::{Invoice, InvoiceKind};
use domain::next::{Next, Nothing, next};
use domain::next_step::{NextStep, next_step};
use domain::staff::Action;
use domain::step::{SignalKind, StepKind};
use domain::tasks::ends_by_hand;
use jiff::Timestamp;

use super::frame::Base;
use super::part::{Act, Line, Part};
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::texts::TextError;

pub(crate) use told::{needs_somebody, signal_kind, signal_notes};

/// One thing that happened, as the timeline has it: the name of the event, and facts of it by their names.
#[derive(Debug, Clone)]
pub struct Happened {
    pub at: Timestamp,
    pub by: String,
    pub event: &'static str,
    pub facts: Vec<(String, String)>,
}

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct DebtorPage<'a> {
    pub dossier: &'a Dossier,
    /// The newest first.
    pub happened: &'a [Happened],
    pub now: Timestamp,
}

#[derive(Template)]
#[template(path = "desk/debtor.html")]
struct Page {
    base: Base,
    number: String,
    amount_label: String,
    amount: String,
    overdue: Option<String>,
    next: Vec<String>,
    contact: Vec<(String, String)>,
    parts: Vec<Part>,
}

/// Makes lines and links for one debtor.
struct Maker<'a> {
    t: &'a Words,
    frame: &'a Frame<'a>,
    dossier: &'a Dossier,
    now: Timestamp,
}

/// The page.
///
/// # Errors
/// See [`PageError`].
pub fn debtor(frame: &Frame<'_>, page: &DebtorPage<'_>) -> Result<String, PageError> {
    let (dossier, now) = (page.dossier, page.now);
    let name = one_line(&dossier.debtor.name);
    let base = Base::new(frame, Place::Debtors, &Form::default(), |_| Ok(name))?;
    let t = &base.t;
    let maker = Maker { t, frame, dossier, now };
    let (balance, overdue) = (dossier.balance(today(now)), dossier.overdue(today(now)));
    let page = Page {
        number: one_line(&dossier.debtor.number),
        amount_label: if balance.is_negative() { t.balance_credit()? } else { t.balance_owed()? },
        amount: t.money(&balance.abs()),
        overdue: overdue
            .is_positive()
            .then(|| Ok::<_, TextError>(format!("{}: {}", t.label("overdue")?, t.money(&overdue))))
            .transpose()?,
        next: next_words(t, dossier, frame.administration, now)?,
        contact: maker.contact()?,
        parts: maker.parts(page.happened)?,
        base,
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "desk/timeline.html")]
struct TimelinePage {
    base: Base,
    part: Part,
    back: String,
    next: Option<String>,
}

/// A page of the timeline. `next` is the address of the page behind it.
///
/// # Errors
/// See [`PageError`].
pub fn timeline(
    frame: &Frame<'_>,
    dossier: &Dossier,
    happened: &[Happened],
    next: Option<String>,
    now: Timestamp,
) -> Result<String, PageError> {
    let name = one_line(&dossier.debtor.name);
    let base = Base::new(frame, Place::Debtors, &Form::default(), |t| t.timeline_title(name))?;
    let maker = Maker { t: &base.t, frame, dossier, now };
    let part = maker.timeline(happened)?;
    let page = TimelinePage { part, back: href(&dossier.debtor.id, ""), next, base };
    Ok(page.render()?)
}

/// An address below a debtor's page.
fn href(debtor: &DebtorId, rest: &str) -> String {
    format!("/desk/debtors/{debtor}{rest}")
}

/// What happens next if nothing else does, or why nothing does.
fn next_words(
    t: &Words,
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Result<Vec<String>, TextError> {
    Ok(match next(dossier, administration, now) {
        Next::Notice { on, steps } => {
            let kind = steps.iter().map(|(_, _, kind)| *kind).max().unwrap_or(StepKind::Reminder);
            let (step, day) = (t.step(kind.name())?, t.day(&on)?);
            vec![if kind.is_notice() { t.next_notice(step, day)? } else { t.next_task(step, day)? }]
        }
        Next::Instalment { on, .. } => vec![t.next_instalment(t.day(&on)?)?],
        Next::UnderWay(id) => {
            let notice = dossier.notice(&id);
            let step = notice.map_or(StepKind::Reminder.name(), |n| n.kind.name());
            let channel = notice.map_or("email", |n| n.channel.name());
            vec![t.next_under_way(t.step(step)?, t.channel(channel)?)?]
        }
        Next::Nothing(nothing) => {
            let (hold, until) = match &nothing {
                Nothing::Held { hold, until } => (Some(hold), *until),
                Nothing::CollectedByDebit { hold, on } => (Some(hold), Some(*on)),
                _ => (None, None),
            };
            let mut said = vec![t.next_nothing(nothing.code())?];
            let stands = |id: &domain::ids::HoldId| {
                dossier.holds.iter().chain(&administration.holds).find(|h| h.id == *id)
            };
            if let Some(hold) = hold.and_then(stands) {
                said.push(reason(t, hold)?);
            }
            if let Some(until) = until {
                said.push(t.next_until(t.day(&until)?)?);
            }
            said
        }
    })
}

/// Why a hold stands.
fn reason(t: &Words, hold: &Hold) -> Result<String, TextError> {
    let kind = t.hold_reason(match &hold.reason {
        HoldReason::Asked { .. } => "asked",
        HoldReason::HelpRunning { .. } => "help",
        HoldReason::Deceased { .. } => "deceased",
        HoldReason::PaymentPlan { .. } => "plan",
        HoldReason::Dispute { .. } => "dispute",
        HoldReason::Promise { .. } => "promise",
        HoldReason::HandedOver { .. } => "bailiff",
        HoldReason::DirectDebit { .. } => "debit",
    })?;
    Ok(match &hold.reason {
        HoldReason::Asked { text } | HoldReason::HandedOver { bailiff: text } => {
            format!("{kind}: {}", one_line(text))
        }
        _ => kind,
    })
}

impl Maker<'_> {
    fn act(&self, action: Action, rest: &str, about: &str) -> Option<Result<Act, TextError>> {
        self.frame.role.may(action).then(|| {
            Ok(Act {
                href: href(&self.dossier.debtor.id, rest),
                label: self.t.act_link(action.name())?,
                about: about.to_owned(),
            })
        })
    }

    fn acts(&self, wanted: &[(Action, String, &str)]) -> Result<Vec<Act>, TextError> {
        wanted.iter().filter_map(|(action, rest, about)| self.act(*action, rest, about)).collect()
    }

    fn part(&self, id: &'static str, lines: Vec<Line>, acts: Vec<Act>) -> Result<Part, TextError> {
        Ok(Part { id: id.to_owned(), heading: self.t.part(id)?, empty: self.t.empty(id)?, lines, acts })
    }

    /// A moment and who it was.
    fn since_by(&self, at: Timestamp, by: &str) -> Result<String, TextError> {
        self.t.since_by(self.t.day(&today(at))?, self.t.by(one_line(by))?)
    }

    fn contact(&self) -> Result<Vec<(String, String)>, TextError> {
        let debtor = &self.dossier.debtor;
        let mut found = Vec::new();
        let address = debtor.address.as_ref().map(|a| a.lines().join(", "));
        let emails = (!debtor.emails.is_empty())
            .then(|| debtor.emails.iter().map(|e| e.as_str()).collect::<Vec<_>>().join(", "));
        let labels = (!debtor.labels.is_empty()).then(|| debtor.labels.join(", "));
        let facts = [
            ("address", address),
            ("emails", emails),
            ("phone", debtor.phone.clone()),
            ("mobile", debtor.mobile.clone()),
            ("kvk", debtor.kvk_number.clone()),
            ("labels", labels),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                found.push((self.t.label(name)?, one_line(&value)));
            }
        }
        let failed = self.dossier.failed_addresses.len();
        if failed > 0 {
            found.push((self.t.label("failed")?, self.t.failed_address(failed)?));
        }
        Ok(found)
    }

    fn parts(&self, happened: &[Happened]) -> Result<Vec<Part>, TextError> {
        let mut parts = Vec::new();
        if !self.dossier.tasks.is_empty() {
            parts.push(self.tasks()?);
        }
        parts.extend([self.invoices()?, self.holds()?, self.plans()?, self.disputes()?, self.promises()?]);
        parts.extend([self.signals()?]);
        if self.frame.administration.sector.may_signal() && !self.dossier.debtor.is_business() {
            parts.push(self.conditions(SignalKind::Early, "conditions-early")?);
            parts.push(self.conditions(SignalKind::Crisis, "conditions-crisis")?);
        }
        if self.dossier.case.is_some() {
            parts.push(self.case()?);
        }
        parts.push(self.notices()?);
        let mut timeline = self.timeline(happened)?;
        timeline.acts.push(Act {
            href: href(&self.dossier.debtor.id, "/timeline"),
            label: self.t.all_of_it()?,
            about: String::new(),
        });
        parts.push(timeline);
        Ok(parts)
    }

    fn tasks(&self) -> Result<Part, TextError> {
        let line = |task: &Task| {
            let since = self.t.since(self.t.day(&today(task.opened_at))?)?;
            let about = self.t.task(task.about.as_str())?;
            let mut acts = Vec::new();
            if task.about == CALL {
                acts.push(Act {
                    href: href(&self.dossier.debtor.id, &format!("/calls/{}", task.subject)),
                    label: self.t.look()?,
                    about: about.clone(),
                });
            } else if ends_by_hand(task) {
                let to = format!("/tasks/{}/done", task.id);
                acts = self.acts(&[(Action::CloseTask, to, about.as_str())])?;
            }
            Ok(Line { acts, ..Line::new(about).standing(since, false) })
        };
        let lines = self.dossier.tasks.iter().map(line).collect::<Result<_, TextError>>()?;
        self.part("tasks", lines, Vec::new())
    }

    fn invoices(&self) -> Result<Part, TextError> {
        let mut invoices: Vec<&Invoice> = self.dossier.invoices.values().collect();
        invoices.sort_by_key(|i| (i.due_date, i.number.clone()));
        let lines = invoices.into_iter().map(|i| self.invoice(i)).collect::<Result<_, _>>()?;
        let promise = (Action::RegisterPromise, "/promise".to_owned(), "");
        let statement = (Action::SendStatement, "/statement".to_owned(), "");
        let acts = self.acts(&[promise, statement])?;
        self.part("invoices", lines, acts)
    }

    fn invoice(&self, invoice: &Invoice) -> Result<Line, TextError> {
        let (t, on) = (self.t, today(self.now));
        let number = one_line(&invoice.number);
        let is_invoice = invoice.kind == InvoiceKind::Invoice;
        let name =
            if is_invoice { t.invoice_number(number.as_str())? } else { t.credit_number(number.as_str())? };
        let late = days_between(invoice.due_date, on);
        let is_late = is_invoice && invoice.is_open() && late > 0;
        let mut standing = t.due_on(t.day(&invoice.due_date)?)?;
        if is_late {
            standing = format!("{standing}, {}", t.due_late(late)?);
        }
        let last = invoice.last_step().map(|s| t.last_step(t.step(s.kind.name())?, t.day(&s.on)?));
        let mut notes = vec![last.unwrap_or_else(|| t.no_step())?];
        if is_invoice && (invoice.is_open() || invoice.waits_to_be_sent()) {
            notes.push(self.next_of(invoice)?);
        }
        let below = |what: &str| format!("/invoices/{}/{what}", invoice.id);
        let acts = match is_invoice && invoice.is_open() {
            true => self.acts(&[
                (Action::EditStep, below("step"), number.as_str()),
                (Action::PlaceHold, below("hold"), number.as_str()),
            ])?,
            false => Vec::new(),
        };
        let amount = if is_invoice { invoice.owed(on) } else { invoice.open() };
        Ok(Line::new(name).amount(t.money(&amount)).standing(standing, is_late).notes(notes).acts(acts))
    }

    /// The next step of one invoice, or why there is none.
    fn next_of(&self, invoice: &Invoice) -> Result<String, TextError> {
        let next = next_step(self.dossier, invoice, self.frame.administration, self.now);
        let code = match next {
            NextStep::On(planned) => {
                // A step whose day went by waits for what the page says on top: a hold, a notice, the window.
                let day = planned.day.max(today(self.now));
                return self.t.step_from(self.t.step(planned.step.kind.name())?, self.t.day(&day)?);
            }
            NextStep::UnderWay(_) => "under_way",
            NextStep::GivenUp(_) => "notice_failed",
            NextStep::Held => "held",
            NextStep::TooSmall => "below_minimum_amount",
            NextStep::AwaitsDelivery { .. } => "formal_notice_not_delivered",
            NextStep::RatesEnded => "interest_rates_ended",
            NextStep::NotLawful(reason) => reason,
            NextStep::NoFollowUp => "no_follow_up",
            NextStep::PolicyEnded => "policy_ended",
        };
        self.t.next_nothing(code)
    }

    fn holds(&self) -> Result<Part, TextError> {
        let everyone = &self.frame.administration.holds;
        let standing = self.dossier.holds.iter().chain(everyone).filter(|h| h.stands_at(self.now));
        let lines = standing.map(|h| self.hold(h)).collect::<Result<_, _>>()?;
        let acts = self.acts(&[(Action::PlaceHold, "/hold".to_owned(), "")])?;
        self.part("holds", lines, acts)
    }

    fn hold(&self, hold: &Hold) -> Result<Line, TextError> {
        let t = self.t;
        let (scope, about) = match &hold.scope {
            HoldScope::Debtor => ("debtor", String::new()),
            HoldScope::Invoice(id) => ("invoice", self.number_of(id)),
            HoldScope::Invoices(ids) => ("invoices", ids.len().to_string()),
            HoldScope::Case(_) => ("case", String::new()),
            HoldScope::Administration => ("administration", String::new()),
        };
        let covers = match hold.covers {
            Covers::Reminders => "reminders",
            Covers::Everything => "everything",
        };
        let mut notes = vec![
            format!("{} {}", t.hold_scope(scope, about)?, t.covers(covers)?),
            self.since_by(hold.placed_at, &hold.by)?,
        ];
        if let Some(until) = &hold.until {
            notes.push(t.until(t.day(until)?)?);
        }
        if let Some(review_on) = &hold.review_on {
            notes.push(t.review_on(t.day(review_on)?)?);
        }
        let may_be_lifted = match &hold.reason {
            HoldReason::Asked { .. } => true,
            HoldReason::HelpRunning { .. } | HoldReason::Deceased { .. } => {
                self.frame.role.may(Action::LiftHoldOfMunicipality)
            }
            HoldReason::PaymentPlan { .. }
            | HoldReason::Dispute { .. }
            | HoldReason::Promise { .. }
            | HoldReason::HandedOver { .. }
            | HoldReason::DirectDebit { .. } => false,
        };
        let acts = match may_be_lifted && hold.scope != HoldScope::Administration {
            true => self.acts(&[(Action::LiftHold, format!("/holds/{}/lift", hold.id), "")])?,
            false => Vec::new(),
        };
        Ok(Line::new(reason(t, hold)?).notes(notes).acts(acts))
    }

    fn number_of(&self, invoice: &domain::ids::InvoiceId) -> String {
        let found = self.dossier.invoices.get(invoice);
        found.map_or_else(|| invoice.to_string(), |i| one_line(&i.number))
    }

    fn case(&self) -> Result<Part, TextError> {
        let t = self.t;
        let Some(case) = &self.dossier.case else { return self.part("case", Vec::new(), Vec::new()) };
        let held = handed_over(self.dossier, case, self.now);
        let (line, acts) = match held.map(|hold| (&hold.reason, hold)) {
            Some((HoldReason::HandedOver { bailiff }, hold)) => (
                Line::new(t.case_handed_over(one_line(bailiff))?)
                    .notes(vec![self.since_by(hold.placed_at, &hold.by)?]),
                self.acts(&[(Action::TakeBack, "/case/take-back".to_owned(), "")])?,
            ),
            _ => (
                Line::new(t.case_runs()?),
                self.acts(&[(Action::HandOver, "/case/hand-over".to_owned(), "")])?,
            ),
        };
        self.part("case", vec![line], acts)
    }
}
