//! The stand-in of Twinfield: OpenID Connect, a cluster that the token's validation names, and documents of XML in a SOAP
//! envelope: lists, dimensions, transactions and browse data.
//!
//! A limit is in credits there, of which a booking costs three. Here every request counts as a booking.

mod answer;
mod browse;

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::connection::Package;
use roxmltree::{Document, Node};
use serde::Deserialize;
use serde_json::json;

use super::books::{Books, Entry, Payment};
use super::grants::{self, Grant, OAuth};
use super::stand::{self, Admission, Settings, Stand, Vendor};
use super::traffic::{Limits, Window};
use super::{control, page, switches};
use crate::failure::Outcome;
use crate::problem;

/// The one company that there is.
pub(super) const OFFICE: &str = "NLA002058";

static VENDOR: Vendor = Vendor {
    package: Package::Twinfield,
    name: "Twinfield",
    admission: Admission::Document,
    subscription: None,
    limits: Limits { windows: &[Window { most: 166, seconds: 60, wait: 30 }], at_once: 10 },
    token_seconds: 3_600,
    tells_the_wait: true,
};

const OAUTH: OAuth =
    OAuth { rotates: false, not_within: 0, refusal: (StatusCode::BAD_REQUEST, "invalid_grant") };

type Stood = State<Arc<Stand<Books>>>;

/// Reads the books that an earlier run kept.
pub fn open(settings: Settings) -> Outcome<Stand<Books>> {
    Stand::open_at(&VENDOR, settings)
}

/// Every address of the stand-in.
pub fn router(stand: Arc<Stand<Books>>) -> Router {
    let counted = Router::new()
        .route("/webservices/processxml.asmx", post(process))
        .layer(middleware::from_fn_with_state(stand.clone(), stand::gate));
    let open = Router::new()
        .route("/authorize", get(grants::authorise))
        .route("/token", post(tokens))
        .route("/accesstokenvalidation", post(validate))
        .layer(middleware::from_fn_with_state(stand.clone(), stand::weathered));
    let inner = counted.merge(open).merge(control::routes()).merge(switches::routes()).merge(page::routes());
    Router::new().nest("/local/accounting/twinfield", inner).with_state(stand)
}

async fn tokens(State(stand): Stood, headers: HeaderMap, Form(grant): Form<Grant>) -> Response {
    grants::tokens(&stand, &headers, &grant, OAUTH)
}

#[derive(Deserialize)]
struct Validation {
    token: String,
}

/// Says of a token what is in it; the cluster is this stand-in itself.
async fn validate(State(stand): Stood, headers: HeaderMap, Form(asked): Form<Validation>) -> Response {
    if !stand.inside().grants.knows(&asked.token, stand.now()) {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_token" }))).into_response();
    }
    let cluster = stand::here(&headers, Package::Twinfield);
    Json(json!({ "twf.clusterUrl": cluster, "twf.organisationCode": "VOORBEELD", "aud": "api" }))
        .into_response()
}

/// The texts of an element's children of this name, first one.
pub(super) fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|child| child.tag_name().name() == name).and_then(|child| child.text())
}

fn within<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.descendants().find(|child| child.tag_name().name() == name)
}

async fn process(State(stand): Stood, body: String) -> Response {
    let Ok(envelope) = Document::parse(&body) else { return fault("not XML") };
    let root = envelope.root();
    let token = within(root, "AccessToken").and_then(|node| node.text()).unwrap_or_default();
    if !stand.admits(token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let office = within(root, "CompanyCode").and_then(|node| node.text()).unwrap_or_default();
    let inner = within(root, "xmlRequest").and_then(|node| node.text()).unwrap_or_default();
    let Ok(document) = Document::parse(inner) else { return fault("the request is not XML") };
    let asked = document.root_element();
    let kind = text(asked, "type").unwrap_or_default();
    let of_all = asked.tag_name().name() == "list" && kind == "offices";
    if office != OFFICE && !of_all {
        return fault("access denied");
    }
    let answer = match (asked.tag_name().name(), kind) {
        ("list", "offices") => answer::offices(),
        ("list", "dimensions") => answer::customers(&stand.books()),
        ("read", "dimensions") => answer::customer(&stand.books(), text(asked, "code").unwrap_or_default()),
        ("read", "transaction") => {
            answer::transaction(&stand.books(), text(asked, "number").unwrap_or_default())
        }
        ("columns", _) => browsed(&stand, asked),
        ("transactions", _) => match book(&stand, asked) {
            Ok(_) if stand.loses_the_answer() => return StatusCode::GATEWAY_TIMEOUT.into_response(),
            Ok(answer) => answer,
            Err(failure) => return problem::or(Err(failure)),
        },
        _ => return fault("unknown request"),
    };
    enveloped(&format!(
        "<ProcessXmlStringResponse xmlns=\"http://www.twinfield.com/\"><ProcessXmlStringResult>{}</ProcessXmlStringResult>\
         </ProcessXmlStringResponse>",
        answer::escaped(&answer)
    ))
}

fn browsed(stand: &Stand<Books>, asked: Node<'_, '_>) -> String {
    let conditions = browse::conditions(asked);
    let rows = match asked.attribute("code") {
        Some("100") => browse::of_customers(&stand.books()),
        _ => browse::of_journals(&stand.books()),
    };
    let rows: Vec<browse::Row> =
        rows.into_iter().filter(|row| conditions.iter().all(|condition| condition.holds(row))).collect();
    let ids: Vec<String> = rows.iter().filter_map(|row| row.invoice.clone()).collect();
    if !ids.is_empty() && stand.churns() {
        stand.inside().books.churn(&ids, stand.now());
    }
    browse::answer(&rows, &browse::columns(asked))
}

/// A journal transaction of two lines: a payment, where one of them is a customer's and names an invoice.
fn book(stand: &Stand<Books>, asked: Node<'_, '_>) -> Outcome<String> {
    let header = within(asked, "header");
    let journal = header.and_then(|header| text(header, "code")).unwrap_or_default().to_owned();
    let on = header.and_then(|header| text(header, "date"));
    let on = on.and_then(|day| jiff::civil::Date::strptime("%Y%m%d", day).ok());
    let lines: Vec<Node<'_, '_>> =
        asked.descendants().filter(|node| node.tag_name().name() == "line").collect();
    let Some((first, on)) = lines.first().zip(on) else { return Ok(answer::refused("transaction")) };
    let mark = text(*first, "description").unwrap_or_default().to_owned();
    let value = text(*first, "value").and_then(|text| text.parse::<domain::Money>().ok());
    let Some(value) = value.filter(|_| lines.len() == 2 && journal.len() <= 16) else {
        return Ok(answer::refused("transaction"));
    };
    let customer = lines.iter().find(|line| text(**line, "dim2").is_some());
    let made = stand.change(|books, now| match customer {
        Some(line) => {
            let back = text(*line, "debitcredit") == Some("debit");
            let invoice = books.numbered(text(*line, "invoicenumber")?)?.clone();
            let amount = if back { -value } else { value };
            books.pay(Payment { invoice, amount, on, mark: Some(mark) }, now)
        }
        None => Some(books.enter(Entry { mark, told: serde_json::Value::Null }, now)),
    })?;
    Ok(made.map_or_else(|| answer::refused("transaction"), |number| answer::booked(&journal, &number)))
}

fn enveloped(body: &str) -> Response {
    let envelope = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soap:Body>{body}</soap:Body></soap:Envelope>"
    );
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], envelope).into_response()
}

fn fault(what: &str) -> Response {
    let body = format!(
        "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>{what}</faultstring></soap:Fault>"
    );
    let mut response = enveloped(&body);
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
