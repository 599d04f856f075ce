//! The page of one debtor: what is owed, what comes next and why nothing does, and everything that stands, runs, was sent and
//! happened, each with what may be done about it.

use askama::Template;
use domain::administration::Administration;
use domain::calendar::{days_between, today};
use domain::conditions::conditions;
use domain::dispute::{Dispute, DisputeReason, DisputeState};
use domain::dossier::{Dossier, Task};
use domain::handing_over::handed_over;
use domain::hold::{Covers, Hold, HoldReason, HoldScope};
use domain::ids::DebtorId;
use domain::invoice::{Invoice, InvoiceKind};
use domain::next::{Next, Nothing, next};
use domain::notice::{Evidence, Notice, NoticeState};
use domain::plan::{PaymentPlan, PlanState};
use domain::promise::{Promise, PromiseState};
use domain::signal::{Signal, SignalState};
use domain::staff::Action;
use domain::step::{SignalKind, StepKind};
use jiff::Timestamp;

use super::frame::Base;
use super::part::{Act, Line, Part};
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::texts::TextError;

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
pub(crate) fn next_words(
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

pub(crate) fn signal_kind(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Early => "early",
        SignalKind::Crisis => "crisis",
    }
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
            Ok(Line::new(self.t.task(task.about.as_str())?).standing(since, false))
        };
        let lines = self.dossier.tasks.iter().map(line).collect::<Result<_, TextError>>()?;
        self.part("tasks", lines, Vec::new())
    }

    fn invoices(&self) -> Result<Part, TextError> {
        let mut invoices: Vec<&Invoice> = self.dossier.invoices.values().collect();
        invoices.sort_by_key(|i| (i.due_date, i.number.clone()));
        let lines = invoices.into_iter().map(|i| self.invoice(i)).collect::<Result<_, _>>()?;
        let acts = self.acts(&[(Action::RegisterPromise, "/promise".to_owned(), "")])?;
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
        let notes = vec![last.unwrap_or_else(|| t.no_step())?];
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

    fn plans(&self) -> Result<Part, TextError> {
        let lines = self.dossier.plans.iter().rev().map(|p| self.plan(p)).collect::<Result<_, _>>()?;
        self.part("plans", lines, Vec::new())
    }

    fn plan(&self, plan: &PaymentPlan) -> Result<Line, TextError> {
        let t = self.t;
        let state = match &plan.state {
            PlanState::Proposed => "proposed",
            PlanState::Active { .. } => "active",
            PlanState::Rejected { .. } => "rejected",
            PlanState::Finished { .. } => "finished",
            PlanState::Broken { .. } => "broken",
            PlanState::Ended { .. } => "ended",
        };
        let mut notes = vec![self.since_by(plan.proposed_at, &plan.by)?];
        if plan.state == PlanState::Proposed {
            notes.push(t.decide_by(t.day(&plan.decide_by)?)?);
        }
        if plan.lives() {
            notes.push(t.plan_paid(t.money(&plan.paid(self.dossier)))?);
            for part in &plan.instalments {
                let due = t.instalment(u32::from(part.number), t.day(&part.due_on)?)?;
                let paid = part.paid_on.map(|on| t.paid_on(t.day(&on)?)).transpose()?;
                let paid = paid.map(|paid| format!(" ({paid})")).unwrap_or_default();
                notes.push(format!("{due}: {}{paid}", t.money(&part.amount)));
            }
        }
        let acts = match &plan.state {
            PlanState::Proposed => {
                self.acts(&[(Action::DecidePlan, format!("/plans/{}/decide", plan.id), "")])?
            }
            PlanState::Active { .. } => {
                self.acts(&[(Action::EndPlan, format!("/plans/{}/end", plan.id), "")])?
            }
            PlanState::Rejected { .. }
            | PlanState::Finished { .. }
            | PlanState::Broken { .. }
            | PlanState::Ended { .. } => Vec::new(),
        };
        let said = t.plan_said(t.money(&plan.total), plan.instalments.len())?;
        let waits = plan.state == PlanState::Proposed;
        Ok(Line::new(said).standing(t.plan_state(state)?, waits).notes(notes).acts(acts))
    }

    fn disputes(&self) -> Result<Part, TextError> {
        let lines = self.dossier.disputes.iter().rev().map(|d| self.dispute(d)).collect::<Result<_, _>>()?;
        self.part("disputes", lines, Vec::new())
    }

    fn dispute(&self, dispute: &Dispute) -> Result<Line, TextError> {
        let t = self.t;
        let reason = match dispute.reason {
            DisputeReason::NotDelivered => "not_delivered",
            DisputeReason::Complaint => "complaint",
            DisputeReason::ErrorOnInvoice => "error_on_invoice",
            DisputeReason::AlreadyPaid => "already_paid",
            DisputeReason::Other => "other",
        };
        let state = match &dispute.state {
            DisputeState::Open => "open",
            DisputeState::AwaitingCredit { .. } => "awaiting_credit",
            DisputeState::Settled { .. } => "settled",
        };
        let number = self.number_of(&dispute.invoice);
        let said = t.dispute_said(reason, number.as_str())?;
        let acts = match dispute.lives() {
            true => self.acts(&[(
                Action::DecideDispute,
                format!("/disputes/{}/decide", dispute.id),
                number.as_str(),
            )])?,
            false => Vec::new(),
        };
        let notes = vec![one_line(&dispute.text), self.since_by(dispute.opened_at, &dispute.by)?];
        let open = dispute.state == DisputeState::Open;
        Ok(Line::new(said).standing(t.dispute_state(state)?, open).notes(notes).acts(acts))
    }

    fn promises(&self) -> Result<Part, TextError> {
        let lines = self.dossier.promises.iter().rev().map(|p| self.promise(p)).collect::<Result<_, _>>()?;
        let acts = self.acts(&[(Action::RegisterPromise, "/promise".to_owned(), "")])?;
        self.part("promises", lines, acts)
    }

    fn promise(&self, promise: &Promise) -> Result<Line, TextError> {
        let t = self.t;
        let state = match promise.state {
            PromiseState::Open => "open",
            PromiseState::Kept => "kept",
            PromiseState::Broken => "broken",
            PromiseState::Withdrawn => "withdrawn",
        };
        let said = t.promise_said(t.money(&promise.amount), t.day(&promise.pay_by)?)?;
        let acts = match promise.lives() {
            true => {
                self.acts(&[(Action::WithdrawPromise, format!("/promises/{}/withdraw", promise.id), "")])?
            }
            false => Vec::new(),
        };
        let notes = vec![self.since_by(promise.made_at, &promise.by)?];
        let broken = promise.state == PromiseState::Broken;
        Ok(Line::new(said).standing(t.promise_state(state)?, broken).notes(notes).acts(acts))
    }

    fn signals(&self) -> Result<Part, TextError> {
        let t = self.t;
        let lines = self.dossier.signals.iter().rev().map(|s| self.signal(s)).collect::<Result<_, _>>()?;
        let mut acts = Vec::new();
        if self.frame.administration.sector.may_signal() && !self.dossier.debtor.is_business() {
            acts = self.acts(&[
                (Action::PrepareSignal, "/signals/prepare".to_owned(), ""),
                (Action::SetEarlySignalling, "/early-signalling".to_owned(), ""),
            ])?;
        }
        let mut part = self.part("signals", lines, acts)?;
        let enabled = self.dossier.early_signalling.enabled;
        let objection = if enabled { t.not_objected()? } else { t.objected()? };
        let said = self.dossier.early_signalling.reason.as_deref().map(one_line);
        let line = Line::new(objection).notes(said.into_iter().collect());
        part.lines.insert(0, line);
        Ok(part)
    }

    fn signal(&self, signal: &Signal) -> Result<Line, TextError> {
        let t = self.t;
        let mut notes = signal_notes(t, signal)?;
        if let Some(approval) = &signal.approval {
            notes.push(t.signal_approved(t.by(one_line(&approval.by))?)?);
        }
        let below = |what: &str| format!("/signals/{}/{what}", signal.id);
        let mut wanted = Vec::new();
        if matches!(signal.state, SignalState::Prepared { released: false }) {
            wanted.push((Action::SendSignal, below("send"), ""));
        }
        let may_be_withdrawn = signal.withdrawal.is_none()
            && (matches!(signal.state, SignalState::Prepared { .. }) || signal.went_out());
        if may_be_withdrawn {
            wanted.push((Action::WithdrawSignal, below("withdraw"), ""));
        }
        let said = t.signal_said(signal_kind(signal.kind))?;
        let line = Line::new(said)
            .amount(t.money(&signal.arrears))
            .standing(t.signal_status(signal.status())?, needs_somebody(signal));
        Ok(line.notes(notes).acts(self.acts(&wanted)?))
    }

    fn conditions(&self, kind: SignalKind, id: &'static str) -> Result<Part, TextError> {
        let t = self.t;
        let found = conditions(self.dossier, self.frame.administration, kind, self.now);
        let failing = found.iter().filter(|c| !c.holds).count();
        let said = if failing == 0 { t.conditions_hold()? } else { t.conditions_fail(failing)? };
        let mut lines = vec![Line::new(said)];
        // Those that do not hold come first: they are why there is no signal.
        for holds in [false, true] {
            for condition in found.iter().filter(|c| c.holds == holds) {
                let mut standing = if holds { t.holds()? } else { t.holds_not()? };
                if let Some(day) = condition.holds_on.filter(|_| !holds) {
                    standing = format!("{standing} {}", t.holds_on(t.day(&day)?)?);
                }
                let notes = vec![one_line(&condition.facts), one_line(&condition.requires)];
                lines.push(Line::new(t.condition(condition.name)?).standing(standing, !holds).notes(notes));
            }
        }
        let heading = t.conditions_of(signal_kind(kind))?;
        Ok(Part { id: id.to_owned(), heading, empty: String::new(), lines, acts: Vec::new() })
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

    fn notices(&self) -> Result<Part, TextError> {
        let lines = self.dossier.notices.iter().rev().map(|n| self.notice(n)).collect::<Result<_, _>>()?;
        self.part("notices", lines, Vec::new())
    }

    fn notice(&self, notice: &Notice) -> Result<Line, TextError> {
        let t = self.t;
        let status = t.notice_status(notice.status())?;
        let standing = match notice.sent_on() {
            Some(day) => format!("{status}, {}", t.notice_on(t.day(&day)?)?),
            None => status,
        };
        let bad = matches!(
            notice.state,
            NoticeState::Bounced { .. }
                | NoticeState::Complained { .. }
                | NoticeState::Failed { .. }
                | NoticeState::Unknown { .. }
        );
        let mut notes = Vec::new();
        if let NoticeState::Failed { reason, .. } | NoticeState::Cancelled { reason, .. } = &notice.state {
            notes.push(one_line(reason));
        }
        let evidence = notice.evidence.iter().map(|e| {
            t.evidence(match e {
                Evidence::ContactEffort => "contact_effort",
                Evidence::DebtHelp => "debt_help",
                Evidence::WrittenReminder => "written_reminder",
                Evidence::MunicipalityOffer => "municipality_offer",
                Evidence::ArrangementOffer => "arrangement_offer",
            })
        });
        let evidence = evidence.collect::<Result<Vec<_>, _>>()?;
        if !evidence.is_empty() {
            notes.push(evidence.join("; "));
        }
        let said = t.notice_said(t.step(notice.kind.name())?, t.channel(notice.channel.name())?)?;
        let line = Line::new(said).standing(standing, bad).notes(notes);
        Ok(if notice.amount.is_positive() { line.amount(t.money(&notice.amount)) } else { line })
    }

    fn timeline(&self, happened: &[Happened]) -> Result<Part, TextError> {
        let t = self.t;
        let line = |what: &Happened| {
            let when = format!("{}, {}", t.moment(what.at)?, t.by(one_line(&what.by))?);
            let fact = |(name, value): &(String, String)| {
                Ok(format!("{}: {}", t.label(name.as_str())?, one_line(value)))
            };
            let facts = what.facts.iter().map(fact).collect::<Result<Vec<_>, TextError>>()?;
            let notes = if facts.is_empty() { Vec::new() } else { vec![facts.join("; ")] };
            Ok(Line::new(t.event(what.event)?).standing(when, false).notes(notes))
        };
        let lines = happened.iter().map(line).collect::<Result<_, TextError>>()?;
        self.part("timeline", lines, Vec::new())
    }
}

/// Somebody has to look at it.
pub(crate) fn needs_somebody(signal: &Signal) -> bool {
    matches!(
        signal.state,
        SignalState::Prepared { released: false } | SignalState::Refused { .. } | SignalState::Unknown { .. }
    )
}

/// What is told of a signal wherever it is shown.
pub(crate) fn signal_notes(t: &Words, signal: &Signal) -> Result<Vec<String>, TextError> {
    let mut notes = Vec::new();
    if let Some(since) = &signal.arrears_since {
        notes.push(t.signal_since(t.day(since)?)?);
    }
    if let Some(sent) = signal.sent_at {
        let provider = signal.provider.map(|p| p.to_string()).unwrap_or_default();
        let municipality = signal.municipality.clone().unwrap_or_default();
        notes.push(t.signal_sent(t.day(&today(sent))?, provider, municipality)?);
    }
    match &signal.state {
        SignalState::Blocked { conditions, .. } => {
            let names = conditions.iter().map(|name| t.condition(name.as_str()));
            notes.push(names.collect::<Result<Vec<_>, _>>()?.join("; "));
        }
        SignalState::Refused { errors } => notes.push(one_line(&errors.join(", "))),
        SignalState::Withdrawn { reason } => notes.push(one_line(reason)),
        SignalState::Prepared { .. }
        | SignalState::Queued { .. }
        | SignalState::Claimed { .. }
        | SignalState::Unknown { .. }
        | SignalState::Sent => {}
    }
    for report in &signal.feedback {
        notes.push(
            t.reported(t.day(&today(report.at))?, t.outcome(report.outcome.code().replace('.', "_"))?)?,
        );
    }
    Ok(notes)
}
