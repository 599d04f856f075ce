//! Text messages and calls: what is checked of mails, as far as they have it; and what only they can break.

use domain::notice::Channel;
use domain::timeline::Event as Told;
use jiff::civil::Date;
use outside::sms::Sms;

use super::super::Sim;
use super::super::calendar::{day, days_between};
use super::super::edges::{ProcessId, Wrote};
use super::super::model::Line;
use super::super::trace::Check;
use super::super::weather::Function;
use super::written;

impl Sim {
    /// A text message left.
    pub(in super::super) fn texted(&mut self, process: ProcessId, sms: &Sms, answered: bool) {
        let named = |name: &str| sms.context.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        let notice = named("notice").unwrap_or_default();
        let owner = notice.rsplit_once('.').and_then(|(debtor, _)| self.debtor(debtor));
        let Some(debtor) = owner else {
            return self.violate(Check::Contents, format!("a text about {notice}, which is nobody's"));
        };
        self.counts.texts += 1;
        // It names no invoice: what it is about is what was stored with its claim.
        let lines = self.lines_stored(debtor, &notice);
        self.trace.add(self.now, || format!("TEXT {notice} {lines:?}, answered: {answered}"));
        self.check_holds(debtor, &notice, &lines);
        self.check_window(&notice, Function::SendNotice);
        self.check_once(debtor, &notice, &lines);
        self.check_order(debtor, &notice, &lines);
        self.check_interval(debtor, &notice);
        match self.claims.get(&process).cloned() {
            Some(claim) => {
                self.check_wait(debtor, &notice, &lines, claim.at);
                let owed = |line: &Line| claim.owed.get(&line.bill).copied().unwrap_or_default();
                let asked = lines.iter().map(owed).sum::<i64>().min(claim.balance);
                let english = self.debtors[debtor].person.english;
                let said = sms.text.replace('\u{a0}', " ");
                let amount = written(asked, english).replace('\u{a0}', " ").replace('€', "EUR");
                let bare = amount.trim_start_matches("EUR").trim();
                if asked <= 0 || !said.contains(bare) {
                    self.violate(Check::Contents, format!("{notice} does not ask for {bare}: {said}"));
                }
            }
            None => self.violate(Check::MailOnce, format!("{notice} left without a claim")),
        }
        let known = &self.debtors[debtor];
        if known.person.mobile != Some(sms.to.as_str()) || known.failed.contains(&sms.to) {
            self.violate(Check::Address, format!("{notice} goes to {}", sms.to));
        }
        self.keep_promise(debtor, &notice, &lines);
        self.note_mail(debtor, &notice, &lines, std::slice::from_ref(&sms.to));
        self.report_on_text(&notice, sms);
    }

    pub(super) fn lines_stored(&self, debtor: usize, notice: &str) -> Vec<Line> {
        self.debtors[debtor].notices.get(notice).map(|notice| notice.lines.clone()).unwrap_or_default()
    }

    /// Of a notice that names no invoice, the lines are those that are stored with it.
    pub(in super::super) fn narrow(&mut self, debtor: usize, wrote: &Wrote) {
        let notices = wrote.dossier.iter().flat_map(|dossier| &dossier.notices);
        for notice in notices.filter(|n| n.channel != Channel::Email) {
            let Some(known) = self.debtors[debtor].notices.get_mut(notice.id.as_str()) else { continue };
            let line = |line: &domain::notice::NoticeLine| Line {
                bill: line.invoice.to_string(),
                step: line.step.to_string(),
                kind: line.kind,
            };
            known.lines = notice.lines.iter().map(line).collect();
        }
    }

    /// The desk is asked to call: may it be, and was it promised for today?
    pub(in super::super) fn call_asked(&mut self, debtor: usize, notice: &str, call_on: Date) {
        let lines = self.lines_stored(debtor, notice);
        self.check_holds(debtor, notice, &lines);
        self.check_window(notice, Function::SendNotice);
        self.check_order(debtor, notice, &lines);
        self.check_wait(debtor, notice, &lines, self.now);
        if !self.debtors[debtor].reaches(Channel::Phone) {
            self.violate(Check::Address, format!("{notice} asks to call whoever cannot be called"));
        }
        if let Some(call) = self.debtors[debtor].notices.get_mut(notice) {
            call.call_on = Some(call_on);
        }
        self.keep_promise(debtor, notice, &lines);
        self.plan_call(debtor, notice, 0);
    }

    /// A call that was made, or given up without another way, takes its steps: in their order, and none while held.
    pub(in super::super) fn call_takes_steps(&mut self, debtor: usize, notice: &str) {
        let known = self.debtors[debtor].notices.get(notice);
        if known.is_none_or(|n| n.channel != Some(Channel::Phone)) {
            return;
        }
        let lines = self.lines_stored(debtor, notice);
        self.check_holds(debtor, notice, &lines);
        self.check_order(debtor, notice, &lines);
        self.check_wait(debtor, notice, &lines, self.now);
        self.note_mail(debtor, notice, &lines, &[]);
    }

    /// What did not arrive goes another way, or is put before a person; and a call is given up for a reason.
    pub(in super::super) fn check_passed_on(&mut self, debtor: usize, wrote: &Wrote) {
        for entry in &wrote.entries {
            match &entry.event {
                Told::NoticeBounced { notice, permanent, channel } => {
                    let asks = *permanent || *channel != Channel::Email;
                    let mut tasks = wrote.dossier.iter().flat_map(|dossier| &dossier.tasks);
                    if asks && !tasks.any(|task| task.subject == notice.as_str()) {
                        let what = format!("{notice} did not arrive, and nobody is told");
                        self.violate(Check::PassedOn, what);
                    }
                    if *channel == Channel::Phone {
                        self.check_given_up(debtor, notice.as_str(), wrote.function);
                    }
                    if *channel == Channel::Letter && *permanent {
                        self.check_returned(debtor, notice.as_str(), wrote);
                    }
                }
                Told::NoticeFailed { notice, .. } => {
                    let known = self.debtors[debtor].notices.get(notice.as_str());
                    if known.is_some_and(|n| n.channel == Some(Channel::Phone)) {
                        self.check_given_up(debtor, notice.as_str(), wrote.function);
                        self.check_another_way(debtor, notice.as_str());
                    } else {
                        self.check_put_before_a_person(notice.as_str(), wrote);
                    }
                }
                _ => {}
            }
        }
    }

    /// What was given up, and is not a call, waits for a person.
    fn check_put_before_a_person(&mut self, notice: &str, wrote: &Wrote) {
        let mut tasks = wrote.dossier.iter().flat_map(|dossier| &dossier.tasks);
        if !tasks.any(|task| task.about == "notice_failed") {
            self.violate(Check::PassedOn, format!("{notice} failed, and nobody is told"));
        }
    }

    /// By a schedule only after its last day, by the desk only after so many calls or where nobody can be called any more.
    fn check_given_up(&mut self, debtor: usize, notice: &str, by: Function) {
        let today = day(self.now);
        let Some(call_on) = self.debtors[debtor].notices.get(notice).and_then(|call| call.call_on) else {
            return self.violate(Check::PassedOn, format!("{notice} is given up and was never asked for"));
        };
        let waited = days_between(call_on, today);
        if by == Function::AdvanceCase && waited <= i32::from(self.scene.calls.wait_days) {
            let what = format!("the call {notice} is given up after {waited} days");
            self.violate(Check::PassedOn, what);
        }
        let known = &self.debtors[debtor];
        let unreached = known.notices.get(notice).map_or(0, |call| call.unreached);
        let too_soon = known.reaches(Channel::Phone) && unreached < self.scene.calls.attempts;
        if by == Function::AccountingApi && too_soon {
            let what = format!("the call {notice} is given up after {unreached} call(s)");
            self.violate(Check::PassedOn, what);
        }
    }

    fn check_another_way(&mut self, debtor: usize, notice: &str) {
        let lines = self.lines_stored(debtor, notice);
        let known = &self.debtors[debtor];
        let ways = |line: &Line| {
            let step = self.scene.steps.iter().find(|step| step.id == line.step);
            step.map(|step| step.channels.clone()).unwrap_or_default()
        };
        let other = |channel: &Channel| *channel != Channel::Phone && known.reaches(*channel);
        if !lines.iter().any(|line| ways(line).iter().any(&other)) {
            self.violate(Check::PassedOn, format!("{notice} failed, and there is no other way"));
        }
    }
}
