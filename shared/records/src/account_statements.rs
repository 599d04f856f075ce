//! Statements of account that are asked for, by the API and the desk alike.

use contracts::failure::Failure;
use domain::dossier::Draft;
use domain::ids::{DebtorId, NoticeId};
use domain::notice::Notice;
use domain::statement::{self, Asked};

use crate::{Origin, Records, is_repetition};

impl Records {
    /// Prepares a statement of account. The same request again gives what it prepared.
    ///
    /// # Errors
    /// There is no such debtor, or [`statement::ask`] refuses it.
    pub async fn send_statement(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        asked: &Asked,
    ) -> Result<Notice, Failure> {
        let missing = || Failure::not_found("debtor");
        let asked_before = |draft: &Draft| -> Option<NoticeId> {
            let same = |n: &&Notice| {
                is_repetition(n.request.as_ref(), asked.request.as_ref(), n.prepared_at, draft.now)
            };
            draft.dossier.notices.iter().rev().find(same).map(|n| n.id.clone())
        };
        let (id, dossier) = self
            .change(origin, debtor, missing, |draft, settings| match asked_before(draft) {
                Some(id) => Ok(id),
                None => statement::ask(draft, settings, asked),
            })
            .await?;
        let notice = dossier.notice(&id).cloned();
        notice.ok_or_else(|| Failure::bug("a statement is not in its dossier"))
    }
}
