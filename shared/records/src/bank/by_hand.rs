//! What a person does with a line: match it, undo that, set it aside.

use contracts::failure::Failure;
use domain::Money;
use domain::bank_line::{KeptLine, LineState, Match};
use domain::ids::{BankLineId, DebtorId, InvoiceId};
use domain::matching::{Found, Part, account_key};
use domain::refusal::Refusal;
use jiff::Timestamp;
use store::{Along, FoundEntry};

use super::payment_id;
use crate::{Origin, Records};

/// A part of a line as a person names it: an invoice, or a debtor, whose oldest open invoices it then pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartByHand {
    /// Where it is left out, the invoice's.
    pub debtor: Option<DebtorId>,
    pub invoice: Option<InvoiceId>,
    pub amount: Money,
}

/// What is done with a line.
#[derive(Debug, Clone)]
pub(super) enum ByHand {
    Match(Vec<Part>),
    TakeBack(BankLineId),
    Undo(String),
    Ignore(String),
}

impl Records {
    /// Books a line as these payments. From then on its account counts as the debtor's, where it is one debtor's.
    ///
    /// # Errors
    /// There is no such line, invoice or debtor; it is matched to something else; or the parts are not the line.
    pub async fn match_line(
        &self,
        origin: &Origin,
        id: &BankLineId,
        parts: &[PartByHand],
    ) -> Result<KeptLine, Failure> {
        let mut named = Vec::with_capacity(parts.len());
        for (place, part) in parts.iter().enumerate() {
            named.push(self.whose(origin, part, place).await?);
        }
        self.change_line(origin, id, &ByHand::Match(named)).await
    }

    /// Takes a line that went out to be the money of this one, gone back: what it closed opens again.
    ///
    /// # Errors
    /// There is no such line, or it brought nothing that this one could take back.
    pub async fn take_back(
        &self,
        origin: &Origin,
        id: &BankLineId,
        original: &BankLineId,
    ) -> Result<KeptLine, Failure> {
        self.change_line(origin, id, &ByHand::TakeBack(original.clone())).await
    }

    /// Takes off what a line was booked as: it is open again, with its history.
    ///
    /// # Errors
    /// There is no such line, it is not matched, or a later line took its money back.
    pub async fn undo_line(
        &self,
        origin: &Origin,
        id: &BankLineId,
        reason: &str,
    ) -> Result<KeptLine, Failure> {
        self.change_line(origin, id, &ByHand::Undo(reason.to_owned())).await
    }

    /// Sets a line aside.
    ///
    /// # Errors
    /// There is no such line, or it is booked.
    pub async fn ignore_line(
        &self,
        origin: &Origin,
        id: &BankLineId,
        reason: &str,
    ) -> Result<KeptLine, Failure> {
        self.change_line(origin, id, &ByHand::Ignore(reason.to_owned())).await
    }

    /// Changes the line as it was read; what goes with it is written with it.
    pub(super) async fn apply(
        &self,
        origin: &Origin,
        line: &mut KeptLine,
        change: &ByHand,
    ) -> Result<Vec<Along>, Failure> {
        let now = self.now()?;
        match change {
            ByHand::Match(parts) => self.apply_match(origin, line, parts, now).await,
            ByHand::TakeBack(original) => self.apply_take_back(origin, line, original, now).await,
            ByHand::Undo(reason) => self.apply_undo(origin, line, reason, now).await,
            ByHand::Ignore(reason) => {
                line.ignore(reason, &origin.by, now)?;
                Ok(Vec::new())
            }
        }
    }

    async fn apply_match(
        &self,
        origin: &Origin,
        line: &mut KeptLine,
        parts: &[Part],
        now: Timestamp,
    ) -> Result<Vec<Along>, Failure> {
        if !line.movement.amount.is_positive() {
            return Err(Refusal::LineBringsNothing.into());
        }
        let (id, was_free) = (line.id().clone(), line.is_free());
        line.begin_match(Match::of(parts.to_vec(), None), |n| payment_id(&id, n), &origin.by, now)?;
        if was_free { self.teach(origin, line).await } else { Ok(Vec::new()) }
    }

    async fn apply_take_back(
        &self,
        origin: &Origin,
        line: &mut KeptLine,
        original: &BankLineId,
        now: Timestamp,
    ) -> Result<Vec<Along>, Failure> {
        if !line.movement.amount.is_negative() {
            return Err(Refusal::LineTakesNothingBack.into());
        }
        let id = line.id().clone();
        let mut known = self.standing_line(origin, original, line).await?;
        if known.value.taken_back_by.is_some() {
            // By this line: what is left to do goes on.
            return Ok(Vec::new());
        }
        let wanted = self.taking_back(origin, &known.value, None).await?;
        line.begin_match(wanted, |n| payment_id(&id, n), &origin.by, now)?;
        known.value.set_taken_back(Some(&id), &origin.by, now);
        Ok(vec![Along::BankLine { line: Box::new(known.value), known: Some(known.version) }])
    }

    async fn apply_undo(
        &self,
        origin: &Origin,
        line: &mut KeptLine,
        reason: &str,
        now: Timestamp,
    ) -> Result<Vec<Along>, Failure> {
        let goes_on = line.state == LineState::Undoing;
        line.begin_undo(reason, &origin.by, now)?;
        let mut along = Vec::new();
        if goes_on {
            return Ok(along);
        }
        if let Some(original) = &line.takes_back
            && let Some(mut known) = self.store.bank_line(&origin.administration, original).await?
        {
            known.value.set_taken_back(None, &origin.by, now);
            along.push(Along::BankLine { line: Box::new(known.value), known: Some(known.version) });
        }
        if let Some((by, debtor)) = account_of(line).zip(line.taught.take()) {
            along.push(Along::NoLongerFound { by, debtor, entry: taught_by(line.id()) });
        }
        Ok(along)
    }

    async fn whose(&self, origin: &Origin, part: &PartByHand, place: usize) -> Result<Part, Failure> {
        let path = |field: &str| format!("parts[{place}].{field}");
        let debtor = match (&part.invoice, &part.debtor) {
            (Some(invoice), named) => {
                let owner = self.store.invoice_owner(&origin.administration, invoice).await?;
                let owner = owner.ok_or_else(|| {
                    let detail = "names an invoice that is known";
                    Failure::bad_input(path("invoiceId"), "unknown_invoice", detail)
                })?;
                if named.as_ref().is_some_and(|named| *named != owner) {
                    let detail = "is the debtor of the invoice, or absent";
                    return Err(Failure::bad_input(path("debtorId"), "invoice_of_another_debtor", detail));
                }
                owner
            }
            (None, Some(debtor)) => {
                if self.store.dossier(&origin.administration, debtor).await?.is_none() {
                    let detail = "names a debtor that is known";
                    return Err(Failure::bad_input(path("debtorId"), "unknown_debtor", detail));
                }
                debtor.clone()
            }
            (None, None) => {
                return Err(Failure::bad_input(
                    path("invoiceId"),
                    "required",
                    "a part names an invoice or a debtor",
                ));
            }
        };
        Ok(Part { debtor, invoice: part.invoice.clone(), amount: part.amount })
    }

    /// A person said whose account this is, where all of the line is one debtor's and nobody knew it.
    async fn teach(&self, origin: &Origin, line: &mut KeptLine) -> Result<Vec<Along>, Failure> {
        let Some(first) = line.parts.first().map(|p| p.debtor.clone()) else { return Ok(Vec::new()) };
        let one_debtor = line.parts.iter().all(|p| p.debtor == first);
        let Some(by) = account_of(line).filter(|_| one_debtor) else { return Ok(Vec::new()) };
        let known = self.store.found(&origin.administration, &by, 100).await?;
        if known.iter().any(|one| one.debtor == first) {
            return Ok(Vec::new());
        }
        line.taught = Some(first.clone());
        Ok(vec![Along::NowFound { by, debtor: first, entry: taught_by(line.id()) }])
    }
}

fn account_of(line: &KeptLine) -> Option<Found> {
    line.movement.counterparty_account.as_deref().and_then(account_key).map(Found::ByAccount)
}

fn taught_by(line: &BankLineId) -> FoundEntry {
    FoundEntry { invoice: None, line: Some(line.clone()), by_person: true }
}
