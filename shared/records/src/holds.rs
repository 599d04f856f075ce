//! Placing and lifting holds, for the API and the desk alike.

use contracts::api::holds::{AskedHold, AskedScope};
use contracts::failure::Failure;
use domain::dossier::Draft;
use domain::hold::{Hold, HoldReason, HoldScope};
use domain::holding::{self, Lifting};
use domain::ids::{DebtorId, HoldId};
use domain::refusal::Refusal;
use jiff::Timestamp;
use store::until_no_conflict;

use crate::{MEMORY, Origin, Records};

/// The debtor id under which holds on a whole administration are numbered. Longer than an id of a source system.
const EVERYONE: &str = "administration";

impl Records {
    /// Places a hold. Once this returns, nothing that the hold covers leaves any more: a call that had begun before is waited
    /// for. A hold on the whole administration says from when on it covers. `request` is the hash of the request's key.
    pub async fn place_hold(
        &self,
        origin: &Origin,
        asked: &AskedHold,
        request: Option<String>,
    ) -> Result<Hold, Failure> {
        place(self, origin, asked, request).await
    }

    /// Lifts one hold, and no other. Lifting it twice is lifting it once.
    pub async fn lift_hold(&self, origin: &Origin, id: &HoldId, lifting: Lifting) -> Result<Hold, Failure> {
        let debtor = id.debtor().ok_or(Failure::not_found("hold"))?;
        if debtor.as_str() == EVERYONE {
            lift_from_everyone(self, origin, id).await
        } else {
            lift(self, origin, &debtor, id, lifting).await
        }
    }
}

async fn place(
    records: &Records,
    origin: &Origin,
    asked: &AskedHold,
    request: Option<String>,
) -> Result<Hold, Failure> {
    let (debtor, scope) = match &asked.scope {
        AskedScope::Administration => return place_on_everyone(records, origin, asked, request).await,
        AskedScope::Debtor(debtor) => (debtor.clone(), HoldScope::Debtor),
        AskedScope::Invoice(invoice) => {
            let owner = records.store.invoice_owner(&origin.administration, invoice).await?;
            let unknown =
                || Failure::bad_input("scope.invoiceId", "unknown_invoice", "names a known invoice");
            (owner.ok_or_else(unknown)?, HoldScope::Invoice(invoice.clone()))
        }
        AskedScope::Case(case) => {
            let unknown = || Failure::bad_input("scope.caseId", "unknown_case", "names a case that runs");
            (case.debtor().ok_or_else(unknown)?, HoldScope::Case(case.clone()))
        }
    };
    let settings = records.administration(&origin.administration).await?.value;
    let hold = until_no_conflict(|| async {
        let unknown =
            || Failure::bad_input("scope.debtorId", "unknown_debtor", "names a debtor that is known");
        let known = records.store.dossier(&origin.administration, &debtor).await?.ok_or_else(unknown)?;
        if let Some(placed) = placed_before(&known.value.holds, &request, records.now()?) {
            return Ok(placed);
        }
        if let HoldScope::Case(case) = &scope
            && known.value.case.as_ref() != Some(case)
        {
            return Err(Failure::bad_input("scope.caseId", "unknown_case", "names a case that runs"));
        }
        let mut draft = Draft::of(known.value, records.now()?, &origin.by);
        let reason = HoldReason::Asked { text: asked.reason.clone() };
        let mut hold =
            holding::place(&mut draft, scope.clone(), asked.covers, reason, asked.until, asked.review_on);
        hold.request = request.clone();
        draft.dossier.holds.retain(|h| h.id != hold.id);
        draft.dossier.holds.push(hold.clone());
        records.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
        Ok(hold)
    })
    .await?;
    records.store.wait_for_calls(&origin.administration, &debtor, &|| records.now().ok()).await?;
    Ok(hold)
}

/// The hold that this request placed before its process died.
fn placed_before(holds: &[Hold], request: &Option<String>, now: Timestamp) -> Option<Hold> {
    let remembered = |h: &&Hold| h.request == *request && now.duration_since(h.placed_at) < MEMORY;
    request.as_ref().and_then(|_| holds.iter().find(remembered)).cloned()
}

async fn place_on_everyone(
    records: &Records,
    origin: &Origin,
    asked: &AskedHold,
    request: Option<String>,
) -> Result<Hold, Failure> {
    until_no_conflict(|| async {
        let found = records.administration(&origin.administration).await?;
        let (mut settings, now) = (found.value, records.now()?);
        if let Some(placed) = placed_before(&settings.holds, &request, now) {
            return Ok(placed);
        }
        settings.holds_placed += 1;
        let numbered = DebtorId::parse(EVERYONE).map_err(|e| Failure::bug(e.to_string()))?;
        let hold = Hold {
            id: numbered.hold(settings.holds_placed),
            scope: HoldScope::Administration,
            covers: asked.covers,
            reason: HoldReason::Asked { text: asked.reason.clone() },
            by: origin.by.clone(),
            placed_at: now,
            until: asked.until,
            review_on: asked.review_on,
            lifted_at: None,
            review_asked: false,
            request: request.clone(),
        };
        settings.holds.push(hold.clone());
        records.store.hold_everyone(&settings, found.version, now).await?;
        Ok(hold)
    })
    .await
}

async fn lift(
    records: &Records,
    origin: &Origin,
    debtor: &DebtorId,
    id: &HoldId,
    lifting: Lifting,
) -> Result<Hold, Failure> {
    let settings = records.administration(&origin.administration).await?.value;
    until_no_conflict(|| async {
        let missing = || Failure::not_found("hold");
        let known = records.store.dossier(&origin.administration, debtor).await?.ok_or_else(missing)?;
        let mut draft = Draft::of(known.value, records.now()?, &origin.by);
        holding::lift(&mut draft, id, &settings, lifting, "lifted by hand")?;
        if !draft.is_unchanged() {
            records.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
        }
        draft.dossier.holds.iter().find(|h| h.id == *id).cloned().ok_or_else(missing)
    })
    .await
}

async fn lift_from_everyone(records: &Records, origin: &Origin, id: &HoldId) -> Result<Hold, Failure> {
    until_no_conflict(|| async {
        let found = records.administration(&origin.administration).await?;
        let (mut settings, now) = (found.value, records.now()?);
        let hold = settings.holds.iter_mut().find(|h| h.id == *id).ok_or(Refusal::NoSuchHold)?;
        if !hold.stands_at(now) {
            return Ok(hold.clone());
        }
        hold.lifted_at = Some(now);
        let hold = hold.clone();
        records.store.hold_everyone(&settings, found.version, now).await?;
        Ok(hold)
    })
    .await
}
