//! Which platforms are asked for reports, for whom, and how far they told.

use domain::administration::Administration;
use domain::ids::AdministrationId;
use domain::provider::{FeedbackBy, Provider};

use crate::dossiers::{Store, Versioned, encode, put};
use crate::keys;
use crate::table::{Condition, Index, Order, Page, Record, SortRange, TableError, Write};

/// Notes, beside settings that are stored, which platforms are asked for reports. Written under the settings' version.
pub(crate) fn marks(administration: &Administration) -> Result<Vec<Write>, TableError> {
    let mark = |provider| {
        let key = keys::poll(&administration.id, provider);
        if administration.capabilities_of(provider).feedback != FeedbackBy::Poll {
            return Ok(Write::Delete { key, condition: Condition::None });
        }
        let mut record = Record::new(key, 1, encode(&())?);
        record.due = Some(keys::due_poll(&administration.id, provider));
        Ok(put(record, Condition::None))
    };
    [Provider::Bkr, Provider::Inforing].into_iter().map(mark).collect()
}

impl Store {
    /// Who asks which platform for reports, one page of all.
    pub async fn due_polls(
        &self,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<(AdministrationId, Provider)>, TableError> {
        let (range, order) = (SortRange::all(), Order::Ascending);
        let page = self.table.query_index(Index::Due, keys::DUE_POLLS, range, order, limit, cursor).await?;
        let items = page.items.iter().filter_map(|(_, key)| keys::poll_of(key)).collect();
        Ok(Page { items, next: page.next })
    }

    /// The platform's own mark of what it told last; `None` before the first time.
    pub async fn polled(
        &self,
        administration: &AdministrationId,
        provider: Provider,
    ) -> Result<Option<Versioned<String>>, TableError> {
        self.get(&keys::polled(administration, provider)).await
    }

    /// Keeps that mark, in place of the one that was read.
    pub async fn put_polled(
        &self,
        administration: &AdministrationId,
        provider: Provider,
        mark: &str,
        known: Option<u64>,
    ) -> Result<(), TableError> {
        let key = keys::polled(administration, provider);
        let record = Record::new(key, known.map_or(1, |version| version + 1), encode(&mark)?);
        self.table.write(vec![put(record, known.map_or(Condition::Absent, Condition::Version))]).await
    }
}
