//! Payments, reversals, settlements and write-offs.

use std::collections::BTreeSet;

use contracts::api::payments::CheckedPayment;
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::deleting::supersedes;
use domain::dossier::{Dossier, Draft};
use domain::holding;
use domain::ids::{DebtorId, InvoiceId, PaymentId};
use domain::importing::IgnoredBy;
use domain::intake::{self, Upsert};
use domain::invoice::Invoice;
use domain::payment::Payment;
use domain::refusal::Refusal;
use store::{Along, Gone, IgnoredRecord, Place, RecordKind, StoredPayment, until_no_conflict};

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
        let settings = self.administration(&origin.administration).await?.value;
        self.payment_under(origin, &settings, id, checked).await
    }

    /// The same under settings that were read before.
    pub(crate) async fn payment_under(
        &self,
        origin: &Origin,
        settings: &Administration,
        id: &PaymentId,
        checked: CheckedPayment,
    ) -> Result<Upsert, Failure> {
        store_payment(self, origin, settings, id, checked).await
    }
}

async fn store_payment(
    records: &Records,
    origin: &Origin,
    administration: &Administration,
    id: &PaymentId,
    checked: CheckedPayment,
) -> Result<Upsert, Failure> {
    let debtor = match owner(records, origin, &checked).await? {
        Owner::Debtor(debtor) => debtor,
        Owner::Ignored(debtor) => return leave_out(records, origin, id, &checked, debtor).await,
    };
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
        let known = records.store.payment_place(&origin.administration, id).await?;
        let place = known.as_ref().map(|k| k.version);
        let known = match known.map(|k| k.value) {
            Some(Place::Deleted(t)) if supersedes(t.deleted_at, payment.modified_at) => {
                return Ok(Upsert::Older);
            }
            Some(Place::Taken(stored)) => Some(stored),
            Some(Place::Deleted(_) | Place::Ignored(_)) | None => None,
        };
        let dossier =
            records.store.dossier(&origin.administration, &debtor).await?.ok_or_else(unknown_debtor)?;
        let archived = closed_ones(records, origin, &dossier.value, &payment, known.as_ref()).await?;
        let mut draft = Draft::of(dossier.value, now, &origin.by);
        let stored = known.as_ref().map(|k| &k.payment);
        let (upsert, booked_on) = intake::put_payment(&mut draft, payment.clone(), stored, archived)?;
        let booked_on = match (upsert, &known) {
            (Upsert::Created | Upsert::Changed, _) => booked_on,
            // The newer time stamp is kept: what came between the two versions is older than this one.
            (Upsert::Unchanged, Some(k)) if k.payment.modified_at < payment.modified_at => {
                k.booked_on.clone()
            }
            (Upsert::Unchanged | Upsert::Older | Upsert::Ignored(_), _) => return Ok(upsert),
        };
        holding::name_resumption(&mut draft, administration);
        let stored = Box::new(StoredPayment { payment: payment.clone(), booked_on, updated_at: now });
        let along = vec![Along::Payment { stored, known: place }];
        records.store.commit(administration, &draft, Some(dossier.version), along).await?;
        Ok(upsert)
    })
    .await
}

/// Whose payment it is.
enum Owner {
    Debtor(DebtorId),
    /// The debtor of an invoice that a rule on import left out.
    Ignored(DebtorId),
}

/// Whose payment it is: the invoice's debtor where it names an invoice, be it a deleted one.
async fn owner(records: &Records, origin: &Origin, payment: &CheckedPayment) -> Result<Owner, Failure> {
    let Some(invoice) = &payment.invoice else {
        let debtor = payment.debtor.clone().ok_or_else(|| Failure::bug("a checked payment names nothing"))?;
        return Ok(Owner::Debtor(debtor));
    };
    let place = records.store.invoice_place(&origin.administration, invoice).await?;
    let owner = match place.map(|p| p.value) {
        Some(Place::Taken(debtor)) => Some(Owner::Debtor(debtor)),
        Some(Place::Deleted(deleted)) => deleted.debtor.map(Owner::Debtor),
        Some(Place::Ignored(ignored)) => Some(Owner::Ignored(ignored.debtor)),
        None => None,
    };
    let owner = owner.ok_or_else(unknown_invoice)?;
    let (Owner::Debtor(debtor) | Owner::Ignored(debtor)) = &owner;
    if payment.debtor.as_ref().is_some_and(|named| named != debtor) {
        let detail = "is the debtor of the invoice, or absent";
        return Err(Failure::bad_input("debtorId", "invoice_of_another_debtor", detail));
    }
    Ok(owner)
}

fn unknown_invoice() -> Failure {
    Failure::bad_input("invoiceId", "unknown_invoice", "names an invoice that is known")
}

/// A payment on an invoice that a rule left out is left out with it: there is nothing that it could be booked on.
async fn leave_out(
    records: &Records,
    origin: &Origin,
    id: &PaymentId,
    payment: &CheckedPayment,
    debtor: DebtorId,
) -> Result<Upsert, Failure> {
    let by = IgnoredBy::InvoiceIgnored;
    until_no_conflict(|| async {
        let place = records.store.payment_place(&origin.administration, id).await?;
        let record = IgnoredRecord {
            kind: RecordKind::Payment,
            id: id.to_string(),
            debtor: debtor.clone(),
            rule: by,
            reason: None,
            modified_at: payment.modified_at,
            ignored_at: records.now()?,
        };
        match place.as_ref().map(|p| &p.value) {
            // It was booked elsewhere before: that is changed by a person, or by its deletion.
            Some(Place::Taken(_)) => return Err(Refusal::PaymentIsElsewhere.into()),
            Some(Place::Deleted(t)) if supersedes(t.deleted_at, payment.modified_at) => {
                return Ok(Upsert::Older);
            }
            Some(Place::Ignored(before)) if before.modified_at >= record.modified_at => {
                return Ok(Upsert::Ignored(by));
            }
            Some(Place::Deleted(_) | Place::Ignored(_)) | None => {}
        }
        let known = place.map(|p| p.version);
        records.store.put_gone(&origin.administration, &Gone::Ignored(record), known).await?;
        Ok(Upsert::Ignored(by))
    })
    .await
}

/// The closed invoices that the payment, or its stored version, is about.
async fn closed_ones(
    records: &Records,
    origin: &Origin,
    dossier: &Dossier,
    payment: &Payment,
    known: Option<&StoredPayment>,
) -> Result<Vec<Invoice>, Failure> {
    let before = known.map(|k| k.booked_on.as_slice()).unwrap_or_default();
    let named: BTreeSet<&InvoiceId> = payment.invoice.iter().chain(before).collect();
    let mut closed = Vec::new();
    for id in named.into_iter().filter(|id| !dossier.invoices.contains_key(*id)) {
        match records.store.archived_invoice(&origin.administration, &payment.debtor, id).await? {
            Some(invoice) => closed.push(invoice),
            None if payment.invoice.as_ref() == Some(id) => return Err(unknown_invoice()),
            None => {}
        }
    }
    Ok(closed)
}
