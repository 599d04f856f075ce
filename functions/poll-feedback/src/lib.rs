//! Asks platforms that do not call us what municipalities reported, and takes it in as if they had called.
//!
//! It asks for whoever's settings say so, and for nobody else. A platform tells page by page, after a mark of its own; the
//! mark is kept once all of a page was taken in, so a run that dies in between hears the page again, which changes
//! nothing. Whoever cannot be asked now is asked by the next run, and keeps nobody else waiting.
//!
//! What is absent: telling the platform that a report was received. It keeps them, and the mark is ours.

use std::sync::Arc;

use contracts::failure::Failure;
use domain::ids::AdministrationId;
use domain::provider::{FeedbackBy, Provider};
use outside::platform::{MunicipalPlatform, ReportsError};
use records::{Records, Reported};
use serde::{Deserialize, Serialize};
use store::table::TableError;

/// Entries that one read of the index takes.
const PAGE: u32 = 100;

/// Pages that one platform is asked for in one run, for one administration, at most: the next run goes on.
const MOST_PAGES: usize = 200;

/// What the function works with.
#[derive(Clone)]
pub struct Poll {
    pub records: Records,
    pub bkr: Arc<dyn MunicipalPlatform>,
    pub inforing: Arc<dyn MunicipalPlatform>,
}

impl std::fmt::Debug for Poll {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Poll").field("records", &self.records).finish_non_exhaustive()
    }
}

/// What one run did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Polled {
    /// Reports that were new.
    pub applied: usize,
    /// Reports that were known.
    pub known: usize,
    /// Reports about signals that nobody knows yet.
    pub kept: usize,
    /// Reports that could not be read: a person has to look at what the platform says.
    pub unreadable: usize,
    /// Platforms that could not be asked, for one administration each.
    pub not_asked: usize,
    /// The time ran out before the end: the next run goes on.
    pub stopped_early: bool,
}

impl Poll {
    /// Asks everybody who is to be asked, until `out_of_time` says so.
    ///
    /// # Errors
    /// The first failure, after everybody else was asked.
    pub async fn run(&self, out_of_time: impl Fn() -> bool) -> Result<Polled, Failure> {
        let mut done = Polled::default();
        let mut failed = None;
        let mut cursor: Option<String> = None;
        loop {
            let page = self.records.store.due_polls(PAGE, cursor.as_deref()).await?;
            for (administration, provider) in &page.items {
                if out_of_time() {
                    done.stopped_early = true;
                    return failed.map_or(Ok(done), Err);
                }
                if let Err(failure) = self.ask(administration, *provider, &out_of_time, &mut done).await {
                    failed.get_or_insert(failure);
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return failed.map_or(Ok(done), Err);
            }
        }
    }

    async fn ask(
        &self,
        administration: &AdministrationId,
        provider: Provider,
        out_of_time: &impl Fn() -> bool,
        done: &mut Polled,
    ) -> Result<(), Failure> {
        let settings = self.records.administration(administration).await?.value;
        // The index may be a moment behind the settings.
        if settings.capabilities_of(provider).feedback != FeedbackBy::Poll {
            return Ok(());
        }
        let platform = self.platform(provider);
        let identification = &settings.creditor.platform_identification;
        for _ in 0..MOST_PAGES {
            let known = self.records.store.polled(administration, provider).await?;
            let (mark, version) =
                (known.as_ref().map(|k| k.value.as_str()), known.as_ref().map(|k| k.version));
            let page = match platform.reports(identification, mark).await {
                Ok(page) => page,
                Err(error @ (ReportsError::Unavailable(_) | ReportsError::NotUnderstood)) => {
                    tracing::warn!(%administration, %provider, %error, "a platform was not asked");
                    done.not_asked += 1;
                    return Ok(());
                }
            };
            done.unreadable += page.unreadable;
            for report in &page.reports {
                match self.records.take_report(provider, None, report).await? {
                    Reported::Applied => done.applied += 1,
                    Reported::Known => done.known += 1,
                    Reported::Kept => done.kept += 1,
                }
            }
            let next = page.mark.filter(|next| Some(next.as_str()) != mark);
            let moved = next.is_some();
            if let Some(next) = next {
                match self.records.store.put_polled(administration, provider, &next, version).await {
                    // Another run took the same page in.
                    Ok(()) | Err(TableError::Conflict { .. }) => {}
                    Err(other) => return Err(other.into()),
                }
            }
            if !page.more || !moved {
                return Ok(());
            }
            if out_of_time() {
                break;
            }
        }
        done.stopped_early = true;
        Ok(())
    }

    fn platform(&self, provider: Provider) -> &Arc<dyn MunicipalPlatform> {
        match provider {
            Provider::Bkr => &self.bkr,
            Provider::Inforing => &self.inforing,
        }
    }
}
