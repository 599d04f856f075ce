//! What is claimed on one invoice on any day: principal, costs and interest, from the facts alone and the same each time.
//!
//! Interest (articles 6:119 and 6:119a BW) runs from the day after the due date over the principal as it stood on each day.
//! Costs and interest are claimed from a day on: what was paid before it went to the principal wholly, what is paid on it or
//! later goes to costs, interest and principal, in that order (article 6:44 BW). Two entries of one day: payments,
//! reductions and reversals as they are given, and then charges, so that what was paid in time met no costs.
//!
//! A specification of a day knows nothing of later days. What is absent: which invoice a payment goes to
//! ([`crate::allocation::share_out`]), how high costs may be ([`crate::costs`]) and whether they may be charged, costs that
//! are waived, and a principal that was reversed with effect from before the reversal.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::allocation::{Owed, Split, split, take};
use crate::ids::NoticeId;
use crate::interest::{Accrual, InterestError, InterestKind, InterestPaid, InterestPeriod, rates_valid_to};

/// Collection costs that were charged on an invoice (article 6:96(2)(c) BW).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// In euros. Nothing below zero is charged.
    pub amount: Money,
    /// The first day on which they are owed.
    pub on: Date,
    /// The principal that they were computed over, in euros.
    pub principal: Money,
    /// The notice that announced or charged them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeId>,
}

/// All that a specification is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimFacts<'a> {
    /// The invoice's amount, in euros. Below zero (a credit note) it is owed to the debtor, as something paid over.
    pub principal: Money,
    /// The last day to pay; interest runs from the day after it.
    pub due_date: Date,
    /// Which interest it bears; `None` for none.
    pub interest: Option<InterestKind>,
    /// The day from which the creditor claims interest and costs; `None` while it claims neither.
    pub claimed_on: Option<Date>,
    /// Collection costs that were charged, in any order.
    pub charges: &'a [Charge],
    /// In any order of days; those of one day count in the order given.
    pub bookings: &'a [ClaimBooking],
}

/// One amount that was booked on the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimBooking {
    /// The day of payment: interest still runs over it.
    pub on: Date,
    /// In euros. Below zero it does the opposite of its kind.
    pub amount: Money,
    /// What the booking does to the claim.
    pub kind: ClaimBookingKind,
}

/// What a booking does: it pays, makes the claim smaller, or takes a payment back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClaimBookingKind {
    /// The debtor paid.
    Payment,
    /// A credit note, write-off or settlement: lowers the principal only.
    Reduction,
    /// A payment was taken back (storno). It undoes the last payment of the same amount that still stands, in the shares in
    /// which it was allocated. Without one, what was paid last is undone first, as if so much less had been paid; what then
    /// remains raises the principal. The days in between keep the interest that they had.
    Reversal,
}

/// What is claimed on one invoice on one day, in euros.
///
/// The principal with what was `raised`, `charged` and `accrued` is what is open, what was `paid` and what was `reduced`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Specification {
    /// The day that it describes, its own entries included.
    pub on: Date,
    /// Whether costs and interest are claimed on this day. Where they are not, they are not part of [`Specification::owed`].
    pub claimed: bool,
    /// Still open.
    pub principal: Money,
    /// Charged and still open.
    pub costs: Money,
    /// Accrued up to and including this day and still open, claimed or not.
    pub interest: Money,
    /// All costs that were charged.
    pub charged: Money,
    /// All interest that accrued.
    pub accrued: Money,
    /// What payments that still stand went to.
    pub paid: Split,
    /// What credit notes, write-offs and settlements took from the principal.
    pub reduced: Money,
    /// What was put on the principal beyond its own amount: reversals of what is no payment here.
    pub raised: Money,
    /// What is to be given back to the debtor: paid over, or reduced by more than there was.
    pub over: Money,
    /// How the interest came about.
    pub periods: Vec<InterestPeriod>,
    /// What happened, in order.
    pub lines: Vec<Line>,
}

impl Specification {
    /// What can be demanded on this day.
    pub fn owed(&self) -> Owed {
        let claimed = |part: Money| if self.claimed { part } else { Money::ZERO };
        Owed { costs: claimed(self.costs), interest: claimed(self.interest), principal: self.principal }
    }
}

/// One thing that happened, and what it moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The day of the entry.
    pub on: Date,
    /// What happened.
    pub entry: Entry,
    /// As it was booked, in euros.
    pub amount: Money,
    /// What it did to what is open.
    pub moved: Movement,
    /// The principal from the day after on, in euros.
    pub principal: Money,
}

/// What a line of a specification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Entry {
    /// Costs and interest are claimed from this day; the line is there only where that moved something paid over.
    Claimed,
    /// Money came in.
    Payment,
    /// A credit note or settlement made the principal smaller.
    Reduction,
    /// A payment was taken back.
    Reversal,
    /// Collection costs were charged.
    Charge,
}

/// By how much something raised (or, below zero, lowered) what is open and what is over, in euros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    /// Of open collection costs, in euros.
    pub costs: Money,
    /// Of open interest, in euros.
    pub interest: Money,
    /// Of the open principal, in euros.
    pub principal: Money,
    /// Of what was paid on top, in euros.
    pub over: Money,
}

/// Specifies what is claimed on the day `on`, from what happened up to and including it.
///
/// # Errors
/// Interest runs on a day that the table of rates does not hold.
pub fn specify(facts: &ClaimFacts<'_>, on: Date) -> Result<Specification, InterestError> {
    specified(Account::new(facts, None), facts, on)
}

/// The same with all that was booked, and interest up to the last day for which a rate is known: later days bear none yet.
///
/// # Errors
/// Interest begins before the first day of the table of rates.
pub fn specify_as_far_as_known(facts: &ClaimFacts<'_>, on: Date) -> Result<Specification, InterestError> {
    specified(Account::new(facts, Some(rates_valid_to())), facts, on)
}

fn specified(mut account: Account, facts: &ClaimFacts<'_>, on: Date) -> Result<Specification, InterestError> {
    for event in events(facts, on) {
        account.apply(&event)?;
    }
    account.run_through(on)?;
    Ok(account.specification(on))
}

#[derive(Debug, Clone, Copy)]
struct Event {
    on: Date,
    entry: Entry,
    amount: Money,
}

/// What happened up to and including a day, in the order in which it counts.
fn events(facts: &ClaimFacts<'_>, on: Date) -> Vec<Event> {
    let claimed = facts.claimed_on.map(|on| Event { on, entry: Entry::Claimed, amount: Money::ZERO });
    let bookings = facts.bookings.iter().map(|booking| Event {
        on: booking.on,
        entry: booking.entry(),
        amount: booking.amount,
    });
    let charges = facts.charges.iter().map(|charge| Event {
        on: charge.on,
        entry: Entry::Charge,
        amount: charge.amount.max(Money::ZERO),
    });
    let all = claimed.into_iter().chain(bookings).chain(charges);
    let mut events: Vec<Event> = all.filter(|event| event.on <= on).collect();
    // A stable sort: within a day they stay as they were put together above.
    events.sort_by_key(|event| event.on);
    events
}

impl ClaimBooking {
    fn entry(&self) -> Entry {
        match self.kind {
            ClaimBookingKind::Payment => Entry::Payment,
            ClaimBookingKind::Reduction => Entry::Reduction,
            ClaimBookingKind::Reversal => Entry::Reversal,
        }
    }
}

/// A payment, and where it went so far.
#[derive(Debug, Clone)]
struct Receipt {
    amount: Money,
    to: Split,
    /// The years of default that `to.interest` was of.
    interest: InterestPaid,
}

impl Receipt {
    fn stands(&self) -> Money {
        self.to.allocated() + self.to.over
    }
}

/// The claim as it grows from day to day.
#[derive(Debug, Clone)]
struct Account {
    /// The last day that bears interest, where it ends before the claim does.
    bears_interest_to: Option<Date>,
    claimed: bool,
    principal: Money,
    costs: Money,
    accrual: Option<Accrual>,
    receipts: Vec<Receipt>,
    /// What reductions were larger than the principal.
    credit: Money,
    charged: Money,
    reduced: Money,
    raised: Money,
    lines: Vec<Line>,
}

impl Account {
    fn new(facts: &ClaimFacts<'_>, bears_interest_to: Option<Date>) -> Account {
        Account {
            bears_interest_to,
            claimed: false,
            principal: facts.principal.max(Money::ZERO),
            costs: Money::ZERO,
            accrual: facts.interest.map(|kind| Accrual::new(kind, facts.due_date, facts.principal)),
            receipts: Vec::new(),
            credit: (-facts.principal).max(Money::ZERO),
            charged: Money::ZERO,
            reduced: Money::ZERO,
            raised: Money::ZERO,
            lines: Vec::new(),
        }
    }

    fn apply(&mut self, event: &Event) -> Result<(), InterestError> {
        // A charge and the day of claiming begin no period of interest, unless they find something to set off.
        let begins_period =
            !matches!(event.entry, Entry::Charge | Entry::Claimed) || self.over().is_positive();
        if begins_period {
            self.run_through(event.on)?;
        }
        let before = self.balance();
        match event.entry {
            Entry::Claimed => self.claimed = true,
            Entry::Charge => {
                self.charged = self.charged + event.amount;
                self.costs = self.costs + event.amount;
            }
            Entry::Payment if event.amount.is_negative() => self.reverse(-event.amount),
            Entry::Reversal if !event.amount.is_negative() => self.reverse(event.amount),
            Entry::Payment | Entry::Reversal => self.receive(event.amount.abs()),
            Entry::Reduction if event.amount.is_negative() => self.raise(-event.amount),
            Entry::Reduction => self.credit = self.credit + event.amount,
        }
        self.settle();
        let moved = self.balance().since(before);
        if event.entry != Entry::Claimed || moved != Movement::default() {
            let Event { on, entry, amount } = *event;
            self.lines.push(Line { on, entry, amount, moved, principal: self.principal });
        }
        Ok(())
    }

    fn run_through(&mut self, day: Date) -> Result<(), InterestError> {
        let day = self.bears_interest_to.map_or(day, |last| day.min(last));
        self.accrual.as_mut().map_or(Ok(()), |accrual| accrual.run_through(day))
    }

    fn receive(&mut self, amount: Money) {
        let to = Split { over: amount, ..Split::default() };
        self.receipts.push(Receipt { amount, to, interest: InterestPaid::default() });
    }

    fn raise(&mut self, amount: Money) {
        self.raised = self.raised + amount;
        self.principal = self.principal + amount;
    }

    fn reverse(&mut self, amount: Money) {
        let same = |receipt: &Receipt| receipt.amount == amount && receipt.stands() == amount;
        let matching = self.receipts.iter().rposition(same);
        let mut left = amount;
        let mut receipts = std::mem::take(&mut self.receipts);
        if let Some(receipt) = matching.and_then(|at| receipts.get_mut(at)) {
            self.undo(receipt, &mut left);
        }
        for receipt in receipts.iter_mut().rev() {
            self.undo(receipt, &mut left);
        }
        self.receipts = receipts;
        self.raise(left);
    }

    /// Undoes a payment as far as something is left to undo, in the reverse order of article 6:44 BW: as if it had been so
    /// much smaller.
    fn undo(&mut self, receipt: &mut Receipt, left: &mut Money) {
        take(&mut receipt.to.over, left);
        self.principal = self.principal + take(&mut receipt.to.principal, left);
        let interest = receipt.interest.take_back(take(&mut receipt.to.interest, left));
        if let Some(accrual) = &mut self.accrual {
            accrual.give_back(&interest);
        }
        self.costs = self.costs + take(&mut receipt.to.costs, left);
    }

    /// Lets what is over pay what is open, the oldest payment first: after this there is one or the other, but for what is
    /// not claimed and for reductions, which never pay costs or interest.
    fn settle(&mut self) {
        self.reduced = self.reduced + take(&mut self.principal, &mut self.credit);
        let mut receipts = std::mem::take(&mut self.receipts);
        for receipt in receipts.iter_mut().filter(|receipt| receipt.to.over.is_positive()) {
            let more = split(receipt.to.over, self.owed());
            self.costs = self.costs - more.costs;
            self.principal = self.principal - more.principal;
            if let Some(accrual) = &mut self.accrual {
                receipt.interest.add(&accrual.pay(more.interest));
            }
            receipt.to = Split { over: more.over, ..sum([receipt.to, more].iter()) };
        }
        self.receipts = receipts;
        if let Some(accrual) = &mut self.accrual {
            accrual.set_principal(self.principal);
        }
    }

    /// What a payment of this day could go to.
    fn owed(&self) -> Owed {
        let claimed = |part: Money| if self.claimed { part } else { Money::ZERO };
        Owed { costs: claimed(self.costs), interest: claimed(self.interest()), principal: self.principal }
    }

    fn interest(&self) -> Money {
        self.accrual.as_ref().map_or(Money::ZERO, Accrual::unpaid)
    }

    fn over(&self) -> Money {
        self.credit + self.receipts.iter().map(|receipt| receipt.to.over).sum()
    }

    fn balance(&self) -> Movement {
        Movement {
            costs: self.costs,
            interest: self.interest(),
            principal: self.principal,
            over: self.over(),
        }
    }

    fn specification(self, on: Date) -> Specification {
        Specification {
            on,
            claimed: self.claimed,
            principal: self.principal,
            costs: self.costs,
            interest: self.interest(),
            charged: self.charged,
            accrued: self.accrual.as_ref().map_or(Money::ZERO, Accrual::accrued),
            paid: sum(self.receipts.iter().map(|receipt| &receipt.to)),
            reduced: self.reduced,
            raised: self.raised,
            over: self.over(),
            periods: self.accrual.as_ref().map(|accrual| accrual.periods().to_vec()).unwrap_or_default(),
            lines: self.lines,
        }
    }
}

impl Movement {
    fn since(self, before: Movement) -> Movement {
        Movement {
            costs: self.costs - before.costs,
            interest: self.interest - before.interest,
            principal: self.principal - before.principal,
            over: self.over - before.over,
        }
    }
}

fn sum<'a>(splits: impl Iterator<Item = &'a Split>) -> Split {
    splits.fold(Split::default(), |sum, split| Split {
        costs: sum.costs + split.costs,
        interest: sum.interest + split.interest,
        principal: sum.principal + split.principal,
        over: sum.over + split.over,
    })
}

#[cfg(test)]
mod tests;
