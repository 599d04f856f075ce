//! What a debtor's page promises, and whether it is what happens.

use std::collections::BTreeSet;

use domain::step::StepKind;
use jiff::civil::Date;
use serde_json::Value;

use super::Sim;
use super::calendar::{DAY, Instant, MINUTE, day, instant, plus, timestamp};
use super::checks::decimal;
use super::claim::RATES_END;
use super::edges::Wrote;
use super::engine::Event;
use super::model::Line;
use super::trace::Check;

/// What happens next, if nothing happens before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    Notice {
        on: Date,
        step: String,
        bills: BTreeSet<String>,
    },
    /// Nothing is sent, until this day where that is known.
    Nothing {
        until: Option<Date>,
    },
}

/// Where something goes wrong, what was promised may come so many days late.
const LATE_DAYS: i32 = 8;

/// A notice that is under way for so long waits for ever.
const LONGEST_UNDER_WAY: Instant = 9 * DAY;

/// The same of calls, which people make: three of them, each with its wait.
const LONGEST_CALL: Instant = 45 * DAY;

impl Sim {
    fn late_days(&self) -> i32 {
        if self.calm_from_the_start { 0 } else { LATE_DAYS }
    }

    /// Half past nine at night of this day, when nothing is sent any more.
    pub(super) fn plan_evening(&mut self, at: Instant) {
        let mut evening = instant(day(at), 21, 30);
        if evening <= self.now {
            evening = instant(plus(day(at.max(self.now)), 1), 21, 30);
        }
        if self.evenings.insert(evening) {
            self.agenda.put(evening, Event::Evening);
        }
    }

    pub(super) fn evening(&mut self) {
        let today = day(self.now);
        for debtor in 0..self.debtors.len() {
            if self.debtors[debtor].card.is_none() {
                continue;
            }
            self.check_asked(debtor);
            if let Some(Promise::Notice { on, .. }) = &self.debtors[debtor].promise {
                let last = plus(*on, self.late_days());
                if today >= last {
                    let promise = self.debtors[debtor].promise.take();
                    let id = self.debtors[debtor].person.id.clone();
                    self.violate(Check::Promise, format!("{id} was promised {promise:?}, and nothing came"));
                } else {
                    self.plan_evening(instant(last, 12, 0));
                }
            }
            if self.debtors[debtor].touched && self.processes.is_empty() {
                self.read_page(debtor);
            } else if self.debtors[debtor].touched {
                self.plan_evening(self.now + DAY);
            }
        }
    }

    /// Reads the debtor's page: what it says has to be so, and what it promises has to come.
    fn read_page(&mut self, debtor: usize) {
        let id = self.debtors[debtor].person.id.clone();
        let view = self.look(&format!("/v1/debtors/{id}"));
        self.check_balance(debtor, &view);
        self.check_explained(debtor, &view);
        let (next, nothing) = (&view["nextAction"], &view["noAction"]);
        if next["noticeId"].is_string() {
            self.under_way(debtor, next);
            return;
        }
        let known = &mut self.debtors[debtor];
        (known.touched, known.under_way_since) = (false, None);
        let date = |value: &Value| value.as_str().and_then(|text| text.parse::<Date>().ok());
        let promise = match date(&next["on"]) {
            Some(on) => Promise::Notice {
                on,
                step: next["step"].as_str().unwrap_or_default().to_owned(),
                bills: texts(&next["invoiceIds"]),
            },
            None => Promise::Nothing { until: date(&nothing["until"]) },
        };
        if let Promise::Notice { on, .. } = promise {
            if on <= day(self.now) {
                self.violate(Check::Promise, format!("{id} is promised a notice for {on}, which is over"));
            }
            self.plan_evening(instant(on, 12, 0));
        }
        if self.debtors[debtor].promise.as_ref().is_none_or(|before| *before != promise) {
            self.counts.promises_made += 1;
            self.trace.add(self.now, || format!("{id} is promised {promise:?} {nothing}"));
        }
        self.debtors[debtor].promise = Some(promise);
    }

    fn under_way(&mut self, debtor: usize, next: &Value) {
        let now = self.now;
        let since = *self.debtors[debtor].under_way_since.get_or_insert(now);
        let longest = if self.scene.all_ways { LONGEST_CALL } else { LONGEST_UNDER_WAY };
        if now - since > longest {
            let what = format!("{} is under way since {}", next["noticeId"], timestamp(since));
            self.violate(Check::Forever, what);
            self.debtors[debtor].touched = false;
            return;
        }
        self.plan_evening(now + DAY);
    }

    /// A mail is what was promised, on the day for which it was.
    pub(super) fn keep_promise(&mut self, debtor: usize, notice: &str, lines: &[Line]) {
        let today = day(self.now);
        let Some(promise) = self.debtors[debtor].promise.take() else { return };
        let bills: BTreeSet<String> = lines.iter().map(|line| line.bill.clone()).collect();
        let heaviest = lines.iter().map(|line| line.kind).max();
        let heaviest = serde_json::to_value(heaviest).unwrap_or_default();
        let kept = match &promise {
            Promise::Notice { on, step, bills: promised } if today == *on => {
                bills == *promised && heaviest == step.as_str()
            }
            Promise::Notice { on, bills: promised, .. } => {
                today > *on && today <= plus(*on, self.late_days()) && promised.is_subset(&bills)
            }
            Promise::Nothing { until } => until.is_some_and(|until| until < today),
        };
        if kept {
            self.counts.promises_kept += 1;
        } else {
            let what = format!("{notice} leaves with {heaviest} of {bills:?} where {promise:?} was promised");
            self.violate(Check::Promise, what);
        }
    }

    /// Whatever was written: what is stored is invoices less credit notes less payments plus costs and interest.
    pub(super) fn check_stored_balance(&mut self, debtor: usize, wrote: &Wrote) {
        let Some(dossier) = &wrote.dossier else { return };
        let today = day(self.now);
        let (stored, known) = (dossier.balance(today), decimal(self.debtors[debtor].book.balance(today)));
        if stored.to_string() != known {
            let what = format!("{} is stored as owing {stored} and not {known}", dossier.debtor.id);
            self.violate(Check::Balance, what);
        }
    }

    pub(super) fn check_balance(&mut self, debtor: usize, view: &Value) {
        let book = &self.debtors[debtor].book;
        let balance = decimal(book.balance(day(self.now)));
        // A clock that is ahead may be in the next day.
        let ahead = decimal(book.balance(day(self.now + MINUTE)));
        if view["balance"] != balance.as_str() && view["balance"] != ahead.as_str() {
            let what = format!("{} owes {} and not {balance}", view["id"], view["balance"]);
            self.violate(Check::Balance, what);
        }
    }

    /// A reason not to act is true, and every hold explains itself.
    fn check_explained(&mut self, debtor: usize, view: &Value) {
        let known = &self.debtors[debtor];
        let now = self.now;
        let (covered, reason) = (known.book.is_covered(day(now)), view["noAction"]["reason"].as_str());
        let holds = view["holds"].as_array().map(Vec::as_slice).unwrap_or_default();
        let task = |about: &str| {
            view["tasks"].as_array().is_some_and(|tasks| tasks.iter().any(|task| task["about"] == about))
        };
        let all_steps = || {
            let last = self.scene.steps.last().map(|step| step.id.as_str());
            known.book.open_bills().all(|(bill, _)| {
                let taken = known.taken.get(&bill.id).map(Vec::as_slice).unwrap_or_default();
                taken.iter().any(|taken| Some(taken.step.as_str()) == last)
            })
        };
        let any_small = || {
            let most = self.scene.steps.iter().map(|step| step.minimum).max().unwrap_or_default();
            known.book.open_bills().any(|(_, open)| open < most)
        };
        let is_true = match reason {
            // What was on its way before the money came may still be.
            None => {
                view["nextAction"].is_object() && (!covered || view["nextAction"]["noticeId"].is_string())
            }
            Some("nothing_open") => known.book.open_bills().next().is_none(),
            Some("covered_by_credit") => covered,
            Some("held") => {
                let names = |hold: &&Value| hold["id"] == view["noAction"]["holdId"];
                holds.iter().any(|hold| names(&hold))
            }
            // Of which step the ways have come to an end, only the step itself says.
            Some("no_address") => self.scene.all_ways || !known.has_address(),
            Some("notice_failed") => task("notice_failed"),
            Some("below_minimum_amount") => any_small(),
            Some("policy_ended") => all_steps(),
            Some("formal_notice_not_delivered") => known.notices.values().any(|notice| {
                let formal = notice.lines.iter().any(|line| line.kind == StepKind::FormalNotice);
                formal && notice.told.is_some() && notice.delivered.is_none()
            }),
            // Within the longest wait of a step.
            Some("interest_rates_ended") => self.scene.claims() && plus(day(now), 60) > RATES_END,
            Some(_) => false,
        };
        let complete = |hold: &Value| {
            ["id", "kind", "reason", "by", "placedAt"].iter().all(|field| hold[field].is_string())
                && self.holds.iter().any(|h| {
                    (h.id.as_deref() == hold["id"].as_str() || h.id.is_none())
                        && h.is_about(debtor)
                        && h.may_stand(now)
                })
        };
        let unexplained = holds.iter().find(|hold| !complete(hold)).cloned();
        let id = known.person.id.clone();
        if !is_true {
            self.violate(
                Check::Explained,
                format!("{id}: {} {} is not so", view["nextAction"], view["noAction"]),
            );
        }
        if let Some(hold) = unexplained {
            self.violate(Check::Explained, format!("{id}: {hold} is no hold that stands"));
        }
    }
}

fn texts(value: &Value) -> BTreeSet<String> {
    let texts = value.as_array().map(Vec::as_slice).unwrap_or_default();
    texts.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}
