//! Connections with accounting packages: their state, who comes back with which reference, what a sweep met, how often a
//! package was asked, and what it was told of a payment.

use contracts::failure::Failure;
use domain::connection::{Connection, Package};
use domain::ids::{AdministrationId, InvoiceId};
use domain::write_back::{Line, Subject};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::failure::until_no_conflict;
use crate::keys;
use crate::quotas::{Spent, Wait};
use crate::table::{Condition, Index, Key, Order, Page, Record, SortRange, TableError, Write};

/// How long what a sweep met is kept: longer than any sweep takes.
const MET_MEMORY: SignedDuration = SignedDuration::from_hours(48);

/// Times that room for requests is asked for while others ask for it too.
const MOST_TRIES: u32 = 8;

/// Whose connection a reference stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionOwner {
    pub administration: AdministrationId,
    pub package: Package,
}

/// What a package was told of one payment, or of the costs on one invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    pub lines: Vec<Line>,
}

/// An invoice whose document is to be fetched from its package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WantedDocument {
    pub invoice: InvoiceId,
    /// As printed on it.
    pub number: String,
    /// Times that the package gave no answer.
    pub tries: u32,
}

impl Store {
    pub async fn connection(
        &self,
        administration: &AdministrationId,
        package: Package,
    ) -> Result<Option<Versioned<Connection>>, TableError> {
        self.get(&keys::connection(administration, package)).await
    }

    /// All connections of an administration: at most one with each package.
    pub async fn connections(
        &self,
        administration: &AdministrationId,
    ) -> Result<Vec<Versioned<Connection>>, TableError> {
        let all = Package::ALL.map(|package| keys::connection(administration, package));
        let records = self.table.get_many(&all).await?;
        records.iter().map(|r| Ok(Versioned { value: decode(r)?, version: r.version })).collect()
    }

    /// Stores a connection under the version that it was read with. Its new version.
    pub async fn put_connection(
        &self,
        administration: &AdministrationId,
        connection: &Connection,
        version: Option<u64>,
    ) -> Result<u64, TableError> {
        self.table.write(vec![connection_write(administration, connection, version)?]).await?;
        Ok(version.map_or(1, |v| v + 1))
    }

    /// Changes a connection, as often as somebody else was first. As it is then; `None` where there is none.
    ///
    /// # Errors
    /// The store is away.
    pub async fn change_connection(
        &self,
        administration: &AdministrationId,
        package: Package,
        change: impl Fn(&mut Connection),
    ) -> Result<Option<Connection>, Failure> {
        until_no_conflict(|| async {
            let Some(known) = self.connection(administration, package).await? else { return Ok(None) };
            let mut changed = known.value.clone();
            change(&mut changed);
            if changed != known.value {
                self.put_connection(administration, &changed, Some(known.version)).await?;
            }
            Ok(Some(changed))
        })
        .await
    }

    /// Stores one whose reference is new: whoever comes back with it is known from now on, and with the old one no
    /// longer.
    pub async fn put_connection_asked_for(
        &self,
        administration: &AdministrationId,
        connection: &Connection,
        old: Option<&Versioned<Connection>>,
    ) -> Result<(), TableError> {
        let owner = ConnectionOwner { administration: administration.clone(), package: connection.package };
        let reference = Record::new(keys::connection_reference(&connection.reference), 1, encode(&owner)?);
        let mut writes = vec![
            connection_write(administration, connection, old.map(|o| o.version))?,
            put(reference, Condition::Absent),
        ];
        if let Some(old) = old {
            let key = keys::connection_reference(&old.value.reference);
            writes.push(Write::Delete { key, condition: Condition::None });
        }
        self.table.write(writes).await
    }

    /// Whose connection the reference with this hash stands for.
    pub async fn connection_owner(&self, reference: &str) -> Result<Option<ConnectionOwner>, TableError> {
        Ok(self.get(&keys::connection_reference(reference)).await?.map(|v| v.value))
    }

    /// Connections that are due at or before `now`.
    pub async fn due_connections(
        &self,
        now: Timestamp,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<ConnectionOwner>, TableError> {
        let range = SortRange::Between("0".to_owned(), format!("{}$", keys::ordered(now)));
        let (index, order) = (Index::Due, Order::Ascending);
        let page = self.table.query_index(index, keys::DUE_CONNECTIONS, range, order, limit, cursor).await?;
        let owner = |key: &Key| {
            let (administration, package) = keys::connection_of(key)?;
            Some(ConnectionOwner { administration, package })
        };
        Ok(Page { items: page.items.iter().filter_map(|(_, key)| owner(key)).collect(), next: page.next })
    }

    /// Notes what one page of a sweep met.
    pub async fn put_met(
        &self,
        administration: &AdministrationId,
        package: Package,
        sweep: Timestamp,
        page: u32,
        invoices: &[InvoiceId],
    ) -> Result<(), TableError> {
        let key = keys::met(administration, package, sweep, page);
        let mut record = Record::new(key, 1, encode(&invoices)?);
        record.expires_at = Some((sweep + MET_MEMORY).as_second());
        self.table.write(vec![put(record, Condition::None)]).await
    }

    /// Everything that a sweep met, in so many pages.
    pub async fn met(
        &self,
        administration: &AdministrationId,
        package: Package,
        sweep: Timestamp,
        pages: u32,
    ) -> Result<Vec<InvoiceId>, TableError> {
        let all: Vec<Key> = (0..pages).map(|page| keys::met(administration, package, sweep, page)).collect();
        let mut met = Vec::new();
        for record in self.table.get_many(&all).await? {
            met.extend(decode::<Vec<InvoiceId>>(&record)?);
        }
        Ok(met)
    }

    /// Notes that the document of an invoice is to be fetched, or how often that was tried.
    pub async fn want_document(
        &self,
        administration: &AdministrationId,
        package: Package,
        wanted: &WantedDocument,
    ) -> Result<(), TableError> {
        let key = keys::wanted_document(administration, package, &wanted.invoice);
        self.table.write(vec![put(Record::new(key, 1, encode(wanted)?), Condition::None)]).await
    }

    /// Documents to fetch, at most so many from the cursor on.
    pub async fn wanted_documents(
        &self,
        administration: &AdministrationId,
        package: Package,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<WantedDocument>, TableError> {
        let partition = keys::fetching(administration, package);
        let range = SortRange::Prefix(keys::WANTED_DOCUMENTS.to_owned());
        let page = self.table.query(&partition, range, Order::Ascending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// A document is wanted no longer.
    pub async fn want_document_no_longer(
        &self,
        administration: &AdministrationId,
        package: Package,
        invoice: &InvoiceId,
    ) -> Result<(), TableError> {
        let key = keys::wanted_document(administration, package, invoice);
        self.table.write(vec![Write::Delete { key, condition: Condition::None }]).await
    }

    /// Room for up to `wanted` requests to a package, at most those that the tightest of its rates allows; how long to wait
    /// where there is none. What is granted is good within [`crate::GRANT_LASTS`] from `now`.
    pub async fn take_quota(
        &self,
        administration: &AdministrationId,
        package: Package,
        rates: &[(u32, SignedDuration)],
        wanted: u32,
        now: Timestamp,
    ) -> Result<Result<u32, SignedDuration>, TableError> {
        let key = keys::quota(administration, package);
        for _ in 0..MOST_TRIES {
            let known: Option<Versioned<Spent>> = self.get(&key).await?;
            let (mut spent, version) = known.map_or((Spent::default(), None), |k| (k.value, Some(k.version)));
            let granted = match spent.take(rates, wanted, now) {
                Ok(granted) => granted,
                Err(Wait(wait)) => return Ok(Err(wait)),
            };
            let record = Record::new(key.clone(), version.map_or(1, |v| v + 1), encode(&spent)?);
            let condition = version.map_or(Condition::Absent, Condition::Version);
            match self.table.write(vec![put(record, condition)]).await {
                Ok(()) => return Ok(Ok(granted)),
                Err(TableError::Conflict { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Err(TableError::Unavailable("too many ask the same package at once".to_owned()))
    }

    /// What a package was told about this.
    pub async fn told(
        &self,
        administration: &AdministrationId,
        subject: &Subject,
        package: Package,
    ) -> Result<Option<Versioned<Told>>, TableError> {
        self.get(&keys::told(administration, subject, package)).await
    }

    /// Stores it under the version that it was read with: a claim, or an outcome that changes no dossier. Its new version.
    pub async fn put_told(
        &self,
        administration: &AdministrationId,
        subject: &Subject,
        package: Package,
        told: &Told,
        version: Option<u64>,
    ) -> Result<u64, TableError> {
        self.table.write(vec![told_write(administration, subject, package, told, version)?]).await?;
        Ok(version.map_or(1, |v| v + 1))
    }

    /// Lets time pass, as the table does.
    pub async fn pause(&self, duration: std::time::Duration) {
        self.table.pause(duration).await;
    }
}

pub(crate) fn told_write(
    administration: &AdministrationId,
    subject: &Subject,
    package: Package,
    told: &Told,
    version: Option<u64>,
) -> Result<Write, TableError> {
    let key = keys::told(administration, subject, package);
    let record = Record::new(key, version.map_or(1, |v| v + 1), encode(told)?);
    Ok(put(record, version.map_or(Condition::Absent, Condition::Version)))
}

fn connection_write(
    administration: &AdministrationId,
    connection: &Connection,
    version: Option<u64>,
) -> Result<Write, TableError> {
    let key = keys::connection(administration, connection.package);
    let mut record = Record::new(key, version.map_or(1, |v| v + 1), encode(connection)?);
    record.due = connection.due_at.map(|at| keys::due_connection(administration, connection.package, at));
    Ok(put(record, version.map_or(Condition::Absent, Condition::Version)))
}
