//! Invoices that the dossier does not hold: closed ones, new ones, and those that were deleted or left out before.

use contracts::failure::Failure;
use domain::administration::Administration;
use domain::deleting::supersedes;
use domain::dossier::Draft;
use domain::ids::InvoiceId;
use domain::importing::{Arrival, IgnoredBy, arrival};
use domain::invoice::Invoice;
use domain::refusal::Refusal;
use store::{Along, Gone, IgnoredRecord, Place, RecordKind, Versioned};

use crate::{Origin, Records};

/// What is known of an invoice that the dossier does not hold.
pub(crate) enum Standing {
    /// It closed or was deleted. What goes along brings it back under its id.
    Closed(Box<Invoice>, Option<Along>),
    /// It comes in now. What goes along keeps others from deleting it meanwhile.
    New(Option<Along>),
    /// It was deleted later than this version.
    Older,
    /// A rule on import leaves it out; that is written down.
    Ignored(IgnoredBy),
}

impl Records {
    /// `newcomer`: the dossier is not stored yet, so its version does not keep a deletion of the invoice out.
    pub(crate) async fn standing(
        &self,
        origin: &Origin,
        administration: &Administration,
        draft: &Draft,
        invoice: &Invoice,
        newcomer: bool,
    ) -> Result<Standing, Failure> {
        let debtor = &draft.dossier.debtor.id;
        let closed = self.store.archived_invoice(&origin.administration, debtor, &invoice.id).await?;
        if let Some(closed) = closed {
            let along = self.coming_back(origin, draft, invoice, &closed).await?;
            return Ok(Standing::Closed(Box::new(closed), along));
        }
        if let Arrival::Ignored { by, reason } =
            arrival(&administration.import, &draft.dossier.debtor, invoice)
        {
            return self.leave_out(origin, draft, invoice, by, reason).await;
        }
        let Some(place) = self.store.claim_invoice(&origin.administration, &invoice.id, debtor).await? else {
            if !newcomer {
                return Ok(Standing::New(None));
            }
            let place = self.store.invoice_place(&origin.administration, &invoice.id).await?;
            let unchanged =
                |p: Versioned<_>| Along::InvoiceUnchanged { invoice: invoice.id.clone(), version: p.version };
            return Ok(Standing::New(place.map(unchanged)));
        };
        Ok(match place.value {
            Place::Taken(_) => return Err(Refusal::InvoiceOfAnotherDebtor.into()),
            Place::Deleted(t) if supersedes(t.deleted_at, invoice.modified_at) => Standing::Older,
            Place::Deleted(_) | Place::Ignored(_) => Standing::New(Some(back(&invoice.id, place.version))),
        })
    }

    /// What goes along where this version brings a deleted invoice back.
    async fn coming_back(
        &self,
        origin: &Origin,
        draft: &Draft,
        invoice: &Invoice,
        closed: &Invoice,
    ) -> Result<Option<Along>, Failure> {
        if closed.deleted_at.is_none_or(|at| supersedes(at, invoice.modified_at)) {
            return Ok(None);
        }
        let place = self.store.invoice_place(&origin.administration, &invoice.id).await?;
        Ok(match place {
            // It went on under another debtor.
            Some(Versioned { value: Place::Taken(owner), .. }) if owner != draft.dossier.debtor.id => {
                return Err(Refusal::InvoiceOfAnotherDebtor.into());
            }
            Some(Versioned { value: Place::Taken(_), .. }) | None => None,
            Some(place) => Some(back(&invoice.id, place.version)),
        })
    }

    /// Writes down that a rule leaves this invoice out; the same version again writes nothing.
    async fn leave_out(
        &self,
        origin: &Origin,
        draft: &Draft,
        invoice: &Invoice,
        by: IgnoredBy,
        reason: Option<&str>,
    ) -> Result<Standing, Failure> {
        let place = self.store.invoice_place(&origin.administration, &invoice.id).await?;
        let debtor = &draft.dossier.debtor.id;
        let mut record = IgnoredRecord {
            kind: RecordKind::Invoice,
            id: invoice.id.to_string(),
            debtor: debtor.clone(),
            rule: by,
            reason: reason.map(str::to_owned),
            modified_at: invoice.modified_at,
            ignored_at: draft.now,
        };
        match place.as_ref().map(|p| &p.value) {
            Some(Place::Taken(owner)) if owner != debtor => {
                return Err(Refusal::InvoiceOfAnotherDebtor.into());
            }
            Some(Place::Deleted(t)) if supersedes(t.deleted_at, invoice.modified_at) => {
                return Ok(Standing::Older);
            }
            Some(Place::Ignored(before)) => {
                record.modified_at = record.modified_at.max(before.modified_at);
                let same = IgnoredRecord { ignored_at: before.ignored_at, ..record.clone() };
                if same == *before {
                    return Ok(Standing::Ignored(by));
                }
            }
            Some(Place::Taken(_) | Place::Deleted(_)) | None => {}
        }
        let known = place.map(|p| p.version);
        self.store.put_gone(&origin.administration, &Gone::Ignored(record), known).await?;
        Ok(Standing::Ignored(by))
    }
}

fn back(invoice: &InvoiceId, known: u64) -> Along {
    Along::InvoiceBack { invoice: invoice.clone(), known }
}
