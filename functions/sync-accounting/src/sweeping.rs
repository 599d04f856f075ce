//! The nightly sweep: everything that is open there, and then what is open here and was not met there; and costs and
//! payments that were taken off, of which a message was lost.
//!
//! A list that changes while it is read may pass over a record: it moved from a page that was not read yet to one that was.
//! What is passed over among the changes is changed still and within the next overlap, or it is found here.

use domain::connection::Stage;
use domain::ids::InvoiceId;
use jiff::Timestamp;
use outside::accounting::{MOST_THESE, Pull};

use crate::session::{Session, Stop};

/// Dossiers that one step of the comparison reads.
const DOSSIERS: u32 = 100;

impl Session<'_> {
    pub(crate) async fn sweep(
        &mut self,
        began_at: Timestamp,
        cursor: Option<String>,
        page: u32,
    ) -> Result<(), Stop> {
        let read = self.pull(&Pull::OpenItems, cursor.as_deref()).await?;
        let met = self.take(read.records).await?.met;
        let (store, package) = (&self.sync.store, self.connection.package);
        store.put_met(&self.administration, package, began_at, page, &met).await?;
        self.connection.stage = match read.next {
            Some(cursor) => Stage::OpenItems { began_at, cursor: Some(cursor), page: page + 1 },
            None => Stage::Comparing { began_at, cursor: None, pages: page + 1 },
        };
        Ok(())
    }

    /// The next dossiers: their open invoices that come from this package and were not met are asked for. What was asked for
    /// counts as met, so that a run that ends in between is gone on with.
    pub(crate) async fn compare(
        &mut self,
        began_at: Timestamp,
        cursor: Option<String>,
        mut pages: u32,
    ) -> Result<(), Stop> {
        let (store, package) = (&self.sync.store, self.connection.package);
        let met = match self.met.take() {
            Some(met) => met,
            None => store.met(&self.administration, package, began_at, pages).await?.into_iter().collect(),
        };
        let dossiers = store.dossiers(&self.administration, None, DOSSIERS, cursor.as_deref()).await?;
        let open = dossiers.items.iter().flat_map(|known| known.value.invoices.values());
        let unmet: Vec<InvoiceId> = open
            .filter(|invoice| !met.contains(&invoice.id) && package.own_id(invoice.id.as_str()).is_some())
            .map(|invoice| invoice.id.clone())
            .collect();
        self.met = Some(met);
        for ids in unmet.chunks(MOST_THESE) {
            let invoices =
                ids.iter().filter_map(|id| package.own_id(id.as_str()).map(str::to_owned)).collect();
            let told = self.pull(&Pull::These { invoices }, None).await?;
            self.take(told.records).await?;
            store.put_met(&self.administration, package, began_at, pages, ids).await?;
            pages += 1;
            self.connection.stage = Stage::Comparing { began_at, cursor: cursor.clone(), pages };
        }
        for known in &dossiers.items {
            self.take_back(&known.value).await?;
            self.tell_costs(&known.value).await?;
        }
        match dossiers.next {
            Some(cursor) => {
                self.connection.stage = Stage::Comparing { began_at, cursor: Some(cursor), pages };
            }
            None => self.connection.swept(began_at),
        }
        Ok(())
    }
}
