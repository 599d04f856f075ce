//! Whoever calls at the desk: from the list, or from one that was printed yesterday.

use domain::calling::CallOutcome;
use serde_json::{Value, json};

use super::super::Sim;
use super::super::calendar::{DAY, HOUR, MINUTE, day, instant, is_sending_day, plus, time};
use super::super::engine::Event;
use super::super::model::{Intent, Request};
use super::super::trace::Check;
use super::Act;

impl Sim {
    /// A call is to be made: somebody does so within days, or nobody does.
    pub(in super::super) fn plan_call(&mut self, debtor: usize, notice: &str, days: i64) {
        if self.rng.u32(..6) == 0 {
            return;
        }
        let at = self.now + days * DAY + self.rng.i64(HOUR..3 * DAY);
        let printed = self.rng.u32(..5) == 0;
        let act = Act::Call { debtor, notice: notice.to_owned(), printed };
        self.agenda.put(at, Event::Act(act));
    }

    /// A hold was placed while a call is to be made: whoever has the printed list does not know of it.
    pub(in super::super) fn call_all_the_same(&mut self, debtor: usize) {
        let known = &self.debtors[debtor];
        let waits = known
            .notices
            .iter()
            .find(|(_, notice)| notice.call_on.is_some() && notice.told.is_none() && notice.over.is_none());
        if let Some(notice) = waits.map(|(id, _)| id.clone())
            && self.rng.bool()
        {
            let at = self.now + self.rng.i64(MINUTE..8 * MINUTE);
            self.agenda.put(at, Event::Act(Act::Call { debtor, notice, printed: true }));
        }
    }

    pub(super) fn make_call(&mut self, debtor: usize, notice: &str, printed: bool) {
        let (on, at) = (day(self.now), time(self.now));
        if !is_sending_day(on) || !(9..19).contains(&at.hour()) {
            let morning = instant(plus(on, 1), 10, 0);
            let act = Act::Call { debtor, notice: notice.to_owned(), printed };
            return self.agenda.put(morning, Event::Act(act));
        }
        if !printed {
            let list = self.look("/v1/calls?limit=200");
            let calls = list["items"].as_array().cloned().unwrap_or_default();
            let Some(call) = calls.into_iter().find(|call| call["id"] == notice) else { return };
            self.check_listed(debtor, notice, &call);
            let later = call["callOn"].as_str().and_then(|day| day.parse::<jiff::civil::Date>().ok());
            if let Some(later) = later.filter(|later| *later > on) {
                let act = Act::Call { debtor, notice: notice.to_owned(), printed };
                return self.agenda.put(instant(later, 10, 0), Event::Act(act));
            }
        }
        self.say_what_came(debtor, notice);
    }

    /// What is on the list is not held, and is to be paid.
    fn check_listed(&mut self, debtor: usize, notice: &str, call: &Value) {
        let now = self.now;
        let invoices = call["invoices"].as_array().map(Vec::as_slice).unwrap_or_default();
        let bills: Vec<&str> = invoices.iter().filter_map(|invoice| invoice["id"].as_str()).collect();
        let held = bills
            .iter()
            .find(|bill| self.holds.iter().any(|h| h.surely_stands(now) && h.covers_bill(debtor, bill)));
        if let Some(bill) = held {
            let what = format!("the call {notice} is listed with {bill}, which is held");
            self.violate(Check::HoldWins, what);
        }
        let known = &self.debtors[debtor];
        let paid = bills.iter().find(|bill| known.book.open(bill) <= 0);
        if let Some(bill) = paid {
            let what = format!("the call {notice} is listed with {bill}, of which nothing is open");
            self.violate(Check::Contents, what);
        }
    }

    fn say_what_came(&mut self, debtor: usize, notice: &str) {
        let open: Vec<String> =
            self.debtors[debtor].book.open_bills().map(|(bill, _)| bill.id.clone()).collect();
        let pay_by = plus(day(self.now), self.rng.i32(1..14)).to_string();
        let body = match self.rng.u32(..20) {
            0..5 => json!({ "outcome": "spoke", "note": "will look at it" }),
            5..8 => json!({ "outcome": "promised", "payBy": pay_by }),
            8 if !open.is_empty() => {
                let bill = &open[self.rng.usize(..open.len())];
                let dispute = json!({ "invoiceId": bill, "reason": "complaint", "text": "not right" });
                json!({ "outcome": "disputes", "disputes": [dispute] })
            }
            9 => json!({ "outcome": "wrongNumber" }),
            10 => json!({ "outcome": "asksNoCalls" }),
            _ => json!({ "outcome": "notReached" }),
        };
        let request = Request {
            method: "POST",
            path: format!("/v1/calls/{notice}/outcome"),
            body: body.to_string(),
            key: Some(format!("called-{}", self.requests.len())),
            debtor: Some(debtor),
            intent: Intent::Called,
            asked: None,
            applied: None,
            answered: None,
        };
        self.request(self.now, request);
    }

    /// The timeline tells of a call that was made.
    pub(in super::super) fn call_told(&mut self, debtor: usize, notice: &str, outcome: CallOutcome) {
        let today = day(self.now);
        self.counts.calls += 1;
        let between = i32::from(self.scene.calls.days_between);
        let known = &mut self.debtors[debtor];
        let Some(call) = known.notices.get_mut(notice) else { return };
        let lines = call.lines.clone();
        match outcome {
            CallOutcome::NotReached => {
                call.unreached += 1;
                let mut again = (between..between + 7).map(|days| plus(today, days));
                call.call_on = again.find(|on| is_sending_day(*on));
            }
            CallOutcome::WrongNumber => known.failed.extend(known.person.mobile.map(str::to_owned)),
            CallOutcome::AsksNoCalls => known.no_calls = true,
            CallOutcome::Promised | CallOutcome::Spoke | CallOutcome::Disputes => {}
        }
        self.check_holds(debtor, notice, &lines);
        if outcome == CallOutcome::NotReached {
            self.plan_call(debtor, notice, i64::from(between));
        }
    }
}
