//! What banks tell of direct debits: the money that came in, and what came back.
//!
//! One credit of the bank is many debits. Each is booked once: its entry in the batch says so, in the same write as the
//! dossier and the payment. A debit that came back before its money was booked is booked neither as a payment nor as its
//! reversal; one that came back after is both.

use std::collections::BTreeMap;

use contracts::failure::Failure;
use domain::Money;
use domain::debit_batch::{BatchEntry, BatchState, EntryReturn, Reference, blocks, end_to_end_id};
use domain::debiting::{self, DEBIT_RETURNED};
use domain::direct_debit::DebitState;
use domain::dossier::Draft;
use domain::holding;
use domain::ids::{AdministrationId, BatchId, DebtorId, MandateId, PaymentId};
use domain::intake;
use domain::invoice::Invoice;
use domain::payment::{Payment, PaymentKind};
use domain::refusal::Refusal;
use domain::return_reason::Treatment;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Along, StoredPayment, Versioned, until_no_conflict};

use crate::{Origin, Records, unknown_debtor};

/// Transactions that are read at once.
const PAGE: u32 = 500;

/// Debtors whose debits are booked at once.
const AT_ONCE: usize = 16;

/// What came of booking a bank's credit on the debits that it is the sum of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    /// Booked on so many debits; on none where it was booked before.
    Debits(usize),
    /// Nothing was booked: the bank's amount is neither of these.
    AmountDiffers {
        /// All that the reference names, in euros.
        gross: Money,
        /// The same without what came back.
        net: Money,
    },
}

/// What came of a debit that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The transaction.
    pub entry: BatchEntry,
    /// What is done about it; `None` where it was told before, and nothing was changed.
    pub treatment: Option<Treatment>,
    /// Its money had been booked, and was taken back.
    pub reversed: bool,
}

/// The payment that a transaction's money is booked as. Its reversal ends in `-r`.
fn payment_id(entry: &BatchEntry, reversal: bool) -> Result<PaymentId, Failure> {
    let end = if reversal { "-r" } else { "" };
    let text = format!("dd-{}{end}", entry.end_to_end_id);
    PaymentId::parse(&text).map_err(|e| Failure::bug(e.to_string()))
}

fn payment(
    entry: &BatchEntry,
    kind: PaymentKind,
    on: Date,
    code: Option<&str>,
    now: Timestamp,
) -> Result<Payment, Failure> {
    Ok(Payment {
        id: payment_id(entry, kind == PaymentKind::Reversal)?,
        kind,
        invoice: Some(entry.invoice.clone()),
        debtor: entry.debtor.clone(),
        amount: entry.amount,
        received_on: on,
        reference: Some(entry.end_to_end_id.clone()),
        reason_code: code.map(str::to_owned),
        // Told now: an open amount that the ledger told before does not contain it.
        modified_at: now,
        among: Vec::new(),
        takes_back: None,
    })
}

impl Records {
    /// The transactions that a reference at the bank names: a batch's, a block's, or one; none where it is not ours.
    ///
    /// # Errors
    /// The store is away.
    pub async fn direct_debits(
        &self,
        administration: &AdministrationId,
        reference: &Reference,
    ) -> Result<Vec<BatchEntry>, Failure> {
        let found = match reference {
            Reference::Batch(batch) => self.entries(administration, batch).await?,
            Reference::Block(batch, number) => {
                let entries = self.entries(administration, batch).await?;
                let blocks = blocks(&entries);
                let block = blocks.into_iter().find(|b| b.number == *number);
                block.map(|b| b.entries.into_iter().cloned().collect()).unwrap_or_default()
            }
            Reference::Entry(batch, id) => {
                let found = self.store.batch_entry(administration, batch, id).await?;
                found.map(|v| v.value).into_iter().collect()
            }
        };
        Ok(found.into_iter().filter(|e| !e.released).collect())
    }

    async fn entries(
        &self,
        administration: &AdministrationId,
        batch: &BatchId,
    ) -> Result<Vec<BatchEntry>, Failure> {
        let mut entries = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.store.batch_entries(administration, batch, PAGE, cursor.as_deref()).await?;
            entries.extend(page.items.into_iter().map(|v| v.value));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(entries);
            }
        }
    }

    /// The references of the collections under a mandate that went to the bank and have not come back, the last one first:
    /// for a return that names only the mandate.
    ///
    /// # Errors
    /// The store is away.
    pub async fn direct_debits_under(
        &self,
        administration: &AdministrationId,
        mandate: &MandateId,
    ) -> Result<Vec<Reference>, Failure> {
        let Some(debtor) = self.store.mandate_owner(administration, mandate).await? else {
            return Ok(Vec::new());
        };
        let Some(known) = self.store.dossier(administration, &debtor).await? else { return Ok(Vec::new()) };
        let sent = known
            .value
            .debits
            .iter()
            .rev()
            .filter(|d| d.mandate == *mandate)
            .filter(|d| matches!(d.state, DebitState::Batched { .. } | DebitState::Collected { .. }));
        let reference = |d: &domain::direct_debit::Debit| {
            let batch = d.batch.clone()?;
            let id = end_to_end_id(&batch, &d.id);
            Some(Reference::Entry(batch, id))
        };
        Ok(sent.filter_map(reference).collect())
    }

    /// Books a credit of the bank on the debits that its reference names, where it is their sum: with or without those that
    /// came back. Told again, or after a crash, it books what is not booked yet.
    ///
    /// # Errors
    /// The reference names nothing of ours, its batch never was ready, or the store is away.
    pub async fn book_direct_debits(
        &self,
        origin: &Origin,
        reference: &Reference,
        amount: Money,
        booked_on: Date,
    ) -> Result<Booked, Failure> {
        let batch = self.store.batch(&origin.administration, reference.batch()).await?;
        let batch = batch.ok_or(Refusal::NoSuchBatch)?.value;
        if !matches!(batch.state, BatchState::Ready | BatchState::Submitted | BatchState::Accepted) {
            return Err(Refusal::NoSuchDebit.into());
        }
        let entries = self.direct_debits(&origin.administration, reference).await?;
        if entries.is_empty() {
            return Err(Refusal::NoSuchDebit.into());
        }
        let gross: Money = entries.iter().map(|e| e.amount).sum();
        // What was booked and came back later was part of the credit.
        let missing = |e: &&BatchEntry| e.returned.is_some() && e.booked_on.is_none();
        let net = gross - entries.iter().filter(missing).map(|e| e.amount).sum();
        if amount != gross && amount != net {
            return Ok(Booked::AmountDiffers { gross, net });
        }
        let mut of_debtors: BTreeMap<DebtorId, Vec<BatchEntry>> = BTreeMap::new();
        for entry in entries.into_iter().filter(|e| e.booked_on.is_none() && e.returned.is_none()) {
            of_debtors.entry(entry.debtor.clone()).or_default().push(entry);
        }
        let booked = stream::iter(of_debtors.into_values().map(|entries| async move {
            let mut booked = 0;
            for entry in entries {
                booked += usize::from(self.book_one(origin, &entry, booked_on).await?);
            }
            Ok::<_, Failure>(booked)
        }));
        let booked: Vec<usize> = booked.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(Booked::Debits(booked.into_iter().sum()))
    }

    /// Books one debit, unless that was done or it came back meanwhile.
    async fn book_one(&self, origin: &Origin, entry: &BatchEntry, on: Date) -> Result<bool, Failure> {
        let settings = self.administration(&origin.administration).await?.value;
        until_no_conflict(|| async {
            let known = self.entry(origin, &entry.batch, &entry.end_to_end_id).await?;
            if known.value.booked_on.is_some() || known.value.returned.is_some() || known.value.released {
                return Ok(false);
            }
            let payment = payment(&known.value, PaymentKind::Payment, on, None, self.now()?)?;
            let (mut draft, version, along) = self.with_payment(origin, &payment).await?;
            holding::name_resumption(&mut draft, &settings);
            let entry = Box::new(BatchEntry { booked_on: Some(on), ..known.value });
            let along = vec![along, Along::BatchEntry { entry, known: Some(known.version) }];
            self.store.commit(&settings, &draft, Some(version), along).await?;
            Ok(true)
        })
        .await
    }

    async fn entry(
        &self,
        origin: &Origin,
        batch: &BatchId,
        end_to_end_id: &str,
    ) -> Result<Versioned<BatchEntry>, Failure> {
        let found = self.store.batch_entry(&origin.administration, batch, end_to_end_id).await?;
        found.ok_or_else(|| Refusal::NoSuchDebit.into())
    }

    /// The dossier's draft with a new payment booked on its one invoice, and the payment to be stored along.
    async fn with_payment(&self, origin: &Origin, payment: &Payment) -> Result<(Draft, u64, Along), Failure> {
        let known = self.store.dossier(&origin.administration, &payment.debtor).await?;
        let known = known.ok_or_else(unknown_debtor)?;
        let archived = self.closed(origin, &known.value, &payment.invoice).await?;
        let mut draft = Draft::of(known.value, self.now()?, &origin.by);
        let (_, booked_on) = intake::put_payment(&mut draft, payment.clone(), None, archived)?;
        let stored = StoredPayment { payment: payment.clone(), booked_on, updated_at: draft.now };
        Ok((draft, known.version, Along::Payment { stored: Box::new(stored), known: None }))
    }

    /// A debit came back. Once: told again, by the bank or by somebody else, it changes nothing.
    ///
    /// Where its money was booked, that is taken back and the invoice is open again. Where it was not, it never will be; if
    /// the invoice was paid by something else meanwhile, a person is asked.
    ///
    /// # Errors
    /// The reference names no transaction of ours, or its batch was rejected as a whole.
    pub async fn return_direct_debit(
        &self,
        origin: &Origin,
        reference: &Reference,
        came_back: &EntryReturn,
    ) -> Result<Returned, Failure> {
        let Reference::Entry(batch, id) = reference else { return Err(Refusal::NoSuchDebit.into()) };
        let settings = self.administration(&origin.administration).await?.value;
        until_no_conflict(|| async {
            let known = self.entry(origin, batch, id).await?;
            if known.value.released {
                return Err(Refusal::BatchWasRejected.into());
            }
            let reversed = known.value.booked_on.is_some();
            if known.value.returned.is_some() {
                return Ok(Returned { entry: known.value, treatment: None, reversed });
            }
            let (mut draft, version, mut along) = if reversed {
                let (on, code) = (came_back.on, Some(came_back.code.as_str()));
                let reversal = payment(&known.value, PaymentKind::Reversal, on, code, self.now()?)?;
                let (draft, version, payment) = self.with_payment(origin, &reversal).await?;
                (draft, version, vec![payment])
            } else {
                let found = self.store.dossier(&origin.administration, &known.value.debtor).await?;
                let found = found.ok_or_else(unknown_debtor)?;
                (Draft::of(found.value, self.now()?, &origin.by), found.version, Vec::new())
            };
            let treatment = debiting::returned(&mut draft, &settings, &known.value, came_back);
            let open = draft.dossier.invoices.get(&known.value.invoice).is_some_and(Invoice::is_open);
            if !open {
                draft.open_task(DEBIT_RETURNED, known.value.debit.as_str());
            }
            let entry = BatchEntry { returned: Some(came_back.clone()), ..known.value };
            let stored = Box::new(entry.clone());
            along.push(Along::BatchEntry { entry: stored, known: Some(known.version) });
            self.store.commit(&settings, &draft, Some(version), along).await?;
            Ok(Returned { entry, treatment: Some(treatment), reversed })
        })
        .await
    }
}
