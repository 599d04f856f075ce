//! A bank line as it is kept: what it is taken to be, what it was booked as, and everything that was done with it.
//!
//! A line of one debtor is matched in one step. One of several debtors takes a step for each: between the first and the last
//! it is under way, and whoever repeats the call goes on where it stopped. What is absent: how certain a match is, which is
//! [`crate::matching`], and the dossiers that its payments are booked in.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::bank::BankLine;
use crate::ids::{BankLineId, DebtorId, InvoiceId, PaymentId};
use crate::matching::{MOST_PARTS, NoMatch, Part, Proposal, Reason};
use crate::payment::PaymentKind;
use crate::refusal::Refusal;

/// Entries of its history that a line keeps: the first, and the newest.
const MOST_HISTORY: usize = 50;

/// A bank line of an administration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptLine {
    /// What the bank says.
    pub movement: BankLine,
    /// The administration's own account.
    pub account: String,
    /// What has become of it.
    pub state: LineState,
    /// What it may be, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<Proposal>,
    /// What it is booked as.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<LinePart>,
    /// The line whose money this one took back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_back: Option<BankLineId>,
    /// The line that took the money of this one back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back_by: Option<BankLineId>,
    /// A person's match told whose account it came from: it is forgotten when that is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taught: Option<DebtorId>,
    /// Payments that were ever made of it: the next one's number comes from it.
    #[serde(default)]
    pub payments: u32,
    /// What was done with it, oldest first.
    pub history: Vec<Done>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What has become of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LineState {
    /// Nothing is proposed.
    Unmatched(NoMatch),
    /// A person chooses.
    Suggested,
    /// It is booked in some of its dossiers, and not yet in all.
    Matching,
    /// It is booked.
    Matched,
    /// It was taken off some of its dossiers, and not yet off all.
    Undoing,
    /// It is none of a debtor's.
    Ignored(Ignoring),
    /// Our direct debits brought it, or went back with it: they are booked by themselves, and a match by hand would book them
    /// twice.
    DirectDebits {
        /// What it names: a batch, a block of it, or one transaction.
        reference: String,
    },
}

impl LineState {
    /// As it stands in addresses, keys and answers.
    pub fn code(&self) -> &'static str {
        match self {
            LineState::Unmatched(_) => "unmatched",
            LineState::Suggested => "suggested",
            LineState::Matching => "matching",
            LineState::Matched => "matched",
            LineState::Undoing => "undoing",
            LineState::Ignored(_) => "ignored",
            LineState::DirectDebits { .. } => "directDebits",
        }
    }

    /// Every code.
    pub const CODES: [&str; 7] =
        ["unmatched", "suggested", "matching", "matched", "undoing", "ignored", "directDebits"];
}

/// Why a line is ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ignoring {
    /// Money that the administration paid to somebody.
    NotOurs,
    /// A person said so, for this reason.
    ByPerson(String),
}

/// One payment that a line is booked as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinePart {
    /// The payment, or the reversal.
    pub payment: PaymentId,
    /// Whose it is.
    pub debtor: DebtorId,
    /// The invoice; without one it goes to what the debtor owes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceId>,
    /// In euros, above zero.
    pub amount: Money,
    /// What the payment does.
    pub kind: PartKind,
    /// It is in the dossier.
    pub booked: bool,
}

/// What a part does in its dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PartKind {
    /// Money came in.
    Payment,
    /// Money of this payment went back: what it closed opens again.
    Reversal,
    /// This payment, of which something lies on the debtor's account, was taken off whole.
    Removal(PaymentId),
}

impl PartKind {
    /// The kind of payment that it is booked as; a removal is none.
    pub fn payment_kind(&self) -> Option<PaymentKind> {
        match self {
            PartKind::Payment => Some(PaymentKind::Payment),
            PartKind::Reversal => Some(PaymentKind::Reversal),
            PartKind::Removal(_) => None,
        }
    }
}

/// One thing that was done with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// By whom: a token's subject or a system.
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub what: Doing,
}

/// What is done with lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Doing {
    /// It came in with a statement.
    TakenIn,
    /// The rules were certain enough.
    MatchedByRules {
        /// In points of a hundred.
        confidence: u8,
        /// Why.
        reasons: Vec<Reason>,
        /// What it was taken to be.
        parts: Vec<Part>,
    },
    /// A person matched it.
    MatchedByHand {
        /// What it was taken to be.
        parts: Vec<Part>,
    },
    /// Its match was undone.
    Undone {
        /// What was said.
        reason: String,
    },
    /// A person set it aside.
    Ignored {
        /// What was said.
        reason: String,
    },
    /// A later line took its money back.
    TakenBack {
        /// That line.
        by_line: BankLineId,
    },
    /// That later line turned out to be something else.
    NotTakenBack {
        /// That line.
        by_line: BankLineId,
    },
}

/// A match that is to be made: what, and what it is booked as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// What it is, for the history.
    pub parts: Vec<Part>,
    /// What each part does; as many as there are parts.
    pub kinds: Vec<PartKind>,
    /// The line whose money it takes back.
    pub takes_back: Option<BankLineId>,
    /// How certain the rules were; `None` where a person said so.
    pub proposal: Option<Proposal>,
}

impl Match {
    /// Money that came in.
    pub fn of(parts: Vec<Part>, proposal: Option<Proposal>) -> Match {
        let kinds = vec![PartKind::Payment; parts.len()];
        Match { parts, kinds, takes_back: None, proposal }
    }
}

impl KeptLine {
    /// A line that comes in, before anybody knows what it is.
    pub fn taken_in(movement: BankLine, account: &str, by: &str, now: Timestamp) -> KeptLine {
        KeptLine {
            movement,
            account: account.to_owned(),
            state: LineState::Unmatched(NoMatch::NothingKnown),
            proposals: Vec::new(),
            parts: Vec::new(),
            takes_back: None,
            taken_back_by: None,
            taught: None,
            payments: 0,
            history: vec![Done { at: now, by: by.to_owned(), what: Doing::TakenIn }],
            updated_at: now,
        }
    }

    /// Its id.
    pub fn id(&self) -> &BankLineId {
        &self.movement.id
    }

    /// It waits for somebody's word, or was set aside.
    pub fn is_free(&self) -> bool {
        matches!(self.state, LineState::Unmatched(_) | LineState::Suggested | LineState::Ignored(_))
    }

    /// Takes it to be this. `name` names its payments by number. Doing the same again changes nothing.
    ///
    /// # Errors
    /// It is something else already, or the parts are not the line.
    pub fn begin_match(
        &mut self,
        wanted: Match,
        name: impl Fn(u32) -> PaymentId,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Match { parts, kinds, takes_back, proposal } = wanted;
        if matches!(self.state, LineState::Matched | LineState::Matching) {
            return if self.is_booked_as(&parts, takes_back.as_ref()) {
                Ok(())
            } else {
                Err(Refusal::LineIsMatched)
            };
        }
        match self.state {
            LineState::Undoing => return Err(Refusal::LineIsUnderWay),
            LineState::DirectDebits { .. } => return Err(Refusal::LineIsMatched),
            _ => {}
        }
        let sum: Money = parts.iter().map(|p| p.amount).sum();
        let fits = sum == self.movement.amount.abs() && parts.iter().all(|p| p.amount.is_positive());
        let invoices: Vec<&InvoiceId> = parts.iter().filter_map(|p| p.invoice.as_ref()).collect();
        let once = invoices.iter().collect::<BTreeSet<_>>().len() == invoices.len() || takes_back.is_some();
        if !fits || !once || parts.is_empty() || parts.len() > MOST_PARTS || kinds.len() != parts.len() {
            return Err(Refusal::PartsDoNotAddUp);
        }
        self.parts = Vec::new();
        for (part, kind) in parts.iter().zip(kinds) {
            self.payments += 1;
            self.parts.push(LinePart {
                payment: name(self.payments),
                debtor: part.debtor.clone(),
                invoice: part.invoice.clone(),
                amount: part.amount,
                kind,
                booked: false,
            });
        }
        self.takes_back = takes_back;
        self.state = LineState::Matching;
        let what = match proposal {
            Some(Proposal { confidence, reasons, .. }) => {
                Doing::MatchedByRules { confidence, reasons, parts }
            }
            None => Doing::MatchedByHand { parts },
        };
        self.did(what, by, now);
        Ok(())
    }

    fn is_booked_as(&self, parts: &[Part], takes_back: Option<&BankLineId>) -> bool {
        let ours = self.parts.iter().map(|p| (&p.debtor, &p.invoice, p.amount));
        takes_back.map_or(
            ours.eq(parts.iter().map(|p| (&p.debtor, &p.invoice, p.amount))) && self.takes_back.is_none(),
            |line| self.takes_back.as_ref() == Some(line),
        )
    }

    /// The next debtor in whose dossier something is left to do: to book, or to take off.
    pub fn next_debtor(&self) -> Option<&DebtorId> {
        let left = match self.state {
            LineState::Matching => false,
            LineState::Undoing => true,
            LineState::Unmatched(_)
            | LineState::Suggested
            | LineState::Matched
            | LineState::Ignored(_)
            | LineState::DirectDebits { .. } => return None,
        };
        self.parts.iter().find(|p| p.booked == left).map(|p| &p.debtor)
    }

    /// What was left to do in this debtor's dossier is done.
    pub fn done_with(&mut self, debtor: &DebtorId, now: Timestamp) {
        let booked = self.state == LineState::Matching;
        for part in self.parts.iter_mut().filter(|p| p.debtor == *debtor) {
            part.booked = booked;
        }
        self.updated_at = now;
        if self.next_debtor().is_some() {
            return;
        }
        match self.state {
            LineState::Matching => self.state = LineState::Matched,
            LineState::Undoing => {
                self.parts.clear();
                self.takes_back = None;
                self.state = if self.proposals.is_empty() {
                    LineState::Unmatched(NoMatch::TooLittle)
                } else {
                    LineState::Suggested
                };
            }
            LineState::Unmatched(_)
            | LineState::Suggested
            | LineState::Matched
            | LineState::Ignored(_)
            | LineState::DirectDebits { .. } => {}
        }
    }

    /// Opens it again.
    ///
    /// # Errors
    /// It is not matched, or a later line took its money back.
    pub fn begin_undo(&mut self, reason: &str, by: &str, now: Timestamp) -> Result<(), Refusal> {
        match self.state {
            LineState::Undoing => return Ok(()),
            LineState::Matched | LineState::Matching => {}
            LineState::Unmatched(_)
            | LineState::Suggested
            | LineState::Ignored(_)
            | LineState::DirectDebits { .. } => return Err(Refusal::LineNotMatched),
        }
        if self.taken_back_by.is_some() {
            return Err(Refusal::LineWasTakenBack);
        }
        self.state = LineState::Undoing;
        self.did(Doing::Undone { reason: reason.to_owned() }, by, now);
        Ok(())
    }

    /// Sets it aside.
    ///
    /// # Errors
    /// It is booked.
    pub fn ignore(&mut self, reason: &str, by: &str, now: Timestamp) -> Result<(), Refusal> {
        match &self.state {
            LineState::Matched | LineState::DirectDebits { .. } => return Err(Refusal::LineIsMatched),
            LineState::Matching | LineState::Undoing => return Err(Refusal::LineIsUnderWay),
            LineState::Ignored(Ignoring::ByPerson(known)) if known == reason => return Ok(()),
            LineState::Unmatched(_) | LineState::Suggested | LineState::Ignored(_) => {}
        }
        self.state = LineState::Ignored(Ignoring::ByPerson(reason.to_owned()));
        self.did(Doing::Ignored { reason: reason.to_owned() }, by, now);
        Ok(())
    }

    /// A later line took its money back, or turned out not to have.
    pub fn set_taken_back(&mut self, by_line: Option<&BankLineId>, by: &str, now: Timestamp) {
        let before = std::mem::replace(&mut self.taken_back_by, by_line.cloned());
        match (by_line, before) {
            (Some(line), None) => self.did(Doing::TakenBack { by_line: line.clone() }, by, now),
            (None, Some(line)) => self.did(Doing::NotTakenBack { by_line: line }, by, now),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    fn did(&mut self, what: Doing, by: &str, now: Timestamp) {
        if self.history.len() >= MOST_HISTORY {
            self.history.remove(1);
        }
        self.history.push(Done { at: now, by: by.to_owned(), what });
        self.updated_at = now;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn line(cents: i64) -> KeptLine {
        let movement = BankLine {
            id: BankLineId::parse("l1").unwrap(),
            booked_on: date(2026, 10, 1),
            valued_on: None,
            amount: Money::from_cents(cents),
            reversal: false,
            counterparty_name: None,
            counterparty_account: None,
            structured_reference: None,
            text: String::new(),
            end_to_end_id: None,
            mandate_id: None,
            return_reason: None,
            bank_reference: None,
            batch_id: None,
        };
        KeptLine::taken_in(movement, "NL91ABNA0417164300", "bank", NOW)
    }

    fn part(debtor: &str, invoice: &str, cents: i64) -> Part {
        Part {
            debtor: DebtorId::parse(debtor).unwrap(),
            invoice: InvoiceId::parse(invoice).ok(),
            amount: Money::from_cents(cents),
        }
    }

    fn name(number: u32) -> PaymentId {
        PaymentId::parse(&format!("l1.{number}")).unwrap()
    }

    fn matched(line: &mut KeptLine, parts: Vec<Part>) -> Result<(), Refusal> {
        line.begin_match(Match::of(parts, None), name, "desk", NOW)
    }

    #[test]
    fn the_parts_are_the_line_to_the_cent() {
        let table = [
            (vec![part("d1", "i1", 100_00)], Ok(())),
            (vec![part("d1", "i1", 60_00), part("d2", "i2", 40_00)], Ok(())),
            (vec![part("d1", "i1", 60_00), part("d1", "i1", 40_00)], Err(Refusal::PartsDoNotAddUp)),
            (vec![part("d1", "i1", 99_99)], Err(Refusal::PartsDoNotAddUp)),
            (vec![part("d1", "i1", 100_01)], Err(Refusal::PartsDoNotAddUp)),
            (vec![part("d1", "i1", 101_00), part("d1", "i2", -1_00)], Err(Refusal::PartsDoNotAddUp)),
            (vec![part("d1", "i1", 100_00), part("d1", "i2", 0)], Err(Refusal::PartsDoNotAddUp)),
            (vec![], Err(Refusal::PartsDoNotAddUp)),
            (vec![part("d1", "i1", 6_25); 16], Err(Refusal::PartsDoNotAddUp)),
        ];
        for (parts, expected) in table {
            assert_eq!(matched(&mut line(100_00), parts.clone()), expected, "{parts:?}");
        }
    }

    #[test]
    fn a_line_of_two_debtors_is_under_way_until_both_have_it() {
        let mut line = line(100_00);
        let parts = vec![part("d1", "i1", 60_00), part("d2", "i2", 40_00)];
        matched(&mut line, parts.clone()).unwrap();
        let (d1, d2) = (parts[0].debtor.clone(), parts[1].debtor.clone());
        assert_eq!((line.state.code(), line.next_debtor()), ("matching", Some(&d1)));
        line.done_with(&d1, NOW);
        assert_eq!((line.state.code(), line.next_debtor()), ("matching", Some(&d2)));
        assert_eq!(matched(&mut line, parts.clone()), Ok(()));
        assert_eq!(matched(&mut line, vec![part("d3", "i3", 100_00)]), Err(Refusal::LineIsMatched));
        line.done_with(&d2, NOW);
        assert_eq!((line.state.code(), line.next_debtor()), ("matched", None));
        line.begin_undo("wrong", "desk", NOW).unwrap();
        assert_eq!(matched(&mut line, parts.clone()), Err(Refusal::LineIsUnderWay));
        line.done_with(&d1, NOW);
        assert_eq!((line.state.code(), line.next_debtor()), ("undoing", Some(&d2)));
        line.done_with(&d2, NOW);
        assert_eq!((line.state.code(), line.parts.len()), ("unmatched", 0));
        // Matched anew, its payments have names of their own.
        matched(&mut line, parts).unwrap();
        let names: Vec<&str> = line.parts.iter().map(|p| p.payment.as_str()).collect();
        assert_eq!(names, ["l1.3", "l1.4"]);
    }

    #[test]
    fn what_is_booked_is_undone_before_anything_else_is_done_with_it() {
        let mut line = line(100_00);
        assert_eq!(line.begin_undo("no", "desk", NOW), Err(Refusal::LineNotMatched));
        line.ignore("a gift", "desk", NOW).unwrap();
        line.ignore("a gift", "desk", NOW).unwrap();
        assert_eq!((line.state.code(), line.history.len()), ("ignored", 2));
        matched(&mut line, vec![part("d1", "i1", 100_00)]).unwrap();
        assert_eq!(line.ignore("a gift", "desk", NOW), Err(Refusal::LineIsUnderWay));
        line.done_with(&DebtorId::parse("d1").unwrap(), NOW);
        assert_eq!(line.ignore("a gift", "desk", NOW), Err(Refusal::LineIsMatched));
        line.set_taken_back(Some(&BankLineId::parse("l2").unwrap()), "bank", NOW);
        assert_eq!(line.begin_undo("no", "desk", NOW), Err(Refusal::LineWasTakenBack));
        line.set_taken_back(None, "bank", NOW);
        assert_eq!(line.begin_undo("no", "desk", NOW), Ok(()));
    }

    #[test]
    fn a_line_keeps_the_beginning_and_the_newest_of_its_history() {
        let mut line = line(100_00);
        for n in 0..200 {
            line.ignore(&format!("reason {n}"), "desk", NOW).unwrap();
        }
        assert_eq!((line.history.len(), &line.history[0].what), (MOST_HISTORY, &Doing::TakenIn));
        assert_eq!(line.history[49].what, Doing::Ignored { reason: "reason 199".into() });
    }
}
