//! The debtor asks for a payment plan, and sees it first.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use contracts::failure::Failure;
use domain::Money;
use domain::access::BY_DEBTOR;
use domain::calendar::{plus_days, today};
use domain::dossier::Draft;
use domain::plan::{Every, PaymentPlan, PlanTemplate, Side};
use domain::planning::{self, Proposal};
use domain::refusal::Refusal;
use http::{HeaderMap, StatusCode};
use jiff::civil::Date;
use pages::portal::{self, Done, Form, PlanAsked, PlanChoice, PlanPage};

use crate::Portal;
use crate::answers::{Trouble, go_to, page};
use crate::forms::{self, fields};
use crate::visitor::Visitor;

/// What the form asks for, or what is wrong with it.
fn read(form: &mut Form, request: Option<String>) -> Option<Proposal> {
    let instalments = form.value("count").parse::<u16>().ok();
    let every = match form.value("every") {
        "week" => Some(Every::Week),
        "month" => Some(Every::Month),
        _ => None,
    };
    let first_on = form.value("first").parse::<Date>().ok();
    for (field, good, code) in [
        ("count", instalments.is_some(), "choose"),
        ("every", every.is_some(), "choose"),
        ("first", first_on.is_some(), if form.value("first").is_empty() { "required" } else { "not_a_date" }),
    ] {
        if !good {
            form.refuse(field, code);
        }
    }
    Some(Proposal {
        invoices: None,
        instalments: instalments?,
        every: every?,
        first_on: first_on?,
        first_amount: None,
        by: Side::Debtor,
        approved: false,
        request,
    })
}

/// What this proposal would be, without anything being stored.
fn tried(visitor: &Visitor, proposal: &Proposal) -> Result<PaymentPlan, Refusal> {
    let mut draft = Draft::of(visitor.dossier.clone(), visitor.now, BY_DEBTOR);
    let id = planning::propose(&mut draft, &visitor.settings, proposal)?;
    planning::find(&draft.dossier, &id).cloned()
}

/// What a plan would be about, in euros; nothing where none could be made.
fn total(visitor: &Visitor) -> Option<Money> {
    let whole = Proposal {
        invoices: None,
        instalments: 1,
        every: Every::Month,
        first_on: today(visitor.now),
        first_amount: None,
        // A creditor's plan may be any: so it says how much there is to plan.
        by: Side::Creditor,
        approved: false,
        request: None,
    };
    tried(visitor, &whole).ok().map(|plan| plan.total)
}

/// Puts what a rule forbids beside the field that it is about.
fn refuse(form: &mut Form, code: &str) {
    let (field, problem) = match code {
        "step_in_past" => ("first", "in_the_past"),
        "step_too_far" => ("first", "too_late"),
        "nothing_to_plan" | "nothing_open" => ("count", "nothing_open"),
        "plan_outside_limits" | "plan_does_not_add_up" => ("count", "outside_limits"),
        other => ("count", other),
    };
    form.refuse(field, problem);
}

fn show(
    visitor: &Visitor,
    status: StatusCode,
    form: &Form,
    asked: Option<Box<PlanAsked>>,
) -> Result<Response, Trouble> {
    let rules = &visitor.settings.plans;
    let total = total(visitor);
    let suits =
        |t: &&PlanTemplate| total.is_some_and(|total| t.minimum_total <= total && total <= t.maximum_total);
    let templates: Vec<&PlanTemplate> = rules.templates.iter().filter(suits).collect();
    let on = today(visitor.now);
    let furthest = templates.iter().map(|t| t.first_within_days).max().unwrap_or_default();
    let shown = match total {
        _ if visitor.dossier.plans.iter().any(PaymentPlan::lives) => PlanPage::Exists,
        Some(total) if !templates.is_empty() => PlanPage::Choose(PlanChoice {
            total,
            templates,
            days: (on, plus_days(on, i32::from(furthest))),
            asked,
        }),
        Some(_) | None => PlanPage::None,
    };
    page(status, portal::plan(&visitor.frame(), &shown, form))
}

/// The form, and below it what was asked for would be. Nothing is stored by looking.
pub(crate) async fn get(visitor: Visitor) -> Result<Response, Trouble> {
    if visitor.asked("count").is_none() {
        return show(&visitor, StatusCode::OK, &Form::default(), None);
    }
    let field = |name: &str| (name.to_owned(), visitor.asked(name).unwrap_or_default());
    let mut form = Form::of(["count", "every", "first"].map(field).into());
    let asked = read(&mut form, None).and_then(|proposal| match tried(&visitor, &proposal) {
        Ok(plan) => Some(Box::new(PlanAsked { automatic: plan.is_running(), plan })),
        Err(refusal) => {
            refuse(&mut form, refusal.code());
            None
        }
    });
    let status = if form.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show(&visitor, status, &form, asked)
}

/// Asks for the plan. Sent twice it is one plan.
pub(crate) async fn post(
    State(portal): State<Portal>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let mut form = match forms::of_visitor(&visitor, &headers, fields(&body)) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let request = visitor.request(form.value("once"));
    let Some(proposal) = read(&mut form, request) else {
        return show(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &form, None);
    };
    let session = &visitor.session;
    let missing = || Failure::not_found("debtor");
    let (records, origin) = (portal.records(), visitor.origin());
    let made = records.change(&origin, &session.debtor, missing, |draft, settings| {
        let made_before = |p: &&PaymentPlan| p.request.is_some() && p.request == proposal.request;
        if let Some(plan) = draft.dossier.plans.iter().find(made_before) {
            return Ok(plan.is_running());
        }
        let id = planning::propose(draft, settings, &proposal)?;
        Ok(planning::find(&draft.dossier, &id)?.is_running())
    });
    match made.await {
        Ok((runs, _)) => {
            let now = || portal.now().ok();
            portal.store.wait_for_calls(&session.administration, &session.debtor, &now).await?;
            let done = if runs { Done::Plan } else { Done::PlanAsked };
            Ok(go_to(&format!("/portal/my?done={}", done.name())))
        }
        Err(Failure::Rejected { code, .. }) => {
            refuse(&mut form, code);
            show(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &form, None)
        }
        Err(failure) => Err(failure.into()),
    }
}
