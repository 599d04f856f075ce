//! All that a dossier is made of, as it is stored: the invoices of the case with their claims, the timeline, payments, and the files
//! that go along.

use std::collections::{BTreeMap, BTreeSet};

use contracts::failure::Failure;
use domain::administration::Administration;
use domain::calendar::{plus_days, today};
use domain::case_dossier::{CaseDossier, NotBuilt};
use domain::dossier::Dossier;
use domain::ids::{CaseId, InvoiceId, MessageId, NoticeId, PaymentId};
use domain::invoice::{Invoice, InvoiceKind};
use domain::message::{Author, Message};
use domain::payment::Payment;
use domain::timeline::{Entry, Event};
use formats::packing::{free, plain};
use jiff::Timestamp;
use pages::dossier::{ToldInvoice, ToldMessage};

use crate::Build;

/// Entries of one page of the timeline.
const PAGE: u32 = 200;

/// Entries of a timeline that one dossier tells at most.
const MOST_ENTRIES: usize = 20_000;

/// Messages that are read at once.
const MESSAGES_AT_ONCE: usize = 50;

/// Files that one dossier holds at most.
const MOST_FILES: usize = 5_000;

/// Bytes of all of them at most: what is read and written within one run.
const MOST_BYTES: u64 = 1_000_000_000;

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) invoices: Vec<ToldInvoice>,
    /// Oldest first.
    pub(crate) entries: Vec<Entry>,
    /// Oldest first.
    pub(crate) payments: Vec<Payment>,
    /// Oldest first.
    pub(crate) messages: Vec<ToldMessage>,
    /// Names within the dossier of what was sent.
    pub(crate) sent: BTreeMap<NoticeId, Vec<String>>,
    pub(crate) files: Vec<File>,
}

/// One file that goes along.
#[derive(Debug)]
pub(crate) struct File {
    /// Within the dossier.
    pub(crate) name: String,
    pub(crate) content: Content,
}

/// Where the bytes of a file come from.
#[derive(Debug)]
pub(crate) enum Content {
    /// A file of so many bytes that is kept under this key.
    Kept { key: String, bytes: u64 },
    /// Written for the dossier.
    Written(String),
}

/// Files under names that are there once.
struct Collected<'a> {
    build: &'a Build,
    names: BTreeSet<String>,
    files: Vec<File>,
    bytes: u64,
}

impl Collected<'_> {
    /// Takes a file along under this name or one like it; nothing where it is not kept any more.
    async fn take(&mut self, name: &str, key: String) -> Result<Option<String>, Failure> {
        let Some(bytes) = self.build.files.size(&key).await? else { return Ok(None) };
        self.bytes += bytes;
        Ok(Some(self.add(name, Content::Kept { key, bytes })))
    }

    fn add(&mut self, name: &str, content: Content) -> String {
        let name = free(name, |name| self.names.contains(&name.to_ascii_lowercase()));
        self.names.insert(name.to_ascii_lowercase());
        self.files.push(File { name: name.clone(), content });
        name
    }

    fn is_too_large(&self) -> bool {
        self.files.len() > MOST_FILES || self.bytes > MOST_BYTES
    }
}

/// Everything, or why there is no dossier.
pub(crate) async fn gather(
    build: &Build,
    administration: &Administration,
    dossier: &Dossier,
    asked: &CaseDossier,
) -> Result<Result<Found, NotBuilt>, Failure> {
    if dossier.case.as_ref() != Some(&asked.case) {
        return Ok(Err(NotBuilt::CaseOver));
    }
    let Some(all) = timeline(build, administration, dossier).await? else {
        return Ok(Err(NotBuilt::TooLarge));
    };
    let invoices = invoices(build, administration, dossier, &asked.case, &all).await?;
    let of_case: BTreeSet<&InvoiceId> = invoices.iter().map(|invoice| &invoice.id).collect();
    let first = all.iter().position(|entry| is_of(&entry.event, &of_case, &asked.case)).unwrap_or(0);
    let entries = all.get(first..).unwrap_or_default().to_vec();
    let payments = payments(build, administration, &entries).await?;
    let mut collected = Collected { build, names: BTreeSet::new(), files: Vec::new(), bytes: 0 };
    let mut told = Vec::with_capacity(invoices.len());
    for invoice in invoices {
        let documents = documents(&mut collected, administration, dossier, &invoice).await?;
        match claimed(invoice, asked, documents) {
            Some(invoice) => told.push(invoice),
            None => return Ok(Err(NotBuilt::RatesEnded)),
        }
        if collected.is_too_large() {
            return Ok(Err(NotBuilt::TooLarge));
        }
    }
    let sent = sent(&mut collected, dossier).await?;
    let since = entries.first().map_or(asked.requested_at, |entry| entry.at);
    let messages = messages(&mut collected, administration, dossier, &all, since).await?;
    if collected.is_too_large() {
        return Ok(Err(NotBuilt::TooLarge));
    }
    Ok(Ok(Found { invoices: told, entries, payments, messages, sent, files: collected.files }))
}

/// The whole timeline as it was when the dossier was read, oldest first; nothing where it is longer than a dossier can be.
async fn timeline(
    build: &Build,
    administration: &Administration,
    dossier: &Dossier,
) -> Result<Option<Vec<Entry>>, Failure> {
    let mut entries = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = build.store.timeline(&administration.id, &dossier.debtor.id, PAGE, cursor.as_deref());
        let page = page.await?;
        entries.extend(page.items.into_iter().filter(|entry| entry.sequence <= dossier.counts.entries));
        if entries.len() > MOST_ENTRIES {
            return Ok(None);
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    entries.reverse();
    Ok(Some(entries))
}

/// Those that are open, and those that closed since the case was opened, in the order of their due dates.
async fn invoices(
    build: &Build,
    administration: &Administration,
    dossier: &Dossier,
    case: &CaseId,
    entries: &[Entry],
) -> Result<Vec<Invoice>, Failure> {
    let open = dossier.invoices.values().filter(|invoice| invoice.is_open());
    let mut found: BTreeMap<InvoiceId, Invoice> =
        open.map(|invoice| (invoice.id.clone(), invoice.clone())).collect();
    let opened =
        entries.iter().position(|e| matches!(&e.event, Event::CaseOpened { case: of } if of == case));
    for entry in entries.iter().skip(opened.unwrap_or(entries.len())) {
        let Event::InvoicesClosed { invoices } = &entry.event else { continue };
        for closed in invoices {
            if found.contains_key(&closed.invoice) {
                continue;
            }
            let invoice = match dossier.invoices.get(&closed.invoice) {
                Some(invoice) => Some(invoice.clone()),
                None => {
                    let id = &closed.invoice;
                    build.store.archived_invoice(&administration.id, &dossier.debtor.id, id).await?
                }
            };
            if let Some(invoice) = invoice {
                found.insert(invoice.id.clone(), invoice);
            }
        }
    }
    let mut found: Vec<Invoice> = found.into_values().collect();
    found.sort_by(|a, b| (a.due_date, &a.id).cmp(&(b.due_date, &b.id)));
    Ok(found)
}

/// The first thing that is told is how an invoice of the case came in; where that is not known, how the case was opened.
fn is_of(event: &Event, of_case: &BTreeSet<&InvoiceId>, case: &CaseId) -> bool {
    match event {
        Event::InvoiceReceived { invoice, .. } => of_case.contains(invoice),
        Event::CaseOpened { case: opened } => opened == case,
        _ => false,
    }
}

/// Those that these entries name and that are still booked.
async fn payments(
    build: &Build,
    administration: &Administration,
    entries: &[Entry],
) -> Result<Vec<Payment>, Failure> {
    let named = entries.iter().filter_map(|entry| match &entry.event {
        Event::PaymentReceived { payment, .. } | Event::PaymentChanged { payment, .. } => Some(payment),
        _ => None,
    });
    let named: BTreeSet<&PaymentId> = named.collect();
    let mut payments = Vec::with_capacity(named.len());
    for id in named {
        if let Some(stored) = build.store.payment(&administration.id, id).await? {
            payments.push(stored.value.payment);
        }
    }
    payments.sort_by(|a, b| (a.received_on, &a.id).cmp(&(b.received_on, &b.id)));
    Ok(payments)
}

/// An invoice with its claim on the dossier's day; nothing where no rate is known for it.
fn claimed(invoice: Invoice, asked: &CaseDossier, documents: Vec<String>) -> Option<ToldInvoice> {
    let day = today(asked.requested_at);
    let specification = invoice.specification(day).ok()?;
    let bears = invoice.kind == InvoiceKind::Invoice
        && invoice.claimed.as_ref().is_some_and(|claimed| claimed.interest.is_some());
    let after = invoice.specification(plus_days(day, 1)).ok().filter(|_| bears);
    let next_day = after.map(|after| after.owed().interest - specification.owed().interest);
    Some(ToldInvoice { invoice, specification, next_day, documents })
}

async fn documents(
    collected: &mut Collected<'_>,
    administration: &Administration,
    dossier: &Dossier,
    invoice: &Invoice,
) -> Result<Vec<String>, Failure> {
    let store = &collected.build.store;
    let mut documents = store.documents(&administration.id, &dossier.debtor.id, &invoice.id).await?;
    documents.sort_by(|a, b| a.name.cmp(&b.name));
    let mut names = Vec::with_capacity(documents.len());
    for document in &documents {
        let name = format!("invoices/{}/{}", plain(&invoice.number), plain(&document.name));
        let key = records::key_of(&administration.id, &dossier.debtor.id, document);
        names.extend(collected.take(&name, key).await?);
    }
    Ok(names)
}

/// Letters as they were printed, mails and text messages as they left, where they left or may have.
async fn sent(
    collected: &mut Collected<'_>,
    dossier: &Dossier,
) -> Result<BTreeMap<NoticeId, Vec<String>>, Failure> {
    let mut sent = BTreeMap::new();
    for notice in dossier.notices.iter().filter(|n| n.sent_on().is_some() || n.may_have_left()) {
        let mut names = Vec::new();
        let letter = notice.letter.as_ref().map(|paper| &paper.file).filter(|file| !file.is_empty());
        for key in letter.into_iter().chain(&notice.copies) {
            let ending = key.rsplit_once('.').map_or("bin", |(_, ending)| ending);
            let name = format!("sent/{}.{ending}", plain(notice.id.as_str()));
            names.extend(collected.take(&name, key.clone()).await?);
        }
        sent.insert(notice.id.clone(), names);
    }
    Ok(sent)
}

/// What debtor and desk wrote to each other since then and the timeline tells of: each whole, with what goes along.
async fn messages(
    collected: &mut Collected<'_>,
    administration: &Administration,
    dossier: &Dossier,
    entries: &[Entry],
    since: Timestamp,
) -> Result<Vec<ToldMessage>, Failure> {
    let written = entries.iter().filter(|entry| entry.at >= since).filter_map(|entry| match &entry.event {
        Event::MessageReceived { message, .. } | Event::MessageSent { message, .. } => Some(message.clone()),
        _ => None,
    });
    let written: Vec<MessageId> = written.collect();
    let mut told = Vec::with_capacity(written.len());
    for ids in written.chunks(MESSAGES_AT_ONCE) {
        for message in collected.build.store.messages_of(&administration.id, ids).await? {
            let folder = format!("messages/{}", plain(message.id.as_str()));
            let mut files =
                vec![collected.add(&format!("{folder}.txt"), Content::Written(as_text(&message)))];
            for attached in &message.attachments {
                let key = records::attachment_key(&administration.id, &dossier.debtor.id, attached);
                files.extend(collected.take(&format!("{folder}/{}", plain(&attached.name)), key).await?);
            }
            told.push(ToldMessage { message, files });
        }
    }
    told.sort_by(|a, b| (a.message.at, &a.message.id).cmp(&(b.message.at, &b.message.id)));
    Ok(told)
}

/// A message as a file: when, by whom, and its words.
fn as_text(message: &Message) -> String {
    let author = match message.author {
        Author::Debtor => "debtor",
        Author::Desk => "creditor",
    };
    format!("{} ({author})\n\n{}\n", message.at, message.text)
}
