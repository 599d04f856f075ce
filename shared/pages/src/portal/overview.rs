//! The first page: what is owed, each invoice in plain words, what happens next, and what can be done about it.

use askama::Template;
use domain::administration::Administration;
use domain::calendar::{days_between, today};
use domain::debtor::Debtor;
use domain::dispute::DisputeState;
use domain::dossier::Dossier;
use domain::hold::HoldReason;
use domain::ids::HoldId;
use domain::invoice::{Invoice, InvoiceKind};
use domain::next::{Next, Nothing, next};
use domain::plan::{PaymentPlan, PlanState};
use domain::step::StepKind;
use jiff::Timestamp;
use jiff::civil::Date;

use super::frame::Base;
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::texts::TextError;

/// Invoices that are shown, those first that fell due first: more would be no page for a phone.
pub(crate) const MOST_SHOWN: usize = 60;

struct Item {
    id: String,
    name: String,
    owed: String,
    due: String,
    /// How it stands with its day, and whether that is late.
    standing: String,
    late: bool,
    /// What runs about it.
    notes: Vec<String>,
}

struct Plan {
    said: String,
    rows: Vec<PlanRow>,
}

struct PlanRow {
    name: String,
    day: String,
    amount: String,
    paid: bool,
    /// Where the first one that is not paid can be paid.
    pay: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/overview.html")]
struct Overview {
    base: Base,
    owed: Option<String>,
    overdue: Option<String>,
    credit: Option<String>,
    next: Vec<String>,
    items: Vec<Item>,
    others: Option<String>,
    plan: Option<Plan>,
    promises: Vec<String>,
    may_be_signalled: bool,
    may_be_debited: bool,
}

/// The page.
///
/// # Errors
/// See [`PageError`].
pub fn overview(
    frame: &Frame<'_>,
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Result<String, PageError> {
    let creditor = one_line(&administration.creditor.name);
    let base = Base::new(frame, Place::Overview, &Form::default(), |t| t.overview_title(&creditor))?;
    let (t, on) = (&base.t, today(now));
    let (balance, overdue, credit) = (dossier.balance(on), dossier.overdue(on), dossier.credit());
    let mut invoices: Vec<&Invoice> = dossier.open_invoices().collect();
    invoices.sort_by_key(|i| (i.due_date, i.number.clone()));
    let page = Overview {
        owed: balance.is_positive().then(|| t.money(&balance)),
        overdue: overdue
            .is_positive()
            .then(|| t.overview_overdue(t.money(&overdue.min(balance))))
            .transpose()?
            .filter(|_| balance.is_positive()),
        credit: credit.is_positive().then(|| t.overview_credit(t.money(&credit))).transpose()?,
        next: next_words(t, dossier, administration, now)?,
        items: invoices.iter().take(MOST_SHOWN).map(|i| item(t, dossier, i, on)).collect::<Result<_, _>>()?,
        others: match invoices.len().saturating_sub(MOST_SHOWN) {
            0 => None,
            others => Some(t.overview_others(others)?),
        },
        plan: dossier.plans.iter().find(|p| p.lives()).map(|p| plan(t, dossier, p)).transpose()?,
        promises: promises(t, dossier)?,
        may_be_signalled: may_be_signalled(&dossier.debtor, administration),
        may_be_debited: administration.direct_debit.enabled,
        base,
    };
    Ok(page.render()?)
}

struct Closed {
    id: String,
    name: String,
    total: String,
    on: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/closed.html")]
struct ClosedPage {
    base: Base,
    items: Vec<Closed>,
}

/// Invoices on which nothing is open any more, those that closed last first.
///
/// # Errors
/// See [`PageError`].
pub fn closed(frame: &Frame<'_>, invoices: &[Invoice]) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Elsewhere, &Form::default(), Words::closed_title)?;
    let t = &base.t;
    let item = |invoice: &&Invoice| -> Result<Closed, TextError> {
        Ok(Closed {
            id: invoice.id.to_string(),
            name: name_of(t, invoice)?,
            total: t.money(&invoice.total),
            on: invoice.closed_on.map(|on| t.closed_on(t.day(&on)?)).transpose()?,
        })
    };
    let mut shown: Vec<&Invoice> = invoices.iter().collect();
    shown.sort_by_key(|i| (std::cmp::Reverse(i.closed_on), i.number.clone()));
    let items = shown.iter().take(MOST_SHOWN).map(item).collect::<Result<_, _>>()?;
    Ok(ClosedPage { items, base }.render()?)
}

/// Whether early signalling can be about this debtor at all.
pub(crate) fn may_be_signalled(debtor: &Debtor, administration: &Administration) -> bool {
    administration.sector.may_signal() && !debtor.is_business()
}

/// An invoice's name as people know it.
pub(crate) fn name_of(t: &Words, invoice: &Invoice) -> Result<String, TextError> {
    let number = one_line(&invoice.number);
    match invoice.kind {
        InvoiceKind::Invoice => t.invoice_number(number),
        InvoiceKind::CreditNote => t.credit_number(number),
    }
}

/// How it stands with an invoice's day, and whether that is late.
pub(crate) fn standing(t: &Words, invoice: &Invoice, on: Date) -> Result<(String, bool), TextError> {
    let days = days_between(on, invoice.due_date);
    Ok(match days {
        0 => (t.status_due_today()?, false),
        days if days > 0 => (t.status_due_in(days)?, false),
        late => (t.status_overdue(-late)?, true),
    })
}

/// What runs about an invoice: a dispute, a plan, a promise, a collection.
pub(crate) fn notes(t: &Words, dossier: &Dossier, invoice: &Invoice) -> Result<Vec<String>, TextError> {
    let mut notes = Vec::new();
    for dispute in dossier.disputes.iter().filter(|d| d.invoice == invoice.id) {
        match dispute.state {
            DisputeState::Open => notes.push(t.status_disputed()?),
            DisputeState::AwaitingCredit { .. } => notes.push(t.status_awaiting_credit()?),
            DisputeState::Settled { .. } => {}
        }
    }
    for plan in dossier.plans.iter().filter(|p| p.lives() && p.is_about(&invoice.id)) {
        notes.push(if plan.is_running() { t.status_plan()? } else { t.status_plan_asked()? });
    }
    for promise in dossier.promises.iter().filter(|p| p.lives() && p.is_about(&invoice.id)) {
        notes.push(t.status_promise(t.day(&promise.pay_by)?)?);
    }
    for debit in dossier.debits.iter().filter(|d| d.invoice == invoice.id && d.lives()) {
        notes.push(t.status_debit(t.day(&debit.collect_on)?)?);
    }
    Ok(notes)
}

fn item(t: &Words, dossier: &Dossier, invoice: &Invoice, on: Date) -> Result<Item, TextError> {
    let (standing, late) = standing(t, invoice, on)?;
    Ok(Item {
        id: invoice.id.to_string(),
        name: name_of(t, invoice)?,
        owed: t.money(&invoice.owed(on)),
        due: t.due_on(t.day(&invoice.due_date)?)?,
        standing,
        late,
        notes: notes(t, dossier, invoice)?,
    })
}

fn plan(t: &Words, dossier: &Dossier, plan: &PaymentPlan) -> Result<Plan, TextError> {
    let (total, count) = (t.money(&plan.total), plan.instalments.len());
    let said = match plan.state {
        PlanState::Proposed => t.plan_proposed(total, count, t.day(&plan.decide_by)?)?,
        _ => t.plan_running(total, count, t.money(&plan.paid(dossier)))?,
    };
    let first_unpaid = plan.unpaid().map(|i| i.number).min().filter(|_| plan.is_running());
    let row = |instalment: &domain::plan::Instalment| -> Result<PlanRow, TextError> {
        let number = instalment.number;
        Ok(PlanRow {
            name: t.plan_instalment(number)?,
            day: t.day(&instalment.due_on)?,
            amount: t.money(&instalment.amount),
            paid: instalment.paid_on.is_some(),
            pay: (first_unpaid == Some(number))
                .then(|| format!("/portal/my/pay?about=plan.{}.{number}", plan.id)),
        })
    };
    Ok(Plan { said, rows: plan.instalments.iter().map(row).collect::<Result<_, _>>()? })
}

fn promises(t: &Words, dossier: &Dossier) -> Result<Vec<String>, TextError> {
    let open = dossier.promises.iter().filter(|p| p.lives());
    open.map(|p| t.promise_made(t.money(&p.amount), t.day(&p.pay_by)?)).collect()
}

/// What happens next if nothing else does, in plain words.
fn next_words(
    t: &Words,
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Result<Vec<String>, TextError> {
    Ok(match next(dossier, administration, now) {
        Next::Notice { on, steps } => {
            let heaviest = steps.iter().map(|(_, _, kind)| *kind).max();
            let kind = heaviest.unwrap_or(StepKind::Reminder);
            let day = t.day(&on)?;
            vec![if kind.is_notice() {
                t.next_step(step_word(kind), day)?
            } else {
                t.next_task(step_word(kind), day)?
            }]
        }
        Next::Instalment { on, .. } => vec![t.next_instalment(t.day(&on)?)?],
        Next::UnderWay(_) => vec![t.next_under_way()?],
        Next::Nothing(Nothing::CollectedByDebit { on, .. }) => vec![t.next_debit(t.day(&on)?)?],
        Next::Nothing(Nothing::Held { hold, until }) => {
            let mut said = vec![t.next_nothing(why_held(dossier, administration, &hold))?];
            if let Some(until) = until {
                said.push(t.next_held_until(t.day(&until)?)?);
            }
            said
        }
        Next::Nothing(nothing) => vec![t.next_nothing(match nothing {
            Nothing::NothingOpen => "nothing_open",
            Nothing::CoveredByCredit => "covered",
            Nothing::NoAddress => "no_address",
            _ => "other",
        })?],
    })
}

/// Why a hold stands, as far as that is the debtor's own doing or good to know. Who else reported what stays unsaid.
fn why_held(dossier: &Dossier, administration: &Administration, id: &HoldId) -> &'static str {
    let hold = dossier.holds.iter().chain(&administration.holds).find(|h| h.id == *id);
    match hold.map(|h| &h.reason) {
        Some(HoldReason::PaymentPlan { plan }) => {
            let runs = dossier.plans.iter().any(|p| p.id == *plan && p.is_running());
            if runs { "plan" } else { "plan_asked" }
        }
        Some(HoldReason::Promise { .. }) => "promise",
        Some(HoldReason::Dispute { .. }) => "dispute",
        Some(HoldReason::HelpRunning { .. }) => "help",
        Some(HoldReason::HandedOver { .. }) => "bailiff",
        Some(HoldReason::Asked { .. } | HoldReason::Deceased { .. } | HoldReason::DirectDebit { .. })
        | None => "other",
    }
}

/// The word by which the texts choose.
pub(crate) fn step_word(kind: StepKind) -> &'static str {
    match kind {
        StepKind::DeskMessage => "desk_message",
        StepKind::Statement => "statement",
        StepKind::InstalmentReminder => "instalment_reminder",
        StepKind::InvoiceSending => "invoice_sending",
        StepKind::PreReminder => "pre_reminder",
        StepKind::Reminder => "reminder",
        StepKind::FinalReminder => "final_reminder",
        StepKind::FormalNotice => "formal_notice",
        StepKind::EndOfServiceAnnouncement => "end_of_service_announcement",
        StepKind::EndOfService => "end_of_service",
        StepKind::Summons => "summons",
        StepKind::SecondSummons => "second_summons",
        StepKind::NoticeOfDefault => "notice_of_default",
        StepKind::ReadyForBailiff => "ready_for_bailiff",
    }
}
