//! e-Boekhouden.nl, REST API v1 (api.e-boekhouden.nl).
//!
//! **Read**: the API's own description by way of clients that were made from it (Rust, Python, TypeScript, PHP), with their
//! notes on what the live API takes.
//!
//! **Known**: `POST /v1/session` with an API token and a `source` of at most ten letters gives a session's token for
//! `expiresIn` seconds, the bearer of everything else; a token opens one administration; lists are `{items, count}` with `limit`
//! and `offset`; `GET /v1/mutation/invoice/outstanding?credDeb=D` lists what debtors have open, with total, paid and open
//! amount, and the mutation; mutations of type 2 are invoices sent and of type 3 payments of them; filters such as
//! `date=[gte]2026-11-01`; a relation has a type (B or P), a reminder address, KvK number, IBAN; a payment's invoice and
//! relation stand on its row; errors are `{code, message}` with codes such as `MUT_120`.
//!
//! **Assumed**: that mutations come in the order of their ids; that a payment keeps our mark in its `entryNumber` and shows
//! it in lists; that money which went back is a payment of a negative amount; no limit is published, so we keep to one request
//! in a second.
//!
//! Nothing here has a time of change. The time of the answer with which a pull began is taken as that of everything it
//! tells, so that what comes in here while it is read is newer. What changed since a day is asked for by the day of the
//! mutations, with [`LATE_DAYS`] of overlap for what is booked late; the nightly sweep finds the rest.
//!
//! The journal of a payment is the number of the ledger's account for that bank.
//!
//! What is absent: documents, messages about changes, costs (writing them back is refused), and invoices that were made and
//! not booked.

mod record;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use domain::calendar;
use domain::connection::Package;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::mark::{mark, written};
use super::node::{Node, list};
use super::{
    AccountingPackage, Answer, Connecting, Connector, Document, GoneKind, Keys, MOST_THESE, PackageError,
    Page, Pull, Quota, Rate, Told, WriteBack, WriteOutcome, WrittenBack, ask, cursor, draft, json,
    plain_code,
};
use crate::http::{BaseUrl, HttpError, Secret};

const PACKAGE: Package = Package::EBoekhouden;
const VENDOR: &str = "https://api.e-boekhouden.nl";
/// Our name at the vendor: at most ten letters.
const SOURCE: &str = "Tijdig";

/// Invoices of one page: each is asked for by itself, with its relation and what is open of it.
const PAGE: usize = 8;
/// Requests in a minute. A page, and what is asked for by name, fit into one: what does not fit would begin anew for ever.
const MOST_A_MINUTE: u32 = 60;
const _: () = assert!(PAGE * 4 < MOST_A_MINUTE as usize);
const _: () = assert!(MOST_THESE * 3 < MOST_A_MINUTE as usize);
/// Days that a mutation may be booked after its own day and still come with the changes.
const LATE_DAYS: i32 = 14;
/// Days in which an invoice is to be paid that does not say: article 6:119a(2) BW.
const TERM_DAYS: i32 = 30;
/// A session whose length is not told.
const SESSION_SECONDS: i64 = 600;

/// The adapter.
#[derive(Debug)]
pub struct EBoekhouden {
    connector: Connector,
    base: BaseUrl,
}

/// How far a pull came.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    stage: Stage,
    offset: usize,
    /// When the pull began, by the package's clock.
    begun: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Stage {
    /// Invoices, by their mutations.
    Sent,
    /// Invoices whose payments came in.
    Received,
    /// What is open.
    Open,
}

/// Type of the mutation of an invoice sent, and of a payment of it.
const SENT: &str = "2";
const RECEIVED: &str = "3";

impl EBoekhouden {
    /// # Errors
    /// The stand-ins' address is none.
    pub fn new(connector: Connector) -> Result<EBoekhouden, HttpError> {
        let base = connector.base(VENDOR, "e-boekhouden")?;
        Ok(EBoekhouden { connector, base })
    }

    fn authorised(&self, keys: &Keys, request: RequestBuilder) -> Result<RequestBuilder, PackageError> {
        let token = keys.access_token.as_ref().ok_or(PackageError::TokenExpired)?;
        Ok(request.bearer_auth(token.expose()))
    }

    async fn get(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<(Value, Option<Timestamp>), PackageError> {
        let url = self.base.join("v1", path).map_err(|_| bad_address())?;
        let request = self.authorised(keys, self.connector.client.get(url))?.query(query);
        let answer = ask(quota, request, code).await?;
        Ok((json(&answer.bytes)?, answer.at))
    }

    /// One part of a list, and when it was answered.
    async fn items(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        path: &[&str],
        query: &[(&str, &str)],
        offset: usize,
    ) -> Result<(Vec<Value>, Option<Timestamp>), PackageError> {
        let (limit, offset) = (PAGE.to_string(), offset.to_string());
        let mut query = query.to_vec();
        query.extend([("limit", limit.as_str()), ("offset", offset.as_str())]);
        let (read, at) = self.get(keys, quota, path, &query).await?;
        let items = read.get("items").ok_or(PackageError::Malformed(format!("{}: items", path.join("/"))))?;
        Ok((list(items, &path.join("/"))?.to_vec(), at))
    }

    async fn session(
        &self,
        key: &Secret,
        quota: &dyn Quota,
        now: Timestamp,
    ) -> Result<(Secret, Timestamp), PackageError> {
        let url = self.base.join("v1/session", &[]).map_err(|_| bad_address())?;
        let body = json!({"accessToken": key.expose(), "source": SOURCE});
        let answer = match ask(quota, self.connector.client.post(url).json(&body), code).await {
            // The API token itself is not taken.
            Err(PackageError::TokenExpired | PackageError::Refused(_)) => {
                return Err(PackageError::Unauthorized);
            }
            other => other?,
        };
        let read: Value = json(&answer.bytes)?;
        let node = Node(&read);
        let token = node.text("token").ok_or(PackageError::Malformed("session: token".to_owned()))?;
        let lasts = node.number("expiresIn").filter(|s| (1..=86_400).contains(s)).unwrap_or(SESSION_SECONDS);
        let until = now.checked_add(SignedDuration::from_secs(lasts)).unwrap_or(now);
        Ok((Secret::new(token), until))
    }

    async fn page(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        since: Option<Date>,
        stage: Stage,
        place: Option<Place>,
    ) -> Result<Page, PackageError> {
        let (offset, begun) = place.map_or((0, None), |place| (place.offset, Some(place.begun)));
        let day = since.map(|since| format!("[gte]{since}"));
        let of_day = |kind| {
            let mut query = vec![("type", kind)];
            query.extend(day.as_deref().map(|day| ("date", day)));
            query
        };
        let (items, at) = match stage {
            Stage::Sent => self.items(keys, quota, &["mutation"], &of_day(SENT), offset).await?,
            Stage::Received => self.items(keys, quota, &["mutation"], &of_day(RECEIVED), offset).await?,
            Stage::Open => {
                let path = ["mutation", "invoice", "outstanding"];
                self.items(keys, quota, &path, &[("credDeb", "D")], offset).await?
            }
        };
        let begun = begun.or(at).ok_or(PackageError::Malformed("the answer's date".to_owned()))?;
        let ids = match stage {
            Stage::Sent => own_ids(&items, "id"),
            Stage::Open => own_ids(&items, "mutationId"),
            Stage::Received => self.paid_invoices(keys, quota, &items).await?,
        };
        let mut records = Vec::new();
        let mut relations = BTreeSet::new();
        for id in ids {
            records.extend(self.invoice(keys, quota, &id, begun, &mut relations).await?);
        }
        let next = match stage {
            _ if items.len() == PAGE => Some(Place { stage, offset: offset + PAGE, begun }),
            Stage::Sent if since.is_some() => Some(Place { stage: Stage::Received, offset: 0, begun }),
            Stage::Sent | Stage::Received | Stage::Open => None,
        };
        Ok(Page { records, next: next.map(|next| cursor::write(&next)).transpose()? })
    }

    /// The invoices that these payments are of.
    async fn paid_invoices(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        payments: &[Value],
    ) -> Result<BTreeSet<String>, PackageError> {
        let numbers: BTreeSet<String> =
            payments.iter().filter_map(|payment| Node(payment).text("invoiceNumber")).collect();
        let mut ids = BTreeSet::new();
        for number in numbers {
            let query = [("type", SENT), ("invoiceNumber", number.as_str())];
            let (found, _) = self.items(keys, quota, &["mutation"], &query, 0).await?;
            ids.extend(own_ids(&found, "id"));
        }
        Ok(ids)
    }

    /// An invoice with its relation before it, where that was not told yet.
    async fn invoice(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        id: &str,
        at: Timestamp,
        relations: &mut BTreeSet<String>,
    ) -> Result<Vec<Told>, PackageError> {
        let gone = || Told::Gone { kind: GoneKind::Invoice, id: draft::record_id(PACKAGE, id) };
        let mutation = match self.get(keys, quota, &["mutation", id], &[]).await {
            Ok((mutation, _)) => mutation,
            Err(PackageError::Absent) => return Ok(vec![gone()]),
            Err(error) => return Err(error),
        };
        let mutation = Node(&mutation);
        if mutation.text("type").as_deref() != Some(SENT) {
            return Ok(vec![gone()]);
        }
        let mut told = Vec::new();
        let mut term = mutation.number("termOfPayment");
        if let Some(relation) = mutation.text("relationId")
            && (term.is_none() || !relations.contains(&relation))
        {
            match self.get(keys, quota, &["relation", &relation], &[]).await {
                Ok((found, _)) => {
                    term = term.or_else(|| Node(&found).number("termOfPayment"));
                    if relations.insert(relation) {
                        told.push(record::relation(Node(&found), at));
                    }
                }
                Err(PackageError::Absent) => {}
                Err(error) => return Err(error),
            }
        }
        let number = mutation.text("invoiceNumber").unwrap_or_default();
        let query = [("credDeb", "D"), ("invoiceNumber", number.as_str())];
        let path = ["mutation", "invoice", "outstanding"];
        let (open, _) = self.items(keys, quota, &path, &query, 0).await?;
        let open = open.iter().map(Node).find(|item| item.text("mutationId").as_deref() == Some(id));
        let term = term.and_then(|days| i32::try_from(days).ok()).filter(|days| (0..=3650).contains(days));
        told.push(record::invoice(id, mutation, open, term.unwrap_or(TERM_DAYS), at));
        Ok(told)
    }

    /// The payment of this invoice that carries this mark, if it stands there.
    async fn payment_with(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        number: &str,
        mark: &str,
    ) -> Result<Option<String>, PackageError> {
        let mut offset = 0;
        loop {
            let query = [("type", RECEIVED), ("invoiceNumber", number)];
            let (found, _) = self.items(keys, quota, &["mutation"], &query, offset).await?;
            let ours = |payment: &&Value| Node(payment).text("entryNumber").as_deref() == Some(mark);
            if let Some(payment) = found.iter().find(ours) {
                return Ok(Node(payment).text("id"));
            }
            if found.len() < PAGE {
                return Ok(None);
            }
            offset += PAGE;
        }
    }
}

impl EBoekhouden {
    /// The account of the ledger that payments are booked on: the one that was chosen, else the first for money.
    async fn bank(&self, keys: &Keys, quota: &dyn Quota, chosen: Option<&str>) -> Result<i64, PackageError> {
        let none = || PackageError::Refused("no_journal".to_owned());
        if let Some(chosen) = chosen {
            return chosen.parse().map_err(|_| none());
        }
        let (ledgers, _) = self.items(keys, quota, &["ledger"], &[("category", "FIN")], 0).await?;
        ledgers.iter().find_map(|ledger| Node(ledger).number("id")).ok_or_else(none)
    }
}

fn own_ids(items: &[Value], field: &str) -> BTreeSet<String> {
    items.iter().filter_map(|item| Node(item).text(field)).collect()
}

#[async_trait]
impl AccountingPackage for EBoekhouden {
    fn package(&self) -> Package {
        PACKAGE
    }

    /// No limit is published: one in a second.
    fn rates(&self) -> &'static [Rate] {
        const RATES: [Rate; 1] = [Rate { most: MOST_A_MINUTE, within: Duration::from_secs(60) }];
        &RATES
    }

    fn connecting(&self, _reference: &Secret) -> Result<Connecting, PackageError> {
        Ok(Connecting::GiveKey)
    }

    async fn authenticated(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        now: Timestamp,
    ) -> Result<Keys, PackageError> {
        if keys.good_token(now).is_some() {
            return Ok(keys.clone());
        }
        let key = keys.key.as_ref().ok_or(PackageError::Unauthorized)?;
        let (token, until) = self.session(key, quota, now).await?;
        Ok(Keys { access_token: Some(token), expires_at: Some(until), ..keys.clone() })
    }

    async fn pull(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        pull: &Pull,
        cursor: Option<&str>,
    ) -> Result<Page, PackageError> {
        let place: Option<Place> = cursor::read(cursor)?;
        let stage = place.as_ref().map(|place| place.stage);
        match pull {
            Pull::Changes { since } => {
                let since = since.map(|since| calendar::plus_days(calendar::today(since), -LATE_DAYS));
                self.page(keys, quota, since, stage.unwrap_or(Stage::Sent), place).await
            }
            Pull::OpenItems => self.page(keys, quota, None, stage.unwrap_or(Stage::Open), place).await,
            Pull::These { invoices } => {
                let at = self.items(keys, quota, &["mutation"], &[("type", SENT)], 0).await?.1;
                let at = at.ok_or(PackageError::Malformed("the answer's date".to_owned()))?;
                let mut relations = BTreeSet::new();
                let mut records = Vec::new();
                for id in invoices {
                    records.extend(self.invoice(keys, quota, id, at, &mut relations).await?);
                }
                Ok(Page { records, next: None })
            }
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
        let amount = match booking.what {
            WrittenBack::Payment => booking.amount,
            WrittenBack::Reversal => -booking.amount,
            WrittenBack::Costs => return Err(PackageError::Refused("costs_are_not_taken".to_owned())),
        };
        let (mutation, _) = self.get(keys, quota, &["mutation", &booking.invoice], &[]).await?;
        let mutation = Node(&mutation);
        let missing = |field: &str| PackageError::Malformed(format!("mutation: {field}"));
        let number = mutation.text("invoiceNumber").ok_or_else(|| missing("invoiceNumber"))?;
        let mark = mark(booking, 50);
        if let Some(reference) = self.payment_with(keys, quota, &number, &mark).await? {
            return Ok(WriteOutcome::Written { reference });
        }
        let bank = self.bank(keys, quota, booking.journal.as_deref()).await?;
        let relation = mutation.number("relationId").ok_or_else(|| missing("relationId"))?;
        let ledger = mutation.number("ledgerId").ok_or_else(|| missing("ledgerId"))?;
        let body = json!({
            "type": 3, "date": booking.on, "ledgerId": bank, "entryNumber": mark, "inExVat": "EX",
            "description": mark, "relationId": relation, "invoiceNumber": number,
            "rows": [{"ledgerId": ledger, "vatCode": "GEEN", "amount": record::number(amount), "invoiceNumber": number,
                "relationId": relation, "description": mark}],
        });
        let url = self.base.join("v1/mutation", &[]).map_err(|_| bad_address())?;
        let request = self.authorised(keys, self.connector.client.post(url))?.json(&body);
        written(ask(quota, request, code).await, |answer: &Answer| {
            let receipt: Value = json(&answer.bytes).ok()?;
            Node(&receipt).text("id")
        })
    }
}

/// `{"code": "MUT_120", "message": "..."}`.
fn code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    plain_code(&Node(&body).text("code")?)
}

fn bad_address() -> PackageError {
    PackageError::Malformed("the address".to_owned())
}
