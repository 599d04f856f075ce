//! A line and the payments that it is booked as, in one write for each debtor.

use contracts::failure::Failure;
use domain::administration::Administration;
use domain::bank_line::{KeptLine, LinePart, LineState, PartKind};
use domain::dossier::Draft;
use domain::ids::{BankLineId, DebtorId, InvoiceId};
use domain::invoice::InvoiceKind;
use domain::matching::Found;
use domain::payment::Payment;
use domain::{holding, intake};
use jiff::Timestamp;
use store::{Along, FoundEntry, StoredPayment, Versioned, until_no_conflict};

use super::by_hand::ByHand;
use crate::{Origin, Records, unknown_debtor};

/// What a payer wrote, as far as a payment keeps it.
const LONGEST_REFERENCE: usize = 140;

impl Records {
    /// Changes a line that is known, and books or takes off what follows from that, debtor by debtor.
    pub(super) async fn change_line(
        &self,
        origin: &Origin,
        id: &BankLineId,
        change: &ByHand,
    ) -> Result<KeptLine, Failure> {
        let settings = self.administration(&origin.administration).await?.value;
        let first = until_no_conflict(|| async {
            let known = self.store.bank_line(&origin.administration, id).await?;
            let known = known.ok_or(Failure::not_found("bank line"))?;
            let mut line = known.value.clone();
            let along = self.apply(origin, &mut line, change).await?;
            if line == known.value && along.is_empty() && line.next_debtor().is_none() {
                return Ok(line);
            }
            self.store_line(origin, &settings, line, Some(known.version), along).await
        });
        self.go_on(origin, &settings, first.await?).await
    }

    /// Stores a line with the first of what follows from it.
    pub(super) async fn store_line(
        &self,
        origin: &Origin,
        settings: &Administration,
        line: KeptLine,
        known: Option<u64>,
        along: Vec<Along>,
    ) -> Result<KeptLine, Failure> {
        if let Some(debtor) = line.next_debtor().cloned() {
            return self.step(origin, settings, line, known, &debtor, along).await;
        }
        self.store.put_bank_line(&origin.administration, &line, known).await?;
        Ok(line)
    }

    /// Does what is left to do of a line.
    pub(super) async fn go_on(
        &self,
        origin: &Origin,
        settings: &Administration,
        line: KeptLine,
    ) -> Result<KeptLine, Failure> {
        let mut line = line;
        while line.next_debtor().is_some() {
            let id = line.id().clone();
            line = until_no_conflict(|| async {
                let known = self.store.bank_line(&origin.administration, &id).await?;
                let known = known.ok_or_else(|| Failure::bug("a bank line is gone"))?;
                self.store_line(origin, settings, known.value, Some(known.version), Vec::new()).await
            })
            .await?;
        }
        Ok(line)
    }

    /// Books what is the next debtor's, or takes it off, together with the line that says so.
    async fn step(
        &self,
        origin: &Origin,
        settings: &Administration,
        mut line: KeptLine,
        known: Option<u64>,
        debtor: &DebtorId,
        mut along: Vec<Along>,
    ) -> Result<KeptLine, Failure> {
        let now = self.now()?;
        let stored = self.store.dossier(&origin.administration, debtor).await?.ok_or_else(unknown_debtor)?;
        let mut draft = Draft::of(stored.value, now, &origin.by);
        let matching = line.state == LineState::Matching;
        let mut parts: Vec<LinePart> =
            line.parts.iter().filter(|p| p.debtor == *debtor && p.booked != matching).cloned().collect();
        // What goes to whatever is owed comes after what is meant for an invoice.
        parts.sort_by_key(|p| p.invoice.is_none());
        for part in &parts {
            along.push(match (&part.kind, matching) {
                (PartKind::Removal(payment), false) => {
                    let original = self.original(origin, &line, payment.as_str()).await?;
                    self.book(origin, &mut draft, original, None).await?
                }
                (PartKind::Removal(payment), true) => {
                    self.take_off_line(origin, &mut draft, payment.as_str()).await?
                }
                (PartKind::Payment | PartKind::Reversal, true) => {
                    let payment = payment_of(&line, part, now)?;
                    self.book(origin, &mut draft, payment, part.invoice.as_ref()).await?
                }
                (PartKind::Payment | PartKind::Reversal, false) => {
                    self.take_off_line(origin, &mut draft, part.payment.as_str()).await?
                }
            });
        }
        holding::name_resumption(&mut draft, settings);
        line.done_with(debtor, now);
        if matching {
            self.keep_ordered(origin, &line, debtor).await?;
        }
        along.push(Along::BankLine { line: Box::new(line.clone()), known });
        self.store.commit(settings, &draft, Some(stored.version), along).await?;
        Ok(line)
    }

    async fn book(
        &self,
        origin: &Origin,
        draft: &mut Draft,
        payment: Payment,
        named: Option<&InvoiceId>,
    ) -> Result<Along, Failure> {
        let archived = match named {
            Some(invoice) => self.closed(origin, &draft.dossier, [invoice]).await?,
            None => Vec::new(),
        };
        let known = named.is_none_or(|id| {
            let here = draft.dossier.invoices.get(id).or_else(|| archived.first());
            here.is_some_and(|invoice| invoice.kind == InvoiceKind::Invoice)
        });
        if !known {
            let detail = "names an invoice of the debtor that is named";
            return Err(Failure::bad_input("parts", "unknown_invoice", detail));
        }
        let (_, booked_on) = intake::put_payment(draft, payment.clone(), None, archived)?;
        let stored = Box::new(StoredPayment { payment, booked_on, updated_at: draft.now });
        Ok(Along::Payment { stored, known: None })
    }

    async fn take_off_line(
        &self,
        origin: &Origin,
        draft: &mut Draft,
        payment: &str,
    ) -> Result<Along, Failure> {
        let id = payment.parse().map_err(|_| Failure::bug("a kept payment has no id"))?;
        let found = self.store.payment(&origin.administration, &id).await?;
        let Versioned { value, version } = found.ok_or_else(|| {
            Failure::rejected("payment_is_gone", "the payment was taken off by other means")
        })?;
        let archived = self.closed(origin, &draft.dossier, &value.booked_on).await?;
        intake::take_back_payment(draft, &value.payment, archived);
        Ok(Along::PaymentGone { payment: id, known: version })
    }

    /// The payment that was taken off because its money had gone back, as it was.
    async fn original(&self, origin: &Origin, line: &KeptLine, payment: &str) -> Result<Payment, Failure> {
        let gone = || Failure::bug("the line whose money was taken back is gone");
        let original = line.takes_back.as_ref().ok_or_else(gone)?;
        let original = self.store.bank_line(&origin.administration, original).await?.ok_or_else(gone)?.value;
        let part = original.parts.iter().find(|p| p.payment.as_str() == payment).ok_or_else(gone)?;
        payment_of(&original, part, self.now()?)
    }

    /// What a direct debit's money comes back under. Before the booking, so that it is never missed.
    async fn keep_ordered(&self, origin: &Origin, line: &KeptLine, debtor: &DebtorId) -> Result<(), Failure> {
        let movement = &line.movement;
        let Some(mandate) = movement.mandate_id.as_ref().filter(|_| movement.amount.is_positive()) else {
            return Ok(());
        };
        let ordered = movement.end_to_end_id.iter().filter(|id| *id != "NOTPROVIDED");
        let by = ordered.map(|id| Found::ByEndToEnd(id.clone())).chain([Found::ByMandate(mandate.clone())]);
        let entry = FoundEntry { line: Some(line.id().clone()), ..FoundEntry::default() };
        for by in by {
            self.store.keep_found(&origin.administration, &by, debtor, &entry).await?;
        }
        Ok(())
    }
}

fn payment_of(line: &KeptLine, part: &LinePart, now: Timestamp) -> Result<Payment, Failure> {
    let movement = &line.movement;
    let kind = part.kind.payment_kind().ok_or_else(|| Failure::bug("a removal is no payment"))?;
    let text: String = movement.text.trim().chars().take(LONGEST_REFERENCE).collect();
    Ok(Payment {
        id: part.payment.clone(),
        kind,
        invoice: part.invoice.clone(),
        debtor: part.debtor.clone(),
        amount: part.amount,
        received_on: movement.booked_on,
        reference: Some(text).filter(|t| !t.is_empty()),
        reason_code: movement.return_reason.clone(),
        // What is open was read now: the ledger's figure of before does not contain it.
        modified_at: now,
        among: Vec::new(),
        takes_back: None,
    })
}
