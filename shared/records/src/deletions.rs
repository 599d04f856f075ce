//! Deletions: what the source system says it has no longer.
//!
//! A deletion is remembered under the record's own id, also where the record was never here: whichever comes first, the
//! newest of versions and deletions stands.

use contracts::failure::Failure;
use domain::deleting::{self, Deletion, counterparts, supersedes};
use domain::dossier::{Dossier, Draft};
use domain::holding;
use domain::ids::{DebtorId, InvoiceId, PaymentId};
use jiff::Timestamp;
use store::{Along, Gone, Place, RecordKind, StoredPayment, Tombstone, Versioned, until_no_conflict};

use crate::{Origin, Records};

impl Records {
    /// Deletes an invoice or credit note as of `at`, by the source system's clock. See [`deleting::delete_invoice`].
    ///
    /// # Errors
    /// The store is away.
    pub async fn delete_invoice(
        &self,
        origin: &Origin,
        id: &InvoiceId,
        at: Timestamp,
    ) -> Result<Deletion, Failure> {
        until_no_conflict(|| async {
            let place = self.store.invoice_place(&origin.administration, id).await?;
            let version = place.as_ref().map(|p| p.version);
            let debtor = match place.map(|p| p.value) {
                Some(Place::Taken(debtor)) => Some(debtor),
                Some(Place::Deleted(known)) if known.deleted_at >= at => return Ok(Deletion::Unchanged),
                Some(Place::Deleted(known)) => known.debtor,
                Some(Place::Ignored(known)) if !supersedes(at, known.modified_at) => {
                    return Ok(Deletion::Older);
                }
                Some(Place::Ignored(_)) | None => None,
            };
            let tombstone = |debtor: Option<DebtorId>| {
                Ok::<_, Failure>(Gone::Deleted(Tombstone {
                    kind: RecordKind::Invoice,
                    id: id.to_string(),
                    debtor,
                    deleted_at: at,
                    recorded_at: self.now()?,
                    by: origin.by.clone(),
                }))
            };
            let dossier = match &debtor {
                Some(debtor) => self.store.dossier(&origin.administration, debtor).await?,
                None => None,
            };
            let Some(dossier) = dossier else {
                self.store.put_gone(&origin.administration, &tombstone(None)?, version).await?;
                return Ok(Deletion::Deleted);
            };
            let gone = Along::Gone { gone: Box::new(tombstone(debtor)?), known: version };
            self.delete_from(origin, dossier, id, at, gone).await
        })
        .await
    }

    async fn delete_from(
        &self,
        origin: &Origin,
        dossier: Versioned<Dossier>,
        id: &InvoiceId,
        at: Timestamp,
        gone: Along,
    ) -> Result<Deletion, Failure> {
        let administration = self.administration(&origin.administration).await?.value;
        let debtor = dossier.value.debtor.id.clone();
        let known = match dossier.value.invoices.get(id) {
            Some(open) => Some(open.clone()),
            None => self.store.archived_invoice(&origin.administration, &debtor, id).await?,
        };
        let mut draft = Draft::of(dossier.value, self.now()?, &origin.by);
        // One that was noted and not stored yet: the dossier's new version makes whoever is about to store it look again.
        let mut deletion = Deletion::Deleted;
        if let Some(known) = known {
            let others = counterparts(&known);
            let closed = self.closed(origin, &draft.dossier, &others).await?;
            deletion = deleting::delete_invoice(&mut draft, known, at, closed);
            if deletion == Deletion::Older {
                return Ok(Deletion::Older);
            }
            holding::name_resumption(&mut draft, &administration);
        }
        self.store.commit(&administration, &draft, Some(dossier.version), vec![gone]).await?;
        Ok(deletion)
    }

    /// Deletes a payment as of `at`, by the source system's clock: it is taken off wherever it was booked, and opens again
    /// what it had closed.
    ///
    /// # Errors
    /// The store is away.
    pub async fn delete_payment(
        &self,
        origin: &Origin,
        id: &PaymentId,
        at: Timestamp,
    ) -> Result<Deletion, Failure> {
        until_no_conflict(|| async {
            let place = self.store.payment_place(&origin.administration, id).await?;
            let version = place.as_ref().map(|p| p.version);
            let mut deletion = Deletion::Deleted;
            let stored = match place.map(|p| p.value) {
                Some(Place::Taken(stored)) if !supersedes(at, stored.payment.modified_at) => {
                    return Ok(Deletion::Older);
                }
                Some(Place::Taken(stored)) => Some(stored),
                Some(Place::Deleted(known)) if known.deleted_at >= at => return Ok(Deletion::Unchanged),
                Some(Place::Ignored(known)) if !supersedes(at, known.modified_at) => {
                    return Ok(Deletion::Older);
                }
                Some(Place::Deleted(_)) => {
                    deletion = Deletion::Unchanged;
                    None
                }
                Some(Place::Ignored(_)) | None => None,
            };
            let gone = Gone::Deleted(Tombstone {
                kind: RecordKind::Payment,
                id: id.to_string(),
                debtor: stored.as_ref().map(|s| s.payment.debtor.clone()),
                deleted_at: at,
                recorded_at: self.now()?,
                by: origin.by.clone(),
            });
            match stored {
                Some(stored) => self.take_off(origin, stored, gone, version).await?,
                None => self.store.put_gone(&origin.administration, &gone, version).await?,
            }
            Ok(deletion)
        })
        .await
    }

    async fn take_off(
        &self,
        origin: &Origin,
        stored: StoredPayment,
        gone: Gone,
        known: Option<u64>,
    ) -> Result<(), Failure> {
        let administration = self.administration(&origin.administration).await?.value;
        let StoredPayment { payment, booked_on, .. } = stored;
        let found = self.store.dossier(&origin.administration, &payment.debtor).await?;
        let dossier = found.ok_or_else(|| Failure::bug("a payment is stored without its debtor"))?;
        let closed = self.closed(origin, &dossier.value, &booked_on).await?;
        let mut draft = Draft::of(dossier.value, self.now()?, &origin.by);
        deleting::delete_payment(&mut draft, &payment, closed);
        holding::name_resumption(&mut draft, &administration);
        let along = vec![Along::Gone { gone: Box::new(gone), known }];
        Ok(self.store.commit(&administration, &draft, Some(dossier.version), along).await?)
    }

    /// Deletes a debtor of whom nothing is open, as of `at`, by the source system's clock.
    ///
    /// # Errors
    /// A rule of [`deleting::delete_debtor`], or the store is away.
    pub async fn delete_debtor(
        &self,
        origin: &Origin,
        id: &DebtorId,
        at: Timestamp,
    ) -> Result<Deletion, Failure> {
        until_no_conflict(|| async {
            let now = self.now()?;
            let noted = self.store.deleted_debtor(&origin.administration, id).await?;
            let known = noted.as_ref().map(|n| n.version);
            let gone = Gone::Deleted(Tombstone {
                kind: RecordKind::Debtor,
                id: id.to_string(),
                debtor: Some(id.clone()),
                deleted_at: at,
                recorded_at: now,
                by: origin.by.clone(),
            });
            if noted.is_some_and(|n| n.value.deleted_at >= at) {
                return Ok(Deletion::Unchanged);
            }
            let Some(dossier) = self.store.dossier(&origin.administration, id).await? else {
                self.store.put_gone(&origin.administration, &gone, known).await?;
                return Ok(if known.is_some() { Deletion::Unchanged } else { Deletion::Deleted });
            };
            let administration = self.administration(&origin.administration).await?.value;
            let mut draft = Draft::of(dossier.value, now, &origin.by);
            let deletion = deleting::delete_debtor(&mut draft, at)?;
            if deletion != Deletion::Older {
                let along = vec![Along::Gone { gone: Box::new(gone), known }];
                self.store.commit(&administration, &draft, Some(dossier.version), along).await?;
            }
            Ok(deletion)
        })
        .await
    }
}
