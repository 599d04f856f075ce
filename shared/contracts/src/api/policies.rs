//! Policies: what is put, and what is read back.

use std::collections::BTreeMap;

use domain::administration::Administration;
use domain::debtor::DebtorKind;
use domain::ids::{PolicyId, StepId};
use domain::notice::Channel;
use domain::policy::{Audience, CountedFrom, MOST_STEPS, Policy, Step, StepCosts};
use domain::step::{SignalKind, StepKind};
use domain::texts::Tone;
use domain::{Language, Money, Violation};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::debtors::{DebtorKindName, LanguageName};
use super::fields::Fields;
use super::signals::SignalKindName;

/// A policy as it is put: its steps, or, for who wants no more than that, how many weeks pass before a reminder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyBody {
    /// 1 to 80 characters. With `weeksBeforeReminder` it may be left out: it stays as it is.
    pub name: Option<String>,
    /// 1 to 30, in their order. Either these or `weeksBeforeReminder`.
    pub steps: Option<Vec<StepBody>>,
    /// 1 to 52: the first reminder comes so many weeks after the due date, and everything else stays as it is. A policy
    /// that is not there yet gets the standard steps.
    pub weeks_before_reminder: Option<u8>,
}

/// One step of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepBody {
    /// By this name the step is known on timelines. Keep it when the step changes.
    #[schema(example = "reminder-1")]
    pub id: String,
    /// `invoiceSending`, `preReminder`, `reminder`, `finalReminder`, `formalNotice`, `endOfServiceAnnouncement`,
    /// `endOfService`, `summons`, `secondSummons`, `noticeOfDefault` or `readyForBailiff`; in a policy none is followed
    /// by a lighter one.
    #[schema(value_type = String, example = "reminder")]
    pub kind: StepKind,
    /// Days after what it is counted from; negative for days before the due date, with pre-reminders and invoice
    /// sending only.
    #[schema(example = 7)]
    pub after_days: i16,
    /// `dueDate`, `previousStep` or, for invoice sending, `issueDate`. Left out, the first step counts from the due date
    /// and each later one from the step before it; pre-reminders from the due date, invoice sending from the issue date.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub counted_from: Option<CountedFrom>,
    /// `email`, `sms`, `letter` and `phone`, in the order in which they are tried; e-mail when left out. Each has to be
    /// connected for this administration.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub channels: Option<Vec<Channel>>,
    /// The signal whose conditions are looked at once this step was taken.
    #[serde(default)]
    pub links_to: Option<SignalKindName>,
    /// Invoices with less than this open are left alone at this step, in euros; zero when left out.
    #[serde(default)]
    #[schema(example = "10.00")]
    pub minimum_open: Option<String>,
    /// `none`, or `statutory`: collection costs (BIK); from consumers only after the formal notice's term.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub costs: Option<StepCosts>,
    /// Interest is claimed from this step on.
    #[serde(default)]
    pub interest: Option<bool>,
    /// Whom it is meant for; everyone when left out. Others pass it over.
    #[serde(default)]
    pub audience: Option<AudienceBody>,
    /// The creditor's own opening paragraph by language, each at most 1,000 characters, in place of ours.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub opening: Option<BTreeMap<LanguageName, String>>,
    /// `formal` or `friendly`, in place of the tone of the settings. What has consequences in law is formal: a formal
    /// notice, an announcement of the end of service, and every step after it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub tone: Option<Tone>,
}

/// Whom a step is meant for: all that is named here has to be so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AudienceBody {
    #[serde(default)]
    pub kind: Option<DebtorKindName>,
    /// The debtor or the invoice carries this label.
    #[serde(default)]
    pub with_label: Option<String>,
    /// Neither debtor nor invoice carries this label.
    #[serde(default)]
    pub without_label: Option<String>,
    /// The invoice is, or is not, a recurring term.
    #[serde(default)]
    pub recurring_term: Option<bool>,
}

/// What was asked for, as far as the body alone tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedPolicy {
    Steps(Policy),
    Weeks { name: Option<String>, weeks: u8 },
}

impl PolicyBody {
    /// The policy that this administration would have, or everything that is wrong with it. Its version is not counted
    /// here.
    pub fn check(self, id: PolicyId, administration: &Administration) -> Result<AskedPolicy, Vec<Violation>> {
        let mut fields = Fields::new();
        let name = self.name.as_deref().and_then(|name| fields.text("name", name, 80));
        match (self.steps, self.weeks_before_reminder) {
            (Some(steps), None) => {
                if self.name.is_none() {
                    fields.refuse("name", "required", "is required");
                }
                if steps.len() > MOST_STEPS {
                    let detail = format!("a policy has 1 to {MOST_STEPS} steps");
                    fields.refuse("steps", "number_of_steps", &detail);
                    return fields.finish(None);
                }
                let steps = steps.into_iter().enumerate().map(|(i, s)| s.read(&mut fields, i)).collect();
                let policy = Policy { id, version: 1, name: name.unwrap_or_default(), steps };
                for wrong in domain::changing::check_policy(administration, &policy) {
                    fields.add(wrong);
                }
                fields.finish(Some(AskedPolicy::Steps(policy)))
            }
            (None, Some(weeks)) => {
                if !(1..=52).contains(&weeks) {
                    fields.refuse("weeksBeforeReminder", "out_of_range", "is 1 to 52 weeks");
                }
                fields.finish(Some(AskedPolicy::Weeks { name, weeks }))
            }
            (None, None) | (Some(_), Some(_)) => {
                fields.refuse("steps", "steps_or_weeks", "are given, or weeksBeforeReminder: one of the two");
                fields.finish(None)
            }
        }
    }
}

impl StepBody {
    /// What cannot be read is named, and stands in by something harmless, so that the rules can be checked as well.
    fn read(self, fields: &mut Fields, place: usize) -> Step {
        let at = |field: &str| format!("steps[{place}].{field}");
        let id = fields.id(&at("id"), &self.id, StepId::parse);
        let minimum_open = self.minimum_open.and_then(|text| fields.amount(&at("minimumOpen"), &text));
        let audience = self.audience.unwrap_or_default();
        let mut label = |name: &str, text: Option<String>| {
            fields.optional_text(&at(&format!("audience.{name}")), text.as_deref(), 64)
        };
        let with_label = label("withLabel", audience.with_label);
        let without_label = label("withoutLabel", audience.without_label);
        let opening = self.opening.unwrap_or_default();
        for text in opening.values() {
            if text.chars().any(|c| c.is_control() && c != '\n') {
                fields.refuse(&at("opening"), "control_character", "holds a control character");
            }
        }
        Step {
            id: id.unwrap_or_else(|| StepId::unnamed(place)),
            kind: self.kind,
            after_days: self.after_days,
            counted_from: self.counted_from.unwrap_or(match (self.kind, place) {
                (StepKind::InvoiceSending, _) => CountedFrom::IssueDate,
                (StepKind::PreReminder, _) | (_, 0) => CountedFrom::DueDate,
                (_, _) => CountedFrom::PreviousStep,
            }),
            channels: self.channels.unwrap_or_else(|| vec![Channel::Email]),
            links_to: self.links_to.map(SignalKind::from),
            minimum_open: minimum_open.unwrap_or(Money::ZERO),
            costs: self.costs.unwrap_or_default(),
            interest: self.interest.unwrap_or_default(),
            audience: Audience {
                kind: audience.kind.map(|kind| match kind {
                    DebtorKindName::Consumer => DebtorKind::Consumer,
                    DebtorKindName::Business => DebtorKind::Business,
                }),
                with_label,
                without_label,
                recurring_term: audience.recurring_term,
            },
            opening: opening.into_iter().map(|(language, text)| (language.into(), text)).collect(),
            tone: self.tone,
        }
    }
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Language {
        match name {
            LanguageName::Nl => Language::Nl,
            LanguageName::En => Language::En,
        }
    }
}

/// A policy as it is read. An earlier version says until when it was in force, and who ended that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    pub id: String,
    /// Counts up by one with every change. Timelines name it.
    pub version: u32,
    pub name: String,
    pub steps: Vec<StepBody>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub replaced_at: Option<Timestamp>,
    pub replaced_by: Option<String>,
}

impl PolicyView {
    pub fn of(policy: &Policy) -> PolicyView {
        PolicyView {
            id: policy.id.to_string(),
            version: policy.version,
            name: policy.name.clone(),
            steps: policy.steps.iter().map(step_of).collect(),
            replaced_at: None,
            replaced_by: None,
        }
    }

    /// An earlier version.
    pub fn replaced(policy: &Policy, by: &str, at: Timestamp) -> PolicyView {
        PolicyView { replaced_at: Some(at), replaced_by: Some(by.to_owned()), ..PolicyView::of(policy) }
    }
}

fn step_of(step: &Step) -> StepBody {
    let Audience { kind, with_label, without_label, recurring_term } = &step.audience;
    let everyone = step.audience == Audience::default();
    StepBody {
        id: step.id.to_string(),
        kind: step.kind,
        after_days: step.after_days,
        counted_from: Some(step.counted_from),
        channels: Some(step.channels.clone()),
        links_to: step.links_to.map(SignalKindName::from),
        minimum_open: Some(step.minimum_open.to_string()),
        costs: Some(step.costs),
        interest: Some(step.interest),
        audience: (!everyone).then(|| AudienceBody {
            kind: kind.map(|kind| match kind {
                DebtorKind::Consumer => DebtorKindName::Consumer,
                DebtorKind::Business => DebtorKindName::Business,
            }),
            with_label: with_label.clone(),
            without_label: without_label.clone(),
            recurring_term: *recurring_term,
        }),
        opening: (!step.opening.is_empty()).then(|| {
            let name = |language: &Language| match language {
                Language::Nl => LanguageName::Nl,
                Language::En => LanguageName::En,
            };
            step.opening.iter().map(|(language, text)| (name(language), text.clone())).collect()
        }),
        tone: step.tone,
    }
}
