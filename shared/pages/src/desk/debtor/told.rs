//! What was told about the debtor and to them: signals with their conditions, notices with their evidence, the timeline.

use domain::calendar::today;
use domain::conditions::conditions;
use domain::notice::{Evidence, Notice, NoticeState};
use domain::signal::{Signal, SignalState};
use domain::staff::Action;
use domain::step::SignalKind;

use super::{Happened, Maker};
use crate::desk::Words;
use crate::desk::part::{Line, Part};
use crate::format::one_line;
use crate::texts::TextError;

pub(crate) fn signal_kind(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Early => "early",
        SignalKind::Crisis => "crisis",
    }
}

impl Maker<'_> {
    pub(super) fn signals(&self) -> Result<Part, TextError> {
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

    pub(super) fn conditions(&self, kind: SignalKind, id: &'static str) -> Result<Part, TextError> {
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

    pub(super) fn notices(&self) -> Result<Part, TextError> {
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

    pub(super) fn timeline(&self, happened: &[Happened]) -> Result<Part, TextError> {
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
