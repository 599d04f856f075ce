//! The disconnection calendar: the first day on which supply of energy, heat or water may lawfully end, and why.
//!
//! What is absent: whether somebody's health is gravely at risk, and water for the first days (four days of three litres a
//! person). Nobody tells us: the people who end the supply look at that.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::administration::{Administration, Objection, Sector};
use crate::calendar::{is_working_day, plus_days, today};
use crate::conditions::WEEKS_OF_MUNICIPALITY;
use crate::dossier::Dossier;
use crate::feedback::Outcome;
use crate::invoice::Invoice;
use crate::notice::{Evidence, Notice};
use crate::plan::PlanState;
use crate::promise::PromiseState;
use crate::signal::Signal;
use crate::step::{SignalKind, StepKind};

/// One rule of the calendar and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable name, such as `winter_stop`.
    pub rule: &'static str,
    /// The first day on which it allows the end of supply; or what is missing, which time alone does not bring.
    pub from: Result<Date, &'static str>,
    /// The article that says so.
    pub source: &'static str,
}

/// The first lawful day for the end of supply, or why there is none: the first rule that does not hold.
pub fn earliest(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> Result<Date, &'static str> {
    let mut day = today(now);
    for rule in rules(dossier, administration, now) {
        day = day.max(rule.from?);
    }
    Ok(if in_winter_stop(dossier, administration) { after_winter(day) } else { day })
}

/// Every rule that is asked of this debtor, in the order in which they are met. None where supply may end at once.
pub fn rules(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Vec<Rule> {
    let calendar = Calendar { dossier, administration, day: today(now) };
    let business = dossier.debtor.is_business();
    let mut rules = match administration.sector {
        Sector::Rent => vec![desk_decides("a lease ends by a judgment of the court, not by a day")],
        Sector::HealthInsurance if !business => {
            vec![desk_decides("the end of a health insurance was not looked into: a person decides")]
        }
        Sector::Energy | Sector::Heat if !business => calendar.of_energy(),
        Sector::Water if !business => calendar.of_water(),
        Sector::Energy | Sector::Heat | Sector::Water | Sector::HealthInsurance | Sector::Other => Vec::new(),
    };
    if in_winter_stop(dossier, administration) {
        let day = rules.iter().filter_map(|r| r.from.ok()).fold(calendar.day, Date::max);
        rules.push(Rule {
            rule: "winter_stop",
            from: Ok(after_winter(day)),
            source: "no end of supply from 1 October up to and including 31 March: from an old text, a setting",
        });
    }
    rules
}

fn desk_decides(source: &'static str) -> Rule {
    Rule { rule: "sector", from: Err("sector_desk_decides"), source }
}

/// Consumers of energy and heat are not cut off in winter.
fn in_winter_stop(dossier: &Dossier, administration: &Administration) -> bool {
    matches!(administration.sector, Sector::Energy | Sector::Heat)
        && !dossier.debtor.is_business()
        && administration.disconnection.winter_stop
}

/// The day itself outside the winter stop, else 1 April after it.
fn after_winter(day: Date) -> Date {
    match day.month() {
        1..=3 => date(day.year(), 4, 1),
        10..=12 => date(day.year().saturating_add(1).min(9999), 4, 1),
        _ => day,
    }
}

/// The first working day with so many whole working days between `from` and it.
fn after_working_days(from: Date, whole_days: u16) -> Date {
    let mut day = plus_days(from, 1);
    let mut left = whole_days;
    while day < Date::MAX && (left > 0 || !is_working_day(day)) {
        if is_working_day(day) {
            left -= 1;
        }
        day = plus_days(day, 1);
    }
    day
}

struct Calendar<'a> {
    dossier: &'a Dossier,
    administration: &'a Administration,
    day: Date,
}

impl Calendar<'_> {
    fn of_energy(&self) -> Vec<Rule> {
        let mut rules = vec![self.early_signal(), self.crisis_signal()];
        let (early, crisis) = (self.sent_on(SignalKind::Early), self.sent_on(SignalKind::Crisis));
        if let Some(last) = early.max(crisis) {
            rules.push(four_weeks(last));
        }
        if let Some(on) = crisis {
            let days = self.administration.disconnection.working_days_after_crisis_signal;
            rules.push(Rule {
                rule: "working_days_after_crisis_signal",
                from: Ok(after_working_days(on, days)),
                source: "20 whole working days between the crisis signal and the end of supply (a setting; the text of \
                         2026 was not read)",
            });
        }
        rules.extend(self.arrangements_and_help());
        rules
    }

    fn of_water(&self) -> Vec<Rule> {
        let evidence = |evidence| self.notices().any(|n| n.evidence.contains(&evidence));
        let final_reminder = self.overdue().any(|i| i.took(StepKind::FinalReminder));
        let needs = |holds: bool, missing| if holds { Ok(self.day) } else { Err(missing) };
        let mut rules = vec![
            Rule {
                rule: "reminder",
                from: needs(evidence(Evidence::WrittenReminder), "no_reminder"),
                source: "at least one written reminder (Stcrt 2018, 26271)",
            },
            Rule {
                rule: "medical_statement",
                from: needs(final_reminder, "no_notice_of_medical_statement"),
                source: "a final reminder pointed to the medical statement (Stcrt 2018, 26271)",
            },
            Rule {
                rule: "contact_effort",
                from: needs(evidence(Evidence::ContactEffort), "no_contact_effort"),
                source: "an effort to get personal contact (Stcrt 2018, 26271)",
            },
        ];
        let sent = self.sent_on(SignalKind::Early).max(self.sent_on(SignalKind::Crisis));
        match sent {
            Some(on) => rules.push(four_weeks(on)),
            None => rules.push(self.early_signal()),
        }
        rules.extend(self.arrangements_and_help());
        rules
    }

    fn early_signal(&self) -> Rule {
        self.signal(
            "early_signal",
            SignalKind::Early,
            "no_early_signal",
            "an early signal comes first (LAW.md section 2)",
        )
    }

    fn crisis_signal(&self) -> Rule {
        self.signal(
            "crisis_signal",
            SignalKind::Crisis,
            "no_crisis_signal",
            "a crisis signal is sent before supply ends (LAW.md section 2)",
        )
    }

    fn signal(
        &self,
        rule: &'static str,
        kind: SignalKind,
        missing: &'static str,
        source: &'static str,
    ) -> Rule {
        let objected = !self.dossier.early_signalling.enabled
            && self.administration.objections.of(kind) == Objection::Blocks;
        let missing = if objected { "debtor_objected_desk_decides" } else { missing };
        Rule { rule, from: self.sent_on(kind).ok_or(missing), source }
    }

    /// The day of the last signal of this kind about what is in arrears now. One that was withdrawn, or that no provider
    /// took in for certain, or that went to the wrong municipality, is none.
    fn sent_on(&self, kind: SignalKind) -> Option<Date> {
        let oldest = self.overdue().map(|i| i.due_date).min()?;
        let counts = |s: &&Signal| s.kind == kind && s.stands_at_provider() && !s.missed_resident();
        let sent = self.dossier.signals.iter().filter(counts).filter_map(|s| s.sent_at.map(today));
        sent.filter(|on| *on > oldest).max()
    }

    fn overdue(&self) -> impl Iterator<Item = &Invoice> {
        self.dossier.open_invoices().filter(|i| i.due_date < self.day)
    }

    /// What left about invoices that are overdue now.
    fn notices(&self) -> impl Iterator<Item = &Notice> {
        let about = |n: &&Notice| n.lines.iter().any(|l| self.overdue().any(|i| i.id == l.invoice));
        self.dossier.notices.iter().filter(|n| n.counts_as_evidence()).filter(about)
    }

    fn arrangements_and_help(&self) -> [Rule; 2] {
        let kept = |state: &PlanState| matches!(state, PlanState::Proposed | PlanState::Active { .. });
        let arrangement = if self.dossier.plans.iter().any(|p| kept(&p.state)) {
            Err("plan_kept")
        } else if self.dossier.promises.iter().any(|p| p.state == PromiseState::Open) {
            Err("promise_open")
        } else {
            Ok(self.day)
        };
        let died = |s: &Signal| s.decisive_feedback().is_some_and(|f| f.outcome == Outcome::Deceased);
        let help = if self.dossier.signals.iter().any(Signal::help_runs) {
            Err("help_running")
        } else if self.dossier.signals.iter().any(died) {
            Err("deceased")
        } else {
            Ok(self.day)
        };
        [
            Rule {
                rule: "no_arrangement",
                from: arrangement,
                source: "not while an arrangement is kept (LAW.md section 2)",
            },
            Rule {
                rule: "no_help_running",
                from: help,
                source: "not while debt help was asked for or runs (LAW.md section 2)",
            },
        ]
    }
}

fn four_weeks(sent_on: Date) -> Rule {
    Rule {
        rule: "four_weeks_of_municipality",
        from: Ok(plus_days(sent_on, WEEKS_OF_MUNICIPALITY * 7)),
        source: "the municipality's four weeks after the last signal (the text of 2026 was not read)",
    }
}

#[cfg(test)]
#[path = "disconnection_tests.rs"]
mod tests;
