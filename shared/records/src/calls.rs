//! Calls that the desk makes: which are to be made, and what came of them, for the API and the desk alike.

use contracts::failure::Failure;
use domain::administration::Administration;
use domain::calling::{self, CALL, Made, ToSay};
use domain::dossier::Dossier;
use domain::ids::{DebtorId, NoticeId};
use store::table::Page;

use crate::{Origin, Records, is_repetition};

/// A call that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct ToCall {
    /// Of the debtor to call.
    pub dossier: Dossier,
    /// That of its notice.
    pub call: NoticeId,
    /// What still has to be said.
    pub to_say: ToSay,
}

impl Records {
    /// The calls that are to be made, those that are due first first. One that is paid, held or changed is not among them: a page
    /// may hold fewer than `limit`, and there are more as long as it names what is next.
    ///
    /// # Errors
    /// The store fails, or did not give this cursor.
    pub async fn calls(
        &self,
        administration: &Administration,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<ToCall>, Failure> {
        let (id, now) = (&administration.id, self.now()?);
        let page = self.store.tasks(id, Some(CALL), limit, cursor).await?;
        let mut debtors: Vec<DebtorId> = page.items.iter().map(|open| open.debtor.clone()).collect();
        debtors.sort();
        debtors.dedup();
        let dossiers = self.store.dossiers_of(id, &debtors).await?;
        let mut items = Vec::new();
        for open in &page.items {
            let Ok(call) = NoticeId::parse(&open.task.subject) else { continue };
            let of_debtor = dossiers.iter().find(|dossier| dossier.debtor.id == open.debtor);
            let found = of_debtor.and_then(|dossier| Some((dossier, dossier.notice(&call)?)));
            let Some((dossier, notice)) = found else { continue };
            if let Some(to_say) = calling::to_say(dossier, notice, administration, now) {
                items.push(ToCall { dossier: dossier.clone(), call, to_say });
            }
        }
        Ok(Page { items, next: page.next })
    }

    /// Records what came of a call: the same request again records no second one. Once this returns, nothing leaves that a
    /// promise or a dispute holds back.
    ///
    /// # Errors
    /// There is no such call, or [`calling::record`] refuses it.
    pub async fn record_call(&self, origin: &Origin, id: &NoticeId, made: &Made) -> Result<Dossier, Failure> {
        let missing = || Failure::not_found("call");
        let debtor = id.debtor().ok_or_else(missing)?;
        let recorded = self.change(origin, &debtor, missing, |draft, settings| {
            let call = draft.dossier.notice(id).and_then(|notice| notice.call.as_ref());
            let mut attempts = call.into_iter().flat_map(|call| &call.attempts);
            let again =
                attempts.any(|a| is_repetition(a.request.as_ref(), made.request.as_ref(), a.at, draft.now));
            if again { Ok(()) } else { calling::record(draft, settings, id, made) }
        });
        let ((), dossier) = recorded.await?;
        self.store.wait_for_calls(&origin.administration, &debtor, &|| self.now().ok()).await?;
        Ok(dossier)
    }
}
