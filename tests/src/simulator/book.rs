//! What a debtor owes by the simulator's own count, from the records that took effect and in the order in which they
//! did. Whole cents, and none of the product's sums.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::calendar::{Instant, day};
use super::claim::{self, Claim, Fact, Kind, Settled};
use super::scene::Cents;

/// A version of an invoice or credit note, as the accounting tool sent it.
#[derive(Debug, Clone)]
pub struct Bill {
    pub id: String,
    pub number: String,
    pub credit_note: bool,
    pub issued: Date,
    pub due: Date,
    pub total: Cents,
    /// The ledger's own open amount, where the tool gives one.
    pub open: Option<Cents>,
    pub corrects: Option<String>,
    pub recurring: bool,
    pub modified: Instant,
}

/// A version of a payment, as the accounting tool sent it.
#[derive(Debug, Clone)]
pub struct Money {
    pub id: String,
    pub kind: &'static str,
    pub bill: Option<String>,
    pub amount: Cents,
    pub modified: Instant,
}

impl Money {
    /// What it takes off what is open.
    fn off(&self) -> Cents {
        if self.kind == "reversal" { -self.amount } else { self.amount }
    }
}

#[derive(Debug, Clone)]
struct Line {
    /// The payment or credit note that it comes from.
    from: String,
    off: Cents,
    kind: Kind,
    on: Date,
    modified: Instant,
    order: u64,
}

#[derive(Debug, Clone)]
struct Account {
    bill: Bill,
    /// What is open by the ledger, of which version and since when.
    ledger: Option<(Cents, Instant, u64)>,
    lines: Vec<Line>,
    /// Since costs and interest are claimed.
    claim: Option<Claim>,
}

impl Account {
    /// How it stands at the end of a day: what was booked up to then, and costs and interest.
    fn settled(&self, claim: &Claim, on: Date) -> Settled {
        let fact = |line: &Line| Fact { on: line.on, kind: line.kind, amount: line.off.abs() };
        let facts: Vec<Fact> = self.lines.iter().map(fact).collect();
        claim::settle(self.bill.total, self.bill.due, claim, &facts, on)
    }

    /// The same after everything that was booked.
    fn after_all(&self, claim: &Claim) -> Settled {
        let days = self.lines.iter().map(|line| line.on).chain(claim.costs.iter().map(|(on, _)| *on));
        self.settled(claim, days.fold(claim.on, Date::max))
    }

    fn owed(&self, on: Date) -> Cents {
        self.claim.as_ref().map_or_else(|| self.open(), |claim| self.settled(claim, on).owed())
    }

    fn is_open(&self) -> bool {
        self.claim.as_ref().map_or_else(|| self.open(), |claim| self.after_all(claim).owed()) > 0
    }

    fn over(&self) -> Cents {
        self.claim.as_ref().map_or_else(|| (-self.remainder()).max(0), |claim| self.after_all(claim).over)
    }

    fn remainder(&self) -> Cents {
        let start = self.ledger.map_or(self.bill.total, |(open, ..)| open);
        let counts = |line: &&Line| {
            self.ledger.is_none_or(|(_, modified, order)| (line.modified, line.order) > (modified, order))
        };
        start - self.lines.iter().filter(counts).map(|line| line.off).sum::<Cents>()
    }

    fn open(&self) -> Cents {
        match &self.claim {
            Some(claim) => self.after_all(claim).principal,
            None => self.remainder().max(0),
        }
    }
}

/// The books of one debtor.
#[derive(Debug, Clone, Default)]
pub struct Book {
    accounts: BTreeMap<String, Account>,
    payments: BTreeMap<String, Money>,
    /// What is left of payments that named no invoice.
    on_account: BTreeMap<String, Cents>,
    order: u64,
}

impl Book {
    /// An invoice or credit note took effect.
    pub fn bill(&mut self, bill: &Bill) {
        self.order += 1;
        let order = self.order;
        let said = bill.open.map(|open| (open, bill.modified, order));
        if let Some(known) = self.accounts.get_mut(&bill.id) {
            known.bill = bill.clone();
            known.ledger = said.or(known.ledger);
            return;
        }
        self.accounts.insert(
            bill.id.clone(),
            Account { bill: bill.clone(), ledger: said, lines: Vec::new(), claim: None },
        );
        let open = |account: &Account| account.open() > 0;
        let pairs: Vec<(String, String)> = if bill.credit_note {
            let named = |a: &&Account| {
                let corrects = bill.corrects.as_deref();
                !a.bill.credit_note && (corrects == Some(&a.bill.id) || corrects == Some(&a.bill.number))
            };
            let found = self.accounts.values().filter(named).find(|a| open(a));
            found.map(|a| (bill.id.clone(), a.bill.id.clone())).into_iter().collect()
        } else {
            let waiting = |a: &&Account| {
                let corrects = a.bill.corrects.as_deref();
                a.bill.credit_note
                    && open(a)
                    && (corrects == Some(bill.id.as_str()) || corrects == Some(bill.number.as_str()))
            };
            let found = self.accounts.values().filter(waiting);
            found.map(|a| (a.bill.id.clone(), bill.id.clone())).collect()
        };
        for (note, invoice) in pairs {
            self.set_off(&note, &invoice);
        }
    }

    fn set_off(&mut self, note: &str, invoice: &str) {
        let off = self.open(note).min(self.open(invoice));
        self.order += 1;
        let modified = self.accounts[note].bill.modified.max(self.accounts[invoice].bill.modified);
        let on = self.accounts[note].bill.issued;
        let from = note.to_owned();
        let line = Line { from, off, kind: Kind::Reduction, on, modified, order: self.order };
        for id in [note, invoice] {
            if let Some(account) = self.accounts.get_mut(id) {
                account.lines.push(line.clone());
            }
        }
    }

    /// A payment took effect.
    pub fn pay(&mut self, payment: &Money) {
        self.order += 1;
        let order = self.order;
        for account in self.accounts.values_mut() {
            account.lines.retain(|line| line.from != payment.id);
        }
        self.on_account.remove(&payment.id);
        self.payments.insert(payment.id.clone(), payment.clone());
        let on = day(payment.modified);
        let kind = match payment.kind {
            "reversal" => Kind::Reversal,
            "settlement" => Kind::Reduction,
            _ => Kind::Payment,
        };
        let line = |off| Line { from: payment.id.clone(), off, kind, on, modified: payment.modified, order };
        if let Some(id) = &payment.bill {
            if let Some(account) = self.accounts.get_mut(id) {
                account.lines.push(line(payment.off()));
            }
            return;
        }
        let rank = |bill: &Bill| {
            let onerous = self.accounts.get(&bill.id).is_some_and(|account| account.claim.is_some());
            (bill.due > on, !onerous, bill.due, bill.id.clone())
        };
        let mut oldest: Vec<_> = self.open_bills().map(|(bill, _)| rank(bill)).collect();
        oldest.sort();
        let mut left = payment.amount;
        for (.., id) in oldest {
            let off = left.min(self.owed(&id, on));
            if off > 0
                && let Some(account) = self.accounts.get_mut(&id)
            {
                account.lines.push(line(off));
                left -= off;
            }
        }
        self.on_account.insert(payment.id.clone(), left);
    }

    /// What is still to be paid on one invoice, or left on one credit note.
    pub fn open(&self, id: &str) -> Cents {
        self.accounts.get(id).map_or(0, Account::open)
    }

    /// The same with the costs and the interest that are claimed on this day.
    pub fn owed(&self, id: &str, on: Date) -> Cents {
        self.accounts.get(id).map_or(0, |account| account.owed(on))
    }

    /// From now on costs and interest are claimed on this invoice. Says whether that is new.
    pub fn claim(&mut self, id: &str, on: Date, trade: bool) -> bool {
        let Some(account) = self.accounts.get_mut(id).filter(|account| account.claim.is_none()) else {
            return false;
        };
        account.claim = Some(Claim { on, trade, costs: Vec::new() });
        true
    }

    /// Costs were charged on this invoice.
    pub fn charge(&mut self, id: &str, on: Date, costs: Cents) {
        if let Some(claim) = self.accounts.get_mut(id).and_then(|account| account.claim.as_mut()) {
            claim.costs.push((on, costs));
        }
    }

    pub fn is_charged(&self, id: &str) -> bool {
        let claim = self.accounts.get(id).and_then(|account| account.claim.as_ref());
        claim.is_some_and(|claim| !claim.costs.is_empty())
    }

    pub fn is_known(&self, id: &str) -> bool {
        self.accounts.contains_key(id)
    }

    pub fn get(&self, id: &str) -> Option<&Bill> {
        self.accounts.get(id).map(|account| &account.bill)
    }

    pub fn bills(&self) -> impl Iterator<Item = &Bill> {
        self.accounts.values().map(|account| &account.bill)
    }

    /// Invoices with something open, and how much.
    pub fn open_bills(&self) -> impl Iterator<Item = (&Bill, Cents)> {
        let open = self.accounts.values().filter(|a| !a.bill.credit_note && a.is_open());
        open.map(|account| (&account.bill, account.open()))
    }

    /// Invoices less credit notes less payments plus costs and interest, without a look at which payment went where: what
    /// the debtor owes on this day.
    pub fn balance(&self, on: Date) -> Cents {
        let claims = |account: &Account| {
            let claim = account.claim.as_ref()?;
            let costs = claim.costs.iter().map(|(_, costs)| costs).sum::<Cents>();
            Some(costs + account.settled(claim, on).accrued)
        };
        self.principal_balance() + self.accounts.values().filter_map(claims).sum::<Cents>()
    }

    /// What is open without costs and interest, less everything to the debtor's credit.
    pub fn open_less_credit(&self) -> Cents {
        let open = self.accounts.values().filter(|a| !a.bill.credit_note).map(Account::open);
        open.sum::<Cents>() - self.credit()
    }

    /// What the creditor holds of the debtor covers what is open and its costs: interest on that is not asked for.
    pub fn is_covered(&self, on: Date) -> bool {
        let costs =
            |account: &Account| account.claim.as_ref().map_or(0, |claim| account.after_all(claim).costs);
        let asked = self.open_less_credit() + self.accounts.values().map(costs).sum::<Cents>();
        self.balance(on) <= 0 || (self.credit() > 0 && asked <= 0)
    }

    fn principal_balance(&self) -> Cents {
        let billed: Cents = self
            .accounts
            .values()
            .map(|account| match (account.bill.credit_note, account.ledger) {
                (true, _) => -account.bill.total,
                (false, Some((open, ..))) => open,
                (false, None) => account.bill.total,
            })
            .sum();
        let newer_than_the_ledger = |payment: &&Money| {
            let ledger = payment.bill.as_ref().and_then(|id| self.accounts.get(id)?.ledger);
            ledger.is_none_or(|(_, modified, _)| payment.modified > modified)
        };
        billed - self.payments.values().filter(newer_than_the_ledger).map(Money::off).sum::<Cents>()
    }

    /// What is past its due date, less everything to the debtor's credit.
    pub fn arrears(&self, on: Date, held: &[String]) -> Cents {
        let counts = |bill: &Bill| bill.due < on && !held.contains(&bill.id);
        let overdue: Cents = self.open_bills().filter(|(bill, _)| counts(bill)).map(|(_, open)| open).sum();
        (overdue - self.credit()).max(0)
    }

    fn credit_notes(&self) -> Cents {
        self.accounts.values().filter(|a| a.bill.credit_note).map(Account::open).sum()
    }

    fn credit(&self) -> Cents {
        let overpaid: Cents = self.accounts.values().filter(|a| !a.bill.credit_note).map(Account::over).sum();
        self.credit_notes() + overpaid + self.on_account.values().sum::<Cents>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: Date = jiff::civil::date(2026, 6, 1);

    fn bill(id: &str, due: Date, total: Cents) -> Bill {
        Bill {
            id: id.to_owned(),
            number: id.to_uppercase(),
            credit_note: false,
            issued: due,
            due,
            total,
            open: None,
            corrects: None,
            recurring: true,
            modified: 0,
        }
    }

    #[test]
    fn the_oldest_debt_is_paid_first_and_the_sums_agree() {
        let mut book = Book::default();
        book.bill(&bill("b1", jiff::civil::date(2026, 2, 1), 100));
        book.bill(&bill("b2", jiff::civil::date(2026, 1, 1), 50));
        let mut payment = Money { id: "p1".to_owned(), kind: "payment", bill: None, amount: 60, modified: 1 };
        book.pay(&payment);
        assert_eq!((book.open("b1"), book.open("b2"), book.balance(ON)), (90, 0, 90));
        payment.amount = 200;
        book.pay(&payment);
        assert_eq!((book.open("b1"), book.balance(ON)), (0, -50));
        let mut note = bill("c1", jiff::civil::date(2026, 3, 1), 30);
        (note.credit_note, note.corrects) = (true, Some("B3".to_owned()));
        book.bill(&note);
        book.bill(&bill("b3", jiff::civil::date(2026, 3, 1), 100));
        assert_eq!((book.open("b3"), book.open("c1"), book.balance(ON)), (70, 0, 20));
        assert_eq!(book.arrears(jiff::civil::date(2026, 4, 1), &[]), 20);
    }
}
