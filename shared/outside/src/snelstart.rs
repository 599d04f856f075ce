//! SnelStart, B2B API v2.
//!
//! **Known** (partner documentation; LAW.md section 10): the token by `grant_type=clientkey`, good for an hour; the two
//! headers of every call; paging by `$top` (at most 500) and `$skip` without a next link; `$filter` with property names in
//! UpperCamelCase; the fields of `/relaties` and `/verkoopfacturen`; the three limits of an administration; errors as a list
//! of `{errorCode, message}` with codes such as `FAC-0012`; the activation link and its webhook.
//!
//! **Assumed**:
//! - `ModifiedOn` has no time zone. It is written and read as UTC: where it is Dutch time, a filter begins an hour or two
//!   early and a change counts as that much later, which keeps the order of changes but in the hour that is repeated in
//!   autumn; the nightly sweep tells what was passed over.
//! - `ge` may stand in a filter where the documentation shows `gt`, and `OpenstaandSaldo ne 0` finds what is open.
//! - Whether `ModifiedOn` moves when an invoice is paid: not assumed. The sweep of open items tells it.
//! - A credit note is a `verkoopfactuur` with a negative `factuurBedrag`.
//! - A booking is found again by its `boekstuk`, which is ours. `dagboeken` name their `soort`: `Bank` and `Memoriaal`.
//! - Costs are booked between two accounts that the creditor names, and not on the invoice: there they would come back as
//!   principal.
//! - An address whose postcode is a Dutch one is Dutch; others are looked up among `/landen` by `landcodeISO`.
//!
//! **Absent** there, and so here: birth dates and parts of names, labels, data webhooks, the payments themselves: a payment
//! shows as a smaller `openstaandSaldo`.

mod records;
mod writing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::connection::Package;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::accounting::{
    AccountingPackage, Answer, AppKeys, Connecting, Connector, Document, GoneKind, Keys, PackageError, Page,
    Pull, Quota, Rate, Told, WriteBack, WriteOutcome, ask, json, plain_code,
};
use crate::http::{BaseUrl, HttpError, Secret};

/// Records of one page: the most that SnelStart gives.
const PAGE: usize = 500;

/// Records of a page that are read once more with the next: a list that changes while it is read moves, and so much of it
/// may move between two pages without anything being passed over.
const SHARED: usize = 50;

/// Pages of one list: a bound on a list that never ends.
const MOST_PAGES: usize = 2_000;

/// 500 a minute, 5,000 an hour and 50 at once, with headroom for whoever else asks with this key.
static RATES: [Rate; 3] = [
    Rate { most: 450, within: Duration::from_secs(60) },
    Rate { most: 4_500, within: Duration::from_secs(3_600) },
    Rate { most: 45, within: crate::http::TIMEOUT },
];

/// ISO codes by SnelStart's ids.
type Countries = Arc<BTreeMap<String, String>>;

/// The adapter.
#[derive(Debug)]
pub struct SnelStart {
    client: Client,
    app: AppKeys,
    api: BaseUrl,
    token: BaseUrl,
    activation: BaseUrl,
    /// Where a person goes on after activating.
    success: String,
    /// ISO codes of countries by SnelStart's ids: the same for everybody.
    countries: Mutex<Option<Countries>>,
}

#[derive(Deserialize)]
struct Token {
    access_token: Secret,
    expires_in: i64,
}

/// One of the errors of a refusal.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fault {
    error_code: String,
}

fn code(body: &[u8]) -> Option<String> {
    let faults: Vec<Fault> = serde_json::from_slice(body).ok()?;
    plain_code(&faults.first()?.error_code)
}

/// Where a pull stands: which list, and how many of it were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Debtors(usize),
    Invoices(usize),
}

impl Place {
    fn parse(cursor: &str) -> Result<Place, PackageError> {
        let bad = || PackageError::Malformed("the cursor".to_owned());
        let (list, read) = cursor.split_once(':').ok_or_else(bad)?;
        let read: usize = read.parse().map_err(|_| bad())?;
        match list {
            "relaties" => Ok(Place::Debtors(read)),
            "verkoopfacturen" => Ok(Place::Invoices(read)),
            _ => Err(bad()),
        }
    }

    fn cursor(self) -> String {
        match self {
            Place::Debtors(read) => format!("relaties:{read}"),
            Place::Invoices(read) => format!("verkoopfacturen:{read}"),
        }
    }
}

impl SnelStart {
    pub fn new(connector: Connector) -> Result<SnelStart, HttpError> {
        Ok(SnelStart {
            api: connector.base("https://b2bapi.snelstart.nl/v2", "snelstart/v2")?,
            token: connector.base("https://auth.snelstart.nl/b2b/token", "snelstart/b2b/token")?,
            activation: connector
                .base("https://web.snelstart.nl/couplings/activate", "snelstart/couplings/activate")?,
            success: connector.redirect(Package::SnelStart),
            client: connector.client,
            app: connector.app,
            countries: Mutex::default(),
        })
    }

    fn get(&self, keys: &Keys, url: Url) -> Result<RequestBuilder, PackageError> {
        self.signed(keys, self.client.get(url))
    }

    fn signed(&self, keys: &Keys, request: RequestBuilder) -> Result<RequestBuilder, PackageError> {
        let token = keys.access_token.as_ref().ok_or(PackageError::TokenExpired)?;
        let subscription = self.app.subscription_key.as_ref();
        let subscription =
            subscription.ok_or_else(|| PackageError::Refused("no_subscription_key".to_owned()))?;
        Ok(request.bearer_auth(token.expose()).header("Ocp-Apim-Subscription-Key", subscription.expose()))
    }

    fn url(&self, path: &str, segments: &[&str]) -> Result<Url, PackageError> {
        self.api.join(path, segments).map_err(|_| PackageError::Malformed("the address".to_owned()))
    }

    async fn answer(&self, keys: &Keys, quota: &dyn Quota, url: Url) -> Result<Answer, PackageError> {
        ask(quota, self.get(keys, url)?, code).await
    }

    /// One page of a list, in an order that nobody describes.
    async fn list<T: DeserializeOwned>(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        path: &str,
        filter: Option<&str>,
        skip: usize,
    ) -> Result<Vec<T>, PackageError> {
        let mut url = self.url(path, &[])?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("$top", &PAGE.to_string()).append_pair("$skip", &skip.to_string());
            if let Some(filter) = filter {
                query.append_pair("$filter", filter);
            }
        }
        json(&self.answer(keys, quota, url).await?.bytes)
    }

    async fn one<T: DeserializeOwned>(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        path: &str,
        id: &str,
    ) -> Result<T, PackageError> {
        json(&self.answer(keys, quota, self.url(path, &[id])?).await?.bytes)
    }

    async fn debtors(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        filter: Option<&str>,
        skip: usize,
    ) -> Result<Page, PackageError> {
        let listed: Vec<Value> = self.list(keys, quota, "relaties", filter, skip).await?;
        let full = listed.len() == PAGE && skip / PAGE < MOST_PAGES;
        let (relations, mut told) = records::read_each::<records::Relatie>(&listed);
        let countries = if relations.iter().any(records::Relatie::is_abroad) {
            Some(self.countries(keys, quota).await?)
        } else {
            None
        };
        told.extend(relations.iter().flat_map(|relation| relation.told(countries.as_deref())));
        let next = if full { Place::Debtors(skip + PAGE - SHARED) } else { Place::Invoices(0) };
        Ok(Page { records: told, next: Some(next.cursor()) })
    }

    async fn invoices(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        filter: Option<&str>,
        skip: usize,
    ) -> Result<Page, PackageError> {
        let listed: Vec<Value> = self.list(keys, quota, "verkoopfacturen", filter, skip).await?;
        let full = listed.len() == PAGE && skip / PAGE < MOST_PAGES;
        let next = full.then(|| Place::Invoices(skip + PAGE - SHARED).cursor());
        let (invoices, mut told) = records::read_each::<records::Factuur>(&listed);
        told.extend(invoices.iter().filter_map(records::Factuur::told));
        Ok(Page { records: told, next })
    }

    async fn countries(&self, keys: &Keys, quota: &dyn Quota) -> Result<Countries, PackageError> {
        let known = self.countries.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let answer = self.answer(keys, quota, self.url("landen", &[])?).await?;
        let countries: Vec<records::Land> = json(&answer.bytes)?;
        let countries: Countries = Arc::new(countries.into_iter().filter_map(records::Land::known).collect());
        *self.countries.lock().unwrap_or_else(PoisonError::into_inner) = Some(countries.clone());
        Ok(countries)
    }

    async fn these(&self, keys: &Keys, quota: &dyn Quota, invoices: &[String]) -> Result<Page, PackageError> {
        let mut told = Vec::with_capacity(invoices.len());
        for id in invoices {
            match self.one::<Value>(keys, quota, "verkoopfacturen", id).await {
                Ok(invoice) => {
                    let listed = [invoice];
                    let (invoices, odd) = records::read_each::<records::Factuur>(&listed);
                    told.extend(odd);
                    told.extend(invoices.iter().filter_map(records::Factuur::told));
                }
                Err(PackageError::Absent) => {
                    let id = Package::SnelStart.record_id(id);
                    told.push(Told::Gone { kind: GoneKind::Invoice, id });
                }
                Err(other) => return Err(other),
            }
        }
        Ok(Page { records: told, next: None })
    }
}

/// As a filter has it: UTC, without saying so.
fn since_filter(since: Option<Timestamp>) -> Option<String> {
    since.map(|at| format!("ModifiedOn ge datetime'{}'", at.strftime("%Y-%m-%dT%H:%M:%S.000")))
}

#[async_trait]
impl AccountingPackage for SnelStart {
    fn package(&self) -> Package {
        Package::SnelStart
    }

    fn rates(&self) -> &'static [Rate] {
        &RATES
    }

    fn connecting(&self, reference: &Secret) -> Result<Connecting, PackageError> {
        let name = self.app.client_id.as_ref();
        let name = name.ok_or_else(|| PackageError::Refused("no_name_of_the_application".to_owned()))?;
        let mut url = self
            .activation
            .join("", &[name.expose()])
            .map_err(|_| PackageError::Malformed("the address".to_owned()))?;
        url.query_pairs_mut()
            .append_pair("referenceKey", reference.expose())
            .append_pair("successUrl", &self.success);
        Ok(Connecting::Visit(url.into()))
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
        let url = self.token.exact().map_err(|_| PackageError::Malformed("the address".to_owned()))?;
        let form = [("grant_type", "clientkey"), ("clientkey", key.expose())];
        let answer = ask(quota, self.client.post(url).form(&form), code).await;
        let token: Token = match answer {
            Ok(answer) => json(&answer.bytes)?,
            Err(PackageError::TokenExpired | PackageError::Refused(_)) => {
                return Err(PackageError::Unauthorized);
            }
            Err(other) => return Err(other),
        };
        Ok(Keys {
            access_token: Some(token.access_token),
            expires_at: now.checked_add(SignedDuration::from_secs(token.expires_in)).ok(),
            ..keys.clone()
        })
    }

    async fn pull(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        pull: &Pull,
        cursor: Option<&str>,
    ) -> Result<Page, PackageError> {
        let place = cursor.map(Place::parse).transpose()?;
        match pull {
            Pull::Changes { since } => {
                let filter = since_filter(*since);
                match place.unwrap_or(Place::Debtors(0)) {
                    Place::Debtors(skip) => self.debtors(keys, quota, filter.as_deref(), skip).await,
                    Place::Invoices(skip) => self.invoices(keys, quota, filter.as_deref(), skip).await,
                }
            }
            Pull::OpenItems => match place.unwrap_or(Place::Invoices(0)) {
                Place::Debtors(_) => Err(PackageError::Malformed("the cursor".to_owned())),
                Place::Invoices(skip) => self.invoices(keys, quota, Some("OpenstaandSaldo ne 0"), skip).await,
            },
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
        match self.answer(keys, quota, self.url("verkoopfacturen", &[invoice, "ubl"])?).await {
            Ok(answer) if answer.bytes.is_empty() => Ok(None),
            Ok(answer) => {
                Ok(Some(Document { content_type: "application/xml".to_owned(), bytes: answer.bytes }))
            }
            Err(PackageError::Absent) => Ok(None),
            Err(other) => Err(other),
        }
    }

    async fn write_back(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        booking: &WriteBack,
    ) -> Result<WriteOutcome, PackageError> {
        self.write(keys, quota, booking).await
    }
}

#[cfg(test)]
#[path = "snelstart/tests.rs"]
mod tests;
