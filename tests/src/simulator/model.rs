//! What the simulator itself knows of a debtor: what the actors did, what left, and what was told.

use std::collections::BTreeMap;

use domain::notice::Channel;
use domain::step::{SignalKind, StepKind};
use jiff::civil::Date;

use super::book::{Bill, Book, Money};
use super::calendar::{Instant, day, instant, plus};
use super::promises::Promise;
use super::scene::{Cents, Person};

/// A version of a debtor, as the accounting tool sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub name: String,
    pub emails: Vec<String>,
    pub business: bool,
    pub kvk: bool,
    pub birth_date: bool,
    pub postcode: &'static str,
    pub modified: Instant,
}

impl Card {
    pub fn is_business(&self) -> bool {
        self.business || self.kvk
    }

    /// The address under the name, as an envelope has it, in one line.
    pub fn postal(&self) -> String {
        let (digits, letters) = self.postcode.split_at(4);
        format!("Oudegracht 1, {digits} {letters}  STAD")
    }
}

/// What a request asks for.
#[derive(Debug, Clone)]
pub enum Intent {
    Card(Card),
    Bill(Bill),
    Pay(Money),
    /// A hold, by its place among the holds.
    Hold(usize),
    Lift(usize),
    Consent {
        enabled: bool,
    },
    Release {
        signal: String,
    },
    Withdraw {
        signal: String,
    },
    /// The debtor disputes an invoice.
    Dispute,
    /// The desk decides a dispute.
    Decide {
        dispute: String,
    },
    /// The debtor promises to pay.
    PromiseToPay,
    /// The desk called.
    Called,
    /// The print shop told what became of a letter.
    LetterTold,
}

#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub body: String,
    pub key: Option<String>,
    /// The debtor that it is about; none where it is about everyone.
    pub debtor: Option<usize>,
    pub intent: Intent,
    pub asked: Option<Instant>,
    /// When what it asks for was stored.
    pub applied: Option<Instant>,
    /// When it was answered for good.
    pub answered: Option<Instant>,
}

/// What a hold is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Debtor,
    Bill(String),
    /// The invoices of a promise.
    Bills(Vec<String>),
    Case(String),
    Everyone,
}

/// Why there is a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    Asked,
    Help {
        signal: String,
    },
    Deceased,
    /// A dispute, a promise to pay, with its id.
    Cause {
        id: String,
    },
}

#[derive(Debug, Clone)]
pub struct Hold {
    /// None for a hold on everyone.
    pub debtor: Option<usize>,
    pub scope: Scope,
    pub everything: bool,
    pub reason: Reason,
    pub until: Option<Date>,
    pub id: Option<String>,
    /// When it was stored.
    pub placed: Option<Instant>,
    /// When whoever placed it was told so.
    pub acknowledged: Option<Instant>,
    /// From when on it covers, by its own answer.
    pub effective: Instant,
    /// When somebody first asked to lift it.
    pub lift_asked: Option<Instant>,
    pub lifted: Option<Instant>,
    /// What was open on its invoices when it was placed.
    pub open_then: Cents,
}

impl Hold {
    pub fn asked(debtor: Option<usize>, scope: Scope, everything: bool, until: Option<Date>) -> Hold {
        Hold {
            debtor,
            scope,
            everything,
            reason: Reason::Asked,
            until,
            id: None,
            placed: None,
            acknowledged: None,
            effective: 0,
            lift_asked: None,
            lifted: None,
            open_then: 0,
        }
    }

    fn end_by_itself(&self) -> Option<Instant> {
        self.until.map(|until| instant(plus(until, 1), 0, 0))
    }

    /// Everybody was told that it stands, and nobody asked to lift it.
    pub fn surely_stands(&self, at: Instant) -> bool {
        self.acknowledged.is_some_and(|acknowledged| acknowledged.max(self.effective) <= at)
            && self.lift_asked.is_none_or(|lift| at < lift)
            && self.end_by_itself().is_none_or(|end| at < end)
    }

    /// It is stored and has not ended.
    pub fn may_stand(&self, at: Instant) -> bool {
        self.placed.is_some_and(|placed| placed <= at) && self.ended().is_none_or(|end| at < end)
    }

    pub fn ended(&self) -> Option<Instant> {
        match (self.lifted, self.end_by_itself()) {
            (Some(lifted), Some(end)) => Some(lifted.min(end)),
            (lifted, end) => lifted.or(end),
        }
    }

    pub fn is_about(&self, debtor: usize) -> bool {
        self.debtor.is_none_or(|held| held == debtor)
    }

    pub fn covers_bill(&self, debtor: usize, bill: &str) -> bool {
        self.is_about(debtor)
            && match &self.scope {
                Scope::Bill(held) => held == bill,
                Scope::Bills(held) => held.iter().any(|held| held == bill),
                Scope::Debtor | Scope::Case(_) | Scope::Everyone => true,
            }
    }

    pub fn covers_signals(&self, debtor: usize) -> bool {
        self.everything && self.is_about(debtor) && !matches!(self.scope, Scope::Bill(_) | Scope::Bills(_))
    }

    /// The invoices that it is on and no other.
    pub fn bills(&self) -> &[String] {
        match &self.scope {
            Scope::Bill(bill) => std::slice::from_ref(bill),
            Scope::Bills(bills) => bills,
            Scope::Debtor | Scope::Case(_) | Scope::Everyone => &[],
        }
    }

    /// Whether it stood on this day: the day on which it was placed counts, the day on which it ended does not.
    pub fn stood_on(&self, on: Date) -> bool {
        self.placed.is_some_and(|placed| day(placed) <= on) && self.ended().is_none_or(|end| on < day(end))
    }
}

/// A line of a notice: which step of which invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub bill: String,
    pub step: String,
    pub kind: StepKind,
}

/// A mail that the mail service took in.
#[derive(Debug, Clone)]
pub struct Left {
    pub at: Instant,
    pub to: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Notice {
    pub lines: Vec<Line>,
    pub mails: Vec<Left>,
    /// When the timeline told that it left.
    pub told: Option<Instant>,
    /// When the timeline told that it is over in another way.
    pub over: Option<Instant>,
    /// The day on which it arrived, as far as anybody was told.
    pub delivered: Option<Date>,
    /// The collection costs that it announced.
    pub announced: Cents,
    /// The way that it goes.
    pub channel: Option<Channel>,
    /// Of a call: the first day on which it is to be made, and how often nobody was reached.
    pub call_on: Option<Date>,
    pub unreached: u8,
}

/// A mail about one step of one invoice.
#[derive(Debug, Clone)]
pub struct Taken {
    pub step: String,
    pub kind: StepKind,
    pub at: Instant,
    pub notice: String,
}

/// How a debtor stood when something was decided.
#[derive(Debug, Clone)]
pub struct Standing {
    pub at: Instant,
    pub balance: Cents,
    pub arrears: Cents,
    pub open: BTreeMap<String, Cents>,
    /// The same with the costs and interest that are claimed.
    pub owed: BTreeMap<String, Cents>,
    /// What is open without costs and interest, less everything to the debtor's credit.
    pub open_less_credit: Cents,
    pub oldest_due: Option<Date>,
}

#[derive(Debug, Clone)]
pub struct Signal {
    pub kind: SignalKind,
    pub automatic: bool,
    pub released: bool,
    /// How the debtor stood when it was claimed for the first time.
    pub claimed: Option<Standing>,
    /// When a platform took it in, for how much, and under which reference.
    pub received: Option<Instant>,
    pub amount: Cents,
    pub reference: Option<String>,
    pub withdrawn: bool,
    /// When the timeline told that it was sent: from then on feedback finds it.
    pub told: Option<Instant>,
    /// Reports that took effect: id, when they happened, code.
    pub feedback: Vec<(String, Instant, String)>,
    pub entries_of_feedback: usize,
}

/// One report of a municipality, which may be sent more than once.
#[derive(Debug, Clone)]
pub struct Callback {
    pub debtor: Option<usize>,
    pub signal: Option<String>,
    pub provider: domain::provider::Provider,
    pub reference: String,
    pub event: String,
    pub webhook: String,
    pub code: &'static str,
    pub happened: Instant,
    pub called: bool,
    pub answered: bool,
}

/// One debtor, as the simulator knows them.
#[derive(Debug, Clone)]
pub struct Debtor {
    pub person: Person,
    /// The version that holds, and since when.
    pub card: Option<Card>,
    pub card_since: Instant,
    /// The last version that was sent.
    pub sent_card: Option<Card>,
    pub book: Book,
    /// What the ledger has open, for tools that tell.
    pub ledger: BTreeMap<String, Cents>,
    pub bills: usize,
    pub payments: usize,
    /// The last time stamp of a record.
    pub stamp: Instant,
    /// Objects to early signalling; and since when everybody was told.
    pub objects: bool,
    pub objected: Option<Instant>,
    pub consent_pending: bool,
    pub case: Option<String>,
    pub entries: u32,
    pub notices: BTreeMap<String, Notice>,
    pub taken: BTreeMap<String, Vec<Taken>>,
    pub signals: BTreeMap<String, Signal>,
    /// The last mail that left: when, and of which notice.
    pub last_mail: Option<(Instant, String)>,
    /// Signals that a step asked for and nobody has looked at since.
    pub asked: BTreeMap<SignalKind, Instant>,
    /// Addresses and numbers of which a permanent failure was recorded.
    pub failed: Vec<String>,
    /// Does not want to be called.
    pub no_calls: bool,
    pub promise: Option<Promise>,
    /// Something was stored since the page was read.
    pub touched: bool,
    pub under_way_since: Option<Instant>,
}

impl Debtor {
    pub fn new(person: Person) -> Debtor {
        Debtor {
            person,
            card: None,
            card_since: 0,
            sent_card: None,
            book: Book::default(),
            ledger: BTreeMap::new(),
            bills: 0,
            payments: 0,
            stamp: 0,
            objects: false,
            objected: None,
            consent_pending: false,
            case: None,
            entries: 0,
            notices: BTreeMap::new(),
            taken: BTreeMap::new(),
            signals: BTreeMap::new(),
            last_mail: None,
            asked: BTreeMap::new(),
            failed: Vec::new(),
            no_calls: false,
            promise: None,
            touched: false,
            under_way_since: None,
        }
    }

    /// The time stamp of the next record: later than all before.
    pub fn stamp(&mut self, now: Instant) -> Instant {
        self.stamp = now.max(self.stamp + 1_000);
        self.stamp
    }

    /// `held` are the invoices that are held by themselves: a signal leaves them out.
    pub fn standing(&self, at: Instant, held: &[String]) -> Standing {
        let counted = || self.book.open_bills().filter(|(bill, _)| !held.contains(&bill.id));
        let open: BTreeMap<String, Cents> = counted().map(|(bill, open)| (bill.id.clone(), open)).collect();
        Standing {
            at,
            balance: self.book.balance(day(at)),
            arrears: self.book.arrears(day(at), held),
            owed: open.keys().map(|id| (id.clone(), self.book.owed(id, day(at)))).collect(),
            open,
            open_less_credit: self.book.open_less_credit(),
            oldest_due: counted().map(|(bill, _)| bill.due).min(),
        }
    }

    /// A message could go this way, as far as addresses go.
    pub fn reaches(&self, channel: Channel) -> bool {
        let mobile = || self.person.mobile.is_some_and(|number| !self.failed.iter().any(|f| f == number));
        match channel {
            Channel::Email => self.has_address(),
            Channel::Sms => mobile(),
            Channel::Phone => mobile() && !self.no_calls,
            Channel::Letter => self.card.as_ref().is_some_and(|card| !self.failed.contains(&card.postal())),
        }
    }

    pub fn has_address(&self) -> bool {
        self.card.as_ref().is_some_and(|card| card.emails.iter().any(|email| !self.failed.contains(email)))
    }
}
