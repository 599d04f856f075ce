//! The desk: places and lifts holds, writes objections down, sends signals and takes them back.

use serde_json::json;

use super::super::Sim;
use super::super::calendar::{DAY, MINUTE, SECOND, day, plus};
use super::super::engine::Event;
use super::super::model::{Hold, Intent, Reason, Request, Scope};
use super::Act;

impl Sim {
    /// Somebody looks at the debtor, and does something or nothing.
    pub(super) fn desk(&mut self, debtor: usize) {
        match self.rng.u32(..15) {
            0..4 => self.hold(debtor),
            4 | 5 => self.object(debtor),
            6 | 7 => self.send_or_withdraw(debtor),
            8 => self.lift_help(debtor),
            9 => self.pay_all(debtor),
            10 | 11 => self.dispute(debtor),
            12 => self.promise_to_pay(debtor),
            _ => {}
        }
    }

    /// Places a hold on the debtor, an invoice, the case or everyone.
    fn hold(&mut self, debtor: usize) {
        let known = &self.debtors[debtor];
        let bills: Vec<String> = known.book.open_bills().map(|(bill, _)| bill.id.clone()).collect();
        let scope = match (self.rng.u32(..10), &known.case) {
            (0, _) => Scope::Everyone,
            (1..4, _) if !bills.is_empty() => Scope::Bill(bills[self.rng.usize(..bills.len())].clone()),
            (4..6, Some(case)) => Scope::Case(case.clone()),
            _ => Scope::Debtor,
        };
        self.place(debtor, scope);
    }

    /// A hold on the debtor, and right now.
    pub(super) fn hold_now(&mut self, debtor: usize) {
        self.place(debtor, Scope::Debtor);
    }

    fn place(&mut self, debtor: usize, scope: Scope) {
        let today = day(self.now);
        let until = (self.rng.u32(..3) == 0).then(|| plus(today, self.rng.i32(0..45)));
        let everything = self.rng.u32(..3) == 0;
        let on = match &scope {
            Scope::Debtor => json!({ "debtorId": self.debtors[debtor].person.id }),
            Scope::Bill(bill) => json!({ "invoiceId": bill }),
            // Those of promises come by themselves.
            Scope::Bills(_) => return,
            Scope::Case(case) => json!({ "caseId": case }),
            Scope::Everyone => json!({ "administration": true }),
        };
        let review = (self.rng.u32(..3) == 0).then(|| plus(today, self.rng.i32(1..30)).to_string());
        let body = json!({
            "scope": on, "covers": if everything { "everything" } else { "reminders" }, "reason": "a question",
            "until": until.map(|until| until.to_string()), "reviewOn": review
        });
        let about = (scope != Scope::Everyone).then_some(debtor);
        self.holds.push(Hold::asked(about, scope, everything, until));
        let hold = self.holds.len() - 1;
        let request = Request {
            method: "POST",
            path: "/v1/holds".to_owned(),
            body: body.to_string(),
            key: Some(format!("hold-{hold}")),
            debtor: about,
            intent: Intent::Hold(hold),
            asked: None,
            applied: None,
            answered: None,
        };
        self.request(self.now, request);
        // Most are lifted by hand.
        if self.rng.u32(..8) != 0 {
            let soon = self.rng.u32(..6) == 0;
            let days = if soon { self.rng.i64(10 * SECOND..DAY) } else { self.rng.i64(DAY..60 * DAY) };
            self.agenda.put(self.now + days, Event::Act(Act::Lift(hold)));
        }
    }

    pub(super) fn lift(&mut self, hold: usize) {
        let known = &self.holds[hold];
        let Some(id) = known.id.clone().filter(|_| known.acknowledged.is_some()) else {
            if known.placed.is_none() {
                return;
            }
            // It is not known to be there yet: later.
            let at = self.now + self.rng.i64(MINUTE..DAY);
            return self.agenda.put(at, Event::Act(Act::Lift(hold)));
        };
        if known.lift_asked.is_some() {
            return;
        }
        let request = Request {
            method: "DELETE",
            path: format!("/v1/holds/{id}?force=true"),
            body: String::new(),
            key: None,
            debtor: known.debtor,
            intent: Intent::Lift(hold),
            asked: None,
            applied: None,
            answered: None,
        };
        self.request(self.now, request);
    }

    /// Lifts by hand what help placed.
    fn lift_help(&mut self, debtor: usize) {
        let now = self.now;
        let of_help = |hold: &Hold| hold.debtor == Some(debtor) && matches!(hold.reason, Reason::Help { .. });
        if let Some(hold) = self.holds.iter().position(|hold| of_help(hold) && hold.may_stand(now)) {
            self.lift(hold);
        }
    }

    /// Writes down that the debtor objects to early signalling, or does no longer.
    pub(super) fn object(&mut self, debtor: usize) {
        let known = &mut self.debtors[debtor];
        if known.consent_pending || known.card.is_none() {
            return;
        }
        known.consent_pending = true;
        let (id, enabled) = (known.person.id.clone(), known.objects);
        self.post(
            debtor,
            &format!("/v1/debtors/{id}/early-signalling"),
            Intent::Consent { enabled },
            json!({
                "enabled": enabled, "reason": "the debtor said so"
            }),
        );
    }

    /// Sends what waits for a word, or takes back what was sent.
    fn send_or_withdraw(&mut self, debtor: usize) {
        let known = &self.debtors[debtor];
        let waiting = known.signals.iter().find(|(_, s)| !s.automatic && s.claimed.is_none() && !s.withdrawn);
        let sent = known.signals.iter().rfind(|(_, s)| s.told.is_some() && !s.withdrawn);
        let (waiting, sent) = (waiting.map(|(id, _)| id.clone()), sent.map(|(id, _)| id.clone()));
        match (waiting, sent) {
            (Some(signal), _) => {
                let path = format!("/v1/signals/{signal}/send");
                self.post(debtor, &path, Intent::Release { signal }, json!({}));
            }
            (None, Some(signal)) if self.rng.u32(..3) == 0 => {
                let path = format!("/v1/signals/{signal}/withdraw");
                self.post(debtor, &path, Intent::Withdraw { signal }, json!({ "reason": "sent in error" }));
            }
            _ => {}
        }
    }

    fn post(&mut self, debtor: usize, path: &str, intent: Intent, body: serde_json::Value) {
        let request = Request {
            method: "POST",
            path: path.to_owned(),
            body: body.to_string(),
            key: None,
            debtor: Some(debtor),
            intent,
            asked: None,
            applied: None,
            answered: None,
        };
        self.request(self.now, request);
    }
}
