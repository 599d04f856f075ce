//! Debtors.

use contracts::api::debtors::DebtorBody;
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::debtor::Debtor;
use domain::deleting::supersedes;
use domain::dossier::Draft;
use domain::holding;
use domain::ids::DebtorId;
use domain::intake::{self, Upsert};
use store::{Along, until_no_conflict};

use crate::{Origin, Records, known_policy};

/// The debtor, or what is wrong with the body, the account number included.
pub fn checked_debtor(body: DebtorBody, id: DebtorId) -> Result<Debtor, Failure> {
    let mut debtor = body.into_debtor(id)?;
    if let Some(iban) = &debtor.iban {
        let checked = formats::iban::check(iban)
            .map_err(|error| Failure::bad_input("iban", error.code(), error.to_string()))?;
        debtor.iban = Some(checked);
    }
    Ok(debtor)
}

impl Records {
    /// Takes in a debtor.
    ///
    /// # Errors
    /// The policy that it names is not known, or the store is away.
    pub async fn put_debtor(&self, origin: &Origin, debtor: Debtor) -> Result<Upsert, Failure> {
        let settings = self.administration(&origin.administration).await?.value;
        self.debtor_under(origin, &settings, debtor).await
    }
}

impl Records {
    /// The same under settings that were read before.
    pub(crate) async fn debtor_under(
        &self,
        origin: &Origin,
        settings: &Administration,
        debtor: Debtor,
    ) -> Result<Upsert, Failure> {
        store_debtor(self, origin, settings, debtor).await
    }

    /// A debtor's own say in early signalling: with `enabled` false they object. Once that is answered no signal leaves any
    /// more that the objection blocks.
    ///
    /// # Errors
    /// There is no such debtor, or the store is away.
    pub async fn set_early_signalling(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        enabled: bool,
        reason: &str,
    ) -> Result<(), Failure> {
        let missing = || Failure::not_found("debtor");
        let said = self.change(origin, debtor, missing, |draft, _| {
            Ok(holding::set_early_signalling(draft, enabled, reason))
        });
        said.await?;
        // A signal that is just being submitted is waited for.
        if !enabled {
            let now = || self.now().ok();
            self.store.wait_for_calls(&origin.administration, debtor, &now).await?;
        }
        Ok(())
    }

    /// What goes along with the dossier of a debtor who is not known: nobody deleted them, or this version is newer.
    /// `None` where it is not.
    pub(crate) async fn deletion_overcome(
        &self,
        origin: &Origin,
        debtor: &Debtor,
    ) -> Result<Option<Along>, Failure> {
        let deleted = self.store.deleted_debtor(&origin.administration, &debtor.id).await?;
        Ok(match deleted {
            None => Some(Along::DebtorNotDeleted),
            Some(d) if supersedes(d.value.deleted_at, debtor.modified_at) => None,
            Some(d) => Some(Along::DebtorBack { known: d.version }),
        })
    }
}

async fn store_debtor(
    records: &Records,
    origin: &Origin,
    administration: &Administration,
    debtor: Debtor,
) -> Result<Upsert, Failure> {
    known_policy(administration, debtor.policy_id.as_ref())?;
    until_no_conflict(|| async {
        let now = records.now()?;
        let Some(known) = records.store.dossier(&origin.administration, &debtor.id).await? else {
            let Some(along) = records.deletion_overcome(origin, &debtor).await? else {
                return Ok(Upsert::Older);
            };
            let draft = Draft::created(debtor.clone(), now, &origin.by);
            records.store.commit(administration, &draft, None, vec![along]).await?;
            return Ok(Upsert::Created);
        };
        let was_deleted = known.value.deleted_at.is_some();
        let mut draft = Draft::of(known.value, now, &origin.by);
        let upsert = intake::put_debtor(&mut draft, debtor.clone());
        if draft.is_unchanged() {
            return Ok(upsert);
        }
        let mut along = Vec::new();
        if was_deleted
            && draft.dossier.deleted_at.is_none()
            && let Some(known) = records.store.deleted_debtor(&origin.administration, &debtor.id).await?
        {
            along.push(Along::DebtorBack { known: known.version });
        }
        records.store.commit(administration, &draft, Some(known.version), along).await?;
        Ok(upsert)
    })
    .await
}
