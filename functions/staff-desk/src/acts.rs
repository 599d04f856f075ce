//! Actions on one debtor: a form that says what will happen, and what is done when it is sent.
//!
//! What is done goes through the same bodies, rules and decisions as the API. What a rule forbids is said above the form, what
//! is wrong with a field beside it, and then nothing was changed.

mod decide;

use axum::Extension;
use axum::extract::{RawPathParams, State};
use axum::response::Response;
use contracts::failure::Failure;
use domain::Violation;
use domain::administration::Administration;
use domain::dossier::Dossier;
use domain::hold::HoldReason;
use domain::ids::{DebtorId, DisputeId, HoldId, InvoiceId, NoticeId, PlanId, PromiseId, SignalId, TaskId};
use domain::staff::Action;
use http::StatusCode;
use pages::desk::{self, ActPage, Form};
use runtime::unguessable::token;

use crate::App;
use crate::answer::{Refusal, page, see, with_status};
use crate::debtors::dossier;
use crate::guard::{Sent, segment};
use crate::visitor::Visitor;

/// What an action is about: a debtor, and where it says so one thing of theirs.
#[derive(Debug, Clone)]
struct Subject {
    debtor: DebtorId,
    name: String,
    about: About,
    /// Of the policy of the invoice: those that follow-up may go back to.
    steps: Vec<String>,
    /// The hold is the municipality's.
    forced: bool,
    /// Those that may be called.
    numbers: Vec<String>,
}

/// One thing of a debtor.
#[derive(Debug, Clone)]
enum About {
    Debtor,
    Invoice(InvoiceId, String),
    Hold(HoldId),
    Promise(PromiseId),
    Dispute(DisputeId, String),
    Plan(PlanId),
    Signal(SignalId),
    Call(NoticeId),
    Task(TaskId),
}

impl About {
    /// As a page names it.
    fn words(&self) -> Option<&str> {
        match self {
            About::Invoice(_, number) | About::Dispute(_, number) => Some(number),
            About::Debtor
            | About::Hold(_)
            | About::Promise(_)
            | About::Plan(_)
            | About::Signal(_)
            | About::Call(_)
            | About::Task(_) => None,
        }
    }

    /// Where its form is, below the debtor's page.
    fn path(&self, action: Action) -> String {
        match (self, action) {
            (About::Debtor, Action::PlaceHold) => "/hold".to_owned(),
            (About::Debtor, Action::RegisterPromise) => "/promise".to_owned(),
            (About::Debtor, Action::SendStatement) => "/statement".to_owned(),
            (About::Debtor, Action::PrepareSignal) => "/signals/prepare".to_owned(),
            (About::Debtor, Action::SetEarlySignalling) => "/early-signalling".to_owned(),
            (About::Debtor, Action::HandOver) => "/case/hand-over".to_owned(),
            (About::Debtor, _) => "/case/take-back".to_owned(),
            (About::Invoice(id, _), Action::PlaceHold) => format!("/invoices/{id}/hold"),
            (About::Invoice(id, _), _) => format!("/invoices/{id}/step"),
            (About::Hold(id), _) => format!("/holds/{id}/lift"),
            (About::Task(id), _) => format!("/tasks/{id}/done"),
            (About::Call(id), _) => format!("/calls/{id}/outcome"),
            (About::Promise(id), _) => format!("/promises/{id}/withdraw"),
            (About::Dispute(id, _), _) => format!("/disputes/{id}/decide"),
            (About::Plan(id), Action::EndPlan) => format!("/plans/{id}/end"),
            (About::Plan(id), _) => format!("/plans/{id}/decide"),
            (About::Signal(id), Action::SendSignal) => format!("/signals/{id}/send"),
            (About::Signal(id), _) => format!("/signals/{id}/withdraw"),
        }
    }
}

/// The form.
pub async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    params: RawPathParams,
) -> Result<Response, Refusal> {
    let (subject, administration) = found(&app, &visitor, &params).await?;
    let html = form_page(&visitor, &administration, &subject, &Form::default(), &token()?);
    page(html)
}

/// What the form asks for.
pub async fn perform(
    State(app): State<App>,
    visitor: Visitor,
    params: RawPathParams,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Refusal> {
    let (subject, administration) = found(&app, &visitor, &params).await?;
    let mut form = Form::of(sent.0);
    let failure = match decide::decide(&app, &visitor, &subject, &form).await {
        Ok(()) => {
            return see(&format!("/desk/debtors/{}?done={}", subject.debtor, visitor.action.name()));
        }
        Err(failure) => failure,
    };
    let status = match failure {
        Failure::BadInput(violations) => {
            refuse(&mut form, &violations);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Failure::Rejected { code, .. } => {
            form.forbid(code);
            StatusCode::CONFLICT
        }
        Failure::Conflict { .. } => {
            form.forbid("conflict");
            StatusCode::CONFLICT
        }
        other => return Err(other.into()),
    };
    let once = form.value("once").to_owned();
    with_status(status, form_page(&visitor, &administration, &subject, &form, &once))
}

fn form_page(
    visitor: &Visitor,
    administration: &Administration,
    subject: &Subject,
    form: &Form,
    once: &str,
) -> Result<String, desk::PageError> {
    let back = format!("/desk/debtors/{}", subject.debtor);
    let to = format!("{back}{}", subject.about.path(visitor.action));
    let act = ActPage {
        action: visitor.action,
        debtor: &subject.name,
        about: subject.about.words(),
        to: &to,
        back: &back,
        once,
        steps: &subject.steps,
        numbers: &subject.numbers,
        forced: subject.forced,
        form,
    };
    desk::act(&visitor.frame(administration, None), &act)
}

/// Puts each violation beside the field that it is about.
fn refuse(form: &mut Form, violations: &[Violation]) {
    for violation in violations {
        let field = match violation.path.as_str() {
            "reviewOn" => "review_on",
            "payBy" => "pay_by",
            other => other,
        };
        let code = match violation.code {
            "length" if form.value(field).is_empty() => "required",
            "not_a_date" if form.value(field).is_empty() => "required",
            code => code,
        };
        form.refuse(field, code);
    }
}

/// What the route is about, with the settings. What is not in this administration is not there.
async fn found(
    app: &App,
    visitor: &Visitor,
    params: &RawPathParams,
) -> Result<(Subject, Administration), Refusal> {
    let debtor: DebtorId = segment(params, "debtor")?;
    let administration = app.records().administration(&visitor.administration).await?.value;
    let dossier = dossier(app, visitor, &debtor).await?;
    let subject = subject(&dossier, &administration, visitor, params)?;
    Ok((subject, administration))
}

fn subject(
    dossier: &Dossier,
    administration: &Administration,
    visitor: &Visitor,
    params: &RawPathParams,
) -> Result<Subject, Refusal> {
    let has_about = params.iter().any(|(name, _)| name == "about");
    let mut subject = Subject {
        debtor: dossier.debtor.id.clone(),
        name: dossier.debtor.name.clone(),
        about: About::Debtor,
        steps: Vec::new(),
        forced: false,
        numbers: Vec::new(),
    };
    match visitor.action {
        Action::PlaceHold if !has_about => {}
        Action::PlaceHold | Action::EditStep => {
            let id: InvoiceId = segment(params, "about")?;
            let invoice = dossier.invoices.get(&id).ok_or(Refusal::NOT_FOUND)?;
            let policy = administration.policy_of(&dossier.debtor, invoice);
            subject.steps =
                policy.map(|p| p.steps.iter().map(|s| s.id.to_string()).collect()).unwrap_or_default();
            subject.about = About::Invoice(id, invoice.number.clone());
        }
        Action::LiftHold | Action::LiftHoldOfMunicipality => {
            let id: HoldId = segment(params, "about")?;
            let hold = dossier.holds.iter().find(|h| h.id == id).ok_or(Refusal::NOT_FOUND)?;
            subject.forced =
                matches!(hold.reason, HoldReason::HelpRunning { .. } | HoldReason::Deceased { .. });
            if subject.forced && !visitor.role.may(Action::LiftHoldOfMunicipality) {
                return Err(Refusal::Said(StatusCode::FORBIDDEN, desk::Said::NotAllowed));
            }
            subject.about = About::Hold(id);
        }
        Action::WithdrawPromise => {
            let id: PromiseId = segment(params, "about")?;
            domain::promise::find(dossier, &id)?;
            subject.about = About::Promise(id);
        }
        Action::DecideDispute => {
            let id: DisputeId = segment(params, "about")?;
            let dispute = domain::dispute::find(dossier, &id)?;
            let known = dossier.invoices.get(&dispute.invoice);
            let number = known.map_or_else(|| dispute.invoice.to_string(), |i| i.number.clone());
            subject.about = About::Dispute(id, number);
        }
        Action::DecidePlan | Action::EndPlan => {
            let id: PlanId = segment(params, "about")?;
            domain::planning::find(dossier, &id)?;
            subject.about = About::Plan(id);
        }
        Action::SendSignal | Action::WithdrawSignal => {
            let id: SignalId = segment(params, "about")?;
            dossier.signal(&id).ok_or(Refusal::NOT_FOUND)?;
            subject.about = About::Signal(id);
        }
        Action::CloseTask => {
            let id: TaskId = segment(params, "about")?;
            dossier.tasks.iter().find(|task| task.id == id).ok_or(Refusal::NOT_FOUND)?;
            subject.about = About::Task(id);
        }
        Action::RecordCall => {
            let id: NoticeId = segment(params, "about")?;
            dossier.notice(&id).and_then(|notice| notice.call.as_ref()).ok_or(Refusal::NOT_FOUND)?;
            subject.numbers = dossier.numbers();
            subject.about = About::Call(id);
        }
        Action::HandOver | Action::TakeBack => {
            dossier.case.as_ref().ok_or(Refusal::NOT_FOUND)?;
        }
        Action::RegisterPromise
        | Action::SendStatement
        | Action::PrepareSignal
        | Action::SetEarlySignalling
        | Action::Look
        | Action::LookAtSettings => {}
    }
    Ok(subject)
}
