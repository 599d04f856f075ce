//! Who a line may come from: found by references, numbers, accounts and names, and then looked at.

use std::collections::{BTreeMap, BTreeSet};

use contracts::failure::Failure;
use domain::bank::BankLine;
use domain::ids::{AdministrationId, DebtorId, InvoiceId};
use domain::matching::{
    AccountKnown, BankRules, Candidate, Debit, Found, NoMatch, Proposal, Reason, Verdict, account_key, judge,
    keys_of_line, match_incoming, name_keys_of_line,
};
use futures_util::future::try_join_all;
use store::FoundOne;

use crate::Records;

/// Entries under one key that say something. A name that more debtors bear says nothing.
const MOST_FOUND: u32 = 15;

/// Debtors that are looked at for one line.
const MOST_DEBTORS: usize = 30;

/// What is known of a debtor before their dossier is read.
#[derive(Debug, Default)]
struct Hint {
    by_ledger: bool,
    by_person: bool,
    invoices: BTreeSet<InvoiceId>,
    debits: Vec<Debit>,
}

type Hints = BTreeMap<DebtorId, Hint>;

impl Records {
    /// What is made of money that came in.
    pub(super) async fn verdict(
        &self,
        administration: &AdministrationId,
        line: &BankLine,
        rules: &BankRules,
    ) -> Result<Verdict, Failure> {
        let mut hints = Hints::new();
        self.find(administration, keys_of_line(line), &mut hints).await?;
        let first = match_incoming(line, &self.look_at(administration, line, &hints).await?);
        if let Verdict::Automatic(proposal) = judge(first.clone(), rules, NoMatch::NothingKnown)
            && names_what_it_pays(&proposal)
        {
            return Ok(Verdict::Automatic(proposal));
        }
        // A number that was typed, and an account, are held against debtors of the same name; a line without either has
        // nothing else.
        let known = hints.len();
        self.find(administration, name_keys_of_line(line), &mut hints).await?;
        let proposals = if hints.len() == known {
            first
        } else {
            match_incoming(line, &self.look_at(administration, line, &hints).await?)
        };
        Ok(judge(proposals, rules, NoMatch::NothingKnown))
    }

    async fn find(
        &self,
        administration: &AdministrationId,
        keys: Vec<Found>,
        hints: &mut Hints,
    ) -> Result<(), Failure> {
        let found = keys.iter().map(|key| self.store.found(administration, key, MOST_FOUND + 1));
        for (key, found) in keys.iter().zip(try_join_all(found).await?) {
            let too_many = found.len() > MOST_FOUND as usize;
            if too_many && !matches!(key, Found::ByAccount(_)) {
                continue;
            }
            for FoundOne { debtor, entry } in found {
                if hints.len() >= MOST_DEBTORS && !hints.contains_key(&debtor) {
                    break;
                }
                let hint = hints.entry(debtor).or_default();
                match key {
                    Found::ByAccount(_) if entry.by_person => hint.by_person = true,
                    Found::ByAccount(_) => hint.by_ledger = true,
                    Found::ByNumber(_) => hint.invoices.extend(entry.invoice),
                    // What points to a line is for money that comes back.
                    Found::ByEndToEnd(id) if entry.line.is_none() => {
                        hint.invoices.extend(entry.invoice.clone());
                        hint.debits.push(Debit { end_to_end_id: id.clone(), invoice: entry.invoice });
                    }
                    Found::ByEndToEnd(_) | Found::ByMandate(_) | Found::ByName(_) | Found::ByEmail(_) => {}
                }
            }
        }
        Ok(())
    }

    async fn look_at(
        &self,
        administration: &AdministrationId,
        line: &BankLine,
        hints: &Hints,
    ) -> Result<Vec<Candidate>, Failure> {
        let looks = hints.iter().map(|(debtor, hint)| self.candidate(administration, line, debtor, hint));
        Ok(try_join_all(looks).await?.into_iter().flatten().collect())
    }

    async fn candidate(
        &self,
        administration: &AdministrationId,
        line: &BankLine,
        debtor: &DebtorId,
        hint: &Hint,
    ) -> Result<Option<Candidate>, Failure> {
        let Some(dossier) = self.store.dossier(administration, debtor).await? else { return Ok(None) };
        let dossier = dossier.value;
        let mut closed = Vec::new();
        for invoice in hint.invoices.iter().filter(|id| !dossier.invoices.contains_key(*id)) {
            closed.extend(self.store.archived_invoice(administration, debtor, invoice).await?);
        }
        let payer = line.counterparty_account.as_deref().and_then(account_key);
        let ledgers = dossier.debtor.iban.as_deref().and_then(account_key);
        let account = if hint.by_person {
            Some(AccountKnown::ByPerson)
        } else {
            (hint.by_ledger && payer.is_some() && payer == ledgers).then_some(AccountKnown::ByLedger)
        };
        let mut candidate = Candidate::of(&dossier, account, &closed, line.booked_on);
        candidate.debits.clone_from(&hint.debits);
        Ok(Some(candidate))
    }
}

/// It stands on a reference, or on a number that was typed together with an account: no name adds to that.
fn names_what_it_pays(proposal: &Proposal) -> bool {
    let has = |reason| proposal.reasons.contains(&reason);
    has(Reason::StructuredReference)
        || has(Reason::ReferenceInText)
        || has(Reason::DirectDebit)
        || (has(Reason::Account) && (has(Reason::InvoiceNumber) || has(Reason::InvoiceDigits)))
}
