//! Everything that decisions about one debtor need, as one aggregate; and the draft in which a decision changes it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::access::Access;
use crate::calendar::today;
use crate::case_dossier::CaseDossier;
use crate::contact::OwnWord;
use crate::debtor::Debtor;
use crate::direct_debit::Debit;
use crate::dispute::Dispute;
use crate::follow_up::NO_ADDRESS;
use crate::hold::{Covers, Hold};
use crate::ids::{CaseId, DebitId, InvoiceId, NoticeId, PaymentId, PaymentRequestId, SignalId, TaskId};
use crate::invoice::{Invoice, InvoiceKind};
use crate::mandate::Mandate;
use crate::message::Message;
use crate::notice::{Channel, Notice};
use crate::overview::OVERVIEW;
use crate::payment_request::PaymentRequest;
use crate::phone::{mobile_number, telephone_number};
use crate::plan::PaymentPlan;
use crate::promise::Promise;
use crate::signal::Signal;
use crate::step::{SignalKind, StepKind};
use crate::timeline::{Entry, Event};
use crate::write_back::Untold;

/// Open invoices and open credit notes that one debtor may have at once.
pub const MOST_OPEN_INVOICES: usize = 1_000;

/// The way in which keys are made by which bank lines find debtors and invoices. A dossier that was stored under another
/// one gets its keys anew when it is stored next. Count up when [`crate::matching`] makes other keys.
pub const FOUND_BY: u8 = 2;

/// Closed invoices that one change archives at most: a transaction of the store takes 100 items.
const MOST_ARCHIVED: usize = 40;

/// One debtor with what is open and under way. Closed invoices are archived: they are no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dossier {
    /// Who owes.
    pub debtor: Debtor,
    /// Whether the debtor objected to early signalling.
    #[serde(default)]
    pub early_signalling: EarlySignalling,
    /// Open invoices, credit notes with something left on them, and what is sent although nothing is asked on it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub invoices: BTreeMap<InvoiceId, Invoice>,
    /// Those that stand, and those that ended within the last two years: they froze waiting time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
    /// Notices that are under way or about invoices that are still open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Every signal about the debtor, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// Plans that run or wait for a decision, and those that ended while one of their invoices is still open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PaymentPlan>,
    /// Every dispute that still matters, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disputes: Vec<Dispute>,
    /// Every promise to pay that still matters, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    /// Mandates for direct debit, ended ones included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mandates: Vec<Mandate>,
    /// Every collection by direct debit that still matters, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub debits: Vec<Debit>,
    /// Payment requests that are open, or whose payment may still be taken back; and the last that are over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payment_requests: Vec<PaymentRequest>,
    /// Kinds of signal that a step asked for and whose conditions nobody has looked at since.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub signals_asked: BTreeSet<SignalKind>,
    /// The case that runs: from the first step until nothing is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Dossiers for a bailiff that were asked for, oldest first: the last of them, and those of a hand-over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub case_dossiers: Vec<CaseDossier>,
    /// What waits for a person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// Addresses and numbers that turned out not to work, written as [`Notice::address`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_addresses: Vec<String>,
    /// Since when the debtor does not want to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_calls_since: Option<Timestamp>,
    /// How the debtor gets to their own page.
    #[serde(default, skip_serializing_if = "Access::is_unused")]
    pub access: Access,
    /// What the debtor said about how to reach them, and the ledger did not take over yet.
    #[serde(default, skip_serializing_if = "OwnWord::is_unused")]
    pub own_word: OwnWord,
    /// The day on which the last notice left: the least interval counts from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_notice_on: Option<Date>,
    /// The day on which a notice failed without leaving: another is tried on a later day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure_on: Option<Date>,
    /// What was paid beyond what was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_account: Vec<OnAccount>,
    /// Payments that were taken off invoices of a package, which may have been told of them: it is told to take them back.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub untold: BTreeSet<Untold>,
    /// How many of each there ever were: the next one's number comes from it.
    #[serde(default)]
    pub counts: Counts,
    /// Which keys the debtor and the invoices are found by: see [`FOUND_BY`].
    #[serde(default)]
    pub found_by: u8,
    /// Which rows and counters of the overview its signals have: see [`OVERVIEW`].
    #[serde(default)]
    pub overview: u8,
    /// Its tasks are listed beside those of others: one that was stored before they were is listed when it is stored next.
    #[serde(default)]
    pub tasks_listed: bool,
    /// When something that the API shows last changed.
    pub updated_at: Timestamp,
    /// When the source system deleted the debtor: nothing comes in for them until a newer version does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

/// How many of each were ever made: the next one's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Entries of the timeline.
    pub entries: u32,
    /// Notices that were prepared.
    pub notices: u32,
    /// Signals that were asked for.
    pub signals: u32,
    /// Holds on this debtor.
    pub holds: u32,
    /// Cases that were opened.
    pub cases: u32,
    /// Dossiers for a bailiff that were asked for.
    #[serde(default)]
    pub case_dossiers: u32,
    /// Tasks that were opened.
    pub tasks: u32,
    /// Notes that were made.
    #[serde(default)]
    pub notes: u32,
    /// Payment plans that were proposed.
    #[serde(default)]
    pub plans: u32,
    /// Disputes that were opened.
    #[serde(default)]
    pub disputes: u32,
    /// Promises that were made.
    #[serde(default)]
    pub promises: u32,
    /// Collections by direct debit that were announced.
    #[serde(default)]
    pub debits: u32,
    /// Payment requests that were made.
    #[serde(default)]
    pub payment_requests: u32,
    /// Codes to their page that were asked for.
    #[serde(default)]
    pub access_codes: u32,
    /// Messages that the debtor and the desk wrote.
    #[serde(default)]
    pub messages: u32,
}

/// Whether the debtor may be signalled as far as they themselves have a say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EarlySignalling {
    /// `false` once the debtor objected.
    pub enabled: bool,
    /// What was said when it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Default for EarlySignalling {
    fn default() -> EarlySignalling {
        EarlySignalling { enabled: true, reason: None }
    }
}

/// An amount to the debtor's credit, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnAccount {
    /// Where the money comes from.
    pub source: CreditSource,
    /// What is left of it, in euros.
    pub amount: Money,
}

/// Where something to the debtor's credit comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CreditSource {
    /// More was paid on it than was open.
    Invoice(InvoiceId),
    /// It was not meant for one invoice and nothing was left to book it on.
    Payment(PaymentId),
    /// So much of that credit was taken back: below zero.
    #[serde(rename_all = "camelCase")]
    TakenBack {
        /// The payment whose credit it is.
        payment: PaymentId,
        /// The reversal that took it.
        by: PaymentId,
    },
}

/// Something that a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// `{debtor}.t{number}`.
    pub id: TaskId,
    /// Since when it waits.
    pub opened_at: Timestamp,
    /// What has to be looked at, as a stable code such as `hold_review`.
    pub about: String,
    /// The id of the thing that it is about.
    pub subject: String,
}

impl Dossier {
    /// Of a debtor of whom nothing is known yet.
    pub fn new(debtor: Debtor, now: Timestamp) -> Dossier {
        Dossier {
            debtor,
            early_signalling: EarlySignalling::default(),
            invoices: BTreeMap::new(),
            holds: Vec::new(),
            notices: Vec::new(),
            signals: Vec::new(),
            plans: Vec::new(),
            disputes: Vec::new(),
            promises: Vec::new(),
            mandates: Vec::new(),
            debits: Vec::new(),
            payment_requests: Vec::new(),
            signals_asked: BTreeSet::new(),
            case: None,
            case_dossiers: Vec::new(),
            tasks: Vec::new(),
            failed_addresses: Vec::new(),
            no_calls_since: None,
            access: Access::default(),
            own_word: OwnWord::default(),
            last_notice_on: None,
            last_failure_on: None,
            on_account: Vec::new(),
            untold: BTreeSet::new(),
            counts: Counts::default(),
            found_by: FOUND_BY,
            overview: OVERVIEW,
            tasks_listed: true,
            updated_at: now,
            deleted_at: None,
        }
    }

    /// Invoices on which principal, costs or interest are open, credit notes left out.
    pub fn open_invoices(&self) -> impl Iterator<Item = &Invoice> {
        self.invoices.values().filter(|i| i.kind == InvoiceKind::Invoice && i.is_open())
    }

    /// Invoices that are open, and those that are sent although nothing is asked on them.
    pub fn followed_up(&self) -> impl Iterator<Item = &Invoice> {
        let asks = |i: &&Invoice| i.kind == InvoiceKind::Invoice && i.is_open();
        self.invoices.values().filter(move |i| asks(i) || i.waits_to_be_sent())
    }

    /// What the debtor owes after everything that they have to their credit, claimed costs and interest included, in
    /// euros; negative when the creditor owes them.
    pub fn balance(&self, on: Date) -> Money {
        self.open_invoices().map(|i| i.owed(on)).sum::<Money>() - self.credit()
    }

    /// The debtor's credit covers every open principal and all costs. Interest on money that the creditor holds already
    /// is asked from nobody, so that a day that passes changes nothing here.
    pub fn is_covered(&self, on: Date) -> bool {
        let credit = self.credit();
        let without_interest = |invoice: &Invoice| {
            let owed = invoice.owed_parts(on);
            owed.principal + owed.costs
        };
        let asked: Money = self.open_invoices().map(without_interest).sum();
        (credit.is_positive() && credit >= asked) || !self.balance(on).is_positive()
    }

    /// The principal of the open invoices, in euros.
    pub fn outstanding(&self) -> Money {
        self.open_invoices().map(Invoice::open).sum()
    }

    /// Open credit notes, what was paid too much and what was paid on account, in euros.
    pub fn credit(&self) -> Money {
        let notes: Money =
            self.invoices.values().filter(|i| i.kind == InvoiceKind::CreditNote).map(Invoice::open).sum();
        notes + self.on_account.iter().map(|a| a.amount).sum()
    }

    /// The sum of the open invoices whose due date has passed, in euros.
    pub fn overdue(&self, on: Date) -> Money {
        self.open_invoices().filter(|i| i.due_date < on).map(Invoice::open).sum()
    }

    /// The notice with this id, as long as it is kept.
    pub fn notice(&self, id: &NoticeId) -> Option<&Notice> {
        self.notices.iter().find(|n| n.id == *id)
    }

    /// The same, to change it.
    pub fn notice_mut(&mut self, id: &NoticeId) -> Option<&mut Notice> {
        self.notices.iter_mut().find(|n| n.id == *id)
    }

    /// The signal with this id.
    pub fn signal(&self, id: &SignalId) -> Option<&Signal> {
        self.signals.iter().find(|s| s.id == *id)
    }

    /// The same, to change it.
    pub fn signal_mut(&mut self, id: &SignalId) -> Option<&mut Signal> {
        self.signals.iter_mut().find(|s| s.id == *id)
    }

    /// The notice that has this invoice on board and has not settled yet.
    pub fn notice_under_way(&self, invoice: &InvoiceId) -> Option<&Notice> {
        self.notices.iter().find(|n| !n.is_settled() && n.lines.iter().any(|l| l.invoice == *invoice))
    }

    /// Holds of the debtor and of the administration that cover a step of this kind about this invoice, standing or
    /// not.
    pub fn holds_on<'a>(
        &'a self,
        invoice: &'a InvoiceId,
        kind: StepKind,
        everyone: &'a [Hold],
    ) -> impl Iterator<Item = &'a Hold> + Clone {
        let case = self.case.as_ref();
        self.holds.iter().chain(everyone).filter(move |h| h.holds_step(kind, invoice, case))
    }

    /// The hold that keeps a step of this kind about this invoice from being taken now, if one stands.
    pub fn standing_hold<'a>(
        &'a self,
        invoice: &'a InvoiceId,
        kind: StepKind,
        everyone: &'a [Hold],
        now: Timestamp,
    ) -> Option<&'a Hold> {
        self.holds_on(invoice, kind, everyone).find(|h| h.stands_at(now))
    }

    /// The hold that keeps signals from leaving now, if one stands.
    pub fn standing_signal_hold<'a>(&'a self, everyone: &'a [Hold], now: Timestamp) -> Option<&'a Hold> {
        self.holds.iter().chain(everyone).find(|h| h.holds_signals() && h.stands_at(now))
    }

    /// A hold of the whole debtor that stands now.
    pub fn whole_debtor_hold<'a>(&'a self, everyone: &'a [Hold], now: Timestamp) -> Option<&'a Hold> {
        self.holds.iter().chain(everyone).find(|h| {
            h.is_whole_debtor()
                && matches!(h.covers, Covers::Reminders | Covers::Everything)
                && h.stands_at(now)
        })
    }

    /// An outside call about this debtor may still be about to leave.
    pub fn has_call_in_flight(&self, now: Timestamp) -> bool {
        self.notices.iter().any(|n| n.is_in_flight(now)) || self.signals.iter().any(|s| s.is_in_flight(now))
    }

    /// Sets what this source leaves to the debtor's credit.
    pub(crate) fn set_credit(&mut self, source: CreditSource, amount: Money) {
        self.on_account.retain(|a| a.source != source);
        if amount.is_positive() {
            self.on_account.push(OnAccount { source, amount });
        }
    }

    /// What a payment left to the debtor's credit and was not taken back since, in euros.
    pub(crate) fn credit_left_of(&self, payment: &PaymentId) -> Money {
        let of = |source: &CreditSource| match source {
            CreditSource::Payment(id) => id == payment,
            CreditSource::TakenBack { payment: id, .. } => id == payment,
            CreditSource::Invoice(_) => false,
        };
        self.on_account.iter().filter(|a| of(&a.source)).map(|a| a.amount).sum()
    }

    /// Takes so much of a payment's credit back for this reversal.
    pub(crate) fn take_credit_back(&mut self, payment: &PaymentId, by: &PaymentId, amount: Money) {
        if amount.is_positive() {
            let source = CreditSource::TakenBack { payment: payment.clone(), by: by.clone() };
            self.on_account.push(OnAccount { source, amount: -amount });
        }
    }

    /// Takes off what this payment left to the debtor's credit, or took back of it.
    pub(crate) fn forget_credit(&mut self, payment: &PaymentId) {
        self.on_account.retain(|a| match &a.source {
            CreditSource::Payment(id) => id != payment,
            CreditSource::TakenBack { by, .. } => by != payment,
            CreditSource::Invoice(_) => true,
        });
    }

    /// The payment request with this id, as long as it is kept here.
    pub fn payment_request(&self, id: &PaymentRequestId) -> Option<&PaymentRequest> {
        self.payment_requests.iter().find(|r| r.id == *id)
    }

    /// The same, to change it.
    pub(crate) fn payment_request_mut(&mut self, id: &PaymentRequestId) -> Option<&mut PaymentRequest> {
        self.payment_requests.iter_mut().find(|r| r.id == *id)
    }

    /// The e-mail address that notices go to: the first that has not failed.
    pub fn email(&self) -> Option<&str> {
        self.debtor.emails.iter().map(|e| e.as_str()).find(|e| !self.has_failed(e))
    }

    /// The number that text messages go to, in the form of E.164: unless it has failed.
    pub fn mobile(&self) -> Option<String> {
        let number = self.debtor.mobile.as_deref().and_then(mobile_number)?;
        (!self.has_failed(&number)).then_some(number)
    }

    /// The numbers by which the debtor can be called, the mobile one first, in the form of E.164 where they have one: those that
    /// have not failed, and none at all where the debtor asked not to be called.
    pub fn numbers(&self) -> Vec<String> {
        if self.no_calls_since.is_some() {
            return Vec::new();
        }
        let mut numbers: Vec<String> = self.known_numbers().filter(|n| !self.has_failed(n)).collect();
        numbers.dedup();
        numbers
    }

    fn known_numbers(&self) -> impl Iterator<Item = String> {
        let written = self.debtor.mobile.iter().chain(&self.debtor.phone);
        written.map(|text| telephone_number(text).unwrap_or_else(|| text.trim().to_owned()))
    }

    /// Where a notice that goes this way goes to. A call goes to whichever number the desk dials.
    pub fn address_of(&self, channel: Channel) -> Option<String> {
        match channel {
            Channel::Email => self.email().map(str::to_owned),
            Channel::Sms => self.mobile(),
            Channel::Letter => self.postal_address(),
            Channel::Phone => None,
        }
    }

    /// The address that letters go to, in one line: where a letter can arrive there and none came back from it.
    pub fn postal_address(&self) -> Option<String> {
        let line = postal_line(&self.debtor)?;
        (!self.has_failed(&line)).then_some(line)
    }

    /// This is still an address of the debtor's, written as [`Notice::address`].
    pub(crate) fn is_address(&self, address: &str) -> bool {
        let debtor = &self.debtor;
        debtor.emails.iter().any(|e| e.as_str() == address)
            || self.known_numbers().any(|number| number == address)
            || postal_line(debtor).is_some_and(|line| line == address)
    }

    /// The same, and it did not turn out not to work.
    pub(crate) fn is_good_address(&self, address: &str) -> bool {
        self.is_address(address) && !self.has_failed(address)
    }

    fn has_failed(&self, address: &str) -> bool {
        self.failed_addresses.iter().any(|failed| failed == address)
    }
}

fn postal_line(debtor: &Debtor) -> Option<String> {
    debtor.address.as_ref().filter(|a| a.takes_letters()).map(|a| a.lines().join(", "))
}

/// A dossier while one decision changes it: the new state and the entries that say what happened, to be stored
/// together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// As it is to be stored.
    pub dossier: Dossier,
    /// The instant of the decision: no rule reads a clock.
    pub now: Timestamp,
    by: String,
    entries: Vec<Entry>,
    archived: Vec<Invoice>,
    brought_back: Vec<InvoiceId>,
    messages: Vec<Message>,
    before: Option<Box<Dossier>>,
}

impl Draft {
    /// Begins to change a stored dossier.
    pub fn of(dossier: Dossier, now: Timestamp, by: &str) -> Draft {
        let before = Some(Box::new(dossier.clone()));
        Draft {
            dossier,
            now,
            by: by.to_owned(),
            entries: Vec::new(),
            archived: Vec::new(),
            brought_back: Vec::new(),
            messages: Vec::new(),
            before,
        }
    }

    /// Begins the dossier of a debtor that was not known.
    pub fn created(debtor: Debtor, now: Timestamp, by: &str) -> Draft {
        let mut draft = Draft {
            dossier: Dossier::new(debtor, now),
            now,
            by: by.to_owned(),
            entries: Vec::new(),
            archived: Vec::new(),
            brought_back: Vec::new(),
            messages: Vec::new(),
            before: None,
        };
        draft.record(Event::DebtorCreated);
        draft
    }

    /// The civil day of the decision in Amsterdam.
    pub fn today(&self) -> Date {
        today(self.now)
    }

    /// Who decides: it stands on every entry.
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Adds what happened to the timeline.
    pub fn record(&mut self, event: Event) {
        self.dossier.counts.entries += 1;
        let sequence = self.dossier.counts.entries;
        self.dossier.updated_at = self.now;
        self.entries.push(Entry { sequence, at: self.now, by: self.by.clone(), event });
    }

    /// What is to be added to the timeline, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Invoices that closed: to be kept apart from the dossier.
    pub fn archived(&self) -> &[Invoice] {
        &self.archived
    }

    /// Messages that were written or read: they are kept apart from the dossier.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Keeps a message as it is now, together with the dossier.
    pub(crate) fn keep_message(&mut self, message: Message) {
        self.messages.retain(|m| m.id != message.id);
        self.messages.push(message);
    }

    /// Nothing would change by storing it.
    pub fn is_unchanged(&self) -> bool {
        self.entries.is_empty()
            && self.archived.is_empty()
            && self.messages.is_empty()
            && self.before.as_deref().is_some_and(|before| *before == self.dossier)
    }

    /// Invoices that were archived and are part of the dossier again: their archived copies go.
    pub fn brought_back(&self) -> impl Iterator<Item = &InvoiceId> {
        self.brought_back.iter().filter(|id| self.dossier.invoices.contains_key(*id))
    }

    /// As it was stored; `None` for a debtor that was not known.
    pub fn before(&self) -> Option<&Dossier> {
        self.before.as_deref()
    }

    /// This invoice was archived before this change.
    pub fn was_archived(&self, invoice: &InvoiceId) -> bool {
        self.brought_back.contains(invoice)
    }

    /// Signals that differ from how they were stored.
    pub fn changed_signals(&self) -> impl Iterator<Item = &Signal> {
        self.dossier.signals.iter().filter(|s| {
            self.before.as_deref().and_then(|before| before.signal(&s.id)).is_none_or(|old| old != *s)
        })
    }

    /// Collections by direct debit that wait for a batch and did not before, or not on that day.
    pub fn announced_debits(&self) -> impl Iterator<Item = &Debit> {
        let known = |d: &&Debit| {
            let before = self.before.as_deref().and_then(|b| b.debits.iter().find(|old| old.id == d.id));
            before.is_some_and(|old| old.is_announced() && old.submit_on == d.submit_on)
        };
        self.dossier.debits.iter().filter(|d| d.is_announced()).filter(move |d| !known(d))
    }

    /// Those that waited for a batch and do not any more.
    pub fn debits_taken_up(&self) -> impl Iterator<Item = &Debit> {
        let waits = |id: &DebitId| self.dossier.debits.iter().any(|d| d.id == *id && d.is_announced());
        let before = self.before.as_deref().into_iter().flat_map(|before| &before.debits);
        before.filter(|d| d.is_announced()).filter(move |d| !waits(&d.id))
    }

    /// Payment requests that differ from how they were stored.
    pub fn changed_payment_requests(&self) -> impl Iterator<Item = &PaymentRequest> {
        self.dossier.payment_requests.iter().filter(|r| {
            self.before
                .as_deref()
                .and_then(|before| before.payment_request(&r.id))
                .is_none_or(|old| old != *r)
        })
    }

    /// Takes an invoice into the dossier, whether it was open, archived or unknown.
    pub(crate) fn bring_back(&mut self, invoice: Invoice) {
        if !self.dossier.invoices.contains_key(&invoice.id) {
            // Archived by this very draft: there is no copy to write any more.
            self.archived.retain(|i| i.id != invoice.id);
            // It may close and open again more than once: there is one copy that goes.
            if !self.brought_back.contains(&invoice.id) {
                self.brought_back.push(invoice.id.clone());
            }
        }
        self.dossier.invoices.insert(invoice.id.clone(), invoice);
    }

    /// Moves closed invoices out of the dossier, as many as one write can take along; the rest follows with the
    /// next change.
    pub(crate) fn archive_closed(&mut self) {
        let closed: Vec<InvoiceId> = self
            .dossier
            .invoices
            .values()
            .filter(|i| i.closed_on.is_some() && !i.waits_to_be_sent())
            .map(|i| i.id.clone())
            .take(MOST_ARCHIVED.saturating_sub(self.archived.len()))
            .collect();
        for id in closed {
            if let Some(invoice) = self.dossier.invoices.remove(&id) {
                self.archived.retain(|i| i.id != id);
                self.archived.push(invoice);
            }
        }
    }

    /// Names, in the entries of holds that were lifted by this draft, the day from which follow-up may go on and
    /// the version of the settings that say so.
    pub(crate) fn name_follow_up(&mut self, from: Date, version: u32) {
        for entry in &mut self.entries {
            if let Event::HoldLifted { follow_up_from, settings_version, .. } = &mut entry.event {
                *follow_up_from = Some(from);
                *settings_version = Some(version);
            }
        }
    }

    /// These fields changed: addresses that are the debtor's no more need not be known as failed, and who had none may have
    /// one now.
    pub(crate) fn forget_lost_addresses(&mut self, fields: &[String]) {
        let failed = std::mem::take(&mut self.dossier.failed_addresses);
        self.dossier.failed_addresses = failed.into_iter().filter(|f| self.dossier.is_address(f)).collect();
        if fields.iter().any(|f| matches!(f.as_str(), "emails" | "phone" | "mobile" | "address")) {
            self.dossier.tasks.retain(|t| t.about != NO_ADDRESS);
        }
    }

    /// Puts something before a person, once for the same thing.
    pub fn open_task(&mut self, about: &str, subject: &str) {
        if self.dossier.tasks.iter().any(|t| t.about == about && t.subject == subject) {
            return;
        }
        self.dossier.counts.tasks += 1;
        let id = self.dossier.debtor.id.task(self.dossier.counts.tasks);
        self.record(Event::TaskOpened { task: id.clone(), about: about.to_owned() });
        let task = Task { id, opened_at: self.now, about: about.to_owned(), subject: subject.to_owned() };
        self.dossier.tasks.push(task);
    }
}
