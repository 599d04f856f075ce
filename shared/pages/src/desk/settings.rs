//! The settings as they are, or were: to look at. They are changed by the API.

use askama::Template;
use domain::settings::Settings;
use domain::step::SignalKind;
use jiff::Timestamp;

use super::debtor::signal_kind;
use super::frame::Base;
use super::part::{Line, Part};
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::texts::TextError;

#[derive(Template)]
#[template(path = "desk/settings.html")]
struct Page {
    base: Base,
    version: String,
    rows: Vec<(String, String)>,
    parts: Vec<Part>,
    earlier: Option<(String, String)>,
}

/// The page. `settings` are those of the frame's administration, or an earlier version of them with who replaced it and when.
///
/// # Errors
/// See [`PageError`].
pub fn settings(
    frame: &Frame<'_>,
    settings: &Settings,
    replaced: Option<(&str, Timestamp)>,
) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Settings, &Form::default(), |t| t.settings_title())?;
    let t = &base.t;
    let version = match replaced {
        None => t.settings_version(settings.version)?,
        Some((by, at)) => t.settings_earlier(settings.version, t.by(one_line(by))?, t.moment(at)?)?,
    };
    let before = settings.version.saturating_sub(1);
    let earlier = (before > 0)
        .then(|| {
            Ok::<_, TextError>((format!("/desk/settings?version={before}"), t.settings_of_earlier(before)?))
        })
        .transpose()?;
    // Policies and signal rules have versions of their own, so they are shown as they are now.
    let parts = if replaced.is_none() { parts(t, frame)? } else { Vec::new() };
    let page = Page { version, rows: rows(t, settings)?, parts, earlier, base };
    Ok(page.render()?)
}

fn rows(t: &Words, settings: &Settings) -> Result<Vec<(String, String)>, TextError> {
    let yes = |is: bool| if is { t.yes() } else { t.no() };
    let channels = settings.channels.iter().map(|c| t.channel(c.name())).collect::<Result<Vec<_>, _>>()?;
    let rows = [
        ("minimum_interval", t.days(u32::from(settings.minimum_interval_days))?),
        ("grace", t.days(u32::from(settings.grace_days))?),
        ("default_policy", settings.default_policy.to_string()),
        ("channels", channels.join(", ")),
        ("promise_days", t.days(u32::from(settings.promises.most_days))?),
        ("promise_grace", t.days(u32::from(settings.promises.grace_days))?),
        ("plan_grace", t.days(u32::from(settings.plans.grace_days))?),
        ("plan_templates", settings.plans.templates.len().to_string()),
        ("direct_debit", yes(settings.direct_debit.enabled)?),
    ];
    rows.into_iter().map(|(name, value)| Ok((t.setting(name)?, value))).collect()
}

fn parts(t: &Words, frame: &Frame<'_>) -> Result<Vec<Part>, TextError> {
    let mut parts = Vec::new();
    for policy in &frame.administration.policies {
        let line = |step: &domain::policy::Step| {
            let from = match step.counted_from {
                domain::policy::CountedFrom::IssueDate => "issue_date",
                domain::policy::CountedFrom::DueDate => "due_date",
                domain::policy::CountedFrom::PreviousStep => "previous_step",
            };
            let when = t.step_when(i32::from(step.after_days), from)?;
            let ways = step.channels.iter().map(|c| t.channel(c.name())).collect::<Result<Vec<_>, _>>()?;
            Ok(Line::new(t.step(step.kind.name())?).standing(when, false).notes(vec![ways.join(", ")]))
        };
        parts.push(Part {
            id: format!("policy-{}", policy.id),
            heading: t.policy(policy.id.to_string(), policy.version)?,
            empty: t.empty("steps")?,
            lines: policy.steps.iter().map(line).collect::<Result<_, TextError>>()?,
            acts: Vec::new(),
        });
    }
    if frame.administration.sector.may_signal() {
        for (id, kind) in [("rules-early", SignalKind::Early), ("rules-crisis", SignalKind::Crisis)] {
            parts.push(rules(t, frame, id, kind)?);
        }
    }
    Ok(parts)
}

fn rules(t: &Words, frame: &Frame<'_>, id: &'static str, kind: SignalKind) -> Result<Part, TextError> {
    let rules = frame.administration.rules(kind);
    let yes = |is: bool| if is { t.yes() } else { t.no() };
    let rows = [
        ("minimum_outstanding", t.money(&rules.minimum_outstanding)),
        ("minimum_final_reminders", rules.minimum_final_reminders.to_string()),
        ("minimum_reminders", rules.minimum_reminders.to_string()),
        ("minimum_contact_efforts", rules.minimum_contact_efforts.to_string()),
        ("minimum_days", t.days(u32::from(rules.minimum_days))?),
        ("automatic", yes(rules.automatic)?),
        ("four_eyes", yes(rules.four_eyes)?),
    ];
    let line = |(name, value): (&str, String)| Ok(Line::new(t.setting(name)?).amount(value));
    Ok(Part {
        id: id.to_owned(),
        heading: t.signals_rules(signal_kind(kind), rules.version)?,
        empty: String::new(),
        lines: rows.into_iter().map(line).collect::<Result<_, TextError>>()?,
        acts: Vec::new(),
    })
}
