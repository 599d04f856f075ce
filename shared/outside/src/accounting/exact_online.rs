//! Exact Online, REST API v1 (start.exactonline.nl).
//!
//! **Read**: the vendor's pages of `CRMAccounts` and `SyncCashflowPaymentTerms` (the latter by way of classes generated from
//! it), the description of the limits of 2021-07-01 as several integrators repeat it, `SyncTimestamp` as three public
//! clients call it, and the SDK's models of receivables and journal entries.
//!
//! **Known**: OAuth2, a refresh token that changes with every use, access tokens of 600 s of which no new one may be asked for
//! within 570 s; OData with `d.results` (or `d` itself), `__next`, days as `/Date(1764028800000)/`, GUIDs, the division in the
//! path; `sync` endpoints give what has a row version above the one given, 60 to 1,000 at a time, and take no other filter;
//! row versions are no times, and `read/sync/Sync/SyncTimestamp` gives the first one at or after a time; payment terms of
//! customers have line type 20, status 20 open, 30 selected, 40 processed, 50 matched, and a term that is paid in part is split;
//! 60 calls a minute and 5,000 a day (`X-RateLimit-*`, 429), and at most ten errors an hour at one endpoint.
//!
//! **Assumed**: that `cashflow/Receivables` may be filtered by `TransactionEntryID` and `IsFullyPaid`; that transactions of
//! type 20 are invoices and 21 credit notes; that `SyncTimestamp` knows the end points as `Accounts` and `PaymentTerms`; that journals
//! of type 12 are banks and of type 90 general; that money which comes in is positive on a bank entry's line, and that Exact
//! then matches it with the invoice by its own rules, or a person does: the open amount follows when that is done.
//!
//! An invoice is a *transaction*; its open amount is the sum of its terms that are not paid. Where the terms at hand do not
//! add up to the transaction's amount, the others are asked for, so a page that changes while it is read is told whole.
//!
//! A payment is an entry in the bank journal that was chosen, else in the first one, on the customer and the account that
//! the invoice stands on; costs go between two accounts, in the first general journal.
//!
//! What is absent: documents (an invoice printed in Exact has none that the API gives reliably) and webhooks.

mod record;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use domain::connection::Package;
use jiff::{SignedDuration, Timestamp};
use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::books::books;
use super::mark::{mark, written};
use super::node::Node;
use super::{
    AccountingPackage, Answer, ClientAuthentication, Connecting, Connector, Document, GoneKind, Keys, OAuth,
    PackageError, Page, Pull, Quota, Rate, Told, WriteBack, WriteOutcome, WrittenBack, ask, cursor, draft,
    json, plain_code,
};
use crate::http::{BaseUrl, HttpError, Secret};
use record::Terms;
use wire::{Listed, guid, key_filter};

const PACKAGE: Package = Package::ExactOnline;
const VENDOR: &str = "https://start.exactonline.nl";

/// Ids in one filter: the address stays well below 2,000 characters.
const AT_ONCE: usize = 15;
/// Transactions of one page whose other terms have to be asked for.
const MOST_SPLIT: usize = 45;
/// A token lasts 600 s and no new one is given within 570 s of it.
const RENEWED_BEFORE_END: SignedDuration = SignedDuration::from_secs(25);
/// Types of journals.
const BANK: u8 = 12;
const GENERAL: u8 = 90;
/// The row version that the vendor has a first call begin above.
const BEFORE_ALL: i64 = 1;
/// What of a customer is read.
const ACCOUNT_FIELDS: &str = "ID,Timestamp,Code,Name,Status,Email,Phone,AddressLine1,Postcode,City,Country,\
    ChamberOfCommerce,VATNumber,Language,Modified";
/// What of a term is read.
const TERM_FIELDS: &str = "ID,Account,AmountDC,Currency,DueDate,InvoiceDate,GLAccount,InvoiceNumber,\
    IsFullyPaid,Modified,\
    PaymentCondition,PaymentReference,Status,TransactionAmountDC,TransactionDueDate,TransactionEntryID,TransactionType,\
    YourRef";

/// The adapter.
#[derive(Debug)]
pub struct ExactOnline {
    connector: Connector,
    base: BaseUrl,
    oauth: OAuth,
}

/// How far a pull came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "at")]
enum Place {
    #[default]
    Start,
    /// Customers above this row version; then terms above the second one, where any changed.
    Accounts { above: i64, terms_above: Option<i64> },
    /// Terms above this row version.
    Terms { above: i64 },
    /// A further page of what is open: the query behind `__next`.
    Open { query: String },
}

impl ExactOnline {
    /// # Errors
    /// The stand-ins' address is none.
    pub fn new(connector: Connector) -> Result<ExactOnline, HttpError> {
        let base = connector.base(VENDOR, "exact-online")?;
        let at = |path: &str| match &connector.below {
            None => connector.base(&format!("{VENDOR}/{path}"), ""),
            Some(_) => connector.base(VENDOR, &format!("exact-online/{path}")),
        };
        let oauth = OAuth {
            authorisation: at("api/oauth2/auth")?,
            token: at("api/oauth2/token")?,
            authentication: ClientAuthentication::Form,
            scopes: "",
            spare: RENEWED_BEFORE_END,
            redirect: connector.redirect(PACKAGE),
        };
        Ok(ExactOnline { connector, base, oauth })
    }

    fn authorised(&self, keys: &Keys, request: RequestBuilder) -> Result<RequestBuilder, PackageError> {
        let token = keys.access_token.as_ref().ok_or(PackageError::TokenExpired)?;
        Ok(request.bearer_auth(token.expose()).header("Accept", "application/json"))
    }

    async fn get(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Listed, PackageError> {
        let path_here = format!("api/v1/{}/{path}", books(keys)?);
        let url = self.base.join(&path_here, &[]).map_err(|_| bad_address())?;
        let request = self.authorised(keys, self.connector.client.get(url))?.query(query);
        let answer = ask(quota, request, code).await?;
        Listed::read(&answer.bytes, path)
    }

    /// The row version after which everything comes that changed at or after this time; `None` where nothing did.
    async fn row_version(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        end_point: &str,
        since: Timestamp,
    ) -> Result<Option<i64>, PackageError> {
        let modified = format!("datetime'{}'", since.strftime("%Y-%m-%dT%H:%M:%S"));
        let end_point = format!("'{end_point}'");
        let query = [("modified", modified.as_str()), ("endPoint", end_point.as_str())];
        let listed = self.get(keys, quota, "read/sync/Sync/SyncTimestamp", &query).await?;
        let first = listed.records.first().and_then(|r| Node(r).number("TimeStampAsBigInt"));
        Ok(first.map(|version| version.saturating_sub(1).max(BEFORE_ALL)))
    }

    async fn changes(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        since: Option<Timestamp>,
        place: Place,
    ) -> Result<Page, PackageError> {
        match place {
            Place::Start => {
                let (above, terms_above) = match since {
                    None => (Some(BEFORE_ALL), Some(BEFORE_ALL)),
                    Some(since) => (
                        self.row_version(keys, quota, "Accounts", since).await?,
                        self.row_version(keys, quota, "PaymentTerms", since).await?,
                    ),
                };
                match (above, terms_above) {
                    (Some(above), terms_above) => self.accounts(keys, quota, above, terms_above).await,
                    (None, Some(above)) => self.terms(keys, quota, above).await,
                    (None, None) => Ok(Page { records: Vec::new(), next: None }),
                }
            }
            Place::Accounts { above, terms_above } => self.accounts(keys, quota, above, terms_above).await,
            Place::Terms { above } => self.terms(keys, quota, above).await,
            Place::Open { .. } => Err(PackageError::Malformed("cursor: not of changes".to_owned())),
        }
    }

    async fn accounts(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        above: i64,
        terms_above: Option<i64>,
    ) -> Result<Page, PackageError> {
        let filter = format!("Timestamp gt {above}L");
        let query = [("$filter", filter.as_str()), ("$select", ACCOUNT_FIELDS)];
        let listed = self.get(keys, quota, "sync/CRM/Accounts", &query).await?;
        let highest = listed.records.iter().filter_map(|r| Node(r).number("Timestamp")).max();
        let next = match highest {
            // Only an empty page is the end: how many rows a page has is the package's choice.
            Some(highest) if highest > above => Some(Place::Accounts { above: highest, terms_above }),
            Some(_) | None => terms_above.map(|above| Place::Terms { above }),
        };
        let records = listed.records.iter().filter_map(|r| record::customer(Node(r))).collect();
        Ok(Page { records, next: next.map(|next| cursor::write(&next)).transpose()? })
    }

    async fn terms(&self, keys: &Keys, quota: &dyn Quota, above: i64) -> Result<Page, PackageError> {
        let filter = format!("Timestamp gt {above}L");
        let select = format!("Timestamp,LineType,{TERM_FIELDS}");
        let query = [("$filter", filter.as_str()), ("$select", select.as_str())];
        let listed = self.get(keys, quota, "sync/Cashflow/PaymentTerms", &query).await?;
        let mut rows: Vec<(i64, &Value)> = Vec::with_capacity(listed.records.len());
        for row in &listed.records {
            let version = Node(row).number("Timestamp");
            rows.push((version.ok_or(PackageError::Malformed("PaymentTerms: Timestamp".to_owned()))?, row));
        }
        rows.sort_by_key(|(version, _)| *version);
        let mut taken = Vec::new();
        let mut split = BTreeSet::new();
        let mut highest = None;
        for (version, row) in rows {
            let node = Node(row);
            if record::is_receivable(node) {
                if record::is_split(node) {
                    split.extend(node.text("TransactionEntryID"));
                }
                taken.push(row.clone());
            }
            highest = Some(version);
            if split.len() >= MOST_SPLIT {
                break;
            }
        }
        let told = self.whole(keys, quota, taken).await?;
        let next = match highest {
            Some(highest) if highest > above => Some(cursor::write(&Place::Terms { above: highest })?),
            Some(_) | None => None,
        };
        Ok(Page { records: told, next })
    }

    async fn open_items(&self, keys: &Keys, quota: &dyn Quota, place: Place) -> Result<Page, PackageError> {
        let listed = match &place {
            Place::Start => {
                let query = [("$filter", "IsFullyPaid eq false"), ("$select", TERM_FIELDS)];
                self.get(keys, quota, "cashflow/Receivables", &query).await?
            }
            Place::Open { query } => {
                let query: Vec<(String, String)> =
                    serde_json::from_str(query).map_err(|_| PackageError::Malformed("cursor".to_owned()))?;
                let query: Vec<(&str, &str)> = query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                self.get(keys, quota, "cashflow/Receivables", &query).await?
            }
            Place::Accounts { .. } | Place::Terms { .. } => {
                return Err(PackageError::Malformed("cursor: not of open items".to_owned()));
            }
        };
        let next = match listed.next_query(&self.base)? {
            Some(query) => Some(cursor::write(&Place::Open { query })?),
            None => None,
        };
        let rows = listed.records.into_iter().filter(|row| record::is_receivable(Node(row))).collect();
        Ok(Page { records: self.whole(keys, quota, rows).await?, next })
    }

    /// The transactions of these terms, with all their terms.
    async fn whole(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        rows: Vec<Value>,
    ) -> Result<Vec<Told>, PackageError> {
        let mut transactions: BTreeMap<String, Terms> = BTreeMap::new();
        let mut told = Vec::new();
        for row in rows {
            match Node(&row).needed("TransactionEntryID") {
                Ok(entry) => transactions.entry(entry).or_default().add(row),
                Err(fault) => told.push(fault.of(record::own_id(Node(&row)))),
            }
        }
        let parts: Vec<String> = transactions
            .iter()
            .filter(|(_, terms)| !terms.add_up())
            .map(|(entry, _)| entry.clone())
            .collect();
        for (entry, terms) in self.terms_of(keys, quota, &parts).await? {
            transactions.insert(entry, terms);
        }
        told.extend(transactions.iter().map(|(entry, terms)| terms.told(entry)));
        Ok(told)
    }

    /// All terms of these transactions.
    async fn terms_of(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        entries: &[String],
    ) -> Result<BTreeMap<String, Terms>, PackageError> {
        let mut found: BTreeMap<String, Terms> = BTreeMap::new();
        for some in entries.chunks(AT_ONCE) {
            let filter = key_filter("TransactionEntryID", some)?;
            let mut query =
                vec![("$filter".to_owned(), filter), ("$select".to_owned(), TERM_FIELDS.to_owned())];
            loop {
                let borrowed: Vec<(&str, &str)> =
                    query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                let listed = self.get(keys, quota, "cashflow/Receivables", &borrowed).await?;
                let next = listed.next_query(&self.base)?;
                for row in listed.records.into_iter().filter(|row| record::is_receivable(Node(row))) {
                    if let Some(entry) = Node(&row).text("TransactionEntryID") {
                        found.entry(entry).or_default().add(row);
                    }
                }
                let Some(next) = next else { break };
                query =
                    serde_json::from_str(&next).map_err(|_| PackageError::Malformed("__next".to_owned()))?;
            }
        }
        Ok(found)
    }

    async fn these(&self, keys: &Keys, quota: &dyn Quota, invoices: &[String]) -> Result<Page, PackageError> {
        let asked: Vec<String> = invoices.iter().filter(|id| guid(id).is_some()).cloned().collect();
        let found = self.terms_of(keys, quota, &asked).await?;
        let customers: BTreeSet<String> = found.values().filter_map(Terms::customer).collect();
        let customers: Vec<String> = customers.into_iter().collect();
        let mut told = Vec::new();
        for some in customers.chunks(AT_ONCE) {
            let filter = key_filter("ID", some)?;
            let fields = ACCOUNT_FIELDS.replace("Timestamp,", "");
            let query = [("$filter", filter.as_str()), ("$select", fields.as_str())];
            let listed = self.get(keys, quota, "crm/Accounts", &query).await?;
            told.extend(listed.records.iter().map(|r| record::account(Node(r))));
        }
        for id in invoices {
            told.push(match found.get(id) {
                Some(terms) => terms.told(id),
                None => Told::Gone { kind: GoneKind::Invoice, id: draft::record_id(PACKAGE, id) },
            });
        }
        Ok(Page { records: told, next: None })
    }

    /// The division in which whoever agreed works.
    async fn division(&self, keys: &Keys, quota: &dyn Quota) -> Result<String, PackageError> {
        let url = self.base.join("api/v1/current/Me", &[]).map_err(|_| bad_address())?;
        let request = self.authorised(keys, self.connector.client.get(url))?;
        let answer = ask(quota, request.query(&[("$select", "CurrentDivision")]), code).await?;
        let me = Listed::read(&answer.bytes, "current/Me")?;
        let division = me.records.first().and_then(|me| Node(me).number("CurrentDivision"));
        division
            .map(|d| d.to_string())
            .ok_or(PackageError::Malformed("current/Me: CurrentDivision".to_owned()))
    }

    /// The entry whose line carries this mark, if it stands there.
    async fn entry_with(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        lines: &str,
        mark: &str,
    ) -> Result<Option<String>, PackageError> {
        let filter = format!("Description eq '{}'", mark.replace('\'', "''"));
        let query = [("$filter", filter.as_str()), ("$select", "EntryID,Description")];
        let listed = self.get(keys, quota, lines, &query).await?;
        let ours = |r: &&Value| Node(r).text("Description").as_deref() == Some(mark);
        Ok(listed.records.iter().find(ours).and_then(|r| Node(r).text("EntryID")))
    }

    /// The journal that was chosen, else the first of this type.
    async fn journal(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        chosen: Option<&str>,
        kind: u8,
    ) -> Result<String, PackageError> {
        if let Some(chosen) = chosen {
            return Ok(chosen.to_owned());
        }
        let filter = format!("Type eq {kind}");
        let query = [("$filter", filter.as_str()), ("$select", "Code,Type")];
        let listed = self.get(keys, quota, "financial/Journals", &query).await?;
        let first = listed.records.first().and_then(|journal| Node(journal).text("Code"));
        first.ok_or(PackageError::Refused("no_journal".to_owned()))
    }

    /// A bank entry's line: what came in, or went back, on the invoice's customer.
    async fn payment_line(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        booking: &WriteBack,
        mark: &str,
    ) -> Result<Value, PackageError> {
        let found = self.terms_of(keys, quota, std::slice::from_ref(&booking.invoice)).await?;
        let terms = found.get(&booking.invoice).ok_or(PackageError::Absent)?;
        let missing = |field: &str| PackageError::Malformed(format!("Receivables: {field}"));
        let amount = if booking.what == WrittenBack::Reversal { -booking.amount } else { booking.amount };
        Ok(json!({
            "Account": terms.customer().ok_or_else(|| missing("Account"))?,
            "GLAccount": terms.account().ok_or_else(|| missing("GLAccount"))?,
            "AmountFC": wire::number(amount),
            "Date": format!("{}T00:00:00", booking.on),
            "Description": mark,
            "OurRef": terms.number().and_then(|number| number.parse::<i64>().ok()),
        }))
    }
}

/// The two lines that move costs from one account to another.
fn cost_lines(booking: &WriteBack, mark: &str) -> Result<Value, PackageError> {
    let accounts = booking.accounts.as_ref().ok_or(PackageError::Refused("no_accounts_chosen".to_owned()))?;
    let line = |account: &str, amount| {
        json!({"GLAccount": account, "AmountFC": wire::number(amount), "Date": format!("{}T00:00:00", booking.on),
            "Description": mark})
    };
    Ok(json!([line(&accounts.debit, booking.amount), line(&accounts.credit, -booking.amount)]))
}

#[async_trait]
impl AccountingPackage for ExactOnline {
    fn package(&self) -> Package {
        PACKAGE
    }

    /// 60 a minute and 5,000 a day, with headroom for the creditor's other tools under our client.
    fn rates(&self) -> &'static [Rate] {
        const RATES: [Rate; 2] = [
            Rate { most: 50, within: Duration::from_secs(60) },
            Rate { most: 4_500, within: Duration::from_secs(24 * 3600) },
        ];
        &RATES
    }

    fn connecting(&self, reference: &Secret) -> Result<Connecting, PackageError> {
        Ok(Connecting::Visit(self.oauth.address(&self.connector.app, reference)?))
    }

    /// A token that ends while it is used is refused then, and renewed by whoever used it.
    async fn authenticated(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        now: Timestamp,
    ) -> Result<Keys, PackageError> {
        let client = &self.connector.client;
        let fresh = self.oauth.authenticated(client, &self.connector.app, keys, quota, now).await?;
        // New tokens are handed over before anything else is asked with them: the old ones are worthless now.
        if fresh == *keys { self.with_division(&fresh, quota).await } else { Ok(fresh) }
    }

    async fn pull(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        pull: &Pull,
        cursor: Option<&str>,
    ) -> Result<Page, PackageError> {
        let place: Place = cursor::read(cursor)?;
        let found = self.with_division(keys, quota).await?;
        match pull {
            Pull::Changes { since } => self.changes(&found, quota, *since, place).await,
            Pull::OpenItems => self.open_items(&found, quota, place).await,
            Pull::These { invoices } => self.these(&found, quota, invoices).await,
        }
    }

    fn has_documents(&self) -> bool {
        false
    }

    async fn document(
        &self,
        _keys: &Keys,
        _quota: &dyn Quota,
        _invoice: &str,
    ) -> Result<Option<Document>, PackageError> {
        Ok(None)
    }

    async fn write_back(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        booking: &WriteBack,
    ) -> Result<WriteOutcome, PackageError> {
        let mark = mark(booking, 60);
        let (entries, lines, kind) = match booking.what {
            WrittenBack::Payment | WrittenBack::Reversal => {
                ("financialtransaction/BankEntries", "financialtransaction/BankEntryLines", BANK)
            }
            WrittenBack::Costs => (
                "generaljournalentry/GeneralJournalEntries",
                "generaljournalentry/GeneralJournalEntryLines",
                GENERAL,
            ),
        };
        if let Some(reference) = self.entry_with(keys, quota, lines, &mark).await? {
            return Ok(WriteOutcome::Written { reference });
        }
        let chosen = booking.journal.as_deref().filter(|_| kind == BANK);
        let body = match booking.what {
            WrittenBack::Payment | WrittenBack::Reversal => {
                let line = self.payment_line(keys, quota, booking, &mark).await?;
                json!({"JournalCode": self.journal(keys, quota, chosen, kind).await?, "BankEntryLines": [line]})
            }
            WrittenBack::Costs => {
                let lines = cost_lines(booking, &mark)?;
                json!({"JournalCode": self.journal(keys, quota, chosen, kind).await?, "GeneralJournalEntryLines": lines})
            }
        };
        let path = format!("api/v1/{}/{entries}", books(keys)?);
        let url = self.base.join(&path, &[]).map_err(|_| bad_address())?;
        let request = self.authorised(keys, self.connector.client.post(url))?.json(&body);
        written(ask(quota, request, code).await, |answer: &Answer| {
            let read: Value = json(&answer.bytes).ok()?;
            Node(&read).child("d")?.text("EntryID")
        })
    }
}

impl ExactOnline {
    async fn with_division(&self, keys: &Keys, quota: &dyn Quota) -> Result<Keys, PackageError> {
        match keys.books {
            Some(_) => Ok(keys.clone()),
            None => Ok(Keys { books: Some(self.division(keys, quota).await?), ..keys.clone() }),
        }
    }
}

/// `{"error":{"code":"...","message":{...}}}`: the message may quote, the code is often empty.
fn code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    plain_code(&Node(&body).child("error")?.text("code")?)
}

fn bad_address() -> PackageError {
    PackageError::Malformed("the address".to_owned())
}
