//! Mandates for direct debit.

use contracts::api::mandates::MandateBody;
use contracts::failure::Failure;
use domain::dossier::{Dossier, Draft};
use domain::holding;
use domain::ids::{DebtorId, MandateId};
use domain::intake::Upsert;
use domain::mandate::{self, Told};
use domain::refusal::Refusal;
use jiff::civil::Date;
use store::until_no_conflict;

use crate::{Origin, Records, unknown_debtor};

/// Whose mandate and which, or what is wrong with the body, the account number included.
pub fn checked_mandate(body: MandateBody, id: MandateId, today: Date) -> Result<(DebtorId, Told), Failure> {
    let (debtor, mut told) = body.check(id, today)?;
    told.iban = formats::iban::check(&told.iban)
        .map_err(|error| Failure::bad_input("iban", error.code(), error.to_string()))?;
    Ok((debtor, told))
}

impl Records {
    /// Takes in a mandate.
    ///
    /// # Errors
    /// The debtor is not known, the mandate is another debtor's, or a rule of [`mandate::put`].
    pub async fn put_mandate(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        told: Told,
    ) -> Result<Upsert, Failure> {
        store_mandate(self, origin, debtor, told).await
    }

    /// The debtor takes a mandate back on this day. Once more changes nothing. With the debtor's dossier as it is now.
    ///
    /// # Errors
    /// No mandate has this reference.
    pub async fn withdraw_mandate(
        &self,
        origin: &Origin,
        id: &MandateId,
        on: Date,
    ) -> Result<Dossier, Failure> {
        let missing = || Failure::from(Refusal::NoSuchMandate);
        let owner = self.store.mandate_owner(&origin.administration, id).await?;
        let debtor = owner.ok_or_else(missing)?;
        let withdrawn = self.change(origin, &debtor, missing, |draft, settings| {
            mandate::withdraw(draft, id, on)?;
            holding::name_resumption(draft, settings);
            Ok(())
        });
        Ok(withdrawn.await?.1)
    }
}

async fn store_mandate(
    records: &Records,
    origin: &Origin,
    debtor: &DebtorId,
    told: Told,
) -> Result<Upsert, Failure> {
    let administration = records.administration(&origin.administration).await?.value;
    until_no_conflict(|| async {
        let known =
            records.store.dossier(&origin.administration, debtor).await?.ok_or_else(unknown_debtor)?;
        let mut draft = Draft::of(known.value, records.now()?, &origin.by);
        if mandate::find(&draft.dossier, &told.id).is_err()
            && records.store.claim_mandate(&origin.administration, &told.id, debtor).await?.is_some()
        {
            return Err(Refusal::MandateOfAnotherDebtor.into());
        }
        let upsert = mandate::put(&mut draft, told.clone())?;
        if !draft.is_unchanged() {
            holding::name_resumption(&mut draft, &administration);
            records.store.commit(&administration, &draft, Some(known.version), Vec::new()).await?;
        }
        Ok(upsert)
    })
    .await
}
