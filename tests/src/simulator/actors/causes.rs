//! What debtors say by way of the desk: they dispute invoices and promise to pay. Each holds reminders by itself.

use domain::hold::{HoldReason, HoldScope};
use jiff::civil::Date;
use serde_json::json;

use super::super::Sim;
use super::super::calendar::{DAY, HOUR, day, plus};
use super::super::checks::decimal;
use super::super::engine::{Answer, Event};
use super::super::model::{Hold, Intent, Reason, Request, Scope};
use super::super::sabotage::Sabotage;
use super::super::scene::Reports;
use super::Act;

impl Sim {
    /// Something that is open is disputed.
    pub(super) fn dispute(&mut self, debtor: usize) {
        let known = &self.debtors[debtor];
        let open: Vec<String> = known.book.open_bills().map(|(bill, _)| bill.id.clone()).collect();
        if open.is_empty() {
            return;
        }
        let bill = open[self.rng.usize(..open.len())].clone();
        let body = json!({ "invoiceId": bill, "reason": "errorOnInvoice", "text": "this is not right" });
        self.say(debtor, "/v1/disputes", Intent::Dispute, &body);
    }

    /// The debtor promises to pay all of it, and does or does not.
    pub(super) fn promise_to_pay(&mut self, debtor: usize) {
        let pay_by = plus(day(self.now), self.rng.i32(1..14));
        let mut body = json!({ "debtorId": self.debtors[debtor].person.id, "payBy": pay_by.to_string() });
        // A promise about everything leaves nothing that wakes follow-up while it stands: so the fault would show by chance only.
        let known = &self.debtors[debtor];
        let open: Vec<String> = known.book.open_bills().map(|(bill, _)| bill.id.clone()).collect();
        if self.sabotage == Some(Sabotage::PromiseIgnored) && open.len() > 1 {
            body["invoiceIds"] = json!([open[0]]);
        }
        self.say(debtor, "/v1/promises", Intent::PromiseToPay, &body);
        if self.rng.bool() {
            let at = self.now + self.rng.i64(HOUR..20 * DAY);
            self.agenda.put(at, Event::Act(Act::PayAll(debtor)));
        }
    }

    fn say(&mut self, debtor: usize, path: &str, intent: Intent, body: &serde_json::Value) {
        let request = Request {
            method: "POST",
            path: path.to_owned(),
            body: body.to_string(),
            key: Some(format!("said-{}", self.requests.len())),
            debtor: Some(debtor),
            intent,
            asked: None,
            applied: None,
            answered: None,
        };
        self.request(self.now, request);
    }

    /// The desk says who is right. Where it is the debtor, a credit note follows, sooner or later.
    pub(super) fn decide(&mut self, debtor: usize, dispute: &str, bill: &str) {
        let open = self.debtors[debtor].book.open(bill);
        // Where the ledger says what is open, a credit note would be a second word about the same.
        let credits = self.debtors[debtor].person.reports == Reports::Payments;
        let credited = match self.rng.u32(..4) {
            0 if credits => open,
            1 if credits => open / 2,
            _ => 0,
        };
        let body = match credited {
            0 => json!({ "decision": "rejected", "reason": "it is right" }),
            all if all == open => json!({ "decision": "accepted", "reason": "it is wrong" }),
            part => json!({ "decision": "partly", "amount": decimal(part), "reason": "half of it" }),
        };
        let intent = Intent::Decide { dispute: dispute.to_owned() };
        self.say(debtor, &format!("/v1/disputes/{dispute}/decide"), intent, &body);
        if credited > 0 {
            let at = self.now + self.rng.i64(HOUR..50 * DAY);
            let credit = Act::Credit { debtor, bill: bill.to_owned(), amount: credited };
            self.agenda.put(at, Event::Act(credit));
        }
    }

    /// The timeline tells of a hold of a dispute or a promise.
    pub(in super::super) fn cause_told(
        &mut self,
        debtor: usize,
        hold: &str,
        reason: &HoldReason,
        scope: &HoldScope,
        until: Option<Date>,
    ) {
        let (cause, is_dispute) = match reason {
            HoldReason::Dispute { dispute } => (dispute.to_string(), true),
            HoldReason::Promise { promise } => (promise.to_string(), false),
            _ => return,
        };
        self.counts.causes += 1;
        let bills: Vec<String> = match scope {
            HoldScope::Invoice(bill) => vec![bill.to_string()],
            HoldScope::Invoices(bills) => bills.iter().map(ToString::to_string).collect(),
            HoldScope::Debtor | HoldScope::Case(_) | HoldScope::Administration => Vec::new(),
        };
        let book = &self.debtors[debtor].book;
        let open_then = bills.iter().map(|bill| book.open(bill)).sum();
        if is_dispute && let [bill] = bills.as_slice() {
            let at = self.now + self.rng.i64(HOUR..40 * DAY);
            let decide = Act::Decide { debtor, dispute: cause.clone(), bill: bill.clone() };
            self.agenda.put(at, Event::Act(decide));
        }
        let mut held = Hold::asked(Some(debtor), Scope::Bills(bills), false, until);
        (held.reason, held.id) = (Reason::Cause { id: cause }, Some(hold.to_owned()));
        (held.placed, held.open_then) = (Some(self.now), open_then);
        self.holds.push(held);
    }

    fn of_cause(&mut self, cause: &str) -> Option<&mut Hold> {
        self.holds.iter_mut().find(|hold| matches!(&hold.reason, Reason::Cause { id } if id == cause))
    }

    /// Whoever disputed or promised was told that it stands.
    pub(super) fn cause_acknowledged(&mut self, answer: &Answer) {
        let now = self.now;
        let cause = answer.body["id"].as_str().unwrap_or_default().to_owned();
        if let Some(hold) = self.of_cause(&cause) {
            hold.acknowledged.get_or_insert(now);
        }
    }

    /// Somebody decides: from now on the hold may be over.
    pub(super) fn cause_asked(&mut self, cause: &str) {
        let now = self.now;
        if let Some(hold) = self.of_cause(cause) {
            hold.lift_asked.get_or_insert(now);
        }
    }
}
