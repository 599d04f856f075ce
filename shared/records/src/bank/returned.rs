//! Money that went out again: which line had brought it, and what that one had paid.

use std::collections::BTreeSet;

use contracts::failure::Failure;
use domain::bank::BankLine;
use domain::bank_line::{KeptLine, LinePart, LineState, Match, PartKind};
use domain::dossier::CreditSource;
use domain::ids::{AdministrationId, BankLineId, PaymentId};
use domain::invoice::{Booking, BookingKind, Invoice};
use domain::matching::{Booked, BookedPart, Found, Outgoing, Part, Proposal, account_key, match_outgoing};
use domain::refusal::Refusal;
use store::Versioned;

use super::line_of;
use crate::{Origin, Records};

/// Lines that one may take back which are looked at.
const MOST_LINES: usize = 40;

/// Entries under one key that are read.
const MOST_FOUND: u32 = 25;

/// Closed invoices of one debtor that are looked through.
const MOST_CLOSED: u32 = 50;

/// What money that went out is.
#[derive(Debug)]
pub(super) enum Gone {
    /// It may take one of these back; the first is certain where it is alone and does not ask a person.
    TakesBack(Vec<Proposal>),
    OriginalNotFound,
    NotOurs,
}

impl Records {
    pub(super) async fn gone(&self, origin: &Origin, line: &BankLine) -> Result<Gone, Failure> {
        let told_back = line.reversal || line.return_reason.is_some() || line.mandate_id.is_some();
        if !told_back {
            return Ok(Gone::NotOurs);
        }
        let earlier = self.earlier(&origin.administration, line).await?;
        let booked: Vec<Booked> = earlier.iter().map(booked).collect();
        let proposal = |(id, reason), certain| {
            let parts = earlier.iter().find(|l| *l.id() == id).map(|l| l.parts.iter().map(part).collect());
            Proposal::taking_back(&id, parts.unwrap_or_default(), reason, certain)
        };
        Ok(match match_outgoing(line, &booked) {
            Outgoing::TakesBack { line, reason } => Gone::TakesBack(vec![proposal((line, reason), true)]),
            Outgoing::MayTakeBack(all) => {
                Gone::TakesBack(all.into_iter().map(|one| proposal(one, false)).collect())
            }
            Outgoing::OriginalNotFound => Gone::OriginalNotFound,
            Outgoing::NotOurs => Gone::NotOurs,
        })
    }

    /// Matched lines that this one may take back.
    async fn earlier(
        &self,
        administration: &AdministrationId,
        line: &BankLine,
    ) -> Result<Vec<KeptLine>, Failure> {
        let ordered = line.end_to_end_id.clone().filter(|id| id != "NOTPROVIDED").map(Found::ByEndToEnd);
        let mandate = line.mandate_id.clone().map(Found::ByMandate);
        let mut ids: BTreeSet<BankLineId> = BTreeSet::new();
        for by in ordered.into_iter().chain(mandate) {
            let found = self.store.found(administration, &by, MOST_FOUND).await?;
            ids.extend(found.into_iter().filter_map(|one| one.entry.line));
        }
        if let Some(account) = line.counterparty_account.as_deref().and_then(account_key) {
            ids.extend(self.paid_from(administration, Found::ByAccount(account), line).await?);
        }
        let mut lines = Vec::new();
        for id in ids.into_iter().take(MOST_LINES) {
            let found = self.store.bank_line(administration, &id).await?;
            let found = found.map(|v| v.value);
            lines.extend(found.filter(|l| l.state == LineState::Matched && l.movement.amount.is_positive()));
        }
        Ok(lines)
    }

    /// The lines behind payments of this amount by debtors who pay from this account.
    async fn paid_from(
        &self,
        administration: &AdministrationId,
        account: Found,
        line: &BankLine,
    ) -> Result<BTreeSet<BankLineId>, Failure> {
        let debtors = self.store.found(administration, &account, MOST_FOUND).await?;
        let debtors: BTreeSet<_> = debtors.into_iter().map(|one| one.debtor).collect();
        let mut lines = BTreeSet::new();
        for debtor in debtors {
            let Some(dossier) = self.store.dossier(administration, &debtor).await? else { continue };
            let closed = self.store.archived_invoices(administration, &debtor, MOST_CLOSED, None).await?;
            let invoices = dossier.value.invoices.values().chain(&closed.items);
            let paid = invoices.flat_map(|i| &i.bookings).filter(|b| b.kind == BookingKind::Payment);
            let small_enough = paid.filter(|b| b.amount <= -line.amount);
            lines.extend(small_enough.filter_map(|b| b.payment.as_ref()).filter_map(line_of));
            let on_account = dossier.value.on_account.iter().filter_map(|credit| match &credit.source {
                CreditSource::Payment(payment) => line_of(payment),
                CreditSource::Invoice(_) | CreditSource::TakenBack { .. } => None,
            });
            lines.extend(on_account);
        }
        Ok(lines)
    }

    /// The match of a line that takes this one's money back: a reversal on each invoice that it paid. A payment of which
    /// something lies on the debtor's account is taken off whole.
    pub(super) async fn taking_back(
        &self,
        origin: &Origin,
        original: &KeptLine,
        proposal: Option<Proposal>,
    ) -> Result<Match, Failure> {
        let mut wanted =
            Match { parts: Vec::new(), kinds: Vec::new(), takes_back: Some(original.id().clone()), proposal };
        for paid in &original.parts {
            for (part, kind) in self.reversals(origin, paid).await? {
                wanted.parts.push(part);
                wanted.kinds.push(kind);
            }
        }
        Ok(wanted)
    }

    async fn reversals(&self, origin: &Origin, paid: &LinePart) -> Result<Vec<(Part, PartKind)>, Failure> {
        if paid.invoice.is_some() {
            return Ok(vec![(part(paid), PartKind::Reversal)]);
        }
        let gone = || Failure::from(Refusal::LineTakesNothingBack);
        let stored = self.store.payment(&origin.administration, &paid.payment).await?.ok_or_else(gone)?.value;
        let dossier = self.store.dossier(&origin.administration, &paid.debtor).await?.ok_or_else(gone)?.value;
        let source = CreditSource::Payment(paid.payment.clone());
        if dossier.on_account.iter().any(|credit| credit.source == source) {
            return Ok(vec![(part(paid), PartKind::Removal(paid.payment.clone()))]);
        }
        let closed = self.closed(origin, &dossier, &stored.booked_on).await?;
        let invoices = dossier.invoices.values().chain(&closed);
        let shares = invoices.flat_map(|invoice| shares(invoice, &paid.payment));
        let reversal = |(invoice, booking): (&Invoice, &Booking)| {
            let part = Part {
                debtor: paid.debtor.clone(),
                invoice: Some(invoice.id.clone()),
                amount: booking.amount,
            };
            (part, PartKind::Reversal)
        };
        Ok(shares.map(reversal).collect())
    }

    /// The line whose money is to be taken back, as it is now.
    pub(super) async fn standing_line(
        &self,
        origin: &Origin,
        original: &BankLineId,
        by: &KeptLine,
    ) -> Result<Versioned<KeptLine>, Failure> {
        let found = self.store.bank_line(&origin.administration, original).await?;
        let found = found.ok_or_else(|| {
            Failure::bad_input("takesBack", "unknown_bank_line", "names a bank line that is known")
        })?;
        let free = found.value.taken_back_by.as_ref().is_none_or(|line| line == by.id());
        let stands = found.value.state == LineState::Matched && found.value.movement.amount.is_positive();
        let same = found.value.movement.amount == -by.movement.amount;
        if free && stands && same { Ok(found) } else { Err(Refusal::LineTakesNothingBack.into()) }
    }
}

fn shares<'a>(
    invoice: &'a Invoice,
    payment: &'a PaymentId,
) -> impl Iterator<Item = (&'a Invoice, &'a Booking)> {
    let of_payment = invoice.bookings.iter().filter(move |b| b.payment.as_ref() == Some(payment));
    of_payment.map(move |booking| (invoice, booking))
}

fn part(paid: &LinePart) -> Part {
    Part { debtor: paid.debtor.clone(), invoice: paid.invoice.clone(), amount: paid.amount }
}

fn booked(line: &KeptLine) -> Booked {
    Booked {
        line: line.id().clone(),
        amount: line.movement.amount,
        booked_on: line.movement.booked_on,
        account: line.movement.counterparty_account.clone(),
        end_to_end_id: line.movement.end_to_end_id.clone().filter(|id| id != "NOTPROVIDED"),
        mandate_id: line.movement.mandate_id.clone(),
        taken_back: line.taken_back_by.is_some(),
        parts: line
            .parts
            .iter()
            .map(|p| BookedPart {
                payment: p.payment.clone(),
                debtor: p.debtor.clone(),
                invoice: p.invoice.clone(),
                amount: p.amount,
            })
            .collect(),
    }
}
