//! What is owed on one invoice of which costs and interest are claimed, by the simulator's own count: whole cents, day by
//! day, and nothing of the product's.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::calendar::plus;
use super::scene::Cents;

/// The last day of which a rate is known: later days bear no interest yet.
pub const RATES_END: Date = date(2026, 12, 31);

/// The rate of this day in hundredths of a percent a year, as the decrees of these years have it.
fn rate(trade: bool, on: Date) -> Cents {
    match trade {
        true if on < date(2026, 7, 1) => 10_15,
        true => 10_40,
        false if on < date(2026, 1, 1) => 6_00,
        false => 4_00,
    }
}

/// Since when costs and interest are claimed.
#[derive(Debug, Clone)]
pub struct Claim {
    pub on: Date,
    /// Trade interest, and not the statutory one of consumers.
    pub trade: bool,
    pub costs: Vec<(Date, Cents)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Payment,
    /// Credit notes and settlements: the invoice itself becomes smaller.
    Reduction,
    Reversal,
}

/// Something that was booked.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    pub on: Date,
    pub kind: Kind,
    pub amount: Cents,
}

/// How it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    pub principal: Cents,
    pub costs: Cents,
    pub interest: Cents,
    /// Paid on top of what was asked.
    pub over: Cents,
    /// All interest that there ever was, paid or not.
    pub accrued: Cents,
}

impl Settled {
    pub fn owed(&self) -> Cents {
        self.principal + self.costs + self.interest
    }
}

#[derive(Debug, Clone)]
struct Receipt {
    amount: Cents,
    costs: Cents,
    interest: Vec<Cents>,
    principal: Cents,
    over: Cents,
}

#[derive(Debug)]
struct Account {
    start: Date,
    counted: Date,
    trade: bool,
    claimed: bool,
    principal: Cents,
    costs: Cents,
    /// Unpaid interest of each year; that of years that are over bears interest itself.
    years: Vec<Cents>,
    accrued: Cents,
    receipts: Vec<Receipt>,
    credit: Cents,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Claimed,
    Booked(Fact),
    Charged(Cents),
}

/// How an invoice of this total stands at the end of a day, after what was booked up to and including it.
pub fn settle(total: Cents, due: Date, claim: &Claim, facts: &[Fact], through: Date) -> Settled {
    let booked = facts.iter().map(|fact| (fact.on, Step::Booked(*fact)));
    let charged = claim.costs.iter().map(|(on, costs)| (*on, Step::Charged(*costs)));
    let mut steps: Vec<(Date, Step)> =
        std::iter::once((claim.on, Step::Claimed)).chain(booked).chain(charged).collect();
    steps.retain(|(on, _)| *on <= through);
    steps.sort_by_key(|(on, _)| *on);
    let mut account = Account {
        start: plus(due, 1),
        counted: due,
        trade: claim.trade,
        claimed: false,
        principal: total,
        costs: 0,
        years: vec![0],
        accrued: 0,
        receipts: Vec::new(),
        credit: 0,
    };
    for (on, step) in steps {
        account.take(on, step);
    }
    account.count(through);
    let (interest, over) = (account.years.iter().sum(), account.over());
    let Account { principal, costs, accrued, .. } = account;
    if account.claimed {
        Settled { principal, costs, interest, over, accrued }
    } else {
        Settled { principal, over, ..Settled::default() }
    }
}

impl Account {
    fn take(&mut self, on: Date, step: Step) {
        if matches!(step, Step::Booked(_)) || self.over() > 0 {
            self.count(on);
        }
        match step {
            Step::Claimed => self.claimed = true,
            Step::Charged(costs) => self.costs += costs,
            Step::Booked(Fact { kind: Kind::Reduction, amount, .. }) => self.credit += amount,
            Step::Booked(Fact { kind: Kind::Reversal, amount, .. }) => self.go_back(amount),
            Step::Booked(Fact { kind: Kind::Payment, amount, .. }) => {
                let none = Receipt { amount, costs: 0, interest: Vec::new(), principal: 0, over: amount };
                self.receipts.push(none);
            }
        }
        self.set_off();
    }

    fn over(&self) -> Cents {
        self.credit + self.receipts.iter().map(|receipt| receipt.over).sum::<Cents>()
    }

    /// Counts the interest of each day up to and including this one, and rounds it once for all of them of one rate.
    fn count(&mut self, to: Date) {
        let to = to.min(RATES_END);
        let (mut running, mut days): (Option<(Cents, Cents)>, Cents) = (None, 0);
        while self.counted < to {
            let today = plus(self.counted, 1);
            let years = i64::try_from(self.years.len()).expect("years");
            if self.start.saturating_add(years.years()) == today {
                self.round(running.take(), std::mem::take(&mut days));
                self.years.push(0);
            }
            let over: Cents = self.years[..self.years.len() - 1].iter().sum();
            let now = (self.principal + over, rate(self.trade, today));
            if running != Some(now) {
                self.round(running.replace(now), std::mem::take(&mut days));
            }
            days += 1;
            self.counted = today;
        }
        self.round(running, days);
    }

    fn round(&mut self, running: Option<(Cents, Cents)>, days: Cents) {
        let Some((base, rate)) = running else { return };
        let interest = (2 * base * rate * days + 3_650_000) / (2 * 3_650_000);
        self.accrued += interest;
        *self.years.last_mut().expect("a year") += interest;
    }

    /// Costs, then interest, then what was to be paid itself.
    fn set_off(&mut self) {
        let off = self.credit.min(self.principal);
        (self.credit, self.principal) = (self.credit - off, self.principal - off);
        for receipt in self.receipts.iter_mut().filter(|receipt| receipt.over > 0) {
            let mut pay = |open: &mut Cents| {
                let paid = receipt.over.min(*open);
                (receipt.over, *open) = (receipt.over - paid, *open - paid);
                paid
            };
            if self.claimed {
                receipt.costs += pay(&mut self.costs);
                let paid: Vec<Cents> = self.years.iter_mut().map(&mut pay).collect();
                receipt.interest.resize(paid.len(), 0);
                receipt.interest.iter_mut().zip(paid).for_each(|(before, more)| *before += more);
            }
            receipt.principal += pay(&mut self.principal);
        }
    }

    /// A payment is taken back: the last one of that amount, or else of what came last.
    fn go_back(&mut self, amount: Cents) {
        let whole = |receipt: &Receipt| {
            let interest: Cents = receipt.interest.iter().sum();
            receipt.amount == amount && receipt.costs + interest + receipt.principal + receipt.over == amount
        };
        let first = self.receipts.iter().rposition(whole);
        let others = (0..self.receipts.len()).rev();
        let mut left = amount;
        for at in first.into_iter().chain(others) {
            let receipt = &mut self.receipts[at];
            let mut back = |part: &mut Cents| {
                let taken = left.min(*part);
                (left, *part) = (left - taken, *part - taken);
                taken
            };
            back(&mut receipt.over);
            self.principal += back(&mut receipt.principal);
            for (paid, unpaid) in receipt.interest.iter_mut().zip(&mut self.years).rev() {
                *unpaid += back(paid);
            }
            self.costs += back(&mut receipt.costs);
        }
        self.principal += left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_interest_is_what_the_law_says() {
        // 36,500 euros at four percent: four euros a day, from the day after the due date.
        let claim = Claim { on: date(2026, 4, 1), trade: false, costs: vec![(date(2026, 4, 1), 40_00)] };
        let due = date(2026, 3, 10);
        let total = 36_500_00;
        let settled = |facts: &[Fact], on| settle(total, due, &claim, facts, on);
        let before = settled(&[], date(2026, 3, 31));
        assert_eq!((before.owed(), before.accrued), (total, 0));
        let on = settled(&[], date(2026, 4, 1));
        assert_eq!((on.costs, on.interest, on.principal), (40_00, 22 * 4_00, total));
        let paid = Fact { on: date(2026, 4, 2), kind: Kind::Payment, amount: 140_00 };
        let after = settled(&[paid], date(2026, 4, 2));
        assert_eq!((after.costs, after.interest, after.principal), (0, 0, total - 8_00));
        let back = Fact { on: date(2026, 4, 3), kind: Kind::Reversal, amount: 140_00 };
        let again = settled(&[paid, back], date(2026, 4, 3));
        assert_eq!((again.costs, again.principal), (40_00, total));
        assert_eq!(settled(&[], date(2027, 5, 1)), settled(&[], RATES_END));
    }
}
