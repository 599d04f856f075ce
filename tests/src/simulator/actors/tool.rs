//! The accounting tool: debtors, invoices, credit notes and payments, in every disorder that real ones send them in.

use super::super::Sim;
use super::super::book::{Bill, Money};
use super::super::calendar::{DAY, HOUR, Instant, MINUTE, SECOND, day, instant, plus, timestamp};
use super::super::checks::decimal;
use super::super::engine::Event;
use super::super::model::{Card, Intent, Request};
use super::super::scene::{Cents, POSTCODES, Reports};
use super::{Act, bill_body, card_body};

impl Sim {
    /// Sends the debtor's record, for the first time or with something changed.
    pub(super) fn register(&mut self, debtor: usize) {
        let now = self.now;
        let person = self.debtors[debtor].person.clone();
        let modified = self.debtors[debtor].stamp(now);
        let card = match self.debtors[debtor].sent_card.clone() {
            None => Card {
                name: format!("Naam {}", person.id),
                emails: (0..person.emails).map(|n| format!("{}.{n}@example.nl", person.id)).collect(),
                business: person.business,
                kvk: person.kvk,
                birth_date: person.birth_date,
                postcode: person.postcode,
                modified,
            },
            Some(before) => self.changed(&person.id, Card { modified, ..before }),
        };
        self.debtors[debtor].sent_card = Some(card.clone());
        let request = self.card_request(debtor, card.clone());
        let number = self.request(now, request);
        self.send_again(number);
        if self.rng.u32(..6) == 0 {
            // An older version comes late.
            let name = "Oude naam".to_owned();
            let old = Card { name, modified: modified - self.rng.i64(SECOND..DAY), ..card };
            let at = now + self.rng.i64(HOUR..5 * DAY);
            let request = self.card_request(debtor, old);
            self.request(at, request);
        }
        let at = now + self.rng.i64(40 * DAY..300 * DAY);
        self.agenda.put(at, Event::Act(Act::Register(debtor)));
    }

    fn card_request(&self, debtor: usize, card: Card) -> Request {
        let person = &self.debtors[debtor].person;
        let body = card_body(person, &card);
        let path = format!("/v1/debtors/{}", person.id);
        put(path, body, debtor, Intent::Card(card))
    }

    fn changed(&mut self, id: &str, mut card: Card) -> Card {
        match self.rng.u32(..6) {
            0 => card.kvk = !card.kvk,
            1 => card.birth_date = true,
            2 => card.postcode = POSTCODES[self.rng.usize(..POSTCODES.len())].0,
            3 => card.emails.clear(),
            4 => card.name.push('a'),
            _ => card.emails = vec![format!("{id}.{}@example.nl", self.rng.u32(10..1_000))],
        }
        card
    }

    /// Some requests are made once more although they were answered.
    fn send_again(&mut self, number: usize) {
        if self.rng.u32(..15) == 0 {
            let at = self.now + self.rng.i64(MINUTE..10 * DAY);
            self.agenda.put(at, Event::Ask(number));
        }
    }

    /// Sends an invoice and decides how it will be paid.
    pub(super) fn bill(&mut self, debtor: usize) {
        let now = self.now;
        let person = self.debtors[debtor].person.clone();
        let known = &mut self.debtors[debtor];
        known.bills += 1;
        let (number, modified) = (known.bills, known.stamp(now));
        let id = format!("{}-{number:03}", person.id);
        let total = match self.rng.u32(..5) {
            0 => self.rng.i64(5_00..60_00),
            _ => person.amount,
        };
        let open = (person.reports != Reports::Payments).then_some(total);
        let due = plus(day(now), person.term_days);
        let bill = Bill {
            number: format!("N-{}-{number:03}", person.id),
            id: id.clone(),
            credit_note: false,
            issued: day(now),
            due,
            total,
            open,
            corrects: None,
            recurring: person.recurring,
            modified,
        };
        self.debtors[debtor].ledger.insert(id.clone(), total);
        let number = self.send_bill(now, debtor, bill.clone());
        self.send_again(number);
        self.plan_payment(debtor, &bill);
        let months_on = i64::from(person.every_days) * DAY + self.rng.i64(-2 * DAY..2 * DAY);
        self.agenda.put(now + months_on, Event::Act(Act::Bill(debtor)));
    }

    fn send_bill(&mut self, at: Instant, debtor: usize, mut bill: Bill) -> usize {
        let id = self.debtors[debtor].person.id.clone();
        bill.issued = plus(bill.due, -self.debtors[debtor].person.term_days);
        let (path, body) = (format!("/v1/invoices/{}", bill.id), bill_body(&id, &bill));
        self.request(at, put(path, body, debtor, Intent::Bill(bill)))
    }

    /// How an invoice will be paid, if at all.
    fn plan_payment(&mut self, debtor: usize, bill: &Bill) {
        let person = self.debtors[debtor].person.clone();
        let due = instant(bill.due, 10, 0);
        let to_debtor = person.reports == Reports::Payments && self.rng.u32(..3) == 0;
        let target = (!to_debtor).then(|| bill.id.clone());
        let pay = |amount, kind| Act::Pay { debtor, bill: target.clone(), amount, kind };
        let total = bill.total;
        let rng = &mut self.rng;
        let mut plan = Vec::new();
        let exact = person.reports != Reports::Payments;
        if rng.u32(..100) < person.pays {
            plan.push((due + rng.i64(-6 * DAY..3 * DAY), pay(total, "payment")));
        } else {
            match rng.u32(..26) {
                0..4 => plan.push((due + rng.i64(5 * DAY..50 * DAY), pay(total / 2, "payment"))),
                4..7 => plan.push((due + rng.i64(8 * DAY..100 * DAY), pay(total, "payment"))),
                7 => plan.push((due + rng.i64(60 * DAY..150 * DAY), pay(total, "writeOff"))),
                8 if !exact => plan.push((due + rng.i64(-DAY..30 * DAY), pay(total + 25_00, "payment"))),
                9 => plan.push((due + rng.i64(DAY..30 * DAY), pay(total, "settlement"))),
                10 if !exact => {
                    let amount = if rng.bool() { total } else { total / 3 };
                    let credit = Act::Credit { debtor, bill: bill.id.clone(), amount };
                    plan.push((due + rng.i64(-10 * DAY..60 * DAY), credit));
                }
                11 => plan.push((due + rng.i64(20 * DAY..90 * DAY), Act::PayAll(debtor))),
                12 => {
                    let mut later = bill.clone();
                    later.due = plus(bill.due, rng.i32(1..20));
                    plan.push((due + rng.i64(-5 * DAY..20 * DAY), Act::Correct(later, debtor)));
                }
                13 if !exact => {
                    let mut other = bill.clone();
                    other.total = total - total / 4;
                    plan.push((due + rng.i64(-5 * DAY..40 * DAY), Act::Correct(other, debtor)));
                }
                _ => {}
            }
        }
        for (at, act) in plan {
            self.agenda.put(at.max(self.now + MINUTE), Event::Act(act));
        }
    }

    /// Money came in, or went back.
    pub(super) fn pay(&mut self, debtor: usize, bill: Option<String>, amount: Cents, kind: &'static str) {
        let person = self.debtors[debtor].person.clone();
        if amount <= 0 {
            return;
        }
        let Some(bill) = bill else {
            return self.send_payment(debtor, None, amount, kind);
        };
        let open = self.debtors[debtor].ledger.get(&bill).copied().unwrap_or_default();
        let amount = if person.reports == Reports::Payments { amount } else { amount.min(open) };
        if amount <= 0 {
            return;
        }
        if let Some(open) = self.debtors[debtor].ledger.get_mut(&bill) {
            *open -= amount;
        }
        if person.reports != Reports::OpenAmounts {
            self.send_payment(debtor, Some(bill.clone()), amount, kind);
        }
        if person.reports == Reports::OpenAmounts || (person.reports == Reports::Both && self.rng.bool()) {
            self.send_open_amount(debtor, &bill);
        }
        if kind == "payment" && self.rng.u32(..12) == 0 {
            let back = Act::Pay { debtor, bill: Some(bill), amount, kind: "reversal" };
            let at = self.now + self.rng.i64(5 * DAY..40 * DAY);
            self.agenda.put(at, Event::Act(back));
        }
    }

    /// The newest version of an invoice, with what is open on it by the ledger.
    fn send_open_amount(&mut self, debtor: usize, bill: &str) {
        let now = self.now;
        let sent = self.requests.iter().rev().find_map(|request| match &request.intent {
            Intent::Bill(sent) if sent.id == bill => Some(sent.clone()),
            _ => None,
        });
        let Some(mut newest) = sent else { return };
        newest.modified = self.debtors[debtor].stamp(now);
        newest.open = self.debtors[debtor].ledger.get(bill).copied();
        let at = now + self.rng.i64(SECOND..DAY);
        let number = self.send_bill(at, debtor, newest);
        self.send_again(number);
    }

    fn send_payment(&mut self, debtor: usize, bill: Option<String>, amount: Cents, kind: &'static str) {
        let now = self.now;
        let known = &mut self.debtors[debtor];
        known.payments += 1;
        let payment = Money {
            id: format!("{}-p{}", known.person.id, known.payments),
            kind,
            bill,
            amount,
            modified: known.stamp(now),
        };
        // Booked on the wrong invoice first, and corrected days later.
        let other = known.book.bills().find(|b| Some(&b.id) != payment.bill.as_ref() && !b.credit_note);
        let other = other.map(|bill| bill.id.clone());
        let mistaken =
            kind == "payment" && known.person.reports == Reports::Payments && self.rng.u32(..20) == 0;
        let mut at = now + self.rng.i64(SECOND..10 * MINUTE);
        if let Some(other) = other.filter(|_| mistaken) {
            let wrong = Money { bill: Some(other), modified: payment.modified - 500, ..payment.clone() };
            let request = self.payment_request(debtor, wrong);
            self.request(at, request);
            at += self.rng.i64(HOUR..5 * DAY);
        }
        let request = self.payment_request(debtor, payment);
        let number = self.request(at, request);
        self.send_again(number);
    }

    fn payment_request(&self, debtor: usize, payment: Money) -> Request {
        let id = &self.debtors[debtor].person.id;
        let body = serde_json::json!({
            "kind": payment.kind, "invoiceId": payment.bill, "debtorId": payment.bill.is_none().then_some(id),
            "amount": decimal(payment.amount), "receivedOn": day(payment.modified).to_string(), "reference": null,
            "reasonCode": null, "modifiedAt": timestamp(payment.modified).to_string()
        });
        let path = format!("/v1/payments/{}", payment.id);
        put(path, body.to_string(), debtor, Intent::Pay(payment))
    }

    /// Everything that is owed comes in: in one sum, or invoice by invoice where the ledger keeps count.
    pub(super) fn pay_all(&mut self, debtor: usize) {
        if self.debtors[debtor].person.reports == Reports::Payments {
            let owed = self.debtors[debtor].book.balance(day(self.now));
            return self.pay(debtor, None, owed, "payment");
        }
        let open: Vec<(String, Cents)> = self.debtors[debtor].ledger.clone().into_iter().collect();
        for (bill, amount) in open {
            self.pay(debtor, Some(bill), amount, "payment");
        }
    }

    pub(super) fn credit(&mut self, debtor: usize, bill: &str, amount: Cents) {
        let now = self.now;
        let known = &mut self.debtors[debtor];
        known.bills += 1;
        let (number, modified) = (known.bills, known.stamp(now));
        let Some(corrected) = known.book.get(bill).cloned() else { return };
        let by_number = number % 2 == 0;
        let note = Bill {
            id: format!("{}-c{number:03}", known.person.id),
            number: format!("C-{}-{number:03}", known.person.id),
            credit_note: true,
            issued: day(now),
            due: day(now),
            total: amount,
            open: None,
            corrects: Some(if by_number { corrected.number } else { corrected.id }),
            modified,
            recurring: corrected.recurring,
        };
        self.send_bill(now, debtor, note);
    }

    /// A changed version of an invoice, and sometimes the old one after it.
    pub(super) fn correct(&mut self, mut bill: Bill, debtor: usize) {
        let now = self.now;
        let before = bill.modified;
        bill.modified = self.debtors[debtor].stamp(now);
        if bill.open.is_some() {
            bill.open = self.debtors[debtor].ledger.get(&bill.id).copied();
        }
        self.send_bill(now, debtor, bill.clone());
        if self.rng.u32(..3) == 0 {
            let old = Bill { modified: before + 1, due: plus(bill.due, 3), ..bill };
            let at = now + self.rng.i64(MINUTE..3 * DAY);
            self.send_bill(at, debtor, old);
        }
    }
}

fn put(path: String, body: String, debtor: usize, intent: Intent) -> Request {
    Request {
        method: "PUT",
        path,
        body,
        key: None,
        debtor: Some(debtor),
        intent,
        asked: None,
        applied: None,
        answered: None,
    }
}
