//! A mail left: may it have, did it before, was it time, and does it say what is so?

use domain::step::StepKind;
use jiff::civil::Date;
use outside::mail::Mail;

use super::super::Sim;
use super::super::calendar::{
    HOUR, Instant, MINUTE, day, days_between, is_sending_day, plus, time, timestamp,
};
use super::super::edges::ProcessId;
use super::super::model::{Line, Standing};
use super::super::trace::Check;
use super::super::weather::Function;
use super::{collection_costs, written};

/// The one second try comes four hours after the first, less what two clocks may differ.
pub(super) const SECOND_TRY_AFTER: Instant = 4 * HOUR - 2 * MINUTE;

impl Sim {
    pub(in super::super) fn mailed(&mut self, process: ProcessId, mail: &Mail, answered: bool) {
        let tag = |name: &str| mail.tags.iter().find(|(tag, _)| tag == name).map(|(_, value)| value.clone());
        let notice = tag("notice").unwrap_or_default();
        let owner = notice.rsplit_once('.').and_then(|(debtor, _)| self.debtor(debtor));
        let Some(debtor) = owner else {
            return self.violate(Check::Contents, format!("a mail about {notice}, which is nobody's"));
        };
        self.counts.mails += 1;
        let lines = self.lines_of(debtor, &notice, mail);
        let bills: Vec<&str> = lines.iter().map(|line| line.bill.as_str()).collect();
        self.trace.add(self.now, || format!("MAIL {notice} about {bills:?}, answered: {answered}"));
        self.check_holds(debtor, &notice, &lines);
        self.check_window(&notice, Function::SendNotice);
        self.check_once(debtor, &notice, &lines);
        self.check_order(debtor, &notice, &lines);
        self.check_interval(debtor, &notice);
        let claim = self.claims.get(&process).cloned();
        if let Some(claim) = claim {
            self.check_wait(debtor, &notice, &lines, claim.at);
            self.check_contents(debtor, &notice, &lines, &claim, &mail.text);
            self.check_mailbox(debtor, &notice, claim.at, &mail.to);
        } else {
            self.violate(Check::MailOnce, format!("{notice} left without a claim"));
        }
        self.keep_promise(debtor, &notice, &lines);
        self.note_mail(debtor, &notice, &lines, &mail.to);
        self.report_on(debtor, &notice, mail);
    }

    /// The invoices that the mail names, each with the step that was prepared for it.
    fn lines_of(&mut self, debtor: usize, notice: &str, mail: &Mail) -> Vec<Line> {
        let known = &self.debtors[debtor];
        let prepared = known.notices.get(notice).map(|notice| notice.lines.clone()).unwrap_or_default();
        let named: Vec<String> = known
            .book
            .bills()
            .filter(|bill| mail.text.contains(&bill.number))
            .map(|bill| bill.id.clone())
            .collect();
        if let Some(stranger) = named.iter().find(|bill| prepared.iter().all(|line| line.bill != **bill)) {
            self.violate(Check::Contents, format!("{notice} names {stranger}, which was not prepared"));
        }
        prepared.into_iter().filter(|line| named.contains(&line.bill)).collect()
    }

    pub(in super::super) fn check_holds(&mut self, debtor: usize, notice: &str, lines: &[Line]) {
        let now = self.now;
        let covering = self.holds.iter().find(|hold| {
            hold.surely_stands(now) && lines.iter().any(|line| hold.covers_bill(debtor, &line.bill))
        });
        if let Some(hold) = covering {
            let what = format!("{notice} leaves while {hold:?} stands");
            self.violate(Check::HoldWins, what);
        }
    }

    pub(super) fn check_window(&mut self, notice: &str, by: Function) {
        // A function whose clock is ahead opens a minute early; none may close late.
        let early = if self.weather.ahead == Some(by) { MINUTE } else { 0 };
        let (on, opened, now) = (day(self.now), time(self.now + early), time(self.now));
        if !is_sending_day(on) || opened.hour() < 8 || now.hour() >= 20 {
            self.violate(Check::Window, format!("{notice} leaves on {on} at {now}"));
        }
    }

    /// A notice leaves once; twice where nobody could know of the first, with four hours between. Neither is a step
    /// taken again by another notice, but for the same reason.
    pub(super) fn check_once(&mut self, debtor: usize, notice: &str, lines: &[Line]) {
        let now = self.now;
        let known = self.debtors[debtor].notices.get(notice).cloned().unwrap_or_default();
        if let Some(before) = known.mails.last() {
            self.counts.second_mails += 1;
            let bounded =
                known.mails.len() == 1 && now - before.at >= SECOND_TRY_AFTER && known.told.is_none();
            if !bounded {
                let times = known.mails.len() + 1;
                let before = timestamp(before.at);
                self.violate(
                    Check::MailOnce,
                    format!("{notice} leaves for the {times}th time, after {before}"),
                );
            }
            return;
        }
        for line in lines {
            let known = &self.debtors[debtor];
            let taken = known.taken.get(&line.bill).map(Vec::as_slice).unwrap_or_default();
            let same: Vec<&str> =
                taken.iter().filter(|t| t.step == line.step).map(|t| t.notice.as_str()).collect();
            let unknown = |notice: &&str| known.notices.get(*notice).is_some_and(|n| n.told.is_none());
            if same.is_empty() {
                continue;
            }
            let bounded = same.len() == 1 && same.iter().all(unknown);
            let what = format!("{notice} takes {} of {} again, after {same:?}", line.step, line.bill);
            self.counts.second_mails += 1;
            if !bounded {
                self.violate(Check::StepOnce, what);
            }
        }
    }

    /// The steps of an invoice are those of the policy, from the first one on, none left out.
    pub(super) fn check_order(&mut self, debtor: usize, notice: &str, lines: &[Line]) {
        for line in lines {
            let taken = self.debtors[debtor].taken.get(&line.bill).map(Vec::as_slice).unwrap_or_default();
            let place = |id: &str| self.scene.steps.iter().position(|step| step.id == id);
            let furthest = taken.iter().filter_map(|taken| place(&taken.step)).max();
            let again = taken.iter().any(|taken| taken.step == line.step);
            let next = furthest.map_or(0, |furthest| furthest + 1);
            if !again && place(&line.step) != Some(next) {
                let what = format!("{notice} takes {} of {} as step {next}", line.step, line.bill);
                self.violate(Check::StepOrder, what);
            }
        }
    }

    pub(super) fn check_interval(&mut self, debtor: usize, notice: &str) {
        let known = &self.debtors[debtor];
        let Some((at, before)) = &known.last_mail else { return };
        // Of a mail that nobody knows of, nobody keeps a distance.
        let known_of = known.notices.get(before).is_some_and(|before| before.told.is_some());
        let days = days_between(day(*at), day(self.now));
        if before != notice && known_of && days < self.scene.interval_days {
            self.violate(Check::Interval, format!("{notice} leaves {days} days after {before}"));
        }
    }

    /// A step waits its days, during which no day of a hold counts; and after the last hold the days of grace.
    pub(super) fn check_wait(&mut self, debtor: usize, notice: &str, lines: &[Line], claimed: Instant) {
        let today = day(claimed);
        for line in lines {
            let Some(step) = self.scene.steps.iter().find(|step| step.id == line.step).cloned() else {
                continue;
            };
            let known = &self.debtors[debtor];
            let taken = known.taken.get(&line.bill).map(Vec::as_slice).unwrap_or_default();
            let previous = taken.iter().rfind(|taken| taken.step != line.step);
            let since = previous.and_then(|last| taken.iter().find(|taken| taken.step == last.step));
            let due = known.book.get(&line.bill).map(|bill| bill.due);
            let Some(from) = since.map(|taken| day(taken.at)).or(due) else { continue };
            let holds: Vec<_> = self
                .holds
                .iter()
                .filter(|hold| hold.covers_bill(debtor, &line.bill))
                .filter(|hold| hold.placed.is_some_and(|placed| placed < claimed))
                .cloned()
                .collect();
            let counts = |on: &Date| !holds.iter().any(|hold| hold.stood_on(*on));
            let waited = (0..days_between(from, today)).map(|days| plus(from, days)).filter(counts).count();
            if waited < usize::from(step.after_days) {
                let what = format!("{notice} takes {} of {} after {waited} days", line.step, line.bill);
                self.violate(Check::Wait, what);
            }
            let ended = holds.iter().filter_map(|hold| hold.ended()).filter(|end| *end <= claimed).map(day);
            let last = ended.filter(|ended| *ended >= from).max();
            if let Some(last) = last
                && days_between(last, today) < self.scene.grace_days
            {
                let what = format!("{notice} leaves although a hold on {} ended on {last}", line.bill);
                self.violate(Check::Grace, what);
            }
        }
    }

    pub(super) fn check_contents(
        &mut self,
        debtor: usize,
        notice: &str,
        lines: &[Line],
        claim: &Standing,
        text: &str,
    ) {
        let known = &self.debtors[debtor];
        let (english, business) =
            (known.person.english, known.card.as_ref().is_some_and(|card| card.is_business()));
        let open = |line: &Line| claim.open.get(&line.bill).copied().unwrap_or_default();
        let owed = |line: &Line| claim.owed.get(&line.bill).copied().unwrap_or_default();
        let asked = lines.iter().map(owed).sum::<i64>().min(claim.balance);
        let mut wrong = Vec::new();
        if lines.is_empty() || asked <= 0 || lines.iter().any(|line| owed(line) <= 0) {
            wrong.push((Check::Contents, format!("{notice} asks for what is not open: {:?}", claim.open)));
        } else if !text.contains(&written(asked, english)) {
            wrong.push((Check::Contents, format!("{notice} does not ask for {}", written(asked, english))));
        }
        let minimum =
            |line: &&Line| self.scene.steps.iter().find(|s| s.id == line.step).map_or(0, |s| s.minimum);
        if let Some(line) = lines.iter().find(|line| open(line) < minimum(line)) {
            wrong
                .push((Check::Contents, format!("{notice} is about {}, of which little is open", line.bill)));
        }
        let recurring = |line: &&Line| known.book.get(&line.bill).is_some_and(|bill| bill.recurring);
        let principal: i64 = lines
            .iter()
            .filter(|line| line.kind == StepKind::FormalNotice && (business || !recurring(line)))
            .map(open)
            .sum();
        let costs = collection_costs(principal.min(claim.open_less_credit));
        let sentence = if english { "Then you must also pay " } else { "Dan moet u ook " };
        let named = text.replace('\n', " ").contains(&format!("{sentence}{}", written(costs, english)));
        let names_any = text.replace('\n', " ").contains(sentence);
        if names_any && (costs == 0 || !named) {
            wrong.push((Check::Costs, format!("{notice} names other costs than {costs} cents")));
        } else if !names_any && costs > 0 {
            wrong.push((Check::Costs, format!("{notice} does not name costs of {costs} cents")));
        }
        let announced = if names_any { costs } else { 0 };
        if let Some(notice) = self.debtors[debtor].notices.get_mut(notice) {
            notice.announced = announced;
        }
        for (check, what) in wrong {
            self.violate(check, what);
        }
    }

    /// A mail goes to one address, which is the debtor's and works.
    fn check_mailbox(&mut self, debtor: usize, notice: &str, claimed: Instant, to: &[String]) {
        let known = &self.debtors[debtor];
        let Some(card) = known.card.as_ref().filter(|_| known.card_since < claimed) else { return };
        let strange = |to: &String| !card.emails.contains(to) || known.failed.contains(to);
        if to.len() != 1 || to.iter().any(strange) {
            self.violate(Check::Address, format!("{notice} goes to {to:?}"));
        }
    }
}
