//! The stand-in of Exact Online: its REST API v1, with OAuth 2.0 in which every refresh token is good once and no token is
//! given before the last one is nearly at its end, OData with `__next`, `sync` end points by row version, and the two limits.

mod filter;
mod record;

use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::connection::Package;
use serde::Deserialize;
use serde_json::{Value, json};

use super::books::{Books, Entry, Payment, money};
use super::grants::{self, Grant, OAuth};
use super::stand::{self, Admission, Settings, Stand, Vendor};
use super::traffic::{Limits, Window};
use super::{control, page, switches};
use crate::failure::Outcome;
use crate::problem;
use filter::Filter;

/// The one division that there is.
const DIVISION: i64 = 123_456;
/// Rows of a page, of what is listed and of what is synchronised.
const PAGE: usize = 60;
const SYNC_PAGE: usize = 100;

static VENDOR: Vendor = Vendor {
    package: Package::ExactOnline,
    name: "Exact Online",
    admission: Admission::Token,
    subscription: None,
    limits: Limits {
        windows: &[
            Window { most: 60, seconds: 60, wait: 60 },
            Window { most: 5_000, seconds: 86_400, wait: 3_600 },
        ],
        at_once: 50,
    },
    token_seconds: 600,
    tells_the_wait: false,
};

const OAUTH: OAuth =
    OAuth { rotates: true, not_within: 570, refusal: (StatusCode::UNAUTHORIZED, "unauthorized_client") };

type Stood = State<Arc<Stand<Books>>>;

/// Reads the books that an earlier run kept.
pub fn open(settings: Settings) -> Outcome<Stand<Books>> {
    Stand::open_at(&VENDOR, settings)
}

/// Every address of the stand-in.
pub fn router(stand: Arc<Stand<Books>>) -> Router {
    let of_division = Router::new()
        .route("/read/sync/Sync/SyncTimestamp", get(sync_timestamp))
        .route("/sync/CRM/Accounts", get(changed_accounts))
        .route("/sync/Cashflow/PaymentTerms", get(changed_terms))
        .route("/crm/Accounts", get(accounts))
        .route("/cashflow/Receivables", get(receivables))
        .route("/financial/Journals", get(journals))
        .route("/financialtransaction/BankEntryLines", get(bank_lines))
        .route("/financialtransaction/BankEntries", post(book))
        .route("/generaljournalentry/GeneralJournalEntryLines", get(general_lines))
        .route("/generaljournalentry/GeneralJournalEntries", post(enter));
    let counted = Router::new()
        .route("/api/v1/current/Me", get(me))
        .nest("/api/v1/{division}", of_division)
        .layer(middleware::from_fn_with_state(stand.clone(), stand::gate));
    let open = Router::new()
        .route("/api/oauth2/auth", get(grants::authorise))
        .route("/api/oauth2/token", post(tokens))
        .layer(middleware::from_fn_with_state(stand.clone(), stand::weathered));
    let inner = counted.merge(open).merge(control::routes()).merge(switches::routes()).merge(page::routes());
    Router::new().nest("/local/accounting/exact-online", inner).with_state(stand)
}

async fn tokens(State(stand): Stood, headers: HeaderMap, Form(grant): Form<Grant>) -> Response {
    grants::tokens(&stand, &headers, &grant, OAUTH)
}

fn refused(status: StatusCode, message: &str) -> Response {
    let body = json!({ "error": { "code": "", "message": { "lang": "", "value": message } } });
    (status, Json(body)).into_response()
}

fn results(records: &[Value]) -> Response {
    Json(json!({ "d": { "results": records } })).into_response()
}

async fn me() -> Response {
    results(&[json!({ "CurrentDivision": DIVISION, "UserID": "00000000-0000-4000-8000-000000000001" })])
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(rename = "$filter")]
    filter: Option<String>,
    #[serde(rename = "$skiptoken")]
    after: Option<String>,
    modified: Option<String>,
    #[serde(rename = "endPoint")]
    end_point: Option<String>,
}

impl Asked {
    /// The records that the filter takes.
    fn of(&self, records: Vec<Value>) -> Result<Vec<Value>, Box<Response>> {
        let Some(text) = &self.filter else { return Ok(records) };
        let filter = Filter::parse(text).map_err(|what| Box::new(refused(StatusCode::BAD_REQUEST, what)))?;
        Ok(records.into_iter().filter(|record| filter.takes(record)).collect())
    }
}

/// The first row version at or after a time; nothing where nothing changed since.
async fn sync_timestamp(State(stand): Stood, Query(asked): Query<Asked>) -> Response {
    let since = asked.modified.as_deref().and_then(filter::time);
    let Some(since) = since else { return refused(StatusCode::BAD_REQUEST, "modified") };
    let books = stand.books();
    let versions = match asked.end_point.as_deref() {
        Some("'Accounts'") => record::accounts(&books),
        Some("'PaymentTerms'") => record::terms(&books),
        _ => return refused(StatusCode::BAD_REQUEST, "endPoint"),
    };
    let first = versions.iter().filter(|row| row.at >= since).map(|row| row.version).min();
    let found: Vec<Value> =
        first.map(|version| json!({ "TimeStampAsBigInt": version.to_string() })).into_iter().collect();
    results(&found)
}

/// What has a row version above the one that is given, in that order.
fn changed(mut rows: Vec<record::Row>, asked: &Asked) -> Result<Vec<Value>, Box<Response>> {
    if asked.filter.as_deref().is_none_or(|filter| !filter.starts_with("Timestamp gt ")) {
        return Err(Box::new(refused(StatusCode::BAD_REQUEST, "Only Timestamp gt is possible.")));
    }
    rows.sort_by_key(|row| row.version);
    let mut found = asked.of(rows.into_iter().map(|row| row.told).collect())?;
    found.truncate(SYNC_PAGE);
    Ok(found)
}

async fn changed_accounts(State(stand): Stood, Query(asked): Query<Asked>) -> Response {
    let found = changed(record::accounts(&stand.books()), &asked);
    found.map_or_else(|refusal| *refusal, |found| results(&found))
}

async fn changed_terms(State(stand): Stood, Query(asked): Query<Asked>) -> Response {
    match changed(record::terms(&stand.books()), &asked) {
        Ok(found) => {
            churned(&stand, &found);
            results(&found)
        }
        Err(refusal) => *refusal,
    }
}

fn churned(stand: &Stand<Books>, page: &[Value]) {
    let ids: Vec<String> =
        page.iter().filter_map(|term| term["TransactionEntryID"].as_str().map(str::to_owned)).collect();
    if !ids.is_empty() && stand.churns() {
        stand.inside().books.churn(&ids, stand.now());
    }
}

async fn accounts(State(stand): Stood, Query(asked): Query<Asked>) -> Response {
    let rows = record::accounts(&stand.books()).into_iter().map(|row| row.told).collect();
    asked.of(rows).map_or_else(|refusal| *refusal, |found| results(&found))
}

/// In the order of their ids, page by page: the next one begins after the last id.
async fn receivables(State(stand): Stood, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let rows = record::terms(&stand.books()).into_iter().map(|row| row.told).collect();
    let mut found = match asked.of(rows) {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let id = |term: &Value| term["ID"].as_str().unwrap_or_default().to_owned();
    found.sort_by_key(id);
    let after = asked.after.as_deref().and_then(|text| text.strip_prefix("guid'")?.strip_suffix('\''));
    found.retain(|term| after.is_none_or(|after| id(term).as_str() > after));
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    churned(&stand, &found);
    let mut answer = json!({ "d": { "results": found } });
    if more && let Some(last) = found.last() {
        let here = stand::here(&headers, Package::ExactOnline);
        let address = format!("{here}/api/v1/{DIVISION}/cashflow/Receivables");
        let mut query = vec![("$skiptoken", format!("guid'{}'", id(last)))];
        query.extend(asked.filter.clone().map(|filter| ("$filter", filter)));
        answer["d"]["__next"] =
            reqwest::Url::parse_with_params(&address, query).ok().map(String::from).into();
    }
    Json(answer).into_response()
}

async fn journals(Query(asked): Query<Asked>) -> Response {
    let known = vec![
        json!({ "Code": "20", "Description": "Bank", "Type": 12 }),
        json!({ "Code": "90", "Description": "Memoriaal", "Type": 90 }),
    ];
    asked.of(known).map_or_else(|refusal| *refusal, |found| results(&found))
}

async fn bank_lines(State(stand): Stood, Query(asked): Query<Asked>) -> Response {
    let books = stand.books();
    let lines = books
        .payments
        .iter()
        .map(|(id, payment)| json!({ "EntryID": record::entry(id), "Description": payment.is.mark }));
    asked.of(lines.collect()).map_or_else(|refusal| *refusal, |found| results(&found))
}

async fn general_lines(State(stand): Stood, Query(asked): Query<Asked>) -> Response {
    let books = stand.books();
    let lines = books
        .entries
        .iter()
        .map(|(id, entry)| json!({ "EntryID": record::entry(id), "Description": entry.is.mark }));
    asked.of(lines.collect()).map_or_else(|refusal| *refusal, |found| results(&found))
}

fn created(stand: &Stand<Books>, made: Outcome<Option<String>>) -> Response {
    match made {
        Ok(Some(_)) if stand.loses_the_answer() => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Ok(Some(id)) => {
            let entry = json!({ "d": { "EntryID": record::entry(&id), "EntryNumber": id } });
            (StatusCode::CREATED, Json(entry)).into_response()
        }
        Ok(None) => refused(StatusCode::BAD_REQUEST, "De boeking is niet volledig."),
        Err(failure) => problem::or(Err(failure)),
    }
}

/// A bank entry with one line, which is matched at once with the invoice that it names.
async fn book(State(stand): Stood, Json(entry): Json<Value>) -> Response {
    let line = &entry["BankEntryLines"][0];
    let made = stand.change(|books, now| {
        let number = line["OurRef"].as_i64().map(|n| n.to_string());
        let number = number.or_else(|| line["OurRef"].as_str().map(str::to_owned))?;
        let payment = Payment {
            invoice: books.numbered(&number)?.clone(),
            amount: money(&line["AmountFC"])?,
            on: line["Date"].as_str()?.get(..10)?.parse().ok()?,
            mark: line["Description"].as_str().map(str::to_owned),
        };
        let is_of_journal = entry["JournalCode"] == "20" && line["GLAccount"] == record::DEBTORS;
        if is_of_journal { books.pay(payment, now) } else { None }
    });
    created(&stand, made)
}

/// A journal entry, which has to come out at nothing.
async fn enter(State(stand): Stood, Json(entry): Json<Value>) -> Response {
    let lines = entry["GeneralJournalEntryLines"].as_array().cloned().unwrap_or_default();
    let sum: Option<Vec<domain::Money>> = lines.iter().map(|line| money(&line["AmountFC"])).collect();
    let balanced = sum.is_some_and(|amounts| amounts.into_iter().sum::<domain::Money>().is_zero());
    let mark = lines.first().and_then(|line| line["Description"].as_str()).map(str::to_owned);
    let made = stand.change(|books, now| {
        let mark = mark.filter(|_| balanced && entry["JournalCode"] == "90")?;
        Some(books.enter(Entry { mark, told: entry.clone() }, now))
    });
    created(&stand, made)
}
