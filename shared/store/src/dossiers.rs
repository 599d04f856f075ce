//! Load, decide, commit: dossiers are read with a version and written under it, together with their timeline.

use std::sync::Arc;

use contracts::bus::Detail;
use domain::access::{Entrance, Session};
use domain::administration::Administration;
use domain::bank_line::KeptLine;
use domain::connection::Package;
use domain::debit_batch::BatchEntry;
use domain::document::Document;
use domain::dossier::{Dossier, Draft, FOUND_BY};
use domain::ids::{
    AdministrationId, BatchId, DebtorId, InvoiceId, NoteId, PaymentId, PaymentRequestId, SignalId,
};
use domain::invoice::Invoice;
use domain::matching::Found;
use domain::next::due_at;
use domain::note::Note;
use domain::overview::OVERVIEW;
use domain::payment::Payment;
use domain::payment_request::{PaymentProvider, PaymentRequest};
use domain::provider::Provider;
use domain::signal::Signal;
use domain::timeline::Entry;
use domain::write_back::Subject;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bank::bank_line;
use crate::found::{FoundEntry, no_longer_found, now_found};
use crate::gone::{Gone, Place};
use crate::keys;
use crate::table::{
    Condition, EventFields, Index, IndexKey, Key, Order, Page, Record, SortRange, Table, TableError, Write,
};
use crate::{debits, documents, messages, notes, overview, portal, tasks};

/// The store of everything. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) table: Arc<dyn Table>,
}

/// Something with the version under which it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    pub value: T,
    pub version: u64,
}

/// A dossier with its place in the due index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub known: Versioned<Dossier>,
    due: Option<IndexKey>,
}

impl Placed {
    /// Whether the place is the one that this dossier should have now: the instant of its next look, or any that has
    /// passed while that has passed too.
    pub fn is_right_for(&self, dossier: &Dossier, administration: &Administration, now: Timestamp) -> bool {
        let (id, debtor) = (&administration.id, &dossier.debtor.id);
        let right = due_at(dossier, administration, now).map(|at| keys::due(id, debtor, at.max(now)));
        let stored = self.due.as_ref().map(|due| due.sort.as_str());
        // Equal instants end in the same name: the order of the keys is that of time.
        let past = keys::due(id, debtor, now).sort;
        stored.map(|sort| sort.max(past.as_str())) == right.as_ref().map(|right| right.sort.as_str())
    }
}

/// What a sweep finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    Dossier(AdministrationId, DebtorId),
    /// A walk over all dossiers of an administration goes on.
    Walk(AdministrationId),
}

impl Due {
    fn of(key: &Key) -> Option<Due> {
        let dossier =
            keys::dossier_of(key).map(|(administration, debtor)| Due::Dossier(administration, debtor));
        dossier.or_else(|| keys::walk_of(key).map(Due::Walk))
    }
}

/// A payment as it is kept, with the invoices that it was booked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredPayment {
    #[serde(flatten)]
    pub payment: Payment,
    pub booked_on: Vec<InvoiceId>,
    pub updated_at: Timestamp,
}

/// A signal as the overview shows it, with whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredSignal {
    #[serde(flatten)]
    pub signal: Signal,
    pub debtor: DebtorId,
    pub updated_at: Timestamp,
}

/// What is written in the same transaction as the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Along {
    Payment {
        stored: Box<StoredPayment>,
        known: Option<u64>,
    },
    /// The payment was booked by mistake and is no longer one.
    PaymentGone {
        payment: PaymentId,
        known: u64,
    },
    /// What became of a bank line; `None` for one that was not known.
    BankLine {
        line: Box<KeptLine>,
        known: Option<u64>,
    },
    /// From now on this debtor is found by this.
    NowFound {
        by: Found,
        debtor: DebtorId,
        entry: FoundEntry,
    },
    /// And no longer.
    NoLongerFound {
        by: Found,
        debtor: DebtorId,
        entry: FoundEntry,
    },
    /// From now on this reference of a payment provider stands for this request.
    PaymentReference {
        provider: PaymentProvider,
        reference: String,
        request: PaymentRequestId,
    },
    /// From now on the link or letter's code with this hash leads to the debtor's page.
    Entrance {
        hash: String,
        entrance: Box<Entrance>,
    },
    /// The debtor was let in: from now on whoever has what this is the hash of is them.
    Session {
        hash: String,
        session: Box<Session>,
    },
    /// This webhook was applied: a second one with the same id is not.
    WebhookSeen {
        provider: Provider,
        id: String,
        until: Timestamp,
    },
    /// Feedback that had come before its receipt was applied.
    EarlyFeedbackDone {
        provider: Provider,
        reference: String,
        id: String,
    },
    /// The batch of direct debits is still as it was read: open.
    BatchUnchanged {
        batch: BatchId,
        version: u64,
    },
    /// A transaction of a batch of direct debits, new or under the version that was read.
    BatchEntry {
        entry: Box<BatchEntry>,
        known: Option<u64>,
    },
    /// From now on this stands under the record's id, in place of what was read there.
    Gone {
        gone: Box<Gone>,
        known: Option<u64>,
    },
    /// The document stands beside its invoice, in place of the one that was read.
    Document {
        document: Box<Document>,
        known: Option<u64>,
    },
    /// And no longer.
    DocumentGone {
        document: Box<Document>,
        known: u64,
    },
    /// The note stands beside the dossier.
    Note(Box<Note>),
    /// And no longer.
    NoteGone(NoteId),
    /// The invoice is this debtor's, and no longer deleted or ignored.
    InvoiceBack {
        invoice: InvoiceId,
        known: u64,
    },
    /// The invoice is still noted as this debtor's.
    InvoiceUnchanged {
        invoice: InvoiceId,
        version: u64,
    },
    /// The debtor is no longer deleted.
    DebtorBack {
        known: u64,
    },
    /// Nobody deleted the debtor before it was known.
    DebtorNotDeleted,
    /// What a package was told of a payment.
    Told {
        subject: Subject,
        package: Package,
        told: crate::connections::Told,
        known: Option<u64>,
    },
    /// The administration is still the one that was decided with: no hold on everyone came in between.
    AdministrationUnchanged {
        version: u64,
    },
}

/// How long a webhook's id is remembered.
pub const WEBHOOK_MEMORY: SignedDuration = SignedDuration::from_hours(24 * 30);

pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, TableError> {
    serde_json::to_vec(value).map_err(|e| TableError::Bug(format!("cannot be written as JSON: {e}")))
}

pub(crate) fn decode<T: DeserializeOwned>(record: &Record) -> Result<T, TableError> {
    serde_json::from_slice(&record.document).map_err(|e| {
        TableError::Bug(format!(
            "a stored item is not what it should be: {} column {}",
            e.classify_name(),
            e.column()
        ))
    })
}

/// The kind of a JSON error without its text, which may quote the document.
trait ClassifyName {
    fn classify_name(&self) -> &'static str;
}

impl ClassifyName for serde_json::Error {
    fn classify_name(&self) -> &'static str {
        match self.classify() {
            serde_json::error::Category::Io => "io",
            serde_json::error::Category::Syntax => "syntax",
            serde_json::error::Category::Data => "data",
            serde_json::error::Category::Eof => "end",
        }
    }
}

impl Store {
    pub fn new(table: Arc<dyn Table>) -> Store {
        Store { table }
    }

    /// The dossier of a debtor, with its version.
    pub async fn dossier(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
    ) -> Result<Option<Versioned<Dossier>>, TableError> {
        self.get(&keys::dossier(administration, debtor)).await
    }

    /// Those of the debtors' dossiers that exist.
    pub async fn dossiers_of(
        &self,
        administration: &AdministrationId,
        debtors: &[DebtorId],
    ) -> Result<Vec<Dossier>, TableError> {
        let wanted: Vec<Key> = debtors.iter().map(|debtor| keys::dossier(administration, debtor)).collect();
        Ok(self.get_all(&wanted).await?.into_iter().map(|found| found.value).collect())
    }

    /// A closed invoice. Read it after the dossier that does not hold it: whatever moved in between moved the
    /// dossier's version too.
    pub async fn archived_invoice(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        invoice: &InvoiceId,
    ) -> Result<Option<Invoice>, TableError> {
        let found = self.get(&keys::archived_invoice(administration, debtor, invoice)).await?;
        Ok(found.map(|v: Versioned<Invoice>| v.value))
    }

    /// The closed invoices of a debtor, in the order of their ids.
    pub async fn archived_invoices(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Invoice>, TableError> {
        let partition = keys::dossier_partition(administration, debtor);
        let range = SortRange::Prefix(keys::ARCHIVE_PREFIX.to_owned());
        let page = self.table.query(&partition, range, Order::Ascending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// The timeline of a debtor, newest first.
    pub async fn timeline(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Entry>, TableError> {
        let partition = keys::dossier_partition(administration, debtor);
        let range = SortRange::Prefix(keys::TIMELINE_PREFIX.to_owned());
        let page = self.table.query(&partition, range, Order::Descending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// Whose invoice this is, if it is anybody's.
    pub async fn invoice_owner(
        &self,
        administration: &AdministrationId,
        invoice: &InvoiceId,
    ) -> Result<Option<DebtorId>, TableError> {
        Ok(self.invoice_place(administration, invoice).await?.and_then(|place| place.value.taken()))
    }

    /// Notes whose invoice this is before it is stored, so that it can be found by its id alone. Says what stands there
    /// where that is anything else. A note without an invoice behind it harms nobody.
    pub async fn claim_invoice(
        &self,
        administration: &AdministrationId,
        invoice: &InvoiceId,
        debtor: &DebtorId,
    ) -> Result<Option<Versioned<Place<DebtorId>>>, TableError> {
        let record = Record::new(keys::invoice_owner(administration, invoice), 1, encode(debtor)?);
        match self.table.write(vec![Write::Put { record, condition: Condition::Absent }]).await {
            Ok(()) => Ok(None),
            // Without an index another transaction was in the way, and nothing is known to be there.
            Err(TableError::Conflict { index: Some(_) }) => {
                let place = self.invoice_place(administration, invoice).await?;
                Ok(place.filter(|p| p.value != Place::Taken(debtor.clone())))
            }
            Err(other) => Err(other),
        }
    }

    /// Notes that a payment reference was made for this invoice. Whether it is this invoice's, now or from before.
    pub async fn claim_reference(
        &self,
        administration: &AdministrationId,
        reference: &str,
        invoice: &InvoiceId,
    ) -> Result<bool, TableError> {
        let key = keys::made_reference(administration, reference);
        let record = Record::new(key.clone(), 1, encode(invoice)?);
        match self.table.write(vec![Write::Put { record, condition: Condition::Absent }]).await {
            Ok(()) => Ok(true),
            Err(TableError::Conflict { index: Some(_) }) => {
                let owner: Option<Versioned<InvoiceId>> = self.get(&key).await?;
                Ok(owner.is_some_and(|o| o.value == *invoice))
            }
            Err(other) => Err(other),
        }
    }

    pub async fn payment(
        &self,
        administration: &AdministrationId,
        payment: &PaymentId,
    ) -> Result<Option<Versioned<StoredPayment>>, TableError> {
        let place = self.payment_place(administration, payment).await?;
        Ok(place.and_then(|p| Some(Versioned { value: p.value.taken()?, version: p.version })))
    }

    /// Dossiers in the order of their last change.
    pub async fn dossiers(
        &self,
        administration: &AdministrationId,
        updated_after: Option<Timestamp>,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Versioned<Dossier>>, TableError> {
        let partition = keys::listed_debtors(administration);
        let page = self.listed(&partition, updated_after, Order::Ascending, limit, cursor).await?;
        let items = self.get_all(&page.items).await?;
        Ok(Page { items, next: page.next })
    }

    /// Payments in the order of their last change.
    pub async fn payments(
        &self,
        administration: &AdministrationId,
        updated_after: Option<Timestamp>,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<StoredPayment>, TableError> {
        let partition = keys::listed_payments(administration);
        let page = self.listed(&partition, updated_after, Order::Ascending, limit, cursor).await?;
        let items = self.get_all(&page.items).await?;
        Ok(Page { items: items.into_iter().map(|v| v.value).collect(), next: page.next })
    }

    /// The dossier of a debtor with its place in the due index.
    pub async fn placed_dossier(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
    ) -> Result<Option<Placed>, TableError> {
        let Some(record) = self.table.get(&keys::dossier(administration, debtor)).await? else {
            return Ok(None);
        };
        let known = Versioned { value: decode(&record)?, version: record.version };
        Ok(Some(Placed { known, due: record.due }))
    }

    /// What is due at or before `now` in one shard of the due index.
    pub async fn due(
        &self,
        shard: u32,
        now: Timestamp,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Due>, TableError> {
        // '$' comes after '#': everything that begins with this instant is in.
        let range = SortRange::Between("0".to_owned(), format!("{}$", keys::ordered(now)));
        let partition = keys::due_shard(shard);
        let page =
            self.table.query_index(Index::Due, &partition, range, Order::Ascending, limit, cursor).await?;
        let items = page.items.iter().filter_map(|(_, key)| Due::of(key)).collect();
        Ok(Page { items, next: page.next })
    }

    /// The first instant after `now` at which something falls due in this shard.
    pub async fn next_due(&self, shard: u32, now: Timestamp) -> Result<Option<Timestamp>, TableError> {
        let range = SortRange::From(format!("{}$", keys::ordered(now)));
        let partition = keys::due_shard(shard);
        let page = self.table.query_index(Index::Due, &partition, range, Order::Ascending, 1, None).await?;
        let first = page.items.first().and_then(|(index, _)| index.sort.split('#').next());
        Ok(first.and_then(|text| text.parse().ok()))
    }

    /// Stores a draft: the dossier under the version that it was read with, one timeline entry per thing that
    /// happened, and what goes along, all or nothing.
    ///
    /// `version` is `None` for a debtor that was not known. A conflict means that somebody else was first: load
    /// again, decide again.
    pub async fn commit(
        &self,
        administration: &Administration,
        draft: &Draft,
        version: Option<u64>,
        along: Vec<Along>,
    ) -> Result<(), TableError> {
        let id = &administration.id;
        self.keep_findable(id, draft).await?;
        let mut writes = vec![head(administration, draft, version)?];
        for entry in draft.entries() {
            writes.push(timeline_entry(id, &draft.dossier.debtor.id, entry)?);
        }
        let debtor = &draft.dossier.debtor.id;
        for invoice in draft.archived() {
            let key = keys::archived_invoice(id, debtor, &invoice.id);
            writes.push(put(Record::new(key, 1, encode(invoice)?), Condition::None));
        }
        for invoice in draft.brought_back() {
            let key = keys::archived_invoice(id, debtor, invoice);
            writes.push(Write::Delete { key, condition: Condition::None });
        }
        for signal in draft.changed_signals() {
            writes.push(kept_signal(id, debtor, signal, draft.now)?);
        }
        writes.extend(overview::writes(id, draft)?);
        writes.extend(messages::writes(id, draft)?);
        writes.extend(tasks::writes(id, draft)?);
        writes.extend(draft.announced_debits().map(|debit| debits::waiting(id, debtor, debit)));
        writes.extend(draft.debits_taken_up().map(|debit| debits::taken_up(id, debtor, debit)));
        for request in draft.changed_payment_requests() {
            writes.push(kept_payment_request(id, debtor, request)?);
        }
        for item in along {
            writes.push(beside(id, debtor, draft.now, item)?);
        }
        self.table.write(writes).await
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        key: &Key,
    ) -> Result<Option<Versioned<T>>, TableError> {
        let Some(record) = self.table.get(key).await? else { return Ok(None) };
        Ok(Some(Versioned { value: decode(&record)?, version: record.version }))
    }

    pub(crate) async fn get_all<T: DeserializeOwned>(
        &self,
        keys: &[Key],
    ) -> Result<Vec<Versioned<T>>, TableError> {
        let records = self.table.get_many(keys).await?;
        records.iter().map(|r| Ok(Versioned { value: decode(r)?, version: r.version })).collect()
    }

    pub(crate) async fn listed(
        &self,
        partition: &str,
        after: Option<Timestamp>,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Key>, TableError> {
        // '$' comes after '#': what changed within the second asked for is left out.
        let range = after.map_or(SortRange::all(), |at| SortRange::From(format!("{}$", keys::ordered(at))));
        let page = self.table.query_index(Index::Listed, partition, range, order, limit, cursor).await?;
        Ok(Page { items: page.items.into_iter().map(|(_, key)| key).collect(), next: page.next })
    }
}

pub(crate) fn put(record: Record, condition: Condition) -> Write {
    Write::Put { record, condition }
}

fn head(administration: &Administration, draft: &Draft, version: Option<u64>) -> Result<Write, TableError> {
    let (id, debtor) = (&administration.id, &draft.dossier.debtor.id);
    let next_version = version.map_or(1, |v| v + 1);
    let dossier = &draft.dossier;
    let as_now = dossier.found_by == FOUND_BY && dossier.overview == OVERVIEW && dossier.tasks_listed;
    let document = if as_now {
        encode(dossier)?
    } else {
        let tasks_listed = true;
        encode(&Dossier { found_by: FOUND_BY, overview: OVERVIEW, tasks_listed, ..dossier.clone() })?
    };
    let mut record = Record::new(keys::dossier(id, debtor), next_version, document);
    record.due = due_at(&draft.dossier, administration, draft.now).map(|at| keys::due(id, debtor, at));
    // One that was deleted is listed among what was.
    if draft.dossier.deleted_at.is_none() {
        record.listed = Some(keys::listed_debtor(id, debtor, draft.dossier.updated_at));
    }
    Ok(put(record, version.map_or(Condition::Absent, Condition::Version)))
}

fn timeline_entry(
    administration: &AdministrationId,
    debtor: &DebtorId,
    entry: &Entry,
) -> Result<Write, TableError> {
    let key = keys::timeline_entry(administration, debtor, entry.sequence);
    let detail = Detail::of(administration, debtor, entry);
    let mut record = Record::new(key, 1, encode(entry)?);
    record.event = Some(EventFields {
        detail_type: entry.event.name().to_owned(),
        detail: serde_json::to_string(&detail).map_err(|e| TableError::Bug(e.to_string()))?,
        at: entry.at.to_string(),
    });
    Ok(put(record, Condition::Absent))
}

fn kept_signal(
    administration: &AdministrationId,
    debtor: &DebtorId,
    signal: &Signal,
    now: Timestamp,
) -> Result<Write, TableError> {
    let stored = StoredSignal { signal: signal.clone(), debtor: debtor.clone(), updated_at: now };
    let key = keys::signal(administration, debtor, &signal.id);
    // Written under the dossier's version: no condition of its own.
    Ok(put(Record::new(key, 1, encode(&stored)?), Condition::None))
}

fn kept_payment_request(
    administration: &AdministrationId,
    debtor: &DebtorId,
    request: &PaymentRequest,
) -> Result<Write, TableError> {
    let number = request.id.number();
    let number = number.ok_or_else(|| TableError::Bug("a payment request without a number".to_owned()))?;
    let key = keys::payment_request(administration, debtor, number);
    // Written under the dossier's version: no condition of its own.
    Ok(put(Record::new(key, 1, encode(request)?), Condition::None))
}

fn beside(
    administration: &AdministrationId,
    debtor: &DebtorId,
    now: Timestamp,
    item: Along,
) -> Result<Write, TableError> {
    Ok(match item {
        Along::Payment { stored, known } => {
            let key = keys::payment(administration, &stored.payment.id);
            let mut record = Record::new(key, known.map_or(1, |v| v + 1), encode(&*stored)?);
            record.listed = Some(keys::listed_payment(administration, &stored.payment.id, now));
            put(record, known.map_or(Condition::Absent, Condition::Version))
        }
        Along::PaymentGone { payment, known } => {
            let key = keys::payment(administration, &payment);
            Write::Delete { key, condition: Condition::Version(known) }
        }
        Along::BankLine { line, known } => bank_line(administration, &line, known)?,
        Along::NowFound { by, debtor, entry } => now_found(administration, &by, &debtor, &entry)?,
        Along::NoLongerFound { by, debtor, entry } => no_longer_found(administration, &by, &debtor, &entry),
        Along::PaymentReference { provider, reference, request } => {
            let key = keys::payment_reference(administration, provider, &reference);
            put(Record::new(key, 1, encode(&request)?), Condition::None)
        }
        Along::Entrance { hash, entrance } => portal::entrance_write(&hash, &entrance)?,
        Along::Session { hash, session } => portal::session_write(&hash, &session, None)?,
        Along::WebhookSeen { provider, id, until } => {
            let mut record = Record::new(keys::webhook(provider, &id), 1, encode(&now)?);
            record.expires_at = Some(until.as_second());
            put(record, Condition::Absent)
        }
        Along::EarlyFeedbackDone { provider, reference, id } => {
            Write::Delete { key: keys::early_feedback(provider, &reference, &id), condition: Condition::None }
        }
        Along::BatchUnchanged { batch, version } => {
            Write::Check { key: keys::batch(administration, &batch), condition: Condition::Version(version) }
        }
        Along::BatchEntry { entry, known } => debits::entry(administration, &entry, known)?,
        Along::Gone { gone, known } => gone.write(administration, known)?,
        Along::Document { document, known } => {
            documents::document_write(administration, debtor, &document, known)?
        }
        Along::DocumentGone { document, known } => {
            documents::document_removal(administration, debtor, &document, known)
        }
        Along::Note(note) => notes::note(administration, debtor, &note)?,
        Along::NoteGone(note) => notes::removal(administration, debtor, &note),
        Along::InvoiceBack { invoice, known } => {
            let key = keys::invoice_owner(administration, &invoice);
            put(Record::new(key, known + 1, encode(debtor)?), Condition::Version(known))
        }
        Along::InvoiceUnchanged { invoice, version } => Write::Check {
            key: keys::invoice_owner(administration, &invoice),
            condition: Condition::Version(version),
        },
        Along::DebtorBack { known } => Write::Delete {
            key: keys::deleted_debtor(administration, debtor),
            condition: Condition::Version(known),
        },
        Along::DebtorNotDeleted => {
            Write::Check { key: keys::deleted_debtor(administration, debtor), condition: Condition::Absent }
        }
        Along::Told { subject, package, told, known } => {
            crate::connections::told_write(administration, &subject, package, &told, known)?
        }
        Along::AdministrationUnchanged { version } => {
            Write::Check { key: keys::administration(administration), condition: Condition::Version(version) }
        }
    })
}

/// Whose signal a provider's reference stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignalOwner {
    pub administration: AdministrationId,
    pub signal: SignalId,
}
