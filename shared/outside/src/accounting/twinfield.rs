//! Twinfield: OpenID Connect, and XML in a SOAP envelope.
//!
//! **Read**: developers.twinfield.com (browse data, finder), the vendor's best practices for open invoices and shadow books,
//! recorded answers of customers, sales and journal transactions and browse data in the tests of a public PHP client, and the
//! notes of public clients in Ruby, TypeScript and PHP on what the services really take.
//!
//! **Known**: tokens at login.twinfield.com with client id and secret as basic authentication; the address of the
//! organisation's *cluster* is the claim `twf.clusterUrl` of the token's validation; `ProcessXmlString` takes an escaped
//! document and gives one; the header names token and company, and `CompanyId` as nil; browse code 100 has one row for each line of
//! a customer, with the columns that are asked for here, `matchstatus` and the open value; a row's key is office, code, number
//! and line; `first`, `last` and `total` are told and cannot be asked for, so large answers are divided by year and period;
//! a refusal is `result="0"`; 1,000 credits a minute for a certified client (25 an organisation for others), 429 with
//! `Retry-After`; at most ten requests at once.
//!
//! **Assumed**: that the validation takes the token in a form as well as in the address (we do not put it in one); that an
//! access token that has ended is answered with 401; that times are of Amsterdam; that `modified` moves when a line is
//! matched; that VRK and SLS are the codes of sales; that field 2 of an address is the street.
//!
//! A customer has no time of change in Twinfield: the time of the answer is taken. Customers are read one by one, so they
//! come with the first pull and with their changed invoices, and not with the nightly sweep. A payment is a transaction in a
//! general journal, on the customer and on the account for that money: Twinfield does not tell which account a bank has, so
//! the journal that a creditor chooses is `code/account` (`MEMO/1100`), and without it nothing is written back. Matching it
//! with the invoice is the package's or a person's. Costs go between two accounts, in the same journal or in MEMO.
//!
//! What is absent: documents, messages about changes, and companies with several currencies.

mod envelope;
mod record;
mod xml;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::calendar::amsterdam;
use domain::connection::Package;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::books::books;
use super::mark::{mark, written};
use super::node::Node;
use super::{
    AccountingPackage, Answer, BROKEN_OR_TOO_LARGE, ClientAuthentication, Connecting, Connector, Document,
    GoneKind, Keys, OAuth, PackageError, Page, Pull, Quota, Rate, Told, WriteBack, WriteOutcome, WrittenBack,
    ask, cursor, draft, json, plain_code,
};
use crate::http::{BaseUrl, HttpError, Secret};
use envelope::{Column, Side, browse, element};
use record::{Row, Transaction};
use xml::Element;

const PACKAGE: Package = Package::Twinfield;
const VENDOR: &str = "https://login.twinfield.com/auth/authentication/connect";
/// Where clusters are: a token is sent nowhere else.
const CLUSTERS: &str = ".twinfield.com";

/// Customers that are read for one page, each with a request of its own.
const CUSTOMERS: usize = 20;
/// The general journal that every administration begins with.
const GENERAL: &str = "MEMO";
/// Years that may hold something open.
const YEARS: i16 = 8;

/// The adapter.
#[derive(Debug)]
pub struct Twinfield {
    connector: Connector,
    validation: BaseUrl,
    oauth: OAuth,
    /// The cluster of the token that was used last: it does not change while the token lasts.
    cluster: Mutex<Option<(Secret, BaseUrl)>>,
}

/// What part of the transactions is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Window {
    #[default]
    Whole,
    Year {
        year: i16,
        last: i16,
    },
    Period {
        year: i16,
        period: u8,
        last: i16,
    },
}

/// The last period of a year that has one of its own; later ones are taken together with it.
const LAST_PERIOD: u8 = 13;

impl Window {
    /// From and to, as `YYYY/PP`.
    fn bounds(self) -> Option<(String, String)> {
        let first_of = |year: i16, last: i16| if year == last - YEARS { 1900 } else { year };
        let last_of = |year: i16, last: i16| if year == last { 2199 } else { year };
        match self {
            Window::Whole => None,
            Window::Year { year, last } => {
                Some((format!("{}/00", first_of(year, last)), format!("{}/99", last_of(year, last))))
            }
            Window::Period { year, period, .. } => {
                let to = if period == LAST_PERIOD { 99 } else { period };
                Some((format!("{year}/{period:02}"), format!("{year}/{to:02}")))
            }
        }
    }

    fn next(self) -> Option<Window> {
        let year_after =
            |year: i16, last: i16| (year < last).then_some(Window::Year { year: year + 1, last });
        match self {
            Window::Whole => None,
            Window::Year { year, last } => year_after(year, last),
            Window::Period { year, period, last } if period < LAST_PERIOD => {
                Some(Window::Period { year, period: period + 1, last })
            }
            Window::Period { year, last, .. } => year_after(year, last),
        }
    }

    /// Where one whose answer is too large goes on; `this_year` is the present one.
    fn divided(self, this_year: i16) -> Option<Window> {
        match self {
            Window::Whole => Some(Window::Year { year: this_year + 1 - YEARS, last: this_year + 1 }),
            Window::Year { year, last } => Some(Window::Period { year, period: 0, last }),
            Window::Period { .. } => None,
        }
    }
}

/// How far a pull came.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "at")]
enum Place {
    /// Customers after this code.
    Customers { after: String },
    /// Transactions after this one, of this part.
    Items { window: Window, after: Option<String> },
}

impl Twinfield {
    /// # Errors
    /// The stand-ins' address is none.
    pub fn new(connector: Connector) -> Result<Twinfield, HttpError> {
        let at = |path: &str| match &connector.below {
            None => BaseUrl::parse(&format!("{VENDOR}/{path}")),
            Some(_) => connector.base(VENDOR, &format!("twinfield/{path}")),
        };
        let oauth = OAuth {
            authorisation: at("authorize")?,
            token: at("token")?,
            authentication: ClientAuthentication::Basic,
            scopes: "openid twf.user twf.organisation twf.organisationUser offline_access",
            spare: super::TO_SPARE,
            redirect: connector.redirect(PACKAGE),
        };
        let validation = at("accesstokenvalidation")?;
        Ok(Twinfield { connector, validation, oauth, cluster: Mutex::default() })
    }

    /// The token's cluster, and when its validation answered.
    async fn validated(
        &self,
        token: &Secret,
        quota: &dyn Quota,
    ) -> Result<(BaseUrl, Option<Timestamp>), PackageError> {
        let url = self.validation.exact().map_err(|_| bad_address())?;
        let request = self.connector.client.post(url).form(&[("token", token.expose())]);
        let answer = ask(quota, request, code).await?;
        let claims: Value = json(&answer.bytes)?;
        let claim = Node(&claims).text("twf.clusterUrl");
        let claim = claim.ok_or(PackageError::Malformed("validation: twf.clusterUrl".to_owned()))?;
        let cluster = BaseUrl::parse(&claim).ok().filter(|cluster| self.is_theirs(cluster));
        let cluster = cluster.ok_or(PackageError::Malformed("twf.clusterUrl: elsewhere".to_owned()))?;
        Ok((cluster, answer.at))
    }

    /// At the vendor's; with stand-ins, on this machine.
    fn is_theirs(&self, cluster: &BaseUrl) -> bool {
        match self.connector.below {
            None => cluster.is_in(CLUSTERS),
            Some(_) => cluster.is_here(),
        }
    }

    async fn cluster(&self, token: &Secret, quota: &dyn Quota) -> Result<BaseUrl, PackageError> {
        let known = self.cluster.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, cluster)) = known.filter(|(of, _)| of == token) {
            return Ok(cluster);
        }
        let (cluster, _) = self.validated(token, quota).await?;
        *self.cluster.lock().unwrap_or_else(PoisonError::into_inner) = Some((token.clone(), cluster.clone()));
        Ok(cluster)
    }

    /// Sends a document; the whole answer, in its envelope.
    async fn process(&self, keys: &Keys, quota: &dyn Quota, document: &str) -> Result<Answer, PackageError> {
        let token = keys.access_token.as_ref().ok_or(PackageError::TokenExpired)?;
        let office = books(keys)?;
        let cluster = self.cluster(token, quota).await?;
        let url = cluster.join("webservices/processxml.asmx", &[]).map_err(|_| bad_address())?;
        let request = self
            .connector
            .client
            .post(url)
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", format!("\"{}ProcessXmlString\"", envelope::NAMESPACE))
            .body(envelope::around(token.expose(), office, document));
        ask(quota, request, code).await
    }

    /// The document that comes back, and when.
    async fn read(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        document: &str,
    ) -> Result<(Element, Option<Timestamp>), PackageError> {
        let answer = self.process(keys, quota, document).await?;
        Ok((envelope::inside(&answer.bytes)?, answer.at))
    }

    async fn rows(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        filters: &[Column<'_>],
    ) -> Result<Vec<Row>, PackageError> {
        let (answer, _) = self.read(keys, quota, &browse("100", &record::COLUMNS, filters)).await?;
        record::rows(&answer, books(keys)?)
    }

    async fn customers(&self, keys: &Keys, quota: &dyn Quota, after: &str) -> Result<Page, PackageError> {
        let office = books(keys)?;
        let list = format!(
            "<list><type>dimensions</type>{}<dimtype>DEB</dimtype></list>",
            element("office", office)
        );
        let (listed, _) = self.read(keys, quota, &list).await?;
        let mut codes: BTreeSet<String> = listed.children.iter().map(|d| d.text.trim().to_owned()).collect();
        codes.retain(|code| code.as_str() > after);
        let some: Vec<String> = codes.into_iter().take(CUSTOMERS).collect();
        let next = match some.last() {
            Some(last) if some.len() == CUSTOMERS => Place::Customers { after: last.clone() },
            Some(_) | None => Place::Items { window: Window::Whole, after: None },
        };
        let mut records = Vec::new();
        for code in &some {
            records.extend(self.customer(keys, quota, code).await?);
        }
        Ok(Page { records, next: Some(cursor::write(&next)?) })
    }

    async fn customer(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        customer: &str,
    ) -> Result<Vec<Told>, PackageError> {
        let document = format!(
            "<read><type>dimensions</type>{}<dimtype>DEB</dimtype>{}</read>",
            element("office", books(keys)?),
            element("code", customer)
        );
        let (dimension, at) = self.read(keys, quota, &document).await?;
        let at = at.ok_or(PackageError::Malformed("the answer's date".to_owned()))?;
        Ok(record::customer(&dimension, customer, at))
    }

    async fn items(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        pull: &Pull,
        window: Window,
        after: Option<String>,
    ) -> Result<Page, PackageError> {
        let bounds = window.bounds();
        let since = match pull {
            Pull::Changes { since: Some(since) } => Some(since.strftime("%Y%m%d%H%M%S").to_string()),
            Pull::Changes { since: None } | Pull::OpenItems | Pull::These { .. } => None,
        };
        let mut filters = Vec::new();
        if let Some((from, to)) = &bounds {
            filters.push(Column { field: "fin.trs.head.yearperiod", operator: "between", from, to });
        }
        if *pull == Pull::OpenItems {
            filters.push(Column {
                field: "fin.trs.line.matchstatus",
                operator: "equal",
                from: "available",
                to: "",
            });
        }
        if let Some(since) = &since {
            let to = "21991231235959";
            filters.push(Column { field: "fin.trs.line.modified", operator: "between", from: since, to });
        }
        let rows = match self.rows(keys, quota, &filters).await {
            Err(PackageError::NoAnswer(why)) if why == BROKEN_OR_TOO_LARGE => {
                return self.divided(keys, quota, window).await;
            }
            rows => rows?,
        };
        let mut transactions = record::sales(rows);
        if let Some(after) = &after {
            transactions.retain(|transaction| transaction.id > *after);
        }
        let mut page = Page { records: Vec::new(), next: None };
        let mut known = BTreeSet::new();
        for transaction in &transactions {
            if since.is_some() && known.insert(transaction.customer.clone()) {
                if known.len() > CUSTOMERS {
                    let at = Place::Items { window, after: Some(last_id(&transactions, &transaction.id)) };
                    page.next = Some(cursor::write(&at)?);
                    return Ok(page);
                }
                page.records.extend(self.customer(keys, quota, &transaction.customer).await?);
            }
            page.records.push(transaction.told());
        }
        if let Some(window) = window.next() {
            page.next = Some(cursor::write(&Place::Items { window, after: None })?);
        }
        Ok(page)
    }

    /// The first part of one that is too large.
    async fn divided(&self, keys: &Keys, quota: &dyn Quota, window: Window) -> Result<Page, PackageError> {
        let token = keys.access_token.as_ref().ok_or(PackageError::TokenExpired)?;
        let (_, at) = self.validated(token, quota).await?;
        let at = at.ok_or(PackageError::Malformed("the answer's date".to_owned()))?;
        let too_large = || PackageError::Malformed("browse: a period is too large".to_owned());
        let window = window.divided(amsterdam(at).year()).ok_or_else(too_large)?;
        let next = cursor::write(&Place::Items { window, after: None })?;
        Ok(Page { records: Vec::new(), next: Some(next) })
    }

    /// The transaction of this id, if it stands there.
    async fn transaction(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        id: &str,
    ) -> Result<Option<Transaction>, PackageError> {
        let Some((code, number)) = id.rsplit_once('-') else { return Ok(None) };
        let filters = [
            Column { field: "fin.trs.head.code", operator: "equal", from: code, to: "" },
            Column { field: "fin.trs.head.number", operator: "between", from: number, to: number },
        ];
        let rows = self.rows(keys, quota, &filters).await?;
        Ok(record::sales(rows).into_iter().find(|transaction| transaction.id == id))
    }

    async fn these(&self, keys: &Keys, quota: &dyn Quota, invoices: &[String]) -> Result<Page, PackageError> {
        let mut records = Vec::new();
        let mut known = BTreeSet::new();
        for id in invoices {
            let Some(transaction) = self.transaction(keys, quota, id).await? else {
                records.push(Told::Gone { kind: GoneKind::Invoice, id: draft::record_id(PACKAGE, id) });
                continue;
            };
            if known.insert(transaction.customer.clone()) {
                records.extend(self.customer(keys, quota, &transaction.customer).await?);
            }
            records.push(transaction.told());
        }
        Ok(Page { records, next: None })
    }

    /// The journal transaction of that year that carries this mark, if it stands there.
    async fn booked(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        journal: &str,
        booking: &WriteBack,
        mark: &str,
    ) -> Result<Option<String>, PackageError> {
        let (from, to) = (format!("{}/00", booking.on.year()), format!("{}/99", booking.on.year()));
        let filters = [
            Column { field: "fin.trs.head.yearperiod", operator: "between", from: &from, to: &to },
            Column { field: "fin.trs.head.code", operator: "equal", from: journal, to: "" },
        ];
        let columns = ["fin.trs.head.number", "fin.trs.line.description"];
        let (answer, _) = self.read(keys, quota, &browse("000", &columns, &filters)).await?;
        let rows = record::rows(&answer, books(keys)?)?;
        let ours = |row: &&Row| row.field("fin.trs.line.description") == Some(mark);
        Ok(rows.iter().find(ours).map(Row::id))
    }

    /// Debit and credit of a booking.
    async fn sides(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        booking: &WriteBack,
        bank: &str,
    ) -> Result<[Side; 2], PackageError> {
        if booking.what == WrittenBack::Costs {
            let chosen = booking.accounts.as_ref();
            let chosen = chosen.ok_or(PackageError::Refused("no_accounts_chosen".to_owned()))?;
            return Ok([Side::on(&chosen.debit), Side::on(&chosen.credit)]);
        }
        let invoice = self.transaction(keys, quota, &booking.invoice).await?.ok_or(PackageError::Absent)?;
        let debtors = self.debtors_account(keys, quota, &booking.invoice).await?;
        let customer =
            Side { account: debtors, customer: Some(invoice.customer), invoice: Some(invoice.number) };
        Ok(match booking.what {
            WrittenBack::Reversal => [customer, Side::on(bank)],
            WrittenBack::Payment | WrittenBack::Costs => [Side::on(bank), customer],
        })
    }

    /// The account of the ledger that an invoice's total stands on.
    async fn debtors_account(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        id: &str,
    ) -> Result<String, PackageError> {
        let (code, number) = id.rsplit_once('-').ok_or(PackageError::Absent)?;
        let document = format!(
            "<read><type>transaction</type>{}{}{}</read>",
            element("office", books(keys)?),
            element("code", code),
            element("number", number)
        );
        let (transaction, _) = self.read(keys, quota, &document).await?;
        let total = transaction.child("lines").and_then(|lines| {
            lines.all("line").find(|line| line.attribute("type") == Some("total"))?.text_of("dim1")
        });
        total.ok_or(PackageError::Malformed("transaction: dim1".to_owned()))
    }

    /// The only company that the tokens open; whoever has several has to say which.
    async fn only_office(&self, keys: &Keys, quota: &dyn Quota) -> Result<String, PackageError> {
        let nowhere = Keys { books: Some("-".to_owned()), ..keys.clone() };
        let (listed, _) = self.read(&nowhere, quota, "<list><type>offices</type></list>").await?;
        match &listed.children[..] {
            [one] => Ok(one.text.trim().to_owned()),
            [] => Err(PackageError::Unauthorized),
            _ => Err(PackageError::Refused("several_administrations".to_owned())),
        }
    }

    async fn with_office(&self, keys: &Keys, quota: &dyn Quota) -> Result<Keys, PackageError> {
        match keys.books {
            Some(_) => Ok(keys.clone()),
            None => Ok(Keys { books: Some(self.only_office(keys, quota).await?), ..keys.clone() }),
        }
    }
}

/// The id before this one.
fn last_id(transactions: &[Transaction], id: &str) -> String {
    transactions.iter().map(|t| &t.id).take_while(|known| *known != id).last().cloned().unwrap_or_default()
}

#[async_trait]
impl AccountingPackage for Twinfield {
    fn package(&self) -> Package {
        PACKAGE
    }

    /// A query costs one credit and a booking three, of 500 a minute. Ten requests at once are never reached: a function
    /// asks one thing at a time, and the template has at most ten of them.
    fn rates(&self) -> &'static [Rate] {
        const RATES: [Rate; 1] = [Rate { most: 150, within: Duration::from_secs(60) }];
        &RATES
    }

    fn connecting(&self, reference: &Secret) -> Result<Connecting, PackageError> {
        Ok(Connecting::Visit(self.oauth.address(&self.connector.app, reference)?))
    }

    async fn authenticated(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        now: Timestamp,
    ) -> Result<Keys, PackageError> {
        let client = &self.connector.client;
        let fresh = self.oauth.authenticated(client, &self.connector.app, keys, quota, now).await?;
        // New tokens are handed over before anything else is asked with them.
        if fresh == *keys { self.with_office(&fresh, quota).await } else { Ok(fresh) }
    }

    async fn pull(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        pull: &Pull,
        cursor: Option<&str>,
    ) -> Result<Page, PackageError> {
        let place: Option<Place> = cursor::read(cursor)?;
        let keys = self.with_office(keys, quota).await?;
        match (pull, place) {
            (Pull::These { invoices }, _) => self.these(&keys, quota, invoices).await,
            (Pull::Changes { since: None }, None) => self.customers(&keys, quota, "").await,
            (Pull::Changes { since: None }, Some(Place::Customers { after })) => {
                self.customers(&keys, quota, &after).await
            }
            (_, None) => self.items(&keys, quota, pull, Window::Whole, None).await,
            (_, Some(Place::Items { window, after })) => self.items(&keys, quota, pull, window, after).await,
            (_, Some(Place::Customers { .. })) => {
                Err(PackageError::Malformed("cursor: not of this pull".to_owned()))
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
        let mark = mark(booking, 40);
        let chosen = booking.journal.as_deref().and_then(|chosen| chosen.split_once('/'));
        let journal = match (booking.what, chosen) {
            (_, Some((journal, _))) => journal,
            (WrittenBack::Costs, None) => GENERAL,
            (WrittenBack::Payment | WrittenBack::Reversal, None) => {
                return Err(PackageError::Refused("no_journal_chosen".to_owned()));
            }
        };
        if let Some(reference) = self.booked(keys, quota, journal, booking, &mark).await? {
            return Ok(WriteOutcome::Written { reference });
        }
        let bank = chosen.map(|(_, account)| account).unwrap_or_default();
        let sides = self.sides(keys, quota, booking, bank).await?;
        let document = envelope::journal(&envelope::Journal {
            office: books(keys)?,
            journal,
            on: booking.on,
            sides: &sides,
            amount: booking.amount,
            mark: &mark,
        });
        let answer = match self.process(keys, quota, &document).await {
            Ok(answer) => envelope::inside(&answer.bytes).map(|read| (answer, read)),
            Err(error) => return written(Err(error), |_| None),
        };
        match answer {
            Ok((_, read)) if read.is_refused() => {
                Err(PackageError::Refused("transaction_refused".to_owned()))
            }
            Ok((answer, read)) => written(Ok(answer), |_| envelope::booked(&read)),
            Err(_) => Ok(WriteOutcome::Unknown { reason: "receipt_not_understood".to_owned() }),
        }
    }
}

fn code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    plain_code(&Node(&body).text("error")?)
}

fn bad_address() -> PackageError {
    PackageError::Malformed("the address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_divided_without_gap_or_double() {
        let mut window = Window::Whole.divided(2026).unwrap();
        let mut seen = Vec::new();
        loop {
            seen.push(window.bounds().unwrap());
            let Some(next) = window.next() else { break };
            window = next;
        }
        assert_eq!(seen.first().unwrap(), &("1900/00".to_owned(), "2019/99".to_owned()));
        assert_eq!(seen.last().unwrap(), &("2027/00".to_owned(), "2199/99".to_owned()));
        assert_eq!(seen.len(), 9);
        let mut periods = Window::Year { year: 2026, last: 2027 }.divided(2026).unwrap();
        let mut bounds = Vec::new();
        while let Window::Period { .. } = periods {
            bounds.push(periods.bounds().unwrap());
            periods = periods.next().unwrap();
        }
        assert_eq!(periods, Window::Year { year: 2027, last: 2027 }, "then the next year");
        assert_eq!(bounds.first().unwrap(), &("2026/00".to_owned(), "2026/00".to_owned()));
        assert_eq!(bounds.last().unwrap(), &("2026/13".to_owned(), "2026/99".to_owned()));
        assert_eq!(periods.divided(2026).unwrap().divided(2026), None);
    }
}
