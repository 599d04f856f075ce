//! What each form asks for, checked by the bodies of the API and decided by the domain.

use contracts::api::ReasonBody;
use contracts::api::calls::{CallOutcomeBody, CallOutcomeName};
use contracts::api::cases::{HandOverBody, TakeBackBody};
use contracts::api::disputes::{DecisionBody, DecisionName};
use contracts::api::holds::{CoversName, HoldBody, ScopeBody};
use contracts::api::messages::{StatementBody, StatementChannelName};
use contracts::api::promises::PromiseBody;
use contracts::api::steps::{StepAction, StepEditBody};
use contracts::api::tasks::TaskDoneBody;
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::calendar::today;
use domain::dossier::{Dossier, Draft};
use domain::holding::{self, Lifting};
use domain::ids::NoticeId;
use domain::refusal::Refusal;
use domain::staff::Action;
use domain::step::SignalKind;
use domain::{dispute, editing, handing_over, planning, promise, signalling, tasks};
use pages::desk::Form;
use runtime::unguessable::hash;

use super::{About, Subject};
use crate::App;
use crate::visitor::Visitor;

/// One action, about one thing.
struct Deed<'a> {
    app: &'a App,
    visitor: &'a Visitor,
    subject: &'a Subject,
    form: &'a Form,
}

/// Does what the form asks for.
pub async fn decide(app: &App, visitor: &Visitor, subject: &Subject, form: &Form) -> Result<(), Failure> {
    let deed = Deed { app, visitor, subject, form };
    match (visitor.action, &subject.about) {
        (Action::PlaceHold, _) => deed.place_hold().await,
        (Action::LiftHold, About::Hold(id)) => {
            let lifting = if subject.forced { Lifting::ByHandWithForce } else { Lifting::ByHand };
            app.records().lift_hold(&app.origin(visitor), id, lifting).await.map(|_| ())
        }
        (Action::EditStep, About::Invoice(id, _)) => {
            let edit = deed.edit()?;
            deed.change(|draft, settings| editing::edit(draft, settings, id, &edit)).await
        }
        (Action::RegisterPromise, _) => deed.register_promise().await,
        (Action::WithdrawPromise, About::Promise(id)) => {
            let reason = deed.reason()?;
            deed.change(|draft, settings| promise::withdraw(draft, settings, id, &reason)).await
        }
        (Action::DecideDispute, About::Dispute(id, _)) => {
            let (decision, reason) = deed.decision()?;
            deed.change(|draft, settings| dispute::decide(draft, settings, id, decision, &reason)).await
        }
        (Action::DecidePlan, About::Plan(id)) => match form.value("answer") {
            "approve" => deed.change(|draft, settings| planning::approve(draft, settings, id)).await,
            "reject" => {
                let reason = deed.reason()?;
                deed.change(|draft, settings| planning::reject(draft, settings, id, &reason)).await
            }
            _ => Err(choose("answer")),
        },
        (Action::EndPlan, About::Plan(id)) => {
            let reason = deed.reason()?;
            deed.change(|draft, settings| planning::end(draft, settings, id, &reason)).await
        }
        (Action::PrepareSignal, _) => {
            let kind = match form.value("kind") {
                "early" => SignalKind::Early,
                "crisis" => SignalKind::Crisis,
                _ => return Err(choose("kind")),
            };
            deed.change(|draft, settings| signalling::ask(draft, settings, kind)).await
        }
        (Action::SendSignal, About::Signal(id)) => {
            deed.change(|draft, settings| signalling::release(draft, settings, id)).await
        }
        (Action::WithdrawSignal, About::Signal(id)) => {
            let reason = deed.reason()?;
            deed.change(|draft, settings| signalling::withdraw(draft, settings, id, &reason)).await
        }
        (Action::CloseTask, About::Task(id)) => {
            let note = TaskDoneBody { note: deed.text("note") }.check()?;
            deed.change(|draft, _| tasks::done(draft, id, note.clone())).await
        }
        (Action::SendStatement, _) => deed.send_statement().await,
        (Action::RecordCall, About::Call(id)) => deed.record_call(id).await,
        (Action::SetEarlySignalling, _) => deed.set_early_signalling().await,
        (Action::HandOver, _) => deed.hand_over().await,
        (Action::TakeBack, _) => deed.take_back().await,
        (
            Action::LiftHold
            | Action::EditStep
            | Action::WithdrawPromise
            | Action::RecordCall
            | Action::CloseTask
            | Action::DecideDispute
            | Action::DecidePlan
            | Action::EndPlan
            | Action::SendSignal
            | Action::WithdrawSignal
            | Action::LiftHoldOfMunicipality
            | Action::Look
            | Action::LookAtSettings,
            _,
        ) => Err(Failure::bug("a form of the desk is about another thing than its route")),
    }
}

fn choose(field: &str) -> Failure {
    Failure::bad_input(field, "choose", "is one of those that are offered")
}

impl Deed<'_> {
    async fn change(
        &self,
        decide: impl Fn(&mut Draft, &Administration) -> Result<(), Refusal>,
    ) -> Result<(), Failure> {
        self.changed(decide).await.map(|_| ())
    }

    async fn changed<T>(
        &self,
        decide: impl Fn(&mut Draft, &Administration) -> Result<T, Refusal>,
    ) -> Result<Dossier, Failure> {
        let missing = || Failure::not_found("debtor");
        let origin = self.app.origin(self.visitor);
        let done = self.app.records().change(&origin, &self.subject.debtor, missing, decide).await;
        done.map(|(_, dossier)| dossier)
    }

    /// Waits until no call that had begun before can still leave.
    async fn wait(&self) -> Result<(), Failure> {
        let now = || self.app.clock.now().ok();
        let (administration, debtor) = (&self.visitor.administration, &self.subject.debtor);
        self.app.store.wait_for_calls(administration, debtor, &now).await
    }

    fn reason(&self) -> Result<String, Failure> {
        let body = ReasonBody { reason: self.form.value("reason").to_owned() };
        body.check().map_err(Failure::from)
    }

    fn text(&self, field: &str) -> Option<String> {
        self.form.optional(field).map(str::to_owned)
    }

    /// An amount as people type it, with a comma or a point before the cents.
    fn amount(&self) -> Option<String> {
        let text = self.form.optional("amount")?.trim_start_matches('€').trim();
        Some(if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) })
    }

    /// What tells a form that is sent twice from two forms.
    fn request(&self) -> Option<String> {
        let once = self.form.optional("once")?;
        Some(hash(&[b"desk ", self.visitor.by.as_bytes(), b" ", once.as_bytes()]))
    }

    async fn place_hold(&self) -> Result<(), Failure> {
        let scope = match &self.subject.about {
            About::Invoice(id, _) => ScopeBody { invoice_id: Some(id.to_string()), ..ScopeBody::default() },
            _ => ScopeBody { debtor_id: Some(self.subject.debtor.to_string()), ..ScopeBody::default() },
        };
        let covers = match self.form.value("covers") {
            "reminders" => CoversName::Reminders,
            "everything" => CoversName::Everything,
            _ => return Err(choose("covers")),
        };
        let body = HoldBody {
            scope,
            covers,
            reason: self.form.value("reason").to_owned(),
            until: self.text("until"),
            review_on: self.text("review_on"),
        };
        let asked = body.check(&self.visitor.administration, today(self.app.clock.now()?))?;
        let origin = self.app.origin(self.visitor);
        self.app.records().place_hold(&origin, &asked, self.request()).await.map(|_| ())
    }

    fn edit(&self) -> Result<editing::Edit, Failure> {
        let action = match self.form.value("edit") {
            "skip" => StepAction::Skip,
            "send_now" => StepAction::SendNow,
            "reschedule" => StepAction::Reschedule,
            "reset" => StepAction::Reset,
            _ => return Err(choose("edit")),
        };
        let body = StepEditBody { action, on: self.text("on"), step: self.text("step") };
        body.check()?.ok_or_else(|| choose("edit"))
    }

    async fn register_promise(&self) -> Result<(), Failure> {
        let body = PromiseBody {
            debtor_id: self.subject.debtor.to_string(),
            invoice_ids: None,
            amount: self.amount(),
            pay_by: self.form.value("pay_by").to_owned(),
        };
        let (_, promised) = body.check(today(self.app.clock.now()?), self.request())?;
        self.changed(|draft, settings| {
            let mut made = draft.dossier.promises.iter().rev();
            match made.find(|p| promised.request.is_some() && p.request == promised.request) {
                Some(promise) => Ok(promise.id.clone()),
                None => promise::make(draft, settings, &promised),
            }
        })
        .await?;
        self.wait().await
    }

    fn decision(&self) -> Result<(dispute::Decision, String), Failure> {
        let decision = match self.form.value("decision") {
            "rejected" => DecisionName::Rejected,
            "accepted" => DecisionName::Accepted,
            "partly" => DecisionName::Partly,
            _ => return Err(choose("decision")),
        };
        let reason = self.form.value("reason").to_owned();
        DecisionBody { decision, amount: self.amount(), reason }.check().map_err(Failure::from)
    }

    async fn send_statement(&self) -> Result<(), Failure> {
        let channel = match self.form.value("way") {
            "any" => None,
            "email" => Some(StatementChannelName::Email),
            "letter" => Some(StatementChannelName::Letter),
            _ => return Err(choose("way")),
        };
        let asked = StatementBody { channel }.asked(self.request());
        let (origin, debtor) = (self.app.origin(self.visitor), &self.subject.debtor);
        self.app.records().send_statement(&origin, debtor, &asked).await.map(|_| ())
    }

    async fn record_call(&self, id: &NoticeId) -> Result<(), Failure> {
        let outcome = match self.form.value("outcome") {
            "not_reached" => CallOutcomeName::NotReached,
            "spoke" => CallOutcomeName::Spoke,
            "promised" => CallOutcomeName::Promised,
            "wrong_number" => CallOutcomeName::WrongNumber,
            "asks_no_calls" => CallOutcomeName::AsksNoCalls,
            _ => return Err(choose("outcome")),
        };
        let body = CallOutcomeBody {
            outcome,
            number: self.text("number"),
            note: self.text("note"),
            pay_by: self.text("pay_by"),
            amount: self.amount(),
            invoice_ids: None,
            disputes: None,
        };
        let made = body.check(today(self.app.clock.now()?), self.request())?;
        let origin = self.app.origin(self.visitor);
        self.app.records().record_call(&origin, id, &made).await.map(|_| ())
    }

    async fn set_early_signalling(&self) -> Result<(), Failure> {
        let enabled = match self.form.value("enabled") {
            "on" => true,
            "off" => false,
            _ => return Err(choose("enabled")),
        };
        let reason = self.reason()?;
        self.changed(|draft, _| Ok(holding::set_early_signalling(draft, enabled, &reason))).await?;
        // A signal that is just being submitted is waited for: once this is answered, none leaves any more.
        if enabled { Ok(()) } else { self.wait().await }
    }

    async fn hand_over(&self) -> Result<(), Failure> {
        let bailiff = HandOverBody { bailiff: self.form.value("bailiff").to_owned() }.check()?;
        self.changed(|draft, _| {
            let case = draft.dossier.case.clone().ok_or(Refusal::NoSuchCase)?;
            handing_over::hand_over(draft, &case, &bailiff)
        })
        .await?;
        self.wait().await
    }

    async fn take_back(&self) -> Result<(), Failure> {
        let reason = TakeBackBody { reason: self.form.value("reason").to_owned() }.check()?;
        self.change(|draft, settings| {
            let case = draft.dossier.case.clone().ok_or(Refusal::NoSuchCase)?;
            handing_over::take_back(draft, &case, settings, &reason)
        })
        .await
    }
}
