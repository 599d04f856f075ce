//! The form of one action: what it does, what has to be said, and the button that does it.

use askama::Template;
use domain::staff::Action;

use super::frame::Base;
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::texts::TextError;

/// What an action is about, and where its form goes.
#[derive(Debug, Clone, Copy)]
pub struct ActPage<'a> {
    pub action: Action,
    /// The name of the debtor.
    pub debtor: &'a str,
    /// The thing that it is about, in the words of the desk: a number, a day.
    pub about: Option<&'a str>,
    /// Where the form is sent: its own address.
    pub to: &'a str,
    /// Where the reader goes who does not do it.
    pub back: &'a str,
    /// Another one in every form: what is sent twice is done once.
    pub once: &'a str,
    /// The steps that follow-up may go back to, by their names in the policy.
    pub steps: &'a [String],
    /// The numbers that may be called, the mobile one first.
    pub numbers: &'a [String],
    /// The hold is the municipality's.
    pub forced: bool,
    pub form: &'a Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    Text,
    Day,
    Amount,
    /// One of these, the first of them where nothing was chosen.
    One(&'static [&'static str]),
    /// One of the policy's steps, or the first.
    Step,
    /// One of the numbers of a call, the first where none was chosen.
    Number,
}

/// A field of a form, by its name; optional where `required` is false.
struct Asked {
    name: &'static str,
    kind: Kind,
    required: bool,
}

const fn asked(name: &'static str, kind: Kind, required: bool) -> Asked {
    Asked { name, kind, required }
}

/// What an action has to be told.
fn fields(action: Action) -> &'static [Asked] {
    const REASON: Asked = asked("reason", Kind::Text, true);
    match action {
        Action::PlaceHold => {
            const FIELDS: &[Asked] = &[
                asked("covers", Kind::One(&["reminders", "everything"]), true),
                REASON,
                asked("until", Kind::Day, false),
                asked("review_on", Kind::Day, false),
            ];
            FIELDS
        }
        Action::EditStep => {
            const FIELDS: &[Asked] = &[
                asked("edit", Kind::One(&["skip", "send_now", "reschedule", "reset"]), true),
                asked("on", Kind::Day, false),
                asked("step", Kind::Step, false),
            ];
            FIELDS
        }
        Action::RegisterPromise => {
            const FIELDS: &[Asked] =
                &[asked("pay_by", Kind::Day, true), asked("amount", Kind::Amount, false)];
            FIELDS
        }
        Action::CloseTask => {
            const FIELDS: &[Asked] = &[asked("note", Kind::Text, false)];
            FIELDS
        }
        Action::SendStatement => {
            const FIELDS: &[Asked] = &[asked("way", Kind::One(&["any", "email", "letter"]), true)];
            FIELDS
        }
        Action::RecordCall => {
            const OUTCOMES: &[&str] = &["not_reached", "spoke", "promised", "wrong_number", "asks_no_calls"];
            const FIELDS: &[Asked] = &[
                asked("outcome", Kind::One(OUTCOMES), true),
                asked("number", Kind::Number, false),
                asked("pay_by", Kind::Day, false),
                asked("amount", Kind::Amount, false),
                asked("note", Kind::Text, false),
            ];
            FIELDS
        }
        Action::DecideDispute => {
            const FIELDS: &[Asked] = &[
                asked("decision", Kind::One(&["rejected", "accepted", "partly"]), true),
                asked("amount", Kind::Amount, false),
                REASON,
            ];
            FIELDS
        }
        Action::DecidePlan => {
            const FIELDS: &[Asked] = &[
                asked("answer", Kind::One(&["approve", "reject"]), true),
                asked("reason", Kind::Text, false),
            ];
            FIELDS
        }
        Action::PrepareSignal => {
            const FIELDS: &[Asked] = &[asked("kind", Kind::One(&["early", "crisis"]), true)];
            FIELDS
        }
        Action::SetEarlySignalling => {
            const FIELDS: &[Asked] = &[asked("enabled", Kind::One(&["off", "on"]), true), REASON];
            FIELDS
        }
        Action::HandOver => {
            const FIELDS: &[Asked] = &[asked("bailiff", Kind::Line, true)];
            FIELDS
        }
        Action::WithdrawPromise | Action::EndPlan | Action::WithdrawSignal | Action::TakeBack => {
            const FIELDS: &[Asked] = &[REASON];
            FIELDS
        }
        Action::LiftHold
        | Action::LiftHoldOfMunicipality
        | Action::SendSignal
        | Action::Look
        | Action::LookAtSettings => &[],
    }
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

struct Field {
    name: &'static str,
    label: String,
    hint: Option<String>,
    problem: Option<String>,
    value: String,
    required: bool,
    text: bool,
    kind: &'static str,
    inputmode: &'static str,
    choices: Vec<Choice>,
    select: bool,
}

impl Field {
    /// The ids of what describes it.
    fn described_by(&self) -> String {
        let problem = self.problem.iter().map(|_| format!("{}-problem", self.name));
        let hint = self.hint.iter().map(|_| format!("{}-hint", self.name));
        problem.chain(hint).collect::<Vec<_>>().join(" ")
    }
}

#[derive(Template)]
#[template(path = "desk/act.html")]
struct Page {
    base: Base,
    debtor: String,
    about: Option<String>,
    text: String,
    forced: Option<String>,
    button: String,
    to: String,
    back: String,
    once: String,
    fields: Vec<Field>,
}

/// The page.
///
/// # Errors
/// See [`PageError`].
pub fn act(frame: &Frame<'_>, page: &ActPage<'_>) -> Result<String, PageError> {
    let action = page.action.name();
    let base = Base::new(frame, Place::Debtors, page.form, |t| t.act_title(action))?;
    let t = &base.t;
    let fields = fields(page.action).iter().map(|asked| field(t, page, asked)).collect::<Result<_, _>>()?;
    let forced = page.forced.then(|| t.act_text(Action::LiftHoldOfMunicipality.name())).transpose()?;
    let page = Page {
        debtor: one_line(page.debtor),
        about: page.about.map(one_line),
        text: t.act_text(action)?,
        forced,
        button: t.act_button(action)?,
        to: page.to.to_owned(),
        back: page.back.to_owned(),
        once: page.once.to_owned(),
        fields,
        base,
    };
    Ok(page.render()?)
}

fn field(t: &Words, page: &ActPage<'_>, asked: &Asked) -> Result<Field, TextError> {
    let (kind, inputmode) = match asked.kind {
        Kind::Day => ("date", "text"),
        Kind::Amount => ("text", "decimal"),
        Kind::Line | Kind::Text | Kind::One(_) | Kind::Step | Kind::Number => ("text", "text"),
    };
    let hint = t.hint(asked.name)?;
    Ok(Field {
        name: asked.name,
        label: t.field(asked.name)?,
        hint: Some(hint).filter(|hint| hint != "-"),
        problem: page.form.problem_of(t, asked.name)?,
        value: page.form.value(asked.name).to_owned(),
        required: asked.required,
        text: asked.kind == Kind::Text,
        kind,
        inputmode,
        choices: choices(t, page, asked)?,
        select: matches!(asked.kind, Kind::Step | Kind::Number),
    })
}

fn choices(t: &Words, page: &ActPage<'_>, asked: &Asked) -> Result<Vec<Choice>, TextError> {
    let typed = page.form.value(asked.name);
    match asked.kind {
        Kind::One(values) => {
            let one = |(place, value): (usize, &&str)| {
                let chosen = if typed.is_empty() { place == 0 } else { typed == *value };
                Ok(Choice { value: (*value).to_owned(), label: t.choice(*value)?, chosen })
            };
            values.iter().enumerate().map(one).collect()
        }
        Kind::Step => {
            let first = Choice { value: String::new(), label: t.chosen_first()?, chosen: typed.is_empty() };
            let named = page.steps.iter().map(|step| {
                let chosen = typed == step;
                Choice { value: step.clone(), label: step.clone(), chosen }
            });
            Ok(std::iter::once(first).chain(named).collect())
        }
        Kind::Number => {
            let one = |number: &String| Choice {
                value: number.clone(),
                label: number.clone(),
                chosen: typed == number,
            };
            Ok(page.numbers.iter().map(one).collect())
        }
        Kind::Line | Kind::Text | Kind::Day | Kind::Amount => Ok(Vec::new()),
    }
}
