//! Payments, reversals, settlements and write-offs.

use std::collections::BTreeSet;

use contracts::api::payments::CheckedPayment;
use contracts::failure::Failure;
use domain::dossier::{Dossier, Draft};
use domain::holding;
use domain::ids::{DebtorId, InvoiceId, PaymentId};
use domain::intake::{self, Upsert};
use domain::invoice::Invoice;
use domain::payment::Payment;
use store::{Along, StoredPayment, Versioned, until_no_conflict};

use crate::{Origin, Records, unknown_debtor};

impl Records {
    /// Takes in a payment, reversal, settlement or write-off.
    ///
    /// # Errors
    /// The invoice or debtor is not known, or a rule of [`intake::put_payment`].
    pub async fn put_payment(
        &self,
        origin: &Origin,
        id: &PaymentId,
        checked: CheckedPayment,
    ) -> Result<Upsert, Failure> {
        store_payment(self, origin, id, checked).await
    }
}

async fn store_payment(
    records: &Records,
    origin: &Origin,
    id: &PaymentId,
    checked: CheckedPayment,
) -> Result<Upsert, Failure> {
    let administration = records.administration(&origin.administration).await?.value;
    let debtor = owner(records, origin, &checked).await?;
    let payment = Payment {
        id: id.clone(),
        kind: checked.kind,
        invoice: checked.invoice,
        debtor: debtor.clone(),
        amount: checked.amount,
        received_on: checked.received_on,
        reference: checked.reference,
        reason_code: checked.reason_code,
        modified_at: checked.modified_at,
        among: Vec::new(),
        takes_back: None,
    };
    until_no_conflict(|| async {
        let now = records.now()?;
        let known = records.store.payment(&origin.administration, id).await?;
        let dossier =
            records.store.dossier(&origin.administration, &debtor).await?.ok_or_else(unknown_debtor)?;
        let archived = closed_ones(records, origin, &dossier.value, &payment, known.as_ref()).await?;
        let mut draft = Draft::of(dossier.value, now, &origin.by);
        let stored = known.as_ref().map(|k| &k.value.payment);
        let (upsert, booked_on) = intake::put_payment(&mut draft, payment.clone(), stored, archived)?;
        let booked_on = match (upsert, &known) {
            (Upsert::Created | Upsert::Changed, _) => booked_on,
            // The newer time stamp is kept: what came between the two versions is older than this one.
            (Upsert::Unchanged, Some(k)) if k.value.payment.modified_at < payment.modified_at => {
                k.value.booked_on.clone()
            }
            (Upsert::Unchanged | Upsert::Older, _) => return Ok(upsert),
        };
        holding::name_resumption(&mut draft, &administration);
        let stored = Box::new(StoredPayment { payment: payment.clone(), booked_on, updated_at: now });
        let along = vec![Along::Payment { stored, known: known.map(|k| k.version) }];
        records.store.commit(&administration, &draft, Some(dossier.version), along).await?;
        Ok(upsert)
    })
    .await
}

/// Whose payment it is: the invoice's debtor where it names an invoice.
async fn owner(records: &Records, origin: &Origin, payment: &CheckedPayment) -> Result<DebtorId, Failure> {
    let Some(invoice) = &payment.invoice else {
        return payment.debtor.clone().ok_or_else(|| Failure::bug("a checked payment names nothing"));
    };
    let owner = records.store.invoice_owner(&origin.administration, invoice).await?;
    let owner = owner.ok_or_else(|| {
        Failure::bad_input("invoiceId", "unknown_invoice", "names an invoice that is known")
    })?;
    if payment.debtor.as_ref().is_some_and(|named| *named != owner) {
        let detail = "is the debtor of the invoice, or absent";
        return Err(Failure::bad_input("debtorId", "invoice_of_another_debtor", detail));
    }
    Ok(owner)
}

/// The closed invoices that the payment, or its stored version, is about.
async fn closed_ones(
    records: &Records,
    origin: &Origin,
    dossier: &Dossier,
    payment: &Payment,
    known: Option<&Versioned<StoredPayment>>,
) -> Result<Vec<Invoice>, Failure> {
    let before = known.map(|k| k.value.booked_on.as_slice()).unwrap_or_default();
    let named: BTreeSet<&InvoiceId> = payment.invoice.iter().chain(before).collect();
    let mut closed = Vec::new();
    for id in named.into_iter().filter(|id| !dossier.invoices.contains_key(*id)) {
        match records.store.archived_invoice(&origin.administration, &payment.debtor, id).await? {
            Some(invoice) => closed.push(invoice),
            None if payment.invoice.as_ref() == Some(id) => {
                let detail = "names an invoice that is known";
                return Err(Failure::bad_input("invoiceId", "unknown_invoice", detail));
            }
            None => {}
        }
    }
    Ok(closed)
}
