//! Invoices and credit notes, what was paid on them, and how far their follow-up has come.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::allocation::Owed;
use crate::calendar::today;
use crate::claim::{
    Charge, ClaimBooking, ClaimBookingKind, ClaimFacts, Specification, specify, specify_as_far_as_known,
};
use crate::ids::{InvoiceId, NoticeId, PaymentId, PolicyId, StepId};
use crate::interest::{InterestError, InterestKind};
use crate::step::StepKind;

/// An invoice or credit note of the ledger, with what was booked on it and how far its follow-up is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invoice {
    /// The source system's own id.
    pub id: InvoiceId,
    /// As printed on the document.
    pub number: String,
    /// Whether it asks for money or gives it back.
    pub kind: InvoiceKind,
    /// The day printed on the document.
    pub issue_date: Date,
    /// The last day to pay.
    pub due_date: Date,
    /// VAT included, in euros.
    pub total: Money,
    /// The open amount that the ledger told last: it wins over our own sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerOpen>,
    /// One of a series of terms (energy, rent, premium): for consumers these carry no automatic collection costs
    /// (anti-stacking rule of 2024-10-01, LAW.md section 1).
    pub recurring_term: bool,
    /// What the debtor is asked to put in the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_reference: Option<PaymentReference>,
    /// The ledger's own name of its terms; it may choose the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_condition: Option<String>,
    /// Number or id of the invoice that this credit note or corrective invoice corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
    /// What was supplied, for who wants to look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<InvoiceLine>,
    /// Seller and buyer as the document names them; only documents (UBL) carry them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parties: Option<Parties>,
    /// The creditor's own words; steps may be meant for some of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// When the source system last changed this record.
    pub modified_at: Timestamp,
    /// When the source system deleted it. It asks for nothing any more, and what was paid on it is the debtor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// Whether the invoice itself is sent, by a rule on import.
    #[serde(default, skip_serializing_if = "Sending::is_by_policy")]
    pub sending: Sending,
    /// What was booked on it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bookings: Vec<Booking>,
    /// The day on which nothing was open any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<Date>,
    /// The steps that were taken or skipped, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<TakenStep>,
    /// The policy that this invoice follows, whatever its debtor and payment condition say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<PolicyId>,
    /// The day that somebody set for the next step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<PlannedStep>,
    /// The day from which follow-up began anew: the first step waits from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarted_on: Option<Date>,
    /// The formal notice (14-day letter) about it, and when it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formal_notice: Option<SentFormalNotice>,
    /// Collection costs that were charged on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Charge>,
    /// Since when costs and interest are claimed, and which interest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<Claimed>,
}

/// Whether an invoice is sent to the debtor, where its policy has a step for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sending {
    /// While it asks for payment.
    #[default]
    ByPolicy,
    /// Although nothing is to be paid on it: it is a credit note, of zero, or was paid before it came.
    EvenWithNothingOpen,
    /// Not at all: follow-up begins with what comes after sending.
    Never,
}

impl Sending {
    fn is_by_policy(&self) -> bool {
        *self == Sending::ByPolicy
    }
}

/// The day that somebody set for the next step of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedStep {
    /// Holds only while this is the next step.
    pub step: StepId,
    /// The day that was set, whatever the policy waits for.
    pub on: Date,
    /// Sent without waiting for the least interval between two messages.
    #[serde(default)]
    pub at_once: bool,
}

/// A formal notice that left, as the costs that follow it need it (article 6:96(6) BW).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentFormalNotice {
    /// The notice that it left with.
    pub notice: NoticeId,
    /// The day on which it arrived, by the delivery evidence: the term begins the day after. `None` until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_on: Option<Date>,
    /// The costs that it named, for all invoices that it was about, in euros.
    pub announced: Money,
}

/// Costs and interest are claimed on an invoice from this day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claimed {
    /// From this day on payments go to costs and interest first.
    pub on: Date,
    /// The rate that it bears; `None` where only costs are claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest: Option<InterestKind>,
}

impl Invoice {
    /// Principal that is still to be paid, in euros; never negative. What was paid too much is [`Invoice::overpaid`].
    pub fn open(&self) -> Money {
        match self.settled() {
            Some(specification) => specification.principal,
            None => self.remainder().max(Money::ZERO),
        }
    }

    /// What was paid on top of what was asked, in euros.
    pub fn overpaid(&self) -> Money {
        match self.settled() {
            Some(specification) => specification.over,
            None => (-self.remainder()).max(Money::ZERO),
        }
    }

    /// Everything that is owed on it on this day: principal, and the costs and interest that are claimed, in euros.
    pub fn owed(&self, on: Date) -> Money {
        self.owed_parts(on).total()
    }

    /// The same in its parts. Interest counts up to the last day for which a rate is known.
    pub fn owed_parts(&self, on: Date) -> Owed {
        match &self.claimed {
            Some(_) if self.deleted_at.is_none() => self.specified_as_far_as_known(on).owed(),
            _ => Owed { principal: self.open(), ..Owed::default() },
        }
    }

    /// Nothing is asked on it, and it is sent all the same: it was not yet.
    pub fn waits_to_be_sent(&self) -> bool {
        self.sending == Sending::EvenWithNothingOpen
            && (self.kind == InvoiceKind::CreditNote || !self.is_open())
            && self.deleted_at.is_none()
            && !self.steps.iter().any(|s| s.kind == StepKind::InvoiceSending)
    }

    /// Principal, costs or interest are open.
    pub fn is_open(&self) -> bool {
        match self.settled() {
            Some(specification) => specification.owed().total().is_positive(),
            None => self.remainder().is_positive(),
        }
    }

    /// What is claimed on this day, from what was booked up to and including it.
    ///
    /// # Errors
    /// Interest runs on a day for which the table holds no rate.
    pub fn specification(&self, on: Date) -> Result<Specification, InterestError> {
        specify(&self.claim_facts(&self.claim_bookings()), on)
    }

    /// Where costs or interest are claimed: how it stands after everything that was booked, whatever day that bears. From
    /// then on interest alone moves, and only while principal is open.
    fn settled(&self) -> Option<Specification> {
        let claimed = self.claimed.filter(|_| self.deleted_at.is_none())?;
        let days = self.bookings.iter().map(|b| b.on).chain(self.charges.iter().map(|c| c.on));
        Some(self.specified_as_far_as_known(days.fold(claimed.on, Date::max)))
    }

    fn specified_as_far_as_known(&self, on: Date) -> Specification {
        let bookings = self.claim_bookings();
        let known = specify_as_far_as_known(&self.claim_facts(&bookings), on);
        // Without interest nothing is looked up: there is always an answer.
        let facts = ClaimFacts { interest: None, ..self.claim_facts(&bookings) };
        known.or_else(|_| specify(&facts, on)).unwrap_or_else(|_| unreachable!("no rate was asked for"))
    }

    fn claim_facts<'a>(&'a self, bookings: &'a [ClaimBooking]) -> ClaimFacts<'a> {
        ClaimFacts {
            principal: self.total,
            due_date: self.due_date,
            interest: self.claimed.and_then(|c| c.interest),
            claimed_on: self.claimed.map(|c| c.on),
            charges: &self.charges,
            bookings,
        }
    }

    /// The bookings as a claim sees them. Those that the ledger's open amount contains went to the principal, as the ledger
    /// says; where its figure differs from their sum, the difference is one more. A write-off is taken from what would be
    /// paid first, so that writing everything off leaves nothing.
    fn claim_bookings(&self) -> Vec<ClaimBooking> {
        let as_paid = |b: &Booking| ClaimBooking {
            on: b.on,
            amount: b.amount,
            kind: match b.kind {
                BookingKind::Payment | BookingKind::WriteOff => ClaimBookingKind::Payment,
                BookingKind::Settlement | BookingKind::Credit => ClaimBookingKind::Reduction,
                BookingKind::Reversal => ClaimBookingKind::Reversal,
            },
        };
        let Some(ledger) = &self.ledger else {
            return self.bookings.iter().map(as_paid).collect();
        };
        let reduces = |on, amount| ClaimBooking { on, amount, kind: ClaimBookingKind::Reduction };
        let (known, later): (Vec<&Booking>, Vec<&Booking>) =
            self.bookings.iter().partition(|b| !ledger.comes_before(b));
        let mut bookings: Vec<ClaimBooking> = known
            .iter()
            .map(|b| reduces(b.on, if b.kind == BookingKind::Reversal { -b.amount } else { b.amount }))
            .collect();
        let by_sum = self.total - bookings.iter().map(|b| b.amount).sum();
        if by_sum != ledger.open {
            bookings.push(reduces(today(ledger.modified_at), by_sum - ledger.open));
        }
        bookings.extend(later.into_iter().map(as_paid));
        bookings
    }

    fn remainder(&self) -> Money {
        if self.deleted_at.is_some() {
            return -self.paid();
        }
        let start = self.ledger.as_ref().map_or(self.total, |ledger| ledger.open);
        let counts = |b: &&Booking| self.ledger.as_ref().is_none_or(|l| l.comes_before(b));
        self.bookings.iter().filter(counts).fold(start, |open, booking| match booking.kind {
            BookingKind::Reversal => open + booking.amount,
            BookingKind::Payment | BookingKind::Settlement | BookingKind::WriteOff | BookingKind::Credit => {
                open - booking.amount
            }
        })
    }

    /// What came in on it, less what went back, in euros; never negative. Credit notes and what was given up are no money.
    fn paid(&self) -> Money {
        let paid: Money = self
            .bookings
            .iter()
            .map(|b| match b.kind {
                BookingKind::Payment | BookingKind::Settlement => b.amount,
                BookingKind::Reversal => -b.amount,
                BookingKind::WriteOff | BookingKind::Credit => Money::ZERO,
            })
            .sum();
        paid.max(Money::ZERO)
    }

    /// The step that was taken or skipped last.
    pub fn last_step(&self) -> Option<&TakenStep> {
        self.steps.last()
    }

    /// Whether a step of this kind was taken, skipped ones not counted.
    pub fn took(&self, kind: StepKind) -> bool {
        self.steps.iter().any(|s| s.kind == kind && !s.skipped)
    }

    /// How an invoice without an open amount came to an end: by its last booking.
    pub fn closed_as(&self) -> ClosedAs {
        match self.bookings.iter().rev().find(|b| b.kind != BookingKind::Reversal).map(|b| b.kind) {
            Some(BookingKind::Credit) => ClosedAs::Credited,
            Some(BookingKind::WriteOff) => ClosedAs::WrittenOff,
            _ => ClosedAs::Paid,
        }
    }
}

/// The open amount that the source system gave with a version of the invoice. It wins over our own sum of what was
/// booked before that version: by the source system's time, and where that is the same, by when it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerOpen {
    /// What the ledger has open, in euros.
    pub open: Money,
    /// When the ledger last changed its record.
    pub modified_at: Timestamp,
    /// Place of that version among everything that was recorded on the dossier.
    #[serde(default)]
    pub recorded: u32,
    /// The ledger learns of payments that were booked here by being told, and we know which it was told: whatever its
    /// record's time, its figure contains those and no others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_write_back: bool,
}

impl LedgerOpen {
    /// Its figure does not contain this booking yet.
    fn comes_before(&self, booking: &Booking) -> bool {
        if self.by_write_back && booking.is_money() {
            return !booking.in_ledger;
        }
        (booking.modified_at, booking.recorded) > (self.modified_at, self.recorded)
    }
}

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InvoiceKind {
    /// It asks for payment.
    Invoice,
    /// It makes an invoice smaller, or stays to the debtor's credit.
    CreditNote,
}

/// How an invoice came to have nothing open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClosedAs {
    /// Payments closed it.
    Paid,
    /// A credit note closed it.
    Credited,
    /// The creditor gave it up.
    WrittenOff,
}

/// A reference that the debtor is asked to put in the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentReference {
    /// Which rule its check digits follow.
    pub scheme: ReferenceScheme,
    /// Without spaces.
    pub value: String,
    /// It came without one, and this one was made here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub made_here: bool,
}

/// The rules of payment references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReferenceScheme {
    /// Dutch betalingskenmerk.
    Nl16,
    /// ISO 11649 creditor reference.
    Rf,
    /// Free text.
    Text,
}

/// One line of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceLine {
    /// As printed on the document.
    pub description: String,
    /// In euros, as the document has it.
    pub amount: Money,
}

/// Seller and buyer as a document names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parties {
    /// Who invoices.
    pub seller: Party,
    /// Who is invoiced.
    pub buyer: Party,
}

/// A party as a UBL document names it (EN 16931, BG-4 and BG-7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Registered name (BT-27, BT-44).
    pub name: String,
    /// The name that it trades under (BT-28, BT-45).
    pub trading_name: Option<String>,
    /// Legal registration, such as a trade register number (BT-30, BT-47).
    pub legal_id: Option<String>,
    /// VAT identifier (BT-31, BT-48).
    pub vat_id: Option<String>,
    /// (BT-37, BT-52).
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2 (BT-40, BT-55).
    pub country: Option<String>,
}

/// One amount booked on one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// The payment, or for [`BookingKind::Credit`] nothing: then `credit_note` says where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
    /// The credit note that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<InvoiceId>,
    /// Of a credit note's own booking: the invoice that it went to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub went_to: Option<InvoiceId>,
    /// What it does.
    pub kind: BookingKind,
    /// In euros, never below zero.
    pub amount: Money,
    /// The day from which it counts: that of receipt, or of the credit note.
    pub on: Date,
    /// When the source system last changed the payment or the credit note.
    pub modified_at: Timestamp,
    /// The entry of the timeline that tells of it: it orders what has one time stamp.
    #[serde(default)]
    pub recorded: u32,
    /// The payment of which a reversal takes this much back, where it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_back: Option<PaymentId>,
    /// The ledger that the invoice comes from has it as well: it told of it, or was told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_ledger: bool,
}

impl Booking {
    /// Money that came in or went back, as a ledger is told of it; not what was only set off or given up.
    pub fn is_money(&self) -> bool {
        self.payment.is_some() && matches!(self.kind, BookingKind::Payment | BookingKind::Reversal)
    }
}

/// What a booking does to what is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BookingKind {
    /// Money came in.
    Payment,
    /// A payment that was taken back (storno): the amount is open again.
    Reversal,
    /// Set off against something else in the ledger.
    Settlement,
    /// The creditor gives it up.
    WriteOff,
    /// A credit note makes it smaller.
    Credit,
}

/// A step that was taken on an invoice: the notice about it left, or somebody skipped it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TakenStep {
    /// The policy's name of the step.
    pub step: StepId,
    /// What kind of step it was.
    pub kind: StepKind,
    /// The notice that left. A step without one was skipped, or is a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeId>,
    /// The day of the claim of its notice, or of the decision.
    pub on: Date,
    /// It was left out; waits count from it all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn invoice(ledger_open: Option<i64>, bookings: &[(BookingKind, i64, &str, u32)]) -> Invoice {
        Invoice {
            id: InvoiceId::parse("i1").unwrap(),
            number: "1".into(),
            kind: InvoiceKind::Invoice,
            issue_date: date(2026, 9, 1),
            due_date: date(2026, 9, 15),
            total: Money::from_cents(121_00),
            ledger: ledger_open.map(|cents| LedgerOpen {
                open: Money::from_cents(cents),
                modified_at: "2026-09-10T00:00:00Z".parse().unwrap(),
                recorded: 5,
                by_write_back: false,
            }),
            recurring_term: true,
            payment_reference: None,
            payment_condition: None,
            corrects: None,
            lines: vec![],
            parties: None,
            labels: vec![],
            modified_at: "2026-09-10T00:00:00Z".parse().unwrap(),
            deleted_at: None,
            sending: Sending::ByPolicy,
            bookings: bookings
                .iter()
                .map(|(kind, cents, modified, recorded)| Booking {
                    payment: None,
                    credit_note: None,
                    went_to: None,
                    kind: *kind,
                    amount: Money::from_cents(*cents),
                    on: date(2026, 9, 10),
                    modified_at: modified.parse().unwrap(),
                    recorded: *recorded,
                    takes_back: None,
                    in_ledger: false,
                })
                .collect(),
            closed_on: None,
            steps: vec![],
            policy_id: None,
            planned: None,
            restarted_on: None,
            formal_notice: None,
            charges: vec![],
            claimed: None,
        }
    }

    #[test]
    fn the_ledgers_open_amount_wins_over_what_it_already_knew() {
        use BookingKind::{Payment, Reversal, WriteOff};
        let before = "2026-09-09T00:00:00Z";
        let same = "2026-09-10T00:00:00Z";
        let after = "2026-09-11T00:00:00Z";
        // (ledger's open, bookings, open, overpaid)
        type Row<'a> = (Option<i64>, &'a [(BookingKind, i64, &'a str, u32)], i64, i64);
        let table: [Row<'_>; 9] = [
            (None, &[], 121_00, 0),
            (None, &[(Payment, 21_00, before, 1)], 100_00, 0),
            (Some(100_00), &[(Payment, 21_00, before, 1)], 100_00, 0),
            (Some(100_00), &[(Payment, 21_00, same, 4)], 100_00, 0), // came in before the ledger's version
            (Some(121_00), &[(Payment, 21_00, same, 6)], 100_00, 0), // came in after it
            (Some(100_00), &[(Payment, 21_00, after, 6)], 79_00, 0),
            (None, &[(Payment, 121_00, after, 6), (Reversal, 121_00, after, 7)], 121_00, 0),
            (None, &[(Payment, 130_00, after, 6)], 0, 9_00),
            (None, &[(WriteOff, 121_00, after, 6)], 0, 0),
        ];
        for (ledger, bookings, open, overpaid) in table {
            let invoice = invoice(ledger, bookings);
            assert_eq!(invoice.open(), Money::from_cents(open), "{bookings:?}");
            assert_eq!(invoice.overpaid(), Money::from_cents(overpaid), "{bookings:?}");
        }
    }

    #[test]
    fn a_ledger_that_is_told_of_payments_contains_those_that_it_was_told() {
        use BookingKind::{Payment, Reversal, WriteOff};
        let (before, after) = ("2026-09-09T00:00:00Z", "2026-09-11T00:00:00Z");
        // (kind, when, in the ledger, open)
        let table = [
            (Payment, before, false, 100_00),
            (Payment, after, false, 100_00),
            (Payment, before, true, 121_00),
            (Payment, after, true, 121_00),
            (Reversal, before, false, 142_00),
            (Reversal, after, true, 121_00),
            // Nobody tells it of these: the times decide.
            (WriteOff, before, false, 121_00),
            (WriteOff, after, false, 100_00),
        ];
        for (kind, at, in_ledger, open) in table {
            let mut invoice = invoice(Some(121_00), &[(kind, 21_00, at, 4)]);
            invoice.ledger.as_mut().unwrap().by_write_back = true;
            invoice.bookings[0].payment = Some(PaymentId::parse("p1").unwrap());
            invoice.bookings[0].in_ledger = in_ledger;
            assert_eq!(invoice.open(), Money::from_cents(open), "{kind:?} {at} {in_ledger}");
        }
    }
}
