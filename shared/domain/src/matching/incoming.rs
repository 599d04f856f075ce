//! Money that came in.

use std::collections::BTreeSet;

use super::candidate::{AccountKnown, Candidate, Item};
use super::names::NameFit;
use super::reading::{Mention, Reading, end_to_end, number_key};
use super::{MOST_PARTS, Part, Proposal, Reason};
use crate::Money;
use crate::bank::BankLine;

/// Two proposals so near to each other, in points, are both possible: what is almost named, with a payer of the same name
/// and the same amount, lies within it.
const MARGIN: i16 = 20;

/// Open invoices among which sums are looked for.
const MOST_SUMMED: usize = 12;

/// Sums of the same amount that are shown.
const MOST_SUMS: usize = 3;

/// Proposals for money that came in, the best first. The same line and candidates give the same, in whatever order.
pub fn match_incoming(line: &BankLine, candidates: &[Candidate]) -> Vec<Proposal> {
    if !line.amount.is_positive() {
        return Vec::new();
    }
    let looked_at = Look::at(line, candidates);
    let mut proposals: Vec<Proposal> =
        looked_at.views.iter().flat_map(|view| looked_at.proposals_for(view)).collect();
    proposals.extend(looked_at.of_several_debtors());
    rank(&mut proposals);
    proposals
}

/// Puts the best first, and marks a best one that is not the only one.
fn rank(proposals: &mut Vec<Proposal>) {
    proposals.sort_by(|a, b| {
        let order = b.confidence.cmp(&a.confidence).then(a.asks_a_person().cmp(&b.asks_a_person()));
        let order = order.then(b.points().cmp(&a.points()));
        order.then(a.parts.len().cmp(&b.parts.len())).then(a.parts.cmp(&b.parts))
    });
    proposals.dedup_by(|later, earlier| later.parts == earlier.parts);
    let second = proposals.iter().skip(1).map(Proposal::points).max();
    if let (Some(best), Some(second)) = (proposals.first_mut(), second)
        && second + MARGIN > best.points()
    {
        best.add(Reason::NotTheOnlyOne);
    }
}

/// The line, with what it says of each candidate.
struct Look<'a> {
    amount: Money,
    views: Vec<View<'a>>,
    /// The text names an invoice, and no candidate has it.
    unknown_number: bool,
    /// Digits that the text names, for numbers that differ by a slip of the hand.
    named_digits: Vec<String>,
}

/// One candidate, as the line speaks of it.
struct View<'a> {
    candidate: &'a Candidate,
    /// Who pays, as far as that speaks for or against this debtor.
    identity: Vec<Reason>,
    fit: NameFit,
    knows_account: bool,
    /// Open invoices that are named, each with the strongest way in which it is.
    named: Vec<(&'a Item, Reason)>,
    /// Closed ones.
    named_closed: Vec<(&'a Item, Reason)>,
    /// Direct debits that it answers.
    ordered: Vec<Part>,
}

impl<'a> Look<'a> {
    fn at(line: &BankLine, candidates: &'a [Candidate]) -> Look<'a> {
        let reading = Reading::of(line);
        let holders = candidates.iter().filter(|c| c.account.is_some()).count();
        let payer = line.counterparty_name.as_deref().unwrap_or_default();
        let views: Vec<View<'a>> = candidates
            .iter()
            .map(|candidate| {
                let fit = candidate.name.fit(payer);
                let (closed, open) =
                    named(line, &reading, candidate).into_iter().partition(|(i, _)| i.closed);
                View {
                    candidate,
                    identity: identity(candidate, fit, holders),
                    fit,
                    knows_account: candidate.account.is_some(),
                    named: open,
                    named_closed: closed,
                    ordered: ordered(line, candidate),
                }
            })
            .collect();
        let known: BTreeSet<String> = candidates
            .iter()
            .flat_map(|c| &c.items)
            .flat_map(|item| [number_key(&item.number), item.reference.as_deref().and_then(number_key)])
            .flatten()
            .collect();
        let anything_named = views.iter().any(|v| !v.named.is_empty() || !v.named_closed.is_empty());
        let announced =
            reading.announced_numbers().any(|n| number_key(&n).is_some_and(|key| !known.contains(&key)));
        let unknown_number = !anything_named && (announced || line.structured_reference.is_some());
        let digits = reading.keys().into_iter().filter(|k| k.bytes().all(|b| b.is_ascii_digit()));
        Look { amount: line.amount, views, unknown_number, named_digits: digits.collect() }
    }

    fn proposals_for(&self, view: &View<'a>) -> Vec<Proposal> {
        let mut found = if !view.ordered.is_empty() {
            vec![self.of_direct_debit(view)]
        } else if !view.named.is_empty() {
            self.of_named(view)
        } else {
            self.of_identity(view)
        };
        found.extend(self.of_named_closed(view));
        let others = self.views.iter().filter(|other| other.candidate.debtor != view.candidate.debtor);
        let names_another =
            others.flat_map(|other| &other.named).any(|(_, how)| *how != Reason::InvoiceDigits);
        if names_another && view.ordered.is_empty() {
            found.iter_mut().for_each(|p| p.add(Reason::NamesAnotherDebtor));
        }
        found
    }

    fn part(&self, view: &View<'_>, item: Option<&Item>, amount: Money) -> Part {
        Part { debtor: view.candidate.debtor.clone(), invoice: item.map(|i| i.invoice.clone()), amount }
    }

    /// It answers what we ordered.
    fn of_direct_debit(&self, view: &View<'a>) -> Proposal {
        Proposal::new(view.ordered.clone(), vec![Reason::DirectDebit])
    }

    /// The payer names what is paid.
    fn of_named(&self, view: &View<'a>) -> Vec<Proposal> {
        let items: Vec<&Item> = view.named.iter().map(|(item, _)| *item).collect();
        let how = view.named.iter().map(|(_, how)| *how).min_by_key(|how| how.weight());
        let mut reasons: Vec<Reason> = how.into_iter().chain(view.identity.iter().copied()).collect();
        let mut alone: Vec<Proposal> = Vec::new();
        if items.len() > 1 {
            // Named together, paid one: whatever was meant, it is not clear.
            let single = view.named.iter().filter(|(item, _)| item.is_paid_by(self.amount));
            alone.extend(single.map(|(item, how)| {
                let parts = vec![self.part(view, Some(item), self.amount)];
                let mut reasons = vec![*how, Reason::Amount, Reason::NotTheOnlyOne];
                reasons.extend(&view.identity);
                Proposal::new(parts, reasons)
            }));
        }
        let owed: Money = items.iter().map(|i| i.owed).sum();
        let principal: Money = items.iter().map(|i| i.principal).sum();
        let exact = self.amount == owed || self.amount == principal;
        if exact {
            reasons.push(Reason::Amount);
        } else {
            reasons.push(if self.amount < owed { Reason::InPart } else { Reason::TooMuch });
            let mut rest = view.candidate.open().filter(|i| !items.iter().any(|n| n.invoice == i.invoice));
            let all: Money = view.candidate.open().map(|i| i.owed).sum();
            let one_of_them = !alone.is_empty();
            if one_of_them
                || rest.clone().any(|i| i.is_paid_by(self.amount))
                || (rest.next().is_some() && all == self.amount)
            {
                reasons.push(Reason::FitsAnother);
            }
        }
        if items.len() > MOST_PARTS {
            return alone;
        }
        let parts = self.divide(view, &items, exact && self.amount != owed);
        alone.push(Proposal::new(parts, reasons));
        alone
    }

    /// The named invoices get their own, in the order of their due dates; the last one takes what is over or lacking.
    fn divide(&self, view: &View<'a>, items: &[&Item], principal_only: bool) -> Vec<Part> {
        let mut left = self.amount;
        let mut parts = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let asked = if principal_only { item.principal } else { item.owed };
            let amount = if at + 1 == items.len() { left } else { asked.min(left) };
            left = left - amount;
            if amount.is_positive() {
                parts.push(self.part(view, Some(item), amount));
            }
        }
        parts
    }

    /// Only who pays is known.
    fn of_identity(&self, view: &View<'a>) -> Vec<Proposal> {
        let known = view.knows_account || matches!(view.fit, NameFit::Fully | NameFit::Partly);
        if !known {
            return Vec::new();
        }
        let mut about = view.identity.clone();
        if self.unknown_number {
            about.push(Reason::UnknownNumberNamed);
        }
        let with = |parts: Vec<Part>, more: &[Reason]| {
            let reasons: Vec<Reason> = about.iter().chain(more).copied().collect();
            Proposal::new(parts, reasons)
        };
        let singles: Vec<&Item> = view.candidate.open().filter(|i| i.is_paid_by(self.amount)).collect();
        let sums = sums(&view.candidate.open().collect::<Vec<_>>(), self.amount);
        let only = singles.len() + sums.len() == 1;
        let mut found = Vec::new();
        for item in singles.iter().take(MOST_SUMS) {
            let mut proposal = with(vec![self.part(view, Some(item), self.amount)], &[Reason::Amount]);
            proposal.add(if only { Reason::OnlyOne } else { Reason::NotTheOnlyOne });
            if self.almost_named(item) {
                proposal.reasons.retain(|r| *r != Reason::UnknownNumberNamed);
                proposal.add(Reason::NumberAlmost);
            } else if self.namesake_owes_it(view) {
                proposal.add(Reason::NotTheOnlyOne);
            }
            found.push(proposal);
        }
        let all_open = view.candidate.open().count();
        for sum in sums.iter().take(MOST_SUMS) {
            let parts = sum.iter().map(|(item, amount)| self.part(view, Some(item), *amount)).collect();
            let is_all = sum.len() == all_open;
            let mut more = vec![if is_all { Reason::SumOfAll } else { Reason::SumOfSome }];
            more.push(if only { Reason::OnlyOne } else { Reason::NotTheOnlyOne });
            found.push(with(parts, &more));
        }
        let whole = vec![self.part(view, None, self.amount)];
        if found.is_empty() && view.candidate.instalment == Some(self.amount) {
            found.push(with(whole, &[Reason::Instalment, Reason::OnlyOne]));
        } else if found.is_empty() && view.knows_account {
            let owed: Money = view.candidate.open().map(|i| i.owed).sum();
            let how = match owed {
                owed if !owed.is_positive() => Reason::NothingOpen,
                owed if self.amount < owed => Reason::InPart,
                _ => Reason::TooMuch,
            };
            found.push(with(whole, &[how]));
        }
        if !view.named_closed.is_empty() {
            // It names what was paid already: the same amount of another month may be chance.
            found.iter_mut().for_each(|p| p.add(Reason::PaidAlready));
        }
        found
    }

    /// Somebody else has the payer's whole name and owes this very amount: households share accounts, of which the ledger
    /// may know one holder.
    fn namesake_owes_it(&self, view: &View<'a>) -> bool {
        // A person saw this account, and the name is the debtor's own.
        if view.candidate.account == Some(AccountKnown::ByPerson) && view.fit == NameFit::Fully {
            return false;
        }
        self.views.iter().any(|other| {
            other.candidate.debtor != view.candidate.debtor
                && other.fit == NameFit::Fully
                && !other.candidate.pays_elsewhere
                && other.candidate.open().any(|item| item.is_paid_by(self.amount))
        })
    }

    /// The payer names what was paid already.
    fn of_named_closed(&self, view: &View<'a>) -> Option<Proposal> {
        let (item, how) = view.named_closed.first().filter(|_| view.named.is_empty())?;
        let mut reasons = vec![*how, Reason::PaidAlready];
        reasons.extend(&view.identity);
        if self.amount == item.total {
            reasons.push(Reason::Amount);
        }
        Some(Proposal::new(vec![self.part(view, Some(item), self.amount)], reasons))
    }

    /// Invoices of several debtors are named, and the amount is their sum: somebody pays for others.
    fn of_several_debtors(&self) -> Option<Proposal> {
        let views: Vec<&View<'_>> = self.views.iter().filter(|v| !v.named.is_empty()).collect();
        let items =
            || views.iter().flat_map(|view| view.named.iter().map(move |(item, how)| (*view, *item, *how)));
        let sum: Money = items().map(|(_, item, _)| item.owed).sum();
        if views.len() < 2 || sum != self.amount || items().count() > MOST_PARTS {
            return None;
        }
        let how = items().map(|(_, _, how)| how).min_by_key(|how| how.weight());
        let mut parts: Vec<Part> =
            items().map(|(view, item, _)| self.part(view, Some(item), item.owed)).collect();
        parts.sort();
        let reasons = how.into_iter().chain([Reason::Amount, Reason::SeveralDebtors]).collect();
        Some(Proposal::new(parts, reasons))
    }

    fn almost_named(&self, item: &Item) -> bool {
        number_key(&item.number).is_some_and(|key| self.named_digits.iter().any(|n| one_slip_apart(n, &key)))
    }
}

/// Who pays, as far as it speaks for or against this debtor.
fn identity(candidate: &Candidate, fit: NameFit, holders: usize) -> Vec<Reason> {
    let account = match candidate.account {
        Some(AccountKnown::ByLedger | AccountKnown::ByPerson) if holders > 1 => Some(Reason::SharedAccount),
        Some(AccountKnown::ByLedger | AccountKnown::ByPerson) => Some(Reason::Account),
        None if holders > 0 => Some(Reason::AccountOfAnother),
        None => None,
    };
    let name = match fit {
        NameFit::Fully => Some(Reason::Name),
        NameFit::Partly => Some(Reason::NameInPart),
        NameFit::Unknown => None,
        // Whoever pays from a known account may be called anything.
        NameFit::Differs => (account != Some(Reason::Account)).then_some(Reason::OtherName),
    };
    account.into_iter().chain(name).collect()
}

/// The items that the line names, each with the strongest way in which it does.
fn named<'a>(line: &BankLine, reading: &Reading, candidate: &'a Candidate) -> Vec<(&'a Item, Reason)> {
    let structured = line.structured_reference.as_deref();
    let how = |item: &Item| {
        let reference = item.reference.as_deref();
        if let Some(reference) = reference {
            if structured == Some(reference) {
                return Some(Reason::StructuredReference);
            }
            if reading.has_reference(reference) {
                return Some(Reason::ReferenceInText);
            }
        }
        reading.mention(&item.number).map(|mention| match mention {
            Mention::AsPrinted => Reason::InvoiceNumber,
            Mention::Digits => Reason::InvoiceDigits,
        })
    };
    candidate.items.iter().filter_map(|item| how(item).map(|how| (item, how))).collect()
}

/// What the direct debit was ordered for.
fn ordered(line: &BankLine, candidate: &Candidate) -> Vec<Part> {
    let id = end_to_end(line);
    let debits: Vec<_> = candidate.debits.iter().filter(|d| Some(d.end_to_end_id.as_str()) == id).collect();
    let [debit] = debits.as_slice() else { return Vec::new() };
    vec![Part { debtor: candidate.debtor.clone(), invoice: debit.invoice.clone(), amount: line.amount }]
}

/// The ways in which several open items add up to the amount, with what each gets. All of them together alone where there
/// are too many to try.
fn sums<'a>(open: &[&'a Item], amount: Money) -> Vec<Vec<(&'a Item, Money)>> {
    let with = |items: Vec<&'a Item>, what: fn(&Item) -> Money| -> Vec<(&'a Item, Money)> {
        items.into_iter().map(|item| (item, what(item))).collect()
    };
    let total = |what: fn(&Item) -> Money| open.iter().map(|i| what(i)).sum::<Money>();
    let mut found = Vec::new();
    if (2..=MOST_PARTS).contains(&open.len()) {
        if total(|i| i.owed) == amount {
            found.push(with(open.to_vec(), |i| i.owed));
        } else if total(|i| i.principal) == amount {
            found.push(with(open.to_vec(), |i| i.principal));
        }
    }
    if open.len() > MOST_SUMMED {
        return found;
    }
    for choice in 1_u32..1 << open.len() {
        let some = choice.count_ones() >= 2 && (choice.count_ones() as usize) < open.len();
        if !some || found.len() > MOST_SUMS {
            continue;
        }
        let chosen: Vec<&Item> = open
            .iter()
            .enumerate()
            .filter(|(at, _)| choice & (1 << at) != 0)
            .map(|(_, item)| *item)
            .collect();
        if chosen.iter().map(|i| i.owed).sum::<Money>() == amount {
            found.push(with(chosen, |i| i.owed));
        }
    }
    found
}

/// One digit is another, or two neighbours changed places.
fn one_slip_apart(a: &str, b: &str) -> bool {
    if a.len() != b.len() || a == b {
        return false;
    }
    let differ: Vec<usize> =
        (0..a.len()).filter(|at| a.as_bytes().get(*at) != b.as_bytes().get(*at)).collect();
    match differ.as_slice() {
        [_] => true,
        [first, second] if *second == first + 1 => {
            a.as_bytes().get(*first) == b.as_bytes().get(*second)
                && a.as_bytes().get(*second) == b.as_bytes().get(*first)
        }
        _ => false,
    }
}
