//! Reports of municipalities, taken in once, whichever way they come: a platform that calls, one that is asked, a file.
//!
//! A report is the same by its id. Whoever brings it a second time changes nothing, but is told so only when nothing that
//! it holds can still leave: the first one may have died while it waited for that.

use contracts::failure::Failure;
use domain::dossier::Draft;
use domain::holding;
use domain::provider::Provider;
use domain::reporting;
use domain::signal::Feedback;
use outside::platform::{RawReport, code_map};
use store::{Along, SignalOwner, WEBHOOK_MEMORY, until_no_conflict};

use crate::Records;

/// What came of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// It was new, and is applied.
    Applied,
    /// It was known.
    Known,
    /// Nobody has a signal of this reference: kept, since the receipt may be on its way still. If it never comes, a person
    /// looks.
    Kept,
}

/// What a report says, in our words.
pub fn feedback(provider: Provider, report: &RawReport) -> Feedback {
    let map = code_map(provider);
    let id = report.id.clone().unwrap_or_else(|| Feedback::made_id(&report.code, report.at));
    Feedback {
        id,
        at: report.at,
        outcome: map.outcome(&report.code),
        code_map: map.version,
        raw_code: report.code.clone(),
    }
}

impl Records {
    /// Takes a report in. `webhook` is the id of the call that brought it, where one did.
    pub async fn take_report(
        &self,
        provider: Provider,
        webhook: Option<&str>,
        report: &RawReport,
    ) -> Result<Reported, Failure> {
        let (reference, feedback) = (&report.reference, feedback(provider, report));
        if let Some(owner) = self.store.signal_owner(provider, reference).await? {
            return self.report_on(provider, webhook, &owner, &feedback).await;
        }
        self.store.keep_early_feedback(provider, reference, &feedback, self.now()?).await?;
        // Between look-up and keeping, the receipt may have been stored: then nobody else would find it.
        match self.store.signal_owner(provider, reference).await? {
            Some(owner) => self.report_on(provider, webhook, &owner, &feedback).await,
            None => Ok(Reported::Kept),
        }
    }

    /// Takes in a report on a signal of which it is known whose it is.
    pub async fn report_on(
        &self,
        provider: Provider,
        webhook: Option<&str>,
        owner: &SignalOwner,
        feedback: &Feedback,
    ) -> Result<Reported, Failure> {
        let SignalOwner { administration, signal } = owner;
        let settings = self.administration(administration).await?.value;
        let debtor = signal.debtor().ok_or_else(|| Failure::bug("a signal's id names no debtor"))?;
        let by = format!("municipality/{provider}");
        let applied = until_no_conflict(|| async {
            if let Some(webhook) = webhook
                && self.store.webhook_seen(provider, webhook).await?
            {
                return Ok(Reported::Known);
            }
            let known = self.store.dossier(administration, &debtor).await?;
            let known = known.ok_or_else(|| Failure::bug("a signal's dossier is gone"))?;
            let now = self.now()?;
            let mut draft = Draft::of(known.value, now, &by);
            if !reporting::apply_feedback(&mut draft, signal, feedback.clone())? {
                return Ok(Reported::Known);
            }
            holding::name_resumption(&mut draft, &settings);
            let until = now + WEBHOOK_MEMORY;
            let seen = |id: &str| Along::WebhookSeen { provider, id: id.to_owned(), until };
            let along = webhook.map(seen).into_iter().collect();
            self.store.commit(&settings, &draft, Some(known.version), along).await?;
            Ok(Reported::Applied)
        });
        let reported = applied.await?;
        self.store.wait_for_calls(administration, &debtor, &|| self.now().ok()).await?;
        Ok(reported)
    }
}
