//! Moneybird, API v2.
//!
//! **Read**: developer.moneybird.com (getting started, webhooks, change log up to 2026-11-17), the help centre's page on the
//! limit of the API, full records of invoices and contacts in public client libraries (Elixir, Python, .NET).
//!
//! **Known**: the token of the administration as bearer; the form is the end of the path (`.json`); ids are numbers of 64
//! bits, written as text; amounts are texts in euros; `GET {resource}/synchronization` lists ids with versions and `POST`
//! gives the records of at most 100 ids; an invoice holds its contact and its payments; a credit note is an invoice with a
//! negative total; the states (draft, open, scheduled, pending_payment, late, reminded, paid, uncollectible); 150 requests
//! in five minutes; webhooks repeat ten times until they are answered with 200 and carry an `Idempotency-Key`.
//!
//! **Assumed**: that a version is the second of the last change (it is in every sample), and that a payment moves it; that
//! the list is narrowed by `filter=state:a|b`; that a payment may carry our id in `transaction_identifier` and comes back
//! with it; that money which went back is a payment with a negative price; that `download_pdf` sends on to a signed address.
//!
//! An uncollectible invoice has nothing open. A payment is told with a time before its invoice's, whose open amount contains
//! it; one that we wrote ourselves is known here and not told. The journal of a payment is a financial account, where one
//! was chosen.
//!
//! What is absent: external sales invoices, estimates, recurring invoices, and costs: an invoice of Moneybird cannot take
//! them, so writing them back is refused.

mod record;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use domain::connection::Package;
use jiff::Timestamp;
use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::books::books;
use super::mark::{mark, written};
use super::node::{Node, list};
use super::{
    AccountingPackage, Answer, Connecting, Connector, Document, GoneKind, Keys, PackageError, Page, Pull,
    Quota, Rate, Told, WriteBack, WriteOutcome, WrittenBack, ask, cursor, draft, json, plain_code,
    redirected,
};
use crate::http::{self, BaseUrl, HttpError, Secret};

const PACKAGE: Package = Package::Moneybird;
const VENDOR: &str = "https://moneybird.com/api/v2";

/// Records that one request gives at most.
const BATCH: usize = 100;
/// Records of one page: each page lists all ids anew, so it is worth several batches.
const PAGE: usize = 300;
/// The states of an invoice that somebody still has to pay.
const OPEN_STATES: &str = "state:open|late|reminded|pending_payment";
/// What we are told about, once subscribed.
const EVENTS: [&str; 9] = [
    "sales_invoice_created",
    "sales_invoice_updated",
    "sales_invoice_destroyed",
    "sales_invoice_merged",
    "sales_invoice_state_changed_to_paid",
    "sales_invoice_state_changed_to_uncollectible",
    "payment_registered",
    "payment_destroyed",
    "contact_changed",
];

/// The adapter.
#[derive(Debug)]
pub struct Moneybird {
    connector: Connector,
    base: BaseUrl,
}

/// What is read at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Stage {
    #[default]
    Contacts,
    Invoices,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Place {
    stage: Stage,
    /// The highest id that was told.
    after: Option<u64>,
}

/// A line of the list of ids.
#[derive(Deserialize)]
struct Listed {
    id: String,
    version: i64,
}

impl Moneybird {
    /// # Errors
    /// The stand-ins' address is none.
    pub fn new(connector: Connector) -> Result<Moneybird, HttpError> {
        let base = connector.base(VENDOR, "moneybird/api/v2")?;
        Ok(Moneybird { connector, base })
    }

    fn get(
        &self,
        keys: &Keys,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<RequestBuilder, PackageError> {
        let url = self.base.join("", path).map_err(|_| bad_address())?;
        Ok(self.authorised(keys, self.connector.client.get(url))?.query(query))
    }

    fn post(&self, keys: &Keys, path: &[&str], body: &Value) -> Result<RequestBuilder, PackageError> {
        let url = self.base.join("", path).map_err(|_| bad_address())?;
        Ok(self.authorised(keys, self.connector.client.post(url))?.json(body))
    }

    fn authorised(&self, keys: &Keys, request: RequestBuilder) -> Result<RequestBuilder, PackageError> {
        let token = keys.key.as_ref().ok_or(PackageError::Unauthorized)?;
        Ok(request.bearer_auth(token.expose()))
    }

    /// The ids of a resource that changed since then, after this one, in order.
    async fn listed(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        resource: &str,
        filter: Option<&str>,
        since: Option<Timestamp>,
        after: Option<u64>,
    ) -> Result<Vec<u64>, PackageError> {
        let query: Vec<(&str, &str)> = filter.into_iter().map(|filter| ("filter", filter)).collect();
        let request = self.get(keys, &[books(keys)?, resource, "synchronization.json"], &query)?;
        let answer = asked(quota, request).await?;
        let listed: Vec<Listed> = json(&answer.bytes)?;
        let since = since.map(Timestamp::as_second);
        let mut ids = BTreeSet::new();
        for line in listed {
            let id = line.id.parse::<u64>();
            let id = id.map_err(|_| PackageError::Malformed(format!("{resource}: id")))?;
            if since.is_none_or(|since| line.version >= since) && after.is_none_or(|after| id > after) {
                ids.insert(id);
            }
        }
        Ok(ids.into_iter().take(PAGE).collect())
    }

    async fn records(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        resource: &str,
        ids: &[String],
    ) -> Result<Vec<Value>, PackageError> {
        let mut records = Vec::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let path = [books(keys)?, resource, "synchronization.json"];
            let answer = asked(quota, self.post(keys, &path, &json!({"ids": batch}))?).await?;
            let read: Value = json(&answer.bytes)?;
            records.extend(list(&read, resource)?.iter().cloned());
        }
        Ok(records)
    }

    async fn contacts(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        since: Timestamp,
        place: Place,
    ) -> Result<Page, PackageError> {
        let ids = self.listed(keys, quota, "contacts", None, Some(since), place.after).await?;
        let texts: Vec<String> = ids.iter().map(u64::to_string).collect();
        let records = self.records(keys, quota, "contacts", &texts).await?;
        let records = records.iter().map(|contact| record::contact(Node(contact))).collect();
        let next = match ids.last() {
            Some(last) if ids.len() == PAGE => Place { stage: Stage::Contacts, after: Some(*last) },
            Some(_) | None => Place { stage: Stage::Invoices, after: None },
        };
        Ok(Page { records, next: Some(cursor::write(&next)?) })
    }

    async fn invoices(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        filter: Option<&str>,
        since: Option<Timestamp>,
        place: Place,
    ) -> Result<Page, PackageError> {
        let ids = self.listed(keys, quota, "sales_invoices", filter, since, place.after).await?;
        let texts: Vec<String> = ids.iter().map(u64::to_string).collect();
        let records = self.records(keys, quota, "sales_invoices", &texts).await?;
        let next = match ids.last() {
            Some(last) if ids.len() == PAGE => {
                Some(cursor::write(&Place { stage: Stage::Invoices, after: Some(*last) })?)
            }
            Some(_) | None => None,
        };
        Ok(Page { records: record::told(&records), next })
    }

    async fn these(&self, keys: &Keys, quota: &dyn Quota, invoices: &[String]) -> Result<Page, PackageError> {
        let records = self.records(keys, quota, "sales_invoices", invoices).await?;
        let mut told = record::told(&records);
        for id in invoices {
            // A draft is no invoice yet.
            let there = |r: &&Value| Node(r).text("id").as_ref() == Some(id) && record::is_sent(Node(r));
            if records.iter().find(there).is_none() {
                told.push(Told::Gone { kind: GoneKind::Invoice, id: draft::record_id(PACKAGE, id) });
            }
        }
        Ok(Page { records: told, next: None })
    }

    async fn invoice(&self, keys: &Keys, quota: &dyn Quota, id: &str) -> Result<Value, PackageError> {
        let request = self.get(keys, &[books(keys)?, "sales_invoices", &format!("{id}.json")], &[])?;
        json(&asked(quota, request).await?.bytes)
    }

    /// The only administration that the token opens; whoever has several has to say which.
    async fn only_books(&self, keys: &Keys, quota: &dyn Quota) -> Result<String, PackageError> {
        let answer = asked(quota, self.get(keys, &["administrations.json"], &[])?).await?;
        let read: Value = json(&answer.bytes)?;
        match list(&read, "administrations")? {
            [one] => Node(one).text("id").ok_or(PackageError::Malformed("administrations: id".to_owned())),
            [] => Err(PackageError::Unauthorized),
            _ => Err(PackageError::Refused("several_administrations".to_owned())),
        }
    }
}

#[async_trait]
impl AccountingPackage for Moneybird {
    fn package(&self) -> Package {
        PACKAGE
    }

    /// 150 in five minutes, with headroom for whoever else uses the token.
    fn rates(&self) -> &'static [Rate] {
        const RATES: [Rate; 1] = [Rate { most: 130, within: Duration::from_secs(300) }];
        &RATES
    }

    fn connecting(&self, _reference: &Secret) -> Result<Connecting, PackageError> {
        Ok(Connecting::GiveKey)
    }

    /// A token does not end.
    async fn authenticated(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        _now: Timestamp,
    ) -> Result<Keys, PackageError> {
        if keys.key.is_none() {
            return Err(PackageError::Unauthorized);
        }
        let books = match &keys.books {
            Some(books) => books.clone(),
            None => self.only_books(keys, quota).await?,
        };
        Ok(Keys { books: Some(books), ..keys.clone() })
    }

    async fn subscribe(&self, keys: &Keys, quota: &dyn Quota, address: &str) -> Result<(), PackageError> {
        let books = books(keys)?;
        let answer = asked(quota, self.get(keys, &[books, "webhooks.json"], &[])?).await?;
        let known: Value = json(&answer.bytes)?;
        if list(&known, "webhooks")?.iter().any(|hook| Node(hook).text("url").as_deref() == Some(address)) {
            return Ok(());
        }
        let body = json!({"url": address, "enabled_events": EVENTS});
        asked(quota, self.post(keys, &[books, "webhooks.json"], &body)?).await?;
        Ok(())
    }

    async fn pull(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        pull: &Pull,
        cursor: Option<&str>,
    ) -> Result<Page, PackageError> {
        let place: Place = cursor::read(cursor)?;
        match pull {
            // Everything: an invoice brings its contact along.
            Pull::Changes { since: None } => self.invoices(keys, quota, None, None, place).await,
            Pull::Changes { since: Some(since) } => match place.stage {
                Stage::Contacts => self.contacts(keys, quota, *since, place).await,
                Stage::Invoices => self.invoices(keys, quota, None, Some(*since), place).await,
            },
            Pull::OpenItems => self.invoices(keys, quota, Some(OPEN_STATES), None, place).await,
            Pull::These { invoices } => self.these(keys, quota, invoices).await,
        }
    }

    fn has_documents(&self) -> bool {
        true
    }

    async fn document(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        invoice: &str,
    ) -> Result<Option<Document>, PackageError> {
        let request = self.get(keys, &[books(keys)?, "sales_invoices", invoice, "download_pdf.json"], &[])?;
        let address = match redirected(quota, request, code).await {
            Ok(address) => address,
            Err(PackageError::Absent) => return Ok(None),
            Err(error) => return Err(error),
        };
        let url = http::file_address(&address);
        let url = url.map_err(|_| PackageError::Malformed("the document's address".to_owned()))?;
        // The address is signed, and elsewhere: our token stays here.
        let answer = ask(quota, self.connector.client.get(url), code).await?;
        Ok(Some(Document { content_type: answer.content_type, bytes: answer.bytes }))
    }

    async fn write_back(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        booking: &WriteBack,
    ) -> Result<WriteOutcome, PackageError> {
        let price = match booking.what {
            WrittenBack::Payment => booking.amount,
            WrittenBack::Reversal => -booking.amount,
            WrittenBack::Costs => return Err(PackageError::Refused("costs_are_not_taken".to_owned())),
        };
        let mark = mark(booking, 80);
        let invoice = self.invoice(keys, quota, &booking.invoice).await?;
        let marked = |p: &Node<'_>| p.text("transaction_identifier").as_deref() == Some(mark.as_str());
        if let Some(reference) = Node(&invoice).list("payments").find(marked).and_then(|p| p.text("id")) {
            return Ok(WriteOutcome::Written { reference });
        }
        let path = [books(keys)?, "sales_invoices", &booking.invoice, "payments.json"];
        let body = json!({"payment": {
            "payment_date": booking.on,
            "price": price,
            "transaction_identifier": mark,
            "financial_account_id": booking.journal,
        }});
        let request = self.post(keys, &path, &body)?;
        written(asked(quota, request).await, |answer| {
            let receipt: Value = json(&answer.bytes).ok()?;
            Node(&receipt).text("id")
        })
    }
}

async fn asked(quota: &dyn Quota, request: RequestBuilder) -> Result<Answer, PackageError> {
    match ask(quota, request, code).await {
        // A token of Moneybird does not end: it was taken back.
        Err(PackageError::TokenExpired) => Err(PackageError::Unauthorized),
        other => other,
    }
}

/// `{"error": "..."}`, or with a code as symbol.
fn code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let node = Node(&body);
    plain_code(&node.text("symbolic").or_else(|| node.text("error"))?)
}

fn bad_address() -> PackageError {
    PackageError::Malformed("the address".to_owned())
}

const _: () = assert!(BATCH <= 100 && http::LARGEST_PAGE > BATCH * 16 * 1024, "a batch fits into an answer");
